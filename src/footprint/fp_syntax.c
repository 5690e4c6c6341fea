// Grammar that the server's version does not have yet: the grammar that reads the statements may be newer than the server's.
#include "base/str.h"
#include "footprint/internal.h"

struct newer {
    bool (*is)(const Node *node);
    int since; // major version
    const char *sqlstate, *message, *source;
};

static bool always(const Node *node)
{
    return node != NULL;
}

static bool no_alias(const Node *node)
{
    return !AS(RangeSubselect, node)->alias;
}

static bool constraint_nulls(const Node *node)
{
    return AS(Constraint, node)->nulls_not_distinct;
}

static bool index_nulls(const Node *node)
{
    return AS(IndexStmt, node)->nulls_not_distinct;
}

static bool without_overlaps(const Node *node)
{
    return AS(Constraint, node)->without_overlaps || AS(Constraint, node)->fk_with_period;
}

static bool not_enforced(const Node *node)
{
    return AS(Constraint, node)->contype == CONSTR_ATTR_NOT_ENFORCED;
}

static bool is_virtual(const Node *node)
{
    const Constraint *c = AS(Constraint, node);

    return c->contype == CONSTR_GENERATED && c->generated_kind && c->generated_kind[0] == 'v';
}

static bool sets_columns(const Node *node)
{
    return AS(Constraint, node)->fk_del_set_cols.length > 0;
}

static bool named_not_null(const Node *node)
{
    return AS(Constraint, node)->contype == CONSTR_NOTNULL && AS(Constraint, node)->keys.length > 0;
}

static bool replaces_trigger(const Node *node)
{
    return AS(CreateTrigStmt, node)->replace;
}

static bool sql_body(const Node *node)
{
    return AS(CreateFunctionStmt, node)->sql_body != NULL;
}

static bool statistics_expression(const Node *node)
{
    return AS(StatsElem, node)->expr != NULL;
}

static bool tables_in_schema(const Node *node)
{
    return AS(PublicationObjSpec, node)->pubobjtype != PUBLICATIONOBJ_TABLE;
}

static bool part_of_table(const Node *node)
{
    return AS(PublicationTable, node)->columns.length > 0 || AS(PublicationTable, node)->whereClause;
}

static bool searches(const Node *node)
{
    return AS(CommonTableExpr, node)->search_clause || AS(CommonTableExpr, node)->cycle_clause;
}

static bool merge_returning(const Node *node)
{
    return AS(MergeStmt, node)->returningClause != NULL;
}

static bool using_alias(const Node *node)
{
    return AS(JoinExpr, node)->join_using_alias != NULL;
}

static bool by_source(const Node *node)
{
    return AS(MergeWhenClause, node)->matchKind == MERGE_WHEN_NOT_MATCHED_BY_SOURCE;
}

static bool compression(const Node *node)
{
    return AS(ColumnDef, node)->compression && AS(ColumnDef, node)->compression[0];
}

static bool storage(const Node *node)
{
    return AS(ColumnDef, node)->storage_name && AS(ColumnDef, node)->storage_name[0];
}

static bool unlogged_sequence(const Node *node)
{
    const RangeVar *rv = AS(CreateSeqStmt, node)->sequence;

    return rv && rv->relpersistence && rv->relpersistence[0] == 'u';
}

static bool domain_not_null(const Node *node)
{
    const Constraint *con = AS(Constraint, AS(AlterDomainStmt, node)->def);

    return con && con->contype == CONSTR_NOTNULL;
}

static bool only_table(const Node *node)
{
    const RangeVar *rv = AS(VacuumRelation, node)->relation;

    return rv && !rv->inh;
}

// REINDEX (VERBOSE) was all; CONCURRENTLY stands before the name, which makes it the last.
static bool reindex_options(const Node *node)
{
    const NodeList *params = &AS(ReindexStmt, node)->params;
    bool newer = false;

    for (LIST_EACH(i, params)) {
        const DefElem *d = LIST_GET(DefElem, params, i);
        bool last = i == params->length - 1;
        newer |= d && (d->arg || !(lc_streq(d->defname, "verbose") || (last && lc_streq(d->defname, "concurrently"))));
    }
    return newer;
}

#define SYNTAX "42601", "syntax error"
#define ROWS(...)                                                                                                                \
    (const struct newer[])                                                                                                       \
    {                                                                                                                            \
        __VA_ARGS__,                                                                                                             \
        {                                                                                                                        \
            NULL, 0, NULL, NULL, NULL                                                                                            \
        }                                                                                                                        \
    }
