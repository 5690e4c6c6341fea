// From the clone's sizes to production's: the same deploy is forecast for both, and what was measured grows as the forecast does.
#include <math.h>

#include "base/str.h"
#include "rehearse/internal.h"

struct resizing {
    struct catalog *cat;
    const struct catalog *production;
};

static const struct cat_relation *in_production(const struct catalog *cat, const struct catalog *production,
                                                const struct cat_relation *rel)
{
    const char *schema = cat_schema_name(cat, rel->o.schema);
    const struct cat_relation *found = schema ? cat_find_relation(production, schema, rel->o.name) : NULL;

    return found && found->size.known && rel->size.known ? found : NULL;
}

static void resize(const struct cat_object *object, void *context)
{
    const struct resizing *r = context;
    const struct cat_relation *old = (const struct cat_relation *)object, *found = in_production(r->cat, r->production, old);
    struct cat_relation *rel;

    if (!found)
        return;
    rel = cat_modify(r->cat, old);
    rel->size = found->size;
}

// Production's size by the clone's, of all tables that a statement works on; 0: not known.
static double growth_of(const struct snapshot *snap, const struct snapshot *production, const struct cost *cost)
{
    double here = 0, there = 0;

    for (int i = 0; i < cost->len; i++) {
        const struct cat_relation *rel = cost->items[i].rel, *found;
        if (!rel || rel->o.created)
            continue;
        found = in_production(snap->cat, production->cat, rel);
        if (!found)
            continue;
        here += fmax(rel->size.bytes, 8192) + rel->size.toast_bytes;
        there += fmax(found->size.bytes, 8192) + found->size.toast_bytes;
    }
    return here > 0 ? there / here : 0;
}

// The planner was asked about the clone's sizes: its rows grow with the tables of the whole deploy.
static double deploy_growth(const struct rehearsal *r, const struct snapshot *production)
{
    double sum = 0, weight = 0;

    for (int i = 0; i < r->len; i++)
        for (int k = 0; k < r->files[i].len; k++) {
            const struct cost *cost = &r->files[i].stmts[k].forecast->cost;
            double growth = growth_of(r->snap, production, cost);
            if (growth > 0) {
                sum += log(growth) * (cost->total_ms.p50 + 1);
                weight += cost->total_ms.p50 + 1;
            }
        }
    return weight > 0 ? exp(sum / weight) : 1;
}

static void scale_statement(struct rehearsed_stmt *s, const struct quantiles *grown)
{
    const struct quantiles *here = &s->forecast->duration_ms;
    double ms = fmax(s->ms - s->wait_ms, 0) * grown->p50 / here->p50;

    s->production_ms = (struct quantiles){ms * grown->p10 / grown->p50, ms, ms * grown->p90 / grown->p50};
}

enum lc_code rehearse_scale(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                            const struct rehearse_options *options, struct rehearsal *out, struct lc_error *err)
{
    struct resizing resizing = {snap->cat, options->production->cat};
    struct review_options how = options->review;
    struct review grown;
    enum lc_code code;

    how.forecast.cost.growth = deploy_growth(out, options->production);
    cat_begin(snap->cat);
    cat_each(snap->cat, CAT_RELATION, resize, &resizing);
    code = review_run(arena, snap, set, &how, &grown, err);
    cat_rollback(snap->cat);
    for (int i = 0; code == LC_OK && i < out->len; i++)
        for (int k = 0; k < out->files[i].len; k++) {
            struct rehearsed_stmt *s = &out->files[i].stmts[k];
            const struct forecast_stmt *g = &grown.forecast.files[i].stmts[k];
            double growth = growth_of(snap, options->production, &s->forecast->cost);
            if (s->state != REHEARSED_RAN || growth <= 0 || !(s->forecast->duration_ms.p50 > 0) || !(g->duration_ms.p50 > 0))
                continue;
            s->growth = growth;
            scale_statement(s, &g->duration_ms);
        }
    return code;
}
