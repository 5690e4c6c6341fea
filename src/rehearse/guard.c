// Does a database look like production? Then nothing is rehearsed on it.
#include <string.h>

#include "base/str.h"
#include "rehearse/rehearse.h"

#define GUARD_TIMEOUT_MS 5000

// One row, one column: what speaks against it, NULL when nothing does. $1: the process of the rehearsal's own second connection.
struct guard_row {
    const char *sql, *hint;
};

// A role without pg_monitor sees other roles' sessions without their kind: such a row counts as a client.
static const struct guard_row guards[] = {
    {"SELECT 'it is a standby' WHERE pg_is_in_recovery()",
     "A standby takes no migration: promote a copy of it, and rehearse there."},
    {"SELECT 'a standby or a subscriber receives its WAL (' || string_agg(DISTINCT coalesce(nullif(application_name, ''), 'no "
     "name'), ', ') "
     "|| ')' FROM pg_stat_replication HAVING count(*) > 0",
     "Rehearse on a clone that nothing replicates from: what it does would reach the others too."},
    {"SELECT 'a subscription brings changes into it' WHERE EXISTS (SELECT FROM pg_stat_subscription s JOIN pg_subscription b ON "
     "b.oid = "
     "s.subid JOIN pg_database d ON d.oid = b.subdbid WHERE d.datname = current_database() AND s.pid IS NOT NULL)",
     "Rehearse on a clone that receives nothing: ALTER SUBSCRIPTION ... DISABLE on the clone."},
    {"SELECT count(*) || CASE count(*) WHEN 1 THEN ' other client is' ELSE ' other clients are' END || ' connected to it (' || "
     "string_agg(DISTINCT coalesce(nullif(application_name, ''), 'no name'), ', ') || ')' FROM pg_stat_activity WHERE datname = "
     "current_database() AND pid <> pg_backend_pid() AND pid <> $1::int AND usesysid IS NOT NULL AND coalesce(backend_type, "
     "'client "
     "backend') = 'client backend' HAVING count(*) > 0",
     "The migration really runs. Rehearse on a clone that nobody uses, or close these sessions first."},
};

static enum lc_code look(struct server *tracer, const char *pid, const struct guard_row *guard, struct lc_arena *arena,
                         struct lc_error *err)
{
    const char *params[1] = {pid};
    int nparams = strchr(guard->sql, '$') ? 1 : 0;
    struct server_rows rows;
    enum lc_code code = server_query(tracer, arena, guard->sql, params, nparams, &rows, err);

    // pg_subscription may be hidden from a role: then pg_stat_activity must do
    if (code == LC_E_SERVER && lc_streq(server_sqlstate(tracer), "42501") && server_in_failed_transaction(tracer)) {
        *err = (struct lc_error){0};
        code = server_end(tracer, err);
        return code == LC_OK ? server_begin_read(tracer, GUARD_TIMEOUT_MS, err) : code;
    }
    if (code != LC_OK || rows.nrows == 0)
        return code;
    (void)lc_fail(err, LC_E_USAGE, "refused: %s looks like production: %.300s", server_label(tracer), server_cell(&rows, 0, 0));
    lc_error_hint(err, "%s", guard->hint);
    return LC_E_USAGE;
}

enum lc_code rehearse_guard(struct server *tracer, const struct server *runner, struct lc_arena *arena, struct lc_error *err)
{
    const char *pid = lc_printf(arena, "%d", runner ? server_pid(runner) : 0);
    struct lc_error ignored = {0};
    enum lc_code code = server_begin_read(tracer, GUARD_TIMEOUT_MS, err), ended;

    for (size_t i = 0; code == LC_OK && i < sizeof guards / sizeof *guards; i++)
        code = look(tracer, pid, &guards[i], arena, err);
    ended = server_end(tracer, code == LC_OK ? err : &ignored);
    return code != LC_OK ? code : ended;
}
