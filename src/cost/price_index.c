// Building an index: read the heap, sort the keys within the memory and the workers that the server would use, load the tree.
#include <math.h>

#include "base/str.h"
#include "cost/price.h"

#define FILL 0.9                              // BTREE_DEFAULT_FILLFACTOR, access/nbtree.h
#define ENTRY_OVERHEAD 12.0                   // IndexTupleData and line pointer
#define SORT_OVERHEAD 40.0                    // SortTuple and palloc chunk of one entry in memory (utils/sort/tuplesort.c)
#define MIN_WORKER_BYTES (32.0 * 1024 * 1024) // plan_create_index_workers, optimizer/plan/planner.c
#define PARALLEL_LOSS 1.15                    // of the part that is shared between workers

static double entry_bytes(const struct pricing *p, const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    double bytes = 0;

    for (int i = 0; ix && i < ix->natts; i++)
        bytes += ix->keys[i] > 0 ? price_column_bytes(p->snap->cat, w->rel, ix->keys[i]) : 24;
    return ceil((bytes > 0 ? bytes : 8) / 8) * 8 + ENTRY_OVERHEAD;
}

static bool is_partial(const struct fp_work *w)
{
    return w->index && w->index->index && w->index->index->predicate;
}

// Rows that the index gets. What a predicate keeps is not known without the planner: a third, DEFAULT_INEQ_SEL (utils/selfuncs.h).
static double index_rows(struct price *to, const struct fp_work *w)
{
    if (!is_partial(w))
        return price_rows(w->rel);
    to->extra_sigma = 0.8;
    return price_rows(w->rel) / 3;
}

static enum cost_id text_constant(const struct pricing *p, const struct cat_index *ix, const struct cat_attribute *att)
{
    const char *c = ix->collations && ix->collations[0] ? ix->collations[0]
                    : att->collation                    ? att->collation
                                                        : p->snap->server.collate;

    return lc_streq(c, "C") || lc_streq(c, "POSIX") ? COST_SORT_TEXT_C_NS : COST_SORT_TEXT_NS;
}

static enum cost_id sort_constant(const struct pricing *p, const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    const struct cat_attribute *att =
        ix && ix->natts && ix->keys[0] > 0 && ix->keys[0] <= w->rel->natts ? &w->rel->attrs[ix->keys[0] - 1] : NULL;

    if (!att)
        return COST_SORT_OTHER_NS;
    switch (cat_type(p->snap->cat, att->type) && cat_type(p->snap->cat, att->type)->basetype
                ? cat_type(p->snap->cat, att->type)->basetype
                : att->type) {
    case 16:
    case 20:
    case 21:
    case 23:
    case 26:
    case 700:
    case 701:
    case 1082:
    case 1083:
    case 1114:
    case 1184:
        return COST_SORT_INT_NS;
    case 18:
    case 19:
    case 25:
    case 1042:
    case 1043:
        return text_constant(p, ix, att);
    case 1700:
        return COST_SORT_NUMERIC_NS;
    case 2950:
        return COST_SORT_UUID_NS;
    default:
        return COST_SORT_OTHER_NS;
    }
}

// Rows in the order of the first key need no more than one pass of comparisons (qsort's check for sorted input, lib/sort_template.h).
static bool comes_sorted(const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;

    return ix && ix->natts && ix->keys[0] > 0 && ix->keys[0] <= w->rel->natts && w->rel->attrs[ix->keys[0] - 1].stats.present &&
           w->rel->attrs[ix->keys[0] - 1].stats.correlation > 0.999;
}

// plan_create_index_workers and compute_parallel_worker (optimizer/plan/planner.c, optimizer/path/allpaths.c).
static double workers(const struct pricing *p, const struct fp_work *w)
{
    double pages = price_pages(w->rel), n = 1, limit = p->max_parallel_maintenance_workers;

    if (w->rel->relpersistence == 't' || pages < p->min_parallel_table_scan_pages || limit < 1)
        return 0;
    for (double threshold = fmax(p->min_parallel_table_scan_pages, 1); pages >= threshold * 3; threshold *= 3)
        n++;
    for (n = fmin(n, limit); n > 0 && p->maintenance_work_mem / (n + 1) < MIN_WORKER_BYTES; n--)
        ;
    return n;
}

static void price_btree(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    double rows = index_rows(to, w), entry = entry_bytes(p, w), n = workers(p, w), parts = n + 1;
    double bytes = rows * entry / FILL, sort_bytes = rows * (entry + SORT_OVERHEAD);
    struct price shared = {0};
    double speedup = n > 0 ? fmin(parts, fmax(p->cores, 1)) / PARALLEL_LOSS : 1;

    price_scan(p, &shared, w->rel, w->index && w->index->index ? w->index->index->predicate : NULL);
    for (int i = 0; w->index && w->index->index && i < w->index->index->natts; i++)
        price_term(p, &shared, COST_EXPR_ROW_NS,
                   rows * price_operators(w->index->index->exprs ? w->index->index->exprs[i] : NULL));
    if (!comes_sorted(w) && rows >= 2)
        price_term(p, &shared, sort_constant(p, w), rows * log2(fmax(rows / parts, 2)));
    to->ms += shared.ms / speedup;
    to->weighted_sigma += shared.weighted_sigma / speedup;
    if (n > 0 || sort_bytes / parts > p->maintenance_work_mem / parts) {
        price_term(p, to, COST_SPILL_BYTE_NS, rows * entry);
        to->temp_bytes += rows * entry;
        if (n > 0)
            price_term(p, to, COST_WORKER_MS, 1);
    }
    price_term(p, to, COST_INDEX_ROW_NS, rows);
    price_wal(p, to, bytes / COST_PAGE, bytes);
    to->disk_bytes += bytes;
    to->cores = fmin(parts, fmax(p->cores, 1));
}

static double array_length(const struct pricing *p, const struct fp_work *w)
{
    const struct cat_index *ix = w->index->index;
    double width = ix->natts && ix->keys[0] > 0 ? price_column_bytes(p->snap->cat, w->rel, ix->keys[0]) : 40;

    return fmax(width / 10, 1);
}

void price_index_build(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    const char *am = w->index && w->index->am ? w->index->am : "btree";
    double rows, bytes;

    if (lc_streq(am, "btree")) {
        price_btree(p, to, w);
        return;
    }
    rows = index_rows(to, w);
    bytes = rows * entry_bytes(p, w);
    price_scan(p, to, w->rel, NULL);
    if (lc_streq(am, "hash")) {
        price_term(p, to, COST_HASH_ROW_NS, rows);
        price_wal(p, to, rows, rows * 70);
    } else if (lc_streq(am, "gin")) {
        price_term(p, to, COST_GIN_KEY_NS, rows * array_length(p, w));
        price_wal(p, to, bytes / COST_PAGE, bytes);
    } else if (lc_streq(am, "brin")) {
        bytes = price_pages(w->rel) / 128 * 40;
    } else {
        price_term(p, to, COST_GIST_ROW_NS, rows);
        price_wal(p, to, bytes / COST_PAGE, bytes);
        to->extra_sigma = fmax(to->extra_sigma, 0.3);
    }
    to->disk_bytes += bytes;
}
