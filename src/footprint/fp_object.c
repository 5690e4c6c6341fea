// Statements about objects other than tables, indexes and queries: which file says what they lock, and those that lock no relation at all.
#include "footprint/fp_object.h"
#include "base/str.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(comment_relation, "comment/relation", LC_SHARE_UPDATE_EXCLUSIVE,
     "the relation's description is written; reads and writes go on", "comment.c CommentObject");
RULE(comment_owner, "comment/owner-relation", LC_ACCESS_SHARE, "the table is opened to find the object",
     "objectaddress.c get_object_address_relobject");
static const struct fp_rule grant_relation = {"grant/relation",
                                              LC_ACCESS_SHARE,
                                              18,
                                              0,
                                              "since 18 the relation is locked while its privileges change",
                                              "aclchk.c objectNamesToOids"};
RULE(extension_member, "alter-extension/member", LC_SHARE_UPDATE_EXCLUSIVE, "the object joins or leaves the extension",
     "extension.c ExecAlterExtensionContentsStmt");

// --- COMMENT, SECURITY LABEL, GRANT, ALTER EXTENSION ADD ------------------------------------------------------------------------------------

static void comment(struct fp_session *s, ObjectType type, const Node *object, const struct fp_rule *rule)
{
    struct cat_target target;
    struct lc_error err = {0};

    if (cat_object_address(s->cat, type, object, true, &target, &err) != LC_OK || !target.relation)
        return;
    if (cat_is_relation_type(type) || type == OBJECT_COLUMN)
        fp_lock(s, target.relation, rule);
    else if (type == OBJECT_TRIGGER || type == OBJECT_RULE || type == OBJECT_POLICY || type == OBJECT_TABCONSTRAINT)
        fp_lock(s, target.relation, &comment_owner);
}

static void grant(struct fp_session *s, const GrantStmt *stmt)
{
    if (stmt->targtype != ACL_TARGET_OBJECT || !fp_rule_holds(s, &grant_relation))
        return;
    for (LIST_EACH(i, &stmt->objects)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->objects, i);

        if (rv)
            fp_lock(s, cat_find_rangevar(s->cat, rv), &grant_relation);
    }
}

// --- commands that cannot run in a transaction block ------------------------------------------------------------------------------------------

struct prevented {
    NodeTag tag;
    const char *command;
};

static const struct prevented prevented[] = {
    // PreventInTransactionBlock in tcop/utility.c and the commands themselves
    {T_CreatedbStmt, "CREATE DATABASE"},       {T_DropdbStmt, "DROP DATABASE"},     {T_CreateTableSpaceStmt, "CREATE TABLESPACE"},
    {T_DropTableSpaceStmt, "DROP TABLESPACE"}, {T_AlterSystemStmt, "ALTER SYSTEM"},
};

// create_slot, or connect and a slot of its own: the slot on the other server cannot be rolled back.
static void subscription(struct fp_session *s, const Node *stmt)
{
    if (IsA(stmt, CreateSubscriptionStmt)) {
        const NodeList *options = &AS(CreateSubscriptionStmt, stmt)->options;
        const DefElem *connect = cat_option(options, "connect"), *slot = cat_option(options, "create_slot");

        if ((!connect || cat_option_true(options, "connect", false)) && (!slot || cat_option_true(options, "create_slot", false)))
            fp_prevent_in_block(s, "CREATE SUBSCRIPTION ... WITH (create_slot = true)");
    } else if (IsA(stmt, DropSubscriptionStmt)) {
        fp_prevent_in_block(s, "DROP SUBSCRIPTION");
    }
    fp_note(s, "not-modelled", false, "what a subscription asks of the other server is not forecast");
}

static void alter_enum(struct fp_session *s)
{
    fp_metadata(s, NULL, "enum value");
}

// --- no relation is locked ---------------------------------------------------------------------------------------------------------------------

