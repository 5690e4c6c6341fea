// Queries: where their columns come from and what they are called (parser/analyze.c, parse_clause.c, parse_target.c).
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"

struct columns LC_ARRAY(struct cat_attribute);

struct star { // one column that * stands for
    const char *name;
    Oid type;
    int typmod;
};
struct stars LC_ARRAY(struct star);

struct from { // a FROM clause while it is read
    struct analysis *a;
    struct cat_scope scope;
    struct cat_items LC_ARRAY(struct cat_scope_item) items;
    struct exprs *exprs;
    bool keep_unknown;
};

static void push_expr(struct analysis *a, struct exprs *exprs, struct expr *e)
{
    if (exprs)
        LC_PUSH(a->arena, exprs, e);
}

static void add_item(struct from *f, struct cat_scope_item item)
{
    LC_PUSH(f->a->arena, &f->items, item);
    f->scope.items = f->items.items;
    f->scope.len = f->items.len;
}

static void add_column(struct analysis *a, struct columns *cols, const char *name, Oid type, int typmod)
{
    LC_PUSH(a->arena, cols,
            (struct cat_attribute){.name = name ? name : "?column?", .attnum = cols->len + 1, .type = type, .typmod = typmod});
}

// The columns of an item under the names of its alias.
static const struct cat_attribute *rename_columns(struct analysis *a, const Alias *alias, const struct cat_attribute *cols, int n)
{
    struct cat_attribute *copy;
    int at = 0;

    if (!alias || !alias->colnames.length || !n)
        return cols;
    copy = lc_memdup(a->arena, cols, (size_t)n * sizeof *cols);
    for (int i = 0; i < n && at < alias->colnames.length; i++)
        if (!copy[i].isdropped)
            copy[i].name = node_string(alias->colnames.items[at++]);
    return copy;
}

static void item_stars(struct analysis *a, const struct cat_scope_item *item, struct stars *out)
{
    const struct cat_attribute *cols = item->cols ? item->cols : item->rel ? item->rel->attrs : NULL;
    int n = item->cols ? item->ncols : item->rel ? item->rel->natts : 0;

    for (int i = 0; i < n; i++)
        if (!cols[i].isdropped)
            LC_PUSH(a->arena, out, (struct star){cols[i].name, cols[i].type, cols[i].typmod});
    if (!cols)
        a->unknown = true;
}

