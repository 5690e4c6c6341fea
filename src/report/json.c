// The canonical report: contract.md's "lockcast/review/1".
#include <math.h>
#include <string.h>

#include "report/report.h"

static void add_quantiles(cJSON *object, const char *name, struct quantiles q)
{
    cJSON *o = cJSON_AddObjectToObject(object, name);

    // three decimals are more than any figure here means, and keep the bytes equal over compilers
    (void)cJSON_AddNumberToObject(o, "p10", round(q.p10 * 1e3) / 1e3);
    (void)cJSON_AddNumberToObject(o, "p50", round(q.p50 * 1e3) / 1e3);
    (void)cJSON_AddNumberToObject(o, "p90", round(q.p90 * 1e3) / 1e3);
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text)
        (void)cJSON_AddStringToObject(object, name, text);
    else
        (void)cJSON_AddNullToObject(object, name);
}

static void add_locks(cJSON *stmt, const struct footprint *fp)
{
    cJSON *locks = cJSON_AddArrayToObject(stmt, "locks");

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        cJSON *o = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(o, "relation", l->name);
        (void)cJSON_AddStringToObject(o, "kind", (const char[]){l->rel->relkind, 0});
        (void)cJSON_AddStringToObject(o, "mode", lc_lockmode_name(l->mode));
        (void)cJSON_AddStringToObject(o, "released", l->released == FP_COMMIT ? "commit" : "statement");
        (void)cJSON_AddBoolToObject(o, "created", l->created);
        if (!l->certain)
            (void)cJSON_AddFalseToObject(o, "certain");
        if (l->phase)
            (void)cJSON_AddNumberToObject(o, "phase", l->phase);
        if (l->session)
            (void)cJSON_AddTrueToObject(o, "session");
        if (l->rule) {
            (void)cJSON_AddStringToObject(o, "rule", l->rule->id);
            (void)cJSON_AddStringToObject(o, "why", l->rule->why);
            (void)cJSON_AddStringToObject(o, "source", l->rule->source);
        }
        (void)cJSON_AddItemToArray(locks, o);
    }
}

static void add_relations(cJSON *stmt, const char *name, const struct catalog *cat, const struct fp_rels *rels)
{
    cJSON *a = cJSON_AddArrayToObject(stmt, name);

    for (int i = 0; i < rels->len; i++)
        (void)cJSON_AddItemToArray(a, cJSON_CreateString(cat_qualified_name(cat, rels->items[i])));
}

static void add_work(cJSON *stmt, const struct catalog *cat, const struct cost *cost)
{
    cJSON *a = cJSON_AddArrayToObject(stmt, "work");

    for (int i = 0; i < cost->len; i++) {
        const struct cost_item *w = &cost->items[i];
        cJSON *o = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(o, "what", w->what);
        add_text(o, "relation", w->rel ? cat_qualified_name(cat, w->rel) : NULL);
        if (w->rows >= 0)
            (void)cJSON_AddNumberToObject(o, "rows", round(w->rows));
        else
            (void)cJSON_AddNullToObject(o, "rows");
        if (w->bytes >= 0)
            (void)cJSON_AddNumberToObject(o, "bytes", round(w->bytes));
        else
            (void)cJSON_AddNullToObject(o, "bytes");
        (void)cJSON_AddNumberToObject(o, "p50_ms", round(w->ms.p50 * 1e3) / 1e3);
        add_quantiles(o, "ms", w->ms);
        (void)cJSON_AddNumberToObject(o, "wal_bytes", round(w->wal_bytes));
        (void)cJSON_AddNumberToObject(o, "disk_bytes", round(w->disk_bytes));
        (void)cJSON_AddNumberToObject(o, "temp_bytes", round(w->temp_bytes));
        (void)cJSON_AddBoolToObject(o, "known", w->known);
        add_text(o, "basis", w->basis);
        (void)cJSON_AddItemToArray(a, o);
    }
}

