// Placeholders that frameworks fill in before they send a text: ${name}, {{.name}}. Values come from -v name=value and from the file.
#ifndef LC_MIGRATION_PLACEHOLDERS_H
#define LC_MIGRATION_PLACEHOLDERS_H

#include "base/map.h"
#include "migration/internal.h"

struct placeholders {
    const char *prefix, *suffix; // "$" and "": $name, ${name}, ${name:-default} and $$ for a dollar, as goose has them
    const struct migration_options *options;
    const struct lc_map *properties; // the file's own values; NULL: none
};

// As migration_add_sql, with placeholders filled in. One without a value stays, and the statement says so when it does not parse.
enum lc_code placeholders_add_sql(struct lc_arena *arena, const struct migration_input *in, const struct placeholders *style,
                                  size_t offset, size_t len, int line, enum migration_wrap wrap, int unit,
                                  struct migration_file *out, struct lc_error *err) LC_MUST_CHECK;

#endif
