// ALTER TABLE's subcommands about where a column's values come from: DEFAULT, identity, generation expressions (commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"

static enum lc_code default_here(const struct alter *a, Oid relid)
{
    const struct cat_attribute *att;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK)
        return rc;
    if (att->identity)
        return cat_error(a->err, "42601", "column \"%s\" of relation \"%s\" is an identity column", att->name,
                         cat_relation(a->cat, relid)->o.name);
    if (att->generated)
        return cat_error(a->err, "42601", "column \"%s\" of relation \"%s\" is a generated column", att->name,
                         cat_relation(a->cat, relid)->o.name);
    if ((rc = cat_check_default(a->cat, relid, att->attnum, a->cmd->def, a->err)) == LC_OK)
        cat_set_default(a->cat, relid, att->attnum, a->cmd->def);
    return rc;
}

enum lc_code cat_alter_default(const struct alter *a, Oid rel)
{
    return cat_alter_on_inheritors(a, rel, default_here);
}

static enum lc_code add_identity(const struct alter *a, Oid relid, const struct cat_attribute *att)
{
    const Constraint *con = AS(Constraint, a->cmd->def);
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    struct cat_column_plan plan = {.name = att->name, .identity = con && con->generated_when ? con->generated_when[0] : 'd'};

    if (!att->notnull)
        return cat_error(a->err, "55000",
                         "column \"%s\" of relation \"%s\" must be declared NOT NULL before identity can be added", att->name,
                         rel->o.name);
    if (att->identity)
        return cat_error(a->err, "55000", "column \"%s\" of relation \"%s\" is already an identity column", att->name,
                         rel->o.name);
    if (att->def)
        return cat_error(a->err, "55000", "column \"%s\" of relation \"%s\" already has a default value", att->name, rel->o.name);
    if (con)
        plan.sequence_options = con->options;
    cat_alter_modify_column(a, relid, att->attnum)->identity = plan.identity;
    return a->recursing ? LC_OK : cat_make_column_sequence(a->cat, relid, att->attnum, &plan, a->err);
}

static enum lc_code not_identity(const struct alter *a, Oid relid, const struct cat_attribute *att)
{
    return cat_error(a->err, "55000", "column \"%s\" of relation \"%s\" is not an identity column", att->name,
                     cat_relation(a->cat, relid)->o.name);
}

static enum lc_code set_identity(const struct alter *a, Oid relid, const struct cat_attribute *att)
{
    const List *options = AS(List, a->cmd->def);

    if (!att->identity)
        return not_identity(a, relid, att);
    for (int i = 0; options && i < options->items.length; i++) {
        const DefElem *elem = LIST_GET(DefElem, &options->items, i);
        const Integer *value = elem && lc_streq(elem->defname, "generated") ? AS(Integer, elem->arg) : NULL;
        if (value)
            cat_alter_modify_column(a, relid, att->attnum)->identity = (char)value->ival;
    }
    return LC_OK;
}

static enum lc_code drop_identity(const struct alter *a, Oid relid, const struct cat_attribute *att)
{
    struct cat_oids sequences = cat_owned_sequences(a->cat, relid, att->attnum);

    if (!att->identity)
        return a->cmd->missing_ok ? LC_OK : not_identity(a, relid, att);
    cat_alter_modify_column(a, relid, att->attnum)->identity = 0;
    for (int i = 0; i < sequences.len; i++) {
        struct cat_addresses targets = {0};
        enum lc_code rc;
        if (cat_relation(a->cat, sequences.items[i])->seq_deptype != 'i')
            continue;
        cat_own_sequence(a->cat, sequences.items[i], InvalidOid, 0, 0);
        LC_PUSH(cat_arena(a->cat), &targets, cat_address(CAT_RELATION, sequences.items[i], 0));
        if ((rc = cat_drop(a->cat, &targets, false, a->err)) != LC_OK)
            return rc;
    }
    return LC_OK;
}

// 17: partitions share the identity of their parent.
static enum lc_code may_change_identity(const struct alter *a, const struct cat_relation *rel)
{
    const char *what = a->cmd->subtype == AT_AddIdentity   ? "add identity to a column"
                       : a->cmd->subtype == AT_SetIdentity ? "change identity column"
                                                           : "drop identity from a column";

    if (cat_major(a->cat) < 17 || a->recursing)
        return LC_OK;
    if (rel->relispartition)
        return cat_error(a->err, "42P16", "cannot %s of a partition", what);
    if (rel->relkind == 'p' && !a->recurse)
        return cat_error(a->err, "42P16", "cannot %s of only the partitioned table", what);
    return LC_OK;
}

