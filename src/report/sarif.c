// SARIF 2.1.0: GitHub's code scanning, and editors.
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "report/escape.h"
#include "report/fingerprint.h"
#include "report/report.h"
#include "report/words.h"

#define MAX_RESULTS 25000 // GitHub refuses a file with more in one run
#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

// RFC 3986: what is not unreserved is percent-encoded; an absolute path becomes a file URI.
static const char *uri(struct lc_arena *arena, const char *path)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    if (*path == '/')
        lc_str_add(&s, "file://");
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        if (*p < 0x80 && (isalnum(*p) || strchr("-._~/", *p)))
            lc_str_addc(&s, (char)*p);
        else
            lc_str_addf(&s, "%%%02X", *p);
    }
    return s.text;
}

static const char *level(const struct found *f)
{
    return lc_streq(f->severity, "danger") ? "error" : lc_streq(f->severity, "caution") ? "warning" : "note";
}

// The index of a finding's rule in the driver's list, where it is added when it is new.
static int rule_index(struct lc_map *known, cJSON *rules, const struct found *f)
{
    intptr_t index = (intptr_t)lc_map_get(known, f->rule);
    cJSON *rule;

    if (index)
        return (int)index - 1;
    index = cJSON_GetArraySize(rules) + 1;
    (void)lc_map_put(known, f->rule, (void *)index); // NOLINT(performance-no-int-to-ptr): a number, never followed
    rule = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(rule, "id", f->rule);
    (void)cJSON_AddStringToObject(cJSON_AddObjectToObject(rule, "shortDescription"), "text", f->rule);
    (void)cJSON_AddItemToArray(rules, rule);
    return (int)index - 1;
}

static void add_message(cJSON *result, struct lc_arena *arena, const struct found *f)
{
    cJSON *message = cJSON_AddObjectToObject(result, "message");
    struct lc_str md;

    lc_str_init(&md, arena, LC_STR_MAX);
    md_text(&md, f->message);
    if (*f->why) {
        lc_str_add(&md, "\n\nWhy: ");
        md_text(&md, f->why);
    }
    (void)cJSON_AddStringToObject(message, "text", *f->why ? lc_printf(arena, "%s Why: %s", f->message, f->why) : f->message);
    (void)cJSON_AddStringToObject(message, "markdown", md.text);
}

static void add_location(cJSON *result, struct lc_arena *arena, const struct found *f)
{
    cJSON *place = cJSON_CreateObject(), *physical = cJSON_AddObjectToObject(place, "physicalLocation");

    (void)cJSON_AddStringToObject(cJSON_AddObjectToObject(physical, "artifactLocation"), "uri", uri(arena, f->path));
    (void)cJSON_AddNumberToObject(cJSON_AddObjectToObject(physical, "region"), "startLine", f->line);
    (void)cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "locations"), place);
}

static void add_suppression(cJSON *result, const struct found *f)
{
    cJSON *s = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(s, "kind", f->known ? "external" : "inSource");
    (void)cJSON_AddStringToObject(s, "justification", f->suppression);
    (void)cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "suppressions"), s);
}

static void add_figures(cJSON *result, const struct found *f)
{
    cJSON *o = cJSON_AddObjectToObject(result, "properties");
    struct quantiles wait = json_quantiles(f->statement, "lock_wait_ms"), run = json_quantiles(f->statement, "duration_ms");

    (void)cJSON_AddNumberToObject(o, "lockWaitP50Ms", wait.p50);
    (void)cJSON_AddNumberToObject(o, "lockWaitP90Ms", wait.p90);
    (void)cJSON_AddNumberToObject(o, "durationP50Ms", run.p50);
    (void)cJSON_AddNumberToObject(o, "durationP90Ms", run.p90);
}

static cJSON *result_of(struct lc_arena *arena, const struct found *f, int rule)
{
    cJSON *r = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(r, "ruleId", f->rule);
    (void)cJSON_AddNumberToObject(r, "ruleIndex", rule);
    (void)cJSON_AddStringToObject(r, "level", level(f));
    add_message(r, arena, f);
    add_location(r, arena, f);
    (void)cJSON_AddStringToObject(cJSON_AddObjectToObject(r, "partialFingerprints"), "lockcastFinding/v1", f->fingerprint);
    if (f->suppression)
        add_suppression(r, f);
    if (f->statement)
        add_figures(r, f);
    return r;
}

static void add_results(cJSON *run, cJSON *rules, const struct found_list *found, struct lc_arena *arena)
{
    cJSON *results = cJSON_AddArrayToObject(run, "results"), *invocation, *note;
    struct lc_map known;

    lc_map_init(&known, arena);
    for (int i = 0; i < found->len && i < MAX_RESULTS; i++)
        (void)cJSON_AddItemToArray(results, result_of(arena, &found->items[i], rule_index(&known, rules, &found->items[i])));
    if (found->len <= MAX_RESULTS)
        return;
    invocation = cJSON_CreateObject();
    (void)cJSON_AddTrueToObject(invocation, "executionSuccessful");
    note = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(note, "level", "warning");
    (void)cJSON_AddStringToObject(
        cJSON_AddObjectToObject(note, "message"), "text",
        lc_printf(arena, "%d further findings are left out: code scanning takes %d.", found->len - MAX_RESULTS, MAX_RESULTS));
    (void)cJSON_AddItemToArray(cJSON_AddArrayToObject(invocation, "toolExecutionNotifications"), note);
    (void)cJSON_AddItemToArray(cJSON_AddArrayToObject(run, "invocations"), invocation);
}

void report_sarif(const cJSON *report, const struct report_options *options, struct lc_str *out)
{
    cJSON *doc = cJSON_CreateObject(), *run = cJSON_CreateObject(), *driver;
    struct found_list found = {0};
    struct lc_str version;
    char *text;

    (void)options;
    report_findings(out->arena, report, &found);
    lc_str_init(&version, out->arena, 256);
    html_text(&version, json_text(json_item(report, "tool"), "version"));
    (void)cJSON_AddStringToObject(doc, "$schema", SCHEMA);
    (void)cJSON_AddStringToObject(doc, "version", "2.1.0");
    (void)cJSON_AddItemToArray(cJSON_AddArrayToObject(doc, "runs"), run);
    driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
    (void)cJSON_AddStringToObject(driver, "name", "lockcast");
    (void)cJSON_AddStringToObject(driver, "version", version.text);
    (void)cJSON_AddStringToObject(run, "columnKind", "unicodeCodePoints");
    add_results(run, cJSON_AddArrayToObject(driver, "rules"), &found, out->arena);
    text = cJSON_Print(doc);
    lc_str_addf(out, "%s\n", text ? text : "{}");
    free(text);
    cJSON_Delete(doc);
}
