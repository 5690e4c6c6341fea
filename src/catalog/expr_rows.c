// What is put into a table's columns: how many values a row has (VALUES lists of one length, INSERT's columns; parser/analyze.c) and of which types
// (parser/parse_target.c).
#include <string.h>

#include "catalog/expr_tree.h"

// row.* or (row).*, of which it is not told how many columns it stands for
static bool is_star(const Node *node)
{
    const ColumnRef *ref = AS(ColumnRef, node);
    const A_Indirection *ind = AS(A_Indirection, node);
    const NodeList *names = ref ? &ref->fields : ind ? &ind->indirection : NULL;

    return names && names->length && IsA(names->items[names->length - 1], A_Star);
}

// The length of a row; -1: it cannot be told.
static int row_length(const Node *row)
{
    const List *list = AS(List, row);
    int n = list ? list->items.length : 0;

    for (int i = 0; list && i < list->items.length; i++)
        if (is_star(list->items.items[i]))
            n = -1;
    return n;
}

// transformInsertStmt, transformValuesClause
void expr_check_values(struct analysis *a, const SelectStmt *s)
{
    int first = s->valuesLists.length ? row_length(s->valuesLists.items[0]) : -1;

    for (int i = 1; i < s->valuesLists.length && first >= 0; i++) {
        int n = row_length(s->valuesLists.items[i]);
        if (n >= 0 && n != first)
            expr_refuse(a, "42601", "VALUES lists must all be the same length");
    }
}

// transformInsertRow: `n` columns are given, 0: it is not known how many.
void expr_check_insert(struct analysis *a, const InsertStmt *s, const struct cat_relation *rel, int n)
{
    const SelectStmt *select = AS(SelectStmt, s->selectStmt);
    int named = s->cols.length, columns = 0;

    for (int i = 0; i < rel->natts; i++)
        columns += !rel->attrs[i].isdropped;
    for (int i = 0; select && i < select->valuesLists.length; i++)
        if (row_length(select->valuesLists.items[i]) < 0)
            return;
    if (!select || n <= 0)
        return;
    if (n > (named ? named : columns))
        expr_refuse(a, "42601", "INSERT has more expressions than target columns");
    else if (n < named)
        expr_refuse(a, "42601", "INSERT has more target columns than expressions");
}

// coerce_to_target_type of an assignment. What is not known, or not told of well enough (rows, pseudo-types), is let pass.
static bool fits(const struct catalog *cat, Oid type, Oid column)
{
    const struct cat_type *from = cat_type(cat, type), *to = cat_type(cat, column);

    if (!from || !to || type == UNKNOWNOID || strchr("pc", from->typtype) || to->typtype == 'p')
        return true;
    return type == column || cat_find_coercion(cat, type, column, 'a', NULL) != CAT_COERCE_NONE;
}

static void check_assigned(struct analysis *a, const struct cat_attribute *att, Oid type)
{
    if (att && !fits(a->cat, type, att->type))
        expr_refuse(a, "42804",
                    lc_printf(a->arena, "column \"%s\" is of type %s but expression is of type %s", att->name,
                              cat_format_type(a->cat, att->type, -1), cat_format_type(a->cat, type, -1)));
}

// transformAssignedExpr
void expr_check_set(struct analysis *a, const struct cat_relation *rel, const NodeList *set, const struct cat_attribute *values,
                    int n)
{
    for (int i = 0; a->names && rel && n == set->length && i < n; i++) {
        const ResTarget *t = LIST_GET(ResTarget, set, i);
        if (t && t->name && !t->indirection.length)
            check_assigned(a, cat_find_column(rel, t->name), values[i].type);
    }
}

static const struct cat_attribute *column_at(const struct cat_relation *rel, int n)
{
    for (int i = 0; i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && n-- == 0)
            return &rel->attrs[i];
    return NULL;
}

// transformInsertRow
void expr_check_insert_types(struct analysis *a, const struct cat_relation *rel, const NodeList *columns,
                             const struct cat_attribute *values, int n)
{
    if (columns->length) {
        expr_check_set(a, rel, columns, values, n);
        return;
    }
    for (int i = 0; a->names && rel && i < n; i++)
        check_assigned(a, column_at(rel, i), values[i].type);
}
