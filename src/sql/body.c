// PL/pgSQL bodies: a parser after src/pl/plpgsql/src/pl_gram.y.
//
// PL/pgSQL reads SQL and expressions as runs of tokens up to a closing word at parenthesis depth 0 (read_sql_construct), and so does
// this. It is our own because libpg_query's refuses bodies whose variables have types that it cannot look up, and in some
// versions answers with broken JSON.
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "sql/body.h"
#include "sql/lexer.h"
#include "sql/split.h"

#define MAX_NESTING 200

typedef struct LC_ARRAY(struct lc_body_item) item_list;

struct body {
    struct lc_arena *arena;
    const char *text;
    size_t len;
    struct lc_token token; // the next one that is neither blank nor comment
    size_t counted;
    int line; // of byte `counted`
    int depth;
    struct lc_map cursors; // name -> its query, for OPEN and FOR
    const char *label;     // that stands before the statement at hand
    struct lc_error *err;
    bool failed;
};

static void statements(struct body *b, item_list *out);
static void statement(struct body *b, item_list *out);

// --- tokens -----------------------------------------------------------------------------------------------------

static void advance(struct body *b)
{
    b->token = lc_lex_word(b->text, b->len, b->token.start + b->token.len);
}

static void go_to(struct body *b, size_t at)
{
    b->token = lc_lex_word(b->text, b->len, at);
}

static bool at_word(const struct body *b, const char *word)
{
    return lc_token_is(b->text, &b->token, word);
}

static bool at_sign(const struct body *b, const char *sign)
{
    size_t len = strlen(sign);

    return b->token.kind == LC_TOKEN_OTHER && b->len - b->token.start >= len && !memcmp(b->text + b->token.start, sign, len);
}

static bool take_word(struct body *b, const char *word)
{
    if (!at_word(b, word))
        return false;
    advance(b);
    return true;
}

static bool take_sign(struct body *b, const char *sign)
{
    if (!at_sign(b, sign))
        return false;
    go_to(b, b->token.start + strlen(sign));
    return true;
}

static int line_of(struct body *b, size_t offset)
{
    if (offset < b->counted) {
        b->counted = 0;
        b->line = 1;
    }
    for (; b->counted < offset; b->counted++)
        b->line += b->text[b->counted] == '\n';
    return b->line;
}

// Stops the parser: the rest of the text reads as if it were empty.
static void fail(struct body *b, const char *wanted)
{
    char found[64] = "the end";

    if (b->failed)
        return;
    b->failed = true;
    if (b->token.kind != LC_TOKEN_END)
        (void)snprintf(found, sizeof found, "\"%.*s\"", (int)(b->token.len < 40 ? b->token.len : 40), b->text + b->token.start);
    (void)lc_fail(b->err, LC_E_INPUT, "PL/pgSQL: expected %s, found %s", wanted, found);
    lc_error_at(b->err, NULL, line_of(b, b->token.start));
    b->len = b->token.start;
    go_to(b, b->len);
}

static void expect_word(struct body *b, const char *word)
{
    if (!take_word(b, word))
        fail(b, word);
}

static void expect_semicolon(struct body *b)
{
    if (!take_sign(b, ";"))
        fail(b, "\";\"");
}

static void nest(struct body *b)
{
    if (++b->depth > MAX_NESTING)
        fail(b, "a body that is nested less deeply");
}

static bool at_end(const struct body *b)
{
    return b->token.kind == LC_TOKEN_END;
}

// --- items ------------------------------------------------------------------------------------------------------

static void add_item(struct body *b, item_list *out, const struct lc_body_item *item)
{
    LC_PUSH(b->arena, out, *item);
}

static void add_group(struct body *b, item_list *out, struct lc_body_item item, const item_list *children)
{
    item.children = children->items;
    item.len = children->len;
    add_item(b, out, &item);
}

// A stretch of the text, without what surrounds its first and last token.
struct span {
    size_t start, end;
};

static const char *span_text(const struct body *b, struct span span)
{
    return lc_strndup(b->arena, b->text + span.start, span.end - span.start);
}

