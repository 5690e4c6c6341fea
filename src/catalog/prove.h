// Proofs about expressions (optimizer/util/predtest.c). Not for other rooms: expr.h has what they need.
#ifndef LC_CATALOG_PROVE_H
#define LC_CATALOG_PROVE_H

#include "catalog/expr_tree.h"

// predicate_implied_by with weak = true: if no clause is false, is no predicate false? Both lists are ANDs.
bool prove_implied(struct analysis *a, const struct exprs *predicates, const struct exprs *clauses);
// operator_predicate_proof: one binary operator implies another over the same expression and constants.
bool prove_by_operators(struct analysis *a, const struct expr *predicate, const struct expr *clause);
// canonicalize_qual (prepqual.c) with is_check, then make_ands_implicit.
void prove_canonical(struct analysis *a, struct expr *e, struct exprs *out);

#define PROVE_UNKNOWN 2   // cannot be told here
#define PROVE_DIFFERENT 3 // not equal, but which is the greater depends on the collation
// Two constants as the comparison functions of btree see them: -1, 0, 1, or one of these.
int prove_compare(const struct catalog *cat, const struct expr *a, const struct expr *b);

#define BT_LESS 1 // strategies of btree (access/stratnum.h)
#define BT_LESS_EQUAL 2
#define BT_EQUAL 3
#define BT_GREATER_EQUAL 4
#define BT_GREATER 5
#define BT_NOT_EQUAL 6 // ROWCOMPARE_NE
const struct cat_operator *prove_family_operator(const struct catalog *cat, Oid family, Oid left, Oid right,
                                                 int strategy); // get_opfamily_member

// get_qual_from_partbound (partitioning/partbounds.c) of `bound` on `parent`, about the columns of the same names of `rel`. False: it cannot be
// written down here (hash, a bound that is not computed).
bool prove_partition_qual(struct analysis *a, const struct cat_relation *rel, const struct cat_relation *parent,
                          const PartitionBoundSpec *bound, struct exprs *out);
// RelationGetPartitionQual: of a partition's own bound and of those above it. False as above.
bool prove_whole_partition_qual(struct analysis *a, const struct cat_relation *rel, struct exprs *out);
// PartConstraintImpliedByRelConstraint (tablecmds.c): do the constraints of `rel` imply them?
bool prove_implied_by_relation(struct analysis *a, const struct cat_relation *rel, const struct exprs *quals);

#endif
