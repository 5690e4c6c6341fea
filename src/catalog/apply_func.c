// Applies statements about functions, procedures and aggregates (functioncmds.c, aggregatecmds.c).
#include <string.h>

#include "catalog/apply_misc.h"
#include "catalog/bind.h"
#include "catalog/oids.h"
#include "sql/sql.h"

struct function {
    struct catalog *cat;
    const CreateFunctionStmt *stmt;
    struct cat_proc *proc;
};

Oid cat_type_of(const struct catalog *cat, const TypeName *tn)
{
    const struct cat_type *t = tn ? cat_find_typename(cat, tn, NULL) : NULL;

    return t ? t->o.oid : InvalidOid;
}

// interpret_function_parameter_list
static enum lc_code parameters(struct function *f, struct lc_error *err)
{
    const NodeList *list = &f->stmt->parameters;
    struct cat_proc *p = f->proc;

    p->argtypes = LC_NEW_ARRAY(cat_arena(f->cat), Oid, list->length + 1);
    p->argnames = LC_NEW_ARRAY(cat_arena(f->cat), const char *, list->length + 1);
    p->argdefaults = LC_NEW_ARRAY(cat_arena(f->cat), Node *, list->length + 1);
    p->outnames = LC_NEW_ARRAY(cat_arena(f->cat), const char *, list->length + 1);
    p->outtypes = LC_NEW_ARRAY(cat_arena(f->cat), Oid, list->length + 1);
    for (LIST_EACH(i, list)) {
        const FunctionParameter *par = LIST_GET(FunctionParameter, list, i);
        Oid type = par ? cat_type_of(f->cat, par->argType) : InvalidOid;

        if (!par)
            continue;
        if (!type)
            return cat_error(err, "42704", "type %s does not exist", list_last_name(&par->argType->names));
        if (par->mode == FUNC_PARAM_OUT || par->mode == FUNC_PARAM_INOUT || par->mode == FUNC_PARAM_TABLE) {
            p->outnames[p->nout] = par->name && par->name[0] ? par->name : NULL;
            p->outtypes[p->nout++] = type;
        }
        if (par->mode == FUNC_PARAM_OUT || par->mode == FUNC_PARAM_TABLE)
            continue;
        p->argtypes[p->nargs] = type;
        p->argnames[p->nargs++] = par->name && par->name[0] ? par->name : NULL;
        if (par->defexpr)
            p->argdefaults[p->ndefaults++] = par->defexpr;
        p->variadic = p->variadic || par->mode == FUNC_PARAM_VARIADIC;
        p->retset = p->retset || par->mode == FUNC_PARAM_TABLE;
    }
    return LC_OK;
}

// compute_return_type: the input function of a type to come, which only C functions are.
static bool makes_shell(const struct function *f)
{
    const char *language = cat_option_text(f->cat, &f->stmt->options, "language");

    return !f->stmt->returnType->typmods.length && !f->stmt->returnType->arrayBounds.length && !f->stmt->returnType->pct_type &&
           (lc_strieq(language, "c") || lc_strieq(language, "internal"));
}

static enum lc_code result(struct function *f, struct lc_error *err)
{
    const TypeName *tn = f->stmt->returnType;

    if (f->stmt->is_procedure) {
        f->proc->kind = 'p';
        f->proc->rettype = f->proc->nout ? RECORDOID : VOIDOID;
        return LC_OK;
    }
    f->proc->kind = 'f';
    if (tn) {
        f->proc->retset = f->proc->retset || tn->setof;
        f->proc->rettype = cat_type_of(f->cat, tn);
        if (!f->proc->rettype && makes_shell(f)) {
            enum lc_code rc = cat_make_shell_type(f->cat, &tn->names, err);
            if (rc != LC_OK)
                return rc;
            f->proc->rettype = cat_type_of(f->cat, tn);
        }
        if (!f->proc->rettype && !cat_option_text(f->cat, &f->stmt->options, "language"))
            return LC_OK;
        if (!f->proc->rettype)
            return cat_error(err, "42704", "type \"%s\" does not exist", list_last_name(&tn->names));
    } else {
        f->proc->rettype = f->proc->nout == 1 ? f->proc->outtypes[0] : f->proc->nout ? RECORDOID : VOIDOID;
    }
    for (LIST_EACH(i, &f->stmt->parameters)) { // RETURNS TABLE
        const FunctionParameter *par = LIST_GET(FunctionParameter, &f->stmt->parameters, i);
        f->proc->retset = f->proc->retset || (par && par->mode == FUNC_PARAM_TABLE);
    }
    return LC_OK;
}

