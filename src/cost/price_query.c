// Queries and DML: the planner says how many rows and by which nodes; the constants say what a row costs.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cost/price.h"

#define DEFAULT_EQ_SEL 0.005 // utils/selfuncs.h
#define RANDOM_ROW_NS 400.0  // following an index to one row in memory, against reading it in order
#define SHARED_ENTRY 1.9     // of an entry in a temporary table's index: locks and pages of shared_buffers
#define LOGICAL_ENTRY 4.2 // an entry for a new version of an indexed row: the page is cleaned of old versions first (nbtdedup.c)
// ... in batches that commit: the versions of earlier batches on the page are dead, and are cleaned away (_bt_bottomupdel_pass). 1.77 on PostgreSQL 15.
#define BATCHED_ENTRY 1.77
#define SORTED_ENTRY 0.45 // an entry at the right end of the index

static bool writes_table(const struct footprint *fp)
{
    return lc_streq(fp->command, "CREATE TABLE AS") || lc_streq(fp->command, "SELECT INTO") ||
           lc_streq(fp->command, "REFRESH MATERIALIZED VIEW") || lc_streq(fp->command, "CREATE MATERIALIZED VIEW");
}

static const struct cat_relation *node_relation(const struct pricing *p, const struct snap_plan_node *n)
{
    return n->relation ? cat_find_relation(p->snap->cat, n->schema, n->relation) : NULL;
}

// Rows that the children of node i give it.
static double rows_in(const struct snap_plan *plan, int i)
{
    double rows = 0;

    for (int k = i + 1; k < plan->nnodes && plan->nodes[k].depth > plan->nodes[i].depth; k++)
        if (plan->nodes[k].depth == plan->nodes[i].depth + 1)
            rows += plan->nodes[k].rows;
    return rows;
}

static void price_seq_scan(const struct pricing *p, struct price *to, const struct snap_plan_node *n,
                           const struct cat_relation *rel)
{
    price_read_pages(p, to, rel);
    price_term(p, to, COST_SCAN_ROW_NS, price_rows(rel));
    if (n->rows < 0.99 * price_rows(rel)) {
        price_term(p, to, COST_EXPR_ROW_NS, price_rows(rel));
        price_term(p, to, COST_EXPR_OP_NS, 2 * price_rows(rel));
    }
    price_term(p, to, COST_EXPR_ROW_NS, n->rows); // projection
}

static double counted(double value)
{
    return isnan(value) ? 0 : value;
}

// Rows written since the table was vacuumed, each on a page that is no longer all visible: RelationGetBufferForTuple looks for any page with
// room, so new rows, too, go to pages all over a table that VACUUM has left some room on.
static double written_since_vacuum(const struct pricing *p, const struct cat_relation *rel)
{
    const struct snap_traffic *t = &p->snap->traffic;

    for (int i = 0; i < t->ntables; i++) {
        const struct snap_table_counters *c = &t->tables[i];
        double since = t->database.since, vacuum = fmax(counted(c->last_vacuum), counted(c->last_autovacuum)), share;
        if (c->relid != rel->o.oid)
            continue;
        share =
            vacuum > since && p->snap->server.now > since ? (p->snap->server.now - vacuum) / (p->snap->server.now - since) : 1;
        return fmax(share, 0) * (counted(c->n_tup_ins) + 2 * counted(c->n_tup_upd) + counted(c->n_tup_del));
    }
    return 0;
}

// Share of an Index Only Scan's rows that are looked at in the heap.
static double fetched_share(const struct pricing *p, const struct cat_relation *rel)
{
    double pages = fmax(price_pages(rel), 1), visible = fmin(fmax(rel->size.allvisible_pages, 0) / pages, 1);

    return 1 - visible * exp(-written_since_vacuum(p, rel) / pages);
}

