// Function calls and operators in expressions (parse_func.c, parse_oper.c).
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"
#include "catalog/internal.h"
#include "sql/sql.h"

static Oid known_type(const struct expr *e)
{
    return e->type ? e->type : UNKNOWNOID; // what could not be told is supposed to fit anywhere
}

// make_fn_arguments.
static void coerce_arguments(struct analysis *a, struct expr **args, int n, const Oid *declared)
{
    for (int i = 0; i < n; i++)
        if (args[i]->type && args[i]->kind != X_UNKNOWN)
            args[i] = expr_coerce_type(a, args[i], declared[i], -1, 'i');
}

static void note_function(struct analysis *a, const struct cat_proc *p)
{
    if (!p)
        a->unknown = true;
    else
        analysis_depend(a, CAT_PROC, p->o.oid, 0);
}

static struct expr *unknown_operator(struct analysis *a, struct expr *left, struct expr *right)
{
    a->unknown = true;
    return left ? expr_node2(a, X_UNKNOWN, InvalidOid, -1, left, right) : expr_node1(a, X_UNKNOWN, InvalidOid, -1, right);
}

bool expr_type_is_open(const struct cat_type *t)
{
    return (t->typtype == 'p' && t->o.oid != VOIDOID) || (t->typtype == 'b' && t->o.oid >= FirstNormalObjectId);
}

// op_error (parse_oper.c), where both types are known; an extension's operators may not be.
static void check_operator(struct analysis *a, const NodeList *name, const Oid types[2], bool binary)
{
    const struct cat_type *l = binary ? cat_type(a->cat, types[0]) : NULL, *r = cat_type(a->cat, types[1]);

    if (!a->names || !binary || !l || !r || cat_has_unknown_extension(a->cat) || expr_type_is_open(l) || expr_type_is_open(r))
        return;
    expr_refuse(a, "42883",
                lc_printf(a->arena, "operator does not exist: %s %s %s", cat_format_type(a->cat, types[0], -1),
                          list_last_name(name), cat_format_type(a->cat, types[1], -1)));
}

struct expr *expr_make_op(struct analysis *a, const NodeList *name, struct expr *left, struct expr *right)
{
    Oid types[2] = {left ? known_type(left) : InvalidOid, known_type(right)}, declared[2];
    const struct cat_operator *op = cat_find_operator(a->cat, list_schema_name(name), list_last_name(name), types[0], types[1]);
    bool untold = (left && !left->type) || !right->type;
    struct expr *e;

    if (!op) {
        if (!untold)
            check_operator(a, name, types, left != NULL);
        return unknown_operator(a, left, right);
    }
    e = left ? expr_node2(a, X_OP, op->result, -1, left, right) : expr_node1(a, X_OP, op->result, -1, right);
    e->op = op;
    e->proc = cat_proc(a->cat, op->proc);
    declared[0] = left ? op->left : op->right;
    declared[1] = op->right;
    if (!coerce_resolve_generics(a->cat, e->nargs, left ? types : types + 1, declared, &e->type))
        e->type = InvalidOid;
    if (untold && e->type != BOOLOID) // another operator of that name may be meant; comparisons are alike in this
        e->type = InvalidOid;
    (void)coerce_resolve_declared(a->cat, e->nargs, left ? types : types + 1, declared);
    coerce_arguments(a, e->args, e->nargs, declared);
    analysis_depend(a, CAT_OPERATOR, op->o.oid, 0);
    if (!e->proc)
        a->unknown = true;
    return e;
}

struct expr *expr_make_saop(struct analysis *a, const NodeList *name, bool all, struct expr *left, struct expr *right)
{
    Oid elem = right->type == UNKNOWNOID || !right->type ? UNKNOWNOID
                                                         : coerce_element_type(a->cat, cat_base_type(a->cat, right->type, NULL));
    const struct cat_operator *op =
        left && elem ? cat_find_operator(a->cat, list_schema_name(name), list_last_name(name), known_type(left), elem) : NULL;
    const struct cat_type *t = op ? cat_type(a->cat, op->right) : NULL;
    struct expr *e;

