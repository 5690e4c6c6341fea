// The queue in the text report: the worst moment, who is most in the way, deadlocks, lock_timeout and retries.
#include <math.h>

#include "base/clean.h"
#include "report/page.h"
#include "report/words.h"

#define SHOWN 3

static const char *shortened(struct page *p, const char *text)
{
    return lc_cut(p->arena, page_clean(p, text), 50);
}

static const char *percent(struct page *p, double probability)
{
    return probability > 0 && probability < 0.005   ? "under 1 %"
           : probability < 1 && probability > 0.995 ? "over 99 %"
                                                    : lc_printf(p->arena, "%.0f %%", 100 * probability);
}

static void worst_moment(struct page *p, const cJSON *queue)
{
    const cJSON *moment = json_item(queue, "worst_moment"), *c;
    int shown = 0;

    cJSON_ArrayForEach(c, json_item(moment, "waiting"))
    {
        struct quantiles q = json_quantiles(c, "sessions");
        if (q.p90 < 1 || shown == (p->o->verbose ? 12 : SHOWN))
            break;
        if (!shown++)
            page_figure(p, "worst at", lc_printf(p->arena, "%s", words_times(p->arena, json_quantiles(moment, "at_ms"))));
        page_figure(p, "",
                    lc_printf(p->arena, "%s wait%s: %s, behind %s", words_counts(p->arena, q), round(q.p90) <= 1 ? "s" : "",
                              shortened(p, json_text(c, "waiting")), shortened(p, json_text(c, "behind"))));
    }
}

static void in_the_way(struct page *p, const cJSON *queue)
{
    const cJSON *way = json_item(queue, "most_in_the_way"), *without = json_item(way, "without_it");

    if (!cJSON_IsObject(way) || json_number(way, "saved_lock_wait_ms", 0) < 20)
        return;
    page_figure(p, "in front",
                lc_printf(p->arena, "%s (%s), met in %s of deploys. Without it: waits %s, %s session seconds blocked",
                          shortened(p, json_text(way, "transaction")), page_clean(p, json_text(way, "kind")),
                          percent(p, json_number(way, "probability", 0)),
                          words_times(p->arena, json_quantiles(without, "lock_wait_ms")),
                          words_counts(p->arena, json_quantiles(without, "blocked_session_s"))));
}

static void deadlocks(struct page *p, const cJSON *queue)
{
    const cJSON *d;
    int shown = 0;

    cJSON_ArrayForEach(d, json_item(queue, "deadlocks"))
    {
        double probability = json_number(d, "probability", 0);
        if (!json_bool(d, "migration", 0) || probability < 0.005 || shown == SHOWN)
            continue;
        page_figure(p, shown++ ? "" : "deadlock",
                    lc_printf(p->arena, "with probability %s: %s fails, waiting in a circle with %s", percent(p, probability),
                              shortened(p, json_text(d, "victim")), shortened(p, json_text(d, "other"))));
    }
}

// Queries that touch nothing that the migration locks, and are late for want of a connection.
static void bystanders(struct page *p, const cJSON *queue)
{
    const cJSON *d;
    int shown = 0;

    cJSON_ArrayForEach(d, json_item(queue, "delayed"))
    {
        struct quantiles q = json_quantiles(d, "transactions");
        if (json_number(d, "waited_for_lock", 1) > 0.05 || q.p90 < 5 || shown == SHOWN)
            continue;
        page_figure(p, shown++ ? "" : "bystander",
                    lc_printf(p->arena, "%s late for want of a connection: %s", words_counts(p->arena, q),
                              shortened(p, json_text(d, "query"))));
    }
}

// "50 ms, 200 ms, 1.0 s": what `say` makes of each.
static const char *of_each(struct page *p, const cJSON *retries, const char *(*say)(struct page *p, const cJSON *t))
{
    const char *out = "";
    const cJSON *t;

    cJSON_ArrayForEach(t, json_item(retries, "timeouts"))
    {
        out = lc_printf(p->arena, "%s%s%s", out, *out ? ", " : "", say(p, t));
    }
    return out;
}

static const char *say_timeout(struct page *p, const cJSON *t)
{
    return words_time(p->arena, json_number(t, "lock_timeout_ms", 0));
}

static const char *say_success(struct page *p, const cJSON *t)
{
    return lc_printf(p->arena, "%.0f", 100 * json_number(t, "succeeds", 0));
}

static const char *say_blocked(struct page *p, const cJSON *t)
{
    return words_count(p->arena, json_number(t, "blocked_sessions_each_try", 0));
}

static void timeouts(struct page *p, const cJSON *retries)
{
    page_figure(p, "one try",
                lc_printf(p->arena, "with lock_timeout %s gets its locks in %s %% of tries; meanwhile %s sessions are blocked",
                          of_each(p, retries, say_timeout), of_each(p, retries, say_success), of_each(p, retries, say_blocked)));
}

static void policies(struct page *p, const cJSON *retries)
{
    const char *best = json_text(retries, "recommended");
    const cJSON *r;

    cJSON_ArrayForEach(r, json_item(retries, "policies"))
    {
        bool is_best = lc_streq(json_text(r, "name"), best);
        if (!is_best && !p->o->verbose)
            continue;
        page_figure(p, is_best ? "retry" : "",
                    lc_printf(p->arena, "%s%s: succeeds in %s, tries %s, in all %s, %s session seconds blocked",
                              is_best ? "best as " : "", page_clean(p, json_text(r, "name")),
                              percent(p, json_number(r, "succeeds", 0)), words_counts(p->arena, json_quantiles(r, "tries")),
                              words_times(p->arena, json_quantiles(r, "whole_ms")),
                              words_counts(p->arena, json_quantiles(r, "blocked_session_s"))));
    }
}

void page_queue(struct page *p, const cJSON *report)
{
    const cJSON *queue = json_item(report, "queue"), *retries = json_item(report, "lock_timeout");

    worst_moment(p, queue);
    in_the_way(p, queue);
    deadlocks(p, queue);
    bystanders(p, queue);
    if (!cJSON_IsObject(retries) || json_quantiles(json_item(report, "forecast"), "lock_wait_ms").p90 < 20)
        return;
    timeouts(p, retries);
    policies(p, retries);
}
