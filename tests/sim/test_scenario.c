// Scenario files: what they say, what is refused and how it is named, and that no text makes the reader crash.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario.h"

static struct lc_arena *arena;
static struct lc_error err;

static int fresh(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 30, NULL, NULL);
    memset(&err, 0, sizeof err);
    return arena == NULL;
}

static int done(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static enum lc_code read_text(const char *text, struct sim_scenario *s)
{
    return sim_scenario_read(arena, text, strlen(text), "x.json", s, &err);
}

static const char everything[] =
    "{\"schema\": \"lockcast/scenario/1\", \"name\": \"n\", \"description\": \"d\","
    " \"server\": {\"version\": 17, \"cores\": 4, \"deadlock_timeout_ms\": 500}, \"pool\": {\"size\": 7, \"mode\": "
    "\"transaction\"},"
    " \"relations\": [\"a\", \"b\"], \"uncertainties\": {\"u\": 0.5, \"v\": 0.1},"
    " \"traffic\": [{\"name\": \"t\", \"rate_per_s\": 10, \"rate_uncertainty\": \"v\", \"client_timeout_ms\": 100, "
    "\"client_retries\": 2,"
    "   \"retry_delay_ms\": 5, \"steps\": [{\"statement\": \"q\"}, {\"lock\": \"b\", \"mode\": \"RowExclusiveLock\"}, "
    "{\"row_lock\": \"b\", \"keys\": 10},"
    "   {\"work_ms\": {\"mean\": 1, \"stddev\": 2, \"uncertainty\": \"u\"}, \"cpu_share\": 0.5}, {\"sleep_ms\": "
    "{\"exponential\": 2}, \"probability\": 0.5}]}],"
    " \"long_transactions\": [{\"name\": \"l\", \"kind\": \"autovacuum for wraparound\", \"presence\": \"in flight\", "
    "\"residual_ms\": \"forever\","
    "   \"locks\": [{\"relation\": \"a\", \"mode\": \"share update exclusive\"}]}],"
    " \"migration\": {\"steps\": [{\"set\": \"lock_timeout\", \"ms\": 100}, {\"statement\": \"s1\"}, {\"lock\": \"a\", \"mode\": "
    "\"SHARE\", \"until\": \"session\"},"
    "   {\"statement\": \"s2\"}, {\"wait_lockers\": \"a\", \"mode\": \"SHARE\"}, {\"wait_snapshots\": true},"
    "   {\"work_ms\": {\"p10\": 1, \"p50\": 2, \"p90\": 3}, \"rows\": 0.3, \"of\": \"a\"}], \"retry\": [{\"lock_timeout_ms\": 5, "
    "\"sleep_ms\": 6, \"times\": 3}]},"
    " \"simulation\": {\"lead_ms\": {\"uniform\": [1, 2]}, \"horizon_ms\": 5000, \"replications\": 20},"
    " \"incident\": {\"source\": \"https://example.org\", \"published\": [\"p\"], \"assumptions\": \"one\","
    "   \"figures\": [{\"figure\": \"outage_ms\", \"low\": 1, \"high\": 2, \"what\": \"w\"}]}}";

static void reads_everything(void **state)
{
    struct sim_scenario s;

    (void)state;
    if (read_text(everything, &s) != LC_OK)
        fail_msg("%s", err.message);
    assert_int_equal(s.model.nobjects, 2);
    assert_int_equal(s.model.pool, 7);
    assert_int_equal(s.model.pooler, SIM_TRANSACTION_POOLER);
    assert_int_equal(s.model.server_version, 17);
    assert_int_equal(s.model.nclasses, 1);
    assert_int_equal(s.model.classes[0].rate_factor, 2);
    assert_int_equal(s.model.classes[0].program.nsteps, 5);
    assert_int_equal(s.model.classes[0].program.steps[1].mode, LC_ROW_EXCLUSIVE);
    assert_int_equal(s.model.classes[0].program.steps[1].object, 1);
    assert_int_equal(s.model.classes[0].program.steps[3].ms.factor, 1);
    assert_int_equal(s.model.longs[0].kind, SIM_AUTOVACUUM_WRAPAROUND);
    assert_int_equal(s.model.longs[0].residual_ms.kind, SIM_FOREVER);
    assert_int_equal(s.model.migration.nstatements, 2);
    assert_string_equal(s.statements[1], "s2");
    assert_int_equal(s.model.migration.retry.ntries, 3);
    assert_int_equal(s.nassumptions, 1);
    assert_int_equal(s.nexpectations, 1);
    assert_int_equal(s.replications, 20);
}

static void statements_get_transactions_of_their_own(void **state)
{
    static const enum sim_step_kind kinds[] = {SIM_SET,       SIM_STATEMENT, SIM_BEGIN,        SIM_LOCK,           SIM_COMMIT,
                                               SIM_STATEMENT, SIM_BEGIN,     SIM_WAIT_LOCKERS, SIM_WAIT_SNAPSHOTS, SIM_WORK,
                                               SIM_COMMIT};
    struct sim_scenario s;

    (void)state;
    assert_int_equal(read_text(everything, &s), LC_OK);
    assert_int_equal(s.model.migration.program.nsteps, 11);
    for (int i = 0; i < 11; i++)
        assert_int_equal(s.model.migration.program.steps[i].kind, kinds[i]);
}

static void what_is_wrong_is_named_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"migration\": {\"steps\": [{\"statement\": \"x\"}, {\"lock\": \"a\", \"mode\": \"SHARE\", \"loc\": 1}]}, "
         "\"relations\": [\"a\"]}",
         "migration.steps[1]: unknown key \"loc\""},
        {"{\"migration\": {\"steps\": [{\"lock\": \"b\", \"mode\": \"SHARE\"}]}, \"relations\": [\"a\"]}",
         "migration.steps[0].lock: \"b\" is not one of the relations"},
        {"{\"migration\": {\"steps\": [{\"lock\": \"a\", \"mode\": \"WEAK\"}]}, \"relations\": [\"a\"]}",
         "migration.steps[0]: \"WEAK\" is no lock mode"},
        {"{\"migration\": {\"steps\": [{}]}}", "migration.steps[0]: a step is wanted here"},
        {"{\"migration\": {\"steps\": 3}}", "migration.steps: an array is wanted here"},
        {"{}", "the document: \"migration\" is missing"},
        {"[]", "the document: an object is wanted here"},
        {"{\"relations\": [\"a\", \"a\"], \"migration\": {}}", "relations: \"a\" is there twice"},
        {"{\"traffic\": [{\"rate_per_s\": -1}], \"migration\": {}}", "traffic[0].rate_per_s: -1 is not between 0 and 1e+06"},
        {"{\"pool\": {\"size\": \"x\"}, \"migration\": {}}", "pool.size: a number is wanted here"},
        {"{\"pool\": {\"mode\": \"x\"}, \"migration\": {}}", "pool.mode: \"x\" is not known here"},
        {"{\"migration\": {\"retry\": \"x\"}}", "migration.retry: there is no retry policy \"x\""},
        {"{\"migration\": {}, \"incident\": {\"figures\": [{\"figure\": \"x\"}]}}",
         "incident.figures[0]: there is no figure \"x\""},
        {"{\"schema\": \"y\", \"migration\": {}}", "schema: \"y\" is not lockcast/scenario/1"},
        {"{\n\n  oops", "this is no JSON"},
    };
    struct sim_scenario s;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(cases[i].text, &s), LC_E_INPUT);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.file, "x.json");
    }
    assert_int_equal(err.line, 3);
}

