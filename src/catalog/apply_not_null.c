// NOT NULL: a column's mark, and since 18 a constraint of its own with a name, inheritance and validity (ATExecSetNotNull, ATExecDropNotNull,
// ATExecAlterConstrInheritability in commands/tablecmds.c; AdjustNotNullInheritance in catalog/pg_constraint.c).
#include <string.h>

#include "catalog/apply_internal.h"

static const struct cat_constraint *constraint_of(const struct catalog *cat, Oid relid, const char *column)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, column);

    return att ? cat_not_null_constraint(cat, rel, att->attnum) : NULL;
}

static enum lc_code status_changes(const struct catalog *cat, const struct cat_constraint *con, const char *sqlstate,
                                   struct lc_error *err)
{
    return cat_error(err, sqlstate, "cannot change NO INHERIT status of NOT NULL constraint \"%s\" on relation \"%s\"",
                     con->o.name, cat_relation(cat, con->conrelid)->o.name);
}

static void count_source(struct cat_constraint *con, const struct cat_not_null *how)
{
    con->coninhcount += how->inherited;
    con->conislocal = con->conislocal || !how->inherited;
}

// ATExecSetNotNull, of a column that has the constraint.
static enum lc_code set_again(struct catalog *cat, const struct cat_constraint *old, const struct cat_not_null *how,
                              struct lc_error *err)
{
    bool validate = !how->inherited && old->conislocal && !old->convalidated;

    if (old->connoinherit && how->recurse)
        return status_changes(cat, old, "0A000", err);
    if (validate)
        return cat_validate_constraint(cat, old->conrelid, old->o.name, err);
    count_source(cat_modify_constraint(cat, old->o.oid), how);
    return LC_OK;
}

// AdjustNotNullInheritance
static enum lc_code add_again(struct catalog *cat, const struct cat_constraint *old, const char *name, const char *column,
                              const struct cat_not_null *how, struct lc_error *err)
{
    const char *table = cat_relation(cat, old->conrelid)->o.name;

    if (how->no_inherit != old->connoinherit)
        return status_changes(cat, old, "55000", err);
    if (!how->not_valid && !old->convalidated)
        return cat_error(err, "55000", "incompatible NOT VALID constraint \"%s\" on relation \"%s\"", old->o.name, table);
    if (!how->inherited && name && strcmp(name, old->o.name) != 0)
        return cat_error(err, "55000", "cannot create not-null constraint \"%s\" on column \"%s\" of table \"%s\"", name, column,
                         table);
    count_source(cat_modify_constraint(cat, old->o.oid), how);
    return LC_OK;
}

static void add_new(struct catalog *cat, Oid relid, int attnum, const char **name, const struct cat_not_null *how)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    struct cat_constraint *con;

    if (!*name)
        *name = cat_choose_constraint_name(cat, rel->o.name, rel->attrs[attnum - 1].name, "not_null", rel->o.schema);
    con = cat_new_constraint(cat, 'n', *name, relid);
    LC_PUSH(cat_arena(cat), &con->conkey, attnum);
    con->conislocal = !how->inherited;
    con->coninhcount = how->inherited;
    con->convalidated = !how->not_valid;
    con->connoinherit = how->no_inherit;
    cat_publish_constraint(cat, con);
}

static enum lc_code name_is_free(const struct catalog *cat, const struct cat_relation *rel, const char *name,
                                 struct lc_error *err)
{
    const struct cat_constraint *old = name ? cat_find_constraint(cat, rel, name) : NULL;

    return old ? cat_error(err, "42710", "constraint \"%s\" for relation \"%s\" already exists", name, rel->o.name) : LC_OK;
}

