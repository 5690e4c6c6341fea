// What traffic locks: certain and uncertain locks, one partition of several, rows in their modes, and what does not show at all.
#include "../snapshot/support.h"
#include "traffic/traffic.h"

struct text {
    const char *query;
    int calls;
};

#define ROW "[\"%d\",true,%d,%d,600,0.5,0.1,%.0f,\"f%d\",\"%s\"]"

// The fixture with these texts counted over two minutes, and so many transactions in all.
static struct snapshot *with(const struct text *texts, int n, double commits)
{
    size_t len;
    char *text = read_text(FIXTURE, &len), *from = strstr(text, "\"statement\": {"), *to = strstr(from, "\"statement_info\"");
    double now = fixture()->server.now, since = now - 120e3;
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    char *rows = lc_strdup(arena, ""), *all, *database;

    for (int i = 0; i < n; i++)
        rows =
            lc_printf(arena, "%s%s\n" ROW, rows, i ? "," : "", i + 1, texts[i].calls, texts[i].calls, since, i, texts[i].query);
    all =
        lc_printf(arena,
                  "%.*s\"statement\": {\"columns\": [\"queryid\", \"toplevel\", \"calls\", \"rows\", \"total_ms\", \"mean_ms\", "
                  "\"stddev_ms\", \"since\", \"fingerprint\", \"query\"], \"rows\": [%s]},\n%s",
                  (int)(from - text), text, rows, to);
    from = strstr(all, "[\"counters\",");
    assert_non_null(from);
    all = lc_printf(arena, "%.*s[\"statements\",%.0f,\"x\"],\n%s", (int)(from - all), all, now, from);
    from = strstr(all, "\"database\": {\"columns\"");
    to = strstr(from, "]]}");
    database =
        lc_printf(arena, "\"database\": {\"columns\": [\"xact_commit\", \"xact_rollback\", \"since\"], \"rows\": [[%.0f,0,%.0f",
                  commits, since);
    all = lc_printf(arena, "%.*s%s%s", (int)(from - all), all, database, to);
    if (snapshot_from_text(all, strlen(all), "made", arena, &snap, &err) != LC_OK)
        fail_msg("%s (%s)", err.message, err.detail);
    return snap;
}

static struct traffic derive(const struct snapshot *snap)
{
    struct traffic t = {0};
    struct lc_error err = {0};

    assert_int_equal(traffic_from_snapshot(arena, snap, &t, &err), LC_OK);
    return t;
}

static const struct traffic_statement *only(struct snapshot *snap, struct traffic *t)
{
    *t = derive(snap);
    assert_int_equal(t->nclasses, 1);
    return &t->classes[0].statements[0];
}

static const struct traffic_lock *lock_on(const struct snapshot *snap, const struct traffic_statement *s, const char *table)
{
    const struct cat_relation *rel = cat_find_relation(snap->cat, "shop", table);

    for (int i = 0; i < s->nlocks; i++)
        if (s->locks[i].relation == rel->o.oid)
            return &s->locks[i];
    return NULL;
}

static void an_insert_goes_to_one_partition(void **state)
{
    const struct text q[] = {{"INSERT INTO shop.events VALUES ($1, $2, $3)", 1200}};
    struct snapshot *snap = with(q, 1, 1200);
    struct traffic t;
    const struct traffic_statement *s = only(snap, &t);
    const struct traffic_lock *a = lock_on(snap, s, "events_2025"), *b = lock_on(snap, s, "events_rest");

    (void)state;
    assert_true(lock_on(snap, s, "events")->sure >= 1);
    assert_non_null(a);
    assert_non_null(b);
    assert_true(a->sure >= 1 && b->sure >= 1); // a choice, no doubt
    assert_true(a->to > a->from && b->to > b->from);
    assert_true(a->to <= b->from || b->to <= a->from); // never both
    assert_true(fabs((a->to - a->from) + (b->to - b->from) - 1) < 1e-9);
}

