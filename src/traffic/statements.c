// pg_stat_statements to statements with locks, rate and service time.
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "sql/sql.h"
#include "traffic/internal.h"

static bool is_query(const Node *tree)
{
    switch (nodeTag(tree)) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_CopyStmt:
    case T_CallStmt:
        return true;
    default:
        return false;
    }
}

static bool is_catalog_only(const struct traffic_build *b, const struct footprint *fp)
{
    for (int i = 0; i < fp->locks.len; i++)
        if (!lc_starts(cat_schema_name(b->snap->cat, fp->locks.items[i].rel->o.schema), "pg_catalog"))
            return false;
    return fp->locks.len > 0;
}

// A query of monitoring (this program's own looks too) reads system views that no snapshot has: it is no traffic of the application.
static bool is_monitoring(const struct footprint *fp, const char *text)
{
    static const char *const views[] = {"pg_stat_", "pg_locks", "pg_catalog.", "pg_class", "pg_prepared_xacts", "pg_settings"};

    for (size_t i = 0; fp->locks.len == 0 && text && i < sizeof views / sizeof *views; i++)
        if (strstr(text, views[i]))
            return true;
    return false;
}

#define LIKELY 0.9  // a check of a foreign key: it is left out for a key that is NULL, or has not changed
#define PERHAPS 0.5 // a branch that nobody sees

static double how_sure(const struct fp_lock *l)
{
    return l->certain ? 1 : l->rule && lc_starts(l->rule->id, "foreign-key/") ? LIKELY : PERHAPS;
}

static void take_locks(struct traffic_build *b, const struct footprint *fp, struct traffic_statement *s)
{
    s->locks = LC_NEW_ARRAY(b->arena, struct traffic_lock, fp->locks.len);
    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (l->rel->o.oid >= FirstNormalObjectId)
            s->locks[s->nlocks++] = (struct traffic_lock){.relation = l->rel->o.oid, .mode = l->mode, .sure = how_sure(l)};
    }
}

static void take_times(const struct snap_statement *row, struct traffic_statement *s)
{
    double plan = row->calls > 0 && row->plan_ms > 0 ? row->plan_ms / row->calls : 0;

    s->mean_ms = (isnan(row->mean_ms) ? 1 : row->mean_ms) + plan;
    s->stddev_ms = isnan(row->stddev_ms) ? s->mean_ms : row->stddev_ms;
    s->rows = row->calls > 0 && !isnan(row->rows) ? row->rows / row->calls : 1;
}

bool traffic_is_begin(const Node *tree)
{
    const TransactionStmt *t = AS(TransactionStmt, tree);

    return t && (t->kind == TRANS_STMT_BEGIN || t->kind == TRANS_STMT_START);
}

bool traffic_footprint(struct traffic_build *b, const Node *tree, const char *text, struct traffic_statement *s)
{
    struct footprint fp;

    if (!is_query(tree))
        return false;
    fp_query(b->snap->cat, b->arena, tree, &fp);
    if (is_catalog_only(b, &fp) || is_monitoring(&fp, text))
        return false;
    take_locks(b, &fp, s);
    traffic_take_rows(b, tree, &fp, s);
    return true;
}

static double rate_of(const struct traffic_build *b, const struct snap_statement *row)
{
    double since = isnan(row->since) ? b->snap->traffic.statements_since : row->since;

    return traffic_rate(b, row->calls, traffic_since_s(b, since), row->window_calls);
}

static void observe(struct traffic_build *b, const struct snap_statement *row, const struct traffic_statement *stmt)
{
    struct traffic_observed o = {.row = row, .calls = row->calls, .stmt = *stmt, .rate_per_s = rate_of(b, row)};

    if (o.rate_per_s <= 0 || row->calls < 2) // what ran once (a load, an upgrade) is no stream: nothing says that it comes again
        return;
    o.stmt.label = row->query ? row->query : lc_printf(b->arena, "query %s", row->fingerprint);
    take_times(row, &o.stmt);
    b->calls += row->calls;
    LC_PUSH(b->arena, &b->observed, o);
}

// A statement whose text was not kept.
static void observe_stored(struct traffic_build *b, const struct snap_statement *row)
{
    struct traffic_statement stmt = {0};
    enum traffic_stored kind = traffic_restore_footprint(b, row->footprint, &stmt);

    if (kind == TRAFFIC_STORED_BEGIN)
        b->begin_rate_per_s += rate_of(b, row);
    else if (kind == TRAFFIC_STORED_QUERY)
        observe(b, row, &stmt);
}

void traffic_observe_statements(struct traffic_build *b)
{
    const struct snap_traffic *t = &b->snap->traffic;
    int unknown = 0;

    for (int i = 0; i < t->nstatements; i++) {
        const struct snap_statement *row = &t->statements[i];
        struct traffic_statement stmt = {0};
        struct lc_error err;
        const Node *tree;
        if (row->toplevel && !row->query && row->footprint)
            observe_stored(b, row);
        if (!row->toplevel || !row->query)
            continue;
        tree = lc_sql_parse_one(b->arena, row->query, &err);
        if (traffic_is_begin(tree))
            b->begin_rate_per_s += rate_of(b, row);
        else if (tree && traffic_footprint(b, tree, row->query, &stmt))
            observe(b, row, &stmt);
        else if (!tree)
            unknown++;
        else if (is_query(tree))
            b->other_rate_per_s += rate_of(b, row);
    }
    if (unknown)
        traffic_unseen(b, "%d text%s of pg_stat_statements %s not parse with this build's grammar: what %s is left out.", unknown,
                       unknown == 1 ? "" : "s", unknown == 1 ? "does" : "do", unknown == 1 ? "it locks" : "they lock");
}
