// Plain files as psql -f runs them: variables, backslash commands, rows of COPY, included files.
#include "migration/support.h"

static void plain_statements(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", "-- one\nSELECT 1;\r\n\r\nBEGIN;\nSELECT 2; SELECT 3\n;COMMIT"),
                        "2: SELECT 1\n4: BEGIN\n5: SELECT 2\n5: SELECT 3\n6: COMMIT\n");
    assert_string_equal(format_of("a.sql"), "plain");
}

static void variables_are_filled_in(void **state)
{
    (void)state;
    use_variable("v=15");
    use_variable("name=it's \"x\"");
    assert_string_equal(read_as("a.sql", "SELECT :v, :'name', :\"name\", ':v', $$:v$$, a::int, :w /* :v */, :{?v}, :{?w};\n"),
                        "1:! SELECT 15, 'it''s \"x\"', \"it's \"\"x\"\"\", ':v', $$:v$$, a::int, :w /* :v */, TRUE, FALSE\n");
    assert_string_equal(read_as("b.sql", "\\set t 'a b' c\\\\ SELECT :'t';\n\\set t :v\nSELECT\n:t;\n\\unset t\nSELECT :'t';"),
                        "1: SELECT 'a bc'\n3: SELECT\n15\n6:! SELECT :'t'\n");
    assert_string_equal(read_as("c.sql", "\\set x `date`\nSELECT :'x';\nSELECT a[1:v];"), "2:! SELECT :'x'\n3: SELECT a[115]\n");
}

static void statements_have_the_places_of_the_file(void **state)
{
    struct migration_set set;
    const char *text = "\\set long 'a longer text\\nof two lines'\nSELECT :'long';\n  ALTER TABLE t ADD c int;\n";

    (void)state;
    put("a.sql", text);
    set = read_all("a.sql");
    assert_int_equal(set.files[0].len, 2);
    assert_int_equal(set.files[0].stmts[1].sql.line, 3);
    assert_int_equal(set.files[0].stmts[1].sql.offset, strstr(text, "ALTER") - text);
    assert_int_equal(set.files[0].stmts[1].sql.len, strlen("ALTER TABLE t ADD c int"));
}

static void commands_that_print_are_passed_over(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", "\\echo 'it''s;' \\\\ SELECT 1;\n\\echo it's \\\\ SELECT 9;\n\\timing "
                                         "on\nSELECT\n\\x\n2;\n\\d t\n\\pset null 'x;y'\n\\restrict abc\n"),
                        "1: SELECT 1\n4: SELECT\n  \n2\n");
}

static void queries_end_at_commands(void **state)
{
    (void)state;
    assert_string_equal(
        read_as("a.sql", "SELECT 1 \\g\nSELECT 2 AS x \\gset\nSELECT 3 \\gx\nSELECT 4 \\gdesc\nSELECT 5 \\r\nSELECT 6\n;\n"),
        "1: SELECT 1\n2: SELECT 2 AS x\n3: SELECT 3\n6: SELECT 6\n");
    assert_string_equal(read_as("b.sql", "SELECT 1;\n\\q\nSELECT 2;"), "1: SELECT 1\n");
    assert_string_equal(read_as("c.sql", "SELECT 1\\; SELECT 2\\; SELECT 3;\nSELECT 4; SELECT 5\\;SELECT 6;"),
                        "1~1: SELECT 1\n1~1: SELECT 2\n1~1: SELECT 3\n2: SELECT 4\n2~2: SELECT 5\n2~2: SELECT 6\n");
}

static void what_runs_unknown_sql_is_said(void **state)
{
    struct migration_set set;

    (void)state;
    assert_string_equal(read_as("a.sql", "SELECT 'DROP TABLE t' \\gexec\n\\c other\n\\c -\n\\! psql -f it's.sql\nSELECT 1;\n"),
                        "1: SELECT 'DROP TABLE t'\n1:! \\gexec\n2:! \\connect\n4:! \\!\n5: SELECT 1\n");
    set = read_all("a.sql");
    assert_non_null(strstr(set.files[0].stmts[1].sql.error->message, "not known"));
    assert_string_equal(
        read_as("c.sql",
                "\\restrict x\nSELECT 1 \\parse s\n\\bind_named s \\g\nSELECT 2 \\sendpipeline\nSELECT 3;\n\\unrestrict x\n"),
        "3:! \\bind_named\n4: SELECT 2\n5: SELECT 3\n");
    assert_string_equal(read_as("d.sql", "SELECT 1;\n\\c\nSELECT 2;\n\\c - other\nSELECT 3;\n"),
                        "1: SELECT 1\n3: SELECT 2\n4:! \\connect\n5: SELECT 3\n");
    set = read_all("d.sql");
    assert_false(set.files[0].stmts[0].new_session);
    assert_true(set.files[0].stmts[1].new_session);
    assert_false(set.files[0].stmts[3].new_session);
    assert_string_equal(read_as("b.sql", "\\set AUTOCOMMIT off\nSELECT 1;"), "1:! \\autocommit\n2: SELECT 1\n");
}

