// The forecast of the safer way: its steps as a migration of their own, under the same traffic.
#include "review/safer.h"

#include <math.h>

#include "base/str.h"
#include "forecast/footprints.h"

#define MOST 4           // rewritten statements that get a forecast of their own
#define REPLICATIONS 100 // a comparison needs no fine quantiles

struct safer {
    struct lc_arena *arena;
    struct snapshot *snap;
    const struct review_options *options;
    const struct rewrite_options *rewrite;
    struct review *out;
    struct lc_error *err;
    int made;
    enum lc_code code;
};

static bool run(struct safer *s, struct rewrite_program *p, const struct forecast_options *how, struct forecast *out)
{
    cat_begin(s->snap->cat);
    s->code = forecast_run(s->arena, s->snap, p->set, how, out, s->err);
    cat_rollback(s->snap->cat);
    return s->code == LC_OK;
}

// --- batches ----------------------------------------------------------------------------------------------------------------------------------

static bool is_loop(const struct rewrite_stmt *r, const struct rewrite_program *p, int k)
{
    return r->steps[p->steps.items[k]].form == REWRITE_FORM_LOOP;
}

// How many batches one simulated batch stands for, on average over the loops; 0: there is no loop.
static double batches(const struct safer *s, const struct rewrite_stmt *r)
{
    double n = 0, loops = 0;

    for (int i = 0; i < r->len; i++)
        if (r->steps[i].form == REWRITE_FORM_LOOP) {
            n += fmax(1, r->steps[i].cost.total_ms.p50 / REWRITE_IN_BATCHES.p50 / rewrite_batch_ms(s->rewrite));
            loops++;
        }
    return loops > 0 ? n / loops : 0;
}

struct moments {
    double mean, variance;
};

static struct moments moments_of(const struct sim_result *r, bool delayed)
{
    struct moments m = {0, 0};

    for (int i = 0; i < r->replications; i++)
        m.mean += (delayed ? r->each[i].delayed_transactions : r->each[i].blocked_session_s) / r->replications;
    for (int i = 0; i < r->replications; i++) {
        double d = (delayed ? r->each[i].delayed_transactions : r->each[i].blocked_session_s) - m.mean;
        m.variance += d * d / r->replications;
    }
    return m;
}

// What one batch adds to the steps without batches, as often as there are batches: a sum of many, so nearly normal.
static struct quantiles of_all_batches(struct quantiles one, struct moments with, struct moments without, double n)
{
    double mean = fmax(0, with.mean - without.mean) * (n - 1), sd = sqrt(fmax(0, with.variance - without.variance) * (n - 1));

    return (struct quantiles){one.p10 + fmax(0, mean - Z90 * sd), one.p50 + mean, one.p90 + mean + Z90 * sd};
}

static struct rewrite_program without_loops(struct safer *s, const struct rewrite_stmt *r, const struct rewrite_program *p)
{
    struct rewrite_program out = {.set = LC_NEW(s->arena, struct migration_set)};
    struct migration_file *file = LC_NEW(s->arena, struct migration_file);

    *file = p->set->files[0];
    for (int k = 0; k < p->stmts.len; k++)
        if (!is_loop(r, p, k)) {
            LC_PUSH(s->arena, &out.stmts, p->stmts.items[k]);
            LC_PUSH(s->arena, &out.steps, p->steps.items[k]);
        }
    file->stmts = out.stmts.items;
    file->len = out.stmts.len;
    *out.set = (struct migration_set){file, 1};
    return out;
}

// The simulation has seen one batch of each loop: what it did to others is multiplied.
static bool multiply(struct safer *s, const struct rewrite_stmt *r, const struct rewrite_program *p,
                     const struct forecast_options *how, struct forecast *f)
{
    double n = batches(s, r);
    struct rewrite_program quiet;
    struct forecast without = {0};
    struct sim_result none = {0};

    if (n <= 1 || !f->sim || moments_of(f->sim, true).mean + moments_of(f->sim, false).mean <= 0)
        return true;
    quiet = without_loops(s, r, p);
    if (quiet.stmts.len && !run(s, &quiet, how, &without))
        return false;
    if (!without.sim)
        without.sim = &none;
    f->delayed_transactions = of_all_batches(f->delayed_transactions, moments_of(f->sim, true), moments_of(without.sim, true), n);
    f->blocked_session_s = of_all_batches(f->blocked_session_s, moments_of(f->sim, false), moments_of(without.sim, false), n);
    return true;
}

