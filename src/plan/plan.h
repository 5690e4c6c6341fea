// Capacity planning: the same deploy forecast over growth of the tables and of the traffic, and until when it stays harmless.
#ifndef LC_PLAN_PLAN_H
#define LC_PLAN_PLAN_H

#include "review/review.h"

struct plan_cell {
    double growth, traffic_growth; // multiples of today's sizes and rates
    enum severity verdict;
    struct quantiles duration_ms, peak_blocked_sessions, delayed_transactions;
    double pool_exhausted_probability;
};

struct plan {
    struct plan_cell *cells; // by growth, then traffic_growth
    int ngrowth, ntraffic;
    double
        harmless_growth; // the largest growth at today's traffic with verdict safe; 0: none, HUGE_VAL: beyond every growth tried
    double harmless_traffic; // the same for traffic at today's sizes
    bool simulated;          // false: traffic is not known
};

// Forecasts every cell. The snapshot is as it was afterwards.
enum lc_code plan_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                      const struct review_options *options, const double *growth, int ngrowth, const double *traffic,
                      int ntraffic, struct plan *out, struct lc_error *err) LC_MUST_CHECK;

#endif
