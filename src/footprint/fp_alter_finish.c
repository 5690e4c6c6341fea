// The last phase of ALTER TABLE: tables that are written anew or read, indexes built with them, foreign keys checked (ATRewriteTables,
// finish_heap_swap, validateForeignKeyConstraint).
#include "footprint/fp_object.h"
#include "footprint/fp_table.h"

#define RULE(name, id, mode, why, source) static const struct fp_rule name = {id, mode, 0, 0, why, source}

RULE(rebuild_table, "rewrite/rebuild-indexes", LC_SHARE, "the indexes of the new table are built", "index.c reindex_relation");
RULE(rebuild_index, "rewrite/index", LC_ACCESS_EXCLUSIVE, "every index of a table that is written anew is built anew",
     "index.c reindex_index");
static const struct fp_rule owned_sequence = {"set-logged/sequence",
                                              LC_ACCESS_EXCLUSIVE,
                                              15,
                                              0,
                                              "the table's sequences become as it is",
                                              "sequence.c SequenceChangePersistence"};
static const struct fp_rule sequence_open = {"set-logged/sequence-open",     LC_ROW_EXCLUSIVE,          15, 0,
                                             "the sequence gets a new file", "sequence.c init_sequence"};
RULE(check_referenced, "check-foreign-key/referenced", LC_ROW_SHARE, "the referenced rows must not go while they are looked up",
     "tablecmds.c ATRewriteTables");
RULE(check_read, "check-foreign-key/read", LC_ACCESS_SHARE, "a query joins the two tables to find rows without their reference",
     "ri_triggers.c RI_Initial_Check");
RULE(check_index, "check-foreign-key/index", LC_ACCESS_SHARE, "the planner opens the indexes of both tables",
     "plancat.c get_relation_info");

static void rebuild_indexes(struct fp_alter *a, const struct fp_alter_rel *r, const struct cat_relation *rel)
{
    fp_lock(a->s, rel, &rebuild_table);
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(a->s->cat, rel->indexes.items[i]);
        fp_lock(a->s, index, &rebuild_index);
        if (!cat_oids_has(&r->rebuilt, index->o.oid))
            fp_rewrite(a->s, index);
        (void)fp_add_index_work(a->s, FP_INDEX_BUILD, rel, index,
                                lc_printf(a->s->arena, "%s build of %s", index->am, index->o.name));
    }
}

static void rewrite_sequence(struct fp_session *s, const struct cat_relation *seq)
{
    fp_lock(s, seq, &owned_sequence);
    fp_lock(s, seq, &sequence_open);
    fp_rewrite(s, seq);
}

static void change_sequences(struct fp_alter *a, const struct fp_alter_rel *r)
{
    struct cat_oids sequences = cat_owned_sequences(a->s->cat, r->oid, 0);

    for (int i = 0; fp_rule_holds(a->s, &owned_sequence) && i < sequences.len; i++)
        rewrite_sequence(a->s, cat_relation(a->s->cat, sequences.items[i]));
}

static void finish_rel(struct fp_alter *a, const struct fp_alter_rel *r)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, r->oid);
    struct fp_work *work;

    if (!fp_has_storage_kind(rel))
        return;
    for (int i = 0; (r->rewrite || r->scan) && !fp_is_empty(rel) && i < r->exprs.len; i++)
        fp_run_expr(a->s, rel, r->exprs.items[i]);
    if (r->rewrite && rel->relkind == 'S') {
        rewrite_sequence(a->s, rel);
    } else if (r->rewrite) {
        fp_check_row_types(a->s, rel);
        fp_rewrite(a->s, rel);
        fp_scan(a->s, rel);
        fp_own_rows(a->s, rel); // ATRewriteTable (tablecmds.c) inserts every row again
        work = fp_add_work(a->s, FP_REWRITE, rel, r->what);
        work->expr = r->expr;
        work->cast_from = r->cast_from;
        work->cast_to = r->cast_to;
        rebuild_indexes(a, r, rel);
    } else if (r->scan) {
        fp_scan(a->s, rel);
        fp_add_work(a->s, FP_SCAN, rel, r->what)->expr = r->expr;
    }
    if (!r->rewrite && r->tablespace) {
        fp_rewrite(a->s, rel);
        (void)fp_add_work(a->s, FP_SET_TABLESPACE, rel, "copy to another tablespace");
    }
    if (r->persistence)
        change_sequences(a, r);
}

// --- foreign keys -----------------------------------------------------------------------------------------------------------------------------

static void read_table(struct fp_session *s, const struct cat_relation *rel)
{
    fp_lock(s, rel, &check_read);
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);
        if (rel->relkind != 'p' || cat_major(s->cat) >= 16) // the planner opens partitioned indexes since 16
            fp_lock(s, index, &check_index);
    }
}

