// Applies ALTER TABLE: every subcommand that is not about a column's definition (ATController, ATExecCmd in commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/apply_misc.h"
#include "catalog/internal.h"

// --- who may be altered (ATSimplePermissions) -----------------------------------------------------------------------------------------------------

static const struct {
    AlterTableType type;
    const char *kinds, *action;
} targets[] = {
    {AT_AddColumn, "rpcf", "ADD COLUMN"},
    {AT_ColumnDefault, "rpvf", "ALTER COLUMN ... SET DEFAULT"},
    {AT_DropNotNull, "rpf", "ALTER COLUMN ... DROP NOT NULL"},
    {AT_SetNotNull, "rpf", "ALTER COLUMN ... SET NOT NULL"},
    {AT_SetExpression, "rpf", "ALTER COLUMN ... SET EXPRESSION"},
    {AT_DropExpression, "rpf", "ALTER COLUMN ... DROP EXPRESSION"},
    {AT_SetStatistics, "rpmiIf", "ALTER COLUMN ... SET STATISTICS"},
    {AT_SetOptions, "rpmf", "ALTER COLUMN ... SET"},
    {AT_ResetOptions, "rpmf", "ALTER COLUMN ... RESET"},
    {AT_SetStorage, "rpmf", "ALTER COLUMN ... SET STORAGE"},
    {AT_SetCompression, "rpm", "ALTER COLUMN ... SET COMPRESSION"},
    {AT_DropColumn, "rpcf", "DROP COLUMN"},
    {AT_AddConstraint, "rpf", "ADD CONSTRAINT"},
    {AT_AlterConstraint, "rp", "ALTER CONSTRAINT"},
    {AT_ValidateConstraint, "rpf", "VALIDATE CONSTRAINT"},
    {AT_DropConstraint, "rpf", "DROP CONSTRAINT"},
    {AT_AlterColumnType, "rpcf", "ALTER COLUMN ... SET DATA TYPE"},
    {AT_ClusterOn, "rpm", "CLUSTER ON"},
    {AT_DropCluster, "rpm", "SET WITHOUT CLUSTER"},
    {AT_SetLogged, "rpS", "SET LOGGED"},
    {AT_SetUnLogged, "rpS", "SET UNLOGGED"},
    {AT_SetAccessMethod, "rpm", "SET ACCESS METHOD"},
    {AT_SetTableSpace, "rpmiI", "SET TABLESPACE"},
    {AT_SetRelOptions, "rpvmi", "SET"},
    {AT_ResetRelOptions, "rpvmi", "RESET"},
    {AT_AddInherit, "rpf", "INHERIT"},
    {AT_DropInherit, "rpf", "NO INHERIT"},
    {AT_ReplicaIdentity, "rpm", "REPLICA IDENTITY"},
    {AT_AddOf, "rp", "OF"},
    {AT_DropOf, "rp", "NOT OF"},
    {AT_EnableRowSecurity, "rp", "ENABLE ROW SECURITY"},
    {AT_DisableRowSecurity, "rp", "DISABLE ROW SECURITY"},
    {AT_ForceRowSecurity, "rp", "FORCE ROW SECURITY"},
    {AT_NoForceRowSecurity, "rp", "NO FORCE ROW SECURITY"},
    {AT_AttachPartition, "pI", "ATTACH PARTITION"},
    {AT_DetachPartition, "p", "DETACH PARTITION"},
    {AT_DetachPartitionFinalize, "p", "DETACH PARTITION ... FINALIZE"},
    {AT_AddIdentity, "rpvf", "ALTER COLUMN ... ADD IDENTITY"},
    {AT_SetIdentity, "rpvf", "ALTER COLUMN ... SET"},
    {AT_DropIdentity, "rpvf", "ALTER COLUMN ... DROP IDENTITY"},
    {AT_AlterColumnGenericOptions, "f", "ALTER COLUMN ... OPTIONS"},
    {AT_GenericOptions, "f", "OPTIONS"},
    {AT_DropOids, "rpf", "SET WITHOUT OIDS"},
    {AT_EnableTrig, "rpf", "ENABLE TRIGGER"},
    {AT_EnableAlwaysTrig, "rpf", "ENABLE ALWAYS TRIGGER"},
    {AT_EnableReplicaTrig, "rpf", "ENABLE REPLICA TRIGGER"},
    {AT_EnableTrigAll, "rpf", "ENABLE TRIGGER ALL"},
    {AT_EnableTrigUser, "rpf", "ENABLE TRIGGER USER"},
    {AT_DisableTrig, "rpf", "DISABLE TRIGGER"},
    {AT_DisableTrigAll, "rpf", "DISABLE TRIGGER ALL"},
    {AT_DisableTrigUser, "rpf", "DISABLE TRIGGER USER"},
    {AT_EnableRule, "rp", "ENABLE RULE"},
    {AT_EnableAlwaysRule, "rp", "ENABLE ALWAYS RULE"},
    {AT_EnableReplicaRule, "rp", "ENABLE REPLICA RULE"},
    {AT_DisableRule, "rp", "DISABLE RULE"},
};

