// How long `lockcast review` takes for 10,000 mixed statements offline, held against the least that any such program must do:
// split, libpg_query's parse, and the JSON of each tree. At most three times that is the promise. Both in CPU time, which other
// programs on the machine disturb least. Then ten times as many: the time per statement must stay.
//
// bench_review [STATEMENTS], with LOCKCAST_BIN naming the program
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <pg_query.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT 3.0
#define GROWTH_LIMIT 14.0 // ten, and what a larger working set costs: caches missed, pages taken from the machine
#define RUNS 3
#define PER_TABLE 100

extern char **environ;

// What migrations are made of; %d is the table's number, the second one the statement's.
static const char *const mix[] = {
    "CREATE TABLE app.t%d_%d (id bigserial PRIMARY KEY, owner int NOT NULL, name text, amount numeric(12,2) DEFAULT 0, at "
    "timestamptz "
    "DEFAULT now(), CONSTRAINT positive CHECK (amount >= 0));",
    "ALTER TABLE app.t%d ADD COLUMN c%d text;",
    "ALTER TABLE app.t%d ADD COLUMN d%d timestamptz NOT NULL DEFAULT now();",
    "CREATE INDEX ON app.t%d (owner, lower(name)) WHERE amount > %d;",
    "CREATE INDEX CONCURRENTLY ON app.t%d (at) WHERE id > %d;",
    "ALTER TABLE app.t%d ALTER COLUMN name SET NOT NULL, ALTER COLUMN amount TYPE numeric(14,2); -- %d",
    "ALTER TABLE app.t%1$d ADD CONSTRAINT f%2$d FOREIGN KEY (owner) REFERENCES app.t%1$d (id) NOT VALID;",
    "UPDATE app.t%d SET name = upper(name) WHERE name IS NOT NULL AND id < %d;",
    "INSERT INTO app.t%d (id, name) SELECT g, 'n' || g FROM generate_series(1, %d) g ON CONFLICT DO NOTHING;",
    "CREATE OR REPLACE VIEW app.v%1$d AS SELECT id, name, %2$d AS n FROM app.t%1$d JOIN app.s USING (id) WHERE at > now() - "
    "interval '1 "
    "day';",
    "COMMENT ON COLUMN app.t%d.name IS 'the name, number %d';",
    "DO $$ BEGIN IF EXISTS (SELECT 1 FROM app.t%d) THEN DELETE FROM app.s WHERE id = %d; END IF; END $$;",
    "GRANT SELECT ON app.t%d TO reader; -- %d",
    "DROP INDEX IF EXISTS app.k%d_%d;",
    "ALTER TYPE app.mood%d ADD VALUE IF NOT EXISTS 'v%d';",
    "DELETE FROM app.t%d WHERE at < '2020-01-01' AND id %% 7 = %d %% 7;",
};

// CPU time so far: this program's (RUSAGE_SELF), or that of the ones it waited for (RUSAGE_CHILDREN).
static double cpu_ms(int who)
{
    struct rusage u;

    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

// The whole script, at least `statements` long.
static char *script(int statements, size_t *len)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, len);
    const int kinds = (int)(sizeof mix / sizeof *mix), tables = statements / PER_TABLE + 6;
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
        fputc('\n', f);
    }
    fclose(f);
    return text;
}

// Split, parse and build the JSON of each statement; returns how many there were.
static int least_work(const char *text)
{
    PgQuerySplitResult split = pg_query_split_with_scanner(text);
    int n = 0;
    for (int i = 0; i < split.n_stmts; i++) {
        char *one = strndup(text + split.stmts[i]->stmt_location, (size_t)split.stmts[i]->stmt_len);
        PgQueryParseResult r = pg_query_parse(one);
        cJSON *tree = r.parse_tree ? cJSON_Parse(r.parse_tree) : NULL;
        n += tree != NULL;
        cJSON_Delete(tree);
        pg_query_free_parse_result(r);
        free(one);
    }
    pg_query_free_split_result(split);
    return n;
}

// Runs `lockcast review` on the file, output to /dev/null; returns its exit status, -1 when it did not run.
static int review(const char *binary, const char *path)
{
    const char *argv[] = {binary, "review", "--fail-on", "never", "--format", "json", path, NULL};
    posix_spawn_file_actions_t quiet;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, binary, &quiet, NULL, (char **)(void *)argv, environ) == 0)
        waitpid(pid, &status, 0);
    posix_spawn_file_actions_destroy(&quiet);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The script in a temporary file, whose name is put into `path`.
static bool script_file(int statements, char *path)
{
    size_t len;
    char *text = script(statements, &len);
    int fd = mkstemps(path, 4);
    bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;

    if (!ok)
        perror(path);
    if (fd >= 0)
        close(fd);
    free(text);
    return ok;
}

// CPU time of the best of RUNS reviews; -1 when one fails.
static double best_review(const char *binary, int statements)
{
    char path[] = "/tmp/lockcast-bench-XXXXXX.sql";
    double best = script_file(statements, path) ? 1e18 : -1;

    for (int run = 0; run < RUNS && best >= 0; run++) {
        double child = cpu_ms(RUSAGE_CHILDREN);
        int status = review(binary, path);

        child = cpu_ms(RUSAGE_CHILDREN) - child;
        best = status != 0 ? -1 : child < best ? child : best;
        if (status != 0)
            printf("  review              ended with status %d\n", status);
    }
    unlink(path);
    return best;
}

static double best_least_work(int statements, size_t *len, int *parsed)
{
    char *text = script(statements, len);
    double best = 1e18;

    for (int run = 0; run < RUNS; run++) {
        double self = cpu_ms(RUSAGE_SELF);

        *parsed = least_work(text);
        self = cpu_ms(RUSAGE_SELF) - self;
        best = self < best ? self : best;
    }
    free(text);
    return best;
}

int main(int argc, char **argv)
{
    int statements = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10000, parsed;
    const char *binary = getenv("LOCKCAST_BIN") ? getenv("LOCKCAST_BIN") : "build/release/lockcast";
    size_t len;
    double least = best_least_work(statements, &len, &parsed), whole = best_review(binary, statements), ten;

    printf("%d statements, %zu bytes, %d parsed (best of %d runs)\n", statements, len, parsed, RUNS);
    printf("  split, parse, JSON  %8.1f ms  %6.2f us per statement\n", least, least * 1e3 / statements);
    if (whole < 0)
        return 1;
    printf("  review, JSON out    %8.1f ms  %6.2f us per statement, x%.2f (at most x%.1f)\n", whole, whole * 1e3 / statements,
           whole / least, LIMIT);
    ten = best_review(binary, statements * 10);
    if (ten < 0)
        return 1;
    printf("  ten times as many   %8.1f ms  %6.2f us per statement, x%.2f (at most x%.1f)\n", ten, ten * 1e2 / statements,
           ten / whole, GROWTH_LIMIT);
    return whole > LIMIT * least || ten > GROWTH_LIMIT * whole;
}
