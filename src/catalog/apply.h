// What a statement does to the catalogue, so that the next statement sees it.
//
// One file per family: apply_table.c (CREATE TABLE, ALTER TABLE), apply_index.c, apply_drop.c, apply_type.c, apply_view.c, apply_func.c, ...
#ifndef LC_CATALOG_APPLY_H
#define LC_CATALOG_APPLY_H

#include "catalog/catalog.h"

// Applies a whole statement. Fails, leaving the catalogue as it was, where the server would raise an error that follows from the
// catalogue (a missing relation, a duplicate column); err->message is the server's, err->detail its SQLSTATE. Queries and DML change nothing.
enum lc_code cat_apply(struct catalog *cat, const Node *stmt, struct lc_error *err) LC_MUST_CHECK;

// Gives stand-ins to the types that a statement names and the catalogue lacks, where an extension of which nothing is known may have brought
// them; where the effects of an earlier statement are not known, also to the schema it makes something in and to its foreign server, and then
// says what is missing as the server would.
typedef void (*cat_missing_fn)(const char *message, void *context);
void cat_stand_in(struct catalog *cat, const Node *stmt, bool unknown_effects, cat_missing_fn missing, void *context);

// Refuses a change of a domain that arrays or composites in columns hold (get_rels_with_domain).
enum lc_code cat_domain_uncontained(const struct catalog *cat, const struct cat_type *domain, struct lc_error *err) LC_MUST_CHECK;

// What is asked of every subcommand of ALTER TABLE before any of them is run (ATPrepCmd).
enum lc_code cat_prepare_alter_table_cmd(struct catalog *cat, Oid relation, const AlterTableStmt *stmt, const AlterTableCmd *cmd,
                                         struct lc_error *err) LC_MUST_CHECK;
// Can the column's default be cast to the new type (ATExecAlterColumnType asks before it looks at what depends on the column)? 42804.
enum lc_code cat_default_casts(const struct catalog *cat, const struct cat_relation *rel, const struct cat_attribute *att,
                               const TypeName *tn, struct lc_error *err) LC_MUST_CHECK;
// ALTER TABLE as the server runs it: by passes, the constraints written beside an ADD COLUMN apart (ATRewriteCatalogs, transformAlterTableStmt).
struct cat_alter_step {
    int pass;   // only its order counts
    int origin; // within the pass, too
    bool again; // another type of a column that the statement has given one
    bool parse; // ATParseTransformCmd only: the constraint itself comes in a later pass
    int natts;  // the relation's columns before the statement
    const AlterTableCmd *cmd;
};
struct cat_alter_steps LC_ARRAY(struct cat_alter_step);
void cat_alter_table_steps(struct catalog *cat, const struct cat_relation *rel, const AlterTableStmt *stmt,
                           struct cat_alter_steps *out);
// One subcommand on one relation (ATExecCmd), children included where it recurses: for footprints that must see what the earlier subcommands
// of the same statement did.
enum lc_code cat_apply_alter_table_step(struct catalog *cat, Oid relation, const struct cat_alter_step *step, bool recurse,
                                        struct lc_error *err) LC_MUST_CHECK;
// Does ALTER TABLE ALL IN TABLESPACE move this relation (AlterTableMoveAll)?
bool cat_move_all_matches(const struct cat_relation *rel, const AlterTableMoveAllStmt *stmt);

// Names that the server makes (ChooseRelationName, ChooseIndexName, ChooseConstraintName, makeObjectName).
const char *cat_choose_name(const struct catalog *cat, const char *name1, const char *name2, const char *label, Oid schema);

#endif
