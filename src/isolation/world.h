// What the files of this room share: sessions with their transactions, the statement that each is running, and the rows of tables.
#ifndef LC_ISOLATION_WORLD_H
#define LC_ISOLATION_WORLD_H

#include "base/map.h"
#include "footprint/footprint.h"
#include "isolation/isolation.h"
#include "sim/spec.h"

// ---- transactions ----------------------------------------------------------------------------------------------------------------

enum xact_status { XACT_RUNNING, XACT_COMMITTED, XACT_ABORTED };

struct xact { // a transaction or a subtransaction that has written or locked a row: it has an id, and holds the id's lock
    int session, object, level;
    bool released; // by RELEASE SAVEPOINT: what follows has another id
    enum xact_status status;
    int committed_at; // the world's clock of commits
};

struct savepoint {
    const char *name;
    int log; // length of the session's log before it
};

struct held { // a lock, and the subtransaction that took it: 0 is the transaction itself
    int object, level;
    enum lc_lockmode mode;
};

struct advisory { // a session's advisory lock: taken as often as it must be given back
    int object, count;
    enum lc_lockmode mode;
};

// ---- rows --------------------------------------------------------------------------------------------------------------------------

enum row_lock { ROW_KEY_SHARE, ROW_SHARE, ROW_NO_KEY_UPDATE, ROW_UPDATE }; // enum LockTupleMode

struct row_member { // one of a tuple's xmax: who locked, updated or deleted it
    struct xact *xact;
    enum row_lock strength;
    bool update; // or delete
    int cmd;
};

struct version {         // a tuple
    const char **values; // by attnum - 1; NULL is NULL
    int nvalues, number;
    struct xact *xmin;
    int cmin;
    struct LC_ARRAY(struct row_member) members;
    struct version *next; // what it was updated to
    bool moved;           // to another partition, by its updater
};

struct rows {
    struct LC_ARRAY(struct version *) versions;
};

enum op_kind {
    OP_CALLS,   // SELECT's target list without FROM: advisory locks
    OP_SCAN,    // SELECT whose condition takes advisory locks
    OP_LOCK,    // SELECT FOR ...
    OP_UPDATE,  //
    OP_DELETE,  //
    OP_INSERT,  // one row
    OP_FK_KEY,  // the referenced row must be there: FOR KEY SHARE
    OP_FK_ROWS, // no referencing row may be there: FOR KEY SHARE
};

struct op { // what a statement does with the rows of one table, or a foreign key's trigger
    enum op_kind kind;
    const struct cat_relation *rel, *root; // OP_INSERT: root has no partition for the row when rel is NULL
    const struct cat_constraint *constraint;
    const Node *where;
    const NodeList *targets; // OP_CALLS, OP_SCAN: expressions; OP_UPDATE: SET
    const NodeList *sort;
    enum row_lock strength;
    LockWaitPolicy policy;
    long limit; // rows; -1: all
    const OnConflictClause *conflict;
    // rows by key instead of by condition
    const int *keys;
    const char **key_values;
    int nkeys;
    const char **values; // of OP_INSERT
    const char *first;   // partition of the statement's table that the row goes to
    const char *error;   // why the row cannot be inserted
    // where it is
    bool started, moved, locking;
    int snapshot;
    struct version **scan;
    int nscan, row;
    struct version *at;
    int phase;
};

// ---- sessions ----------------------------------------------------------------------------------------------------------------------

enum stage { ST_IDLE, ST_LOCKS, ST_ROWS };

