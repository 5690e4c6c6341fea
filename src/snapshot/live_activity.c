// Looks at the sessions of a live server and at their locks, prepared transactions, vacuums, replicas.
#include <math.h>
#include <string.h>

#include "embedded.h"
#include "snapshot/live_traffic.h"
#include "sql/sql.h"

#define QUERY_TEXT_MAX ((size_t)64 * 1024) // a longer text of a query is left out

// --- texts --------------------------------------------------------------------------------------------------------------------

const struct live_text *live_safe_text(struct live_traffic *t, const char *raw)
{
    struct live_text *known = lc_map_get(&t->texts, raw);
    if (!known) {
        known = LC_NEW(t->l->arena, struct live_text);
        bool fits = strlen(raw) <= QUERY_TEXT_MAX;
        known->normalized = fits ? lc_sql_normalize(t->l->arena, raw) : NULL;
        known->fingerprint = fits ? lc_sql_fingerprint(t->l->arena, raw) : "";
        (void)lc_map_put(&t->texts, raw, known);
    }
    return known;
}

// --- sessions -------------------------------------------------------------------------------------------------------------------

static int *session_number(struct live_traffic *t, const char *key)
{
    int *number = lc_map_get(&t->numbers, key);
    if (!number) {
        number = LC_NEW(t->l->arena, int);
        *number = ++t->nsessions;
        (void)lc_map_put(&t->numbers, key, number);
    }
    return number;
}

struct look { // one look while it is being taken
    struct live_traffic *t;
    const struct server_rows *rows;
    struct lc_map by_pid; // pid -> struct seen
    const char *number;   // of the look
    int first_row;        // in SUBJECT_session
};

const char *live_cell(const struct server_rows *rows, int row, const char *name)
{
    int c = live_column(rows, name);
    return c < 0 ? NULL : server_cell(rows, row, c);
}

struct seen {
    int number;
};

static void number_sessions(struct look *k)
{
    struct live *l = k->t->l;
    for (int r = 0; r < k->rows->nrows; r++) {
        const char *pid = live_cell(k->rows, r, "pid"), *start = live_cell(k->rows, r, "backend_start");
        struct seen *seen = LC_NEW(l->arena, struct seen);
        if (!snap_bool(live_cell(k->rows, r, "own"))) {
            seen->number = *session_number(k->t, lc_printf(l->arena, "%s %s", pid, start ? start : ""));
            (void)lc_map_puti(&k->by_pid, (uint64_t)snap_oid(pid), seen);
        }
    }
}

static const char *number_of_pid(const struct look *k, const char *pid)
{
    const struct seen *seen = pid ? lc_map_geti(&k->by_pid, (uint64_t)snap_oid(pid)) : NULL;
    return seen ? lc_printf(k->t->l->arena, "%d", seen->number) : NULL;
}

