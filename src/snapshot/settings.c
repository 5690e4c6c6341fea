// Values of settings with units: memory in steps of 1024, time in steps of PostgreSQL's units (memory_unit_conversion_table, guc.c).
#include "snapshot/settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct unit {
    const char *name;
    double factor; // bytes, or milliseconds
};

// The largest first: SHOW takes the largest that divides.
static const struct unit memory_units[] = {
    {"TB", 1099511627776.0}, {"GB", 1073741824.0}, {"MB", 1048576.0}, {"kB", 1024.0}, {"B", 1.0}};
static const struct unit time_units[] = {{"d", 86400e3}, {"h", 3600e3}, {"min", 60e3}, {"s", 1e3}, {"ms", 1.0}, {"us", 1e-3}};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct unit *find_unit(const struct unit *units, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(units[i].name, name) == 0) {
            return &units[i];
        }
    }
    return NULL;
}

static const char *show(struct lc_arena *arena, const struct unit *units, size_t n, double base)
{
    for (size_t i = 0; i < n; i++) {
        if (fmod(base, units[i].factor) == 0) {
            return lc_printf(arena, "%.0f%s", base / units[i].factor, units[i].name);
        }
    }
    return lc_printf(arena, "%.15g%s", base / units[n - 1].factor, units[n - 1].name);
}

// Units such as "8kB" have a number in front.
static double unit_factor(const char *unit, const struct unit *units, size_t n)
{
    char *name;
    double times = strtod(unit, &name);
    const struct unit *u = find_unit(units, n, name);
    return u ? u->factor * (name == unit ? 1 : times) : NAN;
}

const char *setting_with_unit(struct lc_arena *arena, const char *value, const char *unit)
{
    double number = setting_number(value);
    if (!unit || !(number > 0)) {
        return value; // as SHOW: 0 and -1 have no unit
    }
    double memory = unit_factor(unit, memory_units, COUNT(memory_units)), time = unit_factor(unit, time_units, COUNT(time_units));
    if (!isnan(memory)) {
        return show(arena, memory_units, COUNT(memory_units), number * memory);
    }
    return isnan(time) ? value : show(arena, time_units, COUNT(time_units), number * time);
}

static const struct {
    const char *name, *unit;
} own_units[] = {
    // of bare numbers; other memory settings are in kB, other times in ms
    {"shared_buffers", "8kB"},
    {"temp_buffers", "8kB"},
    {"effective_cache_size", "8kB"},
    {"min_parallel_table_scan_size", "8kB"},
    {"wal_buffers", "8kB"},
    {"wal_segment_size", "B"},
    {"min_parallel_index_scan_size", "8kB"},
    {"max_wal_size", "MB"},
    {"min_wal_size", "MB"},
    {"checkpoint_timeout", "s"},
    {"autovacuum_naptime", "s"},
    {"block_size", "B"},
    {"wal_block_size", "B"},
};

static const char *own_unit(const char *name, const char *otherwise)
{
    for (size_t i = 0; i < COUNT(own_units); i++) {
        if (strcmp(own_units[i].name, name) == 0) {
            return own_units[i].unit;
        }
    }
    return otherwise;
}

static double with_unit(const char *value, const char *bare_unit, const struct unit *units, size_t n)
{
    char *end;
    double number = value ? strtod(value, &end) : NAN;
    if (!value || end == value) {
        return NAN;
    }
    while (*end == ' ') {
        end++;
    }
    return number * unit_factor(*end ? end : bare_unit, units, n);
}

double setting_bytes(const char *name, const char *value)
{
    return with_unit(value, own_unit(name, "kB"), memory_units, COUNT(memory_units));
}

double setting_ms(const char *name, const char *value)
{
    return with_unit(value, own_unit(name, "ms"), time_units, COUNT(time_units));
}

double setting_number(const char *value)
{
    char *end;
    double number = value ? strtod(value, &end) : NAN;
    return value && end != value && !*end ? number : NAN;
}

// parse_bool (utils/adt/bool.c): unique prefixes are accepted too, but nobody writes them.
bool setting_bool(const char *value, bool otherwise)
{
    static const char *const yes[] = {"on", "true", "yes", "1", "t", "y"}, *const no[] = {"off", "false", "no", "0", "f", "n"};
    for (size_t i = 0; value && i < COUNT(yes); i++) {
        if (lc_strieq(value, yes[i]) || lc_strieq(value, no[i])) {
            return lc_strieq(value, yes[i]);
        }
    }
    return otherwise;
}
