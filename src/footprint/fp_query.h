// What the files of the query family share. A statement goes through the server's stages, each of which takes its locks: parse analysis
// (relations that are named), rewriting (views, rules, policies), planning (indexes, children, partitions that survive pruning),
// execution (routing, triggers, foreign keys, functions).
#ifndef LC_FOOTPRINT_FP_QUERY_H
#define LC_FOOTPRINT_FP_QUERY_H

#include "footprint/internal.h"

enum fq_stage { FQ_ANALYZE, FQ_REWRITE, FQ_PLAN, FQ_START, FQ_EXECUTE }; // how far the server goes; EXPLAIN to ExecutorStart

enum fq_rule_id {
    FQ_READ,
    FQ_ROWMARK,
    FQ_TARGET,
    FQ_VIEW,
    FQ_INDEX,
    FQ_CHILD,
    FQ_PARTITION,
    FQ_ROUTE,
    FQ_PARENT_QUAL,
    FQ_SEQUENCE,
    FQ_FK_CHECK,
    FQ_FK_READ,
    FQ_FK_WRITE,
    FQ_CATALOG_FUNCTION,
    FQ_STATISTICS,
    FQ_LOCK_TABLE,
    FQ_LOCK_VIEW,
    FQ_TRUNCATE,
    FQ_TRUNCATE_REINDEX,
    FQ_TRUNCATE_SEQUENCE,
    FQ_RULES,
};
extern const struct fp_rule fq_rules[FQ_RULES];

struct fq_level;

struct fq_rel { // one entry of the range table that is a relation
    const struct cat_relation *rel;
    enum lc_lockmode mode;
    bool inh;       // not ONLY
    bool planned;   // the planner opens its indexes and children: false for the target of an INSERT
    bool uncertain; // reached only by some rows or some branch
    bool rewritten;
    struct fq_level *level;      // where it stands
    struct fq_level *view;       // of a view: its query; NULL: not expanded
    const struct fq_rel *within; // the view whose query it is in; NULL: the statement's own
};

struct fq_source { // what a name in FROM stands for
    const char *alias;
    const NodeList *colnames; // column aliases; NULL: none
    struct fq_rel *rel;       // a relation, or
    struct fq_level *sub;     // a subquery, a CTE
    bool nullable;            // an outer join may put NULLs in its place
};

struct fq_qual { // one conjunct that rows must pass
    const Node *expr;
    const Node *equals; // expr = equals, from IN (SELECT equals ...), in the scope of equals_level
    struct fq_level *equals_level;
    int lo, hi; // sources [lo, hi) of the level that it restricts: the nullable side of an outer join, else all
};

// A column that JOIN USING makes of two (buildMergedJoinVar, parser/parse_clause.c): the one of an outer join's outer side, of FULL neither.
struct fq_merged {
    const char *name;
    int lo, hi; // sources [lo, hi) have it; none: it is an expression
};

struct fq_cte {
    const char *name;
    const CommonTableExpr *node;
    struct fq_level *level; // NULL: a data-modifying one, or being analysed
    int refs;
};

struct fq_level {            // one SELECT, or the scope of an UPDATE, DELETE, MERGE
    struct fq_level *outer;  // for names
    struct fq_level *parent; // whose quals may be pushed into this one; NULL: a sublink, a view not expanded in FROM
    bool pulled_up;          // part of the parent's join tree: quals flow both ways
    bool fenced;             // LIMIT, windows, MATERIALIZED: nothing is pushed into it
    bool grouped, simple;    // aggregates; nothing but FROM and WHERE
    const SelectStmt *select;
    struct fq_level *larg, *rarg; // of a set operation
    struct LC_ARRAY(struct fq_cte) ctes;
    struct LC_ARRAY(struct fq_source) sources;
    struct LC_ARRAY(struct fq_qual) quals;
    struct LC_ARRAY(struct fq_merged) merged; // of RIGHT and FULL joins, outer joins last
};

struct fq_call { // a function that has a body to look into
    const struct cat_proc *proc;
    const FuncCall *call;
    bool certain;   // it runs whatever the rows are
    bool uncertain; // where it stands, all is uncertain
    bool in_from;
};