bool price_looks_up_keys(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;

    for (int i = 0; plan && plan->known && i < plan->nnodes; i++)
        if (strcmp(plan->nodes[i].type, "Nested Loop") == 0) {
            price_term(p, to, COST_AGG_ROW_NS, rows);
            to->ms += rows * RANDOM_ROW_NS * 1e-6;
            return true;
        }
    return false;
}

// How often a node that goes by an index turns to a page of the heap: for each row, but for each page only where it comes to the rows in their order,
// by a bitmap (nodeBitmapHeapscan.c) or by an index that is in the table's.
static double heap_visits(const struct pricing *p, const struct snap_plan_node *n, const struct cat_relation *rel)
{
    const struct cat_relation *index = n->index ? cat_find_relation(p->snap->cat, n->schema, n->index) : NULL;
    bool in_order = index && index->index && rel && price_comes_sorted(rel, index->index);

    if (strncmp(n->type, "Bitmap", 6) == 0 && strcmp(n->type, "Bitmap Heap Scan") != 0)
        return 0;
    if (rel && strcmp(n->type, "Index Only Scan") == 0)
        return fetched_share(p, rel) * n->rows;
    if (rel && (in_order || strcmp(n->type, "Bitmap Heap Scan") == 0))
        return price_touched(price_pages(rel), n->rows, price_rows(rel), in_order);
    return n->rows;
}

static void price_node(const struct pricing *p, struct price *to, const struct snap_plan *plan, int i)
{
    const struct snap_plan_node *n = &plan->nodes[i];
    const struct cat_relation *rel = node_relation(p, n);
    double in = rows_in(plan, i);

    if (strcmp(n->type, "Seq Scan") == 0 && rel)
        price_seq_scan(p, to, n, rel);
    else if (strstr(n->type, "Index") || strstr(n->type, "Bitmap")) {
        price_term(p, to, COST_AGG_ROW_NS, n->rows);
        to->ms += heap_visits(p, n, rel) * RANDOM_ROW_NS * 1e-6;
    } else if (strcmp(n->type, "Sort") == 0 || strcmp(n->type, "Incremental Sort") == 0)
        price_sort(p, to, COST_SORT_OTHER_NS, in, n->width + 48, p->work_mem);
    else if (strcmp(n->type, "Aggregate") == 0)
        price_term(p, to, n->rows > 1 ? COST_GROUP_ROW_NS : COST_AGG_ROW_NS, in);
    else if (strcmp(n->type, "ModifyTable") != 0)
        price_term(p, to, COST_AGG_ROW_NS, fmax(in, n->rows));
}

// Nodes below a Gather run in its workers and in the leader.
static void price_plan(const struct pricing *p, struct price *to, const struct snap_plan *plan)
{
    int gather = -1;
    double lanes = 1;

    for (int i = 0; i < plan->nnodes; i++) {
        const struct snap_plan_node *n = &plan->nodes[i];
        struct price part = {0};
        if (gather >= 0 && n->depth <= plan->nodes[gather].depth)
            gather = -1;
        price_node(p, &part, plan, i);
        price_add_shared(to, &part, gather >= 0 ? lanes : 1);
        if (n->workers > 0) {
            gather = i;
            lanes = fmin(n->workers + 1, fmax(p->cores, 1));
            price_term(p, to, COST_WORKER_MS, 1);
            to->cores = lanes;
        }
    }
}

// Keys from an Index Only Scan: the entries of `rows` keys without a NULL (`fk.key IS NOT NULL` is its Index Cond), the join of each, and no
// heap where a page is all visible.
bool price_keys_by_index(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;
    bool by_index = false;

    for (int i = 0; plan && plan->known && i < plan->nnodes; i++)
        if (strcmp(plan->nodes[i].type, "Index Only Scan") == 0) {
            const struct cat_relation *rel = node_relation(p, &plan->nodes[i]);
            by_index = by_index || (rel && rel->o.oid == w->rel->o.oid);
        }
    if (!by_index)
        return false;
    price_term(p, to, COST_AGG_ROW_NS, 3 * rows);
    if (!price_looks_up_keys(p, to, w, rows))
        price_term(p, to, COST_AGG_ROW_NS, w->other ? 2 * price_rows(w->other) : 0);
    to->ms += fetched_share(p, w->rel) * rows * RANDOM_ROW_NS * 1e-6;
    price_widen(to, 0.3);
    return true;
}

