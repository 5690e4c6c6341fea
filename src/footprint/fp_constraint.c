// ADD, DROP, VALIDATE and ALTER CONSTRAINT: children, indexes, and both sides of a foreign key (commands/tablecmds.c).
#include <string.h>

#include "catalog/partition.h"
#include "footprint/fp_table.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(fk_referenced, "add-foreign-key/referenced", LC_SHARE_ROW_EXCLUSIVE,
     "triggers are made on the referenced table, and no row of it may go meanwhile: its writes wait, reads go on",
     "tablecmds.c ATAddForeignKeyConstraint");
RULE(fk_referenced_partition, "add-foreign-key/referenced-partition", LC_SHARE_ROW_EXCLUSIVE,
     "the foreign key points at every partition of the referenced table", "tablecmds.c addFkRecurseReferenced");
RULE(fk_partition, "add-foreign-key/partition", LC_SHARE_ROW_EXCLUSIVE, "every partition gets the foreign key",
     "tablecmds.c addFkRecurseReferencing");
RULE(fk_trigger, "add-foreign-key/trigger", LC_SHARE_ROW_EXCLUSIVE, "the trigger that checks the foreign key is made",
     "trigger.c CreateTrigger");
RULE(fk_other_side, "add-foreign-key/other-side", LC_ACCESS_SHARE, "a trigger on one table names the other",
     "trigger.c CreateTrigger");
RULE(check_child, "add-check/child", LC_NO_LOCK, "the constraint is made on every child table too",
     "tablecmds.c ATAddCheckConstraint");
RULE(index_table, "add-key/build", LC_SHARE, "the index is built from the table's rows", "indexcmds.c DefineIndex");
RULE(index_partition, "add-key/partition", LC_SHARE, "an index is built on every partition", "indexcmds.c DefineIndex");
RULE(index_existing, "add-key/existing-index", LC_SHARE, "a like index of the partition becomes part of the new one",
     "indexcmds.c DefineIndex");
RULE(index_new, "add-key/index", LC_ACCESS_EXCLUSIVE, "the index is new: nobody else can see it yet", "index.c index_create");
RULE(deferrable_key, "add-key/deferrable", LC_SHARE_ROW_EXCLUSIVE,
     "a deferrable key is checked again by a trigger, which is made", "index.c index_constraint_create");
RULE(using_index, "using-index/index", LC_ACCESS_SHARE, "the index is opened to be looked at",
     "tablecmds.c ATExecAddIndexConstraint");
RULE(using_index_rename, "using-index/rename", LC_SHARE_UPDATE_EXCLUSIVE, "the index takes the constraint's name",
     "tablecmds.c RenameRelationInternal");
RULE(unenforced, "not-enforced/referenced", LC_ACCESS_EXCLUSIVE,
     "the triggers on the referenced table go: its reads and writes wait too", "tablecmds.c ATExecAlterConstrEnforceability");
RULE(drop_fk_referenced, "drop-foreign-key/referenced", LC_ACCESS_EXCLUSIVE,
     "the triggers on the referenced table go: its reads and writes wait too", "tablecmds.c ATExecDropConstraint");

RULE(fk_attached, "attach-foreign-key/referenced", LC_ACCESS_EXCLUSIVE,
     "a partition's own foreign key becomes part of its table's: its triggers on the referenced table go, whose reads and writes "
     "wait",
     "tablecmds.c tryAttachPartitionForeignKey");

// --- indexes ------------------------------------------------------------------------------------------------------------------------------

// A partition's index that DefineIndex attaches instead of building one.
static Oid like_index(const struct fp_session *s, const struct cat_relation *partition, const IndexStmt *stmt)
{
    for (int i = 0; i < partition->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, partition->indexes.items[i]);
        const struct cat_index *ind = index->index;
        bool same = !index->relispartition && ind->unique == (stmt->unique || stmt->primary) &&
                    ind->natts == stmt->indexParams.length && (!stmt->isconstraint || ind->constraint) && !ind->predicate;
        for (int k = 0; same && k < ind->natts; k++) {
            const IndexElem *elem = LIST_GET(IndexElem, &stmt->indexParams, k);
            same = elem && elem->name && ind->keys[k] && lc_streq(partition->attrs[ind->keys[k] - 1].name, elem->name);
        }
        if (same)
            return index->o.oid;
    }
    return InvalidOid;
}