// May the subcommand be used on a relation of this kind (ATSimplePermissions)?
static enum lc_code alter_allowed(const struct catalog *cat, const struct cat_relation *rel, const AlterTableCmd *cmd,
                                  struct lc_error *err)
{
    bool persistence = cmd->subtype == AT_SetLogged || cmd->subtype == AT_SetUnLogged;
    bool refused = persistence && ((rel->relkind == 'p' && cat_major(cat) >= 18) || (rel->relkind == 'S' && cat_major(cat) < 15));

    if (rel->detach_pending && cmd->subtype != AT_DetachPartitionFinalize) // ATPrepCmd
        return cat_error(err, "55000", "cannot alter partition \"%s\" with an incomplete detach", rel->o.name);
    if ((cmd->subtype == AT_AttachPartition || cmd->subtype == AT_DetachPartition) && rel->relkind == 'r' && cat_major(cat) < 18)
        return cat_error(err, "42P17", "table \"%s\" is not partitioned", rel->o.name); // transformPartitionCmd
    if (cmd->subtype == AT_SetAccessMethod && rel->relkind == 'p' && cat_major(cat) < 17)
        return cat_error(err, "42809", "cannot change access method of a partitioned table");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (targets[i].type == cmd->subtype && (refused || !strchr(targets[i].kinds, rel->relkind)))
            return cat_error(err, "42809", "ALTER action %s cannot be performed on relation \"%s\"", targets[i].action,
                             rel->o.name);
    return LC_OK;
}

// --- subcommands ------------------------------------------------------------------------------------------------------------------------------------

// ONLY: until 17 each partition's column must be marked already (ATExecCheckNotNull); since 18 the constraint is new to them (ATExecSetNotNull).
static bool lacks_below(const struct alter *a, const struct cat_relation *rel, Oid child)
{
    const struct cat_attribute *att = cat_find_column(cat_relation(a->cat, child), a->cmd->name);
    const struct cat_attribute *up = cat_find_column(rel, a->cmd->name);

    return cat_major(a->cat) < 18 ? att && !att->notnull : up && !cat_not_null_constraint(a->cat, rel, up->attnum);
}

static enum lc_code set_not_null(const struct alter *a, Oid rel)
{
    struct cat_not_null how = {.recurse = a->recurse, .set = true};
    const struct cat_relation *r = cat_relation(a->cat, rel);

    for (int i = 0; !a->recurse && a->cmd->name && i < r->children.len; i++) {
        if (r->relkind == 'p' && lacks_below(a, r, r->children.items[i]))
            return cat_error(a->err, "42P16", "constraint must be added to child tables too");
        how.no_inherit = r->relkind != 'p';
    }
    return cat_set_not_null(a->cat, rel, a->cmd->name, NULL, &how, a->err);
}

static enum lc_code drop_not_null(const struct alter *a, Oid rel)
{
    const struct cat_relation *r = cat_relation(a->cat, rel);

    if (cat_major(a->cat) < 18 && r->relkind == 'p' && r->children.len && !a->recurse) // ATPrepDropNotNull
        return cat_error(a->err, "42P16", "cannot remove constraint from only the partitioned table when partitions exist");
    return cat_drop_not_null(a->cat, rel, a->cmd->name, a->recurse, false, a->err);
}

static enum lc_code add_constraint(const struct alter *a, Oid rel)
{
    const Constraint *con = AS(Constraint, a->cmd->def);
    static const struct {
        ConstrType type;
        const char *name;
    } unsupported[] = {{CONSTR_PRIMARY, "primary key"},
                       {CONSTR_UNIQUE, "unique"},
                       {CONSTR_EXCLUSION, "exclusion"},
                       {CONSTR_FOREIGN, "foreign key"}};

    for (size_t i = 0; con && cat_relation(a->cat, rel)->relkind == 'f' && i < sizeof unsupported / sizeof *unsupported; i++)
        if (unsupported[i].type == con->contype)
            return cat_error(a->err, "0A000", "%s constraints are not supported on foreign tables", unsupported[i].name);
    return con ? cat_add_constraint(a->cat, rel, con, a->recurse, a->err) : LC_OK;
}

static enum lc_code alter_constraint(const struct alter *a, Oid rel)
{
    const Constraint *con = AS(Constraint, a->cmd->def);
    const ATAlterConstraint *alter = AS(ATAlterConstraint, a->cmd->def);
    struct cat_alter_constraint how = {.deferrability = true};

    if (cat_major(a->cat) >= 18 && !a->recurse && cat_relation(a->cat, rel)->relkind == 'p') // ATExecAlterConstraint
        return cat_error(a->err, "42P16", "constraint must be altered in child tables too");
    if (con) {
        how.deferrable = con->deferrable;
        how.initdeferred = con->initdeferred;
        return cat_alter_constraint(a->cat, rel, con->conname, &how, a->err);
    }
    if (!alter)
        return LC_OK;
    how = (struct cat_alter_constraint){alter->alterDeferrability, alter->alterEnforceability, alter->alterInheritability,
                                        alter->deferrable,         alter->initdeferred,        alter->is_enforced,
                                        alter->noinherit};
    return cat_alter_constraint(a->cat, rel, alter->conname, &how, a->err);
}