// Every prefix of a good document, and the document with single bytes changed.
static void no_text_makes_the_reader_crash(void **state)
{
    char *copy = malloc(sizeof everything);
    struct sim_scenario s;
    struct lc_rng rng;
    size_t mark = lc_arena_mark(arena);

    (void)state;
    lc_rng_init(&rng, 1, 1);
    for (size_t n = 0; n < sizeof everything - 1; n += 3) {
        assert_int_equal(sim_scenario_read(arena, everything, n, "x.json", &s, &err), LC_E_INPUT);
        lc_arena_reset(arena, mark);
    }
    for (int i = 0; i < 3000; i++) {
        memcpy(copy, everything, sizeof everything);
        for (int k = 0; k < 3; k++)
            copy[lc_rng_u64(&rng) % (sizeof everything - 1)] = (char)(32 + lc_rng_u64(&rng) % 95);
        assert_in_range(sim_scenario_read(arena, copy, sizeof everything - 1, "x.json", &s, &err), LC_OK, LC_E_INPUT);
        lc_arena_reset(arena, mark);
    }
    free(copy);
}

static void report_is_json_and_holds_against_what_was_published(void **state)
{
    struct sim_options o = {.seed = 1, .replications = 20};
    struct sim_result *r = NULL;
    struct sim_scenario s;
    struct lc_str out;

    (void)state;
    assert_int_equal(read_text(everything, &s), LC_OK);
    assert_int_equal(sim_run(&s.model, &o, arena, &r, &err), LC_OK);
    lc_str_init(&out, arena, LC_STR_MAX);
    sim_report_json(&s, r, arena, &out);
    assert_non_null(strstr(out.text, "\"lockcast/simulation/1\""));
    assert_non_null(strstr(out.text, "\"inside\":\tfalse"));
    assert_false(sim_hold_against(&s.expectations[0], r, arena).inside);
    lc_str_init(&out, arena, LC_STR_MAX);
    sim_report_text(&s, r, arena, &out);
    assert_non_null(strstr(out.text, "MISSED"));
    lc_str_init(&out, arena, LC_STR_MAX);
    assert_int_equal(sim_trace(&s.model, 1, 0, arena, &out, &err), LC_OK);
    assert_non_null(strstr(out.text, "\"traceEvents\""));
}