static void add_findings(cJSON *stmt, const struct policy_stmt *policy)
{
    cJSON *a = cJSON_AddArrayToObject(stmt, "findings");

    for (int i = 0; policy && i < policy->len; i++) {
        const struct finding *f = &policy->findings[i];
        cJSON *o = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(o, "rule", f->rule);
        (void)cJSON_AddStringToObject(o, "severity", severity_name(f->severity));
        (void)cJSON_AddStringToObject(o, "message", f->message);
        if (f->why)
            (void)cJSON_AddStringToObject(o, "why", f->why);
        if (f->source)
            (void)cJSON_AddStringToObject(o, "source", f->source);
        if (f->suppressed) {
            (void)cJSON_AddTrueToObject(o, "suppressed");
            add_text(o, "suppression", f->suppression);
        }
        (void)cJSON_AddItemToArray(a, o);
    }
}

static void add_chains(cJSON *stmt, const struct forecast_stmt *f)
{
    cJSON *a = cJSON_AddArrayToObject(stmt, "chains");

    for (int i = 0; i < f->nchains; i++) {
        const struct forecast_chain *c = &f->chains[i];
        cJSON *o = cJSON_CreateObject();
        add_text(o, "waiting", c->waiting);
        add_text(o, "mode", c->mode);
        add_text(o, "relation", c->relation);
        add_text(o, "behind", c->behind);
        add_quantiles(o, "sessions", c->sessions);
        add_quantiles(o, "longest_wait_ms", c->longest_wait_ms);
        (void)cJSON_AddNumberToObject(o, "probability", round(c->probability * 1e4) / 1e4);
        (void)cJSON_AddItemToArray(a, o);
    }
}

static void add_forecast(cJSON *object, const struct forecast *f)
{
    cJSON *o = cJSON_AddObjectToObject(object, "forecast");

    add_quantiles(o, "lock_wait_ms", f->lock_wait_ms);
    add_quantiles(o, "duration_ms", f->duration_ms);
    add_quantiles(o, "peak_blocked_sessions", f->peak_blocked_sessions);
    add_quantiles(o, "blocked_session_s", f->blocked_session_s);
    add_quantiles(o, "delayed_transactions", f->delayed_transactions);
    add_quantiles(o, "drain_ms", f->drain_ms);
    add_quantiles(o, "pool_exhausted_ms", f->pool_exhausted_ms);
    (void)cJSON_AddNumberToObject(o, "pool_exhausted_probability", round(f->pool_exhausted_probability * 1e4) / 1e4);
    (void)cJSON_AddNumberToObject(o, "migration_fails_probability", round(f->migration_fails_probability * 1e4) / 1e4);
}

static void add_safer(cJSON *stmt, const struct rewrite_stmt *r)
{
    static const char *const verdicts[] = {"same", "rewrite", "window", "unknown"};
    cJSON *o, *steps;

    if (!r || r->verdict == REWRITE_SAME) {
        (void)cJSON_AddNullToObject(stmt, "safer");
        return;
    }
    o = cJSON_AddObjectToObject(stmt, "safer");
    add_text(o, "recipe", r->recipe);
    (void)cJSON_AddStringToObject(o, "verdict", verdicts[r->verdict]);
    add_text(o, "why", r->why);
    steps = cJSON_AddArrayToObject(o, "steps");
    for (int i = 0; r->verdict == REWRITE_STEPS && i < r->len; i++) {
        const struct rewrite_step *s = &r->steps[i];
        cJSON *step = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(step, "sql", s->sql);
        (void)cJSON_AddStringToObject(step, "transaction", s->transaction == REWRITE_TX_OWN ? "own" : "none");
        if (s->batch_rows > 0)
            (void)cJSON_AddNumberToObject(step, "batch_rows", round(s->batch_rows));
        else
            (void)cJSON_AddNullToObject(step, "batch_rows");
        add_text(step, "why", s->why);
        add_text(step, "rollback", s->rollback);
        if (s->irreversible)
            (void)cJSON_AddTrueToObject(step, "irreversible");
        (void)cJSON_AddItemToArray(steps, step);
    }
    if (r->forecast)
        add_forecast(o, r->forecast);
    else
        (void)cJSON_AddNullToObject(o, "forecast");
}

