// Before a table's rows are filled or copied: what would stop that half-way, or leave rows out. The file ends then before it has changed anything.
//
// Constraints that are not valid: the original writes the table anew and does not look at them (ATRewriteTable checks what it adds); an UPDATE of a row
// that breaks one fails (ExecConstraints). Row security that is FORCEd: ALTER TABLE sees all rows, an UPDATE by the owner only those of the policies.
// Publications: a subscriber that lacks a column fails (logicalrep_rel_open).
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
    rw_calm(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag),
            "A constraint of the table is not valid: no row may break it, for rows are updated below.", NULL)
        ->machine = true;
}

void rw_check_visible(struct rw *rw, const struct cat_relation *rel)
{
    const char *table = cat_qualified_name(rw->cat, rel), *body, *tag;

    if (!rel->relforcerowsecurity)
        return;
    body = lc_printf(rw->arena,
                     "DECLARE\n    t constant text := %s;\nBEGIN\n"
                     "    IF pg_catalog.row_security_active(t::pg_catalog.regclass) THEN\n"
                     "        RAISE EXCEPTION 'row security hides rows of %% from this role: they would be left out', t\n"
                     "            USING HINT = 'Run it as a role with BYPASSRLS.';\n    END IF;\nEND",
                     lc_quote_literal(rw->arena, table));
    tag = rw_dollar(rw->arena, body);
    rw_calm(rw, lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag),
            "Row security is forced on the table: the role must see all of its rows.", NULL)
        ->machine = true;
}

static bool any_published(const struct rw *rw, const struct cat_relation *rel)
{
    struct cat_oids all = {0};
    bool any = false;

    cat_inheritors(rw->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++)
        any |= cat_relation(rw->cat, all.items[i]) && rw_is_published(rw, cat_relation(rw->cat, all.items[i]));
    return any;
}

// Ends the file where there are subscribers, unless the user says that they are ready.
static const char *refuse_subscribers(struct rw *rw, const char *why, const char *hint)
{
    const char *body = lc_printf(
        rw->arena,
        "BEGIN\n    IF EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_type = 'logical' AND plugin = 'pgoutput'\n"
        "            AND database = pg_catalog.current_database())\n"
        "        AND pg_catalog.current_setting('lockcast.subscribers_ready', true) IS DISTINCT FROM 'on' THEN\n"
        "        RAISE EXCEPTION '%%', %s\n            USING HINT = %s;\n    END IF;\nEND",
        lc_quote_literal(rw->arena, why), lc_quote_literal(rw->arena, hint));
    const char *tag = rw_dollar(rw->arena, body);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag);
}

void rw_check_subscribers(struct rw *rw, const struct cat_relation *rel, const char *column, const char *type)
{
    const char *table = cat_qualified_name(rw->cat, rel), *why, *hint;

    if (!any_published(rw, rel))
        return;
    why = lc_printf(
        rw->arena,
        "table %s is published: its subscribers would fail, for they have no column %s, which stands in for the new one "
        "meanwhile",
        table, column);
    hint = lc_printf(rw->arena,
                     "On each subscriber: ALTER TABLE %s ADD COLUMN %s %s; then run this file with PGOPTIONS=\"-c "
                     "lockcast.subscribers_ready=on\", and drop the column there afterwards.",
                     table, column, type);
    rw_calm(rw, refuse_subscribers(rw, why, hint), "The table is published: are there subscribers?", NULL)->machine = true;
}

struct new_tables {
    Oid schema;
    bool published;
};

static void visit_publication(const struct cat_object *o, void *context)
{
    const struct cat_publication *p = (const struct cat_publication *)o;
    struct new_tables *of = context;

    of->published |= p->alltables;
    for (int i = 0; i < p->schemas.len; i++)
        of->published |= p->schemas.items[i] == of->schema;
}

bool rw_publishes_new_tables(const struct rw *rw, Oid schema)
{
    struct new_tables of = {schema, false};

    cat_each(rw->cat, CAT_PUBLICATION, visit_publication, &of);
    return of.published;
}

const char *rw_check_state(struct rw *rw)
{
    const char *table = rw_state(rw);

    if (!rw_publishes_new_tables(rw, rw->schema))
        return NULL;
    return refuse_subscribers(
        rw, lc_printf(rw->arena, "a publication sends new tables, too: subscribers would fail, for they have no table %s", table),
        "On each subscriber make the tables that this file makes (their names begin with lockcast_); then run it with "
        "PGOPTIONS=\"-c lockcast.subscribers_ready=on\", and drop them there afterwards.");
}
