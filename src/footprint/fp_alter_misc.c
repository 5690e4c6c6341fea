// ALTER TABLE's other subcommands: owner, cluster, persistence, access method, tablespace, triggers, inheritance, types, replica identity.
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/partition.h"
#include "footprint/fp_table.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(owner_part, "change-owner/part", LC_ACCESS_EXCLUSIVE, "indexes and owned sequences have the table's owner",
     "tablecmds.c ATExecChangeOwner");
RULE(cluster_index, "cluster-on/index", LC_SHARE_UPDATE_EXCLUSIVE, "the index is looked at",
     "cluster.c check_index_is_clusterable");
RULE(persistence_other, "set-logged/foreign-table", LC_ACCESS_SHARE, "a table of a foreign key must not be of the wrong kind",
     "tablecmds.c ATPrepChangePersistence");
RULE(inherit_parent, "inherit/parent", LC_SHARE_UPDATE_EXCLUSIVE, "the parent gets another child: its reads and writes go on",
     "tablecmds.c ATExecAddInherit");
RULE(inherit_below, "inherit/below", LC_ACCESS_SHARE, "the tables below are looked at: none may be the parent",
     "tablecmds.c ATExecAddInherit");
RULE(disinherit_parent, "no-inherit/parent", LC_ACCESS_SHARE, "the parent loses a child", "tablecmds.c ATExecDropInherit");
RULE(of_type, "of-type/type", LC_ACCESS_SHARE, "the composite type is held", "tablecmds.c check_of_type");
RULE(identity_index, "replica-identity/index", LC_SHARE, "the index is looked at", "tablecmds.c ATExecReplicaIdentity");
RULE(trigger_partition, "enable-trigger/partition", LC_SHARE_ROW_EXCLUSIVE, "the trigger's likes on partitions change too",
     "trigger.c EnableDisableTrigger");

// --- OWNER -----------------------------------------------------------------------------------------------------------------------------------

void fp_alter_owner_cmd(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const RoleSpec *role = cmd->newowner;
    const char *owner = cat_role_owner(a->s->cat, role);
    struct cat_oids sequences;

    if (!role || lc_streq(owner, rel->o.owner))
        return;
    for (int i = 0; i < rel->indexes.len; i++)
        fp_lock(a->s, cat_relation(a->s->cat, rel->indexes.items[i]), &owner_part);
    sequences = cat_owned_sequences(a->s->cat, a->rel, 0);
    for (int i = 0; i < sequences.len; i++)
        fp_lock(a->s, cat_relation(a->s->cat, sequences.items[i]), &owner_part);
}

// --- CLUSTER ON, REPLICA IDENTITY ------------------------------------------------------------------------------------------------------------------

static const struct cat_relation *index_named(const struct fp_alter *a, const char *name)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const struct cat_relation *index =
        name ? cat_find_relation(a->s->cat, cat_schema_name(a->s->cat, rel->o.schema), name) : NULL;

    return index && index->index ? index : NULL;
}

void fp_alter_cluster(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *index = index_named(a, cmd->name);

    if (index)
        fp_lock_mode(a->s, index, a->rule->mode, &cluster_index);
}

void fp_alter_replica_identity(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const ReplicaIdentityStmt *stmt = AS(ReplicaIdentityStmt, cmd->def);

    if (stmt && stmt->name)
        fp_lock(a->s, index_named(a, stmt->name), &identity_index);
}

// --- what gives the table a new file ---------------------------------------------------------------------------------------------------------------

void fp_alter_persistence(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);
    char persistence = cmd->subtype == AT_SetLogged ? 'p' : 'u';
    const struct cat_oids *keys = persistence == 'p' ? &rel->constraints : &rel->referencing;

    if (rel->relpersistence == persistence || rel->relkind == 'p')
        return;
    for (int i = 0; i < keys->len; i++) {
        const struct cat_constraint *con = cat_constraint(a->s->cat, keys->items[i]);
        Oid other = !con ? InvalidOid : persistence == 'p' ? con->confrelid : con->conrelid;
        if (con && con->contype == 'f' && other != a->rel)
            fp_lock_briefly(a->s, cat_relation(a->s->cat, other), LC_ACCESS_SHARE, &persistence_other);
    }
    fp_alter_rel(a, a->rel)->persistence = true;
    fp_need_rewrite(a, a->rel, persistence == 'p' ? "rewrite to be logged" : "rewrite to be unlogged", NULL);
}

