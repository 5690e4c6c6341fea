// What every catalogue of a server holds to: links lead to the right kind of object and never in circles. A file may say anything, and the
// rooms that follow links do not look out for circles; so links that cannot be are cut here, and counted.
#include <string.h>

#include "snapshot/build.h"

static void cut(struct build *b, const char **cell)
{
    *cell = "0";
    b->damaged++;
}

// A relation that is not there is no contradiction: temporary tables of other sessions are left out of a snapshot.
static void cut_link(struct build *b, const char **cell, Oid oid)
{
    b->damaged += build_find(b, &b->relations, SUBJECT_relation, oid) != NULL;
    *cell = "0";
}

static const char **cells(struct build *b, enum snap_subject subject, int row)
{
    return b->snap->tables->t[subject].cells.items + (size_t)row * (size_t)snap_specs[subject].ncols;
}

// --- the right kind ---------------------------------------------------------------------------------------------------------------

static bool has_kind(const struct build *b, Oid oid, const char *kinds)
{
    const char *const *row = build_find(b, &b->relations, SUBJECT_relation, oid);
    char kind = row ? snap_char(row[C_relation_relkind]) : 0;
    return kind && strchr(kinds, kind);
}

static void check_indexes(struct build *b)
{
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_index); i++) {
        const char **row = cells(b, SUBJECT_index, i);
        if (!has_kind(b, snap_oid(row[C_index_oid]), "iI")) {
            cut_link(b, &row[C_index_oid], snap_oid(row[C_index_oid]));
        } else if (!has_kind(b, snap_oid(row[C_index_relid]), "rpmt")) {
            cut_link(b, &row[C_index_oid], snap_oid(row[C_index_relid]));
        }
    }
}

// A table has one TOAST table, and that has no other.
static void check_toast(struct build *b)
{
    struct lc_map taken;
    lc_map_init(&taken, b->arena);
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_relation); i++) {
        const char **row = cells(b, SUBJECT_relation, i);
        Oid toast = snap_oid(row[C_relation_toastrelid]);
        bool good =
            has_kind(b, toast, "t") && has_kind(b, snap_oid(row[C_relation_oid]), "rmp") && !lc_map_puti(&taken, toast, row);
        if (toast && !good) {
            cut_link(b, &row[C_relation_toastrelid], toast);
        }
    }
}

static void check_constraints(struct build *b)
{
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_constraint); i++) {
        const char **row = cells(b, SUBJECT_constraint, i);
        static const struct {
            int column;
            const char *kinds;
        } ends[] = {{C_constraint_conrelid, "rpfm"}, {C_constraint_confrelid, "rp"}, {C_constraint_conindid, "iI"}};
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
            if (snap_oid(row[ends[k].column]) && !has_kind(b, snap_oid(row[ends[k].column]), ends[k].kinds)) {
                cut_link(b, &row[ends[k].column], snap_oid(row[ends[k].column]));
            }
        }
    }
}

static void check_sequences(struct build *b)
{
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_sequence); i++) {
        const char **row = cells(b, SUBJECT_sequence, i);
        if (!has_kind(b, snap_oid(row[C_sequence_owner_rel]), "rpfm")) {
            cut_link(b, &row[C_sequence_relid], snap_oid(row[C_sequence_owner_rel]));
        }
    }
}

static bool are_kin(const struct build *b, Oid child, Oid parent)
{
    return (has_kind(b, child, "rpf") && has_kind(b, parent, "rpf")) || (has_kind(b, child, "iI") && has_kind(b, parent, "I"));
}

// --- circles ---------------------------------------------------------------------------------------------------------------------

struct edge {
    Oid from, to;
    const char **cell; // that says so
};

struct edges LC_ARRAY(struct edge);

struct node {
    struct cat_oids back; // indexes of edges that lead here
    int out;              // edges that lead on
};

static struct node *node_of(struct build *b, struct lc_map *nodes, Oid oid)
{
    struct node *n = lc_map_geti(nodes, oid);
    if (!n) {
        n = LC_NEW(b->arena, struct node);
        (void)lc_map_puti(nodes, oid, n);
    }
    return n;
}

