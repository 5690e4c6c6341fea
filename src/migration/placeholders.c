// Placeholders that frameworks fill in before they send a text.
#include "migration/placeholders.h"

#include <string.h>

#include "migration/markers.h"
#include "migration/read_file.h"
#include "migration/source.h"

#define NAME_MAX_BYTES 200
#define SHELL_MAX_BYTES 4096 // of ${name:-default}
#define TEMPLATE_DEPTH 8     // of templates in templates

struct templates {    // what tern's placeholders stand for, beside the migration
    const char *path; // the migration
    int depth, included;
    const char *conf; // tern.conf; NULL: not looked for yet
};

static const char *value_of(struct lc_arena *arena, const struct placeholders *style, const char *name, size_t len)
{
    const char *given, *own;

    while (len && (*name == ' ' || *name == '.')) // {{ .name }}
        name++, len--;
    while (len && name[len - 1] == ' ')
        len--;
    if (!len)
        return NULL;
    own = style->properties ? lc_map_get(style->properties, lc_strndup(arena, name, len)) : NULL;
    given = migration_variable(style->options, name, len);
    return given ? given : own;
}

static bool is_shell(const struct placeholders *style)
{
    return lc_streq(style->prefix, "$");
}

static size_t name_length(const char *p)
{
    size_t n = 0;

    while ((p[n] >= 'a' && p[n] <= 'z') || (p[n] >= 'A' && p[n] <= 'Z') || p[n] == '_' || (n && p[n] >= '0' && p[n] <= '9'))
        n++;
    return n;
}

// buildkite/interpolate parser.go: what the text at p stands for, and its bytes; NULL: nothing that is known.
static const char *shell_value(struct lc_arena *arena, const struct placeholders *style, const char *p, const char *end,
                               size_t *len)
{
    bool braces = p[1] == '{';
    const char *name = p + 1 + braces, *stop, *value;
    size_t n = name_length(name);

    *len = *p == '\\' || p[1] == '$' ? 2 : 1 + n;
    if (*len == 2 && (*p == '\\' || p[1] == '$'))
        return "$";
    stop = braces ? memchr(name, '}', (size_t)(end - name) < SHELL_MAX_BYTES ? (size_t)(end - name) : SHELL_MAX_BYTES) : name + n;
    if (!n || !stop)
        return NULL;
    *len = (size_t)(stop - p) + braces;
    value = value_of(arena, style, name, n);
    if (value || !braces || stop == name + n)
        return value;
    return lc_starts(name + n, ":-") ? lc_strndup(arena, name + n + 2, (size_t)(stop - name) - n - 2)
           : name[n] == '-'          ? lc_strndup(arena, name + n + 1, (size_t)(stop - name) - n - 1)
                                     : NULL;
}

static void fill_in_shell(struct migration_source *s, const struct placeholders *style)
{
    const char *text = s->in->text, *end = text + s->in->size, *value;
    size_t len = 1;

    for (const char *p = text; p < end; p += len) {
        len = 1;
        if (*p != '$' && !(*p == '\\' && p[1] == '$'))
            continue;
        value = shell_value(s->arena, style, p, end, &len);
        if (!value) {
            len = 1;
            continue;
        }
        source_keep(s, (size_t)(p - text));
        source_put(s, (size_t)(p - text) + len, value, strlen(value), false);
    }
}

static bool is_template(const struct placeholders *style)
{
    return lc_streq(style->prefix, "{{");
}

static void fill_in(struct migration_source *s, const struct placeholders *style, struct templates *t);

// tern.conf, in the migration's folder or up to two above; "": there is none.
static const char *read_conf(struct lc_arena *arena, const char *path)
{
    static const char *const places[] = {"tern.conf", "../tern.conf", "../../tern.conf"};
    const char *conf = NULL;

    for (size_t i = 0; !conf && i < sizeof places / sizeof *places; i++)
        conf = read_beside(arena, path, places[i]);
    return conf ? conf : "";
}

// A file of shared code, its templates filled in; `whole`: what it names lies beside it (a snapshot), not beside the migration.
static const char *code_file(const struct migration_source *s, const struct placeholders *style, struct templates *t,
                             const char *name, bool whole)
{
    const char *before = t->path, *path, *folder;
    int above = (int)(file_name(t->path) - t->path);
    struct migration_input in = *s->in;
    struct migration_source inner;
    struct lc_error err = {0};

    if (t->depth >= TEMPLATE_DEPTH || ++t->included > MIGRATION_MAX_INCLUDES)
        return NULL;
    path = lc_printf(s->arena, "%.*s%s", above, t->path, name);
    folder = above ? lc_strndup(s->arena, t->path, (size_t)above) : ".";
    if (!migration_lies_below(path, folder) || migration_read_file(s->arena, path, &in, &err) != LC_OK)
        return NULL;
    t->conf = t->conf ? t->conf : read_conf(s->arena, t->path);
    t->path = whole ? path : before;
    source_begin(&inner, s->arena, &in);
    t->depth++;
    fill_in(&inner, style, t);
    t->depth--;
    t->path = before;
    source_keep(&inner, in.size);
    return inner.text.text;
}

