// lockcast rehearse: really run the migration on a clone, and hold the forecast against it.
#include "base/str.h"
#include "cli/cli.h"
#include "cost/ledger.h"
#include "migration/migration.h"
#include "rehearse/rehearse.h"
#include "report/rehearsal.h"

struct rehearse {
    struct cli_run *run;
    struct server *tracer, *runner;
    struct snapshot *snap;
    struct migration_set set;
    struct rehearse_options options;
    struct forecast plain; // without the ledger
    struct rehearsal result;
};

static enum lc_code check_usage(const struct cli_options *o, struct lc_error *err)
{
    if (o->format && !lc_streq(o->format, "text") && !lc_streq(o->format, "json"))
        return lc_fail(err, LC_E_USAGE, "`lockcast rehearse` writes text or json");
    if (o->clone)
        return LC_OK;
    (void)lc_fail(err, LC_E_USAGE, "refused: a rehearsal really runs the migration, so it must be told that this is a clone");
    lc_error_hint(err,
                  "If nobody else needs this database, add --this-is-a-clone; --rollback undoes what a transaction can undo.");
    return LC_E_USAGE;
}

// Nobody is looked at but whether they are there; the sizes of --traffic are compared with, not taken.
static enum lc_code open_clone(struct rehearse *r, struct lc_error *err)
{
    const char *production = r->run->o.traffic;
    struct server_params params = r->run->o.server;
    struct snapshot *sizes = NULL;
    enum lc_code code;

    r->run->o.traffic = NULL;
    r->run->o.no_traffic = true;
    code = cli_open_snapshot(r->run, &r->snap, &r->tracer, err);
    if (code == LC_OK && !r->tracer)
        code = lc_fail(err, LC_E_USAGE, "`lockcast rehearse` needs a connection to the clone (-h, -p, -U, -d)");
    if (code == LC_OK)
        code = rehearse_guard(r->tracer, NULL, r->run->arena, err);
    if (code == LC_OK && production)
        code = snapshot_from_file(production, r->run->arena, &sizes, err);
    r->options.production = sizes;
    params.application = "lockcast rehearse";
    if (code == LC_OK)
        code = server_connect(&params, r->run->arena, &r->runner, err);
    return code;
}

static enum lc_code forecast_plain(struct rehearse *r, struct lc_error *err)
{
    struct review_options how = r->options.review;
    struct review review;
    enum lc_code code;

    how.forecast.cost.ledger = NULL;
    code = review_run(r->run->arena, r->snap, &r->set, &how, &review, err);
    r->plain = review.forecast;
    return code;
}

static enum lc_code rehearse(struct rehearse *r, struct lc_error *err)
{
    const struct cli_options *o = &r->run->o;
    enum lc_code code = check_usage(o, err);

    if (code == LC_OK)
        code = cli_read_migrations(r->run, &r->set, err);
    if (code == LC_OK)
        code = open_clone(r, err);
    if (code == LC_OK)
        code = cli_review_options(r->run, r->tracer, &r->options.review, err);
    r->options.review.no_rewrite = true;
    r->options.rollback = o->rollback;
    if (code == LC_OK && o->ledger)
        code = forecast_plain(r, err);
    cli_watch_interrupt(r->runner ? r->runner : r->tracer);
    if (code == LC_OK)
        code = rehearse_run(r->run->arena, r->snap, &r->set, r->tracer, r->runner, &r->options, &r->result, err);
    cli_watch_interrupt(NULL);
    return code;
}

static enum lc_code deliver(struct rehearse *r, struct lc_error *err)
{
    struct lc_str out, lines;
    enum lc_code code;

    lc_str_init(&out, r->run->arena, LC_STR_MAX);
    lc_str_init(&lines, r->run->arena, LC_STR_MAX);
    if (lc_streq(r->run->o.format, "json"))
        report_rehearsal_json(&r->result, &out);
    else
        report_rehearsal_text(&r->result, r->run->o.verbose, &out);
    code = cli_write(r->run, out.text, out.len, err);
    if (code != LC_OK || !r->run->o.ledger)
        return code;
    rehearse_ledger(r->run->arena, &r->result, &r->plain, &lines);
    return ledger_append(r->run->o.ledger, lines.text, lines.len, err);
}

int cmd_rehearse(struct cli_run *run)
{
    struct rehearse r = {.run = run};
    struct lc_error err = {0};
    int status;

    if (rehearse(&r, &err) != LC_OK || deliver(&r, &err) != LC_OK)
        status = cli_fail(&err);
    else
        status = r.result.failed ? EXIT_VERDICT : EXIT_DONE;
    server_close(r.runner);
    server_close(r.tracer);
    return status;
}
