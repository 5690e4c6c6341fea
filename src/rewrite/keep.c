// Statements that stay as they are inside of a file that changes: how each is run, and what undoes it.
#include <string.h>

#include "rewrite/internal.h"

// --- rollback ---------------------------------------------------------------------------------------------------------------------------

static const char *range_name(struct rw *rw, const RangeVar *rv)
{
    const struct cat_relation *rel = cat_find_rangevar(rw->cat, rv);

    return rel ? cat_qualified_name(rw->cat, rel) : lc_quote_name(rw->arena, rv->schemaname, rv->relname);
}

static const char *undo_partition(struct rw *rw, const char *table, const PartitionCmd *cmd, AlterTableType type)
{
    const struct cat_relation *part = cmd && cmd->name ? cat_find_rangevar(rw->cat, cmd->name) : NULL;

    if (!part || part->relkind == 'I' || part->relkind == 'i')
        return NULL;
    if (type == AT_DetachPartition)
        return rw_attach_again(rw, table, part);
    return lc_printf(rw->arena, "ALTER TABLE %s DETACH PARTITION %s;", table, cat_qualified_name(rw->cat, part));
}

static const char *undo_subcommand(struct rw *rw, const char *table, const AlterTableCmd *cmd)
{
    const ColumnDef *col = AS(ColumnDef, cmd->def);
    const Constraint *con = AS(Constraint, cmd->def);
    const char *name = cmd->name ? lc_quote_ident(rw->arena, cmd->name) : NULL;

    switch (cmd->subtype) {
    case AT_AddColumn:
        return lc_printf(rw->arena, "ALTER TABLE %s DROP COLUMN IF EXISTS %s;", table, lc_quote_ident(rw->arena, col->colname));
    case AT_AddConstraint:
        if (con && con->conname)
            return lc_printf(rw->arena, "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s;", table,
                             lc_quote_ident(rw->arena, con->conname));
        return NULL;
    case AT_DetachPartition:
    case AT_AttachPartition:
        return undo_partition(rw, table, AS(PartitionCmd, cmd->def), cmd->subtype);
    case AT_SetNotNull:
        return lc_printf(rw->arena, "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;", table, name);
    case AT_DropNotNull:
        return lc_printf(rw->arena,
                         "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL; -- `lockcast rewrite` tells how to do it calmly", table,
                         name);
    default:
        return NULL;
    }
}

static const char *undo_alter(struct rw *rw, const AlterTableStmt *alter)
{
    const char *table = range_name(rw, alter->relation), *all = NULL;

    for (int i = alter->cmds.length - 1; i >= 0; i--) {
        const char *one = undo_subcommand(rw, table, LIST_GET(AlterTableCmd, &alter->cmds, i));
        if (!one)
            return NULL;
        all = all ? lc_printf(rw->arena, "%s\n%s", all, one) : one;
    }
    return all;
}

static const char *undo_rename(struct rw *rw, const RenameStmt *r)
{
    const char *table = r->relation ? range_name(rw, r->relation) : NULL;

    if (table && r->renameType == OBJECT_COLUMN)
        return lc_printf(rw->arena, "ALTER TABLE %s RENAME COLUMN %s TO %s;", table, lc_quote_ident(rw->arena, r->newname),
                         lc_quote_ident(rw->arena, r->subname));
    if (table && r->renameType == OBJECT_TABLE)
        return lc_printf(rw->arena, "ALTER TABLE %s RENAME TO %s;", lc_quote_name(rw->arena, r->relation->schemaname, r->newname),
                         lc_quote_ident(rw->arena, r->relation->relname));
    return NULL;
}

static const char *rollback_of_tree(struct rw *rw, const Node *tree, const char *text)
{
    const char *undo = NULL;

    if (IsA(tree, AlterTableStmt))
        undo = undo_alter(rw, AS(AlterTableStmt, tree));
    else if (IsA(tree, RenameStmt))
        undo = undo_rename(rw, AS(RenameStmt, tree));
    else if (IsA(tree, CreateStmt))
        undo = lc_printf(rw->arena, "DROP TABLE IF EXISTS %s;", range_name(rw, AS(CreateStmt, tree)->relation));
    else if (IsA(tree, ViewStmt) && !AS(ViewStmt, tree)->replace)
        undo = lc_printf(rw->arena, "DROP VIEW IF EXISTS %s;", range_name(rw, AS(ViewStmt, tree)->view));
    else if (IsA(tree, IndexStmt) && AS(IndexStmt, tree)->idxname)
        undo = lc_printf(rw->arena, "DROP INDEX CONCURRENTLY IF EXISTS %s;",
                         lc_quote_name(rw->arena, AS(IndexStmt, tree)->relation->schemaname, AS(IndexStmt, tree)->idxname));
    if (undo || IsA(tree, SelectStmt))
        return undo;
    return lc_printf(rw->arena, "-- not undone: what this did must be undone by hand, or from a backup\n%s",
                     rw_comment(rw->arena, text));
}

