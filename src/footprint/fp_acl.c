// What needs a privilege (catalog/aclchk.c, ExecCheckPermissions in executor/execMain.c, each command's callback), asked of roles that this run has
// made, about objects that it has made: of others it is not known what was granted.
#include <string.h>

#include "base/str.h"
#include "catalog/coerce.h"
#include "catalog/roles.h"
#include "footprint/internal.h"

static bool refuse_relation(struct fp_session *s, const struct cat_relation *rel, unsigned privileges)
{
    if (rel && rel->index) // an index has its table's
        rel = cat_relation(s->cat, rel->index->indrelid);
    if (!rel || cat_aclcheck(s->cat, &rel->o, cat_user(s->cat), privileges) != CAT_NO)
        return false;
    fp_refuse(s, "42501", "permission denied for %s %s", cat_relation_kind(rel), rel->o.name);
    return true;
}

static bool refuse_named(struct fp_session *s, const RangeVar *rv, unsigned privileges)
{
    return rv && refuse_relation(s, cat_find_rangevar(s->cat, rv), privileges);
}

bool fp_is_asked(const struct fp_session *s)
{
    const char *user = cat_user(s->cat);

    return s->top_level && user && cat_role_is_known(s->cat, user) && !cat_role_is_superuser(s->cat, user);
}

// --- queries --------------------------------------------------------------------------------------------------------------------------------

struct reads {
    struct fp_session *s;
    struct LC_ARRAY(const char *) ctes;
    struct LC_ARRAY(const RangeVar *) tables;
};

static bool visit_read(const Node *node, void *context)
{
    struct reads *r = context;
    const CommonTableExpr *cte = AS(CommonTableExpr, node);

    if (cte)
        LC_PUSH(r->s->arena, &r->ctes, cte->ctename);
    if (IsA(node, RangeVar))
        LC_PUSH(r->s->arena, &r->tables, AS(RangeVar, node));
    return !(IsA(node, InsertStmt) || IsA(node, UpdateStmt) || IsA(node, DeleteStmt) || IsA(node, MergeStmt)); // in WITH
}

static bool is_cte(const struct reads *r, const RangeVar *rv)
{
    for (int i = 0; !rv->schemaname && i < r->ctes.len; i++)
        if (lc_streq(r->ctes.items[i], rv->relname))
            return true;
    return false;
}

// FOR UPDATE and its like need UPDATE besides, on some table (transformLockingClause): asked where there is but one.
static bool refuse_reads(struct fp_session *s, const Node *query)
{
    const SelectStmt *select = AS(SelectStmt, query);
    struct reads r = {.s = s};

    node_walk(query, visit_read, &r);
    for (int i = 0; i < r.tables.len; i++)
        if (!is_cte(&r, r.tables.items[i]) && refuse_named(s, r.tables.items[i], CAT_ACL_SELECT))
            return true;
    return select && select->lockingClause.length && r.tables.len == 1 && !r.ctes.len &&
           refuse_named(s, r.tables.items[0], CAT_ACL_UPDATE);
}

static bool refuse_copy(struct fp_session *s, const CopyStmt *copy)
{
    if (copy->query)
        return IsA(copy->query, SelectStmt) && refuse_reads(s, copy->query);
    return refuse_named(s, copy->relation, copy->is_from ? CAT_ACL_INSERT : CAT_ACL_SELECT);
}

// Of DML the target; what else it reads is asked of its subqueries.
bool fp_refuse_query(struct fp_session *s, const Node *stmt)
{
    const Node *inner = IsA(stmt, ExplainStmt) ? AS(ExplainStmt, stmt)->query : stmt;

    if (!fp_is_asked(s) || !inner)
        return false;
    switch (nodeTag(inner)) {
    case T_SelectStmt:
        return refuse_reads(s, inner);
    case T_InsertStmt:
        return refuse_named(s, AS(InsertStmt, inner)->relation, CAT_ACL_INSERT) ||
               (AS(InsertStmt, inner)->selectStmt && refuse_reads(s, AS(InsertStmt, inner)->selectStmt));
    case T_UpdateStmt:
        return refuse_named(s, AS(UpdateStmt, inner)->relation, CAT_ACL_UPDATE);
    case T_DeleteStmt:
        return refuse_named(s, AS(DeleteStmt, inner)->relation, CAT_ACL_DELETE);
    case T_CreateTableAsStmt:
        return !(AS(CreateTableAsStmt, inner)->into && AS(CreateTableAsStmt, inner)->into->skipData) &&
               IsA(AS(CreateTableAsStmt, inner)->query, SelectStmt) && refuse_reads(s, AS(CreateTableAsStmt, inner)->query);
    case T_DeclareCursorStmt:
        return refuse_reads(s, AS(DeclareCursorStmt, inner)->query);
    case T_CopyStmt:
        return refuse_copy(s, AS(CopyStmt, inner));
    default:
        return false;
    }
}

