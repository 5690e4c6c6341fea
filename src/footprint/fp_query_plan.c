// Planning: the indexes, inheritance children and partitions that the planner opens (plancat.c get_relation_info, inherit.c).
#include "catalog/partition.h"
#include "footprint/fp_query.h"

#include <string.h>

void fq_lock_indexes(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, bool briefly)
{
    // get_relation_info opens those of a partitioned table since 16
    if (rel->relkind == 'p' && cat_major(s->cat) < 16)
        return;
    cat_fetch_indexes(s->cat, &rel->indexes);
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);
        if (!index || !index->index || !index->index->live)
            continue;
        if (briefly)
            fp_lock_briefly(s, index, mode, &fq_rules[FQ_INDEX]);
        else
            fp_lock_mode(s, index, mode, &fq_rules[FQ_INDEX]);
    }
}

// expand_partitioned_rtentry; what is partitioned itself has its own bound read before its partitions are opened
static void lock_partitions(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule,
                            int depth)
{
    const int *order = cat_partition_order(s->cat, rel);

    for (int i = 0; i < rel->children.len && depth < MAX_PARTITION_DEPTH; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[order[i]]);
        if (!child)
            continue;
        fp_lock_mode(s, child, mode, &fq_rules[rule]);
        fq_lock_indexes(s, child, mode, false);
        if (child->relkind != 'p')
            continue;
        fq_maybe_parents(s, child);
        lock_partitions(s, child, mode, rule, depth + 1);
    }
}

void fq_lock_children(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule)
{
    struct cat_oids all = {0};

    if (rel->relkind == 'p') {
        lock_partitions(s, rel, mode, rule, 0);
        return;
    }
    cat_inheritors(s->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *child = cat_relation(s->cat, all.items[i]);
        if (child && child->o.oid != rel->o.oid) {
            fp_lock_mode(s, child, mode, &fq_rules[rule]);
            fq_lock_indexes(s, child, mode, false);
        }
    }
}

static void plan_partitions(struct fq_query *q, const struct fq_rel *r, const struct cat_relation *rel, int depth)
{
    int n = rel->children.len;
    char *keep = LC_NEW_ARRAY(q->arena, char, n + 1);
    bool was = q->s->uncertain;

    if (depth > MAX_PARTITION_DEPTH)
        return;
    fq_prune(q, r, rel, keep);
    const int *order = cat_partition_order(q->s->cat, rel);
    for (int k = 0; k < n; k++) {
        int i = order[k];
        const struct cat_relation *child = cat_relation(q->s->cat, rel->children.items[i]);
        if (!child || !keep[i] || child->detach_pending)
            continue;
        q->s->uncertain = was || keep[i] == 2;
        fp_lock_mode(q->s, child, r->mode, &fq_rules[FQ_PARTITION]);
        fq_lock_indexes(q->s, child, r->mode, false);
        if (q->scans && child->relkind != 'p')
            fp_scan(q->s, child);
        if (r->mode == LC_ROW_EXCLUSIVE)
            fp_cache_bounds(q->s, child, false);
        if (child->relkind == 'p') {
            if (r->mode != LC_ACCESS_SHARE)
                fq_maybe_parents(q->s, child);
            plan_partitions(q, r, child, depth + 1);
        }
        q->s->uncertain = was;
    }
}

// generate_partition_qual opens the parent of a partition whose bound is not cached yet: a matter of the backend's past.
static void lock_parents(struct fq_query *q, const struct cat_relation *rel, int depth)
{
    bool was = q->s->uncertain;
    const struct cat_relation *parent = cat_relation(q->s->cat, cat_partition_parent(rel));

    if (!parent || depth > MAX_PARTITION_DEPTH)
        return;
    q->s->uncertain = true;
    fp_lock_mode(q->s, parent, LC_ACCESS_SHARE, &fq_rules[FQ_PARENT_QUAL]);
    lock_parents(q, parent, depth + 1);
    q->s->uncertain = was;
}

static bool has_partitioned_child(const struct catalog *cat, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(cat, rel->children.items[i]);
        if (child && child->relkind == 'p')
            return true;
    }
    return false;
}

static void plan_children(struct fq_query *q, const struct fq_rel *r)
{
    struct cat_oids all = {0};

    fq_lock_children(q->s, r->rel, r->mode, FQ_CHILD);
    cat_inheritors(q->s->cat, r->rel->o.oid, &all);
    for (int i = 1; q->scans && i < all.len; i++)
        fp_scan(q->s, cat_relation(q->s->cat, all.items[i]));
}

static void plan_rel(struct fq_query *q, const struct fq_rel *r)
{
    const struct cat_relation *rel = r->rel;
    bool was = q->s->uncertain;

    q->s->uncertain |= r->uncertain;
    fq_lock_indexes(q->s, rel, r->mode, false);
    if (q->scans && strchr("rm", rel->relkind))
        fp_scan(q->s, rel);
    if (rel->relkind == 'p' && r->inh)
        plan_partitions(q, r, rel, 0);
    else if (r->inh && rel->children.len)
        plan_children(q, r);
    if (r->mode != LC_ACCESS_SHARE && rel->relkind == 'p') {
        q->s->uncertain = true;
        fp_lock_mode(q->s, rel, LC_ACCESS_SHARE, &fq_rules[FQ_PARENT_QUAL]);
        for (int i = 0; has_partitioned_child(q->s->cat, rel) && i < rel->children.len; i++) {
            const struct cat_relation *child = cat_relation(q->s->cat, rel->children.items[i]);
            if (child && child->relkind == 'p')
                fp_lock_mode(q->s, child, LC_ACCESS_SHARE, &fq_rules[FQ_PARENT_QUAL]);
        }
    }
    if (rel->relispartition)
        lock_parents(q, rel, 0);
    fp_cache_bounds(q->s, rel, false);
    fp_cache_row_types(q->s, rel);
    q->s->uncertain = was;
}

void fq_plan(struct fq_query *q)
{
    for (int i = 0; i < q->rels.len; i++) {
        const struct fq_rel *r = q->rels.items[i];
        if (r->planned && strchr("rpmf", r->rel->relkind))
            plan_rel(q, r);
    }
}
