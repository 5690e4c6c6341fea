// LOCK TABLE: children, partitions, and what a view is made of (commands/lockcmds.c).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

#define MAX_DEPTH 64

struct lock_view {
    struct fp_session *s;
    enum lc_lockmode mode;
    int depth;
    struct LC_ARRAY(const char *) ctes;
};

static void lock_view(struct lock_view *l, const struct cat_relation *view);

static void lock_children(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++)
        if (all.items[i] != rel->o.oid)
            fp_lock_mode(s, cat_relation(s->cat, all.items[i]), mode, &fq_rules[FQ_LOCK_TABLE]);
}

static bool is_cte(const struct lock_view *l, const RangeVar *rv)
{
    for (int i = 0; i < l->ctes.len; i++)
        if (!rv->schemaname && lc_streq(l->ctes.items[i], rv->relname))
            return true;
    return false;
}

// LockViewRecurse_walker: tables and views; other kinds are left alone.
static bool visit(const Node *node, void *context)
{
    struct lock_view *l = context;
    const CommonTableExpr *cte = AS(CommonTableExpr, node);
    const RangeVar *rv = AS(RangeVar, node);
    const struct cat_relation *rel;

    if (cte)
        LC_PUSH(l->s->arena, &l->ctes, cte->ctename);
    rel = rv && !is_cte(l, rv) ? cat_find_rangevar(l->s->cat, rv) : NULL;
    if (!rel || !strchr("rpv", rel->relkind))
        return true;
    fp_lock_mode(l->s, rel, l->mode, &fq_rules[FQ_LOCK_VIEW]);
    if (rel->relkind == 'v')
        lock_view(l, rel);
    else if (rv->inh)
        lock_children(l->s, rel, l->mode);
    return true;
}

static void lock_view(struct lock_view *l, const struct cat_relation *view)
{
    struct lock_view inner = {l->s, l->mode, l->depth + 1, {0}};

    if (inner.depth < MAX_DEPTH)
        node_walk(view->view_query, visit, &inner);
}

static void lock_one(struct fp_session *s, const RangeVar *rv, enum lc_lockmode mode)
{
    const struct cat_relation *rel = fq_find(s, rv);
    struct lock_view l = {.s = s, .mode = mode};

    if (!rel)
        return;
    if (!strchr("rpv", rel->relkind)) {
        if (cat_major(s->cat) >= 15)
            fp_refuse(s, "42809", "cannot lock relation \"%s\"", rel->o.name);
        else
            fp_refuse(s, "42809", "\"%s\" is not a table or view", rel->o.name);
        return;
    }
    fp_lock_mode(s, rel, mode, &fq_rules[FQ_LOCK_TABLE]);
    if (rel->relkind == 'v')
        lock_view(&l, rel);
    else if (rv->inh)
        lock_children(s, rel, mode);
}

void fp_lock_table(struct fp_session *s, const LockStmt *stmt)
{
    int before = s->fp->locks.len;

    if (s->top_level && s->level == 0 && !s->traffic) {
        fp_refuse(s, "25P01", "LOCK TABLE can only be used in transaction blocks");
        return;
    }
    for (LIST_EACH(i, &stmt->relations)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->relations, i);
        if (rv)
            lock_one(s, rv, (enum lc_lockmode)stmt->mode);
    }
    for (int i = before; stmt->nowait && i < s->fp->locks.len; i++)
        s->fp->locks.items[i].nowait = true;
}
