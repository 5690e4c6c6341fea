// What publications forbid: UPDATE and DELETE of tables that publish them and have no replica identity (execReplication.c
// CheckCmdReplicaIdentity, relcache.c RelationBuildPublicationDesc).
#include "footprint/fp_query.h"

#include "base/str.h"

struct published {
    const struct fp_session *s;
    const struct cat_relation *rel;
    bool update, delete;
};

static void note_publication(const struct cat_object *object, void *context)
{
    const struct cat_publication *pub = (const struct cat_publication *)(const void *)object;
    struct published *p = context;
    bool member = pub->alltables;

    // a partition is published with what is above it
    for (const struct cat_relation *r = p->rel; r;
         r = r->relispartition ? cat_relation(p->s->cat, cat_partition_parent(r)) : NULL)
        member |= cat_oids_has(&pub->relations, r->o.oid) || cat_oids_has(&pub->schemas, r->o.schema);
    p->update |= member && pub->update;
    p->delete |= member && pub->delete;
}

// RelationGetReplicaIndex
static bool has_replica_identity(const struct catalog *cat, const struct cat_relation *rel)
{
    if (rel->relreplident == 'f')
        return true;
    for (int i = 0; rel->relreplident != 'n' && i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(cat, rel->indexes.items[i]);
        const struct cat_constraint *con = index->index->constraint ? cat_constraint(cat, index->index->constraint) : NULL;
        if (rel->relreplident == 'i' ? index->index->replident : index->index->primary && !(con && con->condeferrable))
            return true;
    }
    return false;
}

static void check_table(struct fp_session *s, const struct cat_relation *rel, enum fq_op op)
{
    struct published p = {.s = s, .rel = rel};

    if (rel->relkind != 'r' || rel->relpersistence != 'p' || has_replica_identity(s->cat, rel))
        return;
    cat_each(s->cat, CAT_PUBLICATION, note_publication, &p);
    if (op == FQ_UPDATE && p.update)
        fp_refuse(s, "55000", "cannot update table \"%s\" because it does not have a replica identity and publishes updates",
                  rel->o.name);
    if (op == FQ_DELETE && p.delete)
        fp_refuse(s, "55000", "cannot delete from table \"%s\" because it does not have a replica identity and publishes deletes",
                  rel->o.name);
}

void fq_check_published(struct fp_session *s, const struct fq_write *w)
{
    struct cat_oids all = {0};

    if (s->traffic || s->uncertain || w->op == FQ_INSERT)
        return;
    check_table(s, w->rel, w->op);
    if (!w->inh)
        return;
    cat_inheritors(s->cat, w->rel->o.oid, &all);
    // of partitions, those that are locked for certain: the planner may leave out others
    for (int i = 1; i < all.len; i++)
        for (int k = 0; k < s->fp->locks.len; k++)
            if (s->fp->locks.items[k].rel->o.oid == all.items[i] && s->fp->locks.items[k].mode == LC_ROW_EXCLUSIVE &&
                s->fp->locks.items[k].certain)
                check_table(s, cat_relation(s->cat, all.items[i]), w->op);
}
