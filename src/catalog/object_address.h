// Which object a statement names: get_object_address (catalog/objectaddress.c) and RemoveRelations' look-up (commands/tablecmds.c).
#ifndef LC_CATALOG_OBJECT_ADDRESS_H
#define LC_CATALOG_OBJECT_ADDRESS_H

#include "catalog/catalog.h"

struct cat_target {
    struct cat_address address;          // class CAT_NONE: there is no such object, or none that the catalogue keeps
    const struct cat_relation *relation; // that it belongs to, or that it is; NULL: none
    bool kept;                           // false: the catalogue does not keep objects of this kind (roles, databases, ...)
};

// `object` as the grammar gives it: a List of String, a TypeName, an ObjectWithArgs, a String.
// An object that is missing is an error with the server's message and SQLSTATE, unless missing_ok.
enum lc_code cat_object_address(const struct catalog *cat, ObjectType type, const Node *object, bool missing_ok,
                                struct cat_target *target, struct lc_error *err) LC_MUST_CHECK;
// For DROP of a relation: the kind must be the one that the statement says ("x" is not a view).
enum lc_code cat_drop_target(const struct catalog *cat, ObjectType type, const Node *object, bool missing_ok,
                             struct cat_target *target, struct lc_error *err) LC_MUST_CHECK;

// The function of exactly these arguments (LookupFuncWithArgs, parser/parse_func.c); NULL: none, or several without arguments given.
const struct cat_proc *cat_find_function(const struct catalog *cat, const ObjectWithArgs *func);
// An object of class CAT_OTHER by what it is ("server", "language", ...).
const struct cat_other *cat_find_what(const struct catalog *cat, const char *what, const char *schema, const char *name);
// CAT_OTHER's `what` for an object type; NULL: not of that class.
const char *cat_what(ObjectType type);
// "is not a view", of a relation of another kind than the statement names; NULL: it is of that kind.
const char *cat_wrong_kind(ObjectType type, const struct cat_relation *rel);
bool cat_is_relation_type(ObjectType type); // TABLE, VIEW, INDEX, ...
// "orders" of app.orders, as messages have it; the last name of a list, a type, a function.
const char *cat_object_name(const Node *object);
// The items of a List node; an empty list for anything else.
NodeList cat_node_list(const Node *node);
// The RangeVar that a list of names stands for (makeRangeVarFromNameList).
RangeVar *cat_make_rangevar(struct lc_arena *arena, const NodeList *names);
RangeVar *cat_make_rangevar_n(struct lc_arena *arena, const NodeList *names, int n); // of the first n names

#endif