void fp_alter_access_method(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);

    if (rel->relkind != 'p' && !lc_streq(cat_default_am(a->s->cat, cmd->name), rel->am))
        fp_need_rewrite(a, a->rel, "rewrite for another access method", NULL);
}

void fp_alter_tablespace(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const char *wanted = lc_streq(cmd->name, "pg_default") ? NULL : cmd->name;

    if (!lc_streq(wanted, fp_alter_target(a)->tablespace))
        fp_alter_rel(a, a->rel)->tablespace = true;
}

// --- triggers (EnableDisableTrigger, commands/trigger.c) ----------------------------------------------------------------------------------------------

// Is there a row trigger that the command is about? Foreign keys' own triggers count for ALL.
static bool matches_row_trigger(const struct fp_session *s, const struct cat_relation *rel, const AlterTableCmd *cmd)
{
    bool all = cmd->subtype == AT_EnableTrigAll || cmd->subtype == AT_DisableTrigAll;
    bool user = cmd->subtype == AT_EnableTrigUser || cmd->subtype == AT_DisableTrigUser;

    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(s->cat, rel->triggers.items[i]);
        if (t && t->relid == rel->o.oid && (t->type & TRIGGER_TYPE_ROW) && (all || user || lc_streq(t->o.name, cmd->name)))
            return true;
    }
    if (!all || (rel->relkind == 'p' && cat_major(s->cat) < 15)) // until 14 partitioned tables had no triggers of foreign keys
        return false;
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, rel->constraints.items[i]);
        if (con && (con->contype == 'f' ? con->conenforced : con->condeferrable)) // a deferrable key has one, too
            return true;
    }
    for (int i = 0; i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, rel->referencing.items[i]);
        if (con && con->conenforced)
            return true;
    }
    return false;
}

static void trigger_on(struct fp_alter *a, const struct cat_relation *rel, const AlterTableCmd *cmd)
{
    if (rel->relkind != 'p' || !matches_row_trigger(a->s, rel, cmd))
        return;
    const int *order = cat_partition_order(a->s->cat, rel); // EnableDisableTrigger (trigger.c)
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(a->s->cat, rel->children.items[order[i]]);
        fp_lock_mode(a->s, child, a->rule->mode, &trigger_partition);
        trigger_on(a, child, cmd);
    }
}

void fp_alter_trigger(struct fp_alter *a, const AlterTableCmd *cmd)
{
    if (a->recurse)
        trigger_on(a, fp_alter_target(a), cmd);
}

// --- INHERIT, OF --------------------------------------------------------------------------------------------------------------------------------------

void fp_alter_inherit(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const RangeVar *rv = AS(RangeVar, cmd->def);
    const struct cat_relation *parent = rv ? cat_find_rangevar(a->s->cat, rv) : NULL;
    struct cat_oids all = {0};

    if (cmd->subtype == AT_DropInherit) {
        fp_lock(a->s, parent, &disinherit_parent);
        return;
    }
    fp_lock(a->s, parent, &inherit_parent);
    cat_inheritors(a->s->cat, a->rel, &all);
    for (int i = 0; i < all.len; i++)
        if (all.items[i] != a->rel)
            fp_lock(a->s, cat_relation(a->s->cat, all.items[i]), &inherit_below);
}

void fp_alter_of(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_type *type = AS(TypeName, cmd->def) ? cat_find_typename(a->s->cat, AS(TypeName, cmd->def), NULL) : NULL;

    if (type && type->relid)
        fp_lock(a->s, cat_relation(a->s->cat, type->relid), &of_type);
}
