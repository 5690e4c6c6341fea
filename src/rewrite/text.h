// Cutting SQL texts: lists at their commas, a clause at its keyword, one column's name for another's. Not for other rooms.
#ifndef LC_REWRITE_TEXT_H
#define LC_REWRITE_TEXT_H

#include "base/arena.h"
#include "sql/nodes.h"
#include "sql/sql.h"

struct rw_texts LC_ARRAY(const char *);

// Where the name that starts at `at` (a RangeVar's location) ends: "schema"."table" and a following *.
size_t rw_name_end(const char *text, size_t at);
// The list that starts at `at`, cut at its commas outside of parentheses; blanks and comments around the parts are left out.
void rw_split_list(struct lc_arena *arena, const char *text, size_t at, struct rw_texts *out);
// Where the keyword stands outside of parentheses at or after `at`; the text's length: nowhere.
size_t rw_find_keyword(const char *text, size_t at, const char *word);
// text[from, to) without blanks and comments at both ends.
const char *rw_cut(struct lc_arena *arena, const char *text, size_t from, size_t to);

// The definition of an index (pg_get_indexdef) or a CREATE INDEX, from its ON to its end, or of a constraint (pg_get_constraintdef), with column
// `from` called `to`. `name` other than NULL: an index definition gets that name and becomes CONCURRENTLY. NULL where it cannot be told.
const char *rw_index_with_column(struct lc_arena *arena, const char *def, const char *from, const char *to, const char *name);
const char *rw_check_with_column(struct lc_arena *arena, const char *def, const char *from, const char *to);
// Of a foreign key: its own columns, or (referenced) those of the other table.
const char *rw_foreign_key_with_column(struct lc_arena *arena, const char *def, bool referenced, const char *from,
                                       const char *to);

// A dollar quote ($lockcast$, $lockcast1$, ...) that does not occur in the text.
const char *rw_dollar(struct lc_arena *arena, const char *text);

// "-- " before each line, a line feed after each.
const char *rw_comment(struct lc_arena *arena, const char *text);

#endif
