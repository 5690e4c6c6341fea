// Applies statements about DROP, RENAME, OWNER, SCHEMA and what belongs to no other family.
#include "catalog/apply_internal.h"

enum lc_code cat_apply_object(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    (void)cat;
    (void)stmt;
    (void)err;
    *mine = false;
    return LC_OK;
}
