// UTF-8: is it, how long is a character, and text made valid where it is not.
#ifndef LC_BASE_UTF8_H
#define LC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

// Bytes of the character at `text`, 0 when it is not one: overlong forms, surrogates and what lies beyond U+10FFFF are none.
size_t lc_utf8_length(const char *text, size_t rest);
bool lc_utf8_valid(const char *text, size_t len);
// The text itself when it is valid; else a copy with U+FFFD for each byte that is not.
const char *lc_utf8_clean(struct lc_arena *arena, const char *text);

#endif
