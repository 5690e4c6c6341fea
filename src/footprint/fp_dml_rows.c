// What writing rows takes besides the table: partitions that rows are routed to, their indexes, sequences of defaults, triggers and foreign
// keys (nodeModifyTable.c, execPartition.c).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"

bool fq_sets_column(const struct fq_write *w, const struct cat_relation *rel, int attnum)
{
    const char *name = attnum > 0 && attnum <= rel->natts ? rel->attrs[attnum - 1].name : NULL;

    if (w->op != FQ_UPDATE || w->all_columns)
        return true;
    for (int i = 0; name && w->set && i < w->set->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, w->set, i);
        if (t && lc_streq(t->name, name))
            return true;
    }
    return false;
}

// The place of a column in the rows of an INSERT; -1: it gets its default.
static int column_place(const struct fq_write *w, const struct cat_relation *rel, const char *name)
{
    int n = 0;

    for (int i = 0; w->cols && i < w->cols->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, w->cols, i);
        if (t && lc_streq(t->name, name))
            return i;
    }
    for (int i = 0; !w->cols && !w->default_values && i < rel->natts; i++) {
        if (rel->attrs[i].isdropped)
            continue;
        if (lc_streq(rel->attrs[i].name, name))
            return n;
        n++;
    }
    return -1;
}

const Node *fq_row_value(const struct fq_write *w, const struct cat_relation *rel, const char *name, int row, bool *isdefault)
{
    int place = column_place(w, rel, name);
    const List *list = w->values && row < w->values->length ? LIST_GET(List, w->values, row) : NULL;
    const ResTarget *t = w->query && place >= 0 && place < w->query->length ? LIST_GET(ResTarget, w->query, place) : NULL;
    const Node *value = list && place >= 0 && place < list->items.length ? list->items.items[place] : t ? t->val : NULL;

    *isdefault = place < 0 || (list && place >= list->items.length) || (!list && w->given && place >= w->given) ||
                 IsA(value, SetToDefault);
    return *isdefault ? NULL : value;
}

// --- sequences of defaults --------------------------------------------------------------------------------------------------------

// getIdentitySequence: since 17 a partition's identity is the table's above it.
static const struct cat_relation *identity_root(const struct fp_session *s, const struct cat_relation *rel)
{
    for (int i = 0; i < MAX_PARTITION_DEPTH && rel->relispartition && cat_partition_parent(rel); i++)
        rel = cat_relation(s->cat, cat_partition_parent(rel));
    return rel;
}

const struct cat_relation *fq_owned_sequence(const struct fp_session *s, const struct cat_relation *rel,
                                             const struct cat_attribute *att)
{
    const char *name;
    const struct cat_relation *seq, *identity = NULL;
    struct cat_oids owned = {0};

    if (att->identity && rel->relispartition && cat_major(s->cat) >= 17) {
        rel = identity_root(s, rel);
        att = cat_find_column(rel, att->name);
        if (!att)
            return NULL;
    }
    name = lc_printf(s->arena, "%s_%s_seq", rel->o.name, att->name);
    seq = cat_find_relation(s->cat, cat_schema_name(s->cat, rel->o.schema), name);
    if (seq && seq->relkind == 'S' && seq->seq_owner_rel == rel->o.oid && seq->seq_owner_att == att->attnum && !att->identity)
        return seq;
    cat_owned(s->cat, rel->o.oid, att->attnum, &owned);
    for (int i = 0; i < owned.len; i++) {
        seq = cat_relation(s->cat, owned.items[i]);
        if (seq && seq->seq_deptype == 'i')
            identity = seq;
    }
    return att->identity && identity ? identity : owned.len ? cat_relation(s->cat, owned.items[owned.len - 1]) : NULL;
}

bool fq_set_to_default(const struct fq_write *w, const char *name)
{
    for (int i = 0; w->set && i < w->set->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, w->set, i);
        if (t && lc_streq(t->name, name))
            return IsA(t->val, SetToDefault);
    }
    return false;
}

