// A capacity plan as text and as JSON ("lockcast/plan/1").
#ifndef LC_REPORT_PLAN_H
#define LC_REPORT_PLAN_H

#include "base/str.h"
#include "plan/plan.h"
#include "report/shard.h"

// Both append to `out`.
#define REPORT_PLAN_SCHEMA "lockcast/plan/1"

// The table, and until which growth the deploy stays harmless.
void report_plan_text(const struct plan *plan, struct lc_str *out);
// The same as JSON; of a share (report/shard.h) only its cells.
void report_plan_json(const struct plan *plan, struct report_shard shard, struct lc_str *out);

#endif
