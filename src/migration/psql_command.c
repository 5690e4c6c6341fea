// psql's backslash commands, as far as they decide which SQL runs. What only prints is passed over.
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "migration/psql.h"
#include "migration/read_file.h"
#include "sql/lexer.h"

enum action {
    DO_NOTHING,
    DO_SET,
    DO_UNSET,
    DO_INCLUDE,
    DO_INCLUDE_RELATIVE,
    DO_IF,
    DO_ELIF,
    DO_ELSE,
    DO_ENDIF,
    DO_QUIT,
    DO_COPY,
    DO_RUN,    // the query buffer is run
    DO_GEXEC,  // so, and what it returns
    DO_NAMED,  // a prepared statement is run
    DO_PIPE,   // what follows shares an implicit transaction, in part
    DO_FORGET, // the query buffer is thrown away
    DO_CONNECT,
    DO_SHELL,
};

static const struct {
    const char *name;
    enum action action;
} commands[] = {
    {"set", DO_SET},
    {"unset", DO_UNSET},
    {"i", DO_INCLUDE},
    {"include", DO_INCLUDE},
    {"ir", DO_INCLUDE_RELATIVE},
    {"include_relative", DO_INCLUDE_RELATIVE},
    {"if", DO_IF},
    {"elif", DO_ELIF},
    {"else", DO_ELSE},
    {"endif", DO_ENDIF},
    {"q", DO_QUIT},
    {"quit", DO_QUIT},
    {"copy", DO_COPY},
    {"g", DO_RUN},
    {"gx", DO_RUN},
    {"gset", DO_RUN},
    {"crosstabview", DO_RUN},
    {"watch", DO_RUN},
    {"gexec", DO_GEXEC},
    {"sendpipeline", DO_RUN},
    {"bind_named", DO_NAMED},
    {"startpipeline", DO_PIPE},
    {"gdesc", DO_FORGET},
    {"parse", DO_FORGET},
    {"r", DO_FORGET},
    {"reset", DO_FORGET},
    {"c", DO_CONNECT},
    {"connect", DO_CONNECT},
    {"!", DO_SHELL},
};

