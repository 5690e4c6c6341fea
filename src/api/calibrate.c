// Measuring a server's speed.
#include <string.h>

#include "api/internal.h"
#include "cost/calibration.h"

#define DEFAULT_BUDGET_S 15.0

static enum lc_code calibrate(struct lockcast *l, const struct lockcast_connection *connection,
                              const struct lockcast_calibration *how, struct lc_str *out, struct lc_error *err)
{
    struct server *server = NULL;
    struct calibration *c = NULL;
    enum lc_code code = api_connect(l, connection, NULL, &server, err);

    if (code == LC_OK)
        code = calibration_measure(server, l->arena, how->budget_s > 0 ? how->budget_s : DEFAULT_BUDGET_S, how->progress,
                                   how->context, &c, err);
    if (code == LC_OK)
        lc_str_add(out, calibration_write(l->arena, c));
    l->asked = l->server;
    server_close(server);
    return code;
}

enum lockcast_status lockcast_calibrate(struct lockcast *l, const struct lockcast_connection *connection,
                                        const struct lockcast_calibration *how, struct lockcast_text *file)
{
    static const struct lockcast_calibration defaults;
    struct lc_str out = api_str(l);

    return api_end_text(l, calibrate(l, connection, how ? how : &defaults, &out, api_begin(l)), &out, file);
}
