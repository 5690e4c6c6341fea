// What the files that apply statements share: the families that cat_apply() asks in turn, and the pieces that several of them build with.
#ifndef LC_CATALOG_APPLY_INTERNAL_H
#define LC_CATALOG_APPLY_INTERNAL_H

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/expr.h"
#include "sql/sql.h"

// A family sets *mine to true when the statement is its own; *mine is false on entry. When it fails, cat_apply() puts the catalogue back.
enum lc_code cat_apply_table(struct catalog *cat, const Node *stmt, bool *mine,
                             struct lc_error *err) LC_MUST_CHECK; // CREATE/ALTER TABLE, CTAS
enum lc_code cat_apply_index(struct catalog *cat, const Node *stmt, bool *mine,
                             struct lc_error *err) LC_MUST_CHECK; // CREATE INDEX, REINDEX, ...
enum lc_code cat_apply_object(struct catalog *cat, const Node *stmt, bool *mine,
                              struct lc_error *err) LC_MUST_CHECK; // DROP, RENAME, OWNER, ...
enum lc_code cat_apply_view(struct catalog *cat, const Node *stmt, bool *mine,
                            struct lc_error *err) LC_MUST_CHECK; // views, matviews, rules
enum lc_code cat_apply_type(struct catalog *cat, const Node *stmt, bool *mine,
                            struct lc_error *err) LC_MUST_CHECK; // types, domains
enum lc_code cat_apply_role(struct catalog *cat, const Node *stmt, bool *mine,
                            struct lc_error *err) LC_MUST_CHECK; // CREATE ROLE, GRANT role
enum lc_code cat_apply_operator(struct catalog *cat, const Node *stmt, bool *mine,
                                struct lc_error *err) LC_MUST_CHECK; // operators, casts, operator classes, access methods
enum lc_code cat_apply_func(struct catalog *cat, const Node *stmt, bool *mine,
                            struct lc_error *err) LC_MUST_CHECK; // functions, triggers, policies

// Dependencies: derived.c tells those that follow from the objects' fields; only those of expressions are recorded here (cat_depend_expr).

