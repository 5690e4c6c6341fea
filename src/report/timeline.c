// The lock timeline of the HTML report: one bar per lock, from its request to its release, at the medians of the forecast.
#include "report/timeline.h"

#include <math.h>
#include <stdlib.h>

#include "base/clean.h"
#include "base/lockmode.h"
#include "report/escape.h"
#include "report/words.h"

#define MAX_BARS 24
#define ROW 22
#define LABELS 300 // left column
#define BARS 560   // width of the drawing
#define MARGIN 24

struct bar {
    const char *relation, *path;
    enum lc_lockmode mode;
    double line, asked, granted, released; // ms since the deploy began
    int order;
};

struct bars {
    struct bar *items;
    int len, cap;
};

static bool is_shown(const cJSON *lock)
{
    enum lc_lockmode mode = lc_lockmode_parse(json_text(lock, "mode"));

    return !json_bool(lock, "created", 0) && !lc_streq(json_text(lock, "released"), "statement") &&
           mode >= LC_SHARE_UPDATE_EXCLUSIVE;
}

static double length_of(const cJSON *statement)
{
    return fmax(0, json_quantiles(statement, "lock_wait_ms").p50) + fmax(0, json_quantiles(statement, "duration_ms").p50);
}

// When the transaction of `statement`, which begins at `now`, ends.
static double end_of(const cJSON *statement, double now)
{
    double tx = json_number(statement, "transaction", -1);

    now += length_of(statement);
    for (const cJSON *s = statement->next; s && tx >= 0 && json_number(s, "transaction", -1) == tx; s = s->next)
        now += length_of(s);
    return now;
}

static double collect(struct lc_arena *arena, const cJSON *report, struct bars *bars)
{
    const cJSON *m, *s, *l;
    double now = 0;

    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        cJSON_ArrayForEach(s, json_item(m, "statements"))
        {
            double wait = fmax(0, json_quantiles(s, "lock_wait_ms").p50), end = -1;
            cJSON_ArrayForEach(l, json_item(s, "locks"))
            {
                if (!is_shown(l))
                    continue;
                if (end < 0) // once per statement, and only where it is needed
                    end = end_of(s, now);
                LC_PUSH(arena, bars,
                        (struct bar){json_text(l, "relation"), json_text(m, "path"), lc_lockmode_parse(json_text(l, "mode")),
                                     json_number(s, "line", 0), now, now + wait, end, bars->len});
            }
            now += length_of(s);
        }
    }
    return now;
}

static int by_weight(const void *a, const void *b)
{
    const struct bar *x = a, *y = b;
    bool strong_x = x->mode >= LC_SHARE, strong_y = y->mode >= LC_SHARE;

    return strong_x != strong_y ? strong_y - strong_x : x->order - y->order;
}

static void draw(struct lc_str *out, const struct bar *b, int row, double scale)
{
    int y = MARGIN + row * ROW;
    struct lc_str name;

    lc_str_init(&name, out->arena, 1 << 16);
    lc_clean_line(&name, b->relation);
    lc_str_addf(out, "<text class=\"t\" x=\"%d\" y=\"%d\">L%.0f ", 0, y + 14, b->line);
    html_text(out, lc_cut(out->arena, name.text, 36));
    lc_str_addf(out, "</text>\n<rect class=\"wait\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                LABELS + b->asked * scale, y + 3, fmax(0, (b->granted - b->asked) * scale), ROW - 8);
    lc_str_addf(out, "<rect class=\"hold m%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>",
                b->mode >= LC_ACCESS_EXCLUSIVE ? 3
                : b->mode >= LC_SHARE          ? 2
                                               : 1,
                LABELS + b->granted * scale, y + 3, fmax(1.5, (b->released - b->granted) * scale), ROW - 8);
    html_text(out, lc_printf(out->arena, "%s on %s: %s", lc_lockmode_sql(b->mode), name.text,
                             words_time(out->arena, b->released - b->granted)));
    lc_str_add(out, "</title></rect>\n");
}

static void drawing(struct lc_str *out, const struct bars *bars, int n, double total)
{
    double scale = BARS / fmax(total, 1e-3);
    int height = MARGIN + n * ROW + 6;

    lc_str_addf(out,
                "<div class=\"scroll\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"locks over the time of the deploy; "
                "the table below says "
                "the same\">\n",
                LABELS + BARS + 8, height);
    for (int i = 0; i <= 4; i++) {
        double x = LABELS + BARS * i / 4.0;
        lc_str_addf(out,
                    "<line class=\"axis\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/><text class=\"t small\" x=\"%.1f\" "
                    "y=\"12\" text-anchor=\"%s\">",
                    x, MARGIN - 6, x, height, x, i == 4 ? "end" : "middle");
        html_text(out, i ? words_time(out->arena, total * i / 4) : "0");
        lc_str_add(out, "</text>\n");
    }
    for (int i = 0; i < n; i++)
        draw(out, &bars->items[i], i, scale);
    lc_str_add(out, "</svg></div>\n");
}

static void table(struct lc_str *out, const struct bars *bars, int n)
{
    lc_str_add(out, "<div class=\"scroll\"><table><caption>The same as a table: medians, since the deploy "
                    "began</caption>\n<tr><th scope=\"col\">line</th><th scope=\"col\">relation</th><th scope=\"col\">lock</th>"
                    "<th scope=\"col\">keeps waiting</th><th scope=\"col\" class=\"n\">asked for</th><th scope=\"col\" "
                    "class=\"n\">granted</th><th "
                    "scope=\"col\" class=\"n\">released</th></tr>\n");
    for (int i = 0; i < n; i++) {
        const struct bar *b = &bars->items[i];
        lc_str_addf(out, "<tr><td>L%.0f</td><td><code>", b->line);
        html_text(out, b->relation);
        lc_str_addf(
            out, "</code></td><td>%s</td><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
            lc_lockmode_sql(b->mode), words_blocks(lc_lockmode_name(b->mode)),
            b->asked > 0 ? words_time(out->arena, b->asked) : "0", b->granted > 0 ? words_time(out->arena, b->granted) : "0",
            words_time(out->arena, b->released));
    }
    lc_str_add(out, "</table></div>\n");
}

void timeline_html(struct lc_str *out, const cJSON *report)
{
    struct bars bars = {0};
    double total = collect(out->arena, report, &bars);
    int n = bars.len < MAX_BARS ? bars.len : MAX_BARS;

    if (!n || total <= 0)
        return;
    qsort(bars.items, (size_t)bars.len, sizeof *bars.items, by_weight);
    lc_str_add(out, "<section><h2>Locks over time</h2>\n");
    drawing(out, &bars, n, total);
    lc_str_add(out, "<p class=\"key\"><span class=\"k m3\"></span>every query waits <span class=\"k m2\"></span>writes wait "
                    "<span class=\"k m1\"></span>schema "
                    "changes and VACUUM wait <span class=\"k w\"></span>waiting for the lock</p>\n");
    if (bars.len > n)
        lc_str_addf(out, "<p>%d further locks are not drawn; the statements below have them all.</p>\n", bars.len - n);
    table(out, &bars, n);
    lc_str_add(out, "</section>\n");
}
