// The expressions of isolation tests over one row: comparisons, arithmetic on numbers, AND, OR, NOT, IN, IS NULL, advisory locks. What else there
// is has no known value: the row then counts as found, and the transcript says so.
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "isolation/world.h"

static const struct value unknown = {V_UNKNOWN, NULL}, null_value = {V_NULL, NULL};

static struct value text_value(const char *text)
{
    return (struct value){V_TEXT, text};
}

static struct value bool_value(bool b)
{
    return text_value(b ? "t" : "f");
}

static bool is_number(const char *text, double *out)
{
    char *end;

    if (!isdigit((unsigned char)text[*text == '-']) && text[*text == '-'] != '.')
        return false;
    *out = strtod(text, &end);
    return *end == '\0';
}

int compare_values(const char *a, const char *b)
{
    double x, y;

    if (is_number(a, &x) && is_number(b, &y))
        return x < y ? -1 : x > y;
    return strcmp(a, b);
}

static struct value number_value(struct world *w, double n)
{
    return text_value(lc_printf(w->arena, "%.15g", n));
}

// ---- leaves ------------------------------------------------------------------------------------------------------------------------

static struct value constant(struct world *w, const A_Const *c)
{
    const Integer *i = AS(Integer, c->val);
    const Float *f = AS(Float, c->val);
    const Boolean *b = AS(Boolean, c->val);

    if (c->isnull)
        return null_value;
    if (i)
        return text_value(lc_printf(w->arena, "%lld", (long long)i->ival));
    if (f)
        return text_value(f->fval);
    if (b)
        return bool_value(b->boolval);
    return node_string(c->val) ? text_value(node_string(c->val)) : unknown;
}

static struct value column(const struct session *s, const struct row_env *env, const ColumnRef *c)
{
    const char *name = c->fields.length ? node_string(c->fields.items[c->fields.length - 1]) : NULL;
    const struct cat_attribute *a = env->rel && name ? cat_find_column(env->rel, name) : NULL;

    for (int i = 0; s->frame && name && i < s->frame->n; i++)
        if (lc_streq(s->frame->names[i], name))
            return s->frame->values[i];
    if (!a || !env->row)
        return s->series ? text_value(s->series) : unknown;
    if (a->attnum > env->row->nvalues || !env->row->values[a->attnum - 1])
        return null_value;
    return text_value(env->row->values[a->attnum - 1]);
}

static struct value parameter(struct world *w, struct session *s, const ParamRef *p)
{
    static const struct row_env none = {NULL, NULL};

    if (s->frame)
        return p->number >= 1 && p->number <= s->frame->n ? s->frame->values[p->number - 1] : unknown;
    if (p->number < 1 || p->number > s->nparams)
        return unknown;
    return eval_expr(w, s, &none, s->params[p->number - 1]);
}

// ---- operators ------------------------------------------------------------------------------------------------------------------------

static struct value arithmetic(struct world *w, char op, const char *a, const char *b)
{
    double x, y;

    if (!is_number(a, &x) || !is_number(b, &y) || ((op == '/' || op == '%') && y == 0))
        return unknown;
    switch (op) {
    case '+':
        return number_value(w, x + y);
    case '-':
        return number_value(w, x - y);
    case '*':
        return number_value(w, x * y);
    case '%':
        return number_value(w, fmod(x, y));
    default:
        return number_value(w, trunc(x / y));
    }
}

static struct value binary(struct world *w, const char *op, struct value a, struct value b)
{
    int order;

    if (a.kind >= V_UNKNOWN)
        return a;
    if (b.kind >= V_UNKNOWN)
        return b;
    if (a.kind == V_NULL || b.kind == V_NULL)
        return null_value;
    if (strlen(op) == 1 && strchr("+-*/%", *op))
        return arithmetic(w, *op, a.text, b.text);
    if (lc_streq(op, "||"))
        return text_value(lc_printf(w->arena, "%s%s", a.text, b.text));
    order = compare_values(a.text, b.text);
    if (lc_streq(op, "="))
        return bool_value(order == 0);
    if (lc_streq(op, "<>") || lc_streq(op, "!="))
        return bool_value(order != 0);
    if (lc_streq(op, "<"))
        return bool_value(order < 0);
    if (lc_streq(op, "<="))
        return bool_value(order <= 0);
    if (lc_streq(op, ">"))
        return bool_value(order > 0);
    if (lc_streq(op, ">="))
        return bool_value(order >= 0);
    return unknown;
}

