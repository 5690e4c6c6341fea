// golang-migrate, Prisma, diesel, sqlx, refinery, Atlas: told by the names of files and of what lies beside them.
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "migration/folder.h"
#include "migration/markers.h"

#define READER(id, wrap)                                                                                                         \
    static enum lc_code read_##id(struct lc_arena *arena, const struct migration_input *in,                                      \
                                  const struct migration_options *options, int unit, struct migration_file *out,                 \
                                  struct lc_error *err)                                                                          \
    {                                                                                                                            \
        (void)options;                                                                                                           \
        return whole_read(arena, in, wrap, unit, out, err);                                                                      \
    }

static bool is_down(const struct migration_input *in)
{
    return lc_ends(in->path, ".down.sql") || lc_streq(file_name(in->path), "down.sql");
}

// golang-migrate/migrate database/postgres/postgres.go runStatement: the whole file is one Exec
static const char *detect_golang_migrate(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return (lc_ends(in->path, ".up.sql") || lc_ends(in->path, ".down.sql")) && is_numbered(file_name(in->path), '_')
               ? "detected: NNN_name.up.sql"
               : NULL;
}

// golang-migrate/migrate source/parse.go: other files are passed over; source/migration.go: each version once
static bool is_golang_migrate(const char *name)
{
    return is_numbered(name, '_') && (lc_ends(name, ".up.sql") || lc_ends(name, ".down.sql"));
}
READER(golang_migrate, MIGRATION_IMPLICIT)
const struct migration_format migration_golang_migrate = {.name = "golang-migrate",
                                                          .detect = detect_golang_migrate,
                                                          .read = read_golang_migrate,
                                                          .skip = is_down,
                                                          .looks_at = is_golang_migrate,
                                                          .versions = VERSIONS_ONCE,
                                                          .compare_versions = compare_numbers};

// prisma/prisma-engines schema-engine/connectors/sql-schema-connector/src/apply_migration.rs apply_script: sent as one string;
// folders go by name (migrations_directory.rs list_migrations)
static const char *detect_prisma(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return lc_streq(file_name(in->path), "migration.sql") ? "detected: a folder with migration.sql" : NULL;
}

static bool is_migration_sql(const char *name)
{
    return lc_streq(name, "migration.sql");
}
READER(prisma, MIGRATION_IMPLICIT)
const struct migration_format migration_prisma = {.name = "prisma",
                                                  .detect = detect_prisma,
                                                  .read = read_prisma,
                                                  .compare = compare_bytes,
                                                  .needs_in_folder = "migration.sql",
                                                  .looks_at = is_migration_sql};

// diesel-rs/diesel diesel_migrations/migrations_internals/src/lib.rs TomlMetadata: in a transaction, unless a metadata.toml beside up.sql
// says otherwise; one without the key means false (its serde default)
static const char *detect_diesel(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return lc_streq(file_name(in->path), "up.sql") || lc_streq(file_name(in->path), "down.sql") ? "detected: a folder with up.sql"
                                                                                                : NULL;
}

static enum lc_code read_diesel(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    const char *toml = read_beside(arena, in->path, "metadata.toml");
    bool tx = !toml || conf_has(toml, "run_in_transaction", "true");

    (void)options;
    if (in->size == 0) // file_based_migrations.rs run_sql_from_file: EmptyMigration
        migration_add_problem(arena, out, 1, "", "diesel refuses this file: it is empty", "Write a comment into it.");
    // without its transaction diesel still sends the file as one string (batch_execute)
    return whole_read(arena, in, tx ? MIGRATION_TRANSACTION : MIGRATION_IMPLICIT, unit, out, err);
}

static bool is_up_sql(const char *name)
{
    return lc_streq(name, "up.sql");
}
const struct migration_format migration_diesel = {.name = "diesel",
                                                  .detect = detect_diesel,
                                                  .read = read_diesel,
                                                  .skip = is_down,
                                                  .compare = compare_diesel,
                                                  .needs_in_folder = "up.sql",
                                                  .versions = VERSIONS_ONCE, // migration_harness.rs: of two, one is run
                                                  .compare_versions = compare_diesel_versions,
                                                  .looks_at = is_up_sql};

