// ALTER COLUMN TYPE that writes the table anew: a second column, kept in step by a trigger, filled in batches, indexed and constrained while
// others work, and put in place of the first in one short transaction.
//
// Precondition: an ordinary table without inheritance, no exclusion constraint on the column. The server itself refuses the change where a view,
// rule, policy, trigger or generated column uses the column (ATExecAlterColumnType), so these cannot be in the way. What hangs on the column
// (default, comments, privileges, statistics, owned sequence, identity) is read from the catalogue in the swap. Rollback: the same the other way.
#include <string.h>

#include "rewrite/internal.h"

struct change {
    struct rw *rw;
    const struct rw_stmt *s;
    const struct cat_relation *rel;
    const struct cat_attribute *att;
    const char *table, *col, *new_raw, *new; // qualified; quoted; not quoted; quoted
    const char *type;                        // with COLLATE, as written
    const char *value;                       // from the old column's row
    bool simple;                             // no USING
    struct lc_str drops, names;              // of the swap: before the column goes, and after
    struct lc_str locks;
};

static bool has_attnum(const struct cat_attnums *a, int attnum)
{
    for (int i = 0; i < a->len; i++)
        if (a->items[i] == attnum)
            return true;
    return false;
}

static bool index_uses(const struct change *c, const struct cat_relation *index)
{
    const struct cat_index *x = index->index;
    struct cat_attnums used = {0};

    for (int i = 0; i < x->natts; i++) {
        if (x->keys[i] == c->att->attnum)
            return true;
        if (x->exprs && x->exprs[i])
            cat_expr_columns(c->rw->cat, c->rel, x->exprs[i], &used, NULL);
    }
    if (x->predicate)
        cat_expr_columns(c->rw->cat, c->rel, x->predicate, &used, NULL);
    return has_attnum(&used, c->att->attnum);
}

// --- the new column ---------------------------------------------------------------------------------------------------------------------

static bool has_update_triggers(const struct rw *rw, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(rw->cat, rel->triggers.items[i]);
        if (t && (t->type & TRIGGER_TYPE_UPDATE) && t->enabled != 'D')
            return true;
    }
    return false;
}

static void add_column(struct change *c, const char *fn, const char *trigger)
{
    struct rw *rw = c->rw;
    const char *alias = lc_quote_ident(rw->arena, c->rel->o.name);
    const char *body =
        c->simple ? lc_printf(rw->arena, "BEGIN\n    NEW.%s := NEW.%s;\n    RETURN NEW;\nEND", c->new, c->col)
                  : lc_printf(rw->arena,
                              "#variable_conflict use_column\nBEGIN\n    SELECT %s INTO NEW.%s FROM (SELECT NEW.*) AS %s;\n"
                              "    RETURN NEW;\nEND",
                              c->value, c->new, alias);
    const char *tag = rw_dollar(rw->arena, body);

    (void)rw_retry(rw,
                   lc_printf(rw->arena,
                             "ALTER TABLE %s ADD COLUMN %s %s;\n"
                             "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql%s AS %s\n%s %s;\n"
                             "CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n"
                             "ALTER TABLE %s ENABLE ALWAYS TRIGGER %s;",
                             c->table, c->new, c->type, fn, c->simple ? "" : " SET search_path FROM CURRENT", tag, body, tag,
                             trigger, c->table, fn, c->table, trigger),
                   "Adds the new column, empty, and a trigger that keeps it in step with every write from here on.", NULL);
}

static void fill_column(struct change *c)
{
    struct rw *rw = c->rw;
    struct rw_batch b = {.rel = c->rel, .tail = "", .passes = 2};

    b.alias = lc_quote_ident(rw->arena, c->rel->o.name);
    b.head = lc_printf(rw->arena, "UPDATE %s SET %s = %s WHERE %s IS NULL AND (%s) IS DISTINCT FROM NULL AND ", c->table, c->new,
                       c->value, c->new, c->value);
    b.what = lc_printf(rw->arena, "filling the new %s of %s", c->col, c->table);
    b.why = "Fills the new column in the rows that are there, batch by batch.";
    b.quiet_triggers = has_update_triggers(rw, c->rel);
    rw_add_batch(rw, &b);
}

// --- NOT NULL, CHECK, FOREIGN KEY -------------------------------------------------------------------------------------------------------------

