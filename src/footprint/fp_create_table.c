// CREATE TABLE in all its forms, CREATE TABLE AS, SELECT INTO: the tables that it names beside the new one (transformCreateStmt,
// DefineRelation, ExecCreateTableAs).
#include <string.h>

#include "catalog/partition.h"
#include "footprint/fp_object.h"
#include "footprint/fp_table.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(new_table, "create-table/new", LC_ACCESS_EXCLUSIVE,
     "the table is new: nobody else can see it before the transaction commits", "heap.c heap_create_with_catalog");
RULE(new_sequence, "create-table/sequence", LC_ACCESS_EXCLUSIVE, "the column's sequence is new", "sequence.c DefineSequence");
RULE(sequence_owner, "create-table/sequence-owner", LC_SHARE_ROW_EXCLUSIVE, "the sequence is given to the column",
     "sequence.c AlterSequence");
RULE(sequence_open, "create-table/sequence-open", LC_ROW_EXCLUSIVE, "the sequence is given to the column",
     "sequence.c init_sequence");
RULE(sequence_table, "create-table/sequence-table", LC_ACCESS_SHARE, "the sequence is given to the column",
     "sequence.c process_owned_by");
RULE(index_build, "create-table/index-build", LC_SHARE, "its indexes are built", "indexcmds.c DefineIndex");
RULE(statistics, "create-table/statistics", LC_SHARE_UPDATE_EXCLUSIVE, "its extended statistics are made",
     "statscmds.c CreateStatistics");
RULE(new_key, "create-table/foreign-key", LC_SHARE_ROW_EXCLUSIVE, "its foreign keys are added", "utility.c ProcessUtilitySlow");
RULE(deferrable_key, "create-table/deferrable-key", LC_SHARE_ROW_EXCLUSIVE,
     "a deferrable key is checked again by a trigger, which is made", "index.c index_constraint_create");
RULE(like_source, "create-table/like", LC_ACCESS_SHARE, "the table that is copied must not change meanwhile",
     "parse_utilcmd.c transformTableLikeClause");
RULE(of_type, "create-table/of-type", LC_ACCESS_SHARE, "the composite type is held", "parse_utilcmd.c transformOfType");
RULE(inherited, "create-table/inherits", LC_SHARE_UPDATE_EXCLUSIVE, "the parent gets another child: its reads and writes go on",
     "tablecmds.c DefineRelation");
RULE(partitioned, "create-table/partition-of", LC_ACCESS_EXCLUSIVE,
     "queries that have planned for the partitioned table's present partitions must be over", "tablecmds.c DefineRelation");
RULE(default_partition, "create-table/default-partition", LC_ACCESS_EXCLUSIVE,
     "the default partition may no longer hold rows of the new one: it is read to prove it", "tablecmds.c DefineRelation");

static bool taken(struct fp_session *s, const RangeVar *rv)
{
    struct lc_error err = {0};
    Oid schema;

    return cat_creation_namespace(s->cat, rv, &schema, &err) == LC_OK &&
           cat_find_relation(s->cat, cat_schema_name(s->cat, schema), rv->relname);
}

static const struct cat_relation *new_relation(struct fp_session *s, const RangeVar *rv)
{
    struct lc_error err = {0};
    Oid schema;

    if (cat_creation_namespace(s->cat, rv, &schema, &err) != LC_OK)
        return NULL;
    return cat_find_relation(s->cat, cat_schema_name(s->cat, schema), rv->relname);
}

RULE(inherited_key, "create-table/inherited-key", LC_ACCESS_SHARE,
     "a key names a column that comes from the parent: it is looked up there", "parse_utilcmd.c transformIndexConstraint");

// --- before ---------------------------------------------------------------------------------------------------------------------------------

static void lock_sources(struct fp_session *s, const CreateStmt *stmt)
{
    const struct cat_type *type = stmt->ofTypename ? cat_find_typename(s->cat, stmt->ofTypename, NULL) : NULL;

    for (LIST_EACH(i, &stmt->tableElts)) {
        const TableLikeClause *like = LIST_GET(TableLikeClause, &stmt->tableElts, i);
        if (like)
            fp_lock(s, cat_find_rangevar(s->cat, like->relation), &like_source);
    }
    if (type && type->relid)
        fp_lock(s, cat_relation(s->cat, type->relid), &of_type);
}

