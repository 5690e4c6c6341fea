// What the files of this room share. Not for other rooms.
#ifndef LC_WATCH_INTERNAL_H
#define LC_WATCH_INTERNAL_H

#include "watch/watch.h"

#define WATCH_SAMPLES 16
#define WATCH_HISTORIES 64

struct watch_history { // of one process in one phase
    int pid;
    char phase[64];
    double at[WATCH_SAMPLES], done[WATCH_SAMPLES]; // the last ones, oldest first
    int n;
    double seen; // when last; the oldest makes room
};

struct watch {
    struct server *server;
    struct watch_options options;
    struct watch_history histories[WATCH_HISTORIES];
};

// How much of an operation's work its phase is, and what comes before and after it (phases.c). false: nothing is known of this phase.
struct watch_phase {
    double before, own, after;
    bool waits;
};
bool watch_phase_of(const struct watch_operation *op, struct watch_phase *out);

// Fills share, rate and the time left (left.c).
void watch_estimate(struct watch *w, double now, struct watch_operation *op);
// The forecast that an operation or session runs (forecast.c); NULL: none. *ms: its duration.
const struct watch_forecast *watch_find_forecast(const struct watch *w, struct lc_arena *arena, const char *query,
                                                 struct quantiles *ms);
// Who waits for whom (sessions.c).
struct watch_activity;
enum lc_code watch_read_activity(struct watch *w, struct lc_arena *arena, struct watch_activity **out, double *now,
                                 struct lc_error *err) LC_MUST_CHECK;
void watch_add_sessions(const struct watch_activity *a, struct lc_arena *arena, struct watch_operation *op, int locker);
// Schema changes that no view shows the progress of, and --pid's session.
void watch_add_others(struct watch *w, struct lc_arena *arena, const struct watch_activity *a, struct watch_look *out);
const char *watch_query_of(const struct watch_activity *a, int pid); // NULL: not seen
enum lc_code watch_read_backfills(struct watch *w, struct lc_arena *arena, const struct watch_activity *a, struct watch_look *out,
                                  struct lc_error *err) LC_MUST_CHECK; // backfill.c
int watch_backfill_pid(const struct watch_activity *a); // the one session that runs a batch loop; 0: none, or several

#endif
