// Applies statements about indexes: CREATE INDEX, ALTER INDEX, CLUSTER, REINDEX.
#include "catalog/apply_internal.h"

enum lc_code cat_apply_index(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    (void)cat;
    (void)stmt;
    (void)err;
    *mine = false;
    return LC_OK;
}
