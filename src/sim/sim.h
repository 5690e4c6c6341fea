// The simulator's whole interface: a model of traffic and one migration goes in, quantiles of what will be observed come out.
//
// It runs PostgreSQL's lock manager (grant and queue rules, wake-up, deadlock check, timeouts, autovacuum giving way) under a
// virtual clock with sessions from a connection pool sharing the server's cores. It knows no SQL and no catalogue: an object is
// a small integer with a display name. Every struct here is filled by the caller, in an arena or on the stack, must outlive the
// call, and is never changed. Zero is a sensible default for every field that is not explained otherwise. Times are
// milliseconds. Same model, seed and replications: same result, whatever the number of threads.
//
//     model   = what the server, its traffic and its long transactions look like, and the migration as a program of steps
//     program = steps that one session runs in order; traffic, long transactions and the migration are all programs
#ifndef LC_SIM_SIM_H
#define LC_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/lockmode.h"
#include "base/rng.h"

// ---------------------------------------------------------------------------------------------------------------------------
// Distributions. Make them with the functions below; a zeroed one is the constant 0.

enum sim_dist_kind {
    SIM_CONSTANT = 0, // a
    SIM_EXPONENTIAL,  // mean a
    SIM_UNIFORM,      // from a to b
    SIM_LOGNORMAL,    // median a, deviation of the logarithm b
    SIM_GAMMA,        // mean a, coefficient of variation b
    SIM_P10_P50_P90,  // a, b, c: lognormal on each side of the median
    SIM_EMPIRICAL,    // values[0..nvalues-1] ascending, the quantiles at probability i/(nvalues-1), linear between
    SIM_FOREVER,      // never ends
};

struct sim_dist {
    enum sim_dist_kind kind;
    double a, b, c;
    const double *values;
    int nvalues;
    int factor; // 0: none; k: multiplied by sim_model.factors[k-1], drawn once per replication and shared by all who name it
};

struct sim_dist sim_constant(double ms);                        // always ms
struct sim_dist sim_exponential(double mean);                   // memoryless
struct sim_dist sim_uniform(double low, double high);           // any value between as likely
struct sim_dist sim_lognormal(double median, double sigma);     // sigma: deviation of the logarithm
struct sim_dist sim_lognormal_mean(double mean, double stddev); // by mean and standard deviation, as pg_stat_statements has them
struct sim_dist sim_gamma(double mean, double cv);              // cv: standard deviation over mean
struct sim_dist sim_p10_p50_p90(double p10, double p50, double p90); // as costs are forecast
struct sim_dist sim_forever(void);                                   // a prepared transaction
double sim_draw(const struct sim_dist *dist, struct lc_rng *rng);    // without its factor; HUGE_VAL for SIM_FOREVER
double sim_dist_mean(const struct sim_dist *dist);                   // HUGE_VAL for SIM_FOREVER

// What is not known exactly, but is the same for a whole deploy ("all rewrites here are 20 % slower than calibrated", "traffic
// is 1.3 times the sample"): a lognormal multiplier with median 1, one draw per replication. So intervals carry it.
struct sim_factor {
    const char *label;
    double sigma; // deviation of the logarithm
};

// ---------------------------------------------------------------------------------------------------------------------------
// Programs.

enum sim_step_kind {
    SIM_STATEMENT,    // a new statement begins: `label`, `statement` (migration: index of the result it is counted under).
                      // Releases SIM_TO_STATEMENT and SIM_TO_SESSION locks of the one before; statement_timeout starts anew
    SIM_BEGIN,        // a transaction begins (implied for traffic and long transactions)
    SIM_LOCK,         // `object`, `mode`, `until`, `nowait`
    SIM_WORK,         // `ms` on an idle server, `cpu_share` of it computing on `cores` cores; `rows` locked meanwhile
    SIM_SLEEP,        // `ms` without work: idle in transaction, or outside one
    SIM_ROW_LOCK,     // one of the `keys` rows of `object`, each as likely: waits for the transaction that has it
    SIM_COMMIT,       // the transaction ends, its locks go (implied at the end of traffic and long transactions)
    SIM_WAIT_LOCKERS, // CONCURRENTLY: wait for each transaction that now holds a lock on `object` conflicting with `mode`
    SIM_WAIT_SNAPSHOTS, // CONCURRENTLY: wait for each transaction whose snapshot is not younger than the last SIM_WORK's (vacuum excluded)
    SIM_SET,            // `setting` = `ms` (its mean); 0: off
};

