// lockcast simulate: a scenario file or an isolation test, run with no server at all.
#include "cli/cli.h"

static bool is_isolation_test(const char *path)
{
    size_t n = strlen(path);

    return n > 5 && strcmp(path + n - 5, ".spec") == 0;
}

static int isolation_test(struct cli_run *run)
{
    static const char *const unused[] = {"seed", "replications", "trace"};
    struct lockcast_text report;

    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
        if (cli_refuse(run, unused[i], "an isolation test has no random numbers, and is its own trace") != EXIT_DONE)
            return EXIT_USAGE;
    if (run->o.format && strcmp(run->o.format, "text") != 0)
        return cli_usage_error(run, "an isolation test is written as text");
    if (lockcast_isolation_test(run->l, run->o.args[0], (int)run->o.server_version, &report) != LOCKCAST_OK)
        return cli_failed(run);
    return cli_write(run, report);
}

int cmd_simulate(struct cli_run *run)
{
    struct lockcast_options options = cli_lockcast_options(run);
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text report, trace;
    int status = EXIT_DONE;

    if (run->o.nargs != 1)
        return cli_usage_error(run, "one scenario file or isolation test is wanted");
    if (is_isolation_test(run->o.args[0]))
        return isolation_test(run);
    if ((status = cli_refuse(run, "server-version", "the scenario says it")) != EXIT_DONE)
        return status;
    if (lockcast_simulate(run->l, run->o.args[0], &options, &form, &report, run->o.trace ? &trace : NULL) != LOCKCAST_OK)
        return cli_failed(run);
    if (run->o.trace)
        status = cli_write_file(run->o.trace, trace);
    return status == EXIT_DONE ? cli_write(run, report) : status;
}
