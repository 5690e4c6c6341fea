// The HTML report: one static file without script and without network, which a Content-Security-Policy keeps it to.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "base/lockmode.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "report/escape.h"
#include "report/fingerprint.h"
#include "report/headline.h"
#include "report/report.h"
#include "report/timeline.h"
#include "report/words.h"

// Colours differ in lightness too, so that they can be told apart without seeing hues.
static const char style[] =
    ":root{color-scheme:light "
    "dark;--bg:#fff;--fg:#1b1f24;--dim:#59636e;--line:#d1d9e0;--card:#f6f8fa;--d:#b3261e;--c:#9a6700;--s:#1a7f37;--m1:#8db8e8;--"
    "m2:#d98b1f;--m3:#a4161a}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9198a1;--line:#3d444d;--card:#151b23;--d:#ff7b72;--"
    "c:#d29922;--s:#3fb950;--m1:#316dca;--m2:#d98b1f;--m3:#f85149}}\n"
    "body{margin:0 auto;max-width:62rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--fg)}\n"
    "h1{font-size:1.35rem;font-weight:500;line-height:1.4}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin:0}code,"
    "pre{font-family:ui-monospace,"
    "monospace;font-size:.9em;overflow-wrap:anywhere}\n"
    "pre{background:var(--card);border:1px solid "
    "var(--line);padding:.6rem;white-space:pre-wrap}table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.9rem}\n"
    "th,td{border-bottom:1px solid var(--line);padding:.25rem "
    ".5rem;text-align:left;vertical-align:top}.n{text-align:right;white-space:nowrap}caption{text-align:left;color:var(--dim)}\n"
    "details{border:1px solid var(--line);border-radius:6px;margin:.6rem 0;padding:.5rem "
    ".8rem}summary{cursor:pointer}.danger{color:var(--d)}.caution{color:var(--c)}.safe{color:var(--s)}\n"
    ".v{font-weight:700;text-transform:uppercase}.dim,.key{color:var(--dim);font-size:.9rem}svg{width:100%;min-width:40rem;"
    "height:auto}.scroll{overflow-x:auto}td code{overflow-wrap:break-word}td code.q{overflow-wrap:anywhere}.t{font:"
    "12px system-ui,sans-serif;fill:var(--fg)}.small{font-size:11px;fill:var(--dim)}\n"
    ".axis{stroke:var(--line)}.wait{fill:none;stroke:var(--dim);stroke-dasharray:3 "
    "2}.m1{fill:var(--m1);background:var(--m1)}.m2{fill:var(--m2);background:var(--m2)}.m3{fill:var(--m3);background:var(--m3)}\n"
    ".k{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .9em}.k.w{border:1px dashed var(--dim)}\n";

static void verdict(struct lc_str *out, const char *severity)
{
    const char *known = lc_streq(severity, "danger") || lc_streq(severity, "caution") ? severity : "safe";

    lc_str_addf(out, "<span class=\"v %s\">%s</span>", known, known);
}

static void head(struct lc_str *out, const cJSON *report)
{
    lc_str_addf(out,
                "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; base-uri "
                "'none'; form-action 'none'\">\n"
                "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width, "
                "initial-scale=1\">\n"
                "<title>lockcast: %s</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1>",
                lc_sha256_base64(out->arena, style),
                lc_streq(json_text(report, "verdict"), "danger")    ? "danger"
                : lc_streq(json_text(report, "verdict"), "caution") ? "caution"
                                                                    : "safe",
                style);
    verdict(out, json_text(report, "verdict"));
    lc_str_addc(out, ' ');
    html_text(out, report_headline(out->arena, report));
    lc_str_add(out, "</h1>\n");
}

static void row(struct lc_str *out, const char *label, const char *text)
{
    lc_str_addf(out, "<tr><th scope=\"row\">%s</th><td>", label);
    html_text(out, text);
    lc_str_add(out, "</td></tr>\n");
}

