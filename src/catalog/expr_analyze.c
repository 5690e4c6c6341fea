// From a raw expression to an analysed one (parser/parse_expr.c, transformExprRecurse).
#include "catalog/expr_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"

// make_const (parse_node.c): an integer too large for int4 is a bigint, a larger one or one with a point is numeric.
static struct expr *number(struct analysis *a, const char *text)
{
    char *end;
    long long v;

    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 19)
        return expr_const(a, NUMERICOID, text, false);
    v = strtoll(text, &end, 10);
    if (strlen(text) == 19 && strcmp(text, "9223372036854775807") > 0)
        return expr_const(a, NUMERICOID, text, false);
    return expr_const(a, v <= INT32_MAX ? INT4OID : INT8OID, text, false);
}

static struct expr *negative_number(struct analysis *a, const char *text)
{
    struct expr *e = number(a, text + 1);

    e->type = strcmp(text, "-2147483648") == 0 ? INT4OID : strcmp(text, "-9223372036854775808") == 0 ? INT8OID : e->type;
    return expr_const(a, e->type, text, false);
}

static struct expr *constant(struct analysis *a, const A_Const *c)
{
    if (c->isnull || !c->val)
        return expr_const(a, UNKNOWNOID, NULL, true);
    switch (c->val->tag) {
    case T_Integer:
        return expr_const(a, INT4OID, lc_int_text(a->arena, AS(Integer, c->val)->ival), false);
    case T_Float:
        return AS(Float, c->val)->fval[0] == '-' ? negative_number(a, AS(Float, c->val)->fval)
                                                 : number(a, AS(Float, c->val)->fval);
    case T_Boolean:
        return expr_const(a, BOOLOID, AS(Boolean, c->val)->boolval ? "t" : "f", false);
    case T_BitString:
        return expr_const(a, BITOID, AS(BitString, c->val)->bsval, false);
    default:
        return expr_const(a, UNKNOWNOID, node_string(c->val) ? node_string(c->val) : "", false);
    }
}

// --- operators -------------------------------------------------------------------------------------------------------------

static struct expr *bool_expr(struct analysis *a, BoolExprType op, struct expr *left, struct expr *right)
{
    struct expr *e = right ? expr_node2(a, X_BOOL, BOOLOID, -1, left, right) : expr_node1(a, X_BOOL, BOOLOID, -1, left);

    e->sub = (int)op;
    return e;
}

static struct expr *named_op(struct analysis *a, const char *name, struct expr *left, struct expr *right)
{
    String s = {.tag = T_String, .sval = name};
    Node *items[1] = {(Node *)(void *)&s};
    NodeList list = {1, items};

    return expr_make_op(a, &list, left, right);
}

static bool is_null_literal(const Node *node)
{
    const A_Const *c = AS(A_Const, node);

    return c && c->isnull;
}

static struct expr *null_test(struct analysis *a, struct expr *arg, NullTestType test)
{
    struct expr *e = expr_node1(a, X_NULLTEST, BOOLOID, -1, arg);

    e->sub = (int)test;
    return e;
}

static struct expr *distinct(struct analysis *a, const struct cat_scope *scope, const A_Expr *x)
{
    bool negated = x->kind == AEXPR_NOT_DISTINCT;
    struct expr *e;

    if (is_null_literal(x->rexpr) || is_null_literal(x->lexpr)) { // make_nulltest_from_distinct
        e = expr_analyze(a, scope, is_null_literal(x->rexpr) ? x->lexpr : x->rexpr);
        return null_test(a, e, negated ? IS_NULL : IS_NOT_NULL);
    }
    e = expr_make_op(a, &x->name, expr_analyze(a, scope, x->lexpr), expr_analyze(a, scope, x->rexpr));
    if (e->kind == X_OP)
        e->kind = X_DISTINCT;
    return negated ? bool_expr(a, NOT_EXPR, e, NULL) : e;
}

