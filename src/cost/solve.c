// Every probe is a sum of constants times counts. All constants are found at once: the most probable ones under the times measured and under
// a prior that says: this machine is so many times as fast as the one the defaults were measured on, give or take the prior's width for each.
// So no constant comes out negative because two noisy times were subtracted, and one that no probe reaches moves with the others.
#include "cost/solve.h"

#include <math.h>
#include <string.h>

#define MODEL_SIGMA 0.06  // what the sums are off by, beside noise
#define PRIOR_SIGMA 0.35  // of a constant's ratio to its default, when the overall speed is known
#define SPEED_SIGMA 1.5   // of the overall speed
#define UNSEEN_SIGMA 0.25 // left to a constant that no probe reaches
#define FLOOR_SIGMA 0.08  // no constant is known better for another table
// Of a permanent table's page and row: local buffers are another memory than the ring of a large scan, and the row that follows finds more of
// its page in the CPU's cache. Fitted on one machine to scans of tables of 36 to 1,000 bytes a row, in databases just copied (docs/validation.md).
#define TEMP_PAGE 1.25
#define TEMP_ROW 0.14
#define TEMP_BUILD 0.6 // as for a row that an index build reads
#define STEPS 25
#define SPEED COST_IDS // the last unknown
#define UNKNOWNS (COST_IDS + 1)

struct design {
    double count[PROBES][COST_IDS]; // in the constants' units, milliseconds for each
};

static double unit_ms(enum cost_id id)
{
    return strncmp(cost_defaults[id].unit, "ns", 2) == 0 ? 1e-6 : strncmp(cost_defaults[id].unit, "us", 2) == 0 ? 1e-3 : 1;
}

static void add(struct design *d, enum probe probe, enum cost_id id, double count)
{
    d->count[probe][id] += count * unit_ms(id);
}

static void scan(struct design *d, enum probe probe, double rows, double pages)
{
    add(d, probe, COST_STATEMENT_MS, 1);
    add(d, probe, COST_SCAN_PAGE_US, pages * TEMP_PAGE);
    add(d, probe, COST_SCAN_ROW_NS, rows * TEMP_ROW);
}

static void describe_scans(struct design *d, double pages_n, double pages_w)
{
    static const enum probe narrow[] = {
        PROBE_SCAN,         PROBE_CHECK_INT,   PROBE_CHECK_TEXT, PROBE_CHECK_NUMERIC, PROBE_CHECK_CALL,    PROBE_INDEX_NONE,
        PROBE_INDEX_SORTED, PROBE_INDEX_INT,   PROBE_INDEX_TEXT, PROBE_INDEX_TEXT_C,  PROBE_INDEX_NUMERIC, PROBE_INDEX_UUID,
        PROBE_INDEX_OTHER,  PROBE_INDEX_SPILL, PROBE_INDEX_HASH, PROBE_INDEX_BRIN,    PROBE_REWRITE,       PROBE_COPY,
        PROBE_CREATE_AS,    PROBE_FOREIGN_KEY, PROBE_AGGREGATE,  PROBE_GROUPS};
    static const enum probe wide[] = {PROBE_SCAN_WIDE, PROBE_INDEX_GIN, PROBE_INDEX_GIST, PROBE_REWRITE_WIDE};

    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        scan(d, narrow[i], NROWS, pages_n);
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        scan(d, wide[i], WROWS, pages_w);
    add(d, PROBE_CATALOGUE, COST_STATEMENT_MS, 1);
    for (enum probe p = PROBE_CHECK_INT; p <= PROBE_CHECK_CALL; p++)
        add(d, p, COST_EXPR_ROW_NS, NROWS);
    add(d, PROBE_CHECK_INT, COST_EXPR_OP_NS, 5 * NROWS);
    add(d, PROBE_CHECK_TEXT, COST_EXPR_TEXT_NS, 2 * NROWS);
    add(d, PROBE_CHECK_NUMERIC, COST_EXPR_NUMERIC_NS, NROWS);
    add(d, PROBE_CHECK_CALL, COST_EXPR_CALL_NS, NROWS);
    add(d, PROBE_CHECK_CALL, COST_EXPR_TEXT_NS, NROWS);
    add(d, PROBE_AGGREGATE, COST_AGG_ROW_NS, NROWS);
    add(d, PROBE_GROUPS, COST_GROUP_ROW_NS, NROWS);
    add(d, PROBE_FOREIGN_KEY, COST_FK_ROW_NS, (FK_BUILD + FK_PROBE) * NROWS);
}

