// Which statements make one transaction.
//
// pg_stat_statements does not say. What does: BEGIN is counted too; statements of one transaction are called equally often; and a look that
// finds a statement younger than its transaction knows that something ran before it.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "traffic/internal.h"

static void mark_seen_in_transactions(struct traffic_build *b)
{
    const struct snap_traffic *t = &b->snap->traffic;

    for (int i = 0; i < t->nlooks; i++)
        for (int k = 0; k < t->looks[i].nsessions; k++) {
            const struct snap_session *s = &t->looks[i].sessions[k];
            bool later = s->state == SNAP_IDLE_IN_TRANSACTION || (s->state == SNAP_ACTIVE && s->xact_ms - s->query_ms > 0.5);
            for (int o = 0; later && s->queryid && o < b->observed.len; o++)
                if (lc_streq(b->observed.items[o].row ? b->observed.items[o].row->queryid : NULL, s->queryid))
                    b->observed.items[o].in_transaction = true;
        }
}

static void add_class(struct traffic_build *b, struct traffic_observed **members, int n, double rate, double idle_ms)
{
    struct traffic_class c = {.label = members[0]->stmt.label, .rate_per_s = rate, .idle_in_transaction_ms = idle_ms, .len = n};

    c.statements = LC_NEW_ARRAY(b->arena, struct traffic_statement, n);
    for (int i = 0; i < n; i++) {
        c.statements[i] = members[i]->stmt;
        members[i]->grouped = true;
    }
    LC_PUSH(b->arena, &b->classes, c);
}

// Equally often, within what a transaction that is half done at the look can explain.
static bool equally_often(const struct traffic_observed *a, const struct traffic_observed *b)
{
    return fabs(a->calls - b->calls) <= 3 + 0.005 * fmax(a->calls, b->calls);
}

static int by_queryid(const void *a, const void *b)
{
    const struct traffic_observed *x = *(struct traffic_observed *const *)a, *y = *(struct traffic_observed *const *)b;

    return strcmp(x->row->queryid ? x->row->queryid : "", y->row->queryid ? y->row->queryid : "");
}

// Mean idle time inside one of the transactions that begin with BEGIN, without what the long ones account for.
static double idle_ms(const struct traffic_build *b, double long_idle_ms)
{
    const struct snap_database_counters *d = &b->snap->traffic.database;
    double since_s = traffic_since_s(b, d->since);
    double begins = b->begin_rate_per_s * since_s;

    if (isnan(d->idle_in_transaction_ms) || isnan(begins) || begins < 1)
        return 0;
    return fmin(fmax(0, d->idle_in_transaction_ms - long_idle_ms) / begins, 1000);
}

static double idle_of_longs(const struct traffic_build *b)
{
    double since_s = traffic_since_s(b, b->snap->traffic.database.since), sum = 0;

    for (int i = 0; i < b->longs.len; i++)
        if (b->longs.items[i].idle_in_transaction && b->longs.items[i].every_ms > 0 && !isnan(since_s))
            sum += b->longs.items[i].hold_ms * since_s * 1e3 / b->longs.items[i].every_ms;
    return sum;
}

static void group_transactions(struct traffic_build *b)
{
    double left = b->begin_rate_per_s * 1.02, idle = idle_ms(b, idle_of_longs(b));
    struct traffic_observed **members = LC_NEW_ARRAY(b->arena, struct traffic_observed *, b->observed.len);

    for (int i = 0; i < b->observed.len; i++) {
        struct traffic_observed *first = &b->observed.items[i];
        int n = 0;
        if (first->grouped || first->rate_per_s > left || !first->row)
            continue;
        for (int k = i; k < b->observed.len; k++)
            if (!b->observed.items[k].grouped && b->observed.items[k].row && equally_often(first, &b->observed.items[k]))
                members[n++] = &b->observed.items[k];
        if (n < 2 && !first->in_transaction)
            continue;
        qsort(members, (size_t)n, sizeof *members, by_queryid);
        add_class(b, members, n, first->rate_per_s, idle);
        left -= first->rate_per_s;
    }
}

void traffic_group(struct traffic_build *b)
{
    mark_seen_in_transactions(b);
    if (b->begin_rate_per_s > 0)
        group_transactions(b);
    for (int i = 0; i < b->observed.len; i++) {
        struct traffic_observed *o = &b->observed.items[i];
        if (!o->grouped)
            add_class(b, &o, 1, o->rate_per_s, 0);
    }
}
