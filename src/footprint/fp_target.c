// What is refused for the kind of the relation that a statement names, or for clauses that contradict each other, before anything else is looked at.
#include <string.h>

#include "base/str.h"
#include "catalog/object_address.h"
#include "footprint/internal.h"

static bool wrong(struct fp_session *s, const struct cat_relation *rel, const char *message)
{
    fp_refuse(s, "42809", message, rel->o.name);
    return true;
}

// IsSystemClass, of statements that look before anything else whether allow_system_table_mods is on.
static bool refuse_system(struct fp_session *s, const struct cat_relation *rel)
{
    if (!rel || rel->o.oid >= FirstUnpinnedObjectId || lc_streq(cat_setting(s->cat, "allow_system_table_mods"), "on"))
        return false;
    fp_refuse(s, "42501", "permission denied: \"%s\" is a system catalog", rel->o.name);
    return true;
}

// --- ALTER and RENAME (tablecmds.c RangeVarCallbackForAlterRelation, renameatt_check) ---------------------------------------------------------

static bool refuse_kind(struct fp_session *s, const struct cat_relation *rel, ObjectType type)
{
    const char *message = cat_wrong_kind(type, rel);

    if (message)
        fp_refuse(s, "42809", "\"%s\" %s", rel->o.name, message);
    return message != NULL;
}

static bool refuse_alter(struct fp_session *s, const RangeVar *rv, ObjectType type, bool rename, bool schema)
{
    const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

    if (!rel)
        return false;
    if (refuse_system(s, rel) || (type != OBJECT_TABLE && !(rename && type == OBJECT_INDEX) && refuse_kind(s, rel, type)))
        return true;
    if (type != OBJECT_TYPE && rel->relkind == 'c')
        return wrong(s, rel, "\"%s\" is a composite type");
    return schema && rel->index && wrong(s, rel, "cannot change schema of index \"%s\"");
}

static bool refuse_rename(struct fp_session *s, const RenameStmt *stmt)
{
    const struct cat_relation *rel = stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL;

    switch (stmt->renameType) {
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
    case OBJECT_TABCONSTRAINT:
        if (rel && rel->relkind == 'S')
            return wrong(s, rel, "cannot rename columns of relation \"%s\"");
        return refuse_system(s, rel);
    case OBJECT_RULE:
        if (rel && strchr("vm", rel->relkind) && lc_streq(stmt->subname, "_RETURN")) {
            fp_refuse(s, "42P17", "renaming an ON SELECT rule is not allowed"); // rewriteDefine.c RenameRewriteRule
            return true;
        }
        return refuse_system(s, rel);
    case OBJECT_POLICY:
        return rel && !strchr("rp", rel->relkind) && wrong(s, rel, "\"%s\" is not a table");
    default:
        return refuse_alter(s, stmt->relation, stmt->renameType, true, false);
    }
}

// --- COMMENT, GRANT, the rest -------------------------------------------------------------------------------------------------------------------

// objectaddress.c get_relation_by_qualified_name; comment.c CommentObject.
static bool refuse_comment(struct fp_session *s, const CommentStmt *stmt)
{
    NodeList names = cat_node_list(stmt->object);
    const struct cat_relation *rel;

    if (stmt->objtype == OBJECT_COLUMN && names.length > 1)
        names.length--;
    else if (stmt->objtype == OBJECT_COLUMN || stmt->objtype == OBJECT_TYPE)
        return false;
    rel = names.length ? cat_find_relation(s->cat, list_schema_name(&names), list_last_name(&names)) : NULL;
    if (!rel)
        return false;
    if (stmt->objtype == OBJECT_COLUMN)
        return strchr("iIS", rel->relkind) && wrong(s, rel, "cannot set comment on relation \"%s\"");
    return refuse_kind(s, rel, stmt->objtype);
}

static bool is_among(const char *name, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (lc_streq(names[i], name))
            return true;
    return false;
}

// aclchk.c ExecuteGrantStmt, ExecGrant_Relation, ExecGrant_Attribute.
static bool refuse_privilege(struct fp_session *s, const GrantStmt *stmt, const struct cat_relation *rel)
{
    static const char *const of_tables[] = {"select", "insert",   "update",  "references",
                                            "delete", "truncate", "trigger", "maintain"};
    int columns = 4, tables = cat_major(s->cat) < 17 ? 7 : 8;

    for (LIST_EACH(i, &stmt->privileges)) {
        const AccessPriv *p = LIST_GET(AccessPriv, &stmt->privileges, i);
        bool column = p && p->cols.length > 0;
        if (!p || !p->priv_name || is_among(p->priv_name, of_tables, column ? columns : tables) ||
            (rel->relkind == 'S' && !column))
            continue;
        fp_refuse(s, "0LP01", "invalid privilege type %s for %s", p->priv_name, column ? "column" : "table");
        return true;
    }
    return false;
}

// aclchk.c merge_acl_with_grant; a privilege that sequences have not is passed over (ExecGrant_Relation).
static bool refuse_grant_option(struct fp_session *s, const GrantStmt *stmt)
{
    for (LIST_EACH(i, &stmt->objects)) {
        const struct cat_relation *rel = cat_find_rangevar(s->cat, LIST_GET(RangeVar, &stmt->objects, i));
        if (stmt->objtype == OBJECT_TABLE && rel && rel->relkind == 'S')
            return false;
    }
    for (LIST_EACH(i, &stmt->grantees)) {
        const RoleSpec *role = LIST_GET(RoleSpec, &stmt->grantees, i);
        if (!role || role->roletype != ROLESPEC_PUBLIC || !stmt->is_grant || !stmt->grant_option)
            continue;
        fp_refuse(s, "0LP01", "grant options can only be granted to roles");
        return true;
    }
    return false;
}

