// The Markdown report: what a reviewer reads in a pull request. The verdict first, one table, the detail folded away.
//
// It is rendered to a budget, never cut: if the full report is too large, the harmless statements go, then SQL, then the detail.
#include <math.h>
#include <string.h>

#include "base/clean.h"
#include "base/lockmode.h"
#include "report/escape.h"
#include "report/headline.h"
#include "report/report.h"
#include "report/words.h"

enum level { FULL, NO_HARMLESS, NO_SQL, TABLE_ONLY, ONE_LINE, LEVELS };

struct doc {
    struct lc_str *out;
    struct lc_arena *arena;
    const struct report_options *o;
    enum level level;
};

static const char *symbol(const char *severity)
{
    return lc_streq(severity, "danger")    ? "\xf0\x9f\x94\xb4"
           : lc_streq(severity, "caution") ? "\xf0\x9f\x9f\xa1"
                                           : "\xf0\x9f\x9f\xa2";
}

static const cJSON *strongest(const cJSON *statement)
{
    const cJSON *l, *best = NULL;

    cJSON_ArrayForEach(l, json_item(statement, "locks"))
    {
        if (json_bool(l, "created", 0) || lc_streq(json_text(l, "released"), "statement"))
            continue;
        if (!best || lc_lockmode_parse(json_text(l, "mode")) > lc_lockmode_parse(json_text(best, "mode")))
            best = l;
    }
    return best;
}

static void row(struct doc *d, const cJSON *s)
{
    const cJSON *lock = strongest(s);
    const char *severity = report_severity(s);

    lc_str_addf(d->out, "| %s | L%.0f ", symbol(severity), json_number(s, "line", 0));
    md_code(d->out, lc_cut(d->arena, json_text(s, "sql"), 60));
    lc_str_add(d->out, " | ");
    if (lock) {
        lc_str_addf(d->out, "%s on ", lc_lockmode_sql(lc_lockmode_parse(json_text(lock, "mode"))));
        md_code(d->out, json_text(lock, "relation"));
        lc_str_addf(d->out, " (blocks %s)", words_blocks(json_text(lock, "mode")));
    } else {
        lc_str_add(d->out, "none");
    }
    lc_str_addf(d->out, " | %s | %s |\n", words_times(d->arena, json_quantiles(s, "lock_wait_ms")),
                words_times(d->arena, json_quantiles(s, "duration_ms")));
}

static void table(struct doc *d, const cJSON *m)
{
    const cJSON *s;
    int left_out = 0;

    lc_str_add(d->out, "\n| | statement | strongest lock | waits | runs |\n|--|--|--|--|--|\n");
    cJSON_ArrayForEach(s, json_item(m, "statements"))
    {
        if (d->level >= NO_HARMLESS && lc_streq(report_severity(s), "safe"))
            left_out++;
        else
            row(d, s);
    }
    if (left_out)
        lc_str_addf(d->out, "\n%d harmless statement%s not shown.\n", left_out, left_out == 1 ? " is" : "s are");
}

static void chains(struct doc *d, const cJSON *s)
{
    const cJSON *c;

    cJSON_ArrayForEach(c, json_item(s, "chains"))
    {
        if (json_number(c, "probability", 0) < 0.05)
            continue;
        lc_str_add(d->out, "- ");
        md_code(d->out, lc_cut(d->arena, json_text(c, "waiting"), 100));
        lc_str_add(d->out, " waits behind ");
        md_code(d->out, lc_cut(d->arena, *json_text(c, "behind") ? json_text(c, "behind") : "a transaction in flight", 100));
        lc_str_addf(d->out, ": %s session%s, the longest %s\n", words_counts(d->arena, json_quantiles(c, "sessions")),
                    words_plural(json_quantiles(c, "sessions")), words_times(d->arena, json_quantiles(c, "longest_wait_ms")));
    }
}

// What the safer way costs, beside the original.
static void side_by_side(struct doc *d, const cJSON *safer)
{
    const cJSON *f = json_item(safer, "forecast"), *o = json_item(safer, "original");

    if (!cJSON_IsObject(f) || !cJSON_IsObject(o))
        return;
    lc_str_add(d->out, "\n| | longest lock | work | WAL | disk |\n|---|---|---|---|---|\n");
    for (int i = 0; i < 2; i++) {
        const cJSON *of = i ? f : o;
        lc_str_addf(d->out, "| %s | %s | %s | %s | %s |\n", i ? "safer" : "original",
                    words_times(d->arena, json_quantiles(of, "longest_hold_ms")),
                    words_times(d->arena, json_quantiles(of, "work_ms")), words_bytes(d->arena, json_number(of, "wal_bytes", 0)),
                    words_bytes(d->arena, json_number(of, "disk_bytes", 0)));
    }
    struct quantiles blocked = json_quantiles(f, "peak_blocked_sessions"), delayed = json_quantiles(f, "delayed_transactions");
    lc_str_addf(d->out, "\nThe safer way blocks %s session%s at its worst moment and delays %s transaction%s.\n",
                words_counts(d->arena, blocked), words_plural(blocked), words_counts(d->arena, delayed), words_plural(delayed));
}

