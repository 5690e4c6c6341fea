// Configuration, rules, suppressions, baseline: which findings a forecast has, how severe they are, and the verdict.
#ifndef LC_POLICY_POLICY_H
#define LC_POLICY_POLICY_H

#include "forecast/forecast.h"

enum severity { SEVERITY_SAFE, SEVERITY_CAUTION, SEVERITY_DANGER };

struct finding {
    const char *rule; // "table-rewrite"
    enum severity severity;
    const char *message; // one or two sentences, with the figures
    const char *why;     // why the server does so
    const char *source;  // PostgreSQL's file and function, or NULL
    bool suppressed;
    const char *suppression; // its reason
};

struct policy_stmt {
    struct finding *findings;
    int len;
    enum severity severity; // of the worst that is not suppressed
};

struct policy_file {
    struct policy_stmt *stmts;
    int len;
};

struct policy {                                   // thresholds; policy_default and the configuration file fill it
    double caution_blocked_ms, danger_blocked_ms; // longest time that others wait behind a statement (p90)
    double caution_hold_ms, danger_hold_ms;       // a blocking lock held (p90), where traffic is not known
    double caution_delayed, danger_delayed;       // delayed transactions (p90)
    double danger_pool_probability;
    double small_table_bytes;
    const char **off; // rules switched off
    int noff;
};

const char *severity_name(enum severity severity); // "safe", "caution", "danger"
void policy_default(struct policy *policy);
// An INI file: see docs/configuration.md. Unknown keys are errors.
enum lc_code policy_read(struct lc_arena *arena, const char *path, struct policy *policy, struct lc_error *err) LC_MUST_CHECK;
// Findings of every statement; `out` has forecast->len items. `today` (days since 1970) decides whether a suppression has run out.
enum severity policy_judge(struct lc_arena *arena, const struct catalog *cat, const struct policy *policy,
                           const struct forecast *forecast, long today, struct policy_file *out);

#endif
