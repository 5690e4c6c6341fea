// What the files about tables share: the state of an ALTER TABLE, its subcommands, constraints and partitions. Not for other rooms.
#ifndef LC_FOOTPRINT_FP_TABLE_H
#define LC_FOOTPRINT_FP_TABLE_H

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/apply_internal.h"
#include "catalog/expr.h"
#include "footprint/internal.h"

// A relation that the command works on (AlteredTableInfo, tablecmds.c).
struct fp_alter_rel {
    Oid oid;
    bool rewrite, scan;
    bool bound;                          // it is read for a partition bound
    const char *what;                    // of the work, for the user
    const Node *expr;                    // the first expression that the work evaluates
    struct LC_ARRAY(const Node *) exprs; // all that it evaluates for every row
    Oid cast_from, cast_to; // a column's types, where its values are converted as they are (no USING, or column::type)
    bool tablespace, persistence;
    struct cat_oids rebuilt;                              // indexes dropped and made again: an ALTER TYPE's
    struct LC_ARRAY(const struct cat_relation *) dropped; // the same as they were: what is made again may have another name
    struct cat_oids kept;                                 // of these, those whose file is taken over (TryReuseIndex)
};

struct fp_fk_check { // a foreign key to be validated at the end (validateForeignKeyConstraint)
    Oid rel, ref;
    Oid constraint;
    const struct cat_constraint *key; // as it will be, where it is not in the catalogue yet; may be NULL
    bool by_rows;                     // over periods (conwithperiod): nothing is joined
};

struct fp_key { // a foreign key whose columns change their types
    Oid constraint;
    struct cat_key_operators operators; // as they were
};

struct fp_alter {
    struct fp_session *s;
    const AlterTableStmt *stmt;
    Oid rel;
    bool recurse;
    const struct fp_rule *rule; // of the named relation: the strongest subcommand's
    struct fp_alter_rels LC_ARRAY(struct fp_alter_rel) rels;
    struct LC_ARRAY(struct fp_fk_check) checks;
    struct LC_ARRAY(struct fp_key) keys; // foreign keys that an ALTER TYPE makes anew
    bool after_type;                     // they have been
    Oid attached;                        // ATTACH: the partition, and the indexes it had
    struct cat_oids attached_indexes;
};

typedef void (*fp_alter_fn)(struct fp_alter *a, const AlterTableCmd *cmd);

// --- fp_alter_table.c ------------------------------------------------------------------------------------------------------------
struct fp_alter_rel *fp_alter_rel(struct fp_alter *a, Oid rel); // its entry in the queue (ATGetQueueEntry)
const struct cat_relation *fp_alter_target(const struct fp_alter *a);
void fp_need_scan(struct fp_alter *a, Oid rel, const char *what,
                  const Node *expr); // verify rows at the end; nothing without storage
void fp_need_rewrite(struct fp_alter *a, Oid rel, const char *what, const Node *expr);
void fp_run_expr_later(struct fp_alter *a, Oid rel, const Node *expr); // for every row that the rewrite or the scan reads
void fp_lock_below(struct fp_alter *a, Oid rel,
                   const struct fp_rule *why); // find_all_inheritors with the command's lock, rel apart
void fp_lock_children(struct fp_alter *a, Oid rel, const struct fp_rule *why); // find_inheritance_children
void fp_validate_not_null(struct fp_alter *a, const struct cat_constraint *con);
void fp_alter_inheritability(struct fp_alter *a, const struct cat_constraint *con, bool noinherit);
void fp_drop_from_children(struct fp_alter *a, const struct cat_relation *rel, const struct cat_constraint *con);
extern const struct fp_rule fp_alter_children, fp_alter_partitions;
bool fp_has_storage_kind(const struct cat_relation *rel);       // RELKIND_HAS_STORAGE
bool fp_is_strong_option(const char *name);                     // a storage parameter whose change needs AccessExclusive
const struct fp_rule *fp_alter_level(const AlterTableCmd *cmd); // AlterTableGetLockLevel (fp_alter_rules.c)
void fp_alter_table(struct fp_session *s, const AlterTableStmt *stmt, bool *applied);
void fp_move_all(struct fp_session *s, const AlterTableMoveAllStmt *stmt);

