// What a GIN index takes: an entry for each key with the list of its rows, by the elements that ANALYZE has counted.
#include <math.h>

#include "base/str.h"
#include "catalog/oids.h"
#include "cost/price.h"

#define TSVECTOR_HEADER 8.0 // with its length (tsearch/ts_type.h)
#define LEXEME 15.0         // WordEntry, position and seven letters: how long words are is assumed
#define ARRAY_HEADER 21.0   // of one dimension without NULLs, with a short header of its own (utils/array.h)
#define ARRAY_TEXT 9.0      // an element with its length, aligned: assumed
#define DOCUMENT_KEY 14.0   // bytes of a jsonb for each of its keys and values: assumed
#define LIST_HEADER 8.0     // GinPostingList: the first row pointer, and a length (access/ginblock.h)
#define MAX_ITEM 2704.0     // GinMaxItemSize (access/ginblock.h): a longer list becomes a tree of pages
#define PAGE_SPACE 8150.0   // of a page, less header and special space
#define LOADED 0.5 // keys come in order, and the rightmost page is split in the middle (entrySplitPage, gin/ginentrypage.c)
#define LIST_LOADED                                                                                                              \
    0.55 // of frequent elements: some lists fill half of an entry's page, others a part of their own tree's only page
#define FREQUENT_POINTER 1.9 // bytes of a row pointer of a frequent element
#define TUPLE_HEADER 20.0    // GinTuple (access/gin_tuple.h), of a parallel build

struct contents {
    double keys, tids; // keys with a list of so many row pointers each, on average
};

double price_gin_keys(const struct pricing *p, const struct fp_work *w)
{
    const struct cat_attribute *att = price_first_column(w->rel, w->index->index);
    const struct cat_type *type = att ? cat_type(p->snap->cat, att->type) : NULL,
                          *elem = type ? cat_type(p->snap->cat, type->elem) : NULL;
    double width = att ? price_column_bytes(p->snap->cat, w->rel, att->attnum) : 60;

    if (att && att->stats && att->stats->elem_count > 0)
        return att->stats->elem_count;
    if (att && att->type == TSVECTOROID)
        return fmax((width - TSVECTOR_HEADER) / LEXEME, fmax(att->stats ? att->stats->elem_covered : 0, 1));
    if (elem)
        return fmax((width - ARRAY_HEADER) / (elem->len > 0 ? elem->len : ARRAY_TEXT), 1);
    return fmax(width / (att && att->type == TEXTOID ? 1 : DOCUMENT_KEY), 1); // text: trigrams
}

// A key in its entry: of a text its letters and a header of one byte.
static double key_bytes(const struct pricing *p, const struct fp_work *w, double keys)
{
    const struct cat_attribute *att = price_first_column(w->rel, w->index->index);
    const struct cat_type *type = cat_type(p->snap->cat, att->type), *elem = type ? cat_type(p->snap->cat, type->elem) : NULL;
    double width = price_column_bytes(p->snap->cat, w->rel, att->attnum);

    if (elem && elem->len > 0)
        return elem->len;
    return fmax(att->type == TSVECTOROID ? (width - TSVECTOR_HEADER) / keys - 7 : (width - ARRAY_HEADER) / keys - 4.5, 2);
}

// encode_varbyte (gin/ginpostinglist.c): seven bits to a byte of the distance to the row before, which is 2048 to a page
// (MaxHeapTuplesPerPageBits). `gap`: rows between two of the key, on average, of which so many are on a page.
static double pointer_bytes(double gap, double page_rows)
{
    double pages = gap / fmax(page_rows, 1);

    return 1 + fmin(pages, 1) + exp(-8 / pages) + exp(-1024 / pages);
}

// Entry with its list, aligned (GinFormTuple, gin/ginentrypage.c), and line pointer.
static double entry_bytes(double key, double list)
{
    return ceil((ceil((8 + key) / 8) * 8 + list) / 8) * 8 + 4;
}

