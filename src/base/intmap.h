// A hash map in an arena, from integers to pointers, whose keys and values stand beside each other: a look-up touches one place of memory.
// Without order: what is gone through is a struct lc_map.
#ifndef LC_BASE_INTMAP_H
#define LC_BASE_INTMAP_H

#include <stdint.h>

#include "base/arena.h"

struct lc_intmap_slot {
    uint64_t key;
    void *value; // NULL: free
};

struct lc_intmap {
    struct lc_arena *arena;
    struct lc_intmap_slot *slots;
    uint32_t len, nslots; // nslots: 0 or a power of two
};

// An empty map; it grows in the arena.
void lc_intmap_init(struct lc_intmap *map, struct lc_arena *arena);
void *lc_intmap_get(const struct lc_intmap *map, uint64_t key); // NULL: it is not there
// `value` is not NULL. Returns the old one.
void *lc_intmap_put(struct lc_intmap *map, uint64_t key, void *value);

#endif
