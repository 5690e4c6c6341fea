// Which partitions survive planning: a query's conditions against a table's partitions, as partprune.c prune_append_rel_partitions judges
// them; and what is not run at all.
#include "footprint/fp_prune.h"

#include <limits.h>
#include <string.h>

#include "base/str.h"

// A condition without columns is one on the join, not on a table of it: partitions have been expanded when it is looked at
// (distribute_qual_to_rels, initsplan.c; add_other_rels_to_query).
static bool is_alone(const struct prune *p, const struct fq_level *level)
{
    const struct fq_level *l = p->r->level;

    while (l && l != level && l->sources.len == 1)
        l = l->parent;
    return !l || l->sources.len == 1;
}

// Comparisons at the top level also work together on a key of several columns.
static void prune_top(struct prune *p, struct fq_level *level, const struct fq_qual *qual, struct fq_key *keys,
                      struct fq_set *set)
{
    const A_Expr *e = AS(A_Expr, qual->expr);
    enum fq_cmp op = e && e->kind == AEXPR_OP && e->lexpr ? prune_operator(list_last_name(&e->name)) : FQ_CMP_NONE;
    struct fq_var vars[MAX_VARS];
    struct cond c;

    if (qual->equals || (qual->lo > 0 || qual->hi < INT_MAX)) {
        const Node *side = e ? (IsA(prune_behind(p, level, e->lexpr), ColumnRef) ? e->lexpr : e->rexpr) : NULL;
        if (qual->equals || !side || prune_columns(p, level, side, vars, MAX_VARS) <= 0 || !prune_in_range(qual, level, &vars[0]))
            return;
    }
    if (prune_is_false(qual->expr)) {
        if (is_alone(p, level))
            *set = fq_set_none(p->b);
        return;
    }
    if (prune_row(p, level, qual->expr, keys, set))
        return;
    if (p->b->strategy == 'h' && IsA(qual->expr, NullTest)) { // NULLs hash together with the other keys
        bool column;
        int key = prune_key(p, level, AS(NullTest, qual->expr)->arg, false, &column);
        if (key >= 0 && AS(NullTest, qual->expr)->nulltesttype == IS_NULL)
            keys[key].null = true;
        return;
    }
    p->top = true;
    if ((op != FQ_CMP_NONE && prune_compare(p, level, e->lexpr, e->rexpr, op, &c)) ||
        prune_bool_condition(p, level, qual->expr, &c)) {
        // a = 1 AND a = 2 is FALSE, which only a query of one table sees in time (process_implied_equality, initsplan.c)
        if (c.op == FQ_EQ && keys[c.key].eq && fq_compare(keys[c.key].value, c.value) != 0 && p->q->rels.len == 1)
            *set = fq_set_none(p->b);
        *set = fq_set_and(*set, fq_key_add(p->b, keys, c.key, c.op, c.value));
    } else if (op == FQ_CMP_NONE) {
        p->top = prune_is_single_in(e);
        *set = fq_set_and(*set, prune_condition(p, level, qual->expr, false));
    }
    p->top = false;
}

static bool is_strict_on(struct prune *p, struct fq_level *level, const struct fq_qual *qual, int lo, int hi)
{
    const A_Expr *e = AS(A_Expr, qual->expr);
    struct fq_var v;

    if (!e || e->kind != AEXPR_OP || qual->lo > 0 || qual->hi < INT_MAX)
        return false;
    for (int side = 0; side < 2; side++)
        if (prune_columns(p, level, side ? e->rexpr : e->lexpr, &v, 1) == 1 && v.level == level && v.source >= lo &&
            v.source < hi)
            return true;
    return false;
}

// A condition that no NULL passes makes an inner join of an outer one (reduce_outer_joins, prepjointree.c).
static void reduce_outer_joins(struct prune *p, struct fq_level *level)
{
    for (int i = 0; i < level->quals.len; i++) {
        struct fq_qual *outer = &level->quals.items[i];
        bool strict = false;
        for (int k = 0; k < level->quals.len && !strict && outer->hi > 0 && outer->hi < INT_MAX; k++)
            strict = is_strict_on(p, level, &level->quals.items[k], outer->lo, outer->hi);
        if (strict) {
            outer->lo = 0;
            outer->hi = INT_MAX;
        }
    }
}

