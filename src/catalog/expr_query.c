// Queries: which columns they give and what these are called (parser/analyze.c, parse_target.c).
#include "catalog/expr_from.h"

#include <string.h>

#include "base/str.h"

// --- target lists ------------------------------------------------------------------------------------------------------------

static const char *target_name(const struct analysis *a, const ResTarget *t)
{
    const char *name = t->name && *t->name ? t->name : cat_figure_colname(t->val);

    return name && IsA(t->val, FuncCall) && cat_major(a->cat) < 14 && strcmp(name, "extract") == 0 ? "date_part" : name;
}

static bool is_star(const Node *node, const char **table)
{
    const ColumnRef *ref = AS(ColumnRef, node);
    int n = ref ? ref->fields.length : 0;

    *table = n > 1 ? node_string(ref->fields.items[n - 2]) : NULL;
    return n > 0 && IsA(ref->fields.items[n - 1], A_Star);
}

static void expand_star(struct analysis *a, const struct cat_scope *scope, const char *table, const struct stars *all,
                        struct columns *cols)
{
    struct stars own = {0};

    for (int i = 0; !table && i < scope->len; i++)
        a->vague |= expr_is_opaque(&scope->items[i]);
    for (const struct cat_scope *s = scope; table && s && !own.len; s = s->outer)
        for (int i = 0; i < s->len && !own.len; i++) {
            const struct cat_scope_item *item = &s->items[i];
            const char *name = item->alias ? item->alias : item->rel ? item->rel->o.name : NULL;

            if (!name || strcmp(name, table) != 0)
                continue;
            stars_of_item(a, item, &own);
            a->vague |= expr_is_opaque(item);
        }
    if (!table)
        own = *all;
    else if (!own.len)
        a->vague = true;
    for (int i = 0; i < own.len; i++)
        columns_add(a, cols, own.items[i].name, own.items[i].type, own.items[i].typmod);
}

// Stars make dependencies on every column they stand for.
static void depend_on_star(struct analysis *a, const struct cat_scope *scope, const char *table)
{
    for (int i = 0; scope && a->deps && i < scope->len; i++) {
        const struct cat_scope_item *item = &scope->items[i];
        const char *name = item->alias ? item->alias : item->rel ? item->rel->o.name : NULL;

        if (!item->rel || (table && (!name || strcmp(name, table) != 0)))
            continue;
        for (int k = 0; k < item->rel->natts; k++)
            if (!item->rel->attrs[k].isdropped)
                analysis_depend(a, CAT_RELATION, item->rel->o.oid, item->rel->attrs[k].attnum);
    }
}

// (row).*: ExpandRowReference (parse_target.c)
static void expand_row(struct from *f, const Node *node, struct columns *cols)
{
    struct expr *e = expr_analyze(f->a, &f->scope, node);

    from_push_expr(f->a, f->exprs, e);
    if (!columns_of_row(f->a, e, cols))
        f->a->vague = true;
}

static bool is_row_star(const Node *node)
{
    const A_Indirection *ind = AS(A_Indirection, node);

    return ind && ind->indirection.length && IsA(ind->indirection.items[ind->indirection.length - 1], A_Star);
}

static void targets(struct from *f, const NodeList *list, const struct stars *stars, struct columns *cols)
{
    for (LIST_EACH(i, list)) {
        const ResTarget *t = LIST_GET(ResTarget, list, i);
        const char *table;
        struct expr *e;

        if (!t)
            continue;
        if (is_star(t->val, &table)) {
            expand_star(f->a, &f->scope, table, stars, cols);
            depend_on_star(f->a, &f->scope, table);
            continue;
        }
        if (is_row_star(t->val)) {
            expand_row(f, t->val, cols);
            continue;
        }
        e = expr_analyze(f->a, &f->scope, t->val);
        from_push_expr(f->a, f->exprs, e);
        columns_add(f->a, cols, target_name(f->a, t), e->type == UNKNOWNOID && !f->keep_unknown ? TEXTOID : e->type,
                    e->typmod); // resolveTargetListUnknowns
    }
}

// --- statements --------------------------------------------------------------------------------------------------------------

static bool is_output(const struct columns *cols, const ColumnRef *ref)
{
    const char *name = ref->fields.length == 1 ? node_string(ref->fields.items[0]) : NULL;

    for (int i = 0; name && cols && i < cols->len; i++)
        if (strcmp(cols->items[i].name, name) == 0)
            return true;
    return false;
}

