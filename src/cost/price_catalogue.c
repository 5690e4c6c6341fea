// WAL of the catalogue's own changes: ten to fifteen of its pages, as a rule for the first time since a checkpoint.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "cost/price.h"

#define STATISTICS 3e3 // of a page of pg_statistic, for each column that was analysed: a third of one, assumed

enum change {
    NO_CHANGE,
    MARK,
    COLUMN,
    NOT_NULL,
    NOT_NULL_ROW,
    CHECK,
    FOREIGN_KEY,
    INDEX,
    CONCURRENT,
    KEY,
    REINDEX,
    COPY,
    COPY_TOAST,
    REWRITE,
    REWRITE_TOAST,
    TABLE_AS,
    TABLE_AS_TOAST,
    TABLE,
    DROP_INDEX,
    DROP_TABLE,
    DROP_TABLE_TOAST,
    TRUNCATE,
    TRUNCATE_TOAST,
    COMMENT,
    OTHER
};

// Bytes after a checkpoint, of which without images, and the same for each index that is made again: measured on PostgreSQL 13, 15 and 18 with
// tables of three and seven columns, 13 rather less than 18.
static const struct {
    double with_images, records, index_images, index_records;
} bytes_of[] = {
    [NO_CHANGE] = {0, 0, 0, 0},
    [MARK] = {5e3, 200, 0, 0},
    [COLUMN] = {23e3, 800, 0, 0},
    [NOT_NULL] = {26e3, 700, 0, 0},
    [NOT_NULL_ROW] = {60e3, 1.3e3, 0, 0},
    [CHECK] = {40e3, 1.7e3, 0, 0},
    [FOREIGN_KEY] = {52e3, 4.6e3, 0, 0},
    [INDEX] = {66e3, 3e3, 0, 0},
    [CONCURRENT] = {72e3, 4e3, 0, 0},
    [KEY] = {92e3, 4e3, 0, 0},
    [REINDEX] = {13e3, 1e3, 5e3, 2e3},
    [COPY] = {100e3, 10e3, 2.5e3, 2e3},
    [COPY_TOAST] = {130e3, 22e3, 2.5e3, 2e3},
    [REWRITE] = {114e3, 12e3, 2.5e3, 2e3},
    [REWRITE_TOAST] = {148e3, 27e3, 2.5e3, 2e3},
    [TABLE_AS] = {91e3, 8e3, 0, 0},
    [TABLE_AS_TOAST] = {124e3, 18e3, 0, 0},
    [TABLE] = {135e3, 14e3, 0, 0},
    [DROP_INDEX] = {20e3, 500, 0, 0},
    [DROP_TABLE] = {24e3, 1.4e3, 5e3, 500},
    [DROP_TABLE_TOAST] = {50e3, 3.2e3, 5e3, 500},
    [TRUNCATE] = {15e3, 540, 2e3, 600},
    [TRUNCATE_TOAST] = {22e3, 1.7e3, 2e3, 600},
    [COMMENT] = {13e3, 200, 0, 0},
    [OTHER] = {50e3, 3e3, 0, 0},
};

// By enum compression: of catalogue pages, as measured.
static const double image_share[] = {1, 0.44, 0.46, 0.35};

struct doing { // what the statement does, from its work and its locks
    int indexes, copies, rewrites, scans, checks, keys, analysed;
    bool concurrent, toast, made, fresh, marks, changes;
};

// A table that is new has none that can be seen yet: create_toast_table (catalog/toasting.c) makes one where a value may be long.
static bool has_toast(const struct cat_relation *rel, bool created)
{
    if (!created)
        return rel && (rel->toastrelid || rel->size.toast_bytes > 0);
    for (int i = 0; rel && i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && strchr("xe", rel->attrs[i].storage))
            return true;
    return false;
}

static void look_at_work(struct doing *d, const struct fp_work *w)
{
    d->indexes += w->kind == FP_INDEX_BUILD || (w->kind == FP_TRUNCATE && w->rel && w->rel->relkind == 'i');
    d->concurrent = d->concurrent || w->kind == FP_INDEX_VALIDATE;
    d->copies += w->kind == FP_CLUSTER_SORT;
    d->rewrites += w->kind == FP_REWRITE;
    d->keys += w->kind == FP_FK_CHECK;
    d->scans += w->kind == FP_SCAN;
    d->checks += w->kind == FP_SCAN && w->expr && !IsA(w->expr, NullTest);
    if (w->kind == FP_CLUSTER_SORT || w->kind == FP_REWRITE || w->kind == FP_TRUNCATE)
        d->toast = d->toast || has_toast(w->rel, false);
}

