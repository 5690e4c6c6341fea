// What every command needs: errors to exit codes, writing a report, opening a snapshot, Ctrl-C.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static bool write_all(FILE *f, const char *text, size_t len)
{
    return fwrite(text, 1, len, f) == len && fflush(f) == 0;
}

static enum lc_code cannot_write(const char *path, struct lc_error *err)
{
    return lc_fail(err, LC_E_DELIVERY, "cannot write %s: %s", path, strerror(errno));
}

// A device, a pipe or a terminal cannot be replaced: it is written to.
static enum lc_code write_in_place(const char *path, const char *text, size_t len, struct lc_error *err)
{
    FILE *f = fopen(path, "wb");
    bool bad;

    if (!f)
        return cannot_write(path, err);
    bad = !write_all(f, text, len);
    bad = fclose(f) != 0 || bad;
    return bad ? cannot_write(path, err) : LC_OK;
}

// Written beside and then renamed, so that whoever reads it sees the old file or the new one, and a failure leaves the old one.
static enum lc_code write_and_rename(struct lc_arena *arena, const char *path, const struct stat *old, const char *text,
                                     size_t len, struct lc_error *err)
{
    const char *beside = lc_printf(arena, "%s.%ld.tmp", path, (long)getpid());
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    bool bad;

    if (!f)
        return cannot_write(path, err);
    bad = (old && fchmod(fd, old->st_mode & 07777) != 0) || !write_all(f, text, len);
    bad = fclose(f) != 0 || bad;
    if (!bad && rename(beside, path) == 0)
        return LC_OK;
    (void)cannot_write(path, err);
    (void)unlink(beside);
    return LC_E_DELIVERY;
}

enum lc_code cli_write_file(struct lc_arena *arena, const char *path, const char *text, size_t len, struct lc_error *err)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    char *target; // a symbolic link stays one
    enum lc_code code;

    if (exists && !S_ISREG(st.st_mode))
        return write_in_place(path, text, len, err);
    target = exists ? realpath(path, NULL) : NULL;
    code = write_and_rename(arena, target ? target : path, exists ? &st : NULL, text, len, err);
    free(target);
    return code;
}

enum lc_code cli_write(const struct cli_run *run, const char *text, size_t len, struct lc_error *err)
{
    if (run->o.output && !lc_streq(run->o.output, "-"))
        return cli_write_file(run->arena, run->o.output, text, len, err);
    errno = 0;
    return write_all(stdout, text, len) ? LC_OK : cannot_write("standard output", err);
}

bool cli_colors(const struct cli_run *run, int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !run->o.no_color && !(no && *no) && !(term && strcmp(term, "dumb") == 0) && !run->o.output && isatty(fd);
}

// A signal handler can only reach what is static: the one piece of state that changes outside an arena.
static struct server *volatile watched;
static volatile sig_atomic_t interrupted;

static void end_interrupted(int signal_number)
{
    static const char told[] = "\nlockcast: interrupted\n";
    ssize_t n = write(STDERR_FILENO, told, sizeof told - 1);

    (void)signal_number;
    (void)n;
    _exit(EXIT_INTERRUPTED);
}

// A query that runs on a server is cancelled, and has a second to say so; then, or where there is none, the end comes at once.
static void on_interrupt(int signal_number)
{
    if (interrupted || !watched)
        end_interrupted(signal_number);
    interrupted = 1;
    server_cancel(watched);
    (void)alarm(1);
}

void cli_watch_interrupt(struct server *server)
{
    struct sigaction action = {.sa_handler = on_interrupt}, end = {.sa_handler = end_interrupted};

    watched = server;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&end.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGALRM, &end, NULL);
}

int cli_verdict_status(const struct cli_run *run, const char *verdict)
{
    const char *at = run->o.fail_on;
    bool danger = lc_streq(verdict, "danger"), caution = lc_streq(verdict, "caution");

    if (lc_streq(at, "never"))
        return EXIT_DONE;
    return danger || (caution && lc_streq(at, "caution")) ? EXIT_VERDICT : EXIT_DONE;
}
