// Lists that an object keeps of others (a table's indexes, constraints, triggers, ...): written when those come and go.
#include "catalog/internal.h"

#include <string.h>

enum link { LINK_INDEXES, LINK_CONSTRAINTS, LINK_REFERENCING, LINK_TRIGGERS, LINK_RULES, LINK_POLICIES, LINK_STATISTICS };

static struct cat_oids *relation_list(struct cat_relation *rel, enum link link)
{
    switch (link) {
    case LINK_INDEXES:
        return &rel->indexes;
    case LINK_CONSTRAINTS:
        return &rel->constraints;
    case LINK_REFERENCING:
        return &rel->referencing;
    case LINK_TRIGGERS:
        return &rel->triggers;
    case LINK_RULES:
        return &rel->rules;
    case LINK_POLICIES:
        return &rel->policies;
    case LINK_STATISTICS:
        break;
    }
    return &rel->statistics;
}

// Older versions of the object share the items. A place behind the end that is still zero belongs to nobody; one that was
// used by a version since undone is not touched.
static void append(struct catalog *cat, struct cat_oids *list, Oid oid)
{
    if (list->len < list->cap && list->items[list->len]) {
        struct cat_oids copy = {0};

        for (int i = 0; i < list->len; i++)
            LC_PUSH(cat->arena, &copy, list->items[i]);
        *list = copy;
    }
    LC_PUSH(cat->arena, list, oid);
}

static void remove_oid(struct catalog *cat, struct cat_oids *list, Oid oid)
{
    struct cat_oids copy = {0};

    for (int i = 0; i < list->len; i++)
        if (list->items[i] != oid)
            LC_PUSH(cat->arena, &copy, list->items[i]);
    *list = copy;
}

static void insert_sorted(struct catalog *cat, struct cat_oids *list, Oid oid)
{
    struct cat_oids copy = {0};
    int at = list->len;

    while (at > 0 && list->items[at - 1] > oid)
        at--;
    if (at > 0 && list->items[at - 1] == oid)
        return;
    if (at == list->len) {
        append(cat, list, oid);
        return;
    }
    for (int i = 0; i < list->len; i++) {
        if (i == at)
            LC_PUSH(cat->arena, &copy, oid);
        LC_PUSH(cat->arena, &copy, list->items[i]);
    }
    *list = copy;
}

// While a snapshot is being loaded nobody holds an older version: written in place.
static void *writable(struct catalog *cat, enum cat_class class, Oid oid)
{
    struct cat_slot *slot = cat_known_slot(cat, class, oid);

    if (!slot || !slot->object)
        return NULL;
    return cat->loading ? slot->object : cat_modify(cat, slot->object);
}

// The same for whoever takes something away.
static void *lessened(struct catalog *cat, enum cat_class class, Oid oid)
{
    struct cat_slot *slot = cat_known_slot(cat, class, oid);

    if (!slot || !slot->object)
        return NULL;
    return cat->loading ? slot->object : cat_modify_anew(cat, slot->object);
}

static void wait_for(struct catalog *cat, enum cat_class class, Oid oid, const struct cat_object *object)
{
    struct cat_pendings *list = lc_map_geti(&cat->pending, cat_key(class, oid));

    if (!list) {
        list = LC_NEW(cat->arena, struct cat_pendings);
        (void)lc_map_puti(&cat->pending, cat_key(class, oid), list);
    }
    LC_PUSH(cat->arena, list, (struct cat_pending){object->class, object->oid});
}

static void link_relation(struct catalog *cat, Oid relid, enum link link, const struct cat_object *object)
{
    const struct cat_relation *rel = cat_relation(cat, relid);

    if (!relid)
        return;
    if (!rel)
        wait_for(cat, CAT_RELATION, relid, object);
    else if (!cat_oids_has(relation_list((struct cat_relation *)(uintptr_t)rel, link), object->oid))
        append(cat, relation_list(writable(cat, CAT_RELATION, relid), link), object->oid);
}

static void unlink_relation(struct catalog *cat, Oid relid, enum link link, Oid oid)
{
    const struct cat_relation *rel = cat_relation(cat, relid);

    if (rel && cat_oids_has(relation_list((struct cat_relation *)(uintptr_t)rel, link), oid))
        remove_oid(cat, relation_list(lessened(cat, CAT_RELATION, relid), link), oid);
}

static void link_domain(struct catalog *cat, Oid typid, const struct cat_object *object, bool add)
{
    const struct cat_type *type = cat_type(cat, typid);
    struct cat_type *copy;

    if (!typid || (!type && !add))
        return;
    if (!type) {
        wait_for(cat, CAT_TYPE, typid, object);
        return;
    }
    if (cat_oids_has(&type->constraints, object->oid) == add)
        return;
    copy = writable(cat, CAT_TYPE, typid);
    if (add)
        append(cat, &copy->constraints, object->oid);
    else
        remove_oid(cat, &copy->constraints, object->oid);
}

static void link_toast(struct catalog *cat, const struct cat_relation *toast, Oid value)
{
    const struct cat_relation *owner = cat_relation(cat, toast->toastfor);

    if (!owner && value)
        wait_for(cat, CAT_RELATION, toast->toastfor, &toast->o);
    if (owner && owner->toastrelid != value && (value || owner->toastrelid == toast->o.oid))
        ((struct cat_relation *)writable(cat, CAT_RELATION, toast->toastfor))->toastrelid = value;
}

