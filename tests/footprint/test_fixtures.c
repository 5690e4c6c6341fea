// Holds footprints against what real servers locked: every row of fixtures/*.jsonl (recorded by record.py), offline, for each of its versions.
//
// A row's set-up is applied to an empty catalogue of that version, then the target statement's locks, rewrites and scans are compared as sets. Left
// out on both sides: the weak modes on indexes, which follow from the planner, and the tables that queries read in full. An uncertain lock
// may be there or not. FIXTURES=name in the environment keeps to one file or case.
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "footprint/catalogue.h"
#include "footprint/footprint.h"

#define FIXTURES TEST_DIR "/footprint/fixtures"

// --- a JSON value, as far as the fixtures need one -----------------------------------------------------------------------------------------

struct json {
    char type; // o a s n (number, true, false, null)
    const char *text;
    struct json *key, *items, *next; // of an object: each item has its key
};

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == ',' || *p == ':' || *p == '\n')
        p++;
    return p;
}

static unsigned hex4(const char *p)
{
    char digits[5] = {p[0], p[1], p[2], p[3], 0};

    return (unsigned)strtoul(digits, NULL, 16);
}

static const char *read_string(struct lc_arena *arena, const char *p, const char **out)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    for (p++; *p && *p != '"'; p++) {
        if (*p != '\\') {
            lc_str_addc(&s, *p);
            continue;
        }
        p++;
        if (*p == 'u') {
            lc_str_addc(&s, hex4(p + 1) < 128 ? (char)hex4(p + 1) : '?');
            p += 4;
        } else {
            lc_str_addc(&s, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p);
        }
    }
    *out = s.text;
    return *p ? p + 1 : p;
}

static const char *read_value(struct lc_arena *arena, const char *p, struct json *v);

static const char *read_items(struct lc_arena *arena, const char *p, struct json *v, bool keyed)
{
    struct json **tail = &v->items;

    for (p = skip_blanks(p + 1); *p && *p != ']' && *p != '}'; p = skip_blanks(p)) {
        struct json *key = NULL;

        if (keyed) {
            key = LC_NEW(arena, struct json);
            p = skip_blanks(read_value(arena, p, key));
        }
        *tail = LC_NEW(arena, struct json);
        p = read_value(arena, p, *tail);
        (*tail)->key = key;
        tail = &(*tail)->next;
    }
    return *p ? p + 1 : p;
}

static const char *read_value(struct lc_arena *arena, const char *p, struct json *v)
{
    size_t n;

    p = skip_blanks(p);
    v->type = *p == '{' ? 'o' : *p == '[' ? 'a' : *p == '"' ? 's' : 'n';
    if (v->type == 's')
        return read_string(arena, p, &v->text);
    if (v->type != 'n')
        return read_items(arena, p, v, v->type == 'o');
    n = strcspn(p, ",]} \n");
    v->text = lc_strndup(arena, p, n);
    return p + n;
}

static const struct json *member(const struct json *object, const char *key)
{
    for (const struct json *i = object->items; i; i = i->next)
        if (lc_streq(i->key->text, key))
            return i;
    return NULL;
}

// NULL: there is none.
static const char *text_of(const struct json *object, const char *key)
{
    const struct json *v = member(object, key);

    return v && v->type == 's' ? v->text : NULL;
}

// --- sets of "public.t AccessShareLock" ---------------------------------------------------------------------------------------------------------

struct set LC_ARRAY(const char *);

static bool has(const struct set *s, const char *item)
{
    for (int i = 0; i < s->len; i++)
        if (strcmp(s->items[i], item) == 0)
            return true;
    return false;
}

static void add(struct lc_arena *arena, struct set *s, const char *item)
{
    if (!has(s, item))
        LC_PUSH(arena, s, item);
}

static bool weak_on_index(char relkind, const char *mode)
{
    return (relkind == 'i' || relkind == 'I') &&
           (strstr(mode, "AccessShare") || strstr(mode, "RowShare") || strcmp(mode, "RowExclusiveLock") == 0);
}

static const char *const mode_names[] = {
    "",          "AccessShareLock",       "RowShareLock",  "RowExclusiveLock",   "ShareUpdateExclusiveLock",
    "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"};

// Names are compared as the catalogue has them.
static const char *plain_name(const struct catalog *cat, const struct cat_relation *rel)
{
    return lc_printf(cat_arena(cat), "%s.%s", cat_schema_name(cat, rel->o.schema), rel->o.name);
}

static bool visible(const struct cat_relation *rel)
{
    return rel->relkind != 't' && rel->toastfor == 0 && rel->relpersistence != 't' && !lc_starts(rel->o.name, "pg_toast");
}

static struct set truth_set(struct lc_arena *arena, const struct json *row, const char *key)
{
    struct set s = {0};
    const struct json *list = member(row, key);