// The same in lower case, as names without quotes are.
static const char *lower(const struct body *b, struct span span)
{
    char *text = lc_strndup(b->arena, b->text + span.start, span.end - span.start);

    for (char *p = text; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20);
    return text;
}

static const char *token_name(const struct body *b, const struct lc_token *token)
{
    struct span span = {token->start, token->start + token->len};

    return token->kind == LC_TOKEN_QUOTED ? span_text(b, span) : lower(b, span);
}

static bool is_one_of(const struct body *b, const char *const *stops)
{
    for (; *stops; stops++)
        if (strchr(".:;,=)", **stops) ? at_sign(b, *stops) : at_word(b, *stops))
            return true;
    return false;
}

// Everything up to one of the stops (words or signs) outside of parentheses; the stop is the next token then.
static struct span read_until(struct body *b, const char *const *stops)
{
    struct span span = {b->token.start, b->token.start};
    int depth = 0;

    for (; !at_end(b); advance(b)) {
        if (!depth && is_one_of(b, stops))
            return span;
        if (at_sign(b, ";"))
            break; // no expression goes on after a semicolon
        depth += at_sign(b, "(") || at_sign(b, "[");
        depth -= at_sign(b, ")") || at_sign(b, "]");
        span.end = b->token.start + b->token.len;
    }
    fail(b, *stops);
    return span;
}

#define UNTIL(...) ((const char *const[]){__VA_ARGS__, NULL})

// PL/pgSQL evaluates "SELECT " before the text, so that FROM and WHERE may follow the expression.
static const char *expression_text(struct body *b, struct span span)
{
    const char *text = span_text(b, span), *select;

    if (!*text || lc_sql_parse_expr(b->arena, text))
        return text;
    select = lc_printf(b->arena, "SELECT %s", text);
    return lc_sql_parse_one(b->arena, select, NULL) ? select : text;
}

static struct lc_body_item expression(struct body *b, enum lc_body_kind kind, struct span span)
{
    bool any = span.end > span.start;

    return (struct lc_body_item){.kind = kind, .text = any ? expression_text(b, span) : NULL, .line = line_of(b, span.start)};
}

static void read_expression(struct body *b, item_list *out, const char *const *stops)
{
    struct lc_body_item item = expression(b, LC_BODY_EXPR, read_until(b, stops));

    if (item.text)
        add_item(b, out, &item);
}

// --- SQL and EXECUTE --------------------------------------------------------------------------------------------

// From behind INTO to behind the names of its variables (read_into_target), names with commas and dots between. Their text.
static const char *read_targets(struct body *b)
{
    struct span span;

    (void)take_word(b, "strict");
    span.start = span.end = b->token.start;
    do {
        do {
            span.end = b->token.start + b->token.len;
            advance(b);
        } while (take_sign(b, "."));
    } while (take_sign(b, ","));
    return span_text(b, span);
}

// Not every INTO names variables (make_execsql_stmt).
static bool is_into(const struct body *b, const struct lc_token *first, const struct lc_token *previous)
{
    return at_word(b, "into") && !lc_token_is(b->text, previous, "insert") && !lc_token_is(b->text, previous, "merge") &&
           !lc_token_is(b->text, first, "import");
}

static void add_part(struct body *b, struct lc_str *s, struct span span)
{
    if (s->len && span.end > span.start)
        lc_str_addc(s, ' ');
    lc_str_addn(s, b->text + span.start, span.end - span.start);
}

// The SQL from the next token to `end`; its INTO clause becomes the item's target.
static struct lc_body_item read_sql(struct body *b, size_t end)
{
    struct lc_token first = b->token, previous = b->token;
    struct lc_body_item item = {.kind = LC_BODY_SQL, .line = line_of(b, b->token.start)};
    struct span span = {b->token.start, b->token.start};
    struct lc_str s;

