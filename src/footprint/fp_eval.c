// Expressions and queries over the catalogues.
#include "footprint/fp_eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define MAX_ROWS 5000
#define MAX_DEPTH 60

struct fp_val fpv_unknown(void)
{
    return (struct fp_val){.kind = FPV_UNKNOWN};
}

struct fp_val fpv_null(void)
{
    return (struct fp_val){.kind = FPV_NULL};
}

struct fp_val fpv_text(const char *text)
{
    return text ? (struct fp_val){.kind = FPV_TEXT, .text = text} : fpv_null();
}

struct fp_val fpv_number(double n)
{
    return (struct fp_val){.kind = FPV_NUMBER, .number = n};
}

const char *fpv_str(struct fp_session *s, struct fp_val v)
{
    if (v.text || v.kind != FPV_NUMBER)
        return v.text;
    return lc_printf(s->arena, fabs(v.number) < 1e18 && v.number == floor(v.number) ? "%.0f" : "%.15g", v.number);
}

struct fp_val fpv_bool(bool b)
{
    return (struct fp_val){.kind = FPV_BOOL, .number = b, .text = b ? "true" : "false"};
}

struct fp_val fpv_oid(Oid oid)
{
    struct fp_val v = fpv_number(oid);

    v.oid = oid;
    return v;
}

Oid fp_oid_of(struct fp_val v)
{
    return v.oid ? v.oid : v.kind == FPV_NUMBER && v.number >= 0 && v.number <= UINT32_MAX ? (Oid)v.number : InvalidOid;
}

struct fp_val fp_procedure(struct fp_session *s, const struct cat_proc *p, bool arguments)
{
    const struct cat_proc *found[2];
    bool visible =
        cat_find_procs(s->cat, NULL, p->o.name, found, 2) == 1 && found[0] == p; // more of that name: the schema never harms
    const char *name = lc_quote_ident(s->arena, p->o.name), *schema = cat_schema_name(s->cat, p->o.schema);
    struct lc_str out;

    lc_str_init(&out, s->arena, LC_STR_MAX);
    lc_str_addf(&out, "%s%s%s", visible || !schema ? "" : lc_quote_ident(s->arena, schema), visible || !schema ? "" : ".", name);
    for (int i = 0; arguments && i < p->nargs; i++)
        lc_str_addf(&out, "%s%s", i ? "," : "(", cat_format_type(s->cat, p->argtypes[i], -1));
    if (arguments)
        lc_str_add(&out, p->nargs ? ")" : "()");
    return (struct fp_val){.kind = FPV_TEXT, .text = out.text, .oid = p->o.oid};
}

struct fp_val fpv_regclass(struct fp_session *s, const struct cat_relation *rel)
{
    // regclassout: the schema only where the search_path does not find it
    const char *name = lc_quote_ident(s->arena, rel->o.name);
    bool visible = cat_find_relation(s->cat, NULL, rel->o.name) == rel;

    return (struct fp_val){
        .kind = FPV_TEXT, .text = visible ? name : cat_qualified_name(s->cat, rel), .number = rel->o.oid, .oid = rel->o.oid};
}

int fp_truth(struct fp_val v)
{
    if (v.kind == FPV_UNKNOWN)
        return -1;
    if (v.kind == FPV_BOOL)
        return v.number != 0;
    return v.kind == FPV_TEXT && (lc_strieq(v.text, "t") || lc_strieq(v.text, "true"));
}

// --- names -------------------------------------------------------------------------------------------------------------------------

static bool result_column(const struct fp_binding *b, const char *name, struct fp_val *out)
{
    for (int i = 0; i < b->result->ncols; i++) {
        const char *alias = b->colnames && i < b->colnames->length ? node_string(b->colnames->items[i]) : b->result->names[i];
        if (lc_streq(alias, name)) {
            *out = b->row < 0 ? fpv_null() : b->result->rows.items[b->row].cols[i];
            return true;
        }
    }
    return false;
}

static bool binding_column(struct fp_env *env, const struct fp_binding *b, const char *name, struct fp_val *out)
{
    if (b->result)
        return result_column(b, name, out);
    if (!b->table || !fp_table_column(b->table, env->s, b->object, b->sub, name, out))
        return false;
    if (b->row < 0)
        *out = fpv_null();
    return true;
}