struct exec { // the statement that a session is running
    struct lc_sql_script script;
    bool unfolded; // statements of bodies stand in it: their variables have no values
    int at;        // statement of the script
    enum stage stage;
    struct footprint fp;
    int event, seen_commits, phase;
    bool waited, published;
    int waited_object;
    const char *route;                                          // first_partition() before it waited
    struct LC_ARRAY(const struct cat_constraint *) referencing; // foreign keys to the partition that DETACH takes away
    const struct cat_relation *partition;
    struct LC_ARRAY(struct held) taken; // by this statement
    struct LC_ARRAY(int) waitlist;      // objects of virtual transactions
    int waiting_at;
    bool listed;
    int pending; // object asked for, -1: none
    enum lc_lockmode pending_mode;
    int tuple, share; // objects of a tuple lock held, and of a transaction waited for; -1: none
    struct LC_ARRAY(struct op) ops;
    int op, snapshot;
    int calls_seen, calls_done; // advisory locks of the expression at hand
    bool pending_session;       // the lock waited for is a session's advisory lock
    bool in_worker;             // a parallel worker evaluates: its transaction's locks end with the statement
    struct LC_ARRAY(struct held) of_workers;
};

struct frame { // a function of the file's own that is being evaluated
    const char *const *names;
    const struct value *values;
    int n;
    const struct frame *outer;
};

enum isolation_level { READ_COMMITTED, REPEATABLE_READ, SERIALIZABLE };

struct session {
    int number;
    bool in_block, implicit, aborted;
    enum isolation_level isolation;
    struct LC_ARRAY(struct xact *) xacts; // running
    struct LC_ARRAY(struct savepoint) savepoints;
    struct LC_ARRAY(struct held) held;
    struct LC_ARRAY(struct advisory) advisory;
    struct LC_ARRAY(struct op) deferred;
    struct LC_ARRAY(struct undo *) sequence_undo;
    struct LC_ARRAY(const struct lc_sql_stmt *) log,
        settings; // what has changed the catalogue in this transaction; the session's SETs
    int cmd, snapshot, vxid,
        transactions; // snapshot: of REPEATABLE READ, -1: none yet; vxid: its lock's object, -1: nobody has asked
    struct catalog *cat;
    struct fp_session *fp;
    bool stale;             // some of those committed were left out: the next transaction needs a catalogue of its own
    int applied;            // of the world's committed statements
    struct lc_map prepared; // name -> const PrepareStmt *
    const Node *const *params;
    int nparams;
    const struct frame *frame;
    const char *series; // the row of generate_series() at hand; NULL: none
    struct exec x;
};

struct prepared {    // a transaction that no session has any more
    const char *gid; // NULL: it has ended
    int proc, vxid;
    struct LC_ARRAY(struct xact *) xacts;
    struct LC_ARRAY(const struct lc_sql_stmt *) log;
};

struct committed {
    int session; // -1: nobody's, a prepared transaction
    const struct lc_sql_stmt *stmt;
    int detached_at; // DETACH CONCURRENTLY: the commit that hid the partition; 0: no such statement
    bool pending;    // of it no more than that: it is not detached yet
};

struct world {
    const char *file;
    int major;
    struct lc_arena *run_arena, *arena; // of the whole run; of one permutation
    struct spec_run *run;
    struct session *sessions; // the last one is the control session
    int nsessions;
    struct LC_ARRAY(struct committed) committed;
    struct LC_ARRAY(struct prepared) prepared;
    int commits, versions, xacts;
    struct lc_map tables;   // qualified name -> struct rows *
    struct lc_map detached; // qualified names of partitions that are being detached
    struct lc_map notes;    // "not modelled", of the whole run
    struct lc_str *notes_out;
    struct lc_map scripts;   // SQL -> struct lc_sql_script *, of the whole run
    struct lc_map sequences; // qualified name -> struct sequence *
    struct lc_map functions; // "name/arguments" -> const CreateFunctionStmt *
    long calls;              // of functions of the file's own
    long sequence;           // what nextval() gives
};

enum got { GOT, WAIT, FAIL, NONE }; // NONE: not to be had, and that is no error

// ---- world.c: statements -----------------------------------------------------------------------------------------------------------
void world_note(struct world *w, const char *fmt, ...) LC_PRINTF(2, 3);
enum got world_error(struct world *w, struct session *s, const char *fmt, ...) LC_PRINTF(3, 4); // prints it: FAIL