    lc_str_init(&s, b->arena, LC_STR_MAX);
    while (b->token.start < end && !at_end(b)) {
        if (is_into(b, &first, &previous)) {
            add_part(b, &s, span);
            advance(b);
            item.target = read_targets(b);
            span.start = span.end = b->token.start;
        } else {
            previous = b->token;
            span.end = b->token.start + b->token.len;
            advance(b);
        }
    }
    add_part(b, &s, span);
    item.text = s.text;
    return item;
}

// Any statement that PL/pgSQL gives to SQL as it is.
static void sql_statement(struct body *b, item_list *out)
{
    struct lc_piece piece = lc_split_next(b->text, b->len, b->token.start, false);
    bool known = b->token.kind == LC_TOKEN_WORD || at_sign(b, "(");
    struct lc_body_item item = read_sql(b, piece.start + piece.len);

    if (!known)
        item.kind = LC_BODY_UNKNOWN;
    add_item(b, out, &item);
    expect_semicolon(b);
}

// The query that `span` holds, which has been read over.
static struct lc_body_item query_in(struct body *b, struct span span)
{
    struct body again = *b;

    if (span.end == span.start)
        fail(b, "a query");
    go_to(&again, span.start);
    return read_sql(&again, span.end);
}

static void read_query(struct body *b, item_list *out, const char *const *stops)
{
    struct lc_body_item item = query_in(b, read_until(b, stops));

    add_item(b, out, &item);
}

// EXECUTE expression [INTO targets] [USING expressions], from behind EXECUTE up to `stop`. The expressions of USING go to `out`.
static struct lc_body_item read_dynamic(struct body *b, item_list *out, const char *stop)
{
    struct lc_body_item item = expression(b, LC_BODY_DYNAMIC, read_until(b, UNTIL("into", "using", stop, ";")));

    while (!at_end(b) && (at_word(b, "into") || at_word(b, "using"))) {
        if (take_word(b, "into")) {
            item.target = read_targets(b);
            continue;
        }
        advance(b);
        do
            read_expression(b, out, UNTIL(",", "into", stop, ";"));
        while (take_sign(b, ","));
    }
    return item;
}

static void add_dynamic(struct body *b, item_list *out)
{
    struct lc_body_item item = read_dynamic(b, out, ";");

    add_item(b, out, &item);
}

static void execute(struct body *b, item_list *out)
{
    advance(b);
    add_dynamic(b, out);
    expect_semicolon(b);
}

static void perform(struct body *b, item_list *out)
{
    int before = out->len;

    advance(b);
    read_expression(b, out, UNTIL(";"));
    if (out->len > before)
        out->items[before].type = "perform";
    expect_semicolon(b);
}

// --- control structures -----------------------------------------------------------------------------------------

// From IF, ELSIF or ELSEIF to END; an ELSIF is an IF in the other arm.
static void if_arms(struct body *b, item_list *out)
{
    item_list then = {0}, otherwise = {0};
    struct lc_body_item item;

    advance(b);
    item = expression(b, LC_BODY_IF, read_until(b, UNTIL("then")));
    expect_word(b, "then");
    statements(b, &then);
    if (at_word(b, "elsif") || at_word(b, "elseif")) {
        nest(b);
        if_arms(b, &otherwise);
        b->depth--;
    } else if (take_word(b, "else")) {
        statements(b, &otherwise);
    }
    item.otherwise = otherwise.items;
    item.notherwise = otherwise.len;
    add_group(b, out, item, &then);
}

static void if_statement(struct body *b, item_list *out)
{
    if_arms(b, out);
    expect_word(b, "end");
    expect_word(b, "if");
    expect_semicolon(b);
}

// What no WHEN takes: ELSE, or the error of exec_stmt_case (pl_exec.c).
static void case_rest(struct body *b, item_list *out)
{
    struct lc_body_item none = {.kind = LC_BODY_RAISE, .text = "case_not_found", .line = line_of(b, b->token.start)};

    if (take_word(b, "else"))
        statements(b, out);
    else
        add_item(b, out, &none);
}

