// Transaction control and settings: BEGIN to ROLLBACK TO, SET, RESET, DISCARD (access/transam/xact.c, utils/misc/guc.c).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"

static void refuse(struct fp_session *s, const char *sqlstate, const char *message)
{
    fp_refuse(s, sqlstate, "%s", message);
    if (s->level > 0)
        s->aborted = true;
}

static void begin(struct fp_session *s)
{
    if (s->level == 0)
        fp_block_begin(s);
    else if (s->implicit)
        s->implicit = false;
    else
        fp_note(s, "nested-begin", false, "there is already a transaction in progress: BEGIN has no effect");
}

static void end(struct fp_session *s, bool commit, bool chain)
{
    if (s->level == 0) {
        fp_note(s, "no-transaction", false, "there is no transaction in progress: %s has no effect",
                commit ? "COMMIT" : "ROLLBACK");
        return;
    }
    const char *read_only = cat_setting(s->cat, "transaction_read_only");
    fp_block_end(s, commit);
    if (!chain)
        return;
    fp_block_begin(s);
    if (read_only) // RestoreTransactionCharacteristics (access/transam/xact.c)
        cat_set_setting(s->cat, "transaction_read_only", read_only, true);
}

static void savepoint(struct fp_session *s, const TransactionStmt *t)
{
    const char *name = t->savepoint_name ? t->savepoint_name : "";
    bool found = true;

    if (s->level == 0 || s->implicit) {
        refuse(s, "25P01",
               t->kind == TRANS_STMT_SAVEPOINT ? "SAVEPOINT can only be used in transaction blocks"
               : t->kind == TRANS_STMT_RELEASE ? "RELEASE SAVEPOINT can only be used in transaction blocks"
                                               : "ROLLBACK TO SAVEPOINT can only be used in transaction blocks");
        return;
    }
    if (t->kind == TRANS_STMT_SAVEPOINT)
        fp_savepoint(s, name);
    else if (t->kind == TRANS_STMT_RELEASE)
        found = fp_savepoint_release(s, name);
    else
        found = fp_savepoint_rollback(s, name);
    if (!found)
        refuse(s, "3B001", lc_printf(s->arena, "savepoint \"%s\" does not exist", name));
}

static void prepare_transaction(struct fp_session *s)
{
    fp_note(s, "prepared-transaction", false,
            "the prepared transaction keeps its locks until COMMIT PREPARED or ROLLBACK PREPARED");
    end(s, true, false);
}

static void transaction(struct fp_session *s, const TransactionStmt *t)
{
    static const enum fp_tx tx[] = {
        [TRANS_STMT_BEGIN] = FP_TX_BEGIN,
        [TRANS_STMT_START] = FP_TX_BEGIN,
        [TRANS_STMT_COMMIT] = FP_TX_COMMIT,
        [TRANS_STMT_ROLLBACK] = FP_TX_ROLLBACK,
        [TRANS_STMT_SAVEPOINT] = FP_TX_SAVEPOINT,
        [TRANS_STMT_RELEASE] = FP_TX_RELEASE,
        [TRANS_STMT_ROLLBACK_TO] = FP_TX_ROLLBACK_TO,
        [TRANS_STMT_PREPARE] = FP_TX_PREPARE,
        [TRANS_STMT_ROLLBACK_PREPARED] = FP_TX_NONE,
    };

    s->fp->tx = t->kind < sizeof tx / sizeof *tx ? tx[t->kind] : FP_TX_NONE;
    switch (t->kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START:
        begin(s);
        fp_set_transaction_modes(s, &t->options, false);
        break;
    case TRANS_STMT_COMMIT:
    case TRANS_STMT_ROLLBACK:
        if (s->aborted)
            s->fp->tx = FP_TX_ROLLBACK;
        end(s, t->kind == TRANS_STMT_COMMIT, t->chain);
        break;
    case TRANS_STMT_SAVEPOINT:
    case TRANS_STMT_RELEASE:
    case TRANS_STMT_ROLLBACK_TO:
        savepoint(s, t);
        break;
    case TRANS_STMT_PREPARE:
        prepare_transaction(s);
        break;
    default: // COMMIT PREPARED and ROLLBACK PREPARED end another one's locks
        break;
    }
}

// --- settings --------------------------------------------------------------------------------------------------------------------

// SplitIdentifierString: names between commas, folded unless quoted.
static void set_search_path(struct fp_session *s, const char *value)
{
    struct LC_ARRAY(const char *) names = {0};

    while (*value) {
        struct lc_str word;
        bool quoted;
        lc_str_init(&word, s->arena, LC_STR_MAX);
        value += strspn(value, " ,");
        quoted = *value == '"' || *value == '\'';
        for (char end = quoted ? *value++ : ','; *value && *value != end; value++)
            lc_str_addc(&word, (char)(!quoted && *value >= 'A' && *value <= 'Z' ? *value + 32 : *value));
        value += quoted && *value;
        while (!quoted && word.len && word.text[word.len - 1] == ' ')
            word.text[--word.len] = '\0';
        if (word.len)
            LC_PUSH(s->arena, &names, word.text);
    }
    cat_set_search_path(s->cat, names.items, names.len);
}

