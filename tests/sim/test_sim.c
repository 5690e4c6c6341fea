// The simulation against closed forms (within Monte Carlo error) and the lab's definitions.
#include "support.h"

// ---- the wait before the lock --------------------------------------------------------------------------------------------------

// Transactions of length S (mean 400 ms, Poisson, rate l) hold ACCESS SHARE: the number whose residual life passes the timeout
// is Poisson with mean l * integral of 1-F, so P(granted within the timeout) = exp(-that). For exponential S: l*m*exp(-timeout/m).
static void probability_of_a_grant_within_lock_timeout(void **state)
{
    const struct sim_step hold[] = {LOCK(0, LC_ACCESS_SHARE), {.kind = SIM_SLEEP, .ms = sim_exponential(400)}};
    const struct sim_class c[] = {{.label = "tx", .program = PROGRAM(hold), .rate_per_s = 4, .outside_pool = true}};
    const struct sim_step mig[] = {{.kind = SIM_SET, .setting = SIM_LOCK_TIMEOUT, .ms = sim_constant(300)},
                                   STATEMENT(0),
                                   BEGIN,
                                   LOCK(0, LC_ACCESS_EXCLUSIVE),
                                   COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .warmup_ms = 5000,
                          .calm_p99_ms = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 8000, 2);
    double expected = exp(-4 * 0.4 * exp(-300 / 400.0)), error = sqrt(expected * (1 - expected) / 8000);

    (void)state;
    near_(1 - r->migration_fails_probability, expected, 4 * error, "P(granted)");
    near_(r->outcome_probability[SIM_E_LOCK_TIMEOUT], 1 - expected, 4 * error, "P(lock_timeout)");
    near_(r->statements[0].fails, 1 - expected, 4 * error, "the statement's");
}

// With uniform lengths 0..600: l * (600-t)^2 / 1200 in ms. Tries are independent when far apart: geometric.
static void expected_tries_are_one_over_the_probability(void **state)
{
    const struct sim_step hold[] = {LOCK(0, LC_ACCESS_SHARE), {.kind = SIM_SLEEP, .ms = sim_uniform(0, 600)}};
    const struct sim_class c[] = {{.label = "tx", .program = PROGRAM(hold), .rate_per_s = 6, .outside_pool = true}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), COMMIT};
    struct sim_try tries[200];
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .warmup_ms = 2000,
                          .calm_p99_ms = 1,
                          .horizon_ms = 1e6,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1, .retry = {.tries = tries, .ntries = 200}}};
    double p = exp(-0.006 * 500 * 500 / 1200), expected = 1 / p;
    struct sim_result *r;

    (void)state;
    for (int i = 0; i < 200; i++)
        tries[i] = (struct sim_try){.lock_timeout_ms = 100, .sleep_ms = 2000};
    r = run(&m, 3000, 2);
    near_(r->migration_fails_probability, 0, 0, "failures");
    near_(r->tries.mean, expected, 4 * sqrt(1 - p) / p / sqrt(3000), "tries");
}

// Against a report of 900 ms that comes every 1500 ms: no timeout always gets through but stalls everybody; short tries, often
// enough, get through as well and stall less. One short try often fails.
static void short_tries_often_enough_are_the_best_policy(void **state)
{
    static const struct sim_held held[] = {{0, LC_ACCESS_SHARE}};
    const struct sim_long l[] = {{.label = "report",
                                  .locks = held,
                                  .nlocks = 1,
                                  .presence = SIM_STATIONARY,
                                  .hold_ms = sim_constant(900),
                                  .every_ms = sim_constant(1500)}};
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .longs = l,
                          .nlongs = 1,
                          .pool = 100,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_try tries[50];
    const struct sim_retry often = {.label = "often", .tries = tries, .ntries = 50},
                           once = {.label = "once", .tries = tries, .ntries = 1};
    const struct sim_retry *policies[] = {sim_retry_find("none"), &once, &often};
    const struct sim_options o = {.seed = 3, .replications = 400};
    const double timeouts[] = {1, 450, 1000};
    struct sim_timeout_result t[3];
    struct sim_retry_result r[3];
    int best;

    (void)state;
    for (int i = 0; i < 50; i++)
        tries[i] = (struct sim_try){50, 130};
    assert_int_equal(sim_compare_retries(&m, policies, 3, &o, arena, r, &best, NULL), LC_OK);
    assert_int_equal(best, 2);
    near_(r[0].succeeds, 1, 1e-9, "none");
    near_(r[1].succeeds, 0.4 + 50 / 1500.0, 0.1, "once: in the 600 ms without it, or within 50 ms of its end");
    near_(r[2].succeeds, 1, 1e-9, "often");
    assert_true(r[2].blocked_session_s.mean < 0.3 * r[0].blocked_session_s.mean);
    assert_int_equal(sim_try_timeouts(&m, timeouts, 3, &o, arena, t, NULL), LC_OK);
    near_(t[0].succeeds, 0.4, 0.1, "1 ms");
    near_(t[1].succeeds, 0.7, 0.1, "450 ms");
    near_(t[2].succeeds, 1, 1e-9, "1 s");
    near_(t[1].expected_tries, 1 / t[1].succeeds, 1e-9, "tries");
}

