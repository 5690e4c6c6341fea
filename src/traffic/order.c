// In which order the statements of a transaction run, and after which of them it idles: what the looks at its sessions tell.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "traffic/internal.h"

// Before 14 pg_stat_activity has no query_id.
static bool runs(const struct snap_session *s, const struct traffic_observed *o)
{
    if (!o->row)
        return false;
    if (s->queryid && o->row->queryid)
        return lc_streq(s->queryid, o->row->queryid);
    return s->fingerprint && *s->fingerprint && lc_streq(s->fingerprint, o->row->fingerprint);
}

static bool in_short_transaction(const struct snap_session *s)
{
    return s->this_database && (s->state == SNAP_ACTIVE || s->state == SNAP_IDLE_IN_TRANSACTION) && s->xact_ms < TRAFFIC_LONG_MS;
}

static bool is_idle(const struct snap_session *s)
{
    return s->this_database && s->state == SNAP_IDLE_IN_TRANSACTION;
}

static void see(struct traffic_observed *o, const struct snap_session *s)
{
    double offset = s->xact_ms - s->query_ms;

    o->in_transaction |= s->state == SNAP_IDLE_IN_TRANSACTION || (s->state == SNAP_ACTIVE && offset > 0.5);
    if (!in_short_transaction(s))
        return;
    if (s->state == SNAP_IDLE_IN_TRANSACTION) {
        o->idle_seen++;
        o->idle_age_ms += s->state_ms;
    }
    o->offset_ms += offset;
    o->seen++;
}

void traffic_see_transactions(struct traffic_build *b)
{
    const struct snap_traffic *t = &b->snap->traffic;

    for (int i = 0; i < t->nlooks; i++)
        for (int k = 0; k < t->looks[i].nsessions; k++) {
            const struct snap_session *s = &t->looks[i].sessions[k];
            b->idle_seen += is_idle(s) && in_short_transaction(s);
            b->long_idle_seen += is_idle(s) && !in_short_transaction(s);
            for (int o = 0; o < b->observed.len; o++)
                if (runs(s, &b->observed.items[o]))
                    see(&b->observed.items[o], s);
        }
}

static bool takes(const struct traffic_statement *s, Oid relation, enum lc_lockmode mode)
{
    for (int i = 0; i < s->nlocks; i++)
        if (s->locks[i].relation == relation && s->locks[i].mode == mode)
            return true;
    return false;
}

static bool holds(const struct snap_session *s, const struct traffic_lock *l)
{
    for (int i = 0; i < s->nlocks; i++)
        if (s->locks[i].granted && s->locks[i].relid == l->relation && s->locks[i].mode == l->mode)
            return true;
    return false;
}

// A lock that `a` takes for sure and keeps, and that `o` does not take: who is at `o` and has it has run `a` before. (Locks on indexes may
// be let go with the statement.)
static const struct traffic_lock *telling_lock(const struct traffic_build *b, const struct traffic_statement *a,
                                               const struct traffic_statement *o)
{
    for (int i = 0; i < a->nlocks; i++) {
        const struct traffic_lock *l = &a->locks[i];
        const struct cat_relation *rel = cat_relation(b->snap->cat, l->relation);
        if (rel && !rel->index && l->sure >= 1 && !(l->to > 0) && !takes(o, l->relation, l->mode))
            return l;
    }
    return NULL;
}

// Sessions seen at `o` that had run `a` by then, less those that had not.
static int ran_before(const struct traffic_build *b, const struct traffic_observed *a, const struct traffic_observed *o)
{
    const struct traffic_lock *l = telling_lock(b, &a->stmt, &o->stmt);
    const struct snap_traffic *t = &b->snap->traffic;
    int n = 0;

    for (int i = 0; l && i < t->nlooks; i++)
        for (int k = 0; k < t->looks[i].nsessions; k++) {
            const struct snap_session *s = &t->looks[i].sessions[k];
            if (s->nlocks && in_short_transaction(s) && runs(s, o))
                n += holds(s, l) ? 1 : -1;
        }
    return n;
}

