// Building an index: read the heap, sort the keys within the memory and the workers that the server would use, load the tree.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"
#include "cost/price.h"

#define FILL 0.9           // BTREE_DEFAULT_FILLFACTOR, access/nbtree.h
#define PAGE_LOSS 1.012    // page header, special space, high key, inner pages
#define HASH_FILL 0.75     // HASH_DEFAULT_FILLFACTOR, access/hash.h
#define HASH_ITEM 20.0     // an entry with its line pointer
#define SORT_OVERHEAD 40.0 // SortTuple and chunk header of one entry in memory (utils/sort/tuplesort.c)
#define POSTING_MAX 132.0  // heap pointers in one posting list of a new index (nbtsort.c _bt_load: a tenth of a page)
#define MIN_WORKER_BYTES (32.0 * 1024 * 1024) // plan_create_index_workers, optimizer/plan/planner.c
#define COLUMN_SHARE 0.3                      // of COST_INDEX_ROW_NS, for each further column
#define PARALLEL_LOSS 1.1                     // of the part that is shared between workers: they do not end together
#define NEW_KEYS 0.6                          // of the elements that are not among the most common ones: assumed
#define BRIN_RANGE 128.0                      // BRIN_DEFAULT_PAGES_PER_RANGE, access/brin.h
#define BRIN_MAP 1360.0                       // ranges to a page of the map
#define BRIN_ROOM 8150.0
#define BRIN_RECORD 64.0    // xl_brin_insert with two blocks
#define FSM_PAGES 3.0       // one of each level (storage/freespace/README)
#define HASH_WAL_BYTES 72.0 // xl_hash_insert with its entry

// A numeric is a header of three bytes and two for each group of four decimals (NumericShort, utils/adt/numeric.c): as a rule of one number of
// groups or the next. Its mean width is known without its fraction: half a byte more.
static double numeric_width(const struct cat_relation *rel, int attnum, double width, double *more)
{
    const struct cat_attribute *att = cat_attribute_at(rel, attnum);
    double mean = width + (att->stats ? 0.5 : 0), least = 2 * floor((mean - 1) / 2) + 1;

    *more = fmax(*more, (mean - least) / 2);
    return least;
}

// `longer`: numerics have one group more; *share: so many entries are like that.
static double key_bytes(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix, bool longer,
                        double *share)
{
    double bytes = 0;

    for (int i = 0; ix && i < ix->natts; i++) {
        double width =
            ix->keys[i] > 0 ? price_column_bytes(p->snap->cat, rel, ix->keys[i]) : price_expr_width(p, rel, ix->exprs[i], 0);
        const struct cat_attribute *att = cat_attribute_at(rel, ix->keys[i]);
        const struct cat_type *type = att ? cat_type(p->snap->cat, att->type) : NULL;
        double align = type && type->len <= 0 ? 1 : width >= 8 && fmod(width, 8) == 0 ? 8 : width == 4 ? 4 : 1;
        if (att && att->type == NUMERICOID)
            width = numeric_width(rel, ix->keys[i], width, share) + (longer ? 2 : 0);
        bytes = ceil(bytes / align) * align + width;
    }
    return bytes > 0 ? bytes : 8;
}

static double key_only(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix)
{
    double more = 0, bytes = key_bytes(p, rel, ix, false, &more);

    return bytes + 2 * more;
}

// IndexTupleData and the aligned key (access/itup.h); the line pointer is not in it.
static double tuple_bytes(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix)
{
    double more = 0, shorter = ceil((8 + key_bytes(p, rel, ix, false, &more)) / 8) * 8;

    return more > 0 ? (1 - more) * shorter + more * ceil((8 + key_bytes(p, rel, ix, true, &more)) / 8) * 8 : shorter;
}

// numeric and float keep values apart that are equal (opclass without equalimage): no deduplication.
static bool deduplicates(const struct cat_relation *rel, const struct cat_index *ix)
{
    for (int i = 0; i < ix->natts; i++) {
        Oid type = ix->keys[i] > 0 && ix->keys[i] <= rel->natts ? rel->attrs[ix->keys[i] - 1].type : InvalidOid;
        if (type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID || type == JSONBOID)
            return false;
    }
    return !ix->unique;
}

