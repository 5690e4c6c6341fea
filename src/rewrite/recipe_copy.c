// What only a new heap can have (a stored generated column, an exclusion constraint, another type under one): a second table is made so, kept in step
// by a trigger, filled in batches, and takes the place of the first in one short transaction (copy_swap.c).
//
// Precondition: a key that ON CONFLICT can use, and nothing that hangs on the table but what the swap can make anew: partitions, children, rules,
// materialized views and functions over its row type would stay with the old table, and a publication of all tables would send the second one's rows.
// Proof: a batch locks its rows FOR KEY SHARE, so a DELETE waits for it or is seen by it; an UPDATE writes its row over the batch's (ON CONFLICT DO UPDATE waits for the other's commit). At REPEATABLE
// READ, whose DELETE would not see the batch's row, ON CONFLICT DO NOTHING fails with 40001 on it (ExecCheckTupleVisible), so it is tried before.
// Rollback before the swap: DROP the second table; afterwards the opposite change.
#include <string.h>

#include "rewrite/copy.h"

// --- who may --------------------------------------------------------------------------------------------------------------------------------

struct published {
    const struct cat_relation *rel;
    bool any, with_others; // with_others: also what has just been made, and is none of the subscribers' yet
};

static void visit_publication(const struct cat_object *o, void *context)
{
    const struct cat_publication *p = (const struct cat_publication *)o;
    struct published *of = context;

    for (int i = 0; i < p->relations.len; i++)
        of->any |= p->relations.items[i] == of->rel->o.oid;
}

static struct published published(const struct rw *rw, const struct cat_relation *rel)
{
    struct published of = {.rel = rel};

    of.any = of.with_others = rw_publishes_new_tables(rw, rel->o.schema);
    cat_each(rw->cat, CAT_PUBLICATION, visit_publication, &of);
    return of;
}

bool rw_is_published(const struct rw *rw, const struct cat_relation *rel)
{
    return published(rw, rel).any;
}

static bool can_carry_constraints(const struct rw *rw, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->constraints.items[i]);
        if (!con || !con->def_text || !con->convalidated || !con->conenforced || con->confrelid == rel->o.oid)
            return false;
    }
    for (int i = 0; i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->referencing.items[i]);
        const struct cat_relation *on = con ? cat_relation(rw->cat, con->conrelid) : NULL;
        if (!on || on->relkind != 'r' || con->conparentid || !con->def_text || !con->convalidated || !con->conenforced)
            return false;
    }
    return true;
}

struct hanging {
    struct copy *c;
    bool bad;
};

static bool goes_with_it(const struct copy *c, struct cat_address a)
{
    const struct catalog *cat = c->rw->cat;
    Oid oid = c->rel->o.oid;

    switch (a.class) {
    case CAT_RELATION:
        return a.oid == oid || (cat_relation(cat, a.oid) && strchr("iStv", cat_relation(cat, a.oid)->relkind));
    case CAT_ATTRDEF:
        return a.oid == oid;
    case CAT_CONSTRAINT:
        return cat_constraint(cat, a.oid)->conrelid == oid || cat_constraint(cat, a.oid)->confrelid == oid;
    case CAT_TRIGGER:
        return cat_trigger(cat, a.oid)->relid == oid;
    case CAT_POLICY:
        return cat_policy(cat, a.oid)->relid == oid;
    case CAT_STATISTICS:
        return cat_other(cat, CAT_STATISTICS, a.oid)->relid == oid;
    case CAT_PUBLICATION:
    case CAT_PUBLICATION_REL:
        return true;
    case CAT_TYPE:
        return a.oid == c->rel->reltype || (cat_type(cat, a.oid) && cat_type(cat, a.oid)->elem == c->rel->reltype);
    default:
        return false;
    }
}

static void visit_dependent(const struct cat_depend *d, void *context)
{
    struct hanging *h = context;

    h->bad |= !goes_with_it(h->c, d->object);
    if (!h->bad && d->object.class == CAT_RELATION)
        h->c->views |= cat_relation(h->c->rw->cat, d->object.oid)->relkind == 'v';
}

