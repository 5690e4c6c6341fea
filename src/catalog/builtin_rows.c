// One row of data/pg_*.tsv to one object: field by field, in the order of the file's heading.
#include "catalog/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/internal.h"

Oid builtin_oid(const char *text)
{
    return (Oid)strtoul(text, NULL, 10);
}

static bool flag(const char *text)
{
    return text[0] == 't';
}

static Oid schema_oid(const char *name)
{
    return strcmp(name, "pg_catalog") == 0 ? PG_CATALOG_NAMESPACE : INFORMATION_SCHEMA_OID;
}

static struct cat_object head(enum cat_class class, Oid oid, const char *name, Oid schema)
{
    return (struct cat_object){.class = class, .oid = oid, .name = name, .schema = schema};
}

static const char *collation_name(Oid oid)
{
    return oid == 100 ? "default" : oid == 950 ? "C" : NULL; // pg_collation.dat
}

// "23 25" to oids.
static Oid *oid_list(struct catalog *cat, const char *text, int *n)
{
    struct cat_oids list = {0};
    char *end;

    for (const char *p = text; *p; p = *end ? end + 1 : end) {
        unsigned long v = strtoul(p, &end, 10);

        if (end == p)
            break;
        LC_PUSH(cat->arena, &list, (Oid)v);
    }
    *n = list.len;
    return list.items;
}

static struct cat_object *make_type(struct catalog *cat, Oid oid, char **f)
{
    struct cat_type *t = LC_NEW(cat->arena, struct cat_type);

    t->o = head(CAT_TYPE, oid, f[1], schema_oid(f[2]));
    t->typtype = f[3][0];
    t->category = f[4][0];
    t->preferred = flag(f[5]);
    t->notnull = flag(f[6]);
    t->byval = flag(f[7]);
    t->len = (int)strtol(f[8], NULL, 10);
    t->align = f[9][0];
    t->storage = f[10][0];
    t->basetype = builtin_oid(f[11]);
    t->typtypmod = (int)strtol(f[12], NULL, 10);
    t->elem = builtin_oid(f[13]);
    t->array = builtin_oid(f[14]);
    t->collation = collation_name(builtin_oid(f[15]));
    t->rngsubtype = builtin_oid(f[16]);
    t->multirange = builtin_oid(f[17]);
    t->inputvolatile = f[18][0];
    t->outputvolatile = f[19][0];
    return &t->o;
}

// Names and types of the arguments that have one of `modes`; all arguments are IN where `modes_text` is empty.
static void arguments(struct catalog *cat, struct cat_proc *p, char **f)
{
    const char *modes = f[15], *names = f[16];
    int nall;
    Oid *all = oid_list(cat, f[14], &nall);
    int total = nall ? nall : p->nargs, in = 0;

    if (!*modes && !*names)
        return;
    p->argnames = LC_NEW_ARRAY(cat->arena, const char *, total);
    p->outnames = LC_NEW_ARRAY(cat->arena, const char *, total);
    p->outtypes = LC_NEW_ARRAY(cat->arena, Oid, total);
    for (int i = 0; i < total; i++) {
        size_t len = strcspn(names, " ");
        const char *name = len ? lc_strndup(cat->arena, names, len) : NULL;
        char mode = *modes ? modes[i] : 'i';

        names += len + (names[len] == ' ');
        if (strchr("ibv", mode) && in < p->nargs)
            p->argnames[in++] = name;
        if (strchr("obt", mode)) {
            p->outnames[p->nout] = name;
            p->outtypes[p->nout++] = nall ? all[i] : p->argtypes[i];
        }
    }
}

static struct cat_object *make_proc(struct catalog *cat, Oid oid, char **f)
{
    struct cat_proc *p = LC_NEW(cat->arena, struct cat_proc);

    p->o = head(CAT_PROC, oid, f[1], schema_oid(f[2]));
    p->kind = f[3][0];
    p->volatility = f[4][0];
    p->isstrict = flag(f[5]);
    p->retset = flag(f[6]);
    p->secdef = flag(f[7]);
    p->leakproof = flag(f[8]);
    p->variadic = flag(f[9]);
    p->rettype = builtin_oid(f[10]);
    p->argtypes = oid_list(cat, f[11], &p->nargs);
    p->ndefaults = (int)strtol(f[12], NULL, 10);
    p->language = f[13];
    arguments(cat, p, f);
    p->config = *f[17] ? f[17] : NULL;
    p->source = *f[18] ? f[18] : NULL;
    return &p->o;
}

