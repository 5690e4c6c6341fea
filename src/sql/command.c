// The command tag of a statement: CreateCommandTag, src/backend/tcop/utility.c.
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "sql/lexer.h"
#include "sql/sql.h"

// What CREATE, ALTER and DROP call an object.
static const char *const object_names[ObjectType__count] = {
    [OBJECT_ACCESS_METHOD] = "ACCESS METHOD",
    [OBJECT_AGGREGATE] = "AGGREGATE",
    [OBJECT_ATTRIBUTE] = "TYPE",
    [OBJECT_CAST] = "CAST",
    [OBJECT_COLLATION] = "COLLATION",
    [OBJECT_COLUMN] = "TABLE",
    [OBJECT_CONVERSION] = "CONVERSION",
    [OBJECT_DATABASE] = "DATABASE",
    [OBJECT_DOMAIN] = "DOMAIN",
    [OBJECT_DOMCONSTRAINT] = "DOMAIN",
    [OBJECT_EVENT_TRIGGER] = "EVENT TRIGGER",
    [OBJECT_EXTENSION] = "EXTENSION",
    [OBJECT_FDW] = "FOREIGN DATA WRAPPER",
    [OBJECT_FOREIGN_SERVER] = "SERVER",
    [OBJECT_FOREIGN_TABLE] = "FOREIGN TABLE",
    [OBJECT_FUNCTION] = "FUNCTION",
    [OBJECT_INDEX] = "INDEX",
    [OBJECT_LANGUAGE] = "LANGUAGE",
    [OBJECT_LARGEOBJECT] = "LARGE OBJECT",
    [OBJECT_MATVIEW] = "MATERIALIZED VIEW",
    [OBJECT_OPCLASS] = "OPERATOR CLASS",
    [OBJECT_OPERATOR] = "OPERATOR",
    [OBJECT_OPFAMILY] = "OPERATOR FAMILY",
    [OBJECT_POLICY] = "POLICY",
    [OBJECT_PROCEDURE] = "PROCEDURE",
    [OBJECT_PUBLICATION] = "PUBLICATION",
    [OBJECT_ROLE] = "ROLE",
    [OBJECT_ROUTINE] = "ROUTINE",
    [OBJECT_RULE] = "RULE",
    [OBJECT_SCHEMA] = "SCHEMA",
    [OBJECT_SEQUENCE] = "SEQUENCE",
    [OBJECT_STATISTIC_EXT] = "STATISTICS",
    [OBJECT_SUBSCRIPTION] = "SUBSCRIPTION",
    [OBJECT_TABCONSTRAINT] = "TABLE",
    [OBJECT_TABLE] = "TABLE",
    [OBJECT_TABLESPACE] = "TABLESPACE",
    [OBJECT_TRANSFORM] = "TRANSFORM",
    [OBJECT_TRIGGER] = "TRIGGER",
    [OBJECT_TSCONFIGURATION] = "TEXT SEARCH CONFIGURATION",
    [OBJECT_TSDICTIONARY] = "TEXT SEARCH DICTIONARY",
    [OBJECT_TSPARSER] = "TEXT SEARCH PARSER",
    [OBJECT_TSTEMPLATE] = "TEXT SEARCH TEMPLATE",
    [OBJECT_TYPE] = "TYPE",
    [OBJECT_USER_MAPPING] = "USER MAPPING",
    [OBJECT_VIEW] = "VIEW",
};

