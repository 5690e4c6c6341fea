// UPDATE, DELETE and INSERT ... SELECT of many rows: the same statement, batch by batch.
//
// Precondition: a row's outcome depends on that row and on other tables only, so that it does not matter which rows are done already; no
// statement-level trigger, rule or foreign key of the table to itself looks at the statement as a whole. Exactly once: by key the batch's end is
// kept in the batch's transaction; without a key a marker column says which rows are done. Rollback: none, it is named.
#include <string.h>

#include "rewrite/internal.h"

struct reads {
    const struct rw *rw;
    const struct cat_relation *rel;
    const RangeVar *target;
    bool own, aggregate;
};

static bool visit_read(const Node *node, void *context)
{
    struct reads *r = context;
    const RangeVar *rv = AS(RangeVar, node);

    if (rv && rv != r->target && cat_find_rangevar(r->rw->cat, rv) == r->rel)
        r->own = true;
    return true;
}

// The statement with the table in place of the view that it names.
static bool behind_view(const struct rw *rw, const struct rw_stmt *s, struct rw_stmt *on, struct rw_batch *b)
{
    *on = *s;
    if (!s->rel || s->rel->relkind != 'v')
        return true;
    on->rel = b->rel = rw_view_base(rw, s->rel);
    b->through = s->rel;
    if (!on->rel || rw_view_reads(rw, s->rel, on->rel) || !rw_has_key(rw, b))
        return false;
    on->name = cat_qualified_name(rw->cat, on->rel);
    return true;
}

static bool reads_itself(const struct rw *rw, const struct rw_stmt *s, const RangeVar *target, bool view)
{
    struct reads r = {rw, s->rel, target, false, false};

    node_walk(s->tree, visit_read, &r);
    for (int i = 0; !view && !r.own && i < s->fp.locks.len; i++) { // through a view or a function
        const struct fp_lock *l = &s->fp.locks.items[i];
        r.own = l->rel->o.oid == s->rel->o.oid && l->certain && l->rule && lc_streq(l->rule->id, "query/read");
    }
    return r.own;
}

// A query is evaluated anew by every batch, with the same result; what changes rows is not.
static bool only_queries(const WithClause *with)
{
    for (int i = 0; with && i < with->ctes.length; i++)
        if (!IsA(LIST_GET(CommonTableExpr, &with->ctes, i)->ctequery, SelectStmt))
            return false;
    return true;
}

static bool has_whole_statement_effects(const struct rw *rw, const struct cat_relation *rel, int event)
{
    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(rw->cat, rel->triggers.items[i]);
        if (t && (t->type & event) && !(t->type & TRIGGER_TYPE_ROW) && t->enabled != 'D')
            return true;
    }
    return rel->rules.len > 0;
}

static bool is_referenced(const struct rw *rw, const struct cat_relation *rel, int attnum)
{
    for (int i = 0; i < rel->referencing.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, rel->referencing.items[i]);
        for (int k = 0; k < con->confkey.len; k++)
            if (con->confkey.items[k] == attnum)
                return true;
    }
    return false;
}

static const char *alias_of(struct rw *rw, const RangeVar *rv)
{
    return lc_quote_ident(rw->arena, rv->alias ? rv->alias->aliasname : rv->relname);
}

// "... WHERE (condition) AND ", without RETURNING. NULL: the text does not show where.
static const char *head_of(struct rw *rw, const char *text, size_t from, bool has_where, const char *more)
{
    size_t where = rw_find_keyword(text, from, "where"), end = rw_find_keyword(text, from, "returning");

    if (has_where != (where < end))
        return NULL;
    if (!has_where)
        return lc_printf(rw->arena, "%s WHERE %s", rw_cut(rw->arena, text, 0, end), more);
    return lc_printf(rw->arena, "%s WHERE (%s) AND %s", rw_cut(rw->arena, text, 0, where),
                     rw_cut(rw->arena, text, where + strlen("where"), end), more);
}

static bool visit_query(const Node *node, void *context)
{
    *(bool *)context |= IsA(node, SubLink);
    return true;
}

// The statement's condition, for the loop to begin at the first row that meets it and to end at the last: where it can be asked of the table alone,
// twice, and says the same.
static void take_condition(const struct rw *rw, const struct rw_stmt *s, const RangeVar *rv, const Node *where,
                           struct rw_batch *b)
{
    struct cat_scope_item item = {.alias = rv->alias ? rv->alias->aliasname : NULL, .rel = b->rel};
    struct cat_scope scope = {.items = &item, .len = 1};
    size_t at = rw_find_keyword(s->text, (size_t)rv->location, "where"), end = rw_find_keyword(s->text, at, "returning");
    bool queries = false;

