// What only the owner of an object may do (object_ownercheck: RangeVarCallbackOwnsRelation, RangeVarCallbackForDropRelation, check_object_ownership,
// ATSimplePermissions), asked of roles that this run has made: of others it is not known what they may do.
#include <string.h>

#include "base/str.h"
#include "catalog/object_address.h"
#include "catalog/roles.h"
#include "footprint/internal.h"

static bool may_own(const struct fp_session *s, const struct cat_object *o)
{
    return cat_ownercheck(s->cat, o, cat_user(s->cat)) != CAT_NO;
}

static bool refuse(struct fp_session *s, const struct cat_relation *rel)
{
    const struct cat_relation *of =
        rel && rel->index ? cat_relation(s->cat, rel->index->indrelid) : rel; // an index has its table's

    if (!of || may_own(s, &of->o))
        return false;
    fp_refuse(s, "42501", "must be owner of %s %s", rel->relkind == 'c' ? "type" : cat_relation_kind(rel), rel->o.name);
    return true;
}

static bool refuse_named(struct fp_session *s, const RangeVar *rv)
{
    return rv && refuse(s, cat_find_rangevar(s->cat, rv));
}

// Objects that have an owner of their own.
static bool has_owner(enum cat_class class)
{
    return class != CAT_CAST && class != CAT_CONSTRAINT && class != CAT_ATTRDEF && class != CAT_TRIGGER && class != CAT_RULE &&
           class != CAT_POLICY && class != CAT_PUBLICATION_REL && class != CAT_EVENT_TRIGGER;
}

static bool refuse_object(struct fp_session *s, ObjectType type, const Node *object, bool drop)
{
    struct cat_target target;
    struct lc_error err = {0};
    const struct cat_object *o, *schema;

    if (!object || cat_object_address(s->cat, type, object, true, &target, &err) != LC_OK || !has_owner(target.address.class))
        return false;
    if (target.address.class == CAT_RELATION || target.address.class == CAT_NONE)
        return target.relation && refuse(s, target.relation);
    o = cat_get(s->cat, target.address.class, target.address.oid);
    schema = o && o->schema && drop ? cat_get(s->cat, CAT_NAMESPACE, o->schema) : NULL;
    if (!o || may_own(s, o) || (schema && may_own(s, schema)))
        return false;
    fp_refuse(s, "42501", "must be owner of %s", cat_describe(s->cat, target.address));
    return true;
}

// The owner of its schema may drop a relation too.
static bool may_drop(const struct fp_session *s, const struct cat_relation *rel)
{
    const struct cat_object *schema = cat_get(s->cat, CAT_NAMESPACE, rel->o.schema);

    return !schema || may_own(s, schema);
}

static bool refuse_drop(struct fp_session *s, const DropStmt *stmt)
{
    bool parts = stmt->removeType == OBJECT_TRIGGER || stmt->removeType == OBJECT_RULE || stmt->removeType == OBJECT_POLICY;

    for (LIST_EACH(i, &stmt->objects)) {
        NodeList names = cat_node_list(stmt->objects.items[i]);
        const struct cat_relation *rel;

        if (!parts && !cat_is_relation_type(stmt->removeType)) {
            if (refuse_object(s, stmt->removeType, stmt->objects.items[i], true))
                return true;
            continue;
        }
        if (parts && names.length < 2)
            continue;
        names.length -= parts;
        rel = names.length ? cat_find_relation(s->cat, list_schema_name(&names), list_last_name(&names)) : NULL;
        if (rel && !(!parts && may_drop(s, rel)) && refuse(s, rel))
            return true;
    }
    return false;
}

// --- OWNER TO -----------------------------------------------------------------------------------------------------------------------------

// check_can_set_role, before 16 check_is_member_of_role (utils/adt/acl.c)
static bool refuse_new_owner(struct fp_session *s, const RoleSpec *owner)
{
    const char *role = owner ? owner->rolename : NULL; // CURRENT_USER and its like are oneself

    if (!role || cat_can_set_role(s->cat, cat_user(s->cat), role) != CAT_NO)
        return false;
    if (cat_major(s->cat) >= 16)
        fp_refuse(s, "42501", "must be able to SET ROLE \"%s\"", role);
    else
        fp_refuse(s, "42501", "must be member of role \"%s\"", role);
    return true;
}

static bool refuse_alter_table(struct fp_session *s, const AlterTableStmt *stmt)
{
    const struct cat_relation *rel = stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL;

    if (!rel || refuse(s, rel))
        return rel != NULL;
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);

        if (cmd && cmd->subtype == AT_ChangeOwner && cmd->newowner && !lc_streq(cmd->newowner->rolename, rel->o.owner) &&
            refuse_new_owner(s, cmd->newowner))
            return true;
    }
    return false;
}

bool fp_refuse_not_owner_below(struct fp_session *s, const AlterTableStmt *stmt)
{
    const struct cat_relation *rel = stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL;
    struct cat_oids all = {0};

    if (!rel || !rel->children.len || !fp_is_asked(s))
        return false;
    cat_inheritors(s->cat, rel->o.oid, &all);
    for (int i = 0; i < s->fp->locks.len; i++) {
        const struct fp_lock *lock = &s->fp->locks.items[i];

        if (lock->mode > LC_ROW_EXCLUSIVE && cat_oids_has(&all, lock->rel->o.oid) && refuse(s, lock->rel))
            return true;
    }
    return false;
}

// --- every statement ------------------------------------------------------------------------------------------------------------------------

