// Reading a JSON document strictly.
#include "sim/json_read.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

enum lc_code jr_fail(struct json_reader *r, const char *path, const char *fmt, ...)
{
    va_list args;

    if (r->code != LC_OK)
        return r->code;
    va_start(args, fmt);
    r->code = lc_fail(r->err, LC_E_INPUT, "%s: %s", *path ? path : "the document", lc_vprintf(r->arena, fmt, args));
    va_end(args);
    return r->code;
}

struct json_at jr_get(struct json_reader *r, struct json_at object, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object.value, key);

    if (!v)
        return (struct json_at){.path = key};
    return (struct json_at){v, *object.path ? lc_printf(r->arena, "%s.%s", object.path, key) : key};
}

struct json_at jr_item(struct json_reader *r, struct json_at array, int i)
{
    return (struct json_at){cJSON_GetArrayItem(array.value, i), lc_printf(r->arena, "%s[%d]", array.path, i)};
}

static bool known(const char *key, const char *const *keys)
{
    for (; *keys; keys++)
        if (lc_streq(key, *keys))
            return true;
    return false;
}

bool jr_object(struct json_reader *r, struct json_at at, const char *const *keys)
{
    const cJSON *v;
    struct lc_str all;

    if (!cJSON_IsObject(at.value)) {
        (void)jr_fail(r, at.path, "an object is wanted here");
        return false;
    }
    cJSON_ArrayForEach(v, at.value)
    {
        if (known(v->string, keys) || r->code != LC_OK)
            continue;
        (void)jr_fail(r, at.path, "unknown key \"%s\"", v->string);
        lc_str_init(&all, r->arena, sizeof r->err->hint);
        for (const char *const *k = keys; *k; k++)
            lc_str_addf(&all, "%s%s", k == keys ? "" : ", ", *k);
        lc_error_hint(r->err, "Known keys: %s.", all.text);
    }
    return r->code == LC_OK;
}

int jr_count(struct json_reader *r, struct json_at at)
{
    if (!at.value || r->code != LC_OK)
        return 0;
    if (!cJSON_IsArray(at.value)) {
        (void)jr_fail(r, at.path, "an array is wanted here");
        return 0;
    }
    return cJSON_GetArraySize(at.value);
}

double jr_number(struct json_reader *r, struct json_at object, const char *key, double otherwise, double low, double high)
{
    struct json_at at = jr_get(r, object, key);

    if (!at.value)
        return otherwise;
    if (!cJSON_IsNumber(at.value) || !isfinite(at.value->valuedouble))
        (void)jr_fail(r, at.path, "a number is wanted here");
    else if (at.value->valuedouble < low || at.value->valuedouble > high)
        (void)jr_fail(r, at.path, "%g is not between %g and %g", at.value->valuedouble, low, high);
    else
        return at.value->valuedouble;
    return otherwise;
}

const char *jr_text(struct json_reader *r, struct json_at object, const char *key, const char *otherwise)
{
    struct json_at at = jr_get(r, object, key);

    if (!at.value)
        return otherwise;
    if (!cJSON_IsString(at.value)) {
        (void)jr_fail(r, at.path, "a text is wanted here");
        return otherwise;
    }
    return lc_strdup(r->arena, at.value->valuestring);
}

bool jr_flag(struct json_reader *r, struct json_at object, const char *key)
{
    struct json_at at = jr_get(r, object, key);

    if (at.value && !cJSON_IsBool(at.value))
        (void)jr_fail(r, at.path, "true or false is wanted here");
    return cJSON_IsTrue(at.value);
}

int jr_word(struct json_reader *r, struct json_at object, const char *key, const char *const *words, int otherwise)
{
    const char *text = jr_text(r, object, key, NULL);
    struct lc_str all;

    for (int i = 0; text && words[i]; i++)
        if (lc_strieq(words[i], text))
            return i;
    if (text && r->code == LC_OK) {
        (void)jr_fail(r, jr_get(r, object, key).path, "\"%s\" is not known here", text);
        lc_str_init(&all, r->arena, sizeof r->err->hint);
        for (int i = 0; words[i]; i++)
            lc_str_addf(&all, "%s%s", i ? ", " : "", words[i]);
        lc_error_hint(r->err, "One of: %s.", all.text);
    }
    return otherwise;
}

const char *const *jr_texts(struct json_reader *r, struct json_at object, const char *key, int *n)
{
    struct json_at at = jr_get(r, object, key);
    const char **out;

    *n = 0;
    if (cJSON_IsString(at.value)) {
        out = LC_NEW_ARRAY(r->arena, const char *, 1);
        out[(*n)++] = lc_strdup(r->arena, at.value->valuestring);
        return out;
    }
    out = LC_NEW_ARRAY(r->arena, const char *, jr_count(r, at) + 1);
    for (int i = 0, count = jr_count(r, at); i < count; i++) {
        const cJSON *v = cJSON_GetArrayItem(at.value, i);

        if (!cJSON_IsString(v))
            (void)jr_fail(r, jr_item(r, at, i).path, "a text is wanted here");
        else
            out[(*n)++] = lc_strdup(r->arena, v->valuestring);
    }
    return out;
}
