// VACUUM, ANALYZE and CLUSTER (vacuum.c, analyze.c, cluster.c): one transaction for each table.
#include <string.h>

#include "base/str.h"
#include "catalog/roles.h"
#include "footprint/fp_object.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(expand, "vacuum/look-up", LC_ACCESS_SHARE, "the table is looked up in a transaction of its own",
     "vacuum.c expand_vacuum_rel");
RULE(vacuum_table, "vacuum/table", LC_SHARE_UPDATE_EXCLUSIVE,
     "reads and writes go on while dead rows are removed; DDL and other VACUUMs wait", "vacuum.c vacuum_rel");
RULE(vacuum_index, "vacuum/index", LC_ROW_EXCLUSIVE, "dead entries are removed from the index", "vacuumlazy.c heap_vacuum_rel");
RULE(vacuum_brin, "vacuum/brin-summary", LC_ACCESS_SHARE,
     "the table is opened again to summarize what its BRIN index has not yet", "brin.c brinvacuumcleanup");
RULE(full_table, "vacuum-full/table", LC_ACCESS_EXCLUSIVE, "the table is written anew: everyone waits", "vacuum.c vacuum_rel");
RULE(analyze_table, "analyze/table", LC_SHARE_UPDATE_EXCLUSIVE, "a sample is read; reads and writes go on",
     "analyze.c analyze_rel");
RULE(analyze_index, "analyze/index", LC_ACCESS_SHARE, "indexes are looked at for their expressions", "analyze.c do_analyze_rel");
RULE(analyze_child, "analyze/child", LC_ACCESS_SHARE, "the parent's statistics need a sample of its children",
     "analyze.c acquire_inherited_sample_rows");
RULE(cluster_table, "cluster/table", LC_ACCESS_EXCLUSIVE, "the table is written anew in the order of an index: everyone waits",
     "cluster.c cluster");
RULE(cluster_index, "cluster/index", LC_ACCESS_EXCLUSIVE, "the index gives the order and is rebuilt",
     "cluster.c check_index_is_clusterable");
RULE(cluster_plan, "cluster/planner", LC_ACCESS_SHARE, "the planner chooses between an index scan and a sort",
     "planner.c plan_cluster_use_sort");

struct vacuum {
    struct fp_session *s;
    bool vacuum, analyze, full, only, skip_locked, toast_only;
    bool own_transactions, started;
    struct vacuum_rels LC_ARRAY(const struct cat_relation *) rels;
    bool cleanup; // INDEX_CLEANUP is not off
};

// --- CLUSTER, VACUUM FULL -----------------------------------------------------------------------------------------------------------------

void fp_copy_heap(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *index)
{
    if (index)
        fp_lock(s, index, &cluster_index);
    if (!rel->ispopulated) // a materialized view without rows: nothing is done (cluster.c cluster_rel)
        return;
    if (index)
        fp_lock_all(s, &rel->indexes, &cluster_plan);
    fp_check_row_types(s, rel);
    fp_scan(s, rel);
    fp_rewrite(s, rel);
    struct fp_work *work =
        fp_add_work(s, FP_CLUSTER_SORT, rel,
                    fp_text(s, "copy of %s%s%s", rel->o.name, index ? " in the order of " : "", index ? index->o.name : ""));
    work->index = index;
    fp_rebuild_indexes(s, rel, true);
}

static const struct cat_relation *clustered_index(struct fp_session *s, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);

        if (index && index->index && index->index->clustered)
            return index;
    }
    return NULL;
}

static const struct cat_relation *named_index(struct fp_session *s, const struct cat_relation *rel, const char *name)
{
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);

        if (index && lc_streq(index->o.name, name))
            return index;
    }
    return NULL;
}

static void cluster_each(const struct cat_object *o, void *context)
{
    struct vacuum *v = context;
    const struct cat_relation *rel = cat_relation(v->s->cat, o->oid);
    const struct cat_relation *index = rel->relkind == 'r' ? clustered_index(v->s, rel) : NULL;

    if (!index || !cat_may_maintain(v->s->cat, rel))
        return;
    if (v->started)
        fp_next_phase(v->s);
    v->started = true;
    fp_lock(v->s, rel, &cluster_table);
    fp_copy_heap(v->s, rel, index);
}

