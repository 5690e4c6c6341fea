// Plans the rewrite of a deploy: walks its statements over the catalogue, asks the recipes, and keeps what is harmless.
#include "rewrite/rewrite.h"

#include <string.h>

#include "forecast/footprints.h"
#include "rewrite/internal.h"

static const struct cat_relation *named_relation(const struct rw *rw, const Node *tree)
{
    const RangeVar *rv = NULL;

    if (IsA(tree, AlterTableStmt))
        rv = AS(AlterTableStmt, tree)->relation;
    else if (IsA(tree, IndexStmt))
        rv = AS(IndexStmt, tree)->relation;
    else if (IsA(tree, UpdateStmt))
        rv = AS(UpdateStmt, tree)->relation;
    else if (IsA(tree, DeleteStmt))
        rv = AS(DeleteStmt, tree)->relation;
    else if (IsA(tree, InsertStmt))
        rv = AS(InsertStmt, tree)->relation;
    else if (IsA(tree, RefreshMatViewStmt))
        rv = AS(RefreshMatViewStmt, tree)->relation;
    else if (IsA(tree, ClusterStmt))
        rv = AS(ClusterStmt, tree)->relation;
    return rv ? cat_find_rangevar(rw->cat, rv) : NULL;
}

void rw_apply(struct rw *rw, const char *text)
{
    struct lc_error err;
    const Node *tree = lc_sql_parse_one(rw->arena, text, &err);

    if (tree && cat_apply(rw->cat, tree, &err) != LC_OK)
        return; // the server's refusal is the forecast's to tell
}

const struct cat_relation *rw_after(struct rw *rw, const struct rw_stmt *s, const struct cat_constraint **added)
{
    const struct cat_relation *after = NULL;
    struct lc_error err;

    *added = NULL;
    cat_begin(rw->cat);
    if (cat_apply(rw->cat, s->tree, &err) == LC_OK && s->rel)
        after = cat_relation(rw->cat, s->rel->o.oid);
    for (int i = 0; after && i < after->constraints.len; i++) {
        bool before = false;
        for (int k = 0; k < s->rel->constraints.len; k++)
            before |= s->rel->constraints.items[k] == after->constraints.items[i];
        if (!before && !*added && cat_constraint(rw->cat, after->constraints.items[i])->contype != 'n')
            *added = cat_constraint(rw->cat, after->constraints.items[i]);
    }
    cat_rollback(rw->cat);
    return after;
}

// --- one statement, one recipe --------------------------------------------------------------------------------------------------------

// In a transaction of its own: what the statement's transaction holds already is taken too, for the plan takes the transaction apart.
static void footprint_alone(struct rw *rw, const struct lc_sql_stmt *stmt, struct footprint *out)
{
    cat_begin(rw->cat);
    fp_statement(fp_session_new(rw->cat), stmt, out);
    cat_rollback(rw->cat);
}

static void footprint_of(struct rw *rw, struct rw_stmt *s)
{
    struct lc_sql_stmt stmt = {.text = s->text, .len = strlen(s->text), .line = 1, .tree = (Node *)(uintptr_t)s->tree};

    footprint_alone(rw, &stmt, &s->fp);
}

static enum rewrite_verdict plan_one(struct rw *rw, const char *text, const Node *tree, const char *sub)
{
    struct rw_stmt s = {.text = text, .tree = tree, .sub = sub, .rel = named_relation(rw, tree)};
    enum rewrite_verdict verdict = REWRITE_SAME;
    rw_recipe recipe;

    if (IsA(tree, AlterTableStmt)) {
        s.alter = AS(AlterTableStmt, tree);
        s.cmd = LIST_GET(AlterTableCmd, &s.alter->cmds, 0);
    }
    s.name = s.rel ? cat_qualified_name(rw->cat, s.rel) : NULL;
    footprint_of(rw, &s);
    recipe = rw_find_recipe(&s);
    if (recipe && !s.fp.fails) {
        cat_begin(rw->cat);
        verdict = recipe(rw, &s);
        cat_rollback(rw->cat);
    }
    rw_apply(rw, text);
    return verdict;
}

// --- ALTER TABLE with several subcommands -------------------------------------------------------------------------------------------------