// Rows of pg_statistic go with their columns (RemoveStatistics, catalog/heap.c).
static void look_at_dropped(struct doing *d, const struct fp_lock *l)
{
    if (!l->rel || l->mode != LC_ACCESS_EXCLUSIVE)
        return;
    d->indexes += l->rel->relkind == 'i';
    d->toast = d->toast || has_toast(l->rel, false);
    for (int i = 0; l->rel->relkind != 'i' && i < l->rel->natts; i++)
        d->analysed += l->rel->attrs[i].stats != NULL;
}

static struct doing look(const struct footprint *fp)
{
    struct doing d = {.marks = true};

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        d.changes = d.changes || l->mode >= LC_SHARE_UPDATE_EXCLUSIVE || l->created;
        d.marks = d.marks && l->mode <= LC_SHARE_UPDATE_EXCLUSIVE && !l->created;
        d.fresh = d.fresh || (l->rel && l->rel->size.fresh);
        d.made = d.made || (l->created && l->rel && l->rel->relkind != 'i');
        if (l->rel && (l->created || lc_starts(fp->command, "REFRESH")))
            d.toast = d.toast || has_toast(l->rel, l->created);
    }
    for (int i = 0; lc_starts(fp->command, "DROP ") && i < fp->locks.len; i++)
        look_at_dropped(&d, &fp->locks.items[i]);
    for (int i = 0; i < fp->work.len; i++)
        look_at_work(&d, &fp->work.items[i]);
    return d;
}

// A NOT NULL has a row in pg_constraint since 18 (ATExecSetNotNull, commands/tablecmds.c).
static enum change table_change(const struct doing *d, int major)
{
    return d->rewrites  ? d->toast ? REWRITE_TOAST : REWRITE
           : d->keys    ? FOREIGN_KEY
           : d->indexes ? KEY
           : d->checks  ? CHECK
           : d->scans   ? major >= 18 ? NOT_NULL_ROW : NOT_NULL
                        : COLUMN;
}

static const struct {
    const char *command;
    enum change change, toast;
} commands[] = {
    {"CREATE INDEX", INDEX, INDEX},
    {"REINDEX", REINDEX, REINDEX},
    {"CLUSTER", COPY, COPY_TOAST},
    {"VACUUM", COPY, COPY_TOAST},
    {"REFRESH MATERIALIZED VIEW", COPY, COPY_TOAST},
    {"CREATE TABLE AS", TABLE_AS, TABLE_AS_TOAST},
    {"SELECT INTO", TABLE_AS, TABLE_AS_TOAST},
    {"CREATE MATERIALIZED VIEW", TABLE_AS, TABLE_AS_TOAST},
    {"CREATE TABLE", TABLE, TABLE},
    {"DROP INDEX", DROP_INDEX, DROP_INDEX},
    {"DROP TABLE", DROP_TABLE, DROP_TABLE_TOAST},
    {"DROP MATERIALIZED VIEW", DROP_TABLE, DROP_TABLE_TOAST},
    {"TRUNCATE", TRUNCATE, TRUNCATE_TOAST},
    {"COMMENT", COMMENT, COMMENT},
};

static enum change change_of(const struct footprint *fp, const struct doing *d, int major)
{
    if (!d->changes)
        return NO_CHANGE;
    if (lc_streq(fp->command, "VACUUM") && !d->copies)
        return MARK;
    if (d->concurrent)
        return CONCURRENT;
    if (lc_streq(fp->command, "ALTER TABLE"))
        return d->marks && d->scans && !d->keys ? MARK : table_change(d, major);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (lc_starts(fp->command, commands[i].command))
            return d->toast ? commands[i].toast : commands[i].change;
    return OTHER;
}

struct quantiles price_catalogue_wal(const struct pricing *p)
{
    struct doing d = look(p->fp);
    enum change c = change_of(p->fp, &d, cat_major(p->snap->cat));
    double again = c == INDEX || c == KEY || c == CONCURRENT ? 0 : d.indexes;
    double records = bytes_of[c].records + again * bytes_of[c].index_records;
    double images = (bytes_of[c].with_images + again * bytes_of[c].index_images - records) * image_share[p->compression];

    images += d.analysed * STATISTICS * image_share[p->compression];
    if (!p->full_page_writes)
        images = 0;
    // Where a table was just made, others have changed most of these pages.
    return (struct quantiles){0.5 * records, records + (d.fresh ? 0 : images), 1.5 * records + 1.35 * images};
}
