// From a statement to what it does with the rows of tables. What is not understood leaves rows as they are, and is said.
#include <stdlib.h>
#include <string.h>

#include "isolation/world.h"

#define MAX_SERIES 2000 // rows that one INSERT may make up

struct rows *rows_of(struct world *w, const struct session *s, const struct cat_relation *rel)
{
    const char *name = cat_qualified_name(s->cat, rel);
    struct rows *rows = lc_map_get(&w->tables, name);

    if (!rows) {
        rows = LC_NEW(w->arena, struct rows);
        (void)lc_map_put(&w->tables, name, rows);
    }
    return rows;
}

// The relation and what is below it, each an operation of its own.
static void push_all(struct world *w, struct session *s, const struct op *op, const RangeVar *rv)
{
    const struct cat_relation *root = rv ? cat_find_rangevar(s->cat, rv) : NULL;
    struct cat_oids all = {0};

    if (!root)
        return;
    if (root->relkind == 'v') {
        world_note(w, "rows reached through the view %s", root->o.name);
        return;
    }
    if (rv->inh)
        cat_inheritors(s->cat, root->o.oid, &all);
    for (int i = 0; i < (all.len ? all.len : 1); i++) {
        struct op one = *op;

        one.rel = all.len ? cat_relation(s->cat, all.items[i]) : root;
        if (one.rel != root && one.rel->detach_pending)
            continue;
        LC_PUSH(w->arena, &s->x.ops, one);
    }
}

// ---- SELECT --------------------------------------------------------------------------------------------------------------------------

static long limit_of(const SelectStmt *q)
{
    const A_Const *c = AS(A_Const, q->limitCount);
    const Integer *i = c ? AS(Integer, c->val) : NULL;

    return i ? (long)i->ival : -1;
}

static bool any_calls(const struct world *w, const NodeList *list)
{
    for (LIST_EACH(i, list))
        if (has_calls(w, list->items[i]))
            return true;
    return false;
}

static bool locks_this(const LockingClause *c, const RangeVar *rv)
{
    for (LIST_EACH(i, &c->lockedRels)) {
        const RangeVar *named = LIST_GET(RangeVar, &c->lockedRels, i);

        if (named && lc_streq(named->relname, rv->alias ? rv->alias->aliasname : rv->relname))
            return true;
    }
    return c->lockedRels.length == 0;
}

static void plan_select_from(struct world *w, struct session *s, const SelectStmt *q, const RangeVar *rv)
{
    const LockingClause *c = NULL;
    struct op op = {
        .kind = OP_SCAN, .where = q->whereClause, .targets = &q->targetList, .sort = &q->sortClause, .limit = limit_of(q)};

    for (LIST_EACH(i, &q->lockingClause)) {
        const LockingClause *one = LIST_GET(LockingClause, &q->lockingClause, i);

        if (one && locks_this(one, rv) && (!c || one->strength > c->strength))
            c = one;
    }
    if (c) {
        op.kind = OP_LOCK;
        op.strength = (enum row_lock)(c->strength - LCS_FORKEYSHARE);
        op.policy = c->waitPolicy;
    } else if (!has_calls(w, q->whereClause) && !any_calls(w, &q->targetList)) {
        return;
    }
    push_all(w, s, &op, rv);
}

static bool find_series(const Node *node, void *context)
{
    const FuncCall *f = AS(FuncCall, node);

    if (f && lc_streq(list_last_name(&f->funcname), "generate_series"))
        *(const FuncCall **)context = f;
    return true;
}

static const char *datum(struct world *w, struct session *s, const Node *node)
{
    static const struct row_env none = {NULL, NULL};
    const ColumnRef *c = AS(ColumnRef, node);
    struct value v;

    if (c)
        return NULL; // minvalue, maxvalue
    v = eval_expr(w, s, &none, node);
    return v.kind == V_TEXT ? v.text : NULL;
}

static bool any_nextval(const NodeList *list)
{
    for (LIST_EACH(i, list))
        if (has_nextval(list->items[i]))
            return true;
    return false;
}

