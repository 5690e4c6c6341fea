// What the simulation tells beside the figures: the worst moment, deadlocks, and which queries are late.
#include "forecast/queue.h"

#include <stdlib.h>

#define MOST_CHAINS 12
#define MOST_DEADLOCKS 6
#define MOST_DELAYED 8

static struct quantiles quantiles_of(struct sim_quantiles q)
{
    return (struct quantiles){q.p10, q.p50, q.p90};
}

void forecast_chain_of(const struct forecast_model *m, const struct sim_chain *c, struct forecast_chain *out)
{
    *out = (struct forecast_chain){.waiting = c->waiting == SIM_WHO_MIGRATION ? "this statement" : c->waiting_label,
                                   .behind = c->behind == SIM_WHO_MIGRATION ? "this statement" : c->behind_label,
                                   .mode = lc_lockmode_name(c->mode),
                                   .relation = c->object >= 0 ? m->sim.objects[c->object] : NULL,
                                   .sessions = quantiles_of(c->sessions),
                                   .at_worst = quantiles_of(c->at_worst),
                                   .longest_wait_ms = quantiles_of(c->longest_wait_ms),
                                   .probability = c->probability};
}

static const char *statement_text(const struct forecast_model *m, int k)
{
    return k >= 0 && k < m->nstmts ? m->stmts[k]->stmt->sql.text : "the migration";
}

static const char *name_of(const struct forecast_model *m, enum sim_who who, int index, const char *label)
{
    return who == SIM_WHO_MIGRATION ? statement_text(m, index) : label ? label : "a transaction";
}

// --- the worst moment -----------------------------------------------------------------------------------------------------------

static int by_worst(const void *a, const void *b)
{
    const struct sim_chain *x = *(const struct sim_chain *const *)a, *y = *(const struct sim_chain *const *)b;

    if (x->at_worst.mean != y->at_worst.mean)
        return x->at_worst.mean < y->at_worst.mean ? 1 : -1;
    return (x > y) - (x < y);
}

static void take_worst_moment(struct lc_arena *arena, const struct forecast_model *m, const struct sim_result *r,
                              struct forecast_queue *out)
{
    const struct sim_chain **sorted = LC_NEW_ARRAY(arena, const struct sim_chain *, r->nchains);
    int n = 0;

    for (int i = 0; i < r->nchains; i++)
        if (r->chains[i].at_worst.mean >= 0.05)
            sorted[n++] = &r->chains[i];
    qsort((void *)sorted, (size_t)n, sizeof *sorted, by_worst);
    n = n < MOST_CHAINS ? n : MOST_CHAINS;
    out->worst_moment_ms = quantiles_of(r->worst_moment_ms);
    out->chains = LC_NEW_ARRAY(arena, struct forecast_chain, n);
    for (int i = 0; i < n; i++) {
        const struct sim_chain *c = sorted[i];
        forecast_chain_of(m, c, &out->chains[i]);
        out->chains[i].waiting = name_of(m, c->waiting, c->waiting_index, c->waiting_label);
        out->chains[i].behind = name_of(m, c->behind, c->behind_index, c->behind_label);
    }
    out->nchains = n;
}

// --- deadlocks, delays ------------------------------------------------------------------------------------------------------------

static void take_deadlocks(struct lc_arena *arena, const struct forecast_model *m, const struct sim_result *r,
                           struct forecast_queue *out)
{
    out->deadlocks = LC_NEW_ARRAY(arena, struct forecast_deadlock, MOST_DEADLOCKS);
    for (int i = 0; i < r->ndeadlocks && out->ndeadlocks < MOST_DEADLOCKS; i++) {
        const struct sim_deadlock *d = &r->deadlocks[i];
        out->deadlocks[out->ndeadlocks++] =
            (struct forecast_deadlock){.victim = name_of(m, d->victim, d->victim_index, d->victim_label),
                                       .other = name_of(m, d->other, d->other_index, d->other_label),
                                       .migration = d->victim == SIM_WHO_MIGRATION || d->other == SIM_WHO_MIGRATION,
                                       .probability = d->probability,
                                       .mean = d->mean};
    }
}

struct late {
    double mean;
    int class;
};

static int by_mean(const void *a, const void *b)
{
    const struct late *x = a, *y = b;

    if (x->mean != y->mean)
        return x->mean < y->mean ? 1 : -1;
    return x->class - y->class;
}

static void take_delayed(struct lc_arena *arena, const struct forecast_model *m, const struct sim_result *r,
                         struct forecast_queue *out)
{
    struct late *late = LC_NEW_ARRAY(arena, struct late, m->sim.nclasses);
    int n = 0;

    for (int i = 0; i < m->sim.nclasses; i++)
        if (r->classes[i].delayed.mean >= 0.5)
            late[n++] = (struct late){r->classes[i].delayed.mean, i};
    qsort(late, (size_t)n, sizeof *late, by_mean);
    n = n < MOST_DELAYED ? n : MOST_DELAYED;
    out->delayed = LC_NEW_ARRAY(arena, struct forecast_delayed, n);
    for (int i = 0; i < n; i++) {
        const struct sim_class_result *c = &r->classes[late[i].class];
        const char *label = m->sim.classes[late[i].class].label;
        out->delayed[i] = (struct forecast_delayed){label ? label : "a query", quantiles_of(c->delayed), c->waited};
    }
    out->ndelayed = n;
}

void forecast_take_queue(struct lc_arena *arena, const struct forecast_model *m, struct forecast *out)
{
    take_worst_moment(arena, m, out->sim, &out->queue);
    take_deadlocks(arena, m, out->sim, &out->queue);
    take_delayed(arena, m, out->sim, &out->queue);
    out->queue.timeline = out->sim->timeline;
}
