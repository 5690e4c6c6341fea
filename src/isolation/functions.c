// Functions of the file's own, and DO: what they compute, the advisory locks that they take, and the statements in their bodies.
//
// A body that only computes is evaluated where it is called (call_own). One with statements is unfolded into them: conditions that are
// known decide, loops run once, and what the values of variables would be is not known.
#include <string.h>

#include "isolation/world.h"
#include "snapshot/settings.h"

#define MAX_DEPTH 200     // of functions calling functions
#define MAX_UNFOLDED 5000 // statements
#define MAX_CALLS 20000   // in one permutation
#define MAX_ARGUMENTS 16

struct body {
    const char *language, *source;
};

static const char *text_of(const Node *as)
{
    const List *list = AS(List, as);

    if (list)
        return list->items.length == 1 ? node_string(list->items.items[0]) : NULL;
    return node_string(as);
}

static struct body body_of(const NodeList *options, const char *language)
{
    struct body b = {language, NULL};

    for (LIST_EACH(i, options)) {
        const DefElem *d = LIST_GET(DefElem, options, i);

        if (d && lc_streq(d->defname, "language"))
            b.language = node_string(d->arg);
        else if (d && lc_streq(d->defname, "as"))
            b.source = text_of(d->arg);
    }
    return b;
}

static bool is_input(const FunctionParameter *p)
{
    return p && p->mode != FUNC_PARAM_OUT && p->mode != FUNC_PARAM_TABLE;
}

static int inputs(const CreateFunctionStmt *stmt)
{
    int n = 0;

    for (LIST_EACH(i, &stmt->parameters))
        n += is_input(LIST_GET(FunctionParameter, &stmt->parameters, i));
    return n;
}

static const char *key_of(const struct world *w, const char *name, int nargs)
{
    return lc_printf(w->arena, "%s/%d", name ? name : "", nargs);
}

void note_function(struct world *w, const CreateFunctionStmt *stmt)
{
    (void)lc_map_put(&w->functions, key_of(w, list_last_name(&stmt->funcname), inputs(stmt)), (void *)(intptr_t)stmt);
}

const CreateFunctionStmt *own_function(const struct world *w, const FuncCall *f)
{
    return w->functions.len ? lc_map_get(&w->functions, key_of(w, list_last_name(&f->funcname), f->args.length)) : NULL;
}

// "pg_advisory_xact_lock_int8" is pg_advisory_xact_lock(bigint): NULL when it is none of them.
static const char *internal_name(const struct world *w, const struct body *b)
{
    const char *last = b->source ? strrchr(b->source, '_') : NULL;
    const char *name = last ? lc_strndup(w->arena, b->source, (size_t)(last - b->source)) : NULL;

    return b->language && lc_strieq(b->language, "internal") && is_advisory_name(name) ? name : NULL;
}

// ---- bodies ----------------------------------------------------------------------------------------------------------------------------

#define MAX_EXPRESSIONS 32

// The expressions that an SQL function computes one after the other, the last of which is its value; 0: it does something else.
static int expressions(const struct world *w, const CreateFunctionStmt *stmt, const struct body *b,
                       const Node *out[MAX_EXPRESSIONS])
{
    const ReturnStmt *r = AS(ReturnStmt, stmt->sql_body);
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    if (r) {
        out[0] = r->returnval;
        return 1;
    }
    if (stmt->sql_body || !b->source || lc_sql_parse(w->arena, b->source, strlen(b->source), &script, &err) != LC_OK)
        return 0;
    for (int i = 0; i < script.len; i++) {
        const SelectStmt *q = AS(SelectStmt, script.stmts[i].tree);

        if (i >= MAX_EXPRESSIONS || !q || q->fromClause.length || q->whereClause || q->targetList.length != 1)
            return 0;
        out[i] = q->targetList.items[0];
    }
    return script.len;
}

static bool read_body(const struct world *w, const struct body *b, struct lc_body_item *out)
{
    struct lc_error err = {0};
    const char *create = b->source ? lc_printf(w->arena, "DO LANGUAGE plpgsql %s", lc_quote_literal(w->arena, b->source)) : NULL;

    *out = (struct lc_body_item){0};
    return create && b->language && lc_strieq(b->language, "plpgsql") && lc_plpgsql_parse(w->arena, create, out, &err) == LC_OK;
}

static bool computes_only(const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n; i++) {
        const struct lc_body_item *it = &items[i];

        switch (it->kind) {
        case LC_BODY_EXPR:
        case LC_BODY_RETURN:
            if (it->target)
                return false;
            break;
        case LC_BODY_BLOCK:
        case LC_BODY_IF:
            if (!computes_only(it->children, it->len) || !computes_only(it->otherwise, it->notherwise))
                return false;
            break;
        default:
            return false;
        }
    }
    return true;
}

