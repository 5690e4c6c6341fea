// What CREATE EXTENSION brings along, for the contrib extensions (data/extensions.tsv).
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply_misc.h"
#include "catalog/builtin.h"
#include "catalog/internal.h"
#include "embedded.h"
#include "sql/sql.h"

#define NAME_BYTES 128

struct installing {
    struct catalog *cat;
    const struct cat_other *extension;
};

struct named_type {
    const char *name;
    const struct cat_object *type;
};

static void compare_name(const struct cat_object *o, void *context)
{
    struct named_type *n = context;

    if (strcmp(o->name, n->name) == 0)
        n->type = o;
}

// A type of this extension, or of one that it requires.
static const struct cat_type *member_type(const struct installing *in, const char *name)
{
    const struct cat_object *o = cat_find_object(in->cat, CAT_TYPE, in->extension->o.schema, name);
    struct named_type n = {name, o};

    if (!o)
        cat_each(in->cat, CAT_TYPE, compare_name, &n);
    return (const struct cat_type *)(const void *)(n.type ? n.type : NULL);
}

// "23" or "@citext" or "@citext[]" to an oid.
static Oid type_ref(const struct installing *in, const char *ref, size_t len)
{
    char name[NAME_BYTES];
    bool array = len > 2 && strncmp(ref + len - 2, "[]", 2) == 0;
    const struct cat_type *t;

    if (!len || *ref != '@')
        return builtin_oid(ref);
    len -= 1 + (array ? 2u : 0u);
    if (len >= sizeof name)
        return InvalidOid;
    memcpy(name, ref + 1, len);
    name[len] = '\0';
    t = member_type(in, name);
    if (!t)
        t = cat_implicit_type_named(in->cat, in->extension->o.schema, name); // the row type of a view
    return t ? (array ? t->array : t->o.oid) : InvalidOid;
}

static char *oid_text(const struct installing *in, Oid oid)
{
    return lc_printf(in->cat->arena, "%u", oid);
}

static char *type_text(const struct installing *in, const char *ref)
{
    return oid_text(in, type_ref(in, ref, strlen(ref)));
}

// A list of references with blanks between to a list of oids; "name:ref" keeps its name.
static char *types_text(const struct installing *in, const char *refs)
{
    struct lc_str s;

    lc_str_init(&s, in->cat->arena, LC_STR_MAX);
    for (const char *p = refs; *p;) {
        size_t len = strcspn(p, " "), colon = strcspn(p, ": ");
        size_t name = p[colon] == ':' ? colon + 1 : 0;

        lc_str_addf(&s, "%s%.*s%u", s.len ? " " : "", (int)name, p, type_ref(in, p + name, len - name));
        p += len + (p[len] == ' ');
    }
    return s.text;
}

static bool has_types(const struct installing *in, const struct cat_proc *p, const char *refs)
{
    int n = 0;

    for (const char *r = refs; *r && *r != ')'; n++) {
        size_t len = strcspn(r, ",)");

        if (n >= p->nargs || p->argtypes[n] != type_ref(in, r, len))
            return false;
        r += len + (r[len] == ',');
    }
    return n == p->nargs;
}

// "citext_eq(@citext,@citext)" or an oid.
static char *function_text(const struct installing *in, char *ref)
{
    char *args = strchr(ref, '(');
    Oid schema = in->extension->o.schema;

    if (!args)
        return ref;
    *args = '\0';
    for (const struct cat_named *n = cat_first_named(in->cat, CAT_PROC, schema, ref); n;
         n = cat_next_named(n->next, CAT_PROC, schema, ref))
        if (has_types(in, (const struct cat_proc *)(const void *)n->slot->object, args + 1))
            return oid_text(in, n->slot->object->oid);
    return oid_text(in, InvalidOid);
}

static struct cat_object *publish(const struct installing *in, enum cat_class class, char **fields)
{
    struct cat_object *o = builtin_make(in->cat, class, cat_new_oid(in->cat), fields);

    o->schema = class == CAT_CAST ? InvalidOid : in->extension->o.schema;
    o->owner = in->extension->o.owner;
    o->created = in->extension->o.created;
    cat_add(in->cat, o);
    cat_depend(in->cat, (struct cat_address){class, o->oid, 0}, (struct cat_address){CAT_EXTENSION, in->extension->o.oid, 0},
               'e');
    return o;
}

static char none[] = "", zero[] = "0", minus[] = "-1", own[] = "pg_catalog"; // the schema is set by publish

static void add_domain_check(const struct installing *in, const struct cat_type *type, const char *check)
{
    struct cat_constraint *c = LC_NEW(in->cat->arena, struct cat_constraint);

    c->o = (struct cat_object){.class = CAT_CONSTRAINT,
                               .oid = cat_new_oid(in->cat),
                               .name = lc_printf(in->cat->arena, "%s_check", type->o.name),
                               .schema = type->o.schema};
    c->contype = 'c';
    c->contypid = type->o.oid;
    c->convalidated = c->conenforced = true;
    c->expr = lc_sql_parse_expr(in->cat->arena, check);
    cat_add(in->cat, &c->o);
}

static void add_type(const struct installing *in, char **f)
{
    char *fields[BUILTIN_FIELDS] = {
        zero, f[0],  own,  f[1], f[2],  f[3], f[8], f[4], f[5], f[6], f[7], type_text(in, f[9]), minus, type_text(in, f[10]),
        zero, f[11], zero, zero, f[12], f[13]};
    const struct cat_object *o;

    for (int i = 20; i < BUILTIN_FIELDS; i++)
        fields[i] = none;
    o = publish(in, CAT_TYPE, fields);
    if (*f[14])
        add_domain_check(in, (const struct cat_type *)(const void *)o, f[14]);
}