    node_walk(where, visit_query, &queries);
    if (!where || b->through || queries || !s->text[at] || (rv->alias && rv->alias->colnames.length) ||
        cat_expr_volatility(rw->cat, &scope, where, NULL) == 'v')
        return;
    b->condition = rw_cut(rw->arena, s->text, at + strlen("where"), end);
    b->where = where;
}

static enum rw_window statement_window(const struct rw *rw, const struct rw_stmt *s, const WithClause *with, int event)
{
    if (!only_queries(with))
        return RW_WINDOW_WITH;
    if (has_whole_statement_effects(rw, s->rel, event))
        return RW_WINDOW_TRIGGERS;
    return RW_WINDOW_NONE;
}

// --- UPDATE -------------------------------------------------------------------------------------------------------------------------------

static bool sets(const UpdateStmt *u, const char *column)
{
    for (int i = 0; i < u->targetList.length; i++)
        if (lc_streq(LIST_GET(ResTarget, &u->targetList, i)->name, column))
            return true;
    return false;
}

static enum rw_window update_window(const struct rw *rw, const struct rw_stmt *s, const struct cat_relation *view,
                                    const UpdateStmt *u)
{
    enum rw_window why = statement_window(rw, s, u->withClause, TRIGGER_TYPE_UPDATE);

    for (int i = 0; !why && i < s->rel->natts; i++) {
        const struct cat_attribute *att = &s->rel->attrs[i];
        const char *name = att->isdropped ? NULL : view ? rw_view_column(rw, view, att->name) : att->name;
        if (name && is_referenced(rw, s->rel, att->attnum) && sets(u, name))
            why = RW_WINDOW_REFERENCED;
    }
    return why;
}

// Without a key a column marks the rows that are done, so that none is done twice wherever its new version is put.
static enum rewrite_verdict update_marked(struct rw *rw, const struct rw_stmt *s, const UpdateStmt *u, struct rw_batch *b)
{
    const char *mark = rw_helper(rw, "done"), *drop;
    size_t set = rw_find_keyword(s->text, rw_name_end(s->text, (size_t)u->relation->location), "set");

    drop = lc_printf(rw->arena, "ALTER TABLE %s DROP COLUMN %s;", s->name, mark);
    (void)rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD COLUMN %s boolean;", s->name, mark),
                   "There is no key to go by: a column marks the rows that are done.", NULL);
    b->head = head_of(rw, lc_printf(rw->arena, "%.*sSET %s = true, %s", (int)set, s->text, mark, s->text + set + strlen("set")),
                      set, u->whereClause != NULL, lc_printf(rw->arena, "%s.%s IS NULL AND ", b->alias, mark));
    if (!b->head)
        return rw_window(rw, RW_WINDOW_WHERE);
    rw_add_batch(rw, b);
    (void)rw_retry(rw, drop, "The marks are not needed any more.", NULL);
    return REWRITE_STEPS;
}

// The rows that the statement changes, where its condition is all that says which; else all.
static void keep_rows(struct rw *rw, const struct rw_stmt *s, const RangeVar *rv, bool joins, bool has_where)
{
    size_t where = rw_find_keyword(s->text, (size_t)rv->location, "where");
    const char *name = lc_quote_name(rw->arena, cat_schema_name(rw->cat, s->rel->o.schema), rw_helper(rw, "kept"));

    if (joins || !has_where || rw_find_keyword(s->text, 0, "with") < (size_t)rv->location || !s->text[where]) {
        rw_keep_table(rw, s->rel);
        return;
    }
    rw_offer_copy(rw,
                  lc_printf(rw->arena, "CREATE TABLE %s AS SELECT * FROM %s%s AS %s WHERE %s;", name, rv->inh ? "" : "ONLY ",
                            lc_quote_name(rw->arena, rv->schemaname, rv->relname), alias_of(rw, rv),
                            rw_cut(rw->arena, s->text, where + strlen("where"), rw_find_keyword(s->text, where, "returning"))),
                  lc_printf(rw->arena, "the rows of %s that it changes", s->name), -1);
}

static bool is_existing_table(const struct cat_relation *rel)
{
    return rel && !rel->o.created && (rel->relkind == 'r' || rel->relkind == 'p');
}

enum rewrite_verdict rw_update(struct rw *rw, const struct rw_stmt *stmt)
{
    const UpdateStmt *u = AS(UpdateStmt, stmt->tree);
    struct rw_batch b = {.rel = stmt->rel, .changed = &u->targetList, .tail = "", .irreversible = true};
    struct rw_stmt on, *s = &on;
    enum rw_window why;

