// Which statements make one transaction.
//
// pg_stat_statements does not say. What does: BEGIN is counted too; statements of one transaction are called equally often, and one of two kinds
// of transactions as often as both; and a look that finds a statement younger than its transaction knows that something ran before it (order.c).
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/internal.h"

static void add_class(struct traffic_build *b, struct traffic_observed **members, int n, double rate)
{
    struct traffic_class c = {.label = members[0]->stmt.label, .rate_per_s = rate, .len = n};
    double share;

    c.statements = LC_NEW_ARRAY(b->arena, struct traffic_statement, n);
    for (int i = 0; i < n; i++) {
        c.statements[i] = members[i]->stmt;
        share = members[i]->rate_per_s > rate ? rate / members[i]->rate_per_s : 1; // of a text that others run too
        c.statements[i].idle_seen = members[i]->idle_seen * share;
        c.statements[i].idle_age_ms = members[i]->idle_age_ms * share;
        members[i]->grouped = true;
    }
    LC_PUSH(b->arena, &b->classes, c);
}

// Counts that are one, within what transactions that are half done at the look can explain: so many are under way that were seen idle.
static bool is_one_count(double a, double b, bool in_transaction, double under_way)
{
    double half_done = in_transaction ? under_way + 2 * sqrt(under_way) : 0;

    return fabs(a - b) <= 3 + 0.005 * fmax(a, b) + half_done;
}

static bool equally_often(const struct traffic_observed *a, const struct traffic_observed *b, double under_way)
{
    return is_one_count(a->calls, b->calls, a->in_transaction || b->in_transaction, under_way);
}

// --- texts that two kinds of transactions share ---------------------------------------------------------------------------------------------

static int by_calls(const void *a, const void *b)
{
    const struct traffic_observed *x = *(struct traffic_observed *const *)a, *y = *(struct traffic_observed *const *)b;

    if (x->calls != y->calls)
        return x->calls < y->calls ? -1 : 1;
    return strcmp(x->row->queryid ? x->row->queryid : "", y->row->queryid ? y->row->queryid : "");
}

// Sums that fit come about by chance too. So all three were seen in transactions; or two of them, and the text runs in each that begins.
static bool could_share(const struct traffic_build *b, const struct traffic_observed *o, const struct traffic_observed *x,
                        const struct traffic_observed *y)
{
    bool in_each = fabs(o->rate_per_s - b->begin_rate_per_s) <= 0.02 * b->begin_rate_per_s;

    return x != o && y != o && o->in_transaction + x->in_transaction + y->in_transaction >= (in_each ? 2 : 3);
}

// A text that two kinds of transactions have in common is called as often as both together.
static void find_kinds(const struct traffic_build *b, struct traffic_observed **sorted, int n, double under_way,
                       struct traffic_observed *o)
{
    for (int low = 0, high = n - 1; low < high;) {
        struct traffic_observed *x = sorted[low], *y = sorted[high];
        double sum = x->calls + y->calls;
        if (could_share(b, o, x, y) && !equally_often(x, y, under_way) && is_one_count(sum, o->calls, true, under_way)) {
            o->kinds[0] = x;
            o->kinds[1] = y;
            return;
        }
        if (sum < o->calls)
            low++;
        else
            high--;
    }
}

static void find_shared(struct traffic_build *b, double under_way)
{
    struct traffic_observed **sorted = LC_NEW_ARRAY(b->arena, struct traffic_observed *, b->observed.len);
    int n = 0;

    for (int i = 0; i < b->observed.len; i++)
        if (b->observed.items[i].row)
            sorted[n++] = &b->observed.items[i];
    qsort(sorted, (size_t)n, sizeof(struct traffic_observed *), by_calls);
    for (int i = 0; i < n; i++)
        if (sorted[i]->rate_per_s <= b->begin_rate_per_s * 1.02)
            find_kinds(b, sorted, n, under_way, sorted[i]);
}

// --- classes --------------------------------------------------------------------------------------------------------------------------------

// Is `o` a statement of the transactions that `first` is one of?
static bool belongs(const struct traffic_observed *first, const struct traffic_observed *o, double under_way)
{
    if (!o->row)
        return false;
    if (o->kinds[0])
        return equally_often(first, o->kinds[0], under_way) || equally_often(first, o->kinds[1], under_way);
    return !o->grouped && equally_often(first, o, under_way);
}

static void group_transactions(struct traffic_build *b)
{
    double left = b->begin_rate_per_s * 1.02, since_s = traffic_since_s(b, b->snap->traffic.database.since);
    double under_way = since_s > 0 ? traffic_short_idle_ms(b) / (since_s * 1e3) : 0;
    struct traffic_observed **members = LC_NEW_ARRAY(b->arena, struct traffic_observed *, b->observed.len);

    find_shared(b, under_way);
    for (int i = 0; i < b->observed.len; i++) {
        struct traffic_observed *first = &b->observed.items[i];
        int n = 0;
        if (first->grouped || first->kinds[0] || first->rate_per_s > left || !first->row)
            continue;
        for (int k = 0; k < b->observed.len; k++)
            if (belongs(first, &b->observed.items[k], under_way))
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
