// Which format is asked for. Every format but JSON is made from the JSON report's tree.
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "report/check.h"
#include "report/writer.h"

typedef void (*format_fn)(const cJSON *report, const struct report_options *options, struct lc_str *out);

// The tree as report_json wrote it: the same bytes again.
static void put_tree(struct json_writer *w, const char *name, const cJSON *item)
{
    const cJSON *child;

    if (cJSON_IsObject(item) || cJSON_IsArray(item)) {
        json_open(w, name, cJSON_IsObject(item) ? '{' : '[');
        cJSON_ArrayForEach(child, item)
        {
            put_tree(w, cJSON_IsObject(item) ? child->string : NULL, child);
        }
        json_close(w, cJSON_IsObject(item) ? '}' : ']');
    } else if (cJSON_IsString(item)) {
        json_put_text(w, name, item->valuestring);
    } else if (cJSON_IsNumber(item)) {
        json_put_number(w, name, item->valuedouble, 4);
    } else if (cJSON_IsBool(item)) {
        json_put_bool(w, name, cJSON_IsTrue(item));
    } else {
        json_put_null(w, name);
    }
}

static void format_json(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    struct json_writer w = {.out = out};

    (void)options;
    put_tree(&w, NULL, report);
    lc_str_addc(out, '\n');
}

static const struct {
    const char *name;
    format_fn write;
} formats[] = {
    {"text", report_text},   {"json", format_json},   {"markdown", report_markdown}, {"html", report_html},
    {"sarif", report_sarif}, {"junit", report_junit}, {"gitlab", report_gitlab},
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
    enum lc_code code = report_check(report, err);

    (void)arena;
    if (code != LC_OK)
        return code;
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
    struct report_options how = *options;
    struct lc_str text;
    cJSON *report;
    enum lc_code code;

    if (strcmp(format, "json") != 0 || how.shard.of) // what is read back is read as a whole
        how.write = NULL;
    if (!find_format(format))
        return lc_fail(err, LC_E_USAGE, "there is no format \"%s\"", format);
    lc_str_init(&text, arena, out->max);
    report_json(review, &how, &text);
    if (text.full)
        return lc_fail(err, LC_E_NOMEM, "the report is larger than its maximum of %zu bytes", out->max);
    if (strcmp(format, "json") == 0 && !options->shard.of) {
        *out = text;
        return LC_OK;
    }
    report = cJSON_ParseWithLength(text.text, text.len);
    if (!report)
        return lc_fail(err, LC_E_INTERNAL, "the report cannot be read back");
    report_take_share(report, options->shard);
    code = report_from_json(format, report, options, arena, out, err);
    cJSON_Delete(report);
    return code;
}