static void lock_define_index(struct fp_session *s, Oid relid, const IndexStmt *stmt, bool deferrable)
{
    const struct cat_relation *rel = cat_relation(s->cat, relid);
    const int *order = cat_partition_order(s->cat, rel);

    for (int i = 0; rel->relkind == 'p' && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[order[i]]);
        Oid like = like_index(s, child, stmt);
        if (child->relkind == 'f')
            continue; // opened, passed over and given back, where the key is not refused
        fp_lock(s, child, &index_partition);
        if (like)
            fp_lock(s, cat_relation(s->cat, like), &index_existing);
        else
            lock_define_index(s, child->o.oid, stmt, deferrable);
        if (!like && deferrable)
            fp_lock(s, child, &deferrable_key);
    }
}

void fp_record_new_indexes(struct fp_session *s, Oid relid, const struct cat_oids *before, bool build)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, relid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(s->cat, all.items[i]);
        for (int k = 0; k < rel->indexes.len; k++) {
            const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[k]);
            if (cat_oids_has(before, index->o.oid))
                continue;
            fp_lock(s, index, &index_new);
            if (!build || index->relkind == 'I')
                continue;
            fp_scan(s, rel);
            (void)fp_add_index_work(s, FP_INDEX_BUILD, rel, index,
                                    lc_printf(s->arena, "%s build of %s", index->am, index->o.name));
        }
    }
}

static void add_key(struct fp_alter *a, const Constraint *con)
{
    const struct cat_relation *rel = fp_alter_target(a);

    for (int i = 0; con->contype == CONSTR_PRIMARY && i < con->keys.length; i++)
        fp_set_not_null(a, a->rel, node_string(con->keys.items[i]), cat_key_recurses(a->s->cat, rel, a->recurse));
    fp_lock(a->s, rel, &index_table);
    if (con->deferrable)
        fp_lock(a->s, rel, &deferrable_key);
    if (a->recurse)
        lock_define_index(a->s, a->rel, cat_constraint_index(a->s->arena, con), con->deferrable);
}

static void add_using_index(struct fp_alter *a, const Constraint *con)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const struct cat_relation *index = cat_find_relation(a->s->cat, cat_schema_name(a->s->cat, rel->o.schema), con->indexname);

    fp_lock(a->s, index, &using_index);
    if (index && con->conname && strcmp(con->conname, index->o.name) != 0)
        fp_lock(a->s, index, &using_index_rename);
    if (con->deferrable)
        fp_lock(a->s, rel, &deferrable_key);
    for (int i = 0; index && index->index && con->contype == CONSTR_PRIMARY && i < index->index->nkeyatts; i++)
        if (index->index->keys[i])
            fp_set_not_null(a, a->rel, rel->attrs[index->index->keys[i] - 1].name, cat_key_recurses(a->s->cat, rel, a->recurse));
}

// --- CHECK ----------------------------------------------------------------------------------------------------------------------------------

static void add_check(struct fp_alter *a, Oid relid, const Constraint *con, bool recursing)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, relid);
    bool enforced = cat_major(a->s->cat) < 18 || cat_constraint_enforced(con);

    const struct cat_constraint *old = con->conname ? cat_find_constraint(a->s->cat, rel, con->conname) : NULL;
    if (old && (recursing || !old->conislocal))
        return; // merged: the child has it already
    if (!con->skip_validation && enforced)
        fp_need_scan(a, relid, "check of a new CHECK constraint", con->raw_expr);
    if (con->is_no_inherit)
        return;
    fp_lock_children(a, relid, &check_child);
    for (int i = 0; a->recurse && i < rel->children.len; i++)
        add_check(a, rel->children.items[i], con, true);
}

// --- foreign keys -----------------------------------------------------------------------------------------------------------------------------

static void referenced_side(struct fp_session *s, Oid relid, Oid refid)
{
    const struct cat_relation *rel = cat_relation(s->cat, relid), *ref = cat_relation(s->cat, refid);
    const int *order = cat_partition_order(s->cat, ref);

    // until 14 only relations with rows of their own got the action triggers
    if (cat_major(s->cat) >= 15 || ref->relkind != 'p') {
        fp_lock(s, ref, &fk_trigger);
        fp_lock(s, rel, &fk_other_side);
    }
    for (int i = 0; ref->relkind == 'p' && i < ref->children.len; i++) {
        fp_lock(s, cat_relation(s->cat, ref->children.items[order[i]]), &fk_referenced_partition);
        referenced_side(s, relid, ref->children.items[order[i]]);
    }
}

