// One replication: the loop over what happens next, and the memory that it needs.
#include "sim/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- memory ----------------------------------------------------------------------------------------------------------------

bool engine_grow(struct engine *e, void **items, uint32_t *cap, size_t item_size, uint32_t max)
{
    uint32_t n = *cap ? *cap * 2 : 256;
    void *p = n <= max ? realloc(*items, (size_t)n * item_size) : NULL;

    if (!p) {
        e->no_memory = true;
        return false;
    }
    *items = p;
    *cap = n;
    return true;
}

static uint32_t power_of_two(uint32_t n)
{
    uint32_t p = 1;

    while (p < n)
        p *= 2;
    return p;
}

static void alloc_seen(struct engine *e, struct lc_arena *arena, int timeline_bins)
{
    const struct sim_model *m = e->plan->m;

    e->seen.blockers = LC_NEW_ARRAY(arena, struct blocker_sum, m->nclasses + m->nlongs + 1);
    e->seen.nbins = timeline_bins;
    e->seen.class_delayed = LC_NEW_ARRAY(arena, int32_t, m->nclasses + 1);
    e->seen.class_waited = LC_NEW_ARRAY(arena, int32_t, m->nclasses + 1);
    for (int k = 0; k < 3; k++)
        e->seen.bins[k] = LC_NEW_ARRAY(arena, double, timeline_bins + 1);
    e->mig.statement_wait = LC_NEW_ARRAY(arena, double, m->migration.nstatements + 1);
    e->mig.statement_wall = LC_NEW_ARRAY(arena, double, m->migration.nstatements + 1);
    e->mig.blamed = LC_NEW_ARRAY(arena, struct blame, e->plan->nprocs);
    e->mig.owners = LC_NEW_ARRAY(arena, struct lock_owner, e->plan->nowners + 1);
}

struct engine *engine_new(const struct plan *plan, struct lc_arena *arena, int timeline_bins)
{
    struct engine *e = LC_NEW(arena, struct engine);
    size_t n = (size_t)plan->nprocs;

    e->plan = plan;
    lt_init(&e->locks, arena, plan->nprocs, plan->m->nobjects, plan->ndynamic, plan->nproclocks);
    e->locks.server_version = plan->server_version;
    clock_init(&e->timers, arena, plan->nprocs * T_KINDS);
    cpu_init(&e->cpu, arena, plan->nprocs);
    e->sessions = LC_NEW_ARRAY(arena, struct session, n);
    e->free_pool = LC_NEW_ARRAY(arena, int32_t, plan->pool);
    e->free_outside = LC_NEW_ARRAY(arena, int32_t, plan->noutside + 1);
    e->ready_cap = power_of_two((uint32_t)n + 1);
    e->ready = LC_NEW_ARRAY(arena, int32_t, e->ready_cap);
    e->rates = LC_NEW_ARRAY(arena, double, plan->m->nclasses + 1);
    e->factors = LC_NEW_ARRAY(arena, double, plan->m->nfactors + 1);
    e->rows = LC_NEW_ARRAY(arena, struct row, plan->nrows + 1);
    e->nhash = (int32_t)power_of_two((uint32_t)plan->nrows * 2 + 1);
    e->row_hash = LC_NEW_ARRAY(arena, int32_t, e->nhash);
    e->shares = LC_NEW_ARRAY(arena, struct row_share, plan->nrows + 1);
    e->doubts = LC_NEW_ARRAY(arena, bool, plan->m->ndoubts + 1);
    e->ranges = LC_NEW_ARRAY(arena, struct range, plan->nranges + 1);
    e->holders = LC_NEW_ARRAY(arena, struct row_holder, plan->m->nlongs + 1);
    e->targets = LC_NEW_ARRAY(arena, int32_t, n);
    e->target_serials = LC_NEW_ARRAY(arena, uint32_t, n);
    e->long_started = LC_NEW_ARRAY(arena, double, plan->m->nlongs + 1);
    alloc_seen(e, arena, timeline_bins);
    return e;
}

void engine_release(struct engine *e)
{
    free(e->queue.ring);
    free(e->later);
    free(e->seen.delayed);
    free(e->seen.latencies);
}

// ---- a new replication -----------------------------------------------------------------------------------------------------

