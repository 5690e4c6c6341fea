// Partition bounds in memory and sets of what lies within them (partbounds.c, partprune.c get_matching_hash_bounds, _list_bounds, _range_bounds).
#include "footprint/fp_partition.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"

// --- reading bounds ----------------------------------------------------------------------------------------------------------------

static bool read_list(struct fq_bounds *b, int child, const PartitionBoundSpec *spec, int *cap)
{
    for (LIST_EACH(i, &spec->listdatums)) {
        bool param = false;
        struct fq_element e = {child, fq_evaluate(b->cat, spec->listdatums.items[i], b->types[0], &param)};
        if (e.value.kind == FQV_UNKNOWN)
            return false;
        if (b->n == *cap) {
            struct fq_element *old = b->elements;
            *cap = *cap ? *cap * 2 : 64;
            b->elements = LC_NEW_ARRAY(b->arena, struct fq_element, *cap);
            if (b->n)
                memcpy(b->elements, old, (size_t)b->n * sizeof *old);
        }
        b->elements[b->n++] = e;
    }
    return true;
}

// In the raw tree MINVALUE and MAXVALUE are column names; in an analysed one they are PartitionRangeDatum.
static int datum_kind(const Node *node, const Node **value)
{
    const PartitionRangeDatum *d = AS(PartitionRangeDatum, node);
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *name = ref ? list_last_name(&ref->fields) : NULL;

    *value = d ? d->value : node;
    if (d)
        return d->kind == PARTITION_RANGE_DATUM_MINVALUE ? -1 : d->kind == PARTITION_RANGE_DATUM_MAXVALUE ? 1 : 0;
    return lc_strieq(name, "minvalue") ? -1 : lc_strieq(name, "maxvalue") ? 1 : 0;
}

static bool read_range_bound(struct fq_bounds *b, const NodeList *datums, struct fq_range_bound *out)
{
    if (datums->length != b->natts)
        return false;
    out->kind = LC_NEW_ARRAY(b->arena, int, b->natts);
    out->value = LC_NEW_ARRAY(b->arena, struct fq_value, b->natts);
    for (int k = 0; k < b->natts; k++) {
        const Node *value;
        bool param = false;
        out->kind[k] = datum_kind(datums->items[k], &value);
        if (out->kind[k] == 0)
            out->value[k] = fq_evaluate(b->cat, value, b->types[k], &param);
        if (out->kind[k] == 0 && (out->value[k].kind == FQV_UNKNOWN || out->value[k].kind == FQV_FORM))
            return false;
    }
    return true;
}

static int compare_bounds(const struct fq_bounds *b, const struct fq_range_bound *x, const struct fq_range_bound *y)
{
    for (int k = 0; k < b->natts; k++) {
        int c = x->kind[k] != y->kind[k] ? (x->kind[k] < y->kind[k] ? -1 : 1)
                : x->kind[k]             ? 0
                                         : fq_compare(x->value[k], y->value[k]);
        if (c)
            return c;
        if (x->kind[k])
            return 0; // what follows MINVALUE or MAXVALUE does not count
    }
    return 0;
}

static int by_bound(const void *x, const void *y, void *bounds)
{
    return compare_bounds(bounds, x, y);
}

static void sort_bounds(struct fq_bounds *b, struct fq_range_bound *all, int n)
{
    qsort_r(all, (size_t)n, sizeof *all, by_bound, b);
    for (int i = 0; i < n; i++)
        if (i == 0 || compare_bounds(b, &all[b->nbounds - 1], &all[i]) != 0)
            all[b->nbounds++] = all[i];
    b->bounds = all;
}

