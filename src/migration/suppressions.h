// Comments that silence a rule for the next statement: -- lockcast: ignore RULE[,RULE] reason="..." until=YYYY-MM-DD
#ifndef LC_MIGRATION_SUPPRESSIONS_H
#define LC_MIGRATION_SUPPRESSIONS_H

#include "migration/migration.h"

// Collects those of file->text.
void suppressions_find(struct lc_arena *arena, struct migration_file *file);

#endif
