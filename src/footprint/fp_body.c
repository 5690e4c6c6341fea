// Bodies in PL/pgSQL: which statements run, as far as the catalogue, constants and the arguments tell.
//
// What can be decided is decided (fp_eval.c): the branch of an IF, the rounds of a loop over the catalogue, the text of an EXECUTE. Where it
// cannot, both ways are followed and what they lock is uncertain.
#include "footprint/fp_eval.h"

#include <string.h>

#include "base/str.h"

#define MAX_ROUNDS 5000    // of one loop: more rows than that are not known (fp_eval_select.c)
#define MAX_UNBOUNDED 1000 // of a loop without bounds
#define MAX_STEPS 2000000L // of the evaluator, in one body

struct body {
    struct fp_session *s;
    struct fp_env env;
    struct lc_map vars;
    long steps;
    bool returned; // for certain: what follows does not run
    bool leave;    // EXIT or CONTINUE of the loop at hand
    bool exits;    // it was EXIT: there are no more rounds
    bool vague;    // an undecided one: the rest of the round may not run
    bool may_exit; // it was EXIT: nor may the rounds that follow
    bool doubtful; // an undecided IF may have ended it
    bool sure;     // it runs as surely as the innermost block with handlers does
    int loops;     // loops whose rounds are not known
};

static void run_items(struct body *b, const struct lc_body_item *items, int n);

// --- variables ---------------------------------------------------------------------------------------------------------------------

static void set_var(struct body *b, const char *name, struct fp_val v)
{
    struct fp_val *slot = lc_memdup(b->s->arena, &v, sizeof v);

    // in a branch or round that may not run, or runs again, the value is no longer known
    if (b->s->uncertain || b->loops)
        *slot = fpv_unknown();
    (void)lc_map_put(&b->vars, name, slot);
}

// "a, b" or "rec": the names as identifiers, folded unless quoted.
static int split_targets(struct body *b, const char *target, const char **names, int max)
{
    int n = 0;

    while (target && *target && n < max) {
        size_t len;
        char *name;
        target += strspn(target, " \t\n,");
        len = strcspn(target, ",");
        name = lc_strndup(b->s->arena, target, len);
        target += len;
        while (*name && strchr(" \t\n", name[strlen(name) - 1]))
            name[strlen(name) - 1] = '\0';
        for (char *p = name; *name != '"' && *p; p++)
            *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        if (*name == '"' && strlen(name) > 1) {
            name++;
            name[strlen(name) - 1] = '\0';
        }
        names[n++] = name;
    }
    return n;
}

#define MAX_TARGETS 32

// A row goes to the targets: one each, or all to the fields of a record.
static void assign_row(struct body *b, const char *target, const struct fp_result *r, int row)
{
    const char *names[MAX_TARGETS];
    int n = split_targets(b, target, names, MAX_TARGETS);
    bool known = r && r->known;

    for (int i = 0; i < n; i++) {
        struct fp_val v = !known ? fpv_unknown() : row < 0 || i >= r->ncols ? fpv_null() : r->rows.items[row].cols[i];
        set_var(b, names[i], v);
    }
    set_var(b, "found", known ? fpv_bool(row >= 0) : fpv_unknown());
    for (int i = 0; n == 1 && r && i < r->ncols; i++)
        set_var(b, lc_printf(b->s->arena, "%s.%s", names[0], r->names[i]),
                !known    ? fpv_unknown()
                : row < 0 ? fpv_null()
                          : r->rows.items[row].cols[i]);
}

// Where the call has the function's i-th argument: by position, or by name; -1: it has none.
static int argument_of(const struct cat_proc *p, const FuncCall *call, int i)
{
    for (int k = 0; call && k < call->args.length; k++) {
        const NamedArgExpr *named = AS(NamedArgExpr, call->args.items[k]);
        if (named ? p->argnames && p->argnames[i] && lc_streq(named->name, p->argnames[i]) : k == i)
            return k;
    }
    return -1;
}

// Its default as the function's CREATE statement has it: that is all that a server tells.
static const Node *written_default(struct body *b, const char *create, int i)
{
    const CreateFunctionStmt *stmt = AS(CreateFunctionStmt, create ? lc_sql_parse_one(b->s->arena, create, NULL) : NULL);

    for (int k = 0; stmt && k < stmt->parameters.length; k++) {
        const FunctionParameter *p = LIST_GET(FunctionParameter, &stmt->parameters, k);
        if (p && p->mode != FUNC_PARAM_OUT && p->mode != FUNC_PARAM_TABLE && i-- == 0)
            return p->defexpr;
    }
    return NULL;
}

