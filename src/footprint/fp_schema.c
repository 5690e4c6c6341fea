// CREATE SCHEMA with its elements (schemacmds.c, parse_utilcmd.c transformCreateSchemaStmtElements).
#include "base/str.h"
#include "catalog/apply_misc.h"
#include "footprint/fp_object.h"

static RangeVar *qualified(struct fp_session *s, const RangeVar *rv, const char *schema)
{
    RangeVar *copy = lc_memdup(s->arena, rv, sizeof *rv);

    if (!copy->schemaname)
        copy->schemaname = schema;
    return copy;
}

// The element with its relation in the new schema.
static const Node *qualify(struct fp_session *s, const Node *element, const char *schema)
{
    switch (nodeTag(element)) {
    case T_CreateStmt: {
        CreateStmt *copy = lc_memdup(s->arena, element, sizeof *copy);
        copy->relation = qualified(s, copy->relation, schema);
        return (const Node *)(const void *)copy;
    }
    case T_ViewStmt: {
        ViewStmt *copy = lc_memdup(s->arena, element, sizeof *copy);
        copy->view = qualified(s, copy->view, schema);
        return (const Node *)(const void *)copy;
    }
    case T_IndexStmt: {
        IndexStmt *copy = lc_memdup(s->arena, element, sizeof *copy);
        copy->relation = qualified(s, copy->relation, schema);
        return (const Node *)(const void *)copy;
    }
    case T_CreateSeqStmt: {
        CreateSeqStmt *copy = lc_memdup(s->arena, element, sizeof *copy);
        copy->sequence = qualified(s, copy->sequence, schema);
        return (const Node *)(const void *)copy;
    }
    case T_CreateTrigStmt: {
        CreateTrigStmt *copy = lc_memdup(s->arena, element, sizeof *copy);
        copy->relation = qualified(s, copy->relation, schema);
        return (const Node *)(const void *)copy;
    }
    default:
        return element;
    }
}

// The order in which the elements run, whatever the order in the statement.
static const NodeTag element_order[] = {T_CreateSeqStmt, T_CreateStmt, T_ViewStmt, T_IndexStmt, T_CreateTrigStmt, T_GrantStmt};

void fp_create_schema(struct fp_session *s, const CreateSchemaStmt *stmt, bool *applied)
{
    CreateSchemaStmt bare = *stmt;
    const char *name = stmt->schemaname ? stmt->schemaname : cat_role_name(s->cat, stmt->authrole);
    const char *const *path;
    int n = cat_search_path(s->cat, &path);
    const char **inside = LC_NEW_ARRAY(s->arena, const char *, n + 1);

    *applied = true;
    bare.schemaElts = (NodeList){0};
    if (!fp_apply_now(s, (const Node *)(const void *)&bare))
        return;
    fp_metadata(s, NULL, "schema");
    if (!stmt->schemaElts.length)
        return;
    inside[0] = name;
    for (int i = 0; i < n; i++)
        inside[i + 1] = path[i];
    cat_set_search_path(s->cat, inside, n + 1);
    for (size_t k = 0; k < sizeof element_order / sizeof element_order[0]; k++)
        for (LIST_EACH(i, &stmt->schemaElts))
            if (nodeTag(stmt->schemaElts.items[i]) == element_order[k])
                fp_nested(s, qualify(s, stmt->schemaElts.items[i], name), NULL);
    cat_set_search_path(s->cat, inside + 1, n);
}
