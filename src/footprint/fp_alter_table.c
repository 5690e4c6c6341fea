// ALTER TABLE: the lock on the named relation, the recursion to its children, its subcommands pass by pass (ATController, commands/tablecmds.c).
#include <string.h>

#include "footprint/fp_object.h"
#include "footprint/fp_table.h"

const struct fp_rule fp_alter_children = {"alter-table/children",
                                          LC_NO_LOCK,
                                          0,
                                          0,
                                          "the change is made to the tables that inherit from it too, in the same lock",
                                          "tablecmds.c ATSimpleRecursion"};
const struct fp_rule fp_alter_partitions = {"alter-table/partitions",
                                            LC_NO_LOCK,
                                            0,
                                            0,
                                            "no partition may be in use while it is changed",
                                            "tablecmds.c ATCheckPartitionsNotInUse"};

// --- the queue -----------------------------------------------------------------------------------------------------------------------------

struct fp_alter_rel *fp_alter_rel(struct fp_alter *a, Oid rel)
{
    struct fp_alter_rel r = {.oid = rel};

    for (int i = 0; i < a->rels.len; i++)
        if (a->rels.items[i].oid == rel)
            return &a->rels.items[i];
    LC_PUSH(a->s->arena, &a->rels, r);
    return &a->rels.items[a->rels.len - 1];
}

const struct cat_relation *fp_alter_target(const struct fp_alter *a)
{
    return cat_relation(a->s->cat, a->rel);
}

bool fp_has_storage_kind(const struct cat_relation *rel)
{
    return rel && strchr("rimS", rel->relkind) != NULL;
}

void fp_run_expr_later(struct fp_alter *a, Oid rel, const Node *expr)
{
    struct fp_alter_rel *r = fp_alter_rel(a, rel);

    if (expr)
        LC_PUSH(a->s->arena, &r->exprs, expr);
}

void fp_need_scan(struct fp_alter *a, Oid rel, const char *what, const Node *expr)
{
    struct fp_alter_rel *r = fp_alter_rel(a, rel);

    if (!fp_has_storage_kind(cat_relation(a->s->cat, rel)))
        return;
    r->scan = true;
    fp_run_expr_later(a, rel, expr);
    if (!r->what)
        r->what = what;
    if (!r->expr)
        r->expr = expr;
}

void fp_need_rewrite(struct fp_alter *a, Oid rel, const char *what, const Node *expr)
{
    struct fp_alter_rel *r = fp_alter_rel(a, rel);

    if (!fp_has_storage_kind(cat_relation(a->s->cat, rel)))
        return;
    if (!r->rewrite || !r->expr) {
        r->what = what;
        r->expr = expr;
    }
    r->rewrite = true;
}

void fp_lock_below(struct fp_alter *a, Oid rel, const struct fp_rule *why)
{
    struct cat_oids all = {0};

    cat_inheritors(a->s->cat, rel, &all);
    for (int i = 0; i < all.len; i++)
        if (all.items[i] != rel)
            fp_lock_mode(a->s, cat_relation(a->s->cat, all.items[i]), a->rule->mode, why);
}

void fp_lock_children(struct fp_alter *a, Oid rel, const struct fp_rule *why)
{
    const struct cat_relation *r = cat_relation(a->s->cat, rel);

    for (int i = 0; r && i < r->children.len; i++)
        fp_lock_mode(a->s, cat_relation(a->s->cat, r->children.items[i]), a->rule->mode, why);
}

// --- phase 1: recursion that is decided before anything is done (ATPrepCmd) ---------------------------------------------------------------------

static bool recurses_simply(const struct fp_session *s, const AlterTableCmd *cmd)
{
    switch (cmd->subtype) {
    case AT_ColumnDefault:
    case AT_SetExpression:
    case AT_DropExpression:
    case AT_SetStatistics:
    case AT_SetStorage:
    case AT_AlterColumnType:
        return true;
    case AT_DropNotNull:
        return cat_major(s->cat) < 18;
    default:
        return false;
    }
}

