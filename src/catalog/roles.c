// Roles of this run and what they are members of (commands/user.c, utils/adt/acl.c).
#include "catalog/roles.h"

#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/internal.h"

#define MAX_WALK 1000 // memberships looked at for one answer: what lies behind them is not known

struct membership { // pg_auth_members: of the role that lists it
    const char *role, *grantor;
    bool inherit, set;
    const struct membership *next;
};

struct role { // pg_authid; never changed once it is in its slot
    bool superuser, inherit;
    const struct membership *memberships;
};

struct role_slot {
    void *role; // struct role; NULL: dropped, or renamed
};

static const struct role *find_role(const struct catalog *cat, const char *name)
{
    const struct role_slot *slot = name ? lc_map_get(&cat->roles, name) : NULL;

    return slot ? slot->role : NULL;
}

static void put_role(struct catalog *cat, const char *name, struct role *role)
{
    struct role_slot *slot = lc_map_get(&cat->roles, name);

    if (!slot) {
        slot = LC_NEW(cat->arena, struct role_slot);
        (void)lc_map_put(&cat->roles, lc_strdup(cat->arena, name), slot);
    }
    cat_set_word(cat, &slot->role, role);
}

bool cat_role_is_known(const struct catalog *cat, const char *role)
{
    return find_role(cat, role) != NULL;
}

bool cat_role_is_superuser(const struct catalog *cat, const char *role)
{
    const struct role *r = find_role(cat, role);

    return r && r->superuser;
}

// --- who is a member of what ----------------------------------------------------------------------------------------------------------

// roles_is_member_of: since 16 each grant says whether it is inherited and whether it allows SET ROLE.
static bool follows(const struct catalog *cat, const struct role *r, const struct membership *m, bool set_role)
{
    if (cat_major(cat) >= 16)
        return set_role ? m->set : m->inherit;
    return set_role || r->inherit;
}

static enum cat_known walk(const struct catalog *cat, const char *member, const char *role, bool set_role, int *left)
{
    const struct role *r = find_role(cat, member);
    enum cat_known found = CAT_NO;

    if (role && strcmp(member, role) == 0)
        return CAT_YES;
    if (!r || --*left < 0) // a predefined role is member of none but such (catalog/pg_authid.dat)
        return lc_starts(member, "pg_") && !lc_starts(role ? role : "", "pg_") ? CAT_NO : CAT_NOT_KNOWN;
    for (const struct membership *m = r->memberships; m && found != CAT_YES; m = m->next) {
        enum cat_known above = follows(cat, r, m, set_role) ? walk(cat, m->role, role, set_role, left) : CAT_NO;

        if (above != CAT_NO)
            found = above;
    }
    return found;
}

enum cat_known cat_has_privs_of_role(const struct catalog *cat, const char *member, const char *role)
{
    int left = MAX_WALK;

    return cat_role_is_superuser(cat, member) ? CAT_YES : walk(cat, member, role, false, &left);
}

enum cat_known cat_can_set_role(const struct catalog *cat, const char *member, const char *role)
{
    int left = MAX_WALK;

    return cat_role_is_superuser(cat, member) ? CAT_YES : walk(cat, member, role, true, &left);
}

// --- CREATE ROLE, ALTER ROLE, GRANT role -------------------------------------------------------------------------------------------------

static bool is_grant(const struct catalog *cat, const struct membership *m, const char *role, bool by_any)
{
    return lc_streq(m->role, role) && (by_any || lc_streq(m->grantor, cat_user(cat)));
}

// AddRoleMems; inherit and set: -1 as they are, or as the member's own INHERIT and true. A grant that is there already stays as it is.
static void add_member(struct catalog *cat, const char *role, const char *member, int inherit, int set)
{
    const struct role *old = find_role(cat, member);
    struct membership *m = LC_NEW(cat->arena, struct membership);
    struct role *copy = LC_NEW(cat->arena, struct role);

    if (!old || !role)
        return;
    for (const struct membership *g = old->memberships; g; g = g->next)
        if (is_grant(cat, g, role, cat_major(cat) < 16))
            return;
    *m = (struct membership){role, cat_user(cat), inherit < 0 ? old->inherit : inherit > 0, set != 0, old->memberships};
    *copy = *old;
    copy->memberships = m;
    put_role(cat, member, copy);
}

// `by_any`: whoever granted it; else only what the current user did.
static void remove_member(struct catalog *cat, const char *role, const char *member, bool by_any)
{
    const struct role *old = find_role(cat, member);
    const struct membership *found = old ? old->memberships : NULL;

    while (found && !is_grant(cat, found, role, by_any))
        found = found->next;
    if (!found)
        return;
    struct role *copy = LC_NEW(cat->arena, struct role);
    *copy = (struct role){old->superuser, old->inherit, NULL};
    for (const struct membership *m = old->memberships; m; m = m->next) {
        struct membership *kept = LC_NEW(cat->arena, struct membership);

        if (is_grant(cat, m, role, by_any))
            continue;
        *kept = *m;
        kept->next = copy->memberships;
        copy->memberships = kept;
    }
    put_role(cat, member, copy);
}

static void each_member(struct catalog *cat, const char *role, const Node *list, bool add)
{
    NodeList members = cat_node_list(list);

    for (LIST_EACH(i, &members)) {
        const RoleSpec *member = LIST_GET(RoleSpec, &members, i);

        if (member && add)
            add_member(cat, role, cat_role_name(cat, member), -1, -1);
        else if (member)
            remove_member(cat, role, cat_role_name(cat, member), false);
    }
}

