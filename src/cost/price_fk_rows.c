// What the triggers of foreign keys do for each row that is written (utils/adt/ri_triggers.c): a query by the key, and what cascades.
#include <math.h>

#include "cost/price.h"

#define LOCK_RECORD 56.0 // xl_heap_lock: a row that is looked up is locked FOR KEY SHARE
#define NO_ROOM 0.1      // share of new versions that find room on the page of the old one: the table is as full as ever

// Rows of w->other that the statement writes: what the item before that writes them says, else its query.
static double rows_written(const struct pricing *p, const struct fp_work *w)
{
    double last = 0;

    for (int i = p->done->len - 1; i >= 0; i--) {
        const struct fp_work *before = &p->fp->work.items[i];
        bool writes = before->kind == FP_QUERY || (before->kind == FP_FK_ROWS && before->fk >= FP_FK_DELETE);
        if (writes && before->rel == w->other)
            return fmax(p->done->items[i].rows, 0);
        if (before->kind == FP_QUERY)
            last = fmax(p->done->items[i].rows, 0);
    }
    return last;
}

static bool is_key(const struct cat_index *x, const struct cat_attnums *columns)
{
    for (int i = 0; i < columns->len; i++) {
        bool found = false;
        for (int k = 0; k < columns->len && k < x->nkeyatts; k++)
            found = found || x->keys[k] == columns->items[i];
        if (!found)
            return false;
    }
    return true;
}

// Is there an index that begins with the key? Without one each query reads the whole table.
static bool has_index(const struct pricing *p, const struct fp_work *w)
{
    for (int i = 0; w->constraint && i < w->rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(p->snap->cat, w->rel->indexes.items[i]);
        if (index && index->index && index->index->valid && !index->index->predicate &&
            is_key(index->index, &w->constraint->conkey))
            return true;
    }
    return w->rel->relkind == 'p' && w->rel->indexes.len > 0;
}

static void look_up(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    double all = price_rows(w->rel), pages = price_touched(price_pages(w->rel), fmin(rows, all), all, false);

    price_term(p, to, COST_RI_QUERY_NS, rows);
    price_wal(p, to, rows, rows * LOCK_RECORD);
    price_images(p, to, w->rel, pages, pages, COST_PAGE * 0.9);
    price_widen(to, 0.4);
}

static void cascade(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    struct fp_work part = {.kind = FP_QUERY, .rel = w->rel};

    price_term(p, to, COST_RI_ROW_NS, rows);
    if (w->fk == FP_FK_DELETE) {
        price_term(p, to, COST_DELETE_ROW_NS, rows);
        price_delete_change(p, to, &part, rows);
        return;
    }
    price_term(p, to, COST_UPDATE_ROW_NS, rows);
    price_term(p, to, COST_UPDATE_SHARED_ROW_NS, rows);
    price_term(p, to, COST_INDEX_ENTRY_NS, rows * w->rel->indexes.len);
    price_update_change(p, to, &part, rows, NO_ROOM);
    price_entry_changes(p, to, w->rel, &part, rows);
}

void price_fk_rows(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    double written = rows_written(p, w), parents = w->other ? fmax(price_rows(w->other), 1) : 1;
    double found = price_rows(w->rel) * fmin(written / parents, 1);
    struct pricing local = *p;

    local.wal = price_is_logged(p, w->rel);
    out->rows = w->fk >= FP_FK_DELETE ? found : written;
    if (w->fk == FP_FK_LOOK_UP) {
        look_up(&local, to, w, written);
        return;
    }
    price_term(&local, to, COST_RI_QUERY_NS, written * (w->fk == FP_FK_LOOK_TWICE ? 2 : 1));
    if (!has_index(p, w)) {
        price_term(&local, to, COST_SCAN_PAGE_US, written * price_pages(w->rel));
        price_term(&local, to, COST_SCAN_ROW_NS, written * price_rows(w->rel));
    }
    if (w->fk >= FP_FK_DELETE)
        cascade(&local, to, w, found);
    price_widen(to, 0.4);
}