static void rows_are_locked_in_their_modes(void **state)
{
    const struct {
        const char *query;
        enum traffic_row_mode mode;
    } cases[] = {
        {"UPDATE shop.orders SET amount = $1 WHERE id = $2", TRAFFIC_ROW_NO_KEY_UPDATE},
        {"UPDATE shop.orders SET id = $1 WHERE id = $2", TRAFFIC_ROW_UPDATE},
        {"INSERT INTO shop.orders (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET amount = $2", TRAFFIC_ROW_NO_KEY_UPDATE},
        {"DELETE FROM shop.things WHERE id = $1", TRAFFIC_ROW_UPDATE},
        {"SELECT * FROM shop.things WHERE id = $1 FOR UPDATE", TRAFFIC_ROW_UPDATE},
        {"SELECT * FROM shop.things WHERE id = $1 FOR NO KEY UPDATE", TRAFFIC_ROW_NO_KEY_UPDATE},
        {"SELECT * FROM shop.things WHERE id = $1 FOR SHARE", TRAFFIC_ROW_SHARE},
        {"SELECT * FROM shop.things WHERE id = $1 FOR KEY SHARE", TRAFFIC_ROW_KEY_SHARE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct text q[] = {{cases[i].query, 1200}};
        struct traffic t;
        const struct traffic_statement *s = only(with(q, 1, 1200), &t);
        assert_true(s->row_locks != InvalidOid);
        assert_int_equal(s->row_mode, cases[i].mode);
    }
}

static void a_foreign_key_check_locks_the_parent_row(void **state)
{
    const struct text q[] = {{"INSERT INTO shop.orders (customer_id) VALUES ($1)", 1200}};
    struct snapshot *snap = with(q, 1, 1200);
    struct traffic t;
    const struct traffic_statement *s = only(snap, &t);

    (void)state;
    assert_int_equal(s->nkeys, 1);
    assert_int_equal(s->keys[0], cat_find_relation(snap->cat, "shop", "customers")->o.oid);
    assert_int_equal(lock_on(snap, s, "customers")->mode, LC_ROW_SHARE);
}

static bool says(const struct traffic *t, const char *what)
{
    for (int i = 0; i < t->nunseen; i++)
        if (strstr(t->unseen[i], what))
            return true;
    return false;
}

static void what_does_not_show_is_said_and_widens(void **state)
{
    const struct text q[] = {{"SELECT * FROM shop.orders WHERE id = $1", 6000}};
    struct traffic all = derive(with(q, 1, 6000)), half = derive(with(q, 1, 12000));

    (void)state;
    assert_false(says(&all, "do not show"));
    assert_true(says(&half, "50 of 100 transactions a second do not show"));
    assert_true(half.rate_sigma > all.rate_sigma + 0.2);
}

// Monitoring reads system views: no traffic of the application, and nothing that is missing either.
static void monitoring_is_no_traffic(void **state)
{
    const struct text q[] = {{"SELECT * FROM shop.orders WHERE id = $1", 6000},
                             {"SELECT pid, mode FROM pg_locks WHERE granted", 6000},
                             {"SELECT * FROM pg_stat_activity", 6000}};
    struct traffic t = derive(with(q, 3, 18000));

    (void)state;
    assert_int_equal(t.nclasses, 1);
    assert_false(says(&t, "do not show"));
}

// Snapshots that are taken later are as old as a transaction that has an id: who writes, and whoever is prepared.
static void who_has_an_id_is_told(void **state)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1", 12}, {"SELECT * FROM shop.orders", 12}};
    struct snapshot *snap = with(q, 2, 24);
    struct snap_held held = {.relid = cat_find_relation(snap->cat, "shop", "things")->o.oid, .mode = LC_SHARE, .granted = true};
    struct snap_prepared prepared = {.age_ms = 1000, .this_database = true, .locks = &held, .nlocks = 1};
    struct traffic t;
    int found = 0;

    (void)state;
    for (int i = 0; i < snap->traffic.nstatements; i++)
        snap->traffic.statements[i].mean_ms = 5000;
    snap->traffic.prepared = &prepared;
    snap->traffic.nprepared = 1;
    t = derive(snap);
    for (int i = 0; i < t.nlongs; i++) {
        const struct traffic_long *l = &t.longs[i];
        bool update = strncmp(l->label, "UPDATE", 6) == 0, select = strcmp(l->label, q[1].query) == 0;

        if (l->kind == 'c' && !update && !select)
            continue;
        assert_int_equal(l->xid, !select);
        found++;
    }
    assert_int_equal(found, 3);
}

