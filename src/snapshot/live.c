// Reading a snapshot from a live server: transactions, feature detection, locked relations, gaps.
#include "snapshot/live.h"

#include <string.h>

#include "embedded.h"
#include "sql/sql.h"

#define MAX_LOCK_TIMEOUTS 2 // then nothing more is asked that could wait
#define MAX_CONFLICTS 5
#define MAX_PARAMS 3
#define STATEMENT_TIMEOUT_MS 5000
#define PATIENCE 12 // a very large catalogue takes longer; nobody waits for a lock meanwhile

// --- the text of a query --------------------------------------------------------------------------------------------------

// [[table.column? then : else]] becomes `then` where the server has that column, else `else`. Returns the end of the choice.
static const char *expand_choice(const struct live *l, const char *p, struct lc_str *out)
{
    const char *question = strchr(p, '?'), *colon = strstr(p, " : "), *end = strstr(p, "]]");
    if (!question || !colon || !end || question > colon || colon > end) {
        return p; // a mistake in a file of ours: the server will say so
    }
    const char *name = lc_strndup(l->arena, p, (size_t)(question - p));
    if (lc_map_get(&l->columns, name)) {
        lc_str_addn(out, question + 1, (size_t)(colon - question - 1));
    } else {
        lc_str_addn(out, colon + 3, (size_t)(end - colon - 3));
    }
    return end + 2;
}

static const char *expand_choices(const struct live *l, const char *sql)
{
    struct lc_str out;
    lc_str_init(&out, l->arena, (size_t)1 << 20);
    for (const char *p = sql; *p;) {
        if (strncmp(p, "[[", 2) == 0) {
            p = expand_choice(l, p + 2, &out);
        } else {
            lc_str_addc(&out, *p++);
        }
    }
    return out.text;
}

static const char *expand(const struct live *l, const char *sql)
{
    static const char mark[] = "{{statements}}";
    struct lc_str out;
    lc_str_init(&out, l->arena, (size_t)1 << 20);
    const char *p = expand_choices(l, sql);
    for (const char *found = strstr(p, mark); found; found = strstr(p, mark)) {
        lc_str_addn(&out, p, (size_t)(found - p));
        lc_str_add(&out, l->statements);
        p = found + strlen(mark);
    }
    lc_str_add(&out, p);
    return out.text;
}

static int count_params(const char *sql)
{
    int n = 0;
    for (const char *p = sql; *p; p++) {
        if (*p == '$' && p[1] >= '1' && p[1] <= '9') {
            n = p[1] - '0' > n ? p[1] - '0' : n;
        }
    }
    return n;
}

enum lc_code live_rows(struct live *l, const char *sql, const char *const *params, struct server_rows *rows, struct lc_error *err)
{
    const char *text = expand(l, sql);
    return server_query(l->server, l->arena, text, params, params ? count_params(text) : 0, rows, err);
}

// --- rows into subjects -----------------------------------------------------------------------------------------------------

int live_column(const struct server_rows *rows, const char *name)
{
    for (int c = 0; c < rows->ncols; c++) {
        if (strcmp(rows->names[c], name) == 0) {
            return c;
        }
    }
    return -1;
}

static int subject_column(const struct snap_subject_spec *spec, const char *name)
{
    for (int c = 0; c < spec->ncols; c++) {
        if (strcmp(spec->columns[c].name, name) == 0) {
            return c;
        }
    }
    return -1;
}

// Numbers that JSON cannot write (Infinity, NaN) are not known.
static const char *fit(enum snap_cell type, const char *cell)
{
    return cell && (type == SNAP_NUM || type == SNAP_INT) && !snap_is_number(cell) ? NULL : cell;
}

enum lc_code live_add_rows(struct live *l, enum snap_subject subject, const struct server_rows *rows, struct lc_error *err)
{
    const struct snap_subject_spec *spec = &snap_specs[subject];
    int *to = LC_NEW_ARRAY(l->arena, int, rows->ncols);
    for (int c = 0; c < rows->ncols; c++) {
        to[c] = subject_column(spec, rows->names[c]);
    }
    if (rows->nrows > SNAP_MAX_ROWS - l->tables->t[subject].nrows) {
        return lc_fail(err, LC_E_SERVER, "the server has more than %d rows of %s", SNAP_MAX_ROWS, spec->name);
    }
    for (int r = 0; r < rows->nrows; r++) {
        const char **row = snap_add_row(l->arena, l->tables, subject);
        for (int c = 0; c < rows->ncols; c++) {
            if (to[c] >= 0) {
                row[to[c]] = fit(spec->columns[to[c]].type, server_cell(rows, r, c));
            }
        }
    }
    return LC_OK;
}

// --- transactions, locks, gaps --------------------------------------------------------------------------------------------

void live_gap(struct live *l, enum snap_part part, const char *what, const char *why, const char *hint)
{
    snap_add_gap(l->arena, l->tables, part, what, why, hint);
}

void live_mark(struct live *l, enum snap_part part)
{
    snap_mark_part(l->arena, l->tables, part, l->taken_at, server_label(l->server));
}