// cols: the output columns, whose names ORDER BY, GROUP BY and DISTINCT ON may use (findTargetlistEntrySQL92, parse_clause.c).
static void analyze_all(struct from *f, const NodeList *list, const struct columns *cols)
{
    for (LIST_EACH(i, list)) {
        const SortBy *by = LIST_GET(SortBy, list, i);
        const Node *node = by ? by->node : list->items[i];

        if (f->a->names && IsA(node, ColumnRef) && !is_output(cols, AS(ColumnRef, node)))
            (void)expr_analyze(f->a, &f->scope, node);

        // a number or an output column's name: neither is an expression over the tables
        if (node && !IsA(node, A_Const) && !IsA(node, ColumnRef) && !IsA(node, GroupingSet))
            from_push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, node));
    }
}

static void analyze_one(struct from *f, const Node *node)
{
    if (node)
        from_push_expr(f->a, f->exprs, expr_analyze(f->a, &f->scope, node));
}

// EXPR_KIND_WHERE: no set-returning, aggregate or window function at the query's own level.
static void analyze_where(struct from *f, const Node *node)
{
    struct analysis *a = f->a;
    bool agg = a->has_agg, window = a->has_window;

    a->has_agg = a->has_window = false;
    a->no_srf = "WHERE";
    analyze_one(f, node);
    a->no_srf = NULL;
    if (a->has_agg && !f->scope.outer)
        expr_refuse(a, "42803", "aggregate functions are not allowed in WHERE");
    if (a->has_window)
        expr_refuse(a, "42P20", "window functions are not allowed in WHERE");
    a->has_agg |= agg;
    a->has_window |= window;
}

static void values(struct from *f, const SelectStmt *s, struct columns *cols)
{
    const List *first = LIST_GET(List, &s->valuesLists, 0);
    int n = first ? first->items.length : 0, rows = s->valuesLists.length;
    struct expr **column = LC_NEW_ARRAY(f->a->arena, struct expr *, rows);

    expr_check_values(f->a, s);
    for (int c = 0; c < n; c++) {
        int have = 0, typmod = -1;
        Oid type;

        for (int r = 0; r < rows; r++) {
            const List *row = LIST_GET(List, &s->valuesLists, r);

            if (row && c < row->items.length) {
                column[have] = expr_analyze(f->a, &f->scope, row->items.items[c]);
                from_push_expr(f->a, f->exprs, column[have++]);
            }
        }
        type = expr_coerce_common(f->a, NULL, column, have, &typmod);
        columns_add(f->a, cols, lc_printf(f->a->arena, "column%d", c + 1), type, typmod);
    }
}

static int operand(struct from *f, const SelectStmt *s, const struct cat_attribute **cols)
{
    f->a->keep_unknown = true;
    return expr_analyze_query(f->a, f->scope.outer, (const Node *)s, cols, f->exprs);
}

static void set_operation(struct from *f, const SelectStmt *s, struct columns *cols)
{
    const struct cat_attribute *l = NULL, *r = NULL;
    int nl = operand(f, s->larg, &l), nr;

    f->a->vague |= f->a->vague_columns;
    nr = operand(f, s->rarg, &r);

    for (int i = 0; i < nl; i++) {
        Oid types[2] = {l[i].type, i < nr ? r[i].type : l[i].type};

        columns_add(f->a, cols, l[i].name, types[0] && types[1] ? coerce_common_type(f->a->cat, types, 2) : types[0],
                    i < nr && l[i].typmod == r[i].typmod && types[0] == types[1] ? l[i].typmod : -1);
    }
}

static void select_stmt(struct from *f, const SelectStmt *s, struct columns *cols)
{
    struct stars stars = {0};

    for (LIST_EACH(i, &s->fromClause))
        from_item(f, s->fromClause.items[i], &stars);
    targets(f, &s->targetList, &stars, cols);
    analyze_where(f, s->whereClause);
    analyze_one(f, s->havingClause);
    analyze_all(f, &s->groupClause, cols);
    analyze_all(f, &s->distinctClause, cols);
    analyze_all(f, &s->sortClause, cols);
    analyze_one(f, s->limitOffset);
    analyze_one(f, s->limitCount);
    for (LIST_EACH(i, &s->windowClause)) {
        const WindowDef *w = LIST_GET(WindowDef, &s->windowClause, i);

        if (w)
            analyze_all(f, &w->partitionClause, NULL);
        if (w)
            analyze_all(f, &w->orderClause, NULL);
    }
}

