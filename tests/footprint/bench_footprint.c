// How long the footprints of a file take, split and parse included, held against the least that any such program must do: split, libpg_query's
// parse, and the JSON of each tree. At most one and a half times that is the promise.
//
// bench_footprint [STATEMENTS]
#include <cjson/cJSON.h>
#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "footprint/footprint.h"

#define LIMIT 1.5
#define RUNS 5
#define PER_TABLE 100

// What migrations are made of; %d is the table's number, the second one the statement's.
static const char *const mix[] = {
    "CREATE TABLE app.t%d_%d (id bigserial PRIMARY KEY, owner int NOT NULL, name text, amount numeric(12,2) DEFAULT 0, at "
    "timestamptz DEFAULT now(), CONSTRAINT positive CHECK (amount >= 0));\n",
    "ALTER TABLE app.t%d ADD COLUMN c%d text;\n",
    "ALTER TABLE app.t%d ADD COLUMN d%d timestamptz NOT NULL DEFAULT now();\n",
    "CREATE INDEX ON app.t%d (owner, lower(name)) WHERE amount > %d;\n",
    "CREATE INDEX CONCURRENTLY ON app.t%d (at) WHERE id > %d;\n",
    "ALTER TABLE app.t%d ALTER COLUMN name SET NOT NULL, ALTER COLUMN amount TYPE numeric(14,2); -- %d\n",
    "ALTER TABLE app.t%1$d ADD CONSTRAINT f%2$d FOREIGN KEY (owner) REFERENCES app.t%1$d (id) NOT VALID;\n",
    "UPDATE app.t%d SET name = upper(name) WHERE name IS NOT NULL AND id < %d;\n",
    "INSERT INTO app.t%d (id, name) SELECT g, 'n' || g FROM generate_series(1, %d) g ON CONFLICT DO NOTHING;\n",
    "CREATE OR REPLACE VIEW app.v%1$d AS SELECT id, name, %2$d AS n FROM app.t%1$d JOIN app.s USING (id) WHERE at > now() - "
    "interval '1 "
    "day';\n",
    "COMMENT ON COLUMN app.t%d.name IS 'the name, number %d';\n",
    "DO $$ BEGIN IF EXISTS (SELECT 1 FROM app.t%d) THEN DELETE FROM app.s WHERE id = %d; END IF; END $$;\n",
    "GRANT SELECT ON app.t%d TO reader; -- %d\n",
    "DROP INDEX IF EXISTS app.k%d_%d;\n",
    "ALTER TYPE app.mood%d ADD VALUE IF NOT EXISTS 'v%d';\n",
    "DELETE FROM app.t%d WHERE at < '2020-01-01' AND id %% 7 = %d %% 7;\n",
};

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *make_script(int statements)
{
    const int kinds = (int)(sizeof mix / sizeof *mix), tables = statements / PER_TABLE + 6;
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    if (!f)
        abort();
    fputs("CREATE SCHEMA app;\nCREATE TABLE app.s (id int);\n", f);
    for (int i = 0; i < tables; i++)
        fprintf(f, "CREATE TABLE app.t%d (id bigint PRIMARY KEY, owner int, name text, amount numeric(12,2), at timestamptz);\n",
                i);
    for (int i = 0; i < tables; i++)
        fprintf(f, "CREATE TYPE app.mood%d AS ENUM ('sad', 'happy');\n", i);
    for (int i = 2 * tables + 2; i < statements; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        fprintf(f, mix[i % kinds], i * 7919 % tables, i);
#pragma GCC diagnostic pop
    }
    fclose(f);
    return text;
}

// Split, parse, and every statement's footprint over the catalogue as those before it left it.
static double ours(const char *text, size_t *locks)
{
    struct lc_arena *arena = lc_arena_new((size_t)4 << 30, NULL, NULL);
    double start = now_ms(), took;
    struct fp_session *s = fp_session_new(cat_new(arena, 150000));
    struct lc_sql_script script;
    struct footprint fp;

    if (lc_sql_parse(arena, text, strlen(text), &script, NULL) != LC_OK)
        abort();
    *locks = 0;
    for (int i = 0; i < script.len; i++) {
        fp_statement(s, &script.stmts[i], &fp);
        *locks += (size_t)fp.locks.len;
    }
    took = now_ms() - start;
    lc_arena_free(arena);
    return took;
}

static double least(const char *text)
{
    double start = now_ms();
    PgQuerySplitResult split = pg_query_split_with_scanner(text);

    for (int i = 0; i < split.n_stmts; i++) {
        char *one = strndup(text + split.stmts[i]->stmt_location, (size_t)split.stmts[i]->stmt_len);
        PgQueryParseResult r = pg_query_parse(one);

        cJSON_Delete(cJSON_Parse(r.parse_tree));
        pg_query_free_parse_result(r);
        free(one);
    }
    pg_query_free_split_result(split);
    return now_ms() - start;
}

int main(int argc, char **argv)
{
    int statements = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10000;
    char *text = make_script(statements);
    double a = 1e18, b = 1e18;
    size_t locks = 0;

    for (int run = 0; run < RUNS; run++) {
        double one = least(text), two = ours(text, &locks);
        a = one < a ? one : a;
        b = two < b ? two : b;
    }
    free(text);
    printf("%d statements, %zu locks (best of %d runs)\n", statements, locks, RUNS);
    printf("  split, parse, JSON        %8.1f ms  %6.2f us per statement\n", a, a * 1e3 / statements);
    printf("  split, parse, footprints  %8.1f ms  %6.2f us per statement, x%.2f (at most x%.1f)\n", b, b * 1e3 / statements,
           b / a, LIMIT);
    return b > LIMIT * a;
}
