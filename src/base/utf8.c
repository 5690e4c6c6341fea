// UTF-8 as pg_utf8_islegal (src/common/wchar.c) judges it.
#include "base/utf8.h"

#include <string.h>

#include "base/str.h"

static bool continues(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

static bool legal_second(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0; // else overlong
    case 0xED:
        return second <= 0x9F; // else a surrogate
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second <= 0x8F; // else beyond U+10FFFF
    default:
        return true;
    }
}

size_t lc_utf8_length(const char *text, size_t rest)
{
    const unsigned char *p = (const unsigned char *)text;
    if (rest == 0) {
        return 0;
    }
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (len == 0 || len > rest) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if (!continues(p[i])) {
            return 0;
        }
    }
    return len == 1 || legal_second(p[0], p[1]) ? len : 0;
}

bool lc_utf8_valid(const char *text, size_t len)
{
    for (size_t at = 0, step; at < len; at += step) {
        step = lc_utf8_length(text + at, len - at);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

const char *lc_utf8_clean(struct lc_arena *arena, const char *text)
{
    size_t len = strlen(text);
    if (lc_utf8_valid(text, len)) {
        return text;
    }
    struct lc_str s;
    lc_str_init(&s, arena, LC_STR_MAX);
    for (size_t at = 0; at < len;) {
        size_t step = lc_utf8_length(text + at, len - at);
        lc_str_addn(&s, step ? text + at : "\xEF\xBF\xBD", step ? step : 3);
        at += step ? step : 1;
    }
    return s.text;
}
