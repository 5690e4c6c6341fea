// What the files of this room share: recording locks and work, and the dispatch to families. Not for other rooms.
#ifndef LC_FOOTPRINT_INTERNAL_H
#define LC_FOOTPRINT_INTERNAL_H

#include "catalog/expr.h"
#include "footprint/footprint.h"

struct fp_frame {
    const struct cat_proc *proc;
    const struct cat_relation *rel; // of a trigger
    const struct fp_frame *up;
};

struct fp_rewriting { // a relation whose rules are being expanded
    const struct cat_relation *rel;
    int op;
    const struct fp_rewriting *up;
};

// What earlier statements did that could not be followed: the catalogue may lack what exists.
#define MAX_PARTITION_DEPTH 16 // of tables above a partition that are followed

enum fp_effects {
    FP_KNOWN,
    FP_UNKNOWN_COLUMNS, // columns of the catalogue are perhaps not there; every object and every key is what it is
    FP_UNKNOWN_OBJECTS,
};

struct fp_session {
    struct catalog *cat;
    struct lc_arena *arena;
    struct fp_held *held; // locks held, with the savepoint level at which each was taken (fp_session.c)
    int level;            // 0: no transaction block; 1: in one; more: savepoints
    bool implicit, framework, aborted;
    int transaction;       // the last transaction's number
    int statement;         // and the last statement's
    int depth;             // nesting of bodies: stops recursion
    int cascade;           // and of writes that write further tables: actions of foreign keys, statements of triggers and rules
    struct footprint room; // arrays that each statement's locks, work and events grow in, before they are kept at their length
    // of the statement at hand
    struct footprint *fp;
    const char *sql; // its text
    int phase;
    bool body_committed; // a body has ended a transaction: what fails after it takes back only what came since
    Oid watermark;       // relations created by the statement at hand have an oid above it
    bool uncertain;      // inside a branch, a trigger, a row-dependent action: locks are recorded with certain = false
    bool top_level;
    const struct fp_rewriting *rewriting;
    struct lc_map *old_names; // of relations that a body of the statement at hand has renamed: oid -> name before; NULL: none
    struct lc_map written;    // of the statement at hand: writes whose triggers and foreign keys have been followed
    struct lc_map own_rows;   // of the transaction: the relations of fp_own_rows
    int nested;               // and how many statements bodies have run
    struct lc_map *bounds;    // partition bounds that have been read (fp_partition.c)
    struct lc_map *cached;    // what the server's session has read, by relation (fp_cache.c)
    bool switched;            // what runs has the rights of a table's or a function's owner (SetUserIdAndSecContext)
    struct fp_env *env;       // of the body that is running (fp_eval.h)
    const char *body;         // its CREATE FUNCTION or DO statement
    struct lc_map *results;   // of the body's item at hand: FuncCall -> struct fp_val, what the functions that it called returned
    const struct fp_val *args; // of the function that is called, where its caller knows them; NULL: from the call itself
    long today;                // days since 2000-01-01, for bodies that ask for the date; 0: not known
    Oid block_watermark;       // relations that this transaction block created have an oid above it
    Oid last_sequence;         // of the session's last nextval; InvalidOid: none
    struct cat_oids emptied;   // relations to which this block gave new storage
    int emptied_from;          // the first that the innermost savepoint did
    struct cat_oids on_commit; // relations that the transaction drops when it commits
    struct fp_pending
        *pending; // what deferred constraints have yet to check in this transaction (fp_pending.c); NULL: nothing so far
    bool traffic; // a query of the traffic: nothing is refused
    bool of_body; // statements are those of a body, given one by one: their names may be its variables
    enum fp_effects unknown_effects;
    bool doubted;                  // the statement at hand would fail if what is not known of the catalogue were not so
    struct lc_map *prepared;       // PREPARE: name -> struct fp_prepared (fp_query.c)
    const struct fp_frame *frames; // the functions that are running: a function that calls itself is looked into once
};

// --- ON COMMIT DROP (fp_on_commit.c) ---------------------------------------------------------------------------------------------
// Of a table that the statement has made; what the end of the transaction does with those.
void fp_register_on_commit(struct fp_session *s, const Node *stmt);
void fp_on_commit(struct fp_session *s, bool commit);

// --- names ---------------------------------------------------------------------------------------------------------------------
// Do the columns that a query of the statement at hand names exist? False: it is refused (fp_query.c).
bool fp_check_names(struct fp_session *s, const Node *query);
// The scope of the variables of the body that is running (fp_body.c).
struct cat_scope fp_variables(const struct fp_session *s);

