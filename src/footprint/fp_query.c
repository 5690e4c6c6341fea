// Queries and what wraps them: the stages of a statement, EXPLAIN, PREPARE and EXECUTE, cursors, CALL and DO.
#include "footprint/fp_eval.h"

#include <string.h>

#include "base/str.h"
#include "catalog/expr.h"
#include "footprint/fp_object.h"

struct fp_prepared {
    const Node *query;
};

// --- stages ------------------------------------------------------------------------------------------------------------------------

void fq_init(struct fq_query *q, struct fp_session *s, enum fq_stage stage)
{
    *q = (struct fq_query){.s = s, .arena = s->arena, .stage = stage};
}

static const struct cat_relation *main_relation(const struct fq_query *q)
{
    const struct cat_relation *best = NULL;

    for (int i = 0; i < q->rels.len; i++) {
        const struct fq_rel *r = q->rels.items[i];
        if (r->mode == LC_ROW_EXCLUSIVE)
            return r->rel;
        if (strchr("rpmf", r->rel->relkind) && (!best || r->rel->size.bytes > best->size.bytes))
            best = r->rel;
    }
    return best;
}

static void record_work(struct fq_query *q, const Node *stmt)
{
    const struct cat_relation *rel = main_relation(q);
    static const char *const what[] = {"query", "INSERT", "UPDATE", "DELETE", "MERGE"};
    int kind = IsA(stmt, InsertStmt) ? 1 : IsA(stmt, UpdateStmt) ? 2 : IsA(stmt, DeleteStmt) ? 3 : IsA(stmt, MergeStmt) ? 4 : 0;
    struct fp_work *w;

    if (!rel && q->rels.len == 0 && kind == 0)
        return;
    w = fp_add_work(q->s, FP_QUERY, rel, what[kind]);
    w->query = stmt;
    w->sql = q->s->sql;
}

// CheckValidRowMarkRel (execMain.c), ExecOpenScanRelation (execUtils.c)
static void check_kinds(struct fq_query *q)
{
    for (int i = 0; i < q->rels.len && !q->s->traffic && !q->s->uncertain; i++) {
        const struct fq_rel *r = q->rels.items[i];
        if (!strchr("mS", r->rel->relkind) || r->uncertain)
            continue;
        if (r->mode == LC_ROW_SHARE)
            fp_refuse(q->s, "42809", "cannot lock rows in %s \"%s\"", r->rel->relkind == 'S' ? "sequence" : "materialized view",
                      r->rel->o.name);
        else if (r->rel->relkind == 'm' && !r->rel->ispopulated && !fq_may_be_left_out(q, r))
            fp_refuse(q->s, "55000", "materialized view \"%s\" has not been populated", r->rel->o.name);
    }
}

bool fq_run_query(struct fq_query *q, const Node *stmt, bool record)
{
    const SelectStmt *select = AS(SelectStmt, stmt);

    if (!select && !IsA(stmt, InsertStmt) && !IsA(stmt, UpdateStmt) && !IsA(stmt, DeleteStmt) && !IsA(stmt, MergeStmt))
        return false;
    if (select)
        (void)fq_select(q, select, NULL, false);
    else
        fq_dml(q, stmt, NULL);
    if (q->s->fp->fails)
        return true;
    if (q->stage >= FQ_REWRITE)
        fq_rewrite(q);
    if (q->stage >= FQ_PLAN) {
        fq_plan_calls(q);
        fq_plan(q);
    }
    if (q->stage == FQ_START)
        fq_dml_start(q);
    if (q->stage >= FQ_EXECUTE)
        check_kinds(q);
    if (record && q->stage >= FQ_EXECUTE)
        record_work(q, stmt);
    if (q->stage >= FQ_EXECUTE) {
        fq_execute_calls(q, stmt);
        fq_dml_execute(q);
    }
    return true;
}

// Names in a body may be its variables, what the application runs is known to work.
bool fp_check_names(struct fp_session *s, const Node *query)
{
    struct lc_error err = {0};
    struct cat_scope variables = fp_variables(s);
    bool parameters = (s->env && !s->body) || (s->frames && s->frames->proc && !lc_streq(s->frames->proc->language, "plpgsql"));
    bool query_like = IsA(query, SelectStmt) || IsA(query, InsertStmt) || IsA(query, UpdateStmt) || IsA(query, DeleteStmt) ||
                      IsA(query, MergeStmt);

    if (IsA(query, MergeStmt) && !fq_can_merge(s, ((const MergeStmt *)(const void *)query)->relation))
        return false;
    if (!query_like || s->traffic || s->of_body || s->uncertain || parameters || s->unknown_effects ||
        cat_check_query_names(s->cat, s->env ? &variables : NULL, query, &err) == LC_OK)
        return true;
    fp_refuse(s, err.detail, "%s", err.message);
    return false;
}

