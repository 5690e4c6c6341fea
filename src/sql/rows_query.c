// Which rows a statement is about: the query of those that an UPDATE or DELETE would change (the same tables and the same condition, without the
// change), and its WHERE alone.
#include <string.h>

#include "base/str.h"
#include "sql/lexer.h"
#include "sql/sql.h"

struct clauses { // offsets of the depth-0 keywords; len where there is none
    size_t verb, verb_end, set, from, from_end, where, returning, len;
};

static bool is_word(const char *text, const struct lc_token *t, const char *word)
{
    return t->kind == LC_TOKEN_WORD && lc_token_is(text, t, word);
}

// UPDATE has SET and perhaps FROM, DELETE has FROM at once and perhaps USING. Only words outside of parentheses count; the FROM of
// IS DISTINCT FROM is none.
static void note(const char *text, const struct lc_token *t, const struct lc_token *before, bool update, struct clauses *c)
{
    bool list =
        update ? is_word(text, t, "from") && c->set < c->len && !is_word(text, before, "distinct") : is_word(text, t, "using");

    if (c->verb == c->len && is_word(text, t, update ? "update" : "delete")) {
        c->verb = t->start;
        c->verb_end = t->start + t->len;
    } else if (c->verb == c->len || c->returning < c->len) {
        return;
    } else if (is_word(text, t, "returning")) {
        c->returning = t->start;
    } else if (c->where < c->len) {
        return;
    } else if (is_word(text, t, "where")) {
        c->where = t->start;
    } else if (update && c->set == c->len && is_word(text, t, "set")) {
        c->set = t->start;
    } else if (!update && c->verb_end == c->verb + 6 && is_word(text, t, "from")) {
        c->verb_end = t->start + t->len;
    } else if (list && c->from == c->len) {
        c->from = t->start;
        c->from_end = t->start + t->len;
    }
}

struct walk { // over the words outside of parentheses
    const char *text;
    size_t len, at;
    int depth;
    struct lc_token token, before;
};

static bool next_word(struct walk *w)
{
    while (w->at < w->len) {
        struct lc_token t = lc_lex_word(w->text, w->len, w->at);
        if (t.kind == LC_TOKEN_END)
            return false;
        w->before = w->token;
        w->token = t;
        w->at = t.start + t.len;
        if (t.kind == LC_TOKEN_OTHER)
            w->depth += w->text[t.start] == '(' ? 1 : w->text[t.start] == ')' ? -1 : 0;
        else if (w->depth == 0)
            return true;
    }
    return false;
}

static struct clauses find_clauses(const char *text, size_t len, bool update)
{
    struct clauses c = {len, len, len, len, len, len, len, len};
    struct walk w = {.text = text, .len = len};

    while (next_word(&w))
        note(text, &w.token, &w.before, update, &c);
    return c;
}

static size_t least(size_t a, size_t b, size_t c)
{
    a = a < b ? a : b;
    return a < c ? a : c;
}

const char *lc_sql_rows_query(struct lc_arena *arena, const char *text)
{
    struct lc_error ignored;
    const Node *tree = lc_sql_parse_one(arena, text, &ignored);
    bool update = IsA(tree, UpdateStmt);
    size_t len = tree ? strlen(text) : 0;
    struct clauses c = find_clauses(text, len, update);
    struct lc_str out;

    if (!(update || IsA(tree, DeleteStmt)) || c.verb == len || (update && c.set == len))
        return NULL;
    lc_str_init(&out, arena, LC_SQL_MAX_BYTES);
    lc_str_addn(&out, text, c.verb); // WITH ...
    lc_str_add(&out, "SELECT * FROM");
    size_t table_end = update ? c.set : least(c.from, c.where, c.returning);
    lc_str_addn(&out, text + c.verb_end, table_end - c.verb_end);
    if (c.from < len) {
        lc_str_add(&out, ",");
        lc_str_addn(&out, text + c.from_end, least(c.where, c.returning, len) - c.from_end);
    }
    lc_str_add(&out, "\n"); // a comment may end the part before
    lc_str_addn(&out, text + c.where, c.returning > c.where ? c.returning - c.where : 0);
    tree = lc_sql_parse_one(arena, out.text, &ignored);
    return IsA(tree, SelectStmt) ? out.text : NULL;
}

const char *lc_sql_where(const char *text)
{
    struct walk w = {.text = text, .len = text ? strlen(text) : 0};

    while (next_word(&w))
        if (is_word(text, &w.token, "where"))
            return text + w.token.start;
    return NULL;
}
