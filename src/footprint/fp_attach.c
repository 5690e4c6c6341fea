// ATTACH and DETACH PARTITION, and what a new partition gets from its parent (ATExecAttachPartition, ATExecDetachPartition,
// DetachPartitionFinalize, CloneForeignKeyConstraints in commands/tablecmds.c).
#include <string.h>

#include "catalog/partition.h"
#include "footprint/fp_table.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(default_partition, "attach/default-partition", LC_ACCESS_EXCLUSIVE,
     "the default partition may no longer hold rows of the new one: it is read to prove it", "tablecmds.c ATExecAttachPartition");
RULE(attached, "attach/partition", LC_ACCESS_EXCLUSIVE, "the table becomes a partition: its rows are read to prove that they fit",
     "tablecmds.c ATExecAttachPartition");
RULE(attached_below, "attach/partition-below", LC_ACCESS_EXCLUSIVE, "partitions below the new one are checked with it",
     "tablecmds.c ATExecAttachPartition");
RULE(new_index_table, "attach/index-build", LC_SHARE, "an index that the partitioned table has is missing here, and is built",
     "indexcmds.c DefineIndex");
RULE(parent_index, "attach/parent-index", LC_SHARE_UPDATE_EXCLUSIVE, "an index of the partitioned table gets another part",
     "indexcmds.c IndexSetParentIndex");
RULE(new_index, "attach/new-index", LC_ACCESS_EXCLUSIVE, "the index is new: nobody else can see it yet", "index.c index_create");
RULE(clone_trigger, "attach/trigger", LC_SHARE_ROW_EXCLUSIVE, "a row trigger of the partitioned table is made here too",
     "trigger.c CreateTrigger");
RULE(clone_trigger_from, "attach/trigger-from", LC_ACCESS_SHARE,
     "the table that a constraint trigger names with FROM is looked up", "trigger.c CreateTriggerFiringOn");
RULE(fk_referenced, "attach/foreign-key-referenced", LC_SHARE_ROW_EXCLUSIVE,
     "a foreign key of the partitioned table is made here too", "tablecmds.c CloneFkReferencing");
static const struct fp_rule fk_referencing = {
    "attach/foreign-key-referencing",
    LC_SHARE_ROW_EXCLUSIVE,
    15,
    0,
    "a foreign key that points at the partitioned table points at the new partition too",
    "tablecmds.c CloneFkReferenced"};
RULE(fk_other_side, "attach/foreign-key-other-side", LC_ACCESS_SHARE, "a trigger of the foreign key names the other table",
     "trigger.c CreateTrigger");
RULE(detached, "detach/partition", LC_ACCESS_EXCLUSIVE, "the table is no longer a partition",
     "tablecmds.c ATExecDetachPartition");
RULE(detached_weak, "detach/partition-weak", LC_SHARE_UPDATE_EXCLUSIVE,
     "the table is no longer a partition: its reads and writes go on", "tablecmds.c ATExecDetachPartition");
RULE(detached_check, "detach/partition-check", LC_SHARE_UPDATE_EXCLUSIVE,
     "the partition gets a constraint in place of its bound, and so do its own partitions",
     "tablecmds.c DetachAddConstraintIfNeeded");
RULE(detach_default, "detach/default-partition", LC_ACCESS_EXCLUSIVE, "the default partition's constraint changes",
     "tablecmds.c ATExecDetachPartition");
RULE(detach_index, "detach/index", LC_ACCESS_EXCLUSIVE, "the partition's index leaves the partitioned one",
     "tablecmds.c DetachPartitionFinalize");
RULE(detach_referencing_check, "detach/referencing-check", LC_SHARE,
     "no row that references the partition may come in while they are looked for", "tablecmds.c ATDetachCheckNoForeignKeyRefs");
RULE(detach_referencing, "detach/referencing", LC_ACCESS_EXCLUSIVE, "the foreign key's triggers for the partition go",
     "trigger.c RemoveTriggerById");
RULE(detach_referenced, "detach/referenced", LC_SHARE_ROW_EXCLUSIVE,
     "the partition's foreign key stands alone now, with triggers of its own", "tablecmds.c DetachPartitionFinalize");
