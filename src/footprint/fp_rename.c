// RENAME, SET SCHEMA, OWNER TO and DEPENDS ON EXTENSION of everything, REASSIGN OWNED (alter.c, tablecmds.c, trigger.c, pg_shdepend.c).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(rename_relation, "rename/relation", LC_ACCESS_EXCLUSIVE, "a relation's name changes under everyone who uses it",
     "tablecmds.c RenameRelation");
RULE(rename_index, "rename-index/index", LC_SHARE_UPDATE_EXCLUSIVE, "an index's name is in no query: readers and writers go on",
     "tablecmds.c RenameRelation");
RULE(rename_column, "rename-column/relation", LC_ACCESS_EXCLUSIVE, "a column's name changes under everyone who uses it",
     "tablecmds.c renameatt");
RULE(rename_column_child, "rename-column/child", LC_ACCESS_EXCLUSIVE,
     "children and partitions have the column under the same name", "tablecmds.c renameatt_internal");
RULE(rename_column_typed, "rename-attribute/typed-table", LC_ACCESS_EXCLUSIVE, "tables of the type have its columns",
     "tablecmds.c find_typed_table_dependencies");
RULE(rename_constraint, "rename-constraint/table", LC_ACCESS_EXCLUSIVE, "a constraint's name changes",
     "tablecmds.c RenameConstraint");
RULE(rename_constraint_child, "rename-constraint/child", LC_ACCESS_EXCLUSIVE,
     "children inherit the constraint under the same name", "tablecmds.c rename_constraint_internal");
RULE(rename_constraint_index, "rename-constraint/index", LC_SHARE_UPDATE_EXCLUSIVE, "the constraint's index is renamed with it",
     "tablecmds.c rename_constraint_internal");
RULE(rename_trigger, "rename-trigger/table", LC_ACCESS_EXCLUSIVE, "a trigger's name decides when it fires",
     "trigger.c renametrig");
static const struct fp_rule rename_trigger_partition = {
    "rename-trigger/partition",      LC_ACCESS_EXCLUSIVE, 15, 0, "the trigger of every partition is renamed too",
    "trigger.c renametrig_partition"};
RULE(rename_rule, "rename-rule/relation", LC_ACCESS_EXCLUSIVE, "a rule's name decides when it is applied",
     "rewriteDefine.c RenameRewriteRule");
RULE(rename_policy, "rename-policy/table", LC_ACCESS_EXCLUSIVE, "a policy of the table is renamed", "policy.c rename_policy");
RULE(schema_relation, "set-schema/relation", LC_ACCESS_EXCLUSIVE,
     "a relation's qualified name changes under everyone who uses it", "tablecmds.c AlterTableNamespace");
RULE(schema_dependent, "set-schema/index", LC_ACCESS_EXCLUSIVE, "what depends on the columns is looked through for sequences",
     "tablecmds.c AlterSeqNamespaces");
RULE(schema_sequence, "set-schema/sequence", LC_ACCESS_EXCLUSIVE, "the table's own sequences move with it",
     "tablecmds.c AlterSeqNamespaces");
RULE(schema_member, "set-schema/extension-member", LC_ACCESS_EXCLUSIVE, "the extension's relations move with it",
     "alter.c AlterObjectNamespace_oid");
RULE(owner_relation, "owner/relation", LC_ACCESS_EXCLUSIVE, "the owner of a relation changes", "tablecmds.c ATExecChangeOwner");
RULE(owner_index, "owner/index", LC_ACCESS_EXCLUSIVE, "an index has its table's owner", "tablecmds.c ATExecChangeOwner");
RULE(owner_sequence, "owner/sequence", LC_ACCESS_EXCLUSIVE, "a column's own sequence has its table's owner",
     "tablecmds.c change_owner_recurse_to_sequences");
RULE(depends_index, "depends-on-extension/relation", LC_ACCESS_EXCLUSIVE, "the relation's dependencies change",
     "alter.c ExecAlterObjectDependsStmt");
RULE(depends_trigger, "depends-on-extension/table", LC_ACCESS_SHARE, "the table is opened to find the trigger",
     "objectaddress.c get_object_address_relobject");

// --- RENAME ---------------------------------------------------------------------------------------------------------------------------

static void rename_relation_stmt(struct fp_session *s, const RenameStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);
    bool by_index = stmt->renameType == OBJECT_INDEX;

    if (!rel)
        return;
    fp_lock(s, rel, by_index && rel->index ? &rename_index : &rename_relation);
}