static const struct cat_constraint *not_null_18(const struct change *c)
{
    for (int i = 0; i < c->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->constraints.items[i]);
        if (con->contype == 'n' && has_attnum(&con->conkey, c->att->attnum))
            return con;
    }
    return NULL;
}

static void carry_not_null(struct change *c)
{
    struct rw *rw = c->rw;
    const struct cat_constraint *con = not_null_18(c);
    const char *helper = rw_helper(rw, "nn");

    if (!c->att->notnull)
        return;
    (void)rw_retry(rw,
                   con ? lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s NOT NULL %s NOT VALID;", c->table, helper, c->new)
                       : lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;", c->table,
                                   helper, c->new),
                   "The new column must not be null either.", NULL);
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", c->table, helper),
                  "Reads the table while others write.", NULL);
    if (con)
        lc_str_addf(&c->names, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", c->table, helper,
                    lc_quote_ident(rw->arena, con->o.name));
    else
        lc_str_addf(&c->drops, "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\nALTER TABLE %s DROP CONSTRAINT %s;\n", c->table,
                    c->new, c->table, helper);
}

static void carry_by_rename(struct change *c, const struct cat_relation *on, const struct cat_constraint *con, const char *def)
{
    struct rw *rw = c->rw;
    const char *table = cat_qualified_name(rw->cat, on), *helper = rw_helper(rw, "con"),
               *name = lc_quote_ident(rw->arena, con->o.name);
    bool valid = con->convalidated;

    (void)rw_retry(rw,
                   lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;", table, helper, def,
                             lc_ends(def, "NOT VALID") ? "" : " NOT VALID"),
                   "The same constraint over the new column.", NULL);
    if (valid)
        (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, helper),
                      "Reads the table while others write.", NULL);
    lc_str_addf(&c->drops, "ALTER TABLE %s DROP CONSTRAINT %s;\n", table, name);
    lc_str_addf(&c->names, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", table, helper, name);
    if (on != c->rel)
        lc_str_addf(&c->locks, ", %s", table);
}

static bool carry_check(struct change *c, const struct cat_constraint *con)
{
    const char *def = con->def_text ? rw_check_with_column(c->rw->arena, con->def_text, c->att->name, c->new_raw) : NULL;

    if (def)
        carry_by_rename(c, c->rel, con, def);
    return def != NULL;
}

static bool carry_foreign_key(struct change *c, const struct cat_constraint *con)
{
    const struct cat_relation *on = cat_relation(c->rw->cat, con->conrelid);
    const char *def = con->def_text;

    if (def && con->conrelid == c->rel->o.oid && has_attnum(&con->conkey, c->att->attnum))
        def = rw_foreign_key_with_column(c->rw->arena, def, false, c->att->name, c->new_raw);
    if (def && con->confrelid == c->rel->o.oid && has_attnum(&con->confkey, c->att->attnum))
        def = rw_foreign_key_with_column(c->rw->arena, def, true, c->att->name, c->new_raw);
    if (!def || !on || on->relkind != 'r' || con->conparentid)
        return false;
    carry_by_rename(c, on, con, def);
    return true;
}

// --- indexes and their constraints ---------------------------------------------------------------------------------------------------------------

