// Stored trees: a copy whose relation names mean the same for ever, and what it depends on.
#include "catalog/bind.h"

#include "base/str.h"
#include "catalog/apply_internal.h"

// --- dependencies ---------------------------------------------------------------------------------------------------------------------------

static void keep_new(const struct catalog *cat, const struct cat_addresses *refs, struct cat_addresses *out)
{
    for (int i = 0; i < refs->len; i++) {
        const struct cat_address *r = &refs->items[i];
        bool known = r->oid < FirstNormalObjectId;

        for (int k = 0; k < out->len && !known; k++)
            known = out->items[k].class == r->class && out->items[k].oid == r->oid && out->items[k].subid == r->subid;
        if (!known)
            LC_PUSH(cat_arena(cat), out, *r);
    }
}

void cat_body_dependencies(const struct catalog *cat, const Node *stmt, struct cat_addresses *out)
{
    const List *list = AS(List, stmt);
    struct cat_addresses refs = {0};

    if (IsA(stmt, ReturnStmt))
        cat_expr_dependencies(cat, NULL, AS(ReturnStmt, stmt)->returnval, &refs);
    else if (stmt && !list)
        cat_query_dependencies(cat, NULL, stmt, &refs);
    keep_new(cat, &refs, out);
    for (LIST_EACH(i, list ? &list->items : &(NodeList){0}))
        cat_body_dependencies(cat, list->items.items[i], out);
}

void cat_expression_dependencies(const struct catalog *cat, const struct cat_relation *rel, const Node *expr,
                                 struct cat_addresses *out)
{
    struct cat_addresses refs = {0};
    struct cat_scope scope = {0};

    if (!expr)
        return;
    if (rel)
        scope = cat_scope_of(cat_arena(cat), rel);
    cat_expr_dependencies(cat, rel ? &scope : NULL, expr, &refs);
    keep_new(cat, &refs, out);
}

// --- binding --------------------------------------------------------------------------------------------------------------------------------

struct binding {
    struct catalog *cat;
    struct names LC_ARRAY(const char *) ctes;
};

static bool collect_ctes(const Node *node, void *context)
{
    struct binding *b = context;

    if (IsA(node, CommonTableExpr))
        LC_PUSH(cat_arena(b->cat), &b->ctes, AS(CommonTableExpr, node)->ctename);
    return true;
}

static bool bind_name(const Node *node, void *context)
{
    struct binding *b = context;
    RangeVar *rv = (RangeVar *)(uintptr_t)AS(RangeVar, node);
    const struct cat_relation *rel = rv && !rv->schemaname ? cat_find_rangevar(b->cat, rv) : NULL;

    if (IsA(node, LockingClause)) // FOR UPDATE OF takes no schema
        return false;
    for (int i = 0; rel && i < b->ctes.len; i++)
        if (lc_streq(b->ctes.items[i], rv->relname))
            return true;
    if (rel)
        rv->schemaname = cat_schema_name(b->cat, rel->o.schema);
    return true;
}

Node *cat_bind_expression(struct catalog *cat, const Node *node)
{
    struct binding b = {.cat = cat};
    Node *copy = node_copy(cat_arena(cat), node);

    node_walk(copy, collect_ctes, &b);
    node_walk(copy, bind_name, &b);
    return copy;
}
