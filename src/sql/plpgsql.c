// From CREATE FUNCTION, CREATE PROCEDURE or DO to the text of their body, and to the names that it may declare.
#include <string.h>

#include "base/str.h"
#include "sql/body.h"
#include "sql/lexer.h"

struct routine {
    const char *language, *source;
};

// AS is a string for DO, and a list of one string for CREATE FUNCTION (two name a C function's library and symbol).
static const char *source_of(const Node *as)
{
    const List *list = AS(List, as);

    if (list)
        return list->items.length == 1 ? node_string(list->items.items[0]) : NULL;
    return node_string(as);
}

static void read_options(const NodeList *options, struct routine *routine)
{
    for (LIST_EACH(i, options)) {
        const DefElem *option = LIST_GET(DefElem, options, i);

        if (option && lc_streq(option->defname, "language"))
            routine->language = node_string(option->arg);
        else if (option && lc_streq(option->defname, "as"))
            routine->source = source_of(option->arg);
    }
}

enum lc_code lc_plpgsql_parse(struct lc_arena *arena, const char *create_function, struct lc_body_item *body,
                              struct lc_error *err)
{
    const Node *tree = lc_sql_parse_one(arena, create_function, err);
    struct routine routine = {0};

    memset(body, 0, sizeof *body);
    if (!tree)
        return LC_E_INPUT;
    if (IsA(tree, DoStmt)) {
        routine.language = "plpgsql"; // ExecuteDoStmt's default
        read_options(&AS(DoStmt, tree)->args, &routine);
    } else if (IsA(tree, CreateFunctionStmt)) {
        read_options(&AS(CreateFunctionStmt, tree)->options, &routine);
    } else {
        return lc_fail(err, LC_E_INPUT, "neither a function nor a DO statement");
    }
    if (!routine.language || !lc_strieq(routine.language, "plpgsql") || !routine.source)
        return lc_fail(err, LC_E_INPUT, "the language of the body is not plpgsql but %s",
                       routine.language ? routine.language : "sql");
    return lc_body_parse(arena, routine.source, body, err);
}

static bool is_name(const char *text, const struct lc_token *t, const char *name)
{
    if (t->kind == LC_TOKEN_QUOTED)
        return t->len == strlen(name) + 2 && strncmp(text + t->start + 1, name, t->len - 2) == 0;
    return t->kind == LC_TOKEN_WORD && lc_token_is(text, t, name);
}

static bool is_sign(const char *text, const struct lc_token *t, char sign)
{
    return t->kind == LC_TOKEN_OTHER && text[t->start] == sign;
}

// How much of the token is passed over: of a string that holds the body, its opening quote.
static size_t step(const char *text, const struct lc_token *t, const struct lc_token *last)
{
    if (t->kind == LC_TOKEN_DOLLAR)
        return lc_dollar_inside(text, t).start - t->start;
    if (t->kind == LC_TOKEN_STRING && lc_token_is(text, last, "as"))
        return (size_t)(strchr(text + t->start, '\'') + 1 - (text + t->start));
    return t->len;
}

// Every word up to the first BEGIN and from a second DECLARE on may be such a name, and what follows FOR, FOREACH or <<.
bool lc_plpgsql_may_declare(const char *create_function, const char *name)
{
    const char *text = create_function;
    size_t len = strlen(text);
    struct lc_token t = lc_lex_word(text, len, 0), last = {0};
    bool header = true, next = false;

    while (t.kind != LC_TOKEN_END) {
        if ((header || next) && is_name(text, &t, name))
            return true;
        if (lc_token_is(text, &t, "begin") || lc_token_is(text, &t, "declare"))
            header = lc_token_is(text, &t, "declare");
        next = lc_token_is(text, &t, "for") || lc_token_is(text, &t, "foreach") ||
               (is_sign(text, &t, '<') && is_sign(text, &last, '<'));
        size_t at = t.start + step(text, &t, &last);
        last = t;
        t = lc_lex_word(text, len, at);
    }
    return false;
}
