// A run in parts. Item i belongs to part i % N + 1, so the parts are of like size and each item has one place to be looked for.
#include "report/shard.h"

#include <stdlib.h>
#include <string.h>

#include "report/check.h"
#include "report/plan.h"
#include "report/words.h"

struct kind { // of documents that come in parts
    const char *schema;
    const char *list;           // the items that are shared out
    const char *const *partial; // fields that only some parts have, or can tell; NULL-terminated
};

static const char *const none[] = {NULL};
static const char *const plan_partial[] = {"harmless_growth", "harmless_traffic_growth", "hours", "traffic_known", NULL};
static const struct kind kinds[] = {{REPORT_SCHEMA, "migrations", none}, {REPORT_PLAN_SCHEMA, "cells", plan_partial}};

bool shard_has(struct report_shard shard, int i)
{
    return shard.of == 0 || i % shard.of == shard.part - 1;
}

void shard_mark(cJSON *doc, struct report_shard shard, int items)
{
    cJSON *o;

    if (!shard.of)
        return;
    o = cJSON_AddObjectToObject(doc, "shard");
    (void)cJSON_AddNumberToObject(o, "part", shard.part);
    (void)cJSON_AddNumberToObject(o, "of", shard.of);
    (void)cJSON_AddNumberToObject(o, "items", items);
}

void report_take_share(cJSON *report, struct report_shard shard)
{
    cJSON *all = cJSON_GetObjectItemCaseSensitive(report, "migrations");
    int n = cJSON_GetArraySize(all);

    for (int i = n - 1; i >= 0; i--)
        if (!shard_has(shard, i))
            cJSON_DeleteItemFromArray(all, i);
    shard_mark(report, shard, n);
}

static const struct kind *kind_of(const cJSON *doc)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (lc_streq(json_text(doc, "schema"), kinds[i].schema))
            return &kinds[i];
    return NULL;
}

static int shard_number(const cJSON *doc, const char *name)
{
    double n = json_number(json_item(doc, "shard"), name, -1);

    return n >= 0 && n <= 1e6 && n == (double)(int)n ? (int)n : -1;
}

static enum lc_code wrong(struct lc_error *err, const char *name, const char *what)
{
    enum lc_code code = lc_fail(err, LC_E_INPUT, "%s", what);

    lc_error_at(err, name, 0);
    return code;
}

// One of the parts as such: a known document, its share marked, as many items as that share has.
static enum lc_code check_part(const cJSON *doc, int nparts, const char *name, struct lc_error *err)
{
    const struct kind *kind = cJSON_IsObject(doc) ? kind_of(doc) : NULL;
    int part = shard_number(doc, "part"), of = shard_number(doc, "of"), items = shard_number(doc, "items");

    if (!kind || !cJSON_IsArray(json_item(doc, kind->list)))
        return wrong(err, name, "this is no report of `lockcast review` or `lockcast plan`");
    if (part < 1 || of < part || of > REPORT_MAX_SHARDS || items < 0)
        return wrong(err, name, "this is no part of a run with --shard");
    if (of != nparts) {
        (void)lc_fail(err, LC_E_INPUT, "this is a part of %d, and there are %d files", of, nparts);
        lc_error_at(err, name, 0);
        return LC_E_INPUT;
    }
    if (cJSON_GetArraySize(json_item(doc, kind->list)) != (items - part + of) / of)
        return wrong(err, name, "this part has not as many items as its share");
    if (kind == &kinds[0] && report_check(doc, err) != LC_OK) {
        lc_error_at(err, name, 0);
        return LC_E_INPUT;
    }
    return LC_OK;
}

static bool is_partial(const struct kind *kind, const char *name)
{
    for (const char *const *p = kind->partial; *p; p++)
        if (strcmp(*p, name) == 0)
            return true;
    return strcmp(name, kind->list) == 0;
}

// The document without what is a part's own: equal in every part of one run.
static char *shared_text(const struct kind *kind, const cJSON *doc)
{
    cJSON *copy = cJSON_Duplicate(doc, 1), *item, *next;
    char *text;

    cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetObjectItemCaseSensitive(copy, "shard"), "part");
    for (item = copy ? copy->child : NULL; item; item = next) {
        next = item->next;
        if (is_partial(kind, item->string))
            cJSON_Delete(cJSON_DetachItemViaPointer(copy, item));
    }
    text = cJSON_PrintUnformatted(copy);
    cJSON_Delete(copy);
    return text;
}

static enum lc_code check_all(const cJSON *const *parts, const char *const *names, int n, const cJSON **by_part,
                              struct lc_error *err)
{
    enum lc_code code = LC_OK;
    char *first = NULL;

    for (int i = 0; code == LC_OK && i < n; i++) {
        const struct kind *kind;
        char *text;
        code = check_part(parts[i], n, names[i], err);
        if (code != LC_OK)
            break;
        kind = kind_of(parts[i]);
        text = shared_text(kind, parts[i]);
        if (!first)
            first = text;
        if (by_part[shard_number(parts[i], "part") - 1])
            code = wrong(err, names[i], "this part is given twice");
        else if (!text || strcmp(text, first) != 0)
            code = wrong(err, names[i], "this part is of another run than the first");
        by_part[shard_number(parts[i], "part") - 1] = parts[i];
        if (text != first)
            free(text);
    }
    free(first);
    return code;
}

static void add_items(cJSON *out, const cJSON **by_part, int n, const char *list)
{
    cJSON *all = cJSON_AddArrayToObject(out, list);
    const cJSON *next[REPORT_MAX_SHARDS] = {0};
    int items = shard_number(by_part[0], "items");

    for (int i = 0; i < n; i++)
        next[i] = json_item(by_part[i], list)->child;
    for (int i = 0; i < items && next[i % n]; i++) {
        (void)cJSON_AddItemToArray(all, cJSON_Duplicate(next[i % n], 1));
        next[i % n] = next[i % n]->next;
    }
}

// The fields of every part, in the order of a whole document: the list is always its last.
static cJSON *put_together(const struct kind *kind, const cJSON **by_part, int n)
{
    cJSON *out = cJSON_CreateObject();
    const cJSON *field;

    cJSON_ArrayForEach(field, by_part[0])
    {
        if (!is_partial(kind, field->string) && strcmp(field->string, "shard") != 0)
            (void)cJSON_AddItemToObject(out, field->string, cJSON_Duplicate(field, 1));
    }
    if (kind != &kinds[0])
        (void)cJSON_AddItemToObject(out, "traffic_known", cJSON_Duplicate(json_item(by_part[0], "traffic_known"), 1));
    for (const char *const *name = kind->partial; *name; name++)
        for (int i = 0; i < n && strcmp(*name, "traffic_known") != 0; i++)
            if (json_item(by_part[i], *name) && !json_item(out, *name))
                (void)cJSON_AddItemToObject(out, *name, cJSON_Duplicate(json_item(by_part[i], *name), 1));
    add_items(out, by_part, n, kind->list);
    return out;
}

enum lc_code report_merge(const cJSON *const *parts, const char *const *names, int n, cJSON **out, struct lc_error *err)
{
    const cJSON *by_part[REPORT_MAX_SHARDS] = {NULL};
    enum lc_code code;

    *out = NULL;
    if (n < 1 || n > REPORT_MAX_SHARDS)
        return lc_fail(err, LC_E_USAGE, "a run has 1 to %d parts", REPORT_MAX_SHARDS);
    code = check_all(parts, names, n, by_part, err);
    if (code == LC_OK)
        *out = put_together(kind_of(by_part[0]), by_part, n);
    return code;
}