// Its row type must be nobody else's: a column, an argument or a view's whole row would keep the old table's.
static bool only_what_goes_along(struct copy *c)
{
    const struct cat_type *type = cat_type(c->rw->cat, c->rel->reltype);
    struct hanging h = {c, false}, of_type = {c, false};
    bool views;

    cat_each_dependent(c->rw->cat, (struct cat_address){CAT_RELATION, c->rel->o.oid, 0}, visit_dependent, &h);
    views = c->views;
    c->views = false;
    if (type)
        cat_each_dependent(c->rw->cat, (struct cat_address){CAT_TYPE, type->o.oid, 0}, visit_dependent, &of_type);
    if (type && type->array)
        cat_each_dependent(c->rw->cat, (struct cat_address){CAT_TYPE, type->array, 0}, visit_dependent, &of_type);
    of_type.bad |= c->views;
    c->views = views;
    return !h.bad && !of_type.bad;
}

static bool can_be_replaced(struct copy *c)
{
    const struct cat_relation *rel = c->rel;

    return rel->relkind == 'r' && rel->relpersistence == 'p' && !rel->reloftype && !rel->parents.len && !rel->children.len &&
           !rel->rules.len && !published(c->rw, rel).with_others && can_carry_constraints(c->rw, rel) && only_what_goes_along(c);
}

// --- the second table -----------------------------------------------------------------------------------------------------------------------

static bool is_changed(const struct copy *c, const struct cat_attribute *att)
{
    return c->change->column && lc_streq(c->change->column, att->name);
}

static void list_columns(struct copy *c)
{
    for (int i = 0; i < c->rel->natts; i++) {
        const struct cat_attribute *att = &c->rel->attrs[i];
        const char *name = lc_quote_ident(c->rw->arena, att->name), *sep = c->columns.len ? ", " : "";
        if (att->isdropped || att->generated)
            continue;
        lc_str_addf(&c->columns, "%s%s", sep, name);
        if (is_changed(c, att))
            lc_str_addf(&c->values, "%s%s", sep, c->change->value);
        else
            lc_str_addf(&c->values, "%s%s.%s", sep, c->alias, name);
        lc_str_addf(&c->set, "%s%s = EXCLUDED.%s", sep, name, name);
    }
}

static const char *key_list(const struct copy *c, const char *prefix)
{
    struct lc_str s;

    lc_str_init(&s, c->rw->arena, LC_STR_MAX);
    for (int i = 0; i < c->key.len; i++)
        lc_str_addf(&s, "%s%s%s", i ? ", " : "", prefix, lc_quote_ident(c->rw->arena, c->rel->attrs[c->key.items[i] - 1].name));
    return s.text;
}

static const char *key_equal(const struct copy *c, const char *a, const char *b)
{
    return rw_equal(c->rw, c->rel, &c->key, a, b);
}

