// A rehearsal as text and as JSON.
#include "report/rehearsal.h"

#include "base/clean.h"
#include "report/words.h"
#include "report/writer.h"

#define DECIMALS JSON_DECIMALS
#define SQL_COLUMNS 90

static const char *const lock_verdicts[] = {
    [REHEARSED_EQUAL] = "equal", [REHEARSED_MISSING] = "missing", [REHEARSED_EXTRA] = "extra", [REHEARSED_UNSEEN] = "unseen"};
static const char *const states[] = {
    [REHEARSED_NOT_RUN] = "not run", [REHEARSED_RAN] = "ran", [REHEARSED_FAILED] = "failed", [REHEARSED_SKIPPED] = "skipped"};

static bool predicted(const struct rehearsed_stmt *s)
{
    return s->forecast->fp.fails;
}

static const char *outcome(const struct rehearsal *r)
{
    return r->failed ? "failed" : r->rolled_back || r->left_open ? "rolled back" : "done";
}

// --- text ------------------------------------------------------------------------------------------------------------

static const char *clean(struct lc_arena *arena, const char *text)
{
    struct lc_str s;

    lc_str_init(&s, arena, 1 << 20);
    lc_clean_line(&s, text ? text : "");
    return s.text;
}

static void lock_lines(const struct rehearsed_stmt *s, bool verbose, struct lc_str *out)
{
    static const char *const said[] = {[REHEARSED_EQUAL] = "as forecast",
                                       [REHEARSED_MISSING] = "NOT FORECAST",
                                       [REHEARSED_EXTRA] = "forecast, but not taken",
                                       [REHEARSED_UNSEEN] = "forecast, too brief to be seen"};
    int n[REHEARSED_UNSEEN + 1] = {0};

    for (int i = 0; i < s->locks.len; i++) {
        const struct rehearsed_lock *l = &s->locks.items[i];
        n[l->verdict]++;
        if (verbose || l->verdict == REHEARSED_MISSING || l->verdict == REHEARSED_EXTRA)
            lc_str_addf(out, "      lock   %s: %s on %s\n", said[l->verdict], lc_lockmode_sql(l->mode),
                        clean(out->arena, l->relation));
    }
    if (!verbose && (n[REHEARSED_EQUAL] || n[REHEARSED_UNSEEN]))
        lc_str_addf(out, "      locks  %d as forecast%s\n", n[REHEARSED_EQUAL],
                    n[REHEARSED_UNSEEN] ? lc_printf(out->arena, ", %d too brief to be seen", n[REHEARSED_UNSEEN]) : "");
}

static void time_lines(const struct rehearsed_stmt *s, struct lc_str *out)
{
    struct lc_arena *arena = out->arena;

    if (s->state == REHEARSED_RAN && s->forecast->fp.tx == FP_TX_NONE)
        lc_str_addf(out, "      time   %s%s\n", words_time(arena, s->ms),
                    s->compared ? lc_printf(arena, "; forecast %s: off by a factor of %.2f%s",
                                            words_times(arena, s->forecast->duration_ms), s->factor,
                                            s->inside ? "" : ", outside the interval")
                                : "; no forecast");
    if (s->wait_ms > 0)
        lc_str_addf(out, "      wait   %s of that for locks%s%s\n", words_time(arena, s->wait_ms), s->behind ? ", behind " : "",
                    clean(arena, s->behind));
    if (s->growth > 0)
        lc_str_addf(out, "      scaled %s at production's size, %.3g times the clone's\n", words_times(arena, s->production_ms),
                    s->growth);
}

static void statement_lines(const struct rehearsed_stmt *s, int n, bool verbose, struct lc_str *out)
{
    struct lc_arena *arena = out->arena;
    const struct footprint *fp = &s->forecast->fp;

    lc_str_addf(out, "  %d  %s\n", n, lc_cut(arena, clean(arena, s->forecast->stmt->sql.text), SQL_COLUMNS));
    if (s->state == REHEARSED_FAILED)
        lc_str_addf(out, "      FAILED %s (SQLSTATE %s): %s\n", clean(arena, s->error), s->sqlstate,
                    predicted(s)                   ? "as forecast"
                    : s->forecast->stmt->sql.error ? "not understood beforehand either"
                                                   : "not forecast");
    else if (s->state == REHEARSED_RAN && predicted(s))
        lc_str_addf(out, "      ran, but was forecast to fail: %s\n", clean(arena, fp->error ? fp->error->message : ""));
    else if (s->state == REHEARSED_SKIPPED)
        lc_str_addf(out, "      skipped: %s\n",
                    fp->tx == FP_TX_NONE ? "it cannot run in the transaction that is rolled back"
                                         : "one transaction is around everything");
    else if (s->state == REHEARSED_NOT_RUN)
        lc_str_add(out, "      not run\n");
    if (s->state == REHEARSED_RAN || s->state == REHEARSED_FAILED) {
        lock_lines(s, verbose, out);
        time_lines(s, out);
    }
}

static void summary_lines(const struct rehearsal *r, struct lc_str *out)
{
    lc_str_addf(out, "\n  locks  %d as forecast, %d not forecast, %d forecast but not taken, %d too brief to be seen\n",
                r->locks[REHEARSED_EQUAL], r->locks[REHEARSED_MISSING], r->locks[REHEARSED_EXTRA], r->locks[REHEARSED_UNSEEN]);
    if (r->compared)
        lc_str_addf(out, "  times  off by a factor of %.2f in the median; %d of %d inside their interval\n", r->median_factor,
                    r->inside, r->compared);
}

