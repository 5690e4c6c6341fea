// predicate_implied_by for weak implication (optimizer/util/predtest.c), and the canonical form it wants (optimizer/prep/prepqual.c).
#include "catalog/prove.h"

#include "base/str.h"

#define MAX_SAOP_ARRAY_SIZE 100
#define MAX_PROOF_STEPS 200000 // the server has none; gives up instead of hanging on a hostile constraint

enum class { CLASS_ATOM, CLASS_AND, CLASS_OR };

struct proof {
    struct analysis *a;
    int steps;
};

// predicate_classify: the parts of an AND, an OR, or an = ANY over an array whose items are known.
static enum class classify(struct proof *p, const struct expr *e, struct exprs *parts) {
    const struct expr *array = e->kind == X_SCALARARRAY ? e->args[1] : NULL;

    if (e->kind == X_BOOL && e->sub != NOT_EXPR){ *parts = (struct exprs){e->args, e->nargs, e->nargs};
                                                  return e->sub == AND_EXPR ? CLASS_AND : CLASS_OR;}
if (!array || array->kind != X_ARRAY || array->nargs > MAX_SAOP_ARRAY_SIZE || !array->nargs) return CLASS_ATOM;
for (int i = 0; i < array->nargs; i++) {
    struct expr *op = expr_node2(p->a, X_OP, BOOLOID, -1, e->args[0], array->args[i]);

    op->op = e->op;
    op->proc = e->proc;
    LC_PUSH(p->a->arena, parts, op);
}
return e->sub ? CLASS_AND : CLASS_OR;
}

static bool simple(struct proof *p, const struct expr *clause, const struct expr *predicate)
{
    return expr_equal(predicate, clause) || prove_by_operators(p->a, predicate, clause);
}

static bool implies(struct proof *p, const struct expr *clause, const struct expr *predicate);

static bool implies_all(struct proof *p, const struct expr *clause, const struct exprs *predicates)
{
    for (int i = 0; i < predicates->len; i++)
        if (!implies(p, clause, predicates->items[i]))
            return false;
    return true;
}

static bool implies_any(struct proof *p, const struct expr *clause, const struct exprs *predicates)
{
    for (int i = 0; i < predicates->len; i++)
        if (implies(p, clause, predicates->items[i]))
            return true;
    return false;
}

static bool any_implies(struct proof *p, const struct exprs *clauses, const struct expr *predicate)
{
    for (int i = 0; i < clauses->len; i++)
        if (implies(p, clauses->items[i], predicate))
            return true;
    return false;
}

static bool or_implies(struct proof *p, const struct exprs *clauses, const struct expr *predicate, enum class pclass,
                       const struct exprs *preds)
{
    for (int i = 0; i < clauses->len; i++)
        if (!(pclass == CLASS_OR ? implies_any(p, clauses->items[i], preds) : implies(p, clauses->items[i], predicate)))
            return false;
    return true;
}

// predicate_implied_by_recurse.
static bool implies(struct proof *p, const struct expr *clause, const struct expr *predicate)
{
    struct exprs clauses = {0}, preds = {0};
    enum class pclass, cclass;

    if (p->steps++ > MAX_PROOF_STEPS)
        return false;
    pclass = classify(p, predicate, &preds);
    cclass = classify(p, clause, &clauses);
    if (cclass == CLASS_OR)
        return or_implies(p, &clauses, predicate, pclass, &preds);
    if (pclass == CLASS_AND)
        return implies_all(p, clause, &preds);
    if (pclass == CLASS_OR && implies_any(p, clause, &preds))
        return true;
    if (cclass == CLASS_AND)
        return any_implies(p, &clauses, predicate);
    return pclass == CLASS_ATOM && simple(p, clause, predicate);
}

static struct expr *and_of(struct analysis *a, const struct exprs *list)
{
    struct expr *e;

    if (list->len == 1)
        return list->items[0];
    e = expr_new(a, X_BOOL, BOOLOID, -1);
    e->sub = AND_EXPR;
    expr_set_args(e, list);
    return e;
}

