// lockcast simulate: a scenario file, run with no server at all.
#include <stdio.h>

#include "base/str.h"
#include "cli/cli.h"
#include "sim/scenario.h"

#define SCENARIO_MAX ((size_t)16 * 1024 * 1024)
#define TRACE_MAX ((size_t)256 * 1024 * 1024)

static enum lc_code read_file(struct cli_run *run, const char *path, struct lc_str *out, struct lc_error *err)
{
    FILE *f = fopen(path, "r");
    char buffer[8192];
    size_t n;

    lc_str_init(out, run->arena, SCENARIO_MAX);
    if (!f) {
        (void)lc_fail(err, LC_E_INPUT, "cannot be read");
        lc_error_at(err, path, 0);
        return LC_E_INPUT;
    }
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
        lc_str_addn(out, buffer, n);
    (void)fclose(f);
    if (out->full)
        return lc_fail(err, LC_E_INPUT, "%s is too large for a scenario", path);
    return LC_OK;
}

static enum lc_code write_trace(struct cli_run *run, const struct sim_scenario *s, uint64_t seed, struct lc_error *err)
{
    struct lc_str out;
    enum lc_code rc;

    lc_str_init(&out, run->arena, TRACE_MAX);
    rc = sim_trace(&s->model, seed, 0, run->arena, &out, err);
    if (rc != LC_OK)
        return rc;
    return cli_write_file(run->arena, run->o.trace, out.text, out.len, err);
}

static enum lc_code simulate(struct cli_run *run, const char *path, struct lc_error *err)
{
    struct sim_options options = {.seed = (uint64_t)run->o.seed, .replications = (int)run->o.replications, .timeline_bins = 100};
    struct sim_result *result = NULL;
    struct sim_scenario s;
    struct lc_str text, out;
    enum lc_code rc;

    if ((rc = read_file(run, path, &text, err)) != LC_OK ||
        (rc = sim_scenario_read(run->arena, text.text, text.len, path, &s, err)) != LC_OK)
        return rc;
    if (!options.replications)
        options.replications = s.replications;
    if ((rc = sim_run(&s.model, &options, run->arena, &result, err)) != LC_OK)
        return rc;
    if (run->o.trace && (rc = write_trace(run, &s, options.seed, err)) != LC_OK)
        return rc;
    lc_str_init(&out, run->arena, LC_STR_MAX);
    if (lc_streq(run->o.format, "json"))
        sim_report_json(&s, result, run->arena, &out);
    else
        sim_report_text(&s, result, run->arena, &out);
    return cli_write(run, out.text, out.len, err);
}

int cmd_simulate(struct cli_run *run)
{
    struct lc_error err = {0};

    if (run->o.nargs != 1)
        return cli_usage_error(run, "one scenario file is wanted");
    if (run->o.format && !lc_streq(run->o.format, "text") && !lc_streq(run->o.format, "json"))
        return cli_usage_error(run, "simulate writes text or json");
    return simulate(run, run->o.args[0], &err) == LC_OK ? EXIT_DONE : cli_fail(&err);
}