// From WHEN to END CASE; the next WHEN is an IF in the other arm. subject NULL: the conditions stand alone.
static void case_arms(struct body *b, item_list *out, const char *subject)
{
    item_list then = {0}, otherwise = {0};
    struct lc_body_item item;
    struct span span;

    expect_word(b, "when");
    span = read_until(b, UNTIL("then"));
    item = expression(b, LC_BODY_IF, span);
    if (subject && item.text)
        item.text = lc_printf(b->arena, "(%s) IN (%s)", subject, span_text(b, span));
    expect_word(b, "then");
    statements(b, &then);
    nest(b);
    if (at_word(b, "when"))
        case_arms(b, &otherwise, subject);
    else
        case_rest(b, &otherwise);
    b->depth--;
    item.otherwise = otherwise.items;
    item.notherwise = otherwise.len;
    add_group(b, out, item, &then);
}

static void case_statement(struct body *b, item_list *out)
{
    struct lc_body_item subject;

    advance(b);
    subject = expression(b, LC_BODY_EXPR, read_until(b, UNTIL("when")));
    if (subject.text)
        add_item(b, out, &subject);
    case_arms(b, out, subject.text);
    expect_word(b, "end");
    expect_word(b, "case");
    expect_semicolon(b);
}

static void optional_label(struct body *b)
{
    if (!at_sign(b, ";") && !at_end(b))
        advance(b);
}

// LOOP statements END LOOP [label] ; `first`: what every round begins with.
static void loop_body(struct body *b, item_list *out, struct lc_body_item loop, item_list first)
{
    expect_word(b, "loop");
    statements(b, &first);
    add_group(b, out, loop, &first);
    expect_word(b, "end");
    expect_word(b, "loop");
    optional_label(b);
    expect_semicolon(b);
}

static void loop_statement(struct body *b, item_list *out)
{
    loop_body(b, out, (struct lc_body_item){.kind = LC_BODY_LOOP, .label = b->label, .line = line_of(b, b->token.start)},
              (item_list){0});
}

static void while_statement(struct body *b, item_list *out)
{
    struct lc_body_item loop = {.kind = LC_BODY_LOOP, .label = b->label, .line = line_of(b, b->token.start)}, until;
    item_list first = {0};

    advance(b);
    until = expression(b, LC_BODY_EXIT, read_until(b, UNTIL("loop")));
    if (until.text) {
        until.type = "exit";
        until.text = lc_printf(b->arena, "(%s) IS NOT TRUE", until.text);
        add_item(b, &first, &until);
    }
    loop_body(b, out, loop, first);
}

// The arguments of a cursor, in parentheses: values, or name := value.
static void cursor_arguments(struct body *b, item_list *out)
{
    if (!take_sign(b, "("))
        return;
    do {
        struct body ahead = *b;

        advance(&ahead);
        if (take_sign(&ahead, ":=") || take_sign(&ahead, "=>"))
            *b = ahead;
        read_expression(b, out, UNTIL(",", ")"));
    } while (take_sign(b, ","));
    if (!take_sign(b, ")"))
        fail(b, "\")\"");
}

// A cursor's query is run where the cursor is opened. NULL when the next token is not the name of one that was declared with a query.
static const char *bound_cursor(struct body *b, item_list *out)
{
    bool named = b->token.kind == LC_TOKEN_WORD || b->token.kind == LC_TOKEN_QUOTED;
    const char *query = named ? lc_map_get(&b->cursors, token_name(b, &b->token)) : NULL;

    if (query) {
        advance(b);
        cursor_arguments(b, out);
    }
    return query;
}

static const char *bound(struct body *b, item_list *out, const char *const *stops)
{
    int before = out->len;

    read_expression(b, out, stops);
    return out->len > before ? out->items[out->len - 1].text : NULL;
}

