// What a column name in a query stands for: through aliases, subqueries, CTEs and views, down to a column of a relation.
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "catalog/object_address.h"

struct output { // a column of a subquery's result
    const char *name;
    const Node *expr; // NULL: column `position` of source `source`
    int source, position;
};
struct outputs LC_ARRAY(struct output);

#define MAX_DEPTH 40

static int resolve(struct fq_query *q, struct fq_level *level, const ColumnRef *ref, struct fq_var *out, int max, int depth);
static int position_of_level(struct fq_query *q, struct fq_level *level, int position, struct fq_var *out, int max, int depth);

static const char *source_name(const struct fq_source *src)
{
    return src->alias ? src->alias : src->rel ? src->rel->rel->o.name : NULL;
}

static void add_output(struct fq_query *q, struct outputs *outs, const char *name, const Node *expr, int source, int position)
{
    struct output o = {name, expr, source, position};

    LC_PUSH(q->arena, outs, o);
}

static void level_outputs(struct fq_query *q, struct fq_level *level, struct outputs *outs, int depth);

// The columns of one FROM item, as `alias.*` gives them.
static void source_outputs(struct fq_query *q, struct fq_level *level, int source, struct outputs *outs, int depth)
{
    const struct fq_source *src = &level->sources.items[source];
    struct outputs inner = {0};
    int n = 0;

    if (src->rel) {
        for (int i = 0; i < src->rel->rel->natts; i++) {
            const struct cat_attribute *att = &src->rel->rel->attrs[i];
            const char *alias = src->colnames && n < src->colnames->length ? node_string(src->colnames->items[n]) : NULL;
            if (att->isdropped)
                continue;
            add_output(q, outs, alias ? alias : att->name, NULL, source, att->attnum);
            n++;
        }
    } else if (src->sub) {
        level_outputs(q, src->sub, &inner, depth + 1);
        for (int i = 0; i < inner.len; i++) {
            const char *alias = src->colnames && i < src->colnames->length ? node_string(src->colnames->items[i]) : NULL;
            add_output(q, outs, alias ? alias : inner.items[i].name, NULL, source, i + 1);
        }
    }
}

static void star_outputs(struct fq_query *q, struct fq_level *level, const ColumnRef *ref, struct outputs *outs, int depth)
{
    const char *of = ref->fields.length > 1 ? node_string(ref->fields.items[ref->fields.length - 2]) : NULL;

    for (int i = 0; i < level->sources.len; i++)
        if (!of || lc_streq(source_name(&level->sources.items[i]), of))
            source_outputs(q, level, i, outs, depth);
}

// The columns of one row of VALUES.
static void values_outputs(struct fq_query *q, const SelectStmt *select, struct outputs *outs)
{
    const NodeList row = select->valuesLists.length == 1 ? cat_node_list(select->valuesLists.items[0]) : (NodeList){0};

    for (LIST_EACH(i, &row))
        add_output(q, outs, lc_printf(q->arena, "column%d", i + 1), row.items[i], -1, 0);
}

static void level_outputs(struct fq_query *q, struct fq_level *level, struct outputs *outs, int depth)
{
    while (level && level->larg)
        level = level->larg;
    if (!level || !level->select || depth > MAX_DEPTH)
        return;
    values_outputs(q, level->select, outs);
    for (LIST_EACH(i, &level->select->targetList)) {
        const ResTarget *t = LIST_GET(ResTarget, &level->select->targetList, i);
        const ColumnRef *ref = t ? AS(ColumnRef, t->val) : NULL;
        const Node *last = ref && ref->fields.length ? ref->fields.items[ref->fields.length - 1] : NULL;
        if (IsA(last, A_Star))
            star_outputs(q, level, ref, outs, depth);
        else
            add_output(q, outs, t && t->name ? t->name : node_string(last), t ? t->val : NULL, -1, 0);
    }
}

static bool is_grouped_by(const struct fq_level *level, const Node *expr)
{
    const ColumnRef *ref = AS(ColumnRef, expr);

    for (LIST_EACH(i, &level->select->groupClause)) {
        const ColumnRef *g = LIST_GET(ColumnRef, &level->select->groupClause, i);
        if (g && ref && lc_streq(list_last_name(&g->fields), list_last_name(&ref->fields)))
            return true;
        if (IsA(level->select->groupClause.items[i], A_Const))
            return true; // GROUP BY 1
    }
    return false;
}

static int position_of_source(struct fq_query *q, struct fq_level *level, int source, int position, struct fq_var *out, int max,
                              int depth)
{
    const struct fq_source *src = &level->sources.items[source];

    if (src->rel && src->rel->view)
        return position_of_level(q, src->rel->view, position, out, max, depth + 1);
    if (src->rel && max > 0) {
        out[0] = (struct fq_var){src->rel, position, level, source};
        return 1;
    }
    return src->sub ? position_of_level(q, src->sub, position, out, max, depth + 1) : 0;
}

