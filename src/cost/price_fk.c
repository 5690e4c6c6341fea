// The check of a foreign key: a join of the two tables (RI_Initial_Check, utils/adt/ri_triggers.c), as a rule by hashing the referenced keys.
#include <math.h>
#include <string.h>

#include "cost/price.h"

// Of FK_ROW_NS: a key looked up in memory. 0.9 where keys come in cycles, 2.6 where in no order, which no statistic tells: measured on one machine.
#define FK_MISS 1.6
#define FK_ENTRY 56 // bytes of a key in the hash table (nodeHash.c: HashJoinTupleData, MinimalTuple)
// Beyond so many referenced rows to a value of their most distinct column the planner takes a hash table's lists for so long that it sorts
// both sides instead (estimate_hash_bucket_stats, utils/adt/selfuncs.c; final_cost_hashjoin).
#define LONG_BUCKET 40
#define MERGE_SORT 0.7  // of what an index's sort takes: the columns are at hand; measured on a busy machine
#define KEY_MEMORY 32.0 // of one in a sort, beside its columns

static bool wide_key(const struct pricing *p, const struct fp_work *w)
{
    int att = w->constraint && w->constraint->conkey.len ? w->constraint->conkey.items[0] : 0;

    return att > 0 && price_column_bytes(p->snap->cat, w->rel, att) > 8;
}

// The keys' rows stand as the referenced table's do, so that neighbours find neighbours.
static bool keys_in_order(const struct fp_work *w)
{
    int att = w->constraint && w->constraint->conkey.len ? w->constraint->conkey.items[0] : 0;
    const struct cat_attribute *a = cat_attribute_at(w->rel, att);

    return a && a->stats && fabs(a->stats->correlation) > 0.9;
}

static double null_share(const struct fp_work *w)
{
    double kept = 1;

    for (int i = 0; w->constraint && i < w->constraint->conkey.len; i++) {
        int att = w->constraint->conkey.items[i];
        const struct cat_attribute *a = cat_attribute_at(w->rel, att);
        kept *= a && a->stats ? 1 - a->stats->null_frac : 1;
    }
    return 1 - kept;
}

static bool plans_merge(const struct pricing *p, const struct fp_work *w)
{
    const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;

    for (int i = 0; plan && plan->known && i < plan->nnodes; i++)
        if (strcmp(plan->nodes[i].type, "Merge Join") == 0)
            return true;
    return false;
}

// The planner that was asked had work_mem and workers, the check has maintenance_work_mem and none: keys of several columns of which none is
// distinct enough are sorted whatever it says.
static bool merges(const struct pricing *p, const struct fp_work *w, double keys)
{
    double most = 0;

    if (!w->constraint || !w->other || w->constraint->confkey.len < 2)
        return plans_merge(p, w);
    for (int i = 0; i < w->constraint->confkey.len; i++) {
        int att = w->constraint->confkey.items[i];
        const struct cat_attribute *a = cat_attribute_at(w->other, att);
        double distinct = a && a->stats ? a->stats->n_distinct : -1;
        most = fmax(most, distinct < 0 ? -distinct * keys : distinct);
    }
    return keys / fmax(most, 1) > LONG_BUCKET || plans_merge(p, w);
}

static void price_merge_join(const struct pricing *p, struct price *to, double rows, double keys)
{
    struct price sorts = {0};

    price_sort(p, &sorts, COST_SORT_OTHER_NS, rows, KEY_MEMORY + 24, p->maintenance_work_mem);
    price_sort(p, &sorts, COST_SORT_OTHER_NS, keys, KEY_MEMORY + 24, p->maintenance_work_mem);
    price_add_shared(to, &sorts, 1 / MERGE_SORT);
    price_term(p, to, COST_AGG_ROW_NS, 3 * (rows + keys));
    price_widen(to, 0.35);
}

// Each referenced key is put into the table, then every row without a NULL looks its key up, which is dear when the table is more than the
// cache holds. A table without rows needs no hash table (ExecHashJoinImpl).
void price_fk(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    double rows = price_rows(w->rel) * (1 - null_share(w)), keys = 0, wide = wide_key(p, w) ? 1.3 : 1, misses;

    if (price_keys_by_index(p, to, w, rows))
        return;
    price_scan(p, to, w->rel, NULL);
    if (price_pages(w->rel) <= 0)
        return;
    if (price_looks_up_keys(p, to, w, rows)) {
        price_widen(to, 0.4);
        return;
    }
    if (w->other && w->other->size.known) {
        keys = price_rows(w->other);
        price_read_pages(p, to, w->other);
    }
    if (merges(p, w, keys)) {
        price_merge_join(p, to, rows, keys);
        return;
    }
    price_term(p, to, COST_FK_ROW_NS, FK_BUILD * keys * wide);
    misses = keys_in_order(w) ? 0 : price_misses(keys * FK_ENTRY);
    price_term(p, to, COST_FK_ROW_NS, rows * wide * (FK_PROBE + FK_MISS * misses));
    price_widen(to, 0.25 + 0.2 * misses);
}
