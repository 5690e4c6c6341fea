// DETACH PARTITION CONCURRENTLY: stops neither readers nor writers of the other partitions.
//
// Precondition: 14 or later, no default partition (ATExecDetachPartition refuses it beside one). Proof: tablecmds.c takes SHARE UPDATE EXCLUSIVE on
// the parent, and ACCESS EXCLUSIVE on the partition alone. It leaves a CHECK with the bound on the partition (DetachAddConstraintIfNeeded), which
// the plain form does not: it is dropped. Rollback: ATTACH.
#include "rewrite/internal.h"

// psql makes the command of what the catalogue shows: an interrupted DETACH is finished, one that is done is not done again.
static const char *detach(struct rw *rw, const char *parent, const char *part)
{
    const char *p = lc_quote_literal(rw->arena, parent), *c = lc_quote_literal(rw->arena, part);

    return lc_printf(rw->arena,
                     "SELECT pg_catalog.format('ALTER TABLE %%s DETACH PARTITION %%s %%s', inhparent::pg_catalog.regclass, "
                     "inhrelid::pg_catalog.regclass,\n"
                     "    CASE WHEN inhdetachpending THEN 'FINALIZE' ELSE 'CONCURRENTLY' END)\n"
                     "  FROM pg_catalog.pg_inherits WHERE inhparent " RW_OP("=") " %s::pg_catalog.regclass AND inhrelid " RW_OP(
                         "=") " %s::pg_catalog.regclass \\gexec",
                     p, c);
}

// The CHECKs that the partition has before, as a list of literals; "NULL" for none.
static const char *own_checks(struct rw *rw, const struct cat_relation *part)
{
    struct lc_str s;

    lc_str_init(&s, rw->arena, LC_STR_MAX);
    for (int i = 0; i < part->constraints.len; i++) {
        const struct cat_constraint *con = cat_constraint(rw->cat, part->constraints.items[i]);
        if (con && con->contype == 'c')
            lc_str_addf(&s, "%s, ", lc_quote_literal(rw->arena, con->o.name));
    }
    return lc_printf(rw->arena, "ARRAY[%sNULL]::name[]", s.text);
}

static const char *drop_check(struct rw *rw, const struct cat_relation *part)
{
    const char *table = cat_qualified_name(rw->cat, part);
    const char *body = lc_printf(
        rw->arena,
        "DECLARE\n    con name;\nBEGIN\n    FOR con IN SELECT conname FROM pg_catalog.pg_constraint\n"
        "            WHERE conrelid = %s::pg_catalog.regclass AND contype = 'c' AND NOT (conname = ANY (%s)) IS TRUE LOOP\n"
        "        EXECUTE pg_catalog.format('ALTER TABLE %%s DROP CONSTRAINT %%I', %s::pg_catalog.regclass, con);\n"
        "    END LOOP;\nEND",
        lc_quote_literal(rw->arena, table), own_checks(rw, part), lc_quote_literal(rw->arena, table));
    const char *tag = rw_dollar(rw->arena, body);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, body, tag);
}

const char *rw_attach_again(struct rw *rw, const char *parent, const struct cat_relation *part)
{
    const char *table = cat_qualified_name(rw->cat, part);

    if (!part->partbound_text)
        return rw_comment(rw->arena, lc_printf(rw->arena, "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES ...; -- with its bound",
                                               parent, table));
    return lc_printf(
        rw->arena, "ALTER TABLE %s ATTACH PARTITION %s %s; -- reads the partition; `lockcast rewrite` tells how to do it calmly",
        parent, table, part->partbound_text);
}

enum rewrite_verdict rw_detach(struct rw *rw, const struct rw_stmt *s)
{
    const PartitionCmd *cmd = AS(PartitionCmd, s->cmd->def);
    const struct cat_relation *part = cmd && cmd->name ? cat_find_rangevar(rw->cat, cmd->name) : NULL;
    struct rewrite_step *step;
    const char *table;

    if (!s->rel || !part || s->rel->relkind != 'p' || s->rel->o.created || part->o.created || cmd->concurrent ||
        cat_major(rw->cat) < 14 || cat_default_partition(rw->cat, s->rel) || part->relkind == 'f')
        return REWRITE_SAME;
    table = cat_qualified_name(rw->cat, part);
    rw_why(rw, "detach-concurrently",
           "DETACH PARTITION stops every reader and writer of the whole table while it waits for its lock; CONCURRENTLY stops "
           "only those of the partition.");
    step = rw_outside(rw, detach(rw, s->name, table), "Detaches when nobody uses the partition any more; others do not wait.",
                      rw_attach_again(rw, s->name, part));
    step->told = lc_printf(rw->arena, "ALTER TABLE %s DETACH PARTITION %s CONCURRENTLY;", s->name, table);
    rw_retry(rw, drop_check(rw, part), "CONCURRENTLY leaves a CHECK with the bound, which the plain form does not.", NULL)
        ->machine = true;
    return REWRITE_STEPS;
}
