// What the planner makes of an expression before it is run: eval_const_expressions (optimizer/util/clauses.c).
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"

// --- what a tree contains ------------------------------------------------------------------------------------------------

static bool calls_function(const struct expr *e)
{
    switch (e->kind) {
    case X_FUNC:
    case X_OP:
    case X_DISTINCT:
    case X_NULLIF:
    case X_SCALARARRAY:
    case X_AGG:
    case X_WINDOW:
        return true;
    default:
        return false;
    }
}

static bool volatile_node(const struct expr *e, void *context)
{
    bool *unknown = context;

    if (e->kind == X_UNKNOWN || (calls_function(e) && !e->proc && e->kind != X_AGG)) {
        *unknown = true;
        return true;
    }
    return calls_function(e) && e->proc && e->proc->volatility == 'v';
}

bool expr_is_volatile(const struct expr *e, bool *unknown)
{
    bool dummy = false;

    return expr_any(e, volatile_node, unknown ? unknown : &dummy);
}

struct mutable_search {
    const struct catalog *cat;
};

static bool mutable_node(const struct expr *e, void *context)
{
    const struct mutable_search *s = context;
    bool unknown = false;

    if (volatile_node(e, &unknown) || e->kind == X_SQLVALUE)
        return true;
    if (e->kind == X_IO)
        return type_output_volatility(s->cat, e->args[0]->type) != 'i' || type_input_volatility(s->cat, e->type) != 'i';
    return calls_function(e) && e->proc && e->proc->volatility != 'i';
}

bool expr_is_mutable(const struct catalog *cat, const struct expr *e)
{
    struct mutable_search s = {cat};

    return expr_any(e, mutable_node, &s);
}

// contain_nonstrict_functions.
bool expr_is_nonstrict(const struct expr *e)
{
    switch (e->kind) {
    case X_CONST:
    case X_VAR:
    case X_PARAM:
    case X_RELABEL:
    case X_IO:
    case X_FIELD:
    case X_COLLATE:
    case X_SQLVALUE:
    case X_ROWTYPE:
    case X_SUBSCRIPT:
    case X_CASETEST:
    case X_DOMAIN:
        break;
    case X_ARRAYCOERCE:
        return expr_is_nonstrict(e->args[0]);
    case X_FUNC:
    case X_OP:
        if (!e->proc || !e->proc->isstrict)
            return true;
        break;
    case X_SCALARARRAY: // is_strict_saop, falseOK false: the array must be known not to be empty
        if (!e->proc || !e->proc->isstrict || e->args[1]->kind != X_ARRAY || !e->args[1]->nargs)
            return true;
        return expr_is_nonstrict(e->args[0]);
    case X_BOOL:
        if (e->sub != NOT_EXPR)
            return true;
        break;
    default:
        return true;
    }
    for (int i = 0; i < e->nargs; i++)
        if (expr_is_nonstrict(e->args[i]))
            return true;
    return false;
}

// --- constants -----------------------------------------------------------------------------------------------------------

static struct expr *null_const(struct simplify *s, const struct expr *e)
{
    struct expr *c = expr_const(s->a, e->type, NULL, true);

    c->typmod = e->typmod;
    return c;
}

static struct expr *bool_const(struct simplify *s, bool value)
{
    return expr_const(s->a, BOOLOID, value ? "t" : "f", false);
}

static bool is_true(const struct expr *e)
{
    return e->kind == X_CONST && !e->isnull && e->value && (e->value[0] == 't' || e->value[0] == 'T' || e->value[0] == '1');
}

static bool is_false(const struct expr *e)
{
    return e->kind == X_CONST && !e->isnull && e->value && (e->value[0] == 'f' || e->value[0] == 'F' || e->value[0] == '0');
}

static bool all_const(const struct expr *e)
{
    for (int i = 0; i < e->nargs; i++)
        if (e->args[i]->kind != X_CONST)
            return false;
    return true;
}

