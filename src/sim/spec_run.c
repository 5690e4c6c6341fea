// Running an isolation test: what isolationtester does (run_permutation, try_complete_step), on the simulated lock manager.
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/map.h"
#include "sim/spec.h"

#define MAX_OBJECTS 2048
#define POLL_MS 10.0   // isolationtester looks that often whether a step is blocked
#define START_MS 0.5   // from sending a step to its first request for a lock
#define FOREVER_MS 3e5 // PGISOLATIONTIMEOUT, 300 s: then nothing will happen any more

enum session_state { IDLE, BUSY, FINISHED }; // FINISHED: done, not yet reported

struct tester {
    enum session_state state;
    const char *sql;
    double deadlock_ms, lock_timeout_ms, statement_ms, deadlock_at, timeout_at, statement_at;
    struct lc_str output;
    int notices, active; // place of the step in the permutation; -1: none
};

struct spec_run {
    const struct spec_file *file;
    const struct spec_world *world;
    const struct spec_permutation *perm;
    struct lc_arena *arena;
    struct lt_table locks;
    struct lc_map objects;
    int nobjects;
    double now;
    struct tester *testers; // one for each session, the last is the control session
    struct lc_str *out;
    struct lc_error *err;
    bool *reported; // steps of the permutation that are complete
    int *waiting, nwaiting;
    int *base_notices;
};

// ---- for worlds ----------------------------------------------------------------------------------------------------------------

static int proc_of(const struct spec_run *run, int session)
{
    return session == SPEC_CONTROL ? run->file->nsessions : session;
}

int spec_object(struct spec_run *run, const char *name)
{
    int i = (int)(intptr_t)lc_map_get(&run->objects, name);

    if (i == 0) {
        i = run->nobjects < MAX_OBJECTS ? ++run->nobjects : MAX_OBJECTS;
        (void)lc_map_put(&run->objects, lc_strdup(run->arena, name), (void *)(intptr_t)i);
    }
    return i - 1;
}

static void go_on(struct spec_run *run, int proc, bool resumed)
{
    struct tester *t = &run->testers[proc];
    int session = proc == run->file->nsessions ? SPEC_CONTROL : proc;

    if (!resumed)
        t->statement_at = t->statement_ms > 0 ? run->now + START_MS + t->statement_ms : HUGE_VAL;
    if (run->world->run(run->world->context, run, session, t->sql, resumed) == SPEC_DONE)
        t->state = FINISHED;
}

// Those who have been granted a lock go on, and perhaps let others go on.
static void wake(struct spec_run *run)
{
    while (run->locks.nwoken > 0) {
        int proc = run->locks.woken[0];

        run->locks.nwoken--;
        memmove(run->locks.woken, run->locks.woken + 1, (size_t)run->locks.nwoken * sizeof *run->locks.woken);
        run->testers[proc].deadlock_at = run->testers[proc].timeout_at = HUGE_VAL;
        go_on(run, proc, true);
    }
}

enum lt_result spec_lock(struct spec_run *run, int session, int object, enum lc_lockmode mode, bool nowait)
{
    struct tester *t = &run->testers[proc_of(run, session)];
    enum lt_result r = lt_acquire(&run->locks, proc_of(run, session), object, mode, nowait);

    if (r == LT_WAITS) {
        t->deadlock_at = run->now + START_MS + t->deadlock_ms;
        t->timeout_at = t->lock_timeout_ms > 0 ? run->now + START_MS + t->lock_timeout_ms : HUGE_VAL;
    }
    return r;
}

void spec_unlock(struct spec_run *run, int session, int object, enum lc_lockmode mode)
{
    lt_release(&run->locks, proc_of(run, session), object, mode);
}

void spec_unlock_all(struct spec_run *run, int session)
{
    lt_release_all(&run->locks, proc_of(run, session), true);
}

void spec_set(struct spec_run *run, int session, enum sim_setting setting, double ms)
{
    struct tester *t = &run->testers[proc_of(run, session)];

    if (setting == SIM_DEADLOCK_TIMEOUT)
        t->deadlock_ms = ms;
    else if (setting == SIM_LOCK_TIMEOUT)
        t->lock_timeout_ms = ms;
    else if (setting == SIM_STATEMENT_TIMEOUT)
        t->statement_ms = ms;
}

