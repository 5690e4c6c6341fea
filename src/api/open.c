// Opening a database: a live server, a snapshot file, or nothing but a version.
#include <string.h>
#include <unistd.h>

#include "api/internal.h"
#include "snapshot/snapshot.h"

#define SAMPLE_MS 2000.0
#define QUIET_MS 400.0 // of it, where no sign of long transactions is seen

static bool is_local(const char *host)
{
    static const char *const local[] = {"localhost", "127.0.0.1", "::1"};

    if (!host || !*host || *host == '/' || *host == '@')
        return true;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (lc_starts(host, local[i]) && (!host[strlen(local[i])] || host[strlen(local[i])] == ':')) // a port may follow
            return true;
    return false;
}

static void close_database(struct lockcast *l)
{
    l->asked = NULL;
    server_close(l->runner);
    server_close(l->server);
    l->server = l->runner = NULL;
    l->snap = NULL;
}

enum lc_code api_connect(struct lockcast *l, const struct lockcast_connection *c, const char *application, struct server **out,
                         struct lc_error *err)
{
    struct server_params params = {.application = application};
    enum lc_code code;

    if (c) {
        params.host = c->host;
        params.port = c->port;
        params.user = c->user;
        params.dbname = c->dbname;
    }
    code = server_connect(&params, l->arena, out, err);
    if (code == LC_OK)
        l->asked = *out;
    return code;
}

enum lc_code api_open_server(struct lockcast *l, const struct lockcast_connection *c, const struct lockcast_look *look,
                             struct lc_error *err)
{
    static const struct lockcast_look defaults = {0};
    const struct lockcast_look *how = look ? look : &defaults;
    bool once = how->sample_ms < 0 || (how->no_traffic && how->sample_ms <= 0);
    struct snapshot_options options = {.sample_ms = once                 ? 0
                                                    : how->sample_ms > 0 ? how->sample_ms
                                                                         : SAMPLE_MS,
                                       .quiet_ms = how->sample_ms > 0 || once ? 0 : QUIET_MS,
                                       .no_traffic = how->no_traffic != 0,
                                       .no_query_text = how->no_query_text != 0,
                                       .cores = how->cores,
                                       .progress = how->progress,
                                       .context = how->context};
    enum lc_code code;

    close_database(l);
    code = api_connect(l, c, NULL, &l->server, err);
    if (code != LC_OK)
        return code;
    // SQL cannot tell how many cores a server has; of one on this machine the machine can.
    if (!options.cores && is_local(server_host(l->server)))
        options.cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    return snapshot_from_server(l->server, &options, l->arena, &l->snap, err);
}

enum lockcast_status lockcast_open_server(struct lockcast *l, const struct lockcast_connection *connection,
                                          const struct lockcast_look *look)
{
    return api_end(l, api_open_server(l, connection, look, api_begin(l)));
}

enum lockcast_status lockcast_open_snapshot(struct lockcast *l, const char *path)
{
    struct lc_error *err = api_begin(l);

    close_database(l);
    return api_end(l, snapshot_from_file(path, l->arena, &l->snap, err));
}

enum lockcast_status lockcast_open_empty(struct lockcast *l, int major)
{
    struct lc_error *err = api_begin(l);

    close_database(l);
    if (major && (major < 13 || major > 18))
        return api_end(l, lc_fail(err, LC_E_USAGE, "the server's version is 13 to 18, not %d", major));
    l->snap = snapshot_empty(l->arena, major * 10000);
    return LOCKCAST_OK;
}

enum lockcast_status lockcast_take_traffic(struct lockcast *l, const char *path)
{
    struct lc_error *err = api_begin(l);
    struct snapshot *other;
    enum lc_code code = api_need_database(l, err);

    if (code == LC_OK)
        code = snapshot_from_file(path, l->arena, &other, err);
    if (code == LC_OK)
        snapshot_take_traffic(l->snap, other);
    return api_end(l, code);
}

int lockcast_gap(struct lockcast *l, int i, struct lockcast_gap *out)
{
    if (!l->snap || i < 0 || i > l->snap->gaps.len)
        return 0;
    if (i < l->snap->gaps.len) {
        const struct snap_gap *g = &l->snap->gaps.items[i];
        *out = (struct lockcast_gap){g->what, g->why, g->hint};
        return 1;
    }
    if (!l->snap->server.looks_like_clone || l->snap->traffic.origin == SNAP_NONE)
        return 0;
    *out = (struct lockcast_gap){"traffic", "this looks like a clone: nobody is connected and the counters are young",
                                 "Take the traffic from production: review --traffic FILE with a snapshot taken there."};
    return 1;
}
