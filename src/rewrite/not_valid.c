// Before a table's rows are updated to fill a new column: do they all satisfy the constraints that are not valid?
//
// The original writes the table anew and does not look at those (ATRewriteTable checks what it adds); an UPDATE of a row that breaks one fails
// (ExecConstraints). The file ends then before it has changed anything.
#include "rewrite/internal.h"

static bool any_not_valid(const struct rw *rw, const struct cat_relation *rel)
{
    struct cat_oids all = {0};

    cat_inheritors(rw->cat, rel->o.oid, &all);
    for (int k = 0; k < all.len; k++) {
        const struct cat_relation *r = cat_relation(rw->cat, all.items[k]);
        for (int i = 0; r && i < r->constraints.len; i++) {
            const struct cat_constraint *con = cat_constraint(rw->cat, r->constraints.items[i]);
            if (con && (con->contype == 'c' || con->contype == 'n') && !con->convalidated && con->conenforced)
                return true;
        }
    }
    return false;
}

void rw_check_not_valid(struct rw *rw, const struct cat_relation *rel)
{
    const char *table = lc_quote_literal(rw->arena, cat_qualified_name(rw->cat, rel)), *body, *tag;

    if (!any_not_valid(rw, rel))
        return;
    body = lc_printf(
        rw->arena,
        "DECLARE\n    c record;\n    bad boolean;\nBEGIN\n"
        "    FOR c IN WITH RECURSIVE tree AS (SELECT %s::pg_catalog.regclass::oid AS oid\n"
        "            UNION SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON tree.oid = inhparent)\n"
        "        SELECT conname, conrelid::pg_catalog.regclass AS rel, CASE contype WHEN 'c' THEN 'NOT (' || "
        "pg_catalog.pg_get_expr(conbin, conrelid) || ')'\n"
        "            ELSE (SELECT pg_catalog.quote_ident(attname) || ' IS NULL' FROM pg_catalog.pg_attribute WHERE attrelid = "
        "conrelid "
        "AND attnum = conkey[1]) END AS broken\n"
        "          FROM pg_catalog.pg_constraint JOIN tree ON tree.oid = conrelid WHERE contype IN ('c', 'n') AND NOT "
        "convalidated%s\n"
        "    LOOP\n"
        "        EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM ONLY %%s WHERE %%s)', c.rel, c.broken) INTO bad;\n"
        "        IF bad THEN\n"
        "            RAISE EXCEPTION 'rows of %% break constraint \"%%\", which is not valid: they could not be updated', c.rel, "
        "c.conname\n"
        "                USING HINT = 'Mend them or drop the constraint, or run the original in a window.';\n"
        "        END IF;\n    END LOOP;\nEND",
        table, cat_major(rw->cat) >= 18 ? " AND conenforced" : "");
    tag = rw_dollar(rw->arena, body);
    (void)rw_calm(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag),
                  "A constraint of the table is not valid: no row may break it, for rows are updated below.", NULL);
}