static struct expr *nullif(struct analysis *a, const struct cat_scope *scope, const A_Expr *x)
{
    struct expr *left = expr_analyze(a, scope, x->lexpr);
    struct expr *e = expr_make_op(a, &x->name, left, expr_analyze(a, scope, x->rexpr));

    if (e->kind == X_OP) {
        e->kind = X_NULLIF;
        e->type = e->args[0]->type; // as the operator takes it: a varchar has become text
        e->typmod = e->args[0]->typmod;
    } else {
        e->type = left->type == UNKNOWNOID ? TEXTOID : left->type;
        e->typmod = -1;
    }
    return e;
}

static bool is_var(const struct expr *e, void *context)
{
    (void)context;
    return e->kind == X_VAR || e->kind == X_UNKNOWN;
}

static bool fits_all(const struct analysis *a, const struct exprs *list, Oid type)
{
    for (int i = 0; i < list->len; i++)
        if (!coerce_can(a->cat, 1, &list->items[i]->type, &type, 'i'))
            return false;
    return true;
}

// The list of IN without its variables, as one array; NULL when its items have no common type.
static struct expr *in_array(struct analysis *a, struct expr *left, const struct exprs *items)
{
    struct exprs all = {0};
    Oid *types = LC_NEW_ARRAY(a->arena, Oid, items->len + 1), type;
    const struct cat_type *t;
    struct expr *array;

    LC_PUSH(a->arena, &all, left);
    for (int i = 0; i < items->len; i++)
        LC_PUSH(a->arena, &all, items->items[i]);
    for (int i = 0; i < all.len; i++)
        types[i] = all.items[i]->type;
    type = coerce_common_type(a->cat, types, all.len);
    t = type && type != RECORDOID && fits_all(a, &all, type) ? cat_type(a->cat, type) : NULL;
    if (!t || !t->array)
        return NULL;
    array = expr_new(a, X_ARRAY, t->array, -1);
    array->args = LC_NEW_ARRAY(a->arena, struct expr *, items->len);
    array->nargs = items->len;
    for (int i = 0; i < items->len; i++)
        array->args[i] = expr_coerce_type(a, items->items[i], type, -1, 'i');
    return array;
}

// transformAExprIn: items with variables are compared one by one, the others through an array where there are several.
static struct expr *in_list(struct analysis *a, const struct cat_scope *scope, const A_Expr *x)
{
    bool negated = list_last_name(&x->name) && strcmp(list_last_name(&x->name), "<>") == 0;
    const List *list = AS(List, x->rexpr);
    struct expr *left = expr_analyze(a, scope, x->lexpr), *result = NULL;
    struct exprs vars = {0}, others = {0};

    for (int i = 0; list && i < list->items.length; i++) {
        struct expr *e = expr_analyze(a, scope, list->items.items[i]);

        if (expr_any(e, is_var, NULL))
            LC_PUSH(a->arena, &vars, e);
        else
            LC_PUSH(a->arena, &others, e);
    }
    if (others.len > 1) {
        struct expr *array = in_array(a, left, &others);

        if (array)
            result = expr_make_saop(a, &x->name, negated, left, array);
    }
    for (int i = 0; !result && i < others.len; i++)
        LC_PUSH(a->arena, &vars, others.items[i]);
    for (int i = 0; i < vars.len; i++) {
        struct expr *op = expr_make_op(a, &x->name, left, vars.items[i]);

        result = result ? bool_expr(a, negated ? AND_EXPR : OR_EXPR, result, op) : op;
    }
    return result ? result : expr_unknown(a, BOOLOID);
}

static struct expr *between(struct analysis *a, const struct cat_scope *scope, const A_Expr *x)
{
    const List *ends = AS(List, x->rexpr);
    bool negated = x->kind == AEXPR_NOT_BETWEEN || x->kind == AEXPR_NOT_BETWEEN_SYM;
    bool symmetric = x->kind == AEXPR_BETWEEN_SYM || x->kind == AEXPR_NOT_BETWEEN_SYM;
    struct expr *e, *low, *high, *one, *two;