// [REVERSE] from .. to [BY step], or a query, which becomes the loop's text.
static void for_range_or_query(struct body *b, item_list *out, struct lc_body_item *loop)
{
    struct body start = *b;
    const char *from, *to, *step = NULL;
    bool reverse;

    (void)take_word(b, "reverse");
    (void)read_until(b, UNTIL("..", "loop"));
    if (!at_sign(b, "..")) {
        *b = start; // a query may be about something that is called reverse
        loop->text = query_in(b, read_until(b, UNTIL("loop"))).text;
        return;
    }
    *b = start;
    reverse = take_word(b, "reverse");
    from = bound(b, out, UNTIL(".."));
    (void)take_sign(b, "..");
    to = bound(b, out, UNTIL("by", "loop"));
    if (take_word(b, "by"))
        step = bound(b, out, UNTIL("loop"));
    if (!from || !to)
        return;
    loop->type = "integer";
    loop->text = step      ? lc_printf(b->arena, "generate_series(%s, %s, %s(%s))", from, to, reverse ? "-" : "", step)
                 : reverse ? lc_printf(b->arena, "generate_series(%s, %s, -1)", from, to)
                           : lc_printf(b->arena, "generate_series(%s, %s)", from, to);
}

static void for_statement(struct body *b, item_list *out)
{
    struct lc_body_item loop = {.kind = LC_BODY_LOOP, .label = b->label, .line = line_of(b, b->token.start)};

    advance(b);
    loop.target = span_text(b, read_until(b, UNTIL("in")));
    expect_word(b, "in");
    if (take_word(b, "execute")) {
        loop.kind = LC_BODY_FOR_DYNAMIC;
        loop.text = read_dynamic(b, out, "loop").text;
    } else {
        loop.text = bound_cursor(b, out);
        if (!loop.text)
            for_range_or_query(b, out, &loop);
    }
    loop_body(b, out, loop, (item_list){0});
}

// FOREACH target [SLICE n] IN ARRAY expression
static void foreach_statement(struct body *b, item_list *out)
{
    struct lc_body_item loop = {.kind = LC_BODY_LOOP, .label = b->label, .line = line_of(b, b->token.start)};

    advance(b);
    loop.target = span_text(b, read_until(b, UNTIL("slice", "in")));
    loop.type = at_word(b, "slice") ? "slice" : NULL;
    (void)read_until(b, UNTIL("in"));
    expect_word(b, "in");
    expect_word(b, "array");
    loop.text = expression(b, LC_BODY_EXPR, read_until(b, UNTIL("loop"))).text;
    loop_body(b, out, loop, (item_list){0});
}

// EXIT and CONTINUE [label] [WHEN condition]
static void exit_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {
        .kind = LC_BODY_EXIT, .type = at_word(b, "exit") ? "exit" : "continue", .line = line_of(b, b->token.start)};

    advance(b);
    if (!at_word(b, "when") && !at_sign(b, ";")) {
        item.label = token_name(b, &b->token);
        advance(b);
    }
    if (take_word(b, "when"))
        item.text = expression(b, LC_BODY_EXIT, read_until(b, UNTIL(";"))).text;
    add_item(b, out, &item);
    expect_semicolon(b);
}

// --- the other statements ---------------------------------------------------------------------------------------

static void return_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_RETURN, .line = line_of(b, b->token.start)};

    advance(b);
    if (take_word(b, "query")) {
        if (take_word(b, "execute"))
            add_dynamic(b, out);
        else
            read_query(b, out, UNTIL(";"));
    } else if (take_word(b, "next")) {
        read_expression(b, out, UNTIL(";"));
    } else {
        item.text = expression(b, LC_BODY_RETURN, read_until(b, UNTIL(";"))).text;
        add_item(b, out, &item);
    }
    expect_semicolon(b);
}

// True when the level ends the transaction: EXCEPTION, or none.
static bool raise_level(struct body *b)
{
    static const char *const lower[] = {"debug", "log", "info", "notice", "warning", NULL};

    if (is_one_of(b, lower)) {
        advance(b);
        return false;
    }
    (void)take_word(b, "exception");
    return true;
}

static const char *unquoted(const struct body *b, const struct lc_token *string)
{
    return string->len < 2 ? "" : lc_strndup(b->arena, b->text + string->start + 1, string->len - 2);
}

