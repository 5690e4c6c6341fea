// What every command needs: saying what is wrong, writing a report, progress, Ctrl-C, the exit status.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

#define MIN_WIDTH 60  // a table of locks needs so much
#define MAX_WIDTH 120 // longer lines are not read

void cli_put_clean(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        (void)fputc(*p < 0x20 || *p == 0x7f ? ' ' : *p, stderr);
}

static void put_line(const char *head, const char *text)
{
    (void)fputs(head, stderr);
    cli_put_clean(text);
    (void)fputc('\n', stderr);
}

int cli_failed(const struct cli_run *run)
{
    struct lockcast_failure f = lockcast_failure(run->l);

    cli_end_progress(run);
    put_line("lockcast: ", lockcast_error(run->l));
    if (*f.detail)
        put_line("detail: ", f.detail);
    if (*f.hint)
        put_line("hint: ", f.hint);
    return (int)f.status;
}

static void tell(const char *hint, const char *fmt, va_list args)
{
    char text[1024];

    (void)vsnprintf(text, sizeof text, fmt, args);
    put_line("lockcast: ", text);
    if (hint)
        put_line("hint: ", hint);
}

int cli_error(int status, const char *hint, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    tell(hint, fmt, args);
    va_end(args);
    return status;
}

int cli_usage_error(const struct cli_run *run, const char *fmt, ...)
{
    char hint[64];
    va_list args;

    (void)snprintf(hint, sizeof hint, "`lockcast %s --help` tells more.", run->command->name);
    va_start(args, fmt);
    tell(hint, fmt, args);
    va_end(args);
    return EXIT_USAGE;
}

static bool write_all(FILE *f, struct lockcast_text text)
{
    return fwrite(text.text, 1, text.len, f) == text.len && fflush(f) == 0;
}

static int cannot_write(const char *path)
{
    return cli_error(EXIT_DELIVERY, NULL, "cannot write %s: %s", path, strerror(errno));
}

// A device, a pipe or a terminal cannot be replaced: it is written to.
static int write_in_place(const char *path, struct lockcast_text text)
{
    FILE *f = fopen(path, "wb");
    bool bad;

    if (!f)
        return cannot_write(path);
    bad = !write_all(f, text);
    bad = fclose(f) != 0 || bad;
    return bad ? cannot_write(path) : EXIT_DONE;
}

// Written beside and then renamed, so that whoever reads it sees the old file or the new one, and a failure leaves the old one.
static int write_and_rename(const char *path, const char *beside, const struct stat *old, struct lockcast_text text)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), status;
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    bool bad;

    if (!f)
        return cannot_write(path);
    bad = (old && fchmod(fd, old->st_mode & 07777) != 0) || !write_all(f, text);
    bad = fclose(f) != 0 || bad;
    if (!bad && rename(beside, path) == 0)
        return EXIT_DONE;
    status = cannot_write(path);
    (void)unlink(beside);
    return status;
}

int cli_write_file(const char *path, struct lockcast_text text)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    char *target, *beside = NULL; // a symbolic link stays one
    int status;

    if (exists && !S_ISREG(st.st_mode))
        return write_in_place(path, text);
    target = exists ? realpath(path, NULL) : NULL;
    if (asprintf(&beside, "%s.%ld.tmp", target ? target : path, (long)getpid()) < 0)
        status = cannot_write(path);
    else
        status = write_and_rename(target ? target : path, beside, exists ? &st : NULL, text);
    free(target);
    free(beside);
    return status;
}

int cli_check_output(const struct cli_run *run)
{
    const char *path = run->o.output;
    struct stat st;
    char *folder, *slash;
    int wrong = 0;

    if (!path || cli_is(path, "-"))
        return EXIT_DONE;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : 0;
        return S_ISDIR(st.st_mode) || access(path, W_OK) != 0 ? cannot_write(path) : EXIT_DONE;
    }
    folder = strdup(path); // what is written beside it is renamed
    slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = '\0';
    if (access(slash ? folder : ".", W_OK | X_OK) != 0)
        wrong = errno;
    free(folder);
    errno = wrong;
    return wrong ? cannot_write(path) : EXIT_DONE;
}

void cli_write_piece(void *context, const char *text, size_t len)
{
    struct cli_run *run = context;

    if (!run->write_error && fwrite(text, 1, len, stdout) != len)
        run->write_error = errno ? errno : EIO;
}

int cli_write(const struct cli_run *run, struct lockcast_text text)
{
    if (run->o.output && !cli_is(run->o.output, "-"))
        return cli_write_file(run->o.output, text);
    errno = run->write_error;
    return !errno && write_all(stdout, text) ? EXIT_DONE : cannot_write("standard output");
}

bool cli_colors(const struct cli_run *run, int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !run->o.no_color && !(no && *no) && !(term && strcmp(term, "dumb") == 0) && !run->o.output && isatty(fd);
}

int cli_width(int fd)
{
    struct winsize size = {0};

    if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 0;
    return size.ws_col < MIN_WIDTH ? MIN_WIDTH : size.ws_col > MAX_WIDTH ? MAX_WIDTH : size.ws_col;
}

// A signal handler can only reach what is static: the one piece of state that changes outside an arena.
static struct lockcast *volatile watched;
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
    if (interrupted || !lockcast_cancel(watched))
        end_interrupted(signal_number);
    interrupted = 1;
    (void)alarm(1);
}

bool cli_interrupted(void)
{
    return interrupted;
}

void cli_watch_interrupt(struct lockcast *l)
{
    struct sigaction action = {.sa_handler = on_interrupt}, end = {.sa_handler = end_interrupted};

    watched = l;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&end.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGALRM, &end, NULL);
}

int cli_verdict_status(const struct cli_run *run)
{
    enum lockcast_verdict verdict = lockcast_verdict(run->l);

    if (cli_is(run->o.fail_on, "never"))
        return EXIT_DONE;
    return verdict >= (cli_is(run->o.fail_on, "caution") ? LOCKCAST_CAUTION : LOCKCAST_DANGER) ? EXIT_VERDICT : EXIT_DONE;
}

static void show_progress(void *context, const char *what)
{
    (void)context;
    (void)fputs("\r\033[Klockcast: ", stderr);
    cli_put_clean(what);
    (void)fputs(" ...", stderr);
}

lockcast_progress_fn cli_progress(const struct cli_run *run)
{
    return !run->o.quiet && isatty(STDERR_FILENO) ? show_progress : NULL;
}

void cli_end_progress(const struct cli_run *run)
{
    if (cli_progress(run))
        (void)fputs("\r\033[K", stderr);
}
