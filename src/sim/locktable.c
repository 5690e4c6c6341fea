// The shared lock table: acquire, grant, release (lock.c: LockAcquireExtended, GrantLock, UnGrantLock, LockReleaseAll).
#include "sim/locktable.h"

#include <assert.h>
#include <string.h>

// ---- proclocks and objects -------------------------------------------------------------------------------------------------

void lt_init(struct lt_table *t, struct lc_arena *arena, int nprocs, int nfixed, int ndynamic, int nproclocks)
{
    size_t n = (size_t)nprocs;

    *t = (struct lt_table){.nfixed = nfixed, .nobjects = nfixed + ndynamic, .nprocs = nprocs, .nproclocks = nproclocks};
    t->server_version = 15;
    t->locks = LC_NEW_ARRAY(arena, struct lt_lock, t->nobjects);
    t->proclocks = LC_NEW_ARRAY(arena, struct lt_proclock, nproclocks);
    t->procs = LC_NEW_ARRAY(arena, struct lt_proc, nprocs);
    t->woken = LC_NEW_ARRAY(arena, int32_t, nprocs);
    // The detector's limits are PostgreSQL's (InitDeadLockChecking), with the number of processes as MaxBackends.
    t->d.seen = LC_NEW_ARRAY(arena, uint32_t, n);
    t->d.constraints = LC_NEW_ARRAY(arena, struct lt_edge, n);
    t->d.possible = LC_NEW_ARRAY(arena, struct lt_edge, 4 * n);
    t->d.orders = LC_NEW_ARRAY(arena, struct lt_order, n / 2 + 1);
    t->d.order_procs = LC_NEW_ARRAY(arena, int32_t, n);
    t->d.topo = LC_NEW_ARRAY(arena, int32_t, n);
    t->d.before = LC_NEW_ARRAY(arena, int32_t, n);
    t->d.after = LC_NEW_ARRAY(arena, int32_t, n);
    t->d.cycle = LC_NEW_ARRAY(arena, struct lt_cycle, n + 2);
    lt_clear(t);
}

static void lock_clear(struct lt_lock *lock)
{
    memset(lock, 0, sizeof *lock);
    lock->first_holder = lock->last_holder = lock->first_waiter = lock->last_waiter = LT_NONE;
}

void lt_clear(struct lt_table *t)
{
    t->free_object = t->free_proclock = LT_NONE;
    for (int i = t->nobjects; --i >= 0;) {
        lock_clear(&t->locks[i]);
        if (i >= t->nfixed) {
            t->locks[i].first_holder = t->free_object;
            t->free_object = i;
        }
    }
    for (int i = t->nproclocks; --i >= 0;) {
        t->proclocks[i].next = t->free_proclock;
        t->free_proclock = i;
    }
    for (int i = 0; i < t->nprocs; i++) {
        t->procs[i] =
            (struct lt_proc){.first_lock = LT_NONE, .last_lock = LT_NONE, .wait_object = LT_NONE, .wait_proclock = LT_NONE};
        t->procs[i].queue_next = t->procs[i].queue_prev = LT_NONE;
    }
    t->nwoken = 0;
    t->events = 0;
}

int lt_object_new(struct lt_table *t)
{
    int o = t->free_object;

    if (o == LT_NONE)
        return LT_NONE;
    t->free_object = t->locks[o].first_holder;
    lock_clear(&t->locks[o]);
    return o;
}

static int find_proclock(const struct lt_table *t, int proc, int object)
{
    int pl = t->procs[proc].first_lock;

    while (pl != LT_NONE && t->proclocks[pl].object != object)
        pl = t->proclocks[pl].proc_next;
    return pl;
}

// SetupLockInTable: the proclock joins the ends of both its lists.
static int make_proclock(struct lt_table *t, int proc, int object)
{
    struct lt_lock *lock = &t->locks[object];
    struct lt_proc *p = &t->procs[proc];
    int pl = t->free_proclock;
    struct lt_proclock *n = &t->proclocks[pl];

    assert(pl != LT_NONE);
    t->free_proclock = n->next;
    *n = (struct lt_proclock){.proc = proc,
                              .object = object,
                              .next = LT_NONE,
                              .prev = lock->last_holder,
                              .proc_next = LT_NONE,
                              .proc_prev = p->last_lock};
    *(lock->last_holder == LT_NONE ? &lock->first_holder : &t->proclocks[lock->last_holder].next) = pl;
    lock->last_holder = pl;
    *(p->last_lock == LT_NONE ? &p->first_lock : &t->proclocks[p->last_lock].proc_next) = pl;
    p->last_lock = pl;
    return pl;
}

