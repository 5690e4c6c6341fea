// The snapshot file: what is written is read back to the same bytes, and what is damaged is refused with its place.
#include <fcntl.h>
#include <sys/stat.h>

#include "support.h"

static char *written(const struct snapshot *snap, size_t *len)
{
    char path[] = "/tmp/lockcast-test-XXXXXX";
    int fd = mkstemp(path);
    struct lc_error err = {0};
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(snapshot_write(snap, path, &err), LC_OK);
    char *text = read_text(path, len);
    (void)unlink(path);
    return text;
}

static void a_file_is_read_back_to_the_same_bytes(void **state)
{
    size_t before, after, again;
    char *text = read_text(FIXTURE, &before), *first = written(fixture(), &after);
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    (void)state;
    assert_int_equal(before, after);
    assert_memory_equal(text, first, before);
    assert_int_equal(snapshot_from_text(first, after, "again", arena, &snap, &err), LC_OK);
    assert_memory_equal(text, written(snap, &again), before);
    assert_int_equal(again, before);
}

static void an_empty_snapshot_is_a_file_too(void **state)
{
    size_t len;
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    char *text = written(snapshot_empty(arena, 160000), &len);
    (void)state;
    assert_int_equal(snapshot_from_text(text, len, "empty", arena, &snap, &err), LC_OK);
    assert_int_equal(snap->server.version_num, 160000);
    assert_int_equal(cat_major(snap->cat), 16);
    assert_int_equal(snap->traffic.nstatements, 0);
    assert_true(isnan(snap->traffic.database.xact_commit));
}

#define START "{\"schema\": \"lockcast/snapshot/1\""
#define SERVER "\"server\": {\"columns\": [\"version_num\"], \"rows\": [[150000]]}"