static struct fp_val default_of(struct body *b, const char *create, const struct cat_proc *p, int i)
{
    int k = i - (p->nargs - p->ndefaults);
    const Node *expr = k < 0 ? NULL : p->argdefaults ? p->argdefaults[k] : written_default(b, create, i);

    return expr ? fp_eval(&b->env, expr) : fpv_unknown();
}

// Arguments are the caller's: its variables stand in them.
static void bind_arguments(struct body *b, const char *create, const struct cat_proc *p, const FuncCall *call)
{
    struct fp_env *env = b->s->env ? b->s->env : &b->env;
    const struct fp_val *known = b->s->args;

    for (int i = 0; p && i < p->nargs; i++) {
        int k = argument_of(p, call, i);
        const NamedArgExpr *named = k >= 0 ? AS(NamedArgExpr, call->args.items[k]) : NULL;
        const Node *arg = named ? named->arg : k >= 0 ? call->args.items[k] : NULL;
        struct fp_val *v = LC_NEW(b->s->arena, struct fp_val);
        *v = !arg ? (call ? default_of(b, create, p, i) : fpv_unknown()) : known && !named ? known[k] : fp_eval(env, arg);
        if (p->argnames && p->argnames[i] && *p->argnames[i])
            (void)lc_map_put(&b->vars, p->argnames[i], v);
        (void)lc_map_put(&b->vars, lc_printf(b->s->arena, "$%d", i + 1), v);
    }
}

