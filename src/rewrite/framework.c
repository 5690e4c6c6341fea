// The rewritten migration in the framework's own form: one file that the framework runs outside of a transaction, statement by statement.
//
// Each step is a DO block that asks the progress table whether it is done; only CONCURRENTLY cannot be in one, and is written so that it can be run
// again. goose and Flyway run a file's statements one by one; others send the file as one string, which PostgreSQL makes one transaction.
#include <string.h>

#include "base/clean.h"
#include "rewrite/internal.h"

struct form {
    const char *format;
    const char *head, *before, *after, *down; // of the file; of each statement; of the part that undoes it
    const char *settings;                     // of the file beside it; NULL: none
    bool one_session;
};

static const struct form forms[] = {
    {"goose", "-- +goose NO TRANSACTION\n-- +goose Up\n", "-- +goose StatementBegin\n", "\n-- +goose StatementEnd\n",
     "\n-- +goose Down\n", NULL, false},
    {"flyway", "", "", "\n", NULL, "executeInTransaction=false\n", true},
};

static const struct form *form_of(const struct forecast_file *f)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (lc_streq(f->file->format, forms[i].format))
            return &forms[i];
    return NULL;
}

static void add_statement(const struct form *form, const char *sql, struct lc_str *s)
{
    lc_str_addf(s, "%s%s%s", form->before, sql, form->after);
}

// A block that runs `body` unless the step is done.
static const char *guarded(struct rw *rw, int number, const char *declare, const char *body)
{
    const char *text =
        lc_printf(rw->arena, "%sBEGIN\n    IF EXISTS (SELECT FROM %s WHERE step = %d AND done) THEN RETURN; END IF;\n%s\nEND",
                  declare, rw_state(rw), number, body);
    const char *tag = rw_dollar(rw->arena, text);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag);
}

static const char *done(struct rw *rw, int number)
{
    return lc_printf(rw->arena,
                     "    INSERT INTO %s AS s (step, done) VALUES (%d, true) ON CONFLICT (step) DO UPDATE SET done = true;",
                     rw_state(rw), number);
}

static const char *execute(struct rw *rw, const char *sql)
{
    const char *tag = rw_dollar(rw->arena, sql);

    return lc_printf(rw->arena, "    EXECUTE %s%s%s;", tag, sql, tag);
}

// What an interrupted concurrent build left: the query that psql would run by \gexec, in a loop. The build follows in `rest`.
static const char *without_leftovers(struct rw *rw, const struct rewrite_step *step, const char **rest)
{
    const char *meta = strstr(step->sql, " \\gexec"), *query, *text, *tag;

    *rest = step->sql;
    if (!meta)
        return NULL;
    *rest = meta + strlen(" \\gexec\n");
    query = lc_strndup(rw->arena, step->sql, (size_t)(meta - step->sql));
    text = lc_printf(rw->arena,
                     "DECLARE\n    leftover text;\nBEGIN\n    PERFORM pg_catalog.set_config('lock_timeout', '%.0fms', true);\n"
                     "    FOR leftover IN %s LOOP\n        EXECUTE replace(leftover, 'CONCURRENTLY ', '');\n    END LOOP;\nEND",
                     rw_lock_timeout(rw), query);
    tag = rw_dollar(rw->arena, text);
    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag);
}

