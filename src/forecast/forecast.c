// The forecast of one deploy: footprints, then costs, then the simulation under the known traffic.
#include "forecast/forecast.h"

#include <math.h>

#include "base/str.h"
#include "cost/calibration.h"
#include "forecast/footprints.h"
#include "forecast/model.h"
#include "forecast/queue.h"
#include "forecast/standby.h"

static struct quantiles times(struct quantiles q, double factor)
{
    return (struct quantiles){q.p10 * factor, q.p50 * factor, q.p90 * factor};
}

static void cut_to_batch(struct cost *c, double batch_ms)
{
    double part = c->total_ms.p50 > batch_ms ? batch_ms / c->total_ms.p50 : 1;

    if (part >= 1)
        return;
    for (int i = 0; i < c->len; i++) {
        struct cost_item *item = &c->items[i];
        item->rows = item->rows > 0 ? item->rows * part : item->rows;
        item->bytes = item->bytes > 0 ? item->bytes * part : item->bytes;
        item->ms = quantiles_around(item->ms.p50 * part);
        item->wal = times(item->wal, part);
    }
    c->total_ms = quantiles_around(c->total_ms.p50 * part);
    c->wal = times(c->wal, part);
}

static enum lc_code price(struct lc_arena *arena, struct snapshot *snap, const struct forecast_options *options,
                          struct forecast *out, struct lc_error *err)
{
    struct cost_options how = options->cost;

    how.filled = cost_filled_new(arena);
    for (int i = 0; i < out->len; i++)
        for (int k = 0; k < out->files[i].len; k++) {
            struct forecast_stmt *f = &out->files[i].stmts[k];
            enum lc_code code;
            how.in_batches = f->stmt->in_batches;
            code = cost_statement(arena, snap, &how, &f->fp, &f->cost, err);
            if (code != LC_OK)
                return code;
            if (f->stmt->batch_ms > 0)
                cut_to_batch(&f->cost, f->stmt->batch_ms);
            f->duration_ms = f->cost.total_ms;
            quantiles_add(&out->duration_ms, f->cost.total_ms, 1);
        }
    return LC_OK;
}

// --- results -------------------------------------------------------------------------------------------------------------------------

static struct quantiles quantiles_of(struct sim_quantiles q)
{
    return (struct quantiles){q.p10, q.p50, q.p90};
}

static void take_figures(struct forecast *out, const struct sim_result *r)
{
    out->lock_wait_ms = quantiles_of(r->lock_wait_ms);
    out->duration_ms = quantiles_of(r->duration_ms);
    out->peak_blocked_sessions = quantiles_of(r->peak_blocked_sessions);
    out->blocked_session_s = quantiles_of(r->blocked_session_s);
    out->delayed_transactions = quantiles_of(r->delayed_transactions);
    out->drain_ms = quantiles_of(r->drain_ms);
    out->pool_exhausted_ms = quantiles_of(r->pool_exhausted_ms);
    out->pool_exhausted_probability = r->pool_exhausted_probability;
    out->migration_fails_probability = r->migration_fails_probability;
}

// The statement of the migration that a chain belongs to: the one waited behind, or, for the migration's own wait, the one that waits.
static int chain_statement(const struct sim_chain *c, int nstmts)
{
    int k = c->behind == SIM_WHO_MIGRATION ? c->behind_index : c->waiting == SIM_WHO_MIGRATION ? c->waiting_index : -1;

    return k < nstmts ? k : -1;
}

static void add_chain(struct lc_arena *arena, const struct forecast_model *m, const struct sim_chain *c, struct forecast_stmt *f)
{
    struct forecast_chain *all = LC_NEW_ARRAY(arena, struct forecast_chain, f->nchains + 1);

    for (int i = 0; i < f->nchains; i++)
        all[i] = f->chains[i];
    forecast_chain_of(m, c, &all[f->nchains]);
    f->chains = all;
    f->nchains++;
}

static void take_statements(struct lc_arena *arena, const struct forecast_model *m, const struct sim_result *r)
{
    for (int k = 0; k < m->nstmts; k++) {
        m->stmts[k]->lock_wait_ms = quantiles_of(r->statements[k].lock_wait_ms);
        m->stmts[k]->duration_ms = quantiles_of(r->statements[k].duration_ms);
        m->stmts[k]->fails_probability = r->statements[k].fails;
    }
    for (int i = 0; i < r->nchains; i++) {
        int k = chain_statement(&r->chains[i], m->nstmts);
        if (k >= 0)
            add_chain(arena, m, &r->chains[i], m->stmts[k]);
    }
}

#define FULL 400  // replications of a forecast
#define FEWEST 24 // ... however dear they are
#define TIMELINE_BINS 120