static enum lc_code validate_constraint(const struct alter *a, Oid rel)
{
    return cat_validate_constraint(a->cat, rel, a->cmd->name, a->err);
}

static enum lc_code drop_constraint(const struct alter *a, Oid rel)
{
    struct cat_drop_options options = {a->cmd->behavior == DROP_CASCADE, a->recurse, a->cmd->missing_ok};

    return cat_drop_constraint(a->cat, rel, a->cmd->name, &options, a->err);
}

struct cat_oids cat_owned_sequences(const struct catalog *cat, Oid rel, int attnum)
{
    struct cat_oids found = {0};

    cat_owned(cat, rel, attnum, &found);
    return found;
}

static void set_owner_of(struct catalog *cat, Oid rel, const char *owner)
{
    ((struct cat_relation *)cat_modify(cat, cat_relation(cat, rel)))->o.owner = owner;
}

void cat_set_owner(struct catalog *cat, Oid relid, const char *owner)
{
    struct cat_oids sequences = cat_owned_sequences(cat, relid, 0), indexes = cat_relation(cat, relid)->indexes;

    set_owner_of(cat, relid, owner);
    for (int i = 0; i < indexes.len; i++)
        set_owner_of(cat, indexes.items[i], owner);
    for (int i = 0; i < sequences.len; i++)
        set_owner_of(cat, sequences.items[i], owner);
}

static enum lc_code change_owner(const struct alter *a, Oid rel)
{
    const RoleSpec *role = a->cmd->newowner;
    const struct cat_relation *r = cat_relation(a->cat, rel);
    const char *owner = cat_role_owner(a->cat, role);

    if (role && r->relkind == 'S' && r->seq_owner_rel && !lc_streq(owner, r->o.owner)) // ATExecChangeOwner
        return cat_error(a->err, "0A000", "cannot change owner of sequence \"%s\"", r->o.name);
    if (role)
        cat_set_owner(a->cat, rel, owner);
    return LC_OK;
}

static struct cat_index *modify_index(struct catalog *cat, Oid oid)
{
    struct cat_relation *m = cat_modify(cat, cat_relation(cat, oid));

    m->index = lc_memdup(cat_arena(cat), m->index, sizeof *m->index);
    return m->index;
}

static enum lc_code find_index(const struct alter *a, const struct cat_relation *rel, const char *name, Oid *index)
{
    const struct cat_relation *found = cat_find_relation(a->cat, cat_schema_name(a->cat, rel->o.schema), name);

    if (!found || !found->index)
        return cat_error(a->err, "42704", "index \"%s\" for table \"%s\" does not exist", name, rel->o.name);
    if (found->index->indrelid != rel->o.oid)
        return cat_error(a->err, "42809", "\"%s\" is not an index for table \"%s\"", name, rel->o.name);
    *index = found->o.oid;
    return LC_OK;
}

static enum lc_code cluster_on(const struct alter *a, Oid relid)
{
    struct cat_oids indexes = cat_relation(a->cat, relid)->indexes;
    Oid index = InvalidOid;
    enum lc_code rc = LC_OK;

    if (a->cmd->subtype == AT_ClusterOn)
        rc = find_index(a, cat_relation(a->cat, relid), a->cmd->name, &index);
    if (rc == LC_OK && index)
        rc = cat_check_clusterable(cat_relation(a->cat, index), a->err);
    if (rc == LC_OK && cat_relation(a->cat, relid)->relkind == 'p') // mark_index_clustered
        return cat_error(a->err, "0A000", "cannot mark index clustered in partitioned table");
    for (int i = 0; i < indexes.len && rc == LC_OK; i++) {
        bool clustered = indexes.items[i] == index;
        if (cat_relation(a->cat, indexes.items[i])->index->clustered != clustered)
            modify_index(a->cat, indexes.items[i])->clustered = clustered;
    }
    return rc;
}

const char *cat_default_am(const struct catalog *cat, const char *name)
{
    const char *setting = cat_setting(cat, "default_table_access_method");

    return name ? name : setting ? setting : "heap";
}

static enum lc_code set_access_method(const struct alter *a, Oid rel)
{
    enum lc_code rc = cat_check_table_method(a->cat, a->cmd->name, a->err);

    if (rc != LC_OK)
        return rc;
    ((struct cat_relation *)cat_modify(a->cat, cat_relation(a->cat, rel)))->am = cat_default_am(a->cat, a->cmd->name);
    return LC_OK;
}

static const char *tablespace_name(const char *name)
{
    return name && strcmp(name, "pg_default") != 0 ? name : NULL;
}

static enum lc_code set_tablespace(const struct alter *a, Oid rel)
{
    ((struct cat_relation *)cat_modify(a->cat, cat_relation(a->cat, rel)))->tablespace = tablespace_name(a->cmd->name);
    return LC_OK;
}

static enum lc_code set_options(const struct alter *a, Oid rel)
{
    const List *options = AS(List, a->cmd->def);
    const struct cat_relation *r = cat_relation(a->cat, rel);

    const DefElem *first = NULL; // of the table's own: those of a TOAST table that it has not are passed over

