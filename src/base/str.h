// A growable string in an arena, born with a maximum.
//
// `text` is never NULL and always NUL-terminated. A string that would pass its maximum keeps what it has and sets `full`:
// whoever builds a report looks at it once, at the end.
#ifndef LC_BASE_STR_H
#define LC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct lc_str {
    char *text;
    size_t len, cap, max;
    bool full;
    struct lc_arena *arena;
};

#define LC_STR_MAX ((size_t)1024 * 1024 * 1024) // for texts without a limit of their own

// An empty string that grows in the arena to at most `max` bytes; what would go beyond is dropped and sets `full`.
void lc_str_init(struct lc_str *s, struct lc_arena *arena, size_t max);
void lc_str_add(struct lc_str *s, const char *text);
void lc_str_addn(struct lc_str *s, const char *text, size_t len);
void lc_str_addc(struct lc_str *s, char c);
void lc_str_addf(struct lc_str *s, const char *fmt, ...) LC_PRINTF(2, 3);
// `len` more bytes at the end, which the caller fills at once; NULL, and `full`, where they would go beyond the maximum.
char *lc_str_room(struct lc_str *s, size_t len);

#define LC_INT_SIZE 21 // of the longest whole number with its NUL
// "%lld" into `out`; returns its length. Reports and names have many of them.
size_t lc_int(char out[LC_INT_SIZE], long long n);
char *lc_int_text(struct lc_arena *arena, long long n);

bool lc_streq(const char *a, const char *b);          // NULL equals only NULL
bool lc_strieq(const char *a, const char *b);         // ASCII letters without case
bool lc_starts(const char *text, const char *prefix); // text may be NULL
bool lc_ends(const char *text, const char *suffix);   // text may be NULL

#endif
