// The files of each framework: what it runs of them, in which transactions and strings, and how they are known.
#include "migration/support.h"

static void goose(void **state)
{
    (void)state;
    assert_string_equal(
        read_as("1_a.sql",
                "-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int AS $$\n SELECT 1;\n"
                "$$ LANGUAGE sql;\n-- +goose StatementEnd\nSELECT 2;\n-- +goose Down\nDROP TABLE t;\n"),
        "2=1: SELECT 1\n4=1: CREATE FUNCTION f() RETURNS int AS $$\n SELECT 1;\n$$ LANGUAGE sql\n8=1: SELECT 2\n");
    assert_string_equal(format_of("1_a.sql"), "goose");
    assert_string_equal(read_all("1_a.sql").files[0].reason, "detected: '-- +goose Up' at line 1");
    assert_string_equal(read_as("2_b.sql", "-- +goose NO TRANSACTION\r\n-- +goose up\r\nSELECT 1;\r\nSELECT 2; SELECT 3; -- x\r\n"
                                           "-- +goose StatementBegin\r\nSELECT 4;\r\nSELECT 5;\r\n-- +goose StatementEnd\r\n"),
                        "3: SELECT 1\n4~1: SELECT 2\n4~1: SELECT 3\n6~2: SELECT 4\n7~2: SELECT 5\n");
}

static void goose_fills_in_the_environment(void **state)
{
    (void)state;
    use_variable("TABLE=orders");
    assert_string_equal(read_as("1_a.sql", "-- +goose ENVSUB ON\n-- +goose Up\nDROP TABLE ${TABLE};\nDROP TABLE ${OTHER};\n"),
                        "3=1: DROP TABLE orders\n4=1:! DROP TABLE ${OTHER}\n");
    assert_string_equal(read_as("2_a.sql", "-- +goose Up\nSELECT '${TABLE}';\n"), "2=1: SELECT '${TABLE}'\n");
}

static void goose_refuses(void **state)
{
    struct migration_set set;

    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"),
                        "3=1: SELECT 1\n2:! StatementBegin\n");
    options.input_format = "goose";
    assert_string_equal(read_as("2_a.sql", "-- a comment\n"), "1:! -- +goose Up\n");
    set = read_all("2_a.sql");
    assert_string_equal(set.files[0].stmts[0].sql.error->message, "goose refuses this file: it has no '-- +goose Up'");
}

static void sql_migrate(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- +migrate Up\nSELECT 1;\n\n-- +migrate Down\nSELECT 2;\n"), "2=1: SELECT 1\n");
    assert_string_equal(read_as("2_a.sql",
                                "-- +migrate Up notransaction\nSELECT 1;\nSELECT 2;\n-- +migrate StatementBegin\nSELECT 3;\n"
                                "SELECT 4;\n-- +migrate StatementEnd\n-- +migrate Down notransaction\nSELECT 5;\n"),
                        "2: SELECT 1\n3: SELECT 2\n5~1: SELECT 3\n6~1: SELECT 4\n");
    assert_string_equal(read_as("3_a.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down notransaction\nSELECT 5;\n"),
                        "2=1: SELECT 1\n");
    assert_string_equal(format_of("3_a.sql"), "sql-migrate");
}

static void dbmate(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.sql", "-- migrate:up\nSELECT 1;\nSELECT 2;\n\n-- migrate:down\nSELECT 3;\n"),
                        "2=1: SELECT 1\n3=1: SELECT 2\n");
    // the section is one string, whose statements share an implicit transaction
    assert_string_equal(read_as("2_a.sql", "-- migrate:up transaction:false\nSELECT 1;\nSELECT 2;\n-- migrate:down\n"),
                        "2~1: SELECT 1\n3~1: SELECT 2\n");
    assert_string_equal(
        read_as("3_a.sql", "--migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n-- migrate:down\n"),
        "2: CREATE INDEX CONCURRENTLY i ON t (a)\n");
    assert_string_equal(format_of("3_a.sql"), "dbmate");
    assert_string_equal(read_as("4_a.sql",
                                "-- migrate:up\nSELECT 1;\n-- migrate:down\n-- migrate:up transaction:false\nSELECT 2;\n"
                                "-- migrate:down\n-- migrate:up\nSELECT 3;\n-- migrate:down\n"),
                        "2=1: SELECT 1\n5: SELECT 2\n8=2: SELECT 3\n");
}

