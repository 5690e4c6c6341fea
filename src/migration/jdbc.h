// What PostgreSQL's JDBC driver makes of a text before it sends it.
#ifndef LC_MIGRATION_JDBC_H
#define LC_MIGRATION_JDBC_H

#include "base/arena.h"

// Operators with ?? are those with ? (jsonb ?? 'key'), outside of quotes and comments. Bytes keep their places, but for the operator's own.
void jdbc_operators(char *text, size_t size);

#endif