// --- LOCK TABLE, TRUNCATE -------------------------------------------------------------------------------------------------------------------

// LockTableAclCheck (commands/lockcmds.c): since 16 the privileges for a stronger mode allow the weaker ones too.
static unsigned lock_privileges(const struct fp_session *s, int64_t mode)
{
    unsigned writes = CAT_ACL_UPDATE | CAT_ACL_DELETE | CAT_ACL_TRUNCATE | (cat_major(s->cat) >= 17 ? CAT_ACL_MAINTAIN : 0);

    if (cat_major(s->cat) >= 16)
        return writes | (mode <= LC_ROW_EXCLUSIVE ? CAT_ACL_INSERT : 0) | (mode <= LC_ACCESS_SHARE ? CAT_ACL_SELECT : 0);
    return mode == LC_ACCESS_SHARE ? CAT_ACL_SELECT : mode == LC_ROW_EXCLUSIVE ? writes | CAT_ACL_INSERT : writes;
}

static bool refuse_lock(struct fp_session *s, const LockStmt *stmt)
{
    if (s->top_level && s->level == 0) // RequireTransactionBlock has refused it (fp_lock_table)
        return false;
    for (LIST_EACH(i, &stmt->relations))
        if (refuse_named(s, LIST_GET(RangeVar, &stmt->relations, i), lock_privileges(s, stmt->mode)))
            return true;
    return false;
}

// truncate_check_perms
static bool refuse_truncate(struct fp_session *s, const TruncateStmt *stmt)
{
    for (LIST_EACH(i, &stmt->relations))
        if (refuse_named(s, LIST_GET(RangeVar, &stmt->relations, i), CAT_ACL_TRUNCATE))
            return true;
    return false;
}

// --- what is created: in whose schema, of whose types -----------------------------------------------------------------------------------------

static bool refuse_schema(struct fp_session *s, const char *name)
{
    Oid oid = name ? cat_schema_oid(s->cat, name) : cat_creation_schema(s->cat);
    const struct cat_object *schema = oid ? cat_get(s->cat, CAT_NAMESPACE, oid) : NULL;

    if (!schema || cat_aclcheck(s->cat, schema, cat_user(s->cat), CAT_ACL_CREATE) != CAT_NO)
        return false;
    fp_refuse(s, "42501", "permission denied for schema %s", schema->name);
    return true;
}

static bool refuse_new(struct fp_session *s, const RangeVar *rv)
{
    return rv && !lc_streq(rv->relpersistence, "t") && refuse_schema(s, rv->schemaname);
}

static bool refuse_new_names(struct fp_session *s, const NodeList *names)
{
    return names->length && refuse_schema(s, list_schema_name(names));
}

static bool refuse_in_schema(struct fp_session *s, const Node *stmt)
{
    switch (nodeTag(stmt)) {
    case T_CreateStmt:
        return refuse_new(s, AS(CreateStmt, stmt)->relation);
    case T_CreateTableAsStmt:
        return AS(CreateTableAsStmt, stmt)->into && refuse_new(s, AS(CreateTableAsStmt, stmt)->into->rel);
    case T_ViewStmt:
        return refuse_new(s, AS(ViewStmt, stmt)->view);
    case T_CreateSeqStmt:
        return refuse_new(s, AS(CreateSeqStmt, stmt)->sequence);
    case T_CompositeTypeStmt:
        return refuse_new(s, AS(CompositeTypeStmt, stmt)->typevar);
    case T_CreateFunctionStmt:
        return refuse_new_names(s, &AS(CreateFunctionStmt, stmt)->funcname);
    case T_CreateDomainStmt:
        return refuse_new_names(s, &AS(CreateDomainStmt, stmt)->domainname);
    case T_CreateEnumStmt:
        return refuse_new_names(s, &AS(CreateEnumStmt, stmt)->typeName);
    case T_CreateRangeStmt:
        return refuse_new_names(s, &AS(CreateRangeStmt, stmt)->typeName);
    case T_DefineStmt:
        return refuse_new_names(s, &AS(DefineStmt, stmt)->defnames);
    default:
        return false;
    }
}

