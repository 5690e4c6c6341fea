// Where a framework that cuts a text by itself (goose, sql-migrate, Liquibase) ends what it sends, which need not be where SQL ends.
#ifndef LC_MIGRATION_PIECES_H
#define LC_MIGRATION_PIECES_H

#include "migration/internal.h"

struct pieces {
    struct LC_ARRAY(size_t) ends; // offsets behind each piece, in order
    size_t rest;                  // where what no semicolon ends begins; SIZE_MAX: there is none
};

// Behind each line of text[from..to) that ends with a semicolon. `comments`: lines that begin so are not looked at; NULL: goose, which
// passes over comments before a statement only.
void pieces_by_line(struct lc_arena *arena, const char *text, size_t from, size_t to, const char *comments, struct pieces *out);
// Behind each semicolon that is outside of quotes, comments and BEGIN ... END. Liquibase knows no dollar quotes.
void pieces_by_semicolon(struct lc_arena *arena, const char *text, size_t from, size_t to, struct pieces *out);

// Statements from `first` on that a piece ends inside of are not sent whole: they become problems.
void pieces_refuse(struct lc_arena *arena, const struct migration_input *in, const struct pieces *pieces, int first,
                   const char *hint, struct migration_file *out);
// Statements from `first` on that no piece ends between are sent as one string.
void pieces_join(const struct migration_input *in, const struct pieces *pieces, int first, struct migration_file *out);

#endif
