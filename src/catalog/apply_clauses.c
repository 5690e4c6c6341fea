// What the clauses of a column definition may not say together (transformColumnDefinition and transformConstraintAttrs, parser/parse_utilcmd.c),
// and how a definition may meet the column that it inherits (MergeChildAttribute, MergeInheritedAttribute, commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/apply_misc.h"

struct clauses { // seen so far, of one column
    const struct cat_clause_context *context;
    const ColumnDef *def;
    const Constraint *primary; // what DEFERRABLE, INITIALLY and ENFORCED belong to
    bool deferrability, initially, enforced;
    bool nullable_said, notnull, need_notnull, identity, generated, has_default;
    const char *notnull_name;
};

static bool is_key_or_foreign(const Constraint *con)
{
    return con && (con->contype == CONSTR_PRIMARY || con->contype == CONSTR_UNIQUE || con->contype == CONSTR_EXCLUSION ||
                   con->contype == CONSTR_FOREIGN);
}

static enum lc_code attribute_twice(bool *seen, const char *what, struct lc_error *err)
{
    if (*seen)
        return cat_error(err, "42601", "multiple %s clauses not allowed", what);
    *seen = true;
    return LC_OK;
}

// The constraint attributes, which follow what they belong to.
static enum lc_code check_attribute(struct clauses *c, const Constraint *con, struct lc_error *err)
{
    static const char *const names[] = {
        [CONSTR_ATTR_DEFERRABLE] = "DEFERRABLE",       [CONSTR_ATTR_NOT_DEFERRABLE] = "NOT DEFERRABLE",
        [CONSTR_ATTR_DEFERRED] = "INITIALLY DEFERRED", [CONSTR_ATTR_IMMEDIATE] = "INITIALLY IMMEDIATE",
        [CONSTR_ATTR_ENFORCED] = "ENFORCED",           [CONSTR_ATTR_NOT_ENFORCED] = "NOT ENFORCED",
    };
    bool enforced = con->contype == CONSTR_ATTR_ENFORCED || con->contype == CONSTR_ATTR_NOT_ENFORCED;
    bool fits = enforced ? c->primary && (c->primary->contype == CONSTR_CHECK || c->primary->contype == CONSTR_FOREIGN)
                         : is_key_or_foreign(c->primary);

    if (!fits)
        return cat_error(err, "42601", "misplaced %s clause", names[con->contype]);
    if (enforced)
        return attribute_twice(&c->enforced, "ENFORCED/NOT ENFORCED", err);
    if (con->contype == CONSTR_ATTR_DEFERRABLE || con->contype == CONSTR_ATTR_NOT_DEFERRABLE)
        return attribute_twice(&c->deferrability, "DEFERRABLE/NOT DEFERRABLE", err);
    return attribute_twice(&c->initially, "INITIALLY IMMEDIATE/DEFERRED", err);
}

static enum lc_code null_conflict(const struct clauses *c, struct lc_error *err)
{
    return cat_error(err, "42601", "conflicting NULL/NOT NULL declarations for column \"%s\" of table \"%s\"", c->def->colname,
                     c->context->table);
}

static enum lc_code check_not_null(struct clauses *c, const Constraint *con, struct lc_error *err)
{
    if (c->nullable_said && !c->notnull)
        return null_conflict(c, err);
    if (c->context->partitioned && con->is_no_inherit)
        return cat_error(err, "0A000", "not-null constraints on partitioned tables cannot be NO INHERIT");
    if (c->notnull && c->notnull_name && con->conname && strcmp(c->notnull_name, con->conname) != 0 && c->context->major >= 18)
        return cat_error(err, "XX000", "conflicting not-null constraint names \"%s\" and \"%s\"", c->notnull_name, con->conname);
    if (con->conname)
        c->notnull_name = con->conname;
    c->notnull = c->nullable_said = true;
    c->need_notnull = false;
    return LC_OK;
}

static enum lc_code check_identity(struct clauses *c, struct lc_error *err)
{
    if (c->context->typed)
        return cat_error(err, "0A000", "identity columns are not supported on typed tables");
    if (c->context->partition)
        return cat_error(err, "0A000", "identity columns are not supported on partitions");
    if (c->identity)
        return cat_error(err, "42601", "multiple identity specifications for column \"%s\" of table \"%s\"", c->def->colname,
                         c->context->table);
    c->identity = true;
    if (c->nullable_said && !c->notnull)
        return null_conflict(c, err);
    c->need_notnull |= !c->nullable_said;
    return LC_OK;
}

