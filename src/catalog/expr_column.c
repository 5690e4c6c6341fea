// What a name in an expression stands for: a column, a whole row, a parameter, a variable of a body (parser/parse_relation.c,
// transformColumnRef in parse_expr.c).
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"
#include "catalog/apply_internal.h"

static const struct {
    const char *name;
    int attnum;
    Oid type;
} system_columns[] = {{"ctid", -1, TIDOID}, {"xmin", -2, XIDOID}, {"cmin", -3, CIDOID},
                      {"xmax", -4, XIDOID}, {"cmax", -5, CIDOID}, {"tableoid", -6, OIDOID}};

static struct expr *var(struct analysis *a, const struct cat_relation *rel, int attnum, Oid type, int typmod)
{
    struct expr *e = expr_new(a, X_VAR, type, typmod);

    e->rel = rel;
    e->attnum = attnum;
    if (rel && attnum > 0)
        analysis_depend(a, CAT_RELATION, rel->o.oid, attnum);
    if (!type)
        a->unknown = true;
    return e;
}

static struct expr *item_column(struct analysis *a, const struct cat_scope_item *item, const char *name)
{
    int n = item->cols ? item->ncols : item->rel ? item->rel->natts : 0;
    const struct cat_attribute *cols = item->cols ? item->cols : item->rel ? item->rel->attrs : NULL;

    for (int i = 0; i < n; i++)
        if (!cols[i].isdropped && cols[i].name && strcmp(cols[i].name, name) == 0)
            return var(a, item->rel, item->rel ? cols[i].attnum : i + 1, cols[i].type, cols[i].typmod);
    for (size_t i = 0; item->rel && i < sizeof system_columns / sizeof *system_columns; i++)
        if (strcmp(system_columns[i].name, name) == 0)
            return var(a, item->rel, system_columns[i].attnum, system_columns[i].type, -1);
    return NULL;
}

bool expr_is_opaque(const struct cat_scope_item *item)
{
    return item->vague || (!item->cols && (!item->rel || !item->rel->natts));
}

static bool item_named(const struct analysis *a, const struct cat_scope_item *item, const char *schema, const char *name)
{
    const char *own = item->alias ? item->alias : item->rel ? item->rel->o.name : NULL;
    const char *in = item->rel ? cat_schema_name(a->cat, item->rel->o.schema) : NULL;

    if (!own || strcmp(own, name) != 0)
        return false;
    return !schema || (!item->alias && in && strcmp(in, schema) == 0);
}

static struct expr *whole_row(struct analysis *a, const struct cat_scope_item *item)
{
    struct expr *e = var(a, item->rel, 0, item->rel && item->rel->reltype ? item->rel->reltype : RECORDOID, -1);

    if (item->rel)
        analysis_depend(a, CAT_RELATION, item->rel->o.oid, 0);
    return e;
}

// The first name that is not there. What a missing relation has is not known, so nothing is said where one is missing.
void expr_refuse(struct analysis *a, const char *sqlstate, const char *message)
{
    if (!a->names || a->names->message[0])
        return;
    if (cat_error(a->names, sqlstate, "%s", message) != LC_OK)
        a->unknown = true;
}

static bool is_merged(const struct cat_scope *scope, const char *name)
{
    for (const struct cat_name *m = scope->merged; m; m = m->next)
        if (strcmp(m->name, name) == 0)
            return true;
    return false;
}

static struct expr *unqualified(struct analysis *a, const struct cat_scope *scope, const char *name)
{
    for (const struct cat_scope *s = scope; s; s = s->outer) {
        struct expr *found = NULL;
        bool opaque = false;

        for (int i = 0; i < s->len && !(found && !a->names); i++) {
            struct expr *e = s->items[i].qualified_only ? NULL : item_column(a, &s->items[i], name);

            if (e && found && e->attnum >= 0 && !is_merged(s, name))
                expr_refuse(a, "42702", lc_printf(a->arena, "column reference \"%s\" is ambiguous", name));
            found = found ? found : e;
            opaque |= expr_is_opaque(&s->items[i]);
        }
        if (found)
            return found;
        for (int i = 0; i < s->len; i++)
            if (item_named(a, &s->items[i], NULL, name))
                return whole_row(a, &s->items[i]);
        if (opaque)
            return expr_unknown(a, InvalidOid);
    }
    return NULL;
}

