// lockcast calibrate: measure a server's speed in temporary tables, and keep it as a file.
#include "cli/cli.h"

int cmd_calibrate(struct cli_run *run)
{
    struct lockcast_calibration how = {.budget_s = run->o.time_budget_s, .progress = cli_progress(run)};
    struct lockcast_text file;
    int status;

    if (run->o.nargs)
        return cli_usage_error(run, "`lockcast calibrate` takes no files; -o says where to write");
    if ((status = cli_check_output(run)) != EXIT_DONE)
        return status;
    if (lockcast_calibrate(run->l, &run->o.server, &how, &file) != LOCKCAST_OK)
        return cli_failed(run);
    cli_end_progress(run);
    return cli_write(run, file);
}