static void add_returned_row(struct from *f, const char *name)
{
    struct cat_scope_item item = f->items.items[0]; // the target

    item.alias = name;
    item.qualified_only = true;
    from_add_item(f, item);
}

// transformReturningClause: OLD and NEW are rows of the target there, since 18, unless they are named otherwise or something else is.
static void returning(struct from *f, const NodeList *list, const ReturningClause *clause, const struct stars *stars,
                      struct columns *cols)
{
    const char *names[] = {"old", "new"};
    int before = f->items.len;

    for (int i = 0; clause && i < clause->options.length; i++) {
        const ReturningOption *option = LIST_GET(ReturningOption, &clause->options, i);
        if (option)
            names[option->option == RETURNING_OPTION_NEW] = option->value;
    }
    for (int i = 0; i <= 1 && before && cat_major(f->a->cat) >= 18; i++)
        if (!expr_has_item(f->a, &f->scope, NULL, names[i]))
            add_returned_row(f, names[i]);
    targets(f, list, stars, cols);
    f->items.len = before;
    f->scope.len = before;
}

// find_expr_references_walker (catalog/dependency.c): the columns that INSERT and UPDATE write. n: without names, the first n.
static void depend_on_targets(const struct from *f, const NodeList *list, int n)
{
    const struct cat_relation *rel = f->a->deps && f->items.len ? f->items.items[0].rel : NULL;

    for (int i = 0; rel && i < rel->natts; i++) {
        const struct cat_attribute *att = &rel->attrs[i];
        bool written = !list->length && !att->isdropped && n-- > 0;

        for (int k = 0; k < list->length && !att->isdropped && !written; k++) {
            const ResTarget *t = LIST_GET(ResTarget, list, k);

            written = t && lc_streq(t->name, att->name);
        }
        if (written)
            analysis_depend(f->a, CAT_RELATION, rel->o.oid, att->attnum);
    }
}

// The SET of UPDATE, of ON CONFLICT and of MERGE: f has the target first.
static void set_targets(struct from *f, const struct cat_relation *rel, const NodeList *set, const struct stars *stars)
{
    struct columns given = {0};
    bool keep_unknown = f->keep_unknown;

    f->keep_unknown = true; // the column says what an untyped literal is
    f->a->no_srf = "UPDATE";
    targets(f, set, stars, &given);
    f->a->no_srf = NULL;
    f->keep_unknown = keep_unknown;
    expr_check_set(f->a, rel, set, given.items, given.len);
}

static const struct cat_relation *target_of(const struct from *f)
{
    return f->items.len ? f->items.items[0].rel : NULL;
}

static void insert_stmt(struct from *f, const InsertStmt *s, struct columns *cols)
{
    const struct cat_attribute *given = NULL;
    struct stars stars = {0};
    int n;
    bool vague;

    f->a->keep_unknown = f->a->names != NULL;
    n = expr_analyze_query(f->a, f->scope.outer, s->selectStmt, &given, f->exprs);
    vague = f->a->vague_columns;
    if (s->relation)
        from_relation(f, s->relation, &stars);
    if (target_of(f)) {
        expr_check_insert(f->a, s, target_of(f), vague ? 0 : n);
        expr_check_inserted(f->a, f->scope.outer, s, target_of(f), given, vague ? 0 : n);
    }
    depend_on_targets(f, &s->cols, n);
    if (s->onConflictClause) {
        struct cat_scope_item excluded = f->items.len ? f->items.items[0] : (struct cat_scope_item){0};

        excluded.alias = "excluded";
        from_add_item(f, excluded);
        set_targets(f, target_of(f), &s->onConflictClause->targetList, &stars);
        analyze_one(f, s->onConflictClause->whereClause);
        f->items.len--;
        f->scope.len--;
    }
    returning(f, &s->returningList, s->returningClause, &stars, cols);
}

static void update_stmt(struct from *f, const RangeVar *target, const NodeList *from, const NodeList *set, const Node *where,
                        const NodeList *returning_list, const ReturningClause *clause, struct columns *cols)
{
    struct stars stars = {0};

    if (target)
        from_relation(f, target, &stars);
    for (LIST_EACH(i, from))
        from_item(f, from->items[i], &stars);
    if (set)
        set_targets(f, target_of(f), set, &stars);
    if (set)
        depend_on_targets(f, set, 0);
    analyze_where(f, where);
    returning(f, returning_list, clause, &stars, cols);
}

