// What runs, as text and as a line of JSON.
#include "report/watch.h"

#include <math.h>
#include <time.h>

#include "base/clean.h"
#include "base/lockmode.h"
#include "report/words.h"
#include "report/writer.h"
#include "sql/sql.h"

#define DECIMALS JSON_DECIMALS
#define COLUMNS 100
#define FEW 5

// --- forecasts ---------------------------------------------------------------------------------------------------------

static void take_steps(const cJSON *statement, struct lc_arena *arena, struct watch_forecast *f)
{
    const cJSON *safer = json_item(statement, "safer"), *step;
    const char **steps = LC_NEW_ARRAY(arena, const char *, cJSON_GetArraySize(json_item(safer, "steps")));

    cJSON_ArrayForEach(step, json_item(safer, "steps")) steps[f->nsteps++] = json_text(step, "sql");
    f->steps = steps;
    f->safer_ms = json_quantiles(json_item(safer, "forecast"), "duration_ms");
}

static int statements_of(const cJSON *report)
{
    const cJSON *m;
    int n = 0;

    cJSON_ArrayForEach(m, json_item(report, "migrations")) n += cJSON_GetArraySize(json_item(m, "statements"));
    return n;
}

void report_watch_forecasts(const cJSON *report, struct lc_arena *arena, struct watch_options *options)
{
    struct watch_forecast *all = LC_NEW_ARRAY(arena, struct watch_forecast, statements_of(report));
    const cJSON *m, *s;

    options->forecasts = all;
    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        cJSON_ArrayForEach(s, json_item(m, "statements"))
        {
            struct watch_forecast *f = &all[options->nforecasts++];
            f->path = json_text(m, "path");
            f->line = (int)json_number(s, "line", 0);
            f->sql = json_text(s, "sql");
            f->command = json_text(s, "command");
            f->fingerprint = lc_sql_fingerprint(arena, f->sql);
            f->ms = json_quantiles(s, "duration_ms");
            take_steps(s, arena, f);
        }
    }
}

// --- text --------------------------------------------------------------------------------------------------------------

struct page {
    struct lc_str *out;
    struct lc_arena *arena;
    bool verbose, colors;
};

static const char *clean(struct page *p, const char *text)
{
    struct lc_str s;

    lc_str_init(&s, p->arena, 1 << 20);
    lc_clean_line(&s, text ? text : "");
    return s.text;
}

static void line(struct page *p, const char *label, const char *text)
{
    lc_str_addf(p->out, "    %-9s %s\n", label, text);
}

static const char *amount(struct page *p, double n, const char *unit)
{
    if (lc_streq(unit, "bytes"))
        return words_bytes(p->arena, n);
    return lc_printf(p->arena, "%s %s", words_count(p->arena, n), unit ? unit : "");
}

static void progress(struct page *p, const struct watch_operation *op)
{
    struct lc_str s;

    lc_str_init(&s, p->arena, 4096);
    lc_str_add(&s, op->hidden  ? "hidden from this role (`lockcast grants` prints what it needs)"
                   : op->phase ? clean(p, op->phase)
                               : "no progress is told of this command");
    if (op->done >= 0 && op->total > 0)
        lc_str_addf(&s, ": %s of %s (%.0f %%)", words_count(p->arena, op->done), amount(p, op->total, op->unit),
                    100 * fmin(op->done / op->total, 1));
    else if (op->done > 0)
        lc_str_addf(&s, ": %s", amount(p, op->done, op->unit));
    if (op->rate > 0)
        lc_str_addf(&s, ", %s/s", amount(p, op->rate, op->unit));
    if (op->parts_total > 0)
        lc_str_addf(&s, "; part %.0f of %.0f", op->parts_done + 1 < op->parts_total ? op->parts_done + 1 : op->parts_total,
                    op->parts_total);
    line(p, "phase", s.text);
}

static void times(struct page *p, const struct watch_operation *op)
{
    struct lc_str s;

    lc_str_init(&s, p->arena, 4096);
    lc_str_addf(&s, "%s so far", op->elapsed_ms >= 0 ? words_time(p->arena, op->elapsed_ms) : "not known");
    if (op->share >= 0)
        lc_str_addf(&s, ", about %.0f %% done", 100 * op->share);
    if (op->left_known)
        lc_str_addf(&s, "; %s left%s (by %s)", words_times(p->arena, op->left_ms),
                    op->waiting ? " once nobody keeps it waiting" : "", op->left_basis);
    else
        lc_str_add(&s, "; how much is left is not known");
    line(p, "time", s.text);
    if (op->forecast)
        line(p, "forecast",
             lc_printf(p->arena, "%s%s (%s:%d)", op->forecast_ms.p90 > 0 ? words_times(p->arena, op->forecast_ms) : "no duration",
                       op->late ? ": longer than 9 of 10 such deploys take" : "", clean(p, op->forecast->path),
                       op->forecast->line));
}

