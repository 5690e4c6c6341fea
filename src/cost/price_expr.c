// What evaluating an expression costs: its operators by the type they work on, its calls by name.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "catalog/oids.h"
#include "cost/price.h"

enum work_class { ON_PLAIN, ON_TEXT, ON_NUMERIC, CALL };

// Calls in parts of COST_EXPR_CALL_NS (upper() of 32 characters), measured side by side.
static const struct {
    const char *name;
    double calls;
} functions[] = {
    {"random", 0.12},
    {"now", 0.03},
    {"abs", 0.02},
    {"length", 0.2},
    {"char_length", 0.2},
    {"md5", 3.0},
    {"sha256", 3.0},
    {"gen_random_uuid", 5.5},
    {"uuid_generate_v4", 4.0},
    {"lower", 1.5},
    {"upper", 1.4},
    {"initcap", 1.3},
    {"to_jsonb", 1.3},
    {"to_json", 1.0},
    {"jsonb_build_object", 3.0},
    {"nextval", 1.2},
    {"regexp_replace", 8.0},
    {"to_tsvector", 60.0},
    {"clock_timestamp", 0.2},
    {"date_trunc", 0.6},
    {"to_char", 3.0},
    {"concat", 0.7},
    {"replace", 0.9},
    {"substr", 0.3},
    {"substring", 0.3},
    {"trim", 0.3},
    {"btrim", 0.3},
    {"round", 0.3},
    {"coalesce", 0.02},
};

// Conversions in the same unit, of values as tables have them: SELECT count(x::type) less SELECT count(x). Numeric to float and back goes through text
// (numeric_float8, float8_numeric in utils/adt/numeric.c).
enum value_kind { V_INTEGER, V_FLOAT, V_NUMERIC, V_TEXT, V_TIME, V_UUID, V_JSON, V_OTHER };

#define OTHER_CAST 0.2
#define JSON_BYTE                                                                                                                \
    0.023 // of a document that is read (json_lex, common/jsonapi.c): half as much in long texts, three times that in lists of numbers
#define CAST_TEXT 32.0 // bytes of the texts that the table below was measured on
#define JSON_SIGMA 0.5

static const struct {
    enum value_kind from, to;
    double calls;
} casts[] = {
    {V_INTEGER, V_INTEGER, 0.02}, {V_INTEGER, V_FLOAT, 0.02}, {V_INTEGER, V_NUMERIC, 0.15}, {V_INTEGER, V_TEXT, 0.12},
    {V_FLOAT, V_INTEGER, 0.02},   {V_FLOAT, V_FLOAT, 0.02},   {V_FLOAT, V_NUMERIC, 1.7},    {V_FLOAT, V_TEXT, 0.25},
    {V_NUMERIC, V_INTEGER, 0.25}, {V_NUMERIC, V_FLOAT, 0.5},  {V_NUMERIC, V_NUMERIC, 0.16}, {V_NUMERIC, V_TEXT, 0.22},
    {V_TEXT, V_INTEGER, 0.05},    {V_TEXT, V_FLOAT, 0.07},    {V_TEXT, V_NUMERIC, 0.3},     {V_TEXT, V_TIME, 0.65},
    {V_TEXT, V_UUID, 1.5},        {V_TEXT, V_JSON, 1.7},      {V_TEXT, V_TEXT, 0.2},        {V_TIME, V_TIME, 0.15},
    {V_TIME, V_TEXT, 0.4},        {V_UUID, V_TEXT, 0.3},      {V_JSON, V_TEXT, 0.8},        {V_JSON, V_JSON, 1.3},
};

struct walk {
    const struct pricing *p;
    const struct cat_scope *scope;
    const struct cat_relation *rel;
    double plain, text, numeric, calls;
    bool unknown;
};

static enum work_class class_of(const struct walk *w, const Node *arg)
{
    int typmod;
    Oid type = arg ? cat_expr_type(w->p->snap->cat, w->scope, arg, &typmod) : InvalidOid;

    switch (type) {
    case TEXTOID:
    case BPCHAROID:
    case VARCHAROID:
    case NAMEOID:
    case BYTEAOID:
        return ON_TEXT;
    case NUMERICOID:
        return ON_NUMERIC;
    case JSONOID:
    case JSONBOID:
        return CALL;
    default:
        return ON_PLAIN;
    }
}

static enum value_kind kind_of(const struct catalog *cat, Oid oid)
{
    const struct cat_type *type = cat_type(cat, oid);

