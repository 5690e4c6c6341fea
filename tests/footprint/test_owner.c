// What only the owner may do (fp_owner.c), who the current role is, and for how long: SET ROLE, SET LOCAL, RESET ALL, DISCARD ALL, ROLLBACK.
#include "support.h"

// "" where the last statement runs, its SQLSTATE where the server refuses it.
static const char *run(struct world *w, const char *sql)
{
    struct lc_sql_script script;
    struct lc_error err;
    struct footprint fp = {0};

    assert_int_equal(lc_sql_parse(w->arena, sql, strlen(sql), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++)
        fp_statement(w->s, &script.stmts[i], &fp);
    return fp.fails ? fp.error->detail : "";
}

// A superuser who has made two plain roles, and a table of one of them with what hangs on it.
static struct world new_world(void)
{
    struct world w = empty_world(16);

    assert_string_equal(run(&w, "CREATE ROLE anna; CREATE ROLE bert; CREATE ROLE boss SUPERUSER;"
                                "GRANT ALL ON SCHEMA public TO anna, bert; SET ROLE anna;"
                                "CREATE TABLE purse (id int PRIMARY KEY, coins int); CREATE INDEX purse_coins ON purse (coins);"
                                "CREATE VIEW rich AS SELECT * FROM purse WHERE coins > 9; CREATE SEQUENCE tally; RESET ROLE"),
                        "");
    return w;
}

static const char *const owners_only[] = {
    "ALTER TABLE purse ADD COLUMN note text",
    "ALTER TABLE purse RENAME TO pocket",
    "ALTER TABLE purse RENAME coins TO money",
    "ALTER INDEX purse_coins RENAME TO purse_money",
    "CREATE INDEX ON purse (coins, id)",
    "CREATE RULE quiet AS ON DELETE TO purse DO INSTEAD NOTHING",
    "CREATE POLICY mine ON purse",
    "DROP INDEX purse_coins",
    "DROP VIEW rich",
    "DROP SEQUENCE tally",
    "DROP TABLE purse CASCADE",
};

static void test_others_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof owners_only / sizeof *owners_only; i++) {
        struct world w = new_world();

        assert_string_equal(run(&w, "SET ROLE bert"), "");
        assert_string_equal(run(&w, owners_only[i]), "42501");
        lc_arena_free(w.arena);
    }
}

static void test_the_owner_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof owners_only / sizeof *owners_only; i++) {
        struct world w = new_world();

        assert_string_equal(run(&w, "SET ROLE anna"), "");
        assert_string_equal(run(&w, owners_only[i]), "");
        lc_arena_free(w.arena);
    }
}

// A superuser may; of a role that may be a member of another it is not known; of the one that nobody named neither.
static void test_what_is_not_known_is_not_refused(void **state)
{
    static const char *const who[] = {
        "SET ROLE boss", "GRANT anna TO bert; SET ROLE bert", "ALTER ROLE bert SUPERUSER; SET ROLE bert", "SET ROLE somebody",
        "RESET ROLE",
    };

    (void)state;
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        struct world w = new_world();

        (void)run(&w, who[i]);
        assert_string_equal(run(&w, "ALTER TABLE purse ADD COLUMN note text"), "");
        lc_arena_free(w.arena);
    }
}

struct lasting {
    const char *sql, *wanted; // of an ALTER TABLE that follows
};

