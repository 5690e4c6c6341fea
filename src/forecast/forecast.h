// Migration + snapshot -> the forecast of one deploy: footprints, costs and traffic put together and simulated.
#ifndef LC_FORECAST_FORECAST_H
#define LC_FORECAST_FORECAST_H

#include "cost/cost.h"
#include "migration/migration.h"
#include "sim/sim.h"
#include "traffic/traffic.h"

#define FORECAST_EVENTS 40e6 // turns of the simulator's loop that a forecast may cost: three seconds of a core

struct forecast_options {
    int pool;     // connections that the application may hold; 0: not given
    double cores; // of the server; 0: not given
    uint64_t seed;
    int replications;      // 0: as many as FORECAST_EVENTS pay for,
    int most_replications; // ... and at most so many; 0: default
    bool no_traffic;       // locks and durations only
    double traffic_growth; // the known rates times this; 0: 1
    struct cost_options cost;
    struct snapshot *traffic;      // traffic (and sizes) from another snapshot; NULL: from the same
    const struct sim_retry *retry; // NULL: as written
    enum sim_pooler pooler;        // who hands out connections
    double connection_held_ms;     // ... and how long one stays taken after its transaction (session pooling)
    double client_timeout_ms;      // the application gives up so long after it asked; 0: never
    int client_retries;            // ... and asks again so many times,
    double retry_delay_ms;         // this long after, on average
    bool advise;                   // compare retry policies, and look for the one transaction most in the way
};

struct forecast_chain { // sessions waiting behind this statement, or behind what keeps it waiting
    const char *waiting, *mode, *relation, *behind;
    struct quantiles sessions, longest_wait_ms;
    struct quantiles at_worst; // sessions at the moment at which most are blocked in all
    double probability;
};

struct forecast_standby {       // what a standby has of a statement
    struct quantiles replay_ms; // of its WAL, at a documented rate
    const char *stops;          // a relation whose readers there wait while ACCESS EXCLUSIVE is held; NULL: none
};

struct forecast_stmt {
    const struct migration_stmt *stmt;
    struct footprint fp;
    struct cost cost;
    struct quantiles lock_wait_ms, duration_ms;
    struct forecast_chain *chains;
    int nchains;
    double fails_probability;
    struct forecast_standby standby;
};

struct forecast_file {
    const struct migration_file *file;
    struct forecast_stmt *stmts;
    int len;
};

struct forecast_deadlock { // two that wait for each other
    const char *victim, *other;
    bool migration;           // one of them is the migration
    double probability, mean; // of at least one; how many
};

struct forecast_delayed { // a query of the traffic that is late
    const char *query;
    struct quantiles transactions;
    double waited; // share that waited for a lock itself; the others waited for a free connection or a core
};

struct forecast_in_the_way { // the one transaction whose absence would help most, simulated without it
    const char *transaction, *kind;
    double probability; // of keeping the migration waiting
    struct quantiles lock_wait_ms, blocked_session_s, delayed_transactions;
    double saved_ms, saved_session_s; // means
};

// What the simulation tells beside the figures.
struct forecast_queue {
    struct quantiles worst_moment_ms; // when most sessions are blocked, since the migration's start
    struct forecast_chain *chains;    // of all statements, the longest at the worst moment first
    int nchains;
    const struct sim_timeline *timeline; // NULL: none made
    struct forecast_deadlock *deadlocks;
    int ndeadlocks;
    struct forecast_delayed *delayed; // the most first
    int ndelayed;
    const struct forecast_in_the_way *in_the_way; // NULL: nobody, or not looked for
};

// lock_timeout and retries for this migration under this traffic.
struct forecast_retries {
    struct sim_timeout_result *timeouts;
    int ntimeouts;
    struct sim_retry_result *policies;
    int npolicies, best;
};

struct forecast {
    struct forecast_file *files;
    int len;
    struct quantiles lock_wait_ms, duration_ms, peak_blocked_sessions, blocked_session_s, delayed_transactions, drain_ms,
        pool_exhausted_ms;
    double pool_exhausted_probability, migration_fails_probability;
    bool simulated;                // false: no traffic was looked at; then only durations are filled
    struct traffic traffic;        // what was simulated
    const struct sim_result *sim;  // NULL unless simulated
    const struct sim_model *model; // what was simulated
    struct forecast_queue queue;
    const struct forecast_retries *retries; // NULL: not asked for, or the migration does not wait for locks
    int standbys;                           // that receive WAL from the server looked at; a logical subscriber counts as one
    double standby_delay_ms;                // max_standby_streaming_delay as the primary has it; -1: for ever, NAN: not known
    const char **unknowns;                  // what is not known and widens the answer, a sentence each
    int nunknowns;
};

// Forecasts the deploy of `set` on the database of `snap`. The catalogue of `snap` is changed as the migration would change it.
enum lc_code forecast_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                          const struct forecast_options *options, struct forecast *out, struct lc_error *err) LC_MUST_CHECK;

#endif