// Constraints' indexes have default operator classes and collations (DefineIndex; ATExecAddIndexConstraint insists on them).
static const char *constraint_index(struct change *c, const struct cat_relation *index, const char *helper)
{
    const struct cat_index *x = index->index;
    struct lc_str s;

    lc_str_init(&s, c->rw->arena, LC_STR_MAX);
    lc_str_addf(&s, "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (", helper, c->table);
    for (int i = 0; i < x->natts; i++) {
        const char *sep = i == 0 ? "" : i == x->nkeyatts ? ") INCLUDE (" : ", ";
        if (x->keys[i] <= 0)
            return NULL;
        lc_str_addf(&s, "%s%s", sep,
                    x->keys[i] == c->att->attnum ? c->new : lc_quote_ident(c->rw->arena, c->rel->attrs[x->keys[i] - 1].name));
    }
    lc_str_addf(&s, ")%s", x->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
    if (index->options)
        lc_str_addf(&s, " WITH (%s)", index->options);
    return s.text;
}

static bool carry_index(struct change *c, const struct cat_relation *index)
{
    struct rw *rw = c->rw;
    const char *schema = cat_schema_name(rw->cat, c->rel->o.schema), *name = lc_quote_ident(rw->arena, index->o.name),
               *helper = rw_helper(rw, "idx");
    const struct cat_constraint *con = index->index->constraint ? cat_constraint(rw->cat, index->index->constraint) : NULL;
    const char *def = con ? constraint_index(c, index, helper) : NULL;

    if (!con && index->index->def_text)
        def = rw_index_with_column(rw->arena, index->index->def_text, c->att->name, c->new_raw, helper);

    if (!def || index->index->exclusion)
        return false;
    rw_build_index(rw,
                   lc_printf(rw->arena, "CREATE %sINDEX CONCURRENTLY IF NOT EXISTS %s", index->index->unique ? "UNIQUE " : "",
                             strstr(def, "CONCURRENTLY ") + strlen("CONCURRENTLY ")),
                   schema, helper, "The same index over the new column.", false);
    if (!con) {
        lc_str_addf(&c->drops, "DROP INDEX %s;\n", cat_qualified_name(rw->cat, index));
        lc_str_addf(&c->names, "ALTER INDEX %s RENAME TO %s;\n", lc_quote_name(rw->arena, schema, helper), name);
        return true;
    }
    lc_str_addf(&c->drops, "ALTER TABLE %s DROP CONSTRAINT %s;\n", c->table, name);
    lc_str_addf(&c->names, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s%s;\n", c->table, name,
                con->contype == 'p' ? "PRIMARY KEY" : "UNIQUE", helper, con->condeferrable ? " DEFERRABLE" : "",
                con->condeferred ? " INITIALLY DEFERRED" : "");
    return true;
}

static bool carry_own_keys(struct change *c)
{
    for (int i = 0; i < c->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->constraints.items[i]);
        if (con->contype == 'c' && has_attnum(&con->conkey, c->att->attnum) && !carry_check(c, con))
            return false;
        if (con->contype == 'f' &&
            (has_attnum(&con->conkey, c->att->attnum) ||
             (con->confrelid == c->rel->o.oid && has_attnum(&con->confkey, c->att->attnum))) &&
            !carry_foreign_key(c, con))
            return false;
    }
    return true;
}

static bool carry_references(struct change *c)
{
    for (int i = 0; i < c->rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(c->rw->cat, c->rel->referencing.items[i]);
        if (con->conrelid != c->rel->o.oid && has_attnum(&con->confkey, c->att->attnum) && !carry_foreign_key(c, con))
            return false;
    }
    return true;
}

// Foreign keys come after the unique indexes that they need, and are dropped before the constraints that they depend on.
static bool carry_all(struct change *c)
{
    struct lc_str drops, names;
    bool ok = true;

    carry_not_null(c);
    drops = c->drops, names = c->names;
    lc_str_init(&c->drops, c->rw->arena, LC_STR_MAX);
    lc_str_init(&c->names, c->rw->arena, LC_STR_MAX);
    for (int i = 0; ok && i < c->rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(c->rw->cat, c->rel->indexes.items[i]);
        if (index_uses(c, index))
            ok = carry_index(c, index);
    }
    lc_str_add(&names, c->names.text);
    {
        struct lc_str index_drops = c->drops;
        c->drops = drops, c->names = names;
        ok = ok && carry_own_keys(c) && carry_references(c);
        lc_str_add(&c->drops, index_drops.text);
    }
    return ok;
}

// --- the swap -------------------------------------------------------------------------------------------------------------------------------------