static void cluster_partitioned(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *index)
{
    struct cat_oids parts = {0};

    if (cat_major(s->cat) < 15) {
        fp_lock(s, rel, &cluster_table); // cluster.c cluster: it has the lock when it looks
        fp_refuse(s, "0A000", "cannot cluster a partitioned table");
        return;
    }
    if (fp_prevent_in_block(s, "CLUSTER"))
        return;
    fp_lock(s, rel, &cluster_table);
    fp_lock(s, index, &cluster_plan);
    cat_inheritors(s->cat, index->o.oid, &parts);
    for (int i = 0; i < parts.len; i++) {
        const struct cat_relation *part = cat_relation(s->cat, parts.items[i]);
        const struct cat_relation *table = part && part->relkind == 'i' ? cat_relation(s->cat, part->index->indrelid) : NULL;

        if (!table || !cat_may_maintain(s->cat, table)) // get_tables_to_cluster_partitioned
            continue;
        fp_next_phase(s);
        fp_lock(s, table, &cluster_table);
        fp_copy_heap(s, table, part);
    }
}

void fp_cluster(struct fp_session *s, const ClusterStmt *stmt)
{
    struct vacuum v = {.s = s};
    const struct cat_relation *rel = stmt->relation ? cat_find_rangevar(s->cat, stmt->relation) : NULL;

    if (!stmt->relation) {
        if (!fp_prevent_in_block(s, "CLUSTER"))
            cat_each(s->cat, CAT_RELATION, cluster_each, &v);
        return;
    }
    if (!rel)
        return;                         // cat_apply says so
    if (!strchr("rmp", rel->relkind)) { // RangeVarCallbackMaintainsTable
        fp_refuse(s, "42809", "\"%s\" is not a table or materialized view", rel->o.name);
        return;
    }
    const struct cat_relation *index = stmt->indexname ? named_index(s, rel, stmt->indexname) : clustered_index(s, rel);
    if (!index && rel->relkind == 'p' && cat_major(s->cat) < 15) { // said before an index is looked for
        cluster_partitioned(s, rel, NULL);
        return;
    }
    if (!index) {
        if (stmt->indexname)
            fp_refuse(s, "42704", "index \"%s\" for table \"%s\" does not exist", stmt->indexname, rel->o.name);
        else
            fp_refuse(s, "42704", "there is no previously clustered index for table \"%s\"", rel->o.name);
        return;
    }
    if (rel->relkind == 'p') {
        cluster_partitioned(s, rel, index);
        return;
    }
    if (!rel->ispopulated && cat_major(s->cat) >= 18) // cluster_rel closes the table with the lock that cluster opened it with
        fp_lock_briefly(s, rel, LC_ACCESS_EXCLUSIVE, &cluster_table);
    else
        fp_lock(s, rel, &cluster_table);
    fp_check_pending(s, rel, "CLUSTER");
    fp_copy_heap(s, rel, index);
}

// --- VACUUM and ANALYZE ---------------------------------------------------------------------------------------------------------------------

static void next_transaction(struct vacuum *v)
{
    if (v->own_transactions && v->started)
        fp_next_phase(v->s);
    v->started = true;
}

static bool vacuumable(const struct cat_relation *rel)
{
    return strchr("rmp", rel->relkind) != NULL && rel->o.oid >= FirstNormalObjectId;
}

// A lock that is given back at once. ANALYZE of several tables has transactions of its own, but each lasts a moment: not told apart there.
static void brief(struct vacuum *v, const struct cat_relation *rel, enum lc_lockmode mode, const struct fp_rule *rule)
{
    if (v->vacuum || !v->own_transactions)
        fp_lock_briefly(v->s, rel, mode, rule);
}

static void vacuum_one(struct vacuum *v, const struct cat_relation *rel)
{
    struct fp_session *s = v->s;

    next_transaction(v);
    if (!cat_may_maintain(s->cat, rel)) {
        fp_lock(s, rel, v->full ? &full_table : &vacuum_table);
        return;
    }
    if (!vacuumable(rel)) { // a warning, and the lock is given back
        fp_lock_briefly(s, rel, v->full ? LC_ACCESS_EXCLUSIVE : LC_SHARE_UPDATE_EXCLUSIVE, v->full ? &full_table : &vacuum_table);
        return;
    }
    if (rel->relkind == 'p') {
        fp_lock(s, rel, v->full ? &full_table : &vacuum_table);
        return;
    }
    fp_lock_kept(s, rel, v->full ? &full_table : &vacuum_table);
    if (v->toast_only) {
        if (rel->toastrelid)
            next_transaction(v);
        return;
    }
    if (v->full) {
        fp_copy_heap(s, rel, NULL);
        return;
    }
    fp_lock_all(s, &rel->indexes, &vacuum_index);
    for (int i = 0; v->cleanup && i < rel->indexes.len; i++)
        if (!strstr(rel->options ? rel->options : "", "vacuum_index_cleanup=off") &&
            lc_streq(cat_relation(s->cat, rel->indexes.items[i])->am, "brin"))
            fp_lock(s, rel, &vacuum_brin);
    fp_add_work(s, FP_VACUUM, rel, fp_text(s, "vacuum of %s", rel->o.name));
    if (rel->toastrelid)
        next_transaction(v); // the TOAST table, while the session lock on the table stays
}

