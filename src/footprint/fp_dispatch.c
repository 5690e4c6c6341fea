// The way of one statement: its family records the footprint, then the catalogue takes its effect.
#include "footprint/internal.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "catalog/apply.h"
#include "catalog/apply_misc.h"
#include "snapshot/settings.h"

#define MAX_DEPTH 24     // bodies that call bodies: deeper is not followed
#define MAX_NESTED 20000 // statements that the bodies of one statement run

typedef bool (*family_fn)(struct fp_session *s, const Node *stmt, bool *applied);

static const family_fn families[] = {
    fp_family_transaction, fp_family_table, fp_family_index, fp_family_object, fp_family_query,
};

// Does what may run or not leave the catalogue another? Then nobody knows what the statements after it will find.
static bool changes_catalogue(const Node *stmt)
{
    switch (nodeTag(stmt)) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_CopyStmt:
    case T_LockStmt:
    case T_TruncateStmt:
    case T_CallStmt:
    case T_DoStmt:
    case T_ExplainStmt:
    case T_NotifyStmt:
    case T_VariableSetStmt:
    case T_VacuumStmt:
    case T_CommentStmt:
    case T_GrantStmt:
    case T_RefreshMatViewStmt:
    case T_ReindexStmt:
    case T_ConstraintsSetStmt:
    case T_DeclareCursorStmt:
    case T_FetchStmt:
    case T_ClosePortalStmt:
    case T_CreateRoleStmt: // roles, owners and settings: names still find the same objects
    case T_AlterRoleStmt:
    case T_AlterRoleSetStmt:
    case T_DropRoleStmt:
    case T_GrantRoleStmt:
    case T_AlterDefaultPrivilegesStmt:
    case T_AlterOwnerStmt:
    case T_AlterSystemStmt:
    case T_AlterDatabaseSetStmt:
    case T_VariableShowStmt:
    case T_ListenStmt:
    case T_UnlistenStmt:
    case T_CheckPointStmt:
    case T_SecLabelStmt:
        return false;
    default:
        return true;
    }
}

// Columns without constraints or sequences come, defaults and statistics change.
static bool changes_columns_only(const Node *stmt)
{
    const AlterTableStmt *alter = AS(AlterTableStmt, stmt);

    for (int i = 0; alter && i < alter->cmds.length; i++) {
        const AlterTableCmd *cmd = LIST_GET(AlterTableCmd, &alter->cmds, i);
        const ColumnDef *def = cmd && cmd->subtype == AT_AddColumn ? AS(ColumnDef, cmd->def) : NULL;

        if (!cmd || (!def && cmd->subtype != AT_ColumnDefault && cmd->subtype != AT_SetStatistics) ||
            (def && cat_serial_type(def->typeName)))
            return false;
        for (int k = 0; def && k < def->constraints.length; k++) {
            const Constraint *con = LIST_GET(Constraint, &def->constraints, k);
            if (con && con->contype != CONSTR_DEFAULT && con->contype != CONSTR_NULL)
                return false;
        }
    }
    return alter != NULL;
}

// What may have run, or may have failed, leaves the catalogue doubtful for those that come after.
static void doubt(struct fp_session *s, const Node *stmt)
{
    enum fp_effects effects = !s->doubted && changes_columns_only(stmt) ? FP_UNKNOWN_COLUMNS : FP_UNKNOWN_OBJECTS;

    if ((s->uncertain || s->doubted) && !s->traffic && !s->fp->fails && changes_catalogue(stmt) && s->unknown_effects < effects)
        s->unknown_effects = effects;
}

// What perhaps runs: what it would make is there for those that come after, and what it would drop, too.
static void apply(struct fp_session *s, const Node *stmt)
{
    struct lc_error err = {0};

    if (s->fp->fails)
        return;
    if (!(s->uncertain && IsA(stmt, DropStmt)) && cat_apply(s->cat, stmt, &err) != LC_OK)
        fp_refuse(s, err.detail[0] ? err.detail : "XX000", "%s", err.message);
}

