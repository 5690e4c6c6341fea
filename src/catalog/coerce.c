// Which type can become which, and how (parser/parse_coerce.c).
#include "catalog/coerce.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "catalog/internal.h"
#include "catalog/oids.h"

#define MAX_DOMAIN_DEPTH 32

Oid cat_base_type(const struct catalog *cat, Oid type, int *typmod)
{
    for (int i = 0; i < MAX_DOMAIN_DEPTH; i++) {
        const struct cat_type *t = cat_type(cat, type);

        if (!t || t->typtype != 'd')
            return type;
        type = t->basetype;
        if (typmod)
            *typmod = t->typtypmod;
    }
    return type;
}

Oid coerce_element_type(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return t && t->elem && t->len == -1 && t->category == 'A' ? t->elem : InvalidOid;
}

static Oid base_element_type(const struct catalog *cat, Oid type)
{
    return coerce_element_type(cat, cat_base_type(cat, type, NULL));
}

char coerce_category(const struct catalog *cat, Oid type, bool *preferred)
{
    const struct cat_type *t = cat_type(cat, type);

    if (preferred)
        *preferred = t && t->preferred;
    return t ? t->category : 0;
}

bool coerce_is_composite(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, cat_base_type(cat, type, NULL));

    return t && t->typtype == 'c';
}

static char typtype(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return t ? t->typtype : 0;
}

bool coerce_is_polymorphic(Oid type)
{
    switch (type) {
    case ANYELEMENTOID:
    case ANYARRAYOID:
    case ANYNONARRAYOID:
    case ANYENUMOID:
    case ANYRANGEOID:
    case ANYMULTIRANGEOID:
    case ANYCOMPATIBLEOID:
    case ANYCOMPATIBLEARRAYOID:
    case ANYCOMPATIBLENONARRAYOID:
    case ANYCOMPATIBLERANGEOID:
    case ANYCOMPATIBLEMULTIRANGEOID:
        return true;
    default:
        return false;
    }
}

const struct cat_cast *coerce_find_cast(const struct catalog *cat, Oid source, Oid target)
{
    char name[32];

    (void)snprintf(name, sizeof name, "%u\t%u", source, target); // cat_cast_name, without memory
    return (const struct cat_cast *)(const void *)cat_find_object(cat, CAT_CAST, InvalidOid, name);
}

static int rank(char context)
{
    return context == 'i' ? 0 : context == 'a' ? 1 : 2;
}

static enum cat_coercion by_cast(const struct cat_cast *cast, char context, Oid *func)
{
    if (rank(context) < rank(cast->context))
        return CAT_COERCE_NONE;
    switch (cast->method) {
    case 'f':
        *func = cast->func;
        return CAT_COERCE_FUNC;
    case 'i':
        return CAT_COERCE_IO;
    default:
        return CAT_COERCE_BINARY;
    }
}

// find_coercion_pathway.
// There may be a cast to or from such a type.
static bool is_stand_in(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return t && t->stand_in;
}

enum cat_coercion cat_find_coercion(const struct catalog *cat, Oid source, Oid target, char context, Oid *func)
{
    const struct cat_cast *cast;
    Oid unused, from, to;

    func = func ? func : &unused;
    *func = InvalidOid;
    source = cat_base_type(cat, source, NULL);
    target = cat_base_type(cat, target, NULL);
    if (source == target)
        return CAT_COERCE_BINARY;
    if (source == INTERNALOID || target == INTERNALOID)
        return CAT_COERCE_NONE;
    cast = coerce_find_cast(cat, source, target);
    if (cast)
        return by_cast(cast, context, func);
    from = coerce_element_type(cat, source);
    to = coerce_element_type(cat, target);
    if (target != OIDVECTOROID && target != INT2VECTOROID && from && to &&
        cat_find_coercion(cat, from, to, context, func) != CAT_COERCE_NONE)
        return CAT_COERCE_ARRAY;
    *func = InvalidOid;
    if (context != 'i' && coerce_category(cat, target, NULL) == 'S')
        return CAT_COERCE_IO;
    if (context == 'e' && coerce_category(cat, source, NULL) == 'S')
        return CAT_COERCE_IO;
    return context != 'i' && (is_stand_in(cat, source) || is_stand_in(cat, target)) ? CAT_COERCE_IO : CAT_COERCE_NONE;
}