// The public incidents are scenarios that can be read.
static void incidents_can_be_read(void **state)
{
    glob_t found;

    (void)state;
    assert_int_equal(glob(TEST_DIR "/../scenarios/*.json", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 10);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *f = fopen(found.gl_pathv[i], "r");
        char *text = calloc(1, 1 << 20);
        struct sim_scenario s;
        size_t n;

        assert_non_null(f);
        n = fread(text, 1, (1 << 20) - 1, f);
        (void)fclose(f);
        if (sim_scenario_read(arena, text, n, found.gl_pathv[i], &s, &err) != LC_OK)
            fail_msg("%s: %s", found.gl_pathv[i], err.message);
        free(text);
    }
    globfree(&found);
}

static void named_policies_are_found(void **state)
{
    const struct sim_retry *gitlab = sim_retry_find("gitlab");
    double total = 0;

    (void)state;
    assert_non_null(gitlab);
    assert_int_equal(gitlab->ntries, 42);
    for (int i = 0; i < gitlab->ntries; i++)
        total += gitlab->tries[i].lock_timeout_ms + gitlab->tries[i].sleep_ms;
    assert_true(fabs(total / 60000 - 40) < 3); // "worst case, about 40 minutes"
    assert_int_equal(gitlab->tries[41].lock_timeout_ms, 0);
    assert_null(sim_retry_find("nobody"));
}

// Of one run a probability is whether it happened.
static void probabilities_are_counted_by_run(void **state)
{
    struct sim_figures calm = {.outcome = SIM_DONE}, bad = {.outcome = SIM_E_LOCK_TIMEOUT, .pool_exhausted_ms = 1};

    (void)state;
    assert_true(sim_expected_figure("probability_of_failure", &calm) == 0);
    assert_true(sim_expected_figure("probability_of_failure", &bad) == 1);
    assert_true(sim_expected_figure("probability_of_exhaustion", &calm) == 0);
    assert_true(sim_expected_figure("probability_of_exhaustion", &bad) == 1);
    assert_true(isnan(sim_expected_figure("nothing", &calm)));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_everything),
        TEST(statements_get_transactions_of_their_own),
        TEST(what_is_wrong_is_named_with_its_place),
        TEST(no_text_makes_the_reader_crash),
        TEST(report_is_json_and_holds_against_what_was_published),
        TEST(incidents_can_be_read),
        TEST(named_policies_are_found),
        TEST(probabilities_are_counted_by_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
