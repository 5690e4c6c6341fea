// goose, sql-migrate, dbmate, tern, node-pg-migrate, Drizzle: files cut by comment lines.
#include "base/str.h"
#include "migration/markers.h"

#define N(a) ((int)(sizeof(a) / sizeof *(a)))

static const char *found(struct lc_arena *arena, const struct migration_input *in, const struct marker_rules *rules)
{
    int line = marker_find(in, rules);

    return line ? lc_printf(arena, "detected: '%s' at line %d", rules->markers[0].text, line) : NULL;
}

#define FORMAT(id, name, rules, skip, groups)                                                                                    \
    static const char *detect_##id(struct lc_arena *arena, const struct migration_input *in)                                     \
    {                                                                                                                            \
        struct marker_rules first = rules;                                                                                       \
        first.n = 1;                                                                                                             \
        return found(arena, in, &first);                                                                                         \
    }                                                                                                                            \
    static enum lc_code read_##id(struct lc_arena *arena, const struct migration_input *in,                                      \
                                  const struct migration_options *options, int unit, struct migration_file *out,                 \
                                  struct lc_error *err)                                                                          \
    {                                                                                                                            \
        (void)options;                                                                                                           \
        return marker_read(arena, in, &rules, unit, out, err);                                                                   \
    }                                                                                                                            \
    const struct migration_format migration_##id = {name, detect_##id, read_##id, skip, groups};

// pressly/goose internal/sqlparser/parser.go
static const struct marker goose[] = {
    {"-- +goose Up", MARKER_UP, false},
    {"-- +goose Down", MARKER_DOWN, false},
    {"-- +goose StatementBegin", MARKER_BEGIN, false},
    {"-- +goose StatementEnd", MARKER_END, false},
    {"-- +goose NO TRANSACTION", MARKER_NO_TX, false},
    {"-- +goose ENVSUB", MARKER_IGNORE, false},
};
static const struct marker_rules goose_rules = {goose, N(goose), false, MIGRATION_TRANSACTION, NULL};
FORMAT(goose, "goose", goose_rules, NULL, false)

// rubenv/sql-migrate sqlparse/sqlparse.go
static const struct marker sql_migrate[] = {
    {"-- +migrate Up", MARKER_UP, false},
    {"-- +migrate Down", MARKER_DOWN, false},
    {"-- +migrate StatementBegin", MARKER_BEGIN, false},
    {"-- +migrate StatementEnd", MARKER_END, false},
};
static const struct marker_rules sql_migrate_rules = {sql_migrate, N(sql_migrate), false, MIGRATION_TRANSACTION, "notransaction"};
FORMAT(sql_migrate, "sql-migrate", sql_migrate_rules, NULL, false)

// amacneil/dbmate pkg/dbmate/migration.go
static const struct marker dbmate[] = {
    {"-- migrate:up", MARKER_UP, false},
    {"-- migrate:down", MARKER_DOWN, false},
};
static const struct marker_rules dbmate_rules = {dbmate, N(dbmate), false, MIGRATION_TRANSACTION, "transaction:false"};
FORMAT(dbmate, "dbmate", dbmate_rules, NULL, false)

// jackc/tern migrate/migrate.go
static const struct marker tern[] = {
    {"---- create above / drop below ----", MARKER_DOWN, true},
    {"---- tern: disable-tx ----", MARKER_NO_TX, true},
};
static const struct marker_rules tern_rules = {tern, N(tern), true, MIGRATION_TRANSACTION, NULL};
FORMAT(tern, "tern", tern_rules, NULL, false)

// salsita/node-pg-migrate src/sqlMigration.ts; all pending migrations in one transaction (runner.ts, singleTransaction)
static const struct marker node_pg_migrate[] = {
    {"-- Up Migration", MARKER_UP, false},
    {"-- Down Migration", MARKER_DOWN, false},
};
static const struct marker_rules node_pg_migrate_rules = {node_pg_migrate, N(node_pg_migrate), true, MIGRATION_TRANSACTION, NULL};
FORMAT(node_pg_migrate, "node-pg-migrate", node_pg_migrate_rules, NULL, true)

// drizzle-team/drizzle-orm src/migrator.ts; all pending migrations in one transaction (pg-core/dialect.ts migrate)
static const struct marker drizzle[] = {{"--> statement-breakpoint", MARKER_BREAK, false}};
static const struct marker_rules drizzle_rules = {drizzle, N(drizzle), true, MIGRATION_TRANSACTION, NULL};
FORMAT(drizzle, "drizzle", drizzle_rules, NULL, true)
