// A session's transaction: its ids and snapshots, savepoints, and what its end gives back, undoes and shows to the others (xact.c).
#include <string.h>

#include "isolation/world.h"

static int spec_number(const struct world *w, const struct session *s)
{
    return s->number == w->nsessions ? SPEC_CONTROL : s->number;
}

// ---- locks -----------------------------------------------------------------------------------------------------------------------

bool holds(const struct world *w, const struct session *s, int object, enum lc_lockmode mode)
{
    return (lt_held(spec_locks(w->run), s->number, object) & LC_LOCKBIT(mode)) != 0;
}

static void hold(struct world *w, struct session *s, int object, enum lc_lockmode mode)
{
    struct held h = {object, s->savepoints.len, mode};

    LC_PUSH(w->arena, &s->held, h);
    if (s->x.stage == ST_LOCKS)
        LC_PUSH(w->arena, &s->x.taken, h);
}

enum got take_lock(struct world *w, struct session *s, int object, enum lc_lockmode mode, bool nowait)
{
    if (holds(w, s, object, mode))
        return GOT;
    switch (spec_lock(w->run, spec_number(w, s), object, mode, nowait)) {
    case LT_GRANTED:
        hold(w, s, object, mode);
        return GOT;
    case LT_WAITS:
        s->x.pending = object;
        s->x.pending_mode = mode;
        s->x.waited = true;
        s->x.waited_object = object;
        return WAIT;
    case LT_DEADLOCK:
        return world_error(w, s, "deadlock detected");
    default:
        return NONE;
    }
}

void lock_granted(struct world *w, struct session *s)
{
    if (s->x.pending < 0)
        return;
    if (!s->x.pending_session)
        hold(w, s, s->x.pending, s->x.pending_mode);
    s->x.pending = -1;
}

void give_back(struct world *w, struct session *s, int object, enum lc_lockmode mode)
{
    for (int i = s->held.len - 1; i >= 0; i--) {
        if (s->held.items[i].object != object || s->held.items[i].mode != mode)
            continue;
        memmove(s->held.items + i, s->held.items + i + 1, (size_t)(--s->held.len - i) * sizeof *s->held.items);
        spec_unlock(w->run, spec_number(w, s), object, mode);
        return;
    }
}

// What was taken at this level of savepoints or deeper.
static void give_back_level(struct world *w, struct session *s, int level)
{
    int kept = 0;

    for (int i = 0; i < s->held.len; i++) {
        struct held h = s->held.items[i];

        if (h.level < level)
            s->held.items[kept++] = h;
        else
            spec_unlock(w->run, spec_number(w, s), h.object, h.mode);
    }
    s->held.len = kept;
}

// ---- ids -------------------------------------------------------------------------------------------------------------------------

bool is_mine(const struct session *s, const struct xact *x)
{
    return x->session == s->number && x->status == XACT_RUNNING;
}

// GetCurrentTransactionId: a subtransaction's parents get their ids first.
struct xact *current_xact(struct world *w, struct session *s)
{
    struct xact *x = NULL;

    for (int level = 0; level <= s->savepoints.len; level++) {
        x = NULL;
        for (int i = 0; i < s->xacts.len; i++)
            if (s->xacts.items[i]->level == level && !s->xacts.items[i]->released)
                x = s->xacts.items[i];
        if (x)
            continue;
        x = LC_NEW(w->arena, struct xact);
        *x = (struct xact){.session = s->number, .level = level};
        x->object = spec_object(w->run, lc_printf(w->arena, "transaction %d", ++w->xacts));
        LC_PUSH(w->arena, &s->xacts, x);
        (void)spec_lock(w->run, spec_number(w, s), x->object, LC_EXCLUSIVE, false); // nobody else knows it
        LC_PUSH(w->arena, &s->held, ((struct held){x->object, level, LC_EXCLUSIVE}));
    }
    return x;
}

