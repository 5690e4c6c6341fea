// Trees: what the structs hold, the same with every grammar, and the helpers that go over them.
#include "sql/decode.h"
#include "sql/support.h"

static const Node *expr(const char *text)
{
    const Node *tree = lc_sql_parse_expr(arena, text);

    if (!tree)
        fail_msg("%s", text);
    return tree;
}

static void alter_table(void **state)
{
    const AlterTableStmt *stmt =
        AS(AlterTableStmt, one("ALTER TABLE ONLY s.t ADD COLUMN IF NOT EXISTS c numeric(10, 2) DEFAULT 0 "
                               "NOT NULL, DROP d CASCADE, ALTER e TYPE text USING e::text"));
    const AlterTableCmd *add = LIST_GET(AlterTableCmd, &stmt->cmds, 0), *drop = LIST_GET(AlterTableCmd, &stmt->cmds, 1);
    const ColumnDef *column = AS(ColumnDef, add->def);
    const Constraint *first = LIST_GET(Constraint, &column->constraints, 0);

    (void)state;
    assert_int_equal(stmt->objtype, OBJECT_TABLE);
    assert_string_equal(stmt->relation->schemaname, "s");
    assert_string_equal(stmt->relation->relname, "t");
    assert_string_equal(stmt->relation->relpersistence, "p");
    assert_false(stmt->relation->inh);
    assert_int_equal(stmt->cmds.length, 3);
    assert_int_equal(add->subtype, AT_AddColumn);
    assert_true(add->missing_ok);
    assert_string_equal(column->colname, "c");
    assert_string_equal(list_last_name(&column->typeName->names), "numeric");
    assert_string_equal(list_schema_name(&column->typeName->names), "pg_catalog");
    assert_int_equal(first->contype, CONSTR_DEFAULT);
    assert_int_equal(AS(Integer, AS(A_Const, first->raw_expr)->val)->ival, 0);
    assert_int_equal(LIST_GET(Constraint, &column->constraints, 1)->contype, CONSTR_NOTNULL);
    assert_int_equal(drop->subtype, AT_DropColumn);
    assert_int_equal(drop->behavior, DROP_CASCADE);
    assert_int_equal(LIST_GET(AlterTableCmd, &stmt->cmds, 2)->subtype, AT_AlterColumnType);
    assert_null(LIST_GET(ColumnDef, &stmt->cmds, 0));
}

static void partitions(void **state)
{
    static const struct {
        const char *word;
        PartitionStrategy strategy;
    } rows[] = {{"range", PARTITION_STRATEGY_RANGE}, {"LIST", PARTITION_STRATEGY_LIST}, {"Hash", PARTITION_STRATEGY_HASH}};
    const CreateStmt *stmt;

    (void)state;
    for (int i = 0; i < COUNT(rows); i++) {
        stmt = AS(CreateStmt, one(lc_printf(arena, "CREATE TABLE t (a int) PARTITION BY %s (a)", rows[i].word)));
        assert_int_equal(stmt->partspec->strategy, rows[i].strategy);
    }
    stmt = AS(CreateStmt, one("CREATE TABLE p PARTITION OF t FOR VALUES FROM (-5, MINVALUE) TO (10, MAXVALUE)"));
    assert_string_equal(stmt->partbound->strategy, "r");
    assert_int_equal(stmt->partbound->lowerdatums.length, 2);
    assert_int_equal(stmt->inhRelations.length, 1);
    stmt = AS(CreateStmt, one("CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 4, REMAINDER 1)"));
    assert_int_equal(stmt->partbound->modulus, 4);
    assert_int_equal(stmt->partbound->remainder, 1);
    stmt = AS(CreateStmt, one("CREATE TABLE p PARTITION OF t DEFAULT"));
    assert_true(stmt->partbound->is_default);
}

// libpg_query 15 does not print negative integers.
static void integers(void **state)
{
    static const int64_t values[] = {0, 1, -1, -42, 2147483647, -2147483647};

    (void)state;
    for (int i = 0; i < COUNT(values); i++) {
        const A_Const *constant = AS(A_Const, expr(lc_printf(arena, "%lld", (long long)values[i])));
        const char *sequence = lc_printf(arena, "CREATE SEQUENCE s START WITH 7 MINVALUE %lld", (long long)values[i]);
        const CreateSeqStmt *stmt = AS(CreateSeqStmt, one(sequence));

        assert_int_equal(AS(Integer, constant->val)->ival, values[i]);
        assert_int_equal(AS(Integer, LIST_GET(DefElem, &stmt->options, 0)->arg)->ival, 7);
        assert_int_equal(AS(Integer, LIST_GET(DefElem, &stmt->options, 1)->arg)->ival, values[i]);
    }
    assert_int_equal(AS(Integer, AS(A_Const, expr("- /* x */ 5"))->val)->ival, -5);
    assert_int_equal(AS(Integer, AS(A_Const, expr("- - -5"))->val)->ival, -5);
    assert_string_equal(AS(Float, AS(A_Const, expr("-3000000000"))->val)->fval, "-3000000000");
    assert_int_equal(AS(Integer, AS(AlterStatsStmt, one("ALTER STATISTICS s SET STATISTICS -1"))->stxstattarget)->ival, -1);
}

