// The lock table against what was tried on real servers (PostgreSQL 13 to 18): who is granted, who waits, who is woken, who fails.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "sim/locktable.h"

#define AS LC_ACCESS_SHARE
#define RS LC_ROW_SHARE
#define RE LC_ROW_EXCLUSIVE
#define SUE LC_SHARE_UPDATE_EXCLUSIVE
#define S LC_SHARE
#define SRE LC_SHARE_ROW_EXCLUSIVE
#define E LC_EXCLUSIVE
#define AE LC_ACCESS_EXCLUSIVE

enum { A, B, C, D, F, NPROCS };
enum { T1, T2, T3, NTABLES };

static struct lt_table table, *t = &table;
static struct lc_arena *arena;

static int fresh(void **state)
{
    (void)state;
    arena = lc_arena_new((size_t)1 << 24, NULL, NULL);
    lt_init(t, arena, NPROCS, NTABLES, 8, 64);
    return arena == NULL;
}

static int done(void **state)
{
    (void)state;
    lc_arena_free(arena);
    return 0;
}

static enum lt_result ask(int proc, int object, enum lc_lockmode mode)
{
    return lt_acquire(t, proc, object, mode, false);
}

static void gets(int proc, int object, enum lc_lockmode mode)
{
    assert_int_equal(ask(proc, object, mode), LT_GRANTED);
}

static void waits(int proc, int object, enum lc_lockmode mode)
{
    assert_int_equal(ask(proc, object, mode), LT_WAITS);
}

// Those woken since the last look are exactly these, in this order; -1 ends the list.
static void woken(int first, ...)
{
    va_list args;
    int n = 0;

    va_start(args, first);
    for (int p = first; p >= 0; p = va_arg(args, int)) {
        assert_true(n < t->nwoken);
        assert_int_equal(t->woken[n++], p);
    }
    va_end(args);
    assert_int_equal(t->nwoken, n);
    t->nwoken = 0;
}

static void ends(int proc)
{
    lt_release_all(t, proc, true);
}

// ---- 3.3 acquire -----------------------------------------------------------------------------------------------------------

static void held_mode_never_waits_again(void **state)
{
    (void)state;
    gets(A, T1, RE);
    waits(B, T1, AE);
    gets(A, T1, RE);
}

static void newcomer_yields_to_conflicting_waiters_only(void **state)
{
    (void)state;
    gets(A, T1, RE);
    waits(B, T1, S);
    gets(C, T1, AS);
    waits(D, T1, RE); // would not conflict with the holder, but with the waiter
    ends(A);
    woken(B, -1);
    ends(B);
    woken(D, -1);
}

static void two_share_holders_asking_for_row_exclusive_fail_at_once(void **state)
{
    (void)state;
    gets(A, T1, S);
    gets(B, T1, S);
    waits(A, T1, RE);
    assert_int_equal(ask(B, T1, RE), LT_DEADLOCK);
    assert_int_equal(t->d.ncycle, 2);
    assert_int_equal(t->d.cycle[1].proc, A);
    ends(B);
    woken(A, -1);
}

static void holder_jumps_the_queue_when_nobody_ahead_is_in_its_way(void **state)
{
    (void)state;
    gets(A, T1, AS);
    waits(B, T1, AE);
    gets(A, T1, RE);
    waits(C, T1, AS);
    ends(A);
    woken(B, -1);
    ends(B);
    woken(C, -1);
}

static void holder_goes_before_the_first_who_must_wait_for_it(void **state)
{
    (void)state;
    gets(A, T1, AS);
    gets(B, T1, RE);
    waits(C, T1, S);   // waits for B, not for A
    waits(D, T1, AE);  // waits for A
    waits(A, T1, SRE); // B's ROW EXCLUSIVE is in the way: queued between C and D
    ends(B);
    woken(C, -1); // SRE conflicts with C's SHARE
    ends(C);
    woken(A, -1);
    ends(A);
    woken(D, -1);
}

