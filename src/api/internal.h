// A handle of the public API, and what its calls share. Not for other rooms.
#ifndef LC_API_INTERNAL_H
#define LC_API_INTERNAL_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/str.h"
#include "lockcast/lockcast.h"
#include "migration/migration.h"
#include "report/report.h"
#include "review/review.h"
#include "snapshot/server.h"

struct api_watch; // watch.c

struct lockcast {
    struct lc_arena *arena;
    struct snapshot *snap;          // NULL: not open
    struct server *server, *runner; // NULL unless live; runner: a rehearsal's second connection
    struct server *volatile asked;  // whom lockcast_cancel asks to stop
    const struct review *review;    // the last; NULL: none, or without fingerprints
    enum lockcast_verdict verdict;
    const struct sim_model *model; // of the last review; NULL: nothing was simulated
    uint64_t model_seed;
    struct api_watch *watch; // NULL: none
    lc_exhausted_fn exhausted;
    void *exhausted_context;
    struct lc_error err; // of the last call
    char line[2048];     // err in one line
};

// Every call begins with api_begin, which clears the last error, and ends with api_end.
struct lc_error *api_begin(struct lockcast *l);
enum lockcast_status api_end(struct lockcast *l, enum lc_code code);
// The same for a call that gives a text: it is `out`'s, or empty after a failure.
enum lockcast_status api_end_text(struct lockcast *l, enum lc_code code, const struct lc_str *out, struct lockcast_text *text);
struct lc_str api_str(struct lockcast *l);

// Both accept NULL for the structure of zeros.
enum lc_code api_read_migrations(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *o,
                                 struct migration_set *set, struct lc_error *err) LC_MUST_CHECK;
// ledger_may_be_new: a rehearsal begins one.
enum lc_code api_review_options(struct lockcast *l, const struct lockcast_options *o, bool ledger_may_be_new,
                                struct review_options *out, struct lc_error *err) LC_MUST_CHECK;
// What every job on migrations begins with: a database that is open, the files, how to look at them.
enum lc_code api_prepare(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *o,
                         struct migration_set *set, struct review_options *how, struct lc_error *err) LC_MUST_CHECK;
enum lc_code api_report_options(const struct lockcast_form *form, struct report_options *out, struct lc_error *err) LC_MUST_CHECK;
const char *api_format(const struct lockcast_form *form); // "json" when not said
// For jobs that write json and text alone: LC_E_USAGE names the job.
enum lc_code api_json_or_text(const struct lockcast_form *form, const char *job, bool *json, struct lc_error *err) LC_MUST_CHECK;

// Connects, and says whom a cancel reaches from now on.
enum lc_code api_connect(struct lockcast *l, const struct lockcast_connection *c, const char *application, struct server **out,
                         struct lc_error *err) LC_MUST_CHECK;
enum lc_code api_open_server(struct lockcast *l, const struct lockcast_connection *c, const struct lockcast_look *look,
                             struct lc_error *err) LC_MUST_CHECK;
// LC_E_USAGE where no database has been opened.
enum lc_code api_need_database(const struct lockcast *l, struct lc_error *err) LC_MUST_CHECK;

// Any JSON document, and one that report_check accepts; free *out with cJSON_Delete, also after a failure.
enum lc_code api_read_json(struct lockcast *l, const char *path, cJSON **out, struct lc_error *err) LC_MUST_CHECK;
enum lc_code api_read_report(struct lockcast *l, const char *path, cJSON **out, struct lc_error *err) LC_MUST_CHECK;
void api_watch_close(struct lockcast *l);
void api_set_verdict(struct lockcast *l, const char *name);

#endif
