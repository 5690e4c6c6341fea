// The planner's answers: asked with EXPLAIN (never ANALYZE), kept without literals, found again by the statement's text.
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "snapshot/tables.h"
#include "sql/sql.h"

#define MAX_NODES 500
#define MAX_DEPTH 100

// Statements that differ in a literal only have different plans: a hash of the text tells them apart and gives nothing away.
static const char *plan_key(struct lc_arena *arena, const char *sql)
{
    return lc_printf(arena, "%s-%016llx", lc_sql_fingerprint(arena, sql), (unsigned long long)lc_hash(sql));
}

// --- the server's answer into rows ------------------------------------------------------------------------------------------------

struct answer {
    struct snapshot *snap;
    const char *key;
    int nodes;
};

static const char *member_text(struct lc_arena *arena, const cJSON *plan, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(plan, name);
    return cJSON_IsString(item) ? lc_strdup(arena, item->valuestring) : NULL;
}

static const char *member_number(struct lc_arena *arena, const cJSON *plan, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(plan, name);
    return cJSON_IsNumber(item) ? snap_format_num(arena, item->valuedouble) : NULL;
}

// Conditions and outputs are left out: they have literals in them.
static void add_node(struct answer *a, const cJSON *plan, int depth)
{
    struct lc_arena *arena = a->snap->arena;
    if (depth > MAX_DEPTH || a->nodes++ >= MAX_NODES) {
        return;
    }
    const char *workers = member_number(arena, plan, "Workers Planned"), *type = member_text(arena, plan, "Node Type");
    const char **row = snap_add_row(arena, a->snap->tables, SUBJECT_plan_node);
    row[C_plan_node_key] = a->key;
    row[C_plan_node_depth] = lc_printf(arena, "%d", depth);
    row[C_plan_node_type] = type ? type : "";
    row[C_plan_node_operation] = member_text(arena, plan, "Operation");
    row[C_plan_node_schema] = member_text(arena, plan, "Schema");
    row[C_plan_node_relation] = member_text(arena, plan, "Relation Name");
    row[C_plan_node_index] = member_text(arena, plan, "Index Name");
    row[C_plan_node_rows] = member_number(arena, plan, "Plan Rows");
    row[C_plan_node_width] = member_number(arena, plan, "Plan Width");
    row[C_plan_node_startup_cost] = member_number(arena, plan, "Startup Cost");
    row[C_plan_node_total_cost] = member_number(arena, plan, "Total Cost");
    row[C_plan_node_workers] = workers ? workers : "0";
    const cJSON *child;
    cJSON_ArrayForEach(child, cJSON_GetObjectItemCaseSensitive(plan, "Plans"))
    {
        add_node(a, child, depth + 1);
    }
}

// The rows that a ModifyTable changes are its child's.
static const cJSON *rows_of(const cJSON *plan)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(plan, "Node Type");
    const cJSON *plans = cJSON_GetObjectItemCaseSensitive(plan, "Plans");
    bool modifies = cJSON_IsString(type) && strcmp(type->valuestring, "ModifyTable") == 0;
    return modifies && plans && plans->child ? plans->child : plan;
}

static bool keep_answer(struct snapshot *snap, const char *key, const char *json)
{
    cJSON *doc = cJSON_Parse(json);
    const cJSON *plan = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(doc, 0), "Plan");
    if (cJSON_IsObject(plan)) {
        struct answer a = {.snap = snap, .key = key};
        const char **row = snap_add_row(snap->arena, snap->tables, SUBJECT_plan);
        row[C_plan_key] = key;
        row[C_plan_known] = "t";
        row[C_plan_rows] = member_number(snap->arena, rows_of(plan), "Plan Rows");
        row[C_plan_width] = member_number(snap->arena, rows_of(plan), "Plan Width");
        row[C_plan_total_cost] = member_number(snap->arena, plan, "Total Cost");
        add_node(&a, plan, 0);
    }
    bool kept = cJSON_IsObject(plan);
    cJSON_Delete(doc);
    return kept;
}

// --- rows into plans ---------------------------------------------------------------------------------------------------------------

static struct snap_plan_node plan_node(const char *const *row)
{
    return (struct snap_plan_node){
        .depth = snap_int(row[C_plan_node_depth]),
        .type = row[C_plan_node_type] ? row[C_plan_node_type] : "",
        .operation = row[C_plan_node_operation],
        .schema = row[C_plan_node_schema],
        .relation = row[C_plan_node_relation],
        .index = row[C_plan_node_index],
        .rows = snap_num(row[C_plan_node_rows]),
        .width = snap_num(row[C_plan_node_width]),
        .startup_cost = snap_num(row[C_plan_node_startup_cost]),
        .total_cost = snap_num(row[C_plan_node_total_cost]),
        .workers = snap_int(row[C_plan_node_workers]),
    };
}

static struct snap_plan *add_plan(struct snapshot *snap, const char *const *row)
{
    struct snap_plan *plan = LC_NEW(snap->arena, struct snap_plan);
    *plan = (struct snap_plan){
        .known = snap_bool(row[C_plan_known]),
        .why = row[C_plan_why],
        .rows = snap_num(row[C_plan_rows]),
        .width = snap_num(row[C_plan_width]),
        .total_cost = snap_num(row[C_plan_total_cost]),
    };
    (void)lc_map_put(&snap->plans, row[C_plan_key] ? row[C_plan_key] : "", plan);
    return plan;
}

