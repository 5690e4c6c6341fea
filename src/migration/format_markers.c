// goose, sql-migrate, dbmate, tern, node-pg-migrate, Drizzle: files cut by comment lines.
#include <string.h>

#include "base/str.h"
#include "migration/folder.h"
#include "migration/markers.h"

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

static bool has_number(const char *name)
{
    return is_numbered(name, '_');
}

static bool begins_with_digit(const char *name)
{
    return name[0] >= '0' && name[0] <= '9';
}

// By a marker; else by the project's own file (tern.conf, package.json) that names the framework, for a file with a number. Where a marker is
// a comment that anybody may write ("-- Down Migration: by hand"), a name that another framework gives files says more.
static const char *found(struct lc_arena *arena, const struct migration_input *in, const struct marker_rules *rules,
                         const char *project, const char *word)
{
    struct marker_rules sure = *rules;
    const char *name = file_name(in->path);
    int line;

    sure.n = rules->up_from_start ? rules->n : 1;
    line = rules->up_from_start && is_named_by_framework(name) ? 0 : marker_find(in, &sure);
    if (line)
        return lc_printf(arena, "detected: '%s' at line %d", rules->markers[0].text, line);
    if (project && (is_numbered(name, '_') || is_numbered(name, '-')) && !is_named_by_framework(name) &&
        project_has(arena, in->path, project, word))
        return lc_printf(arena, "detected: %s has %s", project, word);
    return NULL;
}

#define FORMAT(id, title, rules, project, word, ...)                                                                             \
    static const char *detect_##id(struct lc_arena *arena, const struct migration_input *in)                                     \
    {                                                                                                                            \
        return found(arena, in, &rules, project, word);                                                                          \
    }                                                                                                                            \
    static enum lc_code read_##id(struct lc_arena *arena, const struct migration_input *in,                                      \
                                  const struct migration_options *options, int unit, struct migration_file *out,                 \
                                  struct lc_error *err)                                                                          \
    {                                                                                                                            \
        return marker_read(arena, in, &rules, options, unit, out, err);                                                          \
    }                                                                                                                            \
    const struct migration_format migration_##id = {.name = title, .detect = detect_##id, .read = read_##id, __VA_ARGS__};

// pressly/goose internal/sqlparser/parser.go: an annotation is the whole line; lines that end with a semicolon end statements;
// provider_collect.go: NUMBER_name.sql, each number once
static const struct marker goose[] = {
    {"-- +goose Up", MARKER_UP, true},
    {"-- +goose Down", MARKER_DOWN, true},
    {"-- +goose StatementBegin", MARKER_BEGIN, true},
    {"-- +goose StatementEnd", MARKER_END, true},
    {"-- +goose NO TRANSACTION", MARKER_NO_TX, true},
    {"-- +goose ENVSUB ON", MARKER_ENV, true},
    {"-- +goose ENVSUB OFF", MARKER_ENV_END, true},
};
static const struct marker_rules goose_rules = {.markers = goose,
                                                .n = N(goose),
                                                .spelling = SPELLING_EITHER,
                                                .word = "+goose",
                                                .once = true,
                                                .starts_with_up = true,
                                                .wrap = MIGRATION_TRANSACTION,
                                                .strings = STRINGS_LINE,
                                                .prefix = "$",
                                                .suffix = ""};
FORMAT(goose, "goose", goose_rules, NULL, NULL, .adopts = true, .code = ".go", .looks_at = has_number, .versions = VERSIONS_ONCE,
       .compare_versions = compare_numbers)

// rubenv/sql-migrate sqlparse/sqlparse.go: comments of whole lines are left out before the cutting
static const struct marker sql_migrate[] = {
    {"-- +migrate Up", MARKER_UP, false},
    {"-- +migrate Down", MARKER_DOWN, false},
    {"-- +migrate StatementBegin", MARKER_BEGIN, false},
    {"-- +migrate StatementEnd", MARKER_END, false},
};
static const struct marker_rules sql_migrate_rules = {.markers = sql_migrate,
                                                      .n = N(sql_migrate),
                                                      .spelling = SPELLING_EXACT,
                                                      .comments = "-- ",
                                                      .wrap = MIGRATION_TRANSACTION,
                                                      .strings = STRINGS_LINE,
                                                      .no_tx_word = "notransaction"};