// The order in which ALTER TABLE runs its subcommands (AT_PASS_*, commands/tablecmds.c ATPrepCmd).
static int pass_of(const AlterTableCmd *cmd)
{
    const Constraint *con = AS(Constraint, cmd->def);

    switch (cmd->subtype) {
    case AT_DropColumn:
    case AT_DropConstraint:
    case AT_DropNotNull:
    case AT_DropExpression:
    case AT_DropIdentity:
        return 1;
    case AT_ColumnDefault:
        return cmd->def ? 7 : 1;
    case AT_AlterColumnType:
        return 2;
    case AT_AddColumn:
        return 3;
    case AT_SetNotNull:
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_SetStorage:
    case AT_SetStatistics:
        return 4;
    case AT_AddConstraint:
        return con && (con->contype == CONSTR_PRIMARY || con->contype == CONSTR_UNIQUE || con->contype == CONSTR_EXCLUSION) ? 5
                                                                                                                            : 6;
    default:
        return 8;
    }
}

struct part {
    const char *sub, *text;
    const Node *tree;
    int pass;
};
struct parts LC_ARRAY(struct part);

static size_t actions_start(const AlterTableStmt *stmt, const char *text)
{
    return rw_name_end(text, (size_t)stmt->relation->location);
}

// False: the text could not be taken apart as the grammar did.
static bool take_apart(struct rw *rw, const char *text, const AlterTableStmt *stmt, struct parts *out)
{
    size_t at = actions_start(stmt, text);
    const char *head = lc_strndup(rw->arena, text, at);
    struct rw_texts subs = {0};

    rw_split_list(rw->arena, text, at, &subs);
    if (subs.len != stmt->cmds.length)
        return false;
    for (int i = 0; i < subs.len; i++) {
        struct part p = {.sub = subs.items[i], .text = lc_printf(rw->arena, "%s %s", head, subs.items[i])};
        const AlterTableStmt *one = AS(AlterTableStmt, p.tree = lc_sql_parse_one(rw->arena, p.text, NULL));
        int k = out->len;
        if (!one || one->cmds.length != 1)
            return false;
        p.pass = pass_of(LIST_GET(AlterTableCmd, &one->cmds, 0));
        LC_PUSH(rw->arena, out, p);
        for (; k > 0 && out->items[k - 1].pass > p.pass; k--) {
            out->items[k] = out->items[k - 1];
            out->items[k - 1] = p;
        }
    }
    return true;
}

struct kept { // harmless subcommands that follow one another: they stay one statement
    struct lc_str text;
    bool window; // one of them is not harmless, but has no safe way
};

static void keep_part(struct rw *rw, struct kept *kept, const char *sub, bool window)
{
    if (!kept->text.text)
        lc_str_init(&kept->text, rw->arena, LC_STR_MAX);
    lc_str_addf(&kept->text, "%s%s", kept->text.len ? ", " : "", sub);
    kept->window |= window;
}

// What comes after a swap belongs into its transaction: the default that a migration drops before and sets after it, for example.
static void flush_kept(struct rw *rw, const char *head, struct kept *kept)
{
    struct rewrite_step *last = rw->steps.len ? &rw->steps.items[rw->steps.len - 1] : NULL;
    const char *text = kept->text.len ? lc_printf(rw->arena, "%s %s", head, kept->text.text) : NULL;

    if (text && last && last->swap && !kept->window)
        last->sql = lc_printf(rw->arena, "%s\n%s;", last->sql, text);
    else if (text)
        (void)rw_retry(rw, lc_printf(rw->arena, "%s;", text), "Changes the catalogue only.", rw_rollback_of(rw, text));
    *kept = (struct kept){0};
}

// The step at `at` moves into the transaction of the swap that ends the plan so far.
static void move_into_swap(struct rw *rw, int at)
{
    struct rewrite_step moved = rw->steps.items[at], *last = &rw->steps.items[rw->steps.len - 1];

    last->sql = lc_printf(rw->arena, "%s\n%s", moved.sql, last->sql);
    memmove(&rw->steps.items[at], &rw->steps.items[at + 1], (size_t)(rw->steps.len - at - 1) * sizeof moved);
    rw->steps.len--;
}

// Plans one part behind the steps of `kept`, which come before it; where it is harmless it joins them instead.
static enum rewrite_verdict plan_part(struct rw *rw, const char *head, const struct part *p, struct kept *kept)
{
    struct kept before = *kept;
    int at = rw->steps.len, first = rw->number;
    enum rewrite_verdict verdict;
    const char *last = at ? rw->steps.items[at - 1].sql : NULL;
    bool flushed;

    flush_kept(rw, head, kept);
    flushed = rw->steps.len > at && !before.window;
    verdict = plan_one(rw, p->text, p->tree, p->sub);
    if (verdict == REWRITE_STEPS) {
        if (flushed && rw->steps.items[rw->steps.len - 1].swap)
            move_into_swap(rw, at);
        return verdict;
    }
    rw->steps.len = at;
    rw->number = first;
    if (at)
        rw->steps.items[at - 1].sql = last;
    *kept = before;
    keep_part(rw, kept, p->sub, verdict == REWRITE_WINDOW);
    return verdict;
}

