// golang-migrate, Prisma, diesel, sqlx, Flyway, refinery, Atlas: told by the names of files and of what lies beside them.
#include <string.h>

#include "base/str.h"
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
READER(golang_migrate, MIGRATION_IMPLICIT)
const struct migration_format migration_golang_migrate = {"golang-migrate", detect_golang_migrate, read_golang_migrate, is_down,
                                                          false};

// prisma/prisma-engines: the script is sent as one string
static const char *detect_prisma(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return lc_streq(file_name(in->path), "migration.sql") ? "detected: a folder with migration.sql" : NULL;
}
READER(prisma, MIGRATION_IMPLICIT)
const struct migration_format migration_prisma = {"prisma", detect_prisma, read_prisma, NULL, false};

// diesel-rs/diesel: metadata.toml beside up.sql may say run_in_transaction = false
static const char *detect_diesel(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return lc_streq(file_name(in->path), "up.sql") || lc_streq(file_name(in->path), "down.sql") ? "detected: a folder with up.sql"
                                                                                                : NULL;
}

static bool runs_in_transaction(const char *toml)
{
    const char *p = toml ? strstr(toml, "run_in_transaction") : NULL;

    if (!p)
        return true;
    p += strlen("run_in_transaction");
    p += strspn(p, " \t=");
    return !lc_starts(p, "false");
}

static enum lc_code read_diesel(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    bool tx = runs_in_transaction(read_beside(arena, in->path, "metadata.toml"));

    (void)options;
    // without its transaction diesel still sends the file as one string (batch_execute)
    return whole_read(arena, in, tx ? MIGRATION_TRANSACTION : MIGRATION_IMPLICIT, unit, out, err);
}
const struct migration_format migration_diesel = {"diesel", detect_diesel, read_diesel, is_down, false};

// launchbadge/sqlx sqlx-core/src/migrate/source.rs
static const char *detect_sqlx(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return lc_starts(in->text, "-- no-transaction") && is_numbered(file_name(in->path), '_')
               ? "detected: '-- no-transaction' at line 1"
               : NULL;
}

static enum lc_code read_sqlx(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                              int unit, struct migration_file *out, struct lc_error *err)
{
    (void)options;
    return whole_read(arena, in, lc_starts(in->text, "-- no-transaction") ? MIGRATION_IMPLICIT : MIGRATION_TRANSACTION, unit, out,
                      err);
}
const struct migration_format migration_sqlx = {"sqlx", detect_sqlx, read_sqlx, is_down, false};

// ariga/atlas: atlas.sum beside the files; -- atlas:txmode none
static const char *detect_atlas(struct lc_arena *arena, const struct migration_input *in)
{
    return read_beside(arena, in->path, "atlas.sum") ? "detected: atlas.sum in the folder" : NULL;
}

static enum lc_code read_atlas(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                               int unit, struct migration_file *out, struct lc_error *err)
{
    (void)options;
    return whole_read(arena, in, strstr(in->text, "-- atlas:txmode none") ? MIGRATION_AUTOCOMMIT : MIGRATION_TRANSACTION, unit,
                      out, err);
}
const struct migration_format migration_atlas = {"atlas", detect_atlas, read_atlas, NULL, false};

// refinery and Flyway name their files alike; Flyway is the commoner
static bool is_versioned(const char *name)
{
    return (name[0] == 'V' || name[0] == 'U' || name[0] == 'B') && name[1] >= '0' && name[1] <= '9' && strstr(name, "__");
}

static const char *detect_nothing(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena, (void)in;
    return NULL;
}
READER(refinery, MIGRATION_TRANSACTION)
static bool is_undo(const struct migration_input *in)
{
    return file_name(in->path)[0] == 'U';
}
const struct migration_format migration_refinery = {"refinery", detect_nothing, read_refinery, is_undo, false};

static const char *detect_flyway(struct lc_arena *arena, const struct migration_input *in)
{
    (void)arena;
    return is_versioned(file_name(in->path)) || lc_starts(file_name(in->path), "R__") ? "detected: V1__name.sql" : NULL;
}

// flyway-database-postgresql PostgreSQLParser.java detectCanExecuteInTransaction
static bool flyway_cannot(const Node *stmt)
{
    const IndexStmt *create = AS(IndexStmt, stmt);
    const DropStmt *drop = AS(DropStmt, stmt);
    const ReindexStmt *reindex = AS(ReindexStmt, stmt);

    if (create)
        return create->concurrent;
    if (drop)
        return drop->concurrent;
    if (reindex)
        return reindex->kind == REINDEX_OBJECT_SCHEMA || reindex->kind == REINDEX_OBJECT_DATABASE ||
               reindex->kind == REINDEX_OBJECT_SYSTEM;
    return IsA(stmt, VacuumStmt) || IsA(stmt, AlterSystemStmt) || IsA(stmt, CreatedbStmt) || IsA(stmt, DropdbStmt) ||
           IsA(stmt, CreateTableSpaceStmt) || IsA(stmt, DropTableSpaceStmt) || IsA(stmt, CreateSubscriptionStmt) ||
           IsA(stmt, DropSubscriptionStmt) || IsA(stmt, DiscardStmt);
}

static enum lc_code read_flyway(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    const char *conf = read_beside(arena, in->path, lc_printf(arena, "%s.conf", file_name(in->path)));
    bool tx = !(conf && strstr(conf, "executeInTransaction=false"));
    enum lc_code code = whole_read(arena, in, MIGRATION_TRANSACTION, unit, out, err);

    (void)options;
    for (int i = 0; i < out->len; i++)
        tx = tx && !(out->stmts[i].sql.tree && flyway_cannot(out->stmts[i].sql.tree));
    for (int i = 0; !tx && i < out->len; i++) {
        out->stmts[i].wrap = MIGRATION_AUTOCOMMIT;
        out->stmts[i].unit = 0;
    }
    return code;
}
const struct migration_format migration_flyway = {"flyway", detect_flyway, read_flyway, is_undo, false};
