// Many replications on several threads, and their summary. A replication's random numbers depend on the seed and its own number
// only, and sums are made in the order of replications: so threads change nothing but the time it takes.
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine.h"

#define MAX_THREADS 16
#define MAX_REPLICATIONS 1000000
#define DEFAULT_REPLICATIONS 400

struct chain_seen { // one chain of one replication
    struct chain_cell cell;
    double area;
};

struct replication { // what is kept of one
    struct sim_figures figures;
    double *wait, *wall; // of each statement
    int32_t failed_statement;
    struct chain_seen *chains;
    int32_t nchains;
    struct deadlock_cell *deadlocks;
    int32_t ndeadlocks;
    int32_t *class_delayed, *class_waited;
    struct blocker_sum *blockers; // those seen, or NULL
    double *bins[3], bin;
};

struct job {
    const struct plan *plan;
    struct lc_arena *arena;
    uint64_t seed;
    int first, n, nbins;
    double limit;
    const struct sim_options *options;
    struct replication *out; // n of them
    int end;                 // of those that are being run
    atomic_int next;
    atomic_bool failed;
};

struct worker {
    struct job *job;
    struct engine *engine;
    pthread_t thread;
};

// ---- running -----------------------------------------------------------------------------------------------------------------

static void keep_chains(struct engine *e, struct replication *r)
{
    struct observed *o = &e->seen;

    r->nchains = 0;
    if (o->nchains == 0)
        return;
    r->chains = malloc((size_t)o->nchains * sizeof *r->chains);
    if (!r->chains) {
        e->no_memory = true;
        return;
    }
    for (int i = 0; i < o->nchains; i++) {
        struct chain_cell *c = &o->chains[i];

        c->area += c->now * (e->now - fmax(0, c->since)); // waits that did not end
        if (c->now > 0)
            c->longest = fmax(c->longest, e->now - fmax(0, c->since));
        r->chains[r->nchains++] = (struct chain_seen){.cell = *c, .area = fmax(0, c->area)};
    }
}

static void keep_deadlocks(struct engine *e, struct replication *r)
{
    size_t n = (size_t)e->seen.ndeadlocks;

    r->ndeadlocks = 0;
    if (n == 0)
        return;
    r->deadlocks = malloc(n * sizeof *r->deadlocks);
    if (!r->deadlocks) {
        e->no_memory = true;
        return;
    }
    memcpy(r->deadlocks, e->seen.deadlocks, n * sizeof *r->deadlocks);
    r->ndeadlocks = (int32_t)n;
}

static void keep(struct engine *e, struct job *job, struct replication *r)
{
    const struct sim_model *m = job->plan->m;

    seen_figures(e, &r->figures);
    memcpy(r->wait, e->mig.statement_wait, (size_t)m->migration.nstatements * sizeof *r->wait);
    memcpy(r->wall, e->mig.statement_wall, (size_t)m->migration.nstatements * sizeof *r->wall);
    r->failed_statement = e->mig.failed_statement;
    memcpy(r->blockers, e->seen.blockers, (size_t)(m->nclasses + m->nlongs) * sizeof *r->blockers);
    memcpy(r->class_delayed, e->seen.class_delayed, (size_t)m->nclasses * sizeof *r->class_delayed);
    memcpy(r->class_waited, e->seen.class_waited, (size_t)m->nclasses * sizeof *r->class_waited);
    keep_chains(e, r);
    keep_deadlocks(e, r);
    for (int k = 0; k < 3 && job->nbins > 0; k++)
        memcpy(r->bins[k], e->seen.bins[k], (size_t)job->nbins * sizeof *r->bins[k]);
    r->bin = e->seen.bin;
}

// A lock_timeout that never ends a wait changes nothing: what another run of this replication has seen holds here too.
static bool is_known(const struct job *job, int i)
{
    const struct sim_result *known = job->options->known;
    const struct sim_figures *f = known && i < known->replications ? &known->each[i] : NULL;

    if (!f || !f->settled || f->outcome != SIM_DONE || f->tries > 1 || !(f->longest_own_wait_ms < job->options->known_ms))
        return false;
    job->out[i].figures = *f;
    job->out[i].figures.events = job->out[i].figures.lock_events = 0;
    return true;
}