static enum rewrite_verdict plan_parts(struct rw *rw, const char *text, const AlterTableStmt *stmt, const struct parts *parts)
{
    const char *head = lc_strndup(rw->arena, text, actions_start(stmt, text));
    enum rewrite_verdict verdict = REWRITE_SAME;
    int start = rw->steps.len, number = rw->number;
    struct kept kept = {0};

    for (int i = 0; i < parts->len; i++) {
        enum rewrite_verdict v = plan_part(rw, head, &parts->items[i], &kept);
        if (v == REWRITE_STEPS || (v == REWRITE_WINDOW && verdict == REWRITE_SAME))
            verdict = v;
    }
    if (verdict != REWRITE_STEPS) {
        rw->steps.len = start;
        rw->number = number;
        return verdict;
    }
    flush_kept(rw, head, &kept);
    return verdict;
}

enum rewrite_verdict rw_plan_text(struct rw *rw, const char *text)
{
    struct lc_error err;
    const Node *tree = lc_sql_parse_one(rw->arena, text, &err);
    const AlterTableStmt *alter = AS(AlterTableStmt, tree);
    struct parts parts = {0};

    if (!tree)
        return REWRITE_UNKNOWN;
    if (!alter || alter->objtype != OBJECT_TABLE)
        return plan_one(rw, text, tree, NULL);
    if (!take_apart(rw, text, alter, &parts))
        return REWRITE_SAME;
    if (parts.len == 1)
        return plan_one(rw, text, tree, parts.items[0].sub);
    return plan_parts(rw, text, alter, &parts);
}

void rw_part(struct rw *rw, const char *text, const char *why)
{
    enum rewrite_verdict verdict = rw_plan_text(rw, text);

    if (verdict != REWRITE_STEPS)
        (void)rw_retry(rw, lc_printf(rw->arena, "%s;", text), why, rw_rollback_of(rw, text));
}

// --- a file ------------------------------------------------------------------------------------------------------------------------------

double rw_target_hold(const struct rewrite_options *options)
{
    return options->target_hold_ms > 0 ? options->target_hold_ms : 100;
}

struct planner {
    struct rw *rw;
    const struct forecast *forecast;
    struct rewrite_file *out;
    int last_file, last_stmt; // behind it the plan has nothing to do
    int priced;               // statements so far
    enum lc_code code;
    struct lc_error *err;
};

static void take_steps(struct rw *rw, struct rewrite_stmt *r)
{
    r->steps = rw->steps.items;
    r->len = rw->steps.len;
    r->recipe = rw->recipe;
    r->why = rw->why;
}

static void plan_statement(struct rw *rw, const struct forecast_stmt *fs, struct rewrite_stmt *r)
{
    int number = rw->number;

    rw->fs = fs;
    rw->fp = fs->fp;
    if (fs->fp.in_block && fs->stmt->sql.tree && !IsA(fs->stmt->sql.tree, TransactionStmt))
        footprint_alone(rw, &fs->stmt->sql, &rw->fp);
    rw->recipe = rw->why = NULL;
    rw->copy = (struct rewrite_backup){0};
    memset(&rw->steps, 0, sizeof rw->steps);
    r->verdict = REWRITE_SAME;
    if (rw_hazardous(rw, fs, &rw->fp) || rw_stops_several(rw, fs, &rw->fp)) {
        cat_begin(rw->cat);
        r->verdict = rw_plan_text(rw, fs->stmt->sql.text);
        cat_rollback(rw->cat);
    }
    if (r->verdict != REWRITE_STEPS) {
        memset(&rw->steps, 0, sizeof rw->steps);
        rw->copy = (struct rewrite_backup){0};
        rw->number = number;
        rw->recipe = NULL;
        if (r->verdict == REWRITE_SAME)
            rw->why = NULL;
        rw_keep(rw, fs);
        r->kept = r->verdict == REWRITE_SAME;
        if (r->kept && rw_keep_apart(rw, fs))
            r->verdict = REWRITE_STEPS;
    }
    take_steps(rw, r);
}

// Where only the safer ways are asked for: a statement that stays as it is gets its number, and no step.
static void plan_only_hazard(struct rw *rw, const struct forecast_stmt *fs, struct rewrite_stmt *r)
{
    if (rw_looks_hazardous(rw, fs))
        plan_statement(rw, fs, r);
    else if (!IsA(fs->stmt->sql.tree, TransactionStmt))
        rw->number++;
}

