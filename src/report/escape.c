// Text of strangers inside Markdown and HTML.
#include "report/escape.h"

#include <ctype.h>
#include <string.h>

#include "base/clean.h"

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static const char *cleaned(struct lc_str *out, const char *text, int keep_lines)
{
    struct lc_str s;

    lc_str_init(&s, out->arena, out->max);
    if (keep_lines)
        lc_clean_block(&s, text);
    else
        lc_clean_line(&s, text);
    return s.text;
}

static void entities(struct lc_str *out, const char *text)
{
    for (; *text; text++) {
        if (entity(*text))
            lc_str_add(out, entity(*text));
        else
            lc_str_addc(out, *text);
    }
}

void html_text(struct lc_str *out, const char *text)
{
    entities(out, cleaned(out, text, 0));
}

void html_block(struct lc_str *out, const char *text)
{
    entities(out, cleaned(out, text, 1));
}

// Numeric entities are no Markdown syntax, so the character shows and nothing else happens. After @ and # a zero-width space keeps GitHub
// and GitLab from making a mention or a reference of what follows; after the dots and slashes of an address, a link.
void md_text(struct lc_str *out, const char *text)
{
    for (const char *p = cleaned(out, text, 0); *p; p++) {
        if (entity(*p))
            lc_str_add(out, entity(*p));
        else if (strchr("\\`*_{}[]()|~!", *p))
            lc_str_addf(out, "&#%d;", *p);
        else if (*p == '@' || *p == '#')
            lc_str_addf(out, "&#%d;\xe2\x80\x8b", *p);
        else if (*p == ':' && p[1] == '/')
            lc_str_add(out, ":\xe2\x80\x8b");
        else if (*p == '.' && out->len >= 3 && lc_ends(out->text, "www"))
            lc_str_add(out, "\xe2\x80\x8b.");
        else
            lc_str_addc(out, *p);
    }
}

void md_code(struct lc_str *out, const char *text)
{
    const char *text_of = cleaned(out, text, 0);

    lc_str_add(out, "<code>");
    for (const char *p = text_of; *p; p++) {
        if (*p == '@' && p > text_of && isalnum((unsigned char)p[-1]))
            lc_str_add(out, "&#64;\xe2\x80\x8b"); // GitHub makes a link of an address, even here
        else if (entity(*p))
            lc_str_add(out, entity(*p));
        else if (strchr("\\`*_{}[]()|~!@#:.", *p))
            lc_str_addf(out, "&#%d;", *p);
        else
            lc_str_addc(out, *p);
    }
    lc_str_add(out, "</code>");
}

void md_block(struct lc_str *out, const char *language, const char *text)
{
    const char *block = cleaned(out, text, 1);
    size_t longest = 2, run = 0;

    for (const char *p = block; *p; p++) {
        run = *p == '`' ? run + 1 : 0;
        if (run > longest)
            longest = run;
    }
    lc_str_addc(out, '\n');
    for (size_t i = 0; i <= longest; i++)
        lc_str_addc(out, '`');
    lc_str_addf(out, "%s\n%s%s", language, block, lc_ends(block, "\n") ? "" : "\n");
    for (size_t i = 0; i <= longest; i++)
        lc_str_addc(out, '`');
    lc_str_addc(out, '\n');
}
