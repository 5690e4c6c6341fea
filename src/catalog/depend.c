// pg_depend: the edges that were told, and the visit of told and derived ones together.
#include "catalog/internal.h"

static struct cat_edges *edges_of(struct catalog *cat, struct lc_intmap *map, enum cat_class class, Oid oid)
{
    struct cat_edges *list = lc_intmap_get(map, cat_key(class, oid));

    if (!list) {
        list = LC_NEW(cat->arena, struct cat_edges);
        (void)lc_intmap_put(map, cat_key(class, oid), list);
    }
    return list;
}

static bool same_address(struct cat_address a, struct cat_address b)
{
    return a.class == b.class && a.oid == b.oid && a.subid == b.subid;
}

void cat_depend(struct catalog *cat, struct cat_address object, struct cat_address ref, char deptype)
{
    struct cat_edges *out = edges_of(cat, &cat->dependencies, object.class, object.oid);
    struct cat_edge *edge;

    for (int i = 0; i < out->len; i++) {
        edge = out->items[i];
        if (same_address(edge->d.object, object) && same_address(edge->d.ref, ref) && edge->d.deptype == deptype) {
            cat_set_word(cat, &edge->live, edge);
            return;
        }
    }
    edge = LC_NEW(cat->arena, struct cat_edge);
    edge->d = (struct cat_depend){object, ref, deptype};
    LC_PUSH(cat->arena, out, edge);
    LC_PUSH(cat->arena, edges_of(cat, &cat->dependents, ref.class, ref.oid), edge);
    cat_set_word(cat, &edge->live, edge);
}

void cat_undepend(struct catalog *cat, struct cat_address object, enum cat_class refclass)
{
    struct cat_edges *out = lc_intmap_get(&cat->dependencies, cat_key(object.class, object.oid));

    for (int i = 0; out && i < out->len; i++) {
        struct cat_edge *edge = out->items[i];

        if (edge->live && (!object.subid || edge->d.object.subid == object.subid) && (!refclass || edge->d.ref.class == refclass))
            cat_set_word(cat, &edge->live, NULL);
    }
}

void cat_undepend_relation(struct catalog *cat, Oid relid, Oid refrelid)
{
    struct cat_edges *out = lc_intmap_get(&cat->dependencies, cat_key(CAT_RELATION, relid));

    for (int i = 0; out && i < out->len; i++) {
        struct cat_edge *edge = out->items[i];

        if (edge->live && !edge->d.object.subid && edge->d.ref.class == CAT_RELATION && edge->d.ref.oid == refrelid)
            cat_set_word(cat, &edge->live, NULL);
    }
}

static void forget(struct catalog *cat, struct cat_edges *list)
{
    for (int i = 0; list && i < list->len; i++)
        cat_set_word(cat, &list->items[i]->live, NULL);
}

void cat_forget_edges(struct catalog *cat, enum cat_class class, Oid oid)
{
    forget(cat, lc_intmap_get(&cat->dependencies, cat_key(class, oid)));
    forget(cat, lc_intmap_get(&cat->dependents, cat_key(class, oid)));
}

void cat_each_dependent(const struct catalog *cat, struct cat_address ref, cat_depend_visit visit, void *context)
{
    const struct cat_edges *list = lc_intmap_get(&cat->dependents, cat_key(ref.class, ref.oid));
    int n = list ? list->len : 0;

    cat_each_derived_dependent(cat, ref, visit, context);
    for (int i = 0; i < n; i++) {
        const struct cat_edge *edge = list->items[i];

        if (edge->live && (!ref.subid || edge->d.ref.subid == ref.subid))
            visit(&edge->d, context);
    }
}

void cat_each_dependency(const struct catalog *cat, struct cat_address object, cat_depend_visit visit, void *context)
{
    const struct cat_edges *list = lc_intmap_get(&cat->dependencies, cat_key(object.class, object.oid));
    int n = list ? list->len : 0;

    cat_each_derived_dependency(cat, object, visit, context);
    for (int i = 0; i < n; i++) {
        const struct cat_edge *edge = list->items[i];

        if (edge->live && (!object.subid || edge->d.object.subid == object.subid))
            visit(&edge->d, context);
    }
}