// --- ALTER TABLE (apply_alter_table.c, apply_alter_column.c) ---------------------------------------------------------------------------------
struct alter { // one subcommand on one relation
    struct catalog *cat;
    const AlterTableCmd *cmd;
    bool recurse, recursing;
    struct lc_error *err;
    int natts; // the relation's columns before the statement
};
typedef enum lc_code (*cat_alter_fn)(const struct alter *a, Oid rel);
enum lc_code cat_apply_alter_table(struct catalog *cat, const AlterTableStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_move_all(struct catalog *cat, const AlterTableMoveAllStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
// ATSimpleRecursion: the same on every inheritor.
enum lc_code cat_alter_on_inheritors(const struct alter *a, Oid rel, cat_alter_fn one) LC_MUST_CHECK;
enum lc_code cat_alter_open_column(const struct alter *a, Oid rel,
                                   const struct cat_attribute **att) LC_MUST_CHECK; // the one it names
struct cat_attribute *cat_alter_modify_column(const struct alter *a, Oid rel, int attnum);
enum lc_code cat_alter_add_column(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_drop_column(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_default(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_type(const struct alter *a, Oid rel) LC_MUST_CHECK;
// Does a publication name the table? Neither FOR ALL TABLES nor its schema counts (GetRelationPublications).
bool cat_is_published(const struct catalog *cat, const struct cat_relation *rel);
enum lc_code cat_prepare_drop_expression(const struct alter *a, Oid rel) LC_MUST_CHECK; // ATPrepDropExpression
enum lc_code cat_prepare_alter_type(const struct alter *a, Oid rel) LC_MUST_CHECK;      // ATPrepAlterColumnType
enum lc_code cat_check_clusterable(const struct cat_relation *index,
                                   struct lc_error *err) LC_MUST_CHECK; // check_index_is_clusterable (commands/cluster.c)
// stmt: whose subcommands before this one count, too
enum lc_code cat_prepare_persistence(const struct alter *a, const AlterTableStmt *stmt,
                                     const struct cat_relation *rel) LC_MUST_CHECK;
enum lc_code cat_alter_persistence(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_storage(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_compression(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_identity(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_expression(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_statistics(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_column_options(const struct alter *a, Oid rel) LC_MUST_CHECK;
enum lc_code cat_alter_typed_tables(const struct alter *a, Oid rel, cat_alter_fn one) LC_MUST_CHECK; // ATTypedTableRecursion
enum lc_code cat_rowtype_unused(const struct catalog *cat, const struct cat_relation *rel,
                                struct lc_error *err) LC_MUST_CHECK; // 0A000
void cat_validate_partitioned_index(struct catalog *cat, Oid index);
void cat_set_owner(struct catalog *cat, Oid rel, const char *owner); // ATExecChangeOwner: indexes and owned sequences too
struct cat_oids cat_owned_sequences(const struct catalog *cat, Oid rel, int attnum); // getOwnedSequences; attnum 0: of any column

// The server's error: message, and the SQLSTATE as the detail.
enum lc_code cat_error(struct lc_error *err, const char *sqlstate, const char *fmt, ...) LC_PRINTF(3, 4) LC_MUST_CHECK;

static inline struct cat_address cat_address(enum cat_class class, Oid oid, int subid)
{
    return (struct cat_address){class, oid, subid};
}

// --- expressions (expr_kind.c) ---------------------------------------------------------------------------------------------------------
#define MAX_HEAP_ATTRIBUTES 1600 // MaxHeapAttributeNumber (access/htup_details.h): dropped columns count

enum cat_expr_kind { // ParseExprKind
    CAT_EXPR_DEFAULT,
    CAT_EXPR_GENERATED,
    CAT_EXPR_CHECK,
    CAT_EXPR_INDEX,
    CAT_EXPR_PREDICATE,
    CAT_EXPR_PARTITION,
    CAT_EXPR_BOUND,
    CAT_EXPR_WHEN,
    CAT_EXPR_USING,
    CAT_EXPR_POLICY,
};
// What the parser refuses of it, before anybody asks whether it is immutable.
enum lc_code cat_transform_expr_kind(const struct catalog *cat, const struct cat_scope *scope, enum cat_expr_kind kind,
                                     const Node *expr, struct lc_error *err) LC_MUST_CHECK;
// Refuses what may not stand there: subqueries, aggregates, window and set-returning functions, columns, what is not immutable. NULL: nothing to refuse.
enum lc_code cat_check_expr_kind(const struct catalog *cat, const struct cat_scope *scope, enum cat_expr_kind kind,
                                 const Node *expr, struct lc_error *err) LC_MUST_CHECK;

// A copy of the expression with the types that its literals and arguments have now (expr_stored.c).
Node *cat_stored_expression(const struct catalog *cat, const struct cat_scope *scope, const Node *expr);

// --- names (apply_names.c) ---------------------------------------------------------------------------------------------------------
const char *cat_make_object_name(struct lc_arena *arena, const char *name1, const char *name2,
                                 const char *label); // makeObjectName
const char *cat_choose_index_name(const struct catalog *cat, const char *table, const char *columns, const char *label,
                                  Oid schema, bool isconstraint);
const char *cat_choose_constraint_name(const struct catalog *cat, const char *table, const char *columns, const char *label,
                                       Oid schema);
bool cat_constraint_name_used(const struct catalog *cat, const char *name, Oid schema);
const char *cat_join_names(struct lc_arena *arena, const char *const *names, int n); // ChooseIndexNameAddition: "a_b"
bool cat_is_index_method(const char *name); // one of PostgreSQL's own (apply_define_index.c)
// A cast between two types: context e a i, method f b i; of 'f' the function is not known (apply_operator.c).
struct cat_cast *cat_add_cast(struct catalog *cat, Oid source, Oid target, char context, char method);

// --- relations (apply_relation.c) -------------------------------------------------------------------------------------------------
// A relation that may be changed, with its own copy of attrs; the result of cat_modify.
struct cat_relation *cat_modify_relation(struct catalog *cat, Oid rel);
struct cat_constraint *cat_modify_constraint(struct catalog *cat, Oid constraint);
// The attribute of such a copy; attnum is 1-based.
struct cat_attribute *cat_modify_attribute(struct cat_relation *rel, int attnum);
// A new relation of a kind, owned by the current user, not yet published: fill it, then cat_publish_relation(), which also makes the row type
// (kinds r p v m f c) and refuses a name that is taken (42P07).
struct cat_relation *cat_new_relation(struct catalog *cat, char relkind, const char *name, Oid schema);
enum lc_code cat_publish_relation(struct catalog *cat, struct cat_relation *rel, struct lc_error *err) LC_MUST_CHECK;
// A query's columns, as columns of an unpublished relation: 42701 where a name comes twice, and their types (CheckAttributeNamesTypes, heap.c).
enum lc_code cat_check_query_columns(const struct catalog *cat, const struct cat_relation *rel,
                                     struct lc_error *err) LC_MUST_CHECK;
// 42P16: no column is of a pseudo-type (CheckAttributeType, heap.c).
enum lc_code cat_check_attribute_type(const struct catalog *cat, const char *name, Oid type, struct lc_error *err) LC_MUST_CHECK;
// One more column at the end of an unpublished or modified relation; type and typmod as given, storage from the type.
// Whoever knows how many will come reserves their room.
void cat_reserve_attributes(struct catalog *cat, struct cat_relation *rel, int more);
struct cat_attribute *cat_append_attribute(struct catalog *cat, struct cat_relation *rel, const char *name, Oid type, int typmod);
// What the objects' fields do not tell (derived.c does the rest): a column's dependency on its collation.
void cat_depend_collation(struct catalog *cat, struct cat_address object, const char *schema, const char *name);
void cat_depend_column(struct catalog *cat, const struct cat_relation *rel, int attnum);
// Dependencies of an expression over rel, on behalf of `object` (recordDependencyOnSingleRelExpr); columns of rel with deptype self_deptype.
void cat_depend_expr(struct catalog *cat, struct cat_address object, const struct cat_relation *rel, const Node *expr,
                     char deptype, char self_deptype);
// The schema that a CREATE of this RangeVar goes to (RangeVarGetCreationNamespace); fails with 3F000.
enum lc_code cat_creation_namespace(const struct catalog *cat, const RangeVar *rv, Oid *schema,
                                    struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_choose_tablespace(const struct catalog *cat, const char *named, const char *parent, const char **out,
                                   struct lc_error *err) LC_MUST_CHECK;
// relation_openrv: fails with 42P01, or 3F000 for the schema.
enum lc_code cat_open_rangevar(const struct catalog *cat, const RangeVar *rv, const struct cat_relation **rel,
                               struct lc_error *err) LC_MUST_CHECK;

// --- columns (apply_column.c) --------------------------------------------------------------------------------------------------------
struct cat_column_plan { // what a column definition asks for, constraints of the table apart (transformColumnDefinition)
    const char *name;
    Node *def; // DEFAULT, or the generation expression
    bool serial, notnull, notnull_no_inherit;
    const char *notnull_name; // 18
    char identity, generated;
    NodeList sequence_options;                                      // of identity
    struct cat_constraint_nodes LC_ARRAY(Constraint *) constraints; // CHECK, keys, foreign keys: as table constraints
};
struct cat_column_plan cat_plan_column(struct catalog *cat, const ColumnDef *def);
enum lc_code cat_append_column(struct catalog *cat, struct cat_relation *rel, const ColumnDef *def,
                               const struct cat_column_plan *plan, struct lc_error *err) LC_MUST_CHECK;
// Of a virtual generated column (CheckAttributeType, 18).
enum lc_code cat_check_collation(const struct catalog *cat, Oid type,
                                 struct lc_error *err) LC_MUST_CHECK; // COLLATE: may it have one?
enum lc_code cat_check_virtual_type(const struct catalog *cat, const char *column, Oid type, struct lc_error *err) LC_MUST_CHECK;
// 42804 when the default cannot be cast to the column.
enum lc_code cat_check_default(const struct catalog *cat, Oid rel, int attnum, const Node *def,
                               struct lc_error *err) LC_MUST_CHECK;
// A default that is none: a plain NULL (AddRelationNewConstraints).
bool cat_is_plain_null(const struct catalog *cat, const struct cat_attribute *att, const Node *def);
void cat_set_default(struct catalog *cat, Oid rel, int attnum, Node *def); // NULL: none; with its dependencies
enum lc_code cat_make_column_sequence(struct catalog *cat, Oid rel, int attnum, const struct cat_column_plan *plan,
                                      struct lc_error *err) LC_MUST_CHECK;
// The clauses of one column definition against each other, and against the table (apply_clauses.c).
struct cat_clause_context {
    const char *table;
    int major;
    bool typed, partition, partitioned, foreign;
};
enum lc_code cat_check_clauses(const struct cat_clause_context *context, const ColumnDef *def,
                               struct lc_error *err) LC_MUST_CHECK;
// A definition that meets the inherited column `up`, and a second parent's column that meets the first's (both types are compared elsewhere).
enum lc_code cat_merge_child_column(const struct catalog *cat, const struct cat_attribute *up, const ColumnDef *def,
                                    const struct cat_column_plan *plan, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_merge_inherited_column(const struct catalog *cat, const struct cat_attribute *have,
                                        const struct cat_attribute *up, struct lc_error *err) LC_MUST_CHECK;
bool cat_defaults_differ(const Node *a, const Node *b); // false: they may be the same
enum lc_code cat_resolve_type(const struct catalog *cat, const TypeName *tn, Oid *type, int *typmod,
                              struct lc_error *err) LC_MUST_CHECK;            // 42704
char cat_storage_char(const struct catalog *cat, const char *name, Oid type); // "external" -> 'e'; "default": the type's

// --- sequences (apply_relation.c): CREATE SEQUENCE, serial, identity; owner rel InvalidOid: none; deptype 'a' or 'i' -----------------------------
struct cat_relation *cat_define_sequence(struct catalog *cat, const char *name, Oid schema, char relpersistence);
void cat_own_sequence(struct catalog *cat, Oid sequence, Oid rel, int attnum, char deptype); // OWNED BY; rel InvalidOid: NONE

// --- indexes (apply_define_index.c): DefineIndex, with its partitions ---------------------------------------------------------------------------
// Creates the index that the statement asks for on `rel` (its relation is not looked up again) and on the partitions of rel; the constraint
// too for PRIMARY KEY, UNIQUE, EXCLUDE. *index is the new one, InvalidOid for IF NOT EXISTS that finds one.
// Of what a typed table is: *row becomes the relation of its columns (check_of_type, tablecmds.c).
enum lc_code cat_check_of_type(const struct catalog *cat, const struct cat_type *type, const TypeName *name,
                               const struct cat_relation **row, struct lc_error *err) LC_MUST_CHECK;
struct cat_index_options {
    Oid parent_index, parent_constraint; // of a partitioned index that this one is attached to
    bool only;                           // no partitions (ON ONLY)
    bool existing_name;                  // the name was chosen by the caller
};
enum lc_code cat_define_index(struct catalog *cat, Oid rel, const IndexStmt *stmt, const struct cat_index_options *options,
                              Oid *index, struct lc_error *err) LC_MUST_CHECK;
// An index of `source` as a statement that would make its like on `target` (generateClonedIndexStmt), columns matched by name. NULL: cannot be told.
IndexStmt *cat_clone_index_stmt(const struct catalog *cat, const struct cat_relation *source_index);
// Attaches an index to a partitioned one (IndexSetParentIndex), and a constraint to its parent's (ConstraintSetParentConstraint).
void cat_set_parent_index(struct catalog *cat, Oid index, Oid parent);
void cat_set_parent_constraint(struct catalog *cat, Oid constraint, Oid parent);
// Is the index `b` on one table what the index `a` is on another (CompareIndexInfo)?
// How many of the relation's parents are among those of the same statement (find_all_inheritors' numparents).
int cat_parents_among(const struct cat_relation *rel, const struct cat_oids *all);
bool cat_index_matches(const struct catalog *cat, const struct cat_relation *a, const struct cat_relation *b);

// --- constraints (apply_constraint.c) --------------------------------------------------------------------------------------------
// A constraint to be filled, then published with its dependencies (CreateConstraintEntry).
struct cat_constraint *cat_new_constraint(struct catalog *cat, char contype, const char *name, Oid rel);
void cat_publish_constraint(struct catalog *cat, struct cat_constraint *con);
bool cat_constraint_enforced(const Constraint *con);
// MergeWithExistingConstraint (catalog/heap.c): a table that has the CHECK constraint already takes a parent's, or its own, for the same.
enum lc_code cat_merge_check(struct catalog *cat, const struct cat_constraint *old, const Constraint *con, bool allow, bool local,
                             struct lc_error *err) LC_MUST_CHECK;
bool cat_is_system_column(const char *name);
enum lc_code cat_missing_column(const struct cat_relation *rel, const char *name, struct lc_error *err) LC_MUST_CHECK;
// Any Constraint of ADD CONSTRAINT or CREATE TABLE, children included.
enum lc_code cat_add_constraint(struct catalog *cat, Oid rel, const Constraint *con, bool recurse,
                                struct lc_error *err) LC_MUST_CHECK;
// What is asked of a key before it is a command of its own (transformIndexConstraint).
enum lc_code cat_transform_key(const struct catalog *cat, Oid rel, const Constraint *con, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_add_key(struct catalog *cat, Oid rel, const Constraint *con, bool recurse, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_add_key_using_index(struct catalog *cat, Oid rel, const Constraint *con, bool recurse,
                                     struct lc_error *err) LC_MUST_CHECK;
// A key's columns become NOT NULL: in the children, too? Until 17 with ONLY those of a plain table stay as they are (ATPrepSetNotNull).
bool cat_key_recurses(const struct catalog *cat, const struct cat_relation *rel, bool recurse);
IndexStmt *cat_constraint_index(struct lc_arena *arena, const Constraint *con); // transformIndexConstraint
struct cat_not_null {
    bool recurse, no_inherit, not_valid;
    bool set;      // SET NOT NULL, or what recurses like it
    bool only;     // ADD ... to ONLY this table
    int inherited; // 1: reached by recursion
};
// May this column be of a primary key (ATPrepAddPrimaryKey)? It exists.
enum lc_code cat_primary_key_column(const struct catalog *cat, Oid rel, const char *column, bool recurse,
                                    struct lc_error *err) LC_MUST_CHECK;
// 18: after a column's type or expression changed, NOT NULL constraints are dropped and made again, one's own by name, from the top on
// (ATPostAlterTypeCleanup, AdjustNotNullInheritance): a child's that is only inherited gets its parent's name, one of its own must have that name.
enum lc_code cat_readd_not_nulls(struct catalog *cat, Oid rel, const char *column, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_alter_inheritability(struct catalog *cat, const struct cat_constraint *con, bool noinherit,
                                      struct lc_error *err) LC_MUST_CHECK;
// SET NOT NULL and ADD NOT NULL; name NULL: made by the server (18 keeps it in pg_constraint).
enum lc_code cat_set_not_null(struct catalog *cat, Oid rel, const char *column, const char *name, const struct cat_not_null *how,
                              struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_drop_not_null(struct catalog *cat, Oid rel, const char *column, bool recurse, bool recursing,
                               struct lc_error *err) LC_MUST_CHECK;
struct cat_drop_options {
    bool cascade, recurse, missing_ok;
};
enum lc_code cat_drop_constraint(struct catalog *cat, Oid rel, const char *name, const struct cat_drop_options *options,
                                 struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_validate_constraint(struct catalog *cat, Oid rel, const char *name, struct lc_error *err) LC_MUST_CHECK;
struct cat_alter_constraint {
    bool deferrability, enforceability, inheritability; // which of them change
    bool deferrable, initdeferred, enforced, noinherit;
};
enum lc_code cat_alter_constraint(struct catalog *cat, Oid rel, const char *name, const struct cat_alter_constraint *how,
                                  struct lc_error *err) LC_MUST_CHECK;
struct cat_oids cat_child_constraints(struct catalog *cat, Oid parent); // conparentid

// --- foreign keys (apply_foreign_key.c) --------------------------------------------------------------------------------------------
enum lc_code cat_add_foreign_key(struct catalog *cat, Oid rel, const Constraint *con, bool recurse,
                                 struct lc_error *err) LC_MUST_CHECK;
// CloneForeignKeyConstraints: both sides of the parent's keys, for a new partition.
void cat_clone_foreign_keys(struct catalog *cat, Oid parent, Oid partition);
void cat_detach_foreign_keys(struct catalog *cat, Oid parent, Oid partition);
// The table's own keys by name (RelationGetFKeyList, utils/cache/relcache.c); those below another one are made with it, for each partition of the
// referenced table.
void cat_own_foreign_keys(const struct catalog *cat, const struct cat_relation *rel, struct cat_oids *out);
// taken: keys that have become parts of others already; NULL: none.
const struct cat_constraint *cat_attachable_foreign_key(const struct catalog *cat, const struct cat_relation *partition,
                                                        const struct cat_constraint *parent, const struct cat_oids *taken);
Oid cat_index_of_partition(const struct catalog *cat, const struct cat_relation *partition, Oid index);

// reloptions as text after SET (reset false) or RESET of `options`, of one namespace ("toast", NULL: the table's own).
const char *cat_reloptions_text(const struct catalog *cat, const char *old, const NodeList *options, const char *nspace,
                                bool reset);

// A table's access method: `name`, or default_table_access_method where that is NULL.
enum lc_code cat_check_table_method(const struct catalog *cat, const char *name,
                                    struct lc_error *err) LC_MUST_CHECK; // NULL: none
const char *cat_default_am(const struct catalog *cat, const char *name);

// --- partitions and triggers (apply_partition.c) -----------------------------------------------------------------------------------------------
// CloneRowTriggersToPartition, for one trigger: its like on the partition, and on what is below it.
void cat_clone_trigger(struct catalog *cat, const struct cat_trigger *trigger, Oid partition);
void cat_store_inheritance(struct catalog *cat, Oid child, Oid parent, bool partition); // StoreCatalogInheritance
enum lc_code cat_add_inherit(struct catalog *cat, Oid child, Oid parent, bool partition, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_drop_inherit(struct catalog *cat, Oid child, Oid parent, bool partition, struct lc_error *err) LC_MUST_CHECK;
// What a table that inherits already gets when it becomes a partition: bound, indexes, triggers, foreign keys.
enum lc_code cat_make_partition(struct catalog *cat, Oid parent, Oid partition, const PartitionBoundSpec *bound,
                                struct lc_error *err) LC_MUST_CHECK;
// Is the bound one of such a table (transformPartitionBound)? Asked before anything of the partition is.
enum lc_code cat_transform_bound(const struct catalog *cat, const struct cat_relation *parent,
                                 const struct cat_relation *partition, const PartitionBoundSpec *bound,
                                 struct lc_error *err) LC_MUST_CHECK;
// That, and check_new_partition_bound, as far as the bounds' values can be told (apply_bound.c).
enum lc_code cat_check_bound(const struct catalog *cat, const struct cat_relation *parent, const struct cat_relation *partition,
                             const PartitionBoundSpec *bound, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_attach_partition(struct catalog *cat, Oid parent, const PartitionCmd *cmd, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_detach_partition(struct catalog *cat, Oid parent, const PartitionCmd *cmd, bool finalize,
                                  struct lc_error *err) LC_MUST_CHECK;
// The CHECK that DETACH CONCURRENTLY leaves in place of the bound, unless constraints imply it (partition_check.c).
enum lc_code cat_add_partition_check(struct catalog *cat, Oid partition, struct lc_error *err) LC_MUST_CHECK;
// The index of `partition` that can be attached to the parent's `index` as it is; InvalidOid: one must be built.
Oid cat_partition_index_like(const struct catalog *cat, const struct cat_relation *index, const struct cat_relation *partition);

// --- deletion (apply_delete.c): performMultipleDeletions ---------------------------------------------------------------------------------------
// Drops the targets and, with cascade, what depends on them; columns become dropped ones, defaults go, inheritance is undone.
enum lc_code cat_drop(struct catalog *cat, const struct cat_addresses *targets, bool cascade, struct lc_error *err) LC_MUST_CHECK;

#endif
