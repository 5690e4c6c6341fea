// Scripts, statements and expressions to trees.
#include <pg_query.h>
#include <string.h>

#include "base/str.h"
#include "sql/decode.h"
#include "sql/split.h"
#include "sql/sql.h"

// What keeps libpg_query itself from running out of stack or memory: it recurses over the tree without a check of its own, and
// needs some hundred bytes for a token.
#define MAX_CHAIN 20000
#define MAX_STATEMENTS 1000000
#define MAX_UNBALANCED 100
#define MAX_MESSAGE 160

struct script {
    struct lc_arena *arena;
    const char *text;
    size_t len;
    size_t counted; // bytes whose lines are counted
    int line;       // of byte `counted`
    int unbalanced; // statements so far that ended with the text
    struct lc_tags tags;
    struct LC_ARRAY(struct lc_sql_stmt) stmts;
};

int lc_sql_grammar(void)
{
    return PG_VERSION_NUM;
}

static int count_lines(const char *text, size_t len)
{
    int lines = 0;

    for (const char *p = text, *end = text + len; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        lines++;
    return lines;
}

// The byte of the n-th character, n from 1, as scanner_errposition counts them.
static size_t byte_of_character(const char *text, size_t len, int n)
{
    size_t at = 0;

    for (int i = 1; i < n && at < len; i++)
        do
            at++;
        while (at < len && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

// The parser quotes the token where it stopped, which may be a string of megabytes. Cut between characters.
static int message_len(const char *message)
{
    size_t len = strnlen(message, MAX_MESSAGE);

    while (len && ((unsigned char)message[len] & 0xC0) == 0x80)
        len--;
    return (int)len;
}

static enum lc_code fail_syntax(struct lc_error *err, const PgQueryError *why, const char *text)
{
    size_t at = byte_of_character(text, strlen(text), why->cursorpos);
    int len = message_len(why->message);

    (void)lc_fail(err, LC_E_INPUT, "%.*s%s", len, why->message, why->message[len] ? "..." : "");
    lc_error_hint(err,
                  "lockcast was built with the grammar of PostgreSQL %s; where the server's version accepts this statement, "
                  "use a build with that grammar.",
                  PG_MAJORVERSION);
    lc_error_at(err, NULL, 1 + count_lines(text, at));
    return LC_E_INPUT;
}

static enum lc_code check_size(const struct lc_piece *piece, struct lc_error *err)
{
    if (piece->tokens > LC_SQL_MAX_TOKENS)
        (void)lc_fail(err, LC_E_INPUT, "a statement of %d words is too large: at most %d", piece->tokens, LC_SQL_MAX_TOKENS);
    else if (piece->depth > MAX_CHAIN)
        (void)lc_fail(err, LC_E_INPUT, "%d operators in a row are too many: at most %d", piece->depth, MAX_CHAIN);
    else
        return LC_OK;
    lc_error_hint(err, "Split the statement into smaller ones.");
    return LC_E_INPUT;
}

static enum lc_code parse_raw(struct lc_arena *arena, struct lc_tags *tags, const char *text, NodeList *stmts,
                              struct lc_error *err)
{
    PgQueryParseResult result = pg_query_parse(text);
    enum lc_code code;

    if (result.error)
        code = fail_syntax(err, result.error, text);
    else
        code = lc_decode(arena, tags, result.parse_tree, text, stmts, err);
    pg_query_free_parse_result(result);
    return code;
}

// The tree of a text that `piece` describes; the line of an error counts from its first.
static Node *parse_piece(struct lc_arena *arena, struct lc_tags *tags, const char *text, const struct lc_piece *piece,
                         struct lc_error *err)
{
    NodeList stmts;

    if (check_size(piece, err) != LC_OK || parse_raw(arena, tags, text, &stmts, err) != LC_OK)
        return NULL;
    if (stmts.length != 1) {
        (void)lc_fail(err, LC_E_INPUT, stmts.length ? "more than one statement where one is expected" : "no statement");
        return NULL;
    }
    return ((const RawStmt *)stmts.items[0])->stmt;
}

static int line_at(struct script *s, size_t offset)
{
    s->line += count_lines(s->text + s->counted, offset - s->counted);
    s->counted = offset;
    return s->line;
}

static void add_statement(struct script *s, const struct lc_piece *piece, Node *tree, const char *text,
                          const struct lc_error *err)
{
    struct lc_sql_stmt stmt = {
        .text = text, .offset = piece->start, .len = piece->len, .line = line_at(s, piece->start), .tree = tree};

    if (!tree) {
        struct lc_error *copy = lc_memdup(s->arena, err, sizeof *err);
        copy->line = stmt.line + (err->line ? err->line - 1 : 0);
        stmt.error = copy;
    }
    LC_PUSH(s->arena, &s->stmts, stmt);
}

// A statement whose parentheses are never closed would swallow the rest of the script, so it ends at its first semicolon. Each such
// one costs a look at the whole rest: after some of them, semicolons alone count.
static struct lc_piece next_piece(struct script *s, size_t at)
{
    struct lc_piece piece = lc_split_next(s->text, s->len, at, s->unbalanced >= MAX_UNBALANCED);

    if (!piece.unbalanced)
        return piece;
    s->unbalanced++;
    return lc_split_next(s->text, s->len, at, true);
}

// psql reads the rows of COPY ... FROM STDIN from the lines below it, up to "\\." (handleCopyIn, src/bin/psql/copy.c). Where the next
// statement begins; `at` itself when no such end is there.
static size_t skip_copy_data(const struct script *s, size_t at)
{
    const char *p = s->text + at, *end = s->text + s->len;

    while (p < end && *p != '\n' && (*p == ' ' || *p == '\t' || *p == '\r'))
        p++;
    if (p >= end || *p != '\n')
        return at;
    for (p++; p < end; p++) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((eol ? eol : end) - p);
        if (n >= 2 && p[0] == '\\' && p[1] == '.' && (n == 2 || (n == 3 && p[2] == '\r')))
            return (size_t)(p - s->text) + n;
        if (!eol)
            break;
        p = eol;
    }
    return at;
}

static bool reads_rows(const Node *tree)
{
    const CopyStmt *copy = AS(CopyStmt, tree);

    return copy && copy->is_from && !copy->filename && !copy->is_program;
}

// Parses the statement at `at` and returns where the next begins.
static size_t parse_next(struct script *s, size_t at)
{
    struct lc_piece piece = next_piece(s, at);
    struct lc_error err = {0};
    const char *text;
    Node *tree;

    if (!piece.tokens)
        return piece.next;
    text = lc_strndup(s->arena, s->text + piece.start, piece.len);
    tree = parse_piece(s->arena, &s->tags, text, &piece, &err);
    add_statement(s, &piece, tree, text, &err);
    return reads_rows(tree) ? skip_copy_data(s, piece.next) : piece.next;
}

// The length of the UTF-8 sequence at `p`, 0 when it is not one (pg_utf8_islegal, src/common/wchar.c).
static size_t utf8_len(const unsigned char *p, size_t rest)
{
    size_t len = *p < 0x80 ? 1 : *p < 0xC2 ? 0 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : *p < 0xF5 ? 4 : 0;

    if (len > rest)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

// Eight or more bytes at once, where all of them are ASCII and none is NUL.
static size_t ascii_len(const char *text, size_t len)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    size_t n = 0;

    for (uint64_t bytes; n + sizeof bytes <= len; n += sizeof bytes) {
        memcpy(&bytes, text + n, sizeof bytes);
        if ((bytes | (bytes - ones)) & high)
            break;
    }
    return n;
}

static enum lc_code check_text(const char *text, size_t len, struct lc_error *err)
{
    size_t step;

    if (len > LC_SQL_MAX_BYTES)
        return lc_fail(err, LC_E_INPUT, "the SQL text is larger than %zu MiB", LC_SQL_MAX_BYTES >> 20);
    for (size_t at = 0; at < len; at += step) {
        if ((step = ascii_len(text + at, len - at)) != 0)
            continue;
        step = text[at] ? utf8_len((const unsigned char *)text + at, len - at) : 0;
        if (step)
            continue;
        (void)lc_fail(err, LC_E_INPUT, text[at] ? "the SQL text is not UTF-8" : "the SQL text has a NUL byte in it");
        lc_error_at(err, NULL, 1 + count_lines(text, at));
        return LC_E_INPUT;
    }
    return LC_OK;
}

enum lc_code lc_sql_parse(struct lc_arena *arena, const char *text, size_t len, struct lc_sql_script *script,
                          struct lc_error *err)
{
    struct script s = {.arena = arena, .text = text, .len = len, .line = 1};
    enum lc_code code = check_text(text, len, err);
    size_t at = len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0; // psql passes over a byte order mark, too

    while (code == LC_OK && at < len) {
        at = parse_next(&s, at);
        if (s.stmts.len > MAX_STATEMENTS)
            code = lc_fail(err, LC_E_INPUT, "more than %d statements", MAX_STATEMENTS);
    }
    script->stmts = s.stmts.items;
    script->len = s.stmts.len;
    return code;
}

Node *lc_sql_parse_one(struct lc_arena *arena, const char *text, struct lc_error *err)
{
    struct lc_error ignored;
    struct lc_tags tags = {0};
    size_t len = strlen(text);
    struct lc_piece piece;

    if (!err)
        err = &ignored;
    memset(err, 0, sizeof *err);
    if (check_text(text, len, err) != LC_OK)
        return NULL;
    piece = lc_split_next(text, len, 0, false);
    if (piece.next < len && lc_split_next(text, len, piece.next, false).tokens) {
        (void)lc_fail(err, LC_E_INPUT, "more than one statement where one is expected");
        return NULL;
    }
    return parse_piece(arena, &tags, text, &piece, err);
}

// A SELECT of one column without a name, and nothing else: then the text was an expression.
static Node *only_target(const Node *tree)
{
    const SelectStmt *select = AS(SelectStmt, tree);
    const ResTarget *target = select && select->targetList.length == 1 ? LIST_GET(ResTarget, &select->targetList, 0) : NULL;
    SelectStmt bare = {.tag = T_SelectStmt};

    if (!target || target->name || target->indirection.length)
        return NULL;
    bare.op = select->op;
    bare.limitOption = select->limitOption;
    bare.targetList = select->targetList;
    return node_equal((const Node *)&bare, tree) && !select->larg ? target->val : NULL;
}

Node *lc_sql_parse_expr(struct lc_arena *arena, const char *text)
{
    return only_target(lc_sql_parse_one(arena, lc_printf(arena, "SELECT %s", text), NULL));
}