enum sim_until { SIM_TO_COMMIT = 0, SIM_TO_STATEMENT, SIM_TO_SESSION }; // SESSION: survives commits, ends with the statement

// How a row is locked (heapam.h LockTupleMode). A change of other columns than a key's does not keep foreign-key checks waiting.
enum sim_row_mode { SIM_ROW_UPDATE = 0, SIM_ROW_NO_KEY_UPDATE, SIM_ROW_SHARE, SIM_ROW_KEY_SHARE };

enum sim_setting { SIM_LOCK_TIMEOUT = 0, SIM_STATEMENT_TIMEOUT, SIM_TRANSACTION_TIMEOUT, SIM_DEADLOCK_TIMEOUT, SIM_SETTINGS };

struct sim_step {
    enum sim_step_kind kind;
    const char *label; // SIM_STATEMENT: shown in chains; NULL: the program's
    int statement;     // SIM_STATEMENT in the migration: 0 .. sim_migration.nstatements-1
    int object;        // index into sim_model.objects
    enum lc_lockmode mode;
    enum sim_until until;
    bool nowait;        // SIM_LOCK: fails instead of waiting. In traffic the transaction then ends quietly
    double probability; // the step is taken with this chance; 0 means always
    double from, to;    // to > 0: taken when the transaction's own number, drawn once in 0..1, lies in from..to (one partition)
    int doubt;          // 0: none; k: only in replications in which sim_model.doubts[k-1] has come true
    struct sim_dist ms; // SIM_WORK, SIM_SLEEP, SIM_SET
    double cpu_share;   // SIM_WORK: 0 (all I/O) .. 1 (all computing)
    double cores;       // SIM_WORK: while computing, on how many cores (parallel workers); 0 means 1
    double keys;        // SIM_ROW_LOCK: number of rows of the key space
    double rows;        // SIM_WORK: share (0..1) of `object`'s rows that it locks, evenly while it works, until commit
    enum sim_row_mode row_mode; // SIM_ROW_LOCK and SIM_WORK with `rows`
    enum sim_setting setting;
};

struct sim_program {
    const struct sim_step *steps;
    int nsteps;
};

// ---------------------------------------------------------------------------------------------------------------------------
// Traffic.

struct sim_class {
    const char *label;
    struct sim_program program; // one transaction
    double rate_per_s;          // open arrivals, Poisson: they come whatever the server does
    int rate_factor;            // 0: none, else as sim_dist.factor
    bool outside_pool;          // has a connection of its own (a report user, a cron job); never counts as blocked traffic
    double lock_timeout_ms, statement_timeout_ms; // 0: off
    double client_timeout_ms; // 0: off. From the arrival; the client cancels the query, or leaves the queue for a connection
    int client_retries;       // after an error or a client timeout it tries again so many times,
    struct sim_dist retry_delay_ms;     // after this long, as a new arrival
    struct sim_dist connection_held_ms; // the connection stays taken so long after the end (session pooling)
};

enum sim_long_kind { SIM_CLIENT = 0, SIM_AUTOVACUUM, SIM_AUTOVACUUM_WRAPAROUND, SIM_MANUAL_VACUUM, SIM_PREPARED };

struct sim_held { // a lock that a long transaction has
    int object;
    enum lc_lockmode mode;
};

// A long transaction: takes `locks` in order, holds them for hold_ms, ends; perhaps comes again.
struct sim_long {
    const char *label;
    enum sim_long_kind kind;
    const struct sim_held *locks;
    int nlocks;
    bool snapshot; // WAIT_SNAPSHOTS waits for it (a running query or REPEATABLE READ; idle READ COMMITTED has none)
    bool xid;      // it has written: while it runs, snapshots taken later are as old as it is
    double cores;  // computing meanwhile on so many cores
    // When it is there. Time zero is sim_model.lead_ms before the migration begins: when somebody looked.
    enum sim_presence {
        SIM_IN_FLIGHT = 0, // at time zero it holds its locks, for residual_ms more
        SIM_STATIONARY,    // not looked: somewhere in its cycle of hold_ms and every_ms, any moment as likely as any other
        SIM_STARTS,        // begins residual_ms after time zero
    } presence;
    struct sim_dist residual_ms;
    double age_ms; // SIM_IN_FLIGHT: for display and for the periodic next start
    // Coming again: the next one starts every_ms after the start of the one before, or at its end if that is later.
    struct sim_dist hold_ms;
    struct sim_dist every_ms; // constant 0: does not come again. Exponential: Poisson-like
};

