// Texts that lockcast itself writes: names, literals, types, command tags, and query texts without their literals.
#include "sql/support.h"

static void quoting(void **state)
{
    static const char *const idents[][2] = {
        {"orders", "orders"},
        {"_a1", "_a1"},
        {"Orders", "\"Orders\""},
        {"1a", "\"1a\""},
        {"a b", "\"a b\""},
        {"a\"b", "\"a\"\"b\""},
        {"", "\"\""},
        {"user", "\"user\""},
        {"between", "\"between\""},
        {"name", "name"},
        {"é", "\"é\""},
        {"a$", "\"a$\""},
        {"authorization", "\"authorization\""},
        {"begin", "begin"},
        {"json_table", "\"json_table\""},
    };

    (void)state;
    for (int i = 0; i < COUNT(idents); i++)
        assert_string_equal(lc_quote_ident(arena, idents[i][0]), idents[i][1]);
    assert_string_equal(lc_quote_name(arena, "my schema", "order"), "\"my schema\".\"order\"");
    assert_string_equal(lc_quote_name(arena, NULL, "t"), "t");
    assert_string_equal(lc_quote_literal(arena, "it's"), "'it''s'");
    assert_string_equal(lc_quote_literal(arena, "a\\'b"), "E'a\\\\''b'");
    assert_string_equal(lc_quote_literal(arena, ""), "''");
}

static void type_names(void **state)
{
    static const char *const types[][2] = {
        {"int", "integer"},
        {"int4", "integer"},
        {"bigint[]", "bigint[]"},
        {"smallint ARRAY[4]", "smallint[]"},
        {"int[][3]", "integer[]"},
        {"numeric(10, 2)", "numeric(10,2)"},
        {"numeric(3,-2)", "numeric(3,-2)"},
        {"decimal", "numeric"},
        {"float(20)", "real"},
        {"float", "double precision"},
        {"varchar(20)[]", "character varying(20)[]"},
        {"varchar", "character varying"},
        {"char", "character(1)"},
        {"char(3)", "character(3)"},
        {"\"char\"", "\"char\""},
        {"bpchar", "bpchar"},
        {"bit", "bit(1)"},
        {"bit varying(5)", "bit varying(5)"},
        {"bool", "boolean"},
        {"timestamp", "timestamp without time zone"},
        {"timestamp(3) with time zone", "timestamp(3) with time zone"},
        {"timestamptz(0)", "timestamp(0) with time zone"},
        {"time", "time without time zone"},
        {"time(2) with time zone", "time(2) with time zone"},
        {"interval", "interval"},
        {"interval(3)", "interval(3)"},
        {"interval day to second(2)", "interval day to second(2)"},
        {"interval year", "interval year"},
        {"text", "text"},
        {"pg_catalog.json", "json"},
        {"citext", "citext"},
        {"public.\"My Type\"[]", "public.\"My Type\"[]"},
        {"geometry(Point, 4326)", "geometry(point,4326)"},
        {"s.t('x')", "s.t('x')"},
    };

    (void)state;
    for (int i = 0; i < COUNT(types); i++) {
        const Node *cast = lc_sql_parse_expr(arena, lc_printf(arena, "CAST(a AS %s)", types[i][0]));
        const char *name = cast ? lc_sql_type_name(arena, AS(TypeCast, cast)->typeName) : NULL;

        if (!lc_streq(name, types[i][1]))
            fail_msg("%s: %s", types[i][0], name ? name : "NULL");
    }
    assert_null(lc_sql_type_name(arena, NULL));
}

static void rowtypes_and_sets(void **state)
{
    const CreateFunctionStmt *f =
        AS(CreateFunctionStmt, one("CREATE FUNCTION f(s.t.a%TYPE) RETURNS SETOF int AS 'x' LANGUAGE c"));

    (void)state;
    assert_string_equal(lc_sql_type_name(arena, f->returnType), "SETOF integer");
    assert_string_equal(lc_sql_type_name(arena, LIST_GET(FunctionParameter, &f->parameters, 0)->argType), "s.t.a%TYPE");
}

