// Scenario files: JSON to a model.
#include "sim/scenario.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "sim/json_read.h"

struct scenario_reader {
    struct json_reader r;
    struct lc_map relations, factors; // name -> index + 1, as a pointer
    struct names LC_ARRAY(const char *) statements;
};

#define MS_MAX 1e9

// ---- names -----------------------------------------------------------------------------------------------------------------

static int look_up(struct scenario_reader *s, const struct lc_map *map, const char *path, const char *list, const char *name)
{
    int i = (int)(intptr_t)lc_map_get(map, name);

    if (i == 0 && s->r.code == LC_OK) {
        (void)jr_fail(&s->r, path, "\"%s\" is not one of the %s", name, list);
        lc_error_hint(s->r.err, "List it under \"%s\".", list);
    }
    return i > 0 ? i - 1 : 0;
}

static int relation(struct scenario_reader *s, struct json_at object, const char *key)
{
    const char *name = jr_text(&s->r, object, key, NULL);

    if (!name) {
        (void)jr_fail(&s->r, object.path, "\"%s\" is missing", key);
        return 0;
    }
    return look_up(s, &s->relations, jr_get(&s->r, object, key).path, "relations", name);
}

static enum lc_lockmode mode(struct scenario_reader *s, struct json_at object)
{
    const char *name = jr_text(&s->r, object, "mode", NULL);
    enum lc_lockmode m = lc_lockmode_parse(name);

    if (m == LC_NO_LOCK && s->r.code == LC_OK) {
        (void)jr_fail(&s->r, object.path, "\"%s\" is no lock mode", name ? name : "");
        lc_error_hint(s->r.err, "As in LOCK TABLE (\"ACCESS EXCLUSIVE\") or in pg_locks (\"AccessExclusiveLock\").");
    }
    return m;
}

// A factor by its name: its number, 0 for none.
static int factor(struct scenario_reader *s, struct json_at object, const char *key)
{
    const char *name = jr_text(&s->r, object, key, NULL);

    return name ? look_up(s, &s->factors, jr_get(&s->r, object, key).path, "uncertainties", name) + 1 : 0;
}

// ---- distributions -----------------------------------------------------------------------------------------------------------

static double number(struct scenario_reader *s, struct json_at object, const char *key)
{
    if (!jr_get(&s->r, object, key).value)
        (void)jr_fail(&s->r, object.path, "\"%s\" is missing", key);
    return jr_number(&s->r, object, key, 0, 0, MS_MAX);
}

static struct sim_dist empirical(struct scenario_reader *s, struct json_at at)
{
    int n = jr_count(&s->r, at);
    double *values = LC_NEW_ARRAY(s->r.arena, double, n + 1);

    for (int i = 0; i < n; i++) {
        const cJSON *v = cJSON_GetArrayItem(at.value, i);

        if (!cJSON_IsNumber(v) || v->valuedouble < (i > 0 ? values[i - 1] : 0))
            (void)jr_fail(&s->r, jr_item(&s->r, at, i).path, "quantiles are ascending numbers");
        else
            values[i] = v->valuedouble;
    }
    return (struct sim_dist){.kind = SIM_EMPIRICAL, .values = values, .nvalues = n};
}

static struct sim_dist dist_object(struct scenario_reader *s, struct json_at at)
{
    static const char *const keys[] = {"exponential", "uniform", "median", "sigma",     "mean",  "stddev",      "cv",
                                       "p10",         "p50",     "p90",    "quantiles", "value", "uncertainty", NULL};
    struct json_at u = jr_get(&s->r, at, "uniform");
    struct sim_dist d;

    if (!jr_object(&s->r, at, keys))
        return sim_constant(0);
    if (jr_get(&s->r, at, "exponential").value)
        return sim_exponential(number(s, at, "exponential"));
    if (u.value) {
        d = empirical(s, u); // two quantiles, 0 and 1: the same thing
        if (d.nvalues != 2)
            (void)jr_fail(&s->r, u.path, "two numbers are wanted here");
        return d;
    }
    if (jr_get(&s->r, at, "median").value)
        return sim_lognormal(number(s, at, "median"), number(s, at, "sigma"));
    if (jr_get(&s->r, at, "cv").value)
        return sim_gamma(number(s, at, "mean"), number(s, at, "cv"));
    if (jr_get(&s->r, at, "mean").value)
        return sim_lognormal_mean(number(s, at, "mean"), number(s, at, "stddev"));
    if (jr_get(&s->r, at, "p50").value)
        return sim_p10_p50_p90(number(s, at, "p10"), number(s, at, "p50"), number(s, at, "p90"));
    if (jr_get(&s->r, at, "quantiles").value)
        return empirical(s, jr_get(&s->r, at, "quantiles"));
    return sim_constant(number(s, at, "value"));
}

