// A type change by a second column: what its parts (the column, what hangs on it, the swap) share. Not for other rooms.
#ifndef LC_REWRITE_TYPE_CHANGE_H
#define LC_REWRITE_TYPE_CHANGE_H

#include "rewrite/internal.h"

struct type_change {
    struct rw *rw;
    const struct rw_stmt *s;
    const struct cat_relation *rel;        // the table that the statement names
    struct cat_oids tables;                // it and everything that inherits from it, children before parents
    const struct cat_attribute *att;       // of rel
    const char *table, *col;               // qualified; quoted
    const char *new_raw, *new;             // the new column: not quoted; quoted
    const char *fn, *trigger;              // qualified; not qualified
    const char *type;                      // with COLLATE, as written
    const char *value;                     // from the old column's row
    bool simple;                           // no USING
    struct lc_str locks;                   // of the swap: other tables
    struct lc_str drop_keys, drop_indexes; // before the column goes: foreign keys need the indexes
    struct rw_texts carried;               // indexes and constraints that are made anew: other swaps must leave them alone
    struct lc_str name_nulls, name_indexes, name_keys; // after, in this order
};

// What hangs on the column, made anew beside it: steps, and what the swap does about it. False: something cannot be.
bool rw_type_carry(struct type_change *c);
bool rw_type_index_uses(struct type_change *c, const struct cat_relation *rel, const struct cat_relation *index);
// The step that puts the new column in place of the old one.
void rw_type_swap(struct type_change *c);

#endif