// object_aclcheck of a type; an array's is its element's.
static bool refuse_type(struct fp_session *s, const TypeName *name)
{
    const struct cat_type *t = name ? cat_find_typename(s->cat, name, NULL) : NULL;
    Oid element = t ? coerce_element_type(s->cat, t->o.oid) : InvalidOid;

    if (element)
        t = cat_type(s->cat, element);
    if (!t || cat_aclcheck(s->cat, &t->o, cat_user(s->cat), CAT_ACL_USAGE) != CAT_NO)
        return false;
    fp_refuse(s, "42501", "permission denied for type %s", t->o.name);
    return true;
}

struct asked { // of each of a statement's nodes
    struct fp_session *s;
    bool refused;
};

// checkFkeyPermissions: REFERENCES on the referenced table.
static bool visit_key(const Node *node, void *context)
{
    struct asked *t = context;
    const Constraint *con = AS(Constraint, node);

    if (con && con->contype == CONSTR_FOREIGN && !t->refused)
        t->refused = refuse_named(t->s, con->pktable, CAT_ACL_REFERENCES);
    return !t->refused;
}

static bool refuse_keys(struct fp_session *s, const Node *stmt)
{
    struct asked t = {s, false};

    if (IsA(stmt, CreateStmt) || IsA(stmt, AlterTableStmt))
        node_walk(stmt, visit_key, &t);
    return t.refused;
}

// The types of columns and arguments, not those that expressions name.
static bool visit_type(const Node *node, void *context)
{
    struct asked *t = context;
    const ColumnDef *column = AS(ColumnDef, node);
    const FunctionParameter *parameter = AS(FunctionParameter, node);

    if (t->refused)
        return false;
    if (column || parameter)
        t->refused = refuse_type(t->s, column ? column->typeName : parameter->argType);
    return !column && !parameter;
}

static bool refuse_types(struct fp_session *s, const Node *stmt)
{
    struct asked t = {s, false};

    switch (nodeTag(stmt)) {
    case T_CreateStmt:
        t.refused = refuse_type(s, AS(CreateStmt, stmt)->ofTypename);
        break;
    case T_CreateFunctionStmt:
        t.refused = refuse_type(s, AS(CreateFunctionStmt, stmt)->returnType);
        break;
    case T_CreateDomainStmt:
        return refuse_type(s, AS(CreateDomainStmt, stmt)->typeName);
    case T_AlterTableStmt:
    case T_CompositeTypeStmt:
    case T_DefineStmt:
        break;
    default:
        return false;
    }
    if (!t.refused)
        node_walk(stmt, visit_type, &t);
    return t.refused;
}

// check_role: it is the session's user who must be a member.
static bool refuse_set_role(struct fp_session *s, const VariableSetStmt *set)
{
    const A_Const *value = set->args.length ? AS(A_Const, set->args.items[0]) : NULL;
    const char *role = value ? node_string(value->val) : NULL, *user = cat_setting(s->cat, "session_authorization");

    if (!role || !user || !lc_strieq(set->name, "role") || lc_streq(role, "none") ||
        cat_can_set_role(s->cat, user, role) != CAT_NO)
        return false;
    fp_refuse(s, "42501", "permission denied to set role \"%s\"", role);
    return true;
}

bool fp_refuse_unprivileged(struct fp_session *s, const Node *stmt)
{
    if (IsA(stmt, VariableSetStmt))
        return refuse_set_role(s, AS(VariableSetStmt, stmt));
    if (!fp_is_asked(s))
        return false;
    switch (nodeTag(stmt)) {
    case T_LockStmt:
        return refuse_lock(s, AS(LockStmt, stmt));
    case T_TruncateStmt:
        return refuse_truncate(s, AS(TruncateStmt, stmt));
    case T_CreateTrigStmt:
        return refuse_named(s, AS(CreateTrigStmt, stmt)->relation, CAT_ACL_TRIGGER);
    case T_RefreshMatViewStmt:
        return cat_major(s->cat) >= 17 && refuse_named(s, AS(RefreshMatViewStmt, stmt)->relation, CAT_ACL_MAINTAIN);
    case T_ReindexStmt:
        return cat_major(s->cat) >= 17 && refuse_named(s, AS(ReindexStmt, stmt)->relation, CAT_ACL_MAINTAIN);
    case T_ClusterStmt:
        return cat_major(s->cat) >= 17 && refuse_named(s, AS(ClusterStmt, stmt)->relation, CAT_ACL_MAINTAIN);
    default:
        return refuse_in_schema(s, stmt) || refuse_types(s, stmt) || refuse_keys(s, stmt);
    }
}
