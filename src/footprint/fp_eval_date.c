// Dates of the evaluator: what names and bounds of partitions are made of. Of a timestamp only the day is known, and whether it is midnight.
#include "footprint/fp_eval.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define MAX_SERIES 2000
#define FIRST_DAY (-730119.0) // 0001-01-01: what is before prints with BC
#define LAST_DAY 2921939.0    // 9999-12-31
#define MAX_MONTHS (10000 * 12.0)

// j2date, utils/adt/datetime.c
static void civil(double days, int *year, int *month, int *day)
{
    unsigned julian = (unsigned)((long)days + 2451545 + 32044), quad, extra;
    int y;

    quad = julian / 146097;
    extra = (julian - quad * 146097) * 4 + 3;
    julian += 60 + quad * 3 + extra / 146097;
    quad = julian / 1461;
    julian -= quad * 1461;
    y = (int)(julian * 4 / 1461);
    julian = ((y != 0) ? ((julian + 305) % 365) : ((julian + 306) % 366)) + 123;
    y += (int)(quad * 4);
    *year = y - 4800;
    quad = julian * 2141 / 65536;
    *day = (int)(julian - 7834 * quad / 256);
    *month = (int)((quad + 10) % 12 + 1);
}

static bool is_leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static double day_of(int y, int m, int d)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int past = y - 1;
    int days = past * 365 + past / 4 - past / 100 + past / 400 + before[(m - 1) % 12] + (is_leap(y) && m > 2) + d - 1 - 730119;

    return days;
}

static int quarter_of(int month)
{
    return (month - 1) / 3 + 1;
}

static int days_of_month(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return m == 2 && is_leap(y) ? 29 : days[(m - 1) % 12];
}

static const char *date_text(struct fp_session *s, double days)
{
    int y, m, d;

    civil(days, &y, &m, &d);
    return lc_printf(s->arena, "%04d-%02d-%02d", y, m, d);
}

static bool is_followed(double days)
{
    return days >= FIRST_DAY && days <= LAST_DAY;
}

struct fp_val fpv_date(struct fp_session *s, double days)
{
    if (!is_followed(days))
        return fpv_unknown();
    return (struct fp_val){.kind = FPV_DATE, .number = days, .text = date_text(s, days)};
}

// zoned: what it prints as depends on the TimeZone.
static struct fp_val timestamp(struct fp_session *s, double days, bool midnight, bool zoned)
{
    if (!is_followed(days))
        return fpv_unknown();
    return (struct fp_val){.kind = FPV_TIMESTAMP,
                           .number = days,
                           .midnight = midnight,
                           .zoned = zoned,
                           .text = midnight && !zoned ? lc_printf(s->arena, "%s 00:00:00", date_text(s, days)) : NULL};
}

static struct fp_val interval(double months, double days)
{
    if (fabs(months) > MAX_MONTHS || fabs(days) > LAST_DAY - FIRST_DAY)
        return fpv_unknown();
    return (struct fp_val){.kind = FPV_INTERVAL, .number = days, .months = (int)months};
}

const char *fp_midnight(struct fp_session *s, struct fp_val v)
{
    return v.midnight ? date_text(s, v.number) : NULL;
}

// --- reading ---------------------------------------------------------------------------------------------------------------------------

static struct fp_val to_date(struct fp_session *s, const char *text)
{
    int y, m, d, used = 0;

    if (s->today && (lc_strieq(text, "today") || lc_strieq(text, "now")))
        return fpv_date(s, (double)s->today);
    if (s->today && (lc_strieq(text, "tomorrow") || lc_strieq(text, "yesterday")))
        return fpv_date(s, (double)s->today + (lc_strieq(text, "tomorrow") ? 1 : -1));
    if (sscanf(text, " %4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || y < 1 || m < 1 || m > 12 || d < 1 || d > days_of_month(y, m) ||
        !used || isdigit((unsigned char)text[used]))
        return fpv_unknown();
    return fpv_date(s, day_of(y, m, d));
}

static struct fp_val to_timestamp(struct fp_session *s, const char *text, bool zoned)
{
    struct fp_val day = to_date(s, text);
    const char *rest = text + strspn(text, " ");

    if (day.kind != FPV_DATE || !isdigit((unsigned char)*rest)) // 'now' is no midnight
        return fpv_unknown();
    rest += strcspn(rest, " T");
    return timestamp(s, day.number, !*rest || strcmp(rest, " 00:00:00") == 0 || strcmp(rest, " 00:00") == 0, zoned);
}

static bool add_unit(const char *unit, double n, double *months, double *days)
{
    static const struct {
        const char *name;
        double months, days;
    } units[] = {{"day", 0, 1}, {"week", 0, 7}, {"mon", 1, 0}, {"year", 12, 0}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strncasecmp(unit, units[i].name, strlen(units[i].name)) == 0) {
            *months += n * units[i].months;
            *days += n * units[i].days;
            return true;
        }
    return false;
}

// '1 year 2 mons 3 days': whole months and days. Times of the day are not followed.
static struct fp_val to_interval(const char *text)
{
    double months = 0, days = 0, n;
    char unit[16];
    int used = 0;

