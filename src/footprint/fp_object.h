// What the files about objects and indexes share: small steps over relations, deletions, owners. Not for other rooms.
#ifndef LC_FOOTPRINT_FP_OBJECT_H
#define LC_FOOTPRINT_FP_OBJECT_H

#include "catalog/apply_misc.h"
#include "catalog/object_address.h"
#include "footprint/internal.h"

// --- steps (fp_steps.c) -----------------------------------------------------------------------------------------------------------
void fp_lock_all(struct fp_session *s, const struct cat_oids *rels, const struct fp_rule *rule);
// The relation and all below it (find_all_inheritors with a lock mode).
void fp_lock_inheritors(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule);
// A lock that is kept over the phases of a command.
void fp_lock_kept(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule);
// A relation that the statement makes: AccessExclusive, marked as created.
void fp_lock_created(struct fp_session *s, const struct cat_relation *rel);
void fp_lock_created_by(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule);
// Nothing but catalogue rows change.
void fp_metadata(struct fp_session *s, const struct cat_relation *rel, const char *what);
// Applies the statement now; false when the server would refuse it, which is then recorded.
bool fp_apply_now(struct fp_session *s, const Node *stmt);
bool fp_is_partitioned(const struct cat_relation *rel);
bool fp_has_storage(const struct cat_relation *rel); // r m S i t: a relation with a file of its own
bool fp_is_temporary(const struct cat_relation *rel);
// A relation like `like` that a command makes beside it (t_pkey_ccnew): for locks and work only, not in the catalogue.
const struct cat_relation *fp_shadow_relation(struct fp_session *s, const struct cat_relation *like, const char *suffix);
const char *fp_text(struct fp_session *s, const char *fmt, ...) LC_PRINTF(2, 3);

// --- families' pieces ---------------------------------------------------------------------------------------------------------------
void fp_deletion(struct fp_session *s, const struct cat_addresses *targets, bool cascade); // fp_drop.c: performMultipleDeletions
void fp_drop(struct fp_session *s, const DropStmt *stmt);
void fp_drop_owned(struct fp_session *s, const DropOwnedStmt *stmt);
void fp_drop_index_concurrently(struct fp_session *s, const DropStmt *stmt); // fp_index_drop.c
void fp_rename(struct fp_session *s, const RenameStmt *stmt);                // fp_rename.c
void fp_set_schema(struct fp_session *s, const AlterObjectSchemaStmt *stmt);
void fp_alter_owner(struct fp_session *s, const AlterOwnerStmt *stmt);
void fp_reassign_owned(struct fp_session *s, const ReassignOwnedStmt *stmt);
void fp_alter_depends(struct fp_session *s, const AlterObjectDependsStmt *stmt);
void fp_create_trigger(struct fp_session *s, const CreateTrigStmt *stmt); // fp_trigger.c
void fp_create_rule(struct fp_session *s, const RuleStmt *stmt);
void fp_create_policy(struct fp_session *s, const CreatePolicyStmt *stmt);
void fp_alter_policy(struct fp_session *s, const AlterPolicyStmt *stmt);
void fp_create_view(struct fp_session *s, const ViewStmt *stmt, bool *applied); // fp_view.c
bool fp_create_matview(struct fp_session *s, const CreateTableAsStmt *stmt, bool *applied);
void fp_refresh_matview(struct fp_session *s, const RefreshMatViewStmt *stmt); // fp_matview.c
void fp_alter_domain(struct fp_session *s, const AlterDomainStmt *stmt);       // fp_type.c
void fp_create_composite(struct fp_session *s, const CompositeTypeStmt *stmt, bool *applied);
void fp_create_sequence(struct fp_session *s, const CreateSeqStmt *stmt, bool *applied); // fp_sequence.c
void fp_alter_sequence(struct fp_session *s, const AlterSeqStmt *stmt);
void fp_create_function(struct fp_session *s, const CreateFunctionStmt *stmt);       // fp_func.c
void fp_create_publication(struct fp_session *s, const CreatePublicationStmt *stmt); // fp_publication.c
void fp_alter_publication(struct fp_session *s, const AlterPublicationStmt *stmt);
void fp_create_statistics(struct fp_session *s, const CreateStatsStmt *stmt);
void fp_create_schema(struct fp_session *s, const CreateSchemaStmt *stmt, bool *applied); // fp_schema.c

// --- indexes (fp_index*.c) --------------------------------------------------------------------------------------------------------------
void fp_create_index(struct fp_session *s, const IndexStmt *stmt, bool *applied);
void fp_alter_index(struct fp_session *s, const AlterTableStmt *stmt);
void fp_reindex(struct fp_session *s, const ReindexStmt *stmt);
void fp_cluster(struct fp_session *s, const ClusterStmt *stmt);
void fp_vacuum(struct fp_session *s, const VacuumStmt *stmt);
// Builds every index of a relation anew (reindex_relation): Share on the table, AccessExclusive on its indexes, new storage.
void fp_rebuild_indexes(struct fp_session *s, const struct cat_relation *rel, bool new_heap);
// Copies a table into a new one and swaps them (cluster_rel): CLUSTER and VACUUM FULL; index NULL: no order.
bool fp_alter_table_is_index(const struct fp_session *s, const AlterTableStmt *stmt);
void fp_copy_heap(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *index);

#endif
