// Reading and writing a ledger, and the correction that follows from it.
#include "cost/ledger.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRIOR_ENTRIES 2.0  // a correction counts as if so many statements had shown none
#define PRIOR_SPREAD 4.0   // and a spread as if so many had shown the forecast's own
#define LEAST_SHARE 0.2    // a kind that makes less of a statement's time says nothing about it
#define NOISE_MS 0.2       // the client's and the network's part; keeps quotients of next to nothing near 1
#define MAX_CORRECTION 3.0 // of the logarithm: a factor of 20
#define MAX_LINE ((size_t)1024 * 1024)

static const char *const kind_names[] = {
    [FP_SCAN] = "scan",
    [FP_REWRITE] = "rewrite",
    [FP_INDEX_BUILD] = "index build",
    [FP_INDEX_VALIDATE] = "index validation",
    [FP_FK_CHECK] = "foreign key check",
    [FP_FK_ROWS] = "foreign key queries",
    [FP_QUERY] = "query",
    [FP_CLUSTER_SORT] = "cluster",
    [FP_VACUUM] = "vacuum",
    [FP_ANALYZE] = "analyze",
    [FP_COPY_IN] = "copy in",
    [FP_SET_TABLESPACE] = "tablespace copy",
    [FP_TRUNCATE] = "truncate",
    [FP_METADATA] = "metadata",
    [FP_SLEEP] = "sleep",
    [FP_UNKNOWN_WORK] = "unknown",
};
#define NKINDS (sizeof kind_names / sizeof *kind_names)

struct residual {
    double log_ratio, weight; // weight: the kind's share of the statement
};

struct group { // what a ledger knows about one kind of work
    const char *server;
    const char *calibration; // NULL: none
    enum fp_work_kind kind;
    struct residuals LC_ARRAY(struct residual) residuals;
    double n, correction, spread; // sum of weights; both of the logarithm
};

struct ledger {
    struct lc_arena *arena;
    struct groups LC_ARRAY(struct group) groups;
};

// --- what follows from it --------------------------------------------------------------------------------------------

static int by_log_ratio(const void *a, const void *b)
{
    double x = ((const struct residual *)a)->log_ratio, y = ((const struct residual *)b)->log_ratio;

    return (x > y) - (x < y);
}

// The weighted quantile; `r` is sorted by it.
static double quantile(struct residuals *r, double share, double total)
{
    double sum = 0;

    qsort(r->items, (size_t)r->len, sizeof *r->items, by_log_ratio);
    for (int i = 0; i < r->len; i++) {
        sum += r->items[i].weight;
        if (sum >= share * total)
            return r->items[i].log_ratio;
    }
    return r->len ? r->items[r->len - 1].log_ratio : 0;
}

static void sum_up(struct lc_arena *arena, struct group *g)
{
    struct residuals off = {0};

    g->n = 0;
    for (int i = 0; i < g->residuals.len; i++)
        g->n += g->residuals.items[i].weight;
    g->correction = quantile(&g->residuals, 0.5, g->n) * g->n / (g->n + PRIOR_ENTRIES);
    g->correction = fmax(-MAX_CORRECTION, fmin(MAX_CORRECTION, g->correction));
    for (int i = 0; i < g->residuals.len; i++)
        LC_PUSH(arena, &off,
                (struct residual){fabs(g->residuals.items[i].log_ratio - g->correction), g->residuals.items[i].weight});
    g->spread = quantile(&off, 0.8, g->n) / Z90;
}

static struct group *find(const struct ledger *l, const char *server, const char *calibration, enum fp_work_kind kind)
{
    for (int i = 0; i < l->groups.len; i++) {
        struct group *g = &l->groups.items[i];
        if (g->kind == kind && lc_streq(g->calibration, calibration) && lc_streq(g->server, server))
            return g;
    }
    return NULL;
}

