// Timers and processor sharing: two binary heaps that know where each of their members is.
#include "sim/clock.h"

#include <math.h>
#include <string.h>

static bool earlier(const struct clock_entry *a, const struct clock_entry *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}

void clock_init(struct clock_timers *c, struct lc_arena *arena, int nslots)
{
    *c = (struct clock_timers){.nslots = nslots};
    c->heap = LC_NEW_ARRAY(arena, struct clock_entry, nslots);
    c->place = LC_NEW_ARRAY(arena, int32_t, nslots);
    clock_clear(c);
}

void clock_clear(struct clock_timers *c)
{
    c->len = 0;
    c->order = 0;
    memset(c->place, -1, (size_t)c->nslots * sizeof *c->place);
}

static void put(struct clock_timers *c, int i, struct clock_entry e)
{
    c->heap[i] = e;
    c->place[e.slot] = i;
}

// Moves the entry to where it belongs, from place i.
static void settle(struct clock_timers *c, int i, struct clock_entry e)
{
    int child;

    for (; i > 0 && earlier(&e, &c->heap[(i - 1) / 2]); i = (i - 1) / 2)
        put(c, i, c->heap[(i - 1) / 2]);
    for (; (child = 2 * i + 1) < c->len; i = child) {
        if (child + 1 < c->len && earlier(&c->heap[child + 1], &c->heap[child]))
            child++;
        if (!earlier(&c->heap[child], &e))
            break;
        put(c, i, c->heap[child]);
    }
    put(c, i, e);
}

void clock_set(struct clock_timers *c, int slot, double at)
{
    int i = c->place[slot];

    if (i < 0)
        i = c->len++;
    settle(c, i, (struct clock_entry){.at = at, .order = c->order++, .slot = slot});
}

void clock_cancel(struct clock_timers *c, int slot)
{
    int i = c->place[slot];

    if (i < 0)
        return;
    c->place[slot] = -1;
    if (i != --c->len)
        settle(c, i, c->heap[c->len]);
}

double clock_next(const struct clock_timers *c)
{
    return c->len > 0 ? c->heap[0].at : HUGE_VAL;
}

int clock_pop(struct clock_timers *c)
{
    int slot = c->heap[0].slot;

    clock_cancel(c, slot);
    return slot;
}

// ---- cores -----------------------------------------------------------------------------------------------------------------

void cpu_init(struct cpu *c, struct lc_arena *arena, int ntasks)
{
    *c = (struct cpu){.ntasks = ntasks};
    c->heap = LC_NEW_ARRAY(arena, struct cpu_task, ntasks);
    c->place = LC_NEW_ARRAY(arena, int32_t, ntasks);
    c->weight = LC_NEW_ARRAY(arena, double, ntasks);
    cpu_clear(c, 1, 0);
}

void cpu_clear(struct cpu *c, double cores, double now)
{
    c->cores = cores;
    c->wanted = c->load = c->occupied = c->v = 0;
    c->now = now;
    c->len = 0;
    c->order = 0;
    memset(c->place, -1, (size_t)c->ntasks * sizeof *c->place);
}

#define LEAST 0.05

static double speed(const struct cpu *c)
{
    double wanted = c->wanted + c->occupied,
           left = c->cores - c->load; // open arrivals get what they need; a little is left in any case

    if (left < LEAST * c->cores)
        left = LEAST * c->cores;
    return wanted <= left ? 1.0 : left / wanted;
}

static void advance(struct cpu *c, double now)
{
    if (now > c->now)
        c->v += (now - c->now) * speed(c);
    c->now = now;
}

void cpu_set_load(struct cpu *c, double load, double now)
{
    advance(c, now);
    c->load = load;
}

void cpu_occupy(struct cpu *c, double cores, double now)
{
    advance(c, now);
    c->occupied = c->occupied + cores > 1e-9 ? c->occupied + cores : 0;
}

static bool sooner(const struct cpu_task *a, const struct cpu_task *b)
{
    return a->finish < b->finish || (a->finish == b->finish && a->order < b->order);
}

static void place(struct cpu *c, int i, struct cpu_task e)
{
    c->heap[i] = e;
    c->place[e.task] = i;
}

static void sift(struct cpu *c, int i, struct cpu_task e)
{
    int child;

    for (; i > 0 && sooner(&e, &c->heap[(i - 1) / 2]); i = (i - 1) / 2)
        place(c, i, c->heap[(i - 1) / 2]);
    for (; (child = 2 * i + 1) < c->len; i = child) {
        if (child + 1 < c->len && sooner(&c->heap[child + 1], &c->heap[child]))
            child++;
        if (!sooner(&c->heap[child], &e))
            break;
        place(c, i, c->heap[child]);
    }
    place(c, i, e);
}

void cpu_add(struct cpu *c, int task, double work_ms, double weight, double now)
{
    advance(c, now);
    if (c->len == 0)
        c->v = c->wanted = 0; // nobody runs: begin afresh, so that rounding errors do not pile up
    c->wanted += weight;
    c->weight[task] = weight;
    sift(c, c->len++, (struct cpu_task){.finish = c->v + work_ms, .order = c->order++, .task = task});
}

double cpu_left(const struct cpu *c, int task, double now)
{
    double left = c->heap[c->place[task]].finish - c->v - (now - c->now) * speed(c);

    return left > 0 ? left : 0;
}

double cpu_remove(struct cpu *c, int task, double now)
{
    int i = c->place[task];
    double left;

    if (i < 0)
        return 0;
    left = cpu_left(c, task, now);
    advance(c, now);
    c->place[task] = -1;
    c->wanted -= c->weight[task];
    if (i != --c->len)
        sift(c, i, c->heap[c->len]);
    return left;
}

double cpu_next(const struct cpu *c)
{
    double left;

    if (c->len == 0)
        return HUGE_VAL;
    left = c->heap[0].finish - c->v;
    return c->now + (left > 0 ? left / speed(c) : 0);
}

int cpu_pop(struct cpu *c, double now)
{
    int task = c->heap[0].task;

    (void)cpu_remove(c, task, now);
    return task;
}
