// INSERT, UPDATE, DELETE and MERGE: their target, and the rules on it (parse_clause.c setTargetTable, rewriteHandler.c RewriteQuery).
#include "footprint/fp_query.h"

#include <limits.h>
#include <string.h>

#include "base/str.h"

#define MAX_VIEW_DEPTH 32
#define MAX_RULE_DEPTH 20

struct dml {
    struct fq_write w;
    struct fq_level *level;
    bool instead_of; // INSTEAD OF triggers do the work
    bool merge;
    bool conflict; // of ON CONFLICT
    int actions;   // TRIGGER_TYPE_* of a MERGE's
    bool ruled;    // the target is a view whose INSTEAD rule does it
    bool in_with;  // WITH x AS (this)
    bool with;     // WITH x AS (...) this
    bool returning;
    bool bare;                                        // an UPDATE or DELETE without conditions and joins, that runs for certain
    const struct cat_relation *views[MAX_VIEW_DEPTH]; // through which the target was reached
    int nviews;
    int first; // its first relation of the query's
    struct dml *next;
};

struct fq_dmls {
    struct dml *first, **last;
};

static void push(struct fq_query *q, const struct dml *d)
{
    struct dml *copy = lc_memdup(q->arena, d, sizeof *d);

    if (!q->dmls) {
        q->dmls = LC_NEW(q->arena, struct fq_dmls);
        q->dmls->last = &q->dmls->first;
    }
    *q->dmls->last = copy;
    q->dmls->last = &copy->next;
}

// Whether what the server would refuse is refused for certain: the application's own statements are known to work.
static bool is_certain(const struct fp_session *s)
{
    return !s->traffic && !s->uncertain;
}

static CmdType event_of(enum fq_op op)
{
    return op == FQ_INSERT ? CMD_INSERT : op == FQ_UPDATE ? CMD_UPDATE : CMD_DELETE;
}

// --- views -----------------------------------------------------------------------------------------------------------------------

// Column names of the view as the base relation calls them.
static NodeList *map_columns(struct fq_query *q, const struct cat_relation *view, const NodeList *cols)
{
    NodeList *out = LC_NEW(q->arena, NodeList);
    int n = cols ? cols->length : view->natts;

    out->items = LC_NEW_ARRAY(q->arena, Node *, n + 1);
    for (int i = 0; i < n; i++) {
        const ResTarget *old = cols ? LIST_GET(ResTarget, cols, i) : NULL;
        const char *name = old ? old->name : cols ? NULL : view->attrs[i].name;
        ResTarget *t = LC_NEW(q->arena, ResTarget);
        t->tag = T_ResTarget;
        t->name = name ? fq_view_column(view, name) : NULL;
        t->val = old ? old->val : NULL;
        out->items[out->length++] = (Node *)(void *)t;
    }
    return out;
}

bool fq_has_trigger(const struct catalog *cat, const struct cat_relation *rel, int mask)
{
    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(cat, rel->triggers.items[i]);
        if (t && (t->type & mask) == mask)
            return true;
    }
    return false;
}

static bool has_instead_rule(const struct fp_session *s, const struct cat_relation *rel, enum fq_op op)
{
    for (int i = 0; i < rel->rules.len; i++) {
        const struct cat_rule *rule = cat_rule(s->cat, rel->rules.items[i]);
        if (rule && rule->event == event_of(op) && fq_trigger_enabled(s, rule->enabled) && rule->instead && !rule->where)
            return true;
    }
    return false;
}

// Does a statement that a rule stands in for do nothing at all (DO INSTEAD NOTHING alone)? Then no query is planned (RewriteQuery).
static bool does_nothing(const struct fp_session *s, const struct cat_relation *rel, enum fq_op op)
{
    for (int i = 0; i < rel->rules.len; i++) {
        const struct cat_rule *rule = cat_rule(s->cat, rel->rules.items[i]);
        if (rule && rule->event == event_of(op) && fq_trigger_enabled(s, rule->enabled) && rule->actions.length)
            return false;
    }
    return true;
}

static const char *write_words(enum fq_op op)
{
    return op == FQ_INSERT ? "insert into" : op == FQ_UPDATE ? "update" : "delete from";
}

// view_has_instead_trigger (rewriteHandler.c): of a MERGE, every action must have one, and DO NOTHING needs none.
static bool instead_triggers(const struct fq_query *q, const struct dml *d)
{
    int ops = d->merge ? d->actions : (int)d->w.op;

    for (int op = TRIGGER_TYPE_INSERT; op <= TRIGGER_TYPE_UPDATE; op <<= 1)
        if ((ops & op) && !fq_has_trigger(q->s->cat, d->w.rel, TRIGGER_TYPE_INSTEAD | op))
            return false;
    return true;
}