bool fq_run(struct fp_session *s, const Node *stmt, enum fq_stage stage)
{
    struct fq_query q;

    if (!fp_check_names(s, stmt))
        return true;
    fq_init(&q, s, stage);
    return fq_run_query(&q, stmt, true);
}

// FetchPreparedStatement (commands/prepare.c). A migration's session starts without any; of the application's nothing is known.
static const struct fp_prepared *find_prepared(struct fp_session *s, const char *name)
{
    const struct fp_prepared *p = s->prepared && name ? lc_map_get(s->prepared, name) : NULL;

    if (!p && (s->traffic || s->unknown_effects == FP_UNKNOWN_OBJECTS))
        fp_note(s, "prepared-statement", true, "statement %s was prepared elsewhere: what it does is not known",
                name ? name : "?");
    else if (!p)
        fp_refuse(s, "26000", "prepared statement \"%s\" does not exist", name ? name : "?");
    return p;
}

// CREATE TABLE AS EXECUTE: what was prepared.
static const Node *executed(struct fp_session *s, const Node *query)
{
    const ExecuteStmt *ex = AS(ExecuteStmt, query);
    const struct fp_prepared *p = ex ? find_prepared(s, ex->name) : NULL;

    return p ? p->query : query;
}

void fp_lock_query(struct fp_session *s, const Node *query)
{
    struct fq_query q;

    fq_init(&q, s, FQ_EXECUTE);
    q.scans = true;
    (void)fq_run_query(&q, executed(s, query), false);
}

void fp_lock_planned(struct fp_session *s, const Node *query)
{
    struct fq_query q;

    fq_init(&q, s, FQ_PLAN);
    (void)fq_run_query(&q, executed(s, query), false);
}

void fp_lock_analyzed(struct fp_session *s, const Node *query)
{
    struct fq_query q;

    fq_init(&q, s, FQ_ANALYZE);
    (void)fq_run_query(&q, query, false);
}

void fp_lock_rewritten(struct fp_session *s, const Node *query)
{
    struct fq_query q;

    fq_init(&q, s, FQ_REWRITE);
    (void)fq_run_query(&q, query, false);
}

// --- wrappers ------------------------------------------------------------------------------------------------------------------------

bool fq_option_on(const NodeList *options, const char *name)
{
    for (LIST_EACH(i, options)) {
        const DefElem *d = LIST_GET(DefElem, options, i);
        const Integer *n = d ? AS(Integer, d->arg) : NULL;
        const Boolean *b = d ? AS(Boolean, d->arg) : NULL;
        const char *text = d ? node_string(d->arg) : NULL;
        if (!d || !lc_strieq(d->defname, name))
            continue;
        if (n || b)
            return n ? n->ival != 0 : b->boolval;
        return !text || lc_strieq(text, "true") || lc_strieq(text, "on") || lc_streq(text, "1");
    }
    return false;
}

static const Node *prepared_query(struct fp_session *s, const ExecuteStmt *ex)
{
    const struct fp_prepared *p = find_prepared(s, ex->name);

    return p ? p->query : NULL;
}

static void explain(struct fp_session *s, const ExplainStmt *stmt)
{
    const CreateTableAsStmt *ctas = AS(CreateTableAsStmt, stmt->query);
    const DeclareCursorStmt *cursor = AS(DeclareCursorStmt, stmt->query);
    const ExecuteStmt *ex = AS(ExecuteStmt, stmt->query);
    const SelectStmt *select = AS(SelectStmt, stmt->query);
    const Node *query = ctas ? ctas->query : cursor ? cursor->query : ex ? prepared_query(s, ex) : stmt->query;

    if (fq_option_on(&stmt->options, "analyze")) {
        if (ctas || (select && select->intoClause))
            fp_nested(s, stmt->query, s->sql);
        else if (query)
            (void)fq_run(s, query, FQ_EXECUTE);
    } else if (query) {
        (void)fq_run(s, query, FQ_START);
    }
}

static void prepare(struct fp_session *s, const PrepareStmt *stmt)
{
    struct fp_prepared *p = LC_NEW(s->arena, struct fp_prepared);

    p->query = stmt->query;
    if (!s->prepared) {
        s->prepared = LC_NEW(s->arena, struct lc_map);
        lc_map_init(s->prepared, s->arena);
    }
    if (!fp_check_names(s, stmt->query))
        return;
    if (lc_map_get(s->prepared, stmt->name)) { // StorePreparedStatement, after analysis and rewriting
        fp_refuse(s, "42P05", "prepared statement \"%s\" already exists", stmt->name);
        return;
    }
    (void)lc_map_put(s->prepared, stmt->name, p);
    fp_lock_rewritten(s, stmt->query);
}

