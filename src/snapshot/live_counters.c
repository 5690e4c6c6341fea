// Counters of a live server at the first and the last look, texts of statements, and how long the looking lasts.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "embedded.h"
#include "snapshot/live_traffic.h"
#include "sql/sql.h"

#define LOOKS_PER_WINDOW 8 // but not oftener than
#define LOOK_EVERY_MIN_MS 100
#define LOOK_EVERY_MAX_MS 1000 // pg_locks takes all lock partitions: once a second is enough on a busy server
#define STATEMENTS_MAX 5000

struct counters {
    struct server_rows statements, database, tables;
};

// pg_stat_statements may refuse: then it is a gap, and not asked again.
static enum lc_code read_counters(struct live *l, struct counters *c, struct lc_error *err)
{
    *c = (struct counters){0};
    enum lc_code code = live_begin(l, err);
    if (!code && l->statements) {
        code = live_rows(l, lc_file_statement_sql, NULL, &c->statements, err);
        if (code) {
            l->statements = NULL;
            code = live_leave_gap(l, SNAP_PART_STATEMENTS, "pg_stat_statements", false, err);
        }
    }
    if (!code) {
        code = live_rows(l, lc_file_database_sql, NULL, &c->database, err);
    }
    if (!code) {
        code = live_rows(l, lc_file_table_counter_sql, NULL, &c->tables, err);
    }
    return code ? code : live_end(l, err);
}

// --- what was counted between the two looks -----------------------------------------------------------------------------------

struct window_column {
    int to, from; // columns of the subject
};

static const struct window_column statement_windows[] = {{C_statement_window_calls, C_statement_calls},
                                                         {C_statement_window_total_ms, C_statement_total_ms},
                                                         {C_statement_window_rows, C_statement_rows}};
static const struct window_column database_windows[] = {
    {C_database_window_commits, C_database_xact_commit},
    {C_database_window_rollbacks, C_database_xact_rollback},
    {C_database_window_active_ms, C_database_active_ms},
    {C_database_window_idle_in_transaction_ms, C_database_idle_in_transaction_ms}};
static const struct window_column table_windows[] = {{C_table_counter_window_ins, C_table_counter_n_tup_ins},
                                                     {C_table_counter_window_upd, C_table_counter_n_tup_upd},
                                                     {C_table_counter_window_del, C_table_counter_n_tup_del},
                                                     {C_table_counter_window_seq_scan, C_table_counter_seq_scan},
                                                     {C_table_counter_window_idx_scan, C_table_counter_idx_scan}};
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

struct windows {
    enum snap_subject subject;
    const struct window_column *columns;
    int ncolumns;
    const char *keys[2]; // columns of the rows that name a row; NULL: there is only one
};

static const char *row_key(struct live *l, const struct server_rows *rows, int r, const struct windows *w)
{
    const char *a = w->keys[0] ? live_cell(rows, r, w->keys[0]) : "", *b = w->keys[1] ? live_cell(rows, r, w->keys[1]) : "";
    return lc_printf(l->arena, "%s %s", a, b);
}

// A row that was not there before counted from 0; a counter that went down was reset.
static void set_window(struct live *l, const struct windows *w, const char **row, const struct server_rows *before, int r)
{
    for (int i = 0; i < w->ncolumns; i++) {
        const char *name = snap_specs[w->subject].columns[w->columns[i].from].name;
        double was = r < 0 ? 0 : snap_num(live_cell(before, r, name)), is = snap_num(row[w->columns[i].from]);
        if (is >= was) {
            row[w->columns[i].to] = snap_format_num(l->arena, is - was);
        }
    }
}