// Commands that make what hangs on the column anew, written by the catalogue before it goes.
static const char after_query[] =
    "SELECT array_agg(cmd) INTO lockcast_after FROM (\n"
    "        SELECT format('COMMENT ON COLUMN %s.%I IS %L', t, n, col_description(t, a)) AS cmd WHERE col_description(t, a) IS "
    "NOT NULL\n"
    "        UNION ALL SELECT format('COMMENT ON INDEX %s IS %L', indexrelid::regclass, obj_description(indexrelid, "
    "'pg_class'))\n"
    "          FROM pg_index WHERE indrelid = t AND obj_description(indexrelid, 'pg_class') IS NOT NULL\n"
    "        UNION ALL SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, conrelid::regclass, obj_description(oid, "
    "'pg_constraint'))\n"
    "          FROM pg_constraint WHERE t IN (conrelid, confrelid) AND obj_description(oid, 'pg_constraint') IS NOT NULL\n"
    "        UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', t, n, attstattarget)\n"
    "          FROM pg_attribute WHERE attrelid = t AND attnum = a AND attstattarget >= 0\n"
    "        UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', t, n, o)\n"
    "          FROM pg_attribute, unnest(attoptions) o WHERE attrelid = t AND attnum = a AND o LIKE 'n_distinct%'\n"
    "        UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, n, t, CASE x.grantee WHEN 0 THEN 'PUBLIC'\n"
    "          ELSE quote_ident(pg_get_userbyid(x.grantee)) END, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' "
    "END)\n"
    "          FROM pg_attribute, aclexplode(attacl) x WHERE attrelid = t AND attnum = a\n"
    "        UNION ALL SELECT pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s WHERE EXISTS (SELECT FROM pg_depend\n"
    "          WHERE classid = 'pg_statistic_ext'::regclass AND objid = s.oid AND refobjid = t AND refobjsubid = a)\n"
    "        UNION ALL SELECT format('ALTER TABLE %s CLUSTER ON %I', t, relname)\n"
    "          FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = t AND indisclustered\n"
    "        UNION ALL SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', t, relname)\n"
    "          FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = t AND indisreplident) q;\n";

static const char identity_query[] =
    "FOR q IN SELECT d.objid::regclass AS seq, s.*, i.attidentity FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid\n"
    "          JOIN pg_attribute i ON i.attrelid = t AND i.attnum = a WHERE d.refobjid = t AND d.refobjsubid = a AND d.deptype = "
    "'i' LOOP\n"
    "        EXECUTE format('SELECT last_value, is_called FROM %s', q.seq) INTO lockcast_last, lockcast_called;\n"
    "        lockcast_after := lockcast_after || format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE "
    "NAME %s START %s'\n"
    "            ' INCREMENT %s MINVALUE %s%s CACHE %s%s)', t, n, CASE q.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' "
    "END, q.seq, q.seqstart,\n"
    "            q.seqincrement, q.seqmin, CASE WHEN q.seqmax IN (32767, 2147483647, 9223372036854775807) THEN '' ELSE ' "
    "MAXVALUE ' || q.seqmax END,\n"
    "            q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END)\n"
    "            || format('SELECT setval(%L, %s, %L)', q.seq, lockcast_last, lockcast_called);\n"
    "    END LOOP;\n";

static const char before_query[] =
    "FOR q IN SELECT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', t, h, pg_get_expr(adbin, adrelid)) AS cmd\n"
    "          FROM pg_attrdef WHERE adrelid = t AND adnum = a\n"
    "        UNION ALL SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', objid::regclass, t, h) FROM pg_depend\n"
    "          WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = t AND refobjsubid = a "
    "AND deptype = 'a'\n"
    "          AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S' LOOP\n"
    "        EXECUTE q.cmd;\n"
    "    END LOOP;\n";

static const char *swap_text(struct change *c, const char *fn, const char *trigger)
{
    struct rw *rw = c->rw;
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_addf(&s, "#variable_conflict use_column\nDECLARE\n    t regclass := %s;\n    n name := %s;\n    h name := %s;\n",
                lc_quote_literal(rw->arena, c->table), lc_quote_literal(rw->arena, c->att->name),
                lc_quote_literal(rw->arena, c->new_raw));
    lc_str_add(&s, "    a smallint;\n    q record;\n    lockcast_after text[];\n    cmd text;\n    lockcast_last bigint;\n    "
                   "lockcast_called boolean;\n");
    lc_str_addf(&s, "BEGIN\nLOCK TABLE %s%s IN ACCESS EXCLUSIVE MODE;\n", c->table, c->locks.text);
    lc_str_add(&s, "    SELECT attnum INTO a FROM pg_attribute WHERE attrelid = t AND attname = n;\n    ");
    lc_str_add(&s, after_query);
    lc_str_add(&s, "    lockcast_after := coalesce(lockcast_after, '{}');\n    ");
    lc_str_add(&s, identity_query);
    lc_str_addf(&s, "DROP TRIGGER %s ON %s;\nDROP FUNCTION %s();\n    ", trigger, c->table, fn);
    lc_str_add(&s, before_query);
    lc_str_add(&s, c->drops.text);
    lc_str_addf(&s, "ALTER TABLE %s DROP COLUMN %s;\nALTER TABLE %s RENAME COLUMN %s TO %s;\n", c->table, c->col, c->table,
                c->new, c->col);
    lc_str_add(&s, c->names.text);
    lc_str_add(&s, "    FOREACH cmd IN ARRAY lockcast_after LOOP\n        EXECUTE cmd;\n    END LOOP;\nEND");
    return s.text;
}

