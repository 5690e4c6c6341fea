// Read-only transactions, as the run itself asks for them: BEGIN READ ONLY, SET TRANSACTION, SET SESSION CHARACTERISTICS, default_transaction_read_only
// (tcop/utility.c ClassifyUtilityCommandAsReadOnly, executor/execMain.c ExecCheckXactReadOnly). What the snapshot's role has set does not count: it is
// seldom the role that migrates.
#include "base/str.h"
#include "footprint/internal.h"
#include "snapshot/settings.h"

#define SESSION_SETTING "transaction_read_only of new transactions" // no server has a setting of that name

static bool is_read_only(const struct fp_session *s)
{
    const char *here = cat_setting(s->cat, "transaction_read_only");

    return setting_bool(here ? here : cat_setting(s->cat, SESSION_SETTING), false);
}

void fp_set_read_only(struct fp_session *s, const char *name, const char *value, bool local)
{
    if (lc_strieq(name, "default_transaction_read_only"))
        cat_set_setting(s->cat, SESSION_SETTING, value, local);
    else if (lc_strieq(name, "transaction_read_only") && s->level > 0) // it goes with the transaction, however it was set
        cat_set_setting(s->cat, "transaction_read_only", value, true);
}

void fp_set_transaction_modes(struct fp_session *s, const NodeList *modes, bool session)
{
    for (LIST_EACH(i, modes)) {
        const DefElem *mode = LIST_GET(DefElem, modes, i);
        const A_Const *c = mode ? AS(A_Const, mode->arg) : NULL;
        const Integer *on = c ? AS(Integer, c->val) : NULL;
        if (!mode || !lc_streq(mode->defname, "transaction_read_only"))
            continue;
        fp_set_read_only(s, session ? "default_transaction_read_only" : "transaction_read_only", on && on->ival ? "on" : "off",
                         false);
    }
}

// ClassifyUtilityCommandAsReadOnly: the utility commands that a read-only transaction may run.
static bool may_run(const Node *stmt)
{
    static const enum NodeTag tags[] = {
        T_SelectStmt,        T_InsertStmt,       T_UpdateStmt,     T_DeleteStmt,      T_MergeStmt,          T_TransactionStmt,
        T_CallStmt,          T_DoStmt,           T_CheckPointStmt, T_ClosePortalStmt, T_ConstraintsSetStmt, T_DeallocateStmt,
        T_DeclareCursorStmt, T_DiscardStmt,      T_ExecuteStmt,    T_FetchStmt,       T_LoadStmt,           T_PrepareStmt,
        T_UnlistenStmt,      T_VariableSetStmt,  T_ClusterStmt,    T_ReindexStmt,     T_VacuumStmt,         T_CopyStmt,
        T_ExplainStmt,       T_VariableShowStmt, T_ListenStmt,     T_NotifyStmt,      T_LockStmt,           T_PLAssignStmt,
    };

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == nodeTag(stmt))
            return true;
    return false;
}

struct writes {
    const struct catalog *cat;
    const char *command; // of the first write to what is not temporary; NULL: none
};

static void note_write(struct writes *w, const RangeVar *target, const char *command)
{
    const struct cat_relation *rel = target ? cat_find_rangevar(w->cat, target) : NULL;

    if (rel && rel->relpersistence != 't' && !w->command)
        w->command = command;
}

static bool find_write(const Node *node, void *context)
{
    struct writes *w = context;

    if (IsA(node, InsertStmt))
        note_write(w, AS(InsertStmt, node)->relation, "INSERT");
    else if (IsA(node, UpdateStmt))
        note_write(w, AS(UpdateStmt, node)->relation, "UPDATE");
    else if (IsA(node, DeleteStmt))
        note_write(w, AS(DeleteStmt, node)->relation, "DELETE");
    else if (IsA(node, MergeStmt))
        note_write(w, AS(MergeStmt, node)->relation, "MERGE");
    else if (IsA(node, CopyStmt) && AS(CopyStmt, node)->is_from)
        note_write(w, AS(CopyStmt, node)->relation, "COPY FROM");
    else if (IsA(node, SelectStmt) && AS(SelectStmt, node)->intoClause)
        w->command = "SELECT INTO";
    return true;
}

bool fp_refuse_read_only(struct fp_session *s, const Node *stmt)
{
    struct writes w = {s->cat, NULL};

    if (s->traffic || !is_read_only(s))
        return false;
    if (!may_run(stmt)) {
        fp_refuse(s, "25006", "cannot execute %s in a read-only transaction", s->fp->command ? s->fp->command : "this command");
        return true;
    }
    if (IsA(stmt, PrepareStmt) || IsA(stmt, ExplainStmt)) // nothing is executed, or what is is asked for again
        return false;
    node_walk(stmt, find_write, &w);
    if (w.command)
        fp_refuse(s, "25006", "cannot execute %s in a read-only transaction", w.command);
    return w.command != NULL;
}