// RI_Initial_Check's own query (utils/adt/ri_triggers.c): the planner chooses how it is run. NULL: a column is not known.
static const char *check_query(struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *ref,
                               const struct cat_constraint *con)
{
    const char *join = "", *nulls = "", *first = NULL;

    for (int i = 0; i < con->conkey.len && i < con->confkey.len; i++) {
        int k = con->conkey.items[i], f = con->confkey.items[i];
        if (k < 1 || k > rel->natts || f < 1 || f > ref->natts)
            return NULL;
        const char *key = lc_quote_ident(s->arena, rel->attrs[k - 1].name);
        join = fp_text(s, "%s%spk.%s = fk.%s", join, i ? " AND " : "", lc_quote_ident(s->arena, ref->attrs[f - 1].name), key);
        nulls = fp_text(s, "%s AND fk.%s IS NOT NULL", nulls, key);
        first = first ? first : lc_quote_ident(s->arena, ref->attrs[f - 1].name);
    }
    return first ? fp_text(s, "SELECT 1 FROM ONLY %s fk LEFT OUTER JOIN %s%s pk ON (%s) WHERE pk.%s IS NULL%s",
                           cat_qualified_name(s->cat, rel), ref->relkind == 'p' ? "" : "ONLY ", cat_qualified_name(s->cat, ref),
                           join, first, nulls)
                 : NULL;
}

// RI_FKey_check_ins for every row: keys over periods are not joined. What it reads of a partitioned table, rows decide.
static void check_rows(struct fp_alter *a, const struct cat_relation *rel, const struct cat_relation *ref,
                       const struct cat_constraint *con)
{
    struct fp_session *s = a->s;
    struct cat_oids all = {0};
    bool was = s->uncertain;

    fp_lock(s, ref, &check_referenced);
    fp_scan(s, rel);
    cat_inheritors(s->cat, ref->o.oid, &all);
    s->uncertain = true;
    for (int i = 1; i < all.len && ref->relkind == 'p' && fp_has_keys(s, rel, con); i++)
        fp_lock(s, cat_relation(s->cat, all.items[i]), &check_referenced);
    s->uncertain = was;
    struct fp_work *w = fp_add_work(s, FP_FK_CHECK, rel, "check of a foreign key");
    w->other = ref;
    w->constraint = con;
}

static void check_leaf(struct fp_alter *a, const struct cat_relation *rel, const struct cat_relation *ref,
                       const struct cat_constraint *con)
{
    struct fp_session *s = a->s;
    struct cat_oids all = {0};

    fp_lock(s, ref, &check_referenced);
    read_table(s, rel);
    if (ref->relkind == 'p')
        cat_inheritors(s->cat, ref->o.oid, &all);
    else
        LC_PUSH(s->arena, &all, ref->o.oid);
    fp_scan(s, rel);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *r = cat_relation(s->cat, all.items[i]);
        read_table(s, r);
        // the referenced rows are hashed, unless there is nothing to look up
        if (fp_has_storage_kind(r) && fp_has_keys(s, rel, con))
            fp_scan(s, r);
    }
    struct fp_work *w = fp_add_work(s, FP_FK_CHECK, rel, "check of a foreign key");
    w->other = ref;
    w->constraint = con;
    w->sql = con && con->conrelid == rel->o.oid ? check_query(s, rel, ref, con) : NULL;
}

static void run_check(struct fp_alter *a, const struct fp_fk_check *check)
{
    const struct cat_relation *ref = cat_relation(a->s->cat, check->ref);
    struct cat_oids all = {0};

    cat_inheritors(a->s->cat, check->rel, &all);
    for (int i = 0; ref && i < all.len; i++) {
        const struct cat_relation *rel = cat_relation(a->s->cat, all.items[i]);
        bool leaf = rel->relkind == 'r' && (all.items[i] == check->rel || rel->relispartition);
        const struct cat_constraint *con = check->key ? check->key : cat_constraint(a->s->cat, check->constraint);
        if (leaf)
            (check->by_rows ? check_rows : check_leaf)(a, rel, ref, con);
    }
}

RULE(toast, "alter-table/toast", LC_NO_LOCK, "every table of the command is looked at: does it need a TOAST table now",
     "toasting.c AlterTableCreateToastTable");

// The end of ATRewriteCatalogs opens all that was queued, in the command's own mode.
static void check_toast(struct fp_alter *a)
{
    struct cat_oids leaves = {0};

    for (int i = 0; i < a->checks.len; i++)
        cat_inheritors(a->s->cat, a->checks.items[i].rel, &leaves);
    for (int i = 0; i < leaves.len; i++)
        if (cat_relation(a->s->cat, leaves.items[i])->relispartition)
            (void)fp_alter_rel(a, leaves.items[i]);
    for (int i = 0; i < a->rels.len; i++) {
        const struct cat_relation *rel = cat_relation(a->s->cat, a->rels.items[i].oid);
        if ((rel->relkind == 'r' || rel->relkind == 'm') && !a->rels.items[i].bound)
            fp_lock_mode(a->s, rel, a->rule->mode, &toast);
    }
}

void fp_alter_finish(struct fp_alter *a)
{
    check_toast(a);
    if (a->attached) {
        fp_record_new_indexes(a->s, a->attached, &a->attached_indexes, true);
    }
    for (int i = 0; i < a->rels.len; i++)
        finish_rel(a, &a->rels.items[i]);
    for (int i = 0; i < a->checks.len; i++)
        run_check(a, &a->checks.items[i]);
}