// One look at two sessions that idle after the first statement of a transaction; 13 has no query_id, and counts no idle time.
static void look_at(struct snapshot *snap, const char *at, const char *table, double age_ms)
{
    struct snap_look *look = LC_NEW(arena, struct snap_look);
    struct snap_session *s = LC_NEW_ARRAY(arena, struct snap_session, 2);

    for (int i = 0; i < 2; i++) {
        struct snap_held *held = LC_NEW(arena, struct snap_held);
        *held = (struct snap_held){
            .relid = cat_find_relation(snap->cat, "shop", table)->o.oid, .mode = LC_ROW_EXCLUSIVE, .granted = true};
        s[i] = (struct snap_session){.session = i + 1,
                                     .state = SNAP_IDLE_IN_TRANSACTION,
                                     .this_database = true,
                                     .xact_ms = age_ms + 0.1,
                                     .query_ms = age_ms,
                                     .state_ms = age_ms,
                                     .fingerprint = at,
                                     .locks = held,
                                     .nlocks = 1};
    }
    *look = (struct snap_look){.sessions = s, .nsessions = 2};
    snap->traffic.looks = look;
    snap->traffic.nlooks = 1;
}

// Whichever text comes first in the view, and whatever its number.
static void looks_tell_the_order_and_the_pauses(void **state)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1 WHERE id = $2", 1200},
                             {"UPDATE shop.things SET name = $1 WHERE id = $2", 1198},
                             {"BEGIN", 1200},
                             {"SELECT * FROM shop.orders WHERE id = $1", 5000}};

    (void)state;
    for (int first = 0; first < 2; first++) {
        struct snapshot *snap = with(q, 4, 6200);
        struct traffic t;
        int found = 0;
        look_at(snap, first ? "f1" : "f0", first ? "things" : "orders", 50);
        t = derive(snap);
        for (int i = 0; i < t.nclasses; i++) {
            const struct traffic_statement *s = t.classes[i].statements;
            if (t.classes[i].len != 2)
                continue;
            found++;
            assert_string_equal(s[0].label, q[first].query);
            // two of 10 transactions a second: 200 ms each, a little of it after the other statement; two of age 50 where memoryless ones
            // would be 200 old make them less uneven
            assert_true(s[0].idle_ms > 150 && s[0].idle_ms + s[1].idle_ms < 201);
            assert_true(s[0].idle_cv < 0.9);
        }
        assert_int_equal(found, 1);
    }
}

// BEGIN; SELECT FOR UPDATE; the application thinks; COMMIT: its lock is held meanwhile.
static void a_single_statement_is_followed_by_a_pause(void **state)
{
    const struct text q[] = {{"SELECT * FROM shop.orders WHERE id = $1 FOR UPDATE", 1200}, {"BEGIN", 1200}};
    struct snapshot *snap = with(q, 2, 1200);
    struct traffic t;

    (void)state;
    look_at(snap, "f0", "orders", 100);
    t = derive(snap);
    assert_int_equal(t.nclasses, 1);
    assert_int_equal(t.classes[0].len, 1);
    assert_true(fabs(t.classes[0].statements[0].idle_ms - 200) < 1);
    assert_true(fabs(t.classes[0].statements[0].idle_cv - sqrt(0.5)) <
                0.01); // they are 100 old, and half of 200 if all are alike
}

