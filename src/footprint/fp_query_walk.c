// Parse analysis of a query: which relations it names, at which mode, and the scopes in which its conditions stand.
#include "footprint/fp_query.h"

#include <limits.h>
#include <string.h>

#include "base/str.h"

#define MAX_NESTING 200     // hostile input: deeper than that is not followed
#define MAX_RELATIONS 10000 // in the range table of one query, views expanded

struct fq_level *fq_new_level(struct fq_query *q, struct fq_level *outer)
{
    struct fq_level *level = LC_NEW(q->arena, struct fq_level);

    level->outer = outer;
    LC_PUSH(q->arena, &q->levels, level);
    return level;
}

void fq_lock(struct fq_query *q, const struct cat_relation *rel, enum lc_lockmode mode, enum fq_rule_id rule)
{
    fp_lock_mode(q->s, rel, mode, &fq_rules[rule]);
}

struct fq_rel *fq_add_rel(struct fq_query *q, struct fq_level *level, const struct cat_relation *rel, enum lc_lockmode mode,
                          bool inh)
{
    struct fq_rel *r = LC_NEW(q->arena, struct fq_rel);

    if (q->rels.len == MAX_RELATIONS)
        fp_note(q->s, "too-large", true, "the query reads more than %d relations: views beyond these are not followed",
                MAX_RELATIONS);
    *r = (struct fq_rel){.rel = rel, .mode = mode, .inh = inh, .planned = true, .level = level, .uncertain = q->s->uncertain};
    LC_PUSH(q->arena, &q->rels, r);
    return r;
}

static void add_source(struct fq_query *q, struct fq_level *level, const char *alias, const Alias *names, struct fq_rel *rel,
                       struct fq_level *sub)
{
    struct fq_source src = {.alias = names && names->aliasname ? names->aliasname : alias,
                            .colnames = names && names->colnames.length ? &names->colnames : NULL,
                            .rel = rel,
                            .sub = sub};

    LC_PUSH(q->arena, &level->sources, src);
}

// --- names -------------------------------------------------------------------------------------------------------------------

static struct fq_cte *find_cte(struct fq_level *level, const char *name)
{
    for (; level; level = level->outer)
        for (int i = level->ctes.len - 1; i >= 0; i--)
            if (lc_streq(level->ctes.items[i].name, name))
                return &level->ctes.items[i];
    return NULL;
}

static bool is_pseudo(const struct fq_query *q, const RangeVar *rv)
{
    return q->skip && !rv->schemaname && rv->relname && (strcmp(rv->relname, "new") == 0 || strcmp(rv->relname, "old") == 0);
}

static bool is_catalogue(const struct fp_session *s, const struct cat_relation *rel)
{
    const char *schema = cat_schema_name(s->cat, rel->o.schema);

    return lc_streq(schema, "pg_catalog") || lc_streq(schema, "information_schema");
}

static bool is_system(const RangeVar *rv)
{
    return lc_streq(rv->schemaname, "pg_catalog") || lc_streq(rv->schemaname, "information_schema") ||
           lc_starts(rv->relname, "pg_");
}

const struct cat_relation *fq_find(struct fp_session *s, const RangeVar *rv)
{
    const struct cat_relation *rel = rv ? cat_find_rangevar(s->cat, rv) : NULL;

    if (rel || !rv || is_system(rv))
        return rel;
    if (s->frames && s->frames->rel && !rv->schemaname)
        return NULL; // in a trigger's function: a transition table, perhaps
    bool unknown = s->unknown_effects == FP_UNKNOWN_OBJECTS || cat_has_unknown_extension(s->cat);
    if (s->traffic || s->uncertain || unknown)
        fp_note(s, "missing-relation", unknown && !s->traffic, "relation %s is not in the catalogue", rv->relname);
    else if (rv->schemaname)
        fp_refuse(s, "42P01", "relation \"%s.%s\" does not exist", rv->schemaname, rv->relname);
    else
        fp_refuse(s, "42P01", "relation \"%s\" does not exist", rv->relname);
    return NULL;
}

// --- FROM --------------------------------------------------------------------------------------------------------------------

static bool locking_names(const NodeList *locking, const char *alias)
{
    for (int i = 0; locking && i < locking->length; i++) {
        const LockingClause *lc = LIST_GET(LockingClause, locking, i);
        if (lc && lc->lockedRels.length == 0)
            return true;
        for (int k = 0; lc && k < lc->lockedRels.length; k++) {
            const RangeVar *rv = LIST_GET(RangeVar, &lc->lockedRels, k);
            if (rv && lc_streq(rv->relname, alias))
                return true;
        }
    }
    return false;
}