// ---- notes.c ---------------------------------------------------------------------------------------------------------------------------------
void note_unmodelled(struct world *w, struct session *s, const Node *stmt);

// ---- transaction.c -------------------------------------------------------------------------------------------------------------------
struct xact *current_xact(struct world *w, struct session *s); // gives it an id
bool is_mine(const struct session *s, const struct xact *x);
int virtual_xid(struct world *w, struct session *s); // the object that its end releases
void end_transaction(struct world *w, struct session *s, bool commit);
void end_session(struct world *w, struct session *s); // killed
void next_phase(struct world *w, struct session *s);  // a command commits and goes on in a new transaction
void abort_statement(struct world *w, struct session *s);
// BEGIN ... ROLLBACK TO.
enum got transaction_statement(struct world *w, struct session *s, const struct lc_sql_stmt *stmt);
void begin_implicit(struct session *s);
bool changes_catalog(const Node *stmt);
void refresh_catalog(struct world *w, struct session *s);
void publish(struct world *w, struct session *s, const struct lc_sql_stmt *stmt, bool pending);
const PartitionCmd *detaches_concurrently(const Node *stmt); // NULL: it does not
// Asks for a lock. WAIT: whoever resumes the session must call lock_granted first.
enum got take_lock(struct world *w, struct session *s, int object, enum lc_lockmode mode, bool nowait);
void lock_granted(struct world *w, struct session *s);
void give_back(struct world *w, struct session *s, int object, enum lc_lockmode mode);
bool holds(const struct world *w, const struct session *s, int object, enum lc_lockmode mode);
// Waits for its end: SHARE on its id's lock, given back by the next call.
enum got wait_for_xact(struct world *w, struct session *s, const struct xact *x, LockWaitPolicy policy);
void waited_for_xact(struct world *w, struct session *s);

// ---- prepared.c: PREPARE TRANSACTION and its ends (twophase.c) -----------------------------------------------------------------------------
enum got prepare_transaction(struct world *w, struct session *s, const char *gid);
enum got finish_prepared(struct world *w, struct session *s, const char *gid, bool commit);
int prepared_vxid(struct world *w, struct prepared *p); // as virtual_xid()

// ---- privileges.c ------------------------------------------------------------------------------------------------------------------------
// Before any lock is taken. NONE: the command leaves the table out, with a warning.
enum got check_privileges(struct world *w, struct session *s, const Node *stmt);

// ---- relation_locks.c ------------------------------------------------------------------------------------------------------------------
enum got take_relation_locks(struct world *w, struct session *s);

// ---- eval.c ----------------------------------------------------------------------------------------------------------------------------
enum value_kind { V_NULL, V_TEXT, V_UNKNOWN, V_WAIT, V_FAIL };
struct value {
    enum value_kind kind;
    const char *text;
};
struct row_env {
    const struct cat_relation *rel; // NULL: no row
    const struct version *row;
};
struct value eval_expr(struct world *w, struct session *s, const struct row_env *env, const Node *node);
enum got eval_condition(struct world *w, struct session *s, const struct row_env *env, const Node *where); // GOT, NONE: false
bool has_calls(const struct world *w, const Node *node); // advisory locks, pg_cancel_backend(), functions of the file's own
int compare_values(const char *a, const char *b);
bool is_advisory(const FuncCall *f);
// advisory.c. `name`: the built-in function that runs
struct value call_advisory(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f, const char *name);
bool is_advisory_name(const char *name);

// ---- functions.c: functions of the file's own, and DO ------------------------------------------------------------------------------------
void note_function(struct world *w, const CreateFunctionStmt *stmt);
const CreateFunctionStmt *own_function(const struct world *w, const FuncCall *f); // NULL: it is none
struct value call_own(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f);
bool is_evaluated(const struct world *w, const CreateFunctionStmt *stmt); // all that it does is followed by call_own
// Puts the statements of a body in the place of the DO, or of the SELECT of a function, that the session is about to run.
void unfold_statement(struct world *w, struct session *s);
// BEFORE ROW triggers that do nothing but set columns of NEW. `event`: of pg_trigger.tgtype.
enum { EVENT_INSERT = 4, EVENT_DELETE = 8, EVENT_UPDATE = 16 };
void fire_before_row(struct world *w, struct session *s, const struct cat_relation *rel, int event, const char **values);
bool is_followed(const struct world *w, const struct session *s, const struct cat_trigger *t);

