// Stand-ins until expr.h has landed: whoever lands it deletes this file (a weak definition in the same library can win over the real one).
#include "catalog/expr.h"

#define WEAK __attribute__((weak))

WEAK struct cat_scope cat_scope_of(struct lc_arena *arena, const struct cat_relation *rel)
{
    return (void)arena, (void)rel, (struct cat_scope){0};
}

WEAK Oid cat_expr_type(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, int *typmod)
{
    return (void)cat, (void)scope, (void)expr, (void)typmod, InvalidOid;
}

WEAK void cat_expr_columns(const struct catalog *cat, const struct cat_relation *rel, const Node *expr, struct cat_attnums *out, bool *whole)
{
    (void)cat, (void)rel, (void)expr, (void)out, (void)whole;
}

WEAK void cat_expr_dependencies(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, struct cat_addresses *out)
{
    (void)cat, (void)scope, (void)expr, (void)out;
}

WEAK char cat_expr_volatility(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, bool *known)
{
    (void)cat, (void)scope, (void)expr;
    if (known)
        *known = false;
    return 'v';
}
