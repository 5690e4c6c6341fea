// Inheritance and partitions: INHERIT, NO INHERIT, ATTACH, DETACH, and what a new partition gets from its parent (CreateInheritance,
// RemoveInheritance, ATExecAttachPartition, DetachPartitionFinalize in commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"

// --- columns and constraints that both have --------------------------------------------------------------------------------------------------

static enum lc_code check_merge(const struct catalog *cat, const struct cat_relation *child, const struct cat_relation *parent,
                                const struct cat_attribute *up, struct lc_error *err)
{
    const struct cat_attribute *att = cat_find_column(child, up->name);

    if (!att)
        return cat_error(err, "42804", "child table is missing column \"%s\"", up->name);
    if (att->type != up->type || att->typmod != up->typmod)
        return cat_error(err, "42804", "child table \"%s\" has different type for column \"%s\"", child->o.name, up->name);
    if (up->notnull && !att->notnull) {
        const struct cat_constraint *nn = cat_not_null_constraint(cat, parent, up->attnum);
        if (!nn || !nn->connoinherit)
            return cat_error(err, "42804", "column \"%s\" in child table \"%s\" must be marked NOT NULL", up->name,
                             child->o.name);
    }
    if (up->generated && !att->generated)
        return cat_error(err, "42804", "column \"%s\" in child table must be a generated column", up->name);
    if (!up->generated && att->generated && cat_major(cat) >= 16)
        return cat_error(err, "42804", "column \"%s\" in child table must not be a generated column", up->name);
    if (up->generated && up->generated != att->generated)
        return cat_error(err, "42804", "column \"%s\" inherits from generated column of different kind", up->name);
    return LC_OK;
}

// MergeAttributesIntoExisting.
static enum lc_code merge_columns(struct catalog *cat, Oid childid, const struct cat_relation *parent, bool partition,
                                  struct lc_error *err)
{
    struct cat_relation *child = cat_modify_relation(cat, childid);

    for (int i = 0; i < parent->natts; i++) {
        const struct cat_attribute *up = &parent->attrs[i];
        enum lc_code rc;
        if (up->isdropped)
            continue;
        if ((rc = check_merge(cat, child, parent, up, err)) != LC_OK)
            return rc;
        struct cat_attribute *att = cat_modify_attribute(child, cat_find_column(child, up->name)->attnum);
        att->inhcount++;
        if (partition) {
            att->islocal = false;
            if (cat_major(cat) >= 17)
                att->identity = up->identity;
        }
    }
    return LC_OK;
}

static const struct cat_constraint *like_constraint(const struct catalog *cat, const struct cat_relation *child,
                                                    const struct cat_relation *parent, const struct cat_constraint *up)
{
    const struct cat_attribute *att;

    if (up->contype != 'n')
        return cat_find_constraint(cat, child, up->o.name);
    att = cat_find_column(child, parent->attrs[up->conkey.items[0] - 1].name);
    return att ? cat_not_null_constraint(cat, child, att->attnum) : NULL;
}

// MergeConstraintsIntoExisting.
static enum lc_code merge_constraints(struct catalog *cat, Oid childid, const struct cat_relation *parent, bool partition,
                                      struct lc_error *err)
{
    for (int i = 0; i < parent->constraints.len; i++) {
        const struct cat_constraint *up = cat_constraint(cat, parent->constraints.items[i]), *con;
        if (!up || up->conrelid != parent->o.oid || (up->contype != 'c' && up->contype != 'n') || up->connoinherit)
            continue;
        con = like_constraint(cat, cat_relation(cat, childid), parent, up);
        if (!con || con->contype != up->contype)
            return cat_error(err, "42804", "child table is missing constraint \"%s\"", up->o.name);
        if (con->connoinherit)
            return cat_error(err, "42P17", "constraint \"%s\" conflicts with non-inherited constraint on child table \"%s\"",
                             con->o.name, cat_relation(cat, childid)->o.name);
        if (up->convalidated && con->conenforced && !con->convalidated)
            return cat_error(err, "42P17", "constraint \"%s\" conflicts with NOT VALID constraint on child table \"%s\"",
                             con->o.name, cat_relation(cat, childid)->o.name);
        struct cat_constraint *m = cat_modify_constraint(cat, con->o.oid);
        m->coninhcount++;
        if (partition)
            m->conislocal = false;
    }
    return LC_OK;
}