// Else nobody knows how many rows share a key.
static bool has_key_statistics(const struct cat_relation *rel, const struct cat_index *ix)
{
    for (int i = 0; i < ix->natts; i++)
        if (ix->keys[i] > 0 && ix->keys[i] <= rel->natts && rel->attrs[ix->keys[i] - 1].stats)
            return true;
    return false;
}

// Rows that share one key: the most distinct column decides at least.
static double rows_of_key(const struct cat_relation *rel, const struct cat_index *ix, double rows)
{
    struct price_scope_item self = {.rel = rel, .name = rel->o.name};
    struct price_scope scope = {.items = &self, .len = 1};
    double distinct = 1;
    bool assumed = false;

    for (int i = 0; i < ix->natts; i++) {
        const struct cat_attribute *att = cat_attribute_at(rel, ix->keys[i]);
        double d = att && att->stats ? att->stats->n_distinct : -1;
        if (!att && ix->exprs && ix->exprs[i])
            d = fmin(price_distinct(&scope, ix->exprs[i], &assumed), rows);
        distinct *= d < 0 ? -d * rows : fmax(d, 1);
    }
    return fmax(rows / fmax(fmin(distinct, rows), 1), 1);
}

// Bytes of one row's share of a btree leaf, before the free space of the fillfactor; `tuple`: of its entry.
static double leaf_bytes(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix, double tuple,
                         double rows)
{
    double same;

    if (!ix || !deduplicates(rel, ix) || cat_major(p->snap->cat) < 13)
        return tuple + 4;
    same = fmin(rows_of_key(rel, ix, rows), POSTING_MAX);
    if (same < 1.5)
        return tuple + 4;
    return (ceil((tuple + 6 * same) / 8) * 8 + 4) / same;
}

double price_index_bytes(const struct pricing *p, const struct cat_relation *rel, const struct cat_relation *index, double rows)
{
    const struct cat_index *ix = index ? index->index : NULL;

    return rows * leaf_bytes(p, rel, ix, tuple_bytes(p, rel, ix), rows) / price_fillfactor(index, FILL) * PAGE_LOSS;
}

// Of other kinds of index a share for each method, as measured on PostgreSQL 15 over arrays, documents, words, points, ranges and texts.
static const struct {
    const char *am;
    double share[4], sigma; // by enum compression
} ratios[] = {
    {"gin", {1, 0.28, 0.36, 0.19}, 0.4}, {"gist", {1, 0.5, 0.58, 0.35}, 0.25},  {"spgist", {1, 0.75, 0.7, 0.5}, 0.3},
    {"brin", {1, 0.4, 0.4, 0.3}, 0.3},   {"hash", {1, 0.51, 0.53, 0.43}, 0.25},
};

struct compression_ratio price_index_ratio(const struct pricing *p, const struct cat_relation *rel,
                                           const struct cat_relation *index)
{
    const struct cat_index *ix = index ? index->index : NULL;
    double rows = price_rows(rel);

    if (p->compression == COMPRESSION_OFF || !ix || !index->am)
        return (struct compression_ratio){1, 0};
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        if (lc_streq(index->am, ratios[i].am))
            return (struct compression_ratio){ratios[i].share[p->compression], ratios[i].sigma};
    return price_btree_ratio(p, rel, ix, deduplicates(rel, ix) ? rows_of_key(rel, ix, rows) : 1);
}

double price_entry_bytes(const struct pricing *p, const struct cat_relation *rel, const struct cat_relation *index)
{
    return tuple_bytes(p, rel, index ? index->index : NULL);
}

// --- partial indexes ---------------------------------------------------------------------------------------------------------------------

static double clause_share(const struct cat_relation *rel, const Node *clause)
{
    const NullTest *null = AS(NullTest, clause);
    const BoolExpr *both = AS(BoolExpr, clause);
    const A_Expr *e = AS(A_Expr, clause);
    const ColumnRef *column = null ? AS(ColumnRef, null->arg) : e ? AS(ColumnRef, e->lexpr) : NULL;
    const struct cat_attribute *att =
        column ? cat_find_column(rel, list_last_name(&column->fields) ? list_last_name(&column->fields) : "") : NULL;
    double share = 1.0 / 3; // DEFAULT_INEQ_SEL (utils/selfuncs.h)

    if (both && both->boolop == AND_EXPR) {
        share = 1;
        for (int i = 0; i < both->args.length; i++)
            share *= clause_share(rel, both->args.items[i]);
    } else if (null && att && att->stats) {
        share = null->nulltesttype == IS_NULL ? att->stats->null_frac : 1 - att->stats->null_frac;
    } else if (e && att && att->stats && e->kind == AEXPR_OP && lc_streq(list_last_name(&e->name), "=")) {
        double d = att->stats->n_distinct < 0 ? -att->stats->n_distinct * price_rows(rel) : att->stats->n_distinct;
        share = (1 - att->stats->null_frac) / fmax(d, 1);
    }
    return share;
}