    for (int i = 0; options && i < options->items.length && !first; i++) {
        const DefElem *d = LIST_GET(DefElem, &options->items, i);
        first = d && !d->defnamespace ? d : NULL;
    }
    if (r->relkind == 'p' && first && a->cmd->subtype == AT_SetRelOptions) { // partitioned_table_reloptions
        if (cat_major(a->cat) >= 16)
            return cat_error(a->err, "42809", "cannot specify storage parameters for a partitioned table");
        return cat_error(a->err, "22023", "unrecognized parameter \"%s\"", first->defname);
    }
    struct cat_relation *m = cat_modify(a->cat, r);
    if (options)
        m->options = cat_reloptions_text(a->cat, m->options, &options->items, NULL, a->cmd->subtype == AT_ResetRelOptions);
    return LC_OK;
}

// --- triggers and rules ---------------------------------------------------------------------------------------------------------------------------

static const struct {
    AlterTableType type;
    char enabled;
    bool all;
} enabling[] = {
    {AT_EnableTrig, 'O', false},       {AT_EnableAlwaysTrig, 'A', false},  {AT_EnableReplicaTrig, 'R', false},
    {AT_DisableTrig, 'D', false},      {AT_EnableTrigAll, 'O', true},      {AT_DisableTrigAll, 'D', true},
    {AT_EnableTrigUser, 'O', true},    {AT_DisableTrigUser, 'D', true},    {AT_EnableRule, 'O', false},
    {AT_EnableAlwaysRule, 'A', false}, {AT_EnableReplicaRule, 'R', false}, {AT_DisableRule, 'D', false},
};

static char enabled_by(AlterTableType type, bool *all)
{
    for (size_t i = 0; i < sizeof enabling / sizeof *enabling; i++)
        if (enabling[i].type == type) {
            *all = enabling[i].all;
            return enabling[i].enabled;
        }
    return 'O';
}

struct enabling { // EnableDisableTrigger (commands/trigger.c)
    struct catalog *cat;
    char enabled;
    bool recurse;
};

static void enable_on_partitions(const struct enabling *e, const struct cat_trigger *trigger);

static void enable_one(const struct enabling *e, const struct cat_trigger *trigger)
{
    const struct cat_relation *rel = cat_relation(e->cat, trigger->relid);

    if (trigger->enabled != e->enabled)
        ((struct cat_trigger *)cat_modify(e->cat, trigger))->enabled = e->enabled;
    if (e->recurse && rel->relkind == 'p' && (trigger->type & TRIGGER_TYPE_ROW))
        enable_on_partitions(e, trigger);
}

// The trigger's copies, which 13 and 14 know by name.
static void enable_on_partitions(const struct enabling *e, const struct cat_trigger *trigger)
{
    const struct cat_oids children = cat_relation(e->cat, trigger->relid)->children;

    for (int i = 0; i < children.len; i++) {
        const struct cat_oids triggers = cat_relation(e->cat, children.items[i])->triggers;
        for (int k = 0; k < triggers.len; k++) {
            const struct cat_trigger *t = cat_trigger(e->cat, triggers.items[k]);
            if (t && t->relid == children.items[i] &&
                (cat_major(e->cat) < 15 ? lc_streq(t->o.name, trigger->o.name) : t->parent == trigger->o.oid))
                enable_one(e, t);
        }
    }
}

// The triggers of a foreign key on one of its sides. From 15 on partitioned tables have them too, and those of partitions follow.
static void enable_key(const struct enabling *e, Oid constraint, Oid relid, bool action)
{
    const struct cat_relation *rel = cat_relation(e->cat, relid);
    struct cat_oids children = cat_child_constraints(e->cat, constraint);
    struct cat_constraint *con;

    if (rel->relkind == 'p' && cat_major(e->cat) < 15)
        return;
    con = cat_modify_constraint(e->cat, constraint);
    *(action ? &con->action_enabled : &con->check_enabled) = e->enabled;
    for (int i = 0; e->recurse && i < children.len; i++) {
        const struct cat_constraint *child = cat_constraint(e->cat, children.items[i]);
        Oid below = action ? child->confrelid : child->conrelid;
        if (below != relid && cat_partition_parent(cat_relation(e->cat, below)) == relid)
            enable_key(e, child->o.oid, below, action);
    }
}

static void enable_keys(const struct enabling *e, Oid relid)
{
    const struct cat_oids keys = cat_relation(e->cat, relid)->constraints, referencing = cat_relation(e->cat, relid)->referencing;

    for (int i = 0; i < keys.len; i++) {
        const struct cat_constraint *con = cat_constraint(e->cat, keys.items[i]);
        if (con && con->contype == 'f' && con->conrelid == relid)
            enable_key(e, con->o.oid, relid, false);
    }
    for (int i = 0; i < referencing.len; i++)
        if (cat_constraint(e->cat, referencing.items[i]))
            enable_key(e, referencing.items[i], relid, true);
}

static enum lc_code enable_trigger(const struct alter *a, Oid relid)
{
    struct cat_oids triggers = cat_relation(a->cat, relid)->triggers;
    bool all = false, found = false;
    bool user = a->cmd->subtype == AT_EnableTrigUser || a->cmd->subtype == AT_DisableTrigUser;
    struct enabling e = {a->cat, enabled_by(a->cmd->subtype, &all), a->recurse};

