// What changing rows writes into WAL and adds to a table and its indexes: records as heapam_xlog.h and nbtxlog.h lay them out.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"
#include "cost/price.h"

#define RECORD 46.0       // XLogRecord, one block header and the header of its data (access/xlogrecord.h)
#define LOCK_RECORD 56.0  // xl_heap_lock: a row whose new version goes to another page is locked first (heap_update)
#define MOVED_RECORD 50.0 // xl_heap_update with two blocks and xl_heap_header, beside the tuple
#define KEPT_RECORD 76.0  // the same on one page: what the versions have in common at both ends is left out
#define DELETE_RECORD 56.0
#define ENTRY_RECORD 48.0       // xl_btree_insert, beside the entry
#define SPLIT_BYTES 4250.0      // xl_btree_split: the right half of a page, and the entry into its parent
#define SPLIT_LAST_BYTES 1000.0 // of the rightmost page: a tenth goes to the right (BTREE_DEFAULT_FILLFACTOR)
#define INDEX_USED 7450.0       // of an index page of 8 kB as it was built
#define FULL_INDEX 0.78         // so full is no index whose pages have split at random
#define SPLIT_FILL 0.69         // and that full are those on average
#define INDEX_ROOM 8150.0       // of a page
#define TOGETHER 0.95           // correlation of a column whose neighbouring values are neighbours on the pages
#define TOAST_USED 0.85

static bool finds_column(const Node *node, void *found)
{
    if (IsA(node, ColumnRef) || IsA(node, SubLink))
        *(bool *)found = true;
    return true;
}

static bool is_constant(const Node *node)
{
    bool found = false;

    node_walk(node, finds_column, &found);
    return !found;
}

static bool is_in_order(const struct cat_relation *rel, const Node *node)
{
    const ColumnRef *column = AS(ColumnRef, node);
    const char *name = column ? list_last_name(&column->fields) : NULL;
    const struct cat_attribute *att = name ? cat_find_column(rel, name) : NULL;

    return att && att->stats && fabs(att->stats->correlation) > TOGETHER;
}

static bool is_range(const A_Expr *e)
{
    const char *name = list_last_name(&e->name);

    if (e->kind == AEXPR_BETWEEN || e->kind == AEXPR_BETWEEN_SYM)
        return true;
    return e->kind == AEXPR_OP && name && (lc_streq(name, "=") || strchr("<>", name[0])) && !lc_streq(name, "<>");
}

// Are the changed rows next to each other? So it is when a column that is in the order of the table lies between constants: its remainder, or
// what it is joined with, may be anywhere.
static bool near_each_other(const struct cat_relation *rel, const Node *clause)
{
    const BoolExpr *both = AS(BoolExpr, clause);
    const A_Expr *e = AS(A_Expr, clause);

    for (int i = 0; both && both->boolop == AND_EXPR && i < both->args.length; i++)
        if (near_each_other(rel, both->args.items[i]))
            return true;
    if (!e || !is_range(e))
        return false;
    return (is_in_order(rel, e->lexpr) && is_constant(e->rexpr)) || (is_in_order(rel, e->rexpr) && is_constant(e->lexpr));
}

// x % k = c of a column that is in the order of the table: one row in k, at regular distances.
static bool evenly(const struct fp_work *w)
{
    const A_Expr *e = w->query && !IsA(w->query, InsertStmt) && price_where(w->query) ? AS(A_Expr, price_where(w->query)) : NULL,
                 *left = e && e->kind == AEXPR_OP && lc_streq(list_last_name(&e->name), "=") ? AS(A_Expr, e->lexpr) : NULL;

    return left && left->kind == AEXPR_OP && lc_streq(list_last_name(&left->name), "%") && is_in_order(w->rel, left->lexpr) &&
           is_constant(left->rexpr) && is_constant(e->rexpr);
}

static bool together(const struct fp_work *w)
{
    const Node *where = w->query && !IsA(w->query, InsertStmt) ? price_where(w->query) : NULL;

    return where && near_each_other(w->rel, where);
}