    if (!ends || ends->items.length != 2)
        return expr_unknown(a, BOOLOID);
    e = expr_analyze(a, scope, x->lexpr);
    low = expr_analyze(a, scope, ends->items.items[0]);
    high = expr_analyze(a, scope, ends->items.items[1]);
    one = bool_expr(a, negated ? OR_EXPR : AND_EXPR, named_op(a, negated ? "<" : ">=", e, low),
                    named_op(a, negated ? ">" : "<=", e, high));
    if (!symmetric)
        return one;
    two = bool_expr(a, negated ? OR_EXPR : AND_EXPR, named_op(a, negated ? "<" : ">=", e, high),
                    named_op(a, negated ? ">" : "<=", e, low));
    return bool_expr(a, negated ? AND_EXPR : OR_EXPR, one, two);
}

// make_row_comparison_op: = and <> are AND and OR of the columns' operators; the others stay in one piece.
static struct expr *row_comparison(struct analysis *a, const A_Expr *x, const struct expr *left, const struct expr *right)
{
    const char *name = list_last_name(&x->name);
    bool all = name && strcmp(name, "=") == 0, any = name && strcmp(name, "<>") == 0;
    struct exprs ops = {0};
    struct expr *e;

    for (int i = 0; i < left->nargs && i < right->nargs; i++)
        LC_PUSH(a->arena, &ops, expr_make_op(a, &x->name, left->args[i], right->args[i]));
    if (ops.len == 1)
        return ops.items[0];
    e = expr_new(a, all || any ? X_BOOL : X_XML, BOOLOID, -1);
    e->sub = all ? AND_EXPR : any ? OR_EXPR : 0;
    expr_set_args(e, &ops);
    return e;
}

static struct expr *operation(struct analysis *a, const struct cat_scope *scope, const A_Expr *x)
{
    struct expr *left = x->lexpr ? expr_analyze(a, scope, x->lexpr) : NULL, *right = expr_analyze(a, scope, x->rexpr);

    if (left && left->kind == X_ROW && right->kind == X_ROW)
        return row_comparison(a, x, left, right);
    if (x->kind == AEXPR_OP_ANY || x->kind == AEXPR_OP_ALL)
        return expr_make_saop(a, &x->name, x->kind == AEXPR_OP_ALL, left, right);
    return expr_make_op(a, &x->name, left, right);
}

static struct expr *a_expr(struct analysis *a, const struct cat_scope *scope, const A_Expr *x)
{
    switch (x->kind) {
    case AEXPR_DISTINCT:
    case AEXPR_NOT_DISTINCT:
        return distinct(a, scope, x);
    case AEXPR_NULLIF:
        return nullif(a, scope, x);
    case AEXPR_IN:
        return in_list(a, scope, x);
    case AEXPR_BETWEEN:
    case AEXPR_NOT_BETWEEN:
    case AEXPR_BETWEEN_SYM:
    case AEXPR_NOT_BETWEEN_SYM:
        return between(a, scope, x);
    default:
        return operation(a, scope, x);
    }
}

// --- constructs of their own -----------------------------------------------------------------------------------------------

void expr_analyze_list(struct analysis *a, const struct cat_scope *scope, const NodeList *list, struct exprs *out)
{
    for (LIST_EACH(i, list))
        LC_PUSH(a->arena, out, expr_analyze(a, scope, list->items[i]));
}

static struct expr *boolean(struct analysis *a, const struct cat_scope *scope, const BoolExpr *b)
{
    struct exprs args = {0};
    struct expr *e = expr_new(a, X_BOOL, BOOLOID, -1);

    expr_analyze_list(a, scope, &b->args, &args);
    for (int i = 0; i < args.len; i++)
        if (args.items[i]->type == UNKNOWNOID)
            args.items[i] = expr_coerce_type(a, args.items[i], BOOLOID, -1, 'a');
    expr_set_args(e, &args);
    e->sub = (int)b->boolop;
    return e;
}

