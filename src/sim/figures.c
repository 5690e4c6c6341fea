// What is observed of one replication: the figures as the traffic lab measures them on a real server, chains, and blame.
#include <math.h>
#include <string.h>

#include "sim/engine.h"

#define MAX_SEEN (1u << 22)  // delayed transactions, latencies: more are not told apart
#define CALM_AFTER_MS 1000.0 // the lab's: a second without a delayed transaction ends the drain

void seen_clear(struct engine *e, double limit)
{
    struct observed *o = &e->seen;
    double period = e->plan->sample;

    o->blocked_since = o->bins_since = 0;
    o->blocked_area = o->full = o->longest_wait = o->errors = o->cancelled = 0;
    o->sample_phase = period > 0 ? lc_rng_uniform(&e->others) * period : 0;
    o->nblocked = o->peak_blocked = o->peak_queue = 0;
    o->ndelayed = o->nlatencies = 0;
    o->limit = limit;
    o->last_delayed = -1;
    o->nchains = o->ndeadlocks = 0;
    o->worst_moment = 0;
    memset(o->class_delayed, 0, (size_t)e->plan->m->nclasses * sizeof *o->class_delayed);
    memset(o->class_waited, 0, (size_t)e->plan->m->nclasses * sizeof *o->class_waited);
    o->bin = 10;
    memset(o->blockers, 0, (size_t)(e->plan->m->nclasses + e->plan->m->nlongs) * sizeof *o->blockers);
    for (int k = 0; k < 3 && o->nbins > 0; k++)
        memset(o->bins[k], 0, (size_t)o->nbins * sizeof *o->bins[k]);
}

// ---- blocked sessions ------------------------------------------------------------------------------------------------------

// Did the sampler look between the two moments?
static bool sampled(const struct engine *e, double from, double to)
{
    double period = e->plan->sample;

    if (period <= 0)
        return true;
    return floor((to - e->seen.sample_phase) / period) > floor((from - e->seen.sample_phase) / period);
}

static void new_peak(struct observed *o, double at)
{
    o->peak_blocked = o->nblocked;
    o->worst_moment = at;
    for (int i = 0; i < o->nchains; i++)
        o->chains[i].at_worst = o->chains[i].now;
}

void seen_blocked(struct engine *e, int change)
{
    struct observed *o = &e->seen;
    double from = fmax(0, o->blocked_since);

    if (e->now > from && o->nblocked > 0) {
        o->blocked_area += o->nblocked * (e->now - from);
        if (o->nblocked >= e->plan->pool)
            o->full += e->now - from;
        if (o->nblocked > o->peak_blocked && sampled(e, from, e->now))
            new_peak(o, from);
    }
    o->blocked_since = e->now;
    o->nblocked += change;
}

// ---- the timeline: bins whose width doubles when the last one is full --------------------------------------------------------

static void bins_double(struct observed *o)
{
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < o->nbins; i++) {
            int a = 2 * i, b = 2 * i + 1;

            o->bins[k][i] = (a < o->nbins ? o->bins[k][a] : 0) + (b < o->nbins ? o->bins[k][b] : 0);
        }
    }
    o->bin *= 2;
}

void seen_timeline(struct engine *e, double to)
{
    struct observed *o = &e->seen;
    double value[3] = {o->nblocked, e->cpu.len, e->queue.waiting};

    if (to <= 0)
        return;
    while (o->bins_since < to) {
        int i = (int)(o->bins_since / o->bin);
        double end = fmin(to, (i + 1) * o->bin);

        if (i >= o->nbins) {
            bins_double(o);
            continue;
        }
        for (int k = 0; k < 3; k++)
            o->bins[k][i] += value[k] * (end - o->bins_since);
        o->bins_since = end;
    }
}

// ---- transactions ----------------------------------------------------------------------------------------------------------

static void remember(struct engine *e, double **items, uint32_t *n, uint32_t *cap, double value)
{
    if (*n == *cap && !engine_grow(e, (void **)items, cap, sizeof **items, MAX_SEEN))
        return;
    (*items)[(*n)++] = value;
}

void seen_transaction(struct engine *e, int s)
{
    struct observed *o = &e->seen;
    const struct session *x = &e->sessions[s];
    double latency = e->now - x->arrived;

    if (!e->with_migration) {
        remember(e, &o->latencies, &o->nlatencies, &o->cap_latencies, latency);
        e->stop = o->nlatencies >= CALM_TRANSACTIONS;
    } else if (e->now >= 0 && latency > o->limit) {
        remember(e, &o->delayed, &o->ndelayed, &o->cap_delayed, e->now);
        o->last_delayed = e->now;
        o->class_delayed[x->index]++;
        o->class_waited[x->index] += x->blocked;
    }
}

bool seen_calm_again(const struct engine *e)
{
    return e->mig.done && e->seen.nblocked == 0 && e->now - fmax(e->mig.ended, e->seen.last_delayed) > CALM_AFTER_MS;
}

