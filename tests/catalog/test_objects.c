// Objects: adding, changing, undoing, finding by name, and the lists they keep of one another.
#include "catalog/fixture.h"

static void a_changed_object_leaves_the_old_pointer_as_it_was(void **state)
{
    const struct cat_relation *t = new_table("orders", "id:int note:text"), *before;
    struct cat_relation *copy;

    (void)state;
    cat_begin(cat);
    before = cat_relation(cat, t->o.oid);
    copy = cat_modify(cat, before);
    copy->relpersistence = 'u';
    assert_int_equal(before->relpersistence, 'p');
    assert_int_equal(cat_relation(cat, t->o.oid)->relpersistence, 'u');
    cat_rollback(cat);
    assert_ptr_equal(cat_relation(cat, t->o.oid), before);
}

static void savepoints_undo_only_what_came_after_them(void **state)
{
    (void)state;
    cat_begin(cat);
    new_table("a", "id:int");
    cat_begin(cat);
    new_table("b", "id:int");
    cat_rollback(cat);
    assert_non_null(cat_find_relation(cat, NULL, "a"));
    assert_null(cat_find_relation(cat, NULL, "b"));
    cat_begin(cat);
    new_table("b", "id:int");
    cat_commit(cat);
    assert_non_null(cat_find_relation(cat, "public", "b"));
    cat_rollback(cat);
    assert_null(cat_find_relation(cat, "public", "a"));
    assert_null(cat_find_relation(cat, "public", "b"));
}

static void a_renamed_relation_is_found_by_its_new_name_only(void **state)
{
    const struct cat_relation *t = new_table("old", "id:int");

    (void)state;
    cat_begin(cat);
    cat_rename(cat, t, "new", t->o.schema);
    assert_null(cat_find_relation(cat, NULL, "old"));
    assert_int_equal(cat_find_relation(cat, NULL, "new")->o.oid, t->o.oid);
    assert_int_equal(cat_find_type(cat, NULL, "new")->o.oid, t->reltype);
    cat_rollback(cat);
    assert_non_null(cat_find_relation(cat, NULL, "old"));
    assert_null(cat_find_relation(cat, NULL, "new"));
    assert_non_null(cat_find_type(cat, NULL, "_old"));
}

static void a_dropped_and_created_again_name_finds_the_new_one(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        const struct cat_relation *t = new_table("tmp", "id:int");

        assert_ptr_equal(cat_find_relation(cat, NULL, "tmp"), t);
        assert_int_equal(cat_find_type(cat, NULL, "tmp")->relid, t->o.oid);
        cat_remove(cat, t);
        assert_null(cat_find_relation(cat, NULL, "tmp"));
        assert_null(cat_find_type(cat, NULL, "tmp"));
    }
}

static void search_path_decides_and_pg_temp_comes_first(void **state)
{
    struct cat_other *s = LC_NEW(arena, struct cat_other);
    struct cat_relation *a = new_table("t", "id:int"), *b = LC_NEW(arena, struct cat_relation), *c;
    const char *path[] = {"app", "public"};

    (void)state;
    s->o = head(CAT_NAMESPACE, "app");
    s->o.schema = InvalidOid;
    cat_add(cat, &s->o);
    *b = *a;
    b->o.oid = cat_new_oid(cat);
    b->o.schema = s->o.oid;
    b->reltype = 0;
    cat_add(cat, &b->o);
    assert_ptr_equal(cat_find_relation(cat, NULL, "t"), a);
    assert_int_equal(cat_creation_schema(cat), 2200);
    cat_begin(cat);
    cat_set_search_path(cat, path, 2);
    assert_ptr_equal(cat_find_relation(cat, NULL, "t"), b);
    assert_int_equal(cat_creation_schema(cat), s->o.oid);
    c = LC_NEW(arena, struct cat_relation);
    *c = *a;
    c->o.oid = cat_new_oid(cat);
    c->o.schema = cat_schema_oid(cat, "pg_temp");
    c->reltype = 0;
    cat_add(cat, &c->o);
    assert_ptr_equal(cat_find_relation(cat, NULL, "t"), c);
    assert_string_equal(cat_qualified_name(cat, b), "app.t");
    cat_rollback(cat);
    assert_ptr_equal(cat_find_relation(cat, NULL, "t"), a);
    assert_string_equal(cat_find_relation(cat, NULL, "pg_class")->o.name, "pg_class");
    assert_non_null(cat_find_relation(cat, "information_schema", "columns"));
    assert_non_null(cat_find_column(cat_find_relation(cat, NULL, "pg_class"), "relname"));
}