void spec_print(struct spec_run *run, int session, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    lc_str_add(&run->testers[proc_of(run, session)].output, lc_vprintf(run->arena, fmt, args));
    va_end(args);
    lc_str_addc(&run->testers[proc_of(run, session)].output, '\n');
}

void spec_notice(struct spec_run *run, int session)
{
    run->testers[proc_of(run, session)].notices++;
}

struct lt_table *spec_locks(struct spec_run *run)
{
    return &run->locks;
}

struct lc_arena *spec_arena(struct spec_run *run)
{
    return run->arena;
}

// ---- the clock -----------------------------------------------------------------------------------------------------------------

static void step_fails(struct spec_run *run, int proc, enum sim_outcome why)
{
    struct tester *t = &run->testers[proc];

    t->deadlock_at = t->timeout_at = t->statement_at = HUGE_VAL;
    lt_leave_queue(&run->locks, proc);
    spec_print(run, proc, "ERROR:  %s",
               why == SIM_E_DEADLOCK       ? "deadlock detected"
               : why == SIM_E_LOCK_TIMEOUT ? "canceling statement due to lock timeout"
               : why == SIM_E_CANCELLED    ? "canceling statement due to user request"
                                           : "canceling statement due to statement timeout");
    run->world->failed(run->world->context, run, proc, why);
    t->state = FINISHED;
    wake(run);
}

bool spec_cancel(struct spec_run *run, int session)
{
    if (run->testers[session].state != BUSY || run->locks.procs[session].wait_object == LT_NONE)
        return false;
    step_fails(run, session, SIM_E_CANCELLED);
    return true;
}

// The next timer that fires before `until`; -1: none.
static int next_timer(const struct spec_run *run, double until, double *at)
{
    int who = -1;

    *at = until;
    for (int i = 0; i < run->file->nsessions; i++) {
        const struct tester *o = &run->testers[i];
        double t = fmin(fmin(o->deadlock_at, o->timeout_at), o->statement_at);

        if (o->state == BUSY && t < *at) {
            *at = t;
            who = i;
        }
    }
    return who;
}

// Lets the clock go on, at the most until one session's step is done.
static void run_clock(struct spec_run *run, double until, const struct tester *one)
{
    double at;

    for (int p; (p = next_timer(run, until, &at)) >= 0;) {
        struct tester *t = &run->testers[p];

        run->now = at;
        if (t->statement_at < fmin(t->timeout_at, t->deadlock_at)) {
            step_fails(run, p, SIM_E_STATEMENT_TIMEOUT);
        } else if (t->timeout_at < t->deadlock_at) {
            step_fails(run, p, SIM_E_LOCK_TIMEOUT);
        } else {
            t->deadlock_at = HUGE_VAL;
            if (lt_check_deadlock(&run->locks, p) == LT_HARD_DEADLOCK)
                step_fails(run, p, SIM_E_DEADLOCK);
            wake(run);
        }
        if (one->state != BUSY)
            return;
    }
    run->now = until;
}

// ---- steps ---------------------------------------------------------------------------------------------------------------------

static bool has_blocker(const struct spec_run *run, int place)
{
    const struct spec_permuted *s = &run->perm->steps[place];

    for (int i = 0; i < s->nblockers; i++) {
        const struct spec_blocker *b = &s->blockers[i];
        const struct tester *other = b->step >= 0 ? &run->testers[run->file->steps[b->step].session] : NULL;

        if (b->kind == SPEC_OTHER && other->active >= 0 && run->perm->steps[other->active].step == b->step)
            return true;
        if (b->kind == SPEC_NOTICES && other->notices < run->base_notices[place] + b->notices)
            return true;
    }
    return false;
}

static bool marked_once(const struct spec_permuted *s)
{
    for (int i = 0; i < s->nblockers; i++)
        if (s->blockers[i].kind == SPEC_ONCE)
            return true;
    return false;
}

