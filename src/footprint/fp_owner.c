// What only the owner of a relation may do, asked of roles that this run made and that are neither superuser nor member of anything: of others it is
// not known what they may do (RangeVarCallbackOwnsRelation, RangeVarCallbackForDropRelation, check_object_ownership).
#include <string.h>

#include "base/str.h"
#include "catalog/object_address.h"
#include "footprint/internal.h"

static const char *kind_name(const struct cat_relation *rel)
{
    switch (rel->relkind) {
    case 'i':
    case 'I':
        return "index";
    case 'S':
        return "sequence";
    case 'v':
        return "view";
    case 'm':
        return "materialized view";
    case 'f':
        return "foreign table";
    default:
        return "table";
    }
}

// Whose name is not known is nobody's that this run made, where this run or initdb made the object.
static bool may_own(const struct fp_session *s, const struct cat_object *o)
{
    return o->owner ? lc_streq(o->owner, cat_user(s->cat)) : !o->created && o->oid >= FirstNormalObjectId;
}

static bool refuse(struct fp_session *s, const struct cat_relation *rel)
{
    const struct cat_relation *of =
        rel && rel->index ? cat_relation(s->cat, rel->index->indrelid) : rel; // an index has its table's

    if (!of || may_own(s, &of->o))
        return false;
    fp_refuse(s, "42501", "must be owner of %s %s", kind_name(rel), rel->o.name);
    return true;
}

static bool refuse_named(struct fp_session *s, const RangeVar *rv)
{
    return rv && refuse(s, cat_find_rangevar(s->cat, rv));
}

// The owner of its schema may drop a relation too.
static bool may_drop(const struct fp_session *s, const struct cat_relation *rel)
{
    const struct cat_object *schema = cat_get(s->cat, CAT_NAMESPACE, rel->o.schema);

    return !schema || may_own(s, schema);
}

static bool refuse_drop(struct fp_session *s, const DropStmt *stmt)
{
    bool relations = stmt->removeType == OBJECT_TABLE || stmt->removeType == OBJECT_VIEW || stmt->removeType == OBJECT_MATVIEW ||
                     stmt->removeType == OBJECT_SEQUENCE || stmt->removeType == OBJECT_INDEX ||
                     stmt->removeType == OBJECT_FOREIGN_TABLE;
    bool parts = stmt->removeType == OBJECT_TRIGGER || stmt->removeType == OBJECT_RULE || stmt->removeType == OBJECT_POLICY;

    for (int i = 0; (relations || parts) && i < stmt->objects.length; i++) {
        NodeList names = cat_node_list(stmt->objects.items[i]);
        const struct cat_relation *rel;

        if (parts && names.length < 2)
            continue;
        names.length -= parts;
        rel = names.length ? cat_find_relation(s->cat, list_schema_name(&names), list_last_name(&names)) : NULL;
        if (rel && !(relations && may_drop(s, rel)) && refuse(s, rel))
            return true;
    }
    return false;
}

bool fp_refuse_not_owner(struct fp_session *s, const Node *stmt)
{
    const char *user = cat_user(s->cat);

    if (!s->top_level || !user || !cat_role_is_plain(s->cat, user))
        return false;
    switch (nodeTag(stmt)) {
    case T_AlterTableStmt:
        return AS(AlterTableStmt, stmt)->objtype != OBJECT_TYPE && refuse_named(s, AS(AlterTableStmt, stmt)->relation);
    case T_RenameStmt:
        return AS(RenameStmt, stmt)->renameType != OBJECT_TYPE && refuse_named(s, AS(RenameStmt, stmt)->relation);
    case T_AlterObjectSchemaStmt:
        return refuse_named(s, AS(AlterObjectSchemaStmt, stmt)->relation);
    case T_IndexStmt:
        return refuse_named(s, AS(IndexStmt, stmt)->relation);
    case T_RuleStmt:
        return refuse_named(s, AS(RuleStmt, stmt)->relation);
    case T_CreatePolicyStmt:
        return refuse_named(s, AS(CreatePolicyStmt, stmt)->table);
    case T_AlterPolicyStmt:
        return refuse_named(s, AS(AlterPolicyStmt, stmt)->table);
    case T_DropStmt:
        return refuse_drop(s, AS(DropStmt, stmt));
    default:
        return false;
    }
}
