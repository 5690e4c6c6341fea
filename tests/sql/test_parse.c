// Scripts: where statements begin and end, and that a broken one costs only itself, whatever is broken about it.
#include "sql/support.h"

static void splits_and_counts_lines(void **state)
{
    struct lc_sql_script s = parse("\xEF\xBB\xBF-- a comment; with a semicolon\n/* and /* nested; */ ; */\n  SELECT 1;;\n\n"
                                   "CREATE TABLE t (\r\n  a int\r\n) ; -- trailing\nDO $x$ BEGIN; $$ ; END $x$");

    (void)state;
    assert_int_equal(s.len, 3);
    assert_string_equal(s.stmts[0].text, "SELECT 1");
    assert_int_equal(s.stmts[0].line, 3);
    assert_string_equal(s.stmts[1].text, "CREATE TABLE t (\r\n  a int\r\n)");
    assert_int_equal(s.stmts[1].line, 5);
    assert_int_equal(s.stmts[1].len, strlen(s.stmts[1].text));
    assert_int_equal(s.stmts[2].line, 8);
    for (int i = 0; i < s.len; i++) {
        assert_non_null(s.stmts[i].tree);
        assert_null(s.stmts[i].error);
    }
}

static void semicolons_that_end_nothing(void **state)
{
    static const char *const whole[] = {
        "SELECT ';', E'\\';', \";\", $a$;$b$;$a$, U&'\\003b;', B'1' -- ;\n, /* ; /* ; */ ; */ 2",
        "SELECT 'a'\n  ';b', E'x\\''\n ';\\''",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
        "CREATE OR REPLACE FUNCTION f(begin int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        "CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM t; DELETE FROM u; END",
        "SELECT a$b$ FROM (SELECT 1 AS a$b$) AS x$",
        "SELECT 1 AS begin, 2 AS atomic",
    };

    (void)state;
    for (int i = 0; i < COUNT(whole); i++) {
        struct lc_sql_script s = parse(lc_printf(arena, "SELECT 0;%s;SELECT 9;", whole[i]));

        if (s.len != 3 || strcmp(s.stmts[1].text, whole[i]) != 0 || !s.stmts[1].tree || !s.stmts[2].tree)
            fail_msg("%s: %d statements: %s", whole[i], s.len, s.stmts[1].text);
    }
}

static void nothing_to_do(void **state)
{
    static const char *const empty[] = {"", ";", " ;; \n;", "-- only\n-- comments", "/* x */ ; -- y", "\n\n\n", "\xEF\xBB\xBF"};

    (void)state;
    for (int i = 0; i < COUNT(empty); i++) {
        struct lc_error err = {0};

        assert_int_equal(parse(empty[i]).len, 0);
        assert_null(lc_sql_parse_one(arena, empty[i], &err));
        assert_true(*err.message);
    }
}

static void a_broken_statement_costs_itself(void **state)
{
    struct lc_sql_script s = parse("SELECT 1;\nALTER TABLE t\n  ADD COLUMN;\nSELECT 'é',\n  'ü' FRUM x;\nSELECT 2;");

    (void)state;
    assert_int_equal(s.len, 4);
    assert_non_null(s.stmts[0].tree);
    assert_null(s.stmts[1].tree);
    assert_int_equal(s.stmts[1].line, 2);
    assert_int_equal(s.stmts[1].error->line, 3);
    assert_non_null(strstr(s.stmts[1].error->message, "syntax error at"));
    assert_non_null(strstr(s.stmts[1].error->hint, "grammar of PostgreSQL"));
    assert_null(s.stmts[2].tree);
    assert_int_equal(s.stmts[2].error->line, 5);
    assert_non_null(s.stmts[3].tree);
    assert_int_equal(s.stmts[3].line, 6);
}

static void what_is_never_closed(void **state)
{
    struct lc_sql_script s = parse("SELECT 1;\nCREATE TABLE t (a int;\nSELECT 2;\nINSERT INTO t VALUES ('it;\nSELECT 3;");

    (void)state;
    assert_int_equal(s.len, 4);
    assert_null(s.stmts[1].tree);
    assert_string_equal(s.stmts[1].text, "CREATE TABLE t (a int");
    assert_non_null(s.stmts[2].tree);
    assert_null(s.stmts[3].tree);
    assert_int_equal(s.stmts[3].error->line, 4);
    assert_non_null(strstr(s.stmts[3].error->message, "unterminated quoted string"));
    assert_int_equal(parse("SELECT 1; DO $$ BEGIN; SELECT 2;").len, 2);
    assert_int_equal(parse("SELECT 1; SELECT \"a; SELECT 2;").len, 2);
    assert_int_equal(parse(repeat("", "(;", 100000, "")).len, 100000);
}

static void texts_that_are_refused(void **state)
{
    static const char *const latin1 = "SELECT 1;\nSELECT '\xE4';";
    struct lc_sql_script s;
    struct lc_error err = {0};

    (void)state;
    assert_int_equal(lc_sql_parse(arena, latin1, strlen(latin1), &s, &err), LC_E_INPUT);
    assert_int_equal(err.line, 2);
    assert_int_equal(lc_sql_parse(arena, "SELECT\0 1", 9, &s, &err), LC_E_INPUT);
    assert_int_equal(lc_sql_parse(arena, "SELECT '\xED\xA0\x80'", 12, &s, &err), LC_E_INPUT);
    assert_int_equal(lc_sql_parse(arena, "SELECT '\xF0\x9F\x98\x80'", 13, &s, &err), LC_OK);
    assert_int_equal(lc_sql_parse(arena, "SELECT 1", LC_SQL_MAX_BYTES + 1, &s, &err), LC_E_INPUT);
}

