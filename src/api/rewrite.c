// Rewriting migrations: the files' texts, and what was done to each statement.
#include <string.h>

#include "api/internal.h"
#include "base/clean.h"
#include "rewrite/diff.h"

#define REPLICATIONS 100

// Names and messages have a stranger's text in them.
static void add_line(struct lc_str *out, const char *text)
{
    lc_clean_line(out, text ? text : "");
}

static struct lockcast_text notes(struct lockcast *l, const struct rewrite_file *r)
{
    struct lc_str out = api_str(l);

    add_line(&out, r->forecast->file->path);
    lc_str_addf(&out, ": %s\n", r->changed ? "rewritten" : "stays as it is");
    for (int k = 0; k < r->len; k++) {
        const struct rewrite_stmt *s = &r->stmts[k];
        const struct lc_sql_stmt *sql = &r->forecast->stmts[k].stmt->sql;
        if (s->verdict == REWRITE_SAME && !sql->error)
            continue;
        lc_str_addf(&out, "  %d: %s: ", sql->line,
                    sql->error                     ? "not understood"
                    : s->verdict == REWRITE_STEPS  ? s->recipe
                    : s->verdict == REWRITE_WINDOW ? "needs a window"
                                                   : "not modelled");
        add_line(&out, sql->error ? sql->error->message : s->why);
        lc_str_addc(&out, '\n');
    }
    return (struct lockcast_text){out.text, out.len};
}

static struct lockcast_text diff(struct lockcast *l, const struct rewrite_file *r)
{
    const char *path = r->forecast->file->path;
    struct lc_str out = api_str(l);

    rewrite_diff(l->arena, lc_printf(l->arena, "a/%s", path), lc_printf(l->arena, "b/%s", path), r->forecast->file->text, r->sql,
                 &out);
    return (struct lockcast_text){out.text, out.len};
}

static struct lockcast_text text_of(const char *text)
{
    return (struct lockcast_text){text, strlen(text)};
}

static enum lc_code rewrite(struct lockcast *l, const char *const *paths, int npaths, const struct lockcast_options *options,
                            struct review *out, struct lc_error *err)
{
    struct review_options how;
    struct migration_set set = {0};
    enum lc_code code = api_prepare(l, paths, npaths, options, &set, &how, err);

    if (code != LC_OK)
        return code;
    how.forecast.most_replications = REPLICATIONS; // the traffic decides on the retries only
    how.rewrite.whole_files = true;
    how.no_rewrite = false;
    return review_run(l->arena, l->snap, &set, &how, out, err);
}

enum lockcast_status lockcast_rewrite(struct lockcast *l, const char *const *paths, int npaths,
                                      const struct lockcast_options *options, const struct lockcast_rewrite **files, int *nfiles)
{
    struct review review = {0};
    struct lockcast_rewrite *all;
    enum lc_code code = rewrite(l, paths, npaths, options, &review, api_begin(l));

    *files = NULL;
    *nfiles = 0;
    if (code != LC_OK)
        return api_end(l, code);
    all = LC_NEW_ARRAY(l->arena, struct lockcast_rewrite, review.forecast.len);
    for (int i = 0; i < review.forecast.len; i++) {
        const struct rewrite_file *r = &review.rewrites[i];
        all[i] = (struct lockcast_rewrite){r->forecast->file->path,
                                           r->changed,
                                           text_of(r->sql),
                                           text_of(r->rollback_sql),
                                           text_of(r->bridge_sql ? r->bridge_sql : ""),
                                           notes(l, r),
                                           diff(l, r),
                                           text_of(r->settings ? r->settings : "")};
    }
    *files = all;
    *nfiles = review.forecast.len;
    return api_end(l, LC_OK);
}
