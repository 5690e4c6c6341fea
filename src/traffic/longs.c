// Long transactions: those in flight at the last look, and kinds that come again and again.
//
// A transaction older than TRAFFIC_LONG_MS stands for its kind (the text it runs or ran last). How long the kind lasts and how often it comes follows
// from pg_stat_statements (calls of the text, its time) and from the time that the database's sessions were idle in transaction.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "traffic/internal.h"

struct kind { // what is known of one kind of long transaction
    const char *label, *fingerprint, *queryid;
    const struct snap_session *last; // its youngest sighting
    double longest_ms;               // age when last seen of the oldest instance
    double shortest_end_ms;          // age at its last sighting of an instance that then ended; NAN: none ended
    bool in_flight, idle;
    int instances;
};

struct kinds LC_ARRAY(struct kind);

static bool is_client(const struct snap_session *s)
{
    return s->this_database && (!s->backend_type || lc_streq(s->backend_type, "client backend"));
}

static bool holds_user_locks(const struct snap_session *s)
{
    for (int i = 0; i < s->nlocks; i++)
        if (s->locks[i].granted && s->locks[i].relid >= FirstNormalObjectId)
            return true;
    return false;
}

static struct kind *kind_of(struct traffic_build *b, struct kinds *kinds, const struct snap_session *s)
{
    struct kind k = {.label = s->query ? s->query : "a transaction",
                     .fingerprint = s->fingerprint,
                     .queryid = s->queryid,
                     .shortest_end_ms = NAN};

    for (int i = 0; i < kinds->len; i++)
        if (lc_streq(kinds->items[i].fingerprint, s->fingerprint) && lc_streq(kinds->items[i].label, k.label))
            return &kinds->items[i];
    LC_PUSH(b->arena, kinds, k);
    return &kinds->items[kinds->len - 1];
}

// The same session in another look, still in the same transaction.
static bool still_there(const struct snap_look *look, double gap_ms, const struct snap_session *s)
{
    for (int i = 0; i < look->nsessions; i++)
        if (look->sessions[i].session == s->session)
            return fabs(look->sessions[i].xact_ms - s->xact_ms - gap_ms) < 0.5 * fabs(gap_ms) + 20;
    return false;
}

static void collect(struct traffic_build *b, struct kinds *kinds)
{
    const struct snap_traffic *t = &b->snap->traffic;

    for (int i = 0; i < t->nlooks; i++)
        for (int k = 0; k < t->looks[i].nsessions; k++) {
            const struct snap_session *s = &t->looks[i].sessions[k];
            bool last = i == t->nlooks - 1, ends, begins;
            struct kind *kind;
            if (!is_client(s) || !(s->xact_ms >= TRAFFIC_LONG_MS) || !holds_user_locks(s))
                continue;
            kind = kind_of(b, kinds, s);
            ends = !last && !still_there(&t->looks[i + 1], t->looks[i + 1].at_ms - t->looks[i].at_ms, s);
            begins = i == 0 || !still_there(&t->looks[i - 1], t->looks[i - 1].at_ms - t->looks[i].at_ms, s);
            kind->instances += begins;
            kind->last = s;
            kind->idle = kind->idle || s->state == SNAP_IDLE_IN_TRANSACTION;
            kind->in_flight = last ? true : kind->in_flight;
            kind->longest_ms = fmax(kind->longest_ms, s->xact_ms);
            if (ends)
                kind->shortest_end_ms = isnan(kind->shortest_end_ms) ? s->xact_ms : fmin(kind->shortest_end_ms, s->xact_ms);
        }
}

static const struct snap_statement *statement_of(const struct traffic_build *b, const struct kind *k)
{
    const struct snap_traffic *t = &b->snap->traffic;

    for (int i = 0; i < t->nstatements; i++)
        if ((k->queryid && lc_streq(t->statements[i].queryid, k->queryid)) ||
            (k->fingerprint && *k->fingerprint && lc_streq(t->statements[i].fingerprint, k->fingerprint)))
            return &t->statements[i];
    return NULL;
}

static bool is_kind(const struct kind *k, const struct snap_session *s)
{
    return k->queryid ? lc_streq(k->queryid, s->queryid) : lc_streq(k->fingerprint, s->fingerprint);
}

// Its share of all that was seen idle in transaction, of any age.
static double idle_share(const struct traffic_build *b, const struct kind *k)
{
    const struct snap_traffic *t = &b->snap->traffic;
    double mine = 0, all = b->idle_seen + b->long_idle_seen;

    for (int i = 0; i < t->nlooks; i++)
        for (int j = 0; j < t->looks[i].nsessions; j++) {
            const struct snap_session *s = &t->looks[i].sessions[j];
            mine += is_client(s) && s->state == SNAP_IDLE_IN_TRANSACTION && is_kind(k, s);
        }
    return all > 0 ? mine / all : 0;
}

// How long the kind lasts: seen to its end, else its own running time plus its share of the idle time; at least as long as it was seen.
static void estimate(struct traffic_build *b, const struct kind *k, struct traffic_long *l)
{
    const struct snap_statement *row = statement_of(b, k);
    double since_s = row ? traffic_since_s(b, isnan(row->since) ? b->snap->traffic.statements_since : row->since) : NAN;
    double done = row ? row->calls - (k->in_flight && k->idle) : 0;
    double mean = row && !isnan(row->mean_ms) ? row->mean_ms : 0;

    if (row && done >= 1)
        l->hold_ms = mean + (k->idle ? traffic_idle_ms(b) * idle_share(b, k) / done : 0);
    if (!isnan(k->shortest_end_ms) && k->shortest_end_ms > l->hold_ms)
        l->hold_ms = k->shortest_end_ms;
    if (k->longest_ms > l->hold_ms * 1.5)
        l->hold_ms = 0; // what is in flight has outlived the kind: nothing is known of its end
    else if (k->longest_ms > l->hold_ms)
        l->hold_ms = k->longest_ms;
    l->hold_sd_ms = l->hold_ms * 0.1;
    if (row && row->calls >= 2 && since_s > 0 && l->hold_ms > 0)
        l->every_ms = fmax(since_s * 1e3 / row->calls, l->hold_ms);
}

