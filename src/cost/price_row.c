// How wide a row is: from the widths of its columns as a heap aligns them (access/common/heaptuple.c), or from the pages of its table.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/oids.h"
#include "cost/price.h"

#define TUPLE_HEADER 24.0 // MAXALIGN(SizeofHeapTupleHeader), with the null bitmap of up to eight columns
#define LINE_POINTER 4.0
#define PAGE_ROOM (COST_PAGE - 24) // less the page header (storage/bufpage.h)
#define SHORT_VARLENA 127.0        // a longer value has a header of four bytes and is aligned (VARATT_SHORT_MAX, varatt.h)
#define WIDTH_PADDING 3.0          // between columns, which the planner's width leaves out
#define BLOAT 1.12                 // pages hold so much less than they could: not what a new heap will look like
#define INSERT_RECORD 31.0 // XLogRecord, block and data headers, xl_heap_insert and xl_heap_header, less the tuple's own header

struct layout {
    double at;
    bool exact;   // `at` is the same in every row
    double guess; // bytes of it that no statistics tell
};

static double align_of(char c)
{
    return c == 'd' ? 8 : c == 'i' ? 4 : c == 's' ? 2 : 1;
}

static void place(struct layout *l, double align, double width, double share)
{
    if (l->exact && share >= 1)
        l->at = ceil(l->at / align) * align + width;
    else
        l->at += share * ((l->exact ? 0 : (align - 1) / 2) + width);
    l->exact = share >= 1 && (l->exact || align >= 8);
}

// A varying width leaves what follows anywhere; that it varies cannot be told from its mean.
static void place_variable(struct layout *l, double width, double share)
{
    if (width > SHORT_VARLENA)
        place(l, 4, width, share);
    else
        l->at += share * width;
    l->exact = l->exact && share >= 1 && fmod(width, 1) == 0;
}

static bool bare(const struct pricing *p, const struct cat_attribute *att, const struct cat_type **type)
{
    *type = cat_type(p->snap->cat, att->type);
    return !att->stats && (!*type || (*type)->len <= 0);
}

// The bytes of a row's columns. `rest`: width of a column of varying length that nobody knows, as one whose type changes; false: one such
// column is there and `rest` is negative.
static bool columns(const struct pricing *p, const struct cat_relation *rel, double rest, struct layout *l)
{
    *l = (struct layout){.exact = true};
    for (int i = 0; i < rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i];
        const struct cat_type *type;
        double share = att->stats ? 1 - att->stats->null_frac : 1, width;
        if (att->isdropped || att->generated == 'v')
            continue;
        if (bare(p, att, &type)) {
            if (!att->def && rest < 0)
                return false;
            width = att->def ? price_expr_width(p, rel, att->def, 0) : rest;
            l->guess += share * width;
            place_variable(l, width, share);
        } else if (type && type->len > 0) {
            place(l, align_of(type->align), type->len, share);
        } else {
            place_variable(l, att->stats->avg_width, share);
        }
    }
    return true;
}

double price_fillfactor(const struct cat_relation *rel, double otherwise)
{
    const char *set = rel && rel->options ? strstr(rel->options, "fillfactor=") : NULL;

    return set ? fmin(fmax(strtod(set + 11, NULL), 10), 100) / 100 : otherwise;
}

static struct price_row row_of_tuple(double tuple, bool exact, double fill)
{
    double item = (exact ? ceil(tuple / 8) * 8 : tuple + 3.5) + LINE_POINTER, room = PAGE_ROOM - (1 - fill) * COST_PAGE;
    double n = exact ? floor(room / item) : (room - item / 2) / item;

    return (struct price_row){.tuple = tuple, .bytes = COST_PAGE / fmax(n, 1), .exact = exact};
}

struct price_row price_row_of_width(double width)
{
    return row_of_tuple(TUPLE_HEADER + fmax(width, 1) + WIDTH_PADDING, false, 1);
}

struct price_row price_wider_row(const struct price_row *row, double more, double fill)
{
    struct price_row wider = *row;

    if (fabs(more) < 1)
        return wider;
    wider = row_of_tuple(fmax(row->tuple + more, TUPLE_HEADER), false, fill);
    wider.guess = row->guess + fabs(more);
    return wider;
}

// Some column is not what the pages were filled with: added, or of another type.
static bool changed(const struct cat_relation *rel)
{
    for (int i = 0; i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && !rel->attrs[i].stats && rel->attrs[i].generated != 'v')
            return true;
    return false;
}

static bool has_statistics(const struct cat_relation *rel)
{
    for (int i = 0; i < rel->natts; i++)
        if (rel->attrs[i].stats)
            return true;
    return false;
}

// From the pages: what is aligned, and the end of each page, is not the row's own.
static struct price_row row_of_pages(const struct cat_relation *rel)
{
    double bytes = price_row_bytes(rel), own = bytes * price_fillfactor(rel, 1) - LINE_POINTER - 3.5;

    return (struct price_row){.tuple = fmax(own - own * bytes / (2 * COST_PAGE), TUPLE_HEADER), .bytes = bytes};
}

struct price_row price_row_of(const struct pricing *p, const struct cat_relation *rel)
{
    struct price_row row = row_of_pages(rel);
    struct layout l;

    if (price_rows(rel) >= 1 && has_statistics(rel) && columns(p, rel, -1, &l)) {
        row.tuple = TUPLE_HEADER + l.at;
        row.exact = l.exact;
    }
    return row;
}

// The new width of a column of another type: what its expression makes of the old one. Old values fill what the row has beside its other
// columns.
static double changed_width(const struct pricing *p, const struct cat_relation *rel, const Node *expr, double old)
{
    for (int i = 0; !expr && i < rel->natts; i++) {
        const struct cat_type *type;
        if (!rel->attrs[i].isdropped && bare(p, &rel->attrs[i], &type) && !rel->attrs[i].def && rel->attrs[i].type == NUMERICOID)
            return price_column_bytes(p->snap->cat, rel, rel->attrs[i].attnum);
    }
    return expr ? price_expr_width(p, rel, expr, old) : old;
}

double price_old_width(const struct pricing *p, const struct cat_relation *rel)
{
    struct layout known;

    (void)columns(p, rel, 0, &known);
    return fmax(row_of_pages(rel).tuple - TUPLE_HEADER - known.at, 1);
}

struct price_row price_new_row_of(const struct pricing *p, const struct cat_relation *rel, const Node *expr)
{
    struct price_row old = row_of_pages(rel), row;
    struct layout l;

    if (!has_statistics(rel) || price_rows(rel) < 1)
        return old;
    if (!columns(p, rel, -1, &l))
        (void)columns(p, rel, changed_width(p, rel, expr, price_old_width(p, rel)), &l);
    row = row_of_tuple(TUPLE_HEADER + l.at, l.exact, price_fillfactor(rel, 1));
    row.guess = l.guess;
    if (!changed(rel) && fmax(row.bytes, old.bytes) < BLOAT * fmin(row.bytes, old.bytes))
        row.bytes = old.bytes;
    return row;
}

// heap_insert (access/heap/heapam.c), aligned as records are.
double price_insert_record(const struct price_row *row)
{
    double bytes = INSERT_RECORD + row->tuple;

    return row->exact ? ceil(bytes / 8) * 8 : bytes + 3.5;
}