void cat_store_inheritance(struct catalog *cat, Oid child, Oid parent, bool partition)
{
    cat_link_inherits(cat, child, parent);
    if (partition)
        cat_modify_relation(cat, child)->relispartition = true;
    if (!cat_relation(cat, parent)->relhassubclass)
        cat_modify_relation(cat, parent)->relhassubclass = true;
}

static bool inherits_from(const struct cat_relation *child, Oid parent)
{
    for (int i = 0; i < child->parents.len; i++)
        if (child->parents.items[i] == parent)
            return true;
    return false;
}

// Is it the relation above itself, or one that inherits from it?
static bool is_below(const struct catalog *cat, Oid relid, Oid above)
{
    struct cat_oids all = {0};

    cat_inheritors(cat, above, &all);
    return cat_oids_has(&all, relid);
}

enum lc_code cat_add_inherit(struct catalog *cat, Oid childid, Oid parentid, bool partition, struct lc_error *err)
{
    const struct cat_relation *parent = cat_relation(cat, parentid), *child = cat_relation(cat, childid);
    enum lc_code rc;

    if (inherits_from(child, parentid))
        return cat_error(err, "42P07", "relation \"%s\" would be inherited from more than once", parent->o.name);
    if (is_below(cat, parentid, childid))
        return cat_error(err, "42P07", "circular inheritance not allowed");
    if ((rc = merge_columns(cat, childid, parent, partition, err)) == LC_OK)
        rc = merge_constraints(cat, childid, parent, partition, err);
    if (rc == LC_OK)
        cat_store_inheritance(cat, childid, parentid, partition);
    return rc;
}

// RemoveInheritance.
enum lc_code cat_drop_inherit(struct catalog *cat, Oid childid, Oid parentid, bool partition, struct lc_error *err)
{
    const struct cat_relation *parent = cat_relation(cat, parentid);
    struct cat_relation *child;

    if (!inherits_from(cat_relation(cat, childid), parentid))
        return cat_error(err, "42P01",
                         partition ? "relation \"%s\" is not a partition of relation \"%s\""
                                   : "relation \"%s\" is not a parent of relation \"%s\"",
                         partition ? cat_relation(cat, childid)->o.name : parent->o.name,
                         partition ? parent->o.name : cat_relation(cat, childid)->o.name);
    cat_unlink_inherits(cat, childid, parentid);
    cat_undepend_relation(cat, childid, parentid); // drop_parent_dependency, tablecmds.c: as a snapshot told it
    child = cat_modify_relation(cat, childid);
    for (int i = 0; i < child->natts; i++) {
        struct cat_attribute *att = &child->attrs[i];
        if (att->isdropped || !cat_find_column(parent, att->name) || att->inhcount <= 0)
            continue;
        att->inhcount--;
        if (att->inhcount == 0)
            att->islocal = true;
    }
    for (int i = 0; i < parent->constraints.len; i++) {
        const struct cat_constraint *up = cat_constraint(cat, parent->constraints.items[i]);
        const struct cat_constraint *con =
            up && up->conrelid == parentid && (up->contype == 'c' || up->contype == 'n') && !up->connoinherit
                ? like_constraint(cat, cat_relation(cat, childid), parent, up)
                : NULL;
        if (!con || con->coninhcount <= 0)
            continue;
        struct cat_constraint *m = cat_modify_constraint(cat, con->o.oid);
        m->coninhcount--;
        if (m->coninhcount == 0)
            m->conislocal = true;
    }
    return LC_OK;
}

// --- triggers -------------------------------------------------------------------------------------------------------------------------------

void cat_clone_trigger(struct catalog *cat, const struct cat_trigger *trigger, Oid partition)
{
    struct cat_trigger *copy = lc_memdup(cat_arena(cat), trigger, sizeof *trigger);
    struct cat_oids children;

    copy->o.oid = cat_new_oid(cat);
    copy->o.created = true;
    copy->relid = partition;
    copy->parent = trigger->o.oid;
    copy->constraint = InvalidOid;
    cat_add(cat, &copy->o);
    children = cat_relation(cat, partition)->children;
    for (int i = 0; cat_relation(cat, partition)->relkind == 'p' && i < children.len; i++)
        cat_clone_trigger(cat, copy, children.items[i]);
}

