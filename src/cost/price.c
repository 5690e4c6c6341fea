// The terms that every kind of work is made of: reading a heap, writing one, WAL.
#include "cost/price.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

#define ROWS_UNKNOWN_BYTES 130.0 // a row of a table that was never analysed
#define TUPLE_OVERHEAD 28.0      // header and line pointer (htup_details.h, itemid.h)
#define WAL_INSERT_BYTES 35.0    // xl_heap_insert and record header, beside the tuple

void price_term(const struct pricing *p, struct price *to, enum cost_id id, double count)
{
    struct calibrated c = calibration_constant(p->options->calibration, id);
    const char *unit = cost_defaults[id].unit;
    double scale = strncmp(unit, "ns", 2) == 0 ? 1e-6 : strncmp(unit, "us", 2) == 0 ? 1e-3 : 1;
    double ms = count > 0 ? count * c.median * scale : 0;

    to->ms += ms;
    to->weighted_sigma += ms * c.sigma;
}

void price_wal(const struct pricing *p, struct price *to, double records, double bytes)
{
    if (!p->wal)
        return;
    price_term(p, to, COST_WAL_RECORD_NS, records);
    price_term(p, to, COST_WAL_BYTE_NS, bytes);
    to->wal_bytes += bytes;
}

double price_pages(const struct cat_relation *rel)
{
    return rel->size.pages > 0 && !rel->size.exact ? rel->size.pages : fmax(rel->size.bytes / COST_PAGE, rel->size.pages);
}

double price_rows(const struct cat_relation *rel)
{
    if (rel->size.tuples >= 0)
        return rel->size.tuples;
    return price_pages(rel) * (COST_PAGE / ROWS_UNKNOWN_BYTES);
}

double price_row_bytes(const struct cat_relation *rel)
{
    double rows = price_rows(rel);

    return rows >= 1 ? fmax(price_pages(rel) * COST_PAGE / rows, TUPLE_OVERHEAD) : ROWS_UNKNOWN_BYTES;
}

double price_column_bytes(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    const struct cat_attribute *att = attnum > 0 && attnum <= rel->natts ? &rel->attrs[attnum - 1] : NULL;
    const struct cat_type *type = att ? cat_type(cat, att->type) : NULL;

    if (att && att->stats.present && att->stats.avg_width > 0)
        return att->stats.avg_width;
    return type && type->len > 0 ? type->len : 24;
}

static bool count_operator(const Node *node, void *context)
{
    int *n = context;

    *n += IsA(node, A_Expr) || IsA(node, FuncCall) || IsA(node, TypeCast) || IsA(node, CaseExpr) || IsA(node, NullTest);
    return true;
}

int price_operators(const Node *expr)
{
    int n = 0;

    if (!expr)
        return 0;
    node_walk(expr, count_operator, &n);
    return n > 0 ? n : 1;
}

void price_scan(const struct pricing *p, struct price *to, const struct cat_relation *rel, const Node *expr)
{
    price_term(p, to, COST_SCAN_PAGE_US, price_pages(rel));
    price_term(p, to, COST_SCAN_ROW_NS, price_rows(rel));
    price_term(p, to, COST_EXPR_ROW_NS, price_rows(rel) * price_operators(expr));
    if (p->options->cold_cache)
        to->ms += price_pages(rel) * COST_PAGE / 150e3; // 150 MB/s, a network volume: nobody measured it
}

void price_heap_write(const struct pricing *p, struct price *to, double rows, double row_bytes, bool page_images)
{
    double bytes = rows * row_bytes, pages = bytes / COST_PAGE;

    price_term(p, to, COST_WRITE_ROW_NS, rows);
    price_term(p, to, COST_WRITE_PAGE_US, pages);
    price_wal(p, to, page_images ? pages : rows, page_images ? bytes : bytes + rows * WAL_INSERT_BYTES);
    to->disk_bytes += bytes;
}
