// A statement's footprint, taken lock by lock: relations, and the waits of commands that run in several transactions (lmgr.c WaitForLockers,
// indexcmds.c WaitForOlderSnapshots).
#include <string.h>

#include "catalog/roles.h"
#include "isolation/world.h"

static bool taken_here(const struct session *s, int object, enum lc_lockmode mode)
{
    for (int i = 0; i < s->x.taken.len; i++)
        if (s->x.taken.items[i].object == object && s->x.taken.items[i].mode == mode)
            return true;
    return false;
}

// VACUUM and ANALYZE (SKIP_LOCKED): what cannot be had at once is left out.
static bool skips_locked(const struct session *s)
{
    const VacuumStmt *v = AS(VacuumStmt, s->x.script.stmts[s->x.at].tree);

    for (int i = 0; v && i < v->options.length; i++) {
        const DefElem *d = LIST_GET(DefElem, &v->options, i);

        if (d && lc_streq(d->defname, "skip_locked"))
            return true;
    }
    return false;
}

static bool is_named(const struct session *s, const struct cat_relation *rel)
{
    const VacuumStmt *v = AS(VacuumStmt, s->x.script.stmts[s->x.at].tree);

    for (int i = 0; v && i < v->rels.length; i++) {
        const VacuumRelation *r = LIST_GET(VacuumRelation, &v->rels, i);

        if (r && r->relation && cat_find_rangevar(s->cat, r->relation) == rel)
            return true;
    }
    return false;
}

// VACUUM, ANALYZE and CLUSTER of a partitioned table: partitions of others are left out.
static bool left_out(const struct session *s, const struct fp_lock *l)
{
    const Node *stmt = s->x.script.stmts[s->x.at].tree;

    return (IsA(stmt, VacuumStmt) || IsA(stmt, ClusterStmt)) && strchr("rm", l->rel->relkind) &&
           !cat_may_maintain(s->cat, l->rel);
}

// The triggers of foreign keys no longer look into a partition that is being detached, whatever the transaction's snapshot sees.
static bool detached_for_keys(const struct world *w, const struct fp_lock *l)
{
    return l->mode == LC_ROW_SHARE && lc_map_get(&w->detached, l->name);
}

// A lock for what the relation cache does not have yet: sessions of a test have warm caches.
static bool for_cold_cache(const struct fp_lock *l)
{
    return !l->certain && l->rule && lc_streq(l->rule->id, "dml/partition-constraint");
}

static enum got take_one(struct world *w, struct session *s, const struct fp_lock *l)
{
    int object = spec_object(w->run, l->name);
    bool skip =
        (l->mode > LC_ACCESS_SHARE || is_named(s, l->rel)) && skips_locked(s); // children are opened for samples, come what may
    bool unseen = (l->created && !l->session) || for_cold_cache(l) || left_out(s, l) || detached_for_keys(w, l);
    enum got got = unseen ? GOT : take_lock(w, s, object, l->mode, l->nowait || skip);

    if (got == NONE && skip)
        return GOT;
    if (got == NONE)
        return world_error(w, s, "could not obtain lock on relation \"%s\"", l->rel->o.name);
    if (l->session && (got == GOT || got == WAIT))
        lt_mark_session(spec_locks(w->run), s->number, object, l->mode);
    return got;
}

static void release_one(struct world *w, struct session *s, const struct fp_lock *l)
{
    int object = spec_object(w->run, l->name);

    if (taken_here(s, object, l->mode))
        give_back(w, s, object, l->mode);
}

// ---- waiting for the transactions of others ------------------------------------------------------------------------------------------

static void list_lockers(struct world *w, struct session *s, const struct fp_event *e)
{
    int object = spec_object(w->run, cat_qualified_name(s->cat, e->rel));

    for (int i = 0; i < w->nsessions; i++)
        if (i != s->number && (lt_held(spec_locks(w->run), i, object) & lc_lock_conflicts[e->mode]))
            LC_PUSH(w->arena, &s->x.waitlist, virtual_xid(w, &w->sessions[i]));
    for (int i = 0; i < w->prepared.len; i++)
        if (w->prepared.items[i].gid &&
            (lt_held(spec_locks(w->run), w->prepared.items[i].proc, object) & lc_lock_conflicts[e->mode]))
            LC_PUSH(w->arena, &s->x.waitlist, prepared_vxid(w, &w->prepared.items[i]));
}