static void bind_trigger(struct body *b, const struct cat_relation *rel, const char *op)
{
    struct fp_val *v = LC_NEW_ARRAY(b->s->arena, struct fp_val, 3);

    v[0] = fpv_text(op);
    v[1] = fpv_text(rel->o.name);
    v[2] = fpv_text(cat_schema_name(b->s->cat, rel->o.schema));
    (void)lc_map_put(&b->vars, "tg_op", &v[0]);
    (void)lc_map_put(&b->vars, "tg_table_name", &v[1]);
    (void)lc_map_put(&b->vars, "tg_relname", &v[1]);
    (void)lc_map_put(&b->vars, "tg_table_schema", &v[2]);
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

// The locks of an expression: those of "SELECT expression".
static void lock_expression(struct body *b, const char *text)
{
    const char *sql;
    const Node *tree;

    if (!text || !may_lock(text))
        return;
    tree = lc_sql_parse_one(b->s->arena, text, NULL);
    sql = IsA(tree, SelectStmt) ? text : lc_printf(b->s->arena, "SELECT %s", text);
    if (sql != text)
        tree = lc_sql_parse_one(b->s->arena, sql, NULL);
    if (tree)
        fp_nested(b->s, tree, sql);
}

// A literal becomes what the variable is declared as: '{a,b}' an array, 'today' a date.
static struct fp_val as_declared(struct body *b, const char *type, struct fp_val v)
{
    const Node *cast;
    const TypeCast *tc;

    if (!type || v.kind != FPV_TEXT || (!strchr(type, '[') && strncasecmp(type, "date", 4) != 0))
        return v;
    cast = lc_sql_parse_expr(b->s->arena, lc_printf(b->s->arena, "NULL::%s", type));
    tc = AS(TypeCast, cast);
    return tc ? fp_eval_cast(&b->env, v, tc->typeName) : v;
}

static void run_expression(struct body *b, const struct lc_body_item *item)
{
    const Node *expr = item->text ? parse_expression(b, item->text) : NULL;

    lock_expression(b, item->text);
    if (item->target) {
        const char *names[MAX_TARGETS];
        if (split_targets(b, item->target, names, MAX_TARGETS) == 1)
            set_var(b, names[0], expr ? as_declared(b, item->type, fp_eval(&b->env, expr)) : fpv_unknown());
    } else if (IsA(expr, SelectStmt)) { // PERFORM ... FROM
        struct fp_result r = fp_eval_select(&b->env, AS(SelectStmt, expr));
        set_var(b, "found", r.known ? fpv_bool(r.rows.len > 0) : fpv_unknown());
    }
}

static void run_sql(struct body *b, const struct lc_body_item *item)
{
    struct lc_error err = {0};
    const Node *tree = lc_sql_parse_one(b->s->arena, item->text, &err);

    if (!tree) {
        fp_note(b->s, "not-parsed", true, "a statement of the body was not understood: %s", err.message);
        b->s->unknown_effects = true;
        return;
    }
    fp_nested(b->s, tree, item->text);
    if (item->target) {
        struct fp_result r =
            IsA(tree, SelectStmt) ? fp_eval_select(&b->env, AS(SelectStmt, tree)) : (struct fp_result){.known = false};
        assign_row(b, item->target, &r, r.rows.len ? 0 : -1);
    } else if (!IsA(tree, SelectStmt)) {
        set_var(b, "found", fpv_unknown());
    }
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
    const Node *expr = text ? parse_expression(b, text) : NULL;
    struct fp_val v = expr ? fp_eval(&b->env, expr) : fpv_unknown();

    lock_expression(b, text);
    if (v.kind == FPV_TEXT)
        return v.text;
    fp_note(b->s, "dynamic-sql", true, "EXECUTE runs a statement that cannot be told beforehand: %.200s", text ? text : "");
    b->s->unknown_effects |= !begins_with_dml(text);
    return NULL;
}

static void run_dynamic(struct body *b, const struct lc_body_item *item)
{
    const char *text = dynamic_text(b, item->text);
    struct lc_sql_script script = {0};
    struct lc_error err = {0};

    if (!text || lc_sql_parse(b->s->arena, text, strlen(text), &script, &err) != LC_OK) {
        if (item->target)
            assign_row(b, item->target, NULL, -1);
        return;
    }
    for (int i = 0; i < script.len && !b->s->fp->fails; i++) {
        const Node *tree = script.stmts[i].tree;
        if (!tree) {
            fp_note(b->s, "not-parsed", true, "EXECUTE runs what was not understood: %.200s", script.stmts[i].text);
            continue;
        }
        b->s->env = NULL; // no variable of the body has a name in it
        fp_nested(b->s, tree, script.stmts[i].text);
        b->s->env = &b->env;
        if (item->target && i == 0) {
            struct fp_result r =
                IsA(tree, SelectStmt) ? fp_eval_select(&b->env, AS(SelectStmt, tree)) : (struct fp_result){.known = false};
            assign_row(b, item->target, &r, r.rows.len ? 0 : -1);
        }
    }
}

// --- control -----------------------------------------------------------------------------------------------------------------------------

// What may run or not: its locks are uncertain, its returns no end.
static void run_perhaps(struct body *b, const struct lc_body_item *items, int n)
{
    bool uncertain = b->s->uncertain, returned = b->returned, leave = b->leave, exits = b->exits, failed = b->s->fp->fails;
    bool sure = b->sure;

    b->s->uncertain = true;
    b->sure = false;
    run_items(b, items, n);
    b->s->uncertain = uncertain;
    b->sure = sure;
    b->returned = returned;
    b->leave = leave;
    b->exits = exits;
    if (!failed && b->s->fp->fails) // an error on a way that may not be taken
        b->s->fp->fails = false;
}

static bool sure_to_end(const struct lc_body_item *items, int n)
{
    for (int i = 0; i < n; i++)
        if (items[i].kind == LC_BODY_RETURN || items[i].kind == LC_BODY_RAISE)
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
        }
}

static void run_exit(struct body *b, const struct lc_body_item *item)
{
    const Node *cond = item->text ? parse_expression(b, item->text) : NULL;
    int truth = !item->text ? 1 : cond ? fp_truth(fp_eval(&b->env, cond)) : -1;

    lock_expression(b, item->text);
    if (truth < 0)
        doubt_round(b, item, 1);
    b->leave |= truth == 1;
    b->exits |= truth == 1 && is_exit(item);
}

