// What publications forbid: UPDATE and DELETE of tables that publish them and have no replica identity, or whose column list or row filter does not
// go with it (execReplication.c CheckCmdReplicaIdentity, relcache.c RelationBuildPublicationDesc).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"

struct published {
    const struct fp_session *s;
    const struct cat_relation *rel;
    const struct cat_relation *identity; // the index of its replica identity; NULL: it has none
    bool update, delete;
    const char *why_update, *why_delete; // what of a list or a filter forbids them; NULL: nothing
};

static const struct cat_relation *partition_parent(const struct published *p, const struct cat_relation *rel)
{
    return rel->relispartition ? cat_relation(p->s->cat, cat_partition_parent(rel)) : NULL;
}

static bool is_member(const struct cat_publication *pub, const struct cat_relation *rel)
{
    return cat_oids_has(&pub->relations, rel->o.oid) || cat_oids_has(&pub->schemas, rel->o.schema);
}

// GetTopMostAncestorInPublication: whose list and filter hold for the relation.
static const struct cat_relation *published_as(const struct published *p, const struct cat_publication *pub)
{
    const struct cat_relation *as = p->rel;

    for (const struct cat_relation *up = partition_parent(p, p->rel); up && pub->viaroot; up = partition_parent(p, up))
        if (is_member(pub, up))
            as = up;
    return as;
}

// Columns of the relation and of what it is published as go together by name.
static bool in_identity(const struct published *p, const char *column)
{
    const struct cat_index *x = p->identity ? p->identity->index : NULL;
    const struct cat_attribute *att = cat_find_column(p->rel, column);

    for (int i = 0; x && att && i < x->nkeyatts; i++)
        if (x->keys[i] == att->attnum)
            return true;
    return false;
}

// pub_rf_contains_invalid_column
static bool filter_is_invalid(const struct published *p, const struct cat_publication_rel *part, const struct cat_relation *as)
{
    struct cat_attnums used = {0};

    if (!part || !part->where || p->rel->relreplident == 'f')
        return false;
    cat_expr_columns(p->s->cat, as, part->where, &used, NULL);
    for (int i = 0; i < used.len; i++)
        if (!in_identity(p, cat_attribute_at(as, used.items[i])->name))
            return true;
    return false;
}

static bool in_list(const struct cat_publication_rel *part, const struct cat_attribute *att)
{
    for (int i = 0; att && i < part->columns.len; i++)
        if (part->columns.items[i] == att->attnum)
            return true;
    return false;
}

// pub_contains_invalid_column: the list must cover the replica identity.
static bool list_is_invalid(const struct published *p, const struct cat_publication_rel *part, const struct cat_relation *as)
{
    const struct cat_index *x = p->identity ? p->identity->index : NULL;

    if (!part || !part->columns.len)
        return false;
    if (p->rel->relreplident == 'f')
        return true;
    for (int i = 0; x && i < x->nkeyatts; i++) {
        const struct cat_attribute *att = cat_attribute_at(p->rel, x->keys[i]);
        if (att && !in_list(part, cat_find_column(as, att->name)))
            return true;
    }
    return false;
}

// The same, of generated columns: they must be published where they identify a row (18).
static bool generated_is_invalid(const struct published *p, const struct cat_publication *pub,
                                 const struct cat_publication_rel *part)
{
    for (int i = 0; i < p->rel->natts && cat_major(p->s->cat) >= 18; i++) {
        const struct cat_attribute *att = &p->rel->attrs[i];
        bool published = att->generated == 's' && pub->generated;
        if (att->isdropped || !att->generated || published)
            continue;
        if (p->rel->relreplident == 'f' || (!(part && part->columns.len) && in_identity(p, att->name)))
            return true;
    }
    return false;
}

static const char *what_is_invalid(const struct published *p, const struct cat_publication *pub)
{
    const struct cat_relation *as = published_as(p, pub);
    const struct cat_publication_rel *part = cat_published_part(p->s->cat, pub->o.oid, as->o.oid);

    if (cat_major(p->s->cat) < 15)
        return NULL;
    return filter_is_invalid(p, part, as)       ? "a column of the publication's WHERE is not part of the replica identity"
           : list_is_invalid(p, part, as)       ? "the publication's column list does not cover the replica identity"
           : generated_is_invalid(p, pub, part) ? "the replica identity has a generated column that is not published"
                                                : NULL;
}

static void note_publication(const struct cat_object *object, void *context)
{
    const struct cat_publication *pub = (const struct cat_publication *)(const void *)object;
    struct published *p = context;
    bool member = pub->alltables;

    // a partition is published with what is above it
    for (const struct cat_relation *r = p->rel; r; r = partition_parent(p, r))
        member |= is_member(pub, r);
    const char *why = member && (pub->update || pub->delete) ? what_is_invalid(p, pub) : NULL;
    p->update |= member && pub->update;
    p->delete |= member && pub->delete;
    if (why && pub->update && !p->why_update)
        p->why_update = why;
    if (why && pub->delete &&!p->why_delete)
        p->why_delete = why;
}

// RelationGetReplicaIndex
static const struct cat_relation *replica_index(const struct catalog *cat, const struct cat_relation *rel)
{
    for (int i = 0; strchr("di", rel->relreplident ? rel->relreplident : 'd') && i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(cat, rel->indexes.items[i]);
        const struct cat_constraint *con = index->index->constraint ? cat_constraint(cat, index->index->constraint) : NULL;
        if (rel->relreplident == 'i' ? index->index->replident : index->index->primary && !(con && con->condeferrable))
            return index;
    }
    return NULL;
}

static void check_table(struct fp_session *s, const struct cat_relation *rel, enum fq_op op)
{
    struct published p = {.s = s, .rel = rel};

    if (rel->relkind != 'r' || rel->relpersistence != 'p')
        return;
    p.identity = replica_index(s->cat, rel);
    cat_each(s->cat, CAT_PUBLICATION, note_publication, &p);
    if (op == FQ_UPDATE && p.why_update)
        fp_refuse(s, "42P10", "cannot update table \"%s\": %s", rel->o.name, p.why_update);
    else if (op == FQ_DELETE && p.why_delete)
        fp_refuse(s, "42P10", "cannot delete from table \"%s\": %s", rel->o.name, p.why_delete);
    else if (p.identity || rel->relreplident == 'f')
        return;
    else if (op == FQ_UPDATE && p.update)
        fp_refuse(s, "55000", "cannot update table \"%s\" because it does not have a replica identity and publishes updates",
                  rel->o.name);
    else if (op == FQ_DELETE && p.delete)
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