static void nowait_looks_at_the_queue_from_17_on(void **state)
{
    (void)state;
    for (int version = 16; version <= 17; version++) {
        lt_clear(t);
        t->server_version = version;
        gets(A, T1, AS);
        waits(B, T1, AE);
        assert_int_equal(lt_acquire(t, A, T1, RS, true), version < 17 ? LT_NOT_AVAILABLE : LT_GRANTED);
        assert_int_equal(lt_acquire(t, C, T1, AS, true), LT_NOT_AVAILABLE);
        assert_int_equal(lt_held(t, C, T1), 0);
        ends(A);
        woken(B, -1);
    }
}

static void nowait_does_not_report_the_immediate_deadlock(void **state)
{
    (void)state;
    t->server_version = 17;
    gets(A, T1, S);
    gets(B, T1, S);
    waits(A, T1, RE);
    assert_int_equal(lt_acquire(t, B, T1, RE, true), LT_NOT_AVAILABLE);
    ends(B);
    woken(A, -1);
}

// ---- 3.4 release and wake ----------------------------------------------------------------------------------------------------

static void wake_up_scan_passes_a_blocked_waiter(void **state)
{
    (void)state;
    gets(A, T1, RE);
    waits(B, T1, AE);
    waits(C, T1, AS); // waits for B only
    lt_leave_queue(t, B);
    woken(C, -1);
}

static void readers_behind_a_writer_that_gives_up_go_on(void **state)
{
    (void)state;
    gets(A, T1, AS);
    waits(B, T1, AE);
    waits(C, T1, AS);
    waits(D, T1, RE);
    lt_leave_queue(t, B); // lock_timeout
    woken(C, D, -1);
}

static void those_granted_in_one_scan_count_for_those_behind(void **state)
{
    (void)state;
    gets(A, T1, AE);
    waits(B, T1, RE);
    waits(C, T1, S); // conflicts with B, which is granted in the same scan
    waits(D, T1, RE);
    ends(A);
    woken(B, -1);
    ends(B);
    woken(C, -1);
    ends(C);
    woken(D, -1);
}

static void weaker_mode_release_wakes(void **state)
{
    (void)state;
    gets(A, T1, AE);
    gets(A, T1, AS);
    waits(B, T1, AS);
    lt_release(t, A, T1, AE); // ROLLBACK TO SAVEPOINT
    woken(B, -1);
    assert_int_equal(lt_held(t, A, T1), LC_LOCKBIT(AS));
}

static void session_locks_outlive_the_transaction(void **state)
{
    (void)state;
    gets(A, T1, SUE);
    lt_mark_session(t, A, T1, SUE);
    gets(A, T2, RE);
    waits(B, T1, SUE);
    lt_release_all(t, A, false);
    woken(-1);
    assert_int_equal(lt_held(t, A, T1), LC_LOCKBIT(SUE));
    assert_int_equal(lt_held(t, A, T2), 0);
    lt_release_all(t, A, true);
    woken(B, -1);
}

static void statement_locks_go_with_the_statement(void **state)
{
    (void)state;
    gets(A, T1, RE);
    gets(A, T2, RE);
    lt_mark_statement(t, A, T2, RE);
    lt_release_statement(t, A);
    assert_int_equal(lt_held(t, A, T1), LC_LOCKBIT(RE));
    assert_int_equal(lt_held(t, A, T2), 0);
}

// ---- 3.5 deadlock ------------------------------------------------------------------------------------------------------------

static void hard_deadlock_fails_the_checker(void **state)
{
    (void)state;
    gets(A, T1, AE);
    gets(B, T2, AE);
    waits(A, T2, AE);
    assert_int_equal(lt_check_deadlock(t, A), LT_NO_DEADLOCK); // not yet
    waits(B, T1, AE);
    assert_int_equal(lt_check_deadlock(t, A), LT_HARD_DEADLOCK);
    assert_int_equal(t->d.ncycle, 2);
    assert_int_equal(t->d.cycle[0].proc, A);
    assert_int_equal(t->d.cycle[0].object, T2);
    assert_int_equal(t->d.cycle[1].proc, B);
    lt_leave_queue(t, A);
    ends(A);
    woken(B, -1);
}