// --- recording (fp_session.c) ----------------------------------------------------------------------------------------------
// Records that the statement takes rule->mode on rel, unless this session holds that mode already. A relation created in this
// statement is marked so. NULL rel is ignored. The mode may be given apart for rules that hold for several modes.
void fp_lock(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule);
void fp_lock_mode(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule);
// Of a sequence that is used: the top transaction owns the lock, whatever savepoint is rolled back (lock_and_open_sequence, commands/sequence.c).
void fp_lock_sequence(struct fp_session *s, const struct cat_relation *seq, const struct fp_rule *rule);
void fp_lock_dead(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule); // struct fp_lock's `dead`
// The same for a lock that is given back before the statement ends.
void fp_lock_briefly(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule);
// A session-level lock (LockRelationIdForSession): kept over fp_next_phase.
void fp_lock_session(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule);
// Gives back everything at the end of a statement that ran in a transaction of its own.
void fp_statement_locks_end(struct fp_session *s);
// Is the rule in force on this server?
bool fp_rule_holds(const struct fp_session *s, const struct fp_rule *rule);
// rows of one id, one per range of versions: the one that holds, NULL when none does.
const struct fp_rule *fp_pick(const struct fp_session *s, const struct fp_rule *rules, int n, const char *id);

void fp_keep_name(struct fp_session *s, const struct cat_relation *rel); // it and its indexes are about to be renamed
// New storage for a relation that existed before; no work by itself.
void fp_rewrite(struct fp_session *s, const struct cat_relation *rel);
// The transaction has inserted, updated or rewritten rows of it: their keys are checked again (fp_fk.c).
void fp_own_rows(struct fp_session *s, const struct cat_relation *rel);
// Is the table without a page, and nothing of this run has come in (fp_fill.c)?
bool fp_is_empty(const struct cat_relation *rel);
// May a row of it have what the foreign key looks up?
bool fp_has_keys(const struct fp_session *s, const struct cat_relation *rel, const struct cat_constraint *con);
void fp_scan(struct fp_session *s, const struct cat_relation *rel); // read in full; no work by itself
struct fp_work *fp_add_work(struct fp_session *s, enum fp_work_kind kind, const struct cat_relation *rel, const char *what);
// The same of an index, whose expressions are evaluated for every row (fp_row_expr.c).
struct fp_work *fp_add_index_work(struct fp_session *s, enum fp_work_kind kind, const struct cat_relation *rel,
                                  const struct cat_relation *index, const char *what);
// What the functions in an index's expressions and condition, or in one expression over the rows, do.
void fp_run_index_exprs(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *index);
void fp_run_expr(struct fp_session *s, const struct cat_relation *rel, const Node *expr); // NULL: nothing
// As CONCURRENTLY: waits for the transactions that hold a conflicting lock (WaitForLockers), or an older snapshot (WaitForOlderSnapshots).
void fp_wait_lockers(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode);
void fp_wait_snapshots(struct fp_session *s);
void fp_next_phase(struct fp_session *s); // the command commits and begins its next transaction: its locks go, session locks stay
// Something the reader must know. unknown: what happens cannot be told, which counts as danger. The same message is noted once a statement.
void fp_note(struct fp_session *s, const char *rule, bool unknown, const char *fmt, ...) LC_PRINTF(4, 5);
// The server will refuse the statement.
void fp_refuse(struct fp_session *s, const char *sqlstate, const char *fmt, ...) LC_PRINTF(3, 4);
// Refuses a statement that uses grammar which the server does not have yet (fp_syntax.c).
bool fp_refuse_newer(struct fp_session *s, const Node *stmt);
// Refuses what writes in a read-only transaction; and the modes that make one (fp_read_only.c).
bool fp_refuse_read_only(struct fp_session *s, const Node *stmt);
bool fp_refuse_target(struct fp_session *s, const Node *stmt); // for the kind of relation that it names (fp_target.c)
// Refuses what a role of this run may not do: to objects of others (fp_owner.c), and to the children that ALTER TABLE locked; for want of a
// privilege, before the statement does anything, and once a query's relations are locked (fp_acl.c).
bool fp_is_asked(const struct fp_session *s); // is the current user such a role, and at the top level?
bool fp_refuse_not_owner(struct fp_session *s, const Node *stmt);
bool fp_refuse_not_owner_below(struct fp_session *s, const AlterTableStmt *stmt);
bool fp_refuse_unprivileged(struct fp_session *s, const Node *stmt);
bool fp_refuse_query(struct fp_session *s, const Node *stmt);
void fp_set_read_only(struct fp_session *s, const char *name, const char *value, bool local);
void fp_set_transaction_modes(struct fp_session *s, const NodeList *modes, bool session);
// Rows of rel were written that the constraint checks at COMMIT, if it is deferred now (fp_pending.c); certain: by all that is known.
void fp_queue_constraint(struct fp_session *s, const struct cat_relation *rel, const struct cat_constraint *con, bool certain);
void fp_queue_trigger(struct fp_session *s, const struct cat_relation *rel, const struct cat_trigger *t, bool certain);
// Refuses the command on a table that has such rows, or says that it may be refused.
void fp_check_pending(struct fp_session *s, const struct cat_relation *rel, const char *command);
void fp_set_constraints(struct fp_session *s, const ConstraintsSetStmt *stmt);
void fp_pending_end(struct fp_session *s);                // of the transaction
void fp_pending_leave(struct fp_session *s, bool commit); // of a savepoint: s->level is what encloses it
// The statement cannot run in a transaction block (PreventInTransactionBlock): refuses it there.
bool fp_prevent_in_block(struct fp_session *s, const char *command);
struct fp_session *fp_session_in(struct catalog *cat, struct lc_arena *arena); // with memory of its own
// Asks the families, applies nothing: for queries of the traffic.
void fp_record(struct fp_session *s, const Node *stmt);
// Records locks and effects of a nested statement (a body, CREATE SCHEMA's elements, EXPLAIN ANALYZE), then applies it.
void fp_nested(struct fp_session *s, const Node *stmt, const char *sql);

