// One arena per run: memory that is freed all at once.
//
// Everything that lives as long as a run (parse trees, catalogue, forecast, report) comes from one arena, so there are no free
// paths to get wrong. An allocation never returns NULL: when the arena's maximum or the machine's memory is exhausted, the
// handler given at creation is called, and must not return (the command line prints "out of memory" and exits with 5).
#ifndef LC_BASE_ARENA_H
#define LC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

struct lc_arena;

typedef void (*lc_exhausted_fn)(void *context, size_t wanted_bytes);

// A new arena that may hold up to max_bytes. NULL only when not even its first block can be had.
struct lc_arena *lc_arena_new(size_t max_bytes, lc_exhausted_fn exhausted, void *context);
// Frees the arena and everything allocated from it. NULL is allowed.
void lc_arena_free(struct lc_arena *arena);
// Forgets everything allocated since `mark` (a value of lc_arena_mark): for scratch memory inside a loop.
size_t lc_arena_mark(const struct lc_arena *arena);
void lc_arena_reset(struct lc_arena *arena, size_t mark);
// A second arena that is freed with the first, for what is forgotten at once: mark it, use it, reset it.
struct lc_arena *lc_arena_scratch(struct lc_arena *arena) __attribute__((returns_nonnull));
// Bytes handed out so far.
size_t lc_arena_used(const struct lc_arena *arena);

// `size` zeroed bytes, aligned for pointers, 64-bit integers and doubles. Never NULL.
void *lc_alloc(struct lc_arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
// Zeroed array; a count whose size overflows is treated as exhaustion.
void *lc_alloc_array(struct lc_arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));
// For growable texts only: room for `size` bytes, the first `len` those of `text`. A long one moves without being copied: its old place is gone.
char *lc_text_grow(struct lc_arena *arena, char *text, size_t len, size_t size) __attribute__((returns_nonnull));
char *lc_strdup(struct lc_arena *arena, const char *text);
char *lc_strndup(struct lc_arena *arena, const char *text, size_t len);
void *lc_memdup(struct lc_arena *arena, const void *data, size_t size);
char *lc_printf(struct lc_arena *arena, const char *fmt, ...) LC_PRINTF(2, 3);
char *lc_vprintf(struct lc_arena *arena, const char *fmt, va_list args) LC_PRINTF(2, 0);

#define LC_NEW(arena, type) ((type *)lc_alloc((arena), sizeof(type)))
#define LC_NEW_ARRAY(arena, type, n) ((type *)lc_alloc_array((arena), (size_t)(n), sizeof(type)))

// A growable array in an arena: struct LC_ARRAY(int) a = {0}; LC_PUSH(arena, &a, 7); a.items[i], a.len.
#define LC_ARRAY(T)                                                                                                              \
    {                                                                                                                            \
        T *items;                                                                                                                \
        int len, cap;                                                                                                            \
    }
#define LC_PUSH(arena, a, ...)                                                                                                   \
    ((a)->len == (a)->cap ? (void)((a)->items = lc_array_grow((arena), (a)->items, &(a)->cap, (a)->len, sizeof *(a)->items))     \
                          : (void)0,                                                                                             \
     (a)->items[(a)->len++] = __VA_ARGS__)

// For LC_PUSH only: doubles the capacity and copies the items.
void *lc_array_grow(struct lc_arena *arena, const void *items, int *cap, int len, size_t item_size);

#endif