// Nodes of one plan lie together, from row `first` on.
static void add_nodes(struct snapshot *snap, struct snap_plan *plan, const char *key, int first)
{
    int nrows = snap_nrows(snap->tables, SUBJECT_plan_node), n = 0;
    while (first + n < nrows && lc_streq(snap_row(snap->tables, SUBJECT_plan_node, first + n)[C_plan_node_key], key)) {
        n++;
    }
    plan->nodes = LC_NEW_ARRAY(snap->arena, struct snap_plan_node, n);
    plan->nnodes = n;
    for (int i = 0; i < n; i++) {
        plan->nodes[i] = plan_node(snap_row(snap->tables, SUBJECT_plan_node, first + i));
    }
}

void snap_build_plans(struct snapshot *snap)
{
    lc_map_init(&snap->plans, snap->arena);
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_plan); i++) {
        (void)add_plan(snap, snap_row(snap->tables, SUBJECT_plan, i));
    }
    for (int i = 0; i < snap_nrows(snap->tables, SUBJECT_plan_node); i++) {
        const char *key = snap_row(snap->tables, SUBJECT_plan_node, i)[C_plan_node_key];
        struct snap_plan *plan = key ? lc_map_get(&snap->plans, key) : NULL;
        if (plan && !plan->nodes) {
            add_nodes(snap, plan, key, i);
        }
    }
}

// --- asking --------------------------------------------------------------------------------------------------------------------------

static enum lc_code run_explain(struct snapshot *snap, struct server *server, const char *sql, struct server_rows *rows,
                                bool *unchangeable, struct lc_error *err)
{
    const char *explain = lc_printf(snap->arena, "EXPLAIN (VERBOSE, FORMAT JSON) %s", sql);
    struct lc_error at_end = {0};
    enum lc_code code = server_begin_read(server, 0, err);
    if (!code) {
        code = server_set_search_path(server, cat_setting(snap->cat, "search_path"), err);
    }
    if (!code) {
        code = server_query(server, snap->arena, explain, NULL, 0, rows, err);
    }
    *unchangeable = code && (strcmp(server_sqlstate(server), "42501") == 0 || strcmp(server_sqlstate(server), "42703") == 0);
    enum lc_code ended = server_end(server, &at_end);
    return code ? code : ended;
}

// NULL: the answer is kept. Else why there is none. Where the role may not write, or sets a column that the deploy adds first, the rows
// that the statement picks are asked for instead.
static const char *ask(struct snapshot *snap, struct server *server, const char *key, const char *sql)
{
    struct server_rows rows = {0};
    struct lc_error err = {0};
    bool unchangeable;
    enum lc_code code = run_explain(snap, server, sql, &rows, &unchangeable, &err);
    const char *select = unchangeable ? lc_sql_rows_query(snap->arena, sql) : NULL;
    if (select) {
        code = run_explain(snap, server, select, &rows, &unchangeable, &err);
    }
    if (code) {
        return err.message[0] ? lc_strdup(snap->arena, err.message) : "the server was lost";
    }
    return rows.nrows > 0 && keep_answer(snap, key, server_cell(&rows, 0, 0)) ? NULL
                                                                              : "the server's answer to EXPLAIN is no plan";
}

static const struct snap_plan *refusal(struct snapshot *snap, const char *key, const char *why)
{
    const char **row = snap_add_row(snap->arena, snap->tables, SUBJECT_plan);
    row[C_plan_key] = key;
    row[C_plan_known] = "f";
    row[C_plan_why] = why;
    return add_plan(snap, row);
}

// Only what EXPLAIN itself takes, and one statement only: the text goes to the server behind the word EXPLAIN.
static bool explainable(struct lc_arena *arena, const char *sql)
{
    const Node *tree = lc_sql_parse_one(arena, sql, NULL);
    switch (nodeTag(tree)) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_CreateTableAsStmt:
        return true;
    default:
        return false;
    }
}

const struct snap_plan *snapshot_explain(struct snapshot *snap, struct server *server, const char *sql)
{
    static const struct snap_plan nobody = {.why = "there is no server to ask", .rows = NAN, .width = NAN, .total_cost = NAN};
    if (!server && !snap->plans.len) {
        return &nobody; // without a fingerprint for each statement
    }
    const char *key = plan_key(snap->arena, sql);
    const struct snap_plan *known = lc_map_get(&snap->plans, key);
    if (known || !server) {
        return known ? known : &nobody;
    }
    int first = snap_nrows(snap->tables, SUBJECT_plan_node);
    const char *why = explainable(snap->arena, sql) ? ask(snap, server, key, sql) : "EXPLAIN does not take such a statement";
    if (why) {
        return refusal(snap, key, why);
    }
    struct snap_plan *plan = add_plan(snap, snap_row(snap->tables, SUBJECT_plan, snap_nrows(snap->tables, SUBJECT_plan) - 1));
    add_nodes(snap, plan, key, first);
    return plan;
}
