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

void report_plan_text(const struct plan *p, struct lc_str *out)
{
    lc_str_add(out, "  size  traffic  verdict  runs                          blocked at worst  late transactions  pool dry\n");
    for (int i = 0; i < p->ngrowth * p->ntraffic; i++) {
        const struct plan_cell *c = &p->cells[i];
        lc_str_addf(out, "  x%-4g x%-6g  %-7s  %-28s  ", c->growth, c->traffic_growth, severity_name(c->verdict),
                    words_times(out->arena, c->duration_ms));
        if (p->simulated)
            lc_str_addf(out, "%-16s  %-17s  %.0f %%\n", words_counts(out->arena, c->peak_blocked_sessions),
                        words_counts(out->arena, c->delayed_transactions), 100 * c->pool_exhausted_probability);
        else
            lc_str_add(out, "not known\n");
    }
    lc_str_addc(out, '\n');
    until(out, "size", p->harmless_growth);
    if (p->simulated)
        until(out, "traffic", p->harmless_traffic);
    else
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
