// Supabase, Hasura, bun; files of Liquibase without its header; sqitch's folders; what is written in code; what a driver changes.
#include "migration/support.h"

static void supabase(void **state)
{
    struct migration_set set;

    (void)state;
    put("supabase/migrations/20240101000000_a.sql", "SET lock_timeout = '1s';\nSELECT 1;");
    put("supabase/migrations/20240102000000_b.sql",
        "CREATE INDEX CONCURRENTLY i ON t (a);\nDROP INDEX CONCURRENTLY j;\nSELECT 2;\n"
        "CREATE INDEX CONCURRENTLY k ON t (a);");
    put("supabase/migrations/seed.sql", "SELECT 3;");
    // what commits at once may come first in the pipeline, and is refused behind the others
    assert_string_equal(shown("supabase/migrations"),
                        "1~1: SET lock_timeout = '1s'\n2~1: SELECT 1\n1: CREATE INDEX CONCURRENTLY i ON t (a)\n"
                        "2: DROP INDEX CONCURRENTLY j\n3~2: SELECT 2\n4~2: CREATE INDEX CONCURRENTLY k ON t (a)\n");
    set = read_all("supabase/migrations");
    assert_string_equal(set.files[0].format, "supabase");
    assert_int_equal(set.files[1].session, MIGRATION_SESSION_RESET);
    put("app/migrations/1_a.sql", "SELECT 1;");
    assert_string_equal(format_of("app/migrations"), "plain");
    put("app/config.toml", "project_id = \"app\"\n");
    assert_string_equal(format_of("app/migrations"), "supabase");
    put("app/migrations/1_b.sql", "SELECT 1;");
    assert_string_equal(read_all("app/migrations").files[1].stmts[1].sql.error->message,
                        "supabase refuses the folder: 1_b.sql has the version of 1_a.sql");
}

static void hasura(void **state)
{
    (void)state;
    put("h/config.yaml", "version: 3\nendpoint: http://localhost:8080\n");
    put("h/migrations/default/1651824143336_a/up.sql", "SELECT 1; SELECT 2;");
    put("h/migrations/default/1651824143336_a/down.sql", "SELECT 3;");
    put("h/migrations/default/101_init/up.sql", "SELECT 0;");
    put("h/migrations/default/102_only_down/down.sql", "SELECT 4;");
    assert_string_equal(format_of("h/migrations"), "hasura");
    assert_string_equal(shown("h/migrations"), "1=1: SELECT 0\n1=2: SELECT 1\n1=2: SELECT 2\n");
    assert_string_equal(order_of("h/migrations/default"), "101_init/up.sql 1651824143336_a/up.sql");
    put("h/migrations/other/1_x/up.sql", "SELECT 5;");
    assert_int_equal(read_code("h/migrations"), LC_E_INPUT);
    assert_string_equal(err.message, "the folder has migrations of several databases");
    assert_string_equal(err.hint,
                        lc_printf(arena, "Name one of them: %s, or %s.", at("h/migrations/default"), at("h/migrations/other")));
}