// Has it a snapshot (an xmin)? A REPEATABLE READ transaction since its first statement; others while a statement that needs one runs:
// not LOCK, and not a command of several transactions between its phases (PROC_IN_SAFE_IC, 14).
static bool has_snapshot(const struct session *s)
{
    const struct lc_sql_stmt *stmt = s->x.stage == ST_IDLE ? NULL : &s->x.script.stmts[s->x.at];

    if (s->in_block && !s->aborted && s->snapshot >= 0)
        return true;
    if (s->x.phase > 0) // an index with a predicate is not "safe": it has a snapshot while it is built
        return s->x.event >= 0 && s->x.event < s->x.fp.events.len && s->x.fp.events.items[s->x.event].kind == FP_EVENT_WORK;
    return stmt && !IsA(stmt->tree, LockStmt);
}

static void list_snapshots(struct world *w, struct session *s)
{
    for (int i = 0; i < w->nsessions; i++)
        if (i != s->number && has_snapshot(&w->sessions[i]))
            LC_PUSH(w->arena, &s->x.waitlist, virtual_xid(w, &w->sessions[i]));
}

static bool still_runs(const struct world *w, int object)
{
    for (int i = 0; i < w->nsessions; i++)
        if (w->sessions[i].vxid == object)
            return true;
    for (int i = 0; i < w->prepared.len; i++)
        if (w->prepared.items[i].gid && w->prepared.items[i].vxid == object)
            return true;
    return false;
}

static enum got wait_for_listed(struct world *w, struct session *s, const struct fp_event *e)
{
    struct exec *x = &s->x;

    if (!x->listed) {
        x->waitlist.len = x->waiting_at = 0;
        if (e->kind == FP_EVENT_WAIT_LOCKERS)
            list_lockers(w, s, e);
        else
            list_snapshots(w, s);
        x->listed = true;
    }
    for (; x->waiting_at < x->waitlist.len; x->waiting_at++) {
        int object = x->waitlist.items[x->waiting_at];
        enum got got = still_runs(w, object) ? take_lock(w, s, object, LC_SHARE, false) : NONE;

        if (got == WAIT || got == FAIL)
            return got;
        if (got == GOT)
            give_back(w, s, object, LC_SHARE);
    }
    x->listed = false;
    return GOT;
}

// ---- the footprint -----------------------------------------------------------------------------------------------------------------------

// DROP INDEX CONCURRENTLY's index and REINDEX's stay visible until the end; what others create or detach shows after the first commit.
static bool shows_early(const Node *stmt)
{
    return IsA(stmt, IndexStmt) || IsA(stmt, AlterTableStmt);
}

static void commit_phase(struct world *w, struct session *s)
{
    const struct lc_sql_stmt *stmt = &s->x.script.stmts[s->x.at];

    if (!s->x.published && s->x.phase == 0 && shows_early(stmt->tree)) {
        bool pending = detaches_concurrently(stmt->tree) != NULL;

        s->x.published = !pending;
        publish(w, s, stmt, pending);
        if (pending)
            (void)lc_map_put(&w->detached, cat_qualified_name(s->cat, s->x.partition), w);
    }
    s->x.phase++;
    next_phase(w, s);
}

// The planner computes what is constant in an index's predicate, whatever it does meanwhile.
static enum got evaluate_predicate(struct world *w, struct session *s)
{
    static const struct row_env none = {NULL, NULL};
    const IndexStmt *stmt = AS(IndexStmt, s->x.script.stmts[s->x.at].tree);
    enum got got = stmt && has_calls(w, stmt->whereClause) ? eval_condition(w, s, &none, stmt->whereClause) : GOT;

    return got == WAIT || got == FAIL ? got : GOT;
}

