// lockcast calibrate: time statements on temporary tables of one session, and solve for the constants.
//
// Only temporary tables, settings of the session and (for the price of WAL) logical messages that nobody reads are written; all of it goes
// with the session. Probes are taken in turn, pass after pass, so that a busy moment of the machine spreads over all of them.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cost/calibration.h"

#define NROWS 80000.0
#define WROWS 10000.0
#define UROWS 20000.0
#define GIN_KEYS 8.0 // elements of tw.g
#define MAX_PASSES 9
#define MIN_PASSES 2
#define MODEL_SIGMA 0.12 // what the model itself is off by, besides the noise of measuring

enum probe {
#define P(id, before, sql, after) PROBE_##id,
#include "cost/probes.def"
#undef P
    PROBES,
};

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
    "md5((g * 31)::text)::uuid FROM generate_series(1, 80000) g",
    "CREATE TEMP TABLE tw (id bigint, a int, pad text, g int[], p point)",
    "INSERT INTO tw SELECT g, g, repeat(md5(g::text), 28), ARRAY[g % 97, g % 89, g % 83, g % 79, g % 73, g % 71, g % 67, g % "
    "1009], "
    "point(g % 1000, g % 773) FROM generate_series(1, 10000) g",
    "ALTER TABLE tw ALTER COLUMN pad SET STORAGE PLAIN",
    "CREATE TEMP TABLE tp (id bigint PRIMARY KEY)",
    "INSERT INTO tp SELECT generate_series(1, 80000)",
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