// Statements whose tag depends on nothing but their type.
static const char *const tags[NODE_TAG_COUNT] = {
    [T_AlterCollationStmt] = "ALTER COLLATION",
    [T_AlterDatabaseRefreshCollStmt] = "ALTER DATABASE",
    [T_AlterDatabaseSetStmt] = "ALTER DATABASE",
    [T_AlterDatabaseStmt] = "ALTER DATABASE",
    [T_AlterDefaultPrivilegesStmt] = "ALTER DEFAULT PRIVILEGES",
    [T_AlterDomainStmt] = "ALTER DOMAIN",
    [T_AlterEnumStmt] = "ALTER TYPE",
    [T_AlterEventTrigStmt] = "ALTER EVENT TRIGGER",
    [T_AlterExtensionContentsStmt] = "ALTER EXTENSION",
    [T_AlterExtensionStmt] = "ALTER EXTENSION",
    [T_AlterFdwStmt] = "ALTER FOREIGN DATA WRAPPER",
    [T_AlterForeignServerStmt] = "ALTER SERVER",
    [T_AlterOpFamilyStmt] = "ALTER OPERATOR FAMILY",
    [T_AlterOperatorStmt] = "ALTER OPERATOR",
    [T_AlterPolicyStmt] = "ALTER POLICY",
    [T_AlterPublicationStmt] = "ALTER PUBLICATION",
    [T_AlterRoleSetStmt] = "ALTER ROLE",
    [T_AlterRoleStmt] = "ALTER ROLE",
    [T_AlterSeqStmt] = "ALTER SEQUENCE",
    [T_AlterStatsStmt] = "ALTER STATISTICS",
    [T_AlterSubscriptionStmt] = "ALTER SUBSCRIPTION",
    [T_AlterSystemStmt] = "ALTER SYSTEM",
    [T_AlterTSConfigurationStmt] = "ALTER TEXT SEARCH CONFIGURATION",
    [T_AlterTSDictionaryStmt] = "ALTER TEXT SEARCH DICTIONARY",
    [T_AlterTableSpaceOptionsStmt] = "ALTER TABLESPACE",
    [T_AlterTypeStmt] = "ALTER TYPE",
    [T_AlterUserMappingStmt] = "ALTER USER MAPPING",
    [T_CallStmt] = "CALL",
    [T_CheckPointStmt] = "CHECKPOINT",
    [T_ClusterStmt] = "CLUSTER",
    [T_CommentStmt] = "COMMENT",
    [T_CompositeTypeStmt] = "CREATE TYPE",
    [T_ConstraintsSetStmt] = "SET CONSTRAINTS",
    [T_CopyStmt] = "COPY",
    [T_CreateAmStmt] = "CREATE ACCESS METHOD",
    [T_CreateCastStmt] = "CREATE CAST",
    [T_CreateConversionStmt] = "CREATE CONVERSION",
    [T_CreateDomainStmt] = "CREATE DOMAIN",
    [T_CreateEnumStmt] = "CREATE TYPE",
    [T_CreateEventTrigStmt] = "CREATE EVENT TRIGGER",
    [T_CreateExtensionStmt] = "CREATE EXTENSION",
    [T_CreateFdwStmt] = "CREATE FOREIGN DATA WRAPPER",
    [T_CreateForeignServerStmt] = "CREATE SERVER",
    [T_CreateForeignTableStmt] = "CREATE FOREIGN TABLE",
    [T_CreateOpClassStmt] = "CREATE OPERATOR CLASS",
    [T_CreateOpFamilyStmt] = "CREATE OPERATOR FAMILY",
    [T_CreatePLangStmt] = "CREATE LANGUAGE",
    [T_CreatePolicyStmt] = "CREATE POLICY",
    [T_CreatePublicationStmt] = "CREATE PUBLICATION",
    [T_CreateRangeStmt] = "CREATE TYPE",
    [T_CreateRoleStmt] = "CREATE ROLE",
    [T_CreateSchemaStmt] = "CREATE SCHEMA",
    [T_CreateSeqStmt] = "CREATE SEQUENCE",
    [T_CreateStatsStmt] = "CREATE STATISTICS",
    [T_CreateStmt] = "CREATE TABLE",
    [T_CreateSubscriptionStmt] = "CREATE SUBSCRIPTION",
    [T_CreateTableSpaceStmt] = "CREATE TABLESPACE",
    [T_CreateTransformStmt] = "CREATE TRANSFORM",
    [T_CreateTrigStmt] = "CREATE TRIGGER",
    [T_CreateUserMappingStmt] = "CREATE USER MAPPING",
    [T_CreatedbStmt] = "CREATE DATABASE",
    [T_DeclareCursorStmt] = "DECLARE CURSOR",
    [T_DeleteStmt] = "DELETE",
    [T_DoStmt] = "DO",
    [T_DropOwnedStmt] = "DROP OWNED",
    [T_DropRoleStmt] = "DROP ROLE",
    [T_DropSubscriptionStmt] = "DROP SUBSCRIPTION",
    [T_DropTableSpaceStmt] = "DROP TABLESPACE",
    [T_DropUserMappingStmt] = "DROP USER MAPPING",
    [T_DropdbStmt] = "DROP DATABASE",
    [T_ExecuteStmt] = "EXECUTE",
    [T_ExplainStmt] = "EXPLAIN",
    [T_ImportForeignSchemaStmt] = "IMPORT FOREIGN SCHEMA",
    [T_IndexStmt] = "CREATE INDEX",
    [T_InsertStmt] = "INSERT",
    [T_ListenStmt] = "LISTEN",
    [T_LoadStmt] = "LOAD",
    [T_LockStmt] = "LOCK TABLE",
    [T_MergeStmt] = "MERGE",
    [T_NotifyStmt] = "NOTIFY",
    [T_PLAssignStmt] = "SELECT",
    [T_PrepareStmt] = "PREPARE",
    [T_ReassignOwnedStmt] = "REASSIGN OWNED",
    [T_RefreshMatViewStmt] = "REFRESH MATERIALIZED VIEW",
    [T_ReindexStmt] = "REINDEX",
    [T_RuleStmt] = "CREATE RULE",
    [T_SecLabelStmt] = "SECURITY LABEL",
    [T_SelectStmt] = "SELECT",
    [T_TruncateStmt] = "TRUNCATE TABLE",
    [T_UnlistenStmt] = "UNLISTEN",
    [T_UpdateStmt] = "UPDATE",
    [T_VariableShowStmt] = "SHOW",
    [T_ViewStmt] = "CREATE VIEW",
};