// Goes down from a view to what is really written. False: INSTEAD OF triggers do it.
static bool target_of_view(struct fq_query *q, struct dml *d)
{
    for (int i = 0; i < MAX_VIEW_DEPTH && d->w.rel->relkind == 'v'; i++) {
        const struct cat_relation *base;
        if (has_instead_rule(q->s, d->w.rel, d->w.op)) {
            d->ruled = true;
            return true;
        }
        if (instead_triggers(q, d))
            return false;
        base = fq_view_base(q, d->w.rel, LC_ROW_EXCLUSIVE);
        if (!base && is_certain(q->s) && fq_view_refused(d->w.rel))
            fp_refuse(q->s, "55000", "cannot %s view \"%s\"", write_words(d->w.op), d->w.rel->o.name); // error_view_not_updatable
        if (!base)
            return true;
        if (d->w.op == FQ_INSERT && !d->w.default_values)
            d->w.cols = map_columns(q, d->w.rel, d->w.cols);
        if (d->w.set)
            d->w.set = map_columns(q, d->w.rel, d->w.set);
        d->w.inh = fq_view_inherits(d->w.rel); // ONLY is the view's matter, not the statement's
        d->views[d->nviews++] = d->w.rel;
        d->w.rel = base;
    }
    return true;
}

// The conditions of the views restrict what is written, too.
static void add_view_quals(struct fq_query *q, const struct dml *d, struct fq_rel *r)
{
    for (int i = 0; i < d->nviews; i++) {
        const SelectStmt *def = AS(SelectStmt, d->views[i]->view_query);
        const RangeVar *from = def && def->fromClause.length ? LIST_GET(RangeVar, &def->fromClause, 0) : NULL;
        struct fq_level *level = fq_new_level(q, NULL);
        struct fq_source src = {.rel = r, .alias = from && from->alias ? from->alias->aliasname : from ? from->relname : NULL};
        level->parent = d->level;
        level->pulled_up = true;
        LC_PUSH(q->arena, &level->sources, src);
        fq_push_quals(q, level, def ? def->whereClause : NULL);
    }
}

// --- rules -----------------------------------------------------------------------------------------------------------------------

static bool names_row(const Node *node, void *context)
{
    const ColumnRef *ref = AS(ColumnRef, node);
    const char *name = ref && ref->fields.length ? node_string(ref->fields.items[0]) : NULL;

    if (lc_streq(name, "old") || lc_streq(name, "new"))
        *(bool *)context = true;
    return true;
}

// rewriteRuleAction: an action is joined with what the statement is joined with, and with the target where it or a condition names its row. Does
// it run at least once for certain?
static bool runs_action(const struct dml *d, const struct cat_rule *rule, const Node *action)
{
    bool row = false;

    if (rule->where)
        return false;
    if (d->w.op == FQ_INSERT || d->nviews || !d->bare)
        return d->w.rows;
    node_walk(action, names_row, &row);
    return !row;
}

static void run_action(struct fq_query *q, const Node *action, const struct cat_relation *rel, bool rows)
{
    struct fq_query sub;

    if (q->s->depth >= MAX_RULE_DEPTH) {
        fp_note(q->s, "too-deep", true, "rules nest more than %d deep: what lies below is not followed", MAX_RULE_DEPTH);
        return;
    }
    q->s->depth++;
    fq_init(&sub, q->s, q->stage);
    sub.skip = rel;
    sub.conditional = !rows;
    (void)fq_run_query(&sub, action, false);
    q->s->depth--;
}

// The condition of a rule goes into the queries with its subqueries (rewriteRuleAction, CopyAndAddInvertedQual).
static void run_condition(struct fq_query *q, const struct cat_rule *rule, const struct cat_relation *rel)
{
    struct fq_query sub;

    if (!rule->where || (!rule->instead && !rule->actions.length))
        return;
    fq_init(&sub, q->s, q->stage);
    sub.skip = rel;
    fq_expr(&sub, fq_new_level(&sub, NULL), rule->where);
    fq_rewrite(&sub);
    if (q->stage >= FQ_PLAN)
        fq_plan(&sub);
}

static bool is_rewriting(const struct fp_session *s, const struct cat_relation *rel, enum fq_op op)
{
    for (const struct fp_rewriting *r = s->rewriting; r; r = r->up)
        if (r->rel == rel && r->op == (int)op)
            return true;
    return false;
}

