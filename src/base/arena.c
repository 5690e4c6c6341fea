// The arena: a list of blocks, filled from the front, and the long texts that grow where they are.
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_BLOCK ((size_t)64 * 1024)
#define LARGEST_BLOCK ((size_t)8 * 1024 * 1024)
#define HUGE_PAGE ((size_t)2 * 1024 * 1024)
#define HUGE_BYTES ((size_t)128 * 1024 * 1024)

#define ALIGN _Alignof(double) // and of pointers and integers: nothing wider is kept here

#ifdef __SANITIZE_ADDRESS__ // looks for leaks in what malloc gave only
#define MAP_BLOCKS false
#else
#define MAP_BLOCKS true
#endif

struct block {
    struct block *previous;
    size_t before; // bytes handed out by the blocks before this one
    size_t size, used;
    size_t zero;   // from here on the data was never handed out: zero, as it came
    size_t mapped; // bytes of its mapping; 0: from malloc
    _Alignas(max_align_t) unsigned char data[];
};

// A text too long to be copied each time it grows. Its own record lies in a block, and is younger than what came before it.
struct text {
    struct text *previous;
    size_t made; // lc_arena_mark() when it was made
    size_t size;
    char *data;
};

struct lc_arena {
    struct block *last;
    struct lc_arena *scratch; // NULL: not asked for yet
    struct text *texts;       // the last one
    size_t text_bytes;
    size_t max_bytes;
    lc_exhausted_fn exhausted;
    void *context;
};

static void give_up(const struct lc_arena *arena, size_t wanted)
{
    if (arena->exhausted)
        arena->exhausted(arena->context, wanted);
    abort(); // the handler's contract is not to return
}

// The first HUGE_BYTES come as huge pages: a run spends a fifth of its time in page faults else. Not what follows: where the machine is itself a
// guest, huge pages that it has not used lately cost several times what small ones do, and a long run would pay for that.
static int paging(size_t before)
{
    return before < HUGE_BYTES ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
}

static struct block *block_map(size_t size, size_t before)
{
    size_t all = (sizeof(struct block) + size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    struct block *b = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (b == MAP_FAILED)
        return NULL;
    (void)madvise(b, all, paging(before)); // where the kernel does not, the block is as good
#ifdef MADV_POPULATE_WRITE
    if (paging(before) == MADV_NOHUGEPAGE) // a block will be filled: its small pages come at once, not by a fault each
        (void)madvise(b, all, MADV_POPULATE_WRITE);
#endif
    b->mapped = all;
    return b;
}

static void block_free(struct block *b)
{
    if (b->mapped)
        (void)munmap(b, b->mapped);
    else
        free(b);
}

static struct block *block_new(struct block *previous, size_t size)
{
    bool map = MAP_BLOCKS && size >= HUGE_PAGE && size < SIZE_MAX / 2;
    size_t before = previous ? previous->before + previous->used : 0;
    struct block *b = map ? block_map(size, before) : calloc(1, sizeof *b + size);

    if (!b)
        return NULL;
    b->previous = previous;
    b->before = before;
    b->size = b->mapped ? b->mapped - sizeof *b : size;
    return b;
}

struct lc_arena *lc_arena_new(size_t max_bytes, lc_exhausted_fn exhausted, void *context)
{
    struct lc_arena *arena = calloc(1, sizeof *arena);

