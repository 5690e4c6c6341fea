// The difference of two texts as `diff -u` prints it.
#ifndef LC_REWRITE_DIFF_H
#define LC_REWRITE_DIFF_H

#include "base/str.h"

// Appends nothing when the texts are equal.
void rewrite_diff(struct lc_arena *arena, const char *old_name, const char *new_name, const char *old_text, const char *new_text,
                  struct lc_str *out);

#endif