static bool gets_default(const struct fq_write *w, const struct cat_relation *rel, const struct cat_attribute *att)
{
    bool isdefault;

    if (w->op == FQ_UPDATE)
        return fq_set_to_default(w, att->name);
    if (att->identity && w->override == OVERRIDING_USER_VALUE) // rewriteTargetListIU
        return true;
    if (!w->values) {
        (void)fq_row_value(w, rel, att->name, 0, &isdefault);
        return isdefault;
    }
    for (int row = 0; row < w->values->length; row++) {
        (void)fq_row_value(w, rel, att->name, row, &isdefault);
        if (isdefault)
            return true;
    }
    return false;
}

// build_column_default: a column without a default has that of its domain.
static const Node *domain_default(const struct fp_session *s, const struct cat_attribute *att)
{
    const struct cat_type *t = cat_type(s->cat, att->type);

    for (int i = 0; i < 32 && t && t->typtype == 'd'; i++) {
        if (t->def)
            return t->def;
        t = cat_type(s->cat, t->basetype);
    }
    return NULL;
}

static void lock_sequence(const struct cat_depend *d, void *context)
{
    struct fp_session *s = context;
    const struct cat_relation *rel = d->ref.class == CAT_RELATION ? cat_relation(s->cat, d->ref.oid) : NULL;

    if (rel && rel->relkind == 'S')
        fp_lock_sequence(s, rel, &fq_rules[FQ_SEQUENCE]);
}

static bool calls_nextval(const Node *def)
{
    const FuncCall *call = AS(FuncCall, def);

    return call && lc_streq(list_last_name(&call->funcname), "nextval");
}

static void run_defaults(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    struct fq_query q;

    fq_init(&q, s, FQ_EXECUTE);
    for (int i = 0; i < rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i];
        const Node *def = att->def ? att->def : domain_default(s, att);
        if (att->isdropped || (!def && !att->identity) || att->generated || !gets_default(w, rel, att))
            continue;
        if (att->identity)
            fp_lock_sequence(s, fq_owned_sequence(s, rel, att), &fq_rules[FQ_SEQUENCE]);
        else
            fq_expr(&q, fq_new_level(&q, NULL), def);
        if (calls_nextval(att->def)) // by what it depends on: the sequence may have moved to another schema since
            cat_each_dependency(s->cat, (struct cat_address){CAT_ATTRDEF, rel->o.oid, att->attnum}, lock_sequence, s);
    }
    fq_plan_calls(&q);
    fq_execute_calls(&q, NULL);
}

// --- routing ------------------------------------------------------------------------------------------------------------------------

// w: whose rows they are; NULL: rows from elsewhere among them
static void lock_all_leaves(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w, int depth)
{
    bool was = s->uncertain;

    s->uncertain = true;
    for (int i = 0; i < rel->children.len && depth < MAX_PARTITION_DEPTH; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[i]);
        if (!child || child->detach_pending)
            continue;
        fp_lock_mode(s, child, LC_ROW_EXCLUSIVE, &fq_rules[FQ_ROUTE]);
        fq_fill(s, child, w);
        if (child->relkind == 'p')
            fp_lock_mode(s, child, LC_ACCESS_SHARE, &fq_rules[FQ_PARENT_QUAL]);
        fq_lock_indexes(s, child, LC_ROW_EXCLUSIVE, true);
        lock_all_leaves(s, child, w, depth + 1);
    }
    s->uncertain = was;
}

void fq_maybe_parents(struct fp_session *s, const struct cat_relation *rel)
{
    const struct cat_relation *parent = rel;
    bool was = s->uncertain;

    s->uncertain = true;
    for (int i = 0; i < MAX_PARTITION_DEPTH && parent && parent->relispartition; i++) {
        parent = cat_relation(s->cat, cat_partition_parent(parent));
        fp_lock_mode(s, parent, LC_ACCESS_SHARE, &fq_rules[FQ_PARENT_QUAL]);
    }
    // until 13 InitResultRelInfo reads the bound, since 14 ExecPartitionCheck when there is a row
    fp_cache_bounds(s, cat_relation(s->cat, rel->o.oid), !was && cat_major(s->cat) < 14);
    if (rel->relkind == 'p')
        fp_lock_mode(s, rel, LC_ACCESS_SHARE, &fq_rules[FQ_PARENT_QUAL]);
    s->uncertain = was;
}

struct substitution {
    const struct fq_write *w;
    const struct cat_relation *rel;
    int row;
    bool known;
};

