// What the recipes share: the plan being made, its steps, and questions about the statement at hand. Not for other rooms.
#ifndef LC_REWRITE_INTERNAL_H
#define LC_REWRITE_INTERNAL_H

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/expr.h"
#include "footprint/footprint.h"
#include "rewrite/rewrite.h"
#include "rewrite/text.h"

// Operators and functions are found by name along the search_path, where anybody's may stand first. In a statement with text of the migration's own,
// which is to be read as the original is, what the rewrite adds is written so; all else is run under RW_PATH.
#define RW_OP(op) "OPERATOR(pg_catalog." op ")"
#define RW_PATH "pg_catalog, pg_temp"
#define RW_SET_PATH "PERFORM pg_catalog.set_config('search_path', '" RW_PATH "', true);\n"

enum rw_window { // why there is no safe way
    RW_WINDOW_NONE,
    RW_WINDOW_OTHER,
    RW_WINDOW_CLUSTER,
    RW_WINDOW_VACUUM_FULL,
    RW_WINDOW_TABLESPACE,
    RW_WINDOW_LOGGED,
    RW_WINDOW_UNLOGGED,
    RW_WINDOW_ACCESS_METHOD,
    RW_WINDOW_REFRESH,
    RW_WINDOW_TRANSACTION,
    RW_WINDOW_STORED,
    RW_WINDOW_DOMAIN,
    RW_WINDOW_KEY_TYPES,
    RW_WINDOW_NO_KEY,
    RW_WINDOW_OLD_VALUES,
    RW_WINDOW_WITH,
    RW_WINDOW_TRIGGERS,
    RW_WINDOW_REFERENCED,
    RW_WINDOW_CASCADE,
    RW_WINDOW_WHERE,
    RW_WINDOW_VIEW,
    RW_WINDOW_SELF_KEYS,
    RW_WINDOW_SELF_NO_KEY,
    RW_WINDOW_TO_PARTITIONED,
    RW_WINDOW_OVERLAPS,
    RW_WINDOW_EXCLUSION,
    RW_WINDOW_MATCHING_INDEX,
    RW_WINDOW_FOREIGN_PARTITION,
    RW_WINDOW_BOUND,
    RW_WINDOW_DEFAULT_BOUND,
    RW_WINDOW_TYPE_GENERATED,
    RW_WINDOW_TYPE_FOREIGN,
    RW_WINDOW_TYPE_CHILD,
    RW_WINDOW_TYPE_HANGS,
};

struct rw { // the plan of one file
    struct lc_arena *arena;
    struct catalog *cat; // as the statement at hand finds it; changes are undone
    const struct rewrite_options *options;
    double target_ms;
    const char *hash;     // 8 hex digits: names of helpers end in it
    Oid schema;           // where helpers go: that of the first table that needs one
    int helpers;          // names given so far
    int number;           // steps so far in this file
    struct lc_map before; // oid -> struct cat_relation *: the tables that the file touches, as they were before it
    struct lc_map taken;  // names of relations and constraints that are there before it
    bool quiet;           // some batch must not fire the table's triggers
    struct lc_str facts;  // SQL conditions that hold when the file has run to its end; empty: none is known
    const struct forecast_file *file;
    // of the statement at hand
    const struct forecast_stmt *fs;
    struct footprint fp;      // in a transaction of its own
    const char *recipe, *why; // of its first recipe, or why there is none
    struct LC_ARRAY(struct rewrite_step) steps;
    struct rewrite_backup copy; // of what the next step takes away
};

// One statement or one subcommand of an ALTER TABLE by itself.
struct rw_stmt {
    const char *text; // without semicolon
    const Node *tree;
    const AlterTableStmt *alter; // when it is one: exactly one subcommand
    const AlterTableCmd *cmd;
    const char *sub;                // the subcommand's text
    const struct cat_relation *rel; // its table; NULL: not known
    const char *name;               // of rel, qualified
    struct footprint fp;
};

