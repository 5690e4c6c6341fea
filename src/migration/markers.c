// Cutting a file at its comment lines.
//
// What is not run is blanked, not cut out: bytes keep their places, so lines are those of the user's file.
#include "migration/markers.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "migration/pieces.h"
#include "migration/placeholders.h"

struct segment {
    size_t start, end;
    int line;
    bool one_string, no_tx, env;
    int section; // how many MARKER_UPs came before
};

struct refusal { // of the framework
    int line;
    const char *text, *message, *hint;
};

struct cutting {
    struct lc_arena *arena;
    const struct migration_input *in;
    const struct marker_rules *rules;
    char *copy; // the text with what is not run blanked
    bool up, one_string, no_tx, env;
    int ups, downs;
    int open; // the line of a MARKER_BEGIN without its end so far
    struct LC_ARRAY(struct segment) segments;
    struct LC_ARRAY(struct refusal) refusals;
    size_t start; // of the segment at hand
    int start_line;
};

static bool same_letter(char a, char b, enum marker_spelling spelling)
{
    return spelling >= SPELLING_CASE ? a == b : tolower((unsigned char)a) == tolower((unsigned char)b);
}

// Does the line (len bytes) begin with the marker's words? One blank in the marker stands for any number of them.
static bool begins(const char *line, size_t len, const struct marker *m, enum marker_spelling spelling)
{
    size_t i = 0;

    while (spelling == SPELLING_FREE && i < len && (line[i] == ' ' || line[i] == '\t'))
        i++;
    for (const char *p = m->text; *p; p++) {
        if (*p == ' ' && spelling != SPELLING_EXACT) {
            while (i < len && (line[i] == ' ' || line[i] == '\t'))
                i++;
            continue;
        }
        if (i >= len || !same_letter(line[i], *p, spelling))
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
        if (begins(line, len, &rules->markers[i], rules->spelling))
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
    struct segment s = {c->start, at, c->start_line, c->one_string, c->no_tx, c->env, c->ups};

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

static void refuse(struct cutting *c, int line, const char *text, const char *message, const char *hint)
{
    LC_PUSH(c->arena, &c->refusals, (struct refusal){line, text, message, hint});
}

static void begin_part(struct cutting *c, const struct marker *m, const char *line, size_t len, int n)
{
    bool up = m->action == MARKER_UP, again = up ? c->ups + c->downs > 0 : c->ups == 0 || c->downs > 0;

    if (c->rules->once && again)
        refuse(c, n, m->text, up ? "it has an up part already" : "no up part, or a down part already, comes before",
               "One file has one up part and one down part, in this order.");
    if (c->rules->needs_down && up && c->ups > c->downs)
        refuse(c, n, m->text, "the up part before has no down part", "Give each up part its down part.");
    c->up = up;
    c->one_string = false;
    c->ups += up;
    c->downs += !up;
    c->no_tx = (c->no_tx && c->rules->strings != STRINGS_SECTION) || (up && has_word(line, len, c->rules->no_tx_word));
}

static void begin_string(struct cutting *c, const struct marker *m, int n)
{
    bool begins_one = m->action == MARKER_BEGIN;

    if (c->rules->once && (begins_one ? c->ups == 0 || c->open : !c->open))
        refuse(c, n, m->text, begins_one ? "it comes before the up part, or inside of another" : "it has no StatementBegin",
               "Put each such statement between a StatementBegin and a StatementEnd line.");
    c->one_string = begins_one;
    c->open = begins_one ? n : 0;
}

static void obey(struct cutting *c, const struct marker *m, const char *line, size_t len, size_t at, int n)
{
    if (m->action != MARKER_NO_TX && m->action != MARKER_IGNORE)
        end_segment(c, at, n);
    switch (m->action) {
    case MARKER_UP:
    case MARKER_DOWN:
        begin_part(c, m, line, len, n);
        break;
    case MARKER_BEGIN:
    case MARKER_END:
        begin_string(c, m, n);
        break;
    case MARKER_NO_TX: // tern looks for it in the up part only
        c->no_tx = c->no_tx || c->up || !c->rules->up_from_start;
        break;
    case MARKER_ENV:
    case MARKER_ENV_END:
        c->env = m->action == MARKER_ENV;
        break;
    case MARKER_IGNORE:
        break;
    }
}

// Of many lines with the same fault the first tells it.
static void refuse_once(struct cutting *c, int line, const char *text, const char *message, const char *hint)
{
    if (!c->refusals.len || !lc_streq(c->refusals.items[c->refusals.len - 1].message, message))
        refuse(c, line, text, message, hint);
}

// A line that is no marker.
static void look_at(struct cutting *c, const char *line, size_t len, int n)
{
    size_t skip = 0;
    bool comment;

    while (skip < len && isspace((unsigned char)line[skip]))
        skip++;
    comment = len - skip >= 2 && line[skip] == '-' && line[skip + 1] == '-';
    if (comment && has_word(line, len, c->rules->word))
        refuse(c, n, lc_strndup(c->arena, line, len), "it does not know this annotation",
               "Write it at the beginning of a line of its own, as the framework's documentation has it.");
    if (c->rules->starts_with_up && c->ups == 0 && skip < len && !comment)
        refuse_once(c, n, lc_strndup(c->arena, line, len), "this comes before the up part", "Put it behind the up marker.");
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
        } else {
            look_at(c, line, len, n);
            if (!c->up)
                blank(c->copy + at, len);
        }
        at += len + (line[len] == '\n');
    }
    end_segment(c, c->in->size, n);
}