// The lab's rule: the release is the migration's end, or the first delayed transaction in its second half, whichever is
// earlier; from there to the last delayed transaction before the first second without one.
static void drain(const struct engine *e, struct sim_figures *out)
{
    const struct observed *o = &e->seen;
    double t1 = e->mig.ended, release = t1, calm;
    uint32_t first = 0, n;

    while (first < o->ndelayed && o->delayed[first] <= 0.5 * t1)
        first++;
    if (first < o->ndelayed && o->delayed[first] < release)
        release = o->delayed[first];
    calm = release;
    for (n = first; n < o->ndelayed && o->delayed[n] - calm <= CALM_AFTER_MS; n++)
        calm = o->delayed[n];
    out->delayed_transactions = n;
    out->drain_ms = calm - release;
    if (e->overloaded && n == o->ndelayed && n > 0 && e->now < e->horizon) { // nobody looked on: it would have gone on like this
        out->delayed_transactions += e->total_rate * (e->horizon - e->now) / 1000;
        out->drain_ms = e->horizon - release;
    }
}

void seen_figures(struct engine *e, struct sim_figures *out)
{
    const struct observed *o = &e->seen;

    *out = (struct sim_figures){.lock_wait_ms = e->mig.wait,
                                .duration_ms = fmax(0, e->mig.ended - e->mig.wait),
                                .peak_blocked_sessions = o->peak_blocked,
                                .blocked_session_s = o->blocked_area / 1000,
                                .pool_exhausted_ms = o->full,
                                .errors = o->errors,
                                .tries = e->mig.tries,
                                .peak_waiting_clients = o->peak_queue,
                                .longest_wait_ms = o->longest_wait,
                                .cancelled_autovacuums = o->cancelled,
                                .worst_moment_ms = o->worst_moment,
                                .outcome = e->mig.outcome,
                                .lock_events = e->locks.events,
                                .events = e->events,
                                .longest_own_wait_ms = e->mig.longest_wait,
                                .settled = seen_calm_again(e) && !e->overloaded};
    drain(e, out);
}

// ---- chains: who waits, for what, behind whom --------------------------------------------------------------------------------

// The statement of the migration that took the lock which is in the way, or is waiting for it now.
static void behind_migration(const struct engine *e, int object, lc_lockmask conflicts, struct chain_cell *c)
{
    const struct session *m = &e->sessions[e->plan->migration_proc];

    c->behind = SIM_WHO_MIGRATION;
    c->behind_index = m->statement;
    c->behind_label = m->label;
    if (object < 0)
        return;
    for (int i = 0; i < e->mig.nowners; i++) {
        const struct lock_owner *o = &e->mig.owners[i];

        if (o->object == object && (LC_LOCKBIT(o->mode) & conflicts)) {
            c->behind_index = o->statement;
            c->behind_label = o->label;
            return;
        }
    }
}

static void describe_blocker(struct engine *e, int s, struct chain_cell *c)
{
    struct lt_blockers it = lt_blockers_of(&e->locks, s);
    int first = -1, b;

    while ((b = lt_next_blocker(&e->locks, &it)) >= 0) {
        if (b == e->plan->migration_proc) { // it is what the user asks about
            behind_migration(e, c->object, lc_lock_conflicts[c->mode], c);
            return;
        }
        if (first < 0)
            first = b;
    }
    if (first < 0)
        return;
    c->behind = (int8_t)e->sessions[first].who;
    c->behind_index = e->sessions[first].index;
    c->behind_label = e->sessions[first].label;
}

static bool same_chain(const struct chain_cell *a, const struct chain_cell *b)
{
    return a->waiting == b->waiting && a->behind == b->behind && a->mode == b->mode && a->waiting_index == b->waiting_index &&
           a->behind_index == b->behind_index && a->object == b->object && a->waiting_label == b->waiting_label &&
           a->behind_label == b->behind_label;
}

static int chain_cell(struct engine *e, const struct chain_cell *c)
{
    struct observed *o = &e->seen;
    int i = 0;

    while (i < o->nchains && !same_chain(&o->chains[i], c))
        i++;
    if (i == MAX_CHAINS)
        return NO_CHAIN;
    if (i == o->nchains)
        o->chains[o->nchains++] = *c;
    return i;
}

int seen_wait_begins(struct engine *e, int s)
{
    const struct lt_proc *p = &e->locks.procs[s];
    const struct session *x = &e->sessions[s];
    struct chain_cell c = {.waiting = (int8_t)x->who, .mode = (uint8_t)p->wait_mode, .waiting_label = x->label};
    struct chain_cell *cell;
    int i;

    c.object = p->wait_object < e->locks.nfixed ? p->wait_object : -1;
    c.waiting_index = x->who == SIM_WHO_MIGRATION ? x->statement : x->index;
    c.since = e->now;
    describe_blocker(e, s, &c);
    if (e->watch)
        notify(e, SIM_EV_WAITS, s, -1, p->wait_object, p->wait_mode, SIM_DONE);
    i = chain_cell(e, &c);
    if (i == NO_CHAIN)
        return i;
    cell = &e->seen.chains[i];
    cell->area += cell->now * (e->now - fmax(0, cell->since));
    cell->since = e->now;
    if (++cell->now > cell->peak)
        cell->peak = cell->now;
    return i;
}

