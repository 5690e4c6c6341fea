// The best hour of the week for a deploy: the same deploy forecast at the rate of each hour that was ever sampled.
//
// A snapshot keeps, with each sample of its database, how many transactions a second there were. What else differs between hours (the mix,
// nightly reports) no sample of rates can tell.
#include "plan/hours.h"

#include <math.h>
#include <stdlib.h>

#define RUNS 16          // different rates that are simulated at most; hours in between take the nearest
#define REPLICATIONS 150 // of each
#define LEAST_PER_S 0.01 // an hour without traffic

static double per_second(const struct snap_traffic *t, double clock)
{
    const struct snap_database_counters *d = &t->database;
    double since_s = (clock - d->since) / 1e3;

    if (t->window_ms > 0 && !isnan(d->window_commits))
        return (d->window_commits + (isnan(d->window_rollbacks) ? 0 : d->window_rollbacks)) / (t->window_ms / 1e3);
    return since_s > 0 ? (d->xact_commit + d->xact_rollback) / since_s : NAN;
}

// The mean rate of each hour that has a sample, this one among them.
static int collect(const struct snapshot *snap, double now_per_s, struct plan_hour *hours)
{
    const struct snap_traffic *t = &snap->traffic;
    double sum[HOURS_A_WEEK] = {0};
    int samples[HOURS_A_WEEK] = {0}, n = 0, now = snap_hour_of_week(snap->parts[SNAP_PART_ACTIVITY].taken_at);

    for (int i = 0; i < t->nprofile; i++) {
        const struct snap_profile_point *p = &t->profile[i];
        if (p->hour_of_week < 0 || p->hour_of_week >= HOURS_A_WEEK || !(p->transactions_per_s >= 0))
            continue;
        sum[p->hour_of_week] += p->transactions_per_s;
        samples[p->hour_of_week]++;
    }
    sum[now] += now_per_s;
    samples[now]++;
    for (int h = 0; h < HOURS_A_WEEK; h++)
        if (samples[h])
            hours[n++] = (struct plan_hour){.hour = h,
                                            .samples = samples[h],
                                            .transactions_per_s = sum[h] / samples[h],
                                            .traffic = fmax(sum[h] / samples[h], LEAST_PER_S) / now_per_s};
    return n;
}

static int by_traffic(const void *a, const void *b)
{
    const struct plan_hour *x = a, *y = b;

    if (x->traffic != y->traffic)
        return x->traffic < y->traffic ? -1 : 1;
    return x->hour - y->hour;
}

static int by_blocked(const void *a, const void *b)
{
    const struct plan_hour *x = a, *y = b;

    if (x->blocked_session_s != y->blocked_session_s)
        return x->blocked_session_s < y->blocked_session_s ? -1 : 1;
    return by_traffic(a, b);
}

static enum lc_code forecast_hour(struct snapshot *snap, const struct migration_set *set, const struct review_options *options,
                                  struct plan_hour *h, struct lc_arena *arena, struct lc_error *err)
{
    struct forecast_options how = options->forecast;
    struct forecast f;
    enum lc_code code;

    how.traffic_growth = h->traffic;
    how.most_replications = REPLICATIONS;
    cat_begin(snap->cat);
    code = forecast_run(arena, snap, set, &how, &f, err);
    cat_rollback(snap->cat);
    if (code != LC_OK || !f.simulated)
        return code;
    h->blocked_session_s = f.sim->blocked_session_s.mean;
    h->peak_blocked_sessions = f.peak_blocked_sessions;
    h->delayed_transactions = f.delayed_transactions;
    h->pool_exhausted_probability = f.pool_exhausted_probability;
    return LC_OK;
}

static void take_figures(struct plan_hour *to, const struct plan_hour *from)
{
    to->blocked_session_s = from->blocked_session_s;
    to->peak_blocked_sessions = from->peak_blocked_sessions;
    to->delayed_transactions = from->delayed_transactions;
    to->pool_exhausted_probability = from->pool_exhausted_probability;
}

enum lc_code plan_hours(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                        const struct review_options *options, struct plan *out, struct lc_error *err)
{
    double now_per_s = per_second(&snap->traffic, snap->parts[SNAP_PART_ACTIVITY].taken_at), step, last = 0;
    struct plan_hour *hours = LC_NEW_ARRAY(arena, struct plan_hour, HOURS_A_WEEK);
    enum lc_code code = LC_OK;
    int n;

    if (!(now_per_s > LEAST_PER_S) || options->forecast.no_traffic)
        return LC_OK;
    n = collect(snap, now_per_s, hours);
    if (n < 2)
        return LC_OK;
    qsort(hours, (size_t)n, sizeof *hours, by_traffic);
    step = pow(hours[n - 1].traffic / hours[0].traffic, 1.0 / RUNS);
    for (int i = 0; code == LC_OK && i < n; i++)
        if (i == 0 || hours[i].traffic > last * step) {
            code = forecast_hour(snap, set, options, &hours[i], arena, err);
            last = hours[i].traffic;
        } else {
            take_figures(&hours[i], &hours[i - 1]);
        }
    qsort(hours, (size_t)n, sizeof *hours, by_blocked);
    out->hours = hours;
    out->nhours = n;
    return code;
}
