// DROP of everything, DROP OWNED: what RemoveRelations, RemoveObjects (commands/tablecmds.c, dropcmds.c) and catalog/dependency.c lock.
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(drop_named, "drop/relation", LC_ACCESS_EXCLUSIVE, "the relation goes away: nobody may be using it",
     "tablecmds.c RemoveRelations");
RULE(drop_index_table, "drop-index/table", LC_ACCESS_EXCLUSIVE,
     "an index goes away: the table's plans must not use it any more, so the table is locked too",
     "tablecmds.c RangeVarCallbackForDropRelation");
RULE(drop_index_partitions, "drop-index/partitions", LC_ACCESS_EXCLUSIVE, "the index of every partition goes too",
     "tablecmds.c RemoveRelations");
RULE(drop_partition_parent, "drop-partition/parent", LC_ACCESS_EXCLUSIVE,
     "the partitioned table loses a partition: queries that have planned for it must be over",
     "tablecmds.c RangeVarCallbackForDropRelation");
RULE(drop_partition_default, "drop-partition/default", LC_ACCESS_EXCLUSIVE,
     "the default partition's constraint becomes wider when another partition goes", "heap.c heap_drop_with_catalog");
RULE(drop_dependent, "drop/dependent", LC_ACCESS_EXCLUSIVE,
     "the relation depends on what is dropped, and goes or changes with it", "dependency.c AcquireDeletionLock");
RULE(drop_constraint_table, "drop/constraint-table", LC_ACCESS_EXCLUSIVE, "a constraint of the table is dropped",
     "pg_constraint.c RemoveConstraintById");
RULE(drop_fk_referenced, "drop/foreign-key-referenced", LC_ACCESS_EXCLUSIVE,
     "the foreign key's triggers on the referenced table are dropped", "trigger.c RemoveTriggerById");
RULE(drop_trigger_table, "drop/trigger-table", LC_ACCESS_EXCLUSIVE, "a trigger of the table is dropped",
     "trigger.c RemoveTriggerById");
RULE(drop_rule_table, "drop/rule-table", LC_ACCESS_EXCLUSIVE, "a rule of the relation is dropped",
     "rewriteRemove.c RemoveRewriteRuleById");
RULE(drop_policy_table, "drop/policy-table", LC_ACCESS_EXCLUSIVE, "a policy of the table is dropped",
     "policy.c RemovePolicyById");
RULE(drop_default_table, "drop/default-table", LC_ACCESS_EXCLUSIVE, "a column default that depends on it is dropped",
     "pg_attrdef.c RemoveAttrDefaultById");
RULE(drop_statistics_table, "drop/statistics-table", LC_SHARE_UPDATE_EXCLUSIVE, "extended statistics of the table are dropped",
     "statscmds.c RemoveStatisticsById");
RULE(drop_lookup, "drop/owner-relation", LC_ACCESS_SHARE, "the relation is opened to find what is dropped",
     "objectaddress.c get_object_address_relobject");

// --- doDeletion -------------------------------------------------------------------------------------------------------------------

static void delete_relation(struct fp_session *s, const struct cat_relation *rel)
{
    fp_check_pending(s, rel, "DROP TABLE"); // heap_drop_with_catalog
    if (rel->index) {                       // index_drop
        fp_lock(s, cat_relation(s->cat, rel->index->indrelid), &drop_index_table);
        return;
    }
    if (!rel->relispartition)
        return;
    const struct cat_relation *parent = cat_relation(s->cat, cat_partition_parent(rel));
    Oid other = parent ? cat_default_partition(s->cat, parent) : InvalidOid;

    fp_lock(s, parent, &drop_partition_parent);
    if (other != rel->o.oid)
        fp_lock(s, cat_relation(s->cat, other), &drop_partition_default);
}

// The action triggers are on every referenced relation since 15; before, only on those that have rows (addFkRecurseReferenced).
static void lock_referenced(struct fp_session *s, const struct cat_constraint *con)
{
    const struct cat_constraint *parent = cat_constraint(s->cat, con->conparentid);
    const struct cat_relation *referenced = cat_relation(s->cat, con->confrelid);
    struct cat_oids all = {0};

    if ((parent && parent->conrelid != con->conrelid) || !con->conenforced)
        return; // the key of a partition: the triggers are its parent's; a key that is not enforced has none
    if (referenced && referenced->relkind == 'p')
        cat_inheritors(s->cat, con->confrelid, &all);
    else
        fp_lock(s, referenced, &drop_fk_referenced); // children of inheritance have no part in it
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(s->cat, all.items[i]);

        if (rel && (rel->relkind != 'p' || cat_major(s->cat) >= 15))
            fp_lock(s, rel, &drop_fk_referenced);
    }
}

static void delete_constraint(struct fp_session *s, const struct cat_constraint *con)
{
    const struct cat_relation *rel = con ? cat_relation(s->cat, con->conrelid) : NULL;

    if (!rel)
        return;
    fp_lock(s, rel, &drop_constraint_table);
    if (con->contype != 'f')
        return;
    if (rel->relkind == 'p')
        fp_lock_inheritors(s, rel, &drop_constraint_table); // each partition has its own row of the constraint
    lock_referenced(s, con);
}

