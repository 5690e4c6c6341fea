// The catalogue's life and its objects: add, get, modify, rename, remove.
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"

static const size_t sizes[CAT_CLASS_COUNT] = {
    [CAT_RELATION] = sizeof(struct cat_relation),
    [CAT_TYPE] = sizeof(struct cat_type),
    [CAT_PROC] = sizeof(struct cat_proc),
    [CAT_CONSTRAINT] = sizeof(struct cat_constraint),
    [CAT_TRIGGER] = sizeof(struct cat_trigger),
    [CAT_RULE] = sizeof(struct cat_rule),
    [CAT_POLICY] = sizeof(struct cat_policy),
    [CAT_NAMESPACE] = sizeof(struct cat_other),
    [CAT_EXTENSION] = sizeof(struct cat_other),
    [CAT_STATISTICS] = sizeof(struct cat_other),
    [CAT_PUBLICATION] = sizeof(struct cat_publication),
    [CAT_OPERATOR] = sizeof(struct cat_operator),
    [CAT_OPCLASS] = sizeof(struct cat_opclass),
    [CAT_OPFAMILY] = sizeof(struct cat_other),
    [CAT_CAST] = sizeof(struct cat_cast),
    [CAT_COLLATION] = sizeof(struct cat_other),
    [CAT_EVENT_TRIGGER] = sizeof(struct cat_other),
    [CAT_PUBLICATION_REL] = sizeof(struct cat_publication_rel),
    [CAT_OTHER] = sizeof(struct cat_other),
};

// Schemas that initdb makes; the oid of information_schema differs between builds, so it is ours.
static const struct {
    Oid oid;
    const char *name;
} schemas[] = {{PG_CATALOG_NAMESPACE, "pg_catalog"},
               {PG_TOAST_NAMESPACE, "pg_toast"},
               {PG_PUBLIC_NAMESPACE, "public"},
               {INFORMATION_SCHEMA_OID, "information_schema"},
               {PG_TEMP_NAMESPACE, "pg_temp"}};

static void add_schemas(struct catalog *cat)
{
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        struct cat_other *n = LC_NEW(cat->arena, struct cat_other);

        n->o = (struct cat_object){.class = CAT_NAMESPACE, .oid = schemas[i].oid, .name = schemas[i].name};
        n->what = "schema";
        cat_add(cat, &n->o);
    }
}

struct catalog *cat_new(struct lc_arena *arena, int version_num)
{
    struct catalog *cat = LC_NEW(arena, struct catalog);
    struct lc_map *maps[] = {&cat->found_operators, &cat->found_opclasses, &cat->chosen_names, &cat->slots, &cat->leaves,
                             &cat->pending,         &cat->settings,        &cat->roles,        &cat->acls};
    struct lc_intmap *intmaps[] = {&cat->names,     &cat->rowtypes,   &cat->reserved_arrays,
                                   &cat->arrays,    &cat->dependents, &cat->dependencies,
                                   &cat->sequences, &cat->used_types, &cat->partition_orders};

    cat->arena = arena;
    cat->self = cat;
    cat->version_num = version_num;
    cat->next_oid = FirstNormalObjectId;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        lc_map_init(maps[i], arena);
    for (size_t i = 0; i < sizeof intmaps / sizeof *intmaps; i++)
        lc_intmap_init(intmaps[i], arena);
    cat->builtin = builtin_new(cat);
    cat->loading = true;
    add_schemas(cat);
    cat_set_setting(cat, "search_path", NULL, false);
    return cat;
}

struct lc_arena *cat_arena(const struct catalog *cat)
{
    return cat->arena;
}

int cat_version_num(const struct catalog *cat)
{
    return cat->version_num;
}

int cat_major(const struct catalog *cat)
{
    return cat->version_num / 10000;
}

Oid cat_new_oid(struct catalog *cat)
{
    return cat->next_oid++;
}

Oid cat_last_oid(const struct catalog *cat)
{
    return cat->next_oid - 1;
}

uint64_t cat_key(enum cat_class class, Oid oid)
{
    return ((uint64_t) class << 32) | oid;
}

static struct cat_leaf *leaf_of(const struct catalog *cat, Oid oid)
{
    Oid number = oid / CAT_PAGE / CAT_LEAF;
    struct cat_recent *r = &cat->self->recent[number % CAT_RECENT];

