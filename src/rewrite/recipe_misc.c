// DROP INDEX, REINDEX, REFRESH MATERIALIZED VIEW: the CONCURRENTLY form where the server has one; and statements without a safe way.
#include <string.h>

#include "rewrite/internal.h"

// --- DROP INDEX ------------------------------------------------------------------------------------------------------------------------

// RemoveRelations (tablecmds.c): CONCURRENTLY takes one index, no CASCADE, no partitioned index, none of a constraint.
enum rewrite_verdict rw_drop_index(struct rw *rw, const struct rw_stmt *s)
{
    const DropStmt *d = AS(DropStmt, s->tree);
    struct lc_str text;

    if (d->removeType != OBJECT_INDEX || d->concurrent || d->behavior == DROP_CASCADE)
        return rw_no_safe_way(rw, s);
    lc_str_init(&text, rw->arena, LC_STR_MAX);
    for (LIST_EACH(i, &d->objects)) {
        const List *names = AS(List, d->objects.items[i]);
        const struct cat_relation *index = names ? cat_find_names(rw->cat, &names->items) : NULL;
        if (!index || index->relkind != 'i' || index->parents.len || index->index->constraint)
            return REWRITE_SAME;
        lc_str_addf(&text, "%sDROP INDEX CONCURRENTLY IF EXISTS %s;", i ? "\n" : "", cat_qualified_name(rw->cat, index));
    }
    rw_why(rw, "drop-index-concurrently", "DROP INDEX stops readers and writers of its table; CONCURRENTLY stops nobody.");
    (void)rw_outside(rw, text.text, "Drops the index when nobody uses it any more.",
                     lc_printf(rw->arena, "-- not undone: %s", "make the index anew, concurrently"));
    return REWRITE_STEPS;
}

// --- REINDEX ---------------------------------------------------------------------------------------------------------------------------

static bool has_option(const NodeList *params, const char *name)
{
    for (LIST_EACH(i, params)) {
        const DefElem *d = LIST_GET(DefElem, params, i);
        if (d && lc_streq(d->defname, name))
            return true;
    }
    return false;
}

// An interrupted REINDEX CONCURRENTLY leaves an invalid index called ..._ccnew or ..._ccold (index_concurrently_create_copy).
static const char *drop_copies(struct rw *rw, const struct cat_relation *rel)
{
    const char *where =
        rel ? lc_printf(rw->arena, " AND i.indrelid " RW_OP("=") " %s::pg_catalog.regclass",
                        lc_quote_literal(rw->arena, cat_qualified_name(
                                                        rw->cat, rel->index ? cat_relation(rw->cat, rel->index->indrelid) : rel)))
            : "";

    return rw_drop_invalid_where(rw, lc_printf(rw->arena, "c.relname " RW_OP("~") " '_cc(new|old)[0-9]*$'%s", where));
}

enum rewrite_verdict rw_reindex(struct rw *rw, const struct rw_stmt *s)
{
    static const char *const kinds[] = {[REINDEX_OBJECT_INDEX] = "INDEX",
                                        [REINDEX_OBJECT_TABLE] = "TABLE",
                                        [REINDEX_OBJECT_SCHEMA] = "SCHEMA",
                                        [REINDEX_OBJECT_DATABASE] = "DATABASE"};
    const ReindexStmt *r = AS(ReindexStmt, s->tree);
    const struct cat_relation *rel = r->relation ? cat_find_rangevar(rw->cat, r->relation) : NULL;
    const char *name = rel ? cat_qualified_name(rw->cat, rel) : r->name ? lc_quote_ident(rw->arena, r->name) : NULL;

    if (has_option(&r->params, "concurrently") || r->kind == REINDEX_OBJECT_SYSTEM || !name ||
        (size_t)r->kind >= sizeof kinds / sizeof *kinds)
        return REWRITE_SAME;
    if (rel && rel->relkind == 'p' && cat_major(rw->cat) < 14)
        return REWRITE_SAME;
    rw_why(rw, "reindex-concurrently",
           "REINDEX stops writers of the table, and whoever would use the index; CONCURRENTLY stops nobody.");
    (void)rw_outside(rw, lc_printf(rw->arena, "%sREINDEX %s CONCURRENTLY %s;", drop_copies(rw, rel), kinds[r->kind], name),
                     "Builds the index anew beside the old one.", NULL);
    return REWRITE_STEPS;
}

// --- REFRESH MATERIALIZED VIEW ------------------------------------------------------------------------------------------------------------

// matview.c is_usable_unique_index
static bool has_usable_index(const struct rw *rw, const struct cat_relation *view)
{
    for (int i = 0; i < view->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(rw->cat, view->indexes.items[i]);
        bool plain = index && index->index->unique && index->index->immediate && index->index->valid && !index->index->predicate;
        for (int k = 0; plain && k < index->index->natts; k++)
            plain = index->index->keys[k] > 0;
        if (plain)
            return true;
    }
    return false;
}

enum rewrite_verdict rw_refresh(struct rw *rw, const struct rw_stmt *s)
{
    const RefreshMatViewStmt *r = AS(RefreshMatViewStmt, s->tree);

    if (r->concurrent || r->skipData || !s->rel || !s->rel->ispopulated)
        return REWRITE_SAME;
    if (!has_usable_index(rw, s->rel))
        return rw_window(rw, RW_WINDOW_REFRESH);
    rw_why(rw, "refresh-concurrently",
           "REFRESH stops every reader of the view; CONCURRENTLY lets them read the old rows meanwhile.");
    (void)rw_outside(rw, lc_printf(rw->arena, "REFRESH MATERIALIZED VIEW CONCURRENTLY %s;", s->name),
                     "Readers see the old rows until it ends.", NULL);
    return REWRITE_STEPS;
}