// --- what the planner guesses ---------------------------------------------------------------------------------------------------------

const Node *price_where(const Node *query)
{
    const SelectStmt *s = AS(SelectStmt, query);
    const UpdateStmt *u = AS(UpdateStmt, query);
    const DeleteStmt *d = AS(DeleteStmt, query);
    const InsertStmt *i = AS(InsertStmt, query);

    return s ? s->whereClause : u ? u->whereClause : d ? d->whereClause : i && i->selectStmt ? price_where(i->selectStmt) : NULL;
}

// x % k = c: the planner has no statistics of it and takes DEFAULT_EQ_SEL; one row in k is the better guess, for remainders that are spread
// evenly as those of a sequence are: an assumption (docs/model-cost.md). 0: not of that form.
static double modulus(const Node *where)
{
    const A_Expr *e = AS(A_Expr, where), *left = e ? AS(A_Expr, e->lexpr) : NULL;
    const A_Const *k = left ? AS(A_Const, left->rexpr) : NULL;

    if (!left || !k || e->kind != AEXPR_OP || !lc_streq(list_last_name(&e->name), "=") ||
        !lc_streq(list_last_name(&left->name), "%"))
        return 0;
    return IsA(k->val, Integer) ? fabs((double)AS(Integer, k->val)->ival) : 0;
}

// By how much the rows of a plan are to be corrected, where one clause without statistics decided them (DEFAULT_EQ_SEL, utils/selfuncs.h).
static double correction(const struct pricing *p, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                         double rows)
{
    const Node *where = price_where(w->query);
    double k = where ? modulus(where) : 0;

    for (int i = 0; where && i < plan->nnodes; i++) {
        const struct cat_relation *rel = node_relation(p, &plan->nodes[i]);
        double all = rel ? price_rows(rel) : 0;
        if (all < 1000 || fabs(rows / all - DEFAULT_EQ_SEL) > 0.02 * DEFAULT_EQ_SEL)
            continue;
        price_widen(to, k > 0 ? 0.15 : 1.2);
        price_unsure(to, k > 0 ? 0.15 : 1.2);
        return k > 0 ? 1 / (k * DEFAULT_EQ_SEL) : 1;
    }
    return 1;
}

// Groups of an expression are at most as many as it can have values; the planner takes as many as its columns have (estimate_num_groups,
// utils/adt/selfuncs.c).
static double grouped_rows(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    bool assumed;
    double groups = price_groups(p, w->query, &assumed);

    if (groups < HUGE_VAL && price_group_items(w->query) > 1) { // as if they had nothing to do with each other
        price_widen(to, 0.25);
        price_unsure(to, 0.5);
    }
    if (groups >= rows)
        return rows;
    price_widen(to, assumed ? 0.4 : 0.15);
    price_unsure(to, assumed ? 0.8 : 0.2);
    return groups;
}

static double leaf_rows(const struct pricing *p, const struct fp_work *w)
{
    struct price_leaves leaves;
    double rows = 0;

    price_leaves_of(p, w, NULL, HUGE_VAL, &leaves);
    for (int i = 0; i < leaves.len; i++)
        rows += price_rows(leaves.items[i].rel);
    return rows;
}