struct product {                   // what fireRules makes of a statement
    bool original;                 // it is run, too
    bool also, instead, qualified; // there are rules of these sorts
    bool returning;                // an INSTEAD rule gives rows back
    int actions, queries;          // queries: those that are not utility statements
};

// rewriteTargetView and RewriteQuery: rows that a rule does not give back, and what may not stand in WITH.
static void refuse_product(struct fp_session *s, const struct dml *d, const struct cat_relation *rel, const struct product *p)
{
    static const char *const with = "rules are not supported for data-modifying statements in WITH";
    const char *op = d->w.op == FQ_INSERT ? "INSERT" : d->w.op == FQ_UPDATE ? "UPDATE" : "DELETE";

    if (!is_certain(s))
        return;
    if ((p->instead || p->qualified) && d->returning && !p->returning)
        fp_refuse(s, "0A000", "cannot perform %s RETURNING on relation \"%s\"", op, rel->o.name);
    else if (d->in_with && p->actions + p->original == 0)
        fp_refuse(s, "0A000", "DO INSTEAD NOTHING %s", with);
    else if (d->in_with && p->actions + p->original > 1)
        fp_refuse(s, "0A000", "%s %s",
                  p->qualified ? "conditional DO INSTEAD"
                  : p->also    ? "DO ALSO"
                               : "multi-statement DO INSTEAD",
                  with);
    else if (d->with && p->queries + p->original > 1)
        fp_refuse(s, "0A000", "WITH cannot be used in a query that is rewritten by rules into multiple queries");
}

static bool gives_rows(const Node *action)
{
    return (IsA(action, InsertStmt) && ((const InsertStmt *)(const void *)action)->returningList.length) ||
           (IsA(action, UpdateStmt) && ((const UpdateStmt *)(const void *)action)->returningList.length) ||
           (IsA(action, DeleteStmt) && ((const DeleteStmt *)(const void *)action)->returningList.length) ||
           IsA(action, SelectStmt);
}

// rewriteRuleAction: an action's range table has NEW and OLD; NOTIFY has none.
static int queries_of(const struct cat_rule *rule)
{
    int n = 0;

    for (LIST_EACH(i, &rule->actions))
        n += !IsA(rule->actions.items[i], NotifyStmt);
    return n;
}

static void note_rule(struct product *p, const struct cat_rule *rule)
{
    p->original = p->original && (!rule->instead || rule->where);
    p->also |= !rule->instead && rule->actions.length;
    p->instead |= rule->instead && !rule->where;
    p->qualified |= rule->instead && rule->where;
    p->actions += rule->actions.length;
    p->queries += queries_of(rule);
    for (LIST_EACH(i, &rule->actions))
        p->returning |= rule->instead && gives_rows(rule->actions.items[i]);
}

// The rules of the target. False: one of them stands in for the statement.
static bool fire_rules(struct fq_query *q, struct dml *d, const struct cat_relation *rel)
{
    enum fq_op op = d->w.op;
    struct fp_rewriting frame = {rel, (int)op, q->s->rewriting};
    struct product product = {.original = true};

    if (rel->rules.len && is_rewriting(q->s, rel, op)) {
        fp_refuse(q->s, "42P17", "infinite recursion detected in rules for relation \"%s\"", rel->o.name);
        return false;
    }
    q->s->rewriting = &frame;
    for (int i = 0; i < rel->rules.len; i++) {
        const struct cat_rule *rule = cat_rule(q->s->cat, rel->rules.items[i]);
        if (!rule || rule->event != event_of(op) || !fq_trigger_enabled(q->s, rule->enabled))
            continue;
        note_rule(&product, rule);
        if (queries_of(rule))
            fq_lock(q, rel, LC_ACCESS_SHARE, FQ_READ);
        run_condition(q, rule, rel);
        for (LIST_EACH(k, &rule->actions))
            run_action(q, rule->actions.items[k], rel, runs_action(d, rule, rule->actions.items[k]));
    }
    q->s->rewriting = frame.up;
    refuse_product(q->s, d, rel, &product);
    d->w.rows = d->w.rows && !product.qualified; // CopyAndAddInvertedQual
    d->w.tried = d->w.tried && !product.qualified;
    return product.original;
}

bool fq_fire_rules(struct fp_session *s, const struct fq_write *w)
{
    struct fq_query q;
    struct dml d = {.w = *w};

    fq_init(&q, s, FQ_EXECUTE);
    d.level = fq_new_level(&q, NULL);
    return fire_rules(&q, &d, w->rel);
}