bool prove_implied(struct analysis *a, const struct exprs *predicates, const struct exprs *clauses)
{
    struct proof p = {.a = a};

    if (!predicates->len)
        return true;
    return clauses->len && implies(&p, and_of(a, clauses), and_of(a, predicates));
}

// --- canonicalize_qual -----------------------------------------------------------------------------------------------------

static void flatten(struct analysis *a, struct expr *e, BoolExprType op, struct exprs *out)
{
    if (e->kind == X_BOOL && e->sub == (int)op)
        for (int i = 0; i < e->nargs; i++)
            flatten(a, e->args[i], op, out);
    else
        LC_PUSH(a->arena, out, e);
}

static bool contains(const struct exprs *list, const struct expr *e)
{
    for (int i = 0; i < list->len; i++)
        if (expr_equal(list->items[i], e))
            return true;
    return false;
}

static struct expr *bool_of(struct analysis *a, BoolExprType op, const struct exprs *list)
{
    struct expr *e;

    if (list->len == 1)
        return list->items[0];
    e = expr_new(a, X_BOOL, BOOLOID, -1);
    e->sub = (int)op;
    expr_set_args(e, list);
    return e;
}

static struct expr *canonical(struct analysis *a, struct expr *e);

// process_duplicate_ors: (A AND B) OR (A AND C) becomes A AND (B OR C).
static struct expr *pull_common(struct analysis *a, const struct exprs *arms)
{
    struct exprs first = {0}, common = {0}, rest = {0};

    flatten(a, arms->items[0], AND_EXPR, &first);
    for (int i = 0; i < first.len; i++) {
        bool everywhere = true;

        for (int k = 1; k < arms->len && everywhere; k++) {
            struct exprs parts = {0};

            flatten(a, arms->items[k], AND_EXPR, &parts);
            everywhere = contains(&parts, first.items[i]);
        }
        if (everywhere && !contains(&common, first.items[i]))
            LC_PUSH(a->arena, &common, first.items[i]);
    }
    if (!common.len)
        return bool_of(a, OR_EXPR, arms);
    for (int k = 0; k < arms->len; k++) {
        struct exprs parts = {0}, left = {0};

        flatten(a, arms->items[k], AND_EXPR, &parts);
        for (int i = 0; i < parts.len; i++)
            if (!contains(&common, parts.items[i]))
                LC_PUSH(a->arena, &left, parts.items[i]);
        if (!left.len)
            return bool_of(a, AND_EXPR, &common);
        LC_PUSH(a->arena, &rest, bool_of(a, AND_EXPR, &left));
    }
    LC_PUSH(a->arena, &common, bool_of(a, OR_EXPR, &rest));
    return bool_of(a, AND_EXPR, &common);
}

// find_duplicate_ors.
static struct expr *canonical(struct analysis *a, struct expr *e)
{
    struct exprs parts = {0}, done = {0};

    if (e->kind != X_BOOL || e->sub == NOT_EXPR || a->depth > ANALYSIS_MAX_DEPTH)
        return e;
    a->depth++;
    flatten(a, e, (BoolExprType)e->sub, &parts);
    for (int i = 0; i < parts.len; i++) {
        struct expr *c = canonical(a, parts.items[i]);

        if (c->kind == X_CONST && (c->isnull || (c->value && (c->value[0] == 't') == (e->sub == AND_EXPR)))) {
            if (e->sub == AND_EXPR || !c->isnull)
                continue; // in a CHECK a NULL is as good as TRUE: AND drops it
        }
        flatten(a, c, (BoolExprType)e->sub, &done);
    }
    a->depth--;
    if (!done.len)
        return expr_const(a, BOOLOID, e->sub == AND_EXPR ? "t" : "f", false);
    return e->sub == AND_EXPR || done.len == 1 ? bool_of(a, (BoolExprType)e->sub, &done) : pull_common(a, &done);
}

void prove_canonical(struct analysis *a, struct expr *e, struct exprs *out)
{
    flatten(a, canonical(a, e), AND_EXPR, out);
}