// Images of the heap's pages on which `rows` rows change.
static void heap_images(const struct pricing *p, struct price *to, const struct fp_work *w, const struct price_row *row,
                        double rows)
{
    double pages = price_pages(w->rel), all = price_rows(w->rel),
           touched = evenly(w) ? fmin(rows, pages) : price_touched(pages, rows, all, together(w));
    double each = (row->exact ? ceil(row->tuple / 8) * 8 : row->tuple + 3.5) + 4,
           used = pages > 0 ? 24 + all / pages * each : COST_PAGE;

    if (w->rel->size.dead_tuples > 0 && pages > 0)
        used += w->rel->size.dead_tuples / pages * each;
    price_images(p, to, w->rel, touched, fmin(rows, pages), fmin(used, COST_PAGE));
}

// Pages that a btree grows by when `entries` go to places all over it: pages as full as they were built split when their room is gone, and all
// about at once. Entries of new versions share a key with the old ones, for which some room is found (nbtdedup.c).
static double split_pages(double pages, double old, double entries, double leaf)
{
    double fill = pages > 0 ? fmin(old * leaf / (pages * INDEX_ROOM), 0.98) : 0, share = old > 0 ? entries / old : 0;
    double room = fill > 0 ? 1.1 * (1 / fill - 1) : 0, final = (old + entries) * leaf / INDEX_ROOM / SPLIT_FILL;

    if (pages < 1 || fill < FULL_INDEX)
        return fmax(final - pages, 0);
    if (share < room)
        return 0.02 * pages;
    if (share < 1.2)
        return pages * fmin((share - room) / (0.5 * room), 1);
    return fmax(final - pages, pages);
}

static bool keeps_order(const struct cat_relation *rel, const struct cat_relation *index)
{
    return index->index && price_comes_sorted(rel, index->index);
}

static void index_entries(const struct pricing *p, struct price *to, const struct cat_relation *rel,
                          const struct cat_relation *index, double entries, bool at_end, bool near)
{
    double old = index->size.tuples >= 0 ? index->size.tuples : price_rows(rel), leaf = price_entry_bytes(p, rel, index) + 4;
    double full = price_index_bytes(p, rel, index, entries) / COST_PAGE;
    double pages = price_pages(index) > 1 ? price_pages(index) : old * leaf / INDEX_ROOM / 0.9;
    double part = near ? fmin(entries / fmax(old, 1), 1) : 1; // of the index, where all of them go
    double grown = at_end ? full : split_pages(part * pages, part * old, entries, price_index_bytes(p, rel, index, 1) * 0.9);

    if (index->index && index->index->predicate)
        entries *= fmin(old / fmax(price_rows(rel), 1), 1);
    price_wal(p, to, 0, entries * ceil((ENTRY_RECORD + leaf - 4) / 8) * 8 + grown * (at_end ? SPLIT_LAST_BYTES : SPLIT_BYTES));
    if (!at_end && old >= 1)
        price_images(p, to, index, price_touched(pages, entries, old, near), fmin(entries, pages), INDEX_USED);
    if (!at_end && old >= 1 && !near && !keeps_order(rel, index))
        price_scattered(p, to, pages + grown / 2, entries, INDEX_USED * price_index_ratio(p, rel, index).share);
    to->disk_bytes += grown * COST_PAGE;
    price_unsure(to, 0.1);
}

// `w` NULL: new rows, those of a column in order go to the end of its index; else new versions.
void price_entry_changes(const struct pricing *p, struct price *to, const struct cat_relation *rel, const struct fp_work *w,
                         double rows)
{
    struct pricing local = *p;

    local.wal = price_is_logged(p, rel);
    for (int i = 0; rows > 0 && i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(p->snap->cat, rel->indexes.items[i]);
        if (index)
            index_entries(&local, to, rel, index, rows, !w && keeps_order(rel, index),
                          w && keeps_order(rel, index) && together(w));
    }
}