static const NodeTag lock_free[] = {
    T_AlterCollationStmt,
    T_AlterDatabaseRefreshCollStmt,
    T_AlterDatabaseSetStmt,
    T_AlterDatabaseStmt,
    T_AlterDefaultPrivilegesStmt,
    T_AlterEventTrigStmt,
    T_AlterFdwStmt,
    T_AlterForeignServerStmt,
    T_AlterFunctionStmt,
    T_AlterOpFamilyStmt,
    T_AlterOperatorStmt,
    T_AlterRoleSetStmt,
    T_AlterRoleStmt,
    T_AlterStatsStmt,
    T_AlterTSConfigurationStmt,
    T_AlterTSDictionaryStmt,
    T_AlterTableSpaceOptionsStmt,
    T_AlterTypeStmt,
    T_AlterUserMappingStmt,
    T_CheckPointStmt,
    T_CreateAmStmt,
    T_CreateCastStmt,
    T_CreateConversionStmt,
    T_CreateDomainStmt,
    T_CreateEnumStmt,
    T_CreateEventTrigStmt,
    T_CreateFdwStmt,
    T_CreateForeignServerStmt,
    T_CreateOpClassStmt,
    T_CreateOpFamilyStmt,
    T_CreatePLangStmt,
    T_CreateRangeStmt,
    T_CreateRoleStmt,
    T_CreateTransformStmt,
    T_CreateUserMappingStmt,
    T_DefineStmt,
    T_DropRoleStmt,
    T_DropUserMappingStmt,
    T_GrantRoleStmt,
    T_ListenStmt,
    T_LoadStmt,
    T_NotifyStmt,
    T_UnlistenStmt,
    T_CreateExtensionStmt,
};

static bool is_lock_free(const Node *stmt)
{
    for (size_t i = 0; i < sizeof lock_free / sizeof lock_free[0]; i++)
        if (lock_free[i] == nodeTag(stmt))
            return true;
    return false;
}

static bool is_prevented(struct fp_session *s, const Node *stmt)
{
    for (size_t i = 0; i < sizeof prevented / sizeof prevented[0]; i++)
        if (prevented[i].tag == nodeTag(stmt)) {
            fp_prevent_in_block(s, prevented[i].command);
            return true;
        }
    return false;
}

// --- dispatch -------------------------------------------------------------------------------------------------------------------------------------

struct members {
    const struct catalog *cat;
    bool relations;
};

static void find_relation(const struct cat_depend *d, void *context)
{
    struct members *m = context;
    const struct cat_relation *rel = d->object.class == CAT_RELATION ? cat_relation(m->cat, d->object.oid) : NULL;

    if (rel && d->deptype == 'e' && rel->relkind != 'c')
        m->relations = true;
}

// The update scripts of contrib's extensions touch no relations but their own views (pg_stat_statements, pg_buffercache).
static void update_extension(struct fp_session *s, const char *name)
{
    const struct cat_object *ext = cat_find_object(s->cat, CAT_EXTENSION, InvalidOid, name);
    struct members m = {.cat = s->cat};

    if (ext)
        cat_each_dependent(s->cat, (struct cat_address){CAT_EXTENSION, ext->oid, 0}, find_relation, &m);
    if (!ext || m.relations || !cat_extension_is_known(s->cat, name))
        fp_note(s, "not-modelled", true, "what the update script of extension %s does is not known", name);
}

static bool alter_objects(struct fp_session *s, const Node *stmt)
{
    switch (nodeTag(stmt)) {
    case T_RenameStmt:
        fp_rename(s, AS(RenameStmt, stmt));
        return true;
    case T_AlterObjectSchemaStmt:
        fp_set_schema(s, AS(AlterObjectSchemaStmt, stmt));
        return true;
    case T_AlterOwnerStmt:
        fp_alter_owner(s, AS(AlterOwnerStmt, stmt));
        return true;
    case T_AlterObjectDependsStmt:
        fp_alter_depends(s, AS(AlterObjectDependsStmt, stmt));
        return true;
    case T_ReassignOwnedStmt:
        fp_reassign_owned(s, AS(ReassignOwnedStmt, stmt));
        return true;
    case T_AlterDomainStmt:
        fp_alter_domain(s, AS(AlterDomainStmt, stmt));
        return true;
    case T_AlterEnumStmt:
        alter_enum(s);
        return true;
    case T_AlterSeqStmt:
        fp_alter_sequence(s, AS(AlterSeqStmt, stmt));
        return true;
    case T_AlterPolicyStmt:
        fp_alter_policy(s, AS(AlterPolicyStmt, stmt));
        return true;
    case T_AlterPublicationStmt:
        fp_alter_publication(s, AS(AlterPublicationStmt, stmt));
        return true;
    case T_AlterExtensionContentsStmt:
        comment(s, AS(AlterExtensionContentsStmt, stmt)->objtype, AS(AlterExtensionContentsStmt, stmt)->object,
                &extension_member);
        return true;
    case T_AlterExtensionStmt:
        update_extension(s, AS(AlterExtensionStmt, stmt)->extname);
        return true;
    default:
        return false;
    }
}

