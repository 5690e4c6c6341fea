// What the frameworks themselves refuse to run, or cut where SQL does not end: it is no safe migration.
#include "migration/support.h"

static const char *message_of(const char *name, int statement)
{
    struct migration_set set = read_all(name);

    assert_true(set.files[0].len > statement);
    assert_non_null(set.files[0].stmts[statement].sql.error);
    return set.files[0].stmts[statement].sql.error->message;
}

#define FUNCTION "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1;\n$$;\n"

static void goose_cuts_behind_semicolons(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- +goose Up\n" FUNCTION),
                        "2=1:! CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1;\n$$\n");
    assert_string_equal(message_of("1_a.sql", 0),
                        "goose cuts this statement at the semicolon of line 3, and the server refuses the part");
    assert_string_equal(read_as("2_a.sql", "-- +goose Up\n-- +goose StatementBegin\n" FUNCTION "-- +goose StatementEnd\n"),
                        "3=1: CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1;\n$$\n");
    // a comment at the end of a line does not matter, and one word is enough
    assert_string_equal(read_as("3_a.sql", "-- +goose Up\nSELECT 1; -- it's one\nSELECT 2 ;\n"),
                        "2=1: SELECT 1\n3=1: SELECT 2\n");
    assert_string_equal(read_as("4_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1; SELECT 2\n;\nSELECT 3;\n"),
                        "3~1: SELECT 1\n3~1: SELECT 2\n5: SELECT 3\n");
}

static void goose_wants_its_semicolon(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- +goose Up\nSELECT 1;\n\nSELECT 2\n-- +goose Down\nSELECT 3;\n"),
                        "2=1: SELECT 1\n4=1: SELECT 2\n4:! missing semicolon\n");
    assert_string_equal(read_as("2_a.sql", "-- +goose Up\nSELECT 1; /* done */\n-- +goose Down\n"),
                        "2=1: SELECT 1\n2:! missing semicolon\n");
    assert_string_equal(read_as("3_a.sql", "-- +goose Up\nSELECT 1;\n-- done\n"), "2=1: SELECT 1\n");
}

static void goose_knows_its_annotations(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- +goose Up\n  -- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnds\n"),
                        "3=1: SELECT 1\n2:!   -- +goose StatementBegin\n4:! -- +goose StatementEnds\n");
    assert_string_equal(message_of("1_a.sql", 1), "goose refuses this file: it does not know this annotation");
    assert_string_equal(read_as("2_a.sql", "-- +goose up\nSELECT 1;\n-- +goose Up\nSELECT 2;\n"),
                        "2=1: SELECT 1\n4=1: SELECT 2\n3:! -- +goose Up\n");
    assert_string_equal(read_as("3_a.sql", "-- +goose Down\nSELECT 1;\n-- +goose Up\nSELECT 2;\n"),
                        "4=1: SELECT 2\n1:! -- +goose Down\n2:! SELECT 1;\n3:! -- +goose Up\n");
    assert_string_equal(read_as("4_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose StatementEnd\n"),
                        "2=1: SELECT 1\n3:! -- +goose StatementEnd\n");
}

static void goose_fills_in_between_its_marks(void **state)
{
    (void)state;
    use_variable("NAME=orders");
    assert_string_equal(read_as("1_a.sql",
                                "-- +goose Up\nSELECT '$NAME';\n-- +goose ENVSUB ON\nSELECT '$NAME ${NAME:-x} ${NONE:-y} $$';\n"
                                "-- +goose ENVSUB OFF\nSELECT '${NAME}';\n"),
                        "2=1: SELECT '$NAME'\n4=1: SELECT 'orders orders y $'\n6=1: SELECT '${NAME}'\n");
}