// > 0: `a` runs before `o`; 0: nobody saw which of them does.
static int before(const struct traffic_build *b, const struct traffic_observed *a, const struct traffic_observed *o)
{
    int n = ran_before(b, a, o) - ran_before(b, o, a);
    double later;

    if (n || !a->seen || !o->seen)
        return (n > 0) - (n < 0);
    later = o->offset_ms / o->seen - a->offset_ms / a->seen;
    return (later > 0) - (later < 0);
}

static int by_rank(const void *a, const void *b)
{
    const struct traffic_observed *x = *(struct traffic_observed *const *)a, *y = *(struct traffic_observed *const *)b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? 1 : -1;
    return strcmp(x->row->queryid ? x->row->queryid : "", y->row->queryid ? y->row->queryid : "");
}

void traffic_order(const struct traffic_build *b, struct traffic_observed **members, int n)
{
    for (int i = 0; i < n; i++) {
        members[i]->rank = 0;
        for (int k = 0; k < n; k++)
            members[i]->rank += k != i ? before(b, members[i], members[k]) : 0;
    }
    qsort(members, (size_t)n, sizeof(struct traffic_observed *), by_rank);
}

double traffic_idle_ms(const struct traffic_build *b)
{
    const struct snap_database_counters *d = &b->snap->traffic.database;
    double since_ms = traffic_since_s(b, d->since) * 1e3, looks = fmax(b->snap->traffic.nlooks, 1);
    double all = b->idle_seen + b->long_idle_seen;

    if (isnan(since_ms))
        return 0;
    return isnan(d->idle_in_transaction_ms) ? all / looks * since_ms : d->idle_in_transaction_ms;
}

double traffic_short_idle_ms(const struct traffic_build *b)
{
    double since_ms = traffic_since_s(b, b->snap->traffic.database.since) * 1e3, looks = fmax(b->snap->traffic.nlooks, 1);
    double all = b->idle_seen + b->long_idle_seen, idle = traffic_idle_ms(b) * (all > 0 ? b->idle_seen / all : 1);

    return isnan(since_ms) ? 0 : fmin(idle, (b->idle_seen + 2) / looks * since_ms);
}

// A class is taken to idle between its statements, or after its only one, as if it had been seen doing so once in all.
static double usual(const struct traffic_class *c, int i)
{
    return c->len == 1 ? 1 : i + 1 < c->len ? 1.0 / (c->len - 1) : 0;
}

// Pauses of mean m and variation cv are m (1 + cv^2) / 2 old, on average, when somebody looks at them: m if they are memoryless, half of that if
// they are all alike. Memoryless, as if two of age m had been seen.
static void vary(struct traffic_statement *s)
{
    double age = s->idle_ms > 0 ? (s->idle_age_ms + 2 * s->idle_ms) / (s->idle_seen + 2) : 0;

    s->idle_cv = s->idle_ms > 0 ? sqrt(fmin(fmax(2 * age / s->idle_ms - 1, 0), 4)) : 0;
}

void traffic_idle(struct traffic_build *b, double since_s)
{
    double rates = 0, idle_ms = traffic_short_idle_ms(b);

    for (int i = 0; i < b->classes.len; i++)
        rates += b->classes.items[i].rate_per_s;
    for (int i = 0; rates > 0 && i < b->classes.len; i++) {
        struct traffic_class *c = &b->classes.items[i];
        double seen = 0, each;
        for (int k = 0; k < c->len; k++)
            seen += c->statements[k].idle_seen;
        each = idle_ms * (seen + c->rate_per_s / rates) / (b->idle_seen + 1) / (c->rate_per_s * since_s);
        for (int k = 0; k < c->len; k++) {
            c->statements[k].idle_ms = fmin(each, 1000) * (c->statements[k].idle_seen + usual(c, k)) / (seen + 1);
            vary(&c->statements[k]);
        }
    }
}
