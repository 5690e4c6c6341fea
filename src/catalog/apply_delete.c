// Dropping objects: what cat_deletion() lists is taken away, each in its own manner (doDeletion, catalog/dependency.c).
#include <string.h>

#include "catalog/apply_internal.h"

// RemoveAttributeById (catalog/heap.c): the column stays as a dropped one.
static void drop_column(struct catalog *cat, Oid relid, int attnum)
{
    struct cat_relation *rel;
    struct cat_attribute *att;

    if (!cat_relation(cat, relid) || attnum > cat_relation(cat, relid)->natts)
        return;
    rel = cat_modify_relation(cat, relid);
    att = cat_modify_attribute(rel, attnum);
    att->name = lc_printf(cat_arena(cat), "........pg.dropped.%d........", attnum);
    att->isdropped = true;
    att->notnull = att->hasmissing = false;
    att->def = NULL;
    att->def_text = NULL;
    att->generated = att->identity = 0;
    cat_undepend(cat, cat_address(CAT_RELATION, relid, attnum), CAT_NONE);
}

// RemoveAttrDefaultById.
static void drop_default(struct catalog *cat, Oid relid, int attnum)
{
    struct cat_attribute *att;

    if (!cat_relation(cat, relid) || attnum > cat_relation(cat, relid)->natts)
        return;
    att = cat_modify_attribute(cat_modify_relation(cat, relid), attnum);
    att->def = NULL;
    att->def_text = NULL;
    cat_undepend(cat, cat_address(CAT_ATTRDEF, relid, attnum), CAT_NONE);
}

static void unlink_relation(struct catalog *cat, const struct cat_relation *rel)
{
    struct cat_oids parents = rel->parents, children = rel->children;

    for (int i = 0; i < parents.len; i++)
        cat_unlink_inherits(cat, rel->o.oid, parents.items[i]);
    for (int i = 0; i < children.len; i++)
        cat_unlink_inherits(cat, children.items[i], rel->o.oid);
}

static void remove_all(struct catalog *cat, enum cat_class class, struct cat_oids oids)
{
    for (int i = 0; i < oids.len; i++) {
        const struct cat_object *object = cat_get(cat, class, oids.items[i]);
        if (object)
            cat_remove(cat, object);
    }
}

static void drop_relation(struct catalog *cat, const struct cat_relation *rel)
{
    struct cat_oids indexes = rel->indexes;
    const struct cat_relation *now;

    for (int i = 0; i < indexes.len; i++)
        if ((now = cat_relation(cat, indexes.items[i])) != NULL)
            drop_relation(cat, now);
    remove_all(cat, CAT_CONSTRAINT, cat_relation(cat, rel->o.oid)->constraints);
    remove_all(cat, CAT_TRIGGER, cat_relation(cat, rel->o.oid)->triggers);
    remove_all(cat, CAT_RULE, cat_relation(cat, rel->o.oid)->rules);
    remove_all(cat, CAT_POLICY, cat_relation(cat, rel->o.oid)->policies);
    unlink_relation(cat, cat_relation(cat, rel->o.oid));
    if (rel->toastrelid && (now = cat_relation(cat, rel->toastrelid)) != NULL)
        drop_relation(cat, now);
    cat_remove(cat, cat_relation(cat, rel->o.oid));
}

// RemovePublicationRelById.
static void drop_publication_rel(struct catalog *cat, const struct cat_publication_rel *part)
{
    const struct cat_publication *old = cat_publication(cat, part->pubid);
    struct cat_publication *pub = old ? cat_modify(cat, old) : NULL;
    struct cat_oids kept = {0};

    for (int i = 0; pub && i < pub->relations.len; i++)
        if (pub->relations.items[i] != part->relid)
            LC_PUSH(cat_arena(cat), &kept, pub->relations.items[i]);
    if (pub)
        pub->relations = kept;
    cat_remove(cat, part);
}

static void delete_one(struct catalog *cat, struct cat_address a)
{
    if (a.class == CAT_ATTRDEF) {
        drop_default(cat, a.oid, a.subid);
    } else if (a.class == CAT_RELATION && a.subid) {
        drop_column(cat, a.oid, a.subid);
    } else if (a.class == CAT_RELATION) {
        if (cat_relation(cat, a.oid))
            drop_relation(cat, cat_relation(cat, a.oid));
    } else if (a.class == CAT_PUBLICATION_REL) {
        if (cat_publication_rel(cat, a.oid))
            drop_publication_rel(cat, cat_publication_rel(cat, a.oid));
    } else {
        const struct cat_object *object = cat_get(cat, a.class, a.oid);
        if (object)
            cat_remove(cat, object);
    }
}

enum lc_code cat_drop(struct catalog *cat, const struct cat_addresses *targets, bool cascade, struct lc_error *err)
{
    struct cat_addresses deleted = {0};
    enum lc_code rc = cat_deletion(cat, targets, cascade, &deleted, NULL, err);

    for (int i = 0; rc == LC_OK && i < deleted.len; i++)
        delete_one(cat, deleted.items[i]);
    return rc;
}
