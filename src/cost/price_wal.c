// WAL in bytes: records, whole pages, and the images of pages that change for the first time since a checkpoint.
#include <math.h>

#include "cost/price.h"

#define PRICE_SIZE_SIGMA 0.06 // what the layouts leave out: splits, catalogue rows, alignment
#define PAGE_RECORD 52.0      // headers of an image in a record of its own (access/xlogrecord.h, log_newpage)
#define WAL_PAGE_SHARE 1.003  // each WAL page of 8 kB has a header of 24 bytes (SizeOfXLogShortPHD)

void price_unsure(struct price *to, double sigma)
{
    to->size_sigma = fmax(to->size_sigma, sigma);
}

void price_wal(const struct pricing *p, struct price *to, double records, double bytes)
{
    if (!p->wal || p->new_storage)
        return;
    price_term(p, to, COST_WAL_RECORD_NS, records);
    price_term(p, to, COST_WAL_BYTE_NS, bytes);
    to->wal_bytes += bytes;
}

void price_wal_pages(const struct pricing *p, struct price *to, double pages, double used)
{
    if (!p->wal || p->new_storage)
        return;
    price_term(p, to, COST_WAL_IMAGE_NS, used);
    to->wal_bytes += used * p->image_ratio + pages * PAGE_RECORD;
    if (p->image_ratio < 1)
        price_unsure(to, 0.4);
}

// XLogRecordAssemble (access/transam/xloginsert.c): the image goes without the hole between line pointers and rows. Pages that were made since
// the last checkpoint need one only if another checkpoint comes meanwhile.
void price_images(const struct pricing *p, struct price *to, const struct cat_relation *rel, double pages, double most,
                  double used)
{
    double expected = rel->size.fresh || rel->o.created || rel->new_storage ? 0 : pages;

    if (!p->wal || p->new_storage || !p->full_page_writes)
        return;
    price_term(p, to, COST_WAL_IMAGE_NS, expected * used);
    to->images += expected * used * p->image_ratio;
    to->more_images += fmax(most - expected, 0) * used * p->image_ratio;
    if (p->image_ratio < 1)
        price_unsure(to, 0.4);
}

// smgrDoPendingSyncs (catalog/storage.c): what is smaller than wal_skip_threshold is logged page by page after all.
void price_skipped(const struct pricing *p, struct price *to, double bytes)
{
    if (p->wal && p->new_storage && bytes < p->skip_threshold)
        to->wal_bytes += bytes;
}

double price_touched(double pages, double rows, double all, bool together)
{
    if (pages <= 0 || rows <= 0)
        return 0;
    return fmin(together ? ceil(pages * fmin(rows / fmax(all, 1), 1)) : pages * (1 - exp(-rows / pages)), fmin(rows, pages));
}

// The low end has no image at all: all pages have changed since the last checkpoint already.
struct quantiles price_wal_spread(const struct price *t)
{
    double sigma = hypot(PRICE_SIZE_SIGMA, t->size_sigma), all = t->wal_bytes + t->images;

    return (struct quantiles){WAL_PAGE_SHARE * t->wal_bytes * exp(-Z90 * sigma), WAL_PAGE_SHARE * all,
                              WAL_PAGE_SHARE * (all + t->more_images) * exp(Z90 * sigma)};
}