static void end_xacts(struct world *w, struct session *s, int level, enum xact_status status)
{
    int kept = 0;

    for (int i = 0; i < s->xacts.len; i++) {
        struct xact *x = s->xacts.items[i];

        if (x->level < level) {
            s->xacts.items[kept++] = x;
            continue;
        }
        x->status = status;
        x->committed_at = w->commits;
    }
    s->xacts.len = kept;
}

int virtual_xid(struct world *w, struct session *s)
{
    if (s->vxid < 0) { // entered by the first who waits for it (VirtualXactLock)
        s->vxid = spec_object(w->run, lc_printf(w->arena, "virtual transaction %d/%d", s->number, s->transactions));
        (void)lt_acquire(spec_locks(w->run), s->number, s->vxid, LC_EXCLUSIVE, false);
    }
    return s->vxid;
}

enum got wait_for_xact(struct world *w, struct session *s, const struct xact *x, LockWaitPolicy policy)
{
    s->x.share = x->object;
    return take_lock(w, s, x->object, LC_SHARE, policy != LockWaitBlock);
}

void waited_for_xact(struct world *w, struct session *s)
{
    if (s->x.share >= 0)
        give_back(w, s, s->x.share, LC_SHARE);
    s->x.share = -1;
}

// ---- the catalogue -----------------------------------------------------------------------------------------------------------------

bool changes_catalog(const Node *stmt)
{
    switch (nodeTag(stmt)) {
    case T_SelectStmt:
        return ((const SelectStmt *)(const void *)stmt)->intoClause != NULL;
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_LockStmt:
    case T_TransactionStmt:
    case T_VariableSetStmt:
    case T_VariableShowStmt:
    case T_ExecuteStmt:
    case T_PrepareStmt:
    case T_DeallocateStmt:
    case T_ExplainStmt:
    case T_TruncateStmt:
    case T_VacuumStmt:
    case T_CopyStmt:
    case T_DeclareCursorStmt:
    case T_FetchStmt:
    case T_ClosePortalStmt:
    case T_ConstraintsSetStmt:
        return false;
    default:
        return true;
    }
}

static void replay(struct session *s, const struct lc_sql_stmt *stmt)
{
    struct footprint fp;

    fp_statement(s->fp, stmt, &fp);
}

static bool is_temporary(const Node *stmt)
{
    const CreateStmt *c = AS(CreateStmt, stmt);

    return c && c->relation && lc_streq(c->relation->relpersistence, "t");
}

static void mark_pending(struct session *s, const struct lc_sql_stmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, detaches_concurrently(stmt->tree)->name);

    if (rel && rel->relispartition)
        ((struct cat_relation *)cat_modify(s->cat, rel))->detach_pending = true;
}

static void apply_committed(struct world *w, struct session *s, bool own)
{
    for (; s->applied < w->committed.len; s->applied++) {
        const struct committed *c = &w->committed.items[s->applied];

        // A partition that is being detached stays one for older snapshots (find_inheritance_children_extended).
        if (c->detached_at > 0 && s->in_block && s->snapshot >= 0 && s->snapshot < c->detached_at) {
            s->stale = true;
            continue;
        }
        if (c->pending)
            mark_pending(s, c->stmt);
        else if (c->session == s->number ? own : !is_temporary(c->stmt->tree))
            replay(s, c->stmt);
    }
}

// Brings the session's catalogue to what has been committed, its own transaction on top.
void refresh_catalog(struct world *w, struct session *s)
{
    bool fresh = !s->cat || (s->in_block && s->log.len > 0 && s->applied < w->committed.len);

    if (!fresh && s->applied == w->committed.len)
        return;
    if (!fresh && !s->in_block) {
        apply_committed(w, s, false);
        return;
    }
    s->cat = cat_new(w->arena, w->major * 10000);
    s->fp = fp_session_new(s->cat);
    s->applied = 0;
    apply_committed(w, s, true);
    for (int i = 0; i < s->settings.len; i++)
        replay(s, s->settings.items[i]);
    if (s->implicit)
        fp_implicit_begin(s->fp);
    for (int i = 0; i < s->log.len; i++)
        replay(s, s->log.items[i]);
}

