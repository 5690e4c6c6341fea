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

static struct lockcast *opened(int major)
{
    struct lockcast *l = lockcast_new(NULL, NULL);

    assert_non_null(l);
    assert_int_equal(lockcast_open_empty(l, major), LOCKCAST_OK);
    return l;
}

static void test_review_twice_is_the_same(void **state)
{
    const char *const files[] = {path};
    struct lockcast_text first, second;
    struct lockcast *l = opened(15);

    (void)state;
    assert_int_equal(lockcast_review(l, files, 1, NULL, NULL, &first), LOCKCAST_OK);
    assert_int_equal(lockcast_review(l, files, 1, NULL, NULL, &second), LOCKCAST_OK);
    assert_string_equal(first.text, second.text);
    assert_int_equal(first.len, strlen(first.text));
    assert_non_null(strstr(first.text, "\"lockcast/review/1\""));
    assert_non_null(strstr(first.text, "\"public.t\""));
    assert_string_equal(lockcast_error(l), "");
    assert_int_equal(lockcast_failure(l).status, LOCKCAST_OK);
    lockcast_close(l);
}

static void test_every_format(void **state)
{
    static const char *const formats[] = {"json", "text", "markdown", "html", "sarif", "junit", "gitlab"};
    const char *const files[] = {path};
    struct lockcast_options o = {.seed = 7, .no_rewrite = 1};
    struct lockcast_form form = {0};
    struct lockcast *l = opened(0);
    struct lockcast_text report;

    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        form.format = formats[i];
        assert_int_equal(lockcast_review(l, files, 1, &o, &form, &report), LOCKCAST_OK);
        assert_true(report.len > 2);
    }
    form.format = "pdf";
    assert_int_equal(lockcast_review(l, files, 1, &o, &form, &report), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "pdf"));
    assert_int_equal(report.len, 0);
    form = (struct lockcast_form){.part = 3, .of = 2};
    assert_int_equal(lockcast_review(l, files, 1, &o, &form, &report), LOCKCAST_INPUT);
    lockcast_close(l);
}

static void test_verdict(void **state)
{
    const char *const files[] = {path, "/nonexistent/0001.sql"};
    struct lockcast *l = opened(15);
    struct lockcast_text report;

    (void)state;
    assert_int_equal(lockcast_verdict(l), LOCKCAST_SAFE);
    assert_int_equal(lockcast_review(l, files, 1, NULL, NULL, &report), LOCKCAST_OK);
    assert_int_equal(lockcast_verdict(l), LOCKCAST_SAFE); // the table is the migration's own
    assert_int_equal(lockcast_review(l, files, 2, NULL, NULL, &report), LOCKCAST_INPUT);
    assert_string_equal(lockcast_failure(l).file, "/nonexistent/0001.sql");
    assert_string_equal(lockcast_verdict_name(LOCKCAST_CAUTION), "caution");
    lockcast_close(l);
}

static void test_rewrite(void **state)
{
    const char *const files[] = {path};
    const struct lockcast_rewrite *out;
    struct lockcast *l = opened(15);
    int n;

    (void)state;
    assert_int_equal(lockcast_rewrite(l, files, 1, NULL, &out, &n), LOCKCAST_OK);
    assert_int_equal(n, 1);
    assert_string_equal(out[0].path, path);
    assert_true(out[0].sql.len > 0 && out[0].notes.len > 0);
    lockcast_close(l);
}

static void test_plan(void **state)
{
    const double once[] = {1};
    const struct lockcast_growth growth = {once, once, 1, 1};
    const struct lockcast_form text = {.format = "text"}, html = {.format = "html"};
    const char *const files[] = {path};
    struct lockcast *l = opened(15);
    struct lockcast_text report;

    (void)state;
    assert_int_equal(lockcast_plan(l, files, 1, NULL, &growth, NULL, &report), LOCKCAST_OK);
    assert_non_null(strstr(report.text, "\"lockcast/plan/1\""));
    assert_int_equal(lockcast_plan(l, files, 1, NULL, &growth, &text, &report), LOCKCAST_OK);
    assert_int_equal(lockcast_plan(l, files, 1, NULL, &growth, &html, &report), LOCKCAST_INPUT);
    lockcast_close(l);
}

// What is wrong is an error, and the handle can be used again.
static void test_errors(void **state)
{
    const struct lockcast_connection nowhere = {.dbname = "host=/nonexistent connect_timeout=2"};
    const char *const missing[] = {"/nonexistent/0001.sql"};
    struct lockcast_options o = {.retry = "often"};
    struct lockcast *l = lockcast_new(NULL, NULL);
    struct lockcast_text report;

    (void)state;
    assert_int_equal(lockcast_open_empty(l, 9), LOCKCAST_INPUT);
    assert_int_equal(lockcast_review(l, missing, 1, NULL, NULL, &report), LOCKCAST_INPUT); // not opened: an error, no crash
    assert_int_equal(lockcast_save(l, "/nonexistent/x.json"), LOCKCAST_INPUT);
    assert_int_equal(lockcast_open_snapshot(l, "/nonexistent/shop.json"), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "/nonexistent/shop.json"));
    assert_int_equal(lockcast_open_server(l, &nowhere, NULL), LOCKCAST_SERVER);
    assert_true(strlen(lockcast_error(l)) > 0);
    assert_int_equal(lockcast_cancel(l), 0);
    assert_int_equal(lockcast_open_empty(l, 15), LOCKCAST_OK);
    assert_int_equal(lockcast_review(l, missing, 1, NULL, NULL, &report), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "/nonexistent/0001.sql"));
    assert_int_equal(lockcast_review(l, NULL, 0, NULL, NULL, &report), LOCKCAST_INPUT);
    assert_int_equal(lockcast_review(l, (const char *const[]){path}, 1, &o, NULL, &report), LOCKCAST_INPUT);
    assert_non_null(strstr(lockcast_error(l), "often"));
    o = (struct lockcast_options){.transaction = "sometimes"};
    assert_int_equal(lockcast_review(l, (const char *const[]){path}, 1, &o, NULL, &report), LOCKCAST_INPUT);
    assert_int_equal(lockcast_render(l, path, NULL, &report), LOCKCAST_INPUT);
    assert_int_equal(lockcast_simulate(l, path, NULL, NULL, &report, NULL), LOCKCAST_INPUT);
    assert_int_equal(lockcast_merge(l, (const char *const[]){path}, 1, NULL, &report), LOCKCAST_INPUT);
    lockcast_close(l);
    lockcast_close(NULL);
    assert_string_equal(lockcast_error(NULL), "out of memory");
}

static void test_version(void **state)
{
    (void)state;
    assert_true(strlen(lockcast_version()) >= 5);
    assert_in_range(lockcast_grammar(), 13, 99);
    assert_non_null(strstr(lockcast_grants(), "GRANT pg_monitor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_review_twice_is_the_same),
        cmocka_unit_test(test_every_format),
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_rewrite),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_version),
    };

    return cmocka_run_group_tests(tests, write_migration, remove_migration);
}
