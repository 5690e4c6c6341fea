// The map from integers: what is put is found again, whatever the keys and however it has grown.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/intmap.h"

#define KEYS 5000

static struct lc_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 24, NULL, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

// Keys beside each other, keys that differ in their upper half only, and 0 and the greatest.
static uint64_t key_of(int i)
{
    return i == 0 ? 0 : i == 1 ? UINT64_MAX : i % 2 ? (uint64_t)i : (uint64_t)i << 32;
}

static void everything_is_found(void **state)
{
    struct lc_intmap map;
    static char values[KEYS];

    (void)state;
    lc_intmap_init(&map, arena);
    assert_null(lc_intmap_get(&map, 0));
    for (int i = 0; i < KEYS; i++) {
        assert_null(lc_intmap_get(&map, key_of(i)));
        assert_null(lc_intmap_put(&map, key_of(i), &values[i]));
    }
    for (int i = 0; i < KEYS; i++)
        assert_ptr_equal(lc_intmap_get(&map, key_of(i)), &values[i]);
    assert_null(lc_intmap_get(&map, KEYS + 1));
    assert_int_equal(map.len, KEYS);
}

static void a_value_is_replaced(void **state)
{
    struct lc_intmap map;
    char a, b;

    (void)state;
    lc_intmap_init(&map, arena);
    assert_null(lc_intmap_put(&map, 7, &a));
    assert_ptr_equal(lc_intmap_put(&map, 7, &b), &a);
    assert_ptr_equal(lc_intmap_get(&map, 7), &b);
    assert_int_equal(map.len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_is_replaced, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