static char volatility_of(const char *text, char otherwise)
{
    return lc_strieq(text, "immutable") ? 'i' : lc_strieq(text, "stable") ? 's' : lc_strieq(text, "volatile") ? 'v' : otherwise;
}

static void add_config(struct catalog *cat, struct cat_proc *p, const NodeList *options)
{
    for (LIST_EACH(i, options)) {
        const DefElem *def = LIST_GET(DefElem, options, i);
        const VariableSetStmt *set = def && lc_strieq(def->defname, "set") ? AS(VariableSetStmt, def->arg) : NULL;
        const A_Const *value = set && set->args.length ? LIST_GET(A_Const, &set->args, 0) : NULL;

        if (set && set->name)
            p->config = lc_printf(cat_arena(cat), "%s%s%s=%s", p->config ? p->config : "", p->config ? "," : "", set->name,
                                  value && node_string(value->val) ? node_string(value->val) : "");
    }
}

static void options(struct catalog *cat, struct cat_proc *p, const NodeList *list)
{
    const char *volatility = cat_option_text(cat, list, "volatility");

    p->volatility = volatility_of(volatility, p->volatility ? p->volatility : 'v');
    p->isstrict = cat_option_true(list, "strict", p->isstrict);
    p->secdef = cat_option_true(list, "security", p->secdef);
    p->leakproof = cat_option_true(list, "leakproof", p->leakproof);
    if (cat_option_true(list, "window", false))
        p->kind = 'w';
    add_config(cat, p, list);
}

// A CREATE FUNCTION that PL/pgSQL's parser can read, as pg_get_functiondef would write it.
static const char *definition(const struct function *f)
{
    struct lc_arena *arena = cat_arena(f->cat);
    struct lc_str s;
    int n = 0;

    lc_str_init(&s, arena, LC_STR_MAX);
    lc_str_addf(&s, "CREATE %s %s(", f->stmt->is_procedure ? "PROCEDURE" : "FUNCTION",
                lc_quote_name(arena, cat_schema_name(f->cat, f->proc->o.schema), f->proc->o.name));
    for (LIST_EACH(i, &f->stmt->parameters)) {
        const FunctionParameter *par = LIST_GET(FunctionParameter, &f->stmt->parameters, i);
        const char *mode = !par                               ? ""
                           : par->mode == FUNC_PARAM_OUT      ? "OUT "
                           : par->mode == FUNC_PARAM_INOUT    ? "INOUT "
                           : par->mode == FUNC_PARAM_VARIADIC ? "VARIADIC "
                                                              : "";
        if (par && par->mode != FUNC_PARAM_TABLE)
            lc_str_addf(&s, "%s%s%s%s%s", n++ ? ", " : "", mode, par->name ? lc_quote_ident(arena, par->name) : "",
                        par->name ? " " : "", lc_sql_type_name(arena, par->argType));
    }
    lc_str_add(&s, ")");
    if (!f->stmt->is_procedure && f->stmt->returnType)
        lc_str_addf(&s, " RETURNS %s", lc_sql_type_name(arena, f->stmt->returnType));
    lc_str_addf(&s, " LANGUAGE %s AS %s", f->proc->language, lc_quote_literal(arena, f->proc->source));
    return s.text;
}

bool cat_same_arguments(const struct cat_proc *a, const struct cat_proc *b)
{
    return a->nargs == b->nargs && (a->nargs == 0 || memcmp(a->argtypes, b->argtypes, sizeof(Oid) * (size_t)a->nargs) == 0);
}

#define MAX_CANDIDATES 256

static const struct cat_proc *existing(const struct catalog *cat, const struct cat_proc *proc)
{
    const struct cat_proc *procs[MAX_CANDIDATES];
    int n = cat_find_procs(cat, cat_schema_name(cat, proc->o.schema), proc->o.name, procs, MAX_CANDIDATES);

    for (int i = 0; i < n; i++)
        if (procs[i]->o.schema == proc->o.schema && cat_same_arguments(procs[i], proc))
            return procs[i];
    return NULL;
}

