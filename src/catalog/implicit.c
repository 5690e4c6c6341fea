// Types that come with other objects: the row type of a relation, the array type of a type. Made when they are asked for.
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"

static bool has_rowtype(const struct catalog *cat, const struct cat_relation *rel)
{
    return strchr("rvmcfp", rel->relkind) || (rel->relkind == 'S' && cat_major(cat) < 14);
}

static bool wants_array(const struct cat_type *type)
{
    return type->typtype != 'p' && type->category != 'A' && type->o.oid >= FirstNormalObjectId;
}

void cat_register_implicit_types(struct catalog *cat, struct cat_slot *slot)
{
    if (slot->class == CAT_RELATION) {
        struct cat_relation *rel = (struct cat_relation *)(void *)slot->object;

        if (!rel->reltype && has_rowtype(cat, rel)) { // heap_create_with_catalog: the array type's oid comes first
            rel->rowarray = cat_new_oid(cat);
            rel->reltype = cat_new_oid(cat);
        }
        if (rel->rowarray)
            (void)lc_intmap_put(&cat->reserved_arrays, rel->rowarray, slot);
        if (rel->reltype)
            (void)lc_intmap_put(&cat->rowtypes, rel->reltype, slot);
    } else if (slot->class == CAT_TYPE) {
        struct cat_type *type = (struct cat_type *)(void *)slot->object;

        if (!type->array && wants_array(type))
            type->array = cat_new_oid(cat);
        if (type->array)
            (void)lc_intmap_put(&cat->arrays, type->array, slot);
    }
}

static struct cat_object *publish(const struct catalog *cat, struct cat_type *type)
{
    struct cat_slot *slot = cat_slot(cat->self, CAT_TYPE, type->o.oid);

    cat_set_word(cat->self, (void **)&slot->object,
                 &type->o); // undone with the object that it comes with; made again when asked for
    cat_name_object(cat->self, slot);
    cat_register_implicit_types(cat->self, slot);
    return slot->object;
}

static struct cat_object *make_rowtype(const struct catalog *cat, const struct cat_relation *rel)
{
    struct cat_type *t = LC_NEW(cat->arena, struct cat_type);

    t->o = (struct cat_object){CAT_TYPE, rel->reltype, rel->o.name, rel->o.schema, rel->o.owner, rel->o.created};
    t->typtype = 'c';
    t->category = 'C';
    t->len = -1;
    t->align = 'd';
    t->storage = 'x';
    t->typtypmod = -1;
    t->relid = rel->o.oid;
    t->array = rel->rowarray;
    return publish(cat, t);
}

// makeArrayTypeName (pg_type.c): an underscore in front, cut to 63 bytes, more underscores while the name is taken.
static const char *array_name(const struct catalog *cat, const struct cat_type *elem)
{
    const char *name = lc_printf(cat->arena, "_%.62s", elem->o.name);

    for (int i = 0; i < 8 && cat_find_object(cat, CAT_TYPE, elem->o.schema, name); i++)
        name = lc_printf(cat->arena, "_%.62s", name);
    return name;
}

static struct cat_object *make_array(const struct catalog *cat, const struct cat_type *elem)
{
    struct cat_type *t = LC_NEW(cat->arena, struct cat_type);

    t->o = (struct cat_object){CAT_TYPE, elem->array, array_name(cat, elem), elem->o.schema, elem->o.owner, elem->o.created};
    t->typtype = 'b';
    t->category = 'A';
    t->len = -1;
    t->align = elem->align == 'd' ? 'd' : 'i';
    t->storage = 'x';
    t->typtypmod = -1;
    t->elem = elem->o.oid;
    t->collation = elem->collation;
    return publish(cat, t);
}

struct cat_object *cat_implicit_type(const struct catalog *cat, Oid oid)
{
    const struct cat_slot *slot = lc_intmap_get(&cat->rowtypes, oid);

