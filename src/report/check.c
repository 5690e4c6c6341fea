// Is this tree a review's report? Types, numbers and counts are checked once here, so that no format has to.
#include "report/check.h"

#include <math.h>

#include "base/str.h"
#include "report/words.h"

#define MAX_ITEMS 1000000 // of one list

enum shape { TEXT, SEVERITY, NUMBER, BOOL, LINE, OBJECT, QUANTILES, TEXTS, OBJECTS };

struct field {
    const char *name;
    enum shape shape;
    const struct field *inner; // of OBJECT and OBJECTS; NULL: not looked into
};

static const struct field quantile_fields[] = {{"p10", NUMBER, NULL}, {"p50", NUMBER, NULL}, {"p90", NUMBER, NULL}, {0}};
static const struct field lock_fields[] = {
    {"relation", TEXT, NULL}, {"kind", TEXT, NULL},    {"mode", TEXT, NULL}, {"released", TEXT, NULL},
    {"created", BOOL, NULL},  {"certain", BOOL, NULL}, {"why", TEXT, NULL},  {0}};
static const struct field work_fields[] = {{"what", TEXT, NULL},
                                           {"relation", TEXT, NULL},
                                           {"rows", NUMBER, NULL},
                                           {"bytes", NUMBER, NULL},
                                           {"p50_ms", NUMBER, NULL},
                                           {"ms", QUANTILES, NULL},
                                           {0}};
static const struct field finding_fields[] = {
    {"rule", TEXT, NULL},        {"severity", SEVERITY, NULL}, {"message", TEXT, NULL},
    {"why", TEXT, NULL},         {"source", TEXT, NULL},       {"suppressed", BOOL, NULL},
    {"suppression", TEXT, NULL}, {"known", BOOL, NULL},        {0}};
static const struct field chain_fields[] = {{"waiting", TEXT, NULL},       {"mode", TEXT, NULL},
                                            {"relation", TEXT, NULL},      {"behind", TEXT, NULL},
                                            {"sessions", QUANTILES, NULL}, {"longest_wait_ms", QUANTILES, NULL},
                                            {"probability", NUMBER, NULL}, {0}};
static const struct field model_fields[] = {{"pool_size", NUMBER, NULL},
                                            {"pooler", TEXT, NULL},
                                            {"cores", NUMBER, NULL},
                                            {"transactions_per_s", NUMBER, NULL},
                                            {"client_timeout_ms", NUMBER, NULL},
                                            {"client_retries", NUMBER, NULL},
                                            {"retry_delay_ms", NUMBER, NULL},
                                            {"connection_held_ms", NUMBER, NULL},
                                            {"traffic", TEXT, NULL},
                                            {"replications", NUMBER, NULL},
                                            {"quantile_error", NUMBER, NULL},
                                            {0}};
static const struct field moment_fields[] = {{"at_ms", QUANTILES, NULL}, {"waiting", OBJECTS, chain_fields}, {0}};
static const struct field without_fields[] = {
    {"lock_wait_ms", QUANTILES, NULL}, {"blocked_session_s", QUANTILES, NULL}, {"delayed_transactions", QUANTILES, NULL}, {0}};
static const struct field way_fields[] = {{"transaction", TEXT, NULL},
                                          {"kind", TEXT, NULL},
                                          {"probability", NUMBER, NULL},
                                          {"without_it", OBJECT, without_fields},
                                          {"saved_lock_wait_ms", NUMBER, NULL},
                                          {"saved_blocked_session_s", NUMBER, NULL},
                                          {0}};
static const struct field deadlock_fields[] = {
    {"victim", TEXT, NULL}, {"other", TEXT, NULL}, {"migration", BOOL, NULL}, {"probability", NUMBER, NULL}, {0}};
static const struct field delayed_fields[] = {
    {"query", TEXT, NULL}, {"transactions", QUANTILES, NULL}, {"waited_for_lock", NUMBER, NULL}, {0}};
static const struct field queue_fields[] = {{"worst_moment", OBJECT, moment_fields},
                                            {"most_in_the_way", OBJECT, way_fields},
                                            {"deadlocks", OBJECTS, deadlock_fields},
                                            {"delayed", OBJECTS, delayed_fields},
                                            {0}};
