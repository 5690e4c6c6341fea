// SET NOT NULL: a CHECK that proves it, validated while others write, makes the scan under ACCESS EXCLUSIVE unnecessary.
//
// Precondition: 12 or later (tablecmds.c NotNullImpliedByRelConstraints). 18: a NOT NULL constraint can be NOT VALID itself
// (ATExecAddConstraint, QueueNNConstraintValidation). Rollback: DROP NOT NULL.
#include "rewrite/internal.h"

#define WHY_VALIDATE "Reads the table while others read and write it."

static void prove_18(struct rw *rw, const char *table, const char *column, const char *name)
{
    const char *con = lc_quote_ident(rw->arena, name);

    (void)rw_retry(rw, lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s NOT NULL %s NOT VALID;", table, con, column),
                   "From here on no NULL comes in; the rows that are there are not looked at yet.",
                   lc_printf(rw->arena, "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;", table, column));
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, con), WHY_VALIDATE, NULL);
}

void rw_prove_not_null(struct rw *rw, const struct cat_relation *rel, const char *column)
{
    const char *table = cat_qualified_name(rw->cat, rel), *col = lc_quote_ident(rw->arena, column);
    const char *con = rw_helper(rw, "nn");

    if (cat_major(rw->cat) >= 18 && rel->relkind == 'r' && !rel->children.len) {
        prove_18(rw, table, col, cat_choose_name(rw->cat, rel->o.name, column, "not_null", rel->o.schema));
        return;
    }
    (void)rw_retry(rw,
                   lc_printf(rw->arena, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;", table, con, col),
                   "From here on no NULL comes in; the rows that are there are not looked at yet.", NULL);
    (void)rw_calm(rw, lc_printf(rw->arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s;", table, con), WHY_VALIDATE, NULL);
    (void)rw_retry(rw,
                   lc_printf(rw->arena, "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\nALTER TABLE %s DROP CONSTRAINT %s;", table,
                             col, table, con),
                   "The CHECK proves it, so nothing is read; then the CHECK is not needed any more.",
                   lc_printf(rw->arena, "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;", table, col));
}

enum rewrite_verdict rw_set_not_null(struct rw *rw, const struct rw_stmt *s)
{
    if (!s->rel || !s->fp.scans.len || !rw_large(rw, s->rel))
        return REWRITE_SAME;
    rw_why(rw, "set-not-null-by-check",
           "SET NOT NULL reads the whole table under a lock that stops even readers; a validated CHECK proves it first.");
    rw_prove_not_null(rw, s->rel, s->cmd->name);
    return REWRITE_STEPS;
}