// A number, "forever", or an object; zero when missing.
static struct sim_dist dist(struct scenario_reader *s, struct json_at object, const char *key)
{
    struct json_at at = jr_get(&s->r, object, key);
    struct sim_dist d;

    if (!at.value)
        return sim_constant(0);
    if (cJSON_IsNumber(at.value))
        return sim_constant(jr_number(&s->r, object, key, 0, 0, MS_MAX));
    if (cJSON_IsString(at.value) && lc_strieq(at.value->valuestring, "forever"))
        return sim_forever();
    if (!cJSON_IsObject(at.value)) {
        (void)jr_fail(&s->r, at.path, "milliseconds, \"forever\" or a distribution is wanted here");
        return sim_constant(0);
    }
    d = dist_object(s, at);
    d.factor = factor(s, at, "uncertainty");
    return d;
}

// ---- steps -------------------------------------------------------------------------------------------------------------------

struct steps LC_ARRAY(struct sim_step);

static const char *const until_words[] = {"commit", "statement", "session", NULL};
static const char *const row_words[] = {"update", "no key update", "share", "key share", NULL}; // enum sim_row_mode
static const char *const setting_words[] = {"lock_timeout", "statement_timeout", "transaction_timeout", "deadlock_timeout", NULL};

static struct sim_step step_statement(struct scenario_reader *s, struct json_at at)
{
    struct sim_step step = {.kind = SIM_STATEMENT, .label = jr_text(&s->r, at, "statement", "?"), .statement = s->statements.len};

    LC_PUSH(s->r.arena, &s->statements, step.label);
    return step;
}

static struct sim_step step_lock(struct scenario_reader *s, struct json_at at)
{
    struct sim_step step = {.kind = SIM_LOCK, .object = relation(s, at, "lock"), .mode = mode(s, at)};

    step.until = (enum sim_until)jr_word(&s->r, at, "until", until_words, SIM_TO_COMMIT);
    step.nowait = jr_flag(&s->r, at, "nowait");
    return step;
}

static struct sim_step step_work(struct scenario_reader *s, struct json_at at)
{
    struct sim_step step = {.kind = SIM_WORK, .ms = dist(s, at, "work_ms")};

    step.cpu_share = jr_number(&s->r, at, "cpu_share", 1, 0, 1);
    step.cores = jr_number(&s->r, at, "cores", 1, 0.01, 1000);
    step.rows = jr_number(&s->r, at, "rows", 0, 0, 1);
    if (step.rows > 0)
        step.object = relation(s, at, "of");
    step.row_mode = (enum sim_row_mode)jr_word(&s->r, at, "row_mode", row_words, SIM_ROW_UPDATE);
    return step;
}

static struct sim_step step_row(struct scenario_reader *s, struct json_at at)
{
    return (struct sim_step){.kind = SIM_ROW_LOCK,
                             .object = relation(s, at, "row_lock"),
                             .keys = jr_number(&s->r, at, "keys", 1, 1, 1e15),
                             .row_mode = (enum sim_row_mode)jr_word(&s->r, at, "row_mode", row_words, SIM_ROW_UPDATE)};
}

static struct sim_step step_sleep(struct scenario_reader *s, struct json_at at)
{
    return (struct sim_step){.kind = SIM_SLEEP, .ms = dist(s, at, "sleep_ms")};
}

static struct sim_step step_lockers(struct scenario_reader *s, struct json_at at)
{
    return (struct sim_step){.kind = SIM_WAIT_LOCKERS, .object = relation(s, at, "wait_lockers"), .mode = mode(s, at)};
}

static struct sim_step step_set(struct scenario_reader *s, struct json_at at)
{
    return (struct sim_step){.kind = SIM_SET,
                             .setting = (enum sim_setting)jr_word(&s->r, at, "set", setting_words, 0),
                             .ms = sim_constant(jr_number(&s->r, at, "ms", 0, 0, MS_MAX))};
}

static struct sim_step step_begin(struct scenario_reader *s, struct json_at at)
{
    (void)s, (void)at;
    return (struct sim_step){.kind = SIM_BEGIN};
}

