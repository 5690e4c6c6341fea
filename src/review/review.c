// Forecast, then the safer way, then the verdict.
#include "review/review.h"

#include "base/str.h"
#include "review/safer.h"

#define MOST_PRICED 16 // rewritten statements whose steps are forecast one by one

// The policy that the steps of a rewrite are to be tried with; NULL: the rewrite's own, which "lockcast" stands for. Waiting without any
// lock_timeout is never the way.
static const struct sim_retry *best_retry(const struct forecast *f)
{
    const struct sim_retry *best = f->retries ? f->retries->policies[f->retries->best].policy : NULL;

    if (!best || lc_streq(best->label, "none") || lc_streq(best->label, "lockcast"))
        return NULL;
    return best;
}

enum lc_code review_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                        const struct review_options *options, struct review *out, struct lc_error *err)
{
    struct forecast_options how = options->forecast;
    enum lc_code code;

    how.advise = true;
    *out = (struct review){.snap = snap, .cat = snap->cat};
    // The rewrite must see the database as it is before the migration, so the forecast's changes are undone.
    cat_begin(snap->cat);
    cat_set_setting(snap->cat, "lockcast.today", lc_printf(arena, "%ld", options->today),
                    false); // bodies name partitions by the date
    code = forecast_run(arena, snap, set, &how, &out->forecast, err);
    cat_rollback(snap->cat);
    if (code != LC_OK)
        return code;
    if (!options->no_rewrite) {
        struct rewrite_options rewrite = options->rewrite;
        rewrite.snap = snap;
        rewrite.how = &options->forecast;
        if (!rewrite.whole_files)
            rewrite.most_priced = MOST_PRICED;
        rewrite.retry = options->forecast.retry ? options->forecast.retry : best_retry(&out->forecast);
        out->rewrites = LC_NEW_ARRAY(arena, struct rewrite_file, out->forecast.len);
        code = rewrite_plan(arena, snap->cat, &out->forecast, &rewrite, out->rewrites, err);
        if (code == LC_OK && !options->rewrite.whole_files) // a file is written as it is, whatever its forecast
            code = review_forecast_safer(arena, snap, options, &rewrite, out, err);
        if (code != LC_OK)
            return code;
    }
    out->policies = LC_NEW_ARRAY(arena, struct policy_file, out->forecast.len);
    out->verdict = policy_judge(arena, snap->cat, &options->policy, &out->forecast, options->today, out->policies, &out->deploy);
    return LC_OK;
}
