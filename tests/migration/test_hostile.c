// Inputs that nobody writes on purpose, or only somebody who means harm: refused with their place, or read without harm and in linear time.
#include <time.h>

#include "migration/support.h"

static const char *repeat(const char *before, const char *text, int n)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_add(&s, before);
    for (int i = 0; i < n; i++)
        lc_str_add(&s, text);
    return s.text;
}

static void bad_bytes_are_refused(void **state)
{
    (void)state;
    put_bytes("nul.sql", "SELECT 1;\nSEL\0ECT", 17);
    assert_int_equal(read_code("nul.sql"), LC_E_INPUT);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.file, at("nul.sql"));
    put("latin1.sql", "SELECT 1;\n\nSELECT '\xe9t\xe9';");
    assert_int_equal(read_code("latin1.sql"), LC_E_INPUT);
    assert_int_equal(err.line, 3);
    put_bytes("utf16.sql", "\xff\xfeS\0E\0", 6);
    assert_int_equal(read_code("utf16.sql"), LC_E_INPUT);
    assert_int_equal(err.line, 1);
    assert_non_null(strstr(err.hint, "UTF-16"));
}

// The server refuses it, and with it all that it hides.
static void a_comment_without_end_is_no_comment(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", "SELECT 1;\n-- x\n/* open\nDROP TABLE t;"), "1: SELECT 1\n3:! /* open\nDROP TABLE t;\n");
    assert_string_equal(read_as("a.sql", "SELECT 1 /* open\n"), "1:! SELECT 1 /* open\n\n");
    assert_string_equal(read_as("a.sql", "SELECT 1; /* /* a */ */ -- x"), "1: SELECT 1\n");
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", "\xef\xbb\xbf-- +goose Up\r\nSELECT 1;\r\n"), "2=1: SELECT 1\n");
    assert_string_equal(read_as("b.sql", "\xef\xbb\xbfSELECT 1;"), "1: SELECT 1\n");
    assert_string_equal(read_as("c.sql", "\xef\xbb\xbf"), "");
}

static void nothing_to_run(void **state)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "-- only\r\n/* comments */",
                                        ";;",
                                        "\\",
                                        "\\\\",
                                        "\\\n",
                                        ":",
                                        "\\if",
                                        "\\endif\n\\else\n\\elif x",
                                        "\\set",
                                        "\\copy",
                                        "\\;",
                                        "\\copy t from",
                                        "\\i",
                                        "-- migrate:down\n",
                                        "\\copy t to ",
                                        "\\unset\n\\ir ''\\c"};

    (void)state;
    for (int i = 0; i < COUNT(texts); i++)
        for (const char *const *name = migration_formats(); *name; name++) {
            options.input_format = *name;
            (void)read_as("a.sql", texts[i]);
        }
    options.input_format = NULL;
    assert_string_equal(read_as("b.sql", ""), "");
}

static void markers_without_end(void **state)
{
    static const char *const texts[] = {"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;",
                                        "-- +goose StatementEnd\n-- +goose Up\n-- +goose StatementEnd\nSELECT 1;",
                                        "-- +goose Up\n/* SELECT 1;\n-- +goose Down\n",
                                        "-- +migrate Up\nSELECT 'open\n-- +migrate Down\nSELECT 1';",
                                        "-- +migrate Up\n-- +migrate Up\nSELECT 1;",
                                        "--liquibase formatted sql\n--changeset a:1 endDelimiter:\nSELECT 1;",
                                        "--liquibase formatted sql\n--changeset a:1 dbms:\"\nSELECT 1;\n--ignoreLines:start",
                                        "--liquibase formatted sql\n--changeset a\n--ignoreLines:99999999999999999999",
                                        "-- atlas:delimiter \nSELECT 1",
                                        "-- atlas:delimiter \\n\\n\nSELECT 1",
                                        "--> statement-breakpoint--> statement-breakpoint"};

    (void)state;
    for (int i = 0; i < COUNT(texts); i++)
        (void)read_as("1_a.sql", texts[i]);
}

static void what_cannot_be_opened(void **state)
{
    (void)state;
    assert_int_equal(read_code("nowhere.sql"), LC_E_INPUT);
    assert_string_equal(err.file, at("nowhere.sql"));
    assert_int_equal(mkdir(at("empty"), 0777), 0);
    assert_int_equal(read_code("empty"), LC_E_INPUT);
    put("notes/readme.md", "x");
    assert_int_equal(read_code("notes"), LC_E_INPUT);
    assert_string_equal(err.file, at("notes"));
    put("broken/1.sql", "SELECT 1;");
    assert_int_equal(symlink("nowhere", at("broken/2.sql")), 0);
    assert_int_equal(read_code("broken"), LC_E_INPUT);
    assert_string_equal(err.file, at("broken/2.sql"));
}

