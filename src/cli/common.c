// What every command needs: errors to exit codes, writing a report, opening a snapshot, Ctrl-C.
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"

static int exit_status(enum lc_code code)
{
    switch (code) {
    case LC_OK:
        return EXIT_DONE;
    case LC_E_USAGE:
    case LC_E_INPUT:
        return EXIT_USAGE;
    case LC_E_CONNECT:
    case LC_E_SERVER:
        return EXIT_SERVER;
    case LC_E_DELIVERY:
        return EXIT_DELIVERY;
    case LC_E_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case LC_E_INTERNAL:
    case LC_E_NOMEM:
        break;
    }
    return EXIT_INTERNAL;
}

// Control characters would let a hostile file name or server message steer the terminal.
static void put_clean(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        (void)fputc(*p < 0x20 || *p == 0x7f ? ' ' : *p, stderr);
}

int cli_fail(const struct lc_error *err)
{
    (void)fputs("lockcast: ", stderr);
    if (err->file[0]) {
        put_clean(err->file);
        if (err->line)
            (void)fprintf(stderr, ":%d", err->line);
        (void)fputs(": ", stderr);
    }
    put_clean(err->message);
    (void)fputc('\n', stderr);
    if (err->detail[0]) {
        (void)fputs("detail: ", stderr);
        put_clean(err->detail);
        (void)fputc('\n', stderr);
    }
    if (err->hint[0]) {
        (void)fputs("hint: ", stderr);
        put_clean(err->hint);
        (void)fputc('\n', stderr);
    }
    return exit_status(err->code);
}

int cli_usage_error(const struct cli_run *run, const char *fmt, ...)
{
    struct lc_error err = {0};
    va_list args;

    va_start(args, fmt);
    (void)lc_fail(&err, LC_E_USAGE, "%s", lc_vprintf(run->arena, fmt, args));
    va_end(args);
    lc_error_hint(&err, "`lockcast %s --help` tells more.", run->command->name);
    return cli_fail(&err);
}

enum lc_code cli_write(const struct cli_run *run, const char *text, size_t len, struct lc_error *err)
{
    bool to_file = run->o.output && !lc_streq(run->o.output, "-");
    FILE *f = to_file ? fopen(run->o.output, "wb") : stdout;
    bool bad;

    if (!f)
        return lc_fail(err, LC_E_DELIVERY, "cannot write %s: %s", run->o.output, strerror(errno));
    errno = 0;
    bad = fwrite(text, 1, len, f) != len || fflush(f) != 0;
    if (to_file)
        bad = fclose(f) != 0 || bad;
    if (bad)
        return lc_fail(err, LC_E_DELIVERY, "cannot write %s: %s", to_file ? run->o.output : "standard output", strerror(errno));
    return LC_OK;
}

bool cli_colors(const struct cli_run *run, int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !run->o.no_color && !(no && *no) && !(term && strcmp(term, "dumb") == 0) && !run->o.output && isatty(fd);
}

// A signal handler can only reach what is static: the one piece of state that changes outside an arena.
static struct server *volatile watched;
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    if (interrupted || !watched)
        _exit(EXIT_INTERRUPTED);
    interrupted = 1;
    server_cancel(watched);
}

void cli_watch_interrupt(struct server *server)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    watched = server;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool cli_interrupted(void)
{
    return interrupted != 0;
}
