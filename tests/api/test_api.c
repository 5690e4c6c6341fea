// The public API as its users see it: only lockcast.h, and files.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lockcast/lockcast.h"

static char path[] = "/tmp/lockcast-api-XXXXXX.sql";

static int write_migration(void **state)
{
    int fd = mkstemps(path, 4);
    FILE *f = fdopen(fd, "w");

    (void)state;
    if (!f)
        return -1;
    (void)fputs("CREATE TABLE t (id int);\nALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid();\n", f);
    return fclose(f);
}

static int remove_migration(void **state)
{
    (void)state;
    return unlink(path);
}

static void test_review_twice_is_the_same(void **state)
{
    const char *const files[] = {path};
    const char *first = NULL, *second = NULL;
    struct lockcast *l = NULL;

    (void)state;
    assert_int_equal(lockcast_open_empty(15, &l), LOCKCAST_OK);
    assert_int_equal(lockcast_review(l, files, 1, NULL, &first), LOCKCAST_OK);
    assert_int_equal(lockcast_review(l, files, 1, NULL, &second), LOCKCAST_OK);
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "\"lockcast/review/1\""));
    assert_non_null(strstr(first, "\"public.t\""));
    assert_string_equal(lockcast_error(l), "");
    lockcast_close(l);
}

static void test_every_format(void **state)
{
    static const char *const formats[] = {"json", "text", "markdown", "html", "sarif", "junit", "gitlab"};
    const char *const files[] = {path};
    struct lockcast_options o = {.seed = 7, .no_rewrite = 1};
    struct lockcast *l = NULL;
    const char *report;

    (void)state;
    assert_int_equal(lockcast_open_empty(0, &l), LOCKCAST_OK);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        o.format = formats[i];
        assert_int_equal(lockcast_review(l, files, 1, &o, &report), LOCKCAST_OK);
        assert_true(strlen(report) > 2);
    }
    o.format = "pdf";
    assert_int_equal(lockcast_review(l, files, 1, &o, &report), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "pdf"));
    assert_null(report);
    lockcast_close(l);
}

static void test_errors(void **state)
{
    const char *const missing[] = {"/nonexistent/0001.sql"};
    struct lockcast *l = NULL;
    const char *report;

    (void)state;
    assert_int_equal(lockcast_open_empty(9, &l), LOCKCAST_INPUT);
    assert_int_equal(lockcast_review(l, missing, 1, NULL, &report), LOCKCAST_INPUT); // not opened: an error, no crash
    lockcast_close(l);
    assert_int_equal(lockcast_open_snapshot("/nonexistent/shop.json", &l), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "/nonexistent/shop.json"));
    lockcast_close(l);
    assert_int_equal(lockcast_open_empty(15, &l), LOCKCAST_OK);
    assert_int_equal(lockcast_review(l, missing, 1, NULL, &report), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "/nonexistent/0001.sql"));
    lockcast_close(l);
    assert_int_equal(lockcast_open_server("host=/nonexistent connect_timeout=2", &l), LOCKCAST_SERVER);
    assert_true(strlen(lockcast_error(l)) > 0);
    lockcast_close(l);
    lockcast_close(NULL);
}

static void test_version(void **state)
{
    (void)state;
    assert_true(strlen(lockcast_version()) >= 5);
    assert_in_range(lockcast_grammar(), 13, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_review_twice_is_the_same),
        cmocka_unit_test(test_every_format),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_version),
    };

    return cmocka_run_group_tests(tests, write_migration, remove_migration);
}