static int find_bound(const struct fq_bounds *b, const struct fq_range_bound *x)
{
    int lo = 0, hi = b->nbounds;

    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (compare_bounds(b, &b->bounds[mid], x) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

// Elements are the intervals between the bounds; each belongs to the partition that starts at its lower end, or to none.
static void range_elements(struct fq_bounds *b, const struct fq_range_bound *lower, const struct fq_range_bound *upper,
                           const int *owner, int nranges)
{
    struct fq_range_bound *all = LC_NEW_ARRAY(b->arena, struct fq_range_bound, 2 * nranges + 1);

    for (int i = 0; i < nranges; i++) {
        all[2 * i] = lower[i];
        all[2 * i + 1] = upper[i];
    }
    sort_bounds(b, all, 2 * nranges);
    b->n = b->nbounds + 1;
    b->elements = LC_NEW_ARRAY(b->arena, struct fq_element, b->n);
    for (int i = 0; i < b->n; i++)
        b->elements[i].child = -1;
    for (int i = 0; i < nranges; i++)
        for (int k = find_bound(b, &lower[i]); k < b->nbounds && compare_bounds(b, &b->bounds[k], &upper[i]) < 0; k++)
            b->elements[k + 1].child = owner[i];
}

static bool read_children(struct fq_bounds *b, const struct cat_relation *rel)
{
    struct fq_range_bound *lower = LC_NEW_ARRAY(b->arena, struct fq_range_bound, b->nchildren + 1);
    struct fq_range_bound *upper = LC_NEW_ARRAY(b->arena, struct fq_range_bound, b->nchildren + 1);
    int *owner = LC_NEW_ARRAY(b->arena, int, b->nchildren + 1);
    int nranges = 0, cap = 0;

    for (int i = 0; i < b->nchildren; i++) {
        const struct cat_relation *child = cat_relation(b->cat, rel->children.items[i]);
        const PartitionBoundSpec *spec = child ? AS(PartitionBoundSpec, child->partbound) : NULL;
        b->remainder[i] = -1;
        if (child && (child->partdefault || (spec && spec->is_default))) {
            b->default_child = i;
            continue;
        }
        if (!spec)
            return false;
        if (b->strategy == 'l' && !read_list(b, i, spec, &cap))
            return false;
        if (b->strategy == 'r') {
            if (!read_range_bound(b, &spec->lowerdatums, &lower[nranges]) ||
                !read_range_bound(b, &spec->upperdatums, &upper[nranges]))
                return false;
            owner[nranges++] = i;
        }
        b->modulus[i] = spec->modulus;
        b->remainder[i] = spec->remainder;
    }
    if (b->strategy == 'r')
        range_elements(b, lower, upper, owner, nranges);
    return true;
}

static void hash_elements(struct fq_bounds *b)
{
    b->n = b->nchildren;
    b->elements = LC_NEW_ARRAY(b->arena, struct fq_element, b->n + 1);
    for (int i = 0; i < b->n; i++)
        b->elements[i].child = i;
}

static struct fq_bounds *read_bounds(struct fp_session *s, const struct cat_relation *rel)
{
    struct fq_bounds *b = LC_NEW(s->arena, struct fq_bounds);

    *b = (struct fq_bounds){.cat = s->cat,
                            .arena = s->arena,
                            .strategy = rel->partkey.strategy,
                            .natts = rel->partkey.natts,
                            .nchildren = rel->children.len,
                            .default_child = -1};
    if (!b->strategy || b->natts < 1)
        return NULL;
    b->types = LC_NEW_ARRAY(s->arena, Oid, b->natts);
    b->notnull = LC_NEW_ARRAY(s->arena, bool, b->natts);
    b->modulus = LC_NEW_ARRAY(s->arena, int64_t, b->nchildren + 1);
    b->remainder = LC_NEW_ARRAY(s->arena, int64_t, b->nchildren + 1);
    b->exprs = LC_NEW_ARRAY(s->arena, const Node *, b->natts);
    for (int k = 0; k < b->natts; k++) {
        int att = rel->partkey.keys[k];
        struct cat_scope scope = cat_scope_of(s->arena, rel);
        if (att < 0 || att > rel->natts || (!att && !rel->partkey.exprs[k]))
            return NULL;
        b->exprs[k] = att ? NULL : rel->partkey.exprs[k];
        b->types[k] = att ? rel->attrs[att - 1].type : cat_expr_type(s->cat, &scope, b->exprs[k], NULL);
        b->notnull[k] = att && rel->attrs[att - 1].notnull;
        Oid opclass = rel->partkey.opclasses ? rel->partkey.opclasses[k] : InvalidOid;
        b->opaque |= b->strategy == 'h' && opclass >= FirstNormalObjectId;
    }
    if (!read_children(b, rel))
        return NULL;
    if (b->strategy == 'h')
        hash_elements(b);
    return b;
}

struct known_bounds { // of a relation as it was when they were read
    struct fq_bounds *bounds;
    int nchildren;
    Oid last;
};

struct fq_bounds *fq_bounds(struct fp_session *s, const struct cat_relation *rel)
{
    Oid last = rel->children.len ? rel->children.items[rel->children.len - 1] : InvalidOid;
    struct known_bounds *known;

    if (!s->bounds) {
        s->bounds = LC_NEW(s->arena, struct lc_map);
        lc_map_init(s->bounds, s->arena);
    }
    known = lc_map_geti(s->bounds, (uint64_t)(uintptr_t)rel);
    if (!known || known->nchildren != rel->children.len || known->last != last) {
        known = LC_NEW(s->arena, struct known_bounds);
        *known = (struct known_bounds){read_bounds(s, rel), rel->children.len, last};
        (void)lc_map_puti(s->bounds, (uint64_t)(uintptr_t)rel, known);
    }
    return known->bounds;
}

// --- sets ------------------------------------------------------------------------------------------------------------------------------

static struct fq_set new_set(const struct fq_bounds *b, bool value)
{
    struct fq_set set = {.in = LC_NEW_ARRAY(b->arena, bool, b->n + 1), .rest = value, .n = b->n};

    for (int i = 0; i < b->n; i++)
        set.in[i] = value;
    return set;
}

struct fq_set fq_set_all(const struct fq_bounds *b)
{
    return new_set(b, true);
}

struct fq_set fq_set_none(const struct fq_bounds *b)
{
    return new_set(b, false);
}

struct fq_set fq_set_and(struct fq_set a, struct fq_set b)
{
    for (int i = 0; i < a.n; i++)
        a.in[i] = a.in[i] && b.in[i];
    a.rest = a.rest && b.rest;
    return a;
}

struct fq_set fq_set_or(struct fq_set a, struct fq_set b)
{
    for (int i = 0; i < a.n; i++)
        a.in[i] = a.in[i] || b.in[i];
    a.rest = a.rest || b.rest;
    return a;
}

static bool holds(int c, enum fq_cmp op)
{
    switch (op) {
    case FQ_EQ:
        return c == 0;
    case FQ_LT:
        return c < 0;
    case FQ_LE:
        return c <= 0;
    case FQ_GT:
        return c > 0;
    case FQ_GE:
        return c >= 0;
    case FQ_NE:
        return c != 0;
    case FQ_CMP_NONE:
        break;
    }
    return true;
}

static struct fq_set compare_list(const struct fq_bounds *b, enum fq_cmp op, struct fq_value v)
{
    struct fq_set set = fq_set_none(b);
    bool named = false;

    for (int i = 0; i < b->n; i++) {
        if (b->elements[i].value.kind == FQV_NULL)
            continue;
        set.in[i] = holds(fq_compare(b->elements[i].value, v), op);
        named |= fq_compare(b->elements[i].value, v) == 0;
    }
    set.rest = op != FQ_EQ || !named;
    return set;
}

struct fq_set fq_set_compare(const struct fq_bounds *b, int key, enum fq_cmp op, struct fq_value v)
{
    struct fq_key *keys = LC_NEW_ARRAY(b->arena, struct fq_key, b->natts);

    if (v.kind == FQV_NULL)
        return fq_set_none(b); // every operator here is strict
    if (b->strategy == 'l')
        return compare_list(b, op, v);
    (void)fq_key_add(b, keys, key, op, v);
    return fq_set_keys(b, keys);
}

struct fq_set fq_set_null(const struct fq_bounds *b, int key, bool is_null)
{
    struct fq_set set = fq_set_none(b);
    struct fq_key *keys;

    if (b->strategy == 'l') {
        bool named = false;
        for (int i = 0; i < b->n; i++) {
            bool null = b->elements[i].value.kind == FQV_NULL;
            set.in[i] = null == is_null;
            named |= null;
        }
        set.rest = !is_null || !named;
        return set;
    }
    if (!is_null)
        return fq_set_all(b);
    if (b->strategy == 'r') {
        set.rest = true;
        return set;
    }
    keys = LC_NEW_ARRAY(b->arena, struct fq_key, b->natts);
    keys[key].null = true;
    return fq_set_keys(b, keys);
}

static void tighten(struct fq_key *k, enum fq_cmp op, struct fq_value v)
{
    if (op == FQ_GT || op == FQ_GE) {
        int c = k->lo ? fq_compare(v, k->low) : 1;
        if (c > 0 || (c == 0 && op == FQ_GT)) {
            k->low = v;
            k->lo_open = op == FQ_GT;
        }
        k->lo = true;
    } else if (op == FQ_LT || op == FQ_LE) {
        int c = k->hi ? fq_compare(v, k->high) : -1;
        if (c < 0 || (c == 0 && op == FQ_LT)) {
            k->high = v;
            k->hi_open = op == FQ_LT;
        }
        k->hi = true;
    }
}

struct fq_set fq_key_add(const struct fq_bounds *b, struct fq_key *keys, int key, enum fq_cmp op, struct fq_value v)
{
    struct fq_key *k = &keys[key];

    if (v.kind == FQV_NULL)
        return fq_set_none(b);
    if (op == FQ_EQ && k->eq && fq_compare(k->value, v) != 0)
        return fq_set_compare(b, key, op, v); // two values of one partition do not exclude it
    if (b->strategy == 'l')
        return compare_list(b, op, v);
    if (op == FQ_EQ) {
        k->eq = true;
        k->value = v;
    } else {
        tighten(k, op, v);
    }
    return fq_set_all(b);
}

// --- ranges ------------------------------------------------------------------------------------------------------------------------------

// The lower or upper end of what the conditions allow: values of the leading keys, as far as they go together (partprune.c
// gen_prune_steps_from_opexps: after >= the next key counts too, after > it does not).
struct end {
    struct fq_value *value;
    int n;
    bool open; // the rows at the values themselves are not among them
};

static struct end end_of(const struct fq_bounds *b, const struct fq_key *keys, bool upper)
{
    struct end e = {.value = LC_NEW_ARRAY(b->arena, struct fq_value, b->natts + 1)};

    for (int k = 0; k < b->natts && !e.open; k++) {
        const struct fq_key *key = &keys[k];
        bool has = upper ? key->hi : key->lo;
        if (!key->eq && !has)
            break;
        e.value[e.n++] = key->eq ? key->value : upper ? key->high : key->low;
        e.open = !key->eq && (upper ? key->hi_open : key->lo_open);
    }
    return e;
}

// -1: the bound lies below all rows that begin with the values, 1 above, 0 at their start or among them; *exact: right at their start.
static int bound_against(const struct fq_bounds *b, const struct fq_range_bound *x, const struct end *e, bool *exact)
{
    *exact = false;
    for (int k = 0; k < e->n; k++) {
        int c = x->kind[k] ? x->kind[k] : fq_compare(x->value[k], e->value[k]);
        if (c)
            return c;
    }
    *exact = e->n == b->natts || x->kind[e->n] == -1;
    return e->n < b->natts && x->kind[e->n] == 1 ? 1 : 0;
}

static bool begins_with(const struct fq_range_bound *x, const struct end *e)
{
    for (int k = 0; k < e->n; k++)
        if (x->kind[k] || fq_compare(x->value[k], e->value[k]) != 0)
            return false;
    return true;
}

// Is every row at or above the bound `x`?
static bool rows_above(const struct fq_bounds *b, const struct fq_range_bound *x, const struct end *low)
{
    bool exact;
    int c = bound_against(b, x, low, &exact);

    if (c < 0 || (c == 0 && exact))
        return true;
    // rows beyond the values are above every bound that begins with them
    return low->open && begins_with(x, low);
}

// Is every row below the bound?
static bool rows_below(const struct fq_bounds *b, const struct fq_range_bound *x, const struct end *high)
{
    bool exact;
    int c = bound_against(b, x, high, &exact);

    return c > 0 || (c == 0 && high->open);
}

static struct fq_set range_set(const struct fq_bounds *b, const struct fq_key *keys)
{
    struct fq_set set = fq_set_all(b);
    struct end low = end_of(b, keys, false), high = end_of(b, keys, true);

    if (low.n == 0 && high.n == 0)
        return set;
    // strict operators: no NULL; values that no range has are in the gaps. A step that does not tell all keys keeps the default
    // partition (get_matching_range_bounds)
    set.rest = low.n < b->natts && high.n < b->natts;
    for (int i = 0; i < b->n; i++) {
        if (i < b->nbounds && rows_above(b, &b->bounds[i], &low))
            set.in[i] = false;
        if (i > 0 && rows_below(b, &b->bounds[i - 1], &high))
            set.in[i] = false;
    }
    return set;
}

// --- hash ----------------------------------------------------------------------------------------------------------------------------------

static bool row_hash(const struct fq_bounds *b, const struct fq_key *keys, uint64_t *out)
{
    uint64_t row = 0, h;

    for (int k = 0; k < b->natts; k++) {
        if (keys[k].null)
            continue;
        if (!keys[k].eq || !fq_hash_extended(b->cat, keys[k].value, b->types[k], &h))
            return false;
        row ^= h + 0x49a0f4dd15e5a8e3ULL + (row << 54) + (row >> 7); // hash_combine64
    }
    *out = row;
    return true;
}

static struct fq_set hash_set(const struct fq_bounds *b, const struct fq_key *keys)
{
    struct fq_set set = fq_set_all(b);
    uint64_t h;

    if (!row_hash(b, keys, &h))
        return set;
    for (int i = 0; i < b->n; i++)
        set.in[i] = b->modulus[i] > 0 && h % (uint64_t)b->modulus[i] == (uint64_t)b->remainder[i];
    return set;
}

struct fq_set fq_set_keys(const struct fq_bounds *b, const struct fq_key *keys)
{
    return b->strategy == 'r' ? range_set(b, keys) : b->strategy == 'h' ? hash_set(b, keys) : fq_set_all(b);
}

void fq_set_children(const struct fq_bounds *b, struct fq_set set, char *keep)
{
    bool gap = set.rest;

    memset(keep, 0, (size_t)b->nchildren);
    for (int i = 0; i < b->n; i++) {
        if (set.in[i] && b->elements[i].child >= 0)
            keep[b->elements[i].child] = 1;
        else if (set.in[i])
            gap = true;
    }
    if (b->default_child >= 0)
        keep[b->default_child] = gap;
}

int fq_bounds_route(const struct fq_bounds *b, const struct fq_value *values)
{
    struct fq_set set = fq_set_all(b);
    struct fq_key *keys = LC_NEW_ARRAY(b->arena, struct fq_key, b->natts);
    char *keep = LC_NEW_ARRAY(b->arena, char, b->nchildren + 1);
    uint64_t h;
    int found = -1;

    if (b->opaque)
        return -2;
    for (int k = 0; k < b->natts; k++) {
        if (values[k].kind == FQV_UNKNOWN)
            return -2;
        if (values[k].kind == FQV_NULL)
            set = b->strategy == 'h' ? set : fq_set_and(set, fq_set_null(b, k, true));
        else
            set = fq_set_and(set, fq_key_add(b, keys, k, FQ_EQ, values[k]));
        keys[k].null = values[k].kind == FQV_NULL;
    }
    if (b->strategy == 'h' && !row_hash(b, keys, &h))
        return -2;
    fq_set_children(b, fq_set_and(set, fq_set_keys(b, keys)), keep);
    for (int i = 0; i < b->nchildren; i++)
        if (keep[i])
            found = found == -1 ? i : -2;
    return found;
}

const struct cat_relation *fq_route(struct fp_session *s, const struct cat_relation *rel, const Node *const *values)
{
    struct fq_bounds *b = fq_bounds(s, rel);
    struct fq_value *v;
    int child;

    if (!b)
        return NULL;
    v = LC_NEW_ARRAY(s->arena, struct fq_value, b->natts);
    for (int k = 0; k < b->natts; k++) {
        bool param = false;
        v[k] = values[k] ? fq_evaluate(s->cat, values[k], b->types[k], &param) : (struct fq_value){.kind = FQV_UNKNOWN};
        if (IsA(values[k], ColumnRef) || IsA(values[k], ParamRef))
            v[k].kind = FQV_UNKNOWN;
    }
    child = fq_bounds_route(b, v);
    return child >= 0 ? cat_relation(s->cat, rel->children.items[child]) : NULL;
}