static struct expr *case_expr(struct analysis *a, const struct cat_scope *scope, const CaseExpr *c)
{
    struct exprs args = {0};
    int n = c->args.length;
    struct expr **results = LC_NEW_ARRAY(a->arena, struct expr *, n + 1), *e = expr_new(a, X_CASE, InvalidOid, -1);
    struct expr *arg = c->arg ? expr_analyze(a, scope, c->arg) : NULL;

    results[0] = c->defresult ? expr_analyze(a, scope, c->defresult) : expr_const(a, UNKNOWNOID, NULL, true);
    for (int i = 0; i < n; i++) {
        const CaseWhen *w = LIST_GET(CaseWhen, &c->args, i);
        struct expr *when = w ? expr_analyze(a, scope, w->expr) : expr_unknown(a, BOOLOID);

        LC_PUSH(a->arena, &args, arg ? named_op(a, "=", arg, when) : when);
        results[i + 1] = w ? expr_analyze(a, scope, w->result) : expr_unknown(a, InvalidOid);
    }
    e->type = expr_coerce_common(a, "CASE", results, n + 1, &e->typmod); // the default comes first when the type is chosen
    for (int i = 0; i < n + 1; i++)
        LC_PUSH(a->arena, &args, results[i]);
    e->sub = n;
    expr_set_args(e, &args);
    return e;
}

static struct expr *common(struct analysis *a, const struct cat_scope *scope, enum expr_kind kind, const char *what,
                           const NodeList *list)
{
    struct exprs args = {0};
    struct expr *e = expr_new(a, kind, InvalidOid, -1);

    expr_analyze_list(a, scope, list, &args);
    e->type = expr_coerce_common(a, what, args.items, args.len, &e->typmod);
    expr_set_args(e, &args);
    return e;
}

// transformArrayExpr; array InvalidOid: the type follows from the elements.
static struct expr *array_expr(struct analysis *a, const struct cat_scope *scope, const A_ArrayExpr *x, Oid array, int typmod)
{
    struct exprs args = {0};
    struct expr *e = expr_new(a, X_ARRAY, array, typmod);
    bool nested = false;
    Oid type;

    for (LIST_EACH(i, &x->elements)) {
        const A_ArrayExpr *sub = LIST_GET(A_ArrayExpr, &x->elements, i);
        struct expr *item = sub ? array_expr(a, scope, sub, array, typmod) : expr_analyze(a, scope, x->elements.items[i]);

        nested |= sub != NULL || coerce_element_type(a->cat, item->type) != InvalidOid;
        LC_PUSH(a->arena, &args, item);
    }
    if (array) {
        type = nested ? array : coerce_element_type(a->cat, array);
        for (int i = 0; i < args.len; i++) {
            struct expr *c = expr_coerce(a, args.items[i], type, typmod, 'e');
            args.items[i] = c ? c : expr_unknown(a, type);
        }
    } else {
        type = expr_coerce_common(a, "ARRAY", args.items, args.len, &e->typmod);
        e->type = nested ? type : type && cat_type(a->cat, type) ? cat_type(a->cat, type)->array : InvalidOid;
    }
    expr_set_args(e, &args);
    return e;
}

static struct expr *type_cast(struct analysis *a, const struct cat_scope *scope, const TypeCast *c)
{
    int typmod, base_typmod;
    const struct cat_type *type = cat_find_typename(a->cat, c->typeName, &typmod);
    const A_ArrayExpr *array = AS(A_ArrayExpr, c->arg);
    struct expr *e, *r;

