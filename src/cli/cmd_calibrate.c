// lockcast calibrate: measure a server's speed in temporary tables, and keep it as a file.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cost/calibration.h"

#define DEFAULT_BUDGET_S 15.0

static void show_progress(void *context, const char *what)
{
    (void)context;
    (void)fprintf(stderr, "\r\033[Klockcast: measuring %s ...", what);
}

int cmd_calibrate(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    bool progress = !o->quiet && isatty(STDERR_FILENO);
    struct server *server = NULL;
    struct calibration *c;
    struct lc_error err = {0};
    const char *text;
    int status = EXIT_DONE;

    if (o->nargs)
        return cli_usage_error(run, "`lockcast calibrate` takes no files; -o says where to write");
    if (server_connect(&o->server, run->arena, &server, &err) != LC_OK)
        return cli_fail(&err);
    cli_watch_interrupt(server);
    if (calibration_measure(server, run->arena, o->time_budget_s > 0 ? o->time_budget_s : DEFAULT_BUDGET_S,
                            progress ? show_progress : NULL, NULL, &c, &err) != LC_OK) {
        status = cli_fail(&err);
    } else {
        text = calibration_write(run->arena, c);
        if (cli_write(run, text, strlen(text), &err) != LC_OK)
            status = cli_fail(&err);
    }
    if (progress)
        (void)fprintf(stderr, "\r\033[K");
    cli_watch_interrupt(NULL);
    server_close(server);
    return status;
}
