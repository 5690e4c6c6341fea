// Supabase, Hasura, bun: told by the project that the files lie in, or by their names.
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "migration/folder.h"
#include "migration/markers.h"

static bool is_down(const struct migration_input *in)
{
    return lc_ends(in->path, ".down.sql") || lc_streq(file_name(in->path), "down.sql");
}

// --- Supabase --------------------------------------------------------------------------------------------------

static const char *detect_supabase(struct lc_arena *arena, const struct migration_input *in)
{
    const char *name = file_name(in->path), *config;

    if (!is_numbered(name, '_') || is_named_by_framework(name))
        return NULL;
    if (strstr(in->path, "supabase/migrations/"))
        return "detected: supabase/migrations";
    config = read_beside(arena, in->path, "../config.toml");
    return config && strstr(config, "project_id") ? "detected: config.toml of Supabase" : NULL;
}

// What commits at once, as PreventInTransactionBlock has it (access/transam/xact.c), of what a migration holds.
static bool commits_at_once(const Node *stmt)
{
    const IndexStmt *create = AS(IndexStmt, stmt);
    const DropStmt *drop = AS(DropStmt, stmt);
    const VacuumStmt *vacuum = AS(VacuumStmt, stmt);

    return (create && create->concurrent) || (drop && drop->concurrent) || (vacuum && vacuum->is_vacuumcmd) ||
           IsA(stmt, AlterSystemStmt);
}

// supabase/cli pkg/migration/file.go ExecBatch: the statements go down one pipeline, with a Sync at its end: an implicit transaction. What
// commits at once may come first in it (exec_execute_message, tcop/postgres.c: XACT_FLAGS_NEEDIMMEDIATECOMMIT, XACT_FLAGS_PIPELINING).
static enum lc_code read_supabase(struct lc_arena *arena, const struct migration_input *in,
                                  const struct migration_options *options, int unit, struct migration_file *out,
                                  struct lc_error *err)
{
    enum lc_code code = migration_add_sql(arena, in, 0, in->size, 1, MIGRATION_IMPLICIT, unit, out, err);

    (void)options;
    for (int i = 0; i < out->len && out->stmts[i].sql.tree && commits_at_once(out->stmts[i].sql.tree); i++) {
        out->stmts[i].wrap = MIGRATION_AUTOCOMMIT;
        out->stmts[i].unit = 0;
    }
    return code;
}

static bool has_number(const char *name)
{
    return is_numbered(name, '_');
}
const struct migration_format migration_supabase = {.name = "supabase",
                                                    .detect = detect_supabase,
                                                    .read = read_supabase,
                                                    .session = MIGRATION_SESSION_RESET, // apply.go: RESET ALL
                                                    .compare = compare_bytes,
                                                    .adopts = true,
                                                    .looks_at = has_number, // migrateFilePattern of file.go
                                                    .versions = VERSIONS_ONCE,
                                                    .compare_versions = compare_numbers};

// --- Hasura ----------------------------------------------------------------------------------------------------

// hasura/graphql-engine: migrations/DATABASE/NUMBER_name/up.sql, beside config.yaml; each is one run_sql, in a transaction (its issue 2939).
static const char *detect_hasura(struct lc_arena *arena, const struct migration_input *in)
{
    const char *name = file_name(in->path);

    if ((!lc_streq(name, "up.sql") && !lc_streq(name, "down.sql")) || !is_numbered(folder_name(in->path), '_'))
        return NULL;
    return project_has(arena, in->path, "config.yaml", "endpoint") ? "detected: NUMBER_name/up.sql, and config.yaml of Hasura"
                                                                   : NULL;
}

static enum lc_code read_hasura(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    (void)options;
    return whole_read(arena, in, MIGRATION_TRANSACTION, unit, out, err);
}

static bool is_up_sql(const char *name)
{
    return lc_streq(name, "up.sql");
}
const struct migration_format migration_hasura = {.name = "hasura",
                                                  .detect = detect_hasura,
                                                  .read = read_hasura,
                                                  .skip = is_down,
                                                  .session = MIGRATION_SESSION_OWN, // the server has a pool of them
                                                  .nested = true,
                                                  .one_database = true,
                                                  .looks_at = is_up_sql};

// --- bun -------------------------------------------------------------------------------------------------------

static const char *detect_bun(struct lc_arena *arena, const struct migration_input *in)
{
    static const struct marker split[] = {{"--bun:split", MARKER_IGNORE, true}};
    static const struct marker_rules rules = {.markers = split, .n = 1, .spelling = SPELLING_EXACT};
    const char *name = file_name(in->path);
    int line;

    if (!is_numbered(name, '_'))
        return NULL;
    if (lc_ends(name, ".tx.up.sql") || lc_ends(name, ".tx.down.sql"))
        return "detected: NUMBER_name.tx.up.sql";
    line = marker_find(in, &rules);
    return line ? lc_printf(arena, "detected: '--bun:split' at line %d", line) : NULL;
}

// A part that is sent as one string; in a file's transaction that makes no difference.
static enum lc_code read_part(struct lc_arena *arena, const struct migration_input *in, size_t from, size_t to, int line,
                              int unit, struct migration_file *out, struct lc_error *err)
{
    bool tx = lc_ends(in->path, ".tx.up.sql");
    int first = out->len, own = tx ? unit : migration_new_unit(in);
    enum lc_code code =
        migration_add_sql(arena, in, from, to - from, line, tx ? MIGRATION_TRANSACTION : MIGRATION_IMPLICIT, own, out, err);

    if (code == LC_OK && !tx)
        migration_as_string(out, first, own);
    return code;
}

// uptrace/bun migrate/migration.go newSQLMigrationFunc: lines "--bun:split" end what is sent at once; another directive is refused
static enum lc_code read_bun(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                             int unit, struct migration_file *out, struct lc_error *err)
{
    enum lc_code code = LC_OK;
    size_t start = 0;
    int first = 1, n = 1;

    (void)options;
    for (size_t at = 0; code == LC_OK && at < in->size; n++) {
        const char *line = in->text + at;
        size_t len = strcspn(line, "\n");
        if (lc_starts(line, "--bun:")) {
            code = read_part(arena, in, start, at, first, unit, out, err);
            start = at + len;
            first = n;
            if (code == LC_OK && !lc_starts(line, "--bun:split"))
                migration_add_problem(arena, out, n, lc_strndup(arena, line, len),
                                      "bun refuses this file: it does not know this directive", "There is --bun:split.");
        }
        at += len + (line[len] == '\n');
    }
    return code == LC_OK ? read_part(arena, in, start, in->size, first, unit, out, err) : code;
}

static bool is_bun(const char *name)
{
    return is_numbered(name, '_') && (lc_ends(name, ".up.sql") || lc_ends(name, ".down.sql"));
}
const struct migration_format migration_bun = {.name = "bun",
                                               .detect = detect_bun,
                                               .read = read_bun,
                                               .skip = is_down,
                                               .looks_at = is_bun,
                                               .code = ".go",
                                               .versions =
                                                   VERSIONS_ONCE, // migrations.go getOrCreateMigration: of two, one is run
                                               .compare_versions = compare_numbers};
