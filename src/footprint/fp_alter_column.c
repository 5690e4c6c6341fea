// ALTER TABLE's subcommands about columns: what they lock beside the table, and whether rows must be read or written for them.
#include <string.h>

#include "footprint/fp_table.h"

static const struct fp_rule typed_table = {
    "alter-type/typed-table",           LC_ACCESS_EXCLUSIVE, 0, 0, "a table OF the type changes with it",
    "tablecmds.c ATTypedTableRecursion"};
static const struct fp_rule storage_index = {"set-storage/index",
                                             LC_ACCESS_EXCLUSIVE,
                                             0,
                                             0,
                                             "the setting is copied to the table's indexes",
                                             "tablecmds.c SetIndexStorageProperties"};
static const struct fp_rule sequence_alter = {"set-identity/sequence",         LC_SHARE_ROW_EXCLUSIVE,    0, 0,
                                              "the column's sequence changes", "sequence.c AlterSequence"};
static const struct fp_rule sequence_drop = {
    "drop-identity/sequence", LC_ACCESS_EXCLUSIVE, 0, 0, "the column's sequence is dropped", "tablecmds.c ATExecDropIdentity"};
static const struct fp_rule sequence_open = {"set-identity/sequence-open",      LC_ROW_EXCLUSIVE,          0, 0,
                                             "the column's sequence is opened", "sequence.c init_sequence"};

// --- ADD COLUMN ----------------------------------------------------------------------------------------------------------------------------

// The default of a new column as ATExecAddColumn sees it; NULL: none.
static const Node *new_value(const struct fp_session *s, const struct cat_column_plan *plan, Oid type)
{
    const struct cat_type *t = cat_type(s->cat, type);

    if (plan->serial || plan->identity)
        return lc_sql_parse_expr(s->arena, "nextval('s'::regclass)");
    if (plan->def && !cat_expr_is_null_const(plan->def))
        return plan->def;
    return !plan->def && t && t->typtype == 'd' && t->def && !cat_expr_is_null_const(t->def) ? t->def : NULL;
}

static void judge_new_column(struct fp_alter *a, Oid relid, const ColumnDef *def)
{
    struct fp_session *s = a->s;
    const struct cat_relation *rel = cat_relation(s->cat, relid);
    struct cat_column_plan plan = cat_plan_column(s->cat, def);
    struct cat_scope scope = cat_scope_of(s->arena, rel);
    Oid type = InvalidOid;
    int typmod = -1;
    const Node *value;
    bool known = true;

    if (cat_resolve_type(s->cat, def->typeName, &type, &typmod, NULL) != LC_OK)
        return;
    fp_load_row_value(s, type, plan.def);
    if (plan.generated == 'v') {
        if (plan.notnull)
            fp_need_scan(a, relid, "check that a virtual column has no nulls", plan.def);
        return;
    }
    value = new_value(s, &plan, type);
    if (plan.def && (plan.generated == 's' || cat_domain_has_constraints(s->cat, type) ||
                     cat_expr_volatility(s->cat, &scope, plan.def, NULL) == 'v'))
        fp_run_expr_later(a, relid, plan.def);
    else
        fp_run_expr(s, rel, plan.def); // ATExecAddColumn, StoreAttrMissingVal
    if (plan.generated == 's') {
        fp_need_rewrite(a, relid, "rewrite for a generated column", plan.def);
    } else if (cat_domain_has_constraints(s->cat, type)) {
        fp_need_rewrite(a, relid, "rewrite for a column of a domain with constraints", value);
    } else if (value && cat_expr_volatility(s->cat, &scope, value, &known) == 'v') {
        fp_need_rewrite(a, relid, "rewrite for a volatile default", value);
        if (!known)
            fp_note(s, "unknown-function", true,
                    "the default of column \"%s\" calls a function that is not known: taken to be volatile", def->colname);
    } else if (plan.notnull && !value) {
        fp_need_scan(a, relid, "check that a new column has no nulls", NULL);
    }
}

