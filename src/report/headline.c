// The sentence that every report begins with.
#include "report/headline.h"

#include <string.h>

#include "base/clean.h"
#include "base/str.h"
#include "report/words.h"

#define MAX_NAMES 2

struct standstill { // what the chains say waits behind the migration
    const char *names[MAX_NAMES + 1];
    int n;
    struct quantiles longest_ms;
};

static void add_name(struct standstill *all, const char *name)
{
    for (int i = 0; i < all->n; i++)
        if (lc_streq(all->names[i], name))
            return;
    if (*name && all->n <= MAX_NAMES)
        all->names[all->n++] = name;
}

static void look_at_chains(const cJSON *report, struct standstill *out)
{
    const cJSON *m, *s, *c;

    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        cJSON_ArrayForEach(s, json_item(m, "statements"))
        {
            cJSON_ArrayForEach(c, json_item(s, "chains"))
            {
                struct quantiles wait = json_quantiles(c, "longest_wait_ms");
                if (!lc_streq(json_text(c, "behind"), "this statement") || wait.p90 < 20)
                    continue;
                add_name(out, json_text(c, "relation"));
                if (wait.p50 > out->longest_ms.p50)
                    out->longest_ms = wait;
            }
        }
    }
}

// "that use public.orders and public.order_items "
static const char *users_of(struct lc_arena *arena, const struct standstill *all)
{
    struct lc_str out;

    lc_str_init(&out, arena, 4096);
    for (int i = 0; i < all->n && i < MAX_NAMES; i++) {
        lc_str_add(&out, i == 0 ? " that use " : all->n > MAX_NAMES ? ", " : " and ");
        lc_clean_line(&out, all->names[i]);
    }
    if (all->n > MAX_NAMES)
        lc_str_add(&out, " and more");
    return out.text;
}

enum { BY_COMMENT = 1, BY_BASELINE = 2 };
static const char *const let_pass[] = {NULL, "a comment lets pass", "the baseline has",
                                       "a comment lets pass or the baseline has"};

// Bits of those who let findings pass.
static int passed_by(const cJSON *findings)
{
    const cJSON *f;
    int by = 0;

    cJSON_ArrayForEach(f, findings)
    {
        if (json_bool(f, "suppressed", 0))
            by |= json_bool(f, "known", 0) ? BY_BASELINE : BY_COMMENT;
    }
    return by;
}

static int migration_passed_by(const cJSON *migration)
{
    const cJSON *s;
    int by = 0;

    cJSON_ArrayForEach(s, json_item(migration, "statements")) by |= passed_by(json_item(s, "findings"));
    return by;
}

const char *report_let_pass(const cJSON *migration)
{
    return let_pass[migration_passed_by(migration)];
}

static const char *all_let_pass(const cJSON *report)
{
    int by = passed_by(json_item(report, "findings"));
    const cJSON *m;

    cJSON_ArrayForEach(m, json_item(report, "migrations")) by |= migration_passed_by(m);
    return let_pass[by];
}

// A safe verdict over findings that are let pass is the user's, and says so; `facts` is what the forecast says all the same, or "".
static const char *let_pass_headline(struct lc_arena *arena, const char *who, const char *facts)
{
    return lc_printf(arena, "Only findings that %s.%s%s", who, *facts ? " " : "", facts);
}

const char *report_headline(struct lc_arena *arena, const cJSON *report)
{
    const cJSON *f = json_item(report, "forecast");
    const char *verdict = json_text(report, "verdict");
    struct quantiles blocked = json_quantiles(f, "peak_blocked_sessions"), delayed = json_quantiles(f, "delayed_transactions");
    double full = json_number(f, "pool_exhausted_probability", 0), fails = json_number(f, "migration_fails_probability", 0);
    const char *passed = strcmp(verdict, "safe") == 0 ? all_let_pass(report) : NULL, *text;
    struct standstill all = {0};

    if (fails >= 0.995)
        return passed ? let_pass_headline(arena, passed, "The migration fails as written.") : "The migration fails as written.";
    if (delayed.p90 >= 1) {
        look_at_chains(report, &all);
        text = lc_printf(arena, "%s sessions%s will stand still at the worst moment%s; %s transactions will be late%s.",
                         words_counts(arena, blocked), users_of(arena, &all),
                         all.longest_ms.p50 >= 20 ? lc_printf(arena, ", the longest for %s", words_times(arena, all.longest_ms))
                                                  : "",
                         words_counts(arena, delayed),
                         full >= 0.005 ? lc_printf(arena, "; the pool runs dry with probability %.0f %%", full * 100) : "");
        return passed ? let_pass_headline(arena, passed, text) : text;
    }
    if (passed)
        return let_pass_headline(arena, passed, "");
    if (strcmp(verdict, "safe") == 0)
        return "Nothing that is known will wait for this migration.";
    return strcmp(verdict, "danger") == 0 ? "Some of this may stop the application: see the statements below."
                                          : "Look at the statements below before you run it.";
}

const char *report_severity(const cJSON *statement)
{
    const char *severity = "safe";
    const cJSON *f;

    cJSON_ArrayForEach(f, json_item(statement, "findings"))
    {
        const char *s = json_text(f, "severity");
        if (json_bool(f, "suppressed", 0))
            continue;
        if (strcmp(s, "danger") == 0 || (strcmp(s, "caution") == 0 && strcmp(severity, "danger") != 0))
            severity = strcmp(s, "danger") == 0 ? "danger" : "caution";
    }
    return severity;
}
