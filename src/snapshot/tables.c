// The rows of a snapshot: subjects and columns, values of cells.
#include "snapshot/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SUBJECT(subject, part) static const struct snap_column columns_of_##subject[] = {
#define COL(subject, column, type) {#column, SNAP_##type},
#define END(subject)                                                                                                             \
    }                                                                                                                            \
    ;
#include "snapshot/subjects.def"
#undef SUBJECT
#undef COL
#undef END

const struct snap_subject_spec snap_specs[SNAP_SUBJECTS] = {
#define SUBJECT(subject, part) {#subject, SNAP_PART_##part, columns_of_##subject, C_##subject##_ncols},
#define COL(subject, column, type)
#define END(subject)
#include "snapshot/subjects.def"
#undef SUBJECT
#undef COL
#undef END
};

static const char *const part_names[SNAP_PARTS] = {
    [SNAP_PART_CATALOG] = "catalogue", [SNAP_PART_SIZES] = "sizes",           [SNAP_PART_COLUMN_STATS] = "column statistics",
    [SNAP_PART_SETTINGS] = "settings", [SNAP_PART_STATEMENTS] = "statements", [SNAP_PART_COUNTERS] = "counters",
    [SNAP_PART_ACTIVITY] = "activity", [SNAP_PART_PLANS] = "plans",
};

const char *snap_part_name(enum snap_part part)
{
    return part_names[part];
}

const char *snap_origin_name(enum snap_origin origin)
{
    return origin == SNAP_LIVE ? "live" : origin == SNAP_FILE ? "snapshot" : "none";
}

const char **snap_add_row(struct lc_arena *arena, struct snap_tables *tables, enum snap_subject subject)
{
    struct snap_table *t = &tables->t[subject];
    int ncols = snap_specs[subject].ncols, first = t->cells.len;
    for (int i = 0; i < ncols; i++) {
        LC_PUSH(arena, &t->cells, NULL);
    }
    t->nrows++;
    return t->cells.items + first;
}

// --- values -----------------------------------------------------------------------------------------------------------

uint32_t snap_oid(const char *cell)
{
    return cell ? (uint32_t)strtoul(cell, NULL, 10) : 0;
}

int snap_int(const char *cell)
{
    long value = cell ? strtol(cell, NULL, 10) : 0;
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int)value;
}

double snap_num(const char *cell)
{
    return cell ? strtod(cell, NULL) : NAN;
}

static const char *digits(const char *text)
{
    while (*text >= '0' && *text <= '9') {
        text++;
    }
    return text;
}

// The end of an integer, NULL when there is none: no leading zeros.
static const char *int_end(const char *text)
{
    const char *first = text + (*text == '-');
    const char *end = digits(first);
    return end == first || (first[0] == '0' && end > first + 1) ? NULL : end;
}

bool snap_is_int(const char *text)
{
    const char *end = int_end(text);
    return end && !*end && end - text < 20;
}

bool snap_is_number(const char *text)
{
    const char *p = int_end(text);
    if (p && *p == '.') {
        const char *end = digits(p + 1);
        p = end > p + 1 ? end : NULL;
    }
    if (p && (*p == 'e' || *p == 'E')) {
        const char *first = p + 1 + (p[1] == '+' || p[1] == '-');
        const char *end = digits(first);
        p = end > first ? end : NULL;
    }
    return p && !*p && p - text < 40 && isfinite(strtod(text, NULL));
}

const char *snap_format_num(struct lc_arena *arena, double value)
{
    return isfinite(value) ? lc_printf(arena, "%.15g", value) : NULL;
}

struct snap_list snap_words(struct lc_arena *arena, const char *cell)
{
    struct snap_list list = {0};
    for (const char *p = cell; p && *p;) {
        size_t len = strcspn(p, " ");
        if (len) {
            LC_PUSH(arena, &list, lc_strndup(arena, p, len));
        }
        p += len + (p[len] == ' ');
    }
    return list;
}

// One item of an array literal, decoded in place; *p is moved past it and the comma behind it.
static const char *next_item(char **p, bool *last)
{
    char *s = *p, *item, *to;
    bool quoted = *s == '"';
    s += quoted;
    for (item = to = s; *s && (quoted ? *s != '"' : *s != ',' && *s != '}'); s++) {
        s += *s == '\\' && s[1];
        *to++ = *s;
    }
    s += quoted && *s == '"';
    *last = *s != ',';
    *p = *s ? s + 1 : s;
    *to = 0;
    return !quoted && strcmp(item, "NULL") == 0 ? NULL : item;
}

struct snap_list snap_list(struct lc_arena *arena, const char *cell)
{
    struct snap_list list = {0};
    const char *open = cell ? strchr(cell, '{') : NULL; // bounds may stand in front: [0:2]={...}
    if (!open || open[1] == '}') {
        return list;
    }
    char *p = lc_strdup(arena, open + 1);
    for (bool last = false; !last;) {
        const char *item = next_item(&p, &last);
        LC_PUSH(arena, &list, item);
    }
    return list;
}

// --- parts and gaps -----------------------------------------------------------------------------------------------------

void snap_mark_part(struct lc_arena *arena, struct snap_tables *tables, enum snap_part part, const char *taken_at,
                    const char *server)
{
    const char **row = snap_add_row(arena, tables, SUBJECT_provenance);
    row[C_provenance_part] = snap_part_name(part);
    row[C_provenance_taken_at] = taken_at;
    row[C_provenance_server] = server;
}

void snap_add_gap(struct lc_arena *arena, struct snap_tables *tables, enum snap_part part, const char *what, const char *why,
                  const char *hint)
{
    const char **row = snap_add_row(arena, tables, SUBJECT_gap);
    row[C_gap_part] = snap_part_name(part);
    row[C_gap_what] = what;
    row[C_gap_why] = why;
    row[C_gap_hint] = hint;
}
