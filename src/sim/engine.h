// Inside the simulator: one replication's state. Everything is allocated once per thread and used again by the next replication.
//
//     engine.c    the loop: what happens next        session.c  a session's state and waiting
//     program.c   what a step of a program does      traffic.c  arrivals, the pool, long transactions
//     rowlocks.c  rows and transaction waits         figures.c  what is observed
#ifndef LC_SIM_ENGINE_H
#define LC_SIM_ENGINE_H

#include "sim/clock.h"
#include "sim/locktable.h"
#include "sim/sim.h"

// One program, without the locks that can never matter.
struct program {
    const struct sim_step *steps;
    int32_t nsteps;
};

// The model as the engine runs it: defaults filled in, programs compiled. Shared by all threads, never changed.
struct plan {
    const struct sim_model *m;
    struct program *classes, *longs, migration;
    double cores, deadlock_timeout, warmup, horizon, sample, delay;
    double *demand, *length; // of each class: core-milliseconds of a transaction, and its milliseconds when alone
    int32_t pool, noutside, nprocs, server_version;
    int32_t first_long, migration_proc, first_outside; // processes: pool, long transactions, migration, outside
    int32_t nproclocks, ndynamic, nrows, nranges, nowners;
    bool has_migration, has_choices;
    bool *stops; // of each long transaction: traffic may have to wait for a lock of its
};

// From a model that sim_check_model has let pass.
void plan_build(struct plan *plan, const struct sim_model *model, struct lc_arena *arena);

enum session_state {
    S_FREE,      // no transaction
    S_READY,     // will run as soon as those before it have
    S_COMPUTING, // shares the cores
    S_TIMER,     // I/O, or asleep
    S_WAITING,   // for a lock
    S_HELD,      // its transaction has ended, its connection is still taken
};

enum timer { T_STEP, T_DEADLOCK, T_LOCK, T_STATEMENT, T_TRANSACTION, T_CLIENT, T_KINDS }; // slots of one session

enum { NO_ROW = -1, NO_CHAIN = -1 };

struct session {
    enum session_state state;
    enum sim_who who;
    int32_t index;                          // class or long transaction
    bool in_pool, in_tx, snapshot, blocked; // blocked: its transaction has waited for a lock
    const struct sim_step *steps;
    int32_t nsteps, pc, phase;
    const char *label;
    int32_t statement;
    double arrived, wait_since, snapshot_at;
    uint32_t serial; // number of its transaction
    double choice;   // 0..1: which partition its transaction is about
    double timeouts[SIM_SETTINGS];
    int32_t xact;                        // object that stands for its transaction; LT_NONE while nobody waits for it
    int32_t first_row, first_share, row; // rows it has locked, and shares; the row it is about to lock
    enum sim_row_mode row_mode;          // ... in which mode
    int32_t retries_left;
    int32_t chain;            // cell that its wait is counted in
    int32_t target, ntargets; // WAIT_*: place in the list of sessions waited for
    int32_t waited;           // the transaction's object that it waits for, or has just been granted
    double hold;              // long transaction: how long this one holds its locks,
    double occupies;          // ... and the cores that it takes a share of meanwhile
    double cpu_slice, io_slice, slice_since, work_done, work_total;
    double calm;   // work that is left to do while nobody looks at traffic; of a sleep: what comes after that
    double passed; // share of the key space whose rows it has locked
    int32_t slices;
};

struct row {                                  // a locked row, or one that somebody is about to lock
    int32_t object, owner, contenders, tuple; // tuple: the object of its tuple lock
    int64_t key;
    double place;           // where in the key space: 0..1
    enum sim_row_mode mode; // the owner's: UPDATE or NO_KEY_UPDATE
    int32_t shares;         // those who share it: first of a list
    int32_t next_owned, next_hash;
};

struct row_share { // one session that has locked a row SHARE or KEY SHARE (a member of its multixact)
    int32_t row, session;
    enum sim_row_mode mode;
    int32_t next_in_row, next_owned;
};

struct row_holder { // a long transaction that has written: it has a row locked, somewhere
    int32_t session;
    uint32_t serial;
    double place;
};

struct range { // rows that a statement has locked so far: keys below share * progress
    int32_t object, session, statement;
    enum sim_row_mode mode;
    double share, from;
    bool done;
};