static struct sim_step step_commit(struct scenario_reader *s, struct json_at at)
{
    (void)s, (void)at;
    return (struct sim_step){.kind = SIM_COMMIT};
}

static struct sim_step step_snapshots(struct scenario_reader *s, struct json_at at)
{
    (void)s, (void)at;
    return (struct sim_step){.kind = SIM_WAIT_SNAPSHOTS};
}

// The first key of a step says what it is; the others belong to it.
static const struct step_kind {
    const char *keys[8];
    struct sim_step (*read)(struct scenario_reader *s, struct json_at at);
} step_kinds[] = {
    {{"statement", "probability"}, step_statement},
    {{"lock", "mode", "until", "nowait", "probability"}, step_lock},
    {{"work_ms", "cpu_share", "cores", "rows", "of", "row_mode", "probability"}, step_work},
    {{"sleep_ms", "probability"}, step_sleep},
    {{"row_lock", "keys", "row_mode", "probability"}, step_row},
    {{"begin"}, step_begin},
    {{"commit"}, step_commit},
    {{"wait_lockers", "mode"}, step_lockers},
    {{"wait_snapshots"}, step_snapshots},
    {{"set", "ms"}, step_set},
};

#define STEP_KINDS ((int)(sizeof step_kinds / sizeof *step_kinds))

static void read_step(struct scenario_reader *s, struct json_at at, struct steps *out)
{
    struct sim_step step;
    int k = 0;

    while (k < STEP_KINDS && !cJSON_GetObjectItemCaseSensitive(at.value, step_kinds[k].keys[0]))
        k++;
    if (k == STEP_KINDS) {
        (void)jr_fail(&s->r, at.path, "a step is wanted here");
        lc_error_hint(
            s->r.err,
            "An object with statement, lock, work_ms, sleep_ms, row_lock, begin, commit, wait_lockers, wait_snapshots or set.");
        return;
    }
    if (!jr_object(&s->r, at, step_kinds[k].keys))
        return;
    step = step_kinds[k].read(s, at);
    step.probability = jr_number(&s->r, at, "probability", 0, 0, 1);
    LC_PUSH(s->r.arena, out, step);
}

static struct sim_program read_program(struct scenario_reader *s, struct json_at at)
{
    struct steps steps = {0};

    for (int i = 0, n = jr_count(&s->r, at); i < n && s->r.code == LC_OK; i++)
        read_step(s, jr_item(&s->r, at, i), &steps);
    return (struct sim_program){steps.items, steps.len};
}

// ---- traffic and long transactions -------------------------------------------------------------------------------------------

static struct sim_class read_class(struct scenario_reader *s, struct json_at at)
{
    static const char *const keys[] = {"name",
                                       "rate_per_s",
                                       "rate_uncertainty",
                                       "outside_pool",
                                       "lock_timeout_ms",
                                       "statement_timeout_ms",
                                       "client_timeout_ms",
                                       "client_retries",
                                       "retry_delay_ms",
                                       "connection_held_ms",
                                       "steps",
                                       NULL};
    struct sim_class c = {0};
    struct names before = s->statements;

    if (!jr_object(&s->r, at, keys))
        return c;
    c.label = jr_text(&s->r, at, "name", NULL);
    c.rate_per_s = jr_number(&s->r, at, "rate_per_s", 0, 0, 1e6);
    c.rate_factor = factor(s, at, "rate_uncertainty");
    c.outside_pool = jr_flag(&s->r, at, "outside_pool");
    c.lock_timeout_ms = jr_number(&s->r, at, "lock_timeout_ms", 0, 0, MS_MAX);
    c.statement_timeout_ms = jr_number(&s->r, at, "statement_timeout_ms", 0, 0, MS_MAX);
    c.client_timeout_ms = jr_number(&s->r, at, "client_timeout_ms", 0, 0, MS_MAX);
    c.client_retries = (int)jr_number(&s->r, at, "client_retries", 0, 0, 1000);
    c.retry_delay_ms = dist(s, at, "retry_delay_ms");
    c.connection_held_ms = dist(s, at, "connection_held_ms");
    c.program = read_program(s, jr_get(&s->r, at, "steps"));
    s->statements = before; // only the migration's are counted
    return c;
}