struct fq_query {
    struct fp_session *s;
    struct lc_arena *arena;
    enum fq_stage stage;
    struct LC_ARRAY(struct fq_rel *) rels;
    struct LC_ARRAY(struct fq_level *) levels;
    struct LC_ARRAY(struct fq_call) calls;
    struct fq_dmls *dmls;            // data-modifying statements of the query, the outermost last (fp_dml.c)
    const struct cat_relation *skip; // of a rule's or trigger's action: NEW and OLD are this relation's rows
    int nesting;                     // depth of the walk
    bool in_view;                    // the query of a view is being read
    bool in_with;                    // the statement at hand is one of WITH
    bool conditional;                // what is walked runs only for some rows
    bool filtered;                   // the FROM at hand has a WHERE
    bool scans;                      // record tables read in full (CREATE TABLE AS, REFRESH)
};

// --- fp_query.c ---------------------------------------------------------------------------------------------------------------
void fq_init(struct fq_query *q, struct fp_session *s, enum fq_stage stage); // how far it will be taken
// Takes a statement (SELECT, INSERT, UPDATE, DELETE, MERGE) to the stage of q, which fq_init has set up. record: as work, too. False: not such
// a statement.
bool fq_run_query(struct fq_query *q, const Node *stmt, bool record);
// The same with a query of its own.
bool fq_run(struct fp_session *s, const Node *stmt, enum fq_stage stage);

// --- fp_query_walk.c: parse analysis -------------------------------------------------------------------------------------------
struct fq_level *fq_new_level(struct fq_query *q, struct fq_level *outer); // a SELECT of its own; outer NULL: the statement
// locked: FOR UPDATE of an outer query reaches it
struct fq_level *fq_select(struct fq_query *q, const SelectStmt *stmt, struct fq_level *outer, bool locked);
void fq_with(struct fq_query *q, struct fq_level *level, const WithClause *with);
void fq_from_item(struct fq_query *q, struct fq_level *level, const Node *item, const NodeList *locking, bool locked);
void fq_expr(struct fq_query *q, struct fq_level *level, const Node *expr);
void fq_exprs(struct fq_query *q, struct fq_level *level, const NodeList *exprs);
void fq_add_quals(struct fq_query *q, struct fq_level *level, const Node *expr, int lo, int hi);
void fq_settle(struct fq_level *level); // once all is walked: which subqueries and CTEs become part of the query
void fq_push_quals(struct fq_query *q, struct fq_level *level, const Node *expr); // expressions that have been walked already
struct fq_rel *fq_add_rel(struct fq_query *q, struct fq_level *level, const struct cat_relation *rel, enum lc_lockmode mode,
                          bool inh);
void fq_lock(struct fq_query *q, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule);

// (row).name and row.name where the name is a function of the row (fp_query_func.c). True: the node has been walked.
bool fq_row_functions(struct fq_query *q, struct fq_level *level, const Node *node);

// --- fp_views.c: rewriting -------------------------------------------------------------------------------------------------------
void fq_rewrite(struct fq_query *q); // views become what they select from, and that is locked (fireRIRrules)
// Does the view's query alone forbid to write through it? The rest may do so too.
bool fq_view_refused(const struct cat_relation *view);
// The base relation of an auto-updatable view (rewriteTargetView), NULL when it is not one; locks what lies between.
const struct cat_relation *fq_view_base(struct fq_query *q, const struct cat_relation *view, enum lc_lockmode mode);
// The column of the base relation behind a view's column; the name itself when it cannot be told.
const char *fq_view_column(const struct cat_relation *view, const char *column);
bool fq_view_inherits(const struct cat_relation *view); // does an auto-updatable view read its base table without ONLY?
bool fq_view_updatable(const struct catalog *cat, const struct cat_relation *view);

// --- fp_query_plan.c -------------------------------------------------------------------------------------------------------------
void fq_plan(
    struct fq_query *q); // children and partitions that are not pruned, and all indexes of what is read (get_relation_info)
// All indexes of a table. briefly: given back before the statement ends.
void fq_lock_indexes(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, bool briefly);
// Every relation that a query over `rel` reaches with nothing to prune by: children, partitions.
void fq_lock_children(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule);

