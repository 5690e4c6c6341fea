// The swap of a type change: the new column takes the place of the old one, and gets what the catalogue says of the old one.
#include "rewrite/type_change.h"

// From 14 on ALTER TYPE makes the object anew, without its target and owner (ATPostAlterTypeCleanup).
#define STATISTICS                                                                                                               \
    "EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_statistic_ext'::regclass AND objid = s.oid AND refobjid = t AND "         \
    "refobjsubid = a)"

// Commands that make what hangs on the column anew, written by the catalogue before it goes.
static const char after_query[] =
    "SELECT array_agg(cmd) INTO lockcast_more FROM (\n"
    "        SELECT format('COMMENT ON COLUMN %s.%I IS %L', t, n, col_description(t, a)) AS cmd WHERE col_description(t, a) IS "
    "NOT NULL\n"
    "        UNION ALL SELECT format('COMMENT ON INDEX %s IS %L', indexrelid::regclass, obj_description(indexrelid, "
    "'pg_class'))\n"
    "          FROM pg_index WHERE indrelid = t AND obj_description(indexrelid, 'pg_class') IS NOT NULL\n"
    "        UNION ALL SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, conrelid::regclass, obj_description(oid, "
    "'pg_constraint'))\n"
    "          FROM pg_constraint WHERE t IN (conrelid, confrelid) AND obj_description(oid, 'pg_constraint') IS NOT NULL\n"
    "        UNION ALL SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s', t, n, attstattarget)\n"
    "          FROM pg_attribute WHERE attrelid = t AND attnum = a AND attstattarget >= 0\n"
    "        UNION ALL SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s)', t, n, o)\n"
    "          FROM pg_attribute, unnest(attoptions) o WHERE attrelid = t AND attnum = a AND o LIKE 'n_distinct%'\n"
    "        UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, n, t, CASE x.grantee WHEN 0 THEN 'PUBLIC'\n"
    "          ELSE quote_ident(pg_get_userbyid(x.grantee)) END, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' "
    "END)\n"
    "          FROM pg_attribute, aclexplode(attacl) x WHERE attrelid = t AND attnum = a\n"
    "        UNION ALL SELECT pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s WHERE " STATISTICS "\n"
    "        UNION ALL SELECT format('COMMENT ON STATISTICS %s.%I IS %L', stxnamespace::regnamespace, stxname, "
    "obj_description(s.oid, "
    "'pg_statistic_ext'))\n"
    "          FROM pg_statistic_ext s WHERE obj_description(s.oid, 'pg_statistic_ext') IS NOT NULL AND " STATISTICS "\n"
    "        UNION ALL SELECT format('ALTER STATISTICS %s.%I SET STATISTICS %s', stxnamespace::regnamespace, stxname, "
    "stxstattarget)\n"
    "          FROM pg_statistic_ext s WHERE stxstattarget >= 0 AND current_setting('server_version_num')::int < 140000 "
    "AND " STATISTICS "\n"
    "        UNION ALL SELECT format('ALTER STATISTICS %s.%I OWNER TO %I', stxnamespace::regnamespace, stxname, "
    "pg_get_userbyid(stxowner))\n"
    "          FROM pg_statistic_ext s WHERE current_setting('server_version_num')::int < 140000 AND " STATISTICS "\n"
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
    "        lockcast_after := lockcast_after || coalesce((SELECT array_agg(format('GRANT %s ON SEQUENCE %s TO %s', "
    "x.privilege_type, "
    "q.seq,\n"
    "            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END)) FROM pg_class, "
    "aclexplode(relacl) x\n"
    "            WHERE oid = q.seq), '{}') || coalesce((SELECT array_agg(format('COMMENT ON SEQUENCE %s IS %L', q.seq, c))\n"
    "            FROM obj_description(q.seq, 'pg_class') c WHERE c IS NOT NULL), '{}');\n"
    "    END LOOP;\n";

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
                " n name := %s;\n    h "
                "name := %s;\n",
                table_array(c), lc_quote_literal(c->rw->arena, c->att->name), lc_quote_literal(c->rw->arena, c->new_raw));
    lc_str_add(s, "    path text := pg_catalog.current_setting('search_path');\n    a smallint;\n    q record;\n    "
                  "lockcast_after text[] := '{}';\n    lockcast_more text[];\n    cmd text;\n"
                  "    lockcast_last bigint;\n    lockcast_called boolean;\n");
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
    add_for_each_table(lc_printf(rw->arena, "%s    lockcast_after := lockcast_after || coalesce(lockcast_more, '{}');\n    %s",
                                 after_query, identity_query),
                       &s);
    add_drop_triggers(c, &s);
    add_for_each_table(before_query, &s);
    lc_str_addf(&s, "%s%s", c->drop_keys.text, c->drop_indexes.text);
    lc_str_addf(&s, "ALTER TABLE %s DROP COLUMN %s;\nALTER TABLE %s RENAME COLUMN %s TO %s;\n", c->table, c->col, c->table,
                c->new, c->col);
    lc_str_addf(&s, "%s%s%s", c->name_nulls.text, c->name_indexes.text, c->name_keys.text);
    lc_str_add(&s, "    FOREACH cmd IN ARRAY lockcast_after LOOP\n        EXECUTE cmd;\n    END LOOP;\n"
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