bool is_evaluated(const struct world *w, const CreateFunctionStmt *stmt)
{
    struct body b = body_of(&stmt->options, "sql");
    const Node *all[MAX_EXPRESSIONS];
    struct lc_body_item body;

    if (internal_name(w, &b))
        return true;
    if (b.language && lc_strieq(b.language, "sql"))
        return expressions(w, stmt, &b, all) > 0;
    return read_body(w, &b, &body) && computes_only(body.children, body.len);
}

// ---- evaluating ------------------------------------------------------------------------------------------------------------------------

static const struct value unknown = {V_UNKNOWN, NULL};

static bool ends(struct value v)
{
    return v.kind == V_WAIT || v.kind == V_FAIL;
}

// *returned: a RETURN has given the value.
static struct value run_items(struct world *w, struct session *s, const struct lc_body_item *items, int n, bool *returned)
{
    static const struct row_env none = {NULL, NULL};
    struct value v = unknown;

    for (int i = 0; i < n && !*returned; i++) {
        const struct lc_body_item *it = &items[i];
        const Node *expr = it->text ? lc_sql_parse_expr(w->arena, it->text) : NULL;

        v = expr ? eval_expr(w, s, &none, expr) : unknown;
        if (ends(v))
            return v;
        if (it->kind == LC_BODY_RETURN)
            *returned = true;
        else if (it->kind == LC_BODY_BLOCK || (it->kind == LC_BODY_IF && v.kind == V_TEXT && *v.text == 't'))
            v = run_items(w, s, it->children, it->len, returned);
        else if (it->kind == LC_BODY_IF)
            v = run_items(w, s, it->otherwise, it->notherwise, returned);
        if (ends(v))
            return v;
    }
    return *returned ? v : unknown;
}

static struct value run_own(struct world *w, struct session *s, const CreateFunctionStmt *stmt)
{
    static const struct row_env none = {NULL, NULL};
    struct body b = body_of(&stmt->options, "sql");
    struct lc_body_item body;
    bool returned = false;
    const Node *all[MAX_EXPRESSIONS];
    struct value v = unknown;

    if (b.language && lc_strieq(b.language, "sql")) {
        for (int i = 0, n = expressions(w, stmt, &b, all); i < n && !ends(v); i++)
            v = eval_expr(w, s, &none, all[i]);
        return v;
    }
    if (!read_body(w, &b, &body) || !computes_only(body.children, body.len))
        return unknown;
    return run_items(w, s, body.children, body.len, &returned);
}

static bool too_deep(struct world *w, const struct frame *f)
{
    int n = 0;

    for (; f; f = f->outer)
        n++;
    return n >= MAX_DEPTH || ++w->calls > MAX_CALLS;
}

// The arguments' values, under the names of the parameters. False: one of them waits or fails, *v.
static bool bind(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f, const CreateFunctionStmt *stmt,
                 struct frame *out, struct value *v)
{
    struct value *values = LC_NEW_ARRAY(w->arena, struct value, f->args.length + 1);
    const char **names = LC_NEW_ARRAY(w->arena, const char *, f->args.length + 1);
    int n = 0;

    for (LIST_EACH(i, &stmt->parameters)) {
        const FunctionParameter *p = LIST_GET(FunctionParameter, &stmt->parameters, i);

        if (!is_input(p) || n >= f->args.length)
            continue;
        names[n] = p->name ? p->name : "";
        *v = values[n] = eval_expr(w, s, env, f->args.items[n]);
        if (ends(*v))
            return false;
        n++;
    }
    *out = (struct frame){names, values, n, s->frame};
    return true;
}

static bool is_on(const struct session *s, const char *setting)
{
    const char *text = cat_setting(s->cat, setting);

    return setting_bool(text, text && lc_strieq(text, "regress"));
}

// Does it run in a parallel worker? Only where a test wants it so: debug_parallel_query, before 16 force_parallel_mode.
static bool runs_in_worker(const struct session *s, const CreateFunctionStmt *stmt)
{
    for (LIST_EACH(i, &stmt->options)) {
        const DefElem *d = LIST_GET(DefElem, &stmt->options, i);

        if (d && lc_streq(d->defname, "parallel") && lc_strieq(node_string(d->arg), "safe"))
            return is_on(s, "debug_parallel_query") || is_on(s, "force_parallel_mode");
    }
    return false;
}

