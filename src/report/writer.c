// Writing JSON straight into a string.
#include "report/writer.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

// Is any of eight bytes below `n` (up to 128)?
static bool any_below(uint64_t bytes, unsigned n)
{
    return ((bytes - EACH(n)) & ~bytes & EACH(0x80)) != 0;
}

// So many bytes at the front stand for themselves; eight are looked at at once.
static size_t plain_len(const char *text, size_t len)
{
    size_t n = 0;

    for (uint64_t bytes; n + sizeof bytes <= len; n += sizeof bytes) {
        memcpy(&bytes, text + n, sizeof bytes);
        if (((bytes | (bytes + EACH(1))) & EACH(0x80)) || any_below(bytes, 0x20) || any_below(bytes ^ EACH('"'), 1) ||
            any_below(bytes ^ EACH('\\'), 1))
            break;
    }
    while (n < len && is_plain((unsigned char)text[n]))
        n++;
    return n;
}

static void put_escaped(struct json_writer *w, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    const char *run = text;

    lc_str_addc(w->out, '"');
    for (const char *p = text;;) {
        while (is_plain((unsigned char)*p))
            p++;
        unsigned char c = (unsigned char)*p;
        size_t len = c < 0x80 ? 0 : lc_utf8_length(p, strnlen(p, 4));
        if (len) {
            p += len;
            continue;
        }
        lc_str_addn(w->out, run, (size_t)(p - run));
        if (!c)
            break;
        if (c == '"' || c == '\\')
            lc_str_addn(w->out, (const char[]){'\\', (char)c}, 2);
        else if (c == '\n')
            lc_str_addn(w->out, "\\n", 2);
        else if (c == '\t')
            lc_str_addn(w->out, "\\t", 2);
        else if (c < 0x80)
            lc_str_addn(w->out, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
        else
            lc_str_addn(w->out, "\xef\xbf\xbd", 3);
        run = ++p;
    }
    lc_str_addc(w->out, '"');
}

static void put_string(struct json_writer *w, const char *text)
{
    size_t len = strlen(text);
    char *to = plain_len(text, len) == len ? lc_str_room(w->out, len + 2) : NULL;

    if (!to) {
        put_escaped(w, text);
        return;
    }
    *to++ = '"';
    memcpy(to, text, len);
    to[len] = '"';
}

static void begin(struct json_writer *w, const char *name)
{
    static const char blanks[] = ",\n                                                                ";
    size_t indent = w->lines ? 0 : w->depth ? 1 + (size_t)(w->depth < 64 ? w->depth : 64) : 0;

    lc_str_addn(w->out, w->filled ? blanks : blanks + 1, indent + (w->filled ? 1 : 0));
    w->filled = true;
    if (!name)
        return;
    put_string(w, name);
    lc_str_addn(w->out, ": ", 2);
}

void json_open(struct json_writer *w, const char *name, char bracket)
{
    begin(w, name);
    lc_str_addc(w->out, bracket);
    w->depth++;
    w->filled = false;
}

void json_close(struct json_writer *w, char bracket)
{
    bool empty = !w->filled;

    w->depth--;
    w->filled = false;
    if (!empty)
        begin(w, NULL);
    lc_str_addc(w->out, bracket);
    w->filled = true;
}

void json_put_text(struct json_writer *w, const char *name, const char *text)
{
    begin(w, name);
    if (text)
        put_string(w, text);
    else
        lc_str_addn(w->out, "null", 4);
}

// Without zeros at the end of its decimals, and without a point that nothing follows.
static size_t trimmed(const char *text, size_t len)
{
    if (!memchr(text, '.', len))
        return len;
    while (text[len - 1] == '0')
        len--;
    return text[len - 1] == '.' ? len - 1 : len;
}

#define NUMBER_SIZE 64 // of "%.*f" below 1e15

// "%.3f" of what is `thousandths` when rounded, but for a number that lies halfway: which way the exact value goes, printf knows.
static size_t three_decimals(char *text, double n, double thousandths)
{
    long long all = (long long)fabs(thousandths);
    size_t len = 0;

    if (fabs(thousandths) > 1e9 || fabs(fabs(n * 1e3 - thousandths) - 0.5) < 1e-3)
        return (size_t)snprintf(text, NUMBER_SIZE, "%.3f", n);
    if (n < 0)
        text[len++] = '-';
    len += lc_int(text + len, all / 1000);
    text[len++] = '.';
    text[len++] = (char)('0' + all / 100 % 10);
    text[len++] = (char)('0' + all / 10 % 10);
    text[len++] = (char)('0' + all % 10);
    return len;
}

void json_put_number(struct json_writer *w, const char *name, double n, int decimals)
{
    if (n == 0) { // most figures of most statements
        begin(w, name);
        lc_str_addc(w->out, '0');
        return;
    }
    double scale = decimals == 0 ? 1 : decimals == 3 ? 1e3 : pow(10, decimals), scaled = round(n * scale);
    char text[NUMBER_SIZE];
    size_t len;

    begin(w, name);
    if (!isfinite(n)) {
        lc_str_addn(w->out, "null", 4);
        return;
    }
    if (scaled == 0)
        return lc_str_addc(w->out, '0');
    else if (fabs(scaled) < 1e15 && fmod(scaled, scale) == 0)
        len = lc_int(text, (long long)(scaled / scale));
    else if (fabs(n) < 1e15)
        len = trimmed(text,
                      decimals == 3 ? three_decimals(text, n, scaled) : (size_t)snprintf(text, sizeof text, "%.*f", decimals, n));
    else // has no decimals left, and up to 309 digits
        len = (size_t)snprintf(text, sizeof text, "%.17g", n);
    lc_str_addn(w->out, text, len);
}

void json_put_bool(struct json_writer *w, const char *name, bool b)
{
    begin(w, name);
    lc_str_add(w->out, b ? "true" : "false");
}

void json_put_null(struct json_writer *w, const char *name)
{
    begin(w, name);
    lc_str_addn(w->out, "null", 4);
}

void json_put_quantiles(struct json_writer *w, const char *name, struct quantiles q)
{
    json_open(w, name, '{');
    json_put_number(w, "p10", q.p10, JSON_DECIMALS);
    json_put_number(w, "p50", q.p50, JSON_DECIMALS);
    json_put_number(w, "p90", q.p90, JSON_DECIMALS);
    json_close(w, '}');
}