// A recipe adds its steps and answers REWRITE_STEPS, or REWRITE_SAME when its precondition does not hold (nothing added), or WINDOW (rw->why).
typedef enum rewrite_verdict (*rw_recipe)(struct rw *rw, const struct rw_stmt *s);

// --- rewrite.c -------------------------------------------------------------------------------------------------------------------------
double rw_target_hold(const struct rewrite_options *options);       // ms; the default where none is given
enum rewrite_verdict rw_plan_text(struct rw *rw, const char *text); // plans a statement made of a part of another, and applies it
void rw_part(struct rw *rw, const char *text, const char *why); // the same, but where it is harmless it becomes a step as it is
const char *rw_helper(struct rw *rw, const char *what);         // "lockcast_1a2b3c4d_1_what", not quoted
const char *rw_state(struct rw *rw);                            // the qualified name of the table of progress
// Ends the plan of `text` so that later parts see what it does; for recipes that plan several parts.
void rw_apply(struct rw *rw, const char *text);
// The relation as the statement leaves it, for names that the server chooses; NULL where it fails.
const struct cat_relation *rw_after(struct rw *rw, const struct rw_stmt *s, const struct cat_constraint **added);

// --- window.c --------------------------------------------------------------------------------------------------------------------------
// No safe way: rw->why says so, with the size of the window and the least bad way.
enum rewrite_verdict rw_window(struct rw *rw, enum rw_window w);
const char *rw_window_text(struct rw *rw, enum rw_window w); // of the statement at hand

// --- hazard.c --------------------------------------------------------------------------------------------------------------------------
bool rw_hazardous(const struct rw *rw, const struct forecast_stmt *fs,
                  const struct footprint *fp);                           // by its forecast: a long blocking lock, or many rows
bool rw_waits_long(const struct rw *rw, const struct forecast_stmt *fs); // for its lock, and others behind it
bool rw_looks_hazardous(const struct rw *rw, const struct forecast_stmt *fs); // may it be, or its lock be held over later work?
bool rw_blocks_existing(const struct footprint *fp);                          // a lock that stops writers of a table that exists
bool rw_large(const struct rw *rw, const struct cat_relation *rel);           // unknown counts as large; partitions are added up
double rw_rows(const struct rw *rw, const struct cat_relation *rel);          // < 0: not known
// Quick, but it stops even readers of several tables at once, or of a whole tree of partitions where one would do.
bool rw_stops_several(const struct rw *rw, const struct forecast_stmt *fs, const struct footprint *fp);
bool rw_has_update_triggers(const struct rw *rw, const struct cat_relation *rel); // or one of its partitions or children

// --- steps.c ---------------------------------------------------------------------------------------------------------------------------
void rw_why(struct rw *rw, const char *recipe, const char *why); // kept if it is the first
// A transaction of its own that waits for no lock longer than the target and tries again.
struct rewrite_step *rw_retry(struct rw *rw, const char *sql, const char *why, const char *rollback);
// A transaction of its own whose locks stop nobody: it may wait.
struct rewrite_step *rw_calm(struct rw *rw, const char *sql, const char *why, const char *rollback);
struct rewrite_step *rw_loop(struct rw *rw, const char *sql, const char *why, const char *rollback); // commits by itself
// Outside of a transaction; `sql` can be run again.
struct rewrite_step *rw_outside(struct rw *rw, const char *sql, const char *why, const char *rollback);
// A copy of what the next step takes away: offered with it, or, where copies are asked for, a step before it.
void rw_offer_copy(struct rw *rw, const char *sql, const char *of, double rows);
void rw_keep_table(struct rw *rw, const struct cat_relation *rel); // all of its rows
// psql's SQL that drops an invalid leftover of an interrupted CONCURRENTLY, or those that meet a condition on pg_class c and pg_index i.
const char *rw_drop_invalid(struct rw *rw, const char *schema, const char *index);
const char *rw_drop_invalid_where(struct rw *rw, const char *condition);
// A concurrent index build; `create` is the whole statement without semicolon. The leftover of an interrupted one is dropped first.
void rw_build_index(struct rw *rw, const char *create, const char *schema, const char *index, const char *why, bool keep);

