// Formats whose files are cut by comment lines ("-- +goose Up"): a table of markers each, one reader for all.
#ifndef LC_MIGRATION_MARKERS_H
#define LC_MIGRATION_MARKERS_H

#include "migration/internal.h"

enum marker_action {
    MARKER_UP,    // what follows is run
    MARKER_DOWN,  // what follows is not
    MARKER_BEGIN, // what follows, to MARKER_END, is sent as one string
    MARKER_END,
    MARKER_NO_TX,   // the file runs in no transaction
    MARKER_ENV,     // from here on $NAME is filled in
    MARKER_ENV_END, // to here
    MARKER_IGNORE,
};

struct marker {
    const char *text; // the line begins so; one blank stands for any number
    enum marker_action action;
    bool whole; // the line is nothing else
};

enum marker_strings {  // what is sent as one string where there is no transaction
    STRINGS_STATEMENT, // each statement
    STRINGS_LINE,      // up to a line that ends with a semicolon
    STRINGS_SECTION,   // all between two markers
};

enum marker_spelling {
    SPELLING_FREE,   // letters in either case, blanks before the mark
    SPELLING_EITHER, // letters in either case, at the beginning of the line
    SPELLING_CASE,   // letters as they are, at the beginning of the line
    SPELLING_EXACT,  // so, and one blank is one blank
};

struct marker_rules {
    const struct marker *markers;
    int n;
    enum marker_spelling spelling;
    const char *word; // a comment line with this word that is none of the markers is refused ("+goose"); NULL: it is a comment
    const char *comments;     // STRINGS_LINE: see pieces_by_line
    bool once;                // a file has one up part, and one down part behind it
    bool needs_down;          // an up part without a down part is refused
    bool starts_with_up;      // statements before it are refused
    bool up_from_start;       // true: a file is up until a marker says otherwise, unless it has an up marker
    enum migration_wrap wrap; // of a file without MARKER_NO_TX
    enum marker_strings strings;
    const char *prefix, *suffix; // of placeholders; NULL: the framework has none
    const char *no_tx_word;      // a word on the MARKER_UP line that means no transaction ("notransaction"); NULL: none
};

// The line (1-based) of the first marker of the rules that the file has; 0: none.
int marker_find(const struct migration_input *in, const struct marker_rules *rules);
enum lc_code marker_read(struct lc_arena *arena, const struct migration_input *in, const struct marker_rules *rules,
                         const struct migration_options *options, int unit, struct migration_file *out,
                         struct lc_error *err) LC_MUST_CHECK;

// A section of SQL without markers, wrapped by what the format says.
enum lc_code whole_read(struct lc_arena *arena, const struct migration_input *in, enum migration_wrap wrap, int unit,
                        struct migration_file *out, struct lc_error *err) LC_MUST_CHECK;
// The last component of a path, and whether it looks like digits, then `separator`, then a name.
const char *file_name(const char *path);
bool is_numbered(const char *name, char separator);
// Is a file of this name one of golang-migrate or sqlx (x.up.sql), diesel, Prisma or Flyway, whatever its comments and what lies beside it?
bool is_named_by_framework(const char *name);
#define BESIDE_MAX 262144
// A file beside `path` ("metadata.toml"), its first BESIDE_MAX bytes; NULL: there is none.
const char *read_beside(struct lc_arena *arena, const char *path, const char *name);
// Replaces each `delimiter` that ends a line of text[from..to) by a semicolon and blanks.
void semicolons_for(char *text, size_t from, size_t to, const char *delimiter);
// Does a configuration (may be NULL) have a line key=value or key: value? Letters of the value in either case.
bool conf_has(const char *conf, const char *key, const char *value);
// Does the project's file (Cargo.toml, go.mod) in the folder of `path` or up to three above it have this word?
bool project_has(struct lc_arena *arena, const char *path, const char *file, const char *word);

#endif