// --- a statement -----------------------------------------------------------------------------------------------------------------------------

static void take_figures(const struct forecast_file *of, int n, const struct rewrite_program *p, struct rewrite_stmt *r,
                         struct forecast *f)
{
    rewrite_add_hold(&f->files[0], 0, f->files[0].len, &r->safer);
    for (int i = 0; i < r->len; i++) {
        quantiles_add(&r->safer.total_ms, r->steps[i].cost.total_ms, 1);
        r->safer.wal_bytes += r->steps[i].cost.wal_bytes;
        r->safer.disk_bytes += r->steps[i].cost.disk_bytes;
    }
    for (int k = 0; k < p->stmts.len; k++)
        if (is_loop(r, p, k)) {
            quantiles_add(&f->duration_ms, r->steps[p->steps.items[k]].cost.total_ms, 1);
            quantiles_add(&f->duration_ms, f->files[0].stmts[k].cost.total_ms, -1);
        }
    rewrite_add_hold(of, n, n + 1, &r->original);
    rewrite_add_work(&of->stmts[n], false, &r->original);
}

static void forecast_steps(struct safer *s, const struct forecast_file *of, int n, struct rewrite_stmt *r)
{
    struct forecast_options how = s->options->forecast;
    struct forecast *f = LC_NEW(s->arena, struct forecast);
    struct sim_retry retry = rewrite_retry(s->arena, s->rewrite);
    struct rewrite_program p;

    if (!r->len || !r->steps[0].priced || !rewrite_program_of(s->arena, r, &p))
        return;
    for (int k = 0; k < p.stmts.len; k++)
        if (is_loop(r, &p, k))
            p.stmts.items[k].batch_ms = rewrite_batch_ms(s->rewrite);
    how.replications = 0;
    how.most_replications = REPLICATIONS;
    how.retry = &retry;
    how.advise = false;
    s->made++;
    if (!run(s, &p, &how, f) || f->migration_fails_probability >= 1 || !multiply(s, r, &p, &how, f))
        return;
    take_figures(of, n, &p, r, f);
    r->forecast = f;
}

static void visit(struct fp_session *session, int file, int k, void *context)
{
    struct safer *s = context;
    struct rewrite_stmt *r = &s->out->rewrites[file].stmts[k];
    struct footprint scratch;

    if (s->code != LC_OK || s->made >= MOST)
        return;
    if (r->verdict == REWRITE_STEPS)
        forecast_steps(s, &s->out->forecast.files[file], k, r);
    fp_statement(session, &s->out->forecast.files[file].stmts[k].stmt->sql, &scratch);
}

static bool has_steps(const struct review *out)
{
    for (int i = 0; i < out->forecast.len; i++)
        if (out->rewrites[i].changed)
            return true;
    return false;
}

enum lc_code review_forecast_safer(struct lc_arena *arena, struct snapshot *snap, const struct review_options *options,
                                   const struct rewrite_options *rewrite, struct review *out, struct lc_error *err)
{
    struct safer s = {arena, snap, options, rewrite, out, err, 0, LC_OK};
    const struct migration_file **files = LC_NEW_ARRAY(arena, const struct migration_file *, out->forecast.len);

    if (!out->forecast.simulated || !has_steps(out))
        return LC_OK;
    for (int i = 0; i < out->forecast.len; i++)
        files[i] = out->forecast.files[i].file;
    cat_begin(snap->cat);
    forecast_walk(snap->cat, files, out->forecast.len, visit, &s);
    cat_rollback(snap->cat);
    return s.code;
}
