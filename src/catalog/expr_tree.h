// Analysed expressions: what parse analysis makes of a raw tree (parser/parse_expr.c), reduced to what rules ask about. Not for other rooms.
#ifndef LC_CATALOG_EXPR_TREE_H
#define LC_CATALOG_EXPR_TREE_H

#include "catalog/coerce.h"
#include "catalog/expr.h"
#include "catalog/oids.h"

enum expr_kind {
    X_UNKNOWN,     // could not be analysed
    X_CONST,       // Const: `isnull`, or `value` (its text; NULL: constant, but not computed here)
    X_VAR,         // Var: `rel` or none, `attnum` (0: whole row)
    X_PARAM,       // Param: `attnum` is its number
    X_FUNC,        // FuncExpr
    X_OP,          // OpExpr
    X_DISTINCT,    // DistinctExpr: op is =
    X_NULLIF,      // NullIfExpr: op is =
    X_SCALARARRAY, // ScalarArrayOpExpr: args[0] op ANY (sub 0) or ALL (sub 1) args[1]
    X_BOOL,        // BoolExpr: sub is the BoolExprType
    X_NULLTEST,    // NullTest: sub is the NullTestType
    X_BOOLTEST,    // BooleanTest: sub is the BoolTestType
    X_RELABEL,     // RelabelType
    X_IO,          // CoerceViaIO
    X_ARRAYCOERCE, // ArrayCoerceExpr: args[0] the array, args[1] the element's expression
    X_ROWTYPE,     // ConvertRowtypeExpr, and a row made a named composite
    X_DOMAIN,      // CoerceToDomain
    X_CASE,        // CaseExpr: `sub` conditions, the default, `sub` results
    X_CASETEST,    // CaseTestExpr: the element in args[1] of X_ARRAYCOERCE, the arg of a CASE
    X_COALESCE,
    X_MINMAX,
    X_ARRAY,     // ArrayExpr
    X_ROW,       // RowExpr
    X_SUBLINK,   // SubLink: args[0] the testexpr if any, `query` the subselect's expressions
    X_SQLVALUE,  // SQLValueFunction
    X_AGG,       // Aggref, GroupingFunc
    X_WINDOW,    // WindowFunc
    X_FIELD,     // FieldSelect
    X_SUBSCRIPT, // SubscriptingRef
    X_COLLATE,   // CollateExpr
    X_XML,       // XmlExpr and SQL/JSON constructors: immutable or stable by their arguments
    X_DEFAULT,   // SetToDefault
};

struct expr {
    enum expr_kind kind;
    Oid type;
    int typmod;
    const struct cat_proc *proc; // X_FUNC, and the function behind an operator, aggregate, window function; NULL: not known
    const struct cat_operator *op;
    struct expr **args;
    int nargs;
    const char *value;
    bool isnull;
    const struct cat_relation *rel;
    int attnum, sub;
    bool implicit; // a cast that nobody wrote
};

struct exprs LC_ARRAY(struct expr *);

struct cte { // a name that WITH gives
    const char *name;
    const struct cat_attribute *cols;
    int ncols;
    bool vague; // it may have more
    const struct cte *outer;
};

struct analysis {
    const struct catalog *cat;
    struct lc_arena *arena;
    size_t mark;                // of a brief analysis: where its arena goes back to
    struct cat_addresses *deps; // NULL: not collected
    struct lc_map seen;         // addresses in deps
    const struct cte *ctes;
    const struct cat_proc *fn; // parameters of a SQL function; NULL: none
    const struct expr *const *fn_args;
    bool unknown;           // something could not be resolved
    bool vague;             // a * of the query at hand stands for columns that are not known
    bool vague_columns;     // so it was in the query that was read last
    bool lost;              // a relation is not there
    const char *no_srf;     // the clause of the query at hand that may hold no set-returning function
    struct lc_error *names; // of the first name that is surely not there; NULL: names are not checked
    bool keep_unknown;      // the next query is a part of a set operation: its untyped literals wait for the other part
    bool has_sublink, has_agg, has_window, has_srf;
    int depth;
};

#define ANALYSIS_MAX_DEPTH 400 // of nested expressions; deeper ones are not known

// An analysis against the catalogue as it is now; analysis_depend notes an object (and its column, 0: none) that the tree uses.
void analysis_init(struct analysis *a, const struct catalog *cat);
// A brief one: no tree, column or text of it is looked at after its end.
void analysis_begin(struct analysis *a, const struct catalog *cat);
void analysis_end(const struct analysis *a);
void analysis_depend(struct analysis *a, enum cat_class class, Oid oid, int subid);

