// PL/pgSQL bodies: every statement of pl_gram.y, in the order and the structure of the text.
#include "sql/support.h"

static const char *const kinds[] = {"sql",    "expr",        "dynamic", "scope",    "block",   "if",
                                    "loop",   "for_dynamic", "commit",  "rollback", "handler", "declare",
                                    "return", "raise",       "assert",  "exit",     "set",     "unknown"};

static void print(struct lc_str *s, const struct lc_body_item *items, int len)
{
    for (int i = 0; i < len; i++) {
        const struct lc_body_item *item = &items[i];

        lc_str_addf(s, "%s%s", i ? " " : "", kinds[item->kind]);
        if (item->target)
            lc_str_addf(s, ":%s", item->target);
        if (item->type)
            lc_str_addf(s, "/%s", item->type);
        if (item->label)
            lc_str_addf(s, "@%s", item->label);
        if (item->text)
            lc_str_addf(s, "<%s>", item->text);
        if (item->len) {
            lc_str_add(s, "{");
            print(s, item->children, item->len);
            lc_str_add(s, "}");
        }
        if (item->notherwise) {
            lc_str_add(s, "else{");
            print(s, item->otherwise, item->notherwise);
            lc_str_add(s, "}");
        }
    }
}

static const char *routine(const char *body)
{
    return lc_printf(arena, "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$%s$body$", body);
}

// The items of a body on one line, or the error.
static const char *shown(const char *body)
{
    struct lc_body_item root;
    struct lc_error err = {0};
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    if (lc_plpgsql_parse(arena, routine(body), &root, &err) != LC_OK)
        return lc_printf(arena, "%d: %s", err.line, err.message);
    print(&s, root.children, root.len);
    return s.text;
}

static void check(const char *const (*rows)[2], int len, const char *frame)
{
    for (int i = 0; i < len; i++) {
        const char *got = shown(lc_printf(arena, frame, rows[i][0]));

        if (strcmp(got, rows[i][1]) != 0)
            fail_msg("%s\n got %s\nwant %s", rows[i][0], got, rows[i][1]);
    }
}

