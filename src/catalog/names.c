// How objects are called in reports and errors.
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"
#include "sql/sql.h"

static const char *schema_name_ever(const struct catalog *cat, Oid oid)
{
    const struct cat_slot *slot = cat_known_slot(cat, CAT_NAMESPACE, oid);
    const char *name = slot && slot->object ? slot->object->name : cat_schema_name(cat, oid);

    return name ? name : slot ? slot->name : NULL;
}

static const char *qualify(const struct catalog *cat, const char *schema, const char *name)
{
    return schema ? lc_quote_name(cat->arena, schema, name) : lc_quote_ident(cat->arena, name);
}

// A relation is asked for its name with every lock, and has it made once.
static const char *relation_name(const struct catalog *cat, struct cat_relation *rel, const char *schema)
{
    struct cat_qualified *q = &rel->qualified;

    if (!q->text || q->schema != schema || q->name != rel->o.name)
        *q = (struct cat_qualified){schema, rel->o.name, qualify(cat, schema, rel->o.name)};
    return q->text;
}

const char *cat_qualified_name(const struct catalog *cat, const void *object)
{
    const struct cat_object *o = object;
    const char *schema = o && o->schema ? schema_name_ever(cat, o->schema) : NULL;

    if (!o || !o->name)
        return "?";
    return o->class == CAT_RELATION ? relation_name(cat, (struct cat_relation *)(uintptr_t)o, schema)
                                    : qualify(cat, schema, o->name);
}

// Is it what its bare name finds (RelationIsVisible, TypeIsVisible, FunctionIsVisible)?
static bool is_visible(const struct catalog *cat, const struct cat_object *o)
{
    if (!o->schema)
        return true;
    if (o->class == CAT_RELATION)
        return cat_find_relation(cat, NULL, o->name) == (const void *)o;
    if (o->class == CAT_TYPE)
        return cat_find_type(cat, NULL, o->name) == (const void *)o;
    struct cat_oids path = {0};
    cat_lookup_path(cat, false, cat->arena, &path);
    for (int i = 0; i < path.len; i++)
        if (path.items[i] == o->schema)
            return true;
    return false;
}

const char *cat_visible_name(const struct catalog *cat, const void *object)
{
    const struct cat_object *o = object;

    return is_visible(cat, o) ? lc_quote_ident(cat->arena, o->name) : cat_qualified_name(cat, o);
}

const char *cat_relation_kind(const struct cat_relation *rel)
{
    switch (rel->relkind) { // getRelationDescription (objectaddress.c)
    case 'i':
    case 'I':
        return "index";
    case 'S':
        return "sequence";
    case 't':
        return "toast table";
    case 'v':
        return "view";
    case 'm':
        return "materialized view";
    case 'c':
        return "composite type";
    case 'f':
        return "foreign table";
    default:
        return "table";
    }
}

const char *cat_proc_signature(const struct catalog *cat, const struct cat_proc *proc)
{
    struct lc_str s;

    lc_str_init(&s, cat->arena, LC_STR_MAX);
    lc_str_addf(&s, "%s(", cat_visible_name(cat, proc));
    for (int i = 0; i < proc->nargs; i++)
        lc_str_addf(&s, "%s%s", i ? "," : "", cat_format_type(cat, proc->argtypes[i], -1));
    lc_str_addc(&s, ')');
    return s.text;
}

static const char *describe_relation(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    const char *whole = lc_printf(cat->arena, "%s %s", cat_relation_kind(rel), cat_visible_name(cat, rel));

    if (attnum > 0 && attnum <= rel->natts)
        return lc_printf(cat->arena, "column %s of %s", lc_quote_ident(cat->arena, rel->attrs[attnum - 1].name), whole);
    return whole;
}

static const char *on_relation(const struct catalog *cat, const char *what, const struct cat_object *o, Oid relid)
{
    const struct cat_relation *rel = cat_relation(cat, relid);

    if (!rel)
        return lc_printf(cat->arena, "%s %s", what, o->name);
    return lc_printf(cat->arena, "%s %s on %s", what, o->name, describe_relation(cat, rel, 0));
}

