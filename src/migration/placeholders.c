// Placeholders that frameworks fill in before they send a text.
#include "migration/placeholders.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "migration/markers.h"
#include "migration/read_file.h"
#include "migration/source.h"

#define NAME_MAX_BYTES 200
#define TEMPLATE_DEPTH 8 // of templates in templates

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
static const char *shell_value(struct lc_arena *arena, const struct placeholders *style, const char *p, size_t *len)
{
    bool braces = p[1] == '{';
    const char *name = p + 1 + braces, *stop, *value;
    size_t n = name_length(name);

    *len = *p == '\\' || p[1] == '$' ? 2 : 1 + n;
    if (*len == 2 && (*p == '\\' || p[1] == '$'))
        return "$";
    stop = braces ? strchr(name, '}') : name + n;
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
        value = shell_value(s->arena, style, p, &len);
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

static void fill_in(struct migration_source *s, const struct placeholders *style);

// In the folder of `root` or below it, symbolic links resolved: a migration may not show other files of the machine.
static bool lies_beside(const char *root, const char *path)
{
    char real[PATH_MAX], folder[PATH_MAX];
    char *slash;

    if (!realpath(path, real) || !realpath(root, folder) || !(slash = strrchr(folder, '/')))
        return false;
    return strncmp(real, folder, (size_t)(slash - folder) + 1) == 0;
}

// jackc/tern migrate/migrate.go LoadMigrations: {{ template "shared/v1.sql" . }} is that file of the migrations' folder.
static const char *shared_code(const struct migration_source *s, const struct placeholders *style, const char *name, size_t len)
{
    struct migration_input in = *s->in, *kept;
    struct migration_source inner;
    struct lc_error err = {0};
    size_t n = strcspn(name, "\"");
    const char *file = lc_strndup(s->arena, name, n < len ? n : len);

    const char *path = lc_printf(s->arena, "%.*s%s", (int)(file_name(s->root) - s->root), s->root, file);

    if (n >= len || s->depth >= TEMPLATE_DEPTH || !lies_beside(s->root, path) ||
        migration_read_file(s->arena, path, &in, &err) != LC_OK)
        return NULL;
    kept = lc_memdup(s->arena, &in, sizeof in);
    source_begin(&inner, s->arena, kept);
    inner.root = s->root;
    inner.depth = s->depth + 1;
    fill_in(&inner, style);
    source_keep(&inner, kept->size);
    return inner.text.text;
}

// A value of the [data] section of tern.conf, in the folder or up to two above.
static const char *configured(struct lc_arena *arena, const char *path, const char *name, size_t len)
{
    static const char *const above[] = {"tern.conf", "../tern.conf", "../../tern.conf"};
    const char *key = lc_strndup(arena, name, len);

    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        const char *conf = read_beside(arena, path, above[i]), *p = conf ? strstr(conf, "[data]") : NULL;
        for (; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
            const char *value = p + strspn(p, " \t");
            if (!lc_starts(value, key) || !strchr(" \t=", value[len]))
                continue;
            value += len + strspn(value + len, " \t=");
            return lc_strndup(arena, value, strcspn(value, "\r\n"));
        }
    }
    return NULL;
}

// Go's text/template as far as migrations use it: {{ .name }}, {{ template "file" . }}, comments; {{- and -}} are taken for {{ and }}.
static const char *template_value(const struct migration_source *s, const struct placeholders *style, const char *name,
                                  size_t len)
{
    const char *value, *word = "template \"";

    while (len && (*name == ' ' || *name == '-'))
        name++, len--;
    while (len && (name[len - 1] == ' ' || name[len - 1] == '-'))
        len--;
    if (len >= 4 && lc_starts(name, "/*"))
        return "";
    if (len > strlen(word) && lc_starts(name, word))
        return shared_code(s, style, name + strlen(word), len - strlen(word));
    if (!len || *name != '.' || len == 1)
        return NULL;
    value = value_of(s->arena, style, name, len);
    return value ? value : configured(s->arena, s->root, name + 1, len - 1);
}

static void fill_in(struct migration_source *s, const struct placeholders *style)
{
    const char *text = s->in->text, *end = text + s->in->size, *p = text, *stop;
    size_t np = strlen(style->prefix), ns = strlen(style->suffix);

    while ((p = memmem(p, (size_t)(end - p), style->prefix, np))) {
        const char *name = p + np, *value = NULL;
        size_t room = (size_t)(end - name) < NAME_MAX_BYTES ? (size_t)(end - name) : NAME_MAX_BYTES;
        stop = memmem(name, room, style->suffix, ns);
        if (stop && !memchr(name, '\n', (size_t)(stop - name)))
            value = is_template(style) ? template_value(s, style, name, (size_t)(stop - name))
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
    int first = out->len;
    enum lc_code code;

    if (!memmem(in->text + offset, len, style->prefix, strlen(style->prefix)))
        return migration_add_sql(arena, in, offset, len, line, wrap, unit, out, err);
    part.text = in->text + offset;
    part.size = len;
    source_begin(&s, arena, &part);
    s.root = in->path;
    if (is_shell(style))
        fill_in_shell(&s, style);
    else
        fill_in(&s, style);
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
