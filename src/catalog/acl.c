// What was granted on objects in this run, and who may do what with them (catalog/aclchk.c, utils/adt/acl.c).
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/internal.h"
#include "catalog/roles.h"

#define ACL_ALL ~0u

struct acl_item {        // of pg_class.relacl and its like; never changed once it is in its slot
    const char *grantee; // NULL: PUBLIC
    const char *grantor; // NULL: the owner
    unsigned privileges;
    bool columns; // on some columns only
    const struct acl_item *next;
};

struct acl { // NULL: as it is by default
    const struct acl_item *items;
};

struct acl_slot {
    void *acl;
};

static const struct {
    const char *name;
    unsigned privilege;
} privileges[] = {
    {"insert", CAT_ACL_INSERT},         {"select", CAT_ACL_SELECT},   {"update", CAT_ACL_UPDATE},     {"delete", CAT_ACL_DELETE},
    {"truncate", CAT_ACL_TRUNCATE},     {"trigger", CAT_ACL_TRIGGER}, {"execute", CAT_ACL_EXECUTE},   {"usage", CAT_ACL_USAGE},
    {"references", CAT_ACL_REFERENCES}, {"create", CAT_ACL_CREATE},   {"maintain", CAT_ACL_MAINTAIN},
};

static unsigned privilege_of(const char *name)
{
    for (size_t i = 0; i < sizeof privileges / sizeof *privileges; i++)
        if (lc_strieq(privileges[i].name, name))
            return privileges[i].privilege;
    return 0;
}

// acldefault: what PUBLIC may do with a new object.
static unsigned public_default(enum cat_class class)
{
    return class == CAT_PROC ? CAT_ACL_EXECUTE : class == CAT_TYPE ? CAT_ACL_USAGE : 0;
}

static const struct acl *find_acl(const struct catalog *cat, const struct cat_object *o)
{
    const struct acl_slot *slot = lc_map_geti(&cat->acls, cat_key(o->class, o->oid));

    return slot ? slot->acl : NULL;
}

static void put_acl(struct catalog *cat, const struct cat_object *o, const struct acl_item *items)
{
    struct acl_slot *slot = lc_map_geti(&cat->acls, cat_key(o->class, o->oid));
    struct acl *acl = LC_NEW(cat->arena, struct acl);

    if (!slot) {
        slot = LC_NEW(cat->arena, struct acl_slot);
        (void)lc_map_puti(&cat->acls, cat_key(o->class, o->oid), slot);
    }
    acl->items = items;
    cat_set_word(cat, &slot->acl, acl);
}

static const struct acl_item *items_of(struct catalog *cat, const struct cat_object *o)
{
    const struct acl *acl = find_acl(cat, o);
    struct acl_item *item;

    if (acl || !public_default(o->class))
        return acl ? acl->items : NULL;
    item = LC_NEW(cat->arena, struct acl_item);
    item->privileges = public_default(o->class);
    return item;
}

// --- GRANT, REVOKE ----------------------------------------------------------------------------------------------------------------------------

struct grant {
    struct catalog *cat;
    const char *grantor; // NULL: the owner
};

// select_best_grantor: a member of the owner grants as the owner.
static const char *grantor_of(const struct catalog *cat, const struct cat_object *o)
{
    const char *user = cat_user(cat);

    return user && cat_ownercheck(cat, o, user) == CAT_NO ? user : NULL;
}

static const struct acl_item *granted(struct grant *g, const struct acl_item *items, const char *grantee, unsigned mask,
                                      bool columns)
{
    struct acl_item *item = LC_NEW(g->cat->arena, struct acl_item);

    *item = (struct acl_item){grantee, g->grantor, mask, columns, items};
    return item;
}

// Only what the same grantor granted; a REVOKE on the table takes the columns' privileges too.
static const struct acl_item *revoked(struct grant *g, const struct acl_item *items, const char *grantee, unsigned mask,
                                      bool columns)
{
    const struct acl_item *kept = NULL;

    for (const struct acl_item *i = items; i; i = i->next) {
        bool meant = lc_streq(i->grantee, grantee) && lc_streq(i->grantor, g->grantor) && !columns;
        struct acl_item *item;

        if (meant && !(i->privileges & ~mask))
            continue;
        item = LC_NEW(g->cat->arena, struct acl_item);
        *item = *i;
        item->privileges &= meant ? ~mask : ACL_ALL;
        item->next = kept;
        kept = item;
    }
    return kept;
}

