// The SELECT of the rows that an UPDATE or DELETE would change, and the WHERE of a statement.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "sql/sql.h"

static const struct {
    const char *from, *to; // blanks do not count; NULL: there is none
} cases[] = {
    {"UPDATE t SET a = 1", "SELECT * FROM t"},
    {"UPDATE ONLY s.t AS x SET a = b IS DISTINCT FROM c, d = (SELECT e FROM f WHERE g) FROM u, v WHERE x.i = u.i RETURNING *",
     "SELECT * FROM ONLY s.t AS x , u, v WHERE x.i = u.i"},
    {"update t set (a, b) = (select 1, 2 from u where 'where' = $$returning$$) where \"set\" = 'from (' -- where\n and c",
     "SELECT * FROM t where \"set\" = 'from (' -- where\n and c"},
    {"WITH w AS (SELECT 1 FROM x WHERE y) UPDATE t SET a = 1 FROM w WHERE t.b",
     "WITH w AS (SELECT 1 FROM x WHERE y) SELECT * FROM t , w WHERE t.b"},
    {"DELETE FROM t", "SELECT * FROM t"},
    {"DELETE FROM t RETURNING a", "SELECT * FROM t"},
    {"DELETE FROM ONLY t AS x USING u LEFT JOIN v USING (k) WHERE x.a IN (SELECT a FROM w)",
     "SELECT * FROM ONLY t AS x , u LEFT JOIN v USING (k) WHERE x.a IN (SELECT a FROM w)"},
    {"DELETE FROM t -- all\nWHERE a", "SELECT * FROM t -- all\n WHERE a"},
    {"UPDATE t SET a = 1 WHERE CURRENT OF c", NULL},
    {"SELECT 1", NULL},
    {"INSERT INTO t SELECT 1", NULL},
    {"UPDATE", NULL},
    {"", NULL},
};

static const char *squeezed(struct lc_arena *arena, const char *text)
{
    struct lc_str s;
    lc_str_init(&s, arena, LC_STR_MAX);
    for (; text && *text; text++)
        if (*text != ' ' && *text != '\n')
            lc_str_addc(&s, *text);
    return s.text;
}

static void rows_are_asked_for_as_they_would_be_changed(void **state)
{
    struct lc_arena *arena = lc_arena_new((size_t)1 << 28, NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = lc_sql_rows_query(arena, cases[i].from);
        if (!got != !cases[i].to || !lc_streq(squeezed(arena, got), squeezed(arena, cases[i].to)))
            fail_msg("%s\n-> %s", cases[i].from, got ? got : "none");
    }
    lc_arena_free(arena);
}

static const struct {
    const char *text, *where;
} wheres[] = {
    {"CREATE INDEX ON t (a) WHERE b", "WHERE b"},
    {"create index on t ((case when \"where\" then 'where' end)) where(b > 0)", "where(b > 0)"},
    {"UPDATE t SET a = (SELECT 1 FROM u WHERE c) /* WHERE d */ WHERE e", "WHERE e"},
    {"CREATE INDEX ON t (a) -- WHERE b", NULL},
    {"CREATE INDEX nowhere ON whereabouts (a)", NULL},
    {"UPDATE t SET a = (SELECT 1 FROM u WHERE c", NULL},
    {"", NULL},
    {NULL, NULL},
};

static void a_where_is_found_outside_of_parentheses_and_quotes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wheres / sizeof *wheres; i++) {
        const char *got = lc_sql_where(wheres[i].text);
        if (!got != !wheres[i].where || !lc_streq(got, wheres[i].where))
            fail_msg("%s\n-> %s", wheres[i].text, got ? got : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_asked_for_as_they_would_be_changed),
                                       cmocka_unit_test(a_where_is_found_outside_of_parentheses_and_quotes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
