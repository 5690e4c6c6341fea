// What a DROP takes along, and in which order.
#include "catalog/apply.h"
#include "catalog/fixture.h"
#include "sql/sql.h"

static struct cat_addresses targets, deleted;
static struct lc_error err;

static int deletion_setup(void **state)
{
    targets = deleted = (struct cat_addresses){0};
    memset(&err, 0, sizeof err);
    return setup(state);
}

static void drop(enum cat_class class, Oid oid, int subid)
{
    LC_PUSH(arena, &targets, (struct cat_address){class, oid, subid});
}

// The descriptions of what goes, in order.
static const char *list(void)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    for (int i = 0; i < deleted.len; i++)
        lc_str_addf(&s, "%s%s", i ? ", " : "", cat_describe(cat, deleted.items[i]));
    return s.text;
}

static struct cat_relation *new_view(const char *name, Oid on)
{
    struct cat_relation *v = new_table(name, "id:int");

    v->relkind = 'v';
    cat_depend(cat, (struct cat_address){CAT_RELATION, v->o.oid, 0}, (struct cat_address){CAT_RELATION, on, 1}, 'n');
    return v;
}

static void a_table_takes_its_own_objects(void **state)
{
    struct cat_relation *t = new_table("t", "id:int"), *x = new_index("t_x", t, 1);
    struct cat_constraint *con = new_constraint("t_c", 'c', t, 1);

    (void)state;
    (void)x;
    cat_add(cat, &con->o);
    drop(CAT_RELATION, t->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "constraint t_c on table t, index t_x, table t");
}

static void views_hold_a_table_back(void **state)
{
    struct cat_relation *t = new_table("t", "id:int"), *v = new_view("v", t->o.oid), *w = new_view("w", v->o.oid);

    (void)state;
    (void)w;
    drop(CAT_RELATION, t->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_E_SERVER);
    assert_string_equal(err.message, "cannot drop table t because other objects depend on it");
    assert_string_equal(err.detail, "2BP01");
    assert_string_equal(err.hint, "view v depends on table t; view w depends on view v");
    assert_int_equal(cat_deletion(cat, &targets, true, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "view w, view v, table t");
}

static void a_foreign_key_holds_the_referenced_table_back(void **state)
{
    struct cat_relation *t = new_table("t", "id:int"), *u = new_table("u", "id:int t_id:int");
    struct cat_constraint *fk = new_constraint("u_fk", 'f', u, 2);

    (void)state;
    fk->confrelid = t->o.oid;
    LC_PUSH(arena, &fk->confkey, 1);
    cat_add(cat, &fk->o);
    drop(CAT_RELATION, t->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_E_SERVER);
    assert_string_equal(err.hint, "constraint u_fk on table u depends on table t");
    drop(CAT_RELATION, u->o.oid, 0); // both at once
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "constraint u_fk on table u, table t, table u");
}

static void an_index_of_a_constraint_goes_with_the_constraint_only(void **state)
{
    struct cat_relation *t = new_table("t", "id:int"), *x = new_index("t_pkey", t, 1);
    struct cat_constraint *pk = new_constraint("t_pkey", 'p', t, 1);

    (void)state;
    pk->conindid = x->o.oid;
    cat_add(cat, &pk->o);
    ((struct cat_relation *)cat_modify(cat, x))->index->constraint = pk->o.oid;
    drop(CAT_RELATION, x->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, true, &deleted, NULL, &err), LC_E_SERVER);
    assert_string_equal(err.message, "cannot drop index t_pkey because constraint t_pkey on table t requires it");
    targets.len = 0;
    drop(CAT_CONSTRAINT, pk->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "index t_pkey, constraint t_pkey on table t");
}

static void partitions_go_with_their_parent_and_children_do_not(void **state)
{
    struct cat_relation *p = new_table("p", "id:int"), *c = new_table("c", "id:int");

    (void)state;
    cat_link_inherits(cat, c->o.oid, p->o.oid);
    drop(CAT_RELATION, p->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_E_SERVER);
    ((struct cat_relation *)cat_modify(cat, c))->relispartition = true;
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "table c, table p");
}

