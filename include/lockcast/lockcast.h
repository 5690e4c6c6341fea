// liblockcast: what a PostgreSQL migration will do to live traffic, as a library. The program `lockcast` is a client of this header alone.
//
//     struct lockcast *l = lockcast_new(NULL, NULL);
//     const char *const files[] = {"0042_orders.sql"};
//     struct lockcast_text report;
//     if (lockcast_open_snapshot(l, "shop.json") == LOCKCAST_OK && lockcast_review(l, files, 1, NULL, NULL, &report) == LOCKCAST_OK)
//         fwrite(report.text, 1, report.len, stdout);
//     else
//         fprintf(stderr, "%s\n", lockcast_error(l));
//     lockcast_close(l);
//
// One handle is used by one thread at a time; several handles are independent of each other. Nothing is printed, no signal handler is set
// and no environment variable is read but libpq's. A call fails with an error value. Texts that a call gives live until the handle is
// closed; a structure of zeros is the default of everything, and a NULL pointer to one is such a structure. A path "-" is standard input.
#ifndef LOCKCAST_H
#define LOCKCAST_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum lockcast_status { // the same numbers as the program's exit status
    LOCKCAST_OK = 0,
    LOCKCAST_INPUT = 2,         // an argument, a file or its content is wrong
    LOCKCAST_SERVER = 3,        // no server, or it refused
    LOCKCAST_DELIVERY = 4,      // a report could not be delivered
    LOCKCAST_INTERNAL = 5,      // a bug of ours, or no memory
    LOCKCAST_INTERRUPTED = 130, // after lockcast_cancel
};

enum lockcast_verdict { LOCKCAST_SAFE, LOCKCAST_CAUTION, LOCKCAST_DANGER };

struct lockcast; // a database as one look saw it (catalogue, sizes, traffic, settings), and what has been made from it

struct lockcast_text { // NUL-terminated, too
    const char *text;
    size_t len;
};

// What went wrong in the last call. Texts may hold anything that a file or a server said: clean them before a terminal shows them.
struct lockcast_failure {
    enum lockcast_status status;
    const char *file;    // "" when it is in no file
    int line;            // 1-based; 0: not known
    const char *message; // one line
    const char *detail;  // "" or what was found
    const char *hint;    // "" or what to do
};

// Called when the machine's memory, or the 16 GB that one handle may hold, is used up; it must not return.
typedef void (*lockcast_exhausted_fn)(void *context, size_t wanted_bytes);
// Called now and then with what is being done.
typedef void (*lockcast_progress_fn)(void *context, const char *what);

// "0.1.0".
const char *lockcast_version(void);
// The major version of the PostgreSQL grammar inside, such as 15.
int lockcast_grammar(void);
// "safe", "caution", "danger".
const char *lockcast_verdict_name(enum lockcast_verdict verdict);
// The SQL of a role that may read what lockcast needs.
const char *lockcast_grants(void);

// --- a handle ----------------------------------------------------------------------------------------------------------------

// NULL when there is no memory at all. `exhausted` NULL: the process aborts when memory ends later.
struct lockcast *lockcast_new(lockcast_exhausted_fn exhausted, void *context);
// Ends the connections and frees everything. NULL is allowed.
void lockcast_close(struct lockcast *l);
// What went wrong in the last call, as the program would say it ("FILE:LINE: what"); "" when nothing did. NULL: "out of memory".
const char *lockcast_error(const struct lockcast *l);
// The same in its parts.
struct lockcast_failure lockcast_failure(const struct lockcast *l);
// Asks the server to stop what it does for this handle: the call that waits returns LOCKCAST_INTERRUPTED. May be called from a signal
// handler or another thread. 0: there is no server to ask.
int lockcast_cancel(struct lockcast *l);

// --- the database: one of these first; each again starts anew ------------------------------------------------------------------------

struct lockcast_connection { // psql's -h -p -U -d; NULL: as libpq finds it (PG* variables, service file, .pgpass)
    const char *host, *port, *user;
    const char *dbname; // a name, a conninfo string or a URI
};

struct lockcast_look {
    // How long to watch the activity. 0: up to 2 seconds, as long as it takes to see whether transactions are long; less: one look.
    double sample_ms;
    int no_traffic;    // catalogue, sizes and settings only
    int no_query_text; // keep fingerprints of queries and what they lock, not their texts
    int cores;         // of the server; 0: those of this machine for a local server, else not known
    lockcast_progress_fn progress;
    void *context;
};

// Looks at a live server: only reads, in short transactions that wait for no lock.
enum lockcast_status lockcast_open_server(struct lockcast *l, const struct lockcast_connection *connection,
                                          const struct lockcast_look *look);
// Reads a file of `lockcast snapshot`.
enum lockcast_status lockcast_open_snapshot(struct lockcast *l, const char *path);
// Starts from an empty catalogue of a major version, 13 to 18; 0: the grammar's own.
enum lockcast_status lockcast_open_empty(struct lockcast *l, int major);
// Takes traffic from another snapshot, e.g. production's; catalogue and sizes stay.
enum lockcast_status lockcast_take_traffic(struct lockcast *l, const char *path);