static struct value among(struct world *w, struct session *s, const struct row_env *env, const A_Expr *e)
{
    const List *list = AS(List, e->rexpr);
    struct value v = eval_expr(w, s, env, e->lexpr), any = bool_value(false);
    bool negated = lc_streq(list_last_name(&e->name), "<>");

    for (int i = 0; list && i < list->items.length; i++) {
        struct value one = binary(w, "=", v, eval_expr(w, s, env, list->items.items[i]));

        if (one.kind >= V_UNKNOWN)
            return one;
        if (one.kind == V_TEXT && *one.text == 't')
            any = one;
    }
    if (!list)
        return unknown;
    return bool_value((*any.text == 't') != negated);
}

static struct value between(struct world *w, struct session *s, const struct row_env *env, const A_Expr *e)
{
    const List *list = AS(List, e->rexpr);
    struct value v = eval_expr(w, s, env, e->lexpr), low, high;

    if (!list || list->items.length != 2)
        return unknown;
    low = binary(w, ">=", v, eval_expr(w, s, env, list->items.items[0]));
    high = binary(w, "<=", v, eval_expr(w, s, env, list->items.items[1]));
    if (low.kind != V_TEXT || high.kind != V_TEXT)
        return low.kind != V_TEXT ? low : high;
    return bool_value(*low.text == 't' && *high.text == 't');
}

static struct value operation(struct world *w, struct session *s, const struct row_env *env, const A_Expr *e)
{
    struct value a;

    if (e->kind == AEXPR_IN)
        return among(w, s, env, e);
    if (e->kind == AEXPR_BETWEEN)
        return between(w, s, env, e);
    if (e->kind != AEXPR_OP || !e->rexpr)
        return unknown;
    a = e->lexpr ? eval_expr(w, s, env, e->lexpr) : text_value("0");
    if (a.kind >= V_UNKNOWN)
        return a;
    return binary(w, list_last_name(&e->name), a, eval_expr(w, s, env, e->rexpr));
}

// In the order of the text, as the executor evaluates them once the planner has left that order alone (equal costs).
static struct value boolean(struct world *w, struct session *s, const struct row_env *env, const BoolExpr *e)
{
    bool is_and = e->boolop == AND_EXPR, doubtful = false, is_null = false;

    if (e->boolop == NOT_EXPR) {
        struct value v = eval_expr(w, s, env, e->args.items[0]);

        return v.kind == V_TEXT ? bool_value(*v.text != 't') : v;
    }
    for (LIST_EACH(i, &e->args)) {
        struct value v = eval_expr(w, s, env, e->args.items[i]);

        if (v.kind == V_WAIT || v.kind == V_FAIL)
            return v;
        if (v.kind == V_TEXT && (*v.text == 't') != is_and)
            return bool_value(!is_and);
        doubtful |= v.kind == V_UNKNOWN;
        is_null |= v.kind == V_NULL;
    }
    return doubtful ? unknown : is_null ? null_value : bool_value(is_and);
}

// Process numbers of a test are its sessions', from 1.
static struct value cancel_backend(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    struct value pid = f->args.length ? eval_expr(w, s, env, f->args.items[0]) : unknown;
    long session = pid.kind == V_TEXT ? strtol(pid.text, NULL, 10) - 1 : -1;

    if (session < 0 || session >= w->nsessions)
        return unknown;
    return bool_value(spec_cancel(w->run, (int)session));
}

// Its own session only: it ends, with all that it held.
static struct value terminate_backend(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    struct value pid = f->args.length ? eval_expr(w, s, env, f->args.items[0]) : unknown;

    if (pid.kind != V_TEXT || strtol(pid.text, NULL, 10) - 1 != s->number) {
        world_note(w, "pg_terminate_backend() of another session");
        return unknown;
    }
    end_session(w, s);
    return (struct value){V_FAIL, NULL};
}