static struct fp_val eval_column(struct fp_env *env, const ColumnRef *ref)
{
    const char *name = list_last_name(&ref->fields), *of = list_schema_name(&ref->fields);
    struct fp_val out;
    const struct fp_val *var;

    for (const struct fp_binding *b = env->bindings; b && name; b = b->outer)
        if ((!of || lc_streq(b->alias, of)) && binding_column(env, b, name, &out))
            return out;
    if (!name || !env->vars)
        return fpv_unknown();
    var = lc_map_get(env->vars, of ? lc_printf(env->s->arena, "%s.%s", of, name) : name);
    return var ? *var : fpv_unknown();
}

static struct fp_val eval_param(struct fp_env *env, const ParamRef *ref)
{
    const struct fp_val *var =
        env->vars ? lc_map_get(env->vars, lc_printf(env->s->arena, "$%lld", (long long)ref->number)) : NULL;

    return var ? *var : fpv_unknown();
}

// --- operators -----------------------------------------------------------------------------------------------------------------------

static bool as_number(struct fp_val v, double *n)
{
    char *end;

    if (v.kind == FPV_NUMBER || v.kind == FPV_BOOL) {
        *n = v.number;
        return true;
    }
    if (v.kind != FPV_TEXT)
        return false;
    if (v.oid) {
        *n = v.oid;
        return true;
    }
    *n = strtod(v.text, &end);
    return end != v.text && *end == '\0';
}

static bool is_time(struct fp_val v)
{
    return v.kind == FPV_DATE || v.kind == FPV_TIMESTAMP || v.kind == FPV_INTERVAL;
}

// -2: cannot be told.
static int compare(struct fp_env *env, struct fp_val a, struct fp_val b)
{
    double x, y;
    bool numbers = a.kind == FPV_NUMBER || b.kind == FPV_NUMBER || (a.oid && b.oid);

    if (a.kind == FPV_ARRAY || b.kind == FPV_ARRAY)
        return -2;
    if (is_time(a) || is_time(b))
        return fp_compare_times(env, a, b);
    if (a.kind == FPV_BOOL || b.kind == FPV_BOOL) {
        int p = fp_truth(a), q = fp_truth(b);
        return p < q ? -1 : p > q;
    }
    if (numbers)
        return as_number(a, &x) && as_number(b, &y) ? (x < y ? -1 : x > y) : -2;
    {
        int c = strcmp(a.text, b.text);
        return c < 0 ? -1 : c > 0;
    }
}

static struct fp_val compare_arrays(struct fp_env *env, const char *op, struct fp_val a, struct fp_val b)
{
    bool equal = a.kind == b.kind && a.nitems == b.nitems;

    if (a.kind != b.kind || (strcmp(op, "=") != 0 && strcmp(op, "<>") != 0))
        return fpv_unknown();
    for (int i = 0; equal && i < a.nitems; i++) {
        int c = compare(env, a.items[i], b.items[i]);
        if (a.items[i].kind == FPV_UNKNOWN || b.items[i].kind == FPV_UNKNOWN || c == -2)
            return fpv_unknown();
        equal = c == 0;
    }
    return fpv_bool(equal == (strcmp(op, "=") == 0));
}

static struct fp_val compare_op(struct fp_env *env, const char *op, struct fp_val a, struct fp_val b)
{
    int c;

    if (a.kind == FPV_UNKNOWN || b.kind == FPV_UNKNOWN)
        return fpv_unknown();
    if (a.kind == FPV_NULL || b.kind == FPV_NULL)
        return fpv_null();
    if (a.kind == FPV_ARRAY || b.kind == FPV_ARRAY)
        return compare_arrays(env, op, a, b);
    c = compare(env, a, b);
    if (c == -2)
        return fpv_unknown();
    if (strcmp(op, "=") == 0)
        return fpv_bool(c == 0);
    if (strcmp(op, "<>") == 0 || strcmp(op, "!=") == 0)
        return fpv_bool(c != 0);
    return fpv_bool(strcmp(op, "<") == 0 ? c < 0 : strcmp(op, "<=") == 0 ? c <= 0 : strcmp(op, ">") == 0 ? c > 0 : c >= 0);
}

