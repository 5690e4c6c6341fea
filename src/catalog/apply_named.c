// Applies statements about objects with little but a name: schemas, extensions, servers, collations, ...
#include <string.h>

#include "catalog/apply_misc.h"

// --- schemas ----------------------------------------------------------------------------------------------------------------------------

static enum lc_code create_schema(struct catalog *cat, const CreateSchemaStmt *stmt, struct lc_error *err)
{
    const char *name = stmt->schemaname ? stmt->schemaname : cat_role_name(cat, stmt->authrole);
    enum lc_code rc = LC_OK;

    if (cat_schema_oid(cat, name))
        return stmt->if_not_exists ? LC_OK : cat_error(err, "42P06", "schema \"%s\" already exists", name);
    struct cat_other *schema = cat_add_other(cat, CAT_NAMESPACE, "schema", name, InvalidOid);
    if (stmt->authrole)
        schema->o.owner = cat_role_owner(cat, stmt->authrole);
    for (LIST_EACH(i, &stmt->schemaElts))
        if ((rc = cat_apply(cat, stmt->schemaElts.items[i], err)) != LC_OK)
            return rc;
    return LC_OK;
}

// --- extensions ---------------------------------------------------------------------------------------------------------------------------

static enum lc_code create_extension(struct catalog *cat, const CreateExtensionStmt *stmt, struct lc_error *err)
{
    const char *schema_name = cat_option_text(cat, &stmt->options, "schema");
    Oid schema = schema_name ? cat_schema_oid(cat, schema_name) : cat_creation_schema(cat);
    String name = {.tag = T_String, .sval = stmt->extname};
    struct cat_target target;
    enum lc_code rc = cat_object_address(cat, OBJECT_EXTENSION, (const Node *)(const void *)&name, true, &target, err);

    if (rc != LC_OK)
        return rc;
    if (target.address.class != CAT_NONE)
        return stmt->if_not_exists ? LC_OK : cat_error(err, "42710", "extension \"%s\" already exists", stmt->extname);
    if (!schema)
        return cat_error(err, "3F000", "schema \"%s\" does not exist", schema_name ? schema_name : "");
    const char *required = cat_option_true(&stmt->options, "cascade", false) ? NULL : cat_missing_requirement(cat, stmt->extname);
    if (required) // get_required_extension
        return cat_error(err, "42704", "required extension \"%s\" is not installed", required);
    (void)cat_add_extension(cat, stmt->extname, schema);
    return LC_OK;
}

// --- foreign data, text search, collations, ... ---------------------------------------------------------------------------------------------------

static enum lc_code add_what(struct catalog *cat, ObjectType type, const char *name, Oid schema, bool if_not_exists,
                             struct lc_error *err)
{
    const char *what = cat_what(type);

    if (cat_find_what(cat, what, schema ? cat_schema_name(cat, schema) : NULL, name))
        return if_not_exists ? LC_OK : cat_error(err, "42710", "%s \"%s\" already exists", what, name);
    (void)cat_add_other(cat, CAT_OTHER, what, name, schema);
    return LC_OK;
}

// The publisher's slot is not ours (DropSubscription, subscriptioncmds.c).
static enum lc_code drop_subscription(struct catalog *cat, const DropSubscriptionStmt *stmt, struct lc_error *err)
{
    const struct cat_other *o = cat_find_what(cat, cat_what(OBJECT_SUBSCRIPTION), NULL, stmt->subname);

    if (!o && !stmt->missing_ok)
        return cat_error(err, "42704", "subscription \"%s\" does not exist", stmt->subname);
    if (o)
        cat_remove(cat, o);
    return LC_OK;
}

static enum lc_code create_server(struct catalog *cat, const CreateForeignServerStmt *stmt, struct lc_error *err)
{
    const struct cat_other *fdw = cat_find_what(cat, cat_what(OBJECT_FDW), NULL, stmt->fdwname);

