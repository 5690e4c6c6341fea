// Sequences: their values, which no transaction takes back, and where they end, which ALTER SEQUENCE changes and a rollback undoes (sequence.c).
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "isolation/world.h"

struct sequence {
    long last, start, increment, max, min, type_max;
    bool called, cycle; // called: `last` has been given
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

static const DefElem *option(const NodeList *options, const char *name)
{
    for (LIST_EACH(i, options)) {
        const DefElem *d = LIST_GET(DefElem, options, i);

        if (d && lc_streq(d->defname, name))
            return d;
    }
    return NULL;
}

static long type_max(const DefElem *as)
{
    const TypeName *t = as->arg ? AS(TypeName, as->arg) : NULL;
    const char *name = t ? list_last_name(&t->names) : NULL;

    return lc_streq(name, "int2") ? SHRT_MAX : lc_streq(name, "int4") ? INT_MAX : LONG_MAX;
}

// A bound: as given, or by default where it is reset.
static void set_bound(const DefElem *d, bool reset, long by_default, long *bound)
{
    if (!(d && number_of(d, bound)) && (d || reset))
        *bound = by_default;
}

// init_params.
static void set_options(struct sequence *q, const NodeList *options, bool create)
{
    const DefElem *as = option(options, "as"), *increment = option(options, "increment"), *cycle = option(options, "cycle"),
                  *start = option(options, "start"), *restart = option(options, "restart");
    bool to_max = create || (as && q->max == q->type_max), to_min = create || (as && q->min == -q->type_max - 1);
    long n;

    if (as)
        q->type_max = type_max(as);
    if (increment && number_of(increment, &n) && n != 0)
        q->increment = n;
    set_bound(option(options, "maxvalue"), to_max, q->increment > 0 ? q->type_max : -1, &q->max);
    set_bound(option(options, "minvalue"), to_min, q->increment > 0 ? 1 : -q->type_max - 1, &q->min);
    if (cycle)
        q->cycle = !cycle->arg || lc_streq(node_string(cycle->arg), "true") ||
                   (AS(Boolean, cycle->arg) && AS(Boolean, cycle->arg)->boolval);
    set_bound(start, create, q->increment > 0 ? q->min : q->max, &q->start);
    if (restart || create) {
        q->last = restart && number_of(restart, &n) ? n : q->start;
        q->called = false;
    }
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
        *q = (struct sequence){.increment = 1, .type_max = LONG_MAX};
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

// nextval_internal: is the last value the last that there is?
static bool is_last(const struct sequence *q)
{
    if (q->increment > 0)
        return q->max >= 0 ? q->last > q->max - q->increment : q->last + q->increment > q->max;
    return q->min < 0 ? q->last < q->min - q->increment : q->last + q->increment < q->min;
}

struct value call_nextval(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    struct value name = f->args.length ? eval_expr(w, s, env, f->args.items[0]) : (struct value){V_UNKNOWN, NULL};
    const struct cat_relation *rel = name.kind == V_TEXT ? cat_find_regclass(s->cat, name.text) : NULL;
    struct sequence *q = find(w, s, rel);
    bool ended;

    if (!q)
        return (struct value){V_TEXT, lc_printf(w->arena, "%ld", ++w->sequence)};
    ended = q->called && is_last(q);
    if (ended && !q->cycle) {
        (void)world_error(w, s, "nextval: reached %s value of sequence \"%s\" (%ld)", q->increment > 0 ? "maximum" : "minimum",
                          rel->o.name, q->increment > 0 ? q->max : q->min);
        return (struct value){V_FAIL, NULL};
    }
    if (q->called)
        q->last = !ended ? q->last + q->increment : q->increment > 0 ? q->min : q->max;
    q->called = true;
    return (struct value){V_TEXT, lc_printf(w->arena, "%ld", q->last)};
}
