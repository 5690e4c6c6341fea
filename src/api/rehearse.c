// Rehearsing a migration on a clone, and keeping what was learnt in a ledger.
#include "rehearse/rehearse.h"
#include "api/internal.h"
#include "cost/ledger.h"
#include "report/rehearsal.h"
#include "snapshot/snapshot.h"

struct run {
    struct lockcast *l;
    const struct lockcast_options *options;
    const struct lockcast_rehearsal *how;
    struct migration_set set;
    struct rehearse_options rehearse;
    struct forecast plain; // without the ledger
    struct rehearsal result;
};

static enum lc_code check_clone(const struct lockcast_rehearsal *how, struct lc_error *err)
{
    if (how->this_is_a_clone)
        return LC_OK;
    (void)lc_fail(err, LC_E_USAGE, "refused: a rehearsal really runs the migration, so it must be told that this is a clone");
    lc_error_hint(err,
                  "If nobody else needs this database, add --this-is-a-clone; --rollback undoes what a transaction can undo.");
    return LC_E_USAGE;
}

// Nobody is looked at but whether they are there; the sizes of production are compared with, not taken.
static enum lc_code open_clone(struct run *r, const struct lockcast_connection *connection, struct lc_error *err)
{
    const struct lockcast_look look = {
        .no_traffic = 1, .cores = r->options->cores, .progress = r->how->progress, .context = r->how->context};
    struct lockcast *l = r->l;
    struct snapshot *sizes = NULL;
    enum lc_code code = api_open_server(l, connection, &look, err);

    if (code == LC_OK)
        code = rehearse_guard(l->server, NULL, l->arena, err);
    if (code == LC_OK && r->how->production)
        code = snapshot_from_file(r->how->production, l->arena, &sizes, err);
    r->rehearse.production = sizes;
    if (code == LC_OK)
        code = api_connect(l, connection, "lockcast rehearse", &l->runner, err);
    return code;
}

static enum lc_code forecast_plain(struct run *r, struct lc_error *err)
{
    struct review_options how = r->rehearse.review;
    struct review review;
    enum lc_code code;

    how.forecast.cost.ledger = NULL;
    code = review_run(r->l->arena, r->l->snap, &r->set, &how, &review, err);
    r->plain = review.forecast;
    return code;
}

static enum lc_code run(struct run *r, const struct lockcast_connection *connection, const char *const *paths, int npaths,
                        struct lc_error *err)
{
    struct lockcast *l = r->l;
    enum lc_code code = check_clone(r->how, err);

    if (code == LC_OK)
        code = api_read_migrations(l, paths, npaths, r->options, &r->set, err);
    if (code == LC_OK)
        code = open_clone(r, connection, err);
    if (code == LC_OK)
        code = api_review_options(l, r->options, true, &r->rehearse.review, err);
    r->rehearse.review.forecast.no_traffic = true;
    r->rehearse.review.no_rewrite = true;
    r->rehearse.rollback = r->how->rollback != 0;
    if (code == LC_OK && r->options->ledger)
        code = forecast_plain(r, err);
    if (code == LC_OK)
        code = rehearse_run(l->arena, l->snap, &r->set, l->server, l->runner, &r->rehearse, &r->result, err);
    return code;
}

static enum lc_code deliver(struct run *r, bool json, bool verbose, struct lc_str *out, struct lc_error *err)
{
    struct lc_str lines = api_str(r->l);

    if (json)
        report_rehearsal_json(&r->result, out);
    else
        report_rehearsal_text(&r->result, verbose, out);
    if (!r->options->ledger)
        return LC_OK;
    rehearse_ledger(r->l->arena, &r->result, &r->plain, &lines);
    return ledger_append(r->options->ledger, lines.text, lines.len, err);
}

enum lockcast_status lockcast_rehearse(struct lockcast *l, const struct lockcast_connection *connection, const char *const *paths,
                                       int npaths, const struct lockcast_options *options, const struct lockcast_rehearsal *how,
                                       const struct lockcast_form *form, struct lockcast_text *report, int *failed)
{
    static const struct lockcast_options no_options;
    static const struct lockcast_rehearsal no_how;
    struct run r = {.l = l, .options = options ? options : &no_options, .how = how ? how : &no_how};
    struct lc_error *err = api_begin(l);
    struct lc_str out = api_str(l);
    bool json;
    enum lc_code code = api_json_or_text(form, "a rehearsal", &json, err);

    if (code == LC_OK)
        code = run(&r, connection, paths, npaths, err);
    if (code == LC_OK)
        code = deliver(&r, json, form && form->verbose, &out, err);
    *failed = code == LC_OK && r.result.failed;
    l->asked = NULL;
    server_close(l->runner);
    l->runner = NULL;
    l->asked = l->server;
    return api_end_text(l, code, &out, report);
}