static bool like(const char *text, const char *pattern, bool fold, int depth)
{
    for (; *pattern; pattern++, text++) {
        if (*pattern == '%') {
            for (; depth < 40; text++) {
                if (like(text, pattern + 1, fold, depth + 1))
                    return true;
                if (!*text)
                    return false;
            }
            return false;
        }
        if (!*text)
            return false;
        if (*pattern == '\\' && pattern[1])
            pattern++;
        else if (*pattern == '_')
            continue;
        if (*pattern != *text && !(fold && (*pattern | 32) == (*text | 32)))
            return false;
    }
    return *text == '\0';
}

static struct fp_val like_op(struct fp_val a, struct fp_val b, bool fold, bool negated)
{
    if (a.kind == FPV_NULL || b.kind == FPV_NULL)
        return fpv_null();
    if (a.kind != FPV_TEXT || b.kind != FPV_TEXT)
        return fpv_unknown();
    return fpv_bool(like(a.text, b.text, fold, 0) != negated);
}

// array || array, array || element, element || array (array_cat, array_append, array_prepend).
struct fp_val fp_eval_join(struct fp_env *env, struct fp_val a, struct fp_val b)
{
    struct fp_val out = {.kind = FPV_ARRAY};
    const struct fp_val *parts[] = {a.kind == FPV_ARRAY ? a.items : &a, b.kind == FPV_ARRAY ? b.items : &b};
    int n[] = {a.kind == FPV_ARRAY ? a.nitems : 1, b.kind == FPV_ARRAY ? b.nitems : 1};

    if (a.kind == FPV_UNKNOWN || b.kind == FPV_UNKNOWN || n[0] + n[1] > MAX_ROWS)
        return fpv_unknown();
    out.items = LC_NEW_ARRAY(env->s->arena, struct fp_val, n[0] + n[1] + 1);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < n[k]; i++)
            out.items[out.nitems++] = parts[k][i];
    return out;
}

static struct fp_val concat(struct fp_env *env, struct fp_val a, struct fp_val b)
{
    // of an array and a literal the literal is an array, too: '{}' || '{a}'
    if ((a.kind == FPV_ARRAY && b.kind == FPV_ARRAY) || (a.kind == FPV_ARRAY && b.kind == FPV_TEXT && *b.text != '{'))
        return fp_eval_join(env, a, b);
    if (a.kind == FPV_UNKNOWN || b.kind == FPV_UNKNOWN || a.kind == FPV_ARRAY || b.kind == FPV_ARRAY)
        return fpv_unknown();
    if (a.kind == FPV_NULL || b.kind == FPV_NULL)
        return fpv_null();
    if (!fpv_str(env->s, a) || !fpv_str(env->s, b))
        return fpv_unknown();
    return fpv_text(lc_printf(env->s->arena, "%s%s", fpv_str(env->s, a), fpv_str(env->s, b)));
}

static struct fp_val arithmetic(struct fp_env *env, char op, struct fp_val a, struct fp_val b)
{
    double x, y, r;

    if (a.kind == FPV_NULL || b.kind == FPV_NULL)
        return fpv_null();
    if (is_time(a) || is_time(b))
        return fp_date_arithmetic(env, op, a, b);
    if (!as_number(a, &x) || !as_number(b, &y) || strchr("/%", op) || a.oid || b.oid)
        return fpv_unknown();
    r = op == '+' ? x + y : op == '-' ? x - y : x * y;
    return fpv_number(r);
}

static struct fp_val eval_op(struct fp_env *env, const A_Expr *e)
{
    const char *op = list_last_name(&e->name);
    struct fp_val a = e->lexpr ? fp_eval(env, e->lexpr) : fpv_number(0), b = fp_eval(env, e->rexpr);

    if (!op)
        return fpv_unknown();
    if (strcmp(op, "||") == 0)
        return concat(env, a, b);
    if (strcmp(op, "~") == 0 || strcmp(op, "~*") == 0 || strcmp(op, "!~") == 0 || strcmp(op, "!~*") == 0)
        return fp_eval_match(a, b, op[strlen(op) - 1] == '*', *op == '!');
    if (strlen(op) == 1 && strchr("+-*/%", *op))
        return arithmetic(env, *op, a, b);
    if (strcmp(op, "=") == 0 || strcmp(op, "<>") == 0 || strcmp(op, "!=") == 0 || strcmp(op, "<") == 0 || strcmp(op, "<=") == 0 ||
        strcmp(op, ">") == 0 || strcmp(op, ">=") == 0)
        return compare_op(env, op, a, b);
    return fpv_unknown();
}