static void grant_on(struct catalog *cat, const GrantStmt *stmt, const struct cat_object *o)
{
    struct grant g = {cat, o ? grantor_of(cat, o) : NULL};
    const struct acl_item *items;

    if (!o || (!stmt->is_grant && stmt->grant_option)) // REVOKE GRANT OPTION FOR
        return;
    items = items_of(cat, o);
    for (LIST_EACH(i, &stmt->grantees)) {
        const RoleSpec *role = LIST_GET(RoleSpec, &stmt->grantees, i);
        bool everyone = role && role->roletype == ROLESPEC_PUBLIC;
        const char *grantee = role && !everyone ? cat_role_name(cat, role) : NULL;

        if (!everyone && !cat_role_is_known(cat, grantee)) // whoever is a member of it may do what nobody here knows of
            continue;
        for (int p = 0; p < (stmt->privileges.length ? stmt->privileges.length : 1); p++) {
            const AccessPriv *priv = stmt->privileges.length ? LIST_GET(AccessPriv, &stmt->privileges, p) : NULL;
            unsigned mask = priv && priv->priv_name ? privilege_of(priv->priv_name) : ACL_ALL;
            bool columns = priv && priv->cols.length;

            items = stmt->is_grant ? granted(&g, items, grantee, mask, columns) : revoked(&g, items, grantee, mask, columns);
        }
    }
    put_acl(cat, o, items);
}

struct all_in_schema {
    struct catalog *cat;
    const GrantStmt *stmt;
    Oid schema;
};

static void grant_if_in_schema(const struct cat_object *o, void *context)
{
    struct all_in_schema *a = context;
    const struct cat_relation *rel = o->class == CAT_RELATION ? (const struct cat_relation *)(const void *)o : NULL;
    bool meant = !rel || (a->stmt->objtype == OBJECT_SEQUENCE ? rel->relkind == 'S' : strchr("rpvmf", rel->relkind) != NULL);

    if (o->schema == a->schema && meant)
        grant_on(a->cat, a->stmt, o);
}

static void grant_in_schemas(struct catalog *cat, const GrantStmt *stmt)
{
    bool relations = stmt->objtype == OBJECT_TABLE || stmt->objtype == OBJECT_SEQUENCE;

    for (LIST_EACH(i, &stmt->objects)) {
        struct all_in_schema a = {cat, stmt, cat_schema_oid(cat, node_string(stmt->objects.items[i]))};

        if (a.schema)
            cat_each(cat, relations ? CAT_RELATION : CAT_PROC, grant_if_in_schema, &a);
    }
}

static const struct cat_object *target_of(const struct catalog *cat, const GrantStmt *stmt, const Node *object)
{
    struct cat_target target;
    struct lc_error err = {0};

    if (IsA(object, RangeVar)) {
        const struct cat_relation *rel = cat_find_rangevar(cat, AS(RangeVar, object));
        return rel ? &rel->o : NULL;
    }
    if (cat_object_address(cat, stmt->objtype, object, true, &target, &err) != LC_OK || target.address.class == CAT_NONE)
        return NULL;
    return cat_get(cat, target.address.class, target.address.oid);
}

void cat_apply_grant(struct catalog *cat, const GrantStmt *stmt)
{
    if (stmt->targtype == ACL_TARGET_ALL_IN_SCHEMA)
        grant_in_schemas(cat, stmt);
    for (int i = 0; stmt->targtype == ACL_TARGET_OBJECT && i < stmt->objects.length; i++)
        grant_on(cat, stmt, target_of(cat, stmt, stmt->objects.items[i]));
}

// What kind of objects ALTER DEFAULT PRIVILEGES calls this one (pg_default_acl.defaclobjtype).
static char default_kind(const struct cat_object *o)
{
    if (o->class == CAT_RELATION)
        return ((const struct cat_relation *)(const void *)o)->relkind == 'S' ? 'S' : 'r';
    return o->class == CAT_PROC ? 'f' : o->class == CAT_TYPE ? 'T' : 'n';
}

static const char *defaults_key(const struct catalog *cat, const char *role, char kind)
{
    return lc_printf(cat->arena, "lockcast.defaults.%c.%s", kind, role ? role : "");
}

// What is granted on objects that these roles make from now on is not followed.
void cat_apply_default_privileges(struct catalog *cat, const AlterDefaultPrivilegesStmt *stmt)
{
    const DefElem *named = cat_option(&stmt->options, "roles");
    NodeList roles = cat_node_list(named ? named->arg : NULL);
    ObjectType type = stmt->action ? stmt->action->objtype : OBJECT_TABLE;
    char kind = type == OBJECT_SEQUENCE ? 'S'
                : type == OBJECT_TABLE  ? 'r'
                : type == OBJECT_TYPE   ? 'T'
                : type == OBJECT_SCHEMA ? 'n'
                                        : 'f';

    for (int i = 0; stmt->action && stmt->action->is_grant && i < (roles.length ? roles.length : 1); i++) {
        const char *role = roles.length ? cat_role_name(cat, LIST_GET(RoleSpec, &roles, i)) : cat_user(cat);

        cat_set_setting(cat, defaults_key(cat, role, kind), "granted", false);
    }
}

