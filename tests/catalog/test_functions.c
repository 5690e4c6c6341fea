// CREATE FUNCTION: what it returns, and the type to come that the input function of a base type makes.
#include "catalog/apply.h"
#include "catalog/fixture.h"

static struct lc_error err;

static enum lc_code apply(const char *text)
{
    Node *tree = lc_sql_parse_one(arena, text, &err);

    assert_non_null(tree);
    return cat_apply(cat, tree, &err);
}

static const struct cat_proc *proc(const char *name)
{
    const struct cat_proc *p = NULL;

    assert_int_equal(cat_find_procs(cat, "public", name, &p, 1), 1);
    return p;
}

// compute_return_type (commands/functioncmds.c): only C functions may return what is not there yet.
static void the_input_function_of_a_type_makes_it(void **state)
{
    (void)state;
    assert_int_equal(apply("CREATE FUNCTION in1(cstring) RETURNS one LANGUAGE c AS 'x'"), LC_OK);
    assert_non_null(cat_find_type(cat, "public", "one"));
    assert_int_equal(proc("in1")->rettype, cat_find_type(cat, "public", "one")->o.oid);
    assert_int_equal(apply("CREATE FUNCTION in2(cstring) RETURNS two LANGUAGE internal AS 'x'"), LC_OK);
    assert_non_null(cat_find_type(cat, "public", "two"));
    assert_int_equal(apply("CREATE FUNCTION in3(cstring) RETURNS three LANGUAGE sql AS 'SELECT 1'"), LC_E_SERVER);
    assert_string_equal(err.detail, "42704");
    assert_string_equal(err.message, "type \"three\" does not exist");
    assert_null(cat_find_type(cat, "public", "three"));
    assert_int_equal(apply("CREATE FUNCTION in4(cstring) RETURNS four(3) LANGUAGE c AS 'x'"), LC_E_SERVER);
    assert_int_equal(apply("CREATE FUNCTION in5(cstring) RETURNS five[] LANGUAGE c AS 'x'"), LC_E_SERVER);
    assert_null(cat_find_type(cat, "public", "five"));
}

static void results_follow_from_the_parameters(void **state)
{
    (void)state;
    assert_int_equal(apply("CREATE FUNCTION one(a int, OUT b text) LANGUAGE sql AS ''"), LC_OK);
    assert_int_equal(proc("one")->rettype, TEXTOID);
    assert_int_equal(proc("one")->nargs, 1);
    assert_int_equal(apply("CREATE FUNCTION two(OUT b text, INOUT c int) LANGUAGE sql AS ''"), LC_OK);
    assert_int_equal(proc("two")->rettype, RECORDOID);
    assert_int_equal(proc("two")->nargs, 1);
    assert_false(proc("two")->retset);
    assert_int_equal(apply("CREATE FUNCTION rows() RETURNS TABLE (a int, b text) LANGUAGE sql AS ''"), LC_OK);
    assert_true(proc("rows")->retset);
    assert_int_equal(proc("rows")->nargs, 0);
    assert_int_equal(apply("CREATE PROCEDURE nothing() LANGUAGE sql AS ''"), LC_OK);
    assert_int_equal(proc("nothing")->rettype, VOIDOID);
    assert_int_equal(apply("CREATE PROCEDURE something(INOUT a int) LANGUAGE sql AS ''"), LC_OK);
    assert_int_equal(proc("something")->rettype, RECORDOID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_input_function_of_a_type_makes_it), TEST(results_follow_from_the_parameters)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