static const struct cte *find_cte(const struct analysis *a, const char *name)
{
    for (const struct cte *c = a->ctes; c; c = c->outer)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static void from_relation(struct from *f, const RangeVar *rv, struct stars *out)
{
    const struct cte *cte = rv->schemaname && *rv->schemaname ? NULL : find_cte(f->a, rv->relname);
    struct cat_scope_item item = {.alias = rv->alias ? rv->alias->aliasname : rv->relname};

    if (cte) {
        item.cols = rename_columns(f->a, rv->alias, cte->cols, cte->ncols);
        item.ncols = cte->ncols;
        item.vague = cte->vague;
    } else {
        item.rel = cat_find_rangevar(f->a->cat, rv);
        item.alias = rv->alias ? rv->alias->aliasname : NULL;
        if (!item.rel)
            f->a->unknown = f->a->lost = true;
        else
            analysis_depend(f->a, CAT_RELATION, item.rel->o.oid, 0);
        if (item.rel && rv->alias && rv->alias->colnames.length) {
            item.cols = rename_columns(f->a, rv->alias, item.rel->attrs, item.rel->natts);
            item.ncols = item.rel->natts;
        }
        if (!item.rel && !item.alias)
            item.alias = rv->relname;
    }
    add_item(f, item);
    item_stars(f->a, &item, out);
}

static void from_subselect(struct from *f, const RangeSubselect *s, struct stars *out)
{
    struct cat_scope_item item = {.alias = s->alias ? s->alias->aliasname : "unnamed_subquery"};

    item.ncols = expr_analyze_query(f->a, s->lateral ? &f->scope : f->scope.outer, s->subquery, &item.cols, f->exprs);
    item.vague = f->a->vague_columns;
    item.cols = rename_columns(f->a, s->alias, item.cols, item.ncols);
    add_item(f, item);
    item_stars(f->a, &item, out);
}

// AS t(a int, b text)
static void defined_columns(struct analysis *a, const NodeList *defs, struct columns *cols)
{
    for (LIST_EACH(i, defs)) {
        const ColumnDef *d = LIST_GET(ColumnDef, defs, i);
        int typmod = -1;
        const struct cat_type *t = d ? cat_find_typename(a->cat, d->typeName, &typmod) : NULL;

        if (d)
            add_column(a, cols, d->colname, t ? t->o.oid : InvalidOid, typmod);
    }
}

// What a polymorphic OUT argument is for these arguments (resolve_polymorphic_tupdesc, utils/fmgr/funcapi.c); InvalidOid: not known.
Oid expr_out_type(const struct analysis *a, const struct expr *e, Oid declared)
{
    const struct cat_proc *p = e->proc;
    Oid *actual = LC_NEW_ARRAY(a->arena, Oid, e->nargs + 1), type = declared;

    if (!coerce_is_polymorphic(declared))
        return declared;
    if (e->attnum || e->nargs != p->nargs)
        return InvalidOid;
    for (int i = 0; i < e->nargs; i++)
        actual[i] = e->args[i]->type;
    return coerce_resolve_generics(a->cat, e->nargs, actual, p->argtypes, &type) ? type : InvalidOid;
}

// The columns of a row that an expression gives: of a composite type, or a function's OUT arguments. False: it is no such row.
static bool row_columns(struct analysis *a, const struct expr *e, struct columns *cols)
{
    const struct cat_type *t = cat_type(a->cat, cat_base_type(a->cat, e->type, NULL));
    const struct cat_relation *rel = t && t->relid ? cat_relation(a->cat, t->relid) : NULL;
    int nout = e->type == RECORDOID && e->proc ? e->proc->nout : 0;

    for (int i = 0; rel && i < rel->natts; i++)
        if (!rel->attrs[i].isdropped)
            add_column(a, cols, rel->attrs[i].name, rel->attrs[i].type, rel->attrs[i].typmod);
    for (int i = 0; i < nout; i++) // build_function_result_tupdesc_d, utils/fmgr/funcapi.c
        add_column(a, cols, e->proc->outnames[i] ? e->proc->outnames[i] : lc_printf(a->arena, "column%d", i + 1),
                   expr_out_type(a, e, e->proc->outtypes[i]), -1);
    return rel || nout;
}

static void function_columns(struct analysis *a, const struct expr *e, const char *name, struct columns *cols)
{
    if (row_columns(a, e, cols))
        return;
    if (e->type == RECORDOID)
        a->unknown = true;
    else
        add_column(a, cols, e->proc && e->proc->nout == 1 && e->proc->outnames[0] ? e->proc->outnames[0] : name, e->type,
                   e->typmod);
}

static const char *function_name(const Node *node)
{
    const FuncCall *call = AS(FuncCall, node);

    return call ? list_last_name(&call->funcname) : "function";
}

static void from_function(struct from *f, const RangeFunction *rf, struct stars *out)
{
    struct columns cols = {0};
    struct cat_scope_item item = {.alias = rf->alias ? rf->alias->aliasname : NULL};
    bool scalar, vague = false;

    for (LIST_EACH(i, &rf->functions)) {
        const List *pair = LIST_GET(List, &rf->functions, i);
        const Node *call = pair && pair->items.length ? pair->items.items[0] : NULL;
        const List *defs = pair && pair->items.length > 1 ? AS(List, pair->items.items[1]) : NULL;
        struct expr *e = expr_analyze(f->a, &f->scope, call); // LATERAL by itself

        push_expr(f->a, f->exprs, e);
        vague |= !e->type || !e->proc;
        if (!item.alias)
            item.alias = function_name(call);
        if (defs && defs->items.length)
            defined_columns(f->a, &defs->items, &cols);
        else if (rf->coldeflist.length)
            defined_columns(f->a, &rf->coldeflist, &cols);
        else
            function_columns(f->a, e, rf->alias ? rf->alias->aliasname : function_name(call), &cols);
    }
    scalar = cols.len > 0;
    if (rf->ordinality)
        add_column(f->a, &cols, "ordinality", INT8OID, -1);
    item.cols = scalar ? rename_columns(f->a, rf->alias, cols.items, cols.len) : NULL;
    item.ncols = cols.len;
    item.vague = vague;
    add_item(f, item);
    item_stars(f->a, &item, out);
}

static void from_table_func(struct from *f, const RangeTableFunc *t, struct stars *out)
{
    struct columns cols = {0};
    struct cat_scope_item item = {.alias = t->alias ? t->alias->aliasname : "xmltable"};

    push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, t->docexpr));
    push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, t->rowexpr));
    for (LIST_EACH(i, &t->columns)) {
        const RangeTableFuncCol *c = LIST_GET(RangeTableFuncCol, &t->columns, i);
        int typmod = -1;
        const struct cat_type *type = c && c->typeName ? cat_find_typename(f->a->cat, c->typeName, &typmod) : NULL;

        if (c)
            add_column(f->a, &cols, c->colname, c->for_ordinality ? INT4OID : type ? type->o.oid : InvalidOid, typmod);
    }
    item.cols = rename_columns(f->a, t->alias, cols.items, cols.len);
    item.ncols = cols.len;
    add_item(f, item);
    item_stars(f->a, &item, out);
}

