// What only a new heap can have (a stored generated column, an exclusion constraint): a second table is made so, kept in step by a trigger, filled in
// batches, and takes the place of the first in one short transaction.
//
// Precondition: a key that ON CONFLICT can use, and nothing that hangs on the table but its own indexes, constraints, foreign keys to others and serial
// sequences: views, triggers, policies, foreign keys from others, partitions, publications would stay with the old table. Proof: a batch locks its rows
// FOR KEY SHARE, so a DELETE waits for it or is seen by it; an UPDATE writes its row over the batch's (ON CONFLICT DO UPDATE waits for the other's
// commit). At REPEATABLE READ, whose DELETE would not see the batch's row, ON CONFLICT DO NOTHING fails with 40001 on it (ExecCheckTupleVisible),
// so it is tried before. Rollback before the swap: DROP the second table; afterwards the opposite change.

#include "rewrite/internal.h"

struct copy {
    struct rw *rw;
    const struct rw_stmt *s;
    const struct cat_relation *rel;
    const char *schema, *name, *table, *fn, *trigger; // name is not qualified; table and fn are
    struct cat_attnums key;
    struct lc_str columns, own, old,
        set; // "a, b"; "NEW.a, NEW.b"; "OLD.a, ..."; "a = EXCLUDED.a, b = EXCLUDED.b": without generated ones
    struct lc_str make, rename;
};

// --- who may --------------------------------------------------------------------------------------------------------------------------------

struct published {
    Oid oid;
    bool any;
};

static void visit_publication(const struct cat_object *o, void *context)
{
    const struct cat_publication *p = (const struct cat_publication *)o;
    struct published *of = context;

    of->any |= p->alltables || p->schemas.len;
    for (int i = 0; i < p->relations.len; i++)
        of->any |= p->relations.items[i] == of->oid;
}

static bool plain_columns(const struct cat_relation *rel)
{
    for (int i = 0; i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && rel->attrs[i].identity)
            return false;
    return true;
}

static bool plain_constraints(const struct rw *rw, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->constraints.items[i]);
        if (!con || !con->def_text || !con->convalidated || !con->conenforced || con->confrelid == rel->o.oid)
            return false;
    }
    return true;
}

static bool stands_alone(const struct rw *rw, const struct cat_relation *rel)
{
    struct published of = {rel->o.oid, false};

    cat_each(rw->cat, CAT_PUBLICATION, visit_publication, &of);
    return rel->relkind == 'r' && rel->relpersistence == 'p' && !rel->reloftype && !rel->parents.len && !rel->children.len &&
           !rel->rules.len && !rel->policies.len && !rel->triggers.len && !rel->statistics.len && !rel->referencing.len &&
           !rel->relrowsecurity && (rel->relreplident == 'd' || !rel->relreplident) && !of.any && plain_columns(rel) &&
           plain_constraints(rw, rel) && rw_can_go(rw, rel->o.oid, false);
}

// --- the second table -----------------------------------------------------------------------------------------------------------------------

