// Placeholders that frameworks fill in before they send a text.
#include "migration/placeholders.h"

#include <string.h>

#include "migration/source.h"

#define NAME_MAX_BYTES 200

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

static void fill_in(struct migration_source *s, const struct placeholders *style)
{
    const char *text = s->in->text, *end = text + s->in->size, *p = text, *stop;
    size_t np = strlen(style->prefix), ns = strlen(style->suffix);

    while ((p = memmem(p, (size_t)(end - p), style->prefix, np))) {
        const char *name = p + np, *value = NULL;
        size_t room = (size_t)(end - name) < NAME_MAX_BYTES ? (size_t)(end - name) : NAME_MAX_BYTES;
        stop = memmem(name, room, style->suffix, ns);
        if (stop && !memchr(name, '\n', (size_t)(stop - name)))
            value = value_of(s->arena, style, name, (size_t)(stop - name));
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

    if (!stop || !m->sql.error || stop - p > NAME_MAX_BYTES)
        return;
    e = lc_memdup(arena, m->sql.error, sizeof *e);
    lc_error_hint(e, "The placeholder %.*s has no value: give one with -v NAME=VALUE.",
                  (int)(stop - p) + (int)strlen(style->suffix), p);
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