enum lc_code live_begin(struct live *l, struct lc_error *err)
{
    double timeout = l->options->statement_timeout_ms > 0 ? l->options->statement_timeout_ms : STATEMENT_TIMEOUT_MS;
    return server_begin_read(l->server, l->patient ? PATIENCE * timeout : timeout, err);
}

enum lc_code live_end(struct live *l, struct lc_error *err)
{
    return server_end(l->server, err);
}

static void note_locked(struct live *l, const char *schema, const char *name, const char *kind)
{
    if (!schema || !name || !kind || kind[0] == 't' || strcmp(schema, "pg_toast") == 0) {
        return;
    }
    const char *full = lc_quote_name(l->arena, schema, name);
    if (lc_map_put(&l->locked_names, full, (void *)(uintptr_t)full)) {
        return;
    }
    live_gap(l, SNAP_PART_CATALOG, lc_printf(l->arena, "definitions and exact size of %s", full),
             "another session holds or waits for ACCESS EXCLUSIVE on it",
             "Take the snapshot again when that session has ended its transaction.");
}

enum lc_code live_find_locked(struct live *l, struct lc_error *err)
{
    struct server_rows rows;
    enum lc_code code = live_rows(l, lc_file_locked_sql, NULL, &rows, err);
    if (code) {
        return code;
    }
    struct lc_str list;
    lc_str_init(&list, l->arena, LC_STR_MAX);
    lc_str_addc(&list, '{');
    for (int r = 0; r < rows.nrows; r++) {
        lc_str_addf(&list, "%s%s", r ? "," : "", server_cell(&rows, r, 0));
        note_locked(l, server_cell(&rows, r, 1), server_cell(&rows, r, 2), server_cell(&rows, r, 3));
    }
    lc_str_addc(&list, '}');
    l->locked = list.text;
    return LC_OK;
}

// After an error: a new transaction, and a fresh look at who has locked what.
static enum lc_code restart(struct live *l, struct lc_error *err)
{
    enum lc_code code = live_end(l, err);
    if (!code) {
        code = live_begin(l, err);
    }
    if (!code && l->timeouts < MAX_LOCK_TIMEOUTS) {
        return live_find_locked(l, err);
    }
    if (!code && l->locked) {
        l->locked = NULL;
        live_gap(l, SNAP_PART_CATALOG, "definitions of defaults, checks, indexes, views and functions, and exact sizes",
                 "locks that other sessions hold could not be had within 200 ms", "Take the snapshot again at a quieter time.");
    }
    return code;
}

// Is there another way to ask: without the relations that are locked by now, or with more time?
static bool may_retry(struct live *l, enum lc_code code, bool required)
{
    if (code == LC_E_SERVER && strcmp(server_sqlstate(l->server), "55P03") == 0 && l->locked) { // lock_not_available
        l->timeouts++;
        return true;
    }
    if (code == LC_E_SERVER && strcmp(server_sqlstate(l->server), "40001") == 0 && l->conflicts++ < MAX_CONFLICTS) {
        return true; // a standby's replay was in our way
    }
    if (code == LC_E_SERVER && strcmp(server_sqlstate(l->server), "57014") == 0 && required && !l->patient) { // query_canceled
        l->patient = true;
        return true;
    }
    return false;
}

static const char *gap_hint(struct live *l)
{
    if (strcmp(server_sqlstate(l->server), "42501") == 0) {
        return "lockcast grants prints the SQL of a role that may read it.";
    }
    return strcmp(server_sqlstate(l->server), "55000") == 0 ? "Add it to shared_preload_libraries and restart the server." : NULL;
}

enum lc_code live_leave_gap(struct live *l, enum snap_part part, const char *what, bool required, struct lc_error *err)
{
    bool denied = strcmp(server_sqlstate(l->server), "42501") == 0;
    if (err->code != LC_E_SERVER || (required && !denied)) {
        return err->code;
    }
    live_gap(l, part, what, lc_strdup(l->arena, err->message), gap_hint(l));
    *err = (struct lc_error){0};
    return restart(l, err);
}

enum lc_code live_fetch(struct live *l, enum snap_subject subject, const char *sql, const char *const *params, bool required,
                        struct lc_error *err)
{
    struct server_rows rows;
    for (;;) {
        const char *all[MAX_PARAMS] = {l->locked, params ? params[0] : NULL, params ? params[1] : NULL};
        enum lc_code code = live_rows(l, sql, all, &rows, err);
        if (!code) {
            return live_add_rows(l, subject, &rows, err);
        }
        if (!may_retry(l, code, required)) {
            return live_leave_gap(l, snap_specs[subject].part, lc_printf(l->arena, "all of %s", snap_specs[subject].name),
                                  required, err);
        }
        code = restart(l, err);
        if (code) {
            return code;
        }
    }
}

// --- the whole --------------------------------------------------------------------------------------------------------------

