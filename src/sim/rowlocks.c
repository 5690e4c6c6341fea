// Waiting for transactions: row locks (heapam.c, lmgr.c XactLockTableWait) and virtual transactions (VirtualXactLock).
//
// A row's lock is in the row: whoever finds it taken waits SHARE for the transaction that has it, which holds its own number
// EXCLUSIVE; meanwhile it holds the row's tuple lock, and that makes it next: others wait for the tuple lock.
// Rows have four modes of their own: FOR KEY SHARE (a foreign-key check) lets FOR NO KEY UPDATE (an update of other columns) be.
#include <math.h>
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

// heapam.c tupleLockExtraInfo: the tuple lock's mode; two row locks conflict when these do.
static const enum lc_lockmode tuple_mode[] = {[SIM_ROW_UPDATE] = LC_ACCESS_EXCLUSIVE,
                                              [SIM_ROW_NO_KEY_UPDATE] = LC_EXCLUSIVE,
                                              [SIM_ROW_SHARE] = LC_ROW_SHARE,
                                              [SIM_ROW_KEY_SHARE] = LC_ACCESS_SHARE};

static bool rows_conflict(enum sim_row_mode a, enum sim_row_mode b)
{
    return (LC_LOCKBIT(tuple_mode[a]) & lc_lock_conflicts[tuple_mode[b]]) != 0;
}

static bool is_shared(enum sim_row_mode mode)
{
    return mode == SIM_ROW_SHARE || mode == SIM_ROW_KEY_SHARE;
}

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
    for (int i = 0; i < e->plan->nrows; i++)
        e->shares[i].next_in_row = i + 1 < e->plan->nrows ? i + 1 : NO_ROW;
    e->free_share = e->free_row;
    e->nranges = 0;
}

// Nobody sees which rows traffic is about: perhaps just those that the migration changes, perhaps the others.
static double place_of(const struct engine *e, double even)
{
    return e->skew < 1 || e->skew > 1 ? pow(even, e->skew) : even;
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
                              .shares = NO_ROW,
                              .tuple = LT_NONE,
                              .key = key,
                              .place = place_of(e, ((double)key + 0.5) / keys),
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
    if (row->owner >= 0 || row->contenders > 0 || row->shares != NO_ROW)
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
        e->ranges[e->nranges++] = (struct range){.object = step->object,
                                                 .session = s,
                                                 .statement = e->sessions[s].statement,
                                                 .mode = step->row_mode,
                                                 .share = step->rows};
    e->sessions[s].passed = 0;
    if (s == e->plan->migration_proc)
        collect_holders(e, step);
}

static bool in_the_way(const struct row *row, enum sim_row_mode mode, const struct sim_step *step, double from, double to)
{
    return row->object == step->object && row->place > from && row->place <= to && rows_conflict(mode, step->row_mode);
}

int range_blocker(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    double front = step->rows * x->work_done / x->work_total;

    for (int i = 0; i < e->plan->nprocs; i++) {
        if (i == s)
            continue;
        for (int r = e->sessions[i].first_row; r != NO_ROW; r = e->rows[r].next_owned)
            if (in_the_way(&e->rows[r], e->rows[r].mode, step, x->passed, front))
                return i;
        for (int r = e->sessions[i].first_share; r != NO_ROW; r = e->shares[r].next_owned)
            if (in_the_way(&e->rows[e->shares[r].row], e->shares[r].mode, step, x->passed, front))
                return i;
    }
    for (int i = 0; i < e->nholders && rows_conflict(step->row_mode, SIM_ROW_NO_KEY_UPDATE); i++) {
        const struct row_holder *h = &e->holders[i];

        if (h->place > x->passed && h->place <= front && e->sessions[h->session].serial == h->serial)
            return h->session;
    }
    x->passed = front;
    return -1;
}

// Who else has the row in a mode that conflicts: a session, or -1.
static int row_blocker(const struct engine *e, const struct row *row, int s, enum sim_row_mode mode)
{
    if (row->owner >= 0 && row->owner != s && rows_conflict(row->mode, mode))
        return row->owner;
    for (int i = row->shares; i != NO_ROW; i = e->shares[i].next_in_row)
        if (e->shares[i].session != s && rows_conflict(e->shares[i].mode, mode))
            return e->shares[i].session;
    for (int i = 0; i < e->nranges; i++) {
        const struct range *g = &e->ranges[i];

        if (g->object == row->object && g->session != s && rows_conflict(g->mode, mode) && row->place < g->share * progress(e, g))
            return g->session;
    }
    return -1;
}