static void tern(void **state)
{
    (void)state;
    use_variable("schema=app");
    assert_string_equal(read_as("001_a.sql", "SELECT 1 FROM {{.schema}}.t;\nSELECT {{ .none }};\n---- create above / drop below "
                                             "----\nSELECT 2;\n---- tern: disable-tx ----\n"),
                        "1=1: SELECT 1 FROM app.t\n2=1:! SELECT {{ .none }}\n");
    assert_string_equal(read_as("002_a.sql", "---- tern: disable-tx ----\nSELECT 1;\nSELECT 2; SELECT 3;\n"),
                        "2: SELECT 1\n3: SELECT 2\n3: SELECT 3\n");
    assert_string_equal(format_of("002_a.sql"), "tern");
    put("m/tern.conf", "[database]\n[data]\nschema = app\n");
    put("m/snapshots/v1/install.sql", "SELECT 1 FROM {{.schema}}.t;\n{{ template \"sub/two.sql\" . }}");
    put("m/snapshots/v1/sub/two.sql", "SELECT 2;");
    assert_string_equal(read_as("m/001_a.sql", "{{ install_snapshot \"v1\" }}\nSELECT 3;"),
                        "1=1: SELECT 1 FROM app.t\n1=1: SELECT 2\n2=1: SELECT 3\n");
    assert_string_equal(read_as("m/001_a.sql", "{{ install_snapshot \"../..\" }}"), "1=1:! {{ install_snapshot \"../..\" }}\n");
}

static void node_pg_migrate(void **state)
{
    (void)state;
    put("m/1700000000001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n");
    put("m/1700000000002_b.sql", "SELECT 3;\n");
    assert_string_equal(shown("m"), "2=1: SELECT 1\n1=1: SELECT 3\n");
    put("n/package.json", "{\"dependencies\": {\"node-pg-migrate\": \"7\"}}");
    put("n/migrations/1_a.sql", "SELECT 1;");
    assert_string_equal(format_of("n/migrations/1_a.sql"), "node-pg-migrate");
}

static void drizzle(void **state)
{
    struct migration_set set;

    (void)state;
    put("d/0000_x.sql", "SELECT 1;--> statement-breakpoint\nSELECT 2;\n");
    put("d/0001_y.sql", "SELECT 3;");
    put("d/0002_not_in_the_journal.sql", "SELECT 4;");
    put("d/meta/_journal.json",
        "{\"entries\": [{\"idx\": 0, \"tag\": \"0001_y\"}, {\"idx\": 1, \"tag\": \"0000_x\"}, {\"tag\": \"../../etc/x\"}, {}]}");
    set = read_all("d");
    assert_string_equal(show(&set), "1=1: SELECT 3\n1=1: SELECT 1\n2=1: SELECT 2\n");
    put("d/meta/_journal.json", "{\"entries\": ");
    assert_int_equal(read_code("d"), LC_E_INPUT);
}