static bool refuse_grant(struct fp_session *s, const GrantStmt *stmt)
{
    if (stmt->targtype != ACL_TARGET_OBJECT || (stmt->objtype != OBJECT_TABLE && stmt->objtype != OBJECT_SEQUENCE))
        return false;
    for (LIST_EACH(i, &stmt->objects)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->objects, i);
        const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;
        if (!rel)
            return false;
        if (rel->index)
            return wrong(s, rel, "\"%s\" is an index");
        if (rel->relkind == 'c')
            return wrong(s, rel, "\"%s\" is a composite type");
        if (stmt->objtype == OBJECT_SEQUENCE && rel->relkind != 'S')
            return wrong(s, rel, "\"%s\" is not a sequence");
        if (stmt->objtype == OBJECT_TABLE && refuse_privilege(s, stmt, rel))
            return true;
    }
    return refuse_grant_option(s, stmt);
}

// rewriteDefine.c DefineQueryRewrite, parse_utilcmd.c transformRuleStmt.
static bool refuse_rule(struct fp_session *s, const RuleStmt *stmt)
{
    const struct cat_relation *rel = stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL;

    if (rel && rel->relkind == 'm') {
        fp_refuse(s, "0A000", "rules on materialized views are not supported");
        return true;
    }
    return rel && strchr("fSiIc", rel->relkind) && wrong(s, rel, "relation \"%s\" cannot have rules");
}

// trigger.c CreateTriggerFiringOn.
static bool refuse_transition(struct fp_session *s, const CreateTrigStmt *stmt)
{
    for (LIST_EACH(i, &stmt->transitionRels)) {
        const TriggerTransition *t = LIST_GET(TriggerTransition, &stmt->transitionRels, i);
        if (t && !t->isTable) {
            fp_refuse(s, "0A000", "ROW variable naming in the REFERENCING clause is not supported");
            return true;
        }
    }
    return false;
}

static bool refuse_policy(struct fp_session *s, const RangeVar *rv) // policy.c RangeVarCallbackForPolicy
{
    const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

    return rel && (refuse_system(s, rel) || (!strchr("rp", rel->relkind) && wrong(s, rel, "\"%s\" is not a table")));
}

// CreatePolicy (policy.c) asks this before it looks for the table.
static bool refuse_policy_clauses(struct fp_session *s, const CreatePolicyStmt *stmt)
{
    if ((lc_streq(stmt->cmd_name, "select") || lc_streq(stmt->cmd_name, "delete")) && stmt->with_check)
        fp_refuse(s, "42601", "WITH CHECK cannot be applied to SELECT or DELETE");
    else if (lc_streq(stmt->cmd_name, "insert") && stmt->qual)
        fp_refuse(s, "42601", "only WITH CHECK expression allowed for INSERT");
    else
        return false;
    return true;
}

// Only what is no table at all is refused while it is opened (parse_clause.c setTargetTable, table.c table_open).
static bool refuse_write(struct fp_session *s, const RangeVar *rv)
{
    const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

    return rel && strchr("iIc", rel->relkind) && wrong(s, rel, "cannot open relation \"%s\"");
}

static bool refuse_unlogged(struct fp_session *s, const CreateTableAsStmt *stmt) // analyze.c transformCreateTableAsStmt
{
    const RangeVar *rv = stmt->into ? stmt->into->rel : NULL;

    if (stmt->objtype != OBJECT_MATVIEW || !rv || !rv->relpersistence || rv->relpersistence[0] != 'u')
        return false;
    fp_refuse(s, "0A000", "materialized views cannot be unlogged");
    return true;
}

bool fp_refuse_target(struct fp_session *s, const Node *stmt)
{
    switch (nodeTag(stmt)) {
    case T_AlterTableStmt:
        return refuse_alter(s, AS(AlterTableStmt, stmt)->relation, AS(AlterTableStmt, stmt)->objtype, false, false);
    case T_AlterObjectSchemaStmt:
        return refuse_alter(s, AS(AlterObjectSchemaStmt, stmt)->relation, AS(AlterObjectSchemaStmt, stmt)->objectType, false,
                            true);
    case T_RenameStmt:
        return refuse_rename(s, AS(RenameStmt, stmt));
    case T_CommentStmt:
        return refuse_comment(s, AS(CommentStmt, stmt));
    case T_GrantStmt:
        return refuse_grant(s, AS(GrantStmt, stmt));
    case T_RuleStmt:
        return refuse_rule(s, AS(RuleStmt, stmt));
    case T_CreateTrigStmt:
        return refuse_transition(s, AS(CreateTrigStmt, stmt));
    case T_CreatePolicyStmt:
        return refuse_policy_clauses(s, AS(CreatePolicyStmt, stmt)) || refuse_policy(s, AS(CreatePolicyStmt, stmt)->table);
    case T_AlterPolicyStmt:
        return refuse_policy(s, AS(AlterPolicyStmt, stmt)->table);
    case T_InsertStmt:
        return refuse_write(s, AS(InsertStmt, stmt)->relation);
    case T_UpdateStmt:
        return refuse_write(s, AS(UpdateStmt, stmt)->relation);
    case T_DeleteStmt:
        return refuse_write(s, AS(DeleteStmt, stmt)->relation);
    case T_MergeStmt:
        return refuse_write(s, AS(MergeStmt, stmt)->relation);
    case T_CreateTableAsStmt:
        return refuse_unlogged(s, AS(CreateTableAsStmt, stmt));
    case T_CopyStmt:
        return refuse_write(s, AS(CopyStmt, stmt)->relation); // its kind is looked at after its columns (fp_copy.c)
    default:
        return false;
    }
}
