// Casts in expressions (parser/parse_coerce.c): which nodes a conversion puts on top of an expression.
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"

static struct expr *relabel(struct analysis *a, struct expr *e, Oid type, int typmod, bool implicit)
{
    struct expr *r;

    if (e->kind == X_CONST) { // applyRelabelType
        r = expr_const(a, type, e->value, e->isnull);
        r->typmod = typmod;
        return r;
    }
    while (e->kind == X_RELABEL)
        e = e->args[0];
    r = expr_node1(a, X_RELABEL, type, typmod, e);
    r->implicit = implicit;
    return r;
}

static struct expr *int_const(struct analysis *a, int value)
{
    return expr_const(a, INT4OID, lc_int_text(a->arena, value), false);
}

// build_coercion_expression for a cast function: the typmod and isExplicit are arguments where it takes them.
static struct expr *call_cast(struct analysis *a, struct expr *e, Oid func, Oid type, int typmod, char context)
{
    const struct cat_proc *p = cat_proc(a->cat, func);
    struct expr *f = expr_new(a, X_FUNC, type, typmod);
    struct exprs args = {0};

    LC_PUSH(a->arena, &args, e);
    if (p && p->nargs >= 2)
        LC_PUSH(a->arena, &args, int_const(a, typmod));
    if (p && p->nargs >= 3)
        LC_PUSH(a->arena, &args, expr_const(a, BOOLOID, context == 'e' ? "t" : "f", false));
    if (!p || p->nargs < 2)
        f->typmod = -1; // exprTypmod: not a length coercion
    f->proc = p;
    f->implicit = context != 'e';
    expr_set_args(f, &args);
    if (!p)
        a->unknown = true;
    else
        analysis_depend(a, CAT_PROC, func, 0);
    return f;
}

static struct expr *coerce_elements(struct analysis *a, struct expr *e, Oid type, int typmod, char context)
{
    int source_typmod = e->typmod;
    Oid source = cat_base_type(a->cat, e->type, &source_typmod);
    struct expr *element = expr_new(a, X_CASETEST, coerce_element_type(a->cat, source), source_typmod);
    struct expr *converted = expr_coerce(a, element, coerce_element_type(a->cat, type), typmod, context);

    if (!converted)
        converted = element;
    return expr_node2(a, X_ARRAYCOERCE, type, converted->typmod, e, converted);
}

// A type of which nothing is known may have a function for its lengths (vector, geometry): taken to have one.
static struct expr *unknown_length(struct analysis *a, struct expr *e, Oid type, int typmod, char context)
{
    struct expr *f = call_cast(a, e, InvalidOid, type, typmod, context);

    f->typmod = typmod;
    return f;
}

// coerce_type_typmod.
static struct expr *coerce_typmod(struct analysis *a, struct expr *e, Oid type, int typmod, char context)
{
    Oid elem = coerce_element_type(a->cat, type);
    const struct cat_cast *cast;

    if (typmod == e->typmod)
        return e;
    cast = typmod < 0 ? NULL : coerce_find_cast(a->cat, elem ? elem : type, elem ? elem : type);
    const struct cat_type *t = cast || typmod < 0 || elem ? NULL : cat_type(a->cat, type);
    if (t && t->stand_in)
        return unknown_length(a, e, type, typmod, context);
    if (!cast || !cast->func)
        return relabel(a, e, type, typmod, context != 'e');
    if (elem)
        return coerce_elements(a, e, type, typmod, context);
    return call_cast(a, e, cast->func, type, typmod, context);
}

static bool is_domain(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return t && t->typtype == 'd';
}

static struct expr *coerce_to_domain(struct analysis *a, struct expr *e, Oid base, int base_typmod, Oid type, char context)
{
    struct expr *d;

    if (base == type)
        return e;
    d = expr_node1(a, X_DOMAIN, type, -1, coerce_typmod(a, e, base, base_typmod, context));
    analysis_depend(a, CAT_TYPE, type, 0);
    return d;
}

// An untyped literal goes through the type's input function at once.
static struct expr *coerce_literal(struct analysis *a, struct expr *e, Oid type, int typmod, char context)
{
    int base_typmod = typmod;
    Oid base = cat_base_type(a->cat, type, &base_typmod);
    struct expr *c = expr_const(a, base, e->value, e->isnull);

    if (base == INTERVALOID)
        c->typmod = base_typmod;
    analysis_depend(a, CAT_TYPE, base, 0);
    if (base == REGCLASSOID && e->value) {
        const struct cat_relation *rel = cat_find_regclass(a->cat, e->value);

        if (rel)
            analysis_depend(a, CAT_RELATION, rel->o.oid, 0);
    }
    return coerce_to_domain(a, c, base, base_typmod, type, context);
}

static bool takes_anything(Oid type)
{
    return type == ANYOID || type == ANYELEMENTOID || type == ANYNONARRAYOID || type == ANYCOMPATIBLEOID ||
           type == ANYCOMPATIBLENONARRAYOID;
}