static void add_outcome(cJSON *o, const struct footprint *fp)
{
    if (fp->skipped)
        (void)cJSON_AddTrueToObject(o, "skipped");
    if (fp->fails) {
        cJSON *e = cJSON_AddObjectToObject(o, "fails");
        (void)cJSON_AddStringToObject(e, "message", fp->error.message);
        (void)cJSON_AddStringToObject(e, "sqlstate", fp->error.detail);
    }
}

static cJSON *statement(const struct review *r, int file, int n)
{
    const struct forecast_stmt *f = &r->forecast.files[file].stmts[n];
    const struct lc_sql_stmt *sql = &f->stmt->sql;
    cJSON *o = cJSON_CreateObject();

    (void)cJSON_AddNumberToObject(o, "n", n + 1);
    (void)cJSON_AddNumberToObject(o, "line", sql->line);
    (void)cJSON_AddStringToObject(o, "sql", sql->text);
    (void)cJSON_AddStringToObject(o, "command", f->fp.command);
    (void)cJSON_AddBoolToObject(o, "parsed", sql->tree != NULL);
    if (f->fp.transaction)
        (void)cJSON_AddNumberToObject(o, "transaction", f->fp.transaction);
    else
        (void)cJSON_AddNullToObject(o, "transaction");
    add_outcome(o, &f->fp);
    add_locks(o, &f->fp);
    add_relations(o, "rewrites", r->cat, &f->fp.rewrites);
    add_relations(o, "scans", r->cat, &f->fp.scans);
    add_quantiles(o, "lock_wait_ms", f->lock_wait_ms);
    add_quantiles(o, "duration_ms", f->duration_ms);
    add_work(o, r->cat, &f->cost);
    add_findings(o, r->policies ? &r->policies[file].stmts[n] : NULL);
    add_chains(o, f);
    add_safer(o, r->rewrites ? &r->rewrites[file].stmts[n] : NULL);
    return o;
}

static void add_unknowns(cJSON *doc, const struct forecast *f)
{
    cJSON *a = cJSON_AddArrayToObject(doc, "unknowns");

    for (int i = 0; i < f->nunknowns; i++)
        (void)cJSON_AddItemToArray(a, cJSON_CreateString(f->unknowns[i]));
}

static void add_server(cJSON *doc, const struct snapshot *snap)
{
    cJSON *o = cJSON_AddObjectToObject(doc, "server");

    (void)cJSON_AddNumberToObject(o, "version_num", cat_version_num(snap->cat));
    add_text(o, "database", snap->server.database);
    (void)cJSON_AddStringToObject(o, "source", snap_origin_name(snap->origin));
}

cJSON *report_json(const struct review *r)
{
    cJSON *doc = cJSON_CreateObject(), *o, *files;

    (void)cJSON_AddStringToObject(doc, "schema", "lockcast/review/1");
    o = cJSON_AddObjectToObject(doc, "tool");
    (void)cJSON_AddStringToObject(o, "name", "lockcast");
    (void)cJSON_AddStringToObject(o, "version", LOCKCAST_VERSION);
    (void)cJSON_AddNumberToObject(o, "grammar", (double)(lc_sql_grammar() / 10000 * 10000));
    add_server(doc, r->snap);
    (void)cJSON_AddStringToObject(doc, "verdict", severity_name(r->verdict));
    add_forecast(doc, &r->forecast);
    add_unknowns(doc, &r->forecast);
    files = cJSON_AddArrayToObject(doc, "migrations");
    for (int i = 0; i < r->forecast.len; i++) {
        const struct forecast_file *f = &r->forecast.files[i];
        cJSON *m = cJSON_CreateObject(), *stmts;
        (void)cJSON_AddStringToObject(m, "path", f->file->path);
        (void)cJSON_AddStringToObject(m, "format", f->file->format);
        add_text(m, "format_reason", f->file->reason);
        stmts = cJSON_AddArrayToObject(m, "statements");
        for (int k = 0; k < f->len; k++)
            (void)cJSON_AddItemToArray(stmts, statement(r, i, k));
        (void)cJSON_AddItemToArray(files, m);
    }
    return doc;
}
