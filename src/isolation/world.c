// The world of an isolation test: sends each statement of a step through its locks and its rows, and prints its errors as the server does.
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "isolation/world.h"
#include "snapshot/settings.h"

#define PERMUTATION_MAX ((size_t)1 << 30)

void world_note(struct world *w, const char *fmt, ...)
{
    va_list args;
    const char *text;

    va_start(args, fmt);
    text = lc_vprintf(w->run_arena, fmt, args);
    va_end(args);
    if (lc_map_get(&w->notes, text))
        return;
    (void)lc_map_put(&w->notes, text, w);
    lc_str_addf(w->notes_out, "# not modelled: %.*s\n", (int)strcspn(text, "\n"), text);
}

static int spec_number(const struct world *w, const struct session *s)
{
    return s->number == w->nsessions ? SPEC_CONTROL : s->number;
}

enum got world_error(struct world *w, struct session *s, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    spec_print(w->run, spec_number(w, s), "ERROR:  %s", lc_vprintf(w->arena, fmt, args));
    va_end(args);
    return FAIL;
}

// ---- settings --------------------------------------------------------------------------------------------------------------------

static double timeout_ms(const struct session *s, const char *name, double unset)
{
    double ms = setting_ms(name, cat_setting(s->cat, name));

    return isnan(ms) ? unset : ms;
}

static void set_timers(struct world *w, struct session *s)
{
    int n = spec_number(w, s);

    spec_set(w->run, n, SIM_LOCK_TIMEOUT, timeout_ms(s, "lock_timeout", 0));
    spec_set(w->run, n, SIM_STATEMENT_TIMEOUT, timeout_ms(s, "statement_timeout", 0));
    spec_set(w->run, n, SIM_DEADLOCK_TIMEOUT, timeout_ms(s, "deadlock_timeout", 1000));
}

// SET TRANSACTION ISOLATION LEVEL is a VariableSetStmt of several.
static void set_transaction(struct session *s, const VariableSetStmt *v)
{
    for (LIST_EACH(i, &v->args)) {
        const DefElem *d = LIST_GET(DefElem, &v->args, i);
        const A_Const *c = d ? AS(A_Const, d->arg) : NULL;
        const char *level = c ? node_string(c->val) : NULL;

        if (d && lc_streq(d->defname, "transaction_isolation") && level)
            s->isolation = lc_starts(level, "repeatable") ? REPEATABLE_READ
                           : lc_starts(level, "s")        ? SERIALIZABLE
                                                          : READ_COMMITTED;
    }
}

static void set_variable(struct world *w, struct session *s, const struct lc_sql_stmt *stmt)
{
    const VariableSetStmt *v = AS(VariableSetStmt, stmt->tree);

    if (v->kind == VAR_SET_MULTI) {
        set_transaction(s, v);
        return;
    }
    LC_PUSH(w->arena, &s->settings, stmt);
    set_timers(w, s);
}

// ---- one statement -------------------------------------------------------------------------------------------------------------------

static void start_statement(struct session *s)
{
    struct exec *x = &s->x;

    x->stage = ST_LOCKS;
    x->event = -1;
    x->phase = 0;
    x->waited = x->published = x->listed = x->pending_session = false;
    x->taken.len = x->waitlist.len = 0;
    x->route = NULL;
    x->fp = (struct footprint){0};
    x->ops.len = x->op = x->calls_seen = x->calls_done = 0;
    x->pending = x->tuple = x->share = -1;
    x->of_workers.len = 0;
    x->in_worker = false;
    s->params = NULL;
    s->nparams = 0;
    s->frame = NULL;
}

// A snapshot for the statement; a transaction of REPEATABLE READ keeps its first.
static int take_snapshot(const struct world *w, struct session *s)
{
    if (s->isolation == READ_COMMITTED)
        return w->commits;
    if (s->snapshot < 0)
        s->snapshot = w->commits;
    return s->snapshot;
}

static bool needs_no_snapshot(const Node *stmt)
{
    return IsA(stmt, LockStmt) || IsA(stmt, VariableSetStmt) || IsA(stmt, VariableShowStmt) || IsA(stmt, PrepareStmt) ||
           IsA(stmt, DeallocateStmt);
}

