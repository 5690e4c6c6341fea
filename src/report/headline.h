// The sentence that every report begins with, and how severe a statement is.
#ifndef LC_REPORT_HEADLINE_H
#define LC_REPORT_HEADLINE_H

#include <cjson/cJSON.h>

#include "base/arena.h"

// What will stand still, for how long and how probably: one paragraph from a JSON review.
const char *report_headline(struct lc_arena *arena, const cJSON *report);
// Who lets findings of a migration pass: "a comment lets pass", "the baseline has", or both; NULL: nobody, all are reported.
const char *report_let_pass(const cJSON *migration);
// "safe", "caution" or "danger": the worst finding that is not suppressed.
const char *report_severity(const cJSON *statement);

#endif
