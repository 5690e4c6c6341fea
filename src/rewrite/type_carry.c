// What hangs on a column whose type changes, made anew over the new column while others work: NOT NULL, CHECK, indexes, keys.
//
// In a tree of tables each leaf builds and validates its own; the swap then names them, children before parents, and a parent takes its children's
// over without reading (index: ALTER INDEX ATTACH PARTITION; UNIQUE and PRIMARY KEY: indexcmds.c DefineIndex attaches what matches; FOREIGN KEY:
// tablecmds.c tryAttachPartitionForeignKey).
#include <string.h>

#include "rewrite/type_change.h"

struct spot { // the column in one table of the tree
    struct type_change *c;
    const struct cat_relation *rel;
    int attnum;
    const char *table; // qualified
};

static bool has_attnum(const struct cat_attnums *a, int attnum)
{
    for (int i = 0; i < a->len; i++)
        if (a->items[i] == attnum)
            return true;
    return false;
}

static struct spot spot_of(struct type_change *c, const struct cat_relation *rel)
{
    const struct cat_attribute *att = cat_find_column(rel, c->att->name);

    return (struct spot){c, rel, att ? att->attnum : 0, cat_qualified_name(c->rw->cat, rel)};
}

static bool index_uses(const struct spot *at, const struct cat_relation *index)
{
    const struct cat_index *x = index->index;
    struct cat_attnums used = {0};

    for (int i = 0; i < x->natts; i++) {
        if (x->keys[i] == at->attnum)
            return true;
        if (x->exprs && x->exprs[i])
            cat_expr_columns(at->c->rw->cat, at->rel, x->exprs[i], &used, NULL);
    }
    if (x->predicate)
        cat_expr_columns(at->c->rw->cat, at->rel, x->predicate, &used, NULL);
    return has_attnum(&used, at->attnum);
}

bool rw_type_index_uses(struct type_change *c, const struct cat_relation *rel, const struct cat_relation *index)
{
    struct spot at = spot_of(c, rel);

    return index_uses(&at, index);
}

// --- NOT NULL ---------------------------------------------------------------------------------------------------------------------------

static const struct cat_constraint *not_null_constraint(const struct spot *at) // from 18 on
{
    for (int i = 0; i < at->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(at->c->rw->cat, at->rel->constraints.items[i]);
        if (con->contype == 'n' && has_attnum(&con->conkey, at->attnum))
            return con;
    }
    return NULL;
}

static bool is_not_null(const struct type_change *c, Oid oid)
{
    const struct cat_relation *rel = cat_relation(c->rw->cat, oid);
    const struct cat_attribute *att = rel ? cat_find_column(rel, c->att->name) : NULL;

    return att && att->notnull;
}

static void prove(struct spot *at, const char *helper, const char *what)
{
    struct rw *rw = at->c->rw;

    rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID;", at->table, helper, what),
             "The new column must not be null either.", NULL)
        ->machine = true;
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", at->table, helper),
                  "Reads the table while others write.", NULL);
}

// The topmost table where it holds gets the CHECK, which its children inherit.
static void prove_not_null(struct spot *at)
{
    struct type_change *c = at->c;
    struct rw *rw = c->rw;
    const struct cat_constraint *con = not_null_constraint(at);
    bool top = !at->rel->parents.len || at->rel == c->rel || !is_not_null(c, at->rel->parents.items[0]);
    const char *helper;

    if (!is_not_null(c, at->rel->o.oid) || !top)
        return;
    helper = rw_helper(rw, "nn");
    if (con) { // children take their name from the parent's, as when ALTER TYPE makes it anew
        prove(at, helper, lc_printf(rw->arena, "NOT NULL %s", c->new));
        lc_str_addf(&c->name_nulls, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", at->table, helper,
                    lc_quote_ident(rw->arena, con->o.name));
        return;
    }
    prove(at, helper, lc_printf(rw->arena, "CHECK (%s IS NOT NULL)", c->new));
    lc_str_addf(&c->drop_keys, "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\nALTER TABLE %s DROP CONSTRAINT %s;\n", at->table,
                c->new, at->table, helper);
}

// --- CHECK and FOREIGN KEY ------------------------------------------------------------------------------------------------------------------

static void add_beside(struct rw *rw, const char *table, const char *helper, const char *def, bool valid)
{
    rw_retry(rw,
             lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;", table, helper, def,
                       lc_ends(def, "NOT VALID") ? "" : " NOT VALID"),
             "The same constraint over the new column.", NULL)
        ->machine = true;
    if (valid)
        (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, helper),
                      "Reads the table while others write.", NULL);
}

static void rename_to(struct type_change *c, const char *table, const char *helper, const struct cat_constraint *con)
{
    lc_str_addf(&c->name_keys, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s;\n", table, helper,
                lc_quote_ident(c->rw->arena, con->o.name));
}

static void carry(struct type_change *c, const char *table, const char *name)
{
    LC_PUSH(c->rw->arena, &c->carried, lc_printf(c->rw->arena, "%s %s", table, name));
}