static void whole_files(void **state)
{
    (void)state;
    assert_string_equal(read_as("1_a.up.sql", "SELECT 1;\nSELECT 2;"), "1~1: SELECT 1\n2~1: SELECT 2\n");
    assert_string_equal(format_of("1_a.up.sql"), "golang-migrate");
    assert_string_equal(read_as("2_a.up.sql", "VACUUM;"), "1: VACUUM\n");
    assert_string_equal(read_as("x/migration.sql", "SELECT 1;\nSELECT 2;"), "1~1: SELECT 1\n2~1: SELECT 2\n");
    assert_string_equal(format_of("x/migration.sql"), "prisma");
    assert_string_equal(read_as("2020-01-01-000000_y/up.sql", "SELECT 1;\nSELECT 2;"), "1=1: SELECT 1\n2=1: SELECT 2\n");
    assert_string_equal(format_of("2020-01-01-000000_y/up.sql"), "diesel");
    put("2020-01-01-000000_y/metadata.toml", "# run_in_transaction = false\nrun_in_transaction=true");
    assert_string_equal(shown("2020-01-01-000000_y/up.sql"), "1=1: SELECT 1\n2=1: SELECT 2\n");
    put("2020-01-01-000000_y/metadata.toml", "other = 1\n");
    assert_string_equal(shown("2020-01-01-000000_y/up.sql"), "1~1: SELECT 1\n2~1: SELECT 2\n");
    put("2020-01-01-000000_y/metadata.toml", "# x\nrun_in_transaction = false\n");
    assert_string_equal(read_as("2020-01-01-000000_y/up.sql", "SELECT 1;\nSELECT 2;"), "1~1: SELECT 1\n2~1: SELECT 2\n");
    assert_string_equal(read_as("3_a.sql", "-- no-transaction\nSELECT 1;"), "2: SELECT 1\n");
    assert_string_equal(format_of("3_a.sql"), "sqlx");
}

static void rust_projects(void **state)
{
    (void)state;
    put("r/Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n");
    assert_string_equal(read_as("r/migrations/1_a.sql", "SELECT 1;\nSELECT 2;"), "1=1: SELECT 1\n2=1: SELECT 2\n");
    assert_string_equal(format_of("r/migrations/1_a.sql"), "sqlx");
    put("f/Cargo.toml", "[dependencies]\nrefinery = \"0.8\"\n");
    put("f/migrations/U2__b.sql", "SELECT 2;");
    put("f/migrations/V10__a.sql", "CREATE INDEX CONCURRENTLY i ON t (a);");
    // U is "unversioned" here, and is run; nothing leaves the transaction
    assert_string_equal(shown("f/migrations"), "1=1: SELECT 2\n1=2: CREATE INDEX CONCURRENTLY i ON t (a)\n");
    assert_string_equal(format_of("f/migrations"), "refinery");
}

static void flyway_transactions(void **state)
{
    (void)state;
    assert_string_equal(read_as("V1__a.sql", "SELECT 1;\nANALYZE;\nDISCARD PLANS;"),
                        "1=1: SELECT 1\n2=1: ANALYZE\n3=1: DISCARD PLANS\n");
    assert_string_equal(read_as("V2__a.sql", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);"),
                        "1: CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)\n");
    assert_string_equal(read_as("V3__a.sql", "SELECT 1;\nVACUUM t;"), "1: SELECT 1\n2: VACUUM t\n");
    assert_non_null(strstr(read_all("V3__a.sql").files[0].reason, "mixed=true"));
    // what Flyway does not know of runs in the transaction, and fails there
    assert_string_equal(read_as("V4__a.sql", "REINDEX INDEX CONCURRENTLY i;"), "1=1: REINDEX INDEX CONCURRENTLY i\n");
    put("V5__a.sql.conf", "# x\nexecuteInTransaction = false\n");
    assert_string_equal(read_as("V5__a.sql", "SELECT 1;\nSELECT 2;"), "1: SELECT 1\n2: SELECT 2\n");
}

static void flyway_placeholders(void **state)
{
    struct migration_set set;

    (void)state;
    use_variable("schema=app");
    assert_string_equal(read_as("V1__a.sql", "DROP TABLE ${schema}.t; SELECT '${schema';\n\nDROP TABLE ${other}.t;"),
                        "1=1: DROP TABLE app.t\n1=1: SELECT '${schema'\n3=1:! DROP TABLE ${other}.t\n");
    set = read_all("V1__a.sql");
    assert_string_equal(set.files[0].stmts[2].sql.error->hint,
                        "The placeholder ${other} has no value: give one with -v NAME=VALUE.");
    assert_int_equal(set.files[0].stmts[2].sql.error->line, 3);
    put("V1__a.sql.conf", "placeholderReplacement=false");
    assert_string_equal(read_as("V1__a.sql", "SELECT '${schema}';"), "1=1: SELECT '${schema}'\n");
}