    if (!op)
        return unknown_operator(a, left, right);
    e = expr_node2(a, X_SCALARARRAY, BOOLOID, -1, left, right);
    e->op = op;
    e->sub = all;
    e->proc = cat_proc(a->cat, op->proc);
    if (left->type)
        e->args[0] = expr_coerce_type(a, left, op->left, -1, 'i');
    if (right->type == UNKNOWNOID && coerce_is_polymorphic(op->right) && cat_type(a->cat, left->type))
        e->args[1] = expr_coerce_type(a, right, cat_type(a->cat, left->type)->array, -1, 'i');
    if (right->type && t && !coerce_is_polymorphic(op->right))
        e->args[1] = expr_coerce_type(a, right, t->array, -1, 'i');
    analysis_depend(a, CAT_OPERATOR, op->o.oid, 0);
    if (!e->proc)
        a->unknown = true;
    return e;
}

struct arguments {
    struct exprs args;
    Oid *types;
    const char **names; // NULL: none is named
};

static void read_arguments(struct analysis *a, const struct cat_scope *scope, const FuncCall *call, struct arguments *out)
{
    int n = call->args.length + (call->agg_within_group ? call->agg_order.length : 0);

    out->types = LC_NEW_ARRAY(a->arena, Oid, n ? n : 1);
    for (LIST_EACH(i, &call->args)) {
        const NamedArgExpr *named = LIST_GET(NamedArgExpr, &call->args, i);

        if (named && !out->names)
            out->names = LC_NEW_ARRAY(a->arena, const char *, n);
        if (named)
            out->names[i] = named->name;
        LC_PUSH(a->arena, &out->args, expr_analyze(a, scope, call->args.items[i]));
    }
    for (int i = 0; call->agg_within_group && i < call->agg_order.length; i++) {
        const SortBy *by = LIST_GET(SortBy, &call->agg_order, i);

        LC_PUSH(a->arena, &out->args, expr_analyze(a, scope, by ? by->node : NULL));
    }
    for (int i = 0; i < out->args.len; i++)
        out->types[i] = known_type(out->args.items[i]);
}

// Where no candidate fits, or several do: any function of that name will do when all have the same volatility.
static const struct cat_proc *by_name_only(const struct analysis *a, const char *schema, const char *name)
{
    const struct cat_proc *procs[64];
    int n = cat_find_procs(a->cat, schema, name, procs, 64);

    for (int i = 1; i < n; i++)
        if (procs[i]->volatility != procs[0]->volatility || procs[i]->kind != procs[0]->kind ||
            procs[i]->rettype != procs[0]->rettype)
            return NULL;
    return n > 0 && n < 64 ? procs[0] : NULL;
}

static enum expr_kind call_kind(struct analysis *a, const FuncCall *call, const struct cat_proc *p)
{
    if (call->over) {
        a->has_window = true;
        return X_WINDOW;
    }
    if (call->agg_star || call->agg_within_group || call->agg_filter || (p && p->kind == 'a')) {
        a->has_agg = true;
        return X_AGG;
    }
    a->has_srf |= p && p->retset;
    if (a->no_srf && p && p->retset) // said before the operator over it is looked for
        expr_refuse(a, "0A000", lc_printf(a->arena, "set-returning functions are not allowed in %s", a->no_srf));
    return X_FUNC;
}

static bool is_input(const FunctionParameter *p)
{
    return p->mode != FUNC_PARAM_OUT && p->mode != FUNC_PARAM_TABLE;
}

