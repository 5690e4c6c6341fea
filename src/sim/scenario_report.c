// The report of a simulated scenario: figures, chains, who was in the way, and what was published beside what is said here.
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario.h"

const char *const sim_figure_names[SIM_FIGURES] = {
    "lock_wait_ms",
    "duration_ms",
    "peak_blocked_sessions",
    "blocked_session_s",
    "delayed_transactions",
    "drain_ms",
    "pool_exhausted_ms",
    "errors",
    "tries",
    "peak_waiting_clients",
    "longest_wait_ms",
    "cancelled_autovacuums",
};

// ---- what was published ------------------------------------------------------------------------------------------------------

double sim_expected_figure(const char *name, const struct sim_figures *figures)
{
    for (int i = 0; i < SIM_FIGURES; i++)
        if (lc_streq(name, sim_figure_names[i]))
            return (&figures->lock_wait_ms)[i];
    if (lc_streq(name, "outage_ms"))
        return figures->lock_wait_ms + figures->duration_ms + figures->drain_ms;
    if (lc_streq(name, "probability_of_failure"))
        return figures->outcome != SIM_DONE;
    if (lc_streq(name, "probability_of_exhaustion"))
        return figures->pool_exhausted_ms > 0;
    return NAN;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double at(const double *sorted, int n, double p)
{
    double i = p * (n - 1);

    return n > 1 ? sorted[(int)i] + (i - floor(i)) * (sorted[(int)fmin(n - 1, floor(i) + 1)] - sorted[(int)i]) : sorted[0];
}

struct sim_verdict sim_hold_against(const struct sim_expectation *e, const struct sim_result *result, struct lc_arena *arena)
{
    double *values = LC_NEW_ARRAY(arena, double, result->replications), sum = 0;
    bool probability = lc_starts(e->figure, "probability_");
    int n = result->replications;
    struct sim_verdict v;

    for (int i = 0; i < n; i++) {
        values[i] = sim_expected_figure(e->figure, &result->each[i]);
        sum += values[i];
    }
    qsort(values, (size_t)n, sizeof *values, compare);
    v = (struct sim_verdict){at(values, n, 0.05), at(values, n, 0.5), at(values, n, 0.95), false};
    if (probability)
        v.p5 = v.p50 = v.p95 = sum / n;
    v.inside = v.p5 <= e->high && v.p95 >= e->low;
    return v;
}

// ---- text --------------------------------------------------------------------------------------------------------------------

static void line_quantiles(struct lc_str *out, const char *name, struct sim_quantiles q)
{
    lc_str_addf(out, "  %-24s %12.1f   %12.1f .. %.1f\n", name, q.p50, q.p10, q.p90);
}

static const char *who(enum sim_who kind, const char *label)
{
    static const char *const kinds[] = {"a class of traffic", "a long transaction", "the migration"};

    return label ? label : kinds[kind];
}

static const char *object_name(const struct sim_scenario *s, int object)
{
    return object < 0 ? "a transaction" : s->model.objects[object];
}

static void text_chains(const struct sim_scenario *s, const struct sim_result *r, struct lc_str *out)
{
    if (r->nchains > 0)
        lc_str_add(out, "\nblocking chains (sessions at the worst moment, longest wait)\n");
    for (int i = 0; i < r->nchains && i < 12; i++) {
        const struct sim_chain *c = &r->chains[i];

        lc_str_addf(out, "  %3.0f %%  %s wants %s on %s behind %s: %.0f sessions, %.0f ms\n", 100 * c->probability,
                    who(c->waiting, c->waiting_label), lc_lockmode_name(c->mode), object_name(s, c->object),
                    who(c->behind, c->behind_label), c->sessions.p50, c->longest_wait_ms.p50);
    }
    for (int i = 0; i < r->nblockers && i < 5; i++)
        lc_str_addf(out, "%sin the migration's way: %s (%.0f %% of the runs; without it %.0f ms less to wait)\n", i ? "" : "\n",
                    who(r->blockers[i].who, r->blockers[i].label), 100 * r->blockers[i].probability, r->blockers[i].saved_ms);
}

static void text_published(const struct sim_scenario *s, const struct sim_result *r, struct lc_arena *arena, struct lc_str *out)
{
    if (s->source)
        lc_str_addf(out, "\npublished: %s\n", s->source);
    for (int i = 0; i < s->nexpectations; i++) {
        const struct sim_expectation *e = &s->expectations[i];
        struct sim_verdict v = sim_hold_against(e, r, arena);

        lc_str_addf(out, "  %s: %s %g .. %g; simulated %g .. %g (90 %% of runs): %s\n", e->what, e->figure, e->low, e->high, v.p5,
                    v.p95, v.inside ? "inside" : "MISSED");
    }
}

void sim_report_text(const struct sim_scenario *s, const struct sim_result *r, struct lc_arena *arena, struct lc_str *out)
{
    const struct sim_quantiles *q = &r->lock_wait_ms;

    lc_str_addf(out, "%s\n%s%s\n%d runs, calm p99 %.1f ms\n\n  %-24s %12s   %12s\n", s->name,
                s->description ? s->description : "", s->description ? "\n" : "", r->replications, r->calm_p99_ms, "figure",
                "p50", "p10 .. p90");
    for (int i = 0; i < SIM_FIGURES; i++)
        line_quantiles(out, sim_figure_names[i], q[i]);
    lc_str_addf(out, "  pool exhausted in %.0f %% of the runs; the migration fails in %.0f %%\n",
                100 * r->pool_exhausted_probability, 100 * r->migration_fails_probability);
    for (int i = 1; i < SIM_OUTCOMES; i++)
        if (r->outcome_probability[i] > 0)
            lc_str_addf(out, "    %s: %.1f %%\n", sim_outcome_name((enum sim_outcome)i), 100 * r->outcome_probability[i]);
    for (int i = 0; i < s->model.migration.nstatements; i++)
        lc_str_addf(out, "%s  %d. %s: waits %.0f ms, takes %.0f ms\n", i ? "" : "\n", i + 1, s->statements[i],
                    r->statements[i].lock_wait_ms.p50, r->statements[i].duration_ms.p50);
    text_chains(s, r, out);
    text_published(s, r, arena, out);
}

// ---- JSON ----------------------------------------------------------------------------------------------------------------------

// Three decimals are more than any figure here means, and keep the bytes equal over compilers.
static double rounded(double x)
{
    return round(x * 1e3) / 1e3;
}

static void add_quantiles(cJSON *object, const char *name, struct sim_quantiles q)
{
    cJSON *o = cJSON_AddObjectToObject(object, name);

    (void)cJSON_AddNumberToObject(o, "p10", rounded(q.p10));
    (void)cJSON_AddNumberToObject(o, "p50", rounded(q.p50));
    (void)cJSON_AddNumberToObject(o, "p90", rounded(q.p90));
    (void)cJSON_AddNumberToObject(o, "mean", rounded(q.mean));
}

static void json_forecast(cJSON *root, const struct sim_result *r)
{
    cJSON *f = cJSON_AddObjectToObject(root, "forecast"), *outcomes;
    const struct sim_quantiles *q = &r->lock_wait_ms;

    for (int i = 0; i < SIM_FIGURES; i++)
        add_quantiles(f, sim_figure_names[i], q[i]);
    (void)cJSON_AddNumberToObject(f, "pool_exhausted_probability", rounded(r->pool_exhausted_probability));
    (void)cJSON_AddNumberToObject(f, "migration_fails_probability", rounded(r->migration_fails_probability));
    outcomes = cJSON_AddObjectToObject(f, "outcomes");
    for (int i = 0; i < SIM_OUTCOMES; i++)
        if (r->outcome_probability[i] > 0)
            (void)cJSON_AddNumberToObject(outcomes, sim_outcome_name((enum sim_outcome)i), rounded(r->outcome_probability[i]));
}

static void json_statements(cJSON *root, const struct sim_scenario *s, const struct sim_result *r)
{
    cJSON *a = cJSON_AddArrayToObject(root, "statements");

    for (int i = 0; i < s->model.migration.nstatements; i++) {
        cJSON *o = cJSON_CreateObject();

        (void)cJSON_AddItemToArray(a, o);
        (void)cJSON_AddNumberToObject(o, "n", i + 1);
        (void)cJSON_AddStringToObject(o, "sql", s->statements[i]);
        add_quantiles(o, "lock_wait_ms", r->statements[i].lock_wait_ms);
        add_quantiles(o, "duration_ms", r->statements[i].duration_ms);
        (void)cJSON_AddNumberToObject(o, "reached_probability", rounded(r->statements[i].reached));
        (void)cJSON_AddNumberToObject(o, "fails_probability", rounded(r->statements[i].fails));
    }
}

static void json_chains(cJSON *root, const struct sim_scenario *s, const struct sim_result *r)
{
    cJSON *a = cJSON_AddArrayToObject(root, "chains"), *b = cJSON_AddArrayToObject(root, "blockers");

    for (int i = 0; i < r->nchains; i++) {
        const struct sim_chain *c = &r->chains[i];
        cJSON *o = cJSON_CreateObject();

        (void)cJSON_AddItemToArray(a, o);
        (void)cJSON_AddStringToObject(o, "waiting", who(c->waiting, c->waiting_label));
        (void)cJSON_AddStringToObject(o, "mode", lc_lockmode_name(c->mode));
        (void)cJSON_AddStringToObject(o, "relation", object_name(s, c->object));
        (void)cJSON_AddStringToObject(o, "behind", who(c->behind, c->behind_label));
        (void)cJSON_AddNumberToObject(o, "probability", rounded(c->probability));
        add_quantiles(o, "sessions", c->sessions);
        add_quantiles(o, "longest_wait_ms", c->longest_wait_ms);
        add_quantiles(o, "blocked_session_s", c->blocked_session_s);
    }
    for (int i = 0; i < r->nblockers; i++) {
        cJSON *o = cJSON_CreateObject();

        (void)cJSON_AddItemToArray(b, o);
        (void)cJSON_AddStringToObject(o, "who", who(r->blockers[i].who, r->blockers[i].label));
        (void)cJSON_AddNumberToObject(o, "probability", rounded(r->blockers[i].probability));
        (void)cJSON_AddNumberToObject(o, "held_ms", rounded(r->blockers[i].held_ms));
        (void)cJSON_AddNumberToObject(o, "saved_ms", rounded(r->blockers[i].saved_ms));
    }
}

static void json_texts(cJSON *object, const char *name, const char *const *texts, int n)
{
    cJSON *a = cJSON_AddArrayToObject(object, name);

    for (int i = 0; i < n; i++)
        (void)cJSON_AddItemToArray(a, cJSON_CreateString(texts[i]));
}

static void json_incident(cJSON *root, const struct sim_scenario *s, const struct sim_result *r, struct lc_arena *arena)
{
    cJSON *o = cJSON_AddObjectToObject(root, "incident"), *a;

    (void)cJSON_AddStringToObject(o, "source", s->source);
    json_texts(o, "published", s->published, s->npublished);
    json_texts(o, "assumptions", s->assumptions, s->nassumptions);
    a = cJSON_AddArrayToObject(o, "figures");
    for (int i = 0; i < s->nexpectations; i++) {
        const struct sim_expectation *e = &s->expectations[i];
        struct sim_verdict v = sim_hold_against(e, r, arena);
        cJSON *f = cJSON_CreateObject();

        (void)cJSON_AddItemToArray(a, f);
        (void)cJSON_AddStringToObject(f, "what", e->what);
        (void)cJSON_AddStringToObject(f, "figure", e->figure);
        (void)cJSON_AddNumberToObject(f, "low", e->low);
        (void)cJSON_AddNumberToObject(f, "high", e->high);
        (void)cJSON_AddNumberToObject(f, "p5", rounded(v.p5));
        (void)cJSON_AddNumberToObject(f, "p50", rounded(v.p50));
        (void)cJSON_AddNumberToObject(f, "p95", rounded(v.p95));
        (void)cJSON_AddBoolToObject(f, "inside", v.inside);
    }
}

static void json_timeline(cJSON *root, const struct sim_timeline *t)
{
    cJSON *o = cJSON_AddObjectToObject(root, "timeline");

    (void)cJSON_AddNumberToObject(o, "bin_ms", t->bin_ms);
    (void)cJSON_AddItemToObject(o, "blocked_p50", cJSON_CreateDoubleArray(t->blocked_p50, t->nbins));
    (void)cJSON_AddItemToObject(o, "blocked_p90", cJSON_CreateDoubleArray(t->blocked_p90, t->nbins));
    (void)cJSON_AddItemToObject(o, "running_p50", cJSON_CreateDoubleArray(t->running_p50, t->nbins));
    (void)cJSON_AddItemToObject(o, "queued_p50", cJSON_CreateDoubleArray(t->queued_p50, t->nbins));
}

void sim_report_json(const struct sim_scenario *s, const struct sim_result *r, struct lc_arena *arena, struct lc_str *out)
{
    cJSON *root = cJSON_CreateObject();
    char *text;

    (void)cJSON_AddStringToObject(root, "schema", "lockcast/simulation/1");
    (void)cJSON_AddStringToObject(root, "name", s->name);
    (void)cJSON_AddNumberToObject(root, "replications", r->replications);
    (void)cJSON_AddNumberToObject(root, "calm_p99_ms", rounded(r->calm_p99_ms));
    json_forecast(root, r);
    json_statements(root, s, r);
    json_chains(root, s, r);
    if (r->timeline)
        json_timeline(root, r->timeline);
    if (s->source)
        json_incident(root, s, r, arena);
    text = cJSON_Print(root);
    if (text)
        lc_str_add(out, text);
    lc_str_addc(out, '\n');
    cJSON_free(text);
    cJSON_Delete(root);
}
