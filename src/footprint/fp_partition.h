// Partition bounds in memory, and sets of what lies within them: the values of list partitions, the intervals between range bounds, the remainders of
// hash partitions (partbounds.c, partprune.c).
#ifndef LC_FOOTPRINT_FP_PARTITION_H
#define LC_FOOTPRINT_FP_PARTITION_H

#include "footprint/fp_query.h"

enum fq_cmp { FQ_EQ, FQ_LT, FQ_LE, FQ_GT, FQ_GE, FQ_NE, FQ_CMP_NONE };

struct fq_element { // a list value, an interval of ranges, a hash partition
    int child;      // its place among the children; -1: none has it, so the default partition
    struct fq_value value;
};

struct fq_range_bound {
    int *kind; // of each key: -1 MINVALUE, 0 a value, 1 MAXVALUE
    struct fq_value *value;
};

struct fq_bounds {
    const struct catalog *cat;
    struct lc_arena *arena;
    char strategy;
    int natts, nchildren;
    Oid *types;
    bool *notnull;
    const Node **exprs; // of each key: NULL for a column
    bool opaque;        // hashed by an operator class of the user's own: which partition a value has cannot be told
    int default_child;  // -1: none
    struct fq_element *elements;
    int n;
    struct fq_range_bound *bounds; // of range: element i lies between bounds[i - 1] and bounds[i]
    int nbounds;
    int64_t *modulus, *remainder; // of hash: by child
};

struct fq_set {
    bool *in;  // by element
    bool rest; // what no element stands for: NULL and values that no list names. It goes to the default partition
    int n;
};

struct fq_key { // what the conditions on one key column say together
    bool eq, null, lo, hi, lo_open, hi_open;
    struct fq_value value, low, high;
};

// NULL when a bound cannot be understood: then nothing is pruned.
struct fq_bounds *fq_bounds(struct fp_session *s, const struct cat_relation *rel);
struct fq_set fq_set_all(const struct fq_bounds *b);
struct fq_set fq_set_none(const struct fq_bounds *b);
struct fq_set fq_set_and(struct fq_set a, struct fq_set b); // writes into a
struct fq_set fq_set_or(struct fq_set a, struct fq_set b);
struct fq_set fq_set_compare(const struct fq_bounds *b, int key, enum fq_cmp op, struct fq_value v);
struct fq_set fq_set_null(const struct fq_bounds *b, int key, bool is_null);
// Takes note of key op v; the answer is what it says by itself, already.
struct fq_set fq_key_add(const struct fq_bounds *b, struct fq_key *keys, int key, enum fq_cmp op, struct fq_value v);
// What all of them say together.
struct fq_set fq_set_keys(const struct fq_bounds *b, const struct fq_key *keys);
void fq_set_children(const struct fq_bounds *b, struct fq_set set, char *keep);
// The child that a row goes to; -1: none, -2: cannot be told.
int fq_bounds_route(const struct fq_bounds *b, const struct fq_value *values);

#endif