// The defaults as the function's definition has them, where the catalogue keeps only its text.
static Node *default_in_definition(struct analysis *a, const struct cat_proc *p, int parameter)
{
    const CreateFunctionStmt *stmt =
        p->def_text ? AS(CreateFunctionStmt, lc_sql_parse_one(a->arena, p->def_text, &(struct lc_error){0})) : NULL;
    int at = 0;

    for (int i = 0; stmt && i < stmt->parameters.length; i++) {
        const FunctionParameter *fp = LIST_GET(FunctionParameter, &stmt->parameters, i);

        if (fp && is_input(fp) && at++ == parameter)
            return fp->defexpr;
    }
    return NULL;
}

static struct expr *default_argument(struct analysis *a, const struct cat_proc *p, int parameter)
{
    int i = parameter - (p->nargs - p->ndefaults);
    const Node *def;

    if (i < 0 || i >= p->ndefaults)
        return NULL;
    def = p->argdefaults ? p->argdefaults[i] : default_in_definition(a, p, parameter);
    return def ? expr_coerce_type(a, expr_analyze(a, NULL, def), p->argtypes[parameter], -1, 'i') : NULL;
}

// expand_function_arguments: in the function's own order, with the defaults that the call leaves out. False: one is not known.
static bool expand_arguments(struct analysis *a, const struct func_found *f, struct exprs *args)
{
    const struct cat_proc *p = f->proc;
    struct expr **all = LC_NEW_ARRAY(a->arena, struct expr *, p->nargs ? p->nargs : 1);
    int given = args->len;

    for (int i = 0; i < given && i < p->nargs; i++)
        all[f->map ? f->map[i] : i] = args->items[i];
    for (int i = 0; i < p->nargs; i++) {
        if (!all[i])
            all[i] = default_argument(a, p, i);
        if (!all[i])
            return false;
    }
    *args = (struct exprs){all, p->nargs, p->nargs};
    return true;
}

static void analyze_rest(struct analysis *a, const struct cat_scope *scope, const FuncCall *call, struct exprs *args)
{
    if (call->agg_filter)
        LC_PUSH(a->arena, args, expr_analyze(a, scope, call->agg_filter));
    for (int i = 0; !call->agg_within_group && i < call->agg_order.length; i++) {
        const SortBy *by = LIST_GET(SortBy, &call->agg_order, i);

        LC_PUSH(a->arena, args, expr_analyze(a, scope, by ? by->node : NULL));
    }
    if (!call->over)
        return;
    expr_analyze_list(a, scope, &call->over->partitionClause, args);
    for (LIST_EACH(i, &call->over->orderClause)) {
        const SortBy *by = LIST_GET(SortBy, &call->over->orderClause, i);

        LC_PUSH(a->arena, args, expr_analyze(a, scope, by ? by->node : NULL));
    }
}

static struct expr *finish_call(struct analysis *a, const struct cat_scope *scope, const FuncCall *call, struct arguments *args,
                                const struct func_found *f)
{
    struct expr *e = expr_new(a, call_kind(a, call, f->proc), f->type, -1);

    e->proc = f->proc;
    note_function(a, f->proc);
    if (f->declared) {
        (void)coerce_resolve_declared(a->cat, args->args.len, args->types, f->declared);
        coerce_arguments(a, args->args.items, args->args.len, f->declared);
    }
    if (f->proc && (f->ndargs || f->map))
        e->attnum = !expand_arguments(a, f, &args->args); // 1: arguments are not the function's own
    analyze_rest(a, scope, call, &args->args);
    expr_set_args(e, &args->args);
    if (!e->type)
        a->unknown = true;
    return e;
}

// Names that the grammar gives to a construct and that servers of another version lack.
static const char *name_in_version(const struct analysis *a, const char *name)
{
    if (name && cat_major(a->cat) < 14 && strcmp(name, "extract") == 0)
        return "date_part"; // EXTRACT was date_part until 14
    return name;
}

