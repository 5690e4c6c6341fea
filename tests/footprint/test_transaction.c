// What a session knows from statement to statement: transactions, savepoints, settings, prepared statements; and queries of the traffic, which
// change nothing.
#include <stdio.h>

#include "support.h"

// "a RX, b AS?" of the locks on relations that are no indexes; "!" and the SQLSTATE where the server refuses, "skipped" where it is not reached.
static const char *show(struct world *w, const struct footprint *fp)
{
    static const char *const short_names[] = {"", "AS", "RS", "RX", "SUX", "S", "SRX", "X", "AX"};
    struct lc_str out;

    if (fp->skipped)
        return "skipped";
    if (fp->fails)
        return lc_printf(w->arena, "! %s", fp->error->detail);
    lc_str_init(&out, w->arena, 10000);
    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (l->rel->relkind == 'i' || l->rel->relkind == 'I' || l->created)
            continue;
        lc_str_addf(&out, "%s%s %s%s%s", out.len ? ", " : "", l->rel->o.name, short_names[l->mode], l->certain ? "" : "?",
                    l->released == FP_COMMIT ? "" : "~");
    }
    return out.text;
}

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

static void expect(struct world *w, const char *sql, const char *wanted)
{
    struct footprint fp = run(w, sql);
    const char *got = show(w, &fp);

    if (strcmp(got, wanted) != 0)
        fail_msg("%s: %s, not %s %s", sql, got, wanted, fp.fails ? fp.error->message : "");
}

