// Objects by name: the name index, the search_path, relations and types (catalog/namespace.c).
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"

// Names of these are unique in the database; an extension's schema is only where its members go.
static Oid name_schema(enum cat_class class, Oid schema)
{
    return class == CAT_EXTENSION || class == CAT_PUBLICATION || class == CAT_EVENT_TRIGGER || class == CAT_NAMESPACE ? InvalidOid
                                                                                                                      : schema;
}

static uint64_t name_key(enum cat_class class, Oid schema, const char *name)
{
    schema = name_schema(class, schema);
    return lc_hash(name) ^ (((uint64_t) class << 32 | schema) * UINT64_C(0x9E3779B97F4A7C15));
}

// Constraints have names in a schema too, but are looked for by relation; ChooseConstraintName asks for their names.
static bool is_named(enum cat_class class)
{
    return class != CAT_TRIGGER && class != CAT_RULE && class != CAT_POLICY && class != CAT_ATTRDEF &&
           class != CAT_PUBLICATION_REL;
}

// Has this slot had the name before? Only one that was renamed can have: its last name is another.
static bool is_hinted(const struct cat_named *first, const struct cat_slot *slot)
{
    for (; first; first = first->next)
        if (first->slot == slot)
            return true;
    return false;
}

void cat_name_object(struct catalog *cat, struct cat_slot *slot)
{
    const struct cat_object *o = slot->object;
    bool renamed = slot->name != NULL;
    struct cat_named *first, *n;
    uint64_t key;

    if (!is_named(slot->class) || !o->name)
        return;
    slot->name = o->name;
    key = name_key(slot->class, o->schema, o->name);
    first = lc_intmap_get(&cat->names, key);
    if (renamed && is_hinted(first, slot))
        return;
    if (first && !first->slot->object && !cat->levels.len) {
        first->slot = slot; // a hint to something gone for good
        return;
    }
    n = slot->hint.slot ? LC_NEW(cat->arena, struct cat_named) : &slot->hint;
    n->slot = slot;
    if (first) {
        first->last->next = n;
        first->last = n;
    } else {
        n->last = n;
        (void)lc_intmap_put(&cat->names, key, n);
    }
}

const struct cat_named *cat_next_named(const struct cat_named *n, enum cat_class class, Oid schema, const char *name)
{
    for (; n; n = n->next) {
        const struct cat_object *o = n->slot->object;

        if (o && o->class == class && name_schema(class, o->schema) == name_schema(class, schema) && strcmp(o->name, name) == 0)
            return n;
    }
    return NULL;
}

const struct cat_named *cat_first_named(const struct catalog *cat, enum cat_class class, Oid schema, const char *name)
{
    if (schema == PG_CATALOG_NAMESPACE || schema == INFORMATION_SCHEMA_OID || class == CAT_CAST)
        builtin_by_name(cat->builtin, class, name);
    return cat_next_named(lc_intmap_get(&cat->names, name_key(class, schema, name)), class, schema, name);
}

const struct cat_object *cat_find_object(const struct catalog *cat, enum cat_class class, Oid schema, const char *name)
{
    const struct cat_named *n = name ? cat_first_named(cat, class, schema, name) : NULL;

    return n ? n->slot->object : NULL;
}

Oid cat_schema_oid(const struct catalog *cat, const char *name)
{
    const struct cat_object *o = cat_find_object(cat, CAT_NAMESPACE, InvalidOid, name);

    return o ? o->oid : InvalidOid;
}

const char *cat_schema_name(const struct catalog *cat, Oid oid)
{
    const struct cat_object *o = cat_get(cat, CAT_NAMESPACE, oid);

    return o ? o->name : NULL;
}

static Oid path_schema(const struct catalog *cat, const char *name)
{
    const char *user;

    if (strcmp(name, "$user") != 0)
        return cat_schema_oid(cat, name);
    user = cat_user(cat);
    return user ? cat_schema_oid(cat, user) : InvalidOid;
}

static bool path_has(const struct cat_path *path, const char *name)
{
    for (int i = 0; i < path->len; i++)
        if (strcmp(path->names[i], name) == 0)
            return true;
    return false;
}

// recomputeNamespacePath (namespace.c): what search_path does not name itself goes in front.
static int lookup_path(const struct catalog *cat, bool temp, Oid *out, int max)
{
    const struct cat_path *path = cat->path;
    int n = 0;

    if (temp && !path_has(path, "pg_temp"))
        out[n++] = PG_TEMP_NAMESPACE;
    if (!path_has(path, "pg_catalog"))
        out[n++] = PG_CATALOG_NAMESPACE;
    for (int i = 0; i < path->len && n < max; i++) {
        Oid oid = path_schema(cat, path->names[i]);

        if (oid && (temp || oid != PG_TEMP_NAMESPACE))
            out[n++] = oid;
    }
    return n;
}

#define MAX_PATH_LEN 256

void cat_lookup_path(const struct catalog *cat, bool temp, struct lc_arena *arena, struct cat_oids *out)
{
    Oid path[MAX_PATH_LEN];
    int n = lookup_path(cat, temp, path, MAX_PATH_LEN);

    for (int i = 0; i < n; i++)
        LC_PUSH(arena, out, path[i]);
}

static const struct cat_object *find_along_path(const struct catalog *cat, enum cat_class class, const char *name)
{
    Oid path[MAX_PATH_LEN];
    int n = lookup_path(cat, class == CAT_RELATION || class == CAT_TYPE, path, MAX_PATH_LEN);
    const struct cat_object *o = NULL;

    for (int i = 0; i < n && !o; i++) {
        o = cat_find_object(cat, class, path[i], name);
        if (!o && class == CAT_TYPE)
            o = (const struct cat_object *)cat_implicit_type_named(cat, path[i], name);
    }
    return o;
}

