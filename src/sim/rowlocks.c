// Waiting for transactions: row locks (heapam.c, lmgr.c XactLockTableWait) and virtual transactions (VirtualXactLock).
//
// A row's lock is in the row: whoever finds it taken waits SHARE for the transaction that has it, which holds its own number
// EXCLUSIVE; meanwhile it holds the row's tuple lock, and that makes it next: others wait for the tuple lock.
#include <string.h>

#include "sim/engine.h"

// ---- waiting for a transaction ---------------------------------------------------------------------------------------------

enum step_result wait_for_transaction(struct engine *e, int s, int other)
{
    struct session *o = &e->sessions[other];

    if (o->xact == LT_NONE) { // entered by the first who waits, as for a virtual transaction
        o->xact = lt_object_new(&e->locks);
        if (o->xact == LT_NONE)
            return STEP_NEXT; // cannot be: there is one for each process
        (void)lt_acquire(&e->locks, other, o->xact, LC_EXCLUSIVE, false);
    }
    e->sessions[s].waited = o->xact;
    if (lt_acquire(&e->locks, s, o->xact, LC_SHARE, false) != LT_WAITS)
        return STEP_NEXT;
    session_wait(e, s);
    return STEP_STOP;
}

enum step_result transaction_waited(struct engine *e, int s)
{
    lt_release(&e->locks, s, e->sessions[s].waited, LC_SHARE);
    return STEP_NEXT;
}

// ---- rows ------------------------------------------------------------------------------------------------------------------

static int32_t *bucket(struct engine *e, int object, int64_t key)
{
    uint64_t h = ((uint64_t)key * 0x9E3779B97F4A7C15u) ^ ((uint64_t)(uint32_t)object * 0xC2B2AE3D27D4EB4Fu);

    return &e->row_hash[(h >> 32) & (uint64_t)(e->nhash - 1)];
}

void rows_clear(struct engine *e)
{
    memset(e->row_hash, -1, (size_t)e->nhash * sizeof *e->row_hash);
    for (int i = 0; i < e->plan->nrows; i++)
        e->rows[i].next_hash = i + 1 < e->plan->nrows ? i + 1 : NO_ROW;
    e->free_row = e->plan->nrows > 0 ? 0 : NO_ROW;
    e->nranges = 0;
}

static int find_row(struct engine *e, int object, int64_t key, double keys)
{
    int32_t *b = bucket(e, object, key), i = *b;

    while (i != NO_ROW && (e->rows[i].object != object || e->rows[i].key != key))
        i = e->rows[i].next_hash;
    if (i != NO_ROW || e->free_row == NO_ROW)
        return i;
    i = e->free_row;
    e->free_row = e->rows[i].next_hash;
    e->rows[i] = (struct row){.object = object,
                              .owner = -1,
                              .tuple = LT_NONE,
                              .key = key,
                              .place = ((double)key + 0.5) / keys,
                              .next_owned = NO_ROW,
                              .next_hash = *b};
    *b = i;
    return i;
}

static void drop_if_unused(struct engine *e, int r)
{
    struct row *row = &e->rows[r];
    int32_t *at = bucket(e, row->object, row->key);

    if (row->contenders == 0)
        row->tuple = LT_NONE; // the lock table has forgotten it with its last holder
    if (row->owner >= 0 || row->contenders > 0)
        return;
    while (*at != r)
        at = &e->rows[*at].next_hash;
    *at = row->next_hash;
    row->next_hash = e->free_row;
    e->free_row = r;
}

// How far a range has come: the share of its statement's work that is done.
static double progress(const struct engine *e, const struct range *g)
{
    const struct session *x = &e->sessions[g->session];
    double done = x->work_done;

    if (g->done || !(x->work_total > 0))
        return 1;
    if (x->state == S_COMPUTING)
        done += x->cpu_slice - cpu_left(&e->cpu, g->session, e->now);
    else if (x->state == S_TIMER)
        done += e->now - x->slice_since;
    return done >= x->work_total ? 1 : done / x->work_total;
}

// Long transactions that have written the object have a row of it locked; which one is chance.
static void collect_holders(struct engine *e, const struct sim_step *step)
{
    e->nholders = 0;
    for (int i = 0; i < e->plan->m->nlongs; i++) {
        int p = e->plan->first_long + i;

        if (e->sessions[p].in_tx && (lt_held(&e->locks, p, step->object) & LC_LOCKBIT(LC_ROW_EXCLUSIVE)))
            e->holders[e->nholders++] =
                (struct row_holder){.session = p, .serial = e->sessions[p].serial, .place = lc_rng_uniform(&e->others)};
    }
}

