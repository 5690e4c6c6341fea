// What the formats share: a file as read, and the table of formats. Not for other rooms.
#ifndef LC_MIGRATION_INTERNAL_H
#define LC_MIGRATION_INTERNAL_H

#include "migration/migration.h"

struct migration_input { // one file as read
    const char *path;
    const char *folder; // the folder given on the command line that it was found in; NULL: it was named itself
    const char *text;   // NUL-terminated, valid UTF-8, no byte order mark
    size_t size;
    int *units; // the last number given to a transaction or string of this run
};

enum migration_versions { // of a folder's files, the number that their names begin with
    VERSIONS_ANY,
    VERSIONS_ONCE,        // each once
    VERSIONS_WITHOUT_GAP, // 1, 2, 3, ...
};

struct migration_format {
    const char *name;
    // Does this file look like the format's? NULL: no; else the reason, for the user.
    const char *(*detect)(struct lc_arena *arena, const struct migration_input *in);
    // Cuts out and parses the up part; sets stmts, len and their wrap. `unit` is the number of the file's own transaction or string.
    enum lc_code (*read)(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                         int unit, struct migration_file *out, struct lc_error *err);
    // Is this file of the format no part of a deploy (a down migration)? NULL: every file is.
    bool (*skip)(const struct migration_input *in);
    // The order of a folder's files. NULL: by name, runs of digits by their value.
    int (*compare)(const char *a, const char *b);
    enum migration_session session; // of each of its files; a reader may say otherwise
    bool groups;                    // all pending files share one transaction (node-pg-migrate, Drizzle, ...)
    bool adopts;                    // a file without marks of its own is the format's, too, when others beside it are
    bool nested;                    // the framework looks into folders at any depth
    bool one_database;              // folders in the folder are databases: only one of them is read at a time
    // Extensions of migrations written in code that lie beside the others (".go", several with blanks between); NULL: there are none.
    const char *code;
    // Is the file one that the framework runs before (-1) or after (1) every migration, in its transaction? NULL: there are none.
    int (*around)(const char *name);
    bool (*runs_alone)(const char *name); // then: is it none of the migrations?
    // Of a folder's files, does the framework run those of this name (without its folder)? NULL: all of them.
    bool (*looks_at)(const char *name);
    // A file that a database with history passes over, for it repeats what the files before it have done. NULL: there are none.
    bool (*stands_for_all_before)(struct lc_arena *arena, const struct migration_input *in);
    const char *needs_in_folder; // each folder in the folder has to have a file of this name; NULL: there is no such rule
    // Why the framework refuses the folder because of this file; NULL: it does not, or there is no such rule.
    const char *(*problem)(struct lc_arena *arena, const struct migration_input *in);
    const char *remedy; // of that problem
    enum migration_versions versions;
    int (*compare_versions)(const char *a, const char *b); // of two names, where `versions` needs it
};

extern const struct migration_format migration_plain, migration_sqitch, migration_rails, migration_alembic, migration_django;

extern const struct migration_format migration_goose, migration_sql_migrate, migration_dbmate, migration_tern,
    migration_node_pg_migrate, migration_drizzle, migration_sqlx, migration_golang_migrate, migration_prisma, migration_diesel,
    migration_flyway, migration_refinery, migration_atlas, migration_liquibase, migration_supabase, migration_hasura,
    migration_bun;

// A number for a transaction or a string that no other has.
int migration_new_unit(const struct migration_input *in);

// Parses a part of a file (offset, len, beginning on `line`, 1-based) and appends its statements, with lines as in the file.
enum lc_code migration_add_sql(struct lc_arena *arena, const struct migration_input *in, size_t offset, size_t len, int line,
                               enum migration_wrap wrap, int unit, struct migration_file *out,
                               struct lc_error *err) LC_MUST_CHECK;
// Appends a statement that cannot be known or that the framework refuses: it is reported as one that does not parse.
void migration_add_problem(struct lc_arena *arena, struct migration_file *out, int line, const char *text, const char *message,
                           const char *hint);
// One statement is no multi-statement string: from `first` on, a lone one runs by itself (exec_simple_query, tcop/postgres.c).
void migration_as_string(struct migration_file *out, int first, int unit);

// The value that the user gave a variable ("-v name=value"); NULL: none. `name` need not end with NUL.
const char *migration_variable(const struct migration_options *options, const char *name, size_t len);

#endif
