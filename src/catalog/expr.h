// What the server's parse analysis and planner would make of a raw expression: its type, its volatility, its columns.
#ifndef LC_CATALOG_EXPR_H
#define LC_CATALOG_EXPR_H

#include "catalog/catalog.h"

// Where column names are looked up: relations with their aliases, innermost scope first.
struct cat_scope_item {
    const char *alias;              // NULL: the relation's own name
    const struct cat_relation *rel; // NULL: none; without cols too: not known (a subquery whose columns could not be told)
    const struct cat_attribute
        *cols; // columns of a subquery, VALUES, function; with rel: its columns under the names of the alias
    int ncols;
    bool vague;          // it may have more columns than these
    bool qualified_only; // OLD and NEW of a rule: no name alone means one of its columns
};
struct cat_name { // a column that USING or NATURAL made one of two
    const char *name;
    const struct cat_name *next;
};
struct cat_scope {
    const struct cat_scope *outer;
    struct cat_scope_item *items;
    int len;
    const struct cat_name *merged;
    // Of the outermost: may the name be a variable of a body? NULL: there are none.
    bool (*is_variable)(const void *context, const char *name);
    Oid (*variable_type)(const void *context, const char *name); // InvalidOid: not known
    const void *context;
};

// The scope of an expression over one table (a default, a CHECK, an index expression).
struct cat_scope cat_scope_of(struct lc_arena *arena, const struct cat_relation *rel);

// The type of an expression; InvalidOid where it cannot be told, UNKNOWNOID (705) for an untyped literal or NULL.
Oid cat_expr_type(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, int *typmod);

// The columns of a query (SELECT, VALUES, or DML with RETURNING), as CREATE TABLE AS or CREATE VIEW would make them; type InvalidOid where it
// cannot be told. Their number; 0 when nothing can be told.
int cat_query_columns(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                      struct cat_attribute **columns);
// Every relation, column, function, operator and type that a query refers to (for views, rules, SQL function bodies).
void cat_query_dependencies(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                            struct cat_addresses *out);