// Takes away what leads nowhere, again and again; what remains leads into a circle, and is cut.
static void cut_circles(struct build *b, const struct edges *edges)
{
    struct lc_map nodes;
    struct ends LC_ARRAY(struct node *) ends = {0};
    lc_map_init(&nodes, b->arena);
    for (int i = 0; i < edges->len; i++) {
        node_of(b, &nodes, edges->items[i].from)->out++;
        struct node *to = node_of(b, &nodes, edges->items[i].to);
        LC_PUSH(b->arena, &to->back, (Oid)i);
    }
    for (LC_EACH(e, &nodes)) {
        struct node *n = e->value;
        if (n->out == 0) {
            LC_PUSH(b->arena, &ends, n);
        }
    }
    for (int i = 0; i < ends.len; i++) {
        for (int k = 0; k < ends.items[i]->back.len; k++) {
            struct node *before = node_of(b, &nodes, edges->items[ends.items[i]->back.items[k]].from);
            if (--before->out == 0) {
                LC_PUSH(b->arena, &ends, before);
            }
        }
    }
    for (int i = 0; i < edges->len; i++) {
        if (node_of(b, &nodes, edges->items[i].from)->out > 0 && node_of(b, &nodes, edges->items[i].to)->out > 0) {
            cut(b, edges->items[i].cell);
        }
    }
}

static void add_edge(struct build *b, struct edges *edges, const char *from, const char **to)
{
    if (snap_oid(from) && snap_oid(*to)) {
        LC_PUSH(b->arena, edges, (struct edge){snap_oid(from), snap_oid(*to), to});
    }
}

static void check_inheritance(struct build *b)
{
    struct edges edges = {0};
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_inherits); i++) {
        const char **row = cells(b, SUBJECT_inherits, i);
        if (are_kin(b, snap_oid(row[C_inherits_child]), snap_oid(row[C_inherits_parent]))) {
            add_edge(b, &edges, row[C_inherits_child], &row[C_inherits_parent]);
        } else {
            cut_link(b, &row[C_inherits_parent], snap_oid(row[C_inherits_child]));
        }
    }
    cut_circles(b, &edges);
}

// One kind of parent each: constraints and triggers of partitions.
static void check_parents(struct build *b, enum snap_subject subject, int oid, int parent)
{
    struct edges edges = {0};
    for (int i = 0; i < snap_nrows(b->tables, subject); i++) {
        const char **row = cells(b, subject, i);
        add_edge(b, &edges, row[oid], &row[parent]);
    }
    cut_circles(b, &edges);
}

// A type is made of others: a domain of its base, an array of its elements, a row of its columns, also through each other.
static void check_types(struct build *b)
{
    struct edges edges = {0};
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_type); i++) {
        const char **row = cells(b, SUBJECT_type, i);
        add_edge(b, &edges, row[C_type_oid], &row[C_type_basetype]);
        add_edge(b, &edges, row[C_type_oid], &row[C_type_elem]);
        if (snap_oid(row[C_type_array])) {
            LC_PUSH(b->arena, &edges, (struct edge){snap_oid(row[C_type_array]), snap_oid(row[C_type_oid]), &row[C_type_array]});
        }
    }
    for (int i = 0; i < snap_nrows(b->tables, SUBJECT_attribute); i++) {
        const char **row = cells(b, SUBJECT_attribute, i);
        const char *const *rel = build_find(b, &b->relations, SUBJECT_relation, snap_oid(row[C_attribute_relid]));
        if (rel && snap_oid(row[C_attribute_type]) >= FirstNormalObjectId) {
            add_edge(b, &edges, rel[C_relation_reltype], &row[C_attribute_type]);
        }
    }
    cut_circles(b, &edges);
}

void build_check(struct build *b)
{
    check_indexes(b);
    check_toast(b);
    check_constraints(b);
    check_sequences(b);
    check_inheritance(b);
    check_types(b);
    check_parents(b, SUBJECT_constraint, C_constraint_oid, C_constraint_conparentid);
    check_parents(b, SUBJECT_trigger, C_trigger_oid, C_trigger_parent);
}