const PartitionCmd *detaches_concurrently(const Node *stmt)
{
    const AlterTableStmt *a = AS(AlterTableStmt, stmt);
    const AlterTableCmd *c = a && a->cmds.length ? LIST_GET(AlterTableCmd, &a->cmds, 0) : NULL;
    const PartitionCmd *p = c && c->subtype == AT_DetachPartition ? AS(PartitionCmd, c->def) : NULL;

    return p && p->concurrent ? p : NULL;
}

void publish(struct world *w, struct session *s, const struct lc_sql_stmt *stmt, bool pending)
{
    bool current = s->applied == w->committed.len;
    struct committed c = {s->number, stmt, detaches_concurrently(stmt->tree) ? w->commits + 1 : 0, pending};

    LC_PUSH(w->arena, &w->committed, c);
    if (current)
        s->applied++;
}

// ---- ends --------------------------------------------------------------------------------------------------------------------------

void end_transaction(struct world *w, struct session *s, bool commit)
{
    w->commits++;
    end_sequences(s, commit);
    end_xacts(w, s, 0, commit ? XACT_COMMITTED : XACT_ABORTED);
    for (int i = 0; i < s->log.len && commit; i++)
        if (changes_catalog(s->log.items[i]->tree))
            publish(w, s, s->log.items[i], false);
    if (!commit || s->stale)
        s->cat = NULL;
    else if (s->implicit && s->cat)
        fp_implicit_end(s->fp);
    s->stale = false;
    s->log.len = s->savepoints.len = s->held.len = s->deferred.len = 0;
    s->in_block = s->implicit = s->aborted = false;
    s->isolation = READ_COMMITTED;
    s->snapshot = s->vxid = -1;
    s->transactions++;
    lt_release_all(spec_locks(w->run), s->number, false);
}

void end_session(struct world *w, struct session *s)
{
    int n = spec_number(w, s);

    spec_print(w->run, n, "FATAL:  terminating connection due to administrator command");
    spec_print(w->run, n, "server closed the connection unexpectedly");
    spec_print(w->run, n, "\tThis probably means the server terminated abnormally");
    spec_print(w->run, n, "\tbefore or while processing the request.");
    end_transaction(w, s, false);
    s->advisory.len = 0;
    lt_release_all(spec_locks(w->run), s->number, true);
}

void next_phase(struct world *w, struct session *s)
{
    w->commits++;
    end_xacts(w, s, 0, XACT_COMMITTED);
    s->held.len = 0;
    s->vxid = -1;
    s->transactions++;
    lt_release_all(spec_locks(w->run), s->number, false);
}

// AbortCurrentTransaction: the innermost subtransaction gives back its locks at once, its block waits for ROLLBACK.
void abort_statement(struct world *w, struct session *s)
{
    for (int i = 0; i < s->x.fp.locks.len && s->x.stage == ST_LOCKS; i++)
        if (s->x.fp.locks.items[i].session)
            spec_unlock(w->run, spec_number(w, s), spec_object(w->run, s->x.fp.locks.items[i].name), s->x.fp.locks.items[i].mode);
    s->x.phase = 0;
    s->x.stage = ST_IDLE;
    s->x.pending = s->x.share = s->x.tuple = -1;
    if (!s->in_block || s->implicit) {
        end_transaction(w, s, false);
        return;
    }
    s->aborted = true;
    s->cat = NULL;
    end_xacts(w, s, s->savepoints.len, XACT_ABORTED);
    if (s->savepoints.len == 0) {
        s->vxid = -1;
        s->transactions++;
        s->held.len = 0;
        lt_release_all(spec_locks(w->run), s->number, false);
        return;
    }
    give_back_level(w, s, s->savepoints.len);
}

// ---- statements ----------------------------------------------------------------------------------------------------------------------

void begin_implicit(struct session *s)
{
    s->in_block = s->implicit = true;
    fp_implicit_begin(s->fp);
}