// --- expr_tree.c: making nodes ---
struct expr *expr_new(struct analysis *a, enum expr_kind kind, Oid type, int typmod);
struct expr *expr_unknown(struct analysis *a, Oid type); // what cannot be told; type InvalidOid: nor its type
struct expr *expr_const(struct analysis *a, Oid type, const char *value, bool isnull);
struct expr *expr_node1(struct analysis *a, enum expr_kind kind, Oid type, int typmod, struct expr *arg);
struct expr *expr_node2(struct analysis *a, enum expr_kind kind, Oid type, int typmod, struct expr *arg, struct expr *second);
void expr_set_args(struct expr *e, const struct exprs *args);
bool expr_equal(const struct expr *a, const struct expr *b); // equal(), nodes/equalfuncs.c
typedef bool (*expr_test)(const struct expr *e, void *context);
bool expr_any(const struct expr *e, expr_test test, void *context); // is it true of any node of the tree?

// --- expr_analyze.c ---
struct expr *expr_analyze(struct analysis *a, const struct cat_scope *scope, const Node *node);
void expr_analyze_list(struct analysis *a, const struct cat_scope *scope, const NodeList *list, struct exprs *out);
// --- expr_column.c ---
struct expr *expr_column(struct analysis *a, const struct cat_scope *scope, const ColumnRef *ref);
struct expr *expr_parameter(struct analysis *a, const struct cat_scope *scope, int number); // $number
void expr_refuse(struct analysis *a, const char *sqlstate, const char *message); // the first of them counts; see analysis.names
bool expr_has_item(const struct analysis *a, const struct cat_scope *scope, const char *schema,
                   const char *table);                  // is there such a name?
bool expr_is_opaque(const struct cat_scope_item *item); // it may have columns that are not known
// --- expr_call.c ---
// May values of the type fit an operator or cast that is not known? void fits none; a base type of a user's may have casts.
bool expr_type_is_open(const struct cat_type *t);
struct expr *expr_analyze_call(struct analysis *a, const struct cat_scope *scope, const FuncCall *call);
struct expr *expr_make_op(struct analysis *a, const NodeList *name, struct expr *left, struct expr *right);
struct expr *expr_make_saop(struct analysis *a, const NodeList *name, bool all, struct expr *left, struct expr *right);
// --- expr_cast.c (parse_coerce.c) ---
// coerce_to_target_type: NULL when there is no such cast; context e, a, i.
struct expr *expr_coerce(struct analysis *a, struct expr *e, Oid type, int typmod, char context);
struct expr *expr_coerce_type(struct analysis *a, struct expr *e, Oid type, int typmod, char context);
// select_common_type, and every argument made that type; sets the one typmod that all have then, or -1. what: the construct, for the
// message that they cannot be matched; NULL: that is not refused.
Oid expr_coerce_common(struct analysis *a, const char *what, struct expr **args, int n, int *typmod);
// --- expr_query.c ---
// A SELECT, VALUES or WITH statement (or INSERT/UPDATE/DELETE with RETURNING): its columns. Expressions found are pushed to `exprs` (may be NULL).
int expr_analyze_query(struct analysis *a, const struct cat_scope *outer, const Node *query, const struct cat_attribute **cols,
                       struct exprs *exprs);
// --- expr_from.c ---
// What the OUT argument of a call is that is declared as this type; InvalidOid: not known.
Oid expr_out_type(const struct analysis *a, const struct expr *call, Oid declared);
// --- expr_simplify.c, expr_inline.c (optimizer/util/clauses.c) ---
struct simplify {
    struct analysis *a;
    const struct cat_proc *active[16]; // SQL functions that are being inlined
    int nactive;
};
struct expr *expr_simplify(struct simplify *s, struct expr *e);        // eval_const_expressions
struct expr *expr_inline(struct simplify *s, const struct expr *call); // NULL: it is not
struct expr *expr_plan(struct analysis *a, struct expr *e);
bool expr_is_volatile(const struct expr *e, bool *unknown);
bool expr_is_mutable(const struct catalog *cat, const struct expr *e);
bool expr_is_nonstrict(const struct expr *e);
// --- typmod.c: length coercions that change nothing (varchar_support, numeric_support, ...) ---
bool typmod_coercion_is_noop(Oid type, int old_typmod, int new_typmod);
char type_input_volatility(const struct catalog *cat, Oid type);
char type_output_volatility(const struct catalog *cat, Oid type);

// expr_rows.c: refuses rows of other lengths than they must have. n: columns that the query gives, 0: not known.
void expr_check_values(struct analysis *a, const SelectStmt *s);
void expr_check_insert(struct analysis *a, const InsertStmt *s, const struct cat_relation *rel, int n);
// ... and values that cannot be cast to the type of the column that they are for. given: the columns of the query; row: one of VALUES.
void expr_check_inserted(struct analysis *a, const struct cat_scope *outer, const InsertStmt *s, const struct cat_relation *rel,
                         const struct cat_attribute *given, int n);
void expr_check_row(struct analysis *a, const struct cat_scope *scope, const struct cat_relation *rel, const NodeList *cols,
                    const NodeList *row);
void expr_check_set(struct analysis *a, const struct cat_relation *rel, const NodeList *set, const struct cat_attribute *given,
                    int n);

#endif
