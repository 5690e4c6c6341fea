// The JSON writer's own ways of writing numbers and texts, held against printf and against a byte at a time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "report/writer.h"

static const char *number(struct lc_arena *a, double n)
{
    struct lc_str s;
    struct json_writer w = {.out = &s};

    lc_str_init(&s, a, LC_STR_MAX);
    json_put_number(&w, NULL, n, JSON_DECIMALS);
    return s.text;
}

static const char *printed(struct lc_arena *a, double n)
{
    char *text = lc_printf(a, "%.3f", n), *end = text + strlen(text);

    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return text;
}

// Halves of thousandths among them, which are rounded to the exact value's side.
static void numbers_are_written_as_printf_does(void **state)
{
    static const double sizes[] = {1e-2, 1, 1e3, 1e6, 1e9, 1e12};
    struct lc_arena *a = lc_arena_new((size_t)1 << 26, NULL, NULL);
    struct lc_rng r;

    (void)state;
    lc_rng_init(&r, 1, 1);
    for (int i = 0; i < 60000; i++) {
        size_t mark = lc_arena_mark(a);
        double n = 0.001 + lc_rng_exponential(&r, sizes[i % 6]);

        if (i % 4 == 1)
            n = (double)(int64_t)n + 0.0625 * (i % 16) + (i % 16 ? 0 : 1);
        if (i % 5 == 1)
            n = -n;
        assert_string_equal(number(a, n), printed(a, n));
        lc_arena_reset(a, mark);
    }
    lc_arena_free(a);
}

static void whole_numbers_are_written_as_printf_does(void **state)
{
    static const long long numbers[] = {0, 1, -1, 9, 10, -10, 999, 1000, INT64_MAX, INT64_MIN};
    char text[LC_INT_SIZE], expected[32];

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int len = snprintf(expected, sizeof expected, "%lld", numbers[i]);
        assert_int_equal(lc_int(text, numbers[i]), len);
        assert_string_equal(text, expected);
    }
}

// One byte that needs care at each place of texts that are looked at by eights.
static void texts_are_escaped_wherever_it_is_needed(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {{"\"", "\\\""},
                 {"\\", "\\\\"},
                 {"\n", "\\n"},
                 {"\t", "\\t"},
                 {"\x1f", "\\u001f"},
                 {"\x7f", "\\u007f"},
                 {"\xff", "\xef\xbf\xbd"},
                 {"\xc3\xa4", "\xc3\xa4"},
                 {"~", "~"},
                 {" ", " "}};
    struct lc_arena *a = lc_arena_new((size_t)1 << 26, NULL, NULL);

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int at = 0; at < 20; at++)
            for (int after = 0; after < 10; after++) {
                struct lc_str s;
                struct json_writer w = {.out = &s};

                lc_str_init(&s, a, LC_STR_MAX);
                json_put_text(&w, NULL, lc_printf(a, "%.*s%s%.*s", at, "abcdefghijklmnopqrst", cases[c].in, after, "0123456789"));
                assert_string_equal(
                    s.text, lc_printf(a, "\"%.*s%s%.*s\"", at, "abcdefghijklmnopqrst", cases[c].out, after, "0123456789"));
            }
    lc_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_printf_does),
        cmocka_unit_test(whole_numbers_are_written_as_printf_does),
        cmocka_unit_test(texts_are_escaped_wherever_it_is_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