static void figures(struct lc_str *out, const cJSON *report)
{
    const cJSON *f = json_item(report, "forecast");
    struct lc_arena *a = out->arena;

    lc_str_add(out, "<section><h2>The whole deploy</h2>\n<div class=\"scroll\"><table>\n");
    row(out, "runs", words_times(a, json_quantiles(f, "duration_ms")));
    row(out, "waits for its locks", words_times(a, json_quantiles(f, "lock_wait_ms")));
    row(out, "sessions blocked at the worst moment", words_counts(a, json_quantiles(f, "peak_blocked_sessions")));
    row(out, "transactions delayed", words_counts(a, json_quantiles(f, "delayed_transactions")));
    row(out, "pool dry",
        lc_printf(a, "%s, with probability %.0f %%", words_times(a, json_quantiles(f, "pool_exhausted_ms")),
                  100 * json_number(f, "pool_exhausted_probability", 0)));
    row(out, "backlog drains in", words_times(a, json_quantiles(f, "drain_ms")));
    row(out, "the migration fails",
        lc_printf(a, "with probability %.0f %%", 100 * json_number(f, "migration_fails_probability", 0)));
    lc_str_add(out,
               "</table></div>\n<p class=\"dim\">Medians, and in brackets what 80 of 100 deploys will show.</p></section>\n");
}

static void findings(struct lc_str *out, const cJSON *s)
{
    const cJSON *f;

    cJSON_ArrayForEach(f, json_item(s, "findings"))
    {
        lc_str_add(out, "<p>");
        if (json_bool(f, "suppressed", 0))
            lc_str_add(out, json_bool(f, "known", 0) ? "<span class=\"dim\">known</span>" : "<span class=\"dim\">ignored</span>");
        else
            verdict(out, json_text(f, "severity"));
        lc_str_addc(out, ' ');
        html_text(out, json_text(f, "message"));
        lc_str_add(out, " <code>");
        html_text(out, json_text(f, "rule"));
        lc_str_add(out, "</code>");
        if (*json_text(f, "why")) {
            lc_str_add(out, "<br><span class=\"dim\">Why: ");
            html_text(out, json_text(f, "why"));
            if (*json_text(f, "source")) {
                lc_str_add(out, " (");
                html_text(out, json_text(f, "source"));
                lc_str_addc(out, ')');
            }
            lc_str_add(out, "</span>");
        }
        lc_str_add(out, "</p>\n");
    }
}

static void locks(struct lc_str *out, const cJSON *s)
{
    const cJSON *l;

    if (!cJSON_GetArraySize(json_item(s, "locks")))
        return;
    lc_str_add(out, "<div class=\"scroll\"><table><tr><th scope=\"col\">lock</th><th scope=\"col\">on</th><th "
                    "scope=\"col\">keeps waiting</th>"
                    "<th scope=\"col\">until</th></tr>\n");
    cJSON_ArrayForEach(l, json_item(s, "locks"))
    {
        enum lc_lockmode mode = lc_lockmode_parse(json_text(l, "mode"));
        lc_str_addf(out, "<tr><td>%s</td><td><code>", mode ? lc_lockmode_sql(mode) : "?");
        html_text(out, json_text(l, "relation"));
        lc_str_addf(out, "</code>%s%s</td><td>%s</td><td>%s</td></tr>\n", json_bool(l, "created", 0) ? " (new)" : "",
                    json_bool(l, "certain", 1) ? "" : " (perhaps)",
                    json_bool(l, "created", 0) ? "nobody" : words_blocks(json_text(l, "mode")),
                    lc_streq(json_text(l, "released"), "statement") ? "end of the statement" : "commit");
    }
    lc_str_add(out, "</table></div>\n");
}

// Too short a wait for anybody to notice, or too rare: the JSON report has these, too.
static bool is_noticed(const cJSON *chain)
{
    return json_number(chain, "probability", 1) >= 0.05 && json_quantiles(chain, "longest_wait_ms").p90 >= 20;
}

