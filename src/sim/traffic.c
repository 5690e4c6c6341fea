// Who comes when: open arrivals, the pool and the queue before it, retries, and the turns of long transactions.
#include <math.h>

#include "sim/engine.h"

#define MAX_CLIENTS (1u << 22) // waiting for a connection, or to come again: more are turned away

// ---- clients that come again later: a heap by due --------------------------------------------------------------------------

double later_next(const struct engine *e)
{
    return e->nlater > 0 ? e->later[0].due : HUGE_VAL;
}

static void later_push(struct engine *e, struct client c)
{
    uint32_t i = e->nlater;

    if (e->nlater == e->caplater && e->caplater >= MAX_CLIENTS)
        return; // turned away
    if (e->nlater == e->caplater && !engine_grow(e, (void **)&e->later, &e->caplater, sizeof *e->later, MAX_CLIENTS))
        return;
    e->nlater++;
    for (; i > 0 && c.due < e->later[(i - 1) / 2].due; i = (i - 1) / 2)
        e->later[i] = e->later[(i - 1) / 2];
    e->later[i] = c;
}

static struct client later_take(struct engine *e)
{
    struct client first = e->later[0], last = e->later[--e->nlater];
    uint32_t i = 0, child;

    for (; (child = 2 * i + 1) < e->nlater; i = child) {
        if (child + 1 < e->nlater && e->later[child + 1].due < e->later[child].due)
            child++;
        if (last.due <= e->later[child].due)
            break;
        e->later[i] = e->later[child];
    }
    e->later[i] = last;
    return first;
}

// ---- the queue for a connection --------------------------------------------------------------------------------------------

static bool queue_grow(struct engine *e)
{
    struct clients *q = &e->queue;
    uint32_t old = q->cap;

    if (!engine_grow(e, (void **)&q->ring, &q->cap, sizeof *q->ring, MAX_CLIENTS))
        return false;
    for (uint32_t t = q->head; t != q->tail; t++) // tickets whose place has moved into the new half
        if ((t & (q->cap - 1)) != (t & (old - 1)))
            q->ring[t & (q->cap - 1)] = q->ring[t & (old - 1)];
    return true;
}

static void give_up(struct engine *e, const struct client *c)
{
    const struct sim_class *class = &e->plan->m->classes[c->class_index];
    struct client again = *c;

    if (c->retries_left <= 0) {
        e->seen.errors += !class->outside_pool;
        return;
    }
    again.retries_left--;
    again.ticket = NO_TICKET;
    again.due = e->now + draw(e, &class->retry_delay_ms, &e->arrivals);
    later_push(e, again);
}

static void queue_push(struct engine *e, struct client c)
{
    struct clients *q = &e->queue;
    double patience = e->plan->m->classes[c.class_index].client_timeout_ms;

    if (q->tail - q->head == q->cap && (q->cap >= MAX_CLIENTS || !queue_grow(e))) {
        e->seen.errors++;
        return;
    }
    c.ticket = q->tail;
    c.left = false;
    q->ring[q->tail++ & (q->cap - 1)] = c;
    q->waiting++;
    if ((int32_t)q->waiting > e->seen.peak_queue && e->now >= 0)
        e->seen.peak_queue = (int32_t)q->waiting;
    if (patience > 0) {
        c.due = c.arrived + patience;
        later_push(e, c);
    }
}

static bool queue_pop(struct engine *e, struct client *c)
{
    struct clients *q = &e->queue;

    while (q->head != q->tail) {
        *c = q->ring[q->head++ & (q->cap - 1)];
        if (!c->left) {
            q->waiting--;
            return true;
        }
    }
    return false;
}

static void patience_ends(struct engine *e, const struct client *c)
{
    struct clients *q = &e->queue;

    if (c->ticket - q->head >= q->tail - q->head)
        return; // has a connection, or had one
    q->ring[c->ticket & (q->cap - 1)].left = true;
    q->waiting--;
    give_up(e, c);
}

// ---- transactions ----------------------------------------------------------------------------------------------------------

static void session_start(struct engine *e, int s, const struct client *c)
{
    const struct sim_class *class = &e->plan->m->classes[c->class_index];
    struct session *x = &e->sessions[s];

    x->who = SIM_WHO_CLASS;
    x->index = c->class_index;
    x->steps = e->plan->classes[c->class_index].steps;
    x->nsteps = e->plan->classes[c->class_index].nsteps;
    x->pc = x->phase = 0;
    x->label = class->label;
    x->statement = 0;
    x->arrived = c->arrived;
    x->blocked = false;
    x->choice = e->plan->has_choices ? lc_rng_uniform(&e->work) : 0;
    x->retries_left = c->retries_left;
    x->snapshot = true;
    x->snapshot_at = e->now;
    x->timeouts[SIM_LOCK_TIMEOUT] = class->lock_timeout_ms;
    x->timeouts[SIM_STATEMENT_TIMEOUT] = class->statement_timeout_ms;
    x->timeouts[SIM_TRANSACTION_TIMEOUT] = 0;
    x->timeouts[SIM_DEADLOCK_TIMEOUT] = e->plan->deadlock_timeout;
    transaction_begin(e, s);
    if (class->statement_timeout_ms > 0)
        session_set_timer(e, s, T_STATEMENT, e->now + class->statement_timeout_ms);
    if (class->client_timeout_ms > 0)
        session_set_timer(e, s, T_CLIENT, c->arrived + class->client_timeout_ms);
    notify(e, SIM_EV_STARTS, s, -1, -1, LC_NO_LOCK, SIM_DONE);
    session_ready(e, s);
}