// What a look could not see, and what mends that.
struct lockcast_gap {
    const char *what, *why;
    const char *hint; // NULL: none
};
// Item i of them (from 0). 0: there are no more.
int lockcast_gap(struct lockcast *l, int i, struct lockcast_gap *out);

// --- how to forecast and how to report -----------------------------------------------------------------------------------------------

struct lockcast_options {
    const char *input_format;     // of the migration files: "plain", "flyway", ...; NULL: detected
    const char *transaction;      // who wraps what in a transaction: "auto" (NULL), "file", "all", "none"
    const char *const *variables; // NAME=VALUE of psql variables and placeholders
    int nvariables;
    const char *config;        // a configuration file; NULL: the built-in thresholds, whatever the working folder holds
    const char *baseline;      // findings that were known before; NULL: none
    int fingerprints;          // a baseline will be written
    const char *calibration;   // a file of lockcast_calibrate; NULL: the documented default speeds
    const char *ledger;        // a file that rehearsals keep; NULL: none
    const char *retry;         // a named policy of lock_timeout and retries; NULL: as written
    int pool_size;             // connections that the application may hold; 0: not known
    int cores;                 // CPU cores of the server; 0: as the look knows
    const char *pooler;        // who hands out connections: "none" (NULL), "session", "transaction"
    double connection_held_ms; // a connection stays taken so long after its transaction (not with "transaction")
    double client_timeout_ms;  // the application gives up so long after it asked; 0: never
    int client_retries;        // ... and asks again so often,
    double retry_delay_ms;     // so long after, on average; 0: 100
    int replications;          // runs of the simulation; 0: default
    unsigned long long seed;   // 0: 1. The same input and seed give the same bytes
    int no_traffic;            // locks and durations only
    int no_rewrite;            // do not look for a safer way
    double speed_ratio;        // the server that will run it is so many times as fast as the one looked at; 0: 1
    int cold_cache;            // assume that tables are not in memory
    double target_hold_ms;     // longest time that a batch of a rewrite may hold its locks; 0: 100
    const char *history;       // a table in which a rewritten file records its steps; NULL: none
    const char *rewrite_form;  // "psql" (NULL), or "framework": the migration's own form, where it can hold the steps
    int backup;                // a rewritten file copies what goes into tables, which stay
    int bridge;                // both names of what is renamed work until the migration: see lockcast_rewrite.bridge_sql
    long today; // the day it will run, in days since 1970: names made of the date, suppressions that end; 0: today in UTC
};

#define LOCKCAST_MAX_PARTS 1000

struct lockcast_form {
    const char *format; // "json" (NULL), "text", "markdown", "html", "sarif", "junit", "gitlab"; not every job has every one
    int verbose;        // harmless statements in full, too
    int colors;         // text: SGR colours
    int width;          // text: columns; 0: 80
    size_t max_bytes;   // markdown: 0: no limit
    int part, of;       // json: only part 1 .. of; lockcast_merge puts the parts together. of = 0: all
    // lockcast_review, json: takes the report's pieces in order as they are made, and what is left is the report then; NULL: it is all of it.
    void (*write)(void *context, const char *text, size_t len);
    void *context;
};

// --- jobs ----------------------------------------------------------------------------------------------------------------------------
// `report` is empty after a failure. The handle's database is as before afterwards: the next job starts from the same state. `paths` are
// files and folders, applied one after the other, as a deploy would.

// Forecasts a deploy.
enum lockcast_status lockcast_review(struct lockcast *l, const char *const *paths, int npaths,
                                     const struct lockcast_options *options, const struct lockcast_form *form,
                                     struct lockcast_text *report);
// A Chrome trace of one simulated run of the last review; it opens in Perfetto. Without traffic there is none.
enum lockcast_status lockcast_trace(struct lockcast *l, struct lockcast_text *trace);
// The verdict of the last review, render or merge: LOCKCAST_SAFE before the first.
enum lockcast_verdict lockcast_verdict(const struct lockcast *l);

// The findings of the last review, made with options.fingerprints, as the file that options.baseline reads: they are not reported again
// unless they get worse.
enum lockcast_status lockcast_baseline(struct lockcast *l, struct lockcast_text *file);

// Forecasts a deploy over growth of tables and traffic, and looks for the growth until which it stays harmless. The form is json or text.
struct lockcast_growth {
    const double *sizes, *traffic; // multiples of today's; NULL: 1,2,5,10 and 1,2,5
    int nsizes, ntraffic;
};
enum lockcast_status lockcast_plan(struct lockcast *l, const char *const *paths, int npaths,
                                   const struct lockcast_options *options, const struct lockcast_growth *growth,
                                   const struct lockcast_form *form, struct lockcast_text *report);

// Rewrites each file: the safer, batched version as SQL that psql runs, its rollback, and what was done.
struct lockcast_rewrite {
    const char *path; // of the original
    int changed;      // 0: it stays as it is
    struct lockcast_text sql, rollback_sql;
    struct lockcast_text bridge_sql; // to be run before the application's release; empty: none
    struct lockcast_text notes;      // lines of text: each statement that is rewritten or cannot be, and why
    struct lockcast_text diff;       // unified, of the original
    struct lockcast_text settings;   // of a file beside `path` that the framework reads, called as it is with .conf; empty: none
};
enum lockcast_status lockcast_rewrite(struct lockcast *l, const char *const *paths, int npaths,
                                      const struct lockcast_options *options, const struct lockcast_rewrite **files, int *nfiles);

