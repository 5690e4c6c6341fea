// Watching what runs on a live server: index builds, CLUSTER, VACUUM, ANALYZE, COPY, backfills and other schema changes, beside their forecast.
//
// Read-only, in short transactions that wait for no lock of a user's relation: the system's views, and the progress tables of files that
// `lockcast rewrite` wrote, which are locked with NOWAIT.
#ifndef LC_WATCH_WATCH_H
#define LC_WATCH_WATCH_H

#include "base/arena.h"
#include "base/error.h"
#include "base/quantiles.h"
#include "snapshot/server.h"

enum watch_kind { WATCH_INDEX, WATCH_CLUSTER, WATCH_VACUUM, WATCH_ANALYZE, WATCH_COPY, WATCH_BACKFILL, WATCH_OTHER };

struct watch_forecast { // one statement of a report of `lockcast review`
    const char *path, *sql, *command;
    const char *fingerprint; // "": it does not parse
    int line;
    struct quantiles ms;
    struct quantiles safer_ms; // of the rewritten way as a whole; all 0: none
    const char *const *steps;  // its SQL
    int nsteps;
};

struct watch_session {
    int pid;                                 // 0: a prepared transaction
    const char *application, *state, *query; // query: without its literals
    const char *mode, *relation;             // what it waits for; NULL: nothing
    double ms;                               // of its transaction, or of its wait; < 0: not known
};
struct watch_sessions LC_ARRAY(struct watch_session);

struct watch_operation {
    enum watch_kind kind;
    int pid;                                                              // 0: nobody runs it at the moment
    const char *command, *relation, *index, *phase, *application, *query; // NULL: not known
    bool automatic, hidden;                                               // hidden: this role may not see it
    double done, total;                                                   // of the phase; < 0: not known
    const char *unit;
    double parts_done, parts_total; // partitions or children; < 0: none
    double share;                   // of all the work, 0 .. 1; < 0: not known
    double rate;                    // units a second; < 0: not known
    double elapsed_ms;              // < 0: not known
    bool left_known;
    struct quantiles left_ms; // of its work: who keeps it waiting may take longer
    const char *left_basis;
    bool waiting;                            // for a lock, or for other transactions
    const char *mode, *awaited;              // the lock it waits for; NULL: none on a relation
    struct watch_sessions waits_for, blocks; // blocks: directly, those who wait longest first
    int blocked;                             // sessions behind it, directly or not
    const struct watch_forecast *forecast;
    struct quantiles forecast_ms;
    bool late; // past the 90th percentile of its forecast
};

struct watch_look {
    double now; // clock of the server, ms since 1970
    struct watch_operations LC_ARRAY(struct watch_operation) operations;
    const char *missed; // why this look is not complete; NULL: it is
};

struct watch; // what earlier looks saw: rates follow from it

struct watch_options {
    int pid; // 0: all
    const struct watch_forecast *forecasts;
    int nforecasts;
};

// A watch of one connection, in `arena`, where options->forecasts must live as long.
struct watch *watch_new(struct lc_arena *arena, struct server *server, const struct watch_options *options);
// One look. Everything in `out` is in `arena`, which may be reset before the next one. A look that the server does not answer in time is
// not complete, and says so; only a lost connection or an interrupt is an error.
enum lc_code watch_look(struct watch *w, struct lc_arena *arena, struct watch_look *out, struct lc_error *err) LC_MUST_CHECK;

#endif