static void constants(void **state)
{
    (void)state;
    assert_string_equal(node_string(AS(A_Const, expr("'a\nb\t\"\\é😀\x01'"))->val), "a\nb\t\"\\é😀\x01");
    assert_string_equal(node_string(AS(A_Const, expr("E'\\u00e9\\x41\\n'"))->val), "éA\n");
    assert_string_equal(node_string(AS(A_Const, expr("$q$it's$q$"))->val), "it's");
    assert_string_equal(node_string(AS(A_Const, expr("''"))->val), "");
    assert_string_equal(AS(BitString, AS(A_Const, expr("X'ff'"))->val)->bsval, "xff");
    assert_string_equal(AS(Float, AS(A_Const, expr("1.50"))->val)->fval, "1.50");
    assert_true(AS(A_Const, expr("NULL"))->isnull);
    assert_null(AS(A_Const, expr("NULL"))->val);
    assert_int_equal(AS(ParamRef, expr("$3"))->number, 3);
}

static void queries(void **state)
{
    const SelectStmt *select =
        AS(SelectStmt, one("WITH w AS MATERIALIZED (SELECT 1) SELECT a, count(*) FILTER (WHERE b) FROM t "
                           "LEFT JOIN u USING (id), LATERAL f(t.a) WHERE x IN (SELECT 1) AND y = ANY ('{1}') "
                           "GROUP BY a ORDER BY 1 DESC NULLS LAST LIMIT 5 FOR NO KEY UPDATE OF t SKIP LOCKED"));
    const LockingClause *locking = LIST_GET(LockingClause, &select->lockingClause, 0);
    const JoinExpr *join = LIST_GET(JoinExpr, &select->fromClause, 0);
    const SelectStmt *both = AS(SelectStmt, one("SELECT 1 UNION ALL SELECT 2"));
    const InsertStmt *insert =
        AS(InsertStmt, one("INSERT INTO t (a) VALUES (1), (DEFAULT) ON CONFLICT (a) DO NOTHING RETURNING a, b"));
    const SelectStmt *values = AS(SelectStmt, insert->selectStmt);

    (void)state;
    assert_int_equal(AS(BoolExpr, select->whereClause)->boolop, AND_EXPR);
    assert_int_equal(join->jointype, JOIN_LEFT);
    assert_int_equal(locking->strength, LCS_FORNOKEYUPDATE);
    assert_int_equal(locking->waitPolicy, LockWaitSkip);
    assert_int_equal(LIST_GET(CommonTableExpr, &select->withClause->ctes, 0)->ctematerialized, CTEMaterializeAlways);
    assert_int_equal(both->op, SETOP_UNION);
    assert_true(both->all && both->larg && both->rarg);
    assert_int_equal(values->valuesLists.length, 2);
    assert_int_equal(LIST_GET(List, &values->valuesLists, 1)->items.length, 1);
    assert_int_equal(insert->returningList.length, 2);
    assert_int_equal(insert->onConflictClause->action, ONCONFLICT_NOTHING);
}

static void constraints(void **state)
{
    const AlterTableStmt *stmt =
        AS(AlterTableStmt, one("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a, b) REFERENCES s.u (x, y) ON DELETE "
                               "CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID"));
    const Constraint *key = AS(Constraint, LIST_GET(AlterTableCmd, &stmt->cmds, 0)->def);

    (void)state;
    assert_int_equal(key->contype, CONSTR_FOREIGN);
    assert_int_equal(key->fk_attrs.length, 2);
    assert_string_equal(key->pktable->relname, "u");
    assert_string_equal(key->fk_del_action, "c");
    assert_true(key->skip_validation && key->deferrable && key->initdeferred && key->is_enforced);
}

static void options_and_settings(void **state)
{
    const VariableSetStmt *set = AS(VariableSetStmt, one("SET LOCAL lock_timeout TO '2s'"));
    const IndexStmt *index = AS(IndexStmt, one("CREATE UNIQUE INDEX CONCURRENTLY i ON t USING gin (lower(a) DESC) INCLUDE (b) "
                                               "WITH (fillfactor = 70) WHERE c"));
    const DropStmt *drop = AS(DropStmt, one("DROP TABLE IF EXISTS a.b, c CASCADE"));
    const LockStmt *lock = AS(LockStmt, one("LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE NOWAIT"));
    const VacuumStmt *vacuum = AS(VacuumStmt, one("VACUUM (FULL, ANALYZE) t (a)"));

    (void)state;
    assert_int_equal(set->kind, VAR_SET_VALUE);
    assert_true(set->is_local);
    assert_string_equal(node_string(LIST_GET(A_Const, &set->args, 0)->val), "2s");
    assert_true(index->unique && index->concurrent && index->whereClause);
    assert_string_equal(index->accessMethod, "gin");
    assert_int_equal(LIST_GET(IndexElem, &index->indexParams, 0)->ordering, SORTBY_DESC);
    assert_int_equal(drop->objects.length, 2);
    assert_string_equal(list_last_name(&LIST_GET(List, &drop->objects, 0)->items), "b");
    assert_int_equal(lock->mode, 6);
    assert_true(lock->nowait);
    assert_true(vacuum->is_vacuumcmd);
    assert_string_equal(LIST_GET(DefElem, &vacuum->options, 0)->defname, "full");
}