static struct expr *along_pathway(struct analysis *a, struct expr *e, enum cat_coercion path, Oid func, Oid type, int typmod,
                                  char context)
{
    int base_typmod = typmod;
    Oid base = cat_base_type(a->cat, type, &base_typmod);
    struct expr *r;

    if (path == CAT_COERCE_BINARY) {
        base_typmod = -1;
        base = cat_base_type(a->cat, type, &base_typmod);
        r = coerce_to_domain(a, e, base, base_typmod, type, context);
        return r == e ? relabel(a, e, type, -1, context != 'e') : r;
    }
    if (path == CAT_COERCE_FUNC)
        r = call_cast(a, e, func, base, base_typmod, context);
    else if (path == CAT_COERCE_ARRAY)
        r = coerce_elements(a, e, base, base_typmod, context);
    else
        r = expr_node1(a, X_IO, base, -1, e);
    r->implicit = context != 'e';
    return coerce_to_domain(a, r, base, base_typmod, type, context);
}

struct expr *expr_coerce_type(struct analysis *a, struct expr *e, Oid type, int typmod, char context)
{
    enum cat_coercion path;
    Oid func;

    if (e->type == type || takes_anything(type) || !type)
        return e;
    if (coerce_is_polymorphic(type) && e->type != UNKNOWNOID) {
        Oid base = cat_base_type(a->cat, e->type, NULL);
        return base == e->type ? e : relabel(a, e, base, -1, true);
    }
    if (e->kind == X_CONST && e->type == UNKNOWNOID)
        return coerce_literal(a, e, type, typmod, context);
    if (e->kind == X_PARAM && e->type == UNKNOWNOID) { // variable_coerce_param_hook
        struct expr *p = expr_new(a, X_PARAM, type, -1);
        p->attnum = e->attnum;
        return p;
    }
    if (e->kind == X_COLLATE)
        return expr_node1(a, X_COLLATE, type, -1, expr_coerce_type(a, e->args[0], type, typmod, context));
    path = cat_find_coercion(a->cat, e->type, type, context, &func);
    if (path != CAT_COERCE_NONE)
        return along_pathway(a, e, path, func, type, typmod, context);
    if (type == RECORDOID || type == RECORDARRAYOID)
        return e;
    return expr_node1(a, X_ROWTYPE, type, -1, e);
}

struct expr *expr_coerce(struct analysis *a, struct expr *e, Oid type, int typmod, char context)
{
    struct expr *inner = e, *r;

    if (!type)
        return NULL;
    if (!e->type || e->kind == X_UNKNOWN) { // nothing is known of it
        r = expr_node1(a, X_UNKNOWN, type, typmod, e);
        return r;
    }
    if (!coerce_can(a->cat, 1, &e->type, &type, context))
        return NULL;
    analysis_depend(a, CAT_TYPE, type, 0);
    while (inner->kind == X_COLLATE)
        inner = inner->args[0];
    r = expr_coerce_type(a, inner, type, typmod, context);
    r = coerce_typmod(a, r, type, is_domain(a->cat, type) ? -1 : typmod, context);
    return inner == e ? r : expr_node1(a, X_COLLATE, r->type, r->typmod, r);
}

// select_common_typmod, and exprTypmod of CASE and COALESCE: the one typmod that all have.
static int common_typmod(struct expr **args, int n, Oid type)
{
    for (int i = 0; i < n; i++)
        if (args[i]->type != type || args[i]->typmod != args[0]->typmod)
            return -1;
    return n ? args[0]->typmod : -1;
}

static void refuse_unmatched(struct analysis *a, const char *what, const Oid *types, int n)
{
    Oid first = UNKNOWNOID;

    for (int i = 0; i < n; i++) {
        const struct cat_type *t = cat_type(a->cat, types[i]);
        if (!t || (types[i] != UNKNOWNOID && expr_type_is_open(t)))
            return;
    }
    for (int i = 0; what && a->names && i < n; i++) {
        Oid type = cat_base_type(a->cat, types[i], NULL);
        if (first == UNKNOWNOID)
            first = type;
        if (type != UNKNOWNOID && coerce_category(a->cat, type, NULL) != coerce_category(a->cat, first, NULL))
            expr_refuse(a, "42804",
                        lc_printf(a->arena, "%s types %s and %s cannot be matched", what, cat_format_type(a->cat, first, -1),
                                  cat_format_type(a->cat, type, -1)));
    }
}

Oid expr_coerce_common(struct analysis *a, const char *what, struct expr **args, int n, int *typmod)
{
    Oid *types = LC_NEW_ARRAY(a->arena, Oid, n ? n : 1), type;
    int known = 0, common;

    for (int i = 0; i < n; i++)
        if (args[i]->type)
            types[known++] = args[i]->type;
    if (known < n)
        a->unknown = true;
    type = known ? coerce_common_type(a->cat, types, known) : InvalidOid;
    if (!type && known == n)
        refuse_unmatched(a, what, types, n);
    common = type ? common_typmod(args, n, type) : -1; // once: a VALUES list may have a million rows
    for (int i = 0; i < n && type; i++)
        args[i] = expr_coerce_type(a, args[i], type, common, 'i');
    *typmod = type ? common_typmod(args, n, type) : -1;
    return type;
}