    if (cat_find_what(cat, cat_what(OBJECT_FOREIGN_SERVER), NULL, stmt->servername))
        return stmt->if_not_exists ? LC_OK : cat_error(err, "42710", "server \"%s\" already exists", stmt->servername);
    if (!fdw && !cat_has_unknown_extension(cat))
        return cat_error(err, "42704", "foreign-data wrapper \"%s\" does not exist", stmt->fdwname);
    struct cat_other *server = cat_add_other(cat, CAT_OTHER, cat_what(OBJECT_FOREIGN_SERVER), stmt->servername, InvalidOid);
    if (fdw)
        cat_depend(cat, cat_address(CAT_OTHER, server->o.oid, 0), cat_address(CAT_OTHER, fdw->o.oid, 0), 'n');
    return LC_OK;
}

// CreateEventTrigger (commands/event_trigger.c)
static enum lc_code create_event_trigger(struct catalog *cat, const CreateEventTrigStmt *stmt, struct lc_error *err)
{
    const struct cat_proc *proc = cat_find_proc(cat, list_schema_name(&stmt->funcname), list_last_name(&stmt->funcname), NULL, 0);

    if (lc_streq(stmt->eventname, "login") && cat_option(&stmt->whenclause, "tag"))
        return cat_error(err, "0A000", "tag filtering is not supported for login event triggers");
    if (cat_find_other(cat, CAT_EVENT_TRIGGER, NULL, stmt->trigname))
        return cat_error(err, "42710", "event trigger \"%s\" already exists", stmt->trigname);
    if (!proc && !cat_has_unknown_extension(cat))
        return cat_error(err, "42883", "function %s() does not exist", list_last_name(&stmt->funcname));
    struct cat_other *t = cat_add_other(cat, CAT_EVENT_TRIGGER, "event trigger", stmt->trigname, InvalidOid);
    const DefElem *tags = cat_option(&stmt->whenclause, "tag");
    NodeList list = cat_node_list(tags ? tags->arg : NULL);
    struct LC_ARRAY(const char *) names = {0};
    for (LIST_EACH(i, &list))
        LC_PUSH(cat_arena(cat), &names, node_string(list.items[i]));
    LC_PUSH(cat_arena(cat), &names, NULL);
    t->event = stmt->eventname;
    t->tags = names.len > 1 ? names.items : NULL;
    t->funcid = proc ? proc->o.oid : InvalidOid;
    t->enabled = 'O';
    if (proc && proc->o.oid >= FirstNormalObjectId)
        cat_depend(cat, cat_address(CAT_EVENT_TRIGGER, t->o.oid, 0), cat_address(CAT_PROC, proc->o.oid, 0), 'n');
    return LC_OK;
}

// ENABLE and DISABLE
static enum lc_code alter_event_trigger(struct catalog *cat, const AlterEventTrigStmt *stmt, struct lc_error *err)
{
    const struct cat_other *t = cat_find_other(cat, CAT_EVENT_TRIGGER, NULL, stmt->trigname);

    if (!t)
        return cat_error(err, "42704", "event trigger \"%s\" does not exist", stmt->trigname);
    ((struct cat_other *)cat_modify(cat, t))->enabled = stmt->tgenabled ? stmt->tgenabled[0] : 'O';
    return LC_OK;
}

static enum lc_code define(struct catalog *cat, const DefineStmt *stmt, struct lc_error *err)
{
    Oid schema = InvalidOid;
    enum lc_code rc = cat_names_namespace(cat, &stmt->defnames, &schema, err);
    const char *name = list_last_name(&stmt->defnames);

    if (rc != LC_OK)
        return rc;
    if (stmt->kind != OBJECT_COLLATION)
        return cat_what(stmt->kind) ? add_what(cat, stmt->kind, name, schema, stmt->if_not_exists, err) : LC_OK;
    if (cat_find_other(cat, CAT_COLLATION, cat_schema_name(cat, schema), name))
        return stmt->if_not_exists ? LC_OK : cat_error(err, "42710", "collation \"%s\" already exists", name);
    (void)cat_add_other(cat, CAT_COLLATION, "collation", name, schema);
    return LC_OK;
}

// --- statements that only name an object --------------------------------------------------------------------------------------------------

static enum lc_code must_exist(const struct catalog *cat, ObjectType type, const Node *object, struct lc_error *err)
{
    struct cat_target target;

    return cat_object_address(cat, type, object, false, &target, err);
}