// Refuses a query (or an expression) that names a column or a table of FROM that is surely not there, or a column that is in two of them
// (42703, 42P01, 42702: parse_relation.c). Where a relation is missing or its columns are not known, nothing is refused.
struct lc_error;
enum lc_code cat_check_query_names(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                                   struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_check_expr_names(const struct catalog *cat, const struct cat_scope *scope, const Node *expr,
                                  struct lc_error *err) LC_MUST_CHECK;

// 'i', 's' or 'v' as contain_volatile_functions (optimizer/util/clauses.c) would judge *after* expression_planner: SQL functions
// that inline are looked into, a constant-foldable call counts as constant. A function that is not known counts as volatile, and *known
// (may be NULL) becomes false.
char cat_expr_volatility(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, bool *known);
// Would the planner reduce it to a constant NULL (so that a default needs no rewrite)?
bool cat_expr_is_null_const(const Node *expr);

// Columns (attnums) of `rel` that the expression reads; *whole_row (may be NULL) when it uses the row as a whole.
void cat_expr_columns(const struct catalog *cat, const struct cat_relation *rel, const Node *expr, struct cat_attnums *out,
                      bool *whole_row);
// A generated column, or a virtual one.
bool cat_reads_generated(const struct catalog *cat, const struct cat_relation *rel, const Node *expr, bool only_virtual);
// Every function, operator, type, relation that it refers to, for dependencies (recordDependencyOnExpr, catalog/dependency.c).
void cat_expr_dependencies(const struct catalog *cat, const struct cat_scope *scope, const Node *expr, struct cat_addresses *out);
// Does a set of CHECK and NOT NULL facts about `rel` imply that column `attnum` is not null (ConstraintImpliedByRelConstraint, tablecmds.c;
// predicate_implied_by, optimizer/util/predtest.c)?
bool cat_proves_not_null(const struct catalog *cat, const struct cat_relation *rel, int attnum);
// Do they (with the constraints that `parent` has as a partition itself) imply the partition constraint of `bound` on `parent`, so that ATTACH does
// not scan `rel`? A partitioned `rel` that proves nothing itself: ask for each of its partitions.
bool cat_proves_partition(const struct catalog *cat, const struct cat_relation *rel, const struct cat_relation *parent,
                          const PartitionBoundSpec *bound);
// Do the constraints of a partition imply its bound, so that DETACH CONCURRENTLY leaves no CHECK in its place (DetachAddConstraintIfNeeded)?
bool cat_partition_is_implied(const struct catalog *cat, const struct cat_relation *rel);
// Do they imply that no row of the default partition `rel` belongs into the new `bound`, so that it is not scanned?
bool cat_proves_not_in_partition(const struct catalog *cat, const struct cat_relation *rel, const struct cat_relation *parent,
                                 const PartitionBoundSpec *bound);

enum cat_coercion {    // find_coercion_pathway, parse_coerce.c
    CAT_COERCE_NONE,   // there is no such cast
    CAT_COERCE_BINARY, // nothing to do: binary coercible or the same type
    CAT_COERCE_FUNC,
    CAT_COERCE_ARRAY, // element by element
    CAT_COERCE_IO,
};
enum cat_coercion cat_find_coercion(const struct catalog *cat, Oid source, Oid target, char context, Oid *func); // context: e a i
struct cat_key_operator {   // that compares a referenced column with a referencing one (foreign_key.c)
    Oid operator, right;    // right: the type on the referencing side
    Oid fktype, cast;       // the column's own type, and the function that takes it to `right`
    enum cat_coercion path; // how it gets there
    bool polymorphic;       // `right` is
};
struct cat_key_operators LC_ARRAY(struct cat_key_operator);
// For one pair of columns; false: there is none, the key cannot be implemented.
bool cat_key_operator(const struct catalog *cat, Oid pktype, Oid fktype, Oid opclass, struct cat_key_operator *out);
bool cat_key_operators_equal(const struct cat_key_operator *a, const struct cat_key_operator *b);
struct cat_constraint;
// The same for each pair of columns of a foreign key.
bool cat_foreign_key_operators(const struct catalog *cat, const struct cat_constraint *con, struct cat_key_operators *out);
struct cat_relation;
Oid cat_index_opclass(const struct cat_relation *index, int attnum); // of the index's key column; InvalidOid: not one of its
// Does a length coercion from one typmod to another change values (the support functions of varchar, numeric, timestamp, ...: exprIsLengthCoercion,
// varchar_support, numeric_support, varbit_support, TemporalSimplify)?
bool cat_typmod_is_noop(Oid type, int old_typmod, int new_typmod);
// ATColumnChangeRequiresRewrite (tablecmds.c): must ALTER COLUMN TYPE write the table anew? `using` NULL: none given.
bool cat_type_change_rewrites(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attribute *att,
                              Oid type, int typmod, const Node *using);
Oid cat_base_type(const struct catalog *cat, Oid type, int *typmod); // through domains; typmod may be NULL
bool cat_domain_has_constraints(const struct catalog *cat, Oid type);
Oid cat_default_opclass(const struct catalog *cat, Oid type, const char *am); // GetDefaultOpClass, commands/indexcmds.c
// Has the type no "less than" (lookup_type_cache, utils/cache/typcache.c)? What is not known (an extension's) counts as having one.
bool cat_is_unordered(const struct catalog *cat, Oid type);

// May the index arbitrate ON CONFLICT with this clause (arbiter.c)? A predicate is not compared.
struct cat_index;
bool cat_index_arbitrates(const struct catalog *cat, const struct cat_relation *rel, const struct cat_index *index,
                          const InferClause *infer);

// FigureColname, FigureIndexColname (parser/parse_target.c): what a column of this expression is called; NULL: it has no name of its own.
const char *cat_figure_colname(const Node *expr);

#endif
