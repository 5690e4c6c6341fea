// ALTER TABLE's subcommands in the order that the server runs them in: AlterTablePass, ATParseTransformCmd (commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"

enum pass {
    PASS_DROP,
    PASS_ALTER_TYPE,
    PASS_ADD_COL,
    PASS_SET_EXPRESSION,
    PASS_ADD_CONSTR,
    PASS_COL_ATTRS,
    PASS_ADD_INDEXCONSTR,
    PASS_ADD_INDEX,
    PASS_ADD_OTHERCONSTR,
    PASS_MISC
};

static int constraint_pass(const Constraint *con)
{
    if (!con)
        return PASS_MISC;
    if (con->contype == CONSTR_NOTNULL)
        return PASS_COL_ATTRS;
    if (con->contype == CONSTR_CHECK || con->contype == CONSTR_FOREIGN)
        return PASS_ADD_OTHERCONSTR;
    return con->indexname ? PASS_ADD_INDEXCONSTR : PASS_ADD_INDEX;
}

static int pass_of(const AlterTableCmd *cmd)
{
    switch (cmd->subtype) {
    case AT_DropColumn:
    case AT_DropConstraint:
    case AT_DropNotNull:
    case AT_DropIdentity:
    case AT_DropExpression:
    case AT_DropOids:
        return PASS_DROP;
    case AT_ColumnDefault:
        return cmd->def ? PASS_ADD_OTHERCONSTR : PASS_DROP;
    case AT_AlterColumnType:
        return PASS_ALTER_TYPE;
    case AT_AddColumn:
        return PASS_ADD_COL;
    case AT_SetExpression:
        return PASS_SET_EXPRESSION;
    case AT_SetNotNull:
        return PASS_COL_ATTRS;
    case AT_AddConstraint:
        return constraint_pass(AS(Constraint, cmd->def));
    case AT_AddIdentity:
        return PASS_ADD_OTHERCONSTR;
    default:
        return PASS_MISC;
    }
}

// Constraints come to their pass from an earlier one, behind what was in it from the start: an ADD COLUMN's own from AT_PASS_ADD_COL, then those
// of ADD CONSTRAINT from AT_PASS_ADD_CONSTR (ATParseTransformCmd).
enum origin { ORIGIN_PREPARED, ORIGIN_COLUMN, ORIGIN_CONSTRAINT };

static void insert_step(struct lc_arena *arena, struct cat_alter_steps *out, const struct cat_alter_step *step)
{
    int at = out->len;

    LC_PUSH(arena, out, *step);
    for (; at > 0; at--) {
        const struct cat_alter_step *before = &out->items[at - 1];
        if (before->pass < step->pass || (before->pass == step->pass && before->origin <= step->origin))
            break;
        out->items[at] = *before;
    }
    out->items[at] = *step;
}

static void push_step(struct lc_arena *arena, struct cat_alter_steps *out, enum origin origin, const AlterTableCmd *cmd)
{
    const Constraint *con = cmd->subtype == AT_AddConstraint ? AS(Constraint, cmd->def) : NULL;
    struct cat_alter_step step = {.pass = pass_of(cmd), .origin = (int)origin, .cmd = cmd};

    insert_step(arena, out, &step);
    if (con && origin == ORIGIN_CONSTRAINT && step.pass == PASS_ADD_INDEX)
        insert_step(arena, out, &(struct cat_alter_step){.pass = PASS_ADD_CONSTR, .cmd = cmd, .parse = true});
}

static void push_column_constraint(struct catalog *cat, struct cat_alter_steps *out, const AlterTableCmd *add,
                                   const struct cat_column_plan *plan, Constraint *con)
{
    AlterTableCmd *cmd = LC_NEW(cat_arena(cat), AlterTableCmd);

    // transformAlterTableStmt: a new column without a default is null in every row, so its foreign key holds
    if (con->contype == CONSTR_FOREIGN && !plan->def && !plan->serial && !plan->identity) {
        con->skip_validation = true;
        con->initially_valid = true;
    }
    cmd->tag = T_AlterTableCmd;
    cmd->subtype = AT_AddConstraint;
    cmd->def = (Node *)con;
    cmd->behavior = add->behavior;
    push_step(cat_arena(cat), out, ORIGIN_COLUMN, cmd);
}

// transformAlterTableStmt hands over cxt.fkconstraints last.
static void push_column_constraints(struct catalog *cat, struct cat_alter_steps *out, const AlterTableCmd *add,
                                    const ColumnDef *def)
{
    struct cat_column_plan plan = cat_plan_column(cat, def);

    for (int foreign = 0; foreign <= 1; foreign++)
        for (int i = 0; i < plan.constraints.len; i++)
            if ((plan.constraints.items[i]->contype == CONSTR_FOREIGN) == foreign)
                push_column_constraint(cat, out, add, &plan, plan.constraints.items[i]);
}

static bool changes_type(const struct catalog *cat, const struct cat_relation *rel, const AlterTableCmd *cmd)
{
    const struct cat_attribute *att = cat_find_column(rel, cmd->name);
    const ColumnDef *def = AS(ColumnDef, cmd->def);
    Oid type = InvalidOid;
    int typmod = -1;

    return att && def && cat_resolve_type(cat, def->typeName, &type, &typmod, NULL) == LC_OK &&
           (type != att->type || typmod != att->typmod);
}

// ATExecAlterColumnType can't cope with a column that has another type than before the statement.
static void mark_again(struct catalog *cat, const struct cat_relation *rel, struct cat_alter_steps *steps)
{
    struct lc_map changed; // columns

    lc_map_init(&changed, cat_arena(cat));
    for (int i = 0; i < steps->len && steps->len > 1; i++) {
        const AlterTableCmd *cmd = steps->items[i].cmd;
        if (cmd->subtype != AT_AlterColumnType)
            continue;
        steps->items[i].again = lc_map_get(&changed, cmd->name) != NULL;
        if (!steps->items[i].again && changes_type(cat, rel, cmd))
            (void)lc_map_put(&changed, cmd->name, &steps->items[i]);
    }
}

void cat_alter_table_steps(struct catalog *cat, const struct cat_relation *rel, const AlterTableStmt *stmt,
                           struct cat_alter_steps *out)
{
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);
        const ColumnDef *def = cmd && cmd->subtype == AT_AddColumn ? AS(ColumnDef, cmd->def) : NULL;
        if (!cmd)
            continue;
        push_step(cat_arena(cat), out, cmd->subtype == AT_AddConstraint ? ORIGIN_CONSTRAINT : ORIGIN_PREPARED, cmd);
        if (def && !(cmd->missing_ok && cat_find_column(rel, def->colname)))
            push_column_constraints(cat, out, cmd, def);
    }
    mark_again(cat, rel, out);
    for (int i = 0; i < out->len; i++)
        out->items[i].natts = rel->natts;
}
