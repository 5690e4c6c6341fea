// What this run brings into tables that were empty: rows, the columns in which they are not null, and which queries give no row.
#include "footprint/fp_query.h"

#include "base/str.h"

static bool was_empty(const struct cat_relation *rel)
{
    return rel->size.known && rel->size.exact && rel->size.bytes <= 0 && rel->size.pages <= 0;
}

static uint64_t bit_of(int attnum)
{
    return UINT64_C(1) << (attnum < 64 ? attnum - 1 : 63);
}

static bool brings_value(const struct fq_write *w, const struct cat_attribute *att)
{
    const struct cat_attribute *own = w ? cat_find_column(w->rel, att->name) : NULL; // partitions have an order of their own

    return !own || fq_brings_value(w, w->rel, own);
}

static bool find_call(const Node *node, void *context)
{
    *(bool *)context |= IsA(node, FuncCall);
    return true;
}

// Has the item of a FROM no row, because a table that it needs rows of has none?
static bool is_without_rows(struct fp_session *s, const Node *item)
{
    const RangeVar *rv = AS(RangeVar, item);
    const JoinExpr *join = AS(JoinExpr, item);
    const struct cat_relation *rel = rv ? fq_find(s, rv) : NULL;

    if (join)
        return (join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT) &&
               (is_without_rows(s, join->larg) || (join->jointype == JOIN_INNER && is_without_rows(s, join->rarg)));
    return rel && rel->relkind == 'r' && !(rv->inh && rel->children.len) && fp_is_empty(rel);
}

// An aggregate, which any call may be, gives a row all the same.
bool fq_gives_none(struct fp_session *s, const SelectStmt *select)
{
    bool calls = false, none = false;

    if (!select || select->larg || select->withClause || select->groupClause.length || select->havingClause)
        return false;
    node_walk_list(&select->targetList, find_call, &calls);
    for (int i = 0; !calls && !none && i < select->fromClause.length; i++)
        none = is_without_rows(s, select->fromClause.items[i]);
    return none;
}

void fq_fill(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    uint64_t valued = rel->size.valued;
    bool triggered = fq_has_trigger(s->cat, rel, TRIGGER_TYPE_ROW | TRIGGER_TYPE_BEFORE);
    struct cat_relation *own;

    if (s->traffic || !was_empty(rel) || (w && w->op == FQ_UPDATE && !rel->size.filled) || (w && w->none))
        return;
    for (int i = 0; i < rel->natts; i++)
        if (!(valued & bit_of(i + 1)) && !rel->attrs[i].isdropped && (triggered || brings_value(w, &rel->attrs[i])))
            valued |= bit_of(i + 1);
    if (rel->size.filled && valued == rel->size.valued)
        return;
    own = cat_modify(s->cat, rel);
    own->size.filled = true;
    own->size.valued = valued;
}

bool fp_is_empty(const struct cat_relation *rel)
{
    return was_empty(rel) && !rel->size.filled;
}

// RI_Initial_Check (utils/adt/ri_triggers.c) asks for rows whose key has no NULL in it; MATCH FULL for those that have not only NULL.
bool fp_has_keys(const struct fp_session *s, const struct cat_relation *rel, const struct cat_constraint *con)
{
    const struct cat_relation *of = con ? cat_relation(s->cat, con->conrelid) : NULL;
    int valued = 0;

    if (!was_empty(rel) || !rel->size.filled || !of)
        return !fp_is_empty(rel);
    for (int i = 0; i < con->conkey.len; i++) {
        const struct cat_attribute *att = cat_attribute_at(of, con->conkey.items[i]);
        att = att ? cat_find_column(rel, att->name) : NULL;
        valued += !att || att->def || att->identity || (rel->size.valued & bit_of(att->attnum)) != 0;
    }
    return con->confmatchtype == 'f' ? valued > 0 : valued == con->conkey.len;
}
