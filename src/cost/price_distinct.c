// How many different values an expression has: of columns by their statistics, of what is made from them by what can come out at most.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cost/price.h"

#define LETTERS 36.0 // values of a character: letters and digits, assumed

// Parts of a time: as many as there are. Times cut to a unit: of three years, assumed.
static const struct {
    const char *name;
    double parts, units;
} fields[] = {
    {"year", 3, 3},        {"quarter", 4, 12},      {"month", 12, 36},  {"week", 53, 156},   {"day", 31, 1096},
    {"dow", 7, 1096},      {"isodow", 7, 1096},     {"doy", 366, 1096}, {"hour", 24, 26304}, {"minute", 60, 1.6e6},
    {"second", 60, 9.5e7}, {"epoch", 9.5e7, 9.5e7}, {"decade", 1, 1},   {"century", 1, 1},
};

struct distinct {
    const struct price_scope *scope;
    bool assumed;
};

static double distinct_of(struct distinct *d, const Node *node);

static double column_distinct(struct distinct *d, const ColumnRef *ref)
{
    const char *name = list_last_name(&ref->fields);
    const String *qualifier = ref->fields.length > 1 ? LIST_GET(String, &ref->fields, ref->fields.length - 2) : NULL;

    for (int i = 0; name && i < d->scope->len; i++) {
        const struct price_scope_item *s = &d->scope->items[i];
        const struct cat_attribute *att = !qualifier || lc_streq(qualifier->sval, s->name) ? cat_find_column(s->rel, name) : NULL;
        if (att && att->stats)
            return att->stats->n_distinct < 0 ? -att->stats->n_distinct * price_rows(s->rel) : fmax(att->stats->n_distinct, 1);
    }
    return HUGE_VAL;
}

static double all_of(struct distinct *d, const NodeList *list)
{
    double n = 1;

    for (int i = 0; i < list->length; i++)
        n *= distinct_of(d, list->items[i]);
    return n;
}

static double number_of(const Node *node)
{
    const A_Const *c = AS(A_Const, node);

    return c && IsA(c->val, Integer) ? fabs((double)AS(Integer, c->val)->ival) : 0;
}

static double operator_distinct(struct distinct *d, const A_Expr *e)
{
    const char *name = e->kind == AEXPR_OP ? list_last_name(&e->name) : NULL;
    double left = e->lexpr ? distinct_of(d, e->lexpr) : 1, k = e->rexpr ? number_of(e->rexpr) : 0;

    if (!name || strchr("<>=~!", name[0]))
        return 2;
    if (lc_streq(name, "%") && k > 0)
        return fmin(left, k);
    if (lc_streq(name, "/") && k > 0) // of integers; of others no fewer
        return left;
    return left * (e->rexpr ? distinct_of(d, e->rexpr) : 1);
}

// extract(dow FROM x), date_part('dow', x), date_trunc('month', x); 0: none of these
static double time_distinct(struct distinct *d, const FuncCall *f, const char *name)
{
    bool cuts = lc_streq(name, "date_trunc"), takes = lc_streq(name, "date_part") || lc_streq(name, "extract");
    const A_Const *c = (cuts || takes) && f->args.length > 1 ? AS(A_Const, f->args.items[0]) : NULL;
    const String *field = c ? AS(String, c->val) : NULL;

    for (size_t i = 0; field && i < sizeof fields / sizeof *fields; i++)
        if (lc_strieq(field->sval, fields[i].name)) {
            d->assumed = d->assumed || cuts || fields[i].parts == fields[i].units;
            return fmin(distinct_of(d, f->args.items[1]), cuts ? fields[i].units : fields[i].parts);
        }
    return 0;
}

static double call_distinct(struct distinct *d, const FuncCall *f)
{
    const char *name = list_last_name(&f->funcname);
    double n = name ? time_distinct(d, f, name) : 0, most;

    if (n > 0)
        return n;
    if (!name || f->args.length == 0) // random(), nextval()
        return HUGE_VAL;
    most = all_of(d, &f->args);
    if (f->args.length == 2 && (lc_streq(name, "left") || lc_streq(name, "right")) && number_of(f->args.items[1]) > 0)
        return fmin(most, pow(LETTERS, number_of(f->args.items[1])));
    return most;
}

static double cast_distinct(struct distinct *d, const TypeCast *c)
{
    const char *name = c->typeName ? list_last_name(&c->typeName->names) : NULL;
    double n = distinct_of(d, c->arg);

    if (lc_streq(name, "bool"))
        return fmin(n, 2);
    if (!lc_streq(name, "date") || n <= 1096)
        return n;
    d->assumed = true;
    return 1096;
}