static void json_columns(struct analysis *a, const NodeList *list, struct columns *cols)
{
    for (LIST_EACH(i, list)) {
        const JsonTableColumn *c = LIST_GET(JsonTableColumn, list, i);
        int typmod = -1;
        const struct cat_type *type = c && c->typeName ? cat_find_typename(a->cat, c->typeName, &typmod) : NULL;

        if (c && c->columns.length)
            json_columns(a, &c->columns, cols);
        else if (c)
            add_column(a, cols, c->name, type ? type->o.oid : INT4OID, typmod); // without a type: FOR ORDINALITY
    }
}

static void from_json_table(struct from *f, const JsonTable *t, struct stars *out)
{
    struct columns cols = {0};
    struct cat_scope_item item = {.alias = t->alias ? t->alias->aliasname : "json_table"};

    if (t->context_item)
        push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, t->context_item->raw_expr));
    json_columns(f->a, &t->columns, &cols);
    item.cols = rename_columns(f->a, t->alias, cols.items, cols.len);
    item.ncols = cols.len;
    add_item(f, item);
    item_stars(f->a, &item, out);
}

static const struct star *find_star(const struct stars *list, const char *name)
{
    for (int i = 0; name && i < list->len; i++)
        if (list->items[i].name && strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    return NULL;
}

static void from_item(struct from *f, const Node *node, struct stars *out);

static bool is_merged(const JoinExpr *j, const struct stars *other, const char *name)
{
    if (j->isNatural)
        return find_star(other, name) != NULL;
    for (LIST_EACH(i, &j->usingClause))
        if (node_string(j->usingClause.items[i]) && name && strcmp(node_string(j->usingClause.items[i]), name) == 0)
            return true;
    return false;
}

static void check_using(struct from *f, const JoinExpr *j, int first, int middle, const struct stars *left,
                        const struct stars *right)
{
    bool vague[2] = {false, false};

    for (int i = first; i < f->items.len; i++)
        vague[i >= middle] |= expr_is_opaque(&f->items.items[i]);
    for (LIST_EACH(i, &j->usingClause)) {
        const char *name = node_string(j->usingClause.items[i]), *side = NULL;
        if (name && !vague[1] && !find_star(right, name))
            side = "right";
        if (name && !vague[0] && !find_star(left, name))
            side = "left";
        if (side)
            expr_refuse(f->a, "42703",
                        lc_printf(f->a->arena, "column \"%s\" specified in USING clause does not exist in %s table", name, side));
    }
}

// transformFromClauseItem: the merged columns come first, once.
// USING (..) AS x: the merged columns under a name of their own, which hides nothing (transformFromClauseItem).
static void add_using_alias(struct from *f, const JoinExpr *j, int first, const struct stars *left, const struct stars *right)
{
    struct columns cols = {0};
    bool vague = false;

    for (int i = first; i < f->items.len; i++)
        vague |= expr_is_opaque(&f->items.items[i]);
    for (int i = 0; i < left->len; i++)
        if (is_merged(j, right, left->items[i].name))
            add_column(f->a, &cols, left->items[i].name, left->items[i].type, left->items[i].typmod);
    add_item(f, (struct cat_scope_item){
                    .alias = j->join_using_alias->aliasname, .cols = cols.items, .ncols = cols.len, .vague = vague});
}

static void from_join(struct from *f, const JoinExpr *j, struct stars *out)
{
    struct stars left = {0}, right = {0};
    int first = f->items.len, middle;
    struct lc_arena *arena = f->a->arena;

    from_item(f, j->larg, &left);
    middle = f->items.len;
    from_item(f, j->rarg, &right);
    if (j->quals)
        push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, j->quals));
    check_using(f, j, first, middle, &left, &right);
    for (int i = 0; i < left.len; i++)
        if (is_merged(j, &right, left.items[i].name))
            LC_PUSH(arena, out, left.items[i]);
    for (int i = 0; i < left.len; i++)
        if (!is_merged(j, &right, left.items[i].name))
            LC_PUSH(arena, out, left.items[i]);
    for (int i = 0; i < right.len; i++)
        if (!is_merged(j, &left, right.items[i].name))
            LC_PUSH(arena, out, right.items[i]);
    for (int i = 0; i < left.len; i++)
        if (left.items[i].name && is_merged(j, &right, left.items[i].name)) {
            struct cat_name *m = LC_NEW(arena, struct cat_name);
            *m = (struct cat_name){left.items[i].name, f->scope.merged};
            f->scope.merged = m;
        }
    if (j->join_using_alias && !j->alias)
        add_using_alias(f, j, first, &left, &right);
    if (j->alias) { // hides the tables in it
        struct columns cols = {0};
        bool vague = false;

        for (int i = first; i < f->items.len; i++)
            vague |= expr_is_opaque(&f->items.items[i]);

        for (int i = 0; i < out->len; i++)
            add_column(f->a, &cols, out->items[i].name, out->items[i].type, out->items[i].typmod);
        f->items.len = first;
        add_item(f, (struct cat_scope_item){.alias = j->alias->aliasname,
                                            .cols = rename_columns(f->a, j->alias, cols.items, cols.len),
                                            .ncols = cols.len,
                                            .vague = vague});
    }
}

