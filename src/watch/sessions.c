// Who waits for whom, of the sessions of this database.
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "embedded.h"
#include "sql/sql.h"
#include "watch/internal.h"

#define MOST_BLOCKERS 64
#define MOST_SHOWN 20

enum { S_PID, S_APPLICATION, S_BACKEND, S_STATE, S_WAIT_TYPE, S_WAIT, S_QUERY_MS, S_XACT_MS, S_BLOCKERS, S_QUERY };
enum { W_PID, W_MODE, W_RELATION, W_LOCKTYPE, W_MS };

struct member {
    struct watch_session session;
    const char *text, *wait_type; // text: of its query, as sent
    double query_ms;
    int blockers[MOST_BLOCKERS], nblockers;
    bool hidden;
};

struct watch_activity {
    struct member *members;
    int len;
};

static double number(const char *cell)
{
    return cell ? strtod(cell, NULL) : -1;
}

static int pid_of(const char *cell)
{
    return cell ? (int)strtol(cell, NULL, 10) : 0;
}

static void read_blockers(struct member *m, const char *cell)
{
    char *end;

    while (cell && *cell && m->nblockers < MOST_BLOCKERS) {
        m->blockers[m->nblockers++] = (int)strtol(cell, &end, 10);
        cell = *end == ',' ? end + 1 : "";
    }
}

static struct member *find(const struct watch_activity *a, int pid)
{
    for (int i = 0; pid && i < a->len; i++)
        if (a->members[i].session.pid == pid)
            return &a->members[i];
    return NULL;
}

static struct member member_of(const struct server_rows *rows, int r)
{
    struct member m = {.text = server_cell(rows, r, S_QUERY), .wait_type = server_cell(rows, r, S_WAIT_TYPE)};

    m.session = (struct watch_session){.pid = pid_of(server_cell(rows, r, S_PID)),
                                       .application = server_cell(rows, r, S_APPLICATION),
                                       .state = server_cell(rows, r, S_STATE),
                                       .ms = number(server_cell(rows, r, S_XACT_MS))};
    if (m.session.application && !*m.session.application && !lc_streq(server_cell(rows, r, S_BACKEND), "client backend"))
        m.session.application = server_cell(rows, r, S_BACKEND);
    m.query_ms = number(server_cell(rows, r, S_QUERY_MS));
    m.hidden = m.text && lc_starts(m.text, "<insufficient privilege>");
    read_blockers(&m, server_cell(rows, r, S_BLOCKERS));
    return m;
}

static void add_waits(struct watch_activity *a, const struct server_rows *rows)
{
    for (int r = 0; r < rows->nrows; r++) {
        struct member *m = find(a, pid_of(server_cell(rows, r, W_PID)));
        const char *relation = server_cell(rows, r, W_RELATION);
        if (!m)
            continue;
        m->session.mode = server_cell(rows, r, W_MODE);
        m->session.relation = relation ? relation : server_cell(rows, r, W_LOCKTYPE);
        if (server_cell(rows, r, W_MS))
            m->session.ms = number(server_cell(rows, r, W_MS));
    }
}

enum lc_code watch_read_activity(struct watch *w, struct lc_arena *arena, struct watch_activity **out, double *now,
                                 struct lc_error *err)
{
    struct watch_activity *a = *out = LC_NEW(arena, struct watch_activity);
    struct server_rows rows, waits, clock;
    enum lc_code code =
        server_query(w->server, arena, "SELECT round(extract(epoch FROM clock_timestamp()) * 1000)", NULL, 0, &clock, err);

    if (code == LC_OK)
        *now = number(server_cell(&clock, 0, 0));
    if (code == LC_OK)
        code = server_query(w->server, arena, lc_file_watch_session_sql, NULL, 0, &rows, err);
    if (code == LC_OK)
        code = server_query(w->server, arena, lc_file_watch_waiting_sql, NULL, 0, &waits, err);
    if (code != LC_OK)
        return code;
    a->members = LC_NEW_ARRAY(arena, struct member, rows.nrows);
    for (; a->len < rows.nrows; a->len++)
        a->members[a->len] = member_of(&rows, a->len);
    add_waits(a, &waits);
    return LC_OK;
}

const char *watch_query_of(const struct watch_activity *a, int pid)
{
    const struct member *m = find(a, pid);

    return m && !m->hidden ? m->text : NULL;
}

// --- chains ------------------------------------------------------------------------------------------------------------

static bool blocked_by(const struct member *m, int pid)
{
    for (int i = 0; i < m->nblockers; i++)
        if (m->blockers[i] == pid)
            return true;
    return false;
}

// Its query without literals; only of the few sessions that are shown.
static struct watch_session shown(const struct member *m, struct lc_arena *arena)
{
    struct watch_session s = m->session;