static struct sim_long read_long(struct scenario_reader *s, struct json_at at)
{
    static const char *const keys[] = {"name",     "kind",        "locks",  "snapshot", "has_written", "cores",
                                       "presence", "residual_ms", "age_ms", "hold_ms",  "every_ms",    NULL};
    static const char *const kinds[] = {"client", "autovacuum", "autovacuum for wraparound", "vacuum", "prepared", NULL};
    static const char *const presences[] = {"in flight", "stationary", "starts", NULL};
    static const char *const lock_keys[] = {"relation", "mode", NULL};
    struct sim_long l = {0};
    struct json_at locks = jr_get(&s->r, at, "locks");
    struct sim_held *held;

    if (!jr_object(&s->r, at, keys))
        return l;
    l.label = jr_text(&s->r, at, "name", NULL);
    l.kind = (enum sim_long_kind)jr_word(&s->r, at, "kind", kinds, SIM_CLIENT);
    l.snapshot = jr_flag(&s->r, at, "snapshot");
    l.xid = jr_flag(&s->r, at, "has_written");
    l.cores = jr_number(&s->r, at, "cores", 0, 0, 1000);
    l.presence = (enum sim_presence)jr_word(&s->r, at, "presence", presences, SIM_IN_FLIGHT);
    l.residual_ms = dist(s, at, "residual_ms");
    l.age_ms = jr_number(&s->r, at, "age_ms", 0, 0, 1e13);
    l.hold_ms = dist(s, at, "hold_ms");
    l.every_ms = dist(s, at, "every_ms");
    l.nlocks = jr_count(&s->r, locks);
    held = LC_NEW_ARRAY(s->r.arena, struct sim_held, l.nlocks + 1);
    for (int i = 0; i < l.nlocks; i++) {
        struct json_at lock = jr_item(&s->r, locks, i);

        if (jr_object(&s->r, lock, lock_keys))
            held[i] = (struct sim_held){relation(s, lock, "relation"), mode(s, lock)};
    }
    l.locks = held;
    return l;
}

static void read_traffic(struct scenario_reader *s, struct json_at root, struct sim_model *m)
{
    struct json_at traffic = jr_get(&s->r, root, "traffic"), longs = jr_get(&s->r, root, "long_transactions");
    struct sim_class *classes;
    struct sim_long *l;

    m->nclasses = jr_count(&s->r, traffic);
    classes = LC_NEW_ARRAY(s->r.arena, struct sim_class, m->nclasses + 1);
    for (int i = 0; i < m->nclasses && s->r.code == LC_OK; i++)
        classes[i] = read_class(s, jr_item(&s->r, traffic, i));
    m->nlongs = jr_count(&s->r, longs);
    l = LC_NEW_ARRAY(s->r.arena, struct sim_long, m->nlongs + 1);
    for (int i = 0; i < m->nlongs && s->r.code == LC_OK; i++)
        l[i] = read_long(s, jr_item(&s->r, longs, i));
    m->classes = classes;
    m->longs = l;
}

// ---- the migration -----------------------------------------------------------------------------------------------------------

static struct sim_retry read_retry(struct scenario_reader *s, struct json_at migration)
{
    static const char *const keys[] = {"lock_timeout_ms", "sleep_ms", "times", NULL};
    struct json_at at = jr_get(&s->r, migration, "retry");
    struct tries LC_ARRAY(struct sim_try) tries = {0};
    const struct sim_retry *named;

    if (cJSON_IsString(at.value)) {
        named = sim_retry_find(at.value->valuestring);
        if (!named)
            (void)jr_fail(&s->r, at.path, "there is no retry policy \"%s\"", at.value->valuestring);
        return named ? *named : (struct sim_retry){0};
    }
    for (int i = 0, n = jr_count(&s->r, at); i < n; i++) {
        struct json_at t = jr_item(&s->r, at, i);
        int times = jr_object(&s->r, t, keys) ? (int)jr_number(&s->r, t, "times", 1, 1, 10000) : 0;
        struct sim_try one = {jr_number(&s->r, t, "lock_timeout_ms", 0, 0, MS_MAX),
                              jr_number(&s->r, t, "sleep_ms", 0, 0, MS_MAX)};

        for (int k = 0; k < times; k++)
            LC_PUSH(s->r.arena, &tries, one);
    }
    return (struct sim_retry){.label = tries.len ? "scenario" : NULL, .tries = tries.items, .ntries = tries.len};
}

// Steps without any "begin" run each statement in a transaction of its own.
static struct sim_program own_transactions(struct scenario_reader *s, struct sim_program p)
{
    struct steps out = {0};
    bool open = false;