    for (int i = 0; i < triggers.len; i++) {
        const struct cat_trigger *trigger = cat_trigger(a->cat, triggers.items[i]);
        if (!trigger || trigger->relid != relid || !(all || lc_streq(trigger->o.name, a->cmd->name)))
            continue;
        found = true;
        enable_one(&e, trigger);
    }
    if (all && !user)
        enable_keys(&e, relid);
    if (!found && !all)
        return cat_error(a->err, "42704", "trigger \"%s\" for table \"%s\" does not exist", a->cmd->name,
                         cat_relation(a->cat, relid)->o.name);
    return LC_OK;
}

static enum lc_code enable_rule(const struct alter *a, Oid relid)
{
    struct cat_oids rules = cat_relation(a->cat, relid)->rules;
    bool all;

    for (int i = 0; i < rules.len; i++) {
        const struct cat_rule *rule = cat_rule(a->cat, rules.items[i]);
        if (rule && lc_streq(rule->o.name, a->cmd->name)) {
            ((struct cat_rule *)cat_modify(a->cat, rule))->enabled = enabled_by(a->cmd->subtype, &all);
            return LC_OK;
        }
    }
    return cat_error(a->err, "42704", "rule \"%s\" for relation \"%s\" does not exist", a->cmd->name,
                     cat_relation(a->cat, relid)->o.name);
}

// --- inheritance, types, partitions, the rest ---------------------------------------------------------------------------------------------------------

static enum lc_code inherit(const struct alter *a, Oid rel)
{
    const struct cat_relation *parent;
    enum lc_code rc = cat_open_rangevar(a->cat, AS(RangeVar, a->cmd->def), &parent, a->err);

    if (rc != LC_OK)
        return rc;
    if (cat_relation(a->cat, rel)->relispartition)
        return cat_error(a->err, "42809", "cannot change inheritance of a partition");
    if (a->cmd->subtype == AT_DropInherit)
        return cat_drop_inherit(a->cat, rel, parent->o.oid, false, a->err);
    if (parent->relkind == 'p')
        return cat_error(a->err, "42809", "cannot inherit from partitioned table \"%s\"", parent->o.name);
    if (parent->relispartition)
        return cat_error(a->err, "42809", "cannot inherit from a partition");
    return cat_add_inherit(a->cat, rel, parent->o.oid, false, a->err);
}

static int next_column(const struct cat_relation *rel, int i)
{
    while (i < rel->natts && rel->attrs[i].isdropped)
        i++;
    return i;
}

// ATExecAddOf: names, types and order of the columns must be the type's.
static enum lc_code fits_type(const struct alter *a, const struct cat_relation *rel, const struct cat_relation *type)
{
    int t = next_column(type, 0), r = next_column(rel, 0);

    if (rel->parents.len)
        return cat_error(a->err, "42809", "typed tables cannot inherit");
    for (; t < type->natts; t = next_column(type, t + 1), r = next_column(rel, r + 1)) {
        const struct cat_attribute *want = &type->attrs[t], *have = &rel->attrs[r];
        if (r >= rel->natts)
            return cat_error(a->err, "42804", "table is missing column \"%s\"", want->name);
        if (!lc_streq(want->name, have->name))
            return cat_error(a->err, "42804", "table has column \"%s\" where type requires \"%s\"", have->name, want->name);
        if (want->type != have->type || want->typmod != have->typmod)
            return cat_error(a->err, "42804", "table \"%s\" has different type for column \"%s\"", rel->o.name, want->name);
    }
    return r < rel->natts ? cat_error(a->err, "42804", "table has extra column \"%s\"", rel->attrs[r].name) : LC_OK;
}

static enum lc_code change_of(const struct alter *a, Oid rel)
{
    const struct cat_type *type = a->cmd->subtype == AT_AddOf ? cat_find_typename(a->cat, AS(TypeName, a->cmd->def), NULL) : NULL;
    struct cat_relation *m;

    const struct cat_relation *row = NULL;
    enum lc_code rc =
        a->cmd->subtype == AT_AddOf ? cat_check_of_type(a->cat, type, AS(TypeName, a->cmd->def), &row, a->err) : LC_OK;
    if (rc != LC_OK || (row && (rc = fits_type(a, cat_relation(a->cat, rel), row)) != LC_OK))
        return rc;
    m = cat_modify(a->cat, cat_relation(a->cat, rel));
    if (!type && !m->reloftype)
        return cat_error(a->err, "42809", "\"%s\" is not a typed table", m->o.name);
    m->reloftype = type ? type->o.oid : InvalidOid;
    return LC_OK;
}

static enum lc_code replica_identity(const struct alter *a, Oid relid)
{
    const ReplicaIdentityStmt *stmt = AS(ReplicaIdentityStmt, a->cmd->def);
    const struct cat_relation *rel = cat_relation(a->cat, relid);
    struct cat_oids indexes = rel->indexes;
    Oid index = InvalidOid;
    enum lc_code rc;