// EXECUTE runs what was prepared, with its arguments.
static const Node *what_runs(struct session *s, const Node *stmt)
{
    const ExecuteStmt *e = AS(ExecuteStmt, stmt);
    const PrepareStmt *p = e ? lc_map_get(&s->prepared, e->name) : NULL;

    if (!p)
        return stmt;
    s->params = (const Node *const *)(const void *)e->params.items;
    s->nparams = e->params.length;
    return p->query;
}

static void give_back_statement_locks(struct world *w, struct session *s)
{
    for (int i = 0; i < s->x.fp.locks.len; i++) {
        const struct fp_lock *l = &s->x.fp.locks.items[i];
        int object = spec_object(w->run, l->name);

        if (l->session) {
            spec_unlock(w->run, spec_number(w, s), object, l->mode);
            continue;
        }
        for (int k = 0; k < s->x.taken.len && l->released == FP_STATEMENT; k++)
            if (s->x.taken.items[k].object == object && s->x.taken.items[k].mode == l->mode)
                give_back(w, s, object, l->mode);
    }
}

static void statement_done(struct world *w, struct session *s)
{
    const struct lc_sql_stmt *stmt = &s->x.script.stmts[s->x.at];
    const PrepareStmt *p = AS(PrepareStmt, stmt->tree);

    s->cmd++;
    if (s->x.fp.locks.len)
        give_back_statement_locks(w, s);
    for (int i = 0; i < s->x.of_workers.len; i++)
        give_back(w, s, s->x.of_workers.items[i].object, s->x.of_workers.items[i].mode);
    if (p) {
        (void)lc_map_put(&s->prepared, p->name, (void *)(intptr_t)p);
        LC_PUSH(w->arena, &s->settings, stmt);
    }
    note_sequence(w, s, stmt->tree);
    if (IsA(stmt->tree, CreateFunctionStmt))
        note_function(w, (const CreateFunctionStmt *)(const void *)stmt->tree);
    if (IsA(stmt->tree, VariableSetStmt))
        set_variable(w, s, stmt);
    if (changes_catalog(stmt->tree) && !s->x.published)
        LC_PUSH(w->arena, &s->log, stmt);
    s->x.stage = ST_IDLE;
    if (!s->in_block)
        end_transaction(w, s, true);
}

static enum got run_statement(struct world *w, struct session *s)
{
    const struct lc_sql_stmt *stmt = &s->x.script.stmts[s->x.at];
    enum got got;

    if (s->x.stage == ST_LOCKS) {
        if (!stmt->tree)
            return world_error(w, s, "%s", stmt->error ? stmt->error->message : "syntax error");
        if (!needs_no_snapshot(stmt->tree))
            (void)take_snapshot(w, s);
        if (s->x.event < 0)
            note_unmodelled(w, s, stmt->tree);
        if (s->x.event < 0 && (got = check_privileges(w, s, stmt->tree)) != GOT) {
            if (got == NONE)
                statement_done(w, s);
            return got == NONE ? GOT : got;
        }
        got = take_relation_locks(w, s);
        if (got != GOT)
            return got;
        s->x.stage = ST_ROWS;
        s->x.snapshot = take_snapshot(w, s);
        plan_rows(w, s, what_runs(s, stmt->tree));
        if (s->x.route && first_partition(s) && !lc_streq(s->x.route, first_partition(s)))
            return world_error(w, s, "new row for relation \"%s\" violates partition constraint", s->x.route);
        if (check_attach(w, s, stmt->tree) != GOT || validate_keys(w, s, stmt->tree) != GOT)
            return FAIL;
    }
    got = run_ops(w, s);
    if (got != GOT)
        return got;
    statement_done(w, s);
    return GOT;
}

static bool ends_block(const Node *stmt)
{
    const TransactionStmt *t = AS(TransactionStmt, stmt);

    return t && (t->kind == TRANS_STMT_COMMIT || t->kind == TRANS_STMT_ROLLBACK || t->kind == TRANS_STMT_ROLLBACK_TO ||
                 t->kind == TRANS_STMT_PREPARE);
}

// One statement of the string from its beginning, or on from where it waited.
static enum got step(struct world *w, struct session *s)
{
    const struct lc_sql_stmt *stmt = &s->x.script.stmts[s->x.at];

    if (s->x.stage != ST_IDLE)
        return run_statement(w, s);
    if (s->aborted && !ends_block(stmt->tree))
        return world_error(w, s, "current transaction is aborted, commands ignored until end of transaction block");
    unfold_statement(w, s);
    stmt = &s->x.script.stmts[s->x.at];
    start_statement(s);
    if (IsA(stmt->tree, TransactionStmt)) {
        s->x.stage = ST_IDLE;
        return transaction_statement(w, s, stmt);
    }
    return run_statement(w, s);
}

