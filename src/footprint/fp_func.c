// CREATE FUNCTION: bodies in SQL are parsed, and so their relations are locked (functioncmds.c, pg_proc.c fmgr_sql_validator).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

static const struct fp_rule view_rule = {
    "create-function/view-tables",         LC_ACCESS_SHARE, 0, 0, "a view in the body is expanded",
    "rewriteHandler.c AcquireRewriteLocks"};

static void lock_view_tables(struct fp_session *s, const struct cat_relation *view, int depth);

struct expand {
    struct fp_session *s;
    int depth;
};

static bool lock_underlying(const Node *node, void *context)
{
    struct expand *e = context;
    const RangeVar *rv = AS(RangeVar, node);
    const struct cat_relation *rel = rv ? cat_find_rangevar(e->s->cat, rv) : NULL;

    if (rel) {
        fp_lock(e->s, rel, &view_rule);
        if (rel->relkind == 'v' && e->depth < 32)
            lock_view_tables(e->s, rel, e->depth + 1);
    }
    return true;
}

static void lock_view_tables(struct fp_session *s, const struct cat_relation *view, int depth)
{
    struct expand e = {s, depth};

    node_walk(view->view_query, lock_underlying, &e);
}

// The validator rewrites the body too, so views open their tables.
static void lock_body_statement(struct fp_session *s, const Node *stmt)
{
    int from = s->fp->locks.len;

    fp_lock_analyzed(s, stmt);
    int to = s->fp->locks.len;
    for (int i = from; i < to; i++)
        if (s->fp->locks.items[i].rel->relkind == 'v')
            lock_view_tables(s, s->fp->locks.items[i].rel, 0);
}

static void lock_text_body(struct fp_session *s, const char *text)
{
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    if (lc_sql_parse(s->arena, text, strlen(text), &script, &err) != LC_OK)
        return; // cat_apply or the server says that the body is wrong
    for (int i = 0; i < script.len; i++)
        if (script.stmts[i].tree)
            lock_body_statement(s, script.stmts[i].tree);
}

static const char *string_option(const NodeList *options, const char *name)
{
    const DefElem *def = cat_option(options, name);

    if (!def)
        return NULL;
    NodeList list = cat_node_list(def->arg);
    return list.length ? node_string(list.items[0]) : node_string(def->arg);
}

// ANYELEMENT and its like: the body is only parsed when the arguments' types are known.
static bool is_polymorphic(const TypeName *tn)
{
    return tn && lc_starts(list_last_name(&tn->names), "any");
}

static bool has_polymorphic(const CreateFunctionStmt *stmt)
{
    for (LIST_EACH(i, &stmt->parameters)) {
        const FunctionParameter *p = LIST_GET(FunctionParameter, &stmt->parameters, i);

        if (p && is_polymorphic(p->argType))
            return true;
    }
    return false;
}

static void lock_atomic_body(struct fp_session *s, const Node *body)
{
    NodeList list = cat_node_list(body);

    if (IsA(body, ReturnStmt))
        lock_body_statement(s, body);
    for (LIST_EACH(i, &list)) {
        NodeList inner = cat_node_list(list.items[i]);

        if (!IsA(list.items[i], List))
            lock_body_statement(s, list.items[i]);
        for (LIST_EACH(j, &inner))
            lock_body_statement(s, inner.items[j]);
    }
}

void fp_create_function(struct fp_session *s, const CreateFunctionStmt *stmt)
{
    const char *language = string_option(&stmt->options, "language");
    const char *check = cat_setting(s->cat, "check_function_bodies");
    const char *body = string_option(&stmt->options, "as");

    fp_metadata(s, NULL, "function");
    if (stmt->sql_body)
        lock_atomic_body(s, stmt->sql_body);
    else if (lc_strieq(language, "sql") && body && !has_polymorphic(stmt) && !(check && lc_strieq(check, "off")))
        lock_text_body(s, body);
}
