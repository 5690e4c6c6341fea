// Scripts as psql reads them: variables, backslash commands, rows of COPY (src/fe_utils/psqlscan.l, src/bin/psql/command.c).
#ifndef LC_MIGRATION_PSQL_H
#define LC_MIGRATION_PSQL_H

#include "base/map.h"
#include "migration/source.h"

#define PSQL_MAX_IF 64
#define PSQL_MAX_DEPTH 16 // of included files

struct psql_if {
    bool active; // this branch is run
    bool taken;  // an earlier branch was; what is not known counts as both
    bool outer;  // the text around is run
};

struct psql {
    struct lc_arena *arena;
    struct lc_map *variables; // shared with included files
    struct migration_source source;
    const char *root; // included files must lie below the folder of this file, or below the working folder
    int depth;
    int *includes;
    struct psql_if ifs[PSQL_MAX_IF];
    int nifs;
    size_t at;   // the next byte of the file
    size_t stmt; // where the statement at hand begins in the new text
    int words;   // of the statement at hand
    int parens;
    bool copy, from, from_stdin; // it is COPY; the last word was FROM; it has FROM STDIN
    bool no_end;                 // no \. comes any more
    bool quit;
};

// Reads a whole file into p->source.
void psql_read(struct psql *p, const struct migration_input *in);
bool psql_active(const struct psql *p);
// The backslash command at p->at.
void psql_command(struct psql *p);
// What `:name`, :'name', :"name" or :{?name} at `at` (before `end`) stands for; NULL: nothing. Sets the bytes it takes.
const char *psql_variable(struct psql *p, size_t at, size_t end, size_t *len);
void psql_statement_ends(struct psql *p);
// Passes over rows of COPY, which begin on the next line.
void psql_skip_rows(struct psql *p);

// Statements of a script, each by itself unless it says BEGIN.
enum lc_code psql_statements(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                             struct migration_file *out, struct lc_error *err) LC_MUST_CHECK;

#endif
