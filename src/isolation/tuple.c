// Rows' versions: who sees them, who has them locked, and how a lock or a change waits (heapam.c, heapam_visibility.c).
#include "isolation/world.h"

// Modes of heavyweight locks on the tuple itself, which queue those who want its row lock (tupleLockExtraInfo).
static const enum lc_lockmode tuple_modes[] = {LC_ACCESS_SHARE, LC_ROW_SHARE, LC_EXCLUSIVE, LC_ACCESS_EXCLUSIVE};

// ---- visibility ------------------------------------------------------------------------------------------------------------------------

static bool sees(const struct session *s, const struct xact *x, int cmd, int snapshot)
{
    if (is_mine(s, x))
        return cmd < s->cmd;
    return x->status == XACT_COMMITTED && x->committed_at <= snapshot;
}

const struct row_member *updater_of(const struct version *v)
{
    for (int i = 0; i < v->members.len; i++)
        if (v->members.items[i].update && v->members.items[i].xact->status != XACT_ABORTED)
            return &v->members.items[i];
    return NULL;
}

bool visible(const struct session *s, const struct version *v, int snapshot)
{
    const struct row_member *u = updater_of(v);

    return v->xmin->status != XACT_ABORTED && sees(s, v->xmin, v->cmin, snapshot) && !(u && sees(s, u->xact, u->cmd, snapshot));
}

// ---- conflicts -------------------------------------------------------------------------------------------------------------------------

static bool conflict(enum row_lock a, enum row_lock b)
{
    return lc_lockmodes_conflict(tuple_modes[a], tuple_modes[b]);
}

// Somebody else who runs and has the row in a mode that conflicts (DoesMultiXactIdConflict); NULL: nobody.
static const struct xact *blocker(const struct session *s, const struct version *v, enum row_lock mode)
{
    for (int i = 0; i < v->members.len; i++) {
        const struct row_member *m = &v->members.items[i];

        if (m->xact->status == XACT_RUNNING && !is_mine(s, m->xact) && conflict(m->strength, mode))
            return m->xact;
    }
    return NULL;
}

// The strongest lock that this transaction has on it; -1: none.
static int own_strength(const struct session *s, const struct version *v)
{
    int best = -1;

    for (int i = 0; i < v->members.len; i++)
        if (is_mine(s, v->members.items[i].xact) && (int)v->members.items[i].strength > best)
            best = (int)v->members.items[i].strength;
    return best;
}

static bool mine_is_update(const struct session *s, const struct version *v)
{
    const struct row_member *u = updater_of(v);

    return u && is_mine(s, u->xact);
}

static enum tm unavailable(struct world *w, struct session *s, LockWaitPolicy policy, const char *relation)
{
    if (policy == LockWaitSkip)
        return TM_SKIP;
    (void)world_error(w, s, "could not obtain lock on row in relation \"%s\"", relation);
    return TM_FAIL;
}

static enum tm tm_of(struct world *w, struct session *s, enum got got, LockWaitPolicy policy, const char *relation)
{
    return got == GOT ? TM_OK : got == WAIT ? TM_WAIT : got == FAIL ? TM_FAIL : unavailable(w, s, policy, relation);
}

static void give_back_tuple(struct world *w, struct session *s)
{
    static const enum lc_lockmode modes[] = {LC_ACCESS_SHARE, LC_ROW_SHARE, LC_EXCLUSIVE, LC_ACCESS_EXCLUSIVE};

    for (int i = 0; i < 4 && s->x.tuple >= 0; i++)
        if (holds(w, s, s->x.tuple, modes[i]))
            give_back(w, s, s->x.tuple, modes[i]);
    s->x.tuple = -1;
}

// heap_acquire_tuplock: at most once; it makes the one who has it the next.
static enum tm acquire_tuple(struct world *w, struct session *s, const struct version *v, enum row_lock mode,
                             LockWaitPolicy policy, const char *relation)
{
    if (s->x.tuple >= 0)
        return TM_OK;
    int object = spec_object(w->run, lc_printf(w->arena, "tuple %d", v->number));
    enum got got = take_lock(w, s, object, tuple_modes[mode], policy != LockWaitBlock);

    if (got == GOT || got == WAIT)
        s->x.tuple = object;
    return tm_of(w, s, got, policy, relation);
}

static enum tm done(struct world *w, struct session *s, enum tm result)
{
    give_back_tuple(w, s);
    return result;
}

// Waits until nobody has the version in a conflicting mode. One who has a share in it already does not queue for the tuple: that
// would deadlock with the one who does and waits for him.
static enum tm wait_until_free(struct world *w, struct session *s, const struct version *v, enum row_lock mode,
                               LockWaitPolicy policy, const char *relation)
{
    const struct xact *other;
    enum tm r;

    waited_for_xact(w, s);
    while ((other = blocker(s, v, mode))) {
        if (own_strength(s, v) < 0 && (r = acquire_tuple(w, s, v, mode, policy, relation)) != TM_OK)
            return r;
        r = tm_of(w, s, wait_for_xact(w, s, other, policy), policy, relation);
        if (r != TM_OK)
            return r;
        waited_for_xact(w, s);
    }
    return TM_OK;
}

// A version that another has replaced cannot be had any more; KEY SHARE can, when the key is the same in the new one.
static enum tm newest_or(const struct session *s, const struct version *v, enum row_lock mode)
{
    const struct row_member *u = updater_of(v);

