// REINDEX in all its forms (indexcmds.c ReindexIndex, ReindexTable, ReindexMultipleTables, ReindexPartitions, ReindexRelationConcurrently).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(reindex_table, "reindex/table", LC_SHARE, "the table is read in full to build its indexes anew: every write waits",
     "index.c reindex_index");
RULE(reindex_index, "reindex/index", LC_ACCESS_EXCLUSIVE, "the index is replaced: queries wait for it even while they only plan",
     "index.c reindex_index");
RULE(reindex_leaves, "reindex/partitions", LC_SHARE,
     "the partitions are looked up before each is rebuilt in a transaction of its own", "indexcmds.c ReindexPartitions");
RULE(concurrent_table, "reindex-concurrently/table", LC_SHARE_UPDATE_EXCLUSIVE,
     "reads and writes go on while new indexes are built beside the old", "indexcmds.c ReindexRelationConcurrently");
RULE(concurrent_index, "reindex-concurrently/index", LC_SHARE_UPDATE_EXCLUSIVE,
     "the old index stays in use until the new one is ready", "indexcmds.c ReindexRelationConcurrently");
RULE(concurrent_copy, "reindex-concurrently/definition", LC_ROW_EXCLUSIVE, "the old index's definition is read",
     "index.c index_concurrently_create_copy");
RULE(concurrent_drop, "reindex-concurrently/old-index", LC_ACCESS_EXCLUSIVE, "nobody uses the old index any more: it is dropped",
     "indexcmds.c ReindexRelationConcurrently");

static void build(struct fp_session *s, enum fp_work_kind kind, const struct cat_relation *table,
                  const struct cat_relation *index)
{
    (void)fp_add_index_work(s, kind, table, index,
                            fp_text(s, "%s of %s", kind == FP_INDEX_VALIDATE ? "validation" : "rebuild", index->o.name));
}

static void reindex_one(struct fp_session *s, const struct cat_relation *table, const struct cat_relation *index)
{
    fp_lock(s, table, &reindex_table);
    fp_lock(s, index, &reindex_index);
    if (!fp_has_storage(index))
        return;
    fp_rewrite(s, index);
    fp_scan(s, table);
    build(s, FP_INDEX_BUILD, table, index);
}

void fp_rebuild_indexes(struct fp_session *s, const struct cat_relation *rel, bool new_heap)
{
    fp_lock(s, rel, &reindex_table);
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);

        if (!index)
            continue;
        fp_lock(s, index, &reindex_index);
        fp_rewrite(s, index);
        if (!new_heap)
            fp_scan(s, rel);
        build(s, FP_INDEX_BUILD, rel, index);
    }
}

// --- CONCURRENTLY -----------------------------------------------------------------------------------------------------------------------

struct old_indexes LC_ARRAY(const struct cat_relation *);

// Indexes that exclude by operators, and invalid ones, are left as they are (with a warning).
static void collect(struct fp_session *s, const struct cat_relation *table, struct old_indexes *out)
{
    for (int i = 0; i < table->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, table->indexes.items[i]);

        if (index && index->index && index->index->valid && !index->index->exclusion)
            LC_PUSH(s->arena, out, index);
        else
            fp_lock(s, index, &concurrent_index); // opened all the same
    }
}

static void concurrent_builds(struct fp_session *s, const struct cat_relation *table, const struct old_indexes *old)
{
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_SHARE);
    for (int i = 0; i < old->len; i++) {
        fp_next_phase(s);
        fp_scan(s, table);
        build(s, FP_INDEX_BUILD, table, old->items[i]);
    }
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_SHARE);
    for (int i = 0; i < old->len; i++) {
        fp_next_phase(s);
        build(s, FP_INDEX_VALIDATE, table, old->items[i]);
        fp_next_phase(s);
        fp_wait_snapshots(s);
    }
}

static void concurrent_swap(struct fp_session *s, const struct cat_relation *table, const struct old_indexes *old)
{
    for (int i = 0; i < old->len; i++)
        fp_next_phase(s); // index_concurrently_swap, one transaction each
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_ACCESS_EXCLUSIVE);
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_ACCESS_EXCLUSIVE);
    for (int i = 0; i < old->len; i++)
        fp_lock_dead(s, old->items[i], &concurrent_drop);
}

static void reindex_concurrently(struct fp_session *s, const struct cat_relation *table, const struct old_indexes *old)
{
    fp_lock_kept(s, table, &concurrent_table);
    for (int i = 0; i < old->len; i++) {
        fp_lock_kept(s, old->items[i], &concurrent_index);
        fp_lock(s, old->items[i], &concurrent_copy);
        fp_lock_created(s, fp_shadow_relation(s, old->items[i], "_ccnew"));
    }
    if (!old->len)
        return;
    concurrent_builds(s, table, old);
    concurrent_swap(s, table, old);
}

static void reindex_table_concurrently(struct fp_session *s, const struct cat_relation *table)
{
    struct old_indexes old = {0};

    fp_lock_kept(s, table, &concurrent_table);
    collect(s, table, &old);
    reindex_concurrently(s, table, &old);
}

static void reindex_index_concurrently(struct fp_session *s, const struct cat_relation *table, const struct cat_relation *index)
{
    struct old_indexes old = {0};

    if (index->index->exclusion) {
        fp_refuse(s, "0A000", "concurrent index creation for exclusion constraints is not supported");
        return;
    }
    LC_PUSH(s->arena, &old, index);
    reindex_concurrently(s, table, &old);
}

// --- partitioned tables and indexes: each leaf in a transaction of its own --------------------------------------------------------------------