static void set_windows(struct live *l, const struct windows *w, const struct server_rows *before,
                        const struct server_rows *after)
{
    struct lc_map index; // key -> index + 1
    lc_map_init(&index, l->arena);
    for (int r = 0; r < before->nrows; r++) {
        (void)lc_map_put(&index, row_key(l, before, r, w), (void *)((uintptr_t)r + 1));
    }
    struct snap_table *t = &l->tables->t[w->subject];
    for (int r = 0; r < after->nrows && r < t->nrows; r++) {
        int was = (int)(uintptr_t)lc_map_get(&index, row_key(l, after, r, w)) - 1;
        set_window(l, w, t->cells.items + (size_t)r * (size_t)snap_specs[w->subject].ncols, before, was);
    }
}

static enum lc_code add_counters(struct live_traffic *t, const struct counters *c, struct lc_error *err)
{
    struct live *l = t->l;
    static const struct windows all[] = {
        {SUBJECT_statement, statement_windows, COUNT(statement_windows), {"queryid", "toplevel"}},
        {SUBJECT_database, database_windows, COUNT(database_windows), {0}},
        {SUBJECT_table_counter, table_windows, COUNT(table_windows), {"relid", NULL}},
    };
    const struct server_rows *after[] = {&c->statements, &c->database, &c->tables},
                             *before[] = {&t->statements, &t->database, &t->tables};
    for (int i = 0; i < COUNT(all); i++) {
        enum lc_code code = live_add_rows(l, all[i].subject, after[i], err);
        if (code) {
            return code;
        }
        if (t->sampled) {
            set_windows(l, &all[i], before[i], after[i]);
        }
    }
    return LC_OK;
}

// --- texts of statements --------------------------------------------------------------------------------------------------------

static int by_total_time(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    double p = snap_num(x[C_statement_total_ms]), q = snap_num(y[C_statement_total_ms]);
    if (p > q || p < q) {
        return p > q ? -1 : 1;
    }
    int c = strcmp(x[C_statement_queryid], y[C_statement_queryid]);
    return c ? c : strcmp(x[C_statement_toplevel], y[C_statement_toplevel]);
}

// Keeps the statements that took most of the time; returns their queryids as an array literal.
static const char *keep_largest(struct live *l)
{
    struct snap_table *t = &l->tables->t[SUBJECT_statement];
    int max = l->options->statements_max > 0 ? l->options->statements_max : STATEMENTS_MAX;
    qsort(t->cells.items, (size_t)t->nrows, sizeof(char *) * C_statement_ncols, by_total_time);
    if (t->nrows > max) {
        live_gap(l, SNAP_PART_STATEMENTS, lc_printf(l->arena, "%d of %d statements", t->nrows - max, t->nrows),
                 "only those that took most of the time are kept", NULL);
        t->nrows = max;
        t->cells.len = max * C_statement_ncols;
    }
    struct lc_str ids;
    lc_str_init(&ids, l->arena, LC_STR_MAX);
    for (int i = 0; i < t->nrows; i++) {
        lc_str_addf(&ids, "%s%s", i ? "," : "{", t->cells.items[(size_t)i * C_statement_ncols + C_statement_queryid]);
    }
    lc_str_add(&ids, t->nrows ? "}" : "{}");
    return ids.text;
}

static void set_texts(struct live_traffic *t, const struct server_rows *texts)
{
    struct lc_map by_id;
    lc_map_init(&by_id, t->l->arena);
    for (int r = 0; r < texts->nrows; r++) {
        const char *raw = server_cell(texts, r, 1);
        if (raw && strcmp(raw, "<insufficient privilege>") != 0) {
            (void)lc_map_put(&by_id, server_cell(texts, r, 0), (void *)(uintptr_t)live_safe_text(t, raw));
        }
    }
    struct snap_table *statements = &t->l->tables->t[SUBJECT_statement];
    for (int i = 0; i < statements->nrows; i++) {
        const char **row = statements->cells.items + (size_t)i * C_statement_ncols;
        const struct live_text *text = lc_map_get(&by_id, row[C_statement_queryid]);
        row[C_statement_query] = text ? text->normalized : NULL;
        row[C_statement_fingerprint] = text ? text->fingerprint : "";
    }
}