static void setup(struct world *w)
{
    (void)run(w, "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a ON "
                 "DELETE CASCADE);"
                 "CREATE VIEW v AS SELECT * FROM a;"
                 "CREATE TABLE p (id int, d date) PARTITION BY RANGE (d);"
                 "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
                 "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
}

static void test_savepoints(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    setup(&w);
    expect(&w, "SAVEPOINT s", "! 25P01");
    expect(&w, "BEGIN", "");
    expect(&w, "SELECT * FROM a", "a AS");
    expect(&w, "SELECT * FROM v", "v AS");
    expect(&w, "SAVEPOINT s", "");
    expect(&w, "LOCK TABLE b", "b AX");
    expect(&w, "ALTER TABLE a ADD COLUMN y int", "a AX");
    expect(&w, "ROLLBACK TO s", "");
    expect(&w, "SELECT x FROM a", "");
    expect(&w, "LOCK TABLE b", "b AX");
    expect(&w, "RELEASE s", "");
    expect(&w, "ROLLBACK TO s", "! 3B001");
    expect(&w, "SELECT * FROM a", "skipped");
    expect(&w, "COMMIT", "");
    expect(&w, "SELECT * FROM b", "b AS");
    lc_arena_free(w.arena);
}

static void test_blocks(void **state)
{
    struct world w = empty_world(16);
    struct footprint fp;

    (void)state;
    setup(&w);
    fp = run(&w, "COMMIT");
    assert_int_equal(fp.notes.len, 1);
    fp = run(&w, "BEGIN");
    assert_int_equal(fp.tx, FP_TX_BEGIN);
    fp = run(&w, "BEGIN");
    assert_int_equal(fp.notes.len, 1);
    expect(&w, "DELETE FROM nothing", "! 42P01");
    expect(&w, "DELETE FROM a", "skipped");
    fp = run(&w, "COMMIT AND CHAIN");
    assert_int_equal(fp.tx, FP_TX_ROLLBACK);
    expect(&w, "LOCK TABLE a IN SHARE MODE", "a S");
    expect(&w, "LOCK TABLE a IN SHARE MODE", "");
    expect(&w, "ROLLBACK", "");
    expect(&w, "LOCK TABLE a", "! 25P01");
    lc_arena_free(w.arena);
}

static void test_settings(void **state)
{
    struct world w = empty_world(17);
    struct footprint fp;

    (void)state;
    (void)run(&w, "CREATE SCHEMA other; CREATE TABLE other.t (id int); CREATE TABLE t (id int)");
    fp = run(&w, "SET lock_timeout = '2s'; SELECT 1");
    assert_true(fp.lock_timeout_ms == 2000);
    fp = run(&w, "BEGIN; SET LOCAL lock_timeout = 100; SELECT 1");
    assert_true(fp.lock_timeout_ms == 100);
    fp = run(&w, "COMMIT; SELECT 1");
    assert_true(fp.lock_timeout_ms == 2000);
    fp = run(&w, "BEGIN; SET search_path = other, \"X\"; SELECT * FROM t");
    assert_string_equal(fp.locks.items[0].name, "other.t");
    fp = run(&w, "ROLLBACK; SELECT * FROM t");
    assert_string_equal(fp.locks.items[0].name, "public.t");
    fp = run(&w, "SELECT set_config('search_path', 'other', false); SELECT * FROM t");
    assert_string_equal(fp.locks.items[0].name, "other.t");
    fp = run(&w, "RESET search_path; RESET lock_timeout; SELECT * FROM t");
    assert_string_equal(fp.locks.items[0].name, "public.t");
    assert_true(fp.lock_timeout_ms == 0);
    lc_arena_free(w.arena);
}

static void test_prepared(void **state)
{
    struct world w = empty_world(18);

    (void)state;
    setup(&w);
    expect(&w, "PREPARE q AS SELECT * FROM p WHERE d = $1", "p AS");
    expect(&w, "EXECUTE q('2024-05-05')", "p AS, p1 AS?, p2 AS?");
    expect(&w, "DEALLOCATE q", "");
    assert_true(run(&w, "EXECUTE q(1)").fails); // 26000: the session has it no longer
    expect(&w, "PREPARE q AS SELECT * FROM p1", "p1 AS");
    expect(&w, "DISCARD ALL", "");
    assert_true(run(&w, "EXECUTE q").fails);
    lc_arena_free(w.arena);
}

// A row may have taken it before; then again it may be this statement that does.
static void test_uncertain_locks_come_again(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    setup(&w);
    expect(&w, "BEGIN", "");
    expect(&w, "DELETE FROM a WHERE id = 3", "a RX, b RX?");
    expect(&w, "UPDATE b SET id = 3", "b RX?");
    expect(&w, "UPDATE b SET id = 3", "a RS?"); // its own row again: checked though the key stays (RI_FKey_fk_upd_check_required)
    expect(&w, "UPDATE b SET id = 3", "a RS?");
    expect(&w, "COMMIT", "");
    lc_arena_free(w.arena);
}

static void test_bodies_and_errors(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    setup(&w);
    expect(&w, "DO $$ BEGIN ALTER TABLE a ADD COLUMN x int; EXCEPTION WHEN duplicate_column THEN PERFORM 1 FROM b; END $$",
           "a AX~, b AS");
    expect(&w, "DO $$ BEGIN ALTER TABLE a ADD COLUMN x int; EXCEPTION WHEN undefined_table THEN PERFORM 1 FROM b; END $$",
           "! 42701");
    expect(&w, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'a') THEN DROP TABLE b; END IF; END $$", "");
    expect(&w, "DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", "! P0001");
    expect(&w, "DO $$ BEGIN IF (SELECT count(*) FROM a) > 3 THEN RAISE EXCEPTION 'no'; END IF; DELETE FROM b; END $$",
           "a AS, b RX?");
    expect(&w, "CREATE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM f(n - 1) FROM a; RETURN f(n); END $$",
           "");
    expect(&w, "SELECT f(1)", "a AS");
    expect(&w, "DO $$ DECLARE s text := 'a'; BEGIN EXECUTE format('LOCK TABLE %I IN %s MODE', s, 'SHARE'); END $$", "a S");
    assert_true(run(&w, "DO $$ DECLARE s text; BEGIN SELECT x INTO s FROM a; EXECUTE s; END $$").notes.items[0].unknown);
    lc_arena_free(w.arena);
}

// What a branch may have changed makes doubtful what that change decides: a column more neither makes nor takes a key or a relation.
static void test_doubts(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    setup(&w);
    (void)run(&w, "DO $$ BEGIN IF (SELECT count(*) FROM a) > 3 THEN ALTER TABLE b ADD COLUMN k int; END IF; END $$");
    expect(&w, "ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b (a_id)", "! 42830");
    expect(&w, "SELECT * FROM gone", "! 42P01");
    expect(&w, "UPDATE b SET j = 1", "! 42703");
    assert_false(run(&w, "UPDATE b SET k = 1").fails);
    assert_false(run(&w, "ALTER TABLE b ADD COLUMN k int, ADD COLUMN j int").fails);
    assert_false(run(&w, "UPDATE b SET j = 1").fails); // it is there, perhaps
    assert_false(run(&w, "ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b (a_id)").fails);
    lc_arena_free(w.arena);
}

static void test_doubtful_objects(void **state)
{
    static const char *const may[] = {"ALTER TABLE b ADD COLUMN k serial", "ALTER TABLE b ADD COLUMN k int UNIQUE",
                                      "ALTER TABLE b ADD UNIQUE (a_id)", "CREATE TABLE gone (id int)"};

    (void)state;
    for (size_t i = 0; i < sizeof may / sizeof *may; i++) {
        struct world w = empty_world(15);

        setup(&w);
        (void)run(&w, lc_printf(w.arena, "DO $$ BEGIN IF (SELECT count(*) FROM a) > 3 THEN %s; END IF; END $$", may[i]));
        assert_false(run(&w, "ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b (id, a_id)").fails);
        assert_false(run(&w, "SELECT * FROM missing").fails);
        lc_arena_free(w.arena);
    }
}

static void test_traffic(void **state)
{
    static const struct {
        const char *sql, *wanted;
    } cases[] = {
        {"SELECT * FROM p WHERE d = $1", "p AS, p1 AS?, p2 AS?"},
        {"SELECT * FROM p WHERE id = $1", "p AS, p1 AS, p2 AS"},
        {"INSERT INTO b (id, a_id) VALUES ($1, $2)", "b RX, a RS?"},
        {"SELECT * FROM gone", ""},
        {"LOCK TABLE a IN EXCLUSIVE MODE", "a X"},
        {"SELECT made()", ""},
        {"COMMIT", ""},
    };
    struct world w = empty_world(14);

    (void)state;
    setup(&w);
    (void)run(&w, "CREATE FUNCTION made() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE made (id int); INSERT INTO made "
                  "VALUES (1); END $$");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct footprint fp;
        fp_query(w.cat, w.arena, lc_sql_parse_one(w.arena, cases[i].sql, NULL), &fp);
        if (i != 5)
            assert_string_equal(show(&w, &fp), cases[i].wanted);
        assert_false(fp.fails);
    }
    assert_null(cat_find_relation(w.cat, NULL, "made"));
    lc_arena_free(w.arena);
}