// Rows of generate_series() in FROM; 0: something else.
static long series_length(struct world *w, struct session *s, const Node *from)
{
    const FuncCall *f = NULL;
    const char *low, *high;
    long n;

    node_walk(from, find_series, (void *)&f);
    if (!IsA(from, RangeFunction) || !f || f->args.length < 2)
        return 0;
    low = datum(w, s, f->args.items[0]);
    high = datum(w, s, f->args.items[1]);
    n = low && high ? strtol(high, NULL, 10) - strtol(low, NULL, 10) + 1 : 0;
    return n < MAX_SERIES ? n : MAX_SERIES;
}

static void plan_select(struct world *w, struct session *s, const SelectStmt *q)
{
    const RangeVar *rv = q->fromClause.length == 1 ? LIST_GET(RangeVar, &q->fromClause, 0) : NULL;
    struct op calls = {.kind = OP_CALLS, .targets = &q->targetList};

    for (LIST_EACH(i, &q->fromClause)) {
        const RangeSubselect *sub = LIST_GET(RangeSubselect, &q->fromClause, i);

        if (sub)
            plan_rows(w, s, sub->subquery);
    }
    if (rv)
        plan_select_from(w, s, q, rv);
    else if (q->lockingClause.length && q->fromClause.length)
        world_note(w, "row locks of a SELECT from several tables");
    else if (q->fromClause.length == 0 && (any_calls(w, &q->targetList) || any_nextval(&q->targetList)))
        LC_PUSH(w->arena, &s->x.ops, calls);
    else if (q->fromClause.length == 1 && (any_calls(w, &q->targetList) || any_nextval(&q->targetList)))
        for (long i = series_length(w, s, q->fromClause.items[0]); i > 0; i--)
            LC_PUSH(w->arena, &s->x.ops, calls);
}

// ---- INSERT ------------------------------------------------------------------------------------------------------------------------------

static const char *evaluated(struct world *w, struct session *s, const Node *node, const struct cat_attribute *a)
{
    static const struct row_env none = {NULL, NULL};
    struct value v = {V_NULL, NULL};

    if (node && !IsA(node, SetToDefault))
        v = eval_expr(w, s, &none, node);
    else if (a->def)
        v = eval_expr(w, s, &none, a->def);
    else if (a->identity)
        return lc_printf(w->arena, "%ld", ++w->sequence);
    if (v.kind == V_UNKNOWN)
        return lc_printf(w->arena, "? %ld", ++w->sequence);
    return v.kind == V_TEXT ? v.text : NULL;
}

static const Node *given(const struct cat_relation *rel, const NodeList *cols, const NodeList *items, int attnum)
{
    int place = 0;

    for (LIST_EACH(i, cols)) {
        const ResTarget *t = LIST_GET(ResTarget, cols, i);
        const struct cat_attribute *a = t ? cat_find_column(rel, t->name) : NULL;

        if (a && a->attnum == attnum)
            return items && i < items->length ? items->items[i] : NULL;
    }
    if (cols->length)
        return NULL;
    for (int i = 0; i < attnum - 1; i++)
        place += !rel->attrs[i].isdropped;
    return items && place < items->length ? items->items[place] : NULL;
}

static bool bound_is(const Node *node, const char *word)
{
    const ColumnRef *c = AS(ColumnRef, node);

    return c && c->fields.length && lc_strieq(node_string(c->fields.items[0]), word);
}

static bool in_list(struct world *w, struct session *s, const PartitionBoundSpec *b, const char *value)
{
    for (LIST_EACH(i, &b->listdatums)) {
        const char *d = datum(w, s, b->listdatums.items[i]);

        if (d && value ? compare_values(d, value) == 0 : d == value)
            return true;
    }
    return false;
}

static bool in_range(struct world *w, struct session *s, const PartitionBoundSpec *b, const char *value)
{
    const Node *low = b->lowerdatums.items[0], *high = b->upperdatums.items[0];
    const char *from = datum(w, s, low), *to = datum(w, s, high);

    return value && (bound_is(low, "minvalue") || (from && compare_values(value, from) >= 0)) &&
           (bound_is(high, "maxvalue") || (to && compare_values(value, to) < 0));
}

