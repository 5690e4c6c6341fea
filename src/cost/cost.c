// From the work of a footprint to time: each item is a sum of terms, count x constant; a term carries its constant's spread.
#include "cost/cost.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "cost/constants.h"

#define PAGE 8192.0
#define Z90  1.2815515655446004

struct sum { // lognormal terms that move together: what makes one piece of work slow makes the others slow
    double ms, weighted_sigma;
};

static void term(struct sum *s, enum cost_id id, double count)
{
    const struct cost_constant *c = &cost_defaults[id];
    double scale = strncmp(c->unit, "ns", 2) == 0 ? 1e-6 : strncmp(c->unit, "us", 2) == 0 ? 1e-3 : 1;
    double ms = count > 0 ? count * c->median * scale : 0;

    s->ms += ms;
    s->weighted_sigma += ms * c->sigma;
}

static struct quantiles spread(const struct sum *s)
{
    double sigma = s->ms > 0 ? s->weighted_sigma / s->ms : 0;

    return (struct quantiles){s->ms * exp(-Z90 * sigma), s->ms, s->ms * exp(Z90 * sigma)};
}

static double pages_of(const struct cat_relation *rel)
{
    return rel->size.pages > 0 ? rel->size.pages : rel->size.bytes / PAGE;
}

static double rows_of(const struct cat_relation *rel)
{
    if (rel->size.tuples >= 0)
        return rel->size.tuples;
    return pages_of(rel) * 60; // never analysed: rows of about 130 bytes
}

static void scan(struct sum *s, const struct cat_relation *rel, const Node *expr)
{
    term(s, COST_SCAN_PAGE_US, pages_of(rel));
    term(s, COST_SCAN_ROW_NS, rows_of(rel));
    if (expr)
        term(s, COST_EXPR_ROW_NS, rows_of(rel));
}

static enum cost_id sort_constant(const struct fp_work *w)
{
    const struct cat_index *ix = w->index ? w->index->index : NULL;
    const struct cat_attribute *att = ix && ix->natts && ix->keys[0] > 0 && ix->keys[0] <= w->rel->natts ? &w->rel->attrs[ix->keys[0] - 1] : NULL;

    switch (att ? att->type : 0) {
    case 20: case 21: case 23: case 26: case 700: case 701: case 1082: case 1114: case 1184: // int8 int2 int4 oid float date timestamp
        return COST_SORT_INT_NS;
    case 25: case 1043: case 1042:
        return COST_SORT_TEXT_NS;
    default:
        return COST_SORT_NUMERIC_NS;
    }
}

static void index_build(struct sum *s, const struct fp_work *w)
{
    double rows = rows_of(w->rel);
    bool gin = w->index && lc_streq(w->index->am, "gin");

    scan(s, w->rel, NULL);
    term(s, gin ? COST_GIN_ROW_NS : sort_constant(w), rows);
    term(s, COST_INDEX_PAGE_US, rows * 24 / PAGE);
}

static double index_count(const struct cat_relation *rel)
{
    return rel->indexes.len;
}

static double query_rows(struct snapshot *snap, const struct cost_options *options, const struct fp_work *w, const char **basis)
{
    const struct snap_plan *plan = w->sql ? snapshot_explain(snap, options->server, w->sql) : NULL;

    if (plan && plan->known) {
        *basis = "planner, default constants";
        return plan->rows;
    }
    *basis = "default constants; rows: all, for want of a plan";
    return w->rel ? rows_of(w->rel) : 0;
}

static void query(struct sum *s, struct snapshot *snap, const struct cost_options *options, const struct fp_work *w, struct cost_item *out)
{
    out->rows = query_rows(snap, options, w, &out->basis);
    if (w->rel)
        scan(s, w->rel, NULL);
    switch (nodeTag(w->query)) {
    case T_UpdateStmt:
        term(s, COST_UPDATE_ROW_NS, out->rows);
        term(s, COST_INDEX_ENTRY_NS, out->rows * (w->rel ? index_count(w->rel) : 0));
        break;
    case T_DeleteStmt:
        term(s, COST_DELETE_ROW_NS, out->rows);
        break;
    case T_InsertStmt:
        term(s, COST_UPDATE_ROW_NS, out->rows / 2);
        term(s, COST_INDEX_ENTRY_NS, out->rows * (w->rel ? index_count(w->rel) : 0));
        break;
    default:
        break;
    }
}

static bool sized(const struct fp_work *w)
{
    if (w->kind == FP_METADATA || w->kind == FP_SLEEP || w->kind == FP_TRUNCATE || !w->rel)
        return true;
    return w->rel->size.known || w->rel->o.created;
}

static void price(struct snapshot *snap, const struct cost_options *options, const struct fp_work *w, struct cost_item *out)
{
    struct sum s = {0};

    switch (w->kind) {
    case FP_SCAN: case FP_INDEX_VALIDATE: case FP_VACUUM: case FP_ANALYZE:
        scan(&s, w->rel, w->expr);
        break;
    case FP_REWRITE: case FP_CLUSTER_SORT:
        scan(&s, w->rel, w->expr);
        term(&s, COST_WRITE_PAGE_US, pages_of(w->rel));
        term(&s, COST_WRITE_ROW_NS, rows_of(w->rel));
        break;
    case FP_INDEX_BUILD:
        index_build(&s, w);
        break;
    case FP_FK_CHECK:
        scan(&s, w->rel, NULL);
        term(&s, COST_FK_ROW_NS, rows_of(w->rel));
        break;
    case FP_QUERY:
        query(&s, snap, options, w, out);
        break;
    case FP_SET_TABLESPACE:
        term(&s, COST_COPY_PAGE_US, pages_of(w->rel));
        break;
    case FP_SLEEP:
        s.ms = w->sleep_ms;
        break;
    case FP_COPY_IN: case FP_UNKNOWN_WORK:
        out->known = false;
        out->basis = w->what;
        break;
    case FP_TRUNCATE: case FP_METADATA:
        term(&s, COST_STATEMENT_MS, 1);
        break;
    }
    out->ms = spread(&s);
}

static void item(struct snapshot *snap, const struct cost_options *options, const struct fp_work *w, struct cost_item *out)
{
    *out = (struct cost_item){.what = w->what, .rel = w->rel, .rows = -1, .bytes = -1, .cpu_share = 0.8, .cores = 1, .known = true, .basis = "default constants"};
    if (!sized(w)) {
        out->known = false;
        out->basis = "the size of the table is not known";
        return;
    }
    if (w->rel && w->kind != FP_METADATA) {
        out->rows = rows_of(w->rel);
        out->bytes = pages_of(w->rel) * PAGE;
    }
    price(snap, options, w, out);
}

enum lc_code cost_statement(struct lc_arena *arena, struct snapshot *snap, const struct cost_options *options, const struct footprint *fp,
                            struct cost *out, struct lc_error *err)
{
    (void)err;
    *out = (struct cost){.items = LC_NEW_ARRAY(arena, struct cost_item, fp->work.len), .len = fp->work.len, .known = true};
    for (int i = 0; i < fp->work.len; i++) {
        struct cost_item *c = &out->items[i];
        item(snap, options, &fp->work.items[i], c);
        out->known = out->known && c->known;
        out->total_ms.p10 += c->ms.p10;
        out->total_ms.p50 += c->ms.p50;
        out->total_ms.p90 += c->ms.p90;
    }
    return LC_OK;
}
