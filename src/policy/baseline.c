// Reading a baseline, and the fingerprints that it holds.
#include "policy/baseline.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <string.h>

#include "base/clean.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/str.h"
#include "migration/read_file.h"

#define HEX_DIGITS 64

struct baseline {
    struct lc_map severities; // fingerprint -> severity + 1
};

static const char *line_of(struct lc_arena *arena, const char *text)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_clean_line(&s, text);
    return s.text;
}

const char *baseline_path(struct lc_arena *arena, const char *path)
{
    path = line_of(arena, path ? path : "");
    while (lc_starts(path, "./"))
        path += 2;
    return *path ? path : "-";
}

// Line ends part what goes in: no part has one, so no two findings read the same.
const char *baseline_fingerprint(struct lc_arena *arena, struct lc_map *seen, const char *path, const char *rule, const char *sql)
{
    const char *key = lc_printf(arena, "%s\n%s\n%s\n", baseline_path(arena, path), line_of(arena, rule), line_of(arena, sql));
    intptr_t ordinal = (intptr_t)lc_map_get(seen, key);

    (void)lc_map_put(seen, key, (void *)(ordinal + 1)); // NOLINT(performance-no-int-to-ptr): a count, never followed
    return lc_sha256_hex(arena, lc_printf(arena, "%s%d", key, (int)ordinal));
}

bool baseline_has(const struct baseline *baseline, const char *fingerprint, enum severity severity)
{
    return baseline && (intptr_t)lc_map_get(&baseline->severities, fingerprint) > (intptr_t)severity;
}

static const char *text_at(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

static enum lc_code add_entry(struct lc_arena *arena, struct baseline *b, const cJSON *item, int n, struct lc_error *err)
{
    const char *fingerprint = text_at(item, "fingerprint"), *severity = text_at(item, "severity");
    intptr_t level = SEVERITY_CAUTION;

    if (strlen(fingerprint) != HEX_DIGITS || strspn(fingerprint, "0123456789abcdef") != HEX_DIGITS)
        return lc_fail(err, LC_E_INPUT, "findings[%d] has no fingerprint of %d hex digits", n, HEX_DIGITS);
    while (level <= SEVERITY_DANGER && !lc_streq(severity, severity_name((enum severity)level)))
        level++;
    if (level > SEVERITY_DANGER)
        return lc_fail(err, LC_E_INPUT, "findings[%d] has severity \"%s\", not caution or danger", n, severity);
    (void)lc_map_put(&b->severities, lc_strdup(arena, fingerprint),
                     (void *)(level + 1)); // NOLINT(performance-no-int-to-ptr): never followed
    return LC_OK;
}

static enum lc_code read_tree(struct lc_arena *arena, const cJSON *doc, struct baseline *b, struct lc_error *err)
{
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(doc, "findings"), *item;
    enum lc_code code = LC_OK;
    int n = 0;

    if (strcmp(text_at(doc, "schema"), BASELINE_SCHEMA) != 0)
        return lc_fail(err, LC_E_INPUT, "this is no baseline (\"schema\": \"%s\")", BASELINE_SCHEMA);
    if (!cJSON_IsArray(all))
        return lc_fail(err, LC_E_INPUT, "the baseline has no list \"findings\"");
    cJSON_ArrayForEach(item, all)
    {
        if (code == LC_OK)
            code = add_entry(arena, b, item, n++, err);
    }
    return code;
}

enum lc_code baseline_read(struct lc_arena *arena, const char *path, struct baseline **out, struct lc_error *err)
{
    struct migration_input in = {0};
    struct baseline *b = *out = LC_NEW(arena, struct baseline);
    enum lc_code code = migration_read_file(arena, path, &in, err);
    cJSON *doc = NULL;

    lc_map_init(&b->severities, arena);
    if (code == LC_OK)
        code = lc_json_parse(path, in.text, in.size, &doc, err);
    if (code == LC_OK && (code = read_tree(arena, doc, b, err)) != LC_OK)
        lc_error_at(err, path, 0);
    cJSON_Delete(doc);
    if (code != LC_OK && !err->hint[0])
        lc_error_hint(err, "`lockcast review --write-baseline FILE` writes such a file.");
    return code;
}