enum lc_code cat_alter_identity(const struct alter *a, Oid relid)
{
    const struct cat_attribute *att;
    struct alter below = *a;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK || (rc = may_change_identity(a, cat_relation(a->cat, relid))) != LC_OK)
        return rc;
    rc = a->cmd->subtype == AT_AddIdentity   ? add_identity(a, relid, att)
         : a->cmd->subtype == AT_SetIdentity ? set_identity(a, relid, att)
                                             : drop_identity(a, relid, att);
    below.recursing = true;
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    struct cat_oids children = rel->children;
    bool down = cat_major(a->cat) >= 17 && rel->relkind == 'p' && a->recurse; // 17: partitions share the identity
    for (int i = 0; down && i < children.len && rc == LC_OK; i++)
        rc = cat_alter_identity(&below, children.items[i]);
    return rc;
}

// ATExecSetExpression: what a virtual column's values have been judged by already.
static const char *virtual_elsewhere(const struct catalog *cat, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->constraints.len; i++)
        if (cat_constraint(cat, rel->constraints.items[i])->contype == 'c')
            return "with check constraints";
    return cat_is_published(cat, rel) ? "that are part of a publication" : NULL;
}

static enum lc_code expression_here(const struct alter *a, Oid relid)
{
    const struct cat_attribute *att;
    enum lc_code rc = cat_alter_open_column(a, relid, &att);

    if (rc != LC_OK)
        return rc;
    if (!att->generated)
        return a->cmd->subtype == AT_DropExpression && a->cmd->missing_ok
                   ? LC_OK
                   : cat_error(a->err, "55000", "column \"%s\" of relation \"%s\" is not a generated column", att->name,
                               cat_relation(a->cat, relid)->o.name);
    if (a->cmd->subtype == AT_DropExpression && att->generated == 'v')
        return cat_error(a->err, "0A000", "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns");
    const char *unknown = att->generated == 'v' ? virtual_elsewhere(a->cat, cat_relation(a->cat, relid)) : NULL;
    if (unknown)
        return cat_error(a->err, "0A000",
                         "ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables %s", unknown);
    int attnum = att->attnum;
    if (a->cmd->subtype == AT_SetExpression && (rc = cat_check_default(a->cat, relid, attnum, a->cmd->def, a->err)) != LC_OK)
        return rc;
    if (a->cmd->subtype == AT_DropExpression) {
        cat_alter_modify_column(a, relid, attnum)->generated = 0;
        cat_undepend(a->cat, cat_address(CAT_RELATION, relid, attnum), CAT_RELATION); // until 14 the column depended itself
    }
    cat_set_default(a->cat, relid, attnum, a->cmd->subtype == AT_DropExpression ? NULL : a->cmd->def);
    return LC_OK;
}

// Until 17.11 and 18.6 what a child is asked as the table itself was: that it has no children.
static bool has_grandchildren(const struct alter *a, const struct cat_relation *rel)
{
    struct cat_oids all = {0};
    int version = cat_version_num(a->cat);

    if (version >= 180006 || (version >= 170011 && version < 180000))
        return false;
    cat_inheritors(a->cat, rel->o.oid, &all);
    for (int i = 1; i < all.len; i++)
        if (cat_relation(a->cat, all.items[i])->children.len)
            return true;
    return false;
}

enum lc_code cat_prepare_drop_expression(const struct alter *a, Oid relid)
{
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    const struct cat_attribute *att = a->cmd->name ? cat_find_column(rel, a->cmd->name) : NULL;

    if (a->recurse ? has_grandchildren(a, rel) : rel->children.len > 0)
        return cat_error(a->err, "0A000", "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
    if (!att && a->cmd->name && !cat_is_system_column(a->cmd->name))
        return cat_missing_column(rel, a->cmd->name, a->err);
    if (att && att->inhcount > 0)
        return cat_error(a->err, "42P16", "cannot drop generation expression from inherited column");
    return LC_OK;
}

enum lc_code cat_alter_expression(const struct alter *a, Oid relid)
{
    enum lc_code rc = cat_alter_on_inheritors(a, relid, expression_here);
    const struct cat_attribute *att = cat_find_column(cat_relation(a->cat, relid), a->cmd->name);

    if (rc != LC_OK || a->cmd->subtype != AT_SetExpression || !att || att->generated != 's')
        return rc;
    return cat_readd_not_nulls(a->cat, relid, a->cmd->name, a->err);
}
