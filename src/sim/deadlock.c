// The deadlock check that a waiter makes once (deadlock.c: DeadLockCheck, FindLockCycle, ExpandConstraints, TopoSort).
//
// The waits-for graph has a hard edge from a waiter to each holder of a conflicting mode, and a soft edge to each waiter ahead
// of it in the same queue whose request conflicts. A cycle of hard edges can only be broken by failing. A soft edge can be
// reversed: then the queue is rebuilt with waiter before blocker. Reversals are tried one at a time, recursively.
#include <assert.h>

#include "sim/locktable.h"

// Search effort after which the answer is "deadlock". PostgreSQL gives up only for want of space; the number keeps hostile
// scenarios from running for ever.
#define MAX_TRIALS 20000

static bool search(struct lt_table *t, int proc, int depth, struct lt_edge *soft, int *nsoft);

static bool follow(struct lt_table *t, int proc, int blocker, int depth, struct lt_edge *soft, int *nsoft)
{
    if (!search(t, blocker, depth + 1, soft, nsoft))
        return false;
    t->d.cycle[depth] = (struct lt_cycle){.proc = proc, .object = t->procs[proc].wait_object, .mode = t->procs[proc].wait_mode};
    return true;
}

static bool search_holders(struct lt_table *t, int proc, int depth, struct lt_edge *soft, int *nsoft)
{
    const struct lt_proc *p = &t->procs[proc];
    lc_lockmask conflicts = lc_lock_conflicts[p->wait_mode];

    for (int i = t->locks[p->wait_object].first_holder; i != LT_NONE; i = t->proclocks[i].next) {
        const struct lt_proclock *pl = &t->proclocks[i];

        if (pl->proc == proc || !(pl->hold_mask & conflicts))
            continue;
        if (proc == t->d.start && t->procs[pl->proc].autovacuum)
            t->d.autovacuum = pl->proc; // the last one found is the one that will be cancelled
        if (follow(t, proc, pl->proc, depth, soft, nsoft))
            return true;
    }
    return false;
}

static bool follow_soft(struct lt_table *t, int proc, int ahead, int depth, struct lt_edge *soft, int *nsoft)
{
    if (!(LC_LOCKBIT(t->procs[ahead].wait_mode) & lc_lock_conflicts[t->procs[proc].wait_mode]))
        return false;
    if (!follow(t, proc, ahead, depth, soft, nsoft))
        return false;
    soft[(*nsoft)++] = (struct lt_edge){.waiter = proc, .blocker = ahead};
    return true;
}

static const struct lt_order *proposed_order(const struct lt_table *t, int object)
{
    for (int i = 0; i < t->d.norders; i++)
        if (t->d.orders[i].object == object)
            return &t->d.orders[i];
    return NULL;
}

static bool search_queue(struct lt_table *t, int proc, int depth, struct lt_edge *soft, int *nsoft)
{
    int object = t->procs[proc].wait_object;
    const struct lt_order *order = proposed_order(t, object);

    if (order != NULL) {
        for (int i = 0; i < order->nprocs && order->procs[i] != proc; i++)
            if (follow_soft(t, proc, order->procs[i], depth, soft, nsoft))
                return true;
        return false;
    }
    for (int w = t->locks[object].first_waiter; w != LT_NONE && w != proc; w = t->procs[w].queue_next)
        if (follow_soft(t, proc, w, depth, soft, nsoft))
            return true;
    return false;
}

// FindLockCycleRecurse. A cycle that does not come back to the start is somebody else's.
static bool search(struct lt_table *t, int proc, int depth, struct lt_edge *soft, int *nsoft)
{
    if (t->d.seen[proc] == t->d.search) {
        if (proc == t->d.start)
            t->d.ncycle = depth;
        return proc == t->d.start;
    }
    t->d.seen[proc] = t->d.search;
    if (t->procs[proc].wait_object == LT_NONE)
        return false;
    // Holders first: one who blocks both ways counts as a hard edge.
    return search_holders(t, proc, depth, soft, nsoft) || search_queue(t, proc, depth, soft, nsoft);
}

static bool find_cycle(struct lt_table *t, int start, int checker, struct lt_edge *soft, int *nsoft)
{
    int32_t autovacuum = t->d.autovacuum;
    bool found;

    t->d.search++;
    t->d.start = start;
    *nsoft = 0;
    t->d.ncycle = 0;
    found = search(t, start, 0, soft, nsoft);
    if (start != checker)
        t->d.autovacuum = autovacuum; // only who blocks the checker itself
    return found;
}

// Fills the work arrays of the topological sort for the constraints on one queue.
static void load_constraints(struct lt_table *t, int object, int n, int nprocs)
{
    struct lt_detector *d = &t->d;

    for (int i = 0; i < nprocs; i++)
        d->before[i] = d->after[i] = 0;
    for (int i = 0; i < n; i++) {
        struct lt_edge *c = &d->constraints[i];
        int j = nprocs, k = nprocs;

        if (t->procs[c->waiter].wait_object != object)
            continue;
        while (--j >= 0 && d->topo[j] != c->waiter)
            ;
        while (--k >= 0 && d->topo[k] != c->blocker)
            ;
        assert(j >= 0 && k >= 0);
        d->before[j]++;
        c->pred = j;
        c->link = d->after[k];
        d->after[k] = i + 1;
    }
}