// setNamespaceForMergeWhen (parse_merge.c): what is not matched has but the other side's columns.
static void merge_when(struct from *f, const MergeWhenClause *w, const struct stars *stars)
{
    const struct cat_scope both = f->scope;
    const struct cat_relation *target = target_of(f);

    if (w->matchKind == MERGE_WHEN_NOT_MATCHED_BY_SOURCE) {
        f->scope.len = 1; // the target, read first
    } else if (w->matchKind == MERGE_WHEN_NOT_MATCHED_BY_TARGET || (w->matchKind == MERGE_MATCH_KIND_UNDEFINED && !w->matched)) {
        f->scope.items++;
        f->scope.len--;
    }
    analyze_one(f, w->condition);
    if (w->commandType == CMD_UPDATE)
        set_targets(f, target, &w->targetList, stars);
    analyze_all(f, &w->values, NULL);
    if (target && f->a->names)
        expr_check_row(f->a, &f->scope, target, &w->targetList, &w->values);
    f->scope = both;
}

static void merge_stmt(struct from *f, const MergeStmt *m, struct columns *cols)
{
    struct stars stars = {0};

    if (m->relation)
        from_relation(f, m->relation, &stars);
    from_item(f, m->sourceRelation, &stars);
    analyze_one(f, m->joinCondition);
    for (LIST_EACH(i, &m->mergeWhenClauses)) {
        const MergeWhenClause *w = LIST_GET(MergeWhenClause, &m->mergeWhenClauses, i);

        if (w && m->relation)
            merge_when(f, w, &stars);
    }
    returning(f, &m->returningList, m->returningClause, &stars, cols);
}

static void statement(struct from *f, const Node *query, struct columns *cols)
{
    const SelectStmt *s = AS(SelectStmt, query);
    const UpdateStmt *u = AS(UpdateStmt, query);
    const DeleteStmt *d = AS(DeleteStmt, query);

    if (s && s->op != SETOP_NONE && s->larg && s->rarg) {
        set_operation(f, s, cols);
    } else if (s && s->valuesLists.length) {
        values(f, s, cols);
    } else if (s) {
        select_stmt(f, s, cols);
    } else if (IsA(query, InsertStmt)) {
        insert_stmt(f, AS(InsertStmt, query), cols);
    } else if (u) {
        update_stmt(f, u->relation, &u->fromClause, &u->targetList, u->whereClause, &u->returningList, u->returningClause, cols);
    } else if (d) {
        update_stmt(f, d->relation, &d->usingClause, NULL, d->whereClause, &d->returningList, d->returningClause, cols);
    } else if (IsA(query, MergeStmt)) {
        merge_stmt(f, AS(MergeStmt, query), cols);
    } else if (IsA(query, ReturnStmt)) {
        struct expr *e = expr_analyze(f->a, &f->scope, AS(ReturnStmt, query)->returnval);

        from_push_expr(f->a, f->exprs, e);
        columns_add(f->a, cols, NULL, e->type, e->typmod);
    } else {
        f->a->unknown = true;
    }
}

static void add_cte(struct analysis *a, const CommonTableExpr *c, const struct cat_attribute *cols, int n)
{
    struct cte *cte = LC_NEW(a->arena, struct cte);
    Alias alias = {.tag = T_Alias, .colnames = c->aliascolnames};

    cte->name = c->ctename;
    cte->cols = columns_renamed(a, &alias, cols, n);
    cte->ncols = n;
    cte->vague = a->vague_columns || c->search_clause || c->cycle_clause;
    cte->outer = a->ctes;
    a->ctes = cte;
}

// WITH RECURSIVE: a query may refer to one that stands after it (transformWithClause, parse_cte.c), whose columns are not known yet.
static void forward_ctes(struct analysis *a, const WithClause *w)
{
    for (LIST_EACH(i, &w->ctes)) {
        const CommonTableExpr *c = LIST_GET(CommonTableExpr, &w->ctes, i);

        if (!c)
            continue;
        add_cte(a, c, NULL, 0);
        ((struct cte *)a->ctes)->vague = true;
    }
}

// A recursive query refers to itself: its columns are those of its first part.
static void with_clause(struct analysis *a, const struct cat_scope *outer, const WithClause *w, struct exprs *exprs)
{
    if (w->recursive)
        forward_ctes(a, w);
    for (LIST_EACH(i, &w->ctes)) {
        const CommonTableExpr *c = LIST_GET(CommonTableExpr, &w->ctes, i);
        const SelectStmt *s = c ? AS(SelectStmt, c->ctequery) : NULL;
        const struct cat_attribute *cols = NULL;
        const struct cte *before = a->ctes;
        int n;

        if (!c)
            continue;
        if (w->recursive && s && s->op != SETOP_NONE && s->larg) {
            n = expr_analyze_query(a, outer, (const Node *)s->larg, &cols, NULL);
            add_cte(a, c, cols, n);
        }
        n = expr_analyze_query(a, outer, c->ctequery, &cols, exprs);
        a->ctes = before;
        add_cte(a, c, cols, n);
    }
}

