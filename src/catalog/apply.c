// What a statement does to the catalogue: asks the families in turn, and puts everything back when one fails.
#include "catalog/apply.h"

#include <stdarg.h>
#include <stdio.h>

#include "catalog/apply_internal.h"
#include "catalog/internal.h"

typedef enum lc_code (*cat_family)(struct catalog *cat, const Node *stmt, bool *mine, struct lc_error *err);

static const cat_family families[] = {
    cat_apply_table, cat_apply_index, cat_apply_role, cat_apply_object,
    cat_apply_view,  cat_apply_type,  cat_apply_func, cat_apply_operator,
};

enum lc_code cat_apply(struct catalog *cat, const Node *stmt, struct lc_error *err)
{
    bool mine = false;
    enum lc_code rc = LC_OK;

    cat_begin(cat);
    cat_step_begin(cat);
    for (size_t i = 0; i < sizeof families / sizeof families[0] && !mine && rc == LC_OK; i++)
        rc = families[i](cat, stmt, &mine, err);
    cat_step_end(cat);
    if (rc == LC_OK)
        cat_commit(cat);
    else
        cat_rollback(cat);
    return rc;
}

enum lc_code cat_error(struct lc_error *err, const char *sqlstate, const char *fmt, ...)
{
    char message[sizeof err->message];
    va_list args;

    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    enum lc_code rc = lc_fail(err, LC_E_SERVER, "%s", message);
    lc_error_detail(err, "%s", sqlstate);
    return rc;
}