static void add_relation(const struct installing *in, char **f)
{
    char *fields[BUILTIN_FIELDS] = {zero, f[0], own, f[1], types_text(in, f[2])};

    (void)publish(in, CAT_RELATION, fields);
}

static void add_function(const struct installing *in, char **f)
{
    char *fields[BUILTIN_FIELDS] = {zero,
                                    f[0],
                                    own,
                                    f[1],
                                    f[2],
                                    f[3],
                                    f[4],
                                    f[5],
                                    f[6],
                                    f[7],
                                    type_text(in, f[8]),
                                    types_text(in, f[9]),
                                    f[10],
                                    f[11],
                                    types_text(in, f[12]),
                                    f[13],
                                    f[14],
                                    f[15],
                                    f[16]};

    (void)publish(in, CAT_PROC, fields);
}

static void add_operator(const struct installing *in, char **f)
{
    char *fields[BUILTIN_FIELDS] = {
        zero, f[0], type_text(in, f[1]), type_text(in, f[2]), type_text(in, f[3]), function_text(in, f[4]), zero, zero};

    (void)publish(in, CAT_OPERATOR, fields);
}

static void add_cast(const struct installing *in, char **f)
{
    char *fields[BUILTIN_FIELDS] = {type_text(in, f[1]), type_text(in, f[2]), function_text(in, f[3]), f[4], f[5]};

    (void)publish(in, CAT_CAST, fields);
}

static void add_opclass(const struct installing *in, char **f)
{
    char *fields[BUILTIN_FIELDS] = {zero, f[0], f[1], zero, type_text(in, f[2]), type_text(in, f[3]), f[4]};

    (void)publish(in, CAT_OPCLASS, fields);
}

static void add_wrapper(const struct installing *in, char **f)
{
    struct cat_other *wrapper = LC_NEW(in->cat->arena, struct cat_other);

    wrapper->o =
        (struct cat_object){CAT_OTHER, cat_new_oid(in->cat), f[0], InvalidOid, in->extension->o.owner, in->extension->o.created};
    wrapper->what = "foreign-data wrapper"; // as cat_what has it
    cat_add(in->cat, &wrapper->o);
    cat_depend(in->cat, (struct cat_address){CAT_OTHER, wrapper->o.oid, 0},
               (struct cat_address){CAT_EXTENSION, in->extension->o.oid, 0}, 'e');
}

static void add_requirement(const struct installing *in, char **f)
{
    const struct cat_object *o = cat_find_object(in->cat, CAT_EXTENSION, InvalidOid, f[0]);

    if (!o)
        o = cat_get(in->cat, CAT_EXTENSION, cat_add_extension(in->cat, f[0], in->extension->o.schema));
    cat_depend(in->cat, (struct cat_address){CAT_EXTENSION, in->extension->o.oid, 0},
               (struct cat_address){CAT_EXTENSION, o->oid, 0}, 'n');
}

static const struct {
    const char *kind;
    void (*add)(const struct installing *in, char **fields);
} kinds[] = {{"requires", add_requirement}, {"type", add_type}, {"relation", add_relation}, {"function", add_function},
             {"operator", add_operator},    {"cast", add_cast}, {"opclass", add_opclass},   {"wrapper", add_wrapper}};

static bool begins(const char **line, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*line, word, len) != 0 || (*line)[len] != '\t')
        return false;
    *line += len + 1;
    return true;
}

static int install(const struct installing *in, size_t kind)
{
    int found = 0;

    for (const char *p = lc_file_extensions_tsv; *p; p = builtin_next_line(p)) {
        const char *line = builtin_row_in_force(p, cat_major(in->cat));
        char *fields[BUILTIN_FIELDS];

        if (!line || !begins(&line, in->extension->o.name))
            continue;
        found++;
        if (!begins(&line, kinds[kind].kind))
            continue;
        builtin_split(in->cat->arena, line, fields);
        kinds[kind].add(in, fields);
    }
    return found;
}

Oid cat_add_extension(struct catalog *cat, const char *name, Oid schema)
{
    struct cat_other *ext = LC_NEW(cat->arena, struct cat_other);
    struct installing in = {.cat = cat, .extension = ext};

    ext->o = (struct cat_object){CAT_EXTENSION, cat_new_oid(cat), lc_strdup(cat->arena, name), schema, cat_user(cat), true};
    ext->what = "extension";
    cat_add(cat, &ext->o);
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        if (!install(&in, kind))
            break;
    return ext->o.oid;
}

bool cat_extension_is_known(const struct catalog *cat, const char *name)
{
    for (const char *p = lc_file_extensions_tsv; *p; p = builtin_next_line(p)) {
        const char *line = builtin_row_in_force(p, cat_major(cat));

        if (line && begins(&line, name))
            return true;
    }
    return false;
}

const char *cat_missing_requirement(const struct catalog *cat, const char *name)
{
    for (const char *p = lc_file_extensions_tsv; *p; p = builtin_next_line(p)) {
        const char *line = builtin_row_in_force(p, cat_major(cat));

        if (!line || !begins(&line, name) || !begins(&line, "requires"))
            continue;
        const char *required = lc_strndup(cat->arena, line, strcspn(line, "\t\n"));
        if (!cat_find_object(cat, CAT_EXTENSION, InvalidOid, required))
            return required;
    }
    return NULL;
}