// Columns and defaults are those of the table that the statement names: a partition may have another order.
static const Node *row_value(const struct cat_attribute *key, const struct fq_write *w, int row)
{
    bool isdefault;
    const struct cat_attribute *a = cat_find_column(w->rel, key->name);
    const Node *value = fq_row_value(w, w->rel, key->name, row, &isdefault);

    a = a ? a : key;
    return !isdefault ? value : a->def && !a->identity && !a->generated ? a->def : NULL;
}

// The children of a node that are columns become the row's values.
static bool put_values(const Node *node, void *context)
{
    struct substitution *sub = context;
    FuncCall *call = IsA(node, FuncCall) ? (FuncCall *)(uintptr_t)node : NULL;
    A_Expr *e = IsA(node, A_Expr) ? (A_Expr *)(uintptr_t)node : NULL;
    Node **slots[2] = {e ? &e->lexpr : NULL, e ? &e->rexpr : NULL};
    int n = call ? call->args.length : 2;

    for (int i = 0; (call || e) && i < n; i++) {
        Node **slot = call ? &call->args.items[i] : slots[i];
        const ColumnRef *ref = AS(ColumnRef, *slot);
        const struct cat_attribute *a = ref ? cat_find_column(sub->rel, list_last_name(&ref->fields)) : NULL;
        const Node *value = a ? row_value(a, sub->w, sub->row) : NULL;
        if (ref && !value)
            sub->known = false;
        if (value)
            *slot = (Node *)(uintptr_t)value;
    }
    return call || e;
}

// An expression of the partition key for one row; NULL: not known.
static const Node *key_value(struct fp_session *s, const struct cat_relation *rel, const Node *expr, const struct fq_write *w,
                             int row)
{
    struct substitution sub = {w, rel, row, true};
    Node *copy = expr ? node_copy(s->arena, expr) : NULL;

    if (!IsA(copy, FuncCall) && !IsA(copy, A_Expr))
        return NULL;
    node_walk(copy, put_values, &sub);
    return sub.known ? copy : NULL;
}

static void route_row(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w, int row, int depth)
{
    const Node **values = LC_NEW_ARRAY(s->arena, const Node *, rel->partkey.natts + 1);
    const struct cat_relation *leaf;

    for (int k = 0; k < rel->partkey.natts; k++) {
        int att = rel->partkey.keys[k];
        const struct cat_attribute *a = cat_attribute_at(rel, att);
        values[k] = a ? row_value(a, w, row) : key_value(s, rel, rel->partkey.exprs[k], w, row);
    }
    leaf = fq_route(s, rel, values);
    if (!leaf || depth > MAX_PARTITION_DEPTH) {
        lock_all_leaves(s, rel, w, depth);
        return;
    }
    fp_lock_mode(s, leaf, LC_ROW_EXCLUSIVE, &fq_rules[FQ_ROUTE]);
    fq_fill(s, leaf, w);
    fq_maybe_parents(s, leaf);
    if (leaf->relkind == 'p')
        route_row(s, leaf, w, row, depth + 1);
    else
        fq_lock_indexes(s, leaf, LC_ROW_EXCLUSIVE, true);
}

#define MAX_ROUTED_ROWS 1000 // rows of VALUES that are routed one by one

static void route(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    if (!w->values || w->values->length > MAX_ROUTED_ROWS) {
        lock_all_leaves(s, rel, w, 0);
        return;
    }
    for (int row = 0; row < w->values->length; row++)
        route_row(s, rel, w, row, 0);
}

// Does the UPDATE set a partition key, here or further down?
static bool moves_rows(const struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w, int depth)
{
    for (int k = 0; k < rel->partkey.natts; k++)
        if (rel->partkey.keys[k] == 0 || fq_sets_column(w, rel, rel->partkey.keys[k]))
            return true;
    for (int i = 0; i < rel->children.len && depth < MAX_PARTITION_DEPTH; i++) {
        const struct cat_relation *child = cat_relation(s->cat, rel->children.items[i]);
        if (child && child->relkind == 'p' && moves_rows(s, child, w, depth + 1))
            return true;
    }
    return false;
}

// --- all of it ------------------------------------------------------------------------------------------------------------------------