// jackc/tern migrate/migrate.go LoadMigrations: {{ template "shared/v1.sql" . }} is that file of the migrations' folder;
// {{ install_snapshot "001" }} is the code package of that name (code.go LoadCodePackage).
static const char *shared_code(const struct migration_source *s, const struct placeholders *style, struct templates *t,
                               const char *name, size_t len, bool snapshot)
{
    const char *quote = memchr(name, '"', len), *word;

    if (!quote)
        return NULL;
    word = lc_strndup(s->arena, name, (size_t)(quote - name));
    return code_file(s, style, t, snapshot ? lc_printf(s->arena, "snapshots/%s/install.sql", word) : word, snapshot);
}

// A value of the [data] section of tern.conf.
static const char *configured(struct lc_arena *arena, struct templates *t, const char *name, size_t len)
{
    const char *p;

    t->conf = t->conf ? t->conf : read_conf(arena, t->path);
    p = strstr(t->conf, "[data]");
    for (p = p ? p + strcspn(p, "\n") : ""; *p == '\n' && p[1] != '['; p += strcspn(p, "\n")) {
        const char *value;
        p++;
        value = p + strspn(p, " \t");
        if (strncmp(value, name, len) != 0 || !strchr(" \t=", value[len]))
            continue;
        value += len + strspn(value + len, " \t=");
        return lc_strndup(arena, value, strcspn(value, "\r\n"));
    }
    return NULL;
}

// Go's text/template as far as migrations use it: {{ .name }}, {{ template "file" . }}, comments; {{- and -}} are taken for {{ and }}.
static const char *template_value(const struct migration_source *s, const struct placeholders *style, struct templates *t,
                                  const char *name, size_t len)
{
    const char *value, *word = "template \"", *install = "install_snapshot \"";

    while (len && (*name == ' ' || *name == '-'))
        name++, len--;
    while (len && (name[len - 1] == ' ' || name[len - 1] == '-'))
        len--;
    if (len >= 4 && lc_starts(name, "/*"))
        return "";
    if (len > strlen(word) && lc_starts(name, word))
        return shared_code(s, style, t, name + strlen(word), len - strlen(word), false);
    if (len > strlen(install) && lc_starts(name, install))
        return shared_code(s, style, t, name + strlen(install), len - strlen(install), true);
    if (!len || *name != '.' || len == 1)
        return NULL;
    value = value_of(s->arena, style, name, len);
    return value ? value : configured(s->arena, t, name + 1, len - 1);
}

static void fill_in(struct migration_source *s, const struct placeholders *style, struct templates *t)
{
    const char *text = s->in->text, *end = text + s->in->size, *p = text, *stop;
    size_t np = strlen(style->prefix), ns = strlen(style->suffix);

    while ((p = memmem(p, (size_t)(end - p), style->prefix, np))) {
        const char *name = p + np, *value = NULL;
        size_t room = (size_t)(end - name) < NAME_MAX_BYTES ? (size_t)(end - name) : NAME_MAX_BYTES;
        stop = memmem(name, room, style->suffix, ns);
        if (stop && !memchr(name, '\n', (size_t)(stop - name)))
            value = is_template(style) ? template_value(s, style, t, name, (size_t)(stop - name))
                                       : value_of(s->arena, style, name, (size_t)(stop - name));
        if (!value) {
            p = name;
            continue;
        }
        source_keep(s, (size_t)(p - text));
        p = stop + ns;
        source_put(s, (size_t)(p - text), value, strlen(value), false);
    }
}

static void explain(struct lc_arena *arena, const struct placeholders *style, struct migration_stmt *m)
{
    const char *p = m->sql.tree ? NULL : strstr(m->sql.text, style->prefix), *stop = p ? strstr(p, style->suffix) : NULL;
    struct lc_error *e;
    size_t len = stop ? (size_t)(stop - p) + strlen(style->suffix) : 0;

    if (p && is_shell(style))
        len = p[1] == '{' && strchr(p, '}') ? (size_t)(strchr(p, '}') - p) + 1 : 1 + name_length(p + 1);
    if (!stop || !m->sql.error || len < 2 || len > NAME_MAX_BYTES)
        return;
    e = lc_memdup(arena, m->sql.error, sizeof *e);
    lc_error_hint(e, "The placeholder %.*s has no value: give one with -v NAME=VALUE.", (int)len, p);
    m->sql.error = e;
}

enum lc_code placeholders_add_sql(struct lc_arena *arena, const struct migration_input *in, const struct placeholders *style,
                                  size_t offset, size_t len, int line, enum migration_wrap wrap, int unit,
                                  struct migration_file *out, struct lc_error *err)
{
    struct migration_input part = *in;
    struct migration_source s;
    struct templates templates = {.path = in->path};
    int first = out->len;
    enum lc_code code;

    if (!memmem(in->text + offset, len, style->prefix, strlen(style->prefix)))
        return migration_add_sql(arena, in, offset, len, line, wrap, unit, out, err);
    part.text = in->text + offset;
    part.size = len;
    source_begin(&s, arena, &part);
    if (is_shell(style))
        fill_in_shell(&s, style);
    else
        fill_in(&s, style, &templates);
    code = source_parse(&s, wrap, unit, out, err);
    if (code != LC_OK)
        lc_error_at(err, in->path, line);
    for (int i = first; i < out->len; i++) {
        struct migration_stmt *m = &out->stmts[i];
        m->sql.offset += offset;
        m->sql.line += line - 1;
        if (m->sql.error && line > 1) {
            struct lc_error *moved = lc_memdup(arena, m->sql.error, sizeof *moved);
            moved->line += line - 1;
            m->sql.error = moved;
        }
        explain(arena, style, m);
    }
    return code;
}
