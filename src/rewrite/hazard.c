// Is a statement worth rewriting? By its forecast: how long a lock that stops others is held, how many rows it changes; and by sizes.
#include <math.h>

#include "rewrite/internal.h"

// What is surely read or written in a millisecond, whatever is done with it: a table is small that fits into the target hold.
#define BYTES_PER_MS (80.0 * 1024)
#define ROWS_PER_MS 500.0

static bool stops_writers(enum lc_lockmode mode)
{
    return lc_lockmodes_conflict(mode, LC_ROW_EXCLUSIVE);
}

bool rw_blocks_existing(const struct footprint *fp)
{
    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (!l->created && !l->rel->o.created && stops_writers(l->mode))
            return true;
    }
    return false;
}

// Stronger than what queries take, on something that exists: REINDEX of an index, DROP INDEX, REFRESH.
static double own_ms(const struct forecast_stmt *fs)
{
    return fs->cost.known ? fs->cost.total_ms.p90 : INFINITY;
}

static bool changes_rows(const struct forecast_stmt *fs)
{
    const Node *tree = fs->stmt->sql.tree;
    const InsertStmt *insert = AS(InsertStmt, tree);

    if (insert)
        return insert->selectStmt && AS(SelectStmt, insert->selectStmt) && AS(SelectStmt, insert->selectStmt)->fromClause.length;
    return IsA(tree, UpdateStmt) || IsA(tree, DeleteStmt) || IsA(tree, MergeStmt);
}

bool rewrite_keeps_waiting(const struct forecast_stmt *fs)
{
    return fs->stmt->sql.tree && (rw_blocks_existing(&fs->fp) || changes_rows(fs));
}

// What rw_hazardous needs whatever the locks are.
static bool long_enough(const struct rw *rw, const struct forecast_stmt *fs)
{
    return !fs->fp.fails && !fs->fp.skipped && fs->stmt->sql.tree && own_ms(fs) >= rw->target_ms;
}

bool rw_waits_long(const struct rw *rw, const struct forecast_stmt *fs)
{
    return !fs->fp.fails && !fs->fp.skipped && fs->stmt->sql.tree && fs->lock_wait_ms.p90 >= rw->target_ms &&
           rw_blocks_existing(&fs->fp);
}

bool rw_looks_hazardous(const struct rw *rw, const struct forecast_stmt *fs)
{
    if (IsA(fs->stmt->sql.tree, TransactionStmt))
        return false;
    if (fs->fp.in_block && rw_blocks_existing(&fs->fp))
        return true;
    if (rw_stops_several(rw, fs, &fs->fp) || rw_waits_long(rw, fs))
        return true;
    return long_enough(rw, fs) && (fs->fp.in_block || rw_blocks_existing(&fs->fp) || changes_rows(fs));
}

bool rw_hazardous(const struct rw *rw, const struct forecast_stmt *fs, const struct footprint *fp)
{
    return long_enough(rw, fs) && (rw_blocks_existing(fp) || changes_rows(fs));
}

double rw_rows(const struct rw *rw, const struct cat_relation *rel)
{
    struct cat_oids all = {0};
    double rows = 0;

    cat_inheritors(rw->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *r = cat_relation(rw->cat, all.items[i]);
        if (!r || r->relkind == 'p')
            continue;
        if (!r->size.known || r->size.tuples < 0)
            return -1;
        rows += r->size.tuples;
    }
    return rows;
}

bool rw_large(const struct rw *rw, const struct cat_relation *rel)
{
    struct cat_oids all = {0};
    double bytes = 0, rows = 0;

    if (!rel)
        return true;
    if (rel->o.created)
        return false;
    cat_inheritors(rw->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *r = cat_relation(rw->cat, all.items[i]);
        if (!r || r->relkind == 'p')
            continue;
        if (!r->size.known)
            return true;
        bytes += r->size.bytes + r->size.toast_bytes;
        rows += r->size.tuples > 0 ? r->size.tuples : 0;
    }
    return bytes > BYTES_PER_MS * rw->target_ms || rows > ROWS_PER_MS * rw->target_ms;
}

static bool own_update_triggers(const struct rw *rw, const struct cat_relation *rel)
{
    for (int i = 0; rel && i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(rw->cat, rel->triggers.items[i]);
        if (t && (t->type & TRIGGER_TYPE_UPDATE) && t->enabled != 'D')
            return true;
    }
    return false;
}

bool rw_has_update_triggers(const struct rw *rw, const struct cat_relation *rel)
{
    struct cat_oids all = {0};
    bool any = false;

    cat_inheritors(rw->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++)
        any |= own_update_triggers(rw, cat_relation(rw->cat, all.items[i]));
    return any;
}
