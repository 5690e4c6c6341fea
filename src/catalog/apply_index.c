// Applies statements about indexes: CREATE INDEX, CLUSTER, REINDEX, VACUUM (indexcmds.c, cluster.c).
#include <string.h>

#include "catalog/apply_misc.h"

// transformIndexStmt (parse_utilcmd.c): the condition and the expressions are understood before DefineIndex asks anything.
static enum lc_code transform_index(struct catalog *cat, const struct cat_relation *rel, const IndexStmt *stmt,
                                    struct lc_error *err)
{
    struct cat_scope scope = cat_scope_of(cat_arena(cat), rel);
    enum lc_code rc = cat_transform_expr_kind(cat, &scope, CAT_EXPR_PREDICATE, stmt->whereClause, err);

    for (LIST_EACH(i, &stmt->indexParams)) {
        const IndexElem *elem = LIST_GET(IndexElem, &stmt->indexParams, i);
        if (rc == LC_OK && elem)
            rc = cat_transform_expr_kind(cat, &scope, CAT_EXPR_INDEX, elem->expr, err);
    }
    return rc;
}

static enum lc_code create_index(struct catalog *cat, const IndexStmt *stmt, struct lc_error *err)
{
    struct cat_index_options options = {.only = !stmt->relation->inh};
    const struct cat_relation *rel;
    Oid index = InvalidOid;
    enum lc_code rc = cat_open_rangevar(cat, stmt->relation, &rel, err);

    if (rc != LC_OK || (rc = transform_index(cat, rel, stmt, err)) != LC_OK)
        return rc;
    if (!strchr("rpm", rel->relkind))
        return cat_error(err, "42809", "cannot create index on relation \"%s\"", rel->o.name);
    if (rel->relkind == 'p' && stmt->concurrent)
        return cat_error(err, "0A000", "cannot create index on partitioned table \"%s\" concurrently", rel->o.name);
    return cat_define_index(cat, rel->o.oid, stmt, &options, &index, err);
}

static void mark_clustered(struct catalog *cat, const struct cat_relation *rel, Oid clustered)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(cat, rel->indexes.items[i]);

        if (!index || index->index->clustered == (index->o.oid == clustered))
            continue;
        struct cat_relation *copy = cat_modify(cat, index);
        copy->index = lc_memdup(cat_arena(cat), index->index, sizeof *index->index);
        copy->index->clustered = index->o.oid == clustered;
    }
}

// CLUSTER of a partitioned table marks the index of every leaf (cluster_multiple_rels).
static void mark_leaves(struct catalog *cat, Oid index)
{
    struct cat_oids parts = {0};

    cat_inheritors(cat, index, &parts);
    for (int i = 0; i < parts.len; i++) {
        const struct cat_relation *part = cat_relation(cat, parts.items[i]);
        const struct cat_relation *table = part && part->relkind == 'i' ? cat_relation(cat, part->index->indrelid) : NULL;

        if (table)
            mark_clustered(cat, table, part->o.oid);
    }
}

enum lc_code cat_check_clusterable(const struct cat_relation *index, struct lc_error *err)
{
    if (index->am && !lc_streq(index->am, "btree") && !lc_streq(index->am, "gist"))
        return cat_error(err, "0A000", "cannot cluster on index \"%s\" because access method does not support clustering",
                         index->o.name);
    if (index->index->predicate)
        return cat_error(err, "0A000", "cannot cluster on partial index \"%s\"", index->o.name);
    if (!index->index->valid)
        return cat_error(err, "0A000", "cannot cluster on invalid index \"%s\"", index->o.name);
    return LC_OK;
}

static enum lc_code cluster(struct catalog *cat, const ClusterStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;
    enum lc_code rc;

    if (!stmt->relation)
        return LC_OK;
    if ((rc = cat_open_rangevar(cat, stmt->relation, &rel, err)) != LC_OK)
        return rc;
    for (int i = 0; stmt->indexname && i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(cat, rel->indexes.items[i]);

        if (index && lc_streq(index->o.name, stmt->indexname)) {
            if ((rc = cat_check_clusterable(index, err)) != LC_OK)
                return rc;
            if (rel->ispopulated) // else cluster_rel turns back
                mark_leaves(cat, index->o.oid);
            return LC_OK;
        }
    }
    return LC_OK;
}

static enum lc_code reindex(struct catalog *cat, const ReindexStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel;

    return stmt->relation ? cat_open_rangevar(cat, stmt->relation, &rel, err) : LC_OK;
}

enum lc_code cat_apply_index(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    *mine = true;
    switch (nodeTag(stmt)) {
    case T_IndexStmt:
        return create_index(cat, AS(IndexStmt, stmt), err);
    case T_ClusterStmt:
        return cluster(cat, AS(ClusterStmt, stmt), err);
    case T_ReindexStmt:
        return reindex(cat, AS(ReindexStmt, stmt), err);
    case T_VacuumStmt:
        return LC_OK;
    default:
        *mine = false;
        return LC_OK;
    }
}
