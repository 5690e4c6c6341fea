// The forecast of one deploy: footprints, then costs, then the simulation.
#include "forecast/forecast.h"

#include "forecast/footprints.h"

static void add(struct quantiles *to, struct quantiles q)
{
    to->p10 += q.p10;
    to->p50 += q.p50;
    to->p90 += q.p90;
}

static enum lc_code price(struct lc_arena *arena, struct snapshot *snap, const struct forecast_options *options, struct forecast *out,
                          struct lc_error *err)
{
    for (int i = 0; i < out->len; i++)
        for (int k = 0; k < out->files[i].len; k++) {
            struct forecast_stmt *f = &out->files[i].stmts[k];
            enum lc_code code = cost_statement(arena, snap, &options->cost, &f->fp, &f->cost, err);
            if (code != LC_OK)
                return code;
            f->duration_ms = f->cost.total_ms;
            add(&out->duration_ms, f->cost.total_ms);
        }
    return LC_OK;
}

enum lc_code forecast_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set, const struct forecast_options *options,
                          struct forecast *out, struct lc_error *err)
{
    *out = (struct forecast){0};
    forecast_footprints(arena, snap->cat, set, out);
    return price(arena, snap, options, out, err);
}