static void soft_deadlock_is_solved_by_reordering(void **state)
{
    (void)state;
    gets(C, T1, AS);
    gets(A, T2, RE);
    waits(B, T1, AE); // behind C
    waits(A, T1, AS); // behind B
    waits(C, T2, S);  // waits for A: a cycle with a soft edge A -> B
    assert_int_equal(lt_check_deadlock(t, B), LT_SOFT_DEADLOCK);
    woken(A, -1);
    ends(A);
    woken(C, -1);
    ends(C);
    woken(B, -1);
}

static void cycle_of_others_is_left_to_them(void **state)
{
    (void)state;
    gets(A, T1, AE);
    gets(B, T2, AE);
    waits(C, T1, AS); // outside the cycle
    waits(A, T2, AE);
    waits(B, T1, AS);
    assert_int_equal(lt_check_deadlock(t, C), LT_NO_DEADLOCK);
    assert_int_equal(lt_check_deadlock(t, B), LT_HARD_DEADLOCK);
}

// As TestConfiguration has it: moving B before C would leave B's own hard cycle, so C, who is first to look, fails.
static void a_bystander_in_a_soft_cycle_is_the_victim_when_nothing_helps(void **state)
{
    (void)state;
    gets(A, T1, AE);
    gets(B, T2, AE);
    waits(C, T1, AS);
    waits(A, T2, AE);
    waits(B, T1, AE); // behind C: a soft edge
    assert_int_equal(lt_check_deadlock(t, C), LT_HARD_DEADLOCK);
}

// deadlock-soft-2.spec: two soft edges on one lock; only moving both readers ahead helps.
static void two_soft_edges(void **state)
{
    (void)state;
    gets(A, T1, SUE); // s1a
    gets(B, T2, AS);  // s2a
    waits(B, T1, SUE);
    waits(C, T2, AE); // s3a behind s2
    waits(D, T2, AE); // s4a behind s2 and s3
    assert_int_equal(ask(A, T2, SUE), LT_WAITS);
    assert_int_equal(lt_check_deadlock(t, A), LT_SOFT_DEADLOCK);
    woken(A, -1);
    ends(A);
    woken(B, -1);
    ends(B);
    woken(C, -1);
}

static void three_way_hard_deadlock(void **state)
{
    (void)state;
    gets(A, T1, AE);
    gets(B, T2, AE);
    gets(C, T3, AE);
    waits(A, T2, AS);
    waits(B, T3, AS);
    waits(C, T1, AS);
    assert_int_equal(lt_check_deadlock(t, B), LT_HARD_DEADLOCK);
    assert_int_equal(t->d.ncycle, 3);
    lt_leave_queue(t, B);
    ends(B);
    woken(A, -1);
}

static void direct_autovacuum_is_named_once_there_is_no_deadlock(void **state)
{
    (void)state;
    t->procs[A].autovacuum = true;
    gets(A, T1, SUE);
    waits(B, T1, AE);
    waits(C, T1, AS);
    assert_int_equal(lt_check_deadlock(t, C), LT_NO_DEADLOCK); // C waits for B, not for the autovacuum
    assert_int_equal(lt_check_deadlock(t, B), LT_BLOCKED_BY_AUTOVACUUM);
    assert_int_equal(t->d.autovacuum, A);
}

// ---- who blocks whom -----------------------------------------------------------------------------------------------------------