// goose and sql-migrate cut by themselves, behind lines that end with a semicolon.
static void follow_lines(struct cutting *c, const struct migration_input *copy, const struct segment *s, bool no_tx, int first,
                         struct migration_file *out)
{
    struct pieces pieces;
    int line = s->line;

    pieces_by_line(c->arena, copy->text, s->start, s->end, c->rules->comments, &pieces);
    pieces_refuse(c->arena, copy, &pieces, first, "Put the statement between a StatementBegin and a StatementEnd line.", out);
    if (no_tx)
        pieces_join(copy, &pieces, first, out);
    for (size_t i = s->start; pieces.rest != SIZE_MAX && i < pieces.rest; i++)
        line += copy->text[i] == '\n';
    if (pieces.rest != SIZE_MAX)
        refuse(c, line, "missing semicolon", "no line that ends with a semicolon ends this statement",
               "End the line with a semicolon.");
}

static enum lc_code read_segment(struct cutting *c, const struct migration_input *copy, const struct segment *s,
                                 const struct migration_options *options, int unit, struct migration_file *out,
                                 struct lc_error *err)
{
    const struct marker_rules *rules = c->rules;
    struct placeholders style = {rules->prefix, rules->suffix, options, NULL};
    // dbmate: every up section is a transaction of its own (pkg/dbmate/db.go)
    bool own = rules->strings == STRINGS_SECTION && rules->no_tx_word, no_tx = own ? s->no_tx : c->no_tx;
    enum migration_wrap wrap = no_tx ? MIGRATION_AUTOCOMMIT : rules->wrap;
    size_t len = s->end - s->start;
    int first = out->len;
    enum lc_code code;

    if (own && s->section > 1)
        unit = migration_new_unit(copy);
    code = rules->prefix && (s->env || rules->up_from_start)
               ? placeholders_add_sql(c->arena, copy, &style, s->start, len, s->line, wrap, unit, out, err)
               : migration_add_sql(c->arena, copy, s->start, len, s->line, wrap, unit, out, err);
    if (code != LC_OK)
        return code;
    // outside a transaction a string of several statements is still one implicit transaction
    if (no_tx && (s->one_string || rules->strings == STRINGS_SECTION))
        migration_as_string(out, first, migration_new_unit(copy));
    else if (!s->one_string && rules->strings == STRINGS_LINE)
        follow_lines(c, copy, s, no_tx, first, out);
    return code;
}

// What the framework itself would refuse to run is no safe migration.
static void tell_refusals(struct cutting *c, struct migration_file *out)
{
    for (int i = 0; i < c->refusals.len; i++) {
        const struct refusal *r = &c->refusals.items[i];
        migration_add_problem(c->arena, out, r->line, r->text,
                              lc_printf(c->arena, "%s refuses this file: %s", out->format, r->message), r->hint);
    }
    if (c->rules->needs_down && c->ups > c->downs)
        migration_add_problem(c->arena, out, 1, c->rules->markers[1].text,
                              lc_printf(c->arena, "%s refuses this file: it has no '%s'", out->format, c->rules->markers[1].text),
                              "Give the up part its down part, which may be empty.");
    if (!c->rules->up_from_start && c->ups == 0)
        migration_add_problem(c->arena, out, 1, c->rules->markers[0].text,
                              lc_printf(c->arena, "%s refuses this file: it has no '%s'", out->format, c->rules->markers[0].text),
                              "Give the file the marker, or name its format with --input-format.");
    if (c->open)
        migration_add_problem(c->arena, out, c->open, "StatementBegin",
                              lc_printf(c->arena, "%s refuses this file: StatementBegin without StatementEnd", out->format),
                              "Close the statement with a StatementEnd line.");
}

