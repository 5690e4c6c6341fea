// The simulation's promises: threads, shards, seeds, its limits and its timeline.
#include "support.h"

#include "base/rng.h"

// ---- promises ----------------------------------------------------------------------------------------------------------------------

static void storm_model(struct sim_model *m)
{
    static const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 150, .rate_factor = 1},
                                         {.label = "write", .program = PROGRAM(write_orders), .rate_per_s = 100}};
    static const struct sim_held held[] = {{0, LC_ACCESS_SHARE}};
    static const struct sim_long l[] = {{.label = "report",
                                         .locks = held,
                                         .nlocks = 1,
                                         .presence = SIM_STATIONARY,
                                         .hold_ms = {.kind = SIM_EXPONENTIAL, .a = 900},
                                         .every_ms = {.kind = SIM_CONSTANT, .a = 1500}}};
    static const struct sim_step mig[] = {
        STATEMENT(0),
        BEGIN,
        LOCK(0, LC_ACCESS_EXCLUSIVE),
        {.kind = SIM_WORK, .ms = {.kind = SIM_P10_P50_P90, .a = 50, .b = 80, .c = 200}, .cpu_share = 0.7, .cores = 2},
        COMMIT};
    static const struct sim_factor factors[] = {{"traffic", 0.3}};

    *m = (struct sim_model){.objects = objects,
                            .nobjects = 2,
                            .classes = c,
                            .nclasses = 2,
                            .longs = l,
                            .nlongs = 1,
                            .pool = 20,
                            .factors = factors,
                            .nfactors = 1,
                            .migration = {.program = PROGRAM(mig), .nstatements = 1}};
}

static void same_figures(const struct sim_figures *a, const struct sim_figures *b, int n)
{
    for (int i = 0; i < n; i++) {
        assert_memory_equal(&a[i], &b[i], SIM_FIGURES * sizeof(double));
        assert_int_equal(a[i].outcome, b[i].outcome);
        assert_int_equal(a[i].lock_events, b[i].lock_events);
    }
}

