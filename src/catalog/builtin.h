// Rows of data/*.tsv as objects of the catalogue. Not for other rooms.
#ifndef LC_CATALOG_BUILTIN_H
#define LC_CATALOG_BUILTIN_H

#include "catalog/catalog.h"

#define BUILTIN_FIELDS 24

// The number a field holds; 0 for an empty one.
Oid builtin_oid(const char *text);
// The object of one row; `fields` as the file's heading names them, after min and max.
struct cat_object *builtin_make(struct catalog *cat, enum cat_class class, Oid oid, char **fields);
// The line without its two versions, when `major` lies between them; else NULL.
const char *builtin_row_in_force(const char *line, int major);

// The line behind this one; the end of the text after the last.
const char *builtin_next_line(const char *line);
// The fields of a line, \t, \n and \\ of the generator undone; those that it does not have are empty. `fields` has BUILTIN_FIELDS items.
void builtin_split(struct lc_arena *arena, const char *line, char **fields);

#endif