// ---------------------------------------------------------------------------------------------------------------------------
// The migration.

struct sim_try {
    double lock_timeout_ms; // 0: none
    double sleep_ms;        // before the next try
};

// What happens after lock_timeout, a deadlock error or a NOWAIT failure: the transaction (from its SIM_BEGIN) is tried again.
// Try k uses tries[k]; the last one failing ends the migration. ntries 0: the first error ends it, program's own timeouts hold.
struct sim_retry {
    const char *label;
    const struct sim_try *tries;
    int ntries;
    const char *source; // where the numbers are from
};

// Policies with a name: what well-known tools do. NULL: no such policy. sim_retry_policies ends with a NULL label.
const struct sim_retry *sim_retry_find(const char *label);
extern const struct sim_retry sim_retry_policies[];

struct sim_migration {
    struct sim_program program;
    int nstatements;
    struct sim_retry retry;
};

// ---------------------------------------------------------------------------------------------------------------------------
// The model.

enum sim_pooler { SIM_NO_POOLER = 0, SIM_SESSION_POOLER, SIM_TRANSACTION_POOLER };

struct sim_model {
    const char *const *objects; // display names
    int nobjects;
    int server_version;         // major, 13..18; 0 means 15. Decides NOWAIT (17)
    double cores;               // 0 means 2. Shared by all that compute
    int pool;                   // connections that the application may hold; 0 means 20
    enum sim_pooler pooler;     // SIM_TRANSACTION_POOLER: connection_held_ms does not count
    double deadlock_timeout_ms; // 0 means 1000
    const struct sim_class *classes;
    int nclasses;
    const struct sim_long *longs;
    int nlongs;
    const struct sim_factor *factors;
    int nfactors;
    double row_skew; // deviation of the logarithm of how far traffic prefers the rows that a range begins or ends with; 0: none
    const double *doubts; // what may be so or not, for a whole deploy: probabilities, a draw each per replication
    int ndoubts;
    struct sim_migration migration;
    struct sim_dist lead_ms; // from looking at the long transactions to the start of the migration
    double warmup_ms;        // traffic runs so long before; 0 means 1000
    double horizon_ms;       // given up so long after the migration's start; 0 means 120,000
    double sample_ms;        // peaks are those that a sampler with this period sees, as the lab's; 0 means 10, < 0 all peaks
    double calm_p99_ms;      // latency of calm traffic; 0: found by running it without the migration
    double delay_ms;         // a transaction slower than calm p99 + this is delayed; 0 means 50
};

// Refuses what cannot be simulated (an object out of range, a negative rate, ...), naming it. sim_run calls it too.
enum lc_code sim_check_model(const struct sim_model *model, struct lc_error *err) LC_MUST_CHECK;

// ---------------------------------------------------------------------------------------------------------------------------
// Results. The figures mean what the traffic lab measures on a real server.

enum sim_outcome {
    SIM_DONE = 0,
    SIM_E_LOCK_TIMEOUT,
    SIM_E_DEADLOCK,
    SIM_E_NOWAIT,
    SIM_E_STATEMENT_TIMEOUT,
    SIM_E_TRANSACTION_TIMEOUT,
    SIM_E_CANCELLED, // by its client, or an autovacuum that gave way
    SIM_E_HORIZON,   // still not done at the horizon
    SIM_OUTCOMES,
};

const char *sim_outcome_name(enum sim_outcome outcome); // "lock_timeout", ...

