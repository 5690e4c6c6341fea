// Where a framework that cuts a text by itself ends what it sends.
#include "migration/pieces.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

// --- by lines --------------------------------------------------------------------------------------------------

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// endsWithSemicolon of pressly/goose internal/sqlparser/parser.go and rubenv/sql-migrate sqlparse/sqlparse.go: the last word before one
// that begins with "--".
static bool ends_with_semicolon(const char *line, size_t len)
{
    char last = '\0';

    for (size_t i = 0; i < len; i++) {
        if (is_space(line[i]))
            continue;
        if ((i == 0 || is_space(line[i - 1])) && i + 1 < len && line[i] == '-' && line[i + 1] == '-')
            break;
        last = line[i];
    }
    return last == ';';
}

static size_t blanks(const char *line, size_t len)
{
    size_t n = 0;

    while (n < len && is_space(line[n]))
        n++;
    return n;
}

void pieces_by_line(struct lc_arena *arena, const char *text, size_t from, size_t to, const char *comments, struct pieces *out)
{
    *out = (struct pieces){.rest = SIZE_MAX};
    for (size_t at = from; at < to;) {
        const char *line = text + at;
        size_t len = strcspn(line, "\n"), n;
        len = len < to - at ? len : to - at;
        n = blanks(line, len);
        if (n < len && !(comments ? lc_starts(line, comments) : out->rest == SIZE_MAX && lc_starts(line + n, "--"))) {
            if (out->rest == SIZE_MAX)
                out->rest = at;
            if (ends_with_semicolon(line, len)) {
                LC_PUSH(arena, &out->ends, at + len);
                out->rest = SIZE_MAX;
            }
        }
        at += len + 1;
    }
}

// --- by semicolons ---------------------------------------------------------------------------------------------

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '$' || c == '_' || c == '@' || c == '#' || (unsigned char)c >= 0x80;
}

struct scan {
    const char *text;
    size_t to;
    size_t
        last_close; // of the comments, the last: behind it no comment is looked for, or a text of many beginnings takes its square
};

static struct scan scan_of(const char *text, size_t from, size_t to)
{
    size_t at = to;

    while (at > from + 1 && !(text[at - 2] == '*' && text[at - 1] == '/'))
        at--;
    return (struct scan){text, to, at > from + 1 ? at - 2 : from};
}

// Behind the token at `at`, as liquibase/util/grammar/SimpleSqlGrammar.jj has it: `$` is a letter.
static size_t token_end(const struct scan *s, size_t at)
{
    const char *text = s->text, *stop;
    size_t to = s->to;
    char c = text[at];

    if (c == '-' && at + 1 < to && text[at + 1] == '-')
        return at + strcspn(text + at, "\r\n");
    if (c == '/' && at + 1 < to && text[at + 1] == '*' && at + 2 <= s->last_close)
        return (size_t)(strstr(text + at + 2, "*/") - text) + 2;
    if (c == '\'' || c == '"') {
        stop = memchr(text + at + 1, c, to - at - 1);
        return stop ? (size_t)(stop - text) + 1 : at + 1;
    }
    if (!is_word(c))
        return at + 1;
    while (at < to && is_word(text[at]))
        at++;
    return at;
}

static bool is_token(const char *text, size_t at, size_t end, const char *word)
{
    return end - at == strlen(word) && strncasecmp(text + at, word, end - at) == 0;
}

static size_t next_token(const struct scan *s, size_t at)
{
    const char *text = s->text;

    while (at < s->to &&
           (is_space(text[at]) || (text[at] == '-' && text[at + 1] == '-') || (text[at] == '/' && text[at + 1] == '*')))
        at = is_space(text[at]) ? at + 1 : token_end(s, at);
    return at;
}

// "BEGIN TRANSACTION" and its like begin no clause.
static bool is_transaction(const struct scan *s, size_t at)
{
    static const char *const words[] = {"transaction", "trans", "tran", "dialog", "conversation", "distributed"};
    size_t end = at < s->to ? token_end(s, at) : at;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_token(s->text, at, end, words[i]))
            return true;
    return false;
}

// liquibase/util/StringUtil.java processMultiLineSQL, isDelimiter
void pieces_by_semicolon(struct lc_arena *arena, const char *text, size_t from, size_t to, struct pieces *out)
{
    struct scan s = scan_of(text, from, to);
    int clauses = 0;

    *out = (struct pieces){.rest = SIZE_MAX};
    for (size_t at = next_token(&s, from), end; at < to; at = next_token(&s, end)) {
        end = token_end(&s, at);
        if (is_token(text, at, end, "begin"))
            clauses += !is_transaction(&s, next_token(&s, end));
        else if (is_token(text, at, end, "end") && clauses > 0)
            clauses -= !is_transaction(&s, next_token(&s, end));
        else if (text[at] == ';' && clauses == 0)
            LC_PUSH(arena, &out->ends, end);
    }
}

// --- what becomes of statements ---------------------------------------------------------------------------------

// The first end behind `at`; SIZE_MAX: none.
static size_t end_behind(const struct pieces *pieces, size_t at)
{
    int low = 0, high = pieces->ends.len;

    while (low < high) {
        int mid = low + (high - low) / 2;
        if (pieces->ends.items[mid] <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low < pieces->ends.len ? pieces->ends.items[low] : SIZE_MAX;
}

static int line_of(const struct migration_input *in, const struct migration_stmt *m, size_t at)
{
    int line = m->sql.line;

    for (size_t i = m->sql.offset; i < at; i++)
        line += in->text[i] == '\n';
    return line;
}

void pieces_refuse(struct lc_arena *arena, const struct migration_input *in, const struct pieces *pieces, int first,
                   const char *hint, struct migration_file *out)
{
    for (int i = first; i < out->len; i++) {
        struct migration_stmt *m = &out->stmts[i];
        size_t end = m->sql.len ? end_behind(pieces, m->sql.offset) : SIZE_MAX;
        struct lc_error *e;
        if (end >= m->sql.offset + m->sql.len)
            continue;
        e = LC_NEW(arena, struct lc_error);
        (void)lc_fail(e, LC_E_INPUT, "%s cuts this statement at the semicolon of line %d, and the server refuses the part",
                      out->format, line_of(in, m, end));
        lc_error_hint(e, "%s", hint);
        e->line = m->sql.line;
        m->sql.tree = NULL;
        m->sql.error = e;
    }
}

void pieces_join(const struct migration_input *in, const struct pieces *pieces, int first, struct migration_file *out)
{
    for (int k = first + 1; k < out->len; k++) {
        struct migration_stmt *a = &out->stmts[k - 1], *b = &out->stmts[k];
        if (end_behind(pieces, a->sql.offset + (a->sql.len ? a->sql.len - 1 : 0)) <= b->sql.offset)
            continue;
        a->unit = b->unit = a->unit ? a->unit : migration_new_unit(in);
        a->wrap = b->wrap = MIGRATION_IMPLICIT;
    }
}
