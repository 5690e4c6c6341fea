// Query texts without their literals, and fingerprints.
//
// Literals are found by the lexer alone, not by pg_query_normalize: that leaves those of most utility statements where they are,
// and knows nothing of comments or of texts that do not parse.
#include <pg_query.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/decode.h"
#include "sql/lexer.h"
#include "sql/split.h"
#include "sql/sql.h"

struct mask {
    struct lc_str out;
    long next; // number of the next parameter
    const char *whole;
    bool certain; // the text has been found to parse
};

// Words whose modifiers in parentheses are part of a type. None of them can be the name of a function without quotes (col_name_keyword,
// gram.y), so what follows is no data.
static bool has_type_modifiers(const char *text, const struct lc_token *word)
{
    static const char *const words[] = {"bit",     "char",   "character", "current_time", "current_timestamp", "dec",
                                        "decimal", "float",  "interval",  "localtime",    "localtimestamp",    "nchar",
                                        "numeric", "second", "time",      "timestamp",    "varchar",           "varying"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lc_token_is(text, word, words[i]))
            return true;
    return false;
}

// The end of "(10, 2)" at `at`, blanks before it included; `at` itself when it is something else.
static size_t modifiers_end(const char *text, size_t len, size_t at)
{
    struct lc_token token = lc_lex_word(text, len, at);
    bool number = false;

    if (token.kind != LC_TOKEN_OTHER || text[token.start] != '(')
        return at;
    for (;;) {
        token = lc_lex_word(text, len, token.start + token.len);
        if (token.kind == LC_TOKEN_NUMBER)
            number = true;
        else if (token.kind == LC_TOKEN_OTHER && text[token.start] == ')' && number)
            return token.start + 1;
        else if (token.kind != LC_TOKEN_OTHER || (text[token.start] != ',' && text[token.start] != '-'))
            return at;
    }
}

// Could the quotes be others than the lexer takes them for? With standard_conforming_strings off a backslash before a quote is an
// escape, and in a broken text an identifier may begin where a string should have ended. Only a text that parses is taken at its word.
static bool is_doubtful(struct mask *m, const char *text, const struct lc_token *token)
{
    const char *s = text + token->start;

    if (m->certain || *s == 'e' || *s == 'E')
        return false;
    if (token->kind == LC_TOKEN_STRING ? !memmem(s, token->len, "\\'", 2)
                                       : token->kind != LC_TOKEN_QUOTED || !memchr(s, '\'', token->len))
        return false;
    m->certain = lc_sql_parse_one(m->out.arena, m->whole, NULL) != NULL;
    return !m->certain;
}

static void mask_literal(struct mask *m)
{
    lc_str_addf(&m->out, "$%ld", m->next++);
}

static bool is_literal(const struct lc_token *token)
{
    return token->kind == LC_TOKEN_STRING || token->kind == LC_TOKEN_DOLLAR || token->kind == LC_TOKEN_NUMBER ||
           (token->kind == LC_TOKEN_QUOTED && token->open);
}

// Passes the token on, or a parameter in its place, and returns where to go on.
static size_t mask_token(struct mask *m, const char *text, size_t len, const struct lc_token *token)
{
    size_t end = token->start + token->len;

    if (is_doubtful(m, text, token)) {
        mask_literal(m);
        return len;
    }
    if (is_literal(token)) {
        mask_literal(m);
        return end;
    }
    if (token->kind == LC_TOKEN_WORD && has_type_modifiers(text, token))
        end = modifiers_end(text, len, end);
    lc_str_addn(&m->out, text + token->start, end - token->start);
    return end;
}

static bool opens_comment(const char *text, size_t len, size_t at)
{
    return at + 1 < len && (!memcmp(text + at, "--", 2) || !memcmp(text + at, "/*", 2));
}

// The inside of a comment. It keeps its words, because tracing tools put the caller there, but no numbers, and nothing from its first
// quote on: "don't" shows that quotes come in no pairs here. What opens a comment inside of a comment is passed over.
static void mask_comment(struct mask *m, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        struct lc_token token;

        if (opens_comment(text, len, at)) {
            lc_str_addn(&m->out, text + at, 2);
            at += 2;
            continue;
        }
        token = lc_lex(text, len, at);
        if (token.kind == LC_TOKEN_STRING || token.kind == LC_TOKEN_QUOTED || token.kind == LC_TOKEN_DOLLAR) {
            mask_literal(m);
            return;
        }
        at = mask_token(m, text, len, &token);
    }
}

static void mask_text(struct mask *m, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        struct lc_token token = lc_lex(text, len, at);

        if (token.kind == LC_TOKEN_COMMENT) {
            size_t close = text[at] == '/' && !token.open ? 2 : 0;

            lc_str_addn(&m->out, text + at, 2);
            mask_comment(m, text + at + 2, token.len - 2 - close);
            lc_str_addn(&m->out, "*/", close);
            at += token.len;
        } else {
            at = mask_token(m, text, len, &token);
        }
    }
}

static long highest_parameter(const char *text, size_t len)
{
    long highest = 0;

    for (size_t at = 0; at < len;) {
        struct lc_token token = lc_lex(text, len, at);
        long n = token.kind == LC_TOKEN_PARAM ? strtol(text + token.start + 1, NULL, 10) : 0;

        if (n > highest && n < 1000000)
            highest = n;
        at = token.start + token.len;
    }
    return highest;
}

const char *lc_sql_normalize(struct lc_arena *arena, const char *text)
{
    size_t len = strlen(text);
    struct mask m = {.next = highest_parameter(text, len) + 1, .whole = text};

    lc_str_init(&m.out, arena, LC_STR_MAX);
    mask_text(&m, text, len);
    return m.out.text;
}

const char *lc_sql_fingerprint(struct lc_arena *arena, const char *text)
{
    struct lc_piece piece = lc_split_next(text, strlen(text), 0, false);
    PgQueryFingerprintResult result;
    const char *print;

    if (!piece.tokens || piece.tokens > LC_SQL_MAX_TOKENS || piece.depth > LC_SQL_MAX_DEPTH)
        return "";
    result = pg_query_fingerprint(text);
    print = result.error || !result.fingerprint_str ? "" : lc_strdup(arena, result.fingerprint_str);
    pg_query_free_fingerprint_result(result);
    return print;
}
