// Reading rows from a live server: what the live_*.c files share. Not for other rooms.
#ifndef LC_SNAPSHOT_LIVE_H
#define LC_SNAPSHOT_LIVE_H

#include "snapshot/tables.h"

struct live {
    struct server *server;
    struct lc_arena *arena;
    struct snap_tables *tables;
    const struct snapshot_options *options;
    struct lc_map columns;      // "pg_class.relname": what the server's views have
    struct lc_map locked_names; // relations that are in a gap already
    const char *locked;         // '{1,2}': relations that our queries must not lock; NULL: deparse nothing
    int timeouts;               // how often a lock was waited for in vain
    int conflicts;              // how often recovery cancelled a query
    bool patient;               // a query took too long: the next ones may take PATIENCE times as long
    const char *statements;     // quoted schema of pg_stat_statements; NULL: not usable
    bool all_stats, statistic;  // the role may see all sessions and statements, may read pg_statistic
    const char *taken_at;       // clock_timestamp() at the start, milliseconds
};

// One subject's rows, added to l->tables; `sql` is a file of sql/. The group's transaction is open. A lock that cannot be had is tried again without
// the relations that are locked by then; what this role may not read, or what takes too long, becomes a gap unless `required`.
enum lc_code live_fetch(struct live *l, enum snap_subject subject, const char *sql, const char *const *params, bool required,
                        struct lc_error *err) LC_MUST_CHECK;
// The rows of a query that is no subject. `params` has as many items as the query has $n.
enum lc_code live_rows(struct live *l, const char *sql, const char *const *params, struct server_rows *rows,
                       struct lc_error *err) LC_MUST_CHECK;
// Adds rows to a subject by the names of their columns. Columns that the subject does not have are left out.
enum lc_code live_add_rows(struct live *l, enum snap_subject subject, const struct server_rows *rows,
                           struct lc_error *err) LC_MUST_CHECK;
int live_column(const struct server_rows *rows, const char *name); // -1: none
enum lc_code live_begin(struct live *l, struct lc_error *err) LC_MUST_CHECK;
enum lc_code live_end(struct live *l, struct lc_error *err) LC_MUST_CHECK;
enum lc_code live_find_locked(struct live *l, struct lc_error *err) LC_MUST_CHECK;
void live_gap(struct live *l, enum snap_part part, const char *what, const char *why, const char *hint);
// After an error in the open transaction: a gap and a new transaction, LC_OK; or the error, when there is nothing to go on with.
enum lc_code live_leave_gap(struct live *l, enum snap_part part, const char *what, bool required,
                            struct lc_error *err) LC_MUST_CHECK;
void live_mark(struct live *l, enum snap_part part);

enum lc_code live_catalog(struct live *l, struct lc_error *err) LC_MUST_CHECK;
enum lc_code live_sizes(struct live *l, struct lc_error *err) LC_MUST_CHECK;
enum lc_code live_column_stats(struct live *l, struct lc_error *err) LC_MUST_CHECK;

// Two looks at counters and many at sessions, with whatever time is spent between them.
struct live_traffic;
enum lc_code live_traffic_begin(struct live *l, struct live_traffic **out, struct lc_error *err) LC_MUST_CHECK;
enum lc_code live_traffic_end(struct live_traffic *t, struct lc_error *err) LC_MUST_CHECK;

#endif
