// Quantiles of what will be observed: over many deploys, 80 of 100 observed values lie in p10..p90.
#ifndef LC_BASE_QUANTILES_H
#define LC_BASE_QUANTILES_H

struct quantiles {
    double p10, p50, p90;
};

static inline void quantiles_add(struct quantiles *to, struct quantiles q, double times)
{
    to->p10 += q.p10 * times;
    to->p50 += q.p50 * times;
    to->p90 += q.p90 * times;
}

// What keeps to an aim in ms: a batch of a rewrite grows where it took less than two thirds of it, and shrinks where it took more than four.
static inline struct quantiles quantiles_around(double aim)
{
    return (struct quantiles){aim * 2 / 3, aim, aim * 4 / 3};
}

#define Z90 1.2815515655446004 // the 90th percentile of the normal distribution

#endif