static void *work(void *context)
{
    struct worker *w = context;
    struct job *job = w->job;
    int i;

    while ((i = atomic_fetch_add(&job->next, 1)) < job->end && !atomic_load(&job->failed)) {
        if (is_known(job, i))
            continue;
        engine_run(w->engine, job->seed, job->first + i, job->limit, true);
        keep(w->engine, job, &job->out[i]);
        if (w->engine->no_memory)
            atomic_store(&job->failed, true);
    }
    return NULL;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

// The latency that 99 of 100 calm transactions stay below, taken as the lab takes it from its log.
static double calm_p99(struct engine *e, uint64_t seed)
{
    engine_run(e, seed, -1, HUGE_VAL, false);
    if (e->seen.nlatencies == 0)
        return 50;
    qsort(e->seen.latencies, e->seen.nlatencies, sizeof *e->seen.latencies, compare_doubles);
    return e->seen.latencies[(uint32_t)(e->seen.nlatencies * 0.99)];
}

static int thread_count(const struct sim_options *options, int n)
{
    long cores = options->threads > 0 ? options->threads : sysconf(_SC_NPROCESSORS_ONLN);
    int t = cores < 1 ? 1 : cores > MAX_THREADS ? MAX_THREADS : (int)cores;

    return t < n ? t : n;
}

static void alloc_replications(struct job *job, int from, int to)
{
    const struct sim_model *m = job->plan->m;

    for (int i = from; i < to; i++) {
        struct replication *r = &job->out[i];

        r->wait = LC_NEW_ARRAY(job->arena, double, m->migration.nstatements + 1);
        r->wall = LC_NEW_ARRAY(job->arena, double, m->migration.nstatements + 1);
        r->blockers = LC_NEW_ARRAY(job->arena, struct blocker_sum, m->nclasses + m->nlongs + 1);
        r->class_delayed = LC_NEW_ARRAY(job->arena, int32_t, m->nclasses + 1);
        r->class_waited = LC_NEW_ARRAY(job->arena, int32_t, m->nclasses + 1);
        for (int k = 0; k < 3 && job->nbins > 0; k++)
            r->bins[k] = LC_NEW_ARRAY(job->arena, double, job->nbins);
    }
}

// Replications from .. to-1.
static void run_threads(struct job *job, struct worker *workers, int nthreads, int from, int to)
{
    bool started[MAX_THREADS] = {false};

    alloc_replications(job, from, to);
    atomic_store(&job->next, from);
    job->end = to;
    for (int i = 1; i < nthreads; i++)
        started[i] = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    (void)work(&workers[0]); // this thread too; and all of it where no other could be had
    for (int i = 1; i < nthreads; i++)
        if (started[i])
            (void)pthread_join(workers[i].thread, NULL);
}

#define PILOT 8 // replications that tell what one costs

// All of them; with a budget some, and then as many more as it pays for.
static void run_all(struct job *job, struct worker *workers, int nthreads)
{
    int first = job->options->events > 0 && job->n > PILOT ? PILOT : job->n;
    double events = 0;

    run_threads(job, workers, nthreads, 0, first);
    if (first == job->n)
        return;
    for (int i = 0; i < first; i++)
        events += (double)job->out[i].figures.events / first;
    job->n = (int)fmin(job->n, fmax(fmax(first, job->options->fewest), job->options->events / fmax(events, 1)));
    run_threads(job, workers, nthreads, first, job->n);
}

// ---- summing up --------------------------------------------------------------------------------------------------------------

// Sorts `values`. Quantiles are linear between order statistics.
static double quantile_of_sorted(const double *values, int n, double p)
{
    double at = p * (n - 1);
    int i = (int)at;

    if (n == 0)
        return 0;
    return i + 1 < n ? values[i] + (at - i) * (values[i + 1] - values[i]) : values[n - 1];
}

static struct sim_quantiles quantiles(double *values, int n)
{
    struct sim_quantiles q = {0};

    for (int i = 0; i < n; i++)
        q.mean += values[i] / n;
    qsort(values, (size_t)n, sizeof *values, compare_doubles);
    q.p10 = quantile_of_sorted(values, n, 0.1);
    q.p50 = quantile_of_sorted(values, n, 0.5);
    q.p90 = quantile_of_sorted(values, n, 0.9);
    return q;
}

_Static_assert(offsetof(struct sim_figures, outcome) == SIM_FIGURES * sizeof(double), "the figures come first");
_Static_assert(offsetof(struct sim_result, pool_exhausted_probability) == SIM_FIGURES * sizeof(struct sim_quantiles),
               "their quantiles come first");

static void sum_figures(const struct job *job, double *scratch, struct sim_result *out)
{
    struct sim_quantiles *q = &out->lock_wait_ms;

    out->each = LC_NEW_ARRAY(job->arena, struct sim_figures, job->n);
    for (int i = 0; i < job->n; i++) {
        const struct sim_figures *f = &job->out[i].figures;

        out->each[i] = *f;
        out->lock_events += f->lock_events;
        out->events += f->events;
        out->outcome_probability[f->outcome] += 1.0 / job->n;
        out->pool_exhausted_probability += (f->pool_exhausted_ms > 0) / (double)job->n;
        out->migration_fails_probability += (f->outcome != SIM_DONE) / (double)job->n;
    }
    for (int k = 0; k < SIM_FIGURES; k++) {
        for (int i = 0; i < job->n; i++)
            scratch[i] = (&out->each[i].lock_wait_ms)[k];
        q[k] = quantiles(scratch, job->n);
    }
}

static void sum_statements(const struct job *job, double *scratch, struct sim_result *out)
{
    int nstatements = job->plan->m->migration.nstatements;

    out->statements = LC_NEW_ARRAY(job->arena, struct sim_statement_result, nstatements + 1);
    for (int k = 0; k < nstatements; k++) {
        struct sim_statement_result *s = &out->statements[k];
        int n = 0;

        for (int i = 0; i < job->n; i++) {
            if (job->out[i].wall[k] >= 0)
                scratch[n++] = job->out[i].wait[k];
            s->fails += (job->out[i].failed_statement == k) / (double)job->n;
        }
        s->reached = (double)n / job->n;
        s->lock_wait_ms = quantiles(scratch, n);
        n = 0;
        for (int i = 0; i < job->n; i++)
            if (job->out[i].wall[k] >= 0)
                scratch[n++] = fmax(0, job->out[i].wall[k] - job->out[i].wait[k]);
        s->duration_ms = quantiles(scratch, n);
    }
}

// One chain over all replications: three values from each that saw it, zeroes for the others.
struct chain_sum {
    struct chain_cell cell;
    int n, cap;
    double *sessions, *at_worst, *longest, *area;
};

static bool same_kind(const struct chain_cell *a, const struct chain_cell *b)
{
    return a->waiting == b->waiting && a->behind == b->behind && a->mode == b->mode && a->waiting_index == b->waiting_index &&
           a->behind_index == b->behind_index && a->object == b->object && a->waiting_label == b->waiting_label &&
           a->behind_label == b->behind_label;
}

static struct chain_sum *find_sum(const struct job *job, struct chain_sum *sums, int *nsums, int max, const struct chain_cell *c)
{
    int i = 0;

    while (i < *nsums && !same_kind(&sums[i].cell, c))
        i++;
    if (i == max)
        return NULL;
    if (i == *nsums) {
        sums[i].cell = *c;
        sums[i].sessions = LC_NEW_ARRAY(job->arena, double, job->n);
        sums[i].at_worst = LC_NEW_ARRAY(job->arena, double, job->n);
        sums[i].longest = LC_NEW_ARRAY(job->arena, double, job->n);
        sums[i].area = LC_NEW_ARRAY(job->arena, double, job->n);
        (*nsums)++;
    }
    return &sums[i];
}

static int compare_chains(const void *a, const void *b)
{
    const struct sim_chain *x = a, *y = b;
    double dx = x->blocked_session_s.mean, dy = y->blocked_session_s.mean;

    if (dx != dy)
        return dx < dy ? 1 : -1;
    if (x->waiting_index != y->waiting_index)
        return x->waiting_index - y->waiting_index;
    if (x->object != y->object)
        return x->object - y->object;
    return x->behind_index - y->behind_index;
}

static void sum_chains(const struct job *job, struct sim_result *out)
{
    int max = 2 * MAX_CHAINS, n = 0;
    struct chain_sum *sums = LC_NEW_ARRAY(job->arena, struct chain_sum, max);

    for (int i = 0; i < job->n; i++) {
        for (int k = 0; k < job->out[i].nchains; k++) {
            const struct chain_seen *c = &job->out[i].chains[k];
            struct chain_sum *s = find_sum(job, sums, &n, max, &c->cell);

            if (!s)
                continue;
            s->n++;
            s->sessions[i] = c->cell.peak;
            s->at_worst[i] = c->cell.at_worst;
            s->longest[i] = c->cell.longest;
            s->area[i] = c->area / 1000;
        }
    }
    out->chains = LC_NEW_ARRAY(job->arena, struct sim_chain, n + 1);
    out->nchains = n;
    for (int i = 0; i < n; i++) {
        const struct chain_cell *c = &sums[i].cell;

        out->chains[i] = (struct sim_chain){.waiting = (enum sim_who)c->waiting,
                                            .behind = (enum sim_who)c->behind,
                                            .waiting_index = c->waiting_index,
                                            .behind_index = c->behind_index,
                                            .waiting_label = c->waiting_label,
                                            .behind_label = c->behind_label,
                                            .object = c->object,
                                            .mode = (enum lc_lockmode)c->mode};
        out->chains[i].probability = (double)sums[i].n / job->n;
        out->chains[i].sessions = quantiles(sums[i].sessions, job->n);
        out->chains[i].at_worst = quantiles(sums[i].at_worst, job->n);
        out->chains[i].longest_wait_ms = quantiles(sums[i].longest, job->n);
        out->chains[i].blocked_session_s = quantiles(sums[i].area, job->n);
    }
    qsort(out->chains, (size_t)n, sizeof *out->chains, compare_chains);
}

static int compare_blockers(const void *a, const void *b)
{
    const struct sim_blocker *x = a, *y = b;

    if (x->saved_ms != y->saved_ms)
        return x->saved_ms < y->saved_ms ? 1 : -1;
    if (x->held_ms != y->held_ms)
        return x->held_ms < y->held_ms ? 1 : -1;
    return (int)x->who != (int)y->who ? (int)x->who - (int)y->who : x->index - y->index;
}

static void sum_blockers(const struct job *job, struct sim_result *out)
{
    const struct sim_model *m = job->plan->m;

    out->blockers = LC_NEW_ARRAY(job->arena, struct sim_blocker, m->nclasses + m->nlongs + 1);
    for (int k = 0; k < m->nclasses + m->nlongs; k++) {
        bool class = k < m->nclasses;
        struct sim_blocker b = {.who = class ? SIM_WHO_CLASS : SIM_WHO_LONG, .index = class ? k : k - m->nclasses};

        b.label = class ? m->classes[b.index].label : m->longs[b.index].label;
        for (int i = 0; i < job->n; i++) {
            const struct blocker_sum *s = &job->out[i].blockers[k];

            b.probability += s->seen / (double)job->n;
            b.held_ms += s->held / job->n;
            b.saved_ms += s->saved / job->n;
        }
        if (b.probability > 0)
            out->blockers[out->nblockers++] = b;
    }
    qsort(out->blockers, (size_t)out->nblockers, sizeof *out->blockers, compare_blockers);
}

static int compare_deadlocks(const void *a, const void *b)
{
    const struct sim_deadlock *x = a, *y = b;

    if (x->mean != y->mean)
        return x->mean < y->mean ? 1 : -1;
    return x->victim_index != y->victim_index ? x->victim_index - y->victim_index : x->other_index - y->other_index;
}

static bool is_deadlock(const struct sim_deadlock *d, const struct deadlock_cell *c)
{
    return (int)d->victim == c->victim && (int)d->other == c->other && d->victim_index == c->victim_index &&
           d->other_index == c->other_index && d->victim_label == c->victim_label && d->other_label == c->other_label;
}

static void sum_deadlocks(const struct job *job, struct sim_result *out)
{
    int max = 4 * MAX_DEADLOCKS;

    out->deadlocks = LC_NEW_ARRAY(job->arena, struct sim_deadlock, max);
    for (int i = 0; i < job->n; i++)
        for (int k = 0; k < job->out[i].ndeadlocks; k++) {
            const struct deadlock_cell *c = &job->out[i].deadlocks[k];
            int d = 0;

            while (d < out->ndeadlocks && !is_deadlock(&out->deadlocks[d], c))
                d++;
            if (d == max)
                continue;
            if (d == out->ndeadlocks)
                out->deadlocks[out->ndeadlocks++] = (struct sim_deadlock){.victim = (enum sim_who)c->victim,
                                                                          .other = (enum sim_who)c->other,
                                                                          .victim_index = c->victim_index,
                                                                          .other_index = c->other_index,
                                                                          .victim_label = c->victim_label,
                                                                          .other_label = c->other_label};
            out->deadlocks[d].probability += 1.0 / job->n;
            out->deadlocks[d].mean += c->count / (double)job->n;
        }
    qsort(out->deadlocks, (size_t)out->ndeadlocks, sizeof *out->deadlocks, compare_deadlocks);
}

static void sum_classes(const struct job *job, double *scratch, struct sim_result *out)
{
    int n = job->plan->m->nclasses;

    out->classes = LC_NEW_ARRAY(job->arena, struct sim_class_result, n + 1);
    for (int k = 0; k < n; k++) {
        double delayed = 0, waited = 0;

        for (int i = 0; i < job->n; i++) {
            scratch[i] = job->out[i].class_delayed[k];
            delayed += job->out[i].class_delayed[k];
            waited += job->out[i].class_waited[k];
        }
        out->classes[k].delayed = quantiles(scratch, job->n);
        out->classes[k].waited = delayed > 0 ? waited / delayed : 0;
    }
}

// ---- the timeline: every replication's bins brought to the widest
// ----------------------------------------------------------------

static double bin_mean(const struct replication *r, int which, int bin, double width, int nbins)
{
    int per = (int)(width / r->bin + 0.5);
    double sum = 0;

    for (int i = bin * per; i < (bin + 1) * per && i < nbins; i++)
        sum += r->bins[which][i];
    return sum / width;
}

static void sum_timeline(const struct job *job, double *scratch, struct sim_result *out)
{
    struct sim_timeline *t = LC_NEW(job->arena, struct sim_timeline);
    double *q[4];

    if (job->nbins <= 0)
        return;
    t->nbins = job->nbins;
    for (int i = 0; i < job->n; i++)
        t->bin_ms = fmax(t->bin_ms, job->out[i].bin);
    for (int k = 0; k < 4; k++)
        q[k] = LC_NEW_ARRAY(job->arena, double, job->nbins);
    for (int b = 0; b < job->nbins; b++) {
        for (int k = 0; k < 3; k++) {
            for (int i = 0; i < job->n; i++)
                scratch[i] = bin_mean(&job->out[i], k, b, t->bin_ms, job->nbins);
            qsort(scratch, (size_t)job->n, sizeof *scratch, compare_doubles);
            q[k == 0 ? 0 : k + 1][b] = quantile_of_sorted(scratch, job->n, 0.5);
            if (k == 0)
                q[1][b] = quantile_of_sorted(scratch, job->n, 0.9);
        }
    }
    t->blocked_p50 = q[0];
    t->blocked_p90 = q[1];
    t->running_p50 = q[2];
    t->queued_p50 = q[3];
    out->timeline = t;
}

static struct sim_result *sum_up(const struct job *job)
{
    struct sim_result *out = LC_NEW(job->arena, struct sim_result);
    double *scratch = LC_NEW_ARRAY(job->arena, double, job->n);

    out->replications = job->n;
    sum_figures(job, scratch, out);
    if (job->options->known)
        return out;
    sum_statements(job, scratch, out);
    sum_chains(job, out);
    sum_blockers(job, out);
    sum_deadlocks(job, out);
    sum_classes(job, scratch, out);
    sum_timeline(job, scratch, out);
    return out;
}

// ---- the interface
// -------------------------------------------------------------------------------------------------------------

enum lc_code sim_run(const struct sim_model *model, const struct sim_options *options, struct lc_arena *arena,
                     struct sim_result **out, struct lc_error *err)
{
    enum lc_code rc = sim_check_model(model, err);
    struct worker workers[MAX_THREADS] = {{0}};
    struct plan plan;
    struct job job = {.plan = &plan,
                      .arena = arena,
                      .seed = options->seed,
                      .first = options->first_replication,
                      .n = options->replications > 0 ? options->replications : DEFAULT_REPLICATIONS,
                      .nbins = options->timeline_bins,
                      .options = options};
    double calm = model->calm_p99_ms;
    int nthreads;

    if (rc != LC_OK)
        return rc;
    if (job.n > MAX_REPLICATIONS || job.first < 0 || job.nbins < 0 || job.nbins > 10000)
        return lc_fail(err, LC_E_INPUT, "there are at most %d replications, not %d", MAX_REPLICATIONS, job.n);
    plan_build(&plan, model, arena);
    job.out = LC_NEW_ARRAY(arena, struct replication, job.n);
    nthreads = thread_count(options, job.n);
    for (int i = 0; i < nthreads; i++) {
        workers[i].job = &job;
        workers[i].engine = engine_new(&plan, arena, job.nbins);
    }
    if (calm <= 0)
        calm = calm_p99(workers[0].engine, options->seed);
    job.limit = calm + plan.delay;
    run_all(&job, workers, nthreads);
    if (atomic_load(&job.failed)) {
        rc = lc_fail(err, LC_E_NOMEM, "the simulation needs more memory than there is");
    } else {
        *out = sum_up(&job);
        (*out)->calm_p99_ms = calm;
    }
    for (int i = 0; i < nthreads; i++)
        engine_release(workers[i].engine);
    for (int i = 0; i < job.n; i++) {
        free(job.out[i].chains);
        free(job.out[i].deadlocks);
    }
    return rc;
}

enum lc_code sim_run_one(const struct sim_model *model, uint64_t seed, int replication, sim_event_fn watch, void *context,
                         struct sim_figures *out, struct lc_error *err)
{
    enum lc_code rc = sim_check_model(model, err);
    struct lc_arena *arena;
    struct engine *e;
    struct plan plan;
    double calm = model->calm_p99_ms;

    if (rc != LC_OK)
        return rc;
    arena = lc_arena_new(SIZE_MAX / 2, NULL, NULL);
    if (!arena)
        return lc_fail(err, LC_E_NOMEM, "the simulation needs more memory than there is");
    plan_build(&plan, model, arena);
    e = engine_new(&plan, arena, 0);
    if (calm <= 0)
        calm = calm_p99(e, seed);
    e->watch = watch;
    e->watch_context = context;
    engine_run(e, seed, replication, calm + plan.delay, true);
    seen_figures(e, out);
    if (e->no_memory)
        rc = lc_fail(err, LC_E_NOMEM, "the simulation needs more memory than there is");
    engine_release(e);
    lc_arena_free(arena);
    return rc;
}

const char *sim_outcome_name(enum sim_outcome outcome)
{
    static const char *const names[SIM_OUTCOMES] = {[SIM_DONE] = "done",
                                                    [SIM_E_LOCK_TIMEOUT] = "lock_timeout",
                                                    [SIM_E_DEADLOCK] = "deadlock",
                                                    [SIM_E_NOWAIT] = "nowait",
                                                    [SIM_E_STATEMENT_TIMEOUT] = "statement_timeout",
                                                    [SIM_E_TRANSACTION_TIMEOUT] = "transaction_timeout",
                                                    [SIM_E_CANCELLED] = "cancelled",
                                                    [SIM_E_HORIZON] = "still running"};

    return (unsigned)outcome < SIM_OUTCOMES ? names[outcome] : "?";
}
