// What live_activity.c (looks at sessions) and live_counters.c (counters before and after) share. Not for other rooms.
#ifndef LC_SNAPSHOT_LIVE_TRAFFIC_H
#define LC_SNAPSHOT_LIVE_TRAFFIC_H

#include "snapshot/live.h"

struct live_traffic {
    struct live *l;
    struct server_rows statements, database, tables; // counters at the first look
    bool sampled;                                    // there are such
    double first_at, last_at;                        // the server's clock at the first and the last look
    double window_ms;                                // how long to look
    int nlooks;
    struct lc_map numbers; // "pid start" -> number of the session
    struct lc_map texts;   // raw text of a query -> struct live_text
    int nsessions;
};

struct live_text {
    const char *normalized; // NULL: too long
    const char *fingerprint;
};

// The only place where the text of somebody's query is looked at: what leaves has no literals.
const struct live_text *live_safe_text(struct live_traffic *t, const char *raw);
// One look at sessions, locks, and so on; `locks` is what pg_locks had.
enum lc_code live_look(struct live_traffic *t, struct server_rows *locks, struct lc_error *err) LC_MUST_CHECK;
// Prepared transactions with their locks, vacuums, replicas.
enum lc_code live_bystanders(struct live_traffic *t, const struct server_rows *locks, struct lc_error *err) LC_MUST_CHECK;
const char *live_cell(const struct server_rows *rows, int row, const char *column); // NULL: no such column

#endif