// Rows that the index gets: what the planner says of its predicate, else column statistics.
static double index_rows(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    const struct snap_plan *plan;

    if (!ix || !ix->predicate)
        return price_rows(w->rel);
    plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;
    if (plan && plan->known) {
        price_widen(to, 0.1);
        price_unsure(to, 0.1);
        return fmin(plan->rows * (p->options->growth > 0 ? p->options->growth : 1), price_rows(w->rel));
    }
    if (w->index->size.known && w->index->size.tuples >= 0 && !w->index->o.created) // an index that is there already
        return w->index->size.tuples;
    price_widen(to, 0.5);
    price_unsure(to, 0.5);
    return price_rows(w->rel) * clause_share(w->rel, ix->predicate);
}

// --- kinds -------------------------------------------------------------------------------------------------------------------------------

// plan_create_index_workers and compute_parallel_worker (optimizer/plan/planner.c, optimizer/path/allpaths.c). Parallel: btree, BRIN since 17,
// GIN since 18; not on temporary tables, and not with expressions that are not parallel safe (not looked at).
static double workers(const struct pricing *p, const struct fp_work *w)
{
    double pages = price_pages(w->rel), n = 1, limit = fmin(p->max_parallel_maintenance_workers, p->max_parallel_workers);
    const char *set = w->rel->options ? strstr(w->rel->options, "parallel_workers=") : NULL;

    if (w->rel->relpersistence == 't' || limit < 1)
        return 0;
    if (set) // the reloption bypasses the sizes
        return fmin((double)(set[17] - '0'), limit);
    if (pages < p->min_parallel_table_scan_pages)
        return 0;
    for (double threshold = fmax(p->min_parallel_table_scan_pages, 1); pages >= threshold * 3; threshold *= 3)
        n++;
    for (n = fmin(n, limit); n > 0 && p->maintenance_work_mem / (n + 1) < MIN_WORKER_BYTES; n--)
        ;
    return n;
}

// BRIN since 17 (brin.c _brin_begin_parallel) and GIN since 18 (gininsert.c _gin_begin_parallel) read the heap with workers.
static double workers_of(const struct pricing *p, const struct fp_work *w, const char *am)
{
    int since = lc_streq(am, "brin") ? 17 : lc_streq(am, "gin") ? 18 : 0;

    return since && cat_major(p->snap->cat) >= since ? workers(p, w) : 0;
}

static void price_exprs(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;

    for (int i = 0; ix && i < ix->natts; i++)
        if (ix->keys[i] == 0 && ix->exprs)
            price_expr(p, to, w->rel, ix->exprs[i], rows);
}

// `used` of `bytes` are not the hole that an image leaves out.
static void finish(const struct pricing *p, struct price *to, double used, double bytes)
{
    price_wal_pages(p, to, bytes / COST_PAGE, used);
    price_skipped(p, to, bytes);
    price_sync(p, to, bytes);
    to->disk_bytes += bytes;
}

static void read_heap(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    price_scan(p, to, w->rel, w->index && w->index->index ? w->index->index->predicate : NULL);
    price_term(p, to, COST_INDEX_SCAN_ROW_NS, price_rows(w->rel));
}

// Equal keys are ordered by their row pointers, for which the entries are looked at (comparetup_index_btree, tuplesort.c): those that meet in
// one run; a merge has the entries at hand.
static void price_ties(const struct pricing *p, struct price *to, const struct fp_work *w, double tuple, double rows,
                       double parts)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    double each = tuple + SORT_OVERHEAD;
    double run = fmin(rows, fmax(p->maintenance_work_mem, 65536) / each) / parts;
    double same = ix && run > 1 ? fmin(rows_of_key(w->rel, ix, rows) * run / rows, 16) : 1;

    if (!price_comes_sorted(w->rel, ix))
        price_term(p, to, COST_SORT_MISS_NS, 0.5 * rows / parts * log2(fmax(same, 1)) * price_misses(run * each));
}