struct client { // a transaction that waits for a free connection, or comes again later
    int32_t class_index, retries_left;
    double arrived, due;
    uint32_t ticket; // in `later`: its place in the ring when it is a client whose patience ends; else NO_TICKET
    bool left;       // in the ring: gave up waiting
};

#define NO_TICKET UINT32_MAX

struct clients { // a ring of waiting clients: tickets head .. tail-1, each at ticket modulo cap
    struct client *ring;
    uint32_t cap, head, tail; // cap: a power of two
    uint32_t waiting;         // without those who left
};

struct chain_cell {
    int8_t waiting, behind; // enum sim_who
    uint8_t mode;
    int32_t waiting_index, behind_index, object;
    const char *waiting_label, *behind_label;
    int32_t now, peak, at_worst; // sessions
    double since, area, longest;
};

struct deadlock_cell {    // a kind of deadlock
    int8_t victim, other; // enum sim_who
    int32_t victim_index, other_index, count;
    const char *victim_label, *other_label;
};

#define MAX_DEADLOCKS 24 // kinds told apart in one replication

#define MAX_CHAINS 96 // kinds of waits told apart in one replication; further ones are left out

struct blame { // a transaction that the migration waits for
    int32_t session;
    enum sim_who who;
    int32_t index;
    uint32_t serial;
};

struct blocker_sum {
    double held, saved;
    bool seen;
};

struct observed {
    double blocked_since, blocked_area, full, sample_phase, longest_wait;
    int32_t nblocked, peak_blocked, peak_queue;
    double errors, cancelled;
    double *delayed; // ends of delayed transactions
    uint32_t ndelayed, cap_delayed;
    double limit, last_delayed;
    double *latencies; // calm run only
    uint32_t nlatencies, cap_latencies;
    struct chain_cell chains[MAX_CHAINS];
    int32_t nchains;
    struct deadlock_cell deadlocks[MAX_DEADLOCKS];
    int32_t ndeadlocks;
    double worst_moment;
    int32_t *class_delayed, *class_waited; // delayed transactions of each class; of these, those that waited for a lock
    struct blocker_sum *blockers;          // classes, then long transactions
    double *bins[3];                       // timeline: blocked, running, queued
    int32_t nbins;
    double bin, bins_since;
};

struct migration_state {
    bool started, done;
    enum sim_outcome outcome;
    double ended, wait, longest_wait; // longest_wait: for one lock
    int32_t begin_pc, try_number, tries;
    double *statement_wait, *statement_wall; // of each statement; wall < 0: not reached
    int32_t failed_statement;
    double statement_since;
    struct blame *blamed;
    int32_t nblamed;
    double last_release, release_before;
    int32_t last_blamed; // index into observed.blockers
    struct lock_owner {  // which statement took which lock
        int32_t object, statement;
        enum lc_lockmode mode;
        const char *label;
    } * owners;
    int32_t nowners; // at most plan.nowners
    // The snapshot that WAIT_SNAPSHOTS compares others with, and the oldest transaction with an id that ran then; -1: none.
    double reference, oldest_ended;
    int32_t oldest;
    uint32_t oldest_serial;
};

struct engine {
    const struct plan *plan;
    struct lt_table locks;
    struct clock_timers timers;
    struct cpu cpu;
    struct session *sessions;
    int32_t *free_pool, nfree_pool, *free_outside, nfree_outside;
    int32_t *ready;
    uint32_t ready_head, ready_len, ready_cap;
    struct clients queue;
    struct client *later; // a heap by `due`: clients that will come again, or lose patience
    uint32_t nlater, caplater;
    double *rates, total_rate, next_arrival; // per class, with this replication's factors
    double calm_from, calm_until;            // arrivals that could change nothing are left out meanwhile (traffic.c)
    bool calm;                               // ... and are now
    int32_t nstopping;                       // long transactions under way that traffic may have to wait for
    double *factors;
    struct row *rows;
    int32_t *row_hash, free_row, nhash;
    struct row_share *shares;
    int32_t free_share;
    bool *doubts; // what is so in this replication
    double skew;  // 1: rows of traffic lie evenly among those of a range
    struct range *ranges;
    int32_t nranges;
    struct row_holder *holders; // in the way of the migration's row locks
    int32_t nholders;
    int32_t *targets;
    uint32_t *target_serials;
    double *long_started;           // when each long transaction's present or last turn began
    uint64_t events, events_at_end; // in all, and when the migration was done
    bool overloaded;
    double now, start, horizon, looked; // looked: when the long transactions were seen
    struct lc_rng arrivals, work, others;
    struct observed seen;
    struct migration_state mig;
    sim_event_fn watch;
    void *watch_context;
    bool with_migration, no_memory, stop;
};

