// Queries and DML: the planner says how many rows and by which nodes; the constants say what a row costs.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "cost/price.h"

#define WAL_UPDATE_BYTES 60.0 // xl_heap_update and record header, beside the new tuple
#define WAL_INDEX_BYTES 64.0  // xl_btree_insert with its entry
#define WAL_DELETE_BYTES 54.0
#define RANDOM_ROW_NS 900.0 // following an index to one row in memory, against reading it in order

static bool writes_table(const struct footprint *fp)
{
    return lc_streq(fp->command, "CREATE TABLE AS") || lc_streq(fp->command, "SELECT INTO") ||
           lc_streq(fp->command, "REFRESH MATERIALIZED VIEW") || lc_streq(fp->command, "CREATE MATERIALIZED VIEW");
}

static const struct cat_relation *node_relation(const struct pricing *p, const struct snap_plan_node *n)
{
    return n->relation ? cat_find_relation(p->snap->cat, n->schema, n->relation) : NULL;
}

static void price_node(const struct pricing *p, struct price *to, const struct snap_plan_node *n)
{
    const struct cat_relation *rel = node_relation(p, n);

    if (strcmp(n->type, "Seq Scan") == 0 && rel) {
        price_term(p, to, COST_SCAN_PAGE_US, price_pages(rel));
        price_term(p, to, COST_SCAN_ROW_NS, price_rows(rel));
        price_term(p, to, COST_EXPR_ROW_NS, price_rows(rel));
    } else if (strstr(n->type, "Index") || strstr(n->type, "Bitmap")) {
        price_term(p, to, COST_AGG_ROW_NS, n->rows);
        to->ms += n->rows * RANDOM_ROW_NS * 1e-6;
    } else if (strcmp(n->type, "ModifyTable") != 0) {
        price_term(p, to, COST_AGG_ROW_NS, n->rows * (strcmp(n->type, "Sort") == 0 ? log2(fmax(n->rows, 2)) / 4 : 1));
    }
}

static double plan_rows(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;
    double growth = p->options->growth > 0 ? p->options->growth : 1;

    if (plan && plan->known) {
        for (int i = 0; i < plan->nnodes; i++)
            price_node(p, to, &plan->nodes[i]);
        out->basis = p->options->calibration ? "planner's rows, calibrated" : "planner's rows, default constants";
        to->extra_sigma = fmax(to->extra_sigma, 0.15);
        // rows that ModifyTable changes are those that its input gives
        return growth * (plan->nnodes > 1 && strcmp(plan->nodes[0].type, "ModifyTable") == 0 ? plan->nodes[1].rows : plan->rows);
    }
    to->extra_sigma = 1.2;
    out->basis = "no plan: as if every row were touched";
    if (w->rel)
        price_scan(p, to, w->rel, NULL);
    return w->rel ? price_rows(w->rel) : 0;
}

// Does an UPDATE set a column of some index? Then every index gets an entry; else only rows that find no room on their page need one.
static bool touches_index(const struct pricing *p, const struct fp_work *w, const UpdateStmt *u)
{
    for (int i = 0; i < w->rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(p->snap->cat, w->rel->indexes.items[i]);
        for (int k = 0; index && index->index && k < index->index->natts; k++)
            for (int c = 0; c < u->targetList.length; c++) {
                const ResTarget *t = LIST_GET(ResTarget, &u->targetList, c);
                const struct cat_attribute *att = t && t->name ? cat_find_column(w->rel, t->name) : NULL;
                if (att && index->index->keys[k] == att->attnum)
                    return true;
            }
    }
    return false;
}

// The first change of a page after a checkpoint puts the whole page into WAL (full_page_writes).
static void page_images(const struct pricing *p, struct price *to, double pages)
{
    if (p->full_page_writes)
        price_wal(p, to, 0, pages * COST_PAGE);
}

static void price_update(const struct pricing *p, struct price *to, const struct fp_work *w, const UpdateStmt *u, double rows)
{
    double share = fmin(1, rows / fmax(price_rows(w->rel), 1)), row = price_row_bytes(w->rel);
    // room for the new versions is what fillfactor and earlier vacuums left; a tenth of the pages' rows, when nothing is known
    double hot = touches_index(p, w, u) ? 0 : fmin(1, 0.1 / fmax(share, 0.01));
    double entries = rows * w->rel->indexes.len * (1 - hot);

    price_term(p, to, COST_UPDATE_ROW_NS, rows);
    price_term(p, to, COST_INDEX_ENTRY_NS, entries);
    price_wal(p, to, rows, rows * (row + WAL_UPDATE_BYTES));
    price_wal(p, to, entries, entries * WAL_INDEX_BYTES);
    page_images(p, to, fmin(price_pages(w->rel), rows));
    to->disk_bytes += rows * row * (1 - 0.1);
}

static void price_insert(const struct pricing *p, struct price *to, const struct fp_work *w, double rows)
{
    double row = price_rows(w->rel) >= 1 ? price_row_bytes(w->rel) : 100, entries = rows * w->rel->indexes.len;

    price_heap_write(p, to, rows, row, false);
    price_term(p, to, COST_INDEX_ENTRY_NS, entries);
    price_wal(p, to, entries, entries * WAL_INDEX_BYTES);
}

void price_query(const struct pricing *p, struct price *to, const struct fp_work *w, struct cost_item *out)
{
    double rows = plan_rows(p, to, w, out);
    const UpdateStmt *u = AS(UpdateStmt, w->query);

    out->rows = rows;
    if (u && w->rel) {
        price_update(p, to, w, u, rows);
    } else if (IsA(w->query, DeleteStmt) && w->rel) {
        price_term(p, to, COST_DELETE_ROW_NS, rows);
        price_wal(p, to, rows, rows * WAL_DELETE_BYTES);
        page_images(p, to, fmin(price_pages(w->rel), rows));
    } else if (IsA(w->query, InsertStmt) && w->rel) {
        price_insert(p, to, w, rows);
    } else if (writes_table(p->fp)) {
        const struct snap_plan *plan = w->sql ? snapshot_explain(p->snap, p->options->server, w->sql) : NULL;
        price_heap_write(p, to, rows, (plan && plan->known ? plan->width : 100) + 32, false);
    }
}