static void lock_sequence(const struct cat_object *object, void *context)
{
    const struct cat_relation *rel = (const struct cat_relation *)(const void *)object;

    if (rel->relkind == 'S')
        fq_lock(context, rel, LC_ROW_EXCLUSIVE, FQ_SEQUENCE);
}

static void lock_definition(const struct cat_object *object, void *context)
{
    const struct fq_query *q = context;

    fq_lock_definition(q->s, (const struct cat_relation *)(const void *)object);
}

// pg_rules: pg_get_ruledef opens the relation of the rule and those of its actions.
static void lock_rule(const struct cat_object *object, void *context)
{
    const struct fq_query *q = context;
    const struct cat_rule *rule = (const struct cat_rule *)(const void *)object;
    struct fq_query sub;

    fp_lock_mode(q->s, cat_relation(q->s->cat, rule->relid), LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
    for (LIST_EACH(i, &rule->actions)) {
        const Node *action = rule->actions.items[i];
        const RangeVar *target = IsA(action, InsertStmt)   ? AS(InsertStmt, action)->relation
                                 : IsA(action, UpdateStmt) ? AS(UpdateStmt, action)->relation
                                 : IsA(action, DeleteStmt) ? AS(DeleteStmt, action)->relation
                                                           : NULL;
        // AcquireRewriteLocks: nothing is executed, so what would be written is only read
        fp_lock_mode(q->s, target ? cat_find_rangevar(q->s->cat, target) : NULL, LC_ACCESS_SHARE, &fq_rules[FQ_CATALOG_FUNCTION]);
        fq_init(&sub, q->s, FQ_ANALYZE);
        sub.skip = cat_relation(q->s->cat, rule->relid);
        (void)fq_run_query(&sub, rule->actions.items[i], false);
    }
}

// pg_policies: pg_get_expr opens what the subqueries of a policy read.
static void lock_policy(const struct cat_object *object, void *context)
{
    const struct fq_query *q = context;
    const struct cat_policy *policy = (const struct cat_policy *)(const void *)object;
    struct fq_query sub;

    fq_init(&sub, q->s, FQ_ANALYZE);
    fq_expr(&sub, fq_new_level(&sub, NULL), policy->qual);
    fq_expr(&sub, fq_new_level(&sub, NULL), policy->check);
}

// pg_sequences calls pg_sequence_last_value for each row, pg_views pg_get_viewdef; the catalogues themselves are no concern of ours.
static void catalog_view(struct fq_query *q, const RangeVar *rv)
{
    bool was = q->s->uncertain;
    bool definitions =
        lc_streq(rv->relname, "pg_views") || (lc_streq(rv->relname, "views") && lc_streq(rv->schemaname, "information_schema"));

    if (q->stage < FQ_EXECUTE || q->s->traffic)
        return;
    q->s->uncertain = was || q->filtered;
    if (lc_streq(rv->relname, "pg_sequences"))
        cat_each(q->s->cat, CAT_RELATION, lock_sequence, q);
    q->s->uncertain = true; // only for the rows and columns that are asked for
    if (lc_streq(rv->relname, "pg_rules"))
        cat_each(q->s->cat, CAT_RULE, lock_rule, q);
    if (lc_streq(rv->relname, "pg_policies"))
        cat_each(q->s->cat, CAT_POLICY, lock_policy, q);
    if (definitions)
        cat_each(q->s->cat, CAT_RELATION, lock_definition, q);
    q->s->uncertain = was;
}

static void from_relation(struct fq_query *q, struct fq_level *level, const RangeVar *rv, const NodeList *locking, bool locked)
{
    const char *alias = rv->alias && rv->alias->aliasname ? rv->alias->aliasname : rv->relname;
    struct fq_cte *cte = rv->schemaname ? NULL : find_cte(level, rv->relname);
    const struct cat_relation *rel;
    enum lc_lockmode mode = locked || locking_names(locking, alias) ? LC_ROW_SHARE : LC_ACCESS_SHARE;
    struct fq_rel *r = NULL;

    if (cte) {
        cte->refs++;
        add_source(q, level, rv->relname, rv->alias, NULL, cte->level);
        return;
    }
    rel = is_pseudo(q, rv) ? NULL : fq_find(q->s, rv);
    if (rel && is_catalogue(q->s, rel)) {
        add_source(q, level, rv->relname, rv->alias, NULL, NULL);
        catalog_view(q, rv);
        return;
    }
    if (rel) {
        fq_lock(q, rel, mode, mode == LC_ROW_SHARE ? FQ_ROWMARK : FQ_READ);
        r = fq_add_rel(q, level, rel, mode, rv->inh);
    } else {
        catalog_view(q, rv);
    }
    add_source(q, level, rv->relname, rv->alias, r, NULL);
}

// USING (c): left.c = right.c, between the first source that has it on either side.
static void add_using(struct fq_query *q, struct fq_level *level, const JoinExpr *join, int lo, int mid, int hi)
{
    for (LIST_EACH(i, &join->usingClause)) {
        const char *name = node_string(join->usingClause.items[i]);
        ColumnRef *ref[2] = {NULL, NULL};
        for (int k = lo; name && k < hi; k++) {
            const struct fq_source *src = &level->sources.items[k];
            int side = k < mid ? 0 : 1;
            if (ref[side] || !src->alias || (src->rel && !cat_find_column(src->rel->rel, name)))
                continue;
            String *a = LC_NEW(q->arena, String), *b = LC_NEW(q->arena, String);
            *a = (String){.tag = T_String, .sval = src->alias};
            *b = (String){.tag = T_String, .sval = name};
            ref[side] = LC_NEW(q->arena, ColumnRef);
            ref[side]->tag = T_ColumnRef;
            ref[side]->fields.length = 2;
            ref[side]->fields.items = LC_NEW_ARRAY(q->arena, Node *, 2);
            ref[side]->fields.items[0] = (Node *)(void *)a;
            ref[side]->fields.items[1] = (Node *)(void *)b;
        }
        struct fq_qual qual = {(const Node *)(void *)ref[0], (const Node *)(void *)ref[1], level, 0, INT_MAX};
        if (ref[0] && ref[1])
            LC_PUSH(q->arena, &level->quals, qual);
    }
}

static void add_merged(struct fq_query *q, struct fq_level *level, const JoinExpr *join, int mid, int hi)
{
    bool full = join->jointype == JOIN_FULL;

    for (LIST_EACH(i, &join->usingClause)) {
        struct fq_merged merged = {node_string(join->usingClause.items[i]), full ? 0 : mid, full ? 0 : hi};
        LC_PUSH(q->arena, &level->merged, merged);
    }
}

static void from_join(struct fq_query *q, struct fq_level *level, const JoinExpr *join, const NodeList *locking, bool locked)
{
    int lo = level->sources.len, mid, hi;

    fq_from_item(q, level, join->larg, locking, locked);
    mid = level->sources.len;
    fq_from_item(q, level, join->rarg, locking, locked);
    hi = level->sources.len;
    if (join->jointype == JOIN_INNER) {
        add_using(q, level, join, lo, mid, hi);
        fq_add_quals(q, level, join->quals, 0, INT_MAX);
    } else if (join->jointype == JOIN_LEFT) {
        fq_add_quals(q, level, join->quals, mid, hi);
    } else if (join->jointype == JOIN_RIGHT) {
        fq_add_quals(q, level, join->quals, lo, mid);
        add_merged(q, level, join, mid, hi);
    } else {
        fq_add_quals(q, level, join->quals, 0, 0);
        add_merged(q, level, join, mid, hi);
    }
    for (int i = lo; i < hi && join->jointype != JOIN_INNER; i++)
        level->sources.items[i].nullable |= join->jointype == JOIN_LEFT ? i >= mid : join->jointype != JOIN_RIGHT || i < mid;
}

static void from_function(struct fq_query *q, struct fq_level *level, const RangeFunction *rf)
{
    for (LIST_EACH(i, &rf->functions)) {
        const List *pair = LIST_GET(List, &rf->functions, i);
        const Node *item = pair ? (pair->items.length ? pair->items.items[0] : NULL) : rf->functions.items[i];
        const FuncCall *call = AS(FuncCall, item);
        if (call) {
            fq_function(q, level, call, true);
            fq_exprs(q, level, &call->args);
        } else {
            fq_expr(q, level, item);
        }
    }
    add_source(q, level, NULL, rf->alias, NULL, NULL);
}

static const SelectStmt *derived_table(const Node *item, const Alias **alias)
{
    const RangeSubselect *sub = AS(RangeSubselect, item);

    *alias = sub ? sub->alias : NULL;
    return sub ? AS(SelectStmt, sub->subquery) : NULL;
}

void fq_from_item(struct fq_query *q, struct fq_level *level, const Node *item, const NodeList *locking, bool locked)
{
    const Alias *alias;
    const SelectStmt *sub = derived_table(item, &alias);
    struct fq_level *subl;

    if (++q->nesting > MAX_NESTING)
        ;
    else if (sub) {
        subl = fq_select(q, sub, level, locked || locking_names(locking, alias ? alias->aliasname : NULL));
        if (subl)
            subl->parent = level;
        add_source(q, level, NULL, alias, NULL, subl);
    } else if (IsA(item, RangeVar)) {
        from_relation(q, level, (const RangeVar *)(const void *)item, locking, locked);
    } else if (IsA(item, JoinExpr)) {
        from_join(q, level, (const JoinExpr *)(const void *)item, locking, locked);
    } else if (IsA(item, RangeFunction)) {
        from_function(q, level, (const RangeFunction *)(const void *)item);
    } else if (IsA(item, RangeTableSample)) {
        const RangeTableSample *ts = (const RangeTableSample *)(const void *)item;
        fq_from_item(q, level, ts->relation, locking, locked);
        fq_exprs(q, level, &ts->args);
    } else if (item) {
        fq_expr(q, level, item); // XMLTABLE, JSON_TABLE
        add_source(q, level, NULL, NULL, NULL, NULL);
    }
    q->nesting--;
}

// --- expressions ---------------------------------------------------------------------------------------------------------------

struct walk {
    struct fq_query *q;
    struct fq_level *level;
};

static struct fq_level *sublink(struct fq_query *q, struct fq_level *level, const SubLink *link)
{
    struct fq_level *sub = fq_select(q, AS(SelectStmt, link->subselect), level, false);

    fq_expr(q, level, link->testexpr);
    return sub;
}

static bool visit_expr(const Node *node, void *context)
{
    struct walk *w = context;
    struct fq_query *q = w->q;
    bool was = q->conditional;

    if (IsA(node, SubLink)) {
        (void)sublink(q, w->level, (const SubLink *)(const void *)node);
        return false;
    }
    if (IsA(node, SelectStmt)) {
        (void)fq_select(q, (const SelectStmt *)(const void *)node, w->level, false);
        return false;
    }
    if (IsA(node, FuncCall)) {
        fq_function(q, w->level, (const FuncCall *)(const void *)node, false);
        return true;
    }
    if (IsA(node, ColumnRef) || IsA(node, A_Indirection))
        return !fq_row_functions(q, w->level, node);
    if ((IsA(node, CaseExpr) || IsA(node, CoalesceExpr) || IsA(node, BoolExpr)) && !was) {
        q->conditional = true;
        node_walk(node, visit_expr, context);
        q->conditional = was;
        return false;
    }
    return true;
}

void fq_expr(struct fq_query *q, struct fq_level *level, const Node *expr)
{
    struct walk w = {q, level};

    if (++q->nesting <= MAX_NESTING)
        node_walk(expr, visit_expr, &w);
    q->nesting--;
}

void fq_exprs(struct fq_query *q, struct fq_level *level, const NodeList *exprs)
{
    for (LIST_EACH(i, exprs))
        fq_expr(q, level, exprs->items[i]);
}

// IN (SELECT x ...) and EXISTS at the top of a WHERE become joins (pull_up_sublinks, prepjointree.c), so conditions flow through them.
static void semijoin(struct fq_query *q, struct fq_level *level, const SubLink *link, int lo, int hi)
{
    struct fq_level *sub = sublink(q, level, link);
    const ResTarget *first;

    if (!sub || !sub->select || sub->select->op > SETOP_NONE)
        return;
    sub->parent = level;
    sub->pulled_up = !sub->fenced && !sub->grouped && !sub->select->groupClause.length;
    first = sub->select->targetList.length == 1 ? LIST_GET(ResTarget, &sub->select->targetList, 0) : NULL;
    if (link->subLinkType == ANY_SUBLINK && link->testexpr && first && first->val &&
        (!link->operName.length || lc_streq(list_last_name(&link->operName), "="))) {
        struct fq_qual qual = {link->testexpr, first->val, sub, lo, hi};
        LC_PUSH(q->arena, &level->quals, qual);
    }
}

void fq_add_quals(struct fq_query *q, struct fq_level *level, const Node *expr, int lo, int hi)
{
    const BoolExpr *b = AS(BoolExpr, expr);
    const SubLink *link = AS(SubLink, expr);
    struct fq_qual qual = {expr, NULL, NULL, lo, hi};

    if (!expr)
        return;
    if (b && b->boolop == AND_EXPR) {
        for (LIST_EACH(i, &b->args))
            fq_add_quals(q, level, b->args.items[i], lo, hi);
    } else if (link && (link->subLinkType == EXISTS_SUBLINK || link->subLinkType == ANY_SUBLINK)) {
        semijoin(q, level, link, lo, hi);
    } else {
        fq_expr(q, level, expr);
        LC_PUSH(q->arena, &level->quals, qual);
    }
}

void fq_push_quals(struct fq_query *q, struct fq_level *level, const Node *expr)
{
    const BoolExpr *b = AS(BoolExpr, expr);
    struct fq_qual qual = {expr, NULL, NULL, 0, INT_MAX};

    for (int i = 0; b && b->boolop == AND_EXPR && i < b->args.length; i++)
        fq_push_quals(q, level, b->args.items[i]);
    if (expr && !(b && b->boolop == AND_EXPR))
        LC_PUSH(q->arena, &level->quals, qual);
}

// --- SELECT --------------------------------------------------------------------------------------------------------------------

static struct fq_cte *named_cte(struct fq_level *level, const CommonTableExpr *node)
{
    for (int i = 0; i < level->ctes.len; i++)
        if (level->ctes.items[i].node == node)
            return &level->ctes.items[i];
    return NULL;
}

void fq_with(struct fq_query *q, struct fq_level *level, const WithClause *with)
{
    // RECURSIVE: each may refer to itself and to those after it
    for (int i = 0; with && with->recursive && i < with->ctes.length; i++) {
        const CommonTableExpr *node = LIST_GET(CommonTableExpr, &with->ctes, i);
        if (node)
            LC_PUSH(q->arena, &level->ctes, ((struct fq_cte){.name = node->ctename, .node = node}));
    }
    for (int i = 0; with && i < with->ctes.length; i++) {
        const CommonTableExpr *node = LIST_GET(CommonTableExpr, &with->ctes, i);
        struct fq_cte cte = {.name = node ? node->ctename : NULL, .node = node};
        if (!node)
            continue;
        q->in_with = true;
        if (IsA(node->ctequery, SelectStmt))
            cte.level = fq_select(q, (const SelectStmt *)(const void *)node->ctequery, level, false);
        else
            fq_dml(q, node->ctequery, level);
        q->in_with = false;
        if (cte.level)
            cte.level->fenced = cte.level->fenced || with->recursive || node->ctematerialized == CTEMaterializeAlways;
        if (with->recursive)
            named_cte(level, node)->level = cte.level;
        else
            LC_PUSH(q->arena, &level->ctes, cte);
    }
}

// A CTE that is used once is a subquery (inline_cte, subselect.c): what is asked of it is asked of its tables.
static void settle_ctes(struct fq_level *level)
{
    for (int i = 0; i < level->ctes.len; i++) {
        struct fq_cte *c = &level->ctes.items[i];
        if (!c->level)
            continue;
        if (c->refs == 1 || c->node->ctematerialized == CTEMaterializeNever)
            c->level->parent = level;
        else
            c->level->fenced = true;
    }
}

static bool visit_aggregate(const Node *node, void *context)
{
    static const char *const names[] = {
        "count",    "sum",       "min",      "max",     "avg",   "array_agg",       "string_agg",
        "json_agg", "jsonb_agg", "bool_and", "bool_or", "every", "json_object_agg", "jsonb_object_agg",
        "bit_and",  "bit_or",    "stddev",   "variance"};
    const FuncCall *call = AS(FuncCall, node);
    int *found = context;
    const char *name = call ? list_last_name(&call->funcname) : NULL;

    if (IsA(node, SubLink))
        return false;
    if (call && call->over)
        *found |= 2;
    else if (call &&
             (call->agg_star || call->agg_filter || call->agg_order.length || call->agg_within_group || call->agg_distinct))
        *found |= 1;
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            *found |= 1;
    return true;
}

static void shape(struct fq_level *level, const SelectStmt *stmt)
{
    int found = 0;

    node_walk_list(&stmt->targetList, visit_aggregate, &found);
    node_walk(stmt->havingClause, visit_aggregate, &found);
    level->grouped = stmt->groupClause.length > 0 || (found & 1) || stmt->havingClause;
    for (LIST_EACH(i, &stmt->groupClause))
        level->fenced |= IsA(stmt->groupClause.items[i], GroupingSet);
    level->fenced |= stmt->limitCount || stmt->limitOffset || (found & 2) || stmt->windowClause.length ||
                     (stmt->distinctClause.length && stmt->distinctClause.items[0]);
    level->simple = !level->grouped && !level->fenced && !stmt->distinctClause.length && !stmt->lockingClause.length &&
                    stmt->op <= SETOP_NONE && stmt->valuesLists.length <= 1; // is_simple_subquery, is_simple_values
}

// CheckSelectLocking, parser/analyze.c: also for what a FOR UPDATE outside reaches. A view is asked by the planner only, which sees no row marks
// on a set operation.
static void check_locking(struct fq_query *q, const struct fq_level *level, const SelectStmt *stmt)
{
    const char *with = stmt->op > SETOP_NONE         ? "UNION/INTERSECT/EXCEPT"
                       : stmt->distinctClause.length ? "DISTINCT clause"
                       : stmt->groupClause.length    ? "GROUP BY clause"
                       : stmt->havingClause          ? "HAVING clause"
                       : level->grouped              ? "aggregate functions"
                       : stmt->windowClause.length   ? "window functions"
                                                     : NULL;

    if (with && !(q->in_view && stmt->op > SETOP_NONE) && !q->s->traffic && !q->s->uncertain)
        fp_refuse(q->s, "0A000", "FOR UPDATE is not allowed with %s", with);
}

static void select_plain(struct fq_query *q, struct fq_level *level, const SelectStmt *stmt, bool locked)
{
    bool was = q->conditional;

    q->filtered = stmt->whereClause != NULL;
    for (LIST_EACH(i, &stmt->fromClause))
        fq_from_item(q, level, stmt->fromClause.items[i], &stmt->lockingClause, locked);
    q->conditional |= stmt->whereClause != NULL;
    for (int i = 0; i < level->sources.len; i++)
        q->conditional |= level->sources.items[i].rel || level->sources.items[i].sub;
    fq_exprs(q, level, &stmt->targetList);
    fq_add_quals(q, level, stmt->whereClause, 0, INT_MAX);
    if (stmt->groupClause.length)
        fq_add_quals(q, level, stmt->havingClause, 0, INT_MAX);
    else
        fq_expr(q, level, stmt->havingClause);
    fq_exprs(q, level, &stmt->groupClause);
    fq_exprs(q, level, &stmt->sortClause);
    fq_exprs(q, level, &stmt->distinctClause);
    fq_exprs(q, level, &stmt->windowClause);
    for (LIST_EACH(i, &stmt->valuesLists))
        fq_expr(q, level, stmt->valuesLists.items[i]);
    q->conditional = was;
}

void fq_settle(struct fq_level *level)
{
    settle_ctes(level);
    for (int i = 0; i < level->sources.len; i++) {
        struct fq_level *sub = level->sources.items[i].sub;
        if (sub && sub->parent == level && sub->simple && !sub->fenced)
            sub->pulled_up = true;
    }
}

struct fq_level *fq_select(struct fq_query *q, const SelectStmt *stmt, struct fq_level *outer, bool locked)
{
    struct fq_level *level;

    if (!stmt || q->nesting > MAX_NESTING)
        return NULL;
    q->nesting++;
    level = fq_new_level(q, outer);
    level->select = stmt;
    fq_with(q, level, stmt->withClause);
    shape(level, stmt);
    if (locked || stmt->lockingClause.length)
        check_locking(q, level, stmt);
    if (stmt->op > SETOP_NONE) {
        level->larg = fq_select(q, stmt->larg, level, locked);
        level->rarg = fq_select(q, stmt->rarg, level, locked);
        if (level->larg)
            level->larg->parent = level;
        if (level->rarg)
            level->rarg->parent = level;
        fq_exprs(q, level, &stmt->sortClause);
    } else {
        select_plain(q, level, stmt, locked);
    }
    fq_expr(q, level, stmt->limitCount);
    fq_expr(q, level, stmt->limitOffset);
    fq_settle(level);
    q->nesting--;
    return level;
}
