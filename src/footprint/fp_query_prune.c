// Which partitions survive planning: conditions on the key against constants, as partprune.c prune_append_rel_partitions judges them, with the
// equalities through which the planner carries constants (equivclass.c).
#include "footprint/fp_query.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"
#include "footprint/fp_partition.h"

#define MAX_KEYS 32
#define MAX_VARS 16

#define MAX_ABOVE 8

struct above { // a partitioned table that the table at hand is a partition of
    struct prune *p;
    int child;
};

struct prune {
    struct fq_query *q;
    const struct fq_rel *r;
    struct fq_bounds *b;
    struct fq_var *same[MAX_KEYS]; // columns equal to each key
    int nsame[MAX_KEYS];
    bool vague;                    // a parameter would decide
    bool top;                      // the condition at hand is one of the ANDed ones: only those become equivalence classes
    struct above above[MAX_ABOVE]; // of a table with a default partition
    int nabove;
};

struct cond { // one comparison of a key with a constant
    int key;
    enum fq_cmp op;
    struct fq_value value;
};

static struct fq_set prune_node(struct prune *p, struct fq_level *level, const Node *expr, bool negated);

// --- which columns are the key ---------------------------------------------------------------------------------------------------

static bool is_same(const struct prune *p, int key, const struct fq_var *v, int upto)
{
    for (int i = 0; i < upto; i++)
        if (p->same[key][i].rel == v->rel && p->same[key][i].attnum == v->attnum)
            return true;
    return false;
}

static bool is_text(const struct cat_relation *rel, int attnum)
{
    Oid type = attnum > 0 && attnum <= rel->natts ? rel->attrs[attnum - 1].type : InvalidOid;

    return type == TEXTOID || type == VARCHAROID;
}

static int resolve_expr(struct prune *p, struct fq_level *level, const Node *expr, struct fq_var *out, int max)
{
    const TypeCast *tc = AS(TypeCast, expr);
    const char *type = tc ? list_last_name(&tc->typeName->names) : NULL;
    const ColumnRef *ref = AS(ColumnRef, tc ? tc->arg : expr);
    int n = ref && (!tc || lc_streq(type, "text") || lc_streq(type, "varchar")) ? fq_resolve(p->q, level, ref, out, max) : 0;

    // only varchar as text is a mere relabelling
    for (int i = 0; tc && i < n; i++)
        if (!is_text(out[i].rel->rel, out[i].attnum))
            return 0;
    return n;
}

struct columns { // of an expression
    struct prune *p;
    struct fq_level *level;
    bool own; // all of them are the table's
};

// Takes away what stands before a column's name, so that an expression can be compared with that of the key.
static bool visit_qualifier(const Node *node, void *context)
{
    struct columns *c = context;
    ColumnRef *ref = IsA(node, ColumnRef) ? (ColumnRef *)(uintptr_t)node : NULL;
    struct fq_var v;

    if (!ref)
        return true;
    c->own = c->own && fq_resolve(c->p->q, c->level, ref, &v, 1) == 1 && v.rel == c->p->r;
    if (ref->fields.length > 1) {
        ref->fields.items[0] = ref->fields.items[ref->fields.length - 1];
        ref->fields.length = 1;
    }
    return false;
}

// The key that is this expression; -1: none.
static int key_expression(struct prune *p, struct fq_level *level, const Node *expr)
{
    struct columns c = {p, level, true};
    Node *plain = NULL;

    for (int k = 0; k < p->b->natts && c.own; k++) {
        if (!p->b->exprs[k] || nodeTag(expr) != nodeTag(p->b->exprs[k]))
            continue;
        if (!plain) {
            plain = node_copy(p->q->arena, expr);
            node_walk(plain, visit_qualifier, &c);
        }
        if (c.own && node_equal(plain, p->b->exprs[k]))
            return k;
    }
    return -1;
}

// The key that an expression is, directly; -1: none. With `equal` also through equalities.
static int key_of(struct prune *p, struct fq_level *level, const Node *expr, bool equal, bool *column)
{
    struct fq_var vars[MAX_VARS];
    int n = resolve_expr(p, level, expr, vars, MAX_VARS), key = n ? -1 : key_expression(p, level, expr);

    *column = n != 0 || key >= 0;
    if (key >= 0)
        return key;
    for (int v = 0; v < n; v++)
        for (int k = 0; k < p->b->natts; k++)
            if (is_same(p, k, &vars[v], equal ? p->nsame[k] : 1))
                return k;
    return -1;
}