static void describe_indexes(struct design *d)
{
    static const struct {
        enum probe probe;
        enum cost_id sort;
    } btrees[] = {{PROBE_INDEX_SORTED, COST_IDS},
                  {PROBE_INDEX_SPILL, COST_IDS},
                  {PROBE_INDEX_INT, COST_SORT_INT_NS},
                  {PROBE_INDEX_TEXT, COST_SORT_TEXT_NS},
                  {PROBE_INDEX_TEXT_C, COST_SORT_TEXT_C_NS},
                  {PROBE_INDEX_NUMERIC, COST_SORT_NUMERIC_NS},
                  {PROBE_INDEX_UUID, COST_SORT_UUID_NS},
                  {PROBE_INDEX_OTHER, COST_SORT_OTHER_NS}};

    for (enum probe p = PROBE_INDEX_NONE; p <= PROBE_INDEX_BRIN; p++)
        add(d, p, COST_INDEX_SCAN_ROW_NS, NROWS * TEMP_BUILD);
    add(d, PROBE_INDEX_GIN, COST_INDEX_SCAN_ROW_NS, WROWS * TEMP_BUILD);
    add(d, PROBE_INDEX_GIST, COST_INDEX_SCAN_ROW_NS, WROWS * TEMP_BUILD);
    for (size_t i = 0; i < sizeof btrees / sizeof *btrees; i++) {
        add(d, btrees[i].probe, COST_INDEX_ROW_NS, NROWS);
        if (btrees[i].sort == COST_IDS)
            continue;
        add(d, btrees[i].probe, btrees[i].sort, NROWS * log2(NROWS));
        add(d, btrees[i].probe, COST_SORT_MISS_NS, NROWS * 0.2);
    }
    add(d, PROBE_INDEX_OTHER, COST_EXPR_ROW_NS, NROWS);
    add(d, PROBE_INDEX_NONE, COST_EXPR_ROW_NS, NROWS);
    add(d, PROBE_INDEX_NONE, COST_EXPR_OP_NS, NROWS);
    add(d, PROBE_INDEX_SPILL, COST_SPILL_BYTE_NS, NROWS * 56 * 0.6);
    add(d, PROBE_INDEX_SPILL, COST_SORT_INT_NS, NROWS * 3);
    add(d, PROBE_INDEX_HASH, COST_HASH_ROW_NS, NROWS);
    add(d, PROBE_INDEX_BRIN, COST_BRIN_ROW_NS, NROWS);
    add(d, PROBE_INDEX_GIN, COST_GIN_KEY_NS, WROWS * 8);
    add(d, PROBE_INDEX_GIST, COST_GIST_ROW_NS, WROWS);
}