static const char *const transaction_tags[TransactionStmtKind__count] = {
    [TRANS_STMT_BEGIN] = "BEGIN",
    [TRANS_STMT_START] = "START TRANSACTION",
    [TRANS_STMT_COMMIT] = "COMMIT",
    [TRANS_STMT_ROLLBACK] = "ROLLBACK",
    [TRANS_STMT_SAVEPOINT] = "SAVEPOINT",
    [TRANS_STMT_RELEASE] = "RELEASE",
    [TRANS_STMT_ROLLBACK_TO] = "ROLLBACK",
    [TRANS_STMT_PREPARE] = "PREPARE TRANSACTION",
    [TRANS_STMT_COMMIT_PREPARED] = "COMMIT PREPARED",
    [TRANS_STMT_ROLLBACK_PREPARED] = "ROLLBACK PREPARED",
};

static const char *const discard_tags[DiscardMode__count] = {
    [DISCARD_ALL] = "DISCARD ALL",
    [DISCARD_PLANS] = "DISCARD PLANS",
    [DISCARD_SEQUENCES] = "DISCARD SEQUENCES",
    [DISCARD_TEMP] = "DISCARD TEMP",
};

// Statements that name a kind of object: the verb, and the kind.
static bool object_command(const Node *tree, const char **verb, ObjectType *type)
{
    *verb = "ALTER";
    switch (nodeTag(tree)) {
    case T_DropStmt:
        *verb = "DROP";
        *type = AS(DropStmt, tree)->removeType;
        return true;
    case T_DefineStmt:
        *verb = "CREATE";
        *type = AS(DefineStmt, tree)->kind;
        return true;
    case T_RenameStmt:
        *type = AS(RenameStmt, tree)->renameType;
        if (*type == OBJECT_COLUMN)
            *type = AS(RenameStmt, tree)->relationType;
        return true;
    case T_AlterObjectDependsStmt:
        *type = AS(AlterObjectDependsStmt, tree)->objectType;
        return true;
    case T_AlterObjectSchemaStmt:
        *type = AS(AlterObjectSchemaStmt, tree)->objectType;
        return true;
    case T_AlterOwnerStmt:
        *type = AS(AlterOwnerStmt, tree)->objectType;
        return true;
    case T_AlterTableMoveAllStmt:
        *type = AS(AlterTableMoveAllStmt, tree)->objtype;
        return true;
    case T_AlterTableStmt:
        *type = AS(AlterTableStmt, tree)->objtype;
        return true;
    case T_AlterFunctionStmt:
        *type = AS(AlterFunctionStmt, tree)->objtype;
        return true;
    default:
        return false;
    }
}

static const char *table_as_tag(const CreateTableAsStmt *stmt)
{
    if (stmt->objtype == OBJECT_MATVIEW)
        return "CREATE MATERIALIZED VIEW";
    return stmt->is_select_into ? "SELECT INTO" : "CREATE TABLE AS";
}

// Statements whose tag depends on one of their fields. NULL: none of these.
static const char *field_tag(const Node *tree)
{
    switch (nodeTag(tree)) {
    case T_TransactionStmt:
        return transaction_tags[AS(TransactionStmt, tree)->kind];
    case T_DiscardStmt:
        return discard_tags[AS(DiscardStmt, tree)->target];
    case T_ClosePortalStmt:
        return AS(ClosePortalStmt, tree)->portalname ? "CLOSE CURSOR" : "CLOSE CURSOR ALL";
    case T_FetchStmt:
        return AS(FetchStmt, tree)->ismove ? "MOVE" : "FETCH";
    case T_GrantStmt:
        return AS(GrantStmt, tree)->is_grant ? "GRANT" : "REVOKE";
    case T_GrantRoleStmt:
        return AS(GrantRoleStmt, tree)->is_grant ? "GRANT ROLE" : "REVOKE ROLE";
    case T_CreateFunctionStmt:
        return AS(CreateFunctionStmt, tree)->is_procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION";
    case T_VacuumStmt:
        return AS(VacuumStmt, tree)->is_vacuumcmd ? "VACUUM" : "ANALYZE";
    case T_CreateTableAsStmt:
        return table_as_tag(AS(CreateTableAsStmt, tree));
    case T_VariableSetStmt:
        return AS(VariableSetStmt, tree)->kind == VAR_RESET || AS(VariableSetStmt, tree)->kind == VAR_RESET_ALL ? "RESET" : "SET";
    case T_DeallocateStmt:
        return AS(DeallocateStmt, tree)->name ? "DEALLOCATE" : "DEALLOCATE ALL";
    default:
        return NULL;
    }
}