static void sql_migrate_cuts_behind_semicolons(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- +migrate Up\n" FUNCTION),
                        "2=1:! CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1;\n$$\n");
    assert_string_equal(read_as("2_a.sql", "-- +migrate Up\nSELECT 1\n-- +migrate Down\n"),
                        "2=1: SELECT 1\n2:! missing semicolon\n");
    assert_string_equal(read_as("3_a.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate StatementBegin\nSELECT 2;\n"),
                        "2=1: SELECT 1\n4=1: SELECT 2\n3:! StatementBegin\n");
    options.input_format = "sql-migrate"; // its marks are spelled in one way
    assert_string_equal(read_as("4_a.sql", "--+migrate Up\nSELECT 1;\n"), "1:! -- +migrate Up\n");
}

static void dbmate_wants_both_parts(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- migrate:up\nSELECT 1;\n"), "2=1: SELECT 1\n1:! -- migrate:down\n");
    assert_string_equal(read_as("2_a.sql", "SELECT 0;\nSELECT 1;\n-- migrate:up\nSELECT 2;\n-- migrate:down\n"),
                        "4=1: SELECT 2\n1:! SELECT 0;\n");
    assert_string_equal(read_as("3_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;\n-- migrate:down\n"),
                        "2=1: SELECT 1\n4=2: SELECT 2\n3:! -- migrate:up\n1:! -- migrate:down\n");
}

static void node_pg_migrate_looks_for_its_mark(void **state)
{
    (void)state;
    options.input_format = "node-pg-migrate";
    assert_string_equal(read_as("1_a.sql", "SELECT 1;\n-- Up Migration\nSELECT 2;\n-- Down Migration\nSELECT 3;\n"),
                        "3=1: SELECT 2\n");
    // without it the whole file is the up part
    assert_string_equal(read_as("2_a.sql", "SELECT 1;\n-- Down Migration\nSELECT 3;\n"), "1=1: SELECT 1\n3=1: SELECT 3\n");
}

static void versions_come_once(void **state)
{
    (void)state;
    put("g/1_a.up.sql", "SELECT 1;");
    put("g/01_b.up.sql", "SELECT 2;");
    put("g/2_c_down.sql", "SELECT 3;");
    assert_string_equal(shown("g"), "1: SELECT 1\n1: SELECT 2\n1:! \n");
    put("t/001_a.sql", "SELECT 1;\n---- create above / drop below ----\n");
    put("t/003_c.sql", "SELECT 3;\n---- create above / drop below ----\n");
    assert_string_equal(shown("t"), "1=1: SELECT 1\n1=2: SELECT 3\n1:! \n");
    put("f/V1__a.sql", "SELECT 1;");
    put("f/sub/V1.0__b.sql", "SELECT 2;");
    put("f/R__c.sql", "SELECT 3;");
    assert_string_equal(shown("f"), "1=1: SELECT 1\n1=2: SELECT 2\n1:! \n1=3: SELECT 3\n");
}

static void plans_name_what_is_there(void **state)
{
    (void)state;
    put("d/meta/_journal.json", "{\"entries\": [{\"tag\": \"0000_x\"}]}");
    assert_int_equal(read_code("d"), LC_E_INPUT);
    assert_string_equal(err.message, "the journal has \"0000_x\", and there is no 0000_x.sql: Drizzle refuses the folder");
    put("s/sqitch.plan", "%project=app\nusers 2024-01-01T00:00:00Z A <a@x>\n");
    assert_int_equal(read_code("s"), LC_E_INPUT);
    assert_non_null(strstr(err.message, "deploy/users.sql: sqitch refuses to deploy it"));
}

static void atlas_directives_end_with_an_empty_line(void **state)
{
    (void)state;
    options.input_format = "atlas";
    assert_string_equal(read_as("1.sql", "-- a comment\n-- atlas:txmode none\n\nSELECT 1;\n"), "4: SELECT 1\n");
    assert_string_equal(read_as("2.sql", "-- atlas:txmode none\nSELECT 1;\n"), "2=1: SELECT 1\n");
    assert_non_null(strstr(read_all("2.sql").files[0].reason, "its txmode does not count"));
    assert_string_equal(read_as("3.sql", "-- atlas:txmode all\n\nSELECT 1;\n"), "3=1: SELECT 1\n1:! -- atlas:txmode\n");
    assert_string_equal(read_as("4.sql", "SELECT 1;\n-- atlas:txmode none\n\nSELECT 2;\n"), "1=1: SELECT 1\n4=1: SELECT 2\n");
}

