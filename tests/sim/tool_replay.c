// Replays a script of lock requests in the lock table with virtual timers, for server_lock_differential.py. Reads from stdin:
//
//     version N / sessions N / objects N
//     session I DEADLOCK_MS LOCK_TIMEOUT_MS          0: no lock_timeout
//     op AT_MS SESSION lock OBJECT MODE NOWAIT | commit | rollback | savepoint | rollback_to
//     end AT_MS
//
// Writes for each op: `N skipped|ok|waits|TIME granted|TIME deadlock|TIME lock_timeout|TIME nowait`. A session that waits skips its
// ops; one that failed rolls back instead of its next op.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/locktable.h"

enum { MAX_SESSIONS = 16, MAX_TAKEN = 256, MAX_DEPTH = 2 };

struct taken {
    int object, mode, depth;
};

struct session {
    double deadlock_ms, lock_timeout_ms, deadlock_at, timeout_at;
    int op, object, mode, depth, ntaken;
    bool failed;
    struct taken taken[MAX_TAKEN];
};

static struct lt_table table;
static struct session sessions[MAX_SESSIONS];

static void outcome(int op, double at, const char *what)
{
    (void)printf("%d %.1f %s\n", op, at, what);
}

static void remember(struct session *s)
{
    s->taken[s->ntaken++] = (struct taken){s->object, s->mode, s->depth};
}

static void report_woken(double now)
{
    for (int i = 0; i < table.nwoken; i++) {
        struct session *s = &sessions[table.woken[i]];

        outcome(s->op, now, "granted");
        remember(s);
        s->deadlock_at = s->timeout_at = HUGE_VAL;
    }
    table.nwoken = 0;
}

// Lets go of what was taken at this depth of savepoints or deeper.
static void release_from(int p, int depth)
{
    struct session *s = &sessions[p];

    while (s->ntaken > 0 && s->taken[s->ntaken - 1].depth >= depth) {
        s->ntaken--;
        lt_release(&table, p, s->taken[s->ntaken].object, (enum lc_lockmode)s->taken[s->ntaken].mode);
    }
}

static void fail(int p, double now, const char *why)
{
    struct session *s = &sessions[p];

    outcome(s->op, now, why);
    s->deadlock_at = s->timeout_at = HUGE_VAL;
    if (table.procs[p].wait_object != LT_NONE)
        lt_leave_queue(&table, p);
    release_from(p, s->depth); // the subtransaction's, or all
    s->failed = true;
    report_woken(now);
}

static void end_transaction(int p)
{
    sessions[p].ntaken = sessions[p].depth = 0;
    sessions[p].failed = false;
    lt_release_all(&table, p, true);
}

static void run_lock(int p, double now, int object, int mode, bool nowait)
{
    struct session *s = &sessions[p];
    bool held = (lt_held(&table, p, object) & LC_LOCKBIT(mode)) != 0;

    s->object = object;
    s->mode = mode;
    switch (lt_acquire(&table, p, object, (enum lc_lockmode)mode, nowait)) {
    case LT_GRANTED:
        if (!held)
            remember(s);
        outcome(s->op, now, "ok");
        break;
    case LT_WAITS:
        s->deadlock_at = now + s->deadlock_ms;
        s->timeout_at = s->lock_timeout_ms > 0 ? now + s->lock_timeout_ms : HUGE_VAL;
        break;
    case LT_DEADLOCK:
        fail(p, now, "deadlock");
        break;
    case LT_NOT_AVAILABLE:
        fail(p, now, "nowait");
        break;
    }
}

static void run_op(int op, int p, double now, const char *what, int object, int mode, int nowait)
{
    struct session *s = &sessions[p];

    if (table.procs[p].wait_object != LT_NONE) {
        outcome(op, now, "skipped");
        return;
    }
    s->op = op;
    if (strcmp(what, "lock") == 0 && !s->failed) {
        run_lock(p, now, object, mode, nowait != 0);
    } else {
        if (s->failed || strcmp(what, "commit") == 0 || strcmp(what, "rollback") == 0)
            end_transaction(p);
        else if (strcmp(what, "savepoint") == 0 && s->depth < MAX_DEPTH)
            s->depth++;
        else if (strcmp(what, "rollback_to") == 0 && s->depth > 0)
            release_from(p, s->depth);
        outcome(op, now, "ok");
    }
    report_woken(now);
}

// The session whose timer fires next, before `until`; -1: none.
static int next_timer(int n, double until, double *at)
{
    int who = -1;

    *at = until;
    for (int i = 0; i < n; i++) {
        double t = fmin(sessions[i].deadlock_at, sessions[i].timeout_at);

        if (t < *at) {
            *at = t;
            who = i;
        }
    }
    return who;
}

static void run_timers(int n, double until)
{
    double at;

    for (int p; (p = next_timer(n, until, &at)) >= 0;) {
        if (sessions[p].timeout_at < sessions[p].deadlock_at) {
            fail(p, at, "lock_timeout");
            continue;
        }
        sessions[p].deadlock_at = HUGE_VAL;
        if (lt_check_deadlock(&table, p) == LT_HARD_DEADLOCK)
            fail(p, at, "deadlock");
        report_woken(at);
    }
}

int main(void)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 26, NULL, NULL);
    int version = 15, n = 0, objects = 0, op = 0, p, object, mode, nowait;
    char line[200], what[20];
    double at, a, b;

    while (arena && fgets(line, sizeof line, stdin)) {
        object = mode = nowait = 0;
        if (sscanf(line, "version %d", &version) == 1 || sscanf(line, "sessions %d", &n) == 1)
            continue;
        if (sscanf(line, "objects %d", &objects) == 1) {
            lt_init(&table, arena, MAX_SESSIONS, objects, 4, 1024);
            table.server_version = version;
        } else if (sscanf(line, "session %d %lf %lf", &p, &a, &b) == 3) {
            sessions[p] =
                (struct session){.deadlock_ms = a, .lock_timeout_ms = b, .deadlock_at = HUGE_VAL, .timeout_at = HUGE_VAL};
        } else if (sscanf(line, "op %lf %d %19s %d %d %d", &at, &p, what, &object, &mode, &nowait) >= 3) {
            run_timers(n, at);
            run_op(op++, p, at, what, object, mode, nowait);
        } else if (sscanf(line, "end %lf", &at) == 1) {
            run_timers(n, at);
        }
    }
    for (int i = 0; i < n; i++)
        if (table.procs[i].wait_object != LT_NONE)
            outcome(sessions[i].op, at, "waits");
    lc_arena_free(arena);
    return 0;
}
