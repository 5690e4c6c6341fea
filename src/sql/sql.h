// SQL text in, statements out: the one room that knows libpg_query.
#ifndef LC_SQL_SQL_H
#define LC_SQL_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "sql/nodes.h"

#define LC_SQL_MAX_BYTES ((size_t)256 * 1024 * 1024) // a larger input is refused

struct lc_sql_stmt {
    const char *text;             // without leading blanks and comments, without the closing semicolon; NUL-terminated
    size_t offset, len;           // of `text` in the input, bytes
    int line;                     // 1-based, of the first byte of `text`
    Node *tree;                   // NULL when the grammar does not accept the statement
    const struct lc_error *error; // then: why, with the line of the error in the input, and what to do; else NULL
};

struct lc_sql_script {
    struct lc_sql_stmt *stmts;
    int len;
};

// PG_VERSION_NUM of the grammar that this build parses with, e.g. 150001.
int lc_sql_grammar(void);

// Splits `text` (len bytes, no NUL byte inside, valid UTF-8) into statements and parses each by itself. A statement that does
// not parse is one with tree NULL, and never stops the others. Fails only on input that cannot be split at all.
enum lc_code lc_sql_parse(struct lc_arena *arena, const char *text, size_t len, struct lc_sql_script *script,
                          struct lc_error *err) LC_MUST_CHECK;

// One statement. NULL when it does not parse (err says why). For texts of pg_stat_statements, view definitions, bodies.
Node *lc_sql_parse_one(struct lc_arena *arena, const char *text, struct lc_error *err) LC_MUST_CHECK;
// An expression, as in pg_get_expr's output: parsed as the target of a SELECT. NULL when it does not parse.
Node *lc_sql_parse_expr(struct lc_arena *arena, const char *text) LC_MUST_CHECK;

// "ALTER TABLE": the command tag as PostgreSQL reports it (src/include/tcop/cmdtaglist.h); for a statement that does not
// parse, its leading keywords.
const char *lc_sql_command(struct lc_arena *arena, const struct lc_sql_stmt *stmt);

// The text with every literal replaced by $n, also in comments and in texts that do not parse, so that no literal ever leaves; blanks
// and the modifiers of types are kept. Never NULL.
const char *lc_sql_normalize(struct lc_arena *arena, const char *text);
// 16 hex digits that are equal for statements that differ only in literals and layout; "" when it does not parse.
const char *lc_sql_fingerprint(struct lc_arena *arena, const char *text);

// An identifier quoted where SQL needs it (quote_identifier, src/backend/utils/adt/ruleutils.c), and schema.name.
const char *lc_quote_ident(struct lc_arena *arena, const char *name);
const char *lc_quote_name(struct lc_arena *arena, const char *schema, const char *name);
// A string literal with its quotes doubled; E'' where a backslash is in it.
const char *lc_quote_literal(struct lc_arena *arena, const char *text);

// A type as format_type prints it: "numeric(10,2)", "timestamp(3) with time zone", "public.citext[]". NULL where it cannot.
const char *lc_sql_type_name(struct lc_arena *arena, const TypeName *type);

// The SELECT of the rows that an UPDATE or DELETE would change: the same tables and condition. NULL for anything else.
const char *lc_sql_rows_query(struct lc_arena *arena, const char *text);

// The WHERE of a statement and what follows it, such as a partial index's; one inside of parentheses does not count. NULL: there is none.
const char *lc_sql_where(const char *text);

// --- PL/pgSQL bodies -------------------------------------------------------------------------------------------

enum lc_body_kind {
    LC_BODY_SQL, // a statement that the body runs; `target` of its INTO. Also what a cursor is opened for, and RETURN QUERY
    LC_BODY_EXPR, // an expression it evaluates (PERFORM, whose `type` is "perform", assignment, loop bounds); `target` of an assignment
    LC_BODY_DYNAMIC, // EXECUTE: `text` is the expression that gives the string, as written ("format('DROP TABLE %I', t)"); also
                     // RETURN QUERY EXECUTE, OPEN FOR EXECUTE; `target` of its INTO
    LC_BODY_SCOPE,   // a block in a block, with variables of its own or a label: children, DECLAREs first
    LC_BODY_BLOCK,   // BEGIN ... EXCEPTION: children run in a subtransaction; its HANDLERs follow, beside it
    LC_BODY_IF,   // `text` is the condition; children when true, `otherwise` when not (ELSIF, the next WHEN of CASE: an IF in it)
    LC_BODY_LOOP, // FOR ... IN query or cursor: `text` the query; FOREACH: the array, `type` "slice" with SLICE; FOR ... IN 1..3:
                  // "generate_series(1, 3)", `type` "integer"; NULL for others; `target` the loop variable
    LC_BODY_FOR_DYNAMIC, // FOR ... IN EXECUTE: as LOOP, `text` the expression that gives the query
    LC_BODY_COMMIT,      // COMMIT or ROLLBACK in a procedure or DO
    LC_BODY_ROLLBACK,
    LC_BODY_HANDLER, // WHEN ... THEN: children run only after an error; `text` the condition names, "duplicate_object or others"
    LC_BODY_DECLARE, // a variable: `target`, `type`, `text` its default (NULL: none)
    LC_BODY_RETURN,  // ends the function; `text` the expression, NULL: none
    LC_BODY_RAISE, // RAISE EXCEPTION: an error; `text` the condition name or NULL, `type` "again" for RAISE; alone. Lower levels are no items
    LC_BODY_ASSERT, // `text` is the condition
    LC_BODY_EXIT, // EXIT or CONTINUE, which `type` says; `text` the WHEN condition, NULL: none. WHILE x: EXIT WHEN (x) IS NOT TRUE
    LC_BODY_SET,  // FETCH, MOVE, GET DIAGNOSTICS: gives `target` a value that no expression says; `text` is its keyword
    LC_BODY_UNKNOWN, // a construct not modelled; `text` is it
};

struct lc_body_item {
    enum lc_body_kind kind;
    const char *text;   // SQL text, NULL for structure
    const char *target; // variables that it sets (:=, INTO, FOR), as written, "a, b"; NULL: none
    const char *type;   // LC_BODY_DECLARE: "text", "record", "int"
    const char *label;  // of a loop, a scope, the frame; of EXIT and CONTINUE: which one they mean
    int line;           // 1-based line within the body
    struct lc_body_item *children;
    int len;
    struct lc_body_item *otherwise; // LC_BODY_IF: ELSE
    int notherwise;
};

// The statements of a PL/pgSQL function given as its whole CREATE FUNCTION or DO statement, in the order of the text. `body` itself
// is only their frame, whatever its kind: look at its children. Texts of SQL parse as a statement, other texts as an expression or,
// where it has a FROM, as the whole SELECT that PL/pgSQL makes of it; variables stand in them as if they were columns. INTO is left
// out. Fails for other languages.
enum lc_code lc_plpgsql_parse(struct lc_arena *arena, const char *create_function, struct lc_body_item *body,
                              struct lc_error *err) LC_MUST_CHECK;

// May such a statement's body have a variable, parameter or label of that name? True in doubt.
bool lc_plpgsql_may_declare(const char *create_function, const char *name);

#endif