static void safer(struct doc *d, const cJSON *s)
{
    const cJSON *safer = json_item(s, "safer"), *step;
    struct lc_str sql;

    if (!cJSON_IsObject(safer))
        return;
    lc_str_add(d->out, "\n**Safer:** ");
    md_text(d->out, json_text(safer, "why"));
    lc_str_add(d->out, "\n");
    side_by_side(d, safer);
    if (d->level >= NO_SQL || !cJSON_GetArraySize(json_item(safer, "steps")))
        return;
    lc_str_init(&sql, d->arena, d->out->max);
    cJSON_ArrayForEach(step, json_item(safer, "steps"))
    {
        lc_str_addf(&sql, "%s\n", json_text(step, "sql"));
    }
    md_block(d->out, "sql", sql.text);
}

static void detail(struct doc *d, const cJSON *s)
{
    const cJSON *f;

    if (lc_streq(report_severity(s), "safe"))
        return;
    lc_str_addf(d->out, "\n<details><summary>L%.0f: %s</summary>\n\n", json_number(s, "line", 0), report_severity(s));
    cJSON_ArrayForEach(f, json_item(s, "findings"))
    {
        if (json_bool(f, "known", 0)) // a comment tells what is new
            continue;
        lc_str_addf(d->out, "- %s**", json_bool(f, "suppressed", 0) ? "(ignored) " : "");
        md_text(d->out, json_text(f, "rule"));
        lc_str_add(d->out, "**: ");
        md_text(d->out, json_text(f, "message"));
        if (*json_text(f, "why")) {
            lc_str_add(d->out, " <br>");
            md_text(d->out, json_text(f, "why"));
        }
        lc_str_add(d->out, "\n");
    }
    chains(d, s);
    safer(d, s);
    lc_str_add(d->out, "\n</details>\n");
}

static void figures(struct doc *d, const cJSON *report)
{
    const cJSON *f = json_item(report, "forecast");

    lc_str_addf(d->out, "\nRuns %s; waits %s for its locks; pool dry for %s; the backlog drains in %s.\n",
                words_times(d->arena, json_quantiles(f, "duration_ms")), words_times(d->arena, json_quantiles(f, "lock_wait_ms")),
                words_times(d->arena, json_quantiles(f, "pool_exhausted_ms")),
                words_times(d->arena, json_quantiles(f, "drain_ms")));
}

static void unknowns(struct doc *d, const cJSON *report)
{
    const cJSON *u;

    if (!cJSON_GetArraySize(json_item(report, "unknowns")))
        return;
    lc_str_add(d->out, "\n<details><summary>What is not known</summary>\n\n");
    cJSON_ArrayForEach(u, json_item(report, "unknowns"))
    {
        lc_str_add(d->out, "- ");
        md_text(d->out, cJSON_IsString(u) ? u->valuestring : "");
        lc_str_add(d->out, "\n");
    }
    lc_str_add(d->out, "\n</details>\n");
}

static void footer(struct doc *d, const cJSON *report)
{
    const cJSON *server = json_item(report, "server"), *tool = json_item(report, "tool");

    lc_str_add(d->out, "\n<sub>lockcast ");
    md_text(d->out, json_text(tool, "version"));
    lc_str_addf(d->out, ", PostgreSQL %.0f, database ", floor(json_number(server, "version_num", 0) / 10000));
    md_code(d->out, *json_text(server, "database") ? json_text(server, "database") : "none");
    lc_str_addf(d->out, " (%s). Intervals hold 80 of 100 deploys.</sub>\n",
                lc_streq(json_text(server, "source"), "live")       ? "live"
                : lc_streq(json_text(server, "source"), "snapshot") ? "snapshot"
                                                                    : "no server");
}

static void render(struct doc *d, const cJSON *report)
{
    const cJSON *m, *s;

    lc_str_addf(d->out, "### %s ", symbol(json_text(report, "verdict")));
    md_text(d->out, report_headline(d->arena, report));
    lc_str_addc(d->out, '\n');
    if (d->level == ONE_LINE)
        return;
    figures(d, report);
    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        lc_str_add(d->out, "\n");
        md_code(d->out, json_text(m, "path"));
        lc_str_add(d->out, "\n");
        table(d, m);
        if (d->level < TABLE_ONLY)
            cJSON_ArrayForEach(s, json_item(m, "statements")) detail(d, s);
    }
    unknowns(d, report);
    footer(d, report);
}

void report_markdown(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    for (int level = FULL; level < LEVELS; level++) {
        struct lc_str s;
        struct doc d = {&s, out->arena, options, (enum level)level};
        lc_str_init(&s, out->arena, out->max);
        render(&d, report);
        if (!options->budget || s.len <= options->budget || level == ONE_LINE) {
            lc_str_addn(out, s.text, s.len);
            return;
        }
    }
}
