// From a statement, the catalogue as its predecessors left it and the server's version: the locks in the order they are taken, what is
// read and written in full, and the transactions of commands that run in several. It knows nothing of time.
//
// One file per statement family (fp_alter_table.c, fp_index.c, fp_drop.c, fp_query.c, ...), each with its rules as rows. A rule names mode,
// versions, PostgreSQL's file and function, and the why that the user reads; code only finds the relations that a rule is about.
#ifndef LC_FOOTPRINT_FOOTPRINT_H
#define LC_FOOTPRINT_FOOTPRINT_H

#include "base/lockmode.h"
#include "catalog/catalog.h"
#include "sql/sql.h"

struct fp_rule {
    const char *id; // "add-foreign-key/referenced"
    enum lc_lockmode mode;
    int min_major, max_major; // 0: no limit
    const char *why;          // a sentence for the user
    const char *source;       // "tablecmds.c ATAddForeignKeyConstraint"
};

enum fp_release { FP_COMMIT, FP_STATEMENT }; // held to the end of the transaction, or given back before the statement ends

struct fp_lock {
    const struct cat_relation *rel; // as it was when locked
    const char *name;               // qualified
    const struct fp_rule *rule;
    enum lc_lockmode mode : 8;
    enum fp_release released : 8;
    bool created : 1; // the statement creates the relation
    bool certain : 1; // false: depends on rows or on the branch taken
    bool nowait : 1;
    bool session : 1; // a session-level lock, kept over the phases
    bool dead : 1;    // an index that no new query opens: who had it open has been waited for
    int phase;        // 1.. for commands of several transactions, 0 for the others
};

enum fp_work_kind {
    FP_SCAN,           // reads the heap in full: validation, SET NOT NULL, ATTACH, ANALYZE (sample)
    FP_REWRITE,        // reads the heap, writes a new one
    FP_INDEX_BUILD,    // scans the heap, sorts, writes an index
    FP_INDEX_VALIDATE, // second pass of CREATE INDEX CONCURRENTLY
    FP_FK_CHECK,       // RI_Initial_Check: join of the two tables
    FP_FK_ROWS,        // a foreign key's query for each row that is written (ri_triggers.c)
    FP_QUERY,          // a query or DML: ask the planner, or estimate from statistics
    FP_CLUSTER_SORT,   // CLUSTER or VACUUM FULL copy
    FP_VACUUM,
    FP_ANALYZE,
    FP_COPY_IN,        // COPY FROM
    FP_SET_TABLESPACE, // copy of blocks
    FP_TRUNCATE,       // new empty storage
    FP_METADATA,       // catalogue changes only
    FP_SLEEP,          // pg_sleep
    FP_UNKNOWN_WORK,   // cannot be priced; `what` says why
};

enum fp_fk {
    FP_FK_LOOK_UP,
    FP_FK_LOOK_TWICE,
    FP_FK_LOOK,
    FP_FK_DELETE,
    FP_FK_UPDATE
}; // the key; NO ACTION, RESTRICT; what cascades

struct fp_work {
    enum fp_work_kind kind;
    enum fp_fk fk;                    // FP_FK_ROWS: what each query does to `rel` when a row of `other` is written
    const struct cat_relation *rel;   // the heap; NULL for FP_METADATA without one
    const struct cat_relation *index; // FP_INDEX_BUILD: the index as it will be (not in the catalogue yet when new)
    const struct cat_relation *other; // FP_FK_CHECK: the referenced table; FP_FK_ROWS: the one that is written
    const struct cat_constraint *constraint;
    const Node *expr; // what is evaluated per row (a new default, a CHECK, a USING expression), NULL: nothing
    Oid cast_from,
        cast_to; // FP_REWRITE: a column's types, where its values are converted as they are (no USING, or column::type); InvalidOid: none are
    const Node *query; // FP_QUERY: the SELECT, INSERT, UPDATE, DELETE, MERGE; CREATE TABLE AS's query
    const char *sql;   // its text, for EXPLAIN; NULL: none
    double sleep_ms;
    const char *what; // for the user: "heap rewrite", "btree build of orders_note"
    int phase;
    bool certain; // false: only when a branch or the rows say so
};