static const char *session(struct page *p, const struct watch_session *s)
{
    const char *who = s->pid ? lc_printf(p->arena, "process %d", s->pid) : "";
    const char *query = s->query && *s->query ? lc_cut(p->arena, clean(p, s->query), p->verbose ? 2000 : COLUMNS - 40) : NULL;

    return lc_printf(p->arena, "%s%s%s%s%s%s%s%s", who, s->application && *s->application ? (s->pid ? " (" : "") : "",
                     clean(p, s->application), s->pid && s->application && *s->application ? ")" : "",
                     s->state ? lc_printf(p->arena, ", %s", clean(p, s->state)) : "",
                     s->ms >= 0 ? lc_printf(p->arena, " for %s", words_time(p->arena, s->ms)) : "", query ? ": " : "",
                     query ? query : "");
}

static void sessions(struct page *p, const char *label, const struct watch_sessions *list, int all)
{
    int most = p->verbose ? list->len : FEW;

    for (int i = 0; i < list->len && i < most; i++)
        line(p, i ? "" : label, session(p, &list->items[i]));
    if (all > most && all > 0)
        line(p, "", lc_printf(p->arena, "and %d more", all - (list->len < most ? list->len : most)));
}

static void operation(struct page *p, const struct watch_operation *op)
{
    enum lc_lockmode mode = lc_lockmode_parse(op->mode ? op->mode : "");
    const char *bold = p->colors ? "\033[1m" : "", *plain = p->colors ? "\033[0m" : "", *red = p->colors ? "\033[1;31m" : "";

    lc_str_addf(p->out, "\n  %s%s%s%s%s%s%s%s\n", bold, clean(p, op->automatic ? "automatic " : ""),
                clean(p, op->command ? op->command : "session"), op->relation ? " on " : "", clean(p, op->relation),
                op->index ? lc_printf(p->arena, " (%s)", clean(p, op->index)) : "", plain,
                op->pid ? lc_printf(p->arena, "  process %d%s%s", op->pid, op->application && *op->application ? ", " : "",
                                    clean(p, op->application))
                        : "");
    if (op->kind == WATCH_OTHER && op->query && *op->query)
        line(p, "runs", lc_cut(p->arena, clean(p, op->query), p->verbose ? 2000 : COLUMNS - 14));
    if (op->kind != WATCH_OTHER || op->hidden)
        progress(p, op);
    if (op->pid)
        times(p, op);
    if (op->waiting)
        line(p, "waits",
             lc_printf(p->arena, "%s%s%s",
                       op->mode ? lc_printf(p->arena, "for %s on %s", mode != LC_NO_LOCK ? lc_lockmode_sql(mode) : "a lock",
                                            clean(p, op->awaited))
                                : "for other transactions to end",
                       op->waits_for.len ? ", behind" : "",
                       op->waits_for.len > 1 ? lc_printf(p->arena, " %d sessions", op->waits_for.len) : ""));
    sessions(p, op->waiting ? "" : "behind", &op->waits_for, op->waits_for.len);
    if (op->blocked)
        line(p, "blocks",
             lc_printf(p->arena, "%s%d session%s%s, the longest first:", red, op->blocked, op->blocked == 1 ? "" : "s", plain));
    sessions(p, "", &op->blocks, op->blocks.len);
}

static const char *clock_text(struct lc_arena *arena, double ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    if (!(ms > 0) || !gmtime_r(&seconds, &tm))
        return "now";
    return lc_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                     tm.tm_min, tm.tm_sec);
}

void report_watch_text(const struct watch_look *look, const char *label, bool verbose, bool colors, struct lc_str *out)
{
    struct page p = {out, out->arena, verbose, colors};
    int n = look->operations.len;

    lc_str_addf(out, "%s  %s: %s\n", clock_text(p.arena, look->now), clean(&p, label),
                n ? lc_printf(p.arena, "%d operation%s", n, n == 1 ? "" : "s") : "nothing is running that would be shown here");
    if (look->missed)
        lc_str_addf(out, "  this look is not complete: %s\n", clean(&p, look->missed));
    for (int i = 0; i < n; i++)
        operation(&p, &look->operations.items[i]);
    lc_str_addc(out, '\n');
}