static void clone_triggers(struct catalog *cat, const struct cat_relation *parent, Oid partition)
{
    for (int i = 0; i < parent->triggers.len; i++) {
        const struct cat_trigger *trigger = cat_trigger(cat, parent->triggers.items[i]);
        if (trigger && trigger->relid == parent->o.oid && (trigger->type & TRIGGER_TYPE_ROW))
            cat_clone_trigger(cat, trigger, partition);
    }
}

// DropClonedTriggersFromPartition.
static void drop_cloned_triggers(struct catalog *cat, Oid partition)
{
    struct cat_oids triggers = cat_relation(cat, partition)->triggers;

    for (int i = 0; i < triggers.len; i++) {
        const struct cat_trigger *trigger = cat_trigger(cat, triggers.items[i]);
        if (trigger && trigger->parent && !(cat_major(cat) >= 15 && trigger->constrrelid)) { // taken for a foreign key's since 15
            struct cat_addresses targets = {0};
            struct lc_error ignored;
            struct cat_trigger *m = cat_modify(cat, trigger);
            m->parent = InvalidOid;
            cat_undepend(cat, cat_address(CAT_TRIGGER, trigger->o.oid, 0), CAT_NONE);
            LC_PUSH(cat_arena(cat), &targets, cat_address(CAT_TRIGGER, trigger->o.oid, 0));
            (void)!cat_drop(cat, &targets, true, &ignored);
        }
    }
}

// --- indexes --------------------------------------------------------------------------------------------------------------------------------

// AttachPartitionEnsureIndexes, and the likes that CREATE TABLE PARTITION OF makes.
static enum lc_code ensure_indexes(struct catalog *cat, Oid parentid, Oid partition, struct lc_error *err)
{
    struct cat_oids indexes = cat_relation(cat, parentid)->indexes;
    enum lc_code rc = LC_OK;

    for (int i = 0; i < indexes.len && rc == LC_OK; i++) {
        const struct cat_relation *index = cat_relation(cat, indexes.items[i]);
        Oid constraint = index->index->constraint, like = cat_partition_index_like(cat, index, cat_relation(cat, partition)),
            made;
        struct cat_index_options options = {.parent_index = index->o.oid, .parent_constraint = constraint};
        if (cat_relation(cat, partition)->relkind == 'f') {
            if (index->index->unique)
                return cat_error(err, "42809", "cannot attach foreign table \"%s\" as partition of partitioned table \"%s\"",
                                 cat_relation(cat, partition)->o.name, cat_relation(cat, parentid)->o.name);
            continue;
        }
        if (!like) {
            IndexStmt *stmt = cat_clone_index_stmt(cat, index);
            rc = cat_define_index(cat, partition, stmt, &options, &made, err);
            continue;
        }
        cat_set_parent_index(cat, like, index->o.oid);
        if (constraint)
            cat_set_parent_constraint(cat, cat_relation(cat, like)->index->constraint, constraint);
    }
    return rc;
}

Oid cat_partition_index_like(const struct catalog *cat, const struct cat_relation *index, const struct cat_relation *partition)
{
    for (int i = 0; i < partition->indexes.len; i++) {
        const struct cat_relation *candidate = cat_relation(cat, partition->indexes.items[i]);
        if (!candidate->relispartition && candidate->index->valid && cat_index_matches(cat, index, candidate) &&
            (!index->index->constraint || candidate->index->constraint))
            return candidate->o.oid;
    }
    return InvalidOid;
}

static void detach_constraint(struct catalog *cat, Oid constraint)
{
    struct cat_constraint *con = cat_modify_constraint(cat, constraint);

    con->conparentid = InvalidOid;
    con->coninhcount = 0;
    con->conislocal = true;
    cat_undepend(cat, cat_address(CAT_CONSTRAINT, constraint, 0), CAT_NONE);
}

static void detach_index(struct catalog *cat, Oid index)
{
    const struct cat_relation *rel = cat_relation(cat, index);
    struct cat_oids parents = rel->parents;

    for (int i = 0; i < parents.len; i++) {
        cat_unlink_inherits(cat, index, parents.items[i]);
    }
    cat_modify_relation(cat, index)->relispartition = false;
    cat_undepend(cat, cat_address(CAT_RELATION, index, 0), CAT_RELATION);
    for (int i = 0; i < rel->index->natts; i++)
        cat_depend_expr(cat, cat_address(CAT_RELATION, index, 0), cat_relation(cat, rel->index->indrelid), rel->index->exprs[i],
                        'n', 'a');
    if (rel->index->constraint)
        detach_constraint(cat, rel->index->constraint);
}