static struct expr *qualified(struct analysis *a, const struct cat_scope *scope, const char *schema, const char *table,
                              const char *name)
{
    for (const struct cat_scope *s = scope; s; s = s->outer)
        for (int i = 0; i < s->len; i++) {
            const struct cat_scope_item *item = &s->items[i];

            if (!item_named(a, item, schema, table))
                continue;
            if (!name)
                return whole_row(a, item);
            return expr_is_opaque(item) ? expr_unknown(a, InvalidOid) : item_column(a, item, name);
        }
    return NULL;
}

static const struct cat_scope *outermost(const struct cat_scope *scope)
{
    while (scope && scope->outer)
        scope = scope->outer;
    return scope;
}

static bool may_be_variable(const struct cat_scope *scope, const char *name)
{
    scope = outermost(scope);
    return scope && scope->is_variable && name && scope->is_variable(scope->context, name);
}

// A variable of a body whose type is known (plpgsql_param_ref, pl_comp.c). NULL: there is none.
static struct expr *variable(struct analysis *a, const struct cat_scope *scope, const char *name)
{
    Oid type;

    scope = outermost(scope);
    type = scope && scope->variable_type ? scope->variable_type(scope->context, name) : InvalidOid;
    return type ? expr_new(a, X_PARAM, type, -1) : NULL;
}

struct expr *expr_parameter(struct analysis *a, const struct cat_scope *scope, int number)
{
    struct expr *e = a->fn ? NULL : variable(a, scope, lc_printf(a->arena, "$%d", number));

    if (e)
        return e;
    if (a->fn && number >= 1 && number <= a->fn->nargs) {
        e = expr_new(a, X_PARAM, a->fn_args ? a->fn_args[number - 1]->type : a->fn->argtypes[number - 1], -1);
        if (!coerce_is_polymorphic(a->fn->argtypes[number - 1]))
            e->type = a->fn->argtypes[number - 1];
    } else {
        e = expr_new(a, X_PARAM, UNKNOWNOID, -1);
    }
    e->attnum = number;
    return e;
}

static struct expr *named_parameter(struct analysis *a, const char *name)
{
    for (int i = 0; a->fn && a->fn->argnames && i < a->fn->nargs; i++)
        if (a->fn->argnames[i] && strcmp(a->fn->argnames[i], name) == 0)
            return expr_parameter(a, NULL, i + 1);
    return NULL;
}

bool expr_has_item(const struct analysis *a, const struct cat_scope *scope, const char *schema, const char *table)
{
    for (const struct cat_scope *s = scope; s; s = s->outer)
        for (int i = 0; i < s->len; i++)
            if (item_named(a, &s->items[i], schema, table))
                return true;
    return false;
}

// errorMissingRTE, errorMissingColumn (parse_relation.c)
static void missing(struct analysis *a, const struct cat_scope *scope, const ColumnRef *ref, const char *schema,
                    const char *table, const char *name)
{
    const struct cat_proc *function;

    if (!a->names || !name || may_be_variable(scope, node_string(ref->fields.items[0])))
        return;
    if (ref->fields.length == 1)
        expr_refuse(a, "42703", lc_printf(a->arena, "column \"%s\" does not exist", name));
    else if (ref->fields.length == 2 && table && !expr_has_item(a, scope, schema, table))
        expr_refuse(a, "42P01", lc_printf(a->arena, "missing FROM-clause entry for table \"%s\"", table));
    else if (ref->fields.length == 2 && table && cat_find_procs(a->cat, NULL, name, &function, 1) == 0) // t.f may be f(t)
        expr_refuse(a, "42703", lc_printf(a->arena, "column %s.%s does not exist", table, name));
}

struct expr *expr_column(struct analysis *a, const struct cat_scope *scope, const ColumnRef *ref)
{
    int n = ref->fields.length;
    const char *last = list_last_name(&ref->fields), *table = n > 1 ? node_string(ref->fields.items[n - 2]) : NULL;
    const char *schema = n > 2 ? node_string(ref->fields.items[n - 3]) : NULL;
    struct expr *e = NULL;

    if (n == 1 && last)
        e = unqualified(a, scope, last);
    else if (n > 1 && table)
        e = qualified(a, scope, schema, table, last); // last NULL: t.*
    if (!e && n == 1 && last)
        e = named_parameter(a, last);
    if (!e && last && n <= 2)
        e = variable(a, scope, n == 1 ? last : lc_printf(a->arena, "%s.%s", table, last));
    if (!e && n == 2 && last && table && a->fn && strcmp(a->fn->o.name, table) == 0)
        e = named_parameter(a, last);
    if (!e)
        missing(a, scope, ref, schema, table, last);
    return e ? e : expr_unknown(a, InvalidOid);
}
