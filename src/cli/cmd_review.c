// lockcast review: the main job.
#include "cli/cli.h"

int cmd_review(struct cli_run *run)
{
    struct lockcast_options options = cli_lockcast_options(run);
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text report, trace;
    int status;

    if (form.of && !cli_is(form.format, "json"))
        return cli_usage_error(run, "--shard needs --format json: `lockcast merge` puts the parts together, in any format");
    if (!run->o.trace && (!run->o.output || cli_is(run->o.output, "-"))) { // nothing can fail any more when pieces come
        form.write = cli_write_piece;
        form.context = run;
    }
    if (!run->o.nargs)
        return cli_usage_error(run, "which migration? give files or a folder");
    if ((status = cli_open(run)) != EXIT_DONE)
        return status;
    if (lockcast_review(run->l, run->o.args, run->o.nargs, &options, &form, &report) != LOCKCAST_OK)
        return cli_failed(run);
    if (run->o.trace && lockcast_trace(run->l, &trace) != LOCKCAST_OK)
        return cli_failed(run);
    if (run->o.trace && (status = cli_write_file(run->o.trace, trace)) != EXIT_DONE)
        return status;
    status = cli_write(run, report);
    if (status != EXIT_DONE || !run->o.write_baseline)
        return status == EXIT_DONE ? cli_verdict_status(run) : status;
    if (lockcast_baseline(run->l, &report) != LOCKCAST_OK)
        return cli_failed(run);
    return cli_write_file(run->o.write_baseline, report);
}