// engine.c
struct engine *engine_new(const struct plan *plan, struct lc_arena *arena, int timeline_bins);
void engine_release(struct engine *e); // what grew outside the arena
// Runs one replication; figures.c's functions then tell what was seen. limit: latency from which a transaction is delayed.
void engine_run(struct engine *e, uint64_t seed, int replication, double limit, bool with_migration);
double draw(struct engine *e, const struct sim_dist *dist, struct lc_rng *rng); // with its factor
void notify(struct engine *e, enum sim_event_kind kind, int session, int other, int object, enum lc_lockmode mode,
            enum sim_outcome outcome);

// session.c
void session_become(struct engine *e, int s, enum session_state state); // the only place that changes a state
void session_ready(struct engine *e, int s);                            // READY, and into the ready queue
void session_wait(struct engine *e, int s);                             // it has just been enqueued
void session_set_timer(struct engine *e, int s, enum timer kind, double at);
void session_cancel_timer(struct engine *e, int s, enum timer kind);
void wake_granted(struct engine *e); // those whom the lock table has granted a lock run next
void deadlock_timer(struct engine *e, int s);
void transaction_begin(struct engine *e, int s);
void transaction_end(struct engine *e, int s, bool sessions);
void session_abort(struct engine *e, int s, enum sim_outcome why);  // an error: its transaction ends, and perhaps its program
void session_finish(struct engine *e, int s, enum sim_outcome how); // its program is over

// program.c
void session_run(struct engine *e, int s);  // runs until it waits, works or ends
void migration_boundary(struct engine *e);  // another statement begins, or none
void migration_reference(struct engine *e); // the migration takes a snapshot
void migration_finished(struct engine *e, int s, enum sim_outcome how);

// rowlocks.c
enum step_result { STEP_NEXT, STEP_STOP, STEP_FAILED }; // next step; wait here (called again when over); aborted already
enum step_result row_lock_step(struct engine *e, int s, const struct sim_step *step);
enum step_result wait_for_transaction(struct engine *e, int s, int other); // STEP_NEXT: it had ended already
void rows_release(struct engine *e, int s);
void row_forget_wait(struct engine *e, int s);
void rows_clear(struct engine *e);
void range_begin(struct engine *e, int s, const struct sim_step *step);
int range_blocker(struct engine *e, int s, const struct sim_step *step); // who has a row that it has come to; -1: nobody
enum step_result transaction_waited(struct engine *e, int s); // the wait is over: lets go of the share lock that it was made with

// traffic.c
void traffic_start(struct engine *e);
void traffic_arrival(struct engine *e);
double later_next(const struct engine *e);
void later_pop(struct engine *e);
#define SETTLE_MS 1500.0 // traffic is itself again so long after something happened; so long before the next thing it runs again
void traffic_calm(struct engine *e, double from, double until); // nobody will notice the migration between the two moments
void traffic_again(struct engine *e);                           // ... which ends now
void class_finished(struct engine *e, int s, enum sim_outcome how);
void class_connection_free(struct engine *e, int s);
void long_begin(struct engine *e, int s);
void long_finished(struct engine *e, int s);

// figures.c
void seen_clear(struct engine *e, double limit);
void seen_blocked(struct engine *e, int change); // pool sessions waiting: +1 or -1
void seen_timeline(struct engine *e, double to);
void seen_transaction(struct engine *e, int s);
void seen_deadlock(struct engine *e, int victim, int other);
int seen_wait_begins(struct engine *e, int s); // the cell
void seen_wait_ends(struct engine *e, int s);
#define CALM_TRANSACTIONS 4000 // of a calm run; enough for a p99
void seen_migration_waits(struct engine *e, int s);
void seen_migration_got(struct engine *e, bool granted);
void seen_transaction_end(struct engine *e, int s); // of anybody, for the blame
void seen_figures(struct engine *e, struct sim_figures *out);
bool seen_calm_again(const struct engine *e);

// growth outside the arena: doubles *items up to `max`; false (and e->no_memory) when it cannot
bool engine_grow(struct engine *e, void **items, uint32_t *cap, size_t item_size, uint32_t max);

#endif