static double plan_rows(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;
    double growth = p->options->growth > 0 ? p->options->growth : 1;

    if (plan && plan->known) {
        price_plan(p, to, plan);
        out->basis = p->options->calibration ? "planner's rows, calibrated" : "planner's rows, default constants";
        price_widen(to, 0.12);
        price_unsure(to, 0.1);
        return grouped_rows(p, to, w, growth * plan->rows * correction(p, to, w, plan, plan->rows));
    }
    price_widen(to, 1.2);
    price_unsure(to, 1.2);
    out->basis = "no plan: as if every row were touched";
    if (w->rel && price_has_leaves(w))
        return leaf_rows(p, w);
    if (w->rel)
        price_scan(p, to, w->rel, NULL);
    return w->rel ? price_rows(w->rel) : 0;
}

// Does an UPDATE set a column of some index? Then every index gets an entry; else only rows that find no room on their page need one.
static bool touches_index(const struct pricing *p, const struct fp_work *w, const NodeList *set)
{
    for (int i = 0; i < w->rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(p->snap->cat, w->rel->indexes.items[i]);
        for (int k = 0; index && index->index && k < index->index->natts; k++)
            for (int c = 0; c < set->length; c++) {
                const ResTarget *t = LIST_GET(ResTarget, set, c);
                const struct cat_attribute *att = t && t->name ? cat_find_column(w->rel, t->name) : NULL;
                if (att && index->index->keys[k] == att->attnum)
                    return true;
            }
    }
    return false;
}

// Entries that `rows` new versions or rows put into the indexes, in units of one that goes to a random place.
// `versions_of` NULL: of new rows.
static void price_entries(const struct pricing *p, struct price *to, const struct cat_relation *rel, double rows,
                          const struct fp_work *versions_of)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(p->snap->cat, rel->indexes.items[i]);
        double unit = versions_of ? LOGICAL_ENTRY : SHARED_ENTRY;
        if (index && index->index && price_comes_sorted(rel, index->index))
            unit *= SORTED_ENTRY;
        else if (versions_of && p->options->in_batches && cat_major(p->snap->cat) >= 14)
            unit *= BATCHED_ENTRY;
        price_term(p, to, COST_INDEX_ENTRY_NS, rows * unit);
        if (price_is_logged(p, rel))
            price_term(p, to, COST_WAL_RECORD_NS, rows);
    }
    if (rel->indexes.len)
        price_widen(to, 0.2);
    price_entry_changes(p, to, rel, versions_of, rows);
}

// Pages of a table that does not fit in shared_buffers are written out by the scan that changed them (BAS_BULKREAD, freelist.c).
static void price_dirty(const struct pricing *p, struct price *to, const struct cat_relation *rel, double rows)
{
    double pages = price_pages(rel);

    if (pages * COST_PAGE > p->shared_buffers / 4)
        price_term(p, to, COST_WRITE_PAGE_US, 0.45 * fmin(pages, rows));
}

// Room for new versions on the pages as they are, in parts of the rows there: what fillfactor left and what dead rows will give back.
static double free_share(const struct cat_relation *rel)
{
    double fill = price_fillfactor(rel, 1), dead = rel->size.dead_tuples > 0 ? rel->size.dead_tuples : 0;

    return (1 - fill) / fill + dead / fmax(price_rows(rel), 1);
}

static void price_update(const struct pricing *p, struct price *to, const struct fp_work *w, const NodeList *set, double rows)
{
    double share = fmin(1, rows / fmax(price_rows(w->rel), 1)), row = price_row_bytes(w->rel),
           kept = free_share(w->rel) / fmax(share, 0.01);
    double same_page = fmin(1, kept), hot = touches_index(p, w, set) ? 0 : same_page;

    for (int i = 0; i < set->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, set, i);
        if (t)
            price_expr(p, to, w->rel, t->val, rows);
    }
    price_triggers(p, to, w->rel, TRIGGER_TYPE_UPDATE, set, rows);
    price_term(p, to, COST_UPDATE_ROW_NS, rows);
    if (p->wal)
        price_term(p, to, COST_UPDATE_SHARED_ROW_NS, rows);
    if (hot < 1)
        price_term(p, to, COST_WRITE_PAGE_US, rows * row / COST_PAGE * (1 - hot));
    price_dirty(p, to, w->rel, rows);
    price_update_change(p, to, w, rows, same_page);
    price_entries(p, to, w->rel, rows * (1 - hot), w);
}

