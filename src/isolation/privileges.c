// Who may: a role that SET ROLE chose needs the privilege or the table. Only for commands that look before they lock (TRUNCATE, VACUUM, ANALYZE,
// CLUSTER, LOCK), because there it decides whether they wait.
#include "isolation/world.h"

static const char *grant_key(struct world *w, const char *role, const char *privilege, const char *table)
{
    return lc_printf(w->arena, "%s %s %s", role, privilege, table);
}

static const char *user_of(const struct session *s)
{
    const char *role = cat_setting(s->cat, "role");

    return role && !lc_streq(role, "none") ? role : NULL;
}

void note_grant(struct world *w, const struct session *s, const GrantStmt *g)
{
    for (int o = 0; g->objtype == OBJECT_TABLE && o < g->objects.length; o++) {
        const struct cat_relation *rel = cat_find_rangevar(s->cat, LIST_GET(RangeVar, &g->objects, o));

        for (int r = 0; rel && r < g->grantees.length; r++) {
            const RoleSpec *role = LIST_GET(RoleSpec, &g->grantees, r);

            for (int p = 0; role && p < (g->privileges.length ? g->privileges.length : 1); p++) {
                const AccessPriv *priv = g->privileges.length ? LIST_GET(AccessPriv, &g->privileges, p) : NULL;
                const char *key = grant_key(w, role->rolename ? role->rolename : "public", priv ? priv->priv_name : "all",
                                            cat_qualified_name(s->cat, rel));

                (void)lc_map_put(&w->grants, key, g->is_grant ? w : NULL);
            }
        }
    }
}

static bool may(struct world *w, const struct session *s, const struct cat_relation *rel, const char *privilege)
{
    const char *user = user_of(s), *table = cat_qualified_name(s->cat, rel);

    return !user || lc_streq(user, rel->o.owner) || lc_map_get(&w->grants, grant_key(w, user, privilege, table)) ||
           lc_map_get(&w->grants, grant_key(w, user, "all", table)) ||
           lc_map_get(&w->grants, grant_key(w, "public", privilege, table));
}

bool may_maintain(struct world *w, const struct session *s, const char *table)
{
    const struct cat_relation *rel = cat_find_regclass(s->cat, table);

    return !rel || may(w, s, rel, "maintain");
}

static enum got denied(struct world *w, struct session *s, const struct cat_relation *rel)
{
    return world_error(w, s, "permission denied for table %s", rel->o.name);
}

static enum got check_truncate(struct world *w, struct session *s, const TruncateStmt *t)
{
    for (LIST_EACH(i, &t->relations)) {
        const RangeVar *rv = LIST_GET(RangeVar, &t->relations, i);
        const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

        if (rel && !may(w, s, rel, "truncate"))
            return denied(w, s, rel);
    }
    return GOT;
}

// vacuum_is_permitted_for_relation: a table that is not one's own is left out. Its partitions are looked at one by one.
static enum got check_vacuum(struct world *w, struct session *s, const VacuumStmt *v)
{
    bool any = v->rels.length == 0;

    for (LIST_EACH(i, &v->rels)) {
        const VacuumRelation *r = LIST_GET(VacuumRelation, &v->rels, i);
        const struct cat_relation *rel = r && r->relation ? cat_find_rangevar(s->cat, r->relation) : NULL;
        struct cat_oids all = {0};

        if (!rel)
            return GOT;
        cat_inheritors(s->cat, rel->o.oid, &all);
        for (int k = 0; k < all.len; k++)
            any |= may(w, s, cat_relation(s->cat, all.items[k]), "maintain");
    }
    return any ? GOT : NONE;
}

static enum got check_cluster(struct world *w, struct session *s, const ClusterStmt *c)
{
    const struct cat_relation *rel = c->relation ? cat_find_rangevar(s->cat, c->relation) : NULL;

    if (!rel || may(w, s, rel, "maintain"))
        return GOT;
    return w->major >= 17 ? denied(w, s, rel) : world_error(w, s, "must be owner of table %s", rel->o.name);
}

enum got check_privileges(struct world *w, struct session *s, const Node *stmt)
{
    refresh_catalog(w, s);
    if (!user_of(s))
        return GOT;
    switch (nodeTag(stmt)) {
    case T_TruncateStmt:
        return check_truncate(w, s, (const TruncateStmt *)(const void *)stmt);
    case T_VacuumStmt:
        return check_vacuum(w, s, (const VacuumStmt *)(const void *)stmt);
    case T_ClusterStmt:
        return check_cluster(w, s, (const ClusterStmt *)(const void *)stmt);
    default:
        return GOT;
    }
}
