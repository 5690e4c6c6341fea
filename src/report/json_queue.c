// The parts of the canonical report that tell of the queue: what was simulated, the worst moment, who is in the way, retries.
#include "report/json_queue.h"

#include <math.h>

static void put_sim(struct json_writer *w, const char *name, struct sim_quantiles q)
{
    json_put_quantiles(w, name, (struct quantiles){q.p10, q.p50, q.p90});
}

// --- the model ----------------------------------------------------------------------------------------------------------------------

static void put_rates(struct json_writer *w, const struct sim_model *m)
{
    double rate = 0;

    for (int i = 0; i < m->nclasses; i++)
        rate += m->classes[i].rate_per_s;
    json_put_number(w, "transactions_per_s", rate, 3);
    json_put_number(w, "client_timeout_ms", m->nclasses ? m->classes[0].client_timeout_ms : 0, 3);
    json_put_number(w, "client_retries", m->nclasses ? m->classes[0].client_retries : 0, 0);
    json_put_number(w, "retry_delay_ms", m->nclasses ? sim_dist_mean(&m->classes[0].retry_delay_ms) : 0, 3);
    json_put_number(w, "connection_held_ms",
                    m->nclasses && m->pooler != SIM_TRANSACTION_POOLER ? sim_dist_mean(&m->classes[0].connection_held_ms) : 0, 3);
}

static void put_model(struct json_writer *w, const struct forecast *f)
{
    static const char *const poolers[] = {"none", "session", "transaction"};
    const struct sim_model *m = f->model;

    json_open(w, "model", '{');
    json_put_number(w, "pool_size", m->pool, 0);
    json_put_text(w, "pooler", poolers[m->pooler]);
    json_put_number(w, "cores", m->cores, 2);
    put_rates(w, m);
    json_put_number(w, "kinds_of_transaction", m->nclasses, 0);
    json_put_number(w, "long_transactions", m->nlongs, 0);
    json_put_text(w, "traffic", f->traffic.basis);
    json_put_number(w, "traffic_uncertainty", f->traffic.rate_sigma, 4);
    json_put_number(w, "replications", f->sim->replications, 0);
    json_put_number(w, "quantile_error", 0.5 / sqrt(f->sim->replications), 4);
    json_put_number(w, "events", (double)f->sim->events, 0);
    json_put_number(w, "events_budget", FORECAST_EVENTS, 0);
    json_put_number(w, "calm_p99_ms", f->sim->calm_p99_ms, 3);
    json_put_number(w, "horizon_ms", m->horizon_ms, 0);
    json_close(w, '}');
}

// --- the queue ----------------------------------------------------------------------------------------------------------------------

