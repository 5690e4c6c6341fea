// What an expression may hold where it stands: subqueries, aggregates, window and set-returning functions, columns (ParseExprKind: parse_expr.c
// transformSubLink and transformColumnRef, parse_agg.c check_agglevels_and_constraints and transformWindowFuncCall, parse_func.c
// check_srf_call_placement), and whether it must be immutable.
#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"
#include "catalog/expr_tree.h"

static const struct place {
    const char *one, *many; // as the messages name it, for one subquery and for functions
    const char *immutable;  // what is said of an expression that is not; NULL: it need not be
    bool subquery, columns;
    const char *no_columns;
} places[] = {
    [CAT_EXPR_DEFAULT] = {"DEFAULT expression", "DEFAULT expressions", NULL, false, false, "0A000"},
    [CAT_EXPR_GENERATED] = {"column generation expression", "column generation expressions",
                            "generation expression is not immutable", false, true, NULL},
    [CAT_EXPR_CHECK] = {"check constraint", "check constraints", NULL, false, true, NULL},
    [CAT_EXPR_INDEX] = {"index expression", "index expressions", "functions in index expression must be marked IMMUTABLE", false,
                        true, NULL},
    [CAT_EXPR_PREDICATE] = {"index predicate", "index predicates", "functions in index predicate must be marked IMMUTABLE", false,
                            true, NULL},
    [CAT_EXPR_PARTITION] = {"partition key expression", "partition key expressions",
                            "functions in partition key expression must be marked IMMUTABLE", false, true, NULL},
    [CAT_EXPR_BOUND] = {"partition bound", "partition bound", NULL, false, false, "42P10"},
    [CAT_EXPR_WHEN] = {"trigger WHEN condition", "trigger WHEN conditions", NULL, false, true, NULL},
    [CAT_EXPR_USING] = {"transform expression", "transform expressions", NULL, false, true, NULL},
    [CAT_EXPR_POLICY] = {"policy", "policy expressions", NULL, true, true, NULL},
};

static bool is_bound_name(const ColumnRef *ref)
{
    const char *name = ref->fields.length == 1 ? node_string(ref->fields.items[0]) : NULL;

    return lc_strieq(name, "minvalue") || lc_strieq(name, "maxvalue");
}

static bool find_column_ref(const Node *node, void *context)
{
    const ColumnRef *ref = AS(ColumnRef, node);

    if (IsA(node, SubLink))
        return false;
    if (ref && !is_bound_name(ref))
        *(bool *)context = true;
    return true;
}

static enum lc_code refuse(const struct place *p, const struct analysis *a, struct lc_error *err)
{
    if (a->has_sublink && !p->subquery)
        return cat_error(err, "0A000", "cannot use subquery in %s", p->one);
    if (a->has_agg)
        return cat_error(err, "42803", "aggregate functions are not allowed in %s", p->many);
    if (a->has_window)
        return cat_error(err, "42P20", "window functions are not allowed in %s", p->many);
    if (a->has_srf)
        return cat_error(err, "0A000", "set-returning functions are not allowed in %s", p->many);
    return LC_OK;
}

// What the parser says of it.
static enum lc_code transform(struct analysis *a, const struct cat_scope *scope, enum cat_expr_kind kind, const Node *expr,
                              struct expr **e, struct lc_error *err)
{
    const struct place *p = &places[kind];
    struct lc_error first = {0};
    bool column = false;
    enum lc_code rc;

    a->names = p->subquery ? &first : NULL; // what it holds is its own matter
    *e = expr_analyze(a, p->columns ? scope : NULL, expr);
    a->names = NULL;
    if (!p->columns)
        node_walk(expr, find_column_ref, &column);
    if (column)
        return cat_error(err, p->no_columns, "cannot use column reference in %s",
                         kind == CAT_EXPR_BOUND ? "partition bound expression" : p->one);
    rc = refuse(p, a, err);
    return rc == LC_OK && p->columns ? cat_check_expr_names(a->cat, scope, expr, err) : rc;
}

enum lc_code cat_transform_expr_kind(const struct catalog *cat, const struct cat_scope *scope, enum cat_expr_kind kind,
                                     const Node *expr, struct lc_error *err)
{
    struct analysis a;
    struct expr *e;
    enum lc_code rc;

    if (!expr)
        return LC_OK;
    analysis_begin(&a, cat);
    rc = transform(&a, scope, kind, expr, &e, err);
    analysis_end(&a);
    return rc;
}

static enum lc_code check(struct analysis *a, const struct cat_scope *scope, enum cat_expr_kind kind, const Node *expr,
                          struct lc_error *err)
{
    const struct place *p = &places[kind];
    struct expr *e;
    bool unknown = false;
    enum lc_code rc = transform(a, scope, kind, expr, &e, err);

    if (rc != LC_OK || !p->immutable || a->unknown)
        return rc;
    e = expr_plan(a, e);
    bool is_volatile = expr_is_volatile(e, &unknown);
    if (!unknown && (is_volatile || expr_is_mutable(a->cat, e)))
        return cat_error(err, "42P17", "%s", p->immutable);
    return LC_OK;
}

enum lc_code cat_check_expr_kind(const struct catalog *cat, const struct cat_scope *scope, enum cat_expr_kind kind,
                                 const Node *expr, struct lc_error *err)
{
    struct analysis a;
    enum lc_code rc;

    if (!expr)
        return LC_OK;
    analysis_begin(&a, cat);
    rc = check(&a, scope, kind, expr, err);
    analysis_end(&a);
    return rc;
}
