// Applies CREATE STATISTICS (CreateStatistics, commands/statscmds.c).
#include <string.h>

#include "catalog/apply_misc.h"

enum { STATS_MAX_DIMENSIONS = 8 };

struct definition {
    struct catalog *cat;
    const CreateStatsStmt *stmt;
    const struct cat_relation *rel;
    struct cat_scope scope;
    struct lc_error *err;
};

// ChooseExtendedStatisticName
static const char *statistics_name(struct catalog *cat, const CreateStatsStmt *stmt, const struct cat_relation *rel)
{
    const char *columns[64], *label = "stat";
    int n = 0;

    for (LIST_EACH(i, &stmt->exprs)) {
        const StatsElem *e = LIST_GET(StatsElem, &stmt->exprs, i);

        if (n < 64)
            columns[n++] = e && e->name ? e->name : "expr";
    }
    const char *second = cat_join_names(cat_arena(cat), columns, n);
    for (int pass = 1;; pass++) {
        const char *name = cat_make_object_name(cat_arena(cat), rel->o.name, second, label);
        if (!cat_find_object(cat, CAT_STATISTICS, rel->o.schema, name))
            return name;
        label = lc_printf(cat_arena(cat), "stat%d", pass);
    }
}

// "(column)" is that column.
static const char *column_of(const StatsElem *e)
{
    const ColumnRef *ref = e ? AS(ColumnRef, e->expr) : NULL;

    return e && e->name ? e->name : ref ? list_last_name(&ref->fields) : NULL;
}

// transformStatsStmt (parser/parse_utilcmd.c)
static enum lc_code check_names(const struct definition *d)
{
    enum lc_code rc = LC_OK;

    for (int i = 0; i < d->stmt->exprs.length && rc == LC_OK; i++) {
        const StatsElem *e = LIST_GET(StatsElem, &d->stmt->exprs, i);

        rc = e ? cat_check_expr_names(d->cat, &d->scope, e->expr, d->err) : LC_OK;
    }
    return rc;
}

static enum lc_code virtual_column(const struct definition *d)
{
    return cat_error(d->err, "0A000", "statistics creation on virtual generated columns is not supported");
}

static enum lc_code check_column(const struct definition *d, const char *name)
{
    const struct cat_attribute *att = cat_find_column(d->rel, name);

    if (!att && cat_is_system_column(name))
        return cat_error(d->err, "0A000", "statistics creation on system columns is not supported");
    if (!att)
        return cat_error(d->err, "42703", "column \"%s\" does not exist", name);
    if (att->generated == 'v')
        return virtual_column(d);
    if (cat_is_unordered(d->cat, att->type))
        return cat_error(d->err, "0A000",
                         "column \"%s\" cannot be used in statistics because its type %s has no default btree operator class",
                         name, cat_format_type(d->cat, att->type, -1));
    return LC_OK;
}

static enum lc_code check_expression(const struct definition *d, const Node *expr)
{
    Oid type = cat_expr_type(d->cat, &d->scope, expr, NULL);

    if (cat_reads_generated(d->cat, d->rel, expr, true))
        return virtual_column(d);
    if (d->stmt->exprs.length > 1 && cat_is_unordered(d->cat, type))
        return cat_error(
            d->err, "0A000",
            "expression cannot be used in multivariate statistics because its type %s has no default btree operator class",
            cat_format_type(d->cat, type, -1));
    return LC_OK;
}

static enum lc_code check_elements(const struct definition *d)
{
    enum lc_code rc = LC_OK;

    if (d->stmt->exprs.length > STATS_MAX_DIMENSIONS)
        return cat_error(d->err, "54011", "cannot have more than %d columns in statistics", STATS_MAX_DIMENSIONS);
    for (int i = 0; i < d->stmt->exprs.length && rc == LC_OK; i++) {
        const StatsElem *e = LIST_GET(StatsElem, &d->stmt->exprs, i);
        const char *column = column_of(e);

        if (column)
            rc = check_column(d, column);
        else if (e)
            rc = check_expression(d, e->expr);
    }
    return rc;
}

static enum lc_code check_kinds(const struct definition *d)
{
    for (LIST_EACH(i, &d->stmt->stat_types)) {
        const char *kind = node_string(d->stmt->stat_types.items[i]);
        if (kind && strcmp(kind, "ndistinct") != 0 && strcmp(kind, "dependencies") != 0 && strcmp(kind, "mcv") != 0)
            return cat_error(d->err, "42601", "unrecognized statistics kind \"%s\"", kind);
    }
    return LC_OK;
}

