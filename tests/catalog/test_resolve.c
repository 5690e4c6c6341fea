// Which function, operator, cast and operator class a name and its argument types mean.
#include "catalog/coerce.h"
#include "catalog/fixture.h"

// "lower(25)" style: the oid of the function chosen, 0 for none.
static const struct cat_proc *proc(const char *name, int n, Oid a, Oid b, Oid c)
{
    Oid args[3] = {a, b, c};

    return cat_find_proc(cat, NULL, name, args, n);
}

static void functions_by_argument_types(void **state)
{
    (void)state;
    assert_int_equal(proc("abs", 1, INT4OID, 0, 0)->rettype, INT4OID);
    assert_int_equal(proc("abs", 1, NUMERICOID, 0, 0)->rettype, NUMERICOID);
    assert_int_equal(proc("abs", 1, UNKNOWNOID, 0, 0)->rettype, FLOAT8OID); // the preferred type of its category
    assert_int_equal(proc("lower", 1, VARCHAROID, 0, 0)->argtypes[0], TEXTOID);
    assert_int_equal(proc("lower", 1, UNKNOWNOID, 0, 0)->argtypes[0], TEXTOID);
    assert_int_equal(proc("substring", 3, UNKNOWNOID, INT4OID, INT4OID)->argtypes[0], TEXTOID);
    assert_int_equal(proc("date_trunc", 2, UNKNOWNOID, TIMESTAMPTZOID, 0)->volatility, 's');
    assert_int_equal(proc("date_trunc", 2, UNKNOWNOID, TIMESTAMPOID, 0)->volatility, 'i');
    assert_int_equal(proc("nextval", 1, UNKNOWNOID, 0, 0)->volatility, 'v');
    assert_int_equal(proc("now", 0, 0, 0, 0)->volatility, 's');
    assert_int_equal(proc("concat", 3, TEXTOID, INT4OID, BOOLOID)->rettype, TEXTOID);
    assert_int_equal(proc("jsonb_build_object", 2, UNKNOWNOID, INT4OID, 0)->rettype, JSONBOID);
    assert_null(proc("lower", 1, INT4OID, 0, 0));
    assert_null(proc("no_such_function", 0, 0, 0, 0));
}

static struct func_found call(const char *name, int n, Oid a, Oid b)
{
    Oid *args = LC_NEW_ARRAY(arena, Oid, 2);
    struct func_call c = {.name = name, .argtypes = args, .nargs = n};

    args[0] = a;
    args[1] = b;
    return func_find(cat, &c);
}

static void polymorphic_results_follow_the_arguments(void **state)
{
    Oid int_array = cat_type(cat, INT4OID)->array;

    (void)state;
    assert_int_equal(call("array_append", 2, int_array, INT4OID).type, int_array);
    assert_int_equal(call("array_append", 2, int_array, UNKNOWNOID).type, int_array);
    assert_int_equal(call("unnest", 1, TEXTARRAYOID, 0).type, TEXTOID);
    assert_int_equal(call("lower", 1, 3904, 0).type, INT4OID); // int4range
    assert_int_equal(call("array_agg", 1, UUIDOID, 0).type, cat_type(cat, UUIDOID)->array);
    assert_int_equal(call("text", 1, VARCHAROID, 0).type, TEXTOID); // a cast in function's clothes
    assert_null(call("text", 1, VARCHAROID, 0).proc);
}

static void operators_by_argument_types(void **state)
{
    const struct cat_operator *op = cat_find_operator(cat, NULL, "=", INT4OID, UNKNOWNOID);

    (void)state;
    assert_int_equal(op->right, INT4OID);
    assert_int_equal(cat_find_operator(cat, NULL, "=", VARCHAROID, UNKNOWNOID)->left, TEXTOID);
    assert_int_equal(cat_find_operator(cat, NULL, "||", TEXTOID, INT4OID)->result, TEXTOID);
    assert_int_equal(cat_find_operator(cat, NULL, "-", InvalidOid, INT8OID)->result, INT8OID);
    assert_int_equal(cat_find_operator(cat, NULL, "+", DATEOID, INT4OID)->result, DATEOID);
    assert_int_equal(cat_find_operator(cat, NULL, "+", TIMESTAMPTZOID, INTERVALOID)->result, TIMESTAMPTZOID);
    assert_int_equal(cat_find_operator(cat, NULL, "->>", JSONBOID, UNKNOWNOID)->right, TEXTOID);
    assert_null(cat_find_operator(cat, NULL, "+", BOOLOID, BOOLOID));
}

static enum cat_coercion path(Oid source, Oid target, char context)
{
    return cat_find_coercion(cat, source, target, context, NULL);
}

static void coercions(void **state)
{
    Oid int_array = cat_type(cat, INT4OID)->array, bigint_array = cat_type(cat, INT8OID)->array;

    (void)state;
    assert_int_equal(path(VARCHAROID, TEXTOID, 'i'), CAT_COERCE_BINARY);
    assert_int_equal(path(TEXTOID, VARCHAROID, 'i'), CAT_COERCE_BINARY);
    assert_int_equal(path(INT4OID, INT8OID, 'i'), CAT_COERCE_FUNC);
    assert_int_equal(path(INT8OID, INT4OID, 'i'), CAT_COERCE_NONE);
    assert_int_equal(path(INT8OID, INT4OID, 'a'), CAT_COERCE_FUNC);
    assert_int_equal(path(INT4OID, TEXTOID, 'i'), CAT_COERCE_NONE);
    assert_int_equal(path(INT4OID, TEXTOID, 'a'), CAT_COERCE_IO);
    assert_int_equal(path(TEXTOID, INT4OID, 'a'), CAT_COERCE_NONE);
    assert_int_equal(path(TEXTOID, INT4OID, 'e'), CAT_COERCE_IO);
    assert_int_equal(path(int_array, bigint_array, 'i'), CAT_COERCE_ARRAY);
    assert_int_equal(path(INT4OID, OIDOID, 'i'), CAT_COERCE_BINARY);
    assert_int_equal(path(UUIDOID, BYTEAOID, 'e'), CAT_COERCE_NONE);
}

static void default_operator_classes(void **state)
{
    (void)state;
    assert_string_equal(cat_opclass(cat, cat_default_opclass(cat, VARCHAROID, "btree"))->o.name, "text_ops");
    assert_string_equal(cat_opclass(cat, cat_default_opclass(cat, INT4OID, "hash"))->o.name, "int4_ops");
    assert_string_equal(cat_opclass(cat, cat_default_opclass(cat, JSONBOID, "gin"))->o.name, "jsonb_ops");
    assert_string_equal(cat_opclass(cat, cat_default_opclass(cat, TEXTARRAYOID, "gin"))->o.name, "array_ops");
    assert_int_equal(cat_default_opclass(cat, JSONOID, "btree"), InvalidOid);
    assert_non_null(cat_find_opclass(cat, NULL, "text_pattern_ops", "btree"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(functions_by_argument_types), TEST(polymorphic_results_follow_the_arguments),
        TEST(operators_by_argument_types), TEST(coercions),
        TEST(default_operator_classes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
