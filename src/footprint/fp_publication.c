// Publications, subscriptions and extended statistics (publicationcmds.c, subscriptioncmds.c, statscmds.c).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(publication_table, "publication/table", LC_SHARE_UPDATE_EXCLUSIVE,
     "the table's changes are published from now on, or no longer; reads and writes go on", "publicationcmds.c OpenTableList");
RULE(publication_child, "publication/child", LC_SHARE_UPDATE_EXCLUSIVE, "inheritance children are published with their parent",
     "publicationcmds.c OpenTableList");
RULE(publication_removed, "publication/removed-table", LC_SHARE_UPDATE_EXCLUSIVE, "SET takes the table out of the publication",
     "publicationcmds.c AlterPublicationTables");
RULE(statistics_table, "create-statistics/table", LC_SHARE_UPDATE_EXCLUSIVE, "statistics are defined; ANALYZE fills them later",
     "statscmds.c CreateStatistics");

static void open_tables(struct fp_session *s, const NodeList *objects, struct cat_oids *named)
{
    for (LIST_EACH(i, objects)) {
        const PublicationObjSpec *spec = LIST_GET(PublicationObjSpec, objects, i);
        const RangeVar *rv = spec && spec->pubtable ? spec->pubtable->relation : NULL;
        const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

        if (!rel)
            continue;
        fp_lock(s, rel, &publication_table);
        if (rv->inh && rel->relkind != 'p')
            fp_lock_inheritors(s, rel, &publication_child);
        LC_PUSH(s->arena, named, rel->o.oid);
    }
}

void fp_create_publication(struct fp_session *s, const CreatePublicationStmt *stmt)
{
    struct cat_oids named = {0};

    open_tables(s, &stmt->pubobjects, &named);
    fp_metadata(s, NULL, "publication");
}

void fp_alter_publication(struct fp_session *s, const AlterPublicationStmt *stmt)
{
    struct cat_target target;
    struct cat_oids named = {0};
    struct lc_error err = {0};
    String name = {.tag = T_String, .sval = stmt->pubname};

    open_tables(s, &stmt->pubobjects, &named);
    fp_metadata(s, NULL, "publication");
    if (stmt->action != AP_SetObjects || !stmt->pubobjects.length)
        return;
    if (cat_object_address(s->cat, OBJECT_PUBLICATION, (const Node *)(const void *)&name, true, &target, &err) != LC_OK ||
        target.address.class != CAT_PUBLICATION)
        return;
    const struct cat_publication *pub = (const void *)cat_get(s->cat, CAT_PUBLICATION, target.address.oid);
    for (int i = 0; pub && i < pub->relations.len; i++)
        if (!cat_oids_has(&named, pub->relations.items[i]))
            fp_lock(s, cat_relation(s->cat, pub->relations.items[i]), &publication_removed);
}

void fp_create_statistics(struct fp_session *s, const CreateStatsStmt *stmt)
{
    for (LIST_EACH(i, &stmt->relations)) {
        const RangeVar *rv = LIST_GET(RangeVar, &stmt->relations, i);
        const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

        fp_lock(s, rel, &statistics_table);
        fp_metadata(s, rel, "extended statistics");
    }
}
