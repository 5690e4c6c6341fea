// Is this tree a review's report? It may come from a stranger's pipeline.
#ifndef LC_REPORT_CHECK_H
#define LC_REPORT_CHECK_H

#include <cjson/cJSON.h>

#include "base/error.h"

#define REPORT_SCHEMA "lockcast/review/1"

// LC_E_INPUT names the place of the first thing that is not as docs/report-format.md says. Fields that are absent are no error: every
// format reads them with a neutral value.
enum lc_code report_check(const cJSON *report, struct lc_error *err) LC_MUST_CHECK;

#endif