    if (!type) {
        (void)expr_analyze(a, scope, c->arg);
        return expr_unknown(a, InvalidOid);
    }
    base_typmod = typmod;
    if (array && coerce_element_type(a->cat, cat_base_type(a->cat, type->o.oid, &base_typmod)))
        e = array_expr(a, scope, array, cat_base_type(a->cat, type->o.oid, NULL), base_typmod);
    else
        e = expr_analyze(a, scope, c->arg);
    r = expr_coerce(a, e, type->o.oid, typmod, 'e');
    if (!r && e->type && e->type != RECORDOID && e->type != UNKNOWNOID)
        expr_refuse(a, "42846",
                    lc_printf(a->arena, "cannot cast type %s to %s", cat_format_type(a->cat, e->type, -1),
                              cat_format_type(a->cat, type->o.oid, -1)));
    if (!r)
        a->unknown = true;
    return r ? r : expr_node1(a, X_UNKNOWN, type->o.oid, typmod, e);
}

static struct expr *collate(struct analysis *a, const struct cat_scope *scope, const CollateClause *c)
{
    struct expr *arg = expr_analyze(a, scope, c->arg);
    const struct cat_other *collation =
        cat_find_other(a->cat, CAT_COLLATION, list_schema_name(&c->collname), list_last_name(&c->collname));

    if (collation)
        analysis_depend(a, CAT_COLLATION, collation->o.oid, 0);
    if (arg->type == UNKNOWNOID)
        arg = expr_coerce_type(a, arg, TEXTOID, -1, 'i');
    return expr_node1(a, X_COLLATE, arg->type, arg->typmod, arg);
}

static struct expr *sql_value(struct analysis *a, const SQLValueFunction *f)
{
    struct expr *e = expr_new(a, X_SQLVALUE, NAMEOID, -1);

    switch (f->op) {
    case SVFOP_CURRENT_DATE:
        e->type = DATEOID;
        break;
    case SVFOP_CURRENT_TIME:
    case SVFOP_CURRENT_TIME_N:
        e->type = TIMETZOID;
        break;
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N:
        e->type = TIMESTAMPTZOID;
        break;
    case SVFOP_LOCALTIME:
    case SVFOP_LOCALTIME_N:
        e->type = TIMEOID;
        break;
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N:
        e->type = TIMESTAMPOID;
        break;
    default:
        break;
    }
    e->sub = (int)f->op;
    if (f->op == SVFOP_CURRENT_TIME_N || f->op == SVFOP_CURRENT_TIMESTAMP_N || f->op == SVFOP_LOCALTIME_N ||
        f->op == SVFOP_LOCALTIMESTAMP_N)
        e->typmod = (int)f->typmod;
    return e;
}

static Oid sublink_type(struct analysis *a, const SubLink *s, const struct cat_attribute *cols, int n)
{
    const struct cat_type *t;

    if (s->subLinkType != EXPR_SUBLINK && s->subLinkType != ARRAY_SUBLINK)
        return s->subLinkType == MULTIEXPR_SUBLINK ? RECORDOID : BOOLOID;
    if (n < 1)
        return InvalidOid;
    if (s->subLinkType == EXPR_SUBLINK)
        return cols[0].type;
    t = cat_type(a->cat, cols[0].type);
    return t ? (t->category == 'A' ? t->o.oid : t->array) : InvalidOid;
}

static bool has_star(const RowExpr *row)
{
    for (int i = 0; row && i < row->args.length; i++) {
        const ColumnRef *ref = AS(ColumnRef, row->args.items[i]);
        if (ref && ref->fields.length && IsA(ref->fields.items[ref->fields.length - 1], A_Star))
            return true;
    }
    return false;
}

// The operators that compare what stands on the left with the columns of the subquery (make_row_comparison_op).
static void compare_columns(struct analysis *a, const SubLink *s, struct expr *left, const struct cat_attribute *cols, int n)
{
    struct expr **items = left->kind == X_ROW ? left->args : &left;
    int nleft = left->kind == X_ROW ? left->nargs : 1;

    if (nleft != n)
        expr_refuse(a, "42601", nleft < n ? "subquery has too many columns" : "subquery has too few columns");
    for (int i = 0; i < n && nleft == n; i++) {
        struct expr *right = expr_new(a, X_UNKNOWN, cols[i].type, cols[i].typmod);
        if (items[i]->type && right->type && s->operName.length)
            (void)expr_make_op(a, &s->operName, items[i], right);
        else if (items[i]->type && right->type)
            (void)named_op(a, "=", items[i], right);
    }
}

