// Running a scenario file with no server at all.
#include "api/internal.h"
#include "migration/read_file.h"
#include "sim/scenario.h"

#define SCENARIO_MAX ((size_t)16 * 1024 * 1024)
#define TIMELINE_BINS 100

static enum lc_code read_scenario(struct lockcast *l, const char *path, struct sim_scenario *out, struct lc_error *err)
{
    struct migration_input in = {0};
    enum lc_code code = migration_read_file(l->arena, path, &in, err);

    if (code != LC_OK)
        return code;
    if (in.size > SCENARIO_MAX) {
        code = lc_fail(err, LC_E_INPUT, "a scenario has at most %zu bytes", SCENARIO_MAX);
        lc_error_at(err, path, 0);
        return code;
    }
    return sim_scenario_read(l->arena, in.text, in.size, path, out, err);
}

static enum lc_code simulate(struct lockcast *l, const char *path, const struct lockcast_options *o,
                             const struct lockcast_form *form, struct lc_str *report, struct lc_str *trace, struct lc_error *err)
{
    struct sim_options how = {.seed = o && o->seed ? o->seed : 1, .timeline_bins = TIMELINE_BINS};
    struct sim_result *result = NULL;
    struct sim_scenario s;
    bool json;
    enum lc_code code = api_json_or_text(form, "a simulation", &json, err);

    if (code == LC_OK)
        code = read_scenario(l, path, &s, err);
    if (code != LC_OK)
        return code;
    how.replications = o && o->replications > 0 ? o->replications : s.replications;
    code = sim_run(&s.model, &how, l->arena, &result, err);
    if (code == LC_OK && trace)
        code = sim_trace(&s.model, how.seed, 0, l->arena, trace, err);
    if (code != LC_OK)
        return code;
    if (json)
        sim_report_json(&s, result, l->arena, report);
    else
        sim_report_text(&s, result, l->arena, report);
    return LC_OK;
}

enum lockcast_status lockcast_simulate(struct lockcast *l, const char *path, const struct lockcast_options *options,
                                       const struct lockcast_form *form, struct lockcast_text *report,
                                       struct lockcast_text *trace)
{
    struct lc_str out = api_str(l), trace_out = api_str(l);
    enum lc_code code = simulate(l, path, options, form, &out, trace ? &trace_out : NULL, api_begin(l));

    if (trace)
        (void)api_end_text(l, code, &trace_out, trace);
    return api_end_text(l, code, &out, report);
}
