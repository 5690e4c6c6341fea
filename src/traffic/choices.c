// Locks that a query takes only perhaps: one partition of many is a choice, anything else a doubt.
//
// Which partition a query is about depends on its parameters, which nobody sees. The counters of the partitions tell how often each is meant.
#include <math.h>

#include "traffic/internal.h"

#define LEAST 1e-3 // of the total: a partition that nothing was counted for may be meant as well

static const struct cat_relation *table_of(const struct catalog *cat, Oid oid)
{
    const struct cat_relation *rel = cat_relation(cat, oid);

    return rel && rel->index ? cat_relation(cat, rel->index->indrelid) : rel;
}

static Oid root_of(const struct catalog *cat, const struct cat_relation *rel)
{
    while (rel && rel->relispartition && rel->parents.len > 0)
        rel = cat_relation(cat, rel->parents.items[0]);
    return rel ? rel->o.oid : InvalidOid;
}

static double activity(const struct lc_map *counters, Oid oid, bool writes)
{
    const struct snap_table_counters *t = lc_map_geti(counters, oid);

    return !t ? 0 : writes ? t->n_tup_ins + t->n_tup_upd + t->n_tup_del : t->seq_scan + t->idx_scan;
}

static bool is_leaf(const struct cat_relation *rel)
{
    return rel && rel->relispartition && rel->relkind != 'p';
}

struct root { // of partitioned tables that a statement may choose from
    Oid oid;
    double total, before;
};

struct share { // of one partition
    int root;  // index
    double weight, from, to;
};

struct choice {
    struct roots LC_ARRAY(struct root) roots;
    struct shares LC_ARRAY(struct share) shares;
    struct lc_map of; // table oid -> its share's index + 1
};

static int root_index(struct lc_arena *arena, struct choice *c, Oid oid)
{
    for (int i = 0; i < c->roots.len; i++)
        if (c->roots.items[i].oid == oid)
            return i;
    LC_PUSH(arena, &c->roots, (struct root){.oid = oid});
    return c->roots.len - 1;
}

static void collect(struct traffic_build *b, const struct lc_map *counters, const struct traffic_statement *s, struct choice *c)
{
    for (int i = 0; i < s->nlocks; i++) {
        const struct cat_relation *t = s->locks[i].sure < 1 ? table_of(b->snap->cat, s->locks[i].relation) : NULL;
        struct share share;
        if (!is_leaf(t) || lc_map_geti(&c->of, t->o.oid))
            continue;
        share = (struct share){.root = root_index(b->arena, c, root_of(b->snap->cat, t)),
                               .weight = activity(counters, t->o.oid, s->locks[i].mode >= LC_ROW_EXCLUSIVE)};
        LC_PUSH(b->arena, &c->shares, share);
        c->roots.items[share.root].total += share.weight;
        (void)lc_map_puti(&c->of, t->o.oid, (void *)(intptr_t)c->shares.len);
    }
}

// Side by side in 0..1, those of each root.
static void lay_out(struct choice *c)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < c->shares.len; i++) {
            struct share *s = &c->shares.items[i];
            struct root *r = &c->roots.items[s->root];
            if (pass == 0)
                s->weight = fmax(s->weight, r->total > 0 ? r->total * LEAST : 1);
            else
                s->from = r->before / r->total;
            r->before += s->weight;
            if (pass == 1)
                s->to = r->before / r->total;
        }
        for (int i = 0; i < c->roots.len; i++) {
            c->roots.items[i].total = c->roots.items[i].before;
            c->roots.items[i].before = 0;
        }
    }
}

static void choose(struct traffic_build *b, const struct lc_map *counters, struct traffic_statement *s)
{
    struct choice c = {0};

    lc_map_init(&c.of, b->arena);
    collect(b, counters, s, &c);
    lay_out(&c);
    for (int i = 0; c.shares.len && i < s->nlocks; i++) {
        const struct cat_relation *t = s->locks[i].sure < 1 ? table_of(b->snap->cat, s->locks[i].relation) : NULL;
        int k = is_leaf(t) ? (int)(intptr_t)lc_map_geti(&c.of, t->o.oid) : 0;
        if (!k)
            continue;
        s->locks[i].from = c.shares.items[k - 1].from;
        s->locks[i].to = c.shares.items[k - 1].to;
        s->locks[i].sure = 1;
    }
}

void traffic_choose_partitions(struct traffic_build *b)
{
    struct lc_map counters;

    lc_map_init(&counters, b->arena);
    for (int i = 0; i < b->snap->traffic.ntables; i++)
        (void)lc_map_puti(&counters, b->snap->traffic.tables[i].relid, &b->snap->traffic.tables[i]);
    for (int i = 0; i < b->observed.len; i++)
        choose(b, &counters, &b->observed.items[i].stmt);
}