static void deallocate(struct fp_session *s, const DeallocateStmt *stmt)
{
    if (stmt->name && find_prepared(s, stmt->name))
        (void)lc_map_put(s->prepared, stmt->name, NULL);
    else if (!stmt->name)
        s->prepared = NULL;
}

static void call(struct fp_session *s, const CallStmt *stmt)
{
    struct fq_query q;
    struct fq_level *level;

    if (!stmt->funccall)
        return;
    fq_init(&q, s, FQ_EXECUTE);
    level = fq_new_level(&q, NULL);
    fq_exprs(&q, level, &stmt->funccall->args);
    fq_function(&q, level, stmt->funccall, true);
    fq_rewrite(&q);
    fq_plan_calls(&q);
    fq_plan(&q);
    fq_execute_calls(&q, NULL);
}

static void run_do(struct fp_session *s, const DoStmt *stmt)
{
    const char *body = NULL, *language = "plpgsql";

    for (LIST_EACH(i, &stmt->args)) {
        const DefElem *d = LIST_GET(DefElem, &stmt->args, i);
        const List *list = d ? AS(List, d->arg) : NULL;
        const char *text = d ? node_string(list && list->items.length ? list->items.items[0] : d->arg) : NULL;
        if (d && lc_streq(d->defname, "language"))
            language = text;
        else if (d && text)
            body = text;
    }
    if (!body || !lc_streq(language, "plpgsql")) {
        s->unknown_effects = FP_UNKNOWN_OBJECTS;
        fp_note(s, "unknown-language", true, "a DO block in language %s is not looked into", language ? language : "?");
        return;
    }
    (void)fp_body(s, lc_printf(s->arena, "DO $lockcast_body$%s$lockcast_body$", body), NULL, NULL, NULL);
}

static void fetch(struct fp_session *s, const FetchStmt *stmt)
{
    (void)s;
    (void)stmt; // the cursor's query was planned, and its relations locked, by DECLARE
}

bool fp_family_query(struct fp_session *s, const Node *stmt, bool *applied)
{
    bool known = true;

    switch (nodeTag(stmt)) {
    case T_ExplainStmt:
        explain(s, (const ExplainStmt *)(const void *)stmt);
        break;
    case T_PrepareStmt:
        prepare(s, (const PrepareStmt *)(const void *)stmt);
        break;
    case T_ExecuteStmt: {
        const Node *query = prepared_query(s, (const ExecuteStmt *)(const void *)stmt);
        if (query)
            (void)fq_run(s, query, FQ_EXECUTE);
        break;
    }
    case T_DeallocateStmt:
        deallocate(s, (const DeallocateStmt *)(const void *)stmt);
        break;
    case T_DeclareCursorStmt:
        (void)fq_run(s, ((const DeclareCursorStmt *)(const void *)stmt)->query, FQ_EXECUTE);
        break;
    case T_FetchStmt:
        fetch(s, (const FetchStmt *)(const void *)stmt);
        break;
    case T_ClosePortalStmt:
    case T_ListenStmt:
    case T_UnlistenStmt:
    case T_NotifyStmt:
    case T_CheckPointStmt:
    case T_LoadStmt:
        break;
    case T_CallStmt:
        call(s, (const CallStmt *)(const void *)stmt);
        break;
    case T_DoStmt:
        run_do(s, (const DoStmt *)(const void *)stmt);
        break;
    case T_LockStmt:
        fp_lock_table(s, (const LockStmt *)(const void *)stmt);
        break;
    case T_TruncateStmt:
        fp_truncate(s, (const TruncateStmt *)(const void *)stmt);
        break;
    case T_CopyStmt:
        fp_copy(s, (const CopyStmt *)(const void *)stmt);
        break;
    default:
        known = fq_run(s, stmt, FQ_EXECUTE);
    }
    // none of these changes the catalogue by itself; TRUNCATE gives new storage
    *applied = known && !IsA(stmt, TruncateStmt);
    return known;
}

// --- traffic ---------------------------------------------------------------------------------------------------------------------------

void fp_query(const struct catalog *cat, struct lc_arena *arena, const Node *tree, struct footprint *out)
{
    struct catalog *own = (struct catalog *)(uintptr_t)cat; // what a body changes is taken back
    struct fp_session *s = fp_session_in(own, arena);

    memset(out, 0, sizeof *out);
    if (!tree)
        return;
    s->fp = out;
    s->traffic = true;
    lc_map_init(&s->written, arena);
    s->top_level = true;
    s->watermark = UINT32_MAX;
    out->transaction = 1;
    cat_begin(own);
    fp_record(s, tree);
    cat_rollback(own);
}