static enum lc_code check_generated(struct clauses *c, struct lc_error *err)
{
    if (c->context->typed)
        return cat_error(err, "0A000", "generated columns are not supported on typed tables");
    if (c->context->partition && c->context->major < 16)
        return cat_error(err, "0A000", "generated columns are not supported on partitions");
    if (c->generated)
        return cat_error(err, "42601", "multiple generation clauses specified for column \"%s\" of table \"%s\"", c->def->colname,
                         c->context->table);
    c->generated = true;
    return LC_OK;
}

static enum lc_code check_default_clause(struct clauses *c, struct lc_error *err)
{
    if (c->has_default)
        return cat_error(err, "42601", "multiple default values specified for column \"%s\" of table \"%s\"", c->def->colname,
                         c->context->table);
    c->has_default = true;
    return LC_OK;
}

static enum lc_code check_foreign_table(const struct clauses *c, const char *what, struct lc_error *err)
{
    return c->context->foreign ? cat_error(err, "0A000", "%s constraints are not supported on foreign tables", what) : LC_OK;
}

static enum lc_code check_clause(struct clauses *c, const Constraint *con, struct lc_error *err)
{
    if (con->contype >= CONSTR_ATTR_DEFERRABLE)
        return check_attribute(c, con, err);
    c->primary = con;
    c->deferrability = c->initially = c->enforced = false;
    switch (con->contype) {
    case CONSTR_NULL:
        if ((c->nullable_said && c->notnull) || c->need_notnull)
            return null_conflict(c, err);
        c->nullable_said = true;
        return LC_OK;
    case CONSTR_NOTNULL:
        return check_not_null(c, con, err);
    case CONSTR_DEFAULT:
        return check_default_clause(c, err);
    case CONSTR_IDENTITY:
        return check_identity(c, err);
    case CONSTR_GENERATED:
        return check_generated(c, err);
    case CONSTR_PRIMARY:
        if (c->context->major >= 18 && c->nullable_said && !c->notnull)
            return null_conflict(c, err);
        c->need_notnull |=
            c->context->major >= 18; // before, the key marks the column when all is read (transformIndexConstraint)
        return check_foreign_table(c, "primary key", err);
    case CONSTR_UNIQUE:
        return check_foreign_table(c, "unique", err);
    case CONSTR_FOREIGN:
        return check_foreign_table(c, "foreign key", err);
    default:
        return LC_OK;
    }
}

enum lc_code cat_check_clauses(const struct cat_clause_context *context, const ColumnDef *def, struct lc_error *err)
{
    struct clauses c = {.context = context, .def = def};
    enum lc_code rc = LC_OK;

    if (cat_serial_type(def->typeName))
        c.has_default = c.need_notnull = true;
    for (LIST_EACH(i, &def->constraints)) {
        const Constraint *con = LIST_GET(Constraint, &def->constraints, i);
        if (con && (rc = check_clause(&c, con, err)) != LC_OK)
            return rc;
    }
    return LC_OK;
}

// --- columns that meet ---------------------------------------------------------------------------------------------------------------------

static bool same_collation(const struct catalog *cat, const struct cat_attribute *a, const char *collation)
{
    const struct cat_type *type = cat_type(cat, a->type);
    const char *own = type && type->collation ? type->collation : "default";

    return lc_streq(a->collation ? a->collation : own, collation ? collation : own);
}

