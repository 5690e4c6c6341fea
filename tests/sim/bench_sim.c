// How fast the simulator is: lock events per second and core, and 1,000 replications of a typical worst case.
//
// The promise: 5 million lock events a second and core, in the lock table alone and in whole simulations; 1,000 replications of a
// rewrite of a busy table (40 connections, 300 transactions a second) in under 2 s on two cores.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/locktable.h"
#include "sim/sim.h"

#define LEAST_EVENTS 5e6
#define MOST_SECONDS 2.0

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Forty processes take and release three locks each in turn, some of which conflict: events per second of the table alone.
static double table_speed(struct lc_arena *arena)
{
    enum { PROCS = 40, OBJECTS = 20, ROUNDS = 400000 };
    struct lt_table t;
    struct lc_rng rng;
    double started;

    lt_init(&t, arena, PROCS, OBJECTS, 4, PROCS * 8);
    lc_rng_init(&rng, 1, 1);
    started = cpu_now();
    for (int i = 0; i < ROUNDS; i++) {
        int p = i % PROCS;

        if (t.procs[p].wait_object != LT_NONE)
            lt_leave_queue(&t, p);
        lt_release_all(&t, p, true);
        for (int k = 0; k < 3; k++) {
            uint64_t r = lc_rng_u64(&rng);
            enum lc_lockmode mode = r % 100 == 0 ? LC_ACCESS_EXCLUSIVE : (enum lc_lockmode)(1 + r % 3);

            if (lt_acquire(&t, p, (int)((r >> 20) % OBJECTS), mode, false) != LT_GRANTED)
                break;
        }
        t.nwoken = 0;
    }
    return (double)t.events / (cpu_now() - started);
}

static struct sim_result *rewrite(struct lc_arena *arena, double hold_ms, int replications, int threads)
{
    static const char *const objects[] = {"orders", "orders_pkey", "orders_customer", "customers"};
    static const struct sim_step reads[] = {
        {.kind = SIM_LOCK, .object = 0, .mode = LC_ACCESS_SHARE},
        {.kind = SIM_LOCK, .object = 1, .mode = LC_ACCESS_SHARE},
        {.kind = SIM_LOCK, .object = 2, .mode = LC_ACCESS_SHARE},
        {.kind = SIM_WORK, .ms = {.kind = SIM_LOGNORMAL, .a = 0.4, .b = 0.5}, .cpu_share = 0.9}};
    static const struct sim_step writes[] = {
        {.kind = SIM_LOCK, .object = 0, .mode = LC_ROW_EXCLUSIVE},
        {.kind = SIM_LOCK, .object = 1, .mode = LC_ROW_EXCLUSIVE},
        {.kind = SIM_LOCK, .object = 2, .mode = LC_ROW_EXCLUSIVE},
        {.kind = SIM_ROW_LOCK, .object = 0, .keys = 800000},
        {.kind = SIM_WORK, .ms = {.kind = SIM_LOGNORMAL, .a = 0.6, .b = 0.5}, .cpu_share = 0.7}};
    static const struct sim_step others[] = {
        {.kind = SIM_LOCK, .object = 3, .mode = LC_ACCESS_SHARE},
        {.kind = SIM_WORK, .ms = {.kind = SIM_LOGNORMAL, .a = 0.4, .b = 0.5}, .cpu_share = 0.9}};
    struct sim_step migration[] = {{.kind = SIM_STATEMENT},
                                   {.kind = SIM_BEGIN},
                                   {.kind = SIM_LOCK, .object = 0, .mode = LC_ACCESS_EXCLUSIVE},
                                   {.kind = SIM_LOCK, .object = 1, .mode = LC_ACCESS_EXCLUSIVE},
                                   {.kind = SIM_LOCK, .object = 2, .mode = LC_ACCESS_EXCLUSIVE},
                                   {.kind = SIM_WORK, .ms = sim_lognormal(hold_ms, 0.2), .cpu_share = 0.8},
                                   {.kind = SIM_COMMIT}};
    struct sim_class classes[] = {{.label = "read", .program = {reads, 4}, .rate_per_s = 180},
                                  {.label = "write", .program = {writes, 5}, .rate_per_s = 60},
                                  {.label = "other", .program = {others, 2}, .rate_per_s = 60}};
    struct sim_model m = {.objects = objects,
                          .nobjects = 4,
                          .cores = 2,
                          .pool = 40,
                          .classes = classes,
                          .nclasses = 3,
                          .migration = {.program = {migration, 7}, .nstatements = 1}};
    struct sim_options o = {.seed = 1, .replications = replications, .threads = threads};
    struct sim_result *r = NULL;
    struct lc_error err;

    if (sim_run(&m, &o, arena, &r, &err) != LC_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(2);
    }
    return r;
}

int main(void)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 33, NULL, NULL);
    double table = 0, engine, cpu, wall = 1e9;
    struct sim_result *r;

    if (!arena)
        return 2;
    for (int i = 0; i < 3; i++) {
        double s = table_speed(arena);

        table = s > table ? s : table;
    }
    cpu = cpu_now();
    r = rewrite(arena, 3000, 1000, 1);
    cpu = cpu_now() - cpu;
    engine = (double)r->lock_events / cpu;
    for (int i = 0; i < 3; i++) {
        double t = now();

        r = rewrite(arena, 3000, 1000, 2);
        wall = now() - t < wall ? now() - t : wall;
    }
    printf("lock table alone           %8.1f million lock events/s and core (at least %.0f)\n", table / 1e6, LEAST_EVENTS / 1e6);
    printf("whole simulation           %8.1f million lock events/s and core (at least %.0f)\n", engine / 1e6, LEAST_EVENTS / 1e6);
    printf("1,000 replications of a 3 s rewrite at 300 transactions/s, 40 connections, 2 threads: %.2f s (at most %.0f)\n", wall,
           MOST_SECONDS);
    printf("  %.2f s of one core; reference_ns3.cc, the same on a general event library, says how long that takes\n", cpu);
    printf("  peak blocked %.0f, delayed %.0f, drain %.0f ms (medians)\n", r->peak_blocked_sessions.p50,
           r->delayed_transactions.p50, r->drain_ms.p50);
    lc_arena_free(arena);
    return table < LEAST_EVENTS || engine < LEAST_EVENTS || wall > MOST_SECONDS;
}
