// For the sql room only: where one statement ends and the next begins.
#ifndef LC_SQL_SPLIT_H
#define LC_SQL_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#define LC_SQL_MAX_TOKENS 5000000 // in a statement that is given to libpg_query: it needs some hundred bytes for each

struct lc_piece {
    size_t start, len; // first token to last, the semicolon left out; len 0: nothing but blanks and comments
    size_t next;       // where to go on
    int tokens;
    int depth;       // an upper bound of how deep the grammar nests it
    bool unbalanced; // the text ended inside of parentheses or a BEGIN ATOMIC block
};

// The statement that starts at `at`. `flat`: a semicolon always ends it, even inside of parentheses.
struct lc_piece lc_split_next(const char *text, size_t len, size_t at, bool flat);

#endif
