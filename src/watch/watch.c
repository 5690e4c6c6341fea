// One look: the progress views of this version, then who waits for whom, then what is left.
#include "watch/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "embedded.h"
#include "watch/internal.h"

#define LOOK_MS 2000

struct view_row {
    enum watch_kind kind;
    int min_major, max_major; // 0: no limit
    const char *sql;
};

static const struct view_row views[] = {
    {WATCH_INDEX, 0, 0, lc_file_watch_create_index_sql}, {WATCH_CLUSTER, 0, 0, lc_file_watch_cluster_sql},
    {WATCH_VACUUM, 0, 16, lc_file_watch_vacuum_sql},     {WATCH_VACUUM, 17, 0, lc_file_watch_vacuum_17_sql},
    {WATCH_ANALYZE, 0, 0, lc_file_watch_analyze_sql},    {WATCH_COPY, 14, 0, lc_file_watch_copy_sql},
};

enum {
    P_PID,
    P_BACKEND,
    P_COMMAND,
    P_RELATION,
    P_INDEX,
    P_PHASE,
    P_DONE,
    P_TOTAL,
    P_UNIT,
    P_LOCKER,
    P_PARTS_DONE,
    P_PARTS_TOTAL
};

struct watch *watch_new(struct lc_arena *arena, struct server *server, const struct watch_options *options)
{
    struct watch *w = LC_NEW(arena, struct watch);

    w->server = server;
    w->options = *options;
    return w;
}

static double number(const char *cell)
{
    return cell ? strtod(cell, NULL) : -1;
}

static struct watch_operation operation_of(enum watch_kind kind, const struct server_rows *rows, int r)
{
    struct watch_operation op = {.kind = kind,
                                 .pid = (int)number(server_cell(rows, r, P_PID)),
                                 .command = server_cell(rows, r, P_COMMAND),
                                 .relation = server_cell(rows, r, P_RELATION),
                                 .index = server_cell(rows, r, P_INDEX),
                                 .phase = server_cell(rows, r, P_PHASE),
                                 .done = number(server_cell(rows, r, P_DONE)),
                                 .total = number(server_cell(rows, r, P_TOTAL)),
                                 .unit = server_cell(rows, r, P_UNIT),
                                 .parts_done = number(server_cell(rows, r, P_PARTS_DONE)),
                                 .parts_total = number(server_cell(rows, r, P_PARTS_TOTAL)),
                                 .elapsed_ms = -1};

    op.automatic = lc_starts(server_cell(rows, r, P_BACKEND), "autovacuum");
    op.hidden = !op.phase; // the row is there, its columns are not this role's
    if (op.total <= 0)
        op.total = -1;
    if (op.parts_total <= 0)
        op.parts_total = op.parts_done = -1;
    return op;
}

static enum lc_code read_view(struct watch *w, struct lc_arena *arena, const struct view_row *view,
                              const struct watch_activity *a, struct watch_look *out, struct lc_error *err)
{
    struct server_rows rows;
    enum lc_code code = server_query(w->server, arena, view->sql, NULL, 0, &rows, err);

    for (int r = 0; code == LC_OK && r < rows.nrows; r++) {
        struct watch_operation op = operation_of(view->kind, &rows, r);
        watch_add_sessions(a, arena, &op,
                           (int)number(server_cell(&rows, r, P_LOCKER)) > 0 ? (int)number(server_cell(&rows, r, P_LOCKER)) : 0);
        op.forecast = watch_find_forecast(w, arena, watch_query_of(a, op.pid), &op.forecast_ms);
        LC_PUSH(arena, &out->operations, op);
    }
    return code;
}

static enum lc_code read_views(struct watch *w, struct lc_arena *arena, struct watch_activity **a, struct watch_look *out,
                               struct lc_error *err)
{
    int major = server_version_num(w->server) / 10000;
    enum lc_code code = watch_read_activity(w, arena, a, &out->now, err);

    for (size_t i = 0; code == LC_OK && i < sizeof views / sizeof *views; i++)
        if (major >= views[i].min_major && (!views[i].max_major || major <= views[i].max_major))
            code = read_view(w, arena, &views[i], *a, out, err);
    if (code == LC_OK)
        watch_add_others(w, arena, *a, out);
    return code;
}

// One process is one operation: the index builds of a CLUSTER, or the ANALYZE of a VACUUM, are parts of it.
static void keep_wanted(struct watch *w, struct watch_look *out)
{
    int n = 0;

    for (int i = 0; i < out->operations.len; i++)
        if (!w->options.pid || out->operations.items[i].pid == w->options.pid)
            out->operations.items[n++] = out->operations.items[i];
    out->operations.len = n;
}

static bool is_fatal(enum lc_code code)
{
    return code == LC_E_CONNECT || code == LC_E_INTERRUPTED;
}

enum lc_code watch_look(struct watch *w, struct lc_arena *arena, struct watch_look *out, struct lc_error *err)
{
    struct watch_activity *a = NULL;
    struct lc_error found = {0}, ignored = {0};
    enum lc_code code = server_begin_read(w->server, LOOK_MS, &found);

    *out = (struct watch_look){0};
    if (code == LC_OK)
        code = read_views(w, arena, &a, out, &found);
    if (!is_fatal(code) && server_in_transaction(w->server) && server_end(w->server, &ignored) != LC_OK && code == LC_OK)
        code = LC_E_SERVER;
    if (code == LC_OK)
        code = watch_read_backfills(w, arena, a, out, &found);
    if (is_fatal(code)) {
        *err = found;
        return code;
    }
    if (code != LC_OK) {
        if (server_in_transaction(w->server) && is_fatal(server_end(w->server, err)))
            return err->code;
        out->missed = lc_strdup(arena, found.message[0] ? found.message : "the server did not answer");
    }
    keep_wanted(w, out);
    for (int i = 0; i < out->operations.len; i++)
        watch_estimate(w, out->now, &out->operations.items[i]);
    return LC_OK;
}