// --- analysis ----------------------------------------------------------------------------------------------------------------------

static void read_view(struct fq_query *q, struct fq_level *level, const struct cat_relation *view)
{
    struct fq_rel *r = fq_add_rel(q, level, view, LC_ACCESS_SHARE, true);

    // up to 15 the view stands in the range table twice
    if (cat_major(q->s->cat) < 16)
        fq_lock(q, view, LC_ACCESS_SHARE, FQ_VIEW);
    LC_PUSH(q->arena, &level->sources, (struct fq_source){.alias = view->o.name, .rel = r});
}

// The columns that are written to (checkInsertTargets, transformUpdateTargetList).
static void check_targets(struct fp_session *s, const struct cat_relation *rel, const NodeList *targets)
{
    for (int i = 0; targets && rel->natts && is_certain(s) && i < targets->length; i++) {
        const ResTarget *t = LIST_GET(ResTarget, targets, i);
        if (t && t->name && !cat_find_column(rel, t->name))
            fp_refuse(s, "42703", "column \"%s\" of relation \"%s\" does not exist", t->name, rel->o.name);
    }
}

// Catalogues whose rows say nothing of which relations, columns, types and functions there are.
static const char *const beside_objects[] = {
    "pg_authid",        "pg_database",          "pg_db_role_setting", "pg_default_acl",          "pg_description",
    "pg_file_settings", "pg_init_privs",        "pg_largeobject",     "pg_largeobject_metadata", "pg_seclabel",
    "pg_settings",      "pg_shdepend",          "pg_shdescription",   "pg_shseclabel",           "pg_statistic",
    "pg_tablespace",    "pg_statistic_ext_data"};

static bool writes_catalogue(const struct cat_relation *rel, const RangeVar *rv)
{
    for (size_t i = 0; i < sizeof beside_objects / sizeof *beside_objects; i++)
        if (lc_streq(rv->relname, beside_objects[i]))
            return false;
    return rel ? rel->o.oid < FirstNormalObjectId : lc_streq(rv->schemaname, "pg_catalog") || lc_starts(rv->relname, "pg_");
}

// Locks the target and enters it as the first source of the level. NULL: there is none, or rules stand in for it.
static bool begin(struct fq_query *q, struct dml *d, const RangeVar *rv)
{
    const struct cat_relation *rel = fq_find(q->s, rv), *named = rel;
    struct fq_rel *r;

    if (writes_catalogue(rel, rv) && q->stage >= FQ_EXECUTE && !q->s->traffic) {
        q->s->unknown_effects = FP_UNKNOWN_OBJECTS;
        fp_note(q->s, "catalogue-written", true, "rows of %s are written: what that makes of the objects is not known",
                rv->relname);
    }
    if (!rel)
        return false;
    fq_lock(q, rel, LC_ROW_EXCLUSIVE, FQ_TARGET);
    check_targets(q->s, rel, d->w.op == FQ_INSERT ? d->w.cols : d->w.set);
    d->w.rel = rel;
    d->w.inh = rv->inh;
    d->first = q->rels.len;
    if (q->stage >= FQ_REWRITE)
        d->instead_of = !target_of_view(q, d);
    if ((d->instead_of || (d->ruled && !does_nothing(q->s, d->w.rel, d->w.op))) &&
        d->w.op != FQ_INSERT) // OLD is the view's query
        read_view(q, d->level, d->w.rel);
    r = fq_add_rel(q, d->level, d->w.rel, LC_ROW_EXCLUSIVE, d->w.inh);
    r->planned = d->w.op != FQ_INSERT && !d->instead_of && !d->ruled;
    r->rewritten = d->w.rel->relkind == 'v';
    add_view_quals(q, d, r);
    LC_PUSH(q->arena, &d->level->sources,
            (struct fq_source){.alias = rv->alias && rv->alias->aliasname ? rv->alias->aliasname : named->o.name, .rel = r});
    return true;
}

