// What each step of a program does. A step that waits or works is called again, with its phase, when that is over.
#include <math.h>

#include "sim/engine.h"

static bool is_migration(const struct engine *e, int s)
{
    return s == e->plan->migration_proc;
}

// The time since the last boundary belongs to the statement that ends here.
void migration_boundary(struct engine *e)
{
    const struct session *x = &e->sessions[e->plan->migration_proc];

    if (x->statement >= 0)
        e->mig.statement_wall[x->statement] += e->now - e->mig.statement_since;
    e->mig.statement_since = e->now;
}

// Who has written earliest of those that run is the oldest transaction that a snapshot taken now still sees as running (its xmin).
void migration_reference(struct engine *e)
{
    struct migration_state *m = &e->mig;

    m->reference = e->now;
    m->oldest = -1;
    m->oldest_ended = HUGE_VAL;
    for (int i = 0; i < e->plan->m->nlongs; i++) {
        int p = e->plan->first_long + i;

        if (!e->plan->m->longs[i].xid || !e->sessions[p].in_tx)
            continue;
        if (m->oldest >= 0 && e->long_started[i] >= e->long_started[m->oldest - e->plan->first_long])
            continue;
        m->oldest = p;
        m->oldest_serial = e->sessions[p].serial;
    }
}

static enum step_result step_statement(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];

    if (is_migration(e, s)) {
        migration_boundary(e);
        if (e->mig.statement_wall[step->statement] < 0)
            e->mig.statement_wall[step->statement] = 0;
        if (!x->in_tx)
            e->mig.begin_pc = x->pc; // where a retry of the transaction begins
    }
    x->statement = step->statement;
    if (step->label)
        x->label = step->label;
    x->snapshot = true;
    x->snapshot_at = e->now;
    if (is_migration(e, s))
        migration_reference(e);
    lt_release_statement(&e->locks, s);
    wake_granted(e);
    if (x->timeouts[SIM_STATEMENT_TIMEOUT] > 0)
        session_set_timer(e, s, T_STATEMENT, e->now + x->timeouts[SIM_STATEMENT_TIMEOUT]);
    else
        session_cancel_timer(e, s, T_STATEMENT);
    notify(e, SIM_EV_STATEMENT, s, -1, -1, LC_NO_LOCK, SIM_DONE);
    return STEP_NEXT;
}

static enum step_result step_begin(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];

    if (is_migration(e, s) && !(x->pc > 0 && x->steps[x->pc - 1].kind == SIM_STATEMENT))
        e->mig.begin_pc = x->pc;
    transaction_begin(e, s);
    return STEP_NEXT;
}

static enum step_result step_commit(struct engine *e, int s)
{
    transaction_end(e, s, false);
    if (is_migration(e, s)) {
        e->mig.nowners = 0;
        e->mig.try_number = 0;
    }
    return STEP_NEXT;
}

static void lock_got(struct engine *e, int s, const struct sim_step *step)
{
    struct migration_state *m = &e->mig;

    if (is_migration(e, s) && m->nowners < e->plan->nowners)
        m->owners[m->nowners++] = (struct lock_owner){
            .object = step->object, .statement = e->sessions[s].statement, .mode = step->mode, .label = e->sessions[s].label};
}

static enum step_result step_lock(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    bool marked =
        step->until != SIM_TO_COMMIT && x->phase == 0 && !(lt_held(&e->locks, s, step->object) & LC_LOCKBIT(step->mode));
    enum lt_result r;

    if (x->phase == 1) { // granted by whoever let go
        lock_got(e, s, step);
        return STEP_NEXT;
    }
    if (!x->in_tx && step->until != SIM_TO_SESSION)
        transaction_begin(e, s);
    r = lt_acquire(&e->locks, s, step->object, step->mode, step->nowait);
    if (r == LT_DEADLOCK || r == LT_NOT_AVAILABLE) {
        if (r == LT_DEADLOCK) // with one who waits there for what s holds
            seen_deadlock(e, s, e->locks.locks[step->object].first_waiter);
        session_abort(e, s, r == LT_DEADLOCK ? SIM_E_DEADLOCK : SIM_E_NOWAIT);
        return STEP_FAILED;
    }
    if (marked && step->until == SIM_TO_SESSION)
        lt_mark_session(&e->locks, s, step->object, step->mode);
    else if (marked)
        lt_mark_statement(&e->locks, s, step->object, step->mode);
    if (r == LT_GRANTED) {
        lock_got(e, s, step);
        return STEP_NEXT;
    }
    x->phase = 1;
    session_wait(e, s);
    return STEP_STOP;
}