static const char *describe_constraint(const struct catalog *cat, const struct cat_constraint *con)
{
    const struct cat_type *domain = con->contypid ? cat_type(cat, con->contypid) : NULL;

    if (!con->conrelid && domain)
        return lc_printf(cat->arena, "constraint %s on domain %s", con->o.name, cat_visible_name(cat, domain));
    return on_relation(cat, "constraint", &con->o, con->conrelid);
}

static const char *describe_simple(const struct catalog *cat, const struct cat_object *o)
{
    static const struct {
        enum cat_class class;
        const char *what;
    } words[] = {{CAT_NAMESPACE, "schema"},        {CAT_EXTENSION, "extension"},
                 {CAT_PUBLICATION, "publication"}, {CAT_STATISTICS, "statistics object"},
                 {CAT_OPCLASS, "operator class"},  {CAT_OPFAMILY, "operator family"},
                 {CAT_COLLATION, "collation"},     {CAT_EVENT_TRIGGER, "event trigger"},
                 {CAT_OPERATOR, "operator"}};
    const char *what = o->class == CAT_OTHER ? ((const struct cat_other *)(const void *)o)->what : "object";

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].class == o->class)
            what = words[i].what;
    return lc_printf(cat->arena, "%s %s", what, cat_visible_name(cat, o));
}

static const char *describe_cast(const struct catalog *cat, const struct cat_cast *c)
{
    return lc_printf(cat->arena, "cast from %s to %s", cat_format_type(cat, c->source, -1), cat_format_type(cat, c->target, -1));
}

static const char *describe_proc(const struct catalog *cat, const struct cat_proc *p)
{
    const char *what = p->kind == 'p' ? "procedure" : p->kind == 'a' ? "aggregate" : "function"; // getObjectTypeDescription

    return lc_printf(cat->arena, "%s %s", p->kind == 'a' || p->kind == 'p' ? "function" : what, cat_proc_signature(cat, p));
}

static const char *describe_publication_rel(const struct catalog *cat, const struct cat_publication_rel *part)
{
    const struct cat_relation *rel = cat_relation(cat, part->relid);
    const struct cat_publication *pub = cat_publication(cat, part->pubid);

    return lc_printf(cat->arena, "publication of %s in publication %s", rel ? describe_relation(cat, rel, 0) : "a table",
                     pub ? pub->o.name : "");
}

static const char *describe_default(const struct catalog *cat, struct cat_address a)
{
    const struct cat_relation *rel = cat_relation(cat, a.oid);

    return rel ? lc_printf(cat->arena, "default value for %s", describe_relation(cat, rel, a.subid)) : "default value";
}

const char *cat_describe(const struct catalog *cat, struct cat_address a)
{
    const struct cat_object *o = a.class == CAT_ATTRDEF ? NULL : cat_get(cat, a.class, a.oid);
    const void *p = o;

    if (a.class == CAT_ATTRDEF)
        return describe_default(cat, a);
    if (!o)
        return lc_printf(cat->arena, "object %u", a.oid);
    switch (a.class) {
    case CAT_RELATION:
        return describe_relation(cat, p, a.subid);
    case CAT_TYPE:
        return lc_printf(cat->arena, "type %s", cat_format_type(cat, a.oid, -1));
    case CAT_PROC:
        return describe_proc(cat, p);
    case CAT_CONSTRAINT:
        return describe_constraint(cat, p);
    case CAT_TRIGGER:
        return on_relation(cat, "trigger", o, ((const struct cat_trigger *)p)->relid);
    case CAT_RULE:
        return on_relation(cat, "rule", o, ((const struct cat_rule *)p)->relid);
    case CAT_POLICY:
        return on_relation(cat, "policy", o, ((const struct cat_policy *)p)->relid);
    case CAT_PUBLICATION_REL:
        return describe_publication_rel(cat, p);
    case CAT_CAST:
        return describe_cast(cat, p);
    default:
        return describe_simple(cat, o);
    }
}