// What the model's own run has seen is shared, and nothing changes by that.
static void policies_share_the_replications_that_a_timeout_does_not_touch(void **state)
{
    static const struct sim_held held[] = {{0, LC_ACCESS_SHARE}};
    const struct sim_long l[] = {{.label = "report",
                                  .locks = held,
                                  .nlocks = 1,
                                  .presence = SIM_STATIONARY,
                                  .hold_ms = sim_constant(900),
                                  .every_ms = sim_constant(1500)}};
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .longs = l,
                                .nlongs = 1,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    const struct sim_retry *policies[] = {sim_retry_find("none"), sim_retry_find("lockcast"), sim_retry_find("pgroll")};
    const double timeouts[] = {1, 450, 1000};
    struct sim_timeout_result t[2][3];
    struct sim_retry_result r[2][3];
    struct sim_options o = {.seed = 3, .replications = 100};
    int best[2];

    (void)state;
    for (int k = 0; k < 2; k++) {
        memset(r[k], 0, sizeof r[k]);
        assert_int_equal(sim_compare_retries(&m, policies, 3, &o, arena, r[k], &best[k], NULL), LC_OK);
        assert_int_equal(sim_try_timeouts(&m, timeouts, 3, &o, arena, t[k], NULL), LC_OK);
        assert_int_equal(sim_run(&m, &o, arena, (struct sim_result **)&o.known, NULL), LC_OK);
    }
    assert_int_equal(best[0], best[1]);
    assert_memory_equal(r[0], r[1], sizeof r[0]);
    assert_memory_equal(t[0], t[1], sizeof t[0]);
}

// A budget buys replications: the first ones of a longer run, never fewer than were asked for.
static void budget_buys_replications(void **state)
{
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(500)}, COMMIT};
    const struct sim_model m = {
        .objects = objects, .nobjects = 2, .classes = c, .nclasses = 1, .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    const struct sim_result *all = run(&m, 100, 2);
    const double each = (double)all->events / 100;
    const struct {
        double events;
        int fewest, from, to;
    } cases[] = {{each * 40, 10, 30, 50}, {each, 10, 10, 10}, {each, 0, 8, 8}, {each * 1e6, 10, 100, 100}};

    (void)state;
    for (int i = 0; i < COUNT(cases); i++) {
        const struct sim_options o = {.seed = 7, .replications = 100, .events = cases[i].events, .fewest = cases[i].fewest};
        struct sim_result *r = NULL;

        assert_int_equal(sim_run(&m, &o, arena, &r, NULL), LC_OK);
        assert_in_range(r->replications, cases[i].from, cases[i].to);
        assert_memory_equal(r->each, all->each, (size_t)r->replications * sizeof *r->each);
    }
}

// Waiting for n transactions that end at uniform moments: the longest, mean n/(n+1).
static void wait_is_the_longest_of_the_residual_lives(void **state)
{
    const struct sim_held held[] = {{0, LC_ACCESS_SHARE}};
    struct sim_long l[3];
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 3,
                          .calm_p99_ms = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r;

    (void)state;
    for (int i = 0; i < 3; i++)
        l[i] = (struct sim_long){.label = "long", .locks = held, .nlocks = 1, .residual_ms = sim_uniform(0, 2000)};
    r = run(&m, 4000, 2);
    near_(r->lock_wait_ms.mean, 1500, 4 * 2000 * sqrt(3.0 / 80) / sqrt(4000), "mean wait");
    near_(r->lock_wait_ms.p50, 2000 * pow(0.5, 1.0 / 3), 30, "median wait");
    near_(r->duration_ms.p90, 0, 1e-9, "duration");
    // Without the last of three uniform moments the wait would be the middle one: a quarter of the range is saved.
    near_(r->blockers[0].saved_ms + r->blockers[1].saved_ms + r->blockers[2].saved_ms, 500, 25, "saved");
    near_(r->blockers[0].probability, 1, 1e-9, "seen");
}

// A report of 3 s every 4 s, looked at at any moment: no wait in a quarter of the cases, else uniform in 0..3 s.
static void stationary_long_transaction_is_met_anywhere_in_its_cycle(void **state)
{
    const struct sim_held held[] = {{0, LC_ACCESS_SHARE}};
    const struct sim_long l[] = {{.label = "report",
                                  .locks = held,
                                  .nlocks = 1,
                                  .presence = SIM_STATIONARY,
                                  .hold_ms = sim_constant(3000),
                                  .every_ms = sim_constant(4000)}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 1,
                          .calm_p99_ms = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 4000, 2);
    int free_ = 0;

    (void)state;
    for (int i = 0; i < r->replications; i++)
        free_ += r->each[i].lock_wait_ms <= 0;
    near_(free_ / 4000.0, 0.25, 4 * sqrt(0.25 * 0.75 / 4000), "P(no wait)");
    near_(r->lock_wait_ms.mean, 0.75 * 1500, 4 * 1050 / sqrt(4000), "mean wait");
}

