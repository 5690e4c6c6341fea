// Which snapshot a run works on: a live server, --snapshot FILE, or an empty catalogue of --server-version.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"

static bool wants_server(const struct cli_options *o)
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

    if (end == text || n < 0)
        return NAN;
    if (lc_streq(end, "ms"))
        return n;
    if (lc_streq(end, "min") || lc_streq(end, "m"))
        return n * 60e3;
    return lc_streq(end, "s") || !*end ? n * 1e3 : NAN;
}

static void show_progress(void *context, const char *what)
{
    (void)context;
    (void)fprintf(stderr, "\r\033[Klockcast: %s ...", what);
}

static bool is_local(const char *host)
{
    return !host || !*host || *host == '/' || *host == '@' || lc_streq(host, "localhost") || lc_streq(host, "127.0.0.1") ||
           lc_streq(host, "::1");
}

static enum lc_code from_server(struct cli_run *run, struct snapshot **snap, struct server **server, struct lc_error *err)
{
    const struct cli_options *o = &run->o;
    struct snapshot_options options = {.sample_ms = o->no_traffic ? 0 : 2000,
                                       .quiet_ms = o->sample ? 0 : 400,
                                       .no_traffic = o->no_traffic,
                                       .no_query_text = o->no_query_text,
                                       .cores = (int)o->cores};
    bool progress = !o->quiet && isatty(STDERR_FILENO);
    enum lc_code code;

    if (o->sample)
        options.sample_ms = time_ms(o->sample);
    if (isnan(options.sample_ms))
        return lc_fail(err, LC_E_USAGE, "--sample takes a time such as 30s, not \"%s\"", o->sample);
    if (progress)
        options.progress = show_progress;
    code = server_connect(&o->server, run->arena, server, err);
    if (code != LC_OK)
        return code;
    // SQL cannot tell how many cores a server has; of one on this machine the machine can.
    if (!options.cores && is_local(server_host(*server)))
        options.cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    cli_watch_interrupt(*server);
    code = snapshot_from_server(*server, &options, run->arena, snap, err);
    if (progress)
        (void)fprintf(stderr, "\r\033[K");
    return code;
}

enum lc_code cli_open_snapshot(struct cli_run *run, struct snapshot **snap, struct server **server, struct lc_error *err)
{
    const struct cli_options *o = &run->o;
    enum lc_code code = LC_OK;

    *server = NULL;
    if (o->server_version && (o->server_version < 13 || o->server_version > 18))
        return lc_fail(err, LC_E_USAGE, "--server-version takes 13 to 18");
    if (o->snapshot && (o->server.dbname || o->server.host))
        return lc_fail(err, LC_E_USAGE, "--snapshot and a connection exclude each other");
    if (o->snapshot)
        code = snapshot_from_file(o->snapshot, run->arena, snap, err);
    else if (wants_server(o))
        code = from_server(run, snap, server, err);
    else
        *snap = snapshot_empty(run->arena, (int)o->server_version * 10000);
    if (code == LC_OK && o->traffic) {
        struct snapshot *other;
        code = snapshot_from_file(o->traffic, run->arena, &other, err);
        if (code == LC_OK)
            snapshot_take_traffic(*snap, other);
    }
    return code;
}
