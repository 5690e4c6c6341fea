// How much is left: by the rate of the phase at hand, by the forecast, or by both; as an interval.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "watch/internal.h"

#define RATE_SIGMA 0.12      // of the rate that goes on as it was
#define FIRST_RATE_SIGMA 0.4 // when only two looks are behind it
#define WEIGHT_SIGMA 0.6     // of what later phases take, told by this one
#define SHARE_SIGMA 0.3      // of the forecast's part that is left, told by the phases
#define ELAPSED_SIGMA 0.8    // of what is left, told by the time it took so far

static struct watch_history *history_of(struct watch *w, const struct watch_operation *op)
{
    struct watch_history *oldest = &w->histories[0];
    const char *phase = op->phase ? op->phase : "";

    for (int i = 0; i < WATCH_HISTORIES; i++) {
        struct watch_history *h = &w->histories[i];
        if (h->n && h->pid == op->pid && strncmp(h->phase, phase, sizeof h->phase - 1) == 0)
            return h;
        if (h->seen < oldest->seen)
            oldest = h;
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->pid = op->pid;
    (void)snprintf(oldest->phase, sizeof oldest->phase, "%s", phase);
    return oldest;
}

static void remember(struct watch_history *h, double now, double done)
{
    if (h->n && done < h->done[h->n - 1]) // another table, or another round
        h->n = 0;
    if (h->n == WATCH_SAMPLES) {
        memmove(h->at, h->at + 1, sizeof h->at - sizeof *h->at);
        memmove(h->done, h->done + 1, sizeof h->done - sizeof *h->done);
        h->n--;
    }
    h->at[h->n] = now;
    h->done[h->n++] = done;
    h->seen = now;
}

struct guess {
    double ms, sigma; // of its logarithm; ms < 0: none
};

static struct guess by_rate(const struct watch_operation *op, const struct watch_phase *p, int samples)
{
    double own, later, share;

    if (!(op->rate > 0) || op->total <= 0 || p->own <= 0)
        return (struct guess){-1, 0};
    own = fmax(op->total - op->done, 0) / op->rate * 1e3;
    later = op->total / op->rate * 1e3 * p->after / p->own;
    share = own + later > 0 ? later / (own + later) : 0;
    return (struct guess){own + later, hypot(samples > 3 ? RATE_SIGMA : FIRST_RATE_SIGMA, WEIGHT_SIGMA * share)};
}

static struct guess by_forecast(const struct watch_operation *op)
{
    const struct quantiles *f = &op->forecast_ms;

    if (!op->forecast || !(f->p50 > 0) || op->share < 0)
        return (struct guess){-1, 0};
    return (struct guess){f->p50 * (1 - op->share), hypot(log(fmax(f->p90 / fmax(f->p10, 1e-3), 1)) / (2 * Z90), SHARE_SIGMA)};
}

static void take(struct watch_operation *op, struct guess g, const char *basis)
{
    op->left_known = true;
    op->left_ms = (struct quantiles){g.ms * exp(-Z90 * g.sigma), g.ms, g.ms * exp(Z90 * g.sigma)};
    op->left_basis = basis;
}

static double minus(double a, double b)
{
    return a > b ? a - b : 0;
}

// Nothing tells how far it is: what its forecast leaves after the time so far.
static void by_clock(struct watch_operation *op)
{
    const struct quantiles *f = &op->forecast_ms;
    double past = fmax(op->elapsed_ms, 0);

    if (!op->forecast || op->late || !(f->p90 > 0) || op->waiting)
        return;
    op->left_known = true;
    op->left_ms = (struct quantiles){minus(f->p10, past), minus(f->p50, past), minus(f->p90, past)};
    op->left_basis = "forecast less the time so far";
}

static struct guess by_elapsed(const struct watch_operation *op)
{
    if (!(op->share > 0.02) || op->elapsed_ms <= 0)
        return (struct guess){-1, 0};
    return (struct guess){op->elapsed_ms * (1 - op->share) / op->share, ELAPSED_SIGMA};
}

// Two guesses count by their precision; where they contradict each other, the interval has both.
static struct guess both(struct guess a, struct guess b)
{
    double wa = 1 / (a.sigma * a.sigma), wb = 1 / (b.sigma * b.sigma), la = log(fmax(a.ms, 1)), lb = log(fmax(b.ms, 1));

    return (struct guess){exp((wa * la + wb * lb) / (wa + wb)),
                          hypot(1 / sqrt(wa + wb), fabs(la - lb) / 2 * fmin(wa, wb) / fmax(wa, wb))};
}

static void guess_left(struct watch_operation *op, const struct watch_phase *p, int samples)
{
    struct guess rate = by_rate(op, p, samples), forecast = by_forecast(op), elapsed = by_elapsed(op);

    if (rate.ms >= 0 && forecast.ms > 0)
        take(op, both(rate, forecast), "rate and forecast");
    else if (rate.ms >= 0)
        take(op, rate, "rate");
    else if (forecast.ms > 0 && elapsed.ms > 0)
        take(op, both(forecast, elapsed), "forecast and time so far");
    else if (forecast.ms >= 0 && !op->late)
        take(op, forecast, "forecast");
    else if (elapsed.ms >= 0)
        take(op, elapsed, "time so far");
}

void watch_estimate(struct watch *w, double now, struct watch_operation *op)
{
    struct watch_history *h = op->done >= 0 ? history_of(w, op) : NULL;
    struct watch_phase p;

    op->rate = op->share = -1;
    op->late = op->forecast && op->forecast_ms.p90 > 0 && op->elapsed_ms > op->forecast_ms.p90;
    if (h)
        remember(h, now, op->done);
    if (h && h->n > 1 && h->at[h->n - 1] > h->at[0])
        op->rate = (h->done[h->n - 1] - h->done[0]) / (h->at[h->n - 1] - h->at[0]) * 1e3;
    if (!watch_phase_of(op, &p)) {
        by_clock(op);
        return;
    }
    if (p.before + p.own + p.after > 0 && !(op->kind == WATCH_COPY && op->total <= 0))
        op->share = (p.before + p.own * (op->total > 0 && op->done >= 0 ? fmin(op->done / op->total, 1) : 0)) /
                    (p.before + p.own + p.after);
    op->waiting = op->waiting || p.waits;
    guess_left(op, &p, h ? h->n : 0);
}
