// How wide a value is: a column's by statistics or by its type, an expression's by its parts.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "catalog/oids.h"
#include "cost/price.h"

#define UNKNOWN_WIDTH 24.0 // assumed
#define ARRAY_HEADER 24.0  // of one dimension without NULLs (utils/array.h), with its length

// Functions whose results do not follow from the width of their arguments. Digests are as long as they are; the others are assumed.
static const struct {
    const char *name;
    double width; // with the header of one byte
} functions[] = {
    {"md5", 33},    {"sha224", 29},  {"sha256", 33}, {"sha384", 49},           {"sha512", 65},          {"to_char", 17},
    {"encode", 65}, {"version", 80}, {"to_hex", 7},  {"current_database", 17}, {"pg_get_userbyid", 17},
};

// Those that put their arguments together.
static const char *const joining[] = {"concat",
                                      "concat_ws",
                                      "format",
                                      "textcat",
                                      "array_append",
                                      "array_cat",
                                      "jsonb_build_object",
                                      "json_build_object",
                                      "jsonb_build_array",
                                      "json_build_array"};

// The text of a value of fixed length, as its output function writes it; how many digits numbers have is assumed.
static double text_width(Oid type)
{
    switch (type) {
    case BOOLOID:
        return 6;
    case INT2OID:
        return 5;
    case INT4OID:
        return 7;
    case INT8OID:
        return 9;
    case FLOAT4OID:
    case FLOAT8OID:
        return 17;
    case DATEOID:
        return 11;
    case TIMESTAMPOID:
        return 24;
    case TIMESTAMPTZOID:
        return 27;
    case UUIDOID:
        return 37;
    default:
        return UNKNOWN_WIDTH;
    }
}

struct widths {
    const struct pricing *p;
    const struct cat_relation *rel;
    struct cat_scope scope;
    double changed; // of a column whose type changes, before; 0: not known
};

static double width_of(const struct widths *w, const Node *node);

static const struct cat_type *type_of(const struct widths *w, const Node *node)
{
    int typmod;

    return cat_type(w->p->snap->cat, cat_expr_type(w->p->snap->cat, &w->scope, node, &typmod));
}

static double list_width(const struct widths *w, const NodeList *list, bool sum)
{
    double width = 0;

    for (int i = 0; i < list->length; i++) {
        double one = width_of(w, list->items[i]);
        width = sum ? width + one : fmax(width, one);
    }
    return width;
}

static double column_width(const struct widths *w, const ColumnRef *c)
{
    const char *name = list_last_name(&c->fields);
    const struct cat_attribute *att = name ? cat_find_column(w->rel, name) : NULL;

    if (att && !att->stats && w->changed > 0)
        return w->changed;
    return att ? price_column_bytes(w->p->snap->cat, w->rel, att->attnum) : UNKNOWN_WIDTH;
}

static double const_width(const A_Const *c)
{
    const String *s = AS(String, c->val);

    return s && s->sval ? (double)strlen(s->sval) + 1 : 8;
}

// substr(x, 1, 8), left(x, 8): at most the last number.
static double cut_width(const struct widths *w, const FuncCall *f)
{
    const A_Const *last = f->args.length > 1 ? AS(A_Const, f->args.items[f->args.length - 1]) : NULL;
    double width = f->args.length ? width_of(w, f->args.items[0]) : UNKNOWN_WIDTH;

    return last && IsA(last->val, Integer) ? fmin(width, (double)AS(Integer, last->val)->ival + 1) : width;
}

static double repeat_width(const struct widths *w, const FuncCall *f)
{
    const A_Const *n = f->args.length == 2 ? AS(A_Const, f->args.items[1]) : NULL;

    return width_of(w, f->args.items[0]) * (n && IsA(n->val, Integer) ? (double)AS(Integer, n->val)->ival : 1);
}

