// Forecasting a deploy, once or over growth.
#include "api/internal.h"
#include "report/baseline.h"
#include "report/plan.h"

static enum lc_code review(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *options,
                           const struct lockcast_form *form, struct lc_str *out, struct lc_error *err)
{
    struct report_options report_how;
    struct review_options how = {0};
    struct migration_set set = {0};
    struct review *result = LC_NEW(l->arena, struct review);
    enum lc_code code = api_report_options(form, &report_how, err);

    if (code == LC_OK)
        code = api_prepare(l, paths, npaths, options, &set, &how, err);
    if (code == LC_OK)
        code = review_run(l->arena, l->snap, &set, &how, result, err);
    if (code == LC_OK)
        code = report_review(api_format(form), result, &report_how, l->arena, out, err);
    if (code == LC_OK)
        api_set_verdict(l, severity_name(result->verdict));
    l->model = code == LC_OK ? result->forecast.model : NULL;
    l->model_seed = how.forecast.seed;
    l->review = code == LC_OK && how.policy.fingerprints ? result : NULL;
    return code;
}

enum lockcast_status lockcast_review(struct lockcast *l, const char *const *paths, int npaths,
                                     const struct lockcast_options *options, const struct lockcast_form *form,
                                     struct lockcast_text *report)
{
    struct lc_str out = api_str(l);

    return api_end_text(l, review(l, paths, npaths, options, form, &out, api_begin(l)), &out, report);
}

enum lockcast_status lockcast_trace(struct lockcast *l, struct lockcast_text *trace)
{
    struct lc_error *err = api_begin(l);
    struct lc_str out = api_str(l);
    enum lc_code code = l->model ? sim_trace(l->model, l->model_seed, 0, l->arena, &out, err)
                                 : lc_fail(err, LC_E_USAGE, "there is no traffic known, so nothing was simulated to be traced");

    return api_end_text(l, code, &out, trace);
}

enum lockcast_verdict lockcast_verdict(const struct lockcast *l)
{
    return l->verdict;
}

enum lockcast_status lockcast_baseline(struct lockcast *l, struct lockcast_text *file)
{
    struct lc_error *err = api_begin(l);
    struct lc_str out = api_str(l);

    if (!l->review)
        return api_end_text(l, lc_fail(err, LC_E_USAGE, "there is no review with fingerprints"), &out, file);
    report_baseline(l->review, &out);
    return api_end_text(l, LC_OK, &out, file);
}

static enum lc_code plan(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *options,
                         const struct lockcast_growth *growth, const struct lockcast_form *form, struct lc_str *out,
                         struct lc_error *err)
{
    static const double sizes[] = {1, 2, 5, 10}, traffic[] = {1, 2, 5};
    struct lockcast_growth g = {sizes, traffic, 4, 3};
    struct report_options report_how;
    struct review_options how;
    struct migration_set set = {0};
    struct plan result;
    bool json;
    enum lc_code code = api_json_or_text(form, "a plan", &json, err);

    if (growth && growth->sizes)
        g.sizes = growth->sizes, g.nsizes = growth->nsizes;
    if (growth && growth->traffic)
        g.traffic = growth->traffic, g.ntraffic = growth->ntraffic;
    if (code == LC_OK)
        code = api_report_options(form, &report_how, err);
    if (code == LC_OK)
        code = api_prepare(l, paths, npaths, options, &set, &how, err);
    if (code == LC_OK)
        code = plan_run(l->arena, l->snap, &set, &how, g.sizes, g.nsizes, g.traffic, g.ntraffic,
                        (struct plan_share){report_how.shard.part, report_how.shard.of}, &result, err);
    if (code != LC_OK)
        return code;
    if (json)
        report_plan_json(&result, report_how.shard, out);
    else
        report_plan_text(&result, out);
    return LC_OK;
}

enum lockcast_status lockcast_plan(struct lockcast *l, const char *const *paths, int npaths,
                                   const struct lockcast_options *options, const struct lockcast_growth *growth,
                                   const struct lockcast_form *form, struct lockcast_text *report)
{
    struct lc_str out = api_str(l);

    return api_end_text(l, plan(l, paths, npaths, options, growth, form, &out, api_begin(l)), &out, report);
}
