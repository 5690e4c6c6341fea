// What a page of a table or an index is likely to hold, from column statistics, for the size of its image under wal_compression.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"
#include "cost/compress.h"
#include "cost/price.h"

#define HEAP_HEADER 24
#define ITEM_POINTER 8 // of an index entry: block, offset, information (access/itup.h)
#define POSTING 132    // heap pointers in one posting list of a new index (nbtsort.c)
#define LETTERS 20     // that a text is made of, beyond what its values have in common: assumed
#define IN_COMMON 0.3  // share of a text that values have in common: assumed
#define TEXT_SIGMA 0.5 // of the ratio, by how much of the page is text: words or digests, nobody knows

#define VALUE_SIGMA 0.12  // of the ratio, of a page of numbers
#define POSTING_SIGMA 0.3 // of row pointers, which may be anywhere or at regular distances

struct value { // of one column
    int bytes, align;
    enum {
        NUMBER, // `step` times a whole number under `distinct`
        DECIMAL,
        FRACTION, // of a double the low bits are anything
        TEXT,
        BYTES
    } kind;
    double distinct, step;
    bool in_order;
    double nulls;
};

struct page {
    unsigned char bytes[COMPRESS_PAGE];
    int lower, upper;
    double text, all; // bytes of values: of texts, and of all
};

static uint64_t mixed(uint64_t x) // splitmix64
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static void put(unsigned char *to, uint64_t value, int bytes) // little-endian
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(i < 8 ? value >> (8 * i) : 0);
}

// --- what values a column has --------------------------------------------------------------------------------------------------------------

static void number_of(struct value *v, Oid type)
{
    v->kind = type == UUIDOID                                                                ? BYTES
              : type == FLOAT8OID || type == FLOAT4OID || type == POINTOID || type == BOXOID ? FRACTION
                                                                                             : NUMBER;
    v->step = type == TIMESTAMPOID || type == TIMESTAMPTZOID || type == TIMEOID ? 1e6 : 1;
}

static struct value value_of(const struct pricing *p, const struct cat_relation *rel, int attnum, double rows)
{
    const struct cat_attribute *att = cat_attribute_at(rel, attnum);
    const struct cat_type *type = att ? cat_type(p->snap->cat, att->type) : NULL;
    double width = price_column_bytes(p->snap->cat, rel, attnum);
    struct value v = {.bytes = (int)fmin(fmax(round(width), 1), 2000), .align = 1, .kind = BYTES, .distinct = rows, .step = 1};

    if (att && att->stats) {
        v.distinct = fmax(att->stats->n_distinct < 0 ? -att->stats->n_distinct * rows : att->stats->n_distinct, 1);
        v.in_order = fabs(att->stats->correlation) > 0.95;
        v.nulls = att->stats->null_frac;
    }
    if (type && type->len > 0) {
        v.align = type->align == 'd' ? 8 : type->align == 'i' ? 4 : type->align == 's' ? 2 : 1;
        number_of(&v, att->type);
    } else if (att) {
        v.kind = att->type == NUMERICOID ? DECIMAL : TEXT;
    }
    return v;
}

// --- one value, one tuple ------------------------------------------------------------------------------------------------------------------

static void put_text(unsigned char *to, const struct value *v, uint64_t which, bool sorted)
{
    int same = (int)(IN_COMMON * v->bytes), digits = sorted ? (int)(log(fmax(v->distinct, 1)) / log(LETTERS)) : 0;

    to[0] = (unsigned char)(2 * v->bytes + 1);
    for (int i = 1; i < v->bytes; i++) {
        int place = i - 1 - same; // where values are in order, the first letters are their neighbours'
        uint64_t letter = place < 0 ? (uint64_t)i : place < digits - 2 ? 7 : mixed(which * 4096 + (uint64_t)i);
        to[i] = (unsigned char)('a' + letter % LETTERS);
    }
}

// NumericShort (utils/adt/numeric.c): groups of four decimals, the last of which has two.
static void put_decimal(unsigned char *to, const struct value *v, uint64_t which)
{
    int groups = (v->bytes - 3) / 2;

    to[0] = (unsigned char)(2 * v->bytes + 1);
    put(to + 1, 0x8101, v->bytes > 2 ? 2 : 1);
    for (int i = groups - 1; i >= 0; i--) {
        put(to + 3 + 2 * i, i == groups - 1 ? which % 100 * 100 : which % 10000, 2);
        which /= i == groups - 1 ? 100 : 10000;
    }
}