static void liquibase(void **state)
{
    (void)state;
    assert_string_equal(
        read_as("a.sql",
                "--liquibase formatted sql\nSELECT 'not in a changeset';\n--property name:tab value:orders\n"
                "--changeset ann:1 labels:x context:\"prod or dev\"\nDROP TABLE ${tab};\nSELECT 1;\n--rollback SELECT 2;\n"
                "-- changeset bob:2 runInTransaction:false\nSELECT 3;\nSELECT 4;\n"
                "--changeset bob:3 runInTransaction:false splitStatements:false\nSELECT 5;\nSELECT 6;\n"
                "--changeset bob:4 dbms:mysql\nSELECT 7;\n--changeset bob:5 dbms:oracle,postgresql\nSELECT 8;\n"
                "--changeset bob:6 ignore:true\nSELECT 9;\n--changeset bob:7 dbms:!postgresql\nSELECT 10;\n"),
        "5=1: DROP TABLE orders\n6=1: SELECT 1\n9: SELECT 3\n10: SELECT 4\n12~2: SELECT 5\n13~2: SELECT 6\n17=3: SELECT 8\n");
    assert_string_equal(format_of("a.sql"), "liquibase");
    assert_string_equal(
        read_as("b.sql",
                "-- Liquibase Formatted SQL\n--changeset a:1 endDelimiter:@@\nSELECT 1;\nSELECT 2@@\nSELECT 3\n@@\n"
                "--ignoreLines:1\nSELECT 4;\n--ignoreLines:start\nSELECT 5;\n--changeset b:2\n--ignoreLines:end\nSELECT 6;\n"),
        "3=1: SELECT 1\n4=1: SELECT 2\n5=1: SELECT 3\n13=1: SELECT 6\n");
    assert_string_equal(read_as("c.sql", "--liquibase formatted sql\nSELECT 1;\n"), "1:! --changeset\n");
    (void)read_as("d.sql", "--liquibase formatted sql\n--changeset a:1\n--preconditions onFail:MARK_RAN onError:HALT\n"
                           "--precondition-sql-check expectedResult:0 SELECT count(*) FROM t\nSELECT 1;\n");
    assert_non_null(strstr(read_all("d.sql").files[0].reason, "preconditions count as held"));
    assert_string_equal(shown("d.sql"), "5=1: SELECT 1\n");
}

static void flyway_takes_no_break_spaces_for_blanks(void **state)
{
    (void)state;
    assert_string_equal(read_as("V1__a.sql", "SELECT 1;\n\xc2\xa0\nSELECT 2;\xc2\xa0"),
                        "1=1: SELECT 1\n2=1:! \xc2\xa0\nSELECT 2\n");
    assert_string_equal(read_as("V2__a.sql", "SELECT 1;\xc2\xa0\n"), "1=1: SELECT 1\n");
}

static void atlas(void **state)
{
    (void)state;
    put("t/atlas.sum", "h1:x");
    assert_string_equal(read_as("t/1.sql", "SELECT 1;\nSELECT 2;"), "1=1: SELECT 1\n2=1: SELECT 2\n");
    assert_string_equal(format_of("t/1.sql"), "atlas");
    assert_string_equal(read_as("t/2.sql", "-- atlas:txmode none\n\nSELECT 1;\nSELECT 2;"), "3: SELECT 1\n4: SELECT 2\n");
    assert_string_equal(read_as("t/3.sql", "-- atlas:delimiter \\n-- end\n\nSELECT 1\n-- end\nSELECT 2\n-- end\n"),
                        "3=1: SELECT 1\n5=1: SELECT 2\n");
}

