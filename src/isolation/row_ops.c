// Doing with rows what a statement does: scans what its snapshot sees, locks, updates, deletes and inserts row by row, and waits in between
// (nodeModifyTable.c, nodeLockRows.c, execMain.c EvalPlanQual).
#include <string.h>

#include "isolation/world.h"

static const char *name_of(const struct op *op)
{
    return op->rel ? op->rel->o.name : "";
}

// ---- scanning --------------------------------------------------------------------------------------------------------------------------

// ORDER BY of one column.
static void sort_scan(const struct op *op)
{
    const SortBy *by = op->sort && op->sort->length == 1 ? LIST_GET(SortBy, op->sort, 0) : NULL;
    const ColumnRef *c = by ? AS(ColumnRef, by->node) : NULL;
    const struct cat_attribute *a = c ? cat_find_column(op->rel, node_string(c->fields.items[c->fields.length - 1])) : NULL;

    for (int i = 1; a && i < op->nscan; i++)
        for (int k = i; k > 0; k--) {
            struct version *x = op->scan[k - 1], *y = op->scan[k];
            const char *p = x->nvalues < a->attnum ? NULL : x->values[a->attnum - 1];
            const char *q = y->nvalues < a->attnum ? NULL : y->values[a->attnum - 1];
            int order = p && q ? compare_values(p, q) : 0;

            if (by->sortby_dir == SORTBY_DESC ? order >= 0 : order <= 0)
                break;
            op->scan[k - 1] = y;
            op->scan[k] = x;
        }
}

static void start_op(struct world *w, struct session *s, struct op *op)
{
    const struct rows *rows = op->rel ? rows_of(w, s, op->rel) : NULL;

    op->started = true;
    op->snapshot = s->x.snapshot;
    if (op->constraint) { // a trigger: after the statement, with a snapshot of its own
        s->cmd++;
        if (s->isolation == READ_COMMITTED || op->kind != OP_FK_KEY)
            op->snapshot = w->commits; // ri_PerformCheck, detectNewRows
    }
    if (!rows || op->kind == OP_INSERT)
        return;
    op->scan = LC_NEW_ARRAY(w->arena, struct version *, rows->versions.len + 1);
    op->nscan = 0;
    for (int i = 0; i < rows->versions.len; i++)
        if (visible(s, rows->versions.items[i], op->snapshot))
            op->scan[op->nscan++] = rows->versions.items[i];
    sort_scan(op);
}

static bool key_matches(const struct op *op, const struct version *v)
{
    for (int i = 0; i < op->nkeys; i++) {
        const char *have = op->keys[i] <= v->nvalues ? v->values[op->keys[i] - 1] : NULL;

        if (!have || !op->key_values[i] || compare_values(have, op->key_values[i]) != 0)
            return false;
    }
    return true;
}

static enum got qualifies(struct world *w, struct session *s, const struct op *op, const struct version *v)
{
    struct row_env env = {op->rel, v};

    if (op->keys)
        return key_matches(op, v) ? GOT : NONE;
    return eval_condition(w, s, &env, op->where);
}

// ---- one row -----------------------------------------------------------------------------------------------------------------------------

static enum got serialize(struct world *w, struct session *s, const char *what)
{
    return world_error(w, s, "could not serialize access due to concurrent %s", what);
}

static const char *set_value(struct world *w, struct session *s, const struct op *op, const struct version *v, const ResTarget *t,
                             const struct cat_attribute *a)
{
    struct row_env env = {op->rel, v};
    const Node *expr = IsA(t->val, SetToDefault) ? a->def : t->val;
    struct value value = expr ? eval_expr(w, s, &env, expr) : (struct value){V_NULL, NULL};

    if (value.kind == V_UNKNOWN)
        return lc_printf(w->arena, "? %ld", ++w->sequence);
    return value.kind == V_TEXT ? value.text : NULL;
}

