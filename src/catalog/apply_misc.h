// What the files of this room that apply statements about objects share, beyond apply_internal.h.
#ifndef LC_CATALOG_APPLY_MISC_H
#define LC_CATALOG_APPLY_MISC_H

#include "catalog/apply_internal.h"
#include "catalog/object_address.h"

// A type of which nothing but the name is known yet (TypeShellMake, catalog/pg_type.c).
enum lc_code cat_make_shell_type(struct catalog *cat, const NodeList *names, struct lc_error *err) LC_MUST_CHECK;

// The statements of cat_apply_object, one file each.
enum lc_code cat_apply_drop(struct catalog *cat, const DropStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_drop_owned(struct catalog *cat, const DropOwnedStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_rename(struct catalog *cat, const RenameStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_set_schema(struct catalog *cat, const AlterObjectSchemaStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_owner(struct catalog *cat, const AlterOwnerStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_reassign(struct catalog *cat, const ReassignOwnedStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_create_sequence(struct catalog *cat, const CreateSeqStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_alter_sequence(struct catalog *cat, const AlterSeqStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_create_trigger(struct catalog *cat, const CreateTrigStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_create_policy(struct catalog *cat, const CreatePolicyStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_alter_policy(struct catalog *cat, const AlterPolicyStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_create_rule(struct catalog *cat, const RuleStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_create_publication(struct catalog *cat, const CreatePublicationStmt *stmt,
                                          struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_alter_publication(struct catalog *cat, const AlterPublicationStmt *stmt,
                                         struct lc_error *err) LC_MUST_CHECK;
enum lc_code cat_apply_create_statistics(struct catalog *cat, const CreateStatsStmt *stmt, struct lc_error *err) LC_MUST_CHECK;
// Schemas, extensions, servers, ...: objects with little but a name.
enum lc_code cat_apply_named(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err) LC_MUST_CHECK;

// An extension that one requires and that is not there; NULL: none.
const char *cat_missing_requirement(const struct catalog *cat, const char *name);

// A DefElem of a list by its lower-case name; NULL: not there. The text of its value.
const DefElem *cat_option(const NodeList *options, const char *name);
const char *cat_option_text(const struct catalog *cat, const NodeList *options, const char *name);
bool cat_option_true(const NodeList *options, const char *name, bool otherwise);
bool cat_same_arguments(const struct cat_proc *a, const struct cat_proc *b);
Oid cat_type_of(const struct catalog *cat, const TypeName *tn); // InvalidOid: none
// The type and the function that a definition (CREATE AGGREGATE, CREATE OPERATOR) names; InvalidOid, NULL: none.
Oid cat_option_type(const struct catalog *cat, const NodeList *definition_list, const char *name);
const struct cat_proc *cat_option_function(const struct catalog *cat, const NodeList *definition_list, const char *name,
                                           const Oid *types, int n);
// An object of a class without fields of its own (struct cat_other): added.
struct cat_other *cat_add_other(struct catalog *cat, enum cat_class class, const char *what, const char *name, Oid schema);
// The schema that a qualified name is created in (QualifiedNameGetCreationNamespace); fails with 3F000.
enum lc_code cat_names_namespace(const struct catalog *cat, const NodeList *names, Oid *schema,
                                 struct lc_error *err) LC_MUST_CHECK;
const char *cat_serial_type(const TypeName *tn); // "int4" for serial; NULL: not a serial
// A role as objects have it for their owner: NULL is whoever runs this, when that is not known.
const char *cat_role_owner(const struct catalog *cat, const RoleSpec *role);
// The SQL text of a role: its name, the current user.
const char *cat_role_name(const struct catalog *cat, const RoleSpec *role);
// Forgets stored references by name after a rename: trees that name the relation or its column (rename_trees.c).
void cat_rename_relation_in_trees(struct catalog *cat, const struct cat_relation *rel, const char *old_schema,
                                  const char *old_name);
void cat_rename_column_in_trees(struct catalog *cat, const struct cat_relation *rel, const char *old_name, const char *new_name);

// GRANT, REVOKE and ALTER DEFAULT PRIVILEGES (acl.c).
void cat_apply_grant(struct catalog *cat, const GrantStmt *stmt);
void cat_apply_default_privileges(struct catalog *cat, const AlterDefaultPrivilegesStmt *stmt);
bool cat_acl_names(const struct catalog *cat, const char *role); // has it been granted anything?
void cat_acl_forget(struct catalog *cat, const char *role);      // RemoveRoleFromObjectACL

#endif
