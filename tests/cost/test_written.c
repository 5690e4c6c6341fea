// What a write brings along: triggers, cascades, WAL of the catalogue's own changes, and what wal_compression leaves of images.
#include "support.h"

#include "catalog/apply.h"
#include "cost/constants.h"
#include "sql/sql.h"

static struct snapshot *snap;

static int begin(void **state)
{
    (void)setup(state);
    snap = snapshot_empty(arena, 150000);
    return 0;
}

static void run(const char *sql)
{
    struct lc_error err = {0};

    if (cat_apply(snap->cat, lc_sql_parse_one(arena, sql, &err), &err) != LC_OK)
        fail_msg("%s: %s", sql, err.message);
}

static struct cat_relation *table(const char *name, double rows)
{
    struct cat_relation *rel = cat_modify(snap->cat, cat_find_relation(snap->cat, "public", name));

    rel->size = (struct cat_sizes){
        .known = true, .exact = true, .tuples = rows, .pages = ceil(rows / 88), .bytes = ceil(rows / 88) * 8192};
    rel->o.created = rel->new_storage = false;
    return rel;
}

static struct cost cost_of(const struct footprint *fp)
{
    struct cost_options options = {0};
    struct lc_error err = {0};
    struct cost cost;

    assert_int_equal(cost_statement(arena, snap, &options, fp, &cost, &err), LC_OK);
    return cost;
}

static struct cost one(struct fp_work work)
{
    struct footprint fp = {.command = "TEST"};

    LC_PUSH(arena, &fp.work, work);
    return cost_of(&fp);
}

// ---- triggers -------------------------------------------------------------------------------------------------------------

static double write_ms(const char *sql)
{
    struct lc_error err = {0};

    return one((struct fp_work){.kind = FP_QUERY, .rel = table("t", 1e6), .query = lc_sql_parse_one(arena, sql, &err)})
        .items[0]
        .ms.p50;
}