RULE(detach_read, "detach/referencing-read", LC_ACCESS_SHARE, "rows that reference the partition are looked for",
     "ri_triggers.c RI_PartitionRemove_Check");
RULE(detach_trigger, "detach/trigger", LC_ACCESS_EXCLUSIVE, "triggers that came with the partitioned table go",
     "tablecmds.c DropClonedTriggersFromPartition");

RULE(partition_qual, "attach/ancestor", LC_ACCESS_SHARE, "the partition bounds of the tables above are read",
     "partcache.c generate_partition_qual");

// --- what a partition gets ---------------------------------------------------------------------------------------------------------------------

static void build_like(struct fp_session *s, const struct cat_relation *partition)
{
    fp_lock(s, partition, &new_index_table);
    for (int i = 0; partition->relkind == 'p' && i < partition->children.len; i++)
        build_like(s, cat_relation(s->cat, partition->children.items[i]));
}

// AttachPartitionEnsureIndexes: like indexes are attached, others built; each takes a lock on the parent's index.
static void ensure_indexes(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *partition)
{
    struct cat_oids used = {0};

    for (int i = 0; partition->relkind != 'f' && i < parent->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, parent->indexes.items[i]);
        Oid like = cat_partition_index_like(s->cat, index, partition);
        for (int k = 0; like && k < used.len; k++)
            if (used.items[k] == like)
                like = InvalidOid;
        if (like)
            LC_PUSH(s->arena, &used, like);
        else
            build_like(s, partition);
        fp_lock(s, index, &parent_index);
    }
}

static void clone_triggers(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *partition)
{
    for (int i = 0; i < parent->triggers.len; i++) {
        const struct cat_trigger *trigger = cat_trigger(s->cat, parent->triggers.items[i]);
        if (trigger && trigger->relid == parent->o.oid && (trigger->type & TRIGGER_TYPE_ROW)) {
            struct cat_oids all = {0};
            cat_inheritors(s->cat, partition->o.oid, &all);
            for (int k = 0; k < all.len; k++) {
                fp_lock(s, cat_relation(s->cat, all.items[k]), &clone_trigger);
                fp_lock(s, cat_relation(s->cat, trigger->constrrelid), &clone_trigger_from);
            }
        }
    }
}

// The table that a foreign key points at, with its partitions; children that inherit from it have no part in the key.
static void referenced_tables(const struct fp_session *s, const struct cat_constraint *con, struct cat_oids *out)
{
    if (cat_relation(s->cat, con->confrelid)->relkind == 'p')
        cat_inheritors(s->cat, con->confrelid, out);
    else
        LC_PUSH(s->arena, out, con->confrelid);
}

// A partition and what is below it; until 14 only those with rows got the triggers of foreign keys.
// False: there is none.
static bool lock_all(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    bool found = cat_major(s->cat) >= 15 || rel->relkind != 'p';
    const int *order = cat_partition_order(s->cat, rel);

    if (found)
        fp_lock(s, rel, rule);
    for (int i = 0; rel->relkind == 'p' && i < rel->children.len; i++)
        found |= lock_all(s, cat_relation(s->cat, rel->children.items[order[i]]), rule);
    return found;
}

static void referencing_key(struct fp_session *s, const struct cat_constraint *con, const struct cat_relation *partition,
                            struct cat_oids *taken)
{
    struct cat_oids all = {0};

    referenced_tables(s, con, &all);
    for (int i = 0; i < all.len; i++)
        fp_lock(s, cat_relation(s->cat, all.items[i]), &fk_referenced);
    const struct cat_constraint *like = cat_attachable_foreign_key(s->cat, partition, con, taken);
    if (like) {
        LC_PUSH(s->arena, taken, like->o.oid);
        if (like->conenforced)
            fp_attach_foreign_key(s, partition->o.oid, con->confrelid);
        return;
    }
    if (!con->conenforced) // addFkRecurseReferencing makes no triggers for it
        return;
    if (lock_all(s, partition, &clone_trigger))
        fp_lock(s, cat_relation(s->cat, con->confrelid), &fk_other_side);
}

