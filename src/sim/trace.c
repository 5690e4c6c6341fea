// One run as a Chrome trace (Trace Event Format): opens in Perfetto. A track for each session: its transactions, and its waits inside.
#include <math.h>
#include <stdio.h>

#include "base/str.h"
#include "sim/sim.h"

struct tracer {
    const struct sim_model *model;
    struct lc_str *out;
    int events;
    int open_max;          // sessions that `began` has room for
    double *began, *waits; // NAN: none open
    struct sim_event *wait;
};

static void add_text(struct lc_str *out, const char *text)
{
    lc_str_addc(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            lc_str_addc(out, '\\');
        if ((unsigned char)*p < 0x20)
            lc_str_addf(out, "\\u%04x", (unsigned char)*p);
        else
            lc_str_addc(out, *p);
    }
    lc_str_addc(out, '"');
}

// A complete event: from..to on a session's track. Microseconds.
static void slice(struct tracer *t, const char *name, const char *kind, int session, double from, double to)
{
    lc_str_addf(t->out, "%s{\"ph\":\"X\",\"pid\":1,\"tid\":%d,\"ts\":%.0f,\"dur\":%.0f,\"cat\":\"%s\",\"name\":",
                t->events++ ? ",\n" : "", session + 1, from * 1e3, fmax(0, to - from) * 1e3, kind);
    add_text(t->out, name);
    lc_str_addc(t->out, '}');
}

static void end_wait(struct tracer *t, const struct sim_event *e)
{
    const struct sim_event *w = &t->wait[e->session];
    char name[300];

    if (isnan(t->waits[e->session]))
        return;
    (void)snprintf(name, sizeof name, "waits for %s on %s", lc_lockmode_name(w->mode),
                   w->object >= 0 ? t->model->objects[w->object] : "a transaction");
    slice(t, name, "wait", e->session, t->waits[e->session], e->at_ms);
    t->waits[e->session] = NAN;
}

static void watch(void *context, const struct sim_event *e)
{
    struct tracer *t = context;

    if (e->session < 0 || e->session >= t->open_max || t->out->full)
        return;
    switch (e->kind) {
    case SIM_EV_STARTS:
        t->began[e->session] = e->at_ms;
        break;
    case SIM_EV_STATEMENT:
        if (e->who == SIM_WHO_MIGRATION && isnan(t->began[e->session]))
            t->began[e->session] = e->at_ms;
        break;
    case SIM_EV_WAITS:
        t->wait[e->session] = *e;
        t->waits[e->session] = e->at_ms;
        if (isnan(t->began[e->session]))
            t->began[e->session] = e->at_ms;
        break;
    case SIM_EV_GRANTED:
        end_wait(t, e);
        break;
    case SIM_EV_ENDS:
        end_wait(t, e);
        if (!isnan(t->began[e->session]))
            slice(t, e->label ? e->label : "transaction", e->outcome == SIM_DONE ? "transaction" : sim_outcome_name(e->outcome),
                  e->session, t->began[e->session], e->at_ms);
        t->began[e->session] = NAN;
        break;
    case SIM_EV_ARRIVES:
    case SIM_EV_DONE:
        break;
    }
}

enum lc_code sim_trace(const struct sim_model *model, uint64_t seed, int replication, struct lc_arena *arena, struct lc_str *out,
                       struct lc_error *err)
{
    int n = (model->pool > 0 ? model->pool : 20) + model->nlongs + 1 + 256;
    struct tracer t = {.model = model, .out = out, .open_max = n};
    struct sim_figures figures;
    enum lc_code rc;

    t.began = LC_NEW_ARRAY(arena, double, n);
    t.waits = LC_NEW_ARRAY(arena, double, n);
    t.wait = LC_NEW_ARRAY(arena, struct sim_event, n);
    for (int i = 0; i < n; i++)
        t.began[i] = t.waits[i] = NAN;
    lc_str_add(out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    rc = sim_run_one(model, seed, replication, watch, &t, &figures, err);
    lc_str_add(out, "\n]}\n");
    if (rc == LC_OK && out->full)
        rc = lc_fail(err, LC_E_NOMEM, "the trace of this run is larger than its maximum");
    return rc;
}