    if (r->number != number || !r->leaf)
        *r = (struct cat_recent){number, lc_map_geti(&cat->leaves, number)};
    return r->leaf;
}

struct cat_slot *cat_known_slot(const struct catalog *cat, enum cat_class class, Oid oid)
{
    const struct cat_leaf *leaf = leaf_of(cat, oid);
    struct cat_page *page = leaf ? leaf->pages[oid / CAT_PAGE % CAT_LEAF] : NULL;
    struct cat_slot *slot = page ? &page->slots[oid % CAT_PAGE] : NULL;

    if (!slot || !slot->class)
        return NULL;
    return slot->class == class ? slot : lc_map_geti(&cat->slots, cat_key(class, oid));
}

static struct cat_slot *free_slot(struct catalog *cat, enum cat_class class, Oid oid)
{
    struct cat_leaf *leaf = leaf_of(cat, oid);
    struct cat_page **page;
    struct cat_slot *slot;

    if (!leaf) {
        leaf = LC_NEW(cat->arena, struct cat_leaf);
        (void)lc_map_puti(&cat->leaves, oid / CAT_PAGE / CAT_LEAF, leaf);
    }
    page = &leaf->pages[oid / CAT_PAGE % CAT_LEAF];
    if (!*page)
        *page = LC_NEW(cat->arena, struct cat_page);
    slot = &(*page)->slots[oid % CAT_PAGE];
    if (!slot->class)
        return slot;
    slot = LC_NEW(cat->arena, struct cat_slot);
    (void)lc_map_puti(&cat->slots, cat_key(class, oid), slot);
    return slot;
}

struct cat_slot *cat_slot(struct catalog *cat, enum cat_class class, Oid oid)
{
    struct cat_slot *slot = cat_known_slot(cat, class, oid);

    if (slot)
        return slot;
    slot = free_slot(cat, class, oid);
    slot->class = class;
    slot->oid = oid;
    return slot;
}

void cat_add(struct catalog *cat, struct cat_object *object)
{
    struct cat_slot *slot = cat_slot(cat, object->class, object->oid);

    if (object->oid >= cat->next_oid)
        cat->next_oid = object->oid + 1;
    if (slot->object) {
        cat_unlink(cat, slot->object);
        cat->names_lost++;
    }
    if (!slot->listed)
        LC_PUSH(cat->arena, &cat->by_class[object->class], slot);
    slot->listed = true;
    if (object->class == CAT_CAST && !object->name) {
        const struct cat_cast *c = (const struct cat_cast *)(void *)object;
        object->name = cat_cast_name(cat, c->source, c->target);
    }
    cat_set_word(cat, (void **)&slot->object, object);
    slot->step = cat->step;
    cat_name_object(cat, slot);
    cat_register_implicit_types(cat, slot);
    cat_note_used_types(cat, object);
    cat_link(cat, object);
    cat_link_pending(cat, object);
}

const struct cat_object *cat_get(const struct catalog *cat, enum cat_class class, Oid oid)
{
    const struct cat_slot *slot = cat_known_slot(cat, class, oid);

    if (slot && (slot->object || class != CAT_TYPE))
        return slot->object;
    if (oid < FirstNormalObjectId && !slot)
        return builtin_get(cat->builtin, class, oid);
    return class == CAT_TYPE ? cat_implicit_type(cat, oid) : NULL;
}

void cat_fetch_indexes(const struct catalog *cat, const struct cat_oids *indexes)
{
    for (int i = 0; i < indexes->len; i++) {
        const struct cat_slot *slot = cat_known_slot(cat, CAT_RELATION, indexes->items[i]);
        const struct cat_relation *rel = slot ? (const struct cat_relation *)(const void *)slot->object : NULL;

        __builtin_prefetch(rel);
        if (rel)
            __builtin_prefetch(&rel->index);
    }
    for (int i = 0; i < indexes->len; i++) {
        const struct cat_slot *slot = cat_known_slot(cat, CAT_RELATION, indexes->items[i]);
        const struct cat_relation *rel = slot ? (const struct cat_relation *)(const void *)slot->object : NULL;

        if (rel && rel->index)
            __builtin_prefetch(&rel->index->live);
    }
}