// A body in standard SQL (14+) is parsed when it is defined, and so depends on what it uses.
static void depend_on_body(struct catalog *cat, const struct cat_proc *proc)
{
    struct cat_addresses refs = {0};

    cat_body_dependencies(cat, proc->sqlbody, &refs);
    for (int i = 0; i < refs.len; i++)
        cat_depend(cat, cat_address(CAT_PROC, proc->o.oid, 0), refs.items[i], 'n');
}

// Are the rows that OUT arguments make the same (equalRowTypes in ProcedureCreate, catalog/pg_proc.c)?
static bool same_rows(const struct cat_proc *a, const struct cat_proc *b)
{
    if (a->rettype != RECORDOID)
        return true;
    for (int i = 0; a->nout == b->nout && i < a->nout; i++)
        if (a->outtypes[i] != b->outtypes[i] || !lc_streq(a->outnames[i], b->outnames[i]))
            return false;
    return a->nout == b->nout;
}

static enum lc_code replace(struct function *f, const struct cat_proc *old, struct lc_error *err)
{
    struct cat_proc *p = f->proc;

    if (!f->stmt->replace)
        return cat_error(err, "42723", "function \"%s\" already exists with same argument types", p->o.name);
    if (old->kind != p->kind)
        return cat_error(err, "42809", "cannot change routine kind");
    if (old->rettype != p->rettype || old->retset != p->retset || !same_rows(old, p))
        return cat_error(err, "42P13", "cannot change return type of existing function");
    struct cat_proc *copy = cat_modify(f->cat, old);
    struct cat_object head = copy->o;
    *copy = *p;
    copy->o = head;
    cat_undepend(f->cat, cat_address(CAT_PROC, head.oid, 0), CAT_NONE);
    depend_on_body(f->cat, copy);
    return LC_OK;
}

static enum lc_code create_function(struct catalog *cat, const CreateFunctionStmt *stmt, struct lc_error *err)
{
    struct function f = {.cat = cat, .stmt = stmt, .proc = LC_NEW(cat_arena(cat), struct cat_proc)};
    Oid schema = InvalidOid;
    enum lc_code rc = cat_names_namespace(cat, &stmt->funcname, &schema, err);

    if (rc != LC_OK || (rc = parameters(&f, err)) != LC_OK || (rc = result(&f, err)) != LC_OK)
        return rc;
    f.proc->o = (struct cat_object){CAT_PROC, InvalidOid, list_last_name(&stmt->funcname), schema, cat_user(cat), true};
    options(cat, f.proc, &stmt->options);
    f.proc->language = cat_option_text(cat, &stmt->options, "language");
    f.proc->sqlbody = cat_bind_expression(cat, stmt->sql_body);
    if (!f.proc->language)
        f.proc->language = "sql";
    if (lc_strieq(f.proc->language, "sql") || lc_strieq(f.proc->language, "plpgsql"))
        f.proc->source = cat_option_text(cat, &stmt->options, "as");
    if (lc_strieq(f.proc->language, "plpgsql") && f.proc->source)
        f.proc->def_text = definition(&f);
    const struct cat_proc *old = existing(cat, f.proc);
    if (old)
        return replace(&f, old, err);
    f.proc->o.oid = cat_new_oid(cat);
    cat_add(cat, &f.proc->o);
    depend_on_body(cat, f.proc);
    return LC_OK;
}

static enum lc_code alter_function(struct catalog *cat, const AlterFunctionStmt *stmt, struct lc_error *err)
{
    struct cat_target target;
    enum lc_code rc = cat_object_address(cat, stmt->objtype ? stmt->objtype : OBJECT_FUNCTION,
                                         (const Node *)(const void *)stmt->func, false, &target, err);

    if (rc == LC_OK && target.address.class == CAT_PROC)
        options(cat, cat_modify(cat, cat_proc(cat, target.address.oid)), &stmt->actions);
    return rc;
}

// --- CREATE AGGREGATE ---------------------------------------------------------------------------------------------------------------------