    if (!stmt)
        return LC_OK;
    if (stmt->name && (rc = find_index(a, rel, stmt->name, &index)) != LC_OK)
        return rc;
    const struct cat_index *ind = index ? cat_relation(a->cat, index)->index : NULL;
    if (ind && !ind->unique)
        return cat_error(a->err, "42809", "cannot use non-unique index \"%s\" as replica identity", stmt->name);
    if (ind && !ind->immediate)
        return cat_error(a->err, "0A000", "cannot use non-immediate index \"%s\" as replica identity", stmt->name);
    for (int i = 0; ind && i < ind->nkeyatts; i++)
        if (!ind->keys[i])
            return cat_error(a->err, "0A000", "cannot use expression index \"%s\" as replica identity", stmt->name);
    if (ind && ind->predicate)
        return cat_error(a->err, "0A000", "cannot use partial index \"%s\" as replica identity", stmt->name);
    for (int i = 0; ind && i < ind->nkeyatts; i++) {
        int key = ind->keys[i];
        if (key && !rel->attrs[key - 1].notnull)
            return cat_error(a->err, "42809", "index \"%s\" cannot be used as replica identity because column \"%s\" is nullable",
                             stmt->name, rel->attrs[key - 1].name);
    }
    for (int i = 0; i < indexes.len; i++)
        if (cat_relation(a->cat, indexes.items[i])->index->replident != (indexes.items[i] == index))
            modify_index(a->cat, indexes.items[i])->replident = indexes.items[i] == index;
    ((struct cat_relation *)cat_modify(a->cat, rel))->relreplident = stmt->identity_type ? stmt->identity_type[0] : 'd';
    return LC_OK;
}

static enum lc_code row_security(const struct alter *a, Oid rel)
{
    struct cat_relation *m = cat_modify(a->cat, cat_relation(a->cat, rel));

    if (a->cmd->subtype == AT_EnableRowSecurity || a->cmd->subtype == AT_DisableRowSecurity)
        m->relrowsecurity = a->cmd->subtype == AT_EnableRowSecurity;
    else
        m->relforcerowsecurity = a->cmd->subtype == AT_ForceRowSecurity;
    return LC_OK;
}

// ATExecAttachPartitionIdx's refusals: a part already (refuseDupeIndexAttach, too) or no partition's index, then one that does not fit.
static enum lc_code index_fits(const struct alter *a, const struct cat_relation *parent, const struct cat_relation *index)
{
    const struct cat_relation *table = cat_relation(a->cat, index->index->indrelid);
    bool apart = !index->relispartition && cat_partition_parent(table) == parent->index->indrelid;

    for (int i = 0; i < table->indexes.len; i++)
        apart &= cat_partition_parent(cat_relation(a->cat, table->indexes.items[i])) != parent->o.oid;
    if (apart && cat_index_matches(a->cat, parent, index) && (!parent->index->constraint || index->index->constraint))
        return LC_OK;
    return cat_error(a->err, apart ? "42P17" : "55000", "cannot attach index \"%s\" as a partition of index \"%s\"",
                     index->o.name, parent->o.name);
}

// verifyPartitionIndexNotNull
static enum lc_code keys_not_null(const struct alter *a, const struct cat_relation *index)
{
    const struct cat_relation *table = cat_relation(a->cat, index->index->indrelid);

    for (int i = 0; i < index->index->nkeyatts; i++)
        if (index->index->keys[i] > 0 && !table->attrs[index->index->keys[i] - 1].notnull)
            return cat_error(a->err, "42P16", "invalid primary key definition");
    return LC_OK;
}

static enum lc_code attach_index(const struct alter *a, const struct cat_relation *parent, const PartitionCmd *cmd)
{
    const struct cat_relation *index;
    enum lc_code rc = cat_open_rangevar(a->cat, cmd->name, &index, a->err);
    Oid constraint;

    if (rc != LC_OK)
        return rc;
    if (!index->index) // RangeVarCallbackForAttachIndex
        return cat_error(a->err, "42P17", "\"%s\" is not an index", index->o.name);
    for (int i = 0; i < index->parents.len; i++)
        if (index->parents.items[i] == parent->o.oid)
            return LC_OK;
    if ((rc = index_fits(a, parent, index)) != LC_OK)
        return rc;
    if (parent->index->primary && cat_major(a->cat) >= 18 && (rc = keys_not_null(a, index)) != LC_OK)
        return rc;
    constraint = index->index->constraint;
    cat_set_parent_index(a->cat, index->o.oid, parent->o.oid);
    if (parent->index->constraint && constraint)
        cat_set_parent_constraint(a->cat, constraint, parent->index->constraint);
    cat_validate_partitioned_index(a->cat, parent->o.oid);
    return LC_OK;
}

// validatePartitionedIndex: valid once every partition has its index.
void cat_validate_partitioned_index(struct catalog *cat, Oid index)
{
    const struct cat_relation *rel = cat_relation(cat, index);
    const struct cat_relation *table = cat_relation(cat, rel->index->indrelid);
    int valid = 0;

    for (int i = 0; i < rel->children.len; i++)
        valid += cat_relation(cat, rel->children.items[i])->index->valid;
    if (rel->index->valid || valid < table->children.len)
        return;
    modify_index(cat, index)->valid = true;
    for (int i = 0; i < rel->parents.len; i++)
        cat_validate_partitioned_index(cat, rel->parents.items[i]);
}