static bool parent_among(const struct cat_oids *keys, const struct cat_constraint *con)
{
    for (int i = 0; con->conparentid && i < keys->len; i++)
        if (keys->items[i] == con->conparentid)
            return true;
    return false;
}

// CloneFkReferenced: keys that point at the parent.
static void clone_referenced(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *partition)
{
    for (int i = 0; i < parent->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, parent->referencing.items[i]);
        if (!con || parent_among(&parent->referencing, con))
            continue;
        fp_lock(s, cat_relation(s->cat, con->conrelid), &fk_referencing);
        (void)lock_all(s, partition, &clone_trigger);
        if (con->conrelid != partition->o.oid) // its own key, from when it was a partition before, becomes part of the parent's
            fp_lock(s, cat_relation(s->cat, con->conrelid), &fk_other_side);
    }
}

// CloneFkReferencing: the parent's own keys.
static void clone_referencing(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *partition)
{
    struct cat_oids keys = {0}, taken = {0};

    cat_own_foreign_keys(s->cat, parent, &keys);
    for (int i = 0; i < keys.len; i++)
        referencing_key(s, cat_constraint(s->cat, keys.items[i]), partition, &taken);
}

// CloneForeignKeyConstraints: the parent's own keys come first since 15.
void fp_clone_foreign_keys(struct fp_session *s, Oid parentid, const struct cat_relation *partition)
{
    const struct cat_relation *parent = cat_relation(s->cat, parentid);

    if (cat_major(s->cat) < 15)
        clone_referenced(s, parent, partition);
    clone_referencing(s, parent, partition);
    if (cat_major(s->cat) >= 15)
        clone_referenced(s, parent, partition);
}

RULE(hash_parent, "attach/hash-parent", LC_ACCESS_SHARE, "which partition a row belongs to is asked of the partitioned table",
     "partbounds.c satisfies_hash_partition");

// --- ATTACH -------------------------------------------------------------------------------------------------------------------------------------

// QueuePartitionConstraintValidation.
static void validate_bound(struct fp_alter *a, const struct cat_relation *rel, const struct cat_relation *parent,
                           const PartitionBoundSpec *bound, const char *what)
{
    if (cat_proves_partition(a->s->cat, rel, parent, bound))
        return;
    if (rel->relkind == 'r') {
        fp_need_scan(a, rel->o.oid, what, NULL);
        fp_alter_rel(a, rel->o.oid)->bound = true;
        for (int i = 0; !fp_is_empty(rel) && parent && i < MAX_PARTITION_DEPTH; i++) { // RelationGetPartitionQual
            if (parent->partkey.strategy == 'h')
                fp_lock(a->s, parent, &hash_parent);
            parent = cat_relation(a->s->cat, parent->relispartition ? cat_partition_parent(parent) : InvalidOid);
        }
        return;
    }
    for (int i = 0; rel->relkind == 'p' && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(a->s->cat, rel->children.items[i]);
        fp_lock(a->s, child, &attached_below);
        validate_bound(a, child, parent, bound, what);
    }
}

static void queue_keys(struct fp_alter *a, const struct cat_relation *parent, const struct cat_relation *partition)
{
    struct cat_oids keys = {0}, taken = {0};

    cat_own_foreign_keys(a->s->cat, parent, &keys);
    for (int i = 0; i < keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(a->s->cat, keys.items[i]);
        const struct cat_constraint *like = cat_attachable_foreign_key(a->s->cat, partition, con, &taken);
        struct fp_fk_check check = {partition->o.oid, con->confrelid, InvalidOid, NULL, false};
        if (like)
            LC_PUSH(a->s->arena, &taken, like->o.oid);
        else if (con->conenforced)
            LC_PUSH(a->s->arena, &a->checks, check);
    }
}

