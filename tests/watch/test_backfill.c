// A backfill of a rewritten file as the watch tells of it, with a server that answers from here.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "embedded.h"
#include "watch/internal.h"

static struct lc_arena *arena;
static const char *query; // of the session at work

// ---- the server -----------------------------------------------------------------------------------------------------------

enum lc_code server_begin_read(struct server *s, double statement_timeout_ms, struct lc_error *err)
{
    (void)s, (void)err;
    assert_true(statement_timeout_ms > 0);
    return LC_OK;
}

enum lc_code server_script(struct server *s, const char *sql, struct lc_error *err)
{
    (void)s, (void)err;
    assert_non_null(strstr(sql, "LOCK TABLE public.lockcast_1 IN ACCESS SHARE MODE NOWAIT"));
    return LC_OK;
}

enum lc_code server_end(struct server *s, struct lc_error *err)
{
    (void)s, (void)err;
    return LC_OK;
}

static void answer(struct server_rows *rows, const char *const *cells, int n)
{
    *rows = (struct server_rows){.nrows = 1, .ncols = n, .cells = LC_NEW_ARRAY(arena, const char *, n)};
    memcpy(rows->cells, cells, (size_t)n * sizeof *cells);
}

enum lc_code server_query(struct server *s, struct lc_arena *a, const char *sql, const char *const *params, int nparams,
                          struct server_rows *rows, struct lc_error *err)
{
    const char *const table[] = {"public.lockcast_1", "7"}, *const step[] = {"3", "250"}, *const clock[] = {"1000"},
                      *const session[] = {"7", "psql", "client backend", "active", NULL, NULL, "5000", "5000", NULL, query};

    (void)s, (void)a, (void)params, (void)nparams, (void)err;
    *rows = (struct server_rows){0};
    if (sql == (const char *)lc_file_watch_backfill_sql)
        answer(rows, table, 2);
    else if (strstr(sql, "FROM ONLY public.lockcast_1"))
        answer(rows, step, 2);
    else if (sql == (const char *)lc_file_watch_session_sql)
        answer(rows, session, 10);
    else if (sql != (const char *)lc_file_watch_waiting_sql)
        answer(rows, clock, 1);
    return LC_OK;
}

// ---- what the watch makes of it ----------------------------------------------------------------------------------------------

static struct watch_operation backfill(const char *text)
{
    struct watch w = {0};
    struct watch_look look = {0};
    struct watch_activity *activity;
    struct lc_error err = {0};

    query = text;
    assert_int_equal(watch_read_activity(&w, arena, &activity, &look.now, &err), LC_OK);
    assert_int_equal(watch_read_backfills(&w, arena, activity, &look, &err), LC_OK);
    assert_int_equal(look.operations.len, 1);
    return look.operations.items[0];
}

static double total(const char *text)
{
    return backfill(text).total;
}

static void test_step_and_rows(void **state)
{
    struct watch_operation op = backfill("DO $$ DECLARE lockcast_total double precision := 1000; BEGIN");

    (void)state;
    assert_string_equal(op.command, "backfill, step 3 of public.lockcast_1");
    assert_string_equal(op.phase, "changing rows in batches");
    assert_int_equal(op.pid, 7);
    assert_true(op.done == 250);
    assert_true(op.total == 1000);
}

// The loop's own text says how many rows there are; a planner that knew nothing said 1.
static void test_rows_in_all(void **state)
{
    (void)state;
    assert_true(total("DECLARE lockcast_total double precision := 2.5e6; x int := 9;") == 2.5e6);
    assert_true(total("DECLARE lockcast_total double precision := 2;") == 2);
    assert_true(total("DECLARE lockcast_total double precision := 1;") < 0);
    assert_true(total("DECLARE lockcast_total double precision := 0;") < 0);
    assert_true(total("UPDATE t SET a = 5") < 0);
    assert_true(total("<insufficient privilege>") < 0);
    assert_true(total(NULL) < 0);
}

static int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 30, NULL, NULL);
    return arena == NULL;
}

static int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_step_and_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows_in_all, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
