// A migration file with some of its bytes replaced (variables, included files, \copy), and where each byte came from.
#ifndef LC_MIGRATION_SOURCE_H
#define LC_MIGRATION_SOURCE_H

#include "base/str.h"
#include "migration/internal.h"

struct source_edit {
    size_t at, len;        // in the new text
    size_t from, from_len; // the bytes of the file that it stands for
    bool verbatim;         // a statement made of it is shown as the file has it
};

struct migration_source {
    struct lc_arena *arena;
    const struct migration_input *in;
    struct lc_str text;                              // what the parser reads
    struct edits LC_ARRAY(struct source_edit) edits; // in order
    struct joins LC_ARRAY(size_t) joins;             // offsets in `text`: the statements on both sides are sent as one string
    size_t done;                                     // bytes of the file that `text` stands for
};

// A source that stands for nothing of the file yet.
void source_begin(struct migration_source *s, struct lc_arena *arena, const struct migration_input *in);
// The file's bytes up to `to`: as they are, as blanks (line breaks stay), or replaced.
void source_keep(struct migration_source *s, size_t to);
void source_blank(struct migration_source *s, size_t to);
void source_put(struct migration_source *s, size_t to, const char *text, size_t len, bool verbatim);
// Parses the text and appends its statements, placed where the file has them. Statements joined by \; share a string.
enum lc_code source_parse(struct migration_source *s, enum migration_wrap wrap, int unit, struct migration_file *out,
                          struct lc_error *err) LC_MUST_CHECK;

#endif