// Each of these brings a recursive parser to its knees; here it must be an error of one statement.
static void deep_and_long_chains(void **state)
{
    const char *const deep[] = {
        repeat("SELECT ", "(", 200000, "1"),
        repeat(repeat("SELECT ", "(", 50000, "1"), ")", 50000, ""),
        repeat("SELECT ", "1+", 1000000, "1"),
        repeat("SELECT ", "- ", 200000, "1"),
        repeat("SELECT ", "NOT ", 200000, "true"),
        repeat("SELECT 1 ", "UNION SELECT 1 ", 200000, ""),
        repeat("SELECT a", "[1]", 100000, ""),
        repeat("SELECT 1", "::int", 200000, ""),
        repeat("SELECT 1", " IS NULL", 100000, ""),
        repeat("SELECT 1", " COLLATE c", 100000, ""),
        repeat("SELECT * FROM a ", "JOIN b ON true ", 100000, ""),
        repeat("SELECT ", "(SELECT ", 100000, "1"),
        repeat("SELECT ", "CASE WHEN true THEN 1 ELSE ", 100000, "1"),
        repeat("SELECT ", "f(", 100000, "1"),
        repeat("SELECT ", "ARRAY[", 100000, "1"),
        repeat("SELECT 1", " + 1", 6000, ""),
    };

    (void)state;
    for (int i = 0; i < COUNT(deep); i++) {
        struct lc_sql_script s = parse(lc_printf(arena, "%s;\nSELECT 1", deep[i]));

        assert_int_equal(s.len, 2);
        if (s.stmts[0].tree)
            fail_msg("parsed: %.60s", deep[i]);
        assert_true(*s.stmts[0].error->message);
        assert_int_equal(s.stmts[0].error->line, 1);
        assert_non_null(s.stmts[1].tree);
        assert_string_equal(lc_sql_fingerprint(arena, deep[i]), "");
    }
}

static void long_but_flat(void **state)
{
    (void)state;
    assert_non_null(one(repeat("SELECT 1 WHERE a = 1", " OR a = 1", 30000, "")));
    assert_non_null(one(repeat("SELECT 1 WHERE a IN (1", ", -1", 50000, ")")));
    assert_non_null(one(repeat("SELECT 1", " || 'x'", 1500, "")));
    assert_non_null(one(repeat("INSERT INTO t VALUES (1, 'x')", ", (2, 'y')", 20000, "")));
    assert_non_null(one(repeat("SELECT '", "abcdefghij", 1000000, "'")));
    assert_int_equal(parse(repeat("", "SELECT 1;\n", 5000, "")).stmts[4999].line, 5000);
    assert_null(lc_sql_parse_one(arena, repeat("SELECT 1", ",1", 2600000, ""), NULL));
}

// The parser quotes the token where it stopped; the message stays short and whole UTF-8.
static void messages_are_short(void **state)
{
    const char *before[] = {"SELECT a b x", "SELECT a b xy", "SELECT a b xyz"};

    (void)state;
    for (int i = 0; i < COUNT(before); i++) {
        struct lc_sql_script s = parse(repeat(before[i], "é", 100000, ""));
        const char *message = s.stmts[0].error->message;

        assert_true(strlen(message) < 200);
        assert_true(lc_ends(message, "..."));
        assert_int_equal(lc_sql_parse(arena, message, strlen(message), &s, NULL), LC_OK); // refuses what is not UTF-8
    }
}

static void one_statement_only(void **state)
{
    struct lc_error err;

    (void)state;
    assert_non_null(one("  SELECT 1 ; -- x"));
    assert_null(lc_sql_parse_one(arena, "SELECT 1; DROP TABLE t", &err));
    assert_non_null(strstr(err.message, "more than one"));
}

static void expressions_only(void **state)
{
    static const char *const good[] = {"1",
                                       "a + 1",
                                       "nextval('s'::regclass)",
                                       "(SELECT max(a) FROM t)",
                                       "CASE WHEN a THEN b END",
                                       "ARRAY[1, 2]",
                                       "a IS NOT NULL -- x"};
    static const char *const bad[] = {"1 FROM t", "1, 2", "1 AS a",     "1; SELECT 2", "1 UNION SELECT 2", "1 LIMIT 1",
                                      "",         "1)",   "DISTINCT a", "1 WHERE b",   "1 INTO x"};

    (void)state;
    for (int i = 0; i < COUNT(good); i++)
        if (!lc_sql_parse_expr(arena, good[i]))
            fail_msg("%s", good[i]);
    for (int i = 0; i < COUNT(bad); i++)
        if (lc_sql_parse_expr(arena, bad[i]))
            fail_msg("%s", bad[i]);
}

static void test_copy_data(void **state)
{
    const char *text = "COPY t FROM stdin;\n1\t'it\n;\\N\n\\.\nSELECT 1;\nCOPY t FROM 'f';\nSELECT 2";
    struct lc_sql_script script;

    (void)state;
    assert_int_equal(lc_sql_parse(arena, text, strlen(text), &script, NULL), LC_OK);
    assert_int_equal(script.len, 4);
    assert_string_equal(script.stmts[1].text, "SELECT 1");
    assert_int_equal(script.stmts[1].line, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_data),
        cmocka_unit_test(splits_and_counts_lines),
        cmocka_unit_test(semicolons_that_end_nothing),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(a_broken_statement_costs_itself),
        cmocka_unit_test(what_is_never_closed),
        cmocka_unit_test(texts_that_are_refused),
        cmocka_unit_test(deep_and_long_chains),
        cmocka_unit_test(long_but_flat),
        cmocka_unit_test(messages_are_short),
        cmocka_unit_test(one_statement_only),
        cmocka_unit_test(expressions_only),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
