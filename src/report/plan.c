// A capacity plan as text and as JSON.
#include "report/plan.h"

#include <math.h>
#include <stdlib.h>

#include "report/words.h"

static void until(struct lc_str *out, const char *what, double growth)
{
    if (growth <= 0)
        lc_str_addf(out, "No %s is small enough for it to be harmless.\n", what);
    else if (isinf(growth))
        lc_str_addf(out, "It stays harmless at a thousand times today's %s.\n", what);
    else
        lc_str_addf(out, "It is harmless up to %.2g times today's %s.\n", growth, what);
}

// "4.2 s / 6.0 s": the median, and what 9 of 10 deploys stay below.
static const char *both(struct lc_arena *arena, const char *median, const char *most)
{
    return lc_streq(median, most) ? median : lc_printf(arena, "%s / %s", median, most);
}

static void row(const struct plan *p, const struct plan_cell *c, struct lc_str *out)
{
    struct quantiles run = c->duration_ms, blocked = c->peak_blocked_sessions, late = c->delayed_transactions;
    struct lc_arena *a = out->arena;

    lc_str_addf(out, " %-5s %-7s %-7s %-23s ", lc_printf(a, "x%g", c->growth), lc_printf(a, "x%g", c->traffic_growth),
                severity_name(c->verdict), both(a, words_time(a, run.p50), words_time(a, run.p90)));
    if (p->simulated)
        lc_str_addf(out, "%-9s %-15s %.0f %%\n", both(a, words_count(a, blocked.p50), words_count(a, blocked.p90)),
                    both(a, words_count(a, late.p50), words_count(a, late.p90)), 100 * c->pool_exhausted_probability);
    else
        lc_str_add(out, "not known\n");
}

// "Tuesday 03:00 to 04:00 UTC"
static const char *hour_name(struct lc_arena *arena, int hour)
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

    return lc_printf(arena, "%s %02d:00 to %02d:00 UTC", days[hour / 24 % 7], hour % 24, hour % 24 + 1);
}

static void hour_line(const char *what, const struct plan_hour *h, struct lc_str *out)
{
    lc_str_addf(out, "%s hour: %s (traffic x%.2g)\n    %.3g session seconds blocked, pool dry with %.0f %%\n", what,
                hour_name(out->arena, h->hour), h->traffic, h->blocked_session_s, 100 * h->pool_exhausted_probability);
}

static void hours(const struct plan *p, struct lc_str *out)
{
    if (p->nhours < 2) {
        lc_str_add(out, "The best hour of the week is not known: the snapshot has samples of one hour only.\n");
        return;
    }
    lc_str_addc(out, '\n');
    hour_line("Best", &p->hours[0], out);
    hour_line("Worst", &p->hours[p->nhours - 1], out);
    if (p->nhours < HOURS_A_WEEK)
        lc_str_addf(out, "%d of the week's %d hours have been sampled.\n", p->nhours, HOURS_A_WEEK);
}

void report_plan_text(const struct plan *p, struct lc_str *out)
{
    lc_str_add(out, " size  traffic verdict runs                    blocked   late            dry\n");
    for (int i = 0; i < p->ngrowth * p->ntraffic; i++)
        row(p, &p->cells[i], out);
    if (p->simulated)
        lc_str_add(out, "\nMedian / what 9 of 10 deploys stay below: sessions blocked at the worst moment,\n"
                        "transactions that are late; and the probability that the pool is dry.\n");
    lc_str_addc(out, '\n');
    until(out, "size", p->harmless_growth);
    if (p->simulated) {
        until(out, "traffic", p->harmless_traffic);
        hours(p, out);
    } else
        lc_str_add(out, "Traffic is not known: give a connection or a snapshot that has it.\n");
}

static void add_quantiles(cJSON *o, const char *name, struct quantiles q)
{
    cJSON *a = cJSON_AddObjectToObject(o, name);

    (void)cJSON_AddNumberToObject(a, "p10", round(q.p10 * 1e3) / 1e3);
    (void)cJSON_AddNumberToObject(a, "p50", round(q.p50 * 1e3) / 1e3);
    (void)cJSON_AddNumberToObject(a, "p90", round(q.p90 * 1e3) / 1e3);
}

static void add_limit(cJSON *o, const char *name, double growth)
{
    if (isinf(growth))
        (void)cJSON_AddNullToObject(o, name);
    else
        (void)cJSON_AddNumberToObject(o, name, round(growth * 1e4) / 1e4);
}

// The best hour first.
static void add_hours(cJSON *doc, const struct plan *p)
{
    cJSON *list = p->nhours ? cJSON_AddArrayToObject(doc, "hours") : NULL;

    for (int i = 0; i < p->nhours; i++) {
        const struct plan_hour *h = &p->hours[i];
        cJSON *o = cJSON_CreateObject();
        (void)cJSON_AddNumberToObject(o, "hour_of_week", h->hour);
        (void)cJSON_AddNumberToObject(o, "samples", h->samples);
        (void)cJSON_AddNumberToObject(o, "transactions_per_s", round(h->transactions_per_s * 1e3) / 1e3);
        (void)cJSON_AddNumberToObject(o, "traffic_growth", round(h->traffic * 1e4) / 1e4);
        (void)cJSON_AddNumberToObject(o, "blocked_session_s_mean", round(h->blocked_session_s * 1e3) / 1e3);
        add_quantiles(o, "peak_blocked_sessions", h->peak_blocked_sessions);
        add_quantiles(o, "delayed_transactions", h->delayed_transactions);
        (void)cJSON_AddNumberToObject(o, "pool_exhausted_probability", round(h->pool_exhausted_probability * 1e4) / 1e4);
        (void)cJSON_AddItemToArray(list, o);
    }
}

void report_plan_json(const struct plan *p, struct report_shard shard, struct lc_str *out)
{
    cJSON *doc = cJSON_CreateObject(), *cells;
    char *text;

    (void)cJSON_AddStringToObject(doc, "schema", REPORT_PLAN_SCHEMA);
    (void)cJSON_AddBoolToObject(doc, "traffic_known", p->simulated);
    if (p->done_growth)
        add_limit(doc, "harmless_growth", p->harmless_growth);
    if (p->simulated && p->done_traffic)
        add_limit(doc, "harmless_traffic_growth", p->harmless_traffic);
    add_hours(doc, p);
    cells = cJSON_AddArrayToObject(doc, "cells");
    for (int i = 0; i < p->ngrowth * p->ntraffic; i++) {
        const struct plan_cell *c = &p->cells[i];
        cJSON *o;
        if (!shard_has(shard, i))
            continue;
        o = cJSON_CreateObject();
        (void)cJSON_AddNumberToObject(o, "growth", c->growth);
        (void)cJSON_AddNumberToObject(o, "traffic_growth", c->traffic_growth);
        (void)cJSON_AddStringToObject(o, "verdict", severity_name(c->verdict));
        add_quantiles(o, "duration_ms", c->duration_ms);
        add_quantiles(o, "peak_blocked_sessions", c->peak_blocked_sessions);
        add_quantiles(o, "delayed_transactions", c->delayed_transactions);
        (void)cJSON_AddNumberToObject(o, "pool_exhausted_probability", round(c->pool_exhausted_probability * 1e4) / 1e4);
        (void)cJSON_AddItemToArray(cells, o);
    }
    shard_mark(doc, shard, p->ngrowth * p->ntraffic);
    text = cJSON_Print(doc);
    lc_str_addf(out, "%s\n", text ? text : "{}");
    free(text);
    cJSON_Delete(doc);
}
