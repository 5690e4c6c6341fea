// The sentence that every report begins with.
#include "report/headline.h"

#include <string.h>

#include "report/words.h"

const char *report_headline(struct lc_arena *arena, const cJSON *report)
{
    const cJSON *f = json_item(report, "forecast");
    const char *verdict = json_text(report, "verdict");
    struct quantiles blocked = json_quantiles(f, "peak_blocked_sessions"), delayed = json_quantiles(f, "delayed_transactions");
    double full = json_number(f, "pool_exhausted_probability", 0), fails = json_number(f, "migration_fails_probability", 0);

    if (fails >= 0.995)
        return "The migration fails as written.";
    if (delayed.p90 >= 1)
        return lc_printf(arena, "%s sessions will stand still at the worst moment, %s transactions will be late%s.",
                         words_counts(arena, blocked), words_counts(arena, delayed),
                         full >= 0.005 ? lc_printf(arena, ", and the pool runs dry with probability %.0f %%", full * 100) : "");
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
