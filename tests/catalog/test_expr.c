// Expressions: their types, what is left of them after planning, what they prove. The same questions are put to servers by server_*.py.
#include "catalog/apply.h"
#include "catalog/fixture.h"

static void sql(const char *text)
{
    struct lc_error err = {0};
    Node *tree = lc_sql_parse_one(arena, text, &err);

    assert_non_null(tree);
    if (cat_apply(cat, tree, &err) != LC_OK)
        fail_msg("%s: %s", text, err.message);
}

static const struct cat_relation *rel(const char *name)
{
    const struct cat_relation *r = cat_find_relation(cat, NULL, name);

    assert_non_null(r);
    return r;
}

static char volatility(const char *text)
{
    bool known = true;
    char v = cat_expr_volatility(cat, NULL, lc_sql_parse_expr(arena, text), &known);

    return known ? v : '?';
}

static const char *type(const char *table, const char *text)
{
    struct cat_scope scope = cat_scope_of(arena, rel(table));
    int typmod;
    Oid oid = cat_expr_type(cat, &scope, lc_sql_parse_expr(arena, text), &typmod);

    return oid ? cat_format_type(cat, oid, typmod) : "?";
}

static bool rewrites(const char *table, const char *column, const char *to, const char *using)
{
    const TypeCast *c;
    Node *e = lc_sql_parse_expr(arena, lc_printf(arena, "NULL::%s", to));
    int typmod;
    const struct cat_type *t;

    c = AS(TypeCast, e);
    t = cat_find_typename(cat, c->typeName, &typmod);
    return cat_type_change_rewrites(cat, rel(table), cat_find_column(rel(table), column), t->o.oid, typmod,
                                    using ? lc_sql_parse_expr(arena, using) : NULL);
}

static bool attaches(const char *table, const char *parent, const char *bound)
{
    Node *tree = lc_sql_parse_one(arena, lc_printf(arena, "ALTER TABLE p ATTACH PARTITION t %s", bound), NULL);
    const AlterTableStmt *alter = AS(AlterTableStmt, tree);
    const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &alter->cmds, 0);

    return cat_proves_partition(cat, rel(table), rel(parent), AS(PartitionCmd, cmd->def)->bound);
}

static void types_of_expressions(void **state)
{
    (void)state;
    sql("CREATE TABLE t (a int, b varchar(10), c timestamptz, n numeric(10,2), j jsonb)");
    assert_string_equal(type("t", "a + 1"), "integer");
    assert_string_equal(type("t", "a * 2.5"), "numeric");
    assert_string_equal(type("t", "b"), "character varying(10)");
    assert_string_equal(type("t", "b || 'x'"), "text");
    assert_string_equal(type("t", "c - interval '1 day'"), "timestamp with time zone");
    assert_string_equal(type("t", "j->>'a'"), "text");
    assert_string_equal(type("t", "CASE WHEN a > 1 THEN 1 ELSE n END"), "numeric");
    assert_string_equal(type("t", "ARRAY[a, 2]"), "integer[]");
    assert_string_equal(type("t", "(SELECT max(c) FROM t)"), "timestamp with time zone");
    assert_string_equal(type("t", "t"), "t");
    assert_string_equal(type("t", "no_such_column"), "?");
}

// exprTypmod (nodes/nodeFuncs.c): what all parts agree on stays. As a server says of a view's columns.
static void lengths_of_expressions(void **state)
{
    static const struct {
        const char *expr, *type;
    } cases[] = {
        {"coalesce(b, b2)", "character varying(10)"},
        {"coalesce(b, b3)", "character varying"},
        {"coalesce(b, 'x')", "character varying"},
        {"coalesce(n, 0)", "numeric"},
        {"nullif(n, 0)", "numeric(10,2)"},
        {"nullif(b, 'x')", "text"},
        {"CASE WHEN a > 1 THEN b ELSE b2 END", "character varying(10)"},
        {"CASE WHEN a > 1 THEN b END", "character varying"},
        {"greatest(n, n)", "numeric(10,2)"},
        {"ARRAY[n, n]", "numeric(10,2)[]"},
        {"(SELECT b FROM t)", "character varying(10)"},
        {"ARRAY(SELECT b FROM t)", "character varying(10)[]"},
        {"(SELECT x FROM (VALUES (1::numeric(5,2)), (2::numeric(5,2))) v (x))", "numeric(5,2)"},
    };

    (void)state;
    sql("CREATE TABLE t (a int, b varchar(10), n numeric(10,2), b2 varchar(10), b3 varchar(5))");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(type("t", cases[i].expr), cases[i].type);
}

static void what_planning_leaves_volatile(void **state)
{
    (void)state;
    sql("CREATE FUNCTION plain(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1'");
    sql("CREATE FUNCTION liar() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT clock_timestamp()'");
    sql("CREATE FUNCTION opaque() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'");
    assert_int_equal(volatility("now()"), 's');
    assert_int_equal(volatility("CURRENT_TIMESTAMP"), 's');
    assert_int_equal(volatility("clock_timestamp()"), 'v');
    assert_int_equal(volatility("gen_random_uuid()::text"), 'v');
    assert_int_equal(volatility("md5('x')"), 'i');
    assert_int_equal(volatility("CASE WHEN true THEN 1 ELSE random()::int END"), 'i');
    assert_int_equal(volatility("plain(1)"), 'i'); // inlined
    assert_int_equal(volatility("liar()"), 'i');   // more volatile than it says: not inlined, taken at its word
    assert_int_equal(volatility("opaque()"), 'v');
    assert_int_equal(volatility("no_such_function()"), '?');
}