// Where the first key has few values, most comparisons go on to the next column, which is taken out of the entry each time
// (comparetup_index_btree_tiebreak, tuplesortvariants.c); texts are compared in full before. Measured beside an index on the first key alone.
static void price_next_columns(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    const struct cat_attribute *att = ix && ix->nkeyatts > 1 ? cat_attribute_at(w->rel, ix->keys[0]) : NULL;
    double all = price_rows(w->rel), d = att && att->stats ? att->stats->n_distinct : -1;
    double further = log2(fmax(rows / fmax(d < 0 ? -d * all : d, 1), 1));
    enum cost_id first = price_sort_constant(p, w->rel, ix);

    if (!att || price_comes_sorted(w->rel, ix))
        return;
    price_term(p, to, COST_SORT_OTHER_NS, 0.9 * rows * further);
    if (first == COST_SORT_TEXT_NS || first == COST_SORT_TEXT_C_NS)
        price_term(p, to, first, 1.4 * rows * further);
    price_widen(to, further > 5 ? 0.25 : 0);
}

static void price_btree(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    double rows = index_rows(p, to, w), n = workers(p, w), parts = n + 1, lanes = fmin(parts, fmax(p->cores, 1));
    double tuple = tuple_bytes(p, w->rel, ix), leaf = leaf_bytes(p, w->rel, ix, tuple, rows);
    struct price shared = {0}, part = {0};

    read_heap(p, &shared, w);
    price_exprs(p, &shared, w, rows);
    if (!price_comes_sorted(w->rel, ix))
        price_sort(p, &part, price_sort_constant(p, w->rel, ix), rows / parts, tuple + SORT_OVERHEAD,
                   p->maintenance_work_mem / parts);
    price_next_columns(p, &part, w, rows / parts);
    price_ties(p, &part, w, tuple, rows, parts);
    price_add_shared(&shared, &part, 1 / parts);
    if (n > 0) { // each sorts its own part, the leader merges them (_bt_parallel_scan_and_sort, tuplesort_performsort)
        price_term(p, &shared, COST_SPILL_BYTE_NS, rows * tuple);
        price_add_shared(to, &shared, lanes / PARALLEL_LOSS);
        price_merge(p, to, price_sort_constant(p, w->rel, ix), rows, parts);
        price_term(p, to, COST_WORKER_MS, 1);
        to->temp_bytes = fmax(to->temp_bytes, rows * (tuple + 4)); // with its length (writetup_index)
        price_widen(to, 0.1);
    } else {
        price_add_shared(to, &shared, 1);
    }
    price_term(p, to, COST_INDEX_ROW_NS, rows * (1 + COLUMN_SHARE * (ix ? ix->natts - 1 : 0)));
    if (p->wal)
        price_term(p, to, COST_INDEX_SHARED_ROW_NS, rows);
    if (ix && deduplicates(w->rel, ix) && !has_key_statistics(w->rel, ix))
        price_unsure(to, 0.7);
    else if (ix && deduplicates(w->rel, ix) && ix->nkeyatts > 1 && rows_of_key(w->rel, ix, rows) > 1.5)
        price_unsure(to, 0.3); // as if the columns had nothing to do with each other
    finish(p, to, rows * leaf * PAGE_LOSS, rows * leaf / price_fillfactor(w->index, FILL) * PAGE_LOSS);
    to->cores = lanes;
}

// What a key costs, in parts of the calibration's: integers of which there are few. A key that is new costs a place in the tree of pending
// keys (ginbulk.c) and an entry of its own. Prices measured on PostgreSQL 15 with arrays and
// tsvector of 80 to 300,000 different elements. How many a jsonb has nobody counts: as one of each kind had.
static double gin_factor(const struct pricing *p, const struct fp_work *w)
{
    const struct cat_attribute *att = price_first_column(w->rel, w->index->index);
    const struct cat_type *type = att ? cat_type(p->snap->cat, att->type) : NULL,
                          *elem = type ? cat_type(p->snap->cat, type->elem) : NULL;
    bool plain = elem && elem->len > 0;
    double keys = price_gin_keys(p, w), rare;

    if (att && (att->type == TEXTOID || att->type == VARCHAROID)) // trigrams: there are few
        return 1.2;
    if (!att || !att->stats || att->stats->elem_covered <= 0)
        return plain ? 1.6 : att && att->type == JSONBOID ? 6 : 3;
    rare = fmin(fmax(keys - att->stats->elem_covered, 0) / keys, 1) * NEW_KEYS;
    return (plain ? 1 : 1.5) + rare * (plain ? 6 : 10);
}

