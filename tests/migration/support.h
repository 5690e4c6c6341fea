// What the tests of this room share: an arena, a throwaway folder, and migrations as short lists.
#ifndef LC_TESTS_MIGRATION_SUPPORT_H
#define LC_TESTS_MIGRATION_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "migration/migration.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static struct lc_arena *arena;
static char folder[64];
static struct lc_error err;
static const char *variables[8];
static struct migration_options options;

static void out_of_memory(void *context, size_t wanted)
{
    (void)context;
    fail_msg("out of memory: %zu bytes", wanted);
}

static int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 30, out_of_memory, NULL);
    strcpy(folder, "/tmp/lockcast-test-XXXXXX");
    options = (struct migration_options){0};
    memset(&err, 0, sizeof err);
    return arena && mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    int status = system(lc_printf(arena, "rm -rf %s", folder));

    (void)state;
    lc_arena_free(arena);
    return status;
}

// The path of a name in the throwaway folder.
static inline const char *at(const char *name)
{
    return *name ? lc_printf(arena, "%s/%s", folder, name) : folder;
}

// Writes a file there, with the folders that it lies in.
static inline void put_bytes(const char *name, const char *text, size_t len)
{
    const char *path = at(name);
    FILE *f;

    for (const char *slash = strchr(path + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/'))
        (void)mkdir(lc_strndup(arena, path, (size_t)(slash - path)), 0777);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static inline void put(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

static inline void use_variable(const char *value)
{
    variables[options.nvariables++] = value;
    options.variables = variables;
}

static inline struct migration_set read_all(const char *name)
{
    struct migration_set set = {0};
    const char *path = at(name);
    enum lc_code code = migration_read(arena, &path, 1, &options, &set, &err);

    if (code != LC_OK)
        fail_msg("%s: %s:%d: %s", name, err.file, err.line, err.message);
    return set;
}

static inline enum lc_code read_code(const char *name)
{
    struct migration_set set = {0};
    const char *path = at(name);

    memset(&err, 0, sizeof err);
    return migration_read(arena, &path, 1, &options, &set, &err);
}

// "3: SELECT 1" per statement; '=' behind the line: in the framework's transaction, '~': in an implicit one, numbered from 1 as they
// come; "!": it does not parse.
static inline const char *show(const struct migration_set *set)
{
    struct lc_str s;
    int units[64], n = 0;

    lc_str_init(&s, arena, LC_STR_MAX);
    for (int f = 0; f < set->len; f++)
        for (int i = 0; i < set->files[f].len; i++) {
            const struct migration_stmt *m = &set->files[f].stmts[i];
            int k = 0;
            while (k < n && units[k] != m->unit)
                k++;
            if (m->unit && k == n && n < COUNT(units))
                units[n++] = m->unit;
            lc_str_addf(&s, "%d", m->sql.line);
            if (m->wrap != MIGRATION_AUTOCOMMIT)
                lc_str_addf(&s, "%c%d", m->wrap == MIGRATION_IMPLICIT ? '~' : '=', k + 1);
            lc_str_addf(&s, ":%s %s\n", m->sql.tree ? "" : "!", m->sql.text);
        }
    return s.text;
}

// One file of this name and text.
static inline const char *read_as(const char *name, const char *text)
{
    struct migration_set set;

    put(name, text);
    set = read_all(name);
    return show(&set);
}

// What is there already.
static inline const char *shown(const char *name)
{
    struct migration_set set = read_all(name);

    return show(&set);
}

static inline const char *format_of(const char *name)
{
    return read_all(name).files[0].format;
}

// The files' names below the folder, in order.
static inline const char *order_of(const char *name)
{
    struct migration_set set = read_all(name);
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    for (int i = 0; i < set.len; i++)
        lc_str_addf(&s, "%s%s", i ? " " : "", set.files[i].path + strlen(at(name)) + 1);
    return s.text;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