static const char *repeat(struct lc_arena *arena, const char *head, const char *part, int n, const char *tail)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_add(&s, head);
    for (int i = 0; i < n; i++)
        lc_str_add(&s, part);
    lc_str_add(&s, tail);
    return s.text;
}

// Whatever is written, the answer comes soon and is an answer.
static void test_hostile(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    setup(&w);
    for (int i = 0; i < 30; i++)
        (void)run(&w, lc_printf(w.arena, "CREATE VIEW v%d AS SELECT x.id FROM %s x, %s y", i,
                                i ? lc_printf(w.arena, "v%d", i - 1) : "a", i ? lc_printf(w.arena, "v%d", i - 1) : "a"));
    (void)run(&w, "SELECT * FROM v12");
    (void)run(&w, "SELECT * FROM v29");
    (void)run(&w, repeat(w.arena, "SELECT 1 WHERE true", " AND EXISTS (SELECT 1 FROM a)", 500, ""));
    (void)run(
        &w,
        "CREATE RULE r AS ON INSERT TO b DO ALSO (INSERT INTO b VALUES (1); INSERT INTO b VALUES (2)); INSERT INTO b VALUES (3)");
    (void)run(&w, "DO $$ BEGIN LOOP LOOP PERFORM 1 FROM a; END LOOP; END LOOP; END $$");
    expect(&w,
           repeat(w.arena, "DO $$ DECLARE x int := (SELECT x FROM a); BEGIN IF x < 0 THEN NULL; ",
                  "ELSIF x = 5 THEN DELETE FROM b WHERE id = 5; ", 150, "END IF; END $$"),
           "a AS, b RX?");
    (void)run(&w, "DO $$ BEGIN FOR i IN 1..1000000000 LOOP DELETE FROM a; END LOOP; END $$");
    (void)run(&w, "DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 FROM pg_class a, pg_class b, pg_attribute c, pg_type d LOOP "
                  "PERFORM 1; END LOOP; END $$");
    (void)run(&w, "CREATE FUNCTION g1(n int) RETURNS int LANGUAGE sql AS 'SELECT g1(n) + g1(n + 1)'; SELECT g1(1)");
    lc_arena_free(w.arena);
}

