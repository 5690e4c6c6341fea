// CREATE INDEX: CONCURRENTLY; on a partitioned table ON ONLY it, each partition concurrently, then ATTACH.
//
// Precondition: the table is large and the access method can build concurrently (all can). Proof: indexcmds.c DefineIndex takes SHARE UPDATE
// EXCLUSIVE for CONCURRENTLY, SHARE else. Rollback: DROP INDEX CONCURRENTLY.
#include "rewrite/internal.h"

// The index that the statement makes on `rel`, named by the server.
static const struct cat_relation *made_on(const struct rw_stmt *s, Oid rel)
{
    for (int i = 0; i < s->fp.locks.len; i++) {
        const struct fp_lock *l = &s->fp.locks.items[i];
        if (l->created && l->rel->index && l->rel->index->indrelid == rel)
            return l->rel;
    }
    return NULL;
}

static const char *from_name(const struct rw_stmt *s, const IndexStmt *stmt)
{
    return s->text + rw_name_end(s->text, (size_t)stmt->relation->location);
}

static const char *create(struct rw *rw, const struct rw_stmt *s, const char *how, const char *index, const char *on)
{
    const IndexStmt *stmt = AS(IndexStmt, s->tree);

    return lc_printf(rw->arena, "CREATE %sINDEX %s %s ON %s%s", stmt->unique ? "UNIQUE " : "", how,
                     lc_quote_ident(rw->arena, index), on, from_name(s, stmt));
}

static enum rewrite_verdict plain(struct rw *rw, const struct rw_stmt *s, const char *index)
{
    rw_why(rw, "create-index-concurrently",
           "CREATE INDEX stops every writer of the table for as long as it builds; CONCURRENTLY stops nobody.");
    rw_build_index(rw, create(rw, s, "CONCURRENTLY IF NOT EXISTS", index, s->name), cat_schema_name(rw->cat, s->rel->o.schema),
                   index, "Builds the index while others read and write; drops first what an interrupted build left.", true);
    return REWRITE_STEPS;
}

struct node { // of the tree of indexes that the statement leaves
    Oid rel, oid;
    const char *name; // of the index
    int parent;       // in the list; -1: none
};
struct nodes LC_ARRAY(struct node);

static void take_node(struct rw *rw, const struct cat_relation *index, int parent, struct nodes *out)
{
    int self = out->len;

    LC_PUSH(rw->arena, out, ((struct node){index->index->indrelid, index->o.oid, index->o.name, parent}));
    for (int i = 0; i < index->children.len; i++)
        take_node(rw, cat_relation(rw->cat, index->children.items[i]), self, out);
}

// An index that a partition has already, and that matches, becomes part of the tree (indexcmds.c DefineIndex).
static void tree_after(struct rw *rw, const struct rw_stmt *s, const char *name, struct nodes *out)
{
    struct lc_error err;

    cat_begin(rw->cat);
    if (cat_apply(rw->cat, s->tree, &err) == LC_OK)
        take_node(rw, cat_find_relation(rw->cat, cat_schema_name(rw->cat, s->rel->o.schema), name), -1, out);
    cat_rollback(rw->cat);
}

static bool has_index(const struct cat_relation *rel, Oid index)
{
    for (int i = 0; i < rel->indexes.len; i++)
        if (rel->indexes.items[i] == index)
            return true;
    return false;
}

static const char *node_name(struct rw *rw, const struct node *n)
{
    return lc_quote_name(rw->arena, cat_schema_name(rw->cat, cat_relation(rw->cat, n->rel)->o.schema), n->name);
}

static void make_node(struct rw *rw, const struct rw_stmt *s, const struct node *n)
{
    const struct cat_relation *rel = cat_relation(rw->cat, n->rel);
    const char *name = cat_qualified_name(rw->cat, rel), *schema = cat_schema_name(rw->cat, rel->o.schema);

    if (rel->relkind != 'p')
        rw_build_index(rw, create(rw, s, "CONCURRENTLY IF NOT EXISTS", n->name, name), schema, n->name,
                       "Builds the partition's index while others read and write.", false);
    else
        (void)rw_retry(
            rw, lc_printf(rw->arena, "%s;", create(rw, s, "IF NOT EXISTS", n->name, lc_printf(rw->arena, "ONLY %s", name))),
            "Makes the index of the partitioned table, which stays invalid until each partition has its own.",
            n->parent < 0 ? lc_printf(rw->arena, "DROP INDEX IF EXISTS %s;", node_name(rw, n)) : NULL);
}

// The partitioned tables' own (invalid) indexes, those of the partitions, then each is attached, children before parents.
static bool tree(struct rw *rw, const struct rw_stmt *s, const char *name)
{
    struct nodes nodes = {0};
    struct cat_oids all = {0};

    cat_inheritors(rw->cat, s->rel->o.oid, &all);
    for (int i = 0; i < all.len; i++)
        if (cat_relation(rw->cat, all.items[i])->relkind == 'f')
            return false;
    tree_after(rw, s, name, &nodes);
    for (int i = 0; i < nodes.len; i++) {
        const struct cat_relation *rel = cat_relation(rw->cat, nodes.items[i].rel);
        if (!rel)
            return false;
        if (!has_index(rel, nodes.items[i].oid))
            make_node(rw, s, &nodes.items[i]);
    }
    for (int i = nodes.len - 1; i > 0; i--) {
        const struct node *n = &nodes.items[i], *up = &nodes.items[n->parent];
        if (!has_index(cat_relation(rw->cat, n->rel), n->oid) || !has_index(cat_relation(rw->cat, up->rel), up->oid))
            (void)rw_retry(rw, lc_printf(rw->arena, "ALTER INDEX %s ATTACH PARTITION %s;", node_name(rw, up), node_name(rw, n)),
                           "Ties the partition's index to its parent's.", NULL);
    }
    return nodes.len > 0;
}

enum rewrite_verdict rw_create_index(struct rw *rw, const struct rw_stmt *s)
{
    const IndexStmt *stmt = AS(IndexStmt, s->tree);
    const struct cat_relation *index = s->rel ? made_on(s, s->rel->o.oid) : NULL;

    if (stmt->concurrent || !index || !rw_large(rw, s->rel))
        return REWRITE_SAME;
    if (s->rel->relkind != 'p')
        return plain(rw, s, index->o.name);
    if (!stmt->relation->inh)
        return REWRITE_SAME;
    rw_why(rw, "create-index-partitioned",
           "CREATE INDEX on a partitioned table stops the writers of all partitions until all are built; each partition can be "
           "built concurrently.");
    if (!tree(rw, s, index->o.name))
        return rw_window(rw, RW_WINDOW_FOREIGN_PARTITION);
    return REWRITE_STEPS;
}
