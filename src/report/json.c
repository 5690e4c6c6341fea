// The canonical report: contract.md's "lockcast/review/1", written straight from the review.
#include <math.h>
#include <string.h>

#include "report/json_queue.h"
#include "report/report.h"
#include "report/writer.h"

#define DECIMALS JSON_DECIMALS

// What is not known is negative.
static void put_known(struct json_writer *w, const char *name, double n)
{
    if (n >= 0)
        json_put_number(w, name, n, 0);
    else
        json_put_null(w, name);
}

static void put_lock(struct json_writer *w, const struct fp_lock *l)
{
    json_open(w, NULL, '{');
    json_put_text(w, "relation", l->name);
    json_put_text(w, "kind", (const char[]){l->rel->relkind, 0});
    json_put_text(w, "mode", lc_lockmode_name(l->mode));
    json_put_text(w, "released", l->released == FP_COMMIT ? "commit" : "statement");
    json_put_bool(w, "created", l->created);
    if (!l->certain)
        json_put_bool(w, "certain", false);
    if (l->phase)
        json_put_number(w, "phase", l->phase, 0);
    if (l->session)
        json_put_bool(w, "session", true);
    if (l->rule) {
        json_put_text(w, "rule", l->rule->id);
        json_put_text(w, "why", l->rule->why);
        json_put_text(w, "source", l->rule->source);
    }
    json_close(w, '}');
}

static void put_relations(struct json_writer *w, const char *name, const struct catalog *cat, const struct fp_rels *rels)
{
    json_open(w, name, '[');
    for (int i = 0; i < rels->len; i++)
        json_put_text(w, NULL, cat_qualified_name(cat, rels->items[i]));
    json_close(w, ']');
}

static void put_footprint(struct json_writer *w, const struct catalog *cat, const struct footprint *fp)
{
    json_open(w, "locks", '[');
    for (int i = 0; i < fp->locks.len; i++)
        put_lock(w, &fp->locks.items[i]);
    json_close(w, ']');
    put_relations(w, "rewrites", cat, &fp->rewrites);
    put_relations(w, "scans", cat, &fp->scans);
}

