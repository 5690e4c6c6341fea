// Flyway: V1.2__name.sql by version, then R__name.sql; callbacks around them; placeholders; what cannot run in a transaction.
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "migration/folder.h"
#include "migration/jdbc.h"
#include "migration/markers.h"
#include "migration/placeholders.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// org/flywaydb/core/internal/resource/ResourceNameParser.java, with the default prefixes: the version goes up to "__", or to the end
static bool is_versioned(const char *name)
{
    size_t n;

    if ((name[0] != 'V' && name[0] != 'U' && name[0] != 'B') || !is_digit(name[1]))
        return false;
    for (n = 1; is_digit(name[n]) || ((name[n] == '.' || name[n] == '_') && is_digit(name[n + 1]));)
        n++;
    return lc_starts(name + n, "__") || lc_streq(name + n, ".sql");
}

static bool is_event(const char *name, const char *event)
{
    return lc_starts(name, event) && (lc_streq(name + strlen(event), ".sql") || lc_starts(name + strlen(event), "__"));
}

// org/flywaydb/core/api/callback/Event.java: those that a migrate runs once (Flyway.java migrate validates first), over a connection of
// their own (DefaultCallbackExecutor.java onMigrateOrUndoEvent)
static bool is_callback(const char *name)
{
    static const char *const events[] = {"beforeValidate", "afterValidate",       "beforeMigrate", "beforeRepeatables",
                                         "afterVersioned", "afterMigrateApplied", "afterMigrate"};

    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (is_event(name, events[i]))
            return true;
    return false;
}

// DbMigrate.java doMigrateGroup: around each migration, over its connection and in its transaction
static int runs_around(const char *name)
{
    return is_event(name, "beforeEachMigrate") ? -1 : is_event(name, "afterEachMigrate");
}

static const char *detect_flyway(struct lc_arena *arena, const struct migration_input *in)
{
    const char *name = file_name(in->path);

    (void)arena;
    if (is_callback(name) || runs_around(name))
        return "detected: a callback of Flyway";
    return (is_versioned(name) && strstr(name, "__")) || lc_starts(name, "R__") ? "detected: V1__name.sql" : NULL;
}

// Undo and baseline scripts, and files that Flyway does not look at.
static bool is_not_run(const struct migration_input *in)
{
    const char *name = file_name(in->path);

    return !((name[0] == 'V' && is_versioned(name)) || lc_starts(name, "R__") || is_callback(name) || runs_around(name));
}

// flyway-database-postgresql PostgreSQLParser.java detectCanExecuteInTransaction
static bool cannot_run_inside(const Node *stmt)
{
    const IndexStmt *create = AS(IndexStmt, stmt);
    const DropStmt *drop = AS(DropStmt, stmt);
    const ReindexStmt *reindex = AS(ReindexStmt, stmt);
    const VacuumStmt *vacuum = AS(VacuumStmt, stmt);
    const DiscardStmt *discard = AS(DiscardStmt, stmt);

    if (create)
        return create->concurrent;
    if (drop)
        return drop->concurrent;
    if (reindex)
        return reindex->kind == REINDEX_OBJECT_SCHEMA || reindex->kind == REINDEX_OBJECT_DATABASE ||
               reindex->kind == REINDEX_OBJECT_SYSTEM;
    if (vacuum)
        return vacuum->is_vacuumcmd;
    if (discard)
        return discard->target == DISCARD_ALL;
    return IsA(stmt, AlterSystemStmt) || IsA(stmt, CreatedbStmt) || IsA(stmt, DropdbStmt) || IsA(stmt, CreateTableSpaceStmt) ||
           IsA(stmt, DropTableSpaceStmt) || IsA(stmt, CreateSubscriptionStmt) || IsA(stmt, DropSubscriptionStmt);
}

static void run_outside(struct migration_file *out)
{
    for (int i = 0; i < out->len; i++) {
        out->stmts[i].wrap = MIGRATION_AUTOCOMMIT;
        out->stmts[i].unit = 0;
    }
}

static int count_outside(const struct migration_file *out)
{
    int n = 0;

    for (int i = 0; i < out->len; i++)
        n += out->stmts[i].sql.tree && cannot_run_inside(out->stmts[i].sql.tree);
    return n;
}