static bool is_duplicate(const StatsElem *a, const StatsElem *b)
{
    const char *column = column_of(a);

    return a && b && (column ? lc_streq(column, column_of(b)) : !column_of(b) && node_equal(a->expr, b->expr));
}

// A lone expression is enough (14), a lone column is not.
static enum lc_code check_count(const struct definition *d)
{
    const NodeList *exprs = &d->stmt->exprs;
    bool alone = exprs->length == 1 && !column_of(LIST_GET(StatsElem, exprs, 0)) && cat_major(d->cat) >= 14;
    enum lc_code rc;

    if (alone && d->stmt->stat_types.length)
        return cat_error(d->err, "0A000",
                         "when building statistics on a single expression, statistics kinds may not be specified");
    if ((rc = check_kinds(d)) != LC_OK)
        return rc;
    if (exprs->length < 2 && !alone)
        return cat_error(d->err, "42P17", "extended statistics require at least 2 columns");
    for (int i = 1; i < exprs->length; i++)
        for (int k = 0; k < i; k++)
            if (is_duplicate(LIST_GET(StatsElem, exprs, i), LIST_GET(StatsElem, exprs, k)))
                return cat_error(d->err, "42701", "duplicate %s in statistics definition",
                                 column_of(LIST_GET(StatsElem, exprs, i)) ? "column name" : "expression");
    return LC_OK;
}

// Its columns, then a 0 for every expression, whose columns it needs too.
static void add_statistics(const struct definition *d, const char *name, Oid schema)
{
    struct lc_arena *arena = cat_arena(d->cat);
    struct cat_other *s = LC_NEW(arena, struct cat_other);

    s->o = (struct cat_object){CAT_STATISTICS, cat_new_oid(d->cat), name, schema, cat_user(d->cat), true};
    s->what = "statistics object";
    s->relid = d->rel->o.oid;
    for (int expressions = 0; expressions <= 1; expressions++)
        for (LIST_EACH(i, &d->stmt->exprs)) {
            const char *column = column_of(LIST_GET(StatsElem, &d->stmt->exprs, i));
            if ((column ? 0 : 1) == expressions)
                LC_PUSH(arena, &s->columns, column ? cat_find_column(d->rel, column)->attnum : 0);
        }
    cat_add(d->cat, &s->o);
    for (LIST_EACH(i, &d->stmt->exprs)) {
        const StatsElem *e = LIST_GET(StatsElem, &d->stmt->exprs, i);
        if (!column_of(e))
            cat_depend_expr(d->cat, cat_address(CAT_STATISTICS, s->o.oid, 0), d->rel, e->expr, 'n', 'a');
    }
}

enum lc_code cat_apply_create_statistics(struct catalog *cat, const CreateStatsStmt *stmt, struct lc_error *err)
{
    const RangeVar *rv = stmt->relations.length ? LIST_GET(RangeVar, &stmt->relations, 0) : NULL;
    struct definition d = {.cat = cat, .stmt = stmt, .err = err};
    Oid schema;

    if (!rv)
        return cat_error(err, "0A000", "CREATE STATISTICS only supports relation names in the FROM clause");
    if (stmt->relations.length > 1)
        return cat_error(err, "0A000", "only a single relation is allowed in CREATE STATISTICS");
    enum lc_code rc = cat_open_rangevar(cat, rv, &d.rel, err);
    if (rc != LC_OK)
        return rc;
    d.scope = cat_scope_of(cat_arena(cat), d.rel);
    if ((rc = check_names(&d)) != LC_OK)
        return rc;
    if (!strchr("rmfp", d.rel->relkind))
        return cat_error(err, "42809", "cannot define statistics for relation \"%s\"", d.rel->o.name);
    schema = d.rel->o.schema;
    if (stmt->defnames.length && (rc = cat_names_namespace(cat, &stmt->defnames, &schema, err)) != LC_OK)
        return rc;
    const char *name = stmt->defnames.length ? list_last_name(&stmt->defnames) : statistics_name(cat, stmt, d.rel);
    if (cat_find_other(cat, CAT_STATISTICS, cat_schema_name(cat, schema), name))
        return stmt->if_not_exists ? LC_OK : cat_error(err, "42710", "statistics object \"%s\" already exists", name);
    if ((rc = check_elements(&d)) != LC_OK || (rc = check_count(&d)) != LC_OK)
        return rc;
    add_statistics(&d, name, schema);
    return LC_OK;
}
