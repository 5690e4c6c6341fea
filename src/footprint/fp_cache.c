// What the session's own caches hold, as far as its statements tell: the bound of a partition (relcache's rd_partcheck) and the columns of a row
// type (typcache's tupDesc). What is cached is read without a lock, until the relation changes.
#include "footprint/fp_object.h"

#include "base/str.h"

#define MAX_LEVELS 32 // of partitions, and of types within types

struct fp_cached {
    const struct cat_relation *rel; // as it was
    bool certain;
    int statement; // that read it last
    int disturbed; // the first statement since then that may have changed it; 0: none
};

static const struct fp_rule composite_rule = {"row-type/descriptor",
                                              LC_ACCESS_SHARE,
                                              0,
                                              0,
                                              "the columns of a composite type are looked up",
                                              "typcache.c load_typcache_tupdesc"};
static const struct fp_rule attribute_rule = {
    "row-type/column",          LC_ACCESS_SHARE, 0, 0, "the columns of a new table's composite type are checked",
    "heap.c CheckAttributeType"};

static struct fp_cached *entry(const struct fp_session *s, const struct cat_relation *rel)
{
    return s->cached && rel ? lc_map_geti(s->cached, rel->o.oid) : NULL;
}

enum fp_cache fp_cached(const struct fp_session *s, const struct cat_relation *rel)
{
    const struct fp_cached *e = entry(s, rel);

    if (!e)
        return FP_NOT_CACHED;
    return e->certain && e->rel == rel && (!e->disturbed || e->disturbed == s->statement) ? FP_CACHED : FP_PERHAPS_CACHED;
}

void fp_cache(struct fp_session *s, const struct cat_relation *rel, bool certain)
{
    struct fp_cached *e = entry(s, rel);

    if (s->traffic || !rel)
        return;
    certain = certain || fp_cached(s, rel) == FP_CACHED;
    if (!s->cached) {
        s->cached = LC_NEW(s->arena, struct lc_map);
        lc_map_init(s->cached, s->arena);
    }
    if (!e) {
        e = LC_NEW(s->arena, struct fp_cached);
        (void)lc_map_puti(s->cached, rel->o.oid, e);
    }
    *e = (struct fp_cached){rel, certain, s->statement, 0};
}

// How far it got is not known.
void fp_cache_failed(struct fp_session *s)
{
    if (s->cached)
        for (LC_EACH(i, s->cached)) {
            struct fp_cached *e = i->value;
            e->certain &= e->statement != s->statement;
        }
}

void fp_cache_disturb(struct fp_session *s, const struct cat_relation *rel, enum lc_lockmode mode)
{
    struct fp_cached *e = mode >= LC_SHARE_UPDATE_EXCLUSIVE ? entry(s, rel) : NULL;

    if (e && !e->disturbed)
        e->disturbed = s->statement;
}

// --- bounds (generate_partition_qual, utils/cache/partcache.c) ---------------------------------------------------------------------------

void fp_read_bounds(struct fp_session *s, const struct cat_relation *rel, const struct fp_rule *rule)
{
    bool was = s->uncertain;

    for (int i = 0; i < MAX_LEVELS && rel && rel->relispartition && fp_cached(s, rel) != FP_CACHED; i++) {
        s->uncertain |= fp_cached(s, rel) == FP_PERHAPS_CACHED;
        fp_cache(s, rel, !was);
        rel = cat_relation(s->cat, cat_partition_parent(rel));
        fp_lock(s, rel, rule);
    }
    s->uncertain = was;
}

void fp_cache_bounds(struct fp_session *s, const struct cat_relation *rel, bool certain)
{
    for (int i = 0; i < MAX_LEVELS && rel && rel->relispartition; i++) {
        fp_cache(s, rel, certain);
        rel = cat_relation(s->cat, cat_partition_parent(rel));
    }
}

// --- row types -----------------------------------------------------------------------------------------------------------------------------

typedef void (*row_type_fn)(struct fp_session *s, const struct cat_relation *row, int depth);

// The row type that a type is made of: as it stands, as a domain's base, as an array's element; NULL: none.
static const struct cat_relation *row_type_of(const struct fp_session *s, Oid type)
{
    const struct cat_type *t = cat_type(s->cat, type);

    for (int k = 0; t && (t->typtype == 'd' || (t->elem && t->category == 'A')) && k < MAX_LEVELS; k++)
        t = cat_type(s->cat, t->typtype == 'd' ? t->basetype : t->elem);
    return t && t->typtype == 'c' ? cat_relation(s->cat, t->relid) : NULL;
}

static void each_row_type(struct fp_session *s, const struct cat_relation *rel, int depth, row_type_fn one)
{
    for (int i = 0; i < rel->natts && depth < MAX_LEVELS; i++) {
        const struct cat_relation *row = rel->attrs[i].isdropped ? NULL : row_type_of(s, rel->attrs[i].type);

        if (row)
            one(s, row, depth + 1);
    }
}

static void load(struct fp_session *s, const struct cat_relation *row, int depth)
{
    bool was = s->uncertain;
    enum fp_cache cached = fp_cached(s, row);

    if (cached == FP_CACHED)
        return;
    fp_cache(s, row, !was);
    s->uncertain |= cached == FP_PERHAPS_CACHED;
    fp_lock_briefly(s, row, LC_ACCESS_SHARE, &composite_rule);
    s->uncertain = was;
    each_row_type(s, row, depth, load); // cache_record_field_properties
}

// coerce_record_to_complex (parser/parse_coerce.c), record_in (utils/adt/rowtypes.c) look the columns up, but not those of the types within.
void fp_load_row_value(struct fp_session *s, Oid type, const Node *value)
{
    const struct cat_type *t = cat_type(s->cat, type);
    const struct cat_relation *row = t && t->typtype != 'b' ? row_type_of(s, type) : NULL;
    bool was = s->uncertain, flat = true;
    enum fp_cache cached = fp_cached(s, row);

    if (!row || !value || cached == FP_CACHED || cat_expr_is_null_const(value) || (!IsA(value, RowExpr) && !IsA(value, A_Const)))
        return;
    for (int i = 0; i < row->natts; i++)
        flat &= !row_type_of(s, row->attrs[i].type);
    fp_cache(s, row, !was && flat);
    s->uncertain |= cached == FP_PERHAPS_CACHED;
    fp_lock_briefly(s, row, LC_ACCESS_SHARE, &composite_rule);
    s->uncertain = was;
}

static void load_unseen(struct fp_session *s, const struct cat_relation *row, int depth)
{
    if (fp_cached(s, row) == FP_CACHED)
        return;
    fp_cache(s, row, !s->uncertain);
    each_row_type(s, row, depth, load_unseen);
}

void fp_load_row_types(struct fp_session *s, const struct cat_relation *rel, bool seen)
{
    each_row_type(s, rel, 0, seen ? load : load_unseen);
}

static void perhaps(struct fp_session *s, const struct cat_relation *row, int depth)
{
    if (fp_cached(s, row) == FP_NOT_CACHED) {
        fp_cache(s, row, false);
        each_row_type(s, row, depth, perhaps);
    }
}

void fp_cache_row_types(struct fp_session *s, const struct cat_relation *rel)
{
    if (!s->traffic)
        each_row_type(s, rel, 0, perhaps);
}

static void check(struct fp_session *s, const struct cat_relation *row, int depth)
{
    fp_lock_briefly(s, row, LC_ACCESS_SHARE, &attribute_rule);
    each_row_type(s, row, depth, check);
}

void fp_check_row_types(struct fp_session *s, const struct cat_relation *rel)
{
    each_row_type(s, rel, 0, check);
}
