// A rehearsal as text and as JSON ("lockcast/rehearsal/1").
#ifndef LC_REPORT_REHEARSAL_H
#define LC_REPORT_REHEARSAL_H

#include "base/str.h"
#include "rehearse/rehearse.h"

#define REPORT_REHEARSAL_SCHEMA "lockcast/rehearsal/1"

// Forecast and what was seen, statement by statement; verbose: locks that are as forecast too. Both append to `out`.
void report_rehearsal_text(const struct rehearsal *r, bool verbose, struct lc_str *out);
void report_rehearsal_json(const struct rehearsal *r, struct lc_str *out);

#endif
