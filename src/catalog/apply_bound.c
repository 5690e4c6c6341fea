// Partition bounds as a new partition is checked against them (transformPartitionBound, parser/parse_utilcmd.c; check_new_partition_bound,
// partitioning/partbounds.c), and the order that they give. What is computed no further than its text is compared as a text.
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/internal.h"
#include "catalog/partition.h"
#include "catalog/prove.h"

#define MAX_KEYS 32      // PARTITION_MAX_KEYS
#define MAX_COMPARED 256 // partitions whose values are computed; among more, only equal texts count

struct key {
    const char *name; // of the column; NULL: an expression
    Oid type;
    int typmod;
};

struct value {
    int infinite; // -1 MINVALUE, 1 MAXVALUE
    const Node *node;
    const struct expr *expr; // a constant; NULL: cannot be computed here
};

struct checker {
    const struct catalog *cat;
    struct analysis *a;
    const struct cat_relation *parent;
    struct key keys[MAX_KEYS];
    int nkeys;
    struct lc_error *err;
};

// --- values --------------------------------------------------------------------------------------------------------------------------

static void read_keys(struct checker *c)
{
    const struct cat_partition_key *pk = &c->parent->partkey;
    struct cat_scope scope = cat_scope_of(cat_arena(c->cat), c->parent);

    c->nkeys = pk->natts < MAX_KEYS ? pk->natts : MAX_KEYS;
    for (int i = 0; i < c->nkeys; i++) {
        struct key *k = &c->keys[i];
        const struct cat_attribute *att = cat_attribute_at(c->parent, pk->keys[i]);
        *k = (struct key){att ? att->name : NULL, att ? att->type : InvalidOid, att ? att->typmod : -1};
        if (!att && pk->exprs && pk->exprs[i])
            k->type = cat_expr_type(c->cat, &scope, pk->exprs[i], &k->typmod);
    }
}

static int infinity(const Node *node)
{
    const PartitionRangeDatum *d = AS(PartitionRangeDatum, node);
    const ColumnRef *ref = AS(ColumnRef, node); // MINVALUE and MAXVALUE come as names out of the raw grammar
    const char *name = ref && ref->fields.length == 1 ? node_string(ref->fields.items[0]) : NULL;

    if (d)
        return d->kind == PARTITION_RANGE_DATUM_MINVALUE ? -1 : d->kind == PARTITION_RANGE_DATUM_MAXVALUE ? 1 : 0;
    return lc_strieq(name, "minvalue") ? -1 : lc_strieq(name, "maxvalue") ? 1 : 0;
}

// transformPartitionBoundValue. `err` NULL: a bound that was accepted before.
static enum lc_code read_value(struct checker *c, const struct key *k, const Node *node, struct value *out, struct lc_error *err)
{
    const PartitionRangeDatum *d = AS(PartitionRangeDatum, node);
    struct expr *e;
    enum lc_code rc;

    out->node = d ? d->value : node;
    out->expr = NULL;
    if (!err && c->parent->children.len > MAX_COMPARED)
        return LC_OK;
    if (err && (rc = cat_check_expr_kind(c->cat, NULL, CAT_EXPR_BOUND, out->node, err)) != LC_OK)
        return rc;
    e = expr_analyze(c->a, NULL, out->node);
    if (e->kind == X_UNKNOWN || !e->type || !k->type)
        return LC_OK;
    if (err && e->type != UNKNOWNOID && cat_find_coercion(c->cat, e->type, k->type, 'a', NULL) == CAT_COERCE_NONE)
        return cat_error(err, "42804", "specified value cannot be cast to type %s for column \"%s\"",
                         cat_format_type(c->cat, k->type, -1), k->name ? k->name : "");
    e = expr_coerce(c->a, e, k->type, k->typmod, 'a');
    e = e ? expr_plan(c->a, e) : NULL;
    out->expr = e && e->kind == X_CONST && (e->isnull || e->value) ? e : NULL;
    return LC_OK;
}

// -1, 0, 1, or PROVE_UNKNOWN.
static int compare_values(const struct checker *c, const struct value *x, const struct value *y)
{
    int r;

    if (x->infinite || y->infinite)
        return (x->infinite > y->infinite) - (x->infinite < y->infinite);
    if (node_equal(x->node, y->node))
        return 0;
    if (!x->expr || !y->expr || x->expr->isnull || y->expr->isnull)
        return PROVE_UNKNOWN;
    r = prove_compare(c->cat, x->expr, y->expr);
    return r == PROVE_DIFFERENT ? PROVE_UNKNOWN : r;
}

