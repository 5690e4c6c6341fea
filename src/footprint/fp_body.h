// For fp_body.c and its parts only: a PL/pgSQL body that is being followed.
#ifndef LC_FOOTPRINT_FP_BODY_H
#define LC_FOOTPRINT_FP_BODY_H

#include "footprint/fp_eval.h"

struct body_outer { // what a name meant before a block declared it
    const char *name;
    void *value, *decl;
};

struct body {
    struct fp_session *s;
    struct fp_env env;
    struct lc_map vars;                       // name -> struct fp_val
    struct lc_map decls;                      // name -> struct fp_decl
    struct LC_ARRAY(struct body_outer) outer; // of the scopes that are open
    const char *label;                        // of the innermost scope
    struct LC_ARRAY(const char *) assigned;   // names, in the order of the assignments
    struct fp_val result;                     // what RETURN gave
    const struct lc_error *caught;            // of the handler that runs
    long steps;
    bool returned;  // for certain: what follows does not run
    bool leave;     // EXIT or CONTINUE of the loop at hand, or of the one called `to`
    bool exits;     // it was EXIT: there are no more rounds
    const char *to; // NULL: the innermost
    bool vague;     // an undecided one: the rest of the round may not run
    bool may_exit;  // it was EXIT: nor may the rounds that follow
    const char *vague_to;
    bool doubtful; // an undecided IF may have ended it
    bool sure;     // it runs as surely as the innermost block with handlers does
    int loops;     // loops whose rounds are not known
};

// --- fp_body_vars.c: variables ---------------------------------------------------------------------------------------------------------
const char *body_name(struct body *b, const char *target); // as a key: folded unless quoted
// A row goes to the targets: one each, or all to the fields of a record. NULL: not known; row -1: no row, so NULLs.
void body_assign_row(struct body *b, const char *target, const struct fp_result *r, int row);
void body_assign(struct body *b, const char *target, struct fp_val v); // to the one variable that it names
void body_set(struct body *b, const char *name, struct fp_val v);
void body_declare(struct body *b, const char *name,
                  const char *type); // `type` as written; its value is the outer one's until it is set
// From a point of the journal on: what was assigned is not known any more, for it may not have been.
void body_forget(struct body *b, int mark);
// The same for what the items would assign: they run again and again.
void body_forget_items(struct body *b, const struct lc_body_item *items, int n);
void body_forget_arguments(struct body *b, const CallStmt *call); // NULL: none
// Scopes: what is declared between is as it was before.
int body_scope_begin(const struct body *b);
void body_scope_end(struct body *b, int mark);
void body_bind_arguments(struct body *b, const char *create, const struct cat_proc *p, const FuncCall *call);
void body_bind_trigger(struct body *b, const struct fp_firing *firing);

// --- fp_condition.c ----------------------------------------------------------------------------------------------------------------------
bool body_catches(const char *handler, const char *sqlstate);             // "unique_violation or others"
const char *body_state_of(struct lc_arena *arena, const char *condition); // of RAISE; NULL: none is named

#endif