// transformSubLink: the subquery comes before what stands on its left.
static struct expr *sublink(struct analysis *a, const struct cat_scope *scope, const SubLink *s)
{
    const struct cat_attribute *cols = NULL;
    struct exprs exprs = {0};
    struct expr *e = expr_new(a, X_SUBLINK, InvalidOid, -1);
    int n = expr_analyze_query(a, scope, s->subselect, &cols, &exprs);
    bool vague = a->vague_columns;

    if (s->testexpr) {
        struct expr *left = expr_analyze(a, scope, s->testexpr);
        LC_PUSH(a->arena, &exprs, left);
        if (!vague && n > 0 && !has_star(AS(RowExpr, s->testexpr)))
            compare_columns(a, s, left, cols, n);
    }
    e->type = sublink_type(a, s, cols, n);
    if ((s->subLinkType == EXPR_SUBLINK || s->subLinkType == ARRAY_SUBLINK) && n > 0)
        e->typmod = cols[0].typmod;
    if (!e->type)
        a->unknown = true;
    e->sub = (int)s->subLinkType;
    expr_set_args(e, &exprs);
    a->has_sublink = true;
    return e;
}

// (f(x)).name of a function with OUT arguments (ParseComplexProjection, parse_func.c); NULL: it has none of that name.
static struct expr *out_select(struct analysis *a, struct expr *e, const char *name)
{
    int n = e->type == RECORDOID && e->proc ? e->proc->nout : 0, i = 0;

    while (i < n && !lc_streq(e->proc->outnames[i], name))
        i++;
    return i < n ? expr_node1(a, X_FIELD, expr_out_type(a, e, e->proc->outtypes[i]), -1, e) : NULL;
}

static struct expr *field_select(struct analysis *a, struct expr *e, const char *name)
{
    struct expr *out = out_select(a, e, name);

    if (out)
        return out;
    const struct cat_type *t = cat_type(a->cat, cat_base_type(a->cat, e->type, NULL));
    const struct cat_relation *rel = t && t->relid ? cat_relation(a->cat, t->relid) : NULL;
    const struct cat_attribute *att = rel ? cat_find_column(rel, name) : NULL;
    struct expr *f = expr_node1(a, X_FIELD, att ? att->type : InvalidOid, att ? att->typmod : -1, e);

    if (!att)
        a->unknown = true;
    else
        analysis_depend(a, CAT_RELATION, rel->o.oid, att->attnum); // find_expr_references_walker: FieldSelect
    f->attnum = att ? att->attnum : 0;
    return f;
}

static struct expr *subscript(struct analysis *a, const struct cat_scope *scope, struct expr *e, const A_Indices *x)
{
    Oid base = cat_base_type(a->cat, e->type, NULL);
    const struct cat_type *t = cat_type(a->cat, base);
    Oid elem = t ? t->elem : InvalidOid; // point, box, lseg, line and name have subscripts too (raw_array_subscript_handler)
    struct expr *s = expr_node1(a, X_SUBSCRIPT, x->is_slice || !elem ? base : elem, e->typmod, e);
    struct exprs args = {s->args, s->nargs, s->nargs};

    if (x->lidx)
        LC_PUSH(a->arena, &args, expr_analyze(a, scope, x->lidx));
    if (x->uidx)
        LC_PUSH(a->arena, &args, expr_analyze(a, scope, x->uidx));
    expr_set_args(s, &args);
    return s;
}

static struct expr *indirection(struct analysis *a, const struct cat_scope *scope, const A_Indirection *x)
{
    struct expr *e = expr_analyze(a, scope, x->arg);

