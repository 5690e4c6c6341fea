// What other rooms ask of raw expressions.
#include "catalog/expr.h"

#include <string.h>

#include "base/str.h"
#include "catalog/expr_tree.h"

struct cat_scope cat_scope_of(struct lc_arena *arena, const struct cat_relation *rel)
{
    struct cat_scope scope = {0};

    if (!rel)
        return scope;
    scope.items = LC_NEW(arena, struct cat_scope_item);
    scope.items[0].rel = rel;
    scope.len = 1;
    return scope;
}

Oid cat_expr_type(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, int *typmod)
{
    struct analysis a;
    const struct expr *e;
    Oid type;

    analysis_begin(&a, cat);
    e = expr_analyze(&a, scope, expr);
    if (typmod)
        *typmod = e->typmod;
    type = e->type;
    analysis_end(&a);
    return type;
}

char cat_expr_volatility(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, bool *known)
{
    struct analysis a;
    bool unknown = false;
    struct expr *e;
    char v = 'i';

    analysis_begin(&a, cat);
    e = expr_plan(&a, expr_analyze(&a, scope, expr));
    if (expr_is_volatile(e, &unknown))
        v = 'v';
    else if (expr_is_mutable(cat, e))
        v = 's';
    if (known && unknown)
        *known = false;
    analysis_end(&a);
    return v;
}

bool cat_expr_is_null_const(const Node *expr)
{
    const A_Const *c = AS(A_Const, expr);
    const TypeCast *cast = AS(TypeCast, expr);
    const CollateClause *collate = AS(CollateClause, expr);

    if (cast)
        return cat_expr_is_null_const(cast->arg);
    if (collate)
        return cat_expr_is_null_const(collate->arg);
    return c && c->isnull;
}

// --- columns ---------------------------------------------------------------------------------------------------------------

struct column_search {
    const struct cat_relation *rel;
    struct lc_arena *arena;
    struct cat_attnums *out;
    bool *whole_row;
};

static void add_attnum(struct column_search *s, int attnum)
{
    for (int i = 0; i < s->out->len; i++)
        if (s->out->items[i] == attnum)
            return;
    LC_PUSH(s->arena, s->out, attnum);
}

static bool look_for_columns(const Node *node, void *context)
{
    struct column_search *s = context;
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *last, *table;
    const struct cat_attribute *a;

    if (!ref)
        return true;
    last = list_last_name(&ref->fields);
    table = list_schema_name(&ref->fields);
    a = !table || strcmp(table, s->rel->o.name) == 0 ? cat_find_column(s->rel, last) : NULL;
    if (a)
        add_attnum(s, a->attnum);
    else if (s->whole_row && ((!table && last && strcmp(last, s->rel->o.name) == 0) ||
                              (!last && table && strcmp(table, s->rel->o.name) == 0) || (!last && !table)))
        *s->whole_row = true;
    return false;
}

bool cat_reads_generated(const struct catalog *cat, const struct cat_relation *rel, const Node *expr, bool only_virtual)
{
    struct cat_attnums columns = {0};

    if (!expr || (only_virtual && cat_major(cat) < 18))
        return false;
    cat_expr_columns(cat, rel, expr, &columns, NULL);
    for (int i = 0; i < columns.len; i++)
        if (columns.items[i] > 0) {
            char generated = rel->attrs[columns.items[i] - 1].generated;
            if (only_virtual ? generated == 'v' : generated != 0)
                return true;
        }
    return false;
}

void cat_expr_columns(const struct catalog *cat, const struct cat_relation *rel, const Node *expr, struct cat_attnums *out,
                      bool *whole_row)
{
    struct column_search s = {rel, cat_arena(cat), out, whole_row};

    if (whole_row)
        *whole_row = false;
    if (expr && rel)
        node_walk(expr, look_for_columns, &s);
}

void cat_expr_dependencies(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, struct cat_addresses *out)
{
    struct analysis a;

    analysis_begin(&a, cat);
    a.deps = out;
    (void)expr_analyze(&a, scope, expr);
    analysis_end(&a);
}