void fp_attach_foreign_key(struct fp_session *s, Oid relid, Oid refid)
{
    const struct cat_relation *ref = cat_relation(s->cat, refid);
    const int *order = cat_partition_order(s->cat, ref);

    if (ref->relkind == 'p') // with its rows for each referenced partition
        fp_lock(s, cat_relation(s->cat, relid), &fk_attached);
    // until 14 a partitioned table had no triggers of its own
    if (cat_major(s->cat) >= 15 || ref->relkind != 'p')
        fp_lock(s, ref, &fk_attached);
    for (int i = 0; ref->relkind == 'p' && i < ref->children.len; i++)
        fp_attach_foreign_key(s, relid, ref->children.items[order[i]]);
}

static void referencing_side(struct fp_session *s, Oid relid, Oid refid, enum lc_lockmode partitions,
                             const struct cat_constraint *key)
{
    const struct cat_relation *rel = cat_relation(s->cat, relid), *ref = cat_relation(s->cat, refid);
    const int *order = cat_partition_order(s->cat, rel);

    if (cat_major(s->cat) >= 15 || rel->relkind != 'p') {
        fp_lock(s, rel, &fk_trigger);
        fp_lock(s, ref, &fk_other_side);
    }
    for (int i = 0; rel->relkind == 'p' && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[order[i]]);
        fp_lock_mode(s, child, partitions, &fk_partition);
        if (key && cat_attachable_foreign_key(s->cat, child, key, NULL))
            fp_attach_foreign_key(s, child->o.oid, refid);
        else
            referencing_side(s, child->o.oid, refid, partitions, key);
    }
}

static void lock_partitions_only(struct fp_session *s, Oid relid, enum lc_lockmode mode, const struct fp_rule *rule)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, relid, &all);
    for (int i = 1; cat_relation(s->cat, relid)->relkind == 'p' && i < all.len; i++)
        fp_lock_mode(s, cat_relation(s->cat, all.items[i]), mode, rule);
}

void fp_create_foreign_key(struct fp_session *s, Oid rel, Oid ref, enum lc_lockmode partitions, bool enforced,
                           const struct cat_constraint *key)
{
    fp_lock(s, cat_relation(s->cat, ref), &fk_referenced);
    if (enforced) {
        referenced_side(s, rel, ref);
        referencing_side(s, rel, ref, partitions, key);
        return;
    }
    lock_partitions_only(s, ref, fk_referenced_partition.mode, &fk_referenced_partition);
    lock_partitions_only(s, rel, partitions, &fk_partition);
}

void fp_lock_referenced(struct fp_session *s, const Constraint *con)
{
    const struct cat_relation *ref =
        con->contype == CONSTR_FOREIGN && con->pktable ? cat_find_rangevar(s->cat, con->pktable) : NULL;

    if (!ref)
        return;
    fp_lock(s, ref, &fk_referenced);
    fp_lock(s, ref, &fk_other_side);
    lock_partitions_only(s, ref->o.oid, fk_referenced_partition.mode, &fk_referenced_partition);
}

static void queue_fk_check(struct fp_alter *a, Oid relid, Oid refid, Oid constraint, const struct cat_constraint *key)
{
    struct fp_fk_check check = {relid, refid, constraint, key, key && key->conperiod};

    LC_PUSH(a->s->arena, &a->checks, check);
}

static struct cat_attnums key_numbers(struct fp_session *s, const struct cat_relation *rel, const NodeList *names)
{
    struct cat_attnums out = {0};

    for (LIST_EACH(i, names)) {
        const struct cat_attribute *att = cat_find_column(rel, node_string(names->items[i]));
        LC_PUSH(s->arena, &out, att ? att->attnum : 0);
    }
    return out;
}

// The key as it will be, for cat_attachable_foreign_key.
static struct cat_constraint new_key(const struct fp_alter *a, const struct cat_relation *ref, const Constraint *con)
{
    const struct cat_constraint *primary = cat_primary_key(a->s->cat, ref);
    struct cat_constraint key = {.contype = 'f', .conrelid = a->rel, .confrelid = ref->o.oid};

    key.conkey = key_numbers(a->s, fp_alter_target(a), &con->fk_attrs);
    key.confkey = con->pk_attrs.length ? key_numbers(a->s, ref, &con->pk_attrs)
                  : primary            ? primary->conkey
                                       : (struct cat_attnums){0};
    key.conperiod = con->fk_with_period;
    key.condeferrable = con->deferrable;
    key.condeferred = con->initdeferred;
    key.confupdtype = con->fk_upd_action && con->fk_upd_action[0] ? con->fk_upd_action[0] : 'a';
    key.confdeltype = con->fk_del_action && con->fk_del_action[0] ? con->fk_del_action[0] : 'a';
    key.confmatchtype = con->fk_matchtype && con->fk_matchtype[0] ? con->fk_matchtype[0] : 's';
    return key;
}

