// A calibration as a JSON file.
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "cost/calibration.h"
#include "migration/read_file.h"

struct calibrated calibration_constant(const struct calibration *c, enum cost_id id)
{
    if (c && c->constants[id].n > 0)
        return c->constants[id];
    return (struct calibrated){cost_defaults[id].median, cost_defaults[id].sigma, 0};
}

const char *calibration_write(struct lc_arena *arena, const struct calibration *c)
{
    cJSON *doc = cJSON_CreateObject(), *o;
    char *text;
    const char *copy;

    (void)cJSON_AddStringToObject(doc, "schema", CALIBRATION_SCHEMA);
    (void)cJSON_AddNumberToObject(doc, "version_num", c->version_num);
    (void)cJSON_AddStringToObject(doc, "server", c->server);
    (void)cJSON_AddStringToObject(doc, "date", c->date);
    o = cJSON_AddObjectToObject(doc, "settings");
    for (int i = 0; i < c->settings.len; i++)
        (void)cJSON_AddStringToObject(o, c->settings.items[i].name, c->settings.items[i].value);
    o = cJSON_AddObjectToObject(doc, "constants");
    for (int i = 0; i < COST_IDS; i++) {
        cJSON *k;
        if (c->constants[i].n == 0)
            continue;
        k = cJSON_AddObjectToObject(o, cost_defaults[i].name);
        (void)cJSON_AddNumberToObject(k, "median", c->constants[i].median);
        (void)cJSON_AddNumberToObject(k, "sigma", round(c->constants[i].sigma * 1e4) / 1e4);
        (void)cJSON_AddNumberToObject(k, "n", c->constants[i].n);
        (void)cJSON_AddStringToObject(k, "unit", cost_defaults[i].unit);
    }
    text = cJSON_Print(doc);
    copy = lc_printf(arena, "%s\n", text ? text : "{}");
    free(text);
    cJSON_Delete(doc);
    return copy;
}

static enum lc_code bad(struct lc_error *err, const char *path, const char *what)
{
    enum lc_code code = lc_fail(err, LC_E_INPUT, "%s", what);

    lc_error_at(err, path, 0);
    lc_error_hint(err, "`lockcast calibrate -o FILE` writes such a file.");
    return code;
}

static bool take_number(const cJSON *o, const char *name, double low, double high, double *out)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, name);

    if (!cJSON_IsNumber(n) || !(n->valuedouble >= low && n->valuedouble <= high))
        return false;
    *out = n->valuedouble;
    return true;
}

static const char *text_of(struct lc_arena *arena, const cJSON *o, const char *name)
{
    const cJSON *s = cJSON_GetObjectItemCaseSensitive(o, name);

    return cJSON_IsString(s) ? lc_strdup(arena, s->valuestring) : "";
}

static enum lc_code decode(struct lc_arena *arena, const cJSON *doc, const char *path, struct calibration *c,
                           struct lc_error *err)
{
    const cJSON *constants = cJSON_GetObjectItemCaseSensitive(doc, "constants"),
                *settings = cJSON_GetObjectItemCaseSensitive(doc, "settings"), *s;
    double version;

    if (!lc_streq(text_of(arena, doc, "schema"), CALIBRATION_SCHEMA) || !cJSON_IsObject(constants) ||
        !take_number(doc, "version_num", 130000, 999999, &version))
        return bad(err, path, "this is no calibration (schema " CALIBRATION_SCHEMA ")");
    c->version_num = (int)version;
    c->server = text_of(arena, doc, "server");
    c->date = text_of(arena, doc, "date");
    for (int i = 0; i < COST_IDS; i++) {
        const cJSON *k = cJSON_GetObjectItemCaseSensitive(constants, cost_defaults[i].name);
        double n;
        if (!k)
            continue;
        if (!take_number(k, "median", 0, 1e12, &c->constants[i].median) ||
            !take_number(k, "sigma", 0, 5, &c->constants[i].sigma) || !take_number(k, "n", 0, 1e6, &n))
            return bad(err, path, "a constant of this calibration is no sensible number");
        c->constants[i].n = (int)n;
    }
    cJSON_ArrayForEach(s, settings)
    {
        struct calibration_setting setting = {lc_strdup(arena, s->string),
                                              cJSON_IsString(s) ? lc_strdup(arena, s->valuestring) : ""};
        LC_PUSH(arena, &c->settings, setting);
    }
    return LC_OK;
}

enum lc_code calibration_check(struct lc_arena *arena, const struct calibration *c, const struct snapshot *snap,
                               const char **warnings, int max, int *nwarnings, struct lc_error *err)
{
    int here = snap->server.version_num / 10000, there = c->version_num / 10000;

    *nwarnings = 0;
    if (here != there) {
        enum lc_code code =
            lc_fail(err, LC_E_INPUT, "this calibration was measured on PostgreSQL %d, and the server is %d", there, here);
        lc_error_at(err, c->path, 0);
        lc_error_hint(err, "`lockcast calibrate -o FILE` on that server measures it.");
        return code;
    }
    for (int i = 0; i < c->settings.len && *nwarnings < max; i++) {
        const struct calibration_setting *s = &c->settings.items[i];
        const char *now = cat_setting(snap->cat, s->name);
        if (now && !lc_streq(now, s->value))
            warnings[(*nwarnings)++] =
                lc_printf(arena, "The calibration was measured with %s = %s, and the server has %s: durations may be off.",
                          s->name, s->value, now);
    }
    return LC_OK;
}

enum lc_code calibration_read(struct lc_arena *arena, const char *path, struct calibration **out, struct lc_error *err)
{
    struct calibration *c = LC_NEW(arena, struct calibration);
    struct migration_input in = {0};
    cJSON *doc = NULL;
    enum lc_code code = migration_read_file(arena, path, &in, err);

    if (code == LC_OK)
        code = lc_json_parse(path, in.text, in.size, &doc, err);
    if (code != LC_OK && !err->hint[0])
        lc_error_hint(err, "`lockcast calibrate -o FILE` writes such a file.");
    c->path = path;
    if (code == LC_OK)
        code = decode(arena, doc, path, c, err);
    if (code == LC_OK)
        c->name = lc_printf(arena, "%s %s %08x", c->server ? c->server : "", c->date ? c->date : "",
                            (unsigned)(lc_hash(in.text) & 0xffffffffu));
    cJSON_Delete(doc);
    *out = c;
    return code;
}
