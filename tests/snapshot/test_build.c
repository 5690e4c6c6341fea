// What a snapshot makes of a catalogue: one of each kind of object, as fixture.sql made them.
#include "support.h"

static struct snapshot *snap;

static int load(void **state)
{
    (void)setup(state);
    snap = fixture();
    return 0;
}

static const struct cat_relation *relation(const char *name)
{
    const struct cat_relation *rel = cat_find_relation(snap->cat, "shop", name);
    if (!rel) {
        fail_msg("no relation %s", name);
    }
    return rel;
}

static void assert_near_share(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-9)) {
        fail_msg("%g, not %g", value, expected);
    }
}

static void tables_have_their_columns(void **state)
{
    const struct cat_relation *rel = relation("customers");
    const struct cat_attribute *id = cat_find_column(rel, "id"), *name = cat_find_column(rel, "name"),
                               *full = cat_find_column(rel, "full_name");
    (void)state;
    assert_int_equal(rel->natts, 7);
    assert_int_equal(id->identity, 'd');
    assert_true(id->notnull);
    assert_string_equal(name->collation, "C");
    assert_string_equal(cat_format_type(snap->cat, name->type, name->typmod), "character varying(80)");
    assert_true(rel->attrs[4].isdropped);
    assert_null(cat_find_column(rel, "gone"));
    assert_int_equal(full->generated, 's');
    assert_non_null(full->def);
    assert_true(IsA(cat_find_column(rel, "changed")->def, FuncCall));
    assert_string_equal(cat_format_type(snap->cat, cat_find_column(rel, "mail")->type, -1), "shop.email");
    assert_true(name->stats);
    assert_true(name->stats->avg_width > 5 && name->stats->avg_width < 20);
}

static void sizes_are_the_servers(void **state)
{
    const struct cat_relation *orders = relation("orders"), *events = relation("events_2025");
    (void)state;
    assert_true(orders->size.known && orders->size.exact);
    assert_true(orders->size.bytes > 100e3 && orders->size.bytes < 1e6);
    assert_int_equal((int)orders->size.tuples, 5000);
    assert_true(orders->size.pages * 8192 == orders->size.bytes);
    // never analysed: estimated as the planner does
    assert_true(events->size.tuples > 300 && events->size.tuples < 6000);
    assert_true(relation("things")->size.exact);
    assert_int_equal((int)relation("things")->size.tuples, 0);
}

// The fixture with other counters of shop.orders (5,000 rows of which its last ANALYZE knows).
static const struct cat_sizes *counted(const char *counters)
{
    static const char was[] =
        "[16966,\"shop\",\"orders\",5000,0,0,0,3,0,0,0,10000,0,null,null,1795152495272.391000,null,null,null,null,null,null,"
        "null,null]";
    size_t len;
    const char *text = read_text(FIXTURE, &len), *at = strstr(text, was);
    struct snapshot *other = NULL;
    struct lc_error err = {0};
    assert_non_null(at);
    assert_int_equal(from_text(lc_printf(arena, "%.*s[16966,\"shop\",\"orders\",5000,0,0,0,3,0,0,0,%s]%s", (int)(at - text), text,
                                         counters, at + strlen(was)),
                               &other, &err),
                     LC_OK);
    return &cat_find_relation(other->cat, "shop", "orders")->size;
}

// n_live_tup, n_dead_tup, four times, window_ins, _upd, _del, _seq_scan, _idx_scan, blocks_fetched, blocks_hit
static void dead_rows_are_counted_or_not(void **state)
{
    (void)state;
    assert_true(counted("5000,17,null,null,null,null,null,null,null,null,null,null,null")->dead_tuples == 17);
    assert_true(counted("5000,0,null,null,null,null,null,null,null,null,null,null,null")->dead_tuples == 0);
    assert_true(counted("0,9,null,null,null,null,null,null,null,null,null,null,null")->dead_tuples == 9);
    assert_true(
        isnan(counted("0,0,null,null,null,null,null,null,null,null,null,null,null")->dead_tuples)); // rows, and none counted
    assert_true(isnan(counted("null,null,null,null,null,null,null,null,null,null,null,null,null")->dead_tuples));
}

