// What the simulation tells beside the figures: the worst moment, deadlocks, who is late, and who is most in the way.
#ifndef LC_FORECAST_QUEUE_H
#define LC_FORECAST_QUEUE_H

#include "forecast/forecast.h"
#include "forecast/model.h"

// A chain of the simulator in the words of a report.
void forecast_chain_of(const struct forecast_model *m, const struct sim_chain *c, struct forecast_chain *out);
// Fills out->queue from out->sim.
void forecast_take_queue(struct lc_arena *arena, const struct forecast_model *m, struct forecast *out);
// Simulates the migration without each of those that keep it waiting, and under each retry policy. Fills out->queue.in_the_way and
// out->retries, where the migration waits for locks at all.
enum lc_code forecast_advise(struct lc_arena *arena, const struct forecast_options *options, struct forecast *out,
                             struct lc_error *err) LC_MUST_CHECK;

#endif
