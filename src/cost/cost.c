// From the work of a footprint to time: which terms a kind of work has, and how sure the sum is.
#include "cost/cost.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "cost/ledger.h"
#include "cost/price.h"

// Between the calibration and the run: of 41 times 95 % lay inside with 0.15, of 42 at another moment 67 % with 0.08.
#define MOMENT_SIGMA 0.1
// One calibration fits all its constants to the same times: where one is too high another is too low, and a sum is surer than they are. What
// price_widen adds is narrowed with them. Of 87 times (tests/validation/durations.py, both sets) 91 % lay inside without it, 83 % of the same
// times would with it, and 82 % did in the run after it.
#define FITTED_TOGETHER 0.75
// Dead rows where nothing counted them, as a share of all. Assumed: autovacuum lets a fifth be (autovacuum_vacuum_scale_factor).
#define UNCOUNTED_DEAD 0.05

static double or_else(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

static bool is_off(const char *setting)
{
    return !setting || lc_streq(setting, "off") || lc_streq(setting, "no") || lc_streq(setting, "false");
}

static enum compression compression_of(const char *setting)
{
    if (is_off(setting))
        return COMPRESSION_OFF;
    return lc_streq(setting, "lz4") ? COMPRESSION_LZ4 : lc_streq(setting, "zstd") ? COMPRESSION_ZSTD : COMPRESSION_PGLZ;
}

static struct pricing open_pricing(struct lc_arena *arena, struct snapshot *snap, const struct cost_options *options,
                                   const struct footprint *fp)
{
    struct pricing p = {.arena = arena, .snap = snap, .options = options, .fp = fp, .wal = true};

    p.maintenance_work_mem = or_else(snapshot_setting_bytes(snap, "maintenance_work_mem"), 64.0 * 1024 * 1024);
    p.work_mem = or_else(snapshot_setting_bytes(snap, "work_mem"), 4.0 * 1024 * 1024);
    p.max_parallel_maintenance_workers = or_else(snapshot_setting_number(snap, "max_parallel_maintenance_workers"), 2);
    p.min_parallel_table_scan_pages =
        or_else(snapshot_setting_bytes(snap, "min_parallel_table_scan_size"), 8.0 * 1024 * 1024) / COST_PAGE;
    p.full_page_writes = snapshot_setting_bool(snap, "full_page_writes", true);
    p.shared_buffers = or_else(snapshot_setting_bytes(snap, "shared_buffers"), 128.0 * 1024 * 1024);
    p.max_parallel_workers = or_else(snapshot_setting_number(snap, "max_parallel_workers"), 8);
    p.minimal = lc_streq(cat_setting(snap->cat, "wal_level"), "minimal");
    p.skip_threshold = or_else(snapshot_setting_bytes(snap, "wal_skip_threshold"), 2.0 * 1024 * 1024);
    p.hint_images = snapshot_setting_bool(snap, "wal_log_hints", false) || snapshot_setting_bool(snap, "data_checksums", false);
    p.compression = compression_of(cat_setting(snap->cat, "wal_compression"));
    p.ratio = (struct compression_ratio){1, 0};
    p.checkpoint_bytes = or_else(snapshot_setting_bytes(snap, "max_wal_size"), 1024.0 * 1024 * 1024) /
                         (1 + or_else(snapshot_setting_number(snap, "checkpoint_completion_target"), 0.9));
    p.fsync = snapshot_setting_bool(snap, "fsync", true);
    p.cores = snap->server.cores > 0 ? snap->server.cores : calibration_constant(options->calibration, COST_CORES).median;
    return p;
}

static struct quantiles spread(const struct pricing *p, const struct price *t)
{
    double ratio = p->options->speed_ratio > 0 ? p->options->speed_ratio : 1, ms = t->ms / ratio;
    double together = p->options->calibration ? FITTED_TOGETHER : 1;
    double sigma = t->ms > 0 ? hypot(together * hypot(t->weighted_sigma / t->ms, t->extra_sigma), MOMENT_SIGMA) : 0;

    return (struct quantiles){ms * exp(-Z90 * sigma), ms, ms * exp(Z90 * sigma)};
}

static bool needs_size(const struct fp_work *w)
{
    return w->rel && !price_has_leaves(w) && w->kind != FP_METADATA && w->kind != FP_SLEEP && w->kind != FP_UNKNOWN_WORK &&
           w->kind != FP_COPY_IN;
}

// ATRewriteTable (commands/tablecmds.c): every row is formed anew and inserted; TOAST values stay where they are unless their column changes.
static void price_rewrite(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    struct price_row row = price_new_row_of(p, w->rel, w->expr);
    double bytes = price_rows(w->rel) * row.bytes;
    struct pricing local = *p;

    local.wal = price_is_logged(p, w->rel);
    local.new_storage = p->minimal;
    price_scan(&local, to, w->rel, w->expr);
    price_pruning(p, to, w->rel);
    price_cast(&local, to, w);
    price_heap_write(&local, to, COST_WRITE_ROW_NS, price_rows(w->rel), &row);
    to->disk_bytes -= bytes;
    price_replace(to, price_bulk_bytes(p, bytes), price_pages(w->rel) * COST_PAGE);
    price_sync(&local, to, bytes);
    price_term(p, to, COST_UNLINK_PAGE_US, price_pages(w->rel));
    if (w->rel->size.toast_bytes > 0) { // every value is read and stored again (heap_toast_insert_or_update)
        price_term(p, to, COST_TOAST_BYTE_NS, w->rel->size.toast_bytes);
        price_toast_write(&local, to, w->rel);
        price_widen(to, 0.4 * fmin(w->rel->size.toast_bytes / fmax(bytes, 1), 1));
    }
}

// The share of a table's pages that VACUUM reads: relallvisible is as the last VACUUM left it, before the dead rows were.
static double vacuumed_share(double pages, double allvisible, double dead)
{
    double stale = pages > 0 ? 1 - fmin(allvisible / pages, 1) : 1, dirtied = pages > 0 ? 1 - exp(-dead / pages) : 1;

    return fmax(stale, dirtied);
}

// VACUUM (access/heap/vacuumlazy.c): pages that are not all visible, the dead rows there, and every index where there are any.
static void price_vacuum(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    double pages = price_pages(w->rel), rows = price_rows(w->rel);
    bool counted = !isnan(w->rel->size.dead_tuples);
    double dead = counted ? fmax(w->rel->size.dead_tuples, 0) : UNCOUNTED_DEAD * rows;
    double share = vacuumed_share(pages, fmax(w->rel->size.allvisible_pages, 0), dead);

    price_term(p, to, COST_SCAN_PAGE_US, pages * share + fmin(pages, dead)); // and again to free the dead rows' pointers
    price_term(p, to, COST_SCAN_ROW_NS, rows * share);
    price_term(p, to, COST_DELETE_ROW_NS, dead);
    if (dead > 0)
        for (int i = 0; i < w->rel->indexes.len; i++) {
            const struct cat_relation *index = cat_relation(p->snap->cat, w->rel->indexes.items[i]);
            if (index) {
                price_term(p, to, COST_SCAN_PAGE_US, price_pages(index));
                price_term(p, to, COST_INDEX_SCAN_ROW_NS, rows);
            }
        }
    price_wal(p, to, dead / 20, dead * 10);
    price_widen(to, counted ? 0.5 : 1.5);
}

static void price_analyze(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    double target = or_else(snapshot_setting_number(p->snap, "default_statistics_target"), 100), sample = 300 * target;

    price_term(p, to, COST_SCAN_PAGE_US, fmin(price_pages(w->rel), sample) * 2);
    price_term(p, to, COST_SORT_OTHER_NS, fmin(price_rows(w->rel), sample) * w->rel->natts * 15);
    price_widen(to, 0.4);
}

static void price_work(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    switch (w->kind) {
    case FP_SCAN:
        price_scan(p, to, w->rel, w->expr);
        price_pruning(p, to, w->rel);
        break;
    case FP_INDEX_VALIDATE:
        price_index_validate(p, to, w);
        break;
    case FP_VACUUM:
        price_vacuum(p, to, w);
        break;
    case FP_ANALYZE: // 300 x default_statistics_target rows at most (commands/analyze.c std_typanalyze)
        price_analyze(p, to, w);
        break;
    case FP_REWRITE:
        price_rewrite(p, to, w);
        break;
    case FP_CLUSTER_SORT:
        price_cluster(p, to, w);
        break;
    case FP_INDEX_BUILD:
        price_index_build(p, to, w);
        break;
    case FP_FK_CHECK:
        price_fk(p, to, w);
        break;
    case FP_FK_ROWS:
        price_fk_rows(p, to, w, out);
        break;
    case FP_QUERY:
        price_query(p, to, w, out);
        break;
    case FP_SET_TABLESPACE: // RelationCopyStorage (catalog/storage.c): page by page, each into WAL
        price_term(p, to, COST_SCAN_PAGE_US, price_pages(w->rel));
        price_term(p, to, COST_WRITE_PAGE_US, price_pages(w->rel));
        price_wal_pages(p, to, price_pages(w->rel), price_pages(w->rel) * COST_PAGE);
        price_sync(p, to, price_pages(w->rel) * COST_PAGE);
        break;
    case FP_SLEEP:
        to->ms += w->sleep_ms;
        break;
    case FP_COPY_IN:
    case FP_UNKNOWN_WORK:
        out->known = false;
        out->basis = w->what;
        break;
    case FP_TRUNCATE:
        to->disk_bytes -= price_pages(w->rel) * COST_PAGE + fmax(w->rel->size.toast_bytes, 0);
        price_term(p, to, COST_UNLINK_PAGE_US, price_pages(w->rel));
        if (p->minimal &&
            w->rel->relkind == 'i') // its first page is new storage (index_build, catalog/index.c), logged at the end
            to->wal_bytes += COST_PAGE;
        if (w->rel->relkind != 'i') // the table's share stands for its indexes'
            price_term(p, to, COST_STATEMENT_MS, 2);
        price_widen(to, 0.4);
        break;
    case FP_METADATA:
        price_term(p, to, COST_STATEMENT_MS, 1);
        price_widen(to, 0.4);
        break;
    }
}

static void price_item(const struct pricing *p, const struct fp_work *given, struct cost_item *out)
{
    struct fp_work now = *given;
    const struct fp_work *w = &now;
    struct price t = {.cores = 1};

    now.rel = price_filled(p, given->rel);
    now.other = price_filled(p, given->other);
    now.sql = price_filling_text(p, given);

    *out = (struct cost_item){.what = w->what,
                              .rel = given->rel,
                              .rows = -1,
                              .bytes = -1,
                              .cpu_share = w->kind == FP_SLEEP ? 0 : 0.9,
                              .cores = 1,
                              .known = true};
    out->basis = p->options->calibration ? "calibrated" : "default constants";
    if (needs_size(w) && !w->rel->size.known && !w->rel->o.created) {
        out->known = false;
        out->basis = "the size of the table is not known";
        return;
    }
    if (needs_size(w)) {
        out->rows = price_rows(w->rel);
        out->bytes = price_pages(w->rel) * COST_PAGE;
        if (w->rel->size.tuples < 0)
            t.extra_sigma = 0.5;
    }
    price_work(p, &t, w, out);
    price_checkpoints(p, &t);
    out->ms = spread(p, &t);
    if (out->known && ledger_correct(p->options->ledger, p->snap->server.label,
                                     p->options->calibration ? p->options->calibration->name : NULL, w->kind, &out->ms))
        out->basis = lc_printf(p->arena, "%s, corrected by the ledger", out->basis);
    out->cores = t.cores;
    out->wal = price_wal_spread(&t);
    out->disk_bytes = t.disk_bytes;
    out->kept_bytes = t.kept_bytes;
    out->temp_bytes = t.temp_bytes + t.kept_bytes;
}

static bool reads_heap(const struct fp_work *w)
{
    return w->kind == FP_SCAN || w->kind == FP_INDEX_BUILD || w->kind == FP_FK_CHECK;
}

// Files of dropped relations go at the end of the transaction, after its locks (smgrDoPendingDeletes, CommitTransaction in xact.c): nobody
// waits for that, so it is no part of the time.
static double dropped_bytes(const struct pricing *p)
{
    double bytes = 0;

    for (int i = 0; lc_starts(p->fp->command, "DROP ") && i < p->fp->locks.len; i++) {
        const struct fp_lock *l = &p->fp->locks.items[i];
        const struct cat_relation *rel = price_filled(p, l->rel);
        if (l->mode == LC_ACCESS_EXCLUSIVE && !cat_relation(p->snap->cat, rel->o.oid))
            bytes += price_pages(rel) * COST_PAGE + fmax(rel->size.toast_bytes, 0);
    }
    return bytes;
}

enum lc_code cost_statement(struct lc_arena *arena, struct snapshot *snap, const struct cost_options *options,
                            const struct footprint *fp, struct cost *out, struct lc_error *err)
{
    struct pricing p = open_pricing(arena, snap, options, fp);
    double kept = 0, files = 0;

    (void)err;
    *out = (struct cost){.items = LC_NEW_ARRAY(arena, struct cost_item, fp->work.len), .len = fp->work.len, .known = true};
    for (int i = 0; i < fp->work.len; i++) {
        struct cost_item *c = &out->items[i];
        out->len = i;
        p.done = out;
        price_item(&p, &fp->work.items[i], c);
        if (fp->work.items[i].rel && reads_heap(&fp->work.items[i]) &&
            price_pages(fp->work.items[i].rel) * COST_PAGE <= p.shared_buffers / 4)
            p.warm = fp->work.items[i].rel->o.oid;
        out->known = out->known && c->known;
        quantiles_add(&out->total_ms, c->ms, 1);
        quantiles_add(&out->wal, c->wal, 1);
        out->disk_bytes += c->disk_bytes;
        kept += c->kept_bytes;
        files = fmax(files, c->temp_bytes - c->kept_bytes);
    }
    out->len = fp->work.len;
    out->temp_bytes = kept + files;
    out->disk_bytes -= dropped_bytes(&p);
    quantiles_add(&out->wal, price_catalogue_wal(&p), 1);
    return LC_OK;
}