static bool start(struct prune *p, const struct cat_relation *rel)
{
    for (int k = 0; k < p->b->natts; k++) {
        const struct cat_attribute *own = rel->partkey.keys[k] > 0 ? &rel->attrs[rel->partkey.keys[k] - 1] : NULL;
        const struct cat_attribute *top = own ? cat_find_column(p->r->rel, own->name) : NULL;
        p->same[k] = LC_NEW_ARRAY(p->q->arena, struct fq_var, MAX_VARS);
        // an expression is no column: key_expression
        p->same[k][0] = (struct fq_var){(struct fq_rel *)(uintptr_t)p->r, top ? top->attnum : -1, NULL, 0};
        p->nsame[k] = 1;
    }
    return p->b->natts > 0 && p->b->natts <= MAX_KEYS;
}

// What the table's own place below `up` says of a key that both have: the partition constraint is one more condition (gen_partprune_steps).
static void add_own_bounds(struct prune *p, const struct cat_relation *rel, const struct above *up,
                           const struct cat_relation *parent, struct fq_key *keys, struct fq_set *set)
{
    const struct fq_bounds *b = up->p->b;
    int own = -1;

    for (int k = 0; k < p->b->natts; k++) {
        const char *name = rel->partkey.keys[k] > 0 ? rel->attrs[rel->partkey.keys[k] - 1].name : NULL;
        const struct cat_attribute *att = name ? cat_find_column(parent, name) : NULL;
        if (att && b->natts && parent->partkey.keys[0] == att->attnum)
            own = k;
    }
    if (own < 0 || b->default_child == up->child)
        return;
    struct fq_set any = fq_set_none(p->b);
    for (int i = 0; i < b->n; i++) {
        if (b->elements[i].child != up->child)
            continue;
        if (b->strategy == 'l')
            any = fq_set_or(any, b->elements[i].value.kind == FQV_NULL ? fq_set_null(p->b, own, true)
                                                                       : fq_set_compare(p->b, own, FQ_EQ, b->elements[i].value));
        if (b->strategy == 'r' && i > 0 && b->bounds[i - 1].kind[0] == 0 && (i < 2 || b->elements[i - 1].child != up->child))
            *set = fq_set_and(*set, fq_key_add(p->b, keys, own, FQ_GE, b->bounds[i - 1].value[0]));
        if (b->strategy == 'r' && i < b->nbounds && b->bounds[i].kind[0] == 0 &&
            (i + 1 >= b->n || b->elements[i + 1].child != up->child))
            *set = fq_set_and(*set, fq_key_add(p->b, keys, own, b->natts > 1 ? FQ_LE : FQ_LT, b->bounds[i].value[0]));
    }
    if (b->strategy == 'l')
        *set = fq_set_and(*set, any);
}

static int place_among(const struct cat_relation *parent, Oid child)
{
    for (int i = 0; i < parent->children.len; i++)
        if (parent->children.items[i] == child)
            return i;
    return -1;
}

static void look_above(struct prune *p, const struct cat_relation *rel, struct fq_key *keys, struct fq_set *set)
{
    const struct cat_relation *child = rel;

    while (p->b->default_child >= 0 && child->relispartition && p->nabove < MAX_ABOVE) {
        const struct cat_relation *parent = cat_relation(p->q->s->cat, cat_partition_parent(child));
        struct fq_bounds *b = parent ? fq_bounds(p->q->s, parent) : NULL;
        struct prune *up = LC_NEW(p->q->arena, struct prune);
        struct above *a = &p->above[p->nabove];

        if (!b || b->opaque || b->natts > MAX_KEYS)
            return;
        *up = (struct prune){.q = p->q, .r = p->r, .b = b};
        *a = (struct above){up, place_among(parent, child->o.oid)};
        if (a->child < 0 || !start(up, parent))
            return;
        prune_learn_equalities(up);
        p->nabove++;
        add_own_bounds(p, rel, a, parent, keys, set);
        child = parent;
    }
}

// The conditions together, against the constraint of the table.
static bool all_refuted(struct prune *p)
{
    for (int i = 0; i < p->nabove; i++) {
        struct above *up = &p->above[i];
        struct fq_key keys[MAX_KEYS] = {{0}};
        struct fq_set set = fq_set_all(up->p->b);
        char *keep = LC_NEW_ARRAY(p->q->arena, char, up->p->b->nchildren + 1);

        for (int n = 0; n < p->q->levels.len; n++) {
            struct fq_level *level = p->q->levels.items[n];
            for (int k = 0; k < level->quals.len && prune_applies(level, p->r->level); k++)
                prune_top(up->p, level, &level->quals.items[k], keys, &set);
        }
        fq_set_children(up->p->b, fq_set_and(set, fq_set_keys(up->p->b, keys)), keep);
        if (!keep[up->child])
            return true;
    }
    return false;
}

