// One connection to a PostgreSQL server: connecting, queries, errors with what mends them.
#include "snapshot/server.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

#define MIN_SERVER_VERSION 130000
#define READ_LOCK_TIMEOUT_MS 200 // nobody may be made to queue behind us for long
#define READ_IDLE_TIMEOUT_MS 10000
#define READ_TRANSACTION_TIMEOUT_MS 15000
#define MAX_PARAMS 16

struct server {
    struct lc_arena *arena;
    PGconn *conn;
    PGcancel *cancel;
    const char *label;
    char sqlstate[6];
    volatile sig_atomic_t cancelled;
    enum lc_code sent; // of what server_send sent: its first error so far
};

// --- errors -----------------------------------------------------------------------------------------------------------

struct hint_row {
    const char *text; // in the message, as libpq or the server writes it in English
    const char *hint;
};

static const struct hint_row connect_hints[] = {
    {"password authentication failed",
     "Check the user and the password: ~/.pgpass, PGPASSWORD or a service file may give another one."},
    {"no password supplied", "Put the password in ~/.pgpass or PGPASSWORD: it is never taken from the command line."},
    {"no pg_hba.conf entry", "The server's pg_hba.conf lets nobody in from this address as this user on this database."},
    {"authentication failed", "The server's pg_hba.conf asks for another way to prove who you are."},
    {"\" does not exist", "Name an existing one with -d and -U; psql -l lists the databases."},
    {"Connection refused", "Is the server running, and does it listen at that address and port (-h, -p)?"},
    {"No such file or directory", "Is the server running on this machine? Name its host and port with -h and -p."},
    {"could not translate host name", "Check the spelling of the host name (-h)."},
    {"timeout expired",
     "The host does not answer: check the address, and firewalls on the way; connect_timeout in the conninfo allows longer."},
    {"timed out", "The host does not answer: check the address, and firewalls on the way."},
    {"too many", "All connections are taken: close some, or connect past the pooler's or the role's limit."},
    {"remaining connection slots", "All connections are taken: close some, or raise max_connections."},
    {"starting up", "The server is still starting: try again in a moment."},
    {"shutting down", "The server is being stopped."},
    {"in recovery mode", "The server has crashed and is recovering: try again in a moment."},
    {"permission denied for database", "GRANT CONNECT ON DATABASE ... TO the role."},
    {"SSL", "Check sslmode and the certificates in the conninfo."},
    {"definition of service", "Check the service file (~/.pg_service.conf, PGSERVICEFILE) and the service's name."},
};

static const char *connect_hint(const char *message)
{
    for (size_t i = 0; i < sizeof connect_hints / sizeof *connect_hints; i++) {
        if (strstr(message, connect_hints[i].text)) {
            return connect_hints[i].hint;
        }
    }
    return NULL;
}

// libpq's message as one line: its line breaks and tabs become one blank each time, the last ones go.
static const char *one_line(struct lc_arena *arena, const char *message)
{
    char *text = lc_strdup(arena, lc_utf8_clean(arena, message ? message : "")), *end = text;
    for (const char *c = text; *c;) {
        size_t breaks = strspn(c, "\n\r\t");
        *end++ = breaks ? ' ' : *c;
        c += breaks ? breaks : 1;
    }
    while (end > text && end[-1] == ' ') {
        end--;
    }
    *end = 0;
    return text;
}

// What is wrong with the words of a conninfo themselves, and nobody was asked (fe-connect.c).
static bool is_usage(const char *message)
{
    return strncmp(message, "invalid port number", 19) == 0 || strncmp(message, "invalid integer value", 21) == 0;
}

static enum lc_code connect_error(PGconn *conn, struct lc_arena *arena, struct lc_error *err)
{
    const char *message = one_line(arena, conn ? PQerrorMessage(conn) : "out of memory");
    enum lc_code code = is_usage(message) ? LC_E_USAGE : LC_E_CONNECT;
    (void)lc_fail(err, code, "cannot connect: %s", message);
    const char *hint = connect_hint(message);
    if (hint) {
        lc_error_hint(err, "%s", hint);
    }
    return code;
}

static const char *state_hint(const char *sqlstate, const char *server_hint)
{
    if (server_hint && *server_hint) {
        return server_hint;
    }
    if (strcmp(sqlstate, "42501") == 0) {
        return "lockcast grants prints the SQL of a role that may read what is needed.";
    }
    if (strcmp(sqlstate, "57014") == 0) {
        return "The server is busy, or the catalogue very large: try again, or give more time.";
    }
    return NULL;
}