// OR over the items; negated: NOT of it.
static struct fp_val eval_any(struct fp_env *env, struct fp_val a, const struct fp_val *items, int n, bool negated)
{
    bool vague = false, null = a.kind == FPV_NULL;

    for (int i = 0; i < n; i++) {
        struct fp_val one = compare_op(env, "=", a, items[i]);
        if (one.kind == FPV_BOOL && one.number != 0)
            return fpv_bool(!negated);
        vague |= one.kind == FPV_UNKNOWN;
        null |= one.kind == FPV_NULL;
    }
    return vague ? fpv_unknown() : null ? fpv_null() : fpv_bool(negated);
}

static struct fp_val eval_in(struct fp_env *env, const A_Expr *e)
{
    const List *list = AS(List, e->rexpr);
    int n = list ? list->items.length : 0;
    struct fp_val *items = LC_NEW_ARRAY(env->s->arena, struct fp_val, n + 1);

    for (int i = 0; i < n; i++)
        items[i] = fp_eval(env, list->items.items[i]);
    return list ? eval_any(env, fp_eval(env, e->lexpr), items, n, lc_streq(list_last_name(&e->name), "<>")) : fpv_unknown();
}

static struct fp_val eval_aexpr(struct fp_env *env, const A_Expr *e)
{
    struct fp_val a, b;

    switch (e->kind) {
    case AEXPR_OP:
        return eval_op(env, e);
    case AEXPR_IN:
        return eval_in(env, e);
    case AEXPR_OP_ANY:
        b = fp_eval(env, e->rexpr);
        if (b.kind != FPV_ARRAY || !lc_streq(list_last_name(&e->name), "="))
            return fpv_unknown();
        return eval_any(env, fp_eval(env, e->lexpr), b.items, b.nitems, false);
    case AEXPR_LIKE:
    case AEXPR_ILIKE:
        return like_op(fp_eval(env, e->lexpr), fp_eval(env, e->rexpr), e->kind == AEXPR_ILIKE, *list_last_name(&e->name) == '!');
    case AEXPR_DISTINCT:
    case AEXPR_NOT_DISTINCT:
        a = fp_eval(env, e->lexpr), b = fp_eval(env, e->rexpr);
        if (a.kind == FPV_UNKNOWN || b.kind == FPV_UNKNOWN)
            return fpv_unknown();
        if (a.kind == FPV_NULL || b.kind == FPV_NULL)
            return fpv_bool((a.kind != b.kind) == (e->kind == AEXPR_DISTINCT));
        return compare_op(env, e->kind == AEXPR_DISTINCT ? "<>" : "=", a, b);
    default:
        return fpv_unknown();
    }
}

static struct fp_val eval_bool(struct fp_env *env, const BoolExpr *b)
{
    bool is_or = b->boolop == OR_EXPR, vague = false;

    if (b->boolop == NOT_EXPR) {
        struct fp_val v = fp_eval(env, b->args.items[0]);
        return v.kind == FPV_UNKNOWN || v.kind == FPV_NULL ? v : fpv_bool(!fp_truth(v));
    }
    for (LIST_EACH(i, &b->args)) {
        int t = fp_truth(fp_eval(env, b->args.items[i]));
        if (t == (is_or ? 1 : 0))
            return fpv_bool(is_or);
        vague |= t < 0;
    }
    return vague ? fpv_unknown() : fpv_bool(!is_or);
}

// --- other expressions ---------------------------------------------------------------------------------------------------------------

static struct fp_val eval_sublink(struct fp_env *env, const SubLink *link)
{
    struct fp_result r = fp_eval_select(env, AS(SelectStmt, link->subselect));
    struct fp_val *items;

    if (!r.known && !(link->subLinkType == EXISTS_SUBLINK && r.rows.len))
        return fpv_unknown();
    if (link->subLinkType == EXISTS_SUBLINK)
        return fpv_bool(r.rows.len > 0);
    if (link->subLinkType == EXPR_SUBLINK)
        return r.rows.len && r.ncols ? r.rows.items[0].cols[0] : fpv_null();
    if (link->subLinkType != ARRAY_SUBLINK && link->subLinkType != ANY_SUBLINK)
        return fpv_unknown();
    items = LC_NEW_ARRAY(env->s->arena, struct fp_val, r.rows.len + 1);
    for (int i = 0; i < r.rows.len; i++)
        items[i] = r.ncols ? r.rows.items[i].cols[0] : fpv_null();
    if (link->subLinkType == ARRAY_SUBLINK)
        return (struct fp_val){.kind = FPV_ARRAY, .items = items, .nitems = r.rows.len};
    return eval_any(env, fp_eval(env, link->testexpr), items, r.rows.len, false);
}