// launchbadge/sqlx sqlx-core/src/migrate/source.rs, sqlx-postgres/src/migrate.rs: a file is one string, and in a transaction
static const char *detect_sqlx(struct lc_arena *arena, const struct migration_input *in)
{
    if (!is_numbered(file_name(in->path), '_'))
        return NULL;
    if (lc_starts(in->text, "-- no-transaction"))
        return "detected: '-- no-transaction' at line 1";
    return project_has(arena, in->path, "Cargo.toml", "sqlx") ? "detected: Cargo.toml has sqlx" : NULL;
}

static enum lc_code read_sqlx(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                              int unit, struct migration_file *out, struct lc_error *err)
{
    (void)options;
    return whole_read(arena, in, lc_starts(in->text, "-- no-transaction") ? MIGRATION_IMPLICIT : MIGRATION_TRANSACTION, unit, out,
                      err);
}

// source.rs passes over names without '_', and refuses the folder for one that has no number before it.
static bool has_underscore(const char *name)
{
    return strchr(name, '_') != NULL;
}
const struct migration_format migration_sqlx = {
    .name = "sqlx", .detect = detect_sqlx, .read = read_sqlx, .skip = is_down, .adopts = true, .looks_at = has_underscore};

// rust-db/refinery refinery_core/src/util.rs: V and U ("unversioned": may come out of order) are both run, from folders at any depth;
// traits/mod.rs: each in a transaction. Flyway names its files alike and is the commoner, so the project has to name refinery.
static const char *detect_refinery(struct lc_arena *arena, const struct migration_input *in)
{
    const char *name = file_name(in->path);

    return (name[0] == 'V' || name[0] == 'U') && name[1] >= '0' && name[1] <= '9' && strstr(name, "__") &&
                   project_has(arena, in->path, "Cargo.toml", "refinery")
               ? "detected: V1__name.sql, and Cargo.toml has refinery"
               : NULL;
}

// STEM_RE of util.rs: ([U|V])(\\d+(?:\\.\\d+)?)__(\\w+); what differs is passed over, with a warning
static bool is_refinery(const char *name)
{
    size_t n = name[0] == 'V' || name[0] == 'U' ? 1 + strspn(name + 1, "0123456789.") : 0, word;

    if (n < 2 || !lc_starts(name + n, "__"))
        return false;
    for (word = n + 2;
         name[word] && (name[word] == '_' || isalnum((unsigned char)name[word]) || (unsigned char)name[word] >= 0x80);)
        word++;
    return word > n + 2 && lc_streq(name + word, ".sql");
}
READER(refinery, MIGRATION_TRANSACTION)
const struct migration_format migration_refinery = {.name = "refinery",
                                                    .detect = detect_refinery,
                                                    .read = read_refinery,
                                                    .compare = compare_flyway,
                                                    .nested = true,
                                                    .code = ".rs",
                                                    .looks_at = is_refinery,
                                                    .versions = VERSIONS_ONCE,
                                                    .compare_versions = compare_flyway_versions};

// ariga/atlas: atlas.sum beside the files; sql/migrate/lex.go delimiter. Atlas also writes folders for others to run, with atlas.sum and its
// directives, in their names (sql/sqltool/tool.go GolangMigrateDir, FlywayDir): those are read as the others read them.
static const char *detect_atlas(struct lc_arena *arena, const struct migration_input *in)
{
    if (is_named_by_framework(file_name(in->path)))
        return NULL;
    if (lc_starts(in->text, "-- atlas:") || strstr(in->text, "\n-- atlas:"))
        return "detected: '-- atlas:' directive";
    return read_beside(arena, in->path, "atlas.sum") ? "detected: atlas.sum in the folder" : NULL;
}

