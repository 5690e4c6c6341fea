// From rows to raw traffic: statements, counters, looks at sessions, prepared transactions, vacuums, replicas, profile.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "snapshot/tables.h"

#define MAX_LOOKS 100000

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

// --- counters ------------------------------------------------------------------------------------------------------------------

static struct snap_statement statement(const char *const *row, double since)
{
    struct snap_statement s = {
        .queryid = text_or_empty(row[C_statement_queryid]),
        .query = row[C_statement_query],
        .fingerprint = text_or_empty(row[C_statement_fingerprint]),
        .footprint = row[C_statement_footprint],
        .toplevel = !row[C_statement_toplevel] || snap_bool(row[C_statement_toplevel]),
        .calls = snap_num(row[C_statement_calls]),
        .rows = snap_num(row[C_statement_rows]),
        .total_ms = snap_num(row[C_statement_total_ms]),
        .min_ms = snap_num(row[C_statement_min_ms]),
        .max_ms = snap_num(row[C_statement_max_ms]),
        .mean_ms = snap_num(row[C_statement_mean_ms]),
        .stddev_ms = snap_num(row[C_statement_stddev_ms]),
        .plan_calls = snap_num(row[C_statement_plan_calls]),
        .plan_ms = snap_num(row[C_statement_plan_ms]),
        .blocks_read = snap_num(row[C_statement_blocks_read]),
        .blocks_hit = snap_num(row[C_statement_blocks_hit]),
        .blocks_dirtied = snap_num(row[C_statement_blocks_dirtied]),
        .temp_blocks = snap_num(row[C_statement_temp_blocks]),
        .wal_bytes = snap_num(row[C_statement_wal_bytes]),
        .since = row[C_statement_since] ? snap_num(row[C_statement_since]) : since,
        .window_calls = snap_num(row[C_statement_window_calls]),
        .window_total_ms = snap_num(row[C_statement_window_total_ms]),
        .window_rows = snap_num(row[C_statement_window_rows]),
    };
    return s;
}

void snapshot_set_footprint(struct snapshot *snap, int statement_number, const char *text)
{
    struct snap_table *t = &snap->tables->t[SUBJECT_statement];
    if (statement_number < t->nrows) {
        t->cells.items[(size_t)statement_number * C_statement_ncols + C_statement_footprint] = text;
        snap->traffic.statements[statement_number].footprint = text;
    }
}

static const char *missing_statements(const struct snapshot *snap)
{
    for (int i = 0; i < snap->gaps.len; i++) {
        const struct snap_gap *g = &snap->gaps.items[i];
        if (g->part == SNAP_PART_STATEMENTS && strcmp(g->what, "pg_stat_statements") == 0) {
            return g->hint ? lc_printf(snap->arena, "%s: %s", g->why, g->hint) : g->why;
        }
    }
    return "the snapshot has no statements";
}

static void build_statements(struct snapshot *snap, struct snap_traffic *t)
{
    const struct snap_tables *tables = snap->tables;
    t->statements_since = t->statements_dealloc = t->statements_hidden = NAN;
    t->has_statements = snap->parts[SNAP_PART_STATEMENTS].present;
    t->statements_missing = t->has_statements ? NULL : missing_statements(snap);
    if (snap_nrows(tables, SUBJECT_statement_info) > 0) {
        const char *const *row = snap_row(tables, SUBJECT_statement_info, 0);
        t->statements_since = snap_num(row[C_statement_info_since]);
        t->statements_dealloc = snap_num(row[C_statement_info_dealloc]);
        t->statements_hidden = snap_num(row[C_statement_info_hidden]);
    }
    t->nstatements = snap_nrows(tables, SUBJECT_statement);
    t->statements = LC_NEW_ARRAY(snap->arena, struct snap_statement, t->nstatements);
    for (int i = 0; i < t->nstatements; i++) {
        t->statements[i] = statement(snap_row(tables, SUBJECT_statement, i), t->statements_since);
    }
}