// Asks the planner what a review of these files would ask; a snapshot that is then written keeps the answers.
enum lockcast_status lockcast_explain(struct lockcast *l, const char *const *paths, int npaths,
                                      const struct lockcast_options *options);
// Writes the database as a snapshot file, whole or not at all. An earlier snapshot of the same database in its place becomes a point of
// its hour-of-week profile.
enum lockcast_status lockcast_save(struct lockcast *l, const char *path);
// The same to an open stream.
enum lockcast_status lockcast_write(struct lockcast *l, FILE *stream);

// Measures a server's speed in temporary tables; a handle that is not open yet will do. `file` is what options.calibration reads.
struct lockcast_calibration {
    double budget_s; // measure for at most so many seconds; 0: 15
    lockcast_progress_fn progress;
    void *context;
};
enum lockcast_status lockcast_calibrate(struct lockcast *l, const struct lockcast_connection *connection,
                                        const struct lockcast_calibration *how, struct lockcast_text *file);

// Really runs a migration on a clone, and holds the forecast against it; refused where the database looks like production. The form is
// json or text. What was changed is changed, unless rolled back.
struct lockcast_rehearsal {
    int this_is_a_clone;    // must be set
    int rollback;           // undo afterwards what a transaction can undo
    const char *production; // a snapshot whose sizes times are scaled to; NULL: none
    lockcast_progress_fn progress;
    void *context;
};
// *failed: the migration ended in an error of the server, which is no failure of the call. options->ledger is appended to.
enum lockcast_status lockcast_rehearse(struct lockcast *l, const struct lockcast_connection *connection, const char *const *paths,
                                       int npaths, const struct lockcast_options *options, const struct lockcast_rehearsal *how,
                                       const struct lockcast_form *form, struct lockcast_text *report, int *failed);

// Watches what runs on a live server: index builds, CLUSTER, VACUUM, ANALYZE, COPY, backfills of rewritten files, other schema changes.
// Read-only, and never behind a lock of a user's session. A handle that is not open will do; the connection stays until the handle is closed.
struct lockcast_watch {
    const char *forecast; // a JSON report of a review, to hold what runs against; NULL: none
    int pid;              // this process only; 0: all
};
enum lockcast_status lockcast_watch(struct lockcast *l, const struct lockcast_connection *connection,
                                    const struct lockcast_watch *how);
// One look: a line of json, or text. Rates come with the second. `report` lives until the next look. *shown: operations; -1: the server did
// not answer in time.
enum lockcast_status lockcast_watch_look(struct lockcast *l, const struct lockcast_form *form, struct lockcast_text *report,
                                         int *shown);

// Runs a scenario file; no database is needed. The form is json or text. `trace` (may be NULL): a Chrome trace of one simulated run.
enum lockcast_status lockcast_simulate(struct lockcast *l, const char *path, const struct lockcast_options *options,
                                       const struct lockcast_form *form, struct lockcast_text *report,
                                       struct lockcast_text *trace);

// Runs an isolation test as PostgreSQL's own are, on a server of that major version (13 to 18; 0: the grammar's own); no database is needed.
// `report`: the transcript as isolationtester prints it, without what queries return; lines "# not modelled:" at its end.
enum lockcast_status lockcast_isolation_test(struct lockcast *l, const char *path, int server_version,
                                             struct lockcast_text *report);

// Turns a JSON report of a review into another format.
enum lockcast_status lockcast_render(struct lockcast *l, const char *path, const struct lockcast_form *form,
                                     struct lockcast_text *report);
// Puts the parts of a sharded run together: byte for byte what one run would have written.
enum lockcast_status lockcast_merge(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_form *form,
                                    struct lockcast_text *report);

// Creates or updates the one comment of a pull or merge request from a JSON report of a review.
struct lockcast_request {
    const char *provider;           // "github" (NULL) or "gitlab"
    const char *api_url;            // NULL: that of github.com or gitlab.com
    const char *repository;         // "owner/name", or GitLab's project id or path
    const char *request;            // number of the pull or merge request
    const char *token, *token_file; // one of them
    const char *key;                // tells several comments of one request apart; NULL: made from the migrations' paths
    const char *head;               // the commit that the report is about; NULL: not known
};
enum lockcast_delivery { LOCKCAST_CREATED, LOCKCAST_UPDATED, LOCKCAST_UNCHANGED, LOCKCAST_NEWER };
enum lockcast_status lockcast_comment(struct lockcast *l, const char *path, const struct lockcast_request *request,
                                      enum lockcast_delivery *done);
// The comment's text, posted nowhere.
enum lockcast_status lockcast_comment_text(struct lockcast *l, const char *path, const struct lockcast_request *request,
                                           struct lockcast_text *text);

#ifdef __cplusplus
}
#endif

#endif