struct arguments {
    struct psql *p;
    size_t at, end;
    bool unknown; // a value was taken of a command's output, or of a variable without value
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// A quoted part of an argument: '...' with C's escapes, "..." as it is, `...` not known (src/bin/psql/psqlscanslash.l).
static void add_quoted(struct arguments *a, struct lc_str *out)
{
    const char *text = a->p->source.in->text;
    char quote = text[a->at++];

    if (quote == '"')
        lc_str_addc(out, quote);
    for (; a->at < a->end; a->at++) {
        char c = text[a->at];
        if (c == quote && !(quote == '\'' && a->at + 1 < a->end && text[a->at + 1] == '\''))
            break;
        if (quote == '\'' && (c == '\\' || c == '\'') && a->at + 1 < a->end) {
            c = text[++a->at];
            c = text[a->at - 1] == '\\' && c == 'n' ? '\n' : text[a->at - 1] == '\\' && c == 't' ? '\t' : c;
        }
        if (quote != '`')
            lc_str_addc(out, c);
    }
    a->at += a->at < a->end;
    if (quote == '"')
        lc_str_addc(out, quote);
    a->unknown |= quote == '`';
}

// The next argument, NULL: none. Stops before an unquoted backslash.
static const char *next_argument(struct arguments *a)
{
    const char *text = a->p->source.in->text;
    struct lc_str out;
    size_t start;

    while (a->at < a->end && is_blank(text[a->at]))
        a->at++;
    if (a->at >= a->end || text[a->at] == '\\')
        return NULL;
    lc_str_init(&out, a->p->arena, LC_SQL_MAX_BYTES);
    for (start = a->at; a->at < a->end && !is_blank(text[a->at]) && text[a->at] != '\\';) {
        char c = text[a->at];
        size_t len = 0;
        const char *value = c == ':' ? psql_variable(a->p, a->at, a->end, &len) : NULL;
        if (value) {
            lc_str_add(&out, value);
            a->at += len;
        } else if (c == '\'' || c == '"' || c == '`') {
            add_quoted(a, &out);
        } else {
            a->unknown |= c == ':' && a->at == start;
            lc_str_addc(&out, c);
            a->at++;
        }
    }
    return out.text;
}

static void put(struct psql *p, const char *text)
{
    source_put(&p->source, p->at, text, strlen(text), false);
    psql_statement_ends(p);
}

static bool in_statement(const struct psql *p)
{
    return p->words > 0;
}

static void set_variable(struct psql *p, struct arguments *a)
{
    const char *name = next_argument(a), *part;
    struct lc_str value;

    if (!name)
        return;
    lc_str_init(&value, p->arena, LC_SQL_MAX_BYTES);
    while ((part = next_argument(a)))
        lc_str_add(&value, part);
    (void)lc_map_put(p->variables, name, a->unknown ? NULL : value.text);
    if (lc_strieq(name, "AUTOCOMMIT") && (lc_strieq(value.text, "off") || lc_strieq(value.text, "false")))
        put(p, ";\\autocommit;");
}

// ParseVariableBool, src/bin/psql/variables.c, takes prefixes, too.
static bool is_true(const char *value)
{
    static const char *const words[] = {"true", "yes", "on", "1"};

    for (size_t i = 0; value && *value && i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(value);
        if (n <= strlen(words[i]) && strncasecmp(value, words[i], n) == 0 && !(n == 1 && (*value | 32) == 'o'))
            return true;
    }
    return false;
}

// \if: a condition that is not known runs every branch, so that no statement is missed.
static void begin_if(struct psql *p, struct arguments *a)
{
    bool outer = psql_active(p);
    const char *value = outer ? next_argument(a) : NULL;
    bool yes = outer && (a->unknown || is_true(value));

    if (p->nifs < PSQL_MAX_IF)
        p->ifs[p->nifs++] = (struct psql_if){.active = yes, .taken = yes && !a->unknown, .outer = outer};
}

static void next_branch(struct psql *p, struct arguments *a, bool otherwise)
{
    struct psql_if *i = p->nifs ? &p->ifs[p->nifs - 1] : NULL;
    const char *value;

    if (!i)
        return;
    i->active = i->outer && !i->taken;
    value = i->active && !otherwise ? next_argument(a) : NULL;
    if (i->active && !otherwise)
        i->active = a->unknown || is_true(value);
    i->taken |= i->active && !a->unknown;
}

// Below the folder of the migration or below the working folder.
static bool allowed(struct psql *p, const char *path)
{
    const char *slash = strrchr(p->root, '/');
    const char *home = slash ? lc_strndup(p->arena, p->root, (size_t)(slash - p->root) + 1) : ".";

    return migration_lies_below(path, home) || migration_lies_below(path, ".");
}

static const char *beside(struct psql *p, const char *name)
{
    const char *path = p->source.in->path, *slash = strrchr(path, '/');

    return slash && name[0] != '/' ? lc_printf(p->arena, "%.*s%s", (int)(slash - path) + 1, path, name) : name;
}

static bool read_included(struct psql *p, const char *name, bool relative, struct migration_input *in)
{
    const char *near = name ? beside(p, name) : NULL;
    const char *path = near && (relative || !allowed(p, name)) ? near : name;
    struct lc_error err = {0};

    if (!path || strcmp(path, "-") == 0 || p->depth >= PSQL_MAX_DEPTH || ++*p->includes > MIGRATION_MAX_INCLUDES ||
        !allowed(p, path))
        return false;
    return migration_read_file(p->arena, path, in, &err) == LC_OK;
}

static void include(struct psql *p, struct arguments *a, bool relative)
{
    struct migration_input in = *p->source.in;
    struct psql inner = {
        .arena = p->arena, .variables = p->variables, .root = p->root, .depth = p->depth + 1, .includes = p->includes};
    const char *name = next_argument(a);
    size_t base;

    if (!read_included(p, name, relative, &in)) {
        put(p, ";\\include;");
        return;
    }
    psql_read(&inner, &in);
    base = p->source.text.len + 1;
    for (int i = 0; i < inner.source.joins.len; i++)
        LC_PUSH(p->arena, &p->source.joins, base + inner.source.joins.items[i]);
    put(p, lc_printf(p->arena, "\n%s\n", inner.source.text.text));
}

// Behind the FROM or TO of \copy's arguments, 0: it has none.
static size_t after_direction(const char *text, size_t at, size_t to)
{
    int depth = 0;

    while (at < to) {
        struct lc_token t = lc_lex_word(text, to, at);
        if (t.kind == LC_TOKEN_END)
            break;
        at = t.start + t.len;
        depth += t.kind == LC_TOKEN_OTHER ? (text[t.start] == '(') - (text[t.start] == ')') : 0;
        if (depth == 0 && t.kind == LC_TOKEN_WORD && (lc_token_is(text, &t, "from") || lc_token_is(text, &t, "to")))
            return at;
    }
    return 0;
}

// \copy t (a) from 'file' with csv: COPY with the file read by psql (src/bin/psql/copy.c parse_slash_copy).
static void copy(struct psql *p, size_t from, size_t to)
{
    const char *text = p->source.in->text;
    size_t rest = after_direction(text, from, to);
    struct lc_token what = lc_lex_word(text, to, rest);

    if (!rest || what.kind == LC_TOKEN_END)
        return;
    rest = what.start + what.len;
    if (lc_token_is(text, &what, "program")) {
        what = lc_lex_word(text, to, rest);
        rest = what.start + what.len;
    } else if (what.kind != LC_TOKEN_STRING) {
        for (rest = what.start; rest < to && !is_blank(text[rest]); rest++)
            ;
    }
    if (lc_token_is(text, &what, "stdin") || lc_token_is(text, &what, "pstdin")) {
        put(p, lc_printf(p->arena, "COPY %.*sSTDIN%.*s;", (int)(what.start - from), text + from, (int)(to - rest), text + rest));
        psql_skip_rows(p);
        source_blank(&p->source, p->at);
        return;
    }
    source_put(&p->source, p->at,
               lc_printf(p->arena, "COPY %.*s'file'%.*s", (int)(what.start - from), text + from, (int)(to - rest), text + rest),
               strlen("COPY 'file'") + (what.start - from) + (to - rest), true);
    lc_str_addc(&p->source.text, ';');
    LC_PUSH(p->arena, &p->source.edits, (struct source_edit){p->source.text.len - 1, 1, p->at, 0, false});
    psql_statement_ends(p);
}

static void forget(struct psql *p)
{
    struct lc_str *text = &p->source.text;

    for (size_t i = p->stmt; i < text->len; i++)
        if (text->text[i] != '\n')
            text->text[i] = ' ';
    psql_statement_ends(p);
}

static void run(struct psql *p, enum action action, struct arguments *a)
{
    const char *database;

    switch (action) {
    case DO_SET:
        set_variable(p, a);
        break;
    case DO_UNSET:
        if ((database = next_argument(a)))
            (void)lc_map_put(p->variables, database, NULL);
        break;
    case DO_INCLUDE:
    case DO_INCLUDE_RELATIVE:
        include(p, a, action == DO_INCLUDE_RELATIVE);
        break;
    case DO_RUN:
    case DO_GEXEC:
        if (in_statement(p))
            put(p, action == DO_GEXEC ? ";\\gexec;" : ";");
        break;
    case DO_FORGET:
        forget(p);
        break;
    case DO_CONNECT:
        database = next_argument(a);
        put(p, database && strcmp(database, "-") != 0 ? ";\\connect;" : next_argument(a) ? ";\\connect;" : ";\\reconnect;");
        break;
    case DO_SHELL:
        put(p, ";\\!;");
        break;
    case DO_NAMED:
        put(p, ";\\bind_named;");
        break;
    case DO_PIPE:
        put(p, ";\\startpipeline;");
        break;
    case DO_QUIT:
        p->quit = true;
        break;
    default:
        break;
    }
}

static enum action find_command(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strlen(commands[i].name) == len && strncmp(commands[i].name, name, len) == 0)
            return commands[i].action;
    return DO_NOTHING;
}

