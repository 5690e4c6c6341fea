// What the three methods of wal_compression leave of pages whose contents are known.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cost/compress.h"

static unsigned char page[COMPRESS_PAGE];

static uint64_t next_random(uint64_t *state) // xorshift64
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill_random(int letters)
{
    uint64_t state = 88172645463325252u;

    for (int i = 0; i < COMPRESS_PAGE; i++)
        page[i] = (unsigned char)((next_random(&state) >> 20) % (uint64_t)letters);
}

static void test_off_keeps_all(void **state)
{
    (void)state;
    memset(page, 0, sizeof page);
    assert_true(compressed_share(COMPRESSION_OFF, page, COMPRESS_PAGE) >= 1);
}

static void test_zeros_nearly_vanish(void **state)
{
    (void)state;
    memset(page, 0, sizeof page);
    for (enum compression m = COMPRESSION_PGLZ; m <= COMPRESSION_ZSTD; m++)
        assert_true(compressed_share(m, page, COMPRESS_PAGE) < 0.03);
}

static void test_random_bytes_are_kept(void **state)
{
    (void)state;
    fill_random(256);
    assert_true(compressed_share(COMPRESSION_PGLZ, page, COMPRESS_PAGE) >= 1);
    assert_true(compressed_share(COMPRESSION_LZ4, page, COMPRESS_PAGE) >= 0.99);
    assert_true(compressed_share(COMPRESSION_ZSTD, page, COMPRESS_PAGE) >= 0.97);
}

// Digits of digests: too few matches for pglz and lz4, four bits each for zstd's code.
static void test_only_zstd_codes_letters(void **state)
{
    (void)state;
    fill_random(16);
    assert_true(compressed_share(COMPRESSION_PGLZ, page, COMPRESS_PAGE) >= 1);
    assert_true(compressed_share(COMPRESSION_LZ4, page, COMPRESS_PAGE) > 0.85);
    assert_in_range((int)(100 * compressed_share(COMPRESSION_ZSTD, page, COMPRESS_PAGE)), 45, 62);
}

// PGLZ_strategy_default: less than a quarter saved is nothing.
static void test_pglz_saves_a_quarter_or_nothing(void **state)
{
    double share;

    (void)state;
    for (int repeated = 0; repeated <= 16; repeated++) {
        fill_random(256);
        for (int at = 16; at + 16 <= COMPRESS_PAGE; at += 16)
            memcpy(page + at, page, (size_t)repeated);
        share = compressed_share(COMPRESSION_PGLZ, page, COMPRESS_PAGE);
        assert_true(share <= 0.75 || share >= 1);
    }
}

static void test_short_pages(void **state)
{
    (void)state;
    fill_random(4);
    for (enum compression m = COMPRESSION_OFF; m <= COMPRESSION_ZSTD; m++)
        for (int len = 0; len < 200; len++) {
            double share = compressed_share(m, page, len);
            assert_true(share > 0 && share <= 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_off_keeps_all),
        cmocka_unit_test(test_zeros_nearly_vanish),
        cmocka_unit_test(test_random_bytes_are_kept),
        cmocka_unit_test(test_only_zstd_codes_letters),
        cmocka_unit_test(test_pglz_saves_a_quarter_or_nothing),
        cmocka_unit_test(test_short_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
