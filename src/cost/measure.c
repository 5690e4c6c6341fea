// lockcast calibrate: time statements on temporary tables of one session.
//
// Only temporary tables, settings of the session and (for the price of WAL) logical messages that nobody reads are written; all of it goes
// with the session. Probes are taken in turn, pass after pass, so that a busy moment of the machine spreads over all of them.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cost/solve.h"

#define MAX_PASSES 15
#define MIN_PASSES 2

static const struct {
    const char *name, *before, *sql, *after;
} probes[PROBES] = {
#define P(id, before, sql, after) [PROBE_##id] = {#id, before, sql, after},
#include "cost/probes.def"
#undef P
};

static const char *const setup[] = {
    "SET client_min_messages = error",
    "SET statement_timeout = '60s'",
    "SET max_parallel_workers_per_gather = 0",
    "SET maintenance_work_mem = '256MB'",
    "SET jit = off",
    "CREATE TEMP TABLE tn (id bigint, a int, b text, c numeric(12,2), d timestamptz, e uuid)",
    "INSERT INTO tn SELECT g, ((g::bigint * 7919) % 1000003)::int, md5(g::text), ((g::bigint * 6007) % 100003) / 7.0, "
    "'2020-01-01'::timestamptz + g * interval '1 s', "
    "md5((g * 31)::text)::uuid FROM generate_series(1, 120000) g",
    "CREATE TEMP TABLE tw (id bigint, a int, pad text, g int[], p point)",
    "INSERT INTO tw SELECT g, g, repeat(md5(g::text), 28), ARRAY[g % 97, g % 89, g % 83, g % 79, g % 73, g % 71, g % 67, g % "
    "1009], "
    "point(g % 1000, g % 773) FROM generate_series(1, 15000) g",
    "ALTER TABLE tw ALTER COLUMN pad SET STORAGE PLAIN",
    "CREATE TEMP TABLE tp (id bigint PRIMARY KEY)",
    "INSERT INTO tp SELECT generate_series(1, 120000)",
    "VACUUM ANALYZE tn",
    "VACUUM ANALYZE tw",
    "VACUUM ANALYZE tp",
};

struct measuring {
    struct server *server;
    struct lc_arena *arena;
    double samples[PROBES][MAX_PASSES];
    int n[PROBES];
    double pages_n, pages_w;
};

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static enum lc_code take(struct measuring *m, int id, struct lc_error *err)
{
    double start;
    enum lc_code code = *probes[id].before ? server_script(m->server, probes[id].before, err) : LC_OK;

    if (code != LC_OK)
        return code;
    start = now_ms();
    code = server_query(m->server, m->arena, probes[id].sql, NULL, 0, NULL, err);
    if (code != LC_OK)
        return code;
    m->samples[id][m->n[id]++] = now_ms() - start;
    return *probes[id].after ? server_script(m->server, probes[id].after, err) : LC_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_of(const struct measuring *m, int id)
{
    double v[MAX_PASSES];
    int n = m->n[id];

    memcpy(v, m->samples[id], sizeof v);
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

// Deviation of the logarithm, from the median absolute deviation (1.4826: of a normal law).
static double sigma_of(const struct measuring *m, int id)
{
    double v[MAX_PASSES], mid = log(median_of(m, id));
    int n = m->n[id];

    for (int i = 0; i < n; i++)
        v[i] = fabs(log(m->samples[id][i]) - mid);
    qsort(v, (size_t)n, sizeof *v, by_value);
    return 1.4826 * v[n / 2];
}

// --- the run -------------------------------------------------------------------------------------------------------------------------

static enum lc_code number_of(struct measuring *m, const char *sql, double *out, struct lc_error *err)
{
    struct server_rows rows;
    enum lc_code code = server_query(m->server, m->arena, sql, NULL, 0, &rows, err);

    *out = code == LC_OK && rows.nrows ? strtod(server_cell(&rows, 0, 0), NULL) : 0;
    return code;
}

static enum lc_code prepare(struct measuring *m, struct lc_error *err)
{
    enum lc_code code = LC_OK;

    for (size_t i = 0; code == LC_OK && i < sizeof setup / sizeof *setup; i++)
        code = server_query(m->server, m->arena, setup[i], NULL, 0, NULL, err);
    if (code == LC_OK)
        code = number_of(m, "SELECT pg_relation_size('pg_temp.tn') / 8192.0", &m->pages_n, err);
    if (code == LC_OK)
        code = number_of(m, "SELECT pg_relation_size('pg_temp.tw') / 8192.0", &m->pages_w, err);
    return code;
}

static enum lc_code note_settings(struct measuring *m, struct calibration *c, struct lc_error *err)
{
    static const char sql[] = "SELECT name, current_setting(name) FROM pg_settings WHERE name IN ('shared_buffers', 'wal_level', "
                              "'fsync', 'full_page_writes', "
                              "'synchronous_commit', 'wal_compression', 'block_size', 'wal_log_hints', 'data_checksums', "
                              "'lc_collate', 'server_encoding') ORDER BY name";
    struct server_rows rows, date;
    enum lc_code code = server_query(m->server, m->arena, sql, NULL, 0, &rows, err);

    for (int i = 0; code == LC_OK && i < rows.nrows; i++) {
        struct calibration_setting setting = {server_cell(&rows, i, 0), server_cell(&rows, i, 1)};
        LC_PUSH(m->arena, &c->settings, setting);
    }
    if (code == LC_OK)
        code = server_query(m->server, m->arena, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')", NULL, 0, &date, err);
    c->date = code == LC_OK ? server_cell(&date, 0, 0) : "";
    c->version_num = server_version_num(m->server);
    c->server = server_label(m->server);
    return code;
}

enum lc_code calibration_measure(struct server *server, struct lc_arena *arena, double budget_s,
                                 void (*progress)(void *context, const char *what), void *context, struct calibration **out,
                                 struct lc_error *err)
{
    struct measuring *m = LC_NEW(arena, struct measuring);
    struct calibration *c = LC_NEW(arena, struct calibration);
    struct probe_time times[PROBES];
    double start = now_ms(), pass_ms = 0;
    enum lc_code code;

    m->server = server;
    m->arena = arena;
    code = note_settings(m, c, err);
    if (code == LC_OK)
        code = prepare(m, err);
    for (int pass = 0; code == LC_OK && pass < MAX_PASSES; pass++) {
        double began = now_ms();
        if (pass >= MIN_PASSES && began - start + pass_ms > budget_s * 1e3)
            break;
        for (int id = 0; code == LC_OK && id < PROBES; id++) {
            if (progress)
                progress(context, probes[id].name);
            code = take(m, id, err);
        }
        pass_ms = now_ms() - began;
    }
    if (code != LC_OK)
        return code;
    for (int id = 0; id < PROBES; id++)
        times[id] = (struct probe_time){median_of(m, id), sigma_of(m, id), m->n[id]};
    calibration_solve(times, m->pages_n, m->pages_w, c);
    *out = c;
    return LC_OK;
}
