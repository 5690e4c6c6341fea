// A hash map in an arena, from strings or from integers to pointers. Iteration is in order of insertion, so output is stable.
#ifndef LC_BASE_MAP_H
#define LC_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct lc_map_entry {
    const char *key; // NULL in an integer map
    uint64_t number; // the key of an integer map; the hash in a string map
    void *value;     // NULL: deleted
};

struct lc_map_slot {
    uint32_t hash;
    int entry; // its index + 1, 0: free
};

struct lc_map {
    struct lc_arena *arena;
    struct lc_map_entry *entries; // in order of insertion
    int len, cap;
    struct lc_map_slot *slots;
    int nslots; // a power of two
};

// An empty map; it grows in the arena.
void lc_map_init(struct lc_map *map, struct lc_arena *arena);
// Empties it. What it has grown to stays, unless that is much: emptying it again and again would cost as much each time.
void lc_map_clear(struct lc_map *map);
// String keys. put keeps a pointer to `key`: it must live as long as the map. Putting NULL deletes. Both return the old value.
void *lc_map_get(const struct lc_map *map, const char *key);
void *lc_map_put(struct lc_map *map, const char *key, void *value);
// Integer keys; one map holds keys of one kind only.
void *lc_map_geti(const struct lc_map *map, uint64_t key);
void *lc_map_puti(struct lc_map *map, uint64_t key, void *value);

uint64_t lc_hash(const char *text); // FNV-1a, 64 bits: stable over releases

// for (LC_EACH(e, &map)) ... e->key, e->value; deleted entries are passed over by testing e->value.
// clang-format off
#define LC_EACH(e, map) const struct lc_map_entry *e = (map)->entries; e < (map)->entries + (map)->len; e++
// clang-format on

#endif
