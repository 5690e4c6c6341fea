// SELECT over catalogues, subqueries and arrays: nested loops, conditions tested as soon as they can be.
#include "footprint/fp_eval.h"

#include <string.h>

#include "base/str.h"

#define MAX_ROWS 5000

struct query {
    struct fp_env *env;
    const SelectStmt *stmt;
    struct fp_result *out;
    bool vague; // some row may or may not belong to the result
    bool aggregate;
    struct fp_aggs aggs;
    int matched;
};

struct item { // what is left of a FROM clause: a chain of continuations
    const Node *node;
    const Node *quals; // of an inner join: tested once both sides are bound
    struct item *next;
};

static void loop(struct query *q, struct item *items);

// --- output ------------------------------------------------------------------------------------------------------------------------------

static const char *output_name(const ResTarget *t)
{
    const ColumnRef *ref = t ? AS(ColumnRef, t->val) : NULL;
    const FuncCall *call = t ? AS(FuncCall, t->val) : NULL;

    if (t && t->name)
        return t->name;
    if (t && IsA(t->val, TypeCast)) {
        const ColumnRef *inner = AS(ColumnRef, AS(TypeCast, t->val)->arg);
        return inner ? list_last_name(&inner->fields) : list_last_name(&AS(TypeCast, t->val)->typeName->names);
    }
    return ref ? list_last_name(&ref->fields) : call ? list_last_name(&call->funcname) : "?column?";
}

static bool is_star(const ResTarget *t, const char **of)
{
    const ColumnRef *ref = t ? AS(ColumnRef, t->val) : NULL;

    *of = ref && ref->fields.length > 1 ? node_string(ref->fields.items[ref->fields.length - 2]) : NULL;
    return ref && ref->fields.length && IsA(ref->fields.items[ref->fields.length - 1], A_Star);
}

struct columns {
    struct LC_ARRAY(const char *) names;
    struct LC_ARRAY(struct fp_val) values;
};

static void add_column(struct fp_env *env, struct columns *c, const char *name, struct fp_val v)
{
    LC_PUSH(env->s->arena, &c->names, name);
    LC_PUSH(env->s->arena, &c->values, v);
}

static void add_star(struct fp_env *env, struct columns *c, const char *of)
{
    for (const struct fp_binding *b = env->bindings; b; b = b->outer) {
        if (of && !lc_streq(b->alias, of))
            continue;
        for (int i = 0; b->result && i < b->result->ncols; i++)
            add_column(env, c, b->colnames && i < b->colnames->length ? node_string(b->colnames->items[i]) : b->result->names[i],
                       b->row < 0 ? fpv_null() : b->result->rows.items[b->row].cols[i]);
        for (const char *const *name = b->table ? fp_table_columns(b->table) : NULL; name && *name; name++) {
            struct fp_val v = fpv_null();
            (void)fp_table_column(b->table, env->s, b->object, b->sub, *name, &v);
            add_column(env, c, *name, b->row < 0 ? fpv_null() : v);
        }
    }
}

static bool same_value(struct fp_env *env, struct fp_val a, struct fp_val b)
{
    if (a.kind > FPV_NULL && (!fpv_str(env->s, a) || !fpv_str(env->s, b)))
        return false;
    return a.kind == b.kind && a.kind != FPV_ARRAY && (a.kind <= FPV_NULL || lc_streq(fpv_str(env->s, a), fpv_str(env->s, b)));
}

static bool is_duplicate(struct query *q, const struct fp_row *row)
{
    for (int i = 0; i < q->out->rows.len; i++) {
        bool same = true;
        for (int k = 0; same && k < q->out->ncols; k++)
            same = same_value(q->env, q->out->rows.items[i].cols[k], row->cols[k]);
        if (same)
            return true;
    }
    return false;
}

