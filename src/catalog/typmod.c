// Length coercions that change nothing: what the planner's support functions know about each type.
#include "catalog/expr_tree.h"

#define MAX_TIMESTAMP_PRECISION 6 // datatype/timestamp.h
#define MAX_INTERVAL_PRECISION 6
#define INTERVAL_FULL_PRECISION 0xFFFF

// varchar_support (varchar.c): unbounded, or not shorter than before.
static bool varchar_noop(int old, int new)
{
    return new < 0 || (old >= 0 && old <= new);
}

// numeric_support (numeric.c): the same scale and at least the precision.
static bool numeric_noop(int old, int new)
{
    int o = old - VARHDRSZ, n = new - VARHDRSZ;

    if (new < VARHDRSZ)
        return true;
    return old >= VARHDRSZ && (o & 0x7ff) == (n & 0x7ff) && ((o >> 16) & 0xffff) <= ((n >> 16) & 0xffff);
}

// varbit_support (varbit.c): zero counts as unbounded.
static bool varbit_noop(int old, int new)
{
    return new <= 0 || (old > 0 && old <= new);
}

// TemporalSimplify (datetime.c).
static bool temporal_noop(int old, int new)
{
    return new < 0 || new == MAX_TIMESTAMP_PRECISION || (old >= 0 && new >= old);
}

// intervaltypmodleastfield (timestamp.c): 0 second .. 5 year; less than second has precision.
static int interval_least_field(int typmod)
{
    static const struct {
        int bit, field;
    } fields[] = {{12, 0}, {11, 1}, {10, 2}, {3, 3}, {1, 4}, {2, 5}}; // SECOND MINUTE HOUR DAY MONTH YEAR
    int range = (typmod >> 16) & 0x7FFF;

    if (typmod < 0 || range == 0x7FFF)
        return 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (range & (1 << fields[i].bit))
            return fields[i].field;
    return 0;
}

// interval_support (timestamp.c).
static bool interval_noop(int old, int new)
{
    int old_least = interval_least_field(old);
    int old_precision = old < 0 ? INTERVAL_FULL_PRECISION : old & 0xFFFF, precision = new & 0xFFFF;

    if (new < 0)
        return true;
    return interval_least_field(new) <= old_least &&
           (old_least > 0 || precision >= MAX_INTERVAL_PRECISION || precision >= old_precision);
}

bool typmod_coercion_is_noop(Oid type, int old_typmod, int new_typmod)
{
    switch (type) {
    case VARCHAROID:
        return varchar_noop(old_typmod, new_typmod);
    case NUMERICOID:
        return numeric_noop(old_typmod, new_typmod);
    case VARBITOID:
        return varbit_noop(old_typmod, new_typmod);
    case TIMEOID:
    case TIMETZOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        return temporal_noop(old_typmod, new_typmod);
    case INTERVALOID:
        return interval_noop(old_typmod, new_typmod);
    default:
        return false; // bpchar and bit have no support function
    }
}

bool cat_typmod_is_noop(Oid type, int old_typmod, int new_typmod)
{
    return old_typmod == new_typmod || new_typmod < 0 || typmod_coercion_is_noop(type, old_typmod, new_typmod);
}

static const struct cat_type *io_type(const struct catalog *cat, Oid type, char *volatility)
{
    const struct cat_type *t = cat_type(cat, type);

    *volatility = 'i';
    if (t && t->typtype != 'b' && t->typtype != 'p')
        *volatility = 's'; // domain_in, enum_in, record_in, range_in: pg_proc.dat
    else if (t && t->category == 'A')
        *volatility = 's'; // array_in
    return t;
}

char type_input_volatility(const struct catalog *cat, Oid type)
{
    char v;
    const struct cat_type *t = io_type(cat, type, &v);

    return t && t->inputvolatile ? t->inputvolatile : v;
}

char type_output_volatility(const struct catalog *cat, Oid type)
{
    char v;
    const struct cat_type *t = io_type(cat, cat_base_type(cat, type, NULL), &v);

    return t && t->outputvolatile ? t->outputvolatile : v;
}
