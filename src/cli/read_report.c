// A JSON report from a file, checked before anything believes it.
#include "cli/read_report.h"

#include "base/str.h"
#include "migration/read_file.h"

static enum lc_code bad(struct lc_error *err, const char *path, const char *what)
{
    enum lc_code code = lc_fail(err, LC_E_INPUT, "%s", what);

    lc_error_at(err, path, 0);
    lc_error_hint(err, "`lockcast review --format json -o FILE` writes such a report.");
    return code;
}

static bool is_report(const cJSON *doc)
{
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(doc, "schema"),
                *files = cJSON_GetObjectItemCaseSensitive(doc, "migrations"), *m, *s;

    if (!cJSON_IsString(schema) || !lc_streq(schema->valuestring, "lockcast/review/1") || !cJSON_IsArray(files))
        return false;
    cJSON_ArrayForEach(m, files)
    {
        if (!cJSON_IsObject(m) || !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(m, "statements")))
            return false;
        cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(m, "statements"))
        {
            if (!cJSON_IsObject(s))
                return false;
        }
    }
    return true;
}

enum lc_code cli_read_report(struct cli_run *run, const char *path, cJSON **report, struct lc_error *err)
{
    struct migration_input in = {0};
    enum lc_code code = migration_read_file(run->arena, path, &in, err);

    if (code != LC_OK)
        return code;
    *report = cJSON_ParseWithLength(in.text, in.size);
    if (!*report)
        return bad(err, path, "this is no JSON");
    return is_report(*report) ? LC_OK : bad(err, path, "this is no report of `lockcast review` (schema lockcast/review/1)");
}