// What a comment says or lies beside it is weaker than a name that only one framework gives.
static void names_say_more_than_comments(void **state)
{
    (void)state;
    put("g/atlas.sum", "h1:x");
    put("g/1_a.down.sql", "DROP TABLE t;");
    put("g/1_a.up.sql", "-- atlas:nolint\n\nSELECT 1;\nSELECT 2;");
    put("g/2_b.up.sql", "-- Up Migration\nSELECT 3;\n-- Down Migration\nSELECT 4;\n");
    assert_string_equal(shown("g"), "3~1: SELECT 1\n4~1: SELECT 2\n2~2: SELECT 3\n4~2: SELECT 4\n");
    assert_string_equal(format_of("g/1_a.up.sql"), "golang-migrate");
    assert_string_equal(format_of("g/2_b.up.sql"), "golang-migrate");
    assert_string_equal(read_as("V1__a.sql", "-- Down Migration: by hand\nSELECT 1;"), "2=1: SELECT 1\n");
    assert_string_equal(format_of("V1__a.sql"), "flyway");
}

// A file that looks like those beside it is of their framework, though its comment is another's marker.
static void a_folder_has_one_framework(void **state)
{
    (void)state;
    put("Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n");
    put("m/1_a.sql", "SELECT 1;");
    put("m/2_b.sql", "-- Down Migration: by hand\nSELECT 2;");
    put("m/3_c.sql", "SELECT 3;");
    assert_string_equal(shown("m"), "1=1: SELECT 1\n2=2: SELECT 2\n1=3: SELECT 3\n");
}

static void sqitch(void **state)
{
    (void)state;
    assert_string_equal(read_as("users.sql", "-- Deploy app:users to pg\n\nBEGIN;\nSELECT 1;\nCOMMIT;\n"),
                        "3: BEGIN\n4: SELECT 1\n5: COMMIT\n");
    assert_string_equal(format_of("users.sql"), "sqitch");
    assert_string_equal(read_as("roles.sql", "-- Deploy roles to pg\nGRANT USAGE ON SCHEMA :\"registry\" TO x;"),
                        "2: GRANT USAGE ON SCHEMA \"sqitch\" TO x\n");
    (void)read_as("other.sql", "-- Revert slack: it was no good\nSELECT 1;\n");
    assert_string_equal(format_of("other.sql"), "plain");
}

static void output_of_tools(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", "BEGIN;\n\n-- Running upgrade  -> 1a2b\n\nSELECT 1;\n\nCOMMIT;\n"),
                        "1: BEGIN\n5: SELECT 1\n7: COMMIT\n");
    assert_string_equal(format_of("a.sql"), "alembic");
    assert_string_equal(read_as("b.sql", "BEGIN;\n--\n-- Add field x to y\n--\nALTER TABLE y ADD COLUMN x int;\nCOMMIT;\n"),
                        "1: BEGIN\n5: ALTER TABLE y ADD COLUMN x int\n6: COMMIT\n");
    assert_string_equal(format_of("b.sql"), "django");
    assert_string_equal(read_as("c.sql", "--\n-- Raw Python operation\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\n--\n"
                                         "-- Concurrently create index i\n--\nCREATE INDEX CONCURRENTLY i ON t (a);\n"),
                        "4:! -- THIS OPERATION CANNOT BE WRITTEN AS SQL\n8: CREATE INDEX CONCURRENTLY i ON t (a)\n");
    (void)read_as(
        "d.sql",
        "BEGIN;\n--\n-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL:\n-- Raw Python operation\n--\nCOMMIT;");
    assert_string_equal(shown("d.sql"), "1: BEGIN\n3:! -- THIS OPERATION CANNOT BE WRITTEN AS SQL\n6: COMMIT\n");
    assert_string_equal(format_of("d.sql"), "django");
    assert_string_equal(
        read_as("db/structure.sql",
                "SET x.y = 0;\nCOPY t FROM stdin;\n1\n\\.\nINSERT INTO \"schema_migrations\" (version) VALUES ('1');\n"),
        "1: SET x.y = 0\n2: COPY t FROM stdin\n5: INSERT INTO \"schema_migrations\" (version) VALUES ('1')\n");
    assert_string_equal(format_of("db/structure.sql"), "rails");
}