    if (!u || u->xact->status == XACT_RUNNING)
        return u && is_mine(s, u->xact) ? TM_SELF : TM_OK;
    if (mode == ROW_KEY_SHARE && u->strength != ROW_UPDATE)
        return TM_OK;
    return v->next ? TM_UPDATED : v->moved ? TM_MOVED : TM_DELETED;
}

static void add_member(struct world *w, struct session *s, struct version *v, enum row_lock mode, bool update)
{
    struct row_member m = {current_xact(w, s), mode, update, s->cmd};

    LC_PUSH(w->arena, &v->members, m);
}

// heap_lock_updated_tuple: a row that is being updated by one who does not conflict is locked in its newer versions too.
static enum tm lock_newer(struct world *w, struct session *s, struct version *v, enum row_lock mode, LockWaitPolicy policy,
                          const char *relation)
{
    for (v = v->next; v && v->xmin->status != XACT_ABORTED; v = v->next) {
        enum tm r;

        if (own_strength(s, v) >= (int)mode || is_mine(s, v->xmin))
            continue;
        waited_for_xact(w, s);
        for (const struct xact *other; (other = blocker(s, v, mode)); waited_for_xact(w, s))
            if ((r = tm_of(w, s, wait_for_xact(w, s, other, policy), policy, relation)) != TM_OK)
                return r;
        const struct row_member *u = updater_of(v);
        if (u && u->xact->status == XACT_COMMITTED && u->strength == ROW_UPDATE)
            return v->next ? TM_UPDATED : v->moved ? TM_MOVED : TM_DELETED;
        add_member(w, s, v, mode, false);
    }
    return TM_OK;
}

// heap_lock_tuple.
enum tm lock_tuple(struct world *w, struct session *s, struct version *v, enum row_lock mode, LockWaitPolicy policy,
                   const char *relation)
{
    enum tm r;

    if (!mine_is_update(s, v) && own_strength(s, v) >= (int)mode)
        return done(w, s, TM_OK);
    if (s->x.share < 0 && (r = newest_or(s, v, mode)) != TM_OK)
        return done(w, s, r);
    r = wait_until_free(w, s, v, mode, policy, relation);
    if (r == TM_WAIT)
        return r;
    if (r != TM_OK)
        return done(w, s, r);
    if ((r = newest_or(s, v, mode)) != TM_OK)
        return done(w, s, r);
    if (updater_of(v)) {
        r = lock_newer(w, s, v, mode, policy, relation);
        if (r != TM_OK)
            return r == TM_WAIT ? r : done(w, s, r);
        if ((r = newest_or(s, v, mode)) != TM_OK && r != TM_UPDATED)
            return done(w, s, r);
    }
    add_member(w, s, v, mode, false);
    return done(w, s, TM_OK);
}

// heapam_tuple_lock's way to the newest version: one that is still being written is waited for.
enum tm follow_tuple(struct world *w, struct session *s, struct version **v, LockWaitPolicy policy, const char *relation)
{
    waited_for_xact(w, s);
    for (;;) {
        const struct row_member *u = updater_of(*v);
        struct version *next = (*v)->next;

        if (!u || u->xact->status == XACT_RUNNING)
            return TM_OK;
        if (!next)
            return (*v)->moved ? TM_MOVED : TM_DELETED;
        if (next->xmin->status == XACT_RUNNING && !is_mine(s, next->xmin)) {
            enum tm r = tm_of(w, s, wait_for_xact(w, s, next->xmin, policy), policy, relation);

            if (r != TM_OK)
                return r;
            waited_for_xact(w, s);
            continue;
        }
        if (next->xmin->status == XACT_ABORTED)
            return TM_DELETED;
        *v = next;
    }
}

// heap_update, heap_delete: up to the point at which the row is the caller's to write.
enum tm update_tuple(struct world *w, struct session *s, struct version *v, enum row_lock mode)
{
    enum tm r = s->x.share < 0 ? newest_or(s, v, mode) : TM_OK;

    if (r != TM_OK || mine_is_update(s, v))
        return done(w, s, r == TM_OK ? TM_SELF : r);
    r = wait_until_free(w, s, v, mode, LockWaitBlock, "");
    if (r == TM_WAIT)
        return r;
    return done(w, s, r == TM_OK ? newest_or(s, v, mode) : r);
}

void write_tuple(struct world *w, struct session *s, struct version *v, enum row_lock mode, struct version *next)
{
    add_member(w, s, v, mode, true);
    v->next = next;
    v->moved = false;
    // Locks of those who still run go along to the new version (compute_new_xmax_infomask).
    for (int i = 0; next && i < v->members.len; i++)
        if (!v->members.items[i].update && v->members.items[i].xact->status == XACT_RUNNING)
            LC_PUSH(w->arena, &next->members, v->members.items[i]);
}

struct version *new_tuple(struct world *w, struct session *s, struct rows *rows, const char **values, int n)
{
    struct version *v = LC_NEW(w->arena, struct version);

    *v = (struct version){.values = values, .nvalues = n, .number = ++w->versions, .xmin = current_xact(w, s), .cmin = s->cmd};
    LC_PUSH(w->arena, &rows->versions, v);
    return v;
}