static void from_item(struct from *f, const Node *node, struct stars *out)
{
    struct analysis *a = f->a;

    if (!node || a->depth > ANALYSIS_MAX_DEPTH)
        return;
    a->depth++;
    switch (node->tag) {
    case T_RangeVar:
        from_relation(f, AS(RangeVar, node), out);
        break;
    case T_RangeSubselect:
        from_subselect(f, AS(RangeSubselect, node), out);
        break;
    case T_RangeFunction:
        from_function(f, AS(RangeFunction, node), out);
        break;
    case T_JoinExpr:
        from_join(f, AS(JoinExpr, node), out);
        break;
    case T_RangeTableSample:
        from_item(f, AS(RangeTableSample, node)->relation, out);
        break;
    case T_RangeTableFunc:
        from_table_func(f, AS(RangeTableFunc, node), out);
        break;
    case T_JsonTable:
        from_json_table(f, AS(JsonTable, node), out);
        break;
    default:
        a->unknown = true;
        add_item(f, (struct cat_scope_item){.alias = NULL});
    }
    a->depth--;
}

// --- target lists ------------------------------------------------------------------------------------------------------------

static const char *target_name(const struct analysis *a, const ResTarget *t)
{
    const char *name = t->name && *t->name ? t->name : cat_figure_colname(t->val);

    return name && IsA(t->val, FuncCall) && cat_major(a->cat) < 14 && strcmp(name, "extract") == 0 ? "date_part" : name;
}

static bool is_star(const Node *node, const char **table)
{
    const ColumnRef *ref = AS(ColumnRef, node);
    int n = ref ? ref->fields.length : 0;

    *table = n > 1 ? node_string(ref->fields.items[n - 2]) : NULL;
    return n > 0 && IsA(ref->fields.items[n - 1], A_Star);
}

static void expand_star(struct analysis *a, const struct cat_scope *scope, const char *table, const struct stars *all,
                        struct columns *cols)
{
    struct stars own = {0};

    for (int i = 0; !table && i < scope->len; i++)
        a->vague |= expr_is_opaque(&scope->items[i]);
    for (const struct cat_scope *s = scope; table && s && !own.len; s = s->outer)
        for (int i = 0; i < s->len && !own.len; i++) {
            const struct cat_scope_item *item = &s->items[i];
            const char *name = item->alias ? item->alias : item->rel ? item->rel->o.name : NULL;

            if (!name || strcmp(name, table) != 0)
                continue;
            item_stars(a, item, &own);
            a->vague |= expr_is_opaque(item);
        }
    if (!table)
        own = *all;
    else if (!own.len)
        a->vague = true;
    for (int i = 0; i < own.len; i++)
        add_column(a, cols, own.items[i].name, own.items[i].type, own.items[i].typmod);
}

// Stars make dependencies on every column they stand for.
static void depend_on_star(struct analysis *a, const struct cat_scope *scope, const char *table)
{
    for (int i = 0; scope && a->deps && i < scope->len; i++) {
        const struct cat_scope_item *item = &scope->items[i];
        const char *name = item->alias ? item->alias : item->rel ? item->rel->o.name : NULL;

        if (!item->rel || (table && (!name || strcmp(name, table) != 0)))
            continue;
        for (int k = 0; k < item->rel->natts; k++)
            if (!item->rel->attrs[k].isdropped)
                analysis_depend(a, CAT_RELATION, item->rel->o.oid, item->rel->attrs[k].attnum);
    }
}

// (row).*: ExpandRowReference (parse_target.c)
static void expand_row(struct from *f, const Node *node, struct columns *cols)
{
    struct expr *e = expr_analyze(f->a, &f->scope, node);

    push_expr(f->a, f->exprs, e);
    if (!row_columns(f->a, e, cols))
        f->a->vague = true;
}

static bool is_row_star(const Node *node)
{
    const A_Indirection *ind = AS(A_Indirection, node);

    return ind && ind->indirection.length && IsA(ind->indirection.items[ind->indirection.length - 1], A_Star);
}

