// Variables of PL/pgSQL bodies: what they are declared as, what is known of their values, and in which block a name means which.
#include "footprint/fp_body.h"

#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "catalog/oids.h"

#define MAX_TARGETS 32

// --- types -------------------------------------------------------------------------------------------------------------------------

static const TypeName *parsed_type(struct body *b, const char *type)
{
    const TypeCast *tc = AS(TypeCast, lc_sql_parse_expr(b->s->arena, lc_printf(b->s->arena, "NULL::%s", type)));

    return tc ? tc->typeName : NULL;
}

// table.column%TYPE, variable%TYPE (plpgsql_parse_wordtype, plpgsql_parse_cwordtype; pl_comp.c)
static void copied_type(struct body *b, const char *of, struct fp_decl *d)
{
    const struct fp_decl *variable = lc_map_get(&b->decls, of);
    const ColumnRef *ref = AS(ColumnRef, lc_sql_parse_expr(b->s->arena, of));
    int n = ref ? ref->fields.length : 0;
    const struct cat_relation *rel = n > 1 ? cat_find_relation(b->s->cat, n > 2 ? node_string(ref->fields.items[n - 3]) : NULL,
                                                               node_string(ref->fields.items[n - 2]))
                                           : NULL;
    const struct cat_attribute *att = rel ? cat_find_column(rel, node_string(ref->fields.items[n - 1])) : NULL;

    if (variable) {
        d->type = variable->type;
        d->typmod = variable->typmod;
        d->written = variable->written;
    } else if (att) {
        d->type = att->type;
        d->typmod = att->typmod;
        d->written = parsed_type(b, cat_format_type(b->s->cat, att->type, att->typmod));
    }
}

static void find_type(struct body *b, const char *type, struct fp_decl *d)
{
    const char *percent = strchr(type, '%');
    const struct cat_type *t;

    if (percent && strncasecmp(percent, "%type", 5) == 0) {
        copied_type(b, lc_strndup(b->s->arena, type, (size_t)(percent - type)), d);
    } else if (!percent && strncasecmp(type, "record", 6) != 0) {
        d->written = parsed_type(b, type);
        t = d->written ? cat_find_typename(b->s->cat, d->written, &d->typmod) : NULL;
        d->type = t ? t->o.oid : InvalidOid;
    }
}

// --- scopes ------------------------------------------------------------------------------------------------------------------------

static void put_decl(struct body *b, const char *name, struct fp_decl *d)
{
    struct body_outer was = {name, lc_map_get(&b->vars, name), lc_map_get(&b->decls, name)};

    LC_PUSH(b->s->arena, &b->outer, was);
    (void)lc_map_put(&b->decls, name, d);
}

void body_declare(struct body *b, const char *name, const char *type)
{
    struct fp_decl *d = LC_NEW(b->s->arena, struct fp_decl);

    d->typmod = -1;
    d->qualified = b->label ? lc_printf(b->s->arena, "%s.%s", b->label, name) : NULL;
    if (type)
        find_type(b, type, d);
    put_decl(b, name, d);
    if (d->qualified)
        put_decl(b, d->qualified, d);
}

int body_scope_begin(const struct body *b)
{
    return b->outer.len;
}

void body_scope_end(struct body *b, int mark)
{
    while (b->outer.len > mark) {
        const struct body_outer *was = &b->outer.items[--b->outer.len];
        (void)lc_map_put(&b->vars, was->name, was->value);
        (void)lc_map_put(&b->decls, was->name, was->decl);
    }
}

// --- values ------------------------------------------------------------------------------------------------------------------------

void body_set(struct body *b, const char *name, struct fp_val v)
{
    struct fp_val *slot = lc_memdup(b->s->arena, &v, sizeof v);
    const struct fp_decl *d = lc_map_get(&b->decls, name);
    const char *dot = strrchr(name, '.');

    LC_PUSH(b->s->arena, &b->assigned, name);
    if (d && d->written)
        *slot = fp_eval_cast(&b->env, v, d->written);
    (void)lc_map_put(&b->vars, name, slot);
    for (int i = 0; d && i < d->fields.len; i++)
        (void)lc_map_put(&b->vars, d->fields.items[i], NULL);
    if (d && d->qualified && !dot)
        (void)lc_map_put(&b->vars, d->qualified, slot);
    else if (d && dot && lc_map_get(&b->decls, dot + 1) == d) // "label.name": the innermost of that name is meant
        (void)lc_map_put(&b->vars, dot + 1, slot);
    for (int i = 0; d && dot && i < b->outer.len; i++) // or one that is hidden
        if (b->outer.items[i].decl == d)
            b->outer.items[i].value = slot;
}

