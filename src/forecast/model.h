// A deploy as the simulator wants it: relations become small integers, footprints and costs a program of steps, traffic classes of sessions.
#ifndef LC_FORECAST_MODEL_H
#define LC_FORECAST_MODEL_H

#include "forecast/forecast.h"

struct forecast_model {
    struct sim_model sim;
    struct forecast_stmt **stmts; // statement k of the program
    int nstmts;
    const struct forecast_stmt *refused; // the server will refuse it: the program ends before it; NULL: none
};

// Builds the model of out->files (footprints and costs filled) under out->traffic.
void forecast_build_model(struct lc_arena *arena, const struct snapshot *snap, const struct forecast_options *options,
                          const struct forecast *f, struct forecast_model *model);

#endif