static const char *headline(struct lc_arena *arena, const struct rehearsal *r)
{
    if (r->failed)
        return r->rolled_back ? "FAILED, and everything is rolled back" : "FAILED; its open transaction is rolled back";
    if (r->left_open)
        return "ran, but the files leave their transaction open: it is rolled back, as at the end of psql";
    if (r->rolled_back)
        return r->skipped
                   ? lc_printf(arena, "ran and is rolled back; %d statement%s skipped", r->skipped, r->skipped == 1 ? "" : "s")
                   : "ran and is rolled back";
    return "ran, and is committed";
}

void report_rehearsal_text(const struct rehearsal *r, bool verbose, struct lc_str *out)
{
    lc_str_addf(out, "Rehearsal on %s: the migration %s\n", clean(out->arena, r->snap->server.label), headline(out->arena, r));
    for (int i = 0; i < r->len; i++) {
        const struct rehearsed_file *f = &r->files[i];
        lc_str_addf(out, "\n%s\n", clean(out->arena, f->file->path));
        for (int k = 0; k < f->len; k++)
            statement_lines(&f->stmts[k], k + 1, verbose, out);
        if (f->commit_ms >= 1)
            lc_str_addf(out, "  COMMIT took %s\n", words_time(out->arena, f->commit_ms));
    }
    if (r->commit_error)
        lc_str_addf(out, "\nCOMMIT failed: %s\n", clean(out->arena, r->commit_error));
    summary_lines(r, out);
}

// --- JSON ------------------------------------------------------------------------------------------------------------

static void put_locks(struct json_writer *w, const struct rehearsed_stmt *s)
{
    json_open(w, "locks", '[');
    for (int i = 0; i < s->locks.len; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "relation", s->locks.items[i].relation);
        json_put_text(w, "mode", lc_lockmode_name(s->locks.items[i].mode));
        json_put_text(w, "verdict", lock_verdicts[s->locks.items[i].verdict]);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_times(struct json_writer *w, const struct rehearsed_stmt *s)
{
    json_put_number(w, "actual_ms", s->ms, DECIMALS);
    json_put_number(w, "actual_wait_ms", s->wait_ms, DECIMALS);
    json_put_text(w, "waited_behind", s->behind);
    if (s->compared) {
        json_put_quantiles(w, "forecast_ms", s->forecast->duration_ms);
        json_put_number(w, "factor", s->factor, DECIMALS);
        json_put_bool(w, "inside", s->inside);
    }
    if (s->growth > 0) {
        json_put_number(w, "growth", s->growth, DECIMALS);
        json_put_quantiles(w, "production_ms", s->production_ms);
    }
}

static void put_error(struct json_writer *w, const struct rehearsed_stmt *s)
{
    json_put_bool(w, "error_predicted", predicted(s));
    if (!s->error) {
        json_put_null(w, "error");
        return;
    }
    json_open(w, "error", '{');
    json_put_text(w, "sqlstate", s->sqlstate);
    json_put_text(w, "message", s->error);
    json_close(w, '}');
}

static void put_statement(struct json_writer *w, const struct rehearsed_stmt *s, int n)
{
    json_open(w, NULL, '{');
    json_put_number(w, "n", n, 0);
    json_put_number(w, "line", s->forecast->stmt->sql.line, 0);
    json_put_text(w, "sql", s->forecast->stmt->sql.text);
    json_put_text(w, "command", s->forecast->fp.command);
    json_put_text(w, "state", states[s->state]);
    put_error(w, s);
    put_locks(w, s);
    if (s->state == REHEARSED_RAN || s->state == REHEARSED_FAILED)
        put_times(w, s);
    json_close(w, '}');
}

static void put_summary(struct json_writer *w, const struct rehearsal *r)
{
    json_open(w, "summary", '{');
    json_put_number(w, "statements", r->statements, 0);
    json_put_number(w, "ran", r->ran, 0);
    json_put_number(w, "skipped", r->skipped, 0);
    for (int v = 0; v <= REHEARSED_UNSEEN; v++)
        json_put_number(w, lc_printf(w->out->arena, "locks_%s", lock_verdicts[v]), r->locks[v], 0);
    json_put_number(w, "compared", r->compared, 0);
    json_put_number(w, "inside", r->inside, 0);
    if (r->compared)
        json_put_number(w, "median_factor", r->median_factor, DECIMALS);
    else
        json_put_null(w, "median_factor");
    json_close(w, '}');
}

void report_rehearsal_json(const struct rehearsal *r, struct lc_str *out)
{
    struct json_writer w = {.out = out};

    json_open(&w, NULL, '{');
    json_put_text(&w, "schema", REPORT_REHEARSAL_SCHEMA);
    json_open(&w, "server", '{');
    json_put_number(&w, "version_num", r->snap->server.version_num, 0);
    json_put_text(&w, "database", r->snap->server.database);
    json_put_text(&w, "label", r->snap->server.label);
    json_close(&w, '}');
    json_put_text(&w, "outcome", outcome(r));
    json_put_bool(&w, "rolled_back", r->rolled_back);
    json_put_bool(&w, "calibrated", r->calibrated);
    json_put_text(&w, "commit_error", r->commit_error);
    put_summary(&w, r);
    json_open(&w, "migrations", '[');
    for (int i = 0; i < r->len; i++) {
        json_open(&w, NULL, '{');
        json_put_text(&w, "path", r->files[i].file->path);
        json_put_text(&w, "format", r->files[i].file->format);
        json_put_number(&w, "commit_ms", r->files[i].commit_ms, DECIMALS);
        json_open(&w, "statements", '[');
        for (int k = 0; k < r->files[i].len; k++)
            put_statement(&w, &r->files[i].stmts[k], k + 1);
        json_close(&w, ']');
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    lc_str_addc(out, '\n');
}
