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

struct owned {
    const struct catalog *cat;
    const char *role;
    struct cat_addresses targets;
};

// pg_shdepend has an owner for what was made by itself: not for indexes, row types, array types, TOAST tables.
static bool has_owner_of_its_own(const struct catalog *cat, const struct cat_object *o)
{
    if (o->class == CAT_RELATION) {
        const struct cat_relation *rel = cat_relation(cat, o->oid);

        return !rel->index && rel->relkind != 't' && rel->relkind != 'c';
    }
    if (o->class == CAT_TYPE) {
        const struct cat_type *t = cat_type(cat, o->oid);
        const struct cat_relation *row = cat_relation(cat, t->relid);

        return !(t->elem && t->category == 'A') && !(row && row->relkind != 'c');
    }
    return true;
}

static void push_owned(const struct cat_object *o, void *context)
{
    struct owned *own = context;

    if (lc_streq(o->owner, own->role) && o->oid >= FirstNormalObjectId && has_owner_of_its_own(own->cat, o))
        LC_PUSH(cat_arena(own->cat), &own->targets, cat_address(o->class, o->oid, 0));
}

static const enum cat_class owned_classes[] = {CAT_RELATION, CAT_TYPE,       CAT_PROC,        CAT_NAMESPACE, CAT_EXTENSION,
                                               CAT_OPERATOR, CAT_STATISTICS, CAT_PUBLICATION, CAT_COLLATION, CAT_OTHER};

enum lc_code cat_apply_drop_owned(struct catalog *cat, const DropOwnedStmt *stmt, struct lc_error *err)
{
    for (LIST_EACH(i, &stmt->roles)) {
        struct owned own = {.cat = cat, .role = cat_role_name(cat, LIST_GET(RoleSpec, &stmt->roles, i))};
        enum lc_code rc;

        for (size_t c = 0; c < sizeof owned_classes / sizeof owned_classes[0]; c++)
            cat_each(cat, owned_classes[c], push_owned, &own);
        if (own.targets.len && (rc = cat_drop(cat, &own.targets, stmt->behavior == DROP_CASCADE, err)) != LC_OK)
            return rc;
    }
    return LC_OK;
}
