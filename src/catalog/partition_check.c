// The CHECK constraint that DETACH PARTITION ... CONCURRENTLY leaves on the partition in place of its bound (DetachAddConstraintIfNeeded,
// commands/tablecmds.c).
#include <string.h>

#include "catalog/apply_internal.h"
#include "catalog/prove.h"

struct writer {
    struct catalog *cat;
    struct lc_str *out;
    bool unknown; // something has no text here
};

static void write_quoted(struct lc_str *out, const char *text, char quote)
{
    lc_str_addc(out, quote);
    for (; *text; text++) {
        if (*text == quote)
            lc_str_addc(out, quote);
        lc_str_addc(out, *text);
    }
    lc_str_addc(out, quote);
}

static void write_expr(struct writer *w, const struct expr *e);

static void write_list(struct writer *w, const struct expr *e, int first, const char *separator)
{
    for (int i = first; i < e->nargs; i++) {
        if (i > first)
            lc_str_add(w->out, separator);
        write_expr(w, e->args[i]);
    }
}

static void write_const(struct writer *w, const struct expr *e)
{
    if (e->isnull)
        lc_str_add(w->out, "NULL");
    else if (e->value)
        write_quoted(w->out, e->value, '\'');
    else
        w->unknown = true;
    lc_str_addf(w->out, "::%s", cat_format_type(w->cat, e->type, e->typmod));
}

static void write_call(struct writer *w, const struct expr *e)
{
    if (!e->proc) {
        w->unknown = true;
        return;
    }
    write_quoted(w->out, cat_schema_name(w->cat, e->proc->o.schema), '"');
    lc_str_addc(w->out, '.');
    write_quoted(w->out, e->proc->o.name, '"');
    lc_str_addc(w->out, '(');
    write_list(w, e, 0, ", ");
    lc_str_addc(w->out, ')');
}

static void write_operator(struct writer *w, const struct expr *e)
{
    if (!e->op || e->nargs < 1 || e->nargs > 2) {
        w->unknown = true;
        return;
    }
    if (e->nargs == 2)
        write_expr(w, e->args[0]);
    lc_str_addf(w->out, " %s ", e->op->o.name);
    if (e->kind == X_SCALARARRAY)
        lc_str_add(w->out, e->sub ? "ALL (" : "ANY (");
    write_expr(w, e->args[e->nargs - 1]);
    if (e->kind == X_SCALARARRAY)
        lc_str_addc(w->out, ')');
}

static void write_bool(struct writer *w, const struct expr *e)
{
    if (e->sub == NOT_EXPR)
        lc_str_add(w->out, "NOT ");
    write_list(w, e, 0, e->sub == OR_EXPR ? " OR " : " AND ");
}

static void write_expr(struct writer *w, const struct expr *e)
{
    lc_str_addc(w->out, '(');
    switch (e->kind) {
    case X_VAR:
        if (e->rel && e->attnum > 0)
            write_quoted(w->out, e->rel->attrs[e->attnum - 1].name, '"');
        else
            w->unknown = true;
        break;
    case X_CONST:
        write_const(w, e);
        break;
    case X_FUNC:
        write_call(w, e);
        break;
    case X_OP:
    case X_SCALARARRAY:
        write_operator(w, e);
        break;
    case X_BOOL:
        write_bool(w, e);
        break;
    case X_NULLTEST:
        write_expr(w, e->args[0]);
        lc_str_add(w->out, e->sub == IS_NULL ? " IS NULL" : " IS NOT NULL");
        break;
    case X_RELABEL:
    case X_IO:
        write_expr(w, e->args[0]);
        lc_str_addf(w->out, "::%s", cat_format_type(w->cat, e->type, e->typmod));
        break;
    case X_ARRAY:
        lc_str_add(w->out, "ARRAY[");
        write_list(w, e, 0, ", ");
        lc_str_addc(w->out, ']');
        break;
    default:
        w->unknown = true;
    }
    lc_str_addc(w->out, ')');
}

// A bound that cannot be written down: what proves nothing but names the columns, for the constraint's name follows from them.
static void write_columns(struct writer *w, const struct cat_relation *rel)
{
    lc_str_add(w->out, "true");
    for (const struct cat_relation *up = rel; up && up->relispartition;) {
        up = cat_relation(w->cat, cat_partition_parent(up));
        for (int i = 0; up && i < up->partkey.natts; i++) {
            if (up->partkey.keys[i] < 1)
                continue;
            lc_str_add(w->out, " OR ");
            write_quoted(w->out, up->attrs[up->partkey.keys[i] - 1].name, '"');
            lc_str_add(w->out, " IS NULL");
        }
    }
}

bool cat_partition_is_implied(const struct catalog *cat, const struct cat_relation *rel)
{
    struct analysis a;
    struct exprs quals = {0};

    analysis_init(&a, cat);
    return prove_whole_partition_qual(&a, rel, &quals) && prove_implied_by_relation(&a, rel, &quals);
}

enum lc_code cat_add_partition_check(struct catalog *cat, Oid partition, struct lc_error *err)
{
    const struct cat_relation *rel = cat_relation(cat, partition);
    struct lc_arena *arena = cat_arena(cat);
    Constraint *con = LC_NEW(arena, Constraint);
    struct analysis a;
    struct exprs quals = {0};
    struct lc_str text;
    struct writer w = {cat, &text, false};

    analysis_init(&a, cat);
    lc_str_init(&text, arena, LC_STR_MAX);
    w.unknown = !prove_whole_partition_qual(&a, rel, &quals);
    if (!w.unknown && prove_implied_by_relation(&a, rel, &quals))
        return LC_OK;
    for (int i = 0; i < quals.len && !w.unknown; i++) {
        lc_str_add(&text, i ? " AND " : "");
        write_expr(&w, expr_plan(&a, quals.items[i]));
    }
    if (w.unknown) {
        lc_str_init(&text, arena, LC_STR_MAX);
        write_columns(&w, rel);
    }
    con->tag = T_Constraint;
    con->contype = CONSTR_CHECK;
    con->is_enforced = con->initially_valid = true;
    con->raw_expr = lc_sql_parse_expr(arena, text.text);
    return con->raw_expr ? cat_add_constraint(cat, partition, con, true, err) : LC_OK;
}