// ATPrepSetNotNull, until 17: partitions are left alone where the column is not null already, inheritance children are not.
static void prep_set_not_null(struct fp_alter *a, const char *column)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const struct cat_attribute *att = column ? cat_find_column(rel, column) : NULL;

    if (cat_major(a->s->cat) >= 18 || !att || (att->notnull && rel->relkind == 'p'))
        return;
    if (a->recurse || rel->relkind == 'p')
        fp_lock_below(a, a->rel, &fp_alter_children);
}

static void prep_add_constraint(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const Constraint *con = AS(Constraint, cmd->def);

    if (con && cat_major(a->s->cat) >= 18 && a->recurse)
        fp_lock_below(a, a->rel, &fp_alter_children);
    for (int i = 0; con && con->contype == CONSTR_PRIMARY && i < con->keys.length; i++)
        prep_set_not_null(a, node_string(con->keys.items[i]));
}

void fp_prep_cmd(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);

    if (recurses_simply(a->s, cmd) && a->recurse)
        fp_lock_below(a, a->rel, &fp_alter_children);
    else if (cmd->subtype == AT_SetNotNull)
        prep_set_not_null(a, cmd->name);
    else if (cmd->subtype == AT_AddConstraint)
        prep_add_constraint(a, cmd);
    else if (cmd->subtype == AT_DropConstraint && rel->relkind == 'p')
        fp_lock_below(a, a->rel, &fp_alter_partitions);
    if (cmd->subtype == AT_AlterColumnType)
        fp_alter_identity_type(a, cmd->name);
}

// --- phase 2: subcommands (ATExecCmd) ------------------------------------------------------------------------------------------------------------

static const struct {
    AlterTableType type;
    fp_alter_fn exec; // the locks and work of a subcommand, before the catalogue has its effect
} actions[] = {
    {AT_AddColumn, fp_alter_add_column},
    {AT_DropColumn, fp_alter_drop_column},
    {AT_AlterColumnType, fp_alter_type},
    {AT_SetStorage, fp_alter_storage},
    {AT_SetCompression, fp_alter_storage},
    {AT_AddIdentity, fp_alter_identity},
    {AT_SetIdentity, fp_alter_identity},
    {AT_DropIdentity, fp_alter_identity},
    {AT_SetExpression, fp_alter_expression},
    {AT_SetNotNull, fp_alter_set_not_null},
    {AT_DropNotNull, fp_alter_drop_not_null},
    {AT_AddConstraint, fp_alter_add_constraint},
    {AT_DropConstraint, fp_alter_drop_constraint},
    {AT_ValidateConstraint, fp_alter_validate_constraint},
    {AT_AlterConstraint, fp_alter_constraint},
    {AT_ChangeOwner, fp_alter_owner_cmd},
    {AT_ClusterOn, fp_alter_cluster},
    {AT_SetLogged, fp_alter_persistence},
    {AT_SetUnLogged, fp_alter_persistence},
    {AT_SetAccessMethod, fp_alter_access_method},
    {AT_SetTableSpace, fp_alter_tablespace},
    {AT_EnableTrig, fp_alter_trigger},
    {AT_EnableAlwaysTrig, fp_alter_trigger},
    {AT_EnableReplicaTrig, fp_alter_trigger},
    {AT_EnableTrigAll, fp_alter_trigger},
    {AT_EnableTrigUser, fp_alter_trigger},
    {AT_DisableTrig, fp_alter_trigger},
    {AT_DisableTrigAll, fp_alter_trigger},
    {AT_DisableTrigUser, fp_alter_trigger},
    {AT_AddInherit, fp_alter_inherit},
    {AT_DropInherit, fp_alter_inherit},
    {AT_AddOf, fp_alter_of},
    {AT_ReplicaIdentity, fp_alter_replica_identity},
    {AT_AttachPartition, fp_alter_attach},
    {AT_DetachPartition, fp_alter_detach},
    {AT_DetachPartitionFinalize, fp_alter_detach},
};

static void collect_indexes(const struct fp_session *s, Oid rel, struct cat_oids *out)
{
    struct cat_oids all = {0};

    cat_inheritors(s->cat, rel, &all);
    for (int i = 0; i < all.len; i++) {
        const struct cat_relation *r = cat_relation(s->cat, all.items[i]);
        for (int k = 0; k < r->indexes.len; k++)
            LC_PUSH(s->arena, out, r->indexes.items[k]);
    }
}