// ---- hours that keep nobody waiting ----------------------------------------------------------------------------------------------

// Two hours of sleep with a lock that nobody wants cost no more than their ends. But whoever is stopped by somebody else meanwhile is
// counted: a long transaction takes the table from traffic for a second, while no arrivals are drawn.
static void calm_hours_are_cheap_and_others_are_seen_in_them(void **state)
{
    static const struct sim_held held[] = {{0, LC_ACCESS_EXCLUSIVE}};
    struct sim_long l[] = {{.label = "vacuum full",
                            .locks = held,
                            .presence = SIM_STARTS,
                            .residual_ms = sim_constant(3600e3),
                            .hold_ms = sim_constant(1000)}};
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 40}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(1, LC_SHARE_UPDATE_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(7200e3)}, COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .longs = l,
                                .nlongs = 1,
                                .pool = 100,
                                .horizon_ms = 1e8,
                                .calm_p99_ms = 1,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    const struct sim_result *r = run(&m, 100, 2);

    (void)state;
    near_(r->duration_ms.p50, 7200e3, 1, "it sleeps two hours");
    near_(r->peak_blocked_sessions.p90, 0, 0, "nobody waits");
    assert_true(r->events < 100 * 2000);
    l[0].nlocks = 1;
    r = run(&m, 100, 2);
    near_(r->peak_blocked_sessions.mean, 40, 4 * sqrt(40.0 / 100), "a second's arrivals wait");
    near_(r->blocked_session_s.mean, 20, 4 * sqrt(40.0 / 3 / 100), "each for half a second");
    near_(r->worst_moment_ms.p50, 3601e3, 100, "an hour later");
    assert_true(r->events < 100 * 4000);
}

// ---- the pile-up -----------------------------------------------------------------------------------------------------------------

// A window W in which nothing passes, arrivals at rate l: l*W sessions wait, each uniform in 0..W, so the area is l*W*W/2.
static void waits_are_uniform_over_the_window(void **state)
{
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(1000)}, COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 500,
                          .cores = 4,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 500, 2);

    (void)state;
    near_(r->peak_blocked_sessions.mean, 100, 4 * 10 / sqrt(500), "peak");
    near_(r->blocked_session_s.mean, 50, 4 * sqrt(100.0 / 3) / sqrt(500) + 0.1, "area");
    near_(r->delayed_transactions.mean, 95, 3, "delayed"); // those who waited less than p99 + 50 ms are not
    near_(r->pool_exhausted_ms.p90, 0, 0, "pool");
    near_(r->duration_ms.p50, 1000, 5, "duration");
    assert_true(r->nchains >= 1);
    assert_int_equal(r->chains[0].behind, SIM_WHO_MIGRATION);
    assert_int_equal(r->chains[0].mode, LC_ACCESS_SHARE);
    near_(r->chains[0].longest_wait_ms.mean, 990, 10, "longest"); // the first arrival's: 1000 less 10 ms on average
}

// The pool of N is full after a gamma(N) time with mean N/l; it stays full to the end of the window.
static void pool_is_full_after_pool_over_rate(void **state)
{
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(2000)}, COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 50,
                          .cores = 4,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 500, 2);

    (void)state;
    near_(r->pool_exhausted_ms.mean, 1500, 4 * sqrt(50) * 10 / sqrt(500) + 2, "full");
    near_(r->peak_blocked_sessions.mean, 50, 1e-9, "peak");
    near_(r->peak_waiting_clients.mean, 150, 4 * 14 / sqrt(500), "queue");
    near_(r->pool_exhausted_probability, 1, 1e-9, "P(full)");
}

// One core, service 2 ms, 300/s: backlog l*W drains at mu-l. Fluid limit: drain = l*W/(mu-l).
static void backlog_drains_at_the_capacity_left(void **state)
{
    const struct sim_step work[] = {LOCK(0, LC_ACCESS_SHARE), {.kind = SIM_WORK, .ms = sim_constant(2), .cpu_share = 1}};
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(work), .rate_per_s = 300}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(2000)}, COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 20,
                          .cores = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 400, 2);
    double fluid = 300 * 2.0 / (500 - 300) * 1000; // 3 s to the last of the backlog

    (void)state;
    // Delayed ones end earlier: when the queue is shorter than 50 ms of work (25 of 600), i.e. (600-25-..)/200 s.
    near_(r->drain_ms.mean, fluid - 50 / (1 - 0.6), 0.05 * fluid, "drain");
}

