// lockcast merge: the parts of a sharded run to the report that one run would have written.
#include "cli/cli.h"

int cmd_merge(struct cli_run *run)
{
    struct lockcast_form form = cli_form(run, "json");
    struct lockcast_text report;
    int status;

    if (!run->o.nargs)
        return cli_usage_error(run, "which parts? give the JSON files of every part");
    if (lockcast_merge(run->l, run->o.args, run->o.nargs, &form, &report) != LOCKCAST_OK)
        return cli_failed(run);
    status = cli_write(run, report);
    return status == EXIT_DONE && run->o.fail_on ? cli_verdict_status(run) : status;
}