// --- fp_query_prune.c, fp_query_value.c: partitions --------------------------------------------------------------------------------
// May the planner leave the relation out of the plan, because its join has no rows for certain or nobody asks for them?
bool fq_may_be_left_out(struct fq_query *q, const struct fq_rel *r);
// keep[i] for rel->children.items[i]: 0 pruned, 1 not, 2 perhaps (a parameter decides, or what is not modelled).
void fq_prune(struct fq_query *q, const struct fq_rel *r, const struct cat_relation *rel, char *keep);
// The partition that a row with these key values goes to: values[i] for partkey.keys[i], NULL: not constant. NULL: cannot be told.
const struct cat_relation *fq_route(struct fp_session *s, const struct cat_relation *rel, const Node *const *values);

struct fq_value { // a constant as the partition key's type sees it
    enum {
        FQV_UNKNOWN,
        FQV_NULL,
        FQV_INT,
        FQV_REAL,
        FQV_TEXT,
        FQV_FORM // ranges, arrays, rows in one way of writing them: equal or not, but without an order here
    } kind;      // dates and timestamps: FQV_INT, days or microseconds since 2000
    int64_t i;
    double d;
    const char *s;
};
// The value of a constant expression as compared with a column of `type`; FQV_UNKNOWN: not a constant, or not one that the planner
// prunes by. *param: it is a parameter, or perhaps constant.
struct fq_value fq_evaluate(const struct catalog *cat, const Node *expr, Oid type, bool *param);
int fq_compare(struct fq_value a, struct fq_value b);
bool fq_hash_extended(const struct catalog *cat, struct fq_value v, Oid type, uint64_t *hash);
struct fq_var { // a column of a table that the query reads
    struct fq_rel *rel;
    int attnum;
    struct fq_level *level; // where the name was found
    int source;             // and in which source of it
};
// The columns that a ColumnRef stands for, through subqueries and views. Returns how many, at most max.
int fq_resolve(struct fq_query *q, struct fq_level *level, const ColumnRef *ref, struct fq_var *out, int max);
// What stands in the place of a column of a subquery, or of one row of VALUES, that is pulled up (prepjointree.c pull_up_subqueries); NULL: a
// column of a relation, or nothing that is known.
const Node *fq_pulled_up(struct fq_query *q, struct fq_level *level, const Node *expr);

// --- fp_dml.c: INSERT, UPDATE, DELETE, MERGE ---------------------------------------------------------------------------------------
enum fq_op { FQ_INSERT = TRIGGER_TYPE_INSERT, FQ_DELETE = TRIGGER_TYPE_DELETE, FQ_UPDATE = TRIGGER_TYPE_UPDATE };

struct fq_write { // one kind of write on one relation
    const struct cat_relation *rel;
    enum fq_op op;
    const NodeList *cols;   // ResTargets that an INSERT names; NULL: all columns in order
    const NodeList *set;    // ResTargets of UPDATE ... SET; NULL with all_columns
    bool all_columns;       // UPDATE of columns that are not known
    const NodeList *values; // INSERT ... VALUES: the rows; NULL: a query
    const NodeList *query;  // INSERT ... SELECT: its target list; NULL: not one by one
    int given;              // without cols: how many columns that has; 0: not known
    bool default_values;
    OverridingKind override;
    bool rows;  // at least one row for sure
    bool tried; // or one that comes as far as its BEFORE triggers: ON CONFLICT decides the rest
    bool none;  // no row: INSERT ... SELECT from a table that has none
    bool inh;
};
void fq_dml(struct fq_query *q, const Node *stmt,
            struct fq_level *outer);     // its analysis; outer: what it stands in as WITH, or NULL
void fq_dml_start(struct fq_query *q);   // what ExecInitModifyTable refuses
void fq_dml_execute(struct fq_query *q); // what its rows do, in the order of q->dmls
// The sequence of a serial or identity column; NULL: none.
const struct cat_relation *fq_owned_sequence(const struct fp_session *s, const struct cat_relation *rel,
                                             const struct cat_attribute *att);
// Everything that writing rows does besides the table itself: routing, indexes, sequences, triggers, foreign keys.
void fq_execute_write(struct fp_session *s, const struct fq_write *w);
// Asked before the statement's names are (transformMergeStmt, parser/parse_merge.c). False: it is refused.
bool fq_can_merge(struct fp_session *s, const RangeVar *target);
bool fq_fire_rules(struct fp_session *s, const struct fq_write *w); // false: they stand in for the write
// The bound of a partition is read from its parents where it is not cached yet.
void fq_maybe_parents(struct fp_session *s, const struct cat_relation *rel);
// What the row of an INSERT ... VALUES has for a column; *isdefault: it gets its default.
const Node *fq_row_value(const struct fq_write *w, const struct cat_relation *rel, const char *name, int row, bool *isdefault);
bool fq_set_to_default(const struct fq_write *w, const char *name); // SET name = DEFAULT
bool fq_sets_column(const struct fq_write *w, const struct cat_relation *rel, int attnum);