// Queries on another table wait for nothing but a free connection.
static void other_tables_suffer_only_when_the_pool_is_full(void **state)
{
    const struct sim_class c[] = {{.label = "orders", .program = PROGRAM(write_orders), .rate_per_s = 50},
                                  {.label = "customers", .program = PROGRAM(read_customers), .rate_per_s = 50}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_SHARE), {.kind = SIM_SLEEP, .ms = sim_constant(1000)}, COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 2,
                          .pool = 200,
                          .cores = 4,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *wide = run(&m, 200, 2), *narrow;

    (void)state;
    near_(wide->delayed_transactions.mean, 47, 3, "with connections to spare");
    m.pool = 10;
    narrow = run(&m, 200, 2);
    assert_true(narrow->delayed_transactions.mean > 80); // both tables'
    for (int i = 0; i < narrow->nchains; i++)
        assert_int_equal(narrow->chains[i].object, 0); // but only one waits for a lock
}

// ---- timeouts, deadlocks, autovacuum -------------------------------------------------------------------------------------------

static const struct sim_step ael[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), COMMIT};

static void autovacuum_gives_way_after_deadlock_timeout(void **state)
{
    const struct sim_held held[] = {{0, LC_SHARE_UPDATE_EXCLUSIVE}};
    struct sim_long l[] = {
        {.label = "autovacuum", .kind = SIM_AUTOVACUUM, .locks = held, .nlocks = 1, .residual_ms = sim_constant(5000)}};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 1,
                          .calm_p99_ms = 1,
                          .migration = {.program = PROGRAM(ael), .nstatements = 1}};
    struct sim_result *r = run(&m, 10, 1);

    (void)state;
    near_(r->lock_wait_ms.p50, 1000, 1e-6, "wait");
    near_(r->cancelled_autovacuums.p50, 1, 0, "cancelled");
    l[0].kind = SIM_AUTOVACUUM_WRAPAROUND;
    r = run(&m, 10, 1);
    near_(r->lock_wait_ms.p50, 5000, 1e-6, "wait for one that prevents wraparound");
    l[0].kind = SIM_MANUAL_VACUUM;
    near_(run(&m, 10, 1)->lock_wait_ms.p50, 5000, 1e-6, "wait for VACUUM");
}

static void prepared_transaction_is_waited_for_to_the_horizon(void **state)
{
    const struct sim_held held[] = {{0, LC_ROW_EXCLUSIVE}};
    struct sim_long l[] = {
        {.label = "prepared", .kind = SIM_PREPARED, .locks = held, .nlocks = 1, .residual_ms = {.kind = SIM_FOREVER}}};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 1,
                          .calm_p99_ms = 1,
                          .horizon_ms = 30000,
                          .migration = {.program = PROGRAM(ael), .nstatements = 1}};
    struct sim_result *r = run(&m, 10, 1);

    (void)state;
    near_(r->outcome_probability[SIM_E_HORIZON], 1, 1e-9, "still running");
    near_(r->lock_wait_ms.p50, 30000, 1e-6, "wait");
}

// Migration: orders then customers. Traffic: customers, 200 ms, orders. One of both fails after deadlock_timeout: whoever waited first.
static void migration_and_transaction_deadlock(void **state)
{
    const struct sim_step tx[] = {
        LOCK(1, LC_ROW_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(200)}, LOCK(0, LC_ROW_EXCLUSIVE)};
    const struct sim_class c[] = {{.label = "tx", .program = PROGRAM(tx), .rate_per_s = 20}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), STATEMENT(1), LOCK(1, LC_ACCESS_EXCLUSIVE),
                                   COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 100,
                          .migration = {.program = PROGRAM(mig), .nstatements = 2}};
    struct sim_result *r = run(&m, 200, 2);

    (void)state;
    // Its second wait begins at once, theirs only later: it is the migration that looks first, and fails.
    assert_true(r->outcome_probability[SIM_E_DEADLOCK] > 0.9);
    assert_true(r->statements[1].fails > 0.9);
    near_(r->statements[1].lock_wait_ms.p50, 1000, 1e-6, "deadlock_timeout");
}

static void client_timeouts_and_retries_make_a_storm(void **state)
{
    struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100, .client_timeout_ms = 300}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(1000)}, COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 20,
                          .cores = 4,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 300, 2);

    (void)state;
    near_(r->errors.mean, 70, 4 * sqrt(70) / sqrt(300), "those who arrive in the first 700 ms give up");
    c[0].client_retries = 5;
    r = run(&m, 300, 2);
    near_(r->errors.mean, 0, 0.01, "errors with retries");
}

// ---- CONCURRENTLY, rows ----------------------------------------------------------------------------------------------------------

static const struct sim_step validates[] = {STATEMENT(0), BEGIN, {.kind = SIM_WORK, .ms = {.a = 1000}},
                                            COMMIT,       BEGIN, {.kind = SIM_WAIT_SNAPSHOTS}};

