// Inheritance and partitions.
#include "catalog/internal.h"

void cat_inheritors(const struct catalog *cat, Oid rel, struct cat_oids *out)
{
    struct lc_map seen;
    int first = out->len;

    lc_map_init(&seen, cat->arena);
    LC_PUSH(cat->arena, out, rel);
    if (!cat_relation(cat, rel) || !cat_relation(cat, rel)->children.len)
        return;
    (void)lc_map_puti(&seen, rel, cat->self);
    for (int i = first; i < out->len; i++) {
        const struct cat_relation *r = cat_relation(cat, out->items[i]);

        for (int k = 0; r && k < r->children.len; k++) {
            Oid child = r->children.items[k];

            if (!lc_map_puti(&seen, child, cat->self))
                LC_PUSH(cat->arena, out, child);
        }
    }
}

Oid cat_partition_parent(const struct cat_relation *rel)
{
    return rel->relispartition && rel->parents.len ? rel->parents.items[0] : InvalidOid;
}

Oid cat_default_partition(const struct catalog *cat, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(cat, rel->children.items[i]);

        if (child && child->relispartition && child->partdefault)
            return child->o.oid;
    }
    return InvalidOid;
}