// The part of CleanUpLock that forgets: a proclock without locks goes, and a transaction's or tuple's object with its last one.
void lt_drop_if_unused(struct lt_table *t, int proclock)
{
    struct lt_proclock *n = &t->proclocks[proclock];
    struct lt_lock *lock = &t->locks[n->object];
    struct lt_proc *p = &t->procs[n->proc];

    if (n->hold_mask)
        return;
    *(n->prev == LT_NONE ? &lock->first_holder : &t->proclocks[n->prev].next) = n->next;
    *(n->next == LT_NONE ? &lock->last_holder : &t->proclocks[n->next].prev) = n->prev;
    *(n->proc_prev == LT_NONE ? &p->first_lock : &t->proclocks[n->proc_prev].proc_next) = n->proc_next;
    *(n->proc_next == LT_NONE ? &p->last_lock : &t->proclocks[n->proc_next].proc_prev) = n->proc_prev;
    n->next = t->free_proclock;
    t->free_proclock = proclock;
    if (n->object >= t->nfixed && lock->first_holder == LT_NONE) {
        lock->first_holder = t->free_object;
        t->free_object = n->object;
    }
}

lc_lockmask lt_held(const struct lt_table *t, int proc, int object)
{
    int pl = find_proclock(t, proc, object);

    return pl == LT_NONE ? 0 : t->proclocks[pl].hold_mask;
}

// ---- acquire ---------------------------------------------------------------------------------------------------------------

// LockCheckConflicts: does anybody but the one who holds `own` hold a mode that conflicts?
bool lt_conflicts(const struct lt_lock *lock, lc_lockmask own, enum lc_lockmode mode)
{
    unsigned held = lc_lock_conflicts[mode] & lock->grant_mask;

    for (; held; held &= held - 1) {
        int m = __builtin_ctz(held);

        if (lock->granted[m] > ((own >> m) & 1))
            return true;
    }
    return false;
}

static void request(struct lt_lock *lock, enum lc_lockmode mode)
{
    lock->requested[mode]++;
}

// Undoes a request that was not granted.
void lt_drop_request(struct lt_table *t, int proclock, enum lc_lockmode mode)
{
    struct lt_lock *lock = &t->locks[t->proclocks[proclock].object];

    if (--lock->requested[mode] == lock->granted[mode])
        lock->wait_mask &= (lc_lockmask)~LC_LOCKBIT(mode);
}

// GrantLock.
void lt_grant(struct lt_table *t, int proclock, enum lc_lockmode mode)
{
    struct lt_lock *lock = &t->locks[t->proclocks[proclock].object];

    lock->grant_mask |= LC_LOCKBIT(mode);
    if (++lock->granted[mode] == lock->requested[mode])
        lock->wait_mask &= (lc_lockmask)~LC_LOCKBIT(mode);
    t->proclocks[proclock].hold_mask |= LC_LOCKBIT(mode);
    t->events++;
}

enum lt_result lt_acquire(struct lt_table *t, int proc, int object, enum lc_lockmode mode, bool nowait)
{
    struct lt_lock *lock = &t->locks[object];
    int pl = find_proclock(t, proc, object);
    enum lt_result result = LT_NOT_AVAILABLE;
    bool conflict;

    if (pl == LT_NONE)
        pl = make_proclock(t, proc, object);
    else if (t->proclocks[pl].hold_mask & LC_LOCKBIT(mode))
        return LT_GRANTED; // a local count in the server: never looks at the shared table, so never waits
    request(lock, mode);
    // A newcomer yields to waiters that it conflicts with, and only to those.
    conflict = (lc_lock_conflicts[mode] & lock->wait_mask) != 0 || lt_conflicts(lock, t->proclocks[pl].hold_mask, mode);
    if (!conflict) {
        lt_grant(t, pl, mode);
        result = LT_GRANTED;
    } else if (!nowait || t->server_version >= 17) {
        // 17: "Allow a no-wait lock acquisition to succeed in more cases": the queue is looked at before giving up.
        result = lt_join_queue(t, proc, pl, mode, nowait);
    }
    if (result == LT_DEADLOCK || result == LT_NOT_AVAILABLE) {
        lt_drop_request(t, pl, mode);
        lt_drop_if_unused(t, pl);
    }
    SIM_CHECK_OBJECT(t, object);
    return result;
}

void lt_mark_session(struct lt_table *t, int proc, int object, enum lc_lockmode mode)
{
    int pl = find_proclock(t, proc, object);

    if (pl != LT_NONE)
        t->proclocks[pl].session_mask |= LC_LOCKBIT(mode);
}

void lt_mark_statement(struct lt_table *t, int proc, int object, enum lc_lockmode mode)
{
    int pl = find_proclock(t, proc, object);

    if (pl != LT_NONE)
        t->proclocks[pl].statement_mask |= LC_LOCKBIT(mode);
}

