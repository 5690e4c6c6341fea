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
    case T_AlterSeqStmt:
        return cat_apply_alter_sequence(cat, AS(AlterSeqStmt, stmt), err);
    default:
        return cat_apply_named(cat, stmt, mine, err);
    }
}