// --- retry.c ---------------------------------------------------------------------------------------------------------------------------
struct rw_tries { // pieces of the loop in SQL
    const char *declare, *timeout, *last, *sleep;
};
struct rw_tries rw_tries_of(struct rw *rw);
double rw_lock_timeout(const struct rw *rw); // ms that a step may keep others waiting behind its own wait

// --- price.c ---------------------------------------------------------------------------------------------------------------------------
// Forecasts the steps one by one, with what undoes them and what keeps a copy before, on the catalogue as the statement finds it.
enum lc_code rw_price(struct rw *rw, struct rewrite_stmt *r, struct lc_error *err) LC_MUST_CHECK;

// --- keep.c ----------------------------------------------------------------------------------------------------------------------------
void rw_keep(struct rw *rw, const struct forecast_stmt *fs); // the statement as it is, as a step
// Is the kept statement better off in a transaction of its own, or with tries? Then recipe and why say so.
bool rw_keep_apart(struct rw *rw, const struct forecast_stmt *fs);
const char *rw_rollback_of(struct rw *rw, const char *text); // NULL: nothing known, or nothing to undo
// Transactions that cannot be taken apart stay whole.
void rw_split_transactions(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out);

// --- join.c ----------------------------------------------------------------------------------------------------------------------------
// What is dropped before a swap and made again after it goes into its transaction, so that nobody misses it meanwhile.
void rw_join_swaps(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out);

// --- batch.c ---------------------------------------------------------------------------------------------------------------------------
struct rw_batch {
    const struct cat_relation *rel;     // by whose key the batches go
    const struct cat_relation *through; // the view that the statement changes it through; NULL: it names rel itself
    const char *alias;                  // how the statement calls it (quoted)
    const char *head, *tail;            // the statement around its range condition: "UPDATE t SET ... WHERE (...) AND " and ""
    const char *condition;   // the statement's own, on rel alone and by its alias; NULL: none that can be asked by itself
    const Node *where;       // the condition's tree
    const char *what;        // "orders: note", for the progress notices
    int passes;              // without a key: at most so many over the heap; 0: until one finds nothing
    bool quiet_triggers;     // the table's triggers must not fire: the original does not fire them
    const NodeList *changed; // ResTargets of columns that the statement changes: no key to go by; NULL: none
    const char *why, *rollback;
    bool irreversible;
    double rows; // where rel's are not known
};
void rw_add_batch(struct rw *rw, const struct rw_batch *b);
// The operator by which the type is ordered, as it is written where the path is the session's, or (`own`) RW_PATH; NULL: not known.
const char *rw_operator(const struct rw *rw, Oid type, const char *op, bool own);
// "a.k = b.k AND ..." of columns of a relation, in the migration's own statements.
const char *rw_equal(const struct rw *rw, const struct cat_relation *rel, const struct cat_attnums *columns, const char *a,
                     const char *b);
bool rw_has_key(const struct rw *rw, const struct rw_batch *b);
void rw_batch_key(const struct rw *rw, const struct cat_relation *rel, const NodeList *changed,
                  struct cat_attnums *out); // none: there is no key

// --- recipe_copy.c -------------------------------------------------------------------------------------------------------------------
struct rw_copy {
    const char *why;
    const char *change;         // what follows ALTER TABLE name
    const char *column, *value; // whose value is computed from the row; NULL: none
    const char *rollback;
};
// A second table with the change, filled and put in place of the statement's. False: something hangs on the table, and the plan is as it was.
bool rw_by_copy(struct rw *rw, const struct rw_stmt *s, const struct rw_copy *change);
bool rw_is_published(const struct rw *rw, const struct cat_relation *rel);

