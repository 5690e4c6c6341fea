// The catalogue, sizes and column statistics of a live server: one query per subject, in short transactions.
#include <string.h>

#include "embedded.h"
#include "snapshot/live.h"
#include "sql/sql.h"

#define PAGE_ROWS 100000       // LIMIT of the queries that are read page by page
#define EXACT_SIZES_MAX "5000" // the others' relpages have to do

static const struct subject_query {
    enum snap_subject subject;
    const char *sql;
} queries[] = {
    {SUBJECT_namespace, lc_file_namespace_sql},
    {SUBJECT_extension, lc_file_extension_sql},
    {SUBJECT_type, lc_file_type_sql},
    {SUBJECT_relation, lc_file_relation_sql},
    {SUBJECT_index, lc_file_index_sql},
    {SUBJECT_constraint, lc_file_constraint_sql},
    {SUBJECT_inherits, lc_file_inherits_sql},
    {SUBJECT_sequence, lc_file_sequence_sql},
    {SUBJECT_partition_key, lc_file_partition_key_sql},
    {SUBJECT_view, lc_file_view_sql},
    {SUBJECT_rule, lc_file_rule_sql},
    {SUBJECT_trigger, lc_file_trigger_sql},
    {SUBJECT_policy, lc_file_policy_sql},
    {SUBJECT_function, lc_file_function_sql},
    {SUBJECT_cast, lc_file_cast_sql},
    {SUBJECT_operator, lc_file_operator_sql},
    {SUBJECT_opclass, lc_file_opclass_sql},
    {SUBJECT_statistics, lc_file_statistics_sql},
    {SUBJECT_publication, lc_file_publication_sql},
    {SUBJECT_event_trigger, lc_file_event_trigger_sql},
    {SUBJECT_publication_rel, lc_file_publication_rel_sql},
    {SUBJECT_other, lc_file_other_sql},
    {SUBJECT_depend, lc_file_depend_sql},
};

// The last row's relation and column number: where the next page begins.
static void next_page(const struct snap_tables *tables, enum snap_subject subject, const char *params[2])
{
    const char *const *row = snap_row(tables, subject, snap_nrows(tables, subject) - 1);
    params[0] = row[0];
    params[1] = row[1];
}

static enum lc_code fetch_attributes(struct live *l, struct lc_error *err)
{
    const char *params[2] = {"0", "0"};
    for (int before = 0, n = PAGE_ROWS; n == PAGE_ROWS;) {
        enum lc_code code = live_fetch(l, SUBJECT_attribute, lc_file_attribute_sql, params, true, err);
        if (code) {
            return code;
        }
        n = snap_nrows(l->tables, SUBJECT_attribute) - before;
        before += n;
        if (n == PAGE_ROWS) {
            next_page(l->tables, SUBJECT_attribute, params);
        }
    }
    return LC_OK;
}

enum lc_code live_catalog(struct live *l, struct lc_error *err)
{
    enum lc_code code = live_begin(l, err);
    for (size_t i = 0; !code && i < sizeof queries / sizeof *queries; i++) {
        code = live_fetch(l, queries[i].subject, queries[i].sql, NULL, true, err);
    }
    if (!code) {
        code = fetch_attributes(l, err);
    }
    live_mark(l, SNAP_PART_CATALOG);
    return code ? code : live_end(l, err);
}

enum lc_code live_sizes(struct live *l, struct lc_error *err)
{
    const char *params[2] = {EXACT_SIZES_MAX, NULL};
    enum lc_code code = live_begin(l, err);
    if (!code && l->locked) {
        code = live_fetch(l, SUBJECT_size, lc_file_size_sql, params, false, err);
    }
    live_mark(l, SNAP_PART_SIZES);
    return code ? code : live_end(l, err);
}

static int analysed_relations(const struct snap_tables *tables)
{
    int n = 0;
    for (int i = 0; i < snap_nrows(tables, SUBJECT_relation); i++) {
        const char *const *row = snap_row(tables, SUBJECT_relation, i);
        n += strchr("rmp", snap_char(row[C_relation_relkind])) && snap_num(row[C_relation_reltuples]) > 0;
    }
    return n;
}

// pg_monitor alone sees nothing in pg_stats: that needs SELECT on the columns.
static void check_column_stats(struct live *l)
{
    if (l->statistic || snap_nrows(l->tables, SUBJECT_column_stats) > 0 || analysed_relations(l->tables) == 0) {
        return;
    }
    const char *user = lc_quote_ident(l->arena, server_user(l->server));
    live_gap(l, SNAP_PART_COLUMN_STATS, "column statistics (pg_stats)", "this role may not read the tables' columns",
             server_version_num(l->server) >= 140000
                 ? lc_printf(l->arena, "GRANT pg_read_all_data TO %s;", user)
                 : lc_printf(l->arena, "GRANT SELECT ON ALL TABLES IN SCHEMA ... TO %s;", user));
}

enum lc_code live_column_stats(struct live *l, struct lc_error *err)
{
    const char *params[2] = {"0", "0"};
    enum lc_code code = live_begin(l, err);
    for (int before = 0, n = PAGE_ROWS; !code && n == PAGE_ROWS;) {
        struct server_rows rows;
        code = live_rows(l, l->statistic ? lc_file_column_stats_sql : lc_file_column_stats_view_sql, params, &rows, err);
        if (!code) {
            code = live_add_rows(l, SUBJECT_column_stats, &rows, err);
        }
        n = snap_nrows(l->tables, SUBJECT_column_stats) - before;
        before += n;
        if (!code && n == PAGE_ROWS) {
            next_page(l->tables, SUBJECT_column_stats, params);
        }
    }
    if (code) {
        code = live_leave_gap(l, SNAP_PART_COLUMN_STATS, "column statistics", false, err);
    }
    check_column_stats(l);
    live_mark(l, SNAP_PART_COLUMN_STATS);
    return code ? code : live_end(l, err);
}