static void set_isolation(struct session *s, const NodeList *options)
{
    for (LIST_EACH(i, options)) {
        const DefElem *d = LIST_GET(DefElem, options, i);
        const A_Const *c = d ? AS(A_Const, d->arg) : NULL;
        const char *level = c ? node_string(c->val) : NULL;

        if (!d || !lc_streq(d->defname, "transaction_isolation"))
            continue;
        s->isolation = lc_streq(level, "serializable")      ? SERIALIZABLE
                       : lc_streq(level, "repeatable read") ? REPEATABLE_READ
                                                            : READ_COMMITTED;
    }
}

static int find_savepoint(const struct session *s, const char *name)
{
    for (int i = s->savepoints.len - 1; i >= 0; i--)
        if (lc_streq(s->savepoints.items[i].name, name))
            return i;
    return -1;
}

static enum got rollback_to(struct world *w, struct session *s, const char *name)
{
    int i = find_savepoint(s, name);

    if (i < 0)
        return world_error(w, s, "savepoint \"%s\" does not exist", name);
    end_xacts(w, s, i + 1, XACT_ABORTED);
    give_back_level(w, s, i + 1);
    s->savepoints.len = i + 1;
    s->log.len = s->savepoints.items[i].log + 1; // the SAVEPOINT itself stays
    s->aborted = false;
    s->cat = NULL;
    return GOT;
}

static enum got release_savepoint(struct world *w, struct session *s, const char *name)
{
    int i = find_savepoint(s, name);

    if (i < 0)
        return world_error(w, s, "savepoint \"%s\" does not exist", name);
    for (int k = 0; k < s->held.len; k++)
        if (s->held.items[k].level > i)
            s->held.items[k].level = i;
    for (int k = 0; k < s->xacts.len; k++)
        if (s->xacts.items[k]->level > i) {
            s->xacts.items[k]->level = i;
            s->xacts.items[k]->released = true;
        }
    s->savepoints.len = i;
    return GOT;
}

enum got transaction_statement(struct world *w, struct session *s, const struct lc_sql_stmt *stmt)
{
    const TransactionStmt *t = AS(TransactionStmt, stmt->tree);
    struct footprint fp;

    if (t->kind == TRANS_STMT_ROLLBACK_TO)
        return rollback_to(w, s, t->savepoint_name);
    refresh_catalog(w, s);
    switch (t->kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START:
        fp_statement(s->fp, stmt, &fp);
        if (!s->in_block)
            LC_PUSH(w->arena, &s->log, stmt);
        s->in_block = true;
        s->implicit = false;
        set_isolation(s, &t->options);
        if (s->isolation == SERIALIZABLE)
            world_note(w, "SERIALIZABLE: failures by read/write dependencies among transactions");
        return GOT;
    case TRANS_STMT_COMMIT:
    case TRANS_STMT_ROLLBACK:
        if (s->in_block && !s->aborted)
            fp_statement(s->fp, stmt, &fp);
        end_transaction(w, s, t->kind == TRANS_STMT_COMMIT && !s->aborted);
        return GOT;
    case TRANS_STMT_SAVEPOINT:
        fp_statement(s->fp, stmt, &fp);
        LC_PUSH(w->arena, &s->savepoints, ((struct savepoint){t->savepoint_name, s->log.len}));
        LC_PUSH(w->arena, &s->log, stmt);
        return GOT;
    case TRANS_STMT_RELEASE:
        fp_statement(s->fp, stmt, &fp);
        LC_PUSH(w->arena, &s->log, stmt);
        return release_savepoint(w, s, t->savepoint_name);
    case TRANS_STMT_PREPARE:
        return prepare_transaction(w, s, t->gid);
    case TRANS_STMT_COMMIT_PREPARED:
    case TRANS_STMT_ROLLBACK_PREPARED:
        return finish_prepared(w, s, t->gid, t->kind == TRANS_STMT_COMMIT_PREPARED);
    default:
        world_note(w, "%s", stmt->text);
        return GOT;
    }
}