// generateSerialExtraStmts: the sequence of a new column has the owner of its table.
static void test_owner_of_a_column_s_sequence(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    (void)run(&w, "CREATE ROLE keeper; CREATE TABLE kept (id int); ALTER TABLE kept OWNER TO keeper; ALTER TABLE kept ADD COLUMN "
                  "k serial, ADD "
                  "COLUMN i int GENERATED ALWAYS AS IDENTITY");
    expect(&w, "ALTER SEQUENCE kept_k_seq OWNER TO CURRENT_USER", "! 0A000");
    expect(&w, "ALTER SEQUENCE kept_i_seq OWNER TO CURRENT_USER", "! 0A000");
    expect(&w, "ALTER SEQUENCE kept_k_seq OWNER TO keeper", "kept_k_seq AX");
    lc_arena_free(w.arena);
}

// ComputePartitionAttrs; DoCopy: WHERE, then CopyGetAttnums, then what kind of relation it is.
static void test_refused_keys_and_copies(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    setup(&w);
    expect(&w, "CREATE TABLE g (id int, g int GENERATED ALWAYS AS (id * 2) STORED) PARTITION BY RANGE ((g + 1))", "! 42P17");
    (void)run(&w, "CREATE TABLE g (id int, t text, g int GENERATED ALWAYS AS (id * 2) STORED) PARTITION BY RANGE ((id + 1))");
    expect(&w, "COPY g (g) TO '/dev/null'", "! 42P10");
    expect(&w, "COPY g (id) TO '/dev/null'", "! 42809");
    (void)run(&w, "CREATE MATERIALIZED VIEW gm AS SELECT 1 AS one");
    expect(&w, "COPY gm (nothing) FROM '/dev/null'", "! 42703");
    expect(&w, "COPY gm (one) FROM '/dev/null'", "! 42809");
    expect(&w, "COPY g (nothing) FROM '/dev/null' WHERE t > 1", "! 42883");
    expect(&w, "COPY g (nothing) FROM '/dev/null' WHERE id > 1", "! 42703");
    lc_arena_free(w.arena);
}

// relcache's rd_partcheck: until 13 TRUNCATE and INSERT read the bound of a partition, once while the session keeps it.
static void test_cached_bounds(void **state)
{
    struct world w = empty_world(13);

    (void)state;
    setup(&w);
    expect(&w, "TRUNCATE p1", "p1 AX, p AS, p1 S");
    expect(&w, "INSERT INTO p2 VALUES (1, '2025-02-02')", "p2 RX, p AS?");
    expect(&w, "TRUNCATE p2", "p2 AX, p2 S");
    expect(&w, "TRUNCATE p2", "p2 AX, p AS?, p2 S"); // it has a new file since
    (void)run(&w, "INSERT INTO p2 VALUES (1, '2025-02-02'); ANALYZE p2");
    expect(&w, "TRUNCATE p2", "p2 AX, p AS?, p2 S");
    (void)run(&w, "INSERT INTO p2 VALUES (1, '2025-02-02'); ALTER TABLE p2 ADD CHECK (id > 0)");
    expect(&w, "TRUNCATE p2", "p2 AX, p AS?, p2 S");
    lc_arena_free(w.arena);
}

