// Forecast, rewrite and verdict as one value: what every report shows.
#ifndef LC_REVIEW_REVIEW_H
#define LC_REVIEW_REVIEW_H

#include "policy/policy.h"
#include "rewrite/rewrite.h"

struct review {
    const struct snapshot *snap;
    const struct catalog *cat; // as the migration leaves it
    struct forecast forecast;
    struct rewrite_file *rewrites; // one per file; NULL when not asked for
    struct policy_file *policies;  // one per file
    struct finding deploy;         // of the deploy as a whole; rule NULL: none
    enum severity verdict;
};

struct review_options {
    struct forecast_options forecast;
    struct rewrite_options rewrite;
    struct policy policy;
    bool no_rewrite;
    long today; // days since 1970, for suppressions
};

enum lc_code review_run(struct lc_arena *arena, struct snapshot *snap, const struct migration_set *set,
                        const struct review_options *options, struct review *out, struct lc_error *err) LC_MUST_CHECK;

#endif
