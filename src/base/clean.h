// Untrusted text made fit to be shown: SQL, names and messages come from strangers.
#ifndef LC_BASE_CLEAN_H
#define LC_BASE_CLEAN_H

#include <stddef.h>

#include "base/str.h"

// Appends `text` without control characters (C0, C1, DEL), bidirectional overrides, zero-width and tag characters; blanks of all kinds and
// line ends become one space; what is not UTF-8 becomes U+FFFD. So the result is one line that cannot steer a terminal or a reader.
void lc_clean_line(struct lc_str *out, const char *text);
// The same, but line feeds and tabs stay: for blocks of SQL.
void lc_clean_block(struct lc_str *out, const char *text);
// Code points in a valid UTF-8 text: what it takes in columns, near enough for ASCII-mostly text.
size_t lc_columns(const char *text);
// At most `columns` of `text` (valid UTF-8), with "..." at the end when it was cut.
const char *lc_cut(struct lc_arena *arena, const char *text, size_t columns);

#endif