static void put_fraction(unsigned char *to, const struct value *v, uint64_t which)
{
    for (int at = 0; at + 8 <= v->bytes; at += 8) {
        double x = ((double)which + at) * 1.37;
        memcpy(to + at, &x, 8);
    }
    if (v->bytes < 8)
        put(to, mixed(which), v->bytes);
}

// The `i`-th row's value; `sorted`: of an index, where it is the `i`-th in order.
static void put_value(unsigned char *to, const struct value *v, uint64_t i, int column, double rows, bool sorted)
{
    bool runs = sorted || v->in_order;
    uint64_t seed = mixed((uint64_t)column + 77), n = (uint64_t)fmax(v->distinct, 1);
    uint64_t which = runs ? (uint64_t)((double)i * v->distinct / fmax(rows, 1)) + n / 2 : mixed(seed + i) % n;

    switch (v->kind) {
    case NUMBER:
        put(to, (uint64_t)((double)which * v->step), v->bytes);
        break;
    case DECIMAL:
        put_decimal(to, v, which);
        break;
    case TEXT:
        put_text(to, v, which, runs);
        break;
    case FRACTION:
        put_fraction(to, v, which);
        break;
    case BYTES:
        for (int at = 0; at < v->bytes; at++)
            to[at] = (unsigned char)(runs && at < 2 ? 9 : mixed(which * 64 + (uint64_t)at));
        break;
    }
}

static bool add_tuple(struct page *page, const unsigned char *tuple, int len)
{
    int room = (len + 7) / 8 * 8;

    if (page->upper - room < page->lower + 4)
        return false;
    page->upper -= room;
    memcpy(page->bytes + page->upper, tuple, (size_t)len);
    put(page->bytes + page->lower, (uint64_t)page->upper | 1u << 15 | (uint64_t)len << 17, 4);
    page->lower += 4;
    return true;
}

static int place_value(struct page *page, unsigned char *tuple, int at, const struct value *v, uint64_t i, int column,
                       double rows, bool sorted)
{
    if (v->nulls > 0 && (double)(mixed(i * 31 + (uint64_t)column) % 1000) < v->nulls * 1000)
        return at;
    at = (at + v->align - 1) / v->align * v->align;
    if (at + v->bytes > COMPRESS_PAGE / 2)
        return at;
    put_value(tuple + at, v, i, column, rows, sorted);
    page->all += v->bytes;
    page->text += v->kind == TEXT ? v->bytes : 0;
    return at + v->bytes;
}

static void open_page(struct page *page)
{
    *page = (struct page){.lower = 24, .upper = COMPRESS_PAGE};
    put(page->bytes, 0x1234567800000001, 8);
}

// Only what is not the hole is compressed.
static struct compression_ratio ratio_of(const struct pricing *p, struct page *page, double sigma)
{
    int len = page->lower + COMPRESS_PAGE - page->upper;

    memmove(page->bytes + page->lower, page->bytes + page->upper, (size_t)(COMPRESS_PAGE - page->upper));
    return (struct compression_ratio){compressed_share(p->compression, page->bytes, len),
                                      hypot(sigma, TEXT_SIGMA * page->text / fmax(page->all + 8, 1))};
}

// --- pages ---------------------------------------------------------------------------------------------------------------------------------

struct compression_ratio price_heap_ratio(const struct pricing *p, const struct cat_relation *rel)
{
    double rows = fmax(price_rows(rel), 1);
    unsigned char tuple[COMPRESS_PAGE];
    struct value *values;
    struct page *page;