// Elements that ANALYZE keeps no frequency of occur less often than those that it keeps, or, where there was room for more, than it looks for
// (compute_array_stats, utils/adt/array_typanalyze.c; compute_tsvector_stats, tsearch/ts_typanalyze.c): between once and that often.
static double times_of_rare(const struct pricing *p, const struct cat_column_stats *s, double rows, double keys)
{
    double set = snapshot_setting_number(p->snap, "default_statistics_target"), target = set > 0 ? set : 100;
    double kept = 10 * target, sample = fmin(rows, 300 * target), most;

    if (s->elem_kinds >= 0.99 * kept)
        most = s->elem_least * rows;
    else
        most = floor(9 * sample * keys / ((kept + 10) * 1000 / 7)) * rows / fmax(sample, 1);
    return sqrt(fmax(most, 1));
}

static void add_lists(struct price_gin_size *to, double key, struct contents c, double pointer)
{
    double list = LIST_HEADER + pointer * fmax(c.tids - 1, 0);

    if (list > MAX_ITEM) {
        to->entries += c.keys * entry_bytes(key, 0);
        to->lists += c.keys * list;
        to->list_pages += c.keys * ceil(list / PAGE_SPACE);
    } else {
        to->entries += c.keys * entry_bytes(key, list);
    }
    to->keys += c.keys;
}

static void by_elements(const struct pricing *p, const struct fp_work *w, double rows, struct price_gin_size *out)
{
    const struct cat_column_stats *s = price_first_column(w->rel, w->index->index)->stats;
    double keys = price_gin_keys(p, w), key = key_bytes(p, w, keys), page_rows = rows / fmax(price_pages(w->rel), 1);
    double rare = fmax(keys - s->elem_covered, 0) * rows, times = times_of_rare(p, s, rows, keys);
    double least = fmin(s->elem_least, s->elem_covered / s->elem_kinds);
    double frequent = fmax(s->elem_covered - least * s->elem_kinds, 0) * rows * FREQUENT_POINTER; // beyond what each has at least

    add_lists(out, key, (struct contents){s->elem_kinds, least * rows}, pointer_bytes(1 / least, page_rows));
    if (rare >= 1)
        add_lists(out, key, (struct contents){rare / times, times}, pointer_bytes(rows / times, page_rows));
    out->lists += frequent;
    out->list_pages += frequent / (LIST_LOADED * PAGE_SPACE);
    out->sigma = hypot(0.2, rare > 0 ? 0.5 * log(times) * rare / (keys * rows) : 0);
}

// Where nobody has counted them: each new key has an entry of its own, one that is there already costs two or three bytes of a list. As
// measured on documents with half of their values unique.
static double row_bytes(const struct pricing *p, const struct fp_work *w)
{
    const struct cat_index *ix = w->index->index;
    const struct cat_attribute *att = price_first_column(w->rel, w->index->index);
    const struct cat_opclass *opclass = ix->opclasses ? cat_opclass(p->snap->cat, ix->opclasses[0]) : NULL;
    double width = att ? price_column_bytes(p->snap->cat, w->rel, att->attnum) : 60;

    if (opclass && lc_streq(opclass->o.name, "jsonb_path_ops"))
        return 0.5 * width;
    if (att && att->type == JSONBOID)
        return width;
    return att && att->type == TSVECTOROID ? 0.5 * width : price_gin_keys(p, w) * 3.5;
}

struct price_gin_size price_gin_size(const struct pricing *p, const struct fp_work *w, double rows)
{
    const struct cat_attribute *att = price_first_column(w->rel, w->index->index);
    struct price_gin_size size = {0};

    if (att && att->stats && att->stats->elem_kinds > 0 && att->stats->elem_covered > 0 && att->stats->elem_least > 0) {
        by_elements(p, w, rows, &size);
    } else {
        size.entries = rows * row_bytes(p, w);
        size.sigma = 0.5;
    }
    size.bytes = (size.entries / (LOADED * PAGE_SPACE) + size.list_pages) * COST_PAGE;
    size.used = size.entries + size.lists + size.bytes / COST_PAGE * 32;
    return size;
}

double price_gin_spill(const struct price_gin_size *size, double parts)
{
    return size->entries + size->lists + size->keys * TUPLE_HEADER * parts;
}