static void statements(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"NULL;", ""},
        {"x := a + 1;", "expr:x<a + 1>"},
        {"x = 5;", "expr:x<5>"},
        {"NEW.updated_at := now();", "expr:NEW.updated_at<now()>"},
        {"a[i + 1].b := (SELECT 1);", "expr:a[i + 1].b<(SELECT 1)>"},
        {"x := count(*) FROM t;", "expr:x<SELECT count(*) FROM t>"},
        {"\"X y\" := 1;", "expr:\"X y\"<1>"},
        {"UPDATE t SET a = b WHERE c = ';';", "sql<UPDATE t SET a = b WHERE c = ';'>"},
        {"SELECT a, b INTO STRICT x.y, z FROM t;", "sql:x.y, z<SELECT a, b FROM t>"},
        {"SELECT INTO x a FROM t;", "sql:x<SELECT a FROM t>"},
        {"INSERT INTO t VALUES (1) RETURNING id INTO x;", "sql:x<INSERT INTO t VALUES (1) RETURNING id>"},
        {"WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d;",
         "sql<WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d>"},
        {"ALTER TABLE t ADD COLUMN IF NOT EXISTS c int;", "sql<ALTER TABLE t ADD COLUMN IF NOT EXISTS c int>"},
        {"CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;",
         "sql<CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END>"},
        {"PERFORM f(x);", "expr/perform<f(x)>"},
        {"PERFORM pg_sleep(1) FROM t;", "expr/perform<SELECT pg_sleep(1) FROM t>"},
        {"CALL p(1);", "sql<CALL p(1)>"},
        {"EXECUTE 'DROP TABLE t';", "dynamic<'DROP TABLE t'>"},
        {"EXECUTE format('ALTER TABLE %I', t) INTO x, y USING a, f(b, c);",
         "expr<a> expr<f(b, c)> dynamic:x, y<format('ALTER TABLE %I', t)>"},
        {"EXECUTE s USING a INTO x;", "expr<a> dynamic:x<s>"},
        {"IF a THEN DELETE FROM t; END IF;", "if<a>{sql<DELETE FROM t>}"},
        {"IF a THEN ELSIF b THEN NULL; ELSEIF c THEN x := 1; ELSE x := 2; END IF;",
         "if<a>else{if<b>else{if<c>{expr:x<1>}else{expr:x<2>}}}"},
        {"IF NOT EXISTS (SELECT FROM t) THEN NULL; END IF;", "if<NOT EXISTS (SELECT FROM t)>"},
        {"IF (CASE WHEN a THEN b ELSE c END) THEN NULL; END IF;", "if<(CASE WHEN a THEN b ELSE c END)>"},
        {"CASE x WHEN 1, 2 THEN DELETE FROM t; WHEN 3 THEN NULL; ELSE DELETE FROM u; END CASE;",
         "expr<x> if<(x) IN (1, 2)>{sql<DELETE FROM t>}else{if<(x) IN (3)>else{sql<DELETE FROM u>}}"},
        {"CASE WHEN a THEN DELETE FROM t; END CASE;", "if<a>{sql<DELETE FROM t>}else{raise<case_not_found>}"},
        {"LOOP EXIT WHEN a; CONTINUE; END LOOP;", "loop{exit/exit<a> exit/continue}"},
        {"<<l>> LOOP EXIT l; CONTINUE l WHEN b; END LOOP l;", "loop@l{exit/exit@l exit/continue@l<b>}"},
        {"WHILE a < 5 LOOP a := a + 1; END LOOP;", "loop{exit/exit<(a < 5) IS NOT TRUE> expr:a<a + 1>}"},
        {"FOR i IN 1..10 LOOP DELETE FROM t; END LOOP;",
         "expr<1> expr<10> loop:i/integer<generate_series(1, 10)>{sql<DELETE FROM t>}"},
        {"FOR i IN REVERSE f(a, b) .. x.y BY 2 LOOP NULL; END LOOP;",
         "expr<f(a, b)> expr<x.y> expr<2> loop:i/integer<generate_series(f(a, b), x.y, -(2))>"},
        {"FOR r IN SELECT * FROM t LOOP DELETE FROM u; END LOOP;", "loop:r<SELECT * FROM t>{sql<DELETE FROM u>}"},
        {"FOR a, b IN UPDATE t SET c = 1 RETURNING d, e LOOP NULL; END LOOP;", "loop:a, b<UPDATE t SET c = 1 RETURNING d, e>"},
        {"FOR r IN EXECUTE 'SELECT ' || a USING b LOOP DELETE FROM u; END LOOP;",
         "expr<b> for_dynamic:r<'SELECT ' || a>{sql<DELETE FROM u>}"},
        {"FOREACH x IN ARRAY ARRAY['a', 'b'] LOOP NULL; END LOOP;", "loop:x<ARRAY['a', 'b']>"},
        {"FOREACH x SLICE 1 IN ARRAY y LOOP NULL; END LOOP;", "loop:x/slice<y>"},
        {"RETURN;", "return"},
        {"RETURN a + 1;", "return<a + 1>"},
        {"RETURN NEXT;", ""},
        {"RETURN NEXT a;", "expr<a>"},
        {"RETURN QUERY SELECT 1;", "sql<SELECT 1>"},
        {"RETURN QUERY EXECUTE a USING b;", "expr<b> dynamic<a>"},
        {"RAISE;", "raise/again"},
        {"RAISE NOTICE 'x %, %', a, f(b, c);", "expr<a> expr<f(b, c)>"},
        {"RAISE EXCEPTION 'x %', a USING HINT = b, ERRCODE = '23505';", "expr<a> expr<b> expr<'23505'> raise<23505>"},
        {"RAISE unique_violation USING MESSAGE = 'x';", "expr<'x'> raise<unique_violation>"},
        {"RAISE SQLSTATE '22012';", "raise<22012>"},
        {"RAISE EXCEPTION USING ERRCODE = 'division_by_zero';", "expr<'division_by_zero'> raise<division_by_zero>"},
        {"ASSERT a > 1, 'x';", "assert<a > 1>"},
        {"OPEN c FOR SELECT 1;", "sql<SELECT 1>"},
        {"OPEN c NO SCROLL FOR EXECUTE a USING b;", "expr<b> dynamic<a>"},
        {"FETCH RELATIVE -1 FROM c INTO x, y;", "set:x, y<fetch>"},
        {"MOVE c;", "set<move>"},
        {"CLOSE c;", ""},
        {"GET STACKED DIAGNOSTICS a = MESSAGE_TEXT, b := PG_EXCEPTION_HINT;", "set:a, b<get diagnostics>"},
        {"COMMIT; ROLLBACK AND NO CHAIN;", "commit rollback"},
        {"BEGIN DELETE FROM t; END;", "sql<DELETE FROM t>"},
        {"BEGIN DELETE FROM t; EXCEPTION WHEN Unique_Violation OR SQLSTATE '22012' THEN DELETE FROM u; WHEN OTHERS THEN RAISE; "
         "END;",
         "block{sql<DELETE FROM t>} handler<unique_violation or sqlstate '22012'>{sql<DELETE FROM u>} "
         "handler<others>{raise/again}"},
        {"<<b>> DECLARE x int := 5; BEGIN x := 6; END b;", "scope@b{declare:x/int<5> expr:x<6>}"},
        {"DECLARE x int; BEGIN NULL; EXCEPTION WHEN others THEN NULL; END;", "scope{declare:x/int block handler<others>}"},
        {"<<b>> BEGIN EXIT b; END;", "scope@b{exit/exit@b}"},
        {"(SELECT 1);", "sql<(SELECT 1)>"},
        {"'x';", "unknown<'x'>"},
        {"if a then raise notice 'loop then; end if'; end if; -- ; END\n", "if<a>"},
    };

    (void)state;
    check(rows, COUNT(rows), "\nBEGIN\n%s\nEND");
}

