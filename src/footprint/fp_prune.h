// Pruning partitions: what its files share. For fp_prune_*.c and fp_query_prune.c only.
#ifndef LC_FP_PRUNE_H
#define LC_FP_PRUNE_H

#include "footprint/fp_partition.h"
#include "footprint/fp_query.h"

#define MAX_KEYS 32
#define MAX_VARS 16
#define MAX_ABOVE 8

struct above { // a partitioned table that the table at hand is a partition of
    struct prune *p;
    int child;
};

struct prune {
    struct fq_query *q;
    const struct fq_rel *r;        // the reference to the table in the query
    struct fq_bounds *b;           // of the table whose partitions are judged: r's, or one below it
    struct fq_var *same[MAX_KEYS]; // columns equal to each key
    int nsame[MAX_KEYS];
    bool vague;                    // a parameter would decide
    bool top;                      // the condition at hand is one of the ANDed ones: only those become equivalence classes
    struct above above[MAX_ABOVE]; // of a table with a default partition
    int nabove;
};

struct cond { // one comparison of a key with a constant
    int key;
    enum fq_cmp op;
    struct fq_value value;
};

// --- fp_prune_key.c ---
// The key that an expression is, directly; -1: none. With `equal` also through equalities. *column: it is a column, or a key.
int prune_key(struct prune *p, struct fq_level *level, const Node *expr, bool equal, bool *column);
int prune_negated_key(struct prune *p, struct fq_level *level, const Node *expr); // the key that is NOT this expression; -1: none
// The columns that a name, or a mere relabelling of one, may stand for: how many of `max`.
int prune_columns(struct prune *p, struct fq_level *level, const Node *expr, struct fq_var *out, int max);
// The expression itself, or what it is once the subquery that it is a column of has been pulled up.
const Node *prune_behind(struct prune *p, struct fq_level *level, const Node *expr);
// Is the column of a table that the condition may say something of (an outer join's says nothing of the side that is kept)?
bool prune_in_range(const struct fq_qual *qual, const struct fq_level *level, const struct fq_var *v);
struct fq_level *prune_component(struct fq_level *level);       // the query that a subquery was pulled up into
bool prune_applies(struct fq_level *from, struct fq_level *to); // may conditions of one level say something of another's tables?
const A_Expr *prune_equality(const Node *expr);                 // NULL: it is not a = b
void prune_learn_equalities(struct prune *p);

// --- fp_prune_condition.c ---
struct fq_set prune_condition(struct prune *p, struct fq_level *level, const Node *expr, bool negated); // what it leaves
enum fq_cmp prune_operator(const char *op);                                                             // FQ_CMP_NONE: another
// key op constant (or the other way round). False: not such a comparison.
bool prune_compare(struct prune *p, struct fq_level *level, const Node *l, const Node *r, enum fq_cmp op, struct cond *out);
// a, NOT a, a IS TRUE, a IS FALSE: what a boolean key is. False: nothing of the kind.
bool prune_bool_condition(struct prune *p, struct fq_level *level, const Node *expr, struct cond *out);
// (a, b) = (1, 2) is a = 1 AND b = 2 (make_row_comparison_op). False: it is none.
bool prune_row(struct prune *p, struct fq_level *level, const Node *expr, struct fq_key *keys, struct fq_set *set);
bool prune_is_single_in(const A_Expr *e); // x IN (1) is x = 1 (transformAExprIn)
bool prune_is_false(const Node *expr);

#endif
