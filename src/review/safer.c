// The forecast of the safer way: its steps as a migration of their own, under the same traffic.
#include "review/safer.h"

#include <string.h>

#include "base/str.h"
#include "forecast/footprints.h"

#define MOST 4           // rewritten statements that get a forecast of their own
#define REPLICATIONS 100 // a comparison needs no fine quantiles
#define TRIES 60         // of a step that takes a lock: longer than anything that is simulated

struct safer {
    struct lc_arena *arena;
    struct snapshot *snap;
    const struct review_options *options;
    struct review *out;
    struct lc_error *err;
    int made;
    enum lc_code code;
};

// What comes after psql's \gexec: the query before it only clears away what an interrupted run left.
static const char *after_clearing(const char *sql)
{
    const char *meta;

    while ((meta = strstr(sql, "\\gexec")))
        sql = meta + strlen("\\gexec");
    return sql;
}

// --- the steps as one file ------------------------------------------------------------------------------------------------------------------

struct plan {
    struct LC_ARRAY(struct migration_stmt) stmts;
    struct LC_ARRAY(bool) loops; // by statement
};

static bool add_text(struct safer *s, struct plan *plan, const char *sql, bool loop)
{
    struct lc_sql_script script;
    struct lc_error ignored;

    if (lc_sql_parse(s->arena, sql, strlen(sql), &script, &ignored) != LC_OK)
        return false;
    for (int k = 0; k < script.len; k++) {
        if (!script.stmts[k].tree)
            return false;
        LC_PUSH(s->arena, &plan->stmts, (struct migration_stmt){.sql = script.stmts[k]});
        LC_PUSH(s->arena, &plan->loops, loop);
    }
    return true;
}

// Statements as psql runs them; a loop is the statement that its batches do together. False: a step cannot be told.
static bool add_step(struct safer *s, struct plan *plan, const struct rewrite_step *step)
{
    bool own = step->transaction == REWRITE_TX_OWN;

    if (step->form == REWRITE_FORM_LOOP)
        return step->all_rows && add_text(s, plan, step->all_rows, true);
    return add_text(s, plan, lc_printf(s->arena, "%s%s%s", own ? "BEGIN;" : "", after_clearing(step->sql), own ? "COMMIT;" : ""),
                    false);
}

static struct migration_set *steps_file(struct safer *s, const struct plan *plan)
{
    struct migration_file *file = LC_NEW(s->arena, struct migration_file);
    struct migration_set *set = LC_NEW(s->arena, struct migration_set);

    *file = (struct migration_file){.path = "the safer way", .format = "plain", .reason = "written by lockcast"};
    file->stmts = plan->stmts.items;
    file->len = plan->stmts.len;
    *set = (struct migration_set){file, 1};
    return set;
}

static bool run(struct safer *s, const struct plan *plan, const struct forecast_options *how, struct forecast *out)
{
    cat_begin(s->snap->cat);
    s->code = forecast_run(s->arena, s->snap, steps_file(s, plan), how, out, s->err);
    cat_rollback(s->snap->cat);
    return s->code == LC_OK;
}

// --- figures --------------------------------------------------------------------------------------------------------------------------------

static void add(struct quantiles *to, struct quantiles q, double times)
{
    to->p10 += q.p10 * times;
    to->p50 += q.p50 * times;
    to->p90 += q.p90 * times;
}

// The work of the statements from k to the end of its transaction.
static struct quantiles hold_from(const struct forecast_file *f, int k)
{
    struct quantiles all = f->stmts[k].cost.total_ms;

    for (int i = k + 1; f->stmts[k].fp.in_block && i < f->len && f->stmts[i].fp.transaction == f->stmts[k].fp.transaction; i++)
        add(&all, f->stmts[i].cost.total_ms, 1);
    return all;
}

static void take_hold(const struct forecast_file *f, int k, struct rewrite_figures *out)
{
    struct quantiles hold = {0};

    if (rewrite_keeps_waiting(&f->stmts[k]))
        hold = hold_from(f, k);
    if (hold.p50 > out->hold_ms.p50)
        out->hold_ms = hold;
}

static void take_work(const struct forecast_stmt *fs, double times, struct rewrite_figures *out)
{
    add(&out->total_ms, fs->cost.total_ms, times);
    out->wal_bytes += fs->cost.wal.p50;
    out->disk_bytes += fs->cost.disk_bytes;
}

// A batch takes between 0.3 and 0.6 of the target hold, and sleeps a fifth of that: see the loops of the rewrite.
#define BATCH_SHARE 0.45
#define WITH_PAUSES 1.2

static double target(const struct safer *s)
{
    return s->options->rewrite.target_hold_ms > 0 ? s->options->rewrite.target_hold_ms : 100;
}

static void take_batches(const struct safer *s, struct plan *plan)
{
    for (int i = 0; i < plan->stmts.len; i++)
        if (plan->loops.items[i])
            plan->stmts.items[i].batch_ms = BATCH_SHARE * target(s);
}

// How the written file takes its locks: a short timeout, and again.
static struct sim_retry patience(struct safer *s)
{
    struct sim_try *tries = LC_NEW_ARRAY(s->arena, struct sim_try, TRIES);

    for (int i = 0; i < TRIES; i++)
        tries[i] = (struct sim_try){target(s), i < 19 ? 100.0 * (i + 1) : 2000};
    return (struct sim_retry){.label = "lockcast rewrite", .tries = tries, .ntries = TRIES};
}

static void forecast_steps(struct safer *s, const struct forecast_file *of, int n, struct rewrite_stmt *r)
{
    struct forecast_options how = s->options->forecast;
    struct forecast whole = {0}, *f = LC_NEW(s->arena, struct forecast);
    struct sim_retry retry = patience(s);
    struct plan plan = {0};

    for (int i = 0; i < r->len; i++)
        if (!add_step(s, &plan, &r->steps[i]))
            return;
    how.no_traffic = true;
    if (!plan.stmts.len || !run(s, &plan, &how, &whole))
        return;
    take_batches(s, &plan);
    how = s->options->forecast;
    how.replications = 0;
    how.most_replications = REPLICATIONS;
    how.retry = &retry;
    s->made++;
    if (!run(s, &plan, &how, f) || f->migration_fails_probability >= 1)
        return;
    for (int i = 0; i < plan.stmts.len; i++) {
        double times = plan.loops.items[i] ? WITH_PAUSES : 1;
        take_hold(&f->files[0], i, &r->safer);
        take_work(&whole.files[0].stmts[i], times, &r->safer);
        if (plan.loops.items[i]) { // the simulation has seen one batch of them
            add(&f->duration_ms, whole.files[0].stmts[i].cost.total_ms, times);
            add(&f->duration_ms, f->files[0].stmts[i].cost.total_ms, -1);
        }
    }
    take_hold(of, n, &r->original);
    take_work(&of->stmts[n], 1, &r->original);
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
                                   struct review *out, struct lc_error *err)
{
    struct safer s = {arena, snap, options, out, err, 0, LC_OK};
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