    for (LIST_EACH(i, &x->indirection)) {
        const A_Indices *indices = LIST_GET(A_Indices, &x->indirection, i);
        const char *name = node_string(x->indirection.items[i]);

        if (indices)
            e = subscript(a, scope, e, indices);
        else if (name)
            e = field_select(a, e, name);
    }
    return e;
}

struct opaque {
    struct analysis *a;
    const struct cat_scope *scope;
    const Node *self;
    struct exprs args;
};

static bool visit_opaque(const Node *node, void *context)
{
    struct opaque *o = context;

    if (node == o->self)
        return true;
    switch (node->tag) {
    case T_FuncCall:
    case T_ColumnRef:
    case T_A_Expr:
    case T_A_Const:
    case T_TypeCast:
    case T_SubLink:
    case T_BoolExpr:
    case T_CaseExpr:
    case T_CoalesceExpr:
    case T_SQLValueFunction:
    case T_A_Indirection:
    case T_A_ArrayExpr:
        LC_PUSH(o->a->arena, &o->args, expr_analyze(o->a, o->scope, node));
        return false;
    case T_SelectStmt:
        (void)expr_analyze_query(o->a, o->scope, node, &(const struct cat_attribute *){NULL}, &o->args);
        return false;
    default:
        return true;
    }
}

// A construct that is not looked into: its type, and the expressions inside.
static struct expr *opaque(struct analysis *a, const struct cat_scope *scope, const Node *node, Oid type)
{
    struct opaque o = {.a = a, .scope = scope, .self = node};
    struct expr *e = expr_new(a, X_XML, type, -1);

    node_walk(node, visit_opaque, &o);
    expr_set_args(e, &o.args);
    return e;
}

static Oid output_type(struct analysis *a, const JsonOutput *output, Oid type)
{
    const struct cat_type *t = output && output->typeName ? cat_find_typename(a->cat, output->typeName, NULL) : NULL;

    return t ? t->o.oid : type;
}

static struct expr *json(struct analysis *a, const struct cat_scope *scope, const Node *node)
{
    const JsonFuncExpr *f = AS(JsonFuncExpr, node);
    const JsonObjectConstructor *object = AS(JsonObjectConstructor, node);
    const JsonArrayConstructor *array = AS(JsonArrayConstructor, node);
    const XmlSerialize *xml = AS(XmlSerialize, node);
    Oid type = JSONOID;

    if (f)
        type = output_type(a, f->output, f->op == JSON_EXISTS_OP ? BOOLOID : f->op == JSON_VALUE_OP ? TEXTOID : JSONBOID);
    else if (object)
        type = output_type(a, object->output, JSONOID);
    else if (array)
        type = output_type(a, array->output, JSONOID);
    else if (xml)
        type = cat_find_typename(a->cat, xml->typeName, NULL) ? cat_find_typename(a->cat, xml->typeName, NULL)->o.oid : TEXTOID;
    if (IsA(node, JsonObjectAgg) || IsA(node, JsonArrayAgg))
        a->has_agg = true;
    return opaque(a, scope, node, type);
}

static struct expr *boolean_test(struct analysis *a, const struct cat_scope *scope, const BooleanTest *b)
{
    struct expr *e =
        expr_node1(a, X_BOOLTEST, BOOLOID, -1, expr_coerce_type(a, expr_analyze(a, scope, b->arg), BOOLOID, -1, 'a'));

    e->sub = (int)b->booltesttype;
    return e;
}

static struct expr *row(struct analysis *a, const struct cat_scope *scope, const RowExpr *r)
{
    struct expr *e = expr_new(a, X_ROW, RECORDOID, -1);
    struct exprs args = {0};

    expr_analyze_list(a, scope, &r->args, &args);
    expr_set_args(e, &args);
    return e;
}

