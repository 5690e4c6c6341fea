// What the files of this room share. Not for other rooms.
#ifndef LC_TRAFFIC_INTERNAL_H
#define LC_TRAFFIC_INTERNAL_H

#include "traffic/traffic.h"

#define TRAFFIC_LONG_MS 500.0 // a transaction that lasts longer is looked at one by one, not as a stream

struct traffic_observed { // one text of pg_stat_statements that touches user relations
    const struct snap_statement *row;
    struct traffic_statement stmt;
    double rate_per_s;
    double calls;        // that the rate rests on
    bool in_transaction; // seen with work of its transaction before it
    int seen, idle_seen; // in short transactions: running or last run, and of these idle after it
    double idle_age_ms;  // sum of how long it was so by then
    double offset_ms;    // sum of the times from its transaction's start to its own
    int rank;            // statements of its transaction that run after it, less those before
    bool grouped;        // already part of a class
    struct traffic_observed
        *kinds[2]; // of the two kinds of transactions that share it: a statement of each; NULL: it is one kind's
};

struct traffic_build {
    struct lc_arena *arena;
    const struct snapshot *snap;
    struct traffic *out;
    struct observed LC_ARRAY(struct traffic_observed) observed;
    double begin_rate_per_s;       // of BEGIN
    int idle_seen, long_idle_seen; // sessions idle in a short transaction, or a long one, over all looks
    struct classes LC_ARRAY(struct traffic_class) classes;
    struct longs LC_ARRAY(struct traffic_long) longs;
    struct unseen LC_ARRAY(const char *) unseen;
    double calls;            // all that the rates rest on
    double other_rate_per_s; // of queries that are no traffic of the application: catalogues, monitoring
};

// Seconds that a row's counters cover; NAN: not known.
double traffic_since_s(const struct traffic_build *b, double since);
// Calls per second from what is known: since the reset, and between the two looks.
double traffic_rate(const struct traffic_build *b, double calls, double since_s, double window_calls);
void traffic_unseen(struct traffic_build *b, const char *fmt, ...) LC_PRINTF(2, 3);

// Is it BEGIN or START TRANSACTION?
bool traffic_is_begin(const Node *tree);
// What a query of the traffic locks; false when it is none, or touches catalogues only.
bool traffic_footprint(struct traffic_build *b, const Node *tree, const char *text, struct traffic_statement *s);

// rows.c: the rows that it locks. choices.c: which of its uncertain locks are one partition of several.
void traffic_take_rows(struct traffic_build *b, const Node *tree, const struct footprint *fp, struct traffic_statement *s);
void traffic_choose_partitions(struct traffic_build *b);

// order.c: what the looks tell of transactions, to the observed; the order of a transaction's statements; where the classes so far idle.
void traffic_see_transactions(struct traffic_build *b);
void traffic_order(const struct traffic_build *b, struct traffic_observed **members, int n);
void traffic_idle(struct traffic_build *b, double since_s);
// Time that sessions have been idle in transaction since the counters began (before 14, which does not count it: as often as looks found them
// so), and that of it which was in short transactions.
double traffic_idle_ms(const struct traffic_build *b);
double traffic_short_idle_ms(const struct traffic_build *b);

// A footprint that a snapshot kept instead of a text (stored.c).
enum traffic_stored { TRAFFIC_STORED_NOTHING, TRAFFIC_STORED_BEGIN, TRAFFIC_STORED_QUERY };
enum traffic_stored traffic_restore_footprint(struct traffic_build *b, const char *text, struct traffic_statement *s);

void traffic_observe_statements(struct traffic_build *b); // statements.c: pg_stat_statements -> observed
void traffic_group(struct traffic_build *b);              // group.c: observed -> classes
void traffic_from_counters(struct traffic_build *b);      // counters.c: without the extension
void traffic_find_longs(struct traffic_build *b);         // longs.c: looks -> long transactions

#endif
