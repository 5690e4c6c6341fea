// The steps of a plan: how each is run, and the pieces that several recipes use.
#include "rewrite/internal.h"

void rw_why(struct rw *rw, const char *recipe, const char *why)
{
    if (rw->recipe)
        return;
    rw->recipe = recipe;
    rw->why = why;
}

const char *rw_helper(struct rw *rw, const char *what)
{
    return lc_printf(rw->arena, "lockcast_%s_%d_%s", rw->hash, ++rw->helpers, what);
}

const char *rw_state(struct rw *rw)
{
    return lc_quote_name(rw->arena, cat_schema_name(rw->cat, rw->schema), lc_printf(rw->arena, "lockcast_%s", rw->hash));
}

static struct rewrite_step *add(struct rw *rw, enum rewrite_form form, const char *sql, const char *why, const char *rollback)
{
    struct rewrite_step step = {.sql = sql,
                                .why = why,
                                .rollback = rollback,
                                .form = form,
                                .number = ++rw->number,
                                .transaction =
                                    form == REWRITE_FORM_OUTSIDE || form == REWRITE_FORM_LOOP ? REWRITE_TX_NONE : REWRITE_TX_OWN};

    step.backup = rw->copy;
    rw->copy = (struct rewrite_backup){0};
    LC_PUSH(rw->arena, &rw->steps, step);
    return &rw->steps.items[rw->steps.len - 1];
}

struct rewrite_step *rw_retry(struct rw *rw, const char *sql, const char *why, const char *rollback)
{
    return add(rw, REWRITE_FORM_RETRY, sql, why, rollback);
}

struct rewrite_step *rw_calm(struct rw *rw, const char *sql, const char *why, const char *rollback)
{
    return add(rw, REWRITE_FORM_CALM, sql, why, rollback);
}

struct rewrite_step *rw_outside(struct rw *rw, const char *sql, const char *why, const char *rollback)
{
    return add(rw, REWRITE_FORM_OUTSIDE, sql, why, rollback);
}

struct rewrite_step *rw_loop(struct rw *rw, const char *sql, const char *why, const char *rollback)
{
    return add(rw, REWRITE_FORM_LOOP, sql, why, rollback);
}

void rw_offer_copy(struct rw *rw, const char *sql, const char *of, double rows)
{
    if (rw->options->copies)
        (void)rw_calm(rw, sql, lc_printf(rw->arena, "Keeps %s.", of), NULL);
    else if (rw->copy.sql) // of several tables that one step empties
        rw->copy = (struct rewrite_backup){.sql = lc_printf(rw->arena, "%s\n%s", rw->copy.sql, sql),
                                           .of = lc_printf(rw->arena, "%s, %s", rw->copy.of, of),
                                           .rows = rows < 0 || rw->copy.rows < 0 ? -1 : rows + rw->copy.rows,
                                           .bytes = -1};
    else
        rw->copy = (struct rewrite_backup){.sql = sql, .of = of, .rows = rows, .bytes = -1};
}

const char *rw_drop_invalid_where(struct rw *rw, const char *condition)
{
    static const char query[] = "SELECT 'DROP INDEX CONCURRENTLY ' " RW_OP(
        "||") " c.oid::pg_catalog.regclass\n"
              "  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid " RW_OP(
                  "=") " c.oid\n"
                       " WHERE %s AND NOT i.indisvalid AND c.relkind " RW_OP("=") " 'i' \\gexec\n";

    return lc_printf(rw->arena, query, condition);
}

const char *rw_drop_invalid(struct rw *rw, const char *schema, const char *index)
{
    return rw_drop_invalid_where(
        rw, lc_printf(rw->arena, "c.relname " RW_OP("=") " %s AND c.relnamespace " RW_OP("=") " %s::pg_catalog.regnamespace",
                      lc_quote_literal(rw->arena, index), lc_quote_literal(rw->arena, lc_quote_ident(rw->arena, schema))));
}

void rw_build_index(struct rw *rw, const char *create, const char *schema, const char *index, const char *why, bool keep)
{
    const char *name = lc_quote_name(rw->arena, schema, index);
    const char *drop = lc_printf(rw->arena, "DROP INDEX CONCURRENTLY IF EXISTS %s;", name);

    (void)rw_outside(rw, lc_printf(rw->arena, "%s%s;", rw_drop_invalid(rw, schema, index), create), why, keep ? drop : NULL);
}
