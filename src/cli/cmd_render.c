// lockcast render: a JSON report to any other form, with no server and no migration at hand.
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/read_report.h"
#include "report/report.h"
#include "report/words.h"

int cmd_render(struct cli_run *run)
{
    struct report_options how = {.verbose = run->o.verbose, .colors = cli_colors(run, 1)};
    struct lc_error err = {0};
    struct lc_str out;
    cJSON *report = NULL;
    int status = EXIT_DONE;

    if (run->o.nargs != 1)
        return cli_usage_error(run, "which report? give one JSON file, or - for standard input");
    lc_str_init(&out, run->arena, LC_STR_MAX);
    if (cli_read_report(run, run->o.args[0], &report, &err) != LC_OK ||
        report_from_json(run->o.format ? run->o.format : "text", report, &how, run->arena, &out, &err) != LC_OK ||
        cli_write(run, out.text, out.len, &err) != LC_OK)
        status = cli_fail(&err);
    else if (run->o.fail_on)
        status = cli_verdict_status(run, json_text(report, "verdict"));
    cJSON_Delete(report);
    return status;
}