// "a, b" or "rec": the names as identifiers, folded unless quoted.
static int split_targets(struct body *b, const char *target, const char **names, int max)
{
    int n = 0;

    while (target && *target && n < max) {
        size_t len;
        char *name;
        target += strspn(target, " \t\n,");
        len = strcspn(target, ",");
        name = lc_strndup(b->s->arena, target, len);
        target += len;
        while (*name && strchr(" \t\n", name[strlen(name) - 1]))
            name[strlen(name) - 1] = '\0';
        for (char *p = name; *name != '"' && *p; p++)
            *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        if (*name == '"' && strlen(name) > 1) {
            name++;
            name[strlen(name) - 1] = '\0';
        }
        names[n++] = name;
    }
    return n;
}

const char *body_name(struct body *b, const char *target)
{
    const char *names[MAX_TARGETS];

    return split_targets(b, target, names, MAX_TARGETS) ? names[0] : target;
}

void body_assign(struct body *b, const char *target, struct fp_val v)
{
    const char *names[MAX_TARGETS];
    const char *subscript = strchr(target, '[');

    if (subscript) { // an element: what the whole is now is not followed
        target = lc_strndup(b->s->arena, target, (size_t)(subscript - target));
        v = fpv_unknown();
    }
    if (split_targets(b, target, names, MAX_TARGETS) == 1)
        body_set(b, names[0], v);
}

// What a procedure gives back to its INOUT and OUT arguments is not followed.
void body_forget_arguments(struct body *b, const CallStmt *call)
{
    for (int i = 0; call && call->funccall && i < call->funccall->args.length; i++) {
        const NamedArgExpr *named = AS(NamedArgExpr, call->funccall->args.items[i]);
        const ColumnRef *ref = AS(ColumnRef, named ? named->arg : call->funccall->args.items[i]);
        if (ref)
            body_set(b, list_last_name(&ref->fields), fpv_unknown());
    }
}

void body_forget(struct body *b, int mark)
{
    int n = b->assigned.len;

    for (int i = mark; i < n; i++)
        if (lc_map_get(&b->vars, b->assigned.items[i]))
            body_set(b, b->assigned.items[i], fpv_unknown());
    b->assigned.len = n; // these names are in it already: twice as many at every level would not end
}

void body_forget_items(struct body *b, const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n; i++) {
        const struct lc_body_item *item = &items[i];
        const Node *tree = item->kind == LC_BODY_SQL ? lc_sql_parse_one(b->s->arena, item->text, NULL) : NULL;

        if (item->target && item->kind != LC_BODY_DECLARE)
            item->kind == LC_BODY_EXPR ? body_assign(b, item->target, fpv_unknown()) : body_assign_row(b, item->target, NULL, -1);
        body_forget_arguments(b, AS(CallStmt, tree));
        body_forget_items(b, item->children, item->len);
        body_forget_items(b, item->otherwise, item->notherwise);
    }
    if (n)
        body_set(b, "found", fpv_unknown());
}

static void set_field(struct body *b, const char *record, const char *field, struct fp_val v)
{
    struct fp_decl *d = lc_map_get(&b->decls, record);
    const char *name = lc_printf(b->s->arena, "%s.%s", record, field);

    body_set(b, name, v);
    if (d)
        LC_PUSH(b->s->arena, &d->fields, name);
}

void body_assign_row(struct body *b, const char *target, const struct fp_result *r, int row)
{
    const char *names[MAX_TARGETS];
    int n = split_targets(b, target, names, MAX_TARGETS);
    bool known = r && r->known;

    for (int i = 0; i < n; i++) {
        struct fp_val v = !known ? fpv_unknown() : row < 0 || i >= r->ncols ? fpv_null() : r->rows.items[row].cols[i];
        body_set(b, names[i], v);
    }
    for (int i = 0; n == 1 && known && i < r->ncols; i++)
        set_field(b, names[0], r->names[i], row < 0 ? fpv_null() : r->rows.items[row].cols[i]);
}

