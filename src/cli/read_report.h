// A JSON report from a file: it may come from a stranger's pipeline.
#ifndef LC_CLI_READ_REPORT_H
#define LC_CLI_READ_REPORT_H

#include <cjson/cJSON.h>

#include "cli/cli.h"

// Reads any JSON document; free *out with cJSON_Delete, also after a failure.
enum lc_code cli_read_json(struct cli_run *run, const char *path, cJSON **out, struct lc_error *err) LC_MUST_CHECK;
// Reads and checks a "lockcast/review/1" document; free *report with cJSON_Delete.
enum lc_code cli_read_report(struct cli_run *run, const char *path, cJSON **report, struct lc_error *err) LC_MUST_CHECK;

#endif