static const char **new_values(struct world *w, struct session *s, const struct op *op, const struct version *v)
{
    const char **values = LC_NEW_ARRAY(w->arena, const char *, op->rel->natts + 1);

    for (int i = 0; i < op->rel->natts && i < v->nvalues; i++)
        values[i] = v->values[i];
    if (op->keys) { // a foreign key's ON UPDATE, ON DELETE
        for (int i = 0; i < op->nkeys; i++)
            values[op->keys[i] - 1] = op->values ? op->values[i] : NULL;
        return values;
    }
    for (LIST_EACH(i, op->targets)) {
        const ResTarget *t = LIST_GET(ResTarget, op->targets, i);
        const struct cat_attribute *a = t ? cat_find_column(op->rel, t->name) : NULL;

        if (a)
            values[a->attnum - 1] = set_value(w, s, op, v, t, a);
    }
    return values;
}

// ExecUpdateLockMode: by the columns that SET names, their values aside.
static enum row_lock update_mode(const struct session *s, const struct op *op)
{
    const char **none, **named;

    if (op->kind == OP_DELETE || op->keys)
        return ROW_UPDATE;
    none = LC_NEW_ARRAY(cat_arena(s->cat), const char *, op->rel->natts + 1);
    named = LC_NEW_ARRAY(cat_arena(s->cat), const char *, op->rel->natts + 1);
    for (LIST_EACH(i, op->targets)) {
        const ResTarget *t = LIST_GET(ResTarget, op->targets, i);
        const struct cat_attribute *a = t ? cat_find_column(op->rel, t->name) : NULL;

        if (a)
            named[a->attnum - 1] = "set";
    }
    return changes_key(s, op->rel, none, named, op->rel->natts) ? ROW_UPDATE : ROW_NO_KEY_UPDATE;
}

static enum got already_moved(struct world *w, struct session *s)
{
    return world_error(w, s, "tuple to be locked was already moved to another partition due to concurrent update");
}

// The newest version, locked, and the condition asked of it again. GOT: op->at is it; NONE: the row is out.
static enum got relock(struct world *w, struct session *s, struct op *op, enum row_lock mode)
{
    if (op->phase == 1) {
        enum tm r;

        do {
            r = follow_tuple(w, s, &op->at, op->policy, name_of(op));
            if (r == TM_OK)
                r = lock_tuple(w, s, op->at, mode, op->policy, name_of(op));
        } while (r == TM_UPDATED);
        if (r == TM_WAIT || r == TM_FAIL)
            return r == TM_WAIT ? WAIT : FAIL;
        if (r == TM_MOVED)
            return already_moved(w, s);
        if (r != TM_OK)
            return NONE;
        op->phase = 2;
    }
    return qualifies(w, s, op, op->at);
}

// What a lock or a change found: the row has a newer version, or is gone.
static enum got concurrent(struct world *w, struct session *s, struct op *op, enum tm r)
{
    if (r == TM_FAIL)
        return FAIL;
    if (r == TM_WAIT)
        return WAIT;
    if (r == TM_SKIP || r == TM_SELF)
        return NONE;
    if (s->isolation != READ_COMMITTED)
        return serialize(w, s, r == TM_DELETED && op->kind != OP_LOCK && op->kind != OP_FK_KEY ? "delete" : "update");
    if (r == TM_MOVED)
        return already_moved(w, s);
    if (r == TM_DELETED)
        return NONE;
    op->phase = 1;
    return GOT;
}

static enum got lock_row(struct world *w, struct session *s, struct op *op)
{
    if (op->phase == 0) {
        enum tm r = lock_tuple(w, s, op->at, op->strength, op->policy, name_of(op));
        enum got got = r == TM_OK ? GOT : concurrent(w, s, op, r);

        if (got != GOT || r == TM_OK)
            return got;
    }
    return relock(w, s, op, op->strength);
}

// ExecCrossPartitionUpdate: a DELETE here and an INSERT there.
static void move_row(struct world *w, struct session *s, const struct op *op, const char **values)
{
    const struct cat_relation *there = place_of(w, s, op->rel, &values);
    struct version *v = op->at, *next = there ? new_tuple(w, s, rows_of(w, s, there), values, there->natts) : NULL;

    write_tuple(w, s, v, ROW_UPDATE, NULL);
    v->moved = true;
    queue_key_checks(w, s, op->rel, v, NULL);
    if (next)
        queue_key_checks(w, s, there, NULL, next);
}

