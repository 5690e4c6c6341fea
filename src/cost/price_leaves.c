// INSERT, UPDATE, DELETE and MERGE of a partitioned table or one with children: which of the tables below it change how many rows.
#include <math.h>
#include <string.h>

#include "cost/price.h"

static void add_leaves(const struct pricing *p, const struct cat_relation *rel, struct price_leaves *out)
{
    if (rel->relkind == 'r') {
        struct price_leaf leaf = {.rel = price_filled(p, rel)};
        LC_PUSH(p->arena, out, leaf);
    }
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(p->snap->cat, rel->children.items[i]);
        if (child)
            add_leaves(p, child, out);
    }
}

static bool only(const Node *query)
{
    const UpdateStmt *u = AS(UpdateStmt, query);
    const DeleteStmt *d = AS(DeleteStmt, query);
    const MergeStmt *m = AS(MergeStmt, query);
    const RangeVar *rv = u ? u->relation : d ? d->relation : m ? m->relation : NULL;

    return !rv || !rv->inh;
}

bool price_has_leaves(const struct fp_work *w)
{
    return w->kind == FP_QUERY && w->rel && w->rel->children.len &&
           (w->rel->relkind == 'p' || (w->rel->relkind == 'r' && !only(w->query)));
}

// The planner names each partition that it reads; an INSERT's rows go to them by their sizes, for want of anything better.
static double planned_rows(const struct pricing *p, const struct snap_plan *plan, const struct cat_relation *leaf)
{
    double rows = 0;

    for (int i = 0; i < plan->nnodes; i++) {
        const struct snap_plan_node *n = &plan->nodes[i];
        const struct cat_relation *rel = n->relation ? cat_find_relation(p->snap->cat, n->schema, n->relation) : NULL;
        if (rel && rel->o.oid == leaf->o.oid && strcmp(n->type, "ModifyTable") != 0)
            rows += n->rows;
    }
    return rows;
}

void price_leaves_of(const struct pricing *p, const struct fp_work *w, const struct snap_plan *plan, double rows,
                     struct price_leaves *out)
{
    bool inserts = IsA(w->query, InsertStmt), planned = !inserts && plan && plan->known;
    double sum = 0;

    *out = (struct price_leaves){0};
    add_leaves(p, w->rel, out);
    for (int i = 0; i < out->len; i++) {
        struct price_leaf *l = &out->items[i];
        l->rows = planned ? planned_rows(p, plan, l->rel) : inserts ? l->rel->size.bytes : price_rows(l->rel);
        out->known = out->known || l->rel->size.known || l->rel->o.created;
        sum += l->rows;
    }
    for (int i = 0; i < out->len; i++) {
        struct price_leaf *l = &out->items[i];
        l->rows = sum > 0 ? rows * l->rows / sum : rows / out->len;
        if (!inserts)
            l->rows = fmin(l->rows, price_rows(l->rel));
    }
}
