// UPDATE and DELETE through a simple view: the statement stays as it is, and its batches go by the key of the table behind the view.
//
// Precondition: the view is updatable by itself (rewriteHandler.c view_query_is_auto_updatable) and shows the key's columns, so that a range of
// the key can be asked for through it. What the view hides, checks and fills in stays the server's to do.
#include "rewrite/internal.h"

// As the view calls the column of the relation that it selects from; NULL: it does not show it.
static const char *shown_as(const SelectStmt *q, const struct cat_relation *view, const char *column)
{
    for (int i = 0; i < q->targetList.length && i < view->natts; i++) {
        const ResTarget *t = LIST_GET(ResTarget, &q->targetList, i);
        const ColumnRef *ref = t ? AS(ColumnRef, t->val) : NULL;
        if (ref && ref->fields.length && IsA(ref->fields.items[ref->fields.length - 1], String) &&
            lc_streq(list_last_name(&ref->fields), column))
            return view->attrs[i].name;
    }
    return NULL;
}

const struct cat_relation *rw_view_base(const struct rw *rw, const struct cat_relation *view)
{
    for (int depth = 0; view && view->relkind == 'v' && depth < 16; depth++) {
        const RangeVar *from = fp_view_from(view);
        if (!from || view->rules.len || view->triggers.len)
            return NULL;
        view = cat_find_rangevar(rw->cat, from);
    }
    return view && (view->relkind == 'r' || view->relkind == 'p') && !view->rules.len ? view : NULL;
}

const char *rw_view_column(const struct rw *rw, const struct cat_relation *view, const char *column)
{
    const SelectStmt *q = AS(SelectStmt, view->view_query);
    const struct cat_relation *from;
    const char *below;

    if (view->relkind != 'v')
        return column;
    from = cat_find_rangevar(rw->cat, fp_view_from(view));
    below = from ? rw_view_column(rw, from, column) : NULL;
    return below ? shown_as(q, view, below) : NULL;
}

struct reads {
    const struct rw *rw;
    const struct cat_relation *base;
    bool any;
};

static bool visit(const Node *node, void *context)
{
    struct reads *r = context;
    const RangeVar *rv = AS(RangeVar, node);
    const struct cat_relation *rel = rv ? cat_find_rangevar(r->rw->cat, rv) : NULL;

    r->any |= rel && (rel == r->base || rel->relkind == 'v');
    return true;
}

// The view's own condition may read the table again.
bool rw_view_reads(const struct rw *rw, const struct cat_relation *view, const struct cat_relation *base)
{
    struct reads r = {rw, base, false};

    while (view && view->relkind == 'v') {
        const SelectStmt *q = AS(SelectStmt, view->view_query);
        node_walk(q->whereClause, visit, &r);
        node_walk_list(&q->targetList, visit, &r);
        view = cat_find_rangevar(rw->cat, fp_view_from(view));
    }
    return r.any;
}