static double case_distinct(struct distinct *d, const CaseExpr *c)
{
    double n = c->defresult ? distinct_of(d, c->defresult) : 1;

    for (int i = 0; i < c->args.length; i++) {
        const CaseWhen *when = LIST_GET(CaseWhen, &c->args, i);
        n += when && when->result ? distinct_of(d, when->result) : 1;
    }
    return n;
}

static double distinct_of(struct distinct *d, const Node *node)
{
    if (IsA(node, ColumnRef))
        return column_distinct(d, AS(ColumnRef, node));
    if (IsA(node, A_Const))
        return 1;
    if (IsA(node, A_Expr))
        return operator_distinct(d, AS(A_Expr, node));
    if (IsA(node, FuncCall))
        return call_distinct(d, AS(FuncCall, node));
    if (IsA(node, TypeCast))
        return cast_distinct(d, AS(TypeCast, node));
    if (IsA(node, CoalesceExpr))
        return all_of(d, &AS(CoalesceExpr, node)->args) + 1;
    if (IsA(node, CaseExpr))
        return case_distinct(d, AS(CaseExpr, node));
    return IsA(node, NullTest) || IsA(node, BooleanTest) || IsA(node, BoolExpr) ? 2 : HUGE_VAL;
}

double price_distinct(const struct price_scope *scope, const Node *expr, bool *assumed)
{
    struct distinct d = {.scope = scope};
    double n = distinct_of(&d, expr);

    *assumed = *assumed || d.assumed;
    return n;
}

// --- the tables of a query ---------------------------------------------------------------------------------------------------------

static void add_table(const struct pricing *p, const Node *item, struct price_scope *out)
{
    const RangeVar *rv = AS(RangeVar, item);
    const JoinExpr *join = AS(JoinExpr, item);
    const struct cat_relation *rel = rv ? cat_find_rangevar(p->snap->cat, rv) : NULL;

    if (rel) {
        struct price_scope_item s = {.rel = price_filled(p, rel), .name = rv->alias ? rv->alias->aliasname : rv->relname};
        LC_PUSH(p->arena, out, s);
    }
    if (join) {
        add_table(p, join->larg, out);
        add_table(p, join->rarg, out);
    }
}

void price_scope_of(const struct pricing *p, const NodeList *from, struct price_scope *out)
{
    *out = (struct price_scope){0};
    for (int i = 0; i < from->length; i++)
        add_table(p, from->items[i], out);
}

// What a GROUP BY item stands for: the expression, or the column of the result that it names by number or by name.
static const Node *group_expression(const struct price_scope *scope, const SelectStmt *s, const Node *item)
{
    const ColumnRef *ref = AS(ColumnRef, item);
    const char *name = ref && ref->fields.length == 1 ? list_last_name(&ref->fields) : NULL;
    int at = (int)number_of(item);

    if (at > 0)
        return at <= s->targetList.length ? LIST_GET(ResTarget, &s->targetList, at - 1)->val : NULL;
    for (int i = 0; name && i < scope->len; i++)
        if (cat_find_column(scope->items[i].rel, name))
            return item;
    for (int i = 0; name && i < s->targetList.length; i++)
        if (lc_streq(LIST_GET(ResTarget, &s->targetList, i)->name, name))
            return LIST_GET(ResTarget, &s->targetList, i)->val;
    return item;
}

const SelectStmt *price_select(const Node *query)
{
    const InsertStmt *insert = AS(InsertStmt, query);

    return AS(SelectStmt, insert ? insert->selectStmt : query);
}

int price_group_items(const Node *query)
{
    const SelectStmt *s = price_select(query);

    return !s || s->larg              ? 0
           : s->groupClause.length    ? s->groupClause.length
           : s->distinctClause.length ? s->targetList.length
                                      : 0;
}

double price_groups(const struct pricing *p, const Node *query, bool *assumed)
{
    const SelectStmt *s = price_select(query);
    struct price_scope scope;
    double n = 1;

    *assumed = false;
    if (price_group_items(query) == 0)
        return HUGE_VAL;
    price_scope_of(p, &s->fromClause, &scope);
    for (int i = 0; i < s->groupClause.length; i++) {
        const Node *e = group_expression(&scope, s, s->groupClause.items[i]);
        n *= e ? price_distinct(&scope, e, assumed) : HUGE_VAL;
    }
    for (int i = 0; !s->groupClause.length && i < s->targetList.length; i++)
        n *= price_distinct(&scope, LIST_GET(ResTarget, &s->targetList, i)->val, assumed);
    return n;
}
