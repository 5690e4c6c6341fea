// Bodies in PL/pgSQL: which statements run, as far as the catalogue, constants and the arguments tell.
//
// What can be decided is decided (fp_eval.c): the branch of an IF, the rounds of a loop over the catalogue, the text of an EXECUTE. Where it
// cannot, both ways are followed and what they lock is uncertain.
#include "footprint/fp_body.h"

#include <string.h>

#include "base/str.h"

#define MAX_ROUNDS 5000    // of one loop: more rows than that are not known (fp_eval_select.c)
#define MAX_UNBOUNDED 1000 // of a loop without bounds
#define MAX_STEPS 2000000L // of the evaluator, in one body

static void run_items(struct body *b, const struct lc_body_item *items, int n);

// Is an error reached for certain?
static bool ends_for_certain(const struct body *b)
{
    return !b->s->uncertain && !b->loops && !b->doubtful && !b->s->traffic;
}

// --- statements ------------------------------------------------------------------------------------------------------------------------

static bool may_lock(const char *text)
{
    return strchr(text, '(') != NULL || strncasecmp(text, "select", 6) == 0;
}

static const Node *parse_expression(struct body *b, const char *text)
{
    const Node *expr = lc_sql_parse_expr(b->s->arena, text);

    return expr ? expr : lc_sql_parse_one(b->s->arena, text, NULL);
}

// The value of an expression, after its locks, which are those of "SELECT expression": what functions return is known once they have run.
static struct fp_val evaluate(struct body *b, const char *text, const Node **tree)
{
    const Node *expr = text ? parse_expression(b, text) : NULL;

    *tree = expr;
    if (!expr)
        return fpv_unknown();
    if (may_lock(text))
        fp_nested(b->s, IsA(expr, SelectStmt) ? expr : fp_select_of(b->s, expr), text);
    return b->s->fp->fails ? fpv_unknown() : fp_eval(&b->env, expr);
}

static struct fp_val value_of(struct body *b, const char *text)
{
    const Node *tree;

    return evaluate(b, text, &tree);
}

static void set_found(struct body *b, const struct fp_result *r)
{
    body_set(b, "found", r->known ? fpv_bool(r->rows.len > 0) : fpv_unknown());
}

// exec_stmt_perform: FOUND tells whether there was a row.
static void found_by_perform(struct body *b, const Node *expr)
{
    struct fp_result r = {.known = false};

    if (IsA(expr, SelectStmt))
        r = fp_eval_select(&b->env, AS(SelectStmt, expr));
    if (expr && !IsA(expr, SelectStmt) && !IsA(expr, FuncCall)) // a function may return a set
        body_set(b, "found", fpv_bool(true));
    else
        set_found(b, &r);
}

static void run_expression(struct body *b, const struct lc_body_item *item)
{
    const Node *expr;
    struct fp_val v = evaluate(b, item->text, &expr);

    if (item->target)
        body_assign(b, item->target, v);
    else if (lc_streq(item->type, "perform"))
        found_by_perform(b, expr);
}

static void declare(struct body *b, const struct lc_body_item *item)
{
    struct fp_val v = item->text ? value_of(b, item->text) : fpv_null(); // the default does not see the variable itself
    const char *name = body_name(b, item->target);

    body_declare(b, name, item->type);
    body_set(b, name, v);
}

static struct fp_result rows_of(struct body *b, const Node *tree)
{
    return IsA(tree, SelectStmt) ? fp_eval_select(&b->env, AS(SelectStmt, tree)) : (struct fp_result){.known = false};
}

static void run_sql(struct body *b, const struct lc_body_item *item)
{
    struct lc_error err = {0};
    const Node *tree = lc_sql_parse_one(b->s->arena, item->text, &err);
    struct fp_result r;

    if (!tree) {
        fp_note(b->s, "not-parsed", true, "a statement of the body was not understood: %s", err.message);
        b->s->unknown_effects = FP_UNKNOWN_OBJECTS;
        return;
    }
    fp_nested(b->s, tree, item->text);
    body_forget_arguments(b, AS(CallStmt, tree));
    r = item->target ? rows_of(b, tree) : (struct fp_result){.known = false};
    if (item->target)
        body_assign_row(b, item->target, &r, r.rows.len ? 0 : -1);
    if (item->target || !IsA(tree, SelectStmt))
        set_found(b, &r);
}

