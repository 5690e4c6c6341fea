// Two questions put to the simulator again: with which lock_timeout and retries, and without whom?
#include <math.h>

#include "forecast/queue.h"

#define MIN_WAIT_MS 1.0 // of the migration, on average: below, no policy is better than another
#define CANDIDATES 3    // simulated without; those that were in the way longest
#define MOST_REPLICATIONS 100
#define FEWEST_REPLICATIONS 20
#define EVENTS 12e6 // of the simulator, that one question may cost

static const double timeouts_ms[] = {50, 200, 1000, 5000};
#define NTIMEOUTS ((int)(sizeof timeouts_ms / sizeof *timeouts_ms))

static struct quantiles quantiles_of(struct sim_quantiles q)
{
    return (struct quantiles){q.p10, q.p50, q.p90};
}

// How often a question of `runs` simulations may be run, by what the forecast itself cost; 0: not at all.
static int affordable(const struct sim_result *r, int runs)
{
    double each = 0, n;

    for (int i = 0; i < r->replications; i++)
        each += (double)r->each[i].events / r->replications;
    n = EVENTS / (fmax(each, 1) * runs);
    return n < FEWEST_REPLICATIONS ? 0 : n > MOST_REPLICATIONS ? MOST_REPLICATIONS : (int)n;
}

// --- without whom? ----------------------------------------------------------------------------------------------------------------

static const char *kind_of(const struct sim_model *m, const struct sim_blocker *b)
{
    if (b->who == SIM_WHO_CLASS)
        return "traffic";
    switch (m->longs[b->index].kind) {
    case SIM_AUTOVACUUM:
        return "autovacuum";
    case SIM_AUTOVACUUM_WRAPAROUND:
        return "autovacuum to prevent wraparound";
    case SIM_MANUAL_VACUUM:
        return "vacuum";
    case SIM_PREPARED:
        return "prepared transaction";
    case SIM_CLIENT:
        break;
    }
    return "long transaction";
}

static struct sim_model without(struct lc_arena *arena, const struct sim_model *m, const struct sim_blocker *b)
{
    struct sim_model out = *m;

    if (b->who == SIM_WHO_CLASS) {
        struct sim_class *classes = LC_NEW_ARRAY(arena, struct sim_class, m->nclasses);
        for (int i = 0; i < m->nclasses; i++)
            classes[i] = m->classes[i];
        classes[b->index].rate_per_s = 0;
        out.classes = classes;
    } else {
        struct sim_long *longs = LC_NEW_ARRAY(arena, struct sim_long, m->nlongs);
        for (int i = 0; i < m->nlongs; i++)
            longs[i] = m->longs[i];
        longs[b->index].nlocks = 0;
        longs[b->index].snapshot = false;
        out.longs = longs;
    }
    return out;
}

// Only who keeps it waiting for long: whole classes of short transactions are the traffic itself.
static bool is_candidate(const struct sim_blocker *b)
{
    return (b->who == SIM_WHO_LONG || b->held_ms >= 20) && b->label != NULL;
}

static enum lc_code try_without(struct lc_arena *arena, const struct sim_blocker *b, const struct sim_options *how,
                                const struct sim_result *base, struct forecast *out, struct lc_error *err)
{
    struct sim_model m = without(arena, out->model, b);
    struct sim_result *r = NULL;
    struct forecast_in_the_way *w;
    enum lc_code code = sim_run(&m, how, arena, &r, err);
    double saved;

    if (code != LC_OK)
        return code;
    saved = base->lock_wait_ms.mean - r->lock_wait_ms.mean;
    if (saved < MIN_WAIT_MS || (out->queue.in_the_way && out->queue.in_the_way->saved_ms >= saved))
        return LC_OK;
    w = LC_NEW(arena, struct forecast_in_the_way);
    *w = (struct forecast_in_the_way){.transaction = b->label,
                                      .kind = kind_of(out->model, b),
                                      .probability = b->probability,
                                      .lock_wait_ms = quantiles_of(r->lock_wait_ms),
                                      .blocked_session_s = quantiles_of(r->blocked_session_s),
                                      .delayed_transactions = quantiles_of(r->delayed_transactions),
                                      .saved_ms = saved,
                                      .saved_session_s = base->blocked_session_s.mean - r->blocked_session_s.mean};
    out->queue.in_the_way = w;
    return LC_OK;
}

static enum lc_code find_in_the_way(struct lc_arena *arena, const struct forecast_options *options, struct forecast *out,
                                    struct lc_error *err)
{
    const struct sim_result *base = out->sim;
    struct sim_options how = {.seed = options->seed, .replications = affordable(base, CANDIDATES)};
    int tried = 0;
    enum lc_code code = LC_OK;

    for (int i = 0; how.replications && code == LC_OK && i < base->nblockers && tried < CANDIDATES; i++)
        if (is_candidate(&base->blockers[i])) {
            code = try_without(arena, &base->blockers[i], &how, base, out, err);
            tried++;
        }
    return code;
}

// --- with which lock_timeout? -----------------------------------------------------------------------------------------------------

static enum lc_code compare_policies(struct lc_arena *arena, const struct forecast_options *options, struct forecast *out,
                                     struct lc_error *err)
{
    struct forecast_retries *r = LC_NEW(arena, struct forecast_retries);
    const struct sim_retry **policies;
    struct sim_options how = {.seed = options->seed, .known = out->sim};
    enum lc_code code;
    int n = 0;

    for (const struct sim_retry *p = sim_retry_policies; p->label; p++)
        n++;
    how.replications = affordable(out->sim, n + NTIMEOUTS);
    if (!how.replications)
        return LC_OK;
    policies = LC_NEW_ARRAY(arena, const struct sim_retry *, n);
    for (int i = 0; i < n; i++)
        policies[i] = &sim_retry_policies[i];
    r->policies = LC_NEW_ARRAY(arena, struct sim_retry_result, n);
    r->timeouts = LC_NEW_ARRAY(arena, struct sim_timeout_result, NTIMEOUTS);
    code = sim_compare_retries(out->model, policies, n, &how, arena, r->policies, &r->best, err);
    if (code == LC_OK)
        code = sim_try_timeouts(out->model, timeouts_ms, NTIMEOUTS, &how, arena, r->timeouts, err);
    r->npolicies = n;
    r->ntimeouts = NTIMEOUTS;
    out->retries = r;
    return code;
}

enum lc_code forecast_advise(struct lc_arena *arena, const struct forecast_options *options, struct forecast *out,
                             struct lc_error *err)
{
    enum lc_code code;

    if (out->sim->lock_wait_ms.mean < MIN_WAIT_MS)
        return LC_OK;
    code = find_in_the_way(arena, options, out, err);
    return code == LC_OK ? compare_policies(arena, options, out, err) : code;
}