// --- check.c ---------------------------------------------------------------------------------------------------------------------------
// Steps before anything is changed, each only where it is needed.
void rw_check_not_valid(struct rw *rw, const struct cat_relation *rel); // no row breaks a constraint that is not valid
void rw_check_visible(struct rw *rw, const struct cat_relation *rel);   // row security hides no row from the role
// Does a publication send what is written to any table that is made in the schema?
bool rw_publishes_new_tables(const struct rw *rw, Oid schema);
// No subscriber would miss the table of progress: a DO block that ends the file where one would; NULL: nothing publishes it.
const char *rw_check_state(struct rw *rw);
// No subscriber would miss the column (a new one of the rewrite, not of the migration).
void rw_check_subscribers(struct rw *rw, const struct cat_relation *rel, const char *column, const char *type);

// --- recipes ---------------------------------------------------------------------------------------------------------------------------
rw_recipe rw_find_recipe(const struct rw_stmt *s); // NULL: none is for such a statement
enum rewrite_verdict rw_create_index(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_add_constraint(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_set_not_null(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_add_column(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_alter_type(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_update(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_delete(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_computed_update(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_computed_delete(struct rw *rw, const struct rw_stmt *s);
// The table whose rows an UPDATE or DELETE through the view changes; NULL: the view is not updatable by itself.
const struct cat_relation *rw_view_base(const struct rw *rw, const struct cat_relation *view);
const char *rw_view_column(const struct rw *rw, const struct cat_relation *view,
                           const char *column); // as the view calls it; NULL: hidden
bool rw_view_reads(const struct rw *rw, const struct cat_relation *view,
                   const struct cat_relation *base); // by a query of its own
bool rw_deletes_in_order(const struct rw *rw,
                         const struct cat_relation *rel); // it refers to itself by a key that does not cascade
enum rewrite_verdict rw_self_delete(struct rw *rw, const struct rw_stmt *s);
const char *rw_lost_rows(struct rw *rw, const struct rw_stmt *s); // of a DELETE: a sentence for its rollback
enum rewrite_verdict rw_insert(struct rw *rw, const struct rw_stmt *s);
bool rw_can_go(const struct rw *rw, Oid rel, bool cascade); // would DROP TABLE take it?
enum rewrite_verdict rw_drop(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_drop_column(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_truncate(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_drop_index(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_reindex(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_rename(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_refresh(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_attach(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_detach(struct rw *rw, const struct rw_stmt *s);
const char *rw_attach_again(struct rw *rw, const char *parent, const struct cat_relation *part); // undoes a DETACH
enum rewrite_verdict rw_create_partition(struct rw *rw, const struct rw_stmt *s);
enum rewrite_verdict rw_no_safe_way(struct rw *rw, const struct rw_stmt *s);
// The proof of NOT NULL, used by SET NOT NULL, PRIMARY KEY and ADD COLUMN: steps after which the column is NOT NULL without a scan.
void rw_prove_not_null(struct rw *rw, const struct cat_relation *rel, const char *column);

// --- facts.c ---------------------------------------------------------------------------------------------------------------------------
void rw_facts_begin(struct rw *rw, const struct forecast_file *f); // before its first statement is applied
void rw_facts_end(struct rw *rw, const struct forecast_file *f);   // after its last

// --- file.c ----------------------------------------------------------------------------------------------------------------------------
void rw_write_file(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out);
// The DO block that runs a step of the form RETRY; `guard`: it asks by itself whether it is done.
const char *rw_retry_block(struct rw *rw, const struct rewrite_step *step, bool guard);
// Of the advisory lock of those who run the file: "1, 2".
const char *rw_lock_key(const struct rw *rw);
// A statement of a block: refuses to go on inside of a transaction.
const char *rw_refuse_transaction(const struct rw *rw, const char *hint);
// The comment over a step: its number, and why there is one, on one line whatever names are in it.
void rw_step_heading(const struct rewrite_step *step, struct lc_str *s);

// --- framework.c -----------------------------------------------------------------------------------------------------------------------
// After rw_write_file: the same steps in the framework's own form.
enum lc_code rw_write_framework(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out,
                                struct lc_error *err) LC_MUST_CHECK;

#endif
