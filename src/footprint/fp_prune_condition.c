// Which partitions one condition leaves (partprune.c, gen_partprune_steps_internal).
#include "footprint/fp_prune.h"

#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"

enum fq_cmp prune_operator(const char *op)
{
    static const char *const names[] = {"=", "<", "<=", ">", ">=", "<>"};

    for (int i = 0; op && i < 6; i++)
        if (strcmp(op, names[i]) == 0)
            return (enum fq_cmp)i;
    return FQ_CMP_NONE;
}

static enum fq_cmp negate(enum fq_cmp op)
{
    static const enum fq_cmp of[] = {FQ_NE, FQ_GE, FQ_GT, FQ_LE, FQ_LT, FQ_EQ, FQ_CMP_NONE};

    return of[op];
}

static enum fq_cmp commute(enum fq_cmp op)
{
    static const enum fq_cmp of[] = {FQ_EQ, FQ_GT, FQ_GE, FQ_LT, FQ_LE, FQ_NE, FQ_CMP_NONE};

    return of[op];
}

static bool is_literal(const Node *expr)
{
    const TypeCast *tc = AS(TypeCast, expr);

    while (tc) {
        expr = tc->arg;
        tc = AS(TypeCast, expr);
    }
    return IsA(expr, A_Const);
}

bool prune_compare(struct prune *p, struct fq_level *level, const Node *l, const Node *r, enum fq_cmp op, struct cond *out)
{
    bool column, other, param = false;
    int key;

    l = prune_behind(p, level, l);
    r = prune_behind(p, level, r);
    key = prune_key(p, level, l, op == FQ_EQ && p->top, &column);
    if (key < 0) {
        const Node *t = l;
        key = prune_key(p, level, r, op == FQ_EQ && p->top, &other);
        if (key < 0 || column)
            return false;
        r = t;
        op = commute(op);
    } else {
        (void)prune_key(p, level, r, false, &other);
        if (other)
            return false;
    }
    *out = (struct cond){key, op, fq_evaluate(p->q->s->cat, r, p->b->types[key], &param)};
    if (out->value.kind == FQV_FORM && ((op != FQ_EQ && op != FQ_NE) || p->b->strategy != 'l'))
        out->value.kind = FQV_UNKNOWN;
    if (out->value.kind == FQV_UNKNOWN) {
        p->vague |= param || is_literal(r); // of a type whose values are not computed here
        return false;
    }
    if (op == FQ_NE && p->b->types[key] == BOOLOID && out->value.kind == FQV_INT) { // simplify_boolean_equality
        out->op = FQ_EQ;
        out->value.i = !out->value.i;
    }
    return op != FQ_CMP_NONE;
}

static struct fq_set add_comparison(struct prune *p, struct fq_level *level, const Node *l, const Node *r, enum fq_cmp op,
                                    struct fq_set set, bool conjunctive)
{
    struct cond c;
    struct fq_set one = fq_set_all(p->b);

    if (prune_compare(p, level, l, r, op, &c))
        one = fq_set_compare(p->b, c.key, c.op, c.value);
    return conjunctive ? fq_set_and(set, one) : fq_set_or(set, one);
}

// x IN (...) and x = ANY (ARRAY[...]): an OR; their negations: an AND of <>.
static struct fq_set prune_list(struct prune *p, struct fq_level *level, const Node *l, const NodeList *items, bool negated)
{
    struct fq_set set = negated ? fq_set_all(p->b) : fq_set_none(p->b);

    for (LIST_EACH(i, items))
        set = add_comparison(p, level, l, items->items[i], negated ? FQ_NE : FQ_EQ, set, negated);
    return set;
}

// '{1,2,3}' as its items.
static bool split_array(struct prune *p, const Node *expr, NodeList *items)
{
    const TypeCast *tc = AS(TypeCast, expr);
    const A_Const *c = AS(A_Const, tc ? tc->arg : expr);
    const char *text = c ? node_string(c->val) : NULL;

    if (!text || *text != '{' || strpbrk(text, "\"\\"))
        return false;
    items->items = LC_NEW_ARRAY(p->q->arena, Node *, strlen(text));
    for (const char *t = text + 1; *t && *t != '}';) {
        size_t len = strcspn(t, ",}");
        String *s = LC_NEW(p->q->arena, String);
        A_Const *item = LC_NEW(p->q->arena, A_Const);
        *s = (String){.tag = T_String, .sval = lc_strndup(p->q->arena, t, len)};
        *item = (A_Const){.tag = T_A_Const, .val = (Node *)(void *)s};
        items->items[items->length++] = (Node *)(void *)item;
        t += len + (t[len] == ',');
    }
    return true;
}