enum lc_code cat_merge_child_column(const struct catalog *cat, const struct cat_attribute *up, const ColumnDef *def,
                                    const struct cat_column_plan *plan, struct lc_error *err)
{
    const char *collation = def->collClause ? list_last_name(&def->collClause->collname) : NULL;

    if (def->typeName && !same_collation(cat, up, collation))
        return cat_error(err, "42P21", "column \"%s\" has a collation conflict", up->name);
    if (up->generated && plan->generated && cat_major(cat) < 16)
        return cat_error(err, "42611", "child column \"%s\" specifies generation expression", up->name);
    if (up->generated && !plan->generated && (plan->def || plan->serial))
        return cat_error(err, "42611", "column \"%s\" inherits from generated column but specifies default", up->name);
    if (up->generated && plan->identity)
        return cat_error(err, "42611", "column \"%s\" inherits from generated column but specifies identity", up->name);
    if (!up->generated && plan->generated && cat_major(cat) >= 16) // before 16 the child's own was taken
        return cat_error(err, "42611", "child column \"%s\" specifies generation expression", up->name);
    if (up->generated && plan->generated && up->generated != plan->generated)
        return cat_error(err, "42611", "column \"%s\" inherits from generated column of different kind", up->name);
    return LC_OK;
}

enum lc_code cat_merge_inherited_column(const struct catalog *cat, const struct cat_attribute *have,
                                        const struct cat_attribute *up, struct lc_error *err)
{
    if (have->type != up->type || have->typmod != up->typmod)
        return cat_error(err, "42804", "inherited column \"%s\" has a type conflict", up->name);
    if (!same_collation(cat, have, up->collation))
        return cat_error(err, "42P21", "inherited column \"%s\" has a collation conflict", up->name);
    if (have->storage != up->storage)
        return cat_error(err, "42804", "inherited column \"%s\" has a storage parameter conflict", up->name);
    if (have->compression && up->compression && strcmp(have->compression, up->compression) != 0)
        return cat_error(err, "42804", "column \"%s\" has a compression method conflict", up->name);
    if (have->generated != up->generated)
        return cat_error(err, "42804", "inherited column \"%s\" has a generation conflict", up->name);
    return LC_OK;
}

static const Node *without_casts(const Node *expr)
{
    while (IsA(expr, TypeCast))
        expr = AS(TypeCast, expr)->arg;
    return expr;
}

// nextval of two names that differ without their schemas.
static bool of_other_sequences(const FuncCall *f, const FuncCall *g)
{
    const A_Const *x = AS(A_Const, f->args.length == 1 ? without_casts(f->args.items[0]) : NULL);
    const A_Const *y = AS(A_Const, g->args.length == 1 ? without_casts(g->args.items[0]) : NULL);
    const char *a = x ? node_string(x->val) : NULL, *b = y ? node_string(y->val) : NULL;

    if (!lc_streq(list_last_name(&f->funcname), "nextval") || !a || !b)
        return false;
    a = strrchr(a, '.') ? strrchr(a, '.') + 1 : a;
    b = strrchr(b, '.') ? strrchr(b, '.') + 1 : b;
    return *a != '"' && *b != '"' && strcmp(a, b) != 0;
}

// Are the two surely not equal() after parse analysis? They may come from a script or from pg_get_expr: casts say nothing, and only what reads the same
// in both ways is compared.
bool cat_defaults_differ(const Node *a, const Node *b)
{
    const FuncCall *f, *g;

    a = without_casts(a);
    b = without_casts(b);
    if (!a || !b)
        return false;
    if (IsA(a, ColumnRef) && IsA(b, ColumnRef))
        return !lc_streq(list_last_name(&AS(ColumnRef, a)->fields), list_last_name(&AS(ColumnRef, b)->fields));
    if (IsA(a, A_Expr) && IsA(b, A_Expr)) {
        const A_Expr *x = AS(A_Expr, a), *y = AS(A_Expr, b);
        return x->kind == AEXPR_OP && y->kind == AEXPR_OP &&
               (!lc_streq(list_last_name(&x->name), list_last_name(&y->name)) || cat_defaults_differ(x->lexpr, y->lexpr) ||
                cat_defaults_differ(x->rexpr, y->rexpr));
    }
    f = AS(FuncCall, a);
    g = AS(FuncCall, b);
    if (f && g)
        return !lc_streq(list_last_name(&f->funcname), list_last_name(&g->funcname)) || f->args.length != g->args.length ||
               of_other_sequences(f, g);
    if (IsA(a, A_Const) && IsA(b, A_Const))
        return !node_equal(a, b) && nodeTag(AS(A_Const, a)->val) == nodeTag(AS(A_Const, b)->val);
    return (f && IsA(b, A_Const)) || (g && IsA(a, A_Const));
}
