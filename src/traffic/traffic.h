// From raw counters: classes of transactions with arrival rate, service time and footprint, and the tail of long transactions.
//
// It knows nothing of migrations. Relations are catalogue OIDs; forecast maps them to the simulator's objects.
#ifndef LC_TRAFFIC_TRAFFIC_H
#define LC_TRAFFIC_TRAFFIC_H

#include "footprint/footprint.h"
#include "snapshot/snapshot.h"

struct traffic_lock {
    Oid relation;
    enum lc_lockmode mode;
    double sure;     // how likely it is that such a query takes it: 1 where the footprint is certain
    double from, to; // to > 0: one partition of several; a query's own number in 0..1 says which
};

enum traffic_row_mode {
    TRAFFIC_ROW_UPDATE,
    TRAFFIC_ROW_NO_KEY_UPDATE,
    TRAFFIC_ROW_SHARE,
    TRAFFIC_ROW_KEY_SHARE
}; // as the simulator's

struct traffic_statement { // one statement of a class, in the order it runs
    const char *label;     // normalised text, or "query <fingerprint>"
    struct traffic_lock *locks;
    int nlocks;
    double mean_ms, stddev_ms; // service time
    double idle_ms;            // mean time that its transaction idles after it
    double idle_cv;            // ... and how it varies: standard deviation over mean
    double idle_seen;          // ... how often it was seen doing so,
    double idle_age_ms;        // ... and the sum of how long it had by then
    Oid row_locks;             // a relation whose rows it updates or locks; InvalidOid: none
    enum traffic_row_mode row_mode;
    double rows; // per call
    Oid *keys;   // relations of which foreign-key checks lock a row FOR KEY SHARE
    int nkeys;
};

struct traffic_class { // transactions of one kind
    const char *label;
    struct traffic_statement *statements;
    int len;
    double rate_per_s;
    bool outside_pool;
};

struct traffic_long { // a long transaction seen, or a kind that comes again
    const char *label;
    struct traffic_lock *locks;
    int nlocks;
    double age_ms;              // when seen; < 0: not in flight now, but comes again
    double hold_ms, hold_sd_ms; // how long such a transaction holds its locks; <= 0: not known
    double every_ms;            // mean time from start to start; 0: not seen again
    char kind;                  // c client, a autovacuum, w autovacuum against wraparound, v manual vacuum, p prepared
    bool idle_in_transaction, snapshot, xid; // as last seen: has a snapshot, an id
    double cores;                            // computing on so many, 0: none, or not known
};

struct traffic {
    struct traffic_class *classes;
    int nclasses;
    struct traffic_long *longs;
    int nlongs;
    double rate_sigma;   // uncertainty of the rates (deviation of the logarithm)
    double window_s;     // the rates are over so many seconds
    const char *basis;   // "pg_stat_statements, two samples 2.0 s apart", "pg_stat_user_tables", "none"
    const char **unseen; // what could not be seen, a sentence each
    int nunseen;
    double active_sessions; // mean number of sessions computing
};

// Derives the traffic of a snapshot against its catalogue. Never fails for lack of data: `unseen` says what is missing.
enum lc_code traffic_from_snapshot(struct lc_arena *arena, const struct snapshot *snap, struct traffic *out,
                                   struct lc_error *err) LC_MUST_CHECK;

// How an UPDATE, DELETE or MERGE of `rel` locks the rows that it changes.
enum traffic_row_mode traffic_row_mode(const struct catalog *cat, const struct cat_relation *rel, const Node *tree);

// Keeps what each statement locks with the statement, for a snapshot that may not keep its text (--no-query-text).
void traffic_store_footprints(struct snapshot *snap);

#endif
