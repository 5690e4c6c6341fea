// Reading one migration file whole: what it may contain, and how large it may be.
#ifndef LC_MIGRATION_READ_FILE_H
#define LC_MIGRATION_READ_FILE_H

#include "migration/internal.h"

// Reads `path` ("-": standard input). LC_E_INPUT names file and line of a NUL byte or of invalid UTF-8.
enum lc_code migration_read_file(struct lc_arena *arena, const char *path, struct migration_input *out,
                                 struct lc_error *err) LC_MUST_CHECK;

#define MIGRATION_MAX_INCLUDES 1000 // files that one migration takes in, in all
// Does `path` lie in `folder` or below it, symbolic links resolved? A migration may not pull just any file of the machine into a report.
bool migration_lies_below(const char *path, const char *folder);

#endif