static bool has_conditions(const struct fq_query *q)
{
    for (int i = 0; i < q->levels.len; i++)
        if (q->levels.items[i]->quals.len)
            return true;
    return false;
}

// Texts of the traffic have parameters where a partition would be chosen: their bounds are not worth reading when there are many.
#define MAX_TRAFFIC_PARTITIONS 100

void fq_prune(struct fq_query *q, const struct fq_rel *r, const struct cat_relation *rel, char *keep)
{
    bool conditions = has_conditions(q);
    bool many = q->s->traffic && rel->children.len > MAX_TRAFFIC_PARTITIONS;
    struct fq_bounds *b = conditions && !many ? fq_bounds(q->s, rel) : NULL;
    struct prune p = {.q = q, .r = r, .b = b};
    struct fq_key keys[MAX_KEYS] = {{0}};
    struct fq_set set;

    memset(keep, conditions && many ? 2 : 1, (size_t)rel->children.len);
    if (!b || b->natts > MAX_KEYS || !start(&p, rel) || lc_streq(cat_setting(q->s->cat, "enable_partition_pruning"), "off"))
        return;
    for (int i = 0; i < q->levels.len; i++)
        reduce_outer_joins(&p, q->levels.items[i]);
    prune_learn_equalities(&p);
    set = fq_set_all(b);
    if (conditions)
        look_above(&p, rel, keys, &set);
    for (int i = 0; i < q->levels.len; i++) {
        struct fq_level *level = q->levels.items[i];
        for (int k = 0; k < level->quals.len && prune_applies(level, r->level); k++)
            prune_top(&p, level, &level->quals.items[k], keys, &set);
    }
    if (all_refuted(&p))
        set = fq_set_none(b);
    set = b->opaque ? fq_set_all(b) : fq_set_and(set, fq_set_keys(b, keys));
    p.vague |= b->opaque;
    fq_set_children(b, set, keep);
    for (int i = 0; p.vague && i < rel->children.len; i++)
        keep[i] = keep[i] ? 2 : 0;
}

// --- what is not run at all -------------------------------------------------------------------------------------------------------

static bool keeps_leaf(struct fq_query *q, const struct fq_rel *r, const struct cat_relation *rel, int depth)
{
    char *keep = LC_NEW_ARRAY(q->arena, char, rel->children.len + 1);

    fq_prune(q, r, rel, keep);
    for (int i = 0; i < rel->children.len; i++) {
        const struct cat_relation *child = cat_relation(q->s->cat, rel->children.items[i]);

        if (child && keep[i] && (child->relkind != 'p' || depth > MAX_KEYS || keeps_leaf(q, r, child, depth + 1)))
            return true;
    }
    return false;
}

// May the join be without rows for certain: a condition that is false, a partitioned table without a partition (mark_dummy_rel)?
static bool may_be_dummy(struct fq_query *q, const struct fq_level *join)
{
    for (int i = 0; i < q->levels.len; i++)
        for (int k = 0; prune_component(q->levels.items[i]) == join && k < q->levels.items[i]->quals.len; k++)
            if (prune_is_false(q->levels.items[i]->quals.items[k].expr))
                return true;
    for (int i = 0; i < q->rels.len; i++) {
        const struct fq_rel *r = q->rels.items[i];

        if (r->planned && r->inh && r->rel->relkind == 'p' && prune_component(r->level) == join && !keeps_leaf(q, r, r->rel, 0))
            return true;
    }
    return false;
}

// SS_process_ctes leaves out what nobody refers to.
static bool is_unused_cte(const struct fq_level *level)
{
    for (const struct fq_level *up = level->outer; up; level = up, up = up->outer)
        for (int i = 0; i < up->ctes.len; i++)
            if (up->ctes.items[i].level == level && up->ctes.items[i].refs == 0)
                return true;
    return false;
}

bool fq_may_be_left_out(struct fq_query *q, const struct fq_rel *r)
{
    if (!r->level)
        return false;
    for (struct fq_level *l = prune_component(r->level); l; l = prune_component(l->parent))
        if (may_be_dummy(q, l))
            return true;
    return is_unused_cte(r->level);
}
