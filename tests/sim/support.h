// A model's parts, one run of it, and a figure held against what it should be.
#ifndef TESTS_SIM_SUPPORT_H
#define TESTS_SIM_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/sim.h"

static struct lc_arena *arena;
static const char *const objects[] = {"orders", "customers"};

static int fresh(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 32, NULL, NULL);
    return arena == NULL;
}

static int done(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static struct sim_result *run(const struct sim_model *m, int replications, int threads)
{
    struct sim_options o = {.seed = 7, .replications = replications, .threads = threads, .timeline_bins = 40};
    struct sim_result *r = NULL;
    struct lc_error err = {0};

    if (sim_run(m, &o, arena, &r, &err) != LC_OK)
        fail_msg("%s", err.message);
    return r;
}

static void near_(double value, double expected, double tolerance, const char *what)
{
    if (fabs(value - expected) > tolerance)
        fail_msg("%s: %g, expected %g +- %g", what, value, expected, tolerance);
}

#define LOCK(o, m)                                                                                                               \
    {                                                                                                                            \
        .kind = SIM_LOCK, .object = (o), .mode = (m)                                                                             \
    }
#define STATEMENT(n)                                                                                                             \
    {                                                                                                                            \
        .kind = SIM_STATEMENT, .statement = (n)                                                                                  \
    }
#define BEGIN                                                                                                                    \
    {                                                                                                                            \
        .kind = SIM_BEGIN                                                                                                        \
    }
#define COMMIT                                                                                                                   \
    {                                                                                                                            \
        .kind = SIM_COMMIT                                                                                                       \
    }
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))
#define PROGRAM(a)                                                                                                               \
    {                                                                                                                            \
        (a), COUNT(a)                                                                                                            \
    }

static const struct sim_step read_orders[] = {LOCK(0, LC_ACCESS_SHARE),
                                              {.kind = SIM_WORK, .ms = {.kind = SIM_EXPONENTIAL, .a = 0.5}, .cpu_share = 1}};
static const struct sim_step write_orders[] = {LOCK(0, LC_ROW_EXCLUSIVE),
                                               {.kind = SIM_WORK, .ms = {.kind = SIM_EXPONENTIAL, .a = 0.5}, .cpu_share = 1}};
static const struct sim_step read_customers[] = {LOCK(1, LC_ACCESS_SHARE),
                                                 {.kind = SIM_WORK, .ms = {.kind = SIM_EXPONENTIAL, .a = 0.5}, .cpu_share = 1}};

#endif
