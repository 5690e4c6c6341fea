// lockcast snapshot: a database as one JSON file, for reviews without a server.
#include <stdio.h>

#include "cli/cli.h"

// What could not be seen, with what mends it: a snapshot without traffic would otherwise pass for a quiet server.
static void tell_gaps(const struct cli_run *run)
{
    struct lockcast_gap g;

    for (int i = 0; lockcast_gap(run->l, i, &g); i++) {
        (void)fputs("lockcast: not seen: ", stderr);
        cli_put_clean(g.what);
        (void)fputs(": ", stderr);
        cli_put_clean(g.why);
        if (g.hint) {
            (void)fputs("\n  hint: ", stderr);
            cli_put_clean(g.hint);
        }
        (void)fputc('\n', stderr);
    }
}

int cmd_snapshot(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    struct lockcast_options options = cli_lockcast_options(run);
    enum lockcast_status done;
    int status;

    if (!o->output)
        return cli_usage_error(run, "where to? give -o FILE (- is standard output)");
    if (!cli_wants_server(o))
        return cli_usage_error(run, "which server? give -h, -p, -U, -d or the PG* variables");
    if ((status = cli_check_output(run)) != EXIT_DONE || (status = cli_open(run)) != EXIT_DONE)
        return status;
    // The planner is asked what a review of these migrations would ask: its answers are kept in the file.
    if (o->nargs && lockcast_explain(run->l, o->args, o->nargs, &options) != LOCKCAST_OK)
        return cli_failed(run);
    if (!o->quiet)
        tell_gaps(run);
    done = cli_is(o->output, "-") ? lockcast_write(run->l, stdout) : lockcast_save(run->l, o->output);
    return done == LOCKCAST_OK ? EXIT_DONE : cli_failed(run);
}