// --- ATTACH, DETACH ---------------------------------------------------------------------------------------------------------------------------

static void set_bound(struct catalog *cat, Oid partition, const PartitionBoundSpec *bound)
{
    struct cat_relation *rel = cat_modify_relation(cat, partition);

    rel->relispartition = bound != NULL;
    rel->partbound_text = NULL;
    rel->partbound = bound ? (Node *)(void *)(uintptr_t)bound : NULL;
    rel->partdefault = bound && bound->is_default;
}

// What keeps the parent's triggers and keys from being made on the partition (CreateTriggerFiringOn, tryAttachPartitionForeignKey).
static enum lc_code check_clones(const struct catalog *cat, const struct cat_relation *parent,
                                 const struct cat_relation *partition, struct lc_error *err)
{
    struct cat_oids keys = {0}, taken = {0};

    for (int i = 0; i < parent->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(cat, parent->triggers.items[i]);
        for (int k = 0; t && (t->type & TRIGGER_TYPE_ROW) && k < partition->triggers.len; k++)
            if (lc_streq(cat_trigger(cat, partition->triggers.items[k])->o.name, t->o.name))
                return cat_error(err, "42710", "trigger \"%s\" for relation \"%s\" already exists", t->o.name, partition->o.name);
    }
    cat_own_foreign_keys(cat, parent, &keys);
    for (int i = 0; i < keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, keys.items[i]);
        const struct cat_constraint *like = cat_attachable_foreign_key(cat, partition, con, &taken);

        if (like)
            LC_PUSH(cat_arena(cat), &taken, like->o.oid);
        if (like && like->conenforced != con->conenforced)
            return cat_error(err, "42P17", "constraint \"%s\" enforceability conflicts with constraint \"%s\" on relation \"%s\"",
                             con->o.name, like->o.name, partition->o.name);
    }
    return LC_OK;
}

enum lc_code cat_make_partition(struct catalog *cat, Oid parent, Oid partition, const PartitionBoundSpec *bound,
                                struct lc_error *err)
{
    const struct cat_relation *p = cat_relation(cat, parent);
    enum lc_code rc;

    if (p->relkind != 'p')
        return cat_error(err, "42809", "\"%s\" is not partitioned", p->o.name);
    if ((rc = cat_check_bound(cat, p, cat_relation(cat, partition), bound, err)) != LC_OK)
        return rc;
    set_bound(cat, partition, bound);
    if ((rc = ensure_indexes(cat, parent, partition, err)) != LC_OK)
        return rc;
    if ((rc = check_clones(cat, cat_relation(cat, parent), cat_relation(cat, partition), err)) != LC_OK)
        return rc;
    clone_triggers(cat, cat_relation(cat, parent), partition);
    cat_clone_foreign_keys(cat, parent, partition);
    return LC_OK;
}

enum lc_code cat_attach_partition(struct catalog *cat, Oid parent, const PartitionCmd *cmd, struct lc_error *err)
{
    const struct cat_relation *child;
    enum lc_code rc = cat_open_rangevar(cat, cmd->name, &child, err);

