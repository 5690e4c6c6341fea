// PostgreSQL's shared lock table: who holds what, who waits for what and in which order (lock.c, proc.c).
//
// Processes and objects are small integers. Objects 0 .. nfixed-1 are relations; more come and go (lt_object_new) for
// transactions and tuples. The table knows no time: who calls it arms the timers and asks lt_check_deadlock when one fires.
// Whoever gets a lock through another's doing is listed in `woken`, in the order of the grants.
#ifndef LC_SIM_LOCKTABLE_H
#define LC_SIM_LOCKTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/lockmode.h"

#define LT_NONE (-1)

struct lt_lock {                                            // LOCK
    int32_t granted[LC_LOCKMODES], requested[LC_LOCKMODES]; // requested = granted + waiting
    lc_lockmask grant_mask, wait_mask;
    int32_t first_holder, last_holder; // proclocks, in the order in which they were made; a waiter has one too
    int32_t first_waiter, last_waiter; // processes
    int32_t nwaiters;
};

struct lt_proclock { // PROCLOCK: one process and one object
    int32_t proc, object;
    lc_lockmask hold_mask;        // modes held
    lc_lockmask session_mask;     // of these, the ones that outlive the transaction
    lc_lockmask statement_mask;   // of these, the ones that go with the statement
    int32_t next, prev;           // on the object
    int32_t proc_next, proc_prev; // on the process
};

struct lt_proc {                   // PGPROC, as far as locks go
    int32_t first_lock, last_lock; // proclocks
    int32_t wait_object;           // LT_NONE: does not wait
    int32_t wait_proclock;
    enum lc_lockmode wait_mode;
    lc_lockmask held_locks; // held on wait_object when the wait began
    int32_t queue_next, queue_prev;
    bool autovacuum;
};

struct lt_edge { // a soft edge of the waits-for graph (deadlock.c EDGE)
    int32_t waiter, blocker;
    int32_t pred, link; // work space of the topological sort
};

struct lt_order { // a queue as it would be (deadlock.c WAIT_ORDER)
    int32_t object, nprocs;
    int32_t *procs;
};

struct lt_cycle { // one process of a deadlock, as the server's report lists them
    int32_t proc, object;
    enum lc_lockmode mode;
};

struct lt_detector { // work space, preallocated
    uint32_t *seen;  // per process: the search that saw it last
    uint32_t search;
    int32_t start;
    struct lt_edge *constraints, *possible;
    int32_t nconstraints, npossible;
    struct lt_order *orders;
    int32_t norders;
    int32_t *order_procs, *topo, *before, *after;
    struct lt_cycle *cycle;
    int32_t ncycle;
    int32_t autovacuum; // an autovacuum that blocks the checker directly
    int32_t trials;
};

struct lt_table {
    struct lt_lock *locks;
    struct lt_proclock *proclocks;
    struct lt_proc *procs;
    int32_t nfixed, nobjects, nprocs, nproclocks;
    int32_t free_object, free_proclock; // heads of free lists (linked by first_holder and next)
    int32_t *woken;
    int32_t nwoken;
    int server_version;
    uint64_t events; // grants, enqueues and releases
    struct lt_detector d;
};

enum lt_result {
    LT_GRANTED,       // or held already
    LT_WAITS,         // enqueued
    LT_DEADLOCK,      // found at once, without a wait (JoinWaitQueue): nothing was taken
    LT_NOT_AVAILABLE, // nowait: nothing was taken
};

// A table for at most so many processes, objects beyond the `nfixed` relations, and (process, object) pairs.
void lt_init(struct lt_table *t, struct lc_arena *arena, int nprocs, int nfixed, int ndynamic, int nproclocks);
// Empties it; keeps the memory.
void lt_clear(struct lt_table *t);

// LockAcquireExtended. A process that waits cannot wait for another; but locks may be taken on its behalf (a virtual
// transaction's lock is entered by the first who waits for it).
enum lt_result lt_acquire(struct lt_table *t, int proc, int object, enum lc_lockmode mode, bool nowait);
// A lock just granted or waited for stays when lt_release_all(.., false) is called (session locks: CONCURRENTLY, VACUUM), or
// goes with lt_release_statement (an index closed after a plain INSERT).
void lt_mark_session(struct lt_table *t, int proc, int object, enum lc_lockmode mode);
void lt_mark_statement(struct lt_table *t, int proc, int object, enum lc_lockmode mode);
// LockRelease of one mode that is held.
void lt_release(struct lt_table *t, int proc, int object, enum lc_lockmode mode);
void lt_release_statement(struct lt_table *t, int proc);
// LockReleaseAll: the end of a transaction; session locks too when `sessions` is set.
void lt_release_all(struct lt_table *t, int proc, bool sessions);
// PostPrepare_Locks: a transaction's locks go over to a process that has none of these objects' locks. Session locks stay.
void lt_move_locks(struct lt_table *t, int from, int to);
// RemoveFromWaitQueue: a waiter gives up (timeout, cancel, deadlock).
void lt_leave_queue(struct lt_table *t, int proc);
// Modes that the process holds on the object.
lc_lockmask lt_held(const struct lt_table *t, int proc, int object);

// A new object for a transaction or a tuple; it goes by itself when its last holder or waiter does. LT_NONE: none left.
int lt_object_new(struct lt_table *t);

// Waits for one who holds the mode (hard) or is ahead in the queue (soft)? As pg_blocking_pids() would say. `from` LT_NONE
// begins; each call gives the next blocking process, or LT_NONE after the last.
struct lt_blockers {
    int32_t waiter, proclock, queued;
    bool soft;
};
struct lt_blockers lt_blockers_of(const struct lt_table *t, int waiter);
int lt_next_blocker(const struct lt_table *t, struct lt_blockers *it);

enum lt_deadlock {
    LT_NO_DEADLOCK,
    LT_SOFT_DEADLOCK,         // solved by reordering queues
    LT_HARD_DEADLOCK,         // t->d.cycle tells; the caller lets the checker leave the queue and fail
    LT_BLOCKED_BY_AUTOVACUUM, // by t->d.autovacuum
};

// DeadLockCheck (deadlock.c) by a waiting process.
enum lt_deadlock lt_check_deadlock(struct lt_table *t, int proc);

// Inside the room: ProcLockWakeup, and the queue operations that deadlock.c and locktable.c share (waitqueue.c).
void lt_wake(struct lt_table *t, int object);
enum lt_result lt_join_queue(struct lt_table *t, int proc, int proclock, enum lc_lockmode mode, bool nowait);
void lt_unlink_waiter(struct lt_table *t, int proc);
void lt_append_waiter(struct lt_table *t, int object, int proc);
bool lt_conflicts(const struct lt_lock *lock, lc_lockmask own, enum lc_lockmode mode);
void lt_grant(struct lt_table *t, int proclock, enum lc_lockmode mode);
void lt_drop_request(struct lt_table *t, int proclock, enum lc_lockmode mode);
void lt_drop_if_unused(struct lt_table *t, int proclock);

#ifndef NDEBUG
// Invariants of one object, and of everything.
void lt_check_object(const struct lt_table *t, int object);
void lt_check(const struct lt_table *t);
#define SIM_CHECK_OBJECT(t, object) lt_check_object((t), (object))
#define SIM_CHECK_ALL(t) lt_check(t)
#else
#define SIM_CHECK_OBJECT(t, object) ((void)0)
#define SIM_CHECK_ALL(t) ((void)0)
#endif

#endif
