// Types of an extension of which nothing is known: the tables that use them are there, and so is what their statements lock.
#include "support.h"

static struct footprint run(struct world *w, const char *sql)
{
    struct lc_sql_script script;
    struct lc_error err;
    struct footprint fp = {0};

    assert_int_equal(lc_sql_parse(w->arena, sql, strlen(sql), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++)
        fp_statement(w->s, &script.stmts[i], &fp);
    return fp;
}

static bool takes(const struct footprint *fp, const char *name, enum lc_lockmode mode)
{
    for (int i = 0; i < fp->locks.len; i++)
        if (strcmp(fp->locks.items[i].rel->o.name, name) == 0 && fp->locks.items[i].mode == mode)
            return true;
    return false;
}

static bool notes(const struct footprint *fp, const char *rule)
{
    for (int i = 0; i < fp->notes.len; i++)
        if (strcmp(fp->notes.items[i].rule, rule) == 0)
            return true;
    return false;
}

static void setup(struct world *w)
{
    struct footprint fp = run(w, "CREATE EXTENSION vector; CREATE TABLE items (id bigint PRIMARY KEY, e vector(3) NOT NULL)");

    assert_false(fp.fails);
    assert_int_equal(fp.notes.len, 0);
}

static void test_tables(void **state)
{
    (void)state;
    for (int major = 13; major <= 18; major++) {
        struct world w = empty_world(major);
        struct footprint fp;

        setup(&w);
        fp = run(&w, "CREATE INDEX ON items USING hnsw (e vector_l2_ops)");
        assert_true(!fp.fails && takes(&fp, "items", LC_SHARE));
        fp = run(&w, "ALTER TABLE items ALTER COLUMN e TYPE vector(4) USING subvector(e, 1, 3)::vector(4)");
        assert_true(!fp.fails && takes(&fp, "items", LC_ACCESS_EXCLUSIVE) && fp.rewrites.len > 0);
        fp = run(&w, "ALTER TABLE items ALTER COLUMN e TYPE vector(5)"); // its lengths may be checked row by row
        assert_true(!fp.fails && takes(&fp, "items", LC_ACCESS_EXCLUSIVE) && fp.rewrites.len > 0);
        fp = run(&w, "CREATE TABLE kept (item bigint REFERENCES items, es public.vector[])");
        assert_true(!fp.fails && takes(&fp, "items", LC_SHARE_ROW_EXCLUSIVE));
        fp = run(&w, "DROP EXTENSION vector CASCADE"); // its types' columns go with it
        assert_true(!fp.fails && takes(&fp, "items", LC_ACCESS_EXCLUSIVE) && takes(&fp, "kept", LC_ACCESS_EXCLUSIVE));
        fp = run(&w, "CREATE TABLE more (e vector(3))");
        assert_true(fp.fails);
        lc_arena_free(w.arena);
    }
}

// What it made is not known: a relation of it is doubted, a function that is called for its effect is told.
static void test_doubts(void **state)
{
    struct world w = empty_world(17);
    struct footprint fp;

    (void)state;
    setup(&w);
    fp = run(&w, "GRANT SELECT ON its_table TO PUBLIC");
    assert_true(!fp.fails && notes(&fp, "may-fail"));
    fp = run(&w, "SELECT its_function('items')");
    assert_true(!fp.fails && notes(&fp, "unknown-function"));
    fp = run(&w, "CREATE TABLE items (id int)");
    assert_true(fp.fails);
    lc_arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_doubts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
