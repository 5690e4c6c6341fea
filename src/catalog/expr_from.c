// A query's FROM clause: its items, and their columns under the names that the rest of the query sees (parser/parse_clause.c,
// parse_relation.c).
#include "catalog/expr_from.h"

#include <string.h>

#include "base/str.h"

void from_push_expr(struct analysis *a, struct exprs *exprs, struct expr *e)
{
    if (exprs)
        LC_PUSH(a->arena, exprs, e);
}

void from_add_item(struct from *f, struct cat_scope_item item)
{
    LC_PUSH(f->a->arena, &f->items, item);
    f->scope.items = f->items.items;
    f->scope.len = f->items.len;
}

void columns_add(struct analysis *a, struct columns *cols, const char *name, Oid type, int typmod)
{
    LC_PUSH(a->arena, cols,
            (struct cat_attribute){.name = name ? name : "?column?", .attnum = cols->len + 1, .type = type, .typmod = typmod});
}

// The columns of an item under the names of its alias.
const struct cat_attribute *columns_renamed(struct analysis *a, const Alias *alias, const struct cat_attribute *cols, int n)
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

void stars_of_item(struct analysis *a, const struct cat_scope_item *item, struct stars *out)
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

void from_relation(struct from *f, const RangeVar *rv, struct stars *out)
{
    const struct cte *cte = rv->schemaname && *rv->schemaname ? NULL : find_cte(f->a, rv->relname);
    struct cat_scope_item item = {.alias = rv->alias ? rv->alias->aliasname : rv->relname};

    if (cte) {
        item.cols = columns_renamed(f->a, rv->alias, cte->cols, cte->ncols);
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
            item.cols = columns_renamed(f->a, rv->alias, item.rel->attrs, item.rel->natts);
            item.ncols = item.rel->natts;
        }
        if (!item.rel && !item.alias)
            item.alias = rv->relname;
    }
    from_add_item(f, item);
    stars_of_item(f->a, &item, out);
}

static void from_subselect(struct from *f, const RangeSubselect *s, struct stars *out)
{
    struct cat_scope_item item = {.alias = s->alias ? s->alias->aliasname : "unnamed_subquery"};

    item.ncols = expr_analyze_query(f->a, s->lateral ? &f->scope : f->scope.outer, s->subquery, &item.cols, f->exprs);
    item.vague = f->a->vague_columns;
    item.cols = columns_renamed(f->a, s->alias, item.cols, item.ncols);
    from_add_item(f, item);
    stars_of_item(f->a, &item, out);
}

// AS t(a int, b text)
static void defined_columns(struct analysis *a, const NodeList *defs, struct columns *cols)
{
    for (LIST_EACH(i, defs)) {
        const ColumnDef *d = LIST_GET(ColumnDef, defs, i);
        int typmod = -1;
        const struct cat_type *t = d ? cat_find_typename(a->cat, d->typeName, &typmod) : NULL;

        if (d)
            columns_add(a, cols, d->colname, t ? t->o.oid : InvalidOid, typmod);
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
bool columns_of_row(struct analysis *a, const struct expr *e, struct columns *cols)
{
    const struct cat_type *t = cat_type(a->cat, cat_base_type(a->cat, e->type, NULL));
    const struct cat_relation *rel = t && t->relid ? cat_relation(a->cat, t->relid) : NULL;
    int nout = e->type == RECORDOID && e->proc ? e->proc->nout : 0;

    for (int i = 0; rel && i < rel->natts; i++)
        if (!rel->attrs[i].isdropped)
            columns_add(a, cols, rel->attrs[i].name, rel->attrs[i].type, rel->attrs[i].typmod);
    for (int i = 0; i < nout; i++) // build_function_result_tupdesc_d, utils/fmgr/funcapi.c
        columns_add(a, cols, e->proc->outnames[i] ? e->proc->outnames[i] : lc_printf(a->arena, "column%d", i + 1),
                    expr_out_type(a, e, e->proc->outtypes[i]), -1);
    return rel || nout;
}

static void function_columns(struct analysis *a, const struct expr *e, const char *name, struct columns *cols)
{
    if (columns_of_row(a, e, cols))
        return;
    if (e->type == RECORDOID)
        a->unknown = true;
    else
        columns_add(a, cols, e->proc && e->proc->nout == 1 && e->proc->outnames[0] ? e->proc->outnames[0] : name, e->type,
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

        from_push_expr(f->a, f->exprs, e);
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
        columns_add(f->a, &cols, "ordinality", INT8OID, -1);
    item.cols = scalar ? columns_renamed(f->a, rf->alias, cols.items, cols.len) : NULL;
    item.ncols = cols.len;
    item.vague = vague;
    from_add_item(f, item);
    stars_of_item(f->a, &item, out);
}

static void from_table_func(struct from *f, const RangeTableFunc *t, struct stars *out)
{
    struct columns cols = {0};
    struct cat_scope_item item = {.alias = t->alias ? t->alias->aliasname : "xmltable"};

    from_push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, t->docexpr));
    from_push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, t->rowexpr));
    for (LIST_EACH(i, &t->columns)) {
        const RangeTableFuncCol *c = LIST_GET(RangeTableFuncCol, &t->columns, i);
        int typmod = -1;
        const struct cat_type *type = c && c->typeName ? cat_find_typename(f->a->cat, c->typeName, &typmod) : NULL;

        if (c)
            columns_add(f->a, &cols, c->colname, c->for_ordinality ? INT4OID : type ? type->o.oid : InvalidOid, typmod);
    }
    item.cols = columns_renamed(f->a, t->alias, cols.items, cols.len);
    item.ncols = cols.len;
    from_add_item(f, item);
    stars_of_item(f->a, &item, out);
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
            columns_add(a, cols, c->name, type ? type->o.oid : INT4OID, typmod); // without a type: FOR ORDINALITY
    }
}

