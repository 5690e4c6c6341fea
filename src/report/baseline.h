// A baseline of a review's findings: what policy/baseline.h reads.
#ifndef LC_REPORT_BASELINE_H
#define LC_REPORT_BASELINE_H

#include "base/str.h"
#include "review/review.h"

// Every finding that no comment and no configuration lets pass, those that were known already too; made with policy.fingerprints set.
void report_baseline(const struct review *review, struct lc_str *out);

#endif