// typeInheritsFrom: the row type of a child table is also its parents'.
static bool inherits(const struct catalog *cat, Oid source, Oid target)
{
    const struct cat_type *s = cat_type(cat, cat_base_type(cat, source, NULL)), *t = cat_type(cat, target);
    const struct cat_relation *rel;
    struct cat_oids all = {0};

    if (!s || !t || s->typtype != 'c' || t->typtype != 'c' || !s->relid || !t->relid)
        return false;
    rel = cat_relation(cat, s->relid);
    if (rel && rel->reloftype == target)
        return true;
    cat_inheritors(cat, t->relid, &all);
    for (int i = 0; i < all.len; i++)
        if (all.items[i] == s->relid)
            return true;
    return false;
}

static bool can_coerce_one(const struct catalog *cat, Oid source, Oid target, char context)
{
    if (source == target || target == ANYOID || coerce_is_polymorphic(target))
        return true;
    if (source == INTERNALOID || target == INTERNALOID)
        return false;
    if (source == UNKNOWNOID || cat_find_coercion(cat, source, target, context, NULL) != CAT_COERCE_NONE)
        return true;
    if ((source == RECORDOID && coerce_is_composite(cat, target)) || (target == RECORDOID && coerce_is_composite(cat, source)))
        return true;
    if (target == RECORDARRAYOID && coerce_is_composite(cat, coerce_element_type(cat, source)))
        return true;
    return inherits(cat, source, target);
}

bool coerce_can(const struct catalog *cat, int n, const Oid *source, const Oid *target, char context)
{
    bool generics = false;
    Oid result = InvalidOid;

    for (int i = 0; i < n; i++) {
        if (!can_coerce_one(cat, source[i], target[i], context))
            return false;
        generics |= source[i] != target[i] && coerce_is_polymorphic(target[i]);
    }
    return !generics || coerce_resolve_generics(cat, n, source, target, &result);
}

// IsBinaryCoercible.
bool coerce_is_binary(const struct catalog *cat, Oid source, Oid target)
{
    const struct cat_cast *cast;
    Oid base = cat_base_type(cat, source, NULL);

    if (source == target || target == ANYOID || target == ANYELEMENTOID || target == ANYCOMPATIBLEOID || base == target)
        return true;
    switch (target) {
    case ANYARRAYOID:
    case ANYCOMPATIBLEARRAYOID:
        return coerce_element_type(cat, base) != InvalidOid;
    case ANYNONARRAYOID:
    case ANYCOMPATIBLENONARRAYOID:
        return coerce_element_type(cat, base) == InvalidOid;
    case ANYENUMOID:
        return typtype(cat, base) == 'e';
    case ANYRANGEOID:
    case ANYCOMPATIBLERANGEOID:
        return typtype(cat, base) == 'r';
    case ANYMULTIRANGEOID:
    case ANYCOMPATIBLEMULTIRANGEOID:
        return typtype(cat, base) == 'm';
    case RECORDOID:
        if (coerce_is_composite(cat, base))
            return true;
        break;
    default:
        break;
    }
    cast = coerce_find_cast(cat, base, target);
    return cast && cast->method == 'b' && cast->context == 'i';
}

static bool same_types(const Oid *types, int n)
{
    for (int i = 1; i < n; i++)
        if (types[i] != types[0])
            return false;
    return n > 0 && types[0] != UNKNOWNOID;
}