// --- what the session's caches hold (fp_cache.c) --------------------------------------------------------------------------------
enum fp_cache { FP_NOT_CACHED, FP_PERHAPS_CACHED, FP_CACHED };
// Of a partition: its bound. Of a composite type's relation: its columns.
enum fp_cache fp_cached(const struct fp_session *s, const struct cat_relation *rel);
void fp_cache(struct fp_session *s, const struct cat_relation *rel, bool certain);
void fp_cache_disturb(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode); // it was locked so
void fp_cache_failed(struct fp_session *s); // the statement at hand was refused
// RelationGetPartitionQual: the tables above are locked as far as the bounds are not cached.
void fp_read_bounds(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule);
void fp_cache_bounds(struct fp_session *s, const struct cat_relation *rel, bool certain); // they have been read, or perhaps
// The row types of rel's columns: those that are not cached are locked briefly (and that is told, if `seen`); they may have been read; a new
// heap's are always locked.
void fp_load_row_types(struct fp_session *s, const struct cat_relation *rel, bool seen);
void fp_load_row_value(struct fp_session *s, Oid type, const Node *value); // a row is made of a constant or ROW(...)
void fp_cache_row_types(struct fp_session *s, const struct cat_relation *rel);
void fp_check_row_types(struct fp_session *s, const struct cat_relation *rel);

// --- transactions (fp_session.c; fp_transaction.c calls these for BEGIN ... ROLLBACK TO) -----------------------------------------
void fp_block_begin(struct fp_session *s);
void fp_block_end(struct fp_session *s, bool commit); // COMMIT (of an aborted block: ROLLBACK) or ROLLBACK
void fp_savepoint(struct fp_session *s, const char *name);
bool fp_savepoint_release(struct fp_session *s, const char *name);  // false: no such savepoint
bool fp_savepoint_rollback(struct fp_session *s, const char *name); // keeps the savepoint itself; ends the aborted state
// A subtransaction without a name (BEGIN ... EXCEPTION in PL/pgSQL): fp_sub_end(s, false) gives back its locks and undoes its catalogue changes;
// the locks that were recorded meanwhile are then marked FP_STATEMENT.
void fp_sub_begin(struct fp_session *s);
void fp_sub_end(struct fp_session *s, bool commit);

// --- families: each records the footprint of its statements *before* they are applied ------------------------------------------
// A family answers false when the statement is not its own. fp_dispatch.c asks them in turn; after it the driver calls cat_apply, unless the family
// applied the statement itself and said so by setting *applied.
bool fp_family_table(struct fp_session *s, const Node *stmt,
                     bool *applied); // CREATE TABLE [AS, LIKE, OF, PARTITION OF], ALTER TABLE, partitions
bool fp_family_index(struct fp_session *s, const Node *stmt,
                     bool *applied); // CREATE/ALTER/DROP INDEX, REINDEX, CLUSTER, VACUUM, ANALYZE
bool fp_family_object(struct fp_session *s, const Node *stmt,
                      bool *applied); // DROP, RENAME, OWNER, SCHEMA, COMMENT, GRANT, types, domains, functions, triggers, ...
bool fp_family_query(struct fp_session *s, const Node *stmt,
                     bool *applied); // SELECT, DML, COPY, EXPLAIN, PREPARE, views' contents, LOCK, TRUNCATE, CALL, DO
bool fp_family_transaction(struct fp_session *s, const Node *stmt, bool *applied); // BEGIN ... ROLLBACK TO, SET, RESET, DISCARD

// A query's locks: relations at `mode` for targets and AccessShare/RowShare for the rest, views expanded, indexes as the planner opens them, functions
// it calls looked into (fp_query.c). For CREATE VIEW, CREATE TABLE AS, policies, rules, SQL functions, matviews.
void fp_lock_query(struct fp_session *s, const Node *query);
void fp_lock_planned(struct fp_session *s, const Node *query); // an EXECUTE: its statement
// The same, but only parse analysis: CREATE VIEW, CREATE RULE, policies, CREATE TABLE AS ... WITH NO DATA.
void fp_lock_analyzed(struct fp_session *s, const Node *query);
// Parse analysis and rewriting, so views are expanded, but no planning: CREATE FUNCTION ... LANGUAGE sql, PREPARE.
void fp_lock_rewritten(struct fp_session *s, const Node *query);

// SELECT expression; and of RETURN expression the same, else `stmt` itself.
const Node *fp_select_of(struct fp_session *s, const Node *expr);
const Node *fp_returned_query(struct fp_session *s, const Node *stmt);
// Event triggers of that event ("ddl_command_start"), where the statement is DDL (fp_event.c).
void fp_fire_event(struct fp_session *s, const Node *stmt, const char *event);

#endif
