// A catalogue as lines, as record.py's CATALOGUE query lists a server's: what a statement took away and added is compared with that.
#ifndef LC_TESTS_FOOTPRINT_CATALOGUE_H
#define LC_TESTS_FOOTPRINT_CATALOGUE_H

#include <string.h>

#include "base/str.h"
#include "catalog/catalog.h"

struct listing {
    const struct catalog *cat;
    struct lc_map lines; // line -> itself
};

static void line(struct listing *l, const char *text)
{
    (void)lc_map_put(&l->lines, text, (void *)(uintptr_t)text);
}

static bool shown(const struct listing *l, Oid schema)
{
    const char *name = cat_schema_name(l->cat, schema);

    return name && !lc_starts(name, "pg_") && !lc_streq(name, "information_schema");
}

static const char *dotted(const struct listing *l, const struct cat_object *o)
{
    return lc_printf(cat_arena(l->cat), "%s.%s", cat_schema_name(l->cat, o->schema), o->name);
}

static void list_columns(struct listing *l, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->natts; i++) {
        const struct cat_attribute *a = &rel->attrs[i];

        if (!a->isdropped)
            line(l, lc_printf(cat_arena(l->cat), "col %s.%s %s%s%s", dotted(l, &rel->o), a->name,
                              cat_format_type(l->cat, a->type, a->typmod), a->notnull ? " not null" : "",
                              a->def || a->def_text ? " default" : ""));
    }
}

static void list_index(struct listing *l, const struct cat_relation *rel)
{
    const struct cat_relation *table = cat_relation(l->cat, rel->index->indrelid);
    const struct cat_relation *parent = rel->parents.len ? cat_relation(l->cat, rel->parents.items[0]) : NULL;

    line(l, lc_printf(cat_arena(l->cat), "index %s on %s%s%s%s%s%s", dotted(l, &rel->o), table ? table->o.name : "?",
                      rel->index->unique ? " unique" : "", rel->index->valid ? "" : " invalid",
                      rel->index->clustered ? " clustered" : "", parent ? " of " : "", parent ? parent->o.name : ""));
}

static void list_relation(const struct cat_object *o, void *context)
{
    struct listing *l = context;
    const struct cat_relation *rel = cat_relation(l->cat, o->oid);
    const struct cat_relation *owner = cat_relation(l->cat, rel->seq_owner_rel);
    struct lc_arena *arena = cat_arena(l->cat);

    if (!shown(l, o->schema))
        return;
    line(l, lc_printf(arena, "rel %s %c", dotted(l, o), rel->relkind));
    if (strchr("rpvmcf", rel->relkind))
        list_columns(l, rel);
    if (rel->index)
        list_index(l, rel);
    if (owner && rel->seq_owner_att > 0)
        line(l, lc_printf(arena, "sequence %s of %s.%s", dotted(l, o), owner->o.name, owner->attrs[rel->seq_owner_att - 1].name));
    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(l->cat, rel->triggers.items[i]);
        if (t->parent == 0 || cat_major(l->cat) >= 15) // until 14 the clones on partitions were internal
            line(l, lc_printf(arena, "trigger %s %s %c", dotted(l, o), t->o.name, t->enabled));
    }
    for (int i = 0; i < rel->rules.len; i++)
        line(l, lc_printf(arena, "rule %s %s", dotted(l, o), cat_rule(l->cat, rel->rules.items[i])->o.name));
    for (int i = 0; i < rel->policies.len; i++)
        line(l, lc_printf(arena, "policy %s %s", dotted(l, o), cat_policy(l->cat, rel->policies.items[i])->o.name));
}

static void list_constraint(const struct cat_object *o, void *context)
{
    struct listing *l = context;
    const struct cat_constraint *con = cat_constraint(l->cat, o->oid);
    const struct cat_relation *rel = cat_relation(l->cat, con->conrelid);
    const struct cat_type *type = con->contypid ? cat_type(l->cat, con->contypid) : NULL;
    const struct cat_object *owner = rel ? &rel->o : type ? &type->o : NULL;

    if (owner && shown(l, owner->schema) && strchr("cfpux", con->contype))
        line(l, lc_printf(cat_arena(l->cat), "constraint %s %s %c%s", dotted(l, owner), o->name, con->contype,
                          con->convalidated ? "" : " not valid"));
}

static void list_type(const struct cat_object *o, void *context)
{
    struct listing *l = context;
    const struct cat_type *t = cat_type(l->cat, o->oid);
    struct lc_str s;

    if (!shown(l, o->schema) || !strchr("edrm", t->typtype))
        return;
    lc_str_init(&s, cat_arena(l->cat), LC_STR_MAX);
    lc_str_addf(&s, "type %s %c", dotted(l, o), t->typtype);
    for (int i = 0; i < t->nlabels; i++)
        lc_str_addf(&s, "%s%s", i ? "," : " ", t->labels[i]);
    lc_str_add(&s, t->notnull ? " not null" : "");
    line(l, s.text);
}

static void list_function(const struct cat_object *o, void *context)
{
    struct listing *l = context;
    const struct cat_proc *p = cat_proc(l->cat, o->oid);

    if (shown(l, o->schema))
        line(l, lc_printf(cat_arena(l->cat), "function %s %c %c %d", dotted(l, o), p->kind, p->volatility, p->nargs));
}

static void list_named(const struct cat_object *o, void *context)
{
    struct listing *l = context;

    if (o->class == CAT_NAMESPACE && shown(l, o->oid))
        line(l, lc_printf(cat_arena(l->cat), "schema %s", o->name));
    else if (o->class == CAT_STATISTICS && shown(l, o->schema))
        line(l, lc_printf(cat_arena(l->cat), "statistics %s", dotted(l, o)));
}

static void list_publication(const struct cat_object *o, void *context)
{
    struct listing *l = context;
    const struct cat_publication *p = (const struct cat_publication *)(const void *)o;

    for (int i = 0; i < p->relations.len; i++) {
        const struct cat_relation *rel = cat_relation(l->cat, p->relations.items[i]);
        if (rel)
            line(l, lc_printf(cat_arena(l->cat), "member %s %s", o->name, dotted(l, &rel->o)));
    }
}

static struct listing list_catalogue(const struct catalog *cat)
{
    struct listing l = {.cat = cat};

    lc_map_init(&l.lines, cat_arena(cat));
    cat_each(cat, CAT_NAMESPACE, list_named, &l);
    cat_each(cat, CAT_RELATION, list_relation, &l);
    cat_each(cat, CAT_CONSTRAINT, list_constraint, &l);
    cat_each(cat, CAT_TYPE, list_type, &l);
    cat_each(cat, CAT_PROC, list_function, &l);
    cat_each(cat, CAT_STATISTICS, list_named, &l);
    cat_each(cat, CAT_PUBLICATION, list_publication, &l);
    return l;
}

#endif
