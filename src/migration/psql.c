// Scripts as psql reads them: where backslash commands and variables are recognised, and where rows of COPY lie.
#include "migration/psql.h"

#include <string.h>

#include "sql/lexer.h"

bool psql_active(const struct psql *p)
{
    return !p->quit && (!p->nifs || p->ifs[p->nifs - 1].active);
}

// {variable_char}, psqlscan.l
static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static const char *doubled(struct lc_arena *arena, const char *value, char quote)
{
    struct lc_str s;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_addc(&s, quote);
    for (; *value; value++) {
        if (*value == quote)
            lc_str_addc(&s, quote);
        lc_str_addc(&s, *value);
    }
    lc_str_addc(&s, quote);
    return s.text;
}

const char *psql_variable(struct psql *p, size_t at, size_t end, size_t *len)
{
    const char *text = p->source.in->text, *value;
    size_t from = at + 1, n = 0;
    char quote = from < end && (text[from] == '\'' || text[from] == '"') ? text[from] : '\0';
    bool test = from + 1 < end && text[from] == '{' && text[from + 1] == '?';

    from += test ? 2 : quote ? 1 : 0;
    while (from + n < end && is_name(text[from + n]))
        n++;
    if (!n || ((quote || test) && (from + n >= end || text[from + n] != (test ? '}' : quote))))
        return NULL;
    *len = from + n - at + (quote || test);
    value = lc_map_get(p->variables, lc_strndup(p->arena, text + from, n));
    if (test)
        return value ? "TRUE" : "FALSE";
    return !value ? NULL : quote == '\'' ? lc_quote_literal(p->arena, value) : quote ? doubled(p->arena, value, quote) : value;
}

void psql_statement_ends(struct psql *p)
{
    p->stmt = p->source.text.len;
    p->words = p->parens = 0;
    p->copy = p->from = p->from_stdin = false;
}

static size_t line_end(const struct psql *p, size_t at)
{
    const char *eol = memchr(p->source.in->text + at, '\n', p->source.in->size - at);

    return eol ? (size_t)(eol - p->source.in->text) : p->source.in->size;
}

// handleCopyIn, src/bin/psql/copy.c: up to "\\.". Without such a line nothing is passed over.
void psql_skip_rows(struct psql *p)
{
    const struct migration_input *in = p->source.in;
    size_t at = line_end(p, p->at);

    for (; !p->no_end && at < in->size; at = line_end(p, at + 1)) {
        const char *line = in->text + at + 1;
        if (lc_starts(line, "\\.") && (line[2] == '\n' || line[2] == '\0' || (line[2] == '\r' && line[3] == '\n'))) {
            p->at = at + 3;
            return;
        }
    }
    p->no_end = true;
}

static void follow_word(struct psql *p, const struct lc_token *t)
{
    const char *text = p->source.in->text;

    if (p->words++ == 0)
        p->copy = lc_token_is(text, t, "copy");
    else if (p->copy && p->from && lc_token_is(text, t, "stdin"))
        p->from_stdin = true;
    p->from = p->parens == 0 && lc_token_is(text, t, "from");
}

