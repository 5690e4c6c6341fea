// Applies CREATE TABLE and ALTER TABLE.
#include "catalog/apply_internal.h"

enum lc_code cat_apply_table(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err)
{
    (void)cat;
    (void)stmt;
    (void)err;
    *mine = false;
    return LC_OK;
}
