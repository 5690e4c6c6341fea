// For the sql room only: the inside of a PL/pgSQL function.
#ifndef LC_SQL_BODY_H
#define LC_SQL_BODY_H

#include "sql/sql.h"

// The text between the quotes of AS. Lines count from its first.
enum lc_code lc_body_parse(struct lc_arena *arena, const char *text, struct lc_body_item *body,
                           struct lc_error *err) LC_MUST_CHECK;

#endif
