// A JSON report from a file, checked before anything believes it.
#include "cli/read_report.h"

#include "base/str.h"
#include "migration/read_file.h"
#include "report/check.h"

static enum lc_code bad(struct lc_error *err, const char *path, const char *what)
{
    enum lc_code code = lc_fail(err, LC_E_INPUT, "%s", what);

    lc_error_at(err, path, 0);
    lc_error_hint(err, "`lockcast review --format json -o FILE` writes such a report.");
    return code;
}

enum lc_code cli_read_json(struct cli_run *run, const char *path, cJSON **out, struct lc_error *err)
{
    struct migration_input in = {0};
    enum lc_code code = migration_read_file(run->arena, path, &in, err);

    if (code != LC_OK)
        return code;
    *out = cJSON_ParseWithLength(in.text, in.size);
    return *out ? LC_OK : bad(err, path, "this is no JSON");
}

enum lc_code cli_read_report(struct cli_run *run, const char *path, cJSON **report, struct lc_error *err)
{
    enum lc_code code = cli_read_json(run, path, report, err);
    struct lc_error found = {0};

    if (code != LC_OK)
        return code;
    return report_check(*report, &found) == LC_OK ? LC_OK : bad(err, path, found.message);
}