enum fp_event_kind {
    FP_EVENT_LOCK,           // locks[index]
    FP_EVENT_WORK,           // work[index]
    FP_EVENT_WAIT_LOCKERS,   // WaitForLockers: current holders that conflict with `mode` on `rel`
    FP_EVENT_WAIT_SNAPSHOTS, // WaitForOlderSnapshots
    FP_EVENT_RELEASE,        // locks[index] is given back
    FP_EVENT_COMMIT,         // the command ends one of its transactions and starts the next
};
struct fp_event {
    enum fp_event_kind kind : 8;
    enum lc_lockmode mode : 8;
    int index;
    const struct cat_relation *rel;
};

enum fp_tx { // what the statement does to the transaction it runs in
    FP_TX_NONE,
    FP_TX_BEGIN,
    FP_TX_COMMIT,
    FP_TX_ROLLBACK,
    FP_TX_SAVEPOINT,
    FP_TX_RELEASE,
    FP_TX_ROLLBACK_TO,
    FP_TX_PREPARE,
};

struct fp_note {      // something the reader must know; unknown ones count as danger
    const char *rule; // "dynamic-sql", "unknown-function", "not-modelled"
    const char *message;
    bool unknown; // true: what happens cannot be told
};

struct footprint {
    const char *command;                            // "ALTER TABLE"
    struct fp_locks LC_ARRAY(struct fp_lock) locks; // newly taken, in order
    struct fp_works LC_ARRAY(struct fp_work) work;
    struct fp_events LC_ARRAY(struct fp_event) events; // the order of all of it
    struct fp_rels LC_ARRAY(const struct cat_relation *) rewrites, scans;
    struct fp_notes LC_ARRAY(struct fp_note) notes;
    enum fp_tx tx;
    int transaction; // number of the transaction it runs in; 0: none (it manages its own, or cannot run in one)
    bool in_block;   // in an explicit or framework's transaction
    double lock_timeout_ms, statement_timeout_ms; // in force while it runs; 0: none
    bool fails;             // the server will refuse it; `error` says how (message: the server's, detail: SQLSTATE)
    struct lc_error *error; // NULL unless it fails
    bool skipped;           // not run: the transaction is already aborted
};

struct fp_session; // one session that runs a migration: its catalogue, its transaction, the locks it holds

// A session outside any transaction, whose statements change `cat`; it lives as long as the catalogue's arena.
struct fp_session *fp_session_new(struct catalog *cat);
// A transaction that the framework opens around a file (or several); fp_transaction_end commits it, or rolls back what failed.
void fp_transaction_begin(struct fp_session *s);
void fp_transaction_end(struct fp_session *s);
// An implicit transaction block around the statements of one multi-statement string (simple query protocol).
void fp_implicit_begin(struct fp_session *s);
void fp_implicit_end(struct fp_session *s);

// The session ends and another begins: what is open is rolled back; settings, prepared statements and temporary tables go.
void fp_session_restart(struct fp_session *s);

// Are the statements that follow those of a body, given one by one? Then a name in them may be a variable of it.
void fp_session_in_body(struct fp_session *s, bool in_body);

// The footprint of one statement, which is then applied to the catalogue (and undone with its transaction). Never fails: what is not
// known is in the footprint. A statement that does not parse gives a note with unknown set.
void fp_statement(struct fp_session *s, const struct lc_sql_stmt *stmt, struct footprint *out);

// The footprint of a query of the traffic: against the catalogue as it is, in a transaction of its own, nothing applied.
// `tree` as lc_sql_parse_one gives it.
void fp_query(const struct catalog *cat, struct lc_arena *arena, const Node *tree, struct footprint *out);

// The one relation that a view selects from, where its query lets the view be written through (rewriteHandler.c view_query_is_auto_updatable); else NULL.
const RangeVar *fp_view_from(const struct cat_relation *view);

#endif
