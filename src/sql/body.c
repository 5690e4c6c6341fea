// PL/pgSQL bodies: a parser after src/pl/plpgsql/src/pl_gram.y.
//
// PL/pgSQL reads SQL and expressions as runs of tokens up to a closing word at parenthesis depth 0 (read_sql_construct), and so does
// this. It is our own because libpg_query's refuses bodies whose variables have types that it cannot look up, and in some
// versions answers with broken JSON.
#include <string.h>

#include "base/str.h"
#include "sql/body.h"
#include "sql/body_read.h"
#include "sql/split.h"

static void statements(struct body *b, item_list *out);

// --- SQL and EXECUTE --------------------------------------------------------------------------------------------

// From behind INTO to behind the names of its variables (read_into_target), names with commas and dots between. Their text.
static const char *read_targets(struct body *b)
{
    struct span span;

    (void)body_take_word(b, "strict");
    span.start = span.end = b->token.start;
    do {
        do {
            span.end = b->token.start + b->token.len;
            body_advance(b);
        } while (body_take_sign(b, "."));
    } while (body_take_sign(b, ","));
    return body_span_text(b, span);
}

// Not every INTO names variables (make_execsql_stmt).
static bool is_into(const struct body *b, const struct lc_token *first, const struct lc_token *previous)
{
    return body_at_word(b, "into") && !lc_token_is(b->text, previous, "insert") && !lc_token_is(b->text, previous, "merge") &&
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
    struct lc_body_item item = {.kind = LC_BODY_SQL, .line = body_line_of(b, b->token.start)};
    struct span span = {b->token.start, b->token.start};
    struct lc_str s;

    lc_str_init(&s, b->arena, LC_STR_MAX);
    while (b->token.start < end && !body_at_end(b)) {
        if (is_into(b, &first, &previous)) {
            add_part(b, &s, span);
            body_advance(b);
            item.target = read_targets(b);
            span.start = span.end = b->token.start;
        } else {
            previous = b->token;
            span.end = b->token.start + b->token.len;
            body_advance(b);
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
    bool known = b->token.kind == LC_TOKEN_WORD || body_at_sign(b, "(");
    struct lc_body_item item = read_sql(b, piece.start + piece.len);

    if (!known)
        item.kind = LC_BODY_UNKNOWN;
    body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

// The query that `span` holds, which has been read over.
static struct lc_body_item query_in(struct body *b, struct span span)
{
    struct body again = *b;

    if (span.end == span.start)
        body_fail(b, "a query");
    body_go_to(&again, span.start);
    return read_sql(&again, span.end);
}

static void read_query(struct body *b, item_list *out, const char *const *stops)
{
    struct lc_body_item item = query_in(b, body_read_until(b, stops));

    body_add_item(b, out, &item);
}

// EXECUTE expression [INTO targets] [USING expressions], from behind EXECUTE up to `stop`. The expressions of USING go to `out`.
static struct lc_body_item read_dynamic(struct body *b, item_list *out, const char *stop)
{
    struct lc_body_item item = body_expression(b, LC_BODY_DYNAMIC, body_read_until(b, UNTIL("into", "using", stop, ";")));

    while (!body_at_end(b) && (body_at_word(b, "into") || body_at_word(b, "using"))) {
        if (body_take_word(b, "into")) {
            item.target = read_targets(b);
            continue;
        }
        body_advance(b);
        do
            body_read_expression(b, out, UNTIL(",", "into", stop, ";"));
        while (body_take_sign(b, ","));
    }
    return item;
}

static void add_dynamic(struct body *b, item_list *out)
{
    struct lc_body_item item = read_dynamic(b, out, ";");

    body_add_item(b, out, &item);
}

static void execute(struct body *b, item_list *out)
{
    body_advance(b);
    add_dynamic(b, out);
    body_expect_semicolon(b);
}

static void perform(struct body *b, item_list *out)
{
    int before = out->len;

    body_advance(b);
    body_read_expression(b, out, UNTIL(";"));
    if (out->len > before)
        out->items[before].type = "perform";
    body_expect_semicolon(b);
}

// --- control structures -----------------------------------------------------------------------------------------

// From IF, ELSIF or ELSEIF to END; an ELSIF is an IF in the other arm.
static void if_arms(struct body *b, item_list *out)
{
    item_list then = {0}, otherwise = {0};
    struct lc_body_item item;

    body_advance(b);
    item = body_expression(b, LC_BODY_IF, body_read_until(b, UNTIL("then")));
    body_expect_word(b, "then");
    statements(b, &then);
    if (body_at_word(b, "elsif") || body_at_word(b, "elseif")) {
        body_nest(b);
        if_arms(b, &otherwise);
        b->depth--;
    } else if (body_take_word(b, "else")) {
        statements(b, &otherwise);
    }
    item.otherwise = otherwise.items;
    item.notherwise = otherwise.len;
    body_add_group(b, out, item, &then);
}

static void if_statement(struct body *b, item_list *out)
{
    if_arms(b, out);
    body_expect_word(b, "end");
    body_expect_word(b, "if");
    body_expect_semicolon(b);
}

// What no WHEN takes: ELSE, or the error of exec_stmt_case (pl_exec.c).
static void case_rest(struct body *b, item_list *out)
{
    struct lc_body_item none = {.kind = LC_BODY_RAISE, .text = "case_not_found", .line = body_line_of(b, b->token.start)};

    if (body_take_word(b, "else"))
        statements(b, out);
    else
        body_add_item(b, out, &none);
}

// From WHEN to END CASE; the next WHEN is an IF in the other arm. subject NULL: the conditions stand alone.
static void case_arms(struct body *b, item_list *out, const char *subject)
{
    item_list then = {0}, otherwise = {0};
    struct lc_body_item item;
    struct span span;

    body_expect_word(b, "when");
    span = body_read_until(b, UNTIL("then"));
    item = body_expression(b, LC_BODY_IF, span);
    if (subject && item.text)
        item.text = lc_printf(b->arena, "(%s) IN (%s)", subject, body_span_text(b, span));
    body_expect_word(b, "then");
    statements(b, &then);
    body_nest(b);
    if (body_at_word(b, "when"))
        case_arms(b, &otherwise, subject);
    else
        case_rest(b, &otherwise);
    b->depth--;
    item.otherwise = otherwise.items;
    item.notherwise = otherwise.len;
    body_add_group(b, out, item, &then);
}

static void case_statement(struct body *b, item_list *out)
{
    struct lc_body_item subject;

    body_advance(b);
    subject = body_expression(b, LC_BODY_EXPR, body_read_until(b, UNTIL("when")));
    if (subject.text)
        body_add_item(b, out, &subject);
    case_arms(b, out, subject.text);
    body_expect_word(b, "end");
    body_expect_word(b, "case");
    body_expect_semicolon(b);
}

static void optional_label(struct body *b)
{
    if (!body_at_sign(b, ";") && !body_at_end(b))
        body_advance(b);
}

// LOOP statements END LOOP [label] ; `first`: what every round begins with.
static void loop_body(struct body *b, item_list *out, struct lc_body_item loop, item_list first)
{
    body_expect_word(b, "loop");
    statements(b, &first);
    body_add_group(b, out, loop, &first);
    body_expect_word(b, "end");
    body_expect_word(b, "loop");
    optional_label(b);
    body_expect_semicolon(b);
}

static void loop_statement(struct body *b, item_list *out)
{
    loop_body(b, out, (struct lc_body_item){.kind = LC_BODY_LOOP, .label = b->label, .line = body_line_of(b, b->token.start)},
              (item_list){0});
}

static void while_statement(struct body *b, item_list *out)
{
    struct lc_body_item loop = {.kind = LC_BODY_LOOP, .label = b->label, .line = body_line_of(b, b->token.start)}, until;
    item_list first = {0};

    body_advance(b);
    until = body_expression(b, LC_BODY_EXIT, body_read_until(b, UNTIL("loop")));
    if (until.text) {
        until.type = "exit";
        until.text = lc_printf(b->arena, "(%s) IS NOT TRUE", until.text);
        body_add_item(b, &first, &until);
    }
    loop_body(b, out, loop, first);
}

// The arguments of a cursor, in parentheses: values, or name := value.
static void cursor_arguments(struct body *b, item_list *out)
{
    if (!body_take_sign(b, "("))
        return;
    do {
        struct body ahead = *b;

        body_advance(&ahead);
        if (body_take_sign(&ahead, ":=") || body_take_sign(&ahead, "=>"))
            *b = ahead;
        body_read_expression(b, out, UNTIL(",", ")"));
    } while (body_take_sign(b, ","));
    if (!body_take_sign(b, ")"))
        body_fail(b, "\")\"");
}

// A cursor's query is run where the cursor is opened. NULL when the next token is not the name of one that was declared with a query.
static const char *bound_cursor(struct body *b, item_list *out)
{
    bool named = b->token.kind == LC_TOKEN_WORD || b->token.kind == LC_TOKEN_QUOTED;
    const char *query = named ? lc_map_get(&b->cursors, body_token_name(b, &b->token)) : NULL;

    if (query) {
        body_advance(b);
        cursor_arguments(b, out);
    }
    return query;
}

static const char *bound(struct body *b, item_list *out, const char *const *stops)
{
    int before = out->len;

    body_read_expression(b, out, stops);
    return out->len > before ? out->items[out->len - 1].text : NULL;
}

// [REVERSE] from .. to [BY step], or a query, which becomes the loop's text.
static void for_range_or_query(struct body *b, item_list *out, struct lc_body_item *loop)
{
    struct body start = *b;
    const char *from, *to, *step = NULL;
    bool reverse;

    (void)body_take_word(b, "reverse");
    (void)body_read_until(b, UNTIL("..", "loop"));
    if (!body_at_sign(b, "..")) {
        *b = start; // a query may be about something that is called reverse
        loop->text = query_in(b, body_read_until(b, UNTIL("loop"))).text;
        return;
    }
    *b = start;
    reverse = body_take_word(b, "reverse");
    from = bound(b, out, UNTIL(".."));
    (void)body_take_sign(b, "..");
    to = bound(b, out, UNTIL("by", "loop"));
    if (body_take_word(b, "by"))
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
    struct lc_body_item loop = {.kind = LC_BODY_LOOP, .label = b->label, .line = body_line_of(b, b->token.start)};

    body_advance(b);
    loop.target = body_span_text(b, body_read_until(b, UNTIL("in")));
    body_expect_word(b, "in");
    if (body_take_word(b, "execute")) {
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
    struct lc_body_item loop = {.kind = LC_BODY_LOOP, .label = b->label, .line = body_line_of(b, b->token.start)};

    body_advance(b);
    loop.target = body_span_text(b, body_read_until(b, UNTIL("slice", "in")));
    loop.type = body_at_word(b, "slice") ? "slice" : NULL;
    (void)body_read_until(b, UNTIL("in"));
    body_expect_word(b, "in");
    body_expect_word(b, "array");
    loop.text = body_expression(b, LC_BODY_EXPR, body_read_until(b, UNTIL("loop"))).text;
    loop_body(b, out, loop, (item_list){0});
}

// EXIT and CONTINUE [label] [WHEN condition]
static void exit_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {
        .kind = LC_BODY_EXIT, .type = body_at_word(b, "exit") ? "exit" : "continue", .line = body_line_of(b, b->token.start)};

    body_advance(b);
    if (!body_at_word(b, "when") && !body_at_sign(b, ";")) {
        item.label = body_token_name(b, &b->token);
        body_advance(b);
    }
    if (body_take_word(b, "when"))
        item.text = body_expression(b, LC_BODY_EXIT, body_read_until(b, UNTIL(";"))).text;
    body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

// --- the other statements ---------------------------------------------------------------------------------------

static void return_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_RETURN, .line = body_line_of(b, b->token.start)};

    body_advance(b);
    if (body_take_word(b, "query")) {
        if (body_take_word(b, "execute"))
            add_dynamic(b, out);
        else
            read_query(b, out, UNTIL(";"));
    } else if (body_take_word(b, "next")) {
        body_read_expression(b, out, UNTIL(";"));
    } else {
        item.text = body_expression(b, LC_BODY_RETURN, body_read_until(b, UNTIL(";"))).text;
        body_add_item(b, out, &item);
    }
    body_expect_semicolon(b);
}

// True when the level ends the transaction: EXCEPTION, or none.
static bool raise_level(struct body *b)
{
    static const char *const lower[] = {"debug", "log", "info", "notice", "warning", NULL};

    if (body_at_one_of(b, lower)) {
        body_advance(b);
        return false;
    }
    (void)body_take_word(b, "exception");
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

    if (body_take_word(b, "sqlstate"))
        condition = unquoted(b, &b->token);
    else if (b->token.kind == LC_TOKEN_WORD && !body_at_word(b, "using"))
        condition = body_token_name(b, &b->token);
    (void)body_read_until(b, UNTIL(",", "using", ";"));
    return condition;
}

// USING option = expression, ... : the constant of ERRCODE, if it is one, is the condition.
static void raise_options(struct body *b, item_list *out, const char **condition)
{
    do {
        bool errcode = body_at_word(b, "errcode");

        body_advance(b);
        if (!body_take_sign(b, ":="))
            (void)body_take_sign(b, "=");
        if (errcode && b->token.kind == LC_TOKEN_STRING)
            *condition = unquoted(b, &b->token);
        body_read_expression(b, out, UNTIL(",", ";"));
    } while (body_take_sign(b, ","));
}

// RAISE [level] ['format', values | condition | SQLSTATE 'x'] [USING option = value, ...]: the values are evaluated at any level.
static void raise_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_RAISE, .line = body_line_of(b, b->token.start)};
    bool error;

    body_advance(b);
    error = raise_level(b);
    item.type = body_at_sign(b, ";") ? "again" : NULL;
    item.text = raise_condition(b);
    while (body_take_sign(b, ","))
        body_read_expression(b, out, UNTIL(",", "using", ";"));
    if (body_take_word(b, "using"))
        raise_options(b, out, &item.text);
    if (error)
        body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

// ASSERT condition [, message]: the message is evaluated only where it fails.
static void assert_statement(struct body *b, item_list *out)
{
    struct lc_body_item item;

    body_advance(b);
    item = body_expression(b, LC_BODY_ASSERT, body_read_until(b, UNTIL(",", ";")));
    body_add_item(b, out, &item);
    (void)body_read_until(b, UNTIL(";"));
    body_expect_semicolon(b);
}

// OPEN cursor [(arguments)] or OPEN variable [[NO] SCROLL] FOR query | EXECUTE ...
static void open_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_SQL, .line = body_line_of(b, b->token.start)};

    body_advance(b);
    item.text = bound_cursor(b, out);
    if (item.text)
        body_add_item(b, out, &item);
    else
        (void)body_read_until(b, UNTIL("for", ";"));
    if (body_take_word(b, "for")) {
        if (body_take_word(b, "execute"))
            add_dynamic(b, out);
        else
            read_query(b, out, UNTIL(";"));
    }
    body_expect_semicolon(b);
}

