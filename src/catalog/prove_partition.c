// A partition's bound as an expression: get_qual_for_list, get_qual_for_range (partitioning/partbounds.c).
#include "catalog/prove.h"

#include <string.h>

#include "base/str.h"
#include "catalog/internal.h"

#define MAX_KEYS 32 // PARTITION_MAX_KEYS

struct key {           // one column of a partition key
    struct expr *expr; // about the relation asked for
    Oid type;
    int typmod;
    Oid family, intype;
};

struct bounds {
    struct analysis *a;
    const struct cat_relation *parent;
    struct key keys[MAX_KEYS];
    int nkeys;
    char strategy;
};

static struct expr *not_null(struct bounds *b, const struct key *k, NullTestType test)
{
    struct expr *e = expr_node1(b->a, X_NULLTEST, BOOLOID, -1, k->expr);

    e->sub = (int)test;
    return e;
}

static struct expr *bool_of(struct bounds *b, BoolExprType op, const struct exprs *list)
{
    struct expr *e;

    if (list->len == 1 && op != NOT_EXPR)
        return list->items[0];
    e = expr_new(b->a, X_BOOL, BOOLOID, -1);
    e->sub = (int)op;
    expr_set_args(e, list);
    return e;
}

static struct expr *negation(struct bounds *b, struct expr *e)
{
    struct exprs one = {0};

    LC_PUSH(b->a->arena, &one, e);
    return bool_of(b, NOT_EXPR, &one);
}

static bool find_operator_class(struct bounds *b, struct key *k, Oid opclass)
{
    const struct cat_opclass *c;

    if (!opclass)
        opclass = cat_default_opclass(b->a->cat, k->type, "btree");
    c = cat_opclass(b->a->cat, opclass);
    k->family = c ? c->family : InvalidOid;
    k->intype = c ? c->intype : InvalidOid;
    return c != NULL;
}

static bool read_keys(struct bounds *b, const struct cat_relation *rel)
{
    const struct cat_partition_key *pk = &b->parent->partkey;
    struct cat_scope scope = cat_scope_of(b->a->arena, rel);

    b->strategy = pk->strategy;
    b->nkeys = pk->natts;
    if (!pk->strategy || pk->strategy == 'h' || pk->natts > MAX_KEYS)
        return false;
    for (int i = 0; i < pk->natts; i++) {
        struct key *k = &b->keys[i];
        const struct cat_attribute *p = cat_attribute_at(b->parent, pk->keys[i]);
        const struct cat_attribute *own = p ? cat_find_column(rel, p->name) : NULL;

        if (own) {
            k->expr = expr_new(b->a, X_VAR, own->type, own->typmod);
            k->expr->rel = rel;
            k->expr->attnum = own->attnum;
        } else if (!p && pk->exprs && pk->exprs[i]) {
            k->expr = expr_plan(b->a, expr_analyze(b->a, &scope, pk->exprs[i]));
        } else {
            return false;
        }
        k->type = k->expr->type;
        k->typmod = k->expr->typmod;
        if (!k->type || !find_operator_class(b, k, pk->opclasses ? pk->opclasses[i] : InvalidOid))
            return false;
    }
    return !b->a->unknown;
}

// transformPartitionBoundValue: a constant of the key's type. NULL: it cannot be computed here.
static struct expr *bound_value(struct bounds *b, const struct key *k, const Node *node)
{
    struct expr *e = expr_analyze(b->a, NULL, node);

    e = e->kind == X_UNKNOWN ? NULL : expr_coerce(b->a, e, k->type, k->typmod, 'a');
    e = e ? expr_plan(b->a, e) : NULL;
    return e && e->kind == X_CONST && (e->isnull || e->value) ? e : NULL;
}

// make_partition_op_expr.
static struct expr *op_expr(struct bounds *b, const struct key *k, int strategy, struct expr *value)
{
    const struct cat_operator *op = prove_family_operator(b->a->cat, k->family, k->intype, k->intype, strategy);
    struct expr *left = k->expr, *e;

    if (!op)
        return NULL;
    if (k->type != k->intype && k->intype != RECORDOID && !coerce_is_polymorphic(k->intype))
        left = expr_node1(b->a, X_RELABEL, k->intype, -1, left);
    e = expr_node2(b->a, X_OP, BOOLOID, -1, left, value);
    e->op = op;
    e->proc = cat_proc(b->a->cat, op->proc);
    return e;
}

static struct expr *op_any(struct bounds *b, const struct key *k, const struct exprs *values)
{
    struct expr *e = op_expr(b, k, BT_EQUAL, values->items[0]), *array;
    const struct cat_type *t = cat_type(b->a->cat, k->type);

