// REFRESH MATERIALIZED VIEW (matview.c).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(refresh, "refresh/view", LC_ACCESS_EXCLUSIVE, "the view's contents are replaced: readers wait until the query is done",
     "matview.c ExecRefreshMatView");
RULE(refresh_concurrently, "refresh-concurrently/view", LC_EXCLUSIVE, "readers go on; other refreshes wait",
     "matview.c ExecRefreshMatView");
RULE(refresh_heap, "refresh/new-heap", LC_EXCLUSIVE, "a new heap like the view's is made", "cluster.c make_new_heap");
static const struct fp_rule refresh_query = {"refresh/query",
                                             LC_ACCESS_SHARE,
                                             0,
                                             15,
                                             "the view's own entry in its query is locked as well",
                                             "rewriteHandler.c AcquireRewriteLocks"};
RULE(refresh_compare, "refresh-concurrently/compare", LC_ACCESS_SHARE, "old and new rows are compared",
     "matview.c refresh_by_match_merge");
RULE(refresh_written, "refresh-concurrently/rows", LC_ROW_EXCLUSIVE, "rows that changed are written into the view",
     "matview.c refresh_by_match_merge");
RULE(refresh_index, "refresh-concurrently/index", LC_ACCESS_SHARE, "a unique index is looked for",
     "matview.c ExecRefreshMatView");

// is_usable_unique_index: unique, valid, immediate, whole, columns only.
static bool has_usable_index(struct fp_session *s, const struct cat_relation *view)
{
    for (int i = 0; i < view->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, view->indexes.items[i]);
        bool columns = true;

        if (!index || !index->index->unique || !index->index->immediate || !index->index->valid || index->index->predicate)
            continue;
        for (int k = 0; k < index->index->natts; k++)
            columns = columns && index->index->keys[k] > 0;
        if (columns)
            return true;
    }
    return false;
}

static void run_query(struct fp_session *s, const struct cat_relation *view)
{
    fp_lock(s, view, &refresh_query);
    int from = s->fp->locks.len;
    fp_lock_query(s, view->view_query);
    for (int i = from; i < s->fp->locks.len; i++)
        if (strchr("rm", s->fp->locks.items[i].rel->relkind))
            fp_scan(s, s->fp->locks.items[i].rel);
    struct fp_work *work = fp_add_work(s, FP_QUERY, view, fp_text(s, "query of %s", view->o.name));
    work->query = view->view_query;
    work->sql = view->view_text;
}

static void refresh_in_place(struct fp_session *s, const struct cat_relation *view)
{
    fp_lock_all(s, &view->indexes, &refresh_index);
    run_query(s, view);
    fp_lock(s, view, &refresh_compare);
    fp_scan(s, view);
    fp_lock(s, view, &refresh_written);
    fp_lock_all(s, &view->indexes, &refresh_written);
}

void fp_refresh_matview(struct fp_session *s, const RefreshMatViewStmt *stmt)
{
    const struct cat_relation *view = cat_find_rangevar(s->cat, stmt->relation);

    if (!view)
        return;                           // cat_apply says so
    if (!strchr("rtmp", view->relkind)) { // RangeVarCallbackOwnsTable, RangeVarCallbackMaintainsTable (tablecmds.c)
        fp_refuse(s, "42809", "\"%s\" is not a table or materialized view", view->o.name);
        return;
    }
    if (view->relkind != 'm') {
        fp_refuse(s, "0A000", "\"%s\" is not a materialized view", view->o.name);
        return;
    }
    if (stmt->concurrent && !view->ispopulated) {
        fp_refuse(s, "0A000", "CONCURRENTLY cannot be used when the materialized view is not populated");
        return;
    }
    if (stmt->concurrent && stmt->skipData) {
        fp_refuse(s, "42601", "CONCURRENTLY and WITH NO DATA options cannot be used together");
        return;
    }
    if (stmt->concurrent && !has_usable_index(s, view)) {
        fp_refuse(s, "55000", "cannot refresh materialized view \"%s\" concurrently", cat_qualified_name(s->cat, view));
        return;
    }
    fp_lock(s, view, stmt->concurrent ? &refresh_concurrently : &refresh);
    if (stmt->concurrent) {
        refresh_in_place(s, view);
        return;
    }
    fp_lock(s, view, &refresh_heap);
    if (!stmt->skipData)
        run_query(s, view);
    fp_rewrite(s, view);
    if (view->indexes.len)
        fp_scan(s, view); // the new heap is read for its indexes
    fp_rebuild_indexes(s, view, true);
}
