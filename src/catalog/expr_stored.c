// An expression as the server keeps it and reads it again: untyped literals have the type that they were taken for, and what an operator or a function
// was given is cast to what it takes (make_op and make_fn_arguments in parser, get_rule_expr with showimplicit in utils/adt/ruleutils.c).
#include "catalog/expr_tree.h"

#include "catalog/apply_internal.h"
#include "catalog/internal.h"
#include "sql/sql.h"

struct storing {
    const struct catalog *cat;
    const struct cat_scope *scope;
};

static bool is_literal(const Node *node)
{
    const A_Const *c = AS(A_Const, node);

    return c && !c->isnull && IsA(c->val, String);
}

// node::type, where that is not what it is already
static void cast_to(const struct storing *s, Node **node, Oid actual, Oid type)
{
    const struct cat_type *t = cat_type(s->cat, type);
    TypeCast *cast = NULL;

    if (!t || t->typtype == 'p' || actual == type || (actual == UNKNOWNOID && !is_literal(*node)))
        return;
    cast = (TypeCast *)(uintptr_t)AS(
        TypeCast,
        lc_sql_parse_expr(cat_arena(s->cat), lc_printf(cat_arena(s->cat), "NULL::%s", cat_format_type(s->cat, type, -1))));
    if (!cast)
        return;
    cast->arg = *node;
    *node = (Node *)cast;
}

static Oid type_of(const struct storing *s, const Node *node)
{
    int typmod;

    return cat_expr_type(s->cat, s->scope, node, &typmod);
}

static void store_sides(const struct storing *s, const NodeList *name, Node **left, Node **right)
{
    Oid types[2] = {left ? type_of(s, *left) : InvalidOid, type_of(s, *right)}, declared[2];
    const struct cat_operator *op =
        left && (!types[0] || !types[1])
            ? NULL
            : cat_find_operator(s->cat, list_schema_name(name), list_last_name(name), types[0], types[1]);

    if (!op || !left)
        return;
    declared[0] = op->left;
    declared[1] = op->right;
    if (!coerce_resolve_declared(s->cat, 2, types, declared))
        return;
    cast_to(s, left, types[0], declared[0]);
    cast_to(s, right, types[1], declared[1]);
}

static void store_operator(const struct storing *s, A_Expr *x)
{
    const List *list = AS(List, x->rexpr);
    Node *left = x->lexpr;

    if (x->kind == AEXPR_OP || x->kind == AEXPR_DISTINCT || x->kind == AEXPR_NOT_DISTINCT || x->kind == AEXPR_NULLIF ||
        x->kind == AEXPR_LIKE || x->kind == AEXPR_ILIKE) {
        if (x->lexpr && x->rexpr)
            store_sides(s, &x->name, &x->lexpr, &x->rexpr);
    } else if (x->kind == AEXPR_IN && list) {
        for (LIST_EACH(i, &list->items)) {
            x->lexpr = left;
            store_sides(s, &x->name, &x->lexpr, &list->items.items[i]);
        }
    }
}

static void store_arguments(const struct storing *s, FuncCall *call)
{
    struct lc_arena *arena = cat_arena(s->cat);
    Oid *types = LC_NEW_ARRAY(arena, Oid, call->args.length + 1);
    struct func_call c = {.schema = list_schema_name(&call->funcname),
                          .name = list_last_name(&call->funcname),
                          .argtypes = types,
                          .nargs = call->args.length,
                          .arena = arena};
    struct func_found f;

    for (LIST_EACH(i, &call->args)) {
        if (IsA(call->args.items[i], NamedArgExpr) || !(types[i] = type_of(s, call->args.items[i])))
            return;
    }
    f = call->func_variadic || call->agg_within_group ? (struct func_found){0} : func_find(s->cat, &c);
    if (!f.proc || f.proc->variadic || !f.declared || !coerce_resolve_declared(s->cat, c.nargs, types, f.declared))
        return;
    for (LIST_EACH(i, &call->args))
        cast_to(s, &call->args.items[i], types[i], f.declared[i]);
}

// Literals among alternatives are of the type that all have.
static void store_common(const struct storing *s, const Node *whole, const NodeList *alternatives)
{
    Oid type = type_of(s, whole);

    for (LIST_EACH(i, alternatives))
        if (type && is_literal(alternatives->items[i]))
            cast_to(s, &alternatives->items[i], UNKNOWNOID, type);
}

static bool store(const Node *node, void *context)
{
    const struct storing *s = context;
    const CoalesceExpr *coalesce = AS(CoalesceExpr, node);
    const MinMaxExpr *minmax = AS(MinMaxExpr, node);

    if (IsA(node, A_Expr))
        store_operator(s, (A_Expr *)(uintptr_t)node);
    else if (IsA(node, FuncCall))
        store_arguments(s, (FuncCall *)(uintptr_t)node);
    else if (coalesce)
        store_common(s, node, &coalesce->args);
    else if (minmax)
        store_common(s, node, &minmax->args);
    return true;
}

Node *cat_stored_expression(const struct catalog *cat, const struct cat_scope *scope, const Node *expr)
{
    struct storing s = {cat, scope};
    Node *copy = node_copy(cat_arena(cat), expr);

    node_walk(copy, store, &s);
    return copy;
}