// rewriteTargetListIU (rewriteHandler.c): generated columns, and identity columns ALWAYS, take nothing but their default.
static void check_generated(struct fp_session *s, const struct fq_write *w)
{
    const struct cat_relation *rel = w->rel;
    const char *code = cat_major(s->cat) < 14 ? "42601" : "428C9";
    int rows = w->values ? w->values->length : w->cols || w->given;

    for (int i = 0; is_certain(s) && w->op != FQ_DELETE && !w->default_values && i < rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i];
        bool identity = att->identity == 'a' && (w->op == FQ_UPDATE || w->override == OVERRIDING_NOT_SET), isdefault = true;
        if (att->isdropped || (!att->generated && !identity))
            continue;
        for (int row = 0; w->op == FQ_INSERT && row < rows && isdefault; row++)
            (void)fq_row_value(w, rel, att->name, row, &isdefault);
        if (w->op == FQ_UPDATE)
            isdefault = !w->set || !fq_sets_column(w, rel, att->attnum) || fq_set_to_default(w, att->name);
        if (!isdefault && w->op == FQ_UPDATE)
            fp_refuse(s, att->generated ? code : "428C9", "column \"%s\" can only be updated to DEFAULT", att->name);
        else if (!isdefault)
            fp_refuse(s, att->generated ? code : "428C9", "cannot insert a non-DEFAULT value into column \"%s\"", att->name);
    }
}

// What a statement reads that is not run: no view of it is expanded, nothing planned.
static void leave_out(struct fq_query *q, const struct dml *d)
{
    for (int i = d->first; i < q->rels.len; i++) {
        q->rels.items[i]->rewritten = true;
        q->rels.items[i]->planned = false;
    }
}

static void finish(struct fq_query *q, struct dml *d)
{
    fq_settle(d->level);
    if (q->stage >= FQ_REWRITE)
        check_generated(q->s, &d->w);

    for (int i = 0; q->stage >= FQ_REWRITE && i < d->nviews; i++)
        (void)fire_rules(q, d, d->views[i]);
    if (q->stage >= FQ_REWRITE && !fire_rules(q, d, d->w.rel)) {
        if (does_nothing(q->s, d->w.rel, d->w.op))
            leave_out(q, d);
        return;
    }
    if (q->stage >= FQ_START)
        push(q, d);
}

static const NodeList *values_of(const SelectStmt *select)
{
    return select && select->valuesLists.length && !select->limitCount && !select->limitOffset ? &select->valuesLists : NULL;
}

static bool find_star(const Node *node, void *context)
{
    *(bool *)context |= IsA(node, A_Star);
    return true;
}

// What one SELECT gives, column by column; NULL: a set operation, a star.
static const NodeList *targets_of(const SelectStmt *select)
{
    bool star = false;

    if (!select || select->larg || select->valuesLists.length)
        return NULL;
    node_walk_list(&select->targetList, find_star, &star);
    return star ? NULL : &select->targetList;
}

// RewriteQuery (rewrite/rewriteHandler.c): any rule for UPDATE, and one for INSERT that does something (fireRules).
static void refuse_ruled_conflict(struct fp_session *s, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->rules.len; i++) {
        const struct cat_rule *rule = cat_rule(s->cat, rel->rules.items[i]);
        if (rule && is_certain(s) && fq_trigger_enabled(s, rule->enabled) &&
            (rule->event == CMD_UPDATE || (rule->event == CMD_INSERT && rule->actions.length)))
            fp_refuse(s, "0A000", "INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules");
    }
}

// infer_arbiter_indexes (optimizer/util/plancat.c): a unique index over just these columns.
static void infer_arbiter(struct fp_session *s, const struct cat_relation *rel, const InferClause *infer)
{
    if (infer->conname || !strchr("rp", rel->relkind) || !is_certain(s))
        return;
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);
        if (index && cat_index_arbitrates(s->cat, rel, index->index, infer))
            return;
    }
    fp_refuse(s, "42P10", "there is no unique or exclusion constraint matching the ON CONFLICT specification");
}

// ON CONFLICT ON CONSTRAINT (transformOnConflictArbiter, parse_clause.c; infer_arbiter_indexes, plancat.c)
static void check_arbiter_constraint(struct fp_session *s, const struct cat_relation *rel, const OnConflictClause *oc, bool plan)
{
    const char *name = oc->infer ? oc->infer->conname : NULL;
    const struct cat_constraint *con = name ? cat_find_constraint(s->cat, rel, name) : NULL;
    const struct cat_relation *index = con ? cat_relation(s->cat, con->conindid) : NULL;

    if (!name || !is_certain(s))
        return;
    if (!con)
        fp_refuse(s, "42704", "constraint \"%s\" for table \"%s\" does not exist", name, rel->o.name);
    else if (plan && !con->conindid)
        fp_refuse(s, "42809", "constraint in ON CONFLICT clause has no associated index");
    else if (plan && index && index->index && index->index->exclusion && oc->action == ONCONFLICT_UPDATE)
        fp_refuse(s, "42809", "ON CONFLICT DO UPDATE not supported with exclusion constraints");
}

