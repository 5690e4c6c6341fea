// How far wal_compression gets a page's image: the three methods' own searches for matches, run over one page. Only sizes are made, no output.
#include "cost/compress.h"

#include <math.h>
#include <string.h>

#define NONE (-1)
#define HASHES 8192

// --- pglz (common/pg_lzcompress.c, PGLZ_strategy_default) ----------------------------------------------------------------------------------

#define PGLZ_WINDOW 4095
#define PGLZ_LONGEST 273
#define PGLZ_GOOD 128      // good enough to stop looking, less by a tenth at each candidate
#define PGLZ_FIRST 1024    // no match in so many bytes: given up
#define PGLZ_MIN_RATE 0.25 // and less saved than that: kept as it is

struct chains { // places of the same hash, newest first
    int last[HASHES], before[COMPRESS_PAGE];
};

static void forget(struct chains *c)
{
    for (int i = 0; i < HASHES; i++)
        c->last[i] = NONE;
}

static int pglz_hash(const unsigned char *s, int left)
{
    return (left < 4 ? s[0] : (s[0] << 6) ^ (s[1] << 4) ^ (s[2] << 2) ^ s[3]) & (HASHES - 1);
}

static int common(const unsigned char *a, const unsigned char *b, int most)
{
    int n = 0;

    while (n < most && a[n] == b[n])
        n++;
    return n;
}

// pglz_find_match
static int pglz_match(const struct chains *c, const unsigned char *page, int at, int len)
{
    int best = 0, good = PGLZ_GOOD, most = len - at < PGLZ_LONGEST ? len - at : PGLZ_LONGEST;

    for (int k = c->last[pglz_hash(page + at, len - at)]; k != NONE && at - k < PGLZ_WINDOW; k = c->before[k]) {
        int n = common(page + k, page + at, most);
        if (n > best)
            best = n;
        if (best >= good)
            break;
        good -= good * 10 / 100;
    }
    return best > 2 ? best : 0;
}

static double pglz_size(const unsigned char *page, int len)
{
    struct chains c;
    double size = 0;
    bool found = false;

    forget(&c);
    for (int at = 0; at < len;) {
        int n = pglz_match(&c, page, at, len), end = at + (n ? n : 1);
        size += 1.0 / 8 + (n == 0 ? 1 : n > 17 ? 3 : 2);
        found = found || n;
        if (!found && size >= PGLZ_FIRST)
            return len;
        for (; at < end; at++) {
            int h = pglz_hash(page + at, len - at);
            c.before[at] = c.last[h];
            c.last[h] = at;
        }
    }
    return size > len * (1 - PGLZ_MIN_RATE) ? len : size;
}

// --- lz4 and zstd --------------------------------------------------------------------------------------------------------------------------

#define LZ_SHORTEST 4
#define LZ_TAIL 12     // no match begins in the last bytes (MFLIMIT)
#define LZ_PATIENCE 64 // failures until the search makes longer steps (LZ4_skipTrigger)

struct parse { // what both find: literals, and sequences of literals with a match
    double lz4;
    int literals[256], nliterals;
    int lengths[64], matches[64], offsets[32], nsequences;
    double extra_bits;
};

static uint32_t four(const unsigned char *s)
{
    uint32_t v;

    memcpy(&v, s, 4);
    return v;
}

static int lz_hash(const unsigned char *s)
{
    return (int)((four(s) * 2654435761u) >> 19);
}

static int code_of(int value, double *extra) // small values have a code of their own, others one of their power of two
{
    int power = value < 16 ? 0 : (int)floor(log2(value));

    *extra += power;
    return value < 16 ? value : 12 + power;
}

static void add_sequence(struct parse *p, const unsigned char *literals, int n, int match, int offset, int *repeated)
{
    double extra = 0;

    for (int i = 0; i < n; i++)
        p->literals[literals[i]]++;
    p->nliterals += n;
    p->lz4 += 1 + n + (n >= 15 ? 1 + (n - 15) / 255 : 0);
    if (!match)
        return;
    p->lz4 += 2 + (match - LZ_SHORTEST >= 15 ? 1 + (match - LZ_SHORTEST - 15) / 255 : 0);
    p->lengths[code_of(n, &extra)]++;
    p->matches[code_of(match, &extra)]++;
    p->offsets[offset == *repeated ? 0 : 1 + (int)floor(log2(offset))]++;
    extra += offset == *repeated ? 0 : floor(log2(offset));
    p->extra_bits += extra;
    p->nsequences++;
    *repeated = offset;
}

// LZ4_compress_generic: the last place of the same four bytes, taken at once, and begun earlier where the bytes before agree too.
static void lz_parse(const unsigned char *page, int len, struct parse *out)
{
    int last[HASHES], done = 0, tries = 0, repeated = 0;

    *out = (struct parse){0};
    for (int i = 0; i < HASHES; i++)
        last[i] = NONE;
    for (int at = 0; at < len - LZ_TAIL;) {
        int h = lz_hash(page + at), from = last[h], start = at, n;
        last[h] = at;
        if (from == NONE || four(page + from) != four(page + at)) {
            at += 1 + tries++ / LZ_PATIENCE;
            continue;
        }
        for (n = common(page + from, page + at, len - 5 - at); start > done && from > 0 && page[from - 1] == page[start - 1];
             n++) {
            start--;
            from--;
        }
        add_sequence(out, page + done, start - done, n, start - from, &repeated);
        at = done = start + n;
        tries = 0;
        if (at - 2 > start && at - 2 < len - 4)
            last[lz_hash(page + at - 2)] = at - 2;
    }
    add_sequence(out, page + done, len - done, 0, 0, &repeated);
}

static double entropy_bits(const int *counts, int n)
{
    double total = 0, bits = 0;

    for (int i = 0; i < n; i++)
        total += counts[i];
    for (int i = 0; i < n; i++)
        bits += counts[i] ? counts[i] * log2(total / counts[i]) : 0;
    return bits;
}

// Literals by Huffman's code, sequences by three tables of codes (FSE), each with its own table in front: order-0 entropies.
static double zstd_size(const struct parse *p)
{
    double bits = entropy_bits(p->literals, 256) + entropy_bits(p->lengths, 64) + entropy_bits(p->matches, 64) +
                  entropy_bits(p->offsets, 32) + p->extra_bits;

    return ZSTD_TABLES + bits / 8;
}

double compressed_share(enum compression method, const unsigned char *page, int len)
{
    struct parse p;

    if (method == COMPRESSION_OFF || len <= LZ_TAIL)
        return 1;
    if (method == COMPRESSION_PGLZ)
        return pglz_size(page, len) / len;
    lz_parse(page, len, &p);
    return fmin((method == COMPRESSION_LZ4 ? p.lz4 : zstd_size(&p)) / len, 1);
}