// --- arguments ---------------------------------------------------------------------------------------------------------------------

// Where the call has the function's i-th argument: by position, or by name; -1: it has none.
static int argument_of(const struct cat_proc *p, const FuncCall *call, int i)
{
    for (int k = 0; call && k < call->args.length; k++) {
        const NamedArgExpr *named = AS(NamedArgExpr, call->args.items[k]);
        if (named ? p->argnames && p->argnames[i] && lc_streq(named->name, p->argnames[i]) : k == i)
            return k;
    }
    return -1;
}

// Its default as the function's CREATE statement has it: that is all that a server tells.
static const Node *written_default(struct body *b, const char *create, int i)
{
    const CreateFunctionStmt *stmt = AS(CreateFunctionStmt, create ? lc_sql_parse_one(b->s->arena, create, NULL) : NULL);

    for (int k = 0; stmt && k < stmt->parameters.length; k++) {
        const FunctionParameter *p = LIST_GET(FunctionParameter, &stmt->parameters, k);
        if (p && p->mode != FUNC_PARAM_OUT && p->mode != FUNC_PARAM_TABLE && i-- == 0)
            return p->defexpr;
    }
    return NULL;
}

static struct fp_val default_of(struct body *b, const char *create, const struct cat_proc *p, int i)
{
    int k = i - (p->nargs - p->ndefaults);
    const Node *expr = k < 0 ? NULL : p->argdefaults ? p->argdefaults[k] : written_default(b, create, i);

    return expr ? fp_eval(&b->env, expr) : fpv_unknown();
}

// Arguments are the caller's: its variables stand in them.
void body_bind_arguments(struct body *b, const char *create, const struct cat_proc *p, const FuncCall *call)
{
    struct fp_env *env = b->s->env ? b->s->env : &b->env;
    const struct fp_val *known = b->s->args;

    for (int i = 0; p && i < p->nargs; i++) {
        int k = argument_of(p, call, i);
        const NamedArgExpr *named = k >= 0 ? AS(NamedArgExpr, call->args.items[k]) : NULL;
        const Node *arg = named ? named->arg : k >= 0 ? call->args.items[k] : NULL;
        struct fp_val v = !arg              ? (call ? default_of(b, create, p, i) : fpv_unknown())
                          : known && !named ? known[k]
                                            : fp_eval(env, arg);
        body_declare(b, lc_printf(b->s->arena, "$%d", i + 1), cat_format_type(b->s->cat, p->argtypes[i], -1));
        body_set(b, lc_printf(b->s->arena, "$%d", i + 1), v);
        if (p->argnames && p->argnames[i] && *p->argnames[i]) {
            body_declare(b, p->argnames[i], cat_format_type(b->s->cat, p->argtypes[i], -1));
            body_set(b, p->argnames[i], v);
        }
    }
}

static void bind_text(struct body *b, const char *name, const char *text)
{
    body_declare(b, name, "text");
    body_set(b, name, text ? fpv_text(text) : fpv_unknown());
}

// What CREATE TRIGGER gave in parentheses.
static void bind_trigger_arguments(struct body *b, const struct cat_trigger *trigger)
{
    struct fp_val argv = {.kind = FPV_ARRAY, .shift = 1, .nitems = trigger->args.length};

    bind_text(b, "tg_name", trigger->o.name);
    argv.items = LC_NEW_ARRAY(b->s->arena, struct fp_val, argv.nitems + 1);
    for (LIST_EACH(i, &trigger->args))
        argv.items[i] = fpv_text(node_string(trigger->args.items[i]));
    body_set(b, "tg_argv", argv);
}

void body_bind_trigger(struct body *b, const struct fp_firing *firing)
{
    const char *schema = cat_schema_name(b->s->cat, firing->rel->o.schema);

    bind_text(b, "tg_op", firing->op);
    bind_text(b, "tg_table_name", firing->rel->o.name);
    bind_text(b, "tg_relname", firing->rel->o.name);
    bind_text(b, "tg_table_schema", schema);
    if (firing->trigger)
        bind_trigger_arguments(b, firing->trigger);
}
