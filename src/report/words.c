// How figures are said.
#include "report/words.h"

#include <math.h>

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

const char *words_plural(struct quantiles q)
{
    return round(q.p90) == 1 ? "" : "s";
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
    return words_blocked_by(lc_lockmode_parse(mode));
}
