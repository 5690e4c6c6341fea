// The swap of a second table: it takes the first one's name, its views are put over it, and it gets what LIKE has not taken along.
//
// The views' locks come before the table's, as in the queries that read through them (parse_relation.c opens the view, rewriteHandler.c its tables). CREATE
// OR REPLACE keeps a view's owner, privileges and dependents; its options are written again.
#include "rewrite/copy.h"
#include "rewrite/swap.h"

#define COLUMNS SWAP_COLUMNS("attnum > 0 AND NOT attisdropped")
#define STATISTICS SWAP_STATISTICS("true")

// Commands that are run when the second table has the first one's name; the search_path is pg_catalog's alone, so names are qualified.
static const char catalogue_query[] =
    "SELECT array_agg(cmd) INTO cmds FROM (\n"
    "        SELECT format('ALTER TABLE %s OWNER TO %I', t, pg_get_userbyid(relowner)) AS cmd FROM pg_class WHERE oid = t\n"
    "        UNION ALL SELECT format('COMMENT ON TABLE %s IS %L', t, obj_description(t, 'pg_class'))\n"
    "          WHERE obj_description(t, 'pg_class') IS NOT NULL\n"
    "        UNION ALL SELECT format('ALTER TABLE %s SET (%s)', t, o) FROM pg_class, unnest(reloptions) o WHERE oid = t\n"
    "        UNION ALL SELECT format('ALTER TABLE %s SET (toast.%s)', t, o) FROM pg_class, unnest(reloptions) o\n"
    "          WHERE oid = (SELECT reltoastrelid FROM pg_class WHERE oid = t)\n"
    "        UNION ALL SELECT format('GRANT %s ON %s TO %s%s', x.privilege_type, t, " SWAP_GRANTEE ", " SWAP_GRANT_OPTION ")\n"
    "          FROM pg_class, aclexplode(relacl) x WHERE oid = t\n" SWAP_COMMENTS COLUMNS STATISTICS SWAP_CLUSTER
    "        UNION ALL SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', t, CASE relreplident WHEN 'f' THEN 'FULL' WHEN 'n' "
    "THEN "
    "'NOTHING'\n"
    "          ELSE (SELECT format('USING INDEX %I', relname) FROM pg_index JOIN pg_class c ON c.oid = indexrelid\n"
    "                WHERE indrelid = t AND indisreplident) END) FROM pg_class WHERE oid = t AND relreplident <> 'd'\n"
    "        UNION ALL (SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = t AND NOT tgisinternal AND tgname <> sync\n"
    "          ORDER BY tgname)\n"
    "        UNION ALL SELECT format('ALTER TABLE %s %s TRIGGER %I', t, CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN "
    "'ENABLE ALWAYS'\n"
    "          ELSE 'ENABLE REPLICA' END, tgname) FROM pg_trigger WHERE tgrelid = t AND NOT tgisinternal AND tgname <> sync AND "
    "tgenabled <> 'O'\n"
    "        UNION ALL SELECT format('COMMENT ON TRIGGER %I ON %s IS %L', tgname, t, obj_description(oid, 'pg_trigger'))\n"
    "          FROM pg_trigger WHERE tgrelid = t AND obj_description(oid, 'pg_trigger') IS NOT NULL\n"
    "        UNION ALL SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, t, CASE WHEN polpermissive THEN "
    "'PERMISSIVE'\n"
    "          ELSE 'RESTRICTIVE' END, CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' "
    "THEN 'DELETE'\n"
    "          ELSE 'ALL' END, (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ')\n"
    "            FROM unnest(polroles) r)) || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')\n"
    "          || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')\n"
    "          FROM pg_policy WHERE polrelid = t\n"
    "        UNION ALL SELECT format('COMMENT ON POLICY %I ON %s IS %L', polname, t, obj_description(oid, 'pg_policy'))\n"
    "          FROM pg_policy WHERE polrelid = t AND obj_description(oid, 'pg_policy') IS NOT NULL\n"
    "        UNION ALL SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t) FROM pg_class WHERE oid = t AND "
    "relrowsecurity\n"
    "        UNION ALL SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t) FROM pg_class WHERE oid = t AND "
    "relforcerowsecurity\n"
    "        UNION ALL SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', objid::regclass, t, attname) FROM pg_depend\n"
    "          JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid\n"
    "          WHERE classid = 'pg_class'::regclass AND refobjid = t AND refobjsubid > 0 AND deptype = 'a'\n"
    "          AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S') q;\n"
    "    FOR cmd IN SELECT format('ALTER SEQUENCE %s OWNED BY NONE', objid::regclass) FROM pg_depend WHERE classid = "
    "'pg_class'::regclass\n"
    "          AND refobjid = t AND refobjsubid > 0 AND deptype = 'a' AND (SELECT relkind FROM pg_class WHERE oid = objid) = 'S' "
    "LOOP\n"
    "        EXECUTE cmd;\n    END LOOP;\n";