static double median_of(const struct measuring *m, enum probe id)
{
    double v[MAX_PASSES];
    int n = m->n[id];

    memcpy(v, m->samples[id], sizeof v);
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

// Deviation of the logarithm, from the median absolute deviation (1.4826: of a normal law).
static double sigma_of(const struct measuring *m, enum probe id)
{
    double v[MAX_PASSES], mid = log(median_of(m, id));
    int n = m->n[id];

    for (int i = 0; i < n; i++)
        v[i] = fabs(log(m->samples[id][i]) - mid);
    qsort(v, (size_t)n, sizeof *v, by_value);
    return 1.4826 * v[n / 2];
}

// --- solving -----------------------------------------------------------------------------------------------------------------------

struct solver {
    const struct measuring *m;
    struct calibration *out;
};

static double ms(const struct solver *s, enum probe id)
{
    return median_of(s->m, id);
}

static void set(const struct solver *s, enum cost_id id, double value, enum probe noise)
{
    double floor_value = cost_defaults[id].median / 100; // a difference of two noisy times may come out as nothing

    s->out->constants[id] =
        (struct calibrated){value > floor_value ? value : floor_value, hypot(MODEL_SIGMA, sigma_of(s->m, noise)), s->m->n[noise]};
}

static double get(const struct solver *s, enum cost_id id)
{
    return s->out->constants[id].median;
}

// Two equations n1 x + m1 y = t1, n2 x + m2 y = t2 in what is not negative; x takes all where y would be.
static void solve2(double n1, double m1, double t1, double n2, double m2, double t2, double *x, double *y)
{
    double det = n1 * m2 - n2 * m1;

    *x = (t1 * m2 - t2 * m1) / det;
    *y = (n1 * t2 - n2 * t1) / det;
    if (*y < 0) {
        *y = 0;
        *x = fmax(t1 / n1, 0);
    } else if (*x < 0) {
        *x = 0;
        *y = fmax(t1 / m1, 0);
    }
}

static double scan_ms(const struct solver *s)
{
    return ms(s, PROBE_SCAN) - ms(s, PROBE_CATALOGUE);
}

static void solve_scan(const struct solver *s)
{
    double page, row;

    set(s, COST_STATEMENT_MS, ms(s, PROBE_CATALOGUE), PROBE_CATALOGUE);
    solve2(s->m->pages_n, NROWS, scan_ms(s), s->m->pages_w, WROWS, ms(s, PROBE_SCAN_WIDE) - ms(s, PROBE_CATALOGUE), &page, &row);
    set(s, COST_SCAN_PAGE_US, page * 1e3, PROBE_SCAN_WIDE);
    set(s, COST_SCAN_ROW_NS, row * 1e6, PROBE_SCAN);
    set(s, COST_EXPR_ROW_NS, (ms(s, PROBE_CHECK) - ms(s, PROBE_SCAN)) / (3 * NROWS) * 1e6, PROBE_CHECK);
    set(s, COST_AGG_ROW_NS, (ms(s, PROBE_AGGREGATE) - ms(s, PROBE_NOTHING) - scan_ms(s)) / NROWS * 1e6, PROBE_AGGREGATE);
}

static void solve_sorts(const struct solver *s)
{
    static const struct {
        enum cost_id id;
        enum probe probe;
    } sorts[] = {{COST_SORT_INT_NS, PROBE_INDEX_INT},       {COST_SORT_TEXT_NS, PROBE_INDEX_TEXT},
                 {COST_SORT_TEXT_C_NS, PROBE_INDEX_TEXT_C}, {COST_SORT_NUMERIC_NS, PROBE_INDEX_NUMERIC},
                 {COST_SORT_UUID_NS, PROBE_INDEX_UUID},     {COST_SORT_OTHER_NS, PROBE_INDEX_OTHER}};
    double per = NROWS * log2(NROWS);

    set(s, COST_INDEX_ROW_NS, (ms(s, PROBE_INDEX_SORTED) - ms(s, PROBE_CATALOGUE) - scan_ms(s)) / NROWS * 1e6,
        PROBE_INDEX_SORTED);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        set(s, sorts[i].id, (ms(s, sorts[i].probe) - ms(s, PROBE_INDEX_SORTED)) / per * 1e6, sorts[i].probe);
    set(s, COST_SPILL_BYTE_NS, (ms(s, PROBE_INDEX_SPILL) - ms(s, PROBE_INDEX_INT)) / (NROWS * 24) * 1e6, PROBE_INDEX_SPILL);
    set(s, COST_HASH_ROW_NS, (ms(s, PROBE_INDEX_HASH) - ms(s, PROBE_CATALOGUE) - scan_ms(s)) / NROWS * 1e6, PROBE_INDEX_HASH);
    set(s, COST_GIN_KEY_NS, (ms(s, PROBE_INDEX_GIN) - ms(s, PROBE_SCAN_WIDE)) / (WROWS * GIN_KEYS) * 1e6, PROBE_INDEX_GIN);
    set(s, COST_GIST_ROW_NS, (ms(s, PROBE_INDEX_GIST) - ms(s, PROBE_SCAN_WIDE)) / WROWS * 1e6, PROBE_INDEX_GIST);
}

static void solve_writes(const struct solver *s)
{
    double page, row, narrow, wide, part = scan_ms(s) * UROWS / NROWS;

    narrow = ms(s, PROBE_REWRITE) - ms(s, PROBE_SCAN) - NROWS * get(s, COST_EXPR_ROW_NS) / 1e6;
    wide = ms(s, PROBE_REWRITE_WIDE) - ms(s, PROBE_SCAN_WIDE) - WROWS * get(s, COST_EXPR_ROW_NS) / 1e6;
    solve2(s->m->pages_n, NROWS, narrow, s->m->pages_w, WROWS, wide, &page, &row);
    set(s, COST_WRITE_PAGE_US, page * 1e3, PROBE_REWRITE_WIDE);
    set(s, COST_WRITE_ROW_NS, row * 1e6, PROBE_REWRITE);
    set(s, COST_FK_ROW_NS, (ms(s, PROBE_FOREIGN_KEY) - ms(s, PROBE_SCAN)) / NROWS * 1e6, PROBE_FOREIGN_KEY);
    set(s, COST_UPDATE_ROW_NS, (ms(s, PROBE_UPDATE) - ms(s, PROBE_NOTHING) - part) / UROWS * 1e6, PROBE_UPDATE);
    set(s, COST_INDEX_ENTRY_NS, (ms(s, PROBE_UPDATE_INDEXED) - ms(s, PROBE_UPDATE)) / (2 * UROWS) * 1e6, PROBE_UPDATE_INDEXED);
    set(s, COST_DELETE_ROW_NS, (ms(s, PROBE_DELETE) - ms(s, PROBE_NOTHING) - part) / UROWS * 1e6, PROBE_DELETE);
}

// A message of n bytes is a record of n + 52 bytes (xlogrecord.h, replication/message.h).
static void solve_wal(const struct solver *s)
{
    double call = ms(s, PROBE_CALL) - ms(s, PROBE_NOTHING), record, byte;

    solve2(50000, 50000.0 * 152, ms(s, PROBE_WAL_SMALL) - ms(s, PROBE_NOTHING) - call, 2500, 2500.0 * 8052,
           ms(s, PROBE_WAL_LARGE) - ms(s, PROBE_NOTHING) - call / 20, &record, &byte);
    set(s, COST_WAL_RECORD_NS, record * 1e6, PROBE_WAL_SMALL);
    set(s, COST_WAL_BYTE_NS, byte * 1e6, PROBE_WAL_LARGE);
    set(s, COST_COMMIT_MS, ms(s, PROBE_COMMIT) - ms(s, PROBE_NOTHING), PROBE_COMMIT);
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
    struct solver s = {m, c};
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
    solve_scan(&s);
    solve_sorts(&s);
    solve_writes(&s);
    solve_wal(&s);
    *out = c;
    return LC_OK;
}
