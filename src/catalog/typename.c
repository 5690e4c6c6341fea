// A TypeName of the grammar to a type and its typmod (parser/parse_type.c, and each type's typmodin function).
#include "catalog/internal.h"

#include <string.h>

#include "base/str.h"
#include "catalog/oids.h"

#define MAX_TYPMODS 8

static bool integer_of(const Node *node, int *value)
{
    const A_Const *c = AS(A_Const, node);
    const Integer *i = c ? AS(Integer, c->val) : NULL;

    if (i)
        *value = (int)i->ival;
    return i != NULL;
}

static int numeric_typmod(const int *v, int n)
{
    return (int)(((unsigned)v[0] << 16) | ((unsigned)(n > 1 ? v[1] : 0) & 0x7ff)) + VARHDRSZ;
}

#define INTERVAL_FULL_RANGE 0x7FFF // datatype/timestamp.h
#define INTERVAL_FULL_PRECISION 0xFFFF

static int interval_typmod(const int *v, int n)
{
    if (n == 1 && v[0] == INTERVAL_FULL_RANGE)
        return -1;
    return (int)(((unsigned)v[0] & 0x7FFF) << 16 |
                 ((unsigned)(n > 1 ? (v[1] > 6 ? 6 : v[1]) : INTERVAL_FULL_PRECISION) & 0xFFFF));
}

// A type of an extension: any number that tells different modifiers apart.
static int foreign_typmod(const NodeList *typmods, const int *v, int n)
{
    uint64_t h = 0;

    if (n == 1 && typmods->length == 1)
        return v[0];
    for (LIST_EACH(i, typmods)) {
        const A_Const *c = LIST_GET(A_Const, typmods, i);
        const ColumnRef *r = LIST_GET(ColumnRef, typmods, i);
        const char *s = c ? node_string(c->val) : r ? list_last_name(&r->fields) : NULL;

        h = h * 31 + (s ? lc_hash(s) : (uint64_t)(unsigned)(i < n ? v[i] : 0));
    }
    return (int)(h & 0x3fffffff);
}

static int typmod_in(const struct cat_type *type, const NodeList *typmods)
{
    int v[MAX_TYPMODS] = {0}, n = 0;
    Oid oid = type->elem && type->category == 'A' ? type->elem : type->o.oid;

    for (int i = 0; i < typmods->length && n < MAX_TYPMODS; i++)
        if (integer_of(typmods->items[i], &v[n]))
            n++;
    if (!typmods->length)
        return -1;
    if (oid >= FirstNormalObjectId || !n)
        return foreign_typmod(typmods, v, n);
    switch (oid) {
    case BPCHAROID:
    case VARCHAROID:
        return v[0] + VARHDRSZ;
    case NUMERICOID:
        return numeric_typmod(v, n);
    case INTERVALOID:
        return interval_typmod(v, n);
    case TIMEOID:
    case TIMETZOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        return v[0] > 6 ? 6 : v[0]; // AdjustTimestampForTypmod: MAX_TIMESTAMP_PRECISION
    default:
        return v[0]; // bit, varbit
    }
}

// relation.column%TYPE
static const struct cat_type *column_type(const struct catalog *cat, const NodeList *names, int *typmod)
{
    NodeList rel = {names->length - 1, names->items};
    const struct cat_relation *r = rel.length > 0 ? cat_find_names(cat, &rel) : NULL;
    const struct cat_attribute *a = r ? cat_find_column(r, list_last_name(names)) : NULL;

    if (a && typmod)
        *typmod = a->typmod;
    return a ? cat_type(cat, a->type) : NULL;
}

const struct cat_type *cat_find_typename(const struct catalog *cat, const TypeName *tn, int *typmod)
{
    const struct cat_type *type;

    if (typmod)
        *typmod = -1;
    if (!tn)
        return NULL;
    if (tn->pct_type)
        return column_type(cat, &tn->names, typmod);
    type = cat_find_type(cat, list_schema_name(&tn->names), list_last_name(&tn->names));
    if (type && typmod)
        *typmod = typmod_in(type, &tn->typmods);
    if (type && tn->arrayBounds.length && type->category != 'A')
        type = type->array ? cat_type(cat, type->array) : NULL;
    return type;
}
