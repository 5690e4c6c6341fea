// Constants from times, the file that keeps them, and whom it is refused.
#include "support.h"

#include "cost/solve.h"

#define PAGES_N 1600.0
#define PAGES_W 1875.0

// A machine `slow` times as slow as the defaults', with some constants that are not.
static void times_of(double slow, struct probe_time times[PROBES], double truth[COST_IDS])
{
    double ms[PROBES];

    for (int i = 0; i < COST_IDS; i++)
        truth[i] = cost_defaults[i].median * slow * (i == COST_SORT_TEXT_NS ? 2 : i == COST_WRITE_PAGE_US ? 1.5 : 1);
    calibration_predict(truth, PAGES_N, PAGES_W, ms);
    for (int p = 0; p < PROBES; p++)
        times[p] = (struct probe_time){ms[p] + 0.05, 0.02, 5};
    times[PROBE_ALONE] = (struct probe_time){100, 0.02, 5};
    times[PROBE_TOGETHER] = (struct probe_time){51 + truth[COST_WORKER_MS], 0.02, 5};
}

static void test_solve_finds_the_machine(void **state)
{
    (void)state;
    for (double slow = 0.25; slow < 5; slow *= 4) {
        struct probe_time times[PROBES];
        double truth[COST_IDS];
        struct calibration c = {0};

        times_of(slow, times, truth);
        calibration_solve(times, PAGES_N, PAGES_W, &c);
        assert_near(c.constants[COST_SORT_TEXT_NS].median, truth[COST_SORT_TEXT_NS], 1.1);
        assert_near(c.constants[COST_WRITE_PAGE_US].median, truth[COST_WRITE_PAGE_US], 1.25);
        assert_near(c.constants[COST_SCAN_PAGE_US].median, truth[COST_SCAN_PAGE_US], 1.2);
        assert_near(c.constants[COST_UPDATE_ROW_NS].median, truth[COST_UPDATE_ROW_NS], 1.2);
        assert_near(c.constants[COST_SHARED_PAGE_US].median, truth[COST_SHARED_PAGE_US], 1.3); // no probe: the overall speed
        assert_near(c.constants[COST_CORES].median, 100.0 / 51, 1.1);
    }
}

static void test_solve_survives_nonsense(void **state)
{
    struct probe_time times[PROBES];
    struct calibration c = {0};

    (void)state;
    for (int p = 0; p < PROBES; p++)
        times[p] = (struct probe_time){p % 3 ? 1e-3 : 1e5, p % 2 ? 0 : 3, 2};
    calibration_solve(times, PAGES_N, PAGES_W, &c);
    for (int i = 0; i < COST_IDS; i++)
        if (c.constants[i].n > 0)
            assert_true(isfinite(c.constants[i].median) && c.constants[i].median > 0 && c.constants[i].sigma > 0 &&
                        c.constants[i].sigma < 2);
}

static const char *file_of(const char *text)
{
    const char *path = lc_printf(arena, "/tmp/lockcast-test-%d.json", (int)getpid());
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
    return path;
}

static enum lc_code read_back(const char *text, struct calibration **out)
{
    struct lc_error err = {0};
    const char *path = file_of(text);
    enum lc_code code = calibration_read(arena, path, out, &err);

    (void)unlink(path);
    if (code != LC_OK)
        assert_true(err.message[0] && err.hint[0]);
    return code;
}

static struct calibration measured(void)
{
    struct probe_time times[PROBES];
    double truth[COST_IDS];
    struct calibration c = {.version_num = 150018, .server = "shop on clone", .date = "2026-11-20"};
    struct calibration_setting setting = {"shared_buffers", "512MB"};

    times_of(1, times, truth);
    calibration_solve(times, PAGES_N, PAGES_W, &c);
    LC_PUSH(arena, &c.settings, setting);
    return c;
}

static void test_file_round_trip(void **state)
{
    struct calibration c = measured(), *back = NULL;
    const char *text = calibration_write(arena, &c);

    (void)state;
    assert_int_equal(read_back(text, &back), LC_OK);
    assert_string_equal(calibration_write(arena, back), text);
}

static void test_file_hostile(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"schema\":\"lockcast/snapshot/1\"}",
        "{\"schema\":\"lockcast/calibration/1\",\"version_num\":\"x\",\"constants\":{}}",
        "{\"schema\":\"lockcast/calibration/"
        "1\",\"version_num\":150018,\"constants\":{\"SCAN_ROW_NS\":{\"median\":-1,\"sigma\":0.1,\"n\":3}}}",
        "{\"schema\":\"lockcast/calibration/"
        "1\",\"version_num\":150018,\"constants\":{\"SCAN_ROW_NS\":{\"median\":1e300,\"sigma\":0.1,\"n\":3}}}",
        "{\"schema\":\"lockcast/calibration/"
        "1\",\"version_num\":150018,\"constants\":{\"SCAN_ROW_NS\":{\"median\":1,\"sigma\":0.1}}}",
        "{\"schema\":\"lockcast/calibration/1\",\"version_num\":150018,\"constants\":[]}"};
    struct calibration *c;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_back(bad[i], &c), LC_E_INPUT);
}

static void test_check(void **state)
{
    struct calibration c = measured();
    const char *warnings[4];
    struct lc_error err = {0};
    int n;

    (void)state;
    assert_int_equal(calibration_check(arena, &c, snapshot_empty(arena, 160000), warnings, 4, &n, &err), LC_E_INPUT);
    assert_int_equal(calibration_check(arena, &c, snapshot_empty(arena, 150000), warnings, 4, &n, &err), LC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_solve_finds_the_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(test_solve_survives_nonsense, setup, teardown),
        cmocka_unit_test_setup_teardown(test_file_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_file_hostile, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