static enum lc_code lost_error(struct server *s, struct lc_error *err)
{
    (void)lc_fail(err, LC_E_CONNECT, "the connection to %s is lost: %s", s->label, one_line(s->arena, PQerrorMessage(s->conn)));
    lc_error_hint(err, "The server was stopped, or somebody ended the session. What was not committed is gone.");
    return LC_E_CONNECT;
}

static enum lc_code query_error(struct server *s, const PGresult *res, struct lc_error *err)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    (void)snprintf(s->sqlstate, sizeof s->sqlstate, "%s", state ? state : "");
    const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
    // FATAL ends the session (errfinish, utils/error/elog.c); libpq sees its end only with the next message
    if (PQstatus(s->conn) == CONNECTION_BAD || (severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))) {
        return lost_error(s, err);
    }
    if (s->cancelled) {
        return lc_fail(err, LC_E_INTERRUPTED, "interrupted");
    }
    const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    (void)lc_fail(err, LC_E_SERVER, "%s", one_line(s->arena, message ? message : PQresultErrorMessage(res)));
    const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
    lc_error_detail(err, "SQLSTATE %s%s%s", s->sqlstate, detail ? ": " : "", detail ? one_line(s->arena, detail) : "");
    const char *hint = state_hint(s->sqlstate, PQresultErrorField(res, PG_DIAG_MESSAGE_HINT));
    if (hint) {
        lc_error_hint(err, "%s", one_line(s->arena, hint));
    }
    return LC_E_SERVER;
}

// --- life -------------------------------------------------------------------------------------------------------------

// psql's order: what a conninfo in -d says wins over -h, -p and -U; a timeout of ours only where nothing else gives one.
static PGconn *connect_params(const struct server_params *p)
{
    char timeout[16];
    (void)snprintf(timeout, sizeof timeout, "%d", p->connect_timeout_s > 0 ? p->connect_timeout_s : 10);
    bool own_timeout = p->connect_timeout_s > 0 || !getenv("PGCONNECT_TIMEOUT");
    const char *keys[8] = {0}, *values[8] = {0};
    int n = 0;
    const char *const given[][2] = {
        {"connect_timeout", own_timeout ? timeout : NULL},
        {"host", p->host},
        {"port", p->port},
        {"user", p->user},
        {"dbname", p->dbname},
        {"fallback_application_name", p->application ? p->application : "lockcast"},
        {"client_encoding", "UTF8"},
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i][1]) {
            keys[n] = given[i][0];
            values[n++] = given[i][1];
        }
    }
    return PQconnectdbParams(keys, values, 1);
}

static void ignore_notice(void *context, const PGresult *res)
{
    (void)context;
    (void)res;
}

static enum lc_code check_version(struct server *s, struct lc_error *err)
{
    int version = PQserverVersion(s->conn);
    if (version >= MIN_SERVER_VERSION) {
        return LC_OK;
    }
    (void)lc_fail(err, LC_E_SERVER, "%s is PostgreSQL %d.%d: 13 is the oldest that lockcast knows", s->label, version / 10000,
                  version >= 100000 ? version % 10000 : version / 100 % 100);
    return LC_E_SERVER;
}

// Of what libpq takes for a conninfo or URI (recognized_connection_string, fe-connect.c), and not for a database's name.
static enum lc_code check_conninfo(const char *dbname, struct lc_arena *arena, struct lc_error *err)
{
    char *message = NULL;
    if (!dbname || (!strchr(dbname, '=') && !lc_starts(dbname, "postgres://") && !lc_starts(dbname, "postgresql://"))) {
        return LC_OK;
    }
    PQconninfoOption *options = PQconninfoParse(dbname, &message);
    enum lc_code code = options ? LC_OK : lc_fail(err, LC_E_USAGE, "-d: %s", one_line(arena, message));
    PQconninfoFree(options);
    PQfreemem(message);
    return code;
}

enum lc_code server_connect(const struct server_params *params, struct lc_arena *arena, struct server **out, struct lc_error *err)
{
    *out = NULL;
    enum lc_code wrong = check_conninfo(params->dbname, arena, err);
    if (wrong != LC_OK) {
        return wrong;
    }
    PGconn *conn = connect_params(params);
    if (!conn || PQstatus(conn) != CONNECTION_OK) {
        enum lc_code code = connect_error(conn, arena, err);
        PQfinish(conn);
        return code;
    }
    struct server *s = LC_NEW(arena, struct server);
    s->arena = arena;
    s->conn = conn;
    s->cancel = PQgetCancel(conn);
    s->label = lc_printf(arena, "%s on %s", server_database(s), server_host(s));
    (void)PQsetNoticeReceiver(conn, ignore_notice, NULL);
    enum lc_code code = check_version(s, err);
    if (code) {
        server_close(s);
        return code;
    }
    *out = s;
    return LC_OK;
}