    if (!text[strspn(text, " ")])
        return fpv_unknown();
    for (; text[strspn(text, " ")]; text += used)
        if (sscanf(text, " %lf %15[a-zA-Z]%n", &n, unit, &used) != 2 || n != floor(n) || !add_unit(unit, n, &months, &days))
            return fpv_unknown();
    return interval(months, days);
}

bool fp_is_time_type(const char *name)
{
    return strcmp(name, "date") == 0 || strcmp(name, "interval") == 0 || lc_starts(name, "timestamp");
}

struct fp_val fp_cast_time(struct fp_env *env, struct fp_val v, const char *name)
{
    bool zoned = strcmp(name, "timestamptz") == 0;

    if (strcmp(name, "interval") == 0)
        return v.kind == FPV_INTERVAL ? v : v.kind == FPV_TEXT ? to_interval(v.text) : fpv_unknown();
    if (strcmp(name, "date") == 0)
        return v.kind == FPV_DATE        ? v
               : v.kind == FPV_TIMESTAMP ? fpv_date(env->s, v.number)
               : v.kind == FPV_TEXT      ? to_date(env->s, v.text)
                                         : fpv_unknown();
    if (v.kind == FPV_TEXT)
        return to_timestamp(env->s, v.text, zoned);
    if (v.kind == FPV_DATE || v.kind == FPV_TIMESTAMP)
        return timestamp(env->s, v.number, v.kind == FPV_DATE || v.midnight, zoned);
    return fpv_unknown();
}

// --- arithmetic ------------------------------------------------------------------------------------------------------------------------

// date_pl_interval, timestamp_pl_interval (utils/adt): months first, the last day of a shorter month.
static struct fp_val plus_interval(struct fp_session *s, struct fp_val v, struct fp_val by, int sign)
{
    int y, m, d, months;

    civil(v.number, &y, &m, &d);
    months = y * 12 + m - 1 + sign * by.months;
    if (months < 12 || months > MAX_MONTHS)
        return fpv_unknown();
    y = months / 12;
    m = months % 12 + 1;
    d = d < days_of_month(y, m) ? d : days_of_month(y, m);
    return timestamp(s, day_of(y, m, d) + sign * by.number, v.kind == FPV_DATE || v.midnight, v.zoned);
}

static bool is_time(struct fp_val v)
{
    return v.kind == FPV_DATE || v.kind == FPV_TIMESTAMP;
}

struct fp_val fp_date_arithmetic(struct fp_env *env, char op, struct fp_val a, struct fp_val b)
{
    int sign = op == '-' ? -1 : 1;

    if (op == '+' && (a.kind == FPV_INTERVAL || a.kind == FPV_NUMBER) && is_time(b))
        return fp_date_arithmetic(env, op, b, a);
    if (strchr("+-", op) && is_time(a) && b.kind == FPV_TEXT) // an untyped literal: of an interval, or of a day
        b = to_interval(b.text);
    if (strchr("+-", op) && a.kind == FPV_DATE && b.kind == FPV_NUMBER)
        return fpv_date(env->s, a.number + sign * b.number);
    if (strchr("+-", op) && is_time(a) && b.kind == FPV_INTERVAL)
        return plus_interval(env->s, a, b, sign);
    if (op == '-' && a.kind == FPV_DATE && b.kind == FPV_DATE)
        return fpv_number(a.number - b.number);
    if (strchr("+-", op) && a.kind == FPV_INTERVAL && b.kind == FPV_INTERVAL)
        return interval(a.months + sign * b.months, a.number + sign * b.number);
    if (op == '*' && a.kind == FPV_NUMBER && b.kind == FPV_INTERVAL)
        return fp_date_arithmetic(env, op, b, a);
    if (op == '*' && a.kind == FPV_INTERVAL && b.kind == FPV_NUMBER && b.number == floor(b.number))
        return interval(a.months * b.number, a.number * b.number);
    return fpv_unknown();
}

// -1, 0, 1; -2: cannot be told.
int fp_compare_times(struct fp_env *env, struct fp_val a, struct fp_val b)
{
    a = a.kind == FPV_TEXT ? to_timestamp(env->s, a.text, false) : a;
    b = b.kind == FPV_TEXT ? to_timestamp(env->s, b.text, false) : b;
    if (!is_time(a) || !is_time(b))
        return -2;
    if (a.number == b.number && ((a.kind == FPV_TIMESTAMP && !a.midnight) || (b.kind == FPV_TIMESTAMP && !b.midnight)))
        return -2;
    return a.number < b.number ? -1 : a.number > b.number;
}

// --- functions -------------------------------------------------------------------------------------------------------------------------

struct fp_val fp_now(struct fp_args *a)
{
    return a->env->s->today ? timestamp(a->env->s, (double)a->env->s->today, false, true) : fpv_unknown();
}

struct fp_val fp_make_date(struct fp_args *a)
{
    int y, m, d;

