// Folders: which files a deploy runs, in the framework's order.
#include "migration/support.h"

static void put_all(const char *const *names, int n, const char *text)
{
    for (int i = 0; i < n; i++)
        put(names[i], text);
}

static void numbers_go_by_value(void **state)
{
    static const char *const names[] = {"p/10_c.sql",
                                        "p/9_b.sql",
                                        "p/2_a.sql",
                                        "p/readme.md",
                                        "p/.hidden.sql",
                                        "p/100000000000000000000000_z.sql",
                                        "p/99999999999999999999999_y.sql",
                                        "p/009_b.sql"};

    (void)state;
    put_all(names, COUNT(names), "SELECT 1;");
    assert_string_equal(order_of("p"),
                        "2_a.sql 009_b.sql 9_b.sql 10_c.sql 99999999999999999999999_y.sql 100000000000000000000000_z.sql");
    assert_string_equal(read_all("p/").files[0].path, at("p/2_a.sql"));
}

static void flyway_goes_by_version(void **state)
{
    static const char *const names[] = {
        "f/V1.10__c.sql",  "f/V1.2__b.sql",      "f/sub/deep/V1_3__x.sql", "f/R__b.sql",        "f/R__a.sql",
        "f/V2__d.sql",     "f/U2__d.sql",        "f/B1__base.sql",         "f/notes.sql",       "f/V1__a.sql",
        "f/V1.0.1__z.sql", "f/afterMigrate.sql", "f/beforeMigrate.sql",    "f/V20240101__e.sql"};

    (void)state;
    put_all(names, COUNT(names), "SELECT 1;");
    assert_string_equal(order_of("f"),
                        "beforeMigrate.sql V1__a.sql V1.0.1__z.sql V1.2__b.sql sub/deep/V1_3__x.sql V1.10__c.sql V2__d.sql "
                        "V20240101__e.sql R__a.sql R__b.sql afterMigrate.sql");
}

static void flyway_runs_callbacks_around_each(void **state)
{
    struct migration_set set;

    (void)state;
    put("e/V1__a.sql", "SELECT 1;");
    put("e/V2__b.sql", "CREATE INDEX CONCURRENTLY i ON t (a);");
    put("e/V3.sql", "SELECT 3;");   // no description
    put("e/V4_x.sql", "SELECT 4;"); // no version
    put("e/R__r.sql", "SELECT 5;");
    put("e/beforeEachMigrate.sql", "SET lock_timeout = '1s';");
    put("e/afterEachMigrate__z.sql", "SELECT 7;");
    put("e/afterEachMigrate__b.sql", "SELECT 6;");
    put("e/beforeMigrate.sql", "SELECT 0;");
    put("e/beforeValidate.sql", "SELECT 8;");
    assert_string_equal(order_of("e"), "beforeValidate.sql beforeMigrate.sql "
                                       "beforeEachMigrate.sql V1__a.sql afterEachMigrate__b.sql afterEachMigrate__z.sql "
                                       "beforeEachMigrate.sql V2__b.sql afterEachMigrate__b.sql afterEachMigrate__z.sql "
                                       "beforeEachMigrate.sql V3.sql afterEachMigrate__b.sql afterEachMigrate__z.sql "
                                       "beforeEachMigrate.sql R__r.sql afterEachMigrate__b.sql afterEachMigrate__z.sql");
    // in the transaction of the migration, or in none
    assert_string_equal(
        shown("e"), "1=1: SELECT 8\n1=2: SELECT 0\n1=3: SET lock_timeout = '1s'\n1=3: SELECT 1\n1=3: SELECT 6\n1=3: SELECT 7\n"
                    "1: SET lock_timeout = '1s'\n1: CREATE INDEX CONCURRENTLY i ON t (a)\n1: SELECT 6\n1: SELECT 7\n"
                    "1=4: SET lock_timeout = '1s'\n1=4: SELECT 3\n1=4: SELECT 6\n1=4: SELECT 7\n"
                    "1=5: SET lock_timeout = '1s'\n1=5: SELECT 5\n1=5: SELECT 6\n1=5: SELECT 7\n");
    set = read_all("e");
    assert_int_equal(set.files[1].session, MIGRATION_SESSION_OWN);
    assert_int_equal(set.files[2].session, MIGRATION_SESSION_SAME);
    assert_int_equal(set.files[3].session, MIGRATION_SESSION_GOES_ON);
}