// False: its definition is not known.
static bool add_index(struct copy *c, const struct cat_relation *index)
{
    struct rw *rw = c->rw;
    const char *helper = rw_helper(rw, "idx"), *name = lc_quote_ident(rw->arena, index->o.name);
    const struct cat_constraint *con = index->index->constraint ? cat_constraint(rw->cat, index->index->constraint) : NULL;
    const IndexStmt *stmt;

    if (!index->index->valid)
        return false;
    if (con) {
        lc_str_addf(&c->make, "ALTER TABLE %s ADD CONSTRAINT %s %s;\n", c->table, helper, con->def_text);
        lc_str_addf(&c->rename, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", c->s->name, helper, name);
        return true;
    }
    stmt = index->index->def_text ? AS(IndexStmt, lc_sql_parse_one(rw->arena, index->index->def_text, NULL)) : NULL;
    if (!stmt)
        return false;
    lc_str_addf(&c->make, "CREATE %sINDEX %s ON %s%s;\n", index->index->unique ? "UNIQUE " : "", helper, c->table,
                index->index->def_text + rw_name_end(index->index->def_text, (size_t)stmt->relation->location));
    lc_str_addf(&c->rename, "ALTER INDEX %s RENAME TO %s;\n", lc_quote_name(rw->arena, c->schema, helper), name);
    return true;
}

// "INSERT INTO copy (a, b) SELECT t.a, t.b FROM (SELECT NEW.*) AS t"
static const char *insert_row(const struct copy *c, const char *row)
{
    return lc_printf(c->rw->arena, "INSERT INTO %s (%s) SELECT %s FROM (SELECT %s.*) AS %s", c->table, c->columns.text,
                     c->values.text, row, c->alias);
}

// Other triggers of the table may have changed the row again before this one sees it: then the row itself is read.
static const char *insert_new(const struct copy *c)
{
    if (!c->rel->triggers.len)
        return insert_row(c, "NEW");
    return lc_printf(c->rw->arena, "INSERT INTO %s (%s) SELECT %s FROM ONLY %s AS %s WHERE %s", c->table, c->columns.text,
                     c->values.text, c->s->name, c->alias, key_equal(c, lc_printf(c->rw->arena, "%s.", c->alias), "NEW."));
}

static const char *sync_body(const struct copy *c)
{
    struct lc_arena *arena = c->rw->arena;
    const char *gone = lc_printf(arena, "DELETE FROM %s WHERE %s;", c->table, key_equal(c, "", "OLD."));
    const char *seen = lc_printf(arena,
                                 "        IF pg_catalog.current_setting('transaction_isolation') " RW_OP(
                                     "<>") " 'read committed' THEN\n"
                                           "            %s ON CONFLICT (%s) DO NOTHING;\n        END IF;\n",
                                 insert_row(c, "OLD"), key_list(c, ""));

    return lc_printf(arena,
                     "#variable_conflict use_column\nBEGIN\n    IF TG_OP " RW_OP(
                         "=") " 'DELETE' THEN\n%s        %s\n        RETURN NULL;\n"
                              "    END IF;\n    IF TG_OP " RW_OP(
                                  "=") " 'UPDATE' AND NOT (%s) THEN\n        %s\n"
                                       "    END IF;\n    %s\n        ON CONFLICT (%s) DO UPDATE SET %s;\n    RETURN NULL;\nEND",
                     seen, gone, key_equal(c, "OLD.", "NEW."), gone, insert_new(c), key_list(c, ""), c->set.text);
}

// The application's roles have no privileges on the second table, and need none: the trigger is its maker's.
static const char *make_function(const struct copy *c)
{
    struct lc_arena *arena = c->rw->arena;
    const char *body = sync_body(c), *tag = rw_dollar(arena, body);

    return lc_printf(arena,
                     "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS %s\n"
                     "%s %s;\nREVOKE ALL ON FUNCTION %s() FROM PUBLIC;\n",
                     c->fn, tag, body, tag, c->fn);
}

// ALTER DEFAULT PRIVILEGES may have given what the first table does not.
static const char *revoke_defaults(const struct copy *c)
{
    struct lc_arena *arena = c->rw->arena;

    return lc_printf(
        arena,
        "DO $lockcast_acl$\nDECLARE\n    cmd text;\nBEGIN\n"
        "    FOR cmd IN SELECT DISTINCT pg_catalog.format('REVOKE ALL ON TABLE %%s FROM %%s', c.oid::pg_catalog.regclass,\n"
        "            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) "
        "END)\n"
        "          FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x\n"
        "         WHERE c.oid = %s::pg_catalog.regclass AND x.grantee <> c.relowner LOOP\n"
        "        EXECUTE cmd;\n    END LOOP;\nEND $lockcast_acl$;\n",
        lc_quote_literal(arena, c->table));
}

// The swap replaces the views that read the table, which only their owner may.
static const char *check_views(const struct copy *c)
{
    struct lc_arena *arena = c->rw->arena;

    if (!c->views)
        return "";
    return lc_printf(
        arena,
        "DO $lockcast_views$\nDECLARE\n    v text;\nBEGIN\n"
        "    FOR v IN SELECT c.oid::pg_catalog.regclass FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = "
        "d.objid\n"
        "          JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE d.classid = "
        "'pg_catalog.pg_rewrite'::pg_catalog.regclass\n"
        "           AND d.refobjid = %s::pg_catalog.regclass AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') LOOP\n"
        "        RAISE EXCEPTION 'view %% reads the table and belongs to another role: only its owner can put another table "
        "under "
        "it', v;\n"
        "    END LOOP;\nEND $lockcast_views$;\n",
        lc_quote_literal(arena, c->s->name));
}

// What the catalogue says of the first table is read with pg_catalog as the path, the change itself as the original is.
#define KEEP_PATH                                                                                                                \
    "SELECT pg_catalog.set_config('lockcast.path', pg_catalog.current_setting('search_path'), true);\nSET LOCAL search_path = "  \
    "" RW_PATH ";\n"
#define BACK_PATH "SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('lockcast.path'), true);\n"

// The swap puts the second table into the publications of the first, which only their owner may.
static const char *check_publications(const struct copy *c)
{
    struct lc_arena *arena = c->rw->arena;

    if (!c->published)
        return "";
    return lc_printf(
        arena,
        "DO $lockcast_publications$\nDECLARE\n    p text;\nBEGIN\n"
        "    FOR p IN SELECT pubname FROM pg_publication_rel r JOIN pg_publication b ON b.oid = r.prpubid\n"
        "         WHERE prrelid = %s::regclass AND NOT pg_has_role(pubowner, 'USAGE') LOOP\n"
        "        RAISE EXCEPTION 'publication %% has the table and belongs to another role: only its owner can put another table "
        "there', p;\n"
        "    END LOOP;\nEND $lockcast_publications$;\n",
        lc_quote_literal(arena, c->s->name));
}

static void make_table(struct copy *c)
{
    struct rw *rw = c->rw;
    const char *am = c->rel->am && !lc_streq(c->rel->am, "heap")
                         ? lc_printf(rw->arena, " USING %s", lc_quote_ident(rw->arena, c->rel->am))
                         : "";
    const char *space =
        c->rel->tablespace ? lc_printf(rw->arena, " TABLESPACE %s", lc_quote_ident(rw->arena, c->rel->tablespace)) : "";

    const char *table = lc_printf(
        rw->arena, "CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY EXCLUDING STATISTICS)%s%s;\n",
        c->table, c->s->name, am, space);
    const char *rest =
        lc_printf(rw->arena,
                  "ALTER TABLE %s %s;\n%s"
                  "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n"
                  "ALTER TABLE %s ENABLE ALWAYS TRIGGER %s;",
                  c->table, c->change->change, make_function(c), c->trigger, c->s->name, c->fn, c->s->name, c->trigger);
    struct rewrite_step *step =
        rw_retry(rw,
                 lc_printf(rw->arena, KEEP_PATH "%s%s%s%s%s" BACK_PATH "%s", check_views(c), check_publications(c), table,
                           revoke_defaults(c), c->make.text, rest),
                 "Makes the second table, empty, and a trigger that keeps it in step with every write from here on.", NULL);

    step->told = lc_printf(rw->arena, "%s%s%s", table, c->make.text, rest);
}

static void fill_table(struct copy *c)
{
    struct rw *rw = c->rw;
    struct rw_batch b = {.rel = c->rel, .alias = c->alias};

    b.head = lc_printf(rw->arena, "INSERT INTO %s (%s) SELECT %s FROM ONLY %s WHERE ", c->table, c->columns.text, c->values.text,
                       c->s->name);
    b.tail = lc_printf(rw->arena, " FOR KEY SHARE ON CONFLICT (%s) DO NOTHING", key_list(c, ""));
    b.what = lc_printf(rw->arena, "copying %s", c->s->name);
    b.why = "Copies the rows that are there, batch by batch; each commits, and an interrupted run goes on where it was.";
    rw_add_batch(rw, &b);
    (void)rw_outside(rw, lc_printf(rw->arena, "ANALYZE %s;", c->table), "So that the planner knows it from the first query on.",
                     NULL);
}

// --- foreign keys ---------------------------------------------------------------------------------------------------------------------------

static void add_key(struct copy *c, const char *table, const char *helper, const char *def, const char *why)
{
    struct rw *rw = c->rw;

    rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;", table, helper, def), why, NULL)->machine =
        true;
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, helper),
                  "Reads the table while others write.", NULL);
}

