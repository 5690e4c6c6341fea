// ALTER INDEX and DROP INDEX CONCURRENTLY (tablecmds.c, reloptions.c, index.c index_drop).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"
#include "footprint/fp_table.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(alter_weak, "alter-index/parameters", LC_SHARE_UPDATE_EXCLUSIVE, "only later work uses the setting: reads and writes go on",
     "tablecmds.c AlterTableGetLockLevel");
RULE(alter_strong, "alter-index/index", LC_ACCESS_EXCLUSIVE, "the index is changed under everyone who uses it",
     "tablecmds.c AlterTableGetLockLevel");
RULE(option_strong, "alter-index/strong-parameter", LC_ACCESS_EXCLUSIVE,
     "this access method's parameters are read by every insertion", "reloptions.c AlterTableGetRelOptionsLockLevel");
RULE(tablespace, "alter-index/tablespace", LC_ACCESS_EXCLUSIVE, "the index's file is copied", "tablecmds.c ATExecSetTableSpace");
RULE(attach_parent, "attach-index/parent", LC_SHARE_UPDATE_EXCLUSIVE, "the partitioned index gets another part",
     "tablecmds.c AlterTableGetLockLevel");
RULE(attach_table, "attach-index/table", LC_ACCESS_SHARE, "both tables are opened to compare the indexes",
     "tablecmds.c ATExecAttachPartitionIdx");
RULE(attach_index, "attach-index/index", LC_ACCESS_EXCLUSIVE, "the index becomes a part of another",
     "tablecmds.c ATExecAttachPartitionIdx");
RULE(attach_complete, "attach-index/ancestors", LC_ACCESS_EXCLUSIVE,
     "with its last part the index is valid, and the index above it is looked at too", "tablecmds.c validatePartitionedIndex");
RULE(drop_table, "drop-index-concurrently/table", LC_SHARE_UPDATE_EXCLUSIVE, "reads and writes go on; other DDL waits",
     "tablecmds.c RangeVarCallbackForDropRelation");
RULE(drop_index, "drop-index-concurrently/index", LC_SHARE_UPDATE_EXCLUSIVE, "the index is marked invalid, then dead",
     "index.c index_drop");
RULE(drop_final, "drop-index-concurrently/final", LC_ACCESS_EXCLUSIVE, "nobody uses the index any more: its file goes",
     "index.c index_drop");

static const struct fp_rule *options_rule(const Node *def)
{
    NodeList options = cat_node_list(def);

    for (LIST_EACH(i, &options)) {
        const DefElem *o = LIST_GET(DefElem, &options, i);

        if (o && fp_is_strong_option(o->defname))
            return &option_strong;
    }
    return &alter_weak;
}

static const struct fp_rule *rule_of(const AlterTableCmd *cmd)
{
    switch (cmd->subtype) {
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
        return options_rule(cmd->def);
    case AT_SetStatistics:
        return &alter_weak;
    case AT_AttachPartition:
        return &attach_parent;
    case AT_SetTableSpace:
        return &tablespace;
    default:
        return &alter_strong;
    }
}

// Does every partition of the table have a valid part of the index, once `attached` is one?
static bool becomes_complete(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *table,
                             Oid attached)
{
    int parts = 0;

    for (int i = 0; i < parent->children.len; i++) {
        const struct cat_relation *part = cat_relation(s->cat, parent->children.items[i]);

        if (part && part->o.oid != attached && part->index && part->index->valid)
            parts++;
    }
    const struct cat_relation *new_part = cat_relation(s->cat, attached);
    return parts + (new_part && new_part->index && new_part->index->valid) == table->children.len;
}