static void damaged_files_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *text, *message;
        int line;
    } cases[] = {
        {"", "the file is empty", 1},
        {" \n\n", "the file is empty", 3},
        {"hello", "does not begin with", 1},
        {"[]", "does not begin with", 1},
        {"{}", "a string expected", 1},
        {"{\"tool\": 1}", "\"schema\" must come first", 1},
        {"{\"schema\": \"lockcast/review/1\"}", "the schema is", 1},
        {"{\"schema\": \"lockcast/snapshot/2\"}", "the schema is", 1},
        {START "}", "must have one row", 1},
        {START ",\n \"nonsense\": 1}", "is nothing that this version knows", 2},
        {START "," SERVER "," SERVER "}", "is there twice", 1},
        {START "," SERVER "} x", "something behind the end", 1},
        {START "," SERVER, "\"}\" expected", 1},
        {START ", \"server\": {\"columns\": [\"version\", \"version\"], \"rows\": []}}", "twice", 1},
        {START ", \"server\": {\"columns\": [\"colour\"], \"rows\": []}}", "a column \"colour\"", 1},
        {START ", \"server\": {\"columns\": [\"version_num\"], \"rows\": [[\"15\"]]}}", "must be an integer", 1},
        {START ", \"server\": {\"columns\": [\"version_num\"], \"rows\": [[15e9]]}}", "must be an integer", 1},
        {START ", \"server\": {\"columns\": [\"version_num\"], \"rows\": [[1,2]]}}", "\"]\" expected", 1},
        {START ", \"server\": {\"columns\": [\"version_num\", \"now\"], \"rows\": [[150000]]}}", "\",\" expected", 1},
        {START ", \"server\": {\"columns\": [\"now\"], \"rows\": [[1e999]]}}", "must be a number", 1},
        {START ", \"server\": {\"columns\": [\"now\"], \"rows\": [[NaN]]}}", "must be a number", 1},
        {START ", \"server\": {\"columns\": [\"now\"], \"rows\": [[[[[[]]]]]]}}", "must be a number", 1},
        {START ", \"server\": {\"columns\": [\"in_recovery\"], \"rows\": [[1]]}}", "must be true or false", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"a\nb\"]]}}", "a control character", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"\\u0000\"]]}}", "an escape", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"\\ud800\"]]}}", "an escape", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"\\x\"]]}}", "an escape", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"abc", "ends inside a string", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"abc\\", "an escape", 1},
        {START ", \"server\": {\"columns\": [\"version\"], \"rows\": [[\"\xC3\x28\"]]}}", "invalid UTF-8", 1},
        {START ", \"server\": {\"columns\": [\"version_num\"], \"rows\": [[120000]]}}", "13 or newer", 1},
        {START ", \"server\": {\"columns\": [\"version_num\"], \"rows\": [[150000],[150000]]}}", "must have one row", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct snapshot *snap = NULL;
        struct lc_error err;
        if (from_text(cases[i].text, &snap, &err) != LC_E_INPUT || !strstr(err.message, cases[i].message) ||
            err.line != cases[i].line) {
            fail_msg("%s: got \"%s\" in line %d", cases[i].text, err.message, err.line);
        }
        assert_null(snap);
        assert_string_equal(err.file, "test.json");
        assert_true(err.hint[0] != 0);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    char text[] = "{\"schema\"\0: 1}";
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    (void)state;
    assert_int_equal(snapshot_from_text(text, sizeof text - 1, "nul", arena, &snap, &err), LC_E_INPUT);
    assert_non_null(strstr(err.message, "NUL"));
}

static void files_that_cannot_be_read_are_named(void **state)
{
    struct snapshot *snap = NULL;
    struct lc_error err = {0};
    (void)state;
    assert_int_equal(snapshot_from_file("/nowhere/at/all.json", arena, &snap, &err), LC_E_INPUT);
    assert_string_equal(err.file, "/nowhere/at/all.json");
    assert_int_equal(snapshot_from_file("/tmp", arena, &snap, &err), LC_E_INPUT);
    assert_non_null(strstr(err.message, "folder"));
    assert_int_equal(snapshot_from_file("/dev/zero", arena, &snap, &err), LC_E_INPUT);
}

static void a_place_that_cannot_be_written_is_a_delivery_error(void **state)
{
    struct lc_error err = {0};
    (void)state;
    assert_int_equal(snapshot_write(snapshot_empty(arena, 0), "/nowhere/at/all.json", &err), LC_E_DELIVERY);
    assert_non_null(strstr(err.message, "/nowhere/at/all.json"));
}

// Root may rename a file over a device: a pipe stands for one here, so that a mistake harms nothing.
static void what_is_no_file_is_written_to_and_a_link_stays(void **state)
{
    char folder[] = "/tmp/lockcast-test-XXXXXX", pipe_path[64], target[64], link_path[64];
    struct snapshot *snap = snapshot_empty(arena, 0);
    struct lc_error err = {0};
    struct stat st;
    int fd;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
    (void)snprintf(target, sizeof target, "%s/target", folder);
    (void)snprintf(link_path, sizeof link_path, "%s/link", folder);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    fd = open(pipe_path, O_RDWR | O_NONBLOCK);
    assert_int_equal(snapshot_write(snap, pipe_path, &err), LC_OK);
    assert_int_equal(lstat(pipe_path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    (void)close(fd);
    assert_int_equal(snapshot_write(snap, target, &err), LC_OK);
    assert_int_equal(chmod(target, 0640), 0);
    assert_int_equal(symlink("target", link_path), 0);
    assert_int_equal(snapshot_write(snap, link_path, &err), LC_OK);
    assert_int_equal(lstat(link_path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(target, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    (void)unlink(pipe_path);
    (void)unlink(link_path);
    (void)unlink(target);
    assert_int_equal(rmdir(folder), 0); // no temporary file is left
}

static void columns_may_come_in_any_order_and_be_missing(void **state)
{
    struct snapshot *snap = NULL;
    struct lc_error err;
    (void)state;
    assert_int_equal(from_text(START ", \"server\": {\"columns\": [\"database\", \"version_num\"],\n\"rows\": [[\"caf\\u00e9 "
                                     "\\ud83d\\ude00\", 170002 ] ] } }\n",
                               &snap, &err),
                     LC_OK);
    assert_int_equal(snap->server.version_num, 170002);
    assert_string_equal(snap->server.database, "caf\xC3\xA9 \xF0\x9F\x98\x80");
}

// Any damage gives an error or a snapshot, never a crash: the sanitizers look on.
static void random_damage_does_no_harm(void **state)
{
    size_t len;
    const char *text = read_text(FIXTURE, &len);
    struct lc_rng rng;
    (void)state;
    lc_rng_init(&rng, 7, 0);
    for (int i = 0; i < 400; i++) {
        struct lc_arena *own = lc_arena_new((size_t)1 << 30, NULL, NULL);
        char *copy = lc_strndup(own, text, len);
        struct snapshot *snap = NULL;
        struct lc_error err = {0};
        for (int k = 0; k < 8; k++) {
            static const char bytes[] = "0123456789,[]{}\"\\-eu nulltrfas";
            size_t at = (size_t)(lc_rng_uniform(&rng) * (double)len);
            copy[at] = bytes[(size_t)(lc_rng_uniform(&rng) * (double)(sizeof bytes - 1))];
        }
        (void)!snapshot_from_text(copy, len, "damaged", own, &snap, &err);
        lc_arena_free(own);
    }
}

// Numbers and names are changed, the form stays: what reaches the catalogue is nonsense.
static void nonsense_in_a_well_formed_file_does_no_harm(void **state)
{
    size_t len;
    const char *text = read_text(FIXTURE, &len);
    struct lc_rng rng;
    (void)state;
    lc_rng_init(&rng, 8, 0);
    for (int i = 0; i < 400; i++) {
        struct lc_arena *own = lc_arena_new((size_t)1 << 30, NULL, NULL);
        char *copy = lc_strndup(own, text, len);
        struct snapshot *snap = NULL;
        struct lc_error err = {0};
        for (int k = 0; k < 40; k++) {
            size_t at = (size_t)(lc_rng_uniform(&rng) * (double)len);
            for (; at < len && !(copy[at] >= '1' && copy[at] <= '9' && copy[at - 1] != '\\'); at++) {
            }
            if (at < len) {
                copy[at] = (char)('1' + (int)(lc_rng_uniform(&rng) * 9));
            }
        }
        if (snapshot_from_text(copy, len, "nonsense", own, &snap, &err) == LC_OK) {
            struct cat_oids all = {0};
            const struct cat_relation *rel = cat_find_relation(snap->cat, "shop", "events");
            if (rel) {
                cat_inheritors(snap->cat, rel->o.oid, &all);
            }
        }
        lc_arena_free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_read_back_to_the_same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_snapshot_is_a_file_too, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_files_are_refused_with_a_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(a_nul_byte_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_place_that_cannot_be_written_is_a_delivery_error, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_written_to_and_a_link_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_may_come_in_any_order_and_be_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(random_damage_does_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_in_a_well_formed_file_does_no_harm, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