static void clear_sessions(struct engine *e)
{
    const struct plan *p = e->plan;

    e->nfree_pool = e->nfree_outside = 0;
    for (int i = p->nprocs; --i >= 0;) {
        struct session *x = &e->sessions[i];

        *x = (struct session){
            .state = S_FREE, .xact = LT_NONE, .first_row = NO_ROW, .first_share = NO_ROW, .row = NO_ROW, .chain = NO_CHAIN};
        x->in_pool = i < p->pool;
        if (x->in_pool) {
            e->free_pool[e->nfree_pool++] = i; // the lowest is taken first
        } else if (i >= p->first_outside) {
            e->free_outside[e->nfree_outside++] = i;
        } else if (i == p->migration_proc) {
            x->who = SIM_WHO_MIGRATION;
        } else {
            x->who = SIM_WHO_LONG;
            x->index = i - p->first_long;
            e->locks.procs[i].autovacuum =
                p->m->longs[x->index].kind == SIM_AUTOVACUUM || p->m->longs[x->index].kind == SIM_AUTOVACUUM_WRAPAROUND;
        }
    }
}

static void clear_migration(struct engine *e)
{
    struct migration_state *m = &e->mig;

    m->started = m->done = false;
    m->outcome = e->plan->has_migration ? SIM_E_HORIZON : SIM_DONE; // nothing to do is done
    m->ended = m->wait = m->longest_wait = m->statement_since = 0;
    m->begin_pc = m->try_number = 0;
    m->tries = 1;
    m->failed_statement = -1;
    m->nblamed = m->nowners = 0;
    m->reference = -HUGE_VAL;
    m->oldest_ended = HUGE_VAL;
    m->oldest = -1;
    for (int i = 0; i < e->plan->m->migration.nstatements; i++) {
        m->statement_wait[i] = 0;
        m->statement_wall[i] = -1;
    }
}

static void draw_factors(struct engine *e, bool neutral)
{
    for (int i = 0; i < e->plan->m->nfactors; i++) {
        double f = lc_rng_lognormal(&e->others, 1, e->plan->m->factors[i].sigma);

        e->factors[i] = neutral ? 1 : f;
    }
    e->skew = e->plan->m->row_skew > 0 ? lc_rng_lognormal(&e->others, 1, e->plan->m->row_skew) : 1;
    for (int i = 0; i < e->plan->m->ndoubts; i++)
        e->doubts[i] = lc_rng_uniform(&e->others) < e->plan->m->doubts[i];
}

static void begin(struct engine *e, uint64_t seed, int replication, double limit, bool with_migration)
{
    const struct plan *p = e->plan;
    uint64_t stream = (uint64_t)replication * 4;
    double lead;

    lc_rng_init(&e->arrivals, seed, stream);
    lc_rng_init(&e->work, seed, stream + 1);
    lc_rng_init(&e->others, seed, stream + 2);
    lt_clear(&e->locks);
    clock_clear(&e->timers);
    clear_sessions(e);
    clear_migration(e);
    rows_clear(e);
    e->ready_head = e->ready_len = 0;
    e->queue.head = e->queue.tail = e->queue.waiting = e->nlater = 0;
    draw_factors(e, !with_migration);
    lead = fmax(0, draw(e, &p->m->lead_ms, &e->others));
    e->looked = -lead;
    e->start = with_migration ? -fmax(lead, p->warmup) : 0;
    e->horizon = with_migration ? p->horizon : 120000;
    e->now = e->start;
    e->with_migration = with_migration;
    e->stop = false;
    e->events = e->events_at_end = 0;
    e->calm_from = e->calm_until = -HUGE_VAL;
    e->calm = false;
    e->nstopping = 0;
    cpu_clear(&e->cpu, p->cores, e->start);
    seen_clear(e, limit);
    traffic_start(e);
    if (with_migration && p->has_migration)
        session_set_timer(e, p->migration_proc, T_STEP, 0);
}

double draw(struct engine *e, const struct sim_dist *dist, struct lc_rng *rng)
{
    double x = sim_draw(dist, rng);

    return dist->factor > 0 ? x * e->factors[dist->factor - 1] : x;
}

void notify(struct engine *e, enum sim_event_kind kind, int session, int other, int object, enum lc_lockmode mode,
            enum sim_outcome outcome)
{
    const struct session *x = &e->sessions[session];
    struct sim_event ev = {.at_ms = e->now,
                           .kind = kind,
                           .who = x->who,
                           .index = x->index,
                           .session = session,
                           .other = other,
                           .statement = x->statement,
                           .mode = mode,
                           .outcome = outcome,
                           .label = x->label};

