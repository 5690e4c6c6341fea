// A ledger: what is written is read back, corrections shrink with few entries, intervals only widen, other servers are left alone.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cost/ledger.h"

static struct lc_arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 26, NULL, NULL);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static const char *temporary(void)
{
    char *path = lc_strdup(arena, "/tmp/lockcast-ledger-XXXXXX");
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    (void)close(fd);
    return path;
}

// n entries of an index build forecast at 100 ms that took `actual` ms, on server "a".
static struct ledger *ledger_with(int n, const double *actual, const char *calibration)
{
    const char *path = temporary();
    struct ledger_entry e = {
        .server = "a", .version_num = 150000, .fingerprint = "f", .command = "CREATE INDEX", .calibration = calibration};
    struct ledger *l = NULL;
    struct lc_error err = {0};
    struct lc_str text;

    lc_str_init(&text, arena, 1 << 20);
    LC_PUSH(arena, &e.work, (struct ledger_work){FP_INDEX_BUILD, 99});
    LC_PUSH(arena, &e.work, (struct ledger_work){FP_METADATA, 1});
    e.forecast_ms = (struct quantiles){80, 100, 125};
    for (int i = 0; i < n; i++) {
        e.actual_ms = actual[i];
        ledger_line(&text, &e);
    }
    assert_int_equal(ledger_append(path, text.text, text.len, &err), LC_OK);
    assert_int_equal(ledger_read(arena, path, false, &l, &err), LC_OK);
    (void)unlink(path);
    return l;
}

static struct ledger *ledger_of(int n, const double *actual)
{
    return ledger_with(n, actual, NULL);
}

static void test_median_with_shrinkage(void **state)
{
    double one[] = {200}, many[50];
    struct quantiles q = {8, 10, 12.5};
    double few;

    (void)state;
    for (int i = 0; i < 50; i++)
        many[i] = 200;
    assert_true(ledger_correct(ledger_of(1, one), "a", NULL, FP_INDEX_BUILD, &q));
    few = q.p50;
    assert_true(few > 10 && few < 15); // one entry is not believed in full
    q = (struct quantiles){8, 10, 12.5};
    assert_true(ledger_correct(ledger_of(50, many), "a", NULL, FP_INDEX_BUILD, &q));
    assert_true(q.p50 > 19 && q.p50 < 20.5);
    assert_true(q.p10 < q.p50 && q.p50 < q.p90);
}

static void test_spread_widens(void **state)
{
    double wild[] = {30, 50, 100, 200, 330, 30, 50, 100, 200, 330}, same[] = {100, 100, 100, 100, 100, 100};
    struct quantiles q = {80, 100, 125};

    (void)state;
    assert_true(ledger_correct(ledger_of(10, wild), "a", NULL, FP_INDEX_BUILD, &q));
    assert_true(q.p90 / q.p50 > 1.8);
    q = (struct quantiles){80, 100, 125};
    assert_true(ledger_correct(ledger_of(6, same), "a", NULL, FP_INDEX_BUILD, &q));
    assert_true(fabs(q.p90 - 125) < 0.5 && fabs(q.p50 - 100) < 0.5); // never narrower
}

static void test_only_what_it_is_about(void **state)
{
    double one[] = {300};
    struct quantiles q = {80, 100, 125};
    struct ledger *l = ledger_of(1, one);

    (void)state;
    assert_false(ledger_correct(l, "b", NULL, FP_INDEX_BUILD, &q)); // another server
    assert_false(ledger_correct(l, "a", "c", FP_INDEX_BUILD, &q));  // with a calibration
    assert_false(ledger_correct(l, "a", NULL, FP_METADATA, &q));    // made a hundredth of the time
    assert_false(ledger_correct(NULL, "a", NULL, FP_INDEX_BUILD, &q));
    assert_true(q.p50 >= 100 && q.p50 <= 100);
    l = ledger_with(1, one, "shop 2026-11-20 1a2b3c4d");
    assert_false(ledger_correct(l, "a", "shop 2026-11-21 00000000", FP_INDEX_BUILD, &q)); // another calibration
    assert_false(ledger_correct(l, "a", NULL, FP_INDEX_BUILD, &q));
    assert_true(ledger_correct(l, "a", "shop 2026-11-20 1a2b3c4d", FP_INDEX_BUILD, &q));
}

static void test_bad_files(void **state)
{
    const char *path = temporary();
    struct ledger *l;
    struct lc_error err = {0};
    FILE *f = fopen(path, "w");

    (void)state;
    (void)fputs("\n{\"schema\":\"lockcast/ledger/1\"}\n", f);
    (void)fclose(f);
    assert_int_equal(ledger_read(arena, path, false, &l, &err), LC_E_INPUT);
    assert_int_equal(err.line, 2);
    (void)unlink(path);
    assert_int_equal(ledger_read(arena, path, false, &l, &err), LC_E_INPUT);
    assert_int_equal(ledger_read(arena, path, true, &l, &err), LC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median_with_shrinkage),
        cmocka_unit_test(test_spread_widens),
        cmocka_unit_test(test_only_what_it_is_about),
        cmocka_unit_test(test_bad_files),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