static void describe_writes(struct design *d, double pages_n, double pages_w)
{
    static const enum probe dml[] = {PROBE_UPDATE, PROBE_UPDATE_INDEXED, PROBE_DELETE, PROBE_INSERT_INDEXED};
    double pages_u = pages_n * UROWS / NROWS;

    add(d, PROBE_REWRITE, COST_WRITE_ROW_NS, NROWS);
    add(d, PROBE_REWRITE, COST_WRITE_PAGE_US, pages_n);
    add(d, PROBE_REWRITE, COST_EXPR_ROW_NS, NROWS);
    add(d, PROBE_REWRITE_WIDE, COST_WRITE_ROW_NS, WROWS);
    add(d, PROBE_REWRITE_WIDE, COST_WRITE_PAGE_US, pages_w);
    add(d, PROBE_REWRITE_WIDE, COST_EXPR_ROW_NS, WROWS);
    add(d, PROBE_COPY, COST_COPY_ROW_NS, NROWS);
    add(d, PROBE_COPY, COST_WRITE_PAGE_US, pages_n * 0.6);
    add(d, PROBE_CREATE_AS, COST_INSERT_ROW_NS, NROWS);
    add(d, PROBE_CREATE_AS, COST_WRITE_PAGE_US, pages_n);
    for (size_t i = 0; i < sizeof dml / sizeof *dml; i++) {
        add(d, dml[i], COST_SCAN_PAGE_US, pages_u * 0.3);
        add(d, dml[i], COST_SCAN_ROW_NS, UROWS * TEMP_ROW);
    }
    add(d, PROBE_UPDATE, COST_UPDATE_ROW_NS, UROWS);
    add(d, PROBE_UPDATE, COST_WRITE_PAGE_US, pages_u);
    add(d, PROBE_UPDATE_INDEXED, COST_UPDATE_ROW_NS, UROWS);
    add(d, PROBE_UPDATE_INDEXED, COST_WRITE_PAGE_US, pages_u);
    add(d, PROBE_UPDATE_INDEXED, COST_INDEX_ENTRY_NS, UROWS * 1.6);
    add(d, PROBE_INSERT_INDEXED, COST_INSERT_ROW_NS, UROWS);
    add(d, PROBE_INSERT_INDEXED, COST_WRITE_PAGE_US, pages_u);
    add(d, PROBE_INSERT_INDEXED, COST_INDEX_ENTRY_NS, 2 * UROWS);
    add(d, PROBE_DELETE, COST_DELETE_ROW_NS, UROWS);
    add(d, PROBE_COMMIT, COST_COMMIT_MS, 1);
}

// A message of n bytes is a record of n + 52 bytes (access/xlogrecord.h, replication/message.h). The calls around it were timed apart.
static void describe_wal(struct design *d)
{
    add(d, PROBE_WAL_SMALL, COST_WAL_RECORD_NS, 50000);
    add(d, PROBE_WAL_SMALL, COST_WAL_BYTE_NS, 50000.0 * 152);
    add(d, PROBE_WAL_LARGE, COST_WAL_RECORD_NS, 2500);
    add(d, PROBE_WAL_LARGE, COST_WAL_BYTE_NS, 2500.0 * 8052);
}

// What is left of a time when the call, the round trip and the like are taken off; never less than a tenth of it.
static double net(const struct probe_time times[PROBES], enum probe id)
{
    double ms = times[id].ms, off = times[PROBE_NOTHING].ms;

    if (id == PROBE_WAL_SMALL || id == PROBE_WAL_LARGE)
        off += (times[PROBE_CALL].ms - times[PROBE_NOTHING].ms) / (id == PROBE_WAL_SMALL ? 1 : 20);
    return fmax(ms - off, ms / 10);
}

// --- the most probable constants -------------------------------------------------------------------------------------------------------

// Cholesky's method on a symmetric matrix with a positive diagonal: the lower triangle becomes its root.
static void factor(double a[UNKNOWNS][UNKNOWNS])
{
    for (int i = 0; i < UNKNOWNS; i++)
        for (int k = 0; k <= i; k++) {
            double sum = a[i][k];
            for (int j = 0; j < k; j++)
                sum -= a[i][j] * a[k][j];
            a[i][k] = i == k ? sqrt(fmax(sum, 1e-12)) : sum / a[k][k];
        }
}

static void substitute(double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS])
{
    for (int i = 0; i < UNKNOWNS; i++) {
        for (int j = 0; j < i; j++)
            b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
    }
    for (int i = UNKNOWNS - 1; i >= 0; i--) {
        for (int j = i + 1; j < UNKNOWNS; j++)
            b[i] -= a[j][i] * b[j];
        b[i] /= a[i][i];
    }
}

struct state {
    double x[UNKNOWNS]; // logarithms: of a constant's ratio to its default, and of the overall slowness
    double a[UNKNOWNS][UNKNOWNS], b[UNKNOWNS];
};

// Prior: x[i] ~ x[SPEED] + N(0, PRIOR_SIGMA), x[SPEED] ~ N(0, SPEED_SIGMA).
static void add_prior(struct state *s)
{
    double w = 1 / (PRIOR_SIGMA * PRIOR_SIGMA);

    for (int i = 0; i < COST_IDS; i++) {
        double r = s->x[SPEED] - s->x[i];
        s->a[i][i] += w;
        s->a[SPEED][SPEED] += w;
        s->a[i][SPEED] -= w;
        s->a[SPEED][i] -= w;
        s->b[i] += w * r;
        s->b[SPEED] -= w * r;
    }
    s->a[SPEED][SPEED] += 1 / (SPEED_SIGMA * SPEED_SIGMA);
    s->b[SPEED] -= s->x[SPEED] / (SPEED_SIGMA * SPEED_SIGMA);
}

