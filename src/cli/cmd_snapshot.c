// lockcast snapshot: a database as one JSON file, for reviews without a server.
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"
#include "review/review.h"
#include "traffic/traffic.h"

// The planner is asked what a review of these migrations would ask: its answers are kept in the file.
static enum lc_code ask_planner(struct cli_run *run, struct snapshot *snap, struct server *server, struct lc_error *err)
{
    struct migration_set set = {0};
    struct review_options options;
    struct review review = {0};

    if (run->o.nargs == 0)
        return LC_OK;
    enum lc_code code = cli_read_migrations(run, &set, err);
    if (code == LC_OK)
        code = cli_review_options(run, server, &options, err);
    if (code != LC_OK)
        return code;
    options.forecast.no_traffic = true;
    options.no_rewrite = true;
    return review_run(run->arena, snap, &set, &options, &review, err);
}

// An earlier snapshot of this database at the same place becomes a point of the hour-of-week profile.
static void keep_earlier(struct cli_run *run, struct snapshot *snap)
{
    struct snapshot *earlier = NULL;
    struct lc_error ignored = {0};

    if (!lc_streq(run->o.output, "-") && access(run->o.output, R_OK) == 0 &&
        snapshot_from_file(run->o.output, run->arena, &earlier, &ignored) == LC_OK &&
        lc_streq(earlier->server.label, snap->server.label))
        snapshot_keep_profile(snap, earlier);
}

static void put_line(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        (void)fputc(*p < 0x20 || *p == 0x7f ? ' ' : *p, stderr);
}

// What could not be seen, with what mends it: a snapshot without traffic would otherwise pass for a quiet server.
static void tell_gaps(const struct snapshot *snap)
{
    for (int i = 0; i < snap->gaps.len; i++) {
        const struct snap_gap *g = &snap->gaps.items[i];
        (void)fputs("lockcast: not seen: ", stderr);
        put_line(g->what);
        (void)fputs(": ", stderr);
        put_line(g->why);
        if (g->hint) {
            (void)fputs("\n  hint: ", stderr);
            put_line(g->hint);
        }
        (void)fputc('\n', stderr);
    }
    if (snap->server.looks_like_clone && snap->traffic.origin != SNAP_NONE)
        (void)fputs("lockcast: this looks like a clone: nobody is connected and the counters are young, so it has no traffic\n"
                    "  hint: take the traffic from production: review --traffic FILE with a snapshot taken there.\n",
                    stderr);
}

static enum lc_code take(struct cli_run *run, struct server **server, struct lc_error *err)
{
    struct snapshot *snap = NULL;
    enum lc_code code = cli_open_snapshot(run, &snap, server, err);

    if (code == LC_OK && !*server) {
        (void)lc_fail(err, LC_E_USAGE, "which server? give -h, -p, -U, -d or the PG* variables");
        code = LC_E_USAGE;
    }
    if (code == LC_OK)
        code = ask_planner(run, snap, *server, err);
    if (code != LC_OK)
        return code;
    keep_earlier(run, snap);
    if (run->o.no_query_text)
        traffic_store_footprints(snap);
    if (!run->o.quiet)
        tell_gaps(snap);
    return lc_streq(run->o.output, "-") ? snapshot_write_to(snap, stdout, err) : snapshot_write(snap, run->o.output, err);
}

int cmd_snapshot(struct cli_run *run)
{
    struct server *server = NULL;
    struct lc_error err = {0};
    int status = EXIT_DONE;

    if (!run->o.output)
        return cli_usage_error(run, "where to? give -o FILE (- is standard output)");
    if (take(run, &server, &err) != LC_OK)
        status = cli_fail(&err);
    cli_watch_interrupt(NULL);
    server_close(server);
    return status;
}
