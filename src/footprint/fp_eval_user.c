// Calls of the user's functions in SQL, evaluated as the SELECT that they are.
#include <string.h>

#include "base/str.h"
#include "footprint/fp_eval.h"

#define MAX_NESTING 20

// The one function that the call can mean; NULL: several, or none.
static const struct cat_proc *called(struct fp_env *env, const FuncCall *call)
{
    enum { MAX_PROCS = 8 };
    const struct cat_proc *procs[MAX_PROCS], *found = NULL;
    int n = cat_find_procs(env->s->cat, list_schema_name(&call->funcname), list_last_name(&call->funcname), procs, MAX_PROCS);

    for (int i = 0; i < n && n < MAX_PROCS; i++) {
        if (procs[i]->o.oid < FirstNormalObjectId || procs[i]->variadic || call->args.length > procs[i]->nargs ||
            call->args.length < procs[i]->nargs - procs[i]->ndefaults)
            continue;
        if (found)
            return NULL;
        found = procs[i];
    }
    return found;
}

static const SelectStmt *select_of(struct fp_env *env, const struct cat_proc *p)
{
    const Node *tree = NULL;

    if (p && lc_streq(p->language, "sql") && p->source && !p->sqlbody)
        tree = lc_sql_parse_one(env->s->arena, p->source, NULL);
    return AS(SelectStmt, tree);
}

static bool bind(struct fp_env *env, const struct cat_proc *p, const FuncCall *call, struct lc_map *vars)
{
    lc_map_init(vars, env->s->arena);
    for (int i = 0; i < p->nargs; i++) {
        struct fp_val *v = LC_NEW(env->s->arena, struct fp_val);
        if (i >= call->args.length || IsA(call->args.items[i], NamedArgExpr))
            return false;
        *v = fp_eval(env, call->args.items[i]);
        (void)lc_map_put(vars, lc_printf(env->s->arena, "$%d", i + 1), v);
        if (p->argnames && p->argnames[i])
            (void)lc_map_put(vars, p->argnames[i], v);
    }
    return true;
}

bool fp_eval_returns_set(struct fp_env *env, const FuncCall *call)
{
    const struct cat_proc *p = called(env, call);

    return p && p->retset && select_of(env, p);
}

struct fp_result fp_eval_function(struct fp_env *env, const FuncCall *call)
{
    const struct cat_proc *p = called(env, call);
    const SelectStmt *select = select_of(env, p);
    struct fp_env inner = {.s = env->s, .steps = env->steps, .depth = env->depth + 1};
    struct lc_map vars;

    if (!select || env->depth >= MAX_NESTING || !bind(env, p, call, &vars))
        return (struct fp_result){.known = false};
    inner.vars = &vars;
    return fp_eval_select(&inner, select);
}

// A set of one column is given as an array of its values.
struct fp_val fp_eval_user_call(struct fp_env *env, const FuncCall *call)
{
    struct fp_result r = fp_eval_function(env, call);
    struct fp_val out = {.kind = FPV_ARRAY, .nitems = r.rows.len};

    if (!r.known || r.ncols != 1)
        return fpv_unknown();
    if (!fp_eval_returns_set(env, call))
        return r.rows.len ? r.rows.items[0].cols[0] : fpv_null();
    out.items = LC_NEW_ARRAY(env->s->arena, struct fp_val, r.rows.len + 1);
    for (int i = 0; i < r.rows.len; i++)
        out.items[i] = r.rows.items[i].cols[0];
    return out;
}
