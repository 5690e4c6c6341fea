// Which statement of a forecast a session runs: by fingerprint, as part of what it sent, or as a step of the safer way.
#include <string.h>

#include "base/str.h"
#include "sql/sql.h"
#include "watch/internal.h"

#define LEAST_TEXT 24 // a shorter part of a longer text is no sign

static bool has_ms(const struct quantiles *q)
{
    return q->p90 > 0;
}

// pg_stat_activity.query ends at track_activity_query_size: the whole step is longer.
static bool runs_step(const struct watch_forecast *f, const char *query)
{
    size_t len = strlen(query);

    for (int i = 0; i < f->nsteps && len >= LEAST_TEXT; i++)
        if (strncmp(f->steps[i], query, len < strlen(f->steps[i]) ? len : strlen(f->steps[i])) == 0)
            return true;
    return false;
}

const struct watch_forecast *watch_find_forecast(const struct watch *w, struct lc_arena *arena, const char *query,
                                                 struct quantiles *ms)
{
    const struct watch_options *o = &w->options;
    const char *fingerprint = o->nforecasts && query ? lc_sql_fingerprint(arena, query) : "";

    for (int i = 0; query && i < o->nforecasts; i++)
        if ((*fingerprint && lc_streq(o->forecasts[i].fingerprint, fingerprint)) || lc_streq(o->forecasts[i].sql, query)) {
            *ms = o->forecasts[i].ms;
            return &o->forecasts[i];
        }
    for (int i = 0; query && i < o->nforecasts; i++)
        if (runs_step(&o->forecasts[i], query)) {
            *ms = has_ms(&o->forecasts[i].safer_ms) ? o->forecasts[i].safer_ms : (struct quantiles){0, 0, 0};
            return &o->forecasts[i];
        }
    return NULL;
}