static const struct newer *const by_tag[NODE_TAG_COUNT] = {
    [T_RangeSubselect] = ROWS({no_alias, 16, "42601", "subquery in FROM must have an alias", "gram.y opt_alias_clause"}),
    [T_Constraint] =
        ROWS({constraint_nulls, 15, SYNTAX, "gram.y opt_unique_null_treatment"},
             {without_overlaps, 18, SYNTAX, "gram.y opt_without_overlaps"}, {not_enforced, 18, SYNTAX, "gram.y ConstraintAttr"},
             {is_virtual, 18, SYNTAX, "gram.y opt_virtual_or_stored"}, {sets_columns, 15, SYNTAX, "gram.y key_delete"},
             {named_not_null, 18, SYNTAX, "gram.y ConstraintElem"}),
    [T_ReindexStmt] = ROWS({reindex_options, 14, SYNTAX, "gram.y ReindexStmt"}),
    [T_IndexStmt] = ROWS({index_nulls, 15, SYNTAX, "gram.y opt_unique_null_treatment"}),
    [T_AlterDomainStmt] = ROWS({domain_not_null, 17, SYNTAX, "gram.y DomainConstraintElem"}),
    [T_CreateTrigStmt] = ROWS({replaces_trigger, 14, SYNTAX, "gram.y CreateTrigStmt"}),
    [T_CreateFunctionStmt] = ROWS({sql_body, 14, SYNTAX, "gram.y opt_routine_body"}),
    [T_StatsElem] = ROWS({statistics_expression, 14, "0A000", "only simple column references are allowed in CREATE STATISTICS",
                          "statscmds.c CreateStatistics"}),
    [T_PublicationObjSpec] = ROWS({tables_in_schema, 15, SYNTAX, "gram.y PublicationObjSpec"}),
    [T_PublicationTable] = ROWS({part_of_table, 15, SYNTAX, "gram.y PublicationObjSpec"}),
    [T_CommonTableExpr] = ROWS({searches, 14, SYNTAX, "gram.y opt_search_clause"}),
    [T_JoinExpr] = ROWS({using_alias, 14, SYNTAX, "gram.y opt_alias_clause_for_join_using"}),
    [T_MergeStmt] = ROWS({always, 15, SYNTAX, "gram.y MergeStmt"}, {merge_returning, 17, SYNTAX, "gram.y MergeStmt"}),
    [T_MergeWhenClause] = ROWS({by_source, 17, SYNTAX, "gram.y merge_when_tgt_not_matched"}),
    [T_ColumnDef] =
        ROWS({compression, 14, SYNTAX, "gram.y column_compression"}, {storage, 16, SYNTAX, "gram.y opt_column_storage"}),
    [T_CreateSeqStmt] =
        ROWS({unlogged_sequence, 15, "0A000", "unlogged sequences are not supported", "sequence.c DefineSequence"}),
    [T_VacuumRelation] = ROWS({only_table, 18, SYNTAX, "gram.y vacuum_relation"}),
    [T_JsonIsPredicate] = ROWS({always, 16, SYNTAX, "gram.y json_predicate_type_constraint"}),
    [T_JsonObjectConstructor] = ROWS({always, 16, SYNTAX, "gram.y func_expr_common_subexpr"}),
    [T_JsonArrayConstructor] = ROWS({always, 16, SYNTAX, "gram.y func_expr_common_subexpr"}),
    [T_JsonArrayQueryConstructor] = ROWS({always, 16, SYNTAX, "gram.y func_expr_common_subexpr"}),
    [T_JsonObjectAgg] = ROWS({always, 16, SYNTAX, "gram.y json_aggregate_func"}),
    [T_JsonArrayAgg] = ROWS({always, 16, SYNTAX, "gram.y json_aggregate_func"}),
    [T_JsonTable] = ROWS({always, 17, SYNTAX, "gram.y json_table"}),
};

struct search {
    int major;
    const struct newer *found;
};

static bool look(const Node *node, void *context)
{
    struct search *s = context;

    for (const struct newer *row = by_tag[nodeTag(node)]; row && row->is && !s->found; row++)
        if (s->major < row->since && row->is(node))
            s->found = row;
    if (IsA(node, AlterDomainStmt) && domain_not_null(node))
        return false; // as a constraint of a table it is newer
    return !s->found;
}

bool fp_refuse_newer(struct fp_session *s, const Node *stmt)
{
    struct search search = {cat_major(s->cat), NULL};

    node_walk(stmt, look, &search);
    if (search.found)
        fp_refuse(s, search.found->sqlstate, "%s (PostgreSQL has this since %d: %s)", search.found->message, search.found->since,
                  search.found->source);
    return search.found != NULL;
}