static void put_worst_moment(struct json_writer *w, const struct forecast_queue *q)
{
    json_open(w, "worst_moment", '{');
    json_put_quantiles(w, "at_ms", q->worst_moment_ms);
    json_open(w, "waiting", '[');
    for (int i = 0; i < q->nchains; i++) {
        const struct forecast_chain *c = &q->chains[i];
        json_open(w, NULL, '{');
        json_put_text(w, "waiting", c->waiting);
        json_put_text(w, "mode", c->mode);
        json_put_text(w, "relation", c->relation);
        json_put_text(w, "behind", c->behind);
        json_put_quantiles(w, "sessions", c->at_worst);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static void put_series(struct json_writer *w, const char *name, const double *values, int n)
{
    json_open(w, name, '[');
    for (int i = 0; i < n; i++)
        json_put_number(w, NULL, values[i], 2);
    json_close(w, ']');
}

// To the last bin in which anybody is blocked or waits for a connection.
static int told_bins(const struct sim_timeline *t)
{
    int n = t->nbins;

    while (n > 0 && t->blocked_p90[n - 1] < 0.005 && t->queued_p50[n - 1] < 0.005)
        n--;
    return n;
}

static void put_timeline(struct json_writer *w, const struct sim_timeline *t)
{
    int n = t ? told_bins(t) : 0;

    if (!n) {
        json_put_null(w, "timeline");
        return;
    }
    json_open(w, "timeline", '{');
    json_put_number(w, "bin_ms", t->bin_ms, 3);
    put_series(w, "blocked_p50", t->blocked_p50, n);
    put_series(w, "blocked_p90", t->blocked_p90, n);
    put_series(w, "waiting_for_connection_p50", t->queued_p50, n);
    json_close(w, '}');
}

static void put_deadlocks(struct json_writer *w, const struct forecast_queue *q)
{
    json_open(w, "deadlocks", '[');
    for (int i = 0; i < q->ndeadlocks; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "victim", q->deadlocks[i].victim);
        json_put_text(w, "other", q->deadlocks[i].other);
        json_put_bool(w, "migration", q->deadlocks[i].migration);
        json_put_number(w, "probability", q->deadlocks[i].probability, 4);
        json_put_number(w, "mean", q->deadlocks[i].mean, 3);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_delayed(struct json_writer *w, const struct forecast_queue *q)
{
    json_open(w, "delayed", '[');
    for (int i = 0; i < q->ndelayed; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "query", q->delayed[i].query);
        json_put_quantiles(w, "transactions", q->delayed[i].transactions);
        json_put_number(w, "waited_for_lock", q->delayed[i].waited, 3);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_in_the_way(struct json_writer *w, const struct forecast_in_the_way *b)
{
    if (!b) {
        json_put_null(w, "most_in_the_way");
        return;
    }
    json_open(w, "most_in_the_way", '{');
    json_put_text(w, "transaction", b->transaction);
    json_put_text(w, "kind", b->kind);
    json_put_number(w, "probability", b->probability, 4);
    json_open(w, "without_it", '{');
    json_put_quantiles(w, "lock_wait_ms", b->lock_wait_ms);
    json_put_quantiles(w, "blocked_session_s", b->blocked_session_s);
    json_put_quantiles(w, "delayed_transactions", b->delayed_transactions);
    json_close(w, '}');
    json_put_number(w, "saved_lock_wait_ms", b->saved_ms, 3);
    json_put_number(w, "saved_blocked_session_s", b->saved_session_s, 3);
    json_close(w, '}');
}

// --- lock_timeout -------------------------------------------------------------------------------------------------------------------

static void put_timeouts(struct json_writer *w, const struct forecast_retries *r)
{
    json_open(w, "timeouts", '[');
    for (int i = 0; i < r->ntimeouts; i++) {
        const struct sim_timeout_result *t = &r->timeouts[i];
        json_open(w, NULL, '{');
        json_put_number(w, "lock_timeout_ms", t->lock_timeout_ms, 0);
        json_put_number(w, "succeeds", t->succeeds, 4);
        if (t->succeeds > 0)
            json_put_number(w, "expected_tries", t->expected_tries, 3);
        else
            json_put_null(w, "expected_tries");
        json_put_number(w, "blocked_sessions_each_try", t->stalled_sessions, 3);
        json_put_number(w, "blocked_session_s_each_try", t->blocked_session_s, 3);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_policy(struct json_writer *w, const struct sim_retry_result *p)
{
    json_open(w, NULL, '{');
    json_put_text(w, "name", p->policy->label);
    json_put_number(w, "succeeds", p->succeeds, 4);
    json_put_number(w, "first_try", p->first_try, 4);
    put_sim(w, "tries", p->tries);
    put_sim(w, "whole_ms", p->whole_ms);
    put_sim(w, "peak_blocked_sessions", p->peak_blocked_sessions);
    put_sim(w, "blocked_session_s", p->blocked_session_s);
    put_sim(w, "delayed_transactions", p->delayed_transactions);
    json_put_text(w, "source", p->policy->source);
    json_close(w, '}');
}

static void put_retries(struct json_writer *w, const struct forecast_retries *r)
{
    if (!r) {
        json_put_null(w, "lock_timeout");
        return;
    }
    json_open(w, "lock_timeout", '{');
    put_timeouts(w, r);
    json_open(w, "policies", '[');
    for (int i = 0; i < r->npolicies; i++)
        put_policy(w, &r->policies[i]);
    json_close(w, ']');
    json_put_text(w, "recommended", r->policies[r->best].policy->label);
    json_close(w, '}');
}

void report_put_queue(struct json_writer *w, const struct forecast *f)
{
    if (!f->simulated) {
        json_put_null(w, "model");
        json_put_null(w, "queue");
        json_put_null(w, "lock_timeout");
        return;
    }
    put_model(w, f);
    json_open(w, "queue", '{');
    put_worst_moment(w, &f->queue);
    put_in_the_way(w, f->queue.in_the_way);
    put_deadlocks(w, &f->queue);
    put_delayed(w, &f->queue);
    put_timeline(w, f->queue.timeline);
    json_close(w, '}');
    put_retries(w, f->retries);
}
