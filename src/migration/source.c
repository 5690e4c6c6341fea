// A migration file with some of its bytes replaced, and where each byte came from.
#include "migration/source.h"

#include <string.h>

void source_begin(struct migration_source *s, struct lc_arena *arena, const struct migration_input *in)
{
    memset(s, 0, sizeof *s);
    s->arena = arena;
    s->in = in;
    lc_str_init(&s->text, arena, LC_SQL_MAX_BYTES);
}

void source_keep(struct migration_source *s, size_t to)
{
    if (to > s->done) {
        lc_str_addn(&s->text, s->in->text + s->done, to - s->done);
        s->done = to;
    }
}

void source_blank(struct migration_source *s, size_t to)
{
    size_t at = s->text.len;

    source_keep(s, to);
    for (; at < s->text.len; at++)
        if (s->text.text[at] != '\n' && s->text.text[at] != '\r')
            s->text.text[at] = ' ';
}

void source_put(struct migration_source *s, size_t to, const char *text, size_t len, bool verbatim)
{
    struct source_edit e = {s->text.len, len, s->done, to - s->done, verbatim};

    lc_str_addn(&s->text, text, len);
    LC_PUSH(s->arena, &s->edits, e);
    s->done = to;
}

struct place { // walks the edits along with ascending offsets
    const struct migration_source *s;
    int next;       // the first edit that ends behind the last offset
    size_t counted; // bytes of the file whose lines are counted
    int line;       // of byte `counted`
    const struct source_edit *inside;
};

// The byte of the file that stands for byte `at` of the text; ascending.
static size_t origin(struct place *p, size_t at)
{
    const struct migration_source *s = p->s;
    const struct source_edit *e;

    while (p->next < s->edits.len && s->edits.items[p->next].at + s->edits.items[p->next].len <= at)
        p->next++;
    e = p->next < s->edits.len ? &s->edits.items[p->next] : NULL;
    p->inside = e && e->at <= at ? e : NULL;
    if (p->inside)
        return e->from;
    if (p->next == 0)
        return at;
    e = &s->edits.items[p->next - 1];
    return e->from + e->from_len + (at - e->at - e->len);
}

static int line_at(struct place *p, size_t offset)
{
    for (; p->counted < offset; p->counted++)
        p->line += p->s->in->text[p->counted] == '\n';
    return p->line;
}

static void place_statement(struct place *p, struct migration_stmt *m)
{
    size_t from = origin(p, m->sql.offset), to;
    int line = line_at(p, from);
    const struct source_edit *edit = p->inside;
    struct place end = *p;

    to = origin(&end, m->sql.offset + m->sql.len);
    if (m->sql.error) {
        struct lc_error *moved = lc_memdup(p->s->arena, m->sql.error, sizeof *moved);
        moved->line = p->s->edits.len ? line : moved->line;
        m->sql.error = moved;
    }
    m->sql.offset = from;
    m->sql.len = to > from ? to - from : 0;
    m->sql.line = line;
    if (edit && edit->verbatim && m->sql.tree) {
        size_t n = edit->from_len;
        while (n && (unsigned char)p->s->in->text[edit->from + n - 1] <= ' ')
            n--;
        m->sql.text = lc_strndup(p->s->arena, p->s->in->text + edit->from, n);
    }
}

// psql's \; sends what stands around it as one string: an implicit transaction (exec_simple_query, tcop/postgres.c).
static void join_strings(const struct migration_source *s, struct migration_file *out, int first, const size_t *starts)
{
    int j = 0, unit = 0;

    for (int k = first + 1; k < out->len; k++) {
        while (j < s->joins.len && s->joins.items[j] < starts[k - 1 - first])
            j++;
        if (j >= s->joins.len || s->joins.items[j] >= starts[k - first]) {
            unit = 0;
            continue;
        }
        if (!unit)
            unit = migration_new_unit(s->in);
        for (int n = k - 1; n <= k; n++) {
            out->stmts[n].wrap = MIGRATION_IMPLICIT;
            out->stmts[n].unit = unit;
        }
    }
}

enum lc_code source_parse(struct migration_source *s, enum migration_wrap wrap, int unit, struct migration_file *out,
                          struct lc_error *err)
{
    struct migration_input in = *s->in;
    struct place p = {.s = s, .line = 1};
    int first = out->len;
    size_t *starts;
    enum lc_code code;

    source_keep(s, s->in->size);
    if (s->text.full)
        return lc_fail(err, LC_E_INPUT, "with its variables and included files the file is larger than %zu MB",
                       s->text.max / 1024 / 1024);
    in.text = s->text.text;
    in.size = s->text.len;
    code = migration_add_sql(s->arena, &in, 0, in.size, 1, wrap, unit, out, err);
    if (code != LC_OK)
        return code;
    starts = LC_NEW_ARRAY(s->arena, size_t, out->len - first + 1);
    for (int i = first; i < out->len; i++) {
        starts[i - first] = out->stmts[i].sql.offset;
        place_statement(&p, &out->stmts[i]);
    }
    if (s->joins.len)
        join_strings(s, out, first, starts);
    return LC_OK;
}