static bool defines(const CreateStmt *stmt, const char *column)
{
    for (LIST_EACH(i, &stmt->tableElts)) {
        const ColumnDef *def = LIST_GET(ColumnDef, &stmt->tableElts, i);
        if (def && lc_streq(def->colname, column))
            return true;
    }
    return false;
}

// A column that no definition names is looked for in one parent after the other.
static void find_key_column(struct fp_session *s, const CreateStmt *stmt, const char *column)
{
    for (LIST_EACH(i, &stmt->inhRelations)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->inhRelations, i);
        const struct cat_relation *parent = rv ? cat_find_rangevar(s->cat, rv) : NULL;
        fp_lock(s, parent, &inherited_key);
        if (parent && cat_find_column(parent, column))
            return;
    }
}

static void lock_key_parents(struct fp_session *s, const CreateStmt *stmt)
{
    for (LIST_EACH(i, &stmt->tableElts)) {
        const Constraint *con = LIST_GET(Constraint, &stmt->tableElts, i);
        if (!con || (con->contype != CONSTR_PRIMARY && con->contype != CONSTR_UNIQUE))
            continue;
        for (LIST_EACH(k, &con->keys))
            if (node_string(con->keys.items[k]) && !defines(stmt, node_string(con->keys.items[k])))
                find_key_column(s, stmt, node_string(con->keys.items[k]));
    }
}

static void lock_parents(struct fp_session *s, const CreateStmt *stmt)
{
    for (LIST_EACH(i, &stmt->inhRelations)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->inhRelations, i);
        const struct cat_relation *parent = rv ? cat_find_rangevar(s->cat, rv) : NULL;
        fp_lock(s, parent, stmt->partbound ? &partitioned : &inherited);
    }
}

static const struct cat_relation *partition_parent(struct fp_session *s, const CreateStmt *stmt)
{
    const RangeVar *rv = stmt->partbound && stmt->inhRelations.length ? LIST_GET(RangeVar, &stmt->inhRelations, 0) : NULL;

    return rv ? cat_find_rangevar(s->cat, rv) : NULL;
}

// check_default_partition_contents (partitioning/partbounds.c).
static void check_default(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *parent,
                          const PartitionBoundSpec *bound)
{
    if (cat_proves_partition(s->cat, rel, parent, bound))
        return;
    if (fp_has_storage_kind(rel)) {
        fp_scan(s, rel);
        (void)fp_add_work(s, FP_SCAN, rel, "check that the default partition has no rows of the new one");
        return;
    }
    for (int i = 0; rel->relkind == 'p' && i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[cat_partition_order(s->cat, rel)[i]]);
        fp_lock(s, child, &default_partition);
        check_default(s, child, parent, bound);
    }
}

// --- after ----------------------------------------------------------------------------------------------------------------------------------

static void lock_keys(struct fp_session *s, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(s->cat, rel->constraints.items[i]);
        if (!con || con->contype != 'f' || con->conrelid != rel->o.oid || con->conparentid)
            continue;
        fp_lock(s, rel, &new_key);
        fp_create_foreign_key(s, rel->o.oid, con->confrelid, LC_ACCESS_EXCLUSIVE, con->conenforced, NULL);
    }
}

static void record_new(struct fp_session *s, const struct cat_relation *rel)
{
    struct cat_oids sequences = cat_owned_sequences(s->cat, rel->o.oid, 0);

    for (int i = 0; i < sequences.len; i++)
        fp_lock(s, cat_relation(s->cat, sequences.items[i]), &new_sequence);
    fp_check_row_types(s, rel);
    fp_lock(s, rel, &new_table);
    if (rel->indexes.len)
        fp_lock(s, rel, &index_build);
    if (rel->indexes.len && fp_has_storage_kind(rel))
        fp_scan(s, rel); // empty as it is, the builds read it
    fp_lock_created_parts(s, rel->o.oid);
    for (int i = 0; i < rel->indexes.len; i++)
        if (!cat_relation(s->cat, rel->indexes.items[i])->index->immediate)
            fp_lock(s, rel, &deferrable_key);
    if (rel->statistics.len)
        fp_lock(s, rel, &statistics);
    for (int i = 0; i < sequences.len; i++) {
        fp_lock(s, cat_relation(s->cat, sequences.items[i]), &sequence_owner);
        fp_lock(s, cat_relation(s->cat, sequences.items[i]), &sequence_open);
        fp_lock(s, rel, &sequence_table);
    }
}