// WaitForOlderSnapshots: a report that began during the work has a younger snapshot, unless who wrote before that still runs.
static void younger_snapshots_are_waited_for_behind_a_writer_only(void **state)
{
    struct sim_long l[] = {{.label = "report",
                            .snapshot = true,
                            .presence = SIM_STARTS,
                            .residual_ms = sim_constant(500),
                            .hold_ms = sim_constant(2000)},
                           {.label = "writer", .xid = true, .residual_ms = sim_constant(600)}};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 1,
                          .migration = {.program = PROGRAM(validates), .nstatements = 1}};
    struct sim_result *r = run(&m, 10, 1);

    (void)state;
    near_(r->lock_wait_ms.p90, 0, 0, "a younger snapshot");
    m.nlongs = 2;
    r = run(&m, 10, 1);
    near_(r->lock_wait_ms.p10, 1500, 1, "it began while the writer ran");
    l[1].residual_ms = sim_constant(400);
    r = run(&m, 10, 1);
    near_(r->lock_wait_ms.p90, 0, 0, "the writer had ended");
    l[0].residual_ms = sim_constant(0);
    l[0].presence = SIM_IN_FLIGHT;
    l[0].residual_ms = sim_constant(1700);
    r = run(&m, 10, 1);
    near_(r->lock_wait_ms.p10, 700, 1, "an older snapshot");
}

// Who computes until a moment (a report) takes its share of the cores: two on one core are half as fast, the migration's commit too.
static void cores_are_shared_with_the_migration(void **state)
{
    const struct sim_long l[] = {{.label = "report", .residual_ms = sim_constant(5000), .cores = 1}};
    const struct sim_step mig[] = {STATEMENT(0),
                                   BEGIN,
                                   {.kind = SIM_WORK, .ms = {.a = 100}, .cpu_share = 1},
                                   {.kind = SIM_WORK, .ms = {.a = 10}, .cpu_share = 0.5},
                                   COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .cores = 1,
                          .longs = l,
                          .nlongs = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 10, 1);

    (void)state;
    near_(r->duration_ms.p50, 200 + 10 + 5, 0.01, "half a core");
    m.cores = 2;
    r = run(&m, 10, 1);
    near_(r->duration_ms.p50, 110, 0.01, "a core of its own");
}

// Traffic that keeps u of c cores busy: a migration of w ms on one core sees processor sharing, so with one core w / (1 - u).
static void cores_are_shared_with_traffic(void **state)
{
    const struct sim_step query[] = {{.kind = SIM_WORK, .ms = {.kind = SIM_EXPONENTIAL, .a = 2}, .cpu_share = 1}};
    const struct sim_class c[] = {{.label = "query", .program = PROGRAM(query), .rate_per_s = 250}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, {.kind = SIM_WORK, .ms = {.a = 2000}, .cpu_share = 1}, COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .cores = 1,
                          .pool = 200,
                          .classes = c,
                          .nclasses = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 400, 2);

    (void)state;
    near_(r->duration_ms.mean, 4000, 60, "processor sharing");
}

static void waiting_for_lockers_queues_nobody(void **state)
{
    const struct sim_held held[] = {{0, LC_ROW_EXCLUSIVE}};
    const struct sim_long l[] = {{.label = "writer", .locks = held, .nlocks = 1, .residual_ms = sim_constant(800)},
                                 {.label = "reader",
                                  .locks = (const struct sim_held[]){{0, LC_ACCESS_SHARE}},
                                  .nlocks = 1,
                                  .snapshot = true,
                                  .residual_ms = sim_constant(2000)}};
    const struct sim_class c[] = {{.label = "write", .program = PROGRAM(write_orders), .rate_per_s = 50}};
    const struct sim_step mig[] = {STATEMENT(0),
                                   {.kind = SIM_LOCK, .object = 0, .mode = LC_SHARE_UPDATE_EXCLUSIVE, .until = SIM_TO_SESSION},
                                   BEGIN,
                                   COMMIT,
                                   {.kind = SIM_WAIT_LOCKERS, .object = 0, .mode = LC_SHARE},
                                   BEGIN,
                                   COMMIT,
                                   {.kind = SIM_WAIT_SNAPSHOTS}};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 2,
                          .classes = c,
                          .nclasses = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 50, 2);

    (void)state;
    near_(r->lock_wait_ms.p50, 2000, 1, "both waits");
    near_(r->peak_blocked_sessions.p90, 0, 0, "blocked");
    near_(r->delayed_transactions.p90, 0, 0, "delayed");
}