// The condition that RAISE names: a word, or SQLSTATE and a string. NULL when a format stands there.
static const char *raise_condition(struct body *b)
{
    const char *condition = NULL;

    if (take_word(b, "sqlstate"))
        condition = unquoted(b, &b->token);
    else if (b->token.kind == LC_TOKEN_WORD && !at_word(b, "using"))
        condition = token_name(b, &b->token);
    (void)read_until(b, UNTIL(",", "using", ";"));
    return condition;
}

// USING option = expression, ... : the constant of ERRCODE, if it is one, is the condition.
static void raise_options(struct body *b, item_list *out, const char **condition)
{
    do {
        bool errcode = at_word(b, "errcode");

        advance(b);
        if (!take_sign(b, ":="))
            (void)take_sign(b, "=");
        if (errcode && b->token.kind == LC_TOKEN_STRING)
            *condition = unquoted(b, &b->token);
        read_expression(b, out, UNTIL(",", ";"));
    } while (take_sign(b, ","));
}

// RAISE [level] ['format', values | condition | SQLSTATE 'x'] [USING option = value, ...]: the values are evaluated at any level.
static void raise_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_RAISE, .line = line_of(b, b->token.start)};
    bool error;

    advance(b);
    error = raise_level(b);
    item.type = at_sign(b, ";") ? "again" : NULL;
    item.text = raise_condition(b);
    while (take_sign(b, ","))
        read_expression(b, out, UNTIL(",", "using", ";"));
    if (take_word(b, "using"))
        raise_options(b, out, &item.text);
    if (error)
        add_item(b, out, &item);
    expect_semicolon(b);
}

// ASSERT condition [, message]: the message is evaluated only where it fails.
static void assert_statement(struct body *b, item_list *out)
{
    struct lc_body_item item;

    advance(b);
    item = expression(b, LC_BODY_ASSERT, read_until(b, UNTIL(",", ";")));
    add_item(b, out, &item);
    (void)read_until(b, UNTIL(";"));
    expect_semicolon(b);
}

// OPEN cursor [(arguments)] or OPEN variable [[NO] SCROLL] FOR query | EXECUTE ...
static void open_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_SQL, .line = line_of(b, b->token.start)};

    advance(b);
    item.text = bound_cursor(b, out);
    if (item.text)
        add_item(b, out, &item);
    else
        (void)read_until(b, UNTIL("for", ";"));
    if (take_word(b, "for")) {
        if (take_word(b, "execute"))
            add_dynamic(b, out);
        else
            read_query(b, out, UNTIL(";"));
    }
    expect_semicolon(b);
}

// FETCH [direction FROM|IN] cursor INTO variables; MOVE has none.
static void fetch_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_SET, .text = token_name(b, &b->token), .line = line_of(b, b->token.start)};

    (void)read_until(b, UNTIL("into", ";"));
    if (take_word(b, "into"))
        item.target = read_targets(b);
    add_item(b, out, &item);
    expect_semicolon(b);
}

// GET [CURRENT|STACKED] DIAGNOSTICS variable = item, ...
static void get_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_SET, .text = "get diagnostics", .line = line_of(b, b->token.start)};

    while (!at_end(b) && !take_word(b, "diagnostics"))
        advance(b);
    do {
        const char *name = span_text(b, read_until(b, UNTIL(":", "=", ";")));

        item.target = item.target ? lc_printf(b->arena, "%s, %s", item.target, name) : name;
        (void)read_until(b, UNTIL(",", ";"));
    } while (take_sign(b, ","));
    add_item(b, out, &item);
    expect_semicolon(b);
}

// CLOSE and NULL.
static void skip_statement(struct body *b, item_list *out)
{
    (void)out;
    (void)read_until(b, UNTIL(";"));
    expect_semicolon(b);
}

// COMMIT and ROLLBACK [AND [NO] CHAIN]
static void commit_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = at_word(b, "commit") ? LC_BODY_COMMIT : LC_BODY_ROLLBACK,
                                .line = line_of(b, b->token.start)};

    add_item(b, out, &item);
    skip_statement(b, out);
}

