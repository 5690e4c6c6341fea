// Stored trees: a copy whose relation names mean the same for ever, and what it depends on.
#ifndef LC_CATALOG_BIND_H
#define LC_CATALOG_BIND_H

#include "catalog/expr.h"

// Relations, columns, functions, operators and types that a statement (or a List of them, or RETURN) refers to; built-in ones left out.
void cat_body_dependencies(const struct catalog *cat, const Node *stmt, struct cat_addresses *out);
// The same of an expression over one table (NULL: over none).
void cat_expression_dependencies(const struct catalog *cat, const struct cat_relation *rel, const Node *expr,
                                 struct cat_addresses *out);
// A copy in which every relation is named with its schema, so that search_path does not matter any more.
Node *cat_bind_expression(struct catalog *cat, const Node *node);

#endif