static void copy_session(const struct look *k, int r, const char **row)
{
    static const struct {
        int to;
        const char *from;
    } same[] = {
        {C_session_state, "state"},
        {C_session_backend_type, "backend_type"},
        {C_session_application, "application"},
        {C_session_wait_event, "wait_event"},
        {C_session_wait_event_type, "wait_event_type"},
        {C_session_backend_ms, "backend_ms"},
        {C_session_xact_ms, "xact_ms"},
        {C_session_query_ms, "query_ms"},
        {C_session_state_ms, "state_ms"},
        {C_session_has_xid, "has_xid"},
        {C_session_this_database, "this_database"},
        {C_session_has_snapshot, "has_snapshot"},
        {C_session_queryid, "queryid"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        row[same[i].to] = live_cell(k->rows, r, same[i].from);
    }
}

static void add_session(struct look *k, int r)
{
    struct live *l = k->t->l;
    const char *pid = live_cell(k->rows, r, "pid"), *raw = live_cell(k->rows, r, "query");
    struct seen *seen = lc_map_geti(&k->by_pid, (uint64_t)snap_oid(pid));
    if (!seen) {
        return; // our own
    }
    const char **row = snap_add_row(l->arena, l->tables, SUBJECT_session);
    row[C_session_look] = k->number;
    row[C_session_session] = number_of_pid(k, pid);
    row[C_session_leader] = number_of_pid(k, live_cell(k->rows, r, "leader"));
    row[C_session_waits_for_transaction] = "f";
    copy_session(k, r, row);
    if (raw && raw[0] && strcmp(raw, "<insufficient privilege>") != 0 &&
        strcmp(raw, "<backend information not available>") != 0) {
        const struct live_text *text = live_safe_text(k->t, raw);
        row[C_session_query] = text->normalized;
        row[C_session_fingerprint] = text->fingerprint;
    }
    row[C_session_state] = row[C_session_state] ? row[C_session_state] : raw && raw[0] == '<' ? "hidden" : NULL;
}

// The row of a session of this look; rows of a subject move when it grows, so it is looked up.
static const char **session_row(const struct look *k, const char *number)
{
    struct snap_table *t = &k->t->l->tables->t[SUBJECT_session];
    for (int i = k->first_row; i < t->nrows; i++) {
        const char **row = t->cells.items + (size_t)i * C_session_ncols;
        if (strcmp(row[C_session_session], number) == 0) {
            return row;
        }
    }
    return NULL;
}

static void add_held(struct look *k, const struct server_rows *locks, int r)
{
    struct live *l = k->t->l;
    const char *number = number_of_pid(k, live_cell(locks, r, "pid"));
    if (!number) {
        return; // our own, a prepared transaction's, or of a session that came after the look
    }
    if (strcmp(live_cell(locks, r, "locktype"), "relation") != 0) {
        const char **session = session_row(k, number);
        if (session) {
            session[C_session_waits_for_transaction] = "t";
        }
        return;
    }
    const char **row = snap_add_row(l->arena, l->tables, SUBJECT_held);
    row[C_held_look] = k->number;
    row[C_held_session] = number;
    row[C_held_relid] = live_cell(locks, r, "relid");
    row[C_held_schema] = live_cell(locks, r, "schema");
    row[C_held_name] = live_cell(locks, r, "name");
    row[C_held_relkind] = live_cell(locks, r, "relkind");
    row[C_held_mode] = live_cell(locks, r, "mode");
    row[C_held_granted] = live_cell(locks, r, "granted");
    row[C_held_waiting_ms] = live_cell(locks, r, "waiting_ms");
}

static double look_time(const struct server_rows *rows)
{
    return rows->nrows > 0 ? snap_num(live_cell(rows, 0, "at")) : NAN;
}

static void keep_look(struct live_traffic *t, const struct server_rows *sessions, const struct server_rows *locks)
{
    struct live *l = t->l;
    struct look k = {.t = t, .rows = sessions, .number = lc_printf(l->arena, "%d", t->nlooks)};
    lc_map_init(&k.by_pid, l->arena);
    k.first_row = snap_nrows(l->tables, SUBJECT_session);
    t->last_at = look_time(sessions);
    t->first_at = t->nlooks == 0 ? t->last_at : t->first_at;
    const char **row = snap_add_row(l->arena, l->tables, SUBJECT_look);
    row[C_look_look] = k.number;
    row[C_look_at_ms] = snap_format_num(l->arena, round(t->last_at - t->first_at));
    number_sessions(&k);
    for (int r = 0; r < sessions->nrows; r++) {
        add_session(&k, r);
    }
    for (int r = 0; r < locks->nrows; r++) {
        add_held(&k, locks, r);
    }
    t->nlooks++;
}

enum lc_code live_look(struct live_traffic *t, struct server_rows *locks, struct lc_error *err)
{
    struct server_rows sessions;
    enum lc_code code = live_begin(t->l, err);
    if (!code) {
        code = live_rows(t->l, lc_file_session_sql, NULL, &sessions, err);
    }
    if (!code) {
        code = live_rows(t->l, lc_file_held_sql, NULL, locks, err);
    }
    if (!code) {
        keep_look(t, &sessions, locks);
    }
    return code ? code : live_end(t->l, err);
}

// --- prepared transactions, vacuums, replicas -------------------------------------------------------------------------------

static void add_prepared_locks(struct live_traffic *t, const struct server_rows *locks, const char *xid, const char *number)
{
    struct live *l = t->l;
    for (int r = 0; r < locks->nrows; r++) {
        const char *owner = live_cell(locks, r, "xid");
        if (owner && strcmp(owner, xid) == 0 && strcmp(live_cell(locks, r, "locktype"), "relation") == 0) {
            const char **row = snap_add_row(l->arena, l->tables, SUBJECT_prepared_held);
            row[C_prepared_held_prepared] = number;
            row[C_prepared_held_relid] = live_cell(locks, r, "relid");
            row[C_prepared_held_schema] = live_cell(locks, r, "schema");
            row[C_prepared_held_name] = live_cell(locks, r, "name");
            row[C_prepared_held_relkind] = live_cell(locks, r, "relkind");
            row[C_prepared_held_mode] = live_cell(locks, r, "mode");
        }
    }
}

static enum lc_code prepared(struct live_traffic *t, const struct server_rows *locks, struct lc_error *err)
{
    struct live *l = t->l;
    struct server_rows rows;
    enum lc_code code = live_rows(l, lc_file_prepared_sql, NULL, &rows, err);
    for (int r = 0; !code && r < rows.nrows; r++) {
        const char **row = snap_add_row(l->arena, l->tables, SUBJECT_prepared), *number = lc_printf(l->arena, "%d", r + 1);
        row[C_prepared_prepared] = number;
        row[C_prepared_age_ms] = live_cell(&rows, r, "age_ms");
        row[C_prepared_this_database] = live_cell(&rows, r, "this_database");
        add_prepared_locks(t, locks, live_cell(&rows, r, "xid"), number);
    }
    return code;
}

enum lc_code live_bystanders(struct live_traffic *t, const struct server_rows *locks, struct lc_error *err)
{
    enum lc_code code = live_begin(t->l, err);
    if (!code) {
        code = prepared(t, locks, err);
    }
    if (!code) {
        code = live_fetch(t->l, SUBJECT_vacuum, lc_file_vacuum_sql, NULL, false, err);
    }
    if (!code) {
        code = live_fetch(t->l, SUBJECT_replica, lc_file_replica_sql, NULL, false, err);
    }
    return code ? code : live_end(t->l, err);
}
