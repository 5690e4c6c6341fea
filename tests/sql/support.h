// What the sql room's tests share: one arena for a program, and a statement that must parse.
#ifndef LC_TEST_SQL_SUPPORT_H
#define LC_TEST_SQL_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "sql/sql.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static struct lc_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)4 << 30, NULL, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

__attribute__((unused)) static struct lc_sql_script parse(const char *text)
{
    struct lc_sql_script script;
    struct lc_error err = {0};

    if (lc_sql_parse(arena, text, strlen(text), &script, &err) != LC_OK)
        fail_msg("%.200s: %s", text, err.message);
    return script;
}

__attribute__((unused)) static const Node *one(const char *text)
{
    struct lc_error err = {0};
    const Node *tree = lc_sql_parse_one(arena, text, &err);

    if (!tree)
        fail_msg("%.200s: %s", text, err.message);
    return tree;
}

// `n` times the same text between two others.
__attribute__((unused)) static const char *repeat(const char *before, const char *text, int n, const char *after)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_add(&s, before);
    for (int i = 0; i < n; i++)
        lc_str_add(&s, text);
    lc_str_add(&s, after);
    return s.text;
}

#endif
