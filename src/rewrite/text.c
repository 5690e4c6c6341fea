// Cutting SQL texts: lists at their commas, a clause at its keyword, one column's name for another's.
#include "rewrite/text.h"

#include <string.h>

#include "base/str.h"
#include "sql/lexer.h"

struct edit {
    size_t at, len;
};
struct edits LC_ARRAY(struct edit);

static bool is_char(const char *text, const struct lc_token *t, char c)
{
    return t->kind == LC_TOKEN_OTHER && text[t->start] == c;
}

static int depth_of(const char *text, const struct lc_token *t)
{
    if (t->kind != LC_TOKEN_OTHER)
        return 0;
    return text[t->start] == '(' || text[t->start] == '[' ? 1 : text[t->start] == ')' || text[t->start] == ']' ? -1 : 0;
}

size_t rw_name_end(const char *text, size_t at)
{
    size_t len = strlen(text);
    struct lc_token t = lc_lex_word(text, len, at), dot;

    for (;;) {
        dot = lc_lex_word(text, len, t.start + t.len);
        if (!is_char(text, &dot, '.'))
            break;
        t = lc_lex_word(text, len, dot.start + dot.len);
    }
    return is_char(text, &dot, '*') ? dot.start + dot.len : t.start + t.len;
}

const char *rw_cut(struct lc_arena *arena, const char *text, size_t from, size_t to)
{
    struct lc_token t = lc_lex_word(text, to, from);
    size_t start = t.start, end = start;

    for (; t.kind != LC_TOKEN_END; t = lc_lex_word(text, to, t.start + t.len))
        end = t.start + t.len;
    return lc_strndup(arena, text + start, end - start);
}

void rw_split_list(struct lc_arena *arena, const char *text, size_t at, struct rw_texts *out)
{
    size_t len = strlen(text), start = at;
    int depth = 0;

    for (struct lc_token t = lc_lex_word(text, len, at); t.kind != LC_TOKEN_END; t = lc_lex_word(text, len, t.start + t.len)) {
        depth += depth_of(text, &t);
        if (depth == 0 && is_char(text, &t, ',')) {
            LC_PUSH(arena, out, rw_cut(arena, text, start, t.start));
            start = t.start + 1;
        }
    }
    LC_PUSH(arena, out, rw_cut(arena, text, start, len));
}

size_t rw_find_keyword(const char *text, size_t at, const char *word)
{
    size_t len = strlen(text);
    int depth = 0;

    for (struct lc_token t = lc_lex_word(text, len, at); t.kind != LC_TOKEN_END; t = lc_lex_word(text, len, t.start + t.len)) {
        depth += depth_of(text, &t);
        if (depth == 0 && lc_token_is(text, &t, word))
            return t.start;
    }
    return len;
}

// --- a column's name ----------------------------------------------------------------------------------------------------------------

static void push_edit(struct lc_arena *arena, struct edits *edits, size_t at, size_t len)
{
    struct edit e = {at, len};
    int i = edits->len;

    LC_PUSH(arena, edits, e);
    for (; i > 0 && edits->items[i - 1].at > at; i--) {
        edits->items[i] = edits->items[i - 1];
        edits->items[i - 1] = e;
    }
}

static const char *apply_edits(struct lc_arena *arena, const char *text, const struct edits *edits, const char *to)
{
    struct lc_str s;
    size_t at = 0;

    lc_str_init(&s, arena, LC_STR_MAX);
    for (int i = 0; i < edits->len; i++) {
        lc_str_addn(&s, text + at, edits->items[i].at - at);
        lc_str_add(&s, lc_quote_ident(arena, to));
        at = edits->items[i].at + edits->items[i].len;
    }
    lc_str_add(&s, text + at);
    return s.text;
}

struct refs {
    struct lc_arena *arena;
    const char *text, *column;
    struct edits *edits;
};

// A column reference: its last name is replaced, whatever qualifies it.
static bool visit_ref(const Node *node, void *context)
{
    struct refs *r = context;
    const ColumnRef *ref = AS(ColumnRef, node);
    size_t len = strlen(r->text);
    struct lc_token t;

    if (!ref || !ref->fields.length || !lc_streq(list_last_name(&ref->fields), r->column))
        return true;
    t = lc_lex_word(r->text, len, (size_t)ref->location);
    for (int i = 1; i < ref->fields.length; i++) {
        t = lc_lex_word(r->text, len, t.start + t.len);
        t = lc_lex_word(r->text, len, t.start + t.len);
    }
    push_edit(r->arena, r->edits, t.start, t.len);
    return true;
}

// The first token of each element of the parenthesised list that starts at `open`; where the list ends.
static size_t list_tokens(struct lc_arena *arena, const char *text, size_t open, struct edits *out)
{
    size_t len = strlen(text);
    struct lc_token t = lc_lex_word(text, len, open);
    int depth = 0;
    bool first = false;

    for (; t.kind != LC_TOKEN_END; t = lc_lex_word(text, len, t.start + t.len)) {
        if (first)
            LC_PUSH(arena, out, (struct edit){t.start, t.len});
        depth += depth_of(text, &t);
        first = depth == 1 && (is_char(text, &t, ',') || (is_char(text, &t, '(') && out->len == 0));
        if (depth == 0)
            return t.start + t.len;
    }
    return len;
}

