// What initdb puts into pg_catalog and information_schema, from data/pg_*.tsv: indexed at the start, made when asked for.
#include "catalog/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/builtin.h"
#include "embedded.h"

#define BUCKETS 4096
// Oids that differ between builds are given from here, per class: all are below FirstNormalObjectId.
#define FIRST_UNNUMBERED ((Oid)14000)

struct row {
    const char *line; // after the two versions
    uint32_t hash;    // of the name
    Oid oid;
    enum cat_class class;
    int next_name, next_oid; // index + 1 of the next row of the bucket
    bool made;
};

struct builtin {
    struct catalog *cat;
    struct row *rows;
    int len, cap;
    int names[BUCKETS], oids[BUCKETS]; // index + 1 of the first row
    Oid unnumbered[CAT_CLASS_COUNT];   // how many rows of each class have no oid of their own
    struct cat_amop *amops;
    int namops;
};

static const struct {
    enum cat_class class;
    const char *file;
} tables[] = {{CAT_TYPE, lc_file_pg_type_tsv},          {CAT_PROC, lc_file_pg_proc_tsv}, {CAT_OPERATOR, lc_file_pg_operator_tsv},
              {CAT_OPCLASS, lc_file_pg_opclass_tsv},    {CAT_CAST, lc_file_pg_cast_tsv}, {CAT_RELATION, lc_file_pg_class_tsv},
              {CAT_COLLATION, lc_file_pg_collation_tsv}};

static uint32_t hash_name(const char *name, size_t len)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)name[i]) * 16777619u;
    return h;
}

static size_t name_bucket(enum cat_class class, uint32_t hash)
{
    return (hash ^ (hash >> 15) ^ ((uint32_t) class * 257u)) & (BUCKETS - 1);
}

static size_t oid_bucket(enum cat_class class, Oid oid)
{
    return (oid ^ ((uint32_t) class * 257u)) & (BUCKETS - 1);
}

static void index_row(struct builtin *b, enum cat_class class, const char *line)
{
    char *end;
    Oid oid = (Oid)strtoul(line, &end, 10);
    const char *name = class == CAT_CAST ? line : end + 1;
    const char *stop = class == CAT_CAST ? strchr(end + 1, '\t') : name + strcspn(name, "\t\n");
    struct row *r = &b->rows[b->len++];

    *r = (struct row){.line = line, .class = class, .oid = oid, .hash = hash_name(name, (size_t)(stop - name))};
    if (class == CAT_CAST || !oid)
        r->oid = FIRST_UNNUMBERED + b->unnumbered[class]++;
    r->next_name = b->names[name_bucket(class, r->hash)];
    r->next_oid = b->oids[oid_bucket(class, r->oid)];
    b->names[name_bucket(class, r->hash)] = b->len;
    b->oids[oid_bucket(class, r->oid)] = b->len;
}

const char *builtin_row_in_force(const char *line, int major)
{
    char *end;
    long first = strtol(line, &end, 10), last;

    if (end == line)
        return NULL; // the heading
    last = strtol(end + 1, &end, 10);
    return first <= major && major <= last ? end + 1 : NULL;
}

const char *builtin_next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end ? end + 1 : line + strlen(line);
}

static int count_lines(void)
{
    int n = 0;

    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const char *p = tables[t].file; *p; p = builtin_next_line(p))
            n++;
    return n;
}

struct builtin *builtin_new(struct catalog *cat)
{
    struct builtin *b = LC_NEW(cat->arena, struct builtin);

    b->cat = cat;
    b->cap = count_lines();
    b->rows = LC_NEW_ARRAY(cat->arena, struct row, b->cap);
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const char *p = tables[t].file; *p; p = builtin_next_line(p)) {
            const char *line = builtin_row_in_force(p, cat_major(cat));

            if (line)
                index_row(b, tables[t].class, line);
        }
    return b;
}

void builtin_split(struct lc_arena *arena, const char *line, char **fields)
{
    size_t len = strcspn(line, "\n");
    char *copy = lc_strndup(arena, line, len), *to = copy;
    int n = 0;

    fields[n++] = copy;
    for (const char *from = line; from < line + len; from++) {
        if (*from == '\t' && n < BUILTIN_FIELDS) {
            *to++ = '\0';
            fields[n++] = to;
        } else if (*from == '\\' && from + 1 < line + len) {
            from++;
            *to++ = (char)(*from == 't' ? '\t' : *from == 'n' ? '\n' : *from);
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    while (n < BUILTIN_FIELDS)
        fields[n++] = to;
}

static struct cat_object *make(struct builtin *b, struct row *r)
{
    struct cat_slot *slot = cat_slot(b->cat, r->class, r->oid);
    char *fields[BUILTIN_FIELDS];

    if (r->made)
        return slot->object;
    r->made = true;
    builtin_split(b->cat->arena, r->line, fields);
    slot->object = builtin_make(b->cat, r->class, r->oid, fields); // not a change: it has been there all the time
    cat_name_object(b->cat, slot);
    return slot->object;
}

struct cat_object *builtin_get(struct builtin *b, enum cat_class class, Oid oid)
{
    for (int i = b->oids[oid_bucket(class, oid)]; i; i = b->rows[i - 1].next_oid) {
        struct row *r = &b->rows[i - 1];

        if (r->class == class && r->oid == oid)
            return make(b, r);
    }
    return NULL;
}

void builtin_by_name(struct builtin *b, enum cat_class class, const char *name)
{
    uint32_t hash = hash_name(name, strlen(name));

    for (int i = b->names[name_bucket(class, hash)]; i; i = b->rows[i - 1].next_name) {
        struct row *r = &b->rows[i - 1];

        if (r->class == class && r->hash == hash)
            (void)make(b, r);
    }
}

void builtin_each(struct builtin *b, enum cat_class class, cat_visit visit, void *context)
{
    for (int i = 0; i < b->len; i++) {
        const struct cat_object *o = b->rows[i].class == class ? make(b, &b->rows[i]) : NULL;

        if (o)
            visit(o, context);
    }
}

static struct cat_amop read_amop(char **f)
{
    return (struct cat_amop){.family = builtin_oid(f[0]),
                             .btree = strcmp(f[1], "btree") == 0,
                             .strategy = (int)strtol(f[2], NULL, 10),
                             .lefttype = builtin_oid(f[3]),
                             .righttype = builtin_oid(f[4]),
                             .operator= builtin_oid(f[5])};
}

const struct cat_amop *builtin_amops(struct builtin *b, int *n)
{
    struct cat_amop_list LC_ARRAY(struct cat_amop) list = {0};

    for (const char *p = lc_file_pg_amop_tsv; !b->amops && *p; p = builtin_next_line(p)) {
        const char *line = builtin_row_in_force(p, cat_major(b->cat));
        char *fields[BUILTIN_FIELDS];

        if (!line)
            continue;
        builtin_split(b->cat->arena, line, fields);
        LC_PUSH(b->cat->arena, &list, read_amop(fields));
    }
    if (!b->amops) {
        b->amops = list.items;
        b->namops = list.len;
    }
    *n = b->namops;
    return b->amops;
}
