// Running the statements of a deploy one by one, in the transactions that their framework or their own BEGIN gives them.
#include <stdio.h>
#include <time.h>

#include "base/str.h"
#include "rehearse/internal.h"

#define FIRST_PAUSE_MS 2.0 // between looks at a statement: short ones are hardly disturbed, long ones need no more than
#define LAST_PAUSE_MS 20.0
#define SAVEPOINT "lockcast_statement"

struct deploy {
    struct lc_arena *arena;
    struct server *runner;
    struct trace trace;
    struct rehearsal *out;
    bool rollback;
    enum migration_wrap wrap; // of the unit at hand
    int unit, nunit;          // its number, 0: none; its statements
    bool own_block;           // a BEGIN of ours is open
    struct rehearsed_file *file;
};

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// What the server refuses is an answer; a lost connection and Ctrl-C are errors.
static enum lc_code answer(enum lc_code code, bool *refused)
{
    *refused = code == LC_E_SERVER;
    return *refused ? LC_OK : code;
}

// A command of ours around the migration's statements, with the time it took.
static enum lc_code control(struct deploy *d, const char *sql, double *ms, bool *refused, struct lc_error *err)
{
    double start = now_ms();
    enum lc_code code = answer(server_script(d->runner, sql, err), refused);

    if (ms)
        *ms += now_ms() - start;
    return code;
}

static enum lc_code run_quietly(struct deploy *d, const char *sql, struct lc_error *err)
{
    bool refused;
    enum lc_code code = control(d, sql, NULL, &refused, err);

    return code == LC_OK && refused ? LC_E_SERVER : code;
}

// Sends the statement and looks at it until it ends.
static enum lc_code run_traced(struct deploy *d, const char *sql, struct rehearsed_stmt *s, struct lc_error *err)
{
    double start, last, pause = FIRST_PAUSE_MS;
    bool done = false, refused;
    enum lc_code code;

    trace_statement(&d->trace);
    start = last = now_ms();
    code = server_send(d->runner, sql, err);
    while (code == LC_OK && !done) {
        code = server_wait(d->runner, pause, &done, err);
        if (code == LC_OK && !done) {
            double at = now_ms();
            trace_look(&d->trace, at - last);
            last = at;
            pause = pause * 1.2 < LAST_PAUSE_MS ? pause * 1.2 : LAST_PAUSE_MS;
        }
    }
    s->ms = now_ms() - start;
    s->wait_ms = d->trace.wait_ms < s->ms ? d->trace.wait_ms : s->ms;
    s->behind = d->trace.behind;
    code = answer(code, &refused);
    s->state = refused ? REHEARSED_FAILED : REHEARSED_RAN;
    s->error = refused ? lc_strdup(d->arena, err->message) : NULL;
    (void)snprintf(s->sqlstate, sizeof s->sqlstate, "%s", refused ? server_sqlstate(d->runner) : "");
    return code;
}

static const char *text_of(const struct rehearsed_stmt *s)
{
    return s->forecast->stmt->sql.text;
}

// REINDEX CONCURRENTLY leaves another index under the same name.
static void follow_renewed(struct deploy *d, const struct rehearsed_stmt *s)
{
    for (int i = 0; s->state == REHEARSED_RAN && i < s->forecast->fp.locks.len; i++) {
        const struct fp_lock *l = &s->forecast->fp.locks.items[i];
        if (l->phase && !l->created && !l->rel->o.created && l->rel->relkind == 'i')
            trace_renew(&d->trace, l->rel->o.oid, l->name);
    }
}

// Runs it and compares. Inside a block the locks that it keeps are seen exactly.
static enum lc_code run_and_compare(struct deploy *d, struct rehearsed_stmt *s, struct lc_error *err)
{
    struct traced_locks before = d->trace.held;
    enum lc_code code = run_traced(d, text_of(s), s, err);
    bool exact = false;