    for (int i = 0; i < p.nsteps; i++)
        if (p.steps[i].kind == SIM_BEGIN || p.steps[i].kind == SIM_COMMIT)
            return p;
    for (int i = 0; i < p.nsteps; i++) {
        if (p.steps[i].kind == SIM_STATEMENT && open)
            LC_PUSH(s->r.arena, &out, (struct sim_step){.kind = SIM_COMMIT});
        LC_PUSH(s->r.arena, &out, p.steps[i]);
        if (p.steps[i].kind == SIM_STATEMENT) {
            LC_PUSH(s->r.arena, &out, (struct sim_step){.kind = SIM_BEGIN});
            open = true;
        }
    }
    if (open)
        LC_PUSH(s->r.arena, &out, (struct sim_step){.kind = SIM_COMMIT});
    return (struct sim_program){out.items, out.len};
}

static void read_migration(struct scenario_reader *s, struct json_at root, struct sim_scenario *out)
{
    static const char *const keys[] = {"steps", "retry", NULL};
    struct json_at at = jr_get(&s->r, root, "migration");
    struct sim_migration *m = &out->model.migration;

    if (!at.value) {
        (void)jr_fail(&s->r, "", "\"migration\" is missing");
        return;
    }
    if (!jr_object(&s->r, at, keys))
        return;
    m->program = own_transactions(s, read_program(s, jr_get(&s->r, at, "steps")));
    m->nstatements = s->statements.len;
    m->retry = read_retry(s, at);
    out->statements = s->statements.items;
}

// ---- the document --------------------------------------------------------------------------------------------------------------

static void read_names(struct scenario_reader *s, struct json_at root, struct sim_model *m)
{
    m->objects = jr_texts(&s->r, root, "relations", &m->nobjects);
    for (int i = 0; i < m->nobjects; i++)
        if (lc_map_put(&s->relations, m->objects[i], (void *)(intptr_t)(i + 1)))
            (void)jr_fail(&s->r, "relations", "\"%s\" is there twice", m->objects[i]);
}

static void read_factors(struct scenario_reader *s, struct json_at root, struct sim_model *m)
{
    struct json_at at = jr_get(&s->r, root, "uncertainties");
    struct factors LC_ARRAY(struct sim_factor) factors = {0};
    const cJSON *v;

    cJSON_ArrayForEach(v, at.value)
    {
        struct sim_factor f = {lc_strdup(s->r.arena, v->string ? v->string : "?"),
                               jr_number(&s->r, at, v->string ? v->string : "?", 0, 0, 10)};

        LC_PUSH(s->r.arena, &factors, f);
        (void)lc_map_put(&s->factors, f.label, (void *)(intptr_t)factors.len);
    }
    m->factors = factors.items;
    m->nfactors = factors.len;
}

static void read_server(struct scenario_reader *s, struct json_at root, struct sim_model *m)
{
    static const char *const server_keys[] = {"version", "cores", "deadlock_timeout_ms", NULL};
    static const char *const pool_keys[] = {"size", "mode", NULL};
    static const char *const pool_modes[] = {"none", "session", "transaction", NULL};
    struct json_at server = jr_get(&s->r, root, "server"), pool = jr_get(&s->r, root, "pool");

    if (server.value && jr_object(&s->r, server, server_keys)) {
        m->server_version = (int)jr_number(&s->r, server, "version", 15, 9, 99);
        m->cores = jr_number(&s->r, server, "cores", 0, 0.1, 10000);
        m->deadlock_timeout_ms = jr_number(&s->r, server, "deadlock_timeout_ms", 0, 1, MS_MAX);
    }
    if (pool.value && jr_object(&s->r, pool, pool_keys)) {
        m->pool = (int)jr_number(&s->r, pool, "size", 0, 1, 5000);
        m->pooler = (enum sim_pooler)jr_word(&s->r, pool, "mode", pool_modes, SIM_NO_POOLER);
    }
}

static void read_simulation(struct scenario_reader *s, struct json_at root, struct sim_scenario *out)
{
    static const char *const keys[] = {"lead_ms",     "warmup_ms", "horizon_ms",   "sample_ms",
                                       "calm_p99_ms", "delay_ms",  "replications", NULL};
    struct json_at at = jr_get(&s->r, root, "simulation");
    struct sim_model *m = &out->model;

    if (!at.value || !jr_object(&s->r, at, keys))
        return;
    m->lead_ms = dist(s, at, "lead_ms");
    m->warmup_ms = jr_number(&s->r, at, "warmup_ms", 0, 0, MS_MAX);
    m->horizon_ms = jr_number(&s->r, at, "horizon_ms", 0, 0, MS_MAX);
    m->sample_ms = jr_number(&s->r, at, "sample_ms", 0, -1, MS_MAX);
    m->calm_p99_ms = jr_number(&s->r, at, "calm_p99_ms", 0, 0, MS_MAX);
    m->delay_ms = jr_number(&s->r, at, "delay_ms", 0, 0, MS_MAX);
    out->replications = (int)jr_number(&s->r, at, "replications", 0, 1, 1e6);
}