    for (const struct json *i = list ? list->items : NULL; i; i = i->next) {
        if (i->type == 's') {
            add(arena, &s, i->text);
            continue;
        }
        const struct json *name = i->items, *kind = name->next, *mode = kind->next;
        if (!weak_on_index(kind->text[0], mode->text))
            add(arena, &s, lc_printf(arena, "%s %s", name->text, mode->text));
    }
    return s;
}

static struct set lock_set(const struct catalog *cat, const struct footprint *fp, bool uncertain)
{
    struct set s = {0};

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        const char *mode = mode_names[l->mode];

        if (l->created || l->released != FP_COMMIT || (!l->certain && !uncertain) || !visible(l->rel) ||
            weak_on_index(l->rel->relkind, mode))
            continue;
        add(cat_arena(cat), &s, lc_printf(cat_arena(cat), "%s %s", l->name, mode)); // the schema may be gone by now
    }
    return s;
}

static bool is_created(const struct footprint *fp, Oid rel)
{
    for (int i = 0; i < fp->locks.len; i++)
        if (fp->locks.items[i].rel->o.oid == rel && fp->locks.items[i].created)
            return true;
    return false;
}

static struct set rel_set(const struct catalog *cat, const struct footprint *fp, const struct fp_rels *rels)
{
    struct set s = {0};

    for (int i = 0; i < rels->len; i++)
        if (visible(rels->items[i]) && !is_created(fp, rels->items[i]->o.oid))
            add(cat_arena(cat), &s, plain_name(cat, rels->items[i]));
    return s;
}

// perhaps: ours and what is uncertain
static int compare(const char *what, const char *where, const struct set *truth, const struct set *ours,
                   const struct set *perhaps)
{
    int wrong = 0;

    for (int i = 0; i < truth->len; i++)
        if (!has(perhaps, truth->items[i]))
            printf("%s %s: missing %s\n", wrong++ ? "   " : where, what, truth->items[i]);
    for (int i = 0; i < ours->len; i++)
        if (!has(truth, ours->items[i]))
            printf("%s %s: too much %s\n", wrong++ ? "   " : where, what, ours->items[i]);
    return wrong;
}

// --- one row on one version -----------------------------------------------------------------------------------------------------------------------

struct tally {
    int rows, wrong, skipped;
};

static void exhausted(void *context, size_t wanted)
{
    (void)context;
    printf("out of memory for %zu bytes\n", wanted);
    abort();
}

static bool run(struct fp_session *s, struct lc_arena *arena, const char *sql, struct footprint *last, const char *where)
{
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    if (lc_sql_parse(arena, sql, strlen(sql), &script, &err) != LC_OK)
        return false;
    for (int i = 0; i < script.len; i++) {
        if (!script.stmts[i].tree)
            return false; // a newer grammar is needed
        fp_statement(s, &script.stmts[i], last);
        if (last->fails && where)
            printf("%s: set-up fails: %s [%.60s]\n", where, last->error->message, script.stmts[i].text);
    }
    return true;
}

static bool is_query(const struct footprint *fp)
{
    static const char *const commands[] = {"SELECT", "INSERT", "UPDATE", "DELETE",  "MERGE",
                                           "COPY",   "DO",     "CALL",   "EXPLAIN", "VALUES"};

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (lc_starts(fp->command, commands[i]))
            return true;
    return false;
}

static int compare_row(const struct catalog *cat, const struct json *row, const struct footprint *fp, const char *where)
{
    struct lc_arena *arena = cat_arena(cat);
    const char *sqlstate = text_of(row, "sqlstate"), *error = text_of(row, "error");
    int wrong = 0;

    if (sqlstate || fp->fails) {
        wrong = !lc_streq(sqlstate, fp->fails ? fp->error->detail : NULL);
        if (wrong)
            printf("%s: server says %s, forecast %s\n", where, error ? error : "ok", fp->fails ? fp->error->message : "ok");
        return wrong;
    }
    struct set truth = truth_set(arena, row, "locks"), ours = lock_set(cat, fp, false), perhaps = lock_set(cat, fp, true);
    wrong += compare("lock", where, &truth, &ours, &perhaps);
    truth = truth_set(arena, row, "rewrites");
    ours = rel_set(cat, fp, &fp->rewrites);
    wrong += compare("rewrite", where, &truth, &ours, &ours);
    truth = truth_set(arena, row, "scans");
    ours = rel_set(cat, fp, &fp->scans);
    return is_query(fp) ? wrong : wrong + compare("scan", where, &truth, &ours, &ours);
}

// Lines that `a` has and `b` has not.
static struct set difference(const struct listing *a, const struct listing *b)
{
    struct set s = {0};

