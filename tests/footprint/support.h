// What tests of sessions share: a catalogue, and a session over it.
#ifndef LC_TESTS_FOOTPRINT_SUPPORT_H
#define LC_TESTS_FOOTPRINT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "footprint/footprint.h"

struct world {
    struct lc_arena *arena;
    struct catalog *cat;
    struct fp_session *s;
};

static void exhausted(void *context, size_t wanted)
{
    (void)context;
    fail_msg("out of memory for %zu bytes", wanted);
}

static struct world empty_world(int major)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 30, exhausted, NULL);
    struct catalog *cat = cat_new(arena, major * 10000);

    return (struct world){arena, cat, fp_session_new(cat)};
}

#endif