static void atlas_folders(void **state)
{
    struct migration_set set;

    (void)state;
    put("a/1.sql", "SELECT 1;");
    put("a/2.sql", "-- atlas:checkpoint\n\nSELECT 1;");
    put("a/3.sql", "SELECT 3;");
    put("a/atlas.sum", "h1:x=\n1.sql h1:a=\n2.sql h1:b=\n");
    set = read_all("a");
    assert_string_equal(show(&set), "1=1: SELECT 1\n1=2: SELECT 3\n1:! \n");
    assert_string_equal(set.files[1].stmts[1].sql.error->message, "atlas refuses the folder: atlas.sum does not have 3.sql");
    assert_string_equal(set.files[1].stmts[1].sql.error->hint, "Let `atlas migrate hash` write atlas.sum anew.");
    put("b/2.sql", "-- atlas:checkpoint v1\n\nSELECT 1;");
    put("b/3.sql", "SELECT 3;");
    put("b/atlas.sum", "h1:x=\n2.sql h1:b=\n3.sql h1:b=\n");
    assert_string_equal(shown("b"), "3=1: SELECT 1\n1=2: SELECT 3\n");
}

static void liquibase_knows_no_dollar_quotes(void **state)
{
#define HEAD "--liquibase formatted sql\n"
    (void)state;
    // BEGIN ... END holds it together, an END IF ends that too early, and DECLARE comes before
    assert_string_equal(read_as("a.sql", HEAD "--changeset a:1\nDO $$ BEGIN PERFORM 1; PERFORM 2; END $$;\nSELECT 1;\n"),
                        "3=1: DO $$ BEGIN PERFORM 1; PERFORM 2; END $$\n4=1: SELECT 1\n");
    assert_string_equal(
        read_as("b.sql", HEAD "--changeset a:1\nDO $$ BEGIN IF true THEN PERFORM 1; END IF; PERFORM 2; END $$;\nSELECT 1;\n"),
        "3=1:! DO $$ BEGIN IF true THEN PERFORM 1; END IF; PERFORM 2; END $$\n4=1: SELECT 1\n");
    assert_string_equal(message_of("b.sql", 0),
                        "liquibase cuts this statement at the semicolon of line 3, and the server refuses the part");
    assert_string_equal(
        read_as("c.sql", HEAD "--changeset a:1 splitStatements:false\nDO $$ DECLARE x int; BEGIN PERFORM 2; END $$;\n"),
        "3=1: DO $$ DECLARE x int; BEGIN PERFORM 2; END $$\n");
    assert_string_equal(read_as("d.sql", HEAD "--changeset a:1 endDelimiter:@\nDO $$ DECLARE x int; BEGIN END $$ @\n"),
                        "3=1: DO $$ DECLARE x int; BEGIN END $$\n");
    assert_string_equal(read_as("e.sql", HEAD "--changeset a:1\nSELECT ';', 'it''s'; -- ;\n/* ; */ SELECT \";\";\n"),
                        "3=1: SELECT ';', 'it''s'\n4=1: SELECT \";\"\n");
    // a comment without its end is none, whatever the next changeset has
    assert_string_equal(read_as("f.sql", HEAD "--changeset a:1\nSELECT $$/* ; $$;\n--changeset a:2\n/* */ SELECT 2;\n"),
                        "3=1:! SELECT $$/* ; $$\n5=2: SELECT 2\n");
}