// partition_rbound_cmp without its tie-breaks.
static int compare_ends(const struct checker *c, const struct value *x, const struct value *y)
{
    for (int i = 0; i < c->nkeys; i++) {
        int r = compare_values(c, &x[i], &y[i]);
        if (r || x[i].infinite)
            return r;
    }
    return 0;
}

// --- list and hash ---------------------------------------------------------------------------------------------------------------------

static bool same_value(const struct checker *c, const struct value *x, const struct value *y)
{
    if (x->expr && y->expr && (x->expr->isnull || y->expr->isnull))
        return x->expr->isnull && y->expr->isnull;
    return compare_values(c, x, y) == 0;
}

static enum lc_code check_list(struct checker *c, const PartitionBoundSpec *bound)
{
    struct value v;
    enum lc_code rc = LC_OK;

    for (LIST_EACH(i, &bound->listdatums)) {
        v = (struct value){0};
        if ((rc = read_value(c, &c->keys[0], bound->listdatums.items[i], &v, c->err)) != LC_OK)
            break;
    }
    return rc;
}

static bool lists_overlap(struct checker *c, const PartitionBoundSpec *a, const PartitionBoundSpec *b)
{
    for (LIST_EACH(i, &a->listdatums))
        for (LIST_EACH(k, &b->listdatums)) {
            struct value x = {0}, y = {0};
            if (read_value(c, &c->keys[0], a->listdatums.items[i], &x, NULL) == LC_OK &&
                read_value(c, &c->keys[0], b->listdatums.items[k], &y, NULL) == LC_OK && same_value(c, &x, &y))
                return true;
        }
    return false;
}

static enum lc_code check_hash(const struct checker *c, const PartitionBoundSpec *bound)
{
    if (bound->modulus <= 0)
        return cat_error(c->err, "42P16", "modulus for hash partition must be an integer value greater than zero");
    if (bound->remainder < 0)
        return cat_error(c->err, "42P16", "remainder for hash partition must be an integer value greater than or equal to zero");
    if (bound->remainder >= bound->modulus)
        return cat_error(c->err, "42P16", "remainder for hash partition must be less than modulus");
    for (int i = 0; i < c->parent->children.len; i++) {
        const struct cat_relation *other = cat_relation(c->cat, c->parent->children.items[i]);
        const PartitionBoundSpec *theirs = other ? AS(PartitionBoundSpec, other->partbound) : NULL;
        if (theirs && theirs->modulus > 0 && bound->modulus % theirs->modulus && theirs->modulus % bound->modulus)
            return cat_error(c->err, "42P16", "every hash partition modulus must be a factor of the next larger modulus");
    }
    return LC_OK;
}

static bool hashes_overlap(const PartitionBoundSpec *a, const PartitionBoundSpec *b)
{
    int64_t small = a->modulus < b->modulus ? a->modulus : b->modulus;

    return small > 0 && a->remainder % small == b->remainder % small;
}

// --- range -----------------------------------------------------------------------------------------------------------------------------

static enum lc_code read_end(struct checker *c, const NodeList *list, struct value *out, struct lc_error *err)
{
    int before = 0;

    for (int i = 0; i < c->nkeys; i++) {
        const Node *node = i < list->length ? list->items[i] : NULL;
        enum lc_code rc;
        out[i] = (struct value){.infinite = node ? infinity(node) : before, .node = node};
        if (err && before && out[i].infinite != before) // validateInfiniteBounds
            return cat_error(err, "42804", "every bound following %s must also be %s", before < 0 ? "MINVALUE" : "MAXVALUE",
                             before < 0 ? "MINVALUE" : "MAXVALUE");
        before = out[i].infinite;
        if (before)
            continue;
        if ((rc = read_value(c, &c->keys[i], node, &out[i], err)) != LC_OK)
            return rc;
        if (err && out[i].expr && out[i].expr->isnull)
            return cat_error(err, "22004", "cannot specify NULL in range bound");
    }
    return LC_OK;
}

static enum lc_code check_range(struct checker *c, const struct cat_relation *partition, const PartitionBoundSpec *bound)
{
    struct value lower[MAX_KEYS], upper[MAX_KEYS];
    enum lc_code rc;

