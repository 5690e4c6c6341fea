// The findings of a report in a row, each with a fingerprint that survives edits elsewhere in its file.
#include "report/fingerprint.h"

#include "base/clean.h"
#include "base/map.h"
#include "base/str.h"
#include "policy/baseline.h"
#include "report/headline.h"
#include "report/words.h"

static const char *line_of(struct lc_arena *arena, const char *text)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_clean_line(&s, text);
    return s.text;
}

static const char *path_of(struct lc_arena *arena, const cJSON *migration)
{
    return baseline_path(arena, json_text(migration, "path"));
}

static void add_statement(struct lc_arena *arena, struct lc_map *seen, const char *path, const cJSON *s, struct found_list *out)
{
    double line = json_number(s, "line", 1);
    const char *sql = line_of(arena, json_text(s, "sql"));
    const cJSON *f;

    cJSON_ArrayForEach(f, json_item(s, "findings"))
    {
        struct found found = {.path = path, .line = line >= 1 ? (int)line : 1, .statement = s};
        found.rule = line_of(arena, *json_text(f, "rule") ? json_text(f, "rule") : "unnamed");
        found.severity = lc_streq(json_text(f, "severity"), "danger")    ? "danger"
                         : lc_streq(json_text(f, "severity"), "caution") ? "caution"
                                                                         : "safe";
        found.message = line_of(arena, *json_text(f, "message") ? json_text(f, "message") : found.rule);
        found.why = line_of(arena, json_text(f, "why"));
        found.source = line_of(arena, json_text(f, "source"));
        found.known = json_bool(f, "known", 0) != 0;
        found.suppression = json_bool(f, "suppressed", 0) ? line_of(arena, json_text(f, "suppression")) : NULL;
        found.fingerprint = baseline_fingerprint(arena, seen, path, found.rule, sql);
        LC_PUSH(arena, out, found);
    }
}

static int rank(const char *severity)
{
    return lc_streq(severity, "danger") ? 2 : lc_streq(severity, "caution");
}

static void add_deploy(struct lc_arena *arena, struct lc_map *seen, const cJSON *report, struct found_list *out)
{
    const cJSON *first = cJSON_GetArrayItem(json_item(report, "migrations"), 0);
    struct found found = {.path = path_of(arena, first),
                          .line = 1,
                          .rule = "deploy",
                          .severity = json_text(report, "verdict"),
                          .why = "",
                          .source = ""};
    int worst = 0;

    for (int i = 0; i < out->len; i++)
        if (!out->items[i].suppression && rank(out->items[i].severity) > worst)
            worst = rank(out->items[i].severity);
    if (rank(found.severity) <= worst)
        return;
    found.message = line_of(arena, report_headline(arena, report));
    found.fingerprint = baseline_fingerprint(arena, seen, found.path, found.rule, "");
    LC_PUSH(arena, out, found);
}

void report_findings(struct lc_arena *arena, const cJSON *report, struct found_list *out)
{
    const cJSON *m, *s;
    struct lc_map seen;

    lc_map_init(&seen, arena);
    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        const char *path = path_of(arena, m);
        cJSON_ArrayForEach(s, json_item(m, "statements")) add_statement(arena, &seen, path, s, out);
    }
    add_deploy(arena, &seen, report, out);
}
