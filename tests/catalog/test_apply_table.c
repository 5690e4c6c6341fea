// The catalogue after a history of DDL is the server's: fixtures/apply_*.sql applied statement by statement, then written as text and held against
// what servers said of the same file (record_apply.py). With arguments, VERSION FILE TODAY: writes the text, for looking at differences.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "footprint/footprint.h"

struct dump {
    const struct catalog *cat;
    struct lc_arena *arena;
    struct LC_ARRAY(const char *) lines;
};

static void put(struct dump *d, const char *fmt, ...) LC_PRINTF(2, 3);
static void put(struct dump *d, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    LC_PUSH(d->arena, &d->lines, lc_vprintf(d->arena, fmt, args));
    va_end(args);
}

static const char *name_of(const struct dump *d, Oid rel)
{
    const struct cat_relation *r = cat_relation(d->cat, rel);

    return r ? lc_printf(d->arena, "%s.%s", cat_schema_name(d->cat, r->o.schema), r->o.name) : "-";
}

static bool visible(const struct dump *d, const struct cat_object *o)
{
    const char *schema = cat_schema_name(d->cat, o->schema);

    return o->oid >= FirstNormalObjectId && schema && strncmp(schema, "pg_", 3) != 0 && strcmp(schema, "information_schema") != 0;
}

static const char *columns_text(const struct dump *d, const struct cat_relation *rel, const int *attnums, int n)
{
    struct lc_str s;

    lc_str_init(&s, d->arena, 10000);
    for (int i = 0; i < n; i++)
        lc_str_addf(&s, "%s%s", i ? "," : "", attnums[i] > 0 ? rel->attrs[attnums[i] - 1].name : "<expr>");
    return s.text;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *parents_text(const struct dump *d, const struct cat_relation *rel)
{
    struct LC_ARRAY(const char *) names = {0};
    struct lc_str s;

    lc_str_init(&s, d->arena, 10000);
    for (int i = 0; i < rel->parents.len; i++)
        LC_PUSH(d->arena, &names, name_of(d, rel->parents.items[i]));
    if (names.len)
        qsort(names.items, (size_t)names.len, sizeof *names.items, compare_text);
    for (int i = 0; i < names.len; i++)
        lc_str_addf(&s, "%s%s", i ? "," : "", names.items[i]);
    return s.text;
}

static void dump_columns(struct dump *d, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->natts; i++) {
        const struct cat_attribute *a = &rel->attrs[i];
        if (a->isdropped)
            continue;
        put(d, "column %s.%s %d %s%s identity=%c generated=%c default=%d inhcount=%d local=%d storage=%c", name_of(d, rel->o.oid),
            a->name, a->attnum, cat_format_type(d->cat, a->type, a->typmod), a->notnull ? " not null" : "",
            a->identity ? a->identity : '-', a->generated ? a->generated : '-', a->def || a->def_text ? 1 : 0, a->inhcount,
            a->islocal, a->storage);
    }
}

static void dump_index(struct dump *d, const struct cat_relation *rel)
{
    const struct cat_index *x = rel->index;

    put(d,
        "index %s on %s %s (%s) nkeys=%d unique=%d primary=%d valid=%d partial=%d constraint=%d clustered=%d replident=%d "
        "parents=%s",
        name_of(d, rel->o.oid), name_of(d, x->indrelid), rel->am,
        columns_text(d, cat_relation(d->cat, x->indrelid), x->keys, x->natts), x->nkeyatts, x->unique, x->primary, x->valid,
        x->predicate != NULL, x->constraint != InvalidOid, x->clustered, x->replident, parents_text(d, rel));
}

static void dump_relation(const struct cat_object *object, void *context)
{
    struct dump *d = context;
    const struct cat_relation *rel = (const struct cat_relation *)(const void *)object;

    if (!visible(d, object) || rel->relkind == 't')
        return;
    if (rel->index) {
        dump_index(d, rel);
        return;
    }
    put(d, "relation %s kind=%c persistence=%c partition=%d replident=%c rls=%d%d parents=%s options=%s", name_of(d, object->oid),
        rel->relkind, rel->relpersistence, rel->relispartition, rel->relreplident, rel->relrowsecurity, rel->relforcerowsecurity,
        parents_text(d, rel), rel->options ? rel->options : "");
    if (rel->relkind == 'S' && rel->seq_owner_rel)
        put(d, "owned %s by %s.%d %c", name_of(d, object->oid), name_of(d, rel->seq_owner_rel), rel->seq_owner_att,
            rel->seq_deptype);
    if (rel->relkind != 'S')
        dump_columns(d, rel);
}

