// Who may: a role that SET ROLE chose needs the privilege or the table. Only for commands that look before they lock (TRUNCATE, VACUUM, ANALYZE,
// CLUSTER, LOCK), because there it decides whether they wait.
#include "catalog/roles.h"
#include "isolation/world.h"

static enum got denied(struct world *w, struct session *s, const struct cat_relation *rel)
{
    return world_error(w, s, "permission denied for table %s", rel->o.name);
}

static enum got check_truncate(struct world *w, struct session *s, const TruncateStmt *t)
{
    for (LIST_EACH(i, &t->relations)) {
        const RangeVar *rv = LIST_GET(RangeVar, &t->relations, i);
        const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

        if (rel && cat_aclcheck(s->cat, &rel->o, cat_user(s->cat), CAT_ACL_TRUNCATE) == CAT_NO)
            return denied(w, s, rel);
    }
    return GOT;
}

// vacuum_is_permitted_for_relation: a table that is not one's own is left out. Its partitions are looked at one by one.
static enum got check_vacuum(const struct session *s, const VacuumStmt *v)
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
            any |= cat_may_maintain(s->cat, cat_relation(s->cat, all.items[k]));
    }
    return any ? GOT : NONE;
}

static enum got check_cluster(struct world *w, struct session *s, const ClusterStmt *c)
{
    const struct cat_relation *rel = c->relation ? cat_find_rangevar(s->cat, c->relation) : NULL;

    if (!rel || cat_may_maintain(s->cat, rel))
        return GOT;
    return w->major >= 17 ? denied(w, s, rel) : world_error(w, s, "must be owner of table %s", rel->o.name);
}

enum got check_privileges(struct world *w, struct session *s, const Node *stmt)
{
    refresh_catalog(w, s);
    if (!cat_user(s->cat))
        return GOT;
    switch (nodeTag(stmt)) {
    case T_TruncateStmt:
        return check_truncate(w, s, (const TruncateStmt *)(const void *)stmt);
    case T_VacuumStmt:
        return check_vacuum(s, (const VacuumStmt *)(const void *)stmt);
    case T_ClusterStmt:
        return check_cluster(w, s, (const ClusterStmt *)(const void *)stmt);
    default:
        return GOT;
    }
}
