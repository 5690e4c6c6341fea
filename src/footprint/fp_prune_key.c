// Which columns and expressions of a query are a partition key, also through the equalities by which the planner carries constants
// (equivclass.c), and which conditions apply to a table.
#include "footprint/fp_prune.h"

#include "base/str.h"
#include "catalog/oids.h"

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

const Node *prune_behind(struct prune *p, struct fq_level *level, const Node *expr)
{
    const Node *found = fq_pulled_up(p->q, level, expr);

    return found ? found : expr;
}

int prune_columns(struct prune *p, struct fq_level *level, const Node *expr, struct fq_var *out, int max)
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

int prune_key(struct prune *p, struct fq_level *level, const Node *expr, bool equal, bool *column)
{
    struct fq_var vars[MAX_VARS];
    int n = prune_columns(p, level, expr, vars, MAX_VARS), key = n ? -1 : key_expression(p, level, expr);

    *column = n != 0 || key >= 0;
    if (key >= 0)
        return key;
    for (int v = 0; v < n; v++)
        for (int k = 0; k < p->b->natts; k++)
            if (is_same(p, k, &vars[v], equal ? p->nsame[k] : 1))
                return k;
    return -1;
}

bool prune_in_range(const struct fq_qual *qual, const struct fq_level *level, const struct fq_var *v)
{
    return v->level != level || (v->source >= qual->lo && v->source < qual->hi);
}

int prune_negated_key(struct prune *p, struct fq_level *level, const Node *expr)
{
    struct columns c = {p, level, true};

    for (int k = 0; k < p->b->natts; k++) {
        const BoolExpr *negation = AS(BoolExpr, p->b->exprs[k]);
        Node *plain;
        if (!negation || negation->boolop != NOT_EXPR || negation->args.length != 1 ||
            nodeTag(expr) != nodeTag(negation->args.items[0]))
            continue;
        plain = node_copy(p->q->arena, expr);
        node_walk(plain, visit_qualifier, &c);
        if (c.own && node_equal(plain, negation->args.items[0]))
            return k;
    }
    return -1;
}

// --- which conditions apply ------------------------------------------------------------------------------------------------------

struct fq_level *prune_component(struct fq_level *level)
{
    while (level && level->pulled_up && level->parent)
        level = level->parent;
    return level;
}

bool prune_applies(struct fq_level *from, struct fq_level *to)
{
    struct fq_level *have = prune_component(from);

    for (struct fq_level *l = prune_component(to); l; l = prune_component(l->parent)) {
        if (l == have)
            return true;
        if (l->fenced)
            return false;
    }
    return false;
}

const A_Expr *prune_equality(const Node *expr)
{
    const A_Expr *e = AS(A_Expr, expr);

    return e && e->kind == AEXPR_OP && lc_streq(list_last_name(&e->name), "=") ? e : NULL;
}

static bool learn_pair(struct prune *p, const struct fq_qual *qual, struct fq_level *level, const struct fq_var *a,
                       const struct fq_var *b)
{
    bool grew = false;

    for (int k = 0; k < p->b->natts; k++) {
        if (is_same(p, k, a, p->nsame[k]) && !is_same(p, k, b, p->nsame[k]) && prune_in_range(qual, level, a) &&
            p->nsame[k] < MAX_VARS) {
            p->same[k][p->nsame[k]++] = *b;
            grew = true;
        }
    }
    return grew;
}

static bool learn(struct prune *p, struct fq_level *level, const struct fq_qual *qual)
{
    const A_Expr *e = qual->equals ? NULL : prune_equality(qual->expr);
    const Node *left = e ? e->lexpr : qual->expr, *right = e ? e->rexpr : qual->equals;
    struct fq_var a[MAX_VARS], b[MAX_VARS];
    int na, nb;
    bool grew = false;

    if (!e && !qual->equals)
        return false;
    na = prune_columns(p, level, left, a, MAX_VARS);
    nb = prune_columns(p, qual->equals ? qual->equals_level : level, right, b, MAX_VARS);
    for (int i = 0; i < na; i++)
        for (int k = 0; k < nb; k++)
            grew |= learn_pair(p, qual, level, &a[i], &b[k]) | learn_pair(p, qual, level, &b[k], &a[i]);
    return grew;
}

void prune_learn_equalities(struct prune *p)
{
    for (bool grew = true; grew;) {
        grew = false;
        for (int i = 0; i < p->q->levels.len; i++) {
            struct fq_level *level = p->q->levels.items[i];
            for (int k = 0; k < level->quals.len && prune_applies(level, p->r->level); k++)
                grew |= learn(p, level, &level->quals.items[k]);
        }
    }
}
