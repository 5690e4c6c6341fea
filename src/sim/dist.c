// Distributions of durations: how they are made, drawn from, and what their mean is.
#include <math.h>

#include "base/quantiles.h"
#include "sim/sim.h"

struct sim_dist sim_constant(double ms)
{
    return (struct sim_dist){.kind = SIM_CONSTANT, .a = ms};
}

struct sim_dist sim_exponential(double mean)
{
    return (struct sim_dist){.kind = SIM_EXPONENTIAL, .a = mean};
}

struct sim_dist sim_uniform(double low, double high)
{
    return (struct sim_dist){.kind = SIM_UNIFORM, .a = low, .b = high};
}

struct sim_dist sim_lognormal(double median, double sigma)
{
    return (struct sim_dist){.kind = SIM_LOGNORMAL, .a = median, .b = sigma};
}

struct sim_dist sim_lognormal_mean(double mean, double stddev)
{
    double v = mean > 0 ? log1p(stddev * stddev / (mean * mean)) : 0;

    return sim_lognormal(mean * exp(-v / 2), sqrt(v));
}

struct sim_dist sim_gamma(double mean, double cv)
{
    return (struct sim_dist){.kind = SIM_GAMMA, .a = mean, .b = cv};
}

struct sim_dist sim_p10_p50_p90(double p10, double p50, double p90)
{
    return (struct sim_dist){.kind = SIM_P10_P50_P90, .a = p10, .b = p50, .c = p90};
}

struct sim_dist sim_forever(void)
{
    return (struct sim_dist){.kind = SIM_FOREVER};
}

// Deviation of the logarithm on one side of the median.
static double side_sigma(double median, double outer)
{
    return median > 0 && outer > 0 ? fabs(log(outer / median)) / Z90 : 0;
}

static double draw_p10_p50_p90(const struct sim_dist *d, struct lc_rng *rng)
{
    double z = lc_rng_normal(rng);

    return d->b * exp(z * side_sigma(d->b, z < 0 ? d->a : d->c));
}

// Marsaglia and Tsang (2000), for shape >= 1; smaller shapes are boosted by a power of a uniform number.
static double draw_gamma(double shape, struct lc_rng *rng)
{
    double boost = 1, d, c;

    if (shape < 1) {
        boost = pow(lc_rng_uniform(rng), 1 / shape);
        shape += 1;
    }
    d = shape - 1.0 / 3;
    c = 1 / sqrt(9 * d);
    for (;;) {
        double x = lc_rng_normal(rng), v = 1 + c * x;

        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(lc_rng_uniform(rng)) < 0.5 * x * x + d - d * v + d * log(v))
            return boost * d * v;
    }
}

static double draw_empirical(const struct sim_dist *d, struct lc_rng *rng)
{
    double at = lc_rng_uniform(rng) * (d->nvalues - 1);
    int i = (int)at;

    if (d->nvalues < 2)
        return d->nvalues == 1 ? d->values[0] : 0;
    return d->values[i] + (at - i) * (d->values[i + 1] - d->values[i]);
}

double sim_draw(const struct sim_dist *dist, struct lc_rng *rng)
{
    switch (dist->kind) {
    case SIM_CONSTANT:
        return dist->a;
    case SIM_EXPONENTIAL:
        return dist->a > 0 ? lc_rng_exponential(rng, dist->a) : 0;
    case SIM_UNIFORM:
        return dist->a + (dist->b - dist->a) * lc_rng_uniform(rng);
    case SIM_LOGNORMAL:
        return lc_rng_lognormal(rng, dist->a, dist->b);
    case SIM_GAMMA:
        return dist->b > 0 ? dist->a * dist->b * dist->b * draw_gamma(1 / (dist->b * dist->b), rng) : dist->a;
    case SIM_P10_P50_P90:
        return draw_p10_p50_p90(dist, rng);
    case SIM_EMPIRICAL:
        return draw_empirical(dist, rng);
    case SIM_FOREVER:
        break;
    }
    return HUGE_VAL;
}

// The mean of the part of a lognormal that lies on one side of its median, as a share of the median; half of it on each side.
static double side_mean(double sigma, double sign)
{
    return exp(sigma * sigma / 2) * 0.5 * erfc(-sign * sigma / sqrt(2.0));
}

static double empirical_mean(const struct sim_dist *d)
{
    double sum = 0;

    if (d->nvalues < 2)
        return d->nvalues == 1 ? d->values[0] : 0;
    for (int i = 0; i + 1 < d->nvalues; i++)
        sum += (d->values[i] + d->values[i + 1]) / 2;
    return sum / (d->nvalues - 1);
}

double sim_dist_mean(const struct sim_dist *dist)
{
    switch (dist->kind) {
    case SIM_CONSTANT:
    case SIM_EXPONENTIAL:
    case SIM_GAMMA:
        return dist->a;
    case SIM_UNIFORM:
        return (dist->a + dist->b) / 2;
    case SIM_LOGNORMAL:
        return dist->a * exp(dist->b * dist->b / 2);
    case SIM_P10_P50_P90:
        return dist->b * (side_mean(side_sigma(dist->b, dist->a), -1) + side_mean(side_sigma(dist->b, dist->c), 1));
    case SIM_EMPIRICAL:
        return empirical_mean(dist);
    case SIM_FOREVER:
        break;
    }
    return HUGE_VAL;
}
