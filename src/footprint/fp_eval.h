// A small evaluator of expressions and of queries over the catalogues, so that what a body decides from the catalogue can be told:
// IF NOT EXISTS (SELECT ... FROM pg_constraint ...), loops over pg_class, EXECUTE format(...). What it cannot tell is unknown, never guessed.
#ifndef LC_FOOTPRINT_FP_EVAL_H
#define LC_FOOTPRINT_FP_EVAL_H

#include "footprint/fp_query.h"

enum fp_val_kind { FPV_UNKNOWN, FPV_NULL, FPV_TEXT, FPV_NUMBER, FPV_BOOL, FPV_DATE, FPV_TIMESTAMP, FPV_INTERVAL, FPV_ARRAY };

struct fp_val {
    enum fp_val_kind kind;
    bool some;            // of an unknown one: it is not NULL
    const char *text;     // of every kind but arrays and numbers: as a cast to text gives it
    double number;        // of a number; of a date: days since 2000-01-01; of a bool: 0 or 1
    Oid oid;              // of an oid or regclass: what it refers to
    struct fp_val *items; // of an array
    int nitems;
    int shift;            // of an array: by how much its lower bound is under 1
    bool midnight, zoned; // of a timestamp; its text is NULL where the time of the day or the zone would be in it
    int months;           // of an interval, beside its days in `number`; it has no text
};

struct fp_decl {             // a variable of a body
    const TypeName *written; // NULL: record, or not known
    Oid type;
    int typmod;
    const char *qualified;                // "label.name"; NULL: the block has no label
    struct LC_ARRAY(const char *) fields; // of a record, as "name.field": which of them have a value
};

struct fp_row { // one row of a query's result
    struct fp_val *cols;
};

struct fp_result {
    bool known; // false: what the rows are cannot be told
    const char **names;
    int ncols;
    struct LC_ARRAY(struct fp_row) rows;
};

struct fp_table; // a catalogue that can be read (fp_eval_catalog.c)

struct fp_binding { // a FROM item at its present row
    const char *alias;
    const struct fp_table *table; // a catalogue: object and sub are its row
    const void *object;
    int sub;
    const struct fp_result *result; // or a subquery: row
    int row;                        // -1: a row of NULLs
    const NodeList *colnames;
    struct fp_binding *outer;
};

struct fp_agg { // an aggregate among a query's columns, over the rows so far
    const FuncCall *call;
    struct fp_val value;
    int n;
};
struct fp_aggs LC_ARRAY(struct fp_agg);

struct fp_env {
    struct fp_session *s;
    const struct fp_aggs *aggs; // while the columns of an aggregate query are computed
    struct lc_map *vars;        // name -> struct fp_val; "rec.field" for records
    struct lc_map *decls;       // name -> struct fp_decl
    struct fp_binding *bindings;
    struct lc_map *ctes; // name -> struct fp_result
    long *steps;         // what is left of the budget
    int depth;
};

// The value of an expression, and the rows of a SELECT, as far as catalogue and variables tell; unknown where they do not.
struct fp_val fp_eval(struct fp_env *env, const Node *expr);
struct fp_result fp_eval_select(struct fp_env *env, const SelectStmt *stmt);
struct fp_val fp_eval_join(struct fp_env *env, struct fp_val a, struct fp_val b); // of two arrays, or of an array and an element
int fp_truth(struct fp_val v);                                                    // 1 true, 0 false or NULL, -1 unknown

// Values of each kind.
struct fp_val fpv_unknown(void);
struct fp_val fpv_null(void);
struct fp_val fpv_text(const char *text);
struct fp_val fpv_number(double n);
const char *fpv_str(struct fp_session *s, struct fp_val v); // its text; numbers are printed only when asked
struct fp_val fpv_bool(bool b);
struct fp_val fpv_oid(Oid oid);
struct fp_val fpv_date(struct fp_session *s, double days); // unknown outside the years 1 to 9999
Oid fp_oid_of(struct fp_val v);                            // of an oid, a regclass, a number; InvalidOid: of none
struct fp_val fpv_regclass(struct fp_session *s, const struct cat_relation *rel);
struct fp_val fp_procedure(struct fp_session *s, const struct cat_proc *p, bool arguments); // as regproc, regprocedure print it

#define FP_MAX_ARGS 32
struct fp_args { // of a function of the server
    struct fp_env *env;
    struct fp_val v[FP_MAX_ARGS];
    int n;
};

// fp_eval_date.c
const char *fp_midnight(struct fp_session *s, struct fp_val v); // the day of a timestamp that is one; else NULL
bool fp_is_time_type(const char *name);
struct fp_val fp_cast_time(struct fp_env *env, struct fp_val v, const char *name);
struct fp_val fp_date_arithmetic(struct fp_env *env, char op, struct fp_val a, struct fp_val b);
int fp_compare_times(struct fp_env *env, struct fp_val a, struct fp_val b); // -2: cannot be told
struct fp_val fp_now(struct fp_args *a);
struct fp_val fp_make_date(struct fp_args *a);
struct fp_val fp_date_trunc(struct fp_args *a);
struct fp_val fp_date_part(struct fp_args *a);
struct fp_val fp_to_char(struct fp_args *a);
struct fp_val fp_date_series(struct fp_args *a);

// fp_eval_func.c
struct fp_val fp_eval_call(struct fp_env *env, const FuncCall *call);
// Functions of the user in SQL, of one SELECT: what they return (fp_eval_user.c).
bool fp_eval_returns_set(struct fp_env *env, const FuncCall *call);
struct fp_result fp_eval_function(struct fp_env *env, const FuncCall *call);
struct fp_val fp_eval_user_call(struct fp_env *env, const FuncCall *call);
struct fp_val fp_eval_match(struct fp_val a, struct fp_val b, bool fold, bool negated); // ~ and its like
struct fp_val fp_eval_cast(struct fp_env *env, struct fp_val v, const TypeName *type);
const struct cat_relation *fq_find_by_text(struct fp_session *s, const char *text); // 'a.b' as regclass reads it

// fp_eval_catalog.c
const struct fp_table *fp_table_find(const char *schema, const char *name);
// Calls `visit` for every row.
void fp_table_each(const struct fp_table *t, struct fp_session *s, void (*visit)(const void *object, int sub, void *context),
                   void *context);
// The same for the rows of one object; and is the column the oid of the object?
void fp_table_one(const struct fp_table *t, struct fp_session *s, Oid oid,
                  void (*visit)(const void *object, int sub, void *context), void *context);
bool fp_table_is_key(const struct fp_table *t, const char *name);
bool fp_table_column(const struct fp_table *t, struct fp_session *s, const void *object, int sub, const char *name,
                     struct fp_val *out);
const char *const *fp_table_columns(const struct fp_table *t);

// pg_get_constraintdef: of keys and foreign keys as they are now, of others as the server once wrote it; NULL: not known.
const char *fp_constraint_definition(struct fp_session *s, const struct cat_constraint *con);

#endif