    if (!e->watch)
        return;
    ev.object = object < e->locks.nfixed ? object : -1;
    e->watch(e->watch_context, &ev);
}

// ---- the loop --------------------------------------------------------------------------------------------------------------

static void migration_begin(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    const struct sim_retry *retry = &e->plan->m->migration.retry;

    x->steps = e->plan->migration.steps;
    x->nsteps = e->plan->migration.nsteps;
    x->statement = -1;
    x->snapshot = true;
    x->timeouts[SIM_DEADLOCK_TIMEOUT] = e->plan->deadlock_timeout;
    x->timeouts[SIM_LOCK_TIMEOUT] = retry->ntries > 0 ? retry->tries[0].lock_timeout_ms : 0;
    e->mig.started = true;
    session_ready(e, s);
}

static void step_timer(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];

    if (x->state == S_TIMER)
        session_ready(e, s);
    else if (x->state == S_HELD)
        class_connection_free(e, s);
    else if (s == e->plan->migration_proc)
        migration_begin(e, s);
    else
        long_begin(e, s);
}

static void timer_fires(struct engine *e, int slot)
{
    static const enum sim_outcome why[T_KINDS] = {[T_LOCK] = SIM_E_LOCK_TIMEOUT,
                                                  [T_STATEMENT] = SIM_E_STATEMENT_TIMEOUT,
                                                  [T_TRANSACTION] = SIM_E_TRANSACTION_TIMEOUT,
                                                  [T_CLIENT] = SIM_E_CANCELLED};
    int s = slot / T_KINDS, kind = slot % T_KINDS;

    if (kind == T_STEP)
        step_timer(e, s);
    else if (kind == T_DEADLOCK)
        deadlock_timer(e, s);
    else
        session_abort(e, s, why[kind]);
}

static void run_ready(struct engine *e)
{
    while (e->ready_len > 0) {
        int s = e->ready[e->ready_head++ & (e->ready_cap - 1)];

        e->ready_len--;
        session_run(e, s);
    }
}

// Moves the clock; false when nothing happens before the horizon.
static bool next_event(struct engine *e)
{
    double timer = clock_next(&e->timers), cpu = cpu_next(&e->cpu), later = later_next(e);
    double t = fmin(fmin(timer, cpu), fmin(later, e->next_arrival));

    if (t > e->horizon)
        return false;
    if (e->seen.nbins > 0)
        seen_timeline(e, t);
    e->now = t;
    e->events++;
    if (t == timer)
        timer_fires(e, clock_pop(&e->timers));
    else if (t == cpu)
        session_ready(e, cpu_pop(&e->cpu, t));
    else if (t == e->next_arrival)
        traffic_arrival(e);
    else
        later_pop(e);
    return true;
}

// The migration is still not done at the horizon; what it was doing ends there.
static void migration_given_up(struct engine *e)
{
    int s = e->plan->migration_proc;

    if (e->sessions[s].state == S_WAITING) {
        seen_wait_ends(e, s);
        seen_migration_got(e, false);
    }
    migration_boundary(e);
    e->mig.done = true;
    e->mig.outcome = SIM_E_HORIZON;
    e->mig.ended = e->now;
    e->mig.failed_statement = e->sessions[s].statement;
}

#define LAST_MS 2000.0   // looked on so long after the migration when no backlog can drain,
#define LAST_EVENTS 12e6 // and so much when it drains very slowly

static bool is_endless(struct engine *e)
{
    if (!e->mig.done)
        return false;
    if (e->events_at_end == 0)
        e->events_at_end = e->events;
    return (e->overloaded && e->now > e->mig.ended + LAST_MS) || (double)(e->events - e->events_at_end) > LAST_EVENTS;
}

void engine_run(struct engine *e, uint64_t seed, int replication, double limit, bool with_migration)
{
    begin(e, seed, replication, limit, with_migration);
    run_ready(e);
    while (!e->stop && !seen_calm_again(e) && !is_endless(e) && next_event(e)) {
        run_ready(e);
        SIM_CHECK_ALL(&e->locks);
    }
    if (e->now < e->horizon && e->with_migration && !e->mig.done)
        e->now = e->horizon; // nothing more would have happened: everybody waits for ever
    if (e->mig.started && !e->mig.done)
        migration_given_up(e);
    seen_blocked(e, 0);
}