static enum got run_event(struct world *w, struct session *s, const struct fp_event *e)
{
    switch (e->kind) {
    case FP_EVENT_LOCK:
        return take_one(w, s, &s->x.fp.locks.items[e->index]);
    case FP_EVENT_RELEASE:
        release_one(w, s, &s->x.fp.locks.items[e->index]);
        return GOT;
    case FP_EVENT_WAIT_LOCKERS:
    case FP_EVENT_WAIT_SNAPSHOTS:
        return wait_for_listed(w, s, e);
    case FP_EVENT_COMMIT:
        commit_phase(w, s);
        return GOT;
    case FP_EVENT_WORK:
        return s->x.fp.work.items[e->index].kind == FP_INDEX_BUILD ? evaluate_predicate(w, s) : GOT;
    default:
        return GOT;
    }
}

static void read_footprint(struct world *w, struct session *s)
{
    const struct lc_sql_stmt *stmt = &s->x.script.stmts[s->x.at];

    refresh_catalog(w, s);
    s->x.seen_commits = w->committed.len;
    s->x.event = 0;
    note_detach(w, s, stmt->tree);
    fp_session_in_body(s->fp, s->x.unfolded);
    fp_statement(s->fp, stmt, &s->x.fp);
    for (int i = 0; i < s->x.fp.notes.len; i++)
        if (s->x.fp.notes.items[i].unknown)
            world_note(w, "%s", s->x.fp.notes.items[i].message);
}

// What the server refuses, it refuses before its first commit.
static bool ends_phase(const struct fp_event *e)
{
    return e->kind == FP_EVENT_COMMIT || e->kind == FP_EVENT_WAIT_LOCKERS || e->kind == FP_EVENT_WAIT_SNAPSHOTS;
}

// Others have committed while it waited: names are looked up again (RangeVarGetRelidExtended), the catalogue is another.
static bool must_look_again(const struct world *w, const struct session *s)
{
    return s->x.waited && s->x.phase == 0 && s->x.seen_commits < w->committed.len;
}

// An INSERT that has its table goes on with the partitions that it has seen.
static void remember_route(struct world *w, struct session *s)
{
    const InsertStmt *stmt = AS(InsertStmt, s->x.script.stmts[s->x.at].tree);
    const struct cat_relation *rel = stmt && s->cat ? cat_find_rangevar(s->cat, stmt->relation) : NULL;

    if (!rel || rel->relkind != 'p' || s->x.route || s->x.waited_object == spec_object(w->run, cat_qualified_name(s->cat, rel)))
        return;
    plan_rows(w, s, (const Node *)(const void *)stmt);
    s->x.route = first_partition(s);
    s->x.ops.len = 0;
}

enum got take_relation_locks(struct world *w, struct session *s)
{
    struct exec *x = &s->x;

    bool looked_again = false;

    if (x->event < 0)
        read_footprint(w, s);
    for (;;) {
        if (must_look_again(w, s)) {
            const char *lost;
            struct footprint old = x->fp;
            int nevents = x->event < x->fp.events.len ? x->event + 1 : x->event; // the lock just got among them

            x->waited = false;
            looked_again = true;
            remember_route(w, s);
            s->cat = NULL;
            read_footprint(w, s);
            lost = IsA(x->script.stmts[x->at].tree, SelectStmt) ? lost_child(w, s, &old, nevents) : NULL;
            if (lost)
                return world_error(w, s, "%s", lost);
        }
        if (x->event >= x->fp.events.len || (x->fp.fails && ends_phase(&x->fp.events.items[x->event])))
            break;
        if (ends_phase(&x->fp.events.items[x->event]) && check_detach(w, s) != GOT)
            return FAIL;
        enum got got = run_event(w, s, &x->fp.events.items[x->event]);
        if (got != GOT)
            return got;
        x->event++;
    }
    // What was there when VACUUM or ANALYZE began is left out with a warning once it is gone (vacuum.c vacuum_open_relation).
    if (x->fp.fails && looked_again && IsA(x->script.stmts[x->at].tree, VacuumStmt))
        return GOT;
    if (x->fp.fails)
        return world_error(w, s, "%s", x->fp.error->message);
    return check_detach(w, s);
}
