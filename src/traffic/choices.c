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

static double activity(const struct traffic_build *b, Oid oid, bool writes)
{
    for (int i = 0; i < b->snap->traffic.ntables; i++) {
        const struct snap_table_counters *t = &b->snap->traffic.tables[i];
        if (t->relid == oid)
            return writes ? t->n_tup_ins + t->n_tup_upd + t->n_tup_del : t->seq_scan + t->idx_scan;
    }
    return 0;
}

static bool is_leaf(const struct cat_relation *rel)
{
    return rel && rel->relispartition && rel->relkind != 'p';
}

struct share { // of one partition in what a statement may choose from
    Oid table, root;
    double weight;
};

static int collect(const struct traffic_build *b, const struct traffic_statement *s, struct share *out)
{
    int n = 0;

    for (int i = 0; i < s->nlocks; i++) {
        const struct cat_relation *t = table_of(b->snap->cat, s->locks[i].relation);
        int k = 0;
        if (s->locks[i].sure >= 1 || !is_leaf(t))
            continue;
        while (k < n && out[k].table != t->o.oid)
            k++;
        if (k == n)
            out[n++] =
                (struct share){t->o.oid, root_of(b->snap->cat, t), activity(b, t->o.oid, s->locks[i].mode >= LC_ROW_EXCLUSIVE)};
    }
    return n;
}

// Where a partition's share of the choice begins and ends, among those of the same root.
static void range_of(const struct share *shares, int n, const struct share *of, struct traffic_lock *l)
{
    double total = 0, before = 0, least;

    for (int i = 0; i < n; i++)
        total += shares[i].root == of->root ? shares[i].weight : 0;
    least = total > 0 ? total * LEAST : 1;
    total = 0;
    for (int i = 0; i < n; i++) {
        if (&shares[i] == of)
            before = total;
        total += shares[i].root == of->root ? fmax(shares[i].weight, least) : 0;
    }
    l->from = before / total;
    l->to = (before + fmax(of->weight, least)) / total;
}

static void choose(struct traffic_build *b, struct traffic_statement *s)
{
    struct share *shares = LC_NEW_ARRAY(b->arena, struct share, s->nlocks);
    int n = collect(b, s, shares);

    for (int i = 0; n > 0 && i < s->nlocks; i++) {
        const struct cat_relation *t = table_of(b->snap->cat, s->locks[i].relation);
        for (int k = 0; s->locks[i].sure < 1 && is_leaf(t) && k < n; k++)
            if (shares[k].table == t->o.oid) {
                range_of(shares, n, &shares[k], &s->locks[i]);
                s->locks[i].sure = 1;
            }
    }
}

void traffic_choose_partitions(struct traffic_build *b)
{
    for (int i = 0; i < b->observed.len; i++)
        choose(b, &b->observed.items[i].stmt);
}
