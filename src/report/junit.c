// JUnit's XML: one suite per migration, one case per statement. Danger fails a case; caution is told and passes.
#include <string.h>

#include "base/clean.h"
#include "report/escape.h"
#include "report/fingerprint.h"
#include "report/headline.h"
#include "report/report.h"
#include "report/words.h"

static void attribute(struct lc_str *out, const char *name, const char *value)
{
    lc_str_addf(out, " %s=\"", name);
    html_text(out, value);
    lc_str_addc(out, '"');
}

// The findings of a statement that are not suppressed, a line each; only those of one severity, or (NULL) all.
static void findings(struct lc_str *out, const cJSON *s)
{
    const cJSON *f;

    cJSON_ArrayForEach(f, json_item(s, "findings"))
    {
        html_text(out, json_text(f, "severity"));
        lc_str_add(out, " [");
        html_text(out, json_text(f, "rule"));
        lc_str_add(out, "] ");
        html_text(out, json_text(f, "message"));
        if (json_bool(f, "suppressed", 0)) {
            lc_str_add(out, json_bool(f, "known", 0) ? " (" : " (ignored: ");
            html_text(out, json_text(f, "suppression"));
            lc_str_addc(out, ')');
        }
        lc_str_addc(out, '\n');
    }
}

static const char *first_danger(const cJSON *s)
{
    const cJSON *f;

    cJSON_ArrayForEach(f, json_item(s, "findings"))
    {
        if (lc_streq(json_text(f, "severity"), "danger") && !json_bool(f, "suppressed", 0))
            return json_text(f, "message");
    }
    return "";
}

static void case_of(struct lc_str *out, const cJSON *m, const cJSON *s)
{
    struct lc_str sql;

    lc_str_init(&sql, out->arena, LC_STR_MAX);
    lc_clean_line(&sql, json_text(s, "sql"));
    lc_str_add(out, "    <testcase");
    attribute(out, "classname", json_text(m, "path"));
    attribute(out, "name", lc_printf(out->arena, "L%.0f: %s", json_number(s, "line", 1), lc_cut(out->arena, sql.text, 120)));
    attribute(out, "file", json_text(m, "path"));
    lc_str_addf(out, " line=\"%.0f\" time=\"%.3f\">\n", json_number(s, "line", 1), json_quantiles(s, "duration_ms").p50 / 1e3);
    if (lc_streq(report_severity(s), "danger")) {
        lc_str_add(out, "      <failure");
        attribute(out, "message", first_danger(s));
        attribute(out, "type", "danger");
        lc_str_addc(out, '>');
        findings(out, s);
        lc_str_add(out, "</failure>\n");
    } else if (cJSON_GetArraySize(json_item(s, "findings"))) {
        lc_str_add(out, "      <system-out>");
        findings(out, s);
        lc_str_add(out, "</system-out>\n");
    }
    lc_str_add(out, "    </testcase>\n");
}

static int failures(const cJSON *m)
{
    const cJSON *s;
    int n = 0;

    cJSON_ArrayForEach(s, json_item(m, "statements")) n += lc_streq(report_severity(s), "danger");
    return n;
}

static void suite(struct lc_str *out, const cJSON *m)
{
    const cJSON *s;

    lc_str_add(out, "  <testsuite");
    attribute(out, "name", json_text(m, "path"));
    lc_str_addf(out, " tests=\"%d\" failures=\"%d\" errors=\"0\">\n", cJSON_GetArraySize(json_item(m, "statements")),
                failures(m));
    cJSON_ArrayForEach(s, json_item(m, "statements")) case_of(out, m, s);
    lc_str_add(out, "  </testsuite>\n");
}

// The deploy as a whole can be dangerous where no statement is.
static void deploy(struct lc_str *out, const cJSON *report, bool fails)
{
    lc_str_addf(out,
                "  <testsuite name=\"deploy\" tests=\"1\" failures=\"%d\" errors=\"0\">\n    <testcase classname=\"deploy\" "
                "name=\"the whole deploy\">\n",
                fails);
    if (fails) {
        lc_str_add(out, "      <failure type=\"danger\"");
        attribute(out, "message", report_headline(out->arena, report));
        lc_str_add(out, "/>\n");
    } else {
        lc_str_add(out, "      <system-out>");
        html_text(out, report_headline(out->arena, report));
        lc_str_add(out, "</system-out>\n");
    }
    lc_str_add(out, "    </testcase>\n  </testsuite>\n");
}

void report_junit(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    bool fails = lc_streq(json_text(report, "verdict"), "danger");
    int tests = 1, failed = fails;
    const cJSON *m;

    (void)options;
    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        tests += cJSON_GetArraySize(json_item(m, "statements"));
        failed += failures(m);
    }
    lc_str_addf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lockcast\" tests=\"%d\" failures=\"%d\" errors=\"0\">\n",
        tests, failed);
    deploy(out, report, fails);
    cJSON_ArrayForEach(m, json_item(report, "migrations")) suite(out, m);
    lc_str_add(out, "</testsuites>\n");
}