static void set_local_ends_with_the_transaction(void **state)
{
    (void)state;
    cat_set_setting(cat, "lock_timeout", "1s", false);
    cat_begin(cat);
    cat_set_setting(cat, "lock_timeout", "2s", true);
    assert_string_equal(cat_setting(cat, "lock_timeout"), "2s");
    cat_commit(cat);
    assert_string_equal(cat_setting(cat, "lock_timeout"), "1s");
    cat_begin(cat);
    cat_set_setting(cat, "lock_timeout", "3s", false);
    cat_set_setting(cat, "search_path", "\"My \"\"S\", PG_catalog , b", false);
    cat_rollback(cat);
    assert_string_equal(cat_setting(cat, "lock_timeout"), "1s");
}

static void a_search_path_is_read_as_identifiers(void **state)
{
    const char *const *path;

    (void)state;
    cat_set_setting(cat, "search_path", "\"My \"\"S\", PG_catalog , b", false);
    assert_int_equal(cat_search_path(cat, &path), 3);
    assert_string_equal(path[0], "My \"S");
    assert_string_equal(path[1], "pg_catalog");
    assert_string_equal(path[2], "b");
}

static void a_table_knows_its_indexes_constraints_and_children(void **state)
{
    struct cat_relation *t = new_table("t", "id:int ref:int"), *u = new_table("u", "id:int ref:int"), *x = new_index("t_x", t, 1);
    struct cat_constraint *fk = new_constraint("u_fk", 'f', u, 2);
    const struct cat_relation *before;

    (void)state;
    fk->confrelid = t->o.oid;
    LC_PUSH(arena, &fk->confkey, 1);
    cat_begin(cat);
    before = cat_relation(cat, t->o.oid);
    cat_add(cat, &fk->o);
    cat_link_inherits(cat, u->o.oid, t->o.oid);
    t = (struct cat_relation *)(uintptr_t)cat_relation(cat, t->o.oid);
    assert_int_equal(t->indexes.len, 1);
    assert_int_equal(t->indexes.items[0], x->o.oid);
    assert_int_equal(t->referencing.items[0], fk->o.oid);
    assert_int_equal(t->children.items[0], u->o.oid);
    assert_int_equal(before->referencing.len, 0);
    assert_int_equal(before->children.len, 0);
    cat_remove(cat, fk);
    assert_int_equal(cat_relation(cat, u->o.oid)->constraints.len, 0);
    assert_int_equal(cat_relation(cat, t->o.oid)->referencing.len, 0);
    cat_rollback(cat);
    assert_ptr_equal(cat_relation(cat, before->o.oid), before);
}

static void links_wait_for_the_other_end(void **state)
{
    struct cat_constraint *con = LC_NEW(arena, struct cat_constraint);
    struct cat_relation *t = LC_NEW(arena, struct cat_relation);

    (void)state;
    con->o = head(CAT_CONSTRAINT, "c");
    con->contype = 'c';
    con->conrelid = 20000;
    cat_add(cat, &con->o);
    t->o = (struct cat_object){CAT_RELATION, 20000, "late", 2200, NULL, false};
    t->relkind = 'r';
    cat_add(cat, &t->o);
    assert_int_equal(cat_relation(cat, 20000)->constraints.len, 1);
    assert_true(cat_new_oid(cat) > 20000);
}

static const struct cat_type *type_of(const char *text, int *typmod)
{
    const TypeCast *c;
    Node *e = lc_sql_parse_expr(arena, lc_printf(arena, "NULL::%s", text));

    c = AS(TypeCast, e);
    assert_non_null(c);
    return cat_find_typename(cat, c->typeName, typmod);
}

