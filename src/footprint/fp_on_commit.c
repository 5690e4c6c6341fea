// Tables that their transaction drops when it commits: ON COMMIT DROP.
#include "catalog/apply_internal.h"
#include "footprint/internal.h"

static const RangeVar *dropped_at_commit(const Node *stmt)
{
    const CreateStmt *create = AS(CreateStmt, stmt);
    const CreateTableAsStmt *as = AS(CreateTableAsStmt, stmt);
    const SelectStmt *select = AS(SelectStmt, stmt);
    const IntoClause *into = as ? as->into : select ? select->intoClause : NULL;

    if (create)
        return create->oncommit == ONCOMMIT_DROP ? create->relation : NULL;
    return into && into->onCommit == ONCOMMIT_DROP ? into->rel : NULL;
}

void fp_register_on_commit(struct fp_session *s, const Node *stmt)
{
    const RangeVar *rv = dropped_at_commit(stmt);
    const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

    if (rel && !s->fp->fails && rel->o.oid > s->watermark)
        LC_PUSH(s->arena, &s->on_commit, rel->o.oid);
}

// PreCommit_on_commit_actions (commands/tablecmds.c)
void fp_on_commit(struct fp_session *s, bool commit)
{
    struct cat_addresses targets = {0};
    struct lc_error ignored; // CASCADE is not refused

    for (int i = 0; commit && i < s->on_commit.len; i++)
        if (cat_relation(s->cat, s->on_commit.items[i]))
            LC_PUSH(cat_arena(s->cat), &targets, cat_address(CAT_RELATION, s->on_commit.items[i], 0));
    s->on_commit.len = 0;
    if (targets.len)
        (void)!cat_drop(s->cat, &targets, true, &ignored);
}
