// The configuration file: thresholds of the verdict, and rules that are switched off or weigh otherwise. An unknown key is an error: a
// misspelt threshold must not pass for one that holds.
#include <ini.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "migration/read_file.h"
#include "policy/policy.h"

#define MAX_BYTES ((size_t)1024 * 1024)
#define MAX_LINE 198 // libinih cuts longer ones

enum unit { UNIT_MS, UNIT_COUNT, UNIT_SHARE };

static const struct threshold {
    const char *key;
    size_t offset;
    enum unit unit;
} thresholds[] = {
    {"caution_blocked", offsetof(struct policy, caution_blocked_ms), UNIT_MS},
    {"danger_blocked", offsetof(struct policy, danger_blocked_ms), UNIT_MS},
    {"caution_hold", offsetof(struct policy, caution_hold_ms), UNIT_MS},
    {"danger_hold", offsetof(struct policy, danger_hold_ms), UNIT_MS},
    {"caution_delayed", offsetof(struct policy, caution_delayed), UNIT_COUNT},
    {"danger_delayed", offsetof(struct policy, danger_delayed), UNIT_COUNT},
    {"danger_pool_probability", offsetof(struct policy, danger_pool_probability), UNIT_SHARE},
};
#define NTHRESHOLDS (sizeof thresholds / sizeof *thresholds)

static const struct {
    enum unit unit;
    const char *suffix;
    double factor;
} suffixes[] = {
    {UNIT_MS, "ms", 1},  {UNIT_MS, "s", 1e3}, {UNIT_MS, "min", 60e3},  {UNIT_MS, "h", 3600e3},
    {UNIT_COUNT, "", 1}, {UNIT_SHARE, "", 1}, {UNIT_SHARE, "%", 0.01},
};
static const char *const unit_hints[] = {"a time such as 500 ms, 2 s or 1 min", "a number such as 100",
                                         "a probability such as 0.1 or 10 %"};

struct reader {
    struct lc_arena *arena;
    struct policy *policy;
    struct lc_error *err;
    bool failed;
};

static int wrong(struct reader *r, const char *message, const char *hint)
{
    if (!r->failed) {
        (void)lc_fail(r->err, LC_E_INPUT, "%s", message);
        if (hint)
            lc_error_hint(r->err, "%s", hint);
    }
    r->failed = true;
    return 0;
}

// A number and its unit, as PostgreSQL's settings have them; NAN: it is none.
static double quantity(const char *text, enum unit unit)
{
    char *end;
    double n = strtod(text, &end);

    if (end == text || !isfinite(n) || n < 0)
        return NAN;
    end += strspn(end, " ");
    if (n == 0 && !*end) // needs no unit
        return 0;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (suffixes[i].unit == unit && strcmp(suffixes[i].suffix, end) == 0)
            return unit == UNIT_SHARE && n * suffixes[i].factor > 1 ? NAN : n * suffixes[i].factor;
    return NAN;
}

static int set_threshold(struct reader *r, const char *key, const char *value)
{
    for (size_t i = 0; i < NTHRESHOLDS; i++) {
        const struct threshold *t = &thresholds[i];
        double n = quantity(value, t->unit);
        if (strcmp(key, t->key) != 0)
            continue;
        if (isnan(n))
            return wrong(r, lc_printf(r->arena, "%s takes %s, not \"%s\"", key, unit_hints[t->unit], value), NULL);
        memcpy((char *)r->policy + t->offset, &n, sizeof n);
        return 1;
    }
    return wrong(r, lc_printf(r->arena, "[thresholds] has no key \"%s\"", key), "docs/configuration.md lists the keys.");
}

static int set_rule(struct reader *r, const char *name, const char *value)
{
    struct policy *p = r->policy;
    struct policy_rule rule = {.rule = lc_strdup(r->arena, name), .off = lc_streq(value, "off")};

    if (!policy_has_rule(name))
        return wrong(r, lc_printf(r->arena, "there is no rule \"%s\"", name), "docs/configuration.md lists the rules.");
    while (!rule.off && rule.severity <= SEVERITY_DANGER && !lc_streq(severity_name(rule.severity), value))
        rule.severity++;
    if (rule.severity > SEVERITY_DANGER)
        return wrong(r, lc_printf(r->arena, "%s takes off, safe, caution or danger, not \"%s\"", name, value), NULL);
    LC_PUSH(r->arena, &p->rules, rule);
    return 1;
}

static int on_pair(void *user, const char *section, const char *key, const char *value)
{
    struct reader *r = user;

    if (r->failed)
        return 0;
    if (strcmp(section, "thresholds") == 0)
        return set_threshold(r, key, value);
    if (strcmp(section, "rules") == 0)
        return set_rule(r, key, value);
    return wrong(r,
                 *section ? lc_printf(r->arena, "there is no section [%s]", section)
                          : lc_printf(r->arena, "\"%s\" stands in no section", key),
                 "The sections are [thresholds] and [rules].");
}

static int accept(void *user, const char *section, const char *key, const char *value)
{
    (void)user, (void)section, (void)key, (void)value;
    return 1;
}

// The first line that is too long for libinih, which would read its rest as another line; 0: none.
static int long_line(const char *text)
{
    for (int n = 1; *text; n++) {
        size_t len = strcspn(text, "\n");
        if (len > MAX_LINE)
            return n;
        text += len + (text[len] == '\n');
    }
    return 0;
}

// Each caution threshold of the table stands before its danger threshold.
static enum lc_code check_order(const struct policy *p, struct lc_error *err)
{
    const struct threshold *t = thresholds;

    for (; lc_starts(t->key, "caution_"); t += 2) {
        const double *caution = (const double *)((const char *)p + t[0].offset),
                     *danger = (const double *)((const char *)p + t[1].offset);

        if (*caution > *danger) {
            (void)lc_fail(err, LC_E_INPUT, "%s is above %s", t[0].key, t[1].key);
            lc_error_hint(err, "%s", "A threshold that is not given has its default: docs/configuration.md.");
            return LC_E_INPUT;
        }
    }
    return LC_OK;
}

enum lc_code policy_read(struct lc_arena *arena, const char *path, struct policy *policy, struct lc_error *err)
{
    struct migration_input in = {0};
    struct reader r = {arena, policy, err, false};
    enum lc_code code = migration_read_file(arena, path, &in, err);
    int line;

    if (code != LC_OK)
        return code;
    line = long_line(in.text);
    if (in.size > MAX_BYTES)
        code = lc_fail(err, LC_E_INPUT, "a configuration file has at most %zu bytes", MAX_BYTES);
    else if (line)
        code = lc_fail(err, LC_E_INPUT, "a line has at most %d bytes", MAX_LINE);
    else if ((line = ini_parse_string(in.text, accept, NULL)) !=
             0) // first by itself: libinih names the first line that is wrong, not why
        code = lc_fail(err, LC_E_INPUT, "this is no \"key = value\" and no [section]");
    else if ((line = ini_parse_string(in.text, on_pair, &r)) != 0)
        code = LC_E_INPUT;
    else
        code = check_order(policy, err);
    if (code != LC_OK)
        lc_error_at(err, path, line > 0 ? line : 0);
    return code;
}