// ExecFindPartition: by the first column of the key. NULL: there is none, or it cannot be told.
static const struct cat_relation *partition_of(struct world *w, struct session *s, const struct cat_relation *rel,
                                               const char **values)
{
    const struct cat_relation *fallback = NULL;
    int key = rel->partkey.natts ? rel->partkey.keys[0] : 0;

    if (key == 0 || rel->partkey.strategy == 'h')
        return NULL;
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[i]);
        const PartitionBoundSpec *b = child && !child->detach_pending ? AS(PartitionBoundSpec, child->partbound) : NULL;

        if (b && b->is_default)
            fallback = child;
        else if (b && (rel->partkey.strategy == 'l' ? in_list(w, s, b, values[key - 1])
                                                    : b->lowerdatums.length && in_range(w, s, b, values[key - 1])))
            return child;
    }
    return fallback;
}

const struct cat_relation *partition_for(struct world *w, struct session *s, const struct cat_relation *rel, const char ***values)
{
    const struct cat_relation *child = partition_of(w, s, rel, *values);
    const char **moved = child ? LC_NEW_ARRAY(w->arena, const char *, child->natts + 1) : NULL;

    for (int i = 0; child && i < rel->natts; i++) {
        const struct cat_attribute *a = rel->attrs[i].isdropped ? NULL : cat_find_column(child, rel->attrs[i].name);

        if (a)
            moved[a->attnum - 1] = (*values)[i];
    }
    *values = moved;
    return child;
}

static void push_insert(struct world *w, struct session *s, const struct cat_relation *rel, const char **values,
                        const OnConflictClause *conflict)
{
    struct op op = {.kind = OP_INSERT, .rel = rel, .root = rel, .values = values, .conflict = conflict};
    bool routed = routes_rows(rel);

    if (is_misplaced(w, s, rel, values))
        op.error = lc_printf(w->arena, "new row for relation \"%s\" violates partition constraint", rel->o.name);

    for (int depth = 0; op.rel && op.rel->relkind == 'p' && depth < 16; depth++) {
        op.root = op.rel;
        op.rel = partition_for(w, s, op.rel, &op.values);
        if (!op.rel && !op.error)
            op.error = lc_printf(w->arena, "no partition of relation \"%s\" found for row", op.root->o.name);
        if (depth == 0 && op.rel)
            op.first = op.rel->o.name;
    }
    if (op.rel || routed)
        LC_PUSH(w->arena, &s->x.ops, op);
}

static void insert_row(struct world *w, struct session *s, const struct cat_relation *rel, const InsertStmt *stmt,
                       const NodeList *items)
{
    const char **values = LC_NEW_ARRAY(w->arena, const char *, rel->natts + 1);

    for (int i = 0; i < rel->natts; i++)
        if (!rel->attrs[i].isdropped)
            values[i] = evaluated(w, s, given(rel, &stmt->cols, items, i + 1), &rel->attrs[i]);
    fire_before_row(w, s, rel, EVENT_INSERT, values);
    push_insert(w, s, rel, values, stmt->onConflictClause);
}

static bool find_aggregate(const Node *node, void *context)
{
    static const char *const names[] = {"string_agg", "array_agg", "count", "sum", "min", "max", "avg"};
    const FuncCall *f = AS(FuncCall, node);

    for (size_t i = 0; f && i < sizeof names / sizeof *names; i++)
        if (lc_streq(list_last_name(&f->funcname), names[i]))
            *(bool *)context = true;
    return true;
}

static void insert_series(struct world *w, struct session *s, const struct cat_relation *rel, const InsertStmt *stmt)
{
    const SelectStmt *q = AS(SelectStmt, stmt->selectStmt);
    const FuncCall *f = NULL;
    const char *from, *to;
    bool one_row = false;

    node_walk(stmt->selectStmt, find_series, (void *)&f);
    node_walk_list(&q->targetList, find_aggregate, &one_row);
    if (f && one_row) {
        insert_row(w, s, rel, stmt, &q->targetList);
        return;
    }
    if (!f || f->args.length < 2 || q->whereClause || q->fromClause.length > 1) {
        world_note(w, "the rows of an INSERT ... SELECT");
        return;
    }
    from = datum(w, s, f->args.items[0]);
    to = datum(w, s, f->args.items[1]);
    for (long i = from ? strtol(from, NULL, 10) : 1, last = to ? strtol(to, NULL, 10) : 0, n = 0; i <= last && n < MAX_SERIES;
         i++, n++) {
        s->series = lc_printf(w->arena, "%ld", i);
        insert_row(w, s, rel, stmt, &q->targetList);
    }
    s->series = NULL;
}