static const char *tree_tag(struct lc_arena *arena, const Node *tree)
{
    const char *verb, *tag = tags[nodeTag(tree)];
    ObjectType type;

    if (!tag)
        tag = field_tag(tree);
    if (tag || !object_command(tree, &verb, &type))
        return tag;
    return object_names[type] ? lc_printf(arena, "%s %s", verb, object_names[type]) : NULL;
}

// --- statements that do not parse: the longest tag that their leading words spell -------------------------------------

#define LEADING_WORDS 6

struct leading {
    char words[LEADING_WORDS][16]; // upper case; a longer word is none of a tag's
    int len;
};

// Words between the verb and the object that a tag leaves out.
static bool is_modifier(const char *text, const struct lc_token *token)
{
    static const char *const modifiers[] = {"or",        "replace", "temp",       "temporary", "unlogged",   "unique",
                                            "recursive", "global",  "constraint", "trusted",   "procedural", "local"};

    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++)
        if (lc_token_is(text, token, modifiers[i]))
            return true;
    return false;
}

static struct leading leading_words(const char *text)
{
    struct leading lead = {.len = 0};
    size_t len = strlen(text);
    struct lc_token token = lc_lex_word(text, len, 0);

    while (token.kind == LC_TOKEN_WORD && lead.len < LEADING_WORDS && token.len < sizeof *lead.words) {
        if (!lead.len || !is_modifier(text, &token)) {
            for (size_t i = 0; i < token.len; i++)
                lead.words[lead.len][i] = (char)toupper((unsigned char)text[token.start + i]);
            lead.len++;
        }
        token = lc_lex_word(text, len, token.start + token.len);
    }
    return lead;
}

// How many words of `tag` the statement begins with after its first `skip`; 0 unless they are all of them.
static int spells(const struct leading *lead, int skip, const char *tag)
{
    int i = skip;

    for (; *tag; i++) {
        size_t word = strcspn(tag, " ");

        if (i >= lead->len || strlen(lead->words[i]) != word || memcmp(lead->words[i], tag, word) != 0)
            return 0;
        tag += word + (tag[word] == ' ');
    }
    return i - skip;
}

struct match {
    const char *tag;
    int words;
};

static void match_longest(struct match *best, const struct leading *lead, int skip, const char *const *list, int len)
{
    for (int i = 0; i < len; i++) {
        int n = list[i] ? spells(lead, skip, list[i]) : 0;

        if (n > best->words)
            *best = (struct match){list[i], n};
    }
}

#define MATCH_LONGEST(best, lead, skip, list) match_longest(best, lead, skip, list, (int)(sizeof(list) / sizeof *(list)))

static const char *text_tag(struct lc_arena *arena, const char *text)
{
    // Words that begin a statement whose tag has more words, or another name.
    static const char *const others[] = {"ABORT",
                                         "ALTER",
                                         "ANALYZE",
                                         "CLOSE",
                                         "CREATE",
                                         "DEALLOCATE",
                                         "DECLARE",
                                         "DISCARD",
                                         "DROP",
                                         "END",
                                         "FETCH",
                                         "GRANT",
                                         "LOCK",
                                         "MOVE",
                                         "RESET",
                                         "REVOKE",
                                         "SET",
                                         "TABLE",
                                         "TRUNCATE",
                                         "VACUUM",
                                         "VALUES",
                                         "WITH",
                                         "ALTER DEFAULT PRIVILEGES"};
    struct leading lead = leading_words(text);
    struct match best = {"UNKNOWN", 0};

    if (lead.len && (lc_streq(lead.words[0], "CREATE") || lc_streq(lead.words[0], "ALTER") || lc_streq(lead.words[0], "DROP")))
        MATCH_LONGEST(&best, &lead, 1, object_names);
    if (best.words)
        return lc_printf(arena, "%s %s", lead.words[0], best.tag);
    MATCH_LONGEST(&best, &lead, 0, tags);
    MATCH_LONGEST(&best, &lead, 0, transaction_tags);
    MATCH_LONGEST(&best, &lead, 0, discard_tags);
    MATCH_LONGEST(&best, &lead, 0, others);
    return best.tag;
}

const char *lc_sql_command(struct lc_arena *arena, const struct lc_sql_stmt *stmt)
{
    const char *tag = stmt->tree ? tree_tag(arena, stmt->tree) : NULL;

    return tag ? tag : text_tag(arena, stmt->text);
}