// A function that is not known: what its arguments take is taken.
static struct value arguments_only(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    for (LIST_EACH(i, &f->args)) {
        struct value v = eval_expr(w, s, env, f->args.items[i]);

        if (v.kind == V_WAIT || v.kind == V_FAIL)
            return v;
    }
    return unknown;
}

static struct value function(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    const char *name = list_last_name(&f->funcname);
    struct value v;

    if (is_advisory(f))
        return call_advisory(w, s, env, f, name);
    if (own_function(w, f))
        return call_own(w, s, env, f);
    if (lc_streq(name, "pg_sleep"))
        return text_value("");
    if (lc_streq(name, "generate_series") && s->series)
        return text_value(s->series);
    if (lc_streq(name, "pg_backend_pid"))
        return text_value(lc_printf(w->arena, "%d", s->number + 1));
    if (lc_streq(name, "pg_cancel_backend"))
        return cancel_backend(w, s, env, f);
    if (lc_streq(name, "nextval"))
        return call_nextval(w, s, env, f);
    if (lc_streq(name, "pg_terminate_backend"))
        return terminate_backend(w, s, env, f);
    if (f->args.length != 1 || (!lc_streq(name, "lower") && !lc_streq(name, "upper")))
        return arguments_only(w, s, env, f);
    v = eval_expr(w, s, env, f->args.items[0]);
    if (v.kind != V_TEXT)
        return v;
    char *copy = lc_strdup(w->arena, v.text);
    for (char *c = copy; *c; c++)
        *c = (char)(*name == 'l' ? tolower((unsigned char)*c) : toupper((unsigned char)*c));
    return text_value(copy);
}

static struct value null_test(struct world *w, struct session *s, const struct row_env *env, const NullTest *t)
{
    struct value v = eval_expr(w, s, env, t->arg);

    if (v.kind >= V_UNKNOWN)
        return v;
    return bool_value((v.kind == V_NULL) == (t->nulltesttype == IS_NULL));
}

struct value eval_expr(struct world *w, struct session *s, const struct row_env *env, const Node *node)
{
    switch (nodeTag(node)) {
    case T_A_Const:
        return constant(w, (const A_Const *)(const void *)node);
    case T_ColumnRef:
        return column(s, env, (const ColumnRef *)(const void *)node);
    case T_ParamRef:
        return parameter(w, s, (const ParamRef *)(const void *)node);
    case T_A_Expr:
        return operation(w, s, env, (const A_Expr *)(const void *)node);
    case T_BoolExpr:
        return boolean(w, s, env, (const BoolExpr *)(const void *)node);
    case T_NullTest:
        return null_test(w, s, env, (const NullTest *)(const void *)node);
    case T_FuncCall:
        return function(w, s, env, (const FuncCall *)(const void *)node);
    case T_TypeCast:
        return eval_expr(w, s, env, ((const TypeCast *)(const void *)node)->arg);
    case T_ResTarget:
        return eval_expr(w, s, env, ((const ResTarget *)(const void *)node)->val);
    default:
        return unknown;
    }
}

// Is the condition true of the row? Advisory locks that it takes are remembered while one of them is waited for.
enum got eval_condition(struct world *w, struct session *s, const struct row_env *env, const Node *where)
{
    struct value v = text_value("t");

    s->x.calls_seen = 0;
    if (where)
        v = eval_expr(w, s, env, where);
    if (v.kind == V_WAIT)
        return WAIT;
    s->x.calls_seen = s->x.calls_done = 0;
    if (v.kind == V_FAIL)
        return FAIL;
    if (v.kind == V_UNKNOWN)
        world_note(w, "a condition on the rows of %s: all of them count as found", env->rel ? env->rel->o.name : "?");
    return v.kind == V_UNKNOWN || (v.kind == V_TEXT && *v.text == 't') ? GOT : NONE;
}
