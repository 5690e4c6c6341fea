// A second table in place of the first: what making it (recipe_copy.c) and putting it there (copy_swap.c) share. Not for other rooms.
#ifndef LC_REWRITE_COPY_H
#define LC_REWRITE_COPY_H

#include "rewrite/internal.h"

struct copy {
    struct rw *rw;
    const struct rw_stmt *s;
    const struct cat_relation *rel;
    const struct rw_copy *change;
    const char *schema, *name, *table, *fn, *trigger; // name is not qualified; table and fn are
    const char *alias;                                // of the first table in `values`
    struct cat_attnums key;
    struct lc_str columns, values, set;      // "a, b"; "t.a, t.b"; "a = EXCLUDED.a, b = EXCLUDED.b": without generated ones
    struct lc_str make, locks, drop, rename; // for the second table; of the swap: other tables, their old keys, the new names
    bool views;                              // some read the table
    bool published;                          // by its name
};

// The step that puts the second table in place of the first.
void rw_copy_swap(struct copy *c, const char *rollback);

#endif
