// Values of literals, as far as comparing them goes: numbers, dates and times, uuid, boolean, enum, and equal texts.
#include "catalog/prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

// --- numbers, exactly: digits before and after the point ---------------------------------------------------------------------

struct decimal {
    bool negative;
    const char *whole, *fraction; // digits only
    size_t nwhole, nfraction;     // without leading and trailing zeros
};

static bool read_decimal(const char *s, struct decimal *d)
{
    memset(d, 0, sizeof *d);
    s += strspn(s, " ");
    d->negative = *s == '-';
    s += *s == '-' || *s == '+';
    s += strspn(s, "0");
    d->whole = s;
    d->nwhole = strspn(s, "0123456789");
    s += d->nwhole;
    if (*s == '.') {
        d->fraction = s + 1;
        d->nfraction = strspn(s + 1, "0123456789");
        s += 1 + d->nfraction;
        while (d->nfraction && d->fraction[d->nfraction - 1] == '0')
            d->nfraction--;
    }
    if (!d->nwhole && !d->nfraction)
        d->negative = false;
    return s[strspn(s, " ")] == '\0'; // no exponent, no NaN
}

static int compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    size_t n = a->nfraction < b->nfraction ? a->nfraction : b->nfraction;
    int c;

    if (a->nwhole != b->nwhole)
        return a->nwhole < b->nwhole ? -1 : 1;
    c = a->nwhole ? strncmp(a->whole, b->whole, a->nwhole) : 0;
    if (!c && n)
        c = strncmp(a->fraction, b->fraction, n);
    if (!c && a->nfraction != b->nfraction)
        return a->nfraction < b->nfraction ? -1 : 1;
    return sign(c);
}

static int compare_numbers(const char *x, const char *y)
{
    struct decimal a, b;

    if (!read_decimal(x, &a) || !read_decimal(y, &b))
        return PROVE_UNKNOWN;
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    return a.negative ? -compare_magnitude(&a, &b) : compare_magnitude(&a, &b);
}

// --- dates and times ---------------------------------------------------------------------------------------------------------

struct instant {
    int64_t us;   // microseconds
    int infinite; // -1, 0, 1
    bool zoned;
};

static int64_t days_from_civil(int64_t y, int m, int d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
}

static const char *digits(const char *s, int max, int *value)
{
    int n = 0;

    for (*value = 0; n < max && s[n] >= '0' && s[n] <= '9'; n++)
        *value = *value * 10 + (s[n] - '0');
    return n ? s + n : NULL;
}

static const char *read_clock(const char *s, int64_t *us)
{
    int h, m, sec = 0;
    int64_t fraction = 0, unit = 100000;

    s = digits(s, 2, &h);
    if (!s || *s != ':')
        return NULL;
    s = digits(s + 1, 2, &m);
    if (s && *s == ':')
        s = digits(s + 1, 2, &sec);
    if (s && *s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10)
            fraction += (*s - '0') * unit;
    *us = (((int64_t)h * 60 + m) * 60 + sec) * 1000000 + fraction;
    return s;
}

static const char *read_zone(const char *s, struct instant *t)
{
    int h, m = 0, direction = *s == '-' ? 1 : -1; // east of Greenwich is earlier

    t->zoned = true;
    if (*s == 'Z' || *s == 'z')
        return s + 1;
    if (strncasecmp(s, "UTC", 3) == 0)
        return s + 3;
    s = digits(s + 1, 2, &h);
    if (s && *s == ':')
        s = digits(s + 1, 2, &m);
    else if (s && *s >= '0' && *s <= '9')
        s = digits(s, 2, &m);
    t->us += direction * ((int64_t)h * 60 + m) * 60 * 1000000;
    return s;
}

// ISO dates only, which is also what the server prints.
static bool read_instant(const char *s, struct instant *t)
{
    int y, m, d;
    int64_t clock = 0;

    memset(t, 0, sizeof *t);
    s += strspn(s, " ");
    if (strcasecmp(s, "infinity") == 0 || strcasecmp(s, "-infinity") == 0) {
        t->infinite = *s == '-' ? -1 : 1;
        return true;
    }
    s = digits(s, 6, &y);
    if (!s || *s != '-' || !(s = digits(s + 1, 2, &m)) || *s != '-' || !(s = digits(s + 1, 2, &d)) || m < 1 || m > 12 || d < 1 ||
        d > 31)
        return false;
    if (*s == ' ' || *s == 'T') {
        s += 1 + strspn(s + 1, " ");
        if (*s && !(s = read_clock(s, &clock)))
            return false;
    }
    t->us = days_from_civil(y, m, d) * INT64_C(86400000000) + clock;
    s += strspn(s, " ");
    if (*s == '+' || *s == '-' || *s == 'Z' || *s == 'z' || strncasecmp(s, "UTC", 3) == 0)
        s = read_zone(s, t);
    return s && *s == '\0';
}

static bool zone_is_utc(const struct catalog *cat)
{
    const char *zone = cat_setting(cat, "timezone");

    return zone && (strcasecmp(zone, "UTC") == 0 || strcasecmp(zone, "Etc/UTC") == 0 || strcasecmp(zone, "GMT") == 0);
}