static void a_type_takes_columns_and_a_schema_everything(void **state)
{
    struct cat_type *mood = LC_NEW(arena, struct cat_type);
    struct cat_relation *t;

    (void)state;
    mood->o = head(CAT_TYPE, "mood");
    mood->typtype = 'e';
    mood->category = 'E';
    cat_add(cat, &mood->o);
    t = new_table("t", "id:int m:mood ms:mood[]");
    drop(CAT_TYPE, mood->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_E_SERVER);
    assert_string_equal(err.message, "cannot drop type mood because other objects depend on it");
    assert_int_equal(cat_deletion(cat, &targets, true, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "column m of table t, column ms of table t, type mood[], type mood");
    targets.len = deleted.len = 0;
    drop(CAT_NAMESPACE, 2200, 0);
    assert_int_equal(cat_deletion(cat, &targets, true, &deleted, NULL, &err), LC_OK);
    assert_int_equal(deleted.items[deleted.len - 1].class, CAT_NAMESPACE);
    assert_true(deleted.len >= 4);
    (void)t;
}

static void a_serial_column_takes_its_sequence(void **state)
{
    struct cat_relation *t = new_table("t", "id:int!"), *s = LC_NEW(arena, struct cat_relation);

    (void)state;
    s->o = head(CAT_RELATION, "t_id_seq");
    s->relkind = 'S';
    s->seq_owner_rel = t->o.oid;
    s->seq_owner_att = 1;
    s->seq_deptype = 'a';
    cat_add(cat, &s->o);
    t->attrs[0].def_text = "nextval('t_id_seq'::regclass)";
    cat_depend(cat, (struct cat_address){CAT_ATTRDEF, t->o.oid, 1}, (struct cat_address){CAT_RELATION, s->o.oid, 0}, 'n');
    drop(CAT_RELATION, s->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_E_SERVER);
    assert_string_equal(err.hint, "default value for column id of table t depends on sequence t_id_seq");
    targets.len = 0;
    drop(CAT_RELATION, t->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "default value for column id of table t, sequence t_id_seq, table t");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, deletion_setup, teardown)

// A snapshot tells that a column needs its type; a change of the type ends that.
static void a_type_that_no_column_has_any_more_goes(void **state)
{
    struct lc_sql_script script;
    const char *sql = "CREATE TYPE old AS ENUM ('a'); CREATE TYPE new AS ENUM ('a'); CREATE TABLE e (id int, kind old); "
                      "ALTER TABLE e ALTER COLUMN kind TYPE new USING kind::text::new; DROP TYPE old;";

    (void)state;
    assert_int_equal(lc_sql_parse(arena, sql, strlen(sql), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++) {
        if (i == 3)
            cat_depend(cat, (struct cat_address){CAT_RELATION, cat_find_relation(cat, "public", "e")->o.oid, 2},
                       (struct cat_address){CAT_TYPE, cat_find_type(cat, "public", "old")->o.oid, 0}, 'n');
        assert_int_equal(cat_apply(cat, script.stmts[i].tree, &err), LC_OK);
    }
}

// A foreign key's own trigger, which is kept where it is switched off: the server's is of the constraint, not of the table (CreateTrigger).
static void a_constraint_takes_its_triggers(void **state)
{
    struct cat_relation *t = new_table("t", "id:int");
    struct cat_constraint *fk = new_constraint("t_fk", 'f', t, 1);
    struct cat_trigger *own = LC_NEW(arena, struct cat_trigger), *users = LC_NEW(arena, struct cat_trigger);

    (void)state;
    fk->confrelid = t->o.oid;
    LC_PUSH(arena, &fk->confkey, 1);
    cat_add(cat, &fk->o);
    own->o = head(CAT_TRIGGER, "RI_ConstraintTrigger_c_1");
    users->o = head(CAT_TRIGGER, "users");
    own->relid = users->relid = t->o.oid;
    own->constraint = fk->o.oid;
    cat_add(cat, &own->o);
    cat_add(cat, &users->o);
    drop(CAT_TRIGGER, own->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, true, &deleted, NULL, &err), LC_E_SERVER);
    assert_string_equal(err.message,
                        "cannot drop trigger RI_ConstraintTrigger_c_1 on table t because constraint t_fk on table t requires it");
    targets.len = 0;
    drop(CAT_CONSTRAINT, fk->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, false, &deleted, NULL, &err), LC_OK);
    assert_string_equal(list(), "trigger RI_ConstraintTrigger_c_1 on table t, constraint t_fk on table t");
}

// A default that was written for an enum stays a constant of it when the column becomes text.
static void a_default_keeps_the_type_that_it_was_written_for(void **state)
{
    struct lc_sql_script script;
    const char *sql = "CREATE TYPE unit AS ENUM ('m'); CREATE TABLE w (id int, u unit DEFAULT 'm'); "
                      "ALTER TABLE w ALTER COLUMN u TYPE text; DROP TYPE unit; DROP TYPE unit CASCADE;";

    (void)state;
    assert_int_equal(lc_sql_parse(arena, sql, strlen(sql), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++)
        assert_int_equal(cat_apply(cat, script.stmts[i].tree, &err), i == 3 ? LC_E_SERVER : LC_OK);
    assert_null(cat_find_column(cat_find_relation(cat, "public", "w"), "u")->def);
}

// As PostgreSQL 13 and 18 lock: indexes and sequences as the scan of pg_depend meets them, by column, then what is visited, the newest first.
static void dependents_are_locked_as_the_server_meets_them(void **state)
{
    struct lc_sql_script script;
    struct cat_addresses locked = {0};
    struct lc_str s;
    const char *sql =
        "CREATE TABLE gen (id serial PRIMARY KEY, p int, q int UNIQUE); CREATE INDEX gen_q ON gen (q); CREATE INDEX gen_p ON gen "
        "(p);"
        "CREATE VIEW v AS SELECT id FROM gen; CREATE VIEW w AS SELECT p FROM gen; CREATE VIEW x AS SELECT * FROM v, w;";

    (void)state;
    assert_int_equal(lc_sql_parse(arena, sql, strlen(sql), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++)
        assert_int_equal(cat_apply(cat, script.stmts[i].tree, &err), LC_OK);
    drop(CAT_RELATION, cat_find_relation(cat, "public", "gen")->o.oid, 0);
    assert_int_equal(cat_deletion(cat, &targets, true, &deleted, &locked, &err), LC_OK);
    lc_str_init(&s, arena, LC_STR_MAX);
    for (int i = 0; i < locked.len; i++)
        lc_str_addf(&s, "%s%s", i ? " " : "", cat_relation(cat, locked.items[i].oid)->o.name);
    assert_string_equal(s.text, "gen_id_seq gen_p gen_q w x v gen_q_key gen_pkey");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_table_takes_its_own_objects),
        TEST(views_hold_a_table_back),
        TEST(a_foreign_key_holds_the_referenced_table_back),
        TEST(an_index_of_a_constraint_goes_with_the_constraint_only),
        TEST(partitions_go_with_their_parent_and_children_do_not),
        TEST(a_type_takes_columns_and_a_schema_everything),
        TEST(a_serial_column_takes_its_sequence),
        TEST(a_constraint_takes_its_triggers),
        TEST(a_type_that_no_column_has_any_more_goes),
        TEST(a_default_keeps_the_type_that_it_was_written_for),
        TEST(dependents_are_locked_as_the_server_meets_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