// ---- work: computing and I/O, in slices so that both are spread over a long piece of work ------------------------------------

#define SLICE_MS 50.0
#define MAX_SLICES 100
#define ROW_SLICES 20 // work that locks rows looks so often whether it has come to one that is taken

#define CALM_MS 10000.0 // work that is longer is looked at: does it keep anybody waiting?

static bool conflicts_with_traffic(const struct engine *e, int s)
{
    const struct plan *p = e->plan;

    for (int i = 0; i < p->m->nclasses; i++)
        for (int k = 0; k < p->classes[i].nsteps; k++) {
            const struct sim_step *step = &p->classes[i].steps[k];

            if (step->kind == SIM_LOCK && (lt_held(&e->locks, s, step->object) & lc_lock_conflicts[step->mode]))
                return true;
        }
    return false;
}

// How much of a long piece of the migration's work can pass without looking at traffic, because nobody waits for what it holds.
static double calm_part(const struct engine *e, int s, const struct sim_step *step, double total)
{
    bool quiet = e->seen.nblocked == 0 && e->queue.waiting == 0 && !e->watch && e->nranges == 0;

    if (!is_migration(e, s) || !(total > CALM_MS) || total == HUGE_VAL || step->rows > 0 || !quiet ||
        conflicts_with_traffic(e, s))
        return 0;
    return total - SETTLE_MS;
}

static void work_begin(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    double total = draw(e, &step->ms, &e->work);
    double share = step->cpu_share < 0 ? 0 : step->cpu_share > 1 ? 1 : step->cpu_share;

    if (is_migration(e, s))
        migration_reference(e);
    x->calm = calm_part(e, s, step, total);
    total -= x->calm;
    x->slices = 1;
    if (share > 0 && share < 1 && total > SLICE_MS)
        x->slices = (int)fmin(MAX_SLICES, ceil(total / SLICE_MS));
    if (step->rows > 0 && is_migration(e, s) && total < HUGE_VAL && x->slices < ROW_SLICES)
        x->slices = ROW_SLICES;
    if (total == HUGE_VAL)
        share = share > 0; // the other part would be endless too
    x->cpu_slice = share > 0 ? total * share / x->slices : 0;
    x->io_slice = share < 1 ? total * (1 - share) / x->slices : 0;
    x->work_total = total;
    x->work_done = 0;
    if (step->rows > 0)
        range_begin(e, s, step);
}

static enum step_result compute(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];

    x->phase = 2;
    x->slice_since = e->now;
    session_become(e, s, S_COMPUTING);
    cpu_add(&e->cpu, s, x->cpu_slice, step->cores > 0 ? step->cores : 1, e->now);
    return STEP_STOP;
}

static enum step_result pause_until(struct engine *e, int s, int phase, double ms)
{
    struct session *x = &e->sessions[s];

    x->phase = phase;
    x->slice_since = e->now;
    session_become(e, s, S_TIMER);
    if (ms < HUGE_VAL)
        session_set_timer(e, s, T_STEP, e->now + ms);
    return STEP_STOP;
}

// Waits for whoever has a row that the work has come to.
static enum step_result pass_rows(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    int blocker;

    if (!(step->rows > 0) || !is_migration(e, s))
        return STEP_NEXT;
    while ((blocker = range_blocker(e, s, step)) >= 0) {
        x->phase = 4;
        if (wait_for_transaction(e, s, blocker) == STEP_STOP)
            return STEP_STOP;
    }
    return STEP_NEXT;
}

