// Event triggers: what runs before and after each DDL command (commands/event_trigger.c, tcop/utility.c ProcessUtilitySlow).
#include "footprint/fp_query.h"

#include <string.h>

#include "base/str.h"
#include "snapshot/settings.h"

// EventTriggerSupportsObjectType: what all databases share has none, nor have event triggers themselves.
static bool supports(ObjectType type)
{
    return type != OBJECT_DATABASE && type != OBJECT_TABLESPACE && type != OBJECT_ROLE && type != OBJECT_EVENT_TRIGGER;
}

// What ProcessUtilitySlow runs whatever it is about; the others are asked.
static const enum NodeTag ddl_tags[] = {
    T_CreateSchemaStmt,
    T_CreateStmt,
    T_CreateForeignTableStmt,
    T_AlterTableStmt,
    T_AlterDomainStmt,
    T_DefineStmt,
    T_IndexStmt,
    T_CreateExtensionStmt,
    T_AlterExtensionStmt,
    T_AlterExtensionContentsStmt,
    T_CreateFdwStmt,
    T_AlterFdwStmt,
    T_CreateForeignServerStmt,
    T_AlterForeignServerStmt,
    T_CreateUserMappingStmt,
    T_AlterUserMappingStmt,
    T_DropUserMappingStmt,
    T_ImportForeignSchemaStmt,
    T_CompositeTypeStmt,
    T_CreateEnumStmt,
    T_CreateRangeStmt,
    T_AlterEnumStmt,
    T_ViewStmt,
    T_CreateFunctionStmt,
    T_AlterFunctionStmt,
    T_RuleStmt,
    T_CreateSeqStmt,
    T_AlterSeqStmt,
    T_CreateTableAsStmt,
    T_RefreshMatViewStmt,
    T_CreateTrigStmt,
    T_CreatePLangStmt,
    T_CreateDomainStmt,
    T_CreateConversionStmt,
    T_CreateCastStmt,
    T_CreateOpClassStmt,
    T_CreateOpFamilyStmt,
    T_CreateTransformStmt,
    T_AlterOpFamilyStmt,
    T_AlterTSDictionaryStmt,
    T_AlterTSConfigurationStmt,
    T_AlterTableMoveAllStmt,
    T_AlterObjectDependsStmt,
    T_AlterOperatorStmt,
    T_AlterTypeStmt,
    T_DropOwnedStmt,
    T_AlterDefaultPrivilegesStmt,
    T_CreatePolicyStmt,
    T_AlterPolicyStmt,
    T_CreateAmStmt,
    T_CreatePublicationStmt,
    T_AlterPublicationStmt,
    T_CreateSubscriptionStmt,
    T_AlterSubscriptionStmt,
    T_DropSubscriptionStmt,
    T_CreateStatsStmt,
    T_AlterStatsStmt,
    T_AlterCollationStmt,
};

static bool is_ddl(const struct fp_session *s, const Node *stmt)
{
    for (size_t i = 0; i < sizeof ddl_tags / sizeof *ddl_tags; i++)
        if (ddl_tags[i] == nodeTag(stmt))
            return true;
    switch (nodeTag(stmt)) {
    case T_DropStmt:
        return supports(AS(DropStmt, stmt)->removeType);
    case T_RenameStmt:
        return supports(AS(RenameStmt, stmt)->renameType);
    case T_AlterObjectSchemaStmt:
        return supports(AS(AlterObjectSchemaStmt, stmt)->objectType);
    case T_AlterOwnerStmt:
        return supports(AS(AlterOwnerStmt, stmt)->objectType);
    case T_CommentStmt:
        return supports(AS(CommentStmt, stmt)->objtype);
    case T_SecLabelStmt:
        return supports(AS(SecLabelStmt, stmt)->objtype);
    case T_GrantStmt:
        return supports(AS(GrantStmt, stmt)->objtype);
    case T_ReindexStmt:
        return cat_major(s->cat) >= 17;
    case T_SelectStmt:
        return AS(SelectStmt, stmt)->intoClause != NULL;
    default:
        return false;
    }
}

struct firing {
    struct fp_session *s;
    const char *event, *command;
};

// filter_event_trigger
static bool is_meant(const struct firing *f, const struct cat_other *t)
{
    bool tagged = !t->tags;

    if (!lc_streq(t->event, f->event) || !fq_trigger_enabled(f->s, t->enabled))
        return false;
    for (int i = 0; !tagged && t->tags[i]; i++)
        tagged = lc_strieq(t->tags[i], f->command);
    return tagged;
}

// What the function does usually depends on what the command did (pg_event_trigger_dropped_objects() and its like): nothing of it is certain.
static void fire_one(const struct cat_object *object, void *context)
{
    struct firing *f = context;
    const struct cat_other *t = (const struct cat_other *)(const void *)object;
    const struct cat_proc *proc = cat_proc(f->s->cat, t->funcid);
    bool was = f->s->uncertain, fails = f->s->fp->fails;

    if (fails || !is_meant(f, t))
        return;
    fp_note(f->s, "event-trigger", !proc, "event trigger %s runs function %s at %s%s", t->o.name,
            proc ? proc->o.name : "of unknown name", f->event, proc ? "" : ": what it does is not known");
    f->s->uncertain = true;
    if (proc)
        fq_trigger_proc(f->s, proc, NULL);
    f->s->uncertain = was;
}

void fp_fire_event(struct fp_session *s, const Node *stmt, const char *event)
{
    const struct lc_sql_stmt whole = {.tree = (Node *)(uintptr_t)stmt};
    struct firing f = {s, event, NULL};

    if (s->traffic || !cat_has_any(s->cat, CAT_EVENT_TRIGGER) || !is_ddl(s, stmt) ||
        !setting_bool(cat_setting(s->cat, "event_triggers"), true))
        return;
    f.command = lc_sql_command(s->arena, &whole);
    cat_each(s->cat, CAT_EVENT_TRIGGER, fire_one, &f);
}