static void build_database(struct snapshot *snap, struct snap_database_counters *d)
{
    const char *const none[C_database_ncols] = {NULL};
    const char *const *row = snap_nrows(snap->tables, SUBJECT_database) > 0 ? snap_row(snap->tables, SUBJECT_database, 0) : none;
    *d = (struct snap_database_counters){
        .xact_commit = snap_num(row[C_database_xact_commit]),
        .xact_rollback = snap_num(row[C_database_xact_rollback]),
        .session_ms = snap_num(row[C_database_session_ms]),
        .active_ms = snap_num(row[C_database_active_ms]),
        .idle_in_transaction_ms = snap_num(row[C_database_idle_in_transaction_ms]),
        .sessions = snap_num(row[C_database_sessions]),
        .deadlocks = snap_num(row[C_database_deadlocks]),
        .conflicts = snap_num(row[C_database_conflicts]),
        .since = row[C_database_since] ? snap_num(row[C_database_since]) : snap->server.started_at,
        .window_commits = snap_num(row[C_database_window_commits]),
        .window_rollbacks = snap_num(row[C_database_window_rollbacks]),
        .window_active_ms = snap_num(row[C_database_window_active_ms]),
        .window_idle_in_transaction_ms = snap_num(row[C_database_window_idle_in_transaction_ms]),
        .numbackends = snap_int(row[C_database_numbackends]),
    };
}

static struct snap_table_counters table_counters(const char *const *row)
{
    return (struct snap_table_counters){
        .relid = snap_oid(row[C_table_counter_relid]),
        .schema = text_or_empty(row[C_table_counter_schema]),
        .name = text_or_empty(row[C_table_counter_name]),
        .n_tup_ins = snap_num(row[C_table_counter_n_tup_ins]),
        .n_tup_upd = snap_num(row[C_table_counter_n_tup_upd]),
        .n_tup_hot_upd = snap_num(row[C_table_counter_n_tup_hot_upd]),
        .n_tup_del = snap_num(row[C_table_counter_n_tup_del]),
        .seq_scan = snap_num(row[C_table_counter_seq_scan]),
        .seq_tup_read = snap_num(row[C_table_counter_seq_tup_read]),
        .idx_scan = snap_num(row[C_table_counter_idx_scan]),
        .idx_tup_fetch = snap_num(row[C_table_counter_idx_tup_fetch]),
        .n_live_tup = snap_num(row[C_table_counter_n_live_tup]),
        .n_dead_tup = snap_num(row[C_table_counter_n_dead_tup]),
        .last_vacuum = snap_num(row[C_table_counter_last_vacuum]),
        .last_autovacuum = snap_num(row[C_table_counter_last_autovacuum]),
        .last_analyze = snap_num(row[C_table_counter_last_analyze]),
        .last_autoanalyze = snap_num(row[C_table_counter_last_autoanalyze]),
        .window_ins = snap_num(row[C_table_counter_window_ins]),
        .window_upd = snap_num(row[C_table_counter_window_upd]),
        .window_del = snap_num(row[C_table_counter_window_del]),
        .window_seq_scan = snap_num(row[C_table_counter_window_seq_scan]),
        .window_idx_scan = snap_num(row[C_table_counter_window_idx_scan]),
    };
}

static void build_tables(struct snapshot *snap, struct snap_traffic *t)
{
    t->ntables = snap_nrows(snap->tables, SUBJECT_table_counter);
    t->tables = LC_NEW_ARRAY(snap->arena, struct snap_table_counters, t->ntables);
    for (int i = 0; i < t->ntables; i++) {
        t->tables[i] = table_counters(snap_row(snap->tables, SUBJECT_table_counter, i));
    }
}

// --- looks -----------------------------------------------------------------------------------------------------------------------

static enum snap_state state_of(const char *state)
{
    static const struct {
        const char *name;
        enum snap_state state;
    } states[] = {{"active", SNAP_ACTIVE},
                  {"idle", SNAP_IDLE},
                  {"idle in transaction", SNAP_IDLE_IN_TRANSACTION},
                  {"idle in transaction (aborted)", SNAP_IDLE_ABORTED},
                  {"hidden", SNAP_HIDDEN}};
    for (size_t i = 0; state && i < sizeof states / sizeof *states; i++) {
        if (strcmp(states[i].name, state) == 0) {
            return states[i].state;
        }
    }
    return SNAP_OTHER_STATE;
}

