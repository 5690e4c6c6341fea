// Open addressing, at most half full.
#include "base/intmap.h"

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0x9E3779B97F4A7C15);
    return x ^ (x >> 32);
}

void lc_intmap_init(struct lc_intmap *map, struct lc_arena *arena)
{
    *map = (struct lc_intmap){.arena = arena};
}

static struct lc_intmap_slot *find(const struct lc_intmap *map, uint64_t key)
{
    for (uint64_t i = mix(key);; i++) {
        struct lc_intmap_slot *slot = &map->slots[i & (map->nslots - 1)];

        if (!slot->value || slot->key == key)
            return slot;
    }
}

void *lc_intmap_get(const struct lc_intmap *map, uint64_t key)
{
    return map->nslots ? find(map, key)->value : NULL;
}

static void grow(struct lc_intmap *map)
{
    struct lc_intmap old = *map;

    map->nslots = old.nslots ? old.nslots * 2 : 16;
    map->slots = LC_NEW_ARRAY(map->arena, struct lc_intmap_slot, map->nslots);
    for (uint32_t i = 0; i < old.nslots; i++)
        if (old.slots[i].value)
            *find(map, old.slots[i].key) = old.slots[i];
}

void *lc_intmap_put(struct lc_intmap *map, uint64_t key, void *value)
{
    struct lc_intmap_slot *slot;
    void *old;

    if (map->len >= map->nslots / 2)
        grow(map);
    slot = find(map, key);
    old = slot->value;
    map->len += !old;
    *slot = (struct lc_intmap_slot){key, value};
    return old;
}