// TopoSort: fills the order from its tail, each time with the last process that nobody must follow, so that little changes.
static bool topo_sort(struct lt_table *t, int object, int nconstraints, int32_t *order)
{
    struct lt_detector *d = &t->d;
    int n = 0, last, j;

    for (int w = t->locks[object].first_waiter; w != LT_NONE; w = t->procs[w].queue_next)
        d->topo[n++] = w;
    load_constraints(t, object, nconstraints, n);
    last = n - 1;
    for (int i = n; --i >= 0;) {
        while (d->topo[last] == LT_NONE)
            last--;
        for (j = last; j >= 0; j--)
            if (d->topo[j] != LT_NONE && d->before[j] == 0)
                break;
        if (j < 0)
            return false; // the constraints contradict each other
        order[i] = d->topo[j];
        d->topo[j] = LT_NONE;
        for (int k = d->after[j]; k > 0; k = d->constraints[k - 1].link)
            d->before[d->constraints[k - 1].pred]--;
    }
    return true;
}

// ExpandConstraints: the queues as they would be. Backwards, since only the newest constraint can contradict.
static bool expand(struct lt_table *t)
{
    struct lt_detector *d = &t->d;
    int used = 0;

    d->norders = 0;
    for (int i = d->nconstraints; --i >= 0;) {
        int object = t->procs[d->constraints[i].waiter].wait_object;
        struct lt_order *o = &d->orders[d->norders];

        if (proposed_order(t, object) != NULL)
            continue;
        *o = (struct lt_order){.object = object, .nprocs = t->locks[object].nwaiters, .procs = d->order_procs + used};
        used += o->nprocs;
        if (!topo_sort(t, object, i + 1, o->procs))
            return false;
        d->norders++;
    }
    return true;
}

// TestConfiguration: 0 no deadlock, -1 a hard one or contradiction, else the number of soft edges put after d->possible.
static int test(struct lt_table *t, int proc)
{
    struct lt_detector *d = &t->d;
    struct lt_edge *soft = d->possible + d->npossible;
    int found = 0, n;

    if (d->npossible + t->nprocs > 4 * t->nprocs || ++d->trials > MAX_TRIALS || !expand(t))
        return -1;
    // The checker itself comes last: its own soft cycle is the one to deal with first.
    for (int i = 0; i <= d->nconstraints; i++) {
        int ends[2] = {proc, LT_NONE};

        if (i < d->nconstraints) {
            ends[0] = d->constraints[i].waiter;
            ends[1] = d->constraints[i].blocker;
        }
        for (int e = 0; e < 2 && ends[e] != LT_NONE; e++) {
            if (!find_cycle(t, ends[e], proc, soft, &n))
                continue;
            if (n == 0)
                return -1;
            found = n;
        }
    }
    return found;
}

// DeadLockCheckRecurse: true when no order of the queues helps.
static bool check(struct lt_table *t, int proc)
{
    struct lt_detector *d = &t->d;
    int edges = test(t, proc), old = d->npossible;
    bool saved = edges > 0 && d->npossible + edges + t->nprocs <= 4 * t->nprocs;

    if (edges <= 0)
        return edges < 0;
    if (d->nconstraints >= t->nprocs)
        return true;
    if (saved)
        d->npossible += edges;
    for (int i = 0; i < edges; i++) {
        if (!saved && i > 0 && test(t, proc) != edges)
            return true; // only possible once the effort is used up
        d->constraints[d->nconstraints++] = d->possible[old + i];
        if (!check(t, proc))
            return false;
        d->nconstraints--;
    }
    d->npossible = old;
    return true;
}

static void reorder(struct lt_table *t, const struct lt_order *order)
{
    struct lt_lock *lock = &t->locks[order->object];

    lock->first_waiter = lock->last_waiter = LT_NONE;
    lock->nwaiters = 0;
    for (int i = 0; i < order->nprocs; i++)
        lt_append_waiter(t, order->object, order->procs[i]);
    lt_wake(t, order->object);
    SIM_CHECK_OBJECT(t, order->object);
}

enum lt_deadlock lt_check_deadlock(struct lt_table *t, int proc)
{
    struct lt_detector *d = &t->d;
    int n;

    d->nconstraints = d->npossible = d->norders = d->trials = 0;
    d->autovacuum = LT_NONE;
    if (t->procs[proc].wait_object == LT_NONE)
        return LT_NO_DEADLOCK;
    if (check(t, proc)) {
        d->norders = 0;
        (void)find_cycle(t, proc, proc, d->possible, &n); // the cycle as it really is, for the report
        return LT_HARD_DEADLOCK;
    }
    for (int i = 0; i < d->norders; i++)
        reorder(t, &d->orders[i]);
    if (d->norders > 0)
        return LT_SOFT_DEADLOCK;
    return d->autovacuum != LT_NONE ? LT_BLOCKED_BY_AUTOVACUUM : LT_NO_DEADLOCK;
}
