// Philox4x32-10 as a stream of 64-bit numbers, and the distributions that the model draws from.
#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>

void lc_rng_init(struct lc_rng *rng, uint64_t seed, uint64_t stream)
{
    *rng = (struct lc_rng){.seed = seed, .stream = stream};
}

uint64_t lc_rng_u64(struct lc_rng *rng)
{
    philox4x32_key_t key = {{(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)}};
    philox4x32_ctr_t ctr = {
        {(uint32_t)rng->counter, (uint32_t)(rng->counter >> 32), (uint32_t)rng->stream, (uint32_t)(rng->stream >> 32)}};
    philox4x32_ctr_t out;

    if (rng->has_spare) {
        rng->has_spare = 0;
        return rng->spare;
    }
    out = philox4x32(ctr, key);
    rng->counter++;
    rng->spare = (uint64_t)out.v[2] | (uint64_t)out.v[3] << 32;
    rng->has_spare = 1;
    return (uint64_t)out.v[0] | (uint64_t)out.v[1] << 32;
}

double lc_rng_uniform(struct lc_rng *rng)
{
    return ((double)(lc_rng_u64(rng) >> 12) + 0.5) * 0x1.0p-52;
}

double lc_rng_exponential(struct lc_rng *rng, double mean)
{
    return -mean * log(lc_rng_uniform(rng));
}

double lc_rng_normal(struct lc_rng *rng)
{
    const double two_pi = 6.283185307179586;
    double u = lc_rng_uniform(rng), v = lc_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(two_pi * v);
}

double lc_rng_lognormal(struct lc_rng *rng, double median, double sigma)
{
    return median * exp(sigma * lc_rng_normal(rng));
}