static bool create_objects(struct fp_session *s, const Node *stmt, bool *applied)
{
    switch (nodeTag(stmt)) {
    case T_CreateTrigStmt:
        fp_create_trigger(s, AS(CreateTrigStmt, stmt));
        return true;
    case T_RuleStmt:
        fp_create_rule(s, AS(RuleStmt, stmt));
        return true;
    case T_CreatePolicyStmt:
        fp_create_policy(s, AS(CreatePolicyStmt, stmt));
        return true;
    case T_ViewStmt:
        fp_create_view(s, AS(ViewStmt, stmt), applied);
        return true;
    case T_CreateTableAsStmt:
        return fp_create_matview(s, AS(CreateTableAsStmt, stmt), applied);
    case T_RefreshMatViewStmt:
        fp_refresh_matview(s, AS(RefreshMatViewStmt, stmt));
        return true;
    case T_CompositeTypeStmt:
        fp_create_composite(s, AS(CompositeTypeStmt, stmt), applied);
        return true;
    case T_CreateSeqStmt:
        fp_create_sequence(s, AS(CreateSeqStmt, stmt), applied);
        return true;
    case T_CreateFunctionStmt:
        fp_create_function(s, AS(CreateFunctionStmt, stmt));
        return true;
    case T_CreatePublicationStmt:
        fp_create_publication(s, AS(CreatePublicationStmt, stmt));
        return true;
    case T_CreateStatsStmt:
        fp_create_statistics(s, AS(CreateStatsStmt, stmt));
        return true;
    case T_CreateSchemaStmt:
        fp_create_schema(s, AS(CreateSchemaStmt, stmt), applied);
        return true;
    case T_ImportForeignSchemaStmt:
        fp_note(s, "not-modelled", true, "which foreign tables IMPORT FOREIGN SCHEMA makes is not known");
        return true;
    default:
        return false;
    }
}

bool fp_family_object(struct fp_session *s, const Node *stmt, bool *applied)
{
    const DropStmt *drop = AS(DropStmt, stmt);

    if (drop && drop->removeType == OBJECT_INDEX && drop->concurrent) {
        fp_drop_index_concurrently(s, drop);
        return true;
    }
    if (drop) {
        fp_drop(s, drop);
        return true;
    }
    if (alter_objects(s, stmt) || create_objects(s, stmt, applied) || is_prevented(s, stmt) || is_lock_free(stmt))
        return true;
    switch (nodeTag(stmt)) {
    case T_CommentStmt:
        comment(s, AS(CommentStmt, stmt)->objtype, AS(CommentStmt, stmt)->object, &comment_relation);
        return true;
    case T_SecLabelStmt:
        comment(s, AS(SecLabelStmt, stmt)->objtype, AS(SecLabelStmt, stmt)->object, &comment_relation);
        return true;
    case T_GrantStmt:
        grant(s, AS(GrantStmt, stmt));
        return true;
    case T_DropOwnedStmt:
        fp_drop_owned(s, AS(DropOwnedStmt, stmt));
        return true;
    case T_CreateSubscriptionStmt:
    case T_AlterSubscriptionStmt:
    case T_DropSubscriptionStmt:
        subscription(s, stmt);
        return true;
    default:
        return false;
    }
}