static int position_of_level(struct fq_query *q, struct fq_level *level, int position, struct fq_var *out, int max, int depth)
{
    struct outputs outs = {0};
    const struct output *o;
    int n;

    if (!level || depth > MAX_DEPTH)
        return 0;
    if (level->larg && level->rarg) {
        n = position_of_level(q, level->larg, position, out, max, depth + 1);
        return n + position_of_level(q, level->rarg, position, out + n, max - n, depth + 1);
    }
    level_outputs(q, level, &outs, depth);
    if (position < 1 || position > outs.len || !level->select)
        return 0;
    o = &outs.items[position - 1];
    if (o->source >= 0)
        return level->grouped ? 0 : position_of_source(q, level, o->source, o->position, out, max, depth);
    if (!IsA(o->expr, ColumnRef) || (level->grouped && !is_grouped_by(level, o->expr)))
        return 0;
    return resolve(q, level, (const ColumnRef *)(const void *)o->expr, out, max, depth + 1);
}

// The position of a column in a FROM item; 0: it has none of that name.
static int find_in_source(struct fq_query *q, struct fq_level *level, int source, const char *name, int depth)
{
    struct outputs outs = {0};

    source_outputs(q, level, source, &outs, depth);
    for (int i = 0; i < outs.len; i++)
        if (lc_streq(outs.items[i].name, name))
            return outs.items[i].position;
    return 0;
}

static const struct fq_merged *find_merged(const struct fq_level *level, const char *name)
{
    for (int i = level->merged.len - 1; i >= 0; i--)
        if (lc_streq(level->merged.items[i].name, name))
            return &level->merged.items[i];
    return NULL;
}

static int resolve(struct fq_query *q, struct fq_level *level, const ColumnRef *ref, struct fq_var *out, int max, int depth)
{
    const char *name = list_last_name(&ref->fields);
    const char *of = list_schema_name(&ref->fields);

    for (; level && name && depth < MAX_DEPTH; level = level->outer) {
        const struct fq_merged *merged = of ? NULL : find_merged(level, name);
        if (merged && merged->lo == merged->hi)
            return -1;
        for (int i = merged ? merged->lo : 0; i < (merged ? merged->hi : level->sources.len); i++) {
            int position;
            if (of && !lc_streq(source_name(&level->sources.items[i]), of))
                continue;
            position = find_in_source(q, level, i, name, depth);
            if (!position)
                continue;
            int n = position_of_source(q, level, i, position, out, max, depth);
            for (int k = 0; k < n; k++) {
                out[k].level = level;
                out[k].source = i;
            }
            return n ? n : -1;
        }
    }
    return 0;
}

int fq_resolve(struct fq_query *q, struct fq_level *level, const ColumnRef *ref, struct fq_var *out, int max)
{
    return resolve(q, level, ref, out, max, 0);
}

// --- subqueries without tables -------------------------------------------------------------------------------------------------------

// is_simple_subquery: a volatile function in what it gives keeps it as it is.
static bool is_volatile(struct fq_query *q, const struct outputs *outs)
{
    for (int i = 0; i < outs->len; i++)
        if (outs->items[i].expr && !IsA(outs->items[i].expr, ColumnRef) &&
            cat_expr_volatility(q->s->cat, NULL, outs->items[i].expr, NULL) == 'v')
            return true;
    return false;
}

static const Node *output_of(struct fq_query *q, struct fq_level *sub, int position, int depth)
{
    struct outputs outs = {0};
    const struct output *o;

    if (!sub || !sub->pulled_up || depth > MAX_DEPTH)
        return NULL;
    level_outputs(q, sub, &outs, depth);
    if (position < 1 || position > outs.len || is_volatile(q, &outs))
        return NULL;
    o = &outs.items[position - 1];
    return o->source < 0 && o->expr && !IsA(o->expr, ColumnRef) ? o->expr : NULL;
}

const Node *fq_pulled_up(struct fq_query *q, struct fq_level *level, const Node *expr)
{
    const ColumnRef *ref = AS(ColumnRef, expr);
    const char *name = ref ? list_last_name(&ref->fields) : NULL, *of = ref ? list_schema_name(&ref->fields) : NULL;

    for (int depth = 0; level && name && depth < MAX_DEPTH; level = level->outer, depth++) {
        for (int i = 0; i < level->sources.len; i++) {
            const struct fq_source *src = &level->sources.items[i];
            int position = of && !lc_streq(source_name(src), of) ? 0 : find_in_source(q, level, i, name, depth);
            if (position)
                return src->nullable ? NULL : output_of(q, src->rel ? src->rel->view : src->sub, position, depth);
        }
    }
    return NULL;
}
