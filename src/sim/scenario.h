// Scenario files: a model as JSON (docs/scenarios-format.md), with what was published about an incident, and the report of a run.
#ifndef LC_SIM_SCENARIO_H
#define LC_SIM_SCENARIO_H

#include "base/str.h"
#include "sim/sim.h"

// What was published about one figure, to hold the simulation against. Milliseconds, sessions, or whatever the figure counts.
struct sim_expectation {
    const char *figure; // a name of sim_figure_names, or "outage_ms", "probability_of_failure", "probability_of_exhaustion"
    double low, high;
    const char *what; // as it was published
};

struct sim_scenario {
    const char *name, *description, *source;
    const char *const *published; // facts
    int npublished;
    const char *const *assumptions; // what had to be assumed
    int nassumptions;
    const struct sim_expectation *expectations;
    int nexpectations;
    struct sim_model model;
    const char *const *statements; // of the migration: sim_migration.nstatements texts
    int replications;              // 0: not said
};

// Names of the figures that sim_figures and sim_result begin with, in their order: "lock_wait_ms", ...
extern const char *const sim_figure_names[SIM_FIGURES];

// Reads a scenario. `file` is for messages, which name the place in it ("migration.steps[3].mode").
enum lc_code sim_scenario_read(struct lc_arena *arena, const char *text, size_t len, const char *file, struct sim_scenario *out,
                               struct lc_error *err) LC_MUST_CHECK;

// A figure of one replication that expectations may name: those of sim_figures, and outage_ms, the time from the migration's start
// to the end of the drain.
double sim_expected_figure(const char *name, const struct sim_figures *figures);

// What the simulation says about an expectation: quantiles of the figure, and whether the published range meets p5..p95 of it.
struct sim_verdict {
    double p5, p50, p95;
    bool inside;
};
struct sim_verdict sim_hold_against(const struct sim_expectation *e, const struct sim_result *result, struct lc_arena *arena);

// The report of a run, for people and for programs ("lockcast/simulation/1").
void sim_report_text(const struct sim_scenario *s, const struct sim_result *result, struct lc_arena *arena, struct lc_str *out);
void sim_report_json(const struct sim_scenario *s, const struct sim_result *result, struct lc_arena *arena, struct lc_str *out);

#endif
