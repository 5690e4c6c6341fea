// A capacity plan as text and as JSON ("lockcast/plan/1").
#ifndef LC_REPORT_PLAN_H
#define LC_REPORT_PLAN_H

#include "base/str.h"
#include "plan/plan.h"

// Both append to `out`.
void report_plan_text(const struct plan *plan, struct lc_str *out);
void report_plan_json(const struct plan *plan, struct lc_str *out);

#endif
