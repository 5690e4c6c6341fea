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
    const char *mark;                         // a comment line with it is the framework's; NULL: none is
    const char *placeholder;                  // it fills in what begins so; NULL: nothing
    bool one_session;
};

struct sheet { // the file
    const struct form *form;
    struct lc_str text;
    int marks; // lines of the framework's, as written
};

static const struct form forms[] = {
    {"goose", "-- +goose NO TRANSACTION\n-- +goose Up\n", "-- +goose StatementBegin\n", "\n-- +goose StatementEnd\n",
     "\n-- +goose Down\n", NULL, "+goose", NULL, false},
    {"flyway", "", "", "\n", NULL, "executeInTransaction=false\n", NULL, "${", true},
};

static const struct form *form_of(const struct forecast_file *f)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (lc_streq(f->file->format, forms[i].format))
            return &forms[i];
    return NULL;
}

// The lines that the framework takes for its own (goose: parser.go ParseSQLMigration).
static int count_marks(const struct form *form, const char *text)
{
    int n = 0;

    for (const char *p = text; form->mark && *p;) {
        size_t blanks = strspn(p, " \t\r\v\f"), len = strcspn(p, "\n");
        n += lc_starts(p + blanks, "--") && memmem(p, len, form->mark, strlen(form->mark));
        p += len + (p[len] == '\n');
    }
    return n;
}

static void add_text(struct sheet *s, const char *text)
{
    lc_str_add(&s->text, text);
    s->marks += count_marks(s->form, text);
}

static void add_statement(struct sheet *s, const char *sql)
{
    add_text(s, s->form->before);
    lc_str_add(&s->text, sql);
    add_text(s, s->form->after);
}

// A name may have anything in it: in a comment it makes no mark.
static const char *without_marks(const struct form *form, struct lc_arena *arena, const char *text)
{
    const char *p = text, *found;
    struct lc_str out;

    lc_str_init(&out, arena, LC_STR_MAX);
    for (; form->mark && (found = strstr(p, form->mark)); p = found + strlen(form->mark))
        lc_str_addf(&out, "%.*s%c %s", (int)(found - p), p, *form->mark, form->mark + 1);
    lc_str_add(&out, p);
    return out.text;
}

static void add_comment(struct sheet *s, struct lc_arena *arena, const char *text)
{
    lc_str_addf(&s->text, "\n%s", rw_comment(arena, without_marks(s->form, arena, text)));
}

static void add_heading(struct sheet *s, struct lc_arena *arena, const struct rewrite_step *step)
{
    struct lc_str text;

    lc_str_init(&text, arena, LC_STR_MAX);
    rw_step_heading(step, &text);
    lc_str_add(&s->text, without_marks(s->form, arena, text.text));
}

// One run of the file at a time does the block. A framework may give each statement another session, so each block has the lock for itself; it is waited
// for without a snapshot that is kept, and given back when what was done under it is committed.
static const char *locked(struct rw *rw, const char *block)
{
    const char *text = lc_printf(rw->arena,
                                 "BEGIN\n    WHILE NOT pg_catalog.pg_try_advisory_lock(%s) LOOP\n        COMMIT;\n"
                                 "        PERFORM pg_catalog.pg_sleep(0.2);\n    END LOOP;\n%s\n    COMMIT;\n"
                                 "    PERFORM pg_catalog.pg_advisory_unlock(%s);\nEND",
                                 rw_lock_key(rw), block, rw_lock_key(rw));
    const char *tag = rw_dollar(rw->arena, text);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag);
}

// COMMIT fails in what is a transaction without showing it (pl_exec.c exec_stmt_commit): several statements sent as one string.
static const char *refusal(struct rw *rw, const struct form *form)
{
    const char *text =
        lc_printf(rw->arena, "BEGIN\n%s    COMMIT;\nEND",
                  rw_refuse_transaction(rw, form->settings ? "Keep the .conf file beside it, with executeInTransaction=false."
                                                           : "Keep the line that says NO TRANSACTION."));
    const char *tag = rw_dollar(rw->arena, text);

    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag);
}

