// DROP TABLE, DROP COLUMN and TRUNCATE that lock several tables: one table at a time, the foreign keys first, and never waiting for the second
// table with the first one locked.
//
// Precondition: each table can go by itself (cat_deletion, as dependency.c finds dependents). Proof: tablecmds.c locks both ends of a foreign key
// that goes (RemoveConstraintById), ExecuteTruncate all its tables. A migration that locks one table stays as it is. Rollback: the keys can be made
// anew, NOT VALID and then validated; what a table held is lost but for a copy.
#include <string.h>

#include "rewrite/internal.h"

static bool is_table(const struct cat_relation *rel)
{
    return rel && (rel->relkind == 'r' || rel->relkind == 'p') && !rel->toastfor;
}

// Tables with a lock that stops even readers; the members of one tree of partitions count once.
static int tables_stopped(const struct rw *rw, const struct footprint *fp)
{
    int n = 0;

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        const struct cat_relation *rel = cat_relation(rw->cat, l->rel->o.oid);
        bool seen = false;
        for (int k = 0; k < i && !seen; k++)
            seen = fp->locks.items[k].rel->o.oid == l->rel->o.oid && fp->locks.items[k].mode == LC_ACCESS_EXCLUSIVE;
        n += l->mode == LC_ACCESS_EXCLUSIVE && !seen && is_table(rel) && !rel->o.created && !rel->relispartition &&
             rel->relpersistence != 't';
    }
    return n;
}

static bool has_command(const AlterTableStmt *alter, AlterTableType type)
{
    for (int i = 0; alter && i < alter->cmds.length; i++)
        if (LIST_GET(AlterTableCmd, &alter->cmds, i)->subtype == type)
            return true;
    return false;
}

bool rw_stops_several(const struct rw *rw, const struct forecast_stmt *fs, const struct footprint *fp)
{
    const Node *tree = fs->stmt->sql.tree;
    const AlterTableStmt *alter = AS(AlterTableStmt, tree);

    if (!tree || fp->fails || fp->skipped)
        return false;
    if (rw->options->bridge && IsA(tree, RenameStmt))
        return true;
    if (has_command(alter, AT_DetachPartition))
        return cat_major(rw->cat) >= 14;
    if ((AS(DropStmt, tree) && AS(DropStmt, tree)->removeType == OBJECT_TABLE) || IsA(tree, TruncateStmt) ||
        has_command(alter, AT_DropColumn))
        return tables_stopped(rw, fp) > (rw->options->copies ? 0 : 1);
    return false;
}

// One table alone may go as it is, but for the copy that is asked for.
static bool stays(const struct rw *rw, const struct rw_stmt *s)
{
    int n = tables_stopped(rw, &s->fp);

    return n == 0 || (n == 1 && !rw->options->copies);
}

static void say_why(struct rw *rw, const struct rw_stmt *s, const char *recipe, const char *why)
{
    if (tables_stopped(rw, &s->fp) > 1)
        rw_why(rw, recipe, why);
    else
        rw_why(rw, "copy-first", "What it takes away is lost when it commits; a copy of it is made before.");
}

// --- what goes ------------------------------------------------------------------------------------------------------------------------------

void rw_keep_table(struct rw *rw, const struct cat_relation *rel)
{
    const char *name = lc_quote_name(rw->arena, cat_schema_name(rw->cat, rel->o.schema), rw_helper(rw, "kept"));
    const char *table = cat_qualified_name(rw->cat, rel);

    rw_offer_copy(rw, lc_printf(rw->arena, "CREATE TABLE %s AS TABLE %s;", name, table),
                  lc_printf(rw->arena, "the rows of %s", table), rw_rows(rw, rel));
}

static bool uses(const struct cat_attnums *a, int attnum) // 0: any column
{
    for (int i = 0; i < a->len; i++)
        if (!attnum || a->items[i] == attnum)
            return true;
    return false;
}

// "id, " of the primary key, before another column; "" where that is part of it.
static const char *key_columns(struct rw *rw, const struct cat_relation *rel, int attnum)
{
    const struct cat_constraint *key = cat_primary_key(rw->cat, rel);
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 0; key && !uses(&key->conkey, attnum) && i < key->conkey.len; i++)
        lc_str_addf(&s, "%s, ", lc_quote_ident(rw->arena, rel->attrs[key->conkey.items[i] - 1].name));
    return s.text;
}