static void add_step(struct rw *rw, const struct form *form, const struct rewrite_step *step, struct lc_str *s)
{
    const char *leftovers, *rest;

    rw_step_heading(step, s);
    switch (step->form) {
    case REWRITE_FORM_RETRY:
        add_statement(form, rw_retry_block(rw, step, true), s);
        break;
    case REWRITE_FORM_CALM:
        add_statement(
            form, guarded(rw, step->number, "", lc_printf(rw->arena, "%s\n%s", execute(rw, step->sql), done(rw, step->number))),
            s);
        break;
    case REWRITE_FORM_LOOP: // a DO block in a DO block may commit (pl_exec.c exec_stmt_call), and is read only when it is run
        add_statement(form, guarded(rw, step->number, "", lc_printf(rw->arena, "%s\n%s", step->sql, done(rw, step->number))), s);
        break;
    case REWRITE_FORM_OUTSIDE:
        if (step->told) { // no block can run what psql would make of a query: it cannot ask whether it is done
            add_statement(form, step->told, s);
            break;
        }
        leftovers = without_leftovers(rw, step, &rest);
        if (leftovers)
            add_statement(form, leftovers, s);
        add_statement(form, rest, s);
        break;
    case REWRITE_FORM_SESSION:
        if (*rw_cut(rw->arena, step->sql, 0, strlen(step->sql)))
            add_statement(form, step->sql, s);
        break;
    }
}

static enum lc_code check(struct rw *rw, const struct forecast_file *f, const struct rewrite_file *out, const struct form *form,
                          struct lc_error *err)
{
    if (!form)
        return lc_fail(
            err, LC_E_USAGE,
            "%s: %s runs a file as one transaction, which these steps cannot be in: write them for psql, then mark the "
            "migration as applied",
            f->file->path, f->file->format ? f->file->format : "plain");
    if (rw->options->history_table)
        return lc_fail(err, LC_E_USAGE, "%s: the framework keeps the history: leave out --history", f->file->path);
    for (int k = 0; !form->one_session && k < out->len; k++)
        for (int i = 0; i < out->stmts[k].len; i++) {
            const struct rewrite_step *step = &out->stmts[k].steps[i];
            if (step->form == REWRITE_FORM_SESSION && *rw_cut(rw->arena, step->sql, 0, strlen(step->sql)))
                return lc_fail(err, LC_E_USAGE, "%s: %s may run each statement in another session, and the migration sets one up",
                               f->file->path, form->format);
        }
    return LC_OK;
}

static void add_down(struct rw *rw, const struct form *form, const struct forecast_file *f, const struct rewrite_file *out,
                     struct lc_str *s)
{
    lc_str_add(s, form->down);
    for (int k = f->len - 1; k >= 0; k--)
        for (int i = out->stmts[k].len - 1; i >= 0; i--) {
            const struct rewrite_step *step = &out->stmts[k].steps[i];
            const char *undo = step->rollback;
            if (undo && (step->irreversible || !*rw_cut(rw->arena, undo, 0, strlen(undo))))
                lc_str_addf(s, "\n%s", rw_comment(rw->arena, undo));
            else if (undo)
                add_statement(form, undo, s);
        }
}

enum lc_code rw_write_framework(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out, struct lc_error *err)
{
    const struct form *form = form_of(f);
    enum lc_code code;
    struct lc_str s;

    if (!out->changed) {
        out->sql = f->file->text ? f->file->text : "";
        return LC_OK;
    }
    code = check(rw, f, out, form, err);
    if (code != LC_OK)
        return code;
    lc_str_init(&s, rw->arena, LC_STR_MAX);
    lc_str_addf(&s, "%s-- Written by lockcast: the same end as the original, in steps that nobody waits for.\n", form->head);
    add_statement(
        form,
        lc_printf(rw->arena,
                  "CREATE TABLE IF NOT EXISTS %s (step integer PRIMARY KEY, done boolean NOT NULL DEFAULT false, reached "
                  "text[], stop text[],\n    rows bigint NOT NULL DEFAULT 0);",
                  rw_state(rw)),
        &s);
    for (int k = 0; k < f->len; k++)
        for (int i = 0; i < out->stmts[k].len; i++)
            add_step(rw, form, &out->stmts[k].steps[i], &s);
    add_statement(form, lc_printf(rw->arena, "DROP TABLE %s;", rw_state(rw)), &s);
    if (form->down)
        add_down(rw, form, f, out, &s);
    out->sql = s.text;
    out->settings = form->settings;
    return LC_OK;
}