struct sim_figures {              // of one replication
    double lock_wait_ms;          // the migration's own waiting for locks, transactions and snapshots, over all tries
    double duration_ms;           // its wall time without that wait
    double peak_blocked_sessions; // most pool sessions waiting for a lock at one moment
    double blocked_session_s;     // integral over time of the pool sessions waiting for a lock
    double delayed_transactions;  // pool transactions slower than calm p99 + 50 ms, counted from their arrival
    double drain_ms;              // from the release to the last delayed transaction's end, before the first second without one
    double pool_exhausted_ms;     // time in which every pool connection was waiting for a lock
    double errors;                // pool transactions that ended in an error (deadlock, timeouts), after retries
    double tries;                 // of the migration: 1 without retries
    double peak_waiting_clients;  // arrivals waiting for a free connection, at most
    double longest_wait_ms;       // longest wait of a pool session for one lock
    double cancelled_autovacuums;
    double worst_moment_ms;     // when peak_blocked_sessions was first reached, since the migration's start
    enum sim_outcome outcome;   // of the migration
    uint64_t lock_events;       // grants, enqueues and releases: for the benchmark
    uint64_t events;            // turns of the loop: what it cost
    double longest_own_wait_ms; // of the migration, for one lock
    bool settled;               // all was calm again at its end: a later horizon would have changed nothing
};

#define SIM_FIGURES 13 // the doubles that sim_figures begins with, summed up as the quantiles that sim_result begins with

struct sim_quantiles {
    double p10, p50, p90, mean;
};

struct sim_statement_result {
    struct sim_quantiles lock_wait_ms, duration_ms; // over the replications that reached it
    double reached, fails;                          // probabilities
};

// Who is meant by "who": a class of traffic, a long transaction, or a statement of the migration.
enum sim_who { SIM_WHO_CLASS, SIM_WHO_LONG, SIM_WHO_MIGRATION };

struct sim_chain { // sessions of one kind waiting for one lock behind one kind of blocker
    enum sim_who waiting, behind;
    int waiting_index, behind_index;          // class, long transaction, or statement of the migration
    const char *waiting_label, *behind_label; // statement's or program's label; NULL when the caller gave none
    int object;                               // -1: waits for a transaction (row lock, CONCURRENTLY)
    enum lc_lockmode mode;                    // requested
    double probability;                       // of being seen at all
    struct sim_quantiles sessions;            // most at one moment
    struct sim_quantiles at_worst;            // at the moment with the most blocked pool sessions in all
    struct sim_quantiles longest_wait_ms;
    struct sim_quantiles blocked_session_s;
};

struct sim_blocker { // who kept the migration waiting
    enum sim_who who;
    int index;
    const char *label;
    double probability; // of being among those waited for
    double held_ms;     // mean of the wait during which it was in the way
    double saved_ms;    // mean of what its absence alone would have saved
};

struct sim_deadlock {           // sessions that waited for each other
    enum sim_who victim, other; // the one that failed, and one that it waited for: the migration if it is among them
    int victim_index, other_index;
    const char *victim_label, *other_label;
    double probability, mean; // of at least one; their number
};

struct sim_class_result { // of one class of traffic
    struct sim_quantiles delayed;
    double waited; // of these, the share that waited for a lock itself; the others waited for a connection or the cores
};

struct sim_result {
    struct sim_quantiles lock_wait_ms, duration_ms, peak_blocked_sessions, blocked_session_s, delayed_transactions, drain_ms,
        pool_exhausted_ms, errors, tries, peak_waiting_clients, longest_wait_ms, cancelled_autovacuums, worst_moment_ms;
    double pool_exhausted_probability, migration_fails_probability;
    double outcome_probability[SIM_OUTCOMES];
    int replications;
    uint64_t events; // turns of the loop, of all replications that were run
    double calm_p99_ms;
    struct sim_statement_result *statements; // sim_migration.nstatements
    struct sim_chain *chains;                // worst first: by blocked_session_s.mean
    int nchains;
    struct sim_blocker *blockers; // by saved_ms, then held_ms
    int nblockers;
    struct sim_deadlock *deadlocks; // by mean
    int ndeadlocks;
    struct sim_class_result *classes; // sim_model.nclasses
    struct sim_figures *each;         // one per replication, in order
    uint64_t lock_events;
    struct sim_timeline *timeline; // NULL unless asked for
};