void fp_alter_attach(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const PartitionCmd *p = AS(PartitionCmd, cmd->def);
    const struct cat_relation *parent = fp_alter_target(a);
    const struct cat_relation *partition = p ? cat_find_rangevar(a->s->cat, p->name) : NULL;
    const struct cat_relation *other = cat_relation(a->s->cat, cat_default_partition(a->s->cat, parent));
    struct cat_oids all = {0}, before = {0};

    if (!partition || !p->bound)
        return;
    fp_lock(a->s, other, &default_partition);
    fp_lock(a->s, partition, &attached);
    cat_inheritors(a->s->cat, partition->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *r = cat_relation(a->s->cat, all.items[i]);
        fp_lock(a->s, r, &attached_below);
        for (int k = 0; k < r->indexes.len; k++)
            LC_PUSH(a->s->arena, &before, r->indexes.items[k]);
    }
    a->attached = partition->o.oid;
    a->attached_indexes = before;
    ensure_indexes(a->s, parent, partition);
    clone_triggers(a->s, parent, partition);
    fp_clone_foreign_keys(a->s, parent->o.oid, partition);
    fp_read_bounds(a->s, parent, &partition_qual);
    validate_bound(a, partition, parent, p->bound, "check that the rows fit the new partition");
    if (other)
        validate_bound(a, other, parent, p->bound, "check that the default partition has no rows of the new one");
    queue_keys(a, parent, partition);
}

// --- DETACH ---------------------------------------------------------------------------------------------------------------------------------------

struct referencing {
    struct fp_session *s;
    const struct cat_relation *partition;
    bool removed;
};

// The join reads the referencing table in full, unless the partition turns out to be empty first.
static void read_referencing(struct fp_session *s, const struct cat_relation *rel, const Oid *partition, int n)
{
    struct cat_oids all = {0};
    bool empty = true;

    for (int i = 0; i < n; i++)
        if (fp_has_storage_kind(cat_relation(s->cat, partition[i])))
            empty = empty && fp_is_empty(cat_relation(s->cat, partition[i]));
    for (int i = 0; empty && i < n; i++)
        if (fp_has_storage_kind(cat_relation(s->cat, partition[i])))
            fp_scan(s, cat_relation(s->cat, partition[i]));
    cat_inheritors(s->cat, rel->o.oid, &all);
    for (int i = 0; i < (rel->relkind == 'p' ? all.len : 1); i++) {
        const struct cat_relation *r = cat_relation(s->cat, all.items[i]);
        fp_lock(s, r, &detach_read);
        if (!empty && fp_has_storage_kind(r))
            fp_scan(s, r);
    }
}

static void scan_referencing(struct fp_session *s, const struct cat_constraint *con, const struct cat_relation *partition)
{
    const struct cat_relation *rel = cat_relation(s->cat, con->conrelid);
    struct cat_oids all = {0};

    fp_lock(s, rel, &detach_referencing_check);
    cat_inheritors(s->cat, partition->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *part = cat_relation(s->cat, all.items[i]);
        fp_lock(s, part, &detach_read);
        if (partition->relkind == 'p' && fp_has_storage_kind(part))
            fp_scan(s, part);
    }
    fp_read_bounds(s, partition, &partition_qual);
    read_referencing(s, rel, all.items, all.len);
    struct fp_work *w = fp_add_work(s, FP_FK_CHECK, rel, "look for rows that reference the partition");
    w->other = partition;
    w->constraint = con;
}

// Foreign keys that point at the partition because they point at its parent (GetParentedForeignKeyRefs).
static void each_referencing(struct fp_session *s, const struct cat_relation *partition, bool check, bool remove)
{
    for (int i = 0; i < partition->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, partition->referencing.items[i]);
        if (!con || !con->conparentid)
            continue;
        if (check)
            scan_referencing(s, con, partition);
        if (remove) {
            if (cat_major(s->cat) >= 15 || partition->relkind != 'p') // see lock_all
                fp_lock(s, partition, &detached);
            fp_lock(s, cat_relation(s->cat, con->conrelid), &detach_referencing);
        }
    }
}

static void each_referenced(struct fp_session *s, const struct cat_relation *partition)
{
    struct cat_oids own = {0}; // a key that points at its own table: the partition has left it by now

    cat_inheritors(s->cat, partition->o.oid, &own);
    for (int i = 0; i < partition->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, partition->constraints.items[i]);
        struct cat_oids all = {0};
        if (!con || con->contype != 'f' || con->conrelid != partition->o.oid || !con->conparentid)
            continue;
        if (cat_major(s->cat) < 15 && cat_relation(s->cat, con->confrelid)->relkind == 'p') {
            fp_lock(s, partition, &detached); // 13 and 14 drop a key that points at a partitioned table
            continue;
        }
        referenced_tables(s, con, &all);
        for (int k = 0; k < all.len; k++)
            if (!cat_oids_has(&own, all.items[k]))
                fp_lock(s, cat_relation(s->cat, all.items[k]), &detach_referenced);
        fp_lock(s, partition, &fk_other_side);
    }
}