// Commands that run the functions of indexes and materialized views as the owner of the table (index_build, cluster_rel, RefreshMatView).
static bool runs_as_owner(const Node *stmt)
{
    return IsA(stmt, IndexStmt) || IsA(stmt, ReindexStmt) || IsA(stmt, ClusterStmt) || IsA(stmt, VacuumStmt) ||
           IsA(stmt, RefreshMatViewStmt);
}

static void missing(const char *message, void *context)
{
    fp_refuse(context, strncmp(message, "schema", 6) == 0 ? "3F000" : "42704", "%s", message);
}

// Records one statement and applies it; a refusal is left in the footprint.
static void follow(struct fp_session *s, const Node *stmt)
{
    bool applied = false, known = false;

    if (!s->traffic)
        cat_stand_in(s->cat, stmt, s->unknown_effects == FP_UNKNOWN_OBJECTS, missing, s);
    if (fp_refuse_newer(s, stmt) || fp_refuse_read_only(s, stmt) || fp_refuse_not_owner(s, stmt) || fp_refuse_target(s, stmt) ||
        fp_refuse_unprivileged(s, stmt))
        return;
    fp_fire_event(s, stmt, "ddl_command_start");
    int rewrites = s->fp->rewrites.len;
    bool switched = s->switched;
    s->switched |= runs_as_owner(stmt);
    for (size_t i = 0; i < sizeof families / sizeof *families && !known; i++)
        known = families[i](s, stmt, &applied);
    s->switched = switched;
    if (!known)
        fp_note(s, "not-modelled", true, "%s is not modelled: what it locks is not known", node_tag_name(nodeTag(stmt)));
    if (!s->fp->fails &&
        (fp_refuse_query(s, stmt) || (IsA(stmt, AlterTableStmt) && fp_refuse_not_owner_below(s, AS(AlterTableStmt, stmt)))))
        return;
    if (!applied)
        apply(s, stmt);
    fp_register_on_commit(s, stmt);
    if (IsA(stmt, AlterTableStmt) && s->fp->rewrites.len > rewrites)
        fp_fire_event(s, stmt, "table_rewrite");
    if (IsA(stmt, DropStmt) || IsA(stmt, DropOwnedStmt) || IsA(stmt, AlterTableStmt))
        fp_fire_event(s, stmt, "sql_drop");
    fp_fire_event(s, stmt, "ddl_command_end");
}

static void run(struct fp_session *s, const Node *stmt)
{
    bool outer = s->doubted;

    s->doubted = false;
    follow(s, stmt);
    doubt(s, stmt);
    s->doubted |= outer;
    if (s->fp->fails && s->top_level)
        fp_cache_failed(s);
}

void fp_record(struct fp_session *s, const Node *stmt)
{
    bool applied = false;

    for (size_t i = 1; i < sizeof families / sizeof *families; i++) // transaction control leaves no lock
        if (families[i](s, stmt, &applied))
            return;
}

static void keep_names(struct fp_session *s, const Node *stmt)
{
    const RenameStmt *rename = AS(RenameStmt, stmt);
    const AlterObjectSchemaStmt *move = AS(AlterObjectSchemaStmt, stmt);
    const RangeVar *rv = rename ? rename->relation : move ? move->relation : NULL;

    if (rv)
        fp_keep_name(s, cat_find_rangevar(s->cat, rv));
}

void fp_nested(struct fp_session *s, const Node *stmt, const char *sql)
{
    const char *outer = s->sql;
    bool top = s->top_level;

    if (s->depth >= MAX_DEPTH) {
        fp_note(s, "too-deep", true, "calls nest more than %d deep: what lies below is not followed", MAX_DEPTH);
        return;
    }
    if (++s->nested > MAX_NESTED) {
        fp_note(s, "too-large", true, "the bodies run more than %d statements: what comes after is not followed", MAX_NESTED);
        return;
    }
    s->depth++;
    s->top_level = false;
    s->sql = sql;
    keep_names(s, stmt);
    run(s, stmt);
    s->sql = outer;
    s->top_level = top;
    s->depth--;
}

