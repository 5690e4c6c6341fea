// CREATE [OR REPLACE] VIEW and CREATE MATERIALIZED VIEW (view.c, createas.c).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

static const struct fp_rule replace_view = {
    "replace-view/view",           LC_ACCESS_EXCLUSIVE, 0, 0, "the view's query changes under everyone who reads it",
    "view.c DefineVirtualRelation"};

// Since 17 a new view is filled as REFRESH does it.
static const struct fp_rule filled_heap = {
    "create-matview/new-heap", LC_EXCLUSIVE, 17, 0, "the view is filled as REFRESH fills it", "cluster.c make_new_heap"};
static const struct fp_rule filled_indexes = {
    "create-matview/reindex", LC_SHARE, 17, 0, "the view is filled as REFRESH fills it", "index.c reindex_relation"};

void fp_create_view(struct fp_session *s, const ViewStmt *stmt, bool *applied)
{
    const struct cat_relation *old = cat_find_rangevar(s->cat, stmt->view);

    *applied = true;
    if (!fp_check_names(s, stmt->query))
        return;
    fp_lock_analyzed(s, stmt->query);
    if (old && stmt->replace)
        fp_lock(s, old, &replace_view);
    *applied = true;
    if (!fp_apply_now(s, (const Node *)(const void *)stmt))
        return;
    if (!old || !stmt->replace)
        fp_lock_created(s, cat_find_rangevar(s->cat, stmt->view));
    fp_metadata(s, cat_find_rangevar(s->cat, stmt->view), "view");
}

// Base tables that the query locked since `from`: what filling the view reads in full.
static void scan_new_tables(struct fp_session *s, int from)
{
    for (int i = from; i < s->fp->locks.len; i++) {
        const struct cat_relation *rel = s->fp->locks.items[i].rel;

        if (rel && strchr("rm", rel->relkind))
            fp_scan(s, rel);
    }
}

bool fp_create_matview(struct fp_session *s, const CreateTableAsStmt *stmt, bool *applied)
{
    int from = s->fp->locks.len;

    if (stmt->objtype != OBJECT_MATVIEW)
        return false;
    *applied = true;
    if (stmt->if_not_exists && cat_find_rangevar(s->cat, stmt->into->rel)) {
        if (!fp_check_names(s, stmt->query))
            return true;
        fp_lock_analyzed(s, stmt->query); // transformCreateTableAsStmt (parser/analyze.c) comes first
        fp_apply_now(s, (const Node *)(const void *)stmt);
        return true;
    }
    if (!fp_check_names(s, stmt->query))
        return true;
    if (stmt->into->skipData) {
        fp_lock_analyzed(s, stmt->query);
    } else {
        fp_lock_query(s, stmt->query);
        scan_new_tables(s, from);
    }
    if (!fp_apply_now(s, (const Node *)(const void *)stmt))
        return true;
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->into->rel);
    fp_check_row_types(s, rel);
    fp_lock_created(s, rel);
    if (!stmt->into->skipData) {
        fp_lock_created_by(s, rel, &filled_heap);
        fp_lock_created_by(s, rel, &filled_indexes);
    }
    struct fp_work *work =
        fp_add_work(s, stmt->into->skipData ? FP_METADATA : FP_QUERY, rel, "contents of the materialized view");
    work->query = stmt->query;
    work->sql = s->sql;
    return true;
}