// FETCH [direction FROM|IN] cursor INTO variables; MOVE has none.
static void fetch_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {
        .kind = LC_BODY_SET, .text = body_token_name(b, &b->token), .line = body_line_of(b, b->token.start)};

    (void)body_read_until(b, UNTIL("into", ";"));
    if (body_take_word(b, "into"))
        item.target = read_targets(b);
    body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

// GET [CURRENT|STACKED] DIAGNOSTICS variable = item, ...
static void get_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_SET, .text = "get diagnostics", .line = body_line_of(b, b->token.start)};

    while (!body_at_end(b) && !body_take_word(b, "diagnostics"))
        body_advance(b);
    do {
        const char *name = body_span_text(b, body_read_until(b, UNTIL(":", "=", ";")));

        item.target = item.target ? lc_printf(b->arena, "%s, %s", item.target, name) : name;
        (void)body_read_until(b, UNTIL(",", ";"));
    } while (body_take_sign(b, ","));
    body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

// CLOSE and NULL.
static void skip_statement(struct body *b, item_list *out)
{
    (void)out;
    (void)body_read_until(b, UNTIL(";"));
    body_expect_semicolon(b);
}

// COMMIT and ROLLBACK [AND [NO] CHAIN]
static void commit_statement(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = body_at_word(b, "commit") ? LC_BODY_COMMIT : LC_BODY_ROLLBACK,
                                .line = body_line_of(b, b->token.start)};

    body_add_item(b, out, &item);
    skip_statement(b, out);
}