static void pages_are_cached_while_traffic_uses_them(void **state)
{
    (void)state;
    assert_near_share(counted("1,0,null,null,null,null,0,0,0,0,12,2000,1500")->cached_share, 0.75);
    assert_near_share(counted("1,0,null,null,null,null,5,0,0,0,0,2000,2000")->cached_share, 1);
    assert_near_share(counted("1,0,null,null,null,null,0,0,0,0,0,2000,1500")->cached_share, 0); // nobody uses it now
    assert_near_share(counted("1,0,null,null,null,null,null,null,null,null,null,2000,1500")->cached_share, 0); // nobody looked
    assert_near_share(counted("1,0,null,null,null,null,0,0,0,0,12,900,900")->cached_share, 0);                 // too few to say
    assert_near_share(counted("1,0,null,null,null,null,0,0,0,0,12,2000,2500")->cached_share, 1); // read at two moments
    assert_near_share(counted("1,0,null,null,null,null,0,0,0,0,12,null,null")->cached_share, 0); // an older file
}

#define SESSION(type, state_ms, here)                                                                                            \
    "[0,1,\"idle\",\"" type "\",\"a\",null,null,9000,null,null," state_ms "," here ",false,false,null,null,false,null,null]"

// The same with so many scans by index and one session, which came into its state so many ms ago; nobody looked twice.
static double share_beside(const char *scans, const char *session)
{
    static const char was[] =
        "[16966,\"shop\",\"orders\",5000,0,0,0,3,0,0,0,10000,0,null,null,1795152495272.391000,null,null,null,null,null,null,"
        "null,null]",
                      sessions[] = "\"waits_for_transaction\", \"fingerprint\", \"query\"], \"rows\": [";
    size_t len;
    const char *text = read_text(FIXTURE, &len), *at = strstr(text, was), *then = at ? strstr(at, sessions) : NULL;
    struct snapshot *other = NULL;
    struct lc_error err = {0};
    assert_non_null(then);
    then += strlen(sessions);
    assert_int_equal(
        from_text(lc_printf(arena,
                            "%.*s[16966,\"shop\",\"orders\",5000,0,0,0,3,0,%s,0,1,0,null,null,null,null,null,null,null,"
                            "null,null,2000,1500]%.*s%s%s",
                            (int)(at - text), text, scans, (int)(then - at - (ptrdiff_t)strlen(was)), at + strlen(was), session,
                            then),
                  &other, &err),
        LC_OK);
    return cat_find_relation(other->cat, "shop", "orders")->size.cached_share;
}

static void pages_are_cached_while_clients_are_at_work(void **state)
{
    (void)state;
    assert_near_share(share_beside("200", SESSION("client backend", "20", "true")), 0.75);
    assert_near_share(share_beside("20", SESSION("client backend", "20", "true")), 0);     // hardly used
    assert_near_share(share_beside("200", SESSION("client backend", "2000", "true")), 0);  // idle
    assert_near_share(share_beside("200", SESSION("client backend", "20", "false")), 0);   // elsewhere
    assert_near_share(share_beside("200", SESSION("autovacuum worker", "20", "true")), 0); // no client
    assert_near_share(share_beside("200", ""), 0);
}

static void indexes_have_keys_expressions_and_predicates(void **state)
{
    const struct cat_relation *mail = relation("customers_mail"), *changed = relation("customers_changed");
    (void)state;
    assert_int_equal(mail->index->indrelid, relation("customers")->o.oid);
    assert_true(mail->index->unique && mail->index->valid);
    assert_int_equal(mail->index->keys[0], 0);
    assert_true(IsA(mail->index->exprs[0], FuncCall));
    assert_null(mail->index->predicate);
    assert_int_equal(changed->index->nkeyatts, 1);
    assert_int_equal(changed->index->natts, 2);
    assert_int_equal(changed->index->keys[1], 3);
    assert_int_equal(changed->index->options[0] & 1, 1); // DESC
    assert_non_null(changed->index->predicate);
    assert_true(lc_starts(changed->index->def_text, "CREATE INDEX customers_changed"));
    assert_int_equal(relation("customers")->indexes.len, 3);
    assert_int_equal(relation("customers_pkey")->index->constraint, cat_primary_key(snap->cat, relation("customers"))->o.oid);
}

static void constraints_have_both_ends(void **state)
{
    const struct cat_relation *orders = relation("orders"), *customers = relation("customers");
    const struct cat_constraint *fk = cat_find_constraint(snap->cat, orders, "orders_customer");
    const struct cat_constraint *check = cat_find_constraint(snap->cat, orders, "amount_positive");
    const struct cat_constraint *known = cat_find_constraint(snap->cat, orders, "orders_amount_known");
    (void)state;
    assert_int_equal(fk->contype, 'f');
    assert_int_equal(fk->confrelid, customers->o.oid);
    assert_int_equal(fk->confdeltype, 'c');
    assert_int_equal(fk->conkey.items[0], 2);
    assert_int_equal(fk->confkey.items[0], 1);
    assert_int_equal(customers->referencing.len, 1);
    assert_true(IsA(check->expr, A_Expr));
    assert_true(check->convalidated && !known->convalidated);
    assert_int_equal(cat_find_constraint(snap->cat, orders, "no_overlap")->contype, 'x');
    assert_true(cat_find_constraint(snap->cat, orders, "no_overlap")->condeferred);
    assert_string_equal(orders->options, "fillfactor=70");
}