static void carry_keys(struct copy *c)
{
    for (int i = 0; i < c->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->constraints.items[i]);
        const char *helper;
        if (con->contype != 'f')
            continue;
        helper = rw_helper(c->rw, "key");
        add_key(c, c->table, helper, con->def_text, "The same foreign key for the second table.");
        lc_str_addf(&c->rename, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", c->s->name, helper,
                    lc_quote_ident(c->rw->arena, con->o.name));
    }
}

// "... REFERENCES copy(id) ..."
static const char *to_copy(const struct copy *c, const char *def)
{
    size_t at = rw_find_keyword(def, 0, "references") + strlen("references"), end = rw_name_end(def, at);

    return lc_printf(c->rw->arena, "%.*s %s%s", (int)at, def, c->table, def + end);
}

// A key that is checked at once could be checked before the trigger has copied the row that it refers to (a WITH that changes both tables): until the
// swap it is checked at the end of the transaction.
static void carry_references(struct copy *c)
{
    struct rw *rw = c->rw;

    for (int i = 0; i < c->rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, c->rel->referencing.items[i]);
        const char *table = cat_qualified_name(rw->cat, cat_relation(rw->cat, con->conrelid)), *helper = rw_helper(rw, "ref"),
                   *name = lc_quote_ident(rw->arena, con->o.name);
        add_key(c, table, helper,
                lc_printf(rw->arena, "%s%s", to_copy(c, con->def_text),
                          con->condeferrable ? con->condeferred ? "" : " INITIALLY DEFERRED" : " DEFERRABLE INITIALLY DEFERRED"),
                "The same foreign key to the second table.");
        lc_str_addf(&c->locks, ", %s", table);
        lc_str_addf(&c->drop, "ALTER TABLE %s DROP CONSTRAINT %s;\n", table, name);
        if (!con->condeferred)
            lc_str_addf(&c->rename, "ALTER TABLE %s ALTER CONSTRAINT %s %s;\n", table, helper,
                        con->condeferrable ? "DEFERRABLE INITIALLY IMMEDIATE" : "NOT DEFERRABLE");
        lc_str_addf(&c->rename, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", table, helper, name);
    }
}