bool ledger_correct(const struct ledger *ledger, const char *server, const char *calibration, enum fp_work_kind kind,
                    struct quantiles *ms)
{
    const struct group *g = ledger && server ? find(ledger, server, calibration, kind) : NULL;
    double own, sigma;

    if (!g || !(ms->p50 > 0) || kind == FP_SLEEP)
        return false;
    own = ms->p90 > ms->p50 ? log(ms->p90 / ms->p50) / Z90 : 0;
    sigma = fmax(own, (g->n * g->spread + PRIOR_SPREAD * own) / (g->n + PRIOR_SPREAD));
    ms->p50 *= exp(g->correction);
    ms->p10 = ms->p50 * exp(-Z90 * sigma);
    ms->p90 = ms->p50 * exp(Z90 * sigma);
    return true;
}

// --- reading ---------------------------------------------------------------------------------------------------------

static bool kind_of(const cJSON *name, enum fp_work_kind *kind)
{
    for (size_t i = 0; cJSON_IsString(name) && i < NKINDS; i++)
        if (strcmp(name->valuestring, kind_names[i]) == 0) {
            *kind = (enum fp_work_kind)i;
            return true;
        }
    return false;
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(n) && isfinite(n->valuedouble) ? n->valuedouble : -1;
}

// "": some calibration that an older entry does not name; it is nobody's.
static const char *calibration_of(const cJSON *entry)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(entry, "calibration");

    if (cJSON_IsString(name))
        return name->valuestring;
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "calibrated")) ? "" : NULL;
}

static bool take_work(struct ledger *l, const cJSON *entry, const cJSON *work, double p50, double actual)
{
    const char *server = cJSON_GetObjectItemCaseSensitive(entry, "server")->valuestring;
    const char *calibration = calibration_of(entry);
    double part = number(work, "p50_ms");
    enum fp_work_kind kind;
    struct group *g;

    if (!kind_of(cJSON_GetObjectItemCaseSensitive(work, "kind"), &kind) || part < 0)
        return false;
    if (!(p50 > 0) || part < LEAST_SHARE * p50)
        return true;
    g = find(l, server, calibration, kind);
    if (!g) {
        LC_PUSH(l->arena, &l->groups,
                (struct group){.server = lc_strdup(l->arena, server),
                               .calibration = calibration ? lc_strdup(l->arena, calibration) : NULL,
                               .kind = kind});
        g = &l->groups.items[l->groups.len - 1];
    }
    LC_PUSH(l->arena, &g->residuals, (struct residual){log((actual + NOISE_MS) / (p50 + NOISE_MS)), fmin(part / p50, 1)});
    return true;
}

static bool take_entry(struct ledger *l, const cJSON *entry)
{
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(entry, "schema"), *work;
    double p50 = number(cJSON_GetObjectItemCaseSensitive(entry, "forecast_ms"), "p50"), actual = number(entry, "actual_ms");

    if (!cJSON_IsString(schema) || strcmp(schema->valuestring, LEDGER_SCHEMA) != 0 || p50 < 0 || actual < 0 ||
        !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(entry, "server")) ||
        !cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(entry, "calibrated")) ||
        !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(entry, "work")))
        return false;
    cJSON_ArrayForEach(work,
                       cJSON_GetObjectItemCaseSensitive(entry, "work")) if (!take_work(l, entry, work, p50, actual)) return false;
    return true;
}

static enum lc_code bad_line(const char *path, int line, struct lc_error *err)
{
    (void)lc_fail(err, LC_E_INPUT, "this line is no entry of a ledger (%s)", LEDGER_SCHEMA);
    lc_error_at(err, path, line);
    lc_error_hint(err, "--ledger takes the file that `lockcast rehearse --ledger` wrote.");
    return LC_E_INPUT;
}

static enum lc_code cannot_read(const char *path, struct lc_error *err)
{
    (void)lc_fail(err, LC_E_INPUT, "cannot read the ledger: %s", strerror(errno));
    lc_error_at(err, path, 0);
    lc_error_hint(err, "`lockcast rehearse --ledger FILE` begins one.");
    return LC_E_INPUT;
}