// A pull request may not show what else the machine has.
static void links_that_lead_astray(void **state)
{
    (void)state;
    put("secret", "SELECT 'secret';");
    put("other/real.sql", "SELECT 1;");
    put("l/1.sql", "SELECT 2;");
    assert_int_equal(symlink("../other/real.sql", at("l/2.sql")), 0);
    assert_string_equal(shown("l"), "1: SELECT 2\n1: SELECT 1\n");
    assert_int_equal(symlink("../secret", at("l/3.sql")), 0);
    assert_int_equal(read_code("l"), LC_E_INPUT);
    assert_string_equal(err.file, at("l/3.sql"));
    assert_int_equal(read_code("l/3.sql"), LC_E_INPUT);
    assert_int_equal(symlink("../secret", at("l/sqitch.plan")), 0);
    assert_int_equal(read_code("l"), LC_E_INPUT);
    assert_string_equal(err.file, at("l/sqitch.plan"));
    assert_int_equal(mkfifo(at("other/tern.conf"), 0600), 0);
    assert_int_equal(mkfifo(at("other/package.json"), 0600), 0);
    put("other/1_a.sql", "SELECT 1;");
    assert_string_equal(format_of("other/1_a.sql"), "plain");
}

static void links_in_a_circle(void **state)
{
    (void)state;
    put("c/1.sql", "SELECT 1;");
    assert_int_equal(symlink("..", at("c/up")), 0);
    assert_int_equal(symlink(".", at("c/self.sql")), 0);
    assert_string_equal(order_of("c"), "1.sql");
    assert_int_equal(symlink("b.sql", at("a.sql")), 0);
    assert_int_equal(symlink("a.sql", at("b.sql")), 0);
    assert_int_equal(read_code("a.sql"), LC_E_INPUT);
}

static void deep_folders_end(void **state)
{
    struct lc_str path;

    (void)state;
    lc_str_init(&path, arena, LC_STR_MAX);
    for (int i = 0; i < 30; i++)
        lc_str_add(&path, "d/");
    put(lc_printf(arena, "%s1.sql", path.text), "SELECT 1;");
    assert_int_equal(read_code("d"), LC_E_INPUT); // too deep to be looked at
}

static void a_variable_that_grows_is_stopped(void **state)
{
    struct lc_str s;

    (void)state;
    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_add(&s, "\\set a aaaaaaaaaaaaaaaa\n");
    for (int i = 0; i < 12; i++)
        lc_str_add(&s, "\\set a :a:a\n");
    lc_str_add(&s, repeat("SELECT '", ":a", 1000));
    put("a.sql", s.text);
    (void)read_code("a.sql");
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// CPU seconds of reading `text` n times over.
static double time_of(const char *name, const char *before, const char *text, int n)
{
    double start;

    put(name, repeat(before, text, n));
    start = seconds();
    assert_int_equal(read_code(name), LC_OK);
    return seconds() - start;
}

// Four times the input, at most eight times the time (and a floor that hides noise): once of several times, as a busy machine is slow by turns.
static void check_linear(const char *name, const char *before, const char *text, int n)
{
    double once = 0, four = 0;

    for (int tries = 0; tries < 5; tries++) {
        once = time_of(name, before, text, n);
        four = time_of(name, before, text, 4 * n);
        if (four <= 8 * once + 0.1)
            return;
    }
    fail_msg("%.40s: %.3f s for %d, %.3f s for four times as many", text, once, n, four);
}

static void time_is_linear(void **state)
{
    (void)state;
    check_linear("1.sql", "-- +goose Up\n", "-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n", 2000);
    check_linear("2.sql", "", "SELECT 1;--> statement-breakpoint\n", 2000);
    check_linear("3.sql", "\\set v 1\n", "SELECT :v;\n\\set v :v\n", 2000);
    check_linear("4.sql", "--liquibase formatted sql\n", "--changeset a:1 endDelimiter:@\nSELECT ${x}@\n", 2000);
    check_linear("V1__a.sql", "", "SELECT '${';\n", 2000);
    check_linear("5.sql", "", "COPY t FROM stdin;\n1\n\\.\n", 2000);
    check_linear("6.sql", "", "\\copy t from 'x'\n", 2000);
    check_linear("7.sql", "", "SELECT 1\\; SELECT 2;\n", 2000);
    check_linear("8.sql", "", "-- lockcast: ignore a reason=\"\" reason=x\n", 4000);
    check_linear("9.sql", "", "-- -- -- -- -- -- -- -- -- -- -- ", 4000);
    check_linear("10.sql", "", "\\if x\n", 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_bytes_are_refused),  TEST(a_byte_order_mark_is_passed_over),
        TEST(nothing_to_run),         TEST(markers_without_end),
        TEST(what_cannot_be_opened),  TEST(links_in_a_circle),
        TEST(links_that_lead_astray), TEST(a_comment_without_end_is_no_comment),
        TEST(deep_folders_end),       TEST(a_variable_that_grows_is_stopped),
        TEST(time_is_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