    if (!e || values->len == 1)
        return e;
    array = expr_new(b->a, X_ARRAY, t ? t->array : InvalidOid, -1);
    expr_set_args(array, values);
    e->kind = X_SCALARARRAY;
    e->args[1] = array;
    return e;
}

// --- list ------------------------------------------------------------------------------------------------------------------------

static bool add_values(struct bounds *b, const PartitionBoundSpec *spec, struct exprs *values, bool *null)
{
    for (LIST_EACH(i, &spec->listdatums)) {
        struct expr *e = bound_value(b, &b->keys[0], spec->listdatums.items[i]);

        if (!e)
            return false;
        if (e->isnull)
            *null = true;
        else
            LC_PUSH(b->a->arena, values, e);
    }
    return true;
}

static const PartitionBoundSpec *bound_of(const struct bounds *b, int child)
{
    const struct cat_relation *rel = cat_relation(b->a->cat, b->parent->children.items[child]);

    return rel && !rel->partdefault ? AS(PartitionBoundSpec, rel->partbound) : NULL;
}

static bool list_qual(struct bounds *b, const PartitionBoundSpec *spec, struct exprs *out)
{
    struct exprs values = {0}, parts = {0};
    bool null = false;

    if (!spec->is_default && !add_values(b, spec, &values, &null))
        return false;
    for (int i = 0; spec->is_default && i < b->parent->children.len; i++)
        if (bound_of(b, i) && !add_values(b, bound_of(b, i), &values, &null))
            return false;
    if (spec->is_default && !values.len && !null)
        return true;
    LC_PUSH(b->a->arena, &parts, not_null(b, &b->keys[0], null ? IS_NULL : IS_NOT_NULL));
    if (values.len) {
        struct expr *any = op_any(b, &b->keys[0], &values);

        if (!any)
            return false;
        LC_PUSH(b->a->arena, &parts, any);
    }
    if (spec->is_default)
        LC_PUSH(b->a->arena, out, negation(b, bool_of(b, null ? OR_EXPR : AND_EXPR, &parts)));
    else if (null)
        LC_PUSH(b->a->arena, out, bool_of(b, OR_EXPR, &parts));
    else
        for (int i = 0; i < parts.len; i++)
            LC_PUSH(b->a->arena, out, parts.items[i]);
    return true;
}

// --- range -----------------------------------------------------------------------------------------------------------------------

struct datum { // one end of a range in one column
    PartitionRangeDatumKind kind;
    struct expr *value; // of PARTITION_RANGE_DATUM_VALUE
};

struct range {
    struct datum lower[MAX_KEYS], upper[MAX_KEYS];
};

static PartitionRangeDatumKind datum_kind(const Node *node, const Node **value)
{
    const PartitionRangeDatum *d = AS(PartitionRangeDatum, node);
    const ColumnRef *ref = AS(ColumnRef, node); // MINVALUE and MAXVALUE come as names out of the raw grammar
    const char *name = ref ? list_last_name(&ref->fields) : NULL;

    *value = d ? d->value : node;
    if (d)
        return d->kind;
    if (name && strcmp(name, "minvalue") == 0)
        return PARTITION_RANGE_DATUM_MINVALUE;
    if (name && strcmp(name, "maxvalue") == 0)
        return PARTITION_RANGE_DATUM_MAXVALUE;
    return PARTITION_RANGE_DATUM_VALUE;
}

static bool read_end(struct bounds *b, const NodeList *list, struct datum *out)
{
    PartitionRangeDatumKind before = PARTITION_RANGE_DATUM_VALUE;

    for (int i = 0; i < b->nkeys; i++) {
        const Node *value = NULL;

        out[i].kind = i < list->length ? datum_kind(list->items[i], &value) : before;
        if (before != PARTITION_RANGE_DATUM_VALUE)
            out[i].kind = before; // all after MINVALUE or MAXVALUE are the same
        before = out[i].kind;
        if (out[i].kind != PARTITION_RANGE_DATUM_VALUE)
            continue;
        out[i].value = bound_value(b, &b->keys[i], value);
        if (!out[i].value || out[i].value->isnull)
            return false;
    }
    return true;
}

struct arms { // of the OR of one end
    struct exprs arms, args;
    bool next;
};

static bool add_comparison(struct bounds *b, struct arms *arms, int column, int strategy, struct expr *value)
{
    struct expr *e = op_expr(b, &b->keys[column], strategy, value);

    if (e)
        LC_PUSH(b->a->arena, &arms->args, e);
    return e != NULL;
}

static bool is_kind(const struct bounds *b, const struct datum *d, int column, PartitionRangeDatumKind kind)
{
    return column < b->nkeys && d[column].kind == kind;
}

