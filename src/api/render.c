// Reports that were written before: other formats of them, and parts put together.
#include <stdlib.h>

#include "api/internal.h"
#include "base/json.h"
#include "migration/read_file.h"
#include "report/check.h"
#include "report/plan.h"
#include "report/words.h"

enum lc_code api_read_json(struct lockcast *l, const char *path, cJSON **out, struct lc_error *err)
{
    struct migration_input in = {0};
    enum lc_code code = migration_read_file(l->arena, path, &in, err);

    if (code == LC_OK)
        code = lc_json_parse(path, in.text, in.size, out, err);
    if (code != LC_OK && !err->hint[0])
        lc_error_hint(err, "`lockcast review --format json -o FILE` writes a report.");
    return code;
}

// It may come from a stranger's pipeline: it is checked before anything believes it.
enum lc_code api_read_report(struct lockcast *l, const char *path, cJSON **out, struct lc_error *err)
{
    enum lc_code code = api_read_json(l, path, out, err);

    if (code != LC_OK || (code = report_check(*out, err)) == LC_OK)
        return code;
    lc_error_at(err, path, 0);
    lc_error_hint(err, "`lockcast review --format json -o FILE` writes such a report.");
    return code;
}

enum lockcast_status lockcast_render(struct lockcast *l, const char *path, const struct lockcast_form *form,
                                     struct lockcast_text *text)
{
    struct lc_error *err = api_begin(l);
    struct lc_str out = api_str(l);
    struct report_options how;
    cJSON *report = NULL;
    enum lc_code code = api_report_options(form, &how, err);

    if (code == LC_OK)
        code = api_read_report(l, path, &report, err);
    if (code == LC_OK)
        code = report_from_json(api_format(form), report, &how, l->arena, &out, err);
    if (code == LC_OK)
        api_set_verdict(l, json_text(report, "verdict"));
    cJSON_Delete(report);
    return api_end_text(l, code, &out, text);
}

static enum lc_code write_merged(struct lockcast *l, const cJSON *merged, const struct lockcast_form *form, struct lc_str *out,
                                 struct lc_error *err)
{
    struct report_options how;
    enum lc_code code = api_report_options(form, &how, err);
    char *text;

    if (code != LC_OK)
        return code;
    api_set_verdict(l, json_text(merged, "verdict"));
    if (!lc_streq(api_format(form), "json") || !lc_streq(json_text(merged, "schema"), REPORT_PLAN_SCHEMA))
        return report_from_json(api_format(form), merged, &how, l->arena, out, err); // a plan has no other form: it is no review
    text = cJSON_Print(merged);
    lc_str_addf(out, "%s\n", text ? text : "");
    free(text);
    return LC_OK;
}

enum lockcast_status lockcast_merge(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_form *form,
                                    struct lockcast_text *report)
{
    cJSON **parts = LC_NEW_ARRAY(l->arena, cJSON *, npaths + 1), *merged = NULL;
    struct lc_error *err = api_begin(l);
    struct lc_str out = api_str(l);
    enum lc_code code = npaths > 0 ? LC_OK : lc_fail(err, LC_E_USAGE, "which parts? give the JSON files of every part");

    for (int i = 0; code == LC_OK && i < npaths; i++)
        code = api_read_json(l, paths[i], &parts[i], err);
    if (code == LC_OK)
        code = report_merge((const cJSON *const *)parts, paths, npaths, &merged, err);
    if (code == LC_OK)
        code = write_merged(l, merged, form, &out, err);
    for (int i = 0; i < npaths; i++)
        cJSON_Delete(parts[i]);
    cJSON_Delete(merged);
    return api_end_text(l, code, &out, report);
}
