// The steps as a migration of their own, and what each of them costs by itself: the step, the copy offered before it, what undoes it.
//
// No traffic here: who waits for the steps is simulated where the report is made.
#include <math.h>
#include <string.h>

#include "rewrite/internal.h"

// What comes after psql's \gexec: the query before it only clears away what an interrupted run left.
static const char *after_clearing(const char *sql)
{
    const char *meta;

    while ((meta = strstr(sql, "\\gexec")))
        sql = meta + strlen("\\gexec");
    return sql;
}

double rewrite_batch_ms(const struct rewrite_options *options)
{
    return 0.45 * rw_target_hold(options);
}

// --- a program ------------------------------------------------------------------------------------------------------------------------------

static bool add_text(struct lc_arena *arena, struct rewrite_program *p, const char *sql, int step)
{
    struct lc_sql_script script;
    struct lc_error ignored;

    if (lc_sql_parse(arena, sql, strlen(sql), &script, &ignored) != LC_OK)
        return false;
    for (int k = 0; k < script.len; k++) {
        if (!script.stmts[k].tree)
            return false;
        LC_PUSH(arena, &p->stmts, (struct migration_stmt){.sql = script.stmts[k]});
        LC_PUSH(arena, &p->steps, step);
    }
    return true;
}

static bool add_step(struct lc_arena *arena, struct rewrite_program *p, const struct rewrite_step *step, int i)
{
    const char *told = step->told ? step->told : after_clearing(step->sql);
    bool own = step->transaction == REWRITE_TX_OWN;

    if (step->form == REWRITE_FORM_LOOP) {
        if (!step->all_rows || !add_text(arena, p, step->all_rows, i))
            return false;
        p->stmts.items[p->stmts.len - 1].in_batches = true;
        return true;
    }
    return add_text(arena, p, lc_printf(arena, "%s%s%s", own ? "BEGIN;" : "", told, own ? "COMMIT;" : ""), i);
}

static void end_program(struct lc_arena *arena, struct rewrite_program *p)
{
    struct migration_file *file = LC_NEW(arena, struct migration_file);

    *file = (struct migration_file){.path = "the safer way", .format = "plain", .reason = "written by lockcast"};
    file->stmts = p->stmts.items;
    file->len = p->stmts.len;
    p->set = LC_NEW(arena, struct migration_set);
    *p->set = (struct migration_set){file, 1};
}

bool rewrite_program_of(struct lc_arena *arena, const struct rewrite_stmt *r, struct rewrite_program *out)
{
    *out = (struct rewrite_program){0};
    for (int i = 0; i < r->len; i++)
        if (!add_step(arena, out, &r->steps[i], i))
            return false;
    end_program(arena, out);
    return out->stmts.len > 0;
}

// --- figures --------------------------------------------------------------------------------------------------------------------------------

// The work of the statements from k to the end of its transaction.
static struct quantiles hold_from(const struct forecast_file *f, int k)
{
    struct quantiles all = f->stmts[k].cost.total_ms;

    for (int i = k + 1; f->stmts[k].fp.in_block && i < f->len && f->stmts[i].fp.transaction == f->stmts[k].fp.transaction; i++)
        quantiles_add(&all, f->stmts[i].cost.total_ms, 1);
    return all;
}

void rewrite_add_hold(const struct forecast_file *f, int from, int to, struct rewrite_figures *out)
{
    for (int k = from; k < to; k++) {
        struct quantiles hold = {0};
        if (rewrite_keeps_waiting(&f->stmts[k]))
            hold = hold_from(f, k);
        if (hold.p50 > out->hold_ms.p50)
            out->hold_ms = hold;
    }
}

// How far apart two independent doubts are together, both as ratios.
static double both(double a, double b)
{
    return exp(sqrt(log(a) * log(a) + log(b) * log(b)));
}

static struct quantiles in_batches(struct quantiles whole)
{
    struct quantiles times = REWRITE_IN_BATCHES, out = {0, whole.p50 * times.p50, 0};