// Blocked pool sessions, sessions computing and clients waiting for a connection over time since the migration's start.
struct sim_timeline {
    double bin_ms;
    int nbins;
    const double *blocked_p50, *blocked_p90, *running_p50,
        *queued_p50; // nbins each: mean within the bin, quantile over replications
};

struct sim_options {
    uint64_t seed;
    int replications; // 0 means 400
    double events;    // 0: no budget. Else `replications` are the most, and as many are run as cost so many turns of the loop,
    int fewest;       // ... but so many in any case
    int first_replication; // for shards: replications first .. first+n-1 of the whole
    int threads;           // 0: as many as there are cores, at most 16
    int timeline_bins;     // 0: no timeline
    // The same model, seed and first replication under another lock_timeout or retry policy; NULL: none. Replications in which
    // the migration got each lock within known_ms, at once, are taken over from it: then the figures alone are summed up.
    const struct sim_result *known;
    double known_ms;
};

enum lc_code sim_run(const struct sim_model *model, const struct sim_options *options, struct lc_arena *arena,
                     struct sim_result **out, struct lc_error *err) LC_MUST_CHECK;

// ---------------------------------------------------------------------------------------------------------------------------
// lock_timeout and retries.

struct sim_retry_result { // what a policy would do to the model's migration
    const struct sim_retry *policy;
    double succeeds;                      // probability
    double first_try;                     // probability that the first try is enough
    struct sim_quantiles tries, whole_ms; // from the start to the end, sleeps and waits included
    struct sim_quantiles peak_blocked_sessions, blocked_session_s, delayed_transactions, longest_wait_ms;
};

// Simulates the migration under each policy. options->known: the model's own run, whose replications are shared. *best: the one with
// the least blocked time among those that succeed in 95 of 100 runs; if none does, the one that succeeds most often.
enum lc_code sim_compare_retries(const struct sim_model *model, const struct sim_retry *const *policies, int npolicies,
                                 const struct sim_options *options, struct lc_arena *arena, struct sim_retry_result *out,
                                 int *best, struct lc_error *err) LC_MUST_CHECK;

// Probability that the migration gets through with this lock_timeout and one try, and what one failing try costs.
struct sim_timeout_result {
    double lock_timeout_ms, succeeds;
    double expected_tries;    // 1 / succeeds, as if tries did not depend on each other
    double stalled_sessions;  // mean peak of blocked pool sessions in a try
    double blocked_session_s; // mean
};
enum lc_code sim_try_timeouts(const struct sim_model *model, const double *lock_timeouts_ms, int n,
                              const struct sim_options *options, struct lc_arena *arena, struct sim_timeout_result *out,
                              struct lc_error *err) LC_MUST_CHECK;

// ---------------------------------------------------------------------------------------------------------------------------
// One replication, watched: for traces, tests and the isolation-test transcript.

enum sim_event_kind {
    SIM_EV_ARRIVES,   // a transaction arrives (who, index)
    SIM_EV_STARTS,    // ... got a connection: session
    SIM_EV_STATEMENT, // a statement begins
    SIM_EV_WAITS,     // for `object` in `mode` behind `other` (a session)
    SIM_EV_GRANTED,   // a wait ended with the lock; locks granted at once are not reported
    SIM_EV_ENDS,      // transaction ended: outcome
    SIM_EV_DONE,      // the migration ended: outcome
};

struct sim_event {
    double at_ms; // since the migration's start
    enum sim_event_kind kind;
    enum sim_who who;
    int index, session, other, object, statement;
    enum lc_lockmode mode;
    enum sim_outcome outcome;
    const char *label;
};

typedef void (*sim_event_fn)(void *context, const struct sim_event *event);

enum lc_code sim_run_one(const struct sim_model *model, uint64_t seed, int replication, sim_event_fn watch, void *context,
                         struct sim_figures *out, struct lc_error *err) LC_MUST_CHECK;

// The same replication as a Chrome trace, which Perfetto opens: a track for each session, with its transactions and waits.
struct lc_str;
enum lc_code sim_trace(const struct sim_model *model, uint64_t seed, int replication, struct lc_arena *arena, struct lc_str *out,
                       struct lc_error *err) LC_MUST_CHECK;

#endif
