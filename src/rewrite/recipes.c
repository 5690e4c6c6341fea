// Which recipe is for which statement.
#include "rewrite/internal.h"

struct row {
    NodeTag tag;
    AlterTableType sub; // of ALTER TABLE
    rw_recipe recipe;
};

static const struct row rows[] = {
    {T_IndexStmt, 0, rw_create_index},
    {T_AlterTableStmt, AT_AddConstraint, rw_add_constraint},
    {T_AlterTableStmt, AT_SetNotNull, rw_set_not_null},
    {T_AlterTableStmt, AT_AddColumn, rw_add_column},
    {T_AlterTableStmt, AT_AlterColumnType, rw_alter_type},
    {T_AlterTableStmt, AT_AttachPartition, rw_attach},
    {T_AlterTableStmt, AT_DetachPartition, rw_detach},
    {T_CreateStmt, 0, rw_create_partition},
    {T_UpdateStmt, 0, rw_update},
    {T_DeleteStmt, 0, rw_delete},
    {T_InsertStmt, 0, rw_insert},
    {T_DropStmt, 0, rw_drop},
    {T_RenameStmt, 0, rw_rename},
    {T_TruncateStmt, 0, rw_truncate},
    {T_AlterTableStmt, AT_DropColumn, rw_drop_column},
    {T_ReindexStmt, 0, rw_reindex},
    {T_RefreshMatViewStmt, 0, rw_refresh},
};

rw_recipe rw_find_recipe(const struct rw_stmt *s)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (nodeTag(s->tree) == rows[i].tag && (rows[i].tag != T_AlterTableStmt || (s->cmd && s->cmd->subtype == rows[i].sub)))
            return rows[i].recipe;
    return rw_no_safe_way;
}