static void put_work(struct json_writer *w, const struct catalog *cat, const struct cost *cost)
{
    json_open(w, "work", '[');
    for (int i = 0; i < cost->len; i++) {
        const struct cost_item *c = &cost->items[i];
        json_open(w, NULL, '{');
        json_put_text(w, "what", c->what);
        json_put_text(w, "relation", c->rel ? cat_qualified_name(cat, c->rel) : NULL);
        put_known(w, "rows", c->rows);
        put_known(w, "bytes", c->bytes);
        json_put_number(w, "p50_ms", c->ms.p50, DECIMALS);
        json_put_quantiles(w, "ms", c->ms);
        json_put_number(w, "wal_bytes", c->wal.p50, 0);
        json_put_number(w, "disk_bytes", c->disk_bytes, 0);
        json_put_number(w, "temp_bytes", c->temp_bytes, 0);
        json_put_bool(w, "known", c->known);
        json_put_text(w, "basis", c->basis);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_findings(struct json_writer *w, const struct finding *findings, int n)
{
    json_open(w, "findings", '[');
    for (int i = 0; i < n; i++) {
        const struct finding *f = &findings[i];
        json_open(w, NULL, '{');
        json_put_text(w, "rule", f->rule);
        json_put_text(w, "severity", severity_name(f->severity));
        json_put_text(w, "message", f->message);
        if (f->why)
            json_put_text(w, "why", f->why);
        if (f->source)
            json_put_text(w, "source", f->source);
        if (f->suppressed) {
            json_put_bool(w, "suppressed", true);
            json_put_text(w, "suppression", f->suppression);
        }
        if (f->known)
            json_put_bool(w, "known", true);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_chains(struct json_writer *w, const struct forecast_stmt *f)
{
    json_open(w, "chains", '[');
    for (int i = 0; i < f->nchains; i++) {
        const struct forecast_chain *c = &f->chains[i];
        json_open(w, NULL, '{');
        json_put_text(w, "waiting", c->waiting);
        json_put_text(w, "mode", c->mode);
        json_put_text(w, "relation", c->relation);
        json_put_text(w, "behind", c->behind);
        json_put_quantiles(w, "sessions", c->sessions);
        json_put_quantiles(w, "longest_wait_ms", c->longest_wait_ms);
        json_put_number(w, "probability", c->probability, 4);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_figures(struct json_writer *w, const struct rewrite_figures *f)
{
    json_put_quantiles(w, "longest_hold_ms", f->hold_ms);
    json_put_quantiles(w, "work_ms", f->total_ms);
    json_put_number(w, "wal_bytes", f->wal_bytes, 0);
    json_put_number(w, "disk_bytes", f->disk_bytes, 0);
}

// `figures` other than NULL: of the safer way, beside the original's.
static void put_forecast(struct json_writer *w, const struct forecast *f, const struct rewrite_figures *figures)
{
    json_open(w, "forecast", '{');
    json_put_quantiles(w, "lock_wait_ms", f->lock_wait_ms);
    json_put_quantiles(w, "duration_ms", f->duration_ms);
    json_put_quantiles(w, "peak_blocked_sessions", f->peak_blocked_sessions);
    json_put_quantiles(w, "blocked_session_s", f->blocked_session_s);
    json_put_quantiles(w, "delayed_transactions", f->delayed_transactions);
    json_put_quantiles(w, "drain_ms", f->drain_ms);
    json_put_quantiles(w, "pool_exhausted_ms", f->pool_exhausted_ms);
    json_put_number(w, "pool_exhausted_probability", f->pool_exhausted_probability, 4);
    json_put_number(w, "migration_fails_probability", f->migration_fails_probability, 4);
    if (figures)
        put_figures(w, figures);
    json_close(w, '}');
}

static void put_backup(struct json_writer *w, const struct rewrite_backup *b, bool priced)
{
    if (!b->sql)
        return;
    json_open(w, "backup", '{');
    json_put_text(w, "sql", b->sql);
    json_put_text(w, "of", b->of);
    put_known(w, "rows", b->rows);
    put_known(w, "bytes", b->bytes);
    if (priced)
        json_put_quantiles(w, "work_ms", b->cost.total_ms);
    json_close(w, '}');
}

static void put_step(struct json_writer *w, const struct rewrite_step *s)
{
    json_open(w, NULL, '{');
    json_put_text(w, "sql", s->sql);
    json_put_text(w, "transaction", s->transaction == REWRITE_TX_OWN ? "own" : "none");
    put_known(w, "batch_rows", s->batch_rows > 0 ? s->batch_rows : -1);
    json_put_text(w, "why", s->why);
    json_put_text(w, "rollback", s->rollback);
    if (s->irreversible)
        json_put_bool(w, "irreversible", true);
    if (s->release)
        json_put_text(w, "release", s->release);
    put_backup(w, &s->backup, s->priced);
    if (s->priced) {
        json_open(w, "forecast", '{');
        put_figures(w, &s->cost);
        json_close(w, '}');
    }
    if (s->priced && s->rollback && !s->irreversible) {
        json_open(w, "rollback_forecast", '{');
        put_figures(w, &s->undo);
        json_close(w, '}');
    }
    json_close(w, '}');
}

static void put_safer(struct json_writer *w, const struct rewrite_stmt *r)
{
    static const char *const verdicts[] = {"same", "rewrite", "window", "unknown"};

    if (!r || r->verdict == REWRITE_SAME) {
        json_put_null(w, "safer");
        return;
    }
    json_open(w, "safer", '{');
    json_put_text(w, "recipe", r->recipe);
    json_put_text(w, "verdict", verdicts[r->verdict]);
    json_put_text(w, "why", r->why);
    json_open(w, "steps", '[');
    for (int i = 0; r->verdict == REWRITE_STEPS && i < r->len; i++)
        put_step(w, &r->steps[i]);
    json_close(w, ']');
    if (r->forecast) {
        put_forecast(w, r->forecast, &r->safer);
        json_open(w, "original", '{');
        put_figures(w, &r->original);
        json_close(w, '}');
    } else {
        json_put_null(w, "forecast");
    }
    json_close(w, '}');
}

static void put_outcome(struct json_writer *w, const struct footprint *fp)
{
    if (fp->skipped)
        json_put_bool(w, "skipped", true);
    if (!fp->fails)
        return;
    json_open(w, "fails", '{');
    json_put_text(w, "message", fp->error->message);
    json_put_text(w, "sqlstate", fp->error->detail);
    json_close(w, '}');
}

// Nothing of what a standby would not notice.
static void put_standby(struct json_writer *w, const struct forecast_standby *s)
{
    if (s->replay_ms.p50 < 1 && !s->stops)
        return;
    json_open(w, "standby", '{');
    json_put_quantiles(w, "replay_ms", s->replay_ms);
    json_put_text(w, "stops_readers_of", s->stops);
    json_close(w, '}');
}

static void put_standbys(struct json_writer *w, const struct forecast *f)
{
    if (!f->standbys)
        return;
    json_open(w, "standbys", '{');
    json_put_number(w, "receivers", f->standbys, 0);
    json_put_number(w, "max_standby_streaming_delay_ms", f->standby_delay_ms, 0);
    json_close(w, '}');
}

static void put_statement(struct json_writer *w, const struct review *r, int file, int n)
{
    const struct forecast_stmt *f = &r->forecast.files[file].stmts[n];
    const struct lc_sql_stmt *sql = &f->stmt->sql;

    json_open(w, NULL, '{');
    json_put_number(w, "n", n + 1, 0);
    json_put_number(w, "line", sql->line, 0);
    json_put_text(w, "sql", sql->text);
    json_put_text(w, "command", f->fp.command);
    json_put_bool(w, "parsed", sql->tree != NULL);
    put_known(w, "transaction", f->fp.transaction ? f->fp.transaction : -1);
    put_outcome(w, &f->fp);
    put_footprint(w, r->cat, &f->fp);
    json_put_quantiles(w, "lock_wait_ms", f->lock_wait_ms);
    json_put_quantiles(w, "duration_ms", f->duration_ms);
    put_work(w, r->cat, &f->cost);
    json_put_quantiles(w, "wal_bytes", f->cost.wal);
    json_put_number(w, "disk_bytes", f->cost.disk_bytes, 0);
    json_put_number(w, "temp_bytes", f->cost.temp_bytes, 0);
    put_standby(w, &f->standby);
    if (r->policies)
        put_findings(w, r->policies[file].stmts[n].findings, r->policies[file].stmts[n].len);
    else
        put_findings(w, NULL, 0);
    put_chains(w, f);
    put_safer(w, r->rewrites ? &r->rewrites[file].stmts[n] : NULL);
    json_close(w, '}');
}

static void put_head(struct json_writer *w, const struct review *r)
{
    json_put_text(w, "schema", "lockcast/review/1");
    json_open(w, "tool", '{');
    json_put_text(w, "name", "lockcast");
    json_put_text(w, "version", LOCKCAST_VERSION);
    json_put_number(w, "grammar", floor(lc_sql_grammar() / 10000.0) * 10000, 0);
    json_close(w, '}');
    json_open(w, "server", '{');
    json_put_number(w, "version_num", cat_version_num(r->snap->cat), 0);
    json_put_text(w, "database", r->snap->server.database);
    json_put_text(w, "source", snap_origin_name(r->snap->origin));
    json_close(w, '}');
    json_put_text(w, "verdict", severity_name(r->verdict));
}

#define PIECE ((size_t)256 * 1024) // that is written at once: it stays in the processor's cache

static void pass_on(const struct report_options *o, struct lc_str *out)
{
    if (!o->write || out->len < PIECE)
        return;
    o->write(o->context, out->text, out->len);
    out->len = 0;
    out->text[0] = '\0';
}

void report_json(const struct review *r, const struct report_options *o, struct lc_str *out)
{
    struct json_writer w = {.out = out};

    json_open(&w, NULL, '{');
    put_head(&w, r);
    put_forecast(&w, &r->forecast, NULL);
    report_put_queue(&w, &r->forecast);
    put_standbys(&w, &r->forecast);
    json_open(&w, "unknowns", '[');
    for (int i = 0; i < r->forecast.nunknowns; i++)
        json_put_text(&w, NULL, r->forecast.unknowns[i]);
    json_close(&w, ']');
    put_findings(&w, &r->deploy, r->deploy.rule != NULL);
    json_open(&w, "migrations", '[');
    for (int i = 0; i < r->forecast.len; i++) {
        const struct forecast_file *f = &r->forecast.files[i];
        json_open(&w, NULL, '{');
        json_put_text(&w, "path", f->file->path);
        json_put_text(&w, "format", f->file->format);
        json_put_text(&w, "format_reason", f->file->reason);
        json_open(&w, "statements", '[');
        for (int k = 0; k < f->len; k++) {
            put_statement(&w, r, i, k);
            pass_on(o, out);
        }
        json_close(&w, ']');
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    lc_str_addc(out, '\n');
}