void range_begin(struct engine *e, int s, const struct sim_step *step)
{
    for (int i = 0; i < e->nranges; i++)
        if (e->ranges[i].session == s)
            e->ranges[i].done = true; // an earlier statement of the same transaction
    if (e->nranges < e->plan->nranges)
        e->ranges[e->nranges++] =
            (struct range){.object = step->object, .session = s, .statement = e->sessions[s].statement, .share = step->rows};
    e->sessions[s].passed = 0;
    if (s == e->plan->migration_proc)
        collect_holders(e, step);
}

int range_blocker(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    double front = step->rows * x->work_done / x->work_total;

    for (int i = 0; i < e->plan->nprocs; i++) {
        if (i == s)
            continue;
        for (int r = e->sessions[i].first_row; r != NO_ROW; r = e->rows[r].next_owned)
            if (e->rows[r].object == step->object && e->rows[r].place > x->passed && e->rows[r].place <= front)
                return i;
    }
    for (int i = 0; i < e->nholders; i++) {
        const struct row_holder *h = &e->holders[i];

        if (h->place > x->passed && h->place <= front && e->sessions[h->session].serial == h->serial)
            return h->session;
    }
    x->passed = front;
    return -1;
}

// Who has the row: a session, or -1.
static int row_owner(const struct engine *e, const struct row *row)
{
    if (row->owner >= 0)
        return row->owner;
    for (int i = 0; i < e->nranges; i++) {
        const struct range *g = &e->ranges[i];

        if (g->object == row->object && row->place < g->share * progress(e, g))
            return g->session;
    }
    return -1;
}

static enum step_result own_row(struct engine *e, int s, int r)
{
    struct session *x = &e->sessions[s];

    e->rows[r].owner = s;
    e->rows[r].next_owned = x->first_row;
    x->first_row = r;
    return STEP_NEXT;
}

// It has the tuple lock: waits for one owner after the other, until the row is free.
static enum step_result contend(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    struct row *row = &e->rows[x->row];
    int r = x->row, owner;

    while ((owner = row_owner(e, row)) >= 0 && owner != s) {
        x->phase = 3;
        if (wait_for_transaction(e, s, owner) == STEP_STOP)
            return STEP_STOP;
    }
    lt_release(&e->locks, s, row->tuple, LC_EXCLUSIVE);
    row->contenders--;
    x->row = NO_ROW;
    if (owner != s)
        (void)own_row(e, s, r);
    drop_if_unused(e, r);
    wake_granted(e);
    return STEP_NEXT;
}

// Phases: 0 begin, 1 has waited for the tuple lock, 3 has waited for a transaction.
enum step_result row_lock_step(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    struct row *row;
    int r, owner;

    if (x->phase == 3)
        (void)transaction_waited(e, s);
    if (x->phase > 0)
        return contend(e, s);
    r = find_row(e, step->object, (int64_t)(lc_rng_uniform(&e->work) * step->keys), step->keys);
    if (r == NO_ROW)
        return STEP_NEXT; // cannot be: there is one for each row lock of each session
    row = &e->rows[r];
    owner = row_owner(e, row);
    if (owner == s || (owner < 0 && row->contenders == 0)) {
        if (row->owner < 0 && owner < 0)
            return own_row(e, s, r);
        drop_if_unused(e, r);
        return STEP_NEXT;
    }
    row->contenders++;
    x->row = r;
    if (row->tuple == LT_NONE)
        row->tuple = lt_object_new(&e->locks);
    x->phase = 1;
    if (lt_acquire(&e->locks, s, row->tuple, LC_EXCLUSIVE, false) == LT_WAITS) {
        session_wait(e, s);
        return STEP_STOP;
    }
    return contend(e, s);
}

void row_forget_wait(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    int r = x->row;

    if (r == NO_ROW)
        return;
    x->row = NO_ROW;
    // Its tuple lock goes with its transaction; nobody else can hold or want it when it was the only contender.
    e->rows[r].contenders--;
    drop_if_unused(e, r);
}

void rows_release(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    int next;

    for (int r = x->first_row; r != NO_ROW; r = next) {
        next = e->rows[r].next_owned;
        e->rows[r].owner = -1;
        drop_if_unused(e, r);
    }
    x->first_row = NO_ROW;
    for (int i = 0; i < e->nranges;) {
        if (e->ranges[i].session == s)
            e->ranges[i] = e->ranges[--e->nranges];
        else
            i++;
    }
}