static enum lc_code partition(const struct alter *a, Oid relid)
{
    const PartitionCmd *cmd = AS(PartitionCmd, a->cmd->def);
    const struct cat_relation *rel = cat_relation(a->cat, relid);

    if (!cmd)
        return LC_OK;
    if (rel->index)
        return attach_index(a, rel, cmd);
    if (a->cmd->subtype == AT_AttachPartition)
        return cat_attach_partition(a->cat, relid, cmd, a->err);
    return cat_detach_partition(a->cat, relid, cmd, a->cmd->subtype == AT_DetachPartitionFinalize, a->err);
}

static const struct {
    AlterTableType type;
    cat_alter_fn apply;
} actions[] = {
    {AT_AddColumn, cat_alter_add_column},
    {AT_DropColumn, cat_alter_drop_column},
    {AT_ColumnDefault, cat_alter_default},
    {AT_AlterColumnType, cat_alter_type},
    {AT_SetStorage, cat_alter_storage},
    {AT_SetCompression, cat_alter_compression},
    {AT_SetStatistics, cat_alter_statistics},
    {AT_SetOptions, cat_alter_column_options},
    {AT_ResetOptions, cat_alter_column_options},
    {AT_AddIdentity, cat_alter_identity},
    {AT_SetIdentity, cat_alter_identity},
    {AT_DropIdentity, cat_alter_identity},
    {AT_SetExpression, cat_alter_expression},
    {AT_DropExpression, cat_alter_expression},
    {AT_SetNotNull, set_not_null},
    {AT_DropNotNull, drop_not_null},
    {AT_AddConstraint, add_constraint},
    {AT_AlterConstraint, alter_constraint},
    {AT_ValidateConstraint, validate_constraint},
    {AT_DropConstraint, drop_constraint},
    {AT_ChangeOwner, change_owner},
    {AT_ClusterOn, cluster_on},
    {AT_DropCluster, cluster_on},
    {AT_SetLogged, cat_alter_persistence},
    {AT_SetUnLogged, cat_alter_persistence},
    {AT_SetAccessMethod, set_access_method},
    {AT_SetTableSpace, set_tablespace},
    {AT_SetRelOptions, set_options},
    {AT_ResetRelOptions, set_options},
    {AT_EnableTrig, enable_trigger},
    {AT_EnableAlwaysTrig, enable_trigger},
    {AT_EnableReplicaTrig, enable_trigger},
    {AT_DisableTrig, enable_trigger},
    {AT_EnableTrigAll, enable_trigger},
    {AT_DisableTrigAll, enable_trigger},
    {AT_EnableTrigUser, enable_trigger},
    {AT_DisableTrigUser, enable_trigger},
    {AT_EnableRule, enable_rule},
    {AT_EnableAlwaysRule, enable_rule},
    {AT_EnableReplicaRule, enable_rule},
    {AT_DisableRule, enable_rule},
    {AT_AddInherit, inherit},
    {AT_DropInherit, inherit},
    {AT_AddOf, change_of},
    {AT_DropOf, change_of},
    {AT_ReplicaIdentity, replica_identity},
    {AT_EnableRowSecurity, row_security},
    {AT_DisableRowSecurity, row_security},
    {AT_ForceRowSecurity, row_security},
    {AT_NoForceRowSecurity, row_security},
    {AT_AttachPartition, partition},
    {AT_DetachPartition, partition},
    {AT_DetachPartitionFinalize, partition},
};

// ATPrepAddInherit.
static enum lc_code may_inherit(const struct cat_relation *rel, struct lc_error *err)
{
    const char *what = rel->reloftype        ? "typed table"
                       : rel->relispartition ? "a partition"
                       : rel->relkind == 'p' ? "partitioned table"
                                             : NULL;

    return what ? cat_error(err, "42809", "cannot change inheritance of %s", what) : LC_OK;
}

// What phase 3 can do but once (ATPrepCmd, ATPrepSetTableSpace), besides a change of the persistence.
static enum lc_code prepare_once(const struct alter *a, const struct cat_relation *rel, const AlterTableCmd *before)
{
    AlterTableType type = a->cmd->subtype;

    if (type == AT_SetTableSpace && before->subtype == type)
        return cat_error(a->err, "42601", "cannot have multiple SET TABLESPACE subcommands");
    if (type == AT_SetAccessMethod && before->subtype == type && !lc_streq(cat_default_am(a->cat, before->name), rel->am))
        return cat_error(a->err, "42601", "cannot have multiple SET ACCESS METHOD subcommands");
    return LC_OK;
}

// ATPrepAddPrimaryKey (18): whether the columns' NOT NULL constraints, and those below, are good enough.
static enum lc_code prepare_primary_key(const struct alter *a, Oid relation)
{
    const Constraint *con = AS(Constraint, a->cmd->def);
    enum lc_code rc = LC_OK;

    for (int i = 0; con && con->contype == CONSTR_PRIMARY && i < con->keys.length && rc == LC_OK; i++)
        rc = cat_primary_key_column(a->cat, relation, node_string(con->keys.items[i]), a->recurse, a->err);
    return rc;
}

