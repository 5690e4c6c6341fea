// Applies DROP, RENAME, OWNER, SET SCHEMA, sequences, and what belongs to no other family.
#include <string.h>

#include "catalog/apply_misc.h"

const DefElem *cat_option(const NodeList *options, const char *name)
{
    for (LIST_EACH(i, options)) {
        const DefElem *def = LIST_GET(DefElem, options, i);

        if (def && lc_strieq(def->defname, name))
            return def;
    }
    return NULL;
}

const char *cat_option_text(const struct catalog *cat, const NodeList *options, const char *name)
{
    const DefElem *def = cat_option(options, name);
    const Node *arg = def ? def->arg : NULL;
    NodeList list = cat_node_list(arg);

    if (list.length)
        arg = list.items[0];
    if (IsA(arg, Integer))
        return lc_printf(cat_arena(cat), "%lld", (long long)AS(Integer, arg)->ival);
    if (IsA(arg, Float))
        return AS(Float, arg)->fval;
    if (IsA(arg, Boolean))
        return AS(Boolean, arg)->boolval ? "true" : "false";
    if (IsA(arg, TypeName))
        return list_last_name(&AS(TypeName, arg)->names);
    return node_string(arg);
}

bool cat_option_true(const NodeList *options, const char *name, bool otherwise)
{
    const DefElem *def = cat_option(options, name);

    if (!def)
        return otherwise;
    if (!def->arg)
        return true;
    if (IsA(def->arg, Boolean))
        return AS(Boolean, def->arg)->boolval;
    if (IsA(def->arg, Integer))
        return AS(Integer, def->arg)->ival != 0;
    const char *text = node_string(def->arg);
    return !(lc_strieq(text, "false") || lc_strieq(text, "off") || lc_strieq(text, "0") || lc_strieq(text, "no"));
}

const char *cat_role_owner(const struct catalog *cat, const RoleSpec *role)
{
    if (role && role->rolename)
        return role->rolename;
    return role && role->roletype == ROLESPEC_SESSION_USER ? cat_setting(cat, "session_authorization") : cat_user(cat);
}

const char *cat_role_name(const struct catalog *cat, const RoleSpec *role)
{
    const char *name = cat_role_owner(cat, role);

    return name ? name : "current_user"; // offline nobody is logged in
}

enum lc_code cat_names_namespace(const struct catalog *cat, const NodeList *names, Oid *schema, struct lc_error *err)
{
    const char *name = list_schema_name(names);

    *schema = name ? cat_schema_oid(cat, name) : cat_creation_schema(cat);
    if (*schema)
        return LC_OK;
    if (name)
        return cat_error(err, "3F000", "schema \"%s\" does not exist", name);
    return cat_error(err, "3F000", "no schema has been selected to create in");
}

struct cat_other *cat_add_other(struct catalog *cat, enum cat_class class, const char *what, const char *name, Oid schema)
{
    struct cat_other *other = LC_NEW(cat_arena(cat), struct cat_other);

    other->o = (struct cat_object){class, cat_new_oid(cat), name, schema, cat_user(cat), true};
    other->what = what;
    cat_add(cat, &other->o);
    return other;
}

// --- roles: kept as settings, as far as rules ask about them -------------------------------------------------------------------------------

static void note_role(struct catalog *cat, const char *role, const char *what)
{
    if (role)
        cat_set_setting(cat, lc_printf(cat_arena(cat), "lockcast.role.%s", role), what, false);
}

bool cat_role_is_plain(const struct catalog *cat, const char *role)
{
    return lc_streq(cat_setting(cat, lc_printf(cat_arena(cat), "lockcast.role.%s", role)), "plain");
}

static void grant_to(struct catalog *cat, const NodeList *grantees);

static void create_role(struct catalog *cat, const CreateRoleStmt *stmt)
{
    const char *what = "plain";

    for (LIST_EACH(i, &stmt->options)) {
        const DefElem *option = LIST_GET(DefElem, &stmt->options, i);
        if (option && (lc_streq(option->defname, "rolemembers") || lc_streq(option->defname, "adminmembers"))) {
            NodeList members = cat_node_list(option->arg);
            grant_to(cat, &members);
        }
        if (option && (lc_streq(option->defname, "superuser") || lc_streq(option->defname, "addroleto")) &&
            cat_option_true(&stmt->options, option->defname, false))
            what = "more";
    }
    note_role(cat, stmt->role, what);
}

// ALTER ROLE and ALTER GROUP: what may make more of a role.
static void alter_role(struct catalog *cat, const AlterRoleStmt *stmt)
{
    const DefElem *members = cat_option(&stmt->options, "rolemembers");
    NodeList list = cat_node_list(members ? members->arg : NULL);

    grant_to(cat, &list);
    if (cat_option_true(&stmt->options, "superuser", false) && stmt->role && stmt->role->rolename)
        note_role(cat, stmt->role->rolename, "more");
}

// GRANT role TO role, GRANT MAINTAIN: what the role may do now is not followed.
static void grant_to(struct catalog *cat, const NodeList *grantees)
{
    for (LIST_EACH(i, grantees)) {
        const RoleSpec *role = LIST_GET(RoleSpec, grantees, i);
        if (role && role->rolename && cat_role_is_plain(cat, role->rolename))
            note_role(cat, role->rolename, "more");
    }
}

void cat_note_grant(struct catalog *cat, const GrantStmt *stmt)
{
    if (stmt->objtype != OBJECT_TABLE) // nothing else can be maintained
        return;
    for (LIST_EACH(i, &stmt->privileges)) {
        const AccessPriv *priv = LIST_GET(AccessPriv, &stmt->privileges, i);
        if (priv && lc_streq(priv->priv_name, "maintain"))
            grant_to(cat, &stmt->grantees);
    }
    if (!stmt->privileges.length)
        grant_to(cat, &stmt->grantees);
}

enum lc_code cat_apply_object(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    *mine = true;
    switch (nodeTag(stmt)) {
    case T_DropStmt:
        return cat_apply_drop(cat, AS(DropStmt, stmt), err);
    case T_DropOwnedStmt:
        return cat_apply_drop_owned(cat, AS(DropOwnedStmt, stmt), err);
    case T_RenameStmt:
        return cat_apply_rename(cat, AS(RenameStmt, stmt), err);
    case T_AlterObjectSchemaStmt:
        return cat_apply_set_schema(cat, AS(AlterObjectSchemaStmt, stmt), err);
    case T_AlterOwnerStmt:
        return cat_apply_owner(cat, AS(AlterOwnerStmt, stmt), err);
    case T_ReassignOwnedStmt:
        return cat_apply_reassign(cat, AS(ReassignOwnedStmt, stmt), err);
    case T_CreateSeqStmt:
        return cat_apply_create_sequence(cat, AS(CreateSeqStmt, stmt), err);
    case T_CreateRoleStmt:
        create_role(cat, AS(CreateRoleStmt, stmt));
        return LC_OK;
    case T_AlterRoleStmt:
        alter_role(cat, AS(AlterRoleStmt, stmt));
        return LC_OK;
    case T_GrantRoleStmt:
        grant_to(cat, &AS(GrantRoleStmt, stmt)->grantee_roles);
        return LC_OK;
    case T_AlterSeqStmt:
        return cat_apply_alter_sequence(cat, AS(AlterSeqStmt, stmt), err);
    default:
        return cat_apply_named(cat, stmt, mine, err);
    }
}
