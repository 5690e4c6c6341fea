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

// A column's statistics.
#define STATS_OF(...) lc_memdup(arena, &(struct cat_column_stats){__VA_ARGS__}, sizeof(struct cat_column_stats))

// A column's own copy of its statistics, to be changed.
static inline struct cat_column_stats *own_stats(struct cat_attribute *att)
{
    struct cat_column_stats *own = lc_memdup(arena, att->stats, sizeof *own);

    att->stats = own;
    return own;
}

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