// ATPrepCmd: what is asked of every subcommand before any of them is run.
enum lc_code cat_prepare_alter_table_cmd(struct catalog *cat, Oid relation, const AlterTableStmt *stmt, const AlterTableCmd *cmd,
                                         struct lc_error *err)
{
    struct alter a = {.cat = cat, .cmd = cmd, .recurse = stmt->relation->inh, .err = err};
    const struct cat_relation *rel = cat_relation(cat, relation);
    enum lc_code rc = alter_allowed(cat, rel, cmd, err);

    for (int i = 0; i < stmt->cmds.length && stmt->cmds.items[i] != (const Node *)cmd && rc == LC_OK; i++)
        rc = prepare_once(&a, rel, LIST_GET(AlterTableCmd, &stmt->cmds, i));
    if (rc != LC_OK)
        return rc;
    if (cmd->subtype == AT_AlterColumnType)
        return cat_prepare_alter_type(&a, relation);
    if (cmd->subtype == AT_AddConstraint && cat_major(cat) >= 18)
        return prepare_primary_key(&a, relation);
    if (cmd->subtype == AT_DropExpression)
        return cat_prepare_drop_expression(&a, relation);
    if (cmd->subtype == AT_SetLogged || cmd->subtype == AT_SetUnLogged)
        return cat_prepare_persistence(&a, stmt, rel);
    if (cmd->subtype == AT_AddInherit)
        return may_inherit(rel, err);
    if (cmd->subtype == AT_AddColumn && rel->reloftype)
        return cat_error(err, "42809", "cannot add column to typed table");
    if (cmd->subtype == AT_DropColumn && rel->reloftype)
        return cat_error(err, "42809", "cannot drop column from typed table");
    return LC_OK;
}

enum lc_code cat_apply_alter_table_step(struct catalog *cat, Oid relation, const struct cat_alter_step *step, bool recurse,
                                        struct lc_error *err)
{
    struct alter a = {.cat = cat, .cmd = step->cmd, .recurse = recurse, .err = err, .natts = step->natts};
    enum lc_code rc = LC_OK;

    if (step->again)
        return cat_error(err, "0A000", "cannot alter type of column \"%s\" twice", step->cmd->name);
    if (step->parse)
        return cat_transform_key(cat, relation, AS(Constraint, step->cmd->def), err);
    cat_step_begin(cat);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (actions[i].type == step->cmd->subtype) {
            rc = actions[i].apply(&a, relation);
            break;
        }
    cat_step_end(cat);
    return rc;
}

enum lc_code cat_apply_alter_table(struct catalog *cat, const AlterTableStmt *stmt, struct lc_error *err)
{
    const struct cat_relation *rel = cat_find_rangevar(cat, stmt->relation);
    struct cat_alter_steps steps = {0};
    enum lc_code rc = LC_OK;

    if (!rel && stmt->missing_ok)
        return LC_OK;
    if (!rel)
        return cat_open_rangevar(cat, stmt->relation, &rel, err);
    for (LIST_EACH(i, &stmt->cmds)) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &stmt->cmds, i);
        if (cmd && (rc = cat_prepare_alter_table_cmd(cat, rel->o.oid, stmt, cmd, err)) != LC_OK)
            return rc;
    }
    cat_alter_table_steps(cat, rel, stmt, &steps);
    for (int i = 0; i < steps.len && rc == LC_OK; i++)
        rc = cat_apply_alter_table_step(cat, rel->o.oid, &steps.items[i], stmt->relation->inh, err);
    return rc;
}

// --- ALTER TABLE ALL IN TABLESPACE -------------------------------------------------------------------------------------------------------------------

bool cat_move_all_matches(const struct cat_relation *rel, const AlterTableMoveAllStmt *stmt)
{
    bool kind = stmt->objtype == OBJECT_TABLE   ? strchr("rpt", rel->relkind) && rel->relkind != 't'
                : stmt->objtype == OBJECT_INDEX ? strchr("iI", rel->relkind) != NULL
                                                : rel->relkind == 'm';

    if (!kind || rel->relpersistence == 't' || !lc_streq(rel->tablespace, tablespace_name(stmt->orig_tablespacename)))
        return false;
    for (LIST_EACH(i, &stmt->roles)) {
        const RoleSpec *role = LIST_GET(RoleSpec, &stmt->roles, i);
        if (role && lc_streq(role->rolename, rel->o.owner))
            return true;
    }
    return stmt->roles.length == 0;
}

struct move_all {
    struct catalog *cat;
    const AlterTableMoveAllStmt *stmt;
    struct cat_oids found;
};

static void match_moved(const struct cat_object *object, void *context)
{
    struct move_all *move = context;

    if (cat_move_all_matches((const struct cat_relation *)(const void *)object, move->stmt))
        LC_PUSH(cat_arena(move->cat), &move->found, object->oid);
}

enum lc_code cat_apply_move_all(struct catalog *cat, const AlterTableMoveAllStmt *stmt, struct lc_error *err)
{
    struct move_all move = {cat, stmt, {0}};

    (void)err;
    cat_each(cat, CAT_RELATION, match_moved, &move);
    for (int i = 0; i < move.found.len; i++)
        ((struct cat_relation *)cat_modify(cat, cat_relation(cat, move.found.items[i])))->tablespace =
            tablespace_name(stmt->new_tablespacename);
    return LC_OK;
}