// Cascades and triggers meet again and again: what is uncertain and has been followed once adds nothing.
static bool is_known(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w, bool moved)
{
    uint64_t key = (uint64_t)rel->o.oid << 8 | (uint64_t)moved << 7 | (uint64_t)w->op << 2 | (uint64_t)fq_is_own(s, rel) << 1 |
                   w->all_columns;

    for (int i = 0; w->set && i < w->set->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, w->set, i);
        key ^= t && t->name ? lc_hash(t->name) << 8 : 0;
    }
    return s->uncertain && lc_map_puti(&s->written, key, s) != NULL;
}

static void write_rows(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    bool was = s->uncertain;

    if (is_known(s, rel, w, false))
        return;
    fq_fire(s, rel, (int)w->op, TRIGGER_TYPE_BEFORE, true, w);
    s->uncertain |= !w->rows;
    if (w->op != FQ_DELETE)
        fq_fk_child(s, rel, w);
    if (w->op != FQ_INSERT)
        fq_fk_parent(s, rel, w);
    fq_fire(s, rel, (int)w->op, 0, true, w);
    s->uncertain = was;
    if (w->op != FQ_DELETE)
        fp_own_rows(s, rel);
}

// A row that an UPDATE moves to another partition is deleted there and inserted here (ExecCrossPartitionUpdate).
static void move_rows(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    struct fq_write out = {.rel = rel, .op = FQ_DELETE, .inh = true}, in = {.rel = rel, .op = FQ_INSERT, .inh = true};

    s->uncertain = true;
    if (is_known(s, rel, w, true))
        return;
    lock_all_leaves(s, rel, NULL, 0);
    fq_fire(s, rel, TRIGGER_TYPE_DELETE, TRIGGER_TYPE_BEFORE, true, &out);
    fq_fire(s, rel, TRIGGER_TYPE_INSERT, TRIGGER_TYPE_BEFORE, true, &in);
    fq_fk_child(s, rel, &in);
    if (cat_major(s->cat) < 15) // since 15 a foreign key sees one update, not a delete
        fq_fk_parent(s, rel, &out);
    fq_fire(s, rel, TRIGGER_TYPE_DELETE, 0, true, &out);
    fq_fire(s, rel, TRIGGER_TYPE_INSERT, 0, true, &in);
}

static void write_children(struct fp_session *s, const struct cat_relation *rel, const struct fq_write *w)
{
    struct cat_oids all = {0};

    if (!rel->children.len || (!w->inh && rel->relkind != 'p') || (w->op == FQ_INSERT && rel->relkind != 'p'))
        return;
    s->uncertain = true;
    cat_inheritors(s->cat, rel->o.oid, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *child = cat_relation(s->cat, all.items[i]);
        if (child && child->o.oid != rel->o.oid &&
            (rel->relkind != 'p' || child->triggers.len || child->constraints.len || child->referencing.len))
            write_rows(s, child, w);
    }
}

#define MAX_CASCADE 200 // tables one behind the other

void fq_execute_write(struct fp_session *s, const struct fq_write *w)
{
    const struct cat_relation *rel = w->rel;
    bool was = s->uncertain;

    if (s->cascade >= MAX_CASCADE) {
        fp_note(s, "too-deep", true, "writes lead to others more than %d deep: what lies below is not followed", MAX_CASCADE);
        return;
    }
    s->cascade++;
    fq_fire(s, rel, (int)w->op, TRIGGER_TYPE_BEFORE, false, w);
    s->uncertain |= !w->rows && !w->tried;
    if (w->op == FQ_INSERT || w->set)
        run_defaults(s, rel, w);
    if (w->op != FQ_DELETE)
        fq_fill(s, rel, w);
    if (w->op == FQ_INSERT) {
        if (rel->relkind == 'p')
            route(s, rel, w);
        else
            fq_lock_indexes(s, rel, LC_ROW_EXCLUSIVE, true);
    } else if (w->op == FQ_UPDATE && rel->relkind == 'p' && moves_rows(s, rel, w, 0)) {
        move_rows(s, rel, w);
    }
    write_rows(s, rel, w);
    write_children(s, rel, w);
    s->uncertain = was;
    fq_maybe_parents(s, rel);
    fq_fire(s, rel, (int)w->op, 0, false, w);
    s->cascade--;
}