    if (code != LC_OK)
        return code;
    if (server_in_transaction(d->runner) && s->state == REHEARSED_RAN)
        exact = trace_exactly(&d->trace);
    else if (!server_in_transaction(d->runner))
        trace_forget(&d->trace);
    follow_renewed(d, s);
    rehearse_compare(d->arena, d->out->snap->cat, &d->trace, &before, exact, s);
    return LC_OK;
}

// --- alone -----------------------------------------------------------------------------------------------------------

// A block of ours around a statement that is a transaction of its own changes nothing but lets its locks be seen. These are
// different in one.
static bool may_be_wrapped(const struct footprint *fp)
{
    static const char *const not_these[] = {"SET", "RESET",          "LOCK TABLE", "CALL",
                                            "DO",  "DECLARE CURSOR", "VACUUM",     "DISCARD ALL"};

    for (size_t i = 0; i < sizeof not_these / sizeof *not_these; i++)
        if (lc_streq(fp->command, not_these[i]))
            return false;
    return fp->tx == FP_TX_NONE && fp->transaction != 0;
}

static enum lc_code commit_wrapped(struct deploy *d, struct rehearsed_stmt *s, struct lc_error *err)
{
    bool refused;
    enum lc_code code = control(d, s->state == REHEARSED_RAN ? "COMMIT" : "ROLLBACK", &s->ms, &refused, err);

    if (code == LC_OK && refused) { // a deferred constraint
        s->state = REHEARSED_FAILED;
        s->error = lc_strdup(d->arena, err->message);
        (void)snprintf(s->sqlstate, sizeof s->sqlstate, "%s", server_sqlstate(d->runner));
        s->compared = false;
    }
    trace_forget(&d->trace);
    return code;
}

static enum lc_code run_alone(struct deploy *d, struct rehearsed_stmt *s, struct lc_error *err)
{
    enum lc_code code;

    if (!may_be_wrapped(&s->forecast->fp))
        return run_and_compare(d, s, err);
    code = run_quietly(d, "BEGIN", err);
    if (code == LC_OK)
        code = run_and_compare(d, s, err);
    if (code == LC_OK)
        code = commit_wrapped(d, s, err);
    // PreventInTransactionBlock (access/transam/xact.c) says so before anything is done
    if (code == LC_OK && s->state == REHEARSED_FAILED && lc_streq(s->sqlstate, "25001")) {
        *s = (struct rehearsed_stmt){.forecast = s->forecast};
        code = run_and_compare(d, s, err);
    }
    return code;
}

// --- in one transaction, to be rolled back ---------------------------------------------------------------------------

static enum lc_code run_undoable(struct deploy *d, struct rehearsed_stmt *s, struct lc_error *err)
{
    const struct footprint *fp = &s->forecast->fp;
    bool transaction_end = fp->tx == FP_TX_BEGIN || fp->tx == FP_TX_COMMIT || fp->tx == FP_TX_ROLLBACK || fp->tx == FP_TX_PREPARE;
    enum lc_code code;

    if (transaction_end || (fp->tx == FP_TX_NONE && fp->transaction == 0 && !fp->skipped)) {
        s->state = REHEARSED_SKIPPED;
        return LC_OK;
    }
    if (fp->tx != FP_TX_NONE || lc_streq(fp->command, "SET")) // SET TRANSACTION must not come after a savepoint
        return run_and_compare(d, s, err);
    code = run_quietly(d, "SAVEPOINT " SAVEPOINT, err);
    if (code == LC_OK)
        code = run_and_compare(d, s, err);
    if (code == LC_OK && s->state == REHEARSED_FAILED && lc_streq(s->sqlstate, "25001")) {
        *s = (struct rehearsed_stmt){.forecast = s->forecast, .state = REHEARSED_SKIPPED};
        code = run_quietly(d, "ROLLBACK TO SAVEPOINT " SAVEPOINT, err);
    }
    return code == LC_OK && s->state != REHEARSED_FAILED ? run_quietly(d, "RELEASE SAVEPOINT " SAVEPOINT, err) : code;
}

// --- units -----------------------------------------------------------------------------------------------------------

