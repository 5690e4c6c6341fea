// The footprints of a whole deploy: every statement in order, in the transactions that its framework or its own BEGIN gives it.
#include "forecast/footprints.h"

static void end_unit(struct fp_session *s, enum migration_wrap wrap)
{
    if (wrap == MIGRATION_TRANSACTION)
        fp_transaction_end(s);
    else if (wrap == MIGRATION_IMPLICIT)
        fp_implicit_end(s);
}

static void begin_unit(struct fp_session *s, enum migration_wrap wrap)
{
    if (wrap == MIGRATION_TRANSACTION)
        fp_transaction_begin(s);
    else if (wrap == MIGRATION_IMPLICIT)
        fp_implicit_begin(s);
}

void forecast_footprints(struct lc_arena *arena, struct catalog *cat, const struct migration_set *set, struct forecast *out)
{
    struct fp_session *s = fp_session_new(cat);
    enum migration_wrap wrap = MIGRATION_AUTOCOMMIT;
    int unit = 0;

    out->files = LC_NEW_ARRAY(arena, struct forecast_file, set->len);
    out->len = set->len;
    for (int i = 0; i < set->len; i++) {
        const struct migration_file *file = &set->files[i];
        struct forecast_file *f = &out->files[i];
        f->file = file;
        f->stmts = LC_NEW_ARRAY(arena, struct forecast_stmt, file->len);
        f->len = file->len;
        for (int k = 0; k < file->len; k++) {
            const struct migration_stmt *m = &file->stmts[k];
            if (m->unit != unit) {
                end_unit(s, wrap);
                unit = m->unit;
                wrap = unit ? m->wrap : MIGRATION_AUTOCOMMIT;
                begin_unit(s, wrap);
            }
            f->stmts[k].stmt = m;
            fp_statement(s, &m->sql, &f->stmts[k].fp);
        }
    }
    end_unit(s, wrap);
}