static const WithClause *with_of(const Node *query)
{
    switch (nodeTag(query)) {
    case T_SelectStmt:
        return AS(SelectStmt, query)->withClause;
    case T_InsertStmt:
        return AS(InsertStmt, query)->withClause;
    case T_UpdateStmt:
        return AS(UpdateStmt, query)->withClause;
    case T_DeleteStmt:
        return AS(DeleteStmt, query)->withClause;
    case T_MergeStmt:
        return AS(MergeStmt, query)->withClause;
    default:
        return NULL;
    }
}

int expr_analyze_query(struct analysis *a, const struct cat_scope *outer, const Node *query, const struct cat_attribute **cols,
                       struct exprs *exprs)
{
    struct from f = {.a = a, .scope = {.outer = outer}, .exprs = exprs, .keep_unknown = a->keep_unknown};
    struct columns out = {0};
    const struct cte *ctes = a->ctes;
    const char *no_srf = a->no_srf;
    bool vague = a->vague, agg = a->has_agg, window = a->has_window, srf = a->has_srf;

    *cols = NULL;
    a->keep_unknown = false;
    a->vague_columns = true;
    if (!query)
        return 0;
    if (a->depth > ANALYSIS_MAX_DEPTH) {
        a->unknown = true;
        return 0;
    }
    a->depth++;
    a->vague = false;
    a->no_srf = NULL;
    if (with_of(query))
        with_clause(a, outer, with_of(query), exprs);
    statement(&f, query, &out);
    a->vague_columns = a->vague || (out.len == 0 && !IsA(query, SelectStmt));
    a->vague = vague;
    a->no_srf = no_srf;
    if (a->names) { // what a subquery holds is its own matter
        a->has_agg = agg;
        a->has_window = window;
        a->has_srf = srf;
    }
    a->ctes = ctes;
    a->depth--;
    *cols = out.items;
    return out.len;
}

int cat_query_columns(const struct catalog *cat, const struct cat_scope *scope, const Node *query, struct cat_attribute **columns)
{
    struct lc_arena *arena = cat_arena(cat);
    const struct cat_attribute *found;
    struct analysis a;
    int n;

    analysis_begin(&a, cat);
    n = expr_analyze_query(&a, scope, query, &found, NULL);
    *columns = n ? lc_memdup(arena, found, (size_t)n * sizeof *found) : NULL;
    for (int i = 0; i < n; i++) { // texts may be the analysis's own
        (*columns)[i].name = lc_strdup(arena, found[i].name);
        (*columns)[i].collation = lc_strdup(arena, found[i].collation);
    }
    analysis_end(&a);
    return n;
}

void cat_query_dependencies(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                            struct cat_addresses *out)
{
    struct analysis a;
    const struct cat_attribute *unused;

    analysis_begin(&a, cat);
    a.deps = out;
    (void)expr_analyze_query(&a, scope, query, &unused, NULL);
    analysis_end(&a);
}

// --- names -------------------------------------------------------------------------------------------------------------------

// What a relation that is not there has cannot be told: that it is missing is said elsewhere.
static enum lc_code names_result(const struct analysis *a, struct lc_error *err)
{
    if (!a->names->message[0] || a->lost)
        return LC_OK;
    *err = *a->names;
    return LC_E_SERVER;
}

enum lc_code cat_check_query_names(const struct catalog *cat, const struct cat_scope *scope, const Node *query,
                                   struct lc_error *err)
{
    struct lc_error first = {0};
    const struct cat_attribute *unused;
    struct analysis a;

    analysis_begin(&a, cat);
    a.names = &first;
    (void)expr_analyze_query(&a, scope, query, &unused, NULL);
    analysis_end(&a);
    return names_result(&a, err);
}

enum lc_code cat_check_expr_names(const struct catalog *cat, const struct cat_scope *scope, const Node *expr,
                                  struct lc_error *err)
{
    struct lc_error first = {0};
    struct analysis a;

    if (!expr)
        return LC_OK;
    analysis_begin(&a, cat);
    a.names = &first;
    (void)expr_analyze(&a, scope, expr);
    analysis_end(&a);
    return names_result(&a, err);
}
