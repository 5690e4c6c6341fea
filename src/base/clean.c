// Untrusted text made fit to be shown.
#include "base/clean.h"

#include <stdint.h>
#include <string.h>

// One code point at p; *len is its length. 0xFFFD with length 1 for a byte that is not UTF-8 (RFC 3629).
static uint32_t decode(const unsigned char *p, size_t *len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
    uint32_t c = n == 1 ? p[0] : n ? p[0] & (0x7fu >> n) : 0;

    *len = 1;
    if (n == 0)
        return 0xfffd;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0xfffd;
    *len = n;
    return c;
}

// Characters that change how the text around them is read (bidirectional controls, zero-width ones, tags, the byte order mark), and two that
// are none, which XML forbids.
static int is_deceptive(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
           c == 0xfeff || c == 0xfffe || c == 0xffff || c == 0x061c || (c >= 0xe0000 && c <= 0xe007f);
}

static void clean(struct lc_str *out, const char *text, int keep_lines)
{
    const unsigned char *p = (const unsigned char *)text;

    while (p && *p) {
        size_t len;
        uint32_t c = decode(p, &len);
        if (c == 0xfffd)
            lc_str_add(out, "\xef\xbf\xbd");
        else if (keep_lines && (c == '\n' || c == '\t'))
            lc_str_addc(out, (char)c);
        else if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029) {
            if (keep_lines || !out->len || out->text[out->len - 1] != ' ')
                lc_str_addc(out, ' ');
        } else if (c >= 0x20 && !(c >= 0x7f && c < 0xa0) && !is_deceptive(c))
            lc_str_addn(out, (const char *)p, len);
        p += len;
    }
}

void lc_clean_line(struct lc_str *out, const char *text)
{
    clean(out, text, 0);
}

void lc_clean_block(struct lc_str *out, const char *text)
{
    clean(out, text, 1);
}

size_t lc_columns(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

const char *lc_cut(struct lc_arena *arena, const char *text, size_t columns)
{
    size_t n = 0;
    const char *p = text;

    if (lc_columns(text) <= columns)
        return text;
    for (; *p; p++) {
        if (((unsigned char)*p & 0xc0) != 0x80 && n++ == (columns > 3 ? columns - 3 : 0))
            break;
    }
    return lc_printf(arena, "%.*s...", (int)(p - text), text);
}
