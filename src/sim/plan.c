// From a model to what the engine runs: defaults, sizes, and programs without the locks that nobody could ever wait for.
#include <math.h>
#include <string.h>

#include "sim/engine.h"

#define MAX_POOL 5000
#define MAX_OBJECTS 1000000
#define OUTSIDE_MAX 256 // connections of classes outside the pool
#define MAX_STEPS 1000000

// ---- locks that can matter ---------------------------------------------------------------------------------------------------

static void add_program_modes(const struct sim_program *p, lc_lockmask *used)
{
    for (int i = 0; i < p->nsteps; i++)
        if (p->steps[i].kind == SIM_LOCK || p->steps[i].kind == SIM_WAIT_LOCKERS)
            used[p->steps[i].object] |= LC_LOCKBIT(p->steps[i].mode);
}

// Does any mode that is asked for on the object conflict with any other?
static bool contended(lc_lockmask used)
{
    for (int m = 1; m < LC_LOCKMODES; m++)
        if ((used & LC_LOCKBIT(m)) && (used & lc_lock_conflicts[m]))
            return true;
    return false;
}

static bool *contended_objects(const struct sim_model *m, struct lc_arena *arena)
{
    lc_lockmask *used = LC_NEW_ARRAY(arena, lc_lockmask, m->nobjects + 1);
    bool *out = LC_NEW_ARRAY(arena, bool, m->nobjects + 1);

    for (int i = 0; i < m->nclasses; i++)
        add_program_modes(&m->classes[i].program, used);
    add_program_modes(&m->migration.program, used);
    for (int i = 0; i < m->nlongs; i++)
        for (int k = 0; k < m->longs[i].nlocks; k++)
            used[m->longs[i].locks[k].object] |= LC_LOCKBIT(m->longs[i].locks[k].mode);
    for (int i = 0; i < m->nobjects; i++)
        out[i] = contended(used[i]);
    for (int i = 0; i < m->migration.program.nsteps; i++)
        if (m->migration.program.steps[i].rows > 0) // who has written there has rows that it will come to
            out[m->migration.program.steps[i].object] = true;
    return out;
}

// ---- programs ----------------------------------------------------------------------------------------------------------------

static struct program compile(const struct sim_program *p, const bool *matters, struct lc_arena *arena)
{
    struct sim_step *steps = LC_NEW_ARRAY(arena, struct sim_step, p->nsteps + 1);
    int n = 0;

    for (int i = 0; i < p->nsteps; i++)
        if (p->steps[i].kind != SIM_LOCK || matters[p->steps[i].object])
            steps[n++] = p->steps[i];
    return (struct program){.steps = steps, .nsteps = n};
}

// Its locks, then holding them: the session's own `hold` says how long, by the clock, even if it computes on shared cores.
static struct program compile_long(const struct sim_long *l, const bool *matters, struct lc_arena *arena)
{
    struct sim_step *steps = LC_NEW_ARRAY(arena, struct sim_step, l->nlocks + 1);
    int n = 0;

    for (int i = 0; i < l->nlocks; i++)
        if (matters[l->locks[i].object])
            steps[n++] = (struct sim_step){.kind = SIM_LOCK, .object = l->locks[i].object, .mode = l->locks[i].mode};
    steps[n] = (struct sim_step){.kind = SIM_SLEEP, .cores = l->cores};
    return (struct program){.steps = steps, .nsteps = n + 1};
}

static int count_kind(const struct program *p, enum sim_step_kind kind)
{
    int n = 0;

    for (int i = 0; i < p->nsteps; i++)
        n += p->steps[i].kind == kind;
    return n;
}

static int count_ranges(const struct program *p)
{
    int n = 0;

    for (int i = 0; i < p->nsteps; i++)
        n += p->steps[i].kind == SIM_WORK && p->steps[i].rows > 0;
    return n;
}

// ---- sizes -------------------------------------------------------------------------------------------------------------------

