// A rehearsal from its forecast to its summary.
#include "rehearse/rehearse.h"

#include <stdlib.h>

#include "base/str.h"
#include "cost/calibration.h"
#include "cost/ledger.h"
#include "rehearse/internal.h"

static void prepare(struct lc_arena *arena, const struct forecast *f, struct rehearsal *out)
{
    out->files = LC_NEW_ARRAY(arena, struct rehearsed_file, f->len);
    out->len = f->len;
    for (int i = 0; i < f->len; i++) {
        struct rehearsed_file *file = &out->files[i];
        file->file = f->files[i].file;
        file->len = f->files[i].len;
        file->stmts = LC_NEW_ARRAY(arena, struct rehearsed_stmt, file->len);
        for (int k = 0; k < file->len; k++)
            file->stmts[k].forecast = &f->files[i].stmts[k];
    }
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sum_up_statement(const struct rehearsed_stmt *s, struct rehearsal *out, double *factors)
{
    if (s->forecast->fp.tx != FP_TX_NONE)
        return;
    out->statements++;
    out->ran += s->state == REHEARSED_RAN;
    out->skipped += s->state == REHEARSED_SKIPPED;
    for (int i = 0; i < s->locks.len; i++)
        out->locks[s->locks.items[i].verdict]++;
    if (s->compared) {
        factors[out->compared++] = s->factor;
        out->inside += s->inside;
    }
}

static void sum_up(struct lc_arena *arena, struct rehearsal *out)
{
    int n = 0;
    double *factors;

    for (int i = 0; i < out->len; i++)
        n += out->files[i].len;
    factors = LC_NEW_ARRAY(arena, double, n);
    for (int i = 0; i < out->len; i++)
        for (int k = 0; k < out->files[i].len; k++)
            sum_up_statement(&out->files[i].stmts[k], out, factors);
    n = out->compared;
    qsort(factors, (size_t)n, sizeof *factors, by_number);
    if (n)
        out->median_factor = (factors[(n - 1) / 2] + factors[n / 2]) / 2;
}

enum lc_code rehearse_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set, struct server *tracer,
                          struct server *runner, const struct rehearse_options *options, struct rehearsal *out,
                          struct lc_error *err)
{
    struct review *review = LC_NEW(arena, struct review);
    enum lc_code code = review_run(arena, snap, set, &options->review, review, err);

    *out = (struct rehearsal){.snap = snap, .review = review, .calibrated = options->review.forecast.cost.calibration != NULL};
    if (out->calibrated)
        out->calibration = options->review.forecast.cost.calibration->name;
    if (code != LC_OK)
        return code;
    prepare(arena, &review->forecast, out);
    code = rehearse_guard(tracer, runner, arena, err); // once more: somebody may have come meanwhile
    if (code == LC_OK)
        code = rehearse_deploy(arena, tracer, runner, options->rollback, out, err);
    if (code == LC_OK && options->production)
        code = rehearse_scale(arena, snap, set, options, out, err);
    sum_up(arena, out);
    return code;
}

static void add_entry(struct lc_arena *arena, const struct rehearsal *r, const struct rehearsed_stmt *s,
                      const struct forecast_stmt *plain, struct lc_str *out)
{
    struct ledger_entry e = {.server = r->snap->server.label,
                             .version_num = r->snap->server.version_num,
                             .fingerprint = lc_sql_fingerprint(arena, s->forecast->stmt->sql.text),
                             .command = s->forecast->fp.command,
                             .calibration = r->calibration,
                             .forecast_ms = plain->duration_ms,
                             .actual_ms = s->ms > s->wait_ms ? s->ms - s->wait_ms : 0};

    for (int i = 0; i < plain->cost.len && i < plain->fp.work.len; i++)
        LC_PUSH(arena, &e.work, (struct ledger_work){plain->fp.work.items[i].kind, plain->cost.items[i].ms.p50});
    ledger_line(out, &e);
}

void rehearse_ledger(struct lc_arena *arena, const struct rehearsal *r, const struct forecast *plain, struct lc_str *out)
{
    for (int i = 0; i < r->len; i++)
        for (int k = 0; k < r->files[i].len; k++)
            if (r->files[i].stmts[k].compared)
                add_entry(arena, r, &r->files[i].stmts[k], &plain->files[i].stmts[k], out);
}