static void column_types_that_need_a_rewrite(void **state)
{
    (void)state;
    sql("CREATE DOMAIN positive AS int CHECK (VALUE > 0)");
    sql("CREATE DOMAIN any_int AS int");
    sql("CREATE TABLE t (a int, b varchar(10), c timestamptz, n numeric(10,2), s text)");
    assert_false(rewrites("t", "b", "varchar(20)", NULL));
    assert_false(rewrites("t", "b", "text", NULL));
    assert_true(rewrites("t", "b", "varchar(5)", NULL));
    assert_true(rewrites("t", "a", "bigint", NULL));
    assert_false(rewrites("t", "n", "numeric(12,2)", NULL));
    assert_true(rewrites("t", "n", "numeric(12,3)", NULL));
    assert_false(rewrites("t", "a", "any_int", NULL));
    assert_true(rewrites("t", "a", "positive", NULL));
    assert_false(rewrites("t", "s", "varchar", "s::varchar"));
    assert_true(rewrites("t", "s", "text", "lower(s)"));
    assert_true(rewrites("t", "c", "timestamp", NULL)); // the zone is not known
    cat_set_setting(cat, "timezone", "UTC", false);
    assert_false(rewrites("t", "c", "timestamp", NULL));
}

static void not_null_follows_from_checks_that_say_so(void **state)
{
    (void)state;
    sql("CREATE TABLE t (a int, b int, c int, d int CHECK (d IS NOT NULL) NO INHERIT)");
    sql("ALTER TABLE t ADD CHECK (a IS NOT NULL AND b > 0)");
    sql("ALTER TABLE t ADD CONSTRAINT later CHECK (c IS NOT NULL) NOT VALID");
    assert_true(cat_proves_not_null(cat, rel("t"), 1));
    assert_false(cat_proves_not_null(cat, rel("t"), 2)); // NULL > 0 is not false
    assert_false(cat_proves_not_null(cat, rel("t"), 3));
    assert_true(cat_proves_not_null(cat, rel("t"), 4));
    sql("ALTER TABLE t VALIDATE CONSTRAINT later");
    assert_true(cat_proves_not_null(cat, rel("t"), 3));
}

static void bounds_follow_from_checks(void **state)
{
    (void)state;
    sql("CREATE TABLE p (at timestamptz, region text) PARTITION BY RANGE (at)");
    sql("CREATE TABLE q (at timestamptz, region varchar(5)) PARTITION BY LIST (region)");
    sql("CREATE TABLE t (region text, at timestamptz NOT NULL, CHECK (at >= '2024-01-01 00:00:00+00' AND at < '2024-02-01 "
        "00:00:00+00'))");
    sql("CREATE TABLE u (at timestamptz, region varchar(5) NOT NULL, CHECK (region IN ('eu', 'us')))");
    cat_set_setting(cat, "timezone", "UTC", false);
    assert_true(attaches("t", "p", "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')"));
    assert_true(attaches("t", "p", "FOR VALUES FROM (MINVALUE) TO ('2024-03-01 00:00+00')"));
    assert_false(attaches("t", "p", "FOR VALUES FROM ('2024-01-02') TO ('2024-02-01')"));
    assert_true(attaches("u", "q", "FOR VALUES IN ('eu', 'us', 'asia')"));
    assert_false(attaches("u", "q", "FOR VALUES IN ('eu')"));
}

static void extensions_bring_their_objects(void **state)
{
    (void)state;
    sql("CREATE EXTENSION citext");
    sql("CREATE EXTENSION \"uuid-ossp\"");
    sql("CREATE TABLE t (a citext, b text)");
    assert_false(rewrites("t", "b", "citext", NULL));
    assert_string_equal(type("t", "a = 'x'"), "boolean");
    assert_int_equal(volatility("uuid_generate_v4()"), 'v');
    assert_true(cat_extension_is_known(cat, "pg_trgm"));
    assert_false(cat_extension_is_known(cat, "no_such_extension"));
}

static void columns_and_dependencies(void **state)
{
    struct cat_attnums columns = {0};
    struct cat_addresses deps = {0};
    bool whole;

    (void)state;
    sql("CREATE TABLE t (a int, b int, c int)");
    sql("CREATE SEQUENCE s");
    cat_expr_columns(cat, rel("t"), lc_sql_parse_expr(arena, "a + t.c > a"), &columns, &whole);
    assert_int_equal(columns.len, 2);
    assert_int_equal(columns.items[1], 3);
    assert_false(whole);
    cat_expr_dependencies(cat, NULL, lc_sql_parse_expr(arena, "nextval('s'::regclass)"), &deps);
    assert_int_equal(deps.len, 1);
    assert_int_equal(deps.items[0].oid, rel("s")->o.oid);
    deps.len = 0;
    cat_query_dependencies(cat, NULL, lc_sql_parse_one(arena, "SELECT x.a FROM t x WHERE x.b > 1", NULL), &deps);
    assert_int_equal(deps.len, 3); // the table and two columns
}

static void a_hostile_depth_is_not_known_and_does_no_harm(void **state)
{
    struct lc_str s;

    (void)state;
    lc_str_init(&s, arena, LC_STR_MAX);
    for (int i = 0; i < 900; i++)
        lc_str_add(&s, "abs(");
    lc_str_add(&s, "1");
    for (int i = 0; i < 900; i++)
        lc_str_add(&s, ")");
    assert_true(strchr("?iv!", volatility(s.text)) != NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(types_of_expressions),
        TEST(lengths_of_expressions),
        TEST(what_planning_leaves_volatile),
        TEST(column_types_that_need_a_rewrite),
        TEST(not_null_follows_from_checks_that_say_so),
        TEST(bounds_follow_from_checks),
        TEST(extensions_bring_their_objects),
        TEST(columns_and_dependencies),
        TEST(a_hostile_depth_is_not_known_and_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