// Letters in either case; NULL: it is not in from..to.
static const char *find_word(const char *from, const char *to, const char *word)
{
    size_t n = strlen(word);

    for (; (size_t)(to - from) >= n; from++)
        if (strncasecmp(from, word, n) == 0)
            return from;
    return NULL;
}

// PostgreSQLParser.java readCopyData: the lines behind COPY ... FROM STDIN, up to one that begins with \\. They are blanked.
static const char *without_rows(struct lc_arena *arena, const struct migration_input *in)
{
    char *copy = NULL;
    const char *semicolon, *stop;

    for (const char *p = in->text; (semicolon = strchr(p, ';')); p = semicolon + 1) {
        const char *word = find_word(p, semicolon, "copy");
        if (!word || !find_word(word, semicolon, "stdin"))
            continue;
        stop = strstr(semicolon, "\n\\.");
        if (!stop)
            break;
        copy = copy ? copy : lc_strndup(arena, in->text, in->size);
        for (const char *q = semicolon + 1 + strcspn(semicolon + 1, "\n"); q < stop + 3; q++)
            copy[q - in->text] = *q == '\n' ? '\n' : ' ';
        semicolon = stop + 2;
    }
    return copy ? copy : in->text;
}

static const char *driver_text(struct lc_arena *arena, const struct migration_input *in)
{
    char *copy = lc_strndup(arena, without_rows(arena, in), in->size);

    jdbc_operators(copy, in->size);
    return copy;
}

// Parser.java: a no-break space is a blank between statements; the server takes it for a name.
static void leave_out_blanks(struct migration_file *out)
{
    int n = 0;

    for (int i = 0; i < out->len; i++) {
        const struct lc_sql_stmt *sql = &out->stmts[i].sql;
        size_t at = 0;
        while (at < sql->len && (strchr(" \t\r\n;", sql->text[at]) || lc_starts(sql->text + at, "\xc2\xa0")))
            at += sql->text[at] == '\xc2' ? 2 : 1;
        if (at < sql->len || sql->tree || sql->len == 0)
            out->stmts[n++] = out->stmts[i];
    }
    out->len = n;
}

// The configuration beside a script: org/flywaydb/core/internal/sqlscript/SqlScriptMetadata.java
static enum lc_code read_flyway(struct lc_arena *arena, const struct migration_input *in, const struct migration_options *options,
                                int unit, struct migration_file *out, struct lc_error *err)
{
    const char *conf = read_beside(arena, in->path, lc_printf(arena, "%s.conf", file_name(in->path)));
    struct placeholders style = {"${", "}", options, NULL};
    struct migration_input copy = *in;
    enum lc_code code;
    int outside;

    if (conf_has(conf, "shouldExecute", "false"))
        return LC_OK;
    copy.text = driver_text(arena, in);
    code = conf_has(conf, "placeholderReplacement", "false")
               ? whole_read(arena, &copy, MIGRATION_TRANSACTION, unit, out, err)
               : placeholders_add_sql(arena, &copy, &style, 0, copy.size, 1, MIGRATION_TRANSACTION, unit, out, err);
    if (code != LC_OK)
        return code;
    if (is_callback(file_name(in->path)))
        out->session = MIGRATION_SESSION_OWN;
    leave_out_blanks(out);
    outside = count_outside(out);
    if (conf_has(conf, "executeInTransaction", "false"))
        run_outside(out);
    if (!outside || conf_has(conf, "executeInTransaction", "true") || conf_has(conf, "executeInTransaction", "false"))
        return code;
    run_outside(out);
    // org/flywaydb/core/internal/sqlscript/ParserSqlScript.java parse
    if (outside < out->len)
        out->reason =
            lc_printf(arena, "%s; Flyway refuses it unless mixed=true: some of its statements run in a transaction, some cannot",
                      out->reason);
    return code;
}
const struct migration_format migration_flyway = {.name = "flyway",
                                                  .detect = detect_flyway,
                                                  .read = read_flyway,
                                                  .skip = is_not_run,
                                                  .compare = compare_flyway,
                                                  .session = MIGRATION_SESSION_SAME, // Connection.java restoreOriginalState
                                                  .around = runs_around,
                                                  .runs_alone = is_callback,
                                                  .adopts = true,
                                                  .nested = true,
                                                  .versions = VERSIONS_ONCE,
                                                  .compare_versions = compare_flyway_versions};
