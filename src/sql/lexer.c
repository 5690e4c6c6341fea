// SQL's lexical structure: a port of the rules of src/backend/parser/scan.l that decide where a token ends.
#include "sql/lexer.h"

#include <string.h>
#include <strings.h>

struct text {
    const char *bytes;
    size_t len;
};

static char byte(const struct text *t, size_t at)
{
    return at < t->len ? t->bytes[at] : '\0';
}

enum { BLANK = 1, DIGIT = 2, LETTER = 4, SIGN = 8 }; // LETTER: a word may begin with it; SIGN: it may go on with it

#define D DIGIT
#define L LETTER
// clang-format off
static const unsigned char classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, BLANK, BLANK, BLANK, BLANK, BLANK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    BLANK, 0, 0, 0, SIGN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, L,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
};
// clang-format on
#undef D
#undef L

static bool is_of(char c, int kinds)
{
    return classes[(unsigned char)c] & kinds;
}

static bool is_blank(char c)
{
    return is_of(c, BLANK);
}

static bool is_digit(char c)
{
    return is_of(c, DIGIT);
}

static bool is_word_start(char c)
{
    return is_of(c, LETTER);
}

static bool is_word(char c)
{
    return is_of(c, LETTER | DIGIT | SIGN);
}

static size_t blank_end(const struct text *t, size_t at)
{
    while (is_blank(byte(t, at)))
        at++;
    return at;
}

static size_t line_comment_end(const struct text *t, size_t at)
{
    while (at < t->len && t->bytes[at] != '\n' && t->bytes[at] != '\r')
        at++;
    return at;
}

// Comments of this kind nest.
static size_t block_comment_end(const struct text *t, size_t at, bool *open)
{
    int depth = 0;

    while (at < t->len) {
        if (t->bytes[at] == '/' && byte(t, at + 1) == '*') {
            depth++;
            at += 2;
        } else if (t->bytes[at] == '*' && byte(t, at + 1) == '/') {
            at += 2;
            if (--depth == 0)
                return at;
        } else {
            at++;
        }
    }
    *open = true;
    return at;
}

// `at` is behind the opening quote. A doubled quote stands for itself; `escapes`: so does whatever follows a backslash.
static size_t quote_end(const struct text *t, size_t at, char quote, bool escapes, bool *open)
{
    while (at < t->len) {
        char c = t->bytes[at++];

        if (c == '\\' && escapes) {
            at++;
        } else if (c == quote) {
            if (byte(t, at) != quote)
                return at;
            at++;
        }
    }
    *open = true;
    return t->len;
}

// {quotecontinue}: blanks with a line break (and -- comments) between two quotes join them. 0 when there is none.
static size_t continuation(const struct text *t, size_t at)
{
    bool newline = false;

    for (;;) {
        char c = byte(t, at);

        if (c == '-' && byte(t, at + 1) == '-')
            at = line_comment_end(t, at);
        else if (is_blank(c))
            newline |= c == '\n' || c == '\r', at++;
        else
            return newline && c == '\'' ? at + 1 : 0;
    }
}

static size_t string_end(const struct text *t, size_t at, bool escapes, bool *open)
{
    size_t more;

    at = quote_end(t, at, '\'', escapes, open);
    while (!*open && (more = continuation(t, at)) != 0)
        at = quote_end(t, more, '\'', escapes, open);
    return at;
}

// The length of $tag$, 0 when there is none at `at`.
static size_t dollar_tag(const struct text *t, size_t at)
{
    size_t end = at + 1;

    if (is_word_start(byte(t, end)))
        while (is_word(byte(t, end)) && byte(t, end) != '$')
            end++;
    return byte(t, end) == '$' ? end + 1 - at : 0;
}

static size_t dollar_end(const struct text *t, size_t at, size_t tag, bool *open)
{
    const char *body = t->bytes + at + tag;
    const char *close = memmem(body, t->len - at - tag, t->bytes + at, tag);

    *open = !close;
    return close ? (size_t)(close - t->bytes) + tag : t->len;
}

