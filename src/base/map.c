// Open addressing over an array of entries kept in order of insertion.
#include "base/map.h"

#include <string.h>

#define MOST_CLEARED 256 // slots

uint64_t lc_hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        h = (h ^ *p) * UINT64_C(1099511628211);
    return h;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    return x ^ (x >> 33);
}

void lc_map_init(struct lc_map *map, struct lc_arena *arena)
{
    *map = (struct lc_map){.arena = arena};
}

void lc_map_clear(struct lc_map *map)
{
    if (map->nslots > MOST_CLEARED) {
        lc_map_init(map, map->arena);
        return;
    }
    map->len = 0;
    if (map->nslots)
        memset(map->slots, 0, (size_t)map->nslots * sizeof *map->slots);
}

// Half the hash stands in the slot itself: most entries that are not the one are passed over without being looked at.
static struct lc_map_slot *find_slot(const struct lc_map *map, const char *key, uint64_t number)
{
    uint64_t hash = mix(number);

    for (uint64_t i = hash;; i++) {
        struct lc_map_slot *slot = &map->slots[i & (uint64_t)(map->nslots - 1)];
        const struct lc_map_entry *e;

        if (!slot->entry)
            return slot;
        e = &map->entries[slot->entry - 1];
        if (slot->hash == (uint32_t)(hash >> 32) && e->number == number && (!key || strcmp(e->key, key) == 0))
            return slot;
    }
}

static void take_slot(struct lc_map_slot *slot, uint64_t number, int entry)
{
    *slot = (struct lc_map_slot){(uint32_t)(mix(number) >> 32), entry};
}

static void rehash(struct lc_map *map)
{
    map->nslots = map->nslots ? map->nslots * 2 : 16;
    map->slots = LC_NEW_ARRAY(map->arena, struct lc_map_slot, map->nslots);
    for (int n = 0; n < map->len; n++) {
        uint64_t i = mix(map->entries[n].number);

        while (map->slots[i & (uint64_t)(map->nslots - 1)].entry) // no two entries are equal
            i++;
        take_slot(&map->slots[i & (uint64_t)(map->nslots - 1)], map->entries[n].number, n + 1);
    }
}

static void *get(const struct lc_map *map, const char *key, uint64_t number)
{
    const struct lc_map_slot *slot;

    if (!map->len)
        return NULL;
    slot = find_slot(map, key, number);
    return slot->entry ? map->entries[slot->entry - 1].value : NULL;
}

static void *put(struct lc_map *map, const char *key, uint64_t number, void *value)
{
    struct lc_map_entry entry = {key, number, value};
    struct lc_map_slot *slot;
    void *old;

    if (map->len * 2 >= map->nslots)
        rehash(map);
    slot = find_slot(map, key, number);
    if (slot->entry) {
        old = map->entries[slot->entry - 1].value;
        map->entries[slot->entry - 1].value = value;
        return old;
    }
    if (map->len == map->cap)
        map->entries = lc_array_grow(map->arena, map->entries, &map->cap, map->len, sizeof entry);
    map->entries[map->len++] = entry;
    take_slot(slot, number, map->len);
    return NULL;
}

void *lc_map_get(const struct lc_map *map, const char *key)
{
    return get(map, key, lc_hash(key));
}

void *lc_map_put(struct lc_map *map, const char *key, void *value)
{
    return put(map, key, lc_hash(key), value);
}

void *lc_map_geti(const struct lc_map *map, uint64_t key)
{
    return get(map, NULL, key);
}

void *lc_map_puti(struct lc_map *map, uint64_t key, void *value)
{
    return put(map, NULL, key, value);
}