// Comparing a timestamp with a timestamptz depends on the time zone: the planner does not prune by it.
static bool is_stable(const struct prune *p, int key, const TypeName *array)
{
    const struct cat_type *t = cat_find_typename(p->q->s->cat, array, NULL);
    Oid elem = t ? t->elem : InvalidOid;

    return key >= 0 && elem != p->b->types[key] && (elem == TIMESTAMPTZOID || p->b->types[key] == TIMESTAMPTZOID);
}

static struct fq_set prune_any(struct prune *p, struct fq_level *level, const A_Expr *e, bool negated)
{
    const TypeCast *tc = AS(TypeCast, e->rexpr);
    const A_ArrayExpr *array = AS(A_ArrayExpr, tc ? tc->arg : e->rexpr);
    enum fq_cmp op = prune_operator(list_last_name(&e->name));
    bool all = e->kind == AEXPR_OP_ALL;
    NodeList items = {0};
    bool column;

    if ((all && op != FQ_NE) || (!all && op != FQ_EQ)) {
        p->vague |= prune_key(p, level, e->lexpr, false, &column) >= 0 && is_literal(e->rexpr);
        return fq_set_all(p->b);
    }
    const A_Const *constant = AS(A_Const, tc ? tc->arg : e->rexpr);
    int key = constant && constant->isnull ? prune_key(p, level, e->lexpr, false, &column) : -1;
    if (key >= 0 && !(tc && is_stable(p, key, tc->typeName)))
        return fq_set_none(p->b);
    if (tc && array && is_stable(p, prune_key(p, level, e->lexpr, false, &column), tc->typeName))
        return fq_set_all(p->b);
    if (array)
        return prune_list(p, level, e->lexpr, &array->elements, all != negated);
    if (split_array(p, e->rexpr, &items))
        return prune_list(p, level, e->lexpr, &items, all != negated);
    if (prune_key(p, level, e->lexpr, false, &column) >= 0 && (IsA(e->rexpr, ParamRef) || (tc && IsA(tc->arg, ParamRef))))
        p->vague = true;
    return fq_set_all(p->b);
}

static struct fq_set between(struct prune *p, struct fq_level *level, const Node *l, const Node *low, const Node *high,
                             bool outside)
{
    struct fq_set set = outside ? fq_set_none(p->b) : fq_set_all(p->b);

    set = add_comparison(p, level, l, low, outside ? FQ_LT : FQ_GE, set, !outside);
    return add_comparison(p, level, l, high, outside ? FQ_GT : FQ_LE, set, !outside);
}

static struct fq_set prune_between(struct prune *p, struct fq_level *level, const A_Expr *e, bool negated)
{
    const List *pair = AS(List, e->rexpr);
    bool outside = (e->kind == AEXPR_NOT_BETWEEN || e->kind == AEXPR_NOT_BETWEEN_SYM) != negated;
    bool symmetric = e->kind == AEXPR_BETWEEN_SYM || e->kind == AEXPR_NOT_BETWEEN_SYM;
    struct fq_set set, other;

    if (!pair || pair->items.length != 2)
        return fq_set_all(p->b);
    set = between(p, level, e->lexpr, pair->items.items[0], pair->items.items[1], outside);
    if (!symmetric)
        return set;
    other = between(p, level, e->lexpr, pair->items.items[1], pair->items.items[0], outside);
    return outside ? fq_set_and(set, other) : fq_set_or(set, other);
}

static struct fq_set prune_op(struct prune *p, struct fq_level *level, const A_Expr *e, bool negated)
{
    enum fq_cmp op = prune_operator(list_last_name(&e->name));
    struct cond c;

    if (negated)
        op = negate(op);
    if (op == FQ_CMP_NONE || !e->lexpr || !prune_compare(p, level, e->lexpr, e->rexpr, op, &c))
        return fq_set_all(p->b);
    return fq_set_compare(p->b, c.key, c.op, c.value);
}

static struct fq_set prune_aexpr(struct prune *p, struct fq_level *level, const A_Expr *e, bool negated)
{
    const List *list = AS(List, e->rexpr);