    const struct cat_relation *above = cat_relation(cat, parent);
    if (rc == LC_OK && above->relkind == 'p' && cmd->bound)
        rc = cat_transform_bound(cat, above, child, cmd->bound, err);
    if (rc != LC_OK)
        return rc;
    if (child->relispartition)
        return cat_error(err, "42809", "\"%s\" is already a partition", child->o.name);
    if (child->relkind != 'r' && child->relkind != 'p' && child->relkind != 'f')
        return cat_error(err, "42809", "\"%s\" is not a table or foreign table", child->o.name);
    if (child->reloftype)
        return cat_error(err, "42809", "cannot attach a typed table as partition");
    if (child->parents.len)
        return cat_error(err, "42809", "cannot attach inheritance child as partition");
    if (child->relkind == 'r' && child->children.len)
        return cat_error(err, "42809", "cannot attach inheritance parent as partition");
    if (is_below(cat, parent, child->o.oid)) // ATExecAttachPartition: before the bound is compared with others
        return cat_error(err, "42P07", "circular inheritance not allowed");
    bool temporary = child->relpersistence == 't', below = cat_relation(cat, parent)->relpersistence == 't';
    if (temporary != below)
        return cat_error(err, "42809", "cannot attach a %s relation as partition of %s relation \"%s\"",
                         temporary ? "temporary" : "permanent", below ? "temporary" : "permanent",
                         cat_relation(cat, parent)->o.name);
    for (int i = 0; i < child->natts; i++)
        if (!child->attrs[i].isdropped && child->attrs[i].identity && cat_major(cat) >= 17)
            return cat_error(err, "55000", "table \"%s\" being attached contains an identity column \"%s\"", child->o.name,
                             child->attrs[i].name);
        else if (!child->attrs[i].isdropped && !cat_find_column(cat_relation(cat, parent), child->attrs[i].name))
            return cat_error(err, "42804", "table \"%s\" contains column \"%s\" not found in parent \"%s\"", child->o.name,
                             child->attrs[i].name, cat_relation(cat, parent)->o.name);
    if (cat_relation(cat, parent)->relkind != 'p')
        return cat_error(err, "42809", "\"%s\" is not partitioned", cat_relation(cat, parent)->o.name);
    if ((rc = cat_check_bound(cat, cat_relation(cat, parent), child, cmd->bound, err)) != LC_OK ||
        (rc = cat_add_inherit(cat, child->o.oid, parent, true, err)) != LC_OK)
        return rc;
    return cat_make_partition(cat, parent, child->o.oid, cmd->bound, err);
}

// MarkInheritDetached: one at a time.
static enum lc_code none_pending(struct catalog *cat, Oid parent, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, parent);

    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(cat, rel->children.items[i]);
        if (child && child->detach_pending)
            return cat_error(err, "55000", "partition \"%s\" already pending detach in partitioned table \"%s.%s\"",
                             child->o.name, cat_schema_name(cat, rel->o.schema), rel->o.name);
    }
    return LC_OK;
}

// DetachPartitionFinalize, 17: the identity was the table's; partitions below lose it too (ATExecDropIdentity).
static void drop_identity(struct catalog *cat, Oid partition)
{
    struct cat_oids all = {0};

    cat_inheritors(cat, partition, &all);
    for (int i = 0; cat_major(cat) >= 17 && i < all.len; i++) {
        struct cat_relation *m = cat_modify_relation(cat, all.items[i]);
        for (int k = 0; k < m->natts; k++)
            m->attrs[k].identity = 0;
    }
}

enum lc_code cat_detach_partition(struct catalog *cat, Oid parent, const PartitionCmd *cmd, bool finalize, struct lc_error *err)
{
    const struct cat_relation *child;
    enum lc_code rc = cat_open_rangevar(cat, cmd->name, &child, err);
    struct cat_oids indexes;
    Oid oid;

    if (rc != LC_OK)
        return rc;
    if (cmd->concurrent && cat_default_partition(cat, cat_relation(cat, parent)))
        return cat_error(err, "55000", "cannot detach partitions concurrently when a default partition exists");
    if (cmd->concurrent && (rc = none_pending(cat, parent, err)) != LC_OK)
        return rc;
    oid = child->o.oid;
    if (finalize && cat_partition_parent(child) == parent && !child->detach_pending)
        return cat_error(err, "55000", "cannot complete detaching partition \"%s\"", child->o.name);
    if (cmd->concurrent && cat_partition_parent(child) == parent && cat_relation(cat, parent)->partkey.strategy != 'h' &&
        (rc = cat_add_partition_check(cat, oid, err)) != LC_OK)
        return rc;
    if ((rc = cat_drop_inherit(cat, oid, parent, true, err)) != LC_OK)
        return rc;
    cat_detach_foreign_keys(cat, parent, oid);
    drop_cloned_triggers(cat, oid);
    indexes = cat_relation(cat, oid)->indexes;
    for (int i = 0; i < indexes.len; i++)
        if (cat_relation(cat, indexes.items[i])->relispartition)
            detach_index(cat, indexes.items[i]);
    set_bound(cat, oid, NULL);
    cat_modify_relation(cat, oid)->detach_pending = false;
    drop_identity(cat, oid);
    return LC_OK;
}
