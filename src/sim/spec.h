// PostgreSQL's isolation-test files: parsing them, and running their permutations on the simulated lock manager.
//
// The file's grammar is PostgreSQL's (src/test/isolation/README): setup, teardown, sessions of named steps, permutations with
// markers. What a step's SQL means is not known here: a "world" says it, by asking for locks, ending transactions and printing
// results. The runner does what isolationtester does: it sends steps, sees who waits, prints `<waiting ...>` and
// `<... completed>`, and lets the virtual clock go on (deadlock_timeout, lock_timeout) when somebody must be waited for.
#ifndef LC_SIM_SPEC_H
#define LC_SIM_SPEC_H

#include <stdbool.h>

#include "base/str.h"
#include "sim/locktable.h"
#include "sim/sim.h"

// ---- the file ----------------------------------------------------------------------------------------------------------------

struct spec_step {
    const char *name, *sql;
    int session, line;
};

struct spec_session {
    const char *name, *setup, *teardown; // setup, teardown: NULL when there is none
    int first_step, nsteps;
};

struct spec_blocker { // a marker behind a step of a permutation
    enum spec_blocker_kind {
        SPEC_ONCE,    // (*): counts as waiting when it is started
        SPEC_OTHER,   // (other): not complete before that step is
        SPEC_NOTICES, // (other notices N): ... before that step's session has raised N notices
    } kind;
    int step; // the other
    int notices;
};

struct spec_permuted {
    int step;
    const struct spec_blocker *blockers;
    int nblockers;
};

struct spec_permutation {
    const struct spec_permuted *steps;
    int nsteps, line;
};

struct spec_file {
    const char *name; // as spec_parse was given it
    const char *const *setups;
    int nsetups;
    const char *teardown;
    const struct spec_session *sessions;
    int nsessions;
    const struct spec_step *steps;
    int nsteps;
    const struct spec_permutation *permutations; // all interleavings when the file names none
    int npermutations;
};

enum lc_code spec_parse(struct lc_arena *arena, const char *text, const char *file, struct spec_file *out,
                        struct lc_error *err) LC_MUST_CHECK;

// ---- what steps mean -----------------------------------------------------------------------------------------------------------

struct spec_run;

enum spec_status { SPEC_DONE, SPEC_WAITS }; // WAITS: spec_lock has just said LT_WAITS

struct spec_world {
    void *context;
    // A permutation begins: forget everything.
    void (*begin)(void *context, struct spec_run *run);
    // Runs the SQL of a step, setup or teardown; `resumed`: goes on with it, the lock that it waited for being granted.
    enum spec_status (*run)(void *context, struct spec_run *run, int session, const char *sql, bool resumed);
    // What the session was doing has failed (deadlock, timeout); the message is printed already. Its locks are the world's to release.
    void (*failed)(void *context, struct spec_run *run, int session, enum sim_outcome why);
};

#define SPEC_CONTROL (-1) // the session that runs setups and teardown
#define SPEC_PREPARED 16  // processes of the lock table behind the control session's, for prepared transactions

// For a world. Objects have names, given numbers as they are first named.
int spec_object(struct spec_run *run, const char *name);
enum lt_result spec_lock(struct spec_run *run, int session, int object, enum lc_lockmode mode, bool nowait);
void spec_unlock(struct spec_run *run, int session, int object, enum lc_lockmode mode);
void spec_unlock_all(struct spec_run *run, int session);                                  // the end of a transaction
void spec_set(struct spec_run *run, int session, enum sim_setting setting, double ms);    // deadlock_timeout, lock_timeout
void spec_print(struct spec_run *run, int session, const char *fmt, ...) LC_PRINTF(3, 4); // a line of the step's result
// Cancels the statement of another session that waits (pg_cancel_backend). False: it does not wait.
bool spec_cancel(struct spec_run *run, int session);
void spec_notice(struct spec_run *run, int session); // the step has raised a notice
struct lt_table *spec_locks(struct spec_run *run);
struct lc_arena *spec_arena(struct spec_run *run);

// ---- running ---------------------------------------------------------------------------------------------------------------------

// The transcript as isolationtester prints it. An error when a permutation blocks itself for ever.
enum lc_code spec_transcript(const struct spec_file *file, const struct spec_world *world, int server_version,
                             struct lc_arena *arena, struct lc_str *out, struct lc_error *err) LC_MUST_CHECK;

#endif