    if (!behind_view(rw, stmt, s, &b))
        return rw_window(rw, RW_WINDOW_VIEW);
    if (!is_existing_table(s->rel))
        return REWRITE_SAME;
    why = update_window(rw, s, b.through, u);
    if (why)
        return rw_window(rw, why);
    if (reads_itself(rw, s, u->relation, b.through))
        return b.through ? rw_window(rw, RW_WINDOW_VIEW) : rw_computed_update(rw, s);
    rw_why(rw, "batched-update", "One UPDATE holds the locks of all its rows until it ends; batches hold few, and not for long.");
    b.alias = alias_of(rw, u->relation);
    b.what = lc_printf(rw->arena, "UPDATE %s", s->name);
    b.why = "Changes the rows batch by batch; each commits, and an interrupted run goes on where it was.";
    b.rollback = lc_printf(rw->arena, "The old values of %s are lost, but for a copy made before.", s->name);
    keep_rows(rw, s, u->relation, u->fromClause.length > 0, u->whereClause != NULL);
    if (!rw_has_key(rw, &b))
        return update_marked(rw, s, u, &b);
    b.head = head_of(rw, s->text, (size_t)u->relation->location, u->whereClause != NULL, "");
    if (!b.head)
        return rw_window(rw, RW_WINDOW_WHERE);
    if (!u->fromClause.length)
        take_condition(rw, s, u->relation, u->whereClause, &b);
    rw_add_batch(rw, &b);
    return REWRITE_STEPS;
}

const char *rw_lost_rows(struct rw *rw, const struct rw_stmt *s)
{
    return lc_printf(rw->arena, "The rows that go from %s are lost, but for a copy made before.", s->name);
}

// --- DELETE -------------------------------------------------------------------------------------------------------------------------------

// The table, and those whose rows go along with its rows.
static struct cat_oids cascaded(const struct rw *rw, const struct cat_relation *rel)
{
    struct cat_oids all = {0};

    LC_PUSH(rw->arena, &all, rel->o.oid);
    for (int i = 0; i < all.len; i++) {
        const struct cat_oids *keys = &cat_relation(rw->cat, all.items[i])->referencing;
        for (int k = 0; k < keys->len; k++) {
            const struct cat_constraint *con = cat_constraint(rw->cat, keys->items[k]);
            if (con->confdeltype == 'c' && !cat_oids_has(&all, con->conrelid))
                LC_PUSH(rw->arena, &all, con->conrelid);
        }
    }
    return all;
}

// NO ACTION looks when the statement ends (ri_triggers.c RI_FKey_noaction_del). Where rows that go along refer to others that go along, the
// end of a batch may find one whose turn comes in a later batch. Keys of a table to itself have an order (recipe_self_delete.c).
static enum rw_window delete_window(const struct rw *rw, const struct rw_stmt *s, const WithClause *with)
{
    enum rw_window why = statement_window(rw, s, with, TRIGGER_TYPE_DELETE);
    struct cat_oids all = cascaded(rw, s->rel);

    for (int i = 0; !why && i < all.len; i++) {
        const struct cat_oids *keys = &cat_relation(rw->cat, all.items[i])->referencing;
        for (int k = 0; k < keys->len; k++) {
            const struct cat_constraint *con = cat_constraint(rw->cat, keys->items[k]);
            bool checks = con->confdeltype == 'a' || con->confdeltype == 'r', own = con->conrelid == s->rel->o.oid && i == 0;
            if (checks && !own && cat_oids_has(&all, con->conrelid))
                why = RW_WINDOW_CASCADE;
        }
    }
    return why;
}

enum rewrite_verdict rw_delete(struct rw *rw, const struct rw_stmt *stmt)
{
    const DeleteStmt *d = AS(DeleteStmt, stmt->tree);
    struct rw_batch b = {.rel = stmt->rel, .tail = "", .irreversible = true};
    struct rw_stmt on, *s = &on;
    enum rw_window why;

    if (!behind_view(rw, stmt, s, &b))
        return rw_window(rw, RW_WINDOW_VIEW);
    if (!is_existing_table(s->rel))
        return REWRITE_SAME;
    why = delete_window(rw, s, d->withClause);
    if (why)
        return rw_window(rw, why);
    if (rw_deletes_in_order(rw, s->rel))
        return b.through ? rw_window(rw, RW_WINDOW_VIEW) : rw_self_delete(rw, s);
    if (reads_itself(rw, s, d->relation, b.through))
        return b.through ? rw_window(rw, RW_WINDOW_VIEW) : rw_computed_delete(rw, s);
    rw_why(rw, "batched-delete", "One DELETE holds the locks of all its rows until it ends; batches hold few, and not for long.");
    b.alias = alias_of(rw, d->relation);
    b.head = head_of(rw, s->text, (size_t)d->relation->location, d->whereClause != NULL, "");
    b.what = lc_printf(rw->arena, "DELETE FROM %s", s->name);
    b.why = "Deletes the rows batch by batch; each commits, and an interrupted run goes on where it was.";
    b.rollback = rw_lost_rows(rw, s);
    keep_rows(rw, s, d->relation, d->usingClause.length > 0, d->whereClause != NULL);
    if (!b.head)
        return rw_window(rw, RW_WINDOW_WHERE);
    if (!d->usingClause.length)
        take_condition(rw, s, d->relation, d->whereClause, &b);
    rw_add_batch(rw, &b);
    return REWRITE_STEPS;
}