    for (LC_EACH(e, &a->lines))
        if (e->value && !lc_map_get(&b->lines, e->key))
            LC_PUSH(cat_arena(a->cat), &s, e->key);
    return s;
}

// Whether it is refused hangs on a statement that could not be followed (and the footprint says so): so does what it changes.
static bool is_doubtful(const struct footprint *fp)
{
    for (int i = 0; i < fp->notes.len; i++)
        if (strcmp(fp->notes.items[i].rule, "may-fail") == 0)
            return true;
    return false;
}

// What the statement did to the catalogue.
static int compare_catalogue(const struct listing *before, const struct json *row, const struct footprint *fp, const char *where)
{
    struct listing after = list_catalogue(before->cat);
    struct lc_arena *arena = cat_arena(before->cat);

    if (!member(row, "gone") || fp->fails || is_doubtful(fp))
        return 0;
    struct set truth = truth_set(arena, row, "gone"), ours = difference(before, &after);
    int wrong = compare("gone", where, &truth, &ours, &ours);
    truth = truth_set(arena, row, "new");
    ours = difference(&after, before);
    return wrong + compare("new", where, &truth, &ours, &ours);
}

// The statement is taken back again, so that the next row finds the common set-up only.
static void check_row(struct catalog *cat, const struct json *row, int major, const char *file, struct tally *tally)
{
    struct lc_arena *arena = cat_arena(cat);
    struct fp_session *s = fp_session_new(cat);
    struct footprint fp = {0};
    const char *name = text_of(row, "case");
    const char *where = lc_printf(arena, "%s %s %d", file, name ? name : "", major);

    cat_begin(cat);
    if (!run(s, arena, text_of(row, "setup"), &fp, where)) {
        tally->skipped++;
    } else {
        struct listing before = list_catalogue(cat);
        fp_transaction_begin(s); // as record.py has it
        if (run(s, arena, text_of(row, "statement"), &fp, NULL)) {
            tally->rows++;
            tally->wrong += compare_row(cat, row, &fp, where) + compare_catalogue(&before, row, &fp, where) > 0;
        } else {
            tally->skipped++;
        }
        fp_transaction_end(s);
    }
    cat_rollback(cat);
}

// --- files ------------------------------------------------------------------------------------------------------------------------------------------

struct fixture {
    const char *file, *common; // the set-up that all its rows share
    struct LC_ARRAY(struct json) rows;
};

static void read_line(struct lc_arena *arena, const char *line, struct fixture *f)
{
    struct json row = {0};
    const char *only = getenv("FIXTURES");

    (void)read_value(arena, line, &row);
    if (text_of(&row, "common"))
        f->common = text_of(&row, "common");
    else if (!only || strstr(f->file, only) || strstr(text_of(&row, "case"), only))
        LC_PUSH(arena, &f->rows, row);
}

static bool is_of(const struct json *row, int major)
{
    const struct json *versions = member(row, "versions");

    for (const struct json *v = versions ? versions->items : NULL; v; v = v->next)
        if (atoi(v->text) == major)
            return true;
    return false;
}

static void check_version(const struct fixture *f, int major, struct tally *tally)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 31, exhausted, NULL);
    struct catalog *cat = cat_new(arena, major * 10000 + 1);
    struct footprint fp = {0};

    cat_set_setting(cat, "session_authorization", "postgres", false); // who recorded
    assert_true(run(fp_session_new(cat), arena, f->common, &fp, f->file));
    for (int i = 0; i < f->rows.len; i++)
        if (is_of(&f->rows.items[i], major))
            check_row(cat, &f->rows.items[i], major, f->file, tally);
    lc_arena_free(arena);
}

static void check_file(const char *name, struct tally *tally)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 28, exhausted, NULL);
    struct fixture f = {.file = name, .common = ""};
    char path[4096];
    char *line = NULL;
    size_t cap = 0;

    snprintf(path, sizeof path, "%s/%s", FIXTURES, name);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    while (getline(&line, &cap, in) > 0)
        read_line(arena, line, &f);
    free(line);
    fclose(in);
    for (int major = 13; f.rows.len && major <= 18; major++)
        check_version(&f, major, tally);
    lc_arena_free(arena);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_fixture(const struct dirent *d)
{
    return lc_ends(d->d_name, ".jsonl");
}

static void test_recorded_truth(void **state)
{
    struct dirent **files;
    struct tally tally = {0};
    int n = scandir(FIXTURES, &files, is_fixture, by_name);

    (void)state;
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        check_file(files[i]->d_name, &tally);
        free(files[i]);
    }
    free(files);
    printf("%d cases, %d wrong, %d need another grammar\n", tally.rows, tally.wrong, tally.skipped);
    assert_int_equal(tally.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recorded_truth)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
