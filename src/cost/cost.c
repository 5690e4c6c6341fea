// From the work of a footprint to time: which terms a kind of work has, and how sure the sum is.
#include "cost/cost.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "cost/price.h"

#define Z90 1.2815515655446004 // the 90th percentile of the normal distribution

static double or_else(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
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
    p.cores = snap->server.cores > 0 ? snap->server.cores : 4;
    return p;
}

static struct quantiles spread(const struct pricing *p, const struct price *t)
{
    double ratio = p->options->speed_ratio > 0 ? p->options->speed_ratio : 1, ms = t->ms / ratio;
    double sigma = t->ms > 0 ? hypot(t->weighted_sigma / t->ms, t->extra_sigma) : 0;

    return (struct quantiles){ms * exp(-Z90 * sigma), ms, ms * exp(Z90 * sigma)};
}

static bool needs_size(const struct fp_work *w)
{
    return w->rel && w->kind != FP_METADATA && w->kind != FP_SLEEP && w->kind != FP_TRUNCATE && w->kind != FP_UNKNOWN_WORK &&
           w->kind != FP_COPY_IN;
}

static void price_fk(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    price_scan(p, to, w->rel, NULL);
    price_term(p, to, COST_FK_ROW_NS, price_rows(w->rel));
    if (w->other && w->other->size.known)
        price_term(p, to, COST_SCAN_PAGE_US, price_pages(w->other));
    to->extra_sigma = 0.2;
}

static void price_rewrite(const struct pricing *p, struct price *to, const struct fp_work *w, bool page_images)
{
    bool unlogged = w->rel->relpersistence != 'p';
    struct pricing local = *p;

    local.wal = p->wal && !unlogged;
    price_scan(&local, to, w->rel, w->expr);
    price_heap_write(&local, to, price_rows(w->rel), price_row_bytes(w->rel), page_images);
    if (w->rel->size.toast_bytes > 0 && page_images)
        price_term(p, to, COST_WRITE_PAGE_US, w->rel->size.toast_bytes / COST_PAGE);
}

static void price_work(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    switch (w->kind) {
    case FP_SCAN:
    case FP_INDEX_VALIDATE:
    case FP_VACUUM:
        price_scan(p, to, w->rel, w->expr);
        break;
    case FP_ANALYZE: // 300 x default_statistics_target rows at most (commands/analyze.c std_typanalyze)
        price_term(p, to, COST_SCAN_PAGE_US, fmin(price_pages(w->rel), 30000));
        price_term(p, to, COST_AGG_ROW_NS, fmin(price_rows(w->rel), 30000) * w->rel->natts * 15);
        to->extra_sigma = 0.4;
        break;
    case FP_REWRITE:
        price_rewrite(p, to, w, false);
        break;
    case FP_CLUSTER_SORT:
        price_rewrite(p, to, w, true);
        to->extra_sigma = 0.2;
        break;
    case FP_INDEX_BUILD:
        price_index_build(p, to, w);
        break;
    case FP_FK_CHECK:
        price_fk(p, to, w);
        break;
    case FP_QUERY:
        price_query(p, to, w, out);
        break;
    case FP_SET_TABLESPACE:
        price_term(p, to, COST_SCAN_PAGE_US, 2 * price_pages(w->rel));
        price_wal(p, to, price_pages(w->rel), price_pages(w->rel) * COST_PAGE);
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
    case FP_METADATA:
        price_term(p, to, COST_STATEMENT_MS, 1);
        to->extra_sigma = 0.4;
        break;
    }
}

static void price_item(const struct pricing *p, const struct fp_work *w, struct cost_item *out)
{
    struct price t = {.cores = 1};

    *out = (struct cost_item){.what = w->what,
                              .rel = w->rel,
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
    out->ms = spread(p, &t);
    out->cores = t.cores;
    out->wal_bytes = t.wal_bytes;
    out->disk_bytes = t.disk_bytes;
    out->temp_bytes = t.temp_bytes;
}

enum lc_code cost_statement(struct lc_arena *arena, struct snapshot *snap, const struct cost_options *options,
                            const struct footprint *fp, struct cost *out, struct lc_error *err)
{
    struct pricing p = open_pricing(arena, snap, options, fp);

    (void)err;
    *out = (struct cost){.items = LC_NEW_ARRAY(arena, struct cost_item, fp->work.len), .len = fp->work.len, .known = true};
    for (int i = 0; i < fp->work.len; i++) {
        struct cost_item *c = &out->items[i];
        price_item(&p, &fp->work.items[i], c);
        out->known = out->known && c->known;
        out->total_ms.p10 += c->ms.p10;
        out->total_ms.p50 += c->ms.p50;
        out->total_ms.p90 += c->ms.p90;
        out->wal_bytes += c->wal_bytes;
        out->disk_bytes += c->disk_bytes;
        out->temp_bytes = fmax(out->temp_bytes, c->temp_bytes);
    }
    return LC_OK;
}
