// What a run works on: a live server, --snapshot FILE, or an empty catalogue of --server-version; and how, as the library wants it.
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

#define DEFAULT_CONFIG "lockcast.ini"

bool cli_wants_server(const struct cli_options *o)
{
    static const char *const variables[] = {"PGHOST", "PGDATABASE", "PGSERVICE", "PGHOSTADDR"};

    if (o->server.host || o->server.port || o->server.user || o->server.dbname)
        return true;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]) && !o->server_version)
            return true;
    return false;
}

// "30s", "500ms", "2min"; a bare number is seconds. NAN when it is none of these.
static double time_ms(const char *text)
{
    char *end;
    double n = strtod(text, &end);

    if (end == text || !isfinite(n) || n < 0)
        return NAN;
    if (cli_is(end, "ms"))
        return n;
    if (cli_is(end, "min") || cli_is(end, "m"))
        return n * 60e3;
    return cli_is(end, "s") || !*end ? n * 1e3 : NAN;
}

static int open_server(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    struct lockcast_look look = {.sample_ms = o->sample ? time_ms(o->sample) : 0,
                                 .no_traffic = o->no_traffic,
                                 .no_query_text = o->no_query_text,
                                 .cores = (int)o->cores,
                                 .progress = cli_progress(run)};

    if (o->sample && look.sample_ms <= 0) // the API's 0 is its default
        look.sample_ms = -1;
    if (isnan(look.sample_ms))
        return cli_usage_error(run, "--sample takes a time such as 30s, not \"%s\"", o->sample);
    if (lockcast_open_server(run->l, &o->server, &look) != LOCKCAST_OK)
        return cli_failed(run);
    cli_end_progress(run);
    return EXIT_DONE;
}

static int open_file_or_nothing(struct cli_run *run)
{
    const struct cli_options *o = &run->o;

    if (o->snapshot)
        return lockcast_open_snapshot(run->l, o->snapshot) == LOCKCAST_OK ? EXIT_DONE : cli_failed(run);
    return lockcast_open_empty(run->l, (int)o->server_version) == LOCKCAST_OK ? EXIT_DONE : cli_failed(run);
}

int cli_open(struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    int status;

    if (o->server_version && (o->server_version < 13 || o->server_version > 18))
        return cli_usage_error(run, "--server-version takes 13 to 18, not %d", (int)o->server_version);
    if (!cli_wants_server(o) && (status = cli_refuse(run, "sample", "it watches a server, and there is none")) != EXIT_DONE)
        return status;
    status = !o->snapshot && cli_wants_server(o) ? open_server(run) : open_file_or_nothing(run);
    if (status == EXIT_DONE && o->traffic && lockcast_take_traffic(run->l, o->traffic) != LOCKCAST_OK)
        status = cli_failed(run);
    return status;
}

struct lockcast_options cli_lockcast_options(const struct cli_run *run)
{
    const struct cli_options *o = &run->o;
    const char *config = NULL;

    if (cli_takes(run->command, "config"))
        config = o->config ? o->config : access(DEFAULT_CONFIG, F_OK) == 0 ? DEFAULT_CONFIG : NULL;
    return (struct lockcast_options){.input_format = o->input_format,
                                     .transaction = o->transaction,
                                     .variables = o->variables,
                                     .nvariables = o->nvariables,
                                     .config = config,
                                     .baseline = o->baseline,
                                     .fingerprints = o->write_baseline != NULL,
                                     .calibration = o->calibration,
                                     .ledger = o->ledger,
                                     .retry = o->retry,
                                     .pool_size = (int)o->pool_size,
                                     .cores = (int)o->cores,
                                     .pooler = o->pooler,
                                     .connection_held_ms = o->connection_held_ms,
                                     .client_timeout_ms = o->client_timeout_ms,
                                     .client_retries = (int)(o->client_retries < 1000 ? o->client_retries : 1000),
                                     .retry_delay_ms = o->retry_delay_ms,
                                     .replications = (int)o->replications,
                                     .seed = (unsigned long long)o->seed,
                                     .no_traffic = o->no_traffic,
                                     .no_rewrite = o->no_rewrite,
                                     .speed_ratio = o->speed_ratio,
                                     .cold_cache = o->cold_cache,
                                     .target_hold_ms = o->target_hold_ms,
                                     .history = o->history,
                                     .backup = o->backup,
                                     .bridge = o->bridge,
                                     .rewrite_form = o->rewrite_format,
                                     .today = o->today};
}

struct lockcast_form cli_form(const struct cli_run *run, const char *otherwise)
{
    const struct cli_options *o = &run->o;

    return (struct lockcast_form){.format = o->format ? o->format : otherwise,
                                  .verbose = o->verbose,
                                  .colors = cli_colors(run, STDOUT_FILENO),
                                  .width = run->o.output ? 0 : cli_width(STDOUT_FILENO),
                                  .part = o->part,
                                  .of = o->of};
}