    if (!(whole.p10 > 0))
        return whole;
    out.p10 = out.p50 / both(whole.p50 / whole.p10, times.p50 / times.p10);
    out.p90 = out.p50 * both(whole.p90 / whole.p50, times.p90 / times.p50);
    return out;
}

void rewrite_add_work(const struct forecast_stmt *fs, bool batches, struct rewrite_figures *out)
{
    quantiles_add(&out->total_ms, batches ? in_batches(fs->cost.total_ms) : fs->cost.total_ms, 1);
    out->wal_bytes += fs->cost.wal.p50;
    out->disk_bytes += fs->cost.disk_bytes;
}

// --- prices ---------------------------------------------------------------------------------------------------------------------------------

enum part { STEP, BACKUP, UNDO };
struct part_of {
    enum part part;
    int step;
};
struct parts LC_ARRAY(struct part_of);

static bool mark(struct rw *rw, struct rewrite_program *p, enum part part, int step, struct parts *parts, bool ok)
{
    while (parts->len < p->stmts.len)
        LC_PUSH(rw->arena, parts, (struct part_of){part, step});
    return ok;
}

// Copies, steps, and then the way back, last step first: each is met by the catalogue that it would find.
static bool whole_program(struct rw *rw, const struct rewrite_stmt *r, struct rewrite_program *p, struct parts *parts)
{
    for (int i = 0; i < r->len; i++) {
        if (r->steps[i].backup.sql)
            (void)mark(rw, p, BACKUP, i, parts, add_text(rw->arena, p, r->steps[i].backup.sql, i));
        if (r->steps[i].passing)
            (void)mark(rw, p, STEP, i, parts, add_text(rw->arena, p, r->steps[i].passing, i));
        if (!mark(rw, p, STEP, i, parts, add_step(rw->arena, p, &r->steps[i], i)))
            return false;
    }
    for (int i = r->len - 1; i >= 0; i--)
        if (r->steps[i].rollback && !r->steps[i].irreversible)
            (void)mark(rw, p, UNDO, i, parts, add_text(rw->arena, p, after_clearing(r->steps[i].rollback), i));
    end_program(rw->arena, p);
    return p->stmts.len > 0;
}

static struct rewrite_figures *figures_of(struct rewrite_step *step, enum part part)
{
    return part == STEP ? &step->cost : part == UNDO ? &step->undo : &step->backup.cost;
}

static void take(struct rw *rw, const struct forecast_file *f, const struct parts *parts, struct rewrite_stmt *r)
{
    for (int k = 0; k < f->len; k++) {
        const struct part_of *of = &parts->items[k];
        struct rewrite_step *step = &r->steps[of->step];
        bool loop = of->part == STEP && step->form == REWRITE_FORM_LOOP;
        struct rewrite_figures *out = figures_of(step, of->part);
        double batch = rewrite_batch_ms(rw->options);
        rewrite_add_hold(f, k, k + 1, out);
        rewrite_add_work(&f->stmts[k], loop, out);
        if (loop && out->hold_ms.p50 > batch)
            out->hold_ms = quantiles_around(batch);
    }
    for (int i = 0; i < r->len; i++) {
        r->steps[i].priced = true;
        if (r->steps[i].backup.sql && r->steps[i].backup.cost.disk_bytes > 0)
            r->steps[i].backup.bytes = r->steps[i].backup.cost.disk_bytes;
    }
}

enum lc_code rw_price(struct rw *rw, struct rewrite_stmt *r, struct lc_error *err)
{
    struct forecast_options how = *rw->options->how;
    struct rewrite_program p = {0};
    struct forecast f = {0};
    struct parts parts = {0};
    enum lc_code code;

    if (!whole_program(rw, r, &p, &parts))
        return LC_OK;
    how.no_traffic = true;
    how.advise = false;
    cat_begin(rw->cat);
    code = forecast_run(rw->arena, rw->options->snap, p.set, &how, &f, err);
    cat_rollback(rw->cat);
    if (code == LC_OK)
        take(rw, &f.files[0], &parts, r);
    return code;
}
