// What a query's result holds that the planner's width does not tell: NULLs take no room, and values out of line take more.
#include <math.h>

#include "base/str.h"
#include "cost/price.h"

#define SHORT_LIMIT 1000 // of varchar(n): such a value is not what made a row too long for its page (assumed)

struct output {
    const struct snap_plan *plan;
    struct price_output *out;
};

static double toastable(const struct cat_relation *rel, const struct cat_attribute *att)
{
    return !att->isdropped && att->stats && (att->storage == 'x' || att->storage == 'e' || att->storage == 'm') &&
                   (att->typmod < 0 || att->typmod > SHORT_LIMIT) && rel->size.toast_bytes > 0
               ? 1 - att->stats->null_frac
               : 0;
}

// Which of the columns that may have values out of line has them nobody tells: each its part.
static double toast_share(const struct cat_relation *rel, const struct cat_attribute *att)
{
    double sum = 0;

    for (int i = 0; i < rel->natts; i++)
        sum += toastable(rel, &rel->attrs[i]);
    return sum > 0 ? toastable(rel, att) / sum : 0;
}

static void add_column(const struct output *o, const struct cat_relation *rel, const struct cat_attribute *att)
{
    double rows = price_rows(rel), share = rows >= 1 ? fmin(o->plan->rows / rows, 1) : 0;

    if (att->isdropped || !att->stats)
        return;
    o->out->null_bytes += att->stats->null_frac * att->stats->avg_width;
    o->out->toast_bytes += rel->size.toast_bytes * share * toast_share(rel, att);
}

static void add_columns(const struct output *o, const struct price_scope_item *table, const ColumnRef *ref)
{
    const String *qualifier = ref->fields.length > 1 ? LIST_GET(String, &ref->fields, ref->fields.length - 2) : NULL;
    const String *name = LIST_GET(String, &ref->fields, ref->fields.length - 1); // NULL: a star

    if (qualifier && !lc_streq(qualifier->sval, table->name))
        return;
    for (int i = 0; i < table->rel->natts; i++)
        if (!name || lc_streq(name->sval, table->rel->attrs[i].name))
            add_column(o, table->rel, &table->rel->attrs[i]);
}

void price_query_output(const struct pricing *p, const Node *query, const struct snap_plan *plan, struct price_output *out)
{
    const SelectStmt *select = price_select(query);
    struct output o = {.plan = plan, .out = out};
    struct price_scope scope;

    *out = (struct price_output){0};
    if (!select || !plan || !plan->known || select->larg)
        return;
    price_scope_of(p, &select->fromClause, &scope);
    for (int i = 0; i < select->targetList.length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, &select->targetList, i);
        const ColumnRef *ref = t ? AS(ColumnRef, t->val) : NULL;
        for (int k = 0; ref && k < scope.len; k++)
            add_columns(&o, &scope.items[k], ref);
    }
}