static void reindex_leaf(struct fp_session *s, const struct cat_relation *leaf, bool concurrently)
{
    const struct cat_relation *table = leaf->index ? cat_relation(s->cat, leaf->index->indrelid) : leaf;

    fp_next_phase(s);
    if (concurrently && !fp_is_temporary(leaf)) {
        if (leaf->index)
            reindex_index_concurrently(s, table, leaf);
        else
            reindex_table_concurrently(s, leaf);
    } else if (leaf->index) {
        reindex_one(s, table, leaf);
    } else {
        fp_rebuild_indexes(s, leaf, false);
    }
}

static void reindex_partitions(struct fp_session *s, const struct cat_relation *rel, bool concurrently)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, rel->o.oid, &all);
    for (int i = 1; i < all.len; i++)
        fp_lock(s, cat_relation(s->cat, all.items[i]), &reindex_leaves);
    for (int i = 1; i < all.len; i++) {
        const struct cat_relation *leaf = cat_relation(s->cat, all.items[i]);

        if (leaf && fp_has_storage(leaf))
            reindex_leaf(s, leaf, concurrently);
    }
}

// --- SCHEMA, DATABASE, SYSTEM --------------------------------------------------------------------------------------------------------------------

struct many {
    struct fp_session *s;
    Oid schema; // InvalidOid: the whole database
    bool concurrently, first;
};

static void reindex_each(const struct cat_object *o, void *context)
{
    struct many *m = context;
    const struct cat_relation *rel = cat_relation(m->s->cat, o->oid);

    if (!strchr("rm", rel->relkind) || (m->schema && o->schema != m->schema) || o->oid < FirstNormalObjectId)
        return;
    if (m->concurrently && fp_is_temporary(rel))
        return;
    if (!m->first)
        fp_next_phase(m->s);
    m->first = false;
    if (m->concurrently)
        reindex_table_concurrently(m->s, rel);
    else
        fp_rebuild_indexes(m->s, rel, false);
}

static void reindex_many(struct fp_session *s, const ReindexStmt *stmt, bool concurrently)
{
    struct many m = {s, InvalidOid, concurrently, true};
    const char *command = stmt->kind == REINDEX_OBJECT_SCHEMA   ? "REINDEX SCHEMA"
                          : stmt->kind == REINDEX_OBJECT_SYSTEM ? "REINDEX SYSTEM"
                                                                : "REINDEX DATABASE";

    if (fp_prevent_in_block(s, command))
        return;
    if (stmt->kind == REINDEX_OBJECT_SYSTEM)
        return; // catalogues only
    if (stmt->kind == REINDEX_OBJECT_SCHEMA) {
        m.schema = cat_schema_oid(s->cat, stmt->name);
        if (!m.schema) {
            fp_refuse(s, "3F000", "schema \"%s\" does not exist", stmt->name);
            return;
        }
    }
    cat_each(s->cat, CAT_RELATION, reindex_each, &m);
}

// --- INDEX and TABLE ------------------------------------------------------------------------------------------------------------------------------

static void reindex_index_stmt(struct fp_session *s, const struct cat_relation *index, bool concurrently)
{
    if (!index->index) {
        fp_refuse(s, "42809", "\"%s\" is not an index", index->o.name);
        return;
    }
    const struct cat_relation *table = cat_relation(s->cat, index->index->indrelid);
    if (index->relkind == 'I' && cat_major(s->cat) < 14) {
        fp_refuse(s, "0A000", "REINDEX is not yet implemented for partitioned indexes");
        return;
    }
    if (index->relkind == 'I' && fp_prevent_in_block(s, "REINDEX INDEX"))
        return;
    if (index->relkind == 'I') {
        fp_lock(s, table, concurrently ? &concurrent_table : &reindex_table);
        fp_lock(s, index, concurrently ? &concurrent_index : &reindex_index);
        reindex_partitions(s, index, concurrently);
    } else if (concurrently && !fp_is_temporary(index)) {
        reindex_index_concurrently(s, table, index);
    } else {
        reindex_one(s, table, index);
    }
}

static void reindex_table_stmt(struct fp_session *s, const struct cat_relation *rel, bool concurrently)
{
    if (!strchr("rmp", rel->relkind)) {
        fp_refuse(s, "42809", "\"%s\" is not a table or materialized view", rel->o.name);
        return;
    }
    if (rel->relkind == 'p' && cat_major(s->cat) >= 14 && fp_prevent_in_block(s, "REINDEX TABLE"))
        return;
    if (rel->relkind == 'p') {
        fp_lock(s, rel, concurrently ? &concurrent_table : &reindex_table);
        if (cat_major(s->cat) >= 14) // 13 warns and skips it
            reindex_partitions(s, rel, concurrently);
    } else if (concurrently && !fp_is_temporary(rel)) {
        reindex_table_concurrently(s, rel);
    } else {
        fp_rebuild_indexes(s, rel, false);
    }
}

void fp_reindex(struct fp_session *s, const ReindexStmt *stmt)
{
    bool concurrently = cat_option_true(&stmt->params, "concurrently", false);

    if (concurrently && stmt->kind == REINDEX_OBJECT_SYSTEM) {
        fp_refuse(s, "0A000", "cannot reindex system catalogs concurrently");
        return;
    }
    if (concurrently && fp_prevent_in_block(s, "REINDEX CONCURRENTLY"))
        return;
    if (stmt->kind != REINDEX_OBJECT_INDEX && stmt->kind != REINDEX_OBJECT_TABLE) {
        reindex_many(s, stmt, concurrently);
        return;
    }
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);
    if (!rel)
        return; // cat_apply says so
    if (rel->o.oid < FirstNormalObjectId)
        return; // a catalogue
    if (stmt->kind == REINDEX_OBJECT_INDEX)
        reindex_index_stmt(s, rel, concurrently);
    else
        reindex_table_stmt(s, rel, concurrently);
}