static void add_swap(struct change *c, const char *fn, const char *trigger)
{
    struct rw *rw = c->rw;
    const char *text = swap_text(c, fn, trigger), *tag = rw_dollar(rw->arena, text);
    struct rewrite_step *step =
        rw_retry(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag),
                 "Puts the new column, its indexes and constraints in place of the old ones: catalogue changes only.",
                 lc_printf(rw->arena,
                           "%s is %s from here on, and is the table's last column. To undo that, rewrite the opposite change:\n"
                           "ALTER TABLE %s ALTER COLUMN %s TYPE %s;",
                           c->col, c->type, c->table, c->col, cat_format_type(rw->cat, c->att->type, c->att->typmod)));

    step->irreversible = true;
}

static bool changes_anything(const struct rw_stmt *s)
{
    for (int i = 0; i < s->fp.work.len; i++)
        if (s->fp.work.items[i].kind == FP_REWRITE || s->fp.work.items[i].kind == FP_INDEX_BUILD ||
            s->fp.work.items[i].kind == FP_SCAN || s->fp.work.items[i].kind == FP_FK_CHECK)
            return true;
    return false;
}

static const char *no_way(const struct rw_stmt *s, const struct cat_attribute *att)
{
    if (s->rel->relkind != 'r' || s->rel->children.len || s->rel->parents.len)
        return "The column of a partitioned or inherited table cannot be swapped partition by partition: the change needs a "
               "window.";
    if (att->generated)
        return "A generated column can only be written anew: the change needs a window.";
    return NULL;
}

static void read_change(struct rw *rw, const struct rw_stmt *s, const ColumnDef *def, struct change *c)
{
    size_t type = (size_t)def->typeName->location, using = rw_find_keyword(s->text, type, "using");

    c->table = s->name;
    c->col = lc_quote_ident(rw->arena, c->att->name);
    c->new_raw = rw_helper(rw, "new");
    c->new = lc_quote_ident(rw->arena, c->new_raw);
    c->type = rw_cut(rw->arena, s->text, type, using);
    c->simple = !def->raw_default;
    c->value =
        c->simple ? c->col : lc_printf(rw->arena, "(%s)", rw_cut(rw->arena, s->text, using + strlen("using"), strlen(s->text)));
    lc_str_init(&c->drops, rw->arena, LC_STR_MAX);
    lc_str_init(&c->names, rw->arena, LC_STR_MAX);
    lc_str_init(&c->locks, rw->arena, LC_STR_MAX);
}

enum rewrite_verdict rw_alter_type(struct rw *rw, const struct rw_stmt *s)
{
    const ColumnDef *def = AS(ColumnDef, s->cmd->def);
    struct change c = {.rw = rw, .s = s, .rel = s->rel, .att = s->rel ? cat_find_column(s->rel, s->cmd->name) : NULL};
    const char *fn, *trigger, *why;

    if (!c.att || !def || !changes_anything(s) || !rw_large(rw, s->rel))
        return REWRITE_SAME;
    why = no_way(s, c.att);
    if (why)
        return rw_window(rw, why);
    read_change(rw, s, def, &c);
    rw_why(rw, "type-by-new-column",
           "The change writes the whole table anew under a lock that stops even readers; a second column is filled while all "
           "go on, and takes the place of the first (it becomes the table's last column).");
    fn = lc_quote_name(rw->arena, cat_schema_name(rw->cat, s->rel->o.schema), rw_helper(rw, "sync"));
    trigger = lc_printf(rw->arena, "zzzz_%s",
                        c.new_raw); // BEFORE triggers run in the order of their names: after those that change the row
    add_column(&c, fn, trigger);
    fill_column(&c);
    if (!carry_all(&c))
        return rw_window(rw, "Something that hangs on the column (an exclusion constraint, a partitioned table's foreign key, a "
                             "definition that is not known) "
                             "cannot be made anew while others work: the change needs a window.");
    add_swap(&c, fn, trigger);
    return REWRITE_STEPS;
}
