// SQL functions that the planner replaces by their body: inline_function (optimizer/util/clauses.c).
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"
#include "sql/sql.h"

#define MAX_USES 64 // of parameters that are counted

// The one statement of the body, NULL when there is none or are several.
static const Node *body(const struct analysis *a, const struct cat_proc *p)
{
    const List *list = AS(List, p->sqlbody);
    struct lc_sql_script script;
    const char *text = p->source;

    if (list && list->items.length == 1 && AS(List, list->items.items[0]))
        list = AS(List, list->items.items[0]);
    if (list)
        return list->items.length == 1 ? list->items.items[0] : NULL;
    if (p->sqlbody || !text)
        return p->sqlbody;
    if (strncmp(text, "RETURN ", 7) == 0) // pg_get_function_sqlbody
        text = lc_printf(a->arena, "SELECT %s", text + 7);
    if (lc_sql_parse(a->arena, text, strlen(text), &script, NULL) != LC_OK || script.len != 1)
        return NULL;
    return script.stmts[0].tree;
}

// SELECT expression, and nothing else.
static const Node *only_expression(const Node *stmt)
{
    const SelectStmt *s = AS(SelectStmt, stmt);
    const ResTarget *t;

    if (IsA(stmt, ReturnStmt))
        return AS(ReturnStmt, stmt)->returnval;
    if (!s || (s->op != SETOP_NONE && s->op != 0) || s->fromClause.length || s->whereClause || s->groupClause.length ||
        s->havingClause || s->windowClause.length || s->distinctClause.length || s->sortClause.length || s->limitOffset ||
        s->limitCount || s->withClause || s->valuesLists.length || s->intoClause || s->targetList.length != 1)
        return NULL;
    t = LIST_GET(ResTarget, &s->targetList, 0);
    return t ? t->val : NULL;
}

static bool may_be_inlined(const struct simplify *s, const struct expr *call)
{
    const struct cat_proc *p = call->proc;

    if (!p->language || strcmp(p->language, "sql") != 0 || p->kind != 'f' || p->secdef || p->retset || p->rettype == RECORDOID ||
        p->config || p->nargs != call->nargs || (call->kind == X_FUNC && call->attnum) || p->nargs > MAX_USES || s->nactive >= 16)
        return false;
    for (int i = 0; i < s->nactive; i++)
        if (s->active[i]->o.oid == p->o.oid)
            return false;
    return true;
}

static struct expr *substitute(struct analysis *a, struct expr *e, struct expr *const *args, int *uses)
{
    struct expr *copy;

    if (e->kind == X_PARAM) {
        uses[e->attnum - 1]++;
        return args[e->attnum - 1];
    }
    copy = lc_memdup(a->arena, e, sizeof *e);
    if (e->nargs)
        copy->args = LC_NEW_ARRAY(a->arena, struct expr *, e->nargs);
    for (int i = 0; i < e->nargs; i++)
        copy->args[i] = substitute(a, e->args[i], args, uses);
    return copy;
}

// cost_qual_eval in units of cpu_operator_cost: procost is 1 for functions in C, 100 for the others.
static double cost(const struct expr *e)
{
    double sum = 0;

    if (e->proc)
        sum = e->proc->language && strcmp(e->proc->language, "internal") != 0 && strcmp(e->proc->language, "c") != 0 ? 100 : 1;
    for (int i = 0; i < e->nargs; i++)
        sum += cost(e->args[i]);
    return sum;
}

static bool is_subplan(const struct expr *e, void *context)
{
    (void)context;
    return e->kind == X_SUBLINK;
}

static bool parameters_allow_it(const struct expr *call, const int *uses)
{
    for (int i = 0; i < call->nargs; i++) {
        struct expr *arg = call->args[i];

        if (uses[i] == 0 && call->proc->isstrict)
            return false;
        if (uses[i] > 1 && (expr_any(arg, is_subplan, NULL) || cost(arg) > 10 || expr_is_volatile(arg, NULL)))
            return false;
    }
    return true;
}

// The body's expression, of the declared type; NULL when it does not qualify.
static struct expr *analyzed_body(struct simplify *s, const struct expr *call)
{
    const struct cat_proc *p = call->proc;
    const Node *node = only_expression(body(s->a, p));
    struct analysis a;
    struct expr *e;

    if (!node)
        return NULL;
    analysis_init(&a, s->a->cat);
    a.fn = p;
    a.fn_args = (const struct expr *const *)(void *)call->args;
    a.depth = s->a->depth;
    e = expr_analyze(&a, NULL, node);
    if (a.has_agg || a.has_window || a.has_srf || a.has_sublink || a.unknown)
        return NULL;
    e = expr_coerce(&a, e, call->type, -1, 'a'); // check_sql_fn_retval
    return e && e->type == call->type ? e : NULL;
}

struct expr *expr_inline(struct simplify *s, const struct expr *call)
{
    const struct cat_proc *p = call->proc;
    int uses[MAX_USES] = {0};
    struct expr *e;

    if (!may_be_inlined(s, call))
        return NULL;
    e = analyzed_body(s, call);
    if (!e || (p->volatility == 'i' && expr_is_mutable(s->a->cat, e)) || (p->volatility == 's' && expr_is_volatile(e, NULL)) ||
        (p->isstrict && expr_is_nonstrict(e)))
        return NULL;
    e = substitute(s->a, e, call->args, uses);
    if (!parameters_allow_it(call, uses))
        return NULL;
    s->active[s->nactive++] = p;
    e = expr_simplify(s, e);
    s->nactive--;
    return e;
}