// Does the query give no row for certain, because a table that it needs rows of is empty (fp_fill.c)?
bool fq_gives_none(struct fp_session *s, const SelectStmt *select);
// Rows of the write come into a table; NULL: rows of whatever kind (fp_fill.c).
void fq_fill(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w);
// May the write give the column another value than NULL (fp_fk.c)?
bool fq_brings_value(const struct fq_write *w, const struct cat_relation *rel, const struct cat_attribute *att);

// Refuses to update or delete what is published without a replica identity (fp_publish.c).
void fq_check_published(struct fp_session *s, const struct fq_write *w);

// --- fp_fk.c, fp_trigger_fire.c ------------------------------------------------------------------------------------------------------
bool fq_is_own(const struct fp_session *s, const struct cat_relation *rel); // fp_own_rows has been told of it
// The foreign keys of the table (RI_FKey_check), and those that refer to it (RI_FKey_cascade_del and its like).
void fq_fk_child(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w);
void fq_fk_parent(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w);
// The triggers of one event and timing (TRIGGER_TYPE_*; timing 0: AFTER), those for each row or those for the statement.
void fq_fire(struct fp_session *s, const struct cat_relation *rel, int event, int timing, bool row, const struct fq_write *w);
bool fq_trigger_enabled(const struct fp_session *s, char enabled); // tgenabled; 0: O
bool fq_has_trigger(const struct catalog *cat, const struct cat_relation *rel, int mask);

// --- fp_query_func.c: what functions do ----------------------------------------------------------------------------------------------
void fq_function(struct fq_query *q, struct fq_level *level, const FuncCall *call, bool in_from);
// The text that an argument is; NULL: not known. Runs such a text, or says that it is not known.
const char *fq_text_argument(struct fp_session *s, const FuncCall *call, int i);
void fq_run_text(struct fq_query *q, const char *text);
// A function in C: what those of contrib modules read (fp_query_extension.c).
void fq_extension_function(struct fq_query *q, const FuncCall *call, const struct cat_proc *p);
// pg_get_viewdef: what the definition of a view names.
void fq_lock_definition(struct fp_session *s, const struct cat_relation *view);
// The functions that fq_function has found: what planning runs of them, and what running the query does.
void fq_plan_calls(struct fq_query *q);
void fq_execute_calls(struct fq_query *q, const Node *stmt); // stmt: the query that they stand in
struct fp_firing {                                           // of a trigger
    const struct cat_trigger *trigger;                       // NULL: not known
    const struct cat_relation *rel;
    const char *op;
};
void fq_trigger_proc(struct fp_session *s, const struct cat_proc *proc, const struct fp_firing *firing);
void fq_call_proc(struct fp_session *s, const struct cat_proc *proc, const FuncCall *call);

// --- fp_body.c -------------------------------------------------------------------------------------------------------------------------
// A PL/pgSQL body given as its CREATE FUNCTION or DO statement; call: with which arguments it is called, NULL: not known.
// Its value, as far as that can be told.
struct fp_val fp_body(struct fp_session *s, const char *create, const struct cat_proc *proc, const FuncCall *call,
                      const struct fp_firing *firing);

// --- other statements --------------------------------------------------------------------------------------------------------------------
void fp_lock_table(struct fp_session *s, const LockStmt *stmt);
void fp_truncate(struct fp_session *s, const TruncateStmt *stmt);
// Is the file of the relation of this (sub)transaction, so that a rollback takes it away?
bool fp_has_new_storage(const struct fp_session *s, const struct cat_relation *rel);
void fp_set(struct fp_session *s, const char *name, const char *value, bool local); // SET; value NULL: RESET
void fp_copy(struct fp_session *s, const CopyStmt *stmt);
bool fq_option_on(const NodeList *options, const char *name); // defGetBoolean

// An enumerator as this family uses it; cat_find_rangevar, but CTE names are the caller's matter.
const struct cat_relation *fq_find(struct fp_session *s, const RangeVar *rv);

#endif
