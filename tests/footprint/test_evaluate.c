// What the evaluator of bodies makes of dates and numbers at the ends of their ranges: what it cannot follow is said to be unknown.
#include "support.h"

static bool tells_dynamic(const char *sql)
{
    struct world w = empty_world(16);
    struct lc_sql_script script;
    struct lc_error err;
    struct footprint fp = {0};
    bool told = false;

    assert_int_equal(lc_sql_parse(w.arena, sql, strlen(sql), &script, &err), LC_OK);
    fp_statement(w.s, &script.stmts[0], &fp);
    for (int i = 0; i < fp.notes.len; i++)
        told |= strcmp(fp.notes.items[i].rule, "dynamic-sql") == 0;
    lc_arena_free(w.arena);
    return told;
}

#define EXECUTES(expr) "DO $$ BEGIN EXECUTE format('SELECT %L', " expr "); END $$"

static void test_dates_out_of_range(void **state)
{
    static const char *const unknown[] = {
        EXECUTES("'2024-01-01'::date - 900000"), // 0441-11-18 BC
        EXECUTES("'2024-01-01'::date + 2000000000"),
        EXECUTES("('2024-01-01'::date - interval '30001 months')::date"),
        EXECUTES("('2024-01-01'::date + interval '9999999999 months')::date"),
        EXECUTES("to_char('9999-12-01'::date + interval '1 month', 'YYYYMM')"),
        EXECUTES("make_date(2000000000, 1, 1)"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (!tells_dynamic(unknown[i]))
            fail_msg("taken to be known: %s", unknown[i]);
}

static void test_dates_in_range(void **state)
{
    static const char *const known[] = {
        EXECUTES("('2024-01-31'::date + interval '1 month')::date"),
        EXECUTES("('2024-01-01'::date - interval '24276 months')::date"), // 0001-01-01
        EXECUTES("'9999-12-30'::date + 1"),
        EXECUTES("make_date(9999, 12, 31)"),
        EXECUTES("substring('abc', 2, 2000000000)"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (tells_dynamic(known[i]))
            fail_msg("taken to be unknown: %s", known[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_out_of_range),
        cmocka_unit_test(test_dates_in_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
