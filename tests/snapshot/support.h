// An arena for each test, and the recorded snapshot of fixture.sql.
#ifndef TESTS_SNAPSHOT_SUPPORT_H
#define TESTS_SNAPSHOT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/str.h"
#include "snapshot/snapshot.h"

#define FIXTURE TEST_DIR "/snapshot/fixture.json"

static struct lc_arena *arena;

static inline int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)2 << 30, NULL, NULL);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static inline char *read_text(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *len = (size_t)ftell(f);
    rewind(f);
    char *text = lc_alloc(arena, *len + 1);
    assert_int_equal(fread(text, 1, *len, f), *len);
    (void)fclose(f);
    return text;
}

static inline struct snapshot *fixture(void)
{
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    assert_int_equal(snapshot_from_file(FIXTURE, arena, &snap, &err), LC_OK);
    return snap;
}

static inline enum lc_code from_text(const char *text, struct snapshot **snap, struct lc_error *err)
{
    *err = (struct lc_error){0};
    return snapshot_from_text(lc_strdup(arena, text), strlen(text), "test.json", arena, snap, err);
}

#endif
