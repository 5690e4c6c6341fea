// For the sql room only: libpg_query's JSON to structs.
#ifndef LC_SQL_DECODE_H
#define LC_SQL_DECODE_H

#include "base/arena.h"
#include "base/error.h"
#include "sql/nodes.h"

#define LC_SQL_MAX_DEPTH 4000 // nodes below one another: a deeper tree is refused, because every walk over it recurses

// Tags of names that were read before: each kind of node comes again and again. Empty: {0}.
struct lc_tags {
    uint16_t found[128];
};

// The statements (a list of RawStmt) of pg_query_parse's answer for the text `source`.
enum lc_code lc_decode(struct lc_arena *arena, struct lc_tags *tags, const char *json, const char *source, NodeList *stmts,
                       struct lc_error *err) LC_MUST_CHECK;

#endif
