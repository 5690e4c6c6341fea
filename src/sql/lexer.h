// For the sql room, and for the rewrite room, which cuts texts: SQL's lexical structure (src/backend/parser/scan.l), for texts that need not parse.
#ifndef LC_SQL_LEXER_H
#define LC_SQL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

enum lc_token_kind {
    LC_TOKEN_END,
    LC_TOKEN_BLANK,
    LC_TOKEN_COMMENT,
    LC_TOKEN_WORD,   // a keyword or an identifier without quotes
    LC_TOKEN_QUOTED, // "identifier", U&"identifier"
    LC_TOKEN_STRING, // '...' with any prefix, and its continuations on following lines
    LC_TOKEN_DOLLAR, // $tag$...$tag$
    LC_TOKEN_NUMBER,
    LC_TOKEN_PARAM, // $1
    LC_TOKEN_OTHER, // one byte of an operator or punctuation
};

struct lc_token {
    enum lc_token_kind kind;
    size_t start, len;
    bool open; // a quote or comment that is never closed: the token goes to the end of the text
};

// The token that starts at `at`.
struct lc_token lc_lex(const char *text, size_t len, size_t at);
// The same, blanks and comments passed over.
struct lc_token lc_lex_word(const char *text, size_t len, size_t at);
// Is the token this word, letters without case?
bool lc_token_is(const char *text, const struct lc_token *token, const char *word);
// The bytes inside of a dollar quote.
struct lc_token lc_dollar_inside(const char *text, const struct lc_token *token);

#endif