static void dump_constraint(const struct cat_object *object, void *context)
{
    struct dump *d = context;
    const struct cat_constraint *c = (const struct cat_constraint *)(const void *)object;
    const struct cat_relation *rel = cat_relation(d->cat, c->conrelid), *ref = cat_relation(d->cat, c->confrelid);
    const struct cat_constraint *parent = cat_constraint(d->cat, c->conparentid);

    if (!visible(d, object) || !rel || c->contype == 't')
        return;
    put(d,
        "constraint %s.%s %c (%s) references=%s(%s) index=%s upd=%c del=%c valid=%d inhcount=%d local=%d noinherit=%d "
        "deferrable=%d%d parent=%s",
        name_of(d, c->conrelid), object->name, c->contype,
        c->contype == 'c' ? "" : columns_text(d, rel, c->conkey.items, c->conkey.len), ref ? name_of(d, c->confrelid) : "",
        ref ? columns_text(d, ref, c->confkey.items, c->confkey.len) : "", c->conindid ? name_of(d, c->conindid) : "",
        c->contype == 'f' ? c->confupdtype : '-', c->contype == 'f' ? c->confdeltype : '-', c->convalidated, c->coninhcount,
        c->conislocal, c->connoinherit, c->condeferrable, c->condeferred, parent ? parent->o.name : "");
}

static void dump_trigger(const struct cat_object *object, void *context)
{
    struct dump *d = context;
    const struct cat_trigger *t = (const struct cat_trigger *)(const void *)object;

    if (cat_relation(d->cat, t->relid))
        put(d, "trigger %s.%s enabled=%c parent=%d", name_of(d, t->relid), object->name, t->enabled, t->parent != InvalidOid);
}

static const char *text_of(struct dump *d)
{
    struct lc_str s;

    cat_each(d->cat, CAT_RELATION, dump_relation, d);
    cat_each(d->cat, CAT_CONSTRAINT, dump_constraint, d);
    cat_each(d->cat, CAT_TRIGGER, dump_trigger, d);
    if (d->lines.len)
        qsort(d->lines.items, (size_t)d->lines.len, sizeof *d->lines.items, compare_text);
    lc_str_init(&s, d->arena, LC_STR_MAX);
    for (int i = 0; i < d->lines.len; i++)
        lc_str_addf(&s, "%s\n", d->lines.items[i]);
    return s.text;
}

static char *read_file(struct lc_arena *arena, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    long size;

    if (!f)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
        text = lc_alloc(arena, (size_t)size + 1);
        text[fread(text, 1, (size_t)size, f)] = '\0';
    }
    (void)fclose(f);
    return text;
}

// today: days since 1970, or NULL; with it, what fails or is not known is told.
static const char *apply(struct lc_arena *arena, int major, const char *path, const char *today)
{
    struct catalog *cat = cat_new(arena, major * 10000);
    if (today)
        cat_set_setting(cat, "lockcast.today", today, false);
    struct fp_session *session = fp_session_new(cat);
    struct dump d = {.cat = cat, .arena = arena};
    const char *text = read_file(arena, path);
    struct lc_sql_script script;
    struct lc_error err = {0};

    assert_non_null(text);
    assert_int_equal(lc_sql_parse(arena, text, strlen(text), &script, &err), LC_OK);
    for (int i = 0; i < script.len; i++) {
        struct footprint fp;
        fp_statement(session, &script.stmts[i], &fp);
        if (fp.fails && today)
            fprintf(stderr, "%s:%d: %s\n", path, script.stmts[i].line, fp.error->message);
        for (int k = 0; k < fp.notes.len && today; k++)
            fprintf(stderr, "%s:%d: %s: %s\n", path, script.stmts[i].line, fp.notes.items[k].rule, fp.notes.items[k].message);
    }
    return text_of(&d);
}

static void exhausted(void *context, size_t wanted)
{
    (void)context;
    fail_msg("out of memory: %zu bytes", wanted);
}

static void first_difference(const char *ours, const char *theirs, const char *path)
{
    while (*ours && *ours == *theirs) {
        const char *a = strchr(ours, '\n'), *b = strchr(theirs, '\n');
        if (!a || !b || a - ours != b - theirs || strncmp(ours, theirs, (size_t)(a - ours)) != 0)
            break;
        ours = a + 1;
        theirs = b + 1;
    }
    fail_msg("%s:\nours:   %.*s\nserver: %.*s", path, (int)strcspn(ours, "\n"), ours, (int)strcspn(theirs, "\n"), theirs);
}

static void check_file(const char *path, int major)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 30, exhausted, NULL);
    const char *truth = lc_printf(arena, "%.*s.%d.txt", (int)(strlen(path) - 4), path, major);
    const char *theirs = read_file(arena, truth), *ours;

    if (theirs) {
        ours = apply(arena, major, path, NULL);
        if (strcmp(ours, theirs) != 0)
            first_difference(ours, theirs, truth);
    }
    lc_arena_free(arena);
}

static void histories_end_as_on_the_server(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(glob(TEST_DIR "/catalog/fixtures/apply_*.sql", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        for (int major = 13; major <= 18; major++)
            check_file(files.gl_pathv[i], major);
    globfree(&files);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(histories_end_as_on_the_server)};

    if (argc == 4) {
        struct lc_arena *arena = lc_arena_new((size_t)2 << 30, exhausted, NULL);
        fputs(apply(arena, atoi(argv[1]), argv[2], argv[3]), stdout);
        lc_arena_free(arena);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
