// What the commands share: the options of a run, its arena, how it reports an error and ends.
//
// Every option is one row of the table in options.c, from which parsing, checking and --help are made. One file per command (cmd_*.c).
#ifndef LC_CLI_CLI_H
#define LC_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "report/shard.h"
#include "snapshot/server.h"
#include "snapshot/snapshot.h"

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
    struct server_params server;
    const char *snapshot, *traffic, *calibration, *config, *ledger, *trace;
    int64_t server_version; // a major, 13..18; 0: not given
    const char *format, *output;
    int64_t pool_size, cores, seed, replications;
    const char *fail_on, *input_format, *transaction, *retry, *sample, *shard_text;
    struct report_shard shard; // of shard_text; of = 0: all
    bool no_traffic, no_rewrite, no_query_text, clone, rollback, dry_run, diff, quiet, verbose, no_color, help, version;
    const char *provider, *repository, *pull_request, *api_url, *token_file, *comment_key;
    const char *growth, *traffic_growth, *history, *rewrite_format;
    double speed_ratio, target_hold_ms, time_budget_s;
    bool cold_cache;
    struct cli_strings LC_ARRAY(const char *) variables;
    const char *const *args; // what is not an option
    int nargs;
};

struct cli_run {
    struct lc_arena *arena;
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

// Parses argv[0..] (after the command's name); err says which option is wrong and what was meant.
enum lc_code cli_parse_options(struct lc_arena *arena, const struct cli_command *command, int argc, char **argv,
                               struct cli_options *options, struct lc_error *err) LC_MUST_CHECK;
void cli_help(const struct cli_command *command);

// Prints `lockcast: FILE:LINE: message`, detail and hint to stderr and gives the exit status that belongs to the error.
int cli_fail(const struct lc_error *err);
int cli_usage_error(const struct cli_run *run, const char *fmt, ...) LC_PRINTF(2, 3);
// Writes a report to -o FILE, or to standard output. A failure is LC_E_DELIVERY.
enum lc_code cli_write(const struct cli_run *run, const char *text, size_t len, struct lc_error *err) LC_MUST_CHECK;
// Replaces the file at once or not at all; what is no regular file is written to. A failure is LC_E_DELIVERY.
enum lc_code cli_write_file(struct lc_arena *arena, const char *path, const char *text, size_t len,
                            struct lc_error *err) LC_MUST_CHECK;
// The snapshot that the options name: a live server, --snapshot, or an empty catalogue. *server is NULL unless live; close it at the end.
enum lc_code cli_open_snapshot(struct cli_run *run, struct snapshot **snap, struct server **server,
                               struct lc_error *err) LC_MUST_CHECK;
// May this stream show colours (a terminal, NO_COLOR not set)?
bool cli_colors(const struct cli_run *run, int fd);
// Ctrl-C while this server is asked something cancels the query; NULL: nothing to cancel.
void cli_watch_interrupt(struct server *server);
// The exit status of a verdict ("safe", "caution", "danger") under --fail-on; danger where that is not given.
int cli_verdict_status(const struct cli_run *run, const char *verdict);

struct migration_set;
struct review_options;
// The migrations that the arguments name, and what the options say about forecasting them.
enum lc_code cli_read_migrations(struct cli_run *run, struct migration_set *set, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cli_review_options(struct cli_run *run, struct server *server, struct review_options *options,
                                struct lc_error *err) LC_MUST_CHECK;

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

#endif