static struct expr *other(struct analysis *a, const struct cat_scope *scope, const Node *node)
{
    const XmlExpr *xml = AS(XmlExpr, node);

    switch (node->tag) {
    case T_RowExpr:
        return row(a, scope, AS(RowExpr, node));
    case T_XmlExpr:
        return opaque(a, scope, node, xml->op == IS_DOCUMENT ? BOOLOID : XMLOID);
    case T_GroupingFunc:
        a->has_agg = true;
        return expr_new(a, X_AGG, INT4OID, -1);
    case T_SetToDefault:
        return expr_new(a, X_DEFAULT, UNKNOWNOID, -1);
    case T_CurrentOfExpr:
    case T_JsonIsPredicate:
        return opaque(a, scope, node, BOOLOID);
    case T_MergeSupportFunc:
        return opaque(a, scope, node, TEXTOID);
    case T_XmlSerialize:
    case T_JsonFuncExpr:
    case T_JsonObjectConstructor:
    case T_JsonArrayConstructor:
    case T_JsonArrayQueryConstructor:
    case T_JsonObjectAgg:
    case T_JsonArrayAgg:
    case T_JsonParseExpr:
    case T_JsonScalarExpr:
    case T_JsonSerializeExpr:
        return json(a, scope, node);
    default:
        a->unknown = true;
        return opaque(a, scope, node, InvalidOid);
    }
}

static struct expr *dispatch(struct analysis *a, const struct cat_scope *scope, const Node *node)
{
    switch (node->tag) {
    case T_A_Const:
        return constant(a, AS(A_Const, node));
    case T_ColumnRef:
        return expr_column(a, scope, AS(ColumnRef, node));
    case T_ParamRef:
        return expr_parameter(a, scope, (int)AS(ParamRef, node)->number);
    case T_A_Expr:
        return a_expr(a, scope, AS(A_Expr, node));
    case T_FuncCall:
        return expr_analyze_call(a, scope, AS(FuncCall, node));
    case T_TypeCast:
        return type_cast(a, scope, AS(TypeCast, node));
    case T_CollateClause:
        return collate(a, scope, AS(CollateClause, node));
    case T_BoolExpr:
        return boolean(a, scope, AS(BoolExpr, node));
    case T_NullTest:
        return null_test(a, expr_analyze(a, scope, AS(NullTest, node)->arg), AS(NullTest, node)->nulltesttype);
    case T_BooleanTest:
        return boolean_test(a, scope, AS(BooleanTest, node));
    case T_CaseExpr:
        return case_expr(a, scope, AS(CaseExpr, node));
    case T_CoalesceExpr:
        return common(a, scope, X_COALESCE, "COALESCE", &AS(CoalesceExpr, node)->args);
    case T_MinMaxExpr:
        return common(a, scope, X_MINMAX, AS(MinMaxExpr, node)->op == IS_GREATEST ? "GREATEST" : "LEAST",
                      &AS(MinMaxExpr, node)->args);
    case T_A_ArrayExpr:
        return array_expr(a, scope, AS(A_ArrayExpr, node), InvalidOid, -1);
    case T_SQLValueFunction:
        return sql_value(a, AS(SQLValueFunction, node));
    case T_SubLink:
        return sublink(a, scope, AS(SubLink, node));
    case T_A_Indirection:
        return indirection(a, scope, AS(A_Indirection, node));
    case T_NamedArgExpr:
        return expr_analyze(a, scope, AS(NamedArgExpr, node)->arg);
    case T_ResTarget:
        return expr_analyze(a, scope, AS(ResTarget, node)->val);
    default:
        return other(a, scope, node);
    }
}

struct expr *expr_analyze(struct analysis *a, const struct cat_scope *scope, const Node *node)
{
    struct expr *e;

    if (!node || a->depth > ANALYSIS_MAX_DEPTH)
        return expr_unknown(a, InvalidOid);
    a->depth++;
    e = dispatch(a, scope, node);
    a->depth--;
    return e;
}