static const struct field timeout_fields[] = {{"lock_timeout_ms", NUMBER, NULL},
                                              {"succeeds", NUMBER, NULL},
                                              {"expected_tries", NUMBER, NULL},
                                              {"blocked_sessions_each_try", NUMBER, NULL},
                                              {0}};
static const struct field policy_fields[] = {{"name", TEXT, NULL},
                                             {"succeeds", NUMBER, NULL},
                                             {"tries", QUANTILES, NULL},
                                             {"whole_ms", QUANTILES, NULL},
                                             {"blocked_session_s", QUANTILES, NULL},
                                             {"source", TEXT, NULL},
                                             {0}};
static const struct field retries_fields[] = {
    {"timeouts", OBJECTS, timeout_fields}, {"policies", OBJECTS, policy_fields}, {"recommended", TEXT, NULL}, {0}};
static const struct field figure_fields[] = {{"longest_hold_ms", QUANTILES, NULL},
                                             {"work_ms", QUANTILES, NULL},
                                             {"wal_bytes", NUMBER, NULL},
                                             {"disk_bytes", NUMBER, NULL},
                                             {0}};
static const struct field backup_fields[] = {{"sql", TEXT, NULL},     {"of", TEXT, NULL},           {"rows", NUMBER, NULL},
                                             {"bytes", NUMBER, NULL}, {"work_ms", QUANTILES, NULL}, {0}};
static const struct field step_fields[] = {{"sql", TEXT, NULL},
                                           {"transaction", TEXT, NULL},
                                           {"why", TEXT, NULL},
                                           {"rollback", TEXT, NULL},
                                           {"release", TEXT, NULL},
                                           {"backup", OBJECT, backup_fields},
                                           {"forecast", OBJECT, figure_fields},
                                           {"rollback_forecast", OBJECT, figure_fields},
                                           {0}};
static const struct field forecast_fields[] = {{"lock_wait_ms", QUANTILES, NULL},
                                               {"duration_ms", QUANTILES, NULL},
                                               {"peak_blocked_sessions", QUANTILES, NULL},
                                               {"blocked_session_s", QUANTILES, NULL},
                                               {"delayed_transactions", QUANTILES, NULL},
                                               {"drain_ms", QUANTILES, NULL},
                                               {"pool_exhausted_ms", QUANTILES, NULL},
                                               {"pool_exhausted_probability", NUMBER, NULL},
                                               {"migration_fails_probability", NUMBER, NULL},
                                               {0}};
static const struct field safer_fields[] = {
    {"recipe", TEXT, NULL}, {"why", TEXT, NULL}, {"steps", OBJECTS, step_fields}, {"forecast", OBJECT, forecast_fields}, {0}};
static const struct field standby_fields[] = {{"replay_ms", QUANTILES, NULL}, {"stops_readers_of", TEXT, NULL}, {0}};
static const struct field standbys_fields[] = {
    {"receivers", NUMBER, NULL}, {"max_standby_streaming_delay_ms", NUMBER, NULL}, {0}};
static const struct field statement_fields[] = {{"n", NUMBER, NULL},
                                                {"line", LINE, NULL},
                                                {"sql", TEXT, NULL},
                                                {"command", TEXT, NULL},
                                                {"parsed", BOOL, NULL},
                                                {"transaction", NUMBER, NULL},
                                                {"locks", OBJECTS, lock_fields},
                                                {"rewrites", TEXTS, NULL},
                                                {"scans", TEXTS, NULL},
                                                {"lock_wait_ms", QUANTILES, NULL},
                                                {"duration_ms", QUANTILES, NULL},
                                                {"work", OBJECTS, work_fields},
                                                {"wal_bytes", QUANTILES, NULL},
                                                {"disk_bytes", NUMBER, NULL},
                                                {"temp_bytes", NUMBER, NULL},
                                                {"standby", OBJECT, standby_fields},
                                                {"findings", OBJECTS, finding_fields},
                                                {"chains", OBJECTS, chain_fields},
                                                {"safer", OBJECT, safer_fields},
                                                {0}};
static const struct field migration_fields[] = {
    {"path", TEXT, NULL}, {"format", TEXT, NULL}, {"format_reason", TEXT, NULL}, {"statements", OBJECTS, statement_fields}, {0}};