static bool may_arbitrate(const struct fp_session *s, const struct cat_relation *rel, const struct cat_relation *index,
                          const InferClause *infer)
{
    const struct cat_constraint *con = infer && infer->conname ? cat_find_constraint(s->cat, rel, infer->conname) : NULL;

    if (con)
        return con->conindid == index->o.oid;
    return infer ? cat_index_arbitrates(s->cat, rel, index->index, infer) : index->index->unique || index->index->exclusion;
}

// ExecCheckIndexConstraints (execIndexing.c). Later arbiters are looked at only where the earlier ones find no conflict.
static void check_deferrable_arbiter(struct fp_session *s, const struct cat_relation *rel, const InferClause *infer)
{
    if (rel->relkind != 'r' || !is_certain(s))
        return;
    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(s->cat, rel->triggers.items[i]);
        if ((t->type & TRIGGER_TYPE_ROW) && (t->type & TRIGGER_TYPE_BEFORE) && (t->type & TRIGGER_TYPE_INSERT))
            return; // it may leave the row out
    }
    for (int i = 0; i < rel->indexes.len; i++) {
        const struct cat_relation *index = cat_relation(s->cat, rel->indexes.items[i]);
        if (!index || !index->index->valid || !may_arbitrate(s, rel, index, infer))
            continue;
        if (!index->index->immediate)
            fp_refuse(s, "55000", "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters");
        return;
    }
}

// How many columns the query of an INSERT gives that names none; 0: not known.
static int given_columns(const struct fq_query *q, const InsertStmt *stmt, const SelectStmt *select)
{
    struct cat_attribute *columns;
    SelectStmt with_ctes;

    if (stmt->cols.length || !select || select->valuesLists.length || (stmt->withClause && select->withClause))
        return 0;
    with_ctes = *select;
    if (stmt->withClause)
        with_ctes.withClause = stmt->withClause;
    return cat_query_columns(q->s->cat, NULL, (const Node *)(const void *)&with_ctes, &columns);
}

static void dml_insert(struct fq_query *q, const InsertStmt *stmt, struct fq_level *outer)
{
    const SelectStmt *select = AS(SelectStmt, stmt->selectStmt);
    const OnConflictClause *oc = stmt->onConflictClause;
    struct dml d = {.level = fq_new_level(q, outer), .in_with = q->in_with, .with = stmt->withClause != NULL};
    bool conditional = q->conditional;

    d.w = (struct fq_write){.op = FQ_INSERT,
                            .cols = stmt->cols.length ? &stmt->cols : NULL,
                            .values = values_of(select),
                            .query = targets_of(select),
                            .given = given_columns(q, stmt, select),
                            .default_values = !select,
                            .override = stmt->override,
                            .none = !stmt->withClause && !outer && fq_gives_none(q->s, select), // a WITH query may have its name
                            .tried = (!select || values_of(select)) && !conditional};
    d.w.rows = d.w.tried && !oc;
    fq_with(q, d.level, stmt->withClause);
    if (!begin(q, &d, stmt->relation))
        return;
    (void)fq_select(q, select, d.level, false);
    q->conditional = true;
    if (oc) {
        if (!d.nviews)
            check_arbiter_constraint(q->s, d.w.rel, oc, q->stage >= FQ_PLAN);
        if (q->stage >= FQ_REWRITE) {
            struct fq_write set = {.rel = d.w.rel, .op = FQ_UPDATE, .set = &oc->targetList};
            check_generated(q->s, &d.w);
            if (oc->action == ONCONFLICT_UPDATE)
                check_generated(q->s, &set);
            refuse_ruled_conflict(q->s, d.w.rel);
        }
        fq_exprs(q, d.level, &oc->targetList);
        fq_expr(q, d.level, oc->whereClause);
        if (oc->infer && q->stage >= FQ_PLAN)
            infer_arbiter(q->s, d.w.rel, oc->infer);
        if (oc->infer && q->stage >= FQ_PLAN)
            fq_lock_indexes(q->s, d.w.rel, LC_ROW_EXCLUSIVE, false);
        if (q->stage >= FQ_EXECUTE && !conditional && (!select || values_of(select)))
            check_deferrable_arbiter(q->s, d.w.rel, oc->infer);
    }
    fq_exprs(q, d.level, &stmt->returningList);
    d.returning = stmt->returningList.length > 0;
    q->conditional = conditional;
    finish(q, &d);
    if (oc && oc->action == ONCONFLICT_UPDATE && q->stage >= FQ_EXECUTE) {
        d.w = (struct fq_write){.rel = d.w.rel, .op = FQ_UPDATE, .set = &oc->targetList};
        d.conflict = true;
        push(q, &d);
    }
}

