// What is known about one database: catalogue, settings, raw traffic counters, waits, the planner's answers, and from where.
//
// A snapshot is read from a live server (read-only, short timeouts), from a JSON file that an earlier one wrote, or is empty. All
// three end as the same value: the live reader first collects exactly the rows that the file holds and then builds everything
// below from them, so live and file cannot differ. Everything is in the arena given at creation. Times are milliseconds, sizes
// bytes; clock times are milliseconds since 1970 (UTC). A number that is not known is NAN, a text that is not known NULL.
// Nothing here holds a literal of a user's query: texts are normalised before they are kept.
#ifndef LC_SNAPSHOT_SNAPSHOT_H
#define LC_SNAPSHOT_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/lockmode.h"
#include "base/map.h"
#include "catalog/catalog.h"
#include "snapshot/server.h"

#define SNAPSHOT_SCHEMA "lockcast/snapshot/1"
#define SNAPSHOT_MAX_BYTES ((size_t)1024 * 1024 * 1024) // a larger file is refused

enum snap_origin { SNAP_NONE, SNAP_LIVE, SNAP_FILE };
const char *snap_origin_name(enum snap_origin origin); // "none", "live", "snapshot": the contract's server.source

// One part of a snapshot: from where, and when it was read (NAN: never). The same value in the file, so no clock is asked.
enum snap_part {
    SNAP_PART_CATALOG,
    SNAP_PART_SIZES,
    SNAP_PART_COLUMN_STATS,
    SNAP_PART_SETTINGS,
    SNAP_PART_STATEMENTS, // pg_stat_statements
    SNAP_PART_COUNTERS,   // pg_stat_database, pg_stat_user_tables, pg_stat_user_indexes
    SNAP_PART_ACTIVITY,   // pg_stat_activity, pg_locks, prepared transactions, vacuums, replication
    SNAP_PART_PLANS,      // answers of EXPLAIN
    SNAP_PARTS,
};
const char *snap_part_name(enum snap_part part);

struct snap_provenance {
    bool present;
    double taken_at;    // clock; NAN: not present
    const char *server; // whose: "shop on clone-3", as snap_server.label
};

// Something that could not be seen, with what to do about it.
struct snap_gap {
    enum snap_part part;
    const char *what; // "the definition of public.orders' defaults"
    const char *why;  // "another session holds ACCESS EXCLUSIVE on it", "permission denied for ..."
    const char *hint; // "GRANT pg_monitor TO app_ro;" or NULL
};

struct snap_server {
    int version_num;     // 150018
    const char *version; // "15.18 (Debian ...)"
    const char *database, *user;
    const char *label; // "shop on clone-3": what reports call it
    const char *encoding, *collate;
    double started_at, now; // clock, the server's
    double stats_reset;     // clock, pg_stat_database.stats_reset
    double database_bytes;
    int cores; // 0: not known (SQL cannot tell); from an option
    bool in_recovery, superuser;
    int client_backends; // at the first look, without ours, in all databases
    // A clone carries no traffic (ecosystem: counters do not travel). looks_like_clone: counters younger than an hour and nobody
    // connected; looks_like_production: replicas, or many clients. Both false: cannot tell.
    bool looks_like_clone, looks_like_production;
};

// --- traffic ---------------------------------------------------------------------------------------------------------

struct snap_statement {                                  // one row of pg_stat_statements of this database
    const char *queryid;                                 // as text: it has 64 bits
    const char *query;                                   // normalised; NULL with --no-query-text, or without the privilege
    const char *fingerprint;                             // lc_sql_fingerprint; "" when it does not parse
    const char *footprint;                               // the traffic room's own summary, kept when the text is not; NULL: none
    bool toplevel;                                       // true where the extension cannot tell
    double calls, rows;                                  // since `since`
    double total_ms, min_ms, max_ms, mean_ms, stddev_ms; // execution
    double plan_calls, plan_ms;                          // total planning time
    double blocks_read, blocks_hit, blocks_dirtied, temp_blocks, wal_bytes;
    double since; // clock: counters count from here; NAN: not known
    // Between the first and the last look of the sampling window:
    double window_calls, window_total_ms, window_rows; // NAN: only one look
};

struct snap_database_counters {
    double xact_commit, xact_rollback, session_ms, active_ms, idle_in_transaction_ms, sessions, deadlocks, conflicts;
    double since; // clock
    double window_commits, window_rollbacks, window_active_ms, window_idle_in_transaction_ms;
    int numbackends;
};