// The typed tables of a composite type (find_typed_table_dependencies).
struct typed {
    struct fp_session *s;
    Oid type;
};

static void lock_typed(const struct cat_object *o, void *context)
{
    struct typed *t = context;
    const struct cat_relation *rel = cat_relation(t->s->cat, o->oid);

    if (rel->reloftype == t->type)
        fp_lock_inheritors(t->s, rel, &rename_column_typed);
}

static void rename_column_stmt(struct fp_session *s, const RenameStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);

    if (!rel)
        return;
    fp_lock(s, rel, &rename_column);
    if (stmt->relation->inh)
        fp_lock_inheritors(s, rel, &rename_column_child);
    if (rel->relkind == 'c') {
        struct typed t = {s, rel->reltype};

        cat_each(s->cat, CAT_RELATION, lock_typed, &t);
    }
}

static void rename_constraint_stmt(struct fp_session *s, const RenameStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);
    const struct cat_constraint *con = rel ? cat_find_constraint(s->cat, rel, stmt->subname) : NULL;

    fp_lock(s, rel, &rename_constraint);
    if (!con)
        return;
    if ((con->contype == 'c' || con->contype == 'n') && !con->connoinherit && stmt->relation->inh)
        fp_lock_inheritors(s, rel, &rename_constraint_child);
    if (strchr("pux", con->contype))
        fp_lock(s, cat_relation(s->cat, con->conindid), &rename_constraint_index);
}

static void rename_trigger_stmt(struct fp_session *s, const RenameStmt *stmt)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);

    fp_lock(s, rel, &rename_trigger);
    if (rel && rel->relkind == 'p' && fp_rule_holds(s, &rename_trigger_partition))
        fp_lock_inheritors(s, rel, &rename_trigger_partition);
}

// A composite type's own relation (relkind c) is renamed as a relation.
static void rename_type_stmt(struct fp_session *s, const RenameStmt *stmt)
{
    struct cat_target target;
    struct lc_error err = {0};

    if (cat_object_address(s->cat, OBJECT_TYPE, stmt->object, true, &target, &err) == LC_OK && target.relation &&
        target.relation->relkind == 'c')
        fp_lock(s, target.relation, &rename_relation);
}

void fp_rename(struct fp_session *s, const RenameStmt *stmt)
{
    fp_metadata(s, stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL, "rename");
    switch (stmt->renameType) {
    case OBJECT_TABLE:
    case OBJECT_SEQUENCE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_INDEX:
    case OBJECT_FOREIGN_TABLE:
        rename_relation_stmt(s, stmt);
        break;
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
        rename_column_stmt(s, stmt);
        break;
    case OBJECT_TABCONSTRAINT:
        rename_constraint_stmt(s, stmt);
        break;
    case OBJECT_TRIGGER:
        rename_trigger_stmt(s, stmt);
        break;
    case OBJECT_RULE:
        fp_lock(s, cat_find_rangevar(s->cat, stmt->relation), &rename_rule);
        break;
    case OBJECT_POLICY:
        fp_lock(s, cat_find_rangevar(s->cat, stmt->relation), &rename_policy);
        break;
    case OBJECT_TYPE:
        rename_type_stmt(s, stmt);
        break;
    default:
        break; // no relation is locked for a function, a schema, a domain, a role, ...
    }
}

// --- SET SCHEMA -------------------------------------------------------------------------------------------------------------------------

struct moving {
    struct fp_session *s;
    const struct cat_relation *rel;
};

// Relations with an automatic dependency on a column: indexes for a moment, sequences for good.
static void lock_column_dependent(const struct cat_depend *d, void *context)
{
    struct moving *m = context;
    const struct cat_relation *rel = d->object.class == CAT_RELATION ? cat_relation(m->s->cat, d->object.oid) : NULL;

    if (!rel || d->ref.subid == 0 || d->object.subid != 0 || !strchr("ai", d->deptype))
        return;
    if (rel->relkind == 'S')
        fp_lock(m->s, rel, &schema_sequence);
    else
        fp_lock_briefly(m->s, rel, LC_ACCESS_EXCLUSIVE, &schema_dependent);
}

