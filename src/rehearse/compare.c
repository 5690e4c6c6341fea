// One statement: forecast against what was seen.
#include <math.h>

#include "base/str.h"
#include "rehearse/internal.h"

#define NOISE_MS 0.2 // the round trip's part: quotients of next to nothing stay near 1

#define PG_TOAST_NAMESPACE 99 // catalog/pg_namespace.dat

// Relations that the deploy itself makes are nobody else's yet; TOAST tables and their indexes go with their table.
static bool counts(const struct cat_relation *rel)
{
    return rel && !rel->o.created && rel->o.oid >= FirstNormalObjectId && rel->relkind != 't' &&
           rel->o.schema != PG_TOAST_NAMESPACE;
}

static void add(struct lc_arena *arena, struct rehearsed_stmt *out, const char *relation, enum lc_lockmode mode,
                enum rehearsed_lock_verdict verdict)
{
    LC_PUSH(arena, &out->locks, (struct rehearsed_lock){relation, mode, verdict});
}

static enum rehearsed_lock_verdict verdict_of(const struct fp_lock *l, bool taken, bool exact)
{
    if (taken)
        return REHEARSED_EQUAL;
    return exact && l->certain && l->released == FP_COMMIT && !l->phase ? REHEARSED_EXTRA : REHEARSED_UNSEEN;
}

// Adds what was forecast; `forecast` collects it.
static void hold_forecast(struct lc_arena *arena, const struct trace *t, bool exact, struct lc_map *forecast,
                          struct rehearsed_stmt *out)
{
    for (int i = 0; i < out->forecast->fp.locks.len; i++) {
        const struct fp_lock *l = &out->forecast->fp.locks.items[i];
        uint64_t key = (uint64_t)l->rel->o.oid << 8 | (uint64_t)l->mode;
        bool taken;
        if (l->created || !counts(l->rel) || lc_map_puti(forecast, key, out))
            continue;
        taken = traced_has(&t->during, l->rel->o.oid, l->mode) || (exact && traced_has(&t->held, l->rel->o.oid, l->mode));
        add(arena, out, l->name, l->mode, verdict_of(l, taken, exact));
    }
}

// Adds what was newly taken and not forecast.
static void hold_taken(struct lc_arena *arena, const struct catalog *cat, const struct traced_locks *taken,
                       const struct traced_locks *before, struct lc_map *forecast, struct rehearsed_stmt *out)
{
    for (int i = 0; i < taken->list.len; i++) {
        const struct traced_lock *l = &taken->list.items[i];
        const struct cat_relation *rel = cat_relation(cat, l->relid); // as it was before the deploy
        if (!counts(rel) || traced_has(before, l->relid, l->mode) ||
            lc_map_puti(forecast, (uint64_t)l->relid << 8 | (uint64_t)l->mode, out))
            continue;
        add(arena, out, cat_qualified_name(cat, rel), l->mode, REHEARSED_MISSING);
    }
}

static void hold_time(struct rehearsed_stmt *out)
{
    const struct quantiles *q = &out->forecast->duration_ms;
    double ms = fmax(out->ms - out->wait_ms, 0), off = (ms + NOISE_MS) / (q->p50 + NOISE_MS);

    if (out->state != REHEARSED_RAN || !out->forecast->cost.known || out->forecast->fp.fails || out->forecast->fp.skipped ||
        out->forecast->fp.tx != FP_TX_NONE)
        return;
    out->compared = true;
    out->factor = fmax(off, 1 / off);
    out->inside = ms >= q->p10 && ms <= q->p90;
}

void rehearse_compare(struct lc_arena *arena, const struct catalog *cat, const struct trace *t, const struct traced_locks *before,
                      bool exact, struct rehearsed_stmt *out)
{
    struct lc_map forecast;

    lc_map_init(&forecast, arena);
    hold_forecast(arena, t, exact, &forecast, out);
    hold_taken(arena, cat, &t->during, before, &forecast, out);
    if (exact)
        hold_taken(arena, cat, &t->held, before, &forecast, out);
    hold_time(out);
}
