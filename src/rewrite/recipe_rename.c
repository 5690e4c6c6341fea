// RENAME of a table or a column with a bridge (--bridge): both names work from before the application's release until the migration.
//
// Precondition: a plain or partitioned table, before 15 without row security, that the file has not touched before. The bridge is a view: under a table's
// new name, or in place of a column's table, which then has another name and shows the column twice (rewriteHandler.c takes inserts and updates by
// either name).
// Steps: the bridge file, then the application's release, then the migration, which takes the bridge away in the transaction that renames. Neither
// copies a row. Rollback: RENAME back. Proof: catalogue changes only. What a view cannot take (COPY FROM, TRUNCATE) needs the table meanwhile.
#include "rewrite/internal.h"

struct bridge {
    struct rw *rw;
    const struct rw_stmt *s;
    const char *view, *table; // qualified, while the bridge stands
};

// Whoever may use the table may use the view.
static const char *grants(const struct bridge *b)
{
    struct rw *rw = b->rw;
    const char *body = lc_printf(
        rw->arena,
        "DECLARE\n    cmd pg_catalog.text;\nBEGIN\n    FOR cmd IN SELECT pg_catalog.format('GRANT %%s ON %%s TO %%s', "
        "x.privilege_type, %s, "
        "CASE WHEN x.grantee " RW_OP(
            "=") " 0 THEN 'PUBLIC'\n            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END)\n"
                 "        FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x WHERE c.oid " RW_OP(
                     "=") " %s::pg_catalog.regclass\n"
                          "        UNION ALL SELECT pg_catalog.format('ALTER VIEW %%s OWNER TO %%I', %s, "
                          "pg_catalog.pg_get_userbyid(relowner))\n"
                          "        FROM pg_catalog.pg_class WHERE oid " RW_OP(
                              "=") " %s::pg_catalog.regclass LOOP\n        EXECUTE cmd;\n    END LOOP;\nEND",
        lc_quote_literal(rw->arena, b->view), lc_quote_literal(rw->arena, b->table), lc_quote_literal(rw->arena, b->view),
        lc_quote_literal(rw->arena, b->table));
    const char *tag = rw_dollar(rw->arena, body);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag);
}

static const char *only_if_view(struct rw *rw, const char *view, const char *then)
{
    const char *body =
        lc_printf(rw->arena,
                  "BEGIN\n    IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid " RW_OP(
                      "=") " pg_catalog.to_regclass(%s)) " RW_OP("=") " 'v' THEN -- the bridge\n%s    END IF;\nEND",
                  lc_quote_literal(rw->arena, view), then);
    const char *tag = rw_dollar(rw->arena, body);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag);
}

static const char *with_options(const struct rw *rw)
{
    return cat_major(rw->cat) >= 15 ? " WITH (security_invoker = true)" : "";
}

// Behind a view the policies are those of its owner, here the table's, whom they do not bind (rowsecurity.c get_row_security_policies, checkAsUser);
// 15 has security_invoker.
static bool row_security_ends(const struct rw *rw, const struct cat_relation *rel)
{
    return rel->relrowsecurity && cat_major(rw->cat) < 15;
}

// What a view shows cannot be dropped or change its type; and a bridge on another could not be taken away after it.
static bool touched_before(const struct rw *rw, const struct cat_relation *rel)
{
    for (int k = 0; &rw->file->stmts[k] != rw->fs; k++)
        for (int i = 0; i < rw->file->stmts[k].fp.locks.len; i++)
            if (rw->file->stmts[k].fp.locks.items[i].rel->o.oid == rel->o.oid)
                return true;
    return false;
}

static void rename_table(struct bridge *b, const RenameStmt *r, const struct cat_relation *rel, const char **make,
                         const char **take)
{
    struct rw *rw = b->rw;

    b->table = cat_qualified_name(rw->cat, rel);
    b->view = lc_quote_name(rw->arena, cat_schema_name(rw->cat, rel->o.schema), r->newname);
    *make = lc_printf(rw->arena, "CREATE VIEW %s%s AS SELECT * FROM %s;\n%s", b->view, with_options(rw), b->table, grants(b));
    *take = only_if_view(rw, b->view, lc_printf(rw->arena, "        DROP VIEW %s;\n", b->view));
}

static void rename_column(struct bridge *b, const RenameStmt *r, const struct cat_relation *rel, const char **make,
                          const char **take)
{
    struct rw *rw = b->rw;
    const char *name = rw_helper(rw, "table"), *schema = cat_schema_name(rw->cat, rel->o.schema),
               *own = lc_quote_ident(rw->arena, rel->o.name);

    b->view = cat_qualified_name(rw->cat, rel);
    b->table = lc_quote_name(rw->arena, schema, name);
    *make = lc_printf(rw->arena, "ALTER TABLE %s RENAME TO %s;\nCREATE VIEW %s%s AS SELECT t.*, t.%s AS %s FROM %s t;\n%s",
                      b->view, name, b->view, with_options(rw), lc_quote_ident(rw->arena, r->subname),
                      lc_quote_ident(rw->arena, r->newname), b->table, grants(b));
    *take = only_if_view(
        rw, b->view,
        lc_printf(rw->arena, "        DROP VIEW %s;\n        ALTER TABLE %s RENAME TO %s;\n", b->view, b->table, own));
}

enum rewrite_verdict rw_rename(struct rw *rw, const struct rw_stmt *s)
{
    const RenameStmt *r = AS(RenameStmt, s->tree);
    const struct cat_relation *rel = r->relation ? cat_find_rangevar(rw->cat, r->relation) : NULL;
    struct bridge b = {.rw = rw, .s = s};
    const char *make, *take;
    struct rewrite_step *step;

    if (!rw->options->bridge || !rel || rel->o.created || (rel->relkind != 'r' && rel->relkind != 'p') || rel->parents.len ||
        rel->children.len || row_security_ends(rw, rel) || touched_before(rw, rel))
        return REWRITE_SAME;
    if (r->renameType == OBJECT_TABLE)
        rename_table(&b, r, rel, &make, &take);
    else if (r->renameType == OBJECT_COLUMN)
        rename_column(&b, r, rel, &make, &take);
    else
        return REWRITE_SAME;
    rw_why(rw, "rename-with-bridge",
           "An application that knows the old name fails when the new one comes, and the other way round; a view has both names "
           "until "
           "each instance is released.");
    step = rw_retry(rw, lc_printf(rw->arena, "%s\n%s;", take, s->text), "Takes the bridge away and renames, at once.",
                    rw_rollback_of(rw, s->text));
    step->told = lc_printf(rw->arena, "%s;", s->text);
    step->bridge = make;
    step->release = "the bridge before (NAME.bridge.sql), and then the release of an application that uses the new name only";
    return REWRITE_STEPS;
}