    if (p->compression == COMPRESSION_OFF)
        return (struct compression_ratio){1, 0};
    page = lc_alloc(p->arena, sizeof *page);
    values = LC_NEW_ARRAY(p->arena, struct value, rel->natts);
    for (int c = 0; c < rel->natts; c++)
        values[c] = value_of(p, rel, c + 1, rows);
    open_page(page);
    for (uint64_t i = 0;; i++) {
        int at = HEAP_HEADER;
        memset(tuple, 0, sizeof tuple);
        put(tuple, 741, 4);
        put(tuple + 14, 5, 2);
        put(tuple + 16, i + 1, 2);
        put(tuple + 18, (uint64_t)rel->natts, 2);
        put(tuple + 20, 0x180902, 3);
        for (int c = 0; c < rel->natts; c++)
            if (!rel->attrs[c].isdropped)
                at = place_value(page, tuple, at, &values[c], i + (uint64_t)(rows / 2), c, rows, false);
        if (!add_tuple(page, tuple, at))
            break;
    }
    return ratio_of(p, page, VALUE_SIGMA);
}

// Rows of a key are anywhere in the heap, unless the table is in its order.
static void put_pointer(unsigned char *to, const struct cat_relation *rel, uint64_t i, double rows, bool in_order)
{
    double pages = fmax(price_pages(rel), 1), each = fmax(rows / pages, 1);
    uint64_t row = in_order ? i : mixed(i + 991) % (uint64_t)fmax(rows, 1);
    uint64_t block = (uint64_t)((double)row / each);

    put(to, block >> 16, 2);
    put(to + 2, block & 0xffff, 2);
    put(to + 4, 1 + (row - (uint64_t)((double)block * each)), 2);
}

// A posting list's pointers are in the heap's order: as many as there are of the key, spread evenly.
static int put_posting(unsigned char *to, const struct cat_relation *rel, uint64_t key, double same, double rows)
{
    int n = (int)fmin(same, POSTING);

    for (int k = 0; k < n; k++) {
        double at = rows * ((double)k + (double)(mixed(key * 256 + (uint64_t)k) % 1000) / 1000) / n;
        put_pointer(to + 6 * k, rel, (uint64_t)at, rows, true);
    }
    return 6 * n;
}

struct compression_ratio price_btree_ratio(const struct pricing *p, const struct cat_relation *rel, const struct cat_index *ix,
                                           double same)
{
    struct page *page = lc_alloc(p->arena, sizeof *page);
    struct value *values = LC_NEW_ARRAY(p->arena, struct value, ix->natts);
    double rows = fmax(price_rows(rel), 1);
    unsigned char tuple[COMPRESS_PAGE];

    for (int c = 0; c < ix->natts; c++)
        values[c] = ix->keys[c] > 0 ? value_of(p, rel, ix->keys[c], rows)
                                    : (struct value){.bytes = (int)fmin(fmax(price_expr_width(p, rel, ix->exprs[c], 0), 1), 2000),
                                                     .align = 1,
                                                     .kind = TEXT,
                                                     .distinct = rows / same};
    open_page(page);
    for (uint64_t i = 0;; i++) {
        uint64_t row = i * (same >= 1.5 ? (uint64_t)same : 1) + (uint64_t)(rows / 2);
        int at = ITEM_POINTER;
        memset(tuple, 0, sizeof tuple);
        if (same < 1.5)
            put_pointer(tuple, rel, row, rows, values[0].in_order);
        else
            put(tuple, 0x2000, 6);
        for (int c = 0; c < ix->natts; c++)
            at = place_value(page, tuple, at, &values[c], row, c, rows, c == 0);
        put(tuple + 6, (uint64_t)at, 2);
        if (same >= 1.5)
            at += put_posting(tuple + at, rel, i, same, rows);
        if (!add_tuple(page, tuple, at))
            break;
    }
    return ratio_of(p, page, same < 1.5 ? VALUE_SIGMA : POSTING_SIGMA);
}

// Values out of line have been compressed already, but for those that are stored EXTERNAL.
struct compression_ratio price_toast_ratio(const struct pricing *p, const struct cat_relation *rel)
{
    if (p->compression == COMPRESSION_OFF)
        return (struct compression_ratio){1, 0};
    for (int c = 0; c < rel->natts; c++)
        if (!rel->attrs[c].isdropped && rel->attrs[c].storage == 'e')
            return (struct compression_ratio){0.5, 0.8};
    return (struct compression_ratio){p->compression == COMPRESSION_ZSTD ? 0.9 : 0.97, 0.2};
}