// The tags as psql shows them; by their text alone the statements without a tree must come to the same here.
static void command_tags(void **state)
{
    static const char *const commands[][2] = {
        {"ALTER TABLE t ADD a int", "ALTER TABLE"},
        {"ALTER INDEX i RENAME TO j", "ALTER INDEX"},
        {"ALTER INDEX i ATTACH PARTITION j", "ALTER INDEX"},
        {"ALTER VIEW v ALTER a SET DEFAULT 1", "ALTER VIEW"},
        {"ALTER MATERIALIZED VIEW v SET SCHEMA s", "ALTER MATERIALIZED VIEW"},
        {"ALTER SEQUENCE s RESTART", "ALTER SEQUENCE"},
        {"ALTER TABLE t RENAME a TO b", "ALTER TABLE"},
        {"ALTER TABLE t RENAME CONSTRAINT a TO b", "ALTER TABLE"},
        {"ALTER TYPE e ADD VALUE 'x'", "ALTER TYPE"},
        {"ALTER TYPE c RENAME ATTRIBUTE a TO b", "ALTER TYPE"},
        {"ALTER DOMAIN d ADD CHECK (value > 1)", "ALTER DOMAIN"},
        {"ALTER FUNCTION f() OWNER TO x", "ALTER FUNCTION"},
        {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x", "ALTER DEFAULT PRIVILEGES"},
        {"ALTER SYSTEM SET a = 1", "ALTER SYSTEM"},
        {"CREATE TABLE t ()", "CREATE TABLE"},
        {"CREATE UNLOGGED TABLE t ()", "CREATE TABLE"},
        {"CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", "CREATE INDEX"},
        {"CREATE OR REPLACE VIEW v AS SELECT 1", "CREATE VIEW"},
        {"CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE MATERIALIZED VIEW"},
        {"CREATE TYPE t AS ENUM ('a')", "CREATE TYPE"},
        {"CREATE TYPE t AS (a int)", "CREATE TYPE"},
        {"CREATE AGGREGATE a (int) (sfunc = f, stype = int)", "CREATE AGGREGATE"},
        {"CREATE TEXT SEARCH CONFIGURATION c (copy = x)", "CREATE TEXT SEARCH CONFIGURATION"},
        {"CREATE CONSTRAINT TRIGGER r AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", "CREATE TRIGGER"},
        {"CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS ''", "CREATE PROCEDURE"},
        {"CREATE EXTENSION x", "CREATE EXTENSION"},
        {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", "REFRESH MATERIALIZED VIEW"},
        {"DROP TABLE t", "DROP TABLE"},
        {"DROP INDEX CONCURRENTLY i", "DROP INDEX"},
        {"DROP FOREIGN TABLE t", "DROP FOREIGN TABLE"},
        {"DROP OPERATOR CLASS c USING btree", "DROP OPERATOR CLASS"},
        {"DROP OWNED BY x", "DROP OWNED"},
        {"SELECT 1", "SELECT"},
        {"INSERT INTO t VALUES (1)", "INSERT"},
        {"UPDATE t SET a = 1", "UPDATE"},
        {"DELETE FROM t", "DELETE"},
        {"MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "MERGE"},
        {"COPY t FROM STDIN", "COPY"},
        {"LOCK TABLE t", "LOCK TABLE"},
        {"TRUNCATE TABLE t", "TRUNCATE TABLE"},
        {"BEGIN", "BEGIN"},
        {"START TRANSACTION", "START TRANSACTION"},
        {"COMMIT", "COMMIT"},
        {"ROLLBACK TO a", "ROLLBACK"},
        {"SAVEPOINT a", "SAVEPOINT"},
        {"PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"},
        {"SET LOCAL a = 1", "SET"},
        {"SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS"},
        {"RESET a", "RESET"},
        {"SHOW a", "SHOW"},
        {"DISCARD ALL", "DISCARD ALL"},
        {"VACUUM t", "VACUUM"},
        {"ANALYZE t", "ANALYZE"},
        {"CLUSTER t", "CLUSTER"},
        {"REINDEX TABLE CONCURRENTLY t", "REINDEX"},
        {"DO 'x'", "DO"},
        {"CALL p()", "CALL"},
        {"COMMENT ON TABLE t IS 'x'", "COMMENT"},
        {"GRANT SELECT ON t TO x", "GRANT"},
        {"EXPLAIN SELECT 1", "EXPLAIN"},
    };

    (void)state;
    for (int i = 0; i < COUNT(commands); i++) {
        struct lc_sql_stmt stmt = parse(commands[i][0]).stmts[0];

        assert_non_null(stmt.tree);
        assert_string_equal(lc_sql_command(arena, &stmt), commands[i][1]);
        stmt.tree = NULL;
        assert_string_equal(lc_sql_command(arena, &stmt), commands[i][1]);
    }
}

static void tags_that_only_trees_tell(void **state)
{
    static const char *const commands[][2] = {
        {"CREATE TABLE t AS SELECT 1", "CREATE TABLE AS"},
        {"SELECT 1 INTO t", "SELECT"},
        {"TRUNCATE t", "TRUNCATE TABLE"},
        {"END", "COMMIT"},
        {"GRANT a TO b", "GRANT ROLE"},
        {"TABLE t", "SELECT"},
        {"WITH a AS (SELECT 1) DELETE FROM t", "DELETE"},
        {"DEALLOCATE ALL", "DEALLOCATE ALL"},
        {"(VALUES (1))", "SELECT"},
        {"CLOSE ALL", "CLOSE CURSOR ALL"},
        {"MOVE c", "MOVE"},
        {"DROP USER u", "DROP ROLE"},
    };
    static const char *const broken[][2] = {
        {"alter table t add \"secret", "ALTER TABLE"},
        {"CREATE OR REPLACE secret", "CREATE"},
        {"secret 'x'", "UNKNOWN"},
        {"", "UNKNOWN"},
        {"'x'", "UNKNOWN"},
        {"createsecretwhichisaverylongword t", "UNKNOWN"},
    };

    (void)state;
    for (int i = 0; i < COUNT(commands); i++)
        assert_string_equal(lc_sql_command(arena, &parse(commands[i][0]).stmts[0]), commands[i][1]);
    for (int i = 0; i < COUNT(broken); i++)
        assert_string_equal(lc_sql_command(arena, &(struct lc_sql_stmt){.text = broken[i][0]}), broken[i][1]);
}

static void normalized_texts(void **state)
{
    static const char *const texts[][2] = {
        {"SELECT * FROM t WHERE a = 'x' AND b > 1.5e3", "SELECT * FROM t WHERE a = $1 AND b > $2"},
        {"SELECT $2, 'x', $1", "SELECT $2, $3, $1"},
        {"SELECT a1, \"it's 5\", x::numeric(10, 2), '5'::varchar(3), now()::time(3)",
         "SELECT a1, \"it's 5\", x::numeric(10, 2), $1::varchar(3), now()::time(3)"},
        {"SELECT f(10), numeric '5'", "SELECT f($1), numeric $2"},
        {"SELECT 1 -- bob's 42\n, 2 /* x 5 /* 7 'a' */ y */", "SELECT $1 -- bob$2\n, $3 /* x $4 /* $5 $6*/"},
        {"  SELECT\t1  ", "  SELECT\t$1  "},
        {"", ""},
    };

    (void)state;
    for (int i = 0; i < COUNT(texts); i++)
        assert_string_equal(lc_sql_normalize(arena, texts[i][0]), texts[i][1]);
}

// Each text holds "secret" or 4711 as data. Neither may be in what comes out, whether the text parses or not.
static void no_literal_leaves(void **state)
{
    static const char *const texts[] = {
        "SELECT 'secret', E'\\'secret', E'a\\\\' || 'secret', N'secret', B'4711', X'4711', U&'secret' UESCAPE '!'",
        "SELECT $$secret$$, $a$ $$ secret $a$, $ä$secret$ä$",
        "SELECT 'a' -- '\n'secret'",
        "SELECT 'a'\n'secret'",
        "SELECT E'\\'' 'secret', '\\', 'secret'",
        "SELECT -4711, +4711, 4711.5, .4711, 4711e5, 0x4711, 4_711+4711, a-4711, a[4711], 4711::int, (4711)",
        "ALTER TABLE t ADD c text DEFAULT 'secret' CHECK (c <> 'secret' AND d > 4711)",
        "CREATE USER u PASSWORD 'secret'",
        "SET a = 'secret'",
        "COMMENT ON TABLE t IS 'secret'",
        "DO $$ BEGIN PERFORM 'secret'; END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT ''secret'''",
        "COPY t FROM '/secret' DELIMITER '4'",
        "PREPARE TRANSACTION 'secret'",
        "NOTIFY c, 'secret'",
        "-- don't 'secret' 4711\nSELECT 'secret'",
        "/* it's 'secret' */ SELECT 'secret' /* open 'secret",
        "SELECT 'secret",
        "SELECT E'\\'secret",
        "SELECT $x$secret",
        "SELEC 'it\\'s secret', 'x', 'secret'",
        "broken ( 'secret' 4711",
        "SELECT\r\n'secret'\r\n'secret'",
        "SELECT'secret'AS a,\"b\"'secret'",
        "SELECT numeric(4711, 'secret'), char('secret')",
        "SELECT \"a'b\", 'secret', U&\"a'b\" , 'secret'",
        "SELECT a$$secret$$, $1$$secret$$",
        "SELECT \"a 'secret'",
        "broken \" 'secret' \" x",
        "/* say \"hi 'secret' 4711 */ SELECT 1 -- 5\" 'secret'",
        "/* $$ */ SELECT 'secret' -- $a$ 'secret'",
    };

    (void)state;
    for (int i = 0; i < COUNT(texts); i++) {
        const char *normal = lc_sql_normalize(arena, texts[i]);
        bool identifier = strstr(texts[i], "a$$secret") != NULL; // a$$secret$$ is one identifier

        if ((strstr(normal, "secret") && !identifier) || strstr(normal, "4711"))
            fail_msg("%s\n-> %s", texts[i], normal);
    }
}

// Masking what is masked already changes nothing more.
static void normalizing_twice(void **state)
{
    const char *once = lc_sql_normalize(arena, "SELECT 'a', 5, $$x$$ FROM t WHERE b = 7 -- 'c'");

    (void)state;
    assert_string_equal(lc_sql_normalize(arena, once), once);
}

static void fingerprints(void **state)
{
    const char *a = lc_sql_fingerprint(arena, "SELECT * FROM t WHERE a = 1");

    (void)state;
    assert_int_equal(strlen(a), 16);
    assert_string_equal(a, lc_sql_fingerprint(arena, "select *  from t\nwhere a=  $1 -- x"));
    assert_string_not_equal(a, lc_sql_fingerprint(arena, "SELECT * FROM t WHERE b = 1"));
    assert_string_equal(lc_sql_fingerprint(arena, "SELEC"), "");
    assert_string_equal(lc_sql_fingerprint(arena, ""), "");
    assert_string_equal(lc_sql_fingerprint(arena, repeat("SELECT 1", " + 1", 100000, "")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting),
        cmocka_unit_test(type_names),
        cmocka_unit_test(rowtypes_and_sets),
        cmocka_unit_test(command_tags),
        cmocka_unit_test(tags_that_only_trees_tell),
        cmocka_unit_test(normalized_texts),
        cmocka_unit_test(no_literal_leaves),
        cmocka_unit_test(normalizing_twice),
        cmocka_unit_test(fingerprints),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
