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
    bool known;              // suppressed because the baseline has it
    const char *fingerprint; // policy/baseline.h; NULL: not asked for
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

struct policy_rule { // what a configuration says about one rule
    const char *rule;
    bool off;
    enum severity severity; // instead of the rule's own
};

struct baseline;

struct policy {                                   // thresholds; policy_default and the configuration file fill it
    double caution_blocked_ms, danger_blocked_ms; // longest time that others wait behind a statement (p90)
    double caution_hold_ms, danger_hold_ms;       // a blocking lock held (p90), where traffic is not known
    double caution_delayed, danger_delayed;       // delayed transactions (p90)
    double danger_pool_probability;
    const struct baseline *baseline;                        // NULL: none
    bool fingerprints;                                      // give every finding its own, also without a baseline
    struct policy_rules LC_ARRAY(struct policy_rule) rules; // the last that names a rule holds
};

const char *severity_name(enum severity severity); // "safe", "caution", "danger"
void policy_default(struct policy *policy);
// Is there a rule of this name? What is not modelled is found by no rule: it cannot be switched off.
bool policy_has_rule(const char *name);
// An INI file: see docs/configuration.md. Unknown keys are errors.
enum lc_code policy_read(struct lc_arena *arena, const char *path, struct policy *policy, struct lc_error *err) LC_MUST_CHECK;
// Findings of every statement; `out` has forecast->len items. `deploy` is that of the deploy as a whole, which can be worse than each of its
// statements: its rule is NULL where there is none. `today` (days since 1970) decides whether a suppression has run out.
enum severity policy_judge(struct lc_arena *arena, const struct catalog *cat, const struct policy *policy,
                           const struct forecast *forecast, long today, struct policy_file *out, struct finding *deploy);

#endif