static void price_gin(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    struct price_gin_size size = price_gin_size(p, w, rows);
    double parts = workers_of(p, w, "gin") + 1;

    price_term(p, to, COST_GIN_KEY_NS, rows * price_gin_keys(p, w) * gin_factor(p, w));
    finish(p, to, size.used, size.bytes);
    if (parts > 1)
        to->temp_bytes = fmax(to->temp_bytes, price_gin_spill(&size, parts));
    price_widen(to, 0.4);
    price_unsure(to, size.sigma);
}

// _hash_init_metabuffer (access/hash/hashpage.c): as many buckets as the rows fill, in powers of two, and from 1024 on in quarters of one.
static double hash_bytes(double rows)
{
    double wanted = fmax(rows / floor(COST_PAGE * HASH_FILL / HASH_ITEM), 2), power = exp2(ceil(log2(wanted)));
    double buckets = power < 1024 ? power : power / 2 + ceil((wanted - power / 2) / (power / 8)) * power / 8;

    return (buckets * 1.01 + 3) * COST_PAGE;
}

// GiST keeps points and polygons as boxes (gistproc.c); SP-GiST's leaf has a header of its own (SGLTHDRSZ, access/spgist_private.h).
static double tree_bytes(const struct pricing *p, const struct fp_work *w, bool gist)
{
    const struct cat_index *ix = w->index->index;
    Oid type = ix->keys[0] > 0 && ix->keys[0] <= w->rel->natts ? w->rel->attrs[ix->keys[0] - 1].type : InvalidOid;

    if (gist && (type == POINTOID || type == POLYGONOID || type == CIRCLEOID))
        return 8 + 32 + 4;
    return gist ? tuple_bytes(p, w->rel, ix) + 4 : 16 + ceil(key_only(p, w->rel, ix) / 8) * 8 + 4;
}

// What a row costs, in parts of the calibration's: 15,000 points, which are sorted first since 14 (gistproc.c gist_point_sortsupport), ranges
// since 18 (rangetypes_gist.c). Others go into the tree one by one. Measured on PostgreSQL 15, 20,000 to 300,000 rows; other types: assumed.
static double gist_factor(const struct pricing *p, const struct fp_work *w, double rows, bool *assumed)
{
    const struct cat_attribute *att = price_first_column(w->rel, w->index->index);
    const struct cat_type *type = att ? cat_type(p->snap->cat, att->type) : NULL;
    int major = cat_major(p->snap->cat);

    if (att && att->type == POINTOID && major >= 14)
        return log2(fmax(rows, 2)) / log2(15000);
    if (type && type->typtype == 'r')
        return major >= 18 ? 1.5 * log2(fmax(rows, 2)) / log2(15000) : 8.5;
    if (att && (att->type == POINTOID || att->type == BOXOID || att->type == POLYGONOID || att->type == CIRCLEOID ||
                att->type == TSVECTOROID))
        return 2.5; // point, box, polygon, circle, tsvector
    *assumed = true;
    return 4;
}

static void price_tree(const struct pricing *p, struct price *to, const struct fp_work *w, double rows, bool gist)
{
    double used = rows * tree_bytes(p, w, gist) * 1.08;
    bool assumed = false;

    price_term(p, to, COST_GIST_ROW_NS, rows * (gist ? gist_factor(p, w, rows, &assumed) : 1.5));
    finish(p, to, used, used * (gist ? 1.4 : 1.1));
    price_widen(to, assumed ? 0.8 : 0.4);
    price_unsure(to, 0.25);
}