// ---- for the runner ------------------------------------------------------------------------------------------------------------------------

static struct session *session_of(struct world *w, int session)
{
    return &w->sessions[session == SPEC_CONTROL ? w->nsessions : session];
}

static const struct lc_sql_script *parse(struct world *w, const char *sql)
{
    struct lc_sql_script *script = lc_map_get(&w->scripts, sql);
    struct lc_error err = {0};

    if (script)
        return script;
    script = LC_NEW(w->run_arena, struct lc_sql_script);
    if (lc_sql_parse(w->run_arena, sql, strlen(sql), script, &err) != LC_OK) {
        *script = (struct lc_sql_script){0};
        world_note(w, "a step that cannot be read: %s", err.message);
    }
    (void)lc_map_put(&w->scripts, lc_strdup(w->run_arena, sql), script);
    return script;
}

static enum spec_status run_sql(void *context, struct spec_run *run, int session, const char *sql, bool resumed)
{
    struct world *w = context;
    struct session *s = session_of(w, session);

    w->run = run;
    if (resumed) {
        lock_granted(w, s);
    } else {
        s->x.script = *parse(w, sql);
        s->x.at = 0;
        s->x.unfolded = false;
        refresh_catalog(w, s);
        if (s->x.script.len > 1 && !s->in_block) // an implicit transaction block (postgres.c exec_simple_query)
            begin_implicit(s);
    }
    while (s->x.at < s->x.script.len) {
        enum got got = step(w, s);

        if (got == WAIT)
            return SPEC_WAITS;
        if (got != GOT) {
            abort_statement(w, s);
            return SPEC_DONE;
        }
        s->x.at++;
        if (s->x.at < s->x.script.len && !s->in_block)
            begin_implicit(s);
    }
    if (s->implicit)
        end_transaction(w, s, true);
    return SPEC_DONE;
}

static void failed(void *context, struct spec_run *run, int session, enum sim_outcome why)
{
    struct world *w = context;

    (void)why;
    w->run = run;
    abort_statement(w, session_of(w, session));
}

// The run's arena knows what to do then, and does not return.
static void exhausted(void *context, size_t wanted)
{
    (void)wanted;
    (void)lc_alloc(((struct world *)context)->run_arena, SIZE_MAX / 2);
}

static void begin(void *context, struct spec_run *run)
{
    struct world *w = context;

    lc_arena_free(w->arena);
    w->arena = lc_arena_new(PERMUTATION_MAX, exhausted, w);
    w->run = run;
    w->sessions = LC_NEW_ARRAY(w->arena, struct session, w->nsessions + 1);
    w->committed.items = NULL;
    w->committed.len = w->committed.cap = 0;
    w->prepared.items = NULL;
    w->prepared.len = w->prepared.cap = 0;
    w->commits = w->versions = w->xacts = 0;
    w->sequence = w->calls = 0;
    lc_map_init(&w->tables, w->arena);
    lc_map_init(&w->detached, w->arena);
    lc_map_init(&w->functions, w->arena);
    lc_map_init(&w->sequences, w->arena);
    for (int i = 0; i <= w->nsessions; i++) {
        struct session *s = &w->sessions[i];

        s->number = i;
        s->snapshot = s->vxid = -1;
        s->x.pending = s->x.tuple = s->x.share = -1;
        lc_map_init(&s->prepared, w->arena);
    }
}

enum lc_code isolation_run(const char *text, const char *file, int major, struct lc_arena *arena, struct lc_str *out,
                           struct lc_error *err)
{
    struct world w = {.file = file, .major = major, .run_arena = arena};
    const struct spec_world world = {&w, begin, run_sql, failed};
    struct spec_file spec;
    struct lc_str notes;
    enum lc_code rc = spec_parse(arena, text, file, &spec, err);

    if (rc != LC_OK)
        return rc;
    lc_str_init(&notes, arena, LC_STR_MAX);
    w.notes_out = &notes;
    w.nsessions = spec.nsessions;
    lc_map_init(&w.notes, arena);
    lc_map_init(&w.scripts, arena);
    rc = spec_transcript(&spec, &world, major, arena, out, err);
    lc_arena_free(w.arena);
    if (notes.len)
        lc_str_addf(out, "\n%s", notes.text);
    return rc;
}
