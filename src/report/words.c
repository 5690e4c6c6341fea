// How figures are said.
#include "report/words.h"

#include <math.h>

#include "base/lockmode.h"

const char *words_time(struct lc_arena *arena, double ms)
{
    if (ms < 0.95)
        return "under 1 ms";
    if (ms < 999.5)
        return lc_printf(arena, "%.0f ms", ms);
    if (ms < 59.95e3)
        return lc_printf(arena, "%.1f s", ms / 1e3);
    if (ms < 3570e3)
        return lc_printf(arena, "%.0f min %02.0f s", floor(round(ms / 1e3) / 60), fmod(round(ms / 1e3), 60));
    return lc_printf(arena, "%.1f h", ms / 3600e3);
}

const char *words_bytes(struct lc_arena *arena, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    int u = 0;

    for (; bytes >= 999.5 && u < 4; u++)
        bytes /= 1024;
    return lc_printf(arena, bytes < 9.95 && u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

const char *words_count(struct lc_arena *arena, double n)
{
    double rounded = round(n);

    if (rounded >= 1e6)
        return lc_printf(arena, "%.1f M", rounded / 1e6);
    if (rounded >= 1000)
        return lc_printf(arena, "%.0f %03.0f", floor(rounded / 1000), fmod(rounded, 1000));
    return lc_printf(arena, "%.0f", rounded);
}

const char *words_times(struct lc_arena *arena, struct quantiles q)
{
    const char *low = words_time(arena, q.p10), *high = words_time(arena, q.p90);

    if (lc_streq(low, high))
        return words_time(arena, q.p50);
    return lc_printf(arena, "%s (%s .. %s)", words_time(arena, q.p50), q.p10 < 0.95 ? "0" : low, high);
}

const char *words_counts(struct lc_arena *arena, struct quantiles q)
{
    if (round(q.p10) == round(q.p90))
        return words_count(arena, q.p50);
    return lc_printf(arena, "%s (%s .. %s)", words_count(arena, q.p50), words_count(arena, q.p10), words_count(arena, q.p90));
}

const char *json_text(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

double json_number(const cJSON *object, const char *name, double otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : otherwise;
}

int json_bool(const cJSON *object, const char *name, int otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

struct quantiles json_quantiles(const cJSON *object, const char *name)
{
    const cJSON *q = cJSON_GetObjectItemCaseSensitive(object, name);

    return (struct quantiles){json_number(q, "p10", 0), json_number(q, "p50", 0), json_number(q, "p90", 0)};
}

const cJSON *json_item(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *words_blocks(const char *mode)
{
    enum lc_lockmode m = lc_lockmode_parse(mode);

    if (m == LC_ACCESS_EXCLUSIVE)
        return "every query";
    if (m == LC_EXCLUSIVE)
        return "all but plain SELECT";
    if (m >= LC_SHARE)
        return "every write";
    return m == LC_SHARE_UPDATE_EXCLUSIVE ? "schema changes, VACUUM" : "schema changes";
}
