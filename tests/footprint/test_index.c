// Index commands that run in several transactions: their phases, what stays locked over them, and whom they wait for, as
// tests of real servers have it (lock traces of CREATE INDEX, DROP INDEX and REINDEX CONCURRENTLY on 13 to 18).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "footprint/footprint.h"

static void exhausted(void *context, size_t wanted)
{
    (void)context, (void)wanted;
    abort();
}

static const char *const mode_letters[] = {"-", "AS", "RS", "RX", "SUX", "S", "SRX", "X", "AX"};

// "t:SUX* commit wait(t,S) build ...": locks with a star are session locks, new relations have a plus.
static const char *script_of(struct lc_arena *arena, const struct footprint *fp)
{
    struct lc_str s;

    lc_str_init(&s, arena, 65536);
    for (int i = 0; i < fp->events.len; i++) {
        const struct fp_event *e = &fp->events.items[i];
        const struct fp_lock *l = e->kind == FP_EVENT_LOCK ? &fp->locks.items[e->index] : NULL;

        if (l)
            lc_str_addf(&s, "%s:%s%s%s ", l->rel->o.name, mode_letters[l->mode], l->session ? "*" : "", l->created ? "+" : "");
        else if (e->kind == FP_EVENT_COMMIT)
            lc_str_add(&s, "commit ");
        else if (e->kind == FP_EVENT_WAIT_LOCKERS)
            lc_str_addf(&s, "wait(%s,%s) ", e->rel->o.name, mode_letters[e->mode]);
        else if (e->kind == FP_EVENT_WAIT_SNAPSHOTS)
            lc_str_add(&s, "snapshots ");
        else if (e->kind == FP_EVENT_WORK && fp->work.items[e->index].kind == FP_INDEX_BUILD)
            lc_str_add(&s, "build ");
        else if (e->kind == FP_EVENT_WORK && fp->work.items[e->index].kind == FP_INDEX_VALIDATE)
            lc_str_add(&s, "validate ");
    }
    return s.text;
}

static void run(struct fp_session *s, struct lc_arena *arena, const char *sql, struct footprint *fp)
{
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    assert_int_equal(lc_sql_parse(arena, sql, strlen(sql), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++)
        fp_statement(s, &script.stmts[i], fp);
}

static void check(const char *setup, const char *sql, const char *expected)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 28, exhausted, NULL);
    struct fp_session *s = fp_session_new(cat_new(arena, 150001));
    struct footprint fp = {0};

    run(s, arena, setup, &fp);
    run(s, arena, sql, &fp);
    if (fp.fails)
        assert_string_equal(fp.error->message, expected);
    else
        assert_string_equal(script_of(arena, &fp), expected);
    lc_arena_free(arena);
}

#define TABLE "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);"

static void test_create(void **state)
{
    (void)state;
    check(TABLE, "CREATE INDEX CONCURRENTLY j ON t (b)",
          "t:SUX* j:AX+ commit wait(t,S) j:RX+ build commit wait(t,S) validate commit snapshots ");
    check(TABLE, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (b)", "t:SUX* ");
    check(TABLE "BEGIN;", "CREATE INDEX CONCURRENTLY j ON t (b)",
          "CREATE INDEX CONCURRENTLY cannot run inside a transaction block");
    check("CREATE TEMP TABLE t (a int);", "CREATE INDEX CONCURRENTLY j ON t (a)", "t:S j:AX+ build ");
}

static void test_drop(void **state)
{
    (void)state;
    check(TABLE, "DROP INDEX CONCURRENTLY i", "t:SUX* i:SUX* commit wait(t,AX) commit wait(t,AX) i:AX ");
    check(TABLE, "DROP INDEX CONCURRENTLY i CASCADE", "DROP INDEX CONCURRENTLY does not support CASCADE");
    check(TABLE, "DROP INDEX CONCURRENTLY i, i", "DROP INDEX CONCURRENTLY does not support dropping multiple objects");
    check(TABLE "BEGIN;", "DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY cannot run inside a transaction block");
}

static void test_reindex(void **state)
{
    (void)state;
    check(TABLE, "REINDEX INDEX CONCURRENTLY i",
          "t:SUX* i:SUX* i:RX i_ccnew:AX+ commit wait(t,S) commit build commit wait(t,S) commit validate commit snapshots commit "
          "commit "
          "wait(t,AX) commit wait(t,AX) i:AX ");
    check(TABLE, "REINDEX INDEX i", "t:S i:AX build ");
    check(TABLE "BEGIN;", "REINDEX TABLE CONCURRENTLY t", "REINDEX CONCURRENTLY cannot run inside a transaction block");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_create), cmocka_unit_test(test_drop),
                                       cmocka_unit_test(test_reindex)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
