// What a unit of work costs, and how sure that is.
#ifndef LC_COST_CONSTANTS_H
#define LC_COST_CONSTANTS_H

enum cost_id {
#define C(id, unit, median, sigma, what) COST_##id,
#include "cost/constants.def"
#undef C
    COST_IDS,
};

struct cost_constant {
    const char *name, *unit;
    double median, sigma; // sigma: deviation of the logarithm
    const char *what;
};

// The parts of COST_FK_ROW_NS: a key put into the hash table, and one looked up. The probe has as many of both (solve.c).
#define FK_BUILD 1.3
#define FK_PROBE 0.5

extern const struct cost_constant cost_defaults[COST_IDS];

#endif
