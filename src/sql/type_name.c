// The SQL text of a type, as format_type prints it (src/backend/utils/adt/format_type.c).
#include <string.h>

#include "base/str.h"
#include "sql/sql.h"

// The types of pg_catalog whose SQL name is another; the modifiers stand between the two parts.
static const struct {
    const char *name, *before, *after;
} sql_names[] = {
    {"bit", "bit", ""},
    {"bool", "boolean", ""},
    {"bpchar", "character", ""},
    {"float4", "real", ""},
    {"float8", "double precision", ""},
    {"int2", "smallint", ""},
    {"int4", "integer", ""},
    {"int8", "bigint", ""},
    {"interval", "interval", ""},
    {"json", "json", ""}, // a keyword, from 16 on
    {"numeric", "numeric", ""},
    {"time", "time", " without time zone"},
    {"timetz", "time", " with time zone"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
    {"varbit", "bit varying", ""},
    {"varchar", "character varying", ""},
};

// INTERVAL_MASK of the fields (src/include/utils/timestamp.h, datetime.h); opt_interval of gram.y allows these.
#define MASK(field) (1 << (field))
enum { MONTH = 1, YEAR = 2, DAY = 3, HOUR = 10, MINUTE = 11, SECOND = 12, INTERVAL_FULL_RANGE = 0x7FFF };

static const struct {
    int mask;
    const char *text;
} interval_fields[] = {
    {MASK(YEAR), " year"},
    {MASK(MONTH), " month"},
    {MASK(DAY), " day"},
    {MASK(HOUR), " hour"},
    {MASK(MINUTE), " minute"},
    {MASK(SECOND), " second"},
    {MASK(YEAR) | MASK(MONTH), " year to month"},
    {MASK(DAY) | MASK(HOUR), " day to hour"},
    {MASK(DAY) | MASK(HOUR) | MASK(MINUTE), " day to minute"},
    {MASK(DAY) | MASK(HOUR) | MASK(MINUTE) | MASK(SECOND), " day to second"},
    {MASK(HOUR) | MASK(MINUTE), " hour to minute"},
    {MASK(HOUR) | MASK(MINUTE) | MASK(SECOND), " hour to second"},
    {MASK(MINUTE) | MASK(SECOND), " minute to second"},
};

static bool add_const(struct lc_str *s, const Node *value)
{
    if (IsA(value, Integer))
        lc_str_addf(s, "%lld", (long long)AS(Integer, value)->ival);
    else if (IsA(value, Float))
        lc_str_add(s, AS(Float, value)->fval);
    else if (IsA(value, String))
        lc_str_add(s, lc_quote_literal(s->arena, node_string(value)));
    else
        return false;
    return true;
}

// A modifier is a constant or a bare word, as in geometry(Point,4326); anything else no type accepts (typenameTypeMod).
static bool add_modifier(struct lc_str *s, const Node *modifier)
{
    const A_Const *constant = AS(A_Const, modifier);
    const ColumnRef *word = AS(ColumnRef, modifier);

    if (constant)
        return add_const(s, constant->val);
    if (!word || word->fields.length != 1 || !node_string(word->fields.items[0]))
        return false;
    lc_str_add(s, lc_quote_ident(s->arena, node_string(word->fields.items[0])));
    return true;
}

static bool add_modifiers(struct lc_str *s, const NodeList *modifiers, int first)
{
    for (int i = first; i < modifiers->length; i++) {
        lc_str_addc(s, i == first ? '(' : ',');
        if (!add_modifier(s, modifiers->items[i]))
            return false;
    }
    if (modifiers->length > first)
        lc_str_addc(s, ')');
    return true;
}

// The first modifier of interval is the mask of its fields, the second the precision.
static bool add_interval(struct lc_str *s, const NodeList *modifiers)
{
    const A_Const *constant = modifiers->length ? LIST_GET(A_Const, modifiers, 0) : NULL;
    const Integer *mask = constant ? AS(Integer, constant->val) : NULL;

    lc_str_add(s, "interval");
    for (size_t i = 0; mask && i < sizeof interval_fields / sizeof *interval_fields; i++)
        if (interval_fields[i].mask == mask->ival)
            lc_str_add(s, interval_fields[i].text);
    return add_modifiers(s, modifiers, 1);
}

static bool add_system_type(struct lc_str *s, const char *name, const NodeList *modifiers)
{
    if (lc_streq(name, "interval"))
        return add_interval(s, modifiers);
    if (lc_streq(name, "bpchar") && !modifiers->length) {
        lc_str_add(s, "bpchar"); // not character, which is character(1)
        return true;
    }
    for (size_t i = 0; i < sizeof sql_names / sizeof *sql_names; i++)
        if (lc_streq(name, sql_names[i].name)) {
            bool good;
            lc_str_add(s, sql_names[i].before);
            good = add_modifiers(s, modifiers, 0);
            lc_str_add(s, sql_names[i].after);
            return good;
        }
    lc_str_add(s, lc_quote_ident(s->arena, name));
    return add_modifiers(s, modifiers, 0);
}

static bool add_names(struct lc_str *s, const NodeList *names)
{
    for (LIST_EACH(i, names)) {
        if (!node_string(names->items[i]))
            return false;
        lc_str_addf(s, "%s%s", i ? "." : "", lc_quote_ident(s->arena, node_string(names->items[i])));
    }
    return names->length > 0;
}

static bool add_base_type(struct lc_str *s, const TypeName *type)
{
    const char *schema = list_schema_name(&type->names), *name = list_last_name(&type->names);

    if (type->pct_type) {
        bool good = add_names(s, &type->names);
        lc_str_add(s, "%TYPE");
        return good;
    }
    if (name && (!schema || lc_streq(schema, "pg_catalog"))) // pg_catalog is searched first, unless the path says otherwise
        return add_system_type(s, name, &type->typmods);
    return add_names(s, &type->names) && add_modifiers(s, &type->typmods, 0);
}

const char *lc_sql_type_name(struct lc_arena *arena, const TypeName *type)
{
    struct lc_str s;

    if (!type)
        return NULL;
    lc_str_init(&s, arena, LC_STR_MAX);
    if (type->setof)
        lc_str_add(&s, "SETOF ");
    if (!add_base_type(&s, type))
        return NULL;
    if (type->arrayBounds.length)
        lc_str_add(&s, "[]"); // a type has no number of dimensions
    return s.text;
}
