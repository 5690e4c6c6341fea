// lockcast watch: what runs on a live server, look by look.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define DEFAULT_INTERVAL_S 2.0
#define LEAST_INTERVAL_S 0.1
#define MOST_INTERVAL_S 86400.0
#define FIRST_INTERVAL_S 1.0 // until the second look of --once, which a rate needs
#define CLEAR "\033[H\033[J" // the cursor home, and what is below it gone

static int check_usage(const struct cli_run *run, double interval_s)
{
    const struct cli_options *o = &run->o;

    if (o->nargs)
        return cli_usage_error(run, "`lockcast watch` takes no files: --forecast names a report");
    if (!(interval_s >= LEAST_INTERVAL_S && interval_s <= MOST_INTERVAL_S))
        return cli_usage_error(run, "--interval takes %.1f to %.0f seconds", LEAST_INTERVAL_S, MOST_INTERVAL_S);
    if (o->output && !o->once)
        return cli_usage_error(run, "-o needs --once: look after look goes to standard output");
    if (o->pid > 0x7fffffff)
        return cli_usage_error(run, "--pid takes the number of a process");
    return EXIT_DONE;
}

static void rest(double seconds)
{
    struct timespec t = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};

    while (!cli_interrupted() && nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

static int show(const struct cli_run *run, const struct lockcast_form *form, struct lockcast_text text)
{
    bool screen = strcmp(form->format, "text") == 0 && !run->o.once && cli_colors(run, STDOUT_FILENO);

    if (screen) // on a terminal each look takes the place of the one before
        (void)fputs(CLEAR, stdout);
    return cli_write(run, text);
}

// Look after look, to the last one. *seen: --pid's process had something to run.
static int look_on(struct cli_run *run, double interval_s, bool *seen)
{
    const struct cli_options *o = &run->o;
    struct lockcast_form form = cli_form(run, "text");
    struct lockcast_text text;
    int shown, status = EXIT_DONE;

    for (bool last = false;; last = o->once) {
        if (lockcast_watch_look(run->l, &form, &text, &shown) != LOCKCAST_OK)
            return cli_failed(run);
        *seen = *seen || shown > 0;
        last = last || (o->pid && shown == 0);
        if ((!o->once || last) && (*seen || !o->pid))
            status = show(run, &form, text);
        if (status != EXIT_DONE || last)
            return status;
        rest(o->once ? fmin(interval_s, FIRST_INTERVAL_S) : interval_s);
    }
}

int cmd_watch(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    double interval_s = o->interval_s > 0 ? o->interval_s : DEFAULT_INTERVAL_S;
    struct lockcast_watch how = {.forecast = o->forecast, .pid = (int)o->pid};
    bool seen = false;
    int status = check_usage(run, interval_s);

    if (status != EXIT_DONE)
        return status;
    if (lockcast_watch(run->l, &o->server, &how) != LOCKCAST_OK)
        return cli_failed(run);
    status = look_on(run, interval_s, &seen);
    if (status == EXIT_DONE && o->pid && !seen)
        return cli_usage_error(run, "process %d of this database runs nothing that could be watched", (int)o->pid);
    return status;
}