// --- INSERT ... SELECT --------------------------------------------------------------------------------------------------------------------

static bool visit_aggregate(const Node *node, void *context)
{
    struct reads *r = context;
    const FuncCall *call = AS(FuncCall, node);
    const struct cat_proc *procs[16];
    int n = call ? cat_find_procs(r->rw->cat, list_schema_name(&call->funcname), list_last_name(&call->funcname), procs, 16) : 0;

    if (call && (call->over || call->agg_star))
        r->aggregate = true;
    for (int i = 0; i < n; i++)
        r->aggregate |= procs[i]->kind == 'a' || procs[i]->kind == 'w' || procs[i]->retset;
    return !IsA(node, SubLink);
}

// One table, row by row: each of its rows gives its own rows of the result.
static const RangeVar *driving_table(const struct rw *rw, const SelectStmt *q)
{
    struct reads r = {rw, NULL, NULL, false, false};

    if (!q || q->op != SETOP_NONE || q->distinctClause.length || q->groupClause.length || q->havingClause ||
        q->sortClause.length || q->limitCount || q->limitOffset || q->lockingClause.length || q->withClause ||
        q->fromClause.length != 1)
        return NULL;
    node_walk_list(&q->targetList, visit_aggregate, &r);
    return r.aggregate ? NULL : AS(RangeVar, q->fromClause.items[0]);
}

// "SELECT ... FROM t [WHERE ...] ON CONFLICT ... [RETURNING ...]": the range goes in between. NULL: the text does not show where.
static const char *conflict_tail(struct rw *rw, const struct rw_stmt *s, size_t from, bool has_where, const char **head)
{
    size_t conflict = rw_find_keyword(s->text, from, "conflict"), end = rw_find_keyword(s->text, from, "returning"), on = from;

    for (size_t at = from; at < conflict; at = on + 2)
        if ((on = rw_find_keyword(s->text, at, "on")) >= conflict || !*rw_cut(rw->arena, s->text, on + 2, conflict))
            break;
    if (on >= conflict || (has_where && rw_find_keyword(s->text, from, "where") > on))
        return NULL;
    *head = head_of(rw, rw_cut(rw->arena, s->text, 0, on), from, has_where, "");
    return lc_printf(rw->arena, " %s", rw_cut(rw->arena, s->text, on, end));
}

enum rewrite_verdict rw_insert(struct rw *rw, const struct rw_stmt *s)
{
    const InsertStmt *in = AS(InsertStmt, s->tree);
    const SelectStmt *q = AS(SelectStmt, in->selectStmt);
    const RangeVar *from = driving_table(rw, q);
    const struct cat_relation *source = from ? cat_find_rangevar(rw->cat, from) : NULL;
    struct rw_batch b = {.rel = source, .tail = "", .irreversible = true};

    if (!s->rel || !source || s->rel->o.created || !rw_large(rw, source) || in->withClause)
        return REWRITE_SAME;
    if (source == s->rel || reads_itself(rw, s, in->relation, false) ||
        has_whole_statement_effects(rw, s->rel, TRIGGER_TYPE_INSERT) || !rw_has_key(rw, &b))
        return REWRITE_SAME;
    b.alias = alias_of(rw, from);
    b.head = head_of(rw, s->text, (size_t)from->location, q->whereClause != NULL, "");
    if (in->onConflictClause)
        b.tail = conflict_tail(rw, s, (size_t)from->location, q->whereClause != NULL, &b.head);
    if (!b.head || !b.tail)
        return REWRITE_SAME;
    rw_why(rw, "batched-insert",
           "One INSERT ... SELECT holds its new rows and the rows that they refer to until it ends; batches do not.");
    b.what = lc_printf(rw->arena, "INSERT INTO %s", s->name);
    b.why = "Copies the rows batch by batch; each commits, and an interrupted run goes on where it was.";
    b.rollback = lc_printf(rw->arena, "The rows inserted into %s stay: delete them by hand.", s->name);
    rw_add_batch(rw, &b);
    return REWRITE_STEPS;
}