static void targets(struct from *f, const NodeList *list, const struct stars *stars, struct columns *cols)
{
    for (LIST_EACH(i, list)) {
        const ResTarget *t = LIST_GET(ResTarget, list, i);
        const char *table;
        struct expr *e;

        if (!t)
            continue;
        if (is_star(t->val, &table)) {
            expand_star(f->a, &f->scope, table, stars, cols);
            depend_on_star(f->a, &f->scope, table);
            continue;
        }
        if (is_row_star(t->val)) {
            expand_row(f, t->val, cols);
            continue;
        }
        e = expr_analyze(f->a, &f->scope, t->val);
        push_expr(f->a, f->exprs, e);
        add_column(f->a, cols, target_name(f->a, t), e->type == UNKNOWNOID && !f->keep_unknown ? TEXTOID : e->type,
                   e->typmod); // resolveTargetListUnknowns
    }
}

// --- statements --------------------------------------------------------------------------------------------------------------

static bool is_output(const struct columns *cols, const ColumnRef *ref)
{
    const char *name = ref->fields.length == 1 ? node_string(ref->fields.items[0]) : NULL;

    for (int i = 0; name && cols && i < cols->len; i++)
        if (strcmp(cols->items[i].name, name) == 0)
            return true;
    return false;
}

// cols: the output columns, whose names ORDER BY, GROUP BY and DISTINCT ON may use (findTargetlistEntrySQL92, parse_clause.c).
static void analyze_all(struct from *f, const NodeList *list, const struct columns *cols)
{
    for (LIST_EACH(i, list)) {
        const SortBy *by = LIST_GET(SortBy, list, i);
        const Node *node = by ? by->node : list->items[i];

        if (f->a->names && IsA(node, ColumnRef) && !is_output(cols, AS(ColumnRef, node)))
            (void)expr_analyze(f->a, &f->scope, node);

        // a number or an output column's name: neither is an expression over the tables
        if (node && !IsA(node, A_Const) && !IsA(node, ColumnRef) && !IsA(node, GroupingSet))
            push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, node));
    }
}

static void analyze_one(struct from *f, const Node *node)
{
    if (node)
        push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, node));
}

// EXPR_KIND_WHERE: no set-returning, aggregate or window function at the query's own level.
static void analyze_where(struct from *f, const Node *node)
{
    struct analysis *a = f->a;
    bool agg = a->has_agg, window = a->has_window;

    a->has_agg = a->has_window = false;
    a->no_srf = "WHERE";
    analyze_one(f, node);
    a->no_srf = NULL;
    if (a->has_agg && !f->scope.outer)
        expr_refuse(a, "42803", "aggregate functions are not allowed in WHERE");
    if (a->has_window)
        expr_refuse(a, "42P20", "window functions are not allowed in WHERE");
    a->has_agg |= agg;
    a->has_window |= window;
}

static void values(struct from *f, const SelectStmt *s, struct columns *cols)
{
    const List *first = LIST_GET(List, &s->valuesLists, 0);
    int n = first ? first->items.length : 0, rows = s->valuesLists.length;
    struct expr **column = LC_NEW_ARRAY(f->a->arena, struct expr *, rows);

    expr_check_values(f->a, s);
    for (int c = 0; c < n; c++) {
        int have = 0, typmod = -1;
        Oid type;

        for (int r = 0; r < rows; r++) {
            const List *row = LIST_GET(List, &s->valuesLists, r);

            if (row && c < row->items.length) {
                column[have] = expr_analyze(f->a, &f->scope, row->items.items[c]);
                push_expr(f->a, f->exprs, column[have++]);
            }
        }
        type = expr_coerce_common(f->a, NULL, column, have, &typmod);
        add_column(f->a, cols, lc_printf(f->a->arena, "column%d", c + 1), type, typmod);
    }
}

static int operand(struct from *f, const SelectStmt *s, const struct cat_attribute **cols)
{
    f->a->keep_unknown = true;
    return expr_analyze_query(f->a, f->scope.outer, (const Node *)s, cols, f->exprs);
}

static void set_operation(struct from *f, const SelectStmt *s, struct columns *cols)
{
    const struct cat_attribute *l = NULL, *r = NULL;
    int nl = operand(f, s->larg, &l), nr;

    f->a->vague |= f->a->vague_columns;
    nr = operand(f, s->rarg, &r);

    for (int i = 0; i < nl; i++) {
        Oid types[2] = {l[i].type, i < nr ? r[i].type : l[i].type};

        add_column(f->a, cols, l[i].name, types[0] && types[1] ? coerce_common_type(f->a->cat, types, 2) : types[0],
                   i < nr && l[i].typmod == r[i].typmod && types[0] == types[1] ? l[i].typmod : -1);
    }
}