// ---- release ---------------------------------------------------------------------------------------------------------------

// UnGrantLock: true when somebody may be waiting for this.
static bool ungrant(struct lt_table *t, struct lt_lock *lock, struct lt_proclock *pl, enum lc_lockmode mode)
{
    lock->requested[mode]--;
    if (--lock->granted[mode] == 0)
        lock->grant_mask &= (lc_lockmask)~LC_LOCKBIT(mode);
    pl->hold_mask &= (lc_lockmask)~LC_LOCKBIT(mode);
    pl->session_mask &= (lc_lockmask)~LC_LOCKBIT(mode);
    pl->statement_mask &= (lc_lockmask)~LC_LOCKBIT(mode);
    t->events++;
    return (lc_lock_conflicts[mode] & lock->wait_mask) != 0;
}

void lt_release(struct lt_table *t, int proc, int object, enum lc_lockmode mode)
{
    int pl = find_proclock(t, proc, object);
    bool wake;

    if (pl == LT_NONE || !(t->proclocks[pl].hold_mask & LC_LOCKBIT(mode)))
        return;
    wake = ungrant(t, &t->locks[object], &t->proclocks[pl], mode);
    lt_drop_if_unused(t, pl);
    if (wake)
        lt_wake(t, object);
    SIM_CHECK_OBJECT(t, object);
}

// Releases `modes` of one proclock, and wakes whoever waited for one of them.
static void release_modes(struct lt_table *t, int proclock, unsigned modes)
{
    struct lt_proclock *pl = &t->proclocks[proclock];
    int object = pl->object;
    bool wake = false;

    for (; modes; modes &= modes - 1)
        wake |= ungrant(t, &t->locks[object], pl, (enum lc_lockmode)__builtin_ctz(modes));
    lt_drop_if_unused(t, proclock);
    if (wake)
        lt_wake(t, object);
    SIM_CHECK_OBJECT(t, object);
}

void lt_release_statement(struct lt_table *t, int proc)
{
    int next;

    for (int i = t->procs[proc].first_lock; i != LT_NONE; i = next) {
        next = t->proclocks[i].proc_next;
        if (t->proclocks[i].statement_mask & t->proclocks[i].hold_mask)
            release_modes(t, i, (unsigned)(t->proclocks[i].statement_mask & t->proclocks[i].hold_mask));
    }
}

void lt_release_all(struct lt_table *t, int proc, bool sessions)
{
    int next;

    assert(t->procs[proc].wait_object == LT_NONE);
    for (int i = t->procs[proc].first_lock; i != LT_NONE; i = next) {
        unsigned modes = t->proclocks[i].hold_mask;

        next = t->proclocks[i].proc_next;
        if (!sessions)
            modes &= (unsigned)~t->proclocks[i].session_mask;
        if (modes)
            release_modes(t, i, modes);
    }
}

void lt_move_locks(struct lt_table *t, int from, int to)
{
    int next;

    assert(t->procs[from].wait_object == LT_NONE);
    for (int i = t->procs[from].first_lock; i != LT_NONE; i = next) {
        struct lt_proclock *n = &t->proclocks[i];
        struct lt_proc *p = &t->procs[from], *q = &t->procs[to];

        next = n->proc_next;
        if (n->session_mask) // "cannot PREPARE while holding both session-level and transaction-level locks on the same object"
            continue;
        *(n->proc_prev == LT_NONE ? &p->first_lock : &t->proclocks[n->proc_prev].proc_next) = n->proc_next;
        *(n->proc_next == LT_NONE ? &p->last_lock : &t->proclocks[n->proc_next].proc_prev) = n->proc_prev;
        n->proc = to;
        n->proc_next = LT_NONE;
        n->proc_prev = q->last_lock;
        *(q->last_lock == LT_NONE ? &q->first_lock : &t->proclocks[q->last_lock].proc_next) = i;
        q->last_lock = i;
        SIM_CHECK_OBJECT(t, n->object);
    }
}

void lt_leave_queue(struct lt_table *t, int proc)
{
    struct lt_proc *p = &t->procs[proc];
    int object = p->wait_object, pl = p->wait_proclock;

    assert(object != LT_NONE);
    lt_unlink_waiter(t, proc);
    lt_drop_request(t, pl, p->wait_mode);
    t->proclocks[pl].session_mask &= t->proclocks[pl].hold_mask;
    t->proclocks[pl].statement_mask &= t->proclocks[pl].hold_mask;
    lt_drop_if_unused(t, pl);
    lt_wake(t, object); // CleanUpLock(wakeupNeeded = true): those behind may pass now
    SIM_CHECK_OBJECT(t, object);
}