enum lc_code cat_set_not_null(struct catalog *cat, Oid relid, const char *column, const char *name,
                              const struct cat_not_null *how, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, column);
    bool constraints = cat_major(cat) >= 18;
    const struct cat_constraint *old = att && constraints ? cat_not_null_constraint(cat, rel, att->attnum) : NULL;
    struct cat_not_null below = *how;
    enum lc_code rc = LC_OK;

    if (!att)
        return cat_missing_column(rel, column, err);
    if (old)
        return how->set ? set_again(cat, old, how, err) : add_again(cat, old, name, column, how, err);
    if (!how->inherited && (rc = name_is_free(cat, rel, name, err)) != LC_OK)
        return rc;
    bool had = !constraints && att->notnull && rel->relkind == 'p'; // ATPrepSetNotNull: inheritance children are asked again
    if (constraints)
        add_new(cat, relid, att->attnum, &name, how);
    if (!att->notnull)
        cat_modify_attribute(cat_modify_relation(cat, relid), att->attnum)->notnull = true;
    if (had || how->no_inherit)
        return LC_OK;
    struct cat_oids children = cat_relation(cat, relid)->children;
    if (how->only && children.len)
        return cat_error(err, "42P16", "constraint must be added to child tables too");
    below.inherited = 1;
    for (int i = 0; how->recurse && i < children.len && rc == LC_OK; i++)
        rc = cat_set_not_null(cat, children.items[i], column, name, &below, err);
    return rc;
}

static enum lc_code incompatible(const struct cat_constraint *con, const char *column, struct lc_error *err)
{
    if (con->connoinherit || !con->convalidated) // verifyNotNullPKCompatible
        return cat_error(err, "55000", "cannot create primary key on column \"%s\"", column);
    return LC_OK;
}

enum lc_code cat_primary_key_column(const struct catalog *cat, Oid relid, const char *column, bool recurse, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_constraint *con = constraint_of(cat, relid, column);
    bool constraints = cat_major(cat) >= 18;
    enum lc_code rc = LC_OK;

    if (constraints && con)
        return incompatible(con, column, err);
    if (!constraints && cat_find_column(rel, column)->notnull)
        return LC_OK;
    for (int i = 0; !recurse && i < rel->children.len && rc == LC_OK; i++) {
        const struct cat_relation *child = cat_relation(cat, rel->children.items[i]);
        const struct cat_attribute *att = cat_find_column(child, column);
        if (!constraints && rel->relkind == 'p' && att && !att->notnull) // ATPrepSetNotNull, ATExecCheckNotNull
            return cat_error(err, "42P16", "constraint must be added to child tables too");
        if (!constraints)
            continue;
        con = constraint_of(cat, child->o.oid, column);
        if (!con)
            return cat_error(err, "XX000", "column \"%s\" of table \"%s\" is not marked NOT NULL", column, child->o.name);
        rc = incompatible(con, column, err);
    }
    return rc;
}

enum lc_code cat_alter_inheritability(struct catalog *cat, const struct cat_constraint *con, bool noinherit, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, con->conrelid);
    const char *name = con->o.name;
    struct cat_oids children = rel->children;
    enum lc_code rc = LC_OK;

    if (con->contype != 'n')
        return cat_error(err, "42809", "constraint \"%s\" of relation \"%s\" is not a not-null constraint", name, rel->o.name);
    if (noinherit && rel->relkind == 'p' && cat_version_num(cat) >= 180006) // 18.4 let it pass
        return cat_error(err, "0A000", "not-null constraint \"%s\" on partitioned table \"%s\" cannot be NO INHERIT", name,
                         rel->o.name);
    if (noinherit && con->coninhcount > 0)
        return cat_error(err, "55000", "cannot alter inherited constraint \"%s\" on relation \"%s\"", name, rel->o.name);
    if (con->connoinherit == noinherit)
        return LC_OK;
    const char *column = rel->attrs[con->conkey.items[0] - 1].name;
    cat_modify_constraint(cat, con->o.oid)->connoinherit = noinherit;
    for (int i = 0; i < children.len && rc == LC_OK; i++) { // only the next level, whatever lies below
        const struct cat_constraint *below = constraint_of(cat, children.items[i], column);
        struct cat_not_null how = {.recurse = true, .set = true, .inherited = 1};
        if (!noinherit) {
            rc = cat_set_not_null(cat, children.items[i], column, name, &how, err);
        } else if (below) {
            struct cat_constraint *m = cat_modify_constraint(cat, below->o.oid);
            m->coninhcount--;
            m->conislocal = true;
        }
    }
    return rc;
}