FORMAT(sql_migrate, "sql-migrate", sql_migrate_rules, NULL, NULL, .adopts = true)

// amacneil/dbmate pkg/dbmate/migration.go; db.go: a section is one Exec, files go by name, those that begin with a digit
static const struct marker dbmate[] = {
    {"-- migrate:up", MARKER_UP, false},
    {"-- migrate:down", MARKER_DOWN, false},
};
static const struct marker_rules dbmate_rules = {.markers = dbmate,
                                                 .n = N(dbmate),
                                                 .spelling = SPELLING_CASE,
                                                 .needs_down = true,
                                                 .starts_with_up = true,
                                                 .wrap = MIGRATION_TRANSACTION,
                                                 .strings = STRINGS_SECTION,
                                                 .no_tx_word = "transaction:false"};
FORMAT(dbmate, "dbmate", dbmate_rules, NULL, NULL, .compare = compare_bytes, .adopts = true, .looks_at = begins_with_digit)

// jackc/tern migrate/migrate.go; without a transaction each statement is sent by itself (doSQLMigration)
static const struct marker tern[] = {
    {"---- create above / drop below ----", MARKER_DOWN, true},
    {"---- tern: disable-tx ----", MARKER_NO_TX, true},
};
static const struct marker_rules tern_rules = {
    .markers = tern, .n = N(tern), .up_from_start = true, .wrap = MIGRATION_TRANSACTION, .prefix = "{{", .suffix = "}}"};
FORMAT(tern, "tern", tern_rules, "tern.conf", "database", .adopts = true, .looks_at = has_number,
       .versions = VERSIONS_WITHOUT_GAP, .compare_versions = compare_numbers)

// salsita/node-pg-migrate src/sqlMigration.ts; all pending migrations in one transaction (runner.ts, singleTransaction)
static const struct marker node_pg_migrate[] = {
    {"-- Up Migration", MARKER_UP, false},
    {"-- Down Migration", MARKER_DOWN, false},
};
static const struct marker_rules node_pg_migrate_rules = {.markers = node_pg_migrate,
                                                          .n = N(node_pg_migrate),
                                                          .up_from_start = true,
                                                          .wrap = MIGRATION_TRANSACTION,
                                                          .strings = STRINGS_SECTION};
FORMAT(node_pg_migrate, "node-pg-migrate", node_pg_migrate_rules, "package.json", "node-pg-migrate", .groups = true,
       .code = ".js .ts .cjs .mjs", .adopts = true)

// drizzle-team/drizzle-orm src/migrator.ts: the mark ends a line, or stands alone; all pending migrations in one transaction
// (src/pg-core/dialect.ts migrate), so what is one string does not matter
static const char *detect_drizzle(struct lc_arena *arena, const struct migration_input *in)
{
    const char *mark = strstr(in->text, "--> statement-breakpoint");
    int line = 1;

    for (const char *p = in->text; mark && p < mark; p++)
        line += *p == '\n';
    if (!mark && read_beside(arena, in->path, "meta/_journal.json"))
        return "detected: meta/_journal.json";
    if (!mark) // drizzle-kit's newer layout: NAME/migration.sql with NAME/snapshot.json
        return lc_streq(file_name(in->path), "migration.sql") && read_beside(arena, in->path, "snapshot.json")
                   ? "detected: snapshot.json beside migration.sql"
                   : NULL;
    return lc_printf(arena, "detected: '--> statement-breakpoint' at line %d", line);
}

static enum lc_code read_drizzle(struct lc_arena *arena, const struct migration_input *in,
                                 const struct migration_options *options, int unit, struct migration_file *out,
                                 struct lc_error *err)
{
    (void)options;
    return whole_read(arena, in, MIGRATION_TRANSACTION, unit, out, err);
}
const struct migration_format migration_drizzle = {
    .name = "drizzle", .detect = detect_drizzle, .read = read_drizzle, .groups = true, .adopts = true};
