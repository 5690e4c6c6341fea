// Invariants of the lock table, checked after every change in debug builds (lock.c's asserts, and more).
#include "sim/locktable.h"

#ifndef NDEBUG

#include <assert.h>

static void check_holders(const struct lt_table *t, int object, int32_t granted[LC_LOCKMODES], int32_t *nproclocks)
{
    int prev = LT_NONE;

    for (int i = t->locks[object].first_holder; i != LT_NONE; i = t->proclocks[i].next) {
        const struct lt_proclock *pl = &t->proclocks[i];
        const struct lt_proc *p = &t->procs[pl->proc];

        assert(pl->object == object && pl->prev == prev);
        // A proclock without locks is there only for a request, and vanishes with it.
        assert(pl->hold_mask != 0 || p->wait_proclock == i);
        for (int m = 1; m < LC_LOCKMODES; m++)
            granted[m] += (pl->hold_mask >> m) & 1;
        (*nproclocks)++;
        prev = i;
    }
    assert(t->locks[object].last_holder == prev);
}

static void check_waiters(const struct lt_table *t, int object, int32_t waiting[LC_LOCKMODES])
{
    const struct lt_lock *lock = &t->locks[object];
    int prev = LT_NONE, n = 0;

    for (int w = lock->first_waiter; w != LT_NONE; w = t->procs[w].queue_next, n++) {
        const struct lt_proc *p = &t->procs[w];

        assert(p->wait_object == object && p->queue_prev == prev);
        assert(t->proclocks[p->wait_proclock].proc == w && t->proclocks[p->wait_proclock].object == object);
        assert(!(t->proclocks[p->wait_proclock].hold_mask & LC_LOCKBIT(p->wait_mode)));
        waiting[p->wait_mode]++;
        prev = w;
    }
    assert(lock->last_waiter == prev && lock->nwaiters == n);
}

// Two processes never hold modes that conflict.
static void check_compatible(const struct lt_table *t, int object)
{
    for (int i = t->locks[object].first_holder; i != LT_NONE; i = t->proclocks[i].next)
        for (int m = 1; m < LC_LOCKMODES; m++)
            if (t->proclocks[i].hold_mask & LC_LOCKBIT(m))
                assert(!lt_conflicts(&t->locks[object], t->proclocks[i].hold_mask, (enum lc_lockmode)m));
}

void lt_check_object(const struct lt_table *t, int object)
{
    const struct lt_lock *lock = &t->locks[object];
    int32_t granted[LC_LOCKMODES] = {0}, waiting[LC_LOCKMODES] = {0}, n = 0;

    if (object >= t->nfixed && lock->requested[1] + lock->requested[5] + lock->requested[7] == 0)
        return; // free, or only just made
    check_holders(t, object, granted, &n);
    check_waiters(t, object, waiting);
    for (int m = 1; m < LC_LOCKMODES; m++) {
        assert(0 <= lock->granted[m] && lock->granted[m] <= lock->requested[m]);
        assert(lock->granted[m] == granted[m] && lock->requested[m] == granted[m] + waiting[m]);
        assert(((lock->grant_mask >> m) & 1) == (lock->granted[m] > 0));
        assert(((lock->wait_mask >> m) & 1) == (lock->requested[m] > lock->granted[m]));
    }
    if (n < 50)
        check_compatible(t, object);
}

void lt_check(const struct lt_table *t)
{
    for (int o = 0; o < t->nfixed; o++)
        lt_check_object(t, o);
    for (int p = 0; p < t->nprocs; p++) {
        const struct lt_proc *proc = &t->procs[p];
        int found = 0;

        if (proc->wait_object == LT_NONE)
            continue;
        for (int w = t->locks[proc->wait_object].first_waiter; w != LT_NONE; w = t->procs[w].queue_next)
            found += w == p;
        assert(found == 1); // a waiter is in exactly one queue, once
    }
}

#endif