    if (slot && slot->object)
        return make_rowtype(cat, (const struct cat_relation *)(const void *)slot->object);
    const struct cat_slot *owner = slot ? NULL : lc_intmap_get(&cat->reserved_arrays, oid);
    if (owner && owner->object)
        (void)cat_type(cat, ((const struct cat_relation *)(const void *)owner->object)->reltype); // registers its array type
    slot = lc_intmap_get(&cat->arrays, oid);
    return slot && slot->object ? make_array(cat, (const struct cat_type *)(const void *)slot->object) : NULL;
}

const struct cat_type *cat_implicit_type_named(const struct catalog *cat, Oid schema, const char *name)
{
    const struct cat_object *rel = cat_find_object(cat, CAT_RELATION, schema, name);
    const void *elem;

    if (rel && ((const struct cat_relation *)(const void *)rel)->reltype)
        return cat_type(cat, ((const struct cat_relation *)(const void *)rel)->reltype);
    if (name[0] != '_' || !name[1])
        return NULL;
    elem = cat_find_object(cat, CAT_TYPE, schema, name + 1);
    if (!elem)
        elem = cat_implicit_type_named(cat, schema, name + 1);
    return elem ? cat_type(cat, ((const struct cat_type *)elem)->array) : NULL;
}

// Types that nobody asked for and that no column or argument has need no visit: most tables' row types.
static void note_type(struct catalog *cat, Oid type)
{
    if (type >= FirstNormalObjectId)
        (void)lc_intmap_put(&cat->used_types, type, cat);
}

void cat_note_used_types(struct catalog *cat, const struct cat_object *object)
{
    const void *p = object;

    if (object->class == CAT_RELATION) {
        const struct cat_relation *rel = p;

        for (int i = 0; i < rel->natts; i++)
            note_type(cat, rel->attrs[i].type);
        note_type(cat, rel->reloftype);
    } else if (object->class == CAT_PROC) {
        const struct cat_proc *proc = p;

        note_type(cat, proc->rettype);
        for (int i = 0; i < proc->nargs; i++)
            note_type(cat, proc->argtypes[i]);
    }
}

const struct cat_type *cat_type_in_use(const struct catalog *cat, Oid oid)
{
    const struct cat_slot *slot = lc_intmap_get(&cat->rowtypes, oid);
    const struct cat_relation *rel = slot ? (const struct cat_relation *)(const void *)slot->object : NULL;

    // or a row type whose array type is
    if (!oid || (!cat_known_slot(cat, CAT_TYPE, oid) && !lc_intmap_get(&cat->used_types, oid) &&
                 !(rel && rel->rowarray && lc_intmap_get(&cat->used_types, rel->rowarray))))
        return NULL;
    return cat_type(cat, oid);
}

static Oid implicit_of(const struct cat_object *o)
{
    const void *p = o;

    if (o->class == CAT_RELATION)
        return ((const struct cat_relation *)p)->reltype;
    return o->class == CAT_TYPE ? ((const struct cat_type *)p)->array : InvalidOid;
}

static const struct cat_object *existing_type(const struct catalog *cat, Oid oid)
{
    const struct cat_slot *slot = oid ? cat_known_slot(cat, CAT_TYPE, oid) : NULL;

    return slot ? slot->object : NULL;
}

void cat_forget_implicit_types(struct catalog *cat, const struct cat_object *object)
{
    const struct cat_object *type = existing_type(cat, implicit_of(object));

    if (type)
        cat_remove(cat, type);
}

void cat_rename_implicit_types(struct catalog *cat, const struct cat_object *object)
{
    const struct cat_object *type = existing_type(cat, implicit_of(object));

    if (!type)
        return;
    if (object->class == CAT_RELATION)
        cat_rename(cat, type, object->name, object->schema);
    else
        cat_rename(cat, type, lc_printf(cat->arena, "_%.62s", object->name), object->schema);
}