const char *rw_rollback_of(struct rw *rw, const char *text)
{
    return rollback_of_tree(rw, lc_sql_parse_one(rw->arena, text, NULL), text);
}

// --- how it is run ----------------------------------------------------------------------------------------------------------------------

static bool is_set_config(const SelectStmt *select)
{
    const ResTarget *target = select && select->targetList.length == 1 && !select->fromClause.length
                                  ? LIST_GET(ResTarget, &select->targetList, 0)
                                  : NULL;
    const FuncCall *call = target ? AS(FuncCall, target->val) : NULL;

    return call && lc_streq(list_last_name(&call->funcname), "set_config");
}

// Temporary objects end with the session, so a second run needs them again.
static bool only_temporary(const struct footprint *fp)
{
    bool any = false;

    for (int i = 0; i < fp->locks.len; i++) {
        const struct fp_lock *l = &fp->locks.items[i];
        if (l->rel->relpersistence == 't')
            any = true;
        else if (l->mode > LC_ROW_SHARE)
            return false;
    }
    return any;
}

static bool of_session(const struct forecast_stmt *fs)
{
    switch (nodeTag(fs->stmt->sql.tree)) {
    case T_VariableSetStmt:
    case T_PrepareStmt:
    case T_DeallocateStmt:
    case T_DiscardStmt:
    case T_ListenStmt:
    case T_UnlistenStmt:
    case T_LoadStmt:
        return true;
    case T_SelectStmt:
        return is_set_config(AS(SelectStmt, fs->stmt->sql.tree));
    case T_CreateStmt:
        return lc_streq(AS(CreateStmt, fs->stmt->sql.tree)->relation->relpersistence, "t");
    default:
        return only_temporary(&fs->fp);
    }
}

static bool is_timeout(const VariableSetStmt *set)
{
    return set && (lc_streq(set->name, "lock_timeout") || lc_streq(set->name, "statement_timeout"));
}

static const char *session_text(struct rw *rw, const struct forecast_stmt *fs)
{
    const VariableSetStmt *set = AS(VariableSetStmt, fs->stmt->sql.tree);
    const char *text = fs->stmt->sql.text;
    size_t at;

    if (is_timeout(set))
        return lc_printf(rw->arena, "%s-- left out: each step has its own timeout", rw_comment(rw->arena, text));
    if (set && set->is_local) { // its transaction is taken apart
        at = rw_find_keyword(text, 0, "local");
        if (text[at])
            return lc_printf(rw->arena, "%.*s%s;", (int)at, text, text + at + strlen("local"));
    }
    return lc_printf(rw->arena, "%s;", text);
}

static enum rewrite_form form_of(const struct rw *rw, const struct forecast_stmt *fs)
{
    const Node *tree = fs->stmt->sql.tree;

    if (!tree || (!fs->fp.in_block && (fs->fp.transaction == 0 || IsA(tree, CallStmt) || IsA(tree, DoStmt))))
        return REWRITE_FORM_OUTSIDE;
    if (of_session(fs))
        return REWRITE_FORM_SESSION;
    return rw_blocks_existing(&rw->fp) ? REWRITE_FORM_RETRY : REWRITE_FORM_CALM;
}

// The original is concurrent already: what an interrupted run left is dropped before.
static bool keep_index(struct rw *rw, const IndexStmt *stmt, const char *text)
{
    const struct cat_relation *rel = stmt->concurrent && stmt->idxname ? cat_find_rangevar(rw->cat, stmt->relation) : NULL;
    const char *create;

    if (!rel)
        return false;
    create = lc_printf(rw->arena, "CREATE %sINDEX CONCURRENTLY IF NOT EXISTS %s ON %s", stmt->unique ? "UNIQUE " : "",
                       lc_quote_ident(rw->arena, stmt->idxname), text + stmt->relation->location);
    rw_build_index(rw, stmt->if_not_exists ? text : create, cat_schema_name(rw->cat, rel->o.schema), stmt->idxname, "As it was.",
                   true);
    return true;
}

