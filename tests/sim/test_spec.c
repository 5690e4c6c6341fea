// Isolation-test files: their grammar, and transcripts of lock tests of our own in the form that isolationtester prints.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/spec.h"

static struct lc_arena *arena;
static struct lc_error err;

static int fresh(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 30, NULL, NULL);
    memset(&err, 0, sizeof err);
    return arena == NULL;
}

static int done(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

// ---- a world of LOCK TABLE, BEGIN, COMMIT, ROLLBACK and SET --------------------------------------------------------------------

struct world {
    const char *at[9]; // where each session is in its SQL
    bool aborted[9];
};

static void begin(void *context, struct spec_run *run)
{
    (void)run;
    memset(context, 0, sizeof(struct world));
}

static void failed(void *context, struct spec_run *run, int session, enum sim_outcome why)
{
    (void)why;
    ((struct world *)context)->aborted[session + 1] = true;
    spec_unlock_all(run, session);
}

static enum lc_lockmode mode_of(const char *sql)
{
    static const char *const order[] = {"SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE", "ROW EXCLUSIVE",
                                        "ACCESS SHARE",           "ROW SHARE",           "EXCLUSIVE",        "SHARE"};

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (strstr(sql, order[i]))
            return lc_lockmode_parse(order[i]);
    return LC_ACCESS_EXCLUSIVE;
}

static enum spec_status lock_table(struct world *w, struct spec_run *run, int session, const char *sql)
{
    bool nowait = strstr(sql, "NOWAIT") != NULL;
    char table[64];

    if (sscanf(sql, "LOCK TABLE %63[a-z0-9]", table) != 1)
        fail_msg("%s", sql);
    switch (spec_lock(run, session, spec_object(run, table), mode_of(sql), nowait)) {
    case LT_GRANTED:
        break;
    case LT_WAITS:
        return SPEC_WAITS;
    case LT_DEADLOCK:
        spec_print(run, session, "ERROR:  deadlock detected");
        failed(w, run, session, SIM_E_DEADLOCK);
        break;
    case LT_NOT_AVAILABLE:
        spec_print(run, session, "ERROR:  could not obtain lock on relation \"%s\"", table);
        failed(w, run, session, SIM_E_NOWAIT);
        break;
    }
    return SPEC_DONE;
}

static enum spec_status statement(struct world *w, struct spec_run *run, int session, const char *sql)
{
    double ms;

    if (lc_starts(sql, "COMMIT") || lc_starts(sql, "ROLLBACK")) {
        w->aborted[session + 1] = false;
        spec_unlock_all(run, session);
    } else if (!w->aborted[session + 1] && lc_starts(sql, "LOCK")) {
        return lock_table(w, run, session, sql);
    } else if (sscanf(sql, "SET deadlock_timeout = %lf", &ms) == 1) {
        spec_set(run, session, SIM_DEADLOCK_TIMEOUT, ms);
    } else if (sscanf(sql, "SET lock_timeout = %lf", &ms) == 1) {
        spec_set(run, session, SIM_LOCK_TIMEOUT, ms);
    } else if (lc_starts(sql, "NOTICE")) {
        spec_notice(run, session);
    }
    return SPEC_DONE;
}

static enum spec_status run_sql(void *context, struct spec_run *run, int session, const char *sql, bool resumed)
{
    struct world *w = context;

    if (!resumed)
        w->at[session + 1] = sql;
    while (*w->at[session + 1]) {
        const char *from = w->at[session + 1] + strspn(w->at[session + 1], "; \n");
        size_t len = strcspn(from, ";");
        char *one = lc_strndup(arena, from, len);

        w->at[session + 1] = from + len + (from[len] == ';');
        if (*one && statement(w, run, session, one) == SPEC_WAITS)
            return SPEC_WAITS;
    }
    return SPEC_DONE;
}

static const char *transcript(const char *spec, int version)
{
    struct world w;
    const struct spec_world world = {&w, begin, run_sql, failed};
    struct spec_file file;
    struct lc_str out;

    if (spec_parse(arena, spec, "x.spec", &file, &err) != LC_OK)
        fail_msg("line %d: %s", err.line, err.message);
    lc_str_init(&out, arena, LC_STR_MAX);
    if (spec_transcript(&file, &world, version, arena, &out, &err) != LC_OK)
        lc_str_addf(&out, "failed: %s\n", err.message);
    return out.text;
}

// ---- transcripts ---------------------------------------------------------------------------------------------------------------

static void waiting_and_completed(void **state)
{
    (void)state;
    assert_string_equal(
        transcript("setup { CREATE TABLE a (); }\nteardown { DROP TABLE a; }\n"
                   "session one setup { BEGIN; } step r { LOCK TABLE a IN ACCESS SHARE MODE; } step c { COMMIT; }\n"
                   "session \"two\" step w { BEGIN; LOCK TABLE a; COMMIT; } # comment\n"
                   "session three step r3 { LOCK TABLE a IN ACCESS SHARE MODE; } teardown { COMMIT; }\n"
                   "permutation r w r3 c\npermutation \"w\" \"r\" c r3",
                   15),
        "Parsed test spec with 3 sessions\n"
        "\nstarting permutation: r w r3 c\n"
        "step r: LOCK TABLE a IN ACCESS SHARE MODE;\n"
        "step w: BEGIN; LOCK TABLE a; COMMIT; <waiting ...>\n"
        "step r3: LOCK TABLE a IN ACCESS SHARE MODE; <waiting ...>\n"
        "step c: COMMIT;\n"
        "step w: <... completed>\n"
        "step r3: <... completed>\n"
        "\nstarting permutation: w r c r3\n"
        "step w: BEGIN; LOCK TABLE a; COMMIT;\n"
        "step r: LOCK TABLE a IN ACCESS SHARE MODE;\n"
        "step c: COMMIT;\n"
        "step r3: LOCK TABLE a IN ACCESS SHARE MODE;\n");
}

static void immediate_deadlock(void **state)
{
    (void)state;
    assert_string_equal(
        transcript(
            "session x setup { BEGIN; } step xs { LOCK TABLE t IN SHARE MODE; } step xr { LOCK TABLE t IN ROW EXCLUSIVE MODE; }"
            " step xc { COMMIT; }\n"
            "session y setup { BEGIN; } step ys { LOCK TABLE t IN SHARE MODE; } step yr { LOCK TABLE t IN ROW EXCLUSIVE MODE; }"
            " step yc { COMMIT; }\npermutation xs ys xr yr xc yc",
            15),
        "Parsed test spec with 2 sessions\n"
        "\nstarting permutation: xs ys xr yr xc yc\n"
        "step xs: LOCK TABLE t IN SHARE MODE;\n"
        "step ys: LOCK TABLE t IN SHARE MODE;\n"
        "step xr: LOCK TABLE t IN ROW EXCLUSIVE MODE; <waiting ...>\n"
        "step yr: LOCK TABLE t IN ROW EXCLUSIVE MODE;\n"
        "ERROR:  deadlock detected\n"
        "step xr: <... completed>\n"
        "step xc: COMMIT;\n"
        "step yc: COMMIT;\n");
}

static void victim_is_the_first_who_looks(void **state)
{
    static const char spec[] = "session x setup { BEGIN; SET deadlock_timeout = 100; } step x1 { LOCK TABLE a; } step x2 { LOCK "
                               "TABLE b; } step xc { COMMIT; }\n"
                               "session y setup { BEGIN; SET deadlock_timeout = 10000; } step y1 { LOCK TABLE b; } step y2 { "
                               "LOCK TABLE a; } step yc { COMMIT; }\n"
                               "permutation x1 y1 x2 y2 yc xc";

    (void)state;
    assert_string_equal(transcript(spec, 15), "Parsed test spec with 2 sessions\n"
                                              "\nstarting permutation: x1 y1 x2 y2 yc xc\n"
                                              "step x1: LOCK TABLE a;\n"
                                              "step y1: LOCK TABLE b;\n"
                                              "step x2: LOCK TABLE b; <waiting ...>\n"
                                              "step y2: LOCK TABLE a; <waiting ...>\n"
                                              "step y2: <... completed>\n"
                                              "step x2: <... completed>\n"
                                              "ERROR:  deadlock detected\n"
                                              "step yc: COMMIT;\n"
                                              "step xc: COMMIT;\n");
}

static void lock_timeout_lets_the_others_pass(void **state)
{
    (void)state;
    assert_string_equal(
        transcript("session x setup { BEGIN; } step x1 { LOCK TABLE a IN ROW EXCLUSIVE MODE; } step xc { COMMIT; }\n"
                   "session y setup { BEGIN; SET lock_timeout = 500; } step y1 { LOCK TABLE a; } step yc { COMMIT; }\n"
                   "session z setup { BEGIN; } step z1 { LOCK TABLE a IN ACCESS SHARE MODE; } step zc { COMMIT; }\n"
                   "permutation x1 y1 z1 yc zc xc",
                   15),
        "Parsed test spec with 3 sessions\n"
        "\nstarting permutation: x1 y1 z1 yc zc xc\n"
        "step x1: LOCK TABLE a IN ROW EXCLUSIVE MODE;\n"
        "step y1: LOCK TABLE a; <waiting ...>\n"
        "step z1: LOCK TABLE a IN ACCESS SHARE MODE; <waiting ...>\n"
        "step y1: <... completed>\n"
        "ERROR:  canceling statement due to lock timeout\n"
        "step z1: <... completed>\n"
        "step yc: COMMIT;\n"
        "step zc: COMMIT;\n"
        "step xc: COMMIT;\n");
}

static void nowait_by_version(void **state)
{
    static const char spec[] =
        "session x setup { BEGIN; } step x1 { LOCK TABLE a IN ACCESS SHARE MODE; } step x2 { LOCK TABLE a IN ROW SHARE MODE "
        "NOWAIT; } step xc { COMMIT; }\n"
        "session y setup { BEGIN; } step y1 { LOCK TABLE a; } step yc { COMMIT; }\npermutation x1 y1 x2 xc yc";

    (void)state;
    assert_non_null(strstr(transcript(spec, 16), "ERROR:  could not obtain lock on relation \"a\""));
    assert_null(strstr(transcript(spec, 17), "ERROR"));
}

static void markers_hold_completion_back(void **state)
{
    (void)state;
    assert_string_equal(transcript("session x step x1 { SELECT; }\nsession y step y1 { SELECT; }\n"
                                   "permutation x1(*) y1\npermutation x1(y1) y1",
                                   15),
                        "Parsed test spec with 2 sessions\n"
                        "\nstarting permutation: x1 y1\n"
                        "step x1: SELECT; <waiting ...>\n"
                        "step y1: SELECT;\n"
                        "step x1: <... completed>\n"
                        "\nstarting permutation: x1 y1\n"
                        "step x1: SELECT;\n"
                        "step y1: SELECT;\n");
}

static void all_orders_when_none_is_named(void **state)
{
    struct spec_file f;

    (void)state;
    assert_int_equal(spec_parse(arena, "session a step a1 {x} step a2 {x}\nsession b step b1 {x} step b2 {x}", "x", &f, &err),
                     LC_OK);
    assert_int_equal(f.npermutations, 6);
    assert_int_equal(f.permutations[0].steps[1].step, 1);
    assert_string_equal(f.steps[f.permutations[5].steps[0].step].name, "b1");
}

static void one_that_blocks_itself_is_an_error(void **state)
{
    (void)state;
    assert_non_null(strstr(transcript("session x setup { BEGIN; } step x1 { LOCK TABLE a; } step xc { COMMIT; }\n"
                                      "session y step y1 { LOCK TABLE a; } step y2 { SELECT; }\npermutation x1 y1 y2 xc",
                                      15),
                           "failed: step y1 waits for ever in this permutation"));
}

static void what_is_no_spec_is_refused(void **state)
{
    static const char *const bad[] = {"session",
                                      "session a step b",
                                      "session a step b { x",
                                      "permutation q",
                                      "sessoin a",
                                      "setup",
                                      "session a step b {} step b {}",
                                      "session a step b {}\npermutation b(",
                                      "session a step b {}\npermutation b(b notices x)",
                                      "%"};
    struct spec_file f;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(spec_parse(arena, bad[i], "x.spec", &f, &err), LC_E_INPUT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(waiting_and_completed),
        TEST(immediate_deadlock),
        TEST(victim_is_the_first_who_looks),
        TEST(lock_timeout_lets_the_others_pass),
        TEST(nowait_by_version),
        TEST(markers_hold_completion_back),
        TEST(all_orders_when_none_is_named),
        TEST(one_that_blocks_itself_is_an_error),
        TEST(what_is_no_spec_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
