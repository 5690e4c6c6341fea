// How many values a row has: VALUES lists of one length, INSERT's columns and what is put into them (parser/analyze.c).
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