// select_common_type.
Oid coerce_common_type(const struct catalog *cat, const Oid *types, int n)
{
    Oid type;
    bool preferred;
    char category;

    if (!n)
        return TEXTOID;
    if (same_types(types, n))
        return types[0];
    type = cat_base_type(cat, types[0], NULL);
    category = coerce_category(cat, type, &preferred);
    for (int i = 1; i < n; i++) {
        Oid next = cat_base_type(cat, types[i], NULL);
        bool next_preferred;
        char next_category = coerce_category(cat, next, &next_preferred);
        bool take = type == UNKNOWNOID;

        if (next == UNKNOWNOID || next == type)
            continue;
        if (!take && next_category != category)
            return InvalidOid;
        take = take || (!preferred && coerce_can(cat, 1, &type, &next, 'i') && !coerce_can(cat, 1, &next, &type, 'i'));
        if (take) {
            type = next;
            category = next_category;
            preferred = next_preferred;
        }
    }
    return type == UNKNOWNOID ? TEXTOID : type;
}

// --- polymorphic arguments ---------------------------------------------------------------------------------------------

struct generics {
    const struct catalog *cat;
    Oid elem, array, range, multirange; // of the "any" family
    Oid c_range, c_multirange, c_type;  // of the "anycompatible" family
    bool nonarray, is_enum, c_nonarray, seen_any, seen_compatible;
    Oid types[128];
    int ntypes;
};

static bool settle(Oid *slot, Oid type)
{
    if (*slot && *slot != type)
        return false;
    *slot = type;
    return true;
}

static bool add_compatible(struct generics *g, Oid type)
{
    if (!type || g->ntypes >= 128)
        return false;
    g->types[g->ntypes++] = type;
    return true;
}

static Oid range_subtype(const struct catalog *cat, Oid range)
{
    const struct cat_type *t = cat_type(cat, range);

    return t ? t->rngsubtype : InvalidOid;
}

struct find_range {
    Oid multirange, range;
};

static void look_for_range(const struct cat_object *o, void *context)
{
    struct find_range *f = context;

    if (((const struct cat_type *)(const void *)o)->multirange == f->multirange)
        f->range = o->oid;
}

static Oid multirange_range(const struct catalog *cat, Oid multirange)
{
    static const Oid builtin[] = {3904, 3906, 3908, 3910, 3912, 3926}; // int4range .. int8range, pg_type.dat
    struct find_range f = {multirange, InvalidOid};

    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        if (cat_type(cat, builtin[i]) && cat_type(cat, builtin[i])->multirange == multirange)
            return builtin[i];
    cat_each(cat, CAT_TYPE, look_for_range, &f);
    return f.range;
}

static bool note_argument(struct generics *g, Oid declared, Oid actual)
{
    Oid base = cat_base_type(g->cat, actual, NULL);

    g->seen_compatible |= declared == ANYCOMPATIBLEOID || declared == ANYCOMPATIBLENONARRAYOID ||
                          declared == ANYCOMPATIBLEARRAYOID || declared == ANYCOMPATIBLERANGEOID ||
                          declared == ANYCOMPATIBLEMULTIRANGEOID;
    g->nonarray |= declared == ANYNONARRAYOID;
    g->is_enum |= declared == ANYENUMOID;
    g->c_nonarray |= declared == ANYCOMPATIBLENONARRAYOID;
    if (actual == UNKNOWNOID)
        return true;
    switch (declared) {
    case ANYELEMENTOID:
    case ANYNONARRAYOID:
    case ANYENUMOID:
        return settle(&g->elem, actual);
    case ANYARRAYOID:
        return settle(&g->array, base);
    case ANYRANGEOID:
        return settle(&g->range, base);
    case ANYMULTIRANGEOID:
        return settle(&g->multirange, base);
    case ANYCOMPATIBLEOID:
    case ANYCOMPATIBLENONARRAYOID:
        return add_compatible(g, actual);
    case ANYCOMPATIBLEARRAYOID:
        return add_compatible(g, coerce_element_type(g->cat, base));
    case ANYCOMPATIBLERANGEOID:
        return (g->c_range || add_compatible(g, range_subtype(g->cat, base))) && settle(&g->c_range, base);
    case ANYCOMPATIBLEMULTIRANGEOID:
        return multirange_range(g->cat, base) && settle(&g->c_multirange, base);
    default:
        return true;
    }
}