void seen_wait_ends(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    double waited = e->now - x->wait_since;

    if (x->in_pool)
        seen_blocked(e, 0); // the worst moment is told while the chain still counts it
    if (x->in_pool && waited > e->seen.longest_wait && e->now >= 0)
        e->seen.longest_wait = waited;
    if (x->chain != NO_CHAIN) {
        struct chain_cell *cell = &e->seen.chains[x->chain];

        cell->area += cell->now * (e->now - fmax(0, cell->since));
        cell->since = e->now;
        cell->now--;
        if (waited > cell->longest)
            cell->longest = waited;
    }
    x->chain = NO_CHAIN;
}

// ---- deadlocks ---------------------------------------------------------------------------------------------------------------

static bool same_deadlock(const struct deadlock_cell *a, const struct deadlock_cell *b)
{
    return a->victim == b->victim && a->other == b->other && a->victim_index == b->victim_index &&
           a->other_index == b->other_index && a->victim_label == b->victim_label && a->other_label == b->other_label;
}

static int32_t who_index(const struct session *x)
{
    return x->who == SIM_WHO_MIGRATION ? x->statement : x->index;
}

void seen_deadlock(struct engine *e, int victim, int other)
{
    struct observed *o = &e->seen;
    const struct session *v = &e->sessions[victim], *w = &e->sessions[other];
    struct deadlock_cell c = {.victim = (int8_t)v->who,
                              .other = (int8_t)w->who,
                              .victim_index = who_index(v),
                              .other_index = who_index(w),
                              .victim_label = v->label,
                              .other_label = w->label};
    int i = 0;

    if (e->now < 0)
        return;
    while (i < o->ndeadlocks && !same_deadlock(&o->deadlocks[i], &c))
        i++;
    if (i == MAX_DEADLOCKS)
        return;
    if (i == o->ndeadlocks)
        o->deadlocks[o->ndeadlocks++] = c;
    o->deadlocks[i].count++;
}

// ---- blame: whom the migration waits for -------------------------------------------------------------------------------------

static int blocker_index(const struct engine *e, enum sim_who who, int index)
{
    return who == SIM_WHO_CLASS ? index : e->plan->m->nclasses + index;
}

void seen_migration_waits(struct engine *e, int s)
{
    struct migration_state *m = &e->mig;
    struct lt_blockers it = lt_blockers_of(&e->locks, s);
    int b;

    m->nblamed = 0;
    m->last_blamed = -1;
    m->last_release = m->release_before = e->now;
    while ((b = lt_next_blocker(&e->locks, &it)) >= 0 && m->nblamed < e->plan->nprocs) {
        const struct session *x = &e->sessions[b];

        if (m->nblamed > 0 && it.soft)
            break; // those queued ahead wait for the same holders
        m->blamed[m->nblamed++] = (struct blame){.session = b, .who = x->who, .index = x->index, .serial = x->serial};
    }
}

static void blame(struct engine *e, int i)
{
    struct migration_state *m = &e->mig;
    int k = blocker_index(e, m->blamed[i].who, m->blamed[i].index);

    e->seen.blockers[k].seen = true;
    e->seen.blockers[k].held += e->now - e->sessions[e->plan->migration_proc].wait_since;
    m->release_before = m->last_release;
    m->last_release = e->now;
    m->last_blamed = k;
    m->blamed[i] = m->blamed[--m->nblamed];
}

void seen_transaction_end(struct engine *e, int s)
{
    struct migration_state *m = &e->mig;

    for (int i = 0; i < m->nblamed; i++)
        if (m->blamed[i].session == s && m->blamed[i].serial == e->sessions[s].serial) {
            blame(e, i);
            return;
        }
}

// The wait is over. Without the last to go it would have been over when the one before went.
void seen_migration_got(struct engine *e, bool granted)
{
    struct migration_state *m = &e->mig;
    const struct session *x = &e->sessions[e->plan->migration_proc];
    bool alone;

    m->wait += e->now - x->wait_since;
    m->longest_wait = fmax(m->longest_wait, e->now - x->wait_since);
    if (x->statement >= 0)
        m->statement_wait[x->statement] += e->now - x->wait_since;
    alone = granted || m->nblamed <= 1; // else no single one's absence would have been enough
    while (m->nblamed > 0)
        blame(e, 0);
    if (alone && m->last_blamed >= 0)
        e->seen.blockers[m->last_blamed].saved += m->last_release - m->release_before;
}