static const struct field tool_fields[] = {{"name", TEXT, NULL}, {"version", TEXT, NULL}, {"grammar", NUMBER, NULL}, {0}};
static const struct field server_fields[] = {
    {"version_num", NUMBER, NULL}, {"database", TEXT, NULL}, {"source", TEXT, NULL}, {0}};
static const struct field report_fields[] = {{"tool", OBJECT, tool_fields},
                                             {"server", OBJECT, server_fields},
                                             {"verdict", SEVERITY, NULL},
                                             {"forecast", OBJECT, forecast_fields},
                                             {"model", OBJECT, model_fields},
                                             {"queue", OBJECT, queue_fields},
                                             {"lock_timeout", OBJECT, retries_fields},
                                             {"unknowns", TEXTS, NULL},
                                             {"standbys", OBJECT, standbys_fields},
                                             {"findings", OBJECTS, finding_fields},
                                             {"migrations", OBJECTS, migration_fields},
                                             {0}};

static bool fields_fit(const cJSON *object, const struct field *fields, struct lc_error *err);

static bool list_fits(const cJSON *value, const struct field *field, struct lc_error *err)
{
    const cJSON *item;
    int n = 0;

    if (!cJSON_IsArray(value))
        return false;
    cJSON_ArrayForEach(item, value)
    {
        if (++n > MAX_ITEMS || (field->shape == TEXTS && !cJSON_IsString(item)) ||
            (field->shape == OBJECTS && (!cJSON_IsObject(item) || !fields_fit(item, field->inner, err))))
            return false;
    }
    return true;
}

static bool is_number(const cJSON *value)
{
    return cJSON_IsNumber(value) && isfinite(value->valuedouble);
}

static bool is_severity(const char *text)
{
    return lc_streq(text, "safe") || lc_streq(text, "info") || lc_streq(text, "caution") || lc_streq(text, "danger");
}

static bool fits(const cJSON *value, const struct field *field, struct lc_error *err)
{
    switch (field->shape) {
    case TEXT:
        return cJSON_IsString(value);
    case SEVERITY:
        return cJSON_IsString(value) && is_severity(value->valuestring);
    case NUMBER:
        return is_number(value);
    case BOOL:
        return cJSON_IsBool(value);
    case LINE:
        return is_number(value) && value->valuedouble >= 0 && value->valuedouble <= 1e9;
    case OBJECT:
        return cJSON_IsObject(value) && fields_fit(value, field->inner, err);
    case QUANTILES:
        return cJSON_IsObject(value) && fields_fit(value, quantile_fields, err);
    case TEXTS:
    case OBJECTS:
        return list_fits(value, field, err);
    }
    return false;
}

// The innermost misfit names itself: `err` is filled once.
static bool fields_fit(const cJSON *object, const struct field *fields, struct lc_error *err)
{
    for (const struct field *f = fields; f->name; f++) {
        const cJSON *value = json_item(object, f->name);
        if (!value || cJSON_IsNull(value) || fits(value, f, err))
            continue;
        if (err && err->code == LC_OK)
            (void)lc_fail(err, LC_E_INPUT, "the report's field \"%s\" is not of the kind that the format says", f->name);
        return false;
    }
    return true;
}

static bool has_statements(const cJSON *report)
{
    const cJSON *m;

    if (!cJSON_IsArray(json_item(report, "migrations")))
        return false;
    cJSON_ArrayForEach(m, json_item(report, "migrations"))
    {
        if (!cJSON_IsArray(json_item(m, "statements")))
            return false;
    }
    return true;
}

enum lc_code report_check(const cJSON *report, struct lc_error *err)
{
    struct lc_error found = {0};

    if (lc_starts(json_text(report, "schema"), "lockcast/") && !lc_streq(json_text(report, "schema"), REPORT_SCHEMA))
        return lc_fail(err, LC_E_INPUT, "the schema is \"%s\", not " REPORT_SCHEMA, json_text(report, "schema"));
    if (!cJSON_IsObject(report) || !lc_streq(json_text(report, "schema"), REPORT_SCHEMA) || !has_statements(report))
        return lc_fail(err, LC_E_INPUT, "this is no report of `lockcast review` (schema " REPORT_SCHEMA ")");
    if (fields_fit(report, report_fields, &found))
        return LC_OK;
    return lc_fail(err, LC_E_INPUT, "%s", found.message);
}