static enum lc_code detect_columns(struct live *l, const char *statements_schema, struct lc_error *err)
{
    struct server_rows rows;
    const char *params[1] = {statements_schema};
    enum lc_code code = live_rows(l, lc_file_columns_sql, params, &rows, err);
    for (int r = 0; !code && r < rows.nrows; r++) {
        const char *name = server_cell(&rows, r, 0);
        (void)lc_map_put(&l->columns, name, (void *)(uintptr_t)name);
    }
    return code;
}

// pg_stat_statements is in any schema, or not there, or not for this role: then say what to do.
static void find_statements(struct live *l, const char *schema, bool available, bool usage)
{
    const char *user = lc_quote_ident(l->arena, server_user(l->server));
    if (schema && usage) {
        l->statements = lc_quote_ident(l->arena, schema);
    } else if (schema) {
        live_gap(l, SNAP_PART_STATEMENTS, "pg_stat_statements", lc_printf(l->arena, "permission denied for schema %s", schema),
                 lc_printf(l->arena, "GRANT USAGE ON SCHEMA %s TO %s;", lc_quote_ident(l->arena, schema), user));
    } else {
        live_gap(l, SNAP_PART_STATEMENTS, "pg_stat_statements", "the extension is not installed in this database",
                 available ? "CREATE EXTENSION pg_stat_statements; (it must be in shared_preload_libraries)"
                           : "Install the server's contrib package, then CREATE EXTENSION pg_stat_statements;");
    }
}

static enum lc_code find_privileges(struct live *l, struct lc_error *err)
{
    struct server_rows rows;
    enum lc_code code = live_rows(l, lc_file_privileges_sql, NULL, &rows, err);
    if (code) {
        return code;
    }
    const char *schema = server_cell(&rows, 0, 2);
    l->all_stats = snap_bool(server_cell(&rows, 0, 0));
    l->statistic = snap_bool(server_cell(&rows, 0, 1));
    if (!l->options->no_traffic) {
        find_statements(l, schema, snap_int(server_cell(&rows, 0, 3)) > 0, snap_bool(server_cell(&rows, 0, 4)));
        if (!l->all_stats) {
            live_gap(l, SNAP_PART_ACTIVITY, "other roles' sessions and statements", "this role is not in pg_read_all_stats",
                     lc_printf(l->arena, "GRANT pg_monitor TO %s;", lc_quote_ident(l->arena, server_user(l->server))));
        }
    }
    return detect_columns(l, schema, err);
}

static enum lc_code read_server(struct live *l, struct lc_error *err)
{
    struct server_rows rows;
    const char *cores = l->options->cores > 0 ? lc_printf(l->arena, "%d", l->options->cores) : NULL;
    const char *params[2] = {server_host(l->server), cores};
    enum lc_code code = live_rows(l, lc_file_server_sql, params, &rows, err);
    if (!code) {
        code = live_add_rows(l, SUBJECT_server, &rows, err);
    }
    if (!code) {
        l->taken_at = snap_row(l->tables, SUBJECT_server, 0)[C_server_now];
        live_mark(l, SNAP_PART_SETTINGS);
        code = live_fetch(l, SUBJECT_setting, lc_file_setting_sql, NULL, true, err);
    }
    return code;
}

static enum lc_code read_basics(struct live *l, struct lc_error *err)
{
    enum lc_code code = live_begin(l, err);
    if (!code) {
        code = find_privileges(l, err);
    }
    if (!code) {
        code = read_server(l, err);
    }
    if (!code) {
        code = live_find_locked(l, err);
    }
    return code ? code : live_end(l, err);
}

static enum lc_code step(struct live *l, const char *what, enum lc_code (*read)(struct live *l, struct lc_error *err),
                         struct lc_error *err)
{
    if (l->options->progress) {
        l->options->progress(l->options->context, what);
    }
    return read(l, err);
}

static enum lc_code read_all(struct live *l, struct lc_error *err)
{
    struct live_traffic *traffic = NULL;
    enum lc_code code = step(l, "server and settings", read_basics, err);
    if (!code && !l->options->no_traffic) {
        code = live_traffic_begin(l, &traffic, err);
    }
    if (!code) {
        code = step(l, "catalogue", live_catalog, err);
    }
    if (!code) {
        code = step(l, "sizes", live_sizes, err);
    }
    if (!code) {
        code = step(l, "column statistics", live_column_stats, err);
    }
    if (!code && traffic) {
        code = live_traffic_end(traffic, err);
    }
    return code;
}

enum lc_code snapshot_from_server(struct server *server, const struct snapshot_options *options, struct lc_arena *arena,
                                  struct snapshot **out, struct lc_error *err)
{
    struct lc_error own = {0};
    struct live l = {
        .server = server, .arena = arena, .options = options, .tables = LC_NEW(arena, struct snap_tables), .locked = "{}"};
    err = err ? err : &own;
    lc_map_init(&l.columns, arena);
    lc_map_init(&l.locked_names, arena);
    enum lc_code code = read_all(&l, err);
    *out = code ? NULL : snap_build(arena, l.tables, SNAP_LIVE, NULL);
    if (*out) {
        (*out)->no_query_text = options->no_query_text;
    }
    return code;
}