// Does the text that cannot be told at least begin as a query or DML: 'INSERT INTO ' || x? Then the catalogue stays what it is.
static bool begins_with_dml(const char *text)
{
    static const char *const words[] = {"select", "insert", "update", "delete",  "merge",
                                        "with",   "notify", "lock",   "analyze", "refresh"};
    const char *p = text ? strchr(text, '\'') : NULL;

    p = p ? p + 1 + strspn(p + 1, " \t\r\n") : NULL;
    for (size_t i = 0; p && i < sizeof words / sizeof *words; i++)
        if (strncasecmp(p, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

// The text that EXECUTE runs; NULL when it is not known.
static const char *dynamic_text(struct body *b, const char *text)
{
    struct fp_val v = value_of(b, text);

    if (v.kind == FPV_TEXT)
        return v.text;
    if (v.kind == FPV_NULL && ends_for_certain(b))
        fp_refuse(b->s, "22004", "query string argument of EXECUTE is null");
    if (v.kind == FPV_NULL || b->s->fp->fails)
        return NULL;
    fp_note(b->s, "dynamic-sql", true, "EXECUTE runs a statement that cannot be told beforehand: %.200s", text ? text : "");
    if (!begins_with_dml(text))
        b->s->unknown_effects = FP_UNKNOWN_OBJECTS;
    return NULL;
}

// Its names and $1 are its own: no variable of the body has a name in it.
static void run_text(struct body *b, const Node *tree, const char *text)
{
    b->s->env = NULL;
    fp_nested(b->s, tree, text);
    b->s->env = &b->env;
}

static void run_dynamic(struct body *b, const struct lc_body_item *item)
{
    const char *text = dynamic_text(b, item->text);
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    if (!text || lc_sql_parse(b->s->arena, text, strlen(text), &script, &err) != LC_OK) {
        if (item->target)
            body_assign_row(b, item->target, NULL, -1);
        return;
    }
    for (int i = 0; i < script.len && !b->s->fp->fails; i++) {
        const Node *tree = script.stmts[i].tree;
        if (!tree) {
            fp_note(b->s, "not-parsed", true, "EXECUTE runs what was not understood: %.200s", script.stmts[i].text);
            continue;
        }
        run_text(b, tree, script.stmts[i].text);
        if (item->target && i == 0) {
            struct fp_result r = rows_of(b, tree);
            body_assign_row(b, item->target, &r, r.rows.len ? 0 : -1);
        }
    }
}

// --- control -----------------------------------------------------------------------------------------------------------------------------

// What may run or not: its locks are uncertain, its returns no end.
static void run_perhaps(struct body *b, const struct lc_body_item *items, int n)
{
    struct fp_val result = b->result;
    int mark = b->assigned.len;
    bool uncertain = b->s->uncertain, returned = b->returned, leave = b->leave, exits = b->exits, failed = b->s->fp->fails;
    bool sure = b->sure;

    b->s->uncertain = true;
    b->sure = false;
    run_items(b, items, n);
    body_forget(b, mark);
    b->s->uncertain = uncertain;
    b->sure = sure;
    b->result = result;
    b->returned = returned;
    b->leave = leave;
    b->exits = exits;
    if (!failed && b->s->fp->fails) // an error on a way that may not be taken
        b->s->fp->fails = false;
}

// That CASE finds no WHEN is nothing that whoever wrote it expects.
static bool sure_to_end(const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n; i++)
        if (items[i].kind == LC_BODY_RETURN || (items[i].kind == LC_BODY_RAISE && !lc_streq(items[i].text, "case_not_found")))
            return true;
    return false;
}

static bool is_exit(const struct lc_body_item *item)
{
    return !lc_streq(item->type, "continue");
}

static void doubt_round(struct body *b, const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n; i++)
        if (items[i].kind == LC_BODY_EXIT) {
            b->vague = true;
            b->sure = false;
            b->may_exit |= is_exit(&items[i]);
            b->vague_to = items[i].label ? items[i].label : b->vague_to;
        }
}

static void run_exit(struct body *b, const struct lc_body_item *item)
{
    int truth = item->text ? fp_truth(value_of(b, item->text)) : 1;

    if (truth < 0)
        doubt_round(b, item, 1);
    if (truth != 1)
        return;
    b->leave = true;
    b->exits = is_exit(item);
    b->to = item->label;
}

static void run_if(struct body *b, const struct lc_body_item *item)
{
    int truth = fp_truth(value_of(b, item->text));

    if (truth == 1) {
        run_items(b, item->children, item->len);
    } else if (truth == 0) {
        run_items(b, item->otherwise, item->notherwise);
    } else {
        run_perhaps(b, item->children, item->len);
        run_perhaps(b, item->otherwise, item->notherwise);
        // IF something THEN RETURN: the rest may not run
        if (sure_to_end(item->children, item->len) || sure_to_end(item->otherwise, item->notherwise)) {
            b->doubtful |= !b->s->uncertain;
            b->sure = false;
        }
        doubt_round(b, item->children, item->len);
        doubt_round(b, item->otherwise, item->notherwise);
    }
}

static void run_assert(struct body *b, const struct lc_body_item *item)
{
    const char *check = cat_setting(b->s->cat, "plpgsql.check_asserts");

    if (check && lc_strieq(check, "off"))
        return;
    if (fp_truth(value_of(b, item->text)) == 0 && ends_for_certain(b))
        fp_refuse(b->s, "P0004", "assertion failed");
}

// A block in a block. EXIT with its label leaves it.
static void run_scope(struct body *b, const struct lc_body_item *item)
{
    int mark = body_scope_begin(b);
    const char *label = b->label;

    b->label = item->label;
    run_items(b, item->children, item->len);
    b->label = label;
    body_scope_end(b, mark);
    if (b->leave && b->to && lc_streq(b->to, item->label)) {
        b->leave = b->exits = false;
        b->to = NULL;
    }
}

static bool is_ended(const struct body *b)
{
    return b->returned || b->s->fp->fails;
}

static void run_round(struct body *b, const struct lc_body_item *item)
{
    int mark = b->assigned.len;

    b->leave = false;
    b->vague = b->may_exit;
    run_items(b, item->children, item->len);
    if (b->vague)
        body_forget(b, mark);
}

// EXIT or CONTINUE of a loop or a block further out.
static bool leaves(const struct body *b, const struct lc_body_item *item)
{
    return b->leave && b->to && !lc_streq(b->to, item->label);
}

static void run_rounds(struct body *b, const struct lc_body_item *item, const struct fp_result *rows)
{
    for (int i = 0; i < rows->rows.len && i < MAX_ROUNDS && !is_ended(b) && !b->exits && !leaves(b, item); i++) {
        body_assign_row(b, item->target, rows, i);
        run_round(b, item);
    }
}

// Is every EXIT of a loop without bounds decided by variables that only expressions change? Then its rounds can be counted.
static bool is_decided(struct body *b, const struct lc_body_item *item)
{
    int exits = 0;

    for (int i = 0; i < item->len; i++) {
        const struct lc_body_item *c = &item->children[i];
        const Node *cond = c->kind == LC_BODY_EXIT && c->text ? parse_expression(b, c->text) : NULL;
        if (c->kind == LC_BODY_COMMIT || c->kind == LC_BODY_ROLLBACK || c->kind == LC_BODY_SET)
            return false;
        if (c->kind == LC_BODY_EXIT && (!cond || strcasestr(c->text, "found") || fp_truth(fp_eval(&b->env, cond)) < 0))
            return false;
        exits += c->kind == LC_BODY_EXIT && is_exit(c);
    }
    return exits > 0;
}

// LOOP and WHILE. False: how often is not known.
static bool run_unbounded(struct body *b, const struct lc_body_item *item)
{
    if (item->text || item->target || !is_decided(b, item))
        return false;
    for (int i = 0; i < MAX_UNBOUNDED && !is_ended(b) && !b->exits && !b->vague && !leaves(b, item); i++)
        run_round(b, item);
    return b->exits || is_ended(b) || leaves(b, item);
}

static void add_element(struct body *b, struct fp_result *r, struct fp_val *v, bool slice)
{
    struct fp_row row = {.cols = v};

    for (int i = 0; v->kind == FPV_ARRAY && !slice && i < v->nitems; i++)
        add_element(b, r, &v->items[i], slice);
    if (v->kind != FPV_ARRAY || slice)
        LC_PUSH(b->s->arena, &r->rows, row);
}

// The elements of FOREACH's array, as rows; with SLICE those of its first dimension.
static struct fp_result array_rows(struct body *b, const struct lc_body_item *item)
{
    struct fp_val v = value_of(b, item->text);
    struct fp_result r = {.known = v.kind == FPV_ARRAY, .ncols = 1, .names = LC_NEW_ARRAY(b->s->arena, const char *, 1)};

    r.names[0] = "element";
    for (int i = 0; i < v.nitems; i++)
        add_element(b, &r, &v.items[i], lc_streq(item->type, "slice"));
    return r;
}

static struct fp_result loop_rows(struct body *b, const struct lc_body_item *item)
{
    const char *text = item->kind == LC_BODY_FOR_DYNAMIC ? dynamic_text(b, item->text) : item->text;
    const Node *tree = text ? lc_sql_parse_one(b->s->arena, text, NULL) : NULL;

    if (tree && item->kind == LC_BODY_FOR_DYNAMIC)
        run_text(b, tree, text);
    else if (tree)
        fp_nested(b->s, tree, text);
    if (tree)
        return rows_of(b, tree);
    return text && item->kind == LC_BODY_LOOP ? array_rows(b, item) : (struct fp_result){.known = false};
}

static void run_loop(struct body *b, const struct lc_body_item *item)
{
    struct fp_result rows = loop_rows(b, item);
    bool exits = b->exits, vague = b->vague, may_exit = b->may_exit;
    int mark = body_scope_begin(b);
    const char *vague_to = b->vague_to;

    if (lc_streq(item->type, "integer"))
        body_declare(b, body_name(b, item->target), "integer");
    b->exits = b->vague = b->may_exit = false;
    b->vague_to = NULL;
    if (rows.known) {
        run_rounds(b, item, &rows);
    } else if (!run_unbounded(b, item)) {
        b->loops++;
        body_forget_items(b, item->children, item->len);
        body_assign_row(b, item->target, NULL, -1);
        run_perhaps(b, item->children, item->len);
        b->loops--;
    }
    body_scope_end(b, mark);
    if (item->text)
        set_found(b, &rows);
    if (!leaves(b, item)) {
        b->leave = false;
        b->exits = exits;
        b->to = NULL;
    }
    if (b->vague_to && !lc_streq(b->vague_to, item->label)) { // it may have left more than this loop
        b->vague = true;
        return;
    }
    b->vague = vague;
    b->may_exit = may_exit;
    b->vague_to = vague_to;
}

// --- errors ------------------------------------------------------------------------------------------------------------------------------

static void handle(struct body *b, const struct lc_body_item *handler, const struct lc_error *caught)
{
    const struct lc_error *outer = b->caught;

    b->caught = caught;
    body_set(b, "sqlstate", fpv_text(caught->detail));
    run_items(b, handler->children, handler->len);
    b->caught = outer;
}

// BEGIN ... EXCEPTION: items[0] is the block, its handlers follow. Returns how many items it took.
static int run_block(struct body *b, const struct lc_body_item *items, int n)
{
    const struct lc_body_item *handler = NULL;
    const struct lc_error *caught;
    bool sure = b->sure, certain = ends_for_certain(b), failed;
    enum fp_effects unknown_effects = b->s->unknown_effects;
    int used = 1;

    while (used < n && items[used].kind == LC_BODY_HANDLER)
        used++;
    fp_sub_begin(b->s);
    b->sure = true;
    run_items(b, items[0].children, items[0].len);
    b->sure = sure;
    for (int i = 1; b->s->fp->fails && i < used && !handler; i++)
        if (body_catches(items[i].text, b->s->fp->error->detail))
            handler = &items[i];
    failed = b->s->fp->fails;
    caught = b->s->fp->error;
    if (handler || !certain) // uncertain: a way that may not be taken
        b->s->fp->fails = false;
    fp_sub_end(b->s, !failed);
    if (failed) // what was not known about the catalogue has been undone
        b->s->unknown_effects = unknown_effects;
    if (handler)
        handle(b, handler, caught);
    else
        b->returned |= failed;
    if (failed)
        return used;
    // handlers that nothing predicted calls: what they lock may be locked, what they change is not kept
    unknown_effects = b->s->unknown_effects;
    for (int i = 1; i < used && !b->s->fp->fails; i++) {
        cat_begin(b->s->cat);
        run_perhaps(b, items[i].children, items[i].len);
        cat_rollback(b->s->cat);
        b->s->unknown_effects = unknown_effects;
    }
    return used;
}

// Where a block's handler catches it, whether the block runs does not matter.
static void raise_error(struct body *b, const struct lc_body_item *item)
{
    bool again = lc_streq(item->type, "again");

    if (again && b->caught && (ends_for_certain(b) || b->sure))
        fp_refuse(b->s, b->caught->detail, "%s", b->caught->message);
    else if (!again && (ends_for_certain(b) || b->sure))
        fp_refuse(b->s, body_state_of(b->s->arena, item->text), "the body raises an exception (line %d)", item->line);
    else
        b->returned = true;
}

// In a function, too: only CALL and DO at the top leave room for it.
static bool is_atomic(const struct fp_session *s)
{
    for (const struct fp_frame *f = s->frames; f; f = f->up)
        if (f->proc && f->proc->kind != 'p')
            return true;
    return s->level > 0;
}

// COMMIT and ROLLBACK (_SPI_commit, _SPI_rollback, executor/spi.c).
static void end_transaction(struct body *b, bool commit)
{
    if (b->s->traffic || b->s->uncertain)
        return;
    if (is_atomic(b->s)) {
        if (!b->loops)
            fp_refuse(b->s, "2D000", "invalid transaction termination");
        return;
    }
    if (commit || b->loops)
        cat_commit(b->s->cat);
    else
        cat_rollback(b->s->cat);
    b->s->body_committed = true;
    cat_begin(b->s->cat);
    fp_next_phase(b->s);
}

// --- names -------------------------------------------------------------------------------------------------------------------------------

// May the name be a variable of the body?
static bool is_variable(const void *session, const char *name)
{
    static const char *const special[] = {"new", "old", "found", "sqlstate", "sqlerrm"};
    const struct fp_session *s = session;

    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(name, special[i]) == 0)
            return true;
    return lc_starts(name, "tg_") || lc_plpgsql_may_declare(s->body, name);
}

