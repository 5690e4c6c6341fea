// Looking at one session from another.
#include "rehearse/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define LOOK_MAX 4096 // locks taken in at one look while a statement runs; the exact look has no limit

enum { COLUMN_RELATION, COLUMN_MODE, COLUMN_GRANTED };

static void clear(struct trace *t, struct traced_locks *locks)
{
    *locks = (struct traced_locks){0};
    lc_map_init(&locks->known, t->arena);
}

static uint64_t key(uint32_t relid, enum lc_lockmode mode)
{
    return (uint64_t)relid << 8 | (uint64_t)mode;
}

static void add(struct trace *t, struct traced_locks *locks, struct traced_lock lock)
{
    static const char present;

    if (!lc_map_puti(&locks->known, key(lock.relid, lock.mode), (void *)(uintptr_t)&present))
        LC_PUSH(t->arena, &locks->list, lock);
}

enum lc_code trace_open(struct trace *t, struct lc_arena *arena, struct server *tracer, int pid, struct lc_error *err)
{
    *t = (struct trace){.arena = arena, .tracer = tracer};
    clear(t, &t->during);
    clear(t, &t->held);
    lc_map_init(&t->renewed, arena);
    // Only pg_locks and pg_stat_activity are read: no lock on any relation of the user's is ever asked for.
    t->look = lc_printf(
        arena,
        "SELECT CASE WHEN locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = "
        "current_database()) THEN relation END, mode, granted FROM pg_locks WHERE pid = %d AND (locktype = 'relation' AND "
        "relation >= 16384 OR NOT granted)",
        pid);
    t->blockers =
        lc_printf(arena,
                  "SELECT string_agg(DISTINCT coalesce(nullif(a.application_name, ''), a.backend_type, 'a prepared transaction') "
                  "|| coalesce(' (process ' || b.pid || ')', ''), ', ') FROM unnest(pg_blocking_pids(%d)) b (pid) LEFT JOIN "
                  "pg_stat_activity a ON a.pid = b.pid",
                  pid);
    return server_script(
        tracer,
        "SET statement_timeout = 2000; SET lock_timeout = 100; SET default_transaction_read_only = on; SET jit = off; "
        "SET search_path = pg_catalog",
        err);
}

void trace_statement(struct trace *t)
{
    clear(t, &t->during);
    t->wait_ms = 0;
    t->waiting = false;
    t->behind = NULL;
}

void trace_renew(struct trace *t, uint32_t relid, const char *name)
{
    struct server_rows rows;
    struct lc_error ignored = {0};
    uint32_t now;

    // to_regclass takes no lock
    if (server_query(t->tracer, t->arena, "SELECT to_regclass($1)::oid", &name, 1, &rows, &ignored) != LC_OK || !rows.nrows ||
        !server_cell(&rows, 0, 0))
        return;
    now = (uint32_t)strtoul(server_cell(&rows, 0, 0), NULL, 10);
    if (now != relid && !lc_map_geti(&t->renewed, now))
        (void)lc_map_puti(&t->renewed, now, lc_memdup(t->arena, &relid, sizeof relid));
}

void trace_forget(struct trace *t)
{
    clear(t, &t->held);
}

bool traced_has(const struct traced_locks *locks, uint32_t relid, enum lc_lockmode mode)
{
    return lc_map_geti(&locks->known, key(relid, mode)) != NULL;
}

static bool is_true(const char *cell)
{
    return cell && *cell == 't';
}

static struct traced_lock lock_of(const struct trace *t, const struct server_rows *rows, int row)
{
    uint32_t relid = (uint32_t)strtoul(server_cell(rows, row, COLUMN_RELATION), NULL, 10);
    const uint32_t *old = lc_map_geti(&t->renewed, relid);

    return (struct traced_lock){old ? *old : relid, lc_lockmode_parse(server_cell(rows, row, COLUMN_MODE))};
}

static void find_blockers(struct trace *t)
{
    struct server_rows rows;
    struct lc_error ignored = {0};

    if (server_query(t->tracer, t->arena, t->blockers, NULL, 0, &rows, &ignored) == LC_OK && rows.nrows &&
        server_cell(&rows, 0, 0))
        t->behind = server_cell(&rows, 0, 0);
}

void trace_look(struct trace *t, double ms)
{
    struct traced_lock seen[LOOK_MAX];
    size_t mark = lc_arena_mark(t->arena);
    struct server_rows rows;
    struct lc_error ignored = {0};
    bool waits = false;
    int n = 0;

    if (server_query(t->tracer, t->arena, t->look, NULL, 0, &rows, &ignored) == LC_OK)
        for (int r = 0; r < rows.nrows; r++) {
            bool granted = is_true(server_cell(&rows, r, COLUMN_GRANTED));
            waits = waits || !granted;
            if (granted && server_cell(&rows, r, COLUMN_RELATION) && n < LOOK_MAX)
                seen[n++] = lock_of(t, &rows, r);
        }
    lc_arena_reset(t->arena, mark); // a long statement is looked at very often
    for (int i = 0; i < n; i++)
        add(t, &t->during, seen[i]);
    if (waits)
        t->wait_ms += ms;
    if (waits && !t->waiting && !t->behind)
        find_blockers(t);
    t->waiting = waits;
}

bool trace_exactly(struct trace *t)
{
    struct server_rows rows;
    struct lc_error ignored = {0};

    if (server_query(t->tracer, t->arena, t->look, NULL, 0, &rows, &ignored) != LC_OK)
        return false;
    clear(t, &t->held);
    for (int r = 0; r < rows.nrows; r++)
        if (is_true(server_cell(&rows, r, COLUMN_GRANTED)) && server_cell(&rows, r, COLUMN_RELATION))
            add(t, &t->held, lock_of(t, &rows, r));
    return true;
}
