// The forecast of the safer way, to stand beside the original's.
#ifndef LC_REVIEW_SAFER_H
#define LC_REVIEW_SAFER_H

#include "review/review.h"

// Forecasts the steps of the rewritten statements of out->rewrites, each against the database as the statements before it leave it, and sets their
// `forecast`; the steps are tried as `rewrite` has it. The first few only: each is a simulation of its own. The catalogue is as it was afterwards.
enum lc_code review_forecast_safer(struct lc_arena *arena, struct snapshot *snap, const struct review_options *options,
                                   const struct rewrite_options *rewrite, struct review *out, struct lc_error *err) LC_MUST_CHECK;

#endif