static void dml_update(struct fq_query *q, const UpdateStmt *stmt, struct fq_level *outer)
{
    struct dml d = {.level = fq_new_level(q, outer),
                    .w = {.op = FQ_UPDATE, .set = &stmt->targetList},
                    .in_with = q->in_with,
                    .with = stmt->withClause != NULL};
    bool conditional = q->conditional;

    d.bare = !conditional && !stmt->whereClause && !stmt->fromClause.length;
    fq_with(q, d.level, stmt->withClause);
    if (!begin(q, &d, stmt->relation))
        return;
    q->conditional = true;
    for (LIST_EACH(i, &stmt->fromClause))
        fq_from_item(q, d.level, stmt->fromClause.items[i], NULL, false);
    fq_exprs(q, d.level, &stmt->targetList);
    fq_add_quals(q, d.level, stmt->whereClause, 0, INT_MAX);
    fq_exprs(q, d.level, &stmt->returningList);
    d.returning = stmt->returningList.length > 0;
    q->conditional = conditional;
    finish(q, &d);
}

static void dml_delete(struct fq_query *q, const DeleteStmt *stmt, struct fq_level *outer)
{
    struct dml d = {
        .level = fq_new_level(q, outer), .w = {.op = FQ_DELETE}, .in_with = q->in_with, .with = stmt->withClause != NULL};
    bool conditional = q->conditional;

    d.bare = !conditional && !stmt->whereClause && !stmt->usingClause.length;
    fq_with(q, d.level, stmt->withClause);
    if (!begin(q, &d, stmt->relation))
        return;
    q->conditional = true;
    for (LIST_EACH(i, &stmt->usingClause))
        fq_from_item(q, d.level, stmt->usingClause.items[i], NULL, false);
    fq_add_quals(q, d.level, stmt->whereClause, 0, INT_MAX);
    fq_exprs(q, d.level, &stmt->returningList);
    d.returning = stmt->returningList.length > 0;
    q->conditional = conditional;
    finish(q, &d);
}

static void check_merged(struct fq_query *q, const struct dml *d, const MergeWhenClause *when)
{
    struct fq_write w = d->w;
    List *row = LC_NEW(q->arena, List);
    NodeList rows = {1, (Node *[]){(Node *)row}};

    *row = (List){.tag = T_List, .items = when->values};
    w.values = w.op == FQ_INSERT && when->values.length ? &rows : NULL;
    check_generated(q->s, &w);
}

static void merge_action(struct fq_query *q, const struct dml *base, const MergeWhenClause *when)
{
    struct dml d = *base;

    if (when->commandType == CMD_NOTHING)
        return;
    d.w.op = when->commandType == CMD_INSERT ? FQ_INSERT : when->commandType == CMD_UPDATE ? FQ_UPDATE : FQ_DELETE;
    if (d.w.op == FQ_UPDATE)
        d.w.set = &when->targetList;
    if (d.w.op == FQ_INSERT)
        d.w.cols = when->targetList.length ? &when->targetList : NULL;
    d.w.default_values = d.w.op == FQ_INSERT && !when->values.length;
    d.w.override = when->override;
    if (q->stage >= FQ_REWRITE)
        check_merged(q, &d, when);
    if (q->stage >= FQ_START)
        push(q, &d);
}

static int action_type(CmdType type)
{
    return type == CMD_INSERT   ? TRIGGER_TYPE_INSERT
           : type == CMD_UPDATE ? TRIGGER_TYPE_UPDATE
           : type == CMD_DELETE ? TRIGGER_TYPE_DELETE
                                : 0;
}

// matchLocks (rewrite/rewriteHandler.c); until 16 transformMergeStmt, which does not ask whether the rule is enabled.
static void refuse_ruled_merge(struct fp_session *s, const struct cat_relation *rel)
{
    for (int i = 0; i < rel->rules.len; i++) {
        const struct cat_rule *rule = cat_rule(s->cat, rel->rules.items[i]);
        if (rule && is_certain(s) && (cat_major(s->cat) < 17 || fq_trigger_enabled(s, rule->enabled)))
            fp_refuse(s, "0A000", "cannot execute MERGE on relation \"%s\"", rel->o.name);
    }
}