    switch (e->kind) {
    case AEXPR_OP:
        return prune_op(p, level, e, negated);
    case AEXPR_IN:
        return list ? prune_list(p, level, e->lexpr, &list->items, lc_streq(list_last_name(&e->name), "<>") != negated)
                    : fq_set_all(p->b);
    case AEXPR_OP_ANY:
    case AEXPR_OP_ALL:
        return prune_any(p, level, e, negated);
    case AEXPR_BETWEEN:
    case AEXPR_NOT_BETWEEN:
    case AEXPR_BETWEEN_SYM:
    case AEXPR_NOT_BETWEEN_SYM:
        return prune_between(p, level, e, negated);
    default:
        return fq_set_all(p->b);
    }
}

static bool is_comparison(struct prune *p, struct fq_level *level, const Node *expr, struct cond *out)
{
    const A_Expr *e = AS(A_Expr, expr);
    enum fq_cmp op = e && e->kind == AEXPR_OP && e->lexpr ? prune_operator(list_last_name(&e->name)) : FQ_CMP_NONE;

    return op != FQ_CMP_NONE && prune_compare(p, level, e->lexpr, e->rexpr, op, out);
}

// Does the partition constraint of the table itself contradict the condition? Asked of a table that has a default partition, which the steps alone
// would keep (gen_partprune_steps_internal).
static bool is_refuted(struct prune *p, struct fq_level *level, const Node *expr)
{
    for (int i = 0; i < p->nabove; i++) {
        struct above *up = &p->above[i];
        char *keep = LC_NEW_ARRAY(p->q->arena, char, up->p->b->nchildren + 1);

        fq_set_children(up->p->b, prune_condition(up->p, level, expr, false), keep);
        if (!keep[up->child])
            return true;
    }
    return false;
}

static struct fq_set prune_bool(struct prune *p, struct fq_level *level, const BoolExpr *b, bool negated)
{
    bool conjunctive = (b->boolop == AND_EXPR) != negated;
    struct fq_set set = conjunctive ? fq_set_all(p->b) : fq_set_none(p->b);

    struct fq_key keys[MAX_KEYS] = {{0}};
    struct cond c;

    if (b->boolop == NOT_EXPR)
        return b->args.length ? prune_condition(p, level, b->args.items[0], !negated) : fq_set_all(p->b);
    for (LIST_EACH(i, &b->args)) {
        const Node *arg = b->args.items[i];
        struct fq_set one = prune_condition(p, level, arg, negated);
        if (!conjunctive && !negated && is_refuted(p, level, arg))
            continue;
        if (conjunctive && !negated && is_comparison(p, level, arg, &c)) // several keys tell more together
            one = fq_key_add(p->b, keys, c.key, c.op, c.value);
        set = conjunctive ? fq_set_and(set, one) : fq_set_or(set, one);
    }
    return conjunctive && !negated ? fq_set_and(set, fq_set_keys(p->b, keys)) : set;
}

bool prune_is_false(const Node *expr)
{
    const A_Const *c = AS(A_Const, expr);
    const Boolean *b = c ? AS(Boolean, c->val) : NULL;
    const A_Expr *e = prune_equality(expr); // 1 = 2
    const A_Const *l = e ? AS(A_Const, e->lexpr) : NULL, *r = e ? AS(A_Const, e->rexpr) : NULL;

    if (l && r && IsA(l->val, Integer) && IsA(r->val, Integer))
        return AS(Integer, l->val)->ival != AS(Integer, r->val)->ival;
    return c && (c->isnull || (b && !b->boolval));
}

static struct fq_set is_value(const struct prune *p, int key, bool value)
{
    return fq_set_compare(p->b, key, FQ_EQ, (struct fq_value){.kind = FQV_INT, .i = value});
}

// x IS TRUE and its like on a boolean key (match_boolean_partition_clause); UNKNOWN since 17.
static struct fq_set prune_bool_test(struct prune *p, struct fq_level *level, const BooleanTest *test, bool negated)
{
    bool column;
    int key = prune_key(p, level, (const Node *)test->arg, false, &column);