    if (bound->lowerdatums.length != c->nkeys)
        return cat_error(c->err, "42P16", "FROM must specify exactly one value per partitioning column");
    if (bound->upperdatums.length != c->nkeys)
        return cat_error(c->err, "42P16", "TO must specify exactly one value per partitioning column");
    if ((rc = read_end(c, &bound->lowerdatums, lower, c->err)) != LC_OK ||
        (rc = read_end(c, &bound->upperdatums, upper, c->err)) != LC_OK)
        return rc;
    int r = compare_ends(c, lower, upper);
    if (r == 0 || r == 1)
        return cat_error(c->err, "42P17", "empty range bound specified for partition \"%s\"", partition->o.name);
    return LC_OK;
}

static bool ranges_overlap(struct checker *c, const PartitionBoundSpec *a, const PartitionBoundSpec *b)
{
    struct value low1[MAX_KEYS], up1[MAX_KEYS], low2[MAX_KEYS], up2[MAX_KEYS];

    if (read_end(c, &a->lowerdatums, low1, NULL) != LC_OK || read_end(c, &a->upperdatums, up1, NULL) != LC_OK ||
        read_end(c, &b->lowerdatums, low2, NULL) != LC_OK || read_end(c, &b->upperdatums, up2, NULL) != LC_OK)
        return false;
    return compare_ends(c, low1, low2) == 0 || (compare_ends(c, low1, up2) == -1 && compare_ends(c, low2, up1) == -1);
}

// --- all -------------------------------------------------------------------------------------------------------------------------------

static const struct cat_relation *overlaps(struct checker *c, const struct cat_relation *partition,
                                           const PartitionBoundSpec *bound)
{
    for (int i = 0; i < c->parent->children.len; i++) {
        const struct cat_relation *other = cat_relation(c->cat, c->parent->children.items[i]);
        const PartitionBoundSpec *theirs = other ? AS(PartitionBoundSpec, other->partbound) : NULL;
        char strategy = c->parent->partkey.strategy;
        if (!theirs || theirs->is_default || other->o.oid == partition->o.oid)
            continue;
        if (strategy == 'l'   ? lists_overlap(c, bound, theirs)
            : strategy == 'h' ? hashes_overlap(bound, theirs)
                              : ranges_overlap(c, bound, theirs))
            return other;
    }
    return NULL;
}

static enum lc_code check_default(const struct checker *c, const struct cat_relation *partition)
{
    Oid other = cat_default_partition(c->cat, c->parent);

    if (c->parent->partkey.strategy == 'h')
        return cat_error(c->err, "42P16", "a hash-partitioned table may not have a default partition");
    if (other && other != partition->o.oid)
        return cat_error(c->err, "42P17", "partition \"%s\" conflicts with existing default partition \"%s\"", partition->o.name,
                         cat_relation(c->cat, other)->o.name);
    return LC_OK;
}

static enum lc_code check_bound(const struct catalog *cat, const struct cat_relation *parent,
                                const struct cat_relation *partition, const PartitionBoundSpec *bound, bool transform,
                                struct lc_error *err)
{
    struct analysis a;
    struct checker c = {.cat = cat, .a = &a, .parent = parent, .err = err};
    char strategy = parent->partkey.strategy;
    enum lc_code rc;

    analysis_init(&a, cat);
    if (bound->is_default && transform)
        return strategy == 'h' ? check_default(&c, partition) : LC_OK;
    if (bound->is_default)
        return check_default(&c, partition);
    if (bound->strategy && bound->strategy[0] != strategy)
        return cat_error(err, "42P16", "invalid bound specification for a %s partition",
                         strategy == 'h'   ? "hash"
                         : strategy == 'l' ? "list"
                                           : "range");
    read_keys(&c);
    rc = strategy == 'l' ? check_list(&c, bound) : strategy == 'h' ? check_hash(&c, bound) : check_range(&c, partition, bound);
    if (rc != LC_OK || transform)
        return rc;
    const struct cat_relation *other = overlaps(&c, partition, bound);
    return other ? cat_error(err, "42P17", "partition \"%s\" would overlap partition \"%s\"", partition->o.name, other->o.name)
                 : LC_OK;
}

enum lc_code cat_transform_bound(const struct catalog *cat, const struct cat_relation *parent,
                                 const struct cat_relation *partition, const PartitionBoundSpec *bound, struct lc_error *err)
{
    return check_bound(cat, parent, partition, bound, true, err);
}

enum lc_code cat_check_bound(const struct catalog *cat, const struct cat_relation *parent, const struct cat_relation *partition,
                             const PartitionBoundSpec *bound, struct lc_error *err)
{
    return check_bound(cat, parent, partition, bound, false, err);
}

// --- order -------------------------------------------------------------------------------------------------------------------------------

struct place { // of a partition; low: where its values begin, NULL: none but NULL
    int child;
    const PartitionBoundSpec *bound;
    struct value *low;
};