// ORDER BY a column of the output: the rows of a catalogue by name are in the order of the C locale.
static int sort_column(const struct query *q)
{
    const SortBy *by = q->stmt->sortClause.length == 1 ? LIST_GET(SortBy, &q->stmt->sortClause, 0) : NULL;
    const ColumnRef *ref = by && by->sortby_dir != SORTBY_DESC ? AS(ColumnRef, by->node) : NULL;
    const char *name = ref ? list_last_name(&ref->fields) : NULL;

    for (int i = 0; name && i < q->out->ncols; i++)
        if (lc_streq(q->out->names[i], name))
            return i;
    return -1;
}

static void sort_rows(struct query *q)
{
    int by = sort_column(q);
    struct fp_row *rows = q->out->rows.items;

    for (int i = 1; by >= 0 && i < q->out->rows.len; i++) { // insertion: the order of equals stays
        struct fp_row row = rows[i];
        int k = i;
        for (; k > 0 && row.cols[by].kind == FPV_TEXT && rows[k - 1].cols[by].kind == FPV_TEXT &&
               strcmp(row.cols[by].text, rows[k - 1].cols[by].text) < 0;
             k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
    }
}

static void add_row(struct query *q, struct fp_row row)
{
    if ((!q->stmt->distinctClause.length && !q->stmt->groupClause.length) || !is_duplicate(q, &row))
        LC_PUSH(q->env->s->arena, &q->out->rows, row);
}

// unnest(...) and generate_series(...) among the columns: a row for each element.
static void add_rows(struct query *q, const struct columns *c, int set)
{
    for (int i = 0; i < c->values.items[set].nitems; i++) {
        struct fp_row row = {.cols =
                                 lc_memdup(q->env->s->arena, c->values.items, (size_t)c->values.len * sizeof *c->values.items)};
        row.cols[set] = c->values.items[set].items[i];
        add_row(q, row);
    }
}

static bool returns_set(struct fp_env *env, const FuncCall *call)
{
    static const char *const names[] = {"unnest", "generate_series", "regexp_split_to_table", "string_to_table"};
    const char *name = call ? list_last_name(&call->funcname) : NULL;

    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return call && fp_eval_returns_set(env, call);
}

// A call that returns a set, perhaps within casts; NULL: it is none.
static const FuncCall *set_call(struct fp_env *env, const Node *expr)
{
    while (IsA(expr, TypeCast))
        expr = AS(TypeCast, expr)->arg;
    return returns_set(env, AS(FuncCall, expr)) ? AS(FuncCall, expr) : NULL;
}

static struct fp_val set_value(struct fp_env *env, const Node *expr)
{
    const TypeCast *tc = AS(TypeCast, expr);
    struct fp_val v = tc ? set_value(env, tc->arg) : fp_eval(env, expr), out = v;

    if (!tc || v.kind != FPV_ARRAY)
        return v;
    out.items = LC_NEW_ARRAY(env->s->arena, struct fp_val, v.nitems + 1);
    for (int i = 0; i < v.nitems; i++)
        out.items[i] = fp_eval_cast(env, v.items[i], tc->typeName);
    return out;
}

struct set_search {
    struct fp_env *env;
    bool found;
};

static bool find_set(const Node *node, void *context)
{
    struct set_search *search = context;

    search->found |= returns_set(search->env, AS(FuncCall, node));
    return !search->found && !IsA(node, SubLink);
}

// How many rows one makes that stands somewhere in an expression is not followed.
static bool hides_set(struct fp_env *env, const Node *expr)
{
    struct set_search search = {env, false};

    node_walk(expr, find_set, &search);
    return search.found;
}

static void add_target(struct query *q, struct columns *c, const ResTarget *t, int *set)
{
    if (!set_call(q->env, t->val)) {
        add_column(q->env, c, output_name(t), fp_eval(q->env, t->val));
        q->vague |= hides_set(q->env, t->val);
        return;
    }
    add_column(q->env, c, output_name(t), set_value(q->env, t->val));
    if (c->values.items[c->values.len - 1].kind == FPV_ARRAY && *set < 0)
        *set = c->values.len - 1;
    else
        q->vague = true;
}

static void emit(struct query *q)
{
    struct columns c = {0};
    struct fp_row row;
    const char *of;
    int set = -1;

    for (LIST_EACH(i, &q->stmt->targetList)) {
        const ResTarget *t = LIST_GET(ResTarget, &q->stmt->targetList, i);
        if (is_star(t, &of))
            add_star(q->env, &c, of);
        else if (t)
            add_target(q, &c, t, &set);
    }
    if (!q->out->names) {
        q->out->names = c.names.items;
        q->out->ncols = c.names.len;
    }
    row.cols = c.values.items;
    if (c.values.len == q->out->ncols && set >= 0)
        add_rows(q, &c, set);
    else if (c.values.len == q->out->ncols)
        add_row(q, row);
}

// --- aggregates ---------------------------------------------------------------------------------------------------------------------------

static bool is_aggregate_call(const FuncCall *call)
{
    static const char *const names[] = {"count", "string_agg", "array_agg", "max", "min", "bool_or", "bool_and", "every"};
    const char *name = call && !call->over ? list_last_name(&call->funcname) : NULL;

    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool find_aggregate(const Node *node, void *context)
{
    struct query *q = context;
    const FuncCall *call = AS(FuncCall, node);

    if (is_aggregate_call(call)) {
        struct fp_agg agg = {.call = call, .value = fpv_null()};
        LC_PUSH(q->env->s->arena, &q->aggs, agg);
        return false;
    }
    return !IsA(node, SubLink); // those are of the query inside
}

static void find_aggregates(struct query *q)
{
    for (LIST_EACH(i, &q->stmt->targetList)) {
        const ResTarget *t = LIST_GET(ResTarget, &q->stmt->targetList, i);
        if (t)
            node_walk(t->val, find_aggregate, q);
    }
    q->aggregate = q->aggs.len > 0;
}

static struct fp_val append(struct fp_env *env, struct fp_val sofar, struct fp_val v)
{
    struct fp_val *items = LC_NEW_ARRAY(env->s->arena, struct fp_val, sofar.nitems + 1);

    if (sofar.nitems)
        memcpy(items, sofar.items, (size_t)sofar.nitems * sizeof *items);
    items[sofar.nitems] = v;
    return (struct fp_val){.kind = FPV_ARRAY, .items = items, .nitems = sofar.nitems + 1};
}

static struct fp_val join(struct fp_env *env, struct fp_val sofar, const FuncCall *call, struct fp_val v)
{
    struct fp_val sep = call->args.length > 1 ? fp_eval(env, call->args.items[1]) : fpv_text("");

    return sep.kind == FPV_TEXT && fpv_str(env->s, sofar) && fpv_str(env->s, v)
               ? fpv_text(lc_printf(env->s->arena, "%s%s%s", fpv_str(env->s, sofar), sep.text, fpv_str(env->s, v)))
               : fpv_unknown();
}

// The greater or smaller; texts are ordered by a collation, which is not known.
static struct fp_val extreme(struct fp_val sofar, struct fp_val v, bool greater)
{
    if (v.kind != sofar.kind || (v.kind != FPV_NUMBER && v.kind != FPV_DATE))
        return fpv_unknown();
    return (v.number > sofar.number) == greater ? v : sofar;
}

static struct fp_val fold(struct fp_env *env, struct fp_val sofar, const FuncCall *call, struct fp_val v)
{
    const char *name = list_last_name(&call->funcname);

    if (strcmp(name, "array_agg") == 0)
        return append(env, sofar, v);
    if (v.kind == FPV_NULL)
        return sofar;
    if (v.kind == FPV_UNKNOWN || sofar.kind == FPV_UNKNOWN)
        return fpv_unknown();
    if (sofar.kind == FPV_NULL)
        return v;
    if (strcmp(name, "string_agg") == 0)
        return join(env, sofar, call, v);
    if (strcmp(name, "max") == 0 || strcmp(name, "min") == 0)
        return extreme(sofar, v, strcmp(name, "max") == 0);
    return fpv_bool(strcmp(name, "bool_or") == 0 ? fp_truth(v) == 1 || fp_truth(sofar) == 1
                                                 : fp_truth(v) == 1 && fp_truth(sofar) == 1);
}

static void accumulate(struct query *q)
{
    for (int i = 0; i < q->aggs.len; i++) {
        struct fp_agg *a = &q->aggs.items[i];
        struct fp_val v = a->call->args.length ? fp_eval(q->env, a->call->args.items[0]) : fpv_bool(true);
        bool count = lc_streq(list_last_name(&a->call->funcname), "count");

        if (a->call->agg_filter || a->call->agg_distinct || (count && v.kind == FPV_UNKNOWN))
            q->vague = true;
        if (count)
            a->n += v.kind != FPV_NULL;
        else
            a->value = fold(q->env, a->value, a->call, v);
    }
}

static void finish_aggregate(struct query *q)
{
    const struct fp_aggs *outer = q->env->aggs;

    for (int i = 0; i < q->aggs.len; i++)
        if (lc_streq(list_last_name(&q->aggs.items[i].call->funcname), "count"))
            q->aggs.items[i].value = fpv_number(q->aggs.items[i].n);
    q->env->aggs = &q->aggs;
    emit(q);
    q->env->aggs = outer;
}

// --- loops ---------------------------------------------------------------------------------------------------------------------------------

static bool enough(const struct query *q)
{
    return q->out->rows.len >= MAX_ROWS || *q->env->steps < 0;
}

// Is some conjunct already false? What is not bound yet is unknown.
static bool refuted(struct query *q, const Node *quals)
{
    return quals && fp_truth(fp_eval(q->env, quals)) == 0;
}

static void row_done(struct query *q)
{
    int t = q->stmt->whereClause ? fp_truth(fp_eval(q->env, q->stmt->whereClause)) : 1;

    if (t < 0)
        q->vague = true;
    if (t != 1)
        return;
    q->matched++;
    if (q->aggregate)
        accumulate(q);
    else
        emit(q);
}

struct scan {
    struct query *q;
    struct item *item;
    struct fp_binding binding;
};

static void next_row(struct scan *s)
{
    struct query *q = s->q;

    s->binding.outer = q->env->bindings;
    q->env->bindings = &s->binding;
    if (!enough(q) && !refuted(q, q->stmt->whereClause) && !refuted(q, s->item->quals))
        loop(q, s->item->next);
    q->env->bindings = s->binding.outer;
}

static void table_row(const void *object, int sub, void *context)
{
    struct scan *s = context;

    s->binding.object = object;
    s->binding.sub = sub;
    next_row(s);
}

static void loop_result(struct query *q, struct item *item, const struct fp_result *r, const Alias *alias, const char *name)
{
    struct scan s = {q, item, {.alias = alias && alias->aliasname ? alias->aliasname : name, .result = r}};

    s.binding.colnames = alias && alias->colnames.length ? &alias->colnames : NULL;
    if (!r->known)
        q->vague = true;
    for (s.binding.row = 0; s.binding.row < r->rows.len; s.binding.row++)
        next_row(&s);
}

// alias.oid = something that is known by now: the one object whose rows can pass. False: no such condition.
static bool lookup_in(struct query *q, const Node *quals, const struct scan *s, Oid *oid)
{
    const BoolExpr *b = AS(BoolExpr, quals);
    const A_Expr *e = AS(A_Expr, quals);

    for (int i = 0; b && b->boolop == AND_EXPR && i < b->args.length; i++)
        if (lookup_in(q, b->args.items[i], s, oid))
            return true;
    for (int side = 0; e && e->kind == AEXPR_OP && lc_streq(list_last_name(&e->name), "=") && side < 2; side++) {
        const ColumnRef *ref = AS(ColumnRef, side ? e->rexpr : e->lexpr);
        struct fp_val v;
        if (!ref || !lc_streq(list_schema_name(&ref->fields), s->binding.alias) ||
            !fp_table_is_key(s->binding.table, list_last_name(&ref->fields)))
            continue;
        v = fp_eval(q->env, side ? e->lexpr : e->rexpr);
        *oid = fp_oid_of(v);
        if (*oid)
            return true;
    }
    return false;
}

static void loop_relation(struct query *q, struct item *item, const RangeVar *rv)
{
    const struct fp_result *cte = q->env->ctes && !rv->schemaname ? lc_map_get(q->env->ctes, rv->relname) : NULL;
    const struct fp_table *t = fp_table_find(rv->schemaname, rv->relname);
    struct scan s = {q, item, {.alias = rv->alias && rv->alias->aliasname ? rv->alias->aliasname : rv->relname, .table = t}};
    Oid oid;

    if (cte)
        loop_result(q, item, cte, rv->alias, rv->relname);
    else if (t && (lookup_in(q, item->quals, &s, &oid) || lookup_in(q, q->stmt->whereClause, &s, &oid)))
        fp_table_one(t, q->env->s, oid, table_row, &s);
    else if (t)
        fp_table_each(t, q->env->s, table_row, &s);
    else
        q->vague = true; // a table of the user: its rows are not known
}

// A function of the server that returns a set of one column, or one of the user's.
static void loop_function(struct query *q, struct item *item, const RangeFunction *rf)
{
    const List *pair = rf->functions.length == 1 ? LIST_GET(List, &rf->functions, 0) : NULL;
    const FuncCall *call = pair && pair->items.length ? AS(FuncCall, pair->items.items[0]) : NULL;
    const char *name = call ? list_last_name(&call->funcname) : NULL;
    struct fp_val a =
        call && returns_set(q->env, call) && !rf->ordinality ? fp_eval(q->env, pair->items.items[0]) : fpv_unknown();
    struct fp_result *r = LC_NEW(q->env->s->arena, struct fp_result);

    if (call && fp_eval_returns_set(q->env, call)) {
        *r = fp_eval_function(q->env, call);
        loop_result(q, item, r, rf->alias, name);
        return;
    }
    r->known = a.kind == FPV_ARRAY;
    r->ncols = 1;
    r->names = LC_NEW_ARRAY(q->env->s->arena, const char *, 1);
    r->names[0] = rf->alias && rf->alias->aliasname ? rf->alias->aliasname : name;
    for (int i = 0; i < a.nitems; i++) {
        struct fp_row row = {.cols = &a.items[i]};
        LC_PUSH(q->env->s->arena, &r->rows, row);
    }
    loop_result(q, item, r, rf->alias, name);
}

// An outer join's missing side: whether a row has a partner decides about NULLs; where that cannot be told, nothing can.
static void loop_join(struct query *q, struct item *item, const JoinExpr *j)
{
    struct item *right = LC_NEW(q->env->s->arena, struct item);

    if ((j->jointype != JOIN_INNER && j->jointype != JOIN_LEFT) || j->usingClause.length || j->isNatural) {
        q->vague = true;
        return;
    }
    if (j->jointype == JOIN_LEFT)
        q->vague = true; // rows without a partner are not made here
    *right = (struct item){j->rarg, j->quals, item->next};
    loop(q, &(struct item){j->larg, NULL, right});
}

static void loop(struct query *q, struct item *item)
{
    const RangeSubselect *sub;

    if (!item) {
        row_done(q);
        return;
    }
    if (IsA(item->node, RangeVar)) {
        loop_relation(q, item, AS(RangeVar, item->node));
    } else if (IsA(item->node, JoinExpr)) {
        loop_join(q, item, AS(JoinExpr, item->node));
    } else if (IsA(item->node, RangeFunction)) {
        loop_function(q, item, AS(RangeFunction, item->node));
    } else if ((sub = AS(RangeSubselect, item->node))) {
        struct fp_result *r = LC_NEW(q->env->s->arena, struct fp_result);
        *r = fp_eval_select(q->env, AS(SelectStmt, sub->subquery));
        loop_result(q, item, r, sub->alias, NULL);
    } else {
        q->vague = true;
    }
}

// --- SELECT ----------------------------------------------------------------------------------------------------------------------------------

static void bind_ctes(struct fp_env *env, const WithClause *with)
{
    struct lc_map *map = LC_NEW(env->s->arena, struct lc_map);

    lc_map_init(map, env->s->arena);
    env->ctes = map;
    for (LIST_EACH(i, &with->ctes)) {
        const CommonTableExpr *cte = LIST_GET(CommonTableExpr, &with->ctes, i);
        struct fp_result *r = LC_NEW(env->s->arena, struct fp_result);
        if (!cte || !cte->ctename)
            continue;
        if (!with->recursive)
            *r = fp_eval_select(env, AS(SelectStmt, cte->ctequery));
        (void)lc_map_put(map, cte->ctename, r);
    }
}

static struct fp_result eval_union(struct fp_env *env, const SelectStmt *stmt)
{
    struct fp_result a = fp_eval_select(env, stmt->larg), b = fp_eval_select(env, stmt->rarg);

    a.known = a.known && b.known && stmt->op == SETOP_UNION && a.ncols == b.ncols;
    for (int i = 0; a.known && i < b.rows.len; i++)
        LC_PUSH(env->s->arena, &a.rows, b.rows.items[i]);
    return a;
}

static struct fp_result eval_values(struct fp_env *env, const NodeList *lists)
{
    struct fp_result out = {.known = true};

    for (LIST_EACH(i, lists)) {
        const List *list = LIST_GET(List, lists, i);
        int n = list ? list->items.length : 0;
        struct fp_row row = {.cols = LC_NEW_ARRAY(env->s->arena, struct fp_val, n + 1)};
        if (i == 0) {
            out.ncols = n;
            out.names = LC_NEW_ARRAY(env->s->arena, const char *, n + 1);
        }
        for (int k = 0; k < n && k < out.ncols; k++) {
            row.cols[k] = fp_eval(env, list->items.items[k]);
            out.names[k] = lc_printf(env->s->arena, "column%d", k + 1);
        }
        LC_PUSH(env->s->arena, &out.rows, row);
    }
    return out;
}

// Is what the rows are grouped by among the columns? Then they are distinct, as DISTINCT has them.
static bool groups_columns(const SelectStmt *stmt)
{
    for (LIST_EACH(i, &stmt->groupClause)) {
        const Node *by = stmt->groupClause.items[i];
        const char *name = IsA(by, ColumnRef) ? list_last_name(&AS(ColumnRef, by)->fields) : NULL;
        bool found = IsA(by, A_Const); // its number
        for (LIST_EACH(k, &stmt->targetList))
            found = found || (name && lc_streq(output_name(LIST_GET(ResTarget, &stmt->targetList, k)), name));
        if (!found)
            return false;
    }
    return true;
}

struct fp_result fp_eval_select(struct fp_env *env, const SelectStmt *stmt)
{
    struct fp_result out = {.known = false};
    struct lc_map *ctes = env->ctes;
    struct query q = {.env = env, .stmt = stmt, .out = &out};
    struct item *items = NULL;

    if (!stmt || stmt->havingClause || !groups_columns(stmt))
        return out;
    if (stmt->valuesLists.length)
        return eval_values(env, &stmt->valuesLists);
    if (stmt->withClause)
        bind_ctes(env, stmt->withClause);
    if (stmt->op > SETOP_NONE) {
        out = eval_union(env, stmt);
        env->ctes = ctes;
        return out;
    }
    find_aggregates(&q);
    if (q.aggregate && stmt->groupClause.length) {
        env->ctes = ctes;
        return out;
    }
    for (int i = stmt->fromClause.length - 1; i >= 0; i--) {
        struct item *it = LC_NEW(env->s->arena, struct item);
        *it = (struct item){stmt->fromClause.items[i], NULL, items};
        items = it;
    }
    loop(&q, items);
    if (q.aggregate)
        finish_aggregate(&q);
    sort_rows(&q);
    out.known = !q.vague && *env->steps >= 0 && out.rows.len < MAX_ROWS && !stmt->limitOffset;
    if (q.aggregate && q.vague)
        out.rows.len = 0;
    if (stmt->limitCount && out.rows.len > 1) {
        struct fp_val n = fp_eval(env, stmt->limitCount);
        if (n.kind == FPV_NUMBER && n.number < out.rows.len && n.number >= 0) {
            out.known = out.known && !stmt->sortClause.length; // which rows come first is not told
            out.rows.len = (int)n.number;
        }
    }
    env->ctes = ctes;
    return out;
}