// The width of what an UPDATE sets; -1: the expression does not tell.
static double set_width(const struct pricing *p, const struct cat_relation *rel, const Node *value)
{
    const A_Const *c = AS(A_Const, value);

    if (c && c->isnull)
        return 0;
    if (c ? !IsA(c->val, String)
          : IsA(value, SubLink) || IsA(value, SetToDefault) || IsA(value, ParamRef) || IsA(value, MultiAssignRef))
        return -1;
    return price_expr_width(p, rel, value, 0);
}

// By how much wider new versions are than the old ones, in texts and other values of varying length; of numerics only the digits vary.
static double grown_width(const struct pricing *p, const struct fp_work *w)
{
    const UpdateStmt *u = w->query ? AS(UpdateStmt, w->query) : NULL;
    double more = 0;

    for (int i = 0; u && i < u->targetList.length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, &u->targetList, i);
        const struct cat_attribute *att = t && t->name ? cat_find_column(w->rel, t->name) : NULL;
        const struct cat_type *type = att ? cat_type(p->snap->cat, att->type) : NULL;
        double width =
            att && att->stats && att->type != NUMERICOID && type && type->len <= 0 && t->val ? set_width(p, w->rel, t->val) : -1;
        if (width >= 0)
            more += width - (1 - att->stats->null_frac) * att->stats->avg_width;
    }
    return more;
}

void price_update_change(const struct pricing *p, struct price *to, const struct fp_work *w, double rows, double kept)
{
    struct price_row old = price_row_of(p, w->rel), row = price_wider_row(&old, grown_width(p, w), price_fillfactor(w->rel, 1));
    double moved = rows * (1 - kept);

    price_wal(p, to, 2 * rows, moved * (LOCK_RECORD + ceil((MOVED_RECORD + row.tuple) / 8) * 8) + rows * kept * KEPT_RECORD);
    heap_images(p, to, w, &old, rows);
    to->disk_bytes += moved * row.bytes;
    price_unsure(to, 0.05);
}

// A value's chunks lie on pages next to each other, of which the first and the last are shared with others': 0.8 of a page more,
// assumed.
static double toast_touched(const struct fp_work *w, double rows)
{
    double pages = w->rel->size.toast_bytes / COST_PAGE, share = fmin(rows / fmax(price_rows(w->rel), 1), 1);

    return pages <= 0 ? 0 : together(w) ? pages * share : fmin(pages, pages * share + rows * 0.8);
}

void price_delete_change(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    struct price_row row = price_row_of(p, w->rel);
    double share = fmin(rows / fmax(price_rows(w->rel), 1), 1), toast = w->rel->size.toast_bytes * share;

    price_wal(p, to, rows, rows * DELETE_RECORD + toast / 2000 * DELETE_RECORD);
    heap_images(p, to, w, &row, rows);
    price_images_of(p, to, w->rel, price_toast_ratio(p, w->rel), toast_touched(w, rows), w->rel->size.toast_bytes / COST_PAGE,
                    TOAST_USED * COST_PAGE);
}

// A reader with a snapshot prunes pages with dead rows (heap_page_prune_opt), which is logged, with an image at first.
void price_pruning(const struct pricing *p, struct price *to, const struct cat_relation *rel)
{
    double dead = rel->size.dead_tuples > 0 ? rel->size.dead_tuples : 0, pages = price_pages(rel);
    double touched = price_touched(pages, dead, dead, false);
    struct price_row row = price_row_of(p, rel);
    struct pricing local = *p;

    local.wal = price_is_logged(p, rel);
    if (dead < 1 || price_rows(rel) < 1)
        return;
    to->wal_bytes += local.wal ? touched * RECORD + 2 * dead : 0;
    price_images(&local, to, rel, touched, touched, fmin(24 + price_rows(rel) / pages * (row.tuple + 7.5), COST_PAGE));
}
