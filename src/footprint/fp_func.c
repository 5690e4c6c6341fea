// CREATE FUNCTION: bodies in SQL are parsed, and so their relations are locked (functioncmds.c, pg_proc.c fmgr_sql_validator).
#include <string.h>

#include "base/str.h"
#include "footprint/fp_object.h"

// The query of a utility command that parse analysis looks into (transformStmt, parser/analyze.c); NULL: there is none.
static const Node *analyzed_part(const Node *stmt)
{
    if (IsA(stmt, DeclareCursorStmt))
        return AS(DeclareCursorStmt, stmt)->query;
    if (IsA(stmt, CreateTableAsStmt))
        return AS(CreateTableAsStmt, stmt)->query;
    if (!IsA(stmt, ExplainStmt))
        return NULL;
    const Node *query = AS(ExplainStmt, stmt)->query, *inner = query ? analyzed_part(query) : NULL;
    return inner ? inner : query;
}

// fmgr_sql_validator (catalog/pg_proc.c) analyzes and rewrites the body, so views open their tables and rules add theirs.
static void lock_text_body(struct fp_session *s, const char *text)
{
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    if (lc_sql_parse(s->arena, text, strlen(text), &script, &err) != LC_OK)
        return; // cat_apply or the server says that the body is wrong
    for (int i = 0; i < script.len; i++) {
        const Node *inner = script.stmts[i].tree ? analyzed_part(script.stmts[i].tree) : NULL;

        if (inner)
            fp_lock_analyzed(s, inner);
        else if (script.stmts[i].tree)
            fp_lock_rewritten(s, script.stmts[i].tree);
    }
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
        fp_lock_rewritten(s, fp_returned_query(s, body));
    for (LIST_EACH(i, &list)) {
        NodeList inner = cat_node_list(list.items[i]);

        if (!IsA(list.items[i], List))
            fp_lock_rewritten(s, fp_returned_query(s, list.items[i]));
        for (LIST_EACH(j, &inner))
            fp_lock_rewritten(s, fp_returned_query(s, inner.items[j]));
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