static void write_row(struct world *w, struct session *s, const struct op *op, const char **values, enum row_lock mode)
{
    struct version *v = op->at, *next = NULL;

    if (op->kind == OP_UPDATE && is_misplaced(w, s, op->rel, values)) {
        move_row(w, s, op, values);
        return;
    }
    if (op->kind == OP_UPDATE)
        next = new_tuple(w, s, rows_of(w, s, op->rel), values, op->rel->natts);
    write_tuple(w, s, v, mode, next);
    queue_key_checks(w, s, op->rel, v, next);
}

static enum got change_row(struct world *w, struct session *s, struct op *op)
{
    for (;;) {
        const char **values = NULL;
        enum row_lock mode = ROW_UPDATE;
        enum got got;
        enum tm r;

        if (op->phase > 0) {
            got = relock(w, s, op, update_mode(s, op));
            if (got != GOT)
                return got;
            op->phase = 0;
        }
        if (op->kind == OP_UPDATE) {
            values = new_values(w, s, op, op->at);
            fire_before_row(w, s, op->rel, EVENT_UPDATE, values);
            if (!changes_key(s, op->rel, op->at->values, values, op->at->nvalues) && !is_misplaced(w, s, op->rel, values))
                mode = ROW_NO_KEY_UPDATE;
        }
        r = update_tuple(w, s, op->at, mode);
        if (r == TM_OK) {
            write_row(w, s, op, values, mode);
            return GOT;
        }
        got = concurrent(w, s, op, r);
        if (got != GOT)
            return got;
    }
}

static enum got call_targets(struct world *w, struct session *s, const struct op *op, const struct row_env *env)
{
    s->x.calls_seen = 0;
    for (LIST_EACH(i, op->targets)) {
        struct value v = has_calls(w, op->targets->items[i]) || has_nextval(op->targets->items[i])
                             ? eval_expr(w, s, env, op->targets->items[i])
                             : (struct value){0};

        if (v.kind == V_WAIT || v.kind == V_FAIL)
            return v.kind == V_WAIT ? WAIT : FAIL;
    }
    s->x.calls_seen = s->x.calls_done = 0;
    return GOT;
}

static enum got do_row(struct world *w, struct session *s, struct op *op)
{
    const struct row_env env = {op->rel, op->at};

    switch (op->kind) {
    case OP_SCAN:
        return call_targets(w, s, op, &env);
    case OP_LOCK:
    case OP_FK_KEY:
    case OP_FK_ROWS:
        return lock_row(w, s, op);
    case OP_UPDATE:
    case OP_DELETE:
        return change_row(w, s, op);
    default:
        return GOT;
    }
}

// ---- one operation ---------------------------------------------------------------------------------------------------------------------------

static enum got key_violated(struct world *w, struct session *s, const struct op *op)
{
    const struct cat_constraint *c = op->constraint;
    const struct cat_relation *fk = cat_relation(s->cat, c->conrelid), *pk = cat_relation(s->cat, c->confrelid);

    if (op->kind == OP_FK_KEY)
        return world_error(w, s, "insert or update on table \"%s\" violates foreign key constraint \"%s\"", fk->o.name,
                           c->o.name);
    return world_error(
        w, s, "update or delete on table \"%s\" violates %sforeign key constraint \"%s\" on table \"%s\"", pk->o.name,
        w->major >= 18 && (c->confupdtype == 'r' || c->confdeltype == 'r') ? "RESTRICT setting of " : "", c->o.name, fk->o.name);
}

// The crosscheck snapshot of ri_PerformCheck: a row that refers, but that the transaction's own snapshot does not see.
static bool missed_by_snapshot(const struct session *s, const struct op *op, const struct version *v)
{
    return op->constraint && op->kind != OP_FK_KEY && s->isolation != READ_COMMITTED && !visible(s, v, s->snapshot);
}

static enum got scan(struct world *w, struct session *s, struct op *op)
{
    long found = 0;

