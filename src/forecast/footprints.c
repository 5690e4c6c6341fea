// The footprints of a whole deploy: every statement in order, in the transactions that its framework or its own BEGIN gives it.
#include "forecast/footprints.h"

#include "base/str.h"

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

static bool goes_on(const struct migration_file *file, int unit)
{
    return unit && file->len && file->stmts[0].unit == unit;
}

// What the session of the file before keeps. A script that psql -f runs has a session of its own, most frameworks keep one connection.
static void begin_session(struct fp_session *s, struct catalog *cat, const struct migration_file *before,
                          const struct migration_file *file)
{
    if (before->session == MIGRATION_SESSION_OWN || file->session == MIGRATION_SESSION_OWN) {
        fp_session_restart(s);
    } else if (file->session == MIGRATION_SESSION_SAME) {
        cat_reset_setting(cat, "search_path");
        cat_reset_setting(cat, "role");
    } else if (file->session == MIGRATION_SESSION_RESET) {
        cat_reset_settings(cat, false);
    }
}

void forecast_walk(struct catalog *cat, const struct migration_file *const *files, int nfiles, forecast_visit visit,
                   void *context)
{
    struct fp_session *s = fp_session_new(cat);
    enum migration_wrap wrap = MIGRATION_AUTOCOMMIT;
    int unit = 0;

    for (int i = 0; i < nfiles; i++) {
        if (i > 0 && files[i]->session != MIGRATION_SESSION_GOES_ON && !goes_on(files[i], unit)) {
            end_unit(s, wrap);
            unit = 0;
            wrap = MIGRATION_AUTOCOMMIT;
            begin_session(s, cat, files[i - 1], files[i]);
        }
        for (int k = 0; k < files[i]->len; k++) {
            const struct migration_stmt *m = &files[i]->stmts[k];
            if (m->new_session)
                fp_session_restart(s);
            if (m->unit != unit) {
                end_unit(s, wrap);
                unit = m->unit;
                wrap = unit ? m->wrap : MIGRATION_AUTOCOMMIT;
                begin_unit(s, wrap);
            }
            visit(s, i, k, context);
        }
    }
    end_unit(s, wrap);
}

static void take_footprint(struct fp_session *s, int file, int stmt, void *context)
{
    struct forecast *out = context;
    struct forecast_file *f = &out->files[file];

    f->stmts[stmt].stmt = &f->file->stmts[stmt];
    fp_statement(s, &f->file->stmts[stmt].sql, &f->stmts[stmt].fp);
}

void forecast_footprints(struct lc_arena *arena, struct catalog *cat, const struct migration_set *set, struct forecast *out)
{
    const struct migration_file **files = LC_NEW_ARRAY(arena, const struct migration_file *, set->len);

    out->files = LC_NEW_ARRAY(arena, struct forecast_file, set->len);
    out->len = set->len;
    for (int i = 0; i < set->len; i++) {
        struct forecast_file *f = &out->files[i];
        files[i] = f->file = &set->files[i];
        f->stmts = LC_NEW_ARRAY(arena, struct forecast_stmt, f->file->len);
        f->len = f->file->len;
    }
    forecast_walk(cat, files, set->len, take_footprint, out);
}