// Mean pause of the one statement of a transaction that was called so often, where sessions idle after `at` for age_ms.
static double pause_ms(int calls, double counted_ms, const char *at, double age_ms)
{
    const struct text q[] = {{"SELECT * FROM shop.orders WHERE id = $1 FOR UPDATE", calls}, {"BEGIN", calls}};
    struct snapshot *snap = with(q, 2, calls);
    struct traffic t;

    look_at(snap, at, "orders", age_ms);
    snap->traffic.database.idle_in_transaction_ms = counted_ms;
    t = derive(snap);
    assert_int_equal(t.nclasses, 1);
    return t.classes[0].statements[0].idle_ms;
}

static void pauses_are_what_was_counted_and_seen(void **state)
{
    (void)state;
    assert_true(fabs(pause_ms(1200, 1200 * 50.0, "f0", 20) - 50) < 0.5);
    assert_true(fabs(pause_ms(1200, 1e12, "f0", 20) - 400) < 1); // no more than two seen, and two that were missed, explain
    assert_true(fabs(pause_ms(120, 1e12, "f0", 20) - 1000) < 1); // what is longer is looked at one by one
    assert_true(pause_ms(1200, 1200 * 50.0, "f9", 5000) < 1);    // those seen are of long transactions
}

// Who waits for a lock has not got it.
static void a_lock_that_is_not_granted_tells_nothing(void **state)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1 WHERE id = $2", 1200},
                             {"UPDATE shop.things SET name = $1 WHERE id = $2", 1198},
                             {"BEGIN", 1200}};

    (void)state;
    for (int granted = 0; granted < 2; granted++) {
        struct snapshot *snap = with(q, 3, 1200);
        struct traffic t;
        look_at(snap, "f1", "orders", 20);
        for (int i = 0; i < 2; i++)
            snap->traffic.looks[0].sessions[i].locks[0].granted = granted;
        t = derive(snap);
        assert_int_equal(t.nclasses, 1);
        assert_int_equal(t.classes[0].len, 2);
        assert_string_equal(t.classes[0].statements[0].label, q[granted ? 0 : 1].query);
    }
}

// Sessions at work: one at each text, whose transaction is so much older.
static void work_at(struct snapshot *snap, const double *offsets, int n)
{
    struct snap_look *look = LC_NEW(arena, struct snap_look);

    *look = (struct snap_look){.sessions = LC_NEW_ARRAY(arena, struct snap_session, n), .nsessions = n};
    for (int i = 0; i < n; i++)
        look->sessions[i] = (struct snap_session){.session = i + 1,
                                                  .state = SNAP_ACTIVE,
                                                  .this_database = true,
                                                  .xact_ms = 1 + offsets[i],
                                                  .query_ms = 1,
                                                  .state_ms = 1,
                                                  .fingerprint = lc_printf(arena, "f%d", i)};
    snap->traffic.looks = look;
    snap->traffic.nlooks = 1;
}

// Both take the same lock; what is younger than its transaction has run later.
static void ages_tell_the_order_where_locks_do_not(void **state)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1 WHERE id = $2", 1200},
                             {"UPDATE shop.orders SET state = $1 WHERE id = $2", 1199},
                             {"BEGIN", 1200}};
    const double offsets[2][2] = {{1, 9}, {9, 1}};

    (void)state;
    for (int first = 0; first < 2; first++) {
        struct snapshot *snap = with(q, 3, 1200);
        struct traffic t;
        work_at(snap, offsets[first], 2);
        t = derive(snap);
        assert_int_equal(t.nclasses, 1);
        assert_string_equal(t.classes[0].statements[0].label, q[first].query);
    }
}

// The longest transaction, in statements, that is made of three texts of so many calls, of which the first `seen` ran in transactions.
static int longest(int a, int both, int b, int begin, int seen)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1 WHERE id = $2", a},
                             {"UPDATE shop.things SET name = $1 WHERE id = $2", both},
                             {"DELETE FROM shop.customers WHERE id = $1", b},
                             {"BEGIN", begin}};
    const double offsets[] = {5, 5, 5};
    struct snapshot *snap = with(q, 4, begin);
    struct traffic t;
    int len = 0;

    work_at(snap, offsets, seen);
    t = derive(snap);
    for (int i = 0; i < t.nclasses; i++)
        len = t.classes[i].len > len ? t.classes[i].len : len;
    return len;
}

