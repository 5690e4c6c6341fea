// The forecast of the safer way: its steps as a migration of their own, under the same traffic.
#include "review/safer.h"

#include <string.h>

#include "base/str.h"
#include "forecast/footprints.h"

#define MOST 4           // rewritten statements that get a forecast of their own
#define REPLICATIONS 100 // a comparison needs no fine quantiles

struct safer {
    struct lc_arena *arena;
    struct snapshot *snap;
    const struct review_options *options;
    struct review *out;
    struct lc_error *err;
    int made;
    enum lc_code code;
};

// What comes after psql's \gexec: the query before it only clears away what an interrupted run left.
static const char *after_clearing(const char *sql)
{
    const char *meta;

    while ((meta = strstr(sql, "\\gexec")))
        sql = meta + strlen("\\gexec");
    return sql;
}

// The steps as one file: statements by themselves, as psql runs them. An empty file when a step cannot be told: a batched step is a
// block with a COMMIT for each batch, which is no one statement to simulate.
static void steps_file(struct safer *s, const struct rewrite_stmt *r, struct migration_file *file)
{
    struct migration_stmts LC_ARRAY(struct migration_stmt) all = {0};

    *file = (struct migration_file){.path = "the safer way", .format = "plain", .reason = "written by lockcast"};
    for (int i = 0; i < r->len; i++) {
        struct lc_sql_script script;
        struct lc_error ignored;
        const char *sql = after_clearing(r->steps[i].sql);
        if (lc_sql_parse(s->arena, sql, strlen(sql), &script, &ignored) != LC_OK)
            return;
        for (int k = 0; k < script.len; k++) {
            if (!script.stmts[k].tree || IsA(script.stmts[k].tree, DoStmt))
                return;
            LC_PUSH(s->arena, &all, (struct migration_stmt){.sql = script.stmts[k]});
        }
    }
    file->stmts = all.items;
    file->len = all.len;
}

static void forecast_steps(struct safer *s, struct rewrite_stmt *r)
{
    struct forecast_options how = s->options->forecast;
    struct migration_file *file = LC_NEW(s->arena, struct migration_file);
    struct migration_set *set = LC_NEW(s->arena, struct migration_set);
    struct forecast *f = LC_NEW(s->arena, struct forecast);

    steps_file(s, r, file);
    if (!file->len)
        return;
    *set = (struct migration_set){file, 1};
    how.replications = REPLICATIONS;
    cat_begin(s->snap->cat);
    s->code = forecast_run(s->arena, s->snap, set, &how, f, s->err);
    cat_rollback(s->snap->cat);
    if (s->code == LC_OK && f->migration_fails_probability < 1)
        r->forecast = f;
    s->made++;
}

static void visit(struct fp_session *session, int file, int k, void *context)
{
    struct safer *s = context;
    struct rewrite_stmt *r = &s->out->rewrites[file].stmts[k];
    struct footprint scratch;

    if (s->code != LC_OK || s->made >= MOST)
        return;
    if (r->verdict == REWRITE_STEPS)
        forecast_steps(s, r);
    fp_statement(session, &s->out->forecast.files[file].stmts[k].stmt->sql, &scratch);
}

static bool has_steps(const struct review *out)
{
    for (int i = 0; i < out->forecast.len; i++)
        if (out->rewrites[i].changed)
            return true;
    return false;
}

enum lc_code review_forecast_safer(struct lc_arena *arena, struct snapshot *snap, const struct review_options *options,
                                   struct review *out, struct lc_error *err)
{
    struct safer s = {arena, snap, options, out, err, 0, LC_OK};
    const struct migration_file **files = LC_NEW_ARRAY(arena, const struct migration_file *, out->forecast.len);

    if (!out->forecast.simulated || !has_steps(out))
        return LC_OK;
    for (int i = 0; i < out->forecast.len; i++)
        files[i] = out->forecast.files[i].file;
    cat_begin(snap->cat);
    forecast_walk(snap->cat, files, out->forecast.len, visit, &s);
    cat_rollback(snap->cat);
    return s.code;
}