static void liquibase_refuses(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", HEAD "--changeset a:1\n--comment nothing\n--changeset a:2\nSELECT 1;\n"),
                        "2:! --changeset\n5=1: SELECT 1\n");
    assert_string_equal(read_as("b.sql", HEAD "--changeset a:1\nSELECT 1;\n-changeset a:2\nSELECT 2;\n"),
                        "4:! -changeset a:2\n3=1: SELECT 1\n5=1: SELECT 2\n");
    assert_string_equal(read_as("c.sql", HEAD "--include file:other.sql\n--changeset a:1\nSELECT 1;\n"),
                        "2:! --include file:other.sql\n4=1: SELECT 1\n");
    assert_string_equal(message_of("c.sql", 0),
                        "Liquibase refuses this file: what an include runs is not read, and needs a licence");
}

static void tern_takes_shared_code_in(void **state)
{
    const char *loop = "SELECT 1";

    (void)state;
    put("m/tern.conf", "[database]\nhost = x\n\n[data]\nprefix = foo\ntwo = b c\n");
    put("m/shared/f.sql", "SELECT '{{.prefix}}', 1;");
    put("secret.sql", "SELECT 'secret';");
    assert_string_equal(read_as("m/001_a.sql",
                                "{{/* a comment */}}SELECT '{{ .two }}';\n{{ template \"shared/f.sql\" . }}\nSELECT 2;\n"
                                "---- create above / drop below ----\n"),
                        "1=1: SELECT 'b c'\n2=1: SELECT 'foo', 1\n3=1: SELECT 2\n");
    assert_string_equal(read_as("m/001_a.sql", "SELECT 1;\n{{ template \"../secret.sql\" . }}\n"),
                        "1=1: SELECT 1\n2=1:! {{ template \"../secret.sql\" . }}\n");
    options.input_format = "tern";
    put("m/tern.conf", "[data]\nprefix = foo\n\n[other]\nnone = x\n"); // of its section only
    assert_string_equal(read_as("m/001_a.sql", "SELECT '{{.prefix}}', '{{.none}}';\n"), "1=1: SELECT 'foo', '{{.none}}'\n");
    // what takes itself in: an end comes after so many files, not after ten to the power of the depth
    for (int i = 0; i < 10; i++)
        loop = lc_printf(arena, "%s{{ template \"shared/f.sql\" . }}", loop);
    put("m/shared/f.sql", loop);
    (void)read_as("m/002_a.sql", "{{ template \"shared/f.sql\" . }};\n");
    assert_non_null(message_of("m/002_a.sql", 0));
}

static void flyway_reads_past_rows(void **state)
{
    (void)state;
    assert_string_equal(read_as("V1__a.sql", "COPY t (a, b) FROM stdin;\n1\tx;\n2\t'\n\\.\nSELECT 1;\n"),
                        "1=1: COPY t (a, b) FROM stdin\n5=1: SELECT 1\n");
    put("V2__b.sql.conf", "shouldExecute=false\n");
    assert_string_equal(read_as("V2__b.sql", "SELECT 1;\n"), "");
    put("f/V1__a.sql", "SELECT 1;");
    put("f/R__a.sql", "SELECT 2;");
    put("f/afterVersioned.sql", "SELECT 3;");
    put("f/afterMigrateApplied.sql", "SELECT 4;");
    assert_string_equal(shown("f"), "1=1: SELECT 1\n1=2: SELECT 3\n1=3: SELECT 2\n1=4: SELECT 4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(goose_cuts_behind_semicolons),
        TEST(goose_wants_its_semicolon),
        TEST(goose_knows_its_annotations),
        TEST(goose_fills_in_between_its_marks),
        TEST(sql_migrate_cuts_behind_semicolons),
        TEST(dbmate_wants_both_parts),
        TEST(node_pg_migrate_looks_for_its_mark),
        TEST(versions_come_once),
        TEST(plans_name_what_is_there),
        TEST(atlas_directives_end_with_an_empty_line),
        TEST(atlas_folders),
        TEST(liquibase_knows_no_dollar_quotes),
        TEST(liquibase_refuses),
        TEST(tern_takes_shared_code_in),
        TEST(flyway_reads_past_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
