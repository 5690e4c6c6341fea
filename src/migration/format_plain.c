// What psql runs: plain SQL, sqitch's deploy scripts, structure.sql of Rails, and the output of alembic --sql and sqlmigrate.
#include <string.h>

#include "migration/markers.h"
#include "migration/psql.h"

static enum lc_code read_psql(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                              int unit, struct migration_file *out, struct lc_error *err)
{
    (void)unit;
    return psql_statements(arena, in, options, out, err);
}

static const char *detect_plain(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena, (void)in;
    return "nothing else fits: plain SQL, as psql -f runs it";
}
const struct migration_format migration_plain = {
    .name = "plain", .detect = detect_plain, .read = read_psql, .session = MIGRATION_SESSION_OWN};

// The first line that is not empty; its length.
static const char *first_line(const char *text, size_t *len)
{
    text += strspn(text, " \t\r\n");
    *len = strcspn(text, "\r\n");
    return text;
}

// sqitchers/sqitch etc/templates: "-- Deploy project:change to pg"; lib/App/Sqitch/Engine/pg.pm run_file: psql --file, in no transaction
// but its own. The action of such a file, 'D', 'R' or 'V'; NUL: it is none.
static char sqitch_action(const char *text)
{
    static const struct {
        const char *begins, *then;
    } headers[] = {{"-- Deploy ", " to pg"}, {"-- Revert ", " from pg"}, {"-- Verify ", " on pg"}};
    size_t len, name;
    const char *line = first_line(text, &len);

    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        if (!lc_starts(line, headers[i].begins))
            continue;
        name = strcspn(line + strlen(headers[i].begins), " \t\r\n");
        if (lc_starts(line + strlen(headers[i].begins) + name, headers[i].then))
            return headers[i].begins[3];
    }
    return '\0';
}

static const char *detect_sqitch(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return sqitch_action(in->text) ? "detected: '-- Deploy ... to pg' at its beginning" : NULL;
}

static bool is_no_deploy(const struct migration_input *in)
{
    char action = sqitch_action(in->text);

    return action == 'R' || action == 'V' || strstr(in->path, "/revert/") || strstr(in->path, "/verify/");
}
// sqitch gives psql a variable of its own, the schema of its registry (psql() in pg.pm; the default of core.pg.registry).
static enum lc_code read_sqitch(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    struct migration_options own = *options;
    const char **all = LC_NEW_ARRAY(arena, const char *, options->nvariables + 1);

    (void)unit;
    all[0] = "registry=sqitch";
    for (int i = 0; i < options->nvariables; i++)
        all[i + 1] = options->variables[i];
    own.variables = all;
    own.nvariables++;
    return psql_statements(arena, in, &own, out, err);
}
const struct migration_format migration_sqitch = {.name = "sqitch",
                                                  .detect = detect_sqitch,
                                                  .read = read_sqitch,
                                                  .skip = is_no_deploy,
                                                  .session =
                                                      MIGRATION_SESSION_OWN, // each change has a psql of its own (pg.pm run_file)
                                                  .nested = true};

// rails/rails activerecord/lib/active_record/tasks/postgresql_database_tasks.rb structure_load: psql --file
static const char *detect_rails(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    if (lc_ends(file_name(in->path), "structure.sql"))
        return "detected: structure.sql";
    return strstr(in->text, "INSERT INTO \"schema_migrations\" (version) VALUES")
               ? "detected: INSERT INTO \"schema_migrations\" (version)"
               : NULL;
}
const struct migration_format migration_rails = {
    .name = "rails", .detect = detect_rails, .read = read_psql, .session = MIGRATION_SESSION_OWN};

// sqlalchemy/alembic alembic/runtime/migration.py run_migrations: BEGIN and COMMIT are in the output
static const char *detect_alembic(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return lc_starts(in->text, "-- Running upgrade ") || strstr(in->text, "\n-- Running upgrade ")
               ? "detected: '-- Running upgrade'"
               : NULL;
}
const struct migration_format migration_alembic = {.name = "alembic", .detect = detect_alembic, .read = read_psql};

// collect_sql of migration.py: what is written in Python, before 4.1 and since
static bool is_python(const char *line)
{
    return lc_starts(line, "-- THIS OPERATION CANNOT BE WRITTEN AS SQL") ||
           lc_starts(line, "-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL");
}

// Puts the statements from `first` on, which are in order, among those before, which are too.
static void merge_by_line(struct lc_arena *arena, struct migration_file *out, int first)
{
    struct migration_stmt *all = LC_NEW_ARRAY(arena, struct migration_stmt, out->len);

    for (int i = 0, a = 0, b = first; i < out->len; i++) {
        bool take_b = a == first || (b < out->len && out->stmts[b].sql.line < out->stmts[a].sql.line);
        all[i] = out->stmts[take_b ? b++ : a++];
    }
    out->stmts = all;
    out->cap = out->len;
}

static enum lc_code read_django(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    enum lc_code code = read_psql(arena, in, options, unit, out, err);
    int line = 1, first = out->len;

    for (const char *p = in->text; code == LC_OK && *p; line++) {
        if (is_python(p))
            migration_add_problem(arena, out, line, "-- THIS OPERATION CANNOT BE WRITTEN AS SQL",
                                  "an operation that is written in Python: sqlmigrate does not say what it runs",
                                  "Give the SQL that it runs, from a log of the server.");
        p += strcspn(p, "\n");
        p += *p == '\n';
    }
    merge_by_line(arena, out, first);
    return code;
}

// django/django django/core/management/commands/sqlmigrate.py: BEGIN and COMMIT are in the output of an atomic migration;
// django/db/backends/base/schema.py and django/db/migrations/migration.py collect_sql: "--\n-- Add field x to y\n--"
static const char *detect_django(struct lc_arena *arena, const struct migration_input *in)
{
    static const char *const operations[] = {"Add ",          "Alter ",   "Create ",   "Delete ",       "Remove ",
                                             "Rename ",       "Change ",  "Raw ",      "Custom ",       "Set ",
                                             "Concurrently ", "Creates ", "Validate ", "MIGRATION NOW "};
    const char *text = in->text + (lc_starts(in->text, "BEGIN;\n") ? strlen("BEGIN;\n") : 0);

    (void)arena;
    if (!lc_starts(text, "--\n-- "))
        return NULL;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (lc_starts(text + strlen("--\n-- "), operations[i])) {
            const char *eol = strchr(text + strlen("--\n-- "), '\n');
            return eol && (lc_starts(eol, "\n--\n") || is_python(text + strlen("--\n"))) ? "detected: comments of sqlmigrate"
                                                                                         : NULL;
        }
    return NULL;
}
const struct migration_format migration_django = {.name = "django", .detect = detect_django, .read = read_django};
