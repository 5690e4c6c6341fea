// lockcast rehearse: really run the migration on a clone, and hold the forecast against it.
#include "cli/cli.h"

int cmd_rehearse(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    struct lockcast_options options = cli_lockcast_options(run);
    struct lockcast_rehearsal how = {
        .this_is_a_clone = o->clone, .rollback = o->rollback, .production = o->traffic, .progress = cli_progress(run)};
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text report;
    int failed, status;

    if (o->clone && !cli_wants_server(o))
        return cli_usage_error(run, "`lockcast rehearse` needs a connection to the clone (-h, -p, -U, -d)");
    if ((status = cli_check_output(run)) != EXIT_DONE)
        return status;
    if (lockcast_rehearse(run->l, &o->server, o->args, o->nargs, &options, &how, &form, &report, &failed) != LOCKCAST_OK)
        return cli_failed(run);
    cli_end_progress(run);
    status = cli_write(run, report);
    return status == EXIT_DONE && failed ? EXIT_VERDICT : status;
}