static void select_stmt(struct from *f, const SelectStmt *s, struct columns *cols)
{
    struct stars stars = {0};

    for (LIST_EACH(i, &s->fromClause))
        from_item(f, s->fromClause.items[i], &stars);
    targets(f, &s->targetList, &stars, cols);
    analyze_where(f, s->whereClause);
    analyze_one(f, s->havingClause);
    analyze_all(f, &s->groupClause, cols);
    analyze_all(f, &s->distinctClause, cols);
    analyze_all(f, &s->sortClause, cols);
    analyze_one(f, s->limitOffset);
    analyze_one(f, s->limitCount);
    for (LIST_EACH(i, &s->windowClause)) {
        const WindowDef *w = LIST_GET(WindowDef, &s->windowClause, i);

        if (w)
            analyze_all(f, &w->partitionClause, NULL);
        if (w)
            analyze_all(f, &w->orderClause, NULL);
    }
}

static void add_returned_row(struct from *f, const char *name)
{
    struct cat_scope_item item = f->items.items[0]; // the target

    item.alias = name;
    item.qualified_only = true;
    add_item(f, item);
}

// transformReturningClause: OLD and NEW are rows of the target there, since 18, unless they are named otherwise or something else is.
static void returning(struct from *f, const NodeList *list, const ReturningClause *clause, const struct stars *stars,
                      struct columns *cols)
{
    const char *names[] = {"old", "new"};
    int before = f->items.len;

    for (int i = 0; clause && i < clause->options.length; i++) {
        const ReturningOption *option = LIST_GET(ReturningOption, &clause->options, i);
        if (option)
            names[option->option == RETURNING_OPTION_NEW] = option->value;
    }
    for (int i = 0; i <= 1 && before && cat_major(f->a->cat) >= 18; i++)
        if (!expr_has_item(f->a, &f->scope, NULL, names[i]))
            add_returned_row(f, names[i]);
    targets(f, list, stars, cols);
    f->items.len = before;
    f->scope.len = before;
}

// find_expr_references_walker (catalog/dependency.c): the columns that INSERT and UPDATE write. n: without names, the first n.
static void depend_on_targets(const struct from *f, const NodeList *list, int n)
{
    const struct cat_relation *rel = f->a->deps && f->items.len ? f->items.items[0].rel : NULL;

    for (int i = 0; rel && i < rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i];
        bool written = !list->length && !att->isdropped && n-- > 0;

        for (int k = 0; k < list->length && !att->isdropped && !written; k++) {
            const ResTarget *t = LIST_GET(ResTarget, list, k);

            written = t && lc_streq(t->name, att->name);
        }
        if (written)
            analysis_depend(f->a, CAT_RELATION, rel->o.oid, att->attnum);
    }
}

// The SET of UPDATE, of ON CONFLICT and of MERGE: f has the target first.
static void set_targets(struct from *f, const struct cat_relation *rel, const NodeList *set, const struct stars *stars)
{
    struct columns given = {0};
    bool keep_unknown = f->keep_unknown;

    f->keep_unknown = true; // the column says what an untyped literal is
    f->a->no_srf = "UPDATE";
    targets(f, set, stars, &given);
    f->a->no_srf = NULL;
    f->keep_unknown = keep_unknown;
    expr_check_set(f->a, rel, set, given.items, given.len);
}

static const struct cat_relation *target_of(const struct from *f)
{
    return f->items.len ? f->items.items[0].rel : NULL;
}

static void insert_stmt(struct from *f, const InsertStmt *s, struct columns *cols)
{
    const struct cat_attribute *given = NULL;
    struct stars stars = {0};
    int n;
    bool vague;

    f->a->keep_unknown = f->a->names != NULL;
    n = expr_analyze_query(f->a, f->scope.outer, s->selectStmt, &given, f->exprs);
    vague = f->a->vague_columns;
    if (s->relation)
        from_relation(f, s->relation, &stars);
    if (target_of(f)) {
        expr_check_insert(f->a, s, target_of(f), vague ? 0 : n);
        expr_check_inserted(f->a, f->scope.outer, s, target_of(f), given, vague ? 0 : n);
    }
    depend_on_targets(f, &s->cols, n);
    if (s->onConflictClause) {
        struct cat_scope_item excluded = f->items.len ? f->items.items[0] : (struct cat_scope_item){0};

        excluded.alias = "excluded";
        add_item(f, excluded);
        set_targets(f, target_of(f), &s->onConflictClause->targetList, &stars);
        analyze_one(f, s->onConflictClause->whereClause);
        f->items.len--;
        f->scope.len--;
    }
    returning(f, &s->returningList, s->returningClause, &stars, cols);
}