static int compare_instants(const struct catalog *cat, const char *x, const char *y, bool zoned, bool dates)
{
    struct instant a, b;

    if (!read_instant(x, &a) || !read_instant(y, &b))
        return PROVE_UNKNOWN;
    if (a.infinite || b.infinite)
        return sign(a.infinite - b.infinite);
    if (zoned && a.zoned != b.zoned && !zone_is_utc(cat))
        return PROVE_UNKNOWN;
    if (!zoned && (a.zoned || b.zoned)) // timestamp_in takes no notice of a zone: read without it
        return PROVE_UNKNOWN;
    if (dates) {
        a.us /= INT64_C(86400000000);
        b.us /= INT64_C(86400000000);
    }
    return (a.us > b.us) - (a.us < b.us);
}

static int compare_times(const char *x, const char *y)
{
    int64_t a, b;
    const char *end_a = read_clock(x, &a), *end_b = read_clock(y, &b);

    if (!end_a || !end_b || *end_a || *end_b)
        return PROVE_UNKNOWN;
    return (a > b) - (a < b);
}

// --- the rest ------------------------------------------------------------------------------------------------------------------

static int compare_uuids(const char *x, const char *y)
{
    for (;;) {
        x += strspn(x, "-{}");
        y += strspn(y, "-{}");
        if (!*x || !*y)
            return *x || *y ? PROVE_UNKNOWN : 0;
        if ((*x | 0x20) != (*y | 0x20))
            return (*x | 0x20) < (*y | 0x20) ? -1 : 1;
        x++;
        y++;
    }
}

static int label_index(const struct cat_type *t, const char *label)
{
    for (int i = 0; i < t->nlabels; i++)
        if (strcmp(t->labels[i], label) == 0)
            return i;
    return -1;
}

static int compare_labels(const struct cat_type *t, const char *x, const char *y)
{
    int a = label_index(t, x), b = label_index(t, y);

    return a < 0 || b < 0 ? PROVE_UNKNOWN : sign(a - b);
}

static bool is_c_locale(const struct catalog *cat)
{
    const char *collate = cat_setting(cat, "lc_collate");

    return collate && (strcmp(collate, "C") == 0 || strcmp(collate, "POSIX") == 0);
}

// Equal bytes are equal in every deterministic collation; an order is known in C only.
static int compare_texts(const struct catalog *cat, const char *x, const char *y, bool padded)
{
    size_t a = strlen(x), b = strlen(y);
    int c;

    while (padded && a && x[a - 1] == ' ')
        a--;
    while (padded && b && y[b - 1] == ' ')
        b--;
    c = memcmp(x, y, a < b ? a : b);
    if (!c)
        c = (a > b) - (a < b);
    if (!c || is_c_locale(cat))
        return sign(c);
    return PROVE_DIFFERENT;
}

static bool is_number(Oid type)
{
    return type == INT2OID || type == INT4OID || type == INT8OID || type == NUMERICOID || type == OIDOID;
}

static bool is_float(Oid type)
{
    return type == FLOAT4OID || type == FLOAT8OID;
}

static int compare_floats(const char *x, const char *y)
{
    char *end_x, *end_y;
    double a = strtod(x, &end_x), b = strtod(y, &end_y);

    return *end_x || *end_y ? PROVE_UNKNOWN : (a > b) - (a < b);
}

static int compare_values(const struct catalog *cat, Oid x, Oid y, const char *a, const char *b)
{
    const struct cat_type *t = cat_type(cat, x);

    if (is_number(x) && is_number(y))
        return compare_numbers(a, b);
    if ((is_number(x) || is_float(x)) && (is_number(y) || is_float(y)))
        return compare_floats(a, b);
    if ((x == DATEOID || x == TIMESTAMPOID || x == TIMESTAMPTZOID) && (y == DATEOID || y == TIMESTAMPOID || y == TIMESTAMPTZOID))
        return compare_instants(cat, a, b, x == TIMESTAMPTZOID || y == TIMESTAMPTZOID, x == DATEOID && y == DATEOID);
    if (x == TIMEOID && y == TIMEOID)
        return compare_times(a, b);
    if (x == UUIDOID && y == UUIDOID)
        return compare_uuids(a, b);
    if (x == BOOLOID && y == BOOLOID)
        return (*a == 't' || *a == '1' || *a == 'y') - (*b == 't' || *b == '1' || *b == 'y');
    if (x == y && t && t->typtype == 'e')
        return compare_labels(t, a, b);
    if (coerce_category(cat, x, NULL) == 'S' && coerce_category(cat, y, NULL) == 'S')
        return compare_texts(cat, a, b, x == BPCHAROID && y == BPCHAROID);
    return strcmp(a, b) == 0 && x == y ? 0 : PROVE_UNKNOWN;
}

int prove_compare(const struct catalog *cat, const struct expr *a, const struct expr *b)
{
    if (a->isnull || b->isnull || !a->value || !b->value)
        return PROVE_UNKNOWN;
    return compare_values(cat, cat_base_type(cat, a->type, NULL), cat_base_type(cat, b->type, NULL), a->value, b->value);
}