struct order { // known: every pair that was asked for could be compared
    struct checker *c;
    struct place *places;
    bool known;
};

struct cat_partition_order { // of a parent whose children and bounds are these
    int n;
    const Node **bounds;
    int *order;
};

static void set_low(struct order *o, struct place *p)
{
    struct checker *c = o->c;

    p->low = LC_NEW_ARRAY(cat_arena(c->cat), struct value, c->nkeys + 1);
    if (c->parent->partkey.strategy == 'r') {
        o->known &= read_end(c, &p->bound->lowerdatums, p->low, NULL) == LC_OK;
        return;
    }
    bool found = false;
    for (LIST_EACH(i, &p->bound->listdatums)) {
        struct value v = {0};
        o->known &= read_value(c, &c->keys[0], p->bound->listdatums.items[i], &v, NULL) == LC_OK;
        if (v.expr && v.expr->isnull)
            continue;
        int r = found ? compare_values(c, &v, p->low) : -1;
        o->known &= r != PROVE_UNKNOWN;
        if (r == -1)
            *p->low = v;
        found = true;
    }
    if (!found)
        p->low = NULL;
}

// qsort_partition_hbound_cmp, qsort_partition_list_value_cmp, qsort_partition_rbound_cmp
static bool comes_after(struct order *o, const struct place *a, const struct place *b)
{
    bool last_a = !a->bound || a->bound->is_default, last_b = !b->bound || b->bound->is_default;
    char strategy = o->c->parent->partkey.strategy;

    if (last_a || last_b)
        return last_a && !last_b;
    if (strategy == 'h')
        return a->bound->modulus != b->bound->modulus ? a->bound->modulus > b->bound->modulus
                                                      : a->bound->remainder > b->bound->remainder;
    if (!a->low || !b->low)
        return !a->low && b->low;
    int r = strategy == 'r' ? compare_ends(o->c, a->low, b->low) : compare_values(o->c, a->low, b->low);
    o->known &= r != PROVE_UNKNOWN;
    return r == 1;
}

// Usually they are in order already: each is moved in front of those that come after it.
static void put_in_order(struct order *o, int n, int *order)
{
    for (int i = 0; i < n && o->known; i++) {
        struct place p = o->places[i];
        int k = i;
        for (; k > 0 && comes_after(o, &o->places[k - 1], &p); k--)
            o->places[k] = o->places[k - 1];
        o->places[k] = p;
    }
    for (int i = 0; i < n; i++)
        order[i] = o->known ? o->places[i].child : i;
}

static void find_order(struct checker *c, struct cat_partition_order *memo)
{
    struct order o = {c, LC_NEW_ARRAY(cat_arena(c->cat), struct place, memo->n + 1), memo->n <= MAX_COMPARED};

    for (int i = 0; i < memo->n; i++) {
        o.places[i] = (struct place){i, AS(PartitionBoundSpec, memo->bounds[i]), NULL};
        if (o.known && o.places[i].bound && !o.places[i].bound->is_default && c->parent->partkey.strategy != 'h')
            set_low(&o, &o.places[i]);
    }
    put_in_order(&o, memo->n, memo->order);
}

static const Node *bound_at(const struct catalog *cat, const struct cat_relation *parent, int i)
{
    const struct cat_relation *child = cat_relation(cat, parent->children.items[i]);

    return child ? child->partbound : NULL;
}

const int *cat_partition_order(const struct catalog *cat, const struct cat_relation *parent)
{
    struct cat_partition_order *memo = lc_intmap_get(&cat->partition_orders, parent->o.oid);
    struct analysis a;
    struct checker c = {.cat = cat, .a = &a, .parent = parent};
    bool same = memo && memo->n == parent->children.len;

    if (parent->relkind != 'p')
        return NULL;
    for (int i = 0; same && i < memo->n; i++)
        same = memo->bounds[i] == bound_at(cat, parent, i);
    if (same)
        return memo->order;
    memo = LC_NEW(cat->arena, struct cat_partition_order);
    memo->n = parent->children.len;
    memo->bounds = LC_NEW_ARRAY(cat->arena, const Node *, memo->n + 1);
    memo->order = LC_NEW_ARRAY(cat->arena, int, memo->n + 1);
    for (int i = 0; i < memo->n; i++)
        memo->bounds[i] = bound_at(cat, parent, i);
    analysis_init(&a, cat);
    read_keys(&c);
    find_order(&c, memo);
    (void)lc_intmap_put(&cat->self->partition_orders, parent->o.oid, memo);
    return memo->order;
}