static void price_delete(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    price_triggers(p, to, w->rel, TRIGGER_TYPE_DELETE, NULL, rows);
    price_term(p, to, COST_DELETE_ROW_NS, rows);
    price_dirty(p, to, w->rel, rows);
    price_delete_change(p, to, w, rows);
}

// A row of a query's result: as wide as the planner says, but for the NULLs.
static struct price_row planned_row(const struct snap_plan *plan, const struct price_output *output)
{
    if (plan && plan->known && plan->width > 0)
        return price_row_of_width(fmax(plan->width - output->null_bytes, 1));
    return price_row_of_width(76);
}

// What a row of an INSERT takes: as those that are there.
static struct price_row inserted_row(const struct pricing *p, const struct cat_relation *rel, const struct snap_plan *plan,
                                     const struct price_output *output)
{
    return price_rows(rel) >= 1 ? price_row_of(p, rel) : planned_row(plan, output);
}

// A materialized view that is filled has about as many rows afterwards: better than the planner's guess of the number of groups. -1: not known.
static double refreshed_rows(const struct fp_work *w, const struct snap_plan *plan)
{
    if (!w->rel || w->rel->relkind != 'm' || !w->rel->size.known || price_pages(w->rel) < 1)
        return -1;
    return w->rel->size.tuples > 0 ? w->rel->size.tuples
                                   : price_pages(w->rel) * COST_PAGE / planned_row(plan, &(struct price_output){0}).bytes;
}

static void price_insert(const struct pricing *p, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                         double rows)
{
    struct price_output output;
    struct price_row row;

    price_query_output(p, w->query, plan, &output);
    row = inserted_row(p, w->rel, plan, &output);
    price_heap_write(p, to, COST_INSERT_ROW_NS, rows, &row);
    price_toast_new(p, to, output.toast_bytes * (plan && plan->rows > 0 ? fmin(rows / plan->rows, 1) : 1), rows * row.bytes);
    price_fill(p, w->rel, rows, rows * row.bytes, true);
    if (p->wal) // without the ring of bulk writes: pages stay in shared_buffers
        price_term(p, to, COST_SHARED_PAGE_US, 2 * rows * row.bytes / COST_PAGE);
    price_triggers(p, to, w->rel, TRIGGER_TYPE_INSERT, NULL, rows);
    price_entries(p, to, w->rel, rows, NULL);
}

static void price_refresh(const struct pricing *p, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                          struct cost_item *out)
{
    struct price_output output;
    struct price_row row;

    price_query_output(p, w->query, plan, &output);
    row = w->rel->size.tuples > 0 ? price_new_row_of(p, w->rel, NULL) : planned_row(plan, &output);
    out->rows = refreshed_rows(w, plan);
    price_heap_write(p, to, COST_INSERT_ROW_NS, out->rows, &row);
    to->disk_bytes -= row.bytes * out->rows;
    price_replace(to, price_bulk_bytes(p, row.bytes * out->rows), price_pages(w->rel) * COST_PAGE);
    if (w->rel->size.toast_bytes > 0) {
        price_term(p, to, COST_TOAST_BYTE_NS, w->rel->size.toast_bytes);
        price_toast_write(p, to, w->rel);
    }
}

static void price_new_table(const struct pricing *p, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                            double rows)
{
    struct price_output output;
    struct price_row row;

    price_query_output(p, w->query, plan, &output);
    row = planned_row(plan, &output);
    price_heap_write(p, to, COST_INSERT_ROW_NS, rows, &row);
    to->disk_bytes += price_bulk_bytes(p, rows * row.bytes) - rows * row.bytes;
    price_toast_new(p, to, output.toast_bytes, rows * row.bytes);
    price_fill(p, w->rel, rows, rows * row.bytes, false);
}

