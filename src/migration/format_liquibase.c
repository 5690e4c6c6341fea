// Liquibase's formatted SQL: changesets, each a transaction of its own (liquibase/parser/AbstractFormattedChangeLogParser.java).
//
// Rollbacks, preconditions and comments of Liquibase are comments of SQL, too. Contexts and labels are not looked at: without a
// --contexts of its own Liquibase runs them all. A changeset with preconditions counts as one that runs, and the reason says so.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "migration/jdbc.h"
#include "migration/markers.h"
#include "migration/pieces.h"
#include "migration/placeholders.h"

struct changeset {
    size_t start;
    int line;
    bool run, in_transaction, split;
    const char *delimiter;
};

struct changelog {
    struct lc_arena *arena;
    const struct migration_input *in;
    char *copy;
    struct lc_map properties;
    struct changeset now;
    bool any;
    bool asks;   // a changeset has preconditions
    long ignore; // lines that are passed over; -1: up to ignoreLines:end
};

// What follows `-- WORD` on the line, letters in either case; NULL: the line is another one.
static const char *directive(const char *line, size_t len, const char *word)
{
    const char *p = line, *end = line + len;
    size_t n = strlen(word);

    while (p < end && isspace((unsigned char)*p))
        p++;
    if (end - p < 2 || p[0] != '-' || p[1] != '-')
        return NULL;
    for (p += 2; p < end && isspace((unsigned char)*p); p++)
        ;
    return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0 ? p + n : NULL;
}

// The line of the header, the first that is not blank (supports()); 0: the file has none.
static int header_line(const struct migration_input *in)
{
    size_t blank = strspn(in->text, " \t\r\n");
    const char *p = directive(in->text + blank, strcspn(in->text + blank, "\n"), "liquibase");
    int line = 1;

    for (size_t i = 0; i < blank; i++)
        line += in->text[i] == '\n';
    p += p ? strspn(p, " \t") : 0;
    return p && strncasecmp(p, "formatted", strlen("formatted")) == 0 ? line : 0;
}

static const char *detect_liquibase(struct lc_arena *arena, const struct migration_input *in)
{
    int line = header_line(in);

    return line ? lc_printf(arena, "detected: '--liquibase formatted sql' at line %d", line) : NULL;
}

// The value of name:value on the line, quotes taken off; NULL: it is not there.
static const char *attribute(struct lc_arena *arena, const char *line, size_t len, const char *name)
{
    const char *end = line + len;
    size_t n = strlen(name);

    for (const char *p = line; p + n < end; p++) {
        const char *value = p + n + 1, *stop;
        if (strncasecmp(p, name, n) != 0 || p[n] != ':' || (p > line && isalnum((unsigned char)p[-1])))
            continue;
        while (value < end && (*value == ' ' || *value == '\t'))
            value++;
        if (value < end && *value == '"') {
            for (stop = ++value; stop < end && *stop != '"'; stop++)
                ;
        } else {
            for (stop = value; stop < end && !isspace((unsigned char)*stop); stop++)
                ;
        }
        return lc_strndup(arena, value, (size_t)(stop - value));
    }
    return NULL;
}

static bool is_false(const char *value)
{
    return value && strcasecmp(value, "false") == 0;
}

// dbms:postgresql,h2 or dbms:!mysql (liquibase/database/DatabaseList.java definitionMatches)
static bool is_for_postgresql(const char *dbms)
{
    bool others = false;

    while (dbms && *dbms) {
        size_t n = strcspn(dbms, ", ");
        bool not = *dbms == '!';
        if ((n - not == strlen("postgresql") && strncasecmp(dbms + not, "postgresql", n - not ) == 0) ||
            (n - not == strlen("all") && strncasecmp(dbms + not, "all", n - not ) == 0))
            return !not ;
        others |= !not &&n > 0;
        dbms += n;
        dbms += strspn(dbms, ", ");
    }
    return !others;
}

