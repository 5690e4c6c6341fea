// Parsing scripts: where statements begin, what their trees hold, and that one broken statement costs only itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "sql/sql.h"

static struct lc_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)4 << 30, NULL, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static struct lc_sql_script parse(const char *text)
{
    struct lc_sql_script script;
    struct lc_error err = {0};

    assert_int_equal(lc_sql_parse(arena, text, strlen(text), &script, &err), LC_OK);
    return script;
}

static const Node *one(const char *text)
{
    struct lc_error err = {0};
    const Node *tree = lc_sql_parse_one(arena, text, &err);

    if (!tree)
        fail_msg("%s: %s", text, err.message);
    return tree;
}

static void splits_and_counts_lines(void **state)
{
    struct lc_sql_script s = parse("\xEF\xBB\xBF-- a comment; with a semicolon\n/* and /* nested; */ ; */\n  SELECT 1;;\n\n"
                                   "CREATE TABLE t (\n  a int\n) ; -- trailing\nDO $x$ BEGIN; $$ ; END $x$");

    (void)state;
    assert_int_equal(s.len, 3);
    assert_string_equal(s.stmts[0].text, "SELECT 1");
    assert_int_equal(s.stmts[0].line, 3);
    assert_string_equal(s.stmts[1].text, "CREATE TABLE t (\n  a int\n)");
    assert_int_equal(s.stmts[1].line, 5);
    assert_int_equal(s.stmts[1].len, strlen(s.stmts[1].text));
    assert_int_equal(s.stmts[2].line, 8);
    for (int i = 0; i < s.len; i++)
        assert_non_null(s.stmts[i].tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_and_counts_lines),
    };

    (void)one;
    return cmocka_run_group_tests(tests, setup, teardown);
}
