// A look at what runs, as text and as a line of JSON ("lockcast/watch/1"); and the forecasts of a report to hold beside it.
#ifndef LC_REPORT_WATCH_H
#define LC_REPORT_WATCH_H

#include <cjson/cJSON.h>

#include "base/str.h"
#include "watch/watch.h"

#define REPORT_WATCH_SCHEMA "lockcast/watch/1"

// The statements of a report of `lockcast review`, which has been checked and must live as long as `options`.
void report_watch_forecasts(const cJSON *report, struct lc_arena *arena, struct watch_options *options);
// `verbose`: the queries of all sessions. Both append to `out`.
void report_watch_text(const struct watch_look *look, const char *label, bool verbose, bool colors, struct lc_str *out);
void report_watch_json(const struct watch_look *look, const char *label, struct lc_str *out);

#endif