static void sums_need_to_be_seen(void **state)
{
    (void)state;
    assert_int_equal(longest(720, 1199, 480, 2000, 3), 2); // all three ran in transactions
    assert_int_equal(longest(720, 1199, 480, 2000, 2), 1); // chance, maybe
    assert_int_equal(longest(720, 1199, 480, 1200, 2), 2); // as often as transactions began
    assert_int_equal(longest(600, 1199, 600, 1200, 3), 2); // the other two are of one kind
    assert_int_equal(longest(720, 1199, 480, 2000, 0), 1);
    assert_int_equal(longest(1200, 1225, 480, 2000, 3), 1); // 25 more are not on their way
}

// Two kinds of transactions write shop.things: it is called as often as both.
static void a_text_of_two_kinds_is_in_both(void **state)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1 WHERE id = $2", 720},
                             {"UPDATE shop.things SET name = $1 WHERE id = $2", 1199},
                             {"DELETE FROM shop.customers WHERE id = $1", 480},
                             {"BEGIN", 1200}};
    struct snapshot *snap = with(q, 4, 1200);
    double rates = 0, seen = 0;
    struct traffic t;

    (void)state;
    look_at(snap, "f0", "orders", 20);
    snap->traffic.looks[0].sessions[1].fingerprint = "f1";
    t = derive(snap);
    assert_int_equal(t.nclasses, 2);
    for (int i = 0; i < 2; i++) {
        const struct traffic_statement *s = t.classes[i].statements;
        assert_int_equal(t.classes[i].len, 2);
        assert_true(lc_streq(s[0].label, q[1].query) != lc_streq(s[1].label, q[1].query));
        rates += t.classes[i].rate_per_s;
    }
    assert_true(fabs(rates - 10) < 0.1);
    for (int i = 0; i < 4; i++)
        if (lc_streq(t.classes[i / 2].statements[i % 2].label, q[1].query))
            seen += t.classes[i / 2].statements[i % 2].idle_seen;
    assert_true(fabs(seen - 1) < 0.01); // one was: a part of it in each
    assert_true(fabs(fabs(t.classes[0].rate_per_s - t.classes[1].rate_per_s) - 2) < 0.1);
}

// As often as two others together, but seen in no transaction: that is chance.
static void a_sum_alone_is_no_transaction(void **state)
{
    const struct text q[] = {{"UPDATE shop.orders SET amount = $1 WHERE id = $2", 720},
                             {"UPDATE shop.things SET name = $1 WHERE id = $2", 1199},
                             {"DELETE FROM shop.customers WHERE id = $1", 480},
                             {"BEGIN", 2000}};
    struct snapshot *snap = with(q, 4, 2400);
    struct traffic t;

    (void)state;
    look_at(snap, "f0", "orders", 20);
    t = derive(snap);
    for (int i = 0; i < t.nclasses; i++)
        assert_int_equal(t.classes[i].len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_insert_goes_to_one_partition),
        cmocka_unit_test(rows_are_locked_in_their_modes),
        cmocka_unit_test(a_foreign_key_check_locks_the_parent_row),
        cmocka_unit_test(what_does_not_show_is_said_and_widens),
        cmocka_unit_test(monitoring_is_no_traffic),
        cmocka_unit_test(who_has_an_id_is_told),
        cmocka_unit_test(looks_tell_the_order_and_the_pauses),
        cmocka_unit_test(a_single_statement_is_followed_by_a_pause),
        cmocka_unit_test(pauses_are_what_was_counted_and_seen),
        cmocka_unit_test(a_lock_that_is_not_granted_tells_nothing),
        cmocka_unit_test(ages_tell_the_order_where_locks_do_not),
        cmocka_unit_test(a_text_of_two_kinds_is_in_both),
        cmocka_unit_test(sums_need_to_be_seen),
        cmocka_unit_test(a_sum_alone_is_no_transaction),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