static void test_how_long_a_role_lasts(void **state)
{
    static const struct lasting cases[] = {
        {"BEGIN; SET LOCAL ROLE bert", "42501"},
        {"BEGIN; SET LOCAL ROLE bert; COMMIT", ""},
        {"BEGIN; SET LOCAL ROLE bert; ROLLBACK", ""},
        {"BEGIN; SET ROLE bert; COMMIT", "42501"},
        {"BEGIN; SET ROLE bert; ROLLBACK", ""},
        {"BEGIN; SAVEPOINT a; SET ROLE bert; ROLLBACK TO a", ""},
        {"BEGIN; SAVEPOINT a; SET LOCAL ROLE bert; RELEASE a", "42501"},
        {"SET LOCAL ROLE bert", ""}, // outside a transaction: a warning
        {"SET ROLE bert; BEGIN; SET LOCAL ROLE anna; COMMIT", "42501"},
        {"SET ROLE bert; RESET ROLE", ""},
        {"SET ROLE bert; SET ROLE NONE", ""},
        {"SET ROLE bert; RESET ALL", "42501"}, // GUC_NO_RESET_ALL
        {"SET ROLE bert; DISCARD ALL", ""},
        {"SET SESSION AUTHORIZATION bert", "42501"},
        {"SET SESSION AUTHORIZATION bert; RESET ALL", "42501"},
        {"SET SESSION AUTHORIZATION bert; RESET SESSION AUTHORIZATION", ""},
        {"SET SESSION AUTHORIZATION bert; SET ROLE anna", "42501"}, // no member of it (check_role): SET ROLE is refused
        {"GRANT anna TO bert; SET SESSION AUTHORIZATION bert; SET ROLE anna", ""},
        {"SET SESSION AUTHORIZATION boss; SET ROLE anna", ""},
        {"SET ROLE anna; SET SESSION AUTHORIZATION bert", "42501"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w = new_world();

        (void)run(&w, cases[i].sql);
        if (strcmp(run(&w, "ALTER TABLE purse ADD COLUMN note text"), cases[i].wanted) != 0)
            fail_msg("%s: not \"%s\"", cases[i].sql, cases[i].wanted);
        lc_arena_free(w.arena);
    }
}

struct permitted {
    int since;                    // the first version
    const char *sql, *wanted[16]; // statement and SQLSTATE, one after the other
};

// Confirmed on 13 to 18, one by one.
static void test_privileges(void **state)
{
    static const struct permitted cases[] = {
        {0,
         "SET ROLE bert",
         {"SELECT * FROM purse", "42501", "INSERT INTO purse VALUES (1)", "42501", "TRUNCATE purse", "42501",
          "BEGIN; LOCK TABLE purse IN SHARE MODE", "42501", "CREATE TABLE t (i int REFERENCES purse)", "42501",
          "EXPLAIN SELECT * FROM rich", "42501", "WITH purse AS (SELECT 1) SELECT * FROM purse", ""}},
        {0,
         "SET ROLE bert",
         {"ALTER SEQUENCE tally RESTART", "42501", "COMMENT ON COLUMN purse.id IS 'x'", "42501",
          "CREATE TABLE heir () INHERITS (purse)", "42501", "CREATE OR REPLACE VIEW rich AS SELECT 1", "42501"}},
        {0,
         "GRANT SELECT ON purse TO bert; GRANT INSERT ON purse TO public; SET ROLE bert",
         {"SELECT * FROM purse", "", "SELECT * FROM purse FOR UPDATE", "42501", "INSERT INTO purse VALUES (1)", "",
          "BEGIN; LOCK TABLE purse IN ACCESS SHARE MODE", "", "UPDATE purse SET coins = 1", "42501"}},
        {0, "GRANT SELECT ON purse TO bert; REVOKE SELECT ON purse FROM bert; SET ROLE bert", {"SELECT * FROM purse", "42501"}},
        {0, "GRANT SELECT (id) ON purse TO bert; SET ROLE bert", {"SELECT id FROM purse", ""}}, // which columns is not followed
        {0,
         "ALTER DEFAULT PRIVILEGES FOR ROLE anna GRANT SELECT ON TABLES TO bert; SET ROLE anna; CREATE TABLE later (i int); SET "
         "ROLE bert",
         {"SELECT * FROM later", ""}},
        {0, "CREATE ROLE club; GRANT club TO bert; GRANT SELECT ON purse TO club; SET ROLE bert", {"SELECT * FROM purse", ""}},
        {0,
         "CREATE ROLE son NOINHERIT IN ROLE anna; SET ROLE son",
         {"ALTER TABLE purse ADD a int", "42501", "DROP VIEW rich", "42501"}},
        {0, "CREATE ROLE son IN ROLE anna; SET ROLE son", {"ALTER TABLE purse ADD a int", "", "DROP VIEW rich", ""}},
        {0, "CREATE ROLE son IN ROLE anna; REVOKE anna FROM son; SET ROLE son", {"ALTER TABLE purse ADD a int", "42501"}},
        {16, "GRANT anna TO bert WITH INHERIT FALSE; SET ROLE bert", {"ALTER TABLE purse ADD a int", "42501"}},
        {0, "SET ROLE anna", {"ALTER TABLE purse OWNER TO bert", "42501", "ALTER TABLE purse OWNER TO anna", ""}},
        {0, "CREATE SCHEMA den; SET ROLE bert", {"CREATE TABLE den.t (i int)", "42501", "CREATE SEQUENCE den.s", "42501"}},
        {0, "CREATE SCHEMA den; GRANT CREATE ON SCHEMA den TO bert; SET ROLE bert", {"CREATE TABLE den.t (i int)", ""}},
        {0,
         "CREATE DOMAIN d AS int; REVOKE USAGE ON TYPE d FROM public; SET ROLE bert",
         {"CREATE TABLE t (a d)", "42501", "CREATE TABLE t (a d[])", "42501", "CREATE DOMAIN e AS d", "42501",
          "CREATE FUNCTION f(d) RETURNS int LANGUAGE sql AS 'SELECT 1'", "42501"}},
        {0,
         "CREATE TABLE heir () INHERITS (purse); ALTER TABLE heir OWNER TO bert; SET ROLE anna",
         {"ALTER TABLE purse ADD a int", "42501", "ALTER TABLE purse SET (fillfactor = 70)", ""}},
        {0,
         "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE t AS (a int); SET ROLE bert",
         {"DROP FUNCTION f()", "42501", "ALTER FUNCTION f() RENAME TO g", "42501", "DROP TYPE t", "42501",
          "ALTER TYPE t RENAME TO u", "42501"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k + 1 < 16 && cases[i].wanted[k]; k += 2) {
            struct world w = new_world();

            assert_string_equal(run(&w, cases[i].sql), "");
            if (strcmp(run(&w, cases[i].wanted[k]), cases[i].wanted[k + 1]) != 0)
                fail_msg("%s; %s: not \"%s\"", cases[i].sql, cases[i].wanted[k], cases[i].wanted[k + 1]);
            lc_arena_free(w.arena);
        }
}

// Roles that are members of each other in more ways than can be walked: known as far as it goes, at once.
static void test_many_memberships(void **state)
{
    struct world w = new_world();

    (void)state;
    assert_string_equal(run(&w, "CREATE ROLE a0; CREATE ROLE b0"), "");
    for (int i = 1; i < 60; i++) {
        const char *sql = lc_printf(w.arena, "CREATE ROLE a%d IN ROLE a%d, b%d; CREATE ROLE b%d IN ROLE a%d, b%d", i, i - 1,
                                    i - 1, i, i - 1, i - 1);
        assert_string_equal(run(&w, sql), "");
    }
    assert_string_equal(run(&w, "GRANT a0 TO a1; GRANT a0 TO a1; REVOKE a0 FROM a1; REVOKE b0 FROM a1; SET ROLE a1"), "");
    assert_string_equal(run(&w, "ALTER TABLE purse ADD x int"), "42501");
    assert_string_equal(run(&w, "RESET ROLE; SET ROLE a59; ALTER TABLE purse ADD x int"), "");
    lc_arena_free(w.arena);
}

static int locks_of(struct world *w, const char *sql)
{
    struct lc_sql_script script;
    struct lc_error err;
    struct footprint fp = {0};

    assert_int_equal(lc_sql_parse(w->arena, sql, strlen(sql), &script, &err), LC_OK);
    fp_statement(w->s, &script.stmts[0], &fp);
    return fp.locks.len;
}

// CLUSTER and ANALYZE of everything leave out what is not one's own (get_tables_to_cluster, get_all_vacuum_rels).
static void test_passed_over(void **state)
{
    struct world w = new_world();

    (void)state;
    assert_string_equal(run(&w, "ALTER TABLE purse CLUSTER ON purse_coins; SET ROLE bert"), "");
    assert_int_equal(locks_of(&w, "CLUSTER"), 0);
    assert_int_equal(locks_of(&w, "ANALYZE"), 0);
    assert_string_equal(run(&w, "SET ROLE anna"), "");
    assert_true(locks_of(&w, "CLUSTER") > 0);
    assert_true(locks_of(&w, "ANALYZE") > 0);
    lc_arena_free(w.arena);
}

// Functions of an index run as the owner of the table, SECURITY DEFINER as its own (confirmed on 15 and 17).
static void test_whose_rights(void **state)
{
    struct world w = new_world();

    (void)state;
    assert_string_equal(run(&w, "CREATE FUNCTION who(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
                                " $$ BEGIN ASSERT current_user = 'anna'; RETURN $1; END $$;"
                                "INSERT INTO purse VALUES (1, 2); SET ROLE boss; CREATE INDEX ON purse (who(coins))"),
                        "");
    assert_string_equal(run(&w, "REINDEX TABLE purse"), "");
    assert_string_equal(run(&w, "SELECT who(1)"), "P0004");
    assert_string_equal(run(&w, "ALTER FUNCTION who(int) SECURITY DEFINER; ALTER FUNCTION who(int) OWNER TO anna; SELECT who(1)"),
                        "");
    lc_arena_free(w.arena);
}

static void test_owners_change(void **state)
{
    struct world w = new_world();

    (void)state;
    assert_string_equal(run(&w, "ALTER TABLE purse OWNER TO bert; SET ROLE bert"), "");
    assert_string_equal(run(&w, "ALTER TABLE purse ADD COLUMN note text"), "");
    assert_string_equal(run(&w, "DROP INDEX purse_coins"), "");
    assert_string_equal(run(&w, "DROP VIEW rich"), "42501");
    assert_string_equal(run(&w, "RESET ROLE; REASSIGN OWNED BY anna TO bert; SET ROLE bert; DROP VIEW rich"), "");
    assert_string_equal(run(&w, "SET ROLE anna; DROP SEQUENCE tally"), "42501");
    lc_arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others_are_refused),
        cmocka_unit_test(test_the_owner_may),
        cmocka_unit_test(test_what_is_not_known_is_not_refused),
        cmocka_unit_test(test_how_long_a_role_lasts),
        cmocka_unit_test(test_privileges),
        cmocka_unit_test(test_many_memberships),
        cmocka_unit_test(test_passed_over),
        cmocka_unit_test(test_whose_rights),
        cmocka_unit_test(test_owners_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