static bool in_range(const struct fq_qual *qual, const struct fq_level *level, const struct fq_var *v)
{
    return v->level != level || (v->source >= qual->lo && v->source < qual->hi);
}

// --- which conditions apply ------------------------------------------------------------------------------------------------------

static struct fq_level *component(struct fq_level *level)
{
    while (level && level->pulled_up && level->parent)
        level = level->parent;
    return level;
}

static bool applies(struct fq_level *from, struct fq_level *to)
{
    struct fq_level *have = component(from);

    for (struct fq_level *l = component(to); l; l = component(l->parent)) {
        if (l == have)
            return true;
        if (l->fenced)
            return false;
    }
    return false;
}

static const A_Expr *equality(const Node *expr)
{
    const A_Expr *e = AS(A_Expr, expr);

    return e && e->kind == AEXPR_OP && lc_streq(list_last_name(&e->name), "=") ? e : NULL;
}

static bool learn_pair(struct prune *p, const struct fq_qual *qual, struct fq_level *level, const struct fq_var *a,
                       const struct fq_var *b)
{
    bool grew = false;

    for (int k = 0; k < p->b->natts; k++) {
        if (is_same(p, k, a, p->nsame[k]) && !is_same(p, k, b, p->nsame[k]) && in_range(qual, level, a) &&
            p->nsame[k] < MAX_VARS) {
            p->same[k][p->nsame[k]++] = *b;
            grew = true;
        }
    }
    return grew;
}

static bool learn(struct prune *p, struct fq_level *level, const struct fq_qual *qual)
{
    const A_Expr *e = qual->equals ? NULL : equality(qual->expr);
    const Node *left = e ? e->lexpr : qual->expr, *right = e ? e->rexpr : qual->equals;
    struct fq_var a[MAX_VARS], b[MAX_VARS];
    int na, nb;
    bool grew = false;

    if (!e && !qual->equals)
        return false;
    na = resolve_expr(p, level, left, a, MAX_VARS);
    nb = resolve_expr(p, qual->equals ? qual->equals_level : level, right, b, MAX_VARS);
    for (int i = 0; i < na; i++)
        for (int k = 0; k < nb; k++)
            grew |= learn_pair(p, qual, level, &a[i], &b[k]) | learn_pair(p, qual, level, &b[k], &a[i]);
    return grew;
}

static void learn_equalities(struct prune *p)
{
    for (bool grew = true; grew;) {
        grew = false;
        for (int i = 0; i < p->q->levels.len; i++) {
            struct fq_level *level = p->q->levels.items[i];
            for (int k = 0; k < level->quals.len && applies(level, p->r->level); k++)
                grew |= learn(p, level, &level->quals.items[k]);
        }
    }
}

// --- conditions ------------------------------------------------------------------------------------------------------------------

static enum fq_cmp parse_op(const char *op)
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

// The expression itself, or what it is once the subquery that it is a column of has been pulled up.
static const Node *behind(struct prune *p, struct fq_level *level, const Node *expr)
{
    const Node *found = fq_pulled_up(p->q, level, expr);

    return found ? found : expr;
}

// key op constant (or the other way round). False: not such a comparison.
static bool compare_with_const(struct prune *p, struct fq_level *level, const Node *l, const Node *r, enum fq_cmp op,
                               struct cond *out)
{
    bool column, other, param = false;
    int key;

