// Watching what runs on a server. The connection and each look have an arena of their own, so that a watch of days takes no more memory.
#include "watch/watch.h"
#include "api/internal.h"
#include "report/watch.h"

#define WATCH_ARENA_MAX ((size_t)4 * 1024 * 1024 * 1024)

struct api_watch {
    struct lc_arena *arena;
    struct server *server;
    struct watch *watch;
    cJSON *report;
    size_t mark; // what lies behind it is the last look's
};

void api_watch_close(struct lockcast *l)
{
    if (!l->watch)
        return;
    if (l->asked == l->watch->server)
        l->asked = l->server;
    server_close(l->watch->server);
    cJSON_Delete(l->watch->report);
    lc_arena_free(l->watch->arena);
    l->watch = NULL;
}

static enum lc_code open_watch(struct lockcast *l, const struct lockcast_connection *c, const struct lockcast_watch *how,
                               struct lc_error *err)
{
    struct watch_options options = {.pid = how->pid};
    struct server_params params = {.application = "lockcast watch"};
    struct api_watch *w = l->watch = LC_NEW(l->arena, struct api_watch);
    enum lc_code code = LC_OK;

    w->arena = lc_arena_new(WATCH_ARENA_MAX, l->exhausted, l->exhausted_context);
    if (!w->arena)
        return lc_fail(err, LC_E_NOMEM, "out of memory");
    if (how->forecast)
        code = api_read_report(l, how->forecast, &w->report, err);
    if (code != LC_OK)
        return code;
    if (w->report)
        report_watch_forecasts(w->report, w->arena, &options);
    if (c)
        params = (struct server_params){
            .host = c->host, .port = c->port, .user = c->user, .dbname = c->dbname, .application = params.application};
    code = server_connect(&params, w->arena, &w->server, err);
    if (code != LC_OK)
        return code;
    l->asked = w->server;
    w->watch = watch_new(w->arena, w->server, &options);
    w->mark = lc_arena_mark(w->arena);
    return LC_OK;
}

enum lockcast_status lockcast_watch(struct lockcast *l, const struct lockcast_connection *connection,
                                    const struct lockcast_watch *how)
{
    static const struct lockcast_watch all;
    struct lc_error *err = api_begin(l);
    enum lc_code code;

    api_watch_close(l);
    code = open_watch(l, connection, how ? how : &all, err);
    if (code != LC_OK)
        api_watch_close(l);
    return api_end(l, code);
}

enum lockcast_status lockcast_watch_look(struct lockcast *l, const struct lockcast_form *form, struct lockcast_text *report,
                                         int *shown)
{
    struct lc_error *err = api_begin(l);
    struct api_watch *w = l->watch;
    struct watch_look look = {0};
    struct lc_str out = {0};
    bool json;
    enum lc_code code = api_json_or_text(form, "a watch", &json, err);

    *shown = 0;
    if (code == LC_OK && !w)
        code = lc_fail(err, LC_E_USAGE, "nothing is being watched");
    if (code != LC_OK)
        return api_end_text(l, code, &out, report);
    lc_arena_reset(w->arena, w->mark);
    lc_str_init(&out, w->arena, LC_STR_MAX);
    code = watch_look(w->watch, w->arena, &look, err);
    if (code == LC_OK && json)
        report_watch_json(&look, server_label(w->server), &out);
    else if (code == LC_OK)
        report_watch_text(&look, server_label(w->server), form && form->verbose, form && form->colors, &out);
    *shown = look.missed && !look.operations.len ? -1 : look.operations.len;
    return api_end_text(l, code, &out, report);
}
