// lockcast simulate: a scenario file, run with no server at all.
#include "cli/cli.h"

int cmd_simulate(struct cli_run *run)
{
    struct lockcast_options options = cli_lockcast_options(run);
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text report, trace;
    int status = EXIT_DONE;

    if (run->o.nargs != 1)
        return cli_usage_error(run, "one scenario file is wanted");
    if (lockcast_simulate(run->l, run->o.args[0], &options, &form, &report, run->o.trace ? &trace : NULL) != LOCKCAST_OK)
        return cli_failed(run);
    if (run->o.trace)
        status = cli_write_file(run->o.trace, trace);
    return status == EXIT_DONE ? cli_write(run, report) : status;
}