// --- fp_alter_finish.c: what follows the catalogue's changes (ATRewriteTables) -------------------------------------------------------------
void fp_alter_finish(struct fp_alter *a);

// --- subcommands: before their effect on the catalogue, and after it ------------------------------------------------------------------------
void fp_prep_cmd(struct fp_alter *a, const AlterTableCmd *cmd); // ATPrepCmd: locks for recursion
// fp_alter_column.c
void fp_alter_add_column(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_drop_column(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_identity(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_identity_type(struct fp_alter *a, const char *column); // ALTER TYPE of an identity column
void fp_alter_expression(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_storage(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_set_not_null(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_drop_not_null(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_set_not_null(struct fp_alter *a, Oid rel, const char *column, bool recurse);
// Tables OF a composite type, locked: ALTER TYPE ... CASCADE changes them too (ATTypedTableRecursion).
struct cat_oids fp_typed_tables(struct fp_alter *a, const AlterTableCmd *cmd);
// fp_alter_type.c
void fp_alter_type(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_rebuild_dependents(struct fp_alter *a, Oid rel,
                           const AlterTableCmd *cmd); // RememberAllDependentForRebuilding and what follows
void fp_after_type(struct fp_alter *a);               // ATPostAlterTypeCleanup's new indexes and keys
// fp_constraint.c
void fp_alter_add_constraint(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_drop_constraint(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_validate_constraint(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_constraint(struct fp_alter *a, const AlterTableCmd *cmd);
// Locks of making a foreign key between two tables that the caller has locked as the command wants: triggers on both sides, partitions.
// `key`: the new key, to be compared with those that partitions have already; NULL: these do not matter.
void fp_create_foreign_key(struct fp_session *s, Oid rel, Oid ref, enum lc_lockmode partitions, bool enforced,
                           const struct cat_constraint *key);
// What the foreign key of a table locks that could not be made, but perhaps can; other constraints lock nothing.
void fp_lock_referenced(struct fp_session *s, const Constraint *con);
// A partition's own foreign key becomes part of its table's: its triggers on the referenced tables go.
void fp_attach_foreign_key(struct fp_session *s, Oid rel, Oid ref);
void fp_record_new_indexes(struct fp_session *s, Oid rel, const struct cat_oids *before, bool build);
void fp_add_not_null(struct fp_alter *a, Oid rel, const Constraint *con); // fp_alter_column.c: 18
// fp_attach.c
void fp_partition_parts(struct fp_session *s, const struct cat_relation *parent, const struct cat_relation *partition);
void fp_alter_attach(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_detach(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_clone_foreign_keys(struct fp_session *s, Oid parent, const struct cat_relation *partition);
void fp_lock_created_parts(struct fp_session *s, Oid rel); // a new table, its indexes and sequences
// fp_alter_misc.c: the rest
void fp_alter_owner_cmd(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_cluster(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_persistence(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_access_method(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_tablespace(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_trigger(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_inherit(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_of(struct fp_alter *a, const AlterTableCmd *cmd);
void fp_alter_replica_identity(struct fp_alter *a, const AlterTableCmd *cmd);

void fp_deletion(struct fp_session *s, const struct cat_addresses *targets, bool cascade); // fp_drop.c: performMultipleDeletions

// --- fp_create_table.c ------------------------------------------------------------------------------------------------------------------
bool fp_create_table(struct fp_session *s, const CreateStmt *stmt, const Node *whole, bool *applied);
bool fp_create_table_as(struct fp_session *s, const CreateTableAsStmt *stmt, bool *applied);
bool fp_select_into(struct fp_session *s, const SelectStmt *stmt, bool *applied);

#endif
