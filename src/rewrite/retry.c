// How a step that waits for locks is tried: the one place for the written file and for the simulation of it.
//
// The best policy for this traffic where there is one (or --retry names one); else short tries, often, with growing pauses.
#include <math.h>

#include "rewrite/internal.h"

#define ATTEMPTS 300
#define LEAST_TIMEOUT_MS 50 // however short the target hold is
#define PAUSE_MS 100        // after the first attempt; so much more after each
#define LONGEST_PAUSE_MS 2000

static double lock_timeout(const struct rewrite_options *options)
{
    return fmax(LEAST_TIMEOUT_MS, rw_target_hold(options));
}

double rw_lock_timeout(const struct rw *rw)
{
    return lock_timeout(rw->options);
}

struct sim_retry rewrite_retry(struct lc_arena *arena, const struct rewrite_options *options)
{
    double timeout = lock_timeout(options);
    struct sim_try *tries;

    if (options->retry)
        return *options->retry;
    tries = LC_NEW_ARRAY(arena, struct sim_try, ATTEMPTS);
    for (int i = 0; i < ATTEMPTS; i++)
        tries[i] = (struct sim_try){timeout, fmin(LONGEST_PAUSE_MS, PAUSE_MS * (i + 1.0))};
    return (struct sim_retry){.label = "lockcast", .tries = tries, .ntries = ATTEMPTS, .source = "this program's own"};
}

// In ms: "{100,200}".
static const char *try_list(struct rw *rw, const struct sim_retry *retry, bool sleeps)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, 1 << 16);
    for (int i = 0; i < retry->ntries; i++)
        lc_str_addf(&s, "%c%.0f", i ? ',' : '{', sleeps ? retry->tries[i].sleep_ms : retry->tries[i].lock_timeout_ms);
    lc_str_addc(&s, '}');
    return s.text;
}

struct rw_tries rw_tries_of(struct rw *rw)
{
    const struct sim_retry *retry = rw->options->retry;

    if (!retry)
        return (struct rw_tries){
            "", lc_printf(rw->arena, "'%.0fms'", rw_lock_timeout(rw)), lc_printf(rw->arena, "%d", ATTEMPTS),
            lc_printf(rw->arena, "least(%g, %g " RW_OP("*") " attempt)", LONGEST_PAUSE_MS / 1e3, PAUSE_MS / 1e3)};
    return (struct rw_tries){lc_printf(rw->arena,
                                       "    -- lock_timeout and pauses in ms as %s has them\n"
                                       "    timeouts constant integer[] := '%s';\n    pauses constant integer[] := '%s';\n",
                                       retry->label, try_list(rw, retry, false), try_list(rw, retry, true)),
                             "pg_catalog.concat(timeouts[attempt], 'ms')", lc_printf(rw->arena, "%d", retry->ntries),
                             "(pauses[attempt] " RW_OP("/") " 1000.0)"};
}