    if (!arena)
        return NULL;
    arena->max_bytes = max_bytes;
    arena->exhausted = exhausted;
    arena->context = context;
    arena->last = block_new(NULL, FIRST_BLOCK);
    if (!arena->last) {
        free(arena);
        return NULL;
    }
    return arena;
}

static void free_texts(struct lc_arena *arena, size_t mark)
{
    while (arena->texts && arena->texts->made >= mark) {
        struct text *t = arena->texts;

        arena->texts = t->previous;
        arena->text_bytes -= t->size;
        if (MAP_BLOCKS)
            (void)munmap(t->data, t->size);
        else
            free(t->data);
    }
}

void lc_arena_free(struct lc_arena *arena)
{
    if (!arena)
        return;
    free_texts(arena, 0);
    while (arena->last) {
        struct block *b = arena->last;
        arena->last = b->previous;
        block_free(b);
    }
    lc_arena_free(arena->scratch);
    free(arena);
}

struct lc_arena *lc_arena_scratch(struct lc_arena *arena)
{
    if (!arena->scratch)
        arena->scratch = lc_arena_new(arena->max_bytes, arena->exhausted, arena->context);
    if (!arena->scratch)
        give_up(arena, FIRST_BLOCK);
    return arena->scratch;
}

size_t lc_arena_mark(const struct lc_arena *arena)
{
    return arena->last->before + arena->last->used;
}

size_t lc_arena_used(const struct lc_arena *arena)
{
    return lc_arena_mark(arena) + arena->text_bytes;
}

void lc_arena_reset(struct lc_arena *arena, size_t mark)
{
    free_texts(arena, mark); // their records are in the blocks
    while (arena->last->previous && arena->last->before >= mark) {
        struct block *b = arena->last;
        arena->last = b->previous;
        block_free(b);
    }
    arena->last->used = mark - arena->last->before;
}

static void add_block(struct lc_arena *arena, size_t size)
{
    size_t next = arena->last->size * 2;
    struct block *b;

    if (next > LARGEST_BLOCK)
        next = LARGEST_BLOCK;
    if (next < size)
        next = size;
    b = block_new(arena->last, next);
    if (!b)
        give_up(arena, size);
    arena->last = b;
}

void *lc_alloc(struct lc_arena *arena, size_t size)
{
    struct block *b;
    unsigned char *p;

    if (size > SIZE_MAX - ALIGN || lc_arena_used(arena) + size > arena->max_bytes)
        give_up(arena, size);
    size = (size + ALIGN - 1) & ~(ALIGN - 1);
    if (arena->last->size - arena->last->used < size)
        add_block(arena, size);
    b = arena->last;
    p = b->data + b->used;
    if (b->used < b->zero) // handed out before a reset
        memset(p, 0, b->zero - b->used < size ? b->zero - b->used : size);
    b->used += size;
    if (b->used > b->zero)
        b->zero = b->used;
    return p;
}

// Where the pages move, nothing is copied, and a page is first touched when it is written to.
static char *text_resize(char *old, size_t old_size, size_t size)
{
    char *text;

    if (!MAP_BLOCKS)
        return realloc(old, size);
    text = old ? mremap(old, old_size, size, MREMAP_MAYMOVE)
               : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (text == MAP_FAILED)
        return NULL;
    (void)madvise(text, size, paging(size));
    return text;
}

static struct text *find_text(const struct lc_arena *arena, const char *data)
{
    struct text *t = arena->texts;

    while (t && t->data != data)
        t = t->previous;
    return t;
}

static struct text *new_text(struct lc_arena *arena)
{
    size_t made = lc_arena_mark(arena);
    struct text *t = LC_NEW(arena, struct text);

    t->made = made;
    t->previous = arena->texts;
    arena->texts = t;
    return t;
}

char *lc_text_grow(struct lc_arena *arena, char *text, size_t len, size_t size)
{
    struct text *t = find_text(arena, text);
    char *grown = NULL;

    if (!t && size < HUGE_PAGE) {
        grown = lc_alloc(arena, size);
        memcpy(grown, text, len);
        return grown;
    }
    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    if (!t)
        t = new_text(arena);
    if (lc_arena_used(arena) + (size - t->size) > arena->max_bytes || !(grown = text_resize(t->data, t->size, size)))
        give_up(arena, size);
    if (!t->data)
        memcpy(grown, text, len);
    arena->text_bytes += size - t->size;
    t->data = grown;
    t->size = size;
    return grown;
}

void *lc_alloc_array(struct lc_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        give_up(arena, SIZE_MAX);
    return lc_alloc(arena, count * size);
}

void *lc_memdup(struct lc_arena *arena, const void *data, size_t size)
{
    void *copy = lc_alloc(arena, size);

    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *lc_strndup(struct lc_arena *arena, const char *text, size_t len)
{
    char *copy = lc_alloc(arena, len + 1);

    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *lc_strdup(struct lc_arena *arena, const char *text)
{
    return text ? lc_strndup(arena, text, strlen(text)) : NULL;
}

char *lc_vprintf(struct lc_arena *arena, const char *fmt, va_list args)
{
    char small[256]; // most texts fit, and are formatted once
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(small, sizeof small, fmt, args);
    if (len < (int)sizeof small) {
        text = lc_strndup(arena, small, (size_t)(len < 0 ? 0 : len));
    } else {
        text = lc_alloc(arena, (size_t)len + 1);
        (void)vsnprintf(text, (size_t)len + 1, fmt, again);
    }
    va_end(again);
    return text;
}

char *lc_printf(struct lc_arena *arena, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = lc_vprintf(arena, fmt, args);
    va_end(args);
    return text;
}

// Makes what was allocated last longer where it is.
static bool extend(struct lc_arena *arena, const void *data, size_t old, size_t size)
{
    struct block *b = arena->last;
    const unsigned char *p = data;

    old = (old + ALIGN - 1) & ~(ALIGN - 1);
    size = (size + ALIGN - 1) & ~(ALIGN - 1);
    if (p < b->data || p + old != b->data + b->used || b->size - b->used < size - old)
        return false;
    (void)lc_alloc(arena, size - old);
    return true;
}

void *lc_array_grow(struct lc_arena *arena, const void *items, int *cap, int len, size_t item_size)
{
    int bigger = *cap ? *cap * 2 : 4;
    void *copy;

    if (*cap && extend(arena, items, (size_t)*cap * item_size, (size_t)bigger * item_size)) {
        *cap = bigger;
        return (void *)(uintptr_t)items;
    }
    copy = lc_alloc_array(arena, (size_t)bigger, item_size);

    if (len)
        memcpy(copy, items, (size_t)len * item_size);
    *cap = bigger;
    return copy;
}
