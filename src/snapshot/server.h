// One connection to a PostgreSQL server: the only place that touches libpq. Errors are mapped, Ctrl-C cancels what runs.
#ifndef LC_SNAPSHOT_SERVER_H
#define LC_SNAPSHOT_SERVER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

struct server;

struct server_params { // psql's -h -p -U -d; NULL: as libpq finds it (PG* variables, service file, .pgpass)
    const char *host, *port, *user;
    const char *dbname;      // a name, a conninfo string or a URI
    int connect_timeout_s;   // 0: 10, unless the conninfo or PGCONNECT_TIMEOUT says otherwise
    const char *application; // fallback_application_name; NULL: "lockcast"
};

struct server_rows { // a result: cells are text in the arena, NULL is SQL's NULL
    int nrows, ncols;
    const char **names; // ncols
    const char **cells; // nrows * ncols, row by row
    const char *tag;    // command tag: "INSERT 0 5"
};
static inline const char *server_cell(const struct server_rows *r, int row, int col)
{
    return r->cells[(size_t)row * (size_t)r->ncols + (size_t)col];
}

// LC_E_CONNECT when there is no server or it refuses: err->hint says what to do.
enum lc_code server_connect(const struct server_params *params, struct lc_arena *arena, struct server **out,
                            struct lc_error *err) LC_MUST_CHECK;
void server_close(struct server *s); // NULL is allowed

// 150018.
int server_version_num(const struct server *s);
// The database and the role of this connection.
const char *server_database(const struct server *s);
const char *server_user(const struct server *s);
// As libpq knows it, with a port that is not 5432; a socket's folder for a local connection.
const char *server_host(const struct server *s);
// "shop on clone-3": for messages.
const char *server_label(const struct server *s);

// One statement with text parameters (NULL items are SQL's NULL). LC_E_SERVER when the server answers with an error, LC_E_CONNECT when
// the connection is lost, LC_E_INTERRUPTED after server_cancel. `rows` may be NULL.
enum lc_code server_query(struct server *s, struct lc_arena *arena, const char *sql, const char *const *params, int nparams,
                          struct server_rows *rows, struct lc_error *err) LC_MUST_CHECK;
// Several statements in one string, without parameters; results are dropped.
enum lc_code server_script(struct server *s, const char *sql, struct lc_error *err) LC_MUST_CHECK;
// The same, but comes back at once: server_wait says when they have ended. Nothing else may be asked of this connection until then.
enum lc_code server_send(struct server *s, const char *sql, struct lc_error *err) LC_MUST_CHECK;
// Waits for their end, at most timeout_ms. `*done` false: they still run. The first error of them is the answer; COPY FROM STDIN is one.
enum lc_code server_wait(struct server *s, double timeout_ms, bool *done, struct lc_error *err) LC_MUST_CHECK;
// COPY table FROM STDIN (text format): `sql` is the whole COPY statement.
enum lc_code server_copy_in(struct server *s, const char *sql, const char *data, size_t len, struct lc_error *err) LC_MUST_CHECK;
// The SQLSTATE of the last error, "" when there was none: "55P03".
const char *server_sqlstate(const struct server *s);
// The process that serves this connection: pg_stat_activity.pid.
int server_pid(const struct server *s);
// true: a transaction block is open, failed or not.
bool server_in_transaction(const struct server *s);
// true: the last error aborted the transaction that is open.
bool server_in_failed_transaction(const struct server *s);

// A short read-only transaction with SET LOCAL timeouts (statement_timeout as given, lock_timeout 200 ms, ...) and search_path pg_catalog.
enum lc_code server_begin_read(struct server *s, double statement_timeout_ms, struct lc_error *err) LC_MUST_CHECK;
// SET LOCAL search_path in that transaction: a list as the setting has it; NULL: the session's own.
enum lc_code server_set_search_path(struct server *s, const char *path, struct lc_error *err) LC_MUST_CHECK;
enum lc_code server_end(struct server *s, struct lc_error *err) LC_MUST_CHECK; // COMMIT, or ROLLBACK of a failed one

// Asks the server to stop what runs, from a signal handler (PQcancel is safe there); the call that waits returns LC_E_INTERRUPTED.
void server_cancel(struct server *s);

#endif