static struct fp_val eval_array(struct fp_env *env, const NodeList *elements)
{
    struct fp_val v = {.kind = FPV_ARRAY, .nitems = elements->length};

    v.items = LC_NEW_ARRAY(env->s->arena, struct fp_val, elements->length + 1);
    for (LIST_EACH(i, elements))
        v.items[i] = fp_eval(env, elements->items[i]);
    return v;
}

static struct fp_val eval_const(const A_Const *c)
{
    const Boolean *b = AS(Boolean, c->val);
    const Integer *i = AS(Integer, c->val);
    const Float *f = AS(Float, c->val);

    if (c->isnull || !c->val)
        return fpv_null();
    if (b)
        return fpv_bool(b->boolval);
    if (i)
        return fpv_number((double)i->ival);
    if (f && f->fval) // printed with the digits that it is written with
        return (struct fp_val){.kind = FPV_NUMBER, .number = strtod(f->fval, NULL), .text = f->fval};
    return fpv_text(node_string(c->val));
}

static struct fp_val eval_case(struct fp_env *env, const CaseExpr *c)
{
    struct fp_val of = c->arg ? fp_eval(env, c->arg) : fpv_null();

    for (LIST_EACH(i, &c->args)) {
        const CaseWhen *w = LIST_GET(CaseWhen, &c->args, i);
        struct fp_val v = w ? fp_eval(env, w->expr) : fpv_null();
        int t = fp_truth(c->arg ? compare_op(env, "=", of, v) : v);
        if (t < 0)
            return fpv_unknown();
        if (t)
            return fp_eval(env, w->result);
    }
    return c->defresult ? fp_eval(env, c->defresult) : fpv_null();
}

static struct fp_val eval_coalesce(struct fp_env *env, const CoalesceExpr *c)
{
    for (LIST_EACH(i, &c->args)) {
        struct fp_val v = fp_eval(env, c->args.items[i]);
        if (v.kind != FPV_NULL)
            return v;
    }
    return fpv_null();
}

static bool is_inside(const struct fp_val *array, double at)
{
    return at >= 1 && at <= array->nitems;
}

// array[i], array[i][j]: bounds begin at 1 in every array that this evaluator makes; outside of them it is NULL (array_get_element).
static struct fp_val eval_subscripts(struct fp_env *env, const A_Indirection *of)
{
    struct fp_val v = fp_eval(env, of->arg);

    for (LIST_EACH(i, &of->indirection)) {
        const A_Indices *at = LIST_GET(A_Indices, &of->indirection, i);
        struct fp_val n = at && !at->is_slice ? fp_eval(env, at->uidx) : fpv_unknown();
        if (v.kind == FPV_NULL || n.kind == FPV_NULL)
            return v.kind == FPV_UNKNOWN ? v : fpv_null();
        if (v.kind != FPV_ARRAY || n.kind != FPV_NUMBER)
            return fpv_unknown();
        v = is_inside(&v, n.number + v.shift) ? v.items[(int)n.number + v.shift - 1] : fpv_null();
    }
    return v.kind == FPV_ARRAY ? fpv_null() : v; // fewer subscripts than dimensions
}

static struct fp_val eval_min_max(struct fp_env *env, const MinMaxExpr *m)
{
    struct fp_val best = fpv_null();

    for (LIST_EACH(i, &m->args)) {
        struct fp_val v = fp_eval(env, m->args.items[i]), less;
        if (v.kind == FPV_NULL)
            continue;
        less = best.kind == FPV_NULL ? fpv_bool(true) : compare_op(env, m->op == IS_LEAST ? "<" : ">", v, best);
        if (v.kind == FPV_UNKNOWN || less.kind != FPV_BOOL)
            return fpv_unknown();
        best = less.number != 0 ? v : best;
    }
    return best;
}

static struct fp_val eval_null_test(struct fp_env *env, const NullTest *n)
{
    struct fp_val v = fp_eval(env, n->arg);

    return v.kind == FPV_UNKNOWN && !v.some ? v : fpv_bool((v.kind == FPV_NULL) == (n->nulltesttype == IS_NULL));
}

