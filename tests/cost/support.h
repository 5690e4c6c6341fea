// An arena for each test, and temporary files.
#ifndef TESTS_COST_SUPPORT_H
#define TESTS_COST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cost/cost.h"

static struct lc_arena *arena;

// A column's statistics, to be changed by the test as it likes.
#define STATS_OF(...) lc_memdup(arena, &(struct cat_column_stats){__VA_ARGS__}, sizeof(struct cat_column_stats))

static inline int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 28, NULL, NULL);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static inline void assert_near(double value, double expected, double factor)
{
    if (!(value <= expected * factor && value >= expected / factor))
        fail_msg("%g is not within %g of %g", value, factor, expected);
}

#endif
