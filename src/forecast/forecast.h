// Migration + snapshot -> the forecast of one deploy: footprints, costs and traffic put together and simulated.
#ifndef LC_FORECAST_FORECAST_H
#define LC_FORECAST_FORECAST_H

#include "cost/cost.h"
#include "migration/migration.h"
#include "sim/sim.h"
#include "traffic/traffic.h"

struct forecast_options {
    int pool;     // connections that the application may hold; 0: not given
    double cores; // of the server; 0: not given
    uint64_t seed;
    int replications;      // 0: default
    bool no_traffic;       // locks and durations only
    double traffic_growth; // the known rates times this; 0: 1
    struct cost_options cost;
    struct snapshot *traffic;      // traffic (and sizes) from another snapshot; NULL: from the same
    const struct sim_retry *retry; // NULL: as written
};

struct forecast_chain { // sessions waiting behind this statement, or behind what keeps it waiting
    const char *waiting, *mode, *relation, *behind;
    struct quantiles sessions, longest_wait_ms;
    double probability;
};

struct forecast_stmt {
    const struct migration_stmt *stmt;
    struct footprint fp;
    struct cost cost;
    struct quantiles lock_wait_ms, duration_ms;
    struct forecast_chain *chains;
    int nchains;
    double fails_probability;
};

struct forecast_file {
    const struct migration_file *file;
    struct forecast_stmt *stmts;
    int len;
};

struct forecast {
    struct forecast_file *files;
    int len;
    struct quantiles lock_wait_ms, duration_ms, peak_blocked_sessions, blocked_session_s, delayed_transactions, drain_ms,
        pool_exhausted_ms;
    double pool_exhausted_probability, migration_fails_probability;
    bool simulated;               // false: no traffic was looked at; then only durations are filled
    struct traffic traffic;       // what was simulated
    const struct sim_result *sim; // NULL unless simulated
    const char **unknowns;        // what is not known and widens the answer, a sentence each
    int nunknowns;
};

// Forecasts the deploy of `set` on the database of `snap`. The catalogue of `snap` is changed as the migration would change it.
enum lc_code forecast_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                          const struct forecast_options *options, struct forecast *out, struct lc_error *err) LC_MUST_CHECK;

#endif
