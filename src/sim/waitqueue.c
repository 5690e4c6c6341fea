// The wait queue of one object: where a new waiter goes, and who is woken (proc.c: JoinWaitQueue, ProcLockWakeup).
#include <assert.h>

#include "sim/locktable.h"

static void insert_before(struct lt_table *t, int object, int proc, int before)
{
    struct lt_lock *lock = &t->locks[object];
    struct lt_proc *p = &t->procs[proc];
    int prev = before == LT_NONE ? lock->last_waiter : t->procs[before].queue_prev;

    p->queue_prev = prev;
    p->queue_next = before;
    *(prev == LT_NONE ? &lock->first_waiter : &t->procs[prev].queue_next) = proc;
    *(before == LT_NONE ? &lock->last_waiter : &t->procs[before].queue_prev) = proc;
    lock->nwaiters++;
}

void lt_append_waiter(struct lt_table *t, int object, int proc)
{
    insert_before(t, object, proc, LT_NONE);
}

// Takes a process out of the queue it is in; its request stays counted.
void lt_unlink_waiter(struct lt_table *t, int proc)
{
    struct lt_proc *p = &t->procs[proc];
    struct lt_lock *lock = &t->locks[p->wait_object];

    *(p->queue_prev == LT_NONE ? &lock->first_waiter : &t->procs[p->queue_prev].queue_next) = p->queue_next;
    *(p->queue_next == LT_NONE ? &lock->last_waiter : &t->procs[p->queue_next].queue_prev) = p->queue_prev;
    p->queue_next = p->queue_prev = p->wait_object = p->wait_proclock = LT_NONE;
    lock->nwaiters--;
}

// RememberSimpleDeadLock: the two who would wait for each other.
static void simple_deadlock(struct lt_table *t, int proc, int object, enum lc_lockmode mode, int other)
{
    t->d.cycle[0] = (struct lt_cycle){.proc = proc, .object = object, .mode = mode};
    t->d.cycle[1] = (struct lt_cycle){.proc = other, .object = object, .mode = t->procs[other].wait_mode};
    t->d.ncycle = 2;
}

// Where a process that holds something on the object goes: before the first waiter that must wait for it, because behind
// that one it would wait for ever. LT_WAITS with *before set; LT_GRANTED when nobody ahead is in its way.
static enum lt_result find_place(struct lt_table *t, int proc, int proclock, enum lc_lockmode mode, int *before)
{
    const struct lt_proclock *pl = &t->proclocks[proclock];
    const struct lt_lock *lock = &t->locks[pl->object];
    lc_lockmask ahead = 0;

    for (int w = lock->first_waiter; w != LT_NONE; w = t->procs[w].queue_next) {
        const struct lt_proc *waiter = &t->procs[w];

        if (lc_lock_conflicts[waiter->wait_mode] & pl->hold_mask) { // must he wait for me?
            if (lc_lock_conflicts[mode] & waiter->held_locks) {     // must I wait for him?
                simple_deadlock(t, proc, pl->object, mode, w);
                return LT_DEADLOCK;
            }
            if ((lc_lock_conflicts[mode] & ahead) == 0 && !lt_conflicts(lock, pl->hold_mask, mode))
                return LT_GRANTED;
            *before = w;
            return LT_WAITS;
        }
        ahead |= LC_LOCKBIT(waiter->wait_mode);
    }
    return LT_WAITS;
}

enum lt_result lt_join_queue(struct lt_table *t, int proc, int proclock, enum lc_lockmode mode, bool nowait)
{
    struct lt_proclock *pl = &t->proclocks[proclock];
    struct lt_proc *p = &t->procs[proc];
    int before = LT_NONE;
    enum lt_result r = pl->hold_mask ? find_place(t, proc, proclock, mode, &before) : LT_WAITS;

    if (r == LT_GRANTED)
        lt_grant(t, proclock, mode);
    if (r != LT_WAITS)
        return nowait && r == LT_DEADLOCK ? LT_NOT_AVAILABLE : r;
    if (nowait)
        return LT_NOT_AVAILABLE;
    assert(p->wait_object == LT_NONE);
    p->wait_object = pl->object;
    p->wait_proclock = proclock;
    p->wait_mode = mode;
    p->held_locks = pl->hold_mask;
    t->locks[pl->object].wait_mask |= LC_LOCKBIT(mode);
    insert_before(t, pl->object, proc, before);
    t->events++;
    return LT_WAITS;
}

// ProcLockWakeup: from the head of the queue, grant whoever conflicts neither with those left waiting ahead nor with what is
// held.
void lt_wake(struct lt_table *t, int object)
{
    struct lt_lock *lock = &t->locks[object];
    lc_lockmask ahead = 0;
    int next;

    for (int w = lock->first_waiter; w != LT_NONE; w = next) {
        struct lt_proc *p = &t->procs[w];
        enum lc_lockmode mode = p->wait_mode;
        int pl = p->wait_proclock;

        next = p->queue_next;
        if ((lc_lock_conflicts[mode] & ahead) == 0 && !lt_conflicts(lock, t->proclocks[pl].hold_mask, mode)) {
            lt_unlink_waiter(t, w);
            lt_grant(t, pl, mode);
            t->woken[t->nwoken++] = w;
        } else {
            ahead |= LC_LOCKBIT(mode);
            if (ahead == 0x1FE)
                break; // nobody further back can pass
        }
    }
}

struct lt_blockers lt_blockers_of(const struct lt_table *t, int waiter)
{
    int object = t->procs[waiter].wait_object;

    if (object == LT_NONE)
        return (struct lt_blockers){.waiter = waiter, .proclock = LT_NONE, .queued = LT_NONE};
    return (struct lt_blockers){
        .waiter = waiter, .proclock = t->locks[object].first_holder, .queued = t->locks[object].first_waiter};
}

int lt_next_blocker(const struct lt_table *t, struct lt_blockers *it)
{
    lc_lockmask conflicts = lc_lock_conflicts[t->procs[it->waiter].wait_mode];

    while (it->proclock != LT_NONE) {
        const struct lt_proclock *pl = &t->proclocks[it->proclock];

        it->proclock = pl->next;
        if (pl->proc != it->waiter && (pl->hold_mask & conflicts))
            return pl->proc;
    }
    it->soft = true;
    while (it->queued != LT_NONE && it->queued != it->waiter) {
        int w = it->queued;

        it->queued = t->procs[w].queue_next;
        if (LC_LOCKBIT(t->procs[w].wait_mode) & conflicts)
            return w;
    }
    return LT_NONE;
}
