// The text report, the face of the program: the verdict first, then each statement that is not harmless, readable at 80 columns without colour.
#include <math.h>
#include <string.h>

#include "base/clean.h"
#include "base/lockmode.h"
#include "report/headline.h"
#include "report/page.h"
#include "report/report.h"
#include "report/words.h"

#define LABEL_COLUMNS 13 // "      lock   "

// Also in the log of a GitHub job: the runner obeys a line that begins with "::" or has "##[" in it.
const char *page_clean(struct page *p, const char *text)
{
    struct lc_str s, out;

    lc_str_init(&s, p->arena, LC_STR_MAX);
    lc_clean_line(&s, text);
    if (!strstr(s.text, "::") && !strstr(s.text, "##["))
        return s.text;
    lc_str_init(&out, p->arena, LC_STR_MAX);
    for (const char *c = s.text; *c; c++) {
        bool part =
            (lc_starts(c, "::") && (!out.len || lc_ends(out.text, " "))) || (lc_starts(c, "#[") && lc_ends(out.text, "#"));
        lc_str_addc(&out, *c);
        if (part)
            lc_str_addc(&out, ' ');
    }
    return out.text;
}

static const char *color(const struct page *p, const char *severity)
{
    if (!p->o->colors)
        return "";
    return lc_streq(severity, "danger")    ? "\033[1;31m"
           : lc_streq(severity, "caution") ? "\033[33m"
           : lc_streq(severity, "safe")    ? "\033[32m"
                                           : "\033[0m";
}

