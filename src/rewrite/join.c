// What a migration drops before a type change and makes again after it (views, triggers, policies, defaults) goes into the swap's transaction:
// the change itself takes hours, and nobody may miss them meanwhile.
#include "rewrite/internal.h"

static bool takes_away(const struct forecast_stmt *fs)
{
    const DropStmt *drop = AS(DropStmt, fs->stmt->sql.tree);
    const AlterTableStmt *alter = AS(AlterTableStmt, fs->stmt->sql.tree);

    if (drop)
        return drop->removeType == OBJECT_VIEW || drop->removeType == OBJECT_MATVIEW || drop->removeType == OBJECT_TRIGGER ||
               drop->removeType == OBJECT_RULE || drop->removeType == OBJECT_POLICY || drop->removeType == OBJECT_FUNCTION ||
               drop->removeType == OBJECT_STATISTIC_EXT;
    for (int i = 0; alter && i < alter->cmds.length; i++) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &alter->cmds, i);
        if (cmd->subtype != AT_DropConstraint && cmd->subtype != AT_DropColumn && (cmd->subtype != AT_ColumnDefault || cmd->def))
            return false;
    }
    return alter != NULL;
}

static bool makes_again(const struct forecast_stmt *fs)
{
    switch (nodeTag(fs->stmt->sql.tree)) {
    case T_ViewStmt:
    case T_CreateTrigStmt:
    case T_RuleStmt:
    case T_CreatePolicyStmt:
    case T_CreateStatsStmt:
    case T_CreateFunctionStmt:
    case T_CommentStmt:
    case T_GrantStmt:
    case T_AlterOwnerStmt:
    case T_AlterSeqStmt:
    case T_AlterTableStmt:
        return true;
    default:
        return false;
    }
}

static bool quick(const struct rw *rw, const struct forecast_stmt *fs, const struct rewrite_stmt *r)
{
    return r->verdict == REWRITE_SAME && r->len == 1 && fs->stmt->sql.tree &&
           (r->steps[0].form == REWRITE_FORM_RETRY || r->steps[0].form == REWRITE_FORM_CALM) && fs->cost.known &&
           fs->cost.total_ms.p90 < 0.5 * rw->target_ms;
}

static void absorb(struct rw *rw, struct rewrite_step *swap, struct rewrite_stmt *r, bool before)
{
    swap->sql = before ? lc_printf(rw->arena, "%s\n%s", r->steps[0].sql, swap->sql)
                       : lc_printf(rw->arena, "%s\n%s", swap->sql, r->steps[0].sql);
    r->verdict = REWRITE_STEPS;
    r->recipe = "with-the-swap";
    r->why = "The type change takes long: this waits until the new column takes the old one's place, in the same transaction.";
    r->len = 0;
}

void rw_join_swaps(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    for (int k = 0; k < f->len; k++) {
        struct rewrite_stmt *r = &out->stmts[k];
        struct rewrite_step *swap = r->verdict == REWRITE_STEPS && r->len ? &r->steps[r->len - 1] : NULL;
        if (!swap || !swap->swap)
            continue;
        for (int i = k - 1; i >= 0 && quick(rw, &f->stmts[i], &out->stmts[i]) && takes_away(&f->stmts[i]); i--)
            absorb(rw, swap, &out->stmts[i], true);
        for (int i = k + 1; i < f->len && quick(rw, &f->stmts[i], &out->stmts[i]) && makes_again(&f->stmts[i]); i++)
            absorb(rw, swap, &out->stmts[i], false);
    }
}
