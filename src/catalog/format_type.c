// format_type (utils/adt/format_type.c): a type as SQL spells it.
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"

static const struct {
    Oid oid;
    const char *name;
} spellings[] = {
    {BOOLOID, "boolean"},        {INT8OID, "bigint"},
    {INT2OID, "smallint"},       {INT4OID, "integer"},
    {FLOAT4OID, "real"},         {FLOAT8OID, "double precision"},
    {VARBITOID, "bit varying"},  {BITOID, "bit"},
    {BPCHAROID, "character"},    {VARCHAROID, "character varying"},
    {NUMERICOID, "numeric"},     {INTERVALOID, "interval"},
    {TIMEOID, "time"},           {TIMETZOID, "time"},
    {TIMESTAMPOID, "timestamp"}, {TIMESTAMPTZOID, "timestamp"},
    {CHAROID, "\"char\""},       {JSONOID, "json"}, // a keyword in some grammars
};

static const char *zone(Oid oid)
{
    switch (oid) {
    case TIMEOID:
    case TIMESTAMPOID:
        return " without time zone";
    case TIMETZOID:
    case TIMESTAMPTZOID:
        return " with time zone";
    default:
        return "";
    }
}

static const char *interval_fields(int range)
{
    static const struct {
        int mask;
        const char *text;
    } fields[] = {{1 << 2, " year"},
                  {1 << 1, " month"},
                  {1 << 3, " day"},
                  {1 << 10, " hour"},
                  {1 << 11, " minute"},
                  {1 << 12, " second"},
                  {1 << 2 | 1 << 1, " year to month"},
                  {1 << 3 | 1 << 10, " day to hour"},
                  {1 << 3 | 1 << 10 | 1 << 11, " day to minute"},
                  {1 << 3 | 1 << 10 | 1 << 11 | 1 << 12, " day to second"},
                  {1 << 10 | 1 << 11, " hour to minute"},
                  {1 << 10 | 1 << 11 | 1 << 12, " hour to second"},
                  {1 << 11 | 1 << 12, " minute to second"}};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].mask == range)
            return fields[i].text;
    return "";
}

// What goes between the name and " with time zone".
static const char *modifier(const struct catalog *cat, Oid oid, int typmod)
{
    int precision = typmod & 0xFFFF;

    if (typmod < 0)
        return "";
    switch (oid) {
    case BPCHAROID:
    case VARCHAROID:
        return typmod > VARHDRSZ ? lc_printf(cat->arena, "(%d)", typmod - VARHDRSZ) : "";
    case NUMERICOID:
        typmod -= VARHDRSZ;
        return lc_printf(cat->arena, "(%d,%d)", (typmod >> 16) & 0xffff, ((typmod & 0x7ff) ^ 1024) - 1024);
    case INTERVALOID:
        if (precision == 0xFFFF)
            return interval_fields(typmod >> 16);
        return lc_printf(cat->arena, "%s(%d)", interval_fields(typmod >> 16), precision);
    default:
        return lc_printf(cat->arena, "(%d)", typmod);
    }
}

static const char *spelling(Oid oid)
{
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (spellings[i].oid == oid)
            return spellings[i].name;
    return NULL;
}

const char *cat_format_type(const struct catalog *cat, Oid type, int typmod)
{
    const struct cat_type *t = cat_type(cat, type);
    const char *array = "", *name;

    if (!t)
        return "???";
    if (t->elem && t->category == 'A' && cat_type(cat, t->elem)) {
        array = "[]";
        t = cat_type(cat, t->elem);
    }
    name = spelling(t->o.oid);
    if (t->o.oid == BPCHAROID && typmod < 0)
        name = "bpchar"; // character would mean character(1)
    if (t->o.oid == BITOID && typmod < 0)
        name = "\"bit\"";
    if (!name)
        name = cat_visible_name(cat, t);
    return lc_printf(cat->arena, "%s%s%s%s", name, modifier(cat, t->o.oid, typmod), zone(t->o.oid), array);
}
