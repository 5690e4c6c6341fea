// Traffic without pg_stat_statements: what the tables' counters tell. Modes and rates, no service times.
#include <math.h>

#include "base/str.h"
#include "traffic/internal.h"

#define ASSUMED_MS 1.0 // of a short query whose time nobody measured

static void add(struct traffic_build *b, const struct snap_table_counters *t, const char *what, enum lc_lockmode mode,
                double count, double window)
{
    struct traffic_observed o = {.calls = count};
    double since_s = traffic_since_s(b, b->snap->traffic.database.since);

    if (isnan(since_s))
        since_s = traffic_since_s(b, b->snap->server.stats_reset);
    o.rate_per_s = traffic_rate(b, count, since_s, window);
    if (!(o.rate_per_s > 0) || !cat_relation(b->snap->cat, t->relid))
        return;
    o.stmt.label = lc_printf(b->arena, "%s %s", what, cat_qualified_name(b->snap->cat, cat_relation(b->snap->cat, t->relid)));
    o.stmt.locks = LC_NEW(b->arena, struct traffic_lock);
    o.stmt.locks[0] = (struct traffic_lock){t->relid, mode, 1, 0, 0};
    o.stmt.nlocks = 1;
    o.stmt.mean_ms = o.stmt.stddev_ms = ASSUMED_MS;
    o.stmt.rows = 1;
    b->calls += count;
    LC_PUSH(b->arena, &b->observed, o);
}

void traffic_from_counters(struct traffic_build *b)
{
    for (int i = 0; i < b->snap->traffic.ntables; i++) {
        const struct snap_table_counters *t = &b->snap->traffic.tables[i];
        double scans = t->seq_scan + t->idx_scan, window = t->window_seq_scan + t->window_idx_scan;
        double writes = t->n_tup_upd + t->n_tup_del, window_writes = t->window_upd + t->window_del;
        add(b, t, "reads of", LC_ACCESS_SHARE, fmax(0, scans - writes), fmax(0, window - window_writes));
        add(b, t, "inserts into", LC_ROW_EXCLUSIVE, t->n_tup_ins, t->window_ins);
        add(b, t, "updates of", LC_ROW_EXCLUSIVE, writes, window_writes);
    }
}