Oid cat_option_type(const struct catalog *cat, const NodeList *definition_list, const char *name)
{
    const DefElem *def = cat_option(definition_list, name);
    const TypeName *tn = def ? AS(TypeName, def->arg) : NULL;

    return cat_type_of(cat, tn);
}

// The grammar gives a function as a TypeName, since it cannot tell.
const struct cat_proc *cat_option_function(const struct catalog *cat, const NodeList *definition_list, const char *name,
                                           const Oid *types, int n)
{
    const DefElem *def = cat_option(definition_list, name);
    const TypeName *tn = def ? AS(TypeName, def->arg) : NULL;
    NodeList names = tn ? tn->names : def ? cat_node_list(def->arg) : (NodeList){0};

    return names.length ? cat_find_proc(cat, list_schema_name(&names), list_last_name(&names), types, n) : NULL;
}

// args: a list of FunctionParameter lists, and the number of direct arguments.
static int aggregate_arguments(const struct catalog *cat, const DefineStmt *stmt, struct cat_proc *p)
{
    NodeList list = stmt->args.length ? cat_node_list(stmt->args.items[0]) : (NodeList){0};

    p->argtypes = LC_NEW_ARRAY(cat_arena(cat), Oid, list.length + 1);
    p->argnames = LC_NEW_ARRAY(cat_arena(cat), const char *, list.length + 1);
    for (LIST_EACH(i, &list)) {
        const FunctionParameter *par = LIST_GET(FunctionParameter, &list, i);

        if (par)
            p->argtypes[p->nargs++] = cat_type_of(cat, par->argType);
    }
    return p->nargs;
}

static enum lc_code create_aggregate(struct catalog *cat, const DefineStmt *stmt, struct lc_error *err)
{
    struct cat_proc *p = LC_NEW(cat_arena(cat), struct cat_proc);
    Oid schema = InvalidOid, state = cat_option_type(cat, &stmt->definition, "stype");
    enum lc_code rc = cat_names_namespace(cat, &stmt->defnames, &schema, err);

    if (rc != LC_OK)
        return rc;
    p->o = (struct cat_object){CAT_PROC, InvalidOid, list_last_name(&stmt->defnames), schema, cat_user(cat), true};
    p->kind = 'a';
    p->volatility = 'i';
    p->language = "internal";
    (void)aggregate_arguments(cat, stmt, p);
    const struct cat_proc *final = cat_option_function(cat, &stmt->definition, "finalfunc", &state, 1);
    p->rettype = final ? final->rettype : state;
    const struct cat_proc *old = existing(cat, p);
    if (old && !stmt->replace)
        return cat_error(err, "42723", "function \"%s\" already exists with same argument types", p->o.name);
    if (old)
        return LC_OK;
    p->o.oid = cat_new_oid(cat);
    cat_add(cat, &p->o);
    const char *names[] = {"sfunc", "finalfunc", "combinefunc"};
    for (int i = 0; i < 3; i++) {
        const struct cat_proc *part = cat_option_function(cat, &stmt->definition, names[i], NULL, 0);

        if (part && part->o.oid >= FirstNormalObjectId)
            cat_depend(cat, cat_address(CAT_PROC, p->o.oid, 0), cat_address(CAT_PROC, part->o.oid, 0), 'n');
    }
    return LC_OK;
}

enum lc_code cat_apply_func(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    const DefineStmt *define = AS(DefineStmt, stmt);

    *mine = true;
    if (define && define->kind == OBJECT_AGGREGATE)
        return create_aggregate(cat, define, err);
    switch (nodeTag(stmt)) {
    case T_CreateFunctionStmt:
        return create_function(cat, AS(CreateFunctionStmt, stmt), err);
    case T_AlterFunctionStmt:
        return alter_function(cat, AS(AlterFunctionStmt, stmt), err);
    case T_CreateTrigStmt:
        return cat_apply_create_trigger(cat, AS(CreateTrigStmt, stmt), err);
    case T_CreatePolicyStmt:
        return cat_apply_create_policy(cat, AS(CreatePolicyStmt, stmt), err);
    case T_AlterPolicyStmt:
        return cat_apply_alter_policy(cat, AS(AlterPolicyStmt, stmt), err);
    default:
        *mine = false;
        return LC_OK;
    }
}