// Digits, letters and underscores as in 0x1F, 1_000, 1e-5; a dot unless it is the range operator of PL/pgSQL.
static size_t number_end(const struct text *t, size_t at)
{
    bool dot = false;

    for (;; at++) {
        char c = byte(t, at), before = at ? byte(t, at - 1) : '\0';

        if (is_digit(c) || (is_word_start(c) && (unsigned char)c < 0x80))
            continue;
        if (c == '.' && !dot && byte(t, at + 1) != '.')
            dot = true;
        else if ((c != '+' && c != '-') || (before != 'e' && before != 'E') || !is_digit(byte(t, at + 1)))
            return at;
    }
}

// The length of a string's prefix before its quote: E' B' X' N' U&' or U&"; 0 when there is none.
static size_t prefix_len(const struct text *t, size_t at)
{
    char next = byte(t, at + 1);

    if (next == '\'')
        return memchr("eEbBxXnN", t->bytes[at], 8) ? 1 : 0;
    if (next == '&' && (t->bytes[at] == 'u' || t->bytes[at] == 'U') && (byte(t, at + 2) == '\'' || byte(t, at + 2) == '"'))
        return 2;
    return 0;
}

static size_t word_end(const struct text *t, size_t at)
{
    while (at < t->len && is_word(t->bytes[at]))
        at++;
    return at;
}

static size_t quoted(const struct text *t, size_t at, struct lc_token *token)
{
    bool escapes = t->bytes[at] == 'e' || t->bytes[at] == 'E';

    at += prefix_len(t, at);
    if (byte(t, at) == '"') {
        token->kind = LC_TOKEN_QUOTED;
        return quote_end(t, at + 1, '"', false, &token->open);
    }
    token->kind = LC_TOKEN_STRING;
    return string_end(t, at + 1, escapes, &token->open);
}

static size_t dollar(const struct text *t, size_t at, struct lc_token *token)
{
    size_t tag = dollar_tag(t, at);

    if (tag) {
        token->kind = LC_TOKEN_DOLLAR;
        return dollar_end(t, at, tag, &token->open);
    }
    if (!is_digit(byte(t, at + 1)))
        return at + 1;
    token->kind = LC_TOKEN_PARAM;
    return number_end(t, at + 1);
}

static size_t token_end(const struct text *t, size_t at, struct lc_token *token)
{
    char c = t->bytes[at], next = byte(t, at + 1);

    if (is_blank(c)) {
        token->kind = LC_TOKEN_BLANK;
        return blank_end(t, at);
    }
    if ((c == '-' && next == '-') || (c == '/' && next == '*')) {
        token->kind = LC_TOKEN_COMMENT;
        return c == '-' ? line_comment_end(t, at) : block_comment_end(t, at, &token->open);
    }
    if (c == '\'' || c == '"' || prefix_len(t, at))
        return quoted(t, at, token);
    if (c == '$')
        return dollar(t, at, token);
    if (is_digit(c) || (c == '.' && is_digit(next))) {
        token->kind = LC_TOKEN_NUMBER;
        return number_end(t, at);
    }
    if (is_word_start(c)) {
        token->kind = LC_TOKEN_WORD;
        return word_end(t, at);
    }
    return at + 1;
}

struct lc_token lc_lex(const char *text, size_t len, size_t at)
{
    struct lc_token token = {.kind = LC_TOKEN_OTHER, .start = at};
    struct text t = {text, len};

    if (at >= len)
        token.kind = LC_TOKEN_END;
    else
        token.len = token_end(&t, at, &token) - at;
    return token;
}

struct lc_token lc_lex_word(const char *text, size_t len, size_t at)
{
    struct lc_token token = lc_lex(text, len, at);

    while (token.kind == LC_TOKEN_BLANK || token.kind == LC_TOKEN_COMMENT)
        token = lc_lex(text, len, token.start + token.len);
    return token;
}

bool lc_token_is(const char *text, const struct lc_token *token, const char *word)
{
    const char *p = text + token->start;

    // the first letter tells nearly all words apart
    return token->kind == LC_TOKEN_WORD && (*p | 0x20) == (*word | 0x20) && strlen(word) == token->len &&
           !strncasecmp(p, word, token->len);
}

struct lc_token lc_dollar_inside(const char *text, const struct lc_token *token)
{
    struct text t = {text, token->start + token->len};
    size_t tag = dollar_tag(&t, token->start);
    struct lc_token inside = *token;

    inside.start += tag;
    inside.len -= token->open ? tag : 2 * tag;
    return inside;
}
