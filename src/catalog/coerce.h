// Type conversion and the choice among functions and operators of one name. Not for other rooms: expr.h has what they need.
#ifndef LC_CATALOG_COERCE_H
#define LC_CATALOG_COERCE_H

#include "catalog/expr.h"

#define FUNC_MAX_ARGS 100

Oid coerce_element_type(const struct catalog *cat, Oid type);               // InvalidOid: not an array
char coerce_category(const struct catalog *cat, Oid type, bool *preferred); // typcategory; preferred may be NULL
bool coerce_is_composite(const struct catalog *cat, Oid type);
bool coerce_is_polymorphic(Oid type);
const struct cat_cast *coerce_find_cast(const struct catalog *cat, Oid source, Oid target); // the row of pg_cast, NULL: none
bool coerce_can(const struct catalog *cat, int n, const Oid *source, const Oid *target, char context); // can_coerce_type
bool coerce_is_binary(const struct catalog *cat, Oid source, Oid target);                              // IsBinaryCoercible
Oid coerce_common_type(const struct catalog *cat, const Oid *types, int n); // select_common_type; InvalidOid: they do not match
// check_generic_type_consistency, enforce_generic_type_consistency: do the actual types fit the polymorphic ones, and what is *result then?
bool coerce_resolve_generics(const struct catalog *cat, int n, const Oid *actual, const Oid *declared, Oid *result);

// The same, and the polymorphic ones of `declared` become the actual ones.
bool coerce_resolve_declared(const struct catalog *cat, int n, const Oid *actual, Oid *declared);

struct func_candidate {
    Oid oid;   // InvalidOid: several fit equally well
    Oid *args; // as many as the call has, VARIADIC ones expanded
    int nargs, pathpos, nvargs, ndargs;
    const int *map; // of a call with named arguments: the parameter that argument i of the call is for; NULL: in order
};

// func_match_argtypes and func_select_candidate: the index of the best candidate, -1: none or ambiguous.
// Its own lists are in the catalogue's scratch arena: whoever calls it takes that back.
int func_select(const struct catalog *cat, const Oid *argtypes, int nargs, struct func_candidate *candidates, int n);

struct func_call {
    const char *schema, *name;
    const Oid *argtypes;
    int nargs;
    const char *const *argnames; // NULL items: by position; NULL: none is named
    bool variadic;               // VARIADIC array: not expanded
    struct lc_arena *arena;      // of what is found; NULL: the catalogue's
};
struct func_found {
    const struct cat_proc *proc; // NULL: a coercion to `type`, or nothing
    Oid type;                    // of the result, polymorphic types resolved; InvalidOid: nothing found
    Oid *declared;               // the types the arguments are converted to, in the order of the call
    int ndargs;                  // how many defaults are used
    const int *map;              // see func_candidate
};
// The function that a call means (func_get_detail, parse_func.c).
struct func_found func_find(const struct catalog *cat, const struct func_call *call);

#endif