static void update_stmt(struct from *f, const RangeVar *target, const NodeList *from, const NodeList *set, const Node *where,
                        const NodeList *returning_list, const ReturningClause *clause, struct columns *cols)
{
    struct stars stars = {0};

    if (target)
        from_relation(f, target, &stars);
    for (LIST_EACH(i, from))
        from_item(f, from->items[i], &stars);
    if (set)
        set_targets(f, target_of(f), set, &stars);
    if (set)
        depend_on_targets(f, set, 0);
    analyze_where(f, where);
    returning(f, returning_list, clause, &stars, cols);
}

// setNamespaceForMergeWhen (parse_merge.c): what is not matched has but the other side's columns.
static void merge_when(struct from *f, const MergeWhenClause *w, const struct stars *stars)
{
    const struct cat_scope both = f->scope;
    const struct cat_relation *target = target_of(f);

    if (w->matchKind == MERGE_WHEN_NOT_MATCHED_BY_SOURCE) {
        f->scope.len = 1; // the target, read first
    } else if (w->matchKind == MERGE_WHEN_NOT_MATCHED_BY_TARGET || (w->matchKind == MERGE_MATCH_KIND_UNDEFINED && !w->matched)) {
        f->scope.items++;
        f->scope.len--;
    }
    analyze_one(f, w->condition);
    if (w->commandType == CMD_UPDATE)
        set_targets(f, target, &w->targetList, stars);
    analyze_all(f, &w->values, NULL);
    if (target && f->a->names)
        expr_check_row(f->a, &f->scope, target, &w->targetList, &w->values);
    f->scope = both;
}

static void merge_stmt(struct from *f, const MergeStmt *m, struct columns *cols)
{
    struct stars stars = {0};

    if (m->relation)
        from_relation(f, m->relation, &stars);
    from_item(f, m->sourceRelation, &stars);
    analyze_one(f, m->joinCondition);
    for (LIST_EACH(i, &m->mergeWhenClauses)) {
        const MergeWhenClause *w = LIST_GET(MergeWhenClause, &m->mergeWhenClauses, i);

        if (w && m->relation)
            merge_when(f, w, &stars);
    }
    returning(f, &m->returningList, m->returningClause, &stars, cols);
}

static void statement(struct from *f, const Node *query, struct columns *cols)
{
    const SelectStmt *s = AS(SelectStmt, query);
    const UpdateStmt *u = AS(UpdateStmt, query);
    const DeleteStmt *d = AS(DeleteStmt, query);

    if (s && s->op != SETOP_NONE && s->larg && s->rarg) {
        set_operation(f, s, cols);
    } else if (s && s->valuesLists.length) {
        values(f, s, cols);
    } else if (s) {
        select_stmt(f, s, cols);
    } else if (IsA(query, InsertStmt)) {
        insert_stmt(f, AS(InsertStmt, query), cols);
    } else if (u) {
        update_stmt(f, u->relation, &u->fromClause, &u->targetList, u->whereClause, &u->returningList, u->returningClause, cols);
    } else if (d) {
        update_stmt(f, d->relation, &d->usingClause, NULL, d->whereClause, &d->returningList, d->returningClause, cols);
    } else if (IsA(query, MergeStmt)) {
        merge_stmt(f, AS(MergeStmt, query), cols);
    } else if (IsA(query, ReturnStmt)) {
        struct expr *e = expr_analyze(f->a, &f->scope, AS(ReturnStmt, query)->returnval);

        push_expr(f->a, f->exprs, e);
        add_column(f->a, cols, NULL, e->type, e->typmod);
    } else {
        f->a->unknown = true;
    }
}

static void add_cte(struct analysis *a, const CommonTableExpr *c, const struct cat_attribute *cols, int n)
{
    struct cte *cte = LC_NEW(a->arena, struct cte);
    Alias alias = {.tag = T_Alias, .colnames = c->aliascolnames};

    cte->name = c->ctename;
    cte->cols = rename_columns(a, &alias, cols, n);
    cte->ncols = n;
    cte->vague = a->vague_columns || c->search_clause || c->cycle_clause;
    cte->outer = a->ctes;
    a->ctes = cte;
}

// WITH RECURSIVE: a query may refer to one that stands after it (transformWithClause, parse_cte.c), whose columns are not known yet.
static void forward_ctes(struct analysis *a, const WithClause *w)
{
    for (LIST_EACH(i, &w->ctes)) {
        const CommonTableExpr *c = LIST_GET(CommonTableExpr, &w->ctes, i);

        if (!c)
            continue;
        add_cte(a, c, NULL, 0);
        ((struct cte *)a->ctes)->vague = true;
    }
}