void server_close(struct server *s)
{
    if (!s || !s->conn) {
        return;
    }
    PGcancel *cancel = s->cancel;
    s->cancel = NULL;
    PQfreeCancel(cancel);
    PQfinish(s->conn);
    s->conn = NULL;
}

int server_version_num(const struct server *s)
{
    return PQserverVersion(s->conn);
}

static const char *clean(const struct server *s, const char *text)
{
    return lc_utf8_clean(s->arena, text ? text : "");
}

const char *server_database(const struct server *s)
{
    return clean(s, PQdb(s->conn));
}

const char *server_user(const struct server *s)
{
    return clean(s, PQuser(s->conn));
}

const char *server_host(const struct server *s)
{
    const char *host = PQhost(s->conn), *port = PQport(s->conn);
    host = host && *host ? clean(s, host) : "localhost";
    return !port || !*port || strcmp(port, "5432") == 0 ? host : lc_printf(s->arena, "%s:%s", host, clean(s, port));
}

const char *server_label(const struct server *s)
{
    return s->label;
}

const char *server_sqlstate(const struct server *s)
{
    return s->sqlstate;
}

bool server_in_failed_transaction(const struct server *s)
{
    return PQtransactionStatus(s->conn) == PQTRANS_INERROR;
}

int server_pid(const struct server *s)
{
    return PQbackendPID(s->conn);
}