// As many replications as were asked for; else what the budget pays for.
static struct sim_options effort(const struct forecast_options *options)
{
    struct sim_options how = {.seed = options->seed, .replications = options->replications, .timeline_bins = TIMELINE_BINS};

    if (!how.replications) {
        how.replications = options->most_replications > 0 ? options->most_replications : FULL;
        how.events = FORECAST_EVENTS;
        how.fewest = FEWEST;
    }
    return how;
}

static enum lc_code simulate(struct lc_arena *arena, const struct snapshot *snap, const struct forecast_options *options,
                             struct forecast *out, struct lc_error *err)
{
    struct sim_options how = effort(options);
    struct forecast_model *model = LC_NEW(arena, struct forecast_model);
    struct sim_result *result;
    enum lc_code code;

    forecast_build_model(arena, snap, options, out, model);
    out->model = &model->sim;
    code = sim_run(&model->sim, &how, arena, &result, err);
    if (code != LC_OK)
        return code;
    out->sim = result;
    out->simulated = true;
    take_figures(out, result);
    take_statements(arena, model, result);
    forecast_take_queue(arena, model, out);
    return options->advise ? forecast_advise(arena, options, out, err) : LC_OK;
}

// --- what is not known ---------------------------------------------------------------------------------------------------------------

static void add_unknown(struct lc_arena *arena, struct forecast *out, const char *text)
{
    const char **all = LC_NEW_ARRAY(arena, const char *, out->nunknowns + 1);

    for (int i = 0; i < out->nunknowns; i++)
        all[i] = out->unknowns[i];
    all[out->nunknowns++] = text;
    out->unknowns = all;
}

static void collect_unknowns(struct lc_arena *arena, const struct snapshot *snap, const struct forecast_options *options,
                             struct forecast *out)
{
    if (snap->origin == SNAP_NONE)
        add_unknown(
            arena, out,
            "There is no server and no snapshot: sizes and traffic are unknown, and settings are PostgreSQL's own defaults "
            "(TimeZone is GMT).");
    if (!options->no_traffic && snap->origin != SNAP_NONE && options->pool <= 0)
        add_unknown(arena, out, "--pool-size was not given: the number of connections seen on the server stands in for it.");
    if (!options->no_traffic && snap->origin != SNAP_NONE && options->cores <= 0 && snap->server.cores <= 0)
        add_unknown(arena, out, "--cores was not given and SQL cannot tell: the server is taken to have 4.");
    if (options->pooler == SIM_SESSION_POOLER && !(options->connection_held_ms > 0))
        add_unknown(arena, out, "--connection-held was not given: connections are taken to be free at once after a transaction.");
    for (int i = 0; i < out->traffic.nunseen; i++)
        add_unknown(arena, out, out->traffic.unseen[i]);
    for (int i = 0; i < snap->gaps.len; i++) {
        const struct snap_gap *g = &snap->gaps.items[i];
        add_unknown(arena, out,
                    lc_printf(arena, "Not seen: %s (%s).%s%s", g->what, g->why, g->hint ? " " : "", g->hint ? g->hint : ""));
    }
}

static void predict_refusal(struct forecast *out)
{
    for (int i = 0; i < out->len; i++)
        for (int k = 0; k < out->files[i].len; k++)
            if (out->files[i].stmts[k].fp.fails) {
                out->files[i].stmts[k].fails_probability = 1;
                out->migration_fails_probability = 1;
            }
}

#define WARNINGS 12

static enum lc_code check_calibration(struct lc_arena *arena, const struct snapshot *snap, const struct calibration *c,
                                      struct forecast *out, struct lc_error *err)
{
    const char *warnings[WARNINGS];
    int n;
    enum lc_code code = c ? calibration_check(arena, c, snap, warnings, WARNINGS, &n, err) : LC_OK;

    for (int i = 0; c && code == LC_OK && i < n; i++)
        add_unknown(arena, out, warnings[i]);
    return code;
}

enum lc_code forecast_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                          const struct forecast_options *options, struct forecast *out, struct lc_error *err)
{
    enum lc_code code;

    *out = (struct forecast){.traffic.basis = "none"};
    code = check_calibration(arena, snap, options->cost.calibration, out, err);
    if (code != LC_OK)
        return code;
    // Traffic runs against the database as it is before the migration: look before the footprints change the catalogue.
    if (!options->no_traffic && snap->origin != SNAP_NONE) {
        code = traffic_from_snapshot(arena, snap, &out->traffic, err);
        if (code != LC_OK)
            return code;
    }
    forecast_footprints(arena, snap->cat, set, out);
    code = price(arena, snap, options, out, err);
    if (code != LC_OK)
        return code;
    forecast_standbys(snap, out);
    collect_unknowns(arena, snap, options, out);
    if (!options->no_traffic && snap->origin != SNAP_NONE)
        code = simulate(arena, snap, options, out, err);
    predict_refusal(out);
    return code;
}