// The value of a directive of the file, the k-th; "": it has none; NULL: there are not so many. sql/migrate/dir.go comments: the file's
// directives are among the comments that it begins with, and only where an empty line follows these.
static const char *atlas_directive(struct lc_arena *arena, const char *text, const char *name, int k)
{
    const char *found = NULL, *p = text;

    while (*p == '#' || lc_starts(p, "--")) {
        size_t len = strcspn(p, "\n");
        const char *mark = memmem(p, len, "atlas:", strlen("atlas:")), *value = mark ? mark + strlen("atlas:") : NULL;
        if (value && lc_starts(value, name) && !isalnum((unsigned char)value[strlen(name)]) && k-- == 0) {
            value += strlen(name);
            value += strspn(value, " ");
            found = lc_strndup(arena, value, strcspn(value, " \r\n"));
        }
        p += len + (p[len] == '\n');
    }
    p += strspn(p, " \t");
    return !*p || *p == '\n' ? found : NULL;
}

static bool is_checkpoint(struct lc_arena *arena, const struct migration_input *in)
{
    return atlas_directive(arena, in->text, "checkpoint", 0) != NULL;
}

// sql/migrate/dir.go Validate: a file that atlas.sum does not list is no part of the folder's history
static const char *not_in_sum(struct lc_arena *arena, const struct migration_input *in)
{
    const char *sum = read_beside(arena, in->path, "atlas.sum"), *name = file_name(in->path);

    if (!sum || strlen(sum) >= BESIDE_MAX)
        return NULL;
    for (const char *p = strstr(sum, name); p; p = strstr(p + 1, name))
        if ((p == sum || p[-1] == '\n') && p[strlen(name)] == ' ')
            return NULL;
    return lc_printf(arena, "atlas.sum does not have %s", name);
}

// "-- atlas:delimiter XX": ends statements in place of the semicolon; \n stands for a line break.
static const char *delimited(struct lc_arena *arena, const struct migration_input *in)
{
    const char *mark = "-- atlas:delimiter ", *p = in->text;
    char *copy = lc_strndup(arena, in->text, in->size);
    size_t n;

    if (!lc_starts(p, mark))
        return copy;
    p += strlen(mark);
    n = strcspn(p, "\r\n");
    while (n > 2 && lc_starts(p, "\\n"))
        p += 2, n -= 2;
    while (n > 2 && strncmp(p + n - 2, "\\n", 2) == 0)
        n -= 2;
    semicolons_for(copy, (size_t)(p - in->text) + strcspn(p, "\n"), in->size, lc_strndup(arena, p, n));
    return copy;
}

static enum lc_code read_atlas(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                               int unit, struct migration_file *out, struct lc_error *err)
{
    struct migration_input copy = *in;
    const char *mode = atlas_directive(arena, in->text, "txmode", 0);
    bool none = mode && lc_streq(mode, "none");
    enum lc_code code;

    (void)options;
    copy.text = delimited(arena, in);
    code = whole_read(arena, &copy, none ? MIGRATION_AUTOCOMMIT : MIGRATION_TRANSACTION, unit, out, err);
    // cmd/atlas/internal/cmdapi/migrate.go txmodeFor
    if (code == LC_OK && mode && ((!none && !lc_streq(mode, "file")) || atlas_directive(arena, in->text, "txmode", 1)))
        migration_add_problem(
            arena, out, 1, "-- atlas:txmode",
            lc_printf(arena, "atlas refuses this file: txmode \"%s\" is not one of none and file, or comes twice", mode),
            "Say none or file, once.");
    if (code == LC_OK && !mode && strstr(in->text, "-- atlas:txmode"))
        out->reason = lc_printf(
            arena, "%s; its txmode does not count: no empty line follows the comments at the file's beginning", out->reason);
    return code;
}
const struct migration_format migration_atlas = {.name = "atlas",
                                                 .detect = detect_atlas,
                                                 .read = read_atlas,
                                                 .compare = compare_bytes,
                                                 .adopts = true,
                                                 .stands_for_all_before = is_checkpoint,
                                                 .problem = not_in_sum,
                                                 .remedy = "Let `atlas migrate hash` write atlas.sum anew."};