// Room for n sessions that run p: besides its locks, a transaction's and a tuple's lock held, and one waited for.
static void make_room(struct plan *plan, int n, int nlocks, int nrows, int nranges)
{
    plan->nproclocks += n * (nlocks + 4);
    plan->nrows += n * (nrows + (nrows > 0));
    plan->nranges += n * nranges;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

static void size_classes(struct plan *plan, bool outside, int sessions)
{
    int locks = 0, rows = 0, ranges = 0;

    for (int i = 0; i < plan->m->nclasses; i++) {
        if (plan->m->classes[i].outside_pool != outside)
            continue;
        locks = max_int(locks, count_kind(&plan->classes[i], SIM_LOCK));
        rows = max_int(rows, count_kind(&plan->classes[i], SIM_ROW_LOCK));
        ranges = max_int(ranges, count_ranges(&plan->classes[i]));
    }
    make_room(plan, sessions, locks, rows, ranges);
}

static void size(struct plan *plan)
{
    for (int i = 0; i < plan->m->nclasses; i++)
        if (plan->m->classes[i].outside_pool)
            plan->noutside = OUTSIDE_MAX;
    plan->first_long = plan->pool;
    plan->migration_proc = plan->first_long + plan->m->nlongs;
    plan->first_outside = plan->migration_proc + 1;
    plan->nprocs = plan->first_outside + plan->noutside;
    size_classes(plan, false, plan->pool);
    size_classes(plan, true, plan->noutside);
    for (int i = 0; i < plan->m->nlongs; i++)
        make_room(plan, 1, plan->longs[i].nsteps, 0, 0);
    plan->nowners = count_kind(&plan->migration, SIM_LOCK);
    make_room(plan, 1, plan->nowners, count_kind(&plan->migration, SIM_ROW_LOCK), count_ranges(&plan->migration));
    plan->ndynamic = 2 * plan->nprocs + 8;
}

// May traffic have to wait for a lock of this long transaction, whoever else holds some?
static bool stops_traffic(const struct sim_model *m, const struct sim_long *l)
{
    for (int i = 0; i < m->nclasses; i++)
        for (int k = 0; k < m->classes[i].program.nsteps; k++) {
            const struct sim_step *step = &m->classes[i].program.steps[k];

            for (int j = 0; step->kind == SIM_LOCK && j < l->nlocks; j++)
                if (l->locks[j].object == step->object && (lc_lock_conflicts[step->mode] & LC_LOCKBIT(l->locks[j].mode)))
                    return true;
        }
    return false;
}

static double or_default(double value, double otherwise)
{
    return value > 0 ? value : otherwise;
}

// What one transaction needs: core-milliseconds, and milliseconds when it is alone.
static void needs_of(const struct sim_program *p, double *cores, double *length)
{
    for (int i = 0; i < p->nsteps; i++) {
        const struct sim_step *s = &p->steps[i];
        double ms = sim_dist_mean(&s->ms) * (s->probability > 0 ? s->probability : 1);

        if ((s->kind != SIM_WORK && s->kind != SIM_SLEEP) || !(ms < HUGE_VAL))
            continue;
        *length += ms;
        *cores += s->kind == SIM_WORK ? ms * s->cpu_share * (s->cores > 0 ? s->cores : 1) : 0;
    }
}

void plan_build(struct plan *plan, const struct sim_model *model, struct lc_arena *arena)
{
    const bool *matters = contended_objects(model, arena);

    *plan = (struct plan){.m = model, .has_migration = model->migration.program.nsteps > 0};
    plan->cores = or_default(model->cores, 2);
    plan->pool = model->pool > 0 ? model->pool : 20;
    plan->deadlock_timeout = or_default(model->deadlock_timeout_ms, 1000);
    plan->warmup = or_default(model->warmup_ms, 1000);
    plan->horizon = or_default(model->horizon_ms, 120000);
    plan->sample = model->sample_ms < 0 ? 0 : or_default(model->sample_ms, 10);
    plan->delay = or_default(model->delay_ms, 50);
    plan->server_version = model->server_version > 0 ? model->server_version : 15;
    plan->classes = LC_NEW_ARRAY(arena, struct program, model->nclasses + 1);
    plan->longs = LC_NEW_ARRAY(arena, struct program, model->nlongs + 1);
    for (int i = 0; i < model->nclasses; i++)
        plan->classes[i] = compile(&model->classes[i].program, matters, arena);
    for (int i = 0; i < model->nclasses; i++)
        for (int k = 0; k < model->classes[i].program.nsteps; k++)
            plan->has_choices |= model->classes[i].program.steps[k].to > 0;
    for (int i = 0; i < model->nlongs; i++)
        plan->longs[i] = compile_long(&model->longs[i], matters, arena);
    plan->stops = LC_NEW_ARRAY(arena, bool, model->nlongs + 1);
    for (int i = 0; i < model->nlongs; i++)
        plan->stops[i] = stops_traffic(model, &model->longs[i]);
    plan->demand = LC_NEW_ARRAY(arena, double, model->nclasses + 1);
    plan->length = LC_NEW_ARRAY(arena, double, model->nclasses + 1);
    for (int i = 0; i < model->nclasses; i++)
        needs_of(&model->classes[i].program, &plan->demand[i], &plan->length[i]);
    plan->migration = compile(&model->migration.program, matters, arena);
    size(plan);
}

// ---- what cannot be simulated ------------------------------------------------------------------------------------------------

static bool bad_dist(const struct sim_model *m, const struct sim_dist *d)
{
    bool bad = !(d->a >= 0) || !(d->b >= 0) || !(d->c >= 0) || d->factor < 0 || d->factor > m->nfactors;

    if (d->kind == SIM_EMPIRICAL) {
        bad |= d->nvalues < 1 || d->values == NULL;
        for (int i = 0; !bad && i < d->nvalues; i++)
            bad = !(d->values[i] >= (i > 0 ? d->values[i - 1] : 0));
    }
    return bad || d->kind > SIM_FOREVER;
}

static const char *step_problem(const struct sim_model *m, const struct sim_step *s, bool migration)
{
    bool has_object = s->kind == SIM_LOCK || s->kind == SIM_ROW_LOCK || s->kind == SIM_WAIT_LOCKERS || s->rows > 0;

    if (has_object && (s->object < 0 || s->object >= m->nobjects))
        return "an object that the model does not have";
    if ((s->kind == SIM_LOCK || s->kind == SIM_WAIT_LOCKERS) && (s->mode < LC_ACCESS_SHARE || s->mode > LC_ACCESS_EXCLUSIVE))
        return "no lock mode";
    if (bad_dist(m, &s->ms))
        return "a duration that is no distribution";
    if (!(s->from >= 0 && s->to >= 0 && s->from <= s->to))
        return "a choice that is no range";
    if (s->doubt < 0 || s->doubt > m->ndoubts || (int)s->row_mode < 0 || s->row_mode > SIM_ROW_KEY_SHARE)
        return "a doubt or row-lock mode out of range";
    if (!(s->rows >= 0 && s->rows <= 1) || !(s->probability >= 0 && s->probability <= 1))
        return "a share or probability outside 0..1";
    if (s->kind == SIM_ROW_LOCK && !(s->keys >= 1 && s->keys <= 1e15))
        return "a row lock without keys";
    if (migration && s->kind == SIM_STATEMENT && (s->statement < 0 || s->statement >= m->migration.nstatements))
        return "a statement number out of range";
    if (!migration && (s->kind == SIM_WAIT_LOCKERS || s->kind == SIM_WAIT_SNAPSHOTS))
        return "waiting for lockers, which only the migration can";
    return NULL;
}

static enum lc_code check_program(const struct sim_model *m, const struct sim_program *p, bool migration, const char *whose,
                                  struct lc_error *err)
{
    if (p->nsteps < 0 || p->nsteps > MAX_STEPS)
        return lc_fail(err, LC_E_INPUT, "%s has %d steps", whose, p->nsteps);
    for (int i = 0; i < p->nsteps; i++) {
        const char *problem = step_problem(m, &p->steps[i], migration);

        if (problem)
            return lc_fail(err, LC_E_INPUT, "step %d of %s has %s", i + 1, whose, problem);
    }
    return LC_OK;
}

static enum lc_code check_class(const struct sim_model *m, const struct sim_class *c, struct lc_error *err)
{
    const char *label = c->label ? c->label : "a class of traffic";

    if (!(c->rate_per_s >= 0 && c->rate_per_s < 1e7))
        return lc_fail(err, LC_E_INPUT, "the arrival rate of %s is %g per second", label, c->rate_per_s);
    if (c->rate_factor < 0 || c->rate_factor > m->nfactors || c->client_retries < 0)
        return lc_fail(err, LC_E_INPUT, "%s has a factor or a number of retries out of range", label);
    if (bad_dist(m, &c->retry_delay_ms) || bad_dist(m, &c->connection_held_ms))
        return lc_fail(err, LC_E_INPUT, "%s has a delay that is no distribution", label);
    return check_program(m, &c->program, false, label, err);
}

static enum lc_code check_long(const struct sim_model *m, const struct sim_long *l, struct lc_error *err)
{
    const char *label = l->label ? l->label : "a long transaction";

    if (bad_dist(m, &l->residual_ms) || bad_dist(m, &l->hold_ms) || bad_dist(m, &l->every_ms))
        return lc_fail(err, LC_E_INPUT, "%s has a duration that is no distribution", label);
    if (l->every_ms.kind != SIM_CONSTANT && sim_dist_mean(&l->every_ms) <= 0)
        return lc_fail(err, LC_E_INPUT, "%s comes again after no time at all", label);
    for (int i = 0; i < l->nlocks; i++)
        if (l->locks[i].object < 0 || l->locks[i].object >= m->nobjects || l->locks[i].mode < LC_ACCESS_SHARE ||
            l->locks[i].mode > LC_ACCESS_EXCLUSIVE)
            return lc_fail(err, LC_E_INPUT, "lock %d of %s has no such object or mode", i + 1, label);
    return LC_OK;
}

enum lc_code sim_check_model(const struct sim_model *m, struct lc_error *err)
{
    enum lc_code rc;

    if (m->nobjects < 0 || m->nobjects > MAX_OBJECTS)
        return lc_fail(err, LC_E_INPUT, "the model has %d objects", m->nobjects);
    if (m->pool < 0 || m->pool > MAX_POOL)
        return lc_fail(err, LC_E_INPUT, "a pool of %d connections cannot be simulated: the most is %d", m->pool, MAX_POOL);
    if (!(m->cores >= 0 && m->cores < 1e5) || !(m->horizon_ms >= 0 && m->horizon_ms <= 1e9) || bad_dist(m, &m->lead_ms))
        return lc_fail(err, LC_E_INPUT, "the model's cores, horizon or lead are out of range");
    if (!(m->row_skew >= 0 && m->row_skew <= 10))
        return lc_fail(err, LC_E_INPUT, "the skew of rows is %g", m->row_skew);
    for (int i = 0; i < m->nfactors; i++)
        if (!(m->factors[i].sigma >= 0 && m->factors[i].sigma <= 10))
            return lc_fail(err, LC_E_INPUT, "factor %d has sigma %g", i + 1, m->factors[i].sigma);
    for (int i = 0; i < m->nclasses; i++)
        if ((rc = check_class(m, &m->classes[i], err)) != LC_OK)
            return rc;
    for (int i = 0; i < m->nlongs; i++)
        if ((rc = check_long(m, &m->longs[i], err)) != LC_OK)
            return rc;
    for (int i = 0; i < m->ndoubts; i++)
        if (!(m->doubts[i] >= 0 && m->doubts[i] <= 1))
            return lc_fail(err, LC_E_INPUT, "doubt %d has probability %g", i + 1, m->doubts[i]);
    return check_program(m, &m->migration.program, true, "the migration", err);
}
