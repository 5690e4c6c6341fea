// Sequences: their values, which no transaction takes back, and where they end, which ALTER SEQUENCE changes and a rollback undoes (sequence.c).
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "isolation/world.h"

struct sequence {
    long last, start, increment, max, min;
    bool cycle;
};

struct undo {
    struct sequence *sequence, old;
};

static struct sequence *find(struct world *w, const struct session *s, const struct cat_relation *rel)
{
    return rel && rel->relkind == 'S' ? lc_map_get(&w->sequences, cat_qualified_name(s->cat, rel)) : NULL;
}

static bool number_of(const DefElem *d, long *out)
{
    const Integer *i = d->arg ? AS(Integer, d->arg) : NULL;
    const Float *f = d->arg ? AS(Float, d->arg) : NULL;

    if (i)
        *out = (long)i->ival;
    else if (f)
        *out = strtol(f->fval, NULL, 10);
    return i || f;
}

// init_params: RESTART says what comes next.
static void set_options(struct sequence *q, const NodeList *options, bool create)
{
    long n;

    for (LIST_EACH(i, options)) {
        const DefElem *d = LIST_GET(DefElem, options, i);
        bool given = d && number_of(d, &n);

        if (!d)
            continue;
        if (lc_streq(d->defname, "increment") && given && n != 0)
            q->increment = n;
        else if (lc_streq(d->defname, "maxvalue"))
            q->max = given ? n : q->max;
        else if (lc_streq(d->defname, "minvalue"))
            q->min = given ? n : q->min;
        else if (lc_streq(d->defname, "start") && given)
            q->start = n;
        else if (lc_streq(d->defname, "cycle"))
            q->cycle = !d->arg || lc_streq(node_string(d->arg), "true") || (AS(Boolean, d->arg) && AS(Boolean, d->arg)->boolval);
    }
    for (LIST_EACH(i, options)) {
        const DefElem *d = LIST_GET(DefElem, options, i);

        if (d && lc_streq(d->defname, "restart"))
            q->last = (number_of(d, &n) ? n : q->start) - q->increment;
    }
    if (create)
        q->last = q->start - q->increment;
}

void note_sequence(struct world *w, struct session *s, const Node *stmt)
{
    const CreateSeqStmt *create = AS(CreateSeqStmt, stmt);
    const AlterSeqStmt *alter = AS(AlterSeqStmt, stmt);
    const struct cat_relation *rel =
        create || alter ? cat_find_rangevar(s->cat, create ? create->sequence : alter->sequence) : NULL;
    struct sequence *q = find(w, s, rel);

    if (create && rel && !q) {
        q = LC_NEW(w->arena, struct sequence);
        *q = (struct sequence){.start = 1, .increment = 1, .min = 1, .max = LONG_MAX};
        (void)lc_map_put(&w->sequences, cat_qualified_name(s->cat, rel), q);
        set_options(q, &create->options, true);
    }
    if (alter && q) {
        struct undo *undo = LC_NEW(w->arena, struct undo);

        *undo = (struct undo){q, *q};
        LC_PUSH(w->arena, &s->sequence_undo, undo);
        set_options(q, &alter->options, false);
    }
}

void end_sequences(struct session *s, bool commit)
{
    for (int i = s->sequence_undo.len - 1; i >= 0 && !commit; i--)
        *s->sequence_undo.items[i]->sequence = s->sequence_undo.items[i]->old;
    s->sequence_undo.len = 0;
}

static bool visit(const Node *node, void *context)
{
    const FuncCall *f = AS(FuncCall, node);

    if (f && lc_streq(list_last_name(&f->funcname), "nextval"))
        *(bool *)context = true;
    return true;
}

bool has_nextval(const Node *node)
{
    bool found = false;

    if (node)
        node_walk(node, visit, &found);
    return found;
}

struct value call_nextval(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    struct value name = f->args.length ? eval_expr(w, s, env, f->args.items[0]) : (struct value){V_UNKNOWN, NULL};
    const struct cat_relation *rel = name.kind == V_TEXT ? cat_find_regclass(s->cat, name.text) : NULL;
    struct sequence *q = find(w, s, rel);
    bool ended;

    if (!q)
        return (struct value){V_TEXT, lc_printf(w->arena, "%ld", ++w->sequence)};
    ended = q->increment > 0 ? q->last > q->max - q->increment : q->last < q->min - q->increment;
    if (ended && !q->cycle) {
        (void)world_error(w, s, "nextval: reached %s value of sequence \"%s\" (%ld)", q->increment > 0 ? "maximum" : "minimum",
                          rel->o.name, q->increment > 0 ? q->max : q->min);
        return (struct value){V_FAIL, NULL};
    }
    q->last = !ended ? q->last + q->increment : q->increment > 0 ? q->min : q->max;
    return (struct value){V_TEXT, lc_printf(w->arena, "%ld", q->last)};
}