static struct snap_session session(const char *const *row)
{
    return (struct snap_session){
        .session = snap_int(row[C_session_session]),
        .look = snap_int(row[C_session_look]),
        .state = state_of(row[C_session_state]),
        .backend_type = row[C_session_backend_type] ? row[C_session_backend_type] : "client backend",
        .application = text_or_empty(row[C_session_application]),
        .wait_event_type = row[C_session_wait_event_type],
        .wait_event = row[C_session_wait_event],
        .backend_ms = snap_num(row[C_session_backend_ms]),
        .xact_ms = snap_num(row[C_session_xact_ms]),
        .query_ms = snap_num(row[C_session_query_ms]),
        .state_ms = snap_num(row[C_session_state_ms]),
        .this_database = snap_bool(row[C_session_this_database]),
        .has_xid = snap_bool(row[C_session_has_xid]),
        .has_snapshot = snap_bool(row[C_session_has_snapshot]),
        .leader = snap_int(row[C_session_leader]),
        .query = row[C_session_query],
        .fingerprint = row[C_session_fingerprint],
        .queryid = row[C_session_queryid],
        .waits_for_transaction = snap_bool(row[C_session_waits_for_transaction]),
    };
}

struct holder { // whose locks are being collected: (look, session), or a prepared transaction
    struct snap_held **locks;
    int *nlocks;
    int cap;
};

static void add_held(struct lc_arena *arena, struct holder *h, struct snap_held held)
{
    if (h && held.relid && held.mode) {
        struct helds LC_ARRAY(struct snap_held) list = {*h->locks, *h->nlocks, h->cap};
        LC_PUSH(arena, &list, held);
        *h->locks = list.items;
        *h->nlocks = list.len;
        h->cap = list.cap;
    }
}

static uint64_t holder_key(const char *look, const char *session)
{
    return ((uint64_t)snap_oid(look) << 32) | snap_oid(session);
}

static void build_held(struct snapshot *snap, const struct lc_map *holders)
{
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_held); i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_held, i);
        struct snap_held held = {
            .relid = snap_oid(row[C_held_relid]),
            .schema = row[C_held_schema],
            .name = row[C_held_name],
            .relkind = snap_char(row[C_held_relkind]),
            .mode = row[C_held_mode] ? lc_lockmode_parse(row[C_held_mode]) : LC_NO_LOCK,
            .granted = snap_bool(row[C_held_granted]),
            .waiting_ms = snap_num(row[C_held_waiting_ms]),
        };
        add_held(snap->arena, lc_map_geti(holders, holder_key(row[C_held_look], row[C_held_session])), held);
    }
}

static struct holder *add_holder(struct lc_arena *arena, struct lc_map *holders, uint64_t key, struct snap_held **locks,
                                 int *nlocks)
{
    struct holder *h = LC_NEW(arena, struct holder);
    *h = (struct holder){.locks = locks, .nlocks = nlocks};
    (void)lc_map_puti(holders, key, h);
    return h;
}

// Sessions lie by look in the file; one with a look that does not exist is left out.
static void build_sessions(struct snapshot *snap, struct snap_traffic *t, struct lc_map *holders)
{
    int n = snap_nrows(snap->tables, SUBJECT_session);
    struct snap_session *all = LC_NEW_ARRAY(snap->arena, struct snap_session, n);
    for (int i = 0; i < n; i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_session, i);
        all[i] = session(row);
        bool follows = i == 0 || all[i].look >= all[i - 1].look;
        if (all[i].look < 0 || all[i].look >= t->nlooks || !follows) {
            all[i].look = i ? all[i - 1].look : 0;
            continue;
        }
        struct snap_look *look = &t->looks[all[i].look];
        look->sessions = look->sessions ? look->sessions : &all[i];
        look->nsessions = (int)(&all[i] - look->sessions) + 1;
        (void)add_holder(snap->arena, holders, holder_key(row[C_session_look], row[C_session_session]), &all[i].locks,
                         &all[i].nlocks);
    }
}