static void transactions_can_be_chosen(void **state)
{
    (void)state;
    put("m/1.sql", "SELECT 1;\nSELECT 2;");
    put("m/2.sql", "SELECT 3;");
    options.transaction = MIGRATION_TX_FILE;
    assert_string_equal(shown("m"), "1=1: SELECT 1\n2=1: SELECT 2\n1=2: SELECT 3\n");
    options.transaction = MIGRATION_TX_ALL;
    assert_string_equal(shown("m"), "1=1: SELECT 1\n2=1: SELECT 2\n1=1: SELECT 3\n");
    options.transaction = MIGRATION_TX_NONE;
    assert_string_equal(read_as("V1__a.sql", "SELECT 1;\nSELECT 2;"), "1: SELECT 1\n2: SELECT 2\n");
}

static void formats_can_be_chosen(void **state)
{
    (void)state;
    options.input_format = "plain";
    assert_string_equal(read_as("a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;"), "2: SELECT 1\n4: SELECT 2\n");
    assert_string_equal(read_all("a.sql").files[0].reason, "chosen by --input-format");
    options.input_format = "knex";
    assert_int_equal(read_code("a.sql"), LC_E_USAGE);
    for (const char *const *name = migration_formats(); *name; name++) {
        options.input_format = *name;
        assert_int_equal(read_code("a.sql"), LC_OK);
    }
}

static void suppressions(void **state)
{
    struct migration_file f;

    (void)state;
    put("a.sql",
        "-- lockcast: ignore table-rewrite reason=\"small, \xc3\xa9\" until=2027-01-31\nSELECT 1; --lockcast:ignore a-b, c_d\n"
        "-- lockcast: ignore\n-- lockcast: ignored x\n------- lockcast: ignore all reason=now\n-- lockcast: ignore x "
        "reason=\"open");
    f = read_all("a.sql").files[0];
    assert_int_equal(f.nsuppressions, 5);
    assert_string_equal(f.suppressions[0].rule, "table-rewrite");
    assert_string_equal(f.suppressions[0].reason, "small, \xc3\xa9");
    assert_string_equal(f.suppressions[0].until, "2027-01-31");
    assert_int_equal(f.suppressions[0].line, 1);
    assert_string_equal(f.suppressions[1].rule, "a-b");
    assert_string_equal(f.suppressions[2].rule, "c_d");
    assert_null(f.suppressions[2].reason);
    assert_null(f.suppressions[2].until);
    assert_int_equal(f.suppressions[2].line, 2);
    assert_string_equal(f.suppressions[3].rule, "all");
    assert_string_equal(f.suppressions[3].reason, "now");
    assert_string_equal(f.suppressions[4].reason, "open");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(goose),
        TEST(goose_fills_in_the_environment),
        TEST(goose_refuses),
        TEST(sql_migrate),
        TEST(dbmate),
        TEST(tern),
        TEST(drizzle),
        TEST(node_pg_migrate),
        TEST(whole_files),
        TEST(rust_projects),
        TEST(liquibase),
        TEST(flyway_takes_no_break_spaces_for_blanks),
        TEST(flyway_transactions),
        TEST(atlas),
        TEST(flyway_placeholders),
        TEST(names_say_more_than_comments),
        TEST(a_folder_has_one_framework),
        TEST(sqitch),
        TEST(output_of_tools),
        TEST(suppressions),
        TEST(transactions_can_be_chosen),
        TEST(formats_can_be_chosen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