// pg_isolation_test_session_is_blocked: by another session of the test; a prepared transaction is none.
static bool is_blocked(const struct spec_run *run, int session)
{
    struct lt_blockers it = lt_blockers_of(&run->locks, session);

    for (int p; (p = lt_next_blocker(&run->locks, &it)) != LT_NONE;)
        if (p <= run->file->nsessions)
            return true;
    return false;
}

// try_complete_step: true when the step is (still) waiting. `nonblock`: it may stay so; `retry`: it has been said that it waits.
static bool still_waits(struct spec_run *run, int place, bool nonblock, bool retry)
{
    const struct spec_permuted *s = &run->perm->steps[place];
    const struct spec_step *step = &run->file->steps[s->step];
    struct tester *t = &run->testers[step->session];
    bool waits = !retry && marked_once(s);

    if (!waits && t->state == BUSY) {
        run_clock(run, run->now + (nonblock ? POLL_MS : FOREVER_MS), t);
        if (nonblock && t->state == BUSY && !is_blocked(run, step->session))
            run_clock(run, run->now + FOREVER_MS, t);
        waits = t->state == BUSY;
    }
    if (waits || has_blocker(run, place)) {
        if (!retry)
            lc_str_addf(run->out, "step %s: %s <waiting ...>\n", step->name, step->sql);
        return true;
    }
    if (retry)
        lc_str_addf(run->out, "step %s: <... completed>\n", step->name);
    else
        lc_str_addf(run->out, "step %s: %s\n", step->name, step->sql);
    lc_str_add(run->out, t->output.text);
    lc_str_init(&t->output, run->arena, LC_STR_MAX);
    t->state = IDLE;
    t->active = -1;
    return false;
}

// try_complete_steps: looks at all that wait, again as long as that unblocks one that a marker holds back.
static void complete_waiting(struct spec_run *run, bool nonblock)
{
    bool held_back;
    int before;

    do {
        int w = 0;

        held_back = false;
        before = run->nwaiting;
        while (w < run->nwaiting) {
            if (still_waits(run, run->waiting[w], nonblock, true)) {
                held_back |= run->perm->steps[run->waiting[w]].nblockers > 0;
                w++;
                continue;
            }
            run->nwaiting--;
            memmove(run->waiting + w, run->waiting + w + 1, (size_t)(run->nwaiting - w) * sizeof *run->waiting);
        }
    } while (held_back && run->nwaiting < before);
}

static void forget_waiting(struct spec_run *run, int place)
{
    for (int w = 0; w < run->nwaiting; w++)
        if (run->waiting[w] == place) {
            run->nwaiting--;
            memmove(run->waiting + w, run->waiting + w + 1, (size_t)(run->nwaiting - w) * sizeof *run->waiting);
            return;
        }
}

static enum lc_code for_ever(struct spec_run *run, const char *step)
{
    (void)lc_fail(run->err, LC_E_INPUT, "step %s waits for ever in this permutation", step);
    lc_error_hint(run->err, "%s", "a session's next step can only be sent when nobody keeps its last one waiting");
    lc_error_at(run->err, run->file->name, run->perm->line);
    return LC_E_INPUT;
}

// The session of the next step is busy with an earlier one: that must end first.
static enum lc_code finish_earlier(struct spec_run *run, struct tester *t)
{
    double started = run->now;

    while (t->active >= 0) {
        int place = t->active;

        if (!still_waits(run, place, false, true))
            forget_waiting(run, place);
        complete_waiting(run, true);
        run->now += POLL_MS; // a marker may hold back what is done already
        if (t->active >= 0 && run->now - started > FOREVER_MS)
            return for_ever(run, run->file->steps[run->perm->steps[place].step].name);
    }
    return LC_OK;
}

static void start_step(struct spec_run *run, int place)
{
    const struct spec_step *step = &run->file->steps[run->perm->steps[place].step];
    struct tester *t = &run->testers[step->session];
    bool waits;

    for (int i = 0; i < run->perm->steps[place].nblockers; i++)
        if (run->perm->steps[place].blockers[i].kind == SPEC_NOTICES)
            run->base_notices[place] = run->testers[run->file->steps[run->perm->steps[place].blockers[i].step].session].notices;
    t->state = BUSY;
    t->active = place;
    t->sql = step->sql;
    go_on(run, step->session, false);
    wake(run);
    waits = still_waits(run, place, true, false);
    complete_waiting(run, true);
    if (waits)
        run->waiting[run->nwaiting++] = place;
}