static void add_column_to(struct fp_alter *a, Oid relid, const AlterTableCmd *cmd)
{
    const ColumnDef *def = AS(ColumnDef, cmd->def);
    const struct cat_relation *rel = cat_relation(a->s->cat, relid);

    if (!def || cat_find_column(rel, def->colname))
        return;
    (void)fp_alter_rel(a, relid);
    judge_new_column(a, relid, def);
    fp_lock_children(a, relid, &fp_alter_children);
    for (int i = 0; i < rel->children.len; i++)
        add_column_to(a, rel->children.items[i], cmd);
}

struct typed_search {
    struct fp_alter *a;
    const struct cat_relation *type;
    struct cat_oids found;
};

static void match_typed(const struct cat_object *object, void *context)
{
    struct typed_search *t = context;

    if (((const struct cat_relation *)(const void *)object)->reloftype == t->type->reltype)
        LC_PUSH(t->a->s->arena, &t->found, object->oid);
}

struct cat_oids fp_typed_tables(struct fp_alter *a, const AlterTableCmd *cmd)
{
    struct typed_search t = {a, fp_alter_target(a), {0}};

    if (t.type->relkind != 'c' || cmd->behavior != DROP_CASCADE)
        return t.found;
    cat_each(a->s->cat, CAT_RELATION, match_typed, &t);
    for (int i = 0; i < t.found.len; i++)
        fp_lock(a->s, cat_relation(a->s->cat, t.found.items[i]), &typed_table);
    return t.found;
}

void fp_alter_add_column(struct fp_alter *a, const AlterTableCmd *cmd)
{
    struct cat_oids typed = fp_typed_tables(a, cmd);

    add_column_to(a, a->rel, cmd);
    for (int i = 0; i < typed.len; i++)
        add_column_to(a, typed.items[i], cmd);
}

// --- DROP COLUMN (ATExecDropColumn) -----------------------------------------------------------------------------------------------------------

static void collect_dropped(struct fp_alter *a, Oid relid, const AlterTableCmd *cmd, bool recurse, struct cat_addresses *targets)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, cmd->name);

    if (!att)
        return;
    fp_lock_children(a, relid, &fp_alter_children);
    for (int i = 0; recurse && i < rel->children.len; i++) {
        const struct cat_attribute *down = cat_find_column(cat_relation(a->s->cat, rel->children.items[i]), cmd->name);
        if (down && down->inhcount == 1 && !down->islocal)
            collect_dropped(a, rel->children.items[i], cmd, recurse, targets);
    }
    LC_PUSH(a->s->arena, targets, cat_address(CAT_RELATION, relid, att->attnum));
}

void fp_alter_drop_column(struct fp_alter *a, const AlterTableCmd *cmd)
{
    struct cat_oids typed = fp_typed_tables(a, cmd);
    struct cat_addresses targets = {0};

    collect_dropped(a, a->rel, cmd, a->recurse, &targets);
    for (int i = 0; i < typed.len; i++)
        collect_dropped(a, typed.items[i], cmd, true, &targets);
    if (targets.len)
        fp_deletion(a->s, &targets, cmd->behavior == DROP_CASCADE);
}

// --- NOT NULL ----------------------------------------------------------------------------------------------------------------------------------

static void verify_not_null(struct fp_alter *a, const struct cat_relation *rel, const struct cat_attribute *att)
{
    (void)fp_alter_rel(a, rel->o.oid);
    if (!att->notnull && !cat_proves_not_null(a->s->cat, rel, att->attnum))
        fp_need_scan(a, rel->o.oid, "check that a column has no nulls", NULL);
}

// Until 17: the children were locked when the command was prepared.
static void set_not_null_17(struct fp_alter *a, Oid relid, const char *column, bool recurse)
{
    const struct cat_relation *top = cat_relation(a->s->cat, relid);
    const struct cat_attribute *att = cat_find_column(top, column);
    struct cat_oids all = {0};

    if (!att || (att->notnull && top->relkind == 'p'))
        return;
    cat_inheritors(a->s->cat, relid, &all);
    for (int i = 0; i < (recurse ? all.len : 1); i++) {
        const struct cat_relation *rel = cat_relation(a->s->cat, recurse ? all.items[i] : relid);
        if (cat_find_column(rel, column))
            verify_not_null(a, rel, cat_find_column(rel, column));
    }
}

