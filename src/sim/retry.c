// Retry policies that have a name: the lock_timeout of each try and the sleep before the next, as their tools have them.
#include "base/str.h"
#include "sim/sim.h"

#define TRY2(a, b)                                                                                                               \
    {(a), (b)},                                                                                                                  \
    {                                                                                                                            \
        (a), (b)                                                                                                                 \
    }
#define TRY5(a, b)                                                                                                               \
    TRY2(a, b), TRY2(a, b),                                                                                                      \
    {                                                                                                                            \
        (a), (b)                                                                                                                 \
    }
#define TRY10(a, b) TRY5(a, b), TRY5(a, b)

// WithLockRetries::DEFAULT_TIMING_CONFIGURATION: 41 tries within about 40 minutes, and a last one without a timeout.
static const struct sim_try gitlab[] = {
    TRY2(100, 50),  {200, 50},       {300, 100},      {400, 150},     TRY2(500, 2000), TRY2(500, 2000), {1000, 5000},
    {1000, 60000},  TRY2(100, 50),   {200, 50},       {300, 100},     {400, 150},      TRY2(500, 2000), {500, 2000},
    {3000, 180000}, TRY2(100, 50),   TRY2(500, 2000), {5000, 120000}, TRY2(500, 500),  {7000, 300000},  TRY2(500, 500),
    {7000, 300000}, TRY2(500, 500),  {7000, 300000},  TRY2(100, 50),  {500, 2000},     {10000, 600000}, {100, 50},
    {500, 2000},    {10000, 600000}, {0, 0},
};
static const struct sim_try safer_migrations[] = {{750, 0}};
static const struct sim_try safe_pg_migrations[] = {TRY5(5000, 60000)};
// Exponential back-off from 1 s to 1 min, without its jitter; it goes on until it succeeds.
static const struct sim_try pgroll[] = {{500, 1000},  {500, 2000},  {500, 4000},       {500, 8000},
                                        {500, 16000}, {500, 32000}, TRY10(500, 60000), TRY10(500, 60000)};
static const struct sim_try squawk[] = {{1000, 0}};
static const struct sim_try strong_migrations[] = {{10000, 10000}, {10000, 10000}, {10000, 10000}, {10000, 0}};
static const struct sim_try none[] = {{0, 0}};
// Short tries, often: what `lockcast rewrite` writes where nothing better is known.
#define TRY20(a, b) TRY10(a, b), TRY10(a, b)
static const struct sim_try lockcast[] = {
    {100, 100},  {100, 200},       {100, 300},       {100, 500},       {100, 700},       {100, 1000},      {100, 1200},
    {100, 1500}, TRY20(100, 2000), TRY20(100, 2000), TRY20(100, 2000), TRY20(100, 2000), TRY20(100, 2000), TRY10(100, 2000)};

#define POLICY(name, tries_, source_)                                                                                            \
    {                                                                                                                            \
        .label = (name), .tries = (tries_), .ntries = (int)(sizeof(tries_) / sizeof *(tries_)), .source = (source_)              \
    }

const struct sim_retry sim_retry_policies[] = {
    POLICY("none", none, "no lock_timeout: waits as long as it takes"),
    POLICY("lockcast", lockcast, "this program: short tries, often"),
    POLICY("gitlab", gitlab, "https://rubydoc.info/github/gitlabhq/gitlabhq/Gitlab/Database/WithLockRetries"),
    POLICY("safer_migrations", safer_migrations, "https://github.com/gocardless/activerecord-safer_migrations"),
    POLICY("safe-pg-migrations", safe_pg_migrations, "https://github.com/doctolib/safe-pg-migrations"),
    POLICY("pgroll", pgroll, "https://github.com/xataio/pgroll"),
    POLICY("squawk", squawk, "https://squawkhq.com/docs/require-timeout-settings"),
    POLICY("strong_migrations", strong_migrations,
           "https://github.com/ankane/strong_migrations (lock_timeout 10 s, lock_timeout_retries 3)"),
    {0},
};

const struct sim_retry *sim_retry_find(const char *label)
{
    for (const struct sim_retry *p = sim_retry_policies; p->label; p++)
        if (lc_strieq(p->label, label))
            return p;
    return NULL;
}
