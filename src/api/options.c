// The public options as the rooms want them.
#include <string.h>
#include <time.h>

#include "api/internal.h"
#include "cost/calibration.h"
#include "cost/ledger.h"
#include "policy/baseline.h"

static const struct lockcast_options defaults;

static const struct {
    const char *name;
    enum migration_tx_choice choice;
} tx_choices[] = {
    {"auto", MIGRATION_TX_AUTO}, {"file", MIGRATION_TX_FILE}, {"all", MIGRATION_TX_ALL}, {"none", MIGRATION_TX_NONE}};

static enum lc_code tx_choice(const char *name, enum migration_tx_choice *out, struct lc_error *err)
{
    for (size_t i = 0; i < sizeof tx_choices / sizeof *tx_choices; i++)
        if (!name || lc_streq(name, tx_choices[i].name)) {
            *out = tx_choices[i].choice;
            return LC_OK;
        }
    return lc_fail(err, LC_E_USAGE, "transactions are auto, file, all or none, not \"%s\"", name);
}

enum lc_code api_read_migrations(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *o,
                                 struct migration_set *set, struct lc_error *err)
{
    struct migration_options how = {0};
    enum lc_code code;

    if (!o)
        o = &defaults;
    if (npaths < 1)
        return lc_fail(err, LC_E_USAGE, "which migration? give files or a folder");
    how.input_format = o->input_format;
    how.variables = o->variables;
    how.nvariables = o->nvariables;
    code = tx_choice(o->transaction, &how.transaction, err);
    return code == LC_OK ? migration_read(l->arena, paths, npaths, &how, set, err) : code;
}

// "none, gitlab, pgroll"
static const char *retry_names(struct lockcast *l)
{
    struct lc_str out = api_str(l);

    for (const struct sim_retry *r = sim_retry_policies; r->label; r++)
        lc_str_addf(&out, "%s%s", out.len ? ", " : "", r->label);
    return out.text;
}

static int pooler_of(const char *name) // enum sim_pooler; -1: no such
{
    static const char *const names[] = {"none", "session", "transaction"};

    for (int i = 0; i < 3; i++)
        if (lc_streq(name, names[i]))
            return i;
    return -1;
}

// A name as SQL has it, [SCHEMA.]TABLE: a rewritten file writes it where an INSERT has its table.
static bool is_table_name(struct lockcast *l, const char *name)
{
    struct lc_error ignored = {0};
    const Node *tree = lc_sql_parse_one(l->arena, lc_printf(l->arena, "INSERT INTO %s DEFAULT VALUES", name), &ignored);
    const InsertStmt *insert = AS(InsertStmt, tree);
    const RangeVar *table = insert ? insert->relation : NULL;

    return table && !table->alias && !insert->cols.length && (!table->catalogname || !*table->catalogname) &&
           !strpbrk(name, ";\n\r");
}

static enum lc_code check(struct lockcast *l, const struct lockcast_options *o, struct lc_error *err)
{
    if (o->pool_size < 0 || o->cores < 0 || o->replications < 0 || !(o->speed_ratio >= 0) || !(o->target_hold_ms >= 0))
        return lc_fail(err, LC_E_USAGE, "an option that is a number is not negative");
    if (!(o->connection_held_ms >= 0) || !(o->client_timeout_ms >= 0) || !(o->retry_delay_ms >= 0) || o->client_retries < 0)
        return lc_fail(err, LC_E_USAGE, "an option that is a number is not negative");
    if (o->pooler && pooler_of(o->pooler) < 0)
        return lc_fail(err, LC_E_USAGE, "a pooler is none, session or transaction, not \"%s\"", o->pooler);
    if (o->retry && !sim_retry_find(o->retry))
        return lc_fail(err, LC_E_USAGE, "the retry policies are %s, not \"%s\"", retry_names(l), o->retry);
    if (o->history && !is_table_name(l, o->history))
        return lc_fail(err, LC_E_USAGE, "the history's table is a name as SQL has it, [SCHEMA.]TABLE, not \"%s\"", o->history);
    return LC_OK;
}

static enum lc_code read_files(struct lockcast *l, const struct lockcast_options *o, bool ledger_may_be_new,
                               struct review_options *out, struct lc_error *err)
{
    struct calibration *c;
    struct ledger *ledger;
    struct baseline *baseline;
    enum lc_code code = LC_OK;