// CreateRole: since 16 its maker, no superuser, gets it with ADMIN OPTION, and with what createrole_self_grant says.
static void grant_to_maker(struct catalog *cat, const char *role)
{
    const char *user = cat_user(cat), *self = cat_setting(cat, "createrole_self_grant");

    if (cat_major(cat) < 16 || !cat_role_is_known(cat, user) || cat_role_is_superuser(cat, user))
        return;
    add_member(cat, role, user, self && strstr(self, "inherit"), self && strstr(self, "set"));
}

static void create_role(struct catalog *cat, const CreateRoleStmt *stmt)
{
    struct role *role = LC_NEW(cat->arena, struct role);
    const DefElem *into = cat_option(&stmt->options, "addroleto");
    NodeList roles = cat_node_list(into ? into->arg : NULL);

    if (!stmt->role)
        return;
    role->superuser = cat_option_true(&stmt->options, "superuser", false);
    role->inherit = cat_option_true(&stmt->options, "inherit", true);
    put_role(cat, stmt->role, role);
    grant_to_maker(cat, stmt->role);
    for (LIST_EACH(i, &roles))
        add_member(cat, cat_role_name(cat, LIST_GET(RoleSpec, &roles, i)), stmt->role, -1, -1);
    for (LIST_EACH(i, &stmt->options)) {
        const DefElem *option = LIST_GET(DefElem, &stmt->options, i);

        if (option && (lc_streq(option->defname, "rolemembers") || lc_streq(option->defname, "adminmembers")))
            each_member(cat, stmt->role, option->arg, true);
    }
}

static void alter_role(struct catalog *cat, const AlterRoleStmt *stmt)
{
    const char *name = cat_role_name(cat, stmt->role);
    const struct role *old = find_role(cat, name);
    const DefElem *members = cat_option(&stmt->options, "rolemembers");

    if (old) {
        struct role *copy = LC_NEW(cat->arena, struct role);
        *copy = *old;
        copy->superuser = cat_option_true(&stmt->options, "superuser", old->superuser);
        copy->inherit = cat_option_true(&stmt->options, "inherit", old->inherit);
        put_role(cat, name, copy);
    }
    if (members) // ALTER GROUP
        each_member(cat, name, members->arg, stmt->action > 0);
}

struct owned {
    const char *role;
    bool found;
};

static void find_owned(const struct cat_object *o, void *context)
{
    struct owned *w = context;

    w->found |= lc_streq(o->owner, w->role);
}

// checkSharedDependencies would refuse to drop it, if the catalogue is right about all that it owns: too little is known to say so.
static bool is_needed(const struct catalog *cat, const char *role)
{
    struct owned w = {role, false};

    for (int c = CAT_NONE + 1; c < CAT_CLASS_COUNT && !w.found; c++)
        if (c != CAT_ATTRDEF)
            cat_each(cat, (enum cat_class)c, find_owned, &w);
    return w.found || cat_acl_names(cat, role);
}

static void drop_role(struct catalog *cat, const DropRoleStmt *stmt)
{
    for (LIST_EACH(i, &stmt->roles)) {
        const RoleSpec *spec = LIST_GET(RoleSpec, &stmt->roles, i);
        const char *name = spec ? cat_role_name(cat, spec) : NULL;

        if (!find_role(cat, name) || is_needed(cat, name))
            continue;
        put_role(cat, name, NULL);
        for (LC_EACH(e, &cat->roles)) // who was a member of it
            remove_member(cat, name, e->key, true);
    }
}

// -1: not said
static int grant_option(const NodeList *options, const char *name)
{
    return cat_option(options, name) ? cat_option_true(options, name, false) : -1;
}

static void grant_role(struct catalog *cat, const GrantRoleStmt *stmt)
{
    bool only_option = stmt->opt.length || stmt->admin_opt;

    for (LIST_EACH(i, &stmt->granted_roles)) {
        const AccessPriv *role = LIST_GET(AccessPriv, &stmt->granted_roles, i);

        for (int k = 0; role && k < stmt->grantee_roles.length; k++) {
            const char *member = cat_role_name(cat, LIST_GET(RoleSpec, &stmt->grantee_roles, k));
            int inherit = grant_option(&stmt->opt, "inherit"), set = grant_option(&stmt->opt, "set");

            if (stmt->is_grant && (inherit >= 0 || set >= 0))
                remove_member(cat, role->priv_name, member, false);
            if (stmt->is_grant)
                add_member(cat, role->priv_name, member, inherit, set);
            else if (!only_option)
                remove_member(cat, role->priv_name, member, cat_major(cat) < 16);
        }
    }
}

enum lc_code cat_apply_role(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    const RenameStmt *rename = AS(RenameStmt, stmt);

    (void)err;
    *mine = true;
    if (IsA(stmt, CreateRoleStmt)) {
        create_role(cat, AS(CreateRoleStmt, stmt));
    } else if (IsA(stmt, AlterRoleStmt)) {
        alter_role(cat, AS(AlterRoleStmt, stmt));
    } else if (IsA(stmt, DropRoleStmt)) {
        drop_role(cat, AS(DropRoleStmt, stmt));
    } else if (IsA(stmt, GrantRoleStmt)) {
        grant_role(cat, AS(GrantRoleStmt, stmt));
    } else if (rename &&
               rename->renameType == OBJECT_ROLE) { // objects keep their owners by name: nothing is known of either name now
        if (find_role(cat, rename->subname))
            put_role(cat, rename->subname, NULL);
    } else {
        *mine = false;
    }
    return LC_OK;
}