static bool lower_comparison(struct bounds *b, struct arms *arms, const struct range *r, int first, int arm, int j)
{
    int strategy = BT_GREATER;

    if (!arms->next || !r->lower[j].value)
        return true;
    if (j - first < arm)
        strategy = BT_EQUAL;
    else if (j == b->nkeys - 1 || is_kind(b, r->lower, j + 1, PARTITION_RANGE_DATUM_MINVALUE))
        strategy = BT_GREATER_EQUAL;
    return add_comparison(b, arms, j, strategy, r->lower[j].value);
}

static bool upper_comparison(struct bounds *b, struct arms *arms, const struct range *r, int first, int arm, int j)
{
    int strategy = BT_LESS;

    if (!arms->next || !r->upper[j].value)
        return true;
    if (j - first < arm)
        strategy = BT_EQUAL;
    else if (is_kind(b, r->upper, j + 1, PARTITION_RANGE_DATUM_MAXVALUE))
        strategy = BT_LESS_EQUAL;
    return add_comparison(b, arms, j, strategy, r->upper[j].value);
}

static void close_arm(struct bounds *b, struct arms *arms)
{
    if (arms->args.len)
        LC_PUSH(b->a->arena, &arms->arms, bool_of(b, AND_EXPR, &arms->args));
    arms->args = (struct exprs){0};
}

static bool range_arms(struct bounds *b, const struct range *r, int first, struct exprs *out)
{
    struct arms lower = {.next = true}, upper = {.next = true};

    for (int arm = 0; arm < b->nkeys - first && (lower.next || upper.next); arm++) {
        for (int j = first; j <= first + arm; j++) {
            if (!lower_comparison(b, &lower, r, first, arm, j) || !upper_comparison(b, &upper, r, first, arm, j))
                return false;
        }
        if (!r->lower[first + arm].value || !is_kind(b, r->lower, first + arm + 1, PARTITION_RANGE_DATUM_VALUE))
            lower.next = false;
        if (!r->upper[first + arm].value || !is_kind(b, r->upper, first + arm + 1, PARTITION_RANGE_DATUM_VALUE))
            upper.next = false;
        close_arm(b, &lower);
        close_arm(b, &upper);
    }
    if (lower.arms.len)
        LC_PUSH(b->a->arena, out, bool_of(b, OR_EXPR, &lower.arms));
    if (upper.arms.len)
        LC_PUSH(b->a->arena, out, bool_of(b, OR_EXPR, &upper.arms));
    return true;
}

static bool one_range(struct bounds *b, const PartitionBoundSpec *spec, bool for_default, struct exprs *out)
{
    struct range r = {0};
    int first = 0;

    if (!read_end(b, &spec->lowerdatums, r.lower) || !read_end(b, &spec->upperdatums, r.upper))
        return false;
    for (int i = 0; i < b->nkeys && !for_default; i++)
        LC_PUSH(b->a->arena, out, not_null(b, &b->keys[i], IS_NOT_NULL));
    while (first < b->nkeys && r.lower[first].value && r.upper[first].value) {
        int c = prove_compare(b->a->cat, r.lower[first].value, r.upper[first].value);
        struct expr *e;

        if (c == PROVE_UNKNOWN)
            return false;
        if (c != 0)
            break;
        e = op_expr(b, &b->keys[first], BT_EQUAL, r.lower[first].value);
        if (!e)
            return false;
        LC_PUSH(b->a->arena, out, e);
        first++;
    }
    if (!range_arms(b, &r, first, out))
        return false;
    if (!out->len && !for_default)
        return true;
    if (!out->len)
        LC_PUSH(b->a->arena, out, expr_const(b->a, BOOLOID, "t", false));
    return true;
}

static bool default_range(struct bounds *b, struct exprs *out)
{
    struct exprs parts = {0}, all = {0};

    for (int i = 0; i < b->parent->children.len; i++) {
        struct exprs one = {0};

        if (!bound_of(b, i))
            continue;
        if (!one_range(b, bound_of(b, i), true, &one))
            return false;
        LC_PUSH(b->a->arena, &parts, bool_of(b, AND_EXPR, &one));
    }
    if (!parts.len)
        return true;
    for (int i = 0; i < b->nkeys; i++)
        LC_PUSH(b->a->arena, &all, not_null(b, &b->keys[i], IS_NOT_NULL));
    LC_PUSH(b->a->arena, &all, bool_of(b, OR_EXPR, &parts));
    LC_PUSH(b->a->arena, out, negation(b, bool_of(b, AND_EXPR, &all)));
    return true;
}

bool prove_partition_qual(struct analysis *a, const struct cat_relation *rel, const struct cat_relation *parent,
                          const PartitionBoundSpec *bound, struct exprs *out)
{
    struct bounds b = {.a = a, .parent = parent};

    if (!bound || !read_keys(&b, rel))
        return false;
    if (b.strategy == 'l')
        return list_qual(&b, bound, out);
    return bound->is_default ? default_range(&b, out) : one_range(&b, bound, false, out);
}