static void drop_constraint(struct type_change *c, const char *table, const struct cat_constraint *con)
{
    carry(c, table, con->o.name);
    lc_str_addf(&c->drop_keys, "ALTER TABLE %s DROP CONSTRAINT %s;\n", table, lc_quote_ident(c->rw->arena, con->o.name));
}

static bool carry_check(struct spot *at, const struct cat_constraint *con)
{
    struct type_change *c = at->c;
    const char *def = con->def_text ? rw_check_with_column(c->rw->arena, con->def_text, c->att->name, c->new_raw) : NULL;
    const char *helper = rw_helper(c->rw, "con");

    if (!def)
        return false;
    add_beside(c->rw, at->table, helper, def, con->convalidated);
    drop_constraint(c, at->table, con);
    rename_to(c, at->table, helper, con);
    return true;
}

// The definition over the new column, in steps while the old one is there, and in the swap when the new one has its name.
static const char *key_over_new(const struct type_change *c, const struct cat_constraint *con)
{
    const char *def = con->def_text;

    if (def && con->conrelid == c->rel->o.oid && has_attnum(&con->conkey, c->att->attnum))
        def = rw_foreign_key_with_column(c->rw->arena, def, false, c->att->name, c->new_raw);
    if (def && con->confrelid == c->rel->o.oid && has_attnum(&con->confkey, c->att->attnum))
        def = rw_foreign_key_with_column(c->rw->arena, def, true, c->att->name, c->new_raw);
    return def;
}

static const struct cat_constraint *child_key(const struct rw *rw, const struct cat_relation *rel, Oid parent)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->constraints.items[i]);
        if (con->contype == 'f' && con->conparentid == parent)
            return con;
    }
    return NULL;
}

// `def` is over the new column; `con` is the key of `on`, whose partitions have their own.
static bool carry_key_tree(struct type_change *c, const struct cat_relation *on, const struct cat_constraint *con,
                           const char *def)
{
    struct rw *rw = c->rw;
    const char *table = cat_qualified_name(rw->cat, on), *helper;

    if (on->relkind == 'r') {
        helper = rw_helper(rw, "con");
        add_beside(rw, table, helper, def, con->convalidated);
        rename_to(c, table, helper, con);
        return true;
    }
    if (on->relkind != 'p' || !con->convalidated)
        return false;
    for (int i = 0; i < on->children.len; i++) {
        const struct cat_relation *part = cat_relation(rw->cat, on->children.items[i]);
        const struct cat_constraint *own = part ? child_key(rw, part, con->o.oid) : NULL;
        if (!own || !carry_key_tree(c, part, own, def))
            return false;
    }
    lc_str_addf(&c->name_keys, "ALTER TABLE %s ADD CONSTRAINT %s %s;\n", table, lc_quote_ident(rw->arena, con->o.name),
                con->def_text);
    return true;
}

static bool carry_foreign_key(struct type_change *c, const struct cat_constraint *con)
{
    const struct cat_relation *on = cat_relation(c->rw->cat, con->conrelid), *to = cat_relation(c->rw->cat, con->confrelid);
    const char *def = key_over_new(c, con);

    if (!def || !on || !to || con->conparentid || to->relkind != 'r' || !carry_key_tree(c, on, con, def))
        return false;
    drop_constraint(c, cat_qualified_name(c->rw->cat, on), con);
    if (on != c->rel)
        lc_str_addf(&c->locks, ", %s", cat_qualified_name(c->rw->cat, on));
    return true;
}

// Inherited ones come from the parent. A key of one partition alone is none that the column's other tables have.
static bool carry_constraints(struct spot *at)
{
    for (int i = 0; i < at->rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(at->c->rw->cat, at->rel->constraints.items[i]);
        bool own = has_attnum(&con->conkey, at->attnum);
        if (con->contype == 'c' && own && !con->coninhcount && !carry_check(at, con))
            return false;
        if (con->contype != 'f' || con->conparentid ||
            (!own && !(con->confrelid == at->rel->o.oid && has_attnum(&con->confkey, at->attnum))))
            continue;
        if (at->rel != at->c->rel || !carry_foreign_key(at->c, con))
            return false;
    }
    return true;
}

static bool carry_references(struct spot *at)
{
    for (int i = 0; i < at->rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(at->c->rw->cat, at->rel->referencing.items[i]);
        if (con->conrelid == at->rel->o.oid || con->conparentid || !has_attnum(&con->confkey, at->attnum))
            continue;
        if (at->c->tables.len > 1 || !carry_foreign_key(at->c, con))
            return false;
    }
    return true;
}

// --- indexes and their constraints ---------------------------------------------------------------------------------------------------------------