static void build_looks(struct snapshot *snap, struct snap_traffic *t)
{
    struct lc_map holders;
    lc_map_init(&holders, snap->arena);
    t->nlooks = snap_nrows(snap->tables, SUBJECT_look);
    t->nlooks = t->nlooks > MAX_LOOKS ? MAX_LOOKS : t->nlooks;
    t->looks = LC_NEW_ARRAY(snap->arena, struct snap_look, t->nlooks);
    for (int i = 0; i < t->nlooks; i++) {
        double at = snap_num(snap_row(snap->tables, SUBJECT_look, i)[C_look_at_ms]);
        t->looks[i].at_ms = isnan(at) ? 0 : at;
    }
    t->window_ms = t->nlooks > 1 ? t->looks[t->nlooks - 1].at_ms - t->looks[0].at_ms : 0;
    build_sessions(snap, t, &holders);
    build_held(snap, &holders);
}

// --- prepared transactions, vacuums, replicas, profile ----------------------------------------------------------------------------

static void build_prepared(struct snapshot *snap, struct snap_traffic *t)
{
    struct lc_map holders;
    lc_map_init(&holders, snap->arena);
    t->nprepared = snap_nrows(snap->tables, SUBJECT_prepared);
    t->prepared = LC_NEW_ARRAY(snap->arena, struct snap_prepared, t->nprepared);
    for (int i = 0; i < t->nprepared; i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_prepared, i);
        struct snap_prepared *p = &t->prepared[i];
        p->age_ms = snap_num(row[C_prepared_age_ms]);
        p->this_database = snap_bool(row[C_prepared_this_database]);
        (void)add_holder(snap->arena, &holders, holder_key(NULL, row[C_prepared_prepared]), &p->locks, &p->nlocks);
    }
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_prepared_held); i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_prepared_held, i);
        struct snap_held held = {
            .relid = snap_oid(row[C_prepared_held_relid]),
            .schema = row[C_prepared_held_schema],
            .name = row[C_prepared_held_name],
            .relkind = snap_char(row[C_prepared_held_relkind]),
            .mode = row[C_prepared_held_mode] ? lc_lockmode_parse(row[C_prepared_held_mode]) : LC_NO_LOCK,
            .granted = true,
            .waiting_ms = NAN,
        };
        add_held(snap->arena, lc_map_geti(&holders, holder_key(NULL, row[C_prepared_held_prepared])), held);
    }
}

static void build_vacuums(struct snapshot *snap, struct snap_traffic *t)
{
    t->nvacuums = snap_nrows(snap->tables, SUBJECT_vacuum);
    t->vacuums = LC_NEW_ARRAY(snap->arena, struct snap_vacuum, t->nvacuums);
    for (int i = 0; i < t->nvacuums; i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_vacuum, i);
        t->vacuums[i] = (struct snap_vacuum){
            .relid = snap_oid(row[C_vacuum_relid]),
            .schema = row[C_vacuum_schema],
            .name = row[C_vacuum_name],
            .wraparound = snap_bool(row[C_vacuum_wraparound]),
            .automatic = snap_bool(row[C_vacuum_automatic]),
            .age_ms = snap_num(row[C_vacuum_age_ms]),
            .phase = text_or_empty(row[C_vacuum_phase]),
            .blocks_total = snap_num(row[C_vacuum_blocks_total]),
            .blocks_done = snap_num(row[C_vacuum_blocks_done]),
        };
    }
}

static void build_replicas(struct snapshot *snap, struct snap_traffic *t)
{
    t->nreplicas = snap_nrows(snap->tables, SUBJECT_replica);
    t->replicas = LC_NEW_ARRAY(snap->arena, struct snap_replica, t->nreplicas);
    for (int i = 0; i < t->nreplicas; i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_replica, i);
        t->replicas[i] = (struct snap_replica){
            .application = text_or_empty(row[C_replica_application]),
            .state = text_or_empty(row[C_replica_state]),
            .sync_state = text_or_empty(row[C_replica_sync_state]),
            .lag_bytes = snap_num(row[C_replica_lag_bytes]),
            .write_lag_ms = snap_num(row[C_replica_write_lag_ms]),
            .flush_lag_ms = snap_num(row[C_replica_flush_lag_ms]),
            .replay_lag_ms = snap_num(row[C_replica_replay_lag_ms]),
        };
    }
}