static Oid variable_type(const void *session, const char *name)
{
    const struct fp_session *s = session;
    const struct fp_decl *d = s->env && s->env->decls ? lc_map_get(s->env->decls, name) : NULL;

    return d ? d->type : InvalidOid;
}

struct cat_scope fp_variables(const struct fp_session *s)
{
    if (!s->body)
        return (struct cat_scope){0};
    return (struct cat_scope){.is_variable = is_variable, .variable_type = variable_type, .context = s};
}

// --- items -------------------------------------------------------------------------------------------------------------------------------

static void run_item(struct body *b, const struct lc_body_item *item)
{
    switch (item->kind) {
    case LC_BODY_SQL:
        run_sql(b, item);
        break;
    case LC_BODY_EXPR:
        run_expression(b, item);
        break;
    case LC_BODY_DYNAMIC:
        run_dynamic(b, item);
        break;
    case LC_BODY_DECLARE:
        declare(b, item);
        break;
    case LC_BODY_SCOPE:
        run_scope(b, item);
        break;
    case LC_BODY_ASSERT:
        run_assert(b, item);
        break;
    case LC_BODY_IF:
        run_if(b, item);
        break;
    case LC_BODY_LOOP:
    case LC_BODY_FOR_DYNAMIC:
        run_loop(b, item);
        break;
    case LC_BODY_HANDLER:
        run_perhaps(b, item->children, item->len);
        break;
    case LC_BODY_COMMIT:
    case LC_BODY_ROLLBACK:
        end_transaction(b, item->kind == LC_BODY_COMMIT);
        break;
    case LC_BODY_RETURN:
        b->result = item->text ? value_of(b, item->text) : fpv_unknown();
        b->returned = true;
        break;
    case LC_BODY_RAISE:
        raise_error(b, item);
        break;
    case LC_BODY_EXIT:
        run_exit(b, item);
        break;
    case LC_BODY_SET:
        body_assign_row(b, item->target, NULL, -1);
        if (!lc_streq(item->text, "get diagnostics"))
            body_set(b, "found", fpv_unknown());
        break;
    case LC_BODY_BLOCK:
        break; // run_block
    case LC_BODY_UNKNOWN:
        b->s->unknown_effects = FP_UNKNOWN_OBJECTS;
        fp_note(b->s, "not-modelled", true, "a statement of the body is not modelled: %.100s", item->text ? item->text : "");
        break;
    }
}

