// GitLab's Code Quality report: shown in a merge request without any token.
#include <stdlib.h>

#include "report/fingerprint.h"
#include "report/report.h"

static const char *severity(const struct found *f)
{
    return lc_streq(f->severity, "danger") ? "critical" : lc_streq(f->severity, "caution") ? "minor" : "info";
}

void report_gitlab(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    struct found_list found = {0};
    cJSON *doc = cJSON_CreateArray();
    char *text;

    (void)options;
    report_findings(out->arena, report, &found);
    for (int i = 0; i < found.len; i++) {
        const struct found *f = &found.items[i];
        cJSON *o, *location;
        if (f->suppression)
            continue;
        o = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(o, "description", f->message);
        (void)cJSON_AddStringToObject(o, "check_name", f->rule);
        (void)cJSON_AddStringToObject(o, "fingerprint", f->fingerprint);
        (void)cJSON_AddStringToObject(o, "severity", severity(f));
        location = cJSON_AddObjectToObject(o, "location");
        (void)cJSON_AddStringToObject(location, "path", f->path);
        (void)cJSON_AddNumberToObject(cJSON_AddObjectToObject(location, "lines"), "begin", f->line);
        (void)cJSON_AddItemToArray(doc, o);
    }
    text = cJSON_Print(doc);
    lc_str_addf(out, "%s\n", text ? text : "[]");
    free(text);
    cJSON_Delete(doc);
}
