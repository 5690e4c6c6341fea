// lockcast plan: the deploy over growth of tables and traffic.
#include <stdlib.h>

#include "cli/cli.h"

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

int cmd_plan(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    double sizes[MAX_STEPS], traffic[MAX_STEPS];
    struct lockcast_growth growth = {o->growth ? sizes : NULL, o->traffic_growth ? traffic : NULL,
                                     o->growth ? read_list(o->growth, sizes) : 1,
                                     o->traffic_growth ? read_list(o->traffic_growth, traffic) : 1};
    struct lockcast_options options = cli_lockcast_options(run);
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text report;
    int status;

    if (o->of && !cli_is(o->format, "json"))
        return cli_usage_error(run, "--shard needs --format json: `lockcast merge` puts the parts together");
    if (!growth.nsizes || !growth.ntraffic)
        return cli_usage_error(run, "--growth and --traffic-growth take up to %d positive numbers with commas, such as 1,2,5",
                               MAX_STEPS);
    if (!o->nargs)
        return cli_usage_error(run, "which migration? give files or a folder");
    if ((status = cli_open(run)) != EXIT_DONE)
        return status;
    if (lockcast_plan(run->l, o->args, o->nargs, &options, &growth, &form, &report) != LOCKCAST_OK)
        return cli_failed(run);
    return cli_write(run, report);
}
