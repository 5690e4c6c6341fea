// The conflict table against PostgreSQL's documentation (13.3.1, table "Conflicting Lock Modes"), and both spellings.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/lockmode.h"

// A row for each requested mode, a column for each current one; X: conflict.
static const char *const documented[LC_LOCKMODES] = {
    "", ".......X", "......XX", "....XXXX", "...XXXXX", "..XX.XXX", "..XXXXXX", ".XXXXXXX", "XXXXXXXX",
};

static void table_is_postgresqls(void **state)
{
    (void)state;
    for (int a = 1; a < LC_LOCKMODES; a++)
        for (int b = 1; b < LC_LOCKMODES; b++)
            assert_int_equal(lc_lockmodes_conflict((enum lc_lockmode)a, (enum lc_lockmode)b), documented[a][b - 1] == 'X');
    assert_int_equal(lc_lock_conflicts[LC_NO_LOCK], 0);
}

static void table_is_symmetric(void **state)
{
    (void)state;
    for (int a = 0; a < LC_LOCKMODES; a++)
        for (int b = 0; b < LC_LOCKMODES; b++)
            assert_int_equal(lc_lockmodes_conflict((enum lc_lockmode)a, (enum lc_lockmode)b),
                             lc_lockmodes_conflict((enum lc_lockmode)b, (enum lc_lockmode)a));
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (int m = 1; m < LC_LOCKMODES; m++) {
        assert_int_equal(lc_lockmode_parse(lc_lockmode_name((enum lc_lockmode)m)), m);
        assert_int_equal(lc_lockmode_parse(lc_lockmode_sql((enum lc_lockmode)m)), m);
    }
    assert_int_equal(lc_lockmode_parse("share row exclusive"), LC_SHARE_ROW_EXCLUSIVE);
    assert_int_equal(lc_lockmode_parse("NoLock"), LC_NO_LOCK);
    assert_int_equal(lc_lockmode_parse(NULL), LC_NO_LOCK);
    assert_string_equal(lc_lockmode_name((enum lc_lockmode)99), "INVALID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_postgresqls),
        cmocka_unit_test(table_is_symmetric),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