// --- the recipe -----------------------------------------------------------------------------------------------------------------------------

static bool in_key(const struct copy *c)
{
    for (int i = 0; i < c->key.len; i++)
        if (is_changed(c, &c->rel->attrs[c->key.items[i] - 1]))
            return true;
    return false;
}

// A key of other tables, or one of its own to others, over the column whose type changes would be of the old type.
static bool in_foreign_key(const struct copy *c)
{
    const struct cat_attribute *att = c->change->column ? cat_find_column(c->rel, c->change->column) : NULL;

    for (int i = 0; att && i < c->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->constraints.items[i]);
        for (int k = 0; con->contype == 'f' && k < con->conkey.len; k++)
            if (con->conkey.items[k] == att->attnum)
                return true;
    }
    for (int i = 0; att && i < c->rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->referencing.items[i]);
        for (int k = 0; k < con->confkey.len; k++)
            if (con->confkey.items[k] == att->attnum)
                return true;
    }
    return false;
}

bool rw_by_copy(struct rw *rw, const struct rw_stmt *s, const struct rw_copy *change)
{
    struct copy c = {.rw = rw, .s = s, .rel = s->rel, .change = change, .schema = cat_schema_name(rw->cat, s->rel->o.schema)};
    struct lc_str *lists[] = {&c.columns, &c.values, &c.set, &c.make, &c.locks, &c.drop, &c.rename};

    rw_batch_key(rw, s->rel, NULL, &c.key);
    if (!c.key.len || in_key(&c) || in_foreign_key(&c) || !can_be_replaced(&c))
        return false;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        lc_str_init(lists[i], rw->arena, LC_STR_MAX);
    c.published = rw_is_published(rw, s->rel);
    c.name = rw_helper(rw, "table");
    c.table = lc_quote_name(rw->arena, c.schema, c.name);
    c.fn = lc_quote_name(rw->arena, c.schema, rw_helper(rw, "sync"));
    c.trigger = lc_printf(rw->arena, "zzzz_%s", c.name);
    c.alias = lc_quote_ident(rw->arena, s->rel->o.name);
    list_columns(&c);
    for (int i = 0; i < s->rel->indexes.len; i++)
        if (!add_index(&c, cat_relation(rw->cat, s->rel->indexes.items[i])))
            return false;
    rw_why(rw, "second-table", change->why);
    rw_check_visible(rw, s->rel);
    make_table(&c);
    fill_table(&c);
    carry_keys(&c);
    carry_references(&c);
    rw_copy_swap(&c, change->rollback);
    return true;
}
