// Applies statements about views, materialized views and rules.
#include "catalog/apply_internal.h"

enum lc_code cat_apply_view(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    (void)cat;
    (void)stmt;
    (void)err;
    *mine = false;
    return LC_OK;
}