static struct value call_framed(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f,
                                const CreateFunctionStmt *stmt)
{
    struct body b = body_of(&stmt->options, "sql");
    struct frame frame;
    struct value v;

    if (internal_name(w, &b))
        return call_advisory(w, s, env, f, internal_name(w, &b));
    if (too_deep(w, s->frame))
        return unknown;
    if (!bind(w, s, env, f, stmt, &frame, &v))
        return v;
    s->frame = &frame;
    v = run_own(w, s, stmt);
    s->frame = frame.outer;
    return v;
}

struct value call_own(struct world *w, struct session *s, const struct row_env *env, const FuncCall *f)
{
    const CreateFunctionStmt *stmt = own_function(w, f);
    bool before = s->x.in_worker;
    struct value v;

    s->x.in_worker |= runs_in_worker(s, stmt);
    v = call_framed(w, s, env, f, stmt);
    s->x.in_worker = before;
    return v;
}

// ---- unfolding -------------------------------------------------------------------------------------------------------------------------

struct unfold {
    struct world *w;
    struct session *s;
    struct LC_ARRAY(struct lc_sql_stmt) out;
    bool failed;   // something that cannot be told
    bool returned; // by the function at hand
    bool guessed;  // loops
    bool doubtful; // variables, handlers
};

static void unfold_items(struct unfold *u, const struct lc_body_item *items, int n);

static bool unfold_call(struct unfold *u, const Node *tree)
{
    static const struct row_env none = {NULL, NULL};
    const SelectStmt *q = AS(SelectStmt, tree);
    const ResTarget *t =
        q && q->fromClause.length == 0 && q->targetList.length == 1 ? LIST_GET(ResTarget, &q->targetList, 0) : NULL;
    const FuncCall *f = t ? AS(FuncCall, t->val) : NULL;
    const CreateFunctionStmt *stmt = f ? own_function(u->w, f) : NULL;
    struct body b = stmt ? body_of(&stmt->options, "sql") : (struct body){NULL, NULL};
    struct lc_body_item body;
    struct frame frame;
    struct value v;

    if (!stmt || is_evaluated(u->w, stmt) || !read_body(u->w, &b, &body))
        return false;
    if (too_deep(u->w, u->s->frame) || !bind(u->w, u->s, &none, f, stmt, &frame, &v)) {
        u->failed = true;
        return true;
    }
    u->s->frame = &frame;
    unfold_items(u, body.children, body.len);
    u->s->frame = frame.outer;
    u->returned = false;
    return true;
}

static void add_statement(struct unfold *u, const char *text)
{
    struct lc_error err = {0};
    struct lc_sql_stmt stmt = {.text = text, .len = strlen(text), .line = 1, .tree = lc_sql_parse_one(u->w->arena, text, &err)};

    if (!stmt.tree || u->out.len >= MAX_UNFOLDED)
        u->failed = true;
    else if (!unfold_call(u, stmt.tree))
        LC_PUSH(u->w->arena, &u->out, stmt);
}

static void unfold_if(struct unfold *u, const struct lc_body_item *it)
{
    static const struct row_env none = {NULL, NULL};
    const Node *expr = it->text ? lc_sql_parse_expr(u->w->arena, it->text) : NULL;
    struct value v = expr && !has_calls(u->w, expr) ? eval_expr(u->w, u->s, &none, expr) : unknown;

    if (v.kind != V_TEXT && v.kind != V_NULL)
        u->failed = true;
    else if (v.kind == V_TEXT && *v.text == 't')
        unfold_items(u, it->children, it->len);
    else
        unfold_items(u, it->otherwise, it->notherwise);
}

static void unfold_items(struct unfold *u, const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n && !u->failed && !u->returned; i++) {
        const struct lc_body_item *it = &items[i];

        u->doubtful |= it->target || it->kind == LC_BODY_HANDLER;
        switch (it->kind) {
        case LC_BODY_SQL:
            add_statement(u, it->text);
            break;
        case LC_BODY_EXPR:
        case LC_BODY_RETURN:
            if (it->text && strchr(it->text, '('))
                add_statement(u, lc_printf(u->w->arena, "SELECT %s", it->text));
            u->returned = it->kind == LC_BODY_RETURN;
            break;
        case LC_BODY_IF:
            unfold_if(u, it);
            break;
        case LC_BODY_LOOP:
            u->guessed = true;
            if (it->text)
                add_statement(u, it->text);
            unfold_items(u, it->children, it->len);
            break;
        case LC_BODY_BLOCK:
            unfold_items(u, it->children, it->len);
            break;
        case LC_BODY_COMMIT:
            add_statement(u, "COMMIT");
            break;
        case LC_BODY_ROLLBACK:
            add_statement(u, "ROLLBACK");
            break;
        case LC_BODY_DECLARE:
        case LC_BODY_HANDLER:
            break;
        default:
            u->failed = true;
        }
    }
}