// Bins of 10 ms, doubled until they hold the run; all of them together are the time that sessions stood still.
static void the_timeline_holds_the_run(void **state)
{
    const struct sim_class c[] = {{.label = "read", .program = PROGRAM(read_orders), .rate_per_s = 100}};
    struct sim_step mig[] = {
        STATEMENT(0), BEGIN, LOCK(0, LC_ACCESS_EXCLUSIVE), {.kind = SIM_SLEEP, .ms = sim_constant(200)}, COMMIT};
    const struct sim_model m = {.objects = objects,
                                .nobjects = 2,
                                .classes = c,
                                .nclasses = 1,
                                .pool = 100,
                                .cores = 4,
                                .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    const double sleeps[] = {200, 1000, 3000};

    (void)state;
    for (int k = 0; k < 3; k++) {
        const struct sim_timeline *timeline;
        struct sim_result *r;
        double blocked = 0, end = 0, doubled;
        mig[3].ms = sim_constant(sleeps[k]);
        r = run(&m, 1, 1);
        timeline = r->timeline;
        for (int i = 0; i < timeline->nbins; i++) {
            blocked += timeline->blocked_p50[i] * timeline->bin_ms / 1000;
            end = timeline->blocked_p50[i] > 0 ? (i + 1) * timeline->bin_ms : end;
        }
        doubled = log2(timeline->bin_ms / 10);
        near_(doubled, round(doubled), 1e-9, "doublings of 10 ms");
        near_(blocked, r->blocked_session_s.mean, 1e-6 * blocked, "session-seconds");
        assert_true(end >= sleeps[k] && end < sleeps[k] + 20 + timeline->bin_ms);
    }
}

static void threads_change_nothing(void **state)
{
    struct sim_model m;
    struct sim_result *one, *four;

    (void)state;
    storm_model(&m);
    one = run(&m, 64, 1);
    four = run(&m, 64, 4);
    same_figures(one->each, four->each, 64);
    assert_int_equal(one->nchains, four->nchains);
    for (int i = 0; i < one->nchains; i++) {
        assert_int_equal(one->chains[i].waiting_index, four->chains[i].waiting_index);
        assert_memory_equal(&one->chains[i].sessions, &four->chains[i].sessions, 3 * sizeof(struct sim_quantiles));
    }
    assert_memory_equal(one->timeline->blocked_p90, four->timeline->blocked_p90, 40 * sizeof(double));
}

static void shards_are_parts_of_the_whole(void **state)
{
    struct sim_options o = {.seed = 7, .replications = 10, .first_replication = 30};
    struct sim_model m;
    struct sim_result *whole, *part = NULL;

    (void)state;
    storm_model(&m);
    whole = run(&m, 64, 2);
    assert_int_equal(sim_run(&m, &o, arena, &part, NULL), LC_OK);
    same_figures(part->each, whole->each + 30, 10);
}

struct watched {
    int waits, grants, done;
    double last;
};

static void watch(void *context, const struct sim_event *event)
{
    struct watched *w = context;

    assert_true(event->at_ms >= w->last);
    w->last = event->at_ms;
    w->waits += event->kind == SIM_EV_WAITS;
    w->grants += event->kind == SIM_EV_GRANTED;
    w->done += event->kind == SIM_EV_DONE;
}

static void one_replication_can_be_watched(void **state)
{
    struct watched w = {.last = -1e9};
    struct sim_figures f;
    struct sim_model m;
    struct sim_result *r;

    (void)state;
    storm_model(&m);
    r = run(&m, 4, 1);
    assert_int_equal(sim_run_one(&m, 7, 2, watch, &w, &f, NULL), LC_OK);
    same_figures(&f, &r->each[2], 1);
    assert_int_equal(w.done, 1);
    assert_int_equal(w.waits, w.grants); // nobody gives up here
}

static void what_cannot_be_simulated_is_named(void **state)
{
    struct sim_step mig[] = {STATEMENT(0), LOCK(2, LC_SHARE)};
    struct sim_model m = {.objects = objects, .nobjects = 2, .migration = {.program = PROGRAM(mig), .nstatements = 1}};
    struct lc_error err = {0};

    (void)state;
    assert_int_equal(sim_check_model(&m, &err), LC_E_INPUT);
    assert_non_null(strstr(err.message, "step 2 of the migration"));
    mig[1].object = 0;
    assert_int_equal(sim_check_model(&m, &err), LC_OK);
    mig[0].statement = 1;
    assert_int_equal(sim_check_model(&m, &err), LC_E_INPUT);
    mig[0].statement = 0;
    mig[1].ms.a = NAN;
    assert_int_equal(sim_check_model(&m, &err), LC_E_INPUT);
}

static struct sim_step random_step(struct lc_rng *rng, bool migration)
{
    static const enum sim_step_kind kinds[] = {SIM_LOCK,      SIM_LOCK,         SIM_LOCK,          SIM_WORK, SIM_WORK,
                                               SIM_SLEEP,     SIM_ROW_LOCK,     SIM_COMMIT,        SIM_SET,  SIM_BEGIN,
                                               SIM_STATEMENT, SIM_WAIT_LOCKERS, SIM_WAIT_SNAPSHOTS};
    uint64_t r = lc_rng_u64(rng);
    struct sim_step s = {
        .kind = kinds[r % (migration ? 13 : 7)], .object = (int)(r >> 8) & 1, .mode = (enum lc_lockmode)(1 + (r >> 16) % 8)};

    s.until = (enum sim_until)((r >> 20) % 3);
    s.nowait = (r >> 24) % 10 == 0;
    s.ms = s.kind == SIM_SET ? sim_constant((double)((r >> 28) % 400)) : sim_exponential(1 + (double)((r >> 28) % 60));
    s.cpu_share = (double)((r >> 36) % 5) / 4;
    s.cores = 1 + (double)((r >> 40) & 1);
    s.keys = 1 + (double)((r >> 44) % 20);
    s.rows = s.kind == SIM_WORK && (r >> 50) % 3 == 0 ? 0.5 : 0;
    s.setting = (enum sim_setting)((r >> 54) & 3);
    s.probability = (r >> 58) % 4 == 0 ? 0.5 : 0;
    return s;
}

// Models of random steps: whatever they ask for, a run ends, its figures are numbers, and debug builds see every invariant kept.
static void random_models_end_and_keep_the_invariants(void **state)
{
    static const struct sim_held held[] = {{0, LC_ROW_EXCLUSIVE}, {1, LC_SHARE}};
    static const struct sim_try tries[] = {{50, 20}, {80, 10}, {0, 0}};
    struct lc_rng rng;

    (void)state;
    lc_rng_init(&rng, 9, 9);
    for (int i = 0; i < 150; i++) {
        struct sim_step steps[4][8];
        struct sim_class c[3] = {{0}};
        struct sim_long l[] = {{.locks = held,
                                .nlocks = 2,
                                .snapshot = true,
                                .kind = (enum sim_long_kind)(i % 5),
                                .cores = i % 2,
                                .residual_ms = sim_exponential(300),
                                .hold_ms = sim_exponential(200),
                                .every_ms = sim_exponential(500)}};
        struct sim_model m = {.objects = objects,
                              .nobjects = 2,
                              .classes = c,
                              .nclasses = 3,
                              .longs = l,
                              .nlongs = 1,
                              .pool = 1 + i % 12,
                              .horizon_ms = 4000,
                              .warmup_ms = 300,
                              .calm_p99_ms = 20,
                              .deadlock_timeout_ms = 100 + i};
        struct sim_result *r;

        for (int p = 0; p < 4; p++)
            for (int k = 0; k < 8; k++)
                steps[p][k] = random_step(&rng, p == 3);
        for (int p = 0; p < 3; p++)
            c[p] = (struct sim_class){.program = {steps[p], 1 + (int)(lc_rng_u64(&rng) % 8)},
                                      .rate_per_s = 20,
                                      .outside_pool = p == 2 && i % 3 == 0,
                                      .client_timeout_ms = i % 2 ? 200 : 0,
                                      .client_retries = i % 3,
                                      .lock_timeout_ms = i % 5 ? 0 : 70,
                                      .statement_timeout_ms = i % 7 ? 0 : 90,
                                      .connection_held_ms = sim_constant(i % 4)};
        m.migration = (struct sim_migration){.program = {steps[3], 8}, .nstatements = 1};
        if (i % 2)
            m.migration.retry = (struct sim_retry){.tries = tries, .ntries = 3};
        r = run(&m, 4, 2);
        for (int k = 0; k < SIM_FIGURES; k++)
            assert_true(isfinite((&r->lock_wait_ms)[k].mean) && (&r->lock_wait_ms)[k].p10 >= 0);
        assert_true(r->peak_blocked_sessions.p90 <= m.pool);
    }
}

static void distributions_have_their_mean(void **state)
{
    const double values[] = {0, 1, 4, 10};
    const struct sim_dist d[] = {
        sim_constant(3),       sim_exponential(3),       sim_uniform(1, 5),
        sim_lognormal(2, 0.8), sim_lognormal_mean(3, 2), sim_gamma(3, 0.5),
        sim_gamma(3, 2),       sim_p10_p50_p90(1, 2, 6), {.kind = SIM_EMPIRICAL, .values = values, .nvalues = 4}};
    struct lc_rng rng;

    (void)state;
    lc_rng_init(&rng, 1, 1);
    for (int i = 0; i < COUNT(d); i++) {
        double sum = 0;

        for (int k = 0; k < 40000; k++)
            sum += sim_draw(&d[i], &rng);
        near_(sum / 40000, sim_dist_mean(&d[i]), 0.04 * sim_dist_mean(&d[i]), "mean");
    }
    assert_true(isinf(sim_dist_mean(&(struct sim_dist){.kind = SIM_FOREVER})));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_timeline_holds_the_run),        TEST(threads_change_nothing),
        TEST(shards_are_parts_of_the_whole),     TEST(one_replication_can_be_watched),
        TEST(what_cannot_be_simulated_is_named), TEST(random_models_end_and_keep_the_invariants),
        TEST(distributions_have_their_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