static bool adds_index(const AlterTableCmd *cmd)
{
    const Constraint *con = cmd->subtype == AT_AddConstraint ? AS(Constraint, cmd->def) : NULL;

    return con && !con->indexname &&
           (con->contype == CONSTR_PRIMARY || con->contype == CONSTR_UNIQUE || con->contype == CONSTR_EXCLUSION);
}

static bool adds_sequence(const AlterTableCmd *cmd)
{
    return cmd->subtype == AT_AddColumn || cmd->subtype == AT_AddIdentity;
}

static const struct fp_rule new_sequence = {"add-sequence/new",         LC_ACCESS_EXCLUSIVE, 0, 0, "the column's sequence is new",
                                            "sequence.c DefineSequence"};
static const struct fp_rule sequence_table = {
    "add-sequence/table", LC_ACCESS_SHARE, 0, 0, "the sequence is given to the table's column", "sequence.c process_owned_by"};

static const struct fp_rule sequence_owner = {
    "add-sequence/owner",      LC_SHARE_ROW_EXCLUSIVE, 0, 0, "the sequence is given to the table's column",
    "sequence.c AlterSequence"};
static const struct fp_rule sequence_open = {
    "add-sequence/open", LC_ROW_EXCLUSIVE, 0, 0, "the sequence is given to the table's column", "sequence.c init_sequence"};

static void record_new_sequences(struct fp_alter *a, const struct cat_oids *before)
{
    struct cat_oids now = cat_owned_sequences(a->s->cat, a->rel, 0);

    for (int i = before->len; i < now.len; i++) {
        fp_lock(a->s, cat_relation(a->s->cat, now.items[i]), &new_sequence);
        fp_lock(a->s, cat_relation(a->s->cat, now.items[i]), &sequence_owner);
        fp_lock(a->s, cat_relation(a->s->cat, now.items[i]), &sequence_open);
        fp_lock(a->s, fp_alter_target(a), &sequence_table);
    }
}

// ATExecCmd, the effect on the catalogue included.
static void exec_step(struct fp_alter *a, const struct cat_alter_step *step)
{
    const AlterTableCmd *cmd = step->cmd;
    struct cat_oids indexes = {0}, sequences = {0};
    struct lc_error err = {0};

    for (size_t i = 0; i < sizeof actions / sizeof *actions && !step->again && !step->parse; i++)
        if (actions[i].type == cmd->subtype)
            actions[i].exec(a, cmd);
    if (a->s->fp->fails)
        return;
    if (adds_index(cmd))
        collect_indexes(a->s, a->rel, &indexes);
    if (adds_sequence(cmd))
        sequences = cat_owned_sequences(a->s->cat, a->rel, 0);
    if (cat_apply_alter_table_step(a->s->cat, a->rel, step, a->recurse, &err) != LC_OK) {
        fp_refuse(a->s, err.detail[0] ? err.detail : "XX000", "%s", err.message);
        return;
    }
    if (adds_index(cmd))
        fp_record_new_indexes(a->s, a->rel, &indexes, true);
    if (adds_sequence(cmd))
        record_new_sequences(a, &sequences);
}

// --- the statement ---------------------------------------------------------------------------------------------------------------------------------

static const struct fp_rule *strongest(struct fp_session *s, const AlterTableStmt *stmt)
{
    const struct fp_rule *best = NULL;

    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);
        const struct fp_rule *rule = cmd ? fp_alter_level(cmd) : NULL;
        if (rule && !fp_rule_holds(s, rule)) { // the grammar at hand is newer than the server's
            fp_refuse(s, "42601", "syntax error: PostgreSQL %d has no %s", cat_major(s->cat), rule->id);
            return NULL;
        }
        if (rule && (!best || rule->mode > best->mode))
            best = rule;
    }
    return best;
}

static void run_steps(struct fp_alter *a)
{
    struct cat_alter_steps steps = {0};
    int last_pass = -1;

    cat_alter_table_steps(a->s->cat, fp_alter_target(a), a->stmt, &steps);
    for (int i = 0; i < steps.len && !a->s->fp->fails; i++) {
        if (steps.items[i].pass != last_pass)
            fp_after_type(a);
        last_pass = steps.items[i].pass;
        exec_step(a, &steps.items[i]);
    }
    fp_after_type(a);
}

