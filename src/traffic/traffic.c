// The order of work: texts to statements, statements to transactions, looks to long transactions.
#include "traffic/traffic.h"

#include <math.h>
#include <stdarg.h>

#include "traffic/internal.h"

#define MORE 1.3       // a count that is so much larger than another is no accident of rounding or timing
#define OWN_PER_S 20.0 // transactions of monitoring, and of this program's own look
#define YOUNG_S 900.0  // counters not older than this tell of now

double traffic_since_s(const struct traffic_build *b, double since)
{
    // counters are read once more at the end of the looks: those are the ones that are kept
    double s = (b->snap->parts[SNAP_PART_STATEMENTS].taken_at + b->snap->traffic.window_ms - since) / 1e3;

    return s > 0 ? s : NAN;
}

// Old counters are an average over days: they only steady the two looks, as if they were one more second of them.
double traffic_rate(const struct traffic_build *b, double calls, double since_s, double window_calls)
{
    double window_s = b->snap->traffic.window_ms / 1e3;
    double average = isnan(since_s) ? NAN : calls / since_s;

    if (!isnan(average) && since_s <= YOUNG_S && since_s > window_s)
        return average;
    if (isnan(window_calls) || !(window_s > 0))
        return isnan(average) ? 0 : average;
    return isnan(average) ? window_calls / window_s : (window_calls + average) / (window_s + 1);
}

void traffic_unseen(struct traffic_build *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    LC_PUSH(b->arena, &b->unseen, lc_vprintf(b->arena, fmt, args));
    va_end(args);
}

static const char *basis(const struct traffic_build *b)
{
    const struct snap_traffic *t = &b->snap->traffic;

    if (t->has_statements && t->window_ms > 0)
        return lc_printf(b->arena, "pg_stat_statements, and looks over %.1f s", t->window_ms / 1e3);
    if (t->has_statements)
        return "pg_stat_statements";
    return t->ntables ? "pg_stat_user_tables" : "none";
}

static void say_what_is_missing(struct traffic_build *b)
{
    const struct snap_traffic *t = &b->snap->traffic;

    if (!t->has_statements)
        traffic_unseen(b, "Queries could not be seen%s%s: rates come from the tables' counters, without service times.",
                       t->statements_missing ? ": " : "", t->statements_missing ? t->statements_missing : "");
    if (t->statements_hidden > 0)
        traffic_unseen(b, "%.0f text%s of pg_stat_statements %s hidden from this role: GRANT pg_read_all_stats, or pg_monitor.",
                       t->statements_hidden, t->statements_hidden == 1 ? "" : "s", t->statements_hidden == 1 ? "is" : "are");
    if (t->statements_dealloc > 0)
        traffic_unseen(b, "pg_stat_statements has dropped entries (%.0f times): rates are too low. Raise pg_stat_statements.max.",
                       t->statements_dealloc);
    if (b->snap->server.looks_like_clone)
        traffic_unseen(b,
                       "This server looks like a clone without traffic of its own: take production's with --traffic SNAPSHOT.");
}

// The server counts all transactions of the database; pg_stat_statements shows those whose texts this role may read and that were not
// dropped. What does not show is traffic too, on tables that nobody knows.
static void widen_for_unseen(struct traffic_build *b, struct traffic *out)
{
    const struct snap_database_counters *d = &b->snap->traffic.database;
    double all =
        traffic_rate(b, d->xact_commit + d->xact_rollback, traffic_since_s(b, d->since), d->window_commits + d->window_rollbacks);
    double seen = b->other_rate_per_s;

    for (int i = 0; i < out->nclasses; i++)
        seen += out->classes[i].rate_per_s;
    for (int i = 0; i < out->nlongs; i++)
        seen += out->longs[i].every_ms > 0 ? 1e3 / out->longs[i].every_ms : 0;
    if (b->snap->traffic.has_statements && all > MORE * seen + OWN_PER_S) {
        double missing = log(fmin(all / fmax(seen, 1e-3), 100));
        traffic_unseen(b,
                       "%.0f of %.0f transactions a second do not show in pg_stat_statements: what they do is not simulated, "
                       "and the range is wider for it.",
                       all - seen, all);
        out->rate_sigma = sqrt(out->rate_sigma * out->rate_sigma + 0.25 * missing * missing);
    }
    out->unseen = b->unseen.items;
    out->nunseen = b->unseen.len;
}

enum lc_code traffic_from_snapshot(struct lc_arena *arena, const struct snapshot *snap, struct traffic *out, struct lc_error *err)
{
    struct traffic_build b = {.arena = arena, .snap = snap, .out = out};
    double window_s = snap->traffic.window_ms / 1e3, since_s;

    (void)err;
    *out = (struct traffic){0};
    if (snap->traffic.has_statements)
        traffic_observe_statements(&b);
    else
        traffic_from_counters(&b);
    traffic_choose_partitions(&b);
    traffic_see_transactions(&b);
    traffic_find_longs(&b);
    traffic_group(&b);
    say_what_is_missing(&b);
    since_s = traffic_since_s(&b, snap->traffic.statements_since);
    out->window_s = !isnan(since_s) && since_s <= YOUNG_S ? since_s : window_s;
    out->classes = b.classes.items;
    out->nclasses = b.classes.len;
    out->longs = b.longs.items;
    out->nlongs = b.longs.len;
    out->basis = basis(&b);
    // Poisson noise of the counts, and 5 % for traffic that drifts between the look and the deploy.
    out->rate_sigma = sqrt(0.05 * 0.05 + 1 / fmax(b.calls, 4));
    for (int i = 0; i < out->nclasses; i++)
        for (int k = 0; k < out->classes[i].len; k++)
            out->active_sessions += out->classes[i].rate_per_s * out->classes[i].statements[k].mean_ms / 1e3;
    widen_for_unseen(&b, out);
    return LC_OK;
}