static void begin_changeset(struct changelog *c, const char *line, size_t len, size_t at, int n)
{
    const char *ignore = attribute(c->arena, line, len, "ignore");

    c->any = true;
    c->now = (struct changeset){
        .start = at,
        .line = n,
        .run = is_for_postgresql(attribute(c->arena, line, len, "dbms")) && !(ignore && strcasecmp(ignore, "true") == 0),
        .in_transaction = !is_false(attribute(c->arena, line, len, "runInTransaction")),
        .split = !is_false(attribute(c->arena, line, len, "splitStatements")),
        .delimiter = attribute(c->arena, line, len, "endDelimiter"),
    };
}

static void refuse(struct changelog *c, int line, const char *text, const char *message, struct migration_file *out)
{
    migration_add_problem(c->arena, out, line, text, lc_printf(c->arena, "Liquibase refuses this file: %s", message),
                          "See Liquibase's documentation of formatted SQL.");
}

// Liquibase cuts at semicolons, and does not know dollar quotes.
static void follow_semicolons(struct changelog *c, const struct migration_input *copy, size_t end, int first,
                              struct migration_file *out)
{
    struct pieces pieces;

    pieces_by_semicolon(c->arena, copy->text, c->now.start, end, &pieces);
    pieces_refuse(c->arena, copy, &pieces, first, "Give the changeset splitStatements:false, or an endDelimiter.", out);
}

static enum lc_code end_changeset(struct changelog *c, size_t end, const struct migration_options *options,
                                  struct migration_file *out, struct lc_error *err)
{
    struct placeholders style = {"${", "}", options, &c->properties};
    struct migration_input copy = *c->in;
    const char *delimiter = c->now.delimiter;
    int unit = migration_new_unit(c->in), first = out->len;
    enum lc_code code;

    if (!c->now.run)
        return LC_OK;
    copy.text = c->copy;
    while (lc_starts(delimiter, "\\n"))
        delimiter += 2;
    if (delimiter && *delimiter) {
        const char *eol = memchr(c->copy + c->now.start, '\n', end - c->now.start);
        size_t body = eol ? (size_t)(eol - c->copy) - c->now.start : 0;
        semicolons_for(c->copy, c->now.start + body, end, delimiter);
    }
    code = placeholders_add_sql(c->arena, &copy, &style, c->now.start, end - c->now.start, c->now.line,
                                c->now.in_transaction ? MIGRATION_TRANSACTION : MIGRATION_AUTOCOMMIT, unit, out, err);
    if (code == LC_OK && !c->now.in_transaction && !c->now.split)
        migration_as_string(out, first, unit);
    if (code == LC_OK && c->now.split && !(delimiter && *delimiter))
        follow_semicolons(c, &copy, end, first, out);
    if (code == LC_OK && first == out->len)
        refuse(c, c->now.line, "--changeset", "the changeset has no SQL", out);
    return code;
}

// What AbstractFormattedChangeLogParser.java parse throws an exception for, and what only a licence runs.
static void tell_mistakes(struct changelog *c, const char *line, size_t len, int n, struct migration_file *out)
{
    static const struct {
        const char *begins, *message;
        bool one_dash;
    } mistakes[] = {
        {"changeset ", "a changeset is written --changeset author:id", true},
        {"changeset", "a changeset is written --changeset author:id", false},
        {"rollback ", "one dash begins no comment: --rollback", true},
        {"preconditions ", "one dash begins no comment: --preconditions", true},
        {"precondition-", "a precondition is written --precondition-sql-check expectedResult:X SELECT ...", true},
        {"property ", "one dash begins no comment: --property", true},
        {"include file:", "what an include runs is not read, and needs a licence", false},
        {"includeAll ", "what an includeAll runs is not read, and needs a licence", false},
    };
    const char *dash = line + strspn(line, " \t");

    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const char *word = mistakes[i].begins, *p = dash + 1 + strspn(dash + 1, " \t");
        if (mistakes[i].one_dash ? *dash == '-' && strncasecmp(p, word, strlen(word)) == 0 : directive(line, len, word) != NULL) {
            refuse(c, n, lc_strndup(c->arena, line, len), mistakes[i].message, out);
            memset(c->copy + (line - c->in->text), ' ', len);
            return;
        }
    }
}