static void client_arrives(struct engine *e, struct client c)
{
    bool outside = e->plan->m->classes[c.class_index].outside_pool;

    if (outside && e->nfree_outside > 0)
        session_start(e, e->free_outside[--e->nfree_outside], &c);
    else if (outside)
        e->seen.errors++; // max_connections
    else if (e->nfree_pool > 0)
        session_start(e, e->free_pool[--e->nfree_pool], &c);
    else
        queue_push(e, c);
}

void later_pop(struct engine *e)
{
    struct client c = later_take(e);

    if (c.ticket != NO_TICKET) {
        patience_ends(e, &c);
        return;
    }
    c.arrived = e->now;
    client_arrives(e, c);
}

static int pick_class(struct engine *e)
{
    double u = lc_rng_uniform(&e->arrivals) * e->total_rate;
    int i = 0;

    while (i + 1 < e->plan->m->nclasses && u >= e->rates[i])
        u -= e->rates[i++];
    return i;
}

// ---- calm: arrivals that could change nothing --------------------------------------------------------------------------------
//
// While the migration sleeps between two tries, or works for minutes without a lock that anybody wants, traffic goes on as if it
// were not there. Then no arrivals are drawn (they are Poisson: those afterwards do not depend on them), and what they would have
// computed is a constant load. Before anything that matters traffic runs again, long enough to be as it would have been.

static double load_of(const struct engine *e)
{
    double load = 0;

    for (int i = 0; i < e->plan->m->nclasses; i++)
        load += e->rates[i] * e->plan->demand[i] / 1000;
    return load;
}

void traffic_calm(struct engine *e, double from, double until)
{
    if (from < until && !e->watch) {
        e->calm_from = from;
        e->calm_until = until;
    }
}

// Arrivals are drawn again from now on.
static void resume(struct engine *e)
{
    cpu_set_load(&e->cpu, 0, e->now);
    if (e->calm && e->now < e->calm_until && e->total_rate > 0)
        e->next_arrival = e->now + lc_rng_exponential(&e->arrivals, 1000 / e->total_rate);
    e->calm = false;
}

void traffic_again(struct engine *e)
{
    resume(e);
    e->calm_until = -HUGE_VAL;
}

// An arrival at this moment is left out, and all until the calm is over.
static bool is_calm(struct engine *e)
{
    if (e->now < e->calm_from || e->now >= e->calm_until || e->seen.nblocked > 0 || e->queue.waiting > 0 || e->nstopping > 0)
        return false;
    e->calm = true;
    if (e->calm_until < HUGE_VAL) {
        e->next_arrival = e->calm_until + lc_rng_exponential(&e->arrivals, 1000 / e->total_rate);
    } else {
        e->next_arrival = HUGE_VAL;
        cpu_set_load(&e->cpu, load_of(e), e->now);
    }
    return true;
}

void traffic_arrival(struct engine *e)
{
    int i;

    e->calm = false;
    if (is_calm(e))
        return;
    i = pick_class(e);
    client_arrives(
        e, (struct client){
               .class_index = i, .retries_left = e->plan->m->classes[i].client_retries, .arrived = e->now, .ticket = NO_TICKET});
    e->next_arrival = e->now + lc_rng_exponential(&e->arrivals, 1000 / e->total_rate);
}

void class_finished(struct engine *e, int s, enum sim_outcome how)
{
    struct session *x = &e->sessions[s];
    const struct sim_class *class = &e->plan->m->classes[x->index];
    double held = e->plan->m->pooler == SIM_TRANSACTION_POOLER ? 0 : draw(e, &class->connection_held_ms, &e->work);

    if (how == SIM_DONE && x->in_pool)
        seen_transaction(e, s);
    else if (how != SIM_DONE && how != SIM_E_NOWAIT)
        give_up(e, &(struct client){.class_index = x->index, .retries_left = x->retries_left, .arrived = x->arrived});
    if (held > 0) {
        session_become(e, s, S_HELD);
        session_set_timer(e, s, T_STEP, e->now + held);
        return;
    }
    class_connection_free(e, s);
}

void class_connection_free(struct engine *e, int s)
{
    struct client c;

    session_become(e, s, S_FREE);
    if (!e->sessions[s].in_pool)
        e->free_outside[e->nfree_outside++] = s;
    else if (queue_pop(e, &c))
        session_start(e, s, &c);
    else
        e->free_pool[e->nfree_pool++] = s;
}