    while (type && type->typtype == 'd') {
        oid = type->basetype;
        type = cat_type(cat, oid);
    }
    switch (oid) {
    case INT2OID:
    case INT4OID:
    case INT8OID:
        return V_INTEGER;
    case FLOAT4OID:
    case FLOAT8OID:
        return V_FLOAT;
    case NUMERICOID:
        return V_NUMERIC;
    case TEXTOID:
    case BPCHAROID:
    case VARCHAROID:
        return V_TEXT;
    case DATEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        return V_TIME;
    case UUIDOID:
        return V_UUID;
    case JSONOID:
    case JSONBOID:
        return V_JSON;
    default:
        return V_OTHER;
    }
}

// `width`: of the values that are converted; a document is read byte by byte.
static double cast_calls(const struct catalog *cat, Oid from, Oid to, double width)
{
    enum value_kind a = kind_of(cat, from), b = kind_of(cat, to);

    for (size_t i = 0; i < sizeof casts / sizeof *casts; i++)
        if (casts[i].from == a && casts[i].to == b)
            return casts[i].calls + (a == V_TEXT && b == V_JSON ? JSON_BYTE * (width - CAST_TEXT) : 0);
    return OTHER_CAST;
}

void price_cast(const struct pricing *p, struct price *to, const struct fp_work *w)
{
    if (!w->cast_to)
        return;
    price_term(p, to, COST_EXPR_CALL_NS,
               cast_calls(p->snap->cat, w->cast_from, w->cast_to, price_old_width(p, w->rel)) * price_rows(w->rel));
    if (kind_of(p->snap->cat, w->cast_to) == V_JSON)
        price_widen(to, JSON_SIGMA);
}

static void count(struct walk *w, enum work_class class, double n)
{
    double *to[] = {&w->plain, &w->text, &w->numeric, &w->calls};

    *to[class] += n;
}

static void count_call(struct walk *w, const FuncCall *call)
{
    const char *name = list_last_name(&call->funcname);

    for (size_t i = 0; name && i < sizeof functions / sizeof *functions; i++)
        if (lc_streq(functions[i].name, name)) {
            w->calls += functions[i].calls;
            return;
        }
    w->calls += 2;
    w->unknown = true;
}

static void count_operator(struct walk *w, const A_Expr *e)
{
    const char *name = list_last_name(&e->name);

    if (name && (strchr(name, '~') || e->kind == AEXPR_LIKE || e->kind == AEXPR_ILIKE || e->kind == AEXPR_SIMILAR))
        w->calls += e->kind == AEXPR_LIKE ? 0.4 : 1.1; // regular expressions: regex/regexec.c
    else if (name && strcmp(name, "||") == 0)
        w->calls += 0.3;
    else
        count(w, class_of(w, e->lexpr ? e->lexpr : e->rexpr), 1);
}

static void count_cast(struct walk *w, const TypeCast *c)
{
    const struct catalog *cat = w->p->snap->cat;
    int typmod;
    Oid from = cat_expr_type(cat, w->scope, c->arg, &typmod);
    Oid to = cat_expr_type(cat, w->scope, (const Node *)(const void *)c, &typmod);

    if (!IsA(c->arg, A_Const) && from != to &&
        !(kind_of(cat, from) == V_TEXT && kind_of(cat, to) == V_TEXT)) // a constant is folded
        w->calls += cast_calls(cat, from, to, price_expr_width(w->p, w->rel, c->arg, 0));
}

static bool visit(const Node *node, void *context)
{
    struct walk *w = context;

    if (IsA(node, A_Expr))
        count_operator(w, AS(A_Expr, node));
    else if (IsA(node, FuncCall))
        count_call(w, AS(FuncCall, node));
    else if (IsA(node, TypeCast))
        count_cast(w, AS(TypeCast, node));
    else if (IsA(node, NullTest) || IsA(node, BooleanTest) || IsA(node, CaseExpr) || IsA(node, SQLValueFunction))
        w->plain++;
    else if (IsA(node, SubLink)) {
        w->calls += 4;
        w->unknown = true;
    }
    return true;
}

void price_expr(const struct pricing *p, struct price *to, const struct cat_relation *rel, const Node *expr, double rows)
{
    struct cat_scope scope;
    struct walk w = {.p = p, .scope = &scope, .rel = rel};

    if (!expr)
        return;
    scope = cat_scope_of(p->arena, rel);
    node_walk(expr, visit, &w);
    price_term(p, to, COST_EXPR_ROW_NS, rows);
    price_term(p, to, COST_EXPR_OP_NS, rows * w.plain);
    price_term(p, to, COST_EXPR_TEXT_NS, rows * w.text);
    price_term(p, to, COST_EXPR_NUMERIC_NS, rows * w.numeric);
    price_term(p, to, COST_EXPR_CALL_NS, rows * w.calls);
    if (w.unknown)
        price_widen(to, 0.4);
}