void rw_keep(struct rw *rw, const struct forecast_stmt *fs)
{
    const char *text = fs->stmt->sql.text, *sql = lc_printf(rw->arena, "%s;", text);
    const IndexStmt *index = AS(IndexStmt, fs->stmt->sql.tree);
    const char *undo;
    enum rewrite_form form;

    if (IsA(fs->stmt->sql.tree, TransactionStmt) || (index && keep_index(rw, index, text)))
        return;
    undo = fs->stmt->sql.tree ? rollback_of_tree(rw, fs->stmt->sql.tree, text) : NULL;
    form = form_of(rw, fs);
    if (form == REWRITE_FORM_SESSION) {
        rw_outside(rw, session_text(rw, fs), NULL, NULL)->form = form;
    } else if (form == REWRITE_FORM_OUTSIDE) {
        (void)rw_outside(rw, sql, "As it was.", undo);
    } else if (form == REWRITE_FORM_RETRY) {
        (void)rw_retry(rw, sql, "As it was, but it gives up and tries again instead of keeping others waiting.", undo);
    } else {
        (void)rw_calm(rw, sql, "As it was.", undo);
    }
}

// --- transactions -----------------------------------------------------------------------------------------------------------------------

static int end_of_block(const struct forecast_file *f, int begin, bool *whole)
{
    for (int k = begin + 1; k < f->len; k++)
        switch (f->stmts[k].fp.tx) {
        case FP_TX_COMMIT:
            return k;
        case FP_TX_ROLLBACK:
        case FP_TX_PREPARE:
            *whole = true;
            return k;
        case FP_TX_SAVEPOINT:
        case FP_TX_RELEASE:
        case FP_TX_ROLLBACK_TO:
            *whole = true;
            break;
        case FP_TX_BEGIN:
        case FP_TX_NONE:
            break;
        }
    return f->len - 1;
}

static void keep_whole(struct rw *rw, const struct forecast_file *f, int begin, int end, struct rewrite_file *out)
{
    struct lc_str text;
    bool hazard = false;

    lc_str_init(&text, rw->arena, LC_STR_MAX);
    for (int k = begin; k <= end; k++) {
        struct rewrite_stmt *r = &out->stmts[k];
        hazard |= r->verdict != REWRITE_SAME;
        lc_str_addf(&text, "%s;\n", f->stmts[k].stmt->sql.text);
        if (r->verdict == REWRITE_STEPS) {
            rw->fs = &f->stmts[k];
            rw->fp = rw->fs->fp;
            r->verdict = REWRITE_WINDOW;
            r->why = rw_window_text(rw, RW_WINDOW_TRANSACTION);
        }
        r->len = 0;
    }
    memset(&rw->steps, 0, sizeof rw->steps);
    (void)rw_outside(rw, text.text, hazard ? "This transaction cannot be taken apart." : "As it was.", NULL);
    out->stmts[begin].steps = rw->steps.items;
    out->stmts[begin].len = 1;
}

// A lock that stops others, taken by something quick, is held over the slow rest of its transaction.
static bool held_over_work(const struct rw *rw, const struct forecast_stmt *fs)
{
    const struct forecast_file *f = rw->file;
    double later = 0;

    if (!fs->fp.in_block || !rw_blocks_existing(&fs->fp))
        return false;
    for (int i = (int)(fs - f->stmts) + 1; i < f->len && f->stmts[i].fp.transaction == fs->fp.transaction; i++)
        if (f->stmts[i].fp.tx == FP_TX_NONE)
            later += f->stmts[i].cost.known ? f->stmts[i].cost.total_ms.p90 : rw->target_ms;
    return later >= rw->target_ms;
}

bool rw_keep_apart(struct rw *rw, const struct forecast_stmt *fs)
{
    if (rw->steps.len != 1 || rw->steps.items[0].form != REWRITE_FORM_RETRY)
        return false;
    if (held_over_work(rw, fs)) {
        rw->recipe = "split-transaction";
        rw->why = "Its lock would be held while the rest of its transaction works: it gets a transaction of its own.";
        return true;
    }
    if (rw_waits_long(rw, fs)) {
        rw->recipe = "lock-retries";
        rw->why =
            "It is quick, but it waits for its lock, and whoever comes meanwhile waits behind it: it gives up and tries again.";
        return true;
    }
    return false;
}

void rw_split_transactions(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    for (int k = 0; k < f->len; k++) {
        bool whole = false;
        if (f->stmts[k].fp.tx == FP_TX_BEGIN) {
            int end = end_of_block(f, k, &whole);
            if (whole) {
                keep_whole(rw, f, k, end, out);
                k = end;
            }
        }
    }
}