// Words of `text` from column `indent` on, broken at the page's width; the first line is where the caller left off.
static void wrap(struct page *p, const char *text, int indent)
{
    int column = indent;
    const char *word = text;

    while (*word) {
        size_t len = strcspn(word, " ");
        int columns = (int)lc_columns(lc_printf(p->arena, "%.*s", (int)len, word));
        if (column > indent && column + 1 + columns > p->width) {
            lc_str_addf(p->out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            lc_str_addc(p->out, ' ');
            column++;
        }
        lc_str_addn(p->out, word, len);
        column += columns;
        word += len + (word[len] == ' ');
    }
    lc_str_addc(p->out, '\n');
}

static void line(struct page *p, const char *label, const char *text)
{
    lc_str_addf(p->out, "      %-6s ", label);
    wrap(p, text, LABEL_COLUMNS);
}

// --- the deploy --------------------------------------------------------------------------------------------------------------------

static const char *upper(struct page *p, const char *text)
{
    char *copy = lc_strdup(p->arena, text);

    for (char *c = copy; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
    return copy;
}

void page_figure(struct page *p, const char *label, const char *text)
{
    lc_str_addf(p->out, "  %-9s ", label);
    wrap(p, text, 12);
}

static void figures(struct page *p, const cJSON *report)
{
    const cJSON *f = json_item(report, "forecast");
    struct quantiles pool = json_quantiles(f, "pool_exhausted_ms"), drain = json_quantiles(f, "drain_ms"),
                     wait = json_quantiles(f, "lock_wait_ms");

    if (json_quantiles(f, "duration_ms").p90 > 0)
        page_figure(p, "runs", words_times(p->arena, json_quantiles(f, "duration_ms")));
    if (wait.p90 >= 1)
        page_figure(p, "waits", lc_printf(p->arena, "%s for its locks", words_times(p->arena, wait)));
    if (pool.p90 >= 1)
        page_figure(p, "pool dry", words_times(p->arena, pool));
    if (drain.p90 >= 1)
        page_figure(p, "drains", lc_printf(p->arena, "%s after its locks are released", words_times(p->arena, drain)));
    if (json_number(f, "migration_fails_probability", 0) >= 0.005)
        page_figure(p, "fails",
                    lc_printf(p->arena, "with probability %.0f %%", 100 * json_number(f, "migration_fails_probability", 0)));
    page_queue(p, report);
}

// --- a statement -------------------------------------------------------------------------------------------------------------------

// An index whose table is locked as strongly, or the same relation in a weaker mode: nothing that the reader does not know.
static bool is_told(const cJSON *statement, const cJSON *lock)
{
    enum lc_lockmode mode = lc_lockmode_parse(json_text(lock, "mode"));
    bool index = strchr("iI", *json_text(lock, "kind")) != NULL;
    const cJSON *l;

    cJSON_ArrayForEach(l, json_item(statement, "locks"))
    {
        enum lc_lockmode other = lc_lockmode_parse(json_text(l, "mode"));
        bool same = lc_streq(json_text(l, "relation"), json_text(lock, "relation"));
        if (l != lock && !json_bool(l, "created", 0) && !lc_streq(json_text(l, "released"), "statement") &&
            ((same && other > mode) || (index && !same && strchr("rmp", *json_text(l, "kind")) && other >= mode)))
            return true;
    }
    return false;
}

static void locks(struct page *p, const cJSON *statement)
{
    const cJSON *l;
    const char *label = "locks";
    int more = 0, shown = 0;

    cJSON_ArrayForEach(l, json_item(statement, "locks"))
    {
        enum lc_lockmode mode = lc_lockmode_parse(json_text(l, "mode"));
        if (json_bool(l, "created", 0))
            continue;
        if (!p->o->verbose && (mode < LC_SHARE_UPDATE_EXCLUSIVE || shown >= 8 || is_told(statement, l))) {
            more++;
            continue;
        }
        line(p, label,
             lc_printf(p->arena, "%s on %s%s%s: blocks %s", lc_lockmode_sql(mode), page_clean(p, json_text(l, "relation")),
                       lc_streq(json_text(l, "released"), "statement") ? ", briefly" : "",
                       json_bool(l, "certain", 1) ? "" : ", perhaps", words_blocks(json_text(l, "mode"))));
        label = "";
        shown++;
    }
    if (more)
        line(p, label,
             lc_printf(p->arena, "%sand %d weaker or further one%s (--verbose lists them)", shown ? "" : "no strong one, ", more,
                       more == 1 ? "" : "s"));
}

#define NOTED_BYTES (16.0 * 1024 * 1024) // less fits into one WAL segment

static void storage(struct page *p, const cJSON *statement)
{
    struct quantiles wal = json_quantiles(statement, "wal_bytes"),
                     replay = json_quantiles(json_item(statement, "standby"), "replay_ms");
    double disk = json_number(statement, "disk_bytes", 0), peak = json_number(statement, "temp_bytes", 0);

    if (!p->o->verbose && wal.p90 < NOTED_BYTES && fabs(disk) < NOTED_BYTES && peak < NOTED_BYTES)
        return;
    line(p, "writes",
         lc_printf(p->arena, "%s of WAL (%s .. %s)%s; disk %s%s, at the peak %s beside that", words_bytes(p->arena, wal.p50),
                   words_bytes(p->arena, wal.p10), words_bytes(p->arena, wal.p90),
                   replay.p50 >= 1 ? lc_printf(p->arena, ", replayed by a standby in %s", words_times(p->arena, replay)) : "",
                   disk < 0 ? "-" : "+", words_bytes(p->arena, fabs(disk)), words_bytes(p->arena, fmax(peak, 0))));
}

static void times(struct page *p, const cJSON *statement)
{
    struct quantiles wait = json_quantiles(statement, "lock_wait_ms"), run = json_quantiles(statement, "duration_ms");
    const cJSON *w;

    if (run.p90 > 0)
        line(
            p, "time",
            lc_printf(p->arena, "%s%s", words_times(p->arena, run),
                      wait.p90 >= 1 ? lc_printf(p->arena, ", after waiting %s for its locks", words_times(p->arena, wait)) : ""));
    cJSON_ArrayForEach(w, json_item(statement, "work"))
    {
        double bytes = json_number(w, "bytes", -1), rows = json_number(w, "rows", -1);
        if (!p->o->verbose && json_number(w, "p50_ms", 0) < 20 && json_bool(w, "known", 1))
            continue;
        line(p, "",
             lc_printf(p->arena, "%s%s%s: %s", page_clean(p, json_text(w, "what")),
                       bytes > 0 ? lc_printf(p->arena, ", %s", words_bytes(p->arena, bytes)) : "",
                       rows > 0 ? lc_printf(p->arena, ", %s rows", words_count(p->arena, rows)) : "",
                       json_bool(w, "known", 1) ? lc_printf(p->arena, "%s (%s)", words_times(p->arena, json_quantiles(w, "ms")),
                                                            page_clean(p, json_text(w, "basis")))
                                                : lc_printf(p->arena, "not known: %s", page_clean(p, json_text(w, "basis")))));
    }
}

static void findings(struct page *p, const cJSON *statement)
{
    const cJSON *f;
    const char *why = "";

    cJSON_ArrayForEach(f, json_item(statement, "findings"))
    {
        if (json_bool(f, "known", 0) && !p->o->verbose)
            continue;
        if (json_bool(f, "suppressed", 0)) {
            line(p, json_bool(f, "known", 0) ? "known" : "ignored",
                 lc_printf(p->arena, "%s: %s", page_clean(p, json_text(f, "rule")), page_clean(p, json_text(f, "suppression"))));
            continue;
        }
        line(p, json_text(f, "severity"),
             lc_printf(p->arena, "%s [%s]", page_clean(p, json_text(f, "message")), page_clean(p, json_text(f, "rule"))));
        if (*json_text(f, "why") && !lc_streq(why, json_text(f, "why"))) {
            why = json_text(f, "why");
            line(p, "why",
                 lc_printf(p->arena, "%s%s", page_clean(p, why),
                           *json_text(f, "source") ? lc_printf(p->arena, " (%s)", page_clean(p, json_text(f, "source"))) : ""));
        }
    }
}

static void branch(struct page *p, int depth, const char *text)
{
    int indent = LABEL_COLUMNS + 3 * depth;

    lc_str_addf(p->out, "%*s%s", depth ? indent - 3 : indent, "", depth ? "`- " : "");
    lc_str_addf(p->out, "%s\n", lc_cut(p->arena, text, (size_t)(p->width - indent)));
}

// Too short a wait for anybody to notice, or too rare.
static bool is_noticed(const struct page *p, const cJSON *chain)
{
    return p->o->verbose || (json_number(chain, "probability", 1) >= 0.05 && json_quantiles(chain, "longest_wait_ms").p90 >= 20);
}

static bool has_chain(const struct page *p, const cJSON *statement)
{
    const cJSON *c;

    cJSON_ArrayForEach(c, json_item(statement, "chains"))
    {
        if (is_noticed(p, c))
            return true;
    }
    return false;
}

static void waiters(struct page *p, const cJSON *statement, int depth)
{
    const cJSON *c;
    int shown = 0, more = 0;

    cJSON_ArrayForEach(c, json_item(statement, "chains"))
    {
        struct quantiles q = json_quantiles(c, "sessions");
        double longest = json_quantiles(c, "longest_wait_ms").p90;
        if (!lc_streq(json_text(c, "behind"), "this statement") || !is_noticed(p, c))
            continue;
        if (shown == 6 && !p->o->verbose) {
            more++;
            continue;
        }
        shown++;
        branch(p, depth,
               lc_printf(p->arena, "%s session%s, up to %s: %s", words_counts(p->arena, q), words_plural(q),
                         words_time(p->arena, longest), page_clean(p, json_text(c, "waiting"))));
    }
    if (more)
        branch(p, depth,
               lc_printf(p->arena, "and %d further kind%s of query (--verbose lists them)", more, more == 1 ? "" : "s"));
}

// Who holds, this statement behind them, and the sessions behind it.
static void chains(struct page *p, const cJSON *statement)
{
    const cJSON *c;
    int depth = 0, shown = 0;

    if (!has_chain(p, statement))
        return;
    lc_str_add(p->out, "      chain\n");
    cJSON_ArrayForEach(c, json_item(statement, "chains"))
    {
        if (!lc_streq(json_text(c, "waiting"), "this statement") || !is_noticed(p, c))
            continue;
        branch(p, 0,
               lc_printf(p->arena, "%s",
                         page_clean(p, *json_text(c, "behind") ? json_text(c, "behind") : "a transaction in flight")));
        depth = 1;
        if (++shown == 3)
            break;
    }
    branch(p, depth,
           depth
               ? lc_printf(p->arena, "this statement waits %s", words_times(p->arena, json_quantiles(statement, "lock_wait_ms")))
               : "this statement");
    waiters(p, statement, depth + 1);
}

static void step(struct page *p, const cJSON *s, int n)
{
    double rows = json_number(s, "batch_rows", 0);
    const char *why = page_clean(p, json_text(s, "why"));

    lc_str_addf(p->out, "%*s%d. ", LABEL_COLUMNS, "", n);
    if (*why)
        wrap(p, rows > 0 ? lc_printf(p->arena, "%s (%s rows each)", why, words_count(p->arena, rows)) : why, LABEL_COLUMNS + 3);
    else
        lc_str_addf(p->out, "%s\n", lc_cut(p->arena, page_clean(p, json_text(s, "sql")), (size_t)(p->width - LABEL_COLUMNS - 3)));
}

static void beside(struct lc_str *s, const char *what, const char *value, const char *original)
{
    if (!lc_streq(value, original))
        lc_str_addf(s, "%s%s %s instead of %s", s->len ? "; " : "", what, value, original);
}

// What the safer way costs, beside the original where that is another.
static void side_by_side(struct page *p, const cJSON *s, const cJSON *f)
{
    const cJSON *o = json_item(s, "original");
    struct lc_str text;

    if (!cJSON_IsObject(f) || !cJSON_IsObject(o))
        return;
    lc_str_init(&text, p->arena, LC_STR_MAX);
    beside(&text, "keeps others waiting", words_times(p->arena, json_quantiles(f, "longest_hold_ms")),
           words_times(p->arena, json_quantiles(o, "longest_hold_ms")));
    beside(&text, "works", words_times(p->arena, json_quantiles(f, "work_ms")),
           words_times(p->arena, json_quantiles(o, "work_ms")));
    beside(&text, "WAL", words_bytes(p->arena, json_number(f, "wal_bytes", 0)),
           words_bytes(p->arena, json_number(o, "wal_bytes", 0)));
    if (text.len)
        line(p, "", text.text);
}

static struct quantiles longer(struct quantiles a, struct quantiles b)
{
    return b.p50 > a.p50 ? b : a;
}

// What undoing all of the steps costs, and what may be copied before.
static void way_back(struct page *p, const cJSON *s)
{
    struct quantiles hold = {0, 0, 0}, work = {0, 0, 0};
    const cJSON *step;
    int n = 0;

    cJSON_ArrayForEach(step, json_item(s, "steps"))
    {
        const cJSON *undo = json_item(step, "rollback_forecast"), *copy = json_item(step, "backup");
        if (cJSON_IsObject(copy))
            line(p, "",
                 lc_printf(p->arena, "before, if you want to keep %s (%s%s): %s", page_clean(p, json_text(copy, "of")),
                           json_number(copy, "bytes", -1) < 0 ? "size not known"
                                                              : words_bytes(p->arena, json_number(copy, "bytes", 0)),
                           cJSON_IsObject(json_item(copy, "work_ms"))
                               ? lc_printf(p->arena, ", %s", words_times(p->arena, json_quantiles(copy, "work_ms")))
                               : "",
                           page_clean(p, json_text(copy, "sql"))));
        if (!cJSON_IsObject(undo))
            continue;
        n++;
        hold = longer(hold, json_quantiles(undo, "longest_hold_ms"));
        quantiles_add(&work, json_quantiles(undo, "work_ms"), 1);
    }
    if (n)
        line(p, "",
             lc_printf(p->arena, "undoing it: works %s, keeps others waiting %s", words_times(p->arena, work),
                       words_times(p->arena, hold)));
}

static void safer(struct page *p, const cJSON *statement)
{
    const cJSON *s = json_item(statement, "safer"), *f = json_item(s, "forecast"), *item;
    int n = 0;

    if (!cJSON_IsObject(s))
        return;
    line(p, "safer",
         lc_printf(p->arena, "%s%s", page_clean(p, json_text(s, "why")),
                   cJSON_GetArraySize(json_item(s, "steps")) ? " `lockcast rewrite` writes it as a file:" : ""));
    cJSON_ArrayForEach(item, json_item(s, "steps"))
    {
        step(p, item, ++n);
    }
    side_by_side(p, s, f);
    if (cJSON_IsObject(f)) {
        struct quantiles blocked = json_quantiles(f, "peak_blocked_sessions"),
                         delayed = json_quantiles(f, "delayed_transactions");
        line(p, "",
             lc_printf(p->arena, "then: runs %s; %s session%s blocked at the worst moment, %s transaction%s late",
                       words_times(p->arena, json_quantiles(f, "duration_ms")), words_counts(p->arena, blocked),
                       words_plural(blocked), words_counts(p->arena, delayed), words_plural(delayed)));
    }
    way_back(p, s);
}

static void statement(struct page *p, const cJSON *s)
{
    const char *severity = report_severity(s);
    const char *where = lc_printf(p->arena, "L%.0f", json_number(s, "line", 0));
    const char *sql = lc_cut(p->arena, page_clean(p, json_text(s, "sql")), (size_t)(p->width - 17));

    lc_str_addf(p->out, "\n  %-5s %s%*s %s%s%s\n", where, sql,
                p->width - 17 - (int)lc_columns(sql) > 0 ? p->width - 17 - (int)lc_columns(sql) : 0, "", color(p, severity),
                upper(p, severity), p->o->colors ? color(p, "") : "");
    findings(p, s);
    locks(p, s);
    times(p, s);
    storage(p, s);
    chains(p, s);
    safer(p, s);
}

static int ignored(const cJSON *statement)
{
    const cJSON *f;
    int n = 0;

    cJSON_ArrayForEach(f, json_item(statement, "findings"))
    {
        n += json_bool(f, "suppressed", 0) != 0;
    }
    return n;
}

static void migration(struct page *p, const cJSON *m)
{
    const cJSON *s;
    const char *reason = "";
    int harmless = 0, hidden = 0, all = cJSON_GetArraySize(json_item(m, "statements"));

    lc_str_addf(p->out, "\n%s\n", page_clean(p, json_text(m, "path")));
    lc_str_add(p->out, "  ");
    if (p->o->verbose || !lc_streq(json_text(m, "format"), "plain")) // how the transactions were told apart
        reason = lc_printf(p->arena, " (%s)", page_clean(p, json_text(m, "format_reason")));
    wrap(p, lc_printf(p->arena, "%s%s, %d statement%s", page_clean(p, json_text(m, "format")), reason, all, all == 1 ? "" : "s"),
         2);
    cJSON_ArrayForEach(s, json_item(m, "statements"))
    {
        if (p->o->verbose || !lc_streq(report_severity(s), "safe"))
            statement(p, s);
        else if (ignored(s))
            hidden++;
        else
            harmless++;
    }
    if (hidden)
        lc_str_addf(p->out, "\n  %d statement%s that %s (--verbose shows %s)\n", hidden, hidden == 1 ? "" : "s",
                    report_let_pass(m), hidden == 1 ? "it" : "them");
    if (harmless)
        lc_str_addf(p->out, "\n  %d harmless statement%s (--verbose shows %s)\n", harmless, harmless == 1 ? "" : "s",
                    harmless == 1 ? "it" : "them");
}

void report_text(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    struct page p = {out, out->arena, options, options->width > 40 ? options->width : 80};
    const char *verdict = json_text(report, "verdict");
    const cJSON *item;

    lc_str_addf(out, "%s%s%s  ", color(&p, verdict), upper(&p, verdict), options->colors ? color(&p, "") : "");
    wrap(&p, page_clean(&p, report_headline(p.arena, report)), (int)strlen(verdict) + 2);
    figures(&p, report);
    cJSON_ArrayForEach(item, json_item(report, "migrations"))
    {
        migration(&p, item);
    }
    if (cJSON_GetArraySize(json_item(report, "unknowns")))
        lc_str_add(out, "\nNot known:\n");
    cJSON_ArrayForEach(item, json_item(report, "unknowns"))
    {
        lc_str_add(out, "  - ");
        wrap(&p, page_clean(&p, cJSON_IsString(item) ? item->valuestring : ""), 4);
    }
    if (json_quantiles(json_item(report, "forecast"), "duration_ms").p90 >= 1)
        lc_str_add(out, "\nFigures are medians; brackets hold what 80 of 100 deploys will show.\n");
}