    if (o->calibration && (code = calibration_read(l->arena, o->calibration, &c, err)) == LC_OK)
        out->forecast.cost.calibration = c;
    if (code == LC_OK && o->ledger && (code = ledger_read(l->arena, o->ledger, ledger_may_be_new, &ledger, err)) == LC_OK)
        out->forecast.cost.ledger = ledger;
    if (code == LC_OK && o->config)
        code = policy_read(l->arena, o->config, &out->policy, err);
    if (code == LC_OK && o->baseline && (code = baseline_read(l->arena, o->baseline, &baseline, err)) == LC_OK)
        out->policy.baseline = baseline;
    return code;
}

enum lc_code api_review_options(struct lockcast *l, const struct lockcast_options *o, bool ledger_may_be_new,
                                struct review_options *out, struct lc_error *err)
{
    enum lc_code code;

    if (!o)
        o = &defaults;
    memset(out, 0, sizeof *out);
    policy_default(&out->policy);
    code = check(l, o, err);
    if (code != LC_OK)
        return code;
    out->forecast =
        (struct forecast_options){.pool = o->pool_size,
                                  .cores = o->cores,
                                  .seed = o->seed ? o->seed : 1,
                                  .replications = o->replications,
                                  .no_traffic = o->no_traffic != 0,
                                  .pooler = o->pooler ? (enum sim_pooler)pooler_of(o->pooler) : SIM_NO_POOLER,
                                  .connection_held_ms = o->connection_held_ms,
                                  .client_timeout_ms = o->client_timeout_ms,
                                  .client_retries = o->client_retries < 1000 ? o->client_retries : 1000,
                                  .retry_delay_ms = o->retry_delay_ms > 0 ? o->retry_delay_ms : 100,
                                  .retry = o->retry ? sim_retry_find(o->retry) : NULL,
                                  .cost = {.server = l->server, .speed_ratio = o->speed_ratio, .cold_cache = o->cold_cache != 0}};
    out->rewrite.target_hold_ms = o->target_hold_ms;
    out->rewrite.history_table = o->history;
    out->rewrite.copies = o->backup;
    out->rewrite.bridge = o->bridge;
    out->rewrite.framework = lc_streq(o->rewrite_form, "framework");
    out->policy.fingerprints = o->fingerprints != 0;
    out->no_rewrite = o->no_rewrite != 0;
    out->today = o->today ? o->today : (long)(time(NULL) / 86400);
    return read_files(l, o, ledger_may_be_new, out, err);
}

const char *api_format(const struct lockcast_form *form)
{
    return form && form->format ? form->format : "json";
}

enum lc_code api_report_options(const struct lockcast_form *form, struct report_options *out, struct lc_error *err)
{
    *out = (struct report_options){0};
    if (!form)
        return LC_OK;
    if (form->of && (form->of < 1 || form->of > LOCKCAST_MAX_PARTS || form->part < 1 || form->part > form->of))
        return lc_fail(err, LC_E_USAGE, "a part is 1 to N of N, N at most %d, not %d of %d", LOCKCAST_MAX_PARTS, form->part,
                       form->of);
    if (form->of && !lc_streq(api_format(form), "json"))
        return lc_fail(err, LC_E_USAGE, "a part is written as json: `lockcast merge` puts the parts together, in any format");
    *out = (struct report_options){.verbose = form->verbose != 0,
                                   .colors = form->colors != 0,
                                   .width = form->width,
                                   .budget = form->max_bytes,
                                   .shard = {form->part, form->of},
                                   .write = form->write,
                                   .context = form->context};
    return LC_OK;
}

enum lc_code api_json_or_text(const struct lockcast_form *form, const char *job, bool *json, struct lc_error *err)
{
    const char *format = api_format(form);

    *json = lc_streq(format, "json");
    if (*json || lc_streq(format, "text"))
        return LC_OK;
    return lc_fail(err, LC_E_USAGE, "%s is written as text or json, not as %s", job, format);
}

enum lc_code api_prepare(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *o,
                         struct migration_set *set, struct review_options *how, struct lc_error *err)
{
    enum lc_code code = api_need_database(l, err);

    if (code == LC_OK)
        code = api_read_migrations(l, paths, npaths, o, set, err);
    return code == LC_OK ? api_review_options(l, o, false, how, err) : code;
}
