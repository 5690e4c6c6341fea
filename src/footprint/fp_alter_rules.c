// Which lock ALTER TABLE's subcommands take on the named relation (AlterTableGetLockLevel, commands/tablecmds.c; AlterTableGetRelOptionsLockLevel,
// access/common/reloptions.c).
#include "footprint/fp_table.h"

#define AX LC_ACCESS_EXCLUSIVE
#define SRX LC_SHARE_ROW_EXCLUSIVE
#define SUX LC_SHARE_UPDATE_EXCLUSIVE
#define LEVEL "tablecmds.c AlterTableGetLockLevel"

static const struct {
    AlterTableType type;
    struct fp_rule rule;
} levels[] = {
    {AT_AddColumn, {"add-column", AX, 0, 0, "queries see the new column, and the table may have to be written anew", LEVEL}},
    {AT_DropColumn, {"drop-column", AX, 0, 0, "queries must not read the column any more", LEVEL}},
    {AT_SetAccessMethod, {"set-access-method", AX, 15, 0, "the table is written anew", LEVEL}},
    {AT_SetTableSpace, {"set-tablespace", AX, 0, 0, "the table's file is copied to another place", LEVEL}},
    {AT_AlterColumnType,
     {"alter-column-type", AX, 0, 0, "plans and rows depend on the type: the table may have to be written anew", LEVEL}},
    {AT_SetStorage, {"set-storage", AX, 0, 0, "the table may get a TOAST table", LEVEL}},
    {AT_SetCompression, {"set-compression", AX, 14, 0, "catalogue rows that are read without a snapshot change", LEVEL}},
    {AT_DropConstraint, {"drop-constraint", AX, 0, 0, "plans may rely on the constraint, as on an index", LEVEL}},
    {AT_DropNotNull, {"drop-not-null", AX, 0, 0, "plans may rely on the column being not null", LEVEL}},
    {AT_DropOids, {"drop-oids", AX, 0, 0, "used to drop a column", LEVEL}},
    {AT_EnableRule, {"enable-rule", AX, 0, 0, "rules may change what SELECT does", LEVEL}},
    {AT_EnableAlwaysRule, {"enable-rule", AX, 0, 0, "rules may change what SELECT does", LEVEL}},
    {AT_EnableReplicaRule, {"enable-rule", AX, 0, 0, "rules may change what SELECT does", LEVEL}},
    {AT_DisableRule, {"disable-rule", AX, 0, 0, "rules may change what SELECT does", LEVEL}},
    {AT_ChangeOwner, {"change-owner", AX, 0, 0, "who may read the table changes", LEVEL}},
    {AT_GenericOptions, {"foreign-options", AX, 0, 0, "foreign scans depend on the options", LEVEL}},
    {AT_AlterColumnGenericOptions, {"foreign-options", AX, 0, 0, "foreign scans depend on the options", LEVEL}},
    {AT_EnableTrig, {"enable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_EnableAlwaysTrig, {"enable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_EnableReplicaTrig, {"enable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_EnableTrigAll, {"enable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_EnableTrigUser, {"enable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_DisableTrig, {"disable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_DisableTrigAll, {"disable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_DisableTrigUser, {"disable-trigger", SRX, 0, 0, "only writes fire triggers: reads go on", LEVEL}},
    {AT_ColumnDefault, {"column-default", AX, 0, 0, "the default is read by queries that were planned before", LEVEL}},
    {AT_AlterConstraint, {"alter-constraint", AX, 0, 0, "constraint triggers change", LEVEL}},
    {AT_ReplicaIdentity, {"replica-identity", AX, 0, 0, "writes must log by the new identity from now on", LEVEL}},
    {AT_SetNotNull, {"set-not-null", AX, 0, 0, "no row with a null may come in, and the rows there are read to prove it", LEVEL}},
    {AT_EnableRowSecurity, {"row-security", AX, 0, 0, "what every query may see changes", LEVEL}},
    {AT_DisableRowSecurity, {"row-security", AX, 0, 0, "what every query may see changes", LEVEL}},
    {AT_ForceRowSecurity, {"row-security", AX, 0, 0, "what every query may see changes", LEVEL}},
    {AT_NoForceRowSecurity, {"row-security", AX, 0, 0, "what every query may see changes", LEVEL}},
    {AT_AddIdentity, {"add-identity", AX, 0, 0, "the column's default changes", LEVEL}},
    {AT_SetIdentity, {"set-identity", AX, 0, 0, "the column's default changes", LEVEL}},
    {AT_DropIdentity, {"drop-identity", AX, 0, 0, "the column's default changes", LEVEL}},
    {AT_SetExpression, {"set-expression", AX, 17, 0, "the generated column is computed anew for every row", LEVEL}},
    {AT_DropExpression, {"drop-expression", AX, 0, 0, "the column is no longer generated", LEVEL}},
    {AT_AddInherit, {"inherit", AX, 0, 0, "queries of the parent will read this table too", LEVEL}},
    {AT_DropInherit, {"no-inherit", AX, 0, 0, "queries of the parent will not read this table any more", LEVEL}},
    {AT_AddOf, {"of-type", AX, 0, 0, "the table becomes one of a type", LEVEL}},
    {AT_DropOf, {"not-of-type", AX, 0, 0, "the table is no longer one of a type", LEVEL}},
    {AT_SetStatistics, {"set-statistics", SUX, 0, 0, "only the next ANALYZE uses it: reads and writes go on", LEVEL}},
    {AT_SetOptions, {"attribute-options", SUX, 0, 0, "only the planner uses it: reads and writes go on", LEVEL}},
    {AT_ResetOptions, {"attribute-options", SUX, 0, 0, "only the planner uses it: reads and writes go on", LEVEL}},
    {AT_ClusterOn, {"cluster-on", SUX, 0, 0, "only the next CLUSTER uses it: reads and writes go on", LEVEL}},
    {AT_DropCluster, {"without-cluster", SUX, 0, 0, "only the next CLUSTER uses it: reads and writes go on", LEVEL}},
    {AT_SetLogged, {"set-logged", AX, 0, 0, "the table is written anew, with WAL", LEVEL}},
    {AT_SetUnLogged, {"set-unlogged", AX, 0, 0, "the table is written anew, without WAL", LEVEL}},
    {AT_ValidateConstraint,
     {"validate-constraint", SUX, 0, 0, "the rows are read under a lock that lets reads and writes go on", LEVEL}},
    {AT_AttachPartition, {"attach-partition", SUX, 0, 0, "reads and writes of the partitioned table go on", LEVEL}},
    {AT_DetachPartitionFinalize, {"detach-finalize", SUX, 14, 0, "reads and writes of the partitioned table go on", LEVEL}},
};

static const struct fp_rule constraint_levels[] = {
    {"add-foreign-key", SRX, 0, 0, "triggers are made on both tables: writes wait, reads go on", LEVEL},
    {"add-key", AX, 0, 0, "the index of the constraint is built while nobody reads or writes", LEVEL},
    {"add-check", AX, 0, 0, "no row that breaks it may come in, and the rows there are read to prove it", LEVEL},
    {"add-not-null", AX, 18, 0, "no row with a null may come in, and the rows there are read to prove it", LEVEL},
};

static const struct fp_rule detach = {
    "detach-partition", AX, 0, 0, "queries that have planned for the partition must be over", LEVEL};
static const struct fp_rule detach_concurrently = {
    "detach-concurrently", SUX, 14, 0, "reads and writes of the partitioned table go on", LEVEL};
static const struct fp_rule otherwise = {"alter-table", AX, 0, 0, "what it changes is taken to matter to every query", LEVEL};

// Storage parameters whose change needs less than AccessExclusive, and those that do not (boolRelOpts, intRelOpts, realRelOpts, enumRelOpts).
#define PARAMETERS "reloptions.c AlterTableGetRelOptionsLockLevel"
static const struct fp_rule weak_options = {
    "storage-parameters", SUX, 0, 0, "only later work uses them: reads and writes go on", PARAMETERS};
static const struct fp_rule strong_options = {
    "strong-storage-parameters", AX, 0, 0, "queries in progress depend on the parameter", PARAMETERS};

static const char *const strong_names[] = {"user_catalog_table", "fastupdate",    "gin_pending_list_limit", "buffering",
                                           "pages_per_range",    "autosummarize", "security_barrier",       "security_invoker",
                                           "check_option",       "oids"};

// Of which sort of relation a parameter is, nobody asks (RESET takes any).
bool fp_is_strong_option(const char *name)
{
    for (size_t i = 0; i < sizeof strong_names / sizeof *strong_names; i++)
        if (lc_strieq(strong_names[i], name))
            return true;
    return false;
}

static const struct fp_rule *options_level(const Node *def)
{
    const List *options = AS(List, def);

    for (int i = 0; options && i < options->items.length; i++) {
        const DefElem *elem = LIST_GET(DefElem, &options->items, i);
        if (elem && fp_is_strong_option(elem->defname))
            return &strong_options;
    }
    return &weak_options;
}

static const struct fp_rule *constraint_level(const Node *def)
{
    const Constraint *con = AS(Constraint, def);

    if (con && con->contype == CONSTR_FOREIGN)
        return &constraint_levels[0];
    if (con && con->contype == CONSTR_CHECK)
        return &constraint_levels[2];
    if (con && con->contype == CONSTR_NOTNULL)
        return &constraint_levels[3];
    return &constraint_levels[1];
}

const struct fp_rule *fp_alter_level(const AlterTableCmd *cmd)
{
    const PartitionCmd *partition = AS(PartitionCmd, cmd->def);

    switch (cmd->subtype) {
    case AT_AddConstraint:
        return constraint_level(cmd->def);
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
        return options_level(cmd->def);
    case AT_DetachPartition:
        return partition && partition->concurrent ? &detach_concurrently : &detach;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i].type == cmd->subtype)
            return &levels[i].rule;
    return &otherwise;
}
