// What one comparison says about another: operator_predicate_proof and lookup_proof_cache (optimizer/util/predtest.c).
#include "catalog/prove.h"

#include "catalog/internal.h"

// Rows: the clause's strategy, columns: the predicate's; < <= = >= > <>.
static const bool implies_table[6][6] = { // BT_implies_table
    {true, true, false, false, false, true}, {false, true, false, false, false, false},
    {false, true, true, true, false, false}, {false, false, false, true, false, false},
    {false, false, false, true, true, true}, {false, false, false, false, false, true}};
static const int implic_table[6][6] = { // BT_implic_table: predicate's constant `test` clause's constant
    {BT_GREATER_EQUAL, BT_GREATER_EQUAL, 0, 0, 0, BT_GREATER_EQUAL},
    {BT_GREATER, BT_GREATER_EQUAL, 0, 0, 0, BT_GREATER},
    {BT_GREATER, BT_GREATER_EQUAL, BT_EQUAL, BT_LESS_EQUAL, BT_LESS, BT_NOT_EQUAL},
    {0, 0, 0, BT_LESS_EQUAL, BT_LESS, BT_LESS},
    {0, 0, 0, BT_LESS_EQUAL, BT_LESS_EQUAL, BT_LESS_EQUAL},
    {0, 0, 0, 0, 0, BT_EQUAL}};

#define MAX_MEANINGS 16

struct meaning { // OpBtreeInterpretation
    Oid family, left, right;
    int strategy;
};

static int meanings_of(const struct catalog *cat, Oid op, int strategy, struct meaning *out, int n)
{
    int total;
    const struct cat_amop *amops = builtin_amops(cat->builtin, &total);

    for (int i = 0; i < total && n < MAX_MEANINGS; i++)
        if (amops[i].btree && amops[i].operator== op &&(!strategy || amops[i].strategy == BT_EQUAL))
            out[n++] =
                (struct meaning){amops[i].family, amops[i].lefttype, amops[i].righttype, strategy ? strategy : amops[i].strategy};
    return n;
}

// get_op_btree_interpretation: <> is the negator of a family's =.
static int interpret(const struct catalog *cat, const struct cat_operator *op, struct meaning *out)
{
    int n = meanings_of(cat, op->o.oid, 0, out, 0);

    if (!n && op->negator)
        n = meanings_of(cat, op->negator, BT_NOT_EQUAL, out, 0);
    return n;
}

const struct cat_operator *prove_family_operator(const struct catalog *cat, Oid family, Oid left, Oid right, int strategy)
{
    int total;
    const struct cat_amop *amops = builtin_amops(cat->builtin, &total);

    for (int i = 0; i < total; i++)
        if (amops[i].btree && amops[i].family == family && amops[i].lefttype == left && amops[i].righttype == right &&
            amops[i].strategy == strategy)
            return cat_operator(cat, amops[i].operator);
    return NULL;
}

static bool is_immutable(const struct catalog *cat, const struct cat_operator *op)
{
    const struct cat_proc *p = op ? cat_proc(cat, op->proc) : NULL;

    return p && p->volatility == 'i';
}

static bool same_subexpressions(const struct catalog *cat, const struct cat_operator *pred, const struct cat_operator *clause)
{
    struct meaning p[MAX_MEANINGS], c[MAX_MEANINGS];
    int np = interpret(cat, pred, p), nc = interpret(cat, clause, c);

    if (pred == clause)
        return true;
    for (int i = 0; i < np; i++)
        for (int k = 0; k < nc; k++)
            if (p[i].family == c[k].family && implies_table[c[k].strategy - 1][p[i].strategy - 1] && is_immutable(cat, clause))
                return true;
    return false;
}

static bool holds(int strategy, int comparison)
{
    if (comparison == PROVE_UNKNOWN || comparison == PROVE_DIFFERENT)
        return comparison == PROVE_DIFFERENT && strategy == BT_NOT_EQUAL;
    switch (strategy) {
    case BT_LESS:
        return comparison < 0;
    case BT_LESS_EQUAL:
        return comparison <= 0;
    case BT_EQUAL:
        return comparison == 0;
    case BT_GREATER_EQUAL:
        return comparison >= 0;
    case BT_GREATER:
        return comparison > 0;
    default:
        return comparison != 0;
    }
}

static bool by_constants(const struct catalog *cat, const struct cat_operator *pred, const struct expr *pred_const,
                         const struct cat_operator *clause, const struct expr *clause_const)
{
    struct meaning p[MAX_MEANINGS], c[MAX_MEANINGS];
    int np = interpret(cat, pred, p), nc = interpret(cat, clause, c);

    for (int i = 0; i < np; i++)
        for (int k = 0; k < nc; k++) {
            int test, comparison;

            if (p[i].family != c[k].family)
                continue;
            test = implic_table[c[k].strategy - 1][p[i].strategy - 1];
            if (!test || !is_immutable(cat, prove_family_operator(cat, p[i].family, p[i].right, c[k].right,
                                                                  test == BT_NOT_EQUAL ? BT_EQUAL : test)))
                continue;
            comparison = prove_compare(cat, pred_const, clause_const);
            return holds(test, comparison);
        }
    return false;
}

static bool is_strict(const struct catalog *cat, const struct cat_operator *op)
{
    const struct cat_proc *p = cat_proc(cat, op->proc);

    return p && p->isstrict;
}

static bool compare_constants(const struct catalog *cat, const struct cat_operator *pred, const struct expr *pred_const,
                              const struct cat_operator *clause, const struct expr *clause_const)
{
    if (!pred || !clause || pred_const->kind != X_CONST || clause_const->kind != X_CONST)
        return false;
    if (clause_const->isnull)
        return is_strict(cat, clause) && pred_const->isnull && is_strict(cat, pred);
    if (pred_const->isnull)
        return is_strict(cat, pred);
    return by_constants(cat, pred, pred_const, clause, clause_const);
}

static const struct cat_operator *commutator(const struct catalog *cat, const struct cat_operator *op)
{
    return op->commutator ? cat_operator(cat, op->commutator) : NULL;
}

bool prove_by_operators(struct analysis *a, const struct expr *predicate, const struct expr *clause)
{
    const struct catalog *cat = a->cat;
    struct expr **p = predicate->args, **c = clause->args;

    if (predicate->kind != X_OP || clause->kind != X_OP || predicate->nargs != 2 || clause->nargs != 2 || !predicate->op ||
        !clause->op)
        return false;
    if (expr_equal(p[0], c[0])) {
        if (expr_equal(p[1], c[1]))
            return same_subexpressions(cat, predicate->op, clause->op);
        return compare_constants(cat, predicate->op, p[1], clause->op, c[1]);
    }
    if (expr_equal(p[1], c[1]))
        return compare_constants(cat, commutator(cat, predicate->op), p[0], commutator(cat, clause->op), c[0]);
    if (expr_equal(p[0], c[1])) {
        if (expr_equal(p[1], c[0]))
            return commutator(cat, predicate->op) && same_subexpressions(cat, commutator(cat, predicate->op), clause->op);
        return compare_constants(cat, predicate->op, p[1], commutator(cat, clause->op), c[0]);
    }
    if (expr_equal(p[1], c[0]))
        return compare_constants(cat, commutator(cat, predicate->op), p[0], clause->op, c[1]);
    return false;
}