// An UPDATE of 30 % of the rows in 1 s, held to the end: of the row locks asked for at moment t, 0.3*t find theirs taken.
static void rows_of_a_running_update_block_their_writers(void **state)
{
    const struct sim_step tx[] = {LOCK(0, LC_ROW_EXCLUSIVE), {.kind = SIM_ROW_LOCK, .object = 0, .keys = 1e6}};
    const struct sim_class c[] = {{.label = "update", .program = PROGRAM(tx), .rate_per_s = 100}};
    const struct sim_step mig[] = {STATEMENT(0),
                                   BEGIN,
                                   LOCK(0, LC_ROW_EXCLUSIVE),
                                   {.kind = SIM_WORK, .ms = sim_constant(1000), .object = 0, .rows = 0.3},
                                   COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 200,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 500, 2);

    (void)state;
    near_(r->peak_blocked_sessions.mean, 15, 4 * sqrt(15) / sqrt(500), "blocked at the end: 100 * 0.3 / 2");
    assert_int_equal(r->chains[0].object, -1);
    assert_int_equal(r->chains[0].behind, SIM_WHO_MIGRATION);
}

// The other way round: a transaction that has written and stays open has some row; an UPDATE of all rows comes to it, one of 40 %
// of them in 40 of 100 cases. It waits from there to the transaction's end.
static void an_update_waits_for_rows_that_are_taken(void **state)
{
    static const struct sim_held held[] = {{0, LC_ROW_EXCLUSIVE}};
    const struct sim_long l[] = {{.label = "idle in transaction", .locks = held, .nlocks = 1, .residual_ms = sim_constant(5000)}};
    struct sim_step mig[] = {STATEMENT(0),
                             BEGIN,
                             LOCK(0, LC_ROW_EXCLUSIVE),
                             {.kind = SIM_WORK, .ms = sim_constant(1000), .object = 0, .rows = 1},
                             COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .longs = l,
                          .nlongs = 1,
                          .calm_p99_ms = 1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 1000, 2);

    (void)state;
    near_(r->lock_wait_ms.mean, 5000 - 525, 4 * 290 / sqrt(1000),
          "it comes there after 500 ms on average, and looks every 50 ms");
    near_(r->duration_ms.p50, 1000, 1e-6, "the work itself");
    assert_int_equal(r->blockers[0].who, SIM_WHO_LONG);
    mig[3].rows = 0.4;
    r = run(&m, 1000, 2);
    near_(r->lock_wait_ms.p50, 0, 0, "most do not meet it");
    near_(r->blockers[0].probability, 0.4, 4 * sqrt(0.24 / 1000), "P(meets it)");
}

// Transactions of two rows against an UPDATE of all rows: who has the second and wants the first closes a cycle, and one fails.
static void update_and_transactions_of_two_rows_deadlock(void **state)
{
    const struct sim_step tx[] = {LOCK(0, LC_ROW_EXCLUSIVE),
                                  {.kind = SIM_ROW_LOCK, .object = 0, .keys = 1000},
                                  {.kind = SIM_SLEEP, .ms = sim_constant(100)},
                                  {.kind = SIM_ROW_LOCK, .object = 0, .keys = 1000}};
    const struct sim_class c[] = {{.label = "two rows", .program = PROGRAM(tx), .rate_per_s = 50}};
    const struct sim_step mig[] = {STATEMENT(0),
                                   BEGIN,
                                   LOCK(0, LC_ROW_EXCLUSIVE),
                                   {.kind = SIM_WORK, .ms = sim_constant(3000), .object = 0, .rows = 1},
                                   COMMIT};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 300,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 100, 2);

    (void)state;
    assert_true(r->errors.mean + r->migration_fails_probability > 0.5);
    assert_true(r->chains[0].behind == SIM_WHO_MIGRATION);
}

// One hot row, 10 ms each, 50/s: a queue with Poisson arrivals and constant service, M/D/1, mean wait s*u/(2(1-u)) = 5 ms.
static void hot_row_is_a_queue(void **state)
{
    const struct sim_step tx[] = {{.kind = SIM_ROW_LOCK, .object = 0, .keys = 1}, {.kind = SIM_SLEEP, .ms = sim_constant(10)}};
    const struct sim_class c[] = {{.label = "hot", .program = PROGRAM(tx), .rate_per_s = 50}};
    const struct sim_step mig[] = {STATEMENT(0), {.kind = SIM_SLEEP, .ms = sim_constant(10000)}};
    struct sim_model m = {.objects = objects,
                          .nobjects = 2,
                          .classes = c,
                          .nclasses = 1,
                          .pool = 100,
                          .sample_ms = -1,
                          .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 200, 2);

    (void)state;
    near_(r->blocked_session_s.mean, 50 * 11.0 * 0.005, 0.1, "area over 11 s"); // the second after the end counts too
    near_(r->errors.mean, 0, 0, "errors");
}

// ---- row modes, deadlocks by name, bystanders, long work ---------------------------------------------------------------------------

