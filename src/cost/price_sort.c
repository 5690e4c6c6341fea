// Sorting keys as tuplesort.c does: runs within the memory, merged when there are several; and the copy in the order of an index.
#include <math.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "catalog/oids.h"
#include "cost/price.h"

#define CACHE_BYTES (4.0 * 1024 * 1024) // what one core has at hand without asking memory
#define CACHE_DOUBLINGS 4.5             // and after so many doublings of it nearly every access goes to memory
#define PLAIN_MISSES 0.7                // share by which comparisons that follow pointers get slower then
#define COPY_PAGE 0.6     // pages are written once, beside shared_buffers (heap/rewriteheap.c); a rewrite extends the file first
#define TEXT_MEMORY 88.0  // an index entry of 32 characters in memory, with what the sort keeps beside it
#define TUPLE_MEMORY 48.0 // SortTuple and chunk header of a heap tuple (utils/sort/tuplesort.c)

// 0: the entries are in the processor's cache, 1: none is; more: nor are their page table entries.
double price_misses(double bytes)
{
    return fmin(fmax(log2(fmax(bytes, 1) / CACHE_BYTES) / CACHE_DOUBLINGS, 0), 1.4);
}

// strcoll reads both texts from memory. SORT_TEXT_NS is of md5's 32 characters; the factor follows builds over 8 to 256 characters, measured
// on one machine (500,000 rows, PostgreSQL 15, glibc's C.UTF-8). Longer texts are taken as twice as dear: assumed.
static double text_length(enum cost_id id, double memory_each)
{
    return id == COST_SORT_TEXT_NS ? fmin(fmax(1 + 0.3 * log2(memory_each / TEXT_MEMORY), 0.85), 2) : 1;
}

static bool follows_pointers(enum cost_id id)
{
    return id == COST_SORT_TEXT_NS || id == COST_SORT_OTHER_NS;
}

// Abbreviated keys are not kept on tape (tuplesort.c mergeruns), but the runs come through the cache in order.
void price_merge(const struct pricing *p, struct price *to, enum cost_id id, double rows, double runs)
{
    price_term(p, to, id, rows * log2(runs) * (follows_pointers(id) ? 0.5 : 1));
}

void price_sort(const struct pricing *p, struct price *to, enum cost_id id, double rows, double memory_each, double memory)
{
    double bytes = rows * memory_each, runs = fmax(ceil(bytes / fmax(memory, 65536)), 1),
           slow = price_misses(fmin(bytes, memory));

    if (rows < 2)
        return;
    price_term(p, to, id,
               rows * log2(fmax(rows / runs, 2)) * text_length(id, memory_each) *
                   (follows_pointers(id) ? 1 + PLAIN_MISSES * slow : 1));
    price_term(p, to, COST_SORT_MISS_NS, rows * slow);
    if (runs < 2)
        return;
    price_merge(p, to, id, rows, runs);
    price_term(p, to, COST_SPILL_BYTE_NS, bytes * 0.6);
    to->temp_bytes += bytes * 0.6;
}

static enum cost_id text_constant(const struct pricing *p, const struct cat_index *ix, const struct cat_attribute *att)
{
    const char *c = ix->collations && ix->collations[0] ? ix->collations[0] : att->collation;

    if (!c || lc_streq(c, "default"))
        c = p->snap->server.collate;
    return lc_streq(c, "C") || lc_streq(c, "POSIX") || lc_streq(c, "ucs_basic") ? COST_SORT_TEXT_C_NS : COST_SORT_TEXT_NS;
}

const struct cat_attribute *price_first_column(const struct cat_relation *rel, const struct cat_index *ix)
{
    return ix && ix->natts ? cat_attribute_at(rel, ix->keys[0]) : NULL;
}

static Oid expression_type(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix)
{
    struct cat_scope scope = cat_scope_of(p->arena, rel);
    int typmod;

    return ix && ix->natts && ix->exprs && ix->exprs[0] ? cat_expr_type(p->snap->cat, &scope, ix->exprs[0], &typmod) : InvalidOid;
}

enum cost_id price_sort_constant(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix)
{
    const struct cat_attribute *att = price_first_column(rel, ix);
    const struct cat_type *type = cat_type(p->snap->cat, att ? att->type : expression_type(p, rel, ix));

    if (!type)
        return ix && ix->natts ? COST_SORT_TEXT_NS : COST_SORT_OTHER_NS; // expressions are texts more often than not
    switch (type->basetype ? type->basetype : type->o.oid) {
    case BOOLOID:
    case INT8OID:
    case INT2OID:
    case INT4OID:
    case OIDOID:
    case FLOAT4OID:
    case FLOAT8OID:
    case DATEOID:
    case TIMEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        return COST_SORT_INT_NS;
    case CHAROID:
    case NAMEOID:
    case TEXTOID:
    case BPCHAROID:
    case VARCHAROID:
        return att ? text_constant(p, ix, att) : COST_SORT_TEXT_NS;
    case NUMERICOID:
        return COST_SORT_NUMERIC_NS;
    case UUIDOID:
    case INETOID:
    case MACADDROID:
    case BYTEAOID:
    case INTERVALOID:
        return COST_SORT_UUID_NS;
    default:
        return COST_SORT_OTHER_NS;
    }
}

// Rows in the order of the first key need no more than one pass of comparisons (qsort's check for sorted input, lib/sort_template.h).
bool price_comes_sorted(const struct cat_relation *rel, const struct cat_index *ix)
{
    const struct cat_attribute *att = price_first_column(rel, ix);

    return att && att->stats && att->stats->correlation > 0.9999;
}

// copy_table_data (commands/cluster.c): whole rows through a sort, unless VACUUM FULL, which keeps their order, or an index in that order.
void price_cluster(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    struct price_row row = price_new_row_of(p, w->rel, NULL);
    double rows = price_rows(w->rel), bytes = rows * row.bytes;
    struct pricing local = *p;

    local.wal = price_is_logged(p, w->rel);
    local.new_storage = p->minimal;
    local.ratio = price_heap_ratio(p, w->rel);
    price_scan(&local, to, w->rel, NULL);
    if (ix && !price_comes_sorted(w->rel, ix)) {
        price_sort(&local, to, price_sort_constant(p, w->rel, ix), rows, price_row_bytes(w->rel) + TUPLE_MEMORY,
                   p->maintenance_work_mem);
        price_term(&local, to, COST_COPY_ROW_NS, rows);
        price_term(&local, to, COST_SORT_MISS_NS, 4 * rows * price_misses(bytes)); // whole rows, scattered
        price_widen(to, 0.2);
    }
    price_term(&local, to, COST_COPY_ROW_NS, rows);
    price_term(&local, to, COST_WRITE_PAGE_US, COPY_PAGE * bytes / COST_PAGE);
    price_wal_pages(&local, to, bytes / COST_PAGE, bytes * price_fillfactor(w->rel, 1));
    price_skipped(&local, to, bytes);
    price_sync(&local, to, bytes);
    price_replace(to, bytes, price_pages(w->rel) * COST_PAGE);
    if (w->rel->size.toast_bytes > 0) { // TOAST is copied value by value, with its index (heapam_relation_copy_for_cluster)
        price_term(&local, to, COST_SCAN_PAGE_US, w->rel->size.toast_bytes / COST_PAGE);
        price_term(&local, to, COST_WRITE_PAGE_US, 2 * w->rel->size.toast_bytes / COST_PAGE);
        price_toast_write(&local, to, w->rel);
        price_widen(to, 0.2 * fmin(w->rel->size.toast_bytes / fmax(bytes, 1), 1));
    }
}