static bool only_blanks(const struct psql *p, size_t at)
{
    const char *text = p->source.in->text;

    while (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')
        at++;
    return text[at] == '\n';
}

static void take(struct psql *p, size_t to)
{
    if (psql_active(p))
        source_keep(&p->source, to);
    else
        source_blank(&p->source, to);
    p->at = to;
}

static void end_statement(struct psql *p)
{
    bool rows = p->from_stdin;

    take(p, p->at + 1);
    if (rows && only_blanks(p, p->at)) {
        psql_skip_rows(p);
        take(p, p->at);
    }
    psql_statement_ends(p);
}

static void follow_colon(struct psql *p)
{
    const struct migration_input *in = p->source.in;
    size_t len = 0;
    const char *value;

    if (in->text[p->at + 1] == ':' || in->text[p->at + 1] == '=') {
        take(p, p->at + 2);
        return;
    }
    value = psql_active(p) ? psql_variable(p, p->at, in->size, &len) : NULL;
    if (!value) {
        take(p, p->at + 1);
        return;
    }
    p->at += len;
    source_put(&p->source, p->at, value, strlen(value), false);
    p->words++;
}

static void follow_sign(struct psql *p)
{
    char c = p->source.in->text[p->at];

    p->from = false;
    if (c == ':') {
        follow_colon(p);
    } else if (c == '\\') {
        psql_command(p);
    } else if (c == ';' && p->parens == 0) {
        end_statement(p);
    } else {
        p->parens += c == '(' ? 1 : c == ')' && p->parens ? -1 : 0;
        take(p, p->at + 1);
    }
}

void psql_read(struct psql *p, const struct migration_input *in)
{
    source_begin(&p->source, p->arena, in);
    while (p->at < in->size && !p->quit) {
        struct lc_token t = lc_lex(in->text, in->size, p->at);
        if (t.kind == LC_TOKEN_OTHER) {
            follow_sign(p);
            continue;
        }
        if (t.kind == LC_TOKEN_WORD)
            follow_word(p, &t);
        else if (t.kind != LC_TOKEN_BLANK && t.kind != LC_TOKEN_COMMENT)
            p->from = false, p->words++;
        take(p, t.start + t.len > p->at ? t.start + t.len : p->at + 1);
    }
    source_blank(&p->source, in->size);
}

// A statement "\name" stands for a command that runs SQL which is not known (psql_command put it there).
static const struct {
    const char *text, *message;
} unknown[] = {
    {"\\gexec", "\\gexec runs SQL that a query returns: it is not known"},
    {"\\bind_named", "\\bind_named runs a statement that was prepared before: it is not known"},
    {"\\startpipeline", "what follows \\startpipeline shares an implicit transaction up to a \\syncpipeline: it is not modelled"},
    {"\\connect", "what follows \\connect runs in another session or database: it is not modelled"},
    {"\\!", "\\! runs a command of the shell: what it does is not known"},
    {"\\include", "\\include names a file that cannot be read, is outside of the migration's and the working folder, or is "
                  "included too deep: what it runs is not known"},
    {"\\autocommit", "AUTOCOMMIT off is not modelled: psql would open a transaction here"},
};

static void explain(struct lc_arena *arena, struct migration_stmt *m)
{
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (!m->sql.tree && lc_streq(m->sql.text, unknown[i].text)) {
            struct lc_error *e = LC_NEW(arena, struct lc_error);
            (void)lc_fail(e, LC_E_INPUT, "%s", unknown[i].message);
            lc_error_hint(e, "Give the statements themselves.");
            e->line = m->sql.line;
            m->sql.error = e;
        }
}

// "\\reconnect" (psql_command put it there) is no statement: the next one begins a session.
static void begin_sessions(struct migration_file *file)
{
    bool again = false;
    int n = 0;

    for (int i = 0; i < file->len; i++) {
        if (!file->stmts[i].sql.tree && lc_streq(file->stmts[i].sql.text, "\\reconnect")) {
            again = true;
            continue;
        }
        file->stmts[n] = file->stmts[i];
        file->stmts[n++].new_session = again;
        again = false;
    }
    file->len = n;
}

enum lc_code psql_statements(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                             struct migration_file *out, struct lc_error *err)
{
    struct lc_map variables;
    int includes = 0;
    struct psql p = {.arena = arena, .variables = &variables, .root = in->path, .includes = &includes};
    enum lc_code code;

    if (!options->nvariables && !memchr(in->text, '\\', in->size) && !memmem(in->text, in->size, ":{?", 3)) // nothing to do
        return migration_add_sql(arena, in, 0, in->size, 1, MIGRATION_AUTOCOMMIT, 0, out, err);
    lc_map_init(&variables, arena);
    for (int i = 0; i < options->nvariables; i++) {
        const char *equals = strchr(options->variables[i], '=');
        size_t n = equals ? (size_t)(equals - options->variables[i]) : strlen(options->variables[i]);
        (void)lc_map_put(&variables, lc_strndup(arena, options->variables[i], n), lc_strdup(arena, equals ? equals + 1 : ""));
    }
    psql_read(&p, in);
    code = source_parse(&p.source, MIGRATION_AUTOCOMMIT, 0, out, err);
    for (int i = 0; code == LC_OK && i < out->len; i++)
        explain(arena, &out->stmts[i]);
    begin_sessions(out);
    return code;
}
