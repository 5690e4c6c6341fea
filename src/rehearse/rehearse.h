// Really running a migration on a clone, and holding the forecast against what was seen: locks, waits, times, errors.
//
// Two connections: one runs the migration, the other looks at the first one's locks and waits. The one that looks never
// locks a user's relation.
#ifndef LC_REHEARSE_REHEARSE_H
#define LC_REHEARSE_REHEARSE_H

#include "review/review.h"
#include "snapshot/server.h"

enum rehearsed_lock_verdict {
    REHEARSED_EQUAL,   // forecast and taken
    REHEARSED_MISSING, // taken, but not forecast
    REHEARSED_EXTRA,   // forecast, but not taken
    REHEARSED_UNSEEN,  // forecast, and given back before anybody could look, or not certain in the first place
};

struct rehearsed_lock { // on a relation that was there before the deploy, not a TOAST table, not a catalogue
    const char *relation;
    enum lc_lockmode mode;
    enum rehearsed_lock_verdict verdict;
};

enum rehearsed_state {
    REHEARSED_NOT_RUN, // an earlier statement failed
    REHEARSED_RAN,
    REHEARSED_FAILED,
    REHEARSED_SKIPPED, // --rollback: it cannot run in a transaction, or ends one
};

struct rehearsed_stmt {
    const struct forecast_stmt *forecast;
    enum rehearsed_state state;
    struct rehearsed_locks LC_ARRAY(struct rehearsed_lock) locks;
    double ms,
        wait_ms; // from sending it to its end, with its commit where it is a transaction of its own; of that, waiting for locks
    const char *behind;             // whom it waited for; NULL: nobody
    bool compared;                  // the figures below are there: it ran, and had a forecast
    double factor;                  // how far p50 was off, at least 1
    bool inside;                    // the time without waits lies in p10..p90
    const char *error;              // the server's message; NULL: none
    char sqlstate[6];               // "" when there is no error
    double growth;                  // of the tables it works on, production's size by the clone's; 0: not known
    struct quantiles production_ms; // its time scaled to production's sizes; all 0 when growth is
};

struct rehearsed_file {
    const struct migration_file *file;
    struct rehearsed_stmt *stmts;
    int len;
    double commit_ms; // of the framework's COMMITs
};

struct rehearsal {
    const struct snapshot *snap;
    const struct review *review;
    struct rehearsed_file *files;
    int len;
    bool failed, rolled_back, calibrated,
        left_open;                   // left_open: the files ended in a transaction, which was rolled back as psql's end does
    const char *calibration;         // its name; NULL: none
    const char *commit_error;        // of a framework's COMMIT; NULL: none
    int statements, ran, skipped;    // transaction control is none of them
    int locks[REHEARSED_UNSEEN + 1]; // by verdict
    int compared, inside;
    double median_factor; // 0: nothing to compare
};

struct rehearse_options {
    bool rollback;                     // run it in one transaction, and roll that back
    const struct snapshot *production; // sizes to scale to; NULL: none
    struct review_options review;      // how to forecast
};

// Fails (LC_E_USAGE) where the database looks like production: other clients, replication. `runner` may be NULL.
enum lc_code rehearse_guard(struct server *tracer, const struct server *runner, struct lc_arena *arena,
                            struct lc_error *err) LC_MUST_CHECK;
// Forecasts, runs, compares. A migration that fails is no error; what was changed is changed, unless rolled back.
enum lc_code rehearse_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set, struct server *tracer,
                          struct server *runner, const struct rehearse_options *options, struct rehearsal *out,
                          struct lc_error *err) LC_MUST_CHECK;
// A line for the ledger for each statement that ran and had something to be compared with. `plain`: the forecast without any
// ledger.
void rehearse_ledger(struct lc_arena *arena, const struct rehearsal *r, const struct forecast *plain, struct lc_str *out);

#endif