// The calm part of work: all its computing, then all its I/O. Phases 5 and 6, then 1.
static enum step_result calm_work(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    double share = step->cpu_share < 0 ? 0 : step->cpu_share > 1 ? 1 : step->cpu_share;

    if (x->phase == 1) {
        traffic_calm(e, e->now + SETTLE_MS, HUGE_VAL);
        x->phase = 5;
        if (share > 0) {
            x->slice_since = e->now;
            session_become(e, s, S_COMPUTING);
            cpu_add(&e->cpu, s, x->calm * share, step->cores > 0 ? step->cores : 1, e->now);
            return STEP_STOP;
        }
    }
    if (x->phase == 5 && share < 1)
        return pause_until(e, s, 6, x->calm * (1 - share));
    traffic_again(e);
    x->calm = 0;
    x->phase = 1;
    return STEP_NEXT;
}

// Phases: 0 begin, 1 next slice, 2 its computing is done, 3 its I/O is done, 4 has waited for a row; 5 and 6: calm_work.
static enum step_result step_work(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];

    if (x->phase == 0) {
        work_begin(e, s, step);
        if (!(x->work_total > 0))
            return STEP_NEXT;
        x->phase = 1;
    }
    if (x->calm > 0 && calm_work(e, s, step) == STEP_STOP)
        return STEP_STOP;
    if (x->phase == 4)
        (void)transaction_waited(e, s);
    for (;;) {
        if (x->phase == 1) {
            if (x->cpu_slice > 0)
                return compute(e, s, step);
            x->phase = 2;
        }
        if (x->phase == 2) {
            x->work_done += x->cpu_slice;
            if (x->io_slice > 0)
                return pause_until(e, s, 3, x->io_slice);
            x->phase = 3;
        }
        if (x->phase == 3)
            x->work_done += x->io_slice;
        if (pass_rows(e, s, step) == STEP_STOP)
            return STEP_STOP;
        if (--x->slices <= 0)
            return STEP_NEXT;
        x->phase = 1;
    }
}

static enum step_result step_sleep(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    double ms, calm;

    if (x->phase == 1) {
        x->snapshot = true;
        return STEP_NEXT;
    }
    if (x->phase == 2) { // what was calm of it is over
        traffic_again(e);
        return pause_until(e, s, 1, x->calm);
    }
    ms = x->who == SIM_WHO_LONG ? x->hold : draw(e, &step->ms, &e->work);
    if (x->who == SIM_WHO_LONG && step->cores > 0) {
        cpu_occupy(&e->cpu, step->cores - x->occupies, e->now);
        x->occupies = step->cores;
    }
    session_cancel_timer(e, s, T_STATEMENT); // idle: no statement runs
    if (!(ms > 0))
        return STEP_NEXT;
    if (x->who == SIM_WHO_CLASS)
        x->snapshot = false; // idle in transaction, READ COMMITTED
    calm = calm_part(e, s, step, ms);
    if (!(calm > 0))
        return pause_until(e, s, 1, ms);
    x->calm = ms - calm;
    traffic_calm(e, e->now + SETTLE_MS, HUGE_VAL);
    return pause_until(e, s, 2, calm);
}

// ---- CONCURRENTLY ----------------------------------------------------------------------------------------------------------

static void add_target(struct engine *e, struct session *x, int other)
{
    e->targets[x->ntargets] = other;
    e->target_serials[x->ntargets++] = e->sessions[other].serial;
}

// GetLockConflicts: holders, not waiters.
static void collect_lockers(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];

    for (int i = e->locks.locks[step->object].first_holder; i != LT_NONE; i = e->locks.proclocks[i].next) {
        const struct lt_proclock *pl = &e->locks.proclocks[i];

        if (pl->proc != s && (pl->hold_mask & lc_lock_conflicts[step->mode]))
            add_target(e, x, pl->proc);
    }
}