// typcache's tupDesc, and heap.c CheckAttributeType, which always looks.
static void test_cached_row_types(void **state)
{
    struct world w = empty_world(16);

    (void)state;
    expect(&w, "CREATE TYPE pair AS (a int, b text); CREATE TYPE deep AS (p pair); CREATE TABLE t (x deep[])",
           "deep AS~, pair AS~");
    expect(&w, "VACUUM ANALYZE t", "t AS~, t SUX, deep AS~, pair AS~");
    expect(&w, "VACUUM ANALYZE t", "t AS~, t SUX");
    (void)run(&w, "ALTER TYPE deep RENAME ATTRIBUTE p TO q");
    expect(&w, "VACUUM ANALYZE t", "t AS~, t SUX, deep AS?~");
    fp_session_restart(w.s);
    expect(&w, "VACUUM ANALYZE t", "t AS~, t SUX, deep AS~, pair AS~");
    expect(&w, "VACUUM (FULL, DISABLE_PAGE_SKIPPING) t", "! 0A000");
    expect(&w, "VACUUM FULL t", "t AS~, t AX, deep AS~, pair AS~, t S");
    (void)run(&w, "CREATE TYPE known AS (a int); CREATE TYPE unread AS (a int); CREATE TABLE r (id int)");
    expect(&w, "ALTER TABLE r ADD COLUMN k known DEFAULT ROW(1), ADD COLUMN u unread DEFAULT NULL", "r AX, known AS~");
    expect(&w, "VACUUM ANALYZE r", "r AS~, r SUX, unread AS~");
    (void)run(&w, "CREATE TYPE tried AS (a int)");
    expect(&w, "ALTER TABLE r ADD COLUMN t tried DEFAULT ROW(1), ADD COLUMN id int", "! 42701");
    (void)run(&w, "ALTER TABLE r ADD COLUMN t tried");
    expect(&w, "VACUUM ANALYZE r", "r AS~, r SUX, tried AS?~");
    lc_arena_free(w.arena);
}

// As PostgreSQL 15 opens them: by bound for a query, by age where find_all_inheritors looks.
static void test_partition_order(void **state)
{
    struct world w = empty_world(15);

    (void)state;
    (void)run(
        &w,
        "CREATE TABLE lp (k int) PARTITION BY LIST (k); CREATE TABLE lp_d PARTITION OF lp DEFAULT;"
        "CREATE TABLE lp_null PARTITION OF lp FOR VALUES IN (NULL); CREATE TABLE lp_z PARTITION OF lp FOR VALUES IN (9, 2);"
        "CREATE TABLE lp_c PARTITION OF lp FOR VALUES IN (5);"
        "CREATE TABLE rp (k date) PARTITION BY RANGE (k); CREATE TABLE r_d PARTITION OF rp DEFAULT;"
        "CREATE TABLE r2 PARTITION OF rp FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);"
        "CREATE TABLE r1 PARTITION OF rp FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
        "CREATE TABLE r0 PARTITION OF rp FOR VALUES FROM (MINVALUE) TO ('2023-01-01');"
        "CREATE TABLE hp (k int) PARTITION BY HASH (k); CREATE TABLE h2 PARTITION OF hp FOR VALUES WITH (MODULUS 4, REMAINDER 2);"
        "CREATE TABLE h0 PARTITION OF hp FOR VALUES WITH (MODULUS 4, REMAINDER 0);"
        "CREATE TABLE h1 PARTITION OF hp FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
    expect(&w, "SELECT * FROM lp", "lp AS, lp_z AS, lp_c AS, lp_null AS, lp_d AS");
    expect(&w, "SELECT * FROM rp", "rp AS, r0 AS, r1 AS, r2 AS, r_d AS");
    expect(&w, "SELECT * FROM hp", "hp AS, h1 AS, h0 AS, h2 AS");
    expect(&w, "ALTER TABLE lp ADD CONSTRAINT c CHECK (k > 0)", "lp AX, lp_d AX, lp_null AX, lp_z AX, lp_c AX");
    assert_false(run(&w, "ALTER TABLE rp DETACH PARTITION r1").fails);
    expect(&w, "SELECT * FROM rp", "rp AS, r0 AS, r2 AS, r_d AS");
    lc_arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_savepoints),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_prepared),
        cmocka_unit_test(test_uncertain_locks_come_again),
        cmocka_unit_test(test_bodies_and_errors),
        cmocka_unit_test(test_doubts),
        cmocka_unit_test(test_doubtful_objects),
        cmocka_unit_test(test_traffic),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_owner_of_a_column_s_sequence),
        cmocka_unit_test(test_refused_keys_and_copies),
        cmocka_unit_test(test_partition_order),
        cmocka_unit_test(test_cached_bounds),
        cmocka_unit_test(test_cached_row_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