// --- who may ----------------------------------------------------------------------------------------------------------------------------------

enum cat_known cat_ownercheck(const struct catalog *cat, const struct cat_object *o, const char *role)
{
    if (!cat_role_is_known(cat, role) || (!o->owner && !o->created && o->oid >= FirstNormalObjectId))
        return CAT_NOT_KNOWN;
    return cat_has_privs_of_role(cat, role, o->owner);
}

static bool has_defaults(const struct catalog *cat, const struct cat_object *o)
{
    return cat_setting(cat, defaults_key(cat, o->owner, default_kind(o))) != NULL;
}

static bool in_predefined_role(const struct catalog *cat, const char *role)
{
    static const char *const roles[] = {"pg_read_all_data", "pg_write_all_data", "pg_maintain"}; // pg_class_aclmask_ext

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (cat_has_privs_of_role(cat, role, roles[i]) != CAT_NO)
            return true;
    return false;
}

static void find_extension(const struct cat_depend *d, void *context)
{
    if (d->deptype == 'e')
        *(bool *)context = true;
}

// What the script of an extension grants on its objects is not kept.
static bool is_member(const struct catalog *cat, const struct cat_object *o)
{
    bool found = false;

    cat_each_dependency(cat, cat_address(o->class, o->oid, 0), find_extension, &found);
    return found;
}

enum cat_known cat_aclcheck(const struct catalog *cat, const struct cat_object *o, const char *role, unsigned mask)
{
    enum cat_known found = cat_ownercheck(cat, o, role);
    const struct acl *acl = find_acl(cat, o);

    if (found != CAT_NO || (!acl && (public_default(o->class) & mask)))
        return found == CAT_NO ? CAT_YES : found;
    if (in_predefined_role(cat, role) || (mask != CAT_ACL_MAINTAIN && (!o->created || has_defaults(cat, o) || is_member(cat, o))))
        return CAT_NOT_KNOWN; // what PUBLIC was granted before; of MAINTAIN it is taken for granted that it was not
    for (const struct acl_item *i = acl ? acl->items : NULL; i && found != CAT_YES; i = i->next) {
        enum cat_known has = !(i->privileges & mask) ? CAT_NO
                             : !i->grantee           ? CAT_YES
                                                     : cat_has_privs_of_role(cat, role, i->grantee);

        if (has != CAT_NO)
            found = i->columns ? CAT_NOT_KNOWN : has;
    }
    return found;
}

// Before 17 nobody can grant it, and the owner of the database may, whom the catalogue does not know.
bool cat_may_maintain(const struct catalog *cat, const struct cat_relation *rel)
{
    const char *user = cat_user(cat);

    if (!user)
        return true;
    return (cat_major(cat) >= 17 ? cat_aclcheck(cat, &rel->o, user, CAT_ACL_MAINTAIN) : cat_ownercheck(cat, &rel->o, user)) !=
           CAT_NO;
}

// Of a key that cat_key made.
static const struct cat_object *object_of(const struct catalog *cat, uint64_t key)
{
    return cat_get(cat, (enum cat_class)(key >> 32), (Oid)key);
}

bool cat_acl_names(const struct catalog *cat, const char *role)
{
    for (LC_EACH(e, &cat->acls)) {
        const struct acl_slot *slot = e->value;
        const struct acl *acl = slot->acl;

        for (const struct acl_item *i = acl ? acl->items : NULL; i; i = i->next)
            if (lc_streq(i->grantee, role) && object_of(cat, e->number))
                return true;
    }
    return false;
}

void cat_acl_forget(struct catalog *cat, const char *role)
{
    for (LC_EACH(e, &cat->acls)) {
        const struct acl_slot *slot = e->value;
        const struct acl *acl = slot->acl;
        const struct cat_object *o = object_of(cat, e->number);
        const struct acl_item *kept = NULL;

        for (const struct acl_item *i = o && acl ? acl->items : NULL; i; i = i->next) {
            struct acl_item *item = LC_NEW(cat->arena, struct acl_item);

            *item = *i;
            item->next = kept;
            if (!lc_streq(i->grantee, role))
                kept = item;
        }
        if (o && acl)
            put_acl(cat, o, kept);
    }
}