// A range of rows locked by one statement of 1 s against one row lock each of 100 transactions a second.
static double blocked_by_range(enum sim_row_mode range, enum sim_row_mode row)
{
    const struct sim_step tx[] = {LOCK(0, LC_ROW_SHARE), {.kind = SIM_ROW_LOCK, .object = 0, .keys = 1e6, .row_mode = row}};
    const struct sim_class c[] = {{.label = "tx", .program = PROGRAM(tx), .rate_per_s = 100}};
    const struct sim_step mig[] = {STATEMENT(0),
                                   BEGIN,
                                   LOCK(0, LC_ROW_EXCLUSIVE),
                                   {.kind = SIM_WORK, .ms = sim_constant(1000), .object = 0, .rows = 1, .row_mode = range},
                                   COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .pool = 200,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};

    return run(&m, 60, 2)->blocked_session_s.mean;
}

// heapam.h: FOR KEY SHARE conflicts with FOR UPDATE only; FOR SHARE with all that write.
static void foreign_key_checks_wait_for_keys_only(void **state)
{
    (void)state;
    near_(blocked_by_range(SIM_ROW_NO_KEY_UPDATE, SIM_ROW_KEY_SHARE), 0, 0, "UPDATE of other columns");
    // those who come at t find their row locked with probability t, and wait 1 - t: 100 * integral t(1-t) = 16.7
    near_(blocked_by_range(SIM_ROW_UPDATE, SIM_ROW_KEY_SHARE), 16.7, 1.5, "DELETE");
    near_(blocked_by_range(SIM_ROW_NO_KEY_UPDATE, SIM_ROW_SHARE), 16.7, 1.5, "FOR SHARE");
    near_(blocked_by_range(SIM_ROW_KEY_SHARE, SIM_ROW_KEY_SHARE), 0, 0, "two checks");
}

// Shared rows: writers wait for all who share; who shares does not wait for each other. One row, M/G/infinity readers of 100 ms.
static void a_shared_row_is_waited_for_until_the_last(void **state)
{
    const struct sim_step share[] = {{.kind = SIM_ROW_LOCK, .object = 0, .keys = 1, .row_mode = SIM_ROW_SHARE},
                                     {.kind = SIM_SLEEP, .ms = sim_constant(100)}};
    const struct sim_class c[] = {{.label = "share", .program = PROGRAM(share), .rate_per_s = 20}};
    const struct sim_step mig[] = {
        STATEMENT(0), BEGIN, {.kind = SIM_ROW_LOCK, .object = 0, .keys = 1, .row_mode = SIM_ROW_UPDATE}, COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .pool = 200,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 2000, 2);
    int free_ = 0;

    (void)state;
    for (int i = 0; i < r->replications; i++)
        free_ += r->each[i].lock_wait_ms <= 0;
    near_(free_ / 2000.0, exp(-2), 4 * sqrt(exp(-2) * (1 - exp(-2)) / 2000), "P(nobody has it)");
    // not a writer's queue: newcomers share on, and the wait is a busy period of M/G/infinity, (e^2 - 1)/20 s in the mean from its start
    assert_true(r->lock_wait_ms.p90 > 200);
}

static void deadlocks_have_names(void **state)
{
    const struct sim_step tx[] = {
        LOCK(1, LC_ROW_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(200)}, LOCK(0, LC_ROW_EXCLUSIVE)};
    const struct sim_class c[] = {{.label = "tx", .program = PROGRAM(tx), .rate_per_s = 20}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), STATEMENT(1), LOCK(1, LC_ACCESS_EXCLUSIVE),
                                   COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .pool = 100,
                                .migration = {.program = PROGRAM(mig), .nstatements = 2}};
    struct sim_result *r = run(&m, 200, 2);

    (void)state;
    assert_true(r->ndeadlocks >= 1);
    assert_int_equal(r->deadlocks[0].victim, SIM_WHO_MIGRATION);
    assert_int_equal(r->deadlocks[0].victim_index, 1);
    assert_int_equal(r->deadlocks[0].other, SIM_WHO_CLASS);
    assert_string_equal(r->deadlocks[0].other_label, "tx");
    near_(r->deadlocks[0].probability, r->outcome_probability[SIM_E_DEADLOCK], 1e-9, "probability");
}

static void bystanders_are_told_from_those_who_wait_for_the_lock(void **state)
{
    const struct sim_class c[] = {{.label = "orders", .program = PROGRAM(write_orders), .rate_per_s = 50},
                                  {.label = "customers", .program = PROGRAM(read_customers), .rate_per_s = 50}};
    const struct sim_step mig[] = {STATEMENT(0), BEGIN, LOCK(0, LC_SHARE), {.kind = SIM_SLEEP, .ms = sim_constant(1000)}, COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 2,
                                .pool = 10,
                                .cores = 4,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 100, 2);

    (void)state;
    assert_true(r->classes[0].delayed.mean > 30 && r->classes[1].delayed.mean > 20);
    near_(r->classes[1].waited, 0, 0, "customers wait for a connection only");
    near_(r->classes[0].waited * r->classes[0].delayed.mean, 10, 1.5, "the pool's ten waited for the lock");
    near_(r->classes[0].delayed.mean + r->classes[1].delayed.mean, r->delayed_transactions.mean, 1, "all of them");
    // the worst moment is when the pool is full for the first time
    near_(r->worst_moment_ms.mean, 200, 4 * 63 / sqrt(100) + 10, "10 writers at 50/s");
    near_(r->chains[0].at_worst.p50, 10, 0, "all ten");
}