// Either a query of the traffic or the migration's own statement.
static void put_party(struct lc_str *out, const char *who)
{
    bool query = !lc_streq(who, "this statement") && *who;

    lc_str_add(out, query ? "<td><code class=\"q\">" : "<td>");
    html_text(out, *who ? who : "a transaction in flight");
    lc_str_add(out, query ? "</code></td>" : "</td>");
}

static void chain(struct lc_str *out, const cJSON *c)
{
    lc_str_add(out, "<tr>");
    put_party(out, json_text(c, "waiting"));
    put_party(out, json_text(c, "behind"));
    lc_str_add(out, "<td><code>");
    html_text(out, json_text(c, "relation"));
    lc_str_addf(out, "</code></td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
                words_counts(out->arena, json_quantiles(c, "sessions")),
                words_times(out->arena, json_quantiles(c, "longest_wait_ms")));
}

static void chains(struct lc_str *out, const cJSON *s)
{
    const cJSON *c;
    bool any = false;

    cJSON_ArrayForEach(c, json_item(s, "chains"))
    {
        if (!is_noticed(c))
            continue;
        if (!any)
            lc_str_add(out, "<div class=\"scroll\"><table><tr><th scope=\"col\">waiting</th><th scope=\"col\">behind</th><th "
                            "scope=\"col\">on</th><th scope=\"col\" class=\"n\">sessions</th><th scope=\"col\" "
                            "class=\"n\">longest wait</th></tr>\n");
        any = true;
        chain(out, c);
    }
    if (any)
        lc_str_add(out, "</table></div>\n");
}

static void work(struct lc_str *out, const cJSON *s)
{
    const cJSON *w;

    cJSON_ArrayForEach(w, json_item(s, "work"))
    {
        double bytes = json_number(w, "bytes", -1), rows = json_number(w, "rows", -1);
        lc_str_add(out, "<br>");
        html_text(out, json_text(w, "what"));
        if (*json_text(w, "relation")) {
            lc_str_add(out, " of <code>");
            html_text(out, json_text(w, "relation"));
            lc_str_add(out, "</code>");
        }
        lc_str_addf(out, "%s%s: %s", bytes > 0 ? lc_printf(out->arena, ", %s", words_bytes(out->arena, bytes)) : "",
                    rows > 0 ? lc_printf(out->arena, ", %s rows", words_count(out->arena, rows)) : "",
                    json_bool(w, "known", 1) ? words_times(out->arena, json_quantiles(w, "ms")) : "not known");
    }
}

static void safer(struct lc_str *out, const cJSON *s)
{
    const cJSON *safer = json_item(s, "safer"), *step;

    if (!cJSON_IsObject(safer))
        return;
    lc_str_add(out, "<h3>Safer</h3>\n<p>");
    html_text(out, json_text(safer, "why"));
    lc_str_add(out, "</p>\n");
    cJSON_ArrayForEach(step, json_item(safer, "steps"))
    {
        if (*json_text(step, "why")) {
            lc_str_add(out, "<p class=\"dim\">");
            html_text(out, json_text(step, "why"));
            lc_str_add(out, "</p>\n");
        }
        lc_str_add(out, "<pre>");
        html_block(out, json_text(step, "sql"));
        lc_str_add(out, "</pre>\n");
    }
}

static void statement(struct lc_str *out, const cJSON *s)
{
    const char *severity = report_severity(s);
    struct lc_str sql;

    lc_str_init(&sql, out->arena, LC_STR_MAX);
    lc_clean_line(&sql, json_text(s, "sql"));
    lc_str_addf(out, "<details%s><summary>L%.0f ", lc_streq(severity, "danger") ? " open" : "", json_number(s, "line", 0));
    verdict(out, severity);
    lc_str_add(out, " <code>");
    html_text(out, lc_cut(out->arena, sql.text, 110));
    lc_str_add(out, "</code></summary>\n");
    findings(out, s);
    lc_str_addf(out, "<p>Runs %s; waits %s for its locks.", words_times(out->arena, json_quantiles(s, "duration_ms")),
                words_times(out->arena, json_quantiles(s, "lock_wait_ms")));
    work(out, s);
    lc_str_add(out, "</p>\n");
    locks(out, s);
    chains(out, s);
    safer(out, s);
    lc_str_add(out, "<details><summary>the statement</summary><pre>");
    html_block(out, json_text(s, "sql"));
    lc_str_add(out, "</pre></details>\n</details>\n");
}