// A function in a schema of the user's, where there is none of that name; an extension's may not be known.
static void check_name(struct analysis *a, const struct func_call *c)
{
    const struct cat_proc *procs[1];
    Oid schema = a->names && c->schema ? cat_schema_oid(a->cat, c->schema) : InvalidOid;

    if (schema >= FirstNormalObjectId && !cat_has_unknown_extension(a->cat) &&
        cat_find_procs(a->cat, c->schema, c->name, procs, 1) == 0)
        expr_refuse(a, "42883", lc_printf(a->arena, "function %s.%s does not exist", c->schema, c->name));
}

static bool may_take(const struct analysis *a, const struct cat_proc *p, const struct func_call *c)
{
    bool open = p->variadic || c->argnames;

    if (!p->variadic && (c->nargs > p->nargs || c->nargs < p->nargs - p->ndefaults))
        return false;
    for (int i = 0; i < c->nargs && !open; i++) {
        const struct cat_type *t = cat_type(a->cat, c->argtypes[i]);
        if (!t || c->argtypes[i] == UNKNOWNOID || expr_type_is_open(t) || coerce_is_polymorphic(p->argtypes[i]))
            open = true; // not known well enough
    }
    for (int i = 0; i < c->nargs && i < p->nargs - (p->variadic ? 1 : 0) && !c->argnames; i++) {
        const struct cat_type *t = cat_type(a->cat, c->argtypes[i]);
        if (t && c->argtypes[i] != UNKNOWNOID && !expr_type_is_open(t) &&
            !coerce_can(a->cat, 1, &c->argtypes[i], &p->argtypes[i], 'i'))
            return false;
    }
    return open; // else func_find has found none that its types fit
}

static const char *format_arguments(const struct analysis *a, const struct func_call *c)
{
    struct lc_str out;

    lc_str_init(&out, a->arena, FUNC_MAX_ARGS * 200);
    for (int i = 0; i < c->nargs; i++)
        lc_str_addf(&out, "%s%s", i ? ", " : "", cat_format_type(a->cat, c->argtypes[i], -1));
    return out.text;
}

// Functions of that name, none of which takes these arguments (ParseFuncOrColumn).
static void check_arguments(struct analysis *a, const struct func_call *c)
{
    const struct cat_proc *procs[64];
    int n = a->names && !c->variadic ? cat_find_procs(a->cat, c->schema, c->name, procs, 64) : 0;
    bool fits = n == 0 || n == 64 || (!c->schema && cat_has_unknown_extension(a->cat));

    for (int i = 0; i < n; i++)
        fits |= may_take(a, procs[i], c);
    if (!fits)
        expr_refuse(a, "42883",
                    lc_printf(a->arena, "function %s%s%s(%s) does not exist", c->schema ? c->schema : "", c->schema ? "." : "",
                              c->name, format_arguments(a, c)));
}

struct expr *expr_analyze_call(struct analysis *a, const struct cat_scope *scope, const FuncCall *call)
{
    struct arguments args = {0};
    struct func_call c = {.schema = list_schema_name(&call->funcname), .variadic = call->func_variadic, .arena = a->arena};
    struct func_found f;

    c.name = name_in_version(a, list_last_name(&call->funcname));
    if (!c.name)
        return unknown_operator(a, NULL, expr_const(a, UNKNOWNOID, NULL, true));
    read_arguments(a, scope, call, &args);
    c.argtypes = args.types;
    c.nargs = args.args.len;
    c.argnames = args.names;
    f = func_find(a->cat, &c);
    if (f.type && !f.proc && args.args.len == 1) { // text(x): a cast
        struct expr *cast = expr_coerce(a, args.args.items[0], f.type, -1, 'e');
        if (cast)
            return cast;
    }
    if (!f.proc) {
        check_arguments(a, &c);
        check_name(a, &c);
        f.proc = by_name_only(a, c.schema, c.name);
        f.type = f.proc && !coerce_is_polymorphic(f.proc->rettype) ? f.proc->rettype : InvalidOid;
        f.declared = NULL;
        f.ndargs = 0;
    }
    return finish_call(a, scope, call, &args, &f);
}
