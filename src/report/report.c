// Which format is asked for. Every format but JSON is made from the JSON report's tree.
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

typedef void (*format_fn)(const cJSON *report, const struct report_options *options, struct lc_str *out);

static void format_json(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    char *text = cJSON_Print(report);

    (void)options;
    lc_str_add(out, text);
    lc_str_addc(out, '\n');
    free(text);
}

static const struct {
    const char *name;
    format_fn write;
} formats[] = {
    {"text", report_text},
    {"json", format_json},
    {"markdown", report_markdown},
};

static format_fn find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (lc_streq(formats[i].name, name))
            return formats[i].write;
    return NULL;
}

enum lc_code report_from_json(const char *format, const cJSON *report, const struct report_options *options,
                              struct lc_arena *arena, struct lc_str *out, struct lc_error *err)
{
    format_fn write = find_format(format);

    (void)arena;
    if (!write)
        return lc_fail(err, LC_E_USAGE, "there is no format \"%s\"", format);
    write(report, options, out);
    if (out->full)
        return lc_fail(err, LC_E_NOMEM, "the report is larger than its maximum of %zu bytes", out->max);
    return LC_OK;
}

enum lc_code report_review(const char *format, const struct review *review, const struct report_options *options,
                           struct lc_arena *arena, struct lc_str *out, struct lc_error *err)
{
    cJSON *report = report_json(review);
    enum lc_code code = report_from_json(format, report, options, arena, out, err);

    cJSON_Delete(report);
    return code;
}
