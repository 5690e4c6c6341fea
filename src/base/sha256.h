// SHA-256 of texts, as hex and as base64.
#ifndef LC_BASE_SHA256_H
#define LC_BASE_SHA256_H

#include "base/arena.h"

// 64 digits; and the same 32 bytes in 44 characters.
const char *lc_sha256_hex(struct lc_arena *arena, const char *text);
const char *lc_sha256_base64(struct lc_arena *arena, const char *text);

#endif