// Constraints' indexes have default operator classes and collations (DefineIndex; ATExecAddIndexConstraint insists on them).
static const char *constraint_index(const struct spot *at, const struct cat_relation *index, const char *helper)
{
    const struct cat_index *x = index->index;
    struct lc_arena *arena = at->c->rw->arena;
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_addf(&s, "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (", helper, at->table);
    for (int i = 0; i < x->natts; i++) {
        const char *sep = i == 0 ? "" : i == x->nkeyatts ? ") INCLUDE (" : ", ";
        if (x->keys[i] <= 0)
            return NULL;
        lc_str_addf(&s, "%s%s", sep,
                    x->keys[i] == at->attnum ? at->c->new : lc_quote_ident(arena, at->rel->attrs[x->keys[i] - 1].name));
    }
    lc_str_addf(&s, ")%s", x->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
    if (index->options)
        lc_str_addf(&s, " WITH (%s)", index->options);
    return s.text;
}

static const char *kind_of(const struct cat_constraint *con)
{
    return con->contype == 'p' ? "PRIMARY KEY" : "UNIQUE";
}

static bool build_leaf(struct spot *at, const struct cat_relation *index, const struct cat_constraint *con)
{
    struct type_change *c = at->c;
    struct rw *rw = c->rw;
    const char *schema = cat_schema_name(rw->cat, at->rel->o.schema), *name = lc_quote_ident(rw->arena, index->o.name),
               *helper = rw_helper(rw, "idx");
    const char *def = con ? constraint_index(at, index, helper) : NULL;

    if (!con && index->index->def_text)
        def = rw_index_with_column(rw->arena, index->index->def_text, c->att->name, c->new_raw, helper);
    if (!def)
        return false;
    rw_build_index(rw,
                   lc_printf(rw->arena, "CREATE %sINDEX CONCURRENTLY IF NOT EXISTS %s", index->index->unique ? "UNIQUE " : "",
                             strstr(def, "CONCURRENTLY ") + strlen("CONCURRENTLY ")),
                   schema, helper, "The same index over the new column.", false);
    rw->steps.items[rw->steps.len - 1].machine = true;
    if (con)
        lc_str_addf(&c->name_indexes, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s%s;\n", at->table, name, kind_of(con),
                    helper, con->condeferrable ? " DEFERRABLE" : "", con->condeferred ? " INITIALLY DEFERRED" : "");
    else
        lc_str_addf(&c->name_indexes, "ALTER INDEX %s RENAME TO %s;\n", lc_quote_name(rw->arena, schema, helper), name);
    return true;
}

// A partitioned table's index: made when those of the partitions have their names, and given them.
static bool name_parent(struct spot *at, const struct cat_relation *index, const struct cat_constraint *con)
{
    struct type_change *c = at->c;
    struct rw *rw = c->rw;

    if (con) {
        if (con->def_text)
            lc_str_addf(&c->name_indexes, "ALTER TABLE %s ADD CONSTRAINT %s %s;\n", at->table,
                        lc_quote_ident(rw->arena, con->o.name), con->def_text);
        return con->def_text != NULL;
    }
    if (!index->index->def_text)
        return false;
    lc_str_addf(&c->name_indexes, "%s;\n", index->index->def_text); // ON ONLY
    for (int i = 0; i < index->children.len; i++)
        lc_str_addf(&c->name_indexes, "ALTER INDEX %s ATTACH PARTITION %s;\n", cat_qualified_name(rw->cat, index),
                    cat_qualified_name(rw->cat, cat_relation(rw->cat, index->children.items[i])));
    return true;
}

static bool carry_index(struct spot *at, const struct cat_relation *index)
{
    struct type_change *c = at->c;
    const struct cat_constraint *con = index->index->constraint ? cat_constraint(c->rw->cat, index->index->constraint) : NULL;

    if (index->index->exclusion || !index->index->valid || (at->rel->relkind != 'r' && at->rel->relkind != 'p'))
        return false;
    carry(c, at->table, index->o.name);
    if (!index->parents.len && con)
        lc_str_addf(&c->drop_indexes, "ALTER TABLE %s DROP CONSTRAINT %s;\n", at->table,
                    lc_quote_ident(c->rw->arena, con->o.name));
    else if (!index->parents.len)
        lc_str_addf(&c->drop_indexes, "DROP INDEX %s;\n", cat_qualified_name(c->rw->cat, index));
    return at->rel->relkind == 'p' ? name_parent(at, index, con) : build_leaf(at, index, con);
}

static bool carry_indexes(struct spot *at)
{
    for (int i = 0; i < at->rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(at->c->rw->cat, at->rel->indexes.items[i]);
        if (index_uses(at, index) && !carry_index(at, index))
            return false;
    }
    return true;
}

bool rw_type_carry(struct type_change *c)
{
    for (int i = c->tables.len - 1; i >= 0; i--) {
        struct spot at = spot_of(c, cat_relation(c->rw->cat, c->tables.items[i]));
        prove_not_null(&at);
    }
    for (int i = 0; i < c->tables.len; i++) {
        struct spot at = spot_of(c, cat_relation(c->rw->cat, c->tables.items[i]));
        if (!carry_indexes(&at))
            return false;
    }
    for (int i = 0; i < c->tables.len; i++) {
        struct spot at = spot_of(c, cat_relation(c->rw->cat, c->tables.items[i]));
        if (!carry_constraints(&at) || !carry_references(&at))
            return false;
    }
    return true;
}
