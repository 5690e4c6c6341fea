// What the commands share: the options of a run, its arena, how it reports an error and ends.
//
// Every option is one row of the table in options.c, from which parsing, checking and --help are made. One file per command (cmd_*.c).
#ifndef LC_CLI_CLI_H
#define LC_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lockcast/lockcast.h"

#define CLI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum cli_exit { // contract.md
    EXIT_DONE = 0,
    EXIT_VERDICT = 1,
    EXIT_USAGE = 2,
    EXIT_SERVER = 3,
    EXIT_DELIVERY = 4,
    EXIT_INTERNAL = 5,
    EXIT_INTERRUPTED = 130,
};

struct cli_options {
    struct lockcast_connection server;
    const char *snapshot, *traffic, *calibration, *config, *ledger, *trace, *baseline, *write_baseline;
    int64_t server_version; // a major, 13..18; 0: not given
    const char *format, *output;
    int64_t pool_size, cores, seed, replications;
    const char *fail_on, *input_format, *transaction, *retry, *sample, *shard_text;
    int part, of; // of shard_text; of = 0: all
    const char *date;
    long today; // of date, in days since 1970; 0: the clock's
    bool no_traffic, no_rewrite, no_query_text, clone, rollback, dry_run, diff, backup, bridge, quiet, verbose, no_color, help,
        version;
    const char *forecast; // a report, of watch
    int64_t pid;
    double interval_s;
    bool once;
    const char *provider, *repository, *pull_request, *api_url, *token_file, *comment_key;
    const char *growth, *traffic_growth, *history, *rewrite_format;
    double speed_ratio, target_hold_ms, time_budget_s;
    const char *pooler;
    double connection_held_ms, client_timeout_ms, retry_delay_ms;
    int64_t client_retries;
    bool cold_cache;
    bool *given;            // for each row of the table of options
    const char **variables; // as many as there are arguments, at most
    int nvariables;
    const char *const *args; // what is not an option
    int nargs;
};

struct cli_run {
    struct lockcast *l;
    int write_error; // errno of a piece of the report that could not be written; 0: none
    struct cli_options o;
    const struct cli_command *command;
};

struct cli_command {
    const char *name, *arguments, *summary;
    int (*run)(struct cli_run *run);
    const char *description; // of --help
    const char *examples;
};

extern const struct cli_command cli_commands[]; // ends with a NULL name
const struct cli_command *cli_find_command(const char *name);

static inline bool cli_is(const char *a, const char *b) // NULL equals nothing
{
    return a && b && strcmp(a, b) == 0;
}

// Parses argv[0..] (after the command's name). 0, or the exit status after saying which option is wrong and what was meant.
int cli_parse_options(struct cli_run *run, int argc, char **argv);
void cli_help(const struct cli_command *command);
bool cli_takes(const struct cli_command *command, const char *name);
bool cli_given(const struct cli_run *run, const char *name); // was the option with this long name given?
// EXIT_USAGE after saying why, where an option was given that this run has no use for. One that scripts give to every command is noted only.
int cli_refuse(const struct cli_run *run, const char *name, const char *why);

// Prints `lockcast: FILE:LINE: message`, detail and hint of the last call's failure to stderr, and gives the exit status.
int cli_failed(const struct cli_run *run);
// The same for an error of the program's own, with a hint where `hint` is not NULL.
int cli_error(int status, const char *hint, const char *fmt, ...) CLI_PRINTF(3, 4);
int cli_usage_error(const struct cli_run *run, const char *fmt, ...) CLI_PRINTF(2, 3);
// A stranger's text to stderr, where no control character of it steers the terminal.
void cli_put_clean(const char *text);

// Writes a report to -o FILE, or to standard output. 0, or the exit status after saying what is wrong.
int cli_write(const struct cli_run *run, struct lockcast_text text);
// Before long work, or work that cannot be done twice: can -o FILE be written at all? The same answer.
int cli_check_output(const struct cli_run *run);
// A piece of it to standard output (context: the run); what went wrong is said by cli_write, which writes the rest.
void cli_write_piece(void *context, const char *text, size_t len);
// Replaces the file at once or not at all; what is no regular file is written to.
int cli_write_file(const char *path, struct lockcast_text text);
// Opens what the options name: a live server, --snapshot, or an empty catalogue; then --traffic. The same answer.
int cli_open(struct cli_run *run);
bool cli_wants_server(const struct cli_options *o);
// May this stream show colours (a terminal, NO_COLOR not set)?
bool cli_colors(const struct cli_run *run, int fd);
// Columns of the terminal that this stream is, within what reads well; 0: it is none.
int cli_width(int fd);
bool cli_interrupted(void); // Ctrl-C was pressed
// Ctrl-C cancels what this handle asks a server; NULL: it ends the program at once.
void cli_watch_interrupt(struct lockcast *l);
// The exit status of the last verdict under --fail-on; danger where that is not given.
int cli_verdict_status(const struct cli_run *run);
// Shows progress on a terminal; NULL unless standard error is one and --quiet is not given. cli_end_progress clears the line.
lockcast_progress_fn cli_progress(const struct cli_run *run);
void cli_end_progress(const struct cli_run *run);

// What the options say, as the library wants it.
struct lockcast_options cli_lockcast_options(const struct cli_run *run);
struct lockcast_form cli_form(const struct cli_run *run, const char *otherwise);

// One command each (cmd_NAME.c): runs it and returns the exit status.
int cmd_review(struct cli_run *run);
int cmd_calibrate(struct cli_run *run);
int cmd_comment(struct cli_run *run);
int cmd_merge(struct cli_run *run);
int cmd_plan(struct cli_run *run);
int cmd_rehearse(struct cli_run *run);
int cmd_render(struct cli_run *run);
int cmd_snapshot(struct cli_run *run);
int cmd_grants(struct cli_run *run);
int cmd_rewrite(struct cli_run *run);
int cmd_simulate(struct cli_run *run); // a scenario file
int cmd_watch(struct cli_run *run);

#endif