static bool known_figure(const char *name)
{
    struct sim_figures none = {0};

    return name && !isnan(sim_expected_figure(name, &none));
}

static void read_expectations(struct scenario_reader *s, struct json_at incident, struct sim_scenario *out)
{
    static const char *const keys[] = {"figure", "low", "high", "what", NULL};
    struct json_at at = jr_get(&s->r, incident, "figures");
    struct sim_expectation *e;

    out->nexpectations = jr_count(&s->r, at);
    e = LC_NEW_ARRAY(s->r.arena, struct sim_expectation, out->nexpectations + 1);
    for (int i = 0; i < out->nexpectations && s->r.code == LC_OK; i++) {
        struct json_at one = jr_item(&s->r, at, i);

        if (!jr_object(&s->r, one, keys))
            break;
        e[i] = (struct sim_expectation){.figure = jr_text(&s->r, one, "figure", NULL), .what = jr_text(&s->r, one, "what", "")};
        e[i].low = jr_number(&s->r, one, "low", 0, 0, 1e12);
        e[i].high = jr_number(&s->r, one, "high", e[i].low, e[i].low, 1e12);
        if (!known_figure(e[i].figure))
            (void)jr_fail(&s->r, one.path, "there is no figure \"%s\"", e[i].figure ? e[i].figure : "");
    }
    out->expectations = e;
}

static void read_incident(struct scenario_reader *s, struct json_at root, struct sim_scenario *out)
{
    static const char *const keys[] = {"source", "published", "figures", "assumptions", NULL};
    struct json_at at = jr_get(&s->r, root, "incident");

    if (!at.value || !jr_object(&s->r, at, keys))
        return;
    out->source = jr_text(&s->r, at, "source", NULL);
    out->published = jr_texts(&s->r, at, "published", &out->npublished);
    out->assumptions = jr_texts(&s->r, at, "assumptions", &out->nassumptions);
    read_expectations(s, at, out);
}

static void read_document(struct scenario_reader *s, struct json_at root, struct sim_scenario *out)
{
    static const char *const keys[] = {
        "schema",        "name",    "description",       "incident",  "server",     "pool", "relations",
        "uncertainties", "traffic", "long_transactions", "migration", "simulation", NULL};
    const char *schema;

    if (!jr_object(&s->r, root, keys))
        return;
    schema = jr_text(&s->r, root, "schema", "lockcast/scenario/1");
    if (!lc_streq(schema, "lockcast/scenario/1"))
        (void)jr_fail(&s->r, "schema", "\"%s\" is not lockcast/scenario/1", schema);
    out->name = jr_text(&s->r, root, "name", "scenario");
    out->description = jr_text(&s->r, root, "description", NULL);
    read_names(s, root, &out->model);
    read_factors(s, root, &out->model);
    read_server(s, root, &out->model);
    read_simulation(s, root, out);
    read_incident(s, root, out);
    read_traffic(s, root, &out->model);
    read_migration(s, root, out);
}

enum lc_code sim_scenario_read(struct lc_arena *arena, const char *text, size_t len, const char *file, struct sim_scenario *out,
                               struct lc_error *err)
{
    struct scenario_reader s = {.r = {.arena = arena, .err = err}};
    cJSON *json;

    *out = (struct sim_scenario){.name = NULL};
    s.r.code = lc_json_parse(file, text, len, &json, err);
    if (s.r.code != LC_OK) {
        lc_error_hint(err, "%s", "A scenario is JSON (docs/scenarios-format.md); an isolation test is a file NAME.spec.");
        return s.r.code;
    }
    lc_map_init(&s.relations, arena);
    lc_map_init(&s.factors, arena);
    read_document(&s, (struct json_at){json, ""}, out);
    cJSON_Delete(json);
    if (s.r.code == LC_OK)
        s.r.code = sim_check_model(&out->model, err);
    if (s.r.code != LC_OK)
        lc_error_at(err, file, 0);
    return s.r.code;
}
