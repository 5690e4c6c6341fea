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
    to->wal_bytes += used * p->ratio.share + pages * PAGE_RECORD;
    price_unsure(to, p->ratio.sigma);
}

static struct compression_ratio ratio_of(const struct pricing *p, const struct cat_relation *rel)
{
    const struct cat_relation *table =
        rel->relkind == 'i' && rel->index ? cat_relation(p->snap->cat, rel->index->indrelid) : NULL;

    return table ? price_index_ratio(p, table, rel) : price_heap_ratio(p, rel);
}

// XLogRecordAssemble (access/transam/xloginsert.c): the image goes without the hole between line pointers and rows. Pages that were made since
// the last checkpoint need one only if another checkpoint comes meanwhile.
void price_images(const struct pricing *p, struct price *to, const struct cat_relation *rel, double pages, double most,
                  double used)
{
    price_images_of(p, to, rel, ratio_of(p, rel), pages, most, used);
}

void price_images_of(const struct pricing *p, struct price *to, const struct cat_relation *rel, struct compression_ratio ratio,
                     double pages, double most, double used)
{
    double expected = rel->size.fresh || rel->o.created || rel->new_storage ? 0 : pages;

    if (!p->wal || p->new_storage || !p->full_page_writes)
        return;
    price_term(p, to, COST_WAL_IMAGE_NS, expected * used);
    to->images += expected * used * ratio.share;
    to->more_images += fmax(most - expected, 0) * used * ratio.share;
    to->image_sigma = fmax(to->image_sigma, ratio.sigma);
}

void price_scattered(const struct pricing *p, struct price *to, double pages, double changes, double used)
{
    if (!p->wal || p->new_storage || !p->full_page_writes || to->nscattered >= PRICE_SCATTERED || pages < 1 || changes < 1)
        return;
    to->scattered[to->nscattered].pages = pages;
    to->scattered[to->nscattered].changes = changes;
    to->scattered[to->nscattered++].used = used;
}

// Images while a part of the statement runs.
static double scattered_images(const struct price *t, double part)
{
    double bytes = 0;

    for (int i = 0; i < t->nscattered; i++)
        bytes += price_touched(t->scattered[i].pages, part * t->scattered[i].changes, t->scattered[i].changes, false) *
                 t->scattered[i].used;
    return bytes;
}

// CalculateCheckpointSegments (access/transam/xlog.c): a checkpoint begins after so much WAL, and from then on every page that changes has an
// image again. A table's pages change one after the other, but those of an index that is in another order change all the time: how much of
// the statement runs between two checkpoints?
void price_checkpoints(const struct pricing *p, struct price *to)
{
    double once = scattered_images(to, 1), rest = fmax(to->wal_bytes + to->images - once, 0), low = 0, high = 1;

    if (to->nscattered == 0 || rest + once <= p->checkpoint_bytes)
        return;
    for (int i = 0; i < 40; i++) {
        double part = (low + high) / 2;
        if (part * rest + scattered_images(to, part) > p->checkpoint_bytes)
            high = part;
        else
            low = part;
    }
    to->again = fmax(scattered_images(to, high) / high - once, 0);
    price_term(p, to, COST_WAL_IMAGE_NS, to->again);
    price_widen(to, 0.3);
}

// smgrDoPendingSyncs (catalog/storage.c): what is smaller than wal_skip_threshold is logged page by page after all.
void price_skipped(const struct pricing *p, struct price *to, double bytes)
{
    if (p->wal && p->new_storage && bytes < p->skip_threshold)
        to->wal_bytes += bytes * p->ratio.share;
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
    double sigma = hypot(PRICE_SIZE_SIGMA, t->size_sigma), all = t->wal_bytes + t->images, most = all + t->more_images;
    double again = t->again * 0.7; // beside what the interval says of the rest: checkpoints may come later than they should
    double high = hypot(sigma, most > 0 ? t->image_sigma * (t->images + t->more_images) / most : 0);

    return (struct quantiles){WAL_PAGE_SHARE * (t->wal_bytes * exp(-Z90 * sigma) + again), WAL_PAGE_SHARE * (all + t->again),
                              WAL_PAGE_SHARE * (most * exp(Z90 * high) + t->again / 0.8)};
}