static struct fp_val eval_value_function(struct fp_env *env, const SQLValueFunction *f)
{
    const char *user = f->op == SVFOP_SESSION_USER ? cat_setting(env->s->cat, "session_authorization")
                       : env->s->switched          ? NULL
                                                   : cat_user(env->s->cat);
    const char *const *path;
    int n;

    switch (f->op) {
    case SVFOP_CURRENT_DATE:
        return env->s->today ? fpv_date(env->s, (double)env->s->today) : fpv_unknown();
    case SVFOP_CURRENT_USER:
    case SVFOP_CURRENT_ROLE:
    case SVFOP_SESSION_USER:
    case SVFOP_USER:
        return user ? fpv_text(user) : fpv_unknown();
    case SVFOP_CURRENT_SCHEMA:
        n = cat_search_path(env->s->cat, &path);
        for (int i = 0; i < n; i++)
            if (cat_schema_oid(env->s->cat, path[i]))
                return fpv_text(path[i]);
        return fpv_null();
    case SVFOP_CURRENT_TIMESTAMP:
        return fp_now(&(struct fp_args){.env = env});
    default:
        return fpv_unknown();
    }
}

static struct fp_val eval_boolean_test(struct fp_env *env, const BooleanTest *t)
{
    struct fp_val v = fp_eval(env, t->arg);
    bool yes = fp_truth(v) == 1, null = v.kind == FPV_NULL;

    if (v.kind == FPV_UNKNOWN)
        return v;
    switch (t->booltesttype) {
    case IS_TRUE:
        return fpv_bool(yes);
    case IS_NOT_TRUE:
        return fpv_bool(!yes);
    case IS_FALSE:
        return fpv_bool(!yes && !null);
    case IS_NOT_FALSE:
        return fpv_bool(yes || null);
    default:
        return fpv_unknown();
    }
}

struct fp_val fp_eval(struct fp_env *env, const Node *expr)
{
    struct fp_val v = fpv_unknown();

    if (++env->depth > MAX_DEPTH || --*env->steps < 0) {
        env->depth--;
        return v;
    }
    if (IsA(expr, A_Const))
        v = eval_const(AS(A_Const, expr));
    else if (IsA(expr, ColumnRef))
        v = eval_column(env, AS(ColumnRef, expr));
    else if (IsA(expr, ParamRef))
        v = eval_param(env, AS(ParamRef, expr));
    else if (IsA(expr, A_Expr))
        v = eval_aexpr(env, AS(A_Expr, expr));
    else if (IsA(expr, BoolExpr))
        v = eval_bool(env, AS(BoolExpr, expr));
    else if (IsA(expr, TypeCast))
        v = fp_eval_cast(env, fp_eval(env, AS(TypeCast, expr)->arg), AS(TypeCast, expr)->typeName);
    else if (IsA(expr, FuncCall))
        v = fp_eval_call(env, AS(FuncCall, expr));
    else if (IsA(expr, SubLink))
        v = eval_sublink(env, AS(SubLink, expr));
    else if (IsA(expr, NullTest))
        v = eval_null_test(env, AS(NullTest, expr));
    else if (IsA(expr, BooleanTest))
        v = eval_boolean_test(env, AS(BooleanTest, expr));
    else if (IsA(expr, CaseExpr))
        v = eval_case(env, AS(CaseExpr, expr));
    else if (IsA(expr, CoalesceExpr))
        v = eval_coalesce(env, AS(CoalesceExpr, expr));
    else if (IsA(expr, A_Indirection))
        v = eval_subscripts(env, AS(A_Indirection, expr));
    else if (IsA(expr, MinMaxExpr))
        v = eval_min_max(env, AS(MinMaxExpr, expr));
    else if (IsA(expr, A_ArrayExpr))
        v = eval_array(env, &AS(A_ArrayExpr, expr)->elements);
    else if (IsA(expr, CollateClause))
        v = fp_eval(env, AS(CollateClause, expr)->arg);
    else if (IsA(expr, SQLValueFunction))
        v = eval_value_function(env, AS(SQLValueFunction, expr));
    else if (IsA(expr, SelectStmt)) {
        struct fp_result r = fp_eval_select(env, AS(SelectStmt, expr));
        v = !r.known ? fpv_unknown() : r.rows.len && r.ncols ? r.rows.items[0].cols[0] : fpv_null();
    }
    env->depth--;
    return v;
}