static void run_if(struct body *b, const struct lc_body_item *item)
{
    const Node *cond = item->text ? parse_expression(b, item->text) : NULL;
    int truth = cond ? fp_truth(fp_eval(&b->env, cond)) : -1;

    lock_expression(b, item->text);
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

static bool is_ended(const struct body *b)
{
    return b->returned || b->s->fp->fails;
}

static void run_round(struct body *b, const struct lc_body_item *item)
{
    b->leave = false;
    b->vague = b->may_exit;
    run_items(b, item->children, item->len);
}

static void run_rounds(struct body *b, const struct lc_body_item *item, const struct fp_result *rows)
{
    for (int i = 0; i < rows->rows.len && i < MAX_ROUNDS && !is_ended(b) && !b->exits; i++) {
        assign_row(b, item->target, rows, i);
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
    return exits > 0 && !b->loops && !b->s->uncertain;
}

// LOOP and WHILE. False: how often is not known.
static bool run_unbounded(struct body *b, const struct lc_body_item *item)
{
    if (item->text || item->target || !is_decided(b, item))
        return false;
    for (int i = 0; i < MAX_UNBOUNDED && !is_ended(b) && !b->exits && !b->vague; i++)
        run_round(b, item);
    return b->exits || is_ended(b);
}

// The elements of FOREACH's array, as rows.
static struct fp_result array_rows(struct body *b, const char *text)
{
    const Node *expr = parse_expression(b, text);
    struct fp_val v = expr ? fp_eval(&b->env, expr) : fpv_unknown();
    struct fp_result r = {.known = v.kind == FPV_ARRAY};

    for (int i = 0; i < v.nitems; i++) {
        struct fp_row row = {.cols = &v.items[i]};
        r.ncols = 1;
        r.names = LC_NEW_ARRAY(b->s->arena, const char *, 1);
        r.names[0] = "element";
        LC_PUSH(b->s->arena, &r.rows, row);
    }
    return r;
}

static void run_loop(struct body *b, const struct lc_body_item *item)
{
    const char *text = item->kind == LC_BODY_FOR_DYNAMIC ? dynamic_text(b, item->text) : item->text;
    const Node *tree = text ? lc_sql_parse_one(b->s->arena, text, NULL) : NULL;
    struct fp_result rows = {.known = false};
    bool exits = b->exits, vague = b->vague, may_exit = b->may_exit;

    b->exits = b->vague = b->may_exit = false;
    if (tree) {
        fp_nested(b->s, tree, text);
        rows = fp_eval_select(&b->env, AS(SelectStmt, tree));
    } else if (text && item->kind == LC_BODY_LOOP) {
        rows = array_rows(b, text);
    }
    if (rows.known) {
        run_rounds(b, item, &rows);
    } else if (!run_unbounded(b, item)) {
        b->loops++;
        assign_row(b, item->target, NULL, -1);
        run_perhaps(b, item->children, item->len);
        b->loops--;
    }
    b->leave = false;
    b->exits = exits;
    b->vague = vague;
    b->may_exit = may_exit;
}

// --- errors ------------------------------------------------------------------------------------------------------------------------------

static const struct { // utils/errcodes.txt
    const char *name, *state;
} conditions[] = {
    {"duplicate_column", "42701"},
    {"duplicate_object", "42710"},
    {"duplicate_table", "42P07"},
    {"duplicate_schema", "42P06"},
    {"duplicate_function", "42723"},
    {"undefined_column", "42703"},
    {"undefined_table", "42P01"},
    {"undefined_object", "42704"},
    {"undefined_function", "42883"},
    {"invalid_schema_name", "3F000"},
    {"invalid_table_definition", "42P16"},
    {"wrong_object_type", "42809"},
    {"unique_violation", "23505"},
    {"raise_exception", "P0001"},
    {"dependent_objects_still_exist", "2BP01"},
    {"feature_not_supported", "0A000"},
    {"syntax_error", "42601"},
    {"insufficient_privilege", "42501"},
    {"object_not_in_prerequisite_state", "55000"},
    {"active_sql_transaction", "25001"},
    {"datatype_mismatch", "42804"},
    {"invalid_object_definition", "42P17"},
    {"lock_not_available", "55P03"},
};

static bool catches(const char *handler, const char *sqlstate)
{
    if (!handler || strstr(handler, "others"))
        return true;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (strcmp(conditions[i].state, sqlstate) == 0 && strstr(handler, conditions[i].name))
            return true;
    return strstr(handler, sqlstate) != NULL;
}

static const char *state_of(const char *condition)
{
    for (size_t i = 0; condition && i < sizeof conditions / sizeof *conditions; i++)
        if (strcmp(conditions[i].name, condition) == 0)
            return conditions[i].state;
    return condition && strlen(condition) == 5 ? condition : "P0001";
}

// Is a RAISE reached for certain?
static bool ends_for_certain(const struct body *b)
{
    return !b->s->uncertain && !b->loops && !b->doubtful && !b->s->traffic;
}

// BEGIN ... EXCEPTION: items[0] is the block, its handlers follow. Returns how many items it took.
static int run_block(struct body *b, const struct lc_body_item *items, int n)
{
    const struct lc_body_item *handler = NULL;
    bool sure = b->sure, certain = ends_for_certain(b), failed;
    int used = 1;

    while (used < n && items[used].kind == LC_BODY_HANDLER)
        used++;
    fp_sub_begin(b->s);
    b->sure = true;
    run_items(b, items[0].children, items[0].len);
    b->sure = sure;
    for (int i = 1; b->s->fp->fails && i < used && !handler; i++)
        if (catches(items[i].text, b->s->fp->error->detail))
            handler = &items[i];
    failed = b->s->fp->fails;
    if (handler || !certain) // uncertain: a way that may not be taken
        b->s->fp->fails = false;
    fp_sub_end(b->s, !failed);
    if (handler)
        run_items(b, handler->children, handler->len);
    else
        b->returned |= failed;
    if (failed)
        return used;
    // handlers that nothing predicted calls: what they lock may be locked, what they change is not kept
    for (int i = 1; i < used && !b->s->fp->fails; i++) {
        cat_begin(b->s->cat);
        run_perhaps(b, items[i].children, items[i].len);
        cat_rollback(b->s->cat);
    }
    return used;
}

// Where a block's handler catches it, whether the block runs does not matter.
static void raise_error(struct body *b, const struct lc_body_item *item)
{
    if (ends_for_certain(b) || b->sure)
        fp_refuse(b->s, state_of(item->text), "the body raises an exception (line %d)", item->line);
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
    cat_begin(b->s->cat);
    fp_next_phase(b->s);
}

// --- names -------------------------------------------------------------------------------------------------------------------------------

bool fp_is_variable(const void *create, const char *name)
{
    static const char *const special[] = {"new", "old", "found", "sqlstate", "sqlerrm"};

    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(name, special[i]) == 0)
            return true;
    return lc_starts(name, "tg_") || lc_plpgsql_may_declare(create, name);
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
        if (item->text)
            run_expression(b, item);
        else
            assign_row(b, item->target, &(struct fp_result){.known = true}, -1);
        break;
    case LC_BODY_IF:
        run_if(b, item);
        break;
    case LC_BODY_LOOP:
    case LC_BODY_FOR_DYNAMIC:
        run_loop(b, item);
        break;
    case LC_BODY_BRANCH:
    case LC_BODY_HANDLER:
        run_perhaps(b, item->children, item->len);
        break;
    case LC_BODY_COMMIT:
    case LC_BODY_ROLLBACK:
        end_transaction(b, item->kind == LC_BODY_COMMIT);
        break;
    case LC_BODY_RETURN:
        lock_expression(b, item->text);
        b->returned = true;
        break;
    case LC_BODY_RAISE:
        raise_error(b, item);
        break;
    case LC_BODY_EXIT:
        run_exit(b, item);
        break;
    case LC_BODY_SET:
        assign_row(b, item->target, NULL, -1);
        break;
    case LC_BODY_BLOCK:
        break; // run_block
    case LC_BODY_UNKNOWN:
        b->s->unknown_effects = true;
        fp_note(b->s, "not-modelled", true, "a statement of the body is not modelled: %.100s", item->text ? item->text : "");
        break;
    }
}

