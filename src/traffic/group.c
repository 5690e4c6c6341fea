// Which statements make one transaction.
//
// pg_stat_statements does not say. What does: BEGIN is counted too; statements of one transaction are called equally often; and a look that
// finds a statement younger than its transaction knows that something ran before it (order.c).
#include <math.h>

#include "traffic/internal.h"

static void add_class(struct traffic_build *b, struct traffic_observed **members, int n, double rate)
{
    struct traffic_class c = {.label = members[0]->stmt.label, .rate_per_s = rate, .len = n};

    c.statements = LC_NEW_ARRAY(b->arena, struct traffic_statement, n);
    for (int i = 0; i < n; i++) {
        c.statements[i] = members[i]->stmt;
        c.statements[i].idle_seen = members[i]->idle_seen;
        c.statements[i].idle_age_ms = members[i]->idle_age_ms;
        members[i]->grouped = true;
    }
    LC_PUSH(b->arena, &b->classes, c);
}

// Equally often, within what transactions that are half done at the look can explain: so many are under way that were seen idle.
static bool equally_often(const struct traffic_observed *a, const struct traffic_observed *b, double under_way)
{
    double half_done = a->in_transaction || b->in_transaction ? under_way + 2 * sqrt(under_way) : 0;

    return fabs(a->calls - b->calls) <= 3 + 0.005 * fmax(a->calls, b->calls) + half_done;
}

static void group_transactions(struct traffic_build *b)
{
    double left = b->begin_rate_per_s * 1.02, since_s = traffic_since_s(b, b->snap->traffic.database.since);
    double under_way = since_s > 0 ? traffic_short_idle_ms(b) / (since_s * 1e3) : 0;
    struct traffic_observed **members = LC_NEW_ARRAY(b->arena, struct traffic_observed *, b->observed.len);

    for (int i = 0; i < b->observed.len; i++) {
        struct traffic_observed *first = &b->observed.items[i];
        int n = 0;
        if (first->grouped || first->rate_per_s > left || !first->row)
            continue;
        for (int k = i; k < b->observed.len; k++)
            if (!b->observed.items[k].grouped && b->observed.items[k].row &&
                equally_often(first, &b->observed.items[k], under_way))
                members[n++] = &b->observed.items[k];
        if (n < 2 && !first->in_transaction)
            continue;
        traffic_order(b, members, n);
        add_class(b, members, n, first->rate_per_s);
        left -= first->rate_per_s;
    }
    if (since_s > 0)
        traffic_idle(b, since_s);
}

void traffic_group(struct traffic_build *b)
{
    if (b->begin_rate_per_s > 0)
        group_transactions(b);
    for (int i = 0; i < b->observed.len; i++) {
        struct traffic_observed *o = &b->observed.items[i];
        if (!o->grouped)
            add_class(b, &o, 1, o->rate_per_s);
    }
}