static void folders_lack_their_file(void **state)
{
    struct migration_set set;

    (void)state;
    put("p/1_a/migration.sql", "SELECT 1;");
    put("p/2_b/readme.md", "");
    set = read_all("p");
    assert_string_equal(set.files[0].stmts[1].sql.error->message, "prisma refuses the folder: 2_b has no migration.sql");
    put("d/1_a/up.sql", "SELECT 1;");
    put("d/2_b/down.sql", "SELECT 2;");
    set = read_all("d");
    assert_string_equal(set.files[0].stmts[1].sql.error->message, "diesel refuses the folder: 2_b has no up.sql");
    put("d/2_b/up.sql", "");
    set = read_all("d");
    assert_string_equal(set.files[1].stmts[0].sql.error->message, "diesel refuses this file: it is empty");
    put("d/2-_c/up.sql", "SELECT 3;");
    set = read_all("d");
    assert_string_equal(set.files[2].stmts[1].sql.error->message,
                        "diesel refuses the folder: 2_b/up.sql has the version of 2-_c/up.sql");
}

static void diesel_goes_by_date(void **state)
{
    static const char *const names[] = {"d/2017-08-31-230457_b/up.sql", "d/20170820180453_a/up.sql",
                                        "d/00000000000000_diesel_initial_setup/up.sql", "d/2017-08-31-230457_b/down.sql",
                                        "d/2018-01-01-000000_c/up.sql"};

    (void)state;
    put_all(names, COUNT(names), "SELECT 1;");
    assert_string_equal(order_of("d"),
                        "00000000000000_diesel_initial_setup/up.sql 20170820180453_a/up.sql 2017-08-31-230457_b/up.sql "
                        "2018-01-01-000000_c/up.sql");
}

static void prisma_goes_by_name(void **state)
{
    static const char *const names[] = {"p/20240102000000_b/migration.sql", "p/20240101000000_a/migration.sql",
                                        "p/0_init/migration.sql", "p/9_x/migration.sql"};

    (void)state;
    put_all(names, COUNT(names), "SELECT 1;");
    put("p/migration_lock.toml", "provider = \"postgresql\"");
    assert_string_equal(order_of("p"),
                        "0_init/migration.sql 20240101000000_a/migration.sql 20240102000000_b/migration.sql 9_x/migration.sql");
}

static void down_parts_are_left_out(void **state)
{
    static const char *const names[] = {"g/2_b.up.sql", "g/2_b.down.sql", "g/10_c.up.sql", "g/10_c.down.sql"};
    const char *paths[4];
    struct migration_set set = {0};

    (void)state;
    put_all(names, COUNT(names), "SELECT 1;");
    assert_string_equal(order_of("g"), "2_b.up.sql 10_c.up.sql");
    for (int i = 0; i < 4; i++) // as a shell's g/* gives them
        paths[i] = at(names[i]);
    assert_int_equal(migration_read(arena, paths, 4, &options, &set, &err), LC_OK);
    assert_int_equal(set.len, 2);
    assert_int_equal(migration_read(arena, &paths[1], 1, &options, &set, &err), LC_OK); // the user's own wish
    assert_string_equal(set.files[0].path, paths[1]);
}

static void dbmate_goes_by_bytes(void **state)
{
    static const char *const names[] = {"m/9_a.sql", "m/10_b.sql"};

    (void)state;
    put_all(names, COUNT(names), "-- migrate:up\nSELECT 1;\n-- migrate:down\n");
    assert_string_equal(order_of("m"), "10_b.sql 9_a.sql");
    put_all(names, COUNT(names), "-- +goose Up\nSELECT 1;\n");
    assert_string_equal(order_of("m"), "9_a.sql 10_b.sql");
}

static void sqitch_goes_by_plan(void **state)
{
    struct migration_set set;

    (void)state;
    put("s/sqitch.plan",
        "%syntax-version=1.0.0\n%project=app\n\n# a note\nusers 2024-01-01T00:00:00Z Ann <a@x> # first\n"
        "@v1 2024-01-02T00:00:00Z Ann <a@x>\n+ area/orders [users] 2024-01-03T00:00:00Z Ann <a@x>\n"
        "users [users@v1] 2024-01-04T00:00:00Z Ann <a@x> # reworked\r\n../../../etc/passwd 2024-01-04T00:00:00Z A <a@x>\n");
    put("s/deploy/users@v1.sql", "BEGIN; SELECT 1; COMMIT;");
    put("s/deploy/area/orders.sql", "SELECT 2;");
    put("s/deploy/users.sql", "SELECT 3;");
    put("s/deploy/unplanned.sql", "SELECT 4;");
    put("s/revert/users.sql", "SELECT 5;");
    assert_string_equal(order_of("s"), "deploy/users@v1.sql deploy/area/orders.sql deploy/users.sql");
    set = read_all("s");
    assert_string_equal(set.files[0].reason, "detected: sqitch.plan");
    put("s/sqitch.conf", "[core]\n\tengine = pg\n\ttop_dir = db\n");
    put("s/db/deploy/users@v1.sql", "SELECT 1;");
    put("s/db/deploy/area/orders.sql", "SELECT 2;");
    put("s/db/deploy/users.sql", "SELECT 3;");
    assert_string_equal(order_of("s"), "db/deploy/users@v1.sql db/deploy/area/orders.sql db/deploy/users.sql");
}