// "name.field[1] := expression": the first token behind the path, when an assignment operator stands there.
static bool is_assignment(const struct body *b)
{
    struct body ahead = *b;
    int depth = 0;

    if (b->token.kind != LC_TOKEN_WORD && b->token.kind != LC_TOKEN_QUOTED && b->token.kind != LC_TOKEN_PARAM)
        return false;
    for (advance(&ahead); !at_end(&ahead); advance(&ahead)) {
        if (!depth && (at_sign(&ahead, ":=") || at_sign(&ahead, "=")))
            return true;
        if (!depth && take_sign(&ahead, "."))
            continue;
        if (!depth && !at_sign(&ahead, "["))
            return false;
        if (at_sign(&ahead, ";"))
            return false;
        depth += at_sign(&ahead, "[") - at_sign(&ahead, "]");
    }
    return false;
}

static void assignment(struct body *b, item_list *out)
{
    struct span target = {b->token.start, b->token.start};
    struct lc_body_item item;
    int depth = 0;

    for (; !at_end(b) && (depth || (!at_sign(b, ":=") && !at_sign(b, "="))); advance(b)) {
        depth += at_sign(b, "[") - at_sign(b, "]");
        target.end = b->token.start + b->token.len;
    }
    if (!take_sign(b, ":="))
        (void)take_sign(b, "=");
    item = expression(b, LC_BODY_EXPR, read_until(b, UNTIL(";")));
    item.target = span_text(b, target);
    if (!item.text)
        fail(b, "an expression");
    add_item(b, out, &item);
    expect_semicolon(b);
}

// --- blocks -----------------------------------------------------------------------------------------------------

static void take_label(struct body *b)
{
    b->label = NULL;
    if (!take_sign(b, "<<"))
        return;
    b->label = token_name(b, &b->token);
    advance(b);
    if (!take_sign(b, ">>"))
        fail(b, "\">>\"");
}

// [NO] SCROLL CURSOR [(arguments)] IS|FOR query, behind the name.
static bool cursor_declaration(struct body *b, struct lc_body_item *item)
{
    struct body start = *b;

    (void)take_word(b, "no");
    (void)take_word(b, "scroll");
    if (!take_word(b, "cursor")) {
        *b = start;
        return false;
    }
    (void)read_until(b, UNTIL("for", "is"));
    advance(b);
    item->type = "refcursor";
    (void)lc_map_put(&b->cursors, item->target, (void *)(uintptr_t)query_in(b, read_until(b, UNTIL(";"))).text);
    return true;
}

// name ALIAS FOR variable, or [CONSTANT] type [COLLATE x] [NOT NULL] [:= | = | DEFAULT expression] ; the default is evaluated when the block is entered.
static void variable_declaration(struct body *b, struct lc_body_item *item)
{
    if (take_word(b, "alias")) {
        expect_word(b, "for");
        item->text = expression(b, LC_BODY_DECLARE, read_until(b, UNTIL(";"))).text;
        return;
    }
    (void)take_word(b, "constant");
    item->type = span_text(b, read_until(b, UNTIL(":", "=", "default", "not", "collate", ";")));
    (void)read_until(b, UNTIL(":", "=", "default", ";"));
    if (take_sign(b, ":=") || take_sign(b, "=") || take_word(b, "default"))
        item->text = expression(b, LC_BODY_DECLARE, read_until(b, UNTIL(";"))).text;
}

static void declaration(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_DECLARE, .target = token_name(b, &b->token), .line = line_of(b, b->token.start)};

    advance(b);
    if (!cursor_declaration(b, &item))
        variable_declaration(b, &item);
    add_item(b, out, &item);
    expect_semicolon(b);
}

static void declarations(struct body *b, item_list *out)
{
    while (take_word(b, "declare"))
        while (!at_end(b) && !at_word(b, "begin") && !at_word(b, "declare"))
            declaration(b, out);
}

// EXCEPTION WHEN conditions THEN statements ... : the handlers stand beside the block, because they run after it was rolled back.
static void handlers(struct body *b, item_list *out)
{
    while (at_word(b, "when")) {
        struct lc_body_item item = {.kind = LC_BODY_HANDLER, .line = line_of(b, b->token.start)};
        item_list children = {0};

        advance(b);
        item.text = lower(b, read_until(b, UNTIL("then")));
        expect_word(b, "then");
        statements(b, &children);
        add_group(b, out, item, &children);
    }
}