static void partitions_know_their_bounds(void **state)
{
    const struct cat_relation *events = relation("events"), *of2025 = relation("events_2025"), *rest = relation("events_rest");
    (void)state;
    assert_int_equal(events->partkey.strategy, 'r');
    assert_int_equal(events->partkey.natts, 2);
    assert_int_equal(events->partkey.keys[0], 1);
    assert_true(IsA(events->partkey.exprs[1], FuncCall));
    assert_int_equal(events->children.len, 2);
    assert_int_equal(cat_partition_parent(of2025), events->o.oid);
    assert_true(IsA(of2025->partbound, PartitionBoundSpec));
    assert_int_equal(AS(PartitionBoundSpec, of2025->partbound)->lowerdatums.length, 2);
    assert_true(rest->partdefault);
    assert_int_equal(cat_default_partition(snap->cat, events), rest->o.oid);
    assert_int_equal(relation("events_kind")->children.len, 2);
    assert_int_equal(relation("cars")->parents.items[0], relation("things")->o.oid);
}

static void views_rules_triggers_and_policies_are_parsed(void **state)
{
    const struct cat_relation *orders = relation("orders");
    const struct cat_trigger *trigger = cat_find_trigger(snap->cat, orders, "orders_touch");
    const struct cat_rule *rule = cat_rule(snap->cat, orders->rules.items[0]);
    (void)state;
    assert_true(IsA(relation("open_orders")->view_query, SelectStmt));
    assert_true(IsA(relation("totals")->view_query, SelectStmt));
    assert_false(relation("totals")->ispopulated);
    assert_string_equal(relation("small_orders")->view_check_option, "cascaded");
    assert_int_equal(trigger->type, TRIGGER_TYPE_ROW | TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_UPDATE);
    assert_int_equal(trigger->columns.items[0], 3);
    assert_non_null(trigger->when);
    assert_string_equal(cat_proc(snap->cat, trigger->funcid)->o.name, "touch");
    assert_int_equal(rule->event, CMD_DELETE);
    assert_true(rule->instead && rule->where);
    assert_true(orders->relrowsecurity);
    assert_int_equal(cat_policy(snap->cat, orders->policies.items[0])->cmd, 'r');
    assert_non_null(cat_policy(snap->cat, orders->policies.items[0])->qual);
}

static void types_and_functions_are_complete(void **state)
{
    const struct cat_type *state_type = cat_find_type(snap->cat, "shop", "state"),
                          *email = cat_find_type(snap->cat, "shop", "email");
    const struct cat_proc *twice = cat_find_proc(snap->cat, "shop", "double", NULL, 1);
    (void)state;
    assert_int_equal(state_type->nlabels, 3);
    assert_string_equal(state_type->labels[2], "it's, \"sent\"");
    assert_int_equal(email->typtype, 'd');
    assert_int_equal(email->constraints.len, 1);
    assert_non_null(email->def);
    assert_int_equal(cat_find_type(snap->cat, "shop", "address")->typtype, 'c');
    assert_non_null(cat_find_type(snap->cat, "shop", "_state"));
    assert_int_equal(twice->nargs, 1);
    assert_int_equal(twice->nout, 1);
    assert_string_equal(twice->argnames[0], "n");
    assert_string_equal(twice->outnames[0], "twice");
    assert_non_null(twice->sqlbody);
    assert_int_equal(twice->volatility, 'i');
    assert_string_equal(cat_find_proc(snap->cat, "shop", "lowered", NULL, 1)->source, "SELECT lower(t)");
}

static void sequences_know_their_columns(void **state)
{
    const struct cat_relation *seq = relation("orders_id_seq"), *identity = relation("customers_id_seq");
    (void)state;
    assert_int_equal(seq->seq_owner_rel, relation("orders")->o.oid);
    assert_int_equal(seq->seq_owner_att, 1);
    assert_int_equal(seq->seq_deptype, 'a');
    assert_int_equal(identity->seq_deptype, 'i');
}

