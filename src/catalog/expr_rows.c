// Rows that are written: VALUES lists of one length, INSERT's columns and what is put into them (parser/analyze.c), and of which type that may be
// (parser/parse_target.c).
#include "catalog/expr_tree.h"

#include <string.h>

#include "base/str.h"
#include "catalog/internal.h"
#include "catalog/oids.h"

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

// --- types -------------------------------------------------------------------------------------------------------------------

static bool is_open(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return !t || expr_type_is_open(t);
}

static bool fits_row(const struct catalog *cat, Oid base)
{
    const struct cat_type *t = cat_type(cat, base);

    return !t || !strchr("be", t->typtype);
}

// transformAssignedExpr: a value is cast to the column's type by assignment.
static void check_assigned(struct analysis *a, const struct cat_attribute *att, Oid type)
{
    Oid base = att ? cat_base_type(a->cat, att->type, NULL) : InvalidOid;

    if (!a->names || !base || !type || type == UNKNOWNOID || type == att->type || is_open(a->cat, base))
        return;
    if (type == RECORDOID ? fits_row(a->cat, base)
                          : is_open(a->cat, type) || cat_find_coercion(a->cat, type, att->type, 'a', NULL) != CAT_COERCE_NONE)
        return;
    expr_refuse(a, "42804",
                lc_printf(a->arena, "column \"%s\" is of type %s but expression is of type %s", att->name,
                          cat_format_type(a->cat, att->type, -1), cat_format_type(a->cat, type, -1)));
}

static const struct cat_attribute *insert_target(const struct cat_relation *rel, const NodeList *cols, int at)
{
    const ResTarget *t = at < cols->length ? LIST_GET(ResTarget, cols, at) : NULL;

    if (cols->length)
        return t && !t->indirection.length ? cat_find_column(rel, t->name) : NULL;
    for (int i = 0; i < rel->natts; i++)
        if (!rel->attrs[i].isdropped && at-- == 0)
            return &rel->attrs[i];
    return NULL;
}

void expr_check_row(struct analysis *a, const struct cat_scope *scope, const struct cat_relation *rel, const NodeList *cols,
                    const NodeList *row)
{
    for (LIST_EACH(i, row)) {
        const Node *value = row->items[i];
        if (is_star(value))
            return;
        if (!IsA(value, SetToDefault))
            check_assigned(a, insert_target(rel, cols, i), expr_analyze(a, scope, value)->type);
    }
}

// transformInsertStmt: each of several rows for itself.
void expr_check_inserted(struct analysis *a, const struct cat_scope *outer, const InsertStmt *s, const struct cat_relation *rel,
                         const struct cat_attribute *given, int n)
{
    const SelectStmt *select = AS(SelectStmt, s->selectStmt);

    if (!a->names || !select)
        return;
    for (LIST_EACH(i, &select->valuesLists)) {
        const List *row = LIST_GET(List, &select->valuesLists, i);
        if (row && !select->withClause)
            expr_check_row(a, outer, rel, &s->cols, &row->items);
    }
    for (int i = 0; i < n && !select->valuesLists.length; i++)
        check_assigned(a, insert_target(rel, &s->cols, i), given[i].type);
}

void expr_check_set(struct analysis *a, const struct cat_relation *rel, const NodeList *set, const struct cat_attribute *given,
                    int n)
{
    for (int i = 0; rel && n == set->length && i < n; i++) {
        const ResTarget *t = LIST_GET(ResTarget, set, i);
        if (t && t->name && !t->indirection.length && !IsA(t->val, SetToDefault) && !IsA(t->val, MultiAssignRef))
            check_assigned(a, cat_find_column(rel, t->name), given[i].type);
    }
}