void fp_alter_table(struct fp_session *s, const AlterTableStmt *stmt, bool *applied)
{
    const struct cat_relation *rel = cat_find_rangevar(s->cat, stmt->relation);
    struct fp_alter_rel first; // often the only one
    struct fp_alter a = {.s = s, .stmt = stmt, .recurse = stmt->relation->inh, .rels = {&first, 0, 1}};
    struct lc_error err = {0};

    *applied = true;
    if (!rel) {
        if (!stmt->missing_ok && cat_open_rangevar(s->cat, stmt->relation, &rel, &err) != LC_OK)
            fp_refuse(s, err.detail, "%s", err.message);
        return;
    }
    a.rel = rel->o.oid;
    a.rule = strongest(s, stmt);
    if (!a.rule)
        return;
    fp_lock(s, rel, a.rule);
    fp_check_pending(s, rel, "ALTER TABLE");
    (void)fp_alter_rel(&a, a.rel);
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);
        if (cmd && !s->fp->fails && cat_prepare_alter_table_cmd(s->cat, a.rel, stmt, cmd, &err) != LC_OK)
            fp_refuse(s, err.detail[0] ? err.detail : "XX000", "%s", err.message);
        if (cmd && !s->fp->fails)
            fp_prep_cmd(&a, cmd);
    }
    if (!s->fp->fails)
        run_steps(&a);
    if (!s->fp->fails)
        fp_alter_finish(&a);
    if (s->fp->work.len == 0)
        (void)fp_add_work(s, FP_METADATA, rel, "catalogue changes");
}

// --- ALTER TABLE ALL IN TABLESPACE -------------------------------------------------------------------------------------------------------------

static const struct fp_rule move_all = {"move-all/relation",
                                        LC_ACCESS_EXCLUSIVE,
                                        0,
                                        0,
                                        "the relation's file is copied to another place",
                                        "tablecmds.c AlterTableMoveAll"};

struct move_all_context {
    struct fp_session *s;
    const AlterTableMoveAllStmt *stmt;
    struct cat_oids found;
};

static void match_moved(const struct cat_object *object, void *context)
{
    struct move_all_context *m = context;

    if (cat_move_all_matches((const struct cat_relation *)(const void *)object, m->stmt))
        LC_PUSH(m->s->arena, &m->found, object->oid);
}

void fp_move_all(struct fp_session *s, const AlterTableMoveAllStmt *stmt)
{
    struct move_all_context m = {s, stmt, {0}};

    if (lc_streq(stmt->orig_tablespacename, stmt->new_tablespacename))
        return;
    cat_each(s->cat, CAT_RELATION, match_moved, &m);
    for (int i = 0; i < m.found.len; i++)
        fp_lock(s, cat_relation(s->cat, m.found.items[i]), &move_all);
    for (int i = 0; i < m.found.len; i++) {
        const struct cat_relation *rel = cat_relation(s->cat, m.found.items[i]);
        if (!fp_has_storage_kind(rel))
            continue;
        fp_rewrite(s, rel);
        (void)fp_add_work(s, FP_SET_TABLESPACE, rel, "copy to another tablespace");
    }
}

// --- the family -----------------------------------------------------------------------------------------------------------------------------------

bool fp_family_table(struct fp_session *s, const Node *stmt, bool *applied)
{
    const CreateForeignTableStmt *foreign = AS(CreateForeignTableStmt, stmt);
    const AlterTableStmt *alter = AS(AlterTableStmt, stmt);

    if (IsA(stmt, CreateStmt))
        return fp_create_table(s, AS(CreateStmt, stmt), stmt, applied);
    if (foreign && foreign->base)
        return fp_create_table(s, foreign->base, stmt, applied);
    if (IsA(stmt, CreateTableAsStmt))
        return fp_create_table_as(s, AS(CreateTableAsStmt, stmt), applied);
    if (IsA(stmt, SelectStmt))
        return fp_select_into(s, AS(SelectStmt, stmt), applied);
    if (alter && !fp_alter_table_is_index(s, alter)) {
        fp_alter_table(s, alter, applied);
        return true;
    }
    if (IsA(stmt, AlterTableMoveAllStmt)) {
        fp_move_all(s, AS(AlterTableMoveAllStmt, stmt));
        return true;
    }
    return false;
}