// The end of the command: of the line, or where an unquoted backslash begins the next; "\\" only ends it.
static size_t command_end(const struct psql *p, size_t at, bool whole_line)
{
    const struct migration_input *in = p->source.in;
    char quote = '\0';

    for (; at < in->size && in->text[at] != '\n'; at++) {
        char c = in->text[at];
        if (whole_line)
            continue;
        if (quote && c == '\\' && quote == '\'' && in->text[at + 1] && in->text[at + 1] != '\n')
            at++;
        else if (quote ? c == quote : c == '\'' || c == '"' || c == '`')
            quote = quote ? '\0' : c;
        else if (c == '\\' && !quote)
            break;
    }
    return at;
}

static void take_command(struct psql *p, enum action action, size_t args, size_t end)
{
    struct arguments a = {.p = p, .at = args, .end = end};
    bool two = p->source.in->text[end] == '\\' && p->source.in->text[end + 1] == '\\';

    source_keep(&p->source, p->at); // what comes before is taken already
    p->at = end + (two ? 2 : 0);
    if (action == DO_IF)
        begin_if(p, &a);
    else if (action == DO_ELIF || action == DO_ELSE)
        next_branch(p, &a, action == DO_ELSE);
    else if (action == DO_ENDIF)
        p->nifs -= p->nifs > 0;
    else if (psql_active(p) && action == DO_COPY)
        copy(p, args, end);
    else if (psql_active(p))
        run(p, action, &a);
    source_blank(&p->source, p->at);
}

void psql_command(struct psql *p)
{
    const struct migration_input *in = p->source.in;
    size_t name = p->at + 1, end = name;
    enum action action;

    if (in->text[name] == ';' || in->text[name] == ':') { // sent as it is, and no end of the string
        bool join = in->text[name] == ';' && psql_active(p);
        source_blank(&p->source, name);
        if (join)
            LC_PUSH(p->arena, &p->source.joins, p->source.text.len);
        if (psql_active(p))
            source_keep(&p->source, name + 1);
        p->at = name + 1;
        return;
    }
    if (in->text[end] == '!')
        end++;
    else
        while (end < in->size && !is_blank(in->text[end]) && in->text[end] != '\\')
            end++;
    action = find_command(in->text + name, end - name);
    take_command(p, action, end, command_end(p, end, action == DO_COPY || action == DO_SHELL));
}
