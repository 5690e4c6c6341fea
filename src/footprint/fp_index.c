// CREATE INDEX, on partitioned tables and CONCURRENTLY, and the dispatch of statements about indexes (indexcmds.c DefineIndex).
#include <string.h>

#include "base/str.h"
#include "catalog/apply.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(index_table, "create-index/table", LC_SHARE,
     "the table is read in full while the index is built: reads go on, every INSERT, UPDATE and DELETE waits",
     "indexcmds.c DefineIndex");
RULE(index_partition, "create-index/partition", LC_SHARE, "the index is built on every partition", "indexcmds.c DefineIndex");
RULE(index_attached, "create-index/existing", LC_SHARE, "an index of the partition that fits is attached instead of building one",
     "indexcmds.c DefineIndex");
RULE(index_compared, "create-index/compared", LC_SHARE, "an index of the partition is looked at: does it fit the new one",
     "indexcmds.c DefineIndex");
RULE(index_concurrently, "create-index-concurrently/table", LC_SHARE_UPDATE_EXCLUSIVE,
     "reads and writes go on while the index is built; other DDL and VACUUM wait", "indexcmds.c DefineIndex");
RULE(index_written, "create-index-concurrently/index", LC_ROW_EXCLUSIVE, "the new index is written",
     "index.c index_concurrently_build");

// The rows that a partial index gets, as a query for the planner.
static const char *rows_query(struct fp_session *s, const struct cat_relation *table)
{
    const char *where = lc_sql_where(s->sql);

    return where ? fp_text(s, "SELECT 1 FROM %s %s", cat_qualified_name(s->cat, table), where) : NULL;
}

static void build(struct fp_session *s, const struct cat_relation *table, const struct cat_relation *index)
{
    struct fp_work *work = fp_add_index_work(s, FP_INDEX_BUILD, table, index,
                                             fp_text(s, "%s build of %s", index->am ? index->am : "index", index->o.name));

    if (index->index && index->index->predicate && s->top_level)
        work->sql = rows_query(s, table);
    fp_scan(s, table);
}

static bool had_index(const struct fp_session *s, Oid index)
{
    return index <= s->watermark;
}

// An index of `before` that the statement has just attached to a parent index.
static bool now_attached(struct fp_session *s, const struct cat_relation *was)
{
    const struct cat_relation *now = cat_relation(s->cat, was->o.oid);

    return now && now->parents.len > was->parents.len;
}

struct table_before {
    const struct cat_relation *table;
    const struct cat_relation **indexes;
};

// The indexes that the partition had are looked at, up to the one that fits.
static void compare_with(struct fp_session *s, const struct table_before *before)
{
    for (int i = 0; i < before->table->indexes.len; i++) {
        const struct cat_relation *old = before->indexes[i];

        if (old && now_attached(s, old)) {
            fp_lock(s, old, &index_attached);
            return;
        }
        if (old && !old->parents.len)
            fp_lock_briefly(s, old, LC_SHARE, &index_compared);
    }
}

// What happened to one table: the index made on it, or the one that was there and fits.
static void build_on(struct fp_session *s, const struct table_before *before, bool named)
{
    const struct cat_relation *now = cat_relation(s->cat, before->table->o.oid);

    if (!named)
        compare_with(s, before);
    for (int i = 0; i < now->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, now->indexes.items[i]);

        if (!index || had_index(s, index->o.oid))
            continue;
        fp_lock_created(s, index);
        if (fp_has_storage(before->table))
            build(s, before->table, index);
    }
}

static struct table_before look(struct fp_session *s, const struct cat_relation *table)
{
    struct table_before b = {table, LC_NEW_ARRAY(s->arena, const struct cat_relation *, table->indexes.len + 1)};

    for (int i = 0; i < table->indexes.len; i++)
        b.indexes[i] = cat_relation(s->cat, table->indexes.items[i]);
    return b;
}

static void create_plain(struct fp_session *s, const IndexStmt *stmt, const struct cat_relation *table)
{
    struct cat_oids all = {0};
    bool recurse = table->relkind == 'p' && stmt->relation->inh;

    if (recurse)
        cat_inheritors(s->cat, table->o.oid, &all);
    else
        LC_PUSH(s->arena, &all, table->o.oid);
    struct table_before *before = LC_NEW_ARRAY(s->arena, struct table_before, all.len + 1);
    int n = 0;
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(s->cat, all.items[i]);

        fp_lock(s, rel, i == 0 ? &index_table : &index_partition);
        fp_check_pending(s, rel, "CREATE INDEX");
        if (rel)
            before[n++] = look(s, rel);
    }
    if (!fp_apply_now(s, (const Node *)(const void *)stmt))
        return;
    for (int i = 0; i < n; i++)
        build_on(s, &before[i], i == 0);
}

static void create_concurrently(struct fp_session *s, const IndexStmt *stmt, const struct cat_relation *table)
{
    const struct cat_relation *index = NULL;

    fp_lock_kept(s, table, &index_concurrently);
    if (!fp_apply_now(s, (const Node *)(const void *)stmt))
        return;
    const struct cat_relation *now = cat_relation(s->cat, table->o.oid);
    for (int i = 0; now && i < now->indexes.len; i++)
        if (!had_index(s, now->indexes.items[i]))
            index = cat_relation(s->cat, now->indexes.items[i]);
    if (!index)
        return; // IF NOT EXISTS found one
    fp_lock_created(s, index);
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_SHARE);
    fp_lock(s, index, &index_written);
    build(s, table, index);
    fp_next_phase(s);
    fp_wait_lockers(s, table, LC_SHARE);
    struct fp_work *work = fp_add_work(s, FP_INDEX_VALIDATE, table, fp_text(s, "validation of %s", index->o.name));
    work->index = index;
    fp_next_phase(s);
    fp_wait_snapshots(s);
}

void fp_create_index(struct fp_session *s, const IndexStmt *stmt, bool *applied)
{
    const struct cat_relation *table = cat_find_rangevar(s->cat, stmt->relation);

    if (stmt->concurrent && fp_prevent_in_block(s, "CREATE INDEX CONCURRENTLY"))
        return;
    if (!table)
        return; // cat_apply says so
    *applied = true;
    if (stmt->concurrent && !fp_is_temporary(table))
        create_concurrently(s, stmt, table);
    else
        create_plain(s, stmt, table);
}

bool fp_family_index(struct fp_session *s, const Node *stmt, bool *applied)
{
    switch (nodeTag(stmt)) {
    case T_IndexStmt:
        fp_create_index(s, AS(IndexStmt, stmt), applied);
        return true;
    case T_AlterTableStmt:
        if (!fp_alter_table_is_index(s, AS(AlterTableStmt, stmt)))
            return false;
        fp_alter_index(s, AS(AlterTableStmt, stmt));
        return true;
    case T_ReindexStmt:
        fp_reindex(s, AS(ReindexStmt, stmt));
        return true;
    case T_ClusterStmt:
        fp_cluster(s, AS(ClusterStmt, stmt));
        return true;
    case T_VacuumStmt:
        fp_vacuum(s, AS(VacuumStmt, stmt));
        return true;
    case T_RefreshMatViewStmt:
        fp_refresh_matview(s, AS(RefreshMatViewStmt, stmt));
        return true;
    default:
        return false;
    }
}
