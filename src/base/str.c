// Growable strings and comparisons that accept NULL.
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void lc_str_init(struct lc_str *s, struct lc_arena *arena, size_t max)
{
    *s = (struct lc_str){.text = lc_alloc(arena, 1), .cap = 1, .max = max, .arena = arena};
}

static void reserve(struct lc_str *s, size_t wanted)
{
    size_t cap = s->cap < 64 ? 64 : s->cap;

    while (cap < wanted)
        cap *= 2;
    s->text = lc_text_grow(s->arena, s->text, s->len + 1, cap);
    s->cap = cap;
}

char *lc_str_room(struct lc_str *s, size_t len)
{
    char *room;

    if (s->full || len > s->max - s->len) {
        s->full = true;
        return NULL;
    }
    if (s->len + len + 1 > s->cap)
        reserve(s, s->len + len + 1);
    room = s->text + s->len;
    s->len += len;
    s->text[s->len] = '\0';
    return room;
}

void lc_str_addn(struct lc_str *s, const char *text, size_t len)
{
    char *room = lc_str_room(s, len);

    if (room && len)
        memcpy(room, text, len);
}

void lc_str_add(struct lc_str *s, const char *text)
{
    if (text)
        lc_str_addn(s, text, strlen(text));
}

void lc_str_addc(struct lc_str *s, char c)
{
    if (s->full || s->len + 2 > s->cap || s->len >= s->max) {
        lc_str_addn(s, &c, 1);
        return;
    }
    s->text[s->len++] = c;
    s->text[s->len] = '\0';
}

void lc_str_addf(struct lc_str *s, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = lc_vprintf(s->arena, fmt, args);
    va_end(args);
    lc_str_add(s, text);
}

size_t lc_int(char out[LC_INT_SIZE], long long n)
{
    unsigned long long rest = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
    char digits[LC_INT_SIZE], *p = digits + sizeof digits;
    size_t len;

    do
        *--p = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (n < 0)
        *--p = '-';
    len = (size_t)(digits + sizeof digits - p);
    memcpy(out, p, len);
    out[len] = '\0';
    return len;
}

char *lc_int_text(struct lc_arena *arena, long long n)
{
    char text[LC_INT_SIZE];

    return lc_strndup(arena, text, lc_int(text, n));
}

bool lc_streq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool lc_strieq(const char *a, const char *b)
{
    return a == b || (a && b && strcasecmp(a, b) == 0);
}

bool lc_starts(const char *text, const char *prefix)
{
    return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool lc_ends(const char *text, const char *suffix)
{
    size_t a, b;

    if (!text)
        return false;
    a = strlen(text);
    b = strlen(suffix);
    return a >= b && memcmp(text + a - b, suffix, b) == 0;
}
