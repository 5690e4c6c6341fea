// lockcast render: a JSON report to any other form, with no server and no migration at hand.
#include "cli/cli.h"

int cmd_render(struct cli_run *run)
{
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text report;
    int status;

    if (run->o.nargs != 1)
        return cli_usage_error(run, "which report? give one JSON file, or - for standard input");
    if (lockcast_render(run->l, run->o.args[0], &form, &report) != LOCKCAST_OK)
        return cli_failed(run);
    status = cli_write(run, report);
    return status == EXIT_DONE && run->o.fail_on ? cli_verdict_status(run) : status;
}