bool server_in_transaction(const struct server *s)
{
    PGTransactionStatusType status = PQtransactionStatus(s->conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

void server_cancel(struct server *s)
{
    char message[256];
    s->cancelled = 1;
    if (s->cancel) {
        (void)PQcancel(s->cancel, message, sizeof message);
    }
}

// --- queries ----------------------------------------------------------------------------------------------------------

static size_t bytes_of(const PGresult *res, int nrows, int ncols)
{
    size_t total = 0;
    for (int r = 0; r < nrows; r++) {
        for (int c = 0; c < ncols; c++) {
            total += PQgetisnull(res, r, c) ? 0 : (size_t)PQgetlength(res, r, c) + 1;
        }
    }
    return total;
}

// All cells lie in one block: a large catalogue has millions of short ones. A server in SQL_ASCII may send any bytes.
static void copy_rows(struct lc_arena *arena, const PGresult *res, struct server_rows *rows)
{
    rows->nrows = PQntuples(res);
    rows->ncols = PQnfields(res);
    rows->tag = lc_strdup(arena, PQcmdStatus((PGresult *)(uintptr_t)res));
    rows->names = LC_NEW_ARRAY(arena, const char *, rows->ncols);
    rows->cells = LC_NEW_ARRAY(arena, const char *, (size_t)rows->nrows *(size_t)rows->ncols);
    for (int c = 0; c < rows->ncols; c++) {
        rows->names[c] = lc_strdup(arena, PQfname(res, c));
    }
    char *text = lc_alloc(arena, bytes_of(res, rows->nrows, rows->ncols) + 1);
    for (int r = 0, i = 0; r < rows->nrows; r++) {
        for (int c = 0; c < rows->ncols; c++, i++) {
            if (!PQgetisnull(res, r, c)) {
                size_t len = (size_t)PQgetlength(res, r, c);
                memcpy(text, PQgetvalue(res, r, c), len + 1);
                rows->cells[i] = lc_utf8_clean(arena, text);
                text += len + 1;
            }
        }
    }
}

static bool succeeded(const PGresult *res)
{
    ExecStatusType status = PQresultStatus(res);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
}

static enum lc_code finish_query(struct server *s, PGresult *res, struct lc_arena *arena, struct server_rows *rows,
                                 struct lc_error *err)
{
    enum lc_code code = LC_OK;
    if (!succeeded(res)) {
        code = query_error(s, res, err);
    } else if (rows) {
        copy_rows(arena, res, rows);
    }
    PQclear(res);
    return code;
}

static enum lc_code check_open(struct server *s, struct lc_error *err)
{
    s->sqlstate[0] = 0;
    if (s->cancelled) {
        return lc_fail(err, LC_E_INTERRUPTED, "interrupted");
    }
    return s->conn ? LC_OK : lc_fail(err, LC_E_INTERNAL, "the connection is closed");
}

enum lc_code server_query(struct server *s, struct lc_arena *arena, const char *sql, const char *const *params, int nparams,
                          struct server_rows *rows, struct lc_error *err)
{
    enum lc_code code = check_open(s, err);
    if (code) {
        return code;
    }
    return finish_query(s, PQexecParams(s->conn, sql, nparams, NULL, params, NULL, NULL, 0), arena, rows, err);
}

enum lc_code server_script(struct server *s, const char *sql, struct lc_error *err)
{
    enum lc_code code = check_open(s, err);
    if (code) {
        return code;
    }
    return finish_query(s, PQexec(s->conn, sql), s->arena, NULL, err);
}

enum lc_code server_send(struct server *s, const char *sql, struct lc_error *err)
{
    enum lc_code code = check_open(s, err);
    if (code) {
        return code;
    }
    s->sent = LC_OK;
    return PQsendQuery(s->conn, sql) ? LC_OK : lost_error(s, err);
}

// One result of several; the first error stays.
static void take_result(struct server *s, PGresult *res, struct lc_error *err)
{
    char *row = NULL;
    switch (PQresultStatus(res)) {
    case PGRES_COPY_IN: // nothing is at hand to be copied
        (void)PQputCopyEnd(s->conn, "there is no data for COPY FROM STDIN");
        break;
    case PGRES_COPY_OUT:
        while (PQgetCopyData(s->conn, &row, 0) > 0) {
            PQfreemem(row);
        }
        break;
    default:
        if (!succeeded(res) && s->sent == LC_OK) {
            s->sent = query_error(s, res, err);
        }
    }
    PQclear(res);
}

enum lc_code server_wait(struct server *s, double timeout_ms, bool *done, struct lc_error *err)
{
    struct pollfd socket = {.fd = PQsocket(s->conn), .events = POLLIN};
    bool waited = false;
    for (;;) {
        *done = true;
        if (!PQconsumeInput(s->conn)) {
            return lost_error(s, err);
        }
        while (!PQisBusy(s->conn)) {
            PGresult *res = PQgetResult(s->conn);
            if (!res) {
                return s->sent;
            }
            take_result(s, res, err);
        }
        *done = false;
        if (waited) {
            return LC_OK;
        }
        (void)poll(&socket, 1, timeout_ms < 1 ? 1 : (int)timeout_ms); // a signal ends it early, which is as well
        waited = true;
    }
}

enum lc_code server_copy_in(struct server *s, const char *sql, const char *data, size_t len, struct lc_error *err)
{
    enum lc_code code = check_open(s, err);
    if (code) {
        return code;
    }
    PGresult *res = PQexec(s->conn, sql);
    if (PQresultStatus(res) != PGRES_COPY_IN) {
        return finish_query(s, res, s->arena, NULL, err);
    }
    PQclear(res);
    const size_t chunk = (size_t)1 << 20;
    bool sent = true;
    for (size_t at = 0; sent && at < len; at += chunk) {
        sent = PQputCopyData(s->conn, data + at, (int)(len - at < chunk ? len - at : chunk)) == 1;
    }
    if (!sent || PQputCopyEnd(s->conn, NULL) != 1) {
        return lost_error(s, err);
    }
    code = finish_query(s, PQgetResult(s->conn), s->arena, NULL, err);
    for (PGresult *more = PQgetResult(s->conn); more; more = PQgetResult(s->conn)) {
        PQclear(more);
    }
    return code;
}

// --- short read-only transactions -----------------------------------------------------------------------------------

enum lc_code server_begin_read(struct server *s, double statement_timeout_ms, struct lc_error *err)
{
    double statement = statement_timeout_ms > 0 ? statement_timeout_ms : 5000;
    // SET LOCAL, not startup options: poolers refuse or ignore these
    const char *sql = lc_printf(s->arena,
                                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                                "SET LOCAL statement_timeout = %.0f; SET LOCAL lock_timeout = %d;"
                                "SET LOCAL idle_in_transaction_session_timeout = %d;",
                                statement, READ_LOCK_TIMEOUT_MS, READ_IDLE_TIMEOUT_MS);
    if (server_version_num(s) >= 170000) {
        sql = lc_printf(s->arena, "%sSET LOCAL transaction_timeout = %.0f;", sql, 3 * statement + READ_TRANSACTION_TIMEOUT_MS);
    }
    return server_script(s, lc_printf(s->arena, "%sSET LOCAL search_path = pg_catalog", sql), err);
}

enum lc_code server_set_search_path(struct server *s, const char *path, struct lc_error *err)
{
    const char *params[1] = {path};
    return path ? server_query(s, s->arena, "SELECT set_config('search_path', $1, true)", params, 1, NULL, err)
                : server_script(s, "SET LOCAL search_path = DEFAULT", err);
}

enum lc_code server_end(struct server *s, struct lc_error *err)
{
    return server_script(s, server_in_failed_transaction(s) ? "ROLLBACK" : "COMMIT", err);
}