static void add_probe(struct state *s, const double count[COST_IDS], double ms, double sigma)
{
    double part[COST_IDS], sum = 0, w = 1 / (sigma * sigma), r;

    for (int i = 0; i < COST_IDS; i++)
        sum += part[i] = count[i] * cost_defaults[i].median * exp(s->x[i]);
    if (sum <= 0)
        return;
    r = log(ms / sum);
    for (int i = 0; i < COST_IDS; i++) {
        if (part[i] <= 0)
            continue;
        s->b[i] += w * r * part[i] / sum;
        for (int k = 0; k < COST_IDS; k++)
            s->a[i][k] += w * part[i] * part[k] / (sum * sum);
    }
}

static void step(struct state *s, const struct design *d, const struct probe_time times[PROBES])
{
    memset(s->a, 0, sizeof s->a);
    memset(s->b, 0, sizeof s->b);
    add_prior(s);
    for (int p = 0; p < PROBES; p++)
        if (times[p].n > 0)
            add_probe(s, d->count[p], net(times, (enum probe)p), hypot(MODEL_SIGMA, times[p].sigma / sqrt(times[p].n)));
    factor(s->a);
    substitute(s->a, s->b);
    for (int i = 0; i < UNKNOWNS; i++)
        s->x[i] += fmin(fmax(s->b[i], -1), 1);
}

// The standard deviation of unknown i, when s->a is factored.
static double deviation(struct state *s, int i)
{
    double e[UNKNOWNS] = {0};

    e[i] = 1;
    substitute(s->a, e);
    return sqrt(fmax(e[i], 0));
}

static int probes_of(const struct design *d, const struct probe_time times[PROBES], int id)
{
    int n = 0;

    for (int p = 0; p < PROBES; p++)
        if (d->count[p][id] > 0 && times[p].n > n)
            n = times[p].n;
    return n;
}

static void solve_cores(const struct probe_time times[PROBES], struct calibration *out)
{
    double alone = times[PROBE_ALONE].ms, together = times[PROBE_TOGETHER].ms - out->constants[COST_WORKER_MS].median;

    out->constants[COST_CORES] = (struct calibrated){0};
    if (times[PROBE_ALONE].n > 0 && times[PROBE_TOGETHER].n > 0 && together > 0)
        out->constants[COST_CORES] =
            (struct calibrated){fmin(fmax(round(alone / together * 100) / 100, 1), 4), 0.1, times[PROBE_TOGETHER].n};
}

static void describe(struct design *d, double pages_n, double pages_w)
{
    describe_scans(d, pages_n, pages_w);
    describe_indexes(d);
    describe_writes(d, pages_n, pages_w);
    describe_wal(d);
}

void calibration_predict(const double medians[COST_IDS], double pages_n, double pages_w, double ms[PROBES])
{
    struct design d = {0};

    describe(&d, pages_n, pages_w);
    for (int p = 0; p < PROBES; p++) {
        ms[p] = 0;
        for (int i = 0; i < COST_IDS; i++)
            ms[p] += d.count[p][i] * medians[i];
    }
}

void calibration_solve(const struct probe_time times[PROBES], double pages_n, double pages_w, struct calibration *out)
{
    struct design d = {0};
    struct state s = {0};

    describe(&d, pages_n, pages_w);
    for (int i = 0; i < STEPS; i++)
        step(&s, &d, times);
    for (int i = 0; i < COST_IDS; i++) {
        int n = probes_of(&d, times, i);
        double sigma = n > 0 ? fmax(deviation(&s, i), FLOOR_SIGMA) : UNSEEN_SIGMA;
        out->constants[i] =
            (struct calibrated){cost_defaults[i].median * exp(s.x[i]), fmin(sigma, cost_defaults[i].sigma), n > 0 ? n : 1};
    }
    solve_cores(times, out);
}