static enum lc_code end_unit(struct deploy *d, struct lc_error *err)
{
    enum lc_code code = LC_OK;
    bool refused = false;

    if (d->unit && d->own_block && !d->rollback && server_in_transaction(d->runner)) {
        code = control(d, "COMMIT", &d->file->commit_ms, &refused, err);
        if (refused) {
            d->out->failed = true;
            d->out->commit_error = lc_strdup(d->arena, err->message);
        }
        trace_forget(&d->trace);
    }
    d->own_block = false;
    d->unit = 0;
    return code;
}

static int unit_size(const struct rehearsal *r, int unit)
{
    int n = 0;

    for (int i = 0; i < r->len; i++)
        for (int k = 0; k < r->files[i].len; k++)
            n += r->files[i].stmts[k].forecast->stmt->unit == unit;
    return n;
}

// The transaction of a framework begins with its first statement; an implicit one again after each COMMIT in its string.
static enum lc_code begin_block(struct deploy *d, const struct migration_stmt *m, bool first, struct lc_error *err)
{
    bool wanted = (m->wrap == MIGRATION_TRANSACTION && first) || (m->wrap == MIGRATION_IMPLICIT && d->nunit > 1);

    if (!d->unit || !wanted || d->rollback || server_in_transaction(d->runner))
        return LC_OK;
    d->own_block = true;
    return run_quietly(d, "BEGIN", err);
}

static enum lc_code run_statement(struct deploy *d, struct rehearsed_stmt *s, struct lc_error *err)
{
    const struct migration_stmt *m = s->forecast->stmt;
    enum lc_code code = LC_OK;
    bool first = m->unit != d->unit;

    if (first) {
        code = end_unit(d, err);
        d->unit = m->unit;
        d->nunit = m->unit ? unit_size(d->out, m->unit) : 0;
    }
    if (code == LC_OK && !d->out->failed)
        code = begin_block(d, m, first, err);
    if (code != LC_OK || d->out->failed)
        return code;
    if (d->rollback)
        code = run_undoable(d, s, err);
    else if (server_in_transaction(d->runner))
        code = run_and_compare(d, s, err);
    else
        code = run_alone(d, s, err);
    d->out->failed = d->out->failed || s->state == REHEARSED_FAILED;
    return code;
}

static enum lc_code end_deploy(struct deploy *d, struct lc_error *err)
{
    enum lc_code code = d->out->failed ? LC_OK : end_unit(d, err);

    if (code == LC_OK && server_in_transaction(d->runner)) {
        d->out->left_open = !d->rollback && !d->out->failed;
        code = run_quietly(d, "ROLLBACK", err);
    }
    return code;
}

static void tell_interrupted(const struct rehearsed_file *file, int k, struct lc_error *err)
{
    lc_error_at(err, file->file->path, file->stmts[k].forecast->stmt->sql.line);
    lc_error_hint(
        err,
        "The open transaction is rolled back; what had been committed stays. CONCURRENTLY may leave an invalid index behind.");
}

enum lc_code rehearse_deploy(struct lc_arena *arena, struct server *tracer, struct server *runner, bool rollback,
                             struct rehearsal *out, struct lc_error *err)
{
    struct deploy d = {.arena = arena, .runner = runner, .out = out, .rollback = rollback};
    enum lc_code code = trace_open(&d.trace, arena, tracer, server_pid(runner), err);

    if (code == LC_OK && rollback)
        code = run_quietly(&d, "BEGIN", err);
    out->rolled_back = rollback;
    for (int i = 0; code == LC_OK && !out->failed && i < out->len; i++)
        for (int k = 0; code == LC_OK && !out->failed && k < out->files[i].len; k++) {
            if (!d.file)
                d.file = &out->files[i];
            code = run_statement(&d, &out->files[i].stmts[k], err);
            if (code == LC_E_INTERRUPTED)
                tell_interrupted(&out->files[i], k, err);
            d.file = &out->files[i];
        }
    return code == LC_OK ? end_deploy(&d, err) : code;
}