// Which tag a reworked script is named after is the author's choice: the latest tag with a file counts, each time the change is reworked.
static void sqitch_finds_reworked_scripts(void **state)
{
    (void)state;
    put("rework/sqitch.plan",
        "%project=app\na 2024-01-01T00:00:00Z A <a@x>\n@v1 2024-01-02T00:00:00Z A <a@x>\nb 2024-01-03T00:00:00Z A <a@x>\n"
        "@v2 2024-01-04T00:00:00Z A <a@x>\n@v3 2024-01-04T00:00:00Z A <a@x>\na [a@v3] 2024-01-05T00:00:00Z A <a@x>\n"
        "@v4 2024-01-06T00:00:00Z A <a@x>\na [a@v4] 2024-01-07T00:00:00Z A <a@x>\n");
    put("rework/deploy/a@v3.sql", "SELECT 1;");
    put("rework/deploy/b.sql", "SELECT 2;");
    put("rework/deploy/a@v4.sql", "SELECT 3;");
    put("rework/deploy/a.sql", "SELECT 4;");
    assert_string_equal(order_of("rework"), "deploy/a@v3.sql deploy/b.sql deploy/a@v4.sql deploy/a.sql");
    put("rework/deploy/a@v1.sql", "SELECT 5;");
    assert_string_equal(order_of("rework"), "deploy/a@v3.sql deploy/b.sql deploy/a@v4.sql deploy/a.sql");
}

static void sqitch_without_its_plan(void **state)
{
    (void)state;
    put("s/deploy/b.sql", "-- Deploy app:b to pg\nSELECT 1;");
    put("s/revert/b.sql", "-- Revert app:b from pg\nSELECT 2;");
    put("s/verify/b.sql", "-- Verify app:b on pg\nSELECT 3;");
    assert_string_equal(shown("s"), "2: SELECT 1\n");
}

static void neighbours_decide_for_files_without_marks(void **state)
{
    struct migration_set set;

    (void)state;
    put("m/1_a.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);");
    put("m/2_b.sql", "SELECT 1;\nSELECT 2;");
    assert_string_equal(shown("m"), "2: CREATE INDEX CONCURRENTLY i ON t (a)\n1=1: SELECT 1\n2=1: SELECT 2\n");
    set = read_all("m");
    assert_string_equal(set.files[1].reason, "as other files of the folder: sqlx");
    // goose refuses a file without marks, and does not look at one without a number
    put("g/1_a.sql", "-- +goose Up\nSELECT 1;");
    put("g/2_b.sql", "SELECT 2;");
    put("g/seed.sql", "SELECT 3;");
    set = read_all("g");
    assert_string_equal(shown("g"), "2=1: SELECT 1\n1:! SELECT 2;\n1:! -- +goose Up\n");
    assert_string_equal(set.files[1].stmts[0].sql.error->message, "goose refuses this file: this comes before the up part");
}

static void folders_in_folders(void **state)
{
    (void)state;
    put("x/2024/1_a.sql", "SELECT 1;");
    put("x/2025/1_b.sql", "SELECT 2;");
    assert_string_equal(order_of("x"), "2024/1_a.sql 2025/1_b.sql");
    put("x/0_top.sql", "SELECT 0;"); // then the folders in it are something else: seeds, tests, ...
    assert_string_equal(order_of("x"), "0_top.sql");
}

static void transactions_over_files(void **state)
{
    const char *paths[3];
    struct migration_set set = {0};

    (void)state;
    put("a/0_x.sql", "SELECT 1;--> statement-breakpoint\nSELECT 2;");
    put("a/1_y.sql", "SELECT 3;--> statement-breakpoint\n");
    put("b/V1__z.sql", "SELECT 4;");
    assert_string_equal(shown("a"), "1=1: SELECT 1\n2=1: SELECT 2\n1=1: SELECT 3\n");
    paths[0] = at("a/0_x.sql");
    paths[1] = at("b");
    paths[2] = at("a/1_y.sql");
    assert_int_equal(migration_read(arena, paths, 3, &options, &set, &err), LC_OK);
    assert_string_equal(show(&set), "1=1: SELECT 1\n2=1: SELECT 2\n1=2: SELECT 4\n1=3: SELECT 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_go_by_value),
        TEST(flyway_goes_by_version),
        TEST(flyway_runs_callbacks_around_each),
        TEST(folders_lack_their_file),
        TEST(diesel_goes_by_date),
        TEST(prisma_goes_by_name),
        TEST(down_parts_are_left_out),
        TEST(dbmate_goes_by_bytes),
        TEST(sqitch_goes_by_plan),
        TEST(sqitch_finds_reworked_scripts),
        TEST(sqitch_without_its_plan),
        TEST(folders_in_folders),
        TEST(neighbours_decide_for_files_without_marks),
        TEST(transactions_over_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