enum lc_code marker_read(struct lc_arena *arena, const struct migration_input *in, const struct marker_rules *rules,
                         const struct migration_options *options, int unit, struct migration_file *out, struct lc_error *err)
{
    struct cutting c = {.arena = arena, .in = in, .rules = rules, .start_line = 1};
    struct marker_rules first = *rules;
    struct migration_input copy = *in;
    enum lc_code code = LC_OK;

    c.copy = lc_strndup(arena, in->text, in->size);
    first.n = 1;
    c.up = rules->up_from_start && (rules->markers[0].action != MARKER_UP || !marker_find(in, &first));
    if (c.up && rules->markers[0].action == MARKER_UP) // node-pg-migrate: without its up mark the whole file is the up part
        first.n = 0, c.rules = &first;
    cut(&c);
    copy.text = c.copy;
    for (int i = 0; code == LC_OK && i < c.segments.len; i++)
        code = read_segment(&c, &copy, &c.segments.items[i], options, unit, out, err);
    if (code == LC_OK)
        tell_refusals(&c, out);
    return code;
}

enum lc_code whole_read(struct lc_arena *arena, const struct migration_input *in, enum migration_wrap wrap, int unit,
                        struct migration_file *out, struct lc_error *err)
{
    enum lc_code code = migration_add_sql(arena, in, 0, in->size, 1, wrap, unit, out, err);

    if (code == LC_OK && wrap == MIGRATION_IMPLICIT)
        migration_as_string(out, 0, unit);
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

bool is_named_by_framework(const char *name)
{
    return lc_ends(name, ".up.sql") || lc_ends(name, ".down.sql") || lc_streq(name, "up.sql") || lc_streq(name, "down.sql") ||
           lc_streq(name, "migration.sql") || (name[0] == 'V' && name[1] >= '0' && name[1] <= '9' && strstr(name, "__"));
}

const char *read_beside(struct lc_arena *arena, const char *path, const char *name)
{
    const char *beside = lc_printf(arena, "%.*s%s", (int)(file_name(path) - path), path, name);
    char text[BESIDE_MAX];
    struct stat st;
    size_t len;
    FILE *f;

    if (stat(beside, &st) != 0 || !S_ISREG(st.st_mode)) // a pipe would wait for its other end
        return NULL;
    f = fopen(beside, "rb");
    if (!f)
        return NULL;
    len = fread(text, 1, sizeof text, f);
    (void)fclose(f);
    return lc_strndup(arena, text, len);
}

bool project_has(struct lc_arena *arena, const char *path, const char *file, const char *word)
{
    static const char *const above[] = {"", "../", "../../", "../../../"};

    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        const char *text = read_beside(arena, path, lc_printf(arena, "%s%s", above[i], file));
        if (text)
            return strstr(text, word) != NULL;
    }
    return false;
}

void semicolons_for(char *text, size_t from, size_t to, const char *delimiter)
{
    size_t n = strlen(delimiter);

    for (size_t at = from; n && at < to;) {
        size_t eol = at + strcspn(text + at, "\n"), end = eol < to ? eol : to;
        while (end > at && isspace((unsigned char)text[end - 1]))
            end--;
        if (end - at >= n && strncmp(text + end - n, delimiter, n) == 0) {
            memset(text + end - n, ' ', n);
            text[end - n] = ';';
        }
        at = eol + 1;
    }
}

bool conf_has(const char *conf, const char *key, const char *value)
{
    while (conf && *conf) {
        const char *p = conf + strspn(conf, " \t");
        if (lc_starts(p, key)) {
            p += strlen(key);
            p += strspn(p, " \t=:");
            if (strncasecmp(p, value, strlen(value)) == 0)
                return true;
        }
        conf += strcspn(conf, "\n");
        conf += *conf == '\n';
    }
    return false;
}