const struct cat_relation *cat_find_relation(const struct catalog *cat, const char *schema, const char *name)
{
    const struct cat_object *o = NULL;

    if (!name)
        return NULL;
    if (!schema)
        o = find_along_path(cat, CAT_RELATION, name);
    else if (cat_schema_oid(cat, schema))
        o = cat_find_object(cat, CAT_RELATION, cat_schema_oid(cat, schema), name);
    return (const struct cat_relation *)(const void *)o;
}

const struct cat_relation *cat_find_rangevar(const struct catalog *cat, const RangeVar *rv)
{
    return rv ? cat_find_relation(cat, rv->schemaname && *rv->schemaname ? rv->schemaname : NULL, rv->relname) : NULL;
}

const struct cat_relation *cat_find_names(const struct catalog *cat, const NodeList *names)
{
    return cat_find_relation(cat, list_schema_name(names), list_last_name(names));
}

const struct cat_type *cat_find_type(const struct catalog *cat, const char *schema, const char *name)
{
    const struct cat_object *o;
    Oid oid;

    if (!name)
        return NULL;
    if (!schema)
        return (const struct cat_type *)(const void *)find_along_path(cat, CAT_TYPE, name);
    oid = cat_schema_oid(cat, schema);
    if (!oid)
        return NULL;
    o = cat_find_object(cat, CAT_TYPE, oid, name);
    return o ? (const struct cat_type *)(const void *)o : cat_implicit_type_named(cat, oid, name);
}

const struct cat_other *cat_find_other(const struct catalog *cat, enum cat_class class, const char *schema, const char *name)
{
    const struct cat_object *o = NULL;

    if (!schema) {
        o = cat_find_object(cat, class, InvalidOid, name);
        o = o ? o : find_along_path(cat, class, name);
    } else if (cat_schema_oid(cat, schema)) {
        o = cat_find_object(cat, class, cat_schema_oid(cat, schema), name);
    }
    return (const struct cat_other *)(const void *)o;
}

// fetch_search_path's first entry: pg_temp counts only where search_path names it.
Oid cat_creation_schema(const struct catalog *cat)
{
    const struct cat_path *path = cat->path;
    Oid oid = InvalidOid;

    for (int i = 0; i < path->len && !oid; i++)
        oid = path_schema(cat, path->names[i]);
    return oid;
}

const struct cat_attribute *cat_attribute_at(const struct cat_relation *rel, int attnum)
{
    return attnum >= 1 && attnum <= rel->natts ? &rel->attrs[attnum - 1] : NULL;
}

const struct cat_attribute *cat_find_column(const struct cat_relation *rel, const char *name)
{
    for (int i = 0; name && i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && strcmp(rel->attrs[i].name, name) == 0)
            return &rel->attrs[i];
    return NULL;
}

const struct cat_constraint *cat_find_constraint(const struct catalog *cat, const struct cat_relation *rel, const char *name)
{
    for (int i = 0; name && i < rel->constraints.len; i++) {
        const struct cat_constraint *c = cat_constraint(cat, rel->constraints.items[i]);

        if (c && strcmp(c->o.name, name) == 0)
            return c;
    }
    return NULL;
}

const struct cat_constraint *cat_not_null_constraint(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(cat, rel->constraints.items[i]);
        if (con && con->contype == 'n' && con->conrelid == rel->o.oid && con->conkey.len == 1 && con->conkey.items[0] == attnum)
            return con;
    }
    return NULL;
}

const struct cat_constraint *cat_find_constraint_like(const struct catalog *cat, const struct cat_relation *child,
                                                      const struct cat_constraint *con)
{
    const struct cat_relation *rel = cat_relation(cat, con->conrelid);
    const struct cat_attribute *att = NULL;

    if (con->contype != 'n')
        return cat_find_constraint(cat, child, con->o.name);
    if (rel && con->conkey.len)
        att = cat_find_column(child, rel->attrs[con->conkey.items[0] - 1].name);
    return att ? cat_not_null_constraint(cat, child, att->attnum) : NULL;
}

const struct cat_trigger *cat_find_trigger(const struct catalog *cat, const struct cat_relation *rel, const char *name)
{
    for (int i = 0; name && i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(cat, rel->triggers.items[i]);

        if (t && strcmp(t->o.name, name) == 0)
            return t;
    }
    return NULL;
}

const struct cat_constraint *cat_primary_key(const struct catalog *cat, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *c = cat_constraint(cat, rel->constraints.items[i]);

        if (c && c->contype == 'p')
            return c;
    }
    return NULL;
}

const char *cat_cast_name(struct catalog *cat, Oid source, Oid target)
{
    return lc_printf(cat->arena, "%u\t%u", source, target);
}

// stringToQualifiedNameList (regproc.c): names that may be quoted, between dots.
const struct cat_relation *cat_find_regclass(const struct catalog *cat, const char *text)
{
    char names[3][256];
    int n = 0;
    size_t len = 0;
    bool quoted = false;

    for (const char *p = text; *p && n < 3; p++) {
        if (*p == '"' && quoted && p[1] == '"')
            p++;
        else if (*p == '"') {
            quoted = !quoted;
            continue;
        }
        if (*p == '.' && !quoted) {
            names[n++][len] = '\0';
            len = 0;
            continue;
        }
        if (len + 1 >= sizeof *names || n >= 3)
            return NULL;
        names[n][len++] = !quoted && *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    }
    if (n >= 3)
        return NULL;
    names[n][len] = '\0';
    return cat_find_relation(cat, n ? names[n - 1] : NULL, names[n]);
}