// The sample that a parent's statistics need is taken from everything below it.
static void analyze_children(struct vacuum *v, const struct cat_relation *rel)
{
    struct cat_oids all = {0};

    cat_inheritors(v->s->cat, rel->o.oid, &all);
    for (int i = 1; i < all.len; i++) {
        const struct cat_relation *child = cat_relation(v->s->cat, all.items[i]);

        if (child && child->relkind == 'p') // has no rows of its own: the lock is given back
            brief(v, child, LC_ACCESS_SHARE, &analyze_child);
        else
            fp_lock(v->s, child, &analyze_child);
    }
}

struct sampling {
    const struct catalog *cat;
    bool can;
};

static void find_sampling(const struct cat_depend *d, void *context)
{
    struct sampling *s = context;
    const struct cat_other *wrapper = d->ref.class == CAT_OTHER ? cat_other(s->cat, CAT_OTHER, d->ref.oid) : NULL;

    if (wrapper && (lc_streq(wrapper->o.name, "file_fdw") || lc_streq(wrapper->o.name, "postgres_fdw")))
        s->can = true;
}

// Does the table's wrapper have an AnalyzeForeignTable (fdwapi.h)? Without one the lock is given back at once.
static bool sampled_elsewhere(const struct catalog *cat, const struct cat_relation *rel)
{
    const struct cat_other *server =
        rel->foreign_server ? cat_find_what(cat, cat_what(OBJECT_FOREIGN_SERVER), NULL, rel->foreign_server) : NULL;
    struct sampling s = {.cat = cat};

    if (server)
        cat_each_dependency(cat, cat_address(CAT_OTHER, server->o.oid, 0), find_sampling, &s);
    return s.can;
}

static void analyze_one(struct vacuum *v, const struct cat_relation *rel)
{
    struct fp_session *s = v->s;

    next_transaction(v);
    if (!(vacuumable(rel) || sampled_elsewhere(s->cat, rel)) || !cat_may_maintain(s->cat, rel)) {
        brief(v, rel, LC_SHARE_UPDATE_EXCLUSIVE, &analyze_table);
        return;
    }
    fp_lock(s, rel, &analyze_table);
    fp_load_row_types(s, rel, v->vacuum); // get_sort_group_operators, for what orders the sample
    if (rel->relkind != 'p' || cat_major(s->cat) >= 14)
        fp_lock_all(s, &rel->indexes, &analyze_index);
    for (int i = 0; rel->relkind != 'p' && i < rel->indexes.len; i++)
        fp_run_index_exprs(s, rel, cat_relation(s->cat, rel->indexes.items[i]));
    if (rel->children.len)
        analyze_children(v, rel);
    if (rel->relkind != 'p')
        fp_add_work(s, FP_ANALYZE, rel, fp_text(s, "sample of %s", rel->o.name));
}

static void push_every(const struct cat_object *o, void *context)
{
    struct vacuum *v = context;
    const struct cat_relation *rel = cat_relation(v->s->cat, o->oid);

    if (vacuumable(rel) && cat_may_maintain(v->s->cat, rel)) // get_all_vacuum_rels
        LC_PUSH(v->s->arena, &v->rels, rel);
}

// expand_vacuum_rel: the named table, and what is below it.
static void push_named(struct vacuum *v, const RangeVar *rv)
{
    struct cat_oids all = {0};
    const struct cat_relation *rel = cat_find_rangevar(v->s->cat, rv);

    if (!rel) {
        fp_refuse(v->s, "42P01", "relation \"%s%s%s\" does not exist", rv->schemaname ? rv->schemaname : "",
                  rv->schemaname ? "." : "", rv->relname);
        return;
    }
    if (v->vacuum || !v->s->top_level) // of an ANALYZE by itself nobody sees it
        fp_lock_briefly(v->s, rel, LC_ACCESS_SHARE, &expand);
    // before 18 only partitioned tables bring their parts; ONLY was ignored
    bool recurse = cat_major(v->s->cat) >= 18 ? rv->inh : rel->relkind == 'p';
    if (recurse)
        cat_inheritors(v->s->cat, rel->o.oid, &all);
    else
        LC_PUSH(v->s->arena, &all, rel->o.oid);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *r = cat_relation(v->s->cat, all.items[i]);

        if (r && (i > 0 || cat_may_maintain(v->s->cat, r))) // parts are looked at when their turn comes
            LC_PUSH(v->s->arena, &v->rels, r);
    }
}

