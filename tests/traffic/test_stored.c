// A snapshot without texts gives the same classes of transactions as one with them: what the statements lock is kept.
#include "../snapshot/support.h"
#include "traffic/traffic.h"

// Two minutes before the look, in the columns of a snapshot's file.
static const char rows[] = "\"statement\": {\"columns\": [\"queryid\", \"toplevel\", \"calls\", \"rows\", \"total_ms\", "
                           "\"mean_ms\", \"stddev_ms\", \"since\", \"fingerprint\", "
                           "\"query\"], \"rows\": [\n"
                           "[\"1\",true,1200,1200,600,0.5,0.1,%.0f,\"a\",\"SELECT * FROM shop.open_orders WHERE id = $1\"],\n"
                           "[\"2\",true,600,600,600,1.0,0.1,%.0f,\"b\",\"UPDATE shop.orders SET state = $1 WHERE id = $2\"],\n"
                           "[\"3\",true,600,0,1,0.1,0.1,%.0f,\"c\",\"BEGIN\"],\n"
                           "[\"4\",true,60,60,60,2.0,0.1,%.0f,\"d\",\"INSERT INTO shop.orders (customer_id) VALUES ($1)\"],\n"
                           "[\"5\",true,60,60,60,3.0,0.1,%.0f,\"e\",\"SELECT 1 FROM pg_class\"]]}";

static struct snapshot *with_statements(void)
{
    size_t len;
    char *text = read_text(FIXTURE, &len), *from = strstr(text, "\"statement\": {"), *to = strstr(from, "\"statement_info\"");
    double since = fixture()->server.now - 120e3;
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    const char *statements = lc_printf(arena, rows, since, since, since, since, since);
    char *all = lc_printf(arena, "%.*s%s,\n%s", (int)(from - text), text, statements, to);
    char *parts = strstr(all, "[\"counters\",");
    assert_non_null(parts);
    all = lc_printf(arena, "%.*s[\"statements\",%.0f,\"x\"],\n%s", (int)(parts - all), all, since + 120e3, parts);
    if (snapshot_from_text(all, strlen(all), "made", arena, &snap, &err) != LC_OK) {
        fail_msg("%s (%s)", err.message, err.detail);
    }
    return snap;
}

static struct traffic derive(const struct snapshot *snap)
{
    struct traffic t = {0};
    struct lc_error err = {0};
    assert_int_equal(traffic_from_snapshot(arena, snap, &t, &err), LC_OK);
    return t;
}

// Classes are listed by label, which is the text where there is one: so look for the one whose first statement takes as long.
static const struct traffic_class *same_class(const struct traffic *t, const struct traffic_class *wanted)
{
    for (int i = 0; i < t->nclasses; i++) {
        if (t->classes[i].len == wanted->len && t->classes[i].statements[0].mean_ms == wanted->statements[0].mean_ms) {
            return &t->classes[i];
        }
    }
    fail_msg("%s is not there without its text", wanted->label);
    return NULL;
}

static void assert_same_class(const struct traffic_class *a, const struct traffic_class *b)
{
    assert_true(a->rate_per_s == b->rate_per_s);
    for (int k = 0; k < a->len; k++) {
        const struct traffic_statement *x = &a->statements[k], *y = &b->statements[k];
        assert_int_equal(x->row_locks, y->row_locks);
        assert_int_equal(x->nlocks, y->nlocks);
        for (int l = 0; l < x->nlocks; l++) {
            assert_int_equal(x->locks[l].relation, y->locks[l].relation);
            assert_int_equal(x->locks[l].mode, y->locks[l].mode);
            assert_true(x->locks[l].sure == y->locks[l].sure);
        }
    }
}

static void footprints_stand_in_for_texts(void **state)
{
    struct snapshot *snap = with_statements();
    struct traffic with = derive(snap);
    (void)state;
    traffic_store_footprints(snap);
    for (int i = 0; i < snap->traffic.nstatements; i++) {
        snap->traffic.statements[i].query = NULL;
    }
    struct traffic without = derive(snap);
    assert_true(with.nclasses > 0);
    assert_int_equal(with.nclasses, without.nclasses);
    for (int i = 0; i < with.nclasses; i++) {
        assert_same_class(&with.classes[i], same_class(&without, &with.classes[i]));
    }
}

static void damaged_footprints_lock_nothing(void **state)
{
    static const char *const texts[] = {"",
                                        "query",
                                        "nonsense",
                                        "query\nlock",
                                        "query\nlock\tshop\tnowhere\tAccessShareLock\tcertain",
                                        "query\nlock\tshop\torders\tNoSuchLock\tcertain",
                                        "\n\n\t\t\t\t\t\t\t\n"};
    struct snapshot *snap = with_statements();
    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        for (int i = 0; i < snap->traffic.nstatements; i++) {
            snap->traffic.statements[i].query = NULL;
            snapshot_set_footprint(snap, i, texts[t]);
        }
        struct traffic traffic = derive(snap);
        for (int i = 0; i < traffic.nclasses; i++) {
            assert_int_equal(traffic.classes[i].statements[0].nlocks, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(footprints_stand_in_for_texts, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_footprints_lock_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
