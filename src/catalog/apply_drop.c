// Applies DROP (commands/tablecmds.c RemoveRelations, commands/dropcmds.c RemoveObjects) and DROP OWNED (pg_shdepend.c).
#include <string.h>

#include "catalog/apply_misc.h"

enum lc_code cat_apply_drop(struct catalog *cat, const DropStmt *stmt, struct lc_error *err)
{
    struct cat_addresses targets = {0};
    struct cat_target target;
    enum lc_code rc;

    for (LIST_EACH(i, &stmt->objects)) {
        if ((rc = cat_drop_target(cat, stmt->removeType, stmt->objects.items[i], stmt->missing_ok, &target, err)) != LC_OK)
            return rc;
        if (target.address.class != CAT_NONE)
            LC_PUSH(cat_arena(cat), &targets, target.address);
    }
    return targets.len ? cat_drop(cat, &targets, stmt->behavior == DROP_CASCADE, err) : LC_OK;
}

// --- DROP OWNED (shdepDropOwned, catalog/pg_shdepend.c) ----------------------------------------------------------------------------------------------

struct owned {
    const struct catalog *cat;
    const NodeList *roles;
    struct cat_addresses *targets;
    struct cat_oids *policies;
};

static bool is_named(const struct owned *own, const char *role)
{
    for (LIST_EACH(i, own->roles))
        if (lc_streq(cat_role_name(own->cat, LIST_GET(RoleSpec, own->roles, i)), role))
            return true;
    return false;
}

// pg_shdepend has an owner for what was made by itself: not for indexes, row types, array types, TOAST tables. The class says what is dropped.
static enum cat_class owned_class(const struct catalog *cat, const struct cat_object *o)
{
    if (o->class == CAT_RELATION) {
        const struct cat_relation *rel = cat_relation(cat, o->oid);

        return rel->relkind == 'c' ? CAT_TYPE : rel->index || rel->relkind == 't' ? CAT_NONE : CAT_RELATION;
    }
    if (o->class == CAT_TYPE) {
        const struct cat_type *t = cat_type(cat, o->oid);

        return (t->elem && t->category == 'A') || cat_relation(cat, t->relid) ? CAT_NONE : CAT_TYPE;
    }
    return o->class;
}

static void push_owned(const struct cat_object *o, void *context)
{
    const struct owned *own = context;
    enum cat_class class = o->oid < FirstNormalObjectId || !is_named(own, o->owner) ? CAT_NONE : owned_class(own->cat, o);

    if (class == CAT_TYPE && o->class == CAT_RELATION)
        LC_PUSH(cat_arena(own->cat), own->targets, cat_address(CAT_TYPE, cat_relation(own->cat, o->oid)->reltype, 0));
    else if (class)
        LC_PUSH(cat_arena(own->cat), own->targets, cat_address(class, o->oid, 0));
}

// RemoveRoleFromObjectPolicy (commands/policy.c)
static void push_policy(const struct cat_object *o, void *context)
{
    const struct owned *own = context;
    const struct cat_policy *p = cat_policy(own->cat, o->oid);
    int left = 0, n = 0;

    for (; p->roles && p->roles[n]; n++)
        left += !is_named(own, p->roles[n]);
    if (left < n && !left)
        LC_PUSH(cat_arena(own->cat), own->targets, cat_address(CAT_POLICY, o->oid, 0));
    else if (left < n)
        LC_PUSH(cat_arena(own->cat), own->policies, o->oid);
}

void cat_owned_by(const struct catalog *cat, const NodeList *roles, struct cat_addresses *out, struct cat_oids *policies)
{
    static const enum cat_class classes[] = {CAT_RELATION, CAT_TYPE,       CAT_PROC,        CAT_NAMESPACE, CAT_EXTENSION,
                                             CAT_OPERATOR, CAT_STATISTICS, CAT_PUBLICATION, CAT_COLLATION, CAT_OTHER};
    struct owned own = {cat, roles, out, policies};

    for (size_t c = 0; c < sizeof classes / sizeof *classes; c++)
        cat_each(cat, classes[c], push_owned, &own);
    cat_each(cat, CAT_POLICY, push_policy, &own);
}

static void lose_roles(struct catalog *cat, const struct owned *own, Oid policy)
{
    struct cat_policy *p = cat_modify(cat, cat_policy(cat, policy));
    struct LC_ARRAY(const char *) left = {0};

    for (int i = 0; p->roles[i]; i++)
        if (!is_named(own, p->roles[i]))
            LC_PUSH(cat_arena(cat), &left, p->roles[i]);
    LC_PUSH(cat_arena(cat), &left, NULL);
    p->roles = left.items;
}

enum lc_code cat_apply_drop_owned(struct catalog *cat, const DropOwnedStmt *stmt, struct lc_error *err)
{
    struct cat_addresses targets = {0};
    struct cat_oids policies = {0};
    struct owned own = {cat, &stmt->roles, NULL, NULL};

    cat_owned_by(cat, &stmt->roles, &targets, &policies);
    for (int i = 0; i < policies.len; i++)
        lose_roles(cat, &own, policies.items[i]);
    for (LIST_EACH(i, &stmt->roles))
        cat_acl_forget(cat, cat_role_name(cat, LIST_GET(RoleSpec, &stmt->roles, i)));
    return targets.len ? cat_drop(cat, &targets, stmt->behavior == DROP_CASCADE, err) : LC_OK;
}
