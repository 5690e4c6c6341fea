// What PostgreSQL's JDBC driver makes of a text before it sends it (pgjdbc org/postgresql/core/Parser.java parseJdbcSql).
#include "migration/jdbc.h"

#include <string.h>

#include "sql/lexer.h"

static bool is_operator(const char *text, const struct lc_token *t)
{
    return t->kind == LC_TOKEN_OTHER && strchr("+-*/<>=~!@#%^&|`?", text[t->start]);
}

// ?? in from..to becomes ?, and what is left moves to the end.
static void squeeze(char *text, size_t from, size_t to)
{
    size_t put = to;

    for (size_t i = to; i > from; i--) {
        char c = text[i - 1];
        if (c == '?' && i - 1 > from && text[i - 2] == '?')
            i--;
        text[--put] = c;
    }
    memset(text + from, ' ', put - from);
}

void jdbc_operators(char *text, size_t size)
{
    size_t run = 0;

    if (!memmem(text, size, "??", 2))
        return;
    for (struct lc_token t = lc_lex(text, size, 0); t.kind != LC_TOKEN_END; t = lc_lex(text, size, t.start + t.len)) {
        if (is_operator(text, &t))
            continue;
        squeeze(text, run, t.start);
        run = t.start + t.len;
    }
}