static void run_items(struct body *b, const struct lc_body_item *items, int n)
{
    bool was = b->s->uncertain;

    for (int i = 0; i < n && !is_ended(b) && !b->leave;) {
        b->s->uncertain = was || b->doubtful || b->vague;
        if (items[i].kind == LC_BODY_BLOCK) {
            i += run_block(b, items + i, n - i);
        } else {
            run_item(b, &items[i]);
            i++;
        }
    }
    b->s->uncertain = was;
}

void fp_body(struct fp_session *s, const char *create, const struct cat_proc *proc, const FuncCall *call,
             const struct cat_relation *trigger_rel, const char *trigger_op)
{
    struct body b = {.s = s, .steps = MAX_STEPS};
    struct lc_body_item frame = {0};
    struct lc_error err = {0};
    struct fp_env *caller = s->env;
    const char *outer = s->body;

    if (lc_plpgsql_parse(s->arena, create, &frame, &err) != LC_OK) {
        s->unknown_effects = true;
        fp_note(s, "not-parsed", true, "the body of %s was not understood: %s", proc ? proc->o.name : "the DO block",
                err.message);
        return;
    }
    lc_map_init(&b.vars, s->arena);
    b.env = (struct fp_env){.s = s, .steps = &b.steps};
    bind_arguments(&b, create, proc, call);
    b.env.vars = &b.vars;
    s->env = &b.env;
    s->body = create;
    s->args = NULL;
    if (trigger_rel)
        bind_trigger(&b, trigger_rel, trigger_op);
    if (!caller)
        cat_begin(s->cat); // what a ROLLBACK in it takes back
    run_items(&b, frame.children, frame.len);
    if (!caller)
        cat_commit(s->cat);
    s->env = caller;
    s->body = outer;
}