static void list_columns(struct copy *c)
{
    for (int i = 0; i < c->rel->natts; i++) {
        const struct cat_attribute *att = &c->rel->attrs[i];
        const char *name = lc_quote_ident(c->rw->arena, att->name), *sep = c->columns.len ? ", " : "";
        if (att->isdropped || att->generated)
            continue;
        lc_str_addf(&c->columns, "%s%s", sep, name);
        lc_str_addf(&c->own, "%sNEW.%s", sep, name);
        lc_str_addf(&c->old, "%sOLD.%s", sep, name);
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

static const char *sync_body(const struct copy *c)
{
    struct lc_arena *arena = c->rw->arena;
    const char *gone = lc_printf(arena, "DELETE FROM %s WHERE (%s) = (%s);", c->table, key_list(c, ""), key_list(c, "OLD."));
    const char *seen = lc_printf(arena,
                                 "        IF current_setting('transaction_isolation') <> 'read committed' THEN\n"
                                 "            INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO NOTHING;\n        END IF;\n",
                                 c->table, c->columns.text, c->old.text, key_list(c, ""));

    return lc_printf(
        arena,
        "#variable_conflict use_column\nBEGIN\n    IF TG_OP = 'DELETE' THEN\n%s        %s\n        RETURN NULL;\n    END IF;\n"
        "    IF TG_OP = 'UPDATE' AND (%s) IS DISTINCT FROM (%s) THEN\n        %s\n    END IF;\n"
        "    INSERT INTO %s (%s) VALUES (%s)\n        ON CONFLICT (%s) DO UPDATE SET %s;\n    RETURN NULL;\nEND",
        seen, gone, lc_printf(arena, "ROW(%s)", key_list(c, "OLD.")), lc_printf(arena, "ROW(%s)", key_list(c, "NEW.")), gone,
        c->table, c->columns.text, c->own.text, key_list(c, ""), c->set.text);
}

static void make_table(struct copy *c, const char *change)
{
    struct rw *rw = c->rw;
    const char *body = sync_body(c), *tag = rw_dollar(rw->arena, body);

    (void)rw_retry(
        rw,
        lc_printf(rw->arena,
                  "CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY EXCLUDING STATISTICS);\n%s"
                  "ALTER TABLE %s %s;\n"
                  "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %s\n%s %s;\n"
                  "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n"
                  "ALTER TABLE %s ENABLE ALWAYS TRIGGER %s;",
                  c->table, c->s->name, c->make.text, c->table, change, c->fn, tag, body, tag, c->trigger, c->s->name, c->fn,
                  c->s->name, c->trigger),
        "Makes the second table, empty, and a trigger that keeps it in step with every write from here on.", NULL);
}

static void fill_table(struct copy *c)
{
    struct rw *rw = c->rw;
    struct rw_batch b = {.rel = c->rel};

    b.alias = lc_quote_ident(rw->arena, c->rel->o.name);
    b.head = lc_printf(rw->arena, "INSERT INTO %s (%s) SELECT %s FROM ONLY %s WHERE ", c->table, c->columns.text, c->columns.text,
                       c->s->name);
    b.tail = lc_printf(rw->arena, " FOR KEY SHARE ON CONFLICT (%s) DO NOTHING", key_list(c, ""));
    b.what = lc_printf(rw->arena, "copying %s", c->s->name);
    b.why = "Copies the rows that are there, batch by batch; each commits, and an interrupted run goes on where it was.";
    rw_add_batch(rw, &b);
    (void)rw_outside(rw, lc_printf(rw->arena, "ANALYZE %s;", c->table), "So that the planner knows it from the first query on.",
                     NULL);
}

static void carry_keys(struct copy *c)
{
    struct rw *rw = c->rw;

    for (int i = 0; i < c->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, c->rel->constraints.items[i]);
        const char *helper;
        if (con->contype != 'f')
            continue;
        helper = rw_helper(rw, "key");
        (void)rw_retry(rw,
                       lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;", c->table, helper, con->def_text),
                       "The same foreign key for the second table.", NULL);
        (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", c->table, helper),
                      "Reads the table while others write.", NULL);
        lc_str_addf(&c->rename, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", c->s->name, helper,
                    lc_quote_ident(rw->arena, con->o.name));
    }
}

// --- the swap -------------------------------------------------------------------------------------------------------------------------------

// What LIKE does not take along, as commands that are run when the second table has the first one's name.
static const char catalogue_query[] =
    "SELECT array_agg(cmd) INTO cmds FROM (\n"
    "        SELECT format('COMMENT ON TABLE %s IS %L', t, obj_description(t, 'pg_class')) AS cmd WHERE obj_description(t, "
    "'pg_class') IS NOT NULL\n"
    "        UNION ALL SELECT format('COMMENT ON INDEX %s IS %L', indexrelid::regclass, obj_description(indexrelid, "
    "'pg_class'))\n"
    "          FROM pg_index WHERE indrelid = t AND obj_description(indexrelid, 'pg_class') IS NOT NULL\n"
    "        UNION ALL SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, t, obj_description(oid, 'pg_constraint'))\n"
    "          FROM pg_constraint WHERE conrelid = t AND obj_description(oid, 'pg_constraint') IS NOT NULL\n"
    "        UNION ALL SELECT format('ALTER TABLE %s OWNER TO %I', t, pg_get_userbyid(relowner)) FROM pg_class WHERE oid = t\n"
    "        UNION ALL SELECT format('ALTER TABLE %s SET (%s)', t, o) FROM pg_class, unnest(reloptions) o WHERE oid = t\n"
    "        UNION ALL SELECT format('GRANT %s ON %s TO %s%s', x.privilege_type, t, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE\n"
    "          quote_ident(pg_get_userbyid(x.grantee)) END, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)\n"
    "          FROM pg_class, aclexplode(relacl) x WHERE oid = t\n"
    "        UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s', x.privilege_type, attname, t, CASE x.grantee WHEN 0 THEN "
    "'PUBLIC'\n"
    "          ELSE quote_ident(pg_get_userbyid(x.grantee)) END) FROM pg_attribute, aclexplode(attacl) x WHERE attrelid = t\n"
    "        UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', t, attname, attstattarget)\n"
    "          FROM pg_attribute WHERE attrelid = t AND attnum > 0 AND attstattarget >= 0 AND NOT attisdropped\n"
    "        UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', t, attname, o) FROM pg_attribute, "
    "unnest(attoptions) o\n"
    "          WHERE attrelid = t AND attnum > 0 AND NOT attisdropped AND o LIKE 'n_distinct%'\n"
    "        UNION ALL SELECT format('ALTER TABLE %s CLUSTER ON %I', t, relname)\n"
    "          FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = t AND indisclustered\n"
    "        UNION ALL SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', objid::regclass, t, attname) FROM pg_depend\n"
    "          JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid\n"
    "          WHERE classid = 'pg_class'::regclass AND refobjid = t AND refobjsubid > 0 AND deptype = 'a'\n"
    "          AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S') q;\n"
    "    FOR cmd IN SELECT format('ALTER SEQUENCE %s OWNED BY NONE', objid::regclass) FROM pg_depend WHERE classid = "
    "'pg_class'::regclass\n"
    "          AND refobjid = t AND refobjsubid > 0 AND deptype = 'a' AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S' "
    "LOOP\n"
    "        EXECUTE cmd;\n    END LOOP;\n";

static void swap(struct copy *c, const char *rollback)
{
    struct rw *rw = c->rw;
    const char *body =
        lc_printf(rw->arena,
                  "#variable_conflict use_column\nDECLARE\n    t regclass := %s::regclass;\n    cmds text[];\n    cmd text;\n"
                  "BEGIN\nLOCK TABLE %s IN ACCESS EXCLUSIVE MODE;\n    %sDROP TABLE %s;\nDROP FUNCTION %s();\n"
                  "ALTER TABLE %s RENAME TO %s;\n%s"
                  "    FOREACH cmd IN ARRAY coalesce(cmds, '{}') LOOP\n        EXECUTE cmd;\n    END LOOP;\nEND",
                  lc_quote_literal(rw->arena, c->s->name), c->s->name, catalogue_query, c->s->name, c->fn, c->table,
                  lc_quote_ident(rw->arena, c->rel->o.name), c->rename.text);
    const char *tag = rw_dollar(rw->arena, body);
    struct rewrite_step *step = rw_retry(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag),
                                         "Puts the second table in place of the first: catalogue changes only.", rollback);

    step->told = lc_printf(rw->arena, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE;", c->s->name);
}

bool rw_by_copy(struct rw *rw, const struct rw_stmt *s, const char *why, const char *change, const char *rollback)
{
    struct copy c = {.rw = rw, .s = s, .rel = s->rel, .schema = cat_schema_name(rw->cat, s->rel->o.schema)};
    struct lc_str *lists[] = {&c.columns, &c.own, &c.old, &c.set, &c.make, &c.rename};

    rw_batch_key(rw, s->rel, NULL, &c.key);
    if (!c.key.len || !stands_alone(rw, s->rel))
        return false;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        lc_str_init(lists[i], rw->arena, LC_STR_MAX);
    c.name = rw_helper(rw, "table");
    c.table = lc_quote_name(rw->arena, c.schema, c.name);
    c.fn = lc_quote_name(rw->arena, c.schema, rw_helper(rw, "sync"));
    c.trigger = lc_printf(rw->arena, "zzzz_%s", c.name);
    list_columns(&c);
    for (int i = 0; i < s->rel->indexes.len; i++)
        if (!add_index(&c, cat_relation(rw->cat, s->rel->indexes.items[i])))
            return false;
    rw_why(rw, "second-table", why);
    make_table(&c, change);
    fill_table(&c);
    carry_keys(&c);
    swap(&c, rollback);
    return true;
}
