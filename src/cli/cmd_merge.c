// lockcast merge: the parts of a sharded run to the report that one run would have written.
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/read_report.h"
#include "report/plan.h"
#include "report/report.h"
#include "report/words.h"

static enum lc_code write_merged(struct cli_run *run, const cJSON *merged, struct lc_error *err)
{
    struct report_options how = {.verbose = run->o.verbose, .colors = cli_colors(run, 1)};
    const char *format = run->o.format ? run->o.format : "json";
    enum lc_code code = LC_OK;
    struct lc_str out;
    char *text;

    lc_str_init(&out, run->arena, LC_STR_MAX);
    if (lc_streq(format, "json") && lc_streq(json_text(merged, "schema"), REPORT_PLAN_SCHEMA)) {
        text = cJSON_Print(merged);
        lc_str_addf(&out, "%s\n", text ? text : "");
        free(text);
    } else {
        code = report_from_json(format, merged, &how, run->arena, &out, err); // a plan has no other form: it is no review
    }
    return code == LC_OK ? cli_write(run, out.text, out.len, err) : code;
}

int cmd_merge(struct cli_run *run)
{
    cJSON **parts = LC_NEW_ARRAY(run->arena, cJSON *, run->o.nargs + 1), *merged = NULL;
    struct lc_error err = {0};
    enum lc_code code = LC_OK;
    int status = EXIT_DONE;

    if (!run->o.nargs)
        return cli_usage_error(run, "which parts? give the JSON files of every part");
    for (int i = 0; code == LC_OK && i < run->o.nargs; i++)
        code = cli_read_json(run, run->o.args[i], &parts[i], &err);
    if (code == LC_OK)
        code = report_merge((const cJSON *const *)parts, run->o.args, run->o.nargs, &merged, &err);
    if (code == LC_OK)
        code = write_merged(run, merged, &err);
    if (code != LC_OK)
        status = cli_fail(&err);
    else if (run->o.fail_on)
        status = cli_verdict_status(run, json_text(merged, "verdict"));
    for (int i = 0; i < run->o.nargs; i++)
        cJSON_Delete(parts[i]);
    cJSON_Delete(merged);
    return status;
}