static void from_json_table(struct from *f, const JsonTable *t, struct stars *out)
{
    struct columns cols = {0};
    struct cat_scope_item item = {.alias = t->alias ? t->alias->aliasname : "json_table"};

    if (t->context_item)
        from_push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, t->context_item->raw_expr));
    json_columns(f->a, &t->columns, &cols);
    item.cols = columns_renamed(f->a, t->alias, cols.items, cols.len);
    item.ncols = cols.len;
    from_add_item(f, item);
    stars_of_item(f->a, &item, out);
}

static const struct star *find_star(const struct stars *list, const char *name)
{
    for (int i = 0; name && i < list->len; i++)
        if (list->items[i].name && strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    return NULL;
}

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

// May an item from `first` on have columns that are not known?
static bool is_opaque_from(const struct from *f, int first)
{
    bool opaque = false;

    for (int i = first; i < f->items.len; i++)
        opaque |= expr_is_opaque(&f->items.items[i]);
    return opaque;
}

// USING (..) AS x: the merged columns under a name of their own, which hides nothing (transformFromClauseItem).
static void add_using_alias(struct from *f, const JoinExpr *j, int first, const struct stars *left, const struct stars *right)
{
    struct columns cols = {0};
    bool vague = is_opaque_from(f, first);

    for (int i = 0; i < left->len; i++)
        if (is_merged(j, right, left->items[i].name))
            columns_add(f->a, &cols, left->items[i].name, left->items[i].type, left->items[i].typmod);
    from_add_item(f, (struct cat_scope_item){
                         .alias = j->join_using_alias->aliasname, .cols = cols.items, .ncols = cols.len, .vague = vague});
}

// transformFromClauseItem: the merged columns come first, once.
static void from_join(struct from *f, const JoinExpr *j, struct stars *out)
{
    struct stars left = {0}, right = {0};
    int first = f->items.len, middle;
    struct lc_arena *arena = f->a->arena;

    from_item(f, j->larg, &left);
    middle = f->items.len;
    from_item(f, j->rarg, &right);
    if (j->quals)
        from_push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, j->quals));
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
        bool vague = is_opaque_from(f, first);

        for (int i = 0; i < out->len; i++)
            columns_add(f->a, &cols, out->items[i].name, out->items[i].type, out->items[i].typmod);
        f->items.len = first;
        from_add_item(f, (struct cat_scope_item){.alias = j->alias->aliasname,
                                                 .cols = columns_renamed(f->a, j->alias, cols.items, cols.len),
                                                 .ncols = cols.len,
                                                 .vague = vague});
    }
}

void from_item(struct from *f, const Node *node, struct stars *out)
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
        from_add_item(f, (struct cat_scope_item){.alias = NULL});
    }
    a->depth--;
}