static void blockers_are_holders_then_waiters_ahead(void **state)
{
    struct lt_blockers it;

    (void)state;
    gets(A, T1, AS);
    gets(B, T1, RE);
    waits(C, T1, AE);
    waits(D, T1, AS);
    it = lt_blockers_of(t, C);
    assert_int_equal(lt_next_blocker(t, &it), A);
    assert_int_equal(lt_next_blocker(t, &it), B);
    assert_int_equal(lt_next_blocker(t, &it), LT_NONE);
    it = lt_blockers_of(t, D);
    assert_int_equal(lt_next_blocker(t, &it), C);
    assert_true(it.soft);
    assert_int_equal(lt_next_blocker(t, &it), LT_NONE);
}

static void objects_of_transactions_come_and_go(void **state)
{
    int o = lt_object_new(t);

    (void)state;
    assert_true(o >= NTABLES);
    gets(A, o, E);
    waits(B, o, S);
    ends(A);
    woken(B, -1);
    lt_release(t, B, o, S);
    assert_int_equal(lt_object_new(t), o); // was freed with its last holder
}

// Anything may happen in any order; debug builds check the table's invariants at each change.
static void random_requests_keep_the_invariants(void **state)
{
    struct lc_rng rng;

    (void)state;
    lc_rng_init(&rng, 5, 5);
    for (int i = 0; i < 100000; i++) {
        uint64_t r = lc_rng_u64(&rng);
        int proc = (int)(r % NPROCS), object = (int)(r >> 8) & 1 ? T1 : T2, what = (int)((r >> 16) % 20);
        enum lc_lockmode mode = (enum lc_lockmode)(1 + (r >> 24) % 8);

        t->server_version = (r >> 32) & 1 ? 15 : 17;
        if (t->procs[proc].wait_object != LT_NONE) {
            if (what < 3 || (what < 8 && lt_check_deadlock(t, proc) == LT_HARD_DEADLOCK)) {
                lt_leave_queue(t, proc);
                ends(proc);
            }
        } else if (what < 14) {
            (void)lt_acquire(t, proc, object, mode, what < 2);
        } else if (what < 17) {
            lt_release(t, proc, object, mode);
        } else {
            ends(proc);
        }
        t->nwoken = 0;
    }
    for (int p = 0; p < NPROCS; p++) {
        if (t->procs[p].wait_object != LT_NONE)
            lt_leave_queue(t, p);
        t->nwoken = 0;
        ends(p);
    }
    for (int o = 0; o < NTABLES; o++)
        assert_int_equal(t->locks[o].grant_mask | t->locks[o].wait_mask | t->locks[o].nwaiters, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(held_mode_never_waits_again),
        TEST(newcomer_yields_to_conflicting_waiters_only),
        TEST(two_share_holders_asking_for_row_exclusive_fail_at_once),
        TEST(holder_jumps_the_queue_when_nobody_ahead_is_in_its_way),
        TEST(holder_goes_before_the_first_who_must_wait_for_it),
        TEST(nowait_looks_at_the_queue_from_17_on),
        TEST(nowait_does_not_report_the_immediate_deadlock),
        TEST(wake_up_scan_passes_a_blocked_waiter),
        TEST(readers_behind_a_writer_that_gives_up_go_on),
        TEST(those_granted_in_one_scan_count_for_those_behind),
        TEST(weaker_mode_release_wakes),
        TEST(session_locks_outlive_the_transaction),
        TEST(statement_locks_go_with_the_statement),
        TEST(hard_deadlock_fails_the_checker),
        TEST(soft_deadlock_is_solved_by_reordering),
        TEST(cycle_of_others_is_left_to_them),
        TEST(a_bystander_in_a_soft_cycle_is_the_victim_when_nothing_helps),
        TEST(two_soft_edges),
        TEST(three_way_hard_deadlock),
        TEST(direct_autovacuum_is_named_once_there_is_no_deadlock),
        TEST(blockers_are_holders_then_waiters_ahead),
        TEST(objects_of_transactions_come_and_go),
        TEST(random_requests_keep_the_invariants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