    for (int i = 0; i < a->n; i++)
        if (a->v[i].kind != FPV_NUMBER || !(a->v[i].number >= 1 && a->v[i].number <= 9999))
            return fpv_unknown();
    if (a->n != 3)
        return fpv_unknown();
    y = (int)a->v[0].number;
    m = (int)a->v[1].number;
    d = (int)a->v[2].number;
    return m <= 12 && d <= days_of_month(y, m) ? fpv_date(a->env->s, day_of(y, m, d)) : fpv_unknown();
}

// Of a date it gives a timestamp with time zone.
struct fp_val fp_date_trunc(struct fp_args *a)
{
    int y, m, d;
    double days = a->v[1].number;
    long n;

    if (a->n != 2 || !is_time(a->v[1]))
        return fpv_unknown();
    n = (long)days + 5; // 2000-01-01 was a Saturday
    civil(days, &y, &m, &d);
    if (lc_strieq(a->v[0].text, "month"))
        days = day_of(y, m, 1);
    else if (lc_strieq(a->v[0].text, "quarter"))
        days = day_of(y, quarter_of(m) * 3 - 2, 1);
    else if (lc_strieq(a->v[0].text, "year"))
        days = day_of(y, 1, 1);
    else if (lc_strieq(a->v[0].text, "week"))
        days = (double)((long)days - ((n % 7) + 7) % 7);
    else if (!lc_strieq(a->v[0].text, "day"))
        return fpv_unknown();
    return timestamp(a->env->s, days, true, a->v[1].kind == FPV_DATE || a->v[1].zoned);
}

struct fp_val fp_date_part(struct fp_args *a)
{
    int y, m, d;

    if (a->n != 2 || !is_time(a->v[1]))
        return fpv_unknown();
    civil(a->v[1].number, &y, &m, &d);
    if (lc_strieq(a->v[0].text, "year"))
        return fpv_number(y);
    if (lc_strieq(a->v[0].text, "month"))
        return fpv_number(m);
    if (lc_strieq(a->v[0].text, "quarter"))
        return fpv_number(quarter_of(m));
    return lc_strieq(a->v[0].text, "day") ? fpv_number(d) : fpv_unknown();
}

// YYYY, MM, DD and what stands between them; "quoted" text as it is.
struct fp_val fp_to_char(struct fp_args *a)
{
    struct lc_str out;
    int y, m, d;

    if (a->n != 2 || !is_time(a->v[0]) || a->v[1].kind != FPV_TEXT)
        return fpv_unknown();
    civil(a->v[0].number, &y, &m, &d);
    lc_str_init(&out, a->env->s->arena, 1024);
    for (const char *f = a->v[1].text; *f;) {
        const char *quote = *f == '"' ? strchr(f + 1, '"') : NULL;
        if (quote) {
            lc_str_addn(&out, f + 1, (size_t)(quote - f - 1));
            f = quote + 1;
        } else if (strncasecmp(f, "YYYY", 4) == 0) {
            lc_str_addf(&out, "%04d", y);
            f += 4;
        } else if (strncasecmp(f, "MM", 2) == 0 || (strncasecmp(f, "DD", 2) == 0 && strncasecmp(f, "DDD", 3) != 0)) {
            lc_str_addf(&out, "%02d", (*f | 32) == 'm' ? m : d);
            f += 2;
        } else if (isalpha((unsigned char)*f) || *f == '\\') {
            return fpv_unknown();
        } else {
            lc_str_addc(&out, *f++);
        }
    }
    return fpv_text(out.text);
}

// generate_series(from, to, interval): of dates, too, timestamps.
struct fp_val fp_date_series(struct fp_args *a)
{
    struct fp_val v = {.kind = FPV_ARRAY, .items = LC_NEW_ARRAY(a->env->s->arena, struct fp_val, MAX_SERIES)};
    struct fp_val at = a->v[0].kind == FPV_TEXT ? to_timestamp(a->env->s, a->v[0].text, true) : a->v[0];
    struct fp_val to = a->v[1].kind == FPV_TEXT ? to_timestamp(a->env->s, a->v[1].text, true) : a->v[1];
    struct fp_val by = a->v[2].kind == FPV_TEXT ? to_interval(a->v[2].text) : a->v[2];

    if (by.kind != FPV_INTERVAL || !is_time(at) || !is_time(to) || (at.kind == FPV_TIMESTAMP && !at.midnight) ||
        (to.kind == FPV_TIMESTAMP && !to.midnight) || by.months < 0 || by.number < 0 || (by.months == 0 && by.number == 0))
        return fpv_unknown();
    for (at = timestamp(a->env->s, at.number, true, at.kind == FPV_DATE || at.zoned);
         at.kind == FPV_TIMESTAMP && at.number <= to.number && v.nitems < MAX_SERIES; at = plus_interval(a->env->s, at, by, 1))
        v.items[v.nitems++] = at;
    return v.nitems < MAX_SERIES ? v : fpv_unknown();
}