// --- JSON --------------------------------------------------------------------------------------------------------------

static const char *const kinds[] = {
    [WATCH_INDEX] = "index build", [WATCH_CLUSTER] = "cluster",   [WATCH_VACUUM] = "vacuum", [WATCH_ANALYZE] = "analyze",
    [WATCH_COPY] = "copy",         [WATCH_BACKFILL] = "backfill", [WATCH_OTHER] = "other"};

static void put_known(struct json_writer *w, const char *name, double n, int decimals)
{
    json_put_number(w, name, n >= 0 ? n : NAN, decimals);
}

static void put_sessions(struct json_writer *w, const char *name, const struct watch_sessions *list)
{
    json_open(w, name, '[');
    for (int i = 0; i < list->len; i++) {
        const struct watch_session *s = &list->items[i];
        json_open(w, NULL, '{');
        put_known(w, "pid", s->pid ? s->pid : -1, 0);
        json_put_text(w, "application", s->application);
        json_put_text(w, "state", s->state);
        put_known(w, "ms", s->ms, 0);
        json_put_text(w, "mode", s->mode);
        json_put_text(w, "relation", s->relation);
        json_put_text(w, "query", s->query);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_forecast(struct json_writer *w, const struct watch_operation *op)
{
    if (!op->forecast) {
        json_put_null(w, "forecast");
        return;
    }
    json_open(w, "forecast", '{');
    json_put_text(w, "path", op->forecast->path);
    json_put_number(w, "line", op->forecast->line, 0);
    json_put_quantiles(w, "duration_ms", op->forecast_ms);
    json_put_bool(w, "late", op->late);
    json_close(w, '}');
}

static void put_work(struct json_writer *w, const struct watch_operation *op)
{
    json_put_text(w, "phase", op->phase);
    put_known(w, "done", op->done, 0);
    put_known(w, "total", op->total, 0);
    json_put_text(w, "unit", op->unit);
    put_known(w, "parts_done", op->parts_done, 0);
    put_known(w, "parts_total", op->parts_total, 0);
    put_known(w, "share", op->share, 4);
    put_known(w, "rate_per_s", op->rate, DECIMALS);
    put_known(w, "elapsed_ms", op->elapsed_ms, 0);
    if (op->left_known)
        json_put_quantiles(w, "left_ms", op->left_ms);
    else
        json_put_null(w, "left_ms");
    json_put_text(w, "left_basis", op->left_basis);
}

static void put_operation(struct json_writer *w, const struct watch_operation *op)
{
    json_open(w, NULL, '{');
    json_put_text(w, "kind", kinds[op->kind]);
    put_known(w, "pid", op->pid ? op->pid : -1, 0);
    json_put_text(w, "command", op->command);
    json_put_bool(w, "automatic", op->automatic);
    json_put_text(w, "relation", op->relation);
    json_put_text(w, "index", op->index);
    json_put_text(w, "application", op->application);
    json_put_text(w, "query", op->query);
    json_put_bool(w, "hidden", op->hidden);
    put_work(w, op);
    json_put_bool(w, "waiting", op->waiting);
    json_put_text(w, "mode", op->mode);
    json_put_text(w, "awaited", op->awaited);
    put_sessions(w, "waits_for", &op->waits_for);
    json_put_number(w, "blocked_sessions", op->blocked, 0);
    put_sessions(w, "blocks", &op->blocks);
    put_forecast(w, op);
    json_close(w, '}');
}

void report_watch_json(const struct watch_look *look, const char *label, struct lc_str *out)
{
    struct json_writer w = {.out = out, .lines = true};

    json_open(&w, NULL, '{');
    json_put_text(&w, "schema", REPORT_WATCH_SCHEMA);
    put_known(&w, "at_ms", look->now > 0 ? look->now : -1, 0);
    json_put_text(&w, "server", label);
    json_put_text(&w, "missed", look->missed);
    json_open(&w, "operations", '[');
    for (int i = 0; i < look->operations.len; i++)
        put_operation(&w, &look->operations.items[i]);
    json_close(&w, ']');
    json_close(&w, '}');
    lc_str_addc(out, '\n');
}