static void migration(struct lc_str *out, const cJSON *m)
{
    const cJSON *s;

    lc_str_add(out, "<section><h2><code>");
    html_text(out, json_text(m, "path"));
    lc_str_add(out, "</code></h2>\n<p class=\"dim\">");
    html_text(out, json_text(m, "format"));
    if (*json_text(m, "format_reason")) {
        lc_str_add(out, ", ");
        html_text(out, json_text(m, "format_reason"));
    }
    lc_str_addf(out, "; statements: %d</p>\n", cJSON_GetArraySize(json_item(m, "statements")));
    cJSON_ArrayForEach(s, json_item(m, "statements")) statement(out, s);
    lc_str_add(out, "</section>\n");
}

static void unknowns(struct lc_str *out, const cJSON *report)
{
    const cJSON *u;

    if (!cJSON_GetArraySize(json_item(report, "unknowns")))
        return;
    lc_str_add(out, "<section><h2>Not known</h2>\n<ul>\n");
    cJSON_ArrayForEach(u, json_item(report, "unknowns"))
    {
        lc_str_add(out, "<li>");
        html_text(out, cJSON_IsString(u) ? u->valuestring : "");
        lc_str_add(out, "</li>\n");
    }
    lc_str_add(out, "</ul></section>\n");
}

// \uXXXX of the character at `p` of `len` bytes (valid UTF-8), as a pair of surrogates where it takes one.
static void put_escaped(struct lc_str *out, const char *p, size_t len)
{
    unsigned c = len == 1 ? (unsigned char)*p : (unsigned char)*p & (0x7fu >> len);

    for (size_t i = 1; i < len; i++)
        c = c << 6 | ((unsigned char)p[i] & 0x3fu);
    if (c >= 0x10000)
        lc_str_addf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
    else
        lc_str_addf(out, "\\u%04x", c);
}

// The report itself, for programs: in ASCII, and no "<" that could end the element or open a comment.
static void embedded(struct lc_str *out, const cJSON *report)
{
    char *json = cJSON_PrintUnformatted(report);
    const char *text = lc_utf8_clean(out->arena, json ? json : "{}"), *end = text + strlen(text);

    lc_str_add(out, "<script type=\"application/json\" id=\"report\">");
    while (*text) {
        size_t len = lc_utf8_length(text, (size_t)(end - text));
        if (len > 1 || strchr("<>&\x7f", *text))
            put_escaped(out, text, len ? len : 1);
        else
            lc_str_addc(out, *text);
        text += len ? len : 1;
    }
    lc_str_add(out, "</script>\n");
    free(json);
}

void report_html(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    const cJSON *server = json_item(report, "server"), *m;

    (void)options;
    head(out, report);
    figures(out, report);
    timeline_html(out, report);
    cJSON_ArrayForEach(m, json_item(report, "migrations")) migration(out, m);
    unknowns(out, report);
    lc_str_add(out, "</main>\n<footer class=\"dim\">lockcast ");
    html_text(out, json_text(json_item(report, "tool"), "version"));
    lc_str_addf(out, ", PostgreSQL %.0f, database <code>", floor(json_number(server, "version_num", 0) / 10000));
    html_text(out, *json_text(server, "database") ? json_text(server, "database") : "none");
    lc_str_add(out, "</code></footer>\n");
    embedded(out, report);
    lc_str_add(out, "</body>\n</html>\n");
}