void cat_link_sequence(struct catalog *cat, Oid sequence)
{
    const struct cat_relation *seq = cat_relation(cat, sequence);

    struct cat_slots *list = lc_intmap_get(&cat->sequences, seq->seq_owner_rel);

    if (!list) {
        list = LC_NEW(cat->arena, struct cat_slots);
        (void)lc_intmap_put(&cat->sequences, seq->seq_owner_rel, list);
    }
    LC_PUSH(cat->arena, list, cat_slot(cat, CAT_RELATION, sequence));
}

void cat_owned(const struct catalog *cat, Oid rel, int attnum, struct cat_oids *out)
{
    const struct cat_slots *list = lc_intmap_get(&cat->sequences, rel);

    for (int i = 0; list && i < list->len; i++) {
        const struct cat_relation *seq = (const struct cat_relation *)(const void *)list->items[i]->object;
        if (seq && seq->seq_owner_rel == rel && (!attnum || seq->seq_owner_att == attnum) && !cat_oids_has(out, seq->o.oid))
            insert_sorted(cat->self, out, seq->o.oid);
    }
}

static void each_link(struct catalog *cat, const struct cat_object *o,
                      void (*visit)(struct catalog *, Oid, enum link, const struct cat_object *))
{
    const void *p = o;

    if (o->class == CAT_RELATION) {
        const struct cat_relation *rel = p;
        if (rel->index)
            visit(cat, rel->index->indrelid, LINK_INDEXES, o);
    } else if (o->class == CAT_CONSTRAINT) {
        const struct cat_constraint *con = p;
        visit(cat, con->conrelid, LINK_CONSTRAINTS, o);
        if (con->contype == 'f')
            visit(cat, con->confrelid, LINK_REFERENCING, o);
    } else if (o->class == CAT_TRIGGER) {
        visit(cat, ((const struct cat_trigger *)p)->relid, LINK_TRIGGERS, o);
    } else if (o->class == CAT_RULE) {
        visit(cat, ((const struct cat_rule *)p)->relid, LINK_RULES, o);
    } else if (o->class == CAT_POLICY) {
        visit(cat, ((const struct cat_policy *)p)->relid, LINK_POLICIES, o);
    } else if (o->class == CAT_STATISTICS) {
        visit(cat, ((const struct cat_other *)p)->relid, LINK_STATISTICS, o);
    }
}

static void unlink_one(struct catalog *cat, Oid relid, enum link link, const struct cat_object *o)
{
    unlink_relation(cat, relid, link, o->oid);
}

void cat_link(struct catalog *cat, const struct cat_object *object)
{
    const void *p = object;

    each_link(cat, object, link_relation);
    if (object->class == CAT_CONSTRAINT)
        link_domain(cat, ((const struct cat_constraint *)p)->contypid, object, true);
    if (object->class == CAT_RELATION && ((const struct cat_relation *)p)->toastfor)
        link_toast(cat, p, object->oid);
    if (object->class == CAT_RELATION && ((const struct cat_relation *)p)->seq_owner_rel)
        cat_link_sequence(cat, object->oid);
}

static void unlink_inheritance(struct catalog *cat, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->parents.len; i++)
        cat_unlink_inherits(cat, rel->o.oid, rel->parents.items[i]);
    for (int i = 0; i < rel->children.len; i++)
        cat_unlink_inherits(cat, rel->children.items[i], rel->o.oid);
}

void cat_unlink(struct catalog *cat, const struct cat_object *object)
{
    const void *p = object;

    each_link(cat, object, unlink_one);
    if (object->class == CAT_CONSTRAINT)
        link_domain(cat, ((const struct cat_constraint *)p)->contypid, object, false);
    if (object->class != CAT_RELATION)
        return;
    if (((const struct cat_relation *)p)->toastfor)
        link_toast(cat, p, InvalidOid);
    unlink_inheritance(cat, p);
}

void cat_link_pending(struct catalog *cat, const struct cat_object *object)
{
    struct cat_pendings *list = lc_map_geti(&cat->pending, cat_key(object->class, object->oid));

    if (!list)
        return;
    (void)lc_map_puti(&cat->pending, cat_key(object->class, object->oid), NULL);
    for (int i = 0; i < list->len; i++) {
        const struct cat_object *waiting = cat_get(cat, list->items[i].class, list->items[i].oid);

        if (waiting)
            cat_link(cat, waiting);
    }
}

void cat_link_inherits(struct catalog *cat, Oid child, Oid parent)
{
    struct cat_relation *c = writable(cat, CAT_RELATION, child);
    struct cat_relation *p;

    if (c && !cat_oids_has(&c->parents, parent))
        append(cat, &c->parents, parent);
    p = writable(cat, CAT_RELATION, parent);
    if (p)
        insert_sorted(cat, &p->children, child);
}

void cat_unlink_inherits(struct catalog *cat, Oid child, Oid parent)
{
    struct cat_relation *c = lessened(cat, CAT_RELATION, child);
    struct cat_relation *p;

    if (c)
        remove_oid(cat, &c->parents, parent);
    p = lessened(cat, CAT_RELATION, parent);
    if (p)
        remove_oid(cat, &p->children, child);
}
