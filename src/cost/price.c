// The terms that every kind of work is made of: reading a heap, writing one, WAL.
#include "cost/price.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

#define ROWS_UNKNOWN_BYTES 130.0 // a row of a table that was never analysed
#define TUPLE_OVERHEAD 28.0      // header and line pointer (htup_details.h, itemid.h)
#define TOAST_WAL 0.93           // of a TOAST table's size: values of a few chunks leave room on their last page
#define TOAST_ENTRY 22.0         // of a chunk in the TOAST table's index, which has a file of its own
#define BULK_PAGES 64.0          // by which a bulk insert extends a heap at most
#define WARM_PAGE 0.2            // of a page's price, when the statement has just read it
#define GUESS_SIGMA 0.4          // of a width that follows from types and expressions alone: assumed

void price_term(const struct pricing *p, struct price *to, enum cost_id id, double count)
{
    struct calibrated c = calibration_constant(p->options->calibration, id);
    const char *unit = cost_defaults[id].unit;
    double scale = strncmp(unit, "ns", 2) == 0 ? 1e-6 : strncmp(unit, "us", 2) == 0 ? 1e-3 : 1;
    double ms = count > 0 ? count * c.median * scale : 0;

    to->ms += ms;
    to->weighted_sigma += ms * c.sigma;
}

void price_sync(const struct pricing *p, struct price *to, double bytes)
{
    if (p->fsync && p->wal)
        price_term(p, to, COST_FSYNC_BYTE_NS, bytes);
}

void price_add_shared(struct price *to, const struct price *part, double lanes)
{
    to->ms += part->ms / lanes;
    to->weighted_sigma += part->weighted_sigma / lanes;
    price_widen(to, part->extra_sigma);
    to->wal_bytes += part->wal_bytes;
    to->disk_bytes += part->disk_bytes;
    to->temp_bytes = fmax(to->temp_bytes, part->temp_bytes);
    to->kept_bytes += part->kept_bytes;
    to->images += part->images;
    to->more_images += part->more_images;
    for (int i = 0; i < part->nscattered && to->nscattered < PRICE_SCATTERED; i++)
        to->scattered[to->nscattered++] = part->scattered[i];
    to->image_sigma = fmax(to->image_sigma, part->image_sigma);
    price_unsure(to, part->size_sigma);
}

void price_widen(struct price *to, double sigma)
{
    to->extra_sigma = fmax(to->extra_sigma, sigma);
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

bool price_is_logged(const struct pricing *p, const struct cat_relation *rel)
{
    return p->wal && rel->relpersistence == 'p';
}

// SetHintBits (access/heap/heapam_visibility.c): the first reader after a load marks rows, and with checksums or wal_log_hints the page's
// image is logged (MarkBufferDirtyHint). As a rule somebody has read them before.
static void price_hints(const struct pricing *p, struct price *to, const struct cat_relation *rel)
{
    struct pricing local = *p;
    double unseen = price_pages(rel) - fmax(rel->size.allvisible_pages, 0);

    local.wal = price_is_logged(p, rel);
    local.new_storage = rel->new_storage && p->minimal;
    if (p->hint_images && rel->relkind != 'i')
        price_images(&local, to, rel, 0, fmax(unseen, 0), COST_PAGE);
}

void price_read_pages(const struct pricing *p, struct price *to, const struct cat_relation *rel)
{
    double pages = price_pages(rel), cached = fmin(fmax(rel->size.cached_share, 0), 1);

    price_hints(p, to, rel);
    if (p->warm && p->warm == rel->o.oid) {
        price_term(p, to, COST_SCAN_PAGE_US, pages * WARM_PAGE);
        return;
    }
    price_term(p, to, COST_SCAN_PAGE_US,
               pages); // of a cached page too: its rows come from memory, other work drove them out of the CPU's cache
    pages *= 1 - cached;
    if (rel->relpersistence != 't' && price_pages(rel) * COST_PAGE <= p->shared_buffers / 4)
        price_term(p, to, COST_SHARED_PAGE_US, pages);
    if (p->options->cold_cache)
        to->ms += pages * COST_PAGE / 150e3; // 150 MB/s, a network volume: nobody measured it
}

void price_scan(const struct pricing *p, struct price *to, const struct cat_relation *rel, const Node *expr)
{
    price_read_pages(p, to, rel);
    price_term(p, to, COST_SCAN_ROW_NS, price_rows(rel));
    price_expr(p, to, rel, expr, price_rows(rel));
}

// RelationAddBlocks (access/heap/hio.c, 16): a bulk insert extends by as many pages as it has extended by before, 64 at most
// (MAX_BUFFERS_TO_EXTEND_BY): 1, 2, 4, .. 64 pages in all, then 64 more each time.
double price_bulk_bytes(const struct pricing *p, double bytes)
{
    double pages = ceil(bytes / COST_PAGE);

    if (cat_major(p->snap->cat) < 16 || pages < 1)
        return bytes;
    return (pages <= BULK_PAGES ? exp2(ceil(log2(pages))) : ceil(pages / BULK_PAGES) * BULK_PAGES) * COST_PAGE;
}

void price_heap_write(const struct pricing *p, struct price *to, enum cost_id id, double rows, const struct price_row *row)
{
    double bytes = rows * row->bytes;

    price_term(p, to, id, rows);
    if (p->wal)
        price_term(p, to, COST_WRITE_SHARED_ROW_NS, rows);
    price_term(p, to, COST_WRITE_PAGE_US, bytes / COST_PAGE);
    price_wal(p, to, rows, rows * price_insert_record(row));
    price_skipped(p, to, bytes);
    to->disk_bytes += bytes;
    price_unsure(to, GUESS_SIGMA * row->guess / fmax(row->tuple, 1));
}

// Chunks of about 2 kB (TOAST_MAX_CHUNK_SIZE), each with its index entry; the last chunk of a value is shorter, and its page not full.
static void toast_records(const struct pricing *p, struct price *to, double bytes, double heap)
{
    price_wal(p, to, bytes / 2000, bytes * TOAST_WAL);
    price_skipped(p, to, bytes);
    price_skipped(p, to, bytes / 2000 * TOAST_ENTRY);
    price_unsure(to, 0.1 * fmin(bytes / fmax(heap, 1), 1));
}

void price_toast_write(const struct pricing *p, struct price *to, const struct cat_relation *rel)
{
    toast_records(p, to, rel->size.toast_bytes, rel->size.bytes);
    price_replace(to, rel->size.toast_bytes, rel->size.toast_bytes);
}

void price_toast_new(const struct pricing *p, struct price *to, double bytes, double heap)
{
    if (bytes <= 0)
        return;
    price_term(p, to, COST_TOAST_BYTE_NS, bytes);
    price_widen(to, 0.4 * fmin(bytes / fmax(heap, 1), 1));
    toast_records(p, to, bytes, heap);
    to->disk_bytes += bytes;
}

void price_replace(struct price *to, double bytes, double old)
{
    to->disk_bytes += bytes - old;
    to->kept_bytes += bytes;
}