static void take_held(struct traffic_build *b, const struct snap_held *held, int n, struct traffic_long *l)
{
    l->locks = LC_NEW_ARRAY(b->arena, struct traffic_lock, n);
    for (int i = 0; i < n; i++)
        if (held[i].granted && held[i].relid >= FirstNormalObjectId)
            l->locks[l->nlocks++] = (struct traffic_lock){held[i].relid, held[i].mode, 1, 0, 0};
}

static void forget_stream(struct traffic_build *b, const struct kind *k)
{
    const struct snap_statement *row = statement_of(b, k);

    // its statement is simulated with the long transaction, not once more as traffic of its own
    for (int i = 0; row && i < b->observed.len; i++)
        if (b->observed.items[i].row == row)
            b->observed.items[i].grouped = true;
}

static bool computes(const struct snap_session *s)
{
    return s->state == SNAP_ACTIVE && !s->wait_event_type;
}

// A core for the query that was seen computing, and one for each of its parallel workers. The time between statements takes none.
static double cores_of(const struct traffic_build *b, const struct kind *k)
{
    const struct snap_look *look = &b->snap->traffic.looks[k->last->look];
    double n = k->idle ? 0 : computes(k->last);

    for (int i = 0; n > 0 && i < look->nsessions; i++)
        n += look->sessions[i].leader == k->last->session && computes(&look->sessions[i]);
    return n;
}

static void add_kinds(struct traffic_build *b)
{
    struct kinds kinds = {0};

    collect(b, &kinds);
    for (int i = 0; i < kinds.len; i++) {
        const struct kind *k = &kinds.items[i];
        struct traffic_long l = {.label = k->label,
                                 .kind = 'c',
                                 .idle_in_transaction = k->idle,
                                 .snapshot = k->last->has_snapshot,
                                 .xid = k->last->has_xid};
        l.cores = cores_of(b, k);
        l.age_ms = k->in_flight ? k->last->xact_ms : -1;
        take_held(b, k->last->locks, k->last->nlocks, &l);
        estimate(b, k, &l);
        forget_stream(b, k);
        if (k->in_flight || l.every_ms > 0)
            LC_PUSH(b->arena, &b->longs, l);
    }
}

// heap_insert, heap_update and heap_delete give a transaction its id.
static bool writes(const struct traffic_statement *s)
{
    for (int i = 0; i < s->nlocks; i++)
        if (s->locks[i].mode == LC_ROW_EXCLUSIVE)
            return true;
    return false;
}

// Texts that run long by themselves come again even if no look met one.
static void add_slow_statements(struct traffic_build *b)
{
    for (int i = 0; i < b->observed.len; i++) {
        struct traffic_observed *o = &b->observed.items[i];
        struct traffic_long l = {.label = o->stmt.label, .kind = 'c', .snapshot = true, .age_ms = -1};
        if (o->grouped || o->stmt.mean_ms < TRAFFIC_LONG_MS || o->rate_per_s * o->stmt.mean_ms / 1e3 > 1)
            continue;
        l.xid = writes(&o->stmt);
        l.locks = o->stmt.locks;
        l.nlocks = o->stmt.nlocks;
        l.hold_ms = o->stmt.mean_ms;
        l.hold_sd_ms = o->stmt.stddev_ms;
        l.every_ms = 1e3 / o->rate_per_s;
        o->grouped = true;
        LC_PUSH(b->arena, &b->longs, l);
    }
}

static void add_maintenance(struct traffic_build *b)
{
    const struct snap_traffic *t = &b->snap->traffic;

    for (int i = 0; i < t->nvacuums; i++) {
        const struct snap_vacuum *v = &t->vacuums[i];
        double left = v->blocks_done > 0 ? v->age_ms * (v->blocks_total - v->blocks_done) / v->blocks_done : 0;
        struct traffic_long l = {.label = lc_printf(b->arena, "%svacuum of %s.%s%s", v->automatic ? "auto" : "", v->schema,
                                                    v->name, v->wraparound ? " (to prevent wraparound)" : ""),
                                 .kind = v->wraparound  ? 'w'
                                         : v->automatic ? 'a'
                                                        : 'v',
                                 .age_ms = v->age_ms,
                                 .nlocks = 1};
        l.hold_ms = left > 0 ? v->age_ms + left : 0;
        l.locks = LC_NEW(b->arena, struct traffic_lock);
        l.locks[0] = (struct traffic_lock){v->relid, LC_SHARE_UPDATE_EXCLUSIVE, 1, 0, 0};
        LC_PUSH(b->arena, &b->longs, l);
    }
    for (int i = 0; i < t->nprepared; i++) {
        struct traffic_long l = {// PrepareTransaction gives it an id, whether it has written or not
                                 .label = "a prepared transaction",
                                 .kind = 'p',
                                 .xid = true,
                                 .age_ms = t->prepared[i].age_ms};
        take_held(b, t->prepared[i].locks, t->prepared[i].nlocks, &l);
        if (l.nlocks)
            LC_PUSH(b->arena, &b->longs, l);
    }
}

void traffic_find_longs(struct traffic_build *b)
{
    add_kinds(b);
    add_slow_statements(b);
    add_maintenance(b);
}