static enum lc_code decode(const char *json, NodeList *stmts)
{
    return lc_decode(arena, &(struct lc_tags){0}, json, "", stmts, NULL);
}

static void unknown_and_broken_answers(void **state)
{
    NodeList stmts;
    const Node *tree;

    (void)state;
    assert_int_equal(decode("{\"version\":1,\"new\":[{},{\"a\":\"]}\\\"\"}],\"stmts\":[{\"stmt\":{\"FutureStmt\":{\"a\":[1,{}]}},"
                            "\"stmt_len\":3}]}",
                            &stmts),
                     LC_OK);
    tree = LIST_GET(RawStmt, &stmts, 0)->stmt;
    assert_int_equal(tree->tag, T_Unknown);
    assert_string_equal(((const UnknownNode *)tree)->name, "FutureStmt");
    assert_int_equal(
        decode("{\"stmts\":[{\"stmt\":{\"LockStmt\":{\"nowait\":true,\"future\":{\"a\":[]},\"mode\":\"x\",\"relations\":7}}}]}",
               &stmts),
        LC_OK);
    assert_true(AS(LockStmt, LIST_GET(RawStmt, &stmts, 0)->stmt)->nowait);
    assert_int_equal(decode("", &stmts), LC_E_INPUT);
    assert_int_equal(decode("{\"stmts\":[{\"stmt\":{\"LockStmt\"", &stmts), LC_E_INPUT);
    assert_int_equal(decode("{\"stmts\":[{\"stmt\":{\"LockStmt\":{\"relations\":[{\"a", &stmts), LC_E_INPUT);
    assert_int_equal(decode(repeat("{\"x\":", "[", 100000, ""), &stmts), LC_E_INPUT);
}

static bool count_columns(const Node *node, void *context)
{
    *(int *)context += IsA(node, ColumnRef);
    return !IsA(node, SubLink);
}

static void walking_and_comparing(void **state)
{
    const Node *a = one("SELECT a, b FROM t WHERE c = (SELECT d) AND e[f] > 1");
    int columns = 0;

    (void)state;
    node_walk(a, count_columns, &columns);
    assert_int_equal(columns, 5);
    node_walk(NULL, count_columns, &columns);
    assert_true(node_equal(a, one("SELECT a,b\nFROM t WHERE c=(SELECT d) AND e[ f ]>1")));
    assert_false(node_equal(a, one("SELECT a, b FROM t WHERE c = (SELECT d) AND e[f] > 2")));
    assert_false(node_equal(a, one("SELECT a, b FROM t WHERE c = (SELECT d) AND e[f] >= 1")));
    assert_false(node_equal(a, one("SELECT a FROM t WHERE c = (SELECT d) AND e[f] > 1")));
    assert_false(node_equal(a, NULL));
    assert_true(node_equal(NULL, NULL));
    assert_string_equal(node_tag_name(T_AlterTableStmt), "AlterTableStmt");
    assert_string_equal(node_tag_name(T_A_Const), "A_Const");
    assert_null(list_schema_name(&(NodeList){0}));
    assert_null(list_last_name(NULL));
}

// Every tag is found by its name, so the order of nodes.def is the one that the search needs.
static void every_node_is_found(void **state)
{
    (void)state;
    for (int tag = T_Invalid + 1; tag < T_Unknown; tag++) {
        NodeList stmts;
        const char *json = lc_printf(arena, "{\"stmts\":[{\"stmt\":{\"%s\":{}}}]}", node_tag_name((NodeTag)tag));

        assert_int_equal(decode(json, &stmts), LC_OK);
        assert_int_equal(LIST_GET(RawStmt, &stmts, 0)->stmt->tag, tag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alter_table),
        cmocka_unit_test(partitions),
        cmocka_unit_test(integers),
        cmocka_unit_test(constants),
        cmocka_unit_test(queries),
        cmocka_unit_test(constraints),
        cmocka_unit_test(options_and_settings),
        cmocka_unit_test(unknown_and_broken_answers),
        cmocka_unit_test(walking_and_comparing),
        cmocka_unit_test(every_node_is_found),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