static void conditions(void **state)
{
    (void)state;
    use_variable("yes=true");
    assert_string_equal(
        read_as("a.sql", "\\if :yes\nSELECT 1;\n\\if no\nSELECT 'x;';\n\\else\nSELECT 2;\n\\endif\n\\elif true\nSELECT 3;\n"
                         "\\else\nSELECT 4;\n\\endif\n\\if off\n\\set yes false\n\\elif 1\nSELECT :yes;\n\\endif\n"),
        "2: SELECT 1\n6: SELECT 2\n16: SELECT true\n");
    // a condition that is not known runs every branch
    assert_string_equal(
        read_as("b.sql", "SELECT 1 AS x \\gset\n\\if :x\nSELECT 2;\n\\else\nSELECT 3;\n\\endif\n\\endif\n\\else\nSELECT 4;"),
        "1: SELECT 1 AS x\n3: SELECT 2\n5: SELECT 3\n9: SELECT 4\n");
}

static void rows_of_copy(void **state)
{
    (void)state;
    assert_string_equal(read_as("a.sql", "COPY t (a, b) FROM stdin;\n1\tit's :v\n\\N\t$$\n\\.\nSELECT 1;\ncopy t from stdin with "
                                         "(format csv) ;\r\n\"x\n\\.\r\nSELECT 2;"),
                        "1: COPY t (a, b) FROM stdin\n5: SELECT 1\n6: copy t from stdin with (format csv)\n9: SELECT 2\n");
    assert_string_equal(read_as("b.sql", "COPY t TO stdout;\nCOPY t FROM stdin;\nSELECT 1;"),
                        "1: COPY t TO stdout\n2: COPY t FROM stdin\n3: SELECT 1\n");
    assert_string_equal(read_as("c.sql",
                                "\\copy t(a, b) from 'x y.csv' with csv header\nSELECT 1;\n\\copy (select 1 from x) to out.csv\n"
                                "\\copy t from stdin\nit's\n\\.\nSELECT 2;\n\\copy t\n\\copy\n\\copy t from program 'cat'\n"),
                        "1: \\copy t(a, b) from 'x y.csv' with csv header\n2: SELECT 1\n3: \\copy (select 1 from x) to out.csv\n"
                        "4: COPY  t from STDIN\n7: SELECT 2\n10: \\copy t from program 'cat'\n");
}

static void included_files(void **state)
{
    (void)state;
    use_variable("t=orders");
    put("inc/b.sql", "SELECT 'b1';\n\\ir c.sql\nSELECT * FROM :t;\n");
    put("inc/c.sql", "SELECT 'c'\\; SELECT 'd';\n\\set t changed");
    assert_string_equal(
        read_as("a.sql", "SELECT 0;\n\\ir inc/b.sql\n\nSELECT :'t';"),
        "1: SELECT 0\n2: SELECT 'b1'\n2~1: SELECT 'c'\n2~1: SELECT 'd'\n2: SELECT * FROM changed\n4: SELECT 'changed'\n");
    assert_string_equal(read_as("b.sql", "\\i inc/c.sql\n"), "1~1: SELECT 'c'\n1~1: SELECT 'd'\n");
}

static void included_files_stay_inside(void **state)
{
    (void)state;
    assert_int_equal(symlink("/etc/passwd", at("link.sql")), 0);
    assert_string_equal(
        read_as("a.sql", "\\i /etc/passwd\n\\ir ../../../../../etc/passwd\n\\ir link.sql\n\\i nowhere.sql\n\\i\n\\i -\n"),
        "1:! \\include\n2:! \\include\n3:! \\include\n4:! \\include\n5:! \\include\n6:! \\include\n");
}

static void circles_of_included_files_end(void **state)
{
    (void)state;
    put("a.sql", "SELECT 1;\n\\ir a.sql\n\\ir a.sql\n");
    assert_true(read_all("a.sql").files[0].len > 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_statements),
        TEST(variables_are_filled_in),
        TEST(statements_have_the_places_of_the_file),
        TEST(commands_that_print_are_passed_over),
        TEST(queries_end_at_commands),
        TEST(what_runs_unknown_sql_is_said),
        TEST(conditions),
        TEST(rows_of_copy),
        TEST(included_files),
        TEST(included_files_stay_inside),
        TEST(circles_of_included_files_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