void cat_step_begin(struct catalog *cat)
{
    cat->step = ++cat->last_step;
}

void cat_step_end(struct catalog *cat)
{
    cat->step = 0;
}

static void *copy_object(struct catalog *cat, struct cat_slot *slot, const struct cat_object *object)
{
    struct cat_object *copy = lc_memdup(cat->arena, slot->object ? slot->object : object, sizes[slot->class]);

    if (slot->class == CAT_RELATION)
        ((struct cat_relation *)(void *)copy)->room = 0; // the columns are shared
    cat_set_word(cat, (void **)&slot->object, copy);
    slot->step = cat->step;
    return copy;
}

void *cat_modify(struct catalog *cat, const void *object)
{
    const struct cat_object *o = object;
    struct cat_slot *slot = cat_slot(cat, o->class, o->oid);

    if (slot->object && o->class == CAT_RELATION && cat->step && slot->step == cat->step)
        return slot->object;
    return copy_object(cat, slot, o);
}

void *cat_modify_anew(struct catalog *cat, const struct cat_object *object)
{
    return copy_object(cat, cat_slot(cat, object->class, object->oid), object);
}

void cat_rename(struct catalog *cat, const void *object, const char *name, Oid schema)
{
    struct cat_object *copy = cat_modify(cat, object);

    copy->name = lc_strdup(cat->arena, name);
    copy->schema = schema;
    cat->names_lost++;
    cat_name_object(cat, cat_slot(cat, copy->class, copy->oid));
    cat_rename_implicit_types(cat, copy);
}

void cat_remove(struct catalog *cat, const void *object)
{
    const struct cat_object *o = object;
    struct cat_slot *slot = cat_slot(cat, o->class, o->oid);

    if (!slot->object)
        return;
    o = slot->object;
    cat_unlink(cat, o);
    cat_forget_implicit_types(cat, o);
    cat_forget_edges(cat, o->class, o->oid);
    cat->names_lost++;
    cat_set_word(cat, (void **)&slot->object, NULL);
}

#define GETTER(function, type, cls)                                                                                              \
    const struct type *function(const struct catalog *cat, Oid oid)                                                              \
    {                                                                                                                            \
        return (const struct type *)(const void *)cat_get(cat, cls, oid);                                                        \
    }
GETTER(cat_relation, cat_relation, CAT_RELATION)
GETTER(cat_type, cat_type, CAT_TYPE)
GETTER(cat_proc, cat_proc, CAT_PROC)
GETTER(cat_constraint, cat_constraint, CAT_CONSTRAINT)
GETTER(cat_trigger, cat_trigger, CAT_TRIGGER)
GETTER(cat_rule, cat_rule, CAT_RULE)
GETTER(cat_policy, cat_policy, CAT_POLICY)
GETTER(cat_opclass, cat_opclass, CAT_OPCLASS)
GETTER(cat_operator, cat_operator, CAT_OPERATOR)
GETTER(cat_publication, cat_publication, CAT_PUBLICATION)
GETTER(cat_publication_rel, cat_publication_rel, CAT_PUBLICATION_REL)

const struct cat_publication_rel *cat_published_part(const struct catalog *cat, Oid publication, Oid rel)
{
    const struct cat_slots *all = &cat->by_class[CAT_PUBLICATION_REL];

    for (int i = 0; i < all->len; i++) {
        const struct cat_publication_rel *part = (const void *)all->items[i]->object;
        if (part && part->pubid == publication && part->relid == rel)
            return part;
    }
    return NULL;
}

const struct cat_other *cat_other(const struct catalog *cat, enum cat_class class, Oid oid)
{
    if (sizes[class] != sizeof(struct cat_other))
        return NULL;
    return (const struct cat_other *)(const void *)cat_get(cat, class, oid);
}

bool cat_has_any(const struct catalog *cat, enum cat_class class)
{
    return cat->by_class[class].len > 0;
}

void cat_each(const struct catalog *cat, enum cat_class class, cat_visit visit, void *context)
{
    int n = cat->by_class[class].len; // what the visitor adds is not visited

    for (int i = 0; i < n; i++) {
        const struct cat_slot *slot = cat->by_class[class].items[i];

        if (slot->object)
            visit(slot->object, context);
    }
}
