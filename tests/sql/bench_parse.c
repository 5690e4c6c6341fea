// How long lc_sql_parse takes for 10,000 mixed statements, and how it grows, held against the least that a reader of libpg_query's
// JSON must do in the same process: split, parse each statement, and read its JSON into a tree of cJSON.
#include <cjson/cJSON.h>
#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "sql/sql.h"

#define RUNS 5
#define LIMIT 1.5

static const char *const mix[] = {
    "CREATE TABLE t%d (id bigserial PRIMARY KEY, owner int NOT NULL REFERENCES u (id), at timestamptz DEFAULT now(), CHECK "
    "(owner > 0));\n",
    "ALTER TABLE t%d ADD COLUMN c text, ALTER d TYPE numeric(12,2) USING d::numeric, DROP COLUMN IF EXISTS e CASCADE;\n",
    "CREATE UNIQUE INDEX CONCURRENTLY i%d ON t (lower(name), at DESC) INCLUDE (b) WHERE NOT deleted;\n",
    "SELECT a, count(*) FILTER (WHERE b) FROM t%d LEFT JOIN u USING (id) WHERE c IN (1, 2, 3) AND d LIKE 'x%%' GROUP BY a LIMIT "
    "5;\n",
    "INSERT INTO t%d (a, b, c) VALUES (1, 'x', now()), (-2, 'y''z', DEFAULT) ON CONFLICT (a) DO UPDATE SET b = excluded.b;\n",
    "UPDATE t%d SET a = a + 1, b = CASE WHEN c THEN 'd' ELSE e END WHERE id IN (SELECT id FROM v WHERE f = $1) RETURNING *;\n",
    "COMMENT ON COLUMN t%d.a IS 'what it is';\n",
    "SET lock_timeout = '%ds';\n",
    "CREATE FUNCTION f%d(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET b = 1; RETURN a; END $$;\n",
    "GRANT SELECT, UPDATE (a) ON t%d TO reader;\n",
    "DROP INDEX IF EXISTS i%d; -- not used any more\n",
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *make_script(int statements)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    if (!f)
        abort();
    for (int i = 0; i < statements; i++)
        fprintf(f, mix[(size_t)i % (sizeof mix / sizeof *mix)], i);
    fclose(f);
    return text;
}

static double ours(const char *text, int statements)
{
    struct lc_arena *arena = lc_arena_new((size_t)4 << 30, NULL, NULL);
    struct lc_sql_script script;
    double start = now_ms(), took;

    if (lc_sql_parse(arena, text, strlen(text), &script, NULL) != LC_OK || script.len != statements)
        abort();
    took = now_ms() - start;
    for (int i = 0; i < script.len; i++)
        if (!script.stmts[i].tree)
            abort();
    lc_arena_free(arena);
    return took;
}

static double least(const char *text)
{
    double start = now_ms(), took;
    PgQuerySplitResult split = pg_query_split_with_parser(text);

    for (int i = 0; i < split.n_stmts; i++) {
        char *one = strndup(text + split.stmts[i]->stmt_location, (size_t)split.stmts[i]->stmt_len);
        PgQueryParseResult result = pg_query_parse(one);
        cJSON *tree = cJSON_Parse(result.parse_tree);

        if (!tree)
            abort();
        cJSON_Delete(tree);
        pg_query_free_parse_result(result);
        free(one);
    }
    took = now_ms() - start;
    pg_query_free_split_result(split);
    return took;
}

int main(void)
{
    static const int sizes[] = {2500, 10000, 40000};
    double ratio = 0;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *text = make_script(sizes[i]);
        double a = 1e300, b = 1e300;

        for (int run = 0; run < RUNS; run++) {
            double x = ours(text, sizes[i]), y = least(text);

            a = x < a ? x : a;
            b = y < b ? y : b;
        }
        printf("%6d statements: lc_sql_parse %.0f ms, split + parse + cJSON %.0f ms, ratio %.2f\n", sizes[i], a, b, a / b);
        ratio = a / b > ratio ? a / b : ratio;
        free(text);
    }
    printf("worst ratio %.2f, at most %.1f is wanted: %s\n", ratio, LIMIT, ratio <= LIMIT ? "ok" : "too slow");
    return ratio <= LIMIT ? 0 : 1;
}