// --ignoreLines:3, --ignoreLines:start ... --ignoreLines:end, --property name:x value:y
static void obey(struct changelog *c, const char *line, size_t len)
{
    const char *value = directive(line, len, "ignoreLines:"), *name;

    if (value && lc_starts(value, "start"))
        c->ignore = -1;
    else if (value)
        c->ignore = strtol(value, NULL, 10);
    c->asks |= c->any && directive(line, len, "precondition");
    if (!directive(line, len, "property"))
        return;
    name = attribute(c->arena, line, len, "name");
    value = attribute(c->arena, line, len, "value");
    if (name && value && !lc_map_get(&c->properties, name) && is_for_postgresql(attribute(c->arena, line, len, "dbms")))
        (void)lc_map_put(&c->properties, name, lc_strdup(c->arena, value));
}

static bool is_ignored(struct changelog *c, const char *line, size_t len)
{
    const char *value = directive(line, len, "ignoreLines:");
    bool ignored = c->ignore != 0;

    if (c->ignore < 0 && value && lc_starts(value, "end"))
        c->ignore = 0;
    else if (c->ignore > 0)
        c->ignore--;
    return ignored;
}

static enum lc_code read_lines(struct changelog *c, const struct migration_options *options, struct migration_file *out,
                               struct lc_error *err)
{
    enum lc_code code = LC_OK;
    int n = 0;

    for (size_t at = 0; code == LC_OK && at < c->in->size;) {
        const char *line = c->in->text + at;
        size_t len = strcspn(line, "\n");
        const char *id = directive(line, len, "changeset ");
        n++;
        if (is_ignored(c, line, len)) {
            memset(c->copy + at, ' ', len);
        } else if (id && memchr(id, ':', len - (size_t)(id - line))) {
            if (c->any)
                code = end_changeset(c, at, options, out, err);
            begin_changeset(c, line, len, at, n);
        } else {
            obey(c, line, len);
            tell_mistakes(c, line, len, n, out);
        }
        at += len + (line[len] == '\n');
    }
    return code == LC_OK && c->any ? end_changeset(c, c->in->size, options, out, err) : code;
}

// liquibase/parser/core/sql/SqlChangeLogParser.java: a file without the header is one changeset, sent as one string in a transaction.
static enum lc_code read_raw(struct lc_arena *arena, const struct migration_input *in, const char *text, int unit,
                             struct migration_file *out, struct lc_error *err)
{
    struct migration_input copy = *in;

    copy.text = text;
    out->reason = lc_printf(arena, "%s; without '--liquibase formatted sql' the file is one changeset", out->reason);
    return whole_read(arena, &copy, MIGRATION_TRANSACTION, unit, out, err);
}

static enum lc_code read_liquibase(struct lc_arena *arena, const struct migration_input *in,
                                   const struct migration_options *options, int unit, struct migration_file *out,
                                   struct lc_error *err)
{
    struct changelog c = {.arena = arena, .in = in, .copy = lc_strndup(arena, in->text, in->size)};
    enum lc_code code;

    jdbc_operators(c.copy, in->size);
    if (!header_line(in))
        return read_raw(arena, in, c.copy, unit, out, err);
    lc_map_init(&c.properties, arena);
    code = read_lines(&c, options, out, err);
    if (code == LC_OK && c.asks)
        out->reason = lc_printf(arena, "%s; preconditions count as held", out->reason);
    if (code == LC_OK && !c.any)
        migration_add_problem(arena, out, 1, "--changeset", "Liquibase refuses this file: it has no '--changeset author:id'",
                              "Give the file a changeset, or name its format with --input-format.");
    return code;
}
const struct migration_format migration_liquibase = {
    .name = "liquibase", .detect = detect_liquibase, .read = read_liquibase, .adopts = true, .nested = true};