static void triggers_run_for_the_rows_that_fire_them(void **state)
{
    static const char set_a[] = "UPDATE t SET a = 1", set_b[] = "UPDATE t SET b = 1", gone[] = "DELETE FROM t";
    double a, b, deleted, calls = 8 * cost_defaults[COST_EXPR_CALL_NS].median; // ms for a million rows

    (void)state;
    run("CREATE TABLE t (a int, b int)");
    run("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    a = write_ms(set_a);
    b = write_ms(set_b);
    deleted = write_ms(gone);
    run("CREATE TRIGGER s BEFORE UPDATE ON t FOR EACH STATEMENT EXECUTE FUNCTION f()");
    assert_near(write_ms(set_a), a, 1.0001);
    run("CREATE TRIGGER r BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f()");
    assert_near(write_ms(set_a) - a, calls, 1.01);
    assert_near(write_ms(set_b), b, 1.0001);
    assert_near(write_ms(gone), deleted, 1.0001);
    run("ALTER TABLE t ENABLE ALWAYS TRIGGER r");
    assert_near(write_ms(set_a) - a, calls, 1.01);
    run("ALTER TABLE t DISABLE TRIGGER r");
    assert_near(write_ms(set_a), a, 1.0001);
    run("CREATE TRIGGER d AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION f()");
    assert_near(write_ms(gone) - deleted, calls, 1.01);
}

// ---- cascades ---------------------------------------------------------------------------------------------------------------

// What ON UPDATE CASCADE does to 100,000 children of 1,000 parents that change; another table is written first.
static struct cost_item cascade(const struct cat_relation *other)
{
    struct footprint fp = {.command = "UPDATE"};
    struct cat_relation *parents = table("parents", 1e3), *children = table("children", 1e5);
    struct cat_constraint *con = LC_NEW(arena, struct cat_constraint);
    struct lc_error err = {0};
    Node *query = lc_sql_parse_one(arena, "UPDATE parents SET id = 1", &err);

    con->contype = 'f';
    con->conrelid = children->o.oid;
    con->confrelid = parents->o.oid;
    LC_PUSH(arena, &con->conkey, 2);
    LC_PUSH(arena, &con->confkey, 1);
    LC_PUSH(arena, &fp.work, (struct fp_work){.kind = FP_QUERY, .rel = parents, .query = query});
    if (other)
        LC_PUSH(arena, &fp.work, (struct fp_work){.kind = FP_QUERY, .rel = other, .query = query});
    LC_PUSH(arena, &fp.work,
            (struct fp_work){.kind = FP_FK_ROWS, .fk = FP_FK_UPDATE, .rel = children, .other = parents, .constraint = con});
    return cost_of(&fp).items[other ? 2 : 1];
}

static void a_cascade_follows_the_parents(void **state)
{
    double without, rows = 1e5 / 1e6; // to ms, of ns for each

    (void)state;
    run("CREATE TABLE parents (id int)");
    run("CREATE TABLE children (id int, parent int)");
    run("CREATE TABLE more (id int)");
    run("CREATE INDEX ON children (parent)");
    without = cascade(NULL).ms.p50;
    assert_near(cascade(NULL).rows, 1e5, 1.001);
    assert_near(cascade(table("more", 10)).rows, 1e5, 1.001);
    assert_true(without > rows * (cost_defaults[COST_RI_ROW_NS].median + cost_defaults[COST_UPDATE_ROW_NS].median +
                                  cost_defaults[COST_UPDATE_SHARED_ROW_NS].median + cost_defaults[COST_INDEX_ENTRY_NS].median));
    run("CREATE INDEX ON children (id)");
    assert_true(cascade(NULL).ms.p50 - without > 0.99 * rows * cost_defaults[COST_INDEX_ENTRY_NS].median);
}

// ---- the catalogue's own WAL --------------------------------------------------------------------------------------------------

static struct quantiles catalogue_wal(const char *command, enum lc_lockmode mode, enum fp_work_kind kind)
{
    struct footprint fp = {.command = command};
    const struct cat_relation *rel = cat_find_relation(snap->cat, "public", "t");
    struct cost cost;

    LC_PUSH(arena, &fp.locks, (struct fp_lock){.rel = rel, .name = "t", .mode = mode, .certain = true});
    if (kind != FP_METADATA)
        LC_PUSH(arena, &fp.work, (struct fp_work){.kind = kind, .rel = rel});
    cost = cost_of(&fp);
    return cost.wal;
}

static void the_catalogue_writes_by_what_is_done(void **state)
{
    struct quantiles column;

    (void)state;
    run("CREATE TABLE t (a int, b int)");
    (void)table("t", 1000);
    assert_true(catalogue_wal("SELECT", LC_ACCESS_SHARE, FP_METADATA).p90 == 0);
    column = catalogue_wal("ALTER TABLE", LC_ACCESS_EXCLUSIVE, FP_METADATA);
    assert_near(column.p10, 400, 1.01); // records only: the pages have images already
    assert_near(column.p50, 23e3, 1.01);
    assert_true(column.p90 > column.p50);
    assert_near(catalogue_wal("ALTER TABLE", LC_SHARE_UPDATE_EXCLUSIVE, FP_SCAN).p50, 5e3, 1.01); // VALIDATE of a CHECK: a flag
    assert_near(catalogue_wal("ALTER TABLE", LC_ACCESS_EXCLUSIVE, FP_SCAN).p50, 26e3, 1.01);
    assert_true(catalogue_wal("ALTER TABLE", LC_SHARE_UPDATE_EXCLUSIVE, FP_FK_CHECK).p50 > 50e3);
    cat_set_setting(snap->cat, "wal_compression", "pglz", false);
    assert_near(catalogue_wal("ALTER TABLE", LC_ACCESS_EXCLUSIVE, FP_METADATA).p50, 800 + 0.44 * 22200, 1.01);
    cat_set_setting(snap->cat, "full_page_writes", "off", false);
    assert_near(catalogue_wal("ALTER TABLE", LC_ACCESS_EXCLUSIVE, FP_METADATA).p50, 800, 1.01);
    cat_set_setting(snap->cat, "full_page_writes", "on", false);
    table("t", 1000)->size.fresh = true; // who made it has changed these pages
    assert_near(catalogue_wal("ALTER TABLE", LC_ACCESS_EXCLUSIVE, FP_METADATA).p50, 800, 1.01);
}

// ---- compression -----------------------------------------------------------------------------------------------------------------

#define STATS(width, distinct, order) STATS_OF(.avg_width = (width), .n_distinct = (distinct), .correlation = (order))

// Of a million rows: what is written row by row, or in whole pages (FP_CLUSTER_SORT: rewriteheap.c).
static struct quantiles rewrite_wal(const char *name, enum fp_work_kind kind)
{
    return one((struct fp_work){.kind = kind, .rel = cat_find_relation(snap->cat, "public", name)}).items[0].wal;
}

static void compression_depends_on_what_is_on_a_page(void **state)
{
    struct quantiles numbers, words, mixed;
    struct cat_relation *rel;

    (void)state;
    run("CREATE TABLE numbers (a int, b int)");
    run("CREATE TABLE mixed (a int, b int)");
    run("CREATE TABLE words (a text, b text)");
    for (int c = 0; c < 2; c++) {
        rel = table("numbers", 1e6);
        rel->attrs[c].stats = STATS(4, -1, 1);
        rel = table("mixed", 1e6);
        rel->attrs[c].stats = STATS(4, -1, 0);
        rel = table("words", 1e6);
        rel->attrs[c].stats = STATS(30, -1, 0);
    }
    numbers = rewrite_wal("numbers", FP_CLUSTER_SORT);
    words = rewrite_wal("words", FP_CLUSTER_SORT);
    assert_near(words.p90 / words.p50, exp(1.2816 * 0.06), 1.02); // no compression: its size is known
    cat_set_setting(snap->cat, "wal_compression", "zstd", false);
    mixed = rewrite_wal("mixed", FP_CLUSTER_SORT);
    assert_true(rewrite_wal("numbers", FP_CLUSTER_SORT).p50 < 0.8 * numbers.p50);
    assert_true(rewrite_wal("numbers", FP_CLUSTER_SORT).p50 < 0.97 * mixed.p50); // in order the neighbours are alike
    assert_near(mixed.p90 / mixed.p50, exp(1.2816 * hypot(0.06, 0.12)), 1.02);
    words = rewrite_wal("words", FP_CLUSTER_SORT);
    assert_true(words.p90 / words.p50 > 1.5); // words or digests, nobody knows
}

static void minimal_wal_has_what_is_small(void **state)
{
    (void)state;
    run("CREATE TABLE t (a int, b int)");
    (void)table("t", 1e6);
    cat_set_setting(snap->cat, "wal_level", "minimal", false);
    assert_true(rewrite_wal("t", FP_REWRITE).p50 < 1e5);
    cat_set_setting(snap->cat, "wal_skip_threshold", "1GB", false);
    assert_true(rewrite_wal("t", FP_REWRITE).p50 > 2e7);
}

// ---- which pages are turned to ----------------------------------------------------------------------------------------

static double planned_ms(const char *type, const char *index)
{
    static const char sql[] = "DELETE FROM t WHERE a < 5";
    struct snap_plan_node nodes[] = {
        {.type = "ModifyTable"},
        {.depth = 1, .type = type, .schema = "public", .relation = "t", .index = index, .rows = 2e5},
        {.depth = 2, .type = "Bitmap Index Scan", .schema = "public", .index = index, .rows = 2e5},
    };
    bool bitmap = strncmp(type, "Bitmap", 6) == 0;
    struct snap_plan *plan = LC_NEW(arena, struct snap_plan);
    struct fp_work w = {.kind = FP_QUERY, .rel = table("t", 1e6), .sql = sql};
    struct lc_error err = {0};

    *plan =
        (struct snap_plan){.known = true, .rows = 2e5, .nodes = lc_memdup(arena, nodes, sizeof nodes), .nnodes = bitmap ? 3 : 2};
    (void)lc_map_put(&snap->plans,
                     lc_printf(arena, "%s-%016llx", lc_sql_fingerprint(arena, sql), (unsigned long long)lc_hash(sql)), plan);
    w.query = lc_sql_parse_one(arena, sql, &err);
    return one(w).items[0].ms.p50;
}

static void correlate(int column, double correlation)
{
    table("t", 1e6)->attrs[column].stats = STATS_OF(.avg_width = 4, .n_distinct = -1, .correlation = correlation);
}

// 200,000 rows of 11,364 pages: each is turned to once by a bitmap or an index in the table's order, a row at a time by another.
static void pages_are_turned_to_in_the_order_of_the_rows(void **state)
{
    double ordered, scattered, bitmap, all = 2e5 * 400e-6, pages = 0.2 * 11364 * 400e-6;

    (void)state;
    run("CREATE TABLE t (a int, b int)");
    run("CREATE INDEX by_a ON t (a)");
    run("CREATE INDEX by_b ON t (b)");
    correlate(0, 1);
    correlate(1, 0.01);
    ordered = planned_ms("Index Scan", "by_a");
    scattered = planned_ms("Index Scan", "by_b");
    bitmap = planned_ms("Bitmap Heap Scan", "by_b");
    assert_near(scattered - ordered, all - pages, 1.02);
    assert_true(bitmap < scattered - 0.5 * all);
    assert_near(planned_ms("Index Only Scan", "by_b"), scattered, 1.001); // nothing is known to be all visible
}

static double update_ms(bool batches, int major)
{
    static const char sql[] = "UPDATE t SET c = 1";
    struct cost_options options = {.in_batches = batches};
    struct footprint fp = {.command = "UPDATE"};
    struct lc_error err = {0};
    struct cost cost;

    snap = snapshot_empty(arena, major * 10000);
    run("CREATE TABLE t (a int, b int, c int)");
    run("CREATE INDEX by_a ON t (a)");
    run("CREATE INDEX by_b ON t (b)");
    correlate(0, 1);
    correlate(1, 0.01);
    LC_PUSH(
        arena, &fp.work,
        ((struct fp_work){.kind = FP_QUERY, .rel = table("t", 1e6), .query = lc_sql_parse_one(arena, sql, &err), .what = "w"}));
    assert_int_equal(cost_statement(arena, snap, &options, &fp, &cost, &err), LC_OK);
    return cost.items[0].ms.p50;
}

// 300,000 rows of a million with an index in no order took 1,490 ms at once and 2,100 in batches, 650 and 610 without the index: 1.77 times for it.
static void batches_clean_indexes_that_are_in_no_order(void **state)
{
    double entry = 4.2 * cost_defaults[COST_INDEX_ENTRY_NS].median; // ms for a million rows

    (void)state;
    assert_near(update_ms(true, 15) - update_ms(false, 15), 0.77 * entry, 1.02);
    assert_near(update_ms(true, 13), update_ms(false, 13), 1.001); // no bottom-up deletion yet
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(triggers_run_for_the_rows_that_fire_them),
        TEST(a_cascade_follows_the_parents),
        TEST(the_catalogue_writes_by_what_is_done),
        TEST(compression_depends_on_what_is_on_a_page),
        TEST(minimal_wal_has_what_is_small),
        TEST(pages_are_turned_to_in_the_order_of_the_rows),
        TEST(batches_clean_indexes_that_are_in_no_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
