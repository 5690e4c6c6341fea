// Counter-based random numbers (Philox, from Random123): the n-th number of a stream is a function of (seed, stream, n) alone.
//
// So results do not depend on how replications are spread over threads or shards.
#ifndef LC_BASE_RNG_H
#define LC_BASE_RNG_H

#include <stdint.h>

struct lc_rng {
    uint64_t seed, stream, counter;
    uint64_t spare; // the second half of the last block
    int has_spare;
};

// A generator whose numbers depend on seed and stream alone; streams of one seed are independent.
void lc_rng_init(struct lc_rng *rng, uint64_t seed, uint64_t stream);
uint64_t lc_rng_u64(struct lc_rng *rng);
double lc_rng_uniform(struct lc_rng *rng);                                // in (0, 1), never 0 nor 1
double lc_rng_exponential(struct lc_rng *rng, double mean);               // mean > 0
double lc_rng_normal(struct lc_rng *rng);                                 // mean 0, deviation 1
double lc_rng_lognormal(struct lc_rng *rng, double median, double sigma); // sigma: deviation of the logarithm

#endif