static void keep_column(struct rw *rw, const struct cat_relation *rel, const struct cat_attribute *att)
{
    const char *name = lc_quote_name(rw->arena, cat_schema_name(rw->cat, rel->o.schema), rw_helper(rw, "kept"));
    const char *table = cat_qualified_name(rw->cat, rel), *col = lc_quote_ident(rw->arena, att->name);

    rw_offer_copy(
        rw, lc_printf(rw->arena, "CREATE TABLE %s AS SELECT %s%s FROM %s;", name, key_columns(rw, rel, att->attnum), col, table),
        lc_printf(rw->arena, "column %s of %s", col, table), rw_rows(rw, rel));
}

// --- foreign keys ---------------------------------------------------------------------------------------------------------------------------

static void drop_key(struct rw *rw, const struct cat_constraint *con)
{
    const struct cat_relation *on = cat_relation(rw->cat, con->conrelid), *to = cat_relation(rw->cat, con->confrelid);
    const char *table = on ? cat_qualified_name(rw->cat, on) : NULL, *name = lc_quote_ident(rw->arena, con->o.name);
    const char *drop, *undo = NULL;

    if (!on || !to || on == to || con->conparentid || on->o.created || to->o.created)
        return;
    drop = lc_printf(rw->arena, "ALTER TABLE %s DROP CONSTRAINT %s;", table, name);
    if (con->def_text && !lc_ends(con->def_text, "NOT VALID") && on->relkind == 'r')
        undo = lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;\nALTER TABLE %s VALIDATE CONSTRAINT %s;",
                         table, name, con->def_text, table, name);
    else if (con->def_text)
        undo = lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s;", table, name, con->def_text);
    (void)rw_retry(rw, drop, "A foreign key locks both of its tables when it goes: it goes by itself.", undo);
    rw_apply(rw, drop);
}

// The keys of the table, or of one of its columns; those of others to it only where the statement takes them along.
static void drop_keys(struct rw *rw, const struct cat_relation *rel, int attnum, bool cascade)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->constraints.items[i]);
        if (con && con->contype == 'f' && uses(&con->conkey, attnum))
            drop_key(rw, con);
    }
    for (int i = 0; cascade && i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->referencing.items[i]);
        if (con && uses(&con->confkey, attnum))
            drop_key(rw, con);
    }
}

// Between two tables that both go, keys go first, too: neither could go before the other.
static void drop_keys_between(struct rw *rw, const struct cat_relation *rel, const struct cat_oids *tables)
{
    for (int i = 0; i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->referencing.items[i]);
        if (con && cat_oids_has(tables, con->conrelid))
            drop_key(rw, con);
    }
}

// --- DROP TABLE -----------------------------------------------------------------------------------------------------------------------------

bool rw_can_go(const struct rw *rw, Oid oid, bool cascade)
{
    struct cat_addresses target = {0}, gone = {0};
    struct lc_error err;

    LC_PUSH(rw->arena, &target, (struct cat_address){CAT_RELATION, oid, 0});
    return cat_deletion(rw->cat, &target, cascade, &gone, NULL, &err) == LC_OK;
}

static void drop_one(struct rw *rw, const DropStmt *d, const struct cat_relation *rel)
{
    const char *table = cat_qualified_name(rw->cat, rel);
    const char *drop = lc_printf(rw->arena, "DROP TABLE %s%s;", table, d->behavior == DROP_CASCADE ? " CASCADE" : "");
    struct rewrite_step *step;

    rw_keep_table(rw, rel);
    step = rw_retry(rw, drop, "Locks one table only.",
                    lc_printf(rw->arena, "%s is gone with its rows, but for a copy made before.", table));
    step->irreversible = true;
    step->release = lc_printf(rw->arena, "an application that does not use %s any more", table);
    rw_apply(rw, drop);
}

static bool take_tables(const struct rw *rw, const DropStmt *d, struct cat_oids *out)
{
    for (LIST_EACH(i, &d->objects)) {
        const List *names = AS(List, d->objects.items[i]);
        const struct cat_relation *rel = names ? cat_find_names(rw->cat, &names->items) : NULL;
        if (!rel && d->missing_ok)
            continue;
        if (!rel || rel->o.created || rel->relpersistence == 't')
            return false;
        if (!cat_oids_has(out, rel->o.oid))
            LC_PUSH(rw->arena, out, rel->o.oid);
    }
    return out->len > 0;
}