    if (key < 0 || p->b->types[key] != BOOLOID || negated)
        return fq_set_all(p->b);
    switch (test->booltesttype) {
    case IS_TRUE:
    case IS_FALSE:
        return is_value(p, key, test->booltesttype == IS_TRUE);
    case IS_NOT_TRUE:
    case IS_NOT_FALSE:
        return fq_set_or(is_value(p, key, test->booltesttype == IS_NOT_FALSE), fq_set_null(p->b, key, true));
    case IS_UNKNOWN:
    case IS_NOT_UNKNOWN:
        return cat_major(p->q->s->cat) >= 17 ? fq_set_null(p->b, key, test->booltesttype == IS_UNKNOWN) : fq_set_all(p->b);
    default:
        return fq_set_all(p->b);
    }
}

// A boolean key as a condition by itself; -1: none.
static int bool_key(struct prune *p, struct fq_level *level, const Node *expr)
{
    bool column;
    int key = IsA(expr, ColumnRef) || IsA(expr, FuncCall) ? prune_key(p, level, expr, false, &column) : -1;

    return key >= 0 && p->b->types[key] == BOOLOID ? key : -1;
}

struct fq_set prune_condition(struct prune *p, struct fq_level *level, const Node *expr, bool negated)
{
    const NullTest *nt = AS(NullTest, expr);
    bool column;
    int key;

    if (IsA(expr, A_Expr))
        return prune_aexpr(p, level, (const A_Expr *)(const void *)expr, negated);
    if (IsA(expr, BoolExpr))
        return prune_bool(p, level, (const BoolExpr *)(const void *)expr, negated);
    if (nt && (key = prune_key(p, level, nt->arg, false, &column)) >= 0) {
        bool is_null = (nt->nulltesttype == IS_NULL) != negated;
        // since 17 a NOT NULL column that IS NULL is a contradiction (restriction_is_always_false, initsplan.c)
        if (is_null && cat_major(p->q->s->cat) >= 17 && p->b->notnull[key])
            return fq_set_none(p->b);
        return fq_set_null(p->b, key, is_null);
    }
    if (IsA(expr, BooleanTest))
        return prune_bool_test(p, level, AS(BooleanTest, expr), negated);
    if ((key = bool_key(p, level, expr)) >= 0)
        return is_value(p, key, !negated);
    return !negated && prune_is_false(expr) ? fq_set_none(p->b) : fq_set_all(p->b);
}

bool prune_bool_condition(struct prune *p, struct fq_level *level, const Node *expr, struct cond *out)
{
    const BoolExpr *b = AS(BoolExpr, expr);
    const BooleanTest *test = AS(BooleanTest, expr);
    bool value = true;

    if (b && b->boolop == NOT_EXPR && b->args.length == 1) {
        expr = b->args.items[0];
        value = false;
    } else if (test && (test->booltesttype == IS_TRUE || test->booltesttype == IS_FALSE)) {
        expr = (const Node *)test->arg;
        value = test->booltesttype == IS_TRUE;
    }
    const A_Expr *e = prune_equality(expr);
    const A_Const *c = e ? AS(A_Const, e->rexpr) : NULL;
    const Boolean *b2 = c ? AS(Boolean, c->val) : NULL;
    if (b2) { // simplify_boolean_equality
        expr = e->lexpr;
        value = value == b2->boolval;
    }
    *out = (struct cond){bool_key(p, level, expr), FQ_EQ, {.kind = FQV_INT, .i = value}};
    if (out->key < 0) { // match_boolean_partition_clause
        out->key = prune_negated_key(p, level, expr);
        out->value.i = !value;
    }
    return out->key >= 0;
}

bool prune_row(struct prune *p, struct fq_level *level, const Node *expr, struct fq_key *keys, struct fq_set *set)
{
    const A_Expr *e = prune_equality(expr);
    const RowExpr *l = e ? AS(RowExpr, e->lexpr) : NULL, *r = e ? AS(RowExpr, e->rexpr) : NULL;
    struct cond c;

    if (!l || !r || l->args.length != r->args.length)
        return false;
    for (LIST_EACH(i, &l->args))
        if (prune_compare(p, level, l->args.items[i], r->args.items[i], FQ_EQ, &c))
            *set = fq_set_and(*set, fq_key_add(p->b, keys, c.key, c.op, c.value));
    return true;
}

bool prune_is_single_in(const A_Expr *e)
{
    const List *list = e && e->kind == AEXPR_IN ? AS(List, e->rexpr) : NULL;

    return list && list->items.length == 1;
}
