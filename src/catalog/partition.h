// The order of partitions.
#ifndef LC_CATALOG_PARTITION_H
#define LC_CATALOG_PARTITION_H

#include "catalog/catalog.h"

// The children of a partitioned table, as places in `children`, in the order of its PartitionDesc (partition_bounds_create,
// partitioning/partbounds.c): by their bounds, the default one last. As they were made where their bounds cannot be compared here, or are too many.
// NULL: it is not partitioned.
const int *cat_partition_order(const struct catalog *cat, const struct cat_relation *parent);

#endif