struct snap_table_counters { // pg_stat_user_tables, by relation
    Oid relid;
    const char *schema, *name;
    double n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_live_tup,
        n_dead_tup;
    double last_vacuum, last_autovacuum, last_analyze, last_autoanalyze;         // clock
    double window_ins, window_upd, window_del, window_seq_scan, window_idx_scan; // NAN: only one look
};

struct snap_held { // a relation lock held or awaited in one look
    Oid relid;
    const char *schema, *name; // NULL: not a relation of this database that still exists
    char relkind;
    enum lc_lockmode mode;
    bool granted;
    double waiting_ms; // 14+; NAN: not known
};

enum snap_state { SNAP_IDLE, SNAP_ACTIVE, SNAP_IDLE_IN_TRANSACTION, SNAP_IDLE_ABORTED, SNAP_OTHER_STATE, SNAP_HIDDEN };

struct snap_session { // one session in one look
    int session;      // 1.. in order of appearance: the same session has the same number in every look
    int look;         // 0 .. nlooks-1
    enum snap_state state;
    const char *backend_type; // "client backend", "autovacuum worker", "walsender", ...
    const char *application;  // application_name: any text at all
    const char *wait_event_type, *wait_event;
    double backend_ms, xact_ms, query_ms, state_ms; // ages at the look; NAN: none
    bool this_database, has_xid, has_snapshot;      // has_snapshot: backend_xmin is set
    int leader;                                     // session number of a parallel worker's leader, 0: none
    const char *query;                              // normalised text of the current or last query; NULL: hidden or left out
    const char *fingerprint;
    const char *queryid;
    struct snap_held *locks; // user relations only, by relation, then mode
    int nlocks;
    bool waits_for_transaction; // a row lock: waits for another transaction's end
};

struct snap_look { // one look at pg_stat_activity and pg_locks
    double at_ms;  // since the first look
    struct snap_session *sessions;
    int nsessions;
};

struct snap_prepared { // pg_prepared_xacts
    double age_ms;
    bool this_database;
    struct snap_held *locks;
    int nlocks;
};

struct snap_vacuum { // pg_stat_progress_vacuum
    Oid relid;
    const char *schema, *name;
    bool wraparound, automatic;
    double age_ms;
    const char *phase;
    double blocks_total, blocks_done;
};

struct snap_replica { // pg_stat_replication
    const char *application;
    const char *state, *sync_state;
    double lag_bytes, write_lag_ms, flush_lag_ms, replay_lag_ms;
};

// Monday 00:00 UTC is 0.
int snap_hour_of_week(double clock);

struct snap_profile_point { // an earlier sample of the same database, for the hour-of-week profile
    double taken_at;        // clock
    int hour_of_week;       // 0: Monday 00:00 UTC .. 167
    double window_ms;
    double transactions_per_s, statements_per_s, active_sessions;
};

struct snap_traffic {
    enum snap_origin origin;
    const struct snap_server *server;  // where it was seen
    bool has_statements;               // pg_stat_statements could be read
    const char *statements_missing;    // why not, and what to do; NULL when it could
    struct snap_statement *statements; // by total_ms, the largest first
    int nstatements;
    double statements_since;   // clock of pg_stat_statements_info.stats_reset; NAN: not known
    double statements_dealloc; // entries that had to go since: counts are too low; NAN: not known
    double statements_hidden;  // rows whose text this role may not read
    struct snap_database_counters database;
    struct snap_table_counters *tables; // by relid
    int ntables;
    struct snap_look *looks;
    int nlooks;
    double window_ms; // from the first to the last look; 0: one look
    struct snap_prepared *prepared;
    int nprepared;
    struct snap_vacuum *vacuums;
    int nvacuums;
    struct snap_replica *replicas;
    int nreplicas;
    struct snap_profile_point *profile; // by taken_at
    int nprofile;
};

// --- the planner's answers ---------------------------------------------------------------------------------------------

struct snap_plan_node {
    int depth;                                    // 0: the root; parents come before their children
    const char *type;                             // "Seq Scan", "Hash Join", "ModifyTable"
    const char *operation;                        // of ModifyTable: "Update"; NULL: none
    const char *schema, *relation, *index;        // NULL: none
    double rows, width, startup_cost, total_cost; // width in bytes
    int workers;                                  // planned
};