static void bun(void **state)
{
    (void)state;
    put("b/1_a.tx.up.sql", "SELECT 1;\n--bun:split\nSELECT 2;");
    put("b/1_a.tx.down.sql", "SELECT 3;");
    put("b/2_b.up.sql", "SELECT 4;\nSELECT 5;\n--bun:split\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
    put("b/3_c.tx.up.sql", "--bun:merge\nSELECT 6;");
    assert_string_equal(shown("b"), "1=1: SELECT 1\n3=1: SELECT 2\n1~2: SELECT 4\n2~2: SELECT 5\n"
                                    "4: CREATE INDEX CONCURRENTLY i ON t (a)\n1:! --bun:merge\n2=3: SELECT 6\n");
    assert_string_equal(format_of("b"), "bun");
}

static void liquibase_without_its_header(void **state)
{
    struct migration_set set;

    (void)state;
    put("l/1_a.sql", "\n--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n--changeset a:2\nSELECT 2;");
    put("l/2_b.sql", "SELECT 3; SELECT 4;");
    put("l/3_c.sql", "-- A licence\n--liquibase formatted sql\n--changeset a:1\nSELECT 5;\n--changeset a:2\nSELECT 6;");
    assert_string_equal(shown("l"), "4=1: SELECT 1\n6=2: SELECT 2\n1=3: SELECT 3\n1=3: SELECT 4\n4=4: SELECT 5\n6=4: SELECT 6\n");
    set = read_all("l");
    assert_string_equal(set.files[1].reason,
                        "as other files of the folder: liquibase; without '--liquibase formatted sql' the file is "
                        "one changeset");
}

// pgjdbc Parser.java parseJdbcSql
static void question_marks_come_twice(void **state)
{
    const char *want = "3=1: SELECT a  ? 'x?\?', b  ?| c, d  @? e, \"f??\", $$ ?? $$ /* ?? */, g\n";

    (void)state;
    assert_string_equal(read_as("l.sql", "--liquibase formatted sql\n--changeset a:1\n"
                                         "SELECT a ?? 'x?\?', b ??| c, d @?? e, \"f??\", $$ ?? $$ /* ?? */, g;"),
                        want);
    assert_string_equal(read_as("V1__f.sql", "\n\nSELECT a ?? 'x?\?', b ??| c, d @?? e, \"f??\", $$ ?? $$ /* ?? */, g;"), want);
}

static void sqitch_looks_where_its_plan_is(void **state)
{
    static const char plan[] = "%project=app\nb 2024-01-01T00:00:00Z A <a@x>\na 2024-01-03T00:00:00Z A <a@x>\n";

    (void)state;
    put("s/sqitch.plan", "%project=app\nold 2024-01-01T00:00:00Z A <a@x>\n");
    put("s/sqitch.conf",
        "[core]\n\tengine = pg\n\t# plan_file = sqitch.plan\n\t top_dir = ./sql\n[target \"dev\"]\n\tplan_file = x\n");
    put("s/sql/sqitch.plan", plan);
    put("s/sql/deploy/b.sql", "-- Deploy app:b to pg\nSELECT 1;");
    put("s/sql/deploy/a.sql", "-- Deploy app:a to pg\nSELECT 2;");
    assert_string_equal(order_of("s"), "sql/deploy/b.sql sql/deploy/a.sql");
    assert_string_equal(order_of("s/sql"), "deploy/b.sql deploy/a.sql");
    assert_string_equal(shown("s/sql/deploy"), "2: SELECT 1\n2: SELECT 2\n");
    put("t/db/sqitch.plan", plan);
    put("t/db/deploy/b.sql", "-- Deploy app:b to pg\nSELECT 1;");
    put("t/db/deploy/a.sql", "-- Deploy app:a to pg\nSELECT 2;");
    assert_int_equal(read_code("t"), LC_E_INPUT);
    assert_string_equal(err.message, lc_printf(arena, "the order of its scripts is in %s/sqitch.plan", at("t/db")));
    assert_string_equal(err.hint, lc_printf(arena, "Name that folder: %s.", at("t/db")));
}

static void code_stands_in_its_place(void **state)
{
    struct migration_set set;

    (void)state;
    put("g/1_a.sql", "-- +goose Up\nSELECT 1;\n");
    put("g/2_b.go", "package m\n");
    put("g/2_b_test.go", "package m\n");
    put("g/main.go", "package m\n");
    put("g/3_c.sql", "-- +goose Up\nSELECT 3;\n");
    assert_string_equal(shown("g"), "2=1: SELECT 1\n1:! 2_b.go\n2=2: SELECT 3\n");
    set = read_all("g");
    assert_string_equal(set.files[1].stmts[0].sql.error->message,
                        "2_b.go is a migration written in code: what it runs is not known");
    assert_string_equal(set.files[1].format, "goose");
    put("n/1_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\n");
    put("n/2_b.ts", "export\n");
    put("n/2_b.d.ts", "export\n");
    assert_string_equal(shown("n"), "2=1: SELECT 1\n1:! 2_b.ts\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(supabase),
        TEST(hasura),
        TEST(bun),
        TEST(liquibase_without_its_header),
        TEST(question_marks_come_twice),
        TEST(sqitch_looks_where_its_plan_is),
        TEST(code_stands_in_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