static void delete_object(struct fp_session *s, const struct cat_address *a)
{
    const struct cat_relation *rel;
    const struct cat_other *other;

    switch (a->class) {
    case CAT_RELATION:
        rel = cat_relation(s->cat, a->oid);
        if (rel && a->subid == 0)
            delete_relation(s, rel);
        break;
    case CAT_CONSTRAINT:
        delete_constraint(s, cat_constraint(s->cat, a->oid));
        break;
    case CAT_ATTRDEF:
        fp_lock(s, cat_relation(s->cat, a->oid), &drop_default_table);
        break;
    case CAT_TRIGGER:
        if (cat_trigger(s->cat, a->oid))
            fp_lock(s, cat_relation(s->cat, cat_trigger(s->cat, a->oid)->relid), &drop_trigger_table);
        break;
    case CAT_RULE:
        if (cat_rule(s->cat, a->oid))
            fp_lock(s, cat_relation(s->cat, cat_rule(s->cat, a->oid)->relid), &drop_rule_table);
        break;
    case CAT_POLICY:
        if (cat_policy(s->cat, a->oid))
            fp_lock(s, cat_relation(s->cat, cat_policy(s->cat, a->oid)->relid), &drop_policy_table);
        break;
    case CAT_STATISTICS:
        other = cat_other(s->cat, CAT_STATISTICS, a->oid);
        if (other)
            fp_lock(s, cat_relation(s->cat, other->relid), &drop_statistics_table);
        break;
    default:
        break; // no relation is locked for a function, a type, a cast, ...
    }
}

static bool is_target(const struct cat_addresses *targets, const struct cat_address *a)
{
    for (int i = 0; i < targets->len; i++)
        if (targets->items[i].class == a->class && targets->items[i].oid == a->oid && targets->items[i].subid == a->subid)
            return true;
    return false;
}

void fp_deletion(struct fp_session *s, const struct cat_addresses *targets, bool cascade)
{
    struct cat_addresses deleted = {0}, locked = {0};
    struct lc_error err = {0};

    if (cat_deletion(s->cat, targets, cascade, &deleted, &locked, &err) != LC_OK)
        return; // cat_apply says why
    for (int i = 0; i < targets->len; i++)
        if (targets->items[i].class == CAT_RELATION)
            fp_lock(s, cat_relation(s->cat, targets->items[i].oid), &drop_named);
    for (int i = 0; i < locked.len; i++)
        if (!is_target(targets, &locked.items[i]))
            fp_lock(s, cat_relation(s->cat, locked.items[i].oid), &drop_dependent);
    for (int i = 0; i < deleted.len; i++)
        delete_object(s, &deleted.items[i]);
}

// --- DROP ---------------------------------------------------------------------------------------------------------------------------

// RangeVarCallbackForDropRelation, then the lock on the relation itself.
static void lock_dropped_relation(struct fp_session *s, const struct cat_relation *rel)
{
    if (rel->index) {
        const struct cat_relation *table = cat_relation(s->cat, rel->index->indrelid);

        fp_lock(s, table, &drop_index_table);
        fp_lock(s, rel, &drop_named);
        if (rel->relkind == 'I' && table)
            fp_lock_inheritors(s, table, &drop_index_partitions);
        return;
    }
    if (rel->relispartition)
        fp_lock(s, cat_relation(s->cat, cat_partition_parent(rel)), &drop_partition_parent);
    fp_lock(s, rel, &drop_named);
}

// A trigger, rule or policy that is missing as far as is known: if a statement that could not be followed made it, this deletes it.
static void lock_perhaps(struct fp_session *s, const DropStmt *stmt, const Node *object)
{
    struct cat_target target;
    struct lc_error err = {0};

    if (!s->unknown_effects || cat_drop_target(s->cat, stmt->removeType, object, true, &target, &err) != LC_OK)
        return;
    if (stmt->removeType != OBJECT_TRIGGER && stmt->removeType != OBJECT_RULE && stmt->removeType != OBJECT_POLICY)
        return;
    fp_lock(s, target.relation, &drop_lookup);
    fp_lock(s, target.relation,
            stmt->removeType == OBJECT_TRIGGER ? &drop_trigger_table
            : stmt->removeType == OBJECT_RULE  ? &drop_rule_table
                                               : &drop_policy_table);
}

static void find_target(struct fp_session *s, const DropStmt *stmt, const Node *object, struct cat_addresses *targets)
{
    struct cat_target target;
    struct lc_error err = {0};

    if (cat_drop_target(s->cat, stmt->removeType, object, stmt->missing_ok, &target, &err) != LC_OK) {
        lock_perhaps(s, stmt, object);
        return;
    }
    if (target.address.class == CAT_NONE) {
        if (target.relation) // DROP TRIGGER IF EXISTS on a table that has none of that name
            fp_lock_briefly(s, target.relation, LC_ACCESS_SHARE, &drop_lookup);
        return;
    }
    if (cat_is_relation_type(stmt->removeType))
        lock_dropped_relation(s, target.relation);
    else if (target.relation && stmt->removeType != OBJECT_TYPE && stmt->removeType != OBJECT_DOMAIN)
        fp_lock(s, target.relation, &drop_lookup);
    LC_PUSH(s->arena, targets, target.address);
}

void fp_drop(struct fp_session *s, const DropStmt *stmt)
{
    struct cat_addresses targets = {0};

    if (stmt->removeType == OBJECT_SUBSCRIPTION)
        return;
    for (LIST_EACH(i, &stmt->objects))
        find_target(s, stmt, stmt->objects.items[i], &targets);
    fp_deletion(s, &targets, stmt->behavior == DROP_CASCADE);
    fp_metadata(s, NULL, "catalogue rows and files removed");
}

// --- DROP OWNED BY --------------------------------------------------------------------------------------------------------------------

void fp_drop_owned(struct fp_session *s, const DropOwnedStmt *stmt)
{
    struct cat_addresses targets = {0};
    struct cat_oids policies = {0};

    cat_owned_by(s->cat, &stmt->roles, &targets, &policies);
    // a policy that only loses a role stays, and its table is not locked for that (policy.c RemoveRoleFromObjectPolicy)
    if (targets.len)
        fp_deletion(s, &targets, stmt->behavior == DROP_CASCADE);
}
