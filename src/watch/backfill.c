// Backfills of files that `lockcast rewrite` wrote: their progress tables say which step is at work and how many rows it has passed.
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "embedded.h"
#include "watch/internal.h"

#define LOOK_MS 2000
#define TOTAL "lockcast_total double precision := "

enum { STATE_NAME, STATE_PID };
enum { STEP_NUMBER, STEP_ROWS };

// One table in a transaction of its own: NOWAIT, so that nobody ever stands behind this, and without row security, whose functions are the
// table owner's.
static bool read_state(struct watch *w, struct lc_arena *arena, const char *table, struct server_rows *rows)
{
    struct lc_error ignored = {0};
    enum lc_code code = server_begin_read(w->server, LOOK_MS, &ignored), ended;

    if (code == LC_OK)
        code = server_script(w->server,
                             lc_printf(arena, "SET LOCAL row_security = off; LOCK TABLE %s IN ACCESS SHARE MODE NOWAIT", table),
                             &ignored);
    if (code == LC_OK)
        code = server_query(w->server, arena,
                            lc_printf(arena, "SELECT step, rows FROM ONLY %s WHERE NOT done ORDER BY step DESC LIMIT 1", table),
                            NULL, 0, rows, &ignored);
    ended = server_end(w->server, &ignored);
    return code == LC_OK && ended == LC_OK;
}

static double total_of(const char *query)
{
    const char *at = query ? strstr(query, TOTAL) : NULL;
    double total = at ? strtod(at + strlen(TOTAL), NULL) : -1;

    return total > 1 ? total : -1; // 1: the planner knew nothing
}

static void add_backfill(struct watch *w, struct lc_arena *arena, const struct watch_activity *a, const char *table, int pid,
                         const struct server_rows *rows, struct watch_look *out)
{
    struct watch_operation op = {
        .kind = WATCH_BACKFILL, .pid = pid, .unit = "rows", .total = -1, .parts_done = -1, .parts_total = -1, .elapsed_ms = -1};
    const char *query = watch_query_of(a, pid);

    op.command = lc_printf(arena, "backfill, step %s of %s", server_cell(rows, 0, STEP_NUMBER), table);
    op.phase = pid ? "changing rows in batches" : "nobody runs it: run its file again, and it goes on";
    op.done = strtod(server_cell(rows, 0, STEP_ROWS), NULL);
    op.total = total_of(query);
    watch_add_sessions(a, arena, &op, 0);
    op.query = NULL; // a loop around the statement
    op.forecast = watch_find_forecast(w, arena, query, &op.forecast_ms);
    LC_PUSH(arena, &out->operations, op);
}

enum lc_code watch_read_backfills(struct watch *w, struct lc_arena *arena, const struct watch_activity *a, struct watch_look *out,
                                  struct lc_error *err)
{
    struct server_rows tables, rows;
    enum lc_code code = server_begin_read(w->server, LOOK_MS, err), ended;

    if (code == LC_OK)
        code = server_query(w->server, arena, lc_file_watch_backfill_sql, NULL, 0, &tables, err);
    ended = code == LC_E_CONNECT || code == LC_E_INTERRUPTED ? code : server_end(w->server, err);
    if (code != LC_OK || ended != LC_OK)
        return code != LC_OK ? code : ended;
    for (int i = 0; i < tables.nrows; i++) {
        const char *pid = server_cell(&tables, i, STATE_PID);
        int runs = tables.nrows == 1 ? watch_backfill_pid(a) : 0;
        if (pid)
            runs = (int)strtol(pid, NULL, 10);
        if (read_state(w, arena, server_cell(&tables, i, STATE_NAME), &rows) && rows.nrows)
            add_backfill(w, arena, a, server_cell(&tables, i, STATE_NAME), runs, &rows, out);
    }
    return LC_OK;
}