// The script with the unfolded statements in the place of the one at hand.
static void splice(struct world *w, struct exec *x, const struct unfold *u)
{
    int after = x->script.len - x->at - 1;
    struct lc_sql_stmt *all = LC_NEW_ARRAY(w->arena, struct lc_sql_stmt, x->at + u->out.len + after + 1);

    for (int i = 0; i < x->at; i++)
        all[i] = x->script.stmts[i];
    for (int i = 0; i < u->out.len; i++)
        all[x->at + i] = u->out.items[i];
    for (int i = 0; i < after; i++)
        all[x->at + u->out.len + i] = x->script.stmts[x->at + 1 + i];
    x->script.stmts = all;
    x->script.len = x->at + u->out.len + after;
    x->unfolded = true;
}

void unfold_statement(struct world *w, struct session *s)
{
    const Node *tree = s->x.script.stmts[s->x.at].tree;
    const DoStmt *d = AS(DoStmt, tree);
    struct unfold u = {.w = w, .s = s};
    struct lc_body_item body;

    if (!tree || s->x.unfolded)
        return;
    if (d) {
        struct body b = body_of(&d->args, "plpgsql");

        if (!read_body(w, &b, &body))
            return;
        unfold_items(&u, body.children, body.len);
    } else if (!unfold_call(&u, tree)) {
        return;
    }
    if (u.failed || u.out.len == 0)
        return;
    if (u.doubtful)
        world_note(w, "the values of variables in bodies, and their exception handlers");
    if (u.guessed)
        world_note(w, "how often a loop runs: all of them run once");
    splice(w, &s->x, &u);
    if (!s->in_block)
        begin_implicit(s);
}

// ---- triggers ----------------------------------------------------------------------------------------------------------------------------

enum { TRIGGER_ROW = 1, TRIGGER_BEFORE = 2 }; // pg_trigger.h TRIGGER_TYPE_*

static bool sets_new_only(const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n; i++)
        if (items[i].kind != LC_BODY_RETURN &&
            !(items[i].kind == LC_BODY_EXPR && items[i].target && strncasecmp(items[i].target, "new.", 4) == 0))
            return false;
    return true;
}

static const CreateFunctionStmt *trigger_function(const struct world *w, const struct session *s, const struct cat_trigger *t)
{
    const struct cat_proc *p = cat_proc(s->cat, t->funcid);

    return p ? lc_map_get(&w->functions, key_of(w, p->o.name, 0)) : NULL;
}

static void set_new(struct world *w, struct session *s, const struct cat_relation *rel, const struct lc_body_item *it,
                    const char **values)
{
    const struct version row = {.values = values, .nvalues = rel->natts};
    const struct row_env env = {rel, &row};
    const struct cat_attribute *a = cat_find_column(rel, it->target + strlen("new."));
    const Node *expr = it->text ? lc_sql_parse_expr(w->arena, it->text) : NULL;
    struct value v = expr ? eval_expr(w, s, &env, expr) : unknown;

    if (a)
        values[a->attnum - 1] = v.kind == V_TEXT ? v.text : v.kind == V_NULL ? NULL : lc_printf(w->arena, "? %ld", ++w->sequence);
}

void fire_before_row(struct world *w, struct session *s, const struct cat_relation *rel, int event, const char **values)
{
    for (int i = 0; i < rel->triggers.len; i++) {
        const struct cat_trigger *t = cat_trigger(s->cat, rel->triggers.items[i]);
        int wanted = TRIGGER_ROW | TRIGGER_BEFORE | event;
        const CreateFunctionStmt *stmt = t && (t->type & wanted) == wanted ? trigger_function(w, s, t) : NULL;
        struct body b = stmt ? body_of(&stmt->options, "sql") : (struct body){NULL, NULL};
        struct lc_body_item body;

        if (!stmt || t->when || t->enabled == 'D' || !read_body(w, &b, &body) || !sets_new_only(body.children, body.len))
            continue;
        for (int k = 0; k < body.len && body.children[k].kind != LC_BODY_RETURN; k++)
            set_new(w, s, rel, &body.children[k], values);
    }
}

bool is_followed(const struct world *w, const struct session *s, const struct cat_trigger *t)
{
    const CreateFunctionStmt *stmt = trigger_function(w, s, t);
    struct body b = stmt ? body_of(&stmt->options, "sql") : (struct body){NULL, NULL};
    struct lc_body_item body;

    return stmt && !t->when && (t->type & TRIGGER_BEFORE) && read_body(w, &b, &body) && sets_new_only(body.children, body.len);
}