bool fq_can_merge(struct fp_session *s, const RangeVar *rv)
{
    const struct cat_relation *rel = rv ? fq_find(s, rv) : NULL;
    const char *kinds = cat_major(s->cat) >= 17 ? "rpv" : "rp";

    if (rel && is_certain(s) && !strchr(kinds, rel->relkind)) {
        if (strchr("iIc", rel->relkind)) // table_open
            fp_refuse(s, "42809", "cannot open relation \"%s\"", rel->o.name);
        else
            fp_refuse(s, "0A000", "cannot execute MERGE on relation \"%s\"", rel->o.name);
    } else if (rel && cat_major(s->cat) < 17) {
        refuse_ruled_merge(s, rel);
    }
    return !s->fp->fails;
}

static void dml_merge(struct fq_query *q, const MergeStmt *stmt, struct fq_level *outer)
{
    struct dml d = {.level = fq_new_level(q, outer), .w = {.op = FQ_UPDATE}, .merge = true};
    bool conditional = q->conditional;

    if (!fq_can_merge(q->s, stmt->relation))
        return;
    for (LIST_EACH(i, &stmt->mergeWhenClauses)) {
        const MergeWhenClause *when = LIST_GET(MergeWhenClause, &stmt->mergeWhenClauses, i);
        d.actions |= when ? action_type(when->commandType) : 0;
    }
    for (LIST_EACH(i, &stmt->mergeWhenClauses)) {
        const MergeWhenClause *when = LIST_GET(MergeWhenClause, &stmt->mergeWhenClauses, i);
        const struct cat_relation *target = fq_find(q->s, stmt->relation);
        if (when && target)
            check_targets(q->s, target, &when->targetList);
        if (target && q->stage >= FQ_REWRITE)
            refuse_ruled_merge(q->s, target);
    }
    fq_with(q, d.level, stmt->withClause);
    if (!begin(q, &d, stmt->relation))
        return;
    for (int i = 1; i <= d.nviews && q->stage >= FQ_REWRITE; i++) // the statement is rewritten for what the view shows
        refuse_ruled_merge(q->s, i < d.nviews ? d.views[i] : d.w.rel);
    q->conditional = true;
    fq_from_item(q, d.level, stmt->sourceRelation, NULL, false);
    fq_add_quals(q, d.level, stmt->joinCondition, 0, 1);
    for (LIST_EACH(i, &stmt->mergeWhenClauses)) {
        const MergeWhenClause *when = LIST_GET(MergeWhenClause, &stmt->mergeWhenClauses, i);
        if (!when)
            continue;
        fq_expr(q, d.level, when->condition);
        fq_exprs(q, d.level, &when->targetList);
        fq_exprs(q, d.level, &when->values);
        merge_action(q, &d, when);
    }
    fq_exprs(q, d.level, &stmt->returningList);
    fq_settle(d.level);
    q->conditional = conditional;
}

void fq_dml(struct fq_query *q, const Node *stmt, struct fq_level *outer)
{
    if (IsA(stmt, InsertStmt))
        dml_insert(q, (const InsertStmt *)(const void *)stmt, outer);
    else if (IsA(stmt, UpdateStmt))
        dml_update(q, (const UpdateStmt *)(const void *)stmt, outer);
    else if (IsA(stmt, DeleteStmt))
        dml_delete(q, (const DeleteStmt *)(const void *)stmt, outer);
    else if (IsA(stmt, MergeStmt))
        dml_merge(q, (const MergeStmt *)(const void *)stmt, outer);
}

// CheckValidResultRel (execMain.c)
static void check_result(struct fp_session *s, const struct fq_write *w)
{
    const char *kind = w->rel->relkind == 'S' ? "sequence" : w->rel->relkind == 'm' ? "materialized view" : NULL;

    if (kind && is_certain(s))
        fp_refuse(s, "42809", "cannot change %s \"%s\"", kind, w->rel->o.name);
    fq_check_published(s, w);
}

void fq_dml_start(struct fq_query *q)
{
    for (const struct dml *d = q->dmls ? q->dmls->first : NULL; d; d = d->next)
        if (!d->instead_of && !d->conflict)
            check_result(q->s, &d->w);
}

void fq_dml_execute(struct fq_query *q)
{
    for (const struct dml *d = q->dmls ? q->dmls->first : NULL; d; d = d->next) {
        bool was = q->s->uncertain;
        if (d->instead_of) {
            q->s->uncertain |= !d->w.rows;
            fq_fire(q->s, d->w.rel, (int)d->w.op, TRIGGER_TYPE_INSTEAD, true, &d->w);
        } else {
            if (!d->conflict)
                check_result(q->s, &d->w);
            fq_execute_write(q->s, &d->w);
        }
        q->s->uncertain = was;
    }
}