static void type_names_come_back_as_they_were_written(void **state)
{
    static const char *const names[] = {"integer",
                                        "bigint",
                                        "smallint",
                                        "boolean",
                                        "real",
                                        "double precision",
                                        "numeric(10,2)",
                                        "numeric",
                                        "character varying(20)",
                                        "character varying",
                                        "character(3)",
                                        "text",
                                        "timestamp without time zone",
                                        "timestamp(3) with time zone",
                                        "time(0) without time zone",
                                        "interval",
                                        "interval(3)",
                                        "interval year to month",
                                        "interval day to second(2)",
                                        "bit(8)",
                                        "bit varying(8)",
                                        "uuid",
                                        "jsonb",
                                        "integer[]",
                                        "character varying(5)[]",
                                        "\"char\"",
                                        "name",
                                        "numeric(5,0)",
                                        "tsvector",
                                        "int4range",
                                        "date"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int typmod;
        const struct cat_type *t = type_of(names[i], &typmod);

        assert_non_null(t);
        assert_string_equal(cat_format_type(cat, t->o.oid, typmod), names[i]);
    }
    assert_null(type_of("serial", NULL));
    assert_null(type_of("no_such_type", NULL));
}

static void column_types_by_reference(void **state)
{
    (void)state;
    (void)new_table("orders", "id:int code:varchar(12)");
    assert_int_equal(type_of("orders", NULL)->typtype, 'c');
    assert_int_equal(type_of("orders[]", NULL)->elem, type_of("orders", NULL)->o.oid);
    assert_int_equal(cat_find_type(cat, "public", "_orders")->elem, type_of("orders", NULL)->o.oid);
    assert_string_equal(cat_format_type(cat, type_of("orders[]", NULL)->o.oid, -1), "orders[]");
}

static void a_rolled_back_table_leaves_no_type_behind(void **state)
{
    (void)state;
    cat_begin(cat);
    (void)new_table("ghost", "id:int");
    assert_non_null(cat_find_type(cat, NULL, "_ghost"));
    cat_rollback(cat);
    assert_null(cat_find_type(cat, NULL, "ghost"));
    assert_null(cat_find_type(cat, NULL, "_ghost"));
    (void)new_table("kept", "id:int");
    cat_begin(cat);
    assert_non_null(cat_find_type(cat, NULL, "kept"));
    cat_rollback(cat);
    assert_non_null(cat_find_type(cat, NULL, "kept"));
}

// A user's table must never come to stand where a view of the server's stands: the oids of both are below and above one number.
static void views_of_the_server_have_oids_of_the_server(void **state)
{
    static const char *const views[][2] = {{"pg_catalog", "pg_locks"},
                                           {"pg_catalog", "pg_stat_activity"},
                                           {"pg_catalog", "pg_views"},
                                           {"information_schema", "columns"},
                                           {"information_schema", "views"}};

    (void)state;
    for (int major = 13; major <= 18; major++) {
        const struct catalog *other = cat_new(arena, major * 10000);
        Oid before = InvalidOid;

        for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
            const struct cat_relation *view = cat_find_relation(other, views[i][0], views[i][1]);
            assert_non_null(view);
            assert_in_range(view->o.oid, FirstUnpinnedObjectId, FirstNormalObjectId - 1);
            assert_int_not_equal(view->o.oid, before);
            before = view->o.oid;
        }
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_changed_object_leaves_the_old_pointer_as_it_was),
        TEST(savepoints_undo_only_what_came_after_them),
        TEST(a_renamed_relation_is_found_by_its_new_name_only),
        TEST(a_dropped_and_created_again_name_finds_the_new_one),
        TEST(search_path_decides_and_pg_temp_comes_first),
        TEST(set_local_ends_with_the_transaction),
        TEST(a_search_path_is_read_as_identifiers),
        TEST(a_table_knows_its_indexes_constraints_and_children),
        TEST(links_wait_for_the_other_end),
        TEST(type_names_come_back_as_they_were_written),
        TEST(column_types_by_reference),
        TEST(a_rolled_back_table_leaves_no_type_behind),
        TEST(views_of_the_server_have_oids_of_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