static void declarations(void **state)
{
    static const char *const rows[][2] = {
        {"r t%ROWTYPE; v s.t.a%TYPE; u my.type[];", "declare:r/t%ROWTYPE declare:v/s.t.a%TYPE declare:u/my.type[]"},
        {"a CONSTANT text COLLATE \"C\" NOT NULL DEFAULT 'x;'; b numeric(10, 2) = 1;",
         "declare:a/text<'x;'> declare:b/numeric(10, 2)<1>"},
        {"a ALIAS FOR $1;", "declare:a<$1>"},
        {"n int := (SELECT count(*) FROM t);", "declare:n/int<(SELECT count(*) FROM t)>"},
        {"DECLARE x int; DECLARE y int;", "declare:x/int declare:y/int"},
        {"C CURSOR (k int, l text) FOR SELECT * FROM t WHERE a = k; d NO SCROLL CURSOR IS SELECT 2;",
         "declare:c/refcursor declare:d/refcursor"},
    };

    (void)state;
    check(rows, COUNT(rows), "#variable_conflict use_column\n<<outer>> DECLARE %s BEGIN END outer;");
}

// A cursor's query runs where it is opened, not where it is declared.
static void cursors(void **state)
{
    static const char *const rows[][2] = {
        {"OPEN c(5, l := a);", "declare:c/refcursor expr<5> expr<a> sql<SELECT * FROM t>"},
        {"FOR r IN c(5) LOOP NULL; END LOOP;", "declare:c/refcursor expr<5> loop:r<SELECT * FROM t>"},
        {"FOR r IN C LOOP NULL; END LOOP;", "declare:c/refcursor loop:r<SELECT * FROM t>"},
    };

    (void)state;
    check(rows, COUNT(rows), "DECLARE c CURSOR (k int, l int) FOR SELECT * FROM t; BEGIN %s END");
}