    l = behind(p, level, l);
    r = behind(p, level, r);
    key = key_of(p, level, l, op == FQ_EQ && p->top, &column);
    if (key < 0) {
        const Node *t = l;
        key = key_of(p, level, r, op == FQ_EQ && p->top, &other);
        if (key < 0 || column)
            return false;
        r = t;
        op = commute(op);
    } else {
        (void)key_of(p, level, r, false, &other);
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

static struct fq_set or_eq
    (struct prune * p, struct fq_level *level, const Node *l, const Node *r, enum fq_cmp op, struct fq_set set, bool conjunctive)
{
    struct cond c;
    struct fq_set one = fq_set_all(p->b);

    if (compare_with_const(p, level, l, r, op, &c))
        one = fq_set_compare(p->b, c.key, c.op, c.value);
    return conjunctive ? fq_set_and(set, one) : fq_set_or(set, one);
}

// x IN (...) and x = ANY (ARRAY[...]): an OR; their negations: an AND of <>.
static struct fq_set prune_list(struct prune *p, struct fq_level *level, const Node *l, const NodeList *items, bool negated)
{
    struct fq_set set = negated ? fq_set_all(p->b) : fq_set_none(p->b);

    for (LIST_EACH(i, items))
        set = or_eq (p, level, l, items->items[i], negated ? FQ_NE : FQ_EQ, set, negated);
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
    enum fq_cmp op = parse_op(list_last_name(&e->name));
    bool all = e->kind == AEXPR_OP_ALL;
    NodeList items = {0};
    bool column;

    if ((all && op != FQ_NE) || (!all && op != FQ_EQ)) {
        p->vague |= key_of(p, level, e->lexpr, false, &column) >= 0 && is_literal(e->rexpr);
        return fq_set_all(p->b);
    }
    const A_Const *constant = AS(A_Const, tc ? tc->arg : e->rexpr);
    int key = constant && constant->isnull ? key_of(p, level, e->lexpr, false, &column) : -1;
    if (key >= 0 && !(tc && is_stable(p, key, tc->typeName)))
        return fq_set_none(p->b);
    if (tc && array && is_stable(p, key_of(p, level, e->lexpr, false, &column), tc->typeName))
        return fq_set_all(p->b);
    if (array)
        return prune_list(p, level, e->lexpr, &array->elements, all != negated);
    if (split_array(p, e->rexpr, &items))
        return prune_list(p, level, e->lexpr, &items, all != negated);
    if (key_of(p, level, e->lexpr, false, &column) >= 0 && (IsA(e->rexpr, ParamRef) || (tc && IsA(tc->arg, ParamRef))))
        p->vague = true;
    return fq_set_all(p->b);
}

static struct fq_set between(struct prune *p, struct fq_level *level, const Node *l, const Node *low, const Node *high,
                             bool outside)
{
    struct fq_set set = outside ? fq_set_none(p->b) : fq_set_all(p->b);

    set = or_eq (p, level, l, low, outside ? FQ_LT : FQ_GE, set, !outside);
    return or_eq (p, level, l, high, outside ? FQ_GT : FQ_LE, set, !outside);
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
    enum fq_cmp op = parse_op(list_last_name(&e->name));
    struct cond c;

    if (negated)
        op = negate(op);
    if (op == FQ_CMP_NONE || !e->lexpr || !compare_with_const(p, level, e->lexpr, e->rexpr, op, &c))
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
    enum fq_cmp op = e && e->kind == AEXPR_OP && e->lexpr ? parse_op(list_last_name(&e->name)) : FQ_CMP_NONE;

    return op != FQ_CMP_NONE && compare_with_const(p, level, e->lexpr, e->rexpr, op, out);
}

// Does the partition constraint of the table itself contradict the condition? Asked of a table that has a default partition, which the steps alone
// would keep (gen_partprune_steps_internal).
static bool is_refuted(struct prune *p, struct fq_level *level, const Node *expr)
{
    for (int i = 0; i < p->nabove; i++) {
        struct above *up = &p->above[i];
        char *keep = LC_NEW_ARRAY(p->q->arena, char, up->p->b->nchildren + 1);

        fq_set_children(up->p->b, prune_node(up->p, level, expr, false), keep);
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
        return b->args.length ? prune_node(p, level, b->args.items[0], !negated) : fq_set_all(p->b);
    for (LIST_EACH(i, &b->args)) {
        const Node *arg = b->args.items[i];
        struct fq_set one = prune_node(p, level, arg, negated);
        if (!conjunctive && !negated && is_refuted(p, level, arg))
            continue;
        if (conjunctive && !negated && is_comparison(p, level, arg, &c)) // several keys tell more together
            one = fq_key_add(p->b, keys, c.key, c.op, c.value);
        set = conjunctive ? fq_set_and(set, one) : fq_set_or(set, one);
    }
    return conjunctive && !negated ? fq_set_and(set, fq_set_keys(p->b, keys)) : set;
}

static bool is_false(const Node *expr)
{
    const A_Const *c = AS(A_Const, expr);
    const Boolean *b = c ? AS(Boolean, c->val) : NULL;
    const A_Expr *e = equality(expr); // 1 = 2
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
    int key = key_of(p, level, (const Node *)test->arg, false, &column);

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

// The key that is NOT this expression; -1: none.
static int negated_key(struct prune *p, struct fq_level *level, const Node *expr)
{
    struct columns c = {p, level, true};

    for (int k = 0; k < p->b->natts; k++) {
        const BoolExpr *not = AS(BoolExpr, p->b->exprs[k]);
        Node *plain;
        if (!not || not ->boolop != NOT_EXPR || not ->args.length != 1 || nodeTag(expr) != nodeTag(not ->args.items[0]))
            continue;
        plain = node_copy(p->q->arena, expr);
        node_walk(plain, visit_qualifier, &c);
        if (c.own && node_equal(plain, not ->args.items[0]))
            return k;
    }
    return -1;
}

// A boolean key as a condition by itself; -1: none.
static int bool_key(struct prune *p, struct fq_level *level, const Node *expr)
{
    bool column;
    int key = IsA(expr, ColumnRef) || IsA(expr, FuncCall) ? key_of(p, level, expr, false, &column) : -1;

    return key >= 0 && p->b->types[key] == BOOLOID ? key : -1;
}

static struct fq_set prune_node(struct prune *p, struct fq_level *level, const Node *expr, bool negated)
{
    const NullTest *nt = AS(NullTest, expr);
    bool column;
    int key;

    if (IsA(expr, A_Expr))
        return prune_aexpr(p, level, (const A_Expr *)(const void *)expr, negated);
    if (IsA(expr, BoolExpr))
        return prune_bool(p, level, (const BoolExpr *)(const void *)expr, negated);
    if (nt && (key = key_of(p, level, nt->arg, false, &column)) >= 0) {
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
    return !negated && is_false(expr) ? fq_set_none(p->b) : fq_set_all(p->b);
}

// a, NOT a, a IS TRUE, a IS FALSE: what a boolean key is. False: nothing of the kind.
static bool bool_condition(struct prune *p, struct fq_level *level, const Node *expr, struct cond *out)
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
    const A_Expr *e = equality(expr);
    const A_Const *c = e ? AS(A_Const, e->rexpr) : NULL;
    const Boolean *b2 = c ? AS(Boolean, c->val) : NULL;
    if (b2) { // simplify_boolean_equality
        expr = e->lexpr;
        value = value == b2->boolval;
    }
    *out = (struct cond){bool_key(p, level, expr), FQ_EQ, {.kind = FQV_INT, .i = value}};
    if (out->key < 0) { // match_boolean_partition_clause
        out->key = negated_key(p, level, expr);
        out->value.i = !value;
    }
    return out->key >= 0;
}

// (a, b) = (1, 2) is a = 1 AND b = 2 (make_row_comparison_op).
static bool split_row(struct prune *p, struct fq_level *level, const Node *expr, struct fq_key *keys, struct fq_set *set)
{
    const A_Expr *e = equality(expr);
    const RowExpr *l = e ? AS(RowExpr, e->lexpr) : NULL, *r = e ? AS(RowExpr, e->rexpr) : NULL;
    struct cond c;

    if (!l || !r || l->args.length != r->args.length)
        return false;
    for (LIST_EACH(i, &l->args))
        if (compare_with_const(p, level, l->args.items[i], r->args.items[i], FQ_EQ, &c))
            *set = fq_set_and(*set, fq_key_add(p->b, keys, c.key, c.op, c.value));
    return true;
}

// x IN (1) is x = 1 (transformAExprIn).
static bool is_single_in(const A_Expr *e)
{
    const List *list = e && e->kind == AEXPR_IN ? AS(List, e->rexpr) : NULL;

    return list && list->items.length == 1;
}

// A condition without columns is one on the join, not on a table of it: partitions have been expanded when it is looked at
// (distribute_qual_to_rels, initsplan.c; add_other_rels_to_query).
static bool is_alone(const struct prune *p, const struct fq_level *level)
{
    const struct fq_level *l = p->r->level;

    while (l && l != level && l->sources.len == 1)
        l = l->parent;
    return !l || l->sources.len == 1;
}

// Comparisons at the top level also work together on a key of several columns.
static void prune_top(struct prune *p, struct fq_level *level, const struct fq_qual *qual, struct fq_key *keys,
                      struct fq_set *set)
{
    const A_Expr *e = AS(A_Expr, qual->expr);
    enum fq_cmp op = e && e->kind == AEXPR_OP && e->lexpr ? parse_op(list_last_name(&e->name)) : FQ_CMP_NONE;
    struct fq_var vars[MAX_VARS];
    struct cond c;

    if (qual->equals || (qual->lo > 0 || qual->hi < INT_MAX)) {
        const Node *side = e ? (IsA(behind(p, level, e->lexpr), ColumnRef) ? e->lexpr : e->rexpr) : NULL;
        if (qual->equals || !side || resolve_expr(p, level, side, vars, MAX_VARS) <= 0 || !in_range(qual, level, &vars[0]))
            return;
    }
    if (is_false(qual->expr)) {
        if (is_alone(p, level))
            *set = fq_set_none(p->b);
        return;
    }
    if (split_row(p, level, qual->expr, keys, set))
        return;
    if (p->b->strategy == 'h' && IsA(qual->expr, NullTest)) { // NULLs hash together with the other keys
        bool column;
        int key = key_of(p, level, AS(NullTest, qual->expr)->arg, false, &column);
        if (key >= 0 && AS(NullTest, qual->expr)->nulltesttype == IS_NULL)
            keys[key].null = true;
        return;
    }
    p->top = true;
    if ((op != FQ_CMP_NONE && compare_with_const(p, level, e->lexpr, e->rexpr, op, &c)) ||
        bool_condition(p, level, qual->expr, &c)) {
        // a = 1 AND a = 2 is FALSE, which only a query of one table sees in time (process_implied_equality, initsplan.c)
        if (c.op == FQ_EQ && keys[c.key].eq && fq_compare(keys[c.key].value, c.value) != 0 && p->q->rels.len == 1)
            *set = fq_set_none(p->b);
        *set = fq_set_and(*set, fq_key_add(p->b, keys, c.key, c.op, c.value));
    } else if (op == FQ_CMP_NONE) {
        p->top = is_single_in(e);
        *set = fq_set_and(*set, prune_node(p, level, qual->expr, false));
    }
    p->top = false;
}

static bool is_strict_on(struct prune *p, struct fq_level *level, const struct fq_qual *qual, int lo, int hi)
{
    const A_Expr *e = AS(A_Expr, qual->expr);
    struct fq_var v;

    if (!e || e->kind != AEXPR_OP || qual->lo > 0 || qual->hi < INT_MAX)
        return false;
    for (int side = 0; side < 2; side++)
        if (resolve_expr(p, level, side ? e->rexpr : e->lexpr, &v, 1) == 1 && v.level == level && v.source >= lo && v.source < hi)
            return true;
    return false;
}

// A condition that no NULL passes makes an inner join of an outer one (reduce_outer_joins, prepjointree.c).
static void reduce_outer_joins(struct prune *p, struct fq_level *level)
{
    for (int i = 0; i < level->quals.len; i++) {
        struct fq_qual *outer = &level->quals.items[i];
        bool strict = false;
        for (int k = 0; k < level->quals.len && !strict && outer->hi > 0 && outer->hi < INT_MAX; k++)
            strict = is_strict_on(p, level, &level->quals.items[k], outer->lo, outer->hi);
        if (strict) {
            outer->lo = 0;
            outer->hi = INT_MAX;
        }
    }
}

static bool start(struct prune *p, const struct cat_relation *rel)
{
    for (int k = 0; k < p->b->natts; k++) {
        const struct cat_attribute *own = rel->partkey.keys[k] > 0 ? &rel->attrs[rel->partkey.keys[k] - 1] : NULL;
        const struct cat_attribute *top = own ? cat_find_column(p->r->rel, own->name) : NULL;
        p->same[k] = LC_NEW_ARRAY(p->q->arena, struct fq_var, MAX_VARS);
        // an expression is no column: key_expression
        p->same[k][0] = (struct fq_var){(struct fq_rel *)(uintptr_t)p->r, top ? top->attnum : -1, NULL, 0};
        p->nsame[k] = 1;
    }
    return p->b->natts > 0 && p->b->natts <= MAX_KEYS;
}

// What the table's own place below `up` says of a key that both have: the partition constraint is one more condition (gen_partprune_steps).
static void add_own_bounds(struct prune *p, const struct cat_relation *rel, const struct above *up,
                           const struct cat_relation *parent, struct fq_key *keys, struct fq_set *set)
{
    const struct fq_bounds *b = up->p->b;
    int own = -1;

    for (int k = 0; k < p->b->natts; k++) {
        const char *name = rel->partkey.keys[k] > 0 ? rel->attrs[rel->partkey.keys[k] - 1].name : NULL;
        const struct cat_attribute *att = name ? cat_find_column(parent, name) : NULL;
        if (att && b->natts && parent->partkey.keys[0] == att->attnum)
            own = k;
    }
    if (own < 0 || b->default_child == up->child)
        return;
    struct fq_set any = fq_set_none(p->b);
    for (int i = 0; i < b->n; i++) {
        if (b->elements[i].child != up->child)
            continue;
        if (b->strategy == 'l')
            any = fq_set_or(any, b->elements[i].value.kind == FQV_NULL ? fq_set_null(p->b, own, true)
                                                                       : fq_set_compare(p->b, own, FQ_EQ, b->elements[i].value));
        if (b->strategy == 'r' && i > 0 && b->bounds[i - 1].kind[0] == 0 && (i < 2 || b->elements[i - 1].child != up->child))
            *set = fq_set_and(*set, fq_key_add(p->b, keys, own, FQ_GE, b->bounds[i - 1].value[0]));
        if (b->strategy == 'r' && i < b->nbounds && b->bounds[i].kind[0] == 0 &&
            (i + 1 >= b->n || b->elements[i + 1].child != up->child))
            *set = fq_set_and(*set, fq_key_add(p->b, keys, own, b->natts > 1 ? FQ_LE : FQ_LT, b->bounds[i].value[0]));
    }
    if (b->strategy == 'l')
        *set = fq_set_and(*set, any);
}

static int place_among(const struct cat_relation *parent, Oid child)
{
    for (int i = 0; i < parent->children.len; i++)
        if (parent->children.items[i] == child)
            return i;
    return -1;
}

static void look_above(struct prune *p, const struct cat_relation *rel, struct fq_key *keys, struct fq_set *set)
{
    const struct cat_relation *child = rel;

    while (p->b->default_child >= 0 && child->relispartition && p->nabove < MAX_ABOVE) {
        const struct cat_relation *parent = cat_relation(p->q->s->cat, cat_partition_parent(child));
        struct fq_bounds *b = parent ? fq_bounds(p->q->s, parent) : NULL;
        struct prune *up = LC_NEW(p->q->arena, struct prune);
        struct above *a = &p->above[p->nabove];

        if (!b || b->opaque || b->natts > MAX_KEYS)
            return;
        *up = (struct prune){.q = p->q, .r = p->r, .b = b};
        *a = (struct above){up, place_among(parent, child->o.oid)};
        if (a->child < 0 || !start(up, parent))
            return;
        learn_equalities(up);
        p->nabove++;
        add_own_bounds(p, rel, a, parent, keys, set);
        child = parent;
    }
}

// The conditions together, against the constraint of the table.
static bool all_refuted(struct prune *p)
{
    for (int i = 0; i < p->nabove; i++) {
        struct above *up = &p->above[i];
        struct fq_key keys[MAX_KEYS] = {{0}};
        struct fq_set set = fq_set_all(up->p->b);
        char *keep = LC_NEW_ARRAY(p->q->arena, char, up->p->b->nchildren + 1);

        for (int n = 0; n < p->q->levels.len; n++) {
            struct fq_level *level = p->q->levels.items[n];
            for (int k = 0; k < level->quals.len && applies(level, p->r->level); k++)
                prune_top(up->p, level, &level->quals.items[k], keys, &set);
        }
        fq_set_children(up->p->b, fq_set_and(set, fq_set_keys(up->p->b, keys)), keep);
        if (!keep[up->child])
            return true;
    }
    return false;
}

static bool has_conditions(const struct fq_query *q)
{
    for (int i = 0; i < q->levels.len; i++)
        if (q->levels.items[i]->quals.len)
            return true;
    return false;
}

// Texts of the traffic have parameters where a partition would be chosen: their bounds are not worth reading when there are many.
#define MAX_TRAFFIC_PARTITIONS 100

void fq_prune(struct fq_query *q, const struct fq_rel *r, const struct cat_relation *rel, char *keep)
{
    bool conditions = has_conditions(q);
    bool many = q->s->traffic && rel->children.len > MAX_TRAFFIC_PARTITIONS;
    struct fq_bounds *b = conditions && !many ? fq_bounds(q->s, rel) : NULL;
    struct prune p = {.q = q, .r = r, .b = b};
    struct fq_key keys[MAX_KEYS] = {{0}};
    struct fq_set set;

    memset(keep, conditions && many ? 2 : 1, (size_t)rel->children.len);
    if (!b || b->natts > MAX_KEYS || !start(&p, rel) || lc_streq(cat_setting(q->s->cat, "enable_partition_pruning"), "off"))
        return;
    for (int i = 0; i < q->levels.len; i++)
        reduce_outer_joins(&p, q->levels.items[i]);
    learn_equalities(&p);
    set = fq_set_all(b);
    if (conditions)
        look_above(&p, rel, keys, &set);
    for (int i = 0; i < q->levels.len; i++) {
        struct fq_level *level = q->levels.items[i];
        for (int k = 0; k < level->quals.len && applies(level, r->level); k++)
            prune_top(&p, level, &level->quals.items[k], keys, &set);
    }
    if (all_refuted(&p))
        set = fq_set_none(b);
    set = b->opaque ? fq_set_all(b) : fq_set_and(set, fq_set_keys(b, keys));
    p.vague |= b->opaque;
    fq_set_children(b, set, keep);
    for (int i = 0; p.vague && i < rel->children.len; i++)
        keep[i] = keep[i] ? 2 : 0;
}

// --- what is not run at all -------------------------------------------------------------------------------------------------------

static bool keeps_leaf(struct fq_query *q, const struct fq_rel *r, const struct cat_relation *rel, int depth)
{
    char *keep = LC_NEW_ARRAY(q->arena, char, rel->children.len + 1);

    fq_prune(q, r, rel, keep);
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(q->s->cat, rel->children.items[i]);

        if (child && keep[i] && (child->relkind != 'p' || depth > MAX_KEYS || keeps_leaf(q, r, child, depth + 1)))
            return true;
    }
    return false;
}

// May the join be without rows for certain: a condition that is false, a partitioned table without a partition (mark_dummy_rel)?
static bool may_be_dummy(struct fq_query *q, const struct fq_level *join)
{
    for (int i = 0; i < q->levels.len; i++)
        for (int k = 0; component(q->levels.items[i]) == join && k < q->levels.items[i]->quals.len; k++)
            if (is_false(q->levels.items[i]->quals.items[k].expr))
                return true;
    for (int i = 0; i < q->rels.len; i++) {
        const struct fq_rel *r = q->rels.items[i];

        if (r->planned && r->inh && r->rel->relkind == 'p' && component(r->level) == join && !keeps_leaf(q, r, r->rel, 0))
            return true;
    }
    return false;
}

// SS_process_ctes leaves out what nobody refers to.
static bool is_unused_cte(const struct fq_level *level)
{
    for (const struct fq_level *up = level->outer; up; level = up, up = up->outer)
        for (int i = 0; i < up->ctes.len; i++)
            if (up->ctes.items[i].level == level && up->ctes.items[i].refs == 0)
                return true;
    return false;
}

bool fq_may_be_left_out(struct fq_query *q, const struct fq_rel *r)
{
    if (!r->level)
        return false;
    for (struct fq_level *l = component(r->level); l; l = component(l->parent))
        if (may_be_dummy(q, l))
            return true;
    return is_unused_cte(r->level);
}