// Each row goes to one WHEN clause at most (ExecMergeMatched, executor/nodeModifyTable.c), and nobody knows to which: as many to each, assumed.
static void price_merge_stmt(const struct pricing *p, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                             double rows)
{
    const NodeList *clauses = &AS(MergeStmt, w->query)->mergeWhenClauses;
    double part = rows / fmax(clauses->length, 1);

    for (int i = 0; i < clauses->length; i++) {
        const MergeWhenClause *when = LIST_GET(MergeWhenClause, clauses, i);
        if (when->commandType == CMD_UPDATE)
            price_update(p, to, w, &when->targetList, part);
        else if (when->commandType == CMD_DELETE)
            price_delete(p, to, w, part);
        else if (when->commandType == CMD_INSERT)
            price_insert(p, to, w, plan, part);
    }
    price_widen(to, 0.8);
    price_unsure(to, 0.8);
}

// What a statement changes in one table.
static void price_changes(const struct pricing *given, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                          double rows)
{
    const UpdateStmt *u = AS(UpdateStmt, w->query);
    struct pricing local = *given;
    const struct pricing *p = &local;

    local.wal = price_is_logged(given, w->rel);
    local.new_storage = given->minimal && w->rel->new_storage;
    if (u)
        price_update(p, to, w, &u->targetList, rows);
    else if (IsA(w->query, DeleteStmt))
        price_delete(p, to, w, rows);
    else if (IsA(w->query, MergeStmt))
        price_merge_stmt(p, to, w, plan, rows);
    else
        price_insert(p, to, w, plan, rows);
}

static void price_leaf_changes(const struct pricing *p, struct price *to, const struct fp_work *w, const struct snap_plan *plan,
                               double rows, struct cost_item *out)
{
    struct price_leaves leaves;

    price_leaves_of(p, w, plan, rows, &leaves);
    out->bytes = 0;
    for (int i = 0; i < leaves.len; i++) {
        struct fp_work part = *w;
        part.rel = leaves.items[i].rel;
        out->bytes += price_pages(part.rel) * COST_PAGE;
        if (!(plan && plan->known) && !IsA(w->query, InsertStmt))
            price_scan(p, to, part.rel, NULL);
        if (leaves.items[i].rows > 0)
            price_changes(p, to, &part, plan, leaves.items[i].rows);
    }
    if (!leaves.known) {
        out->known = false;
        out->basis = "the sizes of the partitions are not known";
    }
}

static bool changes_rows(const Node *query)
{
    return IsA(query, UpdateStmt) || IsA(query, DeleteStmt) || IsA(query, InsertStmt) || IsA(query, MergeStmt);
}

void price_query(const struct pricing *given, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    struct pricing local = *given;
    const struct pricing *p = &local;
    double rows = plan_rows(p, to, w, out);
    const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;

    local.wal = !w->rel || price_is_logged(given, w->rel);
    local.new_storage = given->minimal && (writes_table(p->fp) || (w->rel && w->rel->new_storage));
    out->rows = rows;
    if (w->rel && changes_rows(w->query)) {
        if (price_has_leaves(w))
            price_leaf_changes(given, to, w, plan, rows, out);
        else
            price_changes(given, to, w, plan, rows);
    } else if (refreshed_rows(w, plan) >= 0 && lc_streq(p->fp->command, "REFRESH MATERIALIZED VIEW")) {
        price_refresh(p, to, w, plan, out);
    } else if (lc_streq(p->fp->command, "REFRESH MATERIALIZED VIEW") && !(plan && plan->known)) { // made in this deploy
        out->known = false;
        out->basis = "nobody can be asked what the new materialized view will hold";
    } else if (writes_table(p->fp)) {
        price_new_table(p, to, w, plan, rows);
    }
}
