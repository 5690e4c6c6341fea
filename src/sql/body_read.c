// Reading a PL/pgSQL body token by token: words and signs, stretches of SQL, expressions.
#include "sql/body_read.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define MAX_NESTING 200

void body_advance(struct body *b)
{
    b->token = lc_lex_word(b->text, b->len, b->token.start + b->token.len);
}

void body_go_to(struct body *b, size_t at)
{
    b->token = lc_lex_word(b->text, b->len, at);
}

bool body_at_word(const struct body *b, const char *word)
{
    return lc_token_is(b->text, &b->token, word);
}

bool body_at_sign(const struct body *b, const char *sign)
{
    size_t len = strlen(sign);

    return b->token.kind == LC_TOKEN_OTHER && b->len - b->token.start >= len && !memcmp(b->text + b->token.start, sign, len);
}

bool body_take_word(struct body *b, const char *word)
{
    if (!body_at_word(b, word))
        return false;
    body_advance(b);
    return true;
}

bool body_take_sign(struct body *b, const char *sign)
{
    if (!body_at_sign(b, sign))
        return false;
    body_go_to(b, b->token.start + strlen(sign));
    return true;
}

int body_line_of(struct body *b, size_t offset)
{
    if (offset < b->counted) {
        b->counted = 0;
        b->line = 1;
    }
    for (; b->counted < offset; b->counted++)
        b->line += b->text[b->counted] == '\n';
    return b->line;
}

void body_fail(struct body *b, const char *wanted)
{
    char found[64] = "the end";

    if (b->failed)
        return;
    b->failed = true;
    if (b->token.kind != LC_TOKEN_END)
        (void)snprintf(found, sizeof found, "\"%.*s\"", (int)(b->token.len < 40 ? b->token.len : 40), b->text + b->token.start);
    (void)lc_fail(b->err, LC_E_INPUT, "PL/pgSQL: expected %s, found %s", wanted, found);
    lc_error_at(b->err, NULL, body_line_of(b, b->token.start));
    b->len = b->token.start;
    body_go_to(b, b->len);
}

void body_expect_word(struct body *b, const char *word)
{
    if (!body_take_word(b, word))
        body_fail(b, word);
}

void body_expect_semicolon(struct body *b)
{
    if (!body_take_sign(b, ";"))
        body_fail(b, "\";\"");
}

void body_nest(struct body *b)
{
    if (++b->depth > MAX_NESTING)
        body_fail(b, "a body that is nested less deeply");
}

bool body_at_end(const struct body *b)
{
    return b->token.kind == LC_TOKEN_END;
}

// --- items ------------------------------------------------------------------------------------------------------

void body_add_item(struct body *b, item_list *out, const struct lc_body_item *item)
{
    LC_PUSH(b->arena, out, *item);
}

void body_add_group(struct body *b, item_list *out, struct lc_body_item item, const item_list *children)
{
    item.children = children->items;
    item.len = children->len;
    body_add_item(b, out, &item);
}

const char *body_span_text(const struct body *b, struct span span)
{
    return lc_strndup(b->arena, b->text + span.start, span.end - span.start);
}

const char *body_lower(const struct body *b, struct span span)
{
    char *text = lc_strndup(b->arena, b->text + span.start, span.end - span.start);

    for (char *p = text; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20);
    return text;
}

const char *body_token_name(const struct body *b, const struct lc_token *token)
{
    struct span span = {token->start, token->start + token->len};

    return token->kind == LC_TOKEN_QUOTED ? body_span_text(b, span) : body_lower(b, span);
}

bool body_at_one_of(const struct body *b, const char *const *stops)
{
    for (; *stops; stops++)
        if (strchr(".:;,=)", **stops) ? body_at_sign(b, *stops) : body_at_word(b, *stops))
            return true;
    return false;
}

struct span body_read_until(struct body *b, const char *const *stops)
{
    struct span span = {b->token.start, b->token.start};
    int depth = 0;

    for (; !body_at_end(b); body_advance(b)) {
        if (!depth && body_at_one_of(b, stops))
            return span;
        if (body_at_sign(b, ";"))
            break; // no expression goes on after a semicolon
        depth += body_at_sign(b, "(") || body_at_sign(b, "[");
        depth -= body_at_sign(b, ")") || body_at_sign(b, "]");
        span.end = b->token.start + b->token.len;
    }
    body_fail(b, *stops);
    return span;
}

// PL/pgSQL evaluates "SELECT " before the text, so that FROM and WHERE may follow the expression.
static const char *expression_text(struct body *b, struct span span)
{
    const char *text = body_span_text(b, span), *select;

    if (!*text || lc_sql_parse_expr(b->arena, text))
        return text;
    select = lc_printf(b->arena, "SELECT %s", text);
    return lc_sql_parse_one(b->arena, select, NULL) ? select : text;
}

struct lc_body_item body_expression(struct body *b, enum lc_body_kind kind, struct span span)
{
    bool any = span.end > span.start;

    return (struct lc_body_item){
        .kind = kind, .text = any ? expression_text(b, span) : NULL, .line = body_line_of(b, span.start)};
}

void body_read_expression(struct body *b, item_list *out, const char *const *stops)
{
    struct lc_body_item item = body_expression(b, LC_BODY_EXPR, body_read_until(b, stops));

    if (item.text)
        body_add_item(b, out, &item);
}