// A block that runs `body` unless the step is done.
static const char *guarded(struct rw *rw, int number, const char *declare, const char *body)
{
    const char *text = lc_printf(
        rw->arena, "%sBEGIN\n    IF EXISTS (SELECT FROM %s WHERE step " RW_OP("=") " %d AND done) THEN RETURN; END IF;\n%s\nEND",
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
    text = lc_printf(
        rw->arena,
        "DECLARE\n    leftover pg_catalog.text;\nBEGIN\n    PERFORM pg_catalog.set_config('lock_timeout', '%.0fms', true);\n"
        "    FOR leftover IN %s LOOP\n        EXECUTE pg_catalog.replace(leftover, 'CONCURRENTLY ', '');\n    END LOOP;\nEND",
        rw_lock_timeout(rw), query);
    tag = rw_dollar(rw->arena, text);
    return lc_printf(rw->arena, "DO %s\n%s %s;", tag, text, tag);
}

static void add_step(struct rw *rw, const struct rewrite_step *step, struct sheet *s)
{
    const char *leftovers, *rest;

    add_heading(s, rw->arena, step);
    switch (step->form) {
    case REWRITE_FORM_RETRY:
        add_statement(s, locked(rw, rw_retry_block(rw, step, true)));
        break;
    case REWRITE_FORM_CALM:
        add_statement(s, locked(rw, guarded(rw, step->number, "",
                                            lc_printf(rw->arena, "%s%s\n%s", step->machine ? "    " RW_SET_PATH : "",
                                                      execute(rw, step->sql), done(rw, step->number)))));
        break;
    case REWRITE_FORM_LOOP: // a DO block in a DO block may commit (pl_exec.c exec_stmt_call), and is read only when it is run
        add_statement(
            s, locked(rw, guarded(rw, step->number, "", lc_printf(rw->arena, "%s\n%s", step->sql, done(rw, step->number)))));
        break;
    case REWRITE_FORM_OUTSIDE:
        if (step->told) { // no block can run what psql would make of a query: it cannot ask whether it is done
            add_statement(s, step->told);
            break;
        }
        leftovers = without_leftovers(rw, step, &rest);
        if (leftovers)
            add_statement(s, leftovers);
        add_statement(s, rest);
        break;
    case REWRITE_FORM_SESSION:
        if (*rw_cut(rw->arena, step->sql, 0, strlen(step->sql)))
            add_statement(s, step->sql);
        break;
    }
}

static enum lc_code check(struct rw *rw, const struct forecast_file *f, const struct rewrite_file *out, const struct form *form,
                          struct lc_error *err)
{
    if (!form && lc_streq(f->file->format, "plain"))
        return lc_fail(err, LC_E_USAGE, "%s: plain SQL has no framework: leave out --format, psql runs it", f->file->path);
    if (!form)
        return lc_fail(
            err, LC_E_USAGE,
            "%s: %s does not run a file's statements one by one outside of a transaction: write them for psql, then mark the "
            "migration as applied",
            f->file->path, f->file->format);
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

static void add_down(struct rw *rw, const struct forecast_file *f, const struct rewrite_file *out, struct sheet *s)
{
    add_text(s, s->form->down);
    for (int k = f->len - 1; k >= 0; k--)
        for (int i = out->stmts[k].len - 1; i >= 0; i--) {
            const struct rewrite_step *step = &out->stmts[k].steps[i];
            const char *undo = step->rollback;
            if (undo && (step->irreversible || !*rw_cut(rw->arena, undo, 0, strlen(undo))))
                add_comment(s, rw->arena, undo);
            else if (undo)
                add_statement(s, undo);
        }
}

// A name or a text of the migration that the framework would obey, where it is no comment.
static enum lc_code check_marks(const struct sheet *s, const struct forecast_file *f, struct lc_error *err)
{
    if (count_marks(s->form, s->text.text) == s->marks)
        return LC_OK;
    return lc_fail(err, LC_E_USAGE,
                   "%s: a name or a text in the steps has a line with %s in a comment, which %s would obey: write them for psql",
                   f->file->path, s->form->mark, s->form->format);
}

// What looks like a placeholder, and is none of the original's, comes from a name: it is not to be filled in.
static const char *settings_of(struct rw *rw, const struct sheet *s, const struct forecast_file *f)
{
    const char *begins = s->form->placeholder;

    if (begins && strstr(s->text.text, begins) && !(f->file->text && strstr(f->file->text, begins)))
        return lc_printf(rw->arena, "%splaceholderReplacement=false\n", s->form->settings);
    return s->form->settings;
}

static void add_steps(struct rw *rw, const struct forecast_file *f, const struct rewrite_file *out, struct sheet *s)
{
    const char *check = rw_check_state(rw);

    add_text(s, s->form->head);
    lc_str_add(&s->text, "-- Written by lockcast: the same end as the original, in steps that nobody waits for.\n");
    add_statement(s, refusal(rw, s->form));
    if (check)
        add_statement(s, check);
    add_statement(
        s, lc_printf(rw->arena,
                     "CREATE TABLE IF NOT EXISTS %s (step integer PRIMARY KEY, done boolean NOT NULL DEFAULT false, reached "
                     "pg_catalog.text[], stop pg_catalog.text[],\n    rows bigint NOT NULL DEFAULT 0);",
                     rw_state(rw)));
    for (int k = 0; k < f->len; k++)
        for (int i = 0; i < out->stmts[k].len; i++)
            add_step(rw, &out->stmts[k].steps[i], s);
    add_statement(s, lc_printf(rw->arena, "DROP TABLE %s;", rw_state(rw)));
    if (s->form->down)
        add_down(rw, f, out, s);
}

enum lc_code rw_write_framework(struct rw *rw, const struct forecast_file *f, struct rewrite_file *out, struct lc_error *err)
{
    struct sheet s = {.form = form_of(f)};
    enum lc_code code;

    if (!out->changed) {
        out->sql = f->file->text ? f->file->text : "";
        return LC_OK;
    }
    code = check(rw, f, out, s.form, err);
    if (code != LC_OK)
        return code;
    lc_str_init(&s.text, rw->arena, LC_STR_MAX);
    add_steps(rw, f, out, &s);
    code = check_marks(&s, f, err);
    out->sql = s.text.text;
    out->settings = settings_of(rw, &s, f);
    return code;
}