// MergeAttributes: the parents of a new table.
static bool refuse_parents(struct fp_session *s, const CreateStmt *stmt)
{
    for (LIST_EACH(i, &stmt->inhRelations))
        if (refuse_named(s, LIST_GET(RangeVar, &stmt->inhRelations, i)))
            return true;
    return false;
}

static bool refuse_names(struct fp_session *s, ObjectType type, const NodeList *names)
{
    List list = {.tag = T_List, .items = *names};

    return refuse_object(s, type, (const Node *)(const void *)&list, false);
}

static bool refuse_maintain(struct fp_session *s, const RangeVar *rv)
{
    return cat_major(s->cat) < 17 && refuse_named(s, rv); // since 17 a privilege (fp_acl.c)
}

static bool refuse_relation(struct fp_session *s, const Node *stmt)
{
    switch (nodeTag(stmt)) {
    case T_IndexStmt:
        return refuse_named(s, AS(IndexStmt, stmt)->relation);
    case T_RuleStmt:
        return refuse_named(s, AS(RuleStmt, stmt)->relation);
    case T_CreatePolicyStmt:
        return refuse_named(s, AS(CreatePolicyStmt, stmt)->table);
    case T_AlterPolicyStmt:
        return refuse_named(s, AS(AlterPolicyStmt, stmt)->table);
    case T_AlterSeqStmt:
        return refuse_named(s, AS(AlterSeqStmt, stmt)->sequence);
    case T_ViewStmt:
        return AS(ViewStmt, stmt)->replace && refuse_named(s, AS(ViewStmt, stmt)->view);
    case T_CreateStmt:
        return refuse_parents(s, AS(CreateStmt, stmt));
    case T_RefreshMatViewStmt:
        return refuse_maintain(s, AS(RefreshMatViewStmt, stmt)->relation);
    case T_ReindexStmt:
        return refuse_maintain(s, AS(ReindexStmt, stmt)->relation);
    case T_ClusterStmt:
        return refuse_maintain(s, AS(ClusterStmt, stmt)->relation);
    default:
        return false;
    }
}

static bool refuse_rename(struct fp_session *s, const RenameStmt *stmt)
{
    String name = {.tag = T_String, .sval = stmt->subname};

    if (stmt->relation)
        return stmt->renameType != OBJECT_TYPE && refuse_named(s, stmt->relation);
    return stmt->renameType != OBJECT_ROLE && stmt->renameType != OBJECT_DATABASE && stmt->renameType != OBJECT_TABLESPACE &&
           refuse_object(s, stmt->renameType, stmt->object ? stmt->object : (const Node *)(const void *)&name, false);
}

// check_object_ownership: of what belongs to a table, the table's owner.
static bool refuse_comment(struct fp_session *s, const CommentStmt *stmt)
{
    NodeList names = cat_node_list(stmt->object);
    bool part = stmt->objtype == OBJECT_COLUMN || stmt->objtype == OBJECT_TRIGGER || stmt->objtype == OBJECT_RULE ||
                stmt->objtype == OBJECT_POLICY || stmt->objtype == OBJECT_TABCONSTRAINT;

    if (!part)
        return refuse_object(s, stmt->objtype, stmt->object, false);
    names.length -= names.length > 0;
    return names.length && refuse(s, cat_find_relation(s->cat, list_schema_name(&names), list_last_name(&names)));
}

bool fp_refuse_not_owner(struct fp_session *s, const Node *stmt)
{
    if (!fp_is_asked(s))
        return false;
    switch (nodeTag(stmt)) {
    case T_AlterTableStmt:
        return refuse_alter_table(s, AS(AlterTableStmt, stmt));
    case T_RenameStmt:
        return refuse_rename(s, AS(RenameStmt, stmt));
    case T_AlterObjectSchemaStmt:
        return AS(AlterObjectSchemaStmt, stmt)->relation ? refuse_named(s, AS(AlterObjectSchemaStmt, stmt)->relation)
                                                         : refuse_object(s, AS(AlterObjectSchemaStmt, stmt)->objectType,
                                                                         AS(AlterObjectSchemaStmt, stmt)->object, false);
    case T_AlterOwnerStmt:
        return refuse_object(s, AS(AlterOwnerStmt, stmt)->objectType, AS(AlterOwnerStmt, stmt)->object, false) ||
               refuse_new_owner(s, AS(AlterOwnerStmt, stmt)->newowner);
    case T_AlterFunctionStmt:
        return refuse_object(s, AS(AlterFunctionStmt, stmt)->objtype,
                             (const Node *)(const void *)AS(AlterFunctionStmt, stmt)->func, false);
    case T_AlterDomainStmt:
        return refuse_names(s, OBJECT_DOMAIN, &AS(AlterDomainStmt, stmt)->typeName);
    case T_AlterEnumStmt:
        return refuse_names(s, OBJECT_TYPE, &AS(AlterEnumStmt, stmt)->typeName);
    case T_AlterStatsStmt:
        return refuse_names(s, OBJECT_STATISTIC_EXT, &AS(AlterStatsStmt, stmt)->defnames);
    case T_CommentStmt:
        return refuse_comment(s, AS(CommentStmt, stmt));
    case T_CreateSchemaStmt:
        return refuse_new_owner(s, AS(CreateSchemaStmt, stmt)->authrole);
    case T_DropStmt:
        return refuse_drop(s, AS(DropStmt, stmt));
    default:
        return refuse_relation(s, stmt);
    }
}
