// The public API: thin over snapshot, review and report.
#include "lockcast/lockcast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "migration/migration.h"
#include "report/report.h"
#include "review/review.h"
#include "snapshot/server.h"
#include "snapshot/snapshot.h"
#include "sql/sql.h"

#define ARENA_MAX ((size_t)16 * 1024 * 1024 * 1024)
#define SAMPLE_MS 2000 // as the program samples a live server

struct lockcast {
    struct lc_arena *arena;
    struct snapshot *snap;
    struct server *server; // NULL unless live
    char error[2048];
};

const char *lockcast_version(void)
{
    return LOCKCAST_VERSION;
}

int lockcast_grammar(void)
{
    return lc_sql_grammar() / 10000;
}

static enum lockcast_status status_of(enum lc_code code)
{
    switch (code) {
    case LC_OK:
        return LOCKCAST_OK;
    case LC_E_USAGE:
    case LC_E_INPUT:
        return LOCKCAST_INPUT;
    case LC_E_CONNECT:
    case LC_E_SERVER:
    case LC_E_INTERRUPTED:
        return LOCKCAST_SERVER;
    case LC_E_DELIVERY:
    case LC_E_INTERNAL:
    case LC_E_NOMEM:
        break;
    }
    return LOCKCAST_INTERNAL;
}

static enum lockcast_status finish(struct lockcast *l, enum lc_code code, const struct lc_error *err)
{
    l->error[0] = '\0';
    if (code != LC_OK && err->file[0] && err->line)
        (void)snprintf(l->error, sizeof l->error, "%s:%d: %s", err->file, err->line, err->message);
    else if (code != LC_OK)
        (void)snprintf(l->error, sizeof l->error, "%s%s%s", err->file, err->file[0] ? ": " : "", err->message);
    return status_of(code);
}

static struct lockcast *handle(struct lockcast **out)
{
    struct lockcast *l = *out = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->arena = lc_arena_new(ARENA_MAX, NULL, NULL);
    if (!l->arena) {
        free(l);
        *out = NULL;
    }
    return *out;
}

enum lockcast_status lockcast_open_server(const char *conninfo, struct lockcast **out)
{
    struct server_params params = {.dbname = conninfo};
    struct snapshot_options options = {.sample_ms = SAMPLE_MS};
    struct lockcast *l = handle(out);
    struct lc_error err = {0};
    enum lc_code code;

    if (!l)
        return LOCKCAST_INTERNAL;
    code = server_connect(&params, l->arena, &l->server, &err);
    if (code == LC_OK)
        code = snapshot_from_server(l->server, &options, l->arena, &l->snap, &err);
    return finish(l, code, &err);
}

enum lockcast_status lockcast_open_snapshot(const char *path, struct lockcast **out)
{
    struct lockcast *l = handle(out);
    struct lc_error err = {0};

    if (!l)
        return LOCKCAST_INTERNAL;
    return finish(l, snapshot_from_file(path, l->arena, &l->snap, &err), &err);
}

enum lockcast_status lockcast_open_empty(int major, struct lockcast **out)
{
    struct lockcast *l = handle(out);
    struct lc_error err = {0};

    if (!l)
        return LOCKCAST_INTERNAL;
    if (major && (major < 13 || major > 18))
        return finish(l, lc_fail(&err, LC_E_USAGE, "the major version is 13 to 18, not %d", major), &err);
    l->snap = snapshot_empty(l->arena, major * 10000);
    return LOCKCAST_OK;
}

static enum lc_code review_options(struct lockcast *l, const struct lockcast_options *o, struct review_options *out,
                                   struct lc_error *err)
{
    policy_default(&out->policy);
    out->forecast = (struct forecast_options){.pool = o->pool_size,
                                              .cores = o->cores,
                                              .seed = o->seed ? o->seed : 1,
                                              .replications = o->replications,
                                              .no_traffic = o->no_traffic != 0,
                                              .cost = {.server = l->server}};
    out->no_rewrite = o->no_rewrite != 0;
    out->today = o->today ? o->today : (long)(time(NULL) / 86400);
    if (o->pool_size < 0 || o->cores < 0 || o->replications < 0)
        return lc_fail(err, LC_E_USAGE, "an option that is a number is not negative");
    return o->config ? policy_read(l->arena, o->config, &out->policy, err) : LC_OK;
}

enum lockcast_status lockcast_review(struct lockcast *l, const char *const *paths, int npaths,
                                     const struct lockcast_options *options, const char **report)
{
    static const struct lockcast_options defaults = {0};
    const struct lockcast_options *o = options ? options : &defaults;
    struct migration_options how = {.transaction = MIGRATION_TX_AUTO};
    struct report_options report_how = {0};
    struct review_options review_how = {0};
    struct migration_set set = {0};
    struct review review = {0};
    struct lc_error err = {0};
    struct lc_str text;
    enum lc_code code = LC_OK;

    *report = NULL;
    lc_str_init(&text, l->arena, LC_STR_MAX);
    if (!l->snap || npaths < 1)
        code = lc_fail(&err, LC_E_USAGE, l->snap ? "which migration? give files or a folder" : "this handle could not be opened");
    if (code == LC_OK)
        code = migration_read(l->arena, paths, npaths, &how, &set, &err);
    if (code == LC_OK)
        code = review_options(l, o, &review_how, &err);
    if (code == LC_OK)
        code = review_run(l->arena, l->snap, &set, &review_how, &review, &err);
    if (code == LC_OK)
        code = report_review(o->format ? o->format : "json", &review, &report_how, l->arena, &text, &err);
    if (code == LC_OK)
        *report = text.text;
    return finish(l, code, &err);
}

const char *lockcast_error(const struct lockcast *l)
{
    return l ? l->error : "out of memory";
}

void lockcast_close(struct lockcast *l)
{
    if (!l)
        return;
    server_close(l->server);
    lc_arena_free(l->arena);
    free(l);
}