// An hour of work that stops nobody costs no more than its ends, and takes as long as the cores that traffic leaves allow.
static void long_work_that_stops_nobody_is_passed_over(void **state)
{
    const struct sim_step work[] = {LOCK(0, LC_ACCESS_SHARE), {.kind = SIM_WORK, .ms = sim_exponential(10), .cpu_share = 1}};
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(work), .rate_per_s = 150}};
    struct sim_step mig[] = {STATEMENT(0),
                             BEGIN,
                             LOCK(0, LC_SHARE_UPDATE_EXCLUSIVE),
                             {.kind = SIM_WORK, .ms = sim_constant(20000), .cpu_share = 1},
                             COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .cores = 2,
                                .horizon_ms = 1e8,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 20, 2);
    double events = (double)r->each[0].events;

    (void)state;
    // 1.5 of 2 cores are busy: half a core is left, as it is with every arrival simulated
    near_(r->duration_ms.mean, 40000, 4000, "20 s of work");
    mig[3].ms = sim_constant(3600000);
    r = run(&m, 20, 2);
    near_(r->duration_ms.mean, 7200000, 80000, "an hour's");
    assert_true((double)r->each[0].events < 3 * events);
    near_(r->peak_blocked_sessions.p90, 0, 0, "nobody");
}

// What may be so or not is so in a share of the replications, in all of a replication; a choice is one partition a transaction.
static void doubts_and_choices(void **state)
{
    static const double half[] = {0.3};
    struct sim_step tx[] = {
        {.kind = SIM_LOCK, .object = 0, .mode = LC_ACCESS_SHARE, .doubt = 1},
        {.kind = SIM_LOCK, .object = 1, .mode = LC_ACCESS_SHARE, .from = 0, .to = 0.25},
    };
    const struct sim_class c[] = {{.label = "tx", .program = PROGRAM(tx), .rate_per_s = 100}};
    struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(400)}, COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .pool = 500,
                                .doubts = half,
                                .ndoubts = 1,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct sim_result *r = run(&m, 1000, 2);
    int none = 0;

    (void)state;
    for (int i = 0; i < r->replications; i++)
        none += r->each[i].peak_blocked_sessions <= 0;
    near_(none / 1000.0, 0.7, 4 * sqrt(0.21 / 1000), "replications without the lock");
    mig[2].object = 1;
    near_(run(&m, 1000, 2)->peak_blocked_sessions.mean, 10, 0.5, "a quarter of the transactions");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(probability_of_a_grant_within_lock_timeout),
        TEST(expected_tries_are_one_over_the_probability),
        TEST(short_tries_often_enough_are_the_best_policy),
        TEST(policies_share_the_replications_that_a_timeout_does_not_touch),
        TEST(budget_buys_replications),
        TEST(calm_hours_are_cheap_and_others_are_seen_in_them),
        TEST(wait_is_the_longest_of_the_residual_lives),
        TEST(stationary_long_transaction_is_met_anywhere_in_its_cycle),
        TEST(waits_are_uniform_over_the_window),
        TEST(pool_is_full_after_pool_over_rate),
        TEST(backlog_drains_at_the_capacity_left),
        TEST(other_tables_suffer_only_when_the_pool_is_full),
        TEST(autovacuum_gives_way_after_deadlock_timeout),
        TEST(prepared_transaction_is_waited_for_to_the_horizon),
        TEST(migration_and_transaction_deadlock),
        TEST(client_timeouts_and_retries_make_a_storm),
        TEST(waiting_for_lockers_queues_nobody),
        TEST(younger_snapshots_are_waited_for_behind_a_writer_only),
        TEST(cores_are_shared_with_the_migration),
        TEST(cores_are_shared_with_traffic),
        TEST(rows_of_a_running_update_block_their_writers),
        TEST(an_update_waits_for_rows_that_are_taken),
        TEST(update_and_transactions_of_two_rows_deadlock),
        TEST(hot_row_is_a_queue),
        TEST(foreign_key_checks_wait_for_keys_only),
        TEST(a_shared_row_is_waited_for_until_the_last),
        TEST(deadlocks_have_names),
        TEST(bystanders_are_told_from_those_who_wait_for_the_lock),
        TEST(long_work_that_stops_nobody_is_passed_over),
        TEST(doubts_and_choices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