static void share_row(struct engine *e, int s, int r, enum sim_row_mode mode)
{
    struct session *x = &e->sessions[s];
    int i = e->free_share;

    if (i == NO_ROW)
        return; // cannot be: there is one for each row lock of each session
    e->free_share = e->shares[i].next_in_row;
    e->shares[i] =
        (struct row_share){.row = r, .session = s, .mode = mode, .next_in_row = e->rows[r].shares, .next_owned = x->first_share};
    e->rows[r].shares = x->first_share = i;
}

static void take_row(struct engine *e, int s, int r, enum sim_row_mode mode)
{
    struct session *x = &e->sessions[s];
    struct row *row = &e->rows[r];

    if (row->owner == s) {
        if (mode < row->mode)
            row->mode = mode; // the stronger one
    } else if (is_shared(mode)) {
        share_row(e, s, r, mode);
    } else if (row->owner < 0) {
        row->owner = s;
        row->mode = mode;
        row->next_owned = x->first_row;
        x->first_row = r;
    }
}

// It has the tuple lock: waits for one owner after the other, until the row is free.
static enum step_result contend(struct engine *e, int s)
{
    struct session *x = &e->sessions[s];
    struct row *row = &e->rows[x->row];
    int r = x->row, owner;

    while ((owner = row_blocker(e, row, s, x->row_mode)) >= 0) {
        x->phase = 3;
        if (wait_for_transaction(e, s, owner) == STEP_STOP)
            return STEP_STOP;
    }
    lt_release(&e->locks, s, row->tuple, tuple_mode[x->row_mode]);
    row->contenders--;
    x->row = NO_ROW;
    take_row(e, s, r, x->row_mode);
    drop_if_unused(e, r);
    wake_granted(e);
    return STEP_NEXT;
}

// Phases: 0 begin, 1 has waited for the tuple lock, 3 has waited for a transaction.
enum step_result row_lock_step(struct engine *e, int s, const struct sim_step *step)
{
    struct session *x = &e->sessions[s];
    struct row *row;
    int r;

    if (x->phase == 3)
        (void)transaction_waited(e, s);
    if (x->phase > 0)
        return contend(e, s);
    r = find_row(e, step->object, (int64_t)(lc_rng_uniform(&e->work) * step->keys), step->keys);
    if (r == NO_ROW)
        return STEP_NEXT; // cannot be: there is one for each row lock of each session
    row = &e->rows[r];
    // who shares it does not queue behind those who want it alone: only a row that is taken is waited for
    if (row_blocker(e, row, s, step->row_mode) < 0 && (row->contenders == 0 || row->owner == s || is_shared(step->row_mode))) {
        take_row(e, s, r, step->row_mode);
        return STEP_NEXT;
    }
    row->contenders++;
    x->row = r;
    x->row_mode = step->row_mode;
    if (row->tuple == LT_NONE)
        row->tuple = lt_object_new(&e->locks);
    x->phase = 1;
    if (lt_acquire(&e->locks, s, row->tuple, tuple_mode[step->row_mode], false) == LT_WAITS) {
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

static void unlink_share(struct engine *e, int i)
{
    int32_t *at = &e->rows[e->shares[i].row].shares;

    while (*at != i)
        at = &e->shares[*at].next_in_row;
    *at = e->shares[i].next_in_row;
    e->shares[i].next_in_row = e->free_share;
    e->free_share = i;
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
    for (int i = x->first_share; i != NO_ROW; i = next) {
        int r = e->shares[i].row;

        next = e->shares[i].next_owned;
        unlink_share(e, i);
        drop_if_unused(e, r);
    }
    x->first_share = NO_ROW;
    for (int i = 0; i < e->nranges;) {
        if (e->ranges[i].session == s)
            e->ranges[i] = e->ranges[--e->nranges];
        else
            i++;
    }
}
