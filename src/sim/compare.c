// lock_timeout and retry policies held against each other for one model. What a run without them has seen already is not run again.
#include <math.h>
#include <stdlib.h>

#include "sim/sim.h"

#define ENOUGH 0.95 // a policy that succeeds this often is good enough to be chosen by what it costs the traffic

// The horizon must not cut a policy short: all its timeouts and sleeps, and the work.
static double horizon_of(const struct sim_model *m, const struct sim_retry *policy)
{
    double h = m->horizon_ms > 0 ? m->horizon_ms : 120000;

    for (int i = 0; i < policy->ntries; i++)
        h += policy->tries[i].lock_timeout_ms + policy->tries[i].sleep_ms;
    return fmin(h, 1e9);
}

static enum lc_code run_policy(const struct sim_model *model, const struct sim_retry *policy, const struct sim_options *options,
                               struct lc_arena *arena, struct sim_result **out, struct lc_error *err)
{
    struct sim_model m = *model;
    struct sim_options how = *options;

    m.migration.retry = *policy;
    m.horizon_ms = horizon_of(model, policy);
    how.known_ms = policy->ntries > 0 && policy->tries[0].lock_timeout_ms > 0 ? policy->tries[0].lock_timeout_ms : HUGE_VAL;
    if (how.known && how.known->calm_p99_ms > 0)
        m.calm_p99_ms = how.known->calm_p99_ms; // of the same traffic
    return sim_run(&m, &how, arena, out, err);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct sim_quantiles whole(const struct sim_result *r, struct lc_arena *arena)
{
    double *v = LC_NEW_ARRAY(arena, double, r->replications);
    struct sim_quantiles q = {0};
    int n = r->replications;

    for (int i = 0; i < n; i++) {
        v[i] = r->each[i].lock_wait_ms + r->each[i].duration_ms;
        q.mean += v[i] / n;
    }
    qsort(v, (size_t)n, sizeof *v, compare_doubles);
    q.p10 = v[(int)(0.1 * (n - 1))];
    q.p50 = v[(int)(0.5 * (n - 1))];
    q.p90 = v[(int)(0.9 * (n - 1))];
    return q;
}

static void summarize(const struct sim_retry *policy, const struct sim_result *r, struct lc_arena *arena,
                      struct sim_retry_result *out)
{
    *out = (struct sim_retry_result){.policy = policy,
                                     .succeeds = 1 - r->migration_fails_probability,
                                     .tries = r->tries,
                                     .whole_ms = whole(r, arena),
                                     .peak_blocked_sessions = r->peak_blocked_sessions,
                                     .blocked_session_s = r->blocked_session_s,
                                     .delayed_transactions = r->delayed_transactions,
                                     .longest_wait_ms = r->longest_wait_ms};
    for (int i = 0; i < r->replications; i++)
        out->first_try += (r->each[i].tries <= 1 && r->each[i].outcome == SIM_DONE) / (double)r->replications;
}

static bool better(const struct sim_retry_result *a, const struct sim_retry_result *b)
{
    bool a_enough = a->succeeds >= ENOUGH, b_enough = b->succeeds >= ENOUGH;

    if (a_enough != b_enough)
        return a_enough;
    if (!a_enough)
        return a->succeeds > b->succeeds;
    return a->blocked_session_s.mean < b->blocked_session_s.mean;
}

enum lc_code sim_compare_retries(const struct sim_model *model, const struct sim_retry *const *policies, int npolicies,
                                 const struct sim_options *options, struct lc_arena *arena, struct sim_retry_result *out,
                                 int *best, struct lc_error *err)
{
    *best = 0;
    for (int i = 0; i < npolicies; i++) {
        struct sim_result *r = NULL;
        enum lc_code rc = run_policy(model, policies[i], options, arena, &r, err);

        if (rc != LC_OK)
            return rc;
        summarize(policies[i], r, arena, &out[i]);
        if (better(&out[i], &out[*best]))
            *best = i;
    }
    return LC_OK;
}

enum lc_code sim_try_timeouts(const struct sim_model *model, const double *lock_timeouts_ms, int n,
                              const struct sim_options *options, struct lc_arena *arena, struct sim_timeout_result *out,
                              struct lc_error *err)
{
    for (int i = 0; i < n; i++) {
        struct sim_try one = {.lock_timeout_ms = lock_timeouts_ms[i]};
        struct sim_retry policy = {.tries = &one, .ntries = 1};
        struct sim_result *r = NULL;
        enum lc_code rc = run_policy(model, &policy, options, arena, &r, err);

        if (rc != LC_OK)
            return rc;
        out[i] = (struct sim_timeout_result){.lock_timeout_ms = lock_timeouts_ms[i],
                                             .succeeds = 1 - r->migration_fails_probability,
                                             .stalled_sessions = r->peak_blocked_sessions.mean,
                                             .blocked_session_s = r->blocked_session_s.mean};
        out[i].expected_tries = out[i].succeeds > 0 ? 1 / out[i].succeeds : HUGE_VAL;
    }
    return LC_OK;
}