// A summary for each range of pages: the least and the greatest value (minmax, brin/brin_minmax.c; what other operator classes keep is not
// known), with the number of its first page (BrinTuple, access/brin_tuple.h), in a record of its own (xl_brin_insert); its place is in the map of
// ranges (REVMAP_PAGE_MAXITEMS, access/brin_page.h). The map of free space has three pages from the first one on: no record tells of
// it, but where hints are logged its pages have images (RecordPageWithFreeSpace, storage/freespace/freespace.c), and a commit
// that logs new storage page by page logs them too.
static void price_brin(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    const char *set = w->index->options ? strstr(w->index->options, "pages_per_range=") : NULL;
    double each = set ? fmax(strtod(set + 16, NULL), 1) : BRIN_RANGE, ranges = ceil(price_pages(w->rel) / each);
    double tuple = 8 + ceil(2 * key_only(p, w->rel, w->index->index) / 8) * 8, pages = ceil(ranges * (tuple + 4) / BRIN_ROOM);
    double bytes = (1 + ceil(ranges / BRIN_MAP) + pages + FSM_PAGES) * COST_PAGE;

    price_wal(p, to, ranges, ranges * (BRIN_RECORD + tuple));
    if (p->hint_images && p->wal && !p->new_storage)
        to->wal_bytes += FSM_PAGES * COST_PAGE * p->ratio.share;
    price_skipped(p, to, bytes);
    price_sync(p, to, bytes);
    to->disk_bytes += bytes;
}

static void price_hash(const struct pricing *p, struct price *to, double rows)
{
    price_term(p, to, COST_HASH_ROW_NS, rows);
    if (p->wal)
        price_term(p, to, COST_HASH_SHARED_ROW_NS, rows);
    price_wal(p, to, rows, rows * HASH_WAL_BYTES);
    price_skipped(p, to, hash_bytes(rows));
    to->disk_bytes += hash_bytes(rows);
}

static bool is_concurrent(const struct footprint *fp)
{
    for (int i = 0; i < fp->work.len; i++)
        if (fp->work.items[i].kind == FP_INDEX_VALIDATE)
            return true;
    return false;
}

// What a GIN build does beside reading is taken as the leader's: how its workers share it nobody has measured here.
static void read_heap_with_workers(const struct pricing *p, struct price *to, const struct fp_work *w, const char *am,
                                   double rows)
{
    double n = workers_of(p, w, am), lanes = fmin(n + 1, fmax(p->cores, 1));
    struct price shared = {0};

    read_heap(p, &shared, w);
    price_exprs(p, &shared, w, rows);
    if (lc_streq(am, "brin"))
        price_term(p, &shared, COST_BRIN_ROW_NS, rows);
    price_add_shared(to, &shared, n > 0 ? lanes / PARALLEL_LOSS : 1);
    if (n > 0) {
        price_term(p, to, COST_WORKER_MS, 1);
        to->cores = lanes;
    }
}

static void build_any(const struct pricing *given, struct price *to, const struct fp_work *w)
{
    const char *am = w->index && w->index->am ? w->index->am : "btree";
    struct pricing local = *given;
    const struct pricing *p = &local;
    double rows;

    local.ratio = price_index_ratio(given, w->rel, w->index);
    local.wal = price_is_logged(given, w->rel);
    local.new_storage =
        given->minimal && !is_concurrent(given->fp); // which builds in a later transaction than it makes the index in
    if (lc_streq(am, "btree")) {
        price_btree(p, to, w);
        return;
    }
    rows = index_rows(p, to, w);
    read_heap_with_workers(p, to, w, am, rows);
    if (lc_streq(am, "hash")) {
        price_hash(p, to, rows);
    } else if (lc_streq(am, "gin")) {
        price_gin(p, to, w, rows);
    } else if (lc_streq(am, "brin")) {
        price_brin(p, to, w);
    } else {
        price_tree(p, to, w, rows, lc_streq(am, "gist"));
    }
}

void price_index_build(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    struct price part = {.cores = 1};

    build_any(p, &part, w);
    if (w->index && w->index->size.known && !w->index->o.created) { // rebuilt: the old storage goes
        double bytes = part.disk_bytes;
        part.disk_bytes = 0;
        price_replace(&part, bytes, price_pages(w->index) > 0 ? price_pages(w->index) * COST_PAGE : bytes);
    }
    price_add_shared(to, &part, 1);
    to->cores = part.cores;
}

// validate_index (catalog/index.c): reads the index for its row pointers, sorts them, and reads the heap beside them.
void price_index_validate(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    double rows = price_rows(w->rel);

    price_scan(p, to, w->rel, NULL);
    price_term(p, to, COST_INDEX_SCAN_ROW_NS, 1.5 * rows);
    price_term(p, to, COST_SORT_INT_NS, 0.5 * rows * log2(fmax(rows, 2))); // plain values: no tuple is fetched, none copied
    if (w->index)
        price_term(p, to, COST_SCAN_PAGE_US, price_index_bytes(p, w->rel, w->index, rows) / COST_PAGE);
}
