// lockcast plan: the deploy over growth of tables and traffic.
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "migration/migration.h"
#include "report/plan.h"

#define MAX_STEPS 32

// "1,2,5,10" to numbers; 0: it is no such list.
static int read_list(const char *text, double *out)
{
    int n = 0;

    for (const char *p = text; n < MAX_STEPS; n++) {
        char *end;
        out[n] = strtod(p, &end);
        if (end == p || !(out[n] > 0) || (*end && *end != ','))
            return 0;
        if (!*end)
            return n + 1;
        p = end + 1;
    }
    return 0;
}

static enum lc_code run_plan(struct cli_run *run, struct server **server, struct lc_str *out, struct lc_error *err)
{
    double growth[MAX_STEPS], traffic[MAX_STEPS];
    int ngrowth = read_list(run->o.growth ? run->o.growth : "1,2,5,10", growth);
    int ntraffic = read_list(run->o.traffic_growth ? run->o.traffic_growth : "1,2,5", traffic);
    struct review_options options;
    struct migration_set set = {0};
    struct snapshot *snap = NULL;
    struct plan plan;
    enum lc_code code;

    if (run->o.shard.of && !lc_streq(run->o.format, "json"))
        return lc_fail(err, LC_E_USAGE, "--shard needs --format json: `lockcast merge` puts the parts together");
    if (!ngrowth || !ntraffic)
        return lc_fail(err, LC_E_USAGE, "--growth and --traffic-growth take up to %d positive numbers with commas, such as 1,2,5",
                       MAX_STEPS);
    code = cli_read_migrations(run, &set, err);
    if (code == LC_OK)
        code = cli_open_snapshot(run, &snap, server, err);
    if (code == LC_OK)
        code = cli_review_options(run, *server, &options, err);
    if (code == LC_OK)
        code = plan_run(run->arena, snap, &set, &options, growth, ngrowth, traffic, ntraffic,
                        (struct plan_share){run->o.shard.part, run->o.shard.of}, &plan, err);
    if (code != LC_OK)
        return code;
    if (lc_streq(run->o.format, "json"))
        report_plan_json(&plan, run->o.shard, out);
    else if (!run->o.format || lc_streq(run->o.format, "text"))
        report_plan_text(&plan, out);
    else
        return lc_fail(err, LC_E_USAGE, "`lockcast plan` writes text or json");
    return cli_write(run, out->text, out->len, err);
}

int cmd_plan(struct cli_run *run)
{
    struct server *server = NULL;
    struct lc_error err = {0};
    struct lc_str out;
    int status = EXIT_DONE;

    lc_str_init(&out, run->arena, LC_STR_MAX);
    if (run_plan(run, &server, &out, &err) != LC_OK)
        status = cli_fail(&err);
    cli_watch_interrupt(NULL);
    server_close(server);
    return status;
}
