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

// One level of a partitioned table: its own (invalid) index, those of the partitions, then each is attached.
static bool tree(struct rw *rw, const struct rw_stmt *s, const struct cat_relation *rel, const char *parent)
{
    const struct cat_relation *index = made_on(s, rel->o.oid);
    const char *name = cat_qualified_name(rw->cat, rel), *schema = cat_schema_name(rw->cat, rel->o.schema), *full;
    bool top = rel->o.oid == s->rel->o.oid;

    if (!index || rel->relkind == 'f')
        return false;
    full = lc_quote_name(rw->arena, schema, index->o.name);
    if (rel->relkind != 'p') {
        rw_build_index(rw, create(rw, s, "CONCURRENTLY IF NOT EXISTS", index->o.name, name), schema, index->o.name,
                       "Builds the partition's index while others read and write.", false);
    } else {
        (void)rw_retry(
            rw, lc_printf(rw->arena, "%s;", create(rw, s, "IF NOT EXISTS", index->o.name, lc_printf(rw->arena, "ONLY %s", name))),
            "Makes the index of the partitioned table, which stays invalid until each partition has its own.",
            top ? lc_printf(rw->arena, "DROP INDEX IF EXISTS %s;", full) : NULL);
        for (int i = 0; i < rel->children.len; i++)
            if (!tree(rw, s, cat_relation(rw->cat, rel->children.items[i]), full))
                return false;
    }
    if (parent)
        (void)rw_retry(rw, lc_printf(rw->arena, "ALTER INDEX %s ATTACH PARTITION %s;", parent, full),
                       "Ties the partition's index to its parent's.", NULL);
    return true;
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
    if (!tree(rw, s, s->rel, NULL))
        return rw_window(
            rw, "A partition has a matching index already, or is a foreign table: lockcast does not know how to tie them.");
    return REWRITE_STEPS;
}