// From the label or DECLARE to END [label].
static void block(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_BLOCK};
    item_list children = {0};

    declarations(b, out);
    item.line = line_of(b, b->token.start);
    expect_word(b, "begin");
    statements(b, &children);
    if (take_word(b, "exception")) {
        add_group(b, out, item, &children);
        handlers(b, out);
    } else {
        for (int i = 0; i < children.len; i++)
            LC_PUSH(b->arena, out, children.items[i]);
    }
    expect_word(b, "end");
    optional_label(b);
}

// A block in a block. Without variables and label it is not a scope of its own.
static void block_statement(struct body *b, item_list *out)
{
    struct lc_body_item scope = {.kind = LC_BODY_SCOPE, .label = b->label, .line = line_of(b, b->token.start)};
    bool declares = at_word(b, "declare") || b->label;
    item_list children = {0};

    block(b, declares ? &children : out);
    if (declares)
        add_group(b, out, scope, &children);
    expect_semicolon(b);
}

typedef void (*statement_parser)(struct body *b, item_list *out);

static const struct {
    const char *word;
    statement_parser parse;
} statement_words[] = {
    {"if", if_statement},           {"case", case_statement},       {"loop", loop_statement},     {"while", while_statement},
    {"for", for_statement},         {"foreach", foreach_statement}, {"exit", exit_statement},     {"continue", exit_statement},
    {"return", return_statement},   {"raise", raise_statement},     {"assert", assert_statement}, {"execute", execute},
    {"perform", perform},           {"open", open_statement},       {"fetch", fetch_statement},   {"move", fetch_statement},
    {"close", skip_statement},      {"get", get_statement},         {"null", skip_statement},     {"commit", commit_statement},
    {"rollback", commit_statement}, {"declare", block_statement},   {"begin", block_statement},
};

// A word that could begin a statement is a variable when an assignment follows (plpgsql_yylex), unless it is reserved.
static bool is_reserved(const struct body *b)
{
    return is_one_of(b, UNTIL("begin", "case", "declare", "execute", "for", "foreach", "if", "loop", "null", "while"));
}

static void statement(struct body *b, item_list *out)
{
    take_label(b);
    if (!is_reserved(b) && is_assignment(b)) {
        assignment(b, out);
        return;
    }
    for (size_t i = 0; i < sizeof statement_words / sizeof *statement_words; i++)
        if (at_word(b, statement_words[i].word)) {
            statement_words[i].parse(b, out);
            return;
        }
    sql_statement(b, out);
}

static void statements(struct body *b, item_list *out)
{
    nest(b);
    while (!at_end(b) && !is_one_of(b, UNTIL("end", "exception", "else", "elsif", "elseif", "when")))
        statement(b, out);
    b->depth--;
}

// "#variable_conflict use_column" and the like, one in a line, before the first block.
static void skip_options(struct body *b)
{
    while (at_sign(b, "#")) {
        const char *newline = memchr(b->text + b->token.start, '\n', b->len - b->token.start);
        go_to(b, newline ? (size_t)(newline - b->text) : b->len);
    }
}

enum lc_code lc_body_parse(struct lc_arena *arena, const char *text, struct lc_body_item *body, struct lc_error *err)
{
    struct body b = {.arena = arena, .text = text, .len = strlen(text), .line = 1, .err = err};
    item_list children = {0};
    const char *label;

    lc_map_init(&b.cursors, arena);
    go_to(&b, 0);
    skip_options(&b);
    take_label(&b);
    label = b.label;
    block(&b, &children);
    (void)take_sign(&b, ";");
    if (!at_end(&b))
        fail(&b, "the end of the body");
    *body =
        (struct lc_body_item){.kind = LC_BODY_BLOCK, .label = label, .line = 1, .children = children.items, .len = children.len};
    return b.failed ? LC_E_INPUT : LC_OK;
}