// ---- long transactions -----------------------------------------------------------------------------------------------------

void long_begin(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    const struct sim_long *l = &e->plan->m->longs[x->index];

    x->steps = e->plan->longs[x->index].steps;
    x->nsteps = e->plan->longs[x->index].nsteps;
    x->pc = x->phase = 0;
    x->label = l->label;
    x->statement = 0;
    x->snapshot = l->snapshot;
    x->snapshot_at = e->now;
    x->timeouts[SIM_DEADLOCK_TIMEOUT] = e->plan->deadlock_timeout;
    if (e->plan->stops[x->index]) { // whom it keeps waiting is counted: no calm until it ends
        e->nstopping++;
        resume(e);
    }
    transaction_begin(e, s);
    session_ready(e, s);
}

// The present turn lasts `hold` from now, having begun at `started`.
static void turn_begins(struct engine *e, int s, double started, double hold)
{
    e->long_started[e->sessions[s].index] = started;
    e->sessions[s].hold = hold > 0 ? hold : 0;
    long_begin(e, s);
    e->sessions[s].snapshot_at = started;
}

static void turn_later(struct engine *e, int s, double at)
{
    const struct sim_long *l = &e->plan->m->longs[e->sessions[s].index];

    if (at >= HUGE_VAL)
        return;
    e->long_started[e->sessions[s].index] = at;
    e->sessions[s].hold = draw(e, &l->hold_ms, &e->others);
    session_set_timer(e, s, T_STEP, at);
}

static bool comes_again(const struct sim_long *l)
{
    return !(l->every_ms.kind == SIM_CONSTANT && l->every_ms.a <= 0);
}

void long_finished(struct engine *e, int s)
{
    const struct sim_long *l = &e->plan->m->longs[e->sessions[s].index];
    double next = comes_again(l) ? e->long_started[e->sessions[s].index] + draw(e, &l->every_ms, &e->others) : HUGE_VAL;

    e->nstopping -= e->plan->stops[e->sessions[s].index];
    session_become(e, s, S_FREE);
    turn_later(e, s, next > e->now ? next : e->now);
    if (next >= HUGE_VAL)
        session_cancel_timer(e, s, T_STEP);
}

#define CYCLES 32 // turns drawn, to choose one of their moments

// Somewhere in the cycle: of many turns laid end to end, the one that a moment chosen at random falls into.
static void long_stationary(struct engine *e, int s)
{
    const struct sim_long *l = &e->plan->m->longs[e->sessions[s].index];
    double hold[CYCLES], length[CYCLES], sum = 0, at;
    int i = 0;

    for (int k = 0; k < CYCLES; k++) {
        hold[k] = draw(e, &l->hold_ms, &e->others);
        length[k] = fmax(hold[k], draw(e, &l->every_ms, &e->others));
        sum += length[k];
    }
    at = lc_rng_uniform(&e->others) * sum;
    if (!comes_again(l) || !(sum > 0) || sum >= HUGE_VAL) {
        turn_begins(e, s, e->start, hold[0]);
        return;
    }
    while (i + 1 < CYCLES && at >= length[i])
        at -= length[i++];
    if (at < hold[i])
        turn_begins(e, s, e->start - at, hold[i] - at);
    else
        turn_later(e, s, e->start - at + length[i]);
}

static void long_start(struct engine *e, int s)
{
    const struct sim_long *l = &e->plan->m->longs[e->sessions[s].index];
    double residual;

    if (l->presence == SIM_STATIONARY) {
        long_stationary(e, s);
        return;
    }
    residual = draw(e, &l->residual_ms, &e->others);
    if (l->presence == SIM_IN_FLIGHT)
        turn_begins(e, s, e->looked - l->age_ms, e->looked + residual - e->start);
    else
        turn_later(e, s, fmax(e->start, e->looked + residual));
}

// More comes than the cores or the pool can do, with or without a migration: no backlog ever drains.
static bool is_overloaded(const struct engine *e)
{
    double busy = 0, held = 0;

    for (int i = 0; i < e->plan->m->nclasses; i++) {
        busy += e->rates[i] * e->plan->demand[i] / 1000;
        held += e->plan->m->classes[i].outside_pool ? 0 : e->rates[i] * e->plan->length[i] / 1000;
    }
    return busy > e->plan->cores || held > e->plan->pool;
}

void traffic_start(struct engine *e)
{
    const struct sim_model *m = e->plan->m;

    e->total_rate = 0;
    for (int i = 0; i < m->nclasses; i++) {
        int f = m->classes[i].rate_factor;

        e->rates[i] = m->classes[i].rate_per_s * (f > 0 ? e->factors[f - 1] : 1);
        e->total_rate += e->rates[i];
    }
    e->next_arrival = e->total_rate > 0 ? e->start + lc_rng_exponential(&e->arrivals, 1000 / e->total_rate) : HUGE_VAL;
    e->overloaded = is_overloaded(e);
    for (int i = 0; i < m->nlongs; i++)
        long_start(e, e->plan->first_long + i);
}
