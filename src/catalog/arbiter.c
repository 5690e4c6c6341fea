// Which indexes arbitrate ON CONFLICT (infer_arbiter_indexes, optimizer/util/plancat.c).
#include "catalog/expr.h"
#include "catalog/expr_tree.h"

// The attnum that an element of the clause names; 0: an expression.
static int column_of(const struct cat_relation *rel, const Node *node)
{
    const IndexElem *elem = AS(IndexElem, node);
    const struct cat_attribute *att = elem && elem->name ? cat_find_column(rel, elem->name) : NULL;

    return att ? att->attnum : 0;
}

static bool infers_column(const struct cat_relation *rel, const InferClause *infer, int key)
{
    for (LIST_EACH(i, &infer->indexElems))
        if (column_of(rel, infer->indexElems.items[i]) == key)
            return true;
    return false;
}

static bool has_column(const struct cat_index *index, int attnum)
{
    for (int k = 0; k < index->nkeyatts; k++)
        if (index->keys[k] == attnum)
            return true;
    return false;
}

// What cannot be told is supposed to be the same.
static bool is_same(const struct catalog *cat, const struct cat_scope *scope, const Node *one, const Node *other)
{
    struct analysis a;
    struct expr *x, *y;
    bool same;

    analysis_begin(&a, cat);
    x = expr_plan(&a, expr_analyze(&a, scope, one));
    y = expr_plan(&a, expr_analyze(&a, scope, other));
    same = a.unknown || expr_equal(x, y);
    analysis_end(&a);
    return same;
}

static bool has_expression(const struct catalog *cat, const struct cat_scope *scope, const struct cat_index *index,
                           const Node *expr)
{
    for (int k = 0; k < index->nkeyatts; k++)
        if (!index->keys[k] && index->exprs[k] && is_same(cat, scope, index->exprs[k], expr))
            return true;
    return false;
}

static bool infers_expression(const struct catalog *cat, const struct cat_scope *scope, const InferClause *infer,
                              const Node *expr)
{
    for (LIST_EACH(i, &infer->indexElems)) {
        const IndexElem *elem = LIST_GET(IndexElem, &infer->indexElems, i);
        if (elem && elem->expr && is_same(cat, scope, elem->expr, expr))
            return true;
    }
    return false;
}

bool cat_index_arbitrates(const struct catalog *cat, const struct cat_relation *rel, const struct cat_index *index,
                          const InferClause *infer)
{
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);

    if (!index || !index->unique || index->exclusion || (index->predicate && !infer->whereClause)) // WITHOUT OVERLAPS
        return false;
    for (LIST_EACH(i, &infer->indexElems)) {
        const IndexElem *elem = LIST_GET(IndexElem, &infer->indexElems, i);
        int attnum = column_of(rel, elem ? (const Node *)elem : NULL);
        if (attnum ? !has_column(index, attnum) : elem && elem->expr && !has_expression(cat, &scope, index, elem->expr))
            return false;
    }
    for (int k = 0; k < index->nkeyatts; k++)
        if (index->keys[k] ? !infers_column(rel, infer, index->keys[k])
                           : index->exprs[k] && !infers_expression(cat, &scope, infer, index->exprs[k]))
            return false;
    return true;
}