static bool any_null(const struct expr *e)
{
    for (int i = 0; i < e->nargs; i++)
        if (e->args[i]->kind == X_CONST && e->args[i]->isnull)
            return true;
    return false;
}

// Functions whose result has the same text as their argument, or the opposite sign: pg_proc.dat.
static bool keeps_text(Oid func)
{
    static const Oid same[] = {481, 313,  754,  314,  480,
                               714, 1740, 1781, 1782, 2024}; // int8(int4) int4(int2) int8(int2) int2(int4) int4(int8)
                                                             // int2(int8) numeric(int4, int8, int2) timestamp(date)

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (same[i] == func)
            return true;
    return false;
}

static bool negates(Oid func)
{
    return func == 212 || func == 213 || func == 462 || func == 1771; // int4um int2um int8um numeric_uminus
}

static size_t utf8_length(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

// A length coercion of a literal that fits.
static bool fits_typmod(const struct expr *e, const char *value)
{
    const char *point = strchr(value, '.');
    size_t fraction = point ? strspn(point + 1, "0123456789") : 0;

    switch (e->proc->o.oid) {
    case 669: // varchar, bpchar
    case 668:
        return e->typmod >= VARHDRSZ && utf8_length(value) <= (size_t)(e->typmod - VARHDRSZ);
    case 1703: // numeric
        return e->typmod >= VARHDRSZ && fraction <= (size_t)((e->typmod - VARHDRSZ) & 0x7ff);
    case 1961: // timestamp, timestamptz, time
    case 1967:
    case 1968:
        return fraction <= (size_t)e->typmod;
    default:
        return false;
    }
}

static const char *computed(struct simplify *s, const struct expr *e)
{
    const char *v = e->nargs && !e->args[0]->isnull ? e->args[0]->value : NULL;

    if (!v || !e->proc)
        return NULL;
    if (keeps_text(e->proc->o.oid) || (e->nargs > 1 && fits_typmod(e, v)))
        return v;
    if (negates(e->proc->o.oid))
        return v[0] == '-' ? v + 1 : lc_printf(s->a->arena, "-%s", v);
    return NULL;
}

static struct expr *fold(struct simplify *s, const struct expr *e)
{
    struct expr *c = expr_const(s->a, e->type, computed(s, e), false);

    c->typmod = e->typmod;
    return c;
}

// evaluate_function.
static struct expr *evaluate(struct simplify *s, struct expr *e)
{
    const struct cat_proc *p = e->proc;

    if (!p || p->retset || p->rettype == RECORDOID)
        return NULL;
    if (p->isstrict && any_null(e))
        return null_const(s, e);
    if (!all_const(e) || p->volatility != 'i')
        return NULL;
    return fold(s, e);
}

static struct expr *relabel_to(struct simplify *s, struct expr *arg, Oid type, int typmod)
{
    struct expr *r;

    if (arg->kind == X_CONST) {
        r = expr_const(s->a, type, arg->value, arg->isnull);
        r->typmod = typmod;
        return r;
    }
    while (arg->kind == X_RELABEL)
        arg = arg->args[0];
    if (arg->type == type && arg->typmod == typmod)
        return arg;
    return expr_node1(s->a, X_RELABEL, type, typmod, arg);
}

static bool is_length_coercion(const struct expr *e)
{
    switch (e->proc->o.oid) {
    case 669:  // varchar: varchar_support
    case 1687: // varbit: varbit_support
    case 1703: // numeric: numeric_support
    case 1961: // timestamp, timestamptz: timestamp_support
    case 1967:
    case 1968: // time, timetz: time_support
    case 1969:
    case 1200: // interval: interval_support
        return e->nargs >= 2 && e->args[1]->kind == X_CONST && e->args[1]->value;
    default:
        return false;
    }
}

// A length coercion that changes nothing (prosupport, SupportRequestSimplify).
static struct expr *drop_length_coercion(struct simplify *s, struct expr *e)
{
    if (!is_length_coercion(e) || !typmod_coercion_is_noop(e->type, e->args[0]->typmod, e->typmod))
        return NULL;
    return relabel_to(s, e->args[0], e->type, e->typmod);
}

static struct expr *simplify_function(struct simplify *s, struct expr *e)
{
    struct expr *r = evaluate(s, e);

    if (!r && e->proc && e->kind == X_FUNC)
        r = drop_length_coercion(s, e);
    if (!r && e->proc)
        r = expr_inline(s, e);
    return r ? r : e;
}

// --- constructs ----------------------------------------------------------------------------------------------------------

// simplify_and_arguments, simplify_or_arguments: flat, without the arguments that do not matter.
static struct expr *simplify_and_or(struct simplify *s, struct expr *e)
{
    bool is_and = e->sub == AND_EXPR;
    struct exprs args = {0};
    bool null_seen = false;

    for (int i = 0; i < e->nargs; i++) {
        struct expr *x = e->args[i];

        if (is_and ? is_false(x) : is_true(x))
            return bool_const(s, !is_and);
        if (is_and ? is_true(x) : is_false(x))
            continue;
        if (x->kind == X_CONST && x->isnull) {
            null_seen = true;
            continue;
        }
        if (x->kind == X_BOOL && x->sub == e->sub)
            for (int k = 0; k < x->nargs; k++)
                LC_PUSH(s->a->arena, &args, x->args[k]);
        else
            LC_PUSH(s->a->arena, &args, x);
    }
    if (null_seen)
        LC_PUSH(s->a->arena, &args, expr_const(s->a, BOOLOID, NULL, true));
    if (args.len <= 1)
        return args.len ? args.items[0] : bool_const(s, is_and);
    expr_set_args(e, &args);
    return e;
}

// negate_clause (optimizer/prep/prepqual.c): NOT is pushed down where that is possible.
static struct expr *negate(struct simplify *s, struct expr *e)
{
    struct expr *n = lc_memdup(s->a->arena, e, sizeof *e);
    const struct cat_operator *op;

    switch (e->kind) {
    case X_CONST:
        return e->isnull ? e : e->value ? bool_const(s, is_false(e)) : e;
    case X_OP:
        op = e->op && e->op->negator ? cat_operator(s->a->cat, e->op->negator) : NULL;
        if (!op)
            break;
        n->op = op;
        n->proc = cat_proc(s->a->cat, op->proc);
        return n;
    case X_SCALARARRAY:
        op = e->op && e->op->negator ? cat_operator(s->a->cat, e->op->negator) : NULL;
        if (!op)
            break;
        n->op = op;
        n->proc = cat_proc(s->a->cat, op->proc);
        n->sub = !e->sub;
        return n;
    case X_BOOL:
        if (e->sub == NOT_EXPR)
            return e->args[0];
        n->sub = e->sub == AND_EXPR ? OR_EXPR : AND_EXPR;
        n->args = LC_NEW_ARRAY(s->a->arena, struct expr *, e->nargs);
        for (int i = 0; i < e->nargs; i++)
            n->args[i] = negate(s, e->args[i]);
        return n;
    case X_NULLTEST:
        if (coerce_is_composite(s->a->cat, e->args[0]->type) || e->args[0]->type == RECORDOID)
            break;
        n->sub = e->sub == IS_NULL ? IS_NOT_NULL : IS_NULL;
        return n;
    case X_BOOLTEST:
        n->sub = e->sub == IS_TRUE        ? IS_NOT_TRUE
                 : e->sub == IS_NOT_TRUE  ? IS_TRUE
                 : e->sub == IS_FALSE     ? IS_NOT_FALSE
                 : e->sub == IS_NOT_FALSE ? IS_FALSE
                 : e->sub == IS_UNKNOWN   ? IS_NOT_UNKNOWN
                                          : IS_UNKNOWN;
        return n;
    default:
        break;
    }
    n = expr_node1(s->a, X_BOOL, BOOLOID, -1, e);
    n->sub = NOT_EXPR;
    return n;
}

static struct expr *simplify_case(struct expr *e)
{
    int n = e->sub; // conditions, default, results

    for (int i = 0; i < n; i++) {
        if (is_true(e->args[i]))
            return e->args[n + 1 + i];
        if (!is_false(e->args[i]) && !(e->args[i]->kind == X_CONST && e->args[i]->isnull))
            return e;
    }
    return e->args[n];
}

static struct expr *simplify_coalesce(struct simplify *s, struct expr *e)
{
    struct exprs args = {0};

    for (int i = 0; i < e->nargs; i++) {
        if (e->args[i]->kind == X_CONST && e->args[i]->isnull)
            continue;
        if (e->args[i]->kind == X_CONST && !args.len)
            return e->args[i];
        LC_PUSH(s->a->arena, &args, e->args[i]);
        if (e->args[i]->kind == X_CONST)
            break;
    }
    if (!args.len)
        return null_const(s, e);
    if (args.len == 1)
        return args.items[0];
    expr_set_args(e, &args);
    return e;
}

static struct expr *simplify_io(struct simplify *s, struct expr *e)
{
    const struct expr *arg = e->args[0];

    if (arg->kind != X_CONST)
        return e;
    if (arg->isnull)
        return null_const(s, e);
    if (type_output_volatility(s->a->cat, arg->type) != 'i' || type_input_volatility(s->a->cat, e->type) != 'i')
        return e;
    return expr_const(s->a, e->type, coerce_category(s->a->cat, arg->type, NULL) == 'S' ? arg->value : NULL, false);
}

// ROW(a, b) IS [NOT] NULL is that test of every field.
static struct expr *simplify_row_test(struct simplify *s, const struct expr *e)
{
    const struct expr *row = e->args[0];
    struct exprs tests = {0};
    struct expr *all = expr_new(s->a, X_BOOL, BOOLOID, -1);

    for (int i = 0; i < row->nargs; i++) {
        struct expr *t = expr_node1(s->a, X_NULLTEST, BOOLOID, -1, row->args[i]);

        t->sub = e->sub;
        LC_PUSH(s->a->arena, &tests,
                row->args[i]->kind == X_CONST ? bool_const(s, row->args[i]->isnull == (e->sub == IS_NULL)) : t);
    }
    all->sub = AND_EXPR;
    expr_set_args(all, &tests);
    return simplify_and_or(s, all);
}

// The element's conversion applied to each item of a constant array.
static struct expr *element_with(struct simplify *s, const struct expr *conversion, struct expr *item)
{
    struct expr *copy;

    if (conversion->kind == X_CASETEST)
        return item;
    copy = lc_memdup(s->a->arena, conversion, sizeof *copy);
    if (copy->nargs)
        copy->args = LC_NEW_ARRAY(s->a->arena, struct expr *, copy->nargs);
    for (int i = 0; i < copy->nargs; i++)
        copy->args[i] = element_with(s, conversion->args[i], item);
    return copy;
}

static struct expr *simplify_array_coercion(struct simplify *s, struct expr *e)
{
    const struct expr *array = e->args[0];
    struct expr *r;

    if (expr_is_mutable(s->a->cat, e->args[1]))
        return e;
    if (array->kind == X_CONST)
        return fold(s, e);
    if (array->kind != X_ARRAY || !all_const(array))
        return e;
    r = lc_memdup(s->a->arena, array, sizeof *r);
    r->type = e->type;
    r->args = LC_NEW_ARRAY(s->a->arena, struct expr *, r->nargs);
    for (int i = 0; i < r->nargs; i++)
        r->args[i] = expr_simplify(s, element_with(s, e->args[1], array->args[i]));
    return r;
}

static struct expr *simplify_tests(struct simplify *s, struct expr *e)
{
    const struct expr *arg = e->args[0];

    if (e->kind == X_NULLTEST && arg->kind == X_ROW)
        return simplify_row_test(s, e);
    if (arg->kind != X_CONST || (e->kind == X_BOOLTEST && !arg->isnull && !arg->value))
        return e;
    if (e->kind == X_NULLTEST)
        return bool_const(s, arg->isnull == (e->sub == IS_NULL));
    switch (e->sub) {
    case IS_TRUE:
        return bool_const(s, is_true(arg));
    case IS_NOT_TRUE:
        return bool_const(s, !is_true(arg));
    case IS_FALSE:
        return bool_const(s, is_false(arg));
    case IS_NOT_FALSE:
        return bool_const(s, !is_false(arg));
    default:
        return bool_const(s, arg->isnull == (e->sub == IS_UNKNOWN));
    }
}

static struct expr *simplify_bool(struct simplify *s, struct expr *e)
{
    return e->sub == NOT_EXPR ? negate(s, e->args[0]) : simplify_and_or(s, e);
}

#define BooleanEqualOperator 91 // pg_operator.dat
#define BooleanNotEqualOperator 85

// simplify_boolean_equality: x = true is x.
static struct expr *simplify_op(struct simplify *s, struct expr *e)
{
    Oid op = e->op ? e->op->o.oid : InvalidOid;

    for (int i = 0; i < 2 && e->nargs == 2 && (op == BooleanEqualOperator || op == BooleanNotEqualOperator); i++) {
        struct expr *c = e->args[1 - i], *x = e->args[i];

        if (c->kind == X_CONST && !c->isnull && c->value && x->kind != X_CONST)
            return is_true(c) == (op == BooleanEqualOperator) ? x : negate(s, x);
    }
    return simplify_function(s, e);
}

static struct expr *simplify_one(struct simplify *s, struct expr *e)
{
    switch (e->kind) {
    case X_FUNC:
        return simplify_function(s, e);
    case X_OP:
        return simplify_op(s, e);
    case X_NULLIF:
        if (any_null(e) && cat_major(s->a->cat) >= 14) // NULLIF with a NULL is its first argument, since 14
            return e->args[0];
        return all_const(e) && e->proc && e->proc->volatility == 'i' ? fold(s, e) : e;
    case X_SCALARARRAY:
    case X_DISTINCT:
        return all_const(e) && e->proc && e->proc->volatility == 'i' ? fold(s, e) : e;
    case X_BOOL:
        return simplify_bool(s, e);
    case X_NULLTEST:
    case X_BOOLTEST:
        return simplify_tests(s, e);
    case X_RELABEL:
    case X_COLLATE:
        return relabel_to(s, e->args[0], e->type, e->typmod);
    case X_IO:
        return simplify_io(s, e);
    case X_ARRAYCOERCE:
        return simplify_array_coercion(s, e);
    case X_DOMAIN:
        return cat_domain_has_constraints(s->a->cat, e->type) ? e : relabel_to(s, e->args[0], e->type, -1);
    case X_CASE:
        return simplify_case(e);
    case X_COALESCE:
        return simplify_coalesce(s, e);
    case X_ARRAY:
    case X_SUBSCRIPT:
    case X_MINMAX:
        return e->nargs && all_const(e) && e->kind != X_ARRAY ? fold(s, e)
                                                              : e; // an array of constants keeps its items for the prover
    default:
        return e;
    }
}

struct expr *expr_simplify(struct simplify *s, struct expr *e)
{
    struct expr *copy = lc_memdup(s->a->arena, e, sizeof *e);

    if (e->nargs)
        copy->args = LC_NEW_ARRAY(s->a->arena, struct expr *, e->nargs);
    for (int i = 0; i < e->nargs; i++)
        copy->args[i] = expr_simplify(s, e->args[i]);
    return simplify_one(s, copy);
}

struct expr *expr_plan(struct analysis *a, struct expr *e)
{
    struct simplify s = {.a = a};

    return expr_simplify(&s, e);
}