// Is the column a key of the index that REPLICA IDENTITY names?
static bool identifies_rows(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_index *ind = cat_relation(cat, rel->indexes.items[i])->index;
        for (int k = 0; ind->replident && k < ind->nkeyatts; k++)
            if (ind->keys[k] == attnum)
                return true;
    }
    return false;
}

// ATExecDropNotNull
static enum lc_code may_drop(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attribute *att,
                             bool recursing, struct lc_error *err)
{
    const struct cat_relation *parent = cat_relation(cat, cat_partition_parent(rel));
    const struct cat_attribute *up = parent ? cat_find_column(parent, att->name) : NULL;
    const struct cat_constraint *pk = cat_primary_key(cat, rel);
    bool constraint = cat_major(cat) >= 18 && recursing; // dropconstraint_internal, which asks in another order

    if (att->identity && !constraint)
        return cat_error(err, "42601", "column \"%s\" of relation \"%s\" is an identity column", att->name, rel->o.name);
    for (int i = 0; pk && i < pk->conkey.len; i++)
        if (pk->conkey.items[i] == att->attnum)
            return cat_error(err, "42P16", "column \"%s\" is in a primary key", att->name);
    if (identifies_rows(cat, rel, att->attnum))
        return cat_error(err, "42P16", "column \"%s\" is in index used as replica identity", att->name);
    if (att->identity)
        return cat_error(err, "55000", "column \"%s\" of relation \"%s\" is an identity column", att->name, rel->o.name);
    if (!recursing && up && up->notnull)
        return cat_error(err, "42P16", "column \"%s\" is marked NOT NULL in parent table", att->name);
    return LC_OK;
}

enum lc_code cat_drop_not_null(struct catalog *cat, Oid relid, const char *column, bool recurse, bool recursing,
                               struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, column);
    const struct cat_constraint *con;
    enum lc_code rc = LC_OK;

    if (!att)
        return cat_missing_column(rel, column, err);
    if (!att->notnull)
        return LC_OK;
    if ((rc = may_drop(cat, rel, att, recursing, err)) != LC_OK)
        return rc;
    con = cat_not_null_constraint(cat, rel, att->attnum);
    if (con && !recursing) // it goes like any constraint, and takes the mark along
        return cat_drop_constraint(cat, relid, con->o.name, &(struct cat_drop_options){.recurse = recurse}, err);
    if (con)
        cat_remove(cat, con);
    cat_modify_attribute(cat_modify_relation(cat, relid), att->attnum)->notnull = false;
    struct cat_oids children = cat_relation(cat, relid)->children;
    for (int i = 0; recurse && i < children.len && rc == LC_OK; i++)
        rc = cat_drop_not_null(cat, children.items[i], column, recurse, true, err);
    return rc;
}

// --- made again after a change of type -------------------------------------------------------------------------------------------------------------

// The names that the tables below get from this one's constraint, where none is there yet.
static void name_below(struct catalog *cat, const struct cat_oids *all, const struct cat_constraint *con, const char **names)
{
    struct cat_oids below = {0};

    cat_inheritors(cat, con->conrelid, &below);
    for (int i = 0; i < all->len; i++)
        if (cat_oids_has(&below, all->items[i]) && !names[i])
            names[i] = con->o.name;
}

enum lc_code cat_readd_not_nulls(struct catalog *cat, Oid relid, const char *column, struct lc_error *err)
{
    struct cat_oids all = {0};

    cat_inheritors(cat, relid, &all);
    const char **names = LC_NEW_ARRAY(cat_arena(cat), const char *, all.len);
    for (int i = 0; i < all.len; i++) {
        const struct cat_constraint *con = constraint_of(cat, all.items[i], column);
        bool other = con && names[i] && strcmp(con->o.name, names[i]) != 0;
        if (!con || cat_major(cat) < 18)
            continue;
        if (con->conislocal && other)
            return cat_error(err, "55000", "cannot create not-null constraint \"%s\" on column \"%s\" of table \"%s\"",
                             con->o.name, column, cat_relation(cat, all.items[i])->o.name);
        if (con->conislocal && !con->connoinherit)
            name_below(cat, &all, con, names);
        else if (other)
            cat_rename(cat, con, names[i], con->o.schema);
    }
    return LC_OK;
}