void fp_set(struct fp_session *s, const char *name, const char *value, bool local)
{
    static const char *const standard[] = {"$user", "public"};

    if (local && s->level == 0 && s->top_level && s->depth == 0)
        return; // SET LOCAL outside a transaction: a warning
    if (lc_strieq(name, "search_path") && value)
        set_search_path(s, value);
    else if (lc_strieq(name, "search_path"))
        cat_set_search_path(s->cat, standard, 2);
    if (lc_strieq(name, "session_authorization")) // SET ROLE ends with it (SetSessionAuthorization, miscinit.c)
        cat_set_setting(s->cat, "role", NULL, local);
    if (lc_strieq(name, "session_authorization") && !value) {
        cat_reset_setting(s->cat, "session_authorization");
        return;
    }
    fp_set_read_only(s, name, value, local);
    if (!lc_strieq(name, "transaction_read_only"))
        cat_set_setting(s->cat, name, value, local);
}

static void add_value(struct lc_str *out, const Node *arg, bool list)
{
    const TypeCast *tc = AS(TypeCast, arg);
    const A_Const *c = AS(A_Const, tc ? tc->arg : arg);
    const Node *val = c ? c->val : arg;
    const char *text = node_string(val);
    const Integer *i = AS(Integer, val);
    const Float *f = AS(Float, val);
    const Boolean *b = AS(Boolean, val);

    if (out->len)
        lc_str_add(out, ", ");
    if (text)
        lc_str_addf(out, list ? "\"%s\"" : "%s", text);
    else if (i)
        lc_str_addf(out, "%lld", (long long)i->ival);
    else if (f)
        lc_str_add(out, f->fval ? f->fval : "");
    else if (b)
        lc_str_add(out, b->boolval ? "true" : "false");
}

static void set_variable(struct fp_session *s, const VariableSetStmt *v)
{
    struct lc_str value;

    if (v->name && v->kind == VAR_SET_MULTI)
        fp_set_transaction_modes(s, &v->args, strcmp(v->name, "SESSION CHARACTERISTICS") == 0);
    if (!v->name || v->kind == VAR_SET_MULTI || v->kind == VAR_SET_CURRENT)
        return;
    lc_str_init(&value, s->arena, LC_STR_MAX);
    for (LIST_EACH(i, &v->args))
        add_value(&value, v->args.items[i], lc_strieq(v->name, "search_path"));
    if (v->is_local && s->level == 0 && s->top_level)
        fp_note(s, "set-local", false, "SET LOCAL has no effect outside a transaction block");
    fp_set(s, v->name, v->kind == VAR_SET_VALUE ? value.text : NULL, v->is_local);
}

struct temporary {
    struct lc_arena *arena;
    struct cat_addresses all;
};

static void find_temporary(const struct cat_object *object, void *context)
{
    struct temporary *t = context;
    const struct cat_relation *rel = (const struct cat_relation *)(const void *)object;

    if (rel->relpersistence == 't' && rel->o.created && strchr("rpvSf", rel->relkind) && !rel->relispartition)
        LC_PUSH(t->arena, &t->all, cat_address(CAT_RELATION, rel->o.oid, 0));
}

// RemoveTempRelations (catalog/namespace.c).
static void drop_temporary(struct fp_session *s)
{
    struct temporary t = {s->arena, {0}};
    struct lc_error ignored;

    cat_each(s->cat, CAT_RELATION, find_temporary, &t);
    if (t.all.len)
        (void)!cat_drop(s->cat, &t.all, true, &ignored);
}

void fp_session_restart(struct fp_session *s)
{
    if (s->level > 0)
        fp_block_end(s, false);
    cat_reset_settings(s->cat, true);
    drop_temporary(s);
    s->prepared = NULL;
    s->cached = NULL;
    s->last_sequence = InvalidOid;
}

void fp_session_in_body(struct fp_session *s, bool in_body)
{
    s->of_body = in_body;
}

// DiscardCommand (commands/discard.c)
static void discard(struct fp_session *s, const DiscardStmt *d)
{
    if (d->target == DISCARD_ALL && fp_prevent_in_block(s, "DISCARD ALL"))
        return;
    if (d->target == DISCARD_ALL) {
        cat_reset_settings(s->cat, true);
        s->prepared = NULL;
    }
    if (d->target == DISCARD_ALL || d->target == DISCARD_TEMP)
        drop_temporary(s);
    if (d->target == DISCARD_ALL || d->target == DISCARD_SEQUENCES)
        s->last_sequence = InvalidOid;
}

bool fp_family_transaction(struct fp_session *s, const Node *stmt, bool *applied)
{
    const VariableSetStmt *v = AS(VariableSetStmt, stmt);
    const DiscardStmt *d = AS(DiscardStmt, stmt);

    *applied = true;
    if (IsA(stmt, TransactionStmt)) {
        if (s->top_level)
            transaction(s, (const TransactionStmt *)(const void *)stmt);
        else
            fp_refuse(s, "0A000", "transaction commands cannot run inside a function");
        return true;
    }
    if (v && v->kind == VAR_RESET_ALL)
        cat_reset_settings(s->cat, false);
    else if (v)
        set_variable(s, v);
    if (d)
        discard(s, d);
    if (IsA(stmt, ConstraintsSetStmt))
        fp_set_constraints(s, AS(ConstraintsSetStmt, stmt));
    if (v || d || IsA(stmt, VariableShowStmt) || IsA(stmt, ConstraintsSetStmt))
        return true;
    *applied = false;
    return false;
}
