// A query's FROM clause while the query is read: what its items are called and which columns they have. For expr_query.c only.
#ifndef LC_CATALOG_EXPR_FROM_H
#define LC_CATALOG_EXPR_FROM_H

#include "catalog/expr_tree.h"

struct columns LC_ARRAY(struct cat_attribute);

struct star { // one column that * stands for
    const char *name;
    Oid type;
    int typmod;
};
struct stars LC_ARRAY(struct star);

struct from { // a FROM clause while it is read
    struct analysis *a;
    struct cat_scope scope;
    struct cat_items LC_ARRAY(struct cat_scope_item) items;
    struct exprs *exprs;
    bool keep_unknown;
};

// Adds one output column; name NULL: "?column?".
void columns_add(struct analysis *a, struct columns *cols, const char *name, Oid type, int typmod);
// The columns of an item under the names of its alias: `cols` itself where that has none, else a copy.
const struct cat_attribute *columns_renamed(struct analysis *a, const Alias *alias, const struct cat_attribute *cols, int n);
// Adds the columns of a row that an expression gives: of a composite type, or a function's OUT arguments. False: it is no such row.
bool columns_of_row(struct analysis *a, const struct expr *e, struct columns *cols);
// Adds what * stands for in one item.
void stars_of_item(struct analysis *a, const struct cat_scope_item *item, struct stars *out);

void from_push_expr(struct analysis *a, struct exprs *exprs, struct expr *e); // exprs may be NULL
void from_add_item(struct from *f, struct cat_scope_item item);               // seen by what follows
// Reads an item of the clause, and adds what * stands for there to `out`.
void from_relation(struct from *f, const RangeVar *rv, struct stars *out); // a table, or a WITH query of the name
void from_item(struct from *f, const Node *node, struct stars *out);       // any

#endif