static void broken_bodies(void **state)
{
    static const char *const rows[][2] = {
        {"", "1: PL/pgSQL: expected begin, found the end"},
        {"BEGIN\nIF a THEN\nx := 1;\nEND;", "4: PL/pgSQL: expected if, found \";\""},
        {"BEGIN\nLOOP\n", "3: PL/pgSQL: expected end, found the end"},
        {"BEGIN x := ; END", "1: PL/pgSQL: expected an expression, found \";\""},
        {"BEGIN END; SELECT 1", "1: PL/pgSQL: expected the end of the body, found \"SELECT\""},
        {"BEGIN FOR r IN LOOP NULL; END LOOP; END", "1: PL/pgSQL: expected a query, found \"LOOP\""},
        {"BEGIN UPDATE t SET (a = 1; END", "1: PL/pgSQL: expected \";\", found the end"},
        {"BEGIN x := 'open; END", "1: PL/pgSQL: expected ;, found the end"},
    };

    (void)state;
    check(rows, COUNT(rows), "%s");
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    assert_non_null(strstr(shown(repeat("BEGIN ", "BEGIN ", 100000, "")), "nested less deeply"));
    assert_non_null(strstr(shown(repeat("BEGIN ", "IF a THEN ", 100000, "")), "nested less deeply"));
    assert_non_null(strstr(shown(repeat("BEGIN IF a THEN ", "ELSIF a THEN ", 100000, "END IF; END")), "nested less deeply"));
    assert_int_equal(strlen(shown(repeat("BEGIN ", "x := 1;\n", 5000, "END"))), 5000 * strlen("expr:x<1> ") - 1);
}

static void lines_and_languages(void **state)
{
    struct lc_body_item body;
    struct lc_error err;

    (void)state;
    assert_int_equal(lc_plpgsql_parse(arena, "DO $$\nBEGIN\n  NULL;\n\n  DELETE FROM t; END $$", &body, &err), LC_OK);
    assert_int_equal(body.len, 1);
    assert_int_equal(body.children[0].line, 5);
    assert_int_equal(lc_plpgsql_parse(arena, "DO LANGUAGE plpgsql 'BEGIN DELETE FROM t WHERE a = ''x''; END'", &body, &err),
                     LC_OK);
    assert_string_equal(body.children[0].text, "DELETE FROM t WHERE a = 'x'");
    assert_int_equal(
        lc_plpgsql_parse(arena, "CREATE OR REPLACE PROCEDURE p() AS $$ BEGIN COMMIT; END $$ LANGUAGE PLpgSQL", &body, &err),
        LC_OK);
    assert_int_equal(body.children[0].kind, LC_BODY_COMMIT);
    assert_int_equal(lc_plpgsql_parse(arena, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", &body, &err),
                     LC_E_INPUT);
    assert_non_null(strstr(err.message, "sql"));
    assert_int_equal(lc_plpgsql_parse(arena, "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'a', 'b'", &body, &err), LC_E_INPUT);
    assert_int_equal(lc_plpgsql_parse(arena, "DO LANGUAGE plperl 'x'", &body, &err), LC_E_INPUT);
    assert_int_equal(lc_plpgsql_parse(arena, "SELECT 1", &body, &err), LC_E_INPUT);
    assert_int_equal(lc_plpgsql_parse(arena, "CREATE FUNCTION", &body, &err), LC_E_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements),    cmocka_unit_test(declarations),       cmocka_unit_test(cursors),
        cmocka_unit_test(broken_bodies), cmocka_unit_test(nesting_has_an_end), cmocka_unit_test(lines_and_languages),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
