// For body.c only: reading a PL/pgSQL body token by token.
//
// After a failure the rest of the text reads as if it were empty, so that callers go on without asking.
#ifndef LC_SQL_BODY_READ_H
#define LC_SQL_BODY_READ_H

#include "base/map.h"
#include "sql/lexer.h"
#include "sql/sql.h"

typedef struct LC_ARRAY(struct lc_body_item) item_list;

struct body {
    struct lc_arena *arena;
    const char *text;
    size_t len;
    struct lc_token token; // the next one that is neither blank nor comment
    size_t counted;
    int line;              // of byte `counted`
    int depth;             // of statements in statements
    struct lc_map cursors; // name -> its query, for OPEN and FOR
    const char *label;     // that stands before the statement at hand
    struct lc_error *err;
    bool failed;
};

// A stretch of the text, without what surrounds its first and last token.
struct span {
    size_t start, end;
};

void body_go_to(struct body *b, size_t at); // the next token is the first from this byte on
void body_advance(struct body *b);
bool body_at_end(const struct body *b);
bool body_at_word(const struct body *b, const char *word); // letters without case
bool body_at_sign(const struct body *b, const char *sign);
// Is the next token one of these words or signs? UNTIL makes the array.
bool body_at_one_of(const struct body *b, const char *const *stops);
#define UNTIL(...) ((const char *const[]){__VA_ARGS__, NULL})

// Is it this one? Then it is passed over; body_expect_*: else that is a failure.
bool body_take_word(struct body *b, const char *word);
bool body_take_sign(struct body *b, const char *sign);
void body_expect_word(struct body *b, const char *word);
void body_expect_semicolon(struct body *b);
int body_line_of(struct body *b, size_t offset);    // from 1 on
void body_fail(struct body *b, const char *wanted); // only the first is told
void body_nest(struct body *b);                     // one level deeper, up to a bound; the caller takes it back

// Everything up to one of the stops outside of parentheses; the stop is the next token then.
struct span body_read_until(struct body *b, const char *const *stops);
const char *body_span_text(const struct body *b, struct span span);
const char *body_lower(const struct body *b, struct span span); // in lower case, as names without quotes are
const char *body_token_name(const struct body *b, const struct lc_token *token);

// Adds a copy of an item, or an item around `children`.
void body_add_item(struct body *b, item_list *out, const struct lc_body_item *item);
void body_add_group(struct body *b, item_list *out, struct lc_body_item item, const item_list *children);
// An item of this kind with the expression that `span` holds, if any; body_read_expression adds it, where there is one.
struct lc_body_item body_expression(struct body *b, enum lc_body_kind kind, struct span span);
void body_read_expression(struct body *b, item_list *out, const char *const *stops);

#endif