// ---- permutations ----------------------------------------------------------------------------------------------------------------

// Setup and teardown never wait in a file that makes sense.
static void run_quietly(struct spec_run *run, int session, const char *sql)
{
    struct tester *t = &run->testers[proc_of(run, session)];

    if (!sql)
        return;
    t->state = BUSY;
    t->sql = sql;
    go_on(run, proc_of(run, session), false);
    wake(run);
    lc_str_add(run->out, t->output.text);
    lc_str_init(&t->output, run->arena, LC_STR_MAX);
    t->state = IDLE;
}

static void reset(struct spec_run *run)
{
    lt_clear(&run->locks);
    lc_map_init(&run->objects, run->arena);
    run->nobjects = 0;
    run->now = 0;
    run->nwaiting = 0;
    for (int i = 0; i <= run->file->nsessions; i++) {
        run->testers[i] = (struct tester){
            .deadlock_ms = 1000, .deadlock_at = HUGE_VAL, .timeout_at = HUGE_VAL, .statement_at = HUGE_VAL, .active = -1};
        lc_str_init(&run->testers[i].output, run->arena, LC_STR_MAX);
    }
    run->world->begin(run->world->context, run);
}

static enum lc_code run_permutation(struct spec_run *run, const struct spec_permutation *perm)
{
    enum lc_code rc = LC_OK;

    run->perm = perm;
    run->waiting = LC_NEW_ARRAY(run->arena, int, perm->nsteps + 1);
    run->base_notices = LC_NEW_ARRAY(run->arena, int, perm->nsteps + 1);
    reset(run);
    lc_str_add(run->out, "\nstarting permutation:");
    for (int i = 0; i < perm->nsteps; i++)
        lc_str_addf(run->out, " %s", run->file->steps[perm->steps[i].step].name);
    lc_str_addc(run->out, '\n');
    for (int i = 0; i < run->file->nsetups; i++)
        run_quietly(run, SPEC_CONTROL, run->file->setups[i]);
    for (int i = 0; i < run->file->nsessions; i++)
        run_quietly(run, i, run->file->sessions[i].setup);
    for (int i = 0; i < perm->nsteps && rc == LC_OK; i++) {
        rc = finish_earlier(run, &run->testers[run->file->steps[perm->steps[i].step].session]);
        if (rc == LC_OK)
            start_step(run, i);
    }
    complete_waiting(run, false);
    if (rc == LC_OK && run->nwaiting > 0)
        rc = for_ever(run, run->file->steps[perm->steps[run->waiting[0]].step].name);
    for (int i = 0; i < run->file->nsessions && rc == LC_OK; i++)
        run_quietly(run, i, run->file->sessions[i].teardown);
    if (rc == LC_OK)
        run_quietly(run, SPEC_CONTROL, run->file->teardown);
    return rc;
}

enum lc_code spec_transcript(const struct spec_file *file, const struct spec_world *world, int server_version,
                             struct lc_arena *arena, struct lc_str *out, struct lc_error *err)
{
    struct spec_run run = {.file = file, .world = world, .arena = arena, .out = out, .err = err};
    enum lc_code rc = LC_OK;

    lc_map_init(&run.objects, arena);
    lt_init(&run.locks, arena, file->nsessions + 1 + SPEC_PREPARED, MAX_OBJECTS, 2 * file->nsessions + 8,
            (file->nsessions + 1 + SPEC_PREPARED) * MAX_OBJECTS);
    run.locks.server_version = server_version;
    run.testers = LC_NEW_ARRAY(arena, struct tester, file->nsessions + 1);
    lc_str_addf(out, "Parsed test spec with %d sessions\n", file->nsessions);
    for (int i = 0; i < file->npermutations && rc == LC_OK; i++)
        rc = run_permutation(&run, &file->permutations[i]);
    return rc;
}