// Refused only perhaps (fp_refuse): if the table is made nevertheless, its keys lock what they reference.
static void lock_perhaps(struct fp_session *s, const CreateStmt *stmt)
{
    for (LIST_EACH(i, &stmt->tableElts)) {
        const ColumnDef *def = LIST_GET(ColumnDef, &stmt->tableElts, i);
        const Constraint *con = LIST_GET(Constraint, &stmt->tableElts, i);

        if (con)
            fp_lock_referenced(s, con);
        for (int k = 0; def && k < def->constraints.length; k++)
            fp_lock_referenced(s, LIST_GET(Constraint, &def->constraints, k));
    }
}

bool fp_create_table(struct fp_session *s, const CreateStmt *stmt, const Node *whole, bool *applied)
{
    const struct cat_relation *parent = partition_parent(s, stmt), *rel;
    const struct cat_relation *other = parent ? cat_relation(s->cat, cat_default_partition(s->cat, parent)) : NULL;
    struct lc_error err = {0};

    if (taken(s, stmt->relation)) {
        if (!stmt->if_not_exists)
            fp_refuse(s, "42P07", "relation \"%s\" already exists", stmt->relation->relname);
        if (!stmt->if_not_exists && !s->fp->fails)
            lock_perhaps(s, stmt);
        *applied = true;
        return true;
    }
    lock_sources(s, stmt);
    lock_key_parents(s, stmt);
    lock_parents(s, stmt);
    *applied = true;
    if (cat_apply(s->cat, whole, &err) != LC_OK) {
        fp_refuse(s, err.detail[0] ? err.detail : "XX000", "%s", err.message);
        if (!s->fp->fails)
            lock_perhaps(s, stmt);
        return true;
    }
    rel = new_relation(s, stmt->relation);
    if (!rel)
        return true;
    record_new(s, rel);
    (void)fp_add_work(s, FP_METADATA, rel, "a new table");
    if (parent) {
        if (other) {
            fp_lock(s, other, &default_partition);
            check_default(s, other, parent, stmt->partbound);
        }
        fp_partition_parts(s, parent, rel);
    }
    lock_keys(s, rel);
    return true;
}

// --- CREATE TABLE AS, SELECT INTO ----------------------------------------------------------------------------------------------------------------

static bool create_as(struct fp_session *s, const IntoClause *into, const Node *query, const Node *whole, bool *applied)
{
    const struct cat_relation *rel;
    struct lc_error err = {0};
    struct fp_work *w;

    *applied = true;
    if (!fp_check_names(s, query))
        return true;
    if (into->skipData && IsA(query, ExecuteStmt))
        fp_lock_planned(s, query); // ExecuteQuery (commands/prepare.c) plans first
    else if (into->skipData)
        fp_lock_analyzed(s, query);
    else
        fp_lock_query(s, query);
    if (s->fp->fails)
        return true;
    if (cat_apply(s->cat, whole, &err) != LC_OK) {
        fp_refuse(s, err.detail[0] ? err.detail : "XX000", "%s", err.message);
        return true;
    }
    rel = new_relation(s, into->rel);
    if (rel) {
        fp_check_row_types(s, rel);
        fp_lock(s, rel, &new_table);
    }
    if (into->skipData)
        return true;
    w = fp_add_work(s, FP_QUERY, rel, "the query fills a new table");
    w->query = query;
    w->sql = s->sql;
    return true;
}

bool fp_create_table_as(struct fp_session *s, const CreateTableAsStmt *stmt, bool *applied)
{
    if (stmt->objtype == OBJECT_MATVIEW || !stmt->into)
        return false;
    if (taken(s, stmt->into->rel)) {
        if (!stmt->if_not_exists)
            fp_refuse(s, "42P07", "relation \"%s\" already exists", stmt->into->rel->relname);
        else if (fp_check_names(s, stmt->query)) // transformCreateTableAsStmt (parser/analyze.c) comes first
            fp_lock_analyzed(s, stmt->query);
        *applied = true;
        return true;
    }
    return create_as(s, stmt->into, stmt->query, (const Node *)stmt, applied);
}

bool fp_select_into(struct fp_session *s, const SelectStmt *stmt, bool *applied)
{
    if (!stmt->intoClause)
        return false;
    if (taken(s, stmt->intoClause->rel)) {
        fp_refuse(s, "42P07", "relation \"%s\" already exists", stmt->intoClause->rel->relname);
        *applied = true;
        return true;
    }
    return create_as(s, stmt->intoClause, (const Node *)stmt, (const Node *)stmt, applied);
}
