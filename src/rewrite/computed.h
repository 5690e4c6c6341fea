// A change that is computed first, into a table, and then done in batches: what its recipes share. Not for other rooms.
#ifndef LC_REWRITE_COMPUTED_H
#define LC_REWRITE_COMPUTED_H

#include "rewrite/internal.h"

#define ROW "lockcast_row" // how the table of results is called

struct computed {
    struct rw *rw;
    const struct rw_stmt *s;
    const RangeVar *target;
    const NodeList *from;                         // FROM or USING
    const char *alias;                            // quoted
    const char *with;                             // "WITH ... " or ""
    const char *target_text;                      // "ONLY t AS o"
    const char *from_text;                        // NULL: none
    const char *where_text;                       // NULL: none
    struct rw_texts keys;                         // quoted
    struct rw_texts equals;                       // the operator that compares each
    struct rw_texts columns;                      // of an UPDATE: quoted
    struct rw_texts values;                       // as written
    struct lc_str types;                          // of the keys and values: "k1 bigint, v1 text"
    struct lc_str set;                            // "a = lockcast_row.v1, ..."
    struct lc_str row;                            // what is computed for each row
    const char *table;                            // of the results: qualified
    bool unchanged;                               // only a row that is still what it was
    const char *more_types, *more_row, *more_sql; // further columns, what is in them, what is done to the table; NULL: nothing
};

bool rw_computed_delete_start(struct computed *c, struct rw *rw, const struct rw_stmt *s); // false: there is no key to go by
void rw_compute(struct computed *c);                                                       // the step that fills c->table
const char *rw_computed_keys(const struct computed *c);                                    // "k1, k2"
const char *rw_computed_join(const struct computed *c); // "t.id = lockcast_row.k1 AND ", and that the row is what it was

#endif
