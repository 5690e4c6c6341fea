// The arena, growable strings, the hash map and the random numbers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/rng.h"
#include "base/str.h"

static void arena_gives_zeroed_memory_and_forgets_to_a_mark(void **state)
{
    struct lc_arena *a = lc_arena_new((size_t)1 << 30, NULL, NULL);
    size_t mark;
    char *big;

    (void)state;
    assert_non_null(a);
    (void)lc_strdup(a, "kept");
    mark = lc_arena_mark(a);
    big = lc_alloc(a, (size_t)20 * 1024 * 1024);
    assert_int_equal(big[0] | big[20 * 1024 * 1024 - 1], 0);
    big[0] = 1;
    lc_arena_reset(a, mark);
    assert_int_equal(lc_arena_mark(a), mark);
    assert_int_equal(*(char *)lc_alloc(a, 1), 0);
    lc_arena_free(a);
}

static void string_stops_at_its_maximum(void **state)
{
    struct lc_arena *a = lc_arena_new((size_t)1 << 20, NULL, NULL);
    struct lc_str s;

    (void)state;
    lc_str_init(&s, a, 5);
    lc_str_add(&s, "abc");
    lc_str_addf(&s, "%d", 12);
    assert_string_equal(s.text, "abc12");
    assert_false(s.full);
    lc_str_addc(&s, 'x');
    assert_true(s.full);
    assert_string_equal(s.text, "abc12");
    lc_arena_free(a);
}

// Long ones grow where they are: younger ones and other allocations between change nothing, and a mark forgets them.
static void long_strings_keep_what_they_hold(void **state)
{
    struct lc_arena *a = lc_arena_new((size_t)1 << 30, NULL, NULL);
    struct lc_str s, t;
    size_t used = lc_arena_used(a), mark;

    (void)state;
    lc_str_init(&s, a, LC_STR_MAX);
    for (int i = 0; i < 1000000; i++)
        lc_str_addf(&s, "%08d", i);
    mark = lc_arena_mark(a);
    lc_str_init(&t, a, LC_STR_MAX);
    for (int i = 0; i < 1000000; i++) {
        lc_str_add(&t, "12345678");
        lc_str_addf(&s, "%08d", 1000000 + i);
    }
    assert_int_equal(s.len, 16000000);
    assert_memory_equal(s.text + 8 * 1234567, "01234567", 8);
    assert_memory_equal(t.text + 8 * 999999, "12345678", 9);
    assert_true(lc_arena_used(a) > used + 24000000);
    used = lc_arena_used(a);
    lc_arena_reset(a, mark);
    assert_true(lc_arena_used(a) + 8000000 < used);
    assert_memory_equal(s.text + 8 * 1999999, "01999999", 9);
    lc_arena_free(a);
}

static void map_keeps_order_and_deletes(void **state)
{
    struct lc_arena *a = lc_arena_new((size_t)1 << 26, NULL, NULL);
    struct lc_map m;
    int n = 0;

    (void)state;
    lc_map_init(&m, a);
    for (int i = 0; i < 1000; i++)
        assert_null(lc_map_put(&m, lc_printf(a, "k%d", i), lc_printf(a, "v%d", i)));
    assert_string_equal(lc_map_get(&m, "k77"), "v77");
    assert_null(lc_map_get(&m, "k1000"));
    assert_string_equal(lc_map_put(&m, "k77", NULL), "v77");
    assert_null(lc_map_get(&m, "k77"));
    for (LC_EACH(e, &m))
        n += e->value != NULL;
    assert_int_equal(n, 999);
    assert_string_equal(m.entries[0].key, "k0");
    lc_arena_free(a);
}

static void random_numbers_depend_on_seed_stream_and_index_only(void **state)
{
    struct lc_rng a, b, c;
    double sum = 0;

    (void)state;
    lc_rng_init(&a, 42, 7);
    lc_rng_init(&b, 42, 7);
    lc_rng_init(&c, 42, 8);
    assert_int_equal(lc_rng_u64(&a), lc_rng_u64(&b));
    assert_true(lc_rng_u64(&a) != lc_rng_u64(&c));
    for (int i = 0; i < 20000; i++)
        sum += lc_rng_exponential(&a, 3.0);
    assert_true(sum / 20000 > 2.9 && sum / 20000 < 3.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_memory_and_forgets_to_a_mark),
        cmocka_unit_test(string_stops_at_its_maximum),
        cmocka_unit_test(long_strings_keep_what_they_hold),
        cmocka_unit_test(map_keeps_order_and_deletes),
        cmocka_unit_test(random_numbers_depend_on_seed_stream_and_index_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
