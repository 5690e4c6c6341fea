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

#define HOURS_A_WEEK 168

struct plan_hour { // of the week, of which a sample of the traffic is kept
    int hour;      // 0: Monday 00:00 to 01:00 UTC
    int samples;
    double transactions_per_s, traffic; // mean; as a multiple of today's
    double blocked_session_s;           // expected
    struct quantiles peak_blocked_sessions, delayed_transactions;
    double pool_exhausted_probability;
};

struct plan {
    struct plan_cell *cells; // by growth, then traffic_growth
    int ngrowth, ntraffic;
    double
        harmless_growth; // the largest growth at today's traffic with verdict safe; 0: none, HUGE_VAL: beyond every growth tried
    double harmless_traffic;        // the same for traffic at today's sizes
    bool done_growth, done_traffic; // whether those two were looked for
    bool simulated;                 // false: traffic is not known
    struct plan_hour *hours;        // the best first: the least expected blocked time; none: no other hour was ever sampled
    int nhours;
};

// Which cells a run does: every of-th, beginning with number `part` (from 1). The two limits and the hours count as further cells. of = 0: all.
struct plan_share {
    int part, of;
};
bool plan_does(struct plan_share share, int i);

// Forecasts every cell of a share. The snapshot is as it was afterwards.
enum lc_code plan_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                      const struct review_options *options, const double *growth, int ngrowth, const double *traffic,
                      int ntraffic, struct plan_share share, struct plan *out, struct lc_error *err) LC_MUST_CHECK;

#endif
