// What users' triggers cost that run for each changed row.
#include <math.h>

#include "base/str.h"
#include "cost/price.h"

// In calls of a function of the server's own (EXPR_CALL_NS).
#define TRIGGER_CALLS 8 // a short PL/pgSQL function: measured of one that sets a column; what others do nobody knows

static bool sets_any(const struct cat_relation *rel, const NodeList *set, const int *columns, int n)
{
    for (int i = 0; i < set->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, set, i);
        const struct cat_attribute *att = t && t->name ? cat_find_column(rel, t->name) : NULL;
        for (int k = 0; att && k < n; k++)
            if (columns[k] == att->attnum)
                return true;
    }
    return false;
}

static bool fires(const struct cat_trigger *t, const struct cat_relation *rel, int event, const NodeList *set)
{
    if (!t || t->enabled == 'D' || t->enabled == 'R' || !(t->type & TRIGGER_TYPE_ROW) || !(t->type & event))
        return false;
    return event != TRIGGER_TYPE_UPDATE || !set || t->columns.len == 0 || sets_any(rel, set, t->columns.items, t->columns.len);
}

void price_triggers(const struct pricing *p, struct price *to, const struct cat_relation *rel, int event, const NodeList *set,
                    double rows)
{
    for (int i = 0; i < rel->triggers.len; i++)
        if (fires(cat_trigger(p->snap->cat, rel->triggers.items[i]), rel, event, set)) {
            price_term(p, to, COST_EXPR_CALL_NS, TRIGGER_CALLS * rows);
            price_widen(to, 0.5);
        }
}
