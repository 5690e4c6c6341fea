// Quantiles of what will be observed: over many deploys, 80 of 100 observed values lie in p10..p90.
#ifndef LC_BASE_QUANTILES_H
#define LC_BASE_QUANTILES_H

struct quantiles {
    double p10, p50, p90;
};

#define Z90 1.2815515655446004 // the 90th percentile of the normal distribution

#endif