static size_t find_open(const char *text, size_t at)
{
    size_t len = strlen(text);
    struct lc_token t = lc_lex_word(text, len, at);

    while (t.kind != LC_TOKEN_END && !is_char(text, &t, '('))
        t = lc_lex_word(text, len, t.start + t.len);
    return t.start;
}

// Replaces the elements of a list of IndexElem that are the column.
static size_t edit_elements(const struct refs *r, const NodeList *elems, size_t open)
{
    struct edits first = {0};
    size_t end = list_tokens(r->arena, r->text, open, &first);

    for (LIST_EACH(i, elems)) {
        const IndexElem *e = LIST_GET(IndexElem, elems, i);
        if (e && e->name && lc_streq(e->name, r->column) && i < first.len)
            push_edit(r->arena, r->edits, first.items[i].at, first.items[i].len);
    }
    return end;
}

static void walk_elements(struct refs *r, const NodeList *elems)
{
    for (LIST_EACH(i, elems)) {
        const IndexElem *e = LIST_GET(IndexElem, elems, i);
        if (e)
            node_walk(e->expr, visit_ref, r);
    }
}

const char *rw_index_with_column(struct lc_arena *arena, const char *def, const char *from, const char *to, const char *name)
{
    const IndexStmt *stmt = AS(IndexStmt, lc_sql_parse_one(arena, def, NULL));
    struct edits edits = {0};
    struct refs r = {arena, def, from, &edits};
    const char *text;
    size_t at;

    if (!stmt)
        return NULL;
    at = edit_elements(&r, &stmt->indexParams, find_open(def, rw_name_end(def, (size_t)stmt->relation->location)));
    if (stmt->indexIncludingParams.length)
        (void)edit_elements(&r, &stmt->indexIncludingParams, find_open(def, at));
    walk_elements(&r, &stmt->indexParams);
    node_walk(stmt->whereClause, visit_ref, &r);
    text = apply_edits(arena, def, &edits, to);
    if (!name)
        return text;
    return lc_printf(arena, "CREATE %sINDEX CONCURRENTLY %s ON %s%s", stmt->unique ? "UNIQUE " : "", lc_quote_ident(arena, name),
                     stmt->relation->inh ? "" : "ONLY ", text + stmt->relation->location);
}

const char *rw_check_with_column(struct lc_arena *arena, const char *def, const char *from, const char *to)
{
    static const char head[] = "ALTER TABLE t ADD ";
    const char *text = lc_printf(arena, "%s%s", head, def);
    const AlterTableStmt *stmt = AS(AlterTableStmt, lc_sql_parse_one(arena, text, NULL));
    const AlterTableCmd *cmd = stmt ? LIST_GET(AlterTableCmd, &stmt->cmds, 0) : NULL;
    const Constraint *con = cmd ? AS(Constraint, cmd->def) : NULL;
    struct edits edits = {0};
    struct refs r = {arena, text, from, &edits};

    if (!con)
        return NULL;
    node_walk(con->raw_expr, visit_ref, &r);
    return apply_edits(arena, text, &edits, to) + strlen(head);
}

const char *rw_foreign_key_with_column(struct lc_arena *arena, const char *def, bool referenced, const char *from, const char *to)
{
    struct edits tokens = {0}, edits = {0};
    size_t open = find_open(def, 0);
    size_t end = list_tokens(arena, def, open, &tokens);

    if (referenced) {
        tokens = (struct edits){0};
        (void)list_tokens(arena, def, find_open(def, end), &tokens);
    }
    for (int i = 0; i < tokens.len; i++) {
        const char *word = lc_strndup(arena, def + tokens.items[i].at, tokens.items[i].len);
        if (lc_streq(word, lc_quote_ident(arena, from)))
            push_edit(arena, &edits, tokens.items[i].at, tokens.items[i].len);
    }
    return edits.len ? apply_edits(arena, def, &edits, to) : NULL;
}

// --- quotes and comments ----------------------------------------------------------------------------------------------------------------

const char *rw_dollar(struct lc_arena *arena, const char *text)
{
    const char *tag = "$lockcast";

    for (int i = 1; strstr(text, tag); i++)
        tag = lc_printf(arena, "$lockcast%d", i);
    return lc_printf(arena, "%s$", tag);
}

const char *rw_comment(struct lc_arena *arena, const char *text)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\r\n"); // either ends a comment (scan.l)
        lc_str_add(&s, "-- ");
        lc_str_addn(&s, p, n);
        lc_str_addc(&s, '\n');
        p += n + (p[n] != '\0');
    }
    return s.text;
}
