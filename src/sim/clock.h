// The virtual clock: timers that can be set and cancelled (a heap that knows where each timer is), and tasks sharing the cores.
#ifndef LC_SIM_CLOCK_H
#define LC_SIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

// ---- timers: slot numbers 0 .. n-1, each set at most once at a time --------------------------------------------------------

struct clock_entry {
    double at;
    uint64_t order; // timers due at the same moment fire in the order in which they were set
    int32_t slot;
};

struct clock_timers {
    struct clock_entry *heap;
    int32_t *place; // slot -> index in heap, -1: not set
    int32_t len, nslots;
    uint64_t order;
};

void clock_init(struct clock_timers *c, struct lc_arena *arena, int nslots); // none is set
void clock_clear(struct clock_timers *c);                                    // takes all of them out
void clock_set(struct clock_timers *c, int slot, double at);                 // sets it anew if it was set
void clock_cancel(struct clock_timers *c, int slot);                         // nothing if it is not set
// When the next one is due; HUGE_VAL: none. clock_pop takes it out and gives its slot.
double clock_next(const struct clock_timers *c);
int clock_pop(struct clock_timers *c);

// ---- cores: processor sharing ----------------------------------------------------------------------------------------------
//
// A task wants `weight` cores until its work is done. When all want more cores than there are, everybody slows down alike. So
// one "virtual" clock that runs at the common speed tells when each task ends, and nothing has to be rescheduled when the
// speed changes.

struct cpu_task {
    double finish; // on the virtual clock
    uint64_t order;
    int32_t task;
};

struct cpu {
    double cores, wanted, load, v, now; // load: cores that others keep busy, who are not among the tasks
    double occupied;                    // cores wanted by those who compute until a moment, however much they get done
    struct cpu_task *heap;
    int32_t *place;
    double *weight;
    int32_t len, ntasks;
    uint64_t order;
};

void cpu_init(struct cpu *c, struct lc_arena *arena, int ntasks); // no task runs
void cpu_clear(struct cpu *c, double cores, double now);          // forgets all tasks
// A task begins that would take work_ms if there were cores enough.
void cpu_add(struct cpu *c, int task, double work_ms, double weight, double now);
// Takes a task out and gives back the work that it had left.
double cpu_remove(struct cpu *c, int task, double now);
double cpu_left(const struct cpu *c, int task, double now); // work left of a task that runs
void cpu_occupy(struct cpu *c, double cores, double now);   // so many more are occupied, or fewer
void cpu_set_load(struct cpu *c, double load, double now);
double cpu_next(const struct cpu *c);   // when the next task ends; HUGE_VAL: none runs
int cpu_pop(struct cpu *c, double now); // the task that ends now

#endif