static double call_width(const struct widths *w, const FuncCall *f)
{
    const char *name = list_last_name(&f->funcname);

    for (size_t i = 0; name && i < sizeof functions / sizeof *functions; i++)
        if (lc_streq(name, functions[i].name))
            return functions[i].width;
    for (size_t i = 0; name && i < sizeof joining / sizeof *joining; i++)
        if (lc_streq(name, joining[i]))
            return list_width(w, &f->args, true);
    if (name && (lc_streq(name, "left") || lc_streq(name, "right") || lc_streq(name, "substr") || lc_streq(name, "substring")))
        return cut_width(w, f);
    if (name && f->args.length && lc_streq(name, "repeat"))
        return repeat_width(w, f);
    return f->args.length ? list_width(w, &f->args, false) : UNKNOWN_WIDTH;
}

static double cast_width(const struct widths *w, const TypeCast *c)
{
    const struct cat_type *to = type_of(w, (const Node *)(const void *)c), *from = type_of(w, c->arg);

    if (to && to->o.oid == NUMERICOID && from && from->len > 0)
        return 7; // NumericShort and two or three digits of four decimals
    if (to && to->len <= 0 && from && from->len > 0 && !IsA(c->arg, A_Const))
        return text_width(from->o.oid);
    return width_of(w, c->arg);
}

static double case_width(const struct widths *w, const CaseExpr *c)
{
    double width = c->defresult ? width_of(w, c->defresult) : 0;

    for (int i = 0; i < c->args.length; i++) {
        const CaseWhen *when = LIST_GET(CaseWhen, &c->args, i);
        width = fmax(width, when && when->result ? width_of(w, when->result) : 0);
    }
    return width;
}

static double operator_width(const struct widths *w, const A_Expr *e)
{
    double left = e->lexpr ? width_of(w, e->lexpr) : 0, right = e->rexpr ? width_of(w, e->rexpr) : 0;

    return lc_streq(list_last_name(&e->name), "||") ? left + right - 1 : fmax(left, right);
}

static double width_of(const struct widths *w, const Node *node)
{
    const struct cat_type *type = type_of(w, node);

    if (type && type->len > 0)
        return type->len;
    if (IsA(node, ColumnRef))
        return column_width(w, AS(ColumnRef, node));
    if (IsA(node, A_Const))
        return const_width(AS(A_Const, node));
    if (IsA(node, A_Expr))
        return operator_width(w, AS(A_Expr, node));
    if (IsA(node, FuncCall))
        return call_width(w, AS(FuncCall, node));
    if (IsA(node, TypeCast))
        return cast_width(w, AS(TypeCast, node));
    if (IsA(node, A_ArrayExpr))
        return ARRAY_HEADER + list_width(w, &AS(A_ArrayExpr, node)->elements, true) + 4 * AS(A_ArrayExpr, node)->elements.length;
    if (IsA(node, CoalesceExpr))
        return list_width(w, &AS(CoalesceExpr, node)->args, false);
    return IsA(node, CaseExpr) ? case_width(w, AS(CaseExpr, node)) : UNKNOWN_WIDTH;
}

double price_expr_width(const struct pricing *p, const struct cat_relation *rel, const Node *expr, double changed)
{
    struct widths w = {.p = p, .rel = rel, .scope = cat_scope_of(p->arena, rel), .changed = changed};

    return width_of(&w, expr);
}

// Without statistics a text is taken to fill half of its limit.
static double type_width(const struct cat_attribute *att)
{
    if (att && (att->type == BPCHAROID || att->type == VARCHAROID) && att->typmod > 4)
        return att->type == BPCHAROID ? att->typmod - 3 : fmin((att->typmod - 4) / 2.0 + 1, UNKNOWN_WIDTH);
    return att && att->type == NUMERICOID ? 7 : UNKNOWN_WIDTH;
}

double price_column_bytes(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    const struct cat_attribute *att = cat_attribute_at(rel, attnum);
    const struct cat_type *type = att ? cat_type(cat, att->type) : NULL;

    if (type && type->len > 0)
        return type->len;
    return att && att->stats && att->stats->avg_width > 0 ? att->stats->avg_width : type_width(att);
}
