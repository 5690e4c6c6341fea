// Analysed expressions: making them, comparing them, looking through them.
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"
#include "catalog/internal.h"

void analysis_init(struct analysis *a, const struct catalog *cat)
{
    *a = (struct analysis){.cat = cat, .arena = cat_arena(cat)};
    lc_map_init(&a->seen, a->arena);
}

void analysis_begin(struct analysis *a, const struct catalog *cat)
{
    struct lc_arena *scratch = lc_arena_scratch(cat_arena(cat));

    *a = (struct analysis){.cat = cat, .arena = scratch, .mark = lc_arena_mark(scratch)};
    lc_map_init(&a->seen, scratch);
}

void analysis_end(const struct analysis *a)
{
    lc_arena_reset(a->arena, a->mark);
}

// recordDependencyOnExpr leaves out what initdb made (isObjectPinned).
void analysis_depend(struct analysis *a, enum cat_class class, Oid oid, int subid)
{
    uint64_t key = cat_key(class, oid) ^ ((uint64_t)(unsigned)subid << 40);

    if (!a->deps || oid < FirstNormalObjectId || lc_map_puti(&a->seen, key, a))
        return;
    LC_PUSH(cat_arena(a->cat), a->deps, (struct cat_address){class, oid, subid});
}

struct expr *expr_new(struct analysis *a, enum expr_kind kind, Oid type, int typmod)
{
    struct expr *e = LC_NEW(a->arena, struct expr);

    e->kind = kind;
    e->type = type;
    e->typmod = typmod;
    return e;
}

struct expr *expr_unknown(struct analysis *a, Oid type)
{
    a->unknown = true;
    return expr_new(a, X_UNKNOWN, type, -1);
}

struct expr *expr_const(struct analysis *a, Oid type, const char *value, bool isnull)
{
    struct expr *e = expr_new(a, X_CONST, type, -1);

    e->value = value;
    e->isnull = isnull;
    return e;
}

void expr_set_args(struct expr *e, const struct exprs *args)
{
    e->args = args->items;
    e->nargs = args->len;
}

struct expr *expr_node1(struct analysis *a, enum expr_kind kind, Oid type, int typmod, struct expr *arg)
{
    struct expr *e = expr_new(a, kind, type, typmod);
    struct exprs args = {0};

    LC_PUSH(a->arena, &args, arg);
    expr_set_args(e, &args);
    return e;
}

struct expr *expr_node2(struct analysis *a, enum expr_kind kind, Oid type, int typmod, struct expr *arg, struct expr *second)
{
    struct expr *e = expr_node1(a, kind, type, typmod, arg);

    e->args[1] = second; // expr_node1's array has room for four
    e->nargs = 2;
    return e;
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool same_head(const struct expr *a, const struct expr *b)
{
    if (a->kind != b->kind || a->type != b->type || a->nargs != b->nargs || a->sub != b->sub || a->attnum != b->attnum)
        return false;
    if (a->rel != b->rel && (!a->rel || !b->rel || a->rel->o.oid != b->rel->o.oid))
        return false;
    if (a->proc != b->proc && (!a->proc || !b->proc || a->proc->o.oid != b->proc->o.oid))
        return false;
    return a->op == b->op || (a->op && b->op && a->op->o.oid == b->op->o.oid);
}

bool expr_equal(const struct expr *a, const struct expr *b)
{
    if (!a || !b)
        return a == b;
    if (!same_head(a, b) || a->kind == X_UNKNOWN || a->kind == X_SUBLINK || a->kind == X_SUBSCRIPT || a->kind == X_XML)
        return false; // what is not kept in full is never equal
    if (a->kind == X_CONST && !(a->isnull && b->isnull) && (a->isnull || b->isnull || !same_text(a->value, b->value)))
        return false;
    if (a->kind == X_VAR && !a->rel)
        return false;
    for (int i = 0; i < a->nargs; i++)
        if (!expr_equal(a->args[i], b->args[i]))
            return false;
    return true;
}

bool expr_any(const struct expr *e, expr_test test, void *context)
{
    if (!e)
        return false;
    if (test(e, context))
        return true;
    for (int i = 0; i < e->nargs; i++)
        if (expr_any(e->args[i], test, context))
            return true;
    return false;
}
