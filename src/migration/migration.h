// Files and folders in, an ordered list of statements out, with the transactions that their framework runs them in.
//
// One file per format (format_goose.c, format_flyway.c, ...). A format cuts the up part out of a file, says which statements share a
// transaction, and why it was chosen; it knows nothing of locks.
#ifndef LC_MIGRATION_MIGRATION_H
#define LC_MIGRATION_MIGRATION_H

#include "base/arena.h"
#include "base/error.h"
#include "sql/sql.h"

enum migration_wrap {
    MIGRATION_AUTOCOMMIT,  // each statement by itself; BEGIN and COMMIT in the file count
    MIGRATION_TRANSACTION, // the framework opens a transaction around it
    MIGRATION_IMPLICIT,    // one multi-statement string: an implicit transaction (BEGIN inside makes it explicit)
};

enum migration_tx_choice { MIGRATION_TX_AUTO, MIGRATION_TX_FILE, MIGRATION_TX_ALL, MIGRATION_TX_NONE };

enum migration_session {       // that a file is run in
    MIGRATION_SESSION_GOES_ON, // that of the file before it, with what this one SET
    MIGRATION_SESSION_SAME,    // the same, but search_path and role are set back first
    MIGRATION_SESSION_RESET,   // the same, but RESET ALL comes first
    MIGRATION_SESSION_OWN,     // one of its own
};

struct migration_stmt {
    struct lc_sql_stmt sql; // line: in the file as the user has it
    enum migration_wrap wrap;
    int unit;         // statements of the same number share the framework's transaction or string; 0: none
    bool in_batches;  // its rows change in batches that commit
    bool new_session; // psql has connected to the same database again before it
    double batch_ms;  // a batch of the statement, which takes about so long, for it follows its own time; 0: the statement
};

struct migration_suppression {         // -- lockcast: ignore RULE reason="..." until=YYYY-MM-DD
    const char *rule, *reason, *until; // reason, until: NULL when absent
    int line;                          // of the comment; it holds for the next statement
};

struct migration_file {
    const char *path;   // as the user gave it (folder plus name)
    const char *format; // "plain", "goose", ...
    const char *reason; // "detected: '-- +goose Up' at line 1", "chosen by --input-format"
    enum migration_session session;
    struct migration_stmt *stmts;
    int len, cap;
    struct migration_suppression *suppressions;
    int nsuppressions;
    const char *text; // the whole file as read
    size_t size;
};

struct migration_set {
    struct migration_file *files;
    int len;
};

struct migration_options {
    const char *input_format; // NULL: detect
    enum migration_tx_choice transaction;
    const char *const *variables; // name=value, for psql variables and placeholders
    int nvariables;
};

// Reads paths (files, folders, "-" for standard input) in the order given, a folder in its framework's order. Fails on a path that
// cannot be read or is no text (NUL byte, invalid UTF-8, too large): file and line are in err.
enum lc_code migration_read(struct lc_arena *arena, const char *const *paths, int npaths, const struct migration_options *options,
                            struct migration_set *out, struct lc_error *err) LC_MUST_CHECK;

// The names that --input-format takes, NULL-terminated.
const char *const *migration_formats(void);

#endif