static struct cat_object *make_operator(struct catalog *cat, Oid oid, char **f)
{
    struct cat_operator *o = LC_NEW(cat->arena, struct cat_operator);

    o->o = head(CAT_OPERATOR, oid, f[1], PG_CATALOG_NAMESPACE);
    o->left = builtin_oid(f[2]);
    o->right = builtin_oid(f[3]);
    o->result = builtin_oid(f[4]);
    o->proc = builtin_oid(f[5]);
    o->commutator = builtin_oid(f[6]);
    o->negator = builtin_oid(f[7]);
    return &o->o;
}

static struct cat_object *make_opclass(struct catalog *cat, Oid oid, char **f)
{
    struct cat_opclass *c = LC_NEW(cat->arena, struct cat_opclass);

    c->o = head(CAT_OPCLASS, oid, f[1], PG_CATALOG_NAMESPACE);
    c->am = f[2];
    c->family = builtin_oid(f[3]);
    c->intype = builtin_oid(f[4]);
    c->keytype = builtin_oid(f[5]);
    c->isdefault = flag(f[6]);
    return &c->o;
}

static struct cat_object *make_cast(struct catalog *cat, Oid oid, char **f)
{
    struct cat_cast *c = LC_NEW(cat->arena, struct cat_cast);

    c->source = builtin_oid(f[0]);
    c->target = builtin_oid(f[1]);
    c->func = builtin_oid(f[2]);
    c->context = f[3][0];
    c->method = f[4][0];
    c->o = head(CAT_CAST, oid, cat_cast_name(cat, c->source, c->target), InvalidOid);
    return &c->o;
}

// "oid:26! relname:19" to attributes.
static void columns(struct catalog *cat, struct cat_relation *rel, const char *text)
{
    struct cat_attributes LC_ARRAY(struct cat_attribute) list = {0};

    while (*text) {
        size_t len = strcspn(text, " "), colon = strcspn(text, ":");
        struct cat_attribute a = {.typmod = -1, .islocal = true};

        a.name = lc_strndup(cat->arena, text, colon);
        a.attnum = list.len + 1;
        a.type = builtin_oid(text + colon + 1);
        const struct cat_type *t = cat_type(cat, a.type);
        a.storage = t && t->storage ? t->storage : 'p';
        a.notnull = len && text[len - 1] == '!';
        LC_PUSH(cat->arena, &list, a);
        text += len + (text[len] == ' ');
    }
    rel->attrs = list.items;
    rel->natts = list.len;
}

static struct cat_object *make_relation(struct catalog *cat, Oid oid, char **f)
{
    struct cat_relation *rel = LC_NEW(cat->arena, struct cat_relation);

    rel->o = head(CAT_RELATION, oid, f[1], schema_oid(f[2]));
    rel->relkind = f[3][0];
    rel->relpersistence = 'p';
    rel->relreplident = 'n';
    rel->ispopulated = true;
    rel->am = rel->relkind == 'r' ? "heap" : NULL;
    columns(cat, rel, f[4]);
    return &rel->o;
}

static struct cat_object *make_collation(struct catalog *cat, Oid oid, char **f)
{
    struct cat_other *c = LC_NEW(cat->arena, struct cat_other);

    c->o = head(CAT_COLLATION, oid, f[1], PG_CATALOG_NAMESPACE);
    c->what = "collation";
    return &c->o;
}

struct cat_object *builtin_make(struct catalog *cat, enum cat_class class, Oid oid, char **fields)
{
    switch (class) {
    case CAT_TYPE:
        return make_type(cat, oid, fields);
    case CAT_PROC:
        return make_proc(cat, oid, fields);
    case CAT_OPERATOR:
        return make_operator(cat, oid, fields);
    case CAT_OPCLASS:
        return make_opclass(cat, oid, fields);
    case CAT_CAST:
        return make_cast(cat, oid, fields);
    case CAT_RELATION:
        return make_relation(cat, oid, fields);
    default:
        return make_collation(cat, oid, fields);
    }
}