// 1970-01-01 was a Thursday.
int snap_hour_of_week(double clock_ms)
{
    double hours = floor(clock_ms / 3600e3) + 3 * 24;
    return isfinite(hours) ? (int)(hours - 168 * floor(hours / 168)) : 0;
}

static void build_profile(struct snapshot *snap, struct snap_traffic *t)
{
    t->nprofile = snap_nrows(snap->tables, SUBJECT_profile);
    t->profile = LC_NEW_ARRAY(snap->arena, struct snap_profile_point, t->nprofile);
    for (int i = 0; i < t->nprofile; i++) {
        const char *const *row = snap_row(snap->tables, SUBJECT_profile, i);
        t->profile[i] = (struct snap_profile_point){
            .taken_at = snap_num(row[C_profile_taken_at]),
            .hour_of_week = snap_hour_of_week(snap_num(row[C_profile_taken_at])),
            .window_ms = snap_num(row[C_profile_window_ms]),
            .transactions_per_s = snap_num(row[C_profile_transactions_per_s]),
            .statements_per_s = snap_num(row[C_profile_statements_per_s]),
            .active_sessions = snap_num(row[C_profile_active_sessions]),
        };
    }
}

// What a snapshot says about its own hour: NAN where its window is too short to say anything.
static void add_point(struct snapshot *snap, const struct snapshot *from)
{
    const struct snap_traffic *t = &from->traffic;
    const char **row = snap_add_row(snap->arena, snap->tables, SUBJECT_profile);
    double calls = 0, active = 0, seconds = t->window_ms / 1000;
    for (int i = 0; i < t->nstatements; i++) {
        calls += isnan(t->statements[i].window_calls) ? 0 : t->statements[i].window_calls;
    }
    for (int i = 0; i < t->nlooks; i++) {
        for (int k = 0; k < t->looks[i].nsessions; k++) {
            active += t->looks[i].sessions[k].state == SNAP_ACTIVE;
        }
    }
    double commits = t->database.window_commits + t->database.window_rollbacks;
    row[C_profile_taken_at] = snap_format_num(snap->arena, from->parts[SNAP_PART_ACTIVITY].taken_at);
    row[C_profile_window_ms] = snap_format_num(snap->arena, t->window_ms);
    row[C_profile_transactions_per_s] = seconds > 0 ? snap_format_num(snap->arena, commits / seconds) : NULL;
    row[C_profile_statements_per_s] = seconds > 0 ? snap_format_num(snap->arena, calls / seconds) : NULL;
    row[C_profile_active_sessions] = t->nlooks > 0 ? snap_format_num(snap->arena, active / t->nlooks) : NULL;
}

void snapshot_keep_profile(struct snapshot *snap, const struct snapshot *earlier)
{
    for (int i = 0; i < snap_nrows(earlier->tables, SUBJECT_profile); i++) {
        const char **row = snap_add_row(snap->arena, snap->tables, SUBJECT_profile);
        memcpy(row, snap_row(earlier->tables, SUBJECT_profile, i), sizeof(char *) * C_profile_ncols);
    }
    if (earlier->parts[SNAP_PART_ACTIVITY].present) {
        add_point(snap, earlier);
    }
    build_profile(snap, &snap->traffic);
}

void snap_build_traffic(struct snapshot *snap)
{
    struct snap_traffic *t = &snap->traffic;
    *t = (struct snap_traffic){.origin = snap->parts[SNAP_PART_ACTIVITY].present ? snap->origin : SNAP_NONE,
                               .server = &snap->server};
    build_statements(snap, t);
    build_database(snap, &t->database);
    build_tables(snap, t);
    build_looks(snap, t);
    build_prepared(snap, t);
    build_vacuums(snap, t);
    build_replicas(snap, t);
    build_profile(snap, t);
}