static void finalize(struct fp_session *s, const struct cat_relation *partition)
{
    bool cloned = false;
    struct cat_oids all = {0};

    for (int i = 0; i < partition->triggers.len; i++)
        cloned = cloned || cat_trigger(s->cat, partition->triggers.items[i])->parent;
    if (cloned)
        fp_lock(s, partition, &detach_trigger);
    each_referenced(s, partition);
    each_referencing(s, partition, false, true);
    for (int i = 0; i < partition->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, partition->indexes.items[i]);
        if (index->relispartition)
            fp_lock(s, index, &detach_index);
    }
    cat_inheritors(s->cat, partition->o.oid, &all);
    for (int i = 1; partition->relkind == 'p' && i < all.len; i++)
        fp_lock(s, cat_relation(s->cat, all.items[i]), &detached);
}

static void detach_concurrently(struct fp_alter *a, const struct cat_relation *partition)
{
    struct fp_session *s = a->s;

    s->phase = 1;
    for (int i = 0; i < s->fp->locks.len; i++)
        s->fp->locks.items[i].phase = 1;
    fp_lock(s, partition, &detached_weak);
    each_referencing(s, partition, true, false);
    if (fp_alter_target(a)->partkey.strategy != 'h') { // DetachAddConstraintIfNeeded
        fp_read_bounds(s, partition, &partition_qual);
        if (!cat_partition_is_implied(s->cat, partition))
            fp_lock_below(a, partition->o.oid, &detached_check);
    }
    fp_next_phase(s);
    fp_wait_lockers(s, fp_alter_target(a), LC_ACCESS_EXCLUSIVE);
    fp_lock(s, fp_alter_target(a), &detached_weak);
    fp_lock(s, partition, &detached);
    finalize(s, partition);
}

void fp_alter_detach(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const PartitionCmd *p = AS(PartitionCmd, cmd->def);
    const struct cat_relation *parent = fp_alter_target(a);
    const struct cat_relation *partition = p ? cat_find_rangevar(a->s->cat, p->name) : NULL;
    const struct cat_relation *other = cat_relation(a->s->cat, cat_default_partition(a->s->cat, parent));

    if (!partition)
        return;
    if (cmd->subtype == AT_DetachPartitionFinalize) {
        fp_lock(a->s, partition, &detached);
        fp_wait_snapshots(a->s); // ATExecDetachPartitionFinalize
        finalize(a->s, partition);
        return;
    }
    if (p->concurrent && fp_prevent_in_block(a->s, "ALTER TABLE ... DETACH CONCURRENTLY"))
        return;
    if (p->concurrent && other)
        return; // refused when it is applied
    if (p->concurrent) {
        detach_concurrently(a, partition);
        return;
    }
    fp_lock(a->s, other, &detach_default);
    // 13 took less on the partition, whose readers did not matter to it yet
    fp_lock(a->s, partition, cat_major(a->s->cat) >= 14 ? &detached : &detached_weak);
    each_referencing(a->s, partition, true, false);
    finalize(a->s, partition);
}

// --- for ATTACH and CREATE TABLE: the indexes that came with the partition ------------------------------------------------------------------------

void fp_partition_parts(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *partition)
{
    ensure_indexes(s, parent, partition);
    clone_triggers(s, parent, partition);
    fp_clone_foreign_keys(s, parent->o.oid, partition);
}

void fp_lock_created_parts(struct fp_session *s, Oid relid)
{
    const struct cat_relation *rel = cat_relation(s->cat, relid);

    for (int i = 0; rel && i < rel->indexes.len; i++)
        fp_lock(s, cat_relation(s->cat, rel->indexes.items[i]), &new_index);
}