// ATExecSetNotNull of 18: level by level, and only where there is no constraint yet.
static void set_not_null_18(struct fp_alter *a, Oid relid, const char *column, bool recurse, bool recursing)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, column);
    const struct cat_constraint *con = att ? cat_not_null_constraint(a->s->cat, rel, att->attnum) : NULL;

    if (!att)
        return;
    if (con) {
        if (!con->convalidated && con->conislocal && !recursing)
            fp_validate_not_null(a, con);
        return;
    }
    verify_not_null(a, rel, att);
    if (!recurse)
        return;
    fp_lock_children(a, relid, &fp_alter_children);
    for (int i = 0; i < rel->children.len; i++)
        set_not_null_18(a, rel->children.items[i], column, recurse, true);
}

// QueueNNConstraintValidation: whatever lies below is validated too.
void fp_validate_not_null(struct fp_alter *a, const struct cat_constraint *con)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, con->conrelid);
    const char *column = rel->attrs[con->conkey.items[0] - 1].name;
    struct cat_oids all = {0};

    if (con->convalidated)
        return;
    cat_inheritors(a->s->cat, con->conrelid, &all);
    if (!con->connoinherit)
        fp_lock_below(a, con->conrelid, &fp_alter_children);
    for (int i = 0; i < (con->connoinherit ? 1 : all.len); i++) {
        const struct cat_relation *r = cat_relation(a->s->cat, all.items[i]);
        const struct cat_attribute *att = cat_find_column(r, column);
        const struct cat_constraint *own = att ? cat_not_null_constraint(a->s->cat, r, att->attnum) : NULL;
        if (own && !own->convalidated)
            fp_need_scan(a, r->o.oid, "check that a column has no nulls", NULL);
    }
}

// ATExecAlterConstrInheritability: INHERIT gives the next level its constraints, and those below where it had none.
void fp_alter_inheritability(struct fp_alter *a, const struct cat_constraint *con, bool noinherit)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, con->conrelid);

    if (con->contype != 'n' || con->connoinherit == noinherit)
        return;
    fp_lock_children(a, con->conrelid, &fp_alter_children);
    for (int i = 0; !noinherit && i < rel->children.len; i++)
        set_not_null_18(a, rel->children.items[i], rel->attrs[con->conkey.items[0] - 1].name, true, true);
}

void fp_set_not_null(struct fp_alter *a, Oid rel, const char *column, bool recurse)
{
    if (column && cat_major(a->s->cat) >= 18)
        set_not_null_18(a, rel, column, recurse, false);
    else if (column)
        set_not_null_17(a, rel, column, recurse);
}

// ADD CONSTRAINT ... NOT NULL of 18 (ATAddCheckNNConstraint).
void fp_add_not_null(struct fp_alter *a, Oid relid, const Constraint *con)
{
    const struct cat_relation *rel = cat_relation(a->s->cat, relid);
    const struct cat_attribute *att = cat_find_column(rel, node_string(con->keys.items[0]));

    if (!att || cat_not_null_constraint(a->s->cat, rel, att->attnum))
        return;
    if (!con->skip_validation)
        verify_not_null(a, rel, att);
    if (con->is_no_inherit)
        return;
    fp_lock_children(a, relid, &fp_alter_children);
    for (int i = 0; a->recurse && i < rel->children.len; i++)
        fp_add_not_null(a, rel->children.items[i], con);
}

void fp_alter_set_not_null(struct fp_alter *a, const AlterTableCmd *cmd)
{
    fp_set_not_null(a, a->rel, cmd->name, a->recurse);
}

void fp_alter_drop_not_null(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_relation *rel = fp_alter_target(a);
    const struct cat_attribute *att = cat_find_column(rel, cmd->name);

    // 18 recurses with the constraint (dropconstraint_internal); before, the children are locked already
    const struct cat_constraint *con = att ? cat_not_null_constraint(a->s->cat, rel, att->attnum) : NULL;
    if (con && att->notnull && !con->connoinherit)
        fp_drop_from_children(a, rel, con);
}

// --- identity, expressions, storage ----------------------------------------------------------------------------------------------------------------