// 0 where there is none or it cannot be read.
static double timeout_ms(const struct fp_session *s, const char *name)
{
    const char *value = cat_setting(s->cat, name);
    double ms = value ? setting_ms(name, value) : 0;

    return isnan(ms) ? 0 : ms;
}

static void start(struct fp_session *s, const struct lc_sql_stmt *stmt, struct footprint *out)
{
    *out = (struct footprint){.locks = s->room.locks, .work = s->room.work, .events = s->room.events};
    s->fp = out;
    s->statement++;
    s->nested = 0;
    s->old_names = NULL;
    lc_map_init(&s->written, s->arena);
    s->sql = stmt->text;
    s->phase = 0;
    s->uncertain = false;
    s->depth = 0;
    s->cascade = 0;
    s->top_level = true;
    s->watermark = cat_last_oid(s->cat);
    out->command = lc_sql_command(s->arena, stmt);
    out->lock_timeout_ms = timeout_ms(s, "lock_timeout");
    out->statement_timeout_ms = timeout_ms(s, "statement_timeout");
}

// An array at its length; the room that it grew in is the next statement's.
#define KEEP(s, array)                                                                                                           \
    do {                                                                                                                         \
        (s)->room.array = (s)->fp->array;                                                                                        \
        (s)->room.array.len = 0;                                                                                                 \
        (s)->fp->array.cap = (s)->fp->array.len;                                                                                 \
        (s)->fp->array.items =                                                                                                   \
            lc_memdup((s)->arena, (s)->fp->array.items, (size_t)(s)->fp->array.len * sizeof *(s)->fp->array.items);              \
    } while (0)

static void finish(struct fp_session *s)
{
    KEEP(s, locks);
    KEEP(s, work);
    KEEP(s, events);
    s->fp = NULL;
}

static bool ends_transaction(const Node *stmt)
{
    const TransactionStmt *t = AS(TransactionStmt, stmt);

    return t && (t->kind == TRANS_STMT_COMMIT || t->kind == TRANS_STMT_ROLLBACK || t->kind == TRANS_STMT_ROLLBACK_TO ||
                 t->kind == TRANS_STMT_PREPARE);
}

// Outside a block: the statement is a transaction of its own.
static void run_alone(struct fp_session *s, const Node *stmt)
{
    cat_begin(s->cat);
    s->body_committed = false;
    run(s, stmt);
    fp_on_commit(s, !s->fp->fails);
    if (s->fp->fails && !s->body_committed)
        cat_rollback(s->cat);
    else
        cat_commit(s->cat);
    fp_statement_locks_end(s);
    s->fp->transaction = s->phase ? 0 : ++s->transaction;
}

static void run_in_block(struct fp_session *s, const Node *stmt)
{
    s->fp->in_block = true;
    s->fp->transaction = s->transaction;
    cat_begin(s->cat);
    run(s, stmt);
    if (s->fp->fails)
        cat_rollback(s->cat);
    else
        cat_commit(s->cat);
    if (s->fp->fails)
        s->aborted = true;
}

void fp_statement(struct fp_session *s, const struct lc_sql_stmt *stmt, struct footprint *out)
{
    bool in_block = s->level > 0;

    start(s, stmt, out);
    if (s->aborted && !(stmt->tree && ends_transaction(stmt->tree))) {
        out->skipped = true;
        out->in_block = true;
        out->transaction = s->transaction;
    } else if (!stmt->tree) {
        out->transaction = in_block ? s->transaction : ++s->transaction;
        fp_note(s, "not-parsed", true, "the statement was not understood: what it locks is not known%s%.300s",
                stmt->error ? ": " : "", stmt->error ? stmt->error->message : "");
    } else if (IsA(stmt->tree, TransactionStmt)) {
        bool applied = false;
        (void)fp_family_transaction(s, stmt->tree, &applied);
        out->in_block = in_block || s->level > 0;
        out->transaction = s->transaction;
    } else if (in_block) {
        run_in_block(s, stmt->tree);
    } else {
        run_alone(s, stmt->tree);
    }
    finish(s);
}