static void names_of_any_kind_survive(void **state)
{
    const struct cat_relation *odd = cat_find_relation(snap->cat, "Odd \"Names\"", "a.b|c");
    (void)state;
    assert_non_null(odd);
    assert_int_equal(odd->relpersistence, 'u');
    assert_string_equal(odd->attrs[0].name, "\xC3\x9Cn\xC3\xAF"
                                            "code \xE2\x9C\x93");
    assert_string_equal(cat_qualified_name(snap->cat, odd), "\"Odd \"\"Names\"\"\".\"a.b|c\"");
}

static void deletion_follows_the_servers_dependencies(void **state)
{
    const struct cat_relation *customers = relation("customers");
    struct cat_addresses targets = {0}, deleted = {0};
    struct lc_error err = {0};
    bool view = false, on_view = false;
    (void)state;
    LC_PUSH(arena, &targets, (struct cat_address){CAT_RELATION, customers->o.oid, 0});
    assert_int_not_equal(cat_deletion(snap->cat, &targets, false, &deleted, NULL, &err), LC_OK);
    deleted.len = 0;
    assert_int_equal(cat_deletion(snap->cat, &targets, true, &deleted, NULL, &err), LC_OK);
    for (int i = 0; i < deleted.len; i++) {
        view = view || deleted.items[i].oid == relation("open_orders")->o.oid;
        on_view = on_view || deleted.items[i].oid == relation("rich")->o.oid;
        assert_int_not_equal(deleted.items[i].oid, relation("orders")->o.oid);
    }
    assert_true(view && on_view);
}

static void settings_have_their_units(void **state)
{
    (void)state;
    assert_string_equal(cat_setting(snap->cat, "maintenance_work_mem"), "64MB");
    assert_true(snapshot_setting_bytes(snap, "maintenance_work_mem") == 64.0 * 1024 * 1024);
    assert_true(snapshot_setting_bytes(snap, "shared_buffers") == 64.0 * 1024 * 1024);
    assert_true(snapshot_setting_ms(snap, "deadlock_timeout") == 1000);
    assert_true(snapshot_setting_ms(snap, "lock_timeout") == 0); // ours is left out
    assert_true(snapshot_setting_ms(snap, "checkpoint_timeout") == 300e3);
    assert_true(snapshot_setting_number(snap, "max_connections") == 100);
    assert_false(snapshot_setting_bool(snap, "fsync", true));
    assert_true(isnan(snapshot_setting_ms(snap, "no_such_setting")));
    cat_set_setting(snap->cat, "lock_timeout", "2500", false); // a migration's own SET
    assert_true(snapshot_setting_ms(snap, "lock_timeout") == 2500);
    cat_set_setting(snap->cat, "work_mem", "1 GB", false);
    assert_true(snapshot_setting_bytes(snap, "work_mem") == 1073741824.0);
}

static void parts_and_server_are_told(void **state)
{
    (void)state;
    assert_int_equal(snap->origin, SNAP_FILE);
    assert_string_equal(snap_origin_name(snap->origin), "snapshot");
    assert_string_equal(snap->server.database, "fix");
    assert_int_equal(snap->server.version_num / 10000, 15);
    assert_true(snap->parts[SNAP_PART_CATALOG].present && !snap->parts[SNAP_PART_PLANS].present);
    assert_true(snap->parts[SNAP_PART_SIZES].taken_at > 1.7e12);
    assert_false(snap->traffic.has_statements);
    assert_non_null(strstr(snap->traffic.statements_missing, "CREATE EXTENSION"));
    assert_true(snap->traffic.database.xact_commit > 0);
    assert_int_equal(snap->traffic.nlooks, 1);
}

static void unknown_plans_say_so(void **state)
{
    const struct snap_plan *plan = snapshot_explain(snap, NULL, "SELECT 1");
    (void)state;
    assert_false(plan->known);
    assert_non_null(plan->why);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, load, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tables_have_their_columns),
        TEST(sizes_are_the_servers),
        TEST(dead_rows_are_counted_or_not),
        TEST(pages_are_cached_while_traffic_uses_them),
        TEST(pages_are_cached_while_clients_are_at_work),
        TEST(indexes_have_keys_expressions_and_predicates),
        TEST(constraints_have_both_ends),
        TEST(partitions_know_their_bounds),
        TEST(views_rules_triggers_and_policies_are_parsed),
        TEST(types_and_functions_are_complete),
        TEST(sequences_know_their_columns),
        TEST(names_of_any_kind_survive),
        TEST(deletion_follows_the_servers_dependencies),
        TEST(settings_have_their_units),
        TEST(parts_and_server_are_told),
        TEST(unknown_plans_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
