// Forecasts of one deploy on a database that has grown, under traffic that has grown.
#include "plan/plan.h"

#include <math.h>

#include "plan/hours.h"

#define SEARCH_STEPS 7      // of the bisection: within 2^(10/128) - 1, about 6 %
#define SEARCH_LIMIT 1024.0 // a thousand times today's size is as good as never

struct scaling {
    struct catalog *cat;
    double growth;
};

static void scale_relation(const struct cat_object *object, void *context)
{
    const struct scaling *s = context;
    const struct cat_relation *old = (const struct cat_relation *)object;
    struct cat_relation *rel;

    if (!old->size.known)
        return;
    rel = cat_modify(s->cat, old);
    rel->size.tuples = old->size.tuples > 0 ? old->size.tuples * s->growth : old->size.tuples;
    rel->size.pages = old->size.pages * s->growth;
    rel->size.bytes = old->size.bytes * s->growth;
    rel->size.toast_bytes = old->size.toast_bytes * s->growth;
}

static enum lc_code forecast_cell(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                                  const struct review_options *options, struct plan_cell *cell, struct plan *plan,
                                  struct lc_error *err)
{
    struct scaling scaling = {snap->cat, cell->growth};
    struct forecast_options how = options->forecast;
    struct policy_file *judged = LC_NEW_ARRAY(arena, struct policy_file, set->len);
    struct finding deploy;
    struct forecast f;
    enum lc_code code;

    how.traffic_growth = cell->traffic_growth;
    how.cost.growth = cell->growth;
    cat_begin(snap->cat);
    cat_each(snap->cat, CAT_RELATION, scale_relation, &scaling);
    code = forecast_run(arena, snap, set, &how, &f, err);
    if (code == LC_OK) {
        cell->verdict = policy_judge(arena, snap->cat, &options->policy, &f, options->today, judged, &deploy);
        cell->duration_ms = f.duration_ms;
        cell->peak_blocked_sessions = f.peak_blocked_sessions;
        cell->delayed_transactions = f.delayed_transactions;
        cell->pool_exhausted_probability = f.pool_exhausted_probability;
        plan->simulated = f.simulated;
    }
    cat_rollback(snap->cat);
    return code;
}

// The largest multiple that stays safe, along sizes or along traffic, by bisection of its logarithm.
static enum lc_code search(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                           const struct review_options *options, bool sizes, double *out, struct plan *plan, struct lc_error *err)
{
    double low = log(1 / SEARCH_LIMIT), high = log(SEARCH_LIMIT), ends[2];
    enum lc_code code = LC_OK;

    ends[0] = low;
    ends[1] = high;
    for (int i = 0; code == LC_OK && i < SEARCH_STEPS + 2; i++) {
        double at = i < 2 ? ends[i] : (low + high) / 2;
        struct plan_cell cell = {.growth = sizes ? exp(at) : 1, .traffic_growth = sizes ? 1 : exp(at)};
        code = forecast_cell(arena, snap, set, options, &cell, plan, err);
        if (i == 0 && cell.verdict != SEVERITY_SAFE) {
            *out = 0;
            return code;
        }
        if (i == 1 && cell.verdict == SEVERITY_SAFE) {
            *out = HUGE_VAL;
            return code;
        }
        if (i >= 2 && cell.verdict == SEVERITY_SAFE)
            low = at;
        else if (i >= 2)
            high = at;
    }
    *out = exp(low);
    return code;
}

bool plan_does(struct plan_share share, int i)
{
    return share.of == 0 || i % share.of == share.part - 1;
}

enum lc_code plan_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                      const struct review_options *options, const double *growth, int ngrowth, const double *traffic,
                      int ntraffic, struct plan_share share, struct plan *out, struct lc_error *err)
{
    int n = ngrowth * ntraffic;
    enum lc_code code = LC_OK;

    *out = (struct plan){.cells = LC_NEW_ARRAY(arena, struct plan_cell, n), .ngrowth = ngrowth, .ntraffic = ntraffic};
    for (int i = 0; code == LC_OK && i < n; i++) {
        out->cells[i].growth = growth[i / ntraffic];
        out->cells[i].traffic_growth = traffic[i % ntraffic];
        if (plan_does(share, i))
            code = forecast_cell(arena, snap, set, options, &out->cells[i], out, err);
    }
    out->done_growth = plan_does(share, n);
    out->done_traffic = plan_does(share, n + 1);
    if (code == LC_OK && out->done_growth)
        code = search(arena, snap, set, options, true, &out->harmless_growth, out, err);
    // a part with no cell of its own learns here whether traffic is known
    if (code == LC_OK && out->done_traffic && (out->simulated || share.of))
        code = search(arena, snap, set, options, false, &out->harmless_traffic, out, err);
    if (code == LC_OK && plan_does(share, n + 2))
        code = plan_hours(arena, snap, set, options, out, err);
    return code;
}