    s.query = m->text && !m->hidden && *m->text ? lc_sql_normalize(arena, m->text) : NULL;
    return s;
}

static void add_waited_for(const struct watch_activity *a, struct lc_arena *arena, struct watch_operation *op, int pid)
{
    const struct member *m = find(a, pid);
    struct watch_session s = {.pid = pid, .application = pid ? NULL : "a prepared transaction", .ms = -1};

    for (int i = 0; i < op->waits_for.len; i++)
        if (op->waits_for.items[i].pid == pid)
            return;
    if (m)
        s = shown(m, arena);
    LC_PUSH(arena, &op->waits_for, s);
}

// Sessions behind it, directly or not: each round finds those behind the ones found before.
static int count_behind(const struct watch_activity *a, struct lc_arena *arena, int pid)
{
    bool *behind = LC_NEW_ARRAY(arena, bool, a->len);
    int n = 0, before;

    do {
        before = n;
        for (int i = 0; i < a->len; i++) {
            const struct member *m = &a->members[i];
            bool is = blocked_by(m, pid);
            for (int k = 0; !is && !behind[i] && m->nblockers && k < a->len; k++)
                is = behind[k] && blocked_by(m, a->members[k].session.pid);
            if (is && !behind[i] && m->session.pid != pid) {
                behind[i] = true;
                n++;
            }
        }
    } while (n > before);
    return n;
}

void watch_add_sessions(const struct watch_activity *a, struct lc_arena *arena, struct watch_operation *op, int locker)
{
    const struct member *own = find(a, op->pid);

    if (locker)
        add_waited_for(a, arena, op, locker);
    if (!own)
        return;
    op->application = own->session.application;
    op->elapsed_ms = own->query_ms;
    op->query = own->text && !own->hidden ? lc_sql_normalize(arena, own->text) : NULL;
    op->waiting = op->waiting || lc_streq(own->wait_type, "Lock");
    op->mode = own->session.mode;
    op->awaited = own->session.relation;
    for (int i = 0; i < own->nblockers && op->waits_for.len < MOST_SHOWN; i++)
        add_waited_for(a, arena, op, own->blockers[i]);
    for (int i = 0; i < a->len && op->blocks.len < MOST_SHOWN; i++)
        if (blocked_by(&a->members[i], op->pid))
            LC_PUSH(arena, &op->blocks, shown(&a->members[i], arena));
    op->blocked = count_behind(a, arena, op->pid);
}

// --- what no view shows the progress of --------------------------------------------------------------------------------

static const char *const schema_changes[] = {"ALTER",  "CREATE",   "DROP",    "REINDEX", "CLUSTER",
                                             "VACUUM", "TRUNCATE", "REFRESH", "LOCK"};

static const char *schema_change(const char *text)
{
    while (text && (*text == ' ' || *text == '\n' || *text == '\t' || *text == '('))
        text++;
    for (size_t i = 0; text && i < sizeof schema_changes / sizeof *schema_changes; i++) {
        size_t len = strlen(schema_changes[i]);
        if (strncasecmp(text, schema_changes[i], len) == 0 && strchr(" \n\t(", text[len]))
            return schema_changes[i];
    }
    return NULL;
}

static bool is_shown(const struct watch_look *look, int pid)
{
    for (int i = 0; i < look->operations.len; i++)
        if (look->operations.items[i].pid == pid)
            return true;
    return false;
}

void watch_add_others(struct watch *w, struct lc_arena *arena, const struct watch_activity *a, struct watch_look *out)
{
    for (int i = 0; i < a->len; i++) {
        const struct member *m = &a->members[i];
        const char *command = lc_streq(m->session.state, "active") && !m->hidden ? schema_change(m->text) : NULL;
        struct watch_operation op = {.kind = WATCH_OTHER,
                                     .pid = m->session.pid,
                                     .command = command,
                                     .done = -1,
                                     .total = -1,
                                     .parts_done = -1,
                                     .parts_total = -1,
                                     .elapsed_ms = -1};
        if (is_shown(out, op.pid))
            continue;
        op.forecast =
            lc_streq(m->session.state, "active") && !m->hidden ? watch_find_forecast(w, arena, m->text, &op.forecast_ms) : NULL;
        if (op.forecast && op.forecast->command)
            op.command = op.forecast->command;
        if (!command && !op.forecast && w->options.pid != op.pid)
            continue;
        op.hidden = m->hidden;
        watch_add_sessions(a, arena, &op, 0);
        LC_PUSH(arena, &out->operations, op);
    }
}

int watch_backfill_pid(const struct watch_activity *a)
{
    int found = 0;

    for (int i = 0; i < a->len; i++) {
        if (!a->members[i].text || a->members[i].hidden || !strstr(a->members[i].text, "lockcast_batch integer :="))
            continue;
        if (found)
            return 0;
        found = a->members[i].session.pid;
    }
    return found;
}