static const char identity_query[] = SWAP_IDENTITY("true");

#define VIEWS                                                                                                                    \
    "FROM pg_class v WHERE relkind = 'v' AND oid IN (SELECT ev_class FROM pg_depend JOIN pg_rewrite r ON r.oid = objid\n"        \
    "          WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = t)"

static const char lock_views[] =
    "    FOR cmd IN SELECT format('ALTER VIEW %s OWNER TO %I', oid::regclass, pg_get_userbyid(relowner)) " VIEWS
    " ORDER BY oid LOOP\n"
    "        EXECUTE cmd; -- it changes nothing, and takes the lock of the view alone, which LOCK TABLE does not\n    END "
    "LOOP;\n";

static const char read_views[] = "    SELECT array_agg(format('CREATE OR REPLACE VIEW %s%s AS %s', oid::regclass, ' WITH (' || "
                                 "array_to_string(reloptions, ', ') "
                                 "|| ')',\n"
                                 "          pg_get_viewdef(oid))) INTO views " VIEWS ";\n";

static const char run_views[] = "    FOREACH cmd IN ARRAY coalesce(views, '{}') LOOP\n        EXECUTE cmd;\n    END LOOP;\n";

// The first table leaves its publications when it is dropped (RemovePublicationRelById); its column list and row filter are read before.
static const char *publications(const struct copy *c)
{
    return lc_printf(
        c->rw->arena,
        "    cmds := cmds || ARRAY(SELECT format('ALTER PUBLICATION %%I ADD TABLE ONLY %%s%%s', pubname, t, %s)\n"
        "          FROM pg_publication_rel r JOIN pg_publication b ON b.oid = prpubid WHERE prrelid = t ORDER BY pubname);\n",
        cat_major(c->rw->cat) < 15
            ? "''"
            : "coalesce((SELECT ' (' || string_agg(quote_ident(attname), ', ' ORDER BY attnum) || ')' FROM pg_attribute "
              "WHERE attrelid = t\n          AND attnum = ANY (prattrs)), '') || coalesce(' WHERE (' || "
              "pg_get_expr(prqual, prrelid) || ')', '')");
}

// Sets `a` when the type of a column changes.
static const char *changed_column(const struct copy *c)
{
    const struct cat_attribute *att = c->change->column ? cat_find_column(c->rel, c->change->column) : NULL;

    return att ? lc_printf(c->rw->arena, "    SELECT attnum INTO a FROM pg_attribute WHERE attrelid = t AND attname = %s;\n",
                           lc_quote_literal(c->rw->arena, att->name))
               : "";
}

static const char *swap_text(struct copy *c)
{
    struct rw *rw = c->rw;
    const char *old = rw_helper(rw, "old"), *old_name = lc_quote_name(rw->arena, c->schema, old);
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_addf(&s,
                "#variable_conflict use_column\nDECLARE\n    t pg_catalog.regclass := %s::pg_catalog.regclass;\n    sync "
                "pg_catalog.name := %s;\n"
                "    path pg_catalog.text := pg_catalog.current_setting('search_path');\n    cmds pg_catalog.text[];\n    views "
                "pg_catalog.text[];\n    cmd pg_catalog.text;\n"
                "    q record;\n    last bigint;\n    called boolean;\n    a smallint;\nBEGIN\n"
                "    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);\n%s%s"
                "LOCK TABLE %s%s IN ACCESS EXCLUSIVE MODE;\n    %s%s%s%s",
                lc_quote_literal(rw->arena, c->s->name), lc_quote_literal(rw->arena, c->trigger), changed_column(c),
                c->views ? lock_views : "", c->s->name, c->locks.text, catalogue_query, identity_query,
                c->published ? publications(c) : "", c->views ? read_views : "");
    lc_str_addf(&s, "ALTER TABLE %s RENAME TO %s;\nALTER TABLE %s RENAME TO %s;\n%s", c->s->name, old, c->table,
                lc_quote_ident(rw->arena, c->rel->o.name), c->views ? run_views : "");
    lc_str_addf(&s, "%sDROP TABLE %s;\nDROP FUNCTION %s();\n%s", c->drop.text, old_name, c->fn, c->rename.text);
    lc_str_add(&s, "    FOREACH cmd IN ARRAY coalesce(cmds, '{}') LOOP\n        EXECUTE cmd;\n    END LOOP;\n"
                   "    PERFORM pg_catalog.set_config('search_path', path, true);\nEND");
    return s.text;
}

void rw_copy_swap(struct copy *c, const char *rollback)
{
    struct rw *rw = c->rw;
    const char *body = swap_text(c), *tag = rw_dollar(rw->arena, body);
    struct rewrite_step *step = rw_retry(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag),
                                         "Puts the second table in place of the first: catalogue changes only.", rollback);

    step->told = lc_printf(rw->arena, "LOCK TABLE %s%s IN ACCESS EXCLUSIVE MODE;", c->s->name, c->locks.text);
}