static void run_items(struct body *b, const struct lc_body_item *items, int n)
{
    bool was = b->s->uncertain;
    struct lc_map results, *outer = b->s->results;

    for (int i = 0; i < n && !is_ended(b) && !b->leave;) {
        lc_map_init(&results, b->s->arena);
        b->s->results = &results;
        b->s->uncertain = was || b->doubtful || b->vague;
        if (items[i].kind == LC_BODY_BLOCK) {
            i += run_block(b, items + i, n - i);
        } else {
            run_item(b, &items[i]);
            i++;
        }
    }
    b->s->uncertain = was;
    b->s->results = outer;
}

// The body's own part of the session, while it runs.
static void run_frame(struct body *b, const char *create, const struct lc_body_item *frame)
{
    struct fp_session *s = b->s;
    struct fp_env *caller = s->env;
    struct lc_map *results = s->results;
    const char *outer = s->body;

    s->env = &b->env;
    s->body = create;
    s->args = NULL;
    b->label = frame->label;
    body_set(b, "found", fpv_bool(false));
    if (!caller)
        cat_begin(s->cat); // what a ROLLBACK in it takes back
    run_items(b, frame->children, frame->len);
    if (!caller && s->fp->fails && s->body_committed)
        cat_rollback(s->cat);
    else if (!caller)
        cat_commit(s->cat);
    s->env = caller;
    s->body = outer;
    s->results = results;
}

struct fp_val fp_body(struct fp_session *s, const char *create, const struct cat_proc *proc, const FuncCall *call,
                      const struct fp_firing *firing)
{
    struct body b = {.s = s, .steps = MAX_STEPS, .result = fpv_unknown()};
    struct lc_body_item frame = {0};
    struct lc_error err = {0};

    if (lc_plpgsql_parse(s->arena, create, &frame, &err) != LC_OK) {
        s->unknown_effects = FP_UNKNOWN_OBJECTS;
        fp_note(s, "not-parsed", true, "the body of %s was not understood: %s", proc ? proc->o.name : "the DO block",
                err.message);
        return b.result;
    }
    lc_map_init(&b.vars, s->arena);
    lc_map_init(&b.decls, s->arena);
    b.env = (struct fp_env){.s = s, .steps = &b.steps};
    b.label = proc ? proc->o.name : NULL;
    body_bind_arguments(&b, create, proc, call);
    b.env.vars = &b.vars;
    b.env.decls = &b.decls;
    if (firing && firing->rel)
        body_bind_trigger(&b, firing);
    run_frame(&b, create, &frame);
    return b.doubtful || !b.returned ? fpv_unknown() : b.result;
}