// A recursive query refers to itself: its columns are those of its first part.
static void with_clause(struct analysis *a, const struct cat_scope *outer, const WithClause *w, struct exprs *exprs)
{
    if (w->recursive)
        forward_ctes(a, w);
    for (LIST_EACH(i, &w->ctes)) {
        const CommonTableExpr *c = LIST_GET(CommonTableExpr, &w->ctes, i);
        const SelectStmt *s = c ? AS(SelectStmt, c->ctequery) : NULL;
        const struct cat_attribute *cols = NULL;
        const struct cte *before = a->ctes;
        int n;

        if (!c)
            continue;
        if (w->recursive && s && s->op != SETOP_NONE && s->larg) {
            n = expr_analyze_query(a, outer, (const Node *)s->larg, &cols, NULL);
            add_cte(a, c, cols, n);
        }
        n = expr_analyze_query(a, outer, c->ctequery, &cols, exprs);
        a->ctes = before;
        add_cte(a, c, cols, n);
    }
}

static const WithClause *with_of(const Node *query)
{
    switch (nodeTag(query)) {
    case T_SelectStmt:
        return AS(SelectStmt, query)->withClause;
    case T_InsertStmt:
        return AS(InsertStmt, query)->withClause;
    case T_UpdateStmt:
        return AS(UpdateStmt, query)->withClause;
    case T_DeleteStmt:
        return AS(DeleteStmt, query)->withClause;
    case T_MergeStmt:
        return AS(MergeStmt, query)->withClause;
    default:
        return NULL;
    }
}

int expr_analyze_query(struct analysis *a, const struct cat_scope *outer, const Node *query, const struct cat_attribute **cols,
                       struct exprs *exprs)
{
    struct from f = {.a = a, .scope = {.outer = outer}, .exprs = exprs, .keep_unknown = a->keep_unknown};
    struct columns out = {0};
    const struct cte *ctes = a->ctes;
    const char *no_srf = a->no_srf;
    bool vague = a->vague, agg = a->has_agg, window = a->has_window, srf = a->has_srf;

    *cols = NULL;
    a->keep_unknown = false;
    a->vague_columns = true;
    if (!query)
        return 0;
    if (a->depth > ANALYSIS_MAX_DEPTH) {
        a->unknown = true;
        return 0;
    }
    a->depth++;
    a->vague = false;
    a->no_srf = NULL;
    if (with_of(query))
        with_clause(a, outer, with_of(query), exprs);
    statement(&f, query, &out);
    a->vague_columns = a->vague || (out.len == 0 && !IsA(query, SelectStmt));
    a->vague = vague;
    a->no_srf = no_srf;
    if (a->names) { // what a subquery holds is its own matter
        a->has_agg = agg;
        a->has_window = window;
        a->has_srf = srf;
    }
    a->ctes = ctes;
    a->depth--;
    *cols = out.items;
    return out.len;
}

int cat_query_columns(const struct catalog *cat, const struct cat_scope *scope, const Node *query, struct cat_attribute **columns)
{
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_attribute *found;
    struct analysis a;
    int n;

    analysis_begin(&a, cat);
    n = expr_analyze_query(&a, scope, query, &found, NULL);
    *columns = n ? lc_memdup(arena, found, (size_t)n * sizeof *found) : NULL;
    for (int i = 0; i < n; i++) { // texts may be the analysis's own
        (*columns)[i].name = lc_strdup(arena, found[i].name);
        (*columns)[i].collation = lc_strdup(arena, found[i].collation);
    }
    analysis_end(&a);
    return n;
}

void cat_query_dependencies(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                            struct cat_addresses *out)
{
    struct analysis a;
    const struct cat_attribute *unused;

    analysis_begin(&a, cat);
    a.deps = out;
    (void)expr_analyze_query(&a, scope, query, &unused, NULL);
    analysis_end(&a);
}

// --- names -------------------------------------------------------------------------------------------------------------------

// What a relation that is not there has cannot be told: that it is missing is said elsewhere.
static enum lc_code names_result(const struct analysis *a, struct lc_error *err)
{
    if (!a->names->message[0] || a->lost)
        return LC_OK;
    *err = *a->names;
    return LC_E_SERVER;
}

enum lc_code cat_check_query_names(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                                   struct lc_error *err)
{
    struct lc_error first = {0};
    const struct cat_attribute *unused;
    struct analysis a;

    analysis_begin(&a, cat);
    a.names = &first;
    (void)expr_analyze_query(&a, scope, query, &unused, NULL);
    analysis_end(&a);
    return names_result(&a, err);
}

enum lc_code cat_check_expr_names(const struct catalog *cat, const struct cat_scope *scope, const Node *expr,
                                  struct lc_error *err)
{
    struct lc_error first = {0};
    struct analysis a;

    if (!expr)
        return LC_OK;
    analysis_begin(&a, cat);
    a.names = &first;
    (void)expr_analyze(&a, scope, expr);
    analysis_end(&a);
    return names_result(&a, err);
}