    for (; op->row < op->nscan && op->limit != found; op->row++) {
        enum got got = GOT;

        if (!op->at) {
            got = qualifies(w, s, op, op->scan[op->row]);
            if (got == GOT && missed_by_snapshot(s, op, op->scan[op->row]))
                return serialize(w, s, "update");
            if (got == GOT) {
                op->at = op->scan[op->row];
                op->phase = 0;
            }
        }
        if (got == GOT)
            got = do_row(w, s, op);
        if (got == WAIT || got == FAIL)
            return got;
        op->at = NULL;
        if (got != GOT)
            continue;
        if (op->kind == OP_FK_ROWS)
            return key_violated(w, s, op);
        op->moved = true; // one at least was found
        if (op->limit > 0)
            op->limit--;
        if (op->kind == OP_FK_KEY)
            return GOT;
    }
    if (op->kind == OP_FK_KEY && !op->moved)
        return key_violated(w, s, op);
    return GOT;
}

static void write_conflicting(struct world *w, struct session *s, struct op *op)
{
    struct op update = *op;
    const char **values = new_values(w, s, op, op->at);

    update.kind = OP_UPDATE;
    write_row(w, s, &update, values,
              changes_key(s, op->rel, op->at->values, values, op->at->nvalues) ? ROW_UPDATE : ROW_NO_KEY_UPDATE);
}

// INSERT ... ON CONFLICT: the row in the way is looked for before anything is inserted; DO UPDATE locks the newest version of it that there is,
// whatever the snapshot sees (ExecOnConflictUpdate).
static enum got insert_or(struct world *w, struct session *s, struct op *op)
{
    struct version *found = NULL;
    enum got got;

    if (op->phase == 0) {
        waited_for_xact(w, s);
        got = unique_check(w, s, op->rel, NULL, op->values, &found);
        if (got == WAIT || got == FAIL)
            return got;
        if (got == GOT) {
            op->at = new_tuple(w, s, rows_of(w, s, op->rel), op->values, op->rel->natts);
            queue_key_checks(w, s, op->rel, NULL, op->at);
            return GOT;
        }
        if (s->isolation != READ_COMMITTED && !visible(s, found, op->snapshot) && !is_mine(s, found->xmin))
            return serialize(w, s, "update");
        if (op->conflict->action == ONCONFLICT_NOTHING)
            return GOT;
        op->at = found;
        op->targets = &op->conflict->targetList;
        op->phase = 1;
    }
    switch (lock_tuple(w, s, op->at, update_mode(s, op), LockWaitBlock, name_of(op))) {
    case TM_OK:
        break;
    case TM_WAIT:
        return WAIT;
    case TM_FAIL:
        return FAIL;
    case TM_SELF:
        return GOT;
    default:
        if (s->isolation != READ_COMMITTED)
            return serialize(w, s, "update");
        op->phase = 0; // looks again
        return insert_or(w, s, op);
    }
    write_conflicting(w, s, op);
    return GOT;
}

static enum got insert(struct world *w, struct session *s, struct op *op)
{
    struct version *found = NULL;
    enum got got;

    if (op->error)
        return world_error(w, s, "%s", op->error);
    if (op->conflict)
        return insert_or(w, s, op);
    if (op->phase == 0) {
        op->at = new_tuple(w, s, rows_of(w, s, op->rel), op->values, op->rel->natts);
        op->phase = 1;
    }
    waited_for_xact(w, s);
    got = unique_check(w, s, op->rel, op->at, op->values, &found);
    if (got != GOT)
        return got;
    queue_key_checks(w, s, op->rel, NULL, op->at);
    return GOT;
}

enum got run_ops(struct world *w, struct session *s)
{
    static const struct row_env none = {NULL, NULL};

    for (; s->x.op < s->x.ops.len; s->x.op++) {
        struct op op = s->x.ops.items[s->x.op]; // the list may grow
        enum got got;

        if (!op.started)
            start_op(w, s, &op);
        got = op.kind == OP_INSERT ? insert(w, s, &op) : op.kind == OP_CALLS ? call_targets(w, s, &op, &none) : scan(w, s, &op);
        s->x.ops.items[s->x.op] = op;
        if (got != GOT)
            return got;
    }
    return GOT;
}