// Partitions that have the key already are not checked again.
static void queue_partitions(struct fp_alter *a, const struct cat_relation *rel, Oid refid, const struct cat_constraint *key)
{
    if (rel->relkind != 'p') {
        queue_fk_check(a, rel->o.oid, refid, InvalidOid, key);
        return;
    }
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(a->s->cat, rel->children.items[i]);
        if (!cat_attachable_foreign_key(a->s->cat, child, key, NULL))
            queue_partitions(a, child, refid, key);
    }
}

static void add_foreign_key(struct fp_alter *a, const Constraint *con)
{
    const struct cat_relation *ref = cat_find_rangevar(a->s->cat, con->pktable);
    bool enforced = cat_major(a->s->cat) < 18 || cat_constraint_enforced(con);
    struct cat_constraint *key;

    if (!ref)
        return;
    key = LC_NEW(a->s->arena, struct cat_constraint);
    *key = new_key(a, ref, con);
    fp_create_foreign_key(a->s, a->rel, ref->o.oid, a->rule->mode, enforced, key);
    if (!con->skip_validation && enforced)
        queue_partitions(a, fp_alter_target(a), ref->o.oid, key);
}

// --- ADD ------------------------------------------------------------------------------------------------------------------------------------------

void fp_alter_add_constraint(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const Constraint *con = AS(Constraint, cmd->def);

    if (!con)
        return;
    switch (con->contype) {
    case CONSTR_CHECK:
        add_check(a, a->rel, con, false);
        break;
    case CONSTR_NOTNULL:
        if (con->keys.length)
            fp_add_not_null(a, a->rel, con);
        break;
    case CONSTR_FOREIGN:
        add_foreign_key(a, con);
        break;
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
        if (con->indexname)
            add_using_index(a, con);
        else
            add_key(a, con);
        break;
    default:
        break;
    }
}

// --- DROP -----------------------------------------------------------------------------------------------------------------------------------------

void fp_drop_from_children(struct fp_alter *a, const struct cat_relation *rel, const struct cat_constraint *con)
{
    fp_lock_children(a, rel->o.oid, &fp_alter_children);
    for (int i = 0; a->recurse && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(a->s->cat, rel->children.items[i]);
        const struct cat_constraint *c = cat_find_constraint_like(a->s->cat, child, con);
        if (c && c->coninhcount == 1 && !c->conislocal)
            fp_drop_from_children(a, child, c);
    }
}

void fp_alter_drop_constraint(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const struct cat_constraint *con = cmd->name ? cat_find_constraint(a->s->cat, rel, cmd->name) : NULL;
    struct cat_addresses targets = {0};

    if (!con)
        return;
    if (con->contype == 'f' && con->confrelid != a->rel) {
        fp_lock(a->s, cat_relation(a->s->cat, con->confrelid), &drop_fk_referenced);
        fp_check_pending(a->s, cat_relation(a->s->cat, con->confrelid), "ALTER TABLE");
    }
    LC_PUSH(a->s->arena, &targets, cat_address(CAT_CONSTRAINT, con->o.oid, 0));
    fp_deletion(a->s, &targets, cmd->behavior == DROP_CASCADE);
    if ((con->contype == 'c' || con->contype == 'n') && !con->connoinherit)
        fp_drop_from_children(a, rel, con);
}

// --- VALIDATE ----------------------------------------------------------------------------------------------------------------------------------------

static void validate_key(struct fp_alter *a, const struct cat_constraint *con)
{
    struct cat_oids children = {0};

    if (con->convalidated || !con->conenforced)
        return;
    if (cat_relation(a->s->cat, con->conrelid)->relkind != 'p') {
        queue_fk_check(a, con->conrelid, con->confrelid, con->o.oid, NULL);
        return;
    }
    children = cat_child_constraints(a->s->cat, con->o.oid);
    for (int i = 0; i < children.len; i++) {
        const struct cat_constraint *child = cat_constraint(a->s->cat, children.items[i]);
        if (child->conrelid == con->conrelid || child->convalidated)
            continue; // of the referenced side; or merged with a key that holds already
        fp_lock_mode(a->s, cat_relation(a->s->cat, child->conrelid), a->rule->mode, &fp_alter_children);
        validate_key(a, child);
    }
}