static enum rewrite_verdict drop_tables(struct rw *rw, const DropStmt *d, struct cat_oids *tables)
{
    bool cascade = d->behavior == DROP_CASCADE;

    for (int i = 0; i < tables->len; i++) {
        drop_keys(rw, cat_relation(rw->cat, tables->items[i]), 0, cascade);
        drop_keys_between(rw, cat_relation(rw->cat, tables->items[i]), tables);
    }
    while (tables->len) { // children before their parents
        int i = 0;
        while (i < tables->len && !rw_can_go(rw, tables->items[i], cascade))
            i++;
        if (i == tables->len)
            return REWRITE_SAME;
        if (cat_relation(rw->cat, tables->items[i])) // else it went with another
            drop_one(rw, d, cat_relation(rw->cat, tables->items[i]));
        tables->items[i] = tables->items[--tables->len];
    }
    return REWRITE_STEPS;
}

enum rewrite_verdict rw_drop(struct rw *rw, const struct rw_stmt *s)
{
    const DropStmt *d = AS(DropStmt, s->tree);
    struct cat_oids tables = {0};

    if (d->removeType == OBJECT_INDEX)
        return rw_drop_index(rw, s);
    if (d->removeType != OBJECT_TABLE)
        return rw_no_safe_way(rw, s);
    if (stays(rw, s) || !take_tables(rw, d, &tables))
        return REWRITE_SAME;
    say_why(
        rw, s, "drop-one-by-one",
        "The statement locks several tables and keeps the first while it waits for the next; foreign keys first and then table "
        "by table, each lock is short and alone.");
    return drop_tables(rw, d, &tables);
}

// --- DROP COLUMN ----------------------------------------------------------------------------------------------------------------------------

enum rewrite_verdict rw_drop_column(struct rw *rw, const struct rw_stmt *s)
{
    const struct cat_attribute *att = s->rel ? cat_find_column(s->rel, s->cmd->name) : NULL;
    int steps = rw->steps.len;
    struct rewrite_step *step;

    if (!att || s->rel->o.created || stays(rw, s))
        return REWRITE_SAME;
    drop_keys(rw, s->rel, att->attnum, s->cmd->behavior == DROP_CASCADE);
    if (rw->steps.len == steps && !rw->options->copies)
        return REWRITE_SAME;
    say_why(rw, s, "drop-column-after-its-keys",
            "The column's foreign key locks both tables when it goes with the column; it goes first, by itself.");
    keep_column(rw, s->rel, att);
    step = rw_retry(rw, lc_printf(rw->arena, "%s;", s->text), "Locks one table only.",
                    lc_printf(rw->arena, "Column %s of %s is gone, but for a copy made before.",
                              lc_quote_ident(rw->arena, att->name), s->name));
    step->irreversible = true;
    step->release = lc_printf(rw->arena, "an application that does not use column %s of %s any more",
                              lc_quote_ident(rw->arena, att->name), s->name);
    return REWRITE_STEPS;
}

// --- TRUNCATE -------------------------------------------------------------------------------------------------------------------------------

// ExecuteTruncate insists on all tables of a foreign key in one statement: they cannot be taken apart.
enum rewrite_verdict rw_truncate(struct rw *rw, const struct rw_stmt *s)
{
    const TruncateStmt *t = AS(TruncateStmt, s->tree);

    if (stays(rw, s))
        return REWRITE_SAME;
    say_why(
        rw, s, "truncate-with-retries",
        "It locks several tables and keeps the first while it waits for the next. They cannot be emptied one by one, for they "
        "refer to each other; but it can give up all of them and try again.");
    for (LIST_EACH(i, &t->relations)) {
        const struct cat_relation *rel = cat_find_rangevar(rw->cat, LIST_GET(RangeVar, &t->relations, i));
        if (rel && !rel->o.created)
            rw_keep_table(rw, rel);
    }
    rw_retry(rw, lc_printf(rw->arena, "%s;", s->text), "Waits for no lock for long while it keeps others waiting.",
             "The rows are gone, but for a copy made before.")
        ->irreversible = true;
    return REWRITE_STEPS;
}
