// The best hour of the week for a deploy, by the traffic that earlier samples saw.
#ifndef LC_PLAN_HOURS_H
#define LC_PLAN_HOURS_H

#include "plan/plan.h"

// Fills out->hours, best first, from the profile in `snap`; leaves it empty where no other hour was ever sampled.
enum lc_code plan_hours(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                        const struct review_options *options, struct plan *out, struct lc_error *err) LC_MUST_CHECK;

#endif
