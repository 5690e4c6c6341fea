// How long `lockcast review` takes for 10,000 mixed statements offline, held against the least that any such program must do:
// split, libpg_query's parse, and the JSON of each tree. At most three times that is the promise. Both in CPU time, which other
// programs on the machine disturb least.
//
// bench_review [STATEMENTS], with LOCKCAST_BIN naming the program
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <pg_query.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT 3.0
#define RUNS 3

extern char **environ;

// What migrations are made of; %d is the table's number, the second one the statement's.
static const char *const mix[] = {
    "CREATE TABLE t%d_%d (id bigserial PRIMARY KEY, owner int NOT NULL, name text, amount numeric(12,2) DEFAULT 0, at "
    "timestamptz "
    "DEFAULT now(), CONSTRAINT positive CHECK (amount >= 0));",
    "ALTER TABLE app.t%d ADD COLUMN c%d text;",
    "ALTER TABLE app.t%d ADD COLUMN d%d timestamptz NOT NULL DEFAULT now();",
    "CREATE INDEX i%d_%d ON app.t0 (owner, lower(name)) WHERE amount > 0;",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS j%d_%d ON app.t1 (at);",
    "ALTER TABLE app.t%d ALTER COLUMN name SET NOT NULL, ALTER COLUMN amount TYPE numeric(14,%d);",
    "ALTER TABLE app.t%d ADD CONSTRAINT f%d FOREIGN KEY (owner) REFERENCES app.t2 (id) NOT VALID;",
    "UPDATE app.t%d SET name = upper(name) WHERE name IS NOT NULL AND id < %d;",
    "INSERT INTO app.t%d (id, name) SELECT g, 'n' || g FROM generate_series(1, %d) g ON CONFLICT DO NOTHING;",
    "CREATE OR REPLACE VIEW v%d AS SELECT id, name, %d AS n FROM app.t3 JOIN app.t4 USING (id) WHERE at > now() - interval '1 "
    "day';",
    "COMMENT ON COLUMN app.t%d.name IS 'the name, number %d';",
    "DO $$ BEGIN IF EXISTS (SELECT 1 FROM app.t%d) THEN DELETE FROM app.t5 WHERE id = %d; END IF; END $$;",
    "GRANT SELECT ON app.t%d TO reader_%d;",
    "DROP INDEX IF EXISTS app.k%d_%d;",
    "ALTER TYPE mood%d ADD VALUE IF NOT EXISTS 'v%d';",
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
    const int kinds = (int)(sizeof mix / sizeof *mix);
    if (!f)
        abort();
    for (int i = 0; i < 100; i++)
        fprintf(f, "CREATE TABLE app.t%d (id bigint PRIMARY KEY, owner int, name text, amount numeric(12,2), at timestamptz);\n",
                i);
    for (int i = 100; i < statements; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        fprintf(f, mix[i % kinds], i * 7 % 100, i);
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

int main(int argc, char **argv)
{
    int statements = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10000;
    const char *binary = getenv("LOCKCAST_BIN");
    char path[] = "/tmp/lockcast-bench-XXXXXX.sql";
    double least = 1e18, whole = 1e18;
    int parsed = 0, status = 0, fd;
    size_t len;
    char *text;

    text = script(statements, &len);
    fd = mkstemps(path, 4);
    if (fd < 0 || write(fd, text, len) != (ssize_t)len) {
        perror(path);
        return 2;
    }
    close(fd);
    for (int run = 0; run < RUNS && status == 0; run++) {
        double self = cpu_ms(RUSAGE_SELF), child = cpu_ms(RUSAGE_CHILDREN);
        parsed = least_work(text);
        status = review(binary ? binary : "build/release/lockcast", path);
        self = cpu_ms(RUSAGE_SELF) - self;
        child = cpu_ms(RUSAGE_CHILDREN) - child;
        least = self < least ? self : least;
        whole = child < whole ? child : whole;
    }
    unlink(path);
    free(text);
    printf("%d statements, %zu bytes, %d parsed (best of %d runs)\n", statements, len, parsed, RUNS);
    printf("  split, parse, JSON  %8.1f ms  %6.2f us per statement\n", least, least * 1e3 / statements);
    if (status != 0) {
        printf("  review              ended with status %d\n", status);
        return 1;
    }
    printf("  review, JSON out    %8.1f ms  %6.2f us per statement, x%.2f (at most x%.1f)\n", whole, whole * 1e3 / statements,
           whole / least, LIMIT);
    return whole > LIMIT * least;
}
