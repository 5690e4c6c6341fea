// What the files that apply statements share: the families that cat_apply() asks in turn, and the pieces that several of them build with.
#ifndef LC_CATALOG_APPLY_INTERNAL_H
#define LC_CATALOG_APPLY_INTERNAL_H

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/expr.h"

// A family sets *mine to true when the statement is its own; *mine is false on entry. When it fails, cat_apply() puts the catalogue back.
enum lc_code cat_apply_table(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK; // CREATE/ALTER TABLE, CTAS
enum lc_code cat_apply_index(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK; // CREATE INDEX, REINDEX, ...
enum lc_code cat_apply_object(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK; // DROP, RENAME, OWNER, ...
enum lc_code cat_apply_view(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK; // views, matviews, rules
enum lc_code cat_apply_type(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK; // types, domains
enum lc_code cat_apply_func(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK; // functions, triggers, policies

// The server's error: message, and the SQLSTATE as the detail.
enum lc_code cat_error(struct lc_error *err, const char *sqlstate, const char *fmt, ...) LC_PRINTF(3, 4) LC_MUST_CHECK;

static inline struct cat_address cat_address(enum cat_class class, Oid oid, int subid)
{
    return (struct cat_address){class, oid, subid};
}

// --- relations (apply_relation.c) -------------------------------------------------------------------------------------------------
// A relation that may be changed, with its own copy of attrs; the result of cat_modify.
struct cat_relation *cat_modify_relation(struct catalog *cat, Oid rel);
// The attribute of such a copy; attnum is 1-based.
struct cat_attribute *cat_modify_attribute(struct cat_relation *rel, int attnum);
// A new relation of a kind, owned by the current user, not yet published: fill it, then cat_publish_relation(), which also makes the row type
// (kinds r p v m f c) and refuses a name that is taken (42P07).
struct cat_relation *cat_new_relation(struct catalog *cat, char relkind, const char *name, Oid schema);
enum lc_code cat_publish_relation(struct catalog *cat, struct cat_relation *rel, struct lc_error *err) LC_MUST_CHECK;
// One more column at the end of an unpublished or modified relation; type and typmod as given, storage from the type.
struct cat_attribute *cat_append_attribute(struct catalog *cat, struct cat_relation *rel, const char *name, Oid type, int typmod);
// A column's dependencies on its type and collation (add_column_datatype_dependency).
void cat_depend_column(struct catalog *cat, const struct cat_relation *rel, int attnum);
// Dependencies of an expression over rel, on behalf of `object` (recordDependencyOnSingleRelExpr); columns of rel with deptype self_deptype.
void cat_depend_expr(struct catalog *cat, struct cat_address object, const struct cat_relation *rel, const Node *expr, char deptype,
                     char self_deptype);
// The schema that a CREATE of this RangeVar goes to (RangeVarGetCreationNamespace); fails with 3F000.
enum lc_code cat_creation_namespace(const struct catalog *cat, const RangeVar *rv, Oid *schema, struct lc_error *err) LC_MUST_CHECK;
// relation_openrv: fails with 42P01, or 3F000 for the schema.
enum lc_code cat_open_rangevar(const struct catalog *cat, const RangeVar *rv, const struct cat_relation **rel, struct lc_error *err) LC_MUST_CHECK;

// --- sequences (apply_relation.c): CREATE SEQUENCE, serial, identity; owner rel InvalidOid: none; deptype 'a' or 'i' -----------------------------
struct cat_relation *cat_define_sequence(struct catalog *cat, const char *name, Oid schema, char relpersistence);
void cat_own_sequence(struct catalog *cat, Oid sequence, Oid rel, int attnum, char deptype); // OWNED BY; rel InvalidOid: NONE

// --- indexes (apply_define_index.c): DefineIndex, with its partitions ---------------------------------------------------------------------------
// Creates the index that the statement asks for on `rel` (its relation is not looked up again) and on the partitions of rel; the constraint
// too for PRIMARY KEY, UNIQUE, EXCLUDE. *index is the new one, InvalidOid for IF NOT EXISTS that finds one.
struct cat_index_options {
    Oid parent_index, parent_constraint; // of a partitioned index that this one is attached to
    bool only;                           // no partitions (ON ONLY)
    bool existing_name;                  // the name was chosen by the caller
};
enum lc_code cat_define_index(struct catalog *cat, Oid rel, const IndexStmt *stmt, const struct cat_index_options *options, Oid *index,
                              struct lc_error *err) LC_MUST_CHECK;
// An index of `source` as a statement that would make its like on `target` (generateClonedIndexStmt), columns matched by name. NULL: cannot be told.
IndexStmt *cat_clone_index_stmt(const struct catalog *cat, const struct cat_relation *source_index, const struct cat_relation *target);
// Attaches an index to a partitioned one (IndexSetParentIndex).
void cat_set_parent_index(struct catalog *cat, Oid index, Oid parent);

// --- partitions and triggers (apply_partition.c) -----------------------------------------------------------------------------------------------
// CloneRowTriggersToPartition, for one trigger: its like on the partition, and on what is below it.
void cat_clone_trigger(struct catalog *cat, const struct cat_trigger *trigger, Oid partition);

// --- deletion (apply_delete.c): performMultipleDeletions ---------------------------------------------------------------------------------------
// Drops the targets and, with cascade, what depends on them; columns become dropped ones, defaults go, inheritance is undone.
enum lc_code cat_drop(struct catalog *cat, const struct cat_addresses *targets, bool cascade, struct lc_error *err) LC_MUST_CHECK;

#endif
