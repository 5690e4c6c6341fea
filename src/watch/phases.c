// The phases of each command, in order, and which part of the whole each is as a rule (commands/progress.h, catalog/system_views.sql).
#include <string.h>

#include "base/str.h"
#include "watch/internal.h"

enum when { ALWAYS, CONCURRENTLY, SORTED }; // SORTED: CLUSTER by a sort

struct phase_row {
    enum watch_kind kind;
    const char *phase;
    double weight; // measured on tables of a million rows with a btree or two; what it is off by widens the interval
    enum when when;
};

static const struct phase_row rows[] = {
    {WATCH_INDEX, "initializing", 0, ALWAYS},
    {WATCH_INDEX, "waiting for writers before build", 0, CONCURRENTLY},
    {WATCH_INDEX, "building index: scanning table", 0.45, ALWAYS},
    {WATCH_INDEX, "building index: sorting live tuples", 0.15, ALWAYS},
    {WATCH_INDEX, "building index: sorting dead tuples", 0, ALWAYS},
    {WATCH_INDEX, "building index: loading tuples in tree", 0.4, ALWAYS},
    {WATCH_INDEX, "waiting for writers before validation", 0, CONCURRENTLY},
    {WATCH_INDEX, "index validation: scanning index", 0.06, CONCURRENTLY},
    {WATCH_INDEX, "index validation: sorting tuples", 0.04, CONCURRENTLY},
    {WATCH_INDEX, "index validation: scanning table", 0.35, CONCURRENTLY},
    {WATCH_INDEX, "waiting for old snapshots", 0, CONCURRENTLY},
    {WATCH_INDEX, "waiting for readers before marking dead", 0, CONCURRENTLY},
    {WATCH_INDEX, "waiting for readers before dropping", 0, CONCURRENTLY},
    {WATCH_CLUSTER, "initializing", 0, ALWAYS},
    {WATCH_CLUSTER, "seq scanning heap", 0.5, ALWAYS},
    {WATCH_CLUSTER, "index scanning heap", 0.5, SORTED},
    {WATCH_CLUSTER, "sorting tuples", 0.15, SORTED},
    {WATCH_CLUSTER, "writing new heap", 0.2, SORTED},
    {WATCH_CLUSTER, "swapping relation files", 0, ALWAYS},
    {WATCH_CLUSTER, "rebuilding index", 0.35, ALWAYS},
    {WATCH_CLUSTER, "performing final cleanup", 0.01, ALWAYS},
    {WATCH_VACUUM, "initializing", 0, ALWAYS},
    {WATCH_VACUUM, "scanning heap", 0.6, ALWAYS},
    {WATCH_VACUUM, "vacuuming indexes", 0.2, ALWAYS},
    {WATCH_VACUUM, "vacuuming heap", 0.12, ALWAYS},
    {WATCH_VACUUM, "cleaning up indexes", 0.05, ALWAYS},
    {WATCH_VACUUM, "truncating heap", 0.02, ALWAYS},
    {WATCH_VACUUM, "performing final cleanup", 0.01, ALWAYS},
    {WATCH_ANALYZE, "initializing", 0, ALWAYS},
    {WATCH_ANALYZE, "acquiring sample rows", 0.7, ALWAYS},
    {WATCH_ANALYZE, "acquiring inherited sample rows", 0.1, ALWAYS},
    {WATCH_ANALYZE, "computing statistics", 0.18, ALWAYS},
    {WATCH_ANALYZE, "computing extended statistics", 0.01, ALWAYS},
    {WATCH_ANALYZE, "finalizing analyze", 0.01, ALWAYS},
    {WATCH_COPY, "copying", 1, ALWAYS},
    {WATCH_BACKFILL, "changing rows in batches", 1, ALWAYS},
};
#define NROWS ((int)(sizeof rows / sizeof *rows))

static bool applies(const struct phase_row *row, const struct watch_operation *op)
{
    if (row->kind != op->kind)
        return false;
    if (row->when == CONCURRENTLY)
        return op->command && strstr(op->command, "CONCURRENTLY");
    if (row->when == SORTED) // an index scan needs no sort, and a scan by an index is not one of the whole heap
        return lc_streq(op->command, "CLUSTER") &&
               (lc_streq(row->phase, "index scanning heap") == lc_streq(op->phase, "index scanning heap"));
    return !(lc_streq(row->phase, "seq scanning heap") && lc_streq(op->phase, "index scanning heap"));
}

static int row_of(const struct watch_operation *op)
{
    for (int i = 0; i < NROWS; i++)
        if (applies(&rows[i], op) && lc_streq(rows[i].phase, op->phase))
            return i;
    return -1;
}

// Index kinds other than btree do not tell the parts of a build apart: "building index" is all three.
static bool whole_build(const struct watch_operation *op, int i)
{
    return op->kind == WATCH_INDEX && lc_streq(op->phase, "building index") && lc_starts(rows[i].phase, "building index");
}

bool watch_phase_of(const struct watch_operation *op, struct watch_phase *out)
{
    bool whole = op->kind == WATCH_INDEX && lc_streq(op->phase, "building index");
    int at = op->phase && !whole ? row_of(op) : -1;
    bool reached = false;

    *out = (struct watch_phase){0};
    if (at < 0 && !whole)
        return false;
    for (int i = 0; i < NROWS; i++) {
        if (!applies(&rows[i], op))
            continue;
        if (i == at || whole_build(op, i)) {
            out->own += rows[i].weight;
            reached = true;
        } else if (reached) {
            out->after += rows[i].weight;
        } else {
            out->before += rows[i].weight;
        }
    }
    out->waits = lc_starts(op->phase, "waiting");
    return true;
}
