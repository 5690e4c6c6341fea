// Which rows a query of the traffic locks, and how strongly.
#include <string.h>

#include "base/str.h"
#include "traffic/internal.h"

// RelationGetIndexAttrBitmap: a key is a column of an index that a foreign key could refer to.
static bool is_key(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *r = cat_relation(cat, rel->indexes.items[i]);
        const struct cat_index *x = r ? r->index : NULL;
        bool key = x && x->unique && x->immediate && !x->predicate;
        for (int k = 0; key && k < x->nkeyatts; k++)
            key = x->keys[k] > 0;
        for (int k = 0; key && k < x->nkeyatts; k++)
            if (x->keys[k] == attnum)
                return true;
    }
    return false;
}

static bool sets_key(const struct catalog *cat, const struct cat_relation *rel, const NodeList *set)
{
    for (int i = 0; i < set->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, set, i);
        const struct cat_attribute *a = t ? cat_find_column(rel, t->name) : NULL;
        if (a && is_key(cat, rel, a->attnum))
            return true;
    }
    return false;
}

static enum traffic_row_mode locking_mode(const SelectStmt *s)
{
    enum traffic_row_mode mode = TRAFFIC_ROW_KEY_SHARE;

    for (int i = 0; i < s->lockingClause.length; i++) {
        const LockingClause *lc = LIST_GET(LockingClause, &s->lockingClause, i);
        enum traffic_row_mode m = lc->strength == LCS_FORUPDATE        ? TRAFFIC_ROW_UPDATE
                                  : lc->strength == LCS_FORNOKEYUPDATE ? TRAFFIC_ROW_NO_KEY_UPDATE
                                  : lc->strength == LCS_FORSHARE       ? TRAFFIC_ROW_SHARE
                                                                       : TRAFFIC_ROW_KEY_SHARE;
        mode = m < mode ? m : mode;
    }
    return mode;
}

// INSERT ... ON CONFLICT DO UPDATE locks the row in its way like an UPDATE (ExecOnConflictUpdate).
static const OnConflictClause *upsert(const Node *tree)
{
    const InsertStmt *i = AS(InsertStmt, tree);

    return i && i->onConflictClause && i->onConflictClause->action == ONCONFLICT_UPDATE ? i->onConflictClause : NULL;
}

static const RangeVar *target_of(const Node *tree)
{
    const UpdateStmt *u = AS(UpdateStmt, tree);
    const DeleteStmt *d = AS(DeleteStmt, tree);

    return u ? u->relation : d ? d->relation : upsert(tree) ? AS(InsertStmt, tree)->relation : NULL;
}

// Foreign-key checks lock the referenced row FOR KEY SHARE (ri_triggers.c RI_FKey_check).
static void take_keys(struct traffic_build *b, const struct footprint *fp, struct traffic_statement *s)
{
    s->keys = LC_NEW_ARRAY(b->arena, Oid, fp->locks.len);
    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (l->rule && lc_streq(l->rule->id, "foreign-key/check") && strchr("rp", l->rel->relkind))
            s->keys[s->nkeys++] = l->rel->o.oid;
    }
}

// heap_update (HeapDetermineColumnsInfo) and heap_delete.
enum traffic_row_mode traffic_row_mode(const struct catalog *cat, const struct cat_relation *rel, const Node *tree)
{
    const UpdateStmt *u = AS(UpdateStmt, tree);
    const NodeList *set = u ? &u->targetList : upsert(tree) ? &upsert(tree)->targetList : NULL;

    return set && rel && !sets_key(cat, rel, set) ? TRAFFIC_ROW_NO_KEY_UPDATE : TRAFFIC_ROW_UPDATE;
}

void traffic_take_rows(struct traffic_build *b, const Node *tree, const struct footprint *fp, struct traffic_statement *s)
{
    const RangeVar *target = target_of(tree);
    const SelectStmt *select = AS(SelectStmt, tree);

    take_keys(b, fp, s);
    if (target) {
        const struct cat_relation *rel = cat_find_rangevar(b->snap->cat, target);
        s->row_locks = rel ? rel->o.oid : InvalidOid;
        s->row_mode = traffic_row_mode(b->snap->cat, rel, tree);
    } else if (select && select->lockingClause.length && s->nlocks) {
        s->row_locks = s->locks[0].relation;
        s->row_mode = locking_mode(select);
    }
}
