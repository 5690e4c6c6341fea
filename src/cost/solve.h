// From the times of probes to constants. Not for other rooms.
#ifndef LC_COST_SOLVE_H
#define LC_COST_SOLVE_H

#include "cost/calibration.h"

#define NROWS 120000.0
#define WROWS 15000.0
#define UROWS 20000.0

enum probe {
#define P(id, before, sql, after) PROBE_##id,
#include "cost/probes.def"
#undef P
    PROBES,
};

struct probe_time {
    double ms, sigma; // median, and deviation of its logarithm
    int n;            // 0: not measured
};

// The time of every probe on a machine with these constants, without the round trip: what calibration_solve inverts.
void calibration_predict(const double medians[COST_IDS], double pages_n, double pages_w, double ms[PROBES]);
// Finds the constants that explain the times best, near the defaults times one speed of the machine. pages_n, pages_w: of tn and tw.
void calibration_solve(const struct probe_time times[PROBES], double pages_n, double pages_w, struct calibration *out);

#endif
