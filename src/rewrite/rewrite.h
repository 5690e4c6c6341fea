// From a hazardous statement to safer steps: SQL that runs as it is, its rollback, and where there is no safe way, that.
//
// One file per recipe (recipe_create_index.c, ...), each with its precondition, steps and rollback. It knows no output format.
#ifndef LC_REWRITE_REWRITE_H
#define LC_REWRITE_REWRITE_H

#include "forecast/forecast.h"

enum rewrite_tx { REWRITE_TX_OWN, REWRITE_TX_NONE }; // a transaction of its own, or none (CONCURRENTLY, a procedure that commits)

enum rewrite_form {       // how the file runs a step
    REWRITE_FORM_CALM,    // BEGIN ... COMMIT: stops nobody, may wait
    REWRITE_FORM_RETRY,   // waits for locks no longer than the target hold, gives up, tries again
    REWRITE_FORM_OUTSIDE, // in no transaction; can be run again
    REWRITE_FORM_LOOP,    // commits by itself and says by itself when it is done
    REWRITE_FORM_SESSION, // settings and temporary objects: run each time
};

struct rewrite_figures {                // of a statement, a step, or the steps instead of a statement, for a comparison
    struct quantiles hold_ms, total_ms; // the longest that a lock or a changed row keeps others waiting; all of its work
    double wal_bytes, disk_bytes;
};

struct rewrite_backup { // a copy of what the step takes away, for whoever wants one: it is not part of the rewrite
    const char *sql;    // CREATE TABLE ... AS; NULL: nothing goes
    const char *of;     // "column note of public.orders"
    double rows, bytes; // < 0: not known; bytes once it is priced
    struct rewrite_figures cost;
};

struct rewrite_step {
    const char *sql; // complete, with its semicolons
    const char *why; // one sentence
    enum rewrite_tx transaction;
    enum rewrite_form form;
    int number;           // within the file, from 1
    double batch_rows;    // 0: not batched
    const char *all_rows; // of a loop: the statement that its batches do together; NULL: not a loop
    const char *passing;  // ... and a query that takes as long as finding where the batches end; NULL: none
    const char *told;     // what it does, where psql makes its SQL from a query; NULL: sql says it
    const char *rollback; // SQL that undoes it; NULL: nothing to undo
    bool irreversible;    // then rollback says what is lost, as a comment
    bool machine;         // nothing of the migration's own text is in it: it is run with pg_catalog as its search_path
    const char *bridge;   // SQL that lets both names of a RENAME work before it; NULL: none
    const char *release;  // what the application must do before it; NULL: nothing
    struct rewrite_backup backup;
    bool priced; // the figures below are known
    struct rewrite_figures cost, undo;
    // Of the swap of a type change: what the statement's neighbours drop before it and make after it belongs into its transaction.
    bool swap;
    bool of_change;             // one of a type change's own steps
    bool waits;                 // something is dropped in it that only a later statement makes again
    bool free;                  // it may wait for the next swap, if that carries none of the same
    const char *const *carried; // indexes and constraints that it makes anew
    int ncarried;
};

enum rewrite_verdict {
    REWRITE_SAME,    // harmless as it is
    REWRITE_STEPS,   // `steps` instead
    REWRITE_WINDOW,  // no safe way: needs a window; `why` says so
    REWRITE_UNKNOWN, // not modelled
};

struct rewrite_stmt {
    enum rewrite_verdict verdict;
    const char *recipe; // "create-index-concurrently"; NULL for SAME
    const char *why;
    struct rewrite_step *steps; // SAME, WINDOW: the statement itself, guarded by lock_timeout where that helps
    int len;
    const struct forecast *forecast;        // of the steps; NULL: not made
    struct rewrite_figures original, safer; // with it
    bool kept;                              // its step is the statement as it was
};

struct rewrite_file {
    const struct forecast_file *forecast; // of the original
    struct rewrite_stmt *stmts;           // one per statement
    int len;
    bool changed;    // some statement is REWRITE_STEPS
    const char *sql; // the whole file for psql; NULL where it was not asked for
    const char *rollback_sql;
    const char *bridge_sql; // to be run before the application's release; NULL: there is none
    const char *settings;   // of a file beside it that the framework reads (NAME.conf); NULL: none
};

struct rewrite_options {
    double target_hold_ms;              // of a batch at p90; 0: 100
    const char *history_table;          // NULL: none
    bool framework;                     // the text in the framework's own form; LC_E_USAGE where it cannot hold it
    const struct sim_retry *retry;      // how steps that wait for locks are tried; NULL: as rewrite_retry has it
    struct snapshot *snap;              // whose catalogue it is; NULL: steps are not forecast by themselves
    const struct forecast_options *how; // ... with these; traffic is left out
    int most_priced;                    // ... of so many rewritten statements; 0: all
    bool bridge;                        // both names of what is renamed work until the migration: see rewrite_file.bridge_sql
    bool copies;                        // what steps take away is copied before, into tables that stay
    bool whole_files;                   // the files' text, too: then statements that stay as they are have their step as well
};

// Does the statement keep others waiting for as long as its transaction lasts: by a lock that stops writers, or by the rows it changes?
bool rewrite_keeps_waiting(const struct forecast_stmt *fs);

// The policy of the steps that wait for locks: options->retry, or the rewrite's own.
struct sim_retry rewrite_retry(struct lc_arena *arena, const struct rewrite_options *options);

// The steps as a migration of their own, a loop as the statement that its batches do together. False: a step cannot be told.
struct rewrite_program {
    struct migration_set *set;
    struct LC_ARRAY(struct migration_stmt) stmts;
    struct LC_ARRAY(int) steps; // by statement: of which step it is
};
bool rewrite_program_of(struct lc_arena *arena, const struct rewrite_stmt *r, struct rewrite_program *out);
// What is done in batches, against the same at once: a loop sleeps a fifth of what a batch takes, looks for the batch's end, and commits. 1.24 to 1.5
// in runs of three statements on PostgreSQL 15, with what passing the keys and cleaning indexes take left aside.
#define REWRITE_IN_BATCHES ((struct quantiles){1.15, 1.27, 1.5})
double rewrite_batch_ms(const struct rewrite_options *options); // what a batch takes: between 0.3 and 0.6 of the target hold
// The longest that the statements [from, to) of a file keep others waiting, and their work, added to `out`.
void rewrite_add_hold(const struct forecast_file *f, int from, int to, struct rewrite_figures *out);
void rewrite_add_work(const struct forecast_stmt *fs, bool batches, struct rewrite_figures *out);

// Plans the rewrite of every file of a forecast. `cat` is the database before the migration, and is so again afterwards.
enum lc_code rewrite_plan(struct lc_arena *arena, struct catalog *cat, const struct forecast *forecast,
                          const struct rewrite_options *options, struct rewrite_file *out,
                          struct lc_error *err) LC_MUST_CHECK; // out: forecast->len items

#endif