static void set_schema_relation(struct fp_session *s, const struct cat_relation *rel)
{
    struct moving m = {s, rel};

    fp_lock(s, rel, &schema_relation);
    if (rel && strchr("rpfm", rel->relkind))
        cat_each_dependent(s->cat, (struct cat_address){CAT_RELATION, rel->o.oid, 0}, lock_column_dependent, &m);
}

static void lock_member(const struct cat_depend *d, void *context)
{
    struct moving *m = context;

    if (d->deptype == 'e' && d->object.class == CAT_RELATION)
        fp_lock(m->s, cat_relation(m->s->cat, d->object.oid), &schema_member);
}

void fp_set_schema(struct fp_session *s, const AlterObjectSchemaStmt *stmt)
{
    struct cat_target target;
    struct lc_error err = {0};

    fp_metadata(s, NULL, "move to another schema");
    if (cat_is_relation_type(stmt->objectType)) {
        set_schema_relation(s, cat_find_rangevar(s->cat, stmt->relation));
    } else if (stmt->objectType == OBJECT_EXTENSION &&
               cat_object_address(s->cat, OBJECT_EXTENSION, stmt->object, true, &target, &err) == LC_OK && target.address.class) {
        struct moving m = {s, NULL};

        cat_each_dependent(s->cat, target.address, lock_member, &m);
    }
}

// --- OWNER ------------------------------------------------------------------------------------------------------------------------------

static void own_sequence(const struct cat_depend *d, void *context)
{
    struct moving *m = context;
    const struct cat_relation *rel = d->object.class == CAT_RELATION ? cat_relation(m->s->cat, d->object.oid) : NULL;

    if (rel && rel->relkind == 'S' && d->ref.subid != 0 && strchr("ai", d->deptype))
        fp_lock(m->s, rel, &owner_sequence);
}

static void change_owner(struct fp_session *s, const struct cat_relation *rel, const char *owner)
{
    struct moving m = {s, rel};

    fp_lock(s, rel, &owner_relation);
    if (!rel || lc_streq(rel->o.owner, owner))
        return;
    if (strchr("rpmt", rel->relkind)) {
        fp_lock_all(s, &rel->indexes, &owner_index);
        fp_lock(s, cat_relation(s->cat, rel->toastrelid), &owner_index);
    }
    if (strchr("rp", rel->relkind))
        cat_each_dependent(s->cat, (struct cat_address){CAT_RELATION, rel->o.oid, 0}, own_sequence, &m);
}

void fp_alter_owner(struct fp_session *s, const AlterOwnerStmt *stmt)
{
    struct cat_target target;
    struct lc_error err = {0};

    fp_metadata(s, NULL, "change of owner");
    if (stmt->objectType == OBJECT_TYPE && cat_object_address(s->cat, OBJECT_TYPE, stmt->object, true, &target, &err) == LC_OK &&
        target.relation && target.relation->relkind == 'c' &&
        !lc_streq(target.relation->o.owner, cat_role_owner(s->cat, stmt->newowner)))
        fp_lock(s, target.relation, &owner_relation); // AlterTypeOwner: a composite type is owned as a relation
}

struct reassign {
    struct fp_session *s;
    const char *from, *to;
};

static void reassign_relation(const struct cat_object *o, void *context)
{
    struct reassign *r = context;
    const struct cat_relation *rel = cat_relation(r->s->cat, o->oid);

    if (o->oid >= FirstNormalObjectId && lc_streq(o->owner, r->from) && !rel->index && rel->relkind != 't' &&
        !lc_streq(r->from, r->to))
        change_owner(r->s, rel, r->to);
}

void fp_reassign_owned(struct fp_session *s, const ReassignOwnedStmt *stmt)
{
    for (LIST_EACH(i, &stmt->roles)) {
        struct reassign r = {s, cat_role_owner(s->cat, LIST_GET(RoleSpec, &stmt->roles, i)),
                             cat_role_owner(s->cat, stmt->newrole)};

        cat_each(s->cat, CAT_RELATION, reassign_relation, &r);
    }
    fp_metadata(s, NULL, "change of owner");
}

// --- DEPENDS ON EXTENSION -----------------------------------------------------------------------------------------------------------------

void fp_alter_depends(struct fp_session *s, const AlterObjectDependsStmt *stmt)
{
    const struct cat_relation *rel = stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL;

    if (stmt->objectType == OBJECT_TRIGGER)
        fp_lock(s, rel, &depends_trigger);
    else
        fp_lock(s, rel, &depends_index);
}