// Each step by itself, while the catalogue is as the statement finds it.
static void price(struct planner *p, struct rw *rw, struct rewrite_stmt *r)
{
    const struct rewrite_options *o = rw->options;
    bool wanted = r->verdict == REWRITE_STEPS || (o->history_table && r->len);

    if (p->code != LC_OK || !o->snap || !wanted || (o->most_priced && p->priced >= o->most_priced))
        return;
    p->priced++;
    p->code = rw_price(rw, r, p->err);
}

static void visit(struct fp_session *s, int file, int k, void *context)
{
    struct planner *p = context;
    struct rw *rw = &p->rw[file];
    const struct forecast_file *f = &p->forecast->files[file];
    bool whole = rw->options->whole_files;
    struct footprint scratch;

    if (file > p->last_file || (file == p->last_file && k > p->last_stmt))
        return;
    if (whole && k == 0)
        rw_facts_begin(rw, f);
    (whole ? plan_statement : plan_only_hazard)(rw, &f->stmts[k], &p->out[file].stmts[k]);
    price(p, rw, &p->out[file].stmts[k]);
    fp_statement(s, &f->stmts[k].stmt->sql, &scratch);
    if (whole && k + 1 == f->len)
        rw_facts_end(rw, f);
}

static void find_last(struct planner *p)
{
    p->last_file = -1;
    for (int i = 0; i < p->forecast->len; i++)
        for (int k = 0; k < p->forecast->files[i].len; k++)
            if (p->rw[i].options->whole_files || rw_looks_hazardous(&p->rw[i], &p->forecast->files[i].stmts[k])) {
                p->last_file = i;
                p->last_stmt = k;
            }
}

// Helpers live beside the first table that is worth a rewrite.
static Oid helper_schema(const struct rw *rw, const struct forecast_file *f)
{
    for (int k = 0; k < f->len; k++)
        for (int i = 0; rw_hazardous(rw, &f->stmts[k], &f->stmts[k].fp) && i < f->stmts[k].fp.locks.len; i++) {
            const struct cat_relation *rel = f->stmts[k].fp.locks.items[i].rel;
            if (rel->relkind == 'r' || rel->relkind == 'p' || rel->relkind == 'm')
                return rel->o.schema;
        }
    return cat_creation_schema(rw->cat);
}

static void start_file(struct lc_arena *arena, struct catalog *cat, const struct rewrite_options *options,
                       const struct forecast_file *f, struct rw *rw, struct rewrite_file *out)
{
    *rw = (struct rw){.arena = arena, .cat = cat, .options = options, .file = f, .target_ms = rw_target_hold(options)};
    rw->hash = lc_printf(arena, "%08x", (unsigned)(lc_hash(f->file->text ? f->file->text : f->file->path) & 0xffffffffu));
    rw->schema = helper_schema(rw, f);
    *out = (struct rewrite_file){.forecast = f, .len = f->len, .stmts = LC_NEW_ARRAY(arena, struct rewrite_stmt, f->len)};
}

enum lc_code rewrite_plan(struct lc_arena *arena, struct catalog *cat, const struct forecast *forecast,
                          const struct rewrite_options *options, struct rewrite_file *out, struct lc_error *err)
{
    const struct migration_file **files = LC_NEW_ARRAY(arena, const struct migration_file *, forecast->len);
    struct planner p = {.rw = LC_NEW_ARRAY(arena, struct rw, forecast->len), .forecast = forecast, .out = out, .err = err};
    enum lc_code code;

    cat_begin(cat);
    for (int i = 0; i < forecast->len; i++) {
        files[i] = forecast->files[i].file;
        start_file(arena, cat, options, &forecast->files[i], &p.rw[i], &out[i]);
    }
    find_last(&p);
    forecast_walk(cat, files, forecast->len, visit, &p);
    code = p.code;
    for (int i = 0; i < forecast->len && code == LC_OK; i++) {
        rw_join_swaps(&p.rw[i], &forecast->files[i], &out[i]);
        rw_split_transactions(&p.rw[i], &forecast->files[i], &out[i]);
        for (int k = 0; k < out[i].len; k++)
            out[i].changed |= out[i].stmts[k].verdict == REWRITE_STEPS;
        if (options->whole_files)
            rw_write_file(&p.rw[i], &forecast->files[i], &out[i]);
        if (options->whole_files && options->framework)
            code = rw_write_framework(&p.rw[i], &forecast->files[i], &out[i], err);
    }
    cat_rollback(cat);
    return code;
}