void fp_alter_validate_constraint(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const struct cat_constraint *con = cmd->name ? cat_find_constraint(a->s->cat, rel, cmd->name) : NULL;
    struct cat_oids all = {0};

    if (!con || con->convalidated)
        return;
    if (con->contype == 'f') {
        validate_key(a, con);
        return;
    }
    if (con->contype == 'n') {
        fp_validate_not_null(a, con);
        return;
    }
    if (!con->connoinherit)
        fp_lock_below(a, a->rel, &fp_alter_children);
    cat_inheritors(a->s->cat, a->rel, &all);
    for (int i = 0; i < (con->connoinherit ? 1 : all.len); i++) {
        const struct cat_relation *r = cat_relation(a->s->cat, con->connoinherit ? a->rel : all.items[i]);
        const struct cat_constraint *c = cat_find_constraint(a->s->cat, r, con->o.name);
        if (c && !c->convalidated)
            fp_need_scan(a, r->o.oid, "check of a constraint that was not valid", c->expr);
    }
}

// --- ALTER CONSTRAINT -----------------------------------------------------------------------------------------------------------------------------------

static bool changes_deferral(const struct cat_constraint *con, bool deferrable, bool deferred)
{
    return con->condeferrable != deferrable || con->condeferred != deferred;
}

// ATExecAlterConstrRecurse; 18 goes no further below what is as wanted already (ATExecAlterConstrDeferrability).
static void defer_children(struct fp_alter *a, Oid constraint, bool deferrable, bool deferred)
{
    struct cat_oids children = cat_child_constraints(a->s->cat, constraint);

    for (int i = 0; i < children.len; i++) {
        const struct cat_constraint *child = cat_constraint(a->s->cat, children.items[i]);
        fp_lock_mode(a->s, cat_relation(a->s->cat, child->conrelid), a->rule->mode, &fp_alter_children);
        if (cat_major(a->s->cat) < 18 || changes_deferral(child, deferrable, deferred))
            defer_children(a, child->o.oid, deferrable, deferred);
    }
}

static void change_deferral(struct fp_alter *a, const struct cat_constraint *con, bool deferrable, bool deferred)
{
    bool whole = cat_major(a->s->cat) < 18 && fp_alter_target(a)->relkind == 'p'; // ATExecAlterConstraint

    if (whole || changes_deferral(con, deferrable, deferred))
        defer_children(a, con->o.oid, deferrable, deferred);
}

// ATExecAlterConstrEnforceability: triggers on both sides go, those of children first, wherever there still are some.
static void drop_enforcement(struct fp_alter *a, const struct cat_constraint *con)
{
    struct cat_oids children = cat_child_constraints(a->s->cat, con->o.oid);

    fp_lock_mode(a->s, cat_relation(a->s->cat, con->conrelid), a->rule->mode, &fp_alter_children);
    for (int i = 0; i < children.len; i++)
        drop_enforcement(a, cat_constraint(a->s->cat, children.items[i]));
    if (con->conenforced)
        fp_lock(a->s, cat_relation(a->s->cat, con->confrelid), &unenforced);
}

// ATExecAlterConstrEnforceability. Whether there was anything to change.
static bool change_enforcement(struct fp_alter *a, const struct cat_constraint *con, bool enforced)
{
    bool changed = con->conenforced != enforced;

    if (!enforced) {
        drop_enforcement(a, con);
    } else if (changed) {
        fp_create_foreign_key(a->s, a->rel, con->confrelid, a->rule->mode, true, NULL);
        queue_fk_check(a, a->rel, con->confrelid, con->o.oid, NULL);
    }
    return changed;
}

void fp_alter_constraint(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const Constraint *old = AS(Constraint, cmd->def);
    const ATAlterConstraint *alter = AS(ATAlterConstraint, cmd->def);
    const char *name = old ? old->conname : alter ? alter->conname : NULL;
    const struct cat_constraint *con = name ? cat_find_constraint(a->s->cat, fp_alter_target(a), name) : NULL;

    if (!con)
        return;
    if (alter && alter->alterInheritability)
        fp_alter_inheritability(a, con, alter->noinherit);
    if (con->contype != 'f' || (alter && alter->alterEnforceability && change_enforcement(a, con, alter->is_enforced)))
        return;
    if (old)
        change_deferral(a, con, old->deferrable, old->initdeferred);
    else if (alter->alterDeferrability)
        change_deferral(a, con, alter->deferrable, alter->initdeferred);
}