// "name.field[1] := expression": the first token behind the path, when an assignment operator stands there.
static bool is_assignment(const struct body *b)
{
    struct body ahead = *b;
    int depth = 0;

    if (b->token.kind != LC_TOKEN_WORD && b->token.kind != LC_TOKEN_QUOTED && b->token.kind != LC_TOKEN_PARAM)
        return false;
    for (body_advance(&ahead); !body_at_end(&ahead); body_advance(&ahead)) {
        if (!depth && (body_at_sign(&ahead, ":=") || body_at_sign(&ahead, "=")))
            return true;
        if (!depth && body_take_sign(&ahead, "."))
            continue;
        if (!depth && !body_at_sign(&ahead, "["))
            return false;
        if (body_at_sign(&ahead, ";"))
            return false;
        depth += body_at_sign(&ahead, "[") - body_at_sign(&ahead, "]");
    }
    return false;
}

static void assignment(struct body *b, item_list *out)
{
    struct span target = {b->token.start, b->token.start};
    struct lc_body_item item;
    int depth = 0;

    for (; !body_at_end(b) && (depth || (!body_at_sign(b, ":=") && !body_at_sign(b, "="))); body_advance(b)) {
        depth += body_at_sign(b, "[") - body_at_sign(b, "]");
        target.end = b->token.start + b->token.len;
    }
    if (!body_take_sign(b, ":="))
        (void)body_take_sign(b, "=");
    item = body_expression(b, LC_BODY_EXPR, body_read_until(b, UNTIL(";")));
    item.target = body_span_text(b, target);
    if (!item.text)
        body_fail(b, "an expression");
    body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

// --- blocks -----------------------------------------------------------------------------------------------------

static void take_label(struct body *b)
{
    b->label = NULL;
    if (!body_take_sign(b, "<<"))
        return;
    b->label = body_token_name(b, &b->token);
    body_advance(b);
    if (!body_take_sign(b, ">>"))
        body_fail(b, "\">>\"");
}

// [NO] SCROLL CURSOR [(arguments)] IS|FOR query, behind the name.
static bool cursor_declaration(struct body *b, struct lc_body_item *item)
{
    struct body start = *b;

    (void)body_take_word(b, "no");
    (void)body_take_word(b, "scroll");
    if (!body_take_word(b, "cursor")) {
        *b = start;
        return false;
    }
    (void)body_read_until(b, UNTIL("for", "is"));
    body_advance(b);
    item->type = "refcursor";
    (void)lc_map_put(&b->cursors, item->target, (void *)(uintptr_t)query_in(b, body_read_until(b, UNTIL(";"))).text);
    return true;
}

// name ALIAS FOR variable, or [CONSTANT] type [COLLATE x] [NOT NULL] [:= | = | DEFAULT expression] ; the default is evaluated when the block is entered.
static void variable_declaration(struct body *b, struct lc_body_item *item)
{
    if (body_take_word(b, "alias")) {
        body_expect_word(b, "for");
        item->text = body_expression(b, LC_BODY_DECLARE, body_read_until(b, UNTIL(";"))).text;
        return;
    }
    (void)body_take_word(b, "constant");
    item->type = body_span_text(b, body_read_until(b, UNTIL(":", "=", "default", "not", "collate", ";")));
    (void)body_read_until(b, UNTIL(":", "=", "default", ";"));
    if (body_take_sign(b, ":=") || body_take_sign(b, "=") || body_take_word(b, "default"))
        item->text = body_expression(b, LC_BODY_DECLARE, body_read_until(b, UNTIL(";"))).text;
}

static void declaration(struct body *b, item_list *out)
{
    struct lc_body_item item = {
        .kind = LC_BODY_DECLARE, .target = body_token_name(b, &b->token), .line = body_line_of(b, b->token.start)};

    body_advance(b);
    if (!cursor_declaration(b, &item))
        variable_declaration(b, &item);
    body_add_item(b, out, &item);
    body_expect_semicolon(b);
}

static void declarations(struct body *b, item_list *out)
{
    while (body_take_word(b, "declare"))
        while (!body_at_end(b) && !body_at_word(b, "begin") && !body_at_word(b, "declare"))
            declaration(b, out);
}

// EXCEPTION WHEN conditions THEN statements ... : the handlers stand beside the block, because they run after it was rolled back.
static void handlers(struct body *b, item_list *out)
{
    while (body_at_word(b, "when")) {
        struct lc_body_item item = {.kind = LC_BODY_HANDLER, .line = body_line_of(b, b->token.start)};
        item_list children = {0};

        body_advance(b);
        item.text = body_lower(b, body_read_until(b, UNTIL("then")));
        body_expect_word(b, "then");
        statements(b, &children);
        body_add_group(b, out, item, &children);
    }
}

// From the label or DECLARE to END [label].
static void block(struct body *b, item_list *out)
{
    struct lc_body_item item = {.kind = LC_BODY_BLOCK};
    item_list children = {0};

    declarations(b, out);
    item.line = body_line_of(b, b->token.start);
    body_expect_word(b, "begin");
    statements(b, &children);
    if (body_take_word(b, "exception")) {
        body_add_group(b, out, item, &children);
        handlers(b, out);
    } else {
        for (int i = 0; i < children.len; i++)
            LC_PUSH(b->arena, out, children.items[i]);
    }
    body_expect_word(b, "end");
    optional_label(b);
}

// A block in a block. Without variables and label it is not a scope of its own.
static void block_statement(struct body *b, item_list *out)
{
    struct lc_body_item scope = {.kind = LC_BODY_SCOPE, .label = b->label, .line = body_line_of(b, b->token.start)};
    bool declares = body_at_word(b, "declare") || b->label;
    item_list children = {0};

    block(b, declares ? &children : out);
    if (declares)
        body_add_group(b, out, scope, &children);
    body_expect_semicolon(b);
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
    return body_at_one_of(b, UNTIL("begin", "case", "declare", "execute", "for", "foreach", "if", "loop", "null", "while"));
}

static void statement(struct body *b, item_list *out)
{
    take_label(b);
    if (!is_reserved(b) && is_assignment(b)) {
        assignment(b, out);
        return;
    }
    for (size_t i = 0; i < sizeof statement_words / sizeof *statement_words; i++)
        if (body_at_word(b, statement_words[i].word)) {
            statement_words[i].parse(b, out);
            return;
        }
    sql_statement(b, out);
}

static void statements(struct body *b, item_list *out)
{
    body_nest(b);
    while (!body_at_end(b) && !body_at_one_of(b, UNTIL("end", "exception", "else", "elsif", "elseif", "when")))
        statement(b, out);
    b->depth--;
}

// "#variable_conflict use_column" and the like, one in a line, before the first block.
static void skip_options(struct body *b)
{
    while (body_at_sign(b, "#")) {
        const char *newline = memchr(b->text + b->token.start, '\n', b->len - b->token.start);
        body_go_to(b, newline ? (size_t)(newline - b->text) : b->len);
    }
}

enum lc_code lc_body_parse(struct lc_arena *arena, const char *text, struct lc_body_item *body, struct lc_error *err)
{
    struct body b = {.arena = arena, .text = text, .len = strlen(text), .line = 1, .err = err};
    item_list children = {0};
    const char *label;

    lc_map_init(&b.cursors, arena);
    body_go_to(&b, 0);
    skip_options(&b);
    take_label(&b);
    label = b.label;
    block(&b, &children);
    (void)body_take_sign(&b, ";");
    if (!body_at_end(&b))
        body_fail(&b, "the end of the body");
    *body =
        (struct lc_body_item){.kind = LC_BODY_BLOCK, .label = label, .line = 1, .children = children.items, .len = children.len};
    return b.failed ? LC_E_INPUT : LC_OK;
}
