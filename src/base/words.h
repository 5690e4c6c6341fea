// How figures are said, the same wherever a user reads them.
#ifndef LC_BASE_WORDS_H
#define LC_BASE_WORDS_H

#include "base/arena.h"
#include "base/lockmode.h"

const char *words_time(struct lc_arena *arena, double ms);     // "230 ms", "4.2 s", "3 min 20 s"
const char *words_bytes(struct lc_arena *arena, double bytes); // "12 MB"
const char *words_count(struct lc_arena *arena, double n);     // "1,204"
// What a lock mode keeps waiting: "every query", "every write".
const char *words_blocked_by(enum lc_lockmode mode);

#endif