// The element type from array, multirange and range, and whether they agree.
static bool settle_any(struct generics *g)
{
    if (g->array && g->array != ANYARRAYOID &&
        (!coerce_element_type(g->cat, g->array) || !settle(&g->elem, coerce_element_type(g->cat, g->array))))
        return false;
    if (g->multirange &&
        (!multirange_range(g->cat, g->multirange) || !settle(&g->range, multirange_range(g->cat, g->multirange))))
        return false;
    if (g->range && (!range_subtype(g->cat, g->range) || !settle(&g->elem, range_subtype(g->cat, g->range))))
        return false;
    if (g->nonarray && base_element_type(g->cat, g->elem))
        return false;
    return !g->is_enum || typtype(g->cat, g->elem) == 'e';
}

static bool settle_compatible(struct generics *g)
{
    if (g->c_multirange) {
        Oid range = multirange_range(g->cat, g->c_multirange);

        if (!g->c_range && !add_compatible(g, range_subtype(g->cat, range)))
            return false;
        if (!settle(&g->c_range, range))
            return false;
    }
    if (!g->ntypes)
        return true;
    g->c_type = coerce_common_type(g->cat, g->types, g->ntypes);
    if (!g->c_type)
        return false;
    for (int i = 0; i < g->ntypes; i++)
        if (!coerce_can(g->cat, 1, &g->types[i], &g->c_type, 'i'))
            return false;
    if (g->c_nonarray && base_element_type(g->cat, g->c_type))
        return false;
    return !g->c_range || range_subtype(g->cat, g->c_range) == g->c_type;
}

static Oid array_of(const struct catalog *cat, Oid type)
{
    const struct cat_type *t = cat_type(cat, type);

    return t ? t->array : InvalidOid;
}

static Oid actual_type(const struct generics *g, Oid declared)
{
    Oid compatible = g->c_type ? g->c_type : TEXTOID;
    const struct cat_type *range;

    switch (declared) {
    case ANYELEMENTOID:
    case ANYNONARRAYOID:
    case ANYENUMOID:
        return g->elem;
    case ANYARRAYOID:
        return g->array ? g->array : array_of(g->cat, g->elem);
    case ANYRANGEOID:
        return g->range;
    case ANYMULTIRANGEOID:
        range = cat_type(g->cat, g->range);
        return g->multirange ? g->multirange : range ? range->multirange : InvalidOid;
    case ANYCOMPATIBLEOID:
    case ANYCOMPATIBLENONARRAYOID:
        return compatible;
    case ANYCOMPATIBLEARRAYOID:
        return array_of(g->cat, compatible);
    case ANYCOMPATIBLERANGEOID:
        return g->c_range;
    case ANYCOMPATIBLEMULTIRANGEOID:
        range = cat_type(g->cat, g->c_range);
        return g->c_multirange ? g->c_multirange : range ? range->multirange : InvalidOid;
    default:
        return declared;
    }
}

bool coerce_resolve_declared(const struct catalog *cat, int n, const Oid *actual, Oid *declared)
{
    struct generics g = {.cat = cat};

    for (int i = 0; i < n; i++)
        if (!note_argument(&g, declared[i], actual[i]))
            return false;
    if (!settle_any(&g) || !settle_compatible(&g))
        return false;
    for (int i = 0; i < n; i++)
        if (actual_type(&g, declared[i]))
            declared[i] = actual_type(&g, declared[i]);
    return true;
}

bool coerce_resolve_generics(const struct catalog *cat, int n, const Oid *actual, const Oid *declared, Oid *result)
{
    struct generics g = {.cat = cat};

    for (int i = 0; i < n; i++)
        if (!note_argument(&g, declared[i], actual[i]))
            return false;
    if (!settle_any(&g) || !settle_compatible(&g))
        return false;
    *result = actual_type(&g, *result);
    return true;
}