struct snap_plan {
    bool known; // false: the server refused, `why` says how, or nobody could be asked
    const char *why;
    double rows, width, total_cost; // of the root; of a ModifyTable: the rows that it changes
    struct snap_plan_node *nodes;
    int nnodes;
};

// --- the whole -----------------------------------------------------------------------------------------------------------

struct snap_tables; // the rows as read: snapshot/tables.h

struct snapshot {
    struct lc_arena *arena;
    enum snap_origin origin;
    const char *path; // of a file; NULL
    struct catalog *cat;
    struct snap_server server;
    struct snap_provenance parts[SNAP_PARTS];
    struct snap_traffic traffic;
    struct snap_gaps LC_ARRAY(struct snap_gap) gaps;
    struct lc_map plans; // key of snapshot_plan_key -> struct snap_plan
    bool no_query_text;  // the file keeps fingerprints and footprints of queries, not their texts
    struct snap_tables *tables;
};

struct snapshot_options {
    double sample_ms;            // how long to look at the activity; 0: one look
    double quiet_ms;             // look only so long when there is no sign of long transactions; 0: as long as sample_ms
    bool no_traffic;             // catalogue, sizes and settings only
    bool no_query_text;          // keep fingerprints only
    int statements_max;          // texts of pg_stat_statements; 0: 5000
    int cores;                   // of the server; 0: not known
    double statement_timeout_ms; // 0: 5000
    void (*progress)(void *context, const char *what); // NULL: none
    void *context;
};

// An empty database of server version `version_num` (150000; 0: the grammar's own), of which sizes and traffic are unknown.
struct snapshot *snapshot_empty(struct lc_arena *arena, int version_num);
// Reads it, in short READ ONLY transactions that wait for no lock. What could not be seen is in `gaps`, and is no error.
enum lc_code snapshot_from_server(struct server *server, const struct snapshot_options *options, struct lc_arena *arena,
                                  struct snapshot **out, struct lc_error *err) LC_MUST_CHECK;
// Reads what snapshot_write wrote, strictly: err names the file, the line, and what was expected.
enum lc_code snapshot_from_file(const char *path, struct lc_arena *arena, struct snapshot **out,
                                struct lc_error *err) LC_MUST_CHECK;
// The same from memory; `name` is for messages. `text` is changed (strings are decoded in place) and must live as long as the arena.
enum lc_code snapshot_from_text(char *text, size_t len, const char *name, struct lc_arena *arena, struct snapshot **out,
                                struct lc_error *err) LC_MUST_CHECK;
// Writes a new file beside `path` and renames it; a link stays one, and a device or a pipe is written to. Same snapshot: same bytes.
enum lc_code snapshot_write(const struct snapshot *snap, const char *path, struct lc_error *err) LC_MUST_CHECK;
// The same to an open stream.
enum lc_code snapshot_write_to(const struct snapshot *snap, FILE *stream, struct lc_error *err) LC_MUST_CHECK;
// Keeps a summary of what statement i locks (by the traffic room), for a file without texts.
void snapshot_set_footprint(struct snapshot *snap, int statement, const char *text);
// Leaves the traffic's own part to another snapshot (--traffic FILE): counters, looks and their provenance; the catalogue stays.
void snapshot_take_traffic(struct snapshot *snap, const struct snapshot *from);
// Keeps the samples of an earlier snapshot of the same database as points of the hour-of-week profile.
void snapshot_keep_profile(struct snapshot *snap, const struct snapshot *earlier);

// A run-time setting as a session of the migration's role finds it: bytes, milliseconds, or the plain number. NAN: not known.
// Built on cat_setting(snap->cat, name), which has the text with its unit ("64MB", "5s").
double snapshot_setting_bytes(const struct snapshot *snap, const char *name);
double snapshot_setting_ms(const struct snapshot *snap, const char *name);
double snapshot_setting_number(const struct snapshot *snap, const char *name);
bool snapshot_setting_bool(const struct snapshot *snap, const char *name, bool otherwise);

// EXPLAIN (never ANALYZE) of one statement: from what the snapshot keeps, else from `server` (may be NULL: nobody to ask), and then kept.
// Never fails: an answer that cannot be had has known = false.
const struct snap_plan *snapshot_explain(struct snapshot *snap, struct server *server, const char *sql);

#endif