// GetCurrentVirtualXIDs: whoever has a snapshot with an xmin up to that of ours; vacuums of any kind do not matter
// (PROC_IS_AUTOVACUUM, PROC_IN_VACUUM). A younger snapshot is as old as ours while the oldest transaction of then still runs.
static bool has_older_snapshot(const struct engine *e, int i)
{
    const struct session *o = &e->sessions[i];
    bool vacuum = o->who == SIM_WHO_LONG && e->plan->m->longs[o->index].kind != SIM_CLIENT &&
                  e->plan->m->longs[o->index].kind != SIM_PREPARED;

    if (i == e->plan->migration_proc || !o->in_tx || !o->snapshot || vacuum)
        return false;
    return o->snapshot_at <= e->mig.reference || (e->mig.oldest >= 0 && o->snapshot_at <= e->mig.oldest_ended);
}

static void collect_snapshots(struct engine *e, int s)
{
    for (int i = 0; i < e->plan->nprocs; i++)
        if (has_older_snapshot(e, i))
            add_target(e, &e->sessions[s], i);
}

static enum step_result step_wait_for(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];

    if (x->phase == 0) {
        x->target = x->ntargets = 0;
        if (step->kind == SIM_WAIT_LOCKERS)
            collect_lockers(e, s, step);
        else
            collect_snapshots(e, s);
    } else {
        (void)transaction_waited(e, s);
        x->target++;
    }
    x->phase = 1;
    for (; x->target < x->ntargets; x->target++) {
        int other = e->targets[x->target];

        if (step->kind == SIM_WAIT_SNAPSHOTS && !has_older_snapshot(e, other))
            continue; // WaitForOlderSnapshots looks again before each wait: another statement has another snapshot
        if (e->sessions[other].serial == e->target_serials[x->target] && wait_for_transaction(e, s, other) == STEP_STOP)
            return STEP_STOP;
    }
    return STEP_NEXT;
}

static enum step_result step_set(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    bool tried = is_migration(e, s) && e->plan->m->migration.retry.ntries > 0;

    if (step->setting != SIM_LOCK_TIMEOUT || !tried) // a retry policy has the say over lock_timeout
        x->timeouts[step->setting] = sim_dist_mean(&step->ms);
    return STEP_NEXT;
}

static enum step_result step(struct engine *e, int s, const struct sim_step *p)
{
    switch (p->kind) {
    case SIM_STATEMENT:
        return step_statement(e, s, p);
    case SIM_BEGIN:
        return step_begin(e, s);
    case SIM_LOCK:
        return step_lock(e, s, p);
    case SIM_WORK:
        return step_work(e, s, p);
    case SIM_SLEEP:
        return step_sleep(e, s, p);
    case SIM_ROW_LOCK:
        return row_lock_step(e, s, p);
    case SIM_COMMIT:
        return step_commit(e, s);
    case SIM_WAIT_LOCKERS:
    case SIM_WAIT_SNAPSHOTS:
        return step_wait_for(e, s, p);
    case SIM_SET:
        return step_set(e, s, p);
    }
    return STEP_NEXT;
}

static bool skipped(struct engine *e, const struct session *x, const struct sim_step *p)
{
    if ((p->doubt > 0 && !e->doubts[p->doubt - 1]) || (p->to > 0 && (x->choice < p->from || x->choice >= p->to)))
        return x->phase == 0;
    return x->phase == 0 && p->probability > 0 && p->probability < 1 && lc_rng_uniform(&e->work) >= p->probability;
}

void session_run(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];

    while (x->pc < x->nsteps) {
        const struct sim_step *p = &x->steps[x->pc];

        if (!skipped(e, x, p) && step(e, s, p) != STEP_NEXT)
            return;
        x->pc++;
        x->phase = 0;
    }
    transaction_end(e, s, true);
    notify(e, SIM_EV_ENDS, s, -1, -1, LC_NO_LOCK, SIM_DONE);
    session_finish(e, s, SIM_DONE);
}

void migration_finished(struct engine *e, int s, enum sim_outcome how)
{
    struct session *x = &e->sessions[s];

    migration_boundary(e);
    e->mig.done = true;
    e->mig.outcome = how;
    e->mig.ended = e->now;
    e->mig.failed_statement = how == SIM_DONE ? -1 : x->statement;
    notify(e, SIM_EV_DONE, s, -1, -1, LC_NO_LOCK, how);
    session_become(e, s, S_FREE);
}
