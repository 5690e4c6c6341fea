// From CREATE FUNCTION, CREATE PROCEDURE or DO to the text of their body.
#include <string.h>

#include "base/str.h"
#include "sql/body.h"

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