// Is there an option of the column (SET GENERATED) or one of the sequence? Any of these gives it new storage (init_params).
static bool has_option(const Node *def, bool of_sequence)
{
    const List *options = AS(List, def);

    for (int i = 0; options && i < options->items.length; i++) {
        const DefElem *elem = LIST_GET(DefElem, &options->items, i);
        if (elem && (strcmp(elem->defname, "generated") != 0) == of_sequence)
            return true;
    }
    return false;
}

// 17: partitions share the identity, and are changed with the table (ATExecAddIdentity, ATExecSetIdentity, ATExecDropIdentity).
static bool changes_partitions(const struct fp_alter *a, const AlterTableCmd *cmd, const struct cat_attribute *att)
{
    if (cat_major(a->s->cat) < 17 || !a->recurse || fp_alter_target(a)->relkind != 'p')
        return false;
    if (cmd->subtype == AT_SetIdentity)
        return has_option(cmd->def, false);
    return cmd->subtype != AT_DropIdentity || (att && att->identity); // IF EXISTS: nothing to drop
}

void fp_alter_identity(struct fp_alter *a, const AlterTableCmd *cmd)
{
    const struct cat_attribute *att = cmd->name ? cat_find_column(fp_alter_target(a), cmd->name) : NULL;
    struct cat_oids sequences = {0};

    if (changes_partitions(a, cmd, att))
        fp_lock_below(a, a->rel, &fp_alter_children);
    if (att && att->identity)
        sequences = cat_owned_sequences(a->s->cat, a->rel, att->attnum);
    for (int i = 0; i < sequences.len; i++) {
        const struct cat_relation *seq = cat_relation(a->s->cat, sequences.items[i]);
        if (cmd->subtype == AT_DropIdentity) {
            fp_lock(a->s, seq, &sequence_drop);
        } else if (cmd->subtype == AT_SetIdentity) {
            fp_lock(a->s, seq, &sequence_alter);
            fp_lock(a->s, seq, &sequence_open);
            if (has_option(cmd->def, true))
                fp_rewrite(a->s, seq);
        }
    }
}

// transformAlterTableStmt: the sequence of an identity column gets the column's new type (ALTER SEQUENCE ... AS).
void fp_alter_identity_type(struct fp_alter *a, const char *column)
{
    const struct cat_attribute *att = column ? cat_find_column(fp_alter_target(a), column) : NULL;
    struct cat_oids sequences = {0};

    if (att && att->identity)
        sequences = cat_owned_sequences(a->s->cat, a->rel, att->attnum);
    for (int i = 0; i < sequences.len; i++) {
        const struct cat_relation *seq = cat_relation(a->s->cat, sequences.items[i]);
        if (seq->seq_deptype != 'i')
            continue;
        fp_lock(a->s, seq, &sequence_alter);
        fp_lock(a->s, seq, &sequence_open);
        fp_rewrite(a->s, seq);
    }
}

void fp_alter_expression(struct fp_alter *a, const AlterTableCmd *cmd)
{
    struct cat_oids all = {0};

    cat_inheritors(a->s->cat, a->rel, &all);
    for (int i = 0; i < (a->recurse ? all.len : 1); i++) {
        const struct cat_relation *rel = cat_relation(a->s->cat, a->recurse ? all.items[i] : a->rel);
        const struct cat_attribute *att = cmd->name ? cat_find_column(rel, cmd->name) : NULL;
        if (!att || att->generated != 's')
            continue;
        fp_need_rewrite(a, rel->o.oid, "rewrite for a new generation expression", cmd->def);
        fp_run_expr_later(a, rel->o.oid, cmd->def);
        fp_rebuild_dependents(a, rel->o.oid, cmd);
    }
}

void fp_alter_storage(struct fp_alter *a, const AlterTableCmd *cmd)
{
    struct cat_oids all = {0};
    bool recurse = a->recurse && cmd->subtype == AT_SetStorage;

    cat_inheritors(a->s->cat, a->rel, &all);
    for (int i = 0; i < (recurse ? all.len : 1); i++) {
        const struct cat_relation *rel = cat_relation(a->s->cat, recurse ? all.items[i] : a->rel);
        for (int k = 0; k < rel->indexes.len; k++)
            fp_lock_briefly(a->s, cat_relation(a->s->cat, rel->indexes.items[k]), storage_index.mode, &storage_index);
    }
}
