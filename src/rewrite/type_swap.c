// The swap of a type change: the new column takes the place of the old one, and gets what the catalogue says of the old one.
#include "rewrite/swap.h"
#include "rewrite/type_change.h"

// Commands that make what hangs on the column anew, written by the catalogue before it goes.
static const char after_query[] =
    "SELECT array_agg(cmd) INTO more FROM (\n"
    "        SELECT format('COMMENT ON COLUMN %s.%I IS %L', t, n, col_description(t, a)) AS cmd WHERE col_description(t, a) IS "
    "NOT NULL\n" SWAP_COMMENTS SWAP_COLUMNS("attnum = a") SWAP_STATISTICS(SWAP_OF_COLUMN) SWAP_CLUSTER
    "        UNION ALL SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', t, relname)\n"
    "          FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = t AND indisreplident) q;\n";

static const char identity_query[] = SWAP_IDENTITY("i.attnum = a");

static const char before_query[] =
    "FOR q IN SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', t, h, pg_get_expr(adbin, adrelid)) AS cmd\n"
    "          FROM pg_attrdef WHERE adrelid = t AND adnum = a\n"
    "        UNION ALL SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', objid::regclass, t, h) FROM pg_depend\n"
    "          WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = t AND refobjsubid = a "
    "AND deptype = 'a'\n"
    "          AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S' LOOP\n"
    "        EXECUTE q.cmd;\n"
    "    END LOOP;\n";

// "ARRAY['a', 'b']::regclass[]", parents first.
static const char *table_array(const struct type_change *c)
{
    struct lc_str s;

    lc_str_init(&s, c->rw->arena, LC_STR_MAX);
    for (int i = c->tables.len - 1; i >= 0; i--)
        lc_str_addf(&s, "%s%s", s.len ? ", " : "",
                    lc_quote_literal(c->rw->arena, cat_qualified_name(c->rw->cat, cat_relation(c->rw->cat, c->tables.items[i]))));
    return lc_printf(c->rw->arena, "ARRAY[%s]::pg_catalog.regclass[]", s.text);
}

static void add_declarations(const struct type_change *c, struct lc_str *s)
{
    lc_str_addf(s,
                "#variable_conflict use_column\nDECLARE\n    tables pg_catalog.regclass[] := %s;\n    t pg_catalog.regclass;\n   "
                " n pg_catalog.name := %s;\n    h "
                "pg_catalog.name := %s;\n",
                table_array(c), lc_quote_literal(c->rw->arena, c->att->name), lc_quote_literal(c->rw->arena, c->new_raw));
    lc_str_add(s, "    path pg_catalog.text := pg_catalog.current_setting('search_path');\n    a smallint;\n    q record;\n    "
                  "cmds pg_catalog.text[] := '{}';\n    more pg_catalog.text[];\n    cmd pg_catalog.text;\n"
                  "    last bigint;\n    called boolean;\n");
}

static void add_for_each_table(const char *body, struct lc_str *s)
{
    lc_str_addf(s,
                "    FOREACH t IN ARRAY tables LOOP\n    SELECT attnum INTO a FROM pg_attribute WHERE attrelid = t AND attname = "
                "n;\n    %s    END LOOP;\n",
                body);
}

static void add_drop_triggers(const struct type_change *c, struct lc_str *s)
{
    for (int i = 0; c->rel->relkind == 'r' && i < c->tables.len; i++)
        lc_str_addf(s, "DROP TRIGGER %s ON %s;\n", c->trigger,
                    cat_qualified_name(c->rw->cat, cat_relation(c->rw->cat, c->tables.items[i])));
    if (c->rel->relkind == 'p')
        lc_str_addf(s, "DROP TRIGGER %s ON %s;\n", c->trigger, c->table);
    lc_str_addf(s, "DROP FUNCTION %s();\n", c->fn);
}

static const char *swap_text(struct type_change *c)
{
    struct rw *rw = c->rw;
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    add_declarations(c, &s);
    lc_str_addf(&s,
                "BEGIN\n    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);\nLOCK TABLE %s%s IN "
                "ACCESS EXCLUSIVE MODE;\n",
                c->table, c->locks.text);
    add_for_each_table(lc_printf(rw->arena, "%s    cmds := cmds || coalesce(more, '{}');\n    %s", after_query, identity_query),
                       &s);
    add_drop_triggers(c, &s);
    add_for_each_table(before_query, &s);
    lc_str_addf(&s, "%s%s", c->drop_keys.text, c->drop_indexes.text);
    lc_str_addf(&s, "ALTER TABLE %s DROP COLUMN %s;\nALTER TABLE %s RENAME COLUMN %s TO %s;\n", c->table, c->col, c->table,
                c->new, c->col);
    lc_str_addf(&s, "%s%s%s", c->name_nulls.text, c->name_indexes.text, c->name_keys.text);
    lc_str_add(&s, "    FOREACH cmd IN ARRAY cmds LOOP\n        EXECUTE cmd;\n    END LOOP;\n"
                   "    PERFORM pg_catalog.set_config('search_path', path, true);\nEND");
    return s.text;
}

void rw_type_swap(struct type_change *c)
{
    struct rw *rw = c->rw;
    const char *text = swap_text(c), *tag = rw_dollar(rw->arena, text);
    struct rewrite_step *step =
        rw_retry(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag),
                 "Puts the new column, its indexes and constraints in place of the old ones: catalogue changes only.",
                 lc_printf(rw->arena,
                           "%s is %s from here on, and is the table's last column. To undo that, rewrite the opposite change:\n"
                           "ALTER TABLE %s ALTER COLUMN %s TYPE %s;",
                           c->col, c->type, c->table, c->col, cat_format_type(rw->cat, c->att->type, c->att->typmod)));

    step->irreversible = true;
    step->swap = true;
    step->free = c->simple;
    step->carried = c->carried.items;
    step->ncarried = c->carried.len;
}
