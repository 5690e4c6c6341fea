// A folder's migrations in the order in which its framework runs them.
#ifndef LC_MIGRATION_FOLDER_H
#define LC_MIGRATION_FOLDER_H

#include "migration/internal.h"

struct migration_entry { // a file that is read, and how
    struct migration_input in;
    const struct migration_format *format;
    const char *reason;
    const char *problem; // why the framework refuses the folder because of this file; NULL: it does not
    const char *remedy;  // then: what to do
    bool in_code;        // it is written in code, and not read
    bool joins;          // it runs in the transaction and session of the file before it
    bool around;         // it runs around a migration, in a transaction if that one does
};

struct migration_entries LC_ARRAY(struct migration_entry);

// The format that fits the file best, with the reason for the user. `wanted` (may be NULL) decides without a look.
const struct migration_format *migration_choose(struct lc_arena *arena, const struct migration_input *in,
                                                const struct migration_format *wanted, const char **reason);

// Appends what a deploy of the folder runs.
enum lc_code migration_read_folder(struct lc_arena *arena, const char *folder, const struct migration_format *wanted,
                                   struct migration_entries *out, struct lc_error *err) LC_MUST_CHECK;

// Orders of file names. By number: runs of digits by their value.
int compare_by_number(const char *a, const char *b);
int compare_bytes(const char *a, const char *b);
// The folder that the file lies in, with what follows ("1_x/up.sql" of "a/1_x/up.sql").
const char *folder_name(const char *path);
int compare_diesel(const char *a, const char *b);
int compare_flyway(const char *a, const char *b);
// Of the number that names begin with, and of Flyway's versions; what is no version differs.
int compare_numbers(const char *a, const char *b);
int compare_flyway_versions(const char *a, const char *b);
int compare_diesel_versions(const char *a, const char *b);

#endif