static enum lc_code read_lines(struct ledger *l, FILE *f, const char *path, struct lc_error *err)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    enum lc_code code = LC_OK;

    for (int line = 1; code == LC_OK && (len = getline(&text, &room, f)) >= 0; line++) {
        cJSON *entry = (size_t)len > MAX_LINE ? NULL : cJSON_ParseWithLength(text, (size_t)len);
        if (strspn(text, " \t\r\n") < (size_t)len && !(entry && take_entry(l, entry)))
            code = bad_line(path, line, err);
        cJSON_Delete(entry);
    }
    free(text);
    if (code == LC_OK && ferror(f))
        code = cannot_read(path, err);
    return code;
}

enum lc_code ledger_read(struct lc_arena *arena, const char *path, bool missing_ok, struct ledger **out, struct lc_error *err)
{
    FILE *f = fopen(path, "rb");
    enum lc_code code;

    *out = LC_NEW(arena, struct ledger);
    (*out)->arena = arena;
    if (!f && errno == ENOENT && missing_ok)
        return LC_OK;
    if (!f)
        return cannot_read(path, err);
    code = read_lines(*out, f, path, err);
    (void)fclose(f);
    for (int i = 0; i < (*out)->groups.len; i++)
        sum_up(arena, &(*out)->groups.items[i]);
    return code;
}

// --- writing ---------------------------------------------------------------------------------------------------------

static void add_ms(cJSON *to, const char *name, double ms)
{
    (void)cJSON_AddNumberToObject(to, name, round(ms * 1e3) / 1e3);
}

void ledger_line(struct lc_str *out, const struct ledger_entry *e)
{
    cJSON *line = cJSON_CreateObject(), *work, *forecast;
    double off = (e->actual_ms + NOISE_MS) / (e->forecast_ms.p50 + NOISE_MS);
    char *text;

    (void)cJSON_AddStringToObject(line, "schema", LEDGER_SCHEMA);
    (void)cJSON_AddStringToObject(line, "server", e->server);
    (void)cJSON_AddNumberToObject(line, "version_num", e->version_num);
    (void)cJSON_AddStringToObject(line, "fingerprint", e->fingerprint);
    (void)cJSON_AddStringToObject(line, "command", e->command);
    (void)cJSON_AddBoolToObject(line, "calibrated", e->calibration != NULL);
    if (e->calibration)
        (void)cJSON_AddStringToObject(line, "calibration", e->calibration);
    work = cJSON_AddArrayToObject(line, "work");
    for (int i = 0; i < e->work.len; i++) {
        cJSON *w = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(w, "kind", kind_names[e->work.items[i].kind]);
        add_ms(w, "p50_ms", e->work.items[i].p50_ms);
        (void)cJSON_AddItemToArray(work, w);
    }
    forecast = cJSON_AddObjectToObject(line, "forecast_ms");
    add_ms(forecast, "p10", e->forecast_ms.p10);
    add_ms(forecast, "p50", e->forecast_ms.p50);
    add_ms(forecast, "p90", e->forecast_ms.p90);
    add_ms(line, "actual_ms", e->actual_ms);
    add_ms(line, "factor", fmax(off, 1 / off));
    text = cJSON_PrintUnformatted(line);
    if (text)
        lc_str_addf(out, "%s\n", text);
    free(text);
    cJSON_Delete(line);
}

enum lc_code ledger_append(const char *path, const char *text, size_t len, struct lc_error *err)
{
    FILE *f = fopen(path, "ab");
    bool bad = !f;

    if (f) {
        bad = fwrite(text, 1, len, f) != len;
        bad = fclose(f) != 0 || bad;
    }
    return bad ? lc_fail(err, LC_E_DELIVERY, "cannot write the ledger %s: %s", path, strerror(errno)) : LC_OK;
}
