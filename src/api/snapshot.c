// Keeping a database as a file.
#include <unistd.h>

#include "api/internal.h"
#include "snapshot/snapshot.h"
#include "traffic/traffic.h"

static enum lc_code explain(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *options,
                            struct lc_error *err)
{
    struct review_options how;
    struct migration_set set = {0};
    struct review review = {0};
    enum lc_code code = api_prepare(l, paths, npaths, options, &set, &how, err);

    if (code != LC_OK)
        return code;
    how.forecast.no_traffic = true;
    how.no_rewrite = true;
    return review_run(l->arena, l->snap, &set, &how, &review, err);
}

enum lockcast_status lockcast_explain(struct lockcast *l, const char *const *paths, int npaths,
                                      const struct lockcast_options *options)
{
    return api_end(l, explain(l, paths, npaths, options, api_begin(l)));
}

static void keep_earlier(struct lockcast *l, const char *path)
{
    struct snapshot *earlier = NULL;
    struct lc_error ignored = {0};

    if (access(path, R_OK) == 0 && snapshot_from_file(path, l->arena, &earlier, &ignored) == LC_OK &&
        lc_streq(earlier->server.label, l->snap->server.label))
        snapshot_keep_profile(l->snap, earlier);
}

static enum lc_code prepare(struct lockcast *l, struct lc_error *err)
{
    enum lc_code code = api_need_database(l, err);

    if (code == LC_OK && l->snap->no_query_text)
        traffic_store_footprints(l->snap);
    return code;
}

enum lockcast_status lockcast_save(struct lockcast *l, const char *path)
{
    struct lc_error *err = api_begin(l);
    enum lc_code code = api_need_database(l, err);

    if (code == LC_OK)
        keep_earlier(l, path);
    if (code == LC_OK)
        code = prepare(l, err);
    return api_end(l, code == LC_OK ? snapshot_write(l->snap, path, err) : code);
}

enum lockcast_status lockcast_write(struct lockcast *l, FILE *stream)
{
    struct lc_error *err = api_begin(l);
    enum lc_code code = prepare(l, err);

    return api_end(l, code == LC_OK ? snapshot_write_to(l->snap, stream, err) : code);
}