static void attach(struct fp_session *s, const struct cat_relation *parent, const AlterTableCmd *cmd)
{
    const PartitionCmd *def = AS(PartitionCmd, cmd->def);
    const struct cat_relation *part = def && def->name ? cat_find_rangevar(s->cat, def->name) : NULL;
    const struct cat_relation *table = parent->index ? cat_relation(s->cat, parent->index->indrelid) : NULL;

    if (!part || !part->index || !table)
        return;
    fp_lock(s, table, &attach_table);
    fp_lock(s, cat_relation(s->cat, part->index->indrelid), &attach_table);
    fp_lock(s, part, &attach_index);
    if (cat_partition_parent(part) == parent->o.oid)
        return; // attached already
    while (!parent->index->valid && parent->relispartition && becomes_complete(s, parent, table, part->o.oid)) {
        part = parent;
        parent = cat_relation(s->cat, cat_partition_parent(parent));
        table = cat_relation(s->cat, cat_partition_parent(table));
        if (!parent || !table)
            return;
        fp_lock_briefly(s, parent, attach_complete.mode, &attach_complete);
        fp_lock_briefly(s, table, attach_complete.mode, &attach_complete);
    }
}

static void set_tablespace(struct fp_session *s, const struct cat_relation *index, const char *name)
{
    const char *now = index->tablespace ? index->tablespace : "pg_default";

    if (lc_streq(now, name) || index->relkind == 'I')
        return;
    fp_rewrite(s, index);
    fp_add_work(s, FP_SET_TABLESPACE, index, fp_text(s, "copy of %s to another tablespace", index->o.name));
}

bool fp_alter_table_is_index(const struct fp_session *s, const AlterTableStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);

    return stmt->objtype == OBJECT_INDEX || (rel && rel->index);
}

// ATSimpleRecursion
static void lock_parts(struct fp_session *s, const struct cat_relation *index, const struct fp_rule *rule)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, index->o.oid, &all);
    for (int i = 1; i < all.len; i++)
        fp_lock(s, cat_relation(s->cat, all.items[i]), rule);
}

void fp_alter_index(struct fp_session *s, const AlterTableStmt *stmt)
{
    const struct cat_relation *index = cat_find_rangevar(s->cat, stmt->relation);
    const struct fp_rule *strongest = NULL;

    if (!index)
        return;
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);
        const struct fp_rule *rule = cmd ? rule_of(cmd) : NULL;

        if (rule && (!strongest || rule->mode > strongest->mode))
            strongest = rule;
    }
    if (strongest)
        fp_lock(s, index, strongest);
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);

        if (cmd && cmd->subtype == AT_AttachPartition)
            attach(s, index, cmd);
        else if (cmd && cmd->subtype == AT_SetTableSpace)
            set_tablespace(s, index, cmd->name);
        else if (cmd && cmd->subtype == AT_SetStatistics)
            lock_parts(s, index, strongest);
    }
    fp_metadata(s, index, "index");
}

// index_drop with concurrent: three transactions, two waits for everyone who may use the index.
void fp_drop_index_concurrently(struct fp_session *s, const DropStmt *stmt)
{
    struct cat_target target;
    struct lc_error err = {0};

    if (fp_prevent_in_block(s, "DROP INDEX CONCURRENTLY"))
        return;
    if (stmt->objects.length != 1) {
        fp_refuse(s, "0A000", "DROP INDEX CONCURRENTLY does not support dropping multiple objects");
        return;
    }
    if (stmt->behavior == DROP_CASCADE) {
        fp_refuse(s, "0A000", "DROP INDEX CONCURRENTLY does not support CASCADE");
        return;
    }
    if (cat_drop_target(s->cat, OBJECT_INDEX, stmt->objects.items[0], stmt->missing_ok, &target, &err) != LC_OK ||
        !target.relation)
        return;
    const struct cat_relation *index = target.relation, *table = cat_relation(s->cat, index->index->indrelid);
    if (fp_is_temporary(index)) { // RemoveRelations: nobody else sees it
        fp_drop(s, stmt);
        return;
    }
    if (index->relkind == 'I') {
        fp_refuse(s, "0A000", "cannot drop partitioned index \"%s\" concurrently", index->o.name);
        return;
    }
    fp_lock_kept(s, table, &drop_table);
    fp_lock_kept(s, index, &drop_index);
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_ACCESS_EXCLUSIVE);
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_ACCESS_EXCLUSIVE);
    fp_lock_dead(s, index, &drop_final);
    fp_metadata(s, index, "index removed");
}
