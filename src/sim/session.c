// A session: its states, waiting for a lock and what ends the wait, and the end of its transaction.
//
//     FREE -> READY -> COMPUTING | TIMER | WAITING -> READY -> ... -> FREE | HELD
//
// READY means in the ready queue, or running right now. Only session_become changes a state.
#include <assert.h>

#include "sim/engine.h"

static bool may_become(enum session_state from, enum session_state to)
{
    static const uint8_t next[] = {
        [S_FREE] = 1 << S_READY,      [S_READY] = 1 << S_COMPUTING | 1 << S_TIMER | 1 << S_WAITING | 1 << S_HELD | 1 << S_FREE,
        [S_COMPUTING] = 1 << S_READY, [S_TIMER] = 1 << S_READY,
        [S_WAITING] = 1 << S_READY,   [S_HELD] = 1 << S_FREE,
    };

    return (next[from] >> to) & 1;
}

void session_become(struct engine *e, int s, enum session_state state)
{
    struct session *x = &e->sessions[s];

    assert(may_become(x->state, state));
    (void)may_become;
    if (x->in_pool && x->state == S_WAITING)
        seen_blocked(e, -1);
    if (x->in_pool && state == S_WAITING)
        seen_blocked(e, +1);
    x->state = state;
}

void session_ready(struct engine *e, int s)
{
    session_become(e, s, S_READY);
    e->ready[(e->ready_head + e->ready_len++) & (e->ready_cap - 1)] = s;
}

void session_set_timer(struct engine *e, int s, enum timer kind, double at)
{
    clock_set(&e->timers, s * T_KINDS + (int)kind, at);
}

void session_cancel_timer(struct engine *e, int s, enum timer kind)
{
    clock_cancel(&e->timers, s * T_KINDS + (int)kind);
}

// ProcSleep: deadlock_timeout and lock_timeout begin together. At the same moment deadlock is looked at first.
void session_wait(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];

    x->wait_since = e->now;
    x->blocked = true;
    session_become(e, s, S_WAITING);
    x->chain = seen_wait_begins(e, s);
    session_set_timer(e, s, T_DEADLOCK, e->now + x->timeouts[SIM_DEADLOCK_TIMEOUT]);
    if (x->timeouts[SIM_LOCK_TIMEOUT] > 0)
        session_set_timer(e, s, T_LOCK, e->now + x->timeouts[SIM_LOCK_TIMEOUT]);
    if (s == e->plan->migration_proc)
        seen_migration_waits(e, s);
}

static void wait_over(struct engine *e, int s, bool granted)
{
    session_cancel_timer(e, s, T_DEADLOCK);
    session_cancel_timer(e, s, T_LOCK);
    seen_wait_ends(e, s);
    if (s == e->plan->migration_proc)
        seen_migration_got(e, granted);
}

void wake_granted(struct engine *e)
{
    for (int i = 0; i < e->locks.nwoken; i++) {
        int s = e->locks.woken[i];

        wait_over(e, s, true);
        notify(e, SIM_EV_GRANTED, s, -1, e->locks.nfixed, LC_NO_LOCK, SIM_DONE);
        session_ready(e, s);
    }
    e->locks.nwoken = 0;
}

// ProcSleep after DS_BLOCKED_BY_AUTOVACUUM: it is cancelled, unless it prevents wraparound.
static void cancel_autovacuum(struct engine *e, int s)
{
    const struct session *x = &e->sessions[s];

    if (x->who != SIM_WHO_LONG || e->plan->m->longs[x->index].kind != SIM_AUTOVACUUM)
        return;
    e->seen.cancelled++;
    session_abort(e, s, SIM_E_CANCELLED);
}

// With whom the victim waits in a circle: the migration, where it is among them; else the one that it waits for.
static int other_of_cycle(const struct engine *e, int victim)
{
    const struct lt_detector *d = &e->locks.d;
    int other = victim;

    for (int i = 0; i < d->ncycle; i++) {
        int p = d->cycle[i].proc;

        if (p != victim && (p == e->plan->migration_proc || other == victim))
            other = p;
    }
    return other;
}

