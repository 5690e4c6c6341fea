// Cutting a file at its comment lines.
//
// What is not run is blanked, not cut out: bytes keep their places, so lines are those of the user's file.
#include "migration/markers.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "migration/read_file.h"

#define BESIDE_MAX 65536

struct segment {
    size_t start, end;
    int line;
    bool one_string;
};

struct cutting {
    struct lc_arena *arena;
    const struct migration_input *in;
    const struct marker_rules *rules;
    char *copy; // the text with what is not run blanked
    bool up, one_string, no_tx;
    struct segments LC_ARRAY(struct segment) segments;
    size_t start; // of the segment at hand
    int start_line;
};

// Does the line (len bytes) begin with the marker's words? One blank in the marker stands for any number of them. Letters match in either
// case: goose compares its annotations so (internal/sqlparser/parser.go).
static bool begins(const char *line, size_t len, const struct marker *m)
{
    size_t i = 0;

    while (i < len && (line[i] == ' ' || line[i] == '\t'))
        i++;
    for (const char *p = m->text; *p; p++) {
        if (*p == ' ') {
            while (i < len && (line[i] == ' ' || line[i] == '\t'))
                i++;
            continue;
        }
        if (i >= len || tolower((unsigned char)line[i]) != tolower((unsigned char)*p))
            return false;
        i++;
    }
    while (m->whole && i < len && isspace((unsigned char)line[i]))
        i++;
    return m->whole ? i == len : i == len || !isalnum((unsigned char)line[i]);
}

static const struct marker *marker_of(const struct marker_rules *rules, const char *line, size_t len)
{
    for (int i = 0; i < rules->n; i++)
        if (begins(line, len, &rules->markers[i]))
            return &rules->markers[i];
    return NULL;
}

int marker_find(const struct migration_input *in, const struct marker_rules *rules)
{
    int n = 0;

    for (const char *p = in->text; *p;) {
        size_t len = strcspn(p, "\n");
        n++;
        if (marker_of(rules, p, len))
            return n;
        p += len + (p[len] == '\n');
    }
    return 0;
}

static void blank(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != '\n' && text[i] != '\r')
            text[i] = ' ';
}

static void end_segment(struct cutting *c, size_t at, int line)
{
    struct segment s = {c->start, at, c->start_line, c->one_string};

    if (c->up && at > c->start)
        LC_PUSH(c->arena, &c->segments, s);
    c->start = at;
    c->start_line = line;
}

static bool has_word(const char *line, size_t len, const char *word)
{
    const char *text = word ? memmem(line, len, word, strlen(word)) : NULL;

    return text != NULL;
}

static void obey(struct cutting *c, const struct marker *m, const char *line, size_t len, size_t at, int n)
{
    switch (m->action) {
    case MARKER_UP:
    case MARKER_DOWN:
        end_segment(c, at, n);
        c->up = m->action == MARKER_UP;
        c->one_string = false;
        c->no_tx = c->no_tx || (c->up && has_word(line, len, c->rules->no_tx_word));
        break;
    case MARKER_BEGIN:
    case MARKER_END:
        end_segment(c, at, n);
        c->one_string = m->action == MARKER_BEGIN;
        break;
    case MARKER_BREAK:
        end_segment(c, at, n);
        break;
    case MARKER_NO_TX:
        c->no_tx = true;
        break;
    case MARKER_IGNORE:
        break;
    }
}

static void cut(struct cutting *c)
{
    int n = 0;

    for (size_t at = 0; at < c->in->size;) {
        const char *line = c->in->text + at;
        size_t len = strcspn(line, "\n");
        const struct marker *m = marker_of(c->rules, line, len);
        n++;
        if (m) {
            obey(c, m, line, len, at, n);
            blank(c->copy + at, len);
        } else if (!c->up) {
            blank(c->copy + at, len);
        }
        at += len + (line[len] == '\n');
    }
    end_segment(c, c->in->size, n);
}

enum lc_code marker_read(struct lc_arena *arena, const struct migration_input *in, const struct marker_rules *rules, int unit,
                         struct migration_file *out, struct lc_error *err)
{
    struct cutting c = {.arena = arena, .in = in, .rules = rules, .up = rules->up_from_start, .start_line = 1};
    struct migration_input copy = *in;
    enum lc_code code = LC_OK;

    c.copy = lc_strndup(arena, in->text, in->size);
    cut(&c);
    copy.text = c.copy;
    for (int i = 0; code == LC_OK && i < c.segments.len; i++) {
        const struct segment *s = &c.segments.items[i];
        enum migration_wrap wrap = c.no_tx ? MIGRATION_AUTOCOMMIT : rules->wrap;
        int before = out->len;
        code = migration_add_sql(arena, &copy, s->start, s->end - s->start, s->line, wrap, unit, out, err);
        // outside a transaction a string of several statements is still one implicit transaction
        for (int k = before; c.no_tx && s->one_string && out->len - before > 1 && k < out->len; k++) {
            out->stmts[k].wrap = MIGRATION_IMPLICIT;
            out->stmts[k].unit = unit * 1000 + i;
        }
    }
    return code;
}

enum lc_code whole_read(struct lc_arena *arena, const struct migration_input *in, enum migration_wrap wrap, int unit,
                        struct migration_file *out, struct lc_error *err)
{
    enum lc_code code = migration_add_sql(arena, in, 0, in->size, 1, wrap, unit, out, err);

    // a string of one statement is no multi-statement string: no implicit block (exec_simple_query, tcop/postgres.c)
    if (code == LC_OK && wrap == MIGRATION_IMPLICIT && out->len == 1) {
        out->stmts[0].wrap = MIGRATION_AUTOCOMMIT;
        out->stmts[0].unit = 0;
    }
    return code;
}

const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool is_numbered(const char *name, char separator)
{
    size_t digits = strspn(name, "0123456789");

    return digits > 0 && name[digits] == separator;
}

const char *read_beside(struct lc_arena *arena, const char *path, const char *name)
{
    const char *beside = lc_printf(arena, "%.*s%s", (int)(file_name(path) - path), path, name);
    FILE *f = fopen(beside, "rb");
    char *text;
    size_t len;

    if (!f)
        return NULL;
    text = lc_alloc(arena, BESIDE_MAX);
    len = fread(text, 1, BESIDE_MAX - 1, f);
    (void)fclose(f);
    text[len] = '\0';
    return text;
}