// do_analyze_rel: the columns that are named, looked up when the table's turn comes.
static void check_columns(struct fp_session *s, const VacuumRelation *vr)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, vr->relation);

    if (!rel || !vacuumable(rel) || !cat_may_maintain(s->cat, rel) || (rel->relkind == 'p' && !rel->children.len)) // analyze_rel
        return;
    for (int i = 0; rel->natts && i < vr->va_cols.length; i++) {
        const char *name = node_string(vr->va_cols.items[i]);
        if (name && !cat_find_column(rel, name))
            fp_refuse(s, "42703", "column \"%s\" of relation \"%s\" does not exist", name, rel->o.name);
        for (int k = 0; name && k < i; k++)
            if (lc_streq(name, node_string(vr->va_cols.items[k])))
                fp_refuse(s, "42701", "column \"%s\" of relation \"%s\" appears more than once", name, rel->o.name);
    }
}

static void collect_relations(struct vacuum *v, const VacuumStmt *stmt)
{
    if (!stmt->rels.length)
        cat_each(v->s->cat, CAT_RELATION, push_every, v);
    for (LIST_EACH(i, &stmt->rels)) {
        const VacuumRelation *vr = LIST_GET(VacuumRelation, &stmt->rels, i);

        if (vr && vr->relation)
            push_named(v, vr->relation);
        if (vr && vr->relation && v->analyze && !v->s->fp->fails)
            check_columns(v->s, vr);
    }
}

// ExecVacuum and vacuum (vacuum.c): options that exclude each other. The transaction block is asked about between the first two and the rest.
static void refuse_options(const struct vacuum *v, const VacuumStmt *stmt)
{
    const DefElem *parallel = cat_option(&stmt->options, "parallel");
    const Integer *workers = parallel ? AS(Integer, parallel->arg) : NULL;

    if (v->full && workers && workers->ival > 0)
        fp_refuse(v->s, "0A000", "VACUUM FULL cannot be performed in parallel");
    for (LIST_EACH(i, &stmt->rels)) {
        const VacuumRelation *vr = LIST_GET(VacuumRelation, &stmt->rels, i);
        if (vr && vr->va_cols.length && !v->analyze)
            fp_refuse(v->s, "0A000", "ANALYZE option must be specified when a column list is provided");
    }
    if (v->vacuum && !v->s->fp->fails && fp_prevent_in_block(v->s, "VACUUM"))
        return;
    if (v->full && cat_option_true(&stmt->options, "disable_page_skipping", false))
        fp_refuse(v->s, "0A000", "VACUUM option DISABLE_PAGE_SKIPPING cannot be used with FULL");
    if (v->full && !cat_option_true(&stmt->options, "process_toast", true))
        fp_refuse(v->s, "0A000", "PROCESS_TOAST required with VACUUM FULL");
}

void fp_vacuum(struct fp_session *s, const VacuumStmt *stmt)
{
    struct vacuum v = {.s = s, .vacuum = stmt->is_vacuumcmd};

    v.analyze = !stmt->is_vacuumcmd || cat_option_true(&stmt->options, "analyze", false);
    v.full = cat_option_true(&stmt->options, "full", false);
    v.toast_only = !cat_option_true(&stmt->options, "process_main", true);
    refuse_options(&v, stmt);
    if (s->fp->fails)
        return;
    if (v.vacuum && cat_option_true(&stmt->options, "only_database_stats", false)) // datfrozenxid alone (ExecVacuum, 16)
        return;
    v.started = v.vacuum; // VACUUM looks its tables up in a transaction of its own
    collect_relations(&v, stmt);
    v.cleanup = cat_option_true(&stmt->options, "index_cleanup", true);
    v.own_transactions = v.vacuum || (v.rels.len > 1 && s->level == 0 && !s->implicit && !s->framework);
    for (int i = 0; i < v.rels.len && !s->fp->fails; i++) {
        if (v.vacuum)
            vacuum_one(&v, v.rels.items[i]);
        if (v.analyze && !(v.vacuum && !vacuumable(v.rels.items[i]))) // what vacuum_rel passes over is not analysed either
            analyze_one(&v, v.rels.items[i]);
    }
}