static void plan_insert(struct world *w, struct session *s, const InsertStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);
    const SelectStmt *q = AS(SelectStmt, stmt->selectStmt);

    if (!rel || (rel->relkind != 'r' && rel->relkind != 'p'))
        return;
    if (!q)
        insert_row(w, s, rel, stmt, NULL);
    else if (q->valuesLists.length)
        for (LIST_EACH(i, &q->valuesLists))
            insert_row(w, s, rel, stmt, &((const List *)(const void *)q->valuesLists.items[i])->items);
    else if (q->fromClause.length == 0 && !q->whereClause && !any_calls(w, &q->targetList)) {
        const FuncCall *f = NULL;

        node_walk(stmt->selectStmt, find_series, (void *)&f);
        if (f)
            insert_series(w, s, rel, stmt);
        else
            insert_row(w, s, rel, stmt, &q->targetList);
    } else
        insert_series(w, s, rel, stmt);
}

// ---- the others --------------------------------------------------------------------------------------------------------------------------

static void plan_update(struct world *w, struct session *s, const UpdateStmt *stmt)
{
    struct op op = {.kind = OP_UPDATE, .where = stmt->whereClause, .targets = &stmt->targetList, .limit = -1};

    if (stmt->fromClause.length)
        world_note(w, "UPDATE ... FROM");
    push_all(w, s, &op, stmt->relation);
}

static void plan_delete(struct world *w, struct session *s, const DeleteStmt *stmt)
{
    struct op op = {.kind = OP_DELETE, .where = stmt->whereClause, .strength = ROW_UPDATE, .limit = -1};

    if (stmt->usingClause.length)
        world_note(w, "DELETE ... USING");
    push_all(w, s, &op, stmt->relation);
}

static void empty(struct world *w, struct session *s, const RangeVar *rv)
{
    const struct cat_relation *root = rv ? cat_find_rangevar(s->cat, rv) : NULL;
    struct cat_oids all = {0};

    if (!root)
        return;
    cat_inheritors(s->cat, root->o.oid, &all);
    for (int i = 0; i < all.len; i++)
        rows_of(w, s, cat_relation(s->cat, all.items[i]))->versions.len = 0;
}

static void plan_with(struct world *w, struct session *s, const WithClause *with)
{
    for (int i = 0; with && i < with->ctes.length; i++) {
        const CommonTableExpr *cte = LIST_GET(CommonTableExpr, &with->ctes, i);

        if (cte)
            plan_rows(w, s, cte->ctequery);
    }
}

// The rows of CREATE TABLE AS, which nobody else sees while it runs.
static void plan_create_as(struct world *w, struct session *s, const CreateTableAsStmt *as)
{
    const SelectStmt *q = AS(SelectStmt, as->query);
    const struct cat_relation *rel = as->into ? cat_find_rangevar(s->cat, as->into->rel) : NULL;
    InsertStmt insert = {.relation = as->into ? as->into->rel : NULL, .selectStmt = as->query};

    if (!rel || !q || as->into->skipData)
        return;
    rows_of(w, s, rel)->versions.len = 0;
    plan_insert(w, s, &insert);
}

void plan_rows(struct world *w, struct session *s, const Node *stmt)
{
    const SelectStmt *q = AS(SelectStmt, stmt);
    const InsertStmt *ins = AS(InsertStmt, stmt);
    const UpdateStmt *upd = AS(UpdateStmt, stmt);
    const DeleteStmt *del = AS(DeleteStmt, stmt);
    const TruncateStmt *trunc = AS(TruncateStmt, stmt);
    const CreateStmt *create = AS(CreateStmt, stmt);
    const CreateTableAsStmt *as = AS(CreateTableAsStmt, stmt);

    plan_with(w, s, q ? q->withClause : ins ? ins->withClause : upd ? upd->withClause : del ? del->withClause : NULL);
    if (q)
        plan_select(w, s, q);
    else if (ins)
        plan_insert(w, s, ins);
    else if (upd)
        plan_update(w, s, upd);
    else if (del)
        plan_delete(w, s, del);
    else if (trunc)
        for (LIST_EACH(i, &trunc->relations))
            empty(w, s, LIST_GET(RangeVar, &trunc->relations, i));
    else if (create)
        empty(w, s, create->relation);
    else if (as)
        plan_create_as(w, s, as);
    else if (IsA(stmt, MergeStmt))
        world_note(w, "the rows of MERGE");
}