void deadlock_timer(struct engine *e, int s)
{
    switch (lt_check_deadlock(&e->locks, s)) {
    case LT_NO_DEADLOCK:
        break;
    case LT_SOFT_DEADLOCK:
        wake_granted(e);
        break;
    case LT_HARD_DEADLOCK:
        seen_deadlock(e, s, other_of_cycle(e, s));
        session_abort(e, s, SIM_E_DEADLOCK);
        break;
    case LT_BLOCKED_BY_AUTOVACUUM:
        cancel_autovacuum(e, e->locks.d.autovacuum);
        break;
    }
}

void transaction_begin(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];

    x->in_tx = true;
    if (x->timeouts[SIM_TRANSACTION_TIMEOUT] > 0)
        session_set_timer(e, s, T_TRANSACTION, e->now + x->timeouts[SIM_TRANSACTION_TIMEOUT]);
}

void transaction_end(struct engine *e, int s, bool sessions)
{
    struct session *x = &e->sessions[s];

    seen_transaction_end(e, s);
    if (s == e->mig.oldest && x->serial == e->mig.oldest_serial)
        e->mig.oldest_ended = e->now;
    if (x->first_row != NO_ROW || x->first_share != NO_ROW || e->nranges > 0)
        rows_release(e, s);
    lt_release_all(&e->locks, s, sessions);
    if (x->occupies > 0)
        cpu_occupy(&e->cpu, -x->occupies, e->now);
    x->occupies = 0;
    x->xact = LT_NONE;
    x->serial++;
    x->in_tx = false;
    session_cancel_timer(e, s, T_TRANSACTION);
    wake_granted(e);
}

// Stops whatever the session is doing; afterwards it runs.
static void interrupt(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];

    switch (x->state) {
    case S_WAITING:
        wait_over(e, s, false);
        lt_leave_queue(&e->locks, s);
        row_forget_wait(e, s);
        break;
    case S_COMPUTING:
        (void)cpu_remove(&e->cpu, s, e->now);
        break;
    case S_TIMER:
        session_cancel_timer(e, s, T_STEP);
        break;
    case S_READY:
        return;
    case S_FREE:
    case S_HELD:
        assert(!"no transaction to interrupt");
        return;
    }
    session_become(e, s, S_READY);
}

// What a retry policy does with a failed transaction of the migration: true when it is tried again.
static bool try_again(struct engine *e, int s, enum sim_outcome why)
{
    const struct sim_retry *retry = &e->plan->m->migration.retry;
    struct session *x = &e->sessions[s];
    double sleep;

    if (e->mig.try_number + 1 >= retry->ntries || (why != SIM_E_LOCK_TIMEOUT && why != SIM_E_DEADLOCK && why != SIM_E_NOWAIT))
        return false;
    sleep = retry->tries[e->mig.try_number++].sleep_ms;
    e->mig.tries++;
    e->mig.nowners = 0;
    migration_boundary(e);
    x->pc = e->mig.begin_pc;
    x->phase = 0;
    x->timeouts[SIM_LOCK_TIMEOUT] = retry->tries[e->mig.try_number].lock_timeout_ms;
    session_become(e, s, S_TIMER);
    session_set_timer(e, s, T_STEP, e->now + sleep);
    traffic_calm(e, e->now + SETTLE_MS, e->now + sleep - SETTLE_MS);
    return true;
}

void session_abort(struct engine *e, int s, enum sim_outcome why)
{
    struct session *x = &e->sessions[s];

    interrupt(e, s);
    for (int k = 0; k < T_KINDS; k++)
        session_cancel_timer(e, s, (enum timer)k);
    transaction_end(e, s, true);
    notify(e, SIM_EV_ENDS, s, -1, -1, LC_NO_LOCK, why);
    if (x->who == SIM_WHO_MIGRATION)
        traffic_again(e);
    if (x->who == SIM_WHO_MIGRATION && try_again(e, s, why))
        return;
    session_finish(e, s, why);
}

void session_finish(struct engine *e, int s, enum sim_outcome how)
{
    struct session *x = &e->sessions[s];

    for (int k = 0; k < T_KINDS; k++)
        session_cancel_timer(e, s, (enum timer)k);
    switch (x->who) {
    case SIM_WHO_CLASS:
        class_finished(e, s, how);
        break;
    case SIM_WHO_LONG:
        long_finished(e, s);
        break;
    case SIM_WHO_MIGRATION:
        migration_finished(e, s, how);
        break;
    }
}