// A constraint's comment is made anew with the constraint, so it is known that there is one.
static enum lc_code comment(struct catalog *cat, const CommentStmt *stmt, struct lc_error *err)
{
    struct cat_target target;
    enum lc_code rc = cat_object_address(cat, stmt->objtype, stmt->object, false, &target, err);

    if (rc == LC_OK && stmt->objtype == OBJECT_TABCONSTRAINT && target.address.class == CAT_CONSTRAINT)
        ((struct cat_constraint *)cat_modify(cat, cat_constraint(cat, target.address.oid)))->commented =
            stmt->comment && *stmt->comment;
    return rc;
}

static enum lc_code grant(const struct catalog *cat, const GrantStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;
    enum lc_code rc = LC_OK;

    for (LIST_EACH(i, &stmt->objects)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->objects, i);
        const char *schema = stmt->targtype == ACL_TARGET_ALL_IN_SCHEMA ? node_string(stmt->objects.items[i]) : NULL;

        if (rv && stmt->targtype == ACL_TARGET_OBJECT && (rc = cat_open_rangevar(cat, rv, &rel, err)) != LC_OK)
            return rc;
        if (schema && !cat_schema_oid(cat, schema)) // catalog/aclchk.c objectsInSchemaToOids
            return cat_error(err, "3F000", "schema \"%s\" does not exist", schema);
    }
    return rc;
}

// CREATE AGGREGATE, OPERATOR and TYPE are other families'.
static bool has_family(ObjectType kind)
{
    return kind == OBJECT_AGGREGATE || kind == OBJECT_OPERATOR || kind == OBJECT_TYPE;
}

enum lc_code cat_apply_named(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    switch (nodeTag(stmt)) {
    case T_CreateSchemaStmt:
        return create_schema(cat, AS(CreateSchemaStmt, stmt), err);
    case T_CreateExtensionStmt:
        return create_extension(cat, AS(CreateExtensionStmt, stmt), err);
    case T_CreatePublicationStmt:
        return cat_apply_create_publication(cat, AS(CreatePublicationStmt, stmt), err);
    case T_AlterPublicationStmt:
        return cat_apply_alter_publication(cat, AS(AlterPublicationStmt, stmt), err);
    case T_CreateStatsStmt:
        return cat_apply_create_statistics(cat, AS(CreateStatsStmt, stmt), err);
    case T_CreateFdwStmt:
        return add_what(cat, OBJECT_FDW, AS(CreateFdwStmt, stmt)->fdwname, InvalidOid, false, err);
    case T_CreateForeignServerStmt:
        return create_server(cat, AS(CreateForeignServerStmt, stmt), err);
    case T_CreatePLangStmt:
        return add_what(cat, OBJECT_LANGUAGE, AS(CreatePLangStmt, stmt)->plname, InvalidOid, AS(CreatePLangStmt, stmt)->replace,
                        err);
    case T_CreateSubscriptionStmt:
        return add_what(cat, OBJECT_SUBSCRIPTION, AS(CreateSubscriptionStmt, stmt)->subname, InvalidOid, false, err);
    case T_DropSubscriptionStmt:
        return drop_subscription(cat, AS(DropSubscriptionStmt, stmt), err);
    case T_CreateEventTrigStmt:
        return create_event_trigger(cat, AS(CreateEventTrigStmt, stmt), err);
    case T_AlterEventTrigStmt:
        return alter_event_trigger(cat, AS(AlterEventTrigStmt, stmt), err);
    case T_CommentStmt:
        return comment(cat, AS(CommentStmt, stmt), err);
    case T_SecLabelStmt:
        return must_exist(cat, AS(SecLabelStmt, stmt)->objtype, AS(SecLabelStmt, stmt)->object, err);
    case T_GrantStmt:
        cat_apply_grant(cat, AS(GrantStmt, stmt));
        return grant(cat, AS(GrantStmt, stmt), err);
    case T_AlterDefaultPrivilegesStmt:
        cat_apply_default_privileges(cat, AS(AlterDefaultPrivilegesStmt, stmt));
        return LC_OK;
    case T_DefineStmt:
        *mine = !has_family(AS(DefineStmt, stmt)->kind);
        return *mine ? define(cat, AS(DefineStmt, stmt), err) : LC_OK;
    default:
        *mine = false;
        return LC_OK;
    }
}
