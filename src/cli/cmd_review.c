// lockcast review: the main job.
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cost/calibration.h"
#include "cost/ledger.h"
#include "report/report.h"
#include "review/review.h"

#define DEFAULT_CONFIG "lockcast.ini"

static enum migration_tx_choice tx_choice(const char *name)
{
    if (lc_streq(name, "file"))
        return MIGRATION_TX_FILE;
    if (lc_streq(name, "all"))
        return MIGRATION_TX_ALL;
    return lc_streq(name, "none") ? MIGRATION_TX_NONE : MIGRATION_TX_AUTO;
}

enum lc_code cli_read_migrations(struct cli_run *run, struct migration_set *set, struct lc_error *err)
{
    const struct cli_options *o = &run->o;
    struct migration_options options = {o->input_format, tx_choice(o->transaction), o->variables.items, o->variables.len};

    if (o->nargs == 0)
        return lc_fail(err, LC_E_USAGE, "which migration? give files or a folder");
    return migration_read(run->arena, o->args, o->nargs, &options, set, err);
}

// "none, gitlab, pgroll"
static const char *retry_names(struct lc_arena *arena)
{
    struct lc_str out;

    lc_str_init(&out, arena, 4096);
    for (const struct sim_retry *r = sim_retry_policies; r->label; r++)
        lc_str_addf(&out, "%s%s", out.len ? ", " : "", r->label);
    return out.text;
}

enum lc_code cli_review_options(struct cli_run *run, struct server *server, struct review_options *options, struct lc_error *err)
{
    const struct cli_options *o = &run->o;

    memset(options, 0, sizeof *options);
    policy_default(&options->policy);
    options->forecast =
        (struct forecast_options){.pool = (int)o->pool_size,
                                  .cores = (double)o->cores,
                                  .seed = (uint64_t)o->seed,
                                  .replications = (int)o->replications,
                                  .no_traffic = o->no_traffic,
                                  .cost = {.server = server, .speed_ratio = o->speed_ratio, .cold_cache = o->cold_cache}};
    options->rewrite.target_hold_ms = o->target_hold_ms;
    options->rewrite.history_table = o->history;
    options->no_rewrite = o->no_rewrite;
    options->today = (long)(time(NULL) / 86400);
    if (o->retry && !(options->forecast.retry = sim_retry_find(o->retry)))
        return lc_fail(err, LC_E_USAGE, "--retry takes %s, not \"%s\"", retry_names(run->arena), o->retry);
    if (o->calibration) {
        struct calibration *c;
        enum lc_code code = calibration_read(run->arena, o->calibration, &c, err);
        if (code != LC_OK)
            return code;
        options->forecast.cost.calibration = c;
    }
    if (o->ledger) { // a rehearsal begins one
        struct ledger *ledger;
        enum lc_code code = ledger_read(run->arena, o->ledger, lc_streq(run->command->name, "rehearse"), &ledger, err);
        if (code != LC_OK)
            return code;
        options->forecast.cost.ledger = ledger;
    }
    if (o->config || access(DEFAULT_CONFIG, F_OK) == 0)
        return policy_read(run->arena, o->config ? o->config : DEFAULT_CONFIG, &options->policy, err);
    return LC_OK;
}

int cmd_review(struct cli_run *run)
{
    struct snapshot *snap = NULL;
    struct server *server = NULL;
    struct migration_set set = {0};
    struct review_options options;
    struct review review = {0};
    struct report_options how = {.verbose = run->o.verbose, .colors = cli_colors(run, 1), .shard = run->o.shard};
    struct lc_error err = {0};
    struct lc_str out;
    int status = EXIT_DONE;

    if (run->o.shard.of && !lc_streq(run->o.format, "json"))
        return cli_usage_error(run, "--shard needs --format json: `lockcast merge` puts the parts together, in any format");
    lc_str_init(&out, run->arena, LC_STR_MAX);
    if (cli_read_migrations(run, &set, &err) != LC_OK || cli_open_snapshot(run, &snap, &server, &err) != LC_OK ||
        cli_review_options(run, server, &options, &err) != LC_OK ||
        review_run(run->arena, snap, &set, &options, &review, &err) != LC_OK ||
        report_review(run->o.format ? run->o.format : "text", &review, &how, run->arena, &out, &err) != LC_OK ||
        cli_write(run, out.text, out.len, &err) != LC_OK)
        status = cli_fail(&err);
    else
        status = cli_verdict_status(run, severity_name(review.verdict));
    cli_watch_interrupt(NULL);
    server_close(server);
    return status;
}
