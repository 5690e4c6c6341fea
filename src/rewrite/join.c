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
    return r->kept && r->len == 1 && fs->stmt->sql.tree &&
           (r->steps[0].form == REWRITE_FORM_RETRY || r->steps[0].form == REWRITE_FORM_CALM) && fs->cost.known &&
           fs->cost.total_ms.p90 < 0.5 * rw->target_ms;
}

static void absorb(struct rw *rw, struct rewrite_step *swap, struct rewrite_stmt *r, bool before)
{
    swap->sql = before ? lc_printf(rw->arena, "%s\n%s", r->steps[0].sql, swap->sql)
                       : lc_printf(rw->arena, "%s\n%s", swap->sql, r->steps[0].sql);
    swap->waits = before; // what is made after it need not wait for another swap
    r->verdict = REWRITE_STEPS;
    r->recipe = "with-the-swap";
    r->why = "The type change takes long: this waits until the new column takes the old one's place, in the same transaction.";
    r->len = 0;
}

static struct rewrite_step *first_swap(const struct rewrite_stmt *r)
{
    for (int i = 0; r->verdict == REWRITE_STEPS && i < r->len; i++)
        if (r->steps[i].swap)
            return &r->steps[i];
    return NULL;
}

static struct rewrite_step *last_swap(const struct rewrite_stmt *r)
{
    struct rewrite_step *last = r->verdict == REWRITE_STEPS && r->len ? &r->steps[r->len - 1] : NULL;

    return last && last->swap ? last : NULL;
}

static void absorb_neighbours(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out, int k)
{
    struct rewrite_step *first = first_swap(&out->stmts[k]), *last = last_swap(&out->stmts[k]);

    for (int i = k - 1; first && i >= 0 && quick(rw, &f->stmts[i], &out->stmts[i]) && takes_away(&f->stmts[i]); i--)
        absorb(rw, first, &out->stmts[i], true);
    for (int i = k + 1; last && i < f->len && quick(rw, &f->stmts[i], &out->stmts[i]) && makes_again(&f->stmts[i]); i++)
        absorb(rw, last, &out->stmts[i], false);
}

static bool share(const struct rewrite_step *a, const struct rewrite_step *b)
{
    for (int i = 0; i < a->ncarried; i++)
        for (int k = 0; k < b->ncarried; k++)
            if (lc_streq(a->carried[i], b->carried[k]))
                return true;
    return false;
}

// The swap of step i takes place with the next one: its column's two forms go on side by side until then.
static void put_off(struct rw *rw, struct rewrite_stmt *r, int i, struct rewrite_step *next)
{
    struct rewrite_step *swap = &r->steps[i];

    next->sql = lc_printf(rw->arena, "%s\n%s", swap->sql, next->sql);
    next->rollback = lc_printf(rw->arena, "%s\n%s", swap->rollback, next->rollback);
    next->waits |= swap->waits;
    r->len--;
    for (; i < r->len; i++)
        r->steps[i] = r->steps[i + 1];
}

// Two type changes between a DROP VIEW and the CREATE VIEW after it: one swap for both, for the view would be missed between two. Where an index or
// a constraint has both columns the second change is built upon the first, and there must be two.
static void join_two(struct rw *rw, struct rewrite_file *out)
{
    struct rewrite_stmt *r = NULL;
    int at = 0;

    for (int k = 0; k < out->len; k++)
        for (int i = 0; i < out->stmts[k].len; i++) {
            struct rewrite_step *step = &out->stmts[k].steps[i];
            if (!step->of_change) // it may count on the swap before it
                r = NULL;
            if (!step->swap)
                continue;
            if (r && r->steps[at].waits && step->free && !share(&r->steps[at], step)) {
                put_off(rw, r, at, step);
                i -= r == &out->stmts[k];
            }
            r = &out->stmts[k];
            at = i;
        }
}

void rw_join_swaps(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out)
{
    for (int k = 0; k < f->len; k++)
        absorb_neighbours(rw, f, out, k);
    join_two(rw, out);
}