// ---- sequences.c -------------------------------------------------------------------------------------------------------------------------
void note_sequence(struct world *w, struct session *s, const Node *stmt); // CREATE and ALTER SEQUENCE
void end_sequences(struct session *s, bool commit);
bool has_nextval(const Node *node);
struct value call_nextval(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f);

// ---- tuple.c: heapam.c -------------------------------------------------------------------------------------------------------------------
enum tm { TM_OK, TM_WAIT, TM_FAIL, TM_SKIP, TM_UPDATED, TM_DELETED, TM_MOVED, TM_SELF }; // TM_Result, and more
bool visible(const struct session *s, const struct version *v, int snapshot);
const struct row_member *updater_of(const struct version *v); // NULL: it is the newest
enum tm lock_tuple(struct world *w, struct session *s, struct version *v, enum row_lock mode, LockWaitPolicy policy,
                   const char *relation);
enum tm follow_tuple(struct world *w, struct session *s, struct version **v, LockWaitPolicy policy, const char *relation);
enum tm update_tuple(struct world *w, struct session *s, struct version *v, enum row_lock mode); // TM_OK: it may be written now
void write_tuple(struct world *w, struct session *s, struct version *v, enum row_lock mode, struct version *next);
struct version *new_tuple(struct world *w, struct session *s, struct rows *rows, const char **values, int n);

// ---- statement_rows.c: from a statement to what it does with rows ------------------------------------------------------------------------
void plan_rows(struct world *w, struct session *s, const Node *stmt);
// ExecFindPartition, one level: the partition for the row, whose values are put in its order of columns. NULL: there is none.
const struct cat_relation *partition_for(struct world *w, struct session *s, const struct cat_relation *rel,
                                         const char ***values);
struct rows *rows_of(struct world *w, const struct session *s, const struct cat_relation *rel);

// ---- foreign_keys.c
void note_detach(struct world *w, struct session *s, const Node *stmt);
enum got validate_keys(struct world *w, struct session *s, const Node *stmt); // ALTER TABLE that looks at all rows
enum got check_detach(struct world *w, struct session *s);                    // does a row refer to the partition?

// ---- partitions.c
bool routes_rows(const struct cat_relation *rel); // by a key of which rows are told apart here
bool is_misplaced(struct world *w, struct session *s, const struct cat_relation *rel, const char **values);
// The leaf where the row belongs, from the top of the tree that rel is in; NULL: none. The values are put in its order.
const struct cat_relation *place_of(struct world *w, struct session *s, const struct cat_relation *rel, const char ***values);
enum got check_attach(struct world *w, struct session *s, const Node *stmt);
const char *first_partition(const struct session *s); // NULL: not an INSERT into a partitioned table
const char *lost_child(struct world *w, struct session *s, const struct footprint *old, int nevents); // the error; NULL: none

// ---- row_ops.c: doing it -------------------------------------------------------------------------------------------------------------------
enum got run_ops(struct world *w, struct session *s);
// ---- foreign_keys.c ----------------------------------------------------------------------------------------------------------------------
void queue_key_checks(struct world *w, struct session *s, const struct cat_relation *rel, const struct version *old,
                      const struct version *new);
// GOT: no duplicate; NONE: there is one, *found. `v`: the row itself, NULL before it is inserted.
enum got unique_check(struct world *w, struct session *s, const struct cat_relation *rel, const struct version *v,
                      const char **values, struct version **found);
bool changes_key(const struct session *s, const struct cat_relation *rel, const char **old, const char **new, int n);

#endif
