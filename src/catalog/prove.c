// What a table's CHECK and NOT NULL constraints prove: ConstraintImpliedByRelConstraint (commands/tablecmds.c).
#include "catalog/prove.h"

#include <string.h>

#include "base/str.h"
#include "sql/sql.h"

// The expression of a CHECK, from its definition's text where there is no tree.
static const Node *check_expression(struct analysis *a, const struct cat_constraint *c)
{
    const AlterTableStmt *alter;
    const AlterTableCmd *cmd;
    const Constraint *def;

    if (c->expr || !c->def_text)
        return c->expr;
    alter = AS(AlterTableStmt, lc_sql_parse_one(a->arena, lc_printf(a->arena, "ALTER TABLE t ADD %s", c->def_text), NULL));
    cmd = alter && alter->cmds.length ? LIST_GET(AlterTableCmd, &alter->cmds, 0) : NULL;
    def = cmd ? AS(Constraint, cmd->def) : NULL;
    return def ? def->raw_expr : NULL;
}

static void add_checks(struct analysis *a, const struct cat_relation *rel, struct exprs *facts)
{
    struct cat_scope scope = cat_scope_of(a->arena, rel);

    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *c = cat_constraint(a->cat, rel->constraints.items[i]);
        const Node *node = c && c->contype == 'c' && c->convalidated && c->conenforced ? check_expression(a, c) : NULL;

        if (node)
            prove_canonical(a, expr_plan(a, expr_analyze(a, &scope, node)), facts);
    }
}

// On 18 a NOT NULL may be NOT VALID, and then says nothing.
static bool not_null_is_valid(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    for (int i = 0; i < rel->constraints.len; i++) {
        const struct cat_constraint *c = cat_constraint(cat, rel->constraints.items[i]);

        if (c && c->contype == 'n' && c->conkey.len == 1 && c->conkey.items[0] == attnum)
            return c->convalidated;
    }
    return true;
}

static struct expr *is_not_null(struct analysis *a, const struct cat_relation *rel, const struct cat_attribute *att)
{
    struct expr *var = expr_new(a, X_VAR, att->type, att->typmod), *test;

    var->rel = rel;
    var->attnum = att->attnum;
    test = expr_node1(a, X_NULLTEST, BOOLOID, -1, var);
    test->sub = IS_NOT_NULL;
    return test;
}

static void add_not_nulls(struct analysis *a, const struct cat_relation *rel, struct exprs *facts)
{
    for (int i = 0; i < rel->natts; i++)
        if (rel->attrs[i].notnull && !rel->attrs[i].isdropped && not_null_is_valid(a->cat, rel, rel->attrs[i].attnum))
            LC_PUSH(a->arena, facts, is_not_null(a, rel, &rel->attrs[i]));
}

// NotNullImpliedByRelConstraints.
bool cat_proves_not_null(const struct catalog *cat, const struct cat_relation *rel, int attnum)
{
    struct analysis a;
    struct exprs facts = {0}, wanted = {0};

    if (attnum < 1 || attnum > rel->natts)
        return false;
    analysis_init(&a, cat);
    add_checks(&a, rel, &facts);
    LC_PUSH(a.arena, &wanted, is_not_null(&a, rel, &rel->attrs[attnum - 1]));
    return prove_implied(&a, &wanted, &facts);
}

bool prove_implied_by_relation(struct analysis *a, const struct cat_relation *rel, const struct exprs *quals)
{
    struct exprs facts = {0}, wanted = {0}, all = *quals;
    struct expr *e;

    if (!quals->len)
        return true;
    e = expr_new(a, X_BOOL, BOOLOID, -1);
    e->sub = AND_EXPR;
    expr_set_args(e, &all);
    prove_canonical(a, expr_plan(a, e), &wanted);
    add_not_nulls(a, rel, &facts);
    add_checks(a, rel, &facts);
    return prove_implied(a, &wanted, &facts);
}

// generate_partition_qual (utils/cache/partcache.c): what the bounds of `partition` and of the tables above it say of the columns of `rel`.
static bool quals_above(struct analysis *a, const struct cat_relation *rel, const struct cat_relation *partition,
                        struct exprs *out)
{
    for (int depth = 0; partition->relispartition && depth < 64; depth++) {
        const struct cat_relation *above = cat_relation(a->cat, cat_partition_parent(partition));

        if (!above || !prove_partition_qual(a, rel, above, AS(PartitionBoundSpec, partition->partbound), out))
            return false;
        partition = above;
    }
    return true;
}

bool prove_whole_partition_qual(struct analysis *a, const struct cat_relation *rel, struct exprs *out)
{
    return quals_above(a, rel, rel, out);
}

// QueuePartitionConstraintValidation: the bound itself, and the constraints of the parent as a partition of others.
bool cat_proves_partition(const struct catalog *cat, const struct cat_relation *rel, const struct cat_relation *parent,
                          const PartitionBoundSpec *bound)
{
    struct analysis a;
    struct exprs quals = {0};

    analysis_init(&a, cat);
    return prove_partition_qual(&a, rel, parent, bound, &quals) && quals_above(&a, rel, parent, &quals) &&
           prove_implied_by_relation(&a, rel, &quals);
}

// get_proposed_default_constraint (partbounds.c).
bool cat_proves_not_in_partition(const struct catalog *cat, const struct cat_relation *rel, const struct cat_relation *parent,
                                 const PartitionBoundSpec *bound)
{
    struct analysis a;
    struct exprs quals = {0}, negated = {0};
    struct expr *both, *inverse;

    analysis_init(&a, cat);
    if (!prove_partition_qual(&a, rel, parent, bound, &quals) || !quals.len)
        return false;
    both = expr_new(&a, X_BOOL, BOOLOID, -1);
    both->sub = AND_EXPR;
    expr_set_args(both, &quals);
    inverse = expr_node1(&a, X_BOOL, BOOLOID, -1, both);
    inverse->sub = NOT_EXPR;
    LC_PUSH(a.arena, &negated, inverse);
    return prove_implied_by_relation(&a, rel, &negated);
}