static enum lc_code read_texts(struct live_traffic *t, struct lc_error *err)
{
    struct live *l = t->l;
    struct server_rows texts;
    const char *params[1] = {keep_largest(l)};
    enum lc_code code = live_begin(l, err);
    if (!code) {
        code = live_rows(l, lc_file_statement_text_sql, params, &texts, err);
    }
    if (!code) {
        set_texts(t, &texts);
        code = live_fetch(l, SUBJECT_statement_info, lc_file_statement_info_sql, NULL, false, err);
    } else {
        code = live_leave_gap(l, SNAP_PART_STATEMENTS, "texts of pg_stat_statements", false, err);
    }
    live_mark(l, SNAP_PART_STATEMENTS);
    return code ? code : live_end(l, err);
}

// --- the window ----------------------------------------------------------------------------------------------------------------

// Is there any sign of long transactions: one in flight, or sessions that spend their time idle in transaction? Only then is it
// worth the user's seconds to watch for how long they last.
static enum lc_code long_ones_about(struct live *l, bool *about, struct lc_error *err)
{
    struct server_rows rows;
    enum lc_code code = live_begin(l, err);

    *about = true;
    if (!code) {
        code = live_rows(l, lc_file_long_ones_sql, NULL, &rows, err);
    }
    if (!code) {
        *about = rows.nrows == 1 && lc_streq(server_cell(&rows, 0, 0), "t");
    }
    return code ? code : live_end(l, err);
}

enum lc_code live_traffic_begin(struct live *l, struct live_traffic **out, struct lc_error *err)
{
    struct live_traffic *t = LC_NEW(l->arena, struct live_traffic);
    struct server_rows locks;
    t->l = l;
    lc_map_init(&t->numbers, l->arena);
    lc_map_init(&t->texts, l->arena);
    *out = t;
    if (l->options->sample_ms <= 0) {
        return LC_OK;
    }
    struct counters c;
    enum lc_code code = read_counters(l, &c, err);
    t->statements = c.statements;
    t->database = c.database;
    t->tables = c.tables;
    t->sampled = true;
    t->window_ms = l->options->sample_ms;
    if (!code && l->options->quiet_ms > 0 && l->options->quiet_ms < t->window_ms) {
        bool about;
        code = long_ones_about(l, &about, err);
        t->window_ms = about ? t->window_ms : l->options->quiet_ms;
    }
    return code ? code : live_look(t, &locks, err);
}

// Ctrl-C ends it early; the next query then says so.
static void sleep_ms(double ms)
{
    struct timespec ts = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(fmod(ms, 1000) * 1e6)};
    (void)nanosleep(&ts, NULL);
}

static enum lc_code look_until_end(struct live_traffic *t, struct server_rows *locks, struct lc_error *err)
{
    double window = t->window_ms, every = window / LOOKS_PER_WINDOW;
    every = every < LOOK_EVERY_MIN_MS ? LOOK_EVERY_MIN_MS : every > LOOK_EVERY_MAX_MS ? LOOK_EVERY_MAX_MS : every;
    for (;;) {
        enum lc_code code = live_look(t, locks, err);
        double left = t->sampled ? window - (t->last_at - t->first_at) : 0;
        if (code || !(left >= 1)) {
            return code;
        }
        sleep_ms(left < every ? left : every);
    }
}

enum lc_code live_traffic_end(struct live_traffic *t, struct lc_error *err)
{
    struct server_rows locks;
    struct counters c;
    enum lc_code code = look_until_end(t, &locks, err);
    if (!code) {
        code = live_bystanders(t, &locks, err);
    }
    if (!code) {
        code = read_counters(t->l, &c, err);
    }
    if (!code) {
        code = add_counters(t, &c, err);
    }
    live_mark(t->l, SNAP_PART_COUNTERS);
    live_mark(t->l, SNAP_PART_ACTIVITY);
    return code || !t->l->statements ? code : read_texts(t, err);
}
